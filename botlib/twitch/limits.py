"""Twitch's rate limits, kept by waiting: nothing is lost, it only comes later.

Who goes over the limit of messages is ignored by Twitch for 30 minutes, without a word.
Times are the event loop's. Nothing here sends.
"""

import asyncio
from collections import deque

SLACK_S = 0.2  # the network may bring two messages closer together than they were sent


class Window:
    """At most `count` within `seconds`; whoever asks first goes first."""

    def __init__(self, count: int, seconds: float) -> None:
        self.count, self.seconds = count, seconds + SLACK_S
        self._times: deque[float] = deque()
        self._turn = asyncio.Lock()

    async def take(self) -> None:
        """Wait until there is a free place, and take it."""
        async with self._turn:
            loop = asyncio.get_running_loop()
            if len(self._times) == self.count:
                await asyncio.sleep(self._times[0] + self.seconds - loop.time())
                self._times.popleft()
            self._times.append(loop.time())


class Limits:
    """The limits of an account that is no moderator; a moderator's bot may give messages=100."""

    def __init__(
        self,
        messages: int = 20,
        message_window_s: float = 30.0,
        channel_gap_s: float = 1.0,
        joins: int = 20,
        logins: int = 20,
        join_window_s: float = 10.0,
    ) -> None:
        self._messages = Window(messages, message_window_s)
        self._joins = Window(joins, join_window_s)
        self._logins = Window(logins, join_window_s)
        self._channel_gap_s = channel_gap_s
        self._channels: dict[str, Window] = {}

    async def to_say(self, channel: str) -> None:
        """Wait until a message may be sent to the channel."""
        gap = self._channels.setdefault(channel, Window(1, self._channel_gap_s))
        await gap.take()
        await self._messages.take()

    async def to_join(self) -> None:
        """Wait until one more channel may be joined."""
        await self._joins.take()

    async def to_log_in(self) -> None:
        """Wait until one more connection may be opened."""
        await self._logins.take()


class NoLimits(Limits):
    """For a sandbox whose limits are lifted; on the real Twitch it gets the bot ignored."""

    async def to_say(self, channel: str) -> None:
        """Go at once."""

    async def to_join(self) -> None:
        """Go at once."""

    async def to_log_in(self) -> None:
        """Go at once."""
