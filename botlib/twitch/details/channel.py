"""The bot in one channel: how it gets in, what waits for an answer, and how it says something."""

import asyncio
from enum import Enum, auto

from botlib.bot import Message
from botlib.twitch.details.connection import ChatConnection, ConnectionLost, NotSent
from botlib.twitch.details.limits import SLACK_S, Limits
from botlib.twitch.irc import IrcMessage, avoid_duplicate, privmsg

# What happened to a text; every other outcome is the msg-id of Twitch's refusal.
CONFIRMED, LOST, NO_ANSWER = "confirmed", "connection lost", "no answer"
MAY_HAVE_ARRIVED = (LOST, NO_ANSWER)
MAY_BE_SENT_AGAIN = ("msg_ratelimit", "msg_duplicate")
MOST_REFUSALS = 5  # of one text
DUPLICATE_S = 30.0  # Twitch refuses a text that equals the last one for so long


class State(Enum):
    """Whether the bot is in a channel.

    From OUT or REFUSED it goes to ASKING, again and again; from there Twitch's answer leads to IN
    or REFUSED, and no answer to OUT. From everywhere the end of a connection leads to OUT.
    """

    OUT = auto()
    ASKING = auto()
    IN = auto()
    REFUSED = auto()


class NotLetIn(ValueError):  # noqa: N818  (named as what happened)
    """Twitch keeps the bot out of a channel; the text says why and what to do."""


class Channel:
    """One channel; `backlog` is the largest number of commands that may wait in it."""

    def __init__(self, name: str, backlog: int) -> None:
        self.name = name
        self.state = State.OUT
        self.refusal = ""  # why Twitch refused the bot, and what to do; until it lets the bot in
        self.connection: ChatConnection | None = None  # while IN: where to say something
        # When a message came, and its id.
        self.inbox: asyncio.Queue[tuple[float, str, Message]] = asyncio.Queue(backlog)
        self.busy = False  # a message is being answered
        self.turn = asyncio.Lock()  # one text at a time, so that they stay in order
        self._outcome: asyncio.Future[str] | None = None  # of the text that was sent last
        self._last, self._last_at = "", 0.0  # the latest text, and when it was sent
        self.unconfirmed = 0  # texts in a row that Twitch neither confirmed nor refused
        self.warned = ""  # the latest trouble that was logged, so that it is logged once
        self.quiet_until = 0.0  # until then no NOTICE is logged
        self._changed = asyncio.Event()

    async def join(self, connection: ChatConnection, limits: Limits, answer_s: float) -> None:
        """Send a JOIN and wait for Twitch's decision, or until it does not come."""
        self._become(State.ASKING)
        async with limits.joining.slot():
            if self.unconfirmed:  # Twitch may think that the bot is in, and ignore a JOIN
                await connection.send(IrcMessage("PART", (f"#{self.name}",)))
            await connection.send(IrcMessage("JOIN", (f"#{self.name}",)))
            decided = (State.IN, State.REFUSED)
            if await self.wait_for(*decided, within_s=answer_s) not in decided:
                self.lose_connection()

    def enter(self, connection: ChatConnection) -> None:
        """Twitch let the bot in, over this connection."""
        self.connection, self.refusal, self.warned, self.unconfirmed = connection, "", "", 0
        self._become(State.IN)

    def refuse(self, why: str) -> None:
        """Twitch does not let the bot in."""
        self.refusal = why
        self._become(State.REFUSED)

    def lose_connection(self) -> None:
        """Say no more over this connection; the text that was sent last may still be confirmed."""
        self.connection = None
        self._become(State.OUT)

    def leave(self) -> None:
        """The bot is out: nobody will know what happened to the text that was sent last."""
        self.lose_connection()
        self.settle(LOST)

    def settle(self, outcome: str) -> None:
        """Note what happened to the text that was sent last: Twitch's answer, or none any more."""
        if self._outcome and not self._outcome.done():
            self._outcome.set_result(outcome)

    async def send(self, text: str, limits: Limits, confirm_s: float) -> str:
        """Send a text as soon as the bot is in and the limits allow it; return what happened to it.

        It is sent again only if it surely did not arrive: the connection was gone, or Twitch
        refused it for a moment. Raises NotLetIn if Twitch keeps the bot out.
        """
        loop, refusals = asyncio.get_running_loop(), 0
        while True:
            await self.wait_for(State.IN, State.REFUSED)
            if self.refusal:
                raise NotLetIn(self.refusal)
            async with limits.saying(self.name):
                connection = self.connection
                if connection is None:  # it broke while this waited
                    continue
                if loop.time() - self._last_at < DUPLICATE_S + SLACK_S:
                    text = avoid_duplicate(text, self._last)
                self._outcome = loop.create_future()
                try:
                    await connection.send(privmsg(self.name, text))
                    async with asyncio.timeout(confirm_s):
                        outcome = await self._outcome  # `settle` sets it
                except NotSent:
                    self.lose_connection()
                    continue
                except ConnectionLost:
                    outcome = LOST
                except TimeoutError:
                    outcome = NO_ANSWER
                finally:
                    self._last, self._last_at = text, loop.time()
            refusals += 1
            if outcome not in MAY_BE_SENT_AGAIN or refusals == MOST_REFUSALS:
                break
        for each in (self, connection):
            each.unconfirmed = each.unconfirmed + 1 if outcome == NO_ANSWER else 0
        return outcome

    async def wait_for(self, *states: State, within_s: float | None = None) -> State:
        """Wait until the bot is in one of these states, or so long; return where it is then."""
        try:
            async with asyncio.timeout(within_s):
                while self.state not in states:
                    await self._changed.wait()
        except TimeoutError:
            pass
        return self.state

    def _become(self, state: State) -> None:
        self.state = state
        self._changed.set()  # wakes all who wait; the next ones wait for the next change
        self._changed = asyncio.Event()
