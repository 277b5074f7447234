"""Checks of notebook 16: when to try again, what a log says, and a systemd unit."""

import configparser
from collections.abc import Callable
from typing import Any

from lessons.exercises.verdict import NotYet, close, describe, exercise, expect, run, show

LEAVE = (0, 78)


@exercise(
    "define pause(status, failures); it returns seconds, or None.",
    "Two questions, in this order: does it help to start the bot again at all? And if it does, how "
    "long to wait?",
    "The first: if status in (0, 78): return None.",
    "1, 2, 4, 8 are 2 ** 0, 2 ** 1, 2 ** 2, 2 ** 3: after so many failures, 2 ** (failures - 1).",
    "min(a, b) is the smaller of two numbers: return min(2 ** (failures - 1), 60).",
)
def exercise_1(pause: Callable[[int, int], Any]) -> str:
    """Seconds after one failure, two, … for several statuses."""
    expect(callable(pause), f"expected a function, found {show(pause)}")
    for status in LEAVE:
        found = called(pause, status, 1)
        why = "asked to stop" if status == 0 else "a person must act"
        expect(found is None, f"status {status} gets None ({why}); found {show(found)}")
    if called(pause, 1, 1) is None:
        raise NotYet(
            "pause(1, 1) gave None, as if 1 were among the statuses that are left alone. Python "
            "reads `status == 0 or 78` as `(status == 0) or 78`, and a number like 78 counts as "
            "true. Write: status in (0, 78). (Or does your function not end with return?)"
        )
    for status in (1, -9, 137):
        for failures, expected in enumerate([1, 2, 4, 8, 16, 32, 60, 60], 1):
            found = run(pause, status, failures)
            if failures == 1 and close(found, 2):
                raise NotYet("after the first failure the pause is 1 second: 2 ** (failures - 1)")
            if failures == 1 and close(found, 60):
                raise NotYet("max(…, 60) takes the larger of the two; min(…, 60) the smaller")
            if failures == 1 and close(found, 2 ^ 1):
                raise NotYet("a power is written 2 ** 3 in Python; ^ means something else")
            if failures == 3 and close(found, 3):
                raise NotYet("after 3 failures the pause is 4 seconds: it doubles, 1, 2, 4, 8 …")
            if failures > 6 and close(found, 2 ** (failures - 1)):
                raise NotYet(f"after {failures} failures it waits {found} s; min(…, 60) limits it")
            times = "the first failure" if failures == 1 else f"{failures} failures"
            right = f"after {times} expected {expected}, found {show(found)}"
            expect(close(found, expected), right)
    expect(close(run(pause, 1, 1000), 60), "after 1000 failures it should still be 60")
    return "patient, but not for ever"


def called(pause: Callable[[int, int], Any], status: int, failures: int) -> Any:
    """What the learner's function returns, None included; NotYet if it raises."""
    try:
        return pause(status, failures)
    except Exception as error:
        raise NotYet(f"pause({status}, {failures}) raised {describe(error)}") from None


BEGIN = "INFO twitch: the sandbox world, main.py"
AGAIN = "WARNING chat: the connection broke; connecting again in 0.7 s"
CHAT = "INFO #viktor: your message was not sent (connecting again and again)"
REFUSED = "ERROR Twitch does not know this token."
LOGS = [
    ([BEGIN], ("running", 0)),
    ([BEGIN, "INFO stopped"], ("stopped", 0)),
    ([BEGIN, AGAIN, AGAIN], ("running", 2)),
    ([BEGIN, AGAIN, REFUSED], ("broken", 1)),
    (
        [BEGIN, "ERROR !half failed: ZeroDivisionError: division by zero (main.py, line 9)", AGAIN],
        ("running", 1),
    ),
    ([BEGIN, AGAIN, CHAT, "INFO stopped"], ("stopped", 1)),
    ([BEGIN, "INFO stopped", BEGIN, AGAIN], ("running", 1)),
]


