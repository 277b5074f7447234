"""The brain, without any platform."""

import argparse
import asyncio
import functools
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botlib import Bot, Message
from botlib.bot import APOLOGY, TryAgain
from botlib.store import StoreError


@pytest.fixture
def bot() -> Bot:
    bot = Bot()

    @bot.command("hello", help="greets you")
    def hello(message):
        return f"hello {message.user}!"

    @bot.command("add")
    def add(message):
        """adds whole numbers"""
        return str(sum(int(word) for word in message.words))

    @bot.command("wait")
    async def wait(message):
        await asyncio.sleep(0)
        return ["first", "", "second"]

    @bot.command("nothing")
    def nothing(message):
        return None

    return bot


@pytest.mark.parametrize("text", ["!hello", "/hello", "  !hello", "!HELLO", "!hello\nViktor"])
def test_a_command_is_found_by_either_prefix_in_any_case(bot, text):
    assert bot.ask(text, user="Viktor") == "hello Viktor!"


@pytest.mark.parametrize("text", ["hello", "", "!", "!!", "! hello", "2!hello", "!hello!", "/a/b"])
def test_ordinary_talk_is_left_alone(bot, text):
    assert bot.ask(text) == ""


def test_arguments_reach_the_command(bot):
    assert bot.ask("!add 2  3 4") == "9"


def test_arguments_keep_their_inner_spaces():
    assert Message("!say  good   morning ").arguments == "good   morning"
    assert Message("!say").arguments == ""


def test_several_replies_keep_their_order_and_blank_ones_are_dropped(bot):
    assert asyncio.run(bot.safe_replies_async(Message("!wait"))) == ["first", "second"]
    assert asyncio.run(bot.safe_replies_async(Message("!nothing"))) == []


def test_help_lists_every_command_with_what_it_does(bot):
    assert bot.ask("!help").splitlines() == [
        "!help what I can do",
        "!hello greets you",
        "!add adds whole numbers",
        "!wait",
        "!nothing",
    ]


def test_help_can_be_replaced(bot):
    bot.command("help")(lambda message: "ask Viktor")
    assert bot.ask("/help") == "ask Viktor"


def test_an_unknown_command_gets_a_hint(bot):
    assert bot.ask("!helo") == "I do not know !helo. Did you mean !hello?"
    assert bot.ask("!xyzzy") == "I do not know !xyzzy. Try !help."


@pytest.mark.parametrize("name", ["", "two words", "a-b", "x" * 33, "!"])
def test_an_impossible_command_name_is_refused_with_an_example(name):
    with pytest.raises(ValueError, match=r'@bot\.command\("hello"\)'):
        Bot().command(name)


def test_a_name_may_be_given_with_its_prefix(bot):
    bot.command("!Bye")(lambda message: "bye")
    assert bot.ask("/bye") == "bye"


def test_an_error_in_a_command_reaches_whoever_asked(bot):
    with pytest.raises(ValueError, match="invalid literal"):
        bot.ask("!add two")


def test_the_decorator_without_a_name_says_how_to_write_it(bot):
    with pytest.raises(TypeError, match="with the name in quotes"):
        bot.command(lambda message: "hello")


@pytest.mark.parametrize("wrong", [5, ["one", 2], b"bytes", 0.5])
def test_a_command_that_returns_no_text_is_told_what_to_return(bot, wrong):
    bot.command("wrong")(lambda message: wrong)
    with pytest.raises(TypeError, match=r"a text, a list of texts or None.*str\("):
        bot.ask("!wrong")


def none():
    return "hello"


def two(message, name):
    return "hello"


async def named(message, *, name):
    return "hello"


