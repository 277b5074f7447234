"""The table of the sandbox's methods; call one by its name.

A method exists if a group has it under its Python name (sendMessage: send_message). Another method
of the real Bot API is refused as unsupported, and an unknown one with 404 "Not Found: method not
found".
"""

import functools
import re
from collections.abc import Awaitable, Callable, Iterator

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.bot_api import BOT_API_VERSION, METHODS, OLD_NAMES
from bot_sandbox.telegram.calls import ApiCall
from bot_sandbox.telegram.errors import UNKNOWN_METHOD, TelegramError, UnsupportedError
from bot_sandbox.telegram.methods.base import DescribedResult
from bot_sandbox.telegram.methods.canned import CannedAnswers
from bot_sandbox.telegram.methods.editing import Editing
from bot_sandbox.telegram.methods.inline import InlineMode
from bot_sandbox.telegram.methods.members import Members
from bot_sandbox.telegram.methods.menus import Menus
from bot_sandbox.telegram.methods.moderation import Moderation
from bot_sandbox.telegram.methods.pinning import Pinning
from bot_sandbox.telegram.methods.profile import Profile
from bot_sandbox.telegram.methods.sending import Sending
from bot_sandbox.telegram.methods.session import LOGGED_OUT, Session
from bot_sandbox.telegram.methods.webhook import WebhookMethods
from bot_sandbox.telegram.parameters import SUPPORTED, describe_ignored, other_parameters
from bot_sandbox.telegram.updates import ALL_TYPES, CAUSED_TYPES, WebhookClient
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

Method = Callable[[BotAccount, Arguments], Awaitable[object]]
WORLD_GROUPS = (Sending, Editing, InlineMode, Members, Menus, Moderation, Pinning, Profile, Session)
GROUPS = (*WORLD_GROUPS, WebhookMethods)
ALL = (*METHODS, *OLD_NAMES)
SPELLING = {name.lower(): name for name in ALL}
KEPT_SLIPS = 20  # unknown parameters to remember for each bot
SEE_LACKS = "bot-sandbox --lacks lists all that it lacks."
USE_INSTEAD = {  # what may do for a test
    "sendChecklist": "sendMessage",
    "sendLivePhoto": "sendPhoto and sendVideo",
    "sendPaidMedia": "sendPhoto and sendMediaGroup",
    "sendPoll": "sendMessage with inline buttons",
    "sendRichMessage": "sendMessage with parse_mode or entities",
    "sendVenue": "sendLocation",
}


class Methods:
    """All methods; `call` runs one by its name."""

    def __init__(
        self,
        world: TelegramWorld,
        client: WebhookClient,
        local_mode: bool,
        set_webhook_s: float,
        check_in_response: Callable[[BotAccount, str], None],
    ) -> None:
        self._world = world
        self._check_in_response = check_in_response  # raises TelegramError for a fault
        self._canned = CannedAnswers(world)
        in_response = functools.partial(self.call, in_response=True)
        groups = (
            *(group(world) for group in WORLD_GROUPS),
            WebhookMethods(world, client, in_response, local_mode, set_webhook_s),
        )
        self._table: dict[str, Method] = {
            name.lower(): getattr(group, _python_name(name))
            for group in groups
            for name in ALL
            if hasattr(group, _python_name(name))
        }

    async def call(
        self, account: BotAccount, method: str, arguments: Arguments, in_response: bool = False
    ) -> object:
        """Run a method by its name in lower case; raise TelegramError if it is refused.

        `in_response` says that the call was in a webhook's response.
        """
        function, name = self._table.get(method), SPELLING.get(method, method)
        result, error, status, canned = None, "", 0, ""
        ignored: tuple[str, ...] = ()
        try:
            if function is None and (method not in SPELLING or not self._world.canned):
                raise _unknown_method_error(method)
            if self._world.clock.now() < account._logged_out_until:
                raise LOGGED_OUT
            if in_response:
                self._check_in_response(account, method)
            ignored, lacking = other_parameters(name, arguments)
            if lacking and not self._world.canned:
                raise lacking[0]
            try:
                if function is None:
                    raise _unknown_method_error(method)
                result = await function(account, arguments)
            except UnsupportedError as refusal:
                if not self._world.canned:
                    raise
                lacking.append(refusal)
                result = self._canned.answer(account, name, arguments)
            canned = ", ".join(refusal.what for refusal in lacking)
            return result
        except TelegramError as refusal:
            error, status = refusal.description, refusal.code
            if isinstance(refusal, UnsupportedError) and refusal.what not in account._unsupported:
                account._unsupported.append(refusal.what)
            raise
        except Exception as problem:  # a bug of the sandbox
            error, status = "Internal Server Error", 500
            raise TelegramError(status, error) from problem
        finally:
            if method != "getupdates":
                sent, at = arguments.as_sent(), self._world.clock.now()
                plain = result.result if isinstance(result, DescribedResult) else result
                called = ApiCall(
                    name, sent, in_response, plain, error, at, "", ignored, status, canned=canned
                )
                account.record(called)
            if ignored:
                _note_ignored(account, name, ignored)
            if error or method != "getupdates":
                self._world.changes.changed()


def names() -> list[str]:
    """Return the sandbox's methods, spelled and ordered as in the Bot API's manual."""
    return [name for name in ALL if any(hasattr(group, _python_name(name)) for group in GROUPS)]


def describe_lacks() -> Iterator[str]:
    """Yield what the Bot API has and the sandbox lacks, line by line."""
    here = [name for name in names() if name in METHODS]
    done = f"{len(here)} of {len(METHODS)} methods are here"
    yield f"Bot API {BOT_API_VERSION}: {done}. This sandbox lacks:"
    yield from (name for name in METHODS if name not in here)
    for name in here:
        if lacking := [each for each in METHODS[name].fields if each not in SUPPORTED[name]]:
            yield f"{name} with {', '.join(lacking)}"
    yield from (f"update {kind}" for kind in ALL_TYPES if kind not in CAUSED_TYPES)


def _python_name(name: str) -> str:
    """Return a method's name in Python.

    >>> _python_name("getMe")
    'get_me'
    """
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def _note_ignored(account: BotAccount, method: str, ignored: tuple[str, ...]) -> None:
    for name in ignored[: KEPT_SLIPS - len(account._ignored)]:
        if (method, name) not in account._ignored:
            account._ignored[method, name] = describe_ignored(method, name)


def _unknown_method_error(method: str) -> TelegramError:
    """Return the refusal of an unsupported or unknown method."""
    found = SPELLING.get(method)
    if found is None:
        return TelegramError(404, UNKNOWN_METHOD)
    instead = USE_INSTEAD.get(found)
    return UnsupportedError(found, f"It has {instead}." if instead else SEE_LACKS)
