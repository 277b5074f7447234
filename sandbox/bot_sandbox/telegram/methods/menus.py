"""Answer a pressed button, and keep the menu of commands."""

import re
from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import UnsupportedError, bad_request
from bot_sandbox.telegram.json_fields import boolean_field, integer_field, text_field
from bot_sandbox.telegram.methods.base import MethodGroup
from bot_sandbox.telegram.methods.profile import language_code
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.world import BotAccount

MAX_COMMANDS = 100
MAX_COMMAND = 32  # characters
MAX_DESCRIPTION = 256
WIDE_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


class Menus(MethodGroup):
    """The methods for buttons and the menu of commands."""

    async def answer_callback_query(self, account: BotAccount, arguments: Arguments) -> bool:
        """Notify the person who pressed a button, once."""
        key, text = arguments.text("callback_query_id"), arguments.text("text")
        alert, url = arguments.boolean("show_alert"), arguments.text("url")
        self._world.queries.answer(account, key, text, alert, url)
        self._world.changes.changed()
        return True

    async def set_my_commands(self, account: BotAccount, arguments: Arguments) -> bool:
        """Keep the menu of commands, by scope and language."""
        commands = arguments.json("commands", "commands") if arguments.text("commands") else []
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        try:
            read = [_read_command(command) for command in commands]
        except ValueError as problem:
            raise bad_request(f"can't parse BotCommand: {problem}") from None
        key = self._menu_key(account, arguments)
        menu = [_check_command(command) for command in read]
        if len(menu) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        account._commands[key] = menu
        self._world.changes.changed()
        return True

    async def get_my_commands(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Return the menu of commands."""
        return account._commands.get(self._menu_key(account, arguments), [])

    async def delete_my_commands(self, account: BotAccount, arguments: Arguments) -> bool:
        """Forget the menu of commands."""
        account._commands.pop(self._menu_key(account, arguments), None)
        return True

    def _menu_key(self, account: BotAccount, arguments: Arguments) -> str:
        """Return the key of a menu; 400 if its scope or language is invalid.

        The rules are those of `td/telegram/BotCommandScope.cpp` and `misc.cpp` in tdlib/td.
        """
        given = arguments.text("scope")
        scope = arguments.json("scope", "BotCommandScope") if given else {"type": "default"}
        try:
            kind, chat_id, user_id = _read_scope(scope)
        except ValueError as problem:
            raise bad_request(f"can't parse BotCommandScope: {problem}") from None
        if kind in CHAT_SCOPES:
            chat = self._world.chat_for(account, chat_id, write=False)
            if user_id and self._world.user(user_id) is None:
                raise bad_request("user not found")
            if chat.kind == "private" and kind != "chat":
                raise bad_request("can't use specified scope in private chats")
            if chat.kind == "channel":
                raise bad_request("can't change commands in channel chats")
            chat_id = str(chat.id)
        return f"{kind} {chat_id} {user_id} {language_code(arguments)}"


def _read_scope(scope: Any) -> tuple[str, str, int]:
    """Return a scope's type, chat and user; raise ValueError in the real words."""
    if not isinstance(scope, dict):
        raise ValueError("BotCommandScope must be an Object")
    kind = text_field(scope, "type", required=True)
    if kind in WIDE_SCOPES:
        return kind, "", 0
    if kind not in CHAT_SCOPES:
        raise ValueError("Unsupported type specified")
    chat_id = text_field(scope, "chat_id", required=True)
    if not chat_id:
        raise ValueError("Empty chat_id specified")
    if kind != "chat_member":
        return kind, chat_id, 0
    user_id = integer_field(scope, "user_id", required=True, bits=64)
    if user_id <= 0:
        raise ValueError("Invalid user_id specified")
    return kind, chat_id, user_id


def _read_command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise ValueError("expected an Object")
    if boolean_field(command, "is_ephemeral"):
        raise UnsupportedError("ephemeral BotCommand", "Leave is_ephemeral out.")
    names = ("command", "description")
    return {name: text_field(command, name, required=True) for name in names}


def _check_command(command: Json) -> Json:
    """Return a command as the menu shows it; 400 as in `td/telegram/BotCommand.cpp` of tdlib/td."""
    name, description = command["command"].strip().removeprefix("/"), command["description"].strip()
    if not name:
        raise bad_request("command must be non-empty")
    if len(name) > MAX_COMMAND:
        raise bad_request(f"command length must not exceed {MAX_COMMAND}")
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > MAX_DESCRIPTION:
        raise bad_request(f"command description length must not exceed {MAX_DESCRIPTION}")
    if not re.fullmatch("[a-z0-9_]+", name):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}
