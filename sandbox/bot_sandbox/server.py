"""A local server on a thread of its own: plain calls outside, asyncio inside.

Every sandbox server is one of these. It listens on 127.0.0.1, unless somebody gives another host,
and stops with the interpreter. It knows no HTTP routes: those belong to the server built on it.
"""

import asyncio
import atexit
import logging
import os
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, ClassVar, Protocol, Self, TypeVar

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot_sandbox.access import HOST, Access
from bot_sandbox.change_notifier import ChangeNotifier
from bot_sandbox.page import Page
from bot_sandbox.runner import Runner

T = TypeVar("T")
LAST_PORT = 65535


class ServerWindow(Protocol):
    """A window on a server: the page that shows it."""

    def page(self, still: str, **shown: str) -> Page:
        """The page for a notebook; `still` is HTML to show where the page cannot be."""

    def close(self) -> None:
        """Close it."""


class LocalServer(Runner):
    """An event loop on its own thread; subclasses add what is served and override `shutdown`.

    `access` says where it listens and whom it answers.
    """

    # How a window on this server opens. The window knows the servers, so they must not know it: the
    # packages that offer a server (telegram/__init__.py and others) put the two together.
    open_window: ClassVar[Callable[[Any], ServerWindow]]

    # anyio's start_blocking_portal would be such a thread, too; but a call through it takes 64 µs
    # of processor time instead of 27, for scopes and task groups that nobody here needs.

    def __init__(self, name: str, access: Access | None = None) -> None:
        self.access = access or Access()
        self.host = self.access.host  # where clients find it
        self.loop = asyncio.new_event_loop()
        self.changes = ChangeNotifier()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._runners: list[web.BaseRunner] = []
        self._closed = False
        self._window: ServerWindow | None = None  # once it is asked for
        self._thread.start()
        atexit.register(self.close)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's loop from any other thread and return its result."""
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("a condition of wait_until may look, but not wait")
        future = self.submit(coroutine)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # an interrupted cell leaves nobody waiting
            raise

    def do(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function on the server's loop, where all its data is at home."""
        if threading.current_thread() is self._thread:  # a condition of `wait_until` asks
            return function(*arguments)

        async def on_the_loop() -> T:
            return function(*arguments)

        return self.run(on_the_loop())

    async def run_async(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's loop from any loop and return its result."""
        return await asyncio.wrap_future(self.submit(coroutine))

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine on the server's loop; RuntimeError when the server is closed."""
        try:
            self.check_open()
        except RuntimeError:
            coroutine.close()
            raise
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def check_open(self) -> None:
        """RuntimeError, with what to do, when the server is closed."""
        if self._closed:
            name = type(self).__name__
            raise RuntimeError(f"this {name} is closed; make a new one with {name}()")

    def page(self, still: str, **shown: str) -> Page:
        """Its window's page for a notebook; the window opens with the first one.

        `still` is HTML to show where the page cannot be, `shown` what it shows, in its own names.
        """
        self.check_open()
        if self._window is None:
            self._window = self.open_window()
        return self._window.page(still, **shown)

    def serve(self, runner: web.BaseRunner, port: int = 0) -> int:
        """Start an aiohttp runner on the server's host and return its port (0: any free one)."""
        return self.run(self._serve(runner, port))

    async def shutdown(self) -> None:
        """What a subclass stops, on the loop, before its sockets close."""

    def close(self) -> None:
        """Stop serving, free every port and end the thread; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        if self._window is not None:
            self._window.close()
        asyncio.run_coroutine_threadsafe(self._close(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.close()

    async def _serve(self, runner: web.BaseRunner, port: int) -> int:
        await runner.setup()
        self._runners.append(runner)
        await web.SockSite(runner, reserve(port, self.access.listens_on), backlog=128).start()
        return int(runner.addresses[0][1])

    async def _close(self) -> None:
        await self.shutdown()
        for runner in self._runners:
            await runner.cleanup()
        tasks = asyncio.all_tasks(self.loop) - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def reserve(port: int, host: str = HOST) -> socket.socket:
    """A socket bound to a port of a host (0: any free one); the error says what to do."""
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= LAST_PORT:
        raise ValueError(
            f"port must be a whole number from 0 (any free one) to {LAST_PORT}; found {port!r}"
        )
    reserved = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    if os.name == "posix":  # Windows would let two servers share a port
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind((host, port))
    except OSError as error:
        reserved.close()
        why = f"port {port} on {host} cannot be used ({error.strerror})"
        raise OSError(f"{why}; choose another, or 0 for any free one") from None
    return reserved


def quiet(logger: logging.Logger) -> logging.Logger:
    """Keep a logger from printing by itself; one with a name of its own can still be listened to.

    A client's broken HTTP is no output of a notebook or a test. It is not logged at all: aiohttp
    would quote it, and with it a key.
    """
    logger.addHandler(logging.NullHandler())
    logger.addFilter(quotes_no_client)
    return logger


def quotes_no_client(record: logging.LogRecord) -> bool:
    """Whether a record is about anything but broken HTTP."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
