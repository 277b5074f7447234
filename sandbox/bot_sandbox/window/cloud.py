"""The cloud in the window: functions, their instances as they live, logs and bills; its routes."""

import base64
import re
import tempfile
import uuid
from asyncio import gather, wait, wrap_future
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector, web

from bot_sandbox.cloud.bill import TARIFFS
from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.cloud.deployment import check_choice, check_range
from bot_sandbox.cloud.errors import PAYLOAD_LIMIT, THROTTLED, FunctionError
from bot_sandbox.cloud.events import joined
from bot_sandbox.cloud.function import Function, to_event
from bot_sandbox.cloud.lambda_api import TOO_LARGE
from bot_sandbox.diagnosis import NoReply
from bot_sandbox.window.feed import Json
from bot_sandbox.window.lanes import Lanes, call_json, lane_json
from bot_sandbox.window.view import LONGEST_WAIT_S, View, call, fields

LINES = 1000  # of a log, in one answer
LISTED = 1000  # invocations and instances, in one answer
AT_ONCE = 100  # requests to a function
SETTINGS: dict[str, type] = {
    **dict.fromkeys(("handler", "runtime", "events", "worker", "start"), str),
    "memory_mb": int,
    "concurrency": int,
    "timeout_s": float,
    "idle_s": float,
    "environment": dict,
    "must_load": bool,
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class CloudView(View):
    """One cloud behind a window. Functions go by name."""

    name = "cloud"

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.cloud = cloud
        self._lanes: dict[str, Lanes] = {}

    def routes(self) -> list[web.RouteDef]:
        """Deployments, calls, logs, bills."""
        return [
            web.get("/api/cloud/clock", self.clock),
            web.get("/api/cloud/functions", self.functions),
            web.post("/api/cloud/deploy", self.deploy),
            web.post("/api/cloud/invoke", self.invoke),
            web.post("/api/cloud/request", self.request),
            web.get("/api/cloud/instances", self.instances),
            web.get("/api/cloud/invocations", self.invocations),
            web.get("/api/cloud/logs", self.logs),
            web.get("/api/cloud/bill", self.bill),
        ]

    def records(self) -> Iterator[tuple[str, Json]]:
        """The tariffs; of every function what it lately did."""
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
        now = self.cloud.clock()
        for function in functions:
            yield from self._lanes.setdefault(function.name, Lanes()).records(function, now)

    async def clock(self, _: web.Request) -> web.Response:
        """GET: the cloud's clock, by which all its times go."""
        return web.json_response({"now": self.cloud.clock()})

    async def functions(self, _: web.Request) -> web.Response:
        """GET: what is deployed."""
        return web.json_response([about(function) for function in self.cloud.functions()])

    async def deploy(self, request: web.Request) -> web.Response:
        """POST {"name": …, "folder": … or "files": {"main.py": …}, settings}: upload a function."""
        values = await fields(request)
        values.only("name", "folder", "files", *SETTINGS)
        name = values.take("name", str)
        settings = {
            key: value
            for key, kind in SETTINGS.items()
            if (value := values.take(key, kind, None)) is not None
        }
        folder = values.take("folder", str, "")
        files = values.take("files", dict, {})
        if bool(folder) == bool(files):
            raise ValueError(
                'give either "folder", a path on this machine, or "files", as in '
                '{"main.py": "def handler(event, context): ..."}'
            )
        try:
            function = await call(deploy, self.cloud, name, folder, files, settings)
        except FunctionError as error:  # must_load
            return failure(error)
        return web.json_response(about(function))

    async def invoke(self, request: web.Request) -> web.Response:
        """POST {"function": …, "event": …}: call it with an event; its result or its error."""
        values = await fields(request)
        name = values.take("function", str)
        self.cloud.function(name)
        event = to_event(values.any("event"))
        if len(event) > PAYLOAD_LIMIT:
            raise web.HTTPRequestEntityTooLarge(PAYLOAD_LIMIT, len(event), text=TOO_LARGE)
        request_id = str(uuid.uuid4())

        async def invoke() -> Any:
            return (await self.cloud.function(name).pool.invoke(event, request_id)).value

        under_way = wrap_future(self.cloud.submit(invoke()))
        # The call goes on when nobody waits for it any more: it must not be cancelled with us.
        under_way.add_done_callback(lambda done: done.cancelled() or done.exception())
        await wait([under_way], timeout=LONGEST_WAIT_S)
        if not under_way.done():
            raise NoReply(still_working(name))
        try:
            result = under_way.result()
        except FunctionError as error:
            return failure(error)
        return web.json_response({"result": result, "id": request_id})

    async def request(self, request: web.Request) -> web.Response:
        """POST {"function": …, "method": …, "path": …, "headers": …, "body": …, "times": …}.

        An HTTP request to the function by its own address: what came back, and when `times` of
        them were made at once, how many came back with each status; the answer is the first one's.
        """
        values = await fields(request)
        function = self.cloud.function(values.take("function", str))
        method = values.take("method", str, "GET").upper()
        path = values.take("path", str, "/")
        headers = values.take("headers", dict, {})
        body = values.take("body", str, "")
        times = values.take("times", int, 1)
        check_choice("method", method, METHODS)
        check_range("times", times, 1, AT_ONCE, whole=True)
        if not path.startswith("/"):
            raise ValueError(f"path must begin with a slash, as in /hello?n=1; found {path!r:.100}")
        if not all(isinstance(value, str) for value in headers.values()):
            raise ValueError('headers must be texts, as in {"Content-Type": "text/plain"}')
        url = function.url.rstrip("/") + path

        async def once(session: ClientSession) -> Json:
            async with session.request(
                method, url, headers=headers, data=body or None, allow_redirects=False
            ) as response:
                return response_json(response, await response.read())

        connector = TCPConnector(limit=AT_ONCE)
        limit = ClientTimeout(LONGEST_WAIT_S)
        try:
            async with ClientSession(connector=connector, timeout=limit) as session:
                answers = await gather(*(once(session) for _ in range(times)))
        except TimeoutError:
            raise NoReply(still_working(function.name)) from None
        except ClientError as error:
            raise RuntimeError(f"no HTTP answer came from {url}: {error}") from None
        statuses = Counter(str(each["status"]) for each in answers)
        return web.json_response(answers[0] | {"statuses": dict(sorted(statuses.items()))})

    async def instances(self, request: web.Request) -> web.Response:
        """GET ?function=…: its newest instances, the oldest of them first."""
        function = self.cloud.function((await fields(request)).take("function", str))
        records = function.instances[-LISTED:]
        return web.json_response([lane_json(function.revision, record) for record in records])

    async def invocations(self, request: web.Request) -> web.Response:
        """GET ?function=…&after=…: the calls that are over, from number `after` + 1 on."""
        values = await fields(request)
        function = self.cloud.function(values.take("function", str))
        after = values.take("after", int, 0)
        first = function.history.forgotten + 1
        kept = list(enumerate(function.invocations, first))
        newer = [call_json(number, each) for number, each in kept if number > after]
        return web.json_response({"invocations": newer[-LISTED:], "throttled": function.throttled})

    async def logs(self, request: web.Request) -> web.Response:
        """GET ?function=…&after=…&timeout=…: the log's lines after number `after`.

        With a timeout it waits that many seconds for the first of them. `limit` asks for only
        the newest so many. `revision` tells a new deployment: its lines begin at number 1.
        """
        values = await fields(request)
        name, after = values.take("function", str), values.take("after", int, 0)
        limit = values.take("limit", int, LINES)
        check_range("limit", limit, 1, LINES, whole=True)
        revision = self.cloud.function(name).revision

        def is_there() -> bool:
            function = self.cloud.function(name)
            return function.revision != revision or function.history.log.last > after

        await self.wait(self.cloud.changes.until(is_there, values.seconds(0.0)))
        function = self.cloud.function(name)
        lines = function.log_after(after if function.revision == revision else 0)
        shown = [{"number": number, "text": text} for number, text in lines[-limit:]]
        return web.json_response(
            {"lines": shown, "last": function.history.log.last, "revision": function.revision}
        )

    async def bill(self, request: web.Request) -> web.Response:
        """GET ?function=…&tariff=…: what its calls cost."""
        values = await fields(request)
        function = self.cloud.function(values.take("function", str))
        bill = await call(function.bill, values.take("tariff", str, "aws"))
        return web.json_response(
            {
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
        )


def deploy(
    cloud: Cloud, name: str, folder: str, files: dict[str, Any], settings: dict[str, Any]
) -> Function:
    """Upload a folder of this machine, or files written out; ValueError for what cannot be."""
    try:
        if folder:
            return cloud.deploy(name, folder, **settings)
        with tempfile.TemporaryDirectory() as made:
            write_files(Path(made), files)
            return cloud.deploy(name, made, **settings)
    except OSError as error:  # a missing folder, one that may not be read, a name too long
        raise ValueError(str(error)) from None


def write_files(folder: Path, files: dict[str, Any]) -> None:
    """Write texts into a folder and nowhere else."""
    for name, text in files.items():
        parts = name.split("/")
        if not re.fullmatch(r"[\w./ @+-]{1,200}", name) or {"", ".", ".."} & set(parts):
            raise ValueError(
                f"a file's name is like main.py or pages/home.html; found {name!r:.100}"
            )
        if not isinstance(text, str):
            raise ValueError(f"the file {name} must be a text; found {type(text).__name__}")
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


def failure(error: FunctionError) -> web.Response:
    """A function's error, or that it was throttled."""
    told = {"error": error.message, "type": error.type, "trace": error.trace}
    return web.json_response(told, status=429 if error.type == THROTTLED else 502)


def about(function: Function) -> Json:
    """A function and its settings; the environment's values may be secret and stay out."""
    settings = asdict(function.settings)
    return settings | {
        "environment": sorted(settings["environment"]),
        "url": function.url,
        "host_url": function.host_url,
        "revision": function.revision,
    }


def response_json(response: ClientResponse, body: bytes) -> Json:
    """What came back; a body that is no text stands in base64."""
    try:
        text, is_base64 = body.decode(), False
    except UnicodeDecodeError:
        text, is_base64 = base64.b64encode(body).decode(), True
    return {
        "status": response.status,
        "headers": joined(list(response.headers.items())),
        "body": text,
        "is_base64": is_base64,
    }


def still_working(name: str) -> str:
    """What to say when a function takes longer than anybody here waits."""
    return (
        f"{name} still works after {LONGEST_WAIT_S:g} s, and it goes on: its log and its "
        "invocations will tell how it ended"
    )
