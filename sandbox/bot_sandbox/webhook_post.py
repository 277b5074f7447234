"""The POST of a webhook: what a platform needs in order to send one, and how it can fail.

When to send, and how often to try again, is the platform's business. `webhook_sender.py` sends over
the network, `cloud/in_process.py` calls functions of this Python.
"""

from collections.abc import Mapping
from typing import Literal, Protocol

from bot_sandbox.http_messages import Response

Why = Literal["timeout", "refused", "tls", "not HTTP", "reset", "closed"]


class PostError(Exception):
    """No answer came: `why` in a word, the text in the sender's words.

    `tls_reason` is OpenSSL's word for what is wrong with a certificate or a handshake.
    """

    def __init__(self, why: Why, text: str, tls_reason: str = "") -> None:
        super().__init__(text)
        self.why = why
        self.tls_reason = tls_reason


class Sender(Protocol):
    """Sends POSTs."""

    async def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Response:
        """POST with these headers and return the answer; PostError if none comes.

        The body of an answer that breaks off or is too long is empty: its status counts.
        """

    async def resolve(self, host: str, port: int) -> list[str]:
        """The IP addresses of a host, at least one; OSError if it has none."""
