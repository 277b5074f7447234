"""Bots in a Telegram, each of them silent for a reason of its own: eight, and three easier ones.

Viktor has written `!hello` to each. What there is to see is real: each bot is a function in a
cloud, with a webhook or without one, and something about it is broken.
"""

import secrets
import tempfile
from pathlib import Path
from typing import Any

from bot_sandbox import Telegram
from bot_sandbox.cloud.function import Function
from bot_sandbox.http.page import Page
from bot_sandbox.telegram import BotAccount, Group, Message
from lessons.cloud import Cloud

GOOD_CODE = """
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
handler = webhook(bot)
"""
UNLOADABLE_CODE = f"import jokes\n{GOOD_CODE}"
SLOW_CODE = """
import time


def handler(event, context):
    time.sleep(60)
"""
STRANGE_CHAT_CODE = """
import json


def handler(event, context):
    body = json.dumps({"method": "sendMessage", "chat_id": 1, "text": "hello!"})
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": body}
"""
NO_TEXT_CODE = """
import json


def handler(event, context):
    message = json.loads(event["body"])["message"]
    words = message["text"].split()
    reply = {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": " ".join(words)}
    return {"statusCode": 200, "body": json.dumps(reply)}
"""
TIME_LIMIT_S = 10.0
SHORT_LIMIT_S = 1.0  # of the slow one, so that nobody has to wait long
START_S = 30.0  # for a first call on a busy machine
HIDDEN_FIELDS = ("has_custom_certificate", "last_error_date", "max_connections", "ip_address")


class SilentBots:
    """Eight bots by their names, and the three places to look at each of them."""

    def __init__(self) -> None:
        self._telegram, self._cloud = Telegram(limits=None), Cloud()
        self._viktor = self._telegram.person("Viktor")
        self._secret = secrets.token_urlsafe(32)
        self._messages: dict[str, Message] = {}
        self._groups: dict[str, Group] = {}
        self._make_all()

    def _make_all(self) -> None:
        self._make("red_bot", GOOD_CODE, secret_token="another-secret")  # noqa: S106
        self._make("orange_bot", UNLOADABLE_CODE)
        self._make("yellow_bot", GOOD_CODE, allowed_updates=["callback_query"])
        self._make("green_bot", STRANGE_CHAT_CODE)
        self._make(
            "blue_bot", GOOD_CODE, url=self._cloud.function("red_bot").url.replace("red", "bleu")
        )
        self._make("violet_bot", SLOW_CODE, SHORT_LIMIT_S)
        self._make("white_bot", GOOD_CODE, url="")
        self._make("black_bot", GOOD_CODE, in_group=True)
        self._wait_called()
        # This one gets no message, but hears twice that it was added to the group.
        self._telegram.wait_deliveries(self._account("black_bot"), 2, timeout=START_S)

    def _wait_called(self) -> None:
        """Wait until each function that has an address was called."""
        for name, message in self._messages.items():
            account = self._telegram.account(name)
            if message.updates and self._telegram.call(account, "getWebhookInfo")["url"]:
                self._telegram.wait_deliveries(account, 1, message, timeout=START_S)

    @property
    def names(self) -> list[str]:
        """The names of all of them."""
        return list(self._messages)

    def info(self, name: str) -> dict[str, Any]:
        """Return what getWebhookInfo says about a bot, without what doesn't matter here."""
        found = self._telegram.call(self._account(name), "getWebhookInfo")
        return {key: value for key, value in found.items() if key not in HIDDEN_FIELDS}

    def log(self, name: str) -> None:
        """Print what a bot's function has logged at its first call."""
        function = self._cloud.function(self._account(name).username)
        lines = log_of_first_call(function)
        print(*lines or ["(nothing: nobody has called this function)"], sep="\n")

    def window(self, name: str) -> Page:
        """Return the chat with a bot, or the group that it is in."""
        return self._telegram.window(self._viktor, self._groups.get(name, self._account(name)))

    def _account(self, name: str) -> BotAccount:
        if name not in self._messages:
            raise ValueError(f"there is no bot {name!r}; there are: {', '.join(self.names)}")
        return self._telegram.account(name)

    def _make(
        self,
        name: str,
        code: str,
        limit_s: float = TIME_LIMIT_S,
        *,
        in_group: bool = False,
        sticker: bool = False,
        **webhook: Any,
    ) -> None:
        """Make a bot with this code and this webhook, and let Viktor write to it.

        With `sticker` he sends one first, and its function is called with that.
        """
        account = self._telegram.new_bot(name, name)
        settings = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": self._secret}
        settings["TELEGRAM_API"] = self._telegram.url
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "main.py").write_text(code, encoding="utf-8")
            function = self._cloud.deploy(name, folder, environment=settings, timeout_s=limit_s)
        chosen = {"url": function.url, "secret_token": self._secret} | webhook
        if chosen["url"]:
            self._telegram.call(account, "setWebhook", **chosen)
        if in_group:
            self._groups[name] = self._telegram.group("Friends", [self._viktor, account])
        where = self._groups.get(name, account)
        first = self._viktor.sticker(to=where) if sticker else None
        written = self._viktor.send("!hello", to=where)
        self._messages[name] = first or written


class ThreeSilentBots(SilentBots):
    """Three bots whose logs alone say why they are silent."""

    def _make_all(self) -> None:
        self._make("gold_bot", NO_TEXT_CODE, sticker=True)
        self._make("silver_bot", GOOD_CODE, url="")
        self._make("bronze_bot", SLOW_CODE, SHORT_LIMIT_S)
        self._wait_called()


def log_of_first_call(function: Function) -> list[str]:
    """Return the log up to the end of the first call, with … for the call's long id.

    Without the marks under a line of code, which differ between versions of Python.
    """
    ids = [call.request_id for call in function.invocations]
    lines = []
    for line in function.logs:
        for request_id in ids:
            line = line.replace(request_id, "…")
        if not line.strip() or set(line.strip()) - set("~^"):
            lines.append(line)
        if line.startswith("END "):
            break
    return lines
