import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from aiogram import Bot, Dispatcher
from aiogram.utils.backoff import BackoffConfig
from bot_sandbox import BotAccount, Clock, aio
from PIL import Image

import quiz_bot
from twitch_bot import TwitchBot

SOON = 30.0


async def until(condition: Callable[[], object], timeout: float = SOON) -> None:
    """Wait for something in our own bot; the sandbox's wait_until only looks when the sandbox changes."""
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.01)


def picture(width: int, height: int, color: str = "green") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (width, height), color).save(data, "PNG")
    return data.getvalue()


@asynccontextmanager
async def running_quiz(account: BotAccount, api: str) -> AsyncIterator[Dispatcher]:
    bot: Bot = quiz_bot.make_bot(account.token, api)
    dispatcher = Dispatcher(pictures=[picture(400, 300), picture(300, 400, "red")])
    dispatcher.include_router(quiz_bot.router())
    backoff = BackoffConfig(min_delay=0.05, max_delay=0.2, factor=1.3, jitter=0)
    task = asyncio.create_task(
        dispatcher.start_polling(bot, handle_signals=False, backoff_config=backoff, polling_timeout=10))
    try:
        yield dispatcher
    finally:
        await dispatcher.stop_polling()
        await task


@pytest.fixture
async def quiz(aio_telegram: aio.Telegram) -> AsyncIterator[BotAccount]:
    account = await aio_telegram.new_bot("Quiz bot", "quiz_bot")
    async with running_quiz(account, aio_telegram.url):
        await aio_telegram.wait_ready(account)
        yield account


@pytest.fixture
async def chat_bot(aio_twitch: aio.Twitch, sandbox_clock: Clock) -> AsyncIterator[TwitchBot]:
    await aio_twitch.account("viktor")
    bot_account = await aio_twitch.account("hello_bot")
    app = await aio_twitch.application("Hello bot")

    async def new_token() -> str:
        return (await aio_twitch.authorize(bot_account, app, "chat:read chat:edit")).access_token

    bot = TwitchBot("hello_bot", "viktor", await new_token(), new_token, irc=aio_twitch.irc_address,
                    api=aio_twitch.url, now=sandbox_clock.now, tick=0.05)
    task = asyncio.create_task(bot.run())
    try:
        await aio_twitch.wait_for("hello_bot", "viktor", timeout=SOON)
        yield bot
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
