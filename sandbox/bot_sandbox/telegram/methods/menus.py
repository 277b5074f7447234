"""Answer a pressed button, and keep the menu of commands. The menu is shown to nobody."""

import json
import re
from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.methods.base import MethodGroup
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.world import BotAccount


class Menus(MethodGroup):
    """The methods for buttons and the menu of commands."""

    async def answer_callback_query(self, account: BotAccount, arguments: Arguments) -> bool:
        """Tell the person who pressed a button that it was heard, once."""
        key, text = arguments.text("callback_query_id"), arguments.text("text")
        self._world.queries.answer(account, key, text, arguments.boolean("show_alert"))
        self._world.changes.changed()
        return True

    async def set_my_commands(self, account: BotAccount, arguments: Arguments) -> bool:
        """Keep the menu of commands, by scope and language."""
        commands = arguments.json("commands", "commands")
        if commands is None:
            commands = []
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        account.commands[_scope(arguments)] = [_command(command) for command in commands]
        self._world.changes.changed()
        return True

    async def get_my_commands(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """The menu of commands as it was set."""
        return account.commands.get(_scope(arguments), [])

    async def delete_my_commands(self, account: BotAccount, arguments: Arguments) -> bool:
        """Forget the menu of commands."""
        account.commands.pop(_scope(arguments), None)
        return True


def _scope(arguments: Arguments) -> str:
    scope: Any = arguments.json("scope", "BotCommandScope")
    if scope is not None and not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    scope = {} if scope in (None, {"type": "default"}) else scope
    return json.dumps([scope, arguments.text("language_code")], sort_keys=True)


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for key in ("command", "description"):
        if not isinstance(command.get(key), str):
            raise bad_request(f"can't parse BotCommand: Can't find field \"{key}\"")
    name = command["command"].removeprefix("/")
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command["description"]) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": command["description"]}
