"""People on Twitch, as plain calls: they chat, moderate, and press buttons.

The chat limits are only for programs, not for people.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from html import unescape
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit

from bot_sandbox.diagnosis.bot_log import LOG_WAIT_S, HeardLogs, add_failure_reason, hear_bot_logs
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.twitch.chat import Channel, ChatMessage
from bot_sandbox.twitch.diagnosis import explain_no_answer, explain_nothing_fitting
from bot_sandbox.twitch.tokens import Application
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.twitch.world import TwitchWorld

REAL_PAGES = "https://id.twitch.tv/"  # in the links of bots with the real addresses


class TwitchAccount:
    """Someone on Twitch, with a channel of the same name.

    Example:
        from bot_sandbox import Twitch

        with Twitch() as twitch:
            viktor, anna = twitch.account("viktor"), twitch.account("anna")
            viktor.go_live("Tea")
            anna.follow(viktor)
            first = anna.say("hello", channel=viktor)
            assert viktor.say("hi", reply_to=first).reply_to is first
    """

    def __init__(self, world: TwitchWorld, user: TwitchUser, runner: Runner) -> None:
        self._world = world
        self._runner = runner  # runs all changes
        self._read: dict[str, int] = {}  # how many messages they have read, by channel
        world.accounts.add(self)
        self.user = user
        self.id: str = user.id
        self.login: str = user.login
        self.display_name: str = user.display_name

    def __repr__(self) -> str:
        return f"TwitchAccount({self.login!r}, id={self.id!r})"

    def say(
        self,
        text: str,
        channel: TwitchAccount | str | None = None,
        reply_to: ChatMessage | None = None,
    ) -> ChatMessage:
        """Write in a channel (by default their own) and return the message."""
        return self.say_all([text], channel, reply_to)[0]

    def say_all(
        self,
        texts: list[str],
        channel: TwitchAccount | str | None = None,
        reply_to: ChatMessage | None = None,
    ) -> list[ChatMessage]:
        """Write several messages at once, in order."""
        return self._runner.do(self._say, texts, self._channel_name(channel), reply_to)

    @blocking
    async def ask(
        self,
        text: str,
        channel: TwitchAccount | str | None = None,
        timeout: float = 5.0,
        reply_to: ChatMessage | None = None,
    ) -> str:
        """Write, wait for the next message of anyone else and return its text.

        Earlier messages count as read. If the command failed and the bot's log says why, you see
        that line, too. NoReply after `timeout` seconds says what was found and what to do.
        """
        with hear_bot_logs() as heard:
            (asked,) = self._say([text], self._channel_name(channel), reply_to, skip=True)
            (answer,) = await self._take_unread_messages(1, asked.channel, timeout, asked, heard)
        return add_failure_reason(answer.text, asked.text, await self._log_of_bots(asked, heard))

    @blocking
    async def wait(
        self, n: int = 1, channel: TwitchAccount | str | None = None, timeout: float = 5.0
    ) -> list[ChatMessage]:
        """Return the next n unread messages of others, in order."""
        return await self._take_unread_messages(n, self._channel_name(channel), timeout)

    @blocking
    async def wait_for(
        self,
        predicate: Callable[[ChatMessage], object],
        channel: TwitchAccount | str | None = None,
        timeout: float = 5.0,
    ) -> ChatMessage:
        """Return the next unread message of others that satisfies a predicate.

        Those before it become read. NoReply after `timeout` seconds shows what came instead, which
        stays unread.
        """
        room = self._world.channel(self._channel_name(channel))

        def unread() -> list[tuple[int, ChatMessage]]:
            start = self._read.get(room.name, 0)
            new = enumerate(room.history[start:], start + 1)
            return [(read, message) for read, message in new if message.author != self.user]

        def find() -> tuple[int, ChatMessage] | None:
            return next((one for one in unread() if predicate(one[1])), None)

        found = await self._world.changes.value(find, timeout)
        if found is None:
            came = [message for _, message in unread()]
            raise NoReply(explain_nothing_fitting(self._world, room, came, timeout))
        self._read[room.name], message = found
        return message

    def mod(self, account: TwitchAccount | str) -> None:
        """Make someone a moderator of this channel; raise ValueError if they are banned."""
        self._runner.do(lambda: self._world.chat.mod(*self._channel_and_user(account)))

    def unmod(self, account: TwitchAccount | str) -> None:
        """Remove a moderator."""
        self._runner.do(lambda: self._world.chat.unmod(*self._channel_and_user(account)))

    def ban(self, account: TwitchAccount | str) -> None:
        """Ban someone from this channel, also as a moderator.

        Raises ValueError for the broadcaster, as on Twitch.
        """
        self._runner.do(lambda: self._world.chat.ban(*self._channel_and_user(account)))

    def timeout(self, account: TwitchAccount | str, seconds: float) -> None:
        """Keep someone from writing in this channel for so many seconds."""
        if seconds < 1:
            raise ValueError(f"a timeout lasts 1 second or more; found {seconds}")
        self._runner.do(lambda: self._world.chat.ban(*self._channel_and_user(account), seconds))

    def unban(self, account: TwitchAccount | str) -> None:
        """End someone's ban or timeout."""
        self._runner.do(lambda: self._world.chat.unban(*self._channel_and_user(account)))

    def announce(self, text: str, channel: TwitchAccount | str | None = None) -> ChatMessage:
        """Post an announcement, as the broadcaster or a moderator; chat shows it in a frame.

        Programs get it as USERNOTICE by IRC, and as channel.chat.notification by EventSub.
        """
        return self._runner.do(self._announce, text, self._channel_name(channel))

    def go_live(self, title: str = "") -> None:
        """Start a stream; raise ValueError if the channel is already live."""
        self._runner.do(lambda: self._world.go_live(self._own_channel(), title))

    def end_stream(self) -> None:
        """End the stream; raise ValueError if there is none."""
        self._runner.do(lambda: self._world.end_stream(self._own_channel()))

    def follow(self, account: TwitchAccount | str) -> None:
        """Follow a channel; raise ValueError for their own. A second time changes nothing."""
        self._runner.do(
            lambda: self._world.follow(self.user, self._world.channel(login_of(account)))
        )

    def unfollow(self, account: TwitchAccount | str) -> None:
        """Unfollow a channel."""
        self._runner.do(
            lambda: self._world.unfollow(self.user, self._world.channel(login_of(account)))
        )

    @blocking
    async def authorize(self, url: str) -> str:
        """Open a consent page, press Authorize, and return where the browser is sent.

        The page may have the real address, id.twitch.tv.
        """
        return await asyncio.to_thread(submit_consent, self._page(url), self.id, "authorize")

    @blocking
    async def cancel(self, url: str) -> str:
        """Open a consent page, press Cancel, and return where the browser is sent."""
        return await asyncio.to_thread(submit_consent, self._page(url), self.id, "cancel")

    @blocking
    async def activate(self, user_code: str) -> None:
        """Type a device's code into the activation page and press Authorize."""
        url = f"{self._world.url}/activate?device-code={quote(user_code)}"
        await asyncio.to_thread(submit_consent, url, self.id, "authorize")

    def disconnect(self, app: Application) -> None:
        """Withdraw all consent to an application, as on the Connections page."""
        self._runner.do(self._world.tokens.disconnect, app, self.user)

    def _page(self, url: str) -> str:
        """Return the address here of a page that may have Twitch's own."""
        real = url.startswith(REAL_PAGES)
        return f"{self._world.url}/{url.removeprefix(REAL_PAGES)}" if real else url

    def _channel_name(self, channel: TwitchAccount | str | None) -> str:
        return login_of(channel if channel is not None else self)

    def _say(
        self, texts: list[str], channel: str, reply_to: ChatMessage | None, skip: bool = False
    ) -> list[ChatMessage]:
        room = self._world.channel(channel)
        for text in texts:
            check_text(text)
        if why := self._world.chat.ban_reason(room, self.user)[1]:
            raise ValueError(f"{self.display_name} may not write in #{room.name}: {why}")
        said = [
            self._world.chat.post(room, self.user, text, reply_to, origin=self, by_program=False)
            for text in texts
        ]
        if skip:
            self._read[room.name] = len(room.history)
        return said

    async def _take_unread_messages(
        self,
        n: int,
        channel: str,
        seconds: float,
        asked: ChatMessage | None = None,
        heard: HeardLogs | None = None,
    ) -> list[ChatMessage]:
        room = self._world.channel(channel)
        found: list[ChatMessage] = []

        def has_enough() -> bool:
            start = self._read.get(room.name, 0)
            for message in room.history[start:]:
                if len(found) == n:
                    break
                if message.author != self.user:
                    found.append(message)
                self._read[room.name] = self._read.get(room.name, 0) + 1
            return len(found) == n

        if await self._world.changes.until(has_enough, seconds):
            return found
        raise NoReply(explain_no_answer(self._world, room, asked, found, n, seconds, heard))

    async def _log_of_bots(self, asked: ChatMessage, heard: HeardLogs) -> list[str]:
        """Return what bots, and the functions that got a message, have logged since then."""
        webhooks = self._world.webhooks_of(self._world.channel(asked.channel))
        called = {one.transport["callback"] for one in webhooks if one.enabled}

        def functions_have_ended() -> bool:
            return called <= {
                one.callback for one in self._world.deliveries if one.about == asked.id
            }

        # A reply by Helix comes while the function is still running; its log is complete when the
        # call has ended.
        await self._world.changes.until(functions_have_ended, LOG_WAIT_S)
        new = [line for callback in called for line in heard.of_function(callback)]
        return [*heard.lines, *new]

    def _own_channel(self) -> Channel:
        return self._world.channel(self.login)

    def _channel_and_user(self, account: TwitchAccount | str) -> tuple[Channel, TwitchUser]:
        """Return this channel and the user of an account."""
        return self._own_channel(), self._world.user(login_of(account))

    def _announce(self, text: str, channel: str) -> ChatMessage:
        check_text(text)
        room = self._world.channel(channel)
        if not room.is_mod(self.user):
            raise ValueError(f"{self.display_name} is not a moderator in #{room.name}")
        return self._world.chat.post(
            room, self.user, text, origin=self, by_program=False, announcement="PRIMARY"
        )


