"""The errors of a function, under AWS Lambda's names.

A wrong argument to `Cloud.deploy` is a plain ValueError.
"""

import re

PAYLOAD_LIMIT = 6 * 1024 * 1024  # bytes of a request; AWS "Lambda quotas": 6 MB each way
RESPONSE_LIMIT = PAYLOAD_LIMIT + 100  # bytes of a response: Lambda's own message says 6291556

TIMEOUT = "Sandbox.Timedout"
EXIT = "Runtime.ExitError"
OUT_OF_MEMORY = "Runtime.OutOfMemory"
MARSHAL = "Runtime.MarshalError"
TOO_LARGE = "Function.ResponseSizeTooLarge"
THROTTLED = "Throttled"
UNSUPPORTED = (
    "Sandbox.NotImplemented"  # AWS has it and this sandbox has not; the sandbox's own name
)


# A frame in the function's own file, whose path the loop makes relative
TRACE_LINE = re.compile(
    r'\s*File "(?P<file>[^"/\\:<][^":]*)", line (?P<line>\d+).*\n\s*(?P<source>.*\S)'
)


class FunctionError(Exception):
    """A call without a result: its `type`, its `message` and the function's own `trace`.

    `posted` is the JSON report of the function's loop, if the error comes from there.
    """

    def __init__(
        self, type: str, message: str, trace: list[str] | None = None, posted: bytes = b""
    ) -> None:
        super().__init__(f"{type}: {message}")
        self.type = type
        self.message = message
        self.trace = trace or []
        self.posted = posted


def with_source_line(error: FunctionError) -> FunctionError:
    """Add the function's own line that raised an error to its message."""
    own = [found for frame in error.trace if (found := TRACE_LINE.match(frame))]
    if not own:
        return error
    last = own[-1]
    message = f"{error.message} ({last['file']}, line {last['line']})\n    {last['source']}"
    return FunctionError(error.type, message, error.trace, error.posted)


def timeout_error(seconds: float) -> FunctionError:
    """Return the error of a function that ran into its time limit."""
    return FunctionError(TIMEOUT, f"Task timed out after {seconds:.2f} seconds")


def init_timeout_error(seconds: float) -> FunctionError:
    """Return the error of an instance that did not ask for its first event in time."""
    return FunctionError(TIMEOUT, f"Init phase timed out after {seconds:.2f} seconds")


def exit_error(code: int) -> FunctionError:
    """Return the error of a process that ended before it answered; `code` as in `subprocess`."""
    if code == 0:
        return FunctionError(EXIT, "Runtime exited without providing a reason")
    status = f"signal {-code}" if code < 0 else f"exit status {code}"
    return FunctionError(EXIT, f"Runtime exited with error: {status}")


def cloud_closed_error() -> FunctionError:
    """Return the error of a call whose cloud was closed."""
    return FunctionError(EXIT, "Runtime killed: the cloud was closed")


def kill_reason(error: FunctionError) -> str:
    """Return in one word why an instance was killed: timeout, memory, exit, closed or start."""
    if error.message == cloud_closed_error().message:
        return "closed"
    return {TIMEOUT: "timeout", OUT_OF_MEMORY: "memory", EXIT: "exit"}.get(error.type, "start")


def out_of_memory_error(limit_mb: int) -> FunctionError:
    """Return the error of an instance that used more memory than it was given."""
    message = f"Runtime killed: it used more than its {limit_mb} MB of memory (memory_mb)"
    return FunctionError(OUT_OF_MEMORY, message)


def response_too_large_error() -> FunctionError:
    """Return the error of a response that is too large for a synchronous call."""
    message = (
        f"Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
    )
    return FunctionError(TOO_LARGE, message)


def throttled_error() -> FunctionError:
    """Return the error of a call that was throttled, because all instances are busy."""
    return FunctionError(THROTTLED, "Rate Exceeded.")
