"""The sandbox Telegram as you meet it: BotFather, people, groups and plain calls.

    telegram = Telegram()
    account = telegram.new_bot("Hello bot", "hello_bot")
    viktor = telegram.person("Viktor")
    viktor.ask("!hello", to=account)

Any Bot API client works with it at `telegram.url`. What the sandbox chose itself is a named
parameter of `Telegram`; everything else is as in the real service.
"""

import itertools
from collections.abc import Iterable
from typing import Any

from bot_sandbox.access import HOST, Access
from bot_sandbox.diagnosis import NoReply
from bot_sandbox.page import Page
from bot_sandbox.server import LocalServer
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

SUPERGROUPS = 1_000_000_000_000  # their ids, and those of channels, begin with -100


class Telegram(LocalServer):
    """A Telegram on this machine, at `url`; stop it with `close()` or by leaving its `with`.

    `retry_scale` multiplies the waits between webhook attempts (the real service: 1),
    `webhook_timeout_s` is how long a webhook may take, `update_lifetime_s` how long updates are
    kept, `limits` how much bots may send (None: no limits). With `local_mode` a webhook may be any
    http address, as the real server started with --local allows; without, https and the ports
    443, 80, 88, 8443 on a public address only. `port` 0 takes any free one. With a `seed` the
    tokens are the same at every start. It listens on `host`; `allow_hosts` are more names that it
    answers to, `allow_origins` web pages that may use it (see access.py).
    """

    def __init__(
        self,
        *,
        port: int = 0,
        local_mode: bool = True,
        retry_scale: float = 0.05,
        webhook_timeout_s: float = 60.0,
        update_lifetime_s: float = 24 * 3600.0,
        limits: Limits | None = Limits(),  # noqa: B008 - it cannot change
        seed: int | str | None = None,
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
    ) -> None:
        super().__init__("telegram-sandbox", Access(host, allow_hosts, allow_origins))
        self.world = TelegramWorld(self.changes, limits, update_lifetime_s, seed)
        self._person_ids = itertools.count(500_000_001)
        self._group_ids = itertools.count(4_000_000_001)
        self._client = self.do(WebhookClient, retry_scale, webhook_timeout_s)
        pause = limits.set_webhook_s if limits else 0.0
        self._methods = Methods(self.world, self._client, local_mode, pause)
        self._api = Api(self.world.accounts, self.world.files, self._methods, self.access)
        try:
            self.port = self.serve(self.do(self._api.runner), port)
        except BaseException:  # a taken port, say; leave no thread behind
            self.close()
            raise
        self.url = f"http://{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Telegram({self.url!r})"

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

    def window(self, person: Person | None = None, to: BotAccount | Group | None = None) -> Page:
        """A page to chat in, for a notebook: as this person, with a bot or in a group."""
        if person is None:
            return self.page(Transcript([]).html())
        self.world.check_own(person, *([to] if to else []))
        accounts = list(self.world.accounts.values())
        to = to or (accounts[0] if len(accounts) == 1 else None)
        if to is None:  # the page lists the chats
            return self.page(Transcript([]).html(), **{"as": str(person.id)})
        key = to.key if isinstance(to, Group) else f"{person.id}-{to.id}"
        chat = to if isinstance(to, Group) else self.world.private.get((person.id, to.id))
        still = self.do(transcript, chat.messages if chat else [])
        return self.page(still.html(), **{"as": str(person.id), "chat": key})

    def call(self, account: BotAccount | str, method: str, **arguments: Any) -> Any:
        """Call a Bot API method as a program would and return its result; or TelegramError."""
        return self.run(self._call(account, method, arguments))

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

    async def shutdown(self) -> None:
        """End every wait: webhooks and long polls."""
        for account in self.world.accounts.values():
            account.updates.wake_poll(None)
            account.updates.remove_webhook()
        await self._client.close()

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
