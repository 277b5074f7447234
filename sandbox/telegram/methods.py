"""The Bot API's methods: what the sandbox can do when a bot asks.

A method is here when `Methods` has it under its Python name (sendMessage: send_message). Another
method of the real Bot API is refused as lacking, and what does not exist at all by 404 "Not Found:
method not found". What a webhook address may be depends on `local_mode`: the real server run with
--local takes any http address and port, the public one does not. The menu of commands is kept and
shown to nobody.
"""

import asyncio
import functools
import json
import re
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.buttons import read_keyboard
from sandbox.telegram.calls import Called
from sandbox.telegram.errors import LackingError, TelegramError, bad_request, too_many_requests
from sandbox.telegram.formatting import read_text
from sandbox.telegram.types import Chat, Json, Message
from sandbox.telegram.updates import DEFAULT_TYPES, Target, Webhook, WebhookClient
from sandbox.telegram.world import BotAccount, TelegramWorld

Method = Callable[[BotAccount, Arguments], Awaitable[object]]

ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
    "pick_up_location", "record_video_note", "upload_video_note", "cancel",
)  # fmt: skip
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
BY_SET_WEBHOOK = "Conflict: terminated by setWebhook request"
MAX_POLL_S = 50
DEFAULT_CONNECTIONS = 40


@dataclass(frozen=True)
class Described:
    """A result that is told in words, too."""

    result: object
    description: str


