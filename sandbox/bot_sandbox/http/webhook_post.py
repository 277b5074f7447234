"""The POST of a webhook: how a platform sends one, and how it can fail.

The platform decides when to send and how often to try again. `webhook_sender.py` sends over
the network, `cloud/in_process.py` calls functions of this Python.
"""

from collections.abc import Mapping
from typing import Literal, Protocol

from bot_sandbox.http.messages import Response

Why = Literal["timeout", "refused", "tls", "not HTTP", "reset", "closed"]


class PostError(Exception):
    """No response came; `why` is one word, the text the sender's words.

    `tls_reason` is OpenSSL's name for the problem with a certificate or a handshake.
    """

    def __init__(self, why: Why, text: str, tls_reason: str = "") -> None:
        super().__init__(text)
        self.why = why
        self.tls_reason = tls_reason


class Sender(Protocol):
    """Sends POSTs."""

    async def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        """POST with these headers and return the response; raise PostError if none comes.

        If a response's body breaks off or is too long, it is empty; the status counts.
        """

    async def resolve(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of a host, at least one; raise OSError if it has none."""
