"""Checks of the side room about the worker loop: find a function, and survive its errors."""

import ast
import inspect
import json
import math
import random
import tempfile
import textwrap
from pathlib import Path
from typing import Any

from bot_sandbox.cloud import FunctionError
from bot_sandbox.cloud.function import Function
from lessons.cloud import Cloud
from lessons.exercises.slips import Task
from lessons.exercises.verdict import NotYet, exercise, expect, function_problem, show

ATTRIBUTE_HINT = (
    "Python takes the word after a dot as it is written. getattr(module, name) looks for what is "
    "in the variable"
)


LOAD_TASK = Task(
    "load(entry_point)",
    [
        (("math.sqrt",), math.sqrt),
        (("json.dumps",), json.dumps),
        (("random.choice",), random.choice),
    ],
    {
        (
            "getattr(importlib.import_module(file), name)",
            "importlib.import_module(file)",
        ): "that is the whole module. getattr(module, name) takes the function out of it",
        ("getattr(importlib.import_module(file), name)", "name"): "that is only its name, a text. "
        "getattr gives the function",
        (
            "getattr(importlib.import_module(file), name)",
            "importlib.import_module(file).name",
        ): ATTRIBUTE_HINT,
        ("(file), name", '(file), "name"'): ATTRIBUTE_HINT,
        ("importlib.import_module(file)", "file"): "file is only a text. Import the module first: "
        "importlib.import_module(file)",
        ("file, name", "name, file"): "the file comes first: it is what is before the dot",
        (
            "getattr(importlib.import_module(file), name)",
            "importlib.import_module(entry_point)",
        ): "only the file can be imported. Cut the text at the dot first",
        (", name)", ", name)()"): "return the function itself. The brackets at the end call it",
        (
            "return getattr(importlib.import_module(file), name)",
            "import file\nreturn getattr(file, name)",
        ): "import file looks for a file of that very name. importlib.import_module(file) takes "
        "the name from the variable",
        "import math\nreturn math.sqrt": "that is right for one text only. Use entry_point",
        ("(file), name", "(file), entry_point"): "the module knows its function by the name "
        "alone, without the file and the dot",
    },
    solution="""
        import importlib
        file, name = entry_point.split(".")
        return getattr(importlib.import_module(file), name)
    """,
)


@exercise(
    "write def load(entry_point): instead of the line with the dots",
    "three steps: cut the text, import the file, take the function out of it",
    'file, name = entry_point.split("."), and then module = importlib.import_module(file)',
    "the last line of the function: return getattr(module, name)",
    task=LOAD_TASK,
    because="This is how main.handler becomes your function. So a cloud needs no more than a text "
    "to know what to call.",
)
def exercise_1(load: Any) -> str:
    """A text such as math.sqrt becomes the function that it names."""
    return 'load("math.sqrt") is the function that math.sqrt is'


GREETING_CODE = """
def handler(event, context):
    return f"hello {event['name']}!"
"""
# The notebook's worker around the learner's own round. Its connection ends the loop if the cloud
# refuses something, because otherwise nobody would notice.
BEFORE_CODE = """
import http, http.client, importlib, json, os, sys
PATH = "/2018-06-01/runtime/invocation"
"""
AFTER_CODE = """
class StrictConnection(http.client.HTTPConnection):
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
connection = StrictConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    {name}(connection, handler)
"""
TIMEOUT_S = 3.0
NOT_READ_HINT = (
    "the error arrived, but then the loop ended. Read the answer to that POST, too, "
    "with connection.getresponse().read()"
)
REFUSED_HINT = (
    "the cloud refused a POST: this call had been answered before. Each call gets one POST, "
    "to …/response or to …/error"
)


