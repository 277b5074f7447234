"""The people who chat and the groups they chat in, as plain calls: what the Telegram app does.

The work is done on the loop of a Runner, which decides who may call. The app's START
button is `person.send("/start")`; the sandbox lets people write without it.
"""

from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any

from bot_sandbox.diagnosis import LOG_S, NoReply, bots_in_this_process, with_reason
from bot_sandbox.function_registry import Bookmark, bookmark
from bot_sandbox.runner import Runner
from bot_sandbox.telegram import diagnosis
from bot_sandbox.telegram.buttons import Press
from bot_sandbox.telegram.entities import detect
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.formatting import MAX_CAPTION, MAX_TEXT
from bot_sandbox.telegram.types import REACTIONS, Chat, Message, User
from bot_sandbox.telegram.world import BotAccount, TelegramWorld
from bot_sandbox.transcript import Line, Transcript

LATE_S = 1.0  # how long an answer is waited for when the function that was told has ended


class Person(User):
    """Someone who chats; make one with `telegram.person("Viktor")`."""

    def __init__(
        self, world: TelegramWorld, runner: Runner, id: int, name: str, username: str = ""
    ) -> None:
        super().__init__(id, name, username)
        self.json["language_code"] = "en"
        self._world = world
        self._runner = runner

    def send(
        self, text: str, to: User | Chat | None = None, reply_to: Message | None = None
    ) -> Message:
        """Write a message to a bot or into a group; `to` may be left out with one bot only."""
        return self._runner.do(self._send, text, to, reply_to)

    def send_all(self, texts: Iterable[str], to: User | Chat | None = None) -> list[Message]:
        """Write several messages at once, in this order."""
        return self._runner.do(lambda: [self._send(text, to) for text in texts])

    def ask(self, text: str, to: User | Chat | None = None, timeout: float = 5.0) -> str:
        """Write a message and return the text of the bot's next one; NoReply after `timeout` s.

        It comes sooner if the bot is a function that has ended and sent nothing.
        If the command failed and the bot's log says why, that line is shown too.
        """
        return self._runner.run(self._ask(text, to, timeout))

    def ask_async(
        self, text: str, to: User | Chat | None = None, timeout: float = 5.0
    ) -> Coroutine[Any, Any, str]:
        """Do what `ask` does, for a coroutine that awaits it."""
        return self._runner.run_async(self._ask(text, to, timeout))

    def wait(self, n: int = 1, timeout: float = 5.0) -> list[Message]:
        """The next n messages not read yet; NoReply when fewer came within `timeout` seconds."""
        return self._runner.run(self._wait(n, timeout))

    def wait_async(self, n: int = 1, timeout: float = 5.0) -> Coroutine[Any, Any, list[Message]]:
        """Do what `wait` does, for a coroutine that awaits it."""
        return self._runner.run_async(self._wait(n, timeout))

    def edit(self, message: Message, text: str) -> Message:
        """Change the text of a message of one's own."""
        return self._runner.do(self._edit, message, text)

    def photo(
        self, picture: bytes | str | Path, caption: str = "", to: User | Chat | None = None
    ) -> Message:
        """Send a picture, by its bytes or the path of its file, with a text under it or none."""
        data, _ = _file(picture)
        return self._runner.do(self._send_file, "photo", data, "", caption, to)

    def document(
        self,
        document: bytes | str | Path,
        name: str = "",
        caption: str = "",
        to: User | Chat | None = None,
    ) -> Message:
        """Send a file, by its bytes or its path; a name is needed with bytes only."""
        data, found = _file(document)
        return self._runner.do(self._send_file, "document", data, name or found, caption, to)

    def location(self, latitude: float, longitude: float, to: User | Chat | None = None) -> Message:
        """Send a place on Earth, in degrees."""
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            found = f"{latitude!r}, {longitude!r}"
            raise ValueError(f"a place has -90 to 90 degrees, -180 to 180 degrees; found {found}")
        place = {"latitude": float(latitude), "longitude": float(longitude)}
        return self._runner.do(lambda: self._post(to, "", more={"location": place}))

    def sticker(self, to: User | Chat | None = None, emoji: str = "🙂") -> Message:
        """Send a sticker, which has no text."""
        return self._runner.do(lambda: self._post(to, "", file=self._world.files.sticker(emoji)))

    def react(self, message: Message, emoji: str) -> None:
        """Give a message a reaction, such as "👍"; an empty one takes it back."""
        if emoji and emoji not in REACTIONS:
            raise ValueError(f"{emoji!r} is no reaction; there are {' '.join(REACTIONS)}")
        self._runner.do(self._react, message, emoji)

    def join(self, group: "Group") -> None:
        """Come into a group by its link."""
        group.add(self, by=self)

    def leave(self, group: "Group") -> None:
        """Go out of a group."""
        self._runner.do(self._leave, group)

    def press(self, message: Message, button: str) -> Press:
        """Press the inline button with this text; the bot gets a callback query."""
        bots = self._world.accounts.values()
        press = Press(
            self._runner, button, lambda: diagnosis.bots(b for b in bots if b is message.sender)
        )
        self._runner.do(self._world.press, self, message, press)
        return press

    def block(self, account: BotAccount) -> None:
        """Block a bot: whatever it sends is refused with 403 from now on."""
        self._runner.do(self._world.set_blocked, self, account, True)

    def unblock(self, account: BotAccount) -> None:
        """Let a blocked bot write again."""
        self._runner.do(self._world.set_blocked, self, account, False)

    def _send(
        self, text: str, to: User | Chat | None = None, reply_to: Message | None = None
    ) -> Message:
        text = _check_text(text)
        return self._post(to, text, entities=detect(text), reply_to=reply_to)

    def _post(self, to: User | Chat | None, text: str, **content: object) -> Message:
        chat = self._world.chat_of(self, to)
        if self not in chat.members:
            raise ValueError(f"{self.name} is not in {chat.title}; first: group.add({self.name})")
        if chat.blocked:
            bot = chat.members[1].name
            raise ValueError(f"{self.name} has blocked {bot}; first: person.unblock(account)")
        return self._world.post(chat, self, text, **content)

    def _edit(self, message: Message, text: str) -> Message:
        if message.sender is not self:
            raise ValueError(f"{self.name} can change only messages of {self.name}'s own")
        if message.sticker or not (message.file or message.text):
            raise ValueError(f"there is no text in {message.shown} to change")
        text = _check_caption(text) if message.file else _check_text(text)
        self._world.edit(message, text=text, entities=detect(text))
        return message

    def _send_file(
        self, kind: str, data: bytes, name: str, caption: str, to: User | Chat | None
    ) -> Message:
        caption = _check_caption(caption)
        files = self._world.files
        try:
            file = files.photo(data) if kind == "photo" else files.document(data, name)
        except TelegramError as refusal:
            raise ValueError(f"Telegram would not take this {kind}: {refusal}") from None
        return self._post(to, caption, file=file, entities=detect(caption))

    def _leave(self, group: "Group") -> None:
        self._world.check_own(self, group)
        if self in group.members:
            self._world.set_member(group, self, "left", self)

    def _react(self, message: Message, emoji: str) -> None:
        self._world.check_own(message.chat)
        if self not in message.chat.members:
            raise ValueError(f"{self.name} is not in {message.chat.title}")
        self._world.react(self, message, emoji)

    async def answer(
        self, asked: Message, timeout_s: float, log: list[str], read: Bookmark
    ) -> Message:
        """What a bot says next after a message of this person's; for callers on the server's loop.

        NoReply quotes `log`, what the bots of this process logged since then, or what the
        functions' logs got after `read`.
        """

        def answer() -> Message | None:
            return first_answer(asked)

        def settled() -> bool:
            return bool(answer()) or diagnosis.is_over(asked, self._world)

        changes = self._world.changes
        if asked.updates and await changes.until(settled, timeout_s) and not answer():
            # What the function has set going elsewhere may still come, but soon.
            await changes.until(answer, min(timeout_s, LATE_S))
        reply = answer()
        if reply is None:
            raise NoReply(diagnosis.no_reply(asked, self._world, timeout_s, log, read))
        while self.inbox and reply in self.inbox:  # what stands above the answer is read, too
            self.inbox.popleft()
        return reply

    async def _ask(self, text: str, to: User | Chat | None, timeout_s: float) -> str:
        read = bookmark()
        with bots_in_this_process() as log:
            asked = self._send(text, to)
            reply = await self.answer(asked, timeout_s, log, read)
        return with_reason(reply.shown, asked.text, await self._logged(asked, reply, log, read))

    async def _logged(
        self, asked: Message, reply: Message, log: list[str], read: Bookmark
    ) -> list[str]:
        """What the bot that answered has logged since then, as far as it is known here."""
        account = self._world.accounts[reply.sender.id]
        told = next(update for update in asked.updates if update.account is account)
        if account.webhook:
            # A function that answers by a call of its own is still at work when the answer comes:
            # its log is whole when the delivery has ended.
            await self._world.changes.until(lambda: told not in account.updates, LOG_S)
        logged = [*log, *diagnosis.log_of(account, read)]
        return [diagnosis.without_secrets(account, line) for line in logged]

    async def _wait(self, n: int, timeout_s: float) -> list[Message]:
        if not await self._world.changes.until(lambda: len(self.inbox) >= n, timeout_s):
            found = f"{len(self.inbox)} of {n} messages came for {self.name} within {timeout_s:g} s"
            raise NoReply(f"{found}.\n{diagnosis.bots(self._world.accounts.values())}")
        return [self.inbox.popleft() for _ in range(n)]


