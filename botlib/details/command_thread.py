"""One thread for a beginner's plain functions, beside a program's event loop.

A `def` command may think for long. On the event loop, everybody would wait for it, and the chat
would miss the answer to its PING. Here it waits for nobody but the `def` commands before it: two of
them never run at once, so a dictionary that only they use needs no lock. The bot's file is loaded
here, too, since an SQLite connection, for one, may be used only by the thread that opened it.
`async def` commands run on the event loop, so they must open their own.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, NamedTuple, TypeVar, cast

T = TypeVar("T")
AWAKE_S = 0.2  # on Windows, a waiting thread learns of Ctrl-C only between two waits
LONG_S = 60.0  # for a command to wait and work; then the log says which one is at work

log = logging.getLogger(__name__)


class CommandThread:
    """Calls one function after the other, in the order in which they came."""

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._at_work = ""
        # A daemon: a program may end while a command still thinks.
        threading.Thread(target=work, args=(self._calls,), name="commands", daemon=True).start()

    def __del__(self) -> None:
        self._calls.put(None)

    def wait(self, function: Callable[[], T]) -> T:
        """Call a function and wait for its result, without an event loop."""
        outcomes: list[Outcome[T]] = []
        done = threading.Event()

        def call() -> None:
            outcomes.append(outcome_of(function))
            done.set()

        self._calls.put(call)
        while not done.wait(AWAKE_S):
            pass
        return result_of(outcomes[0])

    async def run(self, function: Callable[[], T], command: str) -> "Outcome[T]":
        """Call a command's function when it is its turn; then nothing can stop it.

        It returns the error instead of raising it, since a coroutine can't raise StopIteration.
        """
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Outcome[T]] = loop.create_future()

        def call() -> None:
            if not outcome.cancelled():
                self._at_work = command
                found = outcome_of(function)
                self._at_work = ""
                with suppress(RuntimeError):  # the loop has ended meanwhile
                    loop.call_soon_threadsafe(tell, found)

        def tell(found: Outcome[T]) -> None:
            if not outcome.cancelled():
                outcome.set_result(found)

        self._calls.put(call)
        reminder = loop.call_later(LONG_S, self._warn, command)
        try:
            return await outcome
        finally:
            reminder.cancel()

    def _warn(self, command: str) -> None:
        if at_work := self._at_work:
            log.warning(
                "no answer to %s after %g s: %s is still at work, and plain `def` commands run one "
                "after the other. Give what it calls a time limit, or write `async def`",
                command,
                LONG_S,
                at_work,
            )


class Outcome(NamedTuple, Generic[T]):
    """What a function returned, or what it raised."""

    result: T | None
    error: BaseException | None = None


def work(calls: "SimpleQueue[Callable[[], object] | None]") -> None:
    """Do one call after the other, until there is a None."""
    while call := calls.get():
        call()
        del call  # it refers to the bot, which would never be forgotten


def outcome_of(function: Callable[[], T]) -> Outcome[T]:
    """Call a function; whatever it raises, the thread continues."""
    try:
        return Outcome(function())
    except BaseException as error:
        return Outcome(None, error)


def result_of(outcome: Outcome[T]) -> T:
    """Return a function's result, or raise its error."""
    if outcome.error is not None:
        raise outcome.error
    return cast(T, outcome.result)
