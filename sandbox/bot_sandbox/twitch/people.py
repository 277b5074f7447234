"""People on Twitch: accounts whose owners chat, moderate, and press buttons, by plain calls.

A person is never refused for chatting fast: the limits are for programs.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from http.client import HTTPConnection
from urllib.parse import quote, urlencode, urlsplit

from bot_sandbox.diagnosis import LOG_S, NoReply, bots_in_this_process, with_reason
from bot_sandbox.function_registry import Bookmark, bookmark, log_at
from bot_sandbox.server import LocalServer
from bot_sandbox.twitch.chat import Channel, ChatMessage, User
from bot_sandbox.twitch.diagnosis import NOTEBOOK, no_answer
from bot_sandbox.twitch.tokens import Application
from bot_sandbox.twitch.world import TwitchWorld


class Account:
    """Someone on Twitch, with a channel of their own name."""

    def __init__(self, world: TwitchWorld, user: User, server: LocalServer) -> None:
        self._world = world
        self._server = server  # which runs what is done to the world
        self._read: dict[str, int] = {}  # how far they have read, channel by channel
        self.user = user
        self.id = user.id
        self.login = user.login
        self.display_name = user.display_name

    def __repr__(self) -> str:
        return f"Account({self.login!r}, id={self.id!r})"

    def say(
        self,
        text: str,
        channel: Account | str | None = None,
        reply_to: ChatMessage | None = None,
    ) -> ChatMessage:
        """Write in a channel (by default one's own) and return the message."""
        return self.say_all([text], channel, reply_to)[0]

    def say_all(
        self,
        texts: list[str],
        channel: Account | str | None = None,
        reply_to: ChatMessage | None = None,
    ) -> list[ChatMessage]:
        """Write several messages at once, in order."""
        return self._server.do(self._say, texts, self._name(channel), reply_to)

    def ask(
        self,
        text: str,
        channel: Account | str | None = None,
        timeout: float = 5.0,
        reply_to: ChatMessage | None = None,
    ) -> str:
        """Write, wait for the next message of anyone else and return its text.

        What others said before counts as read. If the command failed and the bot's log says why,
        that line is shown too. NoReply after `timeout` seconds says what
        was found and what to do.
        """
        read = bookmark()
        with bots_in_this_process() as log:
            (asked,) = self._server.do(self._say, [text], self._name(channel), reply_to, True)
            (answer,) = self._wait(1, asked.channel, timeout, asked, log, read)
        return with_reason(answer.text, asked.text, self._logged(asked, log, read))

    def wait(
        self, n: int = 1, channel: Account | str | None = None, timeout: float = 5.0
    ) -> list[ChatMessage]:
        """The next n messages of others that this person has not read yet, in order."""
        return self._wait(n, self._name(channel), timeout)

    def mod(self, account: Account | str) -> None:
        """Make someone a moderator of one's channel; ValueError for whoever is banned there."""
        self._server.do(lambda: self._world.chat.mod(*self._here(account)))

    def unmod(self, account: Account | str) -> None:
        """End someone's being a moderator."""
        self._server.do(lambda: self._world.chat.unmod(*self._here(account)))

    def ban(self, account: Account | str) -> None:
        """Ban someone from one's channel; a moderator is one no more.

        ValueError for oneself, as on Twitch.
        """
        self._server.do(lambda: self._world.chat.ban(*self._here(account)))

    def timeout(self, account: Account | str, seconds: float) -> None:
        """Keep someone from speaking in one's channel for so many seconds."""
        if seconds < 1:
            raise ValueError(f"a timeout lasts 1 second or more; found {seconds}")
        self._server.do(lambda: self._world.chat.ban(*self._here(account), seconds))

    def unban(self, account: Account | str) -> None:
        """Let someone in again, or end their timeout."""
        self._server.do(lambda: self._world.chat.unban(*self._here(account)))

    def announce(self, text: str, channel: Account | str | None = None) -> ChatMessage:
        """Make an announcement, as the broadcaster or a moderator; chat shows it in a frame.

        Programs hear it as USERNOTICE by IRC, and as channel.chat.notification by EventSub.
        """
        return self._server.do(self._announce, text, self._name(channel))

    def go_live(self, title: str = "") -> None:
        """Begin to stream; ValueError when the channel is live already."""
        self._server.do(lambda: self._world.go_live(self._own(), title))

    def end_stream(self) -> None:
        """End the stream; ValueError when there is none."""
        self._server.do(lambda: self._world.end_stream(self._own()))

    def follow(self, account: Account | str) -> None:
        """Follow a channel; ValueError for one's own. A second time changes nothing."""
        self._server.do(
            lambda: self._world.follow(self.user, self._world.channel(login_of(account)))
        )

    def unfollow(self, account: Account | str) -> None:
        """Follow a channel no more."""
        self._server.do(
            lambda: self._world.unfollow(self.user, self._world.channel(login_of(account)))
        )

    def authorize(self, url: str) -> str:
        """Open a page that asks for consent and press Authorize; where the browser is sent."""
        return press(url, self.id, "authorize")

    def cancel(self, url: str) -> str:
        """Open a page that asks for consent and press Cancel; where the browser is sent."""
        return press(url, self.id, "cancel")

    def activate(self, user_code: str) -> None:
        """Type a device's code into the activation page and press Authorize."""
        press(f"{self._world.url}/activate?device-code={quote(user_code)}", self.id, "authorize")

    def disconnect(self, app: Application) -> None:
        """Take back everything an application was allowed, as on the Connections page."""
        self._server.do(self._world.tokens.disconnect, app, self.user)

    def _name(self, channel: Account | str | None) -> str:
        return login_of(channel if channel is not None else self)

    def _say(
        self, texts: list[str], channel: str, reply_to: ChatMessage | None, skip: bool = False
    ) -> list[ChatMessage]:
        room = self._world.channel(channel)
        for text in texts:
            check_text(text)
        if why := self._world.chat.barred(room, self.user)[1]:
            raise ValueError(f"{self.display_name} may not write in #{room.name}: {why}")
        said = [
            self._world.chat.post(room, self.user, text, reply_to, origin=self, by_program=False)
            for text in texts
        ]
        if skip:
            self._read[room.name] = len(room.history)
        return said

    def _wait(
        self,
        n: int,
        channel: str,
        timeout: float,
        asked: ChatMessage | None = None,
        log: Sequence[str] = (),
        read: Bookmark | None = None,
    ) -> list[ChatMessage]:
        try:
            return self._server.run(self._next(n, channel, timeout, asked, log, read))
        except NoReply as error:
            if in_event_loop():
                raise NoReply(f"{error}\n{NOTEBOOK}") from None
            raise

    async def _next(
        self,
        n: int,
        channel: str,
        seconds: float,
        asked: ChatMessage | None,
        log: Sequence[str],
        read: Bookmark | None,
    ) -> list[ChatMessage]:
        room = self._world.channel(channel)
        found: list[ChatMessage] = []

        def enough() -> bool:
            start = self._read.get(room.name, 0)
            for message in room.history[start:]:
                if len(found) == n:
                    break
                if message.author != self.user:
                    found.append(message)
                self._read[room.name] = self._read.get(room.name, 0) + 1
            return len(found) == n

        if await self._world.changes.until(enough, seconds):
            return found
        raise NoReply(no_answer(self._world, room, asked, found, n, seconds, log, read))

    def _logged(self, asked: ChatMessage, log: Sequence[str], read: Bookmark) -> Iterator[str]:
        """What the bots that heard a message have logged since then, as far as known here."""
        yield from log
        channel = self._world.channel(asked.channel)
        webhooks = self._server.do(self._world.webhooks_of, channel)
        called = {one.transport["callback"] for one in webhooks if one.enabled}

        def ended() -> bool:
            return called <= {
                one.callback for one in self._world.deliveries if one.about == asked.id
            }

        # The answer came by Helix while the function was still at work: its log is whole when
        # the call has ended.
        self._server.wait_until(ended, LOG_S)
        for callback in called:
            yield from log_at(callback, read)

    def _own(self) -> Channel:
        return self._world.channel(self.login)

    def _here(self, account: Account | str) -> tuple[Channel, User]:
        """One's own channel and the user of an account."""
        return self._own(), self._world.user(login_of(account))

    def _announce(self, text: str, channel: str) -> ChatMessage:
        check_text(text)
        room = self._world.channel(channel)
        if not room.is_mod(self.user):
            raise ValueError(f"{self.display_name} is no moderator in #{room.name}")
        return self._world.chat.post(
            room, self.user, text, origin=self, by_program=False, announcement="PRIMARY"
        )


def check_text(text: str) -> None:
    """Refuse what nobody can type into a chat: no text (TypeError), an empty one (ValueError)."""
    if not isinstance(text, str):
        raise TypeError(f'a chat message is text in quotes, such as "hello"; found {text!r}')
    if not text.strip():
        raise ValueError(f"Twitch's chat sends no empty message; found {text!r}. Write something.")


def login_of(someone: Account | str) -> str:
    """The login of an account, or the name as given without #."""
    return someone.login if isinstance(someone, Account) else someone.removeprefix("#").lower()


def in_event_loop() -> bool:
    """Whether the caller stands inside a running event loop, as every notebook cell does."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def press(url: str, account_id: str, decision: str) -> str:
    """Open a consent page as this account and press "authorize" or "cancel".

    It sends what a browser would send, and follows no redirect: that address belongs to the
    caller's own program. Returns the address the browser is sent back to, or an empty string
    when the page keeps it (device activation). ValueError carries the page's refusal.
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
        raise ValueError(f"the page refused with status {response.status}: {words(text)}")
    return response.headers.get("Location", "")


def words(refusal: str) -> str:
    """What a refusal says to a person: a page's heading, or the message of a JSON answer.

    >>> words("<style>h1{}</style><h1>Cancelled.</h1>"), words('{"message": "invalid client"}')
    ('Cancelled.', 'invalid client')
    """
    heading = re.search("<h1>(.*?)</h1>", refusal, re.DOTALL)
    if heading:
        return unescape(heading[1])
    try:
        return str(json.loads(refusal)["message"])
    except (ValueError, LookupError, TypeError):
        return refusal[:200]
