"""The webhook function, called with events as a cloud calls it."""

import asyncio
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from events import SHAPES, event
from hypothesis import example, given
from hypothesis import strategies as st

from botlib import Bot
from botlib.bot import APOLOGY, TryAgain, split
from botlib.function import Handler
from botlib.store import StoreError
from botlib.telegram import light
from botlib.telegram.webhook import webhook

TOKEN, SECRET = "42:not-a-real-token", "correct-horse"
DOORS = [webhook, light.webhook]


def make_bot() -> Bot:
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("where")(lambda message: f"chat {message.chat}, user {message.user_id}")
    bot.command("long")(lambda message: "word " * 900)
    bot.command("fail")(lambda message: 1 / 0)
    return bot


@pytest.fixture
def handler() -> Handler:
    return webhook(make_bot(), TOKEN, SECRET)


def message(text="!hello", **changes):
    sender = {"id": 7, "is_bot": False, "first_name": "Viktor"}
    chat = {"id": 7, "type": "private", "first_name": "Viktor"}
    return {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": text} | changes


def post(handler, update, secret=SECRET, shape="aws_v2"):
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["X-Telegram-Bot-Api-Secret-Token"] = secret
    answer = handler(event(shape, headers=headers, body=body), None)
    return answer["statusCode"], answer["body"] and json.loads(answer["body"])


@pytest.mark.parametrize("shape", SHAPES)
def test_hello_is_answered_in_the_response_on_every_cloud(handler, shape):
    status, call = post(handler, {"update_id": 1, "message": message()}, shape=shape)
    assert status == 200
    assert call == {"method": "sendMessage", "chat_id": 7, "text": "hello Viktor!"}


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET.upper(), "ключ"])
def test_without_the_secret_nothing_is_processed(handler, secret):
    status, answer = post(handler, {"update_id": 1, "message": message()}, secret)
    assert (status, answer) == (403, {"error": "wrong or missing secret"})
    assert post(handler, {"update_id": 1, "message": message()})[1]["text"] == "hello Viktor!"


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"5", b"{}",
                                  b'{"update_id":"1"}', b'{"update_id":true}'])  # fmt: skip
def test_what_telegram_never_sends_is_a_400(handler, body):
    status, answer = post(handler, body)
    assert status == 400
    assert "expected an update" in answer["error"]


CHANNEL = {"id": -1, "type": "channel", "title": "News"}
STICKER = {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1,
           "is_animated": False, "is_video": False}  # fmt: skip
QUIET = {
    "an edited message": {"edited_message": message(edit_date=2)},
    "a channel post": {"channel_post": message(chat=CHANNEL)},
    "a sticker": {"message": message(None, sticker=STICKER)},
    "an update type nobody knows yet": {"hologram": {"id": 1}},
    "ordinary talk": {"message": message("good morning")},
    "a message that cannot be read": {"message": {"text": "!hello"}},
    "a message that is none": {"message": "!hello"},
    "a text that is none": {"message": message(5)},
    "only a number": {},
}


@pytest.mark.parametrize("update", QUIET.values(), ids=QUIET)
def test_what_is_not_for_the_bot_is_acknowledged_and_left_alone(handler, update):
    assert post(handler, {"update_id": 1} | update) == (200, "")
    assert post(handler, {"update_id": 2, "message": message()})[1]["text"] == "hello Viktor!"


def test_a_message_without_a_user_is_answered():
    handler = webhook(make_bot(), TOKEN, SECRET)
    unsigned = message()
    del unsigned["from"]
    assert post(handler, {"update_id": 1, "message": unsigned})[1]["text"] == "hello someone!"
    group = {"id": -5, "type": "group", "title": "Friends"}
    hidden = unsigned | {"sender_chat": group, "chat": group}
    assert post(handler, {"update_id": 2, "message": hidden})[1]["text"] == "hello Friends!"


def test_the_brain_learns_chat_and_user(handler):
    _, call = post(handler, {"update_id": 1, "message": message("/where")})
    assert call["text"] == "chat 7, user 7"


def test_the_start_button_shows_the_help(handler):
    _, call = post(handler, {"update_id": 1, "message": message("/start")})
    assert call["text"].startswith("!help")


