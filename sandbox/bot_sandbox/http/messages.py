"""HTTP requests and responses as plain values, independent of the server."""

from dataclasses import dataclass

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Request:
    """A request as received; `target` is path and query, still percent-encoded."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""


@dataclass(slots=True)
class Response:
    """A response; `reason` is the text after the status, if there is one."""

    status: int
    headers: Headers
    body: bytes = b""
    reason: str = ""


def header(headers: Headers, name: str) -> str:
    """Return the first value of a header, or "".

    >>> header([("Content-Type", "text/plain")], "content-type")
    'text/plain'
    """
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), "")
