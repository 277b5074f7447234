"""Change what was said: edit and delete messages, give them reactions."""

from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.buttons import read_keyboard
from bot_sandbox.telegram.errors import LackingError, bad_request
from bot_sandbox.telegram.formatting import read_caption, read_text
from bot_sandbox.telegram.methods.base import MethodGroup, message_ids
from bot_sandbox.telegram.methods.content import input_media, link_preview
from bot_sandbox.telegram.types import REACTIONS, Json, Message
from bot_sandbox.telegram.world import BotAccount

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


class Editing(MethodGroup):
    """The methods that change messages."""

    async def edit_message_text(self, account: BotAccount, arguments: Arguments) -> Json:
        """Change a message of the bot's own."""
        text, entities = read_text(arguments)
        keyboard, preview = read_keyboard(arguments), link_preview(arguments)
        message = self._own(account, arguments)
        if message.file or not message.text:
            raise bad_request("there is no text in the message to edit")
        more = {key: value for key, value in message.more.items() if key != "link_preview_options"}
        more |= preview
        return self._edit(message, text=text, entities=entities, more=more, keyboard=keyboard)

    async def edit_message_caption(self, account: BotAccount, arguments: Arguments) -> Json:
        """Change what stands under a file of the bot's own."""
        keyboard = read_keyboard(arguments)
        text, entities = read_caption(arguments)
        message = self._own(account, arguments)
        if message.file is None or message.sticker:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(message, text=text, entities=entities, keyboard=keyboard)

    async def edit_message_media(self, account: BotAccount, arguments: Arguments) -> Json:
        """Put another picture or document in the place of one, or of a text."""
        keyboard = read_keyboard(arguments)
        media = arguments.json("media", "input media")
        if not arguments.text("media"):
            raise bad_request('parameter "media" is required')
        content = input_media(self._world.files, media, arguments)
        message = self._own(account, arguments)
        if message.more.keys() & {"location", "dice"} or message.sticker:
            raise bad_request("message can't be edited")
        for name in message.more.keys() & {"has_protected_content", "media_group_id"}:
            content["more"][name] = message.more[name]
        return self._edit(message, keyboard=keyboard, **content)

    async def edit_message_reply_markup(self, account: BotAccount, arguments: Arguments) -> Json:
        """Change the buttons under a message of the bot's own, or take them away."""
        keyboard = read_keyboard(arguments)
        return self._edit(self._own(account, arguments), mark=False, keyboard=keyboard)

    def _own(self, account: BotAccount, arguments: Arguments) -> Message:
        """The message to edit."""
        if not arguments.text("chat_id") and not arguments.integer("message_id"):
            if arguments.text("inline_message_id"):
                advice = "It has no inline mode: a message has a chat_id and a message_id."
                raise LackingError("inline_message_id", advice)
            raise bad_request("message identifier is not specified")
        message = self._find(account, arguments, "message to edit not found")
        if message.sender is not account or message.event or "forward_origin" in message.more:
            raise bad_request("message can't be edited")
        return message

    def _edit(self, message: Message, mark: bool = True, **changes: Any) -> Json:
        if "entities" in changes:
            account = self._world.accounts[message.sender.id]  # bots edit their own messages only
            changes["entities"] = self._world.with_users(account, changes["entities"])
        if all(getattr(message, name) == value for name, value in changes.items()):
            raise bad_request(NOT_MODIFIED)
        self._world.edit(message, mark=mark, **changes)
        return message.to_json()

    async def delete_message(self, account: BotAccount, arguments: Arguments) -> bool:
        """Take a message out of a chat: its own, or any where it is an admin or in private."""
        if not arguments.text("chat_id"):
            raise bad_request("chat identifier is not specified")
        if not arguments.integer("message_id"):
            raise bad_request("message identifier is not specified")
        self._delete(account, [self._find(account, arguments, "message to delete not found")])
        return True

    async def delete_messages(self, account: BotAccount, arguments: Arguments) -> bool:
        """Take several messages out of a chat; those that are gone already do not matter."""
        numbers = message_ids(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        self._delete(account, [found for number in numbers if (found := chat.find(number))])
        return True

    def _delete(self, account: BotAccount, messages: list[Message]) -> None:
        for message in messages:
            own = message.sender is account or message.chat.kind == "private"
            if not own and account.id not in message.chat.admins:
                raise bad_request("message can't be deleted")
        for message in messages:
            message.deleted = True
        self._world.changes.changed()

    async def set_message_reaction(self, account: BotAccount, arguments: Arguments) -> bool:
        """Give a message a reaction, or take it back."""
        given = arguments.json("reaction", "reaction types") or []
        if not isinstance(given, list):
            raise bad_request("expected an Array of ReactionType")
        emojis = [_reaction(reaction) for reaction in given]
        message = self._find(account, arguments, "message to react not found", write=False)
        if len(emojis) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        self._world.react(account, message, emojis[0] if emojis else "")
        return True


def _reaction(given: Any) -> str:
    if not isinstance(given, dict):
        raise bad_request("can't parse ReactionType: expected an Object")
    if given.get("type") != "emoji":
        known = given.get("type") == "custom_emoji"
        wrong = "can't parse ReactionType: invalid reaction type specified"
        raise bad_request("REACTION_INVALID" if known else wrong)
    emoji = given.get("emoji")
    if not isinstance(emoji, str):
        raise bad_request("can't parse ReactionType: can't find field \"emoji\"")
    emoji = emoji.replace("\ufe0f", "")
    if emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    return emoji
