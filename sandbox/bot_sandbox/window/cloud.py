"""The cloud in the window: functions, live instances, logs and bills, and their routes."""

import base64
import re
import tempfile
import uuid
from asyncio import gather, wait, wrap_future
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector, web

from bot_sandbox.cloud.bill import TARIFFS
from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.cloud.deployment import EVENT_FORMATS, RUNTIMES, START_KINDS, FunctionSettings
from bot_sandbox.cloud.entry_points import find_entry_point
from bot_sandbox.cloud.errors import PAYLOAD_LIMIT
from bot_sandbox.cloud.events import join_values
from bot_sandbox.cloud.function import Function, to_event
from bot_sandbox.cloud.lambda_api import TOO_LARGE
from bot_sandbox.cloud.timers import Timer
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.window.cloud_json import (
    BillJson,
    ClockJson,
    FunctionJson,
    FunctionsJson,
    InstancesJson,
    InvocationsJson,
    LogJson,
    RequestedJson,
    ResponseJson,
    ResultJson,
    TimerJson,
    TimersJson,
)
from bot_sandbox.window.feed import Record
from bot_sandbox.window.lanes import Lanes, invocation_json, lane_json
from bot_sandbox.window.routes import (
    LONGEST_WAIT_S,
    MOST_MESSAGES,
    OPTIONAL,
    Values,
    anything,
    flag,
    get_route,
    number,
    post_route,
    quote_json,
    table,
    text,
    wait_field,
    whole_number,
)
from bot_sandbox.window.view import View, call, json_of

LISTED_LINES = 1000  # of a log, in one response
LISTED_RECORDS = 1000  # invocations and instances, in one response
REQUESTS_AT_ONCE = 100  # requests to a function
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
FUNCTION = text("function", "the function's name")
DEFAULT_SETTINGS = FunctionSettings("name")
SETTING_FIELDS = (  # those of `Cloud.deploy`
    text("handler", "file and name of the function to call; by default the files decide", OPTIONAL),
    text("runtime", "the language; by default the files decide", OPTIONAL, RUNTIMES),
    whole_number("memory_mb", "the memory limit, in MB", DEFAULT_SETTINGS.memory_mb, 128, 10240),
    number("timeout_s", "how long a call may take", DEFAULT_SETTINGS.timeout_s, 0.001, 900),
    table("environment", "environment variables by name", {"type": "string"}, {}),
    whole_number(
        "concurrency", "how many instances at once", DEFAULT_SETTINGS.concurrency, 1, 1000
    ),
    number(
        "idle_s", "after how many idle seconds an instance ends", DEFAULT_SETTINGS.idle_s, 0, 86400
    ),
    text("events", "whose events an HTTP request becomes", DEFAULT_SETTINGS.events, EVENT_FORMATS),
    text("worker", "sandbox, awslambdaric or the path of your own loop", DEFAULT_SETTINGS.worker),
    text("start", "how an instance starts", DEFAULT_SETTINGS.start, START_KINDS),
    flag("packages", "whether it may import this Python's packages", OPTIONAL),
    flag("must_load", "whether a version that does not load is refused", False),
)
TIMER = text("timer", "the timer's name")
EXAMPLE = "def handler(event, context):\n    return event"


