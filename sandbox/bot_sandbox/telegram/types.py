"""Telegram's users, chats, messages and updates, and their JSON.

Names are the Bot API's ("Available types").
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot_sandbox.telegram import membership
from bot_sandbox.telegram.bot_api_types import ChatFields, MessageFields, UserFields
from bot_sandbox.telegram.link_previews import shown_preview
from bot_sandbox.telegram.media import File
from bot_sandbox.telegram.membership import LEFT, MEMBER, PERMISSIONS, SHARED_RIGHTS, MemberStatus

Json = dict[str, Any]
# The Bot API's ReactionTypeEmoji.
REACTIONS = (
    "❤", "👍", "👎", "🔥", "🥰", "👏", "😁", "🤔", "🤯", "😱", "🤬", "😢", "🎉", "🤩", "🤮",
    "💩", "🙏", "👌", "🕊", "🤡", "🥱", "🥴", "😍", "🐳", "❤\u200d🔥", "🌚", "🌭", "💯", "🤣",
    "⚡", "🍌", "🏆", "💔", "🤨", "😐", "🍓", "🍾", "💋", "🖕", "😈", "😴", "😭", "🤓", "👻",
    "👨\u200d💻", "👀", "🎃", "🙈", "😇", "😨", "🤝", "✍", "🤗", "🫡", "🎅", "🎄", "☃", "💅",
    "🤪", "🗿", "🆒", "💘", "🙉", "🦄", "😘", "💊", "🙊", "😎", "👾", "🤷\u200d♂", "🤷",
    "🤷\u200d♀", "😡",
)  # fmt: skip
NO_GIFTS = dict.fromkeys(  # the Bot API's AcceptedGiftTypes
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
     "gifts_from_channels"), False,
)  # fmt: skip
LACKED_CONTENT = (  # fields of a Message whose content only a test or a canned answer brings
    "animation", "audio", "chat_shared", "checklist", "document", "game", "gift", "invoice",
    "live_photo", "paid_media", "photo", "poll", "rich_message", "sticker", "story",
    "successful_payment", "unique_gift", "users_shared", "venue", "video", "video_note", "voice",
    "web_app_data",
)  # fmt: skip
PREVIEW_FIELD = "link_preview_options"
# The sender for bots, if somebody writes as a channel, or as an anonymous admin.
CHANNEL_BOT = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
GROUP_BOT = CHANNEL_BOT | {"id": 1087968824, "first_name": "Group", "username": "GroupAnonymousBot"}
_ENCODER = json.JSONEncoder(separators=(",", ":"))


def encode_json(value: object) -> bytes:
    """Encode a value as compact ASCII JSON, like the real server."""
    return _ENCODER.encode(value).encode()


class User(UserFields):
    """A person or a bot."""

    is_bot: bool = False

    def __init__(self, id: int, name: str, username: str = "") -> None:
        self.id = id
        self.name = name
        self.username = username
        self.phone_number = ""  # a person's
        self.inbox: deque[Message] = deque()  # unread messages of a person
        self._json: Json = {"id": id, "is_bot": self.is_bot, "first_name": name}
        if username:
            self._json["username"] = username

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def to_json(self) -> Json:
        """Return the Bot API's User."""
        return self._json


@dataclass(frozen=True, eq=False)
class ReplyKeyboard:
    """What a bot shows somebody in place of the letters: KeyboardButtons, row by row.

    With `force_reply` it has none, and the next message answers `message`, which brought it.
    """

    buttons: list[list[Json]] = field(default_factory=list)
    one_time: bool = False  # pressing a button hides it
    is_persistent: bool = False
    force_reply: bool = False
    placeholder: str = ""  # in the empty input field
    selective: bool = False  # only for those whom the message names or answers
    message: Message | None = None

    @property
    def rows(self) -> list[list[str]]:
        """The texts of the buttons."""
        return [[button["text"] for button in row] for row in self.buttons]

    def is_from(self, bot: User) -> bool:
        """Return whether this bot shows it."""
        return self.message is not None and self.message.sender is bot


@dataclass(frozen=True)
class Activity:
    """What a bot shows for a while: what it does, such as "typing", or the draft of a message."""

    is_draft: bool
    text: str
    until: float  # on the sandbox's clock


