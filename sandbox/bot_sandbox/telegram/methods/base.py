"""What all groups of methods share: the world, and finding a message in it."""

import re
from dataclasses import dataclass

from bot_sandbox.telegram.arguments import Arguments, leading_integer
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.types import Chat, Message
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

MAX_AT_ONCE = 100  # messages to forward, copy or delete


@dataclass(frozen=True)
class DescribedResult:
    """A result with a description."""

    result: object
    description: str


@dataclass(frozen=True)
class Needs:
    """What a method needs: a right of the bot, in a chat that isn't of some kinds.

    `missing_right` is the refusal without the right, `wrong_chat` the one in other chats, with
    their kind.
    """

    right: str
    missing_right: str
    not_in: tuple[str, ...] = ()
    wrong_chat: str = ""

    def check_right(self, chat: Chat, account: BotAccount) -> None:
        """Refuse a bot without the right."""
        if not chat.allows(account, self.right):
            raise bad_request(self.missing_right)


_BAN = ("can_restrict_members", "not enough rights to restrict/unrestrict chat member")
_PERMIT = ("can_restrict_members", "not enough rights to change chat permissions")
_PROMOTE = ("can_promote_members", "not enough rights")
_ENTITLE = ("can_promote_members", "not enough rights to change custom title of the user")
_PIN = ("can_pin_messages", "not enough rights to manage pinned messages in the chat")
_PRIVATE, _SMALL, _NO_GROUP = ("private",), ("private", "group"), ("private", "channel")
_NO_ADMINS = "there are no administrators in the {} chat"
_UNCHANGED = "chat member status can't be changed in {} chats"
_FOR_BIG = "method is available for supergroup and channel chats only"
_FOR_GROUPS = "method is available only for groups and supergroups"
_FOR_SUPERGROUPS = "method is available only for supergroups"
NEEDS = {  # Client.cpp in tdlib/telegram-bot-api; the managers of dialogs and members in tdlib/td
    "banChatMember": Needs(*_BAN, _PRIVATE, "can't ban members in {} chats"),
    "unbanChatMember": Needs(*_BAN, _SMALL, _FOR_BIG),
    "restrictChatMember": Needs(*_BAN, (*_SMALL, "channel"), _FOR_SUPERGROUPS),
    "promoteChatMember": Needs(*_PROMOTE, _SMALL, _FOR_BIG),
    "setChatAdministratorCustomTitle": Needs(*_ENTITLE, _NO_GROUP, _FOR_GROUPS),
    "setChatPermissions": Needs(*_PERMIT, _NO_GROUP, "can't change {} chat permissions"),
    "banChatSenderChat": Needs(*_BAN, _PRIVATE, "can't ban members in {} chats"),
    "unbanChatSenderChat": Needs(*_BAN, _PRIVATE, _UNCHANGED),
    "pinChatMessage": Needs(*_PIN),
    "deleteMessage": Needs("can_delete_messages", "message can't be deleted"),
    "leaveChat": Needs("", "", _PRIVATE, "can't leave {} chats"),
    "getChatAdministrators": Needs("", "", _PRIVATE, _NO_ADMINS),
}


class MethodGroup:
    """Some methods of the Bot API, with its names in snake_case."""

    def __init__(self, world: TelegramWorld) -> None:
        self._world = world

    def _open_chat(
        self, account: BotAccount, method: str, arguments: Arguments, write: bool = True
    ) -> Chat:
        """Return the chat of a call; 400 if the method isn't for such chats."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write)
        if chat.kind in NEEDS[method].not_in:
            raise bad_request(NEEDS[method].wrong_chat.format(chat.kind))
        return chat

    def _find_message(
        self, account: BotAccount, arguments: Arguments, missing: str, write: bool = True
    ) -> Message:
        chat = self._world.chat_for(account, arguments.text("chat_id"), write)
        message = chat.find(arguments.integer("message_id"))
        if message is None:
            raise bad_request(missing)
        return message


def user_id_of(arguments: Arguments) -> int:
    """Return the user_id of a call; 400 if it is missing."""
    user_id = leading_integer(arguments.text("user_id"))
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    return user_id


def message_ids(arguments: Arguments) -> list[int]:
    """Return the sorted message_ids of a call; 400 if they are invalid."""
    if not arguments.text("message_ids"):
        raise bad_request("message identifiers are not specified")
    given = arguments.json("message_ids", "message_ids")
    if not isinstance(given, list):
        raise bad_request("expected an Array of message identifiers")
    if len(given) > MAX_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    numbers = []
    for item in given:
        if not isinstance(item, int | str) or isinstance(item, bool):
            raise bad_request("message identifier must be a Number")
        if not re.fullmatch(r"-?[0-9]{1,10}", str(item)):
            raise bad_request("can't parse message identifier as a Number")
        if int(item) <= 0:
            raise bad_request("invalid message identifier specified")
        numbers.append(int(item))
    if not numbers:
        raise bad_request("message identifiers are not specified")
    return sorted(set(numbers))
