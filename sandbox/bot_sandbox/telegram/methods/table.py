"""The table of methods: which ones the sandbox has, and how one is called by its name.

A method is here when a group has it under its Python name (sendMessage: send_message). Another
method of the real Bot API is refused as lacking. What does not exist at all is refused with 404
"Not Found: method not found".
"""

import functools
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.calls import Called
from bot_sandbox.telegram.errors import LackingError, TelegramError
from bot_sandbox.telegram.methods.editing import Editing
from bot_sandbox.telegram.methods.members import Members
from bot_sandbox.telegram.methods.menus import Menus
from bot_sandbox.telegram.methods.sending import Sending
from bot_sandbox.telegram.methods.webhook import WebhookMethods
from bot_sandbox.telegram.updates import WebhookClient
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

Method = Callable[[BotAccount, Arguments], Awaitable[object]]
GROUPS = (Sending, Editing, Members, Menus, WebhookMethods)
_FILE = Path(__file__).parents[1] / "bot_api_methods.txt"
ALL = tuple(
    line for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
)
SPELLED = {name.lower(): name for name in ALL}


class Methods:
    """The methods; `call` runs one, by its name."""

    def __init__(
        self, world: TelegramWorld, client: WebhookClient, local_mode: bool, set_webhook_s: float
    ) -> None:
        self._world = world
        by_answer = functools.partial(self.call, by_answer=True)
        groups = (
            *(Sending(world), Editing(world), Members(world), Menus(world)),
            WebhookMethods(world, client, by_answer, local_mode, set_webhook_s),
        )
        self._table: dict[str, Method] = {
            name.lower(): getattr(group, _python_name(name))
            for group in groups
            for name in ALL
            if hasattr(group, _python_name(name))
        }

    async def call(
        self, account: BotAccount, method: str, arguments: Arguments, by_answer: bool = False
    ) -> object:
        """Run a method, by its name in small letters; TelegramError when it is refused.

        `by_answer` tells that the call stood in a webhook's answer.
        """
        function = self._table.get(method)
        result, error = None, ""
        try:
            if function is None:
                raise _unknown(method)
            result = await function(account, arguments)
            return result
        except TelegramError as refusal:
            error = refusal.description
            if isinstance(refusal, LackingError) and refusal.what not in account.lacking:
                account.lacking.append(refusal.what)
            raise
        except Exception as problem:  # a fault of the sandbox itself
            error = "Internal Server Error"
            raise TelegramError(500, error) from problem
        finally:
            if method != "getupdates":
                sent = arguments.as_sent()
                name = SPELLED.get(method, method)
                account.calls.append(Called(name, sent, by_answer, result, error, time.time()))
            if error:
                self._world.changes.changed()


def names() -> list[str]:
    """The methods this sandbox has, as the Bot API spells them, in the order of its manual."""
    return [name for name in ALL if any(hasattr(group, _python_name(name)) for group in GROUPS)]


def _python_name(name: str) -> str:
    """How a method is called in Python.

    >>> _python_name("getMe")
    'get_me'
    """
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def _unknown(method: str) -> TelegramError:
    """The refusal of a method that is not here: lacking, or never heard of."""
    found = SPELLED.get(method)
    if found is None:
        return TelegramError(404, "Not Found: method not found")
    verb = re.match("[a-z]+", found)
    assert verb is not None  # every method begins with a small letter
    alike = [name for name in names() if re.match(f"{verb[0]}(?![a-z])", name)]
    return LackingError(found, f"It has {', '.join(alike or names())}.")
