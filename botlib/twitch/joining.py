"""Getting into the channels: Twitch lets the bot in, refuses with a reason, or says nothing.

Each is asked for within the limits. What is said in a channel is not its business.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping

from botlib.twitch.connection import Connection
from botlib.twitch.counts import Counts
from botlib.twitch.errors import LoginRefused
from botlib.twitch.irc import IrcMessage
from botlib.twitch.limits import Limits
from botlib.twitch.sender import Sender

log = logging.getLogger(__name__)

TRIES = 3  # for a channel about which Twitch says nothing
SPELLING = "Check the spelling: expected the LOGIN of twitch.tv/LOGIN."
# The msg-ids of NOTICEs that refuse a JOIN, and what to do.
NOT_LET_IN = {
    "msg_channel_suspended": SPELLING,
    "msg_room_not_found": SPELLING,
    "tos_ban": SPELLING,
    "msg_banned": "Ask the channel's owner to unban the bot.",
}


class Joining:
    """The bot's way into its channels, anew over each connection."""

    def __init__(
        self, senders: Mapping[str, Sender], limits: Limits, counts: Counts, answer_s: float
    ) -> None:
        self._senders, self._limits = senders, limits
        self._counts, self._answer_s = counts, answer_s
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._was_in = False
        self.refused: dict[str, str] = {}  # channel: why, and what to do
        self.on_joined: Callable[[], None] = lambda: None  # the bot is in one channel at least

    async def join(self, connection: Connection) -> None:
        """Ask for every channel, and once more for those about which Twitch says nothing."""
        self.refused.clear()
        for _ in range(TRIES):
            async with asyncio.TaskGroup() as asking:
                for channel in self._open():
                    self._asking[channel] = asking.create_task(self._ask(channel, connection))
            if any(sender.joined for sender in self._senders.values()):
                self._was_in = True
                self.on_joined()
            if not self._open():
                return
            self._warn(f"not let into #{', #'.join(self._open())}: right name?")

    def refuse(self, channel: str, msg_id: str, words: str) -> None:
        """Note a refusal; raises LoginRefused if it was the last channel and the bot was in none.

        A bot that was in one goes on: a channel that Twitch suspends may come back.
        """
        reason = f"Twitch does not let the bot into #{channel}: {words} {NOT_LET_IN[msg_id]}"
        self.refused[channel] = reason
        self._warn(reason)
        if asking := self._asking.get(channel):
            asking.cancel()
        if len(self.refused) == len(self._senders) and not self._was_in:
            raise LoginRefused("\n".join(self.refused.values()))

    def _open(self) -> list[str]:
        """The channels that Twitch has not decided about."""
        return [
            name
            for name, sender in self._senders.items()
            if not sender.joined and name not in self.refused
        ]

    async def _ask(self, channel: str, connection: Connection) -> None:
        async with self._limits.joining():
            await connection.send(IrcMessage("JOIN", (f"#{channel}",)))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._answer_s):
                    await self._senders[channel].wait_joined()

    def _warn(self, text: str) -> None:
        self._counts.last_error = text
        log.warning("chat: %s", text)
