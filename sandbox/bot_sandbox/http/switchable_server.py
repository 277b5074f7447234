"""A local server that can go down and come up again at its ports (outages.py)."""

import asyncio
import socket
import ssl
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import ClassVar

from bot_sandbox.http.access import Access
from bot_sandbox.http.guest import GUEST, Guest
from bot_sandbox.http.local_server import LocalServer, bind_socket
from bot_sandbox.world.clock import Clock

PORT_RELEASE_S = 1.0  # how long a port that we have closed may stay taken


class SwitchableServer(LocalServer):
    """A server at some ports; while it is down, they are bound and not served.

    So clients are refused, and no other program gets them. A subclass comes up at the end of its
    `__init__`.
    """

    _platform: ClassVar[str]  # whose real addresses lead here: telegram or twitch

    def __init__(
        self, name: str, ports: Sequence[int], access: Access, clock: Clock | None
    ) -> None:
        self._reserved = bind_sockets(ports, access.listens_on)
        super().__init__(name, access, clock)  # last: a taken port must leave no thread
        self._ports = [each.getsockname()[1] for each in self._reserved]
        self._switching = asyncio.Lock()  # one stop or start after the other

    @abstractmethod
    def _note_up(self, is_up: bool) -> None:
        """Note whether clients can connect."""

    @abstractmethod
    async def _start_serving(self, *sockets: socket.socket) -> None:
        """Serve at these sockets, with at least one runner in `_web_runners`."""

    @abstractmethod
    async def _end_connections(self) -> None:
        """End all connections."""

    def _protocol_factory(self, port_name: str) -> Callable[[], asyncio.BaseProtocol]:
        """Return what serves one connection with the port in this attribute: by default HTTP."""
        server = self._web_runners[0].server
        assert server, "a runner that was set up has a server"
        return server

    async def _serve_socket(
        self,
        client: socket.socket,
        port_name: str,
        context: ssl.SSLContext | None,
        guest: Guest | None,
    ) -> None:
        """Serve a client that comes through a proxy, as if it had connected with one of our ports.

        With a context, it speaks TLS. A guest may use their own accounts only. Raises OSError if
        the server is down, or if TLS fails.
        """
        if not self._web_runners:
            raise ConnectionRefusedError("the server is down")
        GUEST.set(guest)
        factory = self._protocol_factory(port_name)
        await asyncio.get_running_loop().connect_accepted_socket(factory, client, ssl=context)

    async def _come_up(self) -> None:
        """Serve at its ports, unless it does; RuntimeError if another program has one."""
        async with self._switching:
            if self._web_runners:
                return
            self._reserved = self._reserved or await self._rebind_sockets()
            try:
                await self._start_serving(*self._reserved)
            except BaseException as error:
                await self._stop_serving()
                close_sockets(self._reserved)
                # On Linux, another program may listen at a port that we only reserve.
                raise self._port_taken_error() if isinstance(error, OSError) else error from None
            finally:
                self._reserved = []
            self._note_up(True)
            self._runner.changes.changed()

    async def _go_down(self) -> None:
        """End all connections and refuse new ones; the ports stay reserved.

        RuntimeError if another program has taken one.
        """
        async with self._switching:
            if not self._web_runners:
                return
            self._note_up(False)
            await self._stop_listening()
            try:
                self._reserved = await self._rebind_sockets()
            finally:
                await self._stop_serving()
                self._runner.changes.changed()

    async def _shutdown(self) -> None:
        """Free the ports that are only reserved."""
        close_sockets(self._reserved)

    async def _stop_listening(self) -> None:
        """Free every port; connections stay.

        `_rebind_sockets` before anything else is awaited, or another program may take a port.
        """
        for runner in self._web_runners:
            for site in runner.sites:
                await site.stop()

    async def _stop_serving(self) -> None:
        await self._stop_listening()
        await self._end_connections()
        for runner in self._web_runners:
            await runner.cleanup()
        self._web_runners.clear()

    async def _rebind_sockets(self) -> list[socket.socket]:
        """Bind sockets to our ports, which we have closed; raise RuntimeError if they are taken.

        A program that is being started has copies of all our sockets until its code is loaded
        (between fork and exec), and closing ours does not close those. So this tries for a while.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + PORT_RELEASE_S
        while True:
            try:
                return bind_sockets(self._ports, self._access.listens_on)
            except OSError:
                if loop.time() >= end:
                    raise self._port_taken_error() from None
            await asyncio.sleep(0.01)

    def _port_taken_error(self) -> RuntimeError:
        ports = " or ".join(map(str, self._ports))
        return RuntimeError(
            f"the server is down, because another program uses its port on "
            f"{self._access.listens_on} ({ports}): end that program, then start the server"
        )


def bind_sockets(ports: Sequence[int], host: str) -> list[socket.socket]:
    """Bind a socket to each port, or to none; the error says what to do."""
    bound: list[socket.socket] = []
    try:
        for port in ports:
            bound.append(bind_socket(port, host))
    except BaseException:
        close_sockets(bound)
        raise
    return bound


def close_sockets(sockets: Iterable[socket.socket]) -> None:
    """Close sockets that nobody serves."""
    for each in sockets:
        each.close()
