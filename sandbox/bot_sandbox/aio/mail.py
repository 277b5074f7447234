"""The twins of the classes of bot_sandbox.

tools/aio.py writes this file from their source, so do not edit it.
"""

# fmt: off
# ruff: noqa: A002, ANN401, ASYNC109, B008, E501, F401, I001, N818, RUF100

from __future__ import annotations

from collections.abc import Iterable
from bot_sandbox.aio.clock import Clock
from bot_sandbox.aio.twin import ServerTwin
from bot_sandbox.event_loop.runner import is_no_reply
from bot_sandbox.http.access import HOST
from bot_sandbox.mail import LARGEST
from bot_sandbox.mail import Letter
from bot_sandbox.mail import Mail as PlainMail
from bot_sandbox.world.snapshot import Snapshot

__tracebackhide__ = is_no_reply


class Mail(ServerTwin[PlainMail]):
    """The twin of `Mail` in bot_sandbox.mail; see there."""

    def __init__(self, *, port: int = 0, largest: int = LARGEST, host: str = HOST, allow_hosts: Iterable[str] = ()) -> None:
        self.sync = PlainMail(port=port, largest=largest, host=host, allow_hosts=allow_hosts)

    @property
    def clock(self) -> Clock:
        return Clock.of(self.sync.clock)

    @property
    def host(self) -> str:
        return self.sync.host

    @property
    def largest(self) -> int:
        return self.sync.largest

    @property
    def port(self) -> int:
        return self.sync.port

    @property
    def letters(self) -> list[Letter]:
        """Every letter caught so far, oldest first."""
        return self.sync.letters

    @property
    def refusals(self) -> list[str]:
        """What the server has refused so far, in SMTP's words."""
        return self.sync.refusals

    async def snapshot(self) -> Snapshot:
        """Return the letters and refusals of now, to `restore` them later."""
        return self._do(self.sync.snapshot)

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this mail server, as if nothing had come since."""
        await self._wait(self.sync.restore, snapshot)

    async def reset(self) -> None:
        """Forget every letter and every refusal."""
        await self._wait(self.sync.reset)

    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[Letter]:
        """Return the next n letters; raise NoLetter if fewer came in `timeout` seconds."""
        return await self._wait(self.sync.wait, n, timeout)
