"""What an instance says to the Runtime API out of turn, or in odd HTTP: it is refused, no more."""

import json

import pytest
from cloud_tools import FUNCTIONS
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.runtime_http import parse_head


@pytest.fixture(scope="module")
def cloud():
    with Cloud() as cloud:
        yield cloud


@pytest.fixture(scope="module")
def talk_raw(cloud):
    """A function that sends text to its Runtime API and returns the answer."""
    settings = {"handler": "main.talk_raw", "timeout_s": 20}
    return cloud.deploy("raw", FUNCTIONS / "hostile", **settings)


def test_the_runtime_api_refuses_what_is_out_of_turn(cloud):
    fn = cloud.deploy("hostile", FUNCTIONS / "hostile", handler="main.talk_out_of_turn")
    assert fn.invoke() == [403, 400, 404]
    assert fn.invoke() == [403, 400, 404]


POST = "POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("\x00\x01 nonsense\r\n\r\n", 400),
        ("GET /\r\n\r\n", 400),
        ("GET / HTTP/2\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nno header\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n: none\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nName : x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nX: " + "y" * 70_000, 400),
        (POST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n1", 400),
        (POST + "Content-Length: -1\r\n\r\n", 400),
        (POST + "Content-Length: \xb2\r\n\r\n", 400),
        (POST + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1", 400),
        (POST + "Transfer-Encoding: gzip, chunked\r\n\r\n", 400),
        (POST + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
        (POST + "Transfer-Encoding: chunked\r\n\r\n0x1\r\n", 400),
        (POST + "Transfer-Encoding: chunked\r\n\r\n1_0\r\n", 400),
        (POST + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n1", 400),  # not its turn
        (POST + "\r\n", 400),
        ("OPTIONS * HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
        ("GET http://cloud/2018-06-01/runtime/ HTTP/1.0\r\n\r\n", 404),
        ("GET /%2F%00?\xff HTTP/1.1\r\nConnection: close, x\r\n\r\n", 404),
    ],
)
def test_the_runtime_api_refuses_odd_http_and_goes_on(talk_raw, sent, status):
    head, _, body = talk_raw.invoke(sent).partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert set(json.loads(body)) == {"errorType", "errorMessage"}
    assert talk_raw.invoke(sent).startswith(head[:12])
    assert len(talk_raw.instances) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Origin: http://evil.example",
        "Origin: null",
        "Host: evil.example:80",
        "Sec-Fetch-Site: cross-site",
    ],
)
@pytest.mark.parametrize("asked", ["POST {}init/error", "POST {}restore/error", "GET {}x"])
def test_the_runtime_api_is_for_no_web_page(talk_raw, header, asked):
    line = asked.format("/2018-06-01/runtime/")
    end = "HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n"
    answer = talk_raw.invoke(f"{line} {end}{header}\r\n\r\n")
    assert answer.startswith("HTTP/1.1 403 ") and "web page" in answer
    talk_raw.invoke("GET / HTTP/1.0\r\n\r\n")
    assert len(talk_raw.instances) == 1  # it was not told that it failed


def test_the_runtime_api_says_go_on_to_a_loop_that_asks_first(talk_raw):
    answer = talk_raw.invoke(POST + "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n1")
    assert answer.startswith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 ")
    head = "HEAD /x HTTP/1.1\r\n\r\n"
    answer = talk_raw.invoke(head + head.replace("1.1", "1.0"))
    assert answer.count("HTTP/1.1 404 ") == 2 and "{" not in answer


@given(st.text(st.characters(max_codepoint=255), max_size=300), st.booleans())
def test_any_head_of_a_request_is_read_or_refused(text, as_header):
    head = f"GET / HTTP/1.1\r\n{text}" if as_header else text
    try:
        request = parse_head(head)
    except ValueError:
        return
    assert request.missing >= 0
    assert request.version.startswith("HTTP/1.")
