"""The Bot API methods about chats and messages.

Here are getMe, sendMessage, editMessageText, deleteMessage, sendChatAction, getChat and
answerCallbackQuery; `menu_methods.py` has the bot's menu of commands, `webhook_methods.py` what
is about updates. Every other method is answered by 404 "Not Found: method not found".
"""

import re
import time
from collections.abc import Awaitable, Callable

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.botfather import Account
from sandbox.telegram.buttons import Buttons
from sandbox.telegram.content import read_keyboard, read_text
from sandbox.telegram.errors import bad_request
from sandbox.telegram.model import Chat, Json, Message
from sandbox.telegram.world import World

Method = Callable[[Account, Arguments], Awaitable[object]]

ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
    "pick_up_location", "record_video_note", "upload_video_note", "cancel",
)  # fmt: skip
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


class ChatMethods:
    """The methods, by their lower-case names in `table`."""

    def __init__(self, world: World, buttons: Buttons) -> None:
        self._world = world
        self._buttons = buttons
        self.table: dict[str, Method] = {
            "getme": self.get_me,
            "sendmessage": self.send_message,
            "editmessagetext": self.edit_message_text,
            "deletemessage": self.delete_message,
            "sendchataction": self.send_chat_action,
            "getchat": self.get_chat,
            "answercallbackquery": self.answer_callback_query,
        }

    async def get_me(self, account: Account, arguments: Arguments) -> Json:
        """Who the bot is."""
        return account.get_me()

    async def send_message(self, account: Account, arguments: Arguments) -> Json:
        """Write into a chat."""
        text, entities = read_text(arguments)
        keyboard = read_keyboard(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        reply_to = _reply_to(chat, arguments)
        account.limiter.check(chat.id, chat.kind != "private", time.monotonic())
        message = self._world.post(
            chat, account, text, entities=entities, keyboard=keyboard, reply_to=reply_to
        )
        return message.to_json()

    async def edit_message_text(self, account: Account, arguments: Arguments) -> Json:
        """Change a message of the bot's own."""
        text, entities = read_text(arguments)
        keyboard = read_keyboard(arguments)
        if not arguments.text("chat_id") and not arguments.integer("message_id"):
            raise bad_request("message identifier is not specified")
        message = self._find(account, arguments, "message to edit not found")
        if message.sender is not account or message.sticker:
            raise bad_request("message can't be edited")
        if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
            raise bad_request(NOT_MODIFIED)
        self._world.edit(message, text, entities, keyboard)
        return message.to_json()

    async def delete_message(self, account: Account, arguments: Arguments) -> bool:
        """Take a message out of a chat: its own, or any where it is an admin or in private."""
        if not arguments.text("chat_id"):
            raise bad_request("chat identifier is not specified")
        if not arguments.integer("message_id"):
            raise bad_request("message identifier is not specified")
        message = self._find(account, arguments, "message to delete not found")
        own = message.sender is account or message.chat.kind == "private"
        if not own and account.id not in message.chat.admins:
            raise bad_request("message can't be deleted")
        message.deleted = True
        self._world.changed()
        return True

    async def send_chat_action(self, account: Account, arguments: Arguments) -> bool:
        """Show "typing…"; nobody here looks."""
        if arguments.text("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._world.chat_for(account, arguments.text("chat_id"))
        return True

    async def get_chat(self, account: Account, arguments: Arguments) -> Json:
        """What a chat is called, with the fields ChatFullInfo always has."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        return chat.json | {
            "accent_color_id": chat.id % 7,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }

    async def answer_callback_query(self, account: Account, arguments: Arguments) -> bool:
        """Tell the person who pressed a button that it was heard, once."""
        key, text = arguments.text("callback_query_id"), arguments.text("text")
        self._buttons.answer(account, key, text, arguments.boolean("show_alert"))
        self._world.changed()
        return True

    def _find(self, account: Account, arguments: Arguments, missing: str) -> Message:
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        message = chat.find(arguments.integer("message_id"))
        if message is None:
            raise bad_request(missing)
        return message


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
