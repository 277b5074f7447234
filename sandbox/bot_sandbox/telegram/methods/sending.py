"""Send texts, files, albums, places and dice; forward and copy messages."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.formatting import read_caption, read_draft, read_text
from bot_sandbox.telegram.markup import Markup, read_markup
from bot_sandbox.telegram.media import MAX_ALBUM, MAX_DOWNLOAD
from bot_sandbox.telegram.media_kinds import KINDS
from bot_sandbox.telegram.methods.base import MethodGroup, message_ids
from bot_sandbox.telegram.methods.content import (
    ALBUM_KINDS,
    ALONE_IN_ALBUMS,
    read_contact,
    read_file,
    read_input_media,
    read_link_preview,
    read_location,
)
from bot_sandbox.telegram.replies import (
    ReplyParameters,
    origin_of,
    read_reply_parameters,
    reply_fields,
)
from bot_sandbox.telegram.types import Json, Message
from bot_sandbox.telegram.world import BotAccount

DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}  # highest values
NOT_COPIED = (  # dropped from a copy
    "forward_", "has_protected_content", "media_group_id", "external_reply", "quote", "sender_chat",
    "via_bot",
)  # fmt: skip
DRAFT_S = 30.0  # pending_text_message_period in tdlib


def _sender_of(kind: str) -> Callable[["Sending", BotAccount, Arguments], Awaitable[Json]]:
    """Return the method that sends files of a kind."""

    async def send(self: "Sending", account: BotAccount, arguments: Arguments) -> Json:
        content = read_file(self._world.files, arguments, KINDS[kind])
        return self._send(account, arguments, **content).to_json()

    return send


class Sending(MethodGroup):
    """The methods that send, and getFile."""

    async def send_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Write into a chat."""
        text, entities = read_text(arguments)
        more = read_link_preview(arguments)
        return self._send(account, arguments, words=text, marks=entities, more=more).to_json()

    async def send_message_draft(self, account: BotAccount, arguments: Arguments) -> bool:
        """Show a message that the bot is still writing, until its next message."""
        text, _ = read_draft(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        if chat.kind != "private":
            raise bad_request("TEXTDRAFT_PEER_INVALID")
        if not arguments.integer("draft_id"):
            raise bad_request("RANDOM_ID_INVALID")
        self._world.show_activity(chat, account, text, True, DRAFT_S)
        return True

    send_photo = _sender_of("photo")
    send_document = _sender_of("document")
    send_video = _sender_of("video")
    send_animation = _sender_of("animation")
    send_audio = _sender_of("audio")
    send_voice = _sender_of("voice")
    send_video_note = _sender_of("video_note")
    send_sticker = _sender_of("sticker")

    async def send_media_group(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Send several files as one album."""
        if not arguments.text("media"):
            raise bad_request('parameter "media" is required')
        media = arguments.json("media", "media")
        if not isinstance(media, list):
            raise bad_request("expected an Array of InputMedia")
        if not media:
            raise bad_request("there are no messages to send")
        if len(media) > MAX_ALBUM:
            raise bad_request("too many messages to send as an album")
        contents = [
            read_input_media(self._world.files, item, arguments, in_album=True) for item in media
        ]
        if len({content["more"].get("show_caption_above_media") for content in contents}) > 1:
            same = "show_caption_above_media must be the same for all messages"
            raise bad_request(f"parameter {same}")
        kinds = {content["file"].kind for content in contents}
        if not kinds <= ALBUM_KINDS:
            raise bad_request("can't use the media of the specified type in the album")
        for alone in sorted(kinds & ALONE_IN_ALBUMS):
            if len(kinds) > 1:
                raise bad_request(f"{alone} can't be mixed with other media types")
        album = {"media_group_id": str(next(self._world.albums))} if len(contents) > 1 else {}
        messages = []
        for content in contents:
            content["more"] |= album
            messages.append(self._send(account, arguments, with_keyboard=False, **content))
        return [message.to_json() for message in messages]

    async def send_location(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a place on Earth."""
        place = read_location(arguments)
        return self._send(account, arguments, more={"location": place}).to_json()

    async def send_contact(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a card with a phone number; it names the user who has this number."""
        card = read_contact(self._world, arguments)
        return self._send(account, arguments, more={"contact": card}).to_json()

    async def send_dice(self, account: BotAccount, arguments: Arguments) -> Json:
        """Throw a die, or another emoji with a value."""
        emoji = (arguments.text("emoji") or "🎲").replace("\ufe0f", "")
        if emoji not in DICE:
            raise bad_request("EMOTICON_INVALID")
        dice = {"emoji": emoji, "value": self._world.randomness.number(DICE[emoji], "dice")}
        return self._send(account, arguments, more={"dice": dice}).to_json()

    async def get_file(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return a file's path, for /file/bot<TOKEN>/<file_path>."""
        file_id = arguments.text("file_id")
        if not file_id:
            raise bad_request("file_id not specified")
        file = self._world.files.by_id.get(file_id)
        if file is None:
            raise bad_request("invalid file_id")
        if len(file.data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        return file.identity | {"file_path": file.path}

    async def forward_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Repeat a message with its author's name."""
        original = self._find_original(account, arguments, "message to forward")
        content = _with_start(_content_of_forward(original), arguments)
        return self._post_copy(account, arguments, content).to_json()

    async def forward_messages(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Forward several messages; skip those that are gone or can't be forwarded."""
        found = self._find_originals(account, arguments, "messages can't be forwarded")
        sent = [
            self._post_copy(account, arguments, _content_of_forward(original)) for original in found
        ]
        return [{"message_id": message.message_id} for message in sent]

    async def copy_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Repeat a message without its author's name."""
        original = self._find_original(account, arguments, "message to copy")
        content = _with_start(_content_of_copy(original), arguments)
        kind = KINDS[original.file.kind] if original.file else None
        if "caption" in arguments and kind and kind.has_caption:
            content["words"], content["marks"] = read_caption(arguments)
            content["more"].pop("show_caption_above_media", None)
            if arguments.boolean("show_caption_above_media") and kind.is_visual:
                content["more"]["show_caption_above_media"] = True
        return {"message_id": self._send(account, arguments, **content).message_id}

    async def copy_messages(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Copy several messages; skip those that are gone or can't be copied."""
        found = self._find_originals(account, arguments, "messages can't be copied")
        contents = [_content_of_copy(original) for original in found]
        for content in contents:
            if arguments.boolean("remove_caption") and content["file"]:
                content["words"], content["marks"] = "", []
        sent = [self._post_copy(account, arguments, content) for content in contents]
        return [{"message_id": message.message_id} for message in sent]

    def _send(
        self,
        account: BotAccount,
        arguments: Arguments,
        with_keyboard: bool = True,
        with_reply: bool = True,
        **content: Any,
    ) -> Message:
        """Post content to a chat, as a reply and with buttons if wanted."""
        markup = read_markup(arguments) if with_keyboard else Markup()
        wanted = read_reply_parameters(arguments) if with_reply else ReplyParameters()
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        original = wanted.find_original(
            chat, lambda chat_id: self._world.chat_for(account, chat_id, write=False)
        )
        answered = reply_fields(chat, original, wanted.quote)
        keyboard, reply_keyboard = markup.in_chat(chat.kind)
        account._limiter.admit_message(chat.id, chat.kind != "private", self._world.clock.now())
        content["more"] = content.get("more", {}) | answered.pop("more", {})
        if arguments.boolean("protect_content"):
            content["more"] |= {"has_protected_content": True}
        self._world.check_content(chat, account, content)
        content["marks"] = self._world.add_mentioned_users(account, content.get("marks", []))
        message = self._world.post(chat, account, keyboard=keyboard, **answered, **content)
        if reply_keyboard:
            self._world.show_reply_keyboard(message, reply_keyboard)
        return message

    def _post_copy(self, account: BotAccount, arguments: Arguments, content: Json) -> Message:
        """Post a message that is forwarded, or copied with others."""
        return self._send(account, arguments, with_keyboard=False, with_reply=False, **content)

    def _find_original(self, account: BotAccount, arguments: Arguments, what: str) -> Message:
        if not arguments.text("from_chat_id"):
            raise bad_request('parameter "from_chat_id" is required')
        chat = self._world.chat_for(account, arguments.text("from_chat_id"), write=False)
        message = chat.find(arguments.integer("message_id"))
        if message is None:
            raise bad_request(f"{what} not found")
        if message.event:
            verb = "copied" if what.endswith("copy") else "forwarded"
            raise bad_request(f"the message can't be {verb}")
        if message.more.get("has_protected_content"):
            raise bad_request("message has protected content and can't be forwarded")
        return message

    def _find_originals(
        self, account: BotAccount, arguments: Arguments, none: str
    ) -> list[Message]:
        numbers = message_ids(arguments)
        if not arguments.text("from_chat_id"):
            raise bad_request('parameter "from_chat_id" is required')
        chat = self._world.chat_for(account, arguments.text("from_chat_id"), write=False)
        found = [message for number in numbers if (message := chat.find(number))]
        found = [m for m in found if not m.event and not m.more.get("has_protected_content")]
        if not found:
            raise bad_request(none)
        return found


def _with_start(content: dict[str, Any], arguments: Arguments) -> dict[str, Any]:
    """Let a repeated video start later, if a call asks for it."""
    file = content["file"]
    if "video_start_timestamp" in arguments and file and file.kind == "video":
        content["file"] = file.with_start(arguments.integer("video_start_timestamp"))
    return content


def _content_of_copy(message: Message) -> dict[str, Any]:
    """Return the content of a copy."""
    return {
        "words": message.words,
        "marks": message.marks,
        "file": message.file,
        "more": {
            name: value for name, value in message.more.items() if not name.startswith(NOT_COPIED)
        },
    }


def _content_of_forward(message: Message) -> dict[str, Any]:
    """Return the content of a forwarded message, with its first origin."""
    more, origin = message.more, origin_of(message)
    if "forward_origin" in more:
        content = _content_of_copy(message)
        content["more"] |= {name: more[name] for name in more if name.startswith("forward_")}
        return content
    old = {"forward_date": message.date}  # older fields, which the real server still adds
    if origin["type"] == "channel":
        old |= {
            "forward_from_chat": origin["chat"],
            "forward_from_message_id": origin["message_id"],
        }
    elif origin["type"] == "chat":
        old["forward_from_chat"] = origin["sender_chat"]
    else:
        old["forward_from"] = origin["sender_user"]
    content = _content_of_copy(message)
    via = {"via_bot": more["via_bot"]} if "via_bot" in more else {}
    content["more"] |= {"forward_origin": origin} | old | via
    return content
