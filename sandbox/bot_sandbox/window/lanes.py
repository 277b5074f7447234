"""The recent activity of one function, for the page: instances, busy times, newest calls.

The page draws a lane for each instance, and on it its busy times. Warm calls of one instance in
close sequence are one stretch with a count; a cold or a failed call is always a stretch of its own.
Each update reads only what is new, and the size is bounded.

A new deployment starts again from zero. The lanes of the old one stay until they have ended, and a
little longer. Everything here runs on the cloud's loop.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bot_sandbox.cloud.bill import TARIFFS, make_bill
from bot_sandbox.cloud.function import Function
from bot_sandbox.cloud.history import InstanceRecord, Invocation
from bot_sandbox.http.jupyter_proxy import browser_address
from bot_sandbox.window.cloud_json import CallJson, CostJson, LaneJson
from bot_sandbox.window.feed import Json
from bot_sandbox.window.view import json_of

SHOWN_LANES = 24  # instances to show: live ones, and the last ended ones
SHOWN_CALLS = 20  # finished calls to list
SHOWN_RUNNING_CALLS = 8  # running calls to list
SENT_PIECES = 32  # of the timeline, to keep; only the newest one changes, so only it is sent again
STRETCHES_IN_A_PIECE = 64  # stretches, at most
SHOW_REPLACED_S = 60.0  # how long the ended lanes of an old deployment are shown
SHOWN_REPLACED = 3  # old deployments to show, the newest
INVISIBLE_PAUSE_S = 0.03  # a shorter pause between two warm calls is less than a pixel


class DeploymentWatch:
    """One deployment of a function, and how much of it was read."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.history = function._history
        self.living: dict[int, InstanceRecord] = {}
        self.ended: deque[InstanceRecord] = deque(maxlen=SHOWN_LANES)
        self.served: Counter[int] = Counter()  # calls by instance, for the shown instances
        self.newest = 0  # the number of the newest instance
        self.taken = self.cold = self.failed = 0  # calls
        self.uncounted = 0  # calls that were dropped before anybody read them
        self.sums = dict.fromkeys(TARIFFS, (0, 0.0, 0.0))
        self.calls: deque[CallJson] = deque(maxlen=SHOWN_CALLS)

    def take(self) -> list[Invocation]:
        """Read what is new and return the finished calls."""
        history = self.history
        for record in reversed(history.instances):
            if record.number <= self.newest:
                break
            self.living[record.number] = record
        self.newest = max(self.newest, *self.living, 0)
        for number in [number for number, one in self.living.items() if one.stopped is not None]:
            self.ended.append(self.living.pop(number))
        total = history.forgotten + len(history.invocations)
        new = list(islice(reversed(history.invocations), total - self.taken))[::-1]
        self.uncounted += total - self.taken - len(new)
        self.taken = total
        self._count(new)
        return new

    def is_over(self, now: float) -> bool:
        """Return whether all its instances ended a while ago."""
        ends = [record.stopped or 0.0 for record in self.ended]
        return not self.living and now - max(ends, default=0.0) > SHOW_REPLACED_S

    def lanes(self) -> list[InstanceRecord]:
        """Return the instances to show, by number."""
        living = [self.living[number] for number in sorted(self.living)[:SHOWN_LANES]]
        ended = list(self.ended)[len(living) - SHOWN_LANES :] if len(living) < SHOWN_LANES else []
        return sorted(ended + living, key=lambda record: record.number)

    def _count(self, new: list[Invocation]) -> None:
        for tariff, (billed_ms, gb_seconds, price) in self.sums.items():
            bill = make_bill(new, tariff)
            self.sums[tariff] = (
                billed_ms + sum(row.billed_ms for row in bill.rows),
                gb_seconds + bill.gb_seconds,
                price + bill.price,
            )
        self.served.update(each.instance for each in new)
        shown = {*self.living, *(record.number for record in self.ended)}
        for number in self.served.keys() - shown:
            del self.served[number]
        self.cold += sum(each.cold for each in new)
        self.failed += sum(each.error is not None for each in new)
        first = self.taken - len(new) + 1
        for number, each in list(enumerate(new, first))[-SHOWN_CALLS:]:
            self.calls.append(invocation_json(number, each))


