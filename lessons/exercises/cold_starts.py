"""Checks of the side room about cold starts: a new version, a limited pool, and quiet chats."""

from collections.abc import Callable
from typing import Any

from lessons.exercises.slips import Task, number_problem
from lessons.exercises.verdict import exercise, expect, is_number, show


@exercise(
    "write True or False three times, for example [True, False, True]",
    "can an instance of the old version run the new code?",
    "so the pool is empty after a deployment. What is in it after the first call?",
    "the first call starts an instance and is cold. The others get that same instance",
    because="Each deployment throws the old instances away. So the first person after it waits, "
    "and if you deploy ten times a day, ten people do.",
)
def exercise_1(prediction: Any, warm: Any) -> str:
    """Three values say which of the last three calls were cold; the cloud has recorded it."""
    measured = [call.cold for call in warm.invocations][-3:]
    expect(
        isinstance(prediction, list | tuple) and len(prediction) == 3,
        f"expected a list of three values, True or False, found {show(prediction)}",
    )
    values = list(prediction)
    expect(
        all(isinstance(value, bool) for value in values),
        f"each value is True for a cold call or False for a warm one, found {show(prediction)}",
    )
    expect(
        values[0] == measured[0],
        "the first call was cold, because instances of the old version cannot run the new code",
    )
    expect(
        values == measured,
        "only the first call was cold. Then its instance waited in the pool for the next",
    )
    return f"the cloud wrote down {measured}"


@exercise(
    "write two numbers: (instances, refused)",
    "how many instances can work at the same moment? The first five people start that many",
    "those instances wait in the pool when the second five people come",
    "each time 3 of 5 are served and 2 are refused",
    because="An instance serves one call at a time, and it can serve many in turn. So what counts "
    "is how many people write in the same moment, not how many there are.",
)
def exercise_2(prediction: Any, five: Any) -> str:
    """Instances started and calls refused, as the cloud has recorded them."""
    expect(
        not isinstance(prediction, set),
        "write (…) and not {…}: what is in curly brackets has no order",
    )
    expect(
        isinstance(prediction, list | tuple) and len(prediction) == 2,
        f"expected two numbers, such as (5, 0), found {show(prediction)}",
    )
    instances, refused = prediction
    expect(is_number(instances) and is_number(refused), "write the two numbers without quotes")
    limit, calls = five.settings.concurrency, len(five.invocations) + five.throttled
    expect(
        limit == 3 and calls == 10,
        f"the question is about concurrency=3 and twice five calls. Here it was concurrency={limit}"
        f" and {calls} calls. Write those lines as they were, and run the whole cell",
    )
    expect(
        instances != 2 * limit,
        "the second five need no new instances, because those of the first five wait in the pool",
    )
    expect(
        instances == len(five.instances),
        f"you wrote {show(instances)} instances, and the cloud started "
        f"{len(five.instances)}: at most concurrency={limit} work at once, "
        "and they are used again",
    )
    expect(
        refused == five.throttled,
        f"you wrote {show(refused)} refused, and the cloud refused {five.throttled}: "
        f"each time five come at once and {limit} are served",
    )
    return f"{instances} instances started, {refused} calls refused"


COLD_CALLS_TASK = Task(
    "cold_calls(times, idle_s)",
    [
        (([0], 300), 1),
        (([0, 10, 20], 300), 1),
        (([0, 10, 400, 410], 300), 2),
        (([0, 3600, 7200, 10800], 300), 4),
        (([50, 349, 648], 300), 1),
        (([0, 300, 600], 300), 3),
        (([], 300), 0),
        (([0, 60, 119, 240], 60), 3),
    ],
    {
        "return times": "the answer is how many calls are cold, a number",
        ("is None or", "is not None and"): "the first call of all is cold, too",
        ("last >=", "last >"): "after exactly idle_s seconds the instance is stopped already. So "
        "write >=",
        ("last = now", "    last = now"): "count the pause from the message before, cold or warm",
        ("last = now", "return cold"): "is return inside the loop? Then the loop ends at the "
        "first message",
        (
            "0, None\nfor now in times:\n    if last is None or",
            "1, None\nfor now in times:\n    if last is not None and",
        ): "if nobody writes, no call is cold. Begin to count at 0",
        (
            ", last = 0, None\nfor now in times:\n    if last is None or",
            " = 1\nlast = times[0]\nfor now in times:\n    if",
        ): "if nobody writes, times is [] and has no first one",
        ("idle_s:", "300:"): "300 was only an example. Compare the pause with idle_s",
        "return len(times)": "some of these calls find an instance that still waits",
        ("- last >", ">"): "now is a moment. The pause is now - last",
    },
    kind=number_problem,
    solution="""
        cold, last = 0, None
        for now in times:
            if last is None or now - last >= idle_s:
                cold += 1
            last = now
        return cold
    """,
)


@exercise(
    "write def cold_calls(times, idle_s): instead of the line with the dots",
    "go through the times with a loop, and keep the time of the message before",
    "a call is cold if there was no message before, or if the pause was idle_s or longer",
    "in the loop: if last is None or now - last >= idle_s: cold += 1, and then last = now",
    task=COLD_CALLS_TASK,
    because="If a bot gets one message an hour, everybody waits. In a lively chat only the first "
    "person waits. So a busy bot has quicker answers than a lonely one.",
)
def exercise_3(cold_calls: Callable[[list[float], float], Any]) -> str:
    """Count the cold calls of eight chats, quiet and lively."""
    return "in eight chats, quiet and lively, you know who waits"
