"""Bots with the real addresses in their code meet the sandbox without a changed line."""

import os
import shutil
import subprocess
import sys

import pytest
from npm import PEERS, installed
from pip import fresh_python
from twitch_tools import World

from bot_sandbox.cloud.deployment import find_node

BOTS = PEERS / "unchanged"
FROM_PIP = (
    "aiodns==4.0.4",
    "aiogram==3.31.0",
    "httpx==0.28.1",
    "pyTelegramBotAPI==4.37.1",
    "requests==2.34.2",
    "websockets==17.4",
    *(["uvloop==0.23.0"] if os.name != "nt" else []),
)
TWITCHIO_2 = "twitchio==2.10.0"
NPM = pytest.mark.slow("clients from npm")
PIP = [pytest.mark.slow("clients from pip"), pytest.mark.timeout(600)]
GIF = b"GIF89a\x07\0\x05\0\x80\0\0"
POSIX = pytest.mark.skipif(os.name == "nt", reason="POSIX: uvloop")


def command(words):
    """The command for a bot: "BOT" or "CLIENT: BOT", with what runs it and the bot's arguments."""
    name, *arguments = words.removesuffix(" (pip)").split()
    if name.endswith(".mjs"):
        return [find_node(), name, *arguments], installed("unchanged")
    python = fresh_python(*FROM_PIP) if words.endswith("(pip)") else sys.executable
    return [python, name, *arguments], BOTS


def echoes(telegram, program, words, loop=""):
    line, folder = command(words)
    account = telegram.new_bot("Echo bot", "echo_bot")
    program(*line, folder=folder, BOT_TOKEN=account.token)
    expected = f"you said moin ({loop})" if loop else "you said moin"
    assert telegram.person("Viktor").ask("moin", timeout=60) == expected


@pytest.mark.parametrize("words", ["ptb.py", "urllib_bot.py", "httpx_bot.py"])
def test_a_telegram_bot_in_python(telegram, program, words):
    echoes(telegram, program, words)


@pytest.mark.parametrize(
    ("words", "loop"),
    [
        pytest.param("requests_bot.py (pip)", "", marks=PIP),
        pytest.param("telebot_bot.py (pip)", "", marks=PIP),
        pytest.param("aiogram_bot.py (pip)", "asyncio", marks=PIP),
        pytest.param("aiogram_bot.py uvloop (pip)", "uvloop", marks=[*PIP, POSIX]),
        pytest.param("httpx_bot.py uvloop (pip)", "", marks=[*PIP, POSIX]),
    ],
)
def test_a_telegram_bot_on_a_library(telegram, program, words, loop):
    echoes(telegram, program, words, loop)


@pytest.mark.parametrize(
    "words",
    [
        "fetch_bot.mjs",
        *(pytest.param(f"{name}_bot.mjs", marks=NPM) for name in ("grammy", "telegraf", "axios")),
    ],
)
def test_a_telegram_bot_in_javascript(telegram, program, words):
    echoes(telegram, program, words)


def test_files_come_from_the_real_address_as_well(telegram, program, tmp_path):
    line, folder = command("ptb.py")
    account = telegram.new_bot("Echo bot", "echo_bot")
    program(*line, folder=folder, BOT_TOKEN=account.token)
    (tmp_path / "cat.gif").write_bytes(GIF)
    viktor = telegram.person("Viktor")
    viktor.photo(tmp_path / "cat.gif")
    assert viktor.wait(timeout=60)[0].text == f"{len(GIF)} bytes"


@pytest.mark.parametrize(
    "words",
    [
        "irc_tls.py",
        "irc_tls.py plain",
        pytest.param("websockets_bot.py (pip)", marks=PIP),
        pytest.param("tmi_bot.mjs", marks=NPM),
    ],
)
def test_a_chat_bot_for_twitch(twitch, program, words):
    line, folder = command(words)
    world = World(twitch, ["chat:read", "chat:edit"])
    program(*line, folder=folder, BOT_TOKEN=world.token.access_token)
    twitch.wait_for(world.bot, "viktor", timeout=60)
    assert world.viktor.ask("!hello", timeout=60).lower() == "hello viktor!"


@pytest.mark.slow("a client from pip")
@pytest.mark.timeout(600)
def test_twitchio_2_chats_and_asks_helix(twitch, program):
    world = World(twitch, ["chat:read", "chat:edit"])
    world.viktor.mod(world.bot)  # so that two answers may follow each other at once
    python = fresh_python(TWITCHIO_2)  # apart from TwitchIO 3, which is another library
    program(python, "twitchio2_bot.py", folder=BOTS, BOT_TOKEN=world.token.access_token)
    twitch.wait_for(world.bot, "viktor", timeout=60)
    assert world.viktor.ask("!hello", timeout=60) == "hello viktor!"
    assert world.viktor.ask("!who", timeout=60) == "the channel of Viktor"
    assert not twitch._world.unsupported


@NPM
def test_twurple_chats_asks_helix_and_hears_an_event(twitch, program):
    world = World(twitch, ["chat:read", "chat:edit", "moderator:read:followers"])
    world.viktor.mod(world.bot)
    program(
        find_node(),
        "twurple_bot.mjs",
        folder=installed("unchanged"),
        BOT_TOKEN=world.token.access_token,
        REFRESH_TOKEN=world.token.refresh_token,
        CLIENT_ID=world.app.client_id,
        CLIENT_SECRET=world.app.client_secret,
    )
    twitch.wait_for(world.bot, "viktor", timeout=60)
    assert world.viktor.ask("!hello", timeout=60) == "hello Viktor!"
    assert world.viktor.ask("!who", timeout=60) == "the channel of Viktor"
    assert twitch.wait_until(lambda: any(each.enabled for each in twitch.subscriptions()), 60)
    twitch.account("anna", "Anna").follow(world.viktor)
    assert world.viktor.wait(timeout=60)[0].text == "welcome Anna"
    assert not twitch._world.unsupported


@pytest.mark.slow("Miniflare from npm: 150 MB")
def test_a_cloudflare_worker_by_the_documented_start(telegram, program):
    folder = installed("worker")
    page = (PEERS.parents[1] / "docs/unchanged.md").read_text(encoding="utf-8")
    assert (folder / "start.mjs").read_text(encoding="utf-8") in page
    account = telegram.new_bot("Echo bot", "echo_bot")
    line, ready = [find_node(), "start.mjs"], "the worker listens at "
    started = program(*line, folder=folder, ready=ready, PORT="0", BOT_TOKEN=account.token)
    (url,) = [one.removeprefix(ready) for one in started.output.all() if one.startswith(ready)]
    telegram.call(account, "setWebhook", url=url.replace("localhost", "127.0.0.1"))
    assert telegram.person("Viktor").ask("moin", timeout=60) == "you said moin"


@pytest.mark.slow("Go compiles its standard library first")
def test_a_telegram_bot_in_go(telegram, program, tmp_path):
    if not shutil.which("go"):
        pytest.skip("NO GO: a bot in Go was not tried")
    bot = tmp_path / ("bot.exe" if os.name == "nt" else "bot")
    subprocess.run(["go", "build", "-o", bot, BOTS / "bot.go"], check=True, timeout=280)
    account = telegram.new_bot("Echo bot", "echo_bot")
    program(str(bot), BOT_TOKEN=account.token)
    assert telegram.person("Viktor").ask("moin", timeout=60) == "you said moin"
