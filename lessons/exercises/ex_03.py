"""Checks for notebook 03, server or serverless."""

from typing import Any

from lessons.exercises.verdict import close, exercise, expect, is_number, run, show


@exercise("write def busy_percentage(busy_s, alive_s): in place of the line with the dots")
def exercise_1(busy_percentage: Any) -> str:
    """A function of busy seconds and seconds alive gives the percentage."""
    first = run(busy_percentage, 1, 4)
    shown = f"busy_percentage(1, 4) gave {show(first)}"
    expect(is_number(first), f"{shown}, expected a number")
    expect(
        not close(first, 4) and not close(first, 400),
        f"{shown}: divide the busy seconds by the seconds alive, not the other way round",
    )
    expect(not close(first, 0.25), f"{shown}: a percentage is 100 times that")
    for busy, alive in ((1, 4), (0.02, 5), (3, 3), (0, 60)):
        found, expected = run(busy_percentage, busy, alive), 100 * busy / alive
        hint = f"busy_percentage({busy}, {alive}) gave {show(found)}, expected {expected:g}"
        expect(close(found, expected), hint)
    return "a server that works for 0.02 of its 5 seconds is busy 0.4 % of the time"


@exercise("write def goodbye(event, context): in place of the line with the dots")
def exercise_2(handler: Any) -> str:
    """A handler says goodbye to the name in the path, or to a stranger."""
    for path, name in (("/Viktor", "Viktor"), ("/Ada", "Ada"), ("/", "stranger")):
        result = run(handler, {"rawPath": path, "requestContext": {}}, None)
        expect(
            isinstance(result, dict) and {"statusCode", "body"} <= set(result),
            f"goodbye gave {show(result)}, "
            "expected a dictionary with statusCode and body, as in main.py",
        )
        status, body = result["statusCode"], result["body"]
        expect(status == 200, f"the status was {show(status)}, expected 200")
        expect(
            body != "goodbye !",
            f'with the path "{path}" the body was "goodbye !": without a name, say "stranger"',
        )
        expected = f"goodbye {name}!"
        hint = f"with the path {show(path)} the body was {show(body)}, expected {show(expected)}"
        expect(body == expected, hint)
    return "a handler is an ordinary function: it needs no cloud to be tested"


@exercise("write three times True or False, for example [True, False, True]")
def exercise_3(prediction: Any, fn: Any) -> str:
    """Three values say which of the last three calls were cold; the cloud has recorded it."""
    measured = [call.cold for call in fn.invocations][-3:]
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
        "the first call was cold: instances of the old version cannot run the new code",
    )
    expect(
        values == measured,
        "only the first call was cold: then its instance waited in the pool for the next",
    )
    return f"the cloud recorded {measured}: a new version starts with an empty pool"
