"""A web page as a person reads it, in plain text: for the pages where one says yes or no.

Headings, paragraphs, list items, choices and buttons; no styles and no hidden fields. It presses
nothing.
"""

import re
from html.parser import HTMLParser

from lessons.client import get

LINE = {"h1", "h2", "p", "br", "label"}  # elements that stand on a line of their own
UNSEEN = {"style", "script", "title"}


class Reader(HTMLParser):
    """Collects a page's visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, or draw what is no text."""
        self._unseen = tag in UNSEEN
        if tag in LINE:
            self.text += "\n"
        if tag == "li":
            self.text += "\n- "
        if tag == "button":
            self.text += " ["
        if tag == "input" and ("type", "radio") in attrs:
            self.text += "( )"

    def handle_endtag(self, tag: str) -> None:
        """End a button, or what nobody sees."""
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
    """Open an address and give what stands on the page; a refusal is a page, too."""
    return as_text(get(url).text)
