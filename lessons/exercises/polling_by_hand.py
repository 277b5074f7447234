"""Exercises of the side room "Polling by hand": one round of it, and messages that are too old."""

from collections.abc import Callable
from typing import Any

from bot_sandbox.telegram import Person, Telegram
from botlib.bot import Bot
from lessons.exercises.slips import Task, in_chat
from lessons.exercises.verdict import (
    NotYet,
    advice_on_error,
    describe_error,
    exercise,
    expect,
    find_hint,
    function_problem,
    show,
)

Round = Callable[[Callable[..., Any], Bot, int], int]
TODO_HINT = "write the lines of one_round instead of the dots. Its first line stays as it is"


@exercise(
    TODO_HINT,
    'updates = call("getUpdates", offset=offset) is the list of what is new. Go through it in a '
    "loop.",
    'message = update["message"]; then message["text"], message["from"]["first_name"] and '
    'message["chat"]["id"] are what you need.',
    'if the answer is not "", call("sendMessage", chat_id=…, text=…). In any case the next offset '
    'is update["update_id"] + 1.',
    because="With while True around it, your function is a bot. The offset tells Telegram what "
    "you have, so nothing is answered twice and nothing is lost.",
)
def exercise_1(one_round: Round) -> str:
    """Play rounds with messages from two people, with none, and with a new one."""
    expect(callable(one_round), function_problem(one_round))
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
            return play_round(one_round, call, bot, offset)

        ada.send("!hello")
        viktor.send("good morning")
        viktor.send("!hello")
        last = max(update["update_id"] for update in call("getUpdates"))
        offset = go(0)
        got = {"Ada": answers(ada), "Viktor": answers(viktor)}
        expect(
            any(got.values()),
            "Ada and Viktor wrote !hello, and nobody got an answer. Your function gets call: "
            "ask and send with it",
        )
        answered = [name for name, found in got.items() if found]
        expect(
            len(answered) == 2,
            f"Ada and Viktor wrote !hello, and only {''.join(answered)} was answered: a loop goes "
            "through all updates, and return comes after it, not inside",
        )
        for name, found in got.items():
            expect(
                found == [f"hello {name}!"],
                f"{name} should have got 'hello {name}!', and got {in_chat(found)}",
            )
        expect(offset != 0, "it returned the offset that it got. Return the next one")
        expect(
            offset != 1,
            "it returned the offset that it got, plus 1. Each update has a number of its "
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
        expect(answers(ada) == ["hello Ada!"] * 2, "Ada wrote again, and did not get one answer")
        viktor.send("good morning")
        silent = go(offset)
        expect(
            silent == offset + 1,
            f"Viktor wrote good morning, which needs no answer, and it returned {silent} "
            f"instead of {offset + 1}. What you have read counts, answered or not. Is offset = … "
            "inside the if? It belongs below it, further to the left",
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
    return "each message gets one answer, and talk gets none"


PLACE_HINT = (
    "one_round raised a TypeError: call takes the method's name first, and all else with its own "
    'name, as in call("getUpdates", offset=offset)'
)
HINTS = {  # what is in an error's words, and what is said after them
    "text is empty": '. The brain gives "" when it stays silent: send only what is not empty',
    "chat_id is empty|chat not found|can't initiate": ". Say into which chat: "
    'chat_id=message["chat"]["id"]',
    "^KeyError: '(text|from|chat)'$": ', which is one step further inside, in update["message"]',
    "^KeyError: '(user|name|first_name)'$": '. Who wrote is message["from"]["first_name"]',
    "^KeyError: 0$": '. The loop has taken one update out of the list: update["message"]',
    "^(UnboundLocalError|IndexError)": ". If nothing is new, the list is empty, and a loop does "
    "nothing",
    "string indices": '. Let the loop go through all that call("getUpdates", offset=offset) gives',
}


def play_round(one_round: Round, call: Callable[..., Any], bot: Bot, offset: int) -> int:
    """Call the learner's function; an error in it becomes the hint."""
    asked: list[str] = []

    def noted(method: str, **parameters: Any) -> Any:
        asked.append(method)
        return call(method, **parameters)

    try:
        found = one_round(noted, bot, offset)
    except Exception as error:
        words = describe_error(error)
        if "noted()" in words:
            raise NotYet(PLACE_HINT) from None
        hint = find_hint(words, HINTS) or advice_on_error(error)
        raise NotYet(f"one_round raised {words}{hint}") from None
    expect(found is not None or bool(asked), TODO_HINT)
    expect(found is not None, "one_round returned nothing: return the next offset at its end")
    expect(type(found) is int, f"one_round returned {show(found)}; expected a whole number")
    return found


HOUR = 3600
NOW = 1_800_000_000  # a moment, in seconds since 1970


def updates_of(*ages: int) -> list[dict[str, Any]]:
    """Make updates whose messages have these ages in seconds, at the time NOW."""
    return [
        {"update_id": 100 + n, "message": {"date": NOW - age, "text": f"!hello {age}"}}
        for n, age in enumerate(ages)
    ]


FRESH_TASK = Task(
    "fresh(updates, now)",
    [
        ((updates_of(7200, 10, 60), NOW), ["!hello 10", "!hello 60"]),
        ((updates_of(HOUR, HOUR + 1, 5), NOW), [f"!hello {HOUR}", "!hello 5"]),
        ((updates_of(9000), NOW), []),
        ((updates_of(3000, 120), NOW), ["!hello 3000", "!hello 120"]),
        (([], NOW), []),
    ],
    {
        ('if now - update["message"]["date"] <= 3600:\n        texts', "texts"): "these are all "
        'of them, the old ones, too. The age of a message is now - message["date"]',
        ("<= 3600", "< 3600"): "at most an hour: exactly 3600 seconds still count, so write <=",
        ("<= 3600", ">= 3600"): "these are the old ones. Turn the sign around: <=",
        ("= 3600", "= 60"): "an hour has 3600 seconds, and 60 seconds are a minute",
        ('["text"]', ""): 'these are whole messages. The text alone is update["message"]["text"]',
        ('update["message"]["text"]', "update"): "these are whole updates. The text is two "
        'drawers further in: ["message"]["text"]',
        """
        for update in updates:
            if now - update["date"] <= 3600:
                return [update["text"]]
        return []
        """: 'the date is one drawer further in: update["message"]["date"]',
        """
        for update in updates:
            if now - update["message"]["date"] <= 3600:
                return [update["message"]["text"]]
        return []
        """: "return ends the function at the first fresh message. Collect all of them in a list, "
        "and return it below the loop",
        ("<= 3600:\n        texts", "> 3600:\n        break\n    texts"): "break leaves the loop "
        "at the first old message, and fresh ones may follow",
        ('.append(update["message"]["text"])', ' = [update["message"]["text"]]'): "each fresh "
        "message replaces the one before. append adds to the list",
        """
        count = 0
        for update in updates:
            if now - update["message"]["date"] <= 3600:
                count = count + 1
        return count
        """: "that is how many there are. Return a list of their texts",
    },
    solution="""
        texts = []
        for update in updates:
            if now - update["message"]["date"] <= 3600:
                texts.append(update["message"]["text"])
        return texts
    """,
)


@exercise(
    "write def fresh(updates, now): instead of the three dots",
    'The age of a message is now - update["message"]["date"], in seconds.',
    "Begin with an empty list, go through the updates in a loop, and append the text if the age "
    "is <= 3600.",
    'Inside the loop: if now - update["message"]["date"] <= 3600: and below it '
    'texts.append(update["message"]["text"]). Return texts at the end.',
    task=FRESH_TASK,
    because="Late is not always better than never: nobody wants a good morning in the evening. "
    "What is too old is for your bot to decide, because Telegram keeps everything for a day.",
)
def exercise_2(fresh: Callable[[list[dict[str, Any]], int], list[str]]) -> str:
    """Only messages of the last hour are worth an answer."""
    return "your bot leaves old messages alone"
