"""The function of a Bot and the function of an Application leave the same chat behind."""

import asyncio
import itertools
import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from events import SHAPES
from hypothesis import example, given
from hypothesis import strategies as st
from scripted_telegram import ME, ScriptedTelegram, ok, sent
from telegram_adapters import ADAPTERS, SECRET, application_of, post

from bot_sandbox import Telegram
from bot_sandbox.telegram import TelegramError
from botlib import Bot
from botlib.bot import APOLOGY, TryAgain
from botlib.store import StoreError, open_store
from botlib.telegram import application, webhook

TOKEN = "42:not-a-real-token"
BOTH = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)


def make_bot() -> Bot:
    bot, moods = Bot(), [StoreError("out of reach"), TryAgain("not now")]
    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("where")(lambda message: f"{message.chat} {message.user_id} {message.arguments}")
    bot.command("nothing")(lambda message: None)
    bot.command("three")(lambda message: ["one", "two", "three"])
    bot.command("half")(lambda message: "half \ud83d")
    bot.command("long")(lambda message: "word " * 2000)
    bot.command("fail")(lambda message: 1 / 0)

    @bot.command("moody")
    def moody(message):
        if moods:
            raise moods.pop()
        return "fine now"

    @bot.command("wait")
    async def wait(message):
        await asyncio.sleep(0)
        return "waited"

    return bot