def first_answer(message: Message) -> Message | None:
    """What a bot said first after it had been told of a message."""
    for update in message.updates:
        if update.replies_from >= 0:
            for answer in message.chat.messages[update.replies_from :]:
                if answer.sender is update.account and not answer.event:
                    return answer
    return None


def _check_text(text: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"the Telegram app sends no empty message; found {text!r}")
    if len(text) > MAX_TEXT:
        raise ValueError(f"a message has at most {MAX_TEXT} characters; found {len(text)}")
    return text.strip()


def _check_caption(text: str) -> str:
    if not isinstance(text, str) or len(text) > MAX_CAPTION:
        raise ValueError(f"a caption has at most {MAX_CAPTION} characters; found {text!r:.60}")
    return text.strip()


def _file(given: bytes | str | Path) -> tuple[bytes, str]:
    """What is in a file, and its name."""
    if isinstance(given, bytes):
        return given, ""
    return Path(given).read_bytes(), Path(given).name


class Group(Chat):
    """A group or a channel; make one with `telegram.group(title, members)`."""

    def __init__(
        self, world: TelegramWorld, runner: Runner, id: int, kind: str, title: str
    ) -> None:
        super().__init__(id, kind, title, [])
        self._world = world
        self._runner = runner

    def __repr__(self) -> str:
        return f"Group({self.title!r})"

    @property
    def transcript(self) -> Transcript:
        """What was said here."""
        return self._runner.do(transcript, self.messages)

    def begin_with(self, members: Iterable[User]) -> None:
        """Begin with these members, the first person as the owner; nobody is seen to come."""
        self._runner.do(self._begin_with, list(members))

    def add(self, member: User, by: User | None = None) -> None:
        """Let someone in, and let the group see it; a bot is told by my_chat_member.

        People come by themselves, by the group's link, unless somebody adds them; a bot, and who
        was thrown out, is added by the owner.
        """
        self._runner.do(self._add, member, by)

    def remove(self, member: User, by: User | None = None) -> None:
        """Throw someone out, as the owner or another; a bot is told by my_chat_member."""
        self._runner.do(self._remove, member, by)

    def promote(self, member: User) -> None:
        """Make someone an admin: a bot then sees every message, whatever its privacy mode."""
        self._runner.do(self._rise, member, "administrator")

    def demote(self, member: User) -> None:
        """Make an admin an ordinary member again."""
        self._runner.do(self._rise, member, "member")

    def _begin_with(self, members: list[User]) -> None:
        self._world.check_own(*members)
        people = [member for member in members if not member.is_bot]
        self.owner = people[0].id if people else 0
        status = "administrator" if self.kind == "channel" else "member"
        for member in members:
            by = people[0] if people else member
            self._world.set_member(self, member, status, by, told=False)

    def _add(self, member: User, by: User | None) -> None:
        self._world.check_own(member, *([by] if by else []))
        thrown_out = self.former.get(member.id) == "kicked"
        if by is member and thrown_out:
            raise ValueError(
                f"{member.name} was thrown out of {self.title}; group.add lets them in"
            )
        by = by or (self._owner(member) if member.is_bot or thrown_out else member)
        if member not in self.members:
            status = "administrator" if self.kind == "channel" else "member"
            self._world.set_member(self, member, status, by)

    def _remove(self, member: User, by: User | None) -> None:
        self._world.check_own(*([by] if by else []))
        if member in self.members:
            self._world.set_member(self, member, "kicked", by or self._owner(member))

    def _rise(self, member: User, status: str) -> None:
        self._world.check_own(member)
        if member not in self.members:
            raise ValueError(f"{member.name} is not in {self.title}; first: group.add(…)")
        self._world.set_member(self, member, status, self._owner(member))

    def _owner(self, otherwise: User) -> User:
        """Who acts where nobody is named: the owner, or any person that is left."""
        people = [member for member in self.members if not member.is_bot]
        owner = next((one for one in people if one.id == self.owner), None)
        return owner or next(iter(people), otherwise)


def transcript(messages: Iterable[Message]) -> Transcript:
    """The chat so far: `str` gives lines, a notebook shows bubbles."""
    return Transcript(line(message) for message in messages if not message.deleted)


def line(message: Message) -> Line:
    """How a message looks now; what happened without anybody's saying has no name before it."""
    channel = message.chat.kind == "channel"
    return Line(
        name="" if message.event else message.chat.title if channel else message.sender.name,
        is_bot=message.sender.is_bot or channel,
        text=message.shown,
        quote=message.reply_to.shown if message.reply_to else "",
        edited=message.edit_date > 0,
        buttons=tuple(tuple(str(b["text"]) for b in row) for row in message.keyboard),
    )
