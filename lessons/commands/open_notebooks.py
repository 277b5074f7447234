"""Notebooks that are open in a JupyterLab on this machine.

JupyterLab doesn't notice that a notebook on the disk was replaced. At its next save it asks what to
do, and Enter puts the old page over the new one. So nothing replaces a notebook while it is open.
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from jupyter_server.serverapp import list_running_servers

POLL_S = 0.3
SERVER_TIMEOUT_S = 5.0  # for a server that is busy or gone
DIRECT = build_opener(ProxyHandler({}))  # these servers are on this machine


def wait_until_closed(notebook: Path) -> None:
    """Return when no browser has the notebook open; if one has, say what to do, and wait."""
    if not is_open(notebook):
        return
    print(
        f"{notebook.name} is open in JupyterLab. Close its tab there: press × beside its name.\n"
        "If JupyterLab asks whether to save, both answers are fine. I wait. Ctrl-C stops this.",
        flush=True,
    )
    while is_open(notebook):
        time.sleep(POLL_S)


def is_open(notebook: Path) -> bool:
    """Return whether a browser is connected to the notebook's kernel."""
    kernels = [session["kernel"] or {} for _, session in find_sessions(notebook)]
    return any(kernel.get("connections") for kernel in kernels)


def close_session(notebook: Path) -> None:
    """Stop the kernel that a closed tab has left behind, so that the notebook starts afresh."""
    for server, session in find_sessions(notebook):
        with suppress(OSError):
            call_server(server, "DELETE", f"api/sessions/{session['id']}")


def find_sessions(notebook: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each running server that has a kernel for this notebook, and its session."""
    for server in list_running_servers():
        try:
            found = json.loads(call_server(server, "GET", "api/sessions"))
        except (OSError, ValueError):  # it has ended, or it is not ours to ask
            continue
        for session in found:
            path = Path(server["root_dir"], session["path"])
            if os.path.realpath(path) == os.path.realpath(notebook):
                yield server, session


def call_server(server: dict[str, Any], method: str, path: str) -> bytes:
    """Call a method of a Jupyter server; returns the body, raises OSError."""
    headers = {"Authorization": f"token {server['token']}"}
    request = Request(f"{server['url']}{path}", method=method, headers=headers)  # noqa: S310
    with DIRECT.open(request, timeout=SERVER_TIMEOUT_S) as response:
        body: bytes = response.read()
    return body
