"""Checks of notebook 12: messages lost in the gaps, a bot with two doors, which home for which."""

from collections.abc import Callable
from typing import Any

from lessons.exercises.verdict import NotYet, close, exercise, expect, is_number, run, show
from sandbox.telegram import Telegram, TelegramError

ROUNDS = [(9, 1, 100), (900, 0.5, 3600), (900, 0, 3600), (2, 0.4, 60)]


@exercise("define lost_a_day(limit_s, gap_s, messages_an_hour); it returns a number.")
def exercise_1(lost_a_day: Callable[[float, float, float], Any]) -> str:
    """The share of the time that nobody listens, of a day's messages."""
    for limit, gap, an_hour in ROUNDS:
        found = run(lost_a_day, limit, gap, an_hour)
        shown = f"lost_a_day({limit}, {gap}, {an_hour}) gave {show(found)}"
        expect(is_number(found), f"{shown}, expected a number")
        right = 24 * an_hour * gap / (limit + gap)
        if abs(found - right) <= 0.5:  # whole messages, or whole rounds, are right, too
            continue
        if gap:
            whole = f"{shown}: a round lasts as long as the limit and the gap together"
            expect(not close(found, 24 * an_hour * gap / limit), whole)
            expect(not close(found, right / 24), f"{shown}: a day has 24 hours")
            heard = 24 * an_hour * limit / (limit + gap)
            expect(not close(found, heard), f"{shown}: that is what it hears")
        raise NotYet(f"{shown}, expected {right:.2f}")
    return "with a gap of half a second every 15 minutes, 48 of a day's 86,400 messages are lost"


@exercise("define mend(telegram, account); it calls one method of the Bot API.")
def exercise_2(mend: Callable[[Any, Any], Any]) -> str:
    """A webhook is removed, and the message that waits is still there for who polls."""
    expect(callable(mend), f"expected a function, found {show(mend)}")
    with Telegram(retry_scale=1) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        telegram.call(account, "setWebhook", url="http://127.0.0.1:9/nobody")  # a closed port
        telegram.person("Viktor").send("!hello")
        try:
            mend(telegram, account)
            updates = telegram.call(account, "getUpdates")
        except TelegramError as error:
            raise NotYet(f"Telegram answers {error}") from None
    expect(updates != [], "polling works, but the message that waited is gone: do not drop it")
    return "the program can ask again, and the message that waited is there"


CASES: list[tuple[dict[str, Any], float, str]] = [
    ({"called": True, "answer_s": 0.01}, 900, "function"),
    ({"called": True, "answer_s": 40}, 900, "function"),
    ({"called": True, "answer_s": 1200}, 900, "program"),
    ({"called": True, "answer_s": 20}, 10, "program"),
    ({"called": False, "answer_s": 0.01}, 900, "program"),
    ({"called": False, "answer_s": 1200}, 900, "program"),
]


@exercise('define home(bot, limit_s); it returns "function" or "program".')
def exercise_3(home: Callable[[dict[str, Any], float], Any]) -> str:
    """Six bots find their homes."""
    for bot, limit, expected in CASES:
        found = run(home, dict(bot), limit)
        shown = f"for {bot} and a limit of {limit} s"
        if found == "function" and bot["called"]:
            expect(expected == found, f"{shown}: its answer would be killed before it is ready")
        if found == "function":
            expect(expected == found, f"{shown}: nobody calls it, so it must hold a line itself")
        expect(found == expected, f"{shown} expected {expected!r}, found {show(found)}")
    return f"{len(CASES)} bots have a home"
