"""A polling bot, and a Telegram that refuses, hides behind a proxy, or is not there."""

import asyncio
import itertools
import os
import subprocess
import sys
import threading
import tracemalloc
import zlib
from importlib import import_module
from urllib.parse import quote

import pytest
from raw_server import answering, http
from scripted_telegram import ME, ScriptedTelegram, ok, refused, sent
from telegram.error import NetworkError
from threaded_polling import ThreadedPolling
from waiting import wait_until

from botlib import Bot
from botlib.run import BROKEN, WRONG_SETTINGS
from botlib.telegram.details.bounded_request import LONGEST_UPDATES, bounded_request
from botlib.telegram.details.send_queue import LONGEST_QUEUE, SendQueues

TOKEN = "42:not-a-real-token"
UNAUTHORIZED = refused(401, "Unauthorized")


def make_bot() -> Bot:
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("echo")(lambda message: message.arguments)
    bot.command("three")(lambda message: ["one", "two", "three"])
    return bot


def update(number, text, chat=7):
    user = {"id": chat, "is_bot": False, "first_name": "Viktor"}
    message = {"message_id": 1, "date": 1, "chat": {"id": chat, "type": "private"}, "from": user}
    return {"update_id": number, "message": message | {"text": text}}


class Updates(ScriptedTelegram):
    """A Telegram that hands out updates; `answers` may answer a method otherwise."""

    def __init__(self, *updates, port=0, **answers):
        self.waiting = list(updates)
        self.answers = answers  # what is called with the call and the path; None: as usual
        super().__init__(self._answer, port)

    def _answer(self, method, call, path):
        if method in self.answers and (answer := self.answers[method](call, path)) is not None:
            return None if answer == "hang up" else answer
        if method == "getMe":
            return ok(ME)
        if method == "getWebhookInfo":
            return ok({"url": "", "has_custom_certificate": False, "pending_update_count": 0})
        if method == "sendMessage":
            return sent(call)
        if method == "getUpdates":
            offset = int(call.get("offset", 0))
            self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
            if not self.waiting:
                threading.Event().wait(0.05)
            return ok(self.waiting[:100])
        return ok()

    def said(self, chat=7):
        """What the bot has said in a chat."""
        sends = [call for method, call in list(self.calls) if method == "sendMessage"]
        return [call["text"] for call in sends if call["chat_id"] == str(chat)]


def in_turn(*answers):
    """Answer with these in turn, then as usual; a callable gets the path."""
    left = iter(answers)

    def answer(call, path):
        one = next(left, None)
        return one(path) if callable(one) else one

    return answer


def page(status):
    """A page of a proxy, which repeats the address in two spellings, and is long."""
    return lambda path: (status, f"<html>{path} {quote(path, safe='')} {'x' * 3000}</html>")


# The token

BOT = """
from botlib import Bot

bot = Bot()
bot.command("hello")(lambda message: f"hello {message.user}!")
"""


HASTY = "from botlib.telegram.details import verified_request\nverified_request.RETRY_S = 0.05\n"


@pytest.fixture
def start(tmp_path):
    """Run a bot as a program of its own, which must end by itself: (status, lines of its log)."""
    (tmp_path / "main.py").write_text(f"{BOT}\n{HASTY}")
    started = []

    def start(telegram):
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram.url}
        words = [sys.executable, "-m", "botlib.run", "telegram", str(tmp_path)]
        program = subprocess.Popen(
            words, env=os.environ | settings, stderr=subprocess.PIPE, text=True
        )
        started.append(program)

        def end():
            _, log = program.communicate(timeout=60)
            return program.returncode, log.splitlines()

        return end

    yield start
    for program in started:
        program.kill()
        program.wait()


def test_pages_of_a_proxy_do_not_end_the_bot_and_telegrams_own_word_does(start):
    with Updates(update(1, "!hello")) as telegram:
        telegram.answers["getUpdates"] = in_turn(page(401), page(404), page(403), page(502))
        end = start(telegram)
        wait_until(lambda: telegram.said() == ["hello Viktor!"], timeout=60)

        def mistaken(path):  # and then it is sorry
            telegram.waiting.append(update(2, "!hello"))
            return UNAUTHORIZED

        telegram.answers["getUpdates"] = in_turn(UNAUTHORIZED, mistaken)
        wait_until(lambda: telegram.said() == ["hello Viktor!"] * 2, timeout=60)
        telegram.answers["getUpdates"] = lambda *_: UNAUTHORIZED
        status, lines = end()
    assert status == WRONG_SETTINGS
    assert "ERROR Telegram does not know this token" in lines[-1]
    told = [line.partition("Bot API: ")[2][:3] for line in lines if "no answer of the" in line]
    assert told == ["401", "404", "403", "502"]
    assert "not-a-real-token" not in "".join(lines)
    assert max(map(len, lines)) < 500


