"""The proxy through which a free account reaches other hosts, if they are allowed.

"Free accounts' internet access goes via a proxy allowlist", at proxy.server:3128, and other hosts
are refused with 403 (help page 403ForbiddenError, 2023-06-14). The list itself is a web page that
is in no repository, so the imitation allows only the hosts that you name.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import urlsplit

from bot_sandbox.http.access import HOST

REFUSED = b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
OPEN = b"HTTP/1.1 200 Connection established\r\n\r\n"
CHUNK = 64 * 1024


class OutboundProxy:
    """An HTTP proxy for the hosts in `allow`: "api.telegram.org", or with a port "127.0.0.1:80"."""

    def __init__(self, allow: Iterable[str]) -> None:
        self._allow = {each.lower() for each in allow}
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen on any free port and return the proxy's address."""
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        return f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Accept no more connections."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await self._pass_on(reader, writer)
        writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, version = first.split(" ")
        is_tunnel = method == "CONNECT"
        url = urlsplit(f"//{target}" if is_tunnel else target)
        host, port = url.hostname or "", url.port or 80
        if not {host, f"{host}:{port}"} & self._allow:
            writer.write(REFUSED)
            await writer.drain()
            return
        far_reader, far_writer = await asyncio.open_connection(host, port)
        try:
            if is_tunnel:
                writer.write(OPEN)
            else:
                path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
                kept = [
                    line for line in lines if not line.lower().startswith(("proxy-", "connection:"))
                ]
                ask = [f"{method} {path} {version}", *kept, "Connection: close", "", ""]
                far_writer.write("\r\n".join(ask).encode("latin-1"))
            upload = asyncio.create_task(copy(reader, far_writer))
            await copy(far_reader, writer)
            upload.cancel()
        finally:
            far_writer.close()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes until one of the two ends."""
    with suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
