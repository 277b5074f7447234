"""Say something in a chat: texts, files, albums, places, dice; forward and copy messages."""

import itertools
import re
import time
from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.buttons import read_markup
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.formatting import read_caption, read_text
from bot_sandbox.telegram.media import MAX_DOWNLOAD
from bot_sandbox.telegram.methods.base import MethodGroup, message_ids
from bot_sandbox.telegram.methods.content import captioned, input_media, link_preview
from bot_sandbox.telegram.types import Chat, Json, Message
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}  # and their highest values
MAX_ALBUM = 10  # messages
NOT_COPIED = ("forward_", "has_protected_content", "media_group_id")  # what a copy does not keep


class Sending(MethodGroup):
    """The methods that send, and getFile."""

    def __init__(self, world: TelegramWorld) -> None:
        super().__init__(world)
        self._albums = itertools.count(13_000_000_000_000_001)

    async def send_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Write into a chat."""
        text, entities = read_text(arguments)
        more = link_preview(arguments)
        return self._send(account, arguments, text=text, entities=entities, more=more).to_json()

    async def send_photo(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a picture."""
        content = captioned(self._world.files, arguments, "photo")
        return self._send(account, arguments, **content).to_json()

    async def send_document(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send any file."""
        content = captioned(self._world.files, arguments, "document")
        return self._send(account, arguments, **content).to_json()

    async def send_sticker(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a sticker."""
        file = self._world.files.given(arguments, "sticker")
        return self._send(account, arguments, file=file).to_json()

    async def send_media_group(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Send several pictures or documents as one album."""
        media = arguments.json("media", "media")
        if not arguments.text("media"):
            raise bad_request('parameter "media" is required')
        if not isinstance(media, list):
            raise bad_request("expected an Array of InputMedia")
        if not media:
            raise bad_request("there are no messages to send")
        if len(media) > MAX_ALBUM:
            raise bad_request("too many messages to send as an album")
        contents = [input_media(self._world.files, item, arguments) for item in media]
        if len({content["file"].kind for content in contents}) > 1:
            raise bad_request("document can't be mixed with other media types")
        album = {"media_group_id": str(next(self._albums))}
        messages = []
        for content in contents:
            content["more"] |= album
            messages.append(self._send(account, arguments, with_keyboard=False, **content))
        return [message.to_json() for message in messages]

    async def send_location(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a place on Earth."""
        place: Json = {
            "latitude": arguments.number("latitude"),
            "longitude": arguments.number("longitude"),
        }
        for name in ("live_period", "heading", "proximity_alert_radius"):
            if arguments.integer(name) > 0 and arguments.integer("live_period") > 0:
                place[name] = arguments.integer(name)
        return self._send(account, arguments, more={"location": place}).to_json()

    async def send_dice(self, account: BotAccount, arguments: Arguments) -> Json:
        """Throw a die, or what else has a value."""
        emoji = (arguments.text("emoji") or "🎲").replace("\ufe0f", "")
        if emoji not in DICE:
            raise bad_request("EMOTICON_INVALID")
        dice = {"emoji": emoji, "value": self._world.randomness.number(DICE[emoji], "dice")}
        return self._send(account, arguments, more={"dice": dice}).to_json()

    async def get_file(self, account: BotAccount, arguments: Arguments) -> Json:
        """Where a file is to be had: /file/bot<TOKEN>/<file_path>."""
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
        """Say again what somebody said, with their name on it."""
        original = self._original(account, arguments, "message to forward")
        return self._send(account, arguments, **_forwarded(original)).to_json()

    async def forward_messages(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Forward several messages; those that are gone or cannot be forwarded are left out."""
        found = self._originals(account, arguments, "messages can't be forwarded")
        sent = [self._send(account, arguments, **_forwarded(original)) for original in found]
        return [{"message_id": message.message_id} for message in sent]

    async def copy_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Say again what somebody said, without their name."""
        original = self._original(account, arguments, "message to copy")
        content = _copied(original)
        if "caption" in arguments and original.file:
            content["text"], content["entities"] = read_caption(arguments)
        return {"message_id": self._send(account, arguments, **content).message_id}

    async def copy_messages(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Copy several messages; those that are gone or cannot be copied are left out."""
        found = self._originals(account, arguments, "messages can't be copied")
        contents = [_copied(original) for original in found]
        for content in contents:
            if arguments.boolean("remove_caption") and content["file"]:
                content["text"], content["entities"] = "", []
        sent = [self._send(account, arguments, **content) for content in contents]
        return [{"message_id": message.message_id} for message in sent]

    def _send(
        self, account: BotAccount, arguments: Arguments, with_keyboard: bool = True, **content: Any
    ) -> Message:
        """What all of them have in common: to whom, in reply to what, with which buttons."""
        keyboard, choices = read_markup(arguments) if with_keyboard else ([], None)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        reply_to = _reply_to(chat, arguments)
        account.limiter.check(chat.id, chat.kind != "private", time.monotonic())
        if arguments.boolean("protect_content"):
            content["more"] = content.get("more", {}) | {"has_protected_content": True}
        content["entities"] = self._world.with_users(account, content.get("entities", []))
        chat.choices = choices or chat.choices
        return self._world.post(chat, account, keyboard=keyboard, reply_to=reply_to, **content)

    def _original(self, account: BotAccount, arguments: Arguments, what: str) -> Message:
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

    def _originals(self, account: BotAccount, arguments: Arguments, none: str) -> list[Message]:
        numbers = message_ids(arguments)
        if not arguments.text("from_chat_id"):
            raise bad_request('parameter "from_chat_id" is required')
        chat = self._world.chat_for(account, arguments.text("from_chat_id"), write=False)
        found = [message for number in numbers if (message := chat.find(number))]
        found = [m for m in found if not m.event and not m.more.get("has_protected_content")]
        if not found:
            raise bad_request(none)
        return found


def _reply_to(chat: Chat, arguments: Arguments) -> Message | None:
    number = arguments.integer("reply_to_message_id")
    lenient = arguments.boolean("allow_sending_without_reply")
    if "reply_parameters" in arguments:
        parameters = arguments.json("reply_parameters", "reply parameters")
        if not parameters and isinstance(parameters, dict | None):
            return None
        if not isinstance(parameters, dict):
            raise bad_request("object expected as reply parameters")
        given = parameters.get("message_id")
        if given is None:
            raise bad_request('can\'t find field "message_id"')
        if not re.fullmatch(r"-?[0-9]{1,10}", str(given)):
            raise bad_request('field "message_id" must be a valid Number')
        number, lenient = int(given), parameters.get("allow_sending_without_reply") is True
    if number <= 0:
        return None
    message = chat.find(number)
    if message is None and not lenient:
        raise bad_request("message to be replied not found")
    return message


def _copied(message: Message) -> dict[str, Any]:
    """What a copy of a message holds."""
    return {
        "text": message.text,
        "entities": message.entities,
        "file": message.file,
        "more": {
            name: value for name, value in message.more.items() if not name.startswith(NOT_COPIED)
        },
    }


def _forwarded(message: Message) -> dict[str, Any]:
    """The same, with whose words it was; what was forwarded before keeps its first origin."""
    chat, more = message.chat, message.more
    if "forward_origin" in more:
        origin = {name: value for name, value in more.items() if name.startswith("forward_")}
    elif chat.kind == "channel":
        post = {"chat": chat.json, "message_id": message.message_id, "date": message.date}
        origin = {
            "forward_origin": {"type": "channel"} | post,
            "forward_from_chat": chat.json,
            "forward_from_message_id": message.message_id,
            "forward_date": message.date,
        }
    else:
        sender = message.sender.json
        origin = {
            "forward_origin": {"type": "user", "sender_user": sender, "date": message.date},
            "forward_from": sender,
            "forward_date": message.date,
        }
    content = _copied(message)
    content["more"] |= origin
    return content
