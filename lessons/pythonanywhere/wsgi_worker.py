"""What runs in a web app's process: it serves the WSGI file, one request at a time.

The imitation starts this file with a Python that sees the standard library alone, so it imports
nothing of the course: `python -I -S -B wsgi_worker.py WSGI_FILE ERROR_LOG SERVER_LOG`. It prints
its port. What the app prints goes to the server log, and what it writes to stderr to the error log.

The file must define `application` (help page 502BadGateway, 2025-10-16). "Free accounts have one
worker", and it "handles only one request at a time" (GlobalStateAndWebApps, 2021-10-22). That the
file's folder is first in sys.path is not documented.
"""

import errno
import importlib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server


def connect_only_to(addresses: list[str]) -> None:
    """Refuse connections around the proxy, the first of these (403ForbiddenError, 2023-06-14)."""
    parts = map(urlsplit, addresses)
    allowed = {(each.hostname, each.port) for each in parts}

    def refuse_other_address(event: str, arguments: tuple[Any, ...]) -> None:
        if (
            event == "socket.connect"
            and isinstance(arguments[1], tuple)
            and arguments[1][:2] not in allowed
        ):
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")

    sys.addaudithook(refuse_other_address)


class Handler(WSGIRequestHandler):
    """Handles a request without a log of its own."""

    def log_message(self, *_: object) -> None:
        """Say nothing: the imitation writes the access log."""


def main() -> None:
    """Serve the WSGI file, and print the port."""
    wsgi_file, *logs = map(Path, sys.argv[1:])

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        # Loaded with the first request, so wsgiref logs its errors like those of a request.
        found: Iterable[bytes] = importlib.import_module(wsgi_file.stem).application(
            environ, start_response
        )
        return found

    server = make_server("127.0.0.1", 0, application, handler_class=Handler)
    print(server.server_port, flush=True)
    for stream, log in zip((2, 1), logs, strict=True):
        os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if sys.version_info[:2] != (3, 13):
        print(f"there is no Python 3.13 here, so this is {sys.version}")
    sys.argv = [str(wsgi_file)]
    sys.path.insert(0, str(wsgi_file.parent))
    direct = os.environ.pop("WORKER_DIRECT").split()
    if os.name == "posix":  # on Windows, asyncio's own pairs of sockets connect, too
        connect_only_to([os.environ["http_proxy"], *direct])
    server.serve_forever()


if __name__ == "__main__":
    main()
