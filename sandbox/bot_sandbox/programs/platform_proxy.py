"""Lead a program that uses the real addresses to the Telegram and the Twitch of this process."""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from types import ModuleType

from bot_sandbox.http.access import host_name
from bot_sandbox.http.local_server import LocalServer, servers
from bot_sandbox.programs.platform_addresses import ADDRESSES, HOSTS, PlatformAddress
from bot_sandbox.programs.program_proxy import (
    ProgramProxy,
    Streams,
    connect_streams,
    reset_connection,
    streams_of,
)


def import_trustme() -> ModuleType:
    """Return trustme, which is optional; ImportError, with the fix, if it is missing."""
    try:
        import trustme
    except ImportError:
        raise ImportError(
            "trustme is not installed. It makes the certificate with which a bot that has the real "
            "addresses in its code meets the sandbox. Type: pip install trustme"
        ) from None
    return trustme


def platform_servers() -> dict[str, LocalServer]:
    """Return the newest open server of each platform in this process."""
    return {one._platform: one for one in servers() if one._platform and not one._runner.is_closed}


class PlatformProxy(ProgramProxy):
    """Real addresses lead to these servers; one that has none here is refused.

    It makes an authority for this run, whose key stays in memory. Raises ImportError if trustme is
    missing.
    """

    def __init__(self, platforms: Mapping[str, LocalServer]) -> None:
        authority = import_trustme().CA(organization_name="bot-sandbox, for one run")
        self._servers = platforms
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*HOSTS).configure_cert(self._context)
        hosts = [one.host.strip("[]") for one in platforms.values()]
        super().__init__("platform-proxy", platforms, authority.cert_pem.bytes(), hosts)

    async def _serve_address(self, client: socket.socket, host: str, port: int) -> None:
        """Connect a client that wants a real address with the sandbox's server."""
        address = ADDRESSES[host, port]
        try:
            server = await self._connect_platform(host, address)
        except OSError:
            reset_connection(client)
            return
        try:
            context = self._context if address.is_tls else None
            here = await streams_of(client, context)
        except ssl.SSLError as error:
            server[1].transport.abort()
            if "ALERT" in (error.reason or ""):
                self._note(
                    f"a client did not trust the sandbox's certificate for {host}: it has a list "
                    "of certificates of its own (ca). Leave that list out, or set the address in "
                    "your bot"
                )
            raise
        except BaseException:
            server[1].transport.abort()
            raise
        await connect_streams(here, server)

    async def _connect_platform(self, host: str, address: PlatformAddress) -> Streams:
        server = self._servers[address.platform]
        server._access.answer_to(host)
        place = host_name(server._access.listens_on).strip("[]")
        return await asyncio.open_connection(place, getattr(server, address.port_name))
