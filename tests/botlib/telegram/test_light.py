"""The webhook function without python-telegram-bot answers as the one with it does."""

import http.server
import json
import subprocess
import sys
import threading

import pytest
from events import SHAPES, event
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox import Telegram
from botlib import Bot
from botlib.telegram import light
from botlib.telegram.webhook import webhook
from lessons.cloud import Cloud

TOKEN, SECRET = "42:not-a-real-token", "correct-horse"
CHAT = {"id": 7, "type": "private", "first_name": "Viktor"}
VIKTOR = {"id": 7, "is_bot": False, "first_name": "Viktor"}
CHANNEL = {"id": -1, "type": "channel", "title": "News"}
GROUP = {"id": -5, "type": "group", "title": "Friends"}


def make_bot() -> Bot:
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("where")(lambda message: f"{message.chat} {message.user_id} {message.arguments}")
    bot.command("nothing")(lambda message: None)
    bot.command("fail")(lambda message: 1 / 0)

    @bot.command("wait")
    async def wait(message):
        import asyncio

        await asyncio.sleep(0)
        return "waited"

    return bot


def message(text="!hello", **changes):
    return {"message_id": 1, "date": 1, "chat": CHAT, "from": VIKTOR, "text": text} | changes


def post(handler, update, secret=SECRET, shape="aws_v2"):
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    answer = handler(event(shape, headers=headers, body=body), None)
    return answer["statusCode"], answer["body"] and json.loads(answer["body"])


def both(update, **how):
    """The light function's answer, once it is sure that the other gives the same."""
    answers = [post(door(make_bot(), TOKEN, SECRET), update, **how) for door in DOORS]
    assert answers[0] == answers[1]
    return answers[0]


DOORS = [light.webhook, webhook]
UNSIGNED = {key: value for key, value in message().items() if key != "from"}


@pytest.mark.parametrize("shape", SHAPES)
def test_hello_is_answered_in_the_response_on_every_cloud(shape):
    status, call = both({"update_id": 1, "message": message()}, shape=shape)
    assert (status, call) == (
        200,
        {"method": "sendMessage", "chat_id": 7, "text": "hello Viktor!"},
    )


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET.upper(), "ключ"])
def test_without_the_secret_nothing_is_processed(secret):
    assert both({"update_id": 1, "message": message()}, secret=secret)[0] == 403


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'{"update_id":true}'])
def test_what_telegram_never_sends_is_a_400(body):
    assert both(body)[0] == 400


@pytest.mark.parametrize(
    "update",
    [
        {"message": message("/start")},
        {"message": message("!wait")},
        {"message": message("!nothing")},
        {"message": message("/where@ a  b")},
        {"message": message("!unknown")},
        {"message": message("!fail")},
        {"message": message("good morning")},
        {"message": message("word " * 9000)},
        {"message": UNSIGNED},
        {"message": UNSIGNED | {"chat": GROUP, "sender_chat": GROUP}},
        {"message": message(None)},
        {"edited_message": message(edit_date=2)},
        {"channel_post": message(chat=CHANNEL)},
        {"hologram": {"id": 1}},
        {},
    ],
)
def test_every_update_is_answered_as_by_the_function_with_the_library(update):
    both({"update_id": 1} | update)


@given(st.text(max_size=200), st.text(max_size=50), st.integers(-(2**50), 2**50))
def test_no_text_and_no_name_is_answered_otherwise(text, name, number):
    update = {"update_id": next(numbers), "message": message(text, chat=CHAT | {"id": number})}
    update["message"]["from"] = VIKTOR | {"first_name": name}
    assert post(WARM[0], update) == post(WARM[1], update)


numbers = iter(range(10**9))
WARM = [door(make_bot(), TOKEN, SECRET) for door in DOORS]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
)
fields = st.sampled_from(["message_id", "chat", "from", "text", "sender_chat", "date"])


@given(st.dictionaries(fields, values) | values)
def test_no_update_with_the_right_secret_makes_the_function_fail(strange):
    strange = message() | strange if isinstance(strange, dict) else strange
    assert post(WARM[0], {"update_id": next(numbers), "message": strange})[0] == 200


def test_a_repeated_update_is_answered_once():
    handler = light.webhook(make_bot(), TOKEN, SECRET)
    update = {"update_id": 2, "message": message()}
    assert post(handler, update)[1]["text"] == "hello Viktor!"
    assert post(handler, update) == (200, "")


def test_it_loads_neither_the_library_nor_an_event_loop():
    code = "import sys; import botlib.telegram.light; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"telegram", "httpx", "asyncio", "http.client"} & set(loaded)


MAIN = """
from botlib import Bot
from botlib.telegram.light import webhook

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
bot.command("three")(lambda message: ["one", "two", "three"])
handler = webhook(bot)
"""


@pytest.fixture
def viktor(tmp_path):
    (tmp_path / "main.py").write_text(MAIN)
    with Telegram() as telegram, Cloud() as cloud:
        account = telegram.new_bot("Hello bot", "hello_bot")
        settings = {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": SECRET}
        settings["TELEGRAM_API"] = telegram.url
        function = cloud.deploy("bot", tmp_path, environment=settings)
        telegram.call(account, "setWebhook", url=function.url, secret_token=SECRET)
        viktor = telegram.person("Viktor")
        viktor.group = telegram.group("Friends", members=[viktor, account])
        yield viktor


def test_several_replies_keep_their_order_through_the_cloud(viktor):
    viktor.send("!three")
    assert [message.text for message in viktor.wait(3)] == ["one", "two", "three"]


@pytest.mark.parametrize("door", DOORS)
def test_a_token_with_something_around_it_is_refused_at_once_and_not_quoted(door):
    with pytest.raises(ValueError, match="no bot token") as raised:
        door(make_bot(), f"{TOKEN}\n", SECRET)
    assert TOKEN not in str(raised.value)


def test_a_broken_answer_loses_the_rest_of_a_reply_and_says_nothing_twice(caplog):
    """The first part went out: were the update sent again, it would be said once more."""
    answers = iter([b'{"ok": true, "result": {}}', b"<html>busy</html>"])

    class BotApi(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(next(answers))

        def log_message(self, *_):
            pass

    bot = make_bot()
    bot.command("three")(lambda message: ["one", "two", "three"])
    with http.server.HTTPServer(("127.0.0.1", 0), BotApi) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        door = light.webhook(bot, TOKEN, SECRET, f"http://127.0.0.1:{server.server_port}")
        answer = post(door, {"update_id": 1, "message": message("!three")})
        server.shutdown()
    assert answer == (200, "")
    assert "the rest of a reply is lost: RuntimeError" in caplog.text


def test_a_command_for_another_bot_of_the_group_is_left_alone(viktor):
    viktor.send("/hello@other_bot", to=viktor.group)
    assert viktor.ask("/hello@Hello_Bot", to=viktor.group) == "hello Viktor!"
