"""Whoever wants to break the sandbox Telegram gets an envelope, and others are served."""

import gzip
import json
import socket

import pytest

from bot_sandbox.telegram import Telegram, TelegramError
from bot_sandbox.telegram.arguments import SHOWN_CHARACTERS, Arguments, parse_multipart

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture(scope="module")
def account(telegram):
    return telegram.new_bot("Tough bot", "tough_bot")


@pytest.fixture(scope="module")
def viktor(telegram, account):
    viktor = telegram.person("Viktor")
    viktor.send("/start", to=account)
    return viktor


@pytest.fixture
def connect(telegram, account):
    """A connection to it; at the end of the test it still answers somebody else."""
    clients = []

    def connect():
        client = socket.create_connection(("127.0.0.1", telegram.port), timeout=10)
        clients.append(client)
        return client

    yield connect
    assert answers(connect(), get(account))[-1] == (200, True)
    for client in clients:
        client.close()


def get(account, method="getMe", close=True):
    end = "Connection: close\r\n" if close else ""
    return f"GET /bot{account.token}/{method} HTTP/1.1\r\nHost: localhost\r\n{end}\r\n".encode()


def post(account, body, *headers, kind="application/json", method="sendMessage"):
    lines = [f"POST /bot{account.token}/{method} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"Content-Type: {kind}", *headers]
    if not any("Transfer-Encoding" in line for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_all(client):
    data = b""
    while more := client.recv(MEGABYTE):
        data += more
    return data


def answers(client, data):
    """Send, read until the server closes, and take the answers apart: (status, ok)."""
    client.sendall(data)
    return [(status, answer["ok"]) for status, answer in envelopes(read_all(client))]


def envelopes(data):
    found = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        (size,) = [int(line.split()[1]) for line in lines if line.startswith("Content-Length")]
        found.append((int(lines[0].split()[1]), json.loads(data[:size])))
        data = data[size:]
    return found


NOT_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"BREW /botTOKEN/getMe HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /botTOKEN/gétMe HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
    b"GET /botTOKEN/" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /botTOKEN/getMe HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    b"GET /botTOKEN/getMe HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
    b"GET /botTOKEN/getMe HTTP/1.1\r\nHost: localhost\r\nno colon TOKEN\r\n\r\n",
    b"POST /botTOKEN/getMe HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /botTOKEN/getMe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\nab",
    b"POST /botTOKEN/getMe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("junk", NOT_HTTP)
def test_what_is_no_http_gets_an_envelope_without_the_token(connect, account, junk):
    client = connect()
    client.sendall(junk.replace(b"TOKEN", account.token.encode()))
    data = read_all(client)
    ((status, answer),) = envelopes(data)
    assert (status, answer["ok"], answer["error_code"]) == (400, False, 400)
    assert account.token.split(":")[1].encode() not in data


def test_pipelined_requests_are_answered_in_their_order(connect, account, viktor):
    texts = [f"line {number}" for number in range(100)]
    bodies = [json.dumps({"chat_id": viktor.id, "text": text}).encode() for text in texts]
    requests = [post(account, body) for body in bodies]
    going_on = [data.replace(b"Connection: close\r\n", b"") for data in requests[:-1]]
    client = connect()
    client.sendall(b"".join([*going_on, requests[-1]]))
    assert [answer["result"]["text"] for _, answer in envelopes(read_all(client))] == texts


def test_a_request_may_come_byte_by_byte_or_in_chunks_or_packed(connect, account, viktor):
    body = json.dumps({"chat_id": viktor.id, "text": "slow"}).encode()
    client = connect()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in post(account, body):
        client.sendall(bytes([byte]))
    assert envelopes(read_all(client))[0][1]["result"]["text"] == "slow"
    chunks = b"".join(b"1;note=x\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    data = post(account, chunks, "Transfer-Encoding: chunked")
    assert answers(connect(), data) == [(200, True)]
    data = post(account, gzip.compress(body), "Content-Encoding: gzip")
    assert answers(connect(), data) == [(200, True)]


def test_what_cannot_be_unpacked_is_the_clients_fault(connect, account):
    data = post(account, b"no gzip", "Content-Encoding: gzip")
    assert answers(connect(), data) == [(400, False)]
    broken = post(account, b"zz\r\nabc\r\n", "Transfer-Encoding: chunked")
    assert answers(connect(), broken) == [(400, False)]


def send_for_ever(client, data):
    while True:
        client.sendall(data)


def test_a_body_without_end_is_cut_off(connect, account, monkeypatch):
    monkeypatch.setattr("bot_sandbox.telegram.http_server.MAX_BODY", MEGABYTE)
    client = connect()
    client.sendall(post(account, b"", "Transfer-Encoding: chunked"))
    with pytest.raises(ConnectionError):  # it stops reading after a while
        send_for_ever(client, b"%x\r\n" % MEGABYTE + b"a" * MEGABYTE + b"\r\n")
    packed = gzip.compress(b"a" * 20 * MEGABYTE)
    data = post(account, packed, "Content-Encoding: gzip")
    assert answers(connect(), data) == [(413, False)]


def test_hundreds_of_clients_that_never_finish_keep_nobody_waiting(connect, account):
    for _ in range(100):
        connect().sendall(get(account)[:30])
        connect().sendall(post(account, b"{" + b" " * 500_000)[:-1])
        connect().sendall(get(account, "getUpdates?timeout=50", close=False) + get(account) * 50)
    for _ in range(10):
        assert answers(connect(), get(account)) == [(200, True)]


def test_who_hangs_up_in_the_middle_is_forgotten(connect, account):
    for cut in (10, 60, 150, 290):
        client = connect()
        client.sendall(post(account, b"x" * 200)[:cut])
        client.close()
    client = connect()
    client.sendall(post(account, b"x" * 200)[:-1])
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b""


# Whatever an argument is


VALUES = [
    *(None, True, [], {}, [[]], 1e308, -1, 0, 2**63, 10**400, "", "\0", "x" * 5000, " 5 "),
    *("NaN", "[" * 1000, "{" * 1000, '{"a":' * 1000, "null", "[null]", "[5]", "[{}]", "\u2028"),
    *({"type": None}, {"message_id": []}, {"message_id": 1e999}, [[[]]], [[{"text": []}]]),
    *({"inline_keyboard": 5}, {"inline_keyboard": [5]}, {"inline_keyboard": [[{"text": {}}]]}),
    *("\ud800", "http://127.0.0.1:9/\ud800", {"\udfff": "\ud800"}, ["\ud800"], "\ud800\ud800"),
]
NAMES = """
chat_id text parse_mode entities reply_markup reply_parameters message_id offset limit timeout
allowed_updates url secret_token commands scope photo caption caption_entities media user_id
reaction emoji link_preview_options latitude callback_query_id message_ids
"""


@pytest.mark.slow("every argument of nine methods, 36 times")
@pytest.mark.parametrize("value", VALUES, ids=lambda value: json.dumps(value)[:20])
def test_any_value_in_every_argument(telegram, account, viktor, value, caplog):
    good = {"chat_id": viktor.id, "text": "x", "message_id": 1, "timeout": 0, "url": ""}
    methods = ["sendMessage", "editMessageText", "getUpdates", "setWebhook", "setMyCommands"]
    methods += ["sendMediaGroup", "setMessageReaction", "sendPhoto", "answerCallbackQuery"]
    for method in methods:
        for name in NAMES.split():
            if (method, name) == ("getUpdates", "timeout"):
                continue  # a wait of up to 50 s would be right
            body = json.dumps(good | {name: value}).encode()
            with socket.create_connection(("127.0.0.1", telegram.port), timeout=10) as client:
                ((status, ok),) = answers(client, post(account, body, method=method))
            assert status in (200, 400, 403, 429), (method, name)
            assert ok is (status == 200)
    assert not caplog.records


# Forms


def form(*parts):
    return b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + b"--X--\r\n"


def part(disposition, data=b""):
    return b"Content-Disposition: " + disposition + b"\r\n\r\n" + data


def read_form(body, kind="multipart/form-data; boundary=X"):
    values, files = parse_multipart(kind, body)
    return values, {name: upload.file_name for name, upload in files.items()}


@pytest.mark.parametrize(
    ("disposition", "expected"),
    [
        (b"form-data; name=a", ([("a", "")], {})),
        (b'form-data; name="a"', ([("a", "")], {})),
        (b'form-data; name="a\\"b\\\\"', ([('a"b\\', "")], {})),
        (b'form-data; x=y; name = "a" ; z', ([("a", "")], {})),
        (b'form-data; name="a%20b%C3%A4"', ([("a bä", "")], {})),
        (b'form-data; name=a; filename=""', ([], {"a": ""})),
        (b'form-data; filename="b;c=d"; name=a', ([], {"a": "b;c=d"})),
        (b"form-data;\r\n name=a", ([("a", "")], {})),
        ("form-data; name=ä; filename=ö".encode(), ([], {"ä": "ö"})),
    ],
)
def test_how_a_part_is_named(disposition, expected):
    assert read_form(form(part(disposition))) == expected


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "unexpected end of request content"),
        (b"--X", "unexpected end of request content"),
        (form(part(b"form-data; name=a"))[:-8], "unexpected end of request content"),
        (form(b"\r\n\r\n"), "headers in multipart/form-data are empty"),
        (form(b"no colon\r\n\r\n"), "can't parse form data headers"),
        (form(part(b"attachment; name=a")), "expected form-data content disposition"),
        (form(part(b"form-data; x=y")), "field name in multipart/form-data not found"),
        (form(part(b"form-data; x; name=a")), "field name in multipart/form-data not found"),
        (
            form(part(b'form-data; name="a')),
            "unclosed quoted string in Content-Disposition header",
        ),
        (form(part(b'form-data; name="a" b=c')), "expected ';' in Content-Disposition header"),
    ],
)
def test_broken_forms(body, problem):
    with pytest.raises(TelegramError) as refusal:
        read_form(body)
    assert refusal.value.description == f"Bad Request: {problem}"


