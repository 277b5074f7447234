"""A window's page as a Jupyter notebook shows it: live while its server lives, a still otherwise.

An `<object>` and no iframe: in an untrusted notebook, or when the server has gone, the browser
shows what stands inside it. An iframe would be blank, and a grey box later.
"""

import html
import os
import sys
import threading
import webbrowser
from dataclasses import dataclass

# A browser tells the page the system's colours, not JupyterLab's: so the notebook does. Where it
# runs no script (untrusted, on GitHub) or names no theme, the system's remain.
THEME = """<script>{
  const frame = document.currentScript.previousElementSibling;
  const tell = () => {
    const light = document.body.dataset.jpThemeLight;
    const theme = light === "false" ? "dark" : "light";
    if (light) frame.contentWindow?.postMessage({ theme }, "*");
  };
  frame.addEventListener("load", tell);
  new MutationObserver(tell).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
}</script>"""


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
            f"{self.still}<div>Run this cell to open the window.</div></object>{THEME}"
            f'<div>The same in a tab of its own: <a href="{address}" target="_blank">'
            f"{address.partition('#')[0]}</a></div>"
        )


def open_in_browser(address: str) -> None:
    """Show a page in the browser, where there is one that can show itself."""
    # On Linux without a screen a text browser would take the terminal.
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    if sys.platform != "linux" or any(os.environ.get(name) for name in screens):
        # On a thread: some browsers keep whoever opens them waiting until they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
