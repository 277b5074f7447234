"""Checks of notebook 04: a worker that survives an error, instances, one line of a bill."""

import ast
import inspect
import json
import math
import tempfile
import textwrap
from pathlib import Path
from typing import Any

from bot_sandbox.cloud import FunctionError
from bot_sandbox.cloud.bill import TARIFFS
from bot_sandbox.cloud.function import Function
from lessons.cloud import Cloud
from lessons.exercises.verdict import NotYet, exercise, expect, is_number, run, show

GREETING = """
def handler(event, context):
    return f"hello {event['name']}!"
"""
# The worker of the notebook around the learner's own round. Its line to the cloud ends the loop at
# whatever the cloud refuses, which would otherwise go unnoticed.
BEFORE = """
import http, http.client, importlib, json, os, sys
PATH = "/2018-06-01/runtime/invocation"
"""
AFTER = """
class Line(http.client.HTTPConnection):
    def request(self, method, url, *rest, **named):
        self.asked = method + " …/" + "/".join(url.split("/")[5:])
        super().request(method, url, *rest, **named)

    def getresponse(self):
        answer = super().getresponse()
        if answer.status >= 400:
            sys.exit(f"refused: {{self.asked}} with {{answer.status}}")
        return answer


sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
file, name = os.environ["_HANDLER"].split(".")
handler = getattr(importlib.import_module(file), name)
cloud = Line(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    {name}(cloud, handler)
"""
TIMEOUT_S = 3.0
NOT_READ = (
    "the error arrived, but then the loop ended: read the answer to that POST to its end as well, "
    "with cloud.getresponse().read()"
)
REFUSED = (
    "the cloud refused a POST: this call had been answered before. Each call gets one POST, "
    "to …/response or to …/error"
)


@exercise(
    "copy the function one_round from the file loop.py above, put it in place of the whole line "
    "with the dots, and mend it.",
    "only one line of one_round can fail because of the handler: the one that calls it. "
    "Put try: before it, and except Exception as error: after it",
    "in the except part there is no answer, so make one: a dictionary with errorType and "
    "errorMessage. It goes to a path that ends in /error",
    "keep the end of the path in a variable: kind = 'response' after the call of the handler, "
    "kind = 'error' in the except part. Then one POST serves both",
    'the last two lines: cloud.request("POST", f"{PATH}/{request_id}/{kind}", json.dumps(answer)) '
    "and cloud.getresponse().read()",
)
def exercise_1(one_round: Any) -> str:
    """The learner's own round reports a handler's error, and its instance goes on."""
    source = source_of(one_round)
    with tempfile.TemporaryDirectory() as folder, Cloud() as cloud:
        Path(folder, "main.py").write_text(GREETING, encoding="utf-8")
        worker = Path(folder, "loop.py")
        worker.write_text(BEFORE + source + AFTER.format(name=one_round.__name__), "utf-8")
        mended = cloud.deploy("mended", folder, worker=str(worker), timeout_s=TIMEOUT_S)
        greets(mended)
        error = error_of(mended, {})
        if error.type == "Runtime.ExitError":
            raise NotYet(why_it_ended(mended))
        expect(
            error.type != "Sandbox.Timedout",
            "nobody told the cloud that the handler failed: POST to the path that ends in /error",
        )
        expect(
            error.type != "Runtime.Unknown",
            "what was posted to …/error has no entry errorType: the dictionary's two names are "
            '"errorType" and "errorMessage", in these letters',
        )
        quotes = ": write it without quotes" if "__name__" in error.type else ""
        expect(
            error.type == "KeyError",
            f"errorType came as {show(error.type)}, not as 'KeyError'{quotes}",
        )
        words = str(KeyError("name"))
        expect(
            error.message == words,
            f"errorMessage came as {show(error.message)}, expected {show(words)}: str(error)",
        )
        greets(mended)
        if mended.invocations[-1].cold:
            raise NotYet(REFUSED if "refused: " in "\n".join(mended.logs) else NOT_READ)
        other = error_of(mended, "no dictionary")
        if other.type == "Runtime.ExitError":
            raise NotYet(why_it_ended(mended))
        expect(
            other.type == "TypeError",
            f"an event that was no dictionary came back as {other}, but the handler's error was "
            "a TypeError. The next error may be any other, so do not name one yourself: "
            "except Exception as error: gets it, and type(error).__name__ says its kind",
        )
    return f"the error came as {error}, and the same instance went on"


def source_of(function: Any) -> str:
    """The learner's function as text, looked through for slips that only show much later."""
    expect(inspect.isfunction(function), f"expected a function, found {show(function)}")
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise NotYet("its source was not found: define it in this cell, with def") from None
    expect(
        "/ID/" not in source,
        "ID stands for the id of the call, which came in the headers: write {request_id} there",
    )
    expect(
        not [text for text in plain_texts(source) if "{PATH}" in text or "{request_id}" in text],
        'write f before the quotes of the path, as in f"{PATH}/next"',
    )
    return source


def plain_texts(source: str) -> list[str]:
    """Every text in a program that is no f-string."""
    tree = ast.parse(source)
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside
    ]


