"""One keep-alive HTTP connection to a webhook.

aiohttp's own client protocol reads the answers; its session, cookies, redirects and proxies are
left out, because Telegram has none of them here and they cost most of a request's time.
"""

import asyncio
import base64
import functools
import ipaddress
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

MAX_ANSWER = 1 << 20  # bytes; more of an answer is not read


@dataclass(frozen=True)
class Target:
    """Where a webhook lives, taken apart; ValueError when the address is none."""

    url: str = field(repr=False)  # may hold the token, as many bots' addresses do
    tls: bool
    host: str
    port: int
    head: bytes = field(repr=False)  # the request's first lines, up to its length

    @classmethod
    def parse(cls, url: str, secret_token: str = "") -> "Target":
        """Read an address as Telegram does: without a scheme it is https.

        >>> Target.parse("example.com/hook").port
        443
        """
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host or parts.port == 0:
            raise ValueError("not an address of a webhook")
        if any(character <= " " for character in url) or not host.isprintable():
            raise ValueError("an address has no blanks")
        host = host if ":" in host else host.encode("idna").decode()
        tls = parts.scheme == "https"
        port = parts.port or (443 if tls else 80)
        return cls(url, tls, host, port, _head(parts, host, port, tls, secret_token))

    def refusal(self, addresses: list[str]) -> str:
        """Why the public Telegram would not call this address; empty when it would."""
        if not self.tls:
            return "An HTTPS URL must be provided for webhook"
        if self.port not in (80, 88, 443, 8443):
            return "Webhook can be set up only on ports 80, 88, 443 or 8443"
        for address in addresses:
            if not ipaddress.ip_address(address).is_global:
                return f"IP address {address} is reserved"
        return ""


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _head(parts: SplitResult, host: str, port: int, tls: bool, secret_token: str) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    shown_host = f"[{host}]" if ":" in host else host
    default_port = port == (443 if tls else 80)
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {shown_host}" + ("" if default_port else f":{port}"),
        "Content-Type: application/json",
        "Connection: keep-alive",
        "Accept-Encoding: gzip, deflate",
    ]
    if parts.username:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"Authorization: Basic {base64.b64encode(user.encode()).decode()}")
    if secret_token:
        lines.append(f"X-Telegram-Bot-Api-Secret-Token: {secret_token}")
    return ("\r\n".join(lines) + "\r\nContent-Length: ").encode()


@dataclass(slots=True)
class Answer:
    """What a webhook answered."""

    status: int
    reason: str
    content_type: str
    retry_after: str
    body: bytes
    whole: bool  # False when the body was longer than MAX_ANSWER or broke off


class Connection:
    """An open connection; one request at a time."""

    def __init__(self, protocol: ResponseHandler) -> None:
        self._protocol = protocol

    @classmethod
    async def open(cls, target: Target) -> "Connection":
        """Connect; OSError when nobody listens there."""
        loop = asyncio.get_running_loop()
        context = _tls() if target.tls else None
        _, protocol = await loop.create_connection(
            lambda: ResponseHandler(loop), target.host, target.port, ssl=context
        )
        return cls(protocol)

    @property
    def is_open(self) -> bool:
        """Whether it can carry another request."""
        return self._protocol.is_connected() and not self._protocol.should_close

    async def post(self, target: Target, body: bytes) -> Answer:
        """POST a body and read the answer; aiohttp.ClientError or OSError when none comes."""
        protocol = self._protocol
        protocol.set_response_params(read_until_eof=True, auto_decompress=True)
        transport = protocol.transport
        if transport is None:
            raise aiohttp.ServerDisconnectedError
        transport.write(b"%b%d\r\n\r\n%b" % (target.head, len(body), body))
        message, payload = await protocol.read()
        while message.code < 200:  # "100 Continue" and the like come before the answer
            message, payload = await protocol.read()
        chunks, size, whole = [], 0, True
        try:
            while chunk := await payload.readany():
                chunks.append(chunk)
                size += len(chunk)
                if size > MAX_ANSWER:
                    whole = False
                    break
        except (aiohttp.ClientError, HttpProcessingError, OSError):
            whole = False
        if message.should_close or not whole:
            self.close()
        headers = message.headers
        return Answer(
            message.code,
            message.reason,
            headers.get("Content-Type", ""),
            headers.get("Retry-After", ""),
            b"".join(chunks) if whole else b"",
            whole,
        )

    def close(self) -> None:
        """Hang up."""
        self._protocol.close()
