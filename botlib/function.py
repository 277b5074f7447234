"""What a serverless function is: an event in, a response out, on any cloud.

A cloud turns each HTTP request into a dictionary, the *event*, and calls
`handler(event, context)`. AWS and Yandex spell their events differently; here both become
one `Request`. Nothing here starts a server: that is the cloud's work.
"""

import base64
import binascii
import hmac
import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

Event = dict[str, Any]
Handler = Callable[[Event, object], dict[str, Any]]
Hook = TypeVar("Hook", bound=Callable[[], object])

FROM_SNAPSHOT = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
NOTHING: Mapping[str, str] = MappingProxyType({})  # one for all, so nobody may write into it


class Request(NamedTuple):
    """An HTTP request; header names are lower case, the body is bytes."""

    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = NOTHING
    query: Mapping[str, str] = NOTHING
    body: bytes = b""
    seconds_left: float | None = None  # of the function's time limit, where the cloud tells it

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 become the sign �."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """The body read as JSON; raises ValueError if it is none, or not UTF-8."""
        try:
            return json.loads(self.body.decode("utf-8"))
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None


class Response(NamedTuple):
    """An HTTP response; a dict or a list as body is sent as JSON."""

    body: str | bytes | dict[str, Any] | list[Any] = ""
    status: int = 200
    headers: Mapping[str, str] = NOTHING


def http_function(function: Callable[[Request], Response | str | dict[str, Any]]) -> Handler:
    """Make a function of a `Request` into the `handler(event, context)` that clouds call."""

    @wraps(function)
    def handler(event: Event, context: object = None) -> dict[str, Any]:
        try:
            request = read_event(event, context)
        except ValueError as error:
            return write_response(Response({"error": str(error)}, status=400))
        result = function(request)
        return write_response(result if isinstance(result, Response) else Response(result))

    return handler


def read_event(event: Event, context: object = None) -> Request:
    """Read an event of AWS Function URLs (v2), AWS REST API (v1) or Yandex Cloud Functions.

    Raises ValueError for an event that holds no HTTP request.

    >>> read_event({"httpMethod": "POST", "headers": {"X-Name": "Viktor"}, "body": "hi"}).headers
    {'x-name': 'Viktor'}
    """
    if not isinstance(event, dict):
        raise ValueError(f"expected an HTTP event, a dictionary; found {type(event).__name__}")
    http = mapping(mapping(event.get("requestContext")).get("http"))  # AWS v2 alone has one
    method = event.get("httpMethod") or http.get("method")
    if not isinstance(method, str):
        raise ValueError(
            "this event is no HTTP request: it has neither httpMethod nor "
            "requestContext.http.method. Call the function by its URL."
        )
    raw_query = event.get("rawQueryString")  # AWS v2's; of a repeated name the last counts
    if isinstance(raw_query, str):
        every = parse_qs(raw_query, keep_blank_values=True)
        query = {name: values[-1] for name, values in every.items()}
    else:
        given = mapping(event.get("queryStringParameters"))
        query = {str(name): str(value) for name, value in given.items()}
    headers = mapping(event.get("headers"))
    tell = getattr(context, "get_remaining_time_in_millis", None)  # AWS's and Yandex's have it
    return Request(
        method=method.upper(),
        path=str(event.get("rawPath") or http.get("path") or event.get("path") or "/"),
        headers={str(name).lower(): str(value) for name, value in headers.items()},
        query=query,
        body=body_of(event),
        seconds_left=tell() / 1000 if callable(tell) else None,
    )


def body_of(event: Event) -> bytes:
    """The request's body; ValueError if it is not the base64 that it is said to be."""
    body = event.get("body")
    if body is None:
        return b""
    if isinstance(body, dict | list):  # a direct call with the body already read
        return json.dumps(body).encode()
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", errors="surrogatepass")
    try:
        return base64.b64decode(str(body), validate=True)
    except binascii.Error as error:
        raise ValueError(f"the body is marked as base64, but it is not: {error}") from None


def mapping(value: Any) -> dict[str, Any]:
    """A dictionary as it is; an empty one for everything else that may stand in its place."""
    return value if isinstance(value, dict) else {}


def write_response(response: Response) -> dict[str, Any]:
    """Spell a response as AWS and Yandex both take it: always all four fields."""
    body, kind = response.body, "text/plain; charset=utf-8"
    if isinstance(body, dict | list):
        body, kind = json.dumps(body, ensure_ascii=False), "application/json"
    if isinstance(body, bytes):
        text, kind = base64.b64encode(body).decode(), "application/octet-stream"
    else:
        text = body.encode("utf-8", "replace").decode()  # half a character cannot travel
    own = {name.lower(): value for name, value in response.headers.items()}
    return {
        "statusCode": response.status,
        "headers": {"content-type": kind} | own,
        "body": text,
        "isBase64Encoded": isinstance(body, bytes),
    }


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same; every wrong guess takes equally long."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )


def after_restore(hook: Hook) -> Hook:
    """Have `hook()` called in each instance that starts from a snapshot; may decorate it.

    All such instances begin with what was worked out while the function loaded: the same random
    numbers, the same connection. The hook makes its own anew. On AWS it goes to Lambda SnapStart.
    """
    if FROM_SNAPSHOT:  # nowhere else is it called, and nowhere else the import is paid for
        with suppress(ImportError):
            from snapshot_restore_py import register_after_restore  # AWS's Python has it

            register_after_restore(hook)
    return hook
