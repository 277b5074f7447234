"""logOut and close, with which a bot moves to a server of its own.

The rules are those of `Client::on_cmd` and `get_closing_error` in telegram-bot-api's Client.cpp.
Beginners call `close` to clean up, and the public server refuses it for ten minutes.
"""

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import TelegramError, too_many_requests
from bot_sandbox.telegram.methods.base import MethodGroup
from bot_sandbox.telegram.world import CLOSE_AFTER_S, BotAccount

LOGGED_OUT = TelegramError(400, "Logged out")
LOGGED_OUT_S = 600.0  # core.telegram.org/bots/api#logout: "for 10 minutes"


class Session(MethodGroup):
    """The methods that end a bot's session on the server."""

    async def log_out(self, account: BotAccount, _: Arguments) -> bool:
        """Forget the bot's updates and its webhook, and refuse its calls for ten minutes."""
        account._logged_out_until = self._world.clock.now() + LOGGED_OUT_S
        account._updates.remove_webhook()
        account._updates.clear()
        account._updates.wake_poll(LOGGED_OUT)
        return True

    async def close(self, account: BotAccount, _: Arguments) -> bool:
        """End the session; the next call begins another."""
        now = self._world.clock.now()
        if now < account._may_close_at:
            raise too_many_requests(round(account._may_close_at - now))
        account._may_close_at = now + CLOSE_AFTER_S
        return True