def test_the_same_update_is_answered_once(handler):
    update = {"update_id": 9, "message": message()}
    assert post(handler, update)[1]["text"] == "hello Viktor!"
    assert post(handler, update) == (200, "")


@pytest.mark.parametrize("door", DOORS)
def test_a_command_that_fails_is_logged_with_its_line_and_apologised_for(door, caplog):
    handler = door(make_bot(), TOKEN, SECRET)
    status, call = post(handler, {"update_id": 1, "message": message("!fail")})
    assert (status, call["text"]) == (200, APOLOGY.format(command="!fail"))
    (logged,) = caplog.messages
    line = r" \(test_webhook\.py, line \d+\)"
    assert re.fullmatch("!fail failed: ZeroDivisionError: division by zero" + line, logged)
    again = {"update_id": 2, "message": message("!fail")}
    assert post(handler, again) == (200, "")  # one apology a minute
    assert len(caplog.messages) == 2
    assert post(handler, {"update_id": 3, "message": message()})[1]["text"] == "hello Viktor!"


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("error", [TryAgain("not now"), StoreError("out of reach")])
def test_what_may_be_mended_makes_the_function_fail_so_that_telegram_sends_it_again(door, error):
    bot, moods = make_bot(), iter([error, error])

    @bot.command("moody")
    def moody(message):
        for mood in moods:
            raise mood
        return "fine now"

    handler = door(bot, TOKEN, SECRET)
    update = {"update_id": 1, "message": message("!moody")}
    for _ in range(2):
        with pytest.raises(TryAgain):
            post(handler, update)
    assert post(handler, update)[1]["text"] == "fine now"
    assert post(handler, update) == (200, "")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
)
fields = st.sampled_from(
    [
        "message_id",
        "date",
        "chat",
        "from",
        "text",
        "entities",
        "sticker",
        "reply_to_message",
        "photo",
    ]
)
numbers = iter(range(10**9))
WARM = webhook(make_bot(), TOKEN, SECRET)


@given(st.dictionaries(fields, json_values))
@example({"date": 10**20})
@example({"date": -(10**20), "edit_date": 10**20})
@example({"date": float("nan")})
def test_no_update_with_the_right_secret_makes_the_function_fail(strange):
    status, _ = post(WARM, {"update_id": next(numbers), "message": message() | strange})
    assert status == 200


@given(st.text(max_size=200), st.text(max_size=50))
def test_no_text_and_no_name_makes_the_function_fail(text, name):
    sender = {"id": 7, "is_bot": False, "first_name": name}
    strange = message(text, **{"from": sender})
    status, _ = post(webhook_for_texts, {"update_id": next(numbers), "message": strange})
    assert status == 200


webhook_for_texts = webhook(Bot(), TOKEN, SECRET)


@pytest.mark.parametrize("missing", ["TELEGRAM_TOKEN", "TELEGRAM_SECRET"])
def test_a_missing_setting_is_named_with_its_fix(monkeypatch, missing):
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_SECRET", SECRET)
    monkeypatch.delenv(missing)
    with pytest.raises(ValueError, match=rf"{missing} is not set.*environment="):
        webhook(Bot())


def test_a_token_that_is_none_is_refused_without_being_shown():
    with pytest.raises(ValueError, match="BotFather") as caught:
        webhook(Bot(), "hunter2", SECRET)
    assert "hunter2" not in str(caught.value)


@given(st.text(max_size=300), st.integers(1, 40))
def test_splitting_keeps_every_word_within_the_limit(text, limit):
    parts = split(text, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_word_that_just_fits_stays_in_its_message():
    assert split("one two three", 7) == ["one two", "three"]


def test_it_answers_inside_a_running_loop_and_from_several_threads_at_once(handler):
    async def as_in_a_notebook():
        return post(handler, {"update_id": 1, "message": message()})

    assert asyncio.run(as_in_a_notebook())[1]["text"] == "hello Viktor!"
    with ThreadPoolExecutor(8) as threads:
        updates = [{"update_id": number, "message": message()} for number in range(2, 42)]
        answers = list(threads.map(lambda update: post(handler, update), updates))
    assert [call["text"] for _, call in answers] == ["hello Viktor!"] * 40