@dataclass(slots=True)
class Stretch:
    """A busy time of one instance: one call, or warm calls in close sequence."""

    lane: str
    begin: float
    end: float
    calls: int
    cold: bool
    error: str

    def can_grow(self, call: Invocation, begin: float) -> bool:
        """Return whether a call that began then is drawn as part of it."""
        is_plain = not (self.cold or self.error or call.cold or call.error)
        return is_plain and begin - self.end < INVISIBLE_PAUSE_S

    def json(self) -> list[str | float | bool]:
        """Return it for the page, with times in tenths of a millisecond."""
        begin, end = round(self.begin, 4), round(self.end, 4)
        return [self.lane, begin, end, self.calls, self.cold, self.error]


class Timeline:
    """The stretches of all instances, in pieces: a full piece never changes again."""

    def __init__(self) -> None:
        self.pieces: dict[int, Json] = {}  # the newest SENT_PIECES; a new one replaces the oldest
        self.unknown_before = 0.0  # earlier stretches may be dropped
        self._number = 0  # of the newest piece
        self._newest: list[Stretch] = []  # what is in it

    def add(self, revision: int, calls: list[Invocation]) -> None:
        """Turn finished calls into stretches."""
        if len(calls) > SENT_PIECES * STRETCHES_IN_A_PIECE:
            self.unknown_before = calls[-SENT_PIECES * STRETCHES_IN_A_PIECE].end
            calls = calls[-SENT_PIECES * STRETCHES_IN_A_PIECE :]
        last = {stretch.lane: stretch for stretch in self._newest}
        for call in calls:
            lane, begin = f"{revision}.{call.instance}", call.end - call.duration_ms / 1000
            stretch = last.get(lane)
            if stretch and stretch.can_grow(call, begin):
                stretch.end, stretch.calls = call.end, stretch.calls + 1
                continue
            if len(self._newest) == STRETCHES_IN_A_PIECE:
                self._begin_piece()
                last = {}
            stretch = Stretch(lane, begin, call.end, 1, call.cold, call.error or "")
            self._newest.append(stretch)
            last[lane] = stretch
        if calls:
            self._keep_piece()

    def _keep_piece(self) -> None:
        stretches = [stretch.json() for stretch in self._newest]
        self.pieces[self._number % SENT_PIECES] = {"type": "piece", "all": stretches}

    def _begin_piece(self) -> None:
        self._keep_piece()
        self._number += 1
        dropped = self.pieces.pop(self._number % SENT_PIECES, None)
        if dropped:
            self.unknown_before = max(end for _, _, end, *_ in dropped["all"])
        self._newest = []


class Lanes:
    """What the page shows of one function name."""

    def __init__(self) -> None:
        self._deployed: list[DeploymentWatch] = []  # the last one is current, others were replaced
        self._timeline = Timeline()

    def records(self, function: Function, now: float) -> Iterator[tuple[str, Json]]:
        """Yield function, lanes, stretches and newest calls, at a time of the cloud's clock."""
        newest = self._deployed[-1] if self._deployed else None
        if newest is None or newest.history is not function._history:
            if newest and function.revision <= newest.function.revision:
                self._deployed, self._timeline = [], Timeline()  # it has returned to a snapshot
            self._deployed.append(DeploymentWatch(function))
        for deployed in self._deployed:
            self._timeline.add(deployed.function.revision, deployed.take())
        old = [one for one in self._deployed[:-1] if not one.is_over(now)][-SHOWN_REPLACED:]
        current, name = self._deployed[-1], function.name
        self._deployed = [*old, current]
        yield f"cloud/function/{name}", function_json(current)
        yield f"cloud/calls/{name}", calls_json(current)
        yield f"cloud/lanes/{name}", self._lanes_json()
        for number, piece in self._timeline.pieces.items():
            yield f"cloud/piece/{name}/{number}", piece

    def _lanes_json(self) -> Json:
        lanes = [
            {**lane_json(one.function.revision, record), "served": one.served[record.number]}
            for one in self._deployed
            for record in one.lanes()
        ][-SHOWN_LANES:]
        living = sum(len(one.living) for one in self._deployed)
        return {
            "type": "lanes",
            "lanes": lanes,
            "not_shown": living - sum(lane["stopped"] is None for lane in lanes),
            "unknown_before": self._timeline.unknown_before,
        }