class Chat(ChatFields):
    """A private chat, a group or a channel: who is in it and what was said."""

    def __init__(self, id: int, kind: str, title: str, members: list[User]) -> None:
        self.id = id
        self.kind = kind
        self.title = title
        self.members = members
        self._owner_id = 0  # id of a group's owner; 0 in a private chat
        self._statuses: dict[int, MemberStatus] = {}  # by id, of all who ever were here
        self._now: Callable[[], float] = float  # seconds since 1970, for what ends in a group
        self._permissions: Set[str] = PERMISSIONS  # what members may do who aren't admins
        self._banned_chats: set[int] = set()  # ids of channels as which nobody may write here
        self._last_bot: User | None = None  # the bot that wrote last
        self._blocked = False  # whether the person of a private chat has blocked its bot
        self.messages: list[Message] = []
        self._reply_keyboards: dict[int, ReplyKeyboard] = {}  # by the id of who sees it
        self._activities: dict[tuple[int, bool], Activity] = {}  # by the bot's id and `is_draft`
        self._json: Json = {"id": id, "type": kind}
        if kind == "private":
            person, names = members[0]._json, ("first_name", "last_name", "username")
            self._json |= {key: person[key] for key in names if key in person}
        else:
            self._json["title"] = title
        if kind == "group":  # older fields, which the real server still adds
            self._json |= {"all_members_are_administrators": True, "accepted_gift_types": NO_GIFTS}

    def to_json(self) -> Json:
        """Return the Bot API's Chat."""
        return self._json

    @property
    def _key(self) -> str:
        """A unique key; private chats of one person share the person's id."""
        if self.kind == "private":
            return f"{self.members[0].id}-{self.members[1].id}"
        return str(self.id)

    def status_of(self, user: User) -> str:
        """Return somebody's `status` here, as in the Bot API's ChatMember.

        A basic group keeps no list of banned members: anybody who was removed has left.
        """
        return self._member_status(user).status

    def allows(self, user: User, name: str) -> bool:
        """Return whether somebody has a right or a permission here, such as "can_send_photos"."""
        found = self._member_status(user)
        if self.kind == "private" or found.status == "creator":
            return True
        if self.kind == "channel":
            name = membership.CHANNEL_RIGHTS.get(name, name)
        for_all = name in self._permissions and not (user.is_bot and name in SHARED_RIGHTS)
        if found.status == "administrator":  # no permission that isn't a right is taken from them
            return for_all or name in found.allowed or name in PERMISSIONS - SHARED_RIGHTS
        return for_all and (found.status != "restricted" or name in found.allowed)

    def _why_forbidden(self, user: User, name: str) -> str:
        """Say in words for people why `allows` says no."""
        found = self._member_status(user)
        if found.status == "restricted" and name not in found.allowed:
            until = f" until {datetime.fromtimestamp(found.until, UTC):%Y-%m-%d %H:%M:%S} UTC"
            return f"a restriction{until if found.until else ''} takes {name} from {user.name}"
        if self.kind != "channel" and name in PERMISSIONS:
            return f"only admins have {name} there"
        return f"{user.name} lacks the right {membership.CHANNEL_RIGHTS.get(name, name)}"

    def _kept_status(self, user: User) -> MemberStatus:
        """Return somebody's status, also that of those whom a basic group has removed."""
        found = self._statuses.get(user.id) or (MEMBER if user in self.members else LEFT)
        if 0 < found.until <= self._now():
            found = self._statuses[user.id] = MEMBER if found.is_member else LEFT
        return found

    def _member_status(self, user: User) -> MemberStatus:
        found = self._kept_status(user)
        if found.is_member and user.id == self._owner_id:
            return membership.CREATOR
        return LEFT if self.kind == "group" and not found.is_member else found

    def _status_after(self, user: User, comes: bool) -> MemberStatus:
        """Return somebody's status after they come or leave; a restriction stays."""
        found = self._member_status(user)
        if found.status == "restricted":
            return replace(found, is_member=comes)
        return MEMBER if comes else LEFT

    def _can_edit_admin(self, by: User, status: MemberStatus) -> bool:
        """Return whether somebody may change an admin's rights: their own admins'."""
        return status.by == by.id and self.allows(by, "can_promote_members")

    def _member_json(self, user: User, seen_by: User, status: MemberStatus | None = None) -> Json:
        """Return the Bot API's ChatMember as somebody gets it."""
        status = status or self._member_status(user)
        return status.to_json(user._json, self.kind, self._can_edit_admin(seen_by, status))

    @property
    def newest_pinned(self) -> Message | None:
        """The newest pinned message."""
        pinned = (one for one in reversed(self.messages) if one.is_pinned and not one.deleted)
        return next(pinned, None)

    def find(self, message_id: int) -> Message | None:
        """Return the message with this number; None if there is none or it was deleted."""
        if not 1 <= message_id <= len(self.messages):
            return None
        message = self.messages[message_id - 1]
        return None if message.deleted else message