def greets(function: Function) -> None:
    """A name in the event must still be greeted."""
    try:
        found = function.invoke({"name": "Ada"})
    except FunctionError as error:
        if error.type == "Runtime.ExitError":
            raise NotYet(why_it_ended(function)) from None
        if error.type == "Sandbox.Timedout":
            raise NotYet(
                "a good event got no answer: POST it to the path that ends in /response"
            ) from None
        if error.type == "Runtime.MarshalError":
            raise NotYet("what you posted is no JSON: write json.dumps(answer)") from None
        if error.type == "Runtime.Unknown":
            raise NotYet(
                "Ada's event was a good one, and its answer was posted to …/error: "
                "that path is for the except part only"
            ) from None
        raise NotYet(f"a good event now fails: {error}") from None
    expect(
        found != json.dumps("hello Ada!"),
        "Ada's answer was written as JSON twice: json.dumps once is enough",
    )
    expect(found is not None, "the answer to Ada's event was null: post what the handler returned")
    expect(found == "hello Ada!", f"Ada's event was answered with {show(found)}")


def error_of(function: Function, event: object) -> FunctionError:
    """What a call with an event that has no name ends with."""
    try:
        found = function.invoke(event)
    except FunctionError as error:
        return error
    raise NotYet(f"the error was posted to …/response, as if it were an answer: {show(found)}")


def why_it_ended(function: Function) -> str:
    """What the process printed last, and what that means."""
    words = last_words(function)
    meanings = {
        "KeyError: 'name'": "the handler's KeyError still ends the loop. Put try: and "
        "except Exception as error: around the line that calls the handler",
        "string indices": "a handler can fail in other ways than with a KeyError: "
        "except Exception as error: catches every kind",
        "with 403": "the loop asked for the next event, and nobody told the cloud how this call "
        "had ended: POST to …/response, or to …/error if the handler failed",
        "with 404": "the cloud knows no such path: at its end stand the request id and the word "
        "response or error, with one slash before each",
        "with 400": REFUSED,
        "'error' is not defined": "the error has no name yet: except Exception as error:",
        "is not defined": "a name that nobody has made: is it spelt right, or is it a text "
        'and wants quotes, such as "errorType"?',
        "Idle": "you caught the error, but told nobody: POST to …/error, then read the answer",
        "Request-sent": "the loop asked again before it had read an answer: after each request "
        "there must be cloud.getresponse().read(), after the POST of the error, too",
        "type set": "those curly brackets make a set, which JSON does not know. A dictionary has a "
        'colon between each name and its value: {"errorType": …, "errorMessage": …}',
        "JSON serializable": "only texts, numbers, lists and dictionaries become JSON: "
        "write str(error) for the words, and type(error).__name__ for the kind",
        "concat str to": "a dictionary travels as text: json.dumps(…)",
        "must be bytes": "a dictionary travels as text: json.dumps(…)",
        "should be a bytes": "a dictionary travels as text: json.dumps(…)",
    }
    for sign, meaning in meanings.items():
        if sign in words:
            return f"{meaning}. (The loop's last words: {words})"
    return f"the loop itself ended. Its last words: {words or 'none'}"


# Lines of the cloud's own, and what Python 3.14 adds below an error of json.dumps.
NO_WORDS = ("START ", "END ", "REPORT ", "when serializing ")


def last_words(function: Function) -> str:
    """The log's line above the newest "Runtime exited": what the process printed last."""
    before = words = ""
    for line in function.logs:
        if "Runtime exited" in line:
            words = before
        if not line.startswith(NO_WORDS):
            before = line
    return words


@exercise(
    "write two numbers: (instances, throttled)",
    "how many instances can work at the same moment? That many are started for the first five",
    "the instances of the first five wait in the pool when the second five come",
    "each time 3 of 5 are served and 2 are refused",
)
def exercise_2(prediction: Any, fn: Any) -> str:
    """Instances started and calls refused, as the cloud has recorded them."""
    expect(
        not isinstance(prediction, set),
        "write (…) and not {…}: what stands in curly brackets has no order",
    )
    expect(
        isinstance(prediction, list | tuple) and len(prediction) == 2,
        f"expected two numbers, such as (5, 0), found {show(prediction)}",
    )
    instances, throttled = prediction
    expect(is_number(instances) and is_number(throttled), "write the two numbers without quotes")
    limit, calls = fn.settings.concurrency, len(fn.invocations) + fn.throttled
    expect(
        limit == 3 and calls == 10,
        f"the question is about concurrency=3 and twice five calls. Here it was concurrency={limit}"
        f" and {calls} calls: write those lines as they were, and run the whole cell",
    )
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


@exercise(
    "write def price(used_ms, memory_mb): in place of the line with the dots",
    "one line for each of the four points: seconds, gigabytes, the price of both, the request",
    "seconds = math.ceil(used_ms) / 1000 and gigabytes = memory_mb / 1024",
    "return gigabytes * seconds * 0.0000166667 + 0.20 / 1_000_000",
)
def exercise_3(price: Any) -> str:
    """Milliseconds used and megabytes set give US dollars by AWS's rule."""
    for used, memory in CASES:
        found = run(price, used, memory, call=f"price({used}, {memory})")
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
        (line(whole * 1000, memory / 1024) + request, ": divide the milliseconds by 1000"),
        (line(whole / 1000, memory / 1024) + 0.20 * 1e6, ": divide the 0.20 by a million"),
        (whole / 1000 + line(1, memory / 1024) + request, ": multiply seconds and gigabytes"),
        (
            line(whole / 1000, memory / 1024) + line(request, 1),
            ": the price of the request is added last, and nothing is done to it any more",
        ),
        (line(whole / 1000, memory) + request, ": a gigabyte has 1024 megabytes"),
        (
            line(math.ceil(used / 1000), memory / 1024) + request,
            ": round up the milliseconds, not the seconds",
        ),
        (line(whole / 1000, memory * 1024) + request, ": divide the megabytes by 1024"),
        (line(whole / 1000, memory / 1000) + request, ": a gigabyte has 1024 megabytes here"),
    ]
