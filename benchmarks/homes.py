"""The same Telegram bot at several homes, and the sandbox Telegram they all belong to.

It measures nothing: telegram_updates.py does.
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass

from measuring import FUNCTIONS, peer, warm_up
from updates import CHATS, SECRET, event

from bot_sandbox import Telegram
from bot_sandbox.telegram import BotAccount, Person
from lessons.cloud import Cloud

INSTANCES = 8  # of a function, at most
APPLICATION, BOT = "function, Application", "function, Bot"
PEER, CONCURRENT = "run_webhook", "run_webhook, concurrent_updates"


@dataclass
class Home:
    """A bot, where its webhook is, and whether it replies by a call of its own."""

    account: BotAccount
    url: str
    calls: bool


class World:
    """The sandbox Telegram with its people, and the bots at their homes."""

    def __init__(self, stack: ExitStack) -> None:
        self.telegram: Telegram = stack.enter_context(Telegram(limits=None))
        self.people: list[Person] = [self.telegram.person("Viktor") for _ in range(CHATS)]
        self.cloud: Cloud = stack.enter_context(Cloud())
        self.homes = {
            APPLICATION: self.deploy("application", calls=True),
            BOT: self.deploy("webhook", calls=False),
            PEER: self.run_peer(stack, "peer_bot", ""),
            CONCURRENT: self.run_peer(stack, "concurrent_bot", "yes"),
        }

    def environment(self, account: BotAccount) -> dict[str, str]:
        """What a bot must know."""
        token, api = account.token, self.telegram.url
        return {"TELEGRAM_TOKEN": token, "TELEGRAM_SECRET": SECRET, "TELEGRAM_API": api}

    def deploy(self, module: str, calls: bool) -> Home:
        """A bot in the cloud, at most eight instances."""
        account = self.new_bot(f"{module}_bot")
        function = self.cloud.deploy(
            module,
            FUNCTIONS,
            handler=f"{module}.handler",
            memory_mb=512,
            concurrency=INSTANCES,
            environment=self.environment(account),
        )
        warm_up(function, [event(-number) for number in range(INSTANCES)])
        return Home(account, function.url, calls)

    def run_peer(self, stack: ExitStack, username: str, concurrent: str) -> Home:
        """A bot in a process of its own, when it listens."""
        account = self.new_bot(username)
        more = {"CONCURRENT": concurrent}
        url = stack.enter_context(peer("ptb_webhook.py", **self.environment(account), **more))
        while not self.telegram.call(account, "getWebhookInfo")["url"]:
            time.sleep(0.02)
        return Home(account, url, calls=True)

    def new_bot(self, username: str) -> BotAccount:
        """A bot that everybody has written to, so that it may write to them."""
        account: BotAccount = self.telegram.new_bot(username, username)
        for person in self.people:
            person.send("hello", to=account)
        self.telegram.call(account, "deleteWebhook", drop_pending_updates=True)
        return account

    def arrived(self) -> int:
        """How many replies the sandbox Telegram has got."""
        return sum(len(person.inbox) for person in self.people)

    def wait_for(self, replies: int) -> None:
        """Wait for so many replies since the last `forget`."""
        if not self.telegram.wait_until(lambda: self.arrived() >= replies, timeout=120):
            raise RuntimeError(f"{self.arrived()} of {replies} replies came")

    def forget(self) -> None:
        """Throw away what people have got."""
        for person in self.people:
            self.telegram.do(person.inbox.clear)
