"""A handler as a WSGI application, under the standard's own validator and a real server."""

import base64
import io
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import Request as HttpRequest
from urllib.request import urlopen
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest
import waitress
from hypothesis import given
from hypothesis import strategies as st

from botlib import Bot
from botlib.function import Response, http_function
from botlib.telegram.webhook import webhook
from botlib.wsgi import LONGEST_BODY, wsgi_app

TOKEN, SECRET = "42:correct", "correct-horse-battery"
echo = wsgi_app(
    http_function(
        lambda request: {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "headers": dict(request.headers),
            "body": base64.b64encode(request.body).decode(),
        }
    )
)


def answering(response):
    """An application that always gives this response."""
    return wsgi_app(http_function(lambda request: response))


def ask(application, method="POST", body=b"", **environ):
    """Call an application as a strict server does: (status, headers, body, its error log)."""
    begun, errors = [], io.StringIO()
    asked = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": errors,
    } | environ
    setup_testing_defaults(asked)
    result = validator(application)(asked, lambda *start: begun.append(start) or (lambda _: None))
    content = b"".join(result)
    result.close()
    [(status, headers, *_)] = begun
    return status, dict(headers), content, errors.getvalue()


def test_the_request_arrives_whole():
    status, headers, content, _ = ask(
        echo,
        "PUT",
        b"\xff\x00",
        SCRIPT_NAME="/app",
        PATH_INFO="/caf\u00c3\u00a9 100%",  # é in UTF-8, its two bytes as WSGI hands them over
        QUERY_STRING="n=1&s=%C3%A4+%26%3D&n=2",
        HTTP_X_WHO="Viktor",
        CONTENT_TYPE="text/x",
    )
    told = json.loads(content)
    assert (status, headers["content-type"]) == ("200 OK", "application/json")
    assert (told["method"], told["path"]) == ("PUT", "/app/caf%C3%A9%20100%25")
    assert told["query"] == {"n": "2", "s": "ä &="}
    assert base64.b64decode(told["body"]) == b"\xff\x00"
    assert told["headers"].items() >= {"x-who": "Viktor", "content-type": "text/x"}.items()
    assert told["headers"]["content-length"] == "2"


def test_no_body_and_no_length_is_an_empty_body():
    for length in ("", "0"):
        told = json.loads(ask(echo, "GET", CONTENT_LENGTH=length)[2])
        assert told["body"] == ""


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"CONTENT_LENGTH": "two"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "²"}, 400),
        ({"CONTENT_LENGTH": str(LONGEST_BODY + 1)}, 413),
        ({"CONTENT_LENGTH": "9" * 5000}, 413),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        ({"CONTENT_LENGTH": "00", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
        ({"CONTENT_LENGTH": "4", "HTTP_TRANSFER_ENCODING": "chunked"}, 411),
    ],
)
def test_a_body_that_cannot_be_read_never_reaches_the_handler(environ, status):
    reached = []
    begun = []
    asked = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(b"x"), **environ}
    setup_testing_defaults(asked)  # without the validator, which refuses such a length itself
    application = wsgi_app(lambda event, context: reached.append(event))
    b"".join(application(asked, lambda *start: begun.append(start)))
    assert begun[0][0] == f"{status} {HTTPStatus(status).phrase}"
    assert reached == []


def test_the_longest_body_is_read():
    told = json.loads(ask(echo, body=b"x" * LONGEST_BODY)[2])
    assert len(base64.b64decode(told["body"])) == LONGEST_BODY


def test_a_handler_that_raises_gives_500_and_its_traceback_only_in_the_log():
    def handler(event, context):
        raise RuntimeError("the secret is 1234")

    status, _, content, errors = ask(wsgi_app(handler))
    assert status == "500 Internal Server Error"
    assert b"1234" not in content and b"Traceback" not in content
    assert "RuntimeError: the secret is 1234" in errors and "line" in errors


@pytest.mark.parametrize("result", [None, "text", {}, {"statusCode": "many"}])
def test_a_handler_that_returns_no_response_fails_in_the_same_way(result):
    status, _, _, errors = ask(wsgi_app(lambda event, context: result))
    assert status == "500 Internal Server Error"
    assert "Traceback" in errors


