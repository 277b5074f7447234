"""The one switch of notebooks 07 and 08: your bot's Telegram is the real one once there is a token.

The same cells then talk to another network. What changes something at a real bot is asked first,
whoever runs the cell and however; what only looks is not. It sends nothing by itself.
"""

from collections.abc import Callable
from typing import Any

from botlib.bot import Bot
from botlib.settings import Settings, settings, telegram_api
from botlib.telegram.light import BotApi
from botlib.telegram.webhook import App
from botlib.tokens import telegram_slips
from lessons.holding import Polling
from sandbox.telegram import BotAccount, Person, Telegram

LOOKS = {"getme", "getwebhookinfo"}  # methods that leave a bot as it is


class World:
    """Where your bot lives: its token, its Telegram, and someone who chats with it.

    `found` decides: with a token for the real world everything else is left alone.
    """

    def __init__(
        self,
        found: Settings,
        telegram: Telegram,
        account: BotAccount,
        person: Person,
        secret: str,
        confirm: Callable[[str], str] = lambda question: input(question),  # a kernel has its own
    ) -> None:
        self.is_real = found.world == "real"
        self._found, self._confirm = found, confirm
        self._telegram, self._account, self._person = telegram, account, person
        self._secret = secret

    def __str__(self) -> str:
        if self.is_real:
            return (
                "your bot is in the REAL WORLD: TELEGRAM_TOKEN is set.\n"
                "Cells that change something there ask you first."
            )
        return "your bot is in the SANDBOX: nothing leaves this machine."

    @property
    def token(self) -> str:
        """Your bot's token; do not print it."""
        return self._found.token if self.is_real else self._account.token

    @property
    def secret(self) -> str:
        """The webhook's secret; KeyError says how to set it if there is none for a real bot."""
        return self._found["TELEGRAM_SECRET"] if self.is_real else self._secret

    @property
    def api(self) -> str:
        """The address of the Bot API."""
        real = self._found.values.get("TELEGRAM_API")
        return telegram_api(real) if self.is_real else self._telegram.url

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a Bot API method of your bot.

        RuntimeError with Telegram's words if it refuses, ValueError for what is no token.
        """
        if method.lower() not in LOOKS:
            self._agree(f"{method} changes your real bot")
        for problem in telegram_slips(
            self.token
        ):  # the error of a sick address would show the token
            raise ValueError(f"TELEGRAM_TOKEN: {problem}")
        return BotApi(self.token, self.api).call(method, parameters)

    def polling(self, bot: Bot | App) -> Polling:
        """Answer with this brain by long polling, until `stop` or the end of the `with`.

        An Application must have been made for this world: with its `token` and `api`.
        """
        self._agree("polling takes your real bot's webhook away and answers whoever writes to it")
        return Polling(bot, self.token, self.api)

    def ask(self, text: str) -> str:
        """Write to your bot and return its answer; in the real world you are the one who writes."""
        if not self.is_real:
            return self._person.ask(text, to=self._account)
        name = self.call("getMe")["username"]
        self._confirm(f"Write {text} to @{name} in Telegram. When it has answered, press Enter: ")
        return "(you saw it in your Telegram)"

    def _agree(self, what: str) -> None:
        if self.is_real and self._confirm(f"{what}. Type yes to do it: ").strip().lower() != "yes":
            raise RuntimeError("nothing was done, because the answer was not yes")


def telegram_world(telegram: Telegram, account: BotAccount, person: Person, secret: str) -> World:
    """Look for a token in `.env` and the environment; without one it is this sandbox's account."""
    return World(settings("telegram"), telegram, account, person, secret)
