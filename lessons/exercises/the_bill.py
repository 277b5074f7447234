"""Checks of the side room on the bill: a month at AWS, and the home for seven bots."""

import math
from collections.abc import Callable
from typing import Any

from bot_sandbox.cloud.prices import SECONDS_A_MONTH, functions, servers
from lessons.costs.month import Work, function_cost, server_cost
from lessons.exercises.slips import Task, number_problem
from lessons.exercises.verdict import exercise, is_close, is_number

MONTHS = [(3_000_000, 5, 128), (100_000, 5, 128), (30_000_000, 199.2, 128), (2_000_000, 999.5, 512)]
AWS = functions()["aws"]
ROUND_UP_HINT = "round the milliseconds up, with math.ceil"


def in_dollars(found: Any, right: float) -> bool:
    """Compare two amounts; one rounded to cents will do."""
    return is_close(found, right) or is_close(found, round(right, 2))


MONTH_TASK = Task(
    "month(messages, ms, memory_mb)",
    [(case, function_cost(AWS, case[0], Work(case[1], case[2])).total) for case in MONTHS],
    {
        ("max(0, ", "("): "nobody pays out the rest of an allowance. Use max(0, …)",
        """
        import math
        gb_seconds = messages * math.ceil(ms) / 1000 * memory_mb / 1024
        time_usd = gb_seconds * 0.0000166667
        calls_usd = messages * 0.20 / 1_000_000
        return time_usd + calls_usd
        """: "subtract what is free",
        ("math.ceil(ms) /", "ms /"): ROUND_UP_HINT,
        ("ceil(ms)", "floor(ms)"): ROUND_UP_HINT,
        ("(ms) / 1000", "(ms / 1000)"): "that rounds up to whole seconds: math.ceil(ms) / 1000, "
        "not math.ceil(ms / 1000)",
        ("max(0, gb_seconds - 400_000)", "gb_seconds"): "400,000 GB-seconds are free. Subtract "
        "them: max(0, gb_seconds - 400_000)",
        ("time_usd + calls_usd", "time_usd"): "the calls cost, too",
        ("time_usd + calls_usd", "calls_usd"): "the time costs, too, beyond its allowance",
        ("/ 1000 *", "*"): "a GB-second is a second long, and ms are milliseconds: math.ceil(ms) "
        "/ 1000",
        ("memory_mb / 1024", "memory_mb"): "a GB-second is a whole gigabyte: memory_mb / 1024",
    },
    kind=number_problem,
    same=in_dollars,
    solution="""
        import math
        gb_seconds = messages * math.ceil(ms) / 1000 * memory_mb / 1024
        time_usd = max(0, gb_seconds - 400_000) * 0.0000166667
        calls_usd = max(0, messages - 1_000_000) * 0.20 / 1_000_000
        return time_usd + calls_usd
    """,
)


@exercise(
    "write def month(messages, ms, memory_mb): instead of the line with the dots.",
    "take the three lines of the cell above and put them into a function.",
    "round up before you multiply: math.ceil(ms), with import math above the function.",
    "the last line is: return time_usd + calls_usd",
    task=MONTH_TASK,
    because="A bill is a short sum. What makes it large is the work in each answer: its time, and "
    "its memory.",
)
def exercise_1(month: Callable[[int, float, int], Any]) -> str:
    """Four months at AWS, by the price table."""
    return "thirty million answers of 199.2 ms, billed as 200 ms, cost 11.63 USD"


BOTS = [  # held, messages a month, ms, memory_mb
    (False, 3_000, 5, 128),  # a family's bot
    (True, 3_000, 5, 128),  # a chat that must be held
    (False, 26_000_000, 5, 128),  # a shop's bot, for which both homes cost the same
    (False, 600_000, 2_000, 1024),  # a bot that paints
    (False, 4_000_000, 1_500, 256),  # a bot that never rests
    (True, 9_000_000, 800, 128),  # a held chat with much to do
    (False, 12_000_000, 5, 128),  # a quick bot for a city
]
RENT = server_cost([servers()["aws-lightsail-nano"]]).total
PAIR_HINT = 'expected a pair, such as "function", 0.4'


