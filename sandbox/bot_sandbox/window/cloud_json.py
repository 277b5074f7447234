"""The shapes of a cloud's functions, calls and logs in the window's responses."""

from typing import Annotated, Any, TypedDict


class CostJson(TypedDict):
    billed_ms: int
    gb_seconds: float
    price: Annotated[float, "US dollars"]


class CallJson(TypedDict):
    number: Annotated[int, "1 is the first of this deployment"]
    id: Annotated[str, "the request id"]
    instance: int
    caller: Annotated[str, "a timer, as in timer morning; else empty"]
    start: Annotated[str, "cold, warm or snapshot"]
    init_ms: float
    duration_ms: float
    memory_mb: int
    error: str | None
    costs: Annotated[dict[str, CostJson], "by tariff"]


class LaneJson(TypedDict):
    lane: str
    number: int
    revision: int
    state: Annotated[str, "starting, busy, idle, frozen, stopped or killed"]
    why: Annotated[str, "why it ended"]
    since: Annotated[float, "seconds since the cloud started, as all times here"]
    started: float
    ready: float | None
    stopped: float | None
    snapshot: bool
    memory_mb: float


class ClockJson(TypedDict):
    now: Annotated[float, "seconds since the cloud started"]
    seconds: Annotated[float, "since 1970"]
    ahead: Annotated[float, "by how many seconds it was moved in all"]


class TimerJson(TypedDict):
    name: str
    function: str
    schedule: str
    timezone: str
    payload: Any
    next: Annotated[float | None, "when it is due, in seconds since 1970; null if it is stopped"]
    fired: Annotated[list[float], "when it was due so far, the newest 1000"]


class TimersJson(TypedDict):
    timers: list[TimerJson]


class FunctionJson(TypedDict):
    name: str
    handler: str
    runtime: str
    memory_mb: int
    timeout_s: float
    environment: Annotated[list[str], "names only, because values may be secret"]
    concurrency: int
    idle_s: float
    events: str
    worker: str
    start: str
    packages: bool
    url: str
    host_url: Annotated[str, "the same with a host of its own"]
    revision: Annotated[int, "counts its deployments"]


class FunctionsJson(TypedDict):
    functions: list[FunctionJson]


class ResultJson(TypedDict):
    result: Any
    id: Annotated[str, "the request id"]


class ResponseJson(TypedDict):
    status: int
    headers: dict[str, str]
    body: str
    is_base64: Annotated[bool, "whether the body is no text, and so in base64"]


class RequestedJson(ResponseJson):
    statuses: Annotated[dict[str, int], "how many responses had each status"]


class InstancesJson(TypedDict):
    instances: list[LaneJson]


class InvocationsJson(TypedDict):
    invocations: list[CallJson]
    throttled: int


class LogLineJson(TypedDict):
    number: int
    text: str


class LogJson(TypedDict):
    lines: list[LogLineJson]
    last: Annotated[int, "the number of the newest line"]
    revision: int


class BillJson(TypedDict):
    tariff: str
    requests: int
    billed_ms: int
    gb_seconds: float
    price: float
    currency: str
    forgotten: int
    free: str
    source: str
    date: str
