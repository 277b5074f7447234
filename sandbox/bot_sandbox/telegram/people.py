"""People and groups, as plain calls: what you do in the Telegram app.

The work is done on the loop of a Runner. The app's START button is `person.send("/start")`, but the
sandbox lets people write without it.
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from bot_sandbox.diagnosis.bot_log import LOG_WAIT_S, HeardLogs, add_failure_reason, hear_bot_logs
from bot_sandbox.diagnosis.clean_text import hide_tokens, quote_safely
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.telegram import diagnosis, membership
from bot_sandbox.telegram.bot_api_types import ChatMember
from bot_sandbox.telegram.buttons import Press
from bot_sandbox.telegram.delivered_update import deliver
from bot_sandbox.telegram.entities import detect_entities
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.formatting import MAX_CAPTION, MAX_TEXT
from bot_sandbox.telegram.inline_query import InlineQuery, read_result
from bot_sandbox.telegram.inline_results import AskedQuery, InlineResult
from bot_sandbox.telegram.media import MAX_ALBUM, File
from bot_sandbox.telegram.media_kinds import KINDS
from bot_sandbox.telegram.membership import KICKED, MEMBER, PERMISSIONS, MemberStatus
from bot_sandbox.telegram.replies import make_quote, reply_fields
from bot_sandbox.telegram.types import REACTIONS, Chat, Json, Message, ReplyKeyboard, User
from bot_sandbox.telegram.world import BotAccount, TelegramWorld
from bot_sandbox.world.randomness import URL_SAFE
from bot_sandbox.world.transcript import Line, Transcript

DEFAULT_LOCATION = (52.52, 13.405)  # latitude and longitude where people are, unless you move them
ASKS_FOR = {  # what the sandbox lacks, by what a button of a reply keyboard asks for
    "request_poll": "polls",
    "web_app": "Mini Apps",
    "request_users": "choosing of users",
    "request_chat": "choosing of chats",
    "request_managed_bot": "bots that manage bots",
}
MAX_QUERY = 256  # characters of an inline query
INLINE_ID = 22  # characters that differ
LATE_S = 1.0  # how long to wait for a reply after the function has ended


class Person(User):
    """A person who chats; make one with `telegram.person("Viktor")`.

    `inbox` has the messages that no `ask` or `wait` has returned yet.

    Example:
        from bot_sandbox import Telegram

        with Telegram() as telegram:
            account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
            message = viktor.location(52.5, 13.4, to=account)
            assert message.location.latitude == 52.5
            telegram.call(account, "sendMessage", chat_id=viktor.id, text="Nice place!")
            assert viktor.wait_for(lambda message: message.text == "Nice place!").from_user.is_bot
    """

    def __init__(
        self,
        world: TelegramWorld,
        runner: Runner,
        id: int,
        name: str,
        username: str,
        more: Json,
    ) -> None:
        super().__init__(id, name, username)
        self._json |= {key: value for key, value in more.items() if value}
        number = (len(world.people) + 1) % 1000
        self.phone_number = f"447700900{number:03}"  # Ofcom keeps these free for films
        self.place: tuple[float, float] = DEFAULT_LOCATION  # shared if a bot's button asks for it
        self._world = world
        self._runner = runner

    def send(
        self,
        text: str,
        to: User | Chat | None = None,
        reply_to: Message | None = None,
        quote: str = "",
        sender_chat: "Group | None" = None,
    ) -> Message:
        """Write a message to a bot or a group; `to` is optional if there is only one bot.

        It may answer a message, of this chat or of another one, and quote a part of its text. In a
        group, the owner of a channel may write as this channel, their `sender_chat`, and an
        anonymous admin as the group itself.
        """
        return self._runner.do(self._send, text, to, reply_to, quote, sender_chat)

    def send_all(self, texts: Iterable[str], to: User | Chat | None = None) -> list[Message]:
        """Write several messages at once, in this order."""
        return self._runner.do(lambda: [self._send(text, to) for text in texts])

    @blocking
    async def ask(
        self,
        text: str,
        to: User | Chat | None = None,
        timeout: float = 5.0,
        reply_to: Message | None = None,
        edits: bool = False,
    ) -> str:
        """Write a message and return the text of the bot's next one; NoReply after `timeout` s.

        The message may be a reply, as in `send`. With `edits`, an older message that the bot edits
        is an answer, too. What Telegram writes for the bot, such as that it removed somebody, is
        not the bot's message.
        NoReply comes sooner if the bot is a function that has ended without a reply. If the command
        failed and the bot's log says why, you see that line, too.
        """
        with hear_bot_logs() as heard:
            asked = self._send(text, to, reply_to)
            reply = await self._answer(asked, timeout, heard, edits)
        logged = await self._log_of_bot(asked, reply, heard)
        return add_failure_reason(reply.shown, asked.words, logged)

    @blocking
    async def ask_all(
        self,
        text: str,
        to: User | Chat | None = None,
        quiet: float = 0.5,
        timeout: float = 5.0,
        edits: bool = False,
    ) -> list[Message]:
        """Write a message, and return all that bots write there until they are quiet.

        They are when `quiet` seconds pass without a new message or an edit. With `edits`, older
        messages that they edit are returned, too. NoReply as in `ask`, if the first message doesn't
        come, or if they are not quiet `timeout` seconds later.
        """
        with hear_bot_logs() as heard:
            asked = self._send(text, to)
            await self._answer(asked, timeout, heard, edits)
            return await self._answers(asked, quiet, timeout, edits)

    @blocking
    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[Message]:
        """Return the next n unread messages, of all chats; NoReply after `timeout` seconds.

        Those of groups and channels are among them. Bots and people write there.
        """
        if not await self._world.changes.until(lambda: len(self.inbox) >= n, timeout):
            found = f"{len(self.inbox)} of {n} messages came for {self.name} within {timeout:g} s"
            raise NoReply(f"{found}.\n{diagnosis.describe_bots_of(self, self._world)}")
        return [self.inbox.popleft() for _ in range(n)]

    @blocking
    async def wait_for(
        self, predicate: Callable[[Message], object], timeout: float = 5.0
    ) -> Message:
        """Return the next unread message that satisfies a predicate; those before it become read.

        NoReply after `timeout` seconds shows what came instead, which stays unread.
        """

        def find() -> Message | None:
            return next((message for message in self.inbox if predicate(message)), None)

        found = await self._world.changes.value(find, timeout)
        if found is None:
            came = diagnosis.what_came(f"for {self.name}", self.inbox, timeout)
            state = diagnosis.describe_bots_of(self, self._world)
            known = [one for chat in self._world.chats_of(self) for one in chat.messages]
            edits = diagnosis.describe_last_edit(one for one in known if one not in self.inbox)
            raise NoReply("\n".join([came, *edits, state]))
        while self.inbox.popleft() is not found:
            pass
        return found

    def edit(self, message: Message, text: str) -> Message:
        """Change the text of this person's message."""
        return self._runner.do(self._edit, message, text)

    def photo(
        self, picture: bytes | str | Path, caption: str = "", to: User | Chat | None = None
    ) -> Message:
        """Send a picture, as bytes or a path, with an optional text under it."""
        return self._send_file("photo", picture, caption, to)

    def album(
        self,
        pictures: Sequence[bytes | str | Path],
        caption: str = "",
        to: User | Chat | None = None,
    ) -> list[Message]:
        """Send 2 to 10 pictures as one album; its text is under the first.

        A bot gets a message for each, all with the same `media_group_id`.
        """
        if not 2 <= len(pictures) <= MAX_ALBUM:
            raise ValueError(f"an album has 2 to {MAX_ALBUM} pictures; found {len(pictures)}")
        datas = [read_file(picture)[0] for picture in pictures]
        return self._runner.do(self._send_photo_album, datas, caption, to)

    def document(
        self,
        document: bytes | str | Path,
        name: str = "",
        caption: str = "",
        to: User | Chat | None = None,
    ) -> Message:
        """Send a file, as bytes or a path; bytes need a name."""
        return self._send_file("document", document, caption, to, name, as_file=True)

    def video(
        self,
        video: bytes | str | Path,
        caption: str = "",
        to: User | Chat | None = None,
        name: str = "",
        *,
        duration: int = 0,
        width: int = 0,
        height: int = 0,
    ) -> Message:
        """Send a video, as bytes or a path.

        Nobody looks into it, so you say its duration in seconds and its sides in pixels.
        """
        details = {"duration": duration, "width": width, "height": height}
        return self._send_file("video", video, caption, to, name, **details)

    def animation(
        self,
        animation: bytes | str | Path,
        caption: str = "",
        to: User | Chat | None = None,
        name: str = "",
        *,
        duration: int = 0,
        width: int = 0,
        height: int = 0,
    ) -> Message:
        """Send a GIF, or a video without sound; the rest is as in `video`."""
        details = {"duration": duration, "width": width, "height": height}
        return self._send_file("animation", animation, caption, to, name, **details)

    def audio(
        self,
        audio: bytes | str | Path,
        caption: str = "",
        to: User | Chat | None = None,
        name: str = "",
        *,
        duration: int = 0,
        performer: str = "",
        title: str = "",
    ) -> Message:
        """Send music, as bytes or a path; `duration` is in seconds."""
        details = {"duration": duration, "performer": performer, "title": title}
        return self._send_file("audio", audio, caption, to, name, **details)

    def voice(
        self,
        voice: bytes | str | Path,
        caption: str = "",
        to: User | Chat | None = None,
        *,
        duration: int = 0,
    ) -> Message:
        """Send a voice message, as bytes or a path; `duration` is in seconds."""
        return self._send_file("voice", voice, caption, to, duration=duration)

    def video_note(
        self,
        video: bytes | str | Path,
        to: User | Chat | None = None,
        *,
        duration: int = 0,
        length: int = 0,
    ) -> Message:
        """Send a round video message; `length` is its side in pixels, 384 if you don't say it."""
        return self._send_file("video_note", video, "", to, duration=duration, length=length)

    def location(self, latitude: float, longitude: float, to: User | Chat | None = None) -> Message:
        """Send a place on Earth, in degrees."""
        place = _location_json(latitude, longitude)
        return self._runner.do(lambda: self._post(to, "", more={"location": place}))

    def contact(
        self,
        of: "Person | None" = None,
        to: User | Chat | None = None,
        name: str = "",
        phone_number: str = "",
    ) -> Message:
        """Share a contact: their own, another person's, or any name and phone number."""
        if bool(name) != bool(phone_number) or (of and name):
            raise ValueError("a contact is a person, or a name= and a phone_number=")
        card = (
            {"phone_number": phone_number, "first_name": name}
            if name
            else _contact_json(of or self)
        )
        return self._runner.do(lambda: self._post(to, "", more={"contact": card}))

    def sticker(self, to: User | Chat | None = None, emoji: str = "🙂") -> Message:
        """Send a sticker, which has no text."""
        return self._runner.do(lambda: self._post(to, "", file=self._world.files.sticker(emoji)))

    def react(self, message: Message, emoji: str) -> None:
        """Give a message a reaction, such as "👍"; "" removes it."""
        self._runner.do(self._react, message, emoji)

    def join(self, group: "Group") -> None:
        """Join a group by its link."""
        group.add(self, by=self)

    def leave(self, group: "Group") -> None:
        """Leave a group."""
        self._runner.do(self._leave, group)

    def press(
        self, message: Message, button: str = "", *, data: str = "", position: int = 0
    ) -> Press:
        """Press the inline button with this text; the bot gets a callback query.

        If several have the same text, say the `data` that the bot gets, or the `position`: 1 is
        the first button under the message, row by row. These two also work without the text.
        `choose` presses a button of a reply keyboard.
        """
        return self._runner.do(self._press, message, button, data, position)

    def inline_query(
        self,
        text: str = "",
        to: User | None = None,
        chat: "User | Group | None" = None,
        offset: str = "",
    ) -> InlineQuery:
        """Type a bot's name and a text, in their chat with this bot, or in a group or another chat.

        `wait` of the returned query gives the bot's results, and `choose` sends one into this chat.
        As on Telegram, a bot isn't asked again while an answer of its is kept, by its `cache_time`.
        """
        return self._runner.do(self._inline_query, text, to, chat, offset)

    def keyboard(self, to: User | Chat | None = None) -> list[list[str]]:
        """Return the buttons of the reply keyboard that a bot shows this person, row by row."""
        return self._runner.do(lambda: self._keyboard(self._world.chat_of(self, to)).rows)

    def choose(self, button: str, to: User | Chat | None = None) -> Message:
        """Press a button of the reply keyboard, and return the message that this sends.

        That is the button's text. If the button asks for a contact, it is the person's own; if it
        asks for a location, it is their `place`.
        """
        return self._runner.do(self._press_reply_button, button, to)

    def block(self, account: BotAccount) -> None:
        """Block a bot: from now on, Telegram refuses its messages with 403."""
        self._runner.do(self._world.set_blocked, self, account, True)

    def unblock(self, account: BotAccount) -> None:
        """Let a blocked bot write again."""
        self._runner.do(self._world.set_blocked, self, account, False)

    def _send(
        self,
        text: str,
        to: User | Chat | None = None,
        reply_to: Message | None = None,
        quote: str = "",
        sender_chat: "Group | None" = None,
    ) -> Message:
        text = _check_text(text)
        chat = self._world.chat_of(self, to)
        answered = _reply_fields(chat, reply_to, quote)
        if sender_chat:
            self._check_sender(chat, sender_chat)
            answered["more"] = answered.get("more", {}) | {"sender_chat": sender_chat._json}
        return self._post(chat, text, marks=detect_entities(text), **answered)

    def _post(self, to: User | Chat | None, text: str, **content: Any) -> Message:
        chat = self._world.chat_of(self, to)
        if self not in chat.members:
            raise ValueError(f"{self.name} is not in {chat.title}; first add {self.name} to it")
        if chat._blocked:
            bot = chat.members[1].name
            raise ValueError(f"{self.name} has blocked {bot}; first unblock it")
        shown = self._keyboard(chat)
        if shown.force_reply and not content.get("reply_to"):  # the app has chosen it as well
            content["reply_to"] = shown.message
        self._world.check_content(chat, self, content)
        return self._world.post(chat, self, text, **content)

    def _check_sender(self, chat: Chat, sender: "Group") -> None:
        self._world.check_same_telegram(sender)
        if sender is chat and chat.status_of(self) in ("creator", "administrator"):
            self._world.check_allowed(chat, self, "is_anonymous", "be anonymous in")
            return
        if sender.kind != "channel" or sender._owner_id != self.id or chat.kind == "private":
            raise ValueError(
                f"{self.name} can't write as {sender.title}; sender_chat= takes a channel that "
                f"{self.name} owns, for a message in a group"
            )
        for banned in chat._banned_chats:
            if self._world.groups[banned]._owner_id == self.id:
                raise ValueError(
                    f"{self.name} may not write as a channel in {chat.title}: "
                    f"{self._world.groups[banned].title} is banned there"
                )

    def _keyboard(self, chat: Chat) -> ReplyKeyboard:
        return chat._reply_keyboards.get(self.id) or ReplyKeyboard()

    def _inline_query(
        self, text: str, to: User | None, chat: "User | Group | None", offset: str
    ) -> InlineQuery:
        world, bot = self._world, self._world.addressed_bot(to)
        if not bot.inline:
            raise ValueError(f"{bot.name} has no inline mode; telegram.set_inline(…) turns it on")
        if not isinstance(text, str) or len(text) > MAX_QUERY:
            raise ValueError(f"an inline query has at most {MAX_QUERY} characters; found {text!r}")
        group = chat if isinstance(chat, Group) else None
        where = group or world.addressed_bot(chat if isinstance(chat, User) else bot)
        kind = group.kind if group else "sender" if where is bot else "private"
        world.check_same_telegram(self, where)
        if group and self not in group.members:
            raise ValueError(f"{self.name} is not in {group.title}; first add {self.name} to it")
        if group:
            permission, verb = "can_send_other_messages", "use inline bots in"
            world.check_allowed(group, self, permission, verb)
        asked, told = AskedQuery(bot, self.id, text, offset), None
        asked.answer = world.inline.find_kept(bot, self, text, offset, world.clock.now())
        key = str(world.new_number())
        if asked.answer is None:
            query = {"id": key, "query": text, "offset": offset, "chat_type": kind}
            told = deliver(self._runner, world, bot, {"inline_query": query}, self, group)
            asked = world.inline.find_asked(key)
        return InlineQuery(
            self._runner,
            key,
            asked,
            told,
            lambda result: self._choose_result(asked, where, result),
            lambda start, **content: self._post(bot, start, **content),
            lambda following: self._inline_query(text, bot, chat, following),
        )

    def _choose_result(self, asked: AskedQuery, to: User | Chat, result: InlineResult) -> Message:
        world, bot = self._world, self._world.addressed_bot(asked.account)
        content = read_result(result)
        content["more"] = content["more"] | {"via_bot": bot._json}
        content["marks"] = world.add_mentioned_users(bot, content["marks"])
        message = self._post(to, content.pop("words"), keyboard=result.keyboard, **content)
        chosen = {"result_id": result.id, "query": asked.text}
        if result.keyboard:
            number = world.randomness.text(INLINE_ID, "inline message", URL_SAFE)
            message._inline_id = chosen["inline_message_id"] = f"AgAAA{number}"
            world.inline.messages[message._inline_id] = message
        if bot.inline_feedback:
            deliver(self._runner, world, bot, {"chosen_inline_result": chosen}, self, None)
        return message

    def _press(self, message: Message, text: str, data: str, position: int) -> Press:
        world, bot = self._world, message.sender
        bot = world.bot_behind(message) if message._inline_id else bot
        own = world.private.get((self.id, bot.id))
        press = Press(
            self._runner,
            bot,
            [message.chat, *([own] if own and own is not message.chat else [])],
            world.next_moment(),
            lambda: diagnosis.explain_no_press_answer(
                world, [b for b in world.accounts.values() if b is bot], press._update
            ),
            lambda: press._update is not None and diagnosis.update_has_ended(press._update, world),
        )
        world.press(self, message, press, text, data, position)
        return press

    def _press_reply_button(self, text: str, to: User | Chat | None) -> Message:
        chat = self._world.chat_of(self, to)
        shown = self._keyboard(chat)
        buttons = [button for row in shown.buttons for button in row]
        button = next((one for one in buttons if one["text"] == text), None)
        if button is None:
            found = [one["text"] for one in buttons]
            raise ValueError(
                hide_tokens(f"no button {text!r} on the reply keyboard; there are {found}. ")
                + "To press a button under a message, say which message: its `message` by HTTP, "
                "in Python person.press(message, button)"
            )
        for name, lacking in ASKS_FOR.items():
            if name in button:
                problem = f"{text!r} is a {name} button. This sandbox has no {lacking}"
                raise ValueError(hide_tokens(problem))
        if "request_contact" in button:
            return self._post(
                chat, "", more={"contact": _contact_json(self)}, reply_to=shown.message
            )
        if "request_location" in button:
            place = _location_json(*self.place)
            return self._post(chat, "", more={"location": place}, reply_to=shown.message)
        in_group = chat.kind != "private"  # there, the app answers the keyboard's message
        return self._send(text, chat, shown.message if in_group else None)

    def _edit(self, message: Message, text: str) -> Message:
        if message.sender is not self:
            raise ValueError(f"{self.name} can change only {self.name}'s own messages")
        if "via_bot" in message.more:
            raise ValueError(f"only its bot can change {message.shown}")
        has_caption = message.file and KINDS[message.file.kind].has_caption
        if not (has_caption or (message.words and not message.file)):
            raise ValueError(f"there is no text in {message.shown} to change")
        text = _check_caption(text) if message.file else _check_text(text)
        self._world.edit(message, words=text, marks=detect_entities(text))
        return message

    def _send_photo_album(
        self, datas: list[bytes], caption: str, to: User | Chat | None
    ) -> list[Message]:
        contents = [self._keep_file("photo", data) for data in datas]
        captions = [_check_caption(caption), *[""] * (len(datas) - 1)]
        number = str(next(self._world.albums))
        return [
            self._post(
                to, text, file=file, marks=detect_entities(text), more={"media_group_id": number}
            )
            for file, text in zip(contents, captions, strict=True)
        ]

    def _send_file(
        self,
        kind: str,
        file: bytes | str | Path,
        caption: str,
        to: User | Chat | None,
        name: str = "",
        **details: Any,
    ) -> Message:
        data, found = read_file(file)

        def send() -> Message:
            text = _check_caption(caption)
            kept = self._keep_file(kind, data, name or found, **details)
            return self._post(to, text, file=kept, marks=detect_entities(text))

        return self._runner.do(send)

    def _keep_file(self, kind: str, data: bytes, name: str = "", **details: Any) -> File:
        try:
            return self._world.files.keep(kind, data, name, **details)
        except TelegramError as refusal:
            raise ValueError(
                f"Telegram would not take this {KINDS[kind].words}: {refusal}"
            ) from None

    def _leave(self, group: "Group") -> None:
        self._world.check_same_telegram(self, group)
        if self in group.members:
            self._world.set_member(group, self, group._status_after(self, comes=False), self)

    def _react(self, message: Message, emoji: str) -> None:
        if emoji and emoji not in REACTIONS:
            raise ValueError(f"{emoji!r} is not a reaction; there are {' '.join(REACTIONS)}")
        self._world.check_same_telegram(message.chat)
        if self not in message.chat.members:
            raise ValueError(f"{self.name} is not in {message.chat.title}")
        if emoji:
            self._world.check_allowed(message.chat, self, "can_react_to_messages", "react in")
        self._world.react(self, message, emoji)

    async def _answer(
        self, asked: Message, timeout_s: float, heard: HeardLogs, edits: bool = False
    ) -> Message:
        """Return a bot's next message after this person's; for callers on the server's loop.

        With `edits`, it may be an older one that it has edited. NoReply quotes what bots have
        logged since.
        """

        def answer() -> Message | None:
            return first_answer(asked, edits)

        def was_answered_or_ended() -> bool:
            return bool(answer()) or diagnosis.has_ended(asked, self._world)

        changes = self._world.changes
        if asked.updates and await changes.until(was_answered_or_ended, timeout_s) and not answer():
            # A message that the function caused elsewhere may still come.
            await changes.until(answer, min(timeout_s, LATE_S))
        reply = answer()
        if reply is None:
            raise NoReply(diagnosis.explain_no_reply(asked, self._world, timeout_s, heard))
        while self.inbox and reply in self.inbox:  # everything above the reply counts as read
            self.inbox.popleft()
        return reply

    async def _answers(
        self, asked: Message, quiet_s: float, timeout_s: float, edits: bool
    ) -> list[Message]:
        """Return what bots write after this person's message until they are quiet."""
        first, messages = first_answer(asked), asked.chat.messages
        start = asked.message_id if edits or first is None else first.message_id - 1

        def found() -> dict[Message, float]:
            edited = edited_since(asked._written_at, messages[:start]) if edits else []
            later = [*edited, *messages[start:]]
            bots = [m for m in later if m.sender.is_bot and not (m.event or m.deleted)]
            return {message: message.changed_at for message in bots}

        def has_changed() -> bool:
            return found() != seen

        seen = dict[Message, float]()
        end = time.monotonic() + timeout_s
        while has_changed():
            if time.monotonic() > end:
                raise NoReply(
                    f"Bots were never quiet for {quiet_s:g} s: {len(found())} messages came after "
                    f"{quote_safely(asked.words)}. A smaller quiet= or a longer timeout= may help."
                )
            seen = found()
            await self._world.changes.until(has_changed, quiet_s)
        unread = [message for message in self.inbox if message not in seen]
        self.inbox.clear()
        self.inbox.extend(unread)
        return list(seen)

    async def _log_of_bot(self, asked: Message, reply: Message, heard: HeardLogs) -> list[str]:
        """Return what the bot that answered has logged since then, if its log is known."""
        account = self._world.accounts[reply.sender.id]
        told = next(update for update in asked.updates if update.account is account)
        if account._webhook:
            # A function that replies with a call is still running then; its log is complete when
            # the delivery has ended.
            await self._world.changes.until(lambda: told not in account._updates, LOG_WAIT_S)
        return diagnosis.logged_since(account, heard)


