"""Checks of notebook 04: a setting that brings the scores back, a class, and a while loop."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot_sandbox.cloud.function import Function
from lessons.cloud import Cloud
from lessons.exercises.slips import Task, number_problem
from lessons.exercises.verdict import (
    NotYet,
    advice_on_error,
    describe_error,
    exercise,
    expect,
    find_hint,
    names_used,
    show,
)
from lessons.learner_bot import BOT_FOLDER, BotFileError, bot_with, is_lacking
from lessons.web.http_client import browser
from lessons.workshop import workshop

STORE_HINT = (
    "A function can't keep a file next to its code. Let roll.py and score.py use "
    "store = open_store(), as in notebook 01"
)
USED = ("roll", "score")  # commands of the learner's bot
SCHEMES = ("redis://", "rediss://", "dynamodb://")


@exercise(
    "write a dictionary with one setting: its name, a colon, and the address of a store",
    'the name of the setting is "STORE_URL", as in the cell with deploy. Its value is a text',
    "the address is sqlite:/// with three slashes, and then the whole path in file",
    'an f-string puts the path into the text: f"sqlite:///{file}"',
    because="You didn't change a line of your bot. The scores are outside the instance now, so "
    "they don't care when it ends.",
)
def exercise_1(settings: Any) -> str:
    """The learner's dice bot keeps its scores with these settings, although its instance ends."""
    check_settings(settings)
    seen = state_of(settings["STORE_URL"])
    try:
        bot, problems = bot_with([*USED, "web_function.py"])
    except BotFileError as error:
        raise NotYet(str(error)) from None
    expect(not any(is_lacking(bot, name) for name in USED), "\n".join(problems))
    with Cloud() as cloud:
        dice = cloud.deploy(
            "dice",
            workshop() / BOT_FOLDER,
            handler="web_function.handler",
            environment=dict(settings),
            idle_s=0.5,
        )
        first = answer_of_dice(dice, "score")
        for _ in range(3):
            answer_of_dice(dice, "roll")
        before = answer_of_dice(dice, "score")
        expect(
            before != first,
            f"Viktor rolled three times, and !score still says {show(before)}. Does your roll.py "
            "add to the score in the store, and does score.py read it there?",
        )
        dice.wait_stopped()
        after = answer_of_dice(dice, "score")
    expect(
        after == before,
        f"before the instance ended, !score said {show(before)}, and afterward {show(after)}. Your "
        "setting is right, but roll.py and score.py must take the store that it names: "
        "store = open_store(), with nothing in the brackets",
    )
    expect(
        seen is None or state_of(settings["STORE_URL"]) != seen,
        f"!score still says {show(after)}, but nothing was written into this store. {STORE_HINT}",
    )
    return f"the instance ended, and Viktor's score is still there: {after}"


