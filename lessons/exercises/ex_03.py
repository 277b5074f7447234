"""Checks for notebook 03, server or serverless."""

from typing import Any

from lessons.exercises.verdict import close, exercise, expect, is_number, run, show


@exercise(
    "write def busy_percentage(busy_s, alive_s): in place of the line with the dots",
    "how many parts of 100 are 1 second of 4? First divide, then multiply",
    "1 / 4 is 0.25, and 100 * 0.25 is 25. Do the same with busy_s and alive_s",
    "the last line of the function: return 100 * busy_s / alive_s",
)
def exercise_1(busy_percentage: Any) -> str:
    """A function of busy seconds and seconds alive gives the percentage."""
    first = run(busy_percentage, 1, 4, call="busy_percentage(1, 4)")
    shown = f"busy_percentage(1, 4) gave {show(first)}"
    expect(
        not isinstance(first, str), f"{shown}, a text: return the number itself, without a % sign"
    )
    expect(is_number(first), f"{shown}, expected a number")
    expect(
        not close(first, 4) and not close(first, 400),
        f"{shown}: divide the busy seconds by the seconds alive, not the other way round",
    )
    expect(not close(first, 1), f"{shown}: % is the rest of a division, and / divides")
    expect(
        not close(first, 0),
        f"{shown}: / divides. // leaves the rest away, and % gives nothing but the rest",
    )
    expect(not close(first, 0.25), f"{shown}: a percentage is 100 times that")
    for busy, alive in ((1, 4), (0.02, 5), (3, 3), (0, 60)):
        call, expected = f"busy_percentage({busy}, {alive})", 100 * busy / alive
        found = run(busy_percentage, busy, alive, call=call)
        wrong = f"{call} gave {show(found)}, expected {expected:g}"
        expect(not close(found, int(expected)) or close(found, expected), f"{wrong}: do not round")
        expect(close(found, expected), wrong)
    return "a server that works for 0.02 of its 5 seconds is busy 0.4 % of the time"


@exercise(
    "write def goodbye(event, context): in place of the line with the dots",
    "begin with the three parts of handler in main.py: def, name, return",
    'after .strip("/") the path "/" leaves the empty text "": ask for it with if name == "":',
    'the end of the function: return {"statusCode": 200, "body": f"goodbye {name}!"}',
)
def exercise_2(handler: Any) -> str:
    """A handler says goodbye to the name in the path, or to a stranger."""
    for path, name in (("/Viktor", "Viktor"), ("/Ada", "Ada"), ("/", "stranger")):
        call = f'goodbye({{"rawPath": {show(path)}}}, None)'
        result = run(handler, {"rawPath": path, "requestContext": {}}, None, call=call)
        expect(
            not isinstance(result, str),
            f"{call} gave {show(result)}: that is the body alone. Return a dictionary with "
            "statusCode and body, as in main.py",
        )
        expect(
            not isinstance(result, dict) or "statuscode" not in result,
            f"{call} gave {show(result)}: statusCode has a capital C in it",
        )
        expect(
            isinstance(result, dict) and {"statusCode", "body"} <= set(result),
            f"{call} gave {show(result)}, "
            "expected a dictionary with statusCode and body, as in main.py",
        )
        status, body = result["statusCode"], result["body"]
        expect(status == 200, f"the status was {show(status)}, expected the number 200")
        expect(
            body != "goodbye !",
            f'with the path "{path}" the body was "goodbye !": without a name, say "stranger". '
            'if name == "": asks for the text with nothing in it, not even a space; '
            'name = "stranger", with one =, gives the name this value',
        )
        expect(
            "/" not in str(body),
            f'with the path "{path}" the body was {show(body)}: .strip("/") takes the slash off',
        )
        expect("{name}" not in str(body), 'write f before the quotes, as in f"goodbye {name}!"')
        expected = f"goodbye {name}!"
        expect(
            body == expected,
            f"with the path {show(path)} the body was {show(body)}, expected {show(expected)}",
        )
    return "a handler is an ordinary function: it needs no cloud to be tested"


@exercise(
    "write three times True or False, for example [True, False, True]",
    "can an instance of the old version run the new code?",
    "so the pool is empty after a deployment; and what is in it after the first call?",
    "the first call starts an instance and is cold; the others get that same instance",
)
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
    return f"the cloud wrote down {measured}: a new version starts with an empty pool"