def first_answer(message: Message, edits: bool = False) -> Message | None:
    """Return a bot's first message after it had received this one; with `edits`, or its first edit.

    A bot's edit is the message that it has edited.
    """
    messages = message.chat.messages
    for update in message.updates:
        start = update.replies_from
        found = messages[start:] if start >= 0 else []
        if edits and start >= 0:
            found = sorted(
                [*edited_since(update.told_at, messages[:start]), *found],
                key=lambda one: one._written_at,
            )
        for answer in found:
            if answer.sender is update.account and not answer.event:
                return answer
    return None


def edited_since(moment: float, messages: Iterable[Message]) -> list[Message]:
    """Return those messages that were edited after a moment, and are still there."""
    return [m for m in messages if m.edited_at and m._written_at > moment and not m.deleted]


def _reply_fields(chat: Chat, original: Message | None, quoted: str) -> dict[str, Any]:
    """Return what a person's reply gets from the message that it answers."""
    if not quoted:
        return reply_fields(chat, original)
    start = original.words.find(quoted) if original else -1
    if original is None or start < 0:
        raise ValueError(f"quote= is a part of the text of reply_to; found {quote_safely(quoted)}")
    return reply_fields(chat, original, make_quote(original, start, start + len(quoted)))


def _contact_json(person: Person) -> Json:
    """Return the Bot API's Contact of a person."""
    return {
        "phone_number": person.phone_number,
        "first_name": person.name,
        "user_id": person.id,
    }


