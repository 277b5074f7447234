"""A local server on its own thread: plain calls outside, asyncio inside.

Every sandbox server is one of these. It listens on 127.0.0.1 by default and stops with the
interpreter. The routes belong to its subclasses.
"""

import atexit
import itertools
import logging
import os
import socket
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol, Self, TypeVar
from weakref import WeakSet

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot_sandbox.event_loop.runner import Service, ThreadRunner
from bot_sandbox.event_loop.tasks import end_other_tasks
from bot_sandbox.http import window_hook
from bot_sandbox.http.access import HOST, Access
from bot_sandbox.http.page import Page
from bot_sandbox.world.clock import Clock

T = TypeVar("T")
LAST_PORT = 65535
_NUMBERS = itertools.count(1)
_SERVERS: WeakSet["LocalServer"] = WeakSet()


class ServerWindow(Protocol):
    """A window on a server."""

    def notebook_page(self, still: str, **shown: str) -> Page:
        """Return the page for a notebook; `still` is HTML to show where the page can't be."""

    def close(self) -> None:
        """Close it."""


class LocalServer(Service):
    """A server with an event loop on its own thread.

    Subclasses add what is served and override `_shutdown`.

    `access` decides where it listens and whom it answers. Servers with the same `clock` share time.
    """

    _runner: ThreadRunner

    def __init__(self, name: str, access: Access | None = None, clock: Clock | None = None) -> None:
        if not isinstance(clock, Clock | None):
            raise TypeError(
                f"clock= takes a Clock of bot_sandbox; found {clock!r}. The plain one of aio_clock "
                "is aio_clock.sync, or the fixture sandbox_clock"
            )
        self.clock = clock or Clock()
        self._access = access or Access()
        self.host: str = self._access.host  # where clients find it
        self._runner = ThreadRunner(name, type(self))
        self._web_runners: list[web.BaseRunner] = []
        self._number = next(_NUMBERS)  # of the servers, in the order in which they were made
        self._asked_faults: list[tuple[float, str]] = []  # when, and what; by a window, for a log
        self._window: ServerWindow | None = None  # opened on demand
        self.clock._add_runner(self._runner)
        atexit.register(self.close)
        _SERVERS.add(self)

    def _note_requested_fault(self, name: str, values: Mapping[str, object]) -> None:
        """Note a fault before it is caused, so that a log shows the cause before its effects."""
        given = [f"{key}={each}" for key, each in values.items() if each not in (None, "", False)]
        what = ", ".join([name, *given])

        def note() -> None:
            self._asked_faults.append((self.clock.now(), what))
            self._runner.changes.changed()

        self._runner.do(note)

    def _notebook_page(self, still: str, **shown: str) -> Page:
        """Return its window's page for a notebook; the first call opens the window.

        `still` is HTML to show where the page can't be, `shown` selects what the page shows.
        """
        self._runner.check_open()
        if self._window is None:
            self._window = window_hook.open_window(self)
        return self._window.notebook_page(still, **shown)

    def _run_or_close(self, opening: Coroutine[Any, Any, T]) -> T:
        """Run what opens the server; if it fails, at a taken port for example, leave nothing."""
        try:
            return self._runner.run(opening)
        except BaseException:
            self.close()
            raise

    async def _shutdown(self) -> None:
        """Stop what a subclass runs, on the loop, before the sockets close."""

    def close(self) -> None:
        """Stop serving, free every port and end the thread; a second call does nothing."""
        if self._runner.is_closed:
            return
        # First, because a clock that moves now must know why it fails.
        self.clock._remove_runner(self._runner)
        self._runner.is_closed = True
        atexit.unregister(self.close)
        if self._window is not None:
            self._window.close()
        self._runner.close(self._close())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def _serve(self, runner: web.BaseRunner, port: int = 0) -> int:
        """Start an aiohttp runner on the server's host and return its port (0: any free one)."""
        await runner.setup()
        self._web_runners.append(runner)
        await web.SockSite(runner, bind_socket(port, self._access.listens_on), backlog=128).start()
        return int(runner.addresses[0][1])

    async def _close(self) -> None:
        await self._shutdown()
        for runner in self._web_runners:
            await runner.cleanup()
        await end_other_tasks()


def servers() -> list[LocalServer]:
    """Return all servers of this process that somebody still holds, also closed ones."""
    return sorted(_SERVERS, key=lambda server: server._number)


def bind_socket(port: int, host: str = HOST) -> socket.socket:
    """Bind a socket to a port of a host (0: any free one); the error says what to do."""
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= LAST_PORT:
        raise ValueError(
            f"port must be a whole number from 0 (any free one) to {LAST_PORT}; found {port!r}"
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # TCP by name, because asyncio sends small answers at once (TCP_NODELAY) only then.
    reserved = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":  # Windows would let two servers share a port
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind((host, port))
    except OSError as error:
        reserved.close()
        why = f"port {port} on {host} cannot be used ({error.strerror})"
        raise OSError(f"{why}; choose another, or 0 for any free one") from None
    return reserved


def silence_logger(logger: logging.Logger) -> logging.Logger:
    """Keep a logger from printing; a named one can still have handlers.

    A client's broken HTTP doesn't belong into the output of a notebook or a test. It is not logged
    at all, because aiohttp would quote it, and with it a key.
    """
    logger.addHandler(logging.NullHandler())
    logger.addFilter(is_not_broken_http)
    return logger


def is_not_broken_http(record: logging.LogRecord) -> bool:
    """Return whether a record is about anything but broken HTTP."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
