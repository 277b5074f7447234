"""Timers: the cloud calls a function by the clock, as each of the two clouds does.

AWS: EventBridge Scheduler calls a function with the type Event, so Lambda retries it. Without a
payload the event is EventBridge's own. "Adding context attributes in EventBridge Scheduler" lists
what a payload may contain in angle brackets.

Yandex Cloud: "Timer that invokes a Cloud Functions function". Its event is a list of one message.
A call that fails is retried once, after 10 seconds.

When somebody moves the clock, all that became due is called in order, each after the one before has
ended. Each event has the time at which it was due.
"""

import asyncio
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot_sandbox.cloud.deployment import CloudAccount, check_pattern
from bot_sandbox.cloud.errors import PAYLOAD_LIMIT
from bot_sandbox.cloud.function import Function
from bot_sandbox.cloud.queued_calls import QueuedCalls
from bot_sandbox.cloud.schedule import Schedule, parse_aws, parse_yandex
from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.world.clock import LAST_MOMENT, Clock

YANDEX_RETRY_S = (10.0,)
YANDEX_EVENT = "yandex.cloud.events.serverless.triggers.TimerMessage"
KEPT_FIRINGS = 10_000  # times to remember


class Timer:
    """Calls a function again and again, or once; `Cloud.timer` makes it.

    All times are seconds since 1970 on the cloud's clock.
    """

    def __init__(
        self,
        name: str,
        function: str,
        expression: str,
        timezone: str,
        payload: Any,
        schedule: Schedule,
        timers: "Timers",
    ) -> None:
        self.name = name
        self.function = function
        self.expression = expression
        self.timezone = timezone
        self.payload = payload
        self.id: str = uuid.uuid4().hex[:20]
        self.next: float | None = None  # when it is due; None: never again
        self.fired: list[float] = []  # when it was due so far
        self._schedule = schedule
        self._timers = timers
        self._runner: Runner = timers.runner

    def __repr__(self) -> str:
        due = "never again" if self.next is None else f"next at {format_utc(self.next)}"
        return f"<Timer {self.name}: {self.function}, {self.expression} {self.timezone}, {due}>"

    @property
    def is_running(self) -> bool:
        """Whether it will call its function again."""
        return self.next is not None

    @blocking
    async def start(self) -> None:
        """Go on after `stop`; what was missed meanwhile is not called."""
        if self._timers.get(self.name) is not self:
            raise RuntimeError(f"the timer {self.name} was deleted or replaced; make a new one")
        if self.next is None:
            now = self._timers.clock.now()
            self.next = now if self._schedule.starts_now else self._schedule.after(now)
            self._timers.changed()

    @blocking
    async def stop(self) -> None:
        """Call the function no more, until `start`."""
        self.next = None
        self._timers.changed()

    @blocking
    async def delete(self) -> None:
        """Stop for good, and free the name."""
        self._timers.remove(self)

    @blocking
    async def wait_fired(self, times: int = 1, timeout: float = 10.0) -> None:
        """Wait until it has called its function so many times in all; raises TimeoutError."""
        if not await self._runner.changes.until(lambda: len(self.fired) >= times, timeout):
            raise TimeoutError(
                f"{self!r} has fired {len(self.fired)} times after {timeout:g} s, not {times}. "
                "cloud.clock.advance(seconds) moves the clock"
            )

    def _schedule_first(self, now: float) -> None:
        """Find the first time it is due; ValueError if there is none."""
        self.next = now if self._schedule.starts_now else self._schedule.after(now)
        if self.next is None:
            raise ValueError(f"{self.expression} is never due after {format_utc(now)}")

    def _schedule_after_restore(self, now: float) -> None:
        """Continue after a return to a snapshot; what was due meanwhile is not called."""
        self.fired = list(self.fired)  # a call that runs still writes into the other list
        if self.next is not None and self.next <= now:
            self.next = self._schedule.after(now)

    def _schedule_next(self) -> float:
        """Return when it was due, and find the next time."""
        assert self.next is not None
        due, self.next = self.next, self._schedule.after(self.next)
        return due


