"""The sandbox Telegram as a learner meets it: BotFather, people, groups and plain calls.

    telegram = Telegram()
    account = telegram.new_bot("Hello bot", "hello_bot")
    viktor = telegram.person("Viktor")
    viktor.ask("!hello", to=account)

It knows no network and no threads. Where coroutines run is the business of its `Runner`, and what
POSTs to webhooks is handed in. service.py puts a server around it; in_memory.py has none.
"""

import itertools
from collections.abc import Coroutine
from typing import Any

from bot_sandbox.diagnosis import NoReply
from bot_sandbox.http_messages import Request, Response
from bot_sandbox.runner import Runner
from bot_sandbox.telegram.api import Api
from bot_sandbox.telegram.arguments import Arguments, as_text
from bot_sandbox.telegram.diagnosis import bots
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.methods import Described, Methods
from bot_sandbox.telegram.people import Group, Person, transcript
from bot_sandbox.telegram.types import Chat, Message, User
from bot_sandbox.telegram.updates import Delivery, WebhookClient
from bot_sandbox.telegram.world import BotAccount, TelegramWorld
from bot_sandbox.transcript import Transcript
from bot_sandbox.webhook_post import Sender

SUPERGROUPS = 1_000_000_000_000  # their ids, and those of channels, begin with -100


