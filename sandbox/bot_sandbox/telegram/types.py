"""What Telegram is made of: users, chats, messages and updates, and how they look in JSON.

Names are the Bot API's ("Available types"). Nothing here sends anything.
"""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from bot_sandbox.telegram.media import File

Json = dict[str, Any]
# What a message may be given as a reaction: ReactionTypeEmoji of the Bot API.
REACTIONS = (
    "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮",
    "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤\u200d🔥", "🌚", "🌭", "💯", "🤣",
    "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻",
    "👨\u200d💻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅",
    "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷\u200d♂", "🤷",
    "🤷\u200d♀", "😡",
)  # fmt: skip
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def encode(value: object) -> bytes:
    """A value as compact JSON, in pure ASCII as the real server sends it."""
    return _ENCODER.encode(value).encode()


class User:
    """Someone with a name: a person or a bot."""

    is_bot = False

    def __init__(self, id: int, name: str, username: str = "") -> None:
        self.id = id
        self.name = name
        self.username = username
        self.inbox: deque[Message] = deque()  # a person's, not yet read; bots get updates instead
        self.json: Json = {"id": id, "is_bot": self.is_bot, "first_name": name}
        if username:
            self.json["username"] = username

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


@dataclass(frozen=True)
class Choices:
    """What a reply keyboard offers to say, row by row; if `once`, until somebody says a thing."""

    rows: list[list[str]]
    once: bool


class Chat:
    """A private chat, a group or a channel: who is in it and what was said."""

    def __init__(self, id: int, kind: str, title: str, members: list[User]) -> None:
        self.id = id
        self.kind = kind
        self.title = title
        self.members = members
        self.owner = 0  # the id of whoever founded a group; 0 in a private chat
        self.admins: set[int] = set()
        self.former: dict[int, str] = {}  # ids of those who went, and how: "left" or "kicked"
        self.last_bot: User | None = None  # who spoke last among the bots
        self.blocked = False  # whether the person of a private chat has blocked its bot
        self.messages: list[Message] = []
        self.choices = Choices([], once=False)  # what the people are offered to say
        self.json: Json = {"id": id, "type": kind}
        if kind == "private":
            person = members[0].json
            self.json |= {key: person[key] for key in ("first_name", "username") if key in person}
        else:
            self.json["title"] = title

    @property
    def key(self) -> str:
        """What tells it from every other chat: a person's id is that of all their private ones."""
        if self.kind == "private":
            return f"{self.members[0].id}-{self.members[1].id}"
        return str(self.id)

    def standing(self, user: User) -> str:
        """What someone is here: the `status` of the Bot API's ChatMember."""
        if user not in self.members:
            return self.former.get(user.id, "left")
        if user.id == self.owner:
            return "creator"
        return "administrator" if user.id in self.admins else "member"

    def find(self, message_id: int) -> Message | None:
        """The message with this number, None when there is none or it was deleted."""
        if not 1 <= message_id <= len(self.messages):
            return None
        message = self.messages[message_id - 1]
        return None if message.deleted else message


@dataclass(eq=False, slots=True, repr=False)
class Message:
    """One message of a chat; it stays current when it is edited."""

    chat: Chat
    sender: User
    text: str = ""  # what was written; under a file, its caption
    entities: list[Json] = field(default_factory=list)
    file: File | None = None  # a photo, a document, a sticker
    more: Json = field(default_factory=dict)  # other fields of the Bot API's Message: a location …
    event: str = ""  # what happened, where nobody said anything: "Anna joined"
    reply_to: Message | None = None
    keyboard: list[list[Json]] = field(default_factory=list)  # inline buttons, row by row
    message_id: int = 0
    date: int = field(default_factory=lambda: int(time.time()))
    edit_date: int = 0
    deleted: bool = False
    reactions: dict[int, str] = field(default_factory=dict)  # an emoji, by the id of who gave it
    updates: list[Update] = field(default_factory=list)  # that tell of it, each one bot

    def __repr__(self) -> str:
        return f"Message({self.shown!r} from {self.sender.name})"

    @property
    def shown(self) -> str:
        """What one reads of it; what is no text is named in parentheses: "(photo) our cat"."""
        named, file = [], self.file
        origin = self.more.get("forward_origin", {})
        sender: Json = origin.get("sender_user") or origin.get("chat") or {}
        if sender:
            named.append(f"forwarded from {sender.get('first_name') or sender['title']}")
        if file:
            what = {"photo": "", "sticker": file.emoji}.get(file.kind, file.name)
            named.append(f"{file.kind} {what}".strip())
        if "location" in self.more:
            named.append("location {latitude:g}, {longitude:g}".format(**self.more["location"]))
        if "dice" in self.more:
            named.append("{emoji} {value}".format(**self.more["dice"]))
        parts = [f"({', '.join(named)})"] if named else []
        return " ".join([*parts, *filter(None, [self.text or self.event])])

    @property
    def sticker(self) -> str:
        """The emoji that a sticker stands for; empty for any other message."""
        return self.file.emoji if self.file and self.file.kind == "sticker" else ""

    @property
    def buttons(self) -> list[str]:
        """The texts of the inline buttons under the message."""
        return [button["text"] for row in self.keyboard for button in row]

    def to_json(self, with_reply: bool = True) -> Json:
        """The Bot API's Message."""
        result: Json = {"message_id": self.message_id}
        if self.chat.kind == "channel":
            result["sender_chat"] = self.chat.json
        else:
            result["from"] = self.sender.json
        result["chat"] = self.chat.json
        result["date"] = self.date
        if self.edit_date:
            result["edit_date"] = self.edit_date
        if self.reply_to and with_reply:  # a reply to a reply shows one step only
            result["reply_to_message"] = self.reply_to.to_json(with_reply=False)
        words, marks = ("caption", "caption_entities") if self.file else ("text", "entities")
        if self.file:
            result[self.file.kind] = self.file.to_json()
        if self.text:
            result[words] = self.text
        if self.entities:
            result[marks] = self.entities
        result |= self.more
        if self.keyboard:
            result["reply_markup"] = {"inline_keyboard": self.keyboard}
        return result


@dataclass(eq=False, slots=True)
class Update:
    """One thing that happened, on its way to one bot."""

    id: int
    account: User
    chat: Chat
    kind: str
    payload: Json
    expires: float  # seconds on the monotonic clock
    attempts: int = 0  # webhook deliveries tried
    status: int | None = None  # what the last one was answered; None: nothing
    error: str = ""  # why the last one failed; empty when it did not
    replies_from: int = -1  # how many messages the chat held when the bot was first told
    told_at: float = 0.0  # and when that was, in seconds since 1970

    def hand_out(self) -> None:
        """Remember when the bot was first told, so that its answer can be recognised."""
        if self.replies_from < 0:
            self.replies_from = len(self.chat.messages)
            self.told_at = time.time()

    def to_json(self) -> Json:
        """The Bot API's Update."""
        return {"update_id": self.id, self.kind: self.payload}
