"""The bot in one channel: how it gets in, what waits for an answer, and how it says something."""

import asyncio
import logging
from collections.abc import Callable
from enum import Enum, auto

from botlib.bot import Message
from botlib.details.backoff import Backoff
from botlib.twitch.details.connection import ChatConnection, ConnectionLost, NotSent, Timing
from botlib.twitch.details.counts import Counts
from botlib.twitch.details.limits import SLACK_S, Limits
from botlib.twitch.details.texts import avoid_duplicate, split_reply
from botlib.twitch.irc import IrcMessage, privmsg

log = logging.getLogger(__name__)

SPELLING = "Check the spelling: expected the LOGIN of twitch.tv/LOGIN."
JOIN_REFUSALS = {  # the msg-ids of NOTICEs, and what to do
    "msg_channel_suspended": SPELLING,
    "msg_room_not_found": SPELLING,
    "tos_ban": SPELLING,
    "msg_banned": "Ask the channel's owner to unban the bot.",
}
# How msg-ids begin that refuse the latest text; others only tell of a change, such as slow mode.
TEXT_REFUSALS = ("msg_", "no_permission", "unrecognized_cmd", "invalid_")

# What happened to a text; every other outcome is the msg-id of Twitch's refusal.
CONFIRMED, LOST, NO_ANSWER = "confirmed", "connection lost", "no answer"
MAY_HAVE_ARRIVED = (LOST, NO_ANSWER)
MAY_BE_SENT_AGAIN = ("msg_ratelimit", "msg_duplicate")
MOST_REFUSALS = 5  # of one text
DUPLICATE_S = 30.0  # Twitch refuses a text that equals the last one for so long
MOST_UNCONFIRMED = 3  # texts in a row; then join again, and after twice as many connect again
STEADY_S = 60.0  # what lasted so long was good: count failures from 1 again
REJOIN_S = 50.0  # until a channel that refused the bot is asked again, because a ban may end


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

    def __init__(
        self,
        name: str,
        backlog: int,
        limits: Limits,
        timing: Timing,
        backoff: Backoff,
        counts: Counts,
    ) -> None:
        self.name = name
        self._limits, self._timing, self._backoff, self._counts = limits, timing, backoff, counts
        self.state = State.OUT
        self.refusal = ""  # why Twitch refused the bot, and what to do; until it lets the bot in
        self.connection: ChatConnection | None = None  # while IN: where to say something
        # When a message came, and its id.
        self.inbox: asyncio.Queue[tuple[float, str, Message]] = asyncio.Queue(backlog)
        self.busy = False  # a message is being answered
        self._turn = asyncio.Lock()  # one text at a time, so that they stay in order
        self._outcome: asyncio.Future[str] | None = None  # of the text that was sent last
        self._last, self._last_at = "", 0.0  # the latest text, and when it was sent
        self.unconfirmed = 0  # texts in a row that Twitch neither confirmed nor refused
        self._warned = ""  # the latest trouble that was logged, so that it is logged once
        self._quiet_until = 0.0  # until then no NOTICE is logged
        self._changed = asyncio.Event()

    async def stay(
        self, connection: ChatConnection, when_decided: Callable[["Channel"], object]
    ) -> None:
        """Join until the bot is in, and again whenever it is out.

        After each JOIN it calls `when_decided`, which may raise an error to end this. Raises
        ConnectionLost if Twitch confirms nothing that the bot says.
        """
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            if self.state is not State.IN:
                await self._join(connection)
            if self.state is State.REFUSED:
                self.warn(self.refusal)
            when_decided(self)
            failures += 1
            if self.state is State.IN:
                began = loop.time()
                await self.wait_for(State.OUT, State.REFUSED)
                failures = 1 if loop.time() - began > STEADY_S else failures
                if connection.unconfirmed >= 2 * MOST_UNCONFIRMED:
                    raise ConnectionLost(
                        f"Twitch confirmed none of {connection.unconfirmed} messages"
                    )
            elif self.state is not State.REFUSED:
                if self.unconfirmed:
                    raise ConnectionLost(f"Twitch answers no message and no JOIN in #{self.name}")
                self.warn(f"not let into #{self.name}, and not told why: right name?")
            is_refused = self.state is State.REFUSED
            pause_s = REJOIN_S if is_refused else self._backoff(failures)
            await self.wait_for(State.IN, within_s=pause_s)

    async def _join(self, connection: ChatConnection) -> None:
        """Send a JOIN and wait for Twitch's decision, or until it does not come."""
        self._become(State.ASKING)
        async with self._limits.joining.slot():
            if self.unconfirmed:  # Twitch may think that the bot is in, and ignore a JOIN
                await connection.send(IrcMessage("PART", (f"#{self.name}",)))
            await connection.send(IrcMessage("JOIN", (f"#{self.name}",)))
            decided = (State.IN, State.REFUSED)
            if await self.wait_for(*decided, within_s=self._timing.answer_s) not in decided:
                self._become(State.OUT)

    def handle_line(
        self, message: IrcMessage, connection: ChatConnection | None, own_login: str
    ) -> None:
        """Note what a line says about the bot in this channel.

        Without a connection, it only takes news of what was sent.
        """
        is_in = self.state is State.IN
        if message.command == "ROOMSTATE" and connection and not is_in:  # Twitch let the bot in
            self.connection, self.refusal, self._warned, self.unconfirmed = connection, "", "", 0
            self._become(State.IN)
        elif message.command == "USERSTATE":
            self._settle(CONFIRMED)
        elif message.command == "PART" and message.nick == own_login and is_in:
            self.warn(f"Twitch put the bot out of #{self.name}; it asks to be let in")
            self.mark_out()
        elif message.command == "NOTICE":
            self._log_notice(message.text)
            msg_id = message.tags.get("msg-id", "")
            if msg_id.startswith(TEXT_REFUSALS):
                self._settle(msg_id)
            if msg_id in JOIN_REFUSALS and is_in:  # from now on it is out; the next JOIN tells why
                self.mark_out()
            elif msg_id in JOIN_REFUSALS and connection:
                what = f"Twitch does not let the bot into #{self.name}: {message.text}"
                self.refusal = f"{what} {JOIN_REFUSALS[msg_id]}"
                self._become(State.REFUSED)

    def _log_notice(self, text: str) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._quiet_until:  # a flood must not fill the disk
            log.info("#%s: %.500s", self.name, text)
            self._quiet_until = now + 1

    def warn(self, text: str) -> None:
        """Log trouble, unless it is still the same."""
        if text != self._warned:
            log.warning("chat: %s", text)
        self._warned = self._counts.last_error = text

    def stop_sending(self) -> None:
        """Send no more over this connection; the latest text may still be confirmed."""
        self.connection = None
        self._become(State.OUT)

    def mark_out(self) -> None:
        """Note that the bot is out: nobody will learn what happened to the latest text."""
        self.stop_sending()
        self._settle(LOST)

    def _settle(self, outcome: str) -> None:
        """Note what happened to the text that was sent last: Twitch's answer, or none any more."""
        if self._outcome and not self._outcome.done():
            self._outcome.set_result(outcome)

    async def say(self, text: str) -> None:
        """Say something within the limits, in several messages if it is long, and never twice.

        Waits until the bot is in the channel, and then until Twitch has confirmed or refused the
        text, or said nothing for some seconds. So at most one text for each channel is on its way
        when a connection breaks. Raises NotLetIn if Twitch keeps the bot out.
        """
        if self.refusal:
            raise NotLetIn(self.refusal)
        async with self._turn:
            for part in split_reply(text):
                self._note_outcome(await self._send_when_possible(part))

    def _note_outcome(self, outcome: str) -> None:
        """Count what happened to a text; after several without an answer, join again."""
        if outcome == CONFIRMED:
            self._counts.sent += 1
        elif outcome in MAY_HAVE_ARRIVED:  # saying it again might say it twice
            self._counts.lost += 1
            log.warning("#%s: a message was not confirmed (%s)", self.name, outcome)
        else:
            self._counts.refused += 1
            self._counts.last_error = f"Twitch refused a message in #{self.name}: {outcome}"
            log.warning("%s", self._counts.last_error)
        if self.unconfirmed >= MOST_UNCONFIRMED and self.state is State.IN:
            self.warn(f"#{self.name}: {self.unconfirmed} messages unconfirmed; joining again")
            self.mark_out()

    async def _send_when_possible(self, text: str) -> str:
        """Send a text as soon as the bot is in and the limits allow it; return what happened to it.

        It is sent again only if it surely did not arrive: the connection was gone, or Twitch
        refused it for a moment. Raises NotLetIn if Twitch keeps the bot out.
        """
        loop, refusals = asyncio.get_running_loop(), 0
        while True:
            await self.wait_for(State.IN, State.REFUSED)
            if self.refusal:
                raise NotLetIn(self.refusal)
            async with self._limits.saying(self.name):
                connection = self.connection
                if connection is None:  # it broke while this waited
                    continue
                if loop.time() - self._last_at < DUPLICATE_S + SLACK_S:
                    text = avoid_duplicate(text, self._last)
                self._outcome = loop.create_future()
                try:
                    await connection.send(privmsg(self.name, text))
                    async with asyncio.timeout(self._timing.confirm_s):
                        outcome = await self._outcome  # `_settle` sets it
                except NotSent:
                    self.mark_out()
                    continue
                except ConnectionLost:
                    outcome = LOST
                except TimeoutError:
                    outcome = NO_ANSWER
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