def state_of(url: str) -> Any:
    """Return what changes if something is written into a store in a file; None for others."""
    if not url.startswith("sqlite:///"):
        return None
    path = url.removeprefix("sqlite:///")
    files = [Path(path), Path(f"{path}-wal")]
    return [(file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()]


def check_settings(settings: Any) -> None:
    """NotYet unless this is a dictionary with the address of a store that can last."""
    expect(not isinstance(settings, set), "a dictionary has a colon between a name and its value")
    expect(
        isinstance(settings, Mapping),
        f"expected a dictionary, found {show(settings)}. Write the name of the setting, too: "
        '{"STORE_URL": …}',
    )
    names = ", ".join(map(str, settings)) or "nothing"
    expect(
        "STORE_URL" in settings,
        f'the setting is called "STORE_URL", in capitals, with quotes. Your dictionary has {names}',
    )
    url = settings["STORE_URL"]
    expect(url is not ..., "write the address of a store instead of the dots")
    expect(
        not Path(str(url)).is_absolute(),
        'that is only the path. Put sqlite:/// in front of it: f"sqlite:///{file}"',
    )
    expect(isinstance(url, str), f"the address is a text, and {show(url)} is not a text")
    others = [name for name, value in settings.items() if not isinstance(value, str)]
    expect(not others, f"each setting is a text. Put quotes around the value of {others}")
    expect(
        url != "memory://",
        "memory:// is where the scores got lost: it is in the memory of the instance",
    )
    if url.startswith(SCHEMES):
        return
    expect("{file}" not in url, 'write f before the quotes, as in f"sqlite:///{file}"')
    path = url.removeprefix("sqlite:///")
    expect(
        path != url,
        f"found the address {show(url)}. Expected sqlite:/// with three slashes, and then the path",
    )
    expect(
        Path(path).is_absolute(),
        f"found the path {show(path)}, which is not the whole path. The address is sqlite:/// with "
        "three slashes and then file. A path without its beginning would be in the function's own "
        "folder, where a cloud doesn't let it write",
    )


def answer_of_dice(dice: Function, command: str) -> str:
    """Return what the bot answers Viktor; NotYet if the function fails."""
    reply = browser.get(f"{dice.url}{command}/Viktor")
    if reply.status_code != 200:
        errors = [line for line in dice.logs if "Error: " in line] or ["see its window"]
        words = f"!{command} failed in the function, and its log says: {errors[-1]}"
        refused = any(word in errors[-1] for word in ("PermissionError", "Read-only"))
        raise NotYet(f"{words}. {STORE_HINT}" if refused else words)
    return reply.text


@exercise(
    "write class Counter: instead of the line with the dots",
    "look at Friend above. Your class has two functions: __init__(self) and handle(self)",
    "__init__ says that there were no calls: self.calls = 0",
    "handle has two lines: self.calls = self.calls + 1, and return self.calls",
    because="Each counter has a number of its own. So has each instance in a cloud, and when one "
    "ends, its number is gone.",
)
def exercise_2(Counter: Any) -> str:  # noqa: N803, the learner's class
    """Three counters give 1 1 1, and one of them goes on with 2 and 3."""
    expect(
        inspect.isclass(Counter),
        f"expected a class, found {show(Counter)}. It begins with class Counter:, and the last "
        "line hands over its name without brackets",
    )
    with explain_class_errors():
        counters = [Counter() for _ in range(3)]
        found = [handled(counter) for counter in (*counters, counters[0], counters[0])]
    shown = f"three counters gave {show(found[:3])}, and the first one then {show(found[3:])}"
    expect(
        None not in found,
        "handle() returned nothing. Does it end with return self.calls?",
    )
    expect(
        found != [1, 2, 3, 4, 5],
        f"{shown}: all counters share one number. Make it in __init__, with self.calls = 0, and "
        "each counter has its own",
    )
    expect(
        found != [1, 1, 1, 1, 1],
        f"{shown}: it forgets. self.calls = 0 belongs in __init__, which runs once, and handle "
        "adds to self.calls",
    )
    expect(found != [0, 0, 0, 1, 2], f"{shown}: count the call first, then return the number")
    expect(
        found == [1, 1, 1, 2, 3],
        f"{shown}. Expected 1, 1, 1, and then 2 and 3",
    )
    return "three counters give 1 1 1, and one alone counts on"


def handled(counter: Any) -> Any:
    """Call the method of the learner's counter."""
    expect(
        hasattr(counter, "handle"),
        "a counter has no handle. Write def handle(self): inside the class, four spaces to the "
        "right",
    )
    return counter.handle()


@contextmanager
def explain_class_errors() -> Iterator[None]:
    """Say what beginners forget in a class, by the error that it raises."""
    try:
        yield
    except NotYet:
        raise
    except Exception as error:
        words = describe_error(error)
        advice = find_hint(words, CLASS_ADVICE) or advice_on_error(error)
        raise NotYet(f"your class raised {words}{advice}") from None


CLASS_ADVICE = {  # what is in an error's words, and what is said after them
    "takes 0 positional arguments": ". Python hands over the counter itself. Write self in the "
    "brackets after def",
    r"missing \d+ required positional": ". Counter() gets nothing in its brackets, and handle() "
    "neither. After def there is only self",
    "NameError: name 'calls'|UnboundLocalError": ". The number belongs to the counter: write "
    "self.calls, with self and a point before it",
    "no attribute": ". __init__ gives a counter its first number. It has two underscores before "
    "and two after, and the same name follows self.",
    "NameError: name 'self'": ". Write self in the brackets after def",
}


class Calls:
    """What Olga's calls get, one status after another."""

    def __init__(self, *statuses: int) -> None:
        self._left = list(statuses)

    def __call__(self) -> int:
        if not self._left:
            raise RuntimeError("Olga was served, and she called again")
        return self._left.pop(0)

    def __str__(self) -> str:
        return ", ".join(map(str, self._left))


CALL_TASK = Task(
    "call_until_served(call)",
    [
        ((Calls(429, 429, 200),), 2),
        ((Calls(200),), 0),
        ((Calls(*[429] * 9, 200),), 9),
        ((Calls(429, 502),), 1),
    ],
    {
        ("while call", "if call"): "only one refusal was counted. while asks again, if asks once, "
        "and a return inside the loop ends it",
        ("while call()", "status = call()\nwhile status"): "status never changes in your loop. "
        "Olga calls again inside it: status = call(), with one =",
        ("refused = refused", "call()\n    refused = refused"): "each call() is a call, and your "
        "loop has two in a round. while call() == 429: is enough",
        ("refused = 0", "refused = 1"): "the call that is answered is no refusal. Begin with "
        "refused = 0",
        ("call()", "call().status"): "call() is the status itself, a number",
        """
        status = call()
        while status == 429:
            status = call()
        return status
        """: "that is the status in the end. Count the rounds of your loop: refused = refused + 1",
        (
            "call() == 429:\n    refused = refused + 1\nreturn refused",
            "True:\n    call()\n    refused = refused + 1",
        ): "the loop goes on after an answer. Write while call() == 429:, or ask again with "
        "status = call() and one =",
        ("== 429", "!= 200"): "502 is an answer, too, and Olga stops. Only 429 means that she was "
        "refused",
        ("return", "    return"): "return is inside the loop, so it ends in the first round. Move "
        "it to the left",
        ("call()", "call"): "no refusal was counted. Is it call() with brackets, 429 without "
        "quotes, and refused = refused + 1 inside the loop?",
        (
            "while call() == 429:\n    refused",
            "for _ in range(3):\n    if call() == 429:\n        refused",
        ): "a for loop has to know how often. Write while call() == 429:",
    },
    call=lambda call: f"call_until_served(call) with the statuses {call}",
    kind=number_problem,
    solution="""
        refused = 0
        while call() == 429:
            refused = refused + 1
        return refused
    """,
)


@exercise(
    "write def call_until_served(call): instead of the line with the dots",
    "begin with refused = 0, and end with return refused",
    "in between is a loop that calls before each round: while call() == 429:",
    "in the loop there are two lines: refused = refused + 1, and time.sleep(0.1)",
    task=CALL_TASK,
    because="Without the pause, Olga would call a thousand times a second, and keep the cloud "
    "busy with refusing her.",
)
def exercise_3(call_until_served: Any) -> str:
    """Olga calls while the status is 429, and counts."""
    expect(
        "sleep" in names_used(call_until_served),
        "the number is right. Now let Olga wait inside the loop, with time.sleep(0.1)",
    )
    return "Olga waits, calls again, and gets her answer"