class Methods:
    """The methods; `call` carries one out, by its name."""

    def __init__(
        self, world: TelegramWorld, client: WebhookClient, local_mode: bool, set_webhook_s: float
    ) -> None:
        self._world = world
        self._client = client
        self._local_mode = local_mode
        self._set_webhook_s = set_webhook_s
        self._table: dict[str, Method] = {
            name.lower(): getattr(self, _python_name(name)) for name in names()
        }

    async def call(
        self, account: BotAccount, method: str, arguments: Arguments, by_answer: bool = False
    ) -> object:
        """Carry out a method, by its name in small letters; TelegramError when it is refused.

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
                self._world.watch.changed()

    async def get_me(self, account: BotAccount, arguments: Arguments) -> Json:
        """Who the bot is."""
        return account.get_me()

    async def send_message(self, account: BotAccount, arguments: Arguments) -> Json:
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

    async def edit_message_text(self, account: BotAccount, arguments: Arguments) -> Json:
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

    async def delete_message(self, account: BotAccount, arguments: Arguments) -> bool:
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
        self._world.watch.changed()
        return True

    async def send_chat_action(self, account: BotAccount, arguments: Arguments) -> bool:
        """Show "typing…"; nobody here looks."""
        if arguments.text("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._world.chat_for(account, arguments.text("chat_id"))
        return True

    async def get_chat(self, account: BotAccount, arguments: Arguments) -> Json:
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

    async def answer_callback_query(self, account: BotAccount, arguments: Arguments) -> bool:
        """Tell the person who pressed a button that it was heard, once."""
        key, text = arguments.text("callback_query_id"), arguments.text("text")
        self._world.queries.answer(account, key, text, arguments.boolean("show_alert"))
        self._world.watch.changed()
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
        self._world.watch.changed()
        return True

    async def get_my_commands(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """The menu of commands as it was set."""
        return account.commands.get(_scope(arguments), [])

    async def delete_my_commands(self, account: BotAccount, arguments: Arguments) -> bool:
        """Forget the menu of commands."""
        account.commands.pop(_scope(arguments), None)
        return True

    async def get_updates(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Pending updates, or the next ones within `timeout` seconds."""
        if account.webhook:
            raise TelegramError(409, WEBHOOK_ACTIVE)
        account.updates.allow(_allowed(arguments))
        updates = await account.updates.get(
            offset=arguments.integer("offset"),
            limit=min(max(arguments.integer("limit", 100), 1), 100),
            timeout_s=min(arguments.integer("timeout"), MAX_POLL_S),
        )
        return [update.to_json() for update in updates]

    async def set_webhook(self, account: BotAccount, arguments: Arguments) -> Described:
        """Have updates POSTed to `url`; without one, as deleteWebhook."""
        url = arguments.text("url")
        if not url:
            return await self.delete_webhook(account, arguments)
        now = time.monotonic()
        if now < account.next_set_webhook:
            raise too_many_requests(1)
        account.next_set_webhook = now + self._set_webhook_s
        secret = arguments.text("secret_token")
        top = 100_000 if self._local_mode else 100
        connections = min(max(arguments.integer("max_connections", DEFAULT_CONNECTIONS), 1), top)
        if self._is_set(account, url, secret, connections, arguments):
            account.updates.allow(_allowed(arguments))
            return Described(True, "Webhook is already set")
        account.updates.wake_poll(TelegramError(409, BY_SET_WEBHOOK))
        self._remove(account, arguments)  # the real server, too, first removes the old one
        target = _target(url, secret)
        address = await self._resolve(target, arguments.text("ip_address"))
        if account.webhook:  # another setWebhook was faster
            raise TelegramError(409, "Conflict: terminated by other setWebhook")
        account.updates.allow(_allowed(arguments))
        webhook = Webhook(
            account.updates,
            self._client,
            functools.partial(self.call, account, by_answer=True),
            target,
            secret,
            connections,
            address,
            has_certificate="certificate" in arguments.files,
        )
        account.updates.set_webhook(webhook)
        return Described(True, "Webhook was set")

    async def delete_webhook(self, account: BotAccount, arguments: Arguments) -> Described:
        """Stop POSTing; what is pending stays for getUpdates."""
        was_set = account.webhook is not None
        self._remove(account, arguments)
        return Described(True, f"Webhook {'was' if was_set else 'is already'} deleted")

    async def get_webhook_info(self, account: BotAccount, arguments: Arguments) -> Json:
        """Where updates go, how many wait, and what went wrong last."""
        webhook = account.webhook
        info: Json = {
            "url": webhook.target.url if webhook else "",
            "has_custom_certificate": bool(webhook and webhook.has_certificate),
            "pending_update_count": len(account.updates.pending()),
        }
        if webhook:
            if webhook.last_error_date:
                info["last_error_date"] = webhook.last_error_date
                info["last_error_message"] = webhook.last_error_message
            info["max_connections"] = webhook.max_connections
            info["ip_address"] = webhook.ip_address
        if account.updates.allowed != DEFAULT_TYPES:
            info["allowed_updates"] = list(account.updates.allowed)
        return info

    def _find(self, account: BotAccount, arguments: Arguments, missing: str) -> Message:
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        message = chat.find(arguments.integer("message_id"))
        if message is None:
            raise bad_request(missing)
        return message

    def _is_set(
        self, account: BotAccount, url: str, secret: str, connections: int, arguments: Arguments
    ) -> bool:
        webhook = account.webhook
        return (
            webhook is not None
            and not webhook.has_certificate
            and not arguments.files
            and not arguments.boolean("drop_pending_updates")
            and (url, secret, connections)
            == (webhook.target.url, webhook.secret_token, webhook.max_connections)
        )

    def _remove(self, account: BotAccount, arguments: Arguments) -> None:
        if arguments.boolean("drop_pending_updates"):
            account.updates.clear()
        account.updates.remove_webhook()

    async def _resolve(self, target: Target, fixed: str) -> str:
        """The address of the host; 400 when it has none or the public server would refuse it."""
        try:
            loop = asyncio.get_running_loop()
            infos = await loop.getaddrinfo(
                fixed or target.address.raw_host, target.address.port, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as problem:
            reason = getattr(problem, "strerror", None) or "Name or service not known"
            raise bad_request(f"bad webhook: Failed to resolve host: {reason}") from None
        addresses = [str(info[4][0]) for info in infos]
        refusal = "" if self._local_mode else target.refusal(addresses)
        if refusal:
            raise bad_request(f"bad webhook: {refusal}")
        return addresses[0]


_FILE = Path(__file__).with_name("bot_api_methods.txt")
ALL = tuple(
    line for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
)

SPELLED = {name.lower(): name for name in ALL}


def names() -> list[str]:
    """The methods this sandbox has, as the Bot API spells them, in the order of its manual."""
    return [name for name in ALL if hasattr(Methods, _python_name(name))]


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


def _target(url: str, secret: str) -> Target:
    try:
        target = Target.parse(url)
    except ValueError:  # UnicodeError, of a host name that cannot be one, is a ValueError
        raise bad_request("invalid webhook URL specified") from None
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    return target


def _allowed(arguments: Arguments) -> object:
    try:
        return json.loads(arguments.text("allowed_updates") or "null")
    except (ValueError, RecursionError):  # the real server ignores what it cannot read
        return None
