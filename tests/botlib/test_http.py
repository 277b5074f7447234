"""One request: its answer, its end, what it says about itself, and what it never says."""

import gzip
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_server import answering, http

from botlib.details.http import (
    LONGEST_ANSWER,
    LONGEST_QUOTE,
    Blocked,
    NoAnswer,
    Unreachable,
    quote_for_error,
    request,
)

SECRET = "42:very-secret"


def soon():
    return time.monotonic() + 0.5


def test_an_answer_comes_back_whatever_its_status():
    answer = http("404 Not Found", b'{"why": "because"}')
    with answering(lambda sock: sock.sendall(answer)) as address:
        found = request("GET", f"{address}/a?b=c")
    assert (found.status, found.json_object()) == (404, {"why": "because"})


def test_method_headers_and_body_arrive():
    got = []

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                text = b""
                while not text.endswith(b"hi"):
                    text += connection.recv(65536)
                got.append(text)
                connection.sendall(http("204 No Content"))

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        found = request("PATCH", f"http://127.0.0.1:{port}/p", {"X-Name": "Viktor"}, b"hi")
        thread.join()
    assert found.status == 204
    assert got[0].startswith(b"PATCH /p HTTP/1.1\r\n")
    assert b"\r\nX-Name: Viktor\r\n" in got[0].replace(b"X-name", b"X-Name")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_an_answer_and_is_not_followed(status):
    asked = []

    def elsewhere(connection):
        asked.append("elsewhere")
        connection.sendall(http("200 OK"))

    with answering(elsewhere) as other:
        more = f"Location: {other}/\r\n"
        with answering(lambda sock: sock.sendall(http(status, b"<html>", more=more))) as address:
            found = request("POST", address, {"Authorization": f"Bearer {SECRET}"}, b"{}")
    assert found.status == int(status[:3])
    assert found.json_object() == {}
    assert asked == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://nobody.invalid/", "https://127.0.0.1:9/"]
)
def test_where_nobody_is_nothing_was_heard(url):
    with pytest.raises(Unreachable, match="cannot be reached"):
        request("POST", url, {}, b"{}")


def test_without_time_left_nobody_is_asked():
    asked = []
    with answering(asked.append) as address, pytest.raises(Unreachable, match="no time left"):
        request("GET", address, until=time.monotonic() - 1)
    assert asked == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000,
    ],
)
def test_half_an_answer_may_mean_that_it_was_done(answer):
    served = answering(lambda sock: sock.sendall(answer))
    with served as address, pytest.raises(NoAnswer, match="no usable answer"):
        request("POST", address, {}, b"{}", soon())


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n", b""])
def test_an_answer_that_trickles_is_given_up_at_the_deadline(start):
    given_up = threading.Event()

    def trickle(connection):
        connection.sendall(start)
        while not given_up.wait(0.02):
            connection.sendall(b"x")

    with answering(trickle) as address, pytest.raises(NoAnswer, match=r"within 0\.5"):
        request("GET", address, until=soon())
    given_up.set()


def test_an_encryption_that_trickles_is_given_up_before_anything_was_said():
    given_up = threading.Event()

    def trickle(connection):
        connection.sendall(b"\x16\x03\x03\x40\x00")  # the head of a long TLS record
        while not given_up.wait(0.02):
            connection.sendall(b"x")

    with answering(trickle) as address, pytest.raises(Unreachable):
        request("GET", address.replace("http:", "https:"), until=soon())
    given_up.set()


def test_an_answer_without_end_is_cut_off():
    sent = []

    def pour(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            sent.append(connection.send(b" " * 65536))

    with answering(pour) as address, pytest.raises(NoAnswer, match="longer than"):
        request("GET", address)
    assert sum(sent) < 4 * LONGEST_ANSWER  # what sockets hold comes on top


def test_a_packed_answer_is_not_unpacked():
    packed = gzip.compress(b"0" * 10_000_000)
    more = "Content-Encoding: gzip\r\n"
    with answering(lambda sock: sock.sendall(http("200 OK", packed, more=more))) as address:
        found = request("GET", address)
    assert found.body == packed


def test_a_mistake_in_the_request_is_the_callers():
    with answering(lambda _: None) as address, pytest.raises(ValueError, match="header"):
        request("GET", address, {"X": "two\r\nlines: 1"})


def test_the_proxy_of_the_environment_is_asked_for_others_and_not_for_this_machine(monkeypatch):
    asked = []

    def proxy(connection):
        asked.append("proxy")
        connection.sendall(http("200 OK", b'{"from": "the proxy"}'))

    with answering(proxy) as address:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, address)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        found = request("GET", "http://nobody.invalid/")
        with answering(lambda sock: sock.sendall(http("200 OK", b'{"from": "here"}'))) as here:
            near = request("GET", here)
    assert found.json_object() == {"from": "the proxy"}
    assert near.json_object() == {"from": "here"}
    assert asked == ["proxy"]