class Counter:
    def right(self, message):
        return "hello"

    def without(self):
        return "hello"

    def __call__(self, message):
        return "hello"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (none, r"found none\(\)\. Write def none\(message\):"),
        (two, r"found two\(message, name\)\. Write def two\(message\):"),
        (named, r"found named\(message, name\)\. Write def named\(message\):"),
        (lambda: "hello", r"Write lambda message: …"),
        (Counter.right, r"found right\(self, message\)"),
        (Counter().without, r"Write def without\(self, message\):"),
    ],
)
def test_a_command_that_cannot_take_the_message_is_refused_at_once(bot, wrong, says):
    with pytest.raises(TypeError, match=f"a command gets one argument, the message; .*{says}"):
        bot.command("wrong")(wrong)
    assert "wrong" not in bot.commands


def with_default(message, name="Viktor", *, loud=False):
    return "hello"


@functools.wraps(none)
def wrapped(message):
    return "hello"


@pytest.mark.parametrize(
    "right",
    [
        with_default,
        wrapped,
        lambda *everything: "hello",
        lambda message, /, **more: "hello",
        lambda m, *more: "hello",
        Counter().right,
        Counter(),
        functools.partial(two, name="Viktor"),
        "hello {0.user}".format,  # shows no parameters
    ],
)
def test_whatever_can_take_the_message_is_a_command(bot, right):
    bot.command("right")(right)
    assert bot.ask("!right").startswith("hello")


@pytest.mark.parametrize("prefixes", ["", " ", "! ", "a!", ["!"], None, b"!"])
def test_impossible_prefixes_are_refused_with_an_example(prefixes):
    with pytest.raises(ValueError, match=r'such as Bot\("!/"\); found'):
        Bot(prefixes)


def test_prefixes_may_be_any_signs():
    bot = Bot("]^-\\🤖")
    for prefix in bot.prefixes:
        assert bot.command_in(f"{prefix}hello") == "hello"


def test_a_command_may_yield_but_an_async_one_is_told_that_it_cannot(bot):
    @bot.command("count")
    def count(message):
        yield from ["one", "two"]

    @bot.command("later")
    async def later(message):
        yield "one"

    assert bot.ask("!count") == "one\ntwo"
    with pytest.raises(TypeError, match="cannot yield: return a list of texts instead"):
        bot.ask("!later")


