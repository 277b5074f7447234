"""The Twitch bot that must stay alive: it holds a connection to the chat and answers over it.

Three things are told here, each once: `Connection` is one line to Twitch, and knows when it is
dead; `Room` is what the bot knows of one channel; `IrcBot` is the story: connect, log in, join,
listen, answer, and the same again whenever the line is lost.

A bad token stops the bot; what breaks or is silent is tried again. Every wait for Twitch ends after
seconds, so that a bot is back within a minute of Twitch's being well.

TwitchIO, the usual library, dropped IRC in version 3, and any viewer can throw its version 2 out by
writing RECONNECT. So the line is held here, on aiohttp's WebSocket; TwitchIO serves `Account`.
"""

import asyncio
import contextlib
import logging
import os
import random
import signal
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from botlib.bot import Bot, Message, TryAgain
from botlib.settings import addresses, setting
from botlib.store import Seen
from botlib.twitch.account import Account, LoginRefused
from botlib.twitch.irc import (
    IrcMessage,
    LineBuffer,
    channel_name,
    distinct,
    format,
    heard,
    parse,
    parts,
    privmsg,
)

log = logging.getLogger(__name__)

CAPABILITIES = "twitch.tv/tags twitch.tv/commands"  # not who comes and goes: membership
SPELLING = "Check the spelling: expected the LOGIN of twitch.tv/LOGIN."
# The msg-ids of NOTICEs that refuse a JOIN, and what to do.
NOT_LET_IN = {
    "msg_channel_suspended": SPELLING,
    "msg_room_not_found": SPELLING,
    "tos_ban": SPELLING,
    "msg_banned": "Ask the channel's owner to unban the bot.",
}
# NOTICEs that refuse what was just said; others only tell of a change, such as slow mode.
SAY_REFUSALS = ("msg_", "no_permission", "unrecognized_cmd", "invalid_")
# What became of a text; every other outcome is the msg-id of Twitch's refusal.
CONFIRMED, LOST, SILENCE = "confirmed", "lost", "silence"
MAY_BE_SAID_AGAIN = {"msg_ratelimit", "msg_duplicate"}
MOST_REFUSALS = 5  # of one text

BACKLOG = 50_000  # commands that may wait in a channel; an answer hours later would be of no use
REMEMBERED = 1000  # ids of messages, to answer each only once
DUPLICATE_S = 30.0  # Twitch refuses a text that equals the last one for so long
STEADY_S = 60.0  # a connection that held for so long was a good one: count failures anew
REFUSED_S = 50.0  # a channel that refused the bot is asked again after so long: a ban may end
GOODBYE_S = 2.0  # how long Twitch may take to close its end
SLACK_S = 0.2  # Twitch's clock and ours may run a little differently

Backoff = Callable[[int], float]


def exponential(failures: int, first_s: float = 1.0, longest_s: float = 40.0) -> float:
    """Give the seconds to wait after so many failures in a row; half of it is left to chance.

    Chance (jitter) keeps a thousand bots that were thrown out at once from coming back at once.
    Any function from the number of failures to seconds may take its place: IrcBot(…, backoff=…).

    >>> 0.5 <= exponential(1) <= 1, 2 <= exponential(3) <= 4, 20 <= exponential(1000) <= 40
    (True, True, True)
    """
    wait = min(longest_s, first_s * 2.0 ** min(failures - 1, 30))
    return random.uniform(wait / 2, wait)  # noqa: S311  (no secret depends on it)


@dataclass(frozen=True)
class Timing:
    """How patient a bot is, in seconds: its own choices, unless the text names Twitch's rule."""

    quiet_s: float = 30.0  # no line heard for so long: ask Twitch whether it is still there
    answer_s: float = 10.0  # for any answer: to that question, to a login, a JOIN, a token check
    confirm_s: float = 10.0  # for Twitch to confirm a message
    command_s: float = 60.0  # for a command to reply; meanwhile its channel waits
    validate_s: float = 3600.0  # Twitch's rule: validate the token every hour
    goodbye_s: float = 5.0  # for the reply at hand when the bot is stopped


