"""The real Telegram and the real Twitch, for whoever has tokens: `python3 start.py test -m live`.

Nothing here harms a bot: it looks, and says one sentence, on Telegram to the chat in
TELEGRAM_TEST_CHAT and only if that is set, on Twitch in the channel of the token's own account.
No webhook is touched, no update taken, no token refreshed.
"""

import os
from pathlib import Path

import pytest
from threaded_irc_bot import ThreadedIrcBot

from botlib import Bot
from botlib.details.settings import read_settings, telegram_api
from botlib.telegram.details.bot_api import BotApi
from botlib.twitch.irc_bot import IrcBot
from deploy.tokens import telegram as telegram_token
from deploy.tokens import twitch as twitch_token

ROOT = Path(__file__).parents[2]
TEXT = "A test of the course's live group says hello."

pytestmark = pytest.mark.live


@pytest.fixture
def own(request):
    """Gives the settings of the learner's own bot; skips unless asked for, and without a token."""

    def settings_of(platform):
        if request.config.getoption("markexpr") != "live":
            pytest.skip("runs only by: python3 start.py test -m live")
        found = read_settings(platform, ROOT)
        if not found.token:
            pytest.skip(f"{platform.upper()}_TOKEN is not set: python3 start.py login {platform}")
        if found.world != "real":
            pytest.skip(f"{platform.upper()}_API points to a sandbox, not to the real world")
        return found

    return settings_of


@pytest.fixture
def telegram(own):
    return BotApi(own("telegram").token, telegram_api(None))


def test_telegram_knows_the_token(own):
    found = telegram_token.check_token(own("telegram").token)
    assert found.ok, str(found)
    assert found.username.lower().endswith("bot")


def test_telegram_says_how_the_webhook_is(telegram):
    assert {"url", "pending_update_count"} <= set(telegram.call("getWebhookInfo", {}))


def test_telegram_takes_a_message(telegram):
    chat = os.environ.get("TELEGRAM_TEST_CHAT")
    if not chat:
        pytest.skip("TELEGRAM_TEST_CHAT is not set: the number of your own chat with the bot")
    sent = telegram.call("sendMessage", {"chat_id": chat, "text": TEXT})
    assert sent["text"] == TEXT


def test_twitch_knows_the_token(own):
    found = twitch_token.check_token(own("twitch").token)
    assert found.ok, str(found)


def test_twitch_takes_a_message_in_the_bots_own_channel(own, monkeypatch):
    found = own("twitch")
    if found.missing("TWITCH_CLIENT_ID"):
        pytest.skip("TWITCH_CLIENT_ID is not set: python3 start.py login twitch")
    monkeypatch.delenv("TWITCH_REFRESH_TOKEN", raising=False)  # refreshing could end the old pair
    channel = twitch_token.check_token(found.token).login
    bot = IrcBot(Bot(), [channel], token=found.token)
    with ThreadedIrcBot(bot, timeout=60) as held:
        held.say(channel, TEXT, timeout=60)
    assert (bot.counts.sent, bot.counts.lost, bot.counts.refused) == (1, 0, 0)