def check_text(text: str) -> None:
    """Raise TypeError for anything but a text, and ValueError for an empty one."""
    if not isinstance(text, str):
        raise TypeError(f'a chat message is text in quotes, such as "hello"; found {text!r}')
    if not text.strip():
        raise ValueError(f"Twitch's chat sends no empty message; found {text!r}. Write something.")


def login_of(someone: TwitchAccount | str) -> str:
    """Return the login of an account, or the given name without #."""
    return (
        someone.login if isinstance(someone, TwitchAccount) else someone.removeprefix("#").lower()
    )


def submit_consent(url: str, account_id: str, decision: str) -> str:
    """Open a consent page as this account and press "authorize" or "cancel".

    It sends what a browser would send, but follows no redirect, because that address belongs to the
    caller's program. Returns the address of the redirect, or "" if there is none (device
    activation). Raises ValueError with the page's refusal.
    """
    parts = urlsplit(url)
    if parts.hostname != "127.0.0.1" or parts.port is None:
        raise ValueError(f"not a page of the sandbox Twitch: {url.partition('?')[0]}")
    form = urlencode({"account": account_id, "decision": decision})
    connection = HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        connection.request(
            "POST",
            f"{parts.path}?{parts.query}",
            body=form,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    if response.status >= 400:
        raise ValueError(f"the page refused with status {response.status}: {refusal_text(text)}")
    return response.headers.get("Location", "")


def refusal_text(refusal: str) -> str:
    """Return a refusal's text: a page's heading, or the message of a JSON response.

    >>> refusal_text("<style>h1{}</style><h1>Cancelled.</h1>")
    'Cancelled.'
    >>> refusal_text('{"message": "invalid client"}')
    'invalid client'
    """
    heading = re.search("<h1>(.*?)</h1>", refusal, re.DOTALL)
    if heading:
        return unescape(heading[1])
    try:
        return str(json.loads(refusal)["message"])
    except (ValueError, LookupError, TypeError):
        return refusal[:200]