@dataclass
class Counts:
    """What a bot has gone through since it started, for lessons and logs."""

    connections: int = 0  # times it was let in
    heard: int = 0  # messages by others
    sent: int = 0  # messages that Twitch confirmed
    lost: int = 0  # messages that Twitch did not confirm: their connection broke under them
    refused: int = 0  # messages that Twitch did not take
    unanswered: int = 0  # commands without room in the queue, a way into the channel, or time left
    last_error: str = ""

    @property
    def reconnects(self) -> int:
        """Times it came back."""
        return max(0, self.connections - 1)


class Window:
    """At most `count` within `seconds`; whoever asks first goes first. 0 seconds: no limit."""

    def __init__(self, count: int, seconds: float) -> None:
        self._seconds = seconds + SLACK_S if seconds else 0.0
        self._free_at: asyncio.Queue[float] = asyncio.Queue()  # each place: when it is free again
        for _ in range(count):
            self._free_at.put_nowait(0.0)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a free place; it is taken until the block ends and `seconds` more.

        Twitch counts what arrives, and a network may delay one message and not the next. So a
        place is free again so long after Twitch has surely got what took it, not after it was sent.
        """
        if not self._seconds:
            yield
            return
        loop, free_at = asyncio.get_running_loop(), await self._free_at.get()
        try:
            await asyncio.sleep(free_at - loop.time())
            yield
        finally:
            self._free_at.put_nowait(loop.time() + self._seconds)


class Limits:
    """Twitch's limits, kept by waiting: nothing is lost, it only comes later.

    Who goes over the limit of messages is ignored by Twitch for 30 minutes, without a word. These
    are an account's that is no moderator; a moderator's bot may give messages=100. Twitch allows
    20 logins in 10 seconds; one in a second is the bot's own manners.
    """

    def __init__(
        self,
        messages: int = 20,
        message_window_s: float = 30.0,
        channel_gap_s: float = 1.0,
        joins: int = 20,
        join_window_s: float = 10.0,
        login_gap_s: float = 1.0,
    ) -> None:
        self.joining = Window(joins, join_window_s)
        self.logging_in = Window(1, login_gap_s)
        self._messages = Window(messages, message_window_s)
        self._channel_gap_s = channel_gap_s
        self._channels: dict[str, Window] = {}

    @asynccontextmanager
    async def saying(self, channel: str) -> AsyncIterator[None]:
        """Wait until a message may be sent to the channel; ends when Twitch has it."""
        gap = self._channels.setdefault(channel, Window(1, self._channel_gap_s))
        async with gap.place(), self._messages.place():
            yield


class ConnectionLost(ConnectionError):  # noqa: N818  (named as what happened)
    """The connection to the chat is gone; whether the last line arrived is not known."""


class NotSent(ConnectionLost):
    """The connection was gone before the line was written, so it surely did not arrive."""


class Connection:
    """IRC over one WebSocket, a message at a time; it knows when it is dead, and does no more."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, timing: Timing) -> None:
        self._socket, self._timing = socket, timing
        self._buffer = LineBuffer()
        self._lines: deque[str] = deque()

    async def log_in(self, nick: str, token: str) -> None:
        """Say who the bot is and wait for the welcome; raises ConnectionLost, also if refused."""
        await self.send(IrcMessage("CAP", ("REQ", CAPABILITIES)))
        await self.send(IrcMessage("PASS", (f"oauth:{token}",)))
        await self.send(IrcMessage("NICK", (nick,)))
        while True:
            message = await self.receive()
            if message.command == "001":
                return
            if message.command == "NOTICE":  # "Login authentication failed" and its like
                # No reason to end: the token was validated a moment ago, and will be before the
                # next attempt. One that is bad ends the bot there.
                raise ConnectionLost(
                    f"Twitch refused the login: {message.text}. Its token was good when Twitch was "
                    "asked, so the bot may have logged in too often, or the account may be "
                    f"suspended: log in to Twitch as {nick} and look"
                )

    async def receive(self) -> IrcMessage:
        """Give what Twitch says next; PINGs are answered here. Raises ConnectionLost.

        Only a whole line is a sign of life: a peer that sends a byte now and then, or a
        WebSocket's pings, is asked like one that says nothing. Twitch itself sends a PING about
        every five minutes.
        """
        asked = False
        while True:
            if not self._lines:
                try:
                    async with asyncio.timeout(
                        self._timing.answer_s if asked else self._timing.quiet_s
                    ):
                        while not self._lines:
                            self._lines.extend(self._buffer.feed(await self._read()))
                except TimeoutError:
                    if asked:
                        within = f"{self._timing.answer_s:g} s"
                        raise ConnectionLost(f"no answer to a PING within {within}") from None
                    await self.send(IrcMessage("PING", ("still there?",)))
                    asked = True
                    continue
            asked = False
            message = parse(self._lines.popleft())
            if message.command == "PING":
                await self.send(IrcMessage("PONG", message.params, colon=True))
            elif message.command not in ("", "PONG"):
                return message

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
                await self._socket.send_str(format(message) + "\r\n")
        except aiohttp.ClientConnectionResetError:  # raised before anything is written
            raise NotSent("the connection broke") from None
        except TimeoutError:
            raise ConnectionLost("Twitch does not read what the bot sends") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectionLost(f"the connection broke: {type(error).__name__}") from None


