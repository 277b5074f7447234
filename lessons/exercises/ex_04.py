"""Checks of notebook 04: a setting that brings the scores back, and what a million calls cost."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot_sandbox.cloud.function import Function
from lessons.cloud import Cloud
from lessons.exercises.slips import Slip, Task, number_problem
from lessons.exercises.verdict import NotYet, exercise, expect, show
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


RATE = "0.0000166667"  # dollars for a GB-second at AWS
CASES = [(351.02, 128), (1.2, 128), (40, 128), (2500.4, 1024), (99.01, 512)]
ROUND_UP_HINT = "round the milliseconds up to a whole number, with math.ceil"
GIGABYTE_HINT = "a gigabyte has 1024 megabytes, so divide by 1024"


def right_price(used_ms: float, memory_mb: float) -> float:
    """Return what a million warm calls cost, by the prices in the exercise's text."""
    gb_seconds = memory_mb / 1024 * math.ceil(used_ms) / 1000
    return gb_seconds * float(RATE) * 1_000_000 + 0.20


def cost_code(
    seconds: str = "math.ceil(used_ms) / 1000",
    gigabytes: str = "memory_mb / 1024",
    total: str = f"gigabytes * seconds * {RATE} * 1_000_000 + 0.20",
) -> str:
    """Write the function's body, with one part as somebody else would write it."""
    return f"""
        import math
        seconds = {seconds}
        gigabytes = {gigabytes}
        return {total}
        """


PRICE_TASK = Task(
    "price(used_ms, memory_mb)",
    [(case, right_price(*case)) for case in CASES],
    [
        Slip(cost_code(seconds="used_ms / 1000"), ROUND_UP_HINT),
        Slip(cost_code(seconds="int(used_ms) / 1000"), ROUND_UP_HINT),
        Slip(cost_code(seconds="round(used_ms) / 1000"), ROUND_UP_HINT),
        Slip(
            cost_code(seconds="math.ceil(used_ms / 1000)"), "round up the milliseconds, not seconds"
        ),
        Slip(
            cost_code(seconds="math.ceil(used_ms)"),
            "a second has 1000 milliseconds: divide by 1000",
        ),
        Slip(cost_code(seconds="math.ceil(used_ms) * 1000"), "divide the milliseconds by 1000"),
        Slip(cost_code(gigabytes="memory_mb"), GIGABYTE_HINT),
        Slip(cost_code(gigabytes="memory_mb * 1024"), GIGABYTE_HINT),
        Slip(cost_code(gigabytes="memory_mb / 1000"), f"{GIGABYTE_HINT}, not by 1000"),
        Slip(
            cost_code(total=f"gigabytes * seconds * {RATE} * 1_000_000"),
            "the price of the million requests is missing",
        ),
        Slip(
            cost_code(total=f"gigabytes * seconds * {RATE} + 0.20"),
            "that is the time of one call. A million calls take a million times as much",
        ),
        Slip(
            cost_code(total=f"gigabytes * seconds * {RATE} + 0.20 / 1_000_000"),
            "that is the price of one call. A million of them cost a million times as much",
        ),
        Slip(
            cost_code(total=f"(gigabytes * seconds * {RATE} + 0.20) * 1_000_000"),
            "0.20 is already the price of a million requests. Add it last",
        ),
        Slip(
            cost_code(total=f"(gigabytes * seconds + 0.20) * {RATE} * 1_000_000"),
            "add the price of the requests last, and don't multiply it",
        ),
        Slip(
            cost_code(total=f"gigabytes + seconds * {RATE} * 1_000_000 + 0.20"),
            "multiply seconds and gigabytes",
        ),
        Slip(
            cost_code(total=f"round(gigabytes * seconds * {RATE} * 1_000_000 + 0.20, 2)"),
            "don't round the result",
        ),
        Slip(
            cost_code(total=f"gigabytes * seconds * {RATE} * 1,000,000 + 0.20"),
            "a comma makes several values. Write a million as 1_000_000",
        ),
        Slip(
            cost_code(total="gigabytes * seconds * 1_000_000 + 0.20"), f"a GB-second costs {RATE}"
        ),
    ],
    kind=number_problem,
)


@exercise(
    "write def price(used_ms, memory_mb): instead of the line with the dots",
    "one line for each step: the seconds, the gigabytes, and then the price",
    "seconds = math.ceil(used_ms) / 1000 and gigabytes = memory_mb / 1024",
    f"return gigabytes * seconds * {RATE} * 1_000_000 + 0.20",
    task=PRICE_TASK,
    because="Your bot answers in less than a millisecond. A million such answers cost about 20 "
    "cents, nearly all of it for the requests.",
)
def exercise_2(price: Any) -> str:
    """Milliseconds used and megabytes chosen give the dollars of a million calls at AWS."""
    return f"a million calls of 351.02 ms with 128 MB cost {right_price(351.02, 128):.2f} dollars"
