"""Outages on request: a server goes down, and comes up again at the same address."""

from collections.abc import Callable, Mapping
from typing import Protocol

from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.event_loop.tasks import BackgroundTasks
from bot_sandbox.world.clock import Clock


class Switchable(Protocol):
    """What can go down."""

    async def _go_down(self) -> None:
        """End all connections and refuse new ones."""

    async def _come_up(self) -> None:
        """Serve again at the same address; RuntimeError if another program has it."""

    def _note_requested_fault(self, name: str, values: Mapping[str, object]) -> None:
        """Note a fault for the log."""


class Outages:
    """The faults that every server has."""

    def __init__(self, runner: Runner, clock: Clock, server: Switchable | None) -> None:
        self._runner = runner
        self._clock = clock
        self._server = server
        self._later = BackgroundTasks()

    @blocking
    async def stop(self) -> None:
        """Stop the server until `start`: connections end, and new ones are refused."""
        server = self._require_server()
        self._later.cancel()  # a restart must not bring it up
        await server._go_down()

    @blocking
    async def start(self) -> None:
        """Start the server again at the same address, with everything that it knew."""
        await self._require_server()._come_up()

    @blocking
    async def restart(self, down_s: float = 0.0) -> None:
        """Stop the server and start it again; return when it is up.

        With `down_s`, return at once; it comes up that many seconds later, on the sandbox's clock.
        """
        server = self._require_server()
        self._later.cancel()
        await server._go_down()
        if down_s:
            self._later.start(self._come_up_later(server, self._clock.now() + down_s))
        else:
            await server._come_up()

    async def _end_all(self) -> None:
        """End every fault that a restore can't put back: the server is up."""
        self._later.cancel()
        if self._server:
            await self._server._come_up()

    def _require_server(self) -> Switchable:
        if self._server is None:
            raise RuntimeError(
                "this Telegram runs in memory and has no server that can stop, and no connections "
                "that can break; for this fault use Telegram(), which is a server"
            )
        return self._server

    def _change_and_notify(self, act: Callable[[], object]) -> None:
        """Change something on the loop, and wake those who wait for a change."""

        def act_and_notify() -> None:
            act()
            self._runner.changes.changed()

        self._runner.do(act_and_notify)

    async def _come_up_later(self, server: Switchable, until: float) -> None:
        await self._clock.sleep_until(until)
        try:
            await server._come_up()
        except RuntimeError as error:  # nobody waits for this
            server._note_requested_fault("restart", {"error": error})
