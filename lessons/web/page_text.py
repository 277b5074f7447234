"""A web page as a person reads it, in plain text: for pages where a person says yes or no.

Headings, paragraphs, list items, choices and buttons; no styles and no hidden fields. It presses
nothing. `show_page` adds the way to the page itself, where a person may press.
"""

import re
from html import escape
from html.parser import HTMLParser

from bot_sandbox.http.jupyter_proxy import browser_address
from lessons.web.http_client import browser

LINE_TAGS = {"h1", "h2", "p", "br", "label"}  # elements on a line of their own
HIDDEN_TAGS = {"style", "script", "title"}


class Reader(HTMLParser):
    """Collect a page's visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, or draw an element without text."""
        self._unseen = tag in HIDDEN_TAGS
        if tag in LINE_TAGS:
            self.text += "\n"
        if tag == "li":
            self.text += "\n- "
        if tag == "button":
            self.text += " ["
        if tag == "input" and ("type", "radio") in attrs:
            self.text += "( )"

    def handle_endtag(self, tag: str) -> None:
        """End a button or a hidden element."""
        self._unseen = False
        if tag == "button":
            self.text += "]"

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._unseen:
            self.text += data


def as_text(page: str) -> str:
    """Turn a page's HTML into lines.

    >>> print(as_text("<style>p{}</style><h1>Allow it?</h1><ul><li>all</ul><button>Yes</button>"))
    Allow it?
    - all [Yes]
    """
    reader = Reader()
    reader.feed(page)
    reader.close()
    lines = (line.strip() for line in re.split(r"\n+", reader.text))
    return "\n".join(line for line in lines if line)


def read_page(url: str) -> str:
    """Open an address and return the page's text; a refusal is a page, too."""
    return as_text(browser.get(url).text)


class PageView:
    """A page's text, and a link that opens the page in a tab of its own."""

    def __init__(self, url: str) -> None:
        self._url, self._text = url, read_page(url)

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        # The address differs from run to run; lessons/commands/refresh.py does not store the link.
        address = escape(browser_address(self._url))
        return (
            f"<pre>{escape(self._text)}</pre>"
            f'<div>The same in a tab of its own: <a href="{address}" target="_blank" '
            f'rel="noreferrer" style="overflow-wrap:anywhere">'
            f"{address}</a></div>"
        )


def show_page(url: str) -> PageView:
    """Read a page, and offer to open it; a cell's last value."""
    return PageView(url)