def test_a_proxy_gets_its_own_password_and_no_tunnel_the_requests_headers(monkeypatch):
    got = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    text = b""
                    while not text.endswith(b"\r\n\r\n"):
                        text += connection.recv(65536)
                    got.append(text)
                    connection.sendall(http("403 Forbidden"))

        thread = threading.Thread(target=serve)
        thread.start()
        for name in ("http_proxy", "https_proxy"):
            address = f"http://anna:p%40ss@127.0.0.1:{server.getsockname()[1]}"
            monkeypatch.setenv(name, address)
        found = request("GET", "http://nobody.invalid/a?b=c", {"Authorization": SECRET})
        with pytest.raises(Blocked):
            request("GET", "https://nobody.invalid/a?b=c", {"Authorization": SECRET})
        thread.join()
    plain, tunnel = got
    assert found.status == 403
    assert plain.startswith(b"GET http://nobody.invalid/a?b=c HTTP/1.1\r\n")
    assert f"\r\nAuthorization: {SECRET}\r\n".encode() in plain
    assert tunnel.startswith(b"CONNECT nobody.invalid:443 ")
    assert SECRET.encode() not in tunnel
    for text in got:
        assert b"\r\nproxy-authorization: basic yw5uytpwqhnz\r\n" in text.lower()  # anna:p@ss


def test_a_proxy_that_refuses_lets_nothing_through(monkeypatch):
    with answering(lambda sock: sock.sendall(http("403 Forbidden"))) as address:
        monkeypatch.setenv("https_proxy", address)
        with pytest.raises(Blocked, match="Tunnel connection failed"):
            request("POST", "https://nobody.invalid/", {}, b"{}")


def test_what_is_given_up_before_it_is_connected_is_not_sent_later(monkeypatch):
    given_up, lookup = threading.Event(), socket.getaddrinfo

    def slow_lookup(*args, **options):
        given_up.wait()
        return lookup(*args, **options)

    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr(socket, "getaddrinfo", slow_lookup)
        with pytest.raises(Unreachable):
            request("POST", f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"{}", soon())
        given_up.set()
        server.settimeout(20)
        connection, _ = server.accept()
        with connection:
            assert connection.recv(65536) == b""


@pytest.mark.parametrize("url", ["", "127.0.0.1/TOKEN", "ftp://x/TOKEN", "http:///TOKEN"])
def test_what_is_no_address_is_the_callers_mistake_and_not_quoted(url):
    with pytest.raises(ValueError, match="begin with http:// or https://") as caught:
        request("GET", url)
    assert "TOKEN" not in str(caught.value)


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"]
)
def test_an_error_names_the_host_and_never_the_path(answer):
    served = answering(lambda sock: sock.sendall(answer))
    with served as address, pytest.raises(NoAnswer) as caught:
        request("GET", f"{address}/bot{SECRET}/getMe", {"Authorization": SECRET}, until=soon())
    assert "127.0.0.1" in str(caught.value)
    assert SECRET not in str(caught.value)
    with pytest.raises(Unreachable) as refused:
        request("GET", f"http://127.0.0.1:9/bot{SECRET}/getMe")
    assert SECRET not in str(refused.value)


@given(st.text(), st.text(), st.sampled_from([SECRET, "42%3Avery-secret", "%3avery-secret"]))
def test_a_quote_is_short_and_printable_and_without_secrets(before, after, spelling):
    text = quote_for_error(before + spelling + after, SECRET)
    assert len(text) <= LONGEST_QUOTE
    assert text.isprintable()
    assert spelling not in text
