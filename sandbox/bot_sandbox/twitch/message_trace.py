"""The exact lines, requests and responses that were sent for a chat message.

The code that sends or receives records them here, and a window shows them with the message. Tokens
are left out. The oldest entries are dropped.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST_TEXT = 20_000  # characters of one text to keep


@dataclass(frozen=True)
class TraceEntry:
    """One text between Twitch and a program.

    `direction` is "from" or "to" the `program`, which is a login, or the address of a webhook.
    `kind` is "IRC", "Helix", "EventSub webhook" or "EventSub WebSocket".
    """

    direction: str
    kind: str
    program: str
    text: str = field(repr=False)


class MessageTraces:
    """The last texts, each for one message."""

    def __init__(self, most: int) -> None:
        self._last: deque[tuple[str, TraceEntry]] = deque(maxlen=most)

    def record_text(
        self, message_id: str, direction: str, kind: str, program: str, text: str
    ) -> None:
        """Record a text for a message."""
        self._last.append((message_id, TraceEntry(direction, kind, program, text[:LONGEST_TEXT])))

    def entries_of(self, message_id: str) -> list[TraceEntry]:
        """Return all texts for a message, in order."""
        return [entry for about, entry in self._last if about == message_id]


def http_text(first_line: str, headers: Mapping[str, str], body: str) -> str:
    r"""Return a request or response as text, without its tokens.

    >>> http_text("POST /helix/chat/messages", {"Authorization": "Bearer abc"}, "{}")
    'POST /helix/chat/messages\nAuthorization: Bearer <token>\n\n{}'
    """
    lines = [first_line]
    for name, value in headers.items():
        if name.lower() == "authorization":
            value = f"{value.partition(' ')[0]} <token>"
        lines.append(f"{name}: {value}")
    return "\n".join([*lines, "", body])
