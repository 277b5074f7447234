"""The loop inside every Python instance: get an event, call the handler, post its result.

It uses the AWS Lambda Runtime API (HTTP, one connection), so it would run on AWS as a custom
runtime. The cloud decides everything else: when an instance starts, how long it may work, when it
ends. It uses a plain socket, because `http.client` takes 19 ms to import.
"""

import importlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

RUNTIME_API_PATH = "/2018-06-01/runtime"
MOST_NAMES = 10  # in a message
HERE = __file__.rpartition(os.sep)[0] + os.sep
T = TypeVar("T")
Handler = Callable[[Any, "LambdaContext"], Any]


def main() -> None:
    """Load the handler, then serve events until the cloud stops this process."""
    do_what_site_does()
    api = RuntimeApiConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    handler = run_start_step(api, "/init/error", lambda: load_handler(os.environ["_HANDLER"]))
    serve_events(api, handler)


def do_what_site_does() -> None:
    """Add what Python's -S leaves out: `exit` and `quit`, and the hook at the real addresses."""
    import site  # with -S, importing it changes nothing

    site.setquit()
    if sys.flags.no_site and "BOT_SANDBOX_ADDRESSES" in os.environ:
        with suppress(ImportError):  # the function may have only some of the variables
            importlib.import_module("sitecustomize")  # programs/startup/python, on PYTHONPATH


def run_start_step(api: "RuntimeApiConnection", path: str, step: Callable[[], T]) -> T:
    """Do a necessary step of the start; if it fails, report the error and exit."""
    try:
        return step()
    except Exception as error:
        api.call(encode_request("POST", path, encode_error(error)))
        sys.exit(1)


def serve_events(api: "RuntimeApiConnection", handler: Handler) -> NoReturn:
    """Handle one event after the other."""
    environment = dict(os.environ)  # reading os.environ takes longer each time
    question = encode_request("GET", "/invocation/next")
    headers, event = api.call(question)
    while True:
        os.environ["_X_AMZN_TRACE_ID"] = headers["lambda-runtime-trace-id"]  # for AWS's clients
        context = LambdaContext(headers, environment)
        invocation = f"/invocation/{context.aws_request_id}"
        try:
            answer = to_json(handler(json.loads(event), context))
        except Exception as error:
            posted = encode_request("POST", f"{invocation}/error", encode_error(error))
        else:
            posted = encode_request("POST", f"{invocation}/response", answer)
        headers, event = api.call(
            posted, question
        )  # in one piece, which saves a round trip for each event


class RuntimeApiConnection:
    """A client of the cloud's Runtime API."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def call(self, *requests: bytes) -> tuple[dict[str, str], bytes]:
        """Send requests in one piece; return headers and body of the last response."""
        self.socket.sendall(b"".join(requests))
        for _ in requests:
            response = self.read()
        return response

    def read(self) -> tuple[dict[str, str], bytes]:
        """Read one response."""
        while b"\r\n\r\n" not in self.received:
            self.received += self.receive()
        head, content = self.received.split(b"\r\n\r\n", 1)
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        headers = {name.lower(): value for name, value in lines}
        size = int(headers["content-length"])
        while len(content) < size:
            content += self.receive()
        self.received = content[size:]
        return headers, content[:size]

    def receive(self) -> bytes:
        """Return the next bytes from the cloud; exit if it is gone."""
        return self.socket.recv(64 * 1024) or sys.exit("the cloud is gone")


def encode_request(method: str, path: str, body: str = "") -> bytes:
    """Return the bytes of an HTTP request to the cloud."""
    content = body.encode()
    head = f"{method} {RUNTIME_API_PATH}{path} HTTP/1.1\r\nHost: cloud\r\n"
    length = f"Content-Length: {len(content)}\r\n\r\n"
    return (head + length).encode() + content


class LambdaContext:
    """The handler's context, with AWS Lambda's names and types."""

    def __init__(self, headers: dict[str, str], environment: dict[str, str]) -> None:
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers["lambda-runtime-invoked-function-arn"]
        self.function_name = environment["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = environment["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = environment["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = environment["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = self.client_context = None
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time of this call in milliseconds."""
        return max(0, self._deadline_ms - int(time.time() * 1000))


