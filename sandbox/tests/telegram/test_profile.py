"""A bot's name, descriptions and menu button, which many bots set when they start."""

import asyncio

import pytest
import telegram as client

from bot_sandbox.telegram import TelegramError


def test_python_telegram_bot_sets_and_reads_a_profile(telegram, account, viktor):
    viktor.send("/start")

    async def does():
        async with client.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
            assert (await bot.get_my_name()).name == "Hello bot"
            assert (await bot.get_my_description()).description == ""
            assert await bot.set_my_description("It greets.")
            assert await bot.set_my_description("Er grüßt.", language_code="de")
            assert await bot.set_my_short_description("Greets")
            assert (await bot.get_my_description("de")).description == "Er grüßt."
            assert (await bot.get_my_description("fr")).description == "It greets."
            assert (await bot.get_my_short_description()).short_description == "Greets"
            assert await bot.set_my_name("Greeter")
            assert (await bot.get_me()).first_name == "Greeter"
            assert await bot.set_my_description("", language_code="de")
            assert (await bot.get_my_description("de")).description == "It greets."

            assert isinstance(await bot.get_chat_menu_button(), client.MenuButtonCommands)
            app = client.MenuButtonWebApp("Play", client.WebAppInfo("https://a.example/"))
            assert await bot.set_chat_menu_button(viktor.id, app)
            assert await bot.get_chat_menu_button(viktor.id) == app
            assert isinstance(await bot.get_chat_menu_button(), client.MenuButtonCommands)
            assert await bot.set_chat_menu_button(viktor.id)
            assert isinstance(await bot.get_chat_menu_button(viktor.id), client.MenuButtonDefault)
            assert await bot.set_my_name("")

    asyncio.run(does())
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="hello")
    assert str(telegram.transcript(viktor)) == "Viktor: /start\nHello bot: hello"


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("setMyName", {"name": "x" * 65}, "name is longer than 64 characters"),
        ("setMyDescription", {"description": "x" * 513}, "longer than 512 characters"),
        ("setMyShortDescription", {"short_description": "x" * 121}, "longer than 120"),
        ("setMyName", {"name": "x", "language_code": "english"}, "invalid language code specified"),
        ("getMyDescription", {"language_code": "E"}, "invalid language code specified"),
        ("setChatMenuButton", {"menu_button": "x"}, "can't parse menu button JSON object"),
        ("setChatMenuButton", {"menu_button": []}, "can't parse menu button: MenuButton must be"),
        ("setChatMenuButton", {"menu_button": {}}, 'Can\'t find field "type"'),
        ("setChatMenuButton", {"menu_button": {"type": "x"}}, "MenuButton has unsupported type"),
        (
            "setChatMenuButton",
            {"menu_button": {"type": "web_app", "text": "x", "web_app": {"url": "http://a.b"}}},
            "menu button Web App URL 'http://a.b' is invalid: Only HTTPS links are allowed",
        ),
        ("setChatMenuButton", {"chat_id": -5}, "invalid chat_id specified"),
        ("getChatMenuButton", {"chat_id": 5}, "user not found"),
    ],
)
def test_refused_profiles(telegram, account, method, arguments, words):
    with pytest.raises(TelegramError, match=f"400 Bad Request: .*{words}"):
        telegram.call(account, method, **arguments)