@dataclass(eq=False, slots=True, repr=False)
class Message(MessageFields):
    """One message of a chat; it stays current when it is edited.

    It has an attribute for each field of the Bot API's Message, such as `text`, `caption`, `photo`,
    `entities`, `reply_markup` or `from_user`. One that is absent is None. `shown` and `buttons`
    are what people see, `event` is what happened, such as "Anna joined". `marks` are the entities
    of its `words`, `keyboard` the rows of its inline buttons, `more` its other fields, and
    `updates` what bots were told about it.
    """

    chat: Chat
    sender: User
    words: str = ""  # the text, or a file's caption
    marks: list[Json] = field(default_factory=list)  # their entities
    file: File | None = None  # a photo, a document, a video …
    # other fields of the Bot API's Message: a location …; the preview is what the sender asked for
    more: Json = field(default_factory=dict)
    event: str = ""  # an event instead of a text: "Anna joined"
    reply_to: Message | None = None
    _meant_for: tuple[User, ...] = ()  # the bots that a message in a group is meant for
    keyboard: list[list[Json]] = field(default_factory=list)  # inline buttons, row by row
    message_id: int = 0
    date: int = 0  # seconds since 1970
    edited_at: int = 0  # seconds since 1970
    changed_at: float = 0.0  # posted, edited, deleted or given a reaction: seconds since 1970
    _written_at: float = 0.0  # posted, edited or deleted by its sender: seconds since 1970
    _inline_id: str = ""  # the inline_message_id by which its bot edits it
    deleted: bool = False
    is_pinned: bool = False
    reactions: dict[int, str] = field(default_factory=dict)  # emoji by user id
    updates: list[Update] = field(default_factory=list)  # about this message, one for each bot

    def __repr__(self) -> str:
        return f"Message({self.shown!r} from {self.sender.name})"

    @property
    def shown(self) -> str:
        """The message as a line; other content is named in parentheses: "(photo) our cat"."""
        named, file = [], self.file
        origin = self.more.get("forward_origin", {})
        sender: Json = origin.get("sender_user") or origin.get("chat") or {}
        if sender:
            named.append(f"forwarded from {sender.get('first_name') or sender.get('title', '?')}")
        if via := self.more.get("via_bot"):
            named.append(f"via @{via.get('username', '?')}")
        if file:
            named.append(f"{file.kind} {file.name or file.emoji}".strip())
        if "location" in self.more:
            named.append("location {latitude:g}, {longitude:g}".format(**self.more["location"]))
        if "contact" in self.more:
            named.append("contact {first_name}, {phone_number}".format(**self.more["contact"]))
        if "dice" in self.more:
            named.append("{emoji} {value}".format(**self.more["dice"]))
        named += [name for name in LACKED_CONTENT if name in self.more]
        parts = [f"({', '.join(named)})"] if named else []
        words = self.words or self.event or self.more.get("caption", "")
        return " ".join([*parts, *filter(None, [words])])

    def _is_by(self, bot: User) -> bool:
        """Return whether a bot wrote it, or somebody through the bot's inline mode."""
        return self.sender is bot or self.more.get("via_bot", {}).get("id") == bot.id

    @property
    def sticker_emoji(self) -> str:
        """The emoji of a sticker; "" for any other message."""
        return self.file.emoji if self.file and self.file.kind == "sticker" else ""

    @property
    def buttons(self) -> list[str]:
        """The texts of the inline buttons under the message."""
        return [button["text"] for row in self.keyboard for button in row]

    def to_json(self, with_reply: bool = True) -> Json:
        """Return the Bot API's Message."""
        result: Json = {"message_id": self.message_id}
        if self.chat.kind == "channel":
            result["sender_chat"] = self.chat._json
        elif "sender_chat" in self.more:
            is_anonymous = self.more["sender_chat"]["id"] == self.chat.id
            result["from"] = GROUP_BOT if is_anonymous else CHANNEL_BOT
        else:
            result["from"] = self.sender._json
        result["chat"] = self.chat._json
        result["date"] = self.date
        if self.edited_at:
            result["edit_date"] = self.edited_at
        if self.reply_to and with_reply:  # a reply to a reply shows one step only
            result["reply_to_message"] = self.reply_to.to_json(with_reply=False)
        text, entities = ("caption", "caption_entities") if self.file else ("text", "entities")
        if self.file:
            result |= self.file.in_message()
        if self.words:
            result[text] = self.words
        if self.marks:
            result[entities] = self.marks
        result |= self.more
        asked = result.pop(PREVIEW_FIELD, {})
        if not self.file and (preview := shown_preview(self.words, self.marks, asked)):
            result[PREVIEW_FIELD] = preview
        if self.keyboard:
            result["reply_markup"] = {"inline_keyboard": self.keyboard}
        return result


@dataclass(eq=False, slots=True)
class Update:
    """An update for one bot."""

    id: int
    account: User
    chat: Chat
    kind: str
    payload: Json
    expires: float  # seconds since 1970
    attempts: int = 0  # webhook deliveries tried
    status: int | None = None  # of the last one; None: no response
    error: str = ""  # why the last one failed, or ""
    replies_from: int = -1  # length of the chat when the bot first got it
    told_at: float = 0.0  # when the bot first got it, in seconds since 1970

    def note_delivery(self, now: float) -> None:
        """Remember when the bot first got it, to recognize its reply."""
        if self.replies_from < 0:
            self.replies_from = len(self.chat.messages)
            self.told_at = now

    def to_json(self) -> Json:
        """Return the Bot API's Update."""
        return {"update_id": self.id, self.kind: self.payload}
