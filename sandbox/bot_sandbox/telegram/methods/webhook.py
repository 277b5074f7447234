"""getUpdates and the webhook methods.

`local_mode` decides about webhook addresses: the real server with --local accepts any http address
and port, the public one does not.
"""

import functools
import json
import re
from collections.abc import Awaitable, Callable

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import (
    TelegramError,
    bad_request,
    too_many_requests,
)
from bot_sandbox.telegram.methods.base import DescribedResult, MethodGroup
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.updates import DEFAULT_TYPES, Webhook, WebhookClient, WebhookUrl
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

Call = Callable[[BotAccount, str, Arguments], Awaitable[object]]
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
BY_SET_WEBHOOK = "Conflict: terminated by setWebhook request"
MAX_POLL_S = 50
DEFAULT_CONNECTIONS = 40


class WebhookMethods(MethodGroup):
    """The methods for updates; `call` runs calls in webhook responses."""

    def __init__(
        self,
        world: TelegramWorld,
        client: WebhookClient,
        call: Call,
        local_mode: bool,
        set_webhook_s: float,
    ) -> None:
        super().__init__(world)
        self._client = client
        self._call = call
        self._local_mode = local_mode
        self._set_webhook_s = set_webhook_s

    async def get_updates(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Return pending updates, or the next ones within `timeout` seconds."""
        if account._webhook:
            raise TelegramError(409, WEBHOOK_ACTIVE)
        account._updates.allow(_read_allowed_updates(arguments))
        updates = await account._updates.get(
            offset=arguments.integer("offset"),
            limit=min(max(arguments.integer("limit", 100), 1), 100),
            timeout_s=min(arguments.integer("timeout"), MAX_POLL_S),
        )
        return [update.to_json() for update in updates]

    async def set_webhook(self, account: BotAccount, arguments: Arguments) -> DescribedResult:
        """POST updates to `url`; without one, do the same as deleteWebhook."""
        url = arguments.text("url")
        if not url:
            return await self.delete_webhook(account, arguments)
        now = self._world.clock.now()
        if now < account._next_set_webhook:
            raise too_many_requests(1)
        account._next_set_webhook = now + self._set_webhook_s
        secret = arguments.text("secret_token")
        top = 100_000 if self._local_mode else 100
        connections = min(max(arguments.integer("max_connections", DEFAULT_CONNECTIONS), 1), top)
        if self._is_already_set(account, url, secret, connections, arguments):
            account._updates.allow(_read_allowed_updates(arguments))
            return DescribedResult(True, "Webhook is already set")
        account._updates.wake_poll(TelegramError(409, BY_SET_WEBHOOK))
        self._remove_webhook(account, arguments)  # the real server also removes the old one first
        target = _read_webhook_url(url, secret)
        address = await self._resolve_host(target, arguments.text("ip_address"))
        if account._webhook:  # another setWebhook was faster
            raise TelegramError(409, "Conflict: terminated by other setWebhook")
        account._updates.allow(_read_allowed_updates(arguments))
        webhook = Webhook(
            account._updates,
            self._client,
            functools.partial(self._call, account),
            target,
            secret,
            connections,
            address,
        )
        account._updates.set_webhook(webhook)
        return DescribedResult(True, "Webhook was set")

    async def delete_webhook(self, account: BotAccount, arguments: Arguments) -> DescribedResult:
        """Stop POSTing; pending updates stay for getUpdates."""
        was_set = account._webhook is not None
        self._remove_webhook(account, arguments)
        return DescribedResult(True, f"Webhook {'was' if was_set else 'is already'} deleted")

    async def get_webhook_info(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return where updates go, how many wait, and the last error."""
        webhook = account._webhook
        info: Json = {
            "url": webhook.target.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(account._updates.pending()),
        }
        if webhook:
            if webhook.last_error_date:
                info["last_error_date"] = webhook.last_error_date
                info["last_error_message"] = webhook.last_error_message
            info["max_connections"] = webhook.max_connections
            info["ip_address"] = webhook.ip_address
        if account._updates.allowed != DEFAULT_TYPES:
            info["allowed_updates"] = list(account._updates.allowed)
        return info

    def _is_already_set(
        self, account: BotAccount, url: str, secret: str, connections: int, arguments: Arguments
    ) -> bool:
        webhook = account._webhook
        return (
            webhook is not None
            and not arguments.boolean("drop_pending_updates")
            and (url, secret, connections)
            == (webhook.target.url, webhook.secret_token, webhook.max_connections)
        )

    def _remove_webhook(self, account: BotAccount, arguments: Arguments) -> None:
        if arguments.boolean("drop_pending_updates"):
            account._updates.clear()
        account._updates.remove_webhook()

    async def _resolve_host(self, target: WebhookUrl, fixed: str) -> str:
        """Return the host's IP address; 400 if it has none or the public server would refuse it."""
        try:
            addresses = await self._client.sender.resolve(fixed or target.host, target.port)
        except (OSError, UnicodeError) as problem:
            reason = getattr(problem, "strerror", None) or "Name or service not known"
            raise bad_request(f"bad webhook: Failed to resolve host: {reason}") from None
        refusal = "" if self._local_mode else target.refusal(addresses)
        if refusal:
            raise bad_request(f"bad webhook: {refusal}")
        return addresses[0]


def _read_webhook_url(url: str, secret: str) -> WebhookUrl:
    try:
        target = WebhookUrl.parse(url)
    except ValueError:  # also a UnicodeError of an invalid host name
        raise bad_request("invalid webhook URL specified") from None
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    return target


def _read_allowed_updates(arguments: Arguments) -> object:
    try:
        return json.loads(arguments.text("allowed_updates") or "null")
    except (ValueError, RecursionError):  # the real server ignores invalid values
        return None
