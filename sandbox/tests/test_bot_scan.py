"""tools/bot_scan.py finds what a bot needs of Telegram or Twitch in its source."""

import subprocess
import sys
from pathlib import Path

import pytest
from pip import fresh_python

SANDBOX = Path(__file__).parents[1]


PARSER = "tree-sitter==0.26.1", "tree-sitter-typescript==0.23.2"  # only this tool needs them
SCRIPTS = pytest.mark.slow("a parser from pip")


@pytest.fixture
def scan(tmp_path):
    """Scan a bot with one more file; return what the tool prints."""

    def scan(platform, name, code, status=0):
        python = sys.executable if name.endswith(".py") else fresh_python(*PARSER)
        (tmp_path / name).write_bytes(code if isinstance(code, bytes) else code.encode())
        words = [python, SANDBOX / "tools/bot_scan.py", platform, tmp_path]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        return set((done.stdout or done.stderr).splitlines())

    return scan


PYTHON_BOTS = {
    "python-telegram-bot": """
from telegram.ext import Application, InlineQueryHandler, MessageHandler, filters
async def answer(update, context):
    await update.message.reply_video(open("a.mp4", "rb"), caption="Look")
    await context.bot.send_photo(1, "https://example.org/a.jpg", message_thread_id=5)
    if update.message.forward_origin or update.message.voice:
        await context.bot.send_message(chat_id=1, text="Hello", protect_content=False)
app.add_handler(InlineQueryHandler(answer))
""",
    "aiogram": """
from aiogram import F, Router
@router.message(F.voice | F.forward_origin)
async def answer(message):
    await message.answer_video(video, caption="Look")
    await message.answer_photo(photo="https://example.org/a.jpg", message_thread_id=5)
    await message.answer("Hello")
@router.inline_query()
async def offer(query): ...
""",
    "telebot": """
import telebot
@bot.message_handler(content_types=["voice"])
def answer(message):
    if message.forward_from:
        bot.send_video(message.chat.id, video, caption="Look")
    bot.send_photo(1, photo_url, message_thread_id=5)
    bot.reply_to(message, "Hello")
@bot.inline_handler(lambda query: True)
def offer(query): ...
""",
    "plain HTTP": """
import requests
API = f"https://api.telegram.org/bot{TOKEN}"
def call(method, **data): return requests.post(f"{API}/{method}", json=data).json()
call("sendMessage", chat_id=1, text="Hello", message_thread_id=5)
call("sendVideo", caption="Look")
requests.post(API + "/sendPhoto", json={"photo": "https://example.org/a.jpg"})
if "inline_query" in update or update["message"].get("voice"):
    "forward_from" in update["message"]
""",
}
SCRIPT_BOTS = {
    "telegraf": """
const { Telegraf } = require("telegraf");
bot.on("inline_query", (ctx) => ctx.reply("Hello"));
bot.on("voice", async (ctx) => {
  if (ctx.message.forward_from) await ctx.replyWithVideo("id", { caption: "Look" });
  await ctx.replyWithPhoto("https://example.org/a.jpg", { message_thread_id: 5 });
});
""",
    "grammY": """
import { Bot, type Context } from "grammy";
const bot = new Bot<Context>(process.env.TOKEN!);
bot.inlineQuery("a", (ctx: Context) => ctx.reply("Hello"));
bot.on("message:voice", async (ctx) => {
  const { forward_origin } = ctx.message;
  await ctx.api.sendVideo(1, "id", { caption: "Look" });
  await bot.api.sendPhoto(1, "https://example.org/a.jpg", { message_thread_id: 5 });
});
""",
    "node-telegram-bot-api": """
import TelegramBot from 'node-telegram-bot-api';
bot.on('inline_query', (query) => bot.sendMessage(1, 'Hello'));
bot.on('voice', (msg) => {
  if (msg.forward_from) bot.sendVideo(msg.chat.id, 'id', { caption: 'Look' });
  bot.sendPhoto(1, `https://example.org/${name}.jpg`, { message_thread_id: 5 });
});
""",
}
SAME_NEEDS = {
    "method sendMessage", "method sendVideo", "method sendPhoto", "update inline_query",
    "people voice", "people forward", "parameter message_thread_id",
}  # fmt: skip


