"""Every IRC connection: who is connected and who hears which message.

Lines in are handed to irc_commands.py; what carries them is in irc_wire.py.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from typing import Any

from sandbox.twitch import irc_commands, irc_reply
from sandbox.twitch.duplex import finish
from sandbox.twitch.irc_line import parse
from sandbox.twitch.irc_session import Session, Wire
from sandbox.twitch.model import ChatMessage
from sandbox.twitch.tokens import Grant
from sandbox.twitch.world import World


class Hub:
    """The chat servers behind irc.chat.twitch.tv."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions: dict[Session, set[asyncio.Task[None]]] = {}
        self.listeners: dict[str, dict[Session, None]] = defaultdict(dict)
        self.refuse_logins: dict[str, int] = defaultdict(int)
        world.chat.listeners.append(self._deliver)
        world.presence.ears.append(self.hears)
        world.tokens.on_revoked.append(self._revoked)

    def open(self, wire: Wire, kind: str) -> Session:
        """A connection was made."""
        session = Session(self.world, wire, kind)
        self.sessions[session] = set()
        self.world.records.append(session.record)
        self.world.watch.changed()
        return session

    def start(self, session: Session, work: Coroutine[Any, Any, None]) -> None:
        """Start something that a session does beside writing, until it ends."""
        self.sessions[session].add(asyncio.ensure_future(work))

    def receive(self, session: Session, text: str) -> None:
        """A line came in; one that makes no sense does no harm."""
        if not session.record.open or session.silent:
            return
        session.record.lines_in += 1
        line = parse(text)
        if line is not None:
            irc_commands.handle(self, session, line)
            self.world.watch.changed()

    async def closed(self, session: Session, why: str) -> None:
        """The connection ends: forget it, and let it say its last words."""
        session.end(why)
        for channel in list(session.joined):
            self.leave(session, channel)
        for task in self.sessions.pop(session, set()):
            task.cancel()
        self.world.watch.changed()
        await finish(session.writer)
        await session.wire.close(session.close_code)

    def join(self, session: Session, channel: str) -> None:
        """The session hears this channel from now on."""
        session.joined.add(channel)
        session.record.joined.append(channel)
        self.world.presence.homes[session.login].add(channel)
        self._tell_members(session, channel, "JOIN")
        self.listeners[channel][session] = None

    def leave(self, session: Session, channel: str) -> None:
        """The session no longer hears this channel."""
        session.joined.discard(channel)
        self.listeners[channel].pop(session, None)
        self._tell_members(session, channel, "PART")

    def of(self, login: str) -> list[Session]:
        """The open connections on which this login is logged in."""
        return [s for s in self.sessions if s.login == login.lower() and s.record.open]

    def hears(self, login: str, channel: str) -> bool:
        """Whether this login has a live connection that joined the channel."""
        return any(s.login == login and s.live for s in self.listeners[channel])

    def _deliver(self, message: ChatMessage, origin: object) -> None:
        """Carry a chat message to everyone in its channel but the connection it came from."""
        plain = irc_reply.privmsg(message)
        tags = irc_reply.message_tags(message, self.world.chat.channels[message.channel])
        for session in list(self.listeners[message.channel]):
            if session is not origin and session.may("chat:read"):
                session.send(tags + plain if session.has("tags") else plain)

    def _revoked(self, grant: Grant) -> None:
        for session in list(self.sessions):
            if session.grant is grant:
                session.end("its token was revoked")

    def _tell_members(self, session: Session, channel: str, command: str) -> None:
        for other in self.listeners[channel]:
            if other is not session and other.has("membership"):
                other.send(f"{irc_reply.mask(session.login)} {command} #{channel}")