def _location_json(latitude: float, longitude: float) -> Json:
    """Return the Bot API's Location; raise ValueError if there is no such place."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        found = f"{latitude!r}, {longitude!r}"
        raise ValueError(f"a place has -90 to 90 degrees, -180 to 180 degrees; found {found}")
    return {"latitude": float(latitude), "longitude": float(longitude)}


def _check_text(text: str) -> str:
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"the Telegram app sends no empty message; found {text!r}")
    if len(text) > MAX_TEXT:
        raise ValueError(f"a message has at most {MAX_TEXT} characters; found {len(text)}")
    return text.strip()


def _check_caption(text: str) -> str:
    if not isinstance(text, str) or len(text) > MAX_CAPTION:
        found = quote_safely(str(text))
        raise ValueError(f"a caption has at most {MAX_CAPTION} characters; found {found}")
    return text.strip()


def read_file(given: bytes | str | Path) -> tuple[bytes, str]:
    """Return a file's content and name."""
    if isinstance(given, bytes):
        return given, ""
    return Path(given).read_bytes(), Path(given).name


class Group(Chat):
    """A group or a channel; make one with `telegram.group(title, members)`.

    Example:
        from bot_sandbox import Telegram

        with Telegram() as telegram:
            account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
            family = telegram.group("Family", [viktor, account])
            family.add(telegram.person("Anna"))
            telegram.call(account, "sendMessage", chat_id=family.id, text="Tea?")
            assert family.wait_for(lambda message: message.text == "Tea?")
    """

    def __init__(
        self, world: TelegramWorld, runner: Runner, id: int, kind: str, title: str
    ) -> None:
        super().__init__(id, kind, title, [])
        self._world = world
        self._runner = runner
        self._now = world.clock.now
        self._read = 0  # how many of its messages `wait_for` has passed

    def __repr__(self) -> str:
        return f"Group({self.title!r})"

    @property
    def transcript(self) -> Transcript:
        """Return what was said here."""
        return self._runner.do(transcript, self.messages)

    @blocking
    async def wait_for(
        self, predicate: Callable[[Message], object], timeout: float = 5.0
    ) -> Message:
        """Return the next message of a bot here that satisfies a predicate.

        It looks at the messages after the one that it returned last. NoReply after `timeout`
        seconds shows what came instead.
        """

        def unread() -> list[Message]:
            new = self.messages[self._read :]
            return [m for m in new if m.sender.is_bot and not (m.event or m.deleted)]

        def find() -> Message | None:
            return next((message for message in unread() if predicate(message)), None)

        found = await self._world.changes.value(find, timeout)
        if found is None:
            bots = [one for one in self._world.accounts.values() if one in self.members]
            came = diagnosis.what_came(f"in {self.title}", unread(), timeout)
            state = diagnosis.describe_bots(self._world, bots)
            edits = diagnosis.describe_last_edit(self.messages[: self._read])
            untold = diagnosis.describe_untold(self.messages)
            raise NoReply("\n".join([came, *edits, state, *untold]))
        self._read = found.message_id
        return found

    def add(self, member: User, by: User | None = None) -> None:
        """Add someone, visible to the group; a bot gets a my_chat_member update.

        A person joins by the group's link, unless `by` adds them. A bot, or somebody who was
        removed, is added by the owner.
        """
        self._runner.do(self._add, member, by)

    def remove(self, member: User, by: User | None = None) -> None:
        """Remove someone, by the owner or another; a bot gets a my_chat_member update."""
        self._runner.do(self._remove, member, by)

    def promote(self, member: User, title: str = "", **rights: bool) -> None:
        """Make someone an admin; a bot then sees every message, even in privacy mode.

        An admin gets the usual rights, but can't add admins. Say what differs, by the Bot API's
        names: `group.promote(account, can_promote_members=True, can_pin_messages=False)`.
        """
        self._runner.do(self._promote, member, title, rights)

    def demote(self, member: User) -> None:
        """Make an admin, or somebody restricted, an ordinary member again."""
        self._runner.do(self._set_status, member, MEMBER)

    def restrict(self, member: User, seconds: float = 0, **permissions: bool) -> None:
        """Let a member of a supergroup only read, or do what you say: `can_send_messages=True`.

        It ends after so many seconds of the sandbox's clock; after 0, or over 366 days, it doesn't.
        """
        self._runner.do(self._restrict, member, seconds, permissions)

    def set_permissions(self, **permissions: bool) -> None:
        """Change what all who aren't admins may do: `can_send_photos=False`. The rest stays."""
        self._runner.do(self._set_permissions, permissions)

    def chat_member(self, member: User) -> ChatMember:
        """Return the Bot API's ChatMember: somebody's status, rights, title, or restriction."""
        return self._runner.do(lambda: ChatMember(self._member_json(member, member)))

    def _set_first_members(self, members: list[User]) -> None:
        """Set the first members without join messages; the first person is the owner."""
        people = [member for member in members if not member.is_bot]
        self._owner_id = people[0].id if people else 0
        for member in members:
            by = people[0] if people else member
            self._world.set_member(self, member, self._newcomer_status(member, by), by, show=False)
        if people and self.kind == "group":  # a bot can't be in a supergroup when it is created
            created = f"{people[0].name} created the group"
            self._world.post(self, people[0], more={"group_chat_created": True}, event=created)

    def _add(self, member: User, by: User | None) -> None:
        self._world.check_same_telegram(member, *([by] if by else []))
        thrown_out = self._kept_status(member).status == "kicked"
        if by is member and thrown_out:
            raise ValueError(f"{member.name} was removed from {self.title}; group.add lets them in")
        by = by or (self._default_actor(member) if member.is_bot or thrown_out else member)
        if member not in self.members:
            if by is not member and by in self.members:
                self._world.check_allowed(self, by, "can_invite_users", "add members to")
            self._world.set_member(self, member, self._newcomer_status(member, by), by)

    def _newcomer_status(self, member: User, by: User) -> MemberStatus:
        """Return the status of somebody who comes; in a channel all are admins here."""
        if self.kind == "channel":
            return self._admin_status(by, "", {})
        return self._status_after(member, comes=True)

    def _admin_status(self, by: User, title: str, rights: dict[str, bool]) -> MemberStatus:
        allowed = membership.names_allowed(rights, membership.usual_rights(self.kind))
        return MemberStatus("administrator", allowed, by=by.id, title=title)

    def _remove(self, member: User, by: User | None) -> None:
        self._world.check_same_telegram(*([by] if by else []))
        if member in self.members:
            self._world.set_member(self, member, KICKED, by or self._default_actor(member))

    def _promote(self, member: User, title: str, rights: dict[str, bool]) -> None:
        self._set_status(member, self._admin_status(self._default_actor(member), title, rights))

    def _restrict(self, member: User, seconds: float, permissions: dict[str, bool]) -> None:
        if self.kind != "supergroup":
            raise ValueError(
                f"{self.title} is a {self.kind}; Telegram restricts members only of a supergroup"
            )
        if self.status_of(member) in ("creator", "administrator"):
            raise ValueError(f"{member.name} is an admin of {self.title}; restrict only members")
        allowed = membership.names_allowed(permissions, dict.fromkeys(sorted(PERMISSIONS), False))
        ends = 0 < seconds <= membership.LONGEST_BAN_S
        until = math.ceil(self._now() + seconds) if ends else 0
        self._set_status(member, MemberStatus("restricted", allowed, until))

    def _set_permissions(self, permissions: dict[str, bool]) -> None:
        if self.kind == "channel":
            raise ValueError(f"in a channel only admins write; promote or demote, {self.title}")
        now = {name: name in self._permissions for name in sorted(PERMISSIONS)}
        self._world.set_permissions(self, membership.names_allowed(permissions, now))

    def _set_status(self, member: User, status: MemberStatus) -> None:
        self._world.check_same_telegram(member)
        if member not in self.members:
            raise ValueError(f"{member.name} is not in {self.title}; first add {member.name} to it")
        self._world.set_member(self, member, status, self._default_actor(member))

    def _default_actor(self, otherwise: User) -> User:
        """Return who acts by default: the owner, or any other person."""
        people = [member for member in self.members if not member.is_bot]
        owner = next((one for one in people if one.id == self._owner_id), None)
        return owner or next(iter(people), otherwise)


def transcript(messages: Iterable[Message]) -> Transcript:
    """Return the chat so far: `str` gives lines, a notebook shows bubbles."""
    return Transcript(transcript_line(message) for message in messages if not message.deleted)


def transcript_line(message: Message) -> Line:
    """Return a message as a line of the transcript; events have no name."""
    channel = message.chat.kind == "channel"
    author = message.more.get("sender_chat", {}).get("title") or message.sender.name
    return Line(
        name="" if message.event else message.chat.title if channel else author,
        is_bot=message.sender.is_bot or channel,
        text=message.shown,
        quote=message.more["quote"]["text"]
        if "quote" in message.more
        else (message.reply_to.shown if message.reply_to else ""),
        edited=message.edited_at > 0,
        buttons=tuple(tuple(str(b["text"]) for b in row) for row in message.keyboard),
    )
