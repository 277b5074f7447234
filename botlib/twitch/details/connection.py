"""One connection to Twitch's chat: it logs in, gives messages, and notices when it is dead."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp

from botlib.twitch.irc import IrcMessage, LineBuffer, format_line, parse

CAPABILITIES = "twitch.tv/tags twitch.tv/commands"  # not who comes and goes: membership
GOODBYE_S = 2.0  # how long Twitch may take to close its end


@dataclass(frozen=True)
class Timing:
    """How long a bot waits, in seconds: its own choices, unless the comment names Twitch's rule."""

    quiet_s: float = 30.0  # without a line, before the bot asks whether Twitch is still there
    answer_s: float = 10.0  # for any answer: to that question, to a login, a JOIN, a token check
    confirm_s: float = 10.0  # for Twitch to confirm a message
    stale_s: float = 60.0  # a command that has waited for so long gets no answer
    command_s: float = 60.0  # for a command to reply; meanwhile its channel waits
    refused_s: float = 5.0  # before Twitch is asked again about a token that it does not know
    validate_s: float = 3600.0  # Twitch's rule: validate the token every hour
    goodbye_s: float = 5.0  # for the reply at hand when the bot is stopped


class ConnectionLost(ConnectionError):  # noqa: N818  (named as what happened)
    """The connection to the chat is gone; nobody knows whether the last line arrived."""


class NotSent(ConnectionLost):
    """The connection was gone before the line was written, so the line did not arrive."""


@contextlib.asynccontextmanager
async def in_time(limit_s: float, failure: str) -> AsyncIterator[None]:
    """Raise ConnectionLost, which says what failed, if the block takes longer than its limit."""
    try:
        async with asyncio.timeout(limit_s):
            yield
    except TimeoutError:
        raise ConnectionLost(f"{failure} within {limit_s:g} s") from None


class ChatConnection:
    """IRC over one WebSocket, a message at a time; it notices when the connection is dead."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, timing: Timing) -> None:
        self._socket, self._timing = socket, timing
        self.unconfirmed = 0  # texts in a row, in all channels, that Twitch did not answer
        self._buffer = LineBuffer()
        self._lines: deque[str] = deque()

    @classmethod
    async def open(
        cls, session: aiohttp.ClientSession, url: str, timing: Timing
    ) -> "ChatConnection":
        """Connect to the chat; raises ConnectionLost or aiohttp's ClientError."""
        closing = aiohttp.ClientWSTimeout(ws_close=GOODBYE_S)
        async with in_time(timing.answer_s, "Twitch did not open a connection"):
            return cls(await session.ws_connect(url, protocols=("irc",), timeout=closing), timing)

    async def close(self) -> None:
        """Say goodbye, for a few seconds at most."""
        with contextlib.suppress(TimeoutError, aiohttp.ClientError):
            async with asyncio.timeout(2 * GOODBYE_S):  # sending the goodbye may hang, too
                await self._socket.close()

    async def log_in(self, nick: str, token: str) -> None:
        """Log in and wait for the welcome; raises ConnectionLost, also if Twitch refuses."""
        async with in_time(self._timing.answer_s, "Twitch did not let the bot in"):
            await self.send(IrcMessage("CAP", ("REQ", CAPABILITIES)))
            await self.send(IrcMessage("PASS", (f"oauth:{token}",)))
            await self.send(IrcMessage("NICK", (nick,)))
            while (message := await self.receive()).command not in ("001", "NOTICE"):
                pass
            if message.command == "NOTICE":  # "Login authentication failed" and its like
                # This does not end the bot: the token was validated a moment ago, and will be
                # before the next attempt. A bad token ends the bot there.
                raise ConnectionLost(
                    f"Twitch refused the login: {message.text}. Its token was good when Twitch was "
                    "asked, so the bot may have logged in too often, or the account may be "
                    f"suspended: log in to Twitch as {nick} and look"
                )

    async def receive(self) -> IrcMessage:
        """Return Twitch's next message and answer its PINGs; raises ConnectionLost."""
        while True:
            if not self._lines:
                await self._receive_lines()
            message = parse(self._lines.popleft())
            if message.command == "PING":
                await self.send(IrcMessage("PONG", message.params, colon=True))
            elif message.command not in ("", "PONG"):
                return message

    async def _receive_lines(self) -> None:
        """Wait for a line; if it is quiet for too long, ask whether Twitch is still there.

        Only a whole line is a sign of life. A peer that sends a byte now and then, or only a
        WebSocket's pings, is asked like a silent one. Twitch itself sends a PING about every five
        minutes.
        """
        try:
            async with asyncio.timeout(self._timing.quiet_s):
                await self._read_lines()
        except TimeoutError:
            await self.send(IrcMessage("PING", ("still there?",)))
            async with in_time(self._timing.answer_s, "no answer to a PING"):
                await self._read_lines()

    async def _read_lines(self) -> None:
        while not self._lines:
            self._lines.extend(self._buffer.feed(await self._read()))

    async def _read(self) -> bytes:
        frame = await self._socket.receive()
        if frame.type is aiohttp.WSMsgType.TEXT:
            return str(frame.data).encode()
        if frame.type is aiohttp.WSMsgType.BINARY:
            return bytes(frame.data)
        if frame.type is aiohttp.WSMsgType.CLOSE:
            raise ConnectionLost(f"Twitch closed the connection ({frame.data} {frame.extra})")
        raise ConnectionLost("the connection broke")

    async def send(self, message: IrcMessage) -> None:
        """Send one line; raises NotSent or ConnectionLost."""
        try:
            async with asyncio.timeout(self._timing.answer_s):
                await self._socket.send_str(format_line(message) + "\r\n")
        except aiohttp.ClientConnectionResetError:  # raised before anything is written
            raise NotSent("the connection broke") from None
        except TimeoutError:
            raise ConnectionLost("Twitch does not read what the bot sends") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectionLost(f"the connection broke: {type(error).__name__}") from None
