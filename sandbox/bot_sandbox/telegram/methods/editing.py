"""Edit and delete messages, and give them reactions."""

import re
from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.formatting import read_caption, read_text
from bot_sandbox.telegram.json_fields import integer_field, text_field
from bot_sandbox.telegram.markup import Markup, read_markup
from bot_sandbox.telegram.media_kinds import KINDS
from bot_sandbox.telegram.methods.base import NEEDS, MethodGroup, message_ids
from bot_sandbox.telegram.methods.content import (
    ALBUM_KINDS,
    ALONE_IN_ALBUMS,
    INPUT_MEDIA,
    read_input_media,
    read_link_preview,
)
from bot_sandbox.telegram.types import PREVIEW_FIELD, REACTIONS, Json, Message
from bot_sandbox.telegram.world import BotAccount

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
# A message keeps these when it gets a new picture.
KEPT_FIELDS = {"has_protected_content", "media_group_id", "external_reply", "quote", "via_bot"}
INLINE_MESSAGE_ID = "[A-Za-z0-9_-]{27}"  # a data center, a number and a secret, in base64
CAPTION_ABOVE = "show_caption_above_media"
DAY_S = 86400
DELETABLE_S = 2 * DAY_S


class Editing(MethodGroup):
    """The methods that change messages."""

    async def edit_message_text(self, account: BotAccount, arguments: Arguments) -> Json | bool:
        """Change the text of the bot's own message."""
        text, entities = read_text(arguments)
        markup, preview = read_markup(arguments), read_link_preview(arguments)
        message = self._message_to_edit(account, arguments)
        if message.file or not message.words:
            raise bad_request("there is no text in the message to edit")
        more = {key: value for key, value in message.more.items() if key != PREVIEW_FIELD}
        more |= preview
        return self._edit(account, message, markup, words=text, marks=entities, more=more)

    async def edit_message_caption(self, account: BotAccount, arguments: Arguments) -> Json | bool:
        """Change the caption of the bot's own file."""
        markup = read_markup(arguments)
        text, entities = read_caption(arguments)
        message = self._message_to_edit(account, arguments)
        kind = KINDS[message.file.kind] if message.file else None
        if kind is None or not kind.has_caption:
            raise bad_request("there is no caption in the message to edit")
        more = message.more.copy()
        more.pop(CAPTION_ABOVE, None)
        if text and kind.is_visual and arguments.boolean(CAPTION_ABOVE):
            more[CAPTION_ABOVE] = True
        return self._edit(account, message, markup, words=text, marks=entities, more=more)

    async def edit_message_media(self, account: BotAccount, arguments: Arguments) -> Json | bool:
        """Replace a file or a text by a file."""
        markup = read_markup(arguments)
        media = arguments.json("media", "input media")
        if not arguments.text("media"):
            raise bad_request('parameter "media" is required')
        content = read_input_media(self._world.files, media, arguments)
        message = self._message_to_edit(account, arguments)
        if message._inline_id and media["media"].startswith("attach://"):
            raise bad_request("invalid message content specified")
        old = message.file.kind if message.file else ""
        if message.more.keys() & {"location", "contact", "dice"} or old not in ("", *INPUT_MEDIA):
            raise bad_request("message can't be edited")
        new = content["file"].kind
        if "media_group_id" in message.more and old != new:
            if new not in ALBUM_KINDS:
                raise bad_request("message content type can't be used in an album")
            if {old, new} & ALONE_IN_ALBUMS:
                raise bad_request("can't change media type in the album")
        for name in message.more.keys() & KEPT_FIELDS:
            content["more"][name] = message.more[name]
        return self._edit(account, message, markup, **content)

    async def edit_message_reply_markup(
        self, account: BotAccount, arguments: Arguments
    ) -> Json | bool:
        """Change or remove the buttons under the bot's own message."""
        markup = read_markup(arguments)
        message = self._message_to_edit(account, arguments)
        return self._edit(account, message, markup, mark=False)

    def _message_to_edit(self, account: BotAccount, arguments: Arguments) -> Message:
        """Return the message to edit."""
        if not arguments.text("chat_id") and not arguments.integer("message_id"):
            if inline_id := arguments.text("inline_message_id"):
                return self._inline_message(account, inline_id)
            raise bad_request("message identifier is not specified")
        message = self._find_message(account, arguments, "message to edit not found")
        if message.sender is not account or message.event or "forward_origin" in message.more:
            raise bad_request("message can't be edited")
        return message

    def _inline_message(self, account: BotAccount, inline_id: str) -> Message:
        """Return a message that somebody has sent through this bot's inline mode."""
        message = self._world.inline.messages.get(inline_id)
        if not re.fullmatch(INLINE_MESSAGE_ID, inline_id):
            raise bad_request("invalid inline message identifier specified")
        if message is None or message.deleted or not message._is_by(account):
            raise bad_request("MESSAGE_ID_INVALID")
        return message

    def _edit(
        self,
        account: BotAccount,
        message: Message,
        markup: Markup,
        mark: bool = True,
        **changes: Any,
    ) -> Json | bool:
        """Change a message; the result for one of inline mode is True."""
        is_inline = bool(message._inline_id)  # its bot may not know which kind of chat it is in
        changes["keyboard"] = markup.inline("supergroup" if is_inline else message.chat.kind)
        if "marks" in changes:
            changes["marks"] = self._world.add_mentioned_users(account, changes["marks"])
        if all(getattr(message, name) == value for name, value in changes.items()):
            raise bad_request(NOT_MODIFIED)
        self._world.edit(message, mark=mark, **changes)
        return is_inline or message.to_json()

    async def delete_message(self, account: BotAccount, arguments: Arguments) -> bool:
        """Delete a message: the bot's own, or any in private or as an admin."""
        if not arguments.text("chat_id"):
            raise bad_request("chat identifier is not specified")
        if not arguments.integer("message_id"):
            raise bad_request("message identifier is not specified")
        self._delete(
            account, [self._find_message(account, arguments, "message to delete not found")]
        )
        return True

    async def delete_messages(self, account: BotAccount, arguments: Arguments) -> bool:
        """Delete several messages; ignore those that are already gone."""
        numbers = message_ids(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        self._delete(account, [found for number in numbers if (found := chat.find(number))])
        return True

    def _delete(self, account: BotAccount, messages: list[Message]) -> None:
        for message in messages:
            own = message.sender is account or message.chat.kind == "private"
            if not own:
                NEEDS["deleteMessage"].check_right(message.chat, account)
            self._check_age(message)
        for message in messages:
            self._world.delete(account, message)
        self._world.changes.changed()

    def _check_age(self, message: Message) -> None:
        """Refuse what is too old to delete, or a die that is too new (tdlib/td: can_revoke)."""
        age_s, kind = self._world.clock.now() - message.date, message.chat.kind
        is_new_die = kind == "private" and "dice" in message.more and age_s <= DAY_S
        if is_new_die or age_s >= DELETABLE_S:
            for_everyone = " for everyone" if kind in ("private", "group") else ""
            raise bad_request(f"message can't be deleted{for_everyone}")

    async def set_message_reaction(self, account: BotAccount, arguments: Arguments) -> bool:
        """Give a message a reaction, or remove it."""
        given = arguments.json("reaction", "reaction types") if arguments.text("reaction") else []
        if not isinstance(given, list):
            raise bad_request("expected an Array of ReactionType")
        try:
            emojis = [_read_reaction(reaction) for reaction in given]
        except ValueError as problem:
            raise bad_request(f"can't parse ReactionType: {problem}") from None
        message = self._find_message(account, arguments, "message to react not found", write=False)
        if len(emojis) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        self._world.react(account, message, emojis[0] if emojis else "")
        return True


def _read_reaction(given: Any) -> str:
    """Return the emoji of a ReactionType; raise ValueError in the real words."""
    if not isinstance(given, dict):
        raise ValueError("expected an Object")
    kind = text_field(given, "type", required=True)
    if kind == "custom_emoji":
        integer_field(given, "custom_emoji_id", required=True, bits=64)
        raise bad_request("REACTION_INVALID")
    if kind != "emoji":
        raise ValueError("invalid reaction type specified")
    emoji = text_field(given, "emoji", required=True).replace("\ufe0f", "")
    if emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    return emoji
