"""Checks of notebook 04: a worker that survives an error, instances, one line of a bill."""

import math
from typing import Any

from lessons.exercises.verdict import NotYet, exercise, expect, is_number, run, show
from sandbox.cloud import FunctionError
from sandbox.cloud.bill import TARIFFS
from sandbox.cloud.deployment import WORKERS
from sandbox.cloud.function import Function


@exercise('mend the worker, then deploy with cloud.deploy("mended", …, worker=…).')
def exercise_1(mended: Any) -> str:
    """The learner's own worker reports a handler's error, and its instance goes on."""
    expect(isinstance(mended, Function), f"expected what deploy gives, found {show(mended)}")
    expect(
        mended.settings.worker not in WORKERS,
        "that function runs in the cloud's own worker: deploy it with worker= and your file",
    )
    greets(mended)
    error = error_of(mended)
    if error.type == "Runtime.ExitError":
        reason = last_words(mended)
        expect(
            reason != "KeyError: 'name'",
            "the handler's KeyError still ends the loop. Put try: and except Exception as error: "
            "around the handler, run that cell, then this one",
        )
        expect(
            "ResponseNotReady" not in reason,
            "you caught the error, but told nobody: POST to …/error, then read the answer",
        )
        hint = ". A dictionary travels as text: json.dumps(…)" if "concat str to" in reason else ""
        raise NotYet(f"the loop itself ended. Its last words in the log: {reason}{hint}")
    expect(
        error.type != "Sandbox.Timedout",
        "nobody told the cloud: POST to …/error, and read the answer before you ask again",
    )
    expect(error.type == "KeyError", f"errorType came as {show(error.type)}, expected 'KeyError'")
    expect(
        error.message == "'name'",
        f"errorMessage came as {show(error.message)}, expected {show(str(KeyError('name')))}",
    )
    greets(mended)
    last = mended.invocations[-1]
    expect(
        not last.cold,
        "the error arrived, but then the loop ended: read the answer to that POST as well, "
        "with cloud.getresponse().read()",
    )
    return f"the error came as {error}, and the same instance went on"


def greets(function: Function) -> None:
    """A name in the event must still be greeted."""
    try:
        found = function.invoke({"name": "Ada"})
    except FunctionError as error:
        reason = last_words(function) or error
        expect(
            "CannotSendRequest" not in str(reason),
            "the error arrived, but then the loop ended: read the answer to that POST as well, "
            "with cloud.getresponse().read()",
        )
        raise NotYet(f"a good event now fails. The last words in the log: {reason}") from None
    expect(found == "hello Ada!", f"Ada's event was answered with {show(found)}")


def last_words(function: Function) -> str:
    """The log's line above the newest "Runtime exited": what the process printed last."""
    before = words = ""
    for line in function.logs:
        if "Runtime exited" in line:
            words = before
        before = before if line.startswith("START ") else line
    return words


def error_of(function: Function) -> FunctionError:
    """What a call without a name ends with."""
    try:
        found = function.invoke({})
    except FunctionError as error:
        return error
    raise NotYet(f"the error was posted to …/response, as if it were an answer: {show(found)}")


@exercise("write two numbers: (instances, throttled)")
def exercise_2(prediction: Any, fn: Any) -> str:
    """Instances started and calls refused, as the cloud has recorded them."""
    expect(
        isinstance(prediction, list | tuple) and len(prediction) == 2,
        f"expected two numbers, such as (5, 0), found {show(prediction)}",
    )
    instances, throttled = prediction
    limit = fn.settings.concurrency
    expect(
        instances != 2 * limit,
        "the second five need no new instances: those of the first five wait in the pool",
    )
    expect(
        instances == len(fn.instances),
        f"found {show(instances)} instances: at most concurrency={limit} work at once, "
        "and they are used again",
    )
    expect(
        throttled == fn.throttled,
        f"found {show(throttled)} throttled: each time five come at once and {limit} are served",
    )
    return f"{instances} instances started, {throttled} calls throttled"


CASES = [(351.02, 128), (1.2, 128), (40, 128), (2500.4, 1024), (99.01, 512)]


@exercise("write def price(used_ms, memory_mb): in place of the line with the dots")
def exercise_3(price: Any) -> str:
    """Milliseconds used and megabytes set give US dollars by AWS's rule."""
    for used, memory in CASES:
        found = run(price, used, memory)
        shown = f"price({used}, {memory}) gave {show(found)}"
        expect(is_number(found), f"{shown}, expected a number")
        shown, expected = f"price({used}, {memory}) gave {found:.12f}", dollars(used, memory)
        for wrong, hint in mistakes(used, memory):
            expect(not same(found, wrong) or same(wrong, expected), shown + hint)
        expect(same(found, expected), f"{shown}, expected {expected:.12f}")
    return f"a million calls of 351.02 ms with 128 MB cost ${dollars(351.02, 128) * 1e6:.2f}"


def same(found: float, expected: float) -> bool:
    """Equal but for rounding; the prices are too small for an absolute tolerance."""
    return math.isclose(found, expected, rel_tol=1e-6)


def dollars(used_ms: float, memory_mb: float) -> float:
    """The right answer, by the cloud's own rule and prices."""
    aws = TARIFFS["aws"]
    return line(aws.billed_ms(used_ms) / 1000, memory_mb / 1024) + aws.request


def line(seconds: float, gigabytes: float) -> float:
    """The price of the time alone."""
    return gigabytes * seconds * TARIFFS["aws"].gb_second


def mistakes(used: float, memory: float) -> list[tuple[float, str]]:
    """Wrong results, each with the hint for how it came about."""
    request, whole = TARIFFS["aws"].request, math.ceil(used)
    up = ": round the milliseconds up to whole ones, with math.ceil"
    return [
        (line(used / 1000, memory / 1024) + request, up),
        (line(int(used) / 1000, memory / 1024) + request, up),
        (line(round(used) / 1000, memory / 1024) + request, up),
        (line(whole / 1000, memory / 1024), ": the price of the request itself is missing"),
        (line(whole / 1000, memory / 1024) + 0.20, ": $0.20 is for a million requests, not one"),
        (line(whole, memory / 1024) + request, ": a second has 1000 milliseconds"),
        (line(whole / 1000, memory) + request, ": a gigabyte has 1024 megabytes"),
        (
            line(math.ceil(used / 1000), memory / 1024) + request,
            ": round up the milliseconds, not the seconds",
        ),
        (line(whole / 1000, memory * 1024) + request, ": divide the megabytes by 1024"),
        (line(whole / 1000, memory / 1000) + request, ": a gigabyte has 1024 megabytes here"),
    ]
