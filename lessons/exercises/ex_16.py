"""Checks of notebook 16: when to try again, what a log says, and a systemd unit."""

import configparser
from collections.abc import Callable
from typing import Any

from lessons.exercises.verdict import NotYet, close, exercise, expect, run, show

LEAVE = (0, 78)


@exercise("define pause(status, failures); it returns seconds, or None.")
def exercise_1(pause: Callable[[int, int], Any]) -> str:
    """Seconds after one failure, two, … for several statuses."""
    expect(callable(pause), f"expected a function, found {show(pause)}")
    for status in LEAVE:
        found = pause(status, 1)
        why = "asked to stop" if status == 0 else "a person must act"
        expect(found is None, f"status {status} gets None ({why}); found {show(found)}")
    for status in (1, -9, 137):
        for failures, expected in enumerate([1, 2, 4, 8, 16, 32, 60, 60], 1):
            found = run(pause, status, failures)
            if failures == 1 and close(found, 2):
                raise NotYet("after the first failure the pause is 1 second: 2 ** (failures - 1)")
            if failures > 6 and close(found, 2 ** (failures - 1)):
                raise NotYet(f"after {failures} failures it waits {found} s; min(…, 60) limits it")
            right = f"after {failures} failures expected {expected}, found {show(found)}"
            expect(close(found, expected), right)
    expect(close(run(pause, 1, 1000), 60), "after 1000 failures it should still be 60")
    return "patient, but not for ever"


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
]


@exercise('define state(log); it returns, for example, "running", 2.')
def exercise_2(state: Callable[[list[str]], Any]) -> str:
    """Six logs, one with the words in another line."""
    for log, expected in LOGS:
        found = run(state, list(log))
        if isinstance(found, tuple) and found[0] == expected[0] and CHAT in log:
            hint = f"{CHAT!r} is no WARNING, so it does not count"
            expect(found == expected, hint)
        if found == ("broken", expected[1]) and expected[0] == "running":
            raise NotYet("an ERROR in the middle is over: only the last line says how it is now")
        expect(found == expected, f"for {log} expected {expected}, found {show(found)}")
    return f"{len(LOGS)} logs read right"


START = "/usr/bin/python3 -m botlib.run telegram /opt/bot/main.py"


@exercise("write unit, a text that begins with [Service].")
def exercise_3(unit: str) -> str:
    """The unit's settings, read as systemd reads them."""
    expect(isinstance(unit, str), f"expected a text, found {show(unit)}")
    expect("TOKEN" not in unit.upper(), "the token's place is /etc/bot.env: everyone can read this")
    found = read_unit(unit)
    expect(found.get("ExecStart") == START, f"expected ExecStart={START}")
    expect(
        found.get("EnvironmentFile") == "/etc/bot.env",
        "without EnvironmentFile=/etc/bot.env the bot has no settings",
    )
    restart = found.get("Restart")
    if restart == "always":
        raise NotYet("Restart=always also starts a bot again that has ended well; on-failure is it")
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
    except (configparser.Error, KeyError) as error:
        raise NotYet(f"this is no unit with a part [Service]: {error}") from None