def test_a_page_of_a_proxy_at_the_start_is_worth_another_start(start):
    with Updates(getMe=lambda _, path: page(401)(path)) as telegram:
        status, lines = start(telegram)()
    assert status == BROKEN
    assert "Telegram could not be reached" in lines[-1]
    assert "not-a-real-token" not in "".join(lines)


def test_a_long_pause_between_questions_is_cut_and_logged(caplog, monkeypatch):
    monkeypatch.setattr(
        import_module("botlib.telegram.details.updates_request"), "LONGEST_PAUSE_S", 0
    )
    flood = refused(429, "Too Many Requests: retry after 1000000000", retry_after=10**9)
    with (
        Updates(update(1, "!hello"), getUpdates=in_turn(flood)) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: telegram.said() == ["hello Viktor!"], timeout=30)
    assert "polling: Telegram asks for 1000000000 s of pause" in caplog.text


def test_an_answer_that_trickles_does_not_make_the_bot_deaf(monkeypatch):
    monkeypatch.setattr(
        import_module("botlib.telegram.details.updates_request"), "ANSWER_TIMEOUT_S", 0.5
    )
    given_up = threading.Event()

    def trickle():
        while not given_up.wait(0.05):
            yield " "

    with (
        Updates(update(1, "!hello"), getUpdates=in_turn((200, trickle()))) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: telegram.said() == ["hello Viktor!"], timeout=30)
        given_up.set()


def packed():
    """An answer of 200 KB that is 200 MB long once it is unpacked."""
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(bytes(2**20)) for _ in range(200)]
    body = b"".join([*parts, packer.flush()])
    return [http("200 OK", body, more="Content-Encoding: gzip\r\n")]


def endless():
    """An answer without end, which does not say how long it will be."""
    return itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(bytes(2**20)))


@pytest.mark.parametrize(("answer", "words"), [(packed, "compressed"), (endless, "longer than")])
def test_an_answer_that_would_fill_the_memory_is_given_up(answer, words):
    async def ask(url):
        request = bounded_request()
        await request.initialize()
        try:
            await request.do_request(url, "POST")
        finally:
            await request.shutdown()

    def send(connection):
        for part in parts:
            connection.sendall(part)

    parts = answer()
    with answering(send) as url:
        tracemalloc.start()
        with pytest.raises(NetworkError, match=words):
            asyncio.run(ask(url))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 3 * LONGEST_UPDATES


def test_a_long_answer_is_read_whole():
    long = update(1, "ж" * 2**22)  # 24 MB in JSON, twice what a hundred long messages have
    with (
        Updates(long, update(2, "!hello")) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: telegram.said() == ["hello Viktor!"], timeout=30)


def deep(levels):
    message = update(1, "!hello")["message"]
    for _ in range(levels):
        message = message | {"reply_to_message": message}
    return {"update_id": 1, "message": message}


@pytest.mark.parametrize(
    "result",
    [
        None,
        "a text",
        [None],
        [{}],
        [{"update_id": "1"}],
        [{"update_id": float("nan")}],
        [{"update_id": 1, "message": "a text"}],
        [update(1, "!hello", chat=7) | {"edited_message": {"date": 10**30}}],
        [deep(300)],
    ],
)
def test_an_answer_or_update_that_cannot_be_read_holds_up_no_other(result):
    strange = itertools.chain([ok(result)] * 2, itertools.repeat(None))
    with (
        Updates(update(2, "!hello"), getUpdates=lambda *_: next(strange)) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: telegram.said() == ["hello Viktor!"], timeout=30)


def test_an_update_that_cannot_be_read_is_not_asked_for_again():
    unreadable = {"update_id": 1, "message": "a text"}
    with (
        Updates(unreadable, update(2, "!hello")) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: telegram.said() == ["hello Viktor!"], timeout=30)


# Sending


def flooded(chat, seconds):
    """Refuse each message to one chat."""
    answer = refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
    return lambda call, _: answer if call["chat_id"] == str(chat) else None


