"""Bots that run in the event loop of the test itself, by polling and by webhook."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web
from telegram.ext import Application, CallbackQueryHandler, CommandHandler

from bot_sandbox import NoReply, aio


async def hello(update, context):
    """Greet with a button."""
    markup = {"inline_keyboard": [[{"text": "Wave", "callback_data": "wave"}]]}
    name = update.effective_user.first_name
    await update.message.reply_text(f"hello {name}!", reply_markup=markup)


async def wave(update, context):
    """Answer the button."""
    await update.callback_query.answer("👋")


@asynccontextmanager
async def ptb(account, url):
    """A bot of python-telegram-bot that polls in this loop."""
    builder = Application.builder().token(account.token).base_url(f"{url}/bot")
    application = builder.build()
    application.add_handler(CommandHandler("hello", hello))
    application.add_handler(CallbackQueryHandler(wave))
    async with application:
        await application.start()
        await application.updater.start_polling()
        yield application
        await application.updater.stop()
        await application.stop()


def test_python_telegram_bot_answers_in_the_loop_of_the_test():
    async def talk():
        async with aio.Telegram() as telegram:
            account = await telegram.new_bot("Hello bot", "hello_bot")
            viktor, anna = await telegram.person("Viktor"), await telegram.person("Anna")
            async with ptb(account, telegram.url):
                await telegram.wait_ready(account)
                answers = await asyncio.gather(viktor.ask("/hello"), anna.ask("/hello"))
                assert answers == ["hello Viktor!", "hello Anna!"]
                await viktor.send("/hello")
                greeting = await viktor.wait_for(lambda message: message.buttons == ["Wave"])
                press = await viktor.press(greeting, "Wave")
                assert await press.answer() == "👋"

    asyncio.run(talk())


def test_a_plain_call_in_that_loop_says_what_is_wrong(telegram, account, viktor):
    async def talk():
        async with ptb(account, telegram.url):
            await aio.Telegram.of(telegram).wait_ready(account)
            with pytest.raises(NoReply) as silence:
                viktor.ask("/hello", timeout=0.2)
            assert await aio.Person.of(viktor).wait_for(lambda message: "hello" in message.text)
        return str(silence.value).splitlines()

    lines = asyncio.run(talk())
    assert lines[1].startswith("This call held the event loop of this thread")
    assert "await the same call of bot_sandbox.aio" in lines[1]


def test_a_webhook_in_the_loop_of_the_test_is_called():
    async def talk():
        async with aio.Telegram() as telegram, ClientSession() as session:
            account = await telegram.new_bot("Hello bot", "hello_bot")
            viktor = await telegram.person("Viktor")

            async def answer(request):
                update = await request.json()
                form = {"chat_id": update["message"]["chat"]["id"], "text": "hello!"}
                url = f"{telegram.url}/bot{account.token}/sendMessage"
                async with session.post(url, data=form) as response:
                    assert response.status == 200
                return web.Response()

            server = web.Application()
            server.router.add_post("/", answer)
            runner = web.AppRunner(server)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            port = runner.addresses[0][1]
            await telegram.call(account, "setWebhook", url=f"http://127.0.0.1:{port}/")
            assert await viktor.ask("/hello") == "hello!"
            await runner.cleanup()

    asyncio.run(talk())


def test_wait_for_passes_what_does_not_fit_and_shows_it_if_nothing_fits(telegram, account, viktor):
    viktor.send("/start")

    def say(chat, *texts):
        for text in texts:
            telegram.call(account, "sendMessage", chat_id=chat.id, text=text)

    say(viktor, "one", "two", "three")
    assert viktor.wait_for(lambda message: message.text == "two").text == "two"
    with pytest.raises(NoReply) as silence:
        viktor.wait_for(lambda message: message.text == "four", timeout=0.05)
    assert str(silence.value).startswith(
        "No matching message came for Viktor within 0.05 s. What came instead:\n"
        "  Hello bot: three\n"
    )
    assert [message.text for message in viktor.wait()] == ["three"]  # it stayed unread
    with pytest.raises(NoReply, match="No other came either"):
        viktor.wait_for(bool, timeout=0.05)
    family = telegram.group("Family", [viktor, account])
    viktor.send("hello", to=family)
    say(family, "a", "b")
    assert family.wait_for(lambda message: message.text in "ab").text == "a"
    assert family.wait_for(lambda message: message.text in "ab").text == "b"
    with pytest.raises(NoReply, match="No matching message came in Family"):
        family.wait_for(lambda message: True, timeout=0.05)
