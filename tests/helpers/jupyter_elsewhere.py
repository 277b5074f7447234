"""A notebook on somebody else's Jupyter server: what a reader sees and does in the browser.

`jupyter_elsewhere` starts one behind another host name and a path, with jupyter-server-proxy. The
rest works on any page with a notebook, such as one of a JupyterHub.
"""

import re
import socket
from contextlib import contextmanager

import jupyterlab_browser as lab

HOST = "hub.example"
PREFIX = "/user/anna/"


@contextmanager
def jupyter_elsewhere(folder):
    """Start the course at http://hub.example:PORT/user/anna/; gives the address of notebook 00."""
    options = [f"--ServerApp.base_url={PREFIX}", f"--ServerApp.local_hostnames=['{HOST}']"]
    with lab.front_door(folder, *options, BOT_SANDBOX_PROXY=f"{PREFIX}proxy") as address:
        yield address.replace("127.0.0.1", HOST)


def listens(port):
    """Whether a server has begun: Jupyter prints its address first, and then listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def live_window(page):
    """The window that a notebook's cell shows, once it is there."""
    is_window = re.compile(r"/proxy/\d+/#key=")
    for frame in page.frames:
        if is_window.search(frame.url):
            return frame
    return page.wait_for_event("framenavigated", lambda frame: is_window.search(frame.url))


def chat_in(window, text, reply):
    """Write in a window, and wait for what the bot says."""
    draft = window.get_by_role("textbox", name=re.compile("^Write "))
    draft.fill(text)
    draft.press("Enter")
    window.get_by_role("log").get_by_text(reply).last.wait_for()


def follow(page, link):
    """Click a link that opens a tab; gives the tab."""
    with page.expect_popup() as opened:
        link.click()
    opened.value.wait_for_url(re.compile("/proxy/"))
    return opened.value


def proxied_links(page):
    """The links of a notebook that lead through the proxy, but for those of windows."""
    return page.locator('.jp-OutputArea-output a[href*="/proxy/"]:not([href*="#key="])')
