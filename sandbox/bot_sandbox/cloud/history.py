"""What happened to a function and what happens now: log, calls, instances; plain data, bounded.

Nothing here acts; it only rings the cloud's bell whenever anything is written, so that a live view
need not ask again and again. All times are seconds since the cloud began, so everything fits on one
timeline.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from bot_sandbox.change_notifier import ChangeNotifier

KEPT = 20_000  # invocations, and instances, that are remembered; older ones go first
LOG_LIMIT = 1_000_000  # characters a log keeps; older lines go first


class Log:
    """The newest lines of a function's log, at most about `limit` characters."""

    def __init__(self, limit: int = LOG_LIMIT, changes: ChangeNotifier | None = None) -> None:
        self._lines: deque[str] = deque()
        self._room = limit
        self._dropped = 0
        self._changes = changes or ChangeNotifier()

    def add(self, line: str) -> None:
        """Append one line; drop the oldest when there is no room."""
        self._lines.append(line)
        self._room -= len(line) + 1
        while self._room < 0 and len(self._lines) > 1:
            self._room += len(self._lines.popleft()) + 1
            self._dropped += 1
        self._changes.changed()

    @property
    def last(self) -> int:
        """The number of the newest line; the first line ever has number 1."""
        return self._dropped + len(self._lines)

    def after(self, number: int) -> list[tuple[int, str]]:
        """The lines that came after line `number`, each with its own number.

        A first number that does not follow `number` says that lines between are dropped by now.
        """
        new = islice(reversed(self._lines), max(0, self.last - number))
        return list(zip(range(self.last, 0, -1), new, strict=False))[::-1]

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
    max_memory: int = 0  # bytes, the most it was seen to use
    state: str = "starting"  # then busy and idle in turn; at the end stopped or killed
    since: float = 0.0  # when that state began
    # stopped: idle, replaced (by a new deployment) or closed (the cloud);
    # killed: timeout, memory, exit (it ended by itself), start (it could not begin) or closed
    why: str = ""


@dataclass(slots=True)
class Call:
    """One call under way: it has an instance, and no answer yet."""

    request_id: str
    instance: int
    arrived: float
    cold: bool
    began: float | None = None  # None: its instance is still starting


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

    changes: ChangeNotifier = field(default_factory=ChangeNotifier)
    log: Log = field(init=False)
    calls: dict[str, Call] = field(default_factory=dict)  # under way, by request id
    invocations: deque[Invocation] = field(default_factory=lambda: deque(maxlen=KEPT))
    instances: deque[InstanceRecord] = field(default_factory=lambda: deque(maxlen=KEPT))
    forgotten: int = 0  # invocations that were too many to keep
    throttled: int = 0
    billed_ms: int = 0  # of all invocations ever, by AWS's rule
    restored: int = 0  # how many of them started from a snapshot

    def __post_init__(self) -> None:
        self.log = Log(changes=self.changes)

    def enter(self, record: InstanceRecord, state: str, now: float, why: str = "") -> None:
        """An instance changes its state."""
        record.state, record.since, record.why = state, now, why
        self.changes.changed()

    def begin(self, call: Call) -> None:
        """A call has got an instance."""
        self.calls[call.request_id] = call
        self.changes.changed()

    def throttle(self) -> None:
        """A call was refused."""
        self.throttled += 1
        self.changes.changed()

    def end(self, invocation: Invocation) -> None:
        """A call is over."""
        self.calls.pop(invocation.request_id, None)
        self.billed_ms += invocation.billed_ms
        self.restored += invocation.snapshot
        self.forgotten += len(self.invocations) == KEPT
        self.invocations.append(invocation)
        self.changes.changed()


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
