"""The Twitch bot, by plain asyncio streams; and both platforms on one clock."""

from bot_sandbox import BotAccount, Clock, aio

from conftest import SOON, until
from twitch_bot import TwitchBot


async def test_hello(aio_twitch: aio.Twitch, chat_bot: TwitchBot) -> None:
    anna = await aio_twitch.account("anna")
    assert await anna.ask("!hello", channel="viktor", timeout=SOON) == "hello anna!"


async def test_it_comes_back_after_a_cut(aio_twitch: aio.Twitch, chat_bot: TwitchBot) -> None:
    anna = await aio_twitch.account("anna")
    before = (await aio_twitch.connections("hello_bot"))[-1]
    await aio_twitch.faults.drop("hello_bot")
    await aio_twitch.wait_for("hello_bot", "viktor", timeout=SOON, after=before)
    assert await anna.ask("!hello", channel="viktor", timeout=SOON) == "hello anna!"
    assert len(await aio_twitch.connections("hello_bot")) == 2


async def test_one_clock_ends_a_token_and_the_bot_fetches_another(
        aio_telegram: aio.Telegram, quiz: BotAccount, aio_twitch: aio.Twitch, chat_bot: TwitchBot,
        sandbox_clock: Clock) -> None:
    old = chat_bot.token
    await until(lambda: chat_bot.validations == [200])
    sandbox_clock.advance(3600)
    await until(lambda: chat_bot.validations == [200, 200])
    sandbox_clock.advance(4 * 3600)
    await until(lambda: chat_bot.validations[2:] == [401])
    await until(lambda: chat_bot.token != old)
    before = (await aio_twitch.connections("hello_bot"))[-1]
    await aio_twitch.faults.drop("hello_bot")
    await aio_twitch.wait_for("hello_bot", "viktor", timeout=SOON, after=before)
    viktor = await aio_telegram.person("Viktor")
    assert await viktor.ask("/score", timeout=SOON) == "Your score: 0"
    assert aio_telegram.sync.clock is aio_twitch.sync.clock is sandbox_clock
