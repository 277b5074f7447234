"""The Twitch bot that must stay alive: a TwitchIO client whose chat comes by IRC.

TwitchIO 3 dropped IRC. It still serves the rest: looking up users, all of Twitch's API, events.
Here `event_ready` means "in its channels, or in those that let it in", `event_message` gets what
IRC brings, and `event_token_refreshed` brings new tokens to whoever wants them kept: nothing
secret is written to disk.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Iterable
from typing import Any

import twitchio
from twitchio.authentication import Scopes
from twitchio.exceptions import HTTPException
from twitchio.payloads import TokenRefreshedPayload

from botlib.bot import Bot
from botlib.settings import Unreachable, addresses
from botlib.twitch import settings
from botlib.twitch.account import point_twitchio_at
from botlib.twitch.backoff import Backoff, exponential
from botlib.twitch.chat import Chat
from botlib.twitch.chat_message import chat_message
from botlib.twitch.counts import Counts
from botlib.twitch.errors import LoginRefused
from botlib.twitch.hearing import Hearing
from botlib.twitch.irc import IrcMessage, channel_name
from botlib.twitch.limits import Limits
from botlib.twitch.room import Room
from botlib.twitch.sender import Sender
from botlib.twitch.timing import Timing

log = logging.getLogger(__name__)
# TwitchIO recommends its web server's extra packages each time; this bot has no web server.
logging.getLogger("twitchio.client").addFilter(lambda record: "Starlette" not in str(record.msg))


class IrcBot(twitchio.Client):
    """Answers in Twitch channels with the brain, for as long as it runs.

    What is not given comes from the environment: TWITCH_TOKEN, TWITCH_CLIENT_ID, TWITCH_CHANNEL
    (several with commas between), and, where there are any, TWITCH_REFRESH_TOKEN,
    TWITCH_CLIENT_SECRET and TWITCH_API (another Twitch than the real one, for the whole process).
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
        limits: Limits | None = None,
        backoff: Backoff = exponential,
        timing: Timing | None = None,
        **options: Any,
    ) -> None:
        self.account = settings.account(token, refresh_token, client_id, client_secret, api)
        self.account.on_refreshed = self._token_refreshed
        super().__init__(client_id=self.account.client_id, client_secret=client_secret, **options)
        where = addresses(api)
        point_twitchio_at(where)
        self.counts = Counts()
        self._timing, self._hearing, limits = timing or Timing(), Hearing(), limits or Limits()
        self._rooms: dict[str, Room] = {}
        for name in settings.channel_names(channels):
            sender = Sender(name, limits, self.counts, self._timing.confirm_s)
            self._rooms[name] = Room(sender, brain, self.counts, self._timing.command_s)
        senders = {name: room.sender for name, room in self._rooms.items()}
        self._chat = Chat(
            where.irc, self.account, senders, limits, backoff, self.counts, self._timing
        )
        self._chat.before = self.login
        self._chat.on_message, self._chat.joining.on_joined = self._hear, self._joined
        self._tasks: list[asyncio.Task[Any]] = []
        self._stopping, self._ended = asyncio.Event(), asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the bot is in all its channels now."""
        return not self.missing

    @property
    def missing(self) -> list[str]:
        """The channels that the bot is not in now."""
        return [name for name, room in self._rooms.items() if not room.sender.joined]

    async def say(self, channel: str, text: str) -> None:
        """Say something unasked, within the limits; waits until the bot is in the channel.

        ValueError for a channel that the bot was not made for, or that Twitch keeps it out of.
        """
        name = channel_name(channel)
        if name not in self._rooms:
            raise ValueError(f"the bot is not in #{name}, only in #{', #'.join(self._rooms)}")
        if refusal := self._chat.joining.refused.get(name):
            raise ValueError(refusal)
        await self._rooms[name].sender.say(text)

    async def login(
        self, *, token: str | None = None, load_tokens: bool = False, save_tokens: bool = False
    ) -> None:
        """Validate the token and look up whose it is; raises LoginRefused or Unreachable."""
        if self._login_called:
            return
        await self.account.ensure()
        self._bot_id = self.account.user_id
        token = token or self.account.token
        try:
            await super().login(token=token, load_tokens=load_tokens, save_tokens=save_tokens)
        except BaseException as error:
            self._login_called = False  # so that it can be tried again
            if not isinstance(error, HTTPException):
                raise
            kind = LoginRefused if error.status in (401, 403) else Unreachable
            raise kind(f"Twitch's API answered {error.status} {error.extra}") from None

    async def start(self, token: str | None = None, **options: Any) -> None:
        """Answer until `close` or cancellation; no web server is started.

        Raises LoginRefused, also when Twitch lets the bot into none of its channels.
        """
        if self._tasks or self._has_closed:
            raise RuntimeError("a bot runs once; make a new IrcBot")
        answering = [asyncio.create_task(room.answer_all()) for room in self._rooms.values()]
        rest = (self._chat.hold(), self._keep_token_valid(), self._stopping.wait())
        self._tasks = [*answering, *(asyncio.create_task(each) for each in rest)]
        try:
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        except LoginRefused as error:
            self.counts.last_error = str(error)
            raise
        finally:
            await self._wind_up(answering)

    def run(self, token: str | None = None, **options: Any) -> None:
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

    async def close(self, **options: Any) -> None:
        """Stop and wait until nothing is left; a second call does nothing."""
        self.stop()
        if self._tasks and asyncio.current_task() not in self._tasks:
            await self._ended.wait()
        elif not self._tasks:
            await self.account.close()
            await super().close(**options)

    async def _wind_up(self, answering: list[asyncio.Task[None]]) -> None:
        try:
            await self._finish_replies(answering)
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self.account.close()
            await super().close()
        finally:
            self._ended.set()

    async def _finish_replies(self, answering: list[asyncio.Task[None]]) -> None:
        rooms = self._rooms.values()
        for room in rooms:
            room.finish()
        heard = [task for task, room in zip(answering, rooms, strict=True) if room.sender.joined]
        if heard:
            _, cut = await asyncio.wait(heard, timeout=self._timing.goodbye_s)
            if cut:
                log.warning("stopped in the middle of %d replies", len(cut))
        if self.counts.unanswered:
            log.warning("%d messages are left unanswered", self.counts.unanswered)

    async def _keep_token_valid(self) -> None:
        wait = self._timing.validate_s
        while True:
            await asyncio.sleep(wait)
            wait = self._timing.validate_s
            try:
                await self.account.ensure()
            except Unreachable as error:
                log.warning("the token could not be validated: %s", error)
                wait = min(60.0, wait)

    def _hear(self, message: IrcMessage) -> None:
        heard = self._hearing.read(message, self.account.login)
        if heard:
            self.dispatch("message", chat_message(message, self.http))
            self._rooms[message.channel].hear(heard)

    def _joined(self) -> None:
        channels = ", #".join(name for name in self._rooms if name not in self.missing)
        log.info("in #%s as %s", channels, self.account.login)
        if not self._ready_event.is_set():
            self._ready_event.set()
            self.dispatch("ready")

    def _token_refreshed(self) -> None:
        new = self.account
        if not new.client_secret:
            log.warning(
                "the token was renewed; as this app has no client secret, the refresh token in the "
                "settings is used up: get a new one (notebook 07) before the next start"
            )
        self._http._app_token = new.token  # TwitchIO's own start_dcf sets it in the same way
        data = {"user_id": new.user_id, "token": new.token, "refresh_token": new.refresh_token}
        rest = {"scopes": Scopes(new.scopes), "expires_in": new.expires_in}
        self.dispatch("token_refreshed", TokenRefreshedPayload(data | rest))  # type: ignore[arg-type]
