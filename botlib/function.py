"""HTTP functions for any cloud: an event becomes a request, a response becomes a dictionary.

A cloud turns each HTTP request into a dictionary, the *event*, and calls
`handler(event, context)`. The events of AWS and Yandex differ, and both become a `Request`. No
server starts here: the cloud has one.
"""

import binascii
import hmac
import json
import time
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, NamedTuple

Event = dict[str, Any]
Handler = Callable[[Event, object], dict[str, Any]]

LIMIT_S = 10.0  # of a function, if the cloud tells none
RESERVED_S = 0.5  # of this limit, left for the function's last steps and its response
# Many share it, so nobody can write into it.
EMPTY_MAPPING: Mapping[str, str] = MappingProxyType({})


class Request(NamedTuple):
    """An HTTP request; header names are lower case, the body is bytes."""

    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = EMPTY_MAPPING
    query: Mapping[str, str] = EMPTY_MAPPING
    body: bytes = b""
    seconds_left: float | None = None  # of the function's time limit, if the cloud tells it

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 become �."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Read the body as JSON; raises ValueError if it is not JSON or not UTF-8."""
        try:
            return json.loads(self.body.decode("utf-8"))
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None


class Response(NamedTuple):
    """An HTTP response; a dict or a list as body is sent as JSON."""

    body: str | bytes | dict[str, Any] | list[Any] = ""
    status: int = 200
    headers: Mapping[str, str] = EMPTY_MAPPING


def http_function(function: Callable[[Request], Response | str | dict[str, Any]]) -> Handler:
    """Turn a function that takes a `Request` into the `handler(event, context)` that clouds call.

    An event that is not an HTTP request gets the response 400.
    """

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

    Raises ValueError for an event without an HTTP request.

    >>> read_event({"httpMethod": "POST", "headers": {"X-Name": "Viktor"}, "body": "hi"}).headers
    {'x-name': 'Viktor'}
    """
    if not isinstance(event, dict):
        raise ValueError(f"expected an HTTP event, a dictionary; found {type(event).__name__}")
    http = dict_or_empty(dict_or_empty(event.get("requestContext")).get("http"))  # AWS v2 only
    method = event.get("httpMethod") or http.get("method")
    if not isinstance(method, str):
        raise ValueError(
            "this event is not an HTTP request: it has neither httpMethod nor "
            "requestContext.http.method. Call the function by its URL."
        )
    raw_query = event.get("rawQueryString")  # AWS v2 only
    if raw_query and isinstance(raw_query, str):
        from urllib.parse import parse_qsl  # here: few requests have a query, and it takes 2 ms

        query = dict(parse_qsl(raw_query, keep_blank_values=True))  # if a name repeats, the last
    else:
        parameters = dict_or_empty(event.get("queryStringParameters"))
        query = {str(name): str(value) for name, value in parameters.items()}
    headers = dict_or_empty(event.get("headers"))
    return Request(
        method=method.upper(),
        path=str(event.get("rawPath") or http.get("path") or event.get("path") or "/"),
        headers={str(name).lower(): str(value) for name, value in headers.items()},
        query=query,
        body=read_body(event),
        seconds_left=seconds_left(context),
    )


def seconds_left(context: object) -> float | None:
    """Return what is left of the function's time limit; None if the cloud doesn't tell it."""
    ms_left = getattr(context, "get_remaining_time_in_millis", None)  # AWS and Yandex have it
    return ms_left() / 1000 if callable(ms_left) else None


def work_deadline(seconds_left: float | None, limit_s: float = LIMIT_S) -> float:
    """Return when a function's calls must have ended, as a time of `time.monotonic`.

    `limit_s` is the function's time limit, if the cloud doesn't tell what is left of it.
    """
    return time.monotonic() + (limit_s if seconds_left is None else seconds_left) - RESERVED_S


def read_body(event: Event) -> bytes:
    """Read the request's body; ValueError if it is marked as base64 but is not."""
    body = event.get("body")
    if body is None:
        return b""
    if isinstance(body, dict | list):  # a direct call, with JSON that is already read
        return json.dumps(body).encode()
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", errors="surrogatepass")
    try:
        return binascii.a2b_base64(str(body), strict_mode=True)
    except binascii.Error as error:
        raise ValueError(f"the body is marked as base64, but it is not: {error}") from None


def dict_or_empty(value: Any) -> dict[str, Any]:
    """Return a dictionary as it is, and an empty one instead of anything else."""
    return value if isinstance(value, dict) else {}


def write_response(response: Response) -> dict[str, Any]:
    """Write a response as both AWS and Yandex want it, always with all four fields."""
    body, content_type = response.body, "text/plain; charset=utf-8"
    if isinstance(body, dict | list):
        body, content_type = json.dumps(body, ensure_ascii=False), "application/json"
    if isinstance(body, bytes):
        text = binascii.b2a_base64(body, newline=False).decode()
        content_type = "application/octet-stream"
    else:
        text = body.encode("utf-8", "replace").decode()  # half a character becomes "?"
    headers = {name.lower(): value for name, value in response.headers.items()}
    return {
        "statusCode": response.status,
        "headers": {"content-type": content_type} | headers,
        "body": text,
        "isBase64Encoded": isinstance(body, bytes),
    }


def constant_time_equal(given: str, expected: str) -> bool:
    """Compare two secrets in a time that does not tell how much of a wrong guess is right."""
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )
