"""Checks of notebook 15: a month with its free allowance, a break-even, who meets a cold start."""

import math
from collections.abc import Callable
from typing import Any

from lessons.costs import Work, break_even, function_cost, server_cost
from lessons.exercises.verdict import close, exercise, expect, is_number, run, show
from sandbox.cloud.prices import SECONDS_A_MONTH, functions, servers

MONTHS = [(3_000_000, 5, 128), (100_000, 5, 128), (30_000_000, 199.2, 128), (2_000_000, 999.5, 512)]


@exercise("define month(messages, ms, memory_mb); it returns dollars.")
def exercise_1(month: Callable[[int, float, int], Any]) -> str:
    """Four months at AWS, by the price table."""
    aws = functions()["aws"]
    for messages, ms, memory_mb in MONTHS:
        found = run(month, messages, ms, memory_mb)
        shown = f"month({messages}, {ms}, {memory_mb}) gave {show(found)}"
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
    return [
        (function_cost(aws, messages, work, free_tier=False).total, "take off what is free"),
        (unrounded + calls, up),
        (function_cost(aws, messages, Work(math.floor(ms), memory_mb)).total, up),
        (function_cost(aws, messages, work).time, "the calls themselves cost, too"),
        (calls, "the time costs, too, beyond its allowance"),
    ]


@exercise("divide what break_even(…) gives by SECONDS_A_MONTH")
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
    short = (break_even(aws, Work(0.4, 512), server) or 0) / SECONDS_A_MONTH
    expect(not math.isclose(a_second, short, rel_tol=0.03), "Work counts milliseconds: Work(400, …")
    upside = "that is upside down: seconds for a message"
    expect(not math.isclose(a_second, 1 / right, rel_tol=0.03), upside)
    near = math.isclose(a_second, right, rel_tol=0.03)  # a month of 30 or 31 days will do
    expect(near, f"found {show(a_second)}, and there the two do not cost the same")
    return f"at {right:.1f} messages a second, day and night, the server is as cheap"


CHATS = [
    ([], 300, 0),
    ([0], 300, 1),
    ([0, 10, 20], 300, 1),
    ([0, 10, 400, 410], 300, 2),
    ([0, 3600, 7200, 10800], 300, 4),
    ([50, 349, 648], 300, 1),
]


@exercise("define cold_calls(times, idle_s); it returns how many.")
def exercise_3(cold_calls: Callable[[list[float], float], Any]) -> str:
    """Six chats, quiet and lively."""
    for times, idle_s, right in CHATS:
        found = run(cold_calls, list(times), idle_s)
        shown = f"cold_calls({times}, {idle_s}) gave {show(found)}"
        expect(found != right - 1 or not times, f"{shown}: the first call of all is cold, too")
        expect(found == right, f"{shown}, expected {right}")
    return "a message an hour: every caller waits. A lively chat: only the first"