VIKTOR = {"id": 7, "is_bot": False, "first_name": "Viktor"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Viktor"}
GROUP = {"id": -5, "type": "group", "title": "Friends"}
CHANNEL = {"id": -1, "type": "channel", "title": "News"}
STICKER = {"file_id": "a", "file_unique_id": "b", "type": "regular", "width": 1, "height": 1,
           "is_animated": False, "is_video": False}  # fmt: skip


def message(text="!hello", **changes):
    whole = {"message_id": 1, "date": 1, "chat": PRIVATE, "from": VIKTOR, "text": text} | changes
    return {key: value for key, value in whole.items() if value is not None}


def says(text, **changes):
    return {"update_id": 1, "message": message(text, **changes)}


def nested(depth):
    text = json.dumps(message("!hello"))
    return b'{"update_id": 1, "message": ' + (
        b'{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"!hello",'
        b'"reply_to_message":' * depth + text.encode() + b"}" * depth + b"}"
    )


HELLO, FAILED = ["hello Viktor!"], [APOLOGY.format(command="!fail")]
LONG = [" ".join(["word"] * n) for n in (819, 819, 362)]
HELP = [make_bot().ask("!help")]
REFUSED_SECRET, BAD = (403, {"error": "wrong or missing secret"}), 400
CASES = {  # what comes in (an update, or one with its secret), the outcomes, what is said
    "a command": ([says("!hello")], [200], HELLO),
    "a slash command": ([says("/hello")], [200], HELLO),
    "arguments": ([says("/where a  b")], [200], ["7 7 a  b"]),
    "an async command": ([says("!wait")], [200], ["waited"]),
    "no reply": ([says("!nothing")], [200], []),
    "a command that there is not": (
        [says("!hallo")], [200], ["I do not know !hallo. Did you mean !hello?"]),
    "ordinary talk": ([says("good morning")], [200], []),
    "a long talk": ([says("word " * 9000)], [200], []),
    "the start button": ([says("/start")], [200], HELP),
    "a command for this bot": ([says("/hello@Hello_Bot")], [200], HELLO),
    "a command for another bot": ([says("/hello@other_bot"), says("/hello") | {"update_id": 2}],
                                  [200, 200], HELLO),
    "an at sign alone": ([says("/where@ a  b")], [200], []),
    "three replies": ([says("!three")], [200], ["one", "two", "three"]),
    "half a character": ([says("!half")], [200], ["half ?"]),
    "a long reply": ([says("!long")], [200], LONG),
    "a failing command": ([says("!fail"), says("!hello") | {"update_id": 2}], [200, 200],
                          FAILED + HELLO),
    "an apology a minute": ([says("!fail"), says("!fail") | {"update_id": 2}], [200, 200], FAILED),
    "try again": ([says("!moody")] * 4, ["TryAgain", "StoreError", 200, 200], ["fine now"]),
    "a duplicate": ([says("!hello")] * 3, [200] * 3, HELLO),
    "no secret": ([(says("!hello"), None), says("!hello")], [403, 200], HELLO),
    "an empty secret": ([(says("!hello"), "")], [403], []),
    "a wrong secret": ([(says("!hello"), "wrong")], [403], []),
    "a longer secret": ([(says("!hello"), SECRET + "x")], [403], []),
    "a secret in capitals": ([(says("!hello"), SECRET.upper())], [403], []),
    "a secret in Russian": ([(says("!hello"), "ключ")], [403], []),
    **{
        f"not an update: {body[:20]!r}": ([body, says("!hello")], [400, 200], HELLO)
        for body in (b"", b"{", b"\xff\xfe", b"[]", b"5", b"{}", b'{"update_id":"1"}',
                     b'{"update_id":true}')
    },
    "only a number": ([{"update_id": 1}], [200], []),
    "an edited message": ([{"update_id": 1, "edited_message": message(edit_date=2)}], [200], []),
    "a channel post": ([{"update_id": 1, "channel_post": message(chat=CHANNEL)}], [200], []),
    "a sticker": ([says(None, sticker=STICKER)], [200], []),
    "an update type of tomorrow": ([{"update_id": 1, "hologram": {"id": 1}}], [200], []),
    "a message without a chat": ([{"update_id": 1, "message": {"text": "!hello"}}], [200], []),
    "a message that is a text": ([{"update_id": 1, "message": "!hello"}], [200], []),
    "a text that is a number": ([says(5)], [200], []),
    "no user": ([says("!hello", **{"from": None})], [200], ["hello someone!"]),
    "an admin who hides": ([says("!hello", chat=GROUP, sender_chat=GROUP, **{"from": None})],
                           [200], ["hello Friends!"]),
    "nested 900 deep": ([nested(900), says("!hello") | {"update_id": 2}], [200, 200], HELLO),
    "nested 100,000 deep": ([b"[" * 100_000, nested(100_000), says("!hello")], [200] * 3, HELLO),
}  # fmt: skip


class Chat:
    """A Telegram of its own with Viktor, a group, and one adapter of the bot."""

    def __init__(self, telegram, adapter, store=None):
        self.telegram = telegram
        self.account = telegram.new_bot("Hello bot", "hello_bot")
        self.viktor = telegram.person("Viktor")
        self.viktor.send("/start", to=self.account)  # before that, no bot may write to him
        self.group = telegram.group("Friends", members=[self.viktor, self.account])
        self.make = lambda store: adapter(
            make_bot(), self.account.token, SECRET, telegram.url, store
        )
        self.handler = self.make(store)

    def deliver(self, update, secret=SECRET, shape="aws_v2", handler=None):
        """Deliver an update as Telegram does; what came of it: a status, or an error's name."""
        if isinstance(update, dict):
            here = {"7": str(self.viktor.id), "-5": str(self.group.id)}
            written = re.sub(r'(?<="id": )(7|-5)\b', lambda id: here[id[1]], json.dumps(update))
            update = written.encode()
        try:
            status, call = post(handler or self.handler, update, secret, shape)
        except TryAgain as error:
            return type(error).__name__
        if status == 200 and call:  # Telegram runs what stands in the response, and tells nobody
            with suppress(TelegramError):
                self.telegram.call(self.account, call.pop("method"), **call)
        return status

    def texts(self):
        """What the bot has said so far, with Viktor's number as the updates have it."""
        return [said.text.replace(str(self.viktor.id), "7") for said in self.viktor.inbox]


@pytest.fixture
def chat(adapter):
    with Telegram(limits=None) as telegram:
        yield Chat(telegram, adapter)


@BOTH
@pytest.mark.parametrize(("updates", "outcomes", "said"), CASES.values(), ids=CASES)
def test_both_leave_the_same_chat(chat, updates, outcomes, said):
    given = [update if isinstance(update, tuple) else (update, SECRET) for update in updates]
    assert [chat.deliver(*each) for each in given] == outcomes
    assert chat.texts() == said


@BOTH
@pytest.mark.parametrize("shape", SHAPES)
def test_every_cloud_is_answered(chat, shape):
    assert chat.deliver(says("!hello"), shape=shape) == 200
    assert chat.texts() == HELLO


@BOTH
def test_what_is_ignored_is_logged(chat, caplog):
    assert [chat.deliver(nested(depth)) for depth in (900, 100_000)] == [200, 200]
    logged = [record.message for record in caplog.records if "was ignored" in record.message]
    assert chat.texts() == [] and len(logged) in (1, 2)
    assert all("cannot be read" in text or "too deeply" in text for text in logged)


@BOTH
def test_a_failing_command_is_logged_with_its_line(chat, caplog):
    chat.deliver(says("!fail"))
    line = r" \(test_both_adapters\.py, line \d+\)"
    (logged,) = [text for text in caplog.messages if "failed" in text]
    assert re.fullmatch("!fail failed: ZeroDivisionError: division by zero" + line, logged)


@BOTH
def test_two_instances_that_share_a_store_answer_an_update_once(adapter, tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with Telegram(limits=None) as telegram, open_store(url) as one, open_store(url) as other:
        chat = Chat(telegram, adapter, store=one)
        second = chat.make(store=other)
        assert [chat.deliver(says("!three"), handler=on) for on in (None, second)] == [200, 200]
        assert chat.texts() == ["one", "two", "three"]


@BOTH
def test_a_bot_that_was_blocked_ends_the_update_and_the_next_is_answered(chat, caplog):
    chat.viktor.block(chat.account)
    assert chat.deliver(says("!three")) == 200
    assert re.search("(a message|the rest of a reply) is lost|a handler failed", caplog.text)
    chat.viktor.unblock(chat.account)
    assert chat.deliver(says("!three")) == 200  # a duplicate
    assert chat.deliver(says("!hello") | {"update_id": 2}) == 200
    assert chat.texts() == HELLO


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
        "edit_date",
        "chat",
        "from",
        "text",
        "entities",
        "sticker",
        "photo",
        "reply_to_message",
        "sender_chat",
    ]
)
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def warm():
    """Both functions, of a bot whose Telegram says yes to everything."""
    with ScriptedTelegram(lambda method, call, _: ok(ME) if call == {} else sent(call)) as telegram:
        made = ADAPTERS.values()
        yield [adapter(make_bot(), TOKEN, SECRET, telegram.url) for adapter in made]


