"""Wrong answers to the exercises of notebook 15, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

HEAD = "from lessons.exercises.ex_15 import exercise_1, exercise_2, exercise_3, exercise_4\n"

WRONG = {
    1: [
        (
            HEAD
            + """
def month(messages, ms, memory_mb):
    gb_seconds = messages * ms / 1000 * memory_mb / 1024
    return (gb_seconds - 400_000) * 0.0000166667 + (messages - 1_000_000) * 0.20 / 1_000_000

exercise_1(month)
""",
            "left over is not paid out",
        ),
        (
            HEAD
            + """
def month(messages, ms, memory_mb):
    gb_seconds = messages * ms / 1000 * memory_mb / 1024
    time_usd = max(0, gb_seconds - 400_000) * 0.0000166667
    calls_usd = max(0, messages - 1_000_000) * 0.20 / 1_000_000
    return time_usd + calls_usd

exercise_1(month)
""",
            "round the milliseconds up",
        ),
        (
            HEAD
            + """
def month(messages, ms, memory_mb):
    gb_seconds = messages * ms / 1000 * memory_mb / 1024
    print(max(0, gb_seconds - 400_000) * 0.0000166667)

exercise_1(month)
""",
            "gave nothing back; it printed",
        ),
        (
            """
from lessons.exercises.ex_15 import exercise_1, exercise_2, exercise_3, exercise_4


import math

def month(messages, ms, memory_mb):
    gb_seconds = messages * math.ceil(ms / 1000) * memory_mb / 1024
    time_usd = max(0, gb_seconds - 400_000) * 0.0000166667
    calls_usd = max(0, messages - 1_000_000) * 0.20 / 1_000_000
    return time_usd + calls_usd

exercise_1(month)
""",
            "rounds up to whole seconds",
        ),
        (
            """
from lessons.exercises.ex_15 import exercise_1, exercise_2, exercise_3, exercise_4


def month(messages, ms, memory_mb):
    return f"{max(0, messages - 1_000_000) * 0.20 / 1_000_000:.2f}"

exercise_1(month)
""",
            "Return the number itself",
        ),
        (
            r"""
import math

from lessons.exercises.ex_15 import exercise_1, exercise_2, exercise_3, exercise_4

def month(messages, ms, memory_mb):
    gb_seconds = messages * math.ceil(ms) * memory_mb / 1024
    time_usd = max(0, gb_seconds - 400_000) * 0.0000166667
    calls_usd = max(0, messages - 1_000_000) * 0.20 / 1_000_000
    return time_usd + calls_usd

exercise_1(month)
""",
            "ms are milliseconds",
        ),
        (
            r"""
import math

from lessons.exercises.ex_15 import exercise_1, exercise_2, exercise_3, exercise_4

def month(messages, ms, memory_mb):
    gb_seconds = messages * math.ceil(ms) / 1000 * memory_mb
    time_usd = max(0, gb_seconds - 400_000) * 0.0000166667
    calls_usd = max(0, messages - 1_000_000) * 0.20 / 1_000_000
    return time_usd + calls_usd

exercise_1(month)
""",
            "memory_mb / 1024",
        ),
    ],
    2: [
        (
            """
a_second = break_even(aws, Work(400, memory_mb=512), server.total)

exercise_2(a_second)
""",
            "that is messages a month",
        ),
        (
            """
a_second = break_even(aws, Work(400), server.total) / SECONDS_A_MONTH

exercise_2(a_second)
""",
            "that is for 128 MB",
        ),
        (
            """
a_second = SECONDS_A_MONTH / break_even(aws, Work(400, memory_mb=512), server.total)

exercise_2(a_second)
""",
            "upside down",
        ),
        (
            """
a_second = break_even(aws, Work(400, memory_mb=512), server.total) // SECONDS_A_MONTH

exercise_2(a_second)
""",
            "divide with one /",
        ),
        (
            r"""
a_second = break_even(aws, Work(5), server.total) / SECONDS_A_MONTH

exercise_2(a_second)
""",
            "such as the one above",
        ),
        (
            r"""
a_second = round(break_even(aws, Work(400, memory_mb=512), server.total) / SECONDS_A_MONTH)

exercise_2(a_second)
""",
            "do not round",
        ),
    ],
    3: [
        (
            """
def cold_calls(times, idle_s):
    return sum(later - now >= idle_s for now, later in zip(times, times[1:]))

exercise_3(cold_calls)
""",
            "the first call of all is cold",
        ),
        (
            """
def cold_calls(times, idle_s):
    cold, last = 0, None
    for now in times:
        if last is None or now - last > idle_s:
            cold += 1
        last = now
    return cold

exercise_3(cold_calls)
""",
            "after exactly 300 seconds the instance is stopped already",
        ),
        (
            """
def cold_calls(times, idle_s):
    return times

exercise_3(cold_calls)
""",
            "expected how many calls are cold",
        ),
        (
            """
def cold_calls(times, idle_s):
    cold, last = 0, None
    for now in times:
        if last is None or now - last >= idle_s:
            cold += 1
            last = now
    return cold

exercise_3(cold_calls)
""",
            "counted from the message before",
        ),
        (
            """
def cold_calls(times, idle_s):
    cold, last = 0, None
    for now in times:
        if last is None or now - last >= idle_s:
            cold += 1
        last = now
        return cold

exercise_3(cold_calls)
""",
            "Does return stand inside the loop?",
        ),
        (
            """
def cold_calls(times, idle_s):
    cold = 1
    for i in range(1, len(times)):
        if times[i] - times[i - 1] >= idle_s:
            cold += 1
    return cold

exercise_3(cold_calls)
""",
            "nobody wrote, so begin to count at 0",
        ),
    ],
    4: [
        (
            """
import math

def advise(held, messages, ms, memory_mb):
    servers_needed = max(1, math.ceil(messages * ms / 1000 / SECONDS_A_MONTH))
    rent = servers_needed * server.total
    called = function_cost(aws, messages, Work(ms, memory_mb), free_tier=False).total
    if held or rent < called:
        return "server", rent
    return "function", called

exercise_4(advise)
""",
            "the free allowance was not taken off",
        ),
        (
            """
def advise(held, messages, ms, memory_mb):
    return function_cost(aws, messages, Work(ms, memory_mb)).total

exercise_4(advise)
""",
            "expected a pair",
        ),
        (
            """
def advise(held, messages, ms, memory_mb):
    called = function_cost(aws, messages, Work(ms, memory_mb)).total
    return ("server", server.total) if server.total < called else ("function", called)

exercise_4(advise)
""",
            "it cannot hold a line",
        ),
        (
            """
def advise(held, messages, ms, memory_mb):
    called = function_cost(aws, messages, Work(ms, memory_mb)).total
    cheaper = server.total < called
    return ("server", server.total) if held or cheaper else ("function", called)

exercise_4(advise)
""",
            "count the servers",
        ),
        (
            """
def advise(held, messages, ms, memory_mb):
    cost = function_cost(aws, messages, Work(ms, memory_mb))
    if held or cost > server.total:
        return "server", server.total
    return "function", cost

exercise_4(advise)
""",
            "its dollars are function_cost(…).total",
        ),
        (
            """
def advise(held, messages, ms, memory_mb):
    rent = messages * ms / 1000 / SECONDS_A_MONTH * server.total
    if held:
        return "server", rent
    return "function", function_cost(aws, messages, Work(ms, memory_mb)).total

exercise_4(advise)
""",
            "nobody rents out a part of a server",
        ),
    ],
}
