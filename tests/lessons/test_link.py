"""Addresses for a person's browser, here and on a Jupyter server elsewhere."""

import html
import http.server
import json
import re
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from bot_sandbox.http.jupyter_proxy import PROXY_VARIABLE
from lessons.web import show_link, show_page
from lessons.web.link import Link

JUPYTERS = {
    "Cookie": "username-hub-example=signed; _xsrf=2|a; other=1",
    "Authorization": "token of-jupyter",
    "X-XSRFToken": "2|a",
    "Referer": "https://hub.example/user/anna/lab?token=of-jupyter",
}


class Echo(http.server.BaseHTTPRequestHandler):
    """A server that tells what it received."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.send_response(201)
        self.send_header("X-Own", "1")
        self.send_header("Set-Cookie", "_xsrf=mine")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        told = {"path": self.path, "headers": dict(self.headers), "body": body}
        self.wfile.write(json.dumps(told).encode())

    do_GET = do_POST  # noqa: N815  (http.server's name)

    def log_message(self, *_):
        pass


@contextmanager
def echo():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def through_the_proxy(address, body=None, **headers):
    """Ask a proxied address as jupyter-server-proxy would."""
    _, port, path = re.fullmatch(r"(/user/anna/proxy)/(\d+)(/.*)", address).groups()
    headers = {"Host": "hub.example", "X-ProxyContextPath": "/user/anna/proxy"} | headers
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        return response.status, response.headers, json.load(response)


def test_here_an_address_is_printed_as_it_is(capsys):
    show_link("http://127.0.0.1:8080/hello/Viktor")
    assert capsys.readouterr().out == "http://127.0.0.1:8080/hello/Viktor\n"


def test_elsewhere_a_link_leads_to_the_server_without_what_is_jupyters(monkeypatch, capsys):
    monkeypatch.setenv(PROXY_VARIABLE, "/user/anna/proxy")
    with echo() as url:
        show_link(f"{url}hello/Zo%C3%AB?a=%20b&c")
        address, note = capsys.readouterr().out.splitlines()
        assert url[7:-1] in note
        link = Link(f"{url}hello/Zo%C3%AB?a=%20b&c")._repr_html_()
        assert f'href="{html.escape(address)}"' in link and note in link
        status, headers, received = through_the_proxy(address, b"hi", **JUPYTERS)
    assert (status, headers["X-Own"], headers["Set-Cookie"]) == (201, "1", None)
    assert (received["path"], received["body"]) == ("/hello/Zo%C3%AB?a=%20b&c", "hi")
    assert received["headers"]["Host"] == "hub.example"
    for secret in ("signed", "2|a", "of-jupyter", "other"):
        assert secret not in json.dumps(received)


def test_a_server_that_has_ended_says_so(monkeypatch):
    monkeypatch.setenv(PROXY_VARIABLE, "/user/anna/proxy")
    with echo() as url:
        address = Link(url).address
        assert through_the_proxy(address)[0] == 201
    with pytest.raises(urllib.error.HTTPError, match="502") as refused:
        through_the_proxy(address)
    assert b"Start it again" in refused.value.read()


def test_a_page_is_read_here_and_linked_through_the_proxy(monkeypatch):
    with echo() as url:
        assert f'href="{url}a"' in show_page(f"{url}a")._repr_html_()
        monkeypatch.setenv(PROXY_VARIABLE, "/user/anna/proxy")
        page = show_page(f"{url}a")
        port = url[len("http://127.0.0.1:") : -1]
        assert f'href="/user/anna/proxy/{port}/a"' in page._repr_html_()
        assert '"path": "/a"' in repr(page)
