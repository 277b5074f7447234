"""An instance without a worker: the learner does the worker's part, request by request."""

import threading
import time
from pathlib import Path
from typing import Any

from bot_sandbox.cloud import FunctionError
from bot_sandbox.http.page import Page
from lessons.cloud import Cloud

IDLE_WORKER = Path(__file__).with_name("idle_worker.py")
READER_TIMEOUT_S = 900.0  # for a learner who reads; no function may work longer
START_S = 30.0


class Caller:
    """A call of a function that waits in the background while the notebook continues."""

    def __init__(self, cloud: Cloud, name: str, event: Any) -> None:
        self._answer: Any = None
        self._error: FunctionError | None = None
        arguments = (cloud, name, event)
        self._thread = threading.Thread(target=self._call, args=arguments, daemon=True)
        self._thread.start()

    def answer(self, timeout_s: float = 10.0) -> Any:
        """Return the answer; FunctionError if the call failed, TimeoutError if it goes on."""
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(
                "the caller still waits: nobody has posted an answer to this very call. If the "
                "call is a new one, it has a new request id, too: run the cells in order"
            )
        if self._error:
            raise self._error
        return self._answer

    def __repr__(self) -> str:
        if self._thread.is_alive():
            return "<a caller who waits>"
        return f"<a caller who got {self._error or self._answer!r}>"

    def _call(self, cloud: Cloud, name: str, event: Any) -> None:
        try:
            self._answer = cloud.invoke(name, event)
        except FunctionError as error:
            self._error = error


class EmptyInstance:
    """An instance of the function in `folder` without a worker; a `caller` waits for the answer.

    `address` is where a worker would ask. After a quarter of an hour the cloud gives it up.
    """

    def __init__(self, folder: str | Path, event: Any) -> None:
        self._cloud = Cloud(init_timeout_s=READER_TIMEOUT_S)
        self._function = self._cloud.deploy(
            "by_hand", folder, worker=str(IDLE_WORKER), timeout_s=READER_TIMEOUT_S
        )
        self.caller = Caller(self._cloud, "by_hand", event)
        until = time.monotonic() + START_S
        while not self._function.logs:
            if time.monotonic() > until:
                raise TimeoutError(f"the instance did not start within {START_S:g} s; try again")
            time.sleep(0.01)
        self.address = self._function.logs[0]

    def window(self) -> Page:
        """Return the window on this instance."""
        return self._cloud.window(self._function)
