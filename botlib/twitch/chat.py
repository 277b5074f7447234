"""The chat held: whenever the connection is lost, another takes its place.

It joins all channels again each time. It stops only when Twitch refuses the login or every
channel. What is said and answered is not its business.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping

import aiohttp

from botlib.twitch.account import Account
from botlib.twitch.backoff import Backoff
from botlib.twitch.connection import Connection
from botlib.twitch.counts import Counts
from botlib.twitch.errors import ConnectionLost, LoginRefused, ReconnectAsked
from botlib.twitch.irc import IrcMessage
from botlib.twitch.joining import NOT_LET_IN, Joining
from botlib.twitch.limits import Limits
from botlib.twitch.sender import CONFIRMED, Sender
from botlib.twitch.timing import Timing

log = logging.getLogger(__name__)

STEADY_S = 60.0  # a connection that held for so long was a good one: count failures anew
GOODBYE_S = 2.0  # how long Twitch may take to close its end
# NOTICEs that refuse what was just said; others only tell of a change, such as slow mode.
REFUSALS = ("msg_", "no_permission", "unrecognized_cmd", "invalid_")


class Chat:
    """Holds one connection at a time, for as long as `hold` runs."""

    def __init__(
        self,
        url: str,
        account: Account,
        senders: Mapping[str, Sender],
        limits: Limits,
        backoff: Backoff,
        counts: Counts,
        timing: Timing,
    ) -> None:
        self._url, self._account, self._senders = url, account, senders
        self._limits, self._backoff, self._counts = limits, backoff, counts
        self._timing = timing
        self.joining = Joining(senders, limits, counts, timing.answer_s)
        self._refreshed = False  # the token, after a refused login
        self.before: Callable[[], Awaitable[None]] = account.ensure  # called before each login
        self.on_message: Callable[[IrcMessage], None] = lambda message: None

    async def hold(self) -> None:
        """Connect, again and again; ends only by LoginRefused or when it is cancelled."""
        failures, loop = 0, asyncio.get_running_loop()
        async with aiohttp.ClientSession() as session:
            while True:
                began, planned = loop.time(), False
                try:
                    await self._attempt(session)
                except (aiohttp.ClientError, OSError) as error:
                    reason = str(error) or type(error).__name__
                    planned = isinstance(error, ReconnectAsked)
                failures = 1 if loop.time() - began > STEADY_S else failures + 1
                wait = 0.0 if planned and failures == 1 else self._backoff(failures)
                self._counts.last_error = reason
                log.warning("chat: %s; connecting again in %.1f s", reason, wait)
                await asyncio.sleep(wait)

    async def _attempt(self, session: aiohttp.ClientSession) -> None:
        await self.before()
        closing = aiohttp.ClientWSTimeout(ws_close=GOODBYE_S)
        async with (
            self._limits.logging_in(),
            session.ws_connect(self._url, protocols=("irc",), timeout=closing) as socket,
        ):
            connection = Connection(socket, self._timing.quiet_s, self._timing.answer_s)
            await self._log_in(connection)
            self._counts.connections += 1
            joining = asyncio.create_task(self.joining.join(connection))
            try:
                while True:
                    self._take(await connection.receive(), connection)
            except ReconnectAsked:
                await self._drain(connection)
                raise
            finally:
                for sender in self._senders.values():
                    sender.leave()
                joining.cancel()
                await asyncio.gather(joining, return_exceptions=True)

    async def _log_in(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(self._timing.answer_s):
                await connection.log_in(self._account.login, self._account.token)
        except LoginRefused as refusal:
            if self._refreshed or not await self._account.refresh():
                raise LoginRefused(await self._account.explain(str(refusal))) from None
            self._refreshed = True
            raise ConnectionLost(f"{refusal}, so the token was refreshed") from None
        self._refreshed = False

    async def _drain(self, connection: Connection) -> None:
        """Take what is still on its way, so that nothing is lost by a planned goodbye."""
        for sender in self._senders.values():
            sender.pause()
        with contextlib.suppress(OSError):  # the end, as it should be, or none in time
            await connection.send(IrcMessage("QUIT"))
            async with asyncio.timeout(self._timing.answer_s):
                while True:
                    self._take(await connection.receive(), None)

    def _take(self, message: IrcMessage, connection: Connection | None) -> None:
        sender = self._senders.get(message.channel)
        if sender is None:
            return
        if message.command == "PRIVMSG":
            self.on_message(message)
        elif message.command == "ROOMSTATE" and connection and not sender.joined:
            sender.enter(connection)
        elif message.command == "USERSTATE":
            sender.settle(CONFIRMED)
        elif message.command == "NOTICE":
            self._noted(message, sender, connection)

    def _noted(self, message: IrcMessage, sender: Sender, connection: Connection | None) -> None:
        log.info("#%s: %s", message.channel, message.text)
        msg_id = message.tags.get("msg-id", "")
        if msg_id in NOT_LET_IN and connection and not sender.joined:
            self.joining.refuse(message.channel, msg_id, message.text)
        elif msg_id.startswith(REFUSALS):
            sender.settle(msg_id)