@given(st.dictionaries(fields, json_values) | json_values)
@example({"date": 10**20})
@example({"date": -(10**20), "edit_date": 10**20})
@example({"date": float("nan")})
def test_no_update_with_the_right_secret_makes_a_function_fail(warm, strange):
    strange = message() | strange if isinstance(strange, dict) else strange
    for handler in warm:
        assert post(handler, {"update_id": next(numbers), "message": strange})[0] == 200


@given(st.text(max_size=200), st.text(max_size=50))
def test_no_text_and_no_name_makes_a_function_fail(warm, text, name):
    update = says(text, **{"from": VIKTOR | {"first_name": name}})
    for handler in warm:
        assert post(handler, update | {"update_id": next(numbers)})[0] == 200


@BOTH
def test_it_answers_inside_a_running_loop_and_from_several_threads_at_once(chat):
    async def as_in_a_notebook():
        return chat.deliver(says("!hello"))

    assert asyncio.run(as_in_a_notebook()) == 200
    updates = [says("!hello") | {"update_id": number} for number in range(2, 42)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(chat.deliver, updates)) == [200] * 40
    assert chat.texts() == HELLO * 41


WEAK = ["x", " ", "é", "correct-horse", "correct horse battery", "корректныйсекрет", "a" * 257]


@BOTH
@pytest.mark.parametrize("secret", WEAK)
def test_a_secret_that_is_easy_to_guess_is_refused_and_not_shown(adapter, secret):
    with pytest.raises(ValueError, match=r"16 to 256 characters.*Make one with") as caught:
        adapter(make_bot(), TOKEN, secret)
    assert len(secret) < 5 or secret not in str(caught.value)


@BOTH
@pytest.mark.parametrize("secret", ["a" * 16, "A_-9" * 64])
def test_a_good_secret_is_taken(adapter, secret):
    handler = adapter(make_bot(), TOKEN, secret)
    assert post(handler, {"update_id": 1}, "wrong")[0] == 403


@BOTH
def test_a_missing_secret_is_named_with_its_fix(adapter, monkeypatch):
    monkeypatch.delenv("TELEGRAM_SECRET", raising=False)
    with pytest.raises(ValueError, match=r"TELEGRAM_SECRET is not set\. Set it where"):
        adapter(make_bot(), TOKEN, secret=None)


@BOTH
def test_a_token_with_something_around_it_is_refused_at_once_and_not_quoted(adapter):
    with pytest.raises(ValueError, match="no bot token") as raised:
        adapter(make_bot(), f"{TOKEN}\n", SECRET)
    assert TOKEN not in str(raised.value)


def test_an_adapter_that_gets_the_wrong_kind_of_bot_names_the_right_one():
    app = application_of(make_bot(), TOKEN)
    with pytest.raises(TypeError, match=r"needs a Bot, found Application.*telegram\.application"):
        webhook.webhook(app, TOKEN, SECRET)
    with pytest.raises(TypeError, match=r"needs an App.*found Bot\. For a Bot.*telegram\.webhook"):
        application.webhook(make_bot(), SECRET)
    with pytest.raises(TypeError, match="needs a Bot, found str"):
        webhook.webhook(TOKEN, secret=SECRET)