class Room:
    """What the bot knows of one channel."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.inbox: asyncio.Queue[Message] = asyncio.Queue(BACKLOG)
        self.connection: Connection | None = None  # to say something over; None while it is out
        self.joined = asyncio.Event()
        self.left = asyncio.Event()  # Twitch put the bot out, while the connection holds
        self.decided = asyncio.Event()  # Twitch has answered the JOIN
        self.asked = False  # Twitch has decided at least once, or said nothing in time
        self.refusal = ""  # why Twitch does not let the bot in, and what to do
        self.warned = ""  # the latest trouble that was logged, so that it is said once
        self.busy = False  # a message is being answered
        self.turn = asyncio.Lock()  # one text at a time, so that they stay in order
        self.outcome: asyncio.Future[str] | None = None  # of the text under way
        self.last, self.last_at = "", 0.0  # the latest text, and when it was sent

    def enter(self, connection: Connection) -> None:
        """Twitch let the bot in, over this connection."""
        self.connection, self.refusal, self.warned = connection, "", ""
        self.left.clear()
        self.joined.set()
        self.decided.set()

    def pause(self) -> None:
        """Say no more over this connection; the text under way may still be confirmed."""
        self.connection = None
        self.joined.clear()

    def leave(self) -> None:
        """The bot is out: what became of the text under way will not be known."""
        self.pause()
        self.settle(LOST)
        self.left.set()

    def settle(self, outcome: str) -> None:
        """Note what became of the text under way, if there is one."""
        if self.outcome and not self.outcome.done():
            self.outcome.set_result(outcome)


class IrcBot:
    """Answers in Twitch channels with the brain, for as long as it runs.

    What is not given comes from the environment: TWITCH_TOKEN, TWITCH_CLIENT_ID, TWITCH_CHANNEL
    (several with commas between), and, where there are any, TWITCH_REFRESH_TOKEN,
    TWITCH_CLIENT_SECRET and TWITCH_API (another Twitch than the real one, for the whole process).
    When Twitch renews the tokens, the new ones take the old ones' place in `.env` (in `folder` or
    the course's) or in STATE_DIRECTORY; `on_renewed` gets the account instead, if it is given.
    """

    def __init__(
        self,
        brain: Bot,
        channels: Iterable[str] | None = None,
        *,
        token: str | None = None,
        refresh_token: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        api: str | None = None,
        on_renewed: Callable[[Account], object] | None = None,
        folder: Path | str = ".",
        limits: Limits | None = None,
        backoff: Backoff = exponential,
        timing: Timing | None = None,
    ) -> None:
        self.brain, self.counts = brain, Counts()
        self._limits, self._backoff, self._timing = limits or Limits(), backoff, timing or Timing()
        self.account = Account(
            setting("TWITCH_TOKEN", token),
            refresh_token or os.environ.get("TWITCH_REFRESH_TOKEN"),
            setting("TWITCH_CLIENT_ID", client_id),
            client_secret or os.environ.get("TWITCH_CLIENT_SECRET"),
            api,
            on_renewed,
            self._timing.answer_s,
            folder,
        )
        self._url = addresses(api).irc
        if channels is not None and not isinstance(channels, str):
            channels = ",".join(channels)
        names = setting("TWITCH_CHANNEL", channels).split(",")
        self._rooms = {channel_name(name): Room(channel_name(name)) for name in names}
        self._seen = Seen(REMEMBERED)
        self._hinted = self._started = False
        self._ready, self._stopping = asyncio.Event(), asyncio.Event()

    @property
    def missing(self) -> list[str]:
        """The channels that the bot is not in now."""
        return [name for name, room in self._rooms.items() if not room.joined.is_set()]

    async def wait_until_ready(self) -> None:
        """Wait until the bot has been in its channels, or in those that let it in."""
        await self._ready.wait()

    def run(self) -> None:
        """Answer until Ctrl-C or SIGTERM, as a program does; raises LoginRefused."""

        async def until_stopped() -> None:
            with contextlib.suppress(NotImplementedError):  # Windows knows no SIGTERM
                asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stop)
            await self.start()

        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(until_stopped())

    def stop(self) -> None:
        """Ask the bot to stop: it finishes the reply at hand, and `start` returns."""
        self._stopping.set()

    async def start(self) -> None:
        """Answer until `stop` or cancellation; nothing is left running.

        Raises LoginRefused, also when Twitch lets the bot into none of its channels.
        """
        if self._started:
            raise RuntimeError("a bot runs once; make a new IrcBot")
        self._started = True
        answering = {asyncio.create_task(self._answer(room)): room for room in self._rooms.values()}
        rest = (self._hold(), self._keep_token_valid(), self._stopping.wait())
        tasks = [*answering, *(asyncio.create_task(each) for each in rest)]
        try:
            await first_of(tasks)
        except LoginRefused as error:
            self.counts.last_error = str(error)
            raise
        finally:
            self._stopping.set()  # from now on nothing more is heard or begun
            busy = [each for each, room in answering.items() if room.busy and room.joined.is_set()]
            if busy:
                _, cut = await asyncio.wait(busy, timeout=self._timing.goodbye_s)
                if cut:
                    log.warning("stopped in the middle of %d replies", len(cut))
            await end(tasks)
            self.counts.unanswered += sum(room.inbox.qsize() for room in self._rooms.values())
            if self.counts.unanswered:
                log.warning("%d messages are left unanswered", self.counts.unanswered)

    async def _hold(self) -> None:
        """Connect, again and again; ends only by LoginRefused or when it is cancelled."""
        loop, failures, said = asyncio.get_running_loop(), 0, ("", 0)
        async with aiohttp.ClientSession() as session:
            while True:
                began, planned = loop.time(), False
                try:
                    await self._one_connection(session)
                    reason, planned = "Twitch asked the bot to connect again", True
                except (aiohttp.ClientError, OSError) as error:
                    reason = str(error) or type(error).__name__
                failures = 1 if loop.time() - began > STEADY_S else failures + 1
                wait = 0.0 if planned and failures == 1 else self._backoff(failures)
                self.counts.last_error = reason
                # Each reason is said once until the bot has been let in again: a Twitch that is
                # away for a night would fill the log.
                news = (reason, self.counts.connections) != said
                said = (reason, self.counts.connections)
                level = logging.WARNING if news else logging.DEBUG
                log.log(level, "chat: %s; connecting again in %.1f s", reason, wait)
                await asyncio.sleep(wait)

    async def _one_connection(self, session: aiohttp.ClientSession) -> None:
        """Log in, join, and listen; returns when Twitch asks for another connection.

        Raises ConnectionLost, another OSError or aiohttp's ClientError when it is over otherwise.
        """
        socket: aiohttp.ClientWebSocketResponse | None = None
        answer_s = self._timing.answer_s
        try:
            async with self._limits.logging_in.place():
                # Validating first keeps a token that has expired from being refused in the chat.
                try:
                    await self.account.ensure()
                except ConnectionError as error:
                    if not self.account.login:  # whose the token is must be known once
                        raise
                    log.info("the token could not be validated: %s", error)
                try:
                    async with asyncio.timeout(answer_s):
                        closing = aiohttp.ClientWSTimeout(ws_close=GOODBYE_S)
                        socket = await session.ws_connect(
                            self._url, protocols=("irc",), timeout=closing
                        )
                        connection = Connection(socket, self._timing)
                        await connection.log_in(self.account.login, self.account.token)
                except TimeoutError:
                    what = "did not let the bot in" if socket else "did not open a connection"
                    raise ConnectionLost(f"Twitch {what} within {answer_s:g} s") from None
            self.counts.connections += 1
            staying = (self._stay_in(room, connection) for room in self._rooms.values())
            tasks = [asyncio.create_task(each) for each in (self._listen(connection), *staying)]
            try:
                await first_of(tasks)
            finally:
                await end(tasks)
        finally:
            for room in self._rooms.values():
                room.leave()
            if socket:
                with contextlib.suppress(TimeoutError, aiohttp.ClientError):
                    async with asyncio.timeout(2 * GOODBYE_S):  # sending the goodbye may hang, too
                        await socket.close()

    async def _stay_in(self, room: Room, connection: Connection) -> None:
        """Ask to be let into a channel until the bot is in, and again when it was put out."""
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            if not room.joined.is_set():
                room.decided.clear()
                async with self._limits.joining.place():
                    await connection.send(IrcMessage("JOIN", (f"#{room.name}",)))
                    await happens(room.decided, self._timing.answer_s)
            if room.joined.is_set() or not room.asked:
                room.asked = True
                self._note_where_it_is()
            failures += 1
            if room.joined.is_set():
                began = loop.time()
                await room.left.wait()
                failures = 1 if loop.time() - began > STEADY_S else failures
                self._warn(room, f"Twitch put the bot out of #{room.name}; it asks to be let in")
            elif room.refusal:
                self._warn(room, room.refusal)
                refusals = [each.refusal for each in self._rooms.values() if each.refusal]
                # A bot that was in one goes on: a channel that Twitch suspends may come back.
                if len(refusals) == len(self._rooms) and not self._ready.is_set():
                    raise LoginRefused("\n".join(refusals))
            else:
                self._warn(room, f"not let into #{room.name}, and not told why: right name?")
            await happens(room.joined, REFUSED_S if room.refusal else self._backoff(failures))

    def _note_where_it_is(self) -> None:
        missing = self.missing
        inside = [name for name in self._rooms if name not in missing]
        if inside and all(room.asked for room in self._rooms.values()):
            log.info("in #%s as %s", ", #".join(inside), self.account.login)
            self._ready.set()

    async def _listen(self, connection: Connection) -> None:
        """Take what Twitch says; returns after a RECONNECT and all that was still on its way."""
        while (message := await connection.receive()).command != "RECONNECT":
            self._take(message, connection)
        for room in self._rooms.values():
            room.pause()
        with contextlib.suppress(OSError):  # the end, as it should be, or none in time
            await connection.send(IrcMessage("QUIT"))
            async with asyncio.timeout(self._timing.answer_s):
                while True:
                    self._take(await connection.receive(), None)

    def _take(self, message: IrcMessage, connection: Connection | None) -> None:
        """Do what one line asks for; without a connection it only brings news of what was."""
        room = self._rooms.get(message.channel)
        if room is None:
            return
        joined = room.joined.is_set()
        if message.command == "PRIVMSG":
            self._hear(message, room)
        elif message.command == "ROOMSTATE" and connection and not joined:
            room.enter(connection)
        elif message.command == "USERSTATE":
            room.settle(CONFIRMED)
        elif message.command == "PART" and message.nick == self.account.login and joined:
            room.leave()
        elif message.command == "NOTICE":
            log.info("#%s: %s", room.name, message.text)
            msg_id = message.tags.get("msg-id", "")
            if msg_id in NOT_LET_IN and connection and not joined:
                what = f"Twitch does not let the bot into #{room.name}: {message.text}"
                room.refusal = f"{what} {NOT_LET_IN[msg_id]}"
                room.decided.set()
            elif msg_id.startswith(SAY_REFUSALS):
                room.settle(msg_id)

    def _hear(self, message: IrcMessage, room: Room) -> None:
        """Put a viewer's command on the channel's queue."""
        tags = message.tags
        if message.nick == self.account.login:
            if not self._hinted:
                self._hinted = True
                log.info("what %s writes is not answered: it is the bot's own", message.nick)
            return
        # Written in another channel and only mirrored here (Twitch's shared chat): that one's bot
        # answers there.
        if tags.get("source-room-id", tags.get("room-id")) != tags.get("room-id"):
            return
        message_id = tags.get("id", "")
        if message_id in self._seen or self._stopping.is_set():
            return
        if message_id:
            self._seen.add(message_id)
        self.counts.heard += 1
        text = heard(message.text, is_reply="reply-parent-msg-id" in tags)
        if self.brain.called(text) is None:
            return  # plain talk: in a flood of it the queue would have no room for commands
        user = tags.get("display-name") or message.nick
        try:
            room.inbox.put_nowait(Message(text, user, room.name, tags.get("user-id", "")))
        except asyncio.QueueFull:
            self.counts.unanswered += 1
            self._warn(room, f"#{room.name}: {BACKLOG} commands wait already")

    async def _answer(self, room: Room) -> None:
        """Answer a channel's messages one after the other, until the bot is stopped."""
        while not self._stopping.is_set():
            message = await room.inbox.get()
            room.busy = True
            try:
                async with asyncio.timeout(self._timing.command_s):
                    replies = await self.brain.respond(message)
            except (TimeoutError, TryAgain, asyncio.CancelledError) as error:
                task = asyncio.current_task()
                if task and task.cancelling():  # it is the bot that is stopped
                    raise
                if isinstance(error, TimeoutError):
                    error = TimeoutError(f"no reply within {self._timing.command_s:g} s")
                # IRC sends nothing again, so to try again is the viewer's.
                replies = self.brain.failed(message, error)
            for reply in replies:
                if room.refusal:  # banned while the command was at work
                    self.counts.unanswered += 1
                    break
                await self.say(room.name, reply)
            room.busy = False

    async def say(self, channel: str, text: str) -> None:
        """Say something within the limits, in several messages if it is long, and never twice.

        Waits until the bot is in the channel, and for what became of the text, so that at most one
        is under way when a connection breaks. ValueError for a channel that the bot was not made
        for, or that Twitch keeps it out of.
        """
        name = channel_name(channel)
        if name not in self._rooms:
            raise ValueError(f"the bot is not in #{name}, only in #{', #'.join(self._rooms)}")
        room = self._rooms[name]
        if room.refusal:
            raise ValueError(room.refusal)
        async with room.turn:
            for part in parts(text):
                await self._say(room, part)

    async def _say(self, room: Room, text: str) -> None:
        loop, refusals = asyncio.get_running_loop(), 0
        while True:
            await room.joined.wait()
            async with self._limits.saying(room.name):
                if room.connection is None:  # it broke while this waited: nothing was sent
                    continue
                if loop.time() - room.last_at < DUPLICATE_S + SLACK_S:
                    text = distinct(text, room.last)
                room.outcome = loop.create_future()
                try:
                    await room.connection.send(privmsg(room.name, text))
                    async with asyncio.timeout(self._timing.confirm_s):
                        outcome = await room.outcome  # USERSTATE, NOTICE, or the connection's end
                except NotSent:
                    room.pause()
                    continue
                except ConnectionLost:
                    outcome = LOST
                except TimeoutError:
                    outcome = SILENCE
                finally:
                    room.last, room.last_at = text, loop.time()
            refusals += 1
            if outcome not in MAY_BE_SAID_AGAIN or refusals == MOST_REFUSALS:
                break
        if outcome == CONFIRMED:
            self.counts.sent += 1
        elif outcome in (LOST, SILENCE):  # it may have arrived: saying it again might say it twice
            self.counts.lost += 1
            log.warning("#%s: a message was not confirmed (%s)", room.name, outcome)
        else:
            self.counts.refused += 1
            self.counts.last_error = f"Twitch refused a message in #{room.name}: {outcome}"
            log.warning("%s", self.counts.last_error)

    async def _keep_token_valid(self) -> None:
        wait = self._timing.validate_s
        while True:
            await asyncio.sleep(wait)
            wait = self._timing.validate_s
            try:
                await self.account.ensure()
            except ConnectionError as error:
                log.warning("the token could not be validated: %s", error)
                wait = min(60.0, wait)

    def _warn(self, room: Room, text: str) -> None:
        if text != room.warned:
            log.warning("chat: %s", text)
        room.warned = self.counts.last_error = text


async def first_of(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Wait until one of the tasks ends; raises what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and wait until nothing is left of them."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def happens(event: asyncio.Event, within_s: float) -> bool:
    """Wait for an event, but not for longer than so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            await event.wait()
    return event.is_set()
