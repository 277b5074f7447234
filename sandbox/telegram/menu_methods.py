"""The Bot API methods about a bot's menu of commands: set, get and deleteMyCommands.

The sandbox keeps the menu and shows it to nobody.
"""

import json
import re
from typing import Any

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.botfather import Account
from sandbox.telegram.errors import bad_request
from sandbox.telegram.methods import Method
from sandbox.telegram.model import Json


class MenuMethods:
    """The methods, by their lower-case names in `table`."""

    def __init__(self) -> None:
        self.table: dict[str, Method] = {
            "setmycommands": self.set_my_commands,
            "getmycommands": self.get_my_commands,
            "deletemycommands": self.delete_my_commands,
        }

    async def set_my_commands(self, account: Account, arguments: Arguments) -> bool:
        """Keep the menu of commands, by scope and language."""
        commands = arguments.json("commands", "commands")
        if commands is None:
            commands = []
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        account.commands[_scope(arguments)] = [_command(command) for command in commands]
        return True

    async def get_my_commands(self, account: Account, arguments: Arguments) -> list[Json]:
        """The menu of commands as it was set."""
        return account.commands.get(_scope(arguments), [])

    async def delete_my_commands(self, account: Account, arguments: Arguments) -> bool:
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
