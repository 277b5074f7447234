"""Who may come in: no foreign web page, no other name of this machine, nobody without the key.

A page from anywhere can make a browser send requests to 127.0.0.1. Three things together keep it
out. `Host` must be this machine's own name, or a foreign name that resolves to 127.0.0.1 would be
as good as ours (DNS rebinding). `Origin`, which a browser puts on each POST and each WebSocket,
must be ours. And whoever wants more than the empty page needs the window's key, in a header that
no foreign page can send without being asked, and no cookie that a browser would send by itself.
"""

import hmac
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

OWN_NAMES = ("127.0.0.1", "localhost")
# Nothing is loaded from elsewhere, nothing inline runs. Who may frame the page is not limited:
# without the key, which only the notebook has, it shows nothing.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Gate:
    """Checks every request before it reaches a route."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def knows(self, key: object) -> bool:
        """Whether this is the window's key, compared in constant time."""
        return isinstance(key, str) and hmac.compare_digest(
            key.encode("utf-8", "surrogateescape"), self._key
        )

    def middleware(self) -> Middleware:
        """For the window's application; the WebSocket sends its key in its first message."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            refused = self._refusal(request)
            return refused if refused is not None else await handler(request)

        return check

    def _refusal(self, request: web.Request) -> web.Response | None:
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or name_in(f"http://{hosts[0]}") not in OWN_NAMES:
            return answer(403, "this server is called 127.0.0.1 or localhost, and nothing else")
        origin = request.headers.get("Origin")
        is_live = request.path == "/live"
        is_file = request.path.count("/") == 1 and request.method in ("GET", "HEAD")
        # Programs send no Origin; a browser that opens a WebSocket always does.
        if (origin is None and is_live) or (origin is not None and not same(origin, hosts[0])):
            return answer(403, "another page's request: only the window's own page may ask here")
        if is_live or is_file:  # the page holds no secret; the WebSocket sends its key itself
            return None
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.knows(key.strip()):
            return answer(
                401,
                "the window's key is missing or wrong. It stands behind #key= in the address that "
                "was printed; send it as the header  Authorization: Bearer KEY",
            )
        return None


def name_in(address: str) -> str:
    """The host's name in an address; "" for what is no address.

    >>> name_in("http://LOCALHOST:80"), name_in("http://[::1"), name_in("null")
    ('localhost', '', '')
    """
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def same(origin: str, host: str) -> bool:
    """Whether a page of this origin came from this host and port (behind a proxy: the proxy's)."""
    scheme, _, place = origin.partition("://")
    return scheme in ("http", "https") and place.lower() == host.lower()


def answer(status: int, error: str) -> web.Response:
    """A refusal, in the form of all errors here."""
    return web.json_response({"error": error}, status=status)
