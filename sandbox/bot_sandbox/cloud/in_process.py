"""Functions in this Python process: no extra process, socket or thread, and so no limits.

It is for a browser's tab, where nothing else can run, and for tests of webhooks. A function runs in
the caller's thread, one call at a time. It sees this Python's environment, and imports what it
could import in a process of its own. Nothing can be frozen between two calls: a thread that a
function has started works on.
"""

import io
import json
import linecache
import os
import shutil
import sys
import sysconfig
import tempfile
import time
import traceback
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from http import HTTPStatus
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from bot_sandbox.cloud import events, worker
from bot_sandbox.cloud.errors import FunctionError, exit_error, with_source_line
from bot_sandbox.cloud.history import History
from bot_sandbox.diagnosis.function_registry import register_cloud, unregister_cloud
from bot_sandbox.http.messages import Response
from bot_sandbox.http.webhook_post import PostError

DOMAIN = ".localhost"
IGNORED_FOLDERS = shutil.ignore_patterns("__pycache__", ".git", ".venv")
ARN_PREFIX = "arn:aws:lambda:us-east-1:000000000000:function:"
TIMEOUT_S = 900  # for the function's context; nothing enforces it


class InProcessCloud:
    """Deploys folders and calls them by their address; usable as a webhook's sender.

    Functions import the standard library, their own folder, and the folders in `import_paths`. With
    `packages`, also everything that is installed for this Python.
    """

    def __init__(self, *, import_paths: Sequence[str | Path] = (), packages: bool = False) -> None:
        self._import_paths = [str(Path(each).resolve()) for each in import_paths]
        self._packages = packages
        self._functions: dict[str, InProcessFunction] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="functions-")
        register_cloud(self.functions)

    def deploy(
        self,
        name: str,
        folder: str | Path,
        *,
        handler: str = "main.handler",
        environment: Mapping[str, str] | None = None,
        packages: bool | None = None,
        must_load: bool = False,
    ) -> "InProcessFunction":
        """Copy a folder as the function `name`; the same name again replaces it.

        The code is loaded with the first call. With `must_load` it is loaded now, and code that
        does not load raises FunctionError and replaces nothing.
        """
        copy = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._folder.name)) / "code"
        shutil.copytree(folder, copy, ignore=IGNORED_FOLDERS)
        own = dict(environment or {})
        packages = self._packages if packages is None else packages
        function = InProcessFunction(name, copy, handler, own, self._import_paths, packages)
        if must_load:
            try:
                function.load()
            except FunctionError as error:
                raise with_source_line(error) from None
        self._functions[name.lower()] = function
        return function

    def functions(self) -> "list[InProcessFunction]":
        """Return everything that is deployed."""
        return list(self._functions.values())

    async def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Call the function at an address with an AWS event; return its result as a response."""
        parts = urlsplit(address)
        function = self._functions.get((parts.hostname or "").removesuffix(DOMAIN))
        if function is None:
            deployed = ", ".join(f.url for f in self._functions.values()) or "none"
            raise PostError("refused", f"there is no function at {address}; deployed: {deployed}")
        pairs = [("Host", parts.netloc), ("Content-Length", str(len(body))), *headers.items()]
        request_id = str(uuid.uuid4())
        request = events.FunctionRequest(
            "POST", parts.netloc, parts.path or "/", parts.query, pairs, body, request_id,
            function.name, time.time(),
        )  # fmt: skip
        try:
            response = events.make_response(function.call(events.aws_event(request), request_id))
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
        unregister_cloud(self.functions)
        self._functions.clear()
        self._folder.cleanup()


class InProcessFunction:
    """One deployed function; `InProcessCloud.deploy` makes it."""

    def __init__(
        self,
        name: str,
        folder: Path,
        handler: str,
        environment: dict[str, str],
        import_paths: list[str],
        packages: bool,
    ) -> None:
        self.name = name
        self._path = [str(folder), *import_paths]
        self._packages = packages
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
        self._modules: dict[str, ModuleType] = {}  # of its own folder
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
        """Import the handler if it isn't loaded; raises FunctionError."""
        if self._handler is None:
            with self._function_environment():
                self._handler = worker.load_handler(self._environment["_HANDLER"])
        return self._handler

    def call(self, event: Any, request_id: str = "") -> Any:
        """Call the handler with an event and return its result; raises FunctionError."""
        request_id = request_id or str(uuid.uuid4())
        handler = self.load()
        headers = {
            "lambda-runtime-aws-request-id": request_id,
            "lambda-runtime-invoked-function-arn": ARN_PREFIX + self.name,
            "lambda-runtime-deadline-ms": str(int((time.time() + TIMEOUT_S) * 1000)),
        }
        self.history.log.add(f"START RequestId: {request_id} Version: $LATEST")
        try:
            with self._function_environment():
                answer = handler(event, worker.LambdaContext(headers, self._environment))
                return events.parse_result(worker.to_json(answer).encode())
        finally:
            self.history.log.add(f"END RequestId: {request_id}")

    @contextmanager
    def _function_environment(self) -> Iterator[None]:
        """Install its environment and modules, and send its output to its log."""
        before = dict(sys.modules)
        names = {path.stem for path in self._folder.iterdir()}
        foreign = set() if self._packages else _foreign_packages(before, self._path)
        hidden = {name for name in before if _top_package(name) in names | foreign}
        for name in hidden:
            del sys.modules[name]
        sys.modules.update(self._modules)
        environment, path, finders = dict(os.environ), list(sys.path), list(sys.meta_path)
        os.environ.update(self._environment)
        sys.path[:] = [*self._path, *(path if self._packages else _standard_library_paths(path))]
        if not self._packages:  # others find packages that are installed as links
            sys.meta_path[:] = [BuiltinImporter, FrozenImporter, PathFinder]
        printed = CapturedOutput()
        try:
            with redirect_stdout(printed), redirect_stderr(printed):
                try:
                    with as_function_error():
                        yield
                except (FunctionError, KeyboardInterrupt):  # the caller may interrupt
                    raise
                except BaseException as error:  # it would end a process
                    if not isinstance(error, SystemExit):
                        traceback.print_exc()
                    raise exit_error(1) from None
        finally:
            for line in printed.getvalue().splitlines():
                self.history.log.add(line)
            os.environ.clear()
            os.environ.update(environment)
            sys.path[:], sys.meta_path[:] = path, finders
            own = {
                name: module for name, module in sys.modules.items() if _top_package(name) in names
            }
            for name in own:
                del sys.modules[name]
            self._modules = own
            sys.modules.update({name: before[name] for name in hidden})