def function_json(deployed: DeploymentWatch) -> Json:
    """Return a function: its settings, its counts and totals, and its running calls."""
    function, settings = deployed.function, deployed.function.settings
    history, meter = deployed.history, function.meter
    sums = {
        tariff: {
            "billed_ms": billed_ms,
            "gb_seconds": gb_seconds,
            "price": price,
            "calls": deployed.taken - deployed.uncounted,
        }
        for tariff, (billed_ms, gb_seconds, price) in deployed.sums.items()
    }
    sums["aws"] = {  # of all calls
        "billed_ms": history.billed_ms,
        "gb_seconds": meter.gb_seconds,
        "price": meter.price,
        "calls": deployed.taken,
    }
    calls = list(history.calls.values())
    starting = [call.arrived for call in calls if call.began is None]
    busy = [(call.arrived, call.began) for call in calls if call.began is not None]
    states = Counter(record.state for record in deployed.living.values())
    return {
        "type": "function",
        "name": function.name,
        "url": browser_address(function.url),  # a link
        "revision": function.revision,
        "handler": settings.handler,
        "runtime": settings.runtime,
        "memory_mb": settings.memory_mb,
        "timeout_s": settings.timeout_s,
        "concurrency": settings.concurrency,
        "idle_s": settings.idle_s,
        "start": settings.start,
        "states": dict(states),
        "ended": deployed.taken,
        "uncounted": deployed.uncounted,  # of those: unknown whether they were cold
        "cold": deployed.cold + sum(call.cold for call in calls),
        "instances": deployed.newest,
        "failed": deployed.failed,
        "throttled": history.throttled,
        "last_line": history.log.last,
        "history": history.number,
        "sums": sums,
        # The running calls have used so far, in seconds at `now`:
        # starting × now − starting_since, and busy × now − busy_since + loaded_s.
        "starting": len(starting),
        "starting_since": sum(starting),
        "busy": len(busy),
        "busy_since": sum(began for _, began in busy),
        "loaded_s": sum(began - arrived for arrived, began in busy),
    }


def calls_json(deployed: DeploymentWatch) -> Json:
    """Return the newest calls and the running ones."""
    running = list(deployed.history.calls.values())[-SHOWN_RUNNING_CALLS:]
    return {
        "type": "calls",
        "ended": list(deployed.calls),
        "running": [
            {
                "id": call.request_id,
                "instance": call.instance,
                "caller": call.caller,
                "start": "cold" if call.cold else "warm",
                "arrived": call.arrived,
                "began": call.began,
            }
            for call in running
        ],
    }


def invocation_json(number: int, call: Invocation) -> CallJson:
    """Return a finished call, with its cost by each tariff."""
    rows = {tariff: make_bill([call], tariff).rows[0] for tariff in TARIFFS}
    return {
        "number": number,
        "id": call.request_id,
        "instance": call.instance,
        "caller": call.caller,
        "start": "snapshot" if call.snapshot else "cold" if call.cold else "warm",
        "init_ms": round(call.init_ms, 2),
        "duration_ms": round(call.duration_ms, 2),
        "memory_mb": call.max_memory_mb,
        "error": call.error,
        "costs": {tariff: json_of(CostJson, row) for tariff, row in rows.items()},
    }


def lane_json(revision: int, record: InstanceRecord) -> LaneJson:
    """Return the current state of an instance; times are seconds on the cloud's clock."""
    return json_of(
        LaneJson,
        record,
        lane=f"{revision}.{record.number}",
        revision=revision,
        memory_mb=round(record.max_memory / 1024 / 1024, 1),
    )
