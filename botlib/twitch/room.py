"""One channel's messages, answered one after the other.

It knows neither IRC nor connections: messages come in by `hear`, replies go to the sender.
"""

import asyncio
import logging

from botlib.bot import Bot, Message
from botlib.twitch.counts import Counts
from botlib.twitch.sender import Sender

log = logging.getLogger(__name__)

BACKLOG = 50_000  # messages that may wait; an answer hours later would be of no use


class Room:
    """A queue of messages, and the brain that answers them."""

    def __init__(self, sender: Sender, brain: Bot, counts: Counts, command_s: float) -> None:
        self.sender = sender
        self._brain, self._counts, self._command_s = brain, counts, command_s
        self._inbox: asyncio.Queue[Message | None] = asyncio.Queue(BACKLOG)
        self._closing = False

    def hear(self, message: Message) -> None:
        """Put a message on the queue."""
        if self._closing:
            return
        self._counts.heard += 1
        try:
            self._inbox.put_nowait(message)
        except asyncio.QueueFull:
            self._counts.unanswered += 1
            log.error("#%s: %d messages wait already", self.sender.channel, BACKLOG)

    def finish(self) -> None:
        """Answer the message at hand and no other."""
        self._closing = True
        self._counts.unanswered += self._inbox.qsize()
        if self._inbox.empty():
            self._inbox.put_nowait(None)  # wakes `answer_all`

    async def answer_all(self) -> None:
        """Answer until `finish`; a command that fails is logged, and the next one is answered."""
        while not self._closing:
            message = await self._inbox.get()
            if message is None:
                return
            replies = await self._answer(message)
            for reply in replies:
                await self.sender.say(reply)
            self._counts.answered += bool(replies)

    async def _answer(self, message: Message) -> list[str]:
        try:
            async with asyncio.timeout(self._command_s):
                return await self._brain.answer(message)
        except (Exception, asyncio.CancelledError) as error:
            task = asyncio.current_task()
            if task and task.cancelling():  # it is the bot that is stopped
                raise
            self._counts.failed += 1
            self._counts.last_error = f"a command failed: {error!r}"
            log.error("a command failed: %r", error)
            return []
