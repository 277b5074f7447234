"""Lead a program that uses the real addresses to the Telegram and the Twitch of this process."""

import socket
import ssl
from collections.abc import Callable, Mapping
from types import ModuleType

from bot_sandbox.http.guest import Guest
from bot_sandbox.http.local_server import servers
from bot_sandbox.http.switchable_server import SwitchableServer
from bot_sandbox.programs.platform_addresses import ADDRESSES, HOSTS
from bot_sandbox.programs.program_proxy import ProgramProxy, reset_connection


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


def platform_servers() -> dict[str, SwitchableServer]:
    """Return the newest open server of each platform in this process."""
    found = [one for one in servers() if isinstance(one, SwitchableServer)]
    return {one._platform: one for one in found if not one._runner.is_closed}


class PlatformProxy(ProgramProxy):
    """Real addresses lead to these servers; one that has none here is refused.

    It makes an authority for this run, whose key stays in memory. Raises ImportError if trustme is
    missing.
    """

    def __init__(self, platforms: Mapping[str, SwitchableServer]) -> None:
        authority = import_trustme().CA(organization_name="bot-sandbox, for one run")
        self._servers = platforms
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(*HOSTS).configure_cert(self._context)
        hosts = [one.host.strip("[]") for one in platforms.values()]
        super().__init__("platform-proxy", platforms, authority.cert_pem.bytes(), hosts)

    async def _serve_address(self, client: socket.socket, host: str, port: int) -> None:
        await self.serve_client(client, host, port, self._note)

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
                    f"a client did not trust the sandbox's certificate for {host}: it has a list "
                    "of certificates of its own (ca). Leave that list out, or set the address in "
                    "your bot"
                )
        except (OSError, RuntimeError):  # the server is down, or closed
            reset_connection(client)
