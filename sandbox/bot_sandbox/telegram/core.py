"""The sandbox Telegram as you use it: BotFather, people, groups and plain calls.

    telegram = Telegram()
    account = telegram.new_bot("Hello bot", "hello_bot")
    viktor = telegram.person("Viktor")
    viktor.ask("!hello", to=account)

It needs no network and no threads. Its `Runner` runs coroutines, and a given sender POSTs to
webhooks. service.py puts a server around it; in_memory.py has none.
"""

import itertools
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Service, blocking
from bot_sandbox.http.messages import Request, Response
from bot_sandbox.http.outages import Switchable
from bot_sandbox.http.webhook_post import Sender
from bot_sandbox.telegram.api import Api
from bot_sandbox.telegram.arguments import Arguments, encode_form_value
from bot_sandbox.telegram.delivered_update import DeliveredUpdate, deliver
from bot_sandbox.telegram.diagnosis import describe_bots
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.faults import Faults
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.methods import DescribedResult, Methods
from bot_sandbox.telegram.methods.table import SPELLING
from bot_sandbox.telegram.people import Group, Person, read_file, transcript
from bot_sandbox.telegram.types import Chat, Message, User
from bot_sandbox.telegram.updates import Delivery, WebhookClient
from bot_sandbox.telegram.world import BotAccount, TelegramWorld
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.snapshot import Snapshot, is_snapshot_of, put_back
from bot_sandbox.world.transcript import Transcript

SUPERGROUPS = 1_000_000_000_000  # their ids, and those of channels, begin with -100


