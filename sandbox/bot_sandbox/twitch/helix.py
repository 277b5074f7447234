"""Helix, Twitch's API: the checks before every endpoint, and the endpoints for chat bots.

Every request needs `Authorization: Bearer <token>` and the token's `Client-Id`. Get Users, Send
Chat Message and Get Chatters follow dev.twitch.tv/docs/api/reference; subscriptions are in
eventsub.py.
"""

import functools
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

from bot_sandbox.twitch.canned import canned_response
from bot_sandbox.twitch.chat import REFUSALS, Channel, Stream, cut_command
from bot_sandbox.twitch.eventsub_events import user_fields
from bot_sandbox.twitch.irc import IrcServer
from bot_sandbox.twitch.message_trace import http_text
from bot_sandbox.twitch.tokens import TokenRecord
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.twitch.world import TwitchWorld

NOT_PERMITTED = "The sender is not permitted to send chat messages to the broadcaster's chat room."

HELD_FOR_MODS = "Your message is being checked by mods and has not been sent."
LANGUAGE = "en"  # of every channel
NOT_A_PARENT = "The request's input was not valid. Message cannot be replied to."  # issues#896

# Twitch publishes no list of these codes (twitchdev/issues#962). The one for a timeout is in
# twitchdev/issues#1002; the one for a ban is named after it, with chat's text.
DROPPED_WHEN_BARRED = {
    "msg_banned": ("user_banned", "You are permanently banned from talking in the room."),
    "msg_timedout": ("user_timed_out", "You are timed out from talking in the room."),
}

# Parameters, as in dev.twitch.tv/docs/api/reference
MESSAGE_PARAMETERS = "broadcaster_id sender_id message reply_parent_message_id for_source_only"
PAGE_PARAMETERS = "broadcaster_id first after"
STREAM_PARAMETERS = "user_id user_login type language first after"

# The badges that chat shows here, and Twitch's pictures of them
BADGES = {
    "broadcaster": "5527c58c-fb7d-422d-b71b-f309dcb85cc1",
    "moderator": "3267646d-33f0-4b17-b3df-f923a41db1d0",
}
BADGE_PICTURE = "https://static-cdn.jtvnw.net/badges/v1/{id}/{size}"

USE_CANNED = "Canned answers (--canned, in Python answer_canned()) would do."
NUMBER = re.compile("[0-9]{1,9}")
REAL_ENDPOINTS = frozenset(
    Path(__file__).with_name("helix_endpoints.txt").read_text(encoding="utf-8").splitlines()
)

