"""A chat as you see it: lines of text with `str`, bubbles in a notebook.

The same chat always gives the same transcript, because it has no times and no message numbers. All
content is shown as text, never run as HTML. A picture is named, not shown.
"""

import html
from collections.abc import Iterable
from dataclasses import dataclass

# Half-transparent colors fit JupyterLab's light and dark themes.
_PAGE_STYLE = "max-width:34em;padding:8px;font-size:14px;line-height:1.4;color:inherit"
_ROW_STYLE = "display:flex;flex-direction:column;align-items:{side};margin:0 0 6px"
_NAME_STYLE = "font-size:12px;font-weight:600;opacity:.75;margin:4px 8px 1px"
_BUBBLE_STYLE = (
    "max-width:80%;padding:6px 12px;border-radius:14px;background:{color};"
    "white-space:pre-wrap;overflow-wrap:anywhere;text-align:start"
)
_QUOTE_STYLE = "border-inline-start:3px solid currentColor;padding-inline-start:6px;opacity:.75"
_BUTTON_STYLE = (
    "display:inline-block;padding:2px 12px;margin:3px 4px 0 0;border-radius:10px;"
    "border:1px solid rgba(128,128,128,.6)"
)
_EVENT_STYLE = "text-align:center;font-size:12px;opacity:.75;margin:6px 0"
_PERSON, _BOT = "rgba(76,175,80,.28)", "rgba(128,128,128,.22)"


@dataclass(frozen=True)
class Line:
    """One message of a transcript; without a name it is an event, such as "Anna joined"."""

    name: str
    is_bot: bool
    text: str
    quote: str  # the message that it replies to
    edited: bool
    buttons: tuple[tuple[str, ...], ...]  # row by row

    def __str__(self) -> str:
        buttons = "".join(f" [{text}]" for row in self.buttons for text in row)
        if not self.name:
            return self.text
        return f"{self.name}: {self.text}{' (edited)' if self.edited else ''}{buttons}"


class Transcript:
    """A chat as it was at one moment."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = list(lines)

    def __str__(self) -> str:
        return "\n".join(str(line) for line in self.lines) or "(nothing was said yet)"

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """Return the chat as bubbles."""
        rows, last = [], ""
        for line in self.lines:
            rows.append(_row_html(line, with_name=line.name != last))
            last = line.name
        empty = "<div style='opacity:.75'>(nothing was said yet)</div>"
        return f"<div style='{_PAGE_STYLE}'>{''.join(rows) or empty}</div>"


def _row_html(line: Line, with_name: bool) -> str:
    if not line.name:
        return f"<div style='{_EVENT_STYLE}' dir='auto'>{_escape(line.text)}</div>"
    side, color = ("flex-start", _BOT) if line.is_bot else ("flex-end", _PERSON)
    name = f"<div style='{_NAME_STYLE}' dir='auto'>{_escape(line.name)}</div>" if with_name else ""
    quote = (
        f"<div style='{_QUOTE_STYLE}' dir='auto'>{_escape(line.quote)}</div>" if line.quote else ""
    )
    edited = " <small style='opacity:.75'>edited</small>" if line.edited else ""
    buttons = "".join(
        "<div>"
        f"{''.join(f'<span style={_BUTTON_STYLE!r}>{_escape(text)}</span>' for text in row)}"
        "</div>"
        for row in line.buttons
    )
    bubble = (
        f"<div style='{_BUBBLE_STYLE.format(color=color)}' dir='auto'>"
        f"{quote}{_escape(line.text)}{edited}</div>"
    )
    return f"<div style='{_ROW_STYLE.format(side=side)}'>{name}{bubble}{buttons}</div>"


def _escape(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode())
