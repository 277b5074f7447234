"""The window's server and those who mean it ill, or do not listen, or are too many."""

import asyncio
import json
import os
import socket
import struct
import threading
import urllib.request
from contextlib import AsyncExitStack

import aiohttp
import pytest
from window_http import ask

from bot_sandbox import Telegram, Window
from bot_sandbox.http.page import Page
from bot_sandbox.window import http as by_http
from bot_sandbox.window import window as server

ROUNDS = 12
LONG = "x" * 4000  # characters


@pytest.fixture
def telegram():
    with Telegram(limits=None) as made:
        yield made


@pytest.fixture
def window(telegram):
    with Window(telegram=telegram) as made:
        yield made


def knock(window, text):
    """Send raw bytes to the window's port; the connection."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)  # little is held on the way
    connection.settimeout(20)
    connection.connect(("127.0.0.1", window.port))
    connection.sendall(text.encode().replace(b"\n", b"\r\n"))
    return connection


def status_of(window, text):
    with knock(window, text) as connection, connection.makefile("rb") as answer:
        return int(answer.readline().split()[1])


@pytest.mark.parametrize(
    "line",
    [
        "GET http://evil.example/api/telegram/people HTTP/1.1",
        "GET //api/telegram/people HTTP/1.1",
        "GET /api//telegram/people HTTP/1.1",
        "GET /%61pi/telegram/people HTTP/1.1",
        "GET /live/../api/telegram/people HTTP/1.1",
        "POST / HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "GET /api/telegram/people HTTP/1.0",
    ],
)
def test_no_spelling_of_an_address_gets_around_the_key(window, line):
    host = f"Host: 127.0.0.1:{window.port}"
    assert status_of(window, f"{line}\n{host}\nConnection: close\n\n") in (400, 401, 403, 404)


@pytest.mark.parametrize("hosts", ["", "Host: 127.0.0.1\nHost: evil.example\n", "Host: [::1]:80\n"])
def test_a_request_must_have_one_host_and_that_ours(window, hosts):
    assert status_of(window, f"GET / HTTP/1.1\n{hosts}Connection: close\n\n") in (400, 403)


def test_a_broken_request_with_the_key_puts_it_into_no_log(window, caplog, capfd):
    header = f"Bot-Sandbox-Key: {window.key}\x00"
    asked = f"GET /api/telegram/people HTTP/1.1\nHost: 127.0.0.1\n{header}\n\n"
    with knock(window, asked) as connection:
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    written = caplog.text + "".join(capfd.readouterr())
    assert window.key not in written and ask(window, "/")[0] == 200


def test_a_body_that_does_not_come_is_not_waited_for(window, monkeypatch):
    monkeypatch.setattr(by_http, "BODY_WAIT_S", 0.1)
    head = f"Host: 127.0.0.1\nBot-Sandbox-Key: {window.key}\nContent-Length: 100\n"
    assert status_of(window, f"POST /api/telegram/people HTTP/1.1\n{head}\n{{") == 408


async def open_page(stack, session, window, first=None):
    live = await stack.enter_async_context(
        session.ws_connect(f"{window.url}/live", headers={"Origin": window.url}, max_msg_size=0)
    )
    await live.send_str(json.dumps({"key": window.key}) if first is None else first)
    return live


def in_pages(work):
    """Run a coroutine function with what it takes to open pages."""

    async def run():
        connector = aiohttp.TCPConnector(limit=0)
        async with AsyncExitStack() as stack, aiohttp.ClientSession(connector=connector) as session:
            await work(stack, session)

    asyncio.run(run())


def test_a_hundred_pages_see_the_same_and_one_more_is_refused(telegram, window):
    async def work(stack, session):
        pages = [await open_page(stack, session, window) for _ in range(server.PAGES)]
        for page in pages:
            assert await page.receive_json() == {"views": ["telegram"]}
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await open_page(stack, session, window)
        await asyncio.to_thread(telegram.person, "Viktor")
        for page in pages:
            names = []
            while not names:
                records = (await page.receive_json())["records"].values()
                names = [each["name"] for each in records if "name" in each]
            assert names == ["Viktor"]
        await pages[0].close()
        again = await open_page(stack, session, window)
        assert "views" in await again.receive_json()

    in_pages(work)


@pytest.mark.parametrize(
    "first",
    [
        *('{"key": null}', '["key"]', '"key"', "{}", "no JSON", ""),
        '{"key": "\\ud800"}',  # half a character
        "[" * 4000,
        json.dumps({"key": "x" * 5000}),
    ],
)
def test_a_page_without_the_key_is_told_nothing(window, first):
    async def work(stack, session):
        page = await open_page(stack, session, window, first)
        assert (await page.receive()).type is aiohttp.WSMsgType.CLOSE
        assert page.close_code in (4401, 1009)

    in_pages(work)


def test_a_page_that_says_nothing_is_sent_away(window, monkeypatch):
    monkeypatch.setattr(server, "KEY_WAIT_S", 0.1)

    async def work(stack, session):
        page = await stack.enter_async_context(
            session.ws_connect(f"{window.url}/live", headers={"Origin": window.url})
        )
        assert (await page.receive()).type is aiohttp.WSMsgType.CLOSE
        assert page.close_code == 4401

    in_pages(work)


def test_pages_without_a_key_keep_nobody_out(window):
    async def work(stack, session):
        headers = {"Origin": window.url}
        silent = [
            await stack.enter_async_context(
                session.ws_connect(f"{window.url}/live", headers=headers)
            )
            for _ in range(server.PAGES + 50)
        ]
        page = await open_page(stack, session, window)
        assert "views" in await page.receive_json()
        await silent[0].receive()
        assert silent[0].closed

    in_pages(work)


def deaf_page(window):
    """The connection of a page that shows its key and then reads nothing."""
    connection = knock(
        window,
        f"GET /live HTTP/1.1\nHost: 127.0.0.1:{window.port}\nOrigin: {window.url}\n"
        "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n",
    )
    key, mask = json.dumps({"key": window.key}).encode(), os.urandom(4)
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(key))
    connection.sendall(struct.pack(">BB", 0x81, 0x80 | len(key)) + mask + masked)
    return connection


def test_a_page_that_does_not_read_costs_one_message_and_not_each_of_them(telegram, window):
    account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    messages = viktor.send_all([LONG] * 200, account)

    async def work(stack, session):
        reading = await open_page(stack, session, window)
        for number in range(ROUNDS):
            await asyncio.to_thread(
                lambda n=number: [viktor.edit(m, f"{n} {LONG}") for m in messages[-199:]]
            )
            await asyncio.to_thread(viktor.edit, messages[-1], f"round {number}")
            while f'"round {number}"' not in (await reading.receive()).data:
                pass

    with deaf_page(window) as deaf:
        in_pages(work)
        size, end = 0, b""
        while f'"round {ROUNDS - 1}"'.encode() not in end:
            received = deaf.recv(1 << 20)
            size, end = size + len(received), end[-100:] + received
    assert size < ROUNDS * 200 * len(LONG)  # a half of all: each text stands in a record twice


def test_closing_waits_neither_for_who_does_not_read_nor_for_who_asks(telegram, window):
    viktor, account = telegram.person("Viktor"), telegram.new_bot("Hello bot", "hello_bot")
    viktor.send_all([LONG] * 200, account)
    failed = []

    def wait():
        values = {"from": "Viktor", "to": "hello_bot", "text": "?", "timeout": 60}
        try:
            failed.append(ask(window, "/api/telegram/ask", values)[0])
        except OSError as error:
            failed.append(error)

    waiting = threading.Thread(target=wait)
    with deaf_page(window):
        waiting.start()
        telegram.wait_until(
            lambda: (
                len(viktor.to_json())
                and any(
                    message.text == "?"
                    for message in telegram._world.private_chat(viktor, account).messages[-1:]
                )
            )
        )
        window.close()
        waiting.join(20)
    assert failed and failed[0] != 200


def test_an_open_page_hears_that_the_window_closes(window):
    async def work(stack, session):
        page = await open_page(stack, session, window)
        await page.receive_json()
        assert "telegram/server" in (await page.receive_json())["records"]
        closing = asyncio.create_task(asyncio.to_thread(window.close))
        assert (await page.receive()).type is aiohttp.WSMsgType.CLOSE
        assert page.close_code == 1001
        await closing

    in_pages(work)


def test_a_telegram_that_closes_under_an_open_page_is_shown_as_it_was(telegram, window):
    telegram.person("Viktor")

    async def work(stack, session):
        page = await open_page(stack, session, window)
        told = {}
        while "telegram/person/500000001" not in told:
            told |= (await page.receive_json()).get("records", {})
        await asyncio.to_thread(telegram.close)
        assert await page.receive_json() == {
            "reset": False,
            "records": {"telegram/closed": {"type": "closed"}},
        }

    in_pages(work)
    assert ask(window, "/api/telegram/people", {"name": "Anna"})[0] == 409


@pytest.mark.slow("a second of work or more")
def test_more_goes_than_is_remembered_and_a_slow_page_is_told_all_anew(telegram, window):
    account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")

    async def work(stack, session):
        page = await open_page(stack, session, window)
        shown = {}
        for begin in range(0, 12_000, 400):  # two looks at least, and each one's messages go
            texts = [str(n) for n in range(begin, begin + 400)]
            await asyncio.to_thread(viktor.send_all, texts, account)
            while not any(one and one.get("text") == texts[-1] for one in shown.values()):
                told = await page.receive_json()
                if told.get("reset"):
                    shown.clear()
                shown |= told.get("records", {})
                shown = {key: record for key, record in shown.items() if record is not None}
        assert sum(record["type"] == "message" for record in shown.values()) == 200

    in_pages(work)


def test_a_page_shows_its_key_only_to_who_opens_it():
    page = Page("http://127.0.0.1:1/#key=secret&as=<1>", "<b>a chat</b>")
    assert str(page).endswith("#key=secret&as=<1>")
    assert "secret" not in repr(page)
    shown = page._repr_html_()
    assert "<object" in shown and "<b>a chat</b>" in shown and "as=&lt;1&gt;" in shown
    assert ">http://127.0.0.1:1/</a>" in shown


def test_the_answers_forbid_what_the_page_does_not_need(window):
    with urllib.request.urlopen(window.url, timeout=10) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in response.headers