class TelegramCore(Service):
    """A Telegram that answers requests with `handle` and POSTs to webhooks with `sender`.

    A subclass has a `_runner`, a `clock`, and the `url` at which clients find it.
    `Telegram` explains the parameters; `server` is what faults can stop.
    """

    url: str
    clock: Clock

    def __init__(
        self,
        sender: Sender,
        *,
        local_mode: bool = True,
        retry_scale: float = 0.05,
        update_lifetime_s: float = 24 * 3600.0,
        limits: Limits | None = Limits(),  # noqa: B008 - it cannot change
        seed: int | str | None = None,
        canned: bool = False,
        server: Switchable | None = None,
    ) -> None:
        self._world = TelegramWorld(
            self.clock, self._runner.changes, limits, update_lifetime_s, seed
        )
        self._world.canned = canned
        self._person_ids = itertools.count(500_000_001)
        self._group_ids = itertools.count(4_000_000_001)
        pause = limits.set_webhook_s if limits else 0.0
        self.faults = Faults(self._runner, self._world, SPELLING, server)
        client = WebhookClient(sender, retry_scale, self.clock, self.faults)
        check = self.faults._check_in_response
        self._methods = Methods(self._world, client, local_mode, pause, check)
        self._empty = Snapshot(self._world, self.faults)
        self._api = Api(
            self._world.accounts,
            self._world.files,
            self._methods,
            self.faults._answer_with_faults,
            self._world.note_refused,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    async def _handle(self, request: Request) -> Response:
        """Answer a request to the Bot API, on this Telegram's loop."""
        return await self._api.handle(request)

    def _note_requested_fault(self, name: str, values: Mapping[str, object]) -> None:
        """Note a fault that a window asks for; only a server has a log that shows it."""

    def new_bot(self, name: str, username: str, privacy: bool = True) -> BotAccount:
        """Ask BotFather for a bot; raise ValueError in his words if he refuses.

        `privacy` is his /setprivacy: with it, a bot in a group sees only what is meant for it.
        """
        return self._runner.do(self._world.new_bot, name, username, privacy)

    def set_inline(self, account: BotAccount, inline: bool = True, feedback: bool = False) -> None:
        """Do BotFather's /setinline: from now on, a bot gets inline queries, or none.

        With `feedback`, his /setinlinefeedback, it also gets each choice: chosen_inline_result.
        """
        self._runner.do(self._world.set_inline, account, inline, feedback)

    def new_token(self, account: BotAccount) -> str:
        """Do BotFather's /revoke: return a new token; the old one is refused with 401.

        As on the real server, the webhook is removed, too, and pending updates stay.
        """
        return self._runner.do(self._world.new_token, account)

    def account(self, username: str) -> BotAccount:
        """Return a bot by its username; KeyError lists the existing ones."""
        return self._runner.do(self._world.account, username)

    def person(
        self,
        name: str,
        username: str | None = None,
        *,
        id: int | None = None,
        last_name: str = "",
        language_code: str = "en",
        is_premium: bool = False,
    ) -> Person:
        """Add a person who chats; raise ValueError if somebody has their `username` or `id`.

        A bot that knows its admin by a number can meet them: `person("Anna", id=12345)`. With "",
        their app tells no language.
        """
        more = {"last_name": last_name, "language_code": language_code, "is_premium": is_premium}
        return self._runner.do(self._add_person, name, username, id, more)

    def group(
        self, title: str, members: list[User], kind: str = "group", username: str = ""
    ) -> Group:
        """Create a group of people and bots, or a "supergroup"; the first person owns it.

        A supergroup and a channel may have a `username`, and bots may use it as their chat_id.
        """
        return self._runner.do(self._add_group, title, members, kind, username)

    def channel(self, title: str, members: list[User], username: str = "") -> Group:
        """Create a channel: posts of people are channel_post updates; its bots are admins."""
        return self.group(title, members, "channel", username)

    def add_web_file(self, address: str, file: bytes | str | Path) -> None:
        """Say what a web address has, as bytes or a path; bots may then send it by this address.

        The sandbox fetches nothing. If a bot sends another address, it is refused, as for one that
        Telegram can't reach.
        """
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError(f"an address begins with https:// or http://; found {address!r}")
        content, _ = read_file(file)
        self._runner.do(self._world.files.by_address.__setitem__, address, content)

    def snapshot(self) -> Snapshot:
        """Return everything that this Telegram knows now, to `restore` it later."""
        return self._runner.do(Snapshot, self._world, self.faults)

    @blocking
    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this Telegram, as if nothing had happened since.

        What a bot itself remembers, in its variables or files, is yours to reset.

        People, bots, groups and messages that you hold stay valid if they were there. A bot that
        polls or has a webhook continues; updates that waited come again, with new ids. The clock
        stays, and so does what has expired by it. Faults are those of the snapshot, and the server
        is up. If somebody waits for a reply, they continue to wait.
        """
        if not is_snapshot_of(snapshot, self._world):
            raise ValueError("this is a snapshot of another server; take one of this Telegram")
        await self._return_to(snapshot)

    @blocking
    async def reset(self) -> None:
        """Forget everybody and everything, as in a new Telegram at the same address."""
        await self._return_to(self._empty)

    async def _return_to(self, snapshot: Snapshot) -> None:
        before = list(self._world.accounts.values())
        await self.faults._end_all()
        for account in before:
            account._updates.pause()
        put_back(snapshot)
        for account in before:
            if account.id not in self._world.accounts:
                account._updates.wake_poll(TelegramError(401, "Unauthorized"))
        for account in self._world.accounts.values():
            account._updates.resume()
        self._runner.changes.changed()

    def transcript(self, *who: User | Chat) -> Transcript:
        """Return the chat of a person with a bot, or of a group."""
        return self._runner.do(lambda: transcript(self._chat_between(who).messages))

    @blocking
    async def call(self, /, account: BotAccount | str, method: str, **arguments: Any) -> Any:
        """Call a Bot API method like a program and return its result; raises TelegramError."""
        bot = self._api.account(account) if isinstance(account, str) else account
        self._world.check_same_telegram(bot)
        pairs = [
            (key, encode_form_value(value)) for key, value in arguments.items() if value is not None
        ]
        result = await self._methods.call(bot, method.lower(), Arguments(pairs))
        return result.result if isinstance(result, DescribedResult) else result

    @blocking
    async def wait_ready(self, account: BotAccount, timeout: float = 30.0) -> None:
        """Wait until a bot asks for updates or has set its webhook; NoReply after `timeout` s."""
        polls = account._updates.polls

        def ready() -> bool:
            updates = account._updates
            if account._webhook or updates.is_polled:
                return True
            return updates.polls > polls and not updates.pending()  # it polls without waiting

        if not await self._runner.changes.until(ready, timeout):
            head = f"{account.name} was not ready within {timeout:g} s."
            raise NoReply(f"{head}\n{describe_bots(self._world, [account])}")

    def answer_canned(self, canned: bool = True) -> None:
        """From now on, answer also calls that the sandbox lacks, or refuse them again.

        The answer is made from the Bot API's table and has no other effect, but what is sent is in
        the chat. Each is marked: its `canned` in `account.calls` says what is lacking.
        """
        self._runner.do(setattr, self._world, "canned", canned)

    @property
    def canned_calls(self) -> dict[str, int]:
        """What had a canned answer, because the sandbox lacks it, and how often."""
        accounts = list(self._world.accounts.values())
        return dict(sum((account._canned for account in accounts), Counter[str]()))

    def deliver(
        self,
        account: BotAccount,
        update: Mapping[str, Any],
        sender: Person | None = None,
        group: Group | None = None,
    ) -> DeliveredUpdate:
        """Deliver any Update, such as `{"inline_query": {"query": "tea"}}`, like Telegram's own.

        Name only what matters to your test: the sandbox adds what the Bot API requires. It is from
        `sender`, or the only person, and happens in a `group` or in their chat with the bot.
        People, groups and messages may be values in it, or objects with nothing but their `id`.
        ValueError if the Bot API has no such kind or field, or another type for it.
        """
        return self._runner.do(deliver, self._runner, self._world, account, update, sender, group)

    @blocking
    async def forge(
        self, account: BotAccount, update: Mapping[str, Any], secret: str | None = None
    ) -> Delivery:
        """Call a bot's webhook as a stranger would, and return what came back.

        The update goes out once and as it is, so it may be a duplicate, an old one, or none at all.
        `secret` takes the place of the right secret_token; with "", there is none. A call in the
        response is not executed.
        """
        webhook = account._webhook
        if webhook is None:
            raise ValueError(f"{account.name} has no webhook; first call setWebhook")
        if secret and not (secret.isascii() and secret.isprintable()):
            raise ValueError("a secret has no line breaks, and only characters of ASCII")
        secret = webhook.secret_token if secret is None else secret
        return await webhook.forge(dict(update), secret)

    def deliveries(self, account: BotAccount, message: Message | None = None) -> list[Delivery]:
        """Return all webhook attempts of a bot (its last 10,000), or those for one message."""
        return self._runner.do(self._deliveries, account, message)

    @blocking
    async def wait_deliveries(
        self, account: BotAccount, n: int = 1, message: Message | None = None, timeout: float = 5.0
    ) -> list[Delivery]:
        """Wait until n webhook attempts have ended, in all or for one message, and return them."""
        if not await self._runner.changes.until(
            lambda: self._count(account, message) >= n, timeout
        ):
            found = f"{self._count(account, message)} of {n} deliveries to {account.name} ended"
            raise NoReply(f"{found} within {timeout:g} s.\n{describe_bots(self._world, [account])}")
        return self._deliveries(account, message)

    def pending_updates(self, account: BotAccount) -> list[dict[str, Any]]:
        """Return the updates that wait for a bot, as `getUpdates` would; they stay there."""
        return self._runner.do(lambda: [one.to_json() for one in account._updates.pending()])

    def _stop_deliveries(self) -> None:
        """Stop all webhooks and long polls; called on the loop."""
        for account in self._world.accounts.values():
            account._updates.wake_poll(None)
            account._updates.remove_webhook()

    def _transcript_and_link(
        self, person: Person | None, to: BotAccount | Group | None
    ) -> tuple[Transcript, dict[str, str]]:
        """Return the current chat, and how a window names it: by `as` and `chat`."""
        if person is None:
            return Transcript([]), {}
        self._world.check_same_telegram(person, *([to] if to else []))
        accounts = list(self._world.accounts.values())
        to = to or (accounts[0] if len(accounts) == 1 else None)
        if to is None:  # the page lists the chats
            return Transcript([]), {"as": str(person.id)}
        key = to._key if isinstance(to, Group) else f"{person.id}-{to.id}"
        chat = to if isinstance(to, Group) else self._world.private.get((person.id, to.id))
        shown = self._runner.do(transcript, chat.messages if chat else [])
        return shown, {"as": str(person.id), "chat": key}

    def _add_group(self, title: str, members: list[User], kind: str, username: str) -> Group:
        if isinstance(members, User):
            raise ValueError("put the members into a list: group('Family', [viktor, account])")
        if kind not in ("group", "supergroup", "channel"):
            raise ValueError(f"a group is a 'group', a 'supergroup' or a 'channel'; found {kind!r}")
        self._world.check_same_telegram(*members)
        number = next(self._group_ids)
        number += 0 if kind == "group" else SUPERGROUPS
        group = Group(self._world, self._runner, -number, kind, title)
        self._world.add_group(group, username)
        group._set_first_members(sorted(members, key=lambda member: member.is_bot))
        return group

    def _add_person(
        self, name: str, username: str | None, chosen: int | None, more: dict[str, Any]
    ) -> Person:
        username = self._world.check_username(username) if username else ""
        if chosen is None:
            chosen = next(one for one in self._person_ids if self._world.user(one) is None)
        else:
            self._world.check_free_id(chosen)
        person = Person(self._world, self._runner, chosen, name, username, more)
        self._world.add_person(person)
        return person

    def _chat_between(self, who: tuple[User | Chat, ...]) -> Chat:
        if len(who) == 1 and isinstance(who[0], Chat):
            return who[0]
        people = [one for one in who if isinstance(one, Person)]
        accounts = [one for one in who if isinstance(one, BotAccount)]
        if len(people) != 1 or len(who) - len(people) != len(accounts) or len(accounts) > 1:
            raise ValueError("transcript takes a person and a bot, or a group")
        return self._world.chat_of(people[0], accounts[0] if accounts else None)

    def _deliveries(self, account: BotAccount, message: Message | None) -> list[Delivery]:
        if message is None:
            return list(account._updates.deliveries)
        wanted = {update.id for update in message.updates if update.account is account}
        return [
            delivery for delivery in account._updates.deliveries if delivery.update_id in wanted
        ]

    def _count(self, account: BotAccount, message: Message | None) -> int:
        return (
            len(self._deliveries(account, message)) if message else account._updates.delivery_count
        )
