"""An ordinary server to measure: a program that prints the port it listens on as its first line.

What it answers, and how, is its own affair.
"""

from lessons.program import LEASH, Measurement, Program

__all__ = ["LEASH", "Measurement", "OrdinaryServer"]


class OrdinaryServer(Program):
    """A process that serves until it is closed, forgotten, or the notebook's kernel ends."""

    kind = "server"
    rule = "Its first line must be its port: print(server.server_port)"

    @property
    def port(self) -> int:
        """Where it listens on this machine."""
        return int(self.first_line)

    @property
    def url(self) -> str:
        """Where the server answers; ends with a slash."""
        return f"http://127.0.0.1:{self.port}/"

    def is_ready(self, line: str) -> bool:
        """Whether the first line is a port."""
        return line.isascii() and line.isdigit()