def test_a_flooded_chat_does_not_silence_the_others(caplog):
    updates = [update(1, "!hello", 7), update(2, "!hello", 8), update(3, "!hello", 9)]
    with Updates(*updates, sendMessage=flooded(7, 10**9)) as telegram:
        polling = ThreadedPolling(make_bot(), TOKEN, telegram.url)
        wait_until(lambda: telegram.said(8) and telegram.said(9), timeout=30)
        wait_until(lambda: "chat 7: Telegram takes no message for 3600 s" in caplog.text)
        polling.stop()  # within seconds, not after an hour
    assert telegram.said(7) == ["hello Viktor!"]  # refused, and not tried again meanwhile
    assert "chat 7: a reply is lost: the bot stops" in caplog.text


def test_a_refusal_without_a_pause_is_not_answered_by_a_hail_of_messages(monkeypatch):
    monkeypatch.setattr(import_module("botlib.telegram.details.send_queue"), "RETRY_S", 600.0)
    answers = in_turn(refused(429, "Too Many Requests", retry_after=-1000))
    with Updates(update(1, "!hello"), update(2, "!hello", 8), sendMessage=answers) as telegram:
        polling = ThreadedPolling(make_bot(), TOKEN, telegram.url)
        wait_until(lambda: telegram.said(7) and telegram.said(8), timeout=30)
        polling.stop()
    assert len(telegram.said(7) + telegram.said(8)) == 2  # one of them was refused and waited


def test_a_reply_that_must_wait_too_long_is_dropped_and_the_next_is_said(caplog, monkeypatch):
    monkeypatch.setattr(import_module("botlib.telegram.details.send_queue"), "LONGEST_WAIT_S", 0.2)
    flood = refused(429, "Too Many Requests: retry after 1000000000", retry_after=10**9)
    with (
        Updates(update(1, "!echo old"), sendMessage=in_turn(flood)) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: "chat 7: a reply is lost: it has waited for 0.2 s" in caplog.text)
        telegram.waiting.append(update(2, "!echo new"))
        wait_until(lambda: "new" in telegram.said())
    assert telegram.said() == ["old", "new"]  # the first was refused


def test_replies_wait_in_order_while_telegram_is_not_there(caplog, monkeypatch):
    monkeypatch.setattr(import_module("botlib.telegram.details.send_queue"), "RETRY_S", 0.05)
    taken = threading.Event()

    async def slow(message):
        await asyncio.to_thread(taken.wait, 30)  # until Telegram is gone
        return ["one", "two"]

    bot = make_bot()
    bot.command("slow")(slow)
    with Updates(update(1, "!slow"), update(2, "!echo three"), update(3, "!slow", 8)) as telegram:
        polling = ThreadedPolling(bot, TOKEN, telegram.url)
        wait_until(lambda: not telegram.waiting or len(telegram.calls) > 4, timeout=30)
    taken.set()
    wait_until(lambda: "chat 8: not sent yet, trying again" in caplog.text, timeout=30)
    with Updates(port=telegram.port) as telegram:
        wait_until(lambda: len(telegram.said()) == 3 and len(telegram.said(8)) == 2, timeout=30)
        polling.stop()
    assert telegram.said() == ["one", "two", "three"]
    assert telegram.said(8) == ["one", "two"]
    assert caplog.text.count("chat 7: not sent yet") == 1


def test_what_may_have_arrived_is_not_sent_again(caplog):
    hangs = itertools.chain(["hang up"], itertools.repeat(None))
    with (
        Updates(update(1, "!three"), sendMessage=lambda *_: next(hangs)) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: "chat 7: a reply is lost" in caplog.text, timeout=30)
        telegram.waiting.append(update(2, "!hello"))
        wait_until(lambda: "hello Viktor!" in telegram.said(), timeout=30)
    assert telegram.said() == ["one", "hello Viktor!"]
    assert "not-a-real-token" not in caplog.text


def test_a_page_of_a_proxy_is_quoted_without_the_token_and_the_bot_lives(caplog):
    with (
        Updates(update(1, "!hello"), sendMessage=in_turn(page(401))) as telegram,
        ThreadedPolling(make_bot(), TOKEN, telegram.url),
    ):
        wait_until(lambda: "chat 7: a reply is lost" in caplog.text, timeout=30)
        telegram.waiting.append(update(2, "!hello"))
        wait_until(lambda: len(telegram.said()) == 2, timeout=30)
    assert "(hidden)" in caplog.text and "not-a-real-token" not in caplog.text