class TelegramCore(Runner):
    """A Telegram that answers requests by `handle`, and POSTs to webhooks by `sender`.

    A subclass is also a Runner of some kind, and says at which `url` clients find it. `Telegram`
    explains the parameters.
    """

    url: str

    def __init__(
        self,
        sender: Sender,
        *,
        local_mode: bool = True,
        retry_scale: float = 0.05,
        update_lifetime_s: float = 24 * 3600.0,
        limits: Limits | None = Limits(),  # noqa: B008 - it cannot change
        seed: int | str | None = None,
    ) -> None:
        self.world = TelegramWorld(self.changes, limits, update_lifetime_s, seed)
        self._person_ids = itertools.count(500_000_001)
        self._group_ids = itertools.count(4_000_000_001)
        pause = limits.set_webhook_s if limits else 0.0
        client = WebhookClient(sender, retry_scale)
        self._methods = Methods(self.world, client, local_mode, pause)
        self._api = Api(self.world.accounts, self.world.files, self._methods)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    async def handle(self, request: Request) -> Response:
        """Answer a request to the Bot API, on the loop of this Telegram."""
        return await self._api.handle(request)

    def new_bot(self, name: str, username: str, privacy: bool = True) -> BotAccount:
        """Ask BotFather for a bot; ValueError in his words when he refuses.

        `privacy` is his /setprivacy: with it, a bot in a group sees only what is meant for it.
        """
        return self.do(self.world.new_bot, name, username, privacy)

    def new_token(self, account: BotAccount) -> str:
        """BotFather's /revoke: the bot gets a new token, the old one is refused with 401.

        Its webhook goes with the old token, as on the real server; what is pending stays.
        """
        return self.do(self.world.new_token, account)

    def account(self, username: str) -> BotAccount:
        """A bot made before, by its username; KeyError naming those there are."""
        wanted = username.removeprefix("@").lower()
        for account in list(self.world.accounts.values()):
            if account.username.lower() == wanted:
                return account
        raise KeyError(f"no bot @{wanted}; there are {self.world.names()}")

    def person(self, name: str, username: str | None = None) -> Person:
        """Someone who chats."""
        person = Person(self.world, self, next(self._person_ids), name, username or "")
        self.do(self.world.meet, person)
        return person

    def group(self, title: str, members: list[User], kind: str = "group") -> Group:
        """A group of people and bots, or a "supergroup"; the first person is its owner."""
        if kind not in ("group", "supergroup", "channel"):
            raise ValueError(f"a group is a 'group', a 'supergroup' or a 'channel'; found {kind!r}")
        number = next(self._group_ids)
        number += 0 if kind == "group" else SUPERGROUPS
        group = Group(self.world, self, -number, kind, title)
        self.do(self.world.found, group)
        group.begin_with(sorted(members, key=lambda member: member.is_bot))  # people first
        return group

    def channel(self, title: str, members: list[User], username: str = "") -> Group:
        """A channel: what its people write is a channel_post; its bots are admins."""
        channel = self.group(title, members, kind="channel")
        if username:
            channel.json["username"] = username
        return channel

    def transcript(self, *who: User | Chat) -> Transcript:
        """The chat of a person with a bot, or of a group."""
        return self.do(lambda: transcript(self._chat_between(who).messages))

    def call(self, account: BotAccount | str, method: str, **arguments: Any) -> Any:
        """Call a Bot API method as a program would and return its result; or TelegramError."""
        return self.run(self._call(account, method, arguments))

    def call_async(
        self, account: BotAccount | str, method: str, **arguments: Any
    ) -> Coroutine[Any, Any, Any]:
        """Do what `call` does, for a coroutine that awaits it."""
        return self.run_async(self._call(account, method, arguments))

    def deliveries(self, account: BotAccount, message: Message | None = None) -> list[Delivery]:
        """Every webhook attempt of a bot (its last 10,000), or those for one message."""
        return self.do(self._deliveries, account, message)

    def wait_deliveries(
        self, account: BotAccount, n: int = 1, message: Message | None = None, timeout: float = 5.0
    ) -> list[Delivery]:
        """Wait until n webhook attempts have ended, in all or for one message, and return them."""
        if not self.wait_until(lambda: self._count(account, message) >= n, timeout):
            found = f"{self._count(account, message)} of {n} deliveries to {account.name} ended"
            raise NoReply(f"{found} within {timeout:g} s.\n{bots([account])}")
        return self.deliveries(account, message)

    def stop(self) -> None:
        """End every wait, on the loop: webhooks and long polls."""
        for account in self.world.accounts.values():
            account.updates.wake_poll(None)
            account.updates.remove_webhook()

    def still(
        self, person: Person | None, to: BotAccount | Group | None
    ) -> tuple[Transcript, dict[str, str]]:
        """A chat as it is now, and how a window names it: by `as` and `chat`."""
        if person is None:
            return Transcript([]), {}
        self.world.check_own(person, *([to] if to else []))
        accounts = list(self.world.accounts.values())
        to = to or (accounts[0] if len(accounts) == 1 else None)
        if to is None:  # the page lists the chats
            return Transcript([]), {"as": str(person.id)}
        key = to.key if isinstance(to, Group) else f"{person.id}-{to.id}"
        chat = to if isinstance(to, Group) else self.world.private.get((person.id, to.id))
        shown = self.do(transcript, chat.messages if chat else [])
        return shown, {"as": str(person.id), "chat": key}

    def _chat_between(self, who: tuple[User | Chat, ...]) -> Chat:
        if len(who) == 1 and isinstance(who[0], Chat):
            return who[0]
        people = [one for one in who if isinstance(one, Person)]
        accounts = [one for one in who if isinstance(one, BotAccount)]
        if len(people) != 1 or len(who) - len(people) != len(accounts) or len(accounts) > 1:
            raise ValueError("transcript takes a person and a bot, or a group")
        return self.world.chat_of(people[0], accounts[0] if accounts else None)

    async def _call(self, account: BotAccount | str, method: str, values: dict[str, Any]) -> Any:
        bot = self._api.account(account) if isinstance(account, str) else account
        self.world.check_own(bot)
        pairs = [(key, as_text(value)) for key, value in values.items() if value is not None]
        result = await self._methods.call(bot, method.lower(), Arguments(pairs))
        return result.result if isinstance(result, Described) else result

    def _deliveries(self, account: BotAccount, message: Message | None) -> list[Delivery]:
        if message is None:
            return list(account.updates.deliveries)
        wanted = {update.id for update in message.updates if update.account is account}
        return [delivery for delivery in account.updates.deliveries if delivery.update_id in wanted]

    def _count(self, account: BotAccount, message: Message | None) -> int:
        return (
            len(self._deliveries(account, message)) if message else account.updates.delivery_count
        )