HOSTILE = ["", "\0", "!\0", "!" * 100_000, "!" + "a" * 100_000, "!hello " + "x" * 100_000]
HOSTILE += ["!🦀", "!שלום עולם", "\u202e!hello", "!hello\r\nQUIT", "!\ud800", "/привет Виктор"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_never_raises(bot, text):
    assert isinstance(bot.ask(text), str)


@given(st.text(), st.text())
def test_any_text_from_anyone_gets_texts_back(text, user):
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    replies = asyncio.run(bot.safe_replies_async(Message(text, user)))
    assert all(isinstance(reply, str) and reply.strip() for reply in replies)


@given(st.text())
def test_any_arguments_are_read(text):
    message = Message("!echo " + text)
    assert message.arguments.split() == message.words == text.split()


# --- a command that fails ---------------------------------------------------------------------


def fails(message):
    return str(int(message.arguments))


LINE = fails.__code__.co_firstlineno + 1
SORRY = APOLOGY.format(command="!roll")


def by_await(bot, message):
    return asyncio.run(bot.safe_replies_async(message))


def at_once(bot, message):
    return bot.safe_replies(message)


DOORS = pytest.mark.parametrize("respond", [by_await, at_once])


@DOORS
def test_a_failed_command_is_logged_with_its_line_and_apologised_for(respond, caplog):
    bot = Bot()
    bot.command("roll")(fails)
    assert respond(bot, Message("/ROLL banana", chat="7")) == [SORRY]
    assert caplog.messages == [
        "!roll failed: ValueError: invalid literal for int() with base 10: 'banana' "
        f"(test_bot.py, line {LINE})"
    ]
    assert respond(bot, Message("!roll 5", chat="7")) == ["5"]


@DOORS
def test_no_control_character_of_a_viewer_reaches_the_log(respond, caplog):
    bot = Bot()
    bot.command("roll")(fails)
    respond(bot, Message("!roll \x1b]0;owned\x07\x9b2J\u202e", chat="7"))
    assert caplog.messages[0].isprintable()
    assert r"\x1b]0;owned" in caplog.messages[0]


@DOORS
def test_it_apologises_once_a_minute_in_each_chat(respond, caplog, monkeypatch):
    bot, now = Bot(), [1000.0]
    bot.command("roll")(fails)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    banana, elsewhere = Message("!roll banana", chat="7"), Message("!roll banana", chat="8")
    assert respond(bot, banana) == [SORRY]
    assert respond(bot, banana) == []
    assert respond(bot, elsewhere) == [SORRY]
    now[0] += 59
    assert respond(bot, banana) == []
    now[0] += 1
    assert respond(bot, banana) == [SORRY]
    assert len(caplog.messages) == 5


@DOORS
def test_only_what_may_be_mended_goes_on_to_the_door(respond, caplog):
    bot = Bot()
    errors = iter([TryAgain("not now"), StoreError("out of reach")])

    @bot.command("moody")
    def moody(message):
        raise next(errors)

    for _ in range(2):
        with pytest.raises(TryAgain):
            respond(bot, Message("!moody"))
    assert caplog.messages == []


@DOORS
def test_an_async_command_that_fails_is_caught_where_it_is_awaited(respond, caplog):
    bot = Bot()

    @bot.command("later")
    async def later(message):
        await asyncio.sleep(0)
        return 1 / 0

    assert respond(bot, Message("!later")) == [APOLOGY.format(command="!later")]
    line = later.__code__.co_firstlineno + 3
    assert caplog.messages[0].endswith(f"division by zero (test_bot.py, line {line})")


@DOORS
def test_a_command_that_returns_no_text_is_named_by_its_first_line(respond, caplog):
    bot = Bot()
    wrong = bot.command("wrong")(lambda message: 5)
    respond(bot, Message("!wrong"))
    assert "a command returns a text" in caplog.text
    assert caplog.messages[0].endswith(f"(test_bot.py, line {wrong.__code__.co_firstlineno})")


def test_a_failure_inside_a_library_is_told_by_the_learners_line(caplog):
    bot = Bot()

    @bot.command("read")
    def read(message):
        return json.loads("{")

    bot.safe_replies(Message("!read"))
    line = read.__code__.co_firstlineno + 2
    assert caplog.messages[0].endswith(f"(test_bot.py, line {line})")


def test_what_shows_no_line_is_logged_without(caplog):
    bot = Bot()
    bot.command("count")(functools.partial(int, "banana"))
    assert bot.safe_replies(Message("!count")) == [APOLOGY.format(command="!count")]
    assert caplog.messages[0].startswith("!count failed: TypeError: ")
    assert "line" not in caplog.messages[0]


def test_the_apology_bears_the_bots_own_prefix():
    bot = Bot("?")
    bot.command("roll")(fails)
    assert bot.safe_replies(Message("?roll banana")) == [APOLOGY.format(command="?roll")]


def test_a_command_that_exits_does_not_end_the_bot(caplog):
    """argparse does so for words that it does not know, and anybody may write those."""
    bot = Bot()

    @bot.command("roll")
    def roll(message):
        parser = argparse.ArgumentParser()
        parser.add_argument("sides", type=int)
        return str(parser.parse_args(message.words).sides)

    one, two, three = (Message("!roll x", chat=chat) for chat in "123")
    apology = ["Sorry, !roll did not work. Whoever made me finds the reason in my log."]
    assert bot.safe_replies(one) == apology
    assert asyncio.run(bot.safe_replies_async(two)) == apology
    assert asyncio.run(bot.safe_replies_async(three, within_s=60)) == apology
    assert "!roll failed: SystemExit: 2" in caplog.text
