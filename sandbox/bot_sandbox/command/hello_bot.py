"""Create the hello bot: an account on each platform, and its settings as in `.env`."""

from bot_sandbox.telegram.service import Telegram
from bot_sandbox.twitch import TwitchAccount
from bot_sandbox.twitch.service import Twitch
from bot_sandbox.world.randomness import Randomness

NAME, USERNAME = "Hello bot", "hello_bot"
SCOPES = [  # all that the sandbox checks
    *("chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"),
    *("moderator:read:chatters", "moderator:read:followers"),
]


def create_telegram_bot(
    telegram: Telegram, randomness: Randomness, name: str = NAME, username: str = USERNAME
) -> dict[str, str]:
    """Create the bot on Telegram and return its settings."""
    account = telegram.new_bot(name, username)
    return {
        "TELEGRAM_API": telegram.url,
        "TELEGRAM_TOKEN": account.token,
        "TELEGRAM_SECRET": randomness.text(24, "webhook secret"),
    }


def create_twitch_bot(
    twitch: Twitch, randomness: Randomness, login: str = USERNAME
) -> dict[str, str]:
    """Create the bot on Twitch, authorized in Viktor's channel, and return its settings."""
    viktor, bot = twitch.account("viktor", display_name="Viktor"), twitch.account(login)
    return authorize_bot(twitch, bot, viktor, randomness)


def authorize_bot(
    twitch: Twitch, bot: TwitchAccount, owner: TwitchAccount, randomness: Randomness
) -> dict[str, str]:
    """Register an application, let bot and owner authorize it, and return the bot's settings."""
    app = twitch.application(NAME)
    twitch.authorize(owner, app, ["channel:bot"])
    token = twitch.authorize(bot, app, SCOPES)
    return {
        "TWITCH_API": twitch.url,
        "TWITCH_CLIENT_ID": app.client_id,
        "TWITCH_CLIENT_SECRET": app.client_secret,
        "TWITCH_TOKEN": token.access_token,
        "TWITCH_REFRESH_TOKEN": token.refresh_token,
        "TWITCH_BOT_ID": bot.id,
        "TWITCH_EVENTSUB_SECRET": randomness.text(32, "EventSub secret"),
        "TWITCH_CHANNEL": owner.login,
    }