def right_advice(held: bool, messages: int, ms: int, memory_mb: int) -> tuple[str, float]:
    """Return the home that costs least and can do the work, and its cost."""
    servers_needed = max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH))
    rent = servers_needed * RENT
    called = function_cost(AWS, messages, Work(ms, memory_mb)).total
    return ("server", rent) if held or rent < called else ("function", called)


def advice_problem(found: Any) -> str:
    """Say what is wrong with the kind of an advice; "" if nothing is."""
    if not (isinstance(found, tuple | list) and len(found) == 2):
        return PAIR_HINT
    home, dollars = found
    if home not in ("function", "server"):
        return 'the first of the pair is "function" or "server"'
    if type(dollars).__name__ == "Cost":
        return "that is a whole bill. Its dollars are function_cost(…).total"
    return "" if is_number(dollars) else "the second of the pair is a number of dollars"


def same_advice(found: Any, right: Any) -> bool:
    """Compare two pairs; dollars rounded to cents will do."""
    if advice_problem(found) or advice_problem(right):
        return bool(found == right)
    return bool(found[0] == right[0] and in_dollars(found[1], right[1]))


ADVISE_TASK = Task(
    "advise(held, messages, ms, memory_mb)",
    [(bot, right_advice(*bot)) for bot in BOTS],
    {
        ("held or rent", "rent"): "a function is not there between two calls, so it cannot hold a "
        "line",
        ("max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH))", "1"): "one server doesn't "
        "have enough seconds for this work. Count the servers",
        (
            "max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH))",
            "messages * ms / 1000 / SECONDS_A_MONTH",
        ): "nobody rents out a part of a server. Round up: max(1, math.ceil(…))",
        (
            "max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH))",
            "math.ceil(messages * ms / SECONDS_A_MONTH)",
        ): "ms are milliseconds. The seconds of work are messages * ms / 1000",
        (").total", ", free_tier=False).total"): "subtract the free allowance: leave free_tier out",
        ("(ms, memory_mb)", "(ms)"): "Work needs the memory, too: Work(ms, memory_mb)",
        ("rent <", "rent >"): "that takes the more expensive one",
        ("held or rent < called", "held"): "compare: for this bot a server is cheaper",
        ("rent <", "rent <="): "both cost the same here, so take the function",
        (
            "math.ceil(messages * ms / 1000 / SECONDS_A_MONTH)",
            "messages * ms // 1000 // SECONDS_A_MONTH",
        ): "// rounds down, and the rest of the work needs a server, too: math.ceil",
        (", rent", ", called"): "the second of the pair belongs to the home: for a server that is "
        "the rent",
    },
    kind=advice_problem,
    same=same_advice,
    solution="""
        import math
        from lessons.exercises.the_bill import AWS, RENT, SECONDS_A_MONTH, Work, function_cost
        rent = max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH)) * RENT
        called = function_cost(AWS, messages, Work(ms, memory_mb)).total
        if held or rent < called:
            return "server", rent
        return "function", called
    """,
)


@exercise(
    "write def advise(held, messages, ms, memory_mb): instead of the line with the dots.",
    "Start with the servers. How many seconds of work does a month bring, and how many does it "
    "have?",
    "servers = max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH)), each for server.total.",
    "The function's month is function_cost(aws, messages, Work(ms, memory_mb)).total. "
    "Take it only if nothing must be held and it is not more expensive.",
    task=ADVISE_TASK,
    because="First ask who calls whom. The price decides only if both homes are possible.",
)
def exercise_2(advise: Callable[[bool, int, int, int], Any]) -> str:
    """Seven bots, each with the home that costs least and can do the work."""
    return "seven bots have the home that suits them, and you know what each one costs"
