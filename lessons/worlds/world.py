"""The switch of some notebooks: the same cells reach the sandbox's bot, or your real one.

Nothing reaches a real bot unless its owner says so: `real=True`, and a token in `.env`. Nobody is
asked anything, so that a run of all cells ends whatever is set. It sends nothing by itself.
"""

from typing import Any

from bot_sandbox.telegram import BotAccount, Telegram
from botlib.details.settings import Settings, read_settings, telegram_api
from botlib.telegram.details.bot_api import BotApi
from botlib.telegram.updates import checked_secret
from deploy.tokens.telegram import visible_problems


class World:
    """Where your bot lives: its token and its Telegram.

    In the real world only if that is wanted and `found` has a token for it.
    """

    def __init__(
        self,
        found: Settings,
        telegram: Telegram,
        account: BotAccount,
        secret: str,
        real: bool = False,
    ) -> None:
        self.is_real = real and found.world == "real"
        self._wanted, self._found = real, found
        self._telegram, self._account, self._secret = telegram, account, secret

    def __str__(self) -> str:
        if self.is_real:
            return "your bot is in the REAL WORLD: what the cells do, they do to your own bot."
        words = "your bot is in the SANDBOX: nothing leaves this machine."
        if self._wanted:
            words += (
                "\nFor the real world there is no TELEGRAM_TOKEN: python3 start.py login telegram"
            )
        return words

    @property
    def token(self) -> str:
        """Return your bot's token; do not print it."""
        return self._found.token if self.is_real else self._account.token

    @property
    def secret(self) -> str:
        """Return the webhook's secret; ValueError if a real bot has none, or an easy one."""
        return checked_secret(self._found["TELEGRAM_SECRET"]) if self.is_real else self._secret

    @property
    def api(self) -> str:
        """Return the address of the Bot API."""
        real = self._found.values.get("TELEGRAM_API")
        return telegram_api(real) if self.is_real else self._telegram.url

    def call(self, method: str, **parameters: Any) -> Any:
        """Call a Bot API method of your bot.

        RuntimeError with Telegram's words if it refuses, ValueError for what is no token.
        """
        for problem in visible_problems(self.token):  # an error of a sick address would show it
            raise ValueError(f"TELEGRAM_TOKEN: {problem}")
        return BotApi(self.token, self.api).call(method, parameters)


def telegram_world(
    telegram: Telegram, account: BotAccount, secret: str, real: bool = False
) -> World:
    """Return this sandbox's account; with `real`, the bot whose token is in the settings."""
    return World(read_settings("telegram"), telegram, account, secret, real)
