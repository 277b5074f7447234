"""What happened to a function: its log, its invocations, its instances; plain data, bounded.

Nothing here acts. All times are seconds since the cloud began, so everything fits on one timeline.
"""

import math
from collections import deque
from dataclasses import dataclass, field

KEPT = 20_000  # invocations, and instances, that are remembered; older ones go first
LOG_LIMIT = 1_000_000  # characters a log keeps; older lines go first


class Log:
    """The newest lines of a function's log, at most about `limit` characters."""

    def __init__(self, limit: int = LOG_LIMIT) -> None:
        self._lines: deque[str] = deque()
        self._room = limit
        self._dropped = 0

    def add(self, line: str) -> None:
        """Append one line; drop the oldest when there is no room."""
        self._lines.append(line)
        self._room -= len(line) + 1
        while self._room < 0 and len(self._lines) > 1:
            self._room += len(self._lines.popleft()) + 1
            self._dropped += 1

    def lines(self) -> list[str]:
        """All lines kept, oldest first; the first one says when others are gone."""
        gone = [f"({self._dropped} earlier lines dropped)"] if self._dropped else []
        return gone + list(self._lines)


@dataclass(slots=True)
class InstanceRecord:
    """The life of one instance: a process that serves one event at a time."""

    number: int
    pid: int
    started: float
    ready: float | None = None  # when it first asked for an event; None: it never did
    stopped: float | None = None  # None: it is alive
    snapshot: bool = False  # whether it started from a snapshot


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a function that reached an instance (a throttled call does not)."""

    request_id: str
    instance: int
    cold: bool
    start: float  # the call arrived; a cold one then waits for its instance
    end: float
    init_ms: float  # what its instance took to start; 0 when warm
    duration_ms: float
    billed_ms: int  # by AWS's rule
    memory_mb: int
    max_memory_mb: int  # the most its instance has used so far
    error: str | None  # the error's type, or None
    snapshot: bool = False  # a cold one: whether its instance started from a snapshot


@dataclass
class History:
    """Everything remembered about one function."""

    log: Log = field(default_factory=Log)
    invocations: deque[Invocation] = field(default_factory=lambda: deque(maxlen=KEPT))
    instances: deque[InstanceRecord] = field(default_factory=lambda: deque(maxlen=KEPT))
    forgotten: int = 0  # invocations that were too many to keep
    throttled: int = 0

    def add(self, invocation: Invocation) -> None:
        """Remember an invocation and write Lambda's last two lines about it."""
        self.forgotten += len(self.invocations) == KEPT
        self.invocations.append(invocation)
        self.log.add(f"END RequestId: {invocation.request_id}")
        self.log.add(report(invocation))


def report(invocation: Invocation) -> str:
    """Lambda's REPORT line; a start from a snapshot is called a restore."""
    line = (
        f"REPORT RequestId: {invocation.request_id}\t"
        f"Duration: {invocation.duration_ms:.2f} ms\t"
        f"Billed Duration: {invocation.billed_ms} ms\t"
        f"Memory Size: {invocation.memory_mb} MB\t"
        f"Max Memory Used: {invocation.max_memory_mb} MB"
    )
    if not invocation.cold:
        return line
    what = "Restore" if invocation.snapshot else "Init"
    line += f"\t{what} Duration: {invocation.init_ms:.2f} ms"
    billed = math.ceil(invocation.init_ms)  # all of it, see bill.py
    return line + (f"\tBilled Restore Duration: {billed} ms" if invocation.snapshot else "")
