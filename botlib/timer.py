"""Functions that a cloud's timer calls: an event becomes a `TimerCall`.

Nothing in a timer's event proves who sent it. So a timer calls a function of its own, which nobody
else may call: give it no Function URL on AWS, and no unauthenticated calls on Yandex Cloud. There,
strangers who may call a function can write the whole event, if they add `?integration=raw` to its
address ("Invoking a function using HTTP", read in November 2026).
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, NamedTuple

from botlib.bot import TryAgain
from botlib.function import Handler, Response, dict_or_empty, seconds_left, write_response
from botlib.store import Store
from botlib.store.memory import MemoryStore

YANDEX_EVENT_TYPE = "yandex.cloud.events.serverless.triggers.TimerMessage"
AWS_SOURCES = ("aws.scheduler", "aws.events")  # EventBridge Scheduler, and the older rules
EXPECTED = (
    "Expected the event of EventBridge Scheduler or of a timer of Yandex Cloud, or a payload of "
    "your own."
)


class TimerCall(NamedTuple):
    """One call by a timer."""

    payload: Any  # what you gave to the timer: JSON on AWS, a text on Yandex Cloud; None: nothing
    time: str = ""  # when it was due, in UTC, such as 2026-11-27T06:00:00Z; "" if nothing tells it
    id: str = ""  # the same if the cloud repeats this call; "" if nothing tells it
    seconds_left: float | None = None  # of the function's time limit, if the cloud tells it


def timer(function: Callable[[TimerCall], object], store: Store | None = None) -> Handler:
    """Turn a function that takes a `TimerCall` into the `handler(event, context)` that clouds call.

    An event of another kind, such as an HTTP request, is logged and gets the response 400. The
    cloud doesn't repeat that call, because a retry would not help.

    If the function raises an error, the cloud calls it again: AWS after one and two minutes, Yandex
    Cloud once, after 10 seconds. The cloud also repeats a call if its response is lost. This
    instance then does nothing the second time. With a `store`, all instances that share it do the
    work once.
    """
    store = store or MemoryStore()  # of this instance alone

    @wraps(function)
    def handler(event: Any, context: object = None) -> dict[str, Any]:
        try:
            call = read_timer_event(event, context)
        except ValueError as error:
            import logging  # here, because few calls need it

            logging.getLogger(__name__).error("a call was refused: %s", error)
            return write_response(Response({"error": str(error)}, status=400))
        work = partial(function, call)
        if not call.id:
            work()
        # An instance that was killed leaves its mark; Yandex Cloud's one retry comes after it ends.
        elif store.once(f"timer:{call.id}", work, call.seconds_left)[0] == "busy":
            raise TryAgain("another instance is doing this, and may fail: call again later")
        return write_response(Response("done"))

    return handler


def read_timer_event(event: Any, context: object = None) -> TimerCall:
    """Read the event of a timer of AWS or Yandex Cloud.

    On AWS, a payload of your own is the whole event. If it holds `<aws.scheduler.scheduled-time>`
    as "time", the Scheduler writes there when it was due. Raises ValueError for another event.

    Sources: "Adding context attributes in EventBridge Scheduler", and for Yandex Cloud "Timer that
    invokes a Cloud Functions function", both read in November 2026.

    >>> read_timer_event({"say": "Good morning!", "time": "2026-11-27T06:00:00Z"}).time
    '2026-11-27T06:00:00Z'
    """
    known = event if isinstance(event, dict) else {}
    if "httpMethod" in known or "requestContext" in known:
        raise ValueError(
            f"this event is an HTTP request. {EXPECTED} Only the timer may call this function, so "
            "remove its public address."
        )
    if "messages" in known:
        return read_yandex(known, context)
    source = known.get("detail-type") and known.get("source")
    if "Records" in known or (source and source not in AWS_SOURCES):
        raise ValueError(f"this event comes from {source or 'a queue or a storage'}. {EXPECTED}")
    due = known.get("time")
    is_time = isinstance(due, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", due)
    if not is_time:  # a call that AWS repeats keeps its request's id
        request_id = str(getattr(context, "aws_request_id", ""))
        return TimerCall(event, "", request_id, seconds_left(context))
    # Its "id" is new at each attempt of the Scheduler; all else stays.
    same = {name: value for name, value in known.items() if not (source and name == "id")}
    identity = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
    return TimerCall(None if source else event, str(due), identity, seconds_left(context))


def read_yandex(event: dict[str, Any], context: object) -> TimerCall:
    """Read the event of a timer of Yandex Cloud: a list of one message."""
    messages = event["messages"] if isinstance(event["messages"], list) else []
    message = dict_or_empty(messages[0]) if len(messages) == 1 else {}
    metadata, details = (dict_or_empty(message.get(name)) for name in ("event_metadata", "details"))
    if metadata.get("event_type") != YANDEX_EVENT_TYPE:
        raise ValueError(f"this event has messages, but not the one of a timer. {EXPECTED}")
    return TimerCall(
        details.get("payload") or None,
        str(metadata.get("created_at", "")),
        str(metadata.get("event_id", "")),
        seconds_left(context),
    )