class CloudView(View):
    """One cloud behind a window; functions are identified by name."""

    name = "cloud"

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.cloud = cloud
        self._lanes: dict[str, Lanes] = {}

    def records(self) -> Iterator[tuple[str, Record]]:
        """Yield the tariffs and the recent activity of every function."""
        for name, tariff in TARIFFS.items():
            yield (
                f"cloud/tariff/{name}",
                {
                    "type": "tariff",
                    "name": tariff.name,
                    "gb_second": tariff.gb_second,
                    "request": tariff.request,
                    "restored_gb": tariff.restored_gb,
                    "rounding_ms": tariff.rounding_ms,
                    "init_billed": bool(tariff.init_billed),
                    "free": tariff.free,
                    "source": tariff.source,
                    "date": tariff.date,
                },
            )
        functions = self.cloud.functions()
        for name in self._lanes.keys() - {function.name for function in functions}:
            del self._lanes[name]
        now = self.cloud.uptime()
        for function in functions:
            yield from self._lanes.setdefault(function.name, Lanes()).records(function, now)

    @get_route("cloud/clock")
    async def clock(self, _: Values) -> ClockJson:
        """Get the seconds since the cloud started, which all its times use."""
        return clock_json(self.cloud)

    @get_route("cloud/functions")
    async def functions(self, _: Values) -> FunctionsJson:
        """List what is deployed, with its `url` and settings."""
        return {"functions": [function_details(function) for function in self.cloud.functions()]}

    @post_route(
        "cloud/deploy",
        text("name", "the function's name"),
        text("folder", "a folder of this machine, or", OPTIONAL),
        table("files", "the files' texts, by name", {"type": "string"}, OPTIONAL),
        *SETTING_FIELDS,
        fails={"502": "It does not load, and `must_load` was set."},
        example={"name": "hello", "files": {"main.py": EXAMPLE}},
    )
    async def deploy(self, values: Values) -> FunctionJson:
        """Deploy a folder or files; the same name again replaces the function."""
        name, folder, files = (values.pop(key) for key in ("name", "folder", "files"))
        if bool(folder) == bool(files):
            raise ValueError(
                'give either "folder", a path on this machine, or "files", as in '
                '{"main.py": "def handler(event, context): ..."}'
            )
        return function_details(await call(deploy, self.cloud, name, folder, files, values))

    @post_route(
        "cloud/invoke",
        *(FUNCTION, anything("event", "what the function receives")),
        fails={
            "429": "Throttled: all instances are busy.",
            "502": "The function failed: `error`, `type` and `trace`.",
            "504": "It works longer than a request may wait.",
        },
        example={"function": "hello", "event": {"n": 1}},
    )
    async def invoke(self, values: Values) -> ResultJson:
        """Call a function with an event."""
        name = values["function"]
        self.cloud.function(name)
        event = to_event(values["event"])
        if len(event) > PAYLOAD_LIMIT:
            raise web.HTTPRequestEntityTooLarge(PAYLOAD_LIMIT, len(event), text=TOO_LARGE)
        request_id = str(uuid.uuid4())

        async def invoke() -> Any:
            return (await self.cloud.function(name)._pool.invoke(event, request_id)).value

        under_way = wrap_future(self.cloud._runner.submit(invoke()))
        # The call must continue without a waiting client, so it must not be canceled with us.
        under_way.add_done_callback(lambda done: done.cancelled() or done.exception())
        await wait([under_way], timeout=LONGEST_WAIT_S)
        if not under_way.done():
            raise NoReply(still_working(name))
        return {"result": under_way.result(), "id": request_id}

    @post_route(
        "cloud/request",
        FUNCTION,
        text("method", "in capitals", "GET", choices=METHODS),
        text("path", "the path and the query", "/"),
        table("headers", "by name", {"type": "string"}, {}),
        text("body", "the body", ""),
        whole_number("times", "how many requests at once", 1, 1, REQUESTS_AT_ONCE),
        fails={"504": "The function works longer than a request may wait."},
        example={"function": "hello", "method": "POST", "path": "/a?n=1", "body": "hi"},
    )
    async def request(self, values: Values) -> RequestedJson:
        """Send an HTTP request to a function's address.

        With `times`, it is sent so many times at once. The response is the first one, and
        `statuses` counts how many responses had each status.
        """
        function, path = self.cloud.function(values["function"]), values["path"]
        method, headers, body = values["method"], values["headers"], values["body"]
        if not path.startswith("/"):
            raise ValueError(
                f"path must begin with a slash, as in /hello?n=1; found {quote_json(path)}"
            )
        url = function.url.rstrip("/") + path

        async def send_request(session: ClientSession) -> ResponseJson:
            async with session.request(
                method, url, headers=headers, data=body or None, allow_redirects=False
            ) as response:
                return response_json(response, await response.read())

        connector = TCPConnector(limit=REQUESTS_AT_ONCE)
        limit = ClientTimeout(LONGEST_WAIT_S)
        try:
            async with ClientSession(connector=connector, timeout=limit) as session:
                answers = await gather(*(send_request(session) for _ in range(values["times"])))
        except TimeoutError:
            raise NoReply(still_working(function.name)) from None
        except ClientError as error:
            raise RuntimeError(f"no HTTP answer came from {url}: {error}") from None
        statuses = Counter(str(each["status"]) for each in answers)
        return {**answers[0], "statuses": dict(sorted(statuses.items()))}

    @get_route("cloud/instances", FUNCTION, example={"function": "hello"})
    async def instances(self, values: Values) -> InstancesJson:
        """List a function's newest instances, oldest first: state and why, memory, times."""
        function = self.cloud.function(values["function"])
        records = function.instances[-LISTED_RECORDS:]
        return {"instances": [lane_json(function.revision, record) for record in records]}

    @get_route(
        "cloud/invocations",
        *(FUNCTION, whole_number("after", "only calls after this number", 0, 0)),
        example={"function": "hello", "after": 10},
    )
    async def invocations(self, values: Values) -> InvocationsJson:
        """List the newest 1000 finished calls: cold or warm, durations, error, cost by each tariff.

        `throttled` counts the refused ones.
        """
        function = self.cloud.function(values["function"])
        first = function._history.forgotten + 1
        kept = list(enumerate(function.invocations, first))
        newer = [invocation_json(number, each) for number, each in kept if number > values["after"]]
        return {"invocations": newer[-LISTED_RECORDS:], "throttled": function.throttled}

    @get_route(
        "cloud/logs",
        FUNCTION,
        whole_number("after", "only lines after this number", 0, 0),
        whole_number("limit", "the maximum of newest lines", LISTED_LINES, 1, LISTED_LINES),
        wait_field(0.0),
        example={"function": "hello", "after": 10, "timeout": 5},
    )
    async def logs(self, values: Values) -> LogJson:
        """Get the lines of a log; wait for one.

        `revision` changes with each deployment, whose lines begin at number 1.
        """
        name, after = values["function"], values["after"]
        revision = self.cloud.function(name).revision

        def has_line() -> bool:
            function = self.cloud.function(name)
            return function.revision != revision or function._history.log.last > after

        await self.wait_until(has_line, values["timeout"])
        function = self.cloud.function(name)
        lines = function._log_after(after if function.revision == revision else 0)
        return {
            "lines": [{"number": n, "text": text} for n, text in lines[-values["limit"] :]],
            "last": function._history.log.last,
            "revision": function.revision,
        }

    @get_route("cloud/timers")
    async def timers(self, _: Values) -> TimersJson:
        """List the timers: what they call, when they are due, and when they were."""
        return {"timers": [timer_json(timer) for timer in self.cloud.timers()]}

    @post_route(
        "cloud/timer",
        text("name", "the timer's name"),
        FUNCTION,
        text("schedule", "cron(…), rate(…) or at(…); for Yandex Cloud only cron's fields"),
        text("timezone", "whose clocks a schedule means", "UTC"),
        anything("payload", "the event; for null, the cloud's own"),
        example={"name": "morning", "function": "hello", "schedule": "cron(0 8 * * ? *)"},
    )
    async def set_timer(self, values: Values) -> TimerJson:
        """Call a function by the cloud's clock; the same name again replaces the timer."""
        name, function, schedule = (values[key] for key in ("name", "function", "schedule"))
        rest = {"timezone": values["timezone"], "payload": values["payload"]}
        return timer_json(await call(self.cloud.timer, name, function, schedule, **rest))

    @post_route(
        "cloud/clock",
        number("advance", "how many seconds pass", least=0),
        example={"advance": 86400},
    )
    async def advance(self, values: Values) -> ClockJson:
        """Let time pass: timers, retries and the end of idle instances that are due happen now."""
        await call(self.cloud.clock.advance, values["advance"])
        return clock_json(self.cloud)

    @get_route(
        "cloud/timer",
        *(TIMER, whole_number("n", "how many calls in all", 0, 0, MOST_MESSAGES), wait_field(5.0)),
        example={"timer": "morning", "n": 1, "timeout": 5},
        fails={"504": "It has called its function less often."},
    )
    async def fired(self, values: Values) -> TimerJson:
        """Get a timer; wait until it has called its function `n` times in all."""
        timer, n = self._timer(values), values["n"]
        if not await self.wait_until(lambda: len(timer.fired) >= n, values["timeout"]):
            raise NoReply(f"{timer!r} has called its function {len(timer.fired)} times, not {n}")
        return timer_json(timer)

    @post_route("cloud/timer/stop", TIMER, example={"timer": "morning"})
    async def stop_timer(self, values: Values) -> TimerJson:
        """Stop a timer until it is started."""
        timer = self._timer(values)
        await call(timer.stop)
        return timer_json(timer)

    @post_route("cloud/timer/start", TIMER, example={"timer": "morning"})
    async def start_timer(self, values: Values) -> TimerJson:
        """Start a stopped timer; what it missed is not called."""
        timer = self._timer(values)
        await call(timer.start)
        return timer_json(timer)

    @post_route("cloud/timer/delete", TIMER, example={"timer": "morning"})
    async def delete_timer(self, values: Values) -> TimersJson:
        """Delete a timer; the response lists the others."""
        await call(self._timer(values).delete)
        return {"timers": [timer_json(timer) for timer in self.cloud.timers()]}

    def _timer(self, values: Values) -> Timer:
        timers = {timer.name: timer for timer in self.cloud.timers()}
        if values["timer"] not in timers:
            known = ", ".join(timers) or "none"
            raise KeyError(f"there is no timer {quote_json(values['timer'])}; there are: {known}")
        return timers[values["timer"]]

    @get_route(
        "cloud/bill",
        *(FUNCTION, text("tariff", "whose prices", "aws", choices=tuple(TARIFFS))),
        example={"function": "hello", "tariff": "aws"},
    )
    async def bill(self, values: Values) -> BillJson:
        """Get the cost of a function's calls."""
        bill = await call(self.cloud.function(values["function"]).bill, values["tariff"])
        return {
            "tariff": bill.tariff.name,
            "requests": bill.requests,
            "billed_ms": sum(row.billed_ms for row in bill.rows),
            "gb_seconds": bill.gb_seconds,
            "price": bill.price,
            "currency": bill.tariff.currency,
            "forgotten": bill.forgotten,
            "free": bill.tariff.free,
            "source": bill.tariff.source,
            "date": bill.tariff.date,
        }


