"""PRIVMSG: a chat message from an IRC client, its limits, its refusals.

The sender hears USERSTATE, never an echo of its own message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.twitch import irc_reply
from sandbox.twitch.chat import Channel, slash_command
from sandbox.twitch.irc_line import Line
from sandbox.twitch.irc_session import Session
from sandbox.twitch.limits import REFUSALS, SILENT
from sandbox.twitch.model import User

if TYPE_CHECKING:
    from sandbox.twitch.irc_hub import Hub

NO_PERMISSION = "You don't have permission to perform that action."


def notice(session: Session, channel: str, text: str, msg_id: str) -> None:
    """A NOTICE in a channel, for those who asked for twitch.tv/commands."""
    if session.has("commands"):
        session.send(irc_reply.notice(channel, text, msg_id, tags=session.has("tags")))


def privmsg(hub: Hub, session: Session, line: Line) -> None:
    """PRIVMSG #channel :text, with @reply-parent-msg-id to answer a message."""
    to = line.param(0)
    channel = hub.world.find_channel(to) if to.startswith("#") else None
    text = line.param(1)
    user = session.user
    if channel is None or user is None or not text.strip():
        return
    refused = refusal(hub, session, channel, user, text)
    if refused == SILENT:
        return
    if refused:
        msg_id, words = refused.split(" ", 1)
        notice(session, f"#{channel.name}", words, msg_id)
        return
    parent = hub.world.chat.message(line.tags.get("reply-parent-msg-id", ""))
    hub.world.chat.post(channel, user, text, reply_to=parent, origin=session)
    if session.has("commands"):
        nonce = line.tags.get("client-nonce", "")
        session.send(irc_reply.user_state(user, channel, nonce, tags=session.has("tags")))


def refusal(hub: Hub, session: Session, channel: Channel, user: User, text: str) -> str:
    """An empty string when the message may go, SILENT, or "msg_id and the words"."""
    if not session.may("chat:edit"):
        return f"no_permission {NO_PERMISSION}"
    if user.id in channel.banned:
        return "msg_banned " + REFUSALS["msg_banned"].format(channel=channel.name)
    command = slash_command(text)
    if command:
        return f"unrecognized_cmd Unrecognized command: /{command}"
    code = hub.world.rules.refuse(user, channel.name, text, mod=channel.is_mod(user), irc=True)
    return f"{code} {REFUSALS[code]}" if code in REFUSALS else code