class Timers:
    """All timers of a cloud, in order of their time."""

    RESTORED = ("_timers",)

    def __init__(
        self,
        functions: Mapping[str, Function],
        queue: QueuedCalls,
        account: CloudAccount,
        clock: Clock,
        runner: Runner,
    ) -> None:
        self.clock = clock
        self.runner = runner
        self._functions = functions
        self._queue = queue
        self._account = account
        self._timers: dict[str, Timer] = {}
        self._sleeping: asyncio.Task[None] | None = None

    def get(self, name: str) -> Timer | None:
        """Return the timer with this name."""
        return self._timers.get(name)

    def all(self) -> list[Timer]:
        """Return all timers, sorted by name."""
        return [self._timers[name] for name in sorted(self._timers)]

    def add(
        self, name: str, function: Function, expression: str, timezone: str, payload: Any
    ) -> Timer:
        """Make a timer; the same name again replaces it. Raises ValueError."""
        check_pattern("name", name, r"[0-9a-zA-Z_.-]{1,64}", "1 to 64 letters, digits, -, _ or .")
        is_yandex = function.settings.events == "yandex"
        if is_yandex and not (payload is None or isinstance(payload, str)):
            raise ValueError(f"the payload of a timer of Yandex Cloud is a text; found {payload!r}")
        if len(json.dumps(payload, allow_nan=False)) > PAYLOAD_LIMIT:
            raise ValueError(f"a payload may have at most {PAYLOAD_LIMIT} bytes")
        schedule = (parse_yandex if is_yandex else parse_aws)(expression, timezone)
        timer = Timer(name, function.name, expression, timezone, payload, schedule, self)
        timer._schedule_first(self.clock.now())
        self._timers[name] = timer
        self.changed()
        return timer

    def remove(self, timer: Timer) -> None:
        """Forget a timer."""
        timer.next = None
        if self._timers.get(timer.name) is timer:
            del self._timers[timer.name]
        self.changed()

    def begin_again(self) -> None:
        """Continue with the timers that there are, after a return to a snapshot."""
        for timer in self._timers.values():
            timer._schedule_after_restore(self.clock.now())
        self.changed()

    def changed(self) -> None:
        """Look again what is due first."""
        if self._sleeping:
            self._sleeping.cancel()
        self.runner.changes.changed()

    async def run(self) -> None:
        """Call what is due, until the cloud is closed."""
        while True:
            running = [timer for timer in self._timers.values() if timer.next is not None]
            timer = min(running, key=lambda each: (each.next, each.name), default=None)
            due = timer.next if timer and timer.next is not None else LAST_MOMENT
            if timer and due <= self.clock.now():
                await self._fire(timer)
                continue
            self._sleeping = asyncio.create_task(self.clock.sleep_until(due))
            await asyncio.wait({self._sleeping})

    async def _fire(self, timer: Timer) -> None:
        due, fired = timer._schedule_next(), timer.fired
        function = self._functions[timer.function]
        make, retry_s = (
            (yandex_timer_event, YANDEX_RETRY_S)
            if function.settings.events == "yandex"
            else (aws_timer_event, None)
        )
        event = make(timer, due, self._account)
        function._history.log.add(f"[timer] {timer.name} calls this function")
        tried = self._queue.start(
            function.name,
            event,
            str(uuid.uuid4()),
            caller=f"timer {timer.name}",
            retry_s=retry_s,
        )
        following = [each.next for each in self._timers.values() if each.next is not None]
        if min(following, default=LAST_MOMENT) <= self.clock.now():  # the clock was moved
            await tried.wait()
        fired.append(due)
        del fired[:-KEPT_FIRINGS]
        self.runner.changes.changed()


def format_utc(seconds: float) -> str:
    """Return a time as AWS writes it.

    >>> format_utc(0.0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def aws_timer_event(timer: Timer, due: float, account: CloudAccount) -> bytes:
    """Return the payload, or the event that EventBridge Scheduler sends without one."""
    arn = f"arn:aws:scheduler:{account.region}:{account.number}:schedule/default/{timer.name}"
    execution = str(uuid.uuid4())
    if timer.payload is None:
        event = {
            "version": "0",
            "id": execution,
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "account": account.number,
            "time": format_utc(due),
            "region": account.region,
            "resources": [arn],
            "detail": "{}",
        }
        return json.dumps(event).encode()
    text = json.dumps(timer.payload)
    attributes = {
        "schedule-arn": arn,
        "scheduled-time": format_utc(due),
        "execution-id": execution,
        "attempt-number": "1",
    }
    for name, value in attributes.items():
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text.encode()


def yandex_timer_event(timer: Timer, due: float, account: CloudAccount) -> bytes:
    """Return the event of a timer of Yandex Cloud."""
    created = datetime.fromtimestamp(due, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    message = {
        "event_metadata": {
            "event_id": uuid.uuid4().hex[:20],
            "event_type": YANDEX_EVENT,
            "created_at": created,
            "cloud_id": f"cloud{account.number}",
            "folder_id": f"folder{account.number}",
        },
        "details": {"trigger_id": timer.id, "payload": timer.payload or ""},
    }
    return json.dumps({"messages": [message]}).encode()
