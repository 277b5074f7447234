"""Checks of notebook 02: one round of polling; a dice bot, the larger task of the first part."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot_sandbox.telegram import Person, Telegram
from botlib.bot import Bot
from botlib.run import load_bot
from lessons.exercises.ex_01 import replies, said
from lessons.exercises.verdict import NotYet, advice, describe, exercise, expect, show

Round = Callable[[Callable[..., Any], Bot, int], int]
ROLLS = 120  # none is a six once in three thousand million times
TODO = "write the lines of one_round in place of the dots; its first line stays as it is"


@exercise(
    TODO,
    'updates = call("getUpdates", offset=offset) is the list of what is new. Go through it in a '
    "loop.",
    'message = update["message"]; then message["text"], message["from"]["first_name"] and '
    'message["chat"]["id"] are what you need.',
    'if the answer is not "", call("sendMessage", chat_id=…, text=…). In any case the next offset '
    'is update["update_id"] + 1.',
)
def exercise_1(one_round: Round) -> str:
    """One round with messages from two people, one with none, one with a new message."""
    expect(callable(one_round), f"expected a function, found {show(one_round)}")
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    with Telegram() as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        ada, viktor = telegram.person("Ada"), telegram.person("Viktor")

        def call(method: str, **parameters: Any) -> Any:
            return telegram.call(account, method, **parameters)

        def answers(person: Person) -> list[str]:
            lines = telegram.transcript(person, account).lines
            return [line.text for line in lines if line.is_bot]

        def go(offset: int) -> int:
            return played(one_round, call, bot, offset)

        ada.send("!hello")
        viktor.send("good morning")
        viktor.send("!hello")
        last = max(update["update_id"] for update in call("getUpdates"))
        offset = go(0)
        got = {"Ada": answers(ada), "Viktor": answers(viktor)}
        expect(
            any(got.values()),
            "Ada and Viktor wrote !hello, and nobody was answered: ask with call, and send with "
            "call, which this function is given",
        )
        answered = [name for name, found in got.items() if found]
        expect(
            len(answered) == 2,
            f"Ada and Viktor wrote !hello, and only {''.join(answered)} was answered: a loop goes "
            "through all updates, and return stands behind it, not inside",
        )
        for name, found in got.items():
            expect(
                found == [f"hello {name}!"],
                f"{name} should have got 'hello {name}!', and got {said(found)}",
            )
        expect(offset != 0, "it returned the offset that it was given: return the next one")
        expect(
            offset != 1,
            "it returned the offset that it was given, plus 1. Each update has a number of its "
            'own: update["update_id"] + 1',
        )
        expect(
            offset != last,
            "it returned the number of the last update. The offset is the first number that you "
            "have not seen: one more",
        )
        expect(offset == last + 1, f"it returned {offset}; expected the last update_id + 1")
        again = go(offset)
        expect(
            (answers(ada), answers(viktor)) == (got["Ada"], got["Viktor"]),
            "nobody had written, and somebody was answered again: "
            'give offset=offset to "getUpdates"',
        )
        expect(
            again == offset,
            f"nobody had written, and it returned {show(again)}: return the offset as it was",
        )
        ada.send("!hello")
        offset = go(offset)
        expect(answers(ada) == ["hello Ada!"] * 2, "Ada wrote once more, and was not answered once")
        viktor.send("good morning")
        silent = go(offset)
        expect(
            silent == offset + 1,
            f"Viktor wrote good morning, which needs no answer, and it returned {silent} in place "
            f"of {offset + 1}: what was read counts, answered or not. Does offset = … stand inside "
            "of the if? It belongs behind it, further to the left",
        )
        group = telegram.group("Class", [ada, account])
        offset = call("getUpdates", offset=silent)[-1]["update_id"] + 1  # the bot was let in
        ada.send("/hello", to=group)
        go(offset)
        expect(
            [line.text for line in telegram.transcript(group).lines if line.is_bot]
            == ["hello Ada!"],
            "Ada wrote in a group, and the group was not answered: the chat from which a message "
            'came is message["chat"]["id"]',
        )
    return "each message is answered once, whoever writes, and silence stays silence"


def played(one_round: Round, call: Callable[..., Any], bot: Bot, offset: int) -> int:
    """Call the learner's function; an error in it becomes the hint."""
    asked: list[str] = []

    def noted(method: str, **parameters: Any) -> Any:
        asked.append(method)
        return call(method, **parameters)

    try:
        found = one_round(noted, bot, offset)
    except Exception as error:
        words = describe(error)
        if "noted()" in words:
            words = (
                "a TypeError: call takes the method's name first, and all else with its own name, "
                'as in call("getUpdates", offset=offset)'
            )
        elif "text is empty" in words:
            words += '. The brain gives "" when it stays silent: send only what is not empty'
        elif re.search("chat_id is empty|chat not found|can't initiate", words):
            words += '. Say into which chat: chat_id=message["chat"]["id"]'
        elif words in ("KeyError: 'text'", "KeyError: 'from'", "KeyError: 'chat'"):
            words += ', which is one step further inside, in update["message"]'
        elif words in ("KeyError: 'user'", "KeyError: 'name'", "KeyError: 'first_name'"):
            words += '. Who wrote is message["from"]["first_name"]'
        elif words == "KeyError: 0":
            words += '. The loop has taken one update out of the list: update["message"]'
        elif isinstance(error, UnboundLocalError | IndexError):
            words += ". If nothing is new, the list is empty, and a loop does nothing"
        elif "string indices" in words:
            words += '. Let the loop go through all that call("getUpdates", offset=offset) gives'
        else:
            words += advice(error)
        raise NotYet(f"one_round raised {words}") from None
    expect(found is not None or bool(asked), TODO)
    expect(found is not None, "one_round gave nothing back: return the next offset at its end")
    expect(type(found) is int, f"one_round returned {show(found)}; expected a whole number")
    return found


