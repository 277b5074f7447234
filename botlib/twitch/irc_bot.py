"""The Twitch bot that must stay alive: it keeps a connection to the chat and answers over it.

It connects, logs in, joins its channels, listens and answers. If the connection breaks, it starts
again with the first step. In `details/`, `connection.py` is one connection, `channel.py` is the bot
in one channel, `limits.py` waits so that Twitch's limits are kept.

A bad token stops the bot; it tries everything else again. No wait for Twitch is longer than some
seconds, so the bot is back within a minute after Twitch is.

Several tasks run at the same time. `_keep_connected` has one connection after another. On each of
them it runs `_listen`, and `_stay_in` for each channel. `_listen` puts commands into a channel's
inbox, and `_answer` takes them from there; it doesn't end with the connection.

TwitchIO, the usual library, dropped IRC in version 3, and any viewer can throw its version 2 out by
writing RECONNECT. So this bot uses aiohttp's WebSocket itself.
"""

import asyncio
import contextlib
import logging
import os
import random
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from botlib.bot import Bot, Message
from botlib.details.settings import addresses, require_setting
from botlib.store import Store, StoreError
from botlib.store.memory import MemoryStore
from botlib.twitch.details.channel import CONFIRMED, MAY_HAVE_ARRIVED, Channel, NotLetIn, State
from botlib.twitch.details.connection import ChatConnection, ConnectionLost, Timing
from botlib.twitch.details.credentials import Credentials, LoginRefused
from botlib.twitch.details.limits import Limits
from botlib.twitch.irc import LONGEST_TEXT, IrcMessage, channel_name, clean_incoming, split_reply

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

BACKLOG = 100  # commands that may wait in a channel; at one a second more would be too late
MOST_UNCONFIRMED = 3  # texts in a row; then join again, and after twice as many connect again
REMEMBERED = 1000  # ids of messages, so that each is answered only once
STEADY_S = 60.0  # a connection that lasted so long was a good one: count failures from 1 again
REJOIN_S = 50.0  # until a channel that refused the bot is asked again, because a ban may end

Backoff = Callable[[int], float]


def exponential_backoff(failures: int, first_s: float = 1.0, longest_s: float = 40.0) -> float:
    """Return the seconds to wait after so many failures in a row; half of them are random.

    Without this jitter, a thousand bots that were thrown out at once would come back at once. Give
    IrcBot(…, backoff=…) another function if you want to wait differently.

    >>> 0.5 <= exponential_backoff(1) <= 1, 20 <= exponential_backoff(1000) <= 40
    (True, True)
    """
    wait = min(longest_s, first_s * 2.0 ** min(failures - 1, 30))
    return random.uniform(wait / 2, wait)  # noqa: S311  (no secret depends on it)


@dataclass
class Counts:
    """What happened to a bot since it started, for logs."""

    connections: int = 0  # times it was let in
    heard: int = 0  # messages by others
    sent: int = 0  # messages that Twitch confirmed
    lost: int = 0  # messages that Twitch did not confirm: their connection broke under them
    refused: int = 0  # messages that Twitch did not take
    unanswered: int = 0  # commands that waited too long, or in a channel that the bot lost
    last_error: str = ""

    @property
    def reconnects(self) -> int:
        """Times it came back."""
        return max(0, self.connections - 1)


