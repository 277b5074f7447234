"""Send webhooks over the network, with aiohttp."""

import asyncio
import socket
import ssl
from collections.abc import Mapping

import aiohttp

from bot_sandbox.http.body import read_body
from bot_sandbox.http.messages import Response
from bot_sandbox.http.webhook_post import PostError


class NetworkSender:
    """Sends POSTs without redirects, cookies or extra headers. Use it on one event loop only.

    A POST may take `timeout_s` seconds, and its response may have `longest` bytes.
    """

    NOT_RESTORED = ("*",)  # its connections

    def __init__(self, timeout_s: float, longest: int) -> None:
        self._timeout_s = timeout_s
        self._longest = longest
        self._session: aiohttp.ClientSession | None = None  # made on the loop

    async def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        """POST and read the response."""
        session = self._session = self._session or aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),  # each webhook has its own limit
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # the timeout below covers everything
            skip_auto_headers=("Accept", "User-Agent"),
        )
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                session.post(address, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                content = await self._read(answer)
                pairs = list(answer.headers.items())
                return Response(answer.status, pairs, content, answer.reason or "")
        except TimeoutError as problem:
            text = f"no answer within {self._timeout_s:g} s"
            raise PostError("timeout", text) from problem
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            raise post_error(problem) from problem

    async def resolve(self, host: str, port: int) -> list[str]:
        """Ask the system for the addresses of a host."""
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(info[4][0]) for info in infos]

    async def close(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    async def _read(self, answer: aiohttp.ClientResponse) -> bytes:
        try:
            body = await read_body(answer.content, self._longest)
        except (aiohttp.ClientError, OSError):  # the status counts, although the body broke off
            return b""
        if body is None:
            answer.close()
        return body or b""


def post_error(problem: Exception) -> PostError:
    """Turn an exception into a PostError."""
    text = str(problem) or type(problem).__name__
    if isinstance(problem, aiohttp.ClientConnectorCertificateError):
        problem = problem.certificate_error
    elif isinstance(problem, aiohttp.ClientConnectorError):
        problem = problem.os_error
    if isinstance(problem, ConnectionRefusedError):
        return PostError("refused", text)
    if isinstance(problem, ssl.SSLError):
        return PostError("tls", text, problem.reason or "")
    if isinstance(problem, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return PostError("not HTTP", text)
    if isinstance(problem, ConnectionResetError | aiohttp.ClientOSError):
        return PostError("reset", text)
    return PostError("closed", text)