@exercise(
    'define state(log); it returns, for example, "running", 2.',
    "The state depends on one line only: the last, log[-1].",
    'if log[-1] == "INFO stopped" comes first; for ERROR there is log[-1].startswith("ERROR").',
    "For the number: count = 0, then for line in log:, and one more for a line that both starts "
    'with "WARNING" and has "connecting again" in it.',
    'A function gives two things back with a comma in between: return "running", count.',
)
def exercise_2(state: Callable[[list[str]], Any]) -> str:
    """Seven logs: one with the words in another line, one of a bot that was started again."""
    for log, expected in LOGS:
        found = run(state, list(log))
        if not isinstance(found, tuple | list):
            raise NotYet(f"found only {show(found)}: return two things, with a comma in between")
        found = tuple(found)
        if found[:1] == expected[:1] and CHAT in log:
            hint = f"{CHAT!r} is no WARNING, so it does not count"
            expect(found == expected, hint)
        if found == (expected[0], 0):
            hint = f"{AGAIN!r} was not counted: it begins with WARNING, and it has the words in it"
            expect(found == expected, hint)
        if found == ("broken", expected[1]) and expected[0] == "running":
            raise NotYet("an ERROR in the middle is over: only the last line says how it is now")
        if found == ("stopped", expected[1]) and expected[0] == "running":
            raise NotYet(
                "INFO stopped in the middle is over, since the bot was started again: only the "
                "last line says how it is now"
            )
        expect(found == expected, f"for {log} expected {expected}, found {show(found)}")
    return f"{len(LOGS)} logs read right"


START = "/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py"


@exercise(
    "write unit, a text that begins with [Service].",
    'Three double quotes begin a text of several lines: unit = """, then [Service], then one line '
    'for each setting, then """ again.',
    "Four lines stand under [Service]: ExecStart=…, EnvironmentFile=…, Restart=…, and "
    "RestartPreventExitStatus=…",
    "ExecStart=/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py",
)
def exercise_3(unit: str) -> str:
    """The unit's settings, read as systemd reads them."""
    expect(isinstance(unit, str), f"expected a text, found {show(unit)}")
    expect("TOKEN" not in unit.upper(), "the token's place is /etc/bot.env: everyone can read this")
    found = read_unit(unit)
    start = found.get("ExecStart")
    if start == START.replace(" telegram", ""):
        raise NotYet(
            "ExecStart does not say on which platform: botlib.run telegram /opt/bot/main.py"
        )
    expect(start is not None, "what shall be started? ExecStart= says so, as in the unit above")
    if start == START.replace("telegram", "twitch"):
        raise NotYet("this bot lives on Telegram: botlib.run telegram /opt/bot/main.py")
    expect(start == START, f"expected ExecStart={START}, found {show(start)}")
    if found.get("Environment") == "/etc/bot.env":
        raise NotYet("Environment= sets one value; a file of them is named by EnvironmentFile=")
    expect(
        found.get("EnvironmentFile") == "/etc/bot.env",
        "without EnvironmentFile=/etc/bot.env the bot has no settings",
    )
    restart = found.get("Restart")
    if restart == "always":
        raise NotYet("Restart=always also starts a bot again that has ended well; on-failure is it")
    if restart == "on-abnormal":
        raise NotYet("on-abnormal leaves a bot that ended with status 1; on-failure is it")
    expect(restart == "on-failure", f"expected Restart=on-failure, found {show(restart)}")
    expect(
        found.get("RestartPreventExitStatus") == "78",
        "with a wrong token it would start again and again: RestartPreventExitStatus=78",
    )
    return "systemd would keep it running"


def read_unit(text: str) -> dict[str, str]:
    """Read a unit's [Service] part; NotYet if there is none."""
    unit = configparser.ConfigParser(interpolation=None, strict=False, delimiters="=")
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's names have capitals
    try:
        unit.read_string(text)
        return dict(unit["Service"])
    except (configparser.MissingSectionHeaderError, KeyError):
        raise NotYet("the line [Service] must stand above the settings") from None
    except configparser.Error:
        raise NotYet(
            "each line under [Service] is a setting's name, an = and its value, as in "
            "Restart=on-failure; at least one line is not"
        ) from None