class LambdaError(Exception):
    """An error with a name of Lambda's."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def load_handler(entry_point: str) -> Handler:
    """Import "file.function" from the function's own folder and return the function."""
    module_name, _, name = entry_point.rpartition(".")
    dotted = module_name.replace("/", ".")
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]  # instead of this file's folder
    try:
        module = importlib.import_module(dotted)
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        if isinstance(error, ModuleNotFoundError) and f"{dotted}.".startswith(f"{error.name}."):
            message += (
                f"; {list_own_files()}"  # the module itself is missing, not one of its imports
            )
        else:
            message += suggest_package(error)
        raise LambdaError("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        message = f"Syntax error in module '{module_name}': {error}"
        raise LambdaError("Runtime.UserCodeSyntaxError", message) from error
    if not callable(handler := getattr(module, name, None)):
        found = [key for key, value in vars(module).items() if callable(value) and key[0] != "_"]
        message = f"Handler '{name}' missing on module '{module_name}'; functions found: "
        raise LambdaError("Runtime.HandlerNotFound", message + (", ".join(found) or "none"))
    return handler  # type: ignore[no-any-return]


def suggest_package(error: Exception) -> str:
    """Return how to get a package that the function imports and has not; else ""."""
    if not isinstance(error, ModuleNotFoundError):
        return ""
    top = str(error.name).partition(".")[0]
    if top in sys.stdlib_module_names or top in sys.modules:
        return ""  # a part is missing, not the package
    from pathlib import Path  # not at the top, because it takes time

    has_sdk = Path(os.environ["LAMBDA_TASK_ROOT"], "..", "sdk").is_dir()  # as on AWS
    if has_sdk and top in ("boto3", "botocore"):
        return (
            f" (AWS's Python has {top}; the sandbox takes it from its own Python, which doesn't "
            "have it: type python -m pip install boto3, then deploy again)"
        )
    if not sys.flags.no_site:
        return ""
    return (
        f" ({top} is not in the deployed folder: install it there, as in pip install --target "
        "FOLDER PACKAGE, and deploy again; or let functions use what is installed here: "
        "Cloud(packages=True))"
    )


def list_own_files() -> str:
    """List the function's folder, for a handler whose file is missing."""
    names = sorted(entry.name for entry in os.scandir(os.environ["LAMBDA_TASK_ROOT"]))
    names = [name for name in names if name[0] != "." and name != "__pycache__"]
    if not names:
        return "the deployed folder is empty"
    modules = [name[:-3] for name in names if name.endswith(".py")]
    scripts = [name.rpartition(".")[0] for name in names if name.endswith((".mjs", ".js", ".cjs"))]
    files = modules or scripts
    hint = ""
    if files:
        runtime = "" if modules else 'runtime="nodejs", '
        hint = f' (set {runtime}handler="{files[0] if len(files) == 1 else "<file>"}.<function>"?)'
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"files found: {', '.join(names[:MOST_NAMES])}{more}{hint}"


def to_json(answer: Any) -> str:
    """Encode the handler's result as JSON."""
    try:
        return json.dumps(answer, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"Unable to marshal response: {error}"
        raise LambdaError("Runtime.MarshalError", message) from error


def encode_error(error: Exception) -> str:
    """Encode an exception for the Runtime API, and print it into the log."""
    if isinstance(error, LambdaError):
        name, trace = error.name, []
    else:
        name, trace = type(error).__name__, traceback_of(error)
    lines = [
        f"[ERROR] {name}: {error}{suggest_package(error)}\n",
        "Traceback (most recent call last):\n",
        *trace,
    ]
    with suppress(OSError, ValueError):  # the function may have closed its output
        print("".join(lines if trace else lines[:1]), end="")
    return json.dumps({"errorType": name, "errorMessage": str(error), "stackTrace": trace})


def traceback_of(error: Exception) -> list[str]:
    """Return the function's own lines of a traceback, with paths relative to its folder."""
    import traceback  # not at the top, because it takes 2 ms

    frames = traceback.extract_tb(error.__traceback__)
    foreign = (HERE, importlib.__file__, "<frozen")
    shown = [frame for frame in frames if not frame.filename.startswith(foreign)]
    root = os.environ["LAMBDA_TASK_ROOT"] + os.sep
    return [line.replace(root, "") for line in traceback.format_list(shown)]


if __name__ == "__main__":
    main()
