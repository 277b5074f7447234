"""One HTTP request to a platform, with an end: the only HTTP client of botlib.

`urllib.request` does the work, so it obeys the proxies of the environment. It waits for each
read alone, however, so an answer that trickles would never end. Here a request has a deadline for
everything: name lookup, connection, encryption, question and answer. An answer has a largest size,
and a redirect is an answer like others, because the request may carry secrets that are not
meant for another address.

Async code calls it in a thread: `await asyncio.to_thread(request, …)`. What a function imports
it pays for at each cold start, and this file takes 40 ms. So the webhook for Telegram imports it
only for an update that needs a call.
"""

import http.client
import json
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, partial
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple
from urllib.error import URLError
from urllib.parse import urlsplit

from botlib.details.settings import is_this_machine, spellings_of
from botlib.details.texts import escape_control_characters
from botlib.function import EMPTY_MAPPING

DEADLINE_S = 10.0  # where the caller sets no other
LONGEST_ANSWER = 4 * 2**20  # bytes; what this client asks for has a few thousand
LONGEST_QUOTE = 300  # characters of somebody else's text in an error of ours


class Unreachable(ConnectionError):  # noqa: N818  (named as what happened)
    """The platform heard nothing, or says that it has trouble: a later try may work."""


class Blocked(Unreachable):
    """A proxy on the way lets nobody speak to this host, so a later try will fail, too."""


class NoAnswer(ConnectionError):  # noqa: N818  (named as what happened)
    """The platform may have heard the request, but no usable answer came: it may have been done."""


class HttpResponse(NamedTuple):
    """What came back, whatever its status."""

    status: int
    body: bytes

    def json_object(self) -> dict[str, Any]:
        """Read the body as a JSON object; {} if it is something else, such as a web page.

        >>> HttpResponse(200, b'{"ok": true}').json_object(), HttpResponse(502, b"<html>")[0]
        ({'ok': True}, 502)
        """
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


