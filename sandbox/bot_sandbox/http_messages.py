"""An HTTP request and an HTTP response as plain values, whatever brings them."""

from dataclasses import dataclass

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Request:
    """A request as it came in; `target` is the path and the query, still percent-encoded."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """A response; `reason` is the words after the status, where somebody said any."""

    status: int
    headers: Headers
    body: bytes = b""
    reason: str = ""


def header(headers: Headers, name: str) -> str:
    """The first value of a header, "" if there is none.

    >>> header([("Content-Type", "text/plain")], "content-type")
    'text/plain'
    """
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")
