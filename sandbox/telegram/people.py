"""The people who chat: what a person does in the Telegram app, as plain calls.

Every call may come from any thread; the work is done on the server's loop. The app's START
button is `person.send("/start")`; the sandbox lets people write without it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.no_reply import NoReply
from sandbox.telegram import explain
from sandbox.telegram.buttons import Press
from sandbox.telegram.entities import detect
from sandbox.telegram.model import Chat, Message, User

if TYPE_CHECKING:
    from sandbox.telegram.botfather import Account
    from sandbox.telegram.service import Telegram

MAX_TEXT = 4096


class Person(User):
    """Someone who chats; make one with `telegram.person("Viktor")`."""

    def __init__(self, telegram: Telegram, id: int, name: str, username: str = "") -> None:
        super().__init__(id, name, username)
        self.json["language_code"] = "en"
        self.inbox: deque[Message] = deque()  # not yet read
        self.blocked: set[int] = set()
        self._telegram = telegram

    def send(
        self, text: str, to: User | Chat | None = None, reply_to: Message | None = None
    ) -> Message:
        """Write a message to a bot or into a group; `to` may be left out with one bot only."""
        return self._telegram.do(self._send, text, to, reply_to)

    def send_all(self, texts: Iterable[str], to: User | Chat | None = None) -> list[Message]:
        """Write several messages at once, in this order."""
        return self._telegram.do(lambda: [self._send(text, to) for text in texts])

    def ask(self, text: str, to: User | Chat | None = None, timeout: float = 5.0) -> str:
        """Write a message and return the text of the bot's next one; NoReply after `timeout` s."""
        return self._telegram.run_here(self._ask(text, to, timeout))

    def wait(self, n: int = 1, timeout: float = 5.0) -> list[Message]:
        """The next n messages not read yet; NoReply when fewer came within `timeout` seconds."""
        return self._telegram.run_here(self._wait(n, timeout))

    def edit(self, message: Message, text: str) -> Message:
        """Change the text of a message of one's own."""
        return self._telegram.do(self._edit, message, text)

    def sticker(self, to: User | Chat | None = None, emoji: str = "🙂") -> Message:
        """Send a sticker, which has no text."""
        return self._telegram.do(lambda: self._post(to, "", sticker=emoji))

    def press(self, message: Message, button: str) -> Press:
        """Press the inline button with this text; the bot gets a callback query."""
        return self._telegram.do(self._telegram.press, self, message, button)

    def block(self, account: Account) -> None:
        """Block a bot: whatever it sends is refused with 403 from now on."""
        self._telegram.do(self._set_blocked, account, True)

    def unblock(self, account: Account) -> None:
        """Let a blocked bot write again."""
        self._telegram.do(self._set_blocked, account, False)

    def _send(
        self, text: str, to: User | Chat | None = None, reply_to: Message | None = None
    ) -> Message:
        text = _check_text(text)
        return self._post(to, text, entities=detect(text), reply_to=reply_to)

    def _post(self, to: User | Chat | None, text: str, **content: object) -> Message:
        chat = self._telegram.world.chat_of(self, to)
        if self not in chat.members:
            raise ValueError(f"{self.name} is not in {chat.title}; first: group.add({self.name})")
        if chat.kind == "private" and chat.members[1].id in self.blocked:
            bot = chat.members[1].name
            raise ValueError(f"{self.name} has blocked {bot}; first: person.unblock(account)")
        return self._telegram.world.post(chat, self, text, **content)

    def _edit(self, message: Message, text: str) -> Message:
        if message.sender is not self:
            raise ValueError(f"{self.name} can change only messages of {self.name}'s own")
        text = _check_text(text)
        self._telegram.world.edit(message, text, detect(text))
        return message

    def _set_blocked(self, account: Account, blocked: bool) -> None:
        world = self._telegram.world
        world.check_own(account)
        if blocked == (account.id in self.blocked):
            return
        chat = world.private_chat(self, account)
        self.blocked ^= {account.id}
        old, new = ("member", "kicked") if blocked else ("kicked", "member")
        world.member_changed(chat, self, account, old, new)

    async def _ask(self, text: str, to: User | Chat | None, timeout_s: float) -> str:
        message = self._send(text, to)

        def answer() -> Message | None:
            return first_answer(message)

        if not message.updates or not await self._telegram.watch.until(answer, timeout_s):
            raise NoReply(explain.no_reply(message, timeout_s))
        reply = answer()
        assert reply is not None  # `until` saw it, and messages are never taken out of a chat
        while self.inbox and reply in self.inbox:  # what stands above the answer is read, too
            self.inbox.popleft()
        return reply.text

    async def _wait(self, n: int, timeout_s: float) -> list[Message]:
        if not await self._telegram.watch.until(lambda: len(self.inbox) >= n, timeout_s):
            found = f"{len(self.inbox)} of {n} messages came for {self.name} within {timeout_s:g} s"
            raise NoReply(f"{found}.\n{explain.bots(self._telegram.world.accounts.values())}")
        return [self.inbox.popleft() for _ in range(n)]


def first_answer(message: Message) -> Message | None:
    """What a bot said first after it had been told of a message."""
    for update in message.updates:
        if update.replies_from >= 0:
            for answer in message.chat.messages[update.replies_from :]:
                if answer.sender is update.account:
                    return answer
    return None


def _check_text(text: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"the Telegram app sends no empty message; found {text!r}")
    if len(text) > MAX_TEXT:
        raise ValueError(f"a message has at most {MAX_TEXT} characters; found {len(text)}")
    return text.strip()
