"""One connection to Twitch's chat: it logs in, answers PINGs, and notices when it is lost.

It does not connect again: that is the bot's. It knows no channel and no command.
"""

import asyncio
from collections import deque

import aiohttp

from botlib.twitch.errors import ConnectionLost, LoginRefused, NotSent, ReconnectAsked
from botlib.twitch.irc import IrcMessage, LineBuffer, format, parse

CAPABILITIES = "twitch.tv/tags twitch.tv/commands"  # not who comes and goes: membership
# What Twitch says when it refuses PASS and NICK; it then closes the connection.
REFUSALS = {
    "Login authentication failed",
    "Login unsuccessful",
    "Improperly formatted auth",
    "Invalid NICK",
}


class Connection:
    """IRC over one WebSocket, a message at a time.

    When nothing was heard for `quiet_s` seconds it asks whether Twitch is still there; when no
    answer comes within `answer_s` the connection counts as lost. Twitch itself sends a PING
    about every five minutes.
    """

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        quiet_s: float = 60.0,
        answer_s: float = 10.0,
    ) -> None:
        self.quiet_s, self.answer_s = quiet_s, answer_s
        self._socket = socket
        self._buffer = LineBuffer()
        self._lines: deque[str] = deque()

    async def log_in(self, nick: str, token: str) -> None:
        """Say who the bot is and wait for the welcome; raises LoginRefused, ConnectionLost."""
        await self.send(IrcMessage("CAP", ("REQ", CAPABILITIES)))
        await self.send(IrcMessage("PASS", (f"oauth:{token}",)))
        await self.send(IrcMessage("NICK", (nick,)))
        while True:
            message = await self.receive()
            if message.command == "001":
                return
            if message.command == "NOTICE" and message.text in REFUSALS:
                raise LoginRefused(message.text)

    async def receive(self) -> IrcMessage:
        """Give what Twitch says next; PINGs are answered here. Raises ConnectionLost."""
        while True:
            message = parse(await self._line())
            if message.command == "PING":
                await self.send(IrcMessage("PONG", message.params, colon=True))
            elif message.command == "RECONNECT":
                raise ReconnectAsked("Twitch asked the bot to connect again")
            elif message.command not in ("", "PONG"):
                return message

    async def send(self, message: IrcMessage) -> None:
        """Send one line; raises NotSent or ConnectionLost."""
        try:
            async with asyncio.timeout(self.answer_s):
                await self._socket.send_str(format(message) + "\r\n")
        except aiohttp.ClientConnectionResetError:  # raised before anything is written
            raise NotSent("the connection broke") from None
        except TimeoutError:
            raise ConnectionLost("Twitch does not read what the bot sends") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectionLost(f"the connection broke: {type(error).__name__}") from None

    async def close(self) -> None:
        """Say goodbye as a WebSocket does; a second call does nothing."""
        await self._socket.close()

    async def _line(self) -> str:
        while not self._lines:
            self._lines.extend(self._buffer.feed(await self._read()))
        return self._lines.popleft()

    async def _read(self) -> bytes:
        try:
            frame = await self._socket.receive(self.quiet_s)
        except TimeoutError:
            frame = await self._ask()
        if frame.type is aiohttp.WSMsgType.TEXT:
            return str(frame.data).encode()
        if frame.type is aiohttp.WSMsgType.BINARY:
            return bytes(frame.data)
        if frame.type is aiohttp.WSMsgType.CLOSE:
            raise ConnectionLost(f"Twitch closed the connection ({frame.data} {frame.extra})")
        raise ConnectionLost("the connection broke")

    async def _ask(self) -> aiohttp.WSMessage:
        await self.send(IrcMessage("PING", ("still there?",)))
        try:
            return await self._socket.receive(self.answer_s)
        except TimeoutError:
            raise ConnectionLost(f"no answer to a PING within {self.answer_s:g} s") from None