def request(
    method: str,
    url: str,
    headers: Mapping[str, str] = EMPTY_MAPPING,
    body: bytes | None = None,
    until: float | None = None,
) -> HttpResponse:
    """Make one request and return the answer, whatever its status; redirects are not followed.

    It ends at `until`, a time of `time.monotonic`, or after 10 seconds. Raises Unreachable if the
    platform surely heard nothing, Blocked if it never will, and NoAnswer if it may have done what
    was asked. Their texts name the host alone: a path may hold a token.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address must begin with http:// or https:// and name a host")
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    until = time.monotonic() + DEADLINE_S if until is None else until
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise Unreachable(f"there is no time left to ask {host}")
    sending = urllib.request.Request(url, body, dict(headers), method=method)  # noqa: S310
    attempt = Attempt()
    outcome: SimpleQueue[HttpResponse | Exception] = SimpleQueue()

    def work() -> None:
        try:
            outcome.put(attempt.send(sending, seconds))
        except Exception as error:  # told to the caller's thread, which raises it
            outcome.put(error)

    # A daemon, so that a program can end while a name lookup hangs.
    threading.Thread(target=work, name=f"request to {host}", daemon=True).start()
    try:
        found: HttpResponse | Exception = outcome.get(timeout=seconds)
    except Empty:
        attempt.hang_up()
        found = TimeoutError()
    if isinstance(found, HttpResponse):
        return found
    reason = found.reason if isinstance(found, URLError) else found
    if isinstance(reason, TimeoutError) and reason.errno is None:  # the socket's words, or ours
        reason = TimeoutError(f"no whole answer within {round(seconds, 1):g} s")
    if isinstance(reason, ssl.SSLCertVerificationError):
        raise Unreachable(
            f"{host} cannot prove who it is: {reason.verify_message}. Is the date right here? On "
            "macOS, run “Install Certificates.command” in Python's folder."
        )
    if not isinstance(reason, OSError | http.client.HTTPException | str):
        raise found  # a mistake in the request itself, such as a header with a line end
    # A broken answer is not quoted: it may repeat the path, and with it a token.
    why = quote_for_error(str(reason)) if isinstance(reason, OSError) else type(reason).__name__
    if attempt.connected:
        raise NoAnswer(f"{host} gave no usable answer: {why}")
    is_blocked = why.startswith("Tunnel connection failed: 403")  # http.client's words
    raise (Blocked if is_blocked else Unreachable)(f"{host} cannot be reached: {why}")


class Attempt:
    """One try to send a request; it knows whether the platform can have heard it."""

    def __init__(self) -> None:
        self.connected = self.given_up = False
        self._socket: socket.socket | None = None

    def send(self, request: urllib.request.Request, timeout_s: float) -> HttpResponse:
        """Send a request and read the answer; raises OSError or HTTPException."""
        opener = urllib.request.OpenerDirector()
        opener.add_handler(Opener(self))
        if not is_near(request.full_url):
            opener.add_handler(urllib.request.ProxyHandler())
        with opener.open(request, timeout=timeout_s) as response:
            content = response.read(LONGEST_ANSWER + 1)
            if len(content) > LONGEST_ANSWER:
                raise OSError(f"the answer is longer than {LONGEST_ANSWER} bytes")
            if response.headers.get("Content-Length", str(len(content))) != str(len(content)):
                raise OSError("the answer is not whole")
            return HttpResponse(response.status, content)

    def note_connected(self, sock: socket.socket) -> None:
        """Remember that from now on the platform may hear us, and how to end that."""
        self.connected, self._socket = True, sock
        if self.given_up:  # the caller may have been told that nothing was heard
            raise TimeoutError("it took too long to connect")

    def hang_up(self) -> None:
        """End what another thread is waiting for; it sends nothing if it connects later."""
        self.given_up = True
        if self._socket:
            with suppress(OSError):  # it has ended by itself
                self._socket.shutdown(socket.SHUT_RDWR)


class TrackedConnection(http.client.HTTPConnection):
    """A connection that tells its attempt when it has connected."""

    def __init__(self, attempt: Attempt, host: str, **options: Any) -> None:
        super().__init__(host, **options)
        self._attempt = attempt

    def connect(self) -> None:
        """Connect, through a proxy's tunnel if there is one."""
        super().connect()
        self._attempt.note_connected(self.sock)


class TrackedTlsConnection(TrackedConnection, http.client.HTTPSConnection):
    """The same, encrypted."""


class Opener(urllib.request.HTTPHandler):
    """Opens http:// and https:// addresses for an attempt."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__()
        self._attempt = attempt

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Connect, send the request and read the answer's head."""
        return self.do_open(partial(TrackedConnection, self._attempt), req)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Do the same, encrypted."""
        connection = partial(TrackedTlsConnection, self._attempt, context=tls_context())
        return self.do_open(connection, req)

    https_request = urllib.request.HTTPHandler.http_request


def is_near(address: str) -> bool:
    """Tell an address that is never behind a proxy: on this machine, or a cloud's service for it.

    A proxy would answer for its own machine, with a token that is not meant for this one.

    >>> is_near("http://127.0.0.1:8081"), is_near("http://169.254.169.254/"), is_near("http://a.b")
    (True, True, False)
    """
    host = urlsplit(address).hostname or ""
    return is_this_machine(address) or host.startswith("169.254.")  # link-local, RFC 3927


@cache
def tls_context() -> ssl.SSLContext:
    """Read the certificates that this machine trusts, once: it takes longer than to use them."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def quote_for_error(text: str, *secrets: str) -> str:
    """Prepare somebody else's text for an error of ours: without secrets, and not long.

    An error page may repeat the address that was asked for, and with it a token.

    >>> quote_for_error("no page at /bot42:abc/getMe", "42:abc")
    'no page at /bot(hidden)/getMe'
    """
    spellings = {one for secret in secrets for one in spellings_of(secret)}
    for spelling in sorted(spellings, key=len, reverse=True):
        text = text.replace(spelling, "(hidden)")
    text = escape_control_characters(" ".join(text.split()))
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