@exercise(
    "run the cells above first, then this one",
    "import random, then random.randint(1, 6) is a throw of a dice.",
    "The scores stand in a dictionary outside of the functions, with message.user as the key.",
    "scores[message.user] = scores.get(message.user, 0) + number, as the doorman did in notebook "
    "01. !score asks with get, too, and !reset sets it to 0.",
)
def exercise_2(file: str) -> str:
    """A dice bot: three commands of one's own, and a score for everybody."""
    try:
        bot = load_bot(Path(file))
    except ValueError as error:
        raise NotYet(str(error).partition(" Its `bot` was made")[0]) from None
    for name in ("roll", "score", "reset"):
        line = f'@bot.command("{name}", help="…")'
        expect(name in bot.commands, f"the bot has no command {name} yet: {line}, and def below it")
    page = replies(bot, "!help")[0].splitlines()
    for name in ("roll", "score", "reset"):
        line = next(line for line in page if line.split()[0] == f"!{name}")
        expect(
            len(line.split()) > 1,
            f'!help says nothing about !{name}: @bot.command("{name}", help="…")',
        )
    expect(number(bot, "!score", "Ada") == 0, "Ada has not rolled yet: her score should be 0")
    thrown = [number(bot, "!roll", "Ada") for _ in range(ROLLS)]
    outside = [each for each in thrown if not 1 <= each <= 6]
    expect(not outside, f"a dice has 1 to 6, and it rolled {outside[:1]}: random.randint(1, 6)")
    expect(
        len(set(thrown)) > 2,
        f"{ROLLS} throws gave only {sorted(set(thrown))}: throw inside of the function, each time",
    )
    never = {1, 6} - set(thrown)
    expect(
        not never,
        f"{ROLLS} throws, and never a {' nor a '.join(map(str, sorted(never)))}: "
        "random.randint(1, 6), where both numbers belong to it",
    )
    total = number(bot, "!score", "Ada")
    expect(
        total != thrown[-1],
        f"Ada's throws make {sum(thrown)} together, and !score says {total}, her last throw alone: "
        "add to what is there",
    )
    expect(
        total == sum(thrown),
        f"Ada's throws make {sum(thrown)} together, and !score says {total}",
    )
    bobs = number(bot, "!score", "Bob")
    expect(bobs == 0, f"Bob has not rolled, and has {bobs}: one score for each user")
    first = number(bot, "!roll as high as you can", "Bob")
    expect(number(bot, "!score", "Bob") == first, "Bob's score is not what he rolled")
    expect(replies(bot, "!reset", "Ada") != [], "!reset says nothing: return a text at its end")
    left = number(bot, "!score", "Ada")
    expect(
        left == 0,
        f"after !reset Ada's score should be 0, and it is {left}: scores[message.user] = 0 puts "
        "the 0 into her drawer",
    )
    expect(
        number(bot, "!score", "Bob") == first,
        "Ada wrote !reset, and Bob's score is gone: only the writer's is to be 0 again",
    )
    return "a fair dice, and a score for everybody. Start it, and play on your phone"


def number(bot: Bot, text: str, user: str) -> int:
    """The one number in the bot's one answer."""
    found = replies(bot, text, user)
    expect(len(found) == 1, f"for {text} it says {said(found)}; expected one text with a number")
    numbers = re.findall(r"-?\d+", found[0].replace(user, ""))
    expect(
        len(numbers) == 1,
        f"for {text} it says {show(found[0])}; expected a text with one number in it",
    )
    return int(numbers[0])
