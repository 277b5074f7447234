"""The Twitch bot that must stay alive: it keeps a connection to the chat and answers over it.

It connects, logs in, joins its channels, listens and answers. If the connection breaks, it starts
again with the first step. `channel.py` is the bot in one channel: how it gets in, and how it says
something. `details/connection.py` is one connection.

What happens              What the bot does                                 Where
Twitch sends a PING       answers it                                        ChatConnection.receive
Twitch is silent          sends a PING; without an answer, connects again   ChatConnection.receive
Twitch says RECONNECT     says QUIT, hears what is on its way, connects     _listen, _leave
Twitch refuses the login  connects again                                    ChatConnection.log_in
Twitch refuses the token  renews it; if that doesn't help, stops            credentials.py
it has too much to say    waits before it says more                         limits.py
a channel bans it         asks again every 50 seconds to be let in          Channel.stay
all channels keep it out  stops, if it has never been in one                _note_decision

Between two tries to connect it waits 40 seconds at most, so it is back within a minute after Twitch
is.

Several tasks run at the same time. `_keep_connected` has one connection after another. On each of
them it runs `_listen`, and `Channel.stay` for each channel. `_listen` puts commands into a
channel's inbox, and `_answer` takes them from there; it doesn't end with the connection.

TwitchIO, the usual library, dropped IRC in version 3, and any viewer can throw its version 2 out by
writing RECONNECT. So this bot uses aiohttp's WebSocket itself.
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

from botlib.details.extras import extra

with extra("twitch"):
    import aiohttp

from botlib.bot import Bot, Message
from botlib.details.backoff import Backoff, exponential_backoff
from botlib.details.settings import addresses, require_setting
from botlib.details.tasks import cancel_all, wait_for_first
from botlib.store import Store, StoreError
from botlib.store.memory import MemoryStore
from botlib.twitch.channel import STEADY_S, Channel, NotLetIn, State
from botlib.twitch.details.connection import ChatConnection, Timing
from botlib.twitch.details.counts import Counts
from botlib.twitch.details.credentials import Credentials, LoginRefused
from botlib.twitch.details.limits import Limits
from botlib.twitch.details.texts import LONGEST_TEXT, clean_incoming
from botlib.twitch.irc import IrcMessage, channel_name

log = logging.getLogger(__name__)

BACKLOG = 100  # commands that may wait in a channel; at one a second more would be too late
REMEMBERED_IDS = 1000  # ids of messages, so that each is answered only once


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
        self._channels = {
            login: Channel(login, backlog, self._limits, self._timing, backoff, self.counts)
            for login in logins
        }
        self._seen = store or MemoryStore(REMEMBERED_IDS)
        self._own_text_noted = self._started = False
        self._ready, self._stopping = asyncio.Event(), asyncio.Event()

    @property
    def missing_channels(self) -> list[str]:
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
        rest = (
            self._keep_connected(),
            self.credentials.keep_valid(self._timing.validate_s),
            self._stopping.wait(),
        )
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
        loop, failures = asyncio.get_running_loop(), 0
        logged = ("", 0)  # the reason that the log has, and the number of logins before it
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
                await self.credentials.revalidate()  # the chat refuses a token that has expired
                connection = await ChatConnection.open(session, self._url, self._timing)
                await connection.log_in(self.credentials.login, self.credentials.token)
            self.counts.connections += 1
            staying = (
                each.stay(connection, self._note_decision) for each in self._channels.values()
            )
            tasks = [asyncio.create_task(each) for each in (self._listen(connection), *staying)]
            try:
                await wait_for_first(tasks)
            finally:
                await cancel_all(tasks)
            await self._leave(connection)
        finally:
            for channel in self._channels.values():
                channel.mark_out()
                channel.unconfirmed = 0
            if connection:
                await connection.close()

    def _note_decision(self, channel: Channel) -> None:
        """Note that Twitch has decided about a channel: the bot may be ready now.

        Raises LoginRefused if all channels refuse a bot that was in none of them yet. A bot that
        was in one continues: a channel that Twitch suspends may come back.
        """
        channels = self._channels.values()
        inside = [each.name for each in channels if each.state is State.IN]
        is_news = channel.state is State.IN or not self._ready.is_set()
        if is_news and inside and all(each.state is not State.ASKING for each in channels):
            log.info("in #%s as %s", ", #".join(inside), self.credentials.login)
            self._ready.set()
        refusals = [each.refusal for each in channels if each.refusal]
        if len(refusals) == len(channels) and not self._ready.is_set():
            raise LoginRefused("\n".join(refusals))

    async def _listen(self, connection: ChatConnection) -> None:
        """Take what Twitch says, until it asks for another connection."""
        while (message := await connection.receive()).command != "RECONNECT":
            self._handle_line(message, connection)

    async def _leave(self, connection: ChatConnection) -> None:
        """Say goodbye, and take what is still on its way; nothing more is sent after that."""
        for channel in self._channels.values():
            channel.stop_sending()
        with contextlib.suppress(OSError):  # Twitch closes the connection, or is too slow to
            await connection.send(IrcMessage("QUIT"))
            async with asyncio.timeout(self._timing.answer_s):
                while True:
                    self._handle_line(await connection.receive(), None)

    def _handle_line(self, message: IrcMessage, connection: ChatConnection | None) -> None:
        """Do what one line asks for; without a connection, send nothing."""
        channel = self._channels.get(message.channel)
        if channel and message.command == "PRIVMSG":
            self._enqueue(message, channel)
        elif channel:
            channel.handle_line(message, connection, self.credentials.login)

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

    async def _claim(self, message_id: str) -> bool:
        """Mark a message as answered by this bot; False if one that shares the store was first.

        The mark comes before the work, because nobody would send the message again.
        """
        key = f"heard:{message_id!a}"  # it may hold any character
        try:  # in a thread, because a slow store must not hold up the connection
            return not message_id or await asyncio.to_thread(self._seen.add_once, key)
        except StoreError as error:
            log.warning("the store fails, so this message may be answered twice: %s", error)
            return True

    def _note_unanswered(self, channel: Channel) -> None:
        self.counts.unanswered += 1
        channel.warn(f"#{channel.name}: more commands than the bot may answer in time")

    async def _answer(self, channel: Channel) -> None:
        """Answer a channel's messages one after the other, until the bot is stopped."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            arrived, message_id, message = await channel.inbox.get()
            if loop.time() - arrived > self._timing.stale_s:
                self._note_unanswered(channel)
                continue
            channel.busy = True
            if await self._claim(message_id):
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
        """Say something in one of the bot's channels, as `Channel.say` does.

        ValueError for a channel that the bot was not made for, or that Twitch keeps it out of.
        """
        name = channel_name(channel)
        if name not in self._channels:
            raise ValueError(f"the bot is not in #{name}, only in #{', #'.join(self._channels)}")
        await self._channels[name].say(text)