@pytest.mark.parametrize("library", PYTHON_BOTS)
def test_each_library_of_python_is_read(scan, library):
    found = scan("telegram", "bot.py", PYTHON_BOTS[library])
    assert found >= SAME_NEEDS
    assert not [need for need in found if need.startswith("unresolved")]


@SCRIPTS
@pytest.mark.parametrize("library", SCRIPT_BOTS)
@pytest.mark.parametrize("name", ["bot.mjs", "bot.ts"])
def test_each_library_of_javascript_is_read(scan, library, name):
    found = scan("telegram", name, SCRIPT_BOTS[library])
    assert found >= SAME_NEEDS | {"address sendPhoto", "parameter sendVideo.caption"}
    assert not [need for need in found if need.startswith("unresolved")]


def test_a_value_that_says_nothing_is_no_parameter(scan):
    found = scan("telegram", "bot.py", PYTHON_BOTS["python-telegram-bot"])
    assert {"address sendPhoto", "parameter sendVideo.caption"} <= found
    assert "parameter sendMessage.protect_content" not in found


def test_a_bot_of_twitch_in_python(scan):
    code = """
from twitchio.ext import commands
class Bot(commands.Bot):
    async def event_raid(self, payload): ...
    async def event_message(self, message):
        if message.author.is_subscriber and message.tags["bits"]:
            await self.user.create_clip(token=token)
    async def setup(self): await self.subscribe(eventsub.ChannelCheerSubscription(user=1))
requests.post("https://api.twitch.tv/helix/moderation/bans?broadcaster_id=1")
requests.get("https://api.twitch.tv/helix/users", params={"login": "viktor"})
"""
    assert scan("twitch", "bot.py", code) == {
        "chat raid", "chat subscriber", "chat bits", "helix create_clip", "eventsub channel.cheer",
        "helix POST moderation/bans", "helix GET users",
    }  # fmt: skip


@SCRIPTS
def test_a_bot_of_twitch_in_javascript(scan):
    code = """
const tmi = require("tmi.js"), API = "https://api.twitch.tv/helix";
client.on("cheer", (channel, tags) => client.say(channel, tags["custom-reward-id"]));
fetch(`${API}/clips?broadcaster_id=1`, { method: "POST" });
fetch(API + "/streams");
app.get("/users", (request, response) => response.send(""));
listener.onChannelRedemptionAdd(1, onRedeem);
"""
    reward = "eventsub channel.channel_points_custom_reward_redemption.add"
    expected = {"chat cheer", "chat custom-reward-id", "helix POST clips", "helix GET streams"}
    assert scan("twitch", "bot.js", code) == {*expected, reward}


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import telebot\nprint 'Python 2'", "a file can't be parsed"),
        ("from aiogram import Bot", "no method was found"),
        ("import telebot\nbot.send_message(1, 'a')\ngetattr(bot, name)(1)", "getattr"),
        ("import telebot, pyrogram\nbot.send_message(1, 'a')", "MTProto"),
    ],
)
def test_what_it_cannot_follow_is_named(scan, code, why):
    assert f"unresolved: {why}" in scan("telegram", "bot.py", code)


@pytest.mark.parametrize("nonsense", [b"\0\xff telebot", b"(" * 5000, b"\xef\xbb\xbfimport \x80"])
def test_nonsense_is_unresolved(scan, nonsense):
    found = scan("telegram", "bot.py", b"import telebot\n" + nonsense)
    assert "unresolved: a file can't be parsed" in found


@SCRIPTS
@pytest.mark.parametrize("nonsense", [b"", b"\0\xff }{", b"<html>telegraf</html>"])
def test_nonsense_in_javascript_stops_nothing(scan, nonsense):
    scan("telegram", "bot.py", "import telebot\nbot.send_message(1, 'a')")
    assert "method sendMessage" in scan("telegram", "other.js", nonsense)  # it does not stop there


@pytest.mark.parametrize("name", ["bot.py", pytest.param("bot.js", marks=SCRIPTS)])
def test_names_without_letters_are_names(scan, name):
    scan("telegram", "hello.py", "import telebot\nbot.send_message(1, 'a')")
    found = scan("telegram", name, "_._(__, _[_])\n_._._['']\nx = {'': _}\n")
    assert found == {"method sendMessage"}


@pytest.mark.parametrize("code", ["import discord", "", "print('telegram')"])
def test_no_bot(scan, code):
    (said,) = scan("telegram", "main.py", code, status=1)
    assert said == "no telegram bot in Python, JavaScript or TypeScript"
