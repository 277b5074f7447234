"""The history of a function: log, calls and instances as plain, bounded data.

Each change notifies the cloud's waiters, so a live view needs no polling. All points in time are
seconds since the cloud started, on its clock, so everything fits on one timeline. Durations are
real ones, even if somebody moves the clock meanwhile.
"""

import math
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field, replace
from operator import itemgetter

from bot_sandbox.event_loop.change_notifier import ChangeNotifier

KEPT_RECORDS = 20_000  # invocations, and instances, to keep; the oldest are dropped
LOG_LIMIT = 1_000_000  # characters of a log to keep; the oldest lines are dropped


class Log:
    """The newest lines of a function's log, at most about `limit` characters."""

    def __init__(self, limit: int = LOG_LIMIT, changes: ChangeNotifier | None = None) -> None:
        self._lines: deque[tuple[int, str]] = deque()  # each with its number
        self._room = limit
        self._dropped = 0
        self.last = 0  # the number of the newest line; the first line ever has number 1
        self._changes = changes or ChangeNotifier()

    def add(self, line: str) -> None:
        """Append one line; drop the oldest lines if there is no room."""
        self.last += 1
        self._lines.append((self.last, line))
        self._room -= len(line) + 1
        while self._room < 0 and len(self._lines) > 1:
            self._room += len(self._lines.popleft()[1]) + 1
            self._dropped += 1
        self._changes.changed()

    def copy(self, last: int) -> "Log":
        """Return a copy whose next line has the number after `last`."""
        copied = Log(changes=self._changes)
        copied._lines, copied._room = self._lines.copy(), self._room
        copied._dropped, copied.last = self._dropped, last
        return copied

    def after(self, number: int) -> list[tuple[int, str]]:
        """Return the lines after line `number`, each with its number.

        If the first number does not follow `number`, lines between were dropped.
        """
        lines = list(self._lines)  # at once, because another thread may add one
        return lines[bisect_right(lines, number, key=itemgetter(0)) :]

    def lines(self) -> list[str]:
        """Return all lines, oldest first; the first one says how many were dropped."""
        gone = [f"({self._dropped} earlier lines dropped)"] if self._dropped else []
        return gone + [line for _, line in list(self._lines)]


@dataclass(slots=True)
class InstanceRecord:
    """The life of one instance: a process that serves one event at a time."""

    number: int
    pid: int
    started: float
    ready: float | None = None  # when it first asked for an event; None: it never did
    stopped: float | None = None  # None: it is alive
    init_s: float = 0.0  # how long its start took
    snapshot: bool = False  # whether it started from a snapshot
    max_memory: int = 0  # bytes, the most it has used
    state: str = "starting"  # then busy, idle, frozen; at the end stopped or killed
    since: float = 0.0  # when that state began
    # stopped: idle, replaced (by a new deployment), restored (the cloud, to a snapshot) or closed;
    # killed: timeout, memory, exit (the process ended), start (it could not start) or closed
    why: str = ""


@dataclass(slots=True)
class RunningCall:
    """A call that has an instance and no result yet."""

    request_id: str
    instance: int
    arrived: float
    cold: bool
    began: float | None = None  # None: its instance is still starting
    caller: str = ""  # such as "timer good-morning"; "" for a client


@dataclass(frozen=True, slots=True)
class Invocation:
    """A finished call that reached an instance; a throttled call doesn't."""

    request_id: str
    instance: int
    cold: bool
    start: float  # arrival of the call; a cold one then waits for its instance
    end: float
    init_ms: float  # start of its instance; 0 when warm, or in `duration_ms` after a slow start
    duration_ms: float
    billed_ms: int  # by AWS's rule
    memory_mb: int
    max_memory_mb: int  # the most its instance has used so far
    error: str | None  # the error's type, or None
    snapshot: bool = False  # whether its instance just started from a snapshot
    caller: str = ""  # such as "timer good-morning"; "" for a client


@dataclass
class History:
    """Everything known about one function."""

    changes: ChangeNotifier = field(default_factory=ChangeNotifier)
    log: Log = field(init=False)
    calls: dict[str, RunningCall] = field(default_factory=dict)  # under way, by request id
    invocations: deque[Invocation] = field(default_factory=lambda: deque(maxlen=KEPT_RECORDS))
    instances: deque[InstanceRecord] = field(default_factory=lambda: deque(maxlen=KEPT_RECORDS))
    forgotten: int = 0  # dropped invocations
    throttled: int = 0
    billed_ms: int = 0  # of all invocations ever, by AWS's rule
    restored: int = 0  # how many of them started from a snapshot
    number: int = 1  # another one after each return to a snapshot of the cloud

    def __post_init__(self) -> None:
        self.log = Log(changes=self.changes)

    def copy(self) -> "History":
        """Return a copy of what is known now."""
        copied = replace(
            self,
            calls=dict(self.calls),
            invocations=self.invocations.copy(),
            instances=deque(
                # one that has ended never changes
                (replace(one) if one.stopped is None else one for one in self.instances),
                maxlen=KEPT_RECORDS,
            ),
        )
        copied.log = self.log.copy(self.log.last)
        return copied

    def copy_for_restore(self, now: float, after: "History") -> "History":
        """Return a copy to go on with when the cloud returns to a snapshot.

        No call is under way, and no instance is alive. Numbers of lines go on from `after`.
        """
        copied = self.copy()
        copied.calls.clear()
        copied.log = self.log.copy(after.log.last)
        copied.number = after.number + 1
        for record in copied.instances:
            if record.stopped is None:
                record.stopped = now
                copied.record_state(record, "stopped", now, "restored")
        return copied

    def record_state(self, record: InstanceRecord, state: str, now: float, why: str = "") -> None:
        """Record a new state of an instance."""
        record.state, record.since, record.why = state, now, why
        self.changes.changed()

    def record_begin(self, call: RunningCall) -> None:
        """Record that a call has got an instance."""
        self.calls[call.request_id] = call
        self.changes.changed()

    def count_throttled(self) -> None:
        """Count a throttled call."""
        self.throttled += 1
        self.changes.changed()

    def record_end(self, invocation: Invocation) -> None:
        """Record the end of a call."""
        self.calls.pop(invocation.request_id, None)
        self.billed_ms += invocation.billed_ms
        self.restored += invocation.snapshot
        self.forgotten += len(self.invocations) == KEPT_RECORDS
        self.invocations.append(invocation)
        self.changes.changed()


def report_line(invocation: Invocation) -> str:
    """Return Lambda's REPORT line; a start from a snapshot is called a restore."""
    line = (
        f"REPORT RequestId: {invocation.request_id}\t"
        f"Duration: {invocation.duration_ms:.2f} ms\t"
        f"Billed Duration: {invocation.billed_ms} ms\t"
        f"Memory Size: {invocation.memory_mb} MB\t"
        f"Max Memory Used: {invocation.max_memory_mb} MB"
    )
    if not invocation.init_ms:
        return line
    what = "Restore" if invocation.snapshot else "Init"
    line += f"\t{what} Duration: {invocation.init_ms:.2f} ms"
    billed = math.ceil(invocation.init_ms)  # all of it, see bill.py
    return line + (f"\tBilled Restore Duration: {billed} ms" if invocation.snapshot else "")
