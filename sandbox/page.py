"""A window's page as a notebook shows it: live while its server lives, a still otherwise.

An `<object>` and no iframe: in an untrusted notebook, or when the server has gone, the browser
shows what stands inside it. An iframe would be blank, and a grey box later.
"""

import html
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page at an address; `still` is HTML of ours, shown where the page itself cannot be."""

    address: str
    still: str
    height: int = 480  # pixels

    def __str__(self) -> str:
        return self.address

    def __repr__(self) -> str:
        # Without the key: this is what tracebacks, logs and stored notebooks show. Who wants to
        # open the page in a browser prints it.
        return f"Page({self.address.partition('#')[0]!r})"

    def _repr_html_(self) -> str:
        address = html.escape(self.address)
        return (
            f'<object type="text/html" data="{address}" width="100%" height="{self.height}">'
            f"{self.still}<div>Run this cell to open the window.</div></object>"
            f'<div>The same in a tab of its own: <a href="{address}" target="_blank">'
            f"{address.partition('#')[0]}</a></div>"
        )
