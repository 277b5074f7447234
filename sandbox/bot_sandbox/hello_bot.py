"""The bot that the commands make: an account on each platform, and its settings as for `.env`."""

from bot_sandbox.randomness import Randomness
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.twitch import Account
from bot_sandbox.twitch.service import Twitch

NAME, USERNAME = "Hello bot", "hello_bot"
SCOPES = [  # all that something here asks for
    *("chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"),
    *("moderator:read:chatters", "moderator:read:followers"),
]


def on_telegram(telegram: Telegram, randomness: Randomness) -> dict[str, str]:
    """Make the bot on Telegram; its settings."""
    account = telegram.new_bot(NAME, USERNAME)
    return {
        "TELEGRAM_API": telegram.url,
        "TELEGRAM_TOKEN": account.token,
        "TELEGRAM_SECRET": randomness.text(24, "webhook secret"),
    }


def on_twitch(twitch: Twitch, randomness: Randomness) -> dict[str, str]:
    """Make the bot on Twitch, allowed all it needs in Viktor's channel; its settings."""
    viktor, bot = twitch.account("viktor", display_name="Viktor"), twitch.account(USERNAME)
    return agreed(twitch, bot, viktor, randomness)


def agreed(twitch: Twitch, bot: Account, owner: Account, randomness: Randomness) -> dict[str, str]:
    """Make an application to which the bot and a channel's owner say yes; the bot's settings."""
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
