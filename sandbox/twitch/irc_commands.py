"""What a client may say to the chat server, command by command.

One function each; an unknown command gets 421. Sending messages is in irc_say.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.twitch import irc_login, irc_reply, irc_say
from sandbox.twitch.irc_line import Line
from sandbox.twitch.irc_session import Session

if TYPE_CHECKING:
    from sandbox.twitch.irc_hub import Hub

CAPABILITIES = ("commands", "membership", "tags")
BEFORE_LOGIN = {"CAP", "PASS", "NICK", "USER", "PING", "PONG", "QUIT"}


def handle(hub: Hub, session: Session, line: Line) -> None:
    """Do what one line asks for."""
    if not session.login and line.command not in BEFORE_LOGIN:
        return  # Twitch says nothing before login
    known = COMMANDS.get(line.command)
    if known:
        known(hub, session, line)
    else:
        session.send(f":{irc_reply.HOST} 421 {session.login} {line.command[:100]} :Unknown command")


def cap(hub: Hub, session: Session, line: Line) -> None:
    """CAP LS lists what there is; CAP REQ asks for it, all or nothing."""
    if line.param(0).upper() == "LS":
        offered = " ".join(f"twitch.tv/{name}" for name in CAPABILITIES)
        session.send(f":{irc_reply.HOST} CAP * LS :{offered}")
    elif line.param(0).upper() == "REQ":
        asked = " ".join(line.params[1:])
        wanted = [name.removeprefix("twitch.tv/") for name in asked.split()]
        known = all(name in CAPABILITIES for name in wanted)
        if known:
            session.capabilities.update(wanted)
        session.send(f":{irc_reply.HOST} CAP * {'ACK' if known else 'NAK'} :{asked}")


def ping(hub: Hub, session: Session, line: Line) -> None:
    """PING is answered with PONG and the same words."""
    if session.answers_ping:
        host = irc_reply.HOST
        session.send(f":{host} PONG {host}" + (f" :{line.params[-1]}" if line.params else ""))


def pong(hub: Hub, session: Session, line: Line) -> None:
    """The client answers the server's PING."""
    session.pong.set()


def leave(hub: Hub, session: Session, line: Line) -> None:
    """PART one channel or several."""
    for name in line.param(0).lower().split(","):
        channel = name.removeprefix("#")
        if channel in session.joined:
            session.send(f"{irc_reply.mask(session.login)} PART #{channel}")
            hub.leave(session, channel)
            hub.world.presence.homes[session.login].discard(channel)


def join(hub: Hub, session: Session, line: Line) -> None:
    """JOIN one channel or several; past the limit (20 in 10 seconds) Twitch says nothing."""
    settings = hub.world.settings
    for name in line.param(0).lower().split(","):
        if not name.startswith("#"):
            continue  # Twitch does not answer
        tried = hub.world.window.count(f"join {session.login}", settings.join_window_s)
        if settings.limits and tried > settings.joins:
            return
        _join(hub, session, name.removeprefix("#"))


def _join(hub: Hub, session: Session, name: str) -> None:
    channel = hub.world.find_channel(name)
    if channel is None:
        text = "This channel does not exist or has been suspended."
        irc_say.notice(session, f"#{name}", text, "msg_channel_suspended")
        return
    if name in session.joined:
        return
    session.send(*irc_reply.names(session.login, name))
    if session.has("commands"):
        if session.user:
            session.send(irc_reply.user_state(session.user, channel, tags=session.has("tags")))
        session.send(irc_reply.room_state(channel, tags=session.has("tags")))
    hub.join(session, name)


def leave_chat(hub: Hub, session: Session, line: Line) -> None:
    """QUIT ends the connection."""
    session.end("the client said QUIT")


def nothing(hub: Hub, session: Session, line: Line) -> None:
    """What older IRC clients say and Twitch does not need."""


COMMANDS: dict[str, Callable[[Hub, Session, Line], None]] = {
    "CAP": cap,
    "PASS": irc_login.password,
    "NICK": irc_login.nick,
    "USER": nothing,
    "PING": ping,
    "PONG": pong,
    "JOIN": join,
    "PART": leave,
    "PRIVMSG": irc_say.privmsg,
    "QUIT": leave_chat,
}