@exercise(
    "copy only the function one_round from loop.py above, paste it over the line with the dots, "
    "and change it",
    "only one line of one_round can fail because of the handler: the one that calls it. "
    "Put try: before it, and except Exception as error: after it",
    "below except there is no answer, so make one: a dictionary with errorType and errorMessage. "
    "It goes to a path that ends in /error",
    "keep the end of the path in a variable: kind = 'response' after the call of the handler, "
    "kind = 'error' below except. Then one POST works for both",
    'the POST is connection.request("POST", f"{PATH}/{request_id}/{kind}", json.dumps(answer)). '
    "The last line is connection.getresponse().read()",
    because="Nobody outside can see whether an error was expected. So a worker says it in words, "
    "and the instance stays warm for the next caller.",
)
def exercise_2(one_round: Any) -> str:
    """The learner's own round reports a handler's error, and its instance continues."""
    source = source_of(one_round)
    with tempfile.TemporaryDirectory() as folder, Cloud() as cloud:
        Path(folder, "main.py").write_text(GREETING_CODE, encoding="utf-8")
        worker = Path(folder, "loop.py")
        worker.write_text(
            BEFORE_CODE + source + AFTER_CODE.format(name=one_round.__name__), "utf-8"
        )
        function = cloud.deploy("mine", folder, worker=str(worker), timeout_s=TIMEOUT_S)
        check_greeting(function)
        error = error_of(function, {})
        if error.type == "Runtime.ExitError":
            raise NotYet(why_it_ended(function))
        expect(
            error.type != "Sandbox.Timedout",
            "nobody told the cloud that the handler failed: POST to the path that ends in /error",
        )
        expect(
            error.type != "Runtime.Unknown",
            "what was posted to …/error has no entry errorType: the dictionary's two names are "
            '"errorType" and "errorMessage", spelled like this',
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
        check_greeting(function)
        if function.invocations[-1].cold:
            raise NotYet(REFUSED_HINT if "refused: " in "\n".join(function.logs) else NOT_READ_HINT)
        other = error_of(function, "no dictionary")
        if other.type == "Runtime.ExitError":
            raise NotYet(why_it_ended(function))
        expect(
            other.type == "TypeError",
            f"an event that was no dictionary came back as {other}, but the handler's error was "
            "a TypeError. The next error may be any other, so do not name one yourself. "
            "except Exception as error: catches every kind, and type(error).__name__ names it",
        )
    return f"the error came as {error}, and the same instance answered the next call"


def source_of(function: Any) -> str:
    """Return the learner's function as text; NotYet for slips that would only show much later."""
    expect(inspect.isfunction(function), function_problem(function))
    try:
        source = textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        raise NotYet("its source was not found: define it in this cell, with def") from None
    expect(
        "/ID/" not in source,
        "ID means the request id, which came in the headers: write {request_id} there",
    )
    expect(
        not [text for text in plain_texts(source) if "{PATH}" in text or "{request_id}" in text],
        'write f before the quotes of the path, as in f"{PATH}/next"',
    )
    return source


def plain_texts(source: str) -> list[str]:
    """Return every text in a program that is no f-string."""
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


GOOD_EVENT_HINTS = {  # the type of an error, and what is said
    "Sandbox.Timedout": "a good event got no answer: POST it to the path that ends in /response",
    "Runtime.MarshalError": "what you posted is no JSON: write json.dumps(answer)",
    "Runtime.Unknown": "Ada's event was a good one, and its answer was posted to …/error: that "
    "path is only for what is below except",
}


def check_greeting(function: Function) -> None:
    """NotYet unless a name in the event is still greeted."""
    try:
        found = function.invoke({"name": "Ada"})
    except FunctionError as error:
        if error.type == "Runtime.ExitError":
            raise NotYet(why_it_ended(function)) from None
        hint = GOOD_EVENT_HINTS.get(error.type, f"a good event now fails: {error}")
        raise NotYet(hint) from None
    expect(
        found != json.dumps("hello Ada!"),
        "Ada's answer was written as JSON twice: json.dumps once is enough",
    )
    expect(found is not None, "the answer to Ada's event was null: post what the handler returned")
    expect(found == "hello Ada!", f"Ada's event was answered with {show(found)}")


def error_of(function: Function, event: object) -> FunctionError:
    """Return the error of a call with an event that has no name; NotYet if there is none."""
    try:
        found = function.invoke(event)
    except FunctionError as error:
        return error
    raise NotYet(f"the error was posted to …/response, as if it were an answer: {show(found)}")


def why_it_ended(function: Function) -> str:
    """Say what the process printed last, and what that means."""
    words = last_words(function)
    meanings = {
        "KeyError: 'name'": "the handler's KeyError still ends the loop. Put try: and "
        "except Exception as error: around the line that calls the handler",
        "string indices": "a handler can fail in other ways than with a KeyError: "
        "except Exception as error: catches every kind",
        "with 403": "the loop asked for the next event, and nobody told the cloud how this call "
        "had ended: POST to …/response, or to …/error if the handler failed",
        "with 404": "the cloud knows no such path. It ends in the request id and the word "
        "response or error, with one slash before each",
        "with 400": REFUSED_HINT,
        "'error' is not defined": "the error has no name yet: except Exception as error:",
        "is not defined": "it uses a name that nobody has made. Is it misspelled? Or is it a text, "
        'which needs quotes, such as "errorType"?',
        "Idle": "you caught the error, but told nobody: POST to …/error, then read the answer",
        "Request-sent": "the loop asked again before it had read an answer. After each request "
        "there must be connection.getresponse().read(), after the POST of the error, too",
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
            return f"{meaning}. The loop's last words were: {words}"
    return f"the loop itself ended. Its last words were: {words or 'none'}"


# Lines of the cloud's own, and what Python 3.14 adds below an error of json.dumps.
NO_WORDS = ("START ", "END ", "REPORT ", "when serializing ")


def last_words(function: Function) -> str:
    """Return what the process printed last: the log's line above the newest "Runtime exited"."""
    before = words = ""
    for line in function.logs:
        if "Runtime exited" in line:
            words = before
        if not line.startswith(NO_WORDS):
            before = line
    return words
