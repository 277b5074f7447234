"""Lead a program that uses the real addresses to the Telegram and the Twitch of this process."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

from bot_sandbox.http.access import host_name
from bot_sandbox.http.guest import Guest
from bot_sandbox.http.local_server import servers
from bot_sandbox.http.switchable_server import SwitchableServer
from bot_sandbox.programs.certificate import make_certificate, server_context
from bot_sandbox.programs.platform_addresses import ADDRESSES
from bot_sandbox.programs.program_proxy import (
    ProgramProxy,
    certificates_in,
    connect_streams,
    reset_connection,
    streams_of,
)

USES_REAL_PORTS = (
    "--real-ports needs the platforms' own ports, as a container has them. If its user is not "
    "root, start it with: --sysctl net.ipv4.ip_unprivileged_port_start=0"
)


def platform_servers() -> dict[str, SwitchableServer]:
    """Return the newest open server of each platform in this process."""
    found = [one for one in servers() if isinstance(one, SwitchableServer)]
    return {one._platform: one for one in found if not one._runner.is_closed}


class PlatformProxy(ProgramProxy):
    """Real addresses lead to these servers; one that has none here is refused.

    It makes a certificate for this run. Raises ImportError if cryptography is missing.
    """

    def __init__(self, platforms: Mapping[str, SwitchableServer]) -> None:
        certificate, key = make_certificate()
        self._servers = platforms
        self._wanted_names: WeakKeyDictionary[object, str] = WeakKeyDictionary()
        self._context = server_context(certificate, key)
        hosts = [one.host.strip("[]") for one in platforms.values()]
        super().__init__("platform-proxy", platforms, certificate, hosts)

    async def _serve_address(self, client: socket.socket, host: str, port: int) -> None:
        await self.serve_client(client, host, port, self._add_note)

    async def serve_client(
        self,
        client: socket.socket,
        host: str,
        port: int,
        note: Callable[[str], None],
        guest: Guest | None = None,
    ) -> None:
        """Let the server of a real address serve this client from now on; works on any loop.

        `note` receives what people should know if that fails.
        """
        address = ADDRESSES[host, port]
        server = self._servers[address.platform]
        server._access.answer_to(host)
        context = self._context if address.is_tls else None
        try:
            serving = server._serve_socket(client, address.port_name, context, guest)
            await server._runner.run_async(serving)
        except ssl.SSLError as error:
            if "ALERT" in (error.reason or ""):
                note(
                    f"A client did not trust the sandbox's certificate for {host}: it has a list "
                    "of certificates of its own (ca). Leave that list out, or set the address in "
                    "your bot"
                )
        except (OSError, RuntimeError):  # the server is down, or closed
            reset_connection(client)

    def listen_at_real_ports(self, host: str, bundle: Path) -> None:
        """Serve the real addresses at their own ports of `host`, too.

        Programs in other containers come there, if their network gives this one the platforms'
        names. `bundle` is a file for them: what this machine trusts, and our certificate.
        """
        self._context.sni_callback = self._note_wanted_name
        own = {getattr(one, "irc_port", None) for one in self._servers.values()}
        ports = {port for _, port in ADDRESSES} - own  # chat's own port may be the real one

        async def listen() -> None:
            for port in sorted(ports):
                self._accept(partial(self._serve_real_port, port=port), port, host)

        try:
            self._run_or_close(listen())
        except OSError as error:
            used = str(error).partition(";")[0]
            raise OSError(f"{used}. {USES_REAL_PORTS}") from None
        bundle.write_bytes(certificates_in("") + b"\n" + self.certificate)

    def _note_wanted_name(
        self, tls: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext
    ) -> None:
        self._wanted_names[tls] = name or ""

    async def _serve_real_port(self, client: socket.socket, port: int) -> None:
        """Connect a client that has come to a real port; it says by TLS which name it wants."""
        host = next(host for host, each in ADDRESSES if each == port)
        if not ADDRESSES[host, port].is_tls:
            await self._serve_address(client, host, port)
            return
        here = await streams_of(client, self._context)
        host = self._wanted_names.pop(here[1].get_extra_info("ssl_object"), "")
        try:
            address = ADDRESSES[host, port]
            server = self._servers[address.platform]
            server._access.answer_to(host)
            place = host_name(server._access.listens_on).strip("[]")
            there = await asyncio.open_connection(place, getattr(server, address.port_name))
        except (LookupError, OSError):  # a name of none, or a platform that is down
            here[1].transport.abort()
            return
        await connect_streams(here, there)