@pytest.mark.parametrize(
    ("body", "code", "problem"),
    [
        (
            form(part(b"form-data; name=a" + b";x=y" * 300_000)),
            431,
            "Request Header Fields Too Large: total headers size exceeded",
        ),
        (
            form(*[part(b"form-data; name=a")] * 100_000),
            431,
            "Request Header Fields Too Large: total headers size exceeded",
        ),
        (
            form(part(b"form-data; name=a", b"a" * (MEGABYTE + 1))),
            413,
            "Request Entity Too Large: too many parameters in form data",
        ),
        (
            form(*[part(b"form-data; name=a; filename=b")] * 51),
            413,
            "Request Entity Too Large: too many files attached",
        ),
        (b"--X\r\n" * 1_000_000, 431, None),
    ],
)
def test_forms_that_are_too_much(body, code, problem):
    with pytest.raises(TelegramError) as refusal:
        read_form(body)
    assert refusal.value.code == code
    assert problem in (None, refusal.value.description)


def test_a_long_head_is_read_in_one_go():
    values, _ = read_form(form(part(b"form-data; name=a" + b";x=y" * 60_000)))
    assert values == [("a", "")]
    values, _ = read_form(form(part(b'form-data; name="' + b"\\a" * 120_000 + b'"')))
    assert values == [("a" * 120_000, "")]


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=", f"x; boundary={'a' * 71}"])
def test_a_boundary_has_a_size(kind):
    with pytest.raises(TelegramError, match="boundary too big or empty"):
        read_form(form(part(b"form-data; name=a")), kind)


def test_what_a_bot_has_sent_is_remembered_up_to_a_size():
    many = Arguments([(f"name {number}", "x" * 90) for number in range(10_000)])
    shown = many.as_sent()
    assert sum(len(name) + len(value) for name, value in shown.items()) < 3 * SHOWN_CHARACTERS
    assert shown["…"] == f"({10_000 - len(shown) + 1} more)"
    long = Arguments([("text", "x" * 50_000), ("n" * 500_000, ""), ("after", "")]).as_sent()
    assert long["text"].endswith("… (50000 characters)")
    assert long["…"] == "(2 more)"
    assert Arguments([("a", "b")]).as_sent() == {"a": "b"}
