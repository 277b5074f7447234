"""What the Go library go-telegram/bot sends on the wire, replayed byte by byte.

Its raw_request.go sends every call as a chunked multipart form, one chunk for each write of Go's
mime/multipart; a call without fields has no body at all (up to version 1.26; from 1.27 on it has a
Content-Length). The local Bot API server refuses that, api.telegram.org accepts it.
"""

import json
import socket

import pytest

BOUNDARY = (
    "7f3a9c0e5b1d2846a7c3e9f0b5d1284673a9c0e5b1d2846a7c3e9f0b5d12"  # 30 bytes in hex, as Go's
)
GIF = b"GIF89a\x07\0\x05\0\x80\0\0"


def field(name, value):
    """The two writes of a field."""
    return [f'Content-Disposition: form-data; name="{name}"\r\n\r\n'.encode(), value.encode()]


def upload(name, file_name, data):
    head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
    return [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), data]


def form(*parts):
    """The writes of a form, each of which becomes a chunk."""
    mark = f"--{BOUNDARY}".encode()
    writes = []
    for number, (head, data) in enumerate(parts):
        writes += [(b"\r\n" if number else b"") + mark + b"\r\n" + head, data]
    return [*writes, b"\r\n" + mark + b"--\r\n"]


def chunked(telegram, account, method, writes):
    """The whole request as Go's net/http writes it."""
    lines = [
        f"POST /bot{account.token}/{method} HTTP/1.1",
        f"Host: 127.0.0.1:{telegram.port}",
        "User-Agent: Go-http-client/1.1",
        "Transfer-Encoding: chunked",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        "Accept-Encoding: gzip",
    ]
    body = b"".join(b"%x\r\n%s\r\n" % (len(data), data) for data in writes if data)
    return "\r\n".join([*lines, "", ""]).encode() + body + b"0\r\n\r\n"


@pytest.fixture(params=["at once", "byte by byte"])
def go(request, telegram, account):
    """Send requests over one connection, as Go does, and return each envelope."""
    with socket.create_connection(("127.0.0.1", telegram.port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")

        def go(method, writes=()):
            data = chunked(telegram, account, method, writes)
            step = 1 if request.param == "byte by byte" else len(data)
            for start in range(0, len(data), step):
                connection.sendall(data[start : start + step])
            status, size = answers.readline().split()[1], 0
            while (line := answers.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            return int(status), json.loads(answers.read(size))

        yield go


def test_it_starts_and_polls(go, viktor, account):
    status, me = go("getMe")
    assert (status, me["result"]["username"]) == (200, "hello_bot")
    assert go("deleteWebhook", form())[1]["description"] == "Webhook is already deleted"
    viktor.send("/start")
    polling = [
        field("offset", "1"),
        field("timeout", "59"),
        field("allowed_updates", '["message"]'),
    ]
    (update,) = go("getUpdates", form(*polling))[1]["result"]
    assert update["message"]["text"] == "/start"
    assert account._updates.allowed == ("message",)


def test_it_sends_texts_buttons_and_files(go, viktor):
    viktor.send("/start")
    buttons = '{"inline_keyboard":[[{"text":"Yes","callback_data":"yes"}]]}'
    message = [
        field("chat_id", str(viktor.id)),
        field("text", "Tea, <b>Viktor</b>? 🍵"),
        field("parse_mode", "HTML"),
        field("reply_markup", buttons),
    ]
    assert go("sendMessage", form(*message))[0] == 200
    photo = [field("chat_id", str(viktor.id)), upload("photo", "tea.gif", GIF)]
    assert go("sendPhoto", form(*photo))[1]["result"]["photo"][0]["width"] == 7
    text, picture = viktor.wait(2)
    assert (text.text, text.buttons) == ("Tea, Viktor? 🍵", ["Yes"])
    assert picture.shown == "(photo)"
    status, refused = go("sendMessage", form(field("chat_id", str(viktor.id))))
    assert (status, refused["description"]) == (400, "Bad Request: message text is empty")


def test_it_sets_a_webhook(go, account):
    settings = [
        field("url", "http://127.0.0.1:1/hook"),
        field("max_connections", "5"),
        field("secret_token", "a-secret"),
    ]
    assert go("setWebhook", form(*settings))[1]["description"] == "Webhook was set"
    assert account._webhook.max_connections == 5
    assert account._webhook.secret_token == "a-secret"
