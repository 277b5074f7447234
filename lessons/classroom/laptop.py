"""Serve the course's website, with its first notebooks in a tab, to the devices of one room."""

import socket
import subprocess
import sys
import threading
from collections import Counter
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lessons import COURSE

SITE = COURSE / "build/book"
FIRST_NOTEBOOK = "tab/index.html"
PORT = 8000
IDLE_S = 10  # seconds; then a silent connection is closed
MOST_CONNECTIONS = 200  # of one address: thirty pupils may share one, and a thread holds each
ELSEWHERE = ("192.0.2.1", 9)  # an address for documentation; nothing is sent there


class PublicFiles(SimpleHTTPRequestHandler):
    """Files that anybody in the room may read, and no lists of folders."""

    timeout = IDLE_S

    def list_directory(self, path: Any) -> None:
        """Refuse a folder without an index.html."""
        self.send_error(404)

    def log_message(self, *words: Any) -> None:
        """Say nothing of who reads what."""


class RoomServer(ThreadingHTTPServer):
    """A server that no single device can keep from the others."""

    request_queue_size = 128  # connections that wait to be taken

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._open: Counter[str] = Counter()  # connections, by address
        self._lock = threading.Lock()

    def verify_request(self, _: Any, client_address: Any) -> bool:
        """Refuse one connection too many."""
        return self._open[client_address[0]] < MOST_CONNECTIONS

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count it, and answer in a thread."""
        with self._lock:
            self._open[client_address[0]] += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and count it no more."""
        super().process_request_thread(request, client_address)
        with self._lock:
            self._open[client_address[0]] -= 1


def build_site(site: Path = SITE) -> None:
    """Build the website with its tab unless it is there; CalledProcessError if that fails."""
    if not (site / FIRST_NOTEBOOK).is_file():
        for command in ("tab", "book"):
            subprocess.run([sys.executable, COURSE / "start.py", command], check=True)


def open_server(site: Path = SITE, port: int = PORT) -> RoomServer:
    """Return a server for all devices of the network; the next free port if one is taken."""
    handler = partial(PublicFiles, directory=str(site))
    for number in (*range(port, port + 10), 0):
        try:
            return RoomServer(("", number), handler)
        except OSError:
            continue
    raise OSError("no port is free")


def own_address() -> str:
    """Return this machine's address in its network, as other devices know it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unconnected:
        try:
            unconnected.connect(ELSEWHERE)
            return str(unconnected.getsockname()[0])
        except OSError:  # no network
            return "127.0.0.1"
