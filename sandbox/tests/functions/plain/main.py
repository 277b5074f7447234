"""Well-behaved sample functions; every one must work the same under AWS's own loop."""

import os
import sys
import time
from pathlib import Path

calls = 0


def echo(event, context):
    return event


def count(event, context):
    global calls
    calls += 1
    return calls


def talk(event, context):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    print("no line end", end="")


def about(event, context):
    return {
        "request_id": context.aws_request_id,
        "name": context.function_name,
        "version": context.function_version,
        "memory": context.memory_limit_in_mb,
        "remaining": context.get_remaining_time_in_millis(),
        "arn": context.invoked_function_arn,
    }


def environment(event, context):
    return dict(os.environ)


def files(event, context):
    import tempfile

    Path(tempfile.gettempdir(), "note").write_text("kept while the instance lives")
    return {"cwd": sorted(path.name for path in Path.cwd().iterdir()), "tmp": tempfile.gettempdir()}


def imports(event, context):
    import aiohttp

    return [aiohttp.__name__, sys.prefix]


def fail(event, context):
    raise ValueError("no such pizza: Hawaii")


def wait(event, context):
    """Work until a file appears."""
    while not Path(event).exists():
        time.sleep(0.005)
    return os.getpid()


def response(event, context):
    """Answer HTTP with whatever the test asks for."""
    return eval(event["headers"]["x-answer"])