def clock_json(cloud: Cloud) -> ClockJson:
    """Return the time on a cloud's clock, counted in two ways."""
    clock = cloud.clock
    return {"now": cloud.uptime(), "seconds": clock.now(), "ahead": clock.ahead}


def timer_json(timer: Timer) -> TimerJson:
    """Return a timer."""
    return json_of(TimerJson, timer, schedule=timer.expression, fired=timer.fired[-LISTED_RECORDS:])


def deploy(
    cloud: Cloud,
    name: str,
    folder: str | None,
    files: dict[str, str] | None,
    settings: dict[str, Any],
) -> Function:
    """Deploy a folder of this machine, or given files; raise ValueError if that is impossible."""
    try:
        with tempfile.TemporaryDirectory() as temporary:
            write_files(Path(temporary), files or {})
            source = Path(folder or temporary)
            entry = find_entry_point(source, settings["runtime"], settings["handler"])
            return cloud.deploy(name, source, **settings | entry)
    except OSError as error:  # a missing folder, one that may not be read, a name too long
        raise ValueError(str(error)) from None


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Write texts into a folder, and refuse names that lead out of it."""
    for name, content in files.items():
        parts = name.split("/")
        if not re.fullmatch(r"[\w./ @+-]{1,200}", name) or {"", ".", ".."} & set(parts):
            raise ValueError(
                f"a file's name is like main.py or pages/home.html; found {quote_json(name)}"
            )
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="")


def function_details(function: Function) -> FunctionJson:
    """Return a function and its settings, without its environment, which may be secret."""
    details: Any = asdict(function.settings) | {
        "environment": sorted(function.settings.environment),
        "url": function.url,
        "host_url": function.host_url,
        "revision": function.revision,
    }
    return cast(FunctionJson, details)


def response_json(response: ClientResponse, body: bytes) -> ResponseJson:
    """Return a response as JSON; a body that isn't text is in base64."""
    try:
        text, is_base64 = body.decode(), False
    except UnicodeDecodeError:
        text, is_base64 = base64.b64encode(body).decode(), True
    return {
        "status": response.status,
        "headers": join_values(list(response.headers.items())),
        "body": text,
        "is_base64": is_base64,
    }


def still_working(name: str) -> str:
    """Return the text for a function that takes longer than a request may wait."""
    return (
        f"{name} still works after {LONGEST_WAIT_S:g} s, and it continues: its log and its "
        "invocations will tell how it ended"
    )
