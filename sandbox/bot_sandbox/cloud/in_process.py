"""Functions in this very Python: no process, no socket, no thread, so no limits either.

For a browser's tab, where nothing else can run, and for tests of the way between a webhook and a
function. A function is called where the caller is, one call at a time. It sees this Python's
environment and modules, but files of its own folder come first.
"""

import io
import json
import linecache
import os
import shutil
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from bot_sandbox.cloud import events, worker
from bot_sandbox.cloud.errors import FunctionError, exited, placed
from bot_sandbox.cloud.history import History
from bot_sandbox.function_registry import announce, withdraw
from bot_sandbox.http_messages import Response
from bot_sandbox.webhook_post import PostError

DOMAIN = ".localhost"
IGNORED = shutil.ignore_patterns("__pycache__", ".git", ".venv")
ARN = "arn:aws:lambda:us-east-1:000000000000:function:"
TIMEOUT_S = 900  # what a function is told; nothing ends it


class InProcessCloud:
    """Deploys folders and calls them by their address; it can be a webhook's sender."""

    def __init__(self) -> None:
        self._functions: dict[str, InProcessFunction] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="functions-")
        announce(self.functions)

    def deploy(
        self,
        name: str,
        folder: str | Path,
        *,
        handler: str = "main.handler",
        environment: Mapping[str, str] | None = None,
        must_load: bool = False,
    ) -> "InProcessFunction":
        """Copy a folder as the function `name`; the same name again replaces it.

        The code is loaded with the first call. With `must_load` it is loaded now, and code that
        does not load raises FunctionError and replaces nothing.
        """
        copy = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder.name)) / "code"
        shutil.copytree(folder, copy, ignore=IGNORED)
        function = InProcessFunction(name, copy, handler, dict(environment or {}))
        if must_load:
            try:
                function.load()
            except FunctionError as error:
                raise placed(error) from None
        self._functions[name.lower()] = function
        return function

    def functions(self) -> "list[InProcessFunction]":
        """Return everything that is deployed."""
        return list(self._functions.values())

    async def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Call the function at an address with an AWS event; its answer becomes the response."""
        parts = urlsplit(address)
        function = self._functions.get((parts.hostname or "").removesuffix(DOMAIN))
        if function is None:
            deployed = ", ".join(f.url for f in self._functions.values()) or "none"
            raise PostError("refused", f"there is no function at {address}; deployed: {deployed}")
        pairs = [("Host", parts.netloc), ("Content-Length", str(len(body))), *headers.items()]
        request_id = str(uuid.uuid4())
        request = events.HttpRequest(
            "POST", parts.netloc, parts.path or "/", parts.query, pairs, body, request_id,
            function.name,
        )  # fmt: skip
        try:
            response = events.response(function.call(events.aws_event(request), request_id))
        except (FunctionError, events.AnswerError):
            content = json.dumps({"Message": "Internal Server Error"}).encode()
            response = Response(502, [("Content-Type", "application/json")], content)
        if response.status in list(HTTPStatus):
            response.reason = HTTPStatus(response.status).phrase
        return response

    async def resolve(self, host: str, port: int) -> list[str]:
        """Every address here is this machine's."""
        return ["127.0.0.1"]

    def close(self) -> None:
        """Forget all functions and remove their copies."""
        withdraw(self.functions)
        self._functions.clear()
        self._folder.cleanup()


class InProcessFunction:
    """One deployed function; `InProcessCloud.deploy` makes it."""

    def __init__(self, name: str, folder: Path, handler: str, environment: dict[str, str]) -> None:
        self.name = name
        self.url = self.host_url = f"http://{name.lower()}{DOMAIN}/"
        self._folder = folder
        self._environment = environment | {
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
            "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
            "AWS_LAMBDA_LOG_STREAM_NAME": "in-process",
            "LAMBDA_TASK_ROOT": str(folder),
            "_HANDLER": handler,
        }
        self._handler: worker.Handler | None = None
        self._modules: dict[str, ModuleType] = {}  # those of its own folder
        self.history = History()

    def __repr__(self) -> str:
        return f"<Function {self.name}: {self._environment['_HANDLER']}, in this Python>"

    @property
    def logs(self) -> list[str]:
        """START, what the function printed and END of every call, oldest first."""
        return self.history.log.lines()

    def line(self, file: str, number: int) -> str:
        """One line of its own code; "" for none."""
        return linecache.getline(str(self._folder / file), number).strip()

    def load(self) -> worker.Handler:
        """Import the handler, if it is not there yet; raises FunctionError."""
        if self._handler is None:
            with self._at_home():
                self._handler = worker.load(self._environment["_HANDLER"])
        return self._handler

    def call(self, event: Any, request_id: str = "") -> Any:
        """Call the handler with an event and return its answer; raises FunctionError."""
        request_id = request_id or str(uuid.uuid4())
        handler = self.load()
        headers = {
            "lambda-runtime-aws-request-id": request_id,
            "lambda-runtime-invoked-function-arn": ARN + self.name,
            "lambda-runtime-deadline-ms": str(int((time.time() + TIMEOUT_S) * 1000)),
        }
        self.history.log.add(f"START RequestId: {request_id} Version: $LATEST")
        try:
            with self._at_home():
                answer = handler(event, worker.Context(headers, self._environment))
                return events.parse(worker.to_json(answer).encode())
        finally:
            self.history.log.add(f"END RequestId: {request_id}")

    @contextmanager
    def _at_home(self) -> Iterator[None]:
        """Its environment, its output in its log, its folder's modules and no others' instead."""
        names = {path.stem for path in self._folder.iterdir()}
        others = {name: module for name, module in sys.modules.items() if _top(name) in names}
        for name in others:
            del sys.modules[name]
        sys.modules.update(self._modules)
        environment, path = dict(os.environ), list(sys.path)
        os.environ.update(self._environment)
        sys.path.insert(0, str(self._folder))
        printed = Output()
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                try:
                    with failing():
                        yield
                except (FunctionError, KeyboardInterrupt):  # to interrupt is the caller's right
                    raise
                except BaseException as error:  # a process would end with it
                    if not isinstance(error, SystemExit):
                        traceback.print_exc()
                    raise exited(1) from None
        finally:
            for line in printed.getvalue().splitlines():
                self.history.log.add(line)
            os.environ.clear()
            os.environ.update(environment)
            sys.path[:] = path
            own = {name: module for name, module in sys.modules.items() if _top(name) in names}
            for name in own:
                del sys.modules[name]
            self._modules = own
            sys.modules.update(others)


class Output(io.StringIO):
    """What a function prints; if the function closes it, it can still be read."""

    def close(self) -> None:
        """Stay open."""


@contextmanager
def failing() -> Iterator[None]:
    """Turn an exception into the FunctionError that the loop of a process would report."""
    try:
        yield
    except Exception as error:
        posted = json.loads(worker.failure(error))
        raise FunctionError(
            posted["errorType"], posted["errorMessage"], posted["stackTrace"]
        ) from error


def _top(name: str) -> str:
    return name.partition(".")[0]
