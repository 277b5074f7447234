"""Saying something in one channel: in order, within the limits, and never twice.

A text waits for the connection and the limits, and then for Twitch's confirmation (USERSTATE),
so that at most one is under way when a connection breaks. One that may have arrived is not
repeated. Nothing here reads a socket or connects one.
"""

import asyncio
import logging

from botlib.twitch.connection import Connection
from botlib.twitch.counts import Counts
from botlib.twitch.errors import ConnectionLost, NotSent
from botlib.twitch.irc import privmsg
from botlib.twitch.limits import SLACK_S, Limits
from botlib.twitch.wording import distinct, parts

log = logging.getLogger(__name__)

DUPLICATE_S = 30.0  # Twitch refuses a text that equals the last one for so long
MOST_REFUSALS = 5

# What became of a text; every other outcome is the msg-id of Twitch's refusal.
CONFIRMED, NOT_SENT, LOST, SILENCE = "confirmed", "not sent", "lost", "silence"
AGAIN = {"msg_ratelimit", "msg_duplicate"}  # refusals after which the text may be said again


class Sender:
    """The bot's mouth in one channel."""

    def __init__(self, channel: str, limits: Limits, counts: Counts, confirm_s: float) -> None:
        self.channel = channel
        self._limits, self._counts, self._confirm_s = limits, counts, confirm_s
        self._turn = asyncio.Lock()
        self._connection: Connection | None = None
        self._joined = asyncio.Event()
        self._outcome: asyncio.Future[str] | None = None
        self._last, self._last_at = "", 0.0

    @property
    def joined(self) -> bool:
        """Whether the bot is in the channel now."""
        return self._joined.is_set()

    async def wait_joined(self) -> None:
        """Wait until the bot is in the channel."""
        await self._joined.wait()

    def enter(self, connection: Connection) -> None:
        """Note that Twitch let the bot into the channel, over this connection."""
        self._connection = connection
        self._joined.set()

    def pause(self) -> None:
        """Say no more over this connection; the text under way may still be confirmed."""
        self._connection = None
        self._joined.clear()

    def leave(self) -> None:
        """Note that the connection is gone."""
        self.pause()
        self.settle(LOST)

    def settle(self, outcome: str) -> None:
        """Note what became of the text under way, if there is one."""
        if self._outcome and not self._outcome.done():
            self._outcome.set_result(outcome)

    async def say(self, text: str) -> None:
        """Say a text, in several messages if it is long; returns when all is settled."""
        async with self._turn:
            for part in parts(text):
                await self._say(part)

    async def _say(self, text: str) -> None:
        for _ in range(MOST_REFUSALS):
            outcome = NOT_SENT
            while outcome == NOT_SENT:
                outcome = await self._try(text)
            if outcome not in AGAIN:
                break
        if outcome == CONFIRMED:
            self._counts.sent += 1
        elif outcome in (LOST, SILENCE):
            self._counts.lost += 1
            log.warning("#%s: a message was not confirmed (%s)", self.channel, outcome)
        else:
            self._counts.refused += 1
            self._counts.last_error = f"Twitch refused a message in #{self.channel}: {outcome}"
            log.warning("%s", self._counts.last_error)

    async def _try(self, text: str) -> str:
        await self._joined.wait()
        async with self._limits.saying(self.channel):
            if self._connection is None:  # it broke during the wait
                return NOT_SENT
            return await self._send(self._connection, text)

    async def _send(self, connection: Connection, text: str) -> str:
        loop = asyncio.get_running_loop()
        if loop.time() - self._last_at < DUPLICATE_S + SLACK_S:
            text = distinct(text, self._last)
        self._outcome = loop.create_future()
        try:
            await connection.send(privmsg(self.channel, text))
            async with asyncio.timeout(self._confirm_s):
                return await self._outcome
        except NotSent:
            self.pause()
            return NOT_SENT
        except ConnectionLost:
            return LOST
        except TimeoutError:
            return SILENCE
        finally:
            self._last, self._last_at = text, loop.time()
