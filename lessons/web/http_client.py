"""A minimal client: one HTTP request, one reply.

It plays the browser in the notebooks, and takes addresses as people type them there, "New York"
at the end. An error status is a reply like any other, not an exception. It ignores proxy settings,
because the sandbox is on this machine.
"""

import string
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, Request, build_opener

_opener = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Reply:
    """What came back: the HTTP status and the body as text."""

    status: int
    text: str


def get(url: str, timeout_s: float = 30) -> Reply:
    """Request a page; raises URLError if nobody answers there."""
    return _send_request(Request(quote(url, safe=string.punctuation)), timeout_s)  # noqa: S310


def get_at_once(url: str, clients: int) -> list[Reply]:
    """Let several clients ask for a page at the same moment; raises URLError as `get` does."""
    with ThreadPoolExecutor(clients) as crew:
        return list(crew.map(get, [url] * clients))


def get_in_background(url: str) -> None:
    """Request a page without waiting for the reply, which nobody reads."""
    threading.Thread(target=get, args=[url], daemon=True).start()


def post(url: str, body: str, timeout_s: float = 30) -> Reply:
    """Send `body` as JSON text; raises URLError if nobody answers there."""
    headers = {"Content-Type": "application/json"}
    return _send_request(Request(url, body.encode(), headers, method="POST"), timeout_s)  # noqa: S310


def _send_request(request: Request, timeout_s: float) -> Reply:
    try:
        with _opener.open(request, timeout=timeout_s) as response:
            return Reply(response.status, response.read().decode(errors="replace"))
    except HTTPError as error:
        with error:
            return Reply(error.code, error.read().decode(errors="replace"))
