"""Helix endpoints around chat: Get Users, Send Chat Message, Get Chatters.

The rules are those of dev.twitch.tv/docs/api/reference; listening is EventSub's matter.
"""

from typing import Any

from aiohttp import web

from sandbox.twitch.chat import Channel
from sandbox.twitch.errors import HelixError
from sandbox.twitch.helix import Helix, json_body, need_scope, required
from sandbox.twitch.irc_hub import Hub
from sandbox.twitch.limits import REFUSALS
from sandbox.twitch.model import User
from sandbox.twitch.tokens import Grant
from sandbox.twitch.world import World

NOT_PERMITTED = "The sender is not permitted to send chat messages to the broadcaster's chat room."


class ChatEndpoints:
    """The three endpoints a chat bot needs."""

    def __init__(self, world: World, hub: Hub, helix: Helix) -> None:
        self._world = world
        self._hub = hub
        self._helix = helix

    def routes(self) -> list[web.RouteDef]:
        """Their addresses."""
        gate = self._helix.endpoint
        return [
            web.get("/helix/users", gate(self.users)),
            web.post("/helix/chat/messages", gate(self.send)),
            web.get("/helix/chat/chatters", gate(self.chatters)),
        ]

    async def users(self, request: web.Request, grant: Grant) -> web.Response:
        """GET /users?id=…&login=…; without either, the token's own user."""
        ids, logins = request.query.getall("id", []), request.query.getall("login", [])
        if not ids and not logins:
            if grant.user is None:
                raise HelixError(400, "Must provide an ID, Login or OAuth Token")
            ids = [grant.user.id]
        if len(ids) + len(logins) > 100:
            raise HelixError(400, "The number of id and login parameters must be at most 100")
        wanted = {name.lower() for name in logins}
        found = [u for u in self._world.users.values() if u.id in ids or u.login in wanted]
        return web.json_response({"data": [user_json(user) for user in found]})

    async def send(self, request: web.Request, grant: Grant) -> web.Response:
        """POST /chat/messages; a message that is dropped says why."""
        body = await json_body(request)
        channel = self._channel(required(body, "broadcaster_id"))
        sender = self._sender(grant, channel, required(body, "sender_id"))
        text = required(body, "message")
        if len(text) > self._world.settings.message_characters:
            raise HelixError(422, "The message is too large")
        if sender.id in channel.banned:
            raise HelixError(403, NOT_PERMITTED)
        parent = self._world.chat.message(str(body.get("reply_parent_message_id") or ""))
        if body.get("reply_parent_message_id") and parent is None:
            raise HelixError(400, "The reply_parent_message_id is not valid")
        code = self._world.rules.refuse(
            sender, channel.name, text, mod=channel.is_mod(sender), irc=False
        )
        if code:
            reason = {"code": code, "message": REFUSALS[code]}
            dropped = {"message_id": "", "is_sent": False, "drop_reason": reason}
            return web.json_response({"data": [dropped]})
        message = self._world.chat.post(channel, sender, text, reply_to=parent)
        return web.json_response({"data": [{"message_id": message.id, "is_sent": True}]})

    async def chatters(self, request: web.Request, grant: Grant) -> web.Response:
        """GET /chat/chatters: who is connected to a channel's chat, for its moderators."""
        given = dict(request.query)
        channel = self._channel(required(given, "broadcaster_id"))
        if grant.user is None or required(given, "moderator_id") != grant.user.id:
            raise HelixError(401, own_id("moderator_id"))
        need_scope(grant, "moderator:read:chatters")
        if not channel.is_mod(grant.user):
            raise HelixError(403, "The user is not one of the broadcaster's moderators.")
        there = {s.user.id: s.user for s in self._hub.listeners[channel.name] if s.user}
        data = [
            {"user_id": u.id, "user_login": u.login, "user_name": u.display_name}
            for u in there.values()
        ]
        return web.json_response({"data": data, "pagination": {}, "total": len(data)})

    def _channel(self, user_id: str) -> Channel:
        user = self._world.users.get(user_id)
        if user is None:
            raise HelixError(400, "The ID in broadcaster_id must be that of a user")
        return self._world.chat.channels[user.login]

    def _sender(self, grant: Grant, channel: Channel, sender_id: str) -> User:
        """Who speaks: the token's user, or with an app token whoever allowed it."""
        need_scope(grant, "user:write:chat")
        if grant.user is not None:
            if grant.user.id != sender_id:
                raise HelixError(401, own_id("sender_id"))
            return grant.user
        sender = self._world.users.get(sender_id)
        if sender is None:
            raise HelixError(400, "The ID in sender_id must be that of a user")
        allows = self._world.tokens.allows
        if not allows(grant.app, sender, "user:write:chat", "user:bot"):
            raise HelixError(401, "Missing scope: user:write:chat or user:bot")
        if not (channel.is_mod(sender) or allows(grant.app, channel.owner, "channel:bot")):
            raise HelixError(403, NOT_PERMITTED)
        return sender


def own_id(parameter: str) -> str:
    """The refusal of another user's id beside one's own token."""
    return f"The ID in {parameter} must match the user ID found in the request's OAuth token."


def user_json(user: User) -> dict[str, Any]:
    """A user as Get Users answers."""
    return {
        "id": user.id,
        "login": user.login,
        "display_name": user.display_name,
        "type": "",
        "broadcaster_type": "",
        "description": "",
        "profile_image_url": "",
        "offline_image_url": "",
        "view_count": 0,
        "created_at": user.created_at,
    }