class CapturedOutput(io.StringIO):
    """The output of a function; readable even if the function closes it."""

    def close(self) -> None:
        """Stay open."""


@contextmanager
def as_function_error() -> Iterator[None]:
    """Turn an exception into the FunctionError that the loop of a process would report."""
    try:
        yield
    except Exception as error:
        posted = json.loads(worker.encode_error(error))
        raise FunctionError(
            posted["errorType"], posted["errorMessage"], posted["stackTrace"]
        ) from error


def _standard_library_paths(path: list[str]) -> list[str]:
    """Return the entries of sys.path that are the standard library."""
    roots = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    return [
        entry
        for entry in path
        if (entry.startswith(roots) or entry.endswith(".zip")) and "-packages" not in entry
    ]


def _foreign_packages(modules: Mapping[str, ModuleType], path: list[str]) -> set[str]:
    """Return the packages among modules that are neither Python's own nor in these folders."""
    standard = sys.stdlib_module_names | {"__main__"}
    folders = tuple(folder + os.sep for folder in path)
    return {
        name
        for name in {_top_package(name) for name in modules} - standard
        if not any(place.startswith(folders) for place in _paths_of_module(modules.get(name)))
    }


def _paths_of_module(module: ModuleType | None) -> list[str]:
    """Return where a module is: its file, or the folders of a package without a file."""
    file = getattr(module, "__file__", None)
    return [file] if file else [f"{folder}{os.sep}" for folder in getattr(module, "__path__", ())]


def _top_package(name: str) -> str:
    return name.partition(".")[0]
