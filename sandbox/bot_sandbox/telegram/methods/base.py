"""What all groups of methods share: the world, and finding a message in it."""

import re
from dataclasses import dataclass

from bot_sandbox.telegram.arguments import Arguments, leading_integer
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.types import Message
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

MAX_AT_ONCE = 100  # messages to forward, copy or delete


@dataclass(frozen=True)
class DescribedResult:
    """A result with a description."""

    result: object
    description: str


class MethodGroup:
    """Some methods of the Bot API, with its names in snake_case."""

    def __init__(self, world: TelegramWorld) -> None:
        self._world = world

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