class IrcBot:
    """Answers in Twitch channels with a `Bot`, for as long as it runs.

    Arguments that are not given come from the environment: TWITCH_TOKEN, TWITCH_CLIENT_ID,
    TWITCH_CHANNEL (several with commas between), and, if they are set, TWITCH_REFRESH_TOKEN,
    TWITCH_CLIENT_SECRET and TWITCH_API (another Twitch than the real one).
    When Twitch renews the tokens, the new ones replace the old ones in `.env` (in `folder` or
    BOTS_FOLDER) or in STATE_DIRECTORY; `on_renewed` gets the credentials instead, if it is given.
    Of the commands that wait for an answer in a channel, only the newest `backlog` are kept.
    A message is answered once: by this bot, or with `store` by all bots that share it.
    """

    def __init__(
        self,
        bot: Bot,
        channels: Iterable[str] | None = None,
        *,
        token: str | None = None,
        refresh_token: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        api: str | None = None,
        on_renewed: Callable[[Credentials], object] | None = None,
        folder: Path | str = ".",
        limits: Limits | None = None,
        backoff: Backoff = exponential_backoff,
        timing: Timing | None = None,
        backlog: int = BACKLOG,
        store: Store | None = None,
    ) -> None:
        self.bot, self.counts = bot, Counts()
        self._limits, self._backoff, self._timing = limits or Limits(), backoff, timing or Timing()
        self.credentials = Credentials(
            require_setting("TWITCH_TOKEN", token),
            refresh_token or os.environ.get("TWITCH_REFRESH_TOKEN"),
            require_setting("TWITCH_CLIENT_ID", client_id),
            client_secret or os.environ.get("TWITCH_CLIENT_SECRET"),
            api,
            on_renewed,
            self._timing.answer_s,
            self._timing.refused_s,
            folder,
        )
        self._url = addresses(api).irc
        if channels is not None and not isinstance(channels, str):
            channels = ",".join(channels)
        names = require_setting("TWITCH_CHANNEL", channels).split(",")
        logins = map(channel_name, names)
        self._channels = {login: Channel(login, backlog) for login in logins}
        self._seen = store or MemoryStore(REMEMBERED)
        self._own_text_noted = self._started = False
        self._ready, self._stopping = asyncio.Event(), asyncio.Event()

    @property
    def missing(self) -> list[str]:
        """The channels that the bot is not in now."""
        return [name for name, each in self._channels.items() if each.state is not State.IN]

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
        channels = self._channels.values()
        answering = {asyncio.create_task(self._answer(each)): each for each in channels}
        rest = (self._keep_connected(), self._keep_token_valid(), self._stopping.wait())
        tasks = [*answering, *(asyncio.create_task(each) for each in rest)]
        try:
            await wait_for_first(tasks)
        except LoginRefused as error:
            self.counts.last_error = str(error)
            raise
        finally:
            self._stopping.set()  # from now on the bot takes and begins nothing more
            busy = [task for task, each in answering.items() if each.busy and each.connection]
            if busy:
                _, cut = await asyncio.wait(busy, timeout=self._timing.goodbye_s)
                if cut:
                    log.warning("stopped in the middle of %d replies", len(cut))
            await cancel_all(tasks)
            self.counts.unanswered += sum(each.inbox.qsize() for each in channels)
            if self.counts.unanswered:
                log.warning("%d messages are left unanswered", self.counts.unanswered)

    async def _keep_connected(self) -> None:
        """Connect, again and again; ends only by LoginRefused or when it is cancelled."""
        loop, failures, logged = asyncio.get_running_loop(), 0, ("", 0)
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
                # Each reason is logged once until the bot has been let in again, because a Twitch
                # that is away for a night would fill the log.
                news = (reason, self.counts.connections)
                level = logging.DEBUG if news == logged else logging.WARNING
                log.log(level, "chat: %s; connecting again in %.1f s", reason, wait)
                logged = news
                await asyncio.sleep(wait)

    async def _one_connection(self, session: aiohttp.ClientSession) -> None:
        """Log in, join, and listen; returns when Twitch asks for another connection.

        Raises ConnectionLost, another OSError or aiohttp's ClientError when it is over otherwise.
        """
        connection: ChatConnection | None = None
        try:
            async with self._limits.logging_in.slot():
                await self._token_is_valid()  # so that the chat does not refuse one that expired
                connection = await ChatConnection.open(session, self._url, self._timing)
                await connection.log_in(self.credentials.login, self.credentials.token)
            self.counts.connections += 1
            staying = (self._stay_in(each, connection) for each in self._channels.values())
            tasks = [asyncio.create_task(each) for each in (self._listen(connection), *staying)]
            try:
                await wait_for_first(tasks)
            finally:
                await cancel_all(tasks)
        finally:
            for channel in self._channels.values():
                channel.leave()
                channel.unconfirmed = 0
            if connection:
                await connection.close()

    async def _stay_in(self, channel: Channel, connection: ChatConnection) -> None:
        """Join a channel until the bot is in, and again whenever it is out.

        Raises ConnectionLost if Twitch confirms nothing that the bot says, and LoginRefused if all
        channels refuse a bot that was in none of them yet.
        """
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            if channel.state is not State.IN:
                await channel.join(connection, self._limits, self._timing.answer_s)
            if channel.state is State.IN or not self._ready.is_set():
                self._note_if_ready()
            failures += 1
            if channel.state is State.IN:
                began = loop.time()
                await channel.wait_for(State.OUT, State.REFUSED)
                failures = 1 if loop.time() - began > STEADY_S else failures
                if connection.unconfirmed >= 2 * MOST_UNCONFIRMED:
                    raise ConnectionLost(
                        f"Twitch confirmed none of {connection.unconfirmed} messages"
                    )
            elif channel.state is State.REFUSED:
                self._warn(channel, channel.refusal)
                refusals = [each.refusal for each in self._channels.values() if each.refusal]
                # A bot that was in one continues: a channel that Twitch suspends may come back.
                if len(refusals) == len(self._channels) and not self._ready.is_set():
                    raise LoginRefused("\n".join(refusals))
            elif channel.unconfirmed:
                raise ConnectionLost(f"Twitch answers no message and no JOIN in #{channel.name}")
            else:
                self._warn(channel, f"not let into #{channel.name}, and not told why: right name?")
            is_refused = channel.state is State.REFUSED
            pause_s = REJOIN_S if is_refused else self._backoff(failures)
            await channel.wait_for(State.IN, within_s=pause_s)

    def _note_if_ready(self) -> None:
        """Log the channels that the bot is in, once Twitch has answered for all: it is ready."""
        missing = self.missing
        inside = [name for name in self._channels if name not in missing]
        if inside and all(each.state is not State.ASKING for each in self._channels.values()):
            log.info("in #%s as %s", ", #".join(inside), self.credentials.login)
            self._ready.set()

    async def _listen(self, connection: ChatConnection) -> None:
        """Take what Twitch says; returns after a RECONNECT and all that was still on its way."""
        while (message := await connection.receive()).command != "RECONNECT":
            self._handle_line(message, connection)
        for channel in self._channels.values():
            channel.lose_connection()
        with contextlib.suppress(OSError):  # Twitch closes the connection, or is too slow to
            await connection.send(IrcMessage("QUIT"))
            async with asyncio.timeout(self._timing.answer_s):
                while True:
                    self._handle_line(await connection.receive(), None)

    def _handle_line(self, message: IrcMessage, connection: ChatConnection | None) -> None:
        """Do what one line asks for; without a connection, only take news of what was sent."""
        channel = self._channels.get(message.channel)
        if channel is None:
            return
        is_in = channel.state is State.IN
        if message.command == "PRIVMSG":
            self._enqueue(message, channel)
        elif message.command == "ROOMSTATE" and connection and not is_in:
            channel.enter(connection)
        elif message.command == "USERSTATE":
            channel.settle(CONFIRMED)
        elif message.command == "PART" and message.nick == self.credentials.login and is_in:
            self._warn(channel, f"Twitch put the bot out of #{channel.name}; it asks to be let in")
            channel.leave()
        elif message.command == "NOTICE":
            now = asyncio.get_running_loop().time()
            if now >= channel.quiet_until:  # a flood must not fill the disk
                log.info("#%s: %.500s", channel.name, message.text)
                channel.quiet_until = now + 1
            msg_id = message.tags.get("msg-id", "")
            if msg_id.startswith(TEXT_REFUSALS):
                channel.settle(msg_id)
            if msg_id in JOIN_REFUSALS and is_in:  # from now on it is out; the next JOIN tells why
                channel.leave()
            elif msg_id in JOIN_REFUSALS and connection:
                what = f"Twitch does not let the bot into #{channel.name}: {message.text}"
                channel.refuse(f"{what} {JOIN_REFUSALS[msg_id]}")

    def _enqueue(self, message: IrcMessage, channel: Channel) -> None:
        """Put a viewer's command into the channel's inbox."""
        tags = message.tags
        if message.nick == self.credentials.login:
            if not self._own_text_noted:
                self._own_text_noted = True
                log.info("what %s writes is not answered: it is the bot's own", message.nick)
            return
        # In Twitch's shared chat, a message of another channel is shown here, too. That channel's
        # bot answers it.
        if tags.get("source-room-id", tags.get("room-id")) != tags.get("room-id"):
            return
        message_id = tags.get("id", "")
        if self._stopping.is_set():
            return
        self.counts.heard += 1
        text = clean_incoming(message.text[:LONGEST_TEXT], "reply-parent-msg-id" in tags)
        if self.bot.command_in(text) is None:
            return  # a flood of plain talk would leave no room in the inbox for commands
        user = tags.get("display-name") or message.nick
        if channel.inbox.full():
            channel.inbox.get_nowait()
            self._note_unanswered(channel)
        now = asyncio.get_running_loop().time()
        waiting = Message(text, user, channel.name, tags.get("user-id", ""))
        channel.inbox.put_nowait((now, message_id, waiting))

    async def _is_new(self, message_id: str) -> bool:
        key = f"heard:{message_id!a}"  # it may hold any character
        try:  # in a thread, because a slow store must not hold up the connection
            return not message_id or await asyncio.to_thread(self._seen.add_once, key)
        except StoreError as error:
            log.warning("the store fails, so this message may be answered twice: %s", error)
            return True

    def _note_unanswered(self, channel: Channel) -> None:
        self.counts.unanswered += 1
        self._warn(channel, f"#{channel.name}: more commands than the bot may answer in time")

    async def _answer(self, channel: Channel) -> None:
        """Answer a channel's messages one after the other, until the bot is stopped."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            arrived, message_id, message = await channel.inbox.get()
            if loop.time() - arrived > self._timing.stale_s:
                self._note_unanswered(channel)
                continue
            channel.busy = True
            if await self._is_new(message_id):
                await self._reply(message, channel)
            channel.busy = False

    async def _reply(self, message: Message, channel: Channel) -> None:
        replies = await self.bot.safe_replies_async(message, self._timing.command_s)
        try:
            for reply in replies:
                await self.say(channel.name, reply)
        except NotLetIn:  # banned while the command was at work
            self.counts.unanswered += 1

    async def say(self, channel: str, text: str) -> None:
        """Say something within the limits, in several messages if it is long, and never twice.

        Waits until the bot is in the channel, and then until Twitch has confirmed the text. So at
        most one text is on its way when a connection breaks. ValueError for a channel that the bot
        was not made for, or that Twitch keeps it out of.
        """
        name = channel_name(channel)
        if name not in self._channels:
            raise ValueError(f"the bot is not in #{name}, only in #{', #'.join(self._channels)}")
        target = self._channels[name]
        if target.refusal:
            raise NotLetIn(target.refusal)
        async with target.turn:
            for part in split_reply(text):
                outcome = await target.send(part, self._limits, self._timing.confirm_s)
                self._note_outcome(target, outcome)

    def _note_outcome(self, channel: Channel, outcome: str) -> None:
        """Count what happened to a text; after several without an answer, join again."""
        if outcome == CONFIRMED:
            self.counts.sent += 1
        elif outcome in MAY_HAVE_ARRIVED:  # saying it again might say it twice
            self.counts.lost += 1
            log.warning("#%s: a message was not confirmed (%s)", channel.name, outcome)
        else:
            self.counts.refused += 1
            self.counts.last_error = f"Twitch refused a message in #{channel.name}: {outcome}"
            log.warning("%s", self.counts.last_error)
        if channel.unconfirmed >= MOST_UNCONFIRMED and channel.state is State.IN:
            count = channel.unconfirmed
            self._warn(channel, f"#{channel.name}: {count} messages unconfirmed; joining again")
            channel.leave()

    async def _keep_token_valid(self) -> None:
        every_s = wait_s = self._timing.validate_s
        while True:
            await asyncio.sleep(wait_s)
            wait_s = every_s if await self._token_is_valid() else min(60.0, every_s)

    async def _token_is_valid(self) -> bool:
        """Validate the token; False if Twitch cannot be asked now. Raises LoginRefused."""
        try:
            await self.credentials.ensure_valid()
        except ConnectionError as error:
            if not self.credentials.login:  # whose the token is must be known once
                raise
            log.info("the token could not be validated: %s", error)
            return False
        return True

    def _warn(self, channel: Channel, text: str) -> None:
        if text != channel.warned:
            log.warning("chat: %s", text)
        channel.warned = self.counts.last_error = text


async def wait_for_first(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Wait until one of the tasks ends; raises what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def cancel_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and wait until all of them have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
