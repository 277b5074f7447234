"""Checks of notebook 15: a month's bill, a break-even, cold starts, and where a bot should live."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from bot_sandbox.cloud.prices import SECONDS_A_MONTH, functions, servers
from lessons.costs import Work, break_even, function_cost, server_cost
from lessons.exercises.verdict import NotYet, close, exercise, expect, is_number, run, show

MONTHS = [(3_000_000, 5, 128), (100_000, 5, 128), (30_000_000, 199.2, 128), (2_000_000, 999.5, 512)]


@exercise(
    "define month(messages, ms, memory_mb); it returns dollars.",
    "take the cell above this exercise, and put its three lines into a function.",
    "round up before you multiply: math.ceil(ms), with import math above the function.",
    "the last line is: return time_usd + calls_usd",
)
def exercise_1(month: Callable[[int, float, int], Any]) -> str:
    """Four months at AWS, by the price table."""
    aws = functions()["aws"]
    for messages, ms, memory_mb in MONTHS:
        try:
            found = run(month, messages, ms, memory_mb)
        except NotYet as reason:
            expect("'math' is not" not in str(reason), "write import math above the function")
            raise
        shown = f"month({messages}, {ms}, {memory_mb}) gave {show(found)}"
        expect(not isinstance(found, str), f"{shown}, a text. Return the number itself, no f-text")
        expect(is_number(found), f"{shown}, expected a number")
        expect(
            found >= 0, f"{shown}: an allowance that is left over is not paid out. Use max(0, …)"
        )
        right = function_cost(aws, messages, Work(ms, memory_mb)).total
        for wrong, hint in mistakes(messages, ms, memory_mb):
            expect(not close(found, wrong) or close(wrong, right), f"{shown}: {hint}")
        cents = close(found, round(right, 2))
        expect(cents or close(found, right), f"{shown}, expected {right:.4f}")
    return "thirty million answers of 199.2 ms, billed as 200 ms, cost 11.63 USD"


def mistakes(messages: int, ms: float, memory_mb: int) -> list[tuple[float, str]]:
    """Wrong results, each with the hint for how it came about."""
    aws, work = functions()["aws"], Work(ms, memory_mb)
    gb_seconds = messages * ms / 1000 * memory_mb / 1024
    unrounded = max(0.0, gb_seconds - aws.free_gb_seconds) * aws.gb_second
    calls = function_cost(aws, messages, work).requests
    up = "round the milliseconds up, with math.ceil"
    whole_seconds = Work(math.ceil(ms / 1000) * 1000, memory_mb)
    return [
        (function_cost(aws, messages, work, free_tier=False).total, "take off what is free"),
        (unrounded + calls, up),
        (function_cost(aws, messages, Work(math.floor(ms), memory_mb)).total, up),
        (
            function_cost(aws, messages, whole_seconds).total,
            "that rounds up to whole seconds: math.ceil(ms) / 1000, not math.ceil(ms / 1000)",
        ),
        (function_cost(aws, messages, work).time, "the calls themselves cost, too"),
        (calls, "the time costs, too, beyond its allowance"),
        (
            function_cost(aws, messages, Work(math.ceil(ms) * 1000, memory_mb)).total,
            "a GB-second is a second long, and ms are milliseconds: math.ceil(ms) / 1000",
        ),
        (
            function_cost(aws, messages, Work(ms, memory_mb * 1024)).total,
            "a GB-second is a whole gigabyte: memory_mb / 1024",
        ),
    ]


@exercise(
    "divide what break_even(…) gives by SECONDS_A_MONTH",
    "break_even wants three things in this order: the cloud's price, the work, the server's cost.",
    "the work is Work(400, memory_mb=512), and the server's cost is server.total.",
    "messages a month, divided by the seconds of a month: break_even(…) / SECONDS_A_MONTH",
)
def exercise_2(a_second: Any) -> str:
    """The break-even for 400 ms and 512 MB, for each second of a month."""
    expect(is_number(a_second), f"expected a number, found {show(a_second)}")
    server = server_cost([servers()["aws-t4g-nano"], servers()["aws-ipv4"]]).total
    aws = functions()["aws"]
    messages = break_even(aws, Work(400, 512), server) or 0
    right = messages / SECONDS_A_MONTH
    is_month = math.isclose(a_second, messages, rel_tol=0.03)
    expect(not is_month, "that is messages a month; a month has SECONDS_A_MONTH seconds")
    small = (break_even(aws, Work(400), server) or 0) / SECONDS_A_MONTH
    expect(not math.isclose(a_second, small, rel_tol=0.03), "that is for 128 MB: memory_mb=512")
    short = (
        break_even(aws, Work(0.4, 512), server) or 0
    ) / SECONDS_A_MONTH  # Work(5) gives it, too
    expect(
        not math.isclose(a_second, short, rel_tol=0.03),
        "that is for an answer of a few milliseconds, such as the one above. This one takes 400, "
        "and Work counts milliseconds: Work(400, memory_mb=512)",
    )
    upside = "that is upside down: seconds for a message"
    expect(not math.isclose(a_second, 1 / right, rel_tol=0.03), upside)
    whole = (
        "// and round leave out what stands behind the point; divide with one /, and do not round"
    )
    expect(a_second not in (right // 1, round(right)), whole)
    near = math.isclose(a_second, right, rel_tol=0.03)  # a month of 30 or 31 days will do
    expect(near, f"found {show(a_second)}, and there the two do not cost the same")
    return f"at {right:.1f} messages a second, day and night, the server is as cheap"


CHATS = [
    ([0], 300, 1),
    ([0, 10, 20], 300, 1),
    ([0, 10, 400, 410], 300, 2),
    ([0, 3600, 7200, 10800], 300, 4),
    ([50, 349, 648], 300, 1),
    ([0, 300, 600], 300, 3),
    ([], 300, 0),
]


@exercise(
    "define cold_calls(times, idle_s); it returns how many.",
    "go through the times with a loop, and keep the time of the message before.",
    "a call is cold if there was no message before, or if the gap since then is idle_s or longer.",
    "in the loop: if last is None or now - last >= idle_s: cold += 1, and then last = now",
)
def exercise_3(cold_calls: Callable[[list[float], float], Any]) -> str:
    """Seven chats, quiet and lively."""
    for times, idle_s, right in CHATS:
        try:
            found = run(cold_calls, list(times), idle_s)
        except NotYet as reason:
            expect(bool(times), f"when nobody writes, times is []. There {reason}")
            raise
        shown = f"cold_calls({times}, {idle_s}) gave {show(found)}"
        expect(is_number(found), f"{shown}, expected how many calls are cold")
        expect(found == right or bool(times), f"{shown}: nobody wrote, so begin to count at 0")
        sharp = sum(later - now > idle_s for now, later in pairwise(times)) + 1
        on_time = f"{shown}: after exactly {idle_s} seconds the instance is stopped already, so >="
        expect(sharp == right or found != sharp, on_time)
        expect(found != 0 or not times, f"{shown}: the first call of all is cold, too")
        slip = found == counted_from_the_last_cold(times, idle_s) != right
        before = "the pause is counted from the message before, whether that was cold or not"
        expect(not slip, f"{shown}, expected {right}: {before}")
        early = found == 1 and len(times) > 1
        expect(found == right or not early, f"{shown}, expected {right}. Does return stand inside "
               "the loop? Then it ends at the first message")  # fmt: skip
        expect(found == right, f"{shown}, expected {right}")
    return "a message an hour: every caller waits. A lively chat: only the first"


def counted_from_the_last_cold(times: list[int], idle_s: float) -> int:
    """How many calls are cold for somebody who forgets the warm ones in between."""
    cold: list[int] = []
    for now in times:
        if not cold or now - cold[-1] >= idle_s:
            cold.append(now)
    return len(cold)


# held, messages a month, ms, memory_mb
BOTS = {
    "a family's bot": (False, 3_000, 5, 128),
    "a chat that must be held": (True, 3_000, 5, 128),
    "a shop's bot": (False, 50_000_000, 5, 128),
    "a bot that paints": (False, 600_000, 2_000, 1024),
    "a bot that never rests": (False, 4_000_000, 1_500, 256),
    "a held chat with much to do": (True, 9_000_000, 800, 128),
    "a quick bot for a city": (False, 12_000_000, 5, 128),
}


@exercise(
    "define advise(held, messages, ms, memory_mb); it returns a pair: a home and dollars.",
    "begin with the servers: how many seconds of work come in a month, and how many has it?",
    "servers = max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH)), each for server.total.",
    "the function's month is function_cost(aws, messages, Work(ms, memory_mb)).total; "
    "take it only if nothing must be held and it is not dearer.",
)
def exercise_4(advise: Callable[[bool, int, int, int], Any]) -> str:
    """Seven bots, each with the home that costs least and can do the work."""
    rent = server_cost([servers()["aws-t4g-nano"], servers()["aws-ipv4"]]).total
    for name, (held, messages, ms, memory_mb) in BOTS.items():
        try:
            found = run(advise, held, messages, ms, memory_mb)
        except NotYet as reason:
            expect(
                "'Cost'" not in str(reason),
                "function_cost(…) gives a whole bill; its dollars are function_cost(…).total",
            )
            raise
        shown = f"{name}: advise({held}, {messages}, {ms}, {memory_mb}) gave {show(found)}"
        pair = isinstance(found, tuple | list) and len(found) == 2
        expect(pair, f'{shown}, expected a pair, such as ("function", 0.4)')
        home, dollars = found
        bill = type(dollars).__name__ == "Cost"
        expect(not bill, f"{shown}: that is a whole bill; its dollars are function_cost(…).total")
        names = "function", "server"
        expect(home in names, f'{shown}: the first of the pair is "function" or "server"')
        expect(is_number(dollars), f"{shown}: the second of the pair is a number of dollars")
        needed = max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH))
        called = function_cost(functions()["aws"], messages, Work(ms, memory_mb)).total
        right = "server" if held or needed * rent < called else "function"
        nobody = "a function is not there between two calls, so it cannot hold a line"
        expect(not held or home == "server", f"{shown}: {nobody}")
        one = right == "server" and needed > 1 and close(dollars, rent)
        expect(not one, f"{shown}: one server has not enough seconds for this work; {needed} have")
        dearer = (
            f"{shown}: count the servers, and compare. {messages * ms / 1000:,.0f} seconds of work "
            f"need {needed} of them, for {needed * rent:.2f} dollars; the function costs "
            f"{called:.2f}"
        )
        expect(home == right, dearer)
        cost = called if right == "function" else needed * rent
        part = home == "server" and dollars < rent
        expect(not part, f"{shown}: nobody rents out a part of a server. Round up, and take at "
               "least one: max(1, math.ceil(…))")  # fmt: skip
        work = Work(ms, memory_mb)
        full = function_cost(functions()["aws"], messages, work, free_tier=False).total
        paid = home == "function" and close(dollars, full) and not close(full, cost)
        expect(not paid, f"{shown}: the free allowance was not taken off")
        cents = close(dollars, round(cost, 2))
        expect(cents or close(dollars, cost), f"{shown}, expected {cost:.2f} dollars")
    return "seven bots have the home that suits them, and you know what each costs"