Json = dict[str, Any]
Endpoint = Callable[[web.Request, TokenRecord], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class HelixError(Exception):
    """A refusal by Helix: an HTTP status and a message."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.headers = headers or {}

    def response(self) -> web.Response:
        """Return Helix's envelope: `{"error","status","message"}`."""
        envelope = {
            "error": HTTPStatus(self.status).phrase,
            "status": self.status,
            "message": self.message,
        }
        return web.json_response(envelope, status=self.status, headers=self.headers)


class HelixGate:
    """Checks requests before every endpoint."""

    def __init__(self, world: TwitchWorld) -> None:
        self._world = world
        self.fail_with: list[int] = []  # statuses of the next responses (faults.fail_api)

    def guard_endpoint(self, endpoint: Endpoint, takes: str | None, lacks: str = "") -> Handler:
        """Wrap an endpoint with the checks: token, client id, rate limit, error envelope.

        `takes` are the parameters that it knows, None for any. `lacks` are those that only the real
        one knows; they are refused. Any other is ignored, as Helix ignores it, and noted.
        """
        known, missing = (takes or "").split(), lacks.split()

        async def answer(request: web.Request) -> web.StreamResponse:
            headers: dict[str, str] = {}
            try:
                if self.fail_with:
                    status = self.fail_with.pop(0)
                    what = f"{request.method} {request.path} was answered with {status}"
                    self._world.note_fault("", what)
                    raise HelixError(status, "")
                token = self._token_of_request(request)
                headers = self._rate_headers(token)
                given = dict(request.query)
                if request.method == "POST":
                    given |= await json_body(request)
                if takes is not None:
                    others = [name for name in given if name not in known]
                    self._check_names(others, missing, request)
                response = await endpoint(request, token)
            except HelixError as error:
                response = error.response()
            response.headers.update(headers)
            return response

        return answer

    def _check_names(self, names: list[str], missing: list[str], request: web.Request) -> None:
        """Refuse a parameter that only the real Helix has, and note the others."""
        path = request.path.removeprefix("/helix").removeprefix("/mock").lstrip("/")
        place = f"{request.method} {path}"
        for name in names:
            if name not in missing:
                self._world.note_ignored(f"{name} of {place}")
            elif not self._world.is_canned(f"Helix {place} with {name}"):
                raise HelixError(400, f"This sandbox has no {name} in {place}. {USE_CANNED}")

    def fallback(self, here: Sequence[str]) -> Handler:
        """Return the handler for all other paths; `here` are the sandbox's endpoints.

        An endpoint of the real Helix is refused as unsupported with 400, so that no client tries
        again as it would after a server error; or it has a canned answer.
        """

        def asked_of(request: web.Request) -> str:
            return f"{request.method} {request.match_info['rest'].strip('/')}"

        async def answer_canned(request: web.Request, _: TokenRecord) -> web.Response:
            given = dict(request.query) | await json_body(request)
            return canned_response(self._world, asked_of(request), given)

        guarded = self.guard_endpoint(answer_canned, None)

        async def answer(request: web.Request) -> web.StreamResponse:
            asked = asked_of(request)
            if asked not in REAL_ENDPOINTS:
                return HelixError(404, "").response()
            if self._world.is_canned(f"Helix {asked}"):
                return await guarded(request)
            words = f"This sandbox has no {asked}. {USE_CANNED} It has {', '.join(here)}."
            return HelixError(400, words).response()

        return answer

    def _token_of_request(self, request: web.Request) -> TokenRecord:
        kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not access_token.strip():
            raise HelixError(401, "OAuth token is missing")
        token = self._world.tokens.find(access_token.strip())
        if token is None:
            raise HelixError(401, "Invalid OAuth token")
        client_id = request.headers.get("Client-Id", "")
        if not client_id:
            raise HelixError(401, "Client ID is missing")
        if client_id != token.app.client_id:
            raise HelixError(401, "Client ID and OAuth token do not match")
        return token

    def _rate_headers(self, token: TokenRecord) -> dict[str, str]:
        limit = self._world.settings.api_points
        key = f"api {token.app.client_id} {token.user.id if token.user else ''}"
        used = self._world.window.add_and_count(key, 60.0)
        headers = {
            "Ratelimit-Limit": str(limit),
            "Ratelimit-Remaining": str(max(0, limit - used)),
            "Ratelimit-Reset": str(int(self._world.clock.now()) + 60),
        }
        if self._world.settings.limits and used > limit:
            raise HelixError(429, "", headers)
        return headers


def require_scope(token: TokenRecord, scope: str) -> None:
    """Refuse a user token without this scope."""
    if token.user is not None and scope not in token.scopes:
        raise HelixError(401, f"Missing scope: {scope}")


async def json_body(request: web.Request) -> dict[str, Any]:
    """Return the request's JSON object, {} for an empty body; 400 for anything else."""
    try:
        body = json.loads(await request.text() or "{}")
    except (ValueError, RecursionError, LookupError):
        raise HelixError(400, "The request body is not valid JSON") from None
    except web.HTTPRequestEntityTooLarge as error:
        raise HelixError(413, str(error.text)) from None
    if not isinstance(body, dict):
        raise HelixError(400, "The request body must be a JSON object")
    return body


def required_parameter(given: dict[str, Any], name: str) -> str:
    """Return a required parameter as text; 400 if it is missing."""
    value = given.get(name)
    if value is None or value == "":
        raise HelixError(400, f'Missing required parameter "{name}"')
    return str(value)


def read_ids(request: web.Request, name: str) -> list[str]:
    """Return a parameter that may come up to 100 times; 400 if it is missing."""
    ids = request.query.getall(name, [])
    if not ids:
        raise HelixError(400, f'Missing required parameter "{name}"')
    if len(ids) > 100:
        raise HelixError(400, f"The number of {name} parameters must be at most 100")
    return ids


class ChatEndpoints:
    """The endpoints for chat bots: users, chat, channels and streams."""

    def __init__(self, world: TwitchWorld, irc: IrcServer, gate: HelixGate) -> None:
        self._world = world
        self._irc = irc
        self._gate = gate

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        gate = self._gate.guard_endpoint
        return [
            web.get("/helix/users", gate(self.users, "id login")),
            web.post("/helix/chat/messages", gate(self.send, MESSAGE_PARAMETERS)),
            web.get("/helix/chat/chatters", gate(self.chatters, f"{PAGE_PARAMETERS} moderator_id")),
            web.get("/helix/chat/color", gate(self.colors, "user_id")),
            web.get("/helix/chat/badges/global", gate(self.global_badges, "")),
            web.get("/helix/chat/badges", gate(self.badges, "broadcaster_id")),
            web.get("/helix/channels", gate(self.channels, "broadcaster_id")),
            web.get(
                "/helix/channels/followers", gate(self.followers, f"{PAGE_PARAMETERS} user_id")
            ),
            web.get("/helix/streams", gate(self.streams, STREAM_PARAMETERS, "game_id before")),
        ]

    async def users(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /users?id=…&login=…; without either, the token's own user."""
        ids, logins = request.query.getall("id", []), request.query.getall("login", [])
        if not ids and not logins:
            if token.user is None:
                raise HelixError(400, "Must provide an ID, Login or OAuth Token")
            ids = [token.user.id]
        if len(ids) + len(logins) > 100:
            raise HelixError(400, "The number of id and login parameters must be at most 100")
        wanted = {name.lower() for name in logins}
        found = [u for u in self._world.users.values() if u.id in ids or u.login in wanted]
        readable = token.user if "user:read:email" in token.scopes else None
        return web.json_response({"data": [user_json(u, email=u == readable) for u in found]})

    async def send(self, request: web.Request, token: TokenRecord) -> web.Response:
        """POST /chat/messages; the response says why a message was dropped.

        A chat command is cut off or dropped, other than over IRC (`cut_command`). The
        parameters come in the body or, as twurple and pyTwitchAPI send them, in the query.
        """
        body = dict(request.query) | await json_body(request)
        channel = self._channel(required_parameter(body, "broadcaster_id"))
        sender = self._sender(token, channel, required_parameter(body, "sender_id"))
        text = required_parameter(body, "message")
        if body.get("for_source_only") is not None and token.user:
            raise HelixError(400, "for_source_only needs an app access token")
        if len(text) > self._world.settings.message_characters:
            raise HelixError(422, "The message is too large")
        code, _ = self._world.chat.ban_reason(channel, sender)
        if code:
            barred = DROPPED_WHEN_BARRED[code]
            self._world.rules.note_refusal(sender, channel.name, *barred)
            return dropped_response(*barred)
        parent = self._world.chat.message(str(body.get("reply_parent_message_id") or ""))
        if body.get("reply_parent_message_id") and parent is None:
            raise HelixError(400, NOT_A_PARENT)
        text = cut_command(text)
        if not text:
            self._world.rules.note_refusal(sender, channel.name, "msg_rejected", HELD_FOR_MODS)
            return dropped_response("msg_rejected", HELD_FOR_MODS)
        code = self._world.rules.refuse(
            sender, channel.name, text, mod=channel.is_mod(sender), irc=False
        )
        if code:
            return dropped_response(code, REFUSALS[code])
        first_line = f"{request.method} {request.path_qs}"
        came_as = ("Helix", http_text(first_line, request.headers, await request.text()))
        message = self._world.chat.post(channel, sender, text, parent, came_as=came_as)
        sent = {"message_id": message.id, "is_sent": True, "drop_reason": None}
        answer = web.json_response({"data": [sent]})
        self._world.chat.trace.record_text(
            message.id, "to", "Helix", sender.login, f"{answer.status} OK\n\n{answer.text}"
        )
        return answer

    async def chatters(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /chat/chatters: who is connected to a channel's chat, for its moderators."""
        given = dict(request.query)
        channel = self._channel(required_parameter(given, "broadcaster_id"))
        if token.user is None or required_parameter(given, "moderator_id") != token.user.id:
            raise HelixError(401, wrong_id_refusal("moderator_id"))
        require_scope(token, "moderator:read:chatters")
        if not channel.is_mod(token.user):
            raise HelixError(403, "The user is not one of the broadcaster's moderators.")
        there = {s.user.id: s.user for s in self._irc.members[channel.name] if s.user}
        data = [user_fields("user", user) for user in there.values()]
        return web.json_response(paginate(data, given, 100, 1000) | {"total": len(data)})

    async def colors(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /chat/color?user_id=…: the color in which chat shows the names of up to 100 users."""
        ids = read_ids(request, "user_id")
        found = [user for user in self._world.users.values() if user.id in ids]
        data = [user_fields("user", user) | {"color": user.color} for user in found]
        return web.json_response({"data": data})

    async def global_badges(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /chat/badges/global: of all badges, those that chat shows here."""
        return web.json_response({"data": [badge_json(name) for name in BADGES]})

    async def badges(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /chat/badges: a channel's own are for subscribers and cheers, so there are none."""
        self._channel(required_parameter(dict(request.query), "broadcaster_id"))
        return web.json_response({"data": []})

    async def channels(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /channels?broadcaster_id=…: the channels of up to 100 users."""
        ids = read_ids(request, "broadcaster_id")
        found = [c for c in self._world.chat.channels.values() if c.owner.id in ids]
        return web.json_response({"data": [channel_json(channel) for channel in found]})

    async def followers(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /channels/followers: their number, and for the channel's moderators their names.

        Others get the number without names, not a refusal
        (dev.twitch.tv/docs/api/reference#get-channel-followers).
        """
        given = dict(request.query)
        channel = self._channel(required_parameter(given, "broadcaster_id"))
        scope = "moderator:read:followers" in token.scopes
        may_know = scope and token.user is not None and channel.is_mod(token.user)
        who = [
            {
                "user_id": user_id,
                "user_login": self._world.users[user_id].login,
                "user_name": self._world.users[user_id].display_name,
                "followed_at": at,
            }
            for user_id, at in reversed(channel.followers.items())  # newest first
            if may_know and given.get("user_id", user_id) == user_id
        ]
        return web.json_response(paginate(who, given, 20, 100) | {"total": len(channel.followers)})

    async def streams(self, request: web.Request, token: TokenRecord) -> web.Response:
        """GET /streams: live streams, all or by user_id or user_login; all are in English."""
        query = request.query
        ids, logins = query.getall("user_id", []), query.getall("user_login", [])
        if max(len(ids), len(logins)) > 100:
            raise HelixError(400, "The number of user_id or user_login must be at most 100")
        wanted = {name.lower() for name in logins}
        live = [
            stream_json(channel, channel.stream)
            for channel in self._world.chat.channels.values()
            if channel.stream
            and query.get("language", LANGUAGE) == LANGUAGE
            and (not (ids or wanted) or channel.owner.id in ids or channel.name in wanted)
        ]
        return web.json_response(paginate(live, dict(query), 20, 100))

    def _channel(self, user_id: str) -> Channel:
        user = self._world.users.get(user_id)
        if user is None:
            raise HelixError(400, "The ID in broadcaster_id must be that of a user")
        return self._world.chat.channels[user.login]

    def _sender(self, token: TokenRecord, channel: Channel, sender_id: str) -> TwitchUser:
        """Return the sender: the token's user, or with an app token a user who allowed it."""
        require_scope(token, "user:write:chat")
        if token.user is not None:
            if token.user.id != sender_id:
                raise HelixError(401, wrong_id_refusal("sender_id"))
            return token.user
        sender = self._world.users.get(sender_id)
        if sender is None:
            raise HelixError(400, "The ID in sender_id must be that of a user")
        allows = self._world.tokens.allows
        if not allows(token.app, sender, "user:write:chat", "user:bot"):
            raise HelixError(401, "Missing scope: user:write:chat or user:bot")
        if not (channel.is_mod(sender) or allows(token.app, channel.owner, "channel:bot")):
            raise HelixError(403, NOT_PERMITTED)
        return sender


def paginate(data: list[Json], given: dict[str, str], default: int, most: int) -> Json:
    """Return one page of a list: `first` entries after the cursor `after`."""
    first, after = given.get("first", str(default)), given.get("after", "0")
    if not (NUMBER.fullmatch(first) and 1 <= int(first) <= most):
        raise HelixError(400, f'The parameter "first" must be a number from 1 to {most}')
    if not NUMBER.fullmatch(after):
        raise HelixError(400, 'The parameter "after" was malformed: the value must be a cursor')
    end = int(after) + int(first)
    return {
        "data": data[int(after) : end],
        "pagination": {"cursor": str(end)} if end < len(data) else {},
    }


def badge_json(name: str) -> Json:
    """Return a badge as in Get Global Chat Badges."""
    picture = functools.partial(BADGE_PICTURE.format, id=BADGES[name])
    version = {
        "id": "1",
        "image_url_1x": picture(size=1),
        "image_url_2x": picture(size=2),
        "image_url_4x": picture(size=3),
        "title": name.title(),
        "description": name.title(),
        "click_action": None,
        "click_url": None,
    }
    return {"set_id": name, "versions": [version]}


def channel_json(channel: Channel) -> Json:
    """Return a channel as in Get Channel Information."""
    return {
        "broadcaster_id": channel.owner.id,
        "broadcaster_login": channel.name,
        "broadcaster_name": channel.owner.display_name,
        "broadcaster_language": LANGUAGE,
        "game_id": "",
        "game_name": "",
        "title": channel.title,
        "delay": 0,
        "tags": [],
        "content_classification_labels": [],
        "is_branded_content": False,
    }


def stream_json(channel: Channel, stream: Stream) -> Json:
    """Return a stream as in Get Streams; the sandbox has no viewers."""
    return {
        "id": stream.id,
        "user_id": channel.owner.id,
        "user_login": channel.name,
        "user_name": channel.owner.display_name,
        "game_id": "",
        "game_name": "",
        "type": "live",
        "title": channel.title,
        "tags": [],
        "viewer_count": 0,
        "started_at": stream.started_at,
        "language": LANGUAGE,
        "thumbnail_url": "",
        "tag_ids": [],
        "is_mature": False,
    }


def dropped_response(code: str, words: str) -> web.Response:
    """Return the response for a message that chat has dropped."""
    reason = {"code": code, "message": words}
    return web.json_response(
        {"data": [{"message_id": "", "is_sent": False, "drop_reason": reason}]}
    )


def wrong_id_refusal(parameter: str) -> str:
    """Return the refusal of an id that is not the token's user."""
    return f"The ID in {parameter} must match the user ID found in the request's OAuth token."


def user_json(user: TwitchUser, *, email: bool) -> dict[str, Any]:
    """Return a user as in Get Users, with the address for those who may read it."""
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
        **({"email": user.email} if email else {}),
    }