def test_the_queue_of_a_chat_that_takes_no_message_is_bounded(caplog):
    """60,000 commands wait in one chat that takes no message."""
    n = 60_000

    async def flood():
        paused, answered = asyncio.Event(), asyncio.Event()

        async def send(chat, text):
            sends.append((chat, text))
            if chat == 7:
                await paused.wait()
            else:
                answered.set()

        queues = SendQueues(send)
        for number in range(n):
            queues.put(7, [f"reply {number}"])
        queues.put(8, ["hello Olga!"])
        await answered.wait()
        paused.set()
        await queues.close()

    sends = []
    tracemalloc.start()
    asyncio.run(flood())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    newest = [(7, f"reply {number}") for number in range(n - LONGEST_QUEUE, n)]
    assert [one for one in sends if one[0] == 7] == newest
    assert caplog.text.count("the oldest are dropped") == 1
    assert peak < 5 * 2**20


def test_a_flood_of_commands_is_fetched_no_faster_than_it_is_answered():
    bot, go, begun = make_bot(), threading.Event(), threading.Event()

    @bot.command("hang")
    def hang(message):
        begun.set()
        return f"over: {go.wait(60)}"

    flood = [update(number, "!hang", 8) for number in range(1, 300)]
    with Updates(*flood) as telegram, ThreadedPolling(bot, TOKEN, telegram.url):
        assert begun.wait(30)
        asked = len(telegram.calls)
        wait_until(lambda: len(telegram.calls) > asked + 2)
        assert confirmed(telegram) <= 1  # so Telegram gave no more than a hundred
        go.set()
        wait_until(lambda: confirmed(telegram) == 300, timeout=60)


def test_a_command_that_never_ends_does_not_make_the_bot_deaf():
    bot, go, begun = make_bot(), threading.Event(), threading.Event()

    @bot.command("hang")
    async def hang(message):
        begun.set()
        await asyncio.to_thread(go.wait, 60)

    flood = [update(number, "!echo x", 8) for number in range(2, 300)]
    last = update(300, "!hello", chat=9)
    updates = Updates(update(1, "!hang"), *flood, last)
    with updates as telegram, ThreadedPolling(bot, TOKEN, telegram.url):
        assert begun.wait(30)
        wait_until(lambda: telegram.said(9) == ["hello Viktor!"], timeout=60)
        go.set()


def confirmed(telegram):
    """The first update that Telegram has not been told to forget."""
    asked = [
        int(call.get("offset", 0)) for method, call in telegram.calls if method == "getUpdates"
    ]
    return max(asked, default=0)


# Commands that take long


@pytest.mark.parametrize("kind", ["def", "async def"])
def test_who_waits_for_a_command_that_thinks(kind):
    bot, go, begun = make_bot(), threading.Event(), threading.Event()

    def think(message):
        begun.set()
        return f"thought: {go.wait(60)}"

    async def think_async(message):
        begun.set()
        return f"thought: {await asyncio.to_thread(go.wait, 60)}"

    async def quick(message):
        return "at once"

    bot.command("think")(think if kind == "def" else think_async)
    bot.command("quick")(quick)
    with (
        Updates(update(1, "!think"), update(2, "!quick"), update(3, "!hello", chat=8)) as telegram,
        ThreadedPolling(bot, TOKEN, telegram.url),
    ):
        assert begun.wait(30)
        telegram.waiting.append(update(4, "!quick", chat=9))
        wait_until(lambda: telegram.said(9) == ["at once"])
        if kind == "async def":
            wait_until(lambda: telegram.said(8) == ["hello Viktor!"])
        assert telegram.said(7) == []  # a chat's commands stay in their order
        assert telegram.said(8) == (["hello Viktor!"] if kind == "async def" else [])
        assert confirmed(telegram) <= 1  # a program that is killed now gets it again
        go.set()
        wait_until(lambda: telegram.said(7) == ["thought: True", "at once"])
        wait_until(lambda: telegram.said(8) == ["hello Viktor!"])
        wait_until(lambda: confirmed(telegram) == 5)
    assert [telegram.said(chat) for chat in (7, 8, 9)] == [
        ["thought: True", "at once"],
        ["hello Viktor!"],
        ["at once"],
    ]


def test_a_stop_answers_what_was_taken_and_confirms_it():
    bot, go, begun = make_bot(), threading.Event(), threading.Event()

    @bot.command("think")
    def think(message):
        begun.set()
        return f"thought: {go.wait(60)}"

    with Updates(update(1, "!think"), update(2, "!hello")) as telegram:
        polling = ThreadedPolling(bot, TOKEN, telegram.url)
        assert begun.wait(30)
        stopping = threading.Thread(target=polling.stop)
        stopping.start()
        go.set()
        stopping.join(60)
        assert telegram.said() == ["thought: True", "hello Viktor!"]
        assert confirmed(telegram) == 3