@pytest.mark.parametrize(
    "response",
    [
        Response("", headers={"x-a": "b\r\nSet-Cookie: c=d"}),
        Response("", headers={"x-a": "b\n c"}),
        Response("", headers={"x-a\r\nSet-Cookie": "c=d"}),
        Response("", headers={"x-a": "\0"}),
        Response("", headers={"x a": "b"}),
        Response("", headers={"x-a": "ключ"}),
        Response("", headers={"ключ": "b"}),
        Response("", 100),
        Response("", 1000),
        Response("", -5),
    ],
)
def test_a_response_that_would_break_the_next_lines_fails(response):
    begun = []
    asked = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO()}
    answering(response)(
        asked, lambda *start: begun.append(start)
    )  # as a server that checks nothing
    [(status, headers)] = begun
    assert status == "500 Internal Server Error"
    assert dict(headers) == {"content-type": "text/plain", "content-length": "14"}
    assert "Traceback" in asked["wsgi.errors"].getvalue()


def test_head_has_the_headers_of_get_and_no_body():
    got, head = ask(echo, "GET"), ask(echo, "HEAD")
    assert head[0] == got[0] and head[2] == b""
    assert int(head[1]["content-length"]) == len(got[2]) + 1  # "HEAD" in it is one longer


@pytest.mark.parametrize("code", [204, 304])
def test_a_status_without_a_body_has_none(code):
    status, headers, content, _ = ask(answering(Response("ignored", code)))
    assert status == f"{code} {HTTPStatus(code).phrase}"
    assert content == b"" and not headers.keys() & {"content-type", "content-length"}


@given(
    st.integers(200, 599),
    st.one_of(st.binary(max_size=99), st.text(max_size=99)),
    st.dictionaries(
        st.from_regex(r"x-[a-z]{1,9}", fullmatch=True),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
        max_size=4,
    ),
)
def test_every_response_passes_the_validator_and_keeps_its_parts(code, body, headers):
    status, found, content, errors = ask(answering(Response(body, code, headers)))
    assert status.startswith(f"{code} ") and errors == ""
    assert found.items() >= headers.items()
    if code not in (204, 304):
        sent = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
        assert content == sent and found["content-length"] == str(len(sent))


@given(st.binary(max_size=200), st.text(st.characters(max_codepoint=255), max_size=20))
def test_every_request_arrives_unharmed(body, path):
    told = json.loads(ask(echo, body=body, PATH_INFO="/" + path)[2])
    assert base64.b64decode(told["body"]) == body
    assert told["path"].isascii()


# Under a server


@contextmanager
def served(application):
    """The application under waitress; its address."""
    sockets, ended = {}, threading.Event()
    server = waitress.create_server(application, map=sockets, host="127.0.0.1", port=0)

    def serve():
        while not ended.is_set():  # server.run() would wait until the last client hangs up
            server.asyncore.loop(timeout=0.05, map=sockets, count=1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        ended.set()
        thread.join()
        server.task_dispatcher.shutdown()
        server.asyncore.close_all(sockets)


def raw(address, request):
    """Send bytes to a server; all that it answers."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_repeated_headers_and_a_body_in_chunks_arrive_through_a_server():
    with served(echo) as address:
        answer = raw(
            address,
            b"POST /a%2Fb?n=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"X-Who: Viktor\r\nX-Who: Mallory\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"2\r\nhi\r\n0\r\n\r\n",
        )
    told = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert told["headers"]["x-who"] == "Viktor, Mallory"
    assert base64.b64decode(told["body"]) == b"hi"


def hello_function(telegram):
    """A new bot's account, and its function."""
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    account = telegram.new_bot("Hello bot", "hello_bot")
    return account, webhook(bot, account.token, SECRET, api=telegram.url)


def test_the_telegram_function_answers_behind_a_server(telegram, viktor):
    account, handler = hello_function(telegram)
    with served(wsgi_app(handler)) as address:
        telegram.call(account.token, "setWebhook", url=address, secret_token=SECRET)
        assert viktor.ask("!hello") == "hello Viktor!"
        with pytest.raises(HTTPError) as refused:
            urlopen(HttpRequest(address, b"{}"))
        assert refused.value.code == 403
        refused.value.close()


def test_telegram_sends_an_update_again_after_a_500(telegram, viktor):
    account, steady = hello_function(telegram)
    times = []

    def handler(event, context):
        times.append(event)
        if len(times) == 1:
            raise RuntimeError("not yet")
        return steady(event, context)

    with served(wsgi_app(handler)) as address:
        telegram.call(account.token, "setWebhook", url=address, secret_token=SECRET)
        assert viktor.ask("!hello") == "hello Viktor!"
    assert len(times) == 2


def test_it_loads_no_more_than_it_needs():
    unwanted = "{'wsgiref', 'botlib.details.http', 'asyncio'}"
    code = f"import sys, botlib.wsgi; print({unwanted} & {{*sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}
    )
    assert done.stdout.strip() == "set()", done.stderr
