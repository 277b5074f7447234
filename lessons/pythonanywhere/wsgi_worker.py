"""What runs in a web app's process: it loads the WSGI file and serves it, one request at a time.

The imitation starts this file with a Python that sees the standard library alone, so it imports
nothing of the course: `python -I -S -B wsgi_worker.py WSGI_FILE ERROR_LOG SERVER_LOG`. It prints
its port when the app is loaded. Whatever else is printed goes to the server log, and what the app
writes to stderr while it answers goes to the error log.

The file must define `application` (help page 502BadGateway, 2025-10-16). "Free accounts have one
worker", and it "handles only one request at a time" (GlobalStateAndWebApps, 2021-10-22). That the
file's folder is first in sys.path is not documented.
"""

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stderr
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

HTML = [("Content-Type", "text/html; charset=utf-8")]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def error_page(code: str) -> bytes:
    """Return the page that visitors see instead of an answer."""
    return (
        "<html><head><title>PythonAnywhere: something went wrong :-(</title></head><body>"
        f"<h1>Something went wrong :-(</h1><p>Error code: {code}. If this is your site, the error "
        "log and the server log say more.</p></body></html>"
    ).encode()


class ErrorLog:
    """A text stream whose lines go into the error log, with the time."""

    encoding = "utf-8"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rest = ""

    def write(self, text: str) -> int:
        """Write each whole line."""
        *lines, self._rest = (self._rest + text).split("\n")
        with self._path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            for line in lines:
                now = datetime.now().isoformat(" ", "milliseconds").replace(".", ",")
                log.write(f"{now}: {line}\n")
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Do nothing: whole lines are written at once."""

    def exception(self, error: BaseException) -> None:
        """Write an exception in PythonAnywhere's order: first what it was, then where."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [
            each
            for each in frames
            if each.filename != __file__ and "importlib" not in each.filename
        ]
        what = traceback.format_exception_only(error)
        self.write(
            "".join(["Error running WSGI application\n", *what, *traceback.format_list(own)])
        )


def failed_to_load(error: Exception, hint: str, log: ErrorLog) -> Application:
    """Return an app that answers every request with the error that the WSGI file raised."""
    where = error.__traceback__

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        log.write(hint)
        raise error.with_traceback(where)

    return application


def guarded(application: Application, log: ErrorLog) -> Application:
    """Return an app whose exceptions go to the error log and become the page of status 500."""

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        environ["wsgi.errors"] = log
        try:
            with redirect_stderr(log):
                answer = application(environ, start_response)
                try:
                    yield from answer
                finally:
                    getattr(answer, "close", lambda: None)()
        except Exception as error:
            log.exception(error)
            start_response("500 Internal Server Error", HTML, sys.exc_info())
            yield error_page("Unhandled Exception")

    return run


def only_for(key: str, application: Application) -> Application:
    """Return an app for requests that come from the imitation; no web page knows its key."""

    def run(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.pop("HTTP_X_WORKER_KEY", "") == key:
            return application(environ, start_response)
        start_response("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"This port is only for the imitation. Use the address of the web app."]

    return run


def connect_only_to(addresses: list[str]) -> None:
    """Refuse connections around the proxy, the first of these (403ForbiddenError, 2023-06-14)."""
    parts = map(urlsplit, addresses)
    allowed = {(each.hostname, each.port) for each in parts}

    def check(event: str, arguments: tuple[Any, ...]) -> None:
        if (
            event == "socket.connect"
            and isinstance(arguments[1], tuple)
            and arguments[1][:2] not in allowed
        ):
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    sys.addaudithook(check)


class Handler(WSGIRequestHandler):
    """Handles a request without a log of its own."""

    def log_message(self, *_: object) -> None:
        """Say nothing: the imitation writes the access log."""


def main() -> None:
    """Load the WSGI file, print the port, and serve."""
    wsgi_file, error_log, server_log = map(Path, sys.argv[1:])
    key = os.environ.pop("WORKER_KEY")
    ready = os.fdopen(os.dup(1), "w")
    into = os.open(server_log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(into, 1)
    os.dup2(into, 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    sys.argv = [str(wsgi_file)]
    sys.path.insert(0, str(wsgi_file.parent))
    server = WSGIServer(("127.0.0.1", 0), Handler)
    direct = os.environ.pop("WORKER_DIRECT").split()
    if os.name == "posix":  # on Windows, asyncio's own pairs of sockets connect, too
        connect_only_to([os.environ["http_proxy"], *direct])
    log = ErrorLog(error_log)
    try:
        application = importlib.import_module(wsgi_file.stem).application
    except Exception as error:
        hint, home = "", f"/home/{os.environ['USER']}"
        if wsgi_file.is_file() and home in wsgi_file.read_text("utf-8", "replace"):
            hint = f"The imitation has no {home}: in the WSGI file, write Path.home() instead.\n"
        application = failed_to_load(error, hint, log)
    server.set_app(only_for(key, guarded(application, log)))
    print(server.server_port, file=ready, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
