"""A window's page in a Jupyter notebook: live while its server runs, else static HTML.

It is an `<object>`, not an iframe. In an untrusted notebook, or when the server is gone, the
browser shows the content of the object. An iframe would be blank or a gray box. The object has no
`type`: with text/html, Chromium would show an empty page instead of its content.
"""

import html
import os
import sys
import threading
import webbrowser
from dataclasses import dataclass

# A browser tells the page the system's theme, not JupyterLab's, so this script does. Without a
# script (untrusted, on GitHub) or a theme, the system's stays.
THEME_SCRIPT = """<script>{
  const frame = document.currentScript.previousElementSibling;
  const tell = () => {
    const light = document.body.dataset.jpThemeLight;
    const theme = light === "false" ? "dark" : "light";
    if (light) frame.contentWindow?.postMessage({ theme }, "*");
  };
  frame.addEventListener("load", tell);
  new MutationObserver(tell).observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
}</script>"""

STILL_PAGE_HINT = (
    '<div style="font-size:13px;opacity:.8">Nothing to click here? Choose Run, Run All Above '
    "Selected Cell. Then run this cell again.</div>"
)


@dataclass(frozen=True)
class Page:
    """A page at an address; `still` is static HTML to show where the live page can't be."""

    address: str
    still: str
    height: int = 480  # pixels

    def __str__(self) -> str:
        return self.address

    def __repr__(self) -> str:
        # Without the key, because tracebacks, logs and stored notebooks show this. `print` shows
        # the whole address.
        return f"Page({self.address.partition('#')[0]!r})"

    def _repr_html_(self) -> str:
        address = html.escape(self.address)
        return (
            f'<object data="{address}" width="100%" height="{self.height}">'
            f"{self.still}</object>{THEME_SCRIPT}"
            f'<div>The same in a tab of its own: <a href="{address}" target="_blank" '
            f'rel="noreferrer">'
            f"{address.partition('#')[0]}</a></div>{STILL_PAGE_HINT}"
        )


def open_in_browser(address: str) -> None:
    """Open a page in the browser, if there is one with a screen."""
    if address.startswith("/"):  # only the browser knows the host of a Jupyter server elsewhere
        return
    # On Linux without a screen, a text browser would take over the terminal.
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    if sys.platform != "linux" or any(os.environ.get(name) for name in screens):
        # On a thread, because some browsers block their caller until they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
