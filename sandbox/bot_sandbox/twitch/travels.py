"""What really travelled for a chat message: lines, requests, answers, word for word.

The code that sends or receives notes it here, and a window shows it with the message. Tokens are
left out. The oldest entries are dropped.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

LONGEST = 20_000  # characters of one text that are kept
HIDDEN = "<token>"


@dataclass(frozen=True)
class Travel:
    """One thing on its way between Twitch and a program.

    `direction` is "from" or "to" the `program`, which is named by its login, or by its address
    when it is a webhook. `kind` is "IRC", "Helix", "EventSub webhook" or "EventSub WebSocket".
    """

    direction: str
    kind: str
    program: str
    text: str = field(repr=False)


class Travels:
    """The last things that travelled, each for one message."""

    def __init__(self, most: int) -> None:
        self._last: deque[tuple[str, Travel]] = deque(maxlen=most)

    def note(self, message_id: str, direction: str, kind: str, program: str, text: str) -> None:
        """Remember that this travelled for a message."""
        self._last.append((message_id, Travel(direction, kind, program, text[:LONGEST])))

    def of(self, message_id: str) -> list[Travel]:
        """Everything remembered for a message, in order."""
        return [travel for about, travel in self._last if about == message_id]


def http_text(first_line: str, headers: Mapping[str, str], body: str) -> str:
    r"""A request or an answer as it travels, without its tokens.

    >>> http_text("POST /helix/chat/messages", {"Authorization": "Bearer abc"}, "{}")
    'POST /helix/chat/messages\nAuthorization: Bearer <token>\n\n{}'
    """
    lines = [first_line]
    for name, value in headers.items():
        if name.lower() == "authorization":
            value = f"{value.partition(' ')[0]} {HIDDEN}"
        lines.append(f"{name}: {value}")
    return "\n".join([*lines, "", body])
