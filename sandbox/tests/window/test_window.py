"""The window's server: who may come in, what is told, and that it stops."""

import asyncio
import json
import subprocess
import sys
import urllib.error
import urllib.request

import aiohttp
import pytest
from window_http import ask

from bot_sandbox import Telegram, Window

SLOW = pytest.mark.slow("a command from start to end")


@pytest.fixture
def telegram():
    with Telegram() as made:
        yield made


@pytest.fixture
def window(telegram):
    with Window(telegram=telegram) as made:
        yield made


def test_somebody_is_made_and_writes(telegram, window):
    account = telegram.new_bot("Hello bot", "hello_bot")
    status, made = ask(window, "/api/telegram/people", {"name": "Anna"})
    assert (status, json.loads(made)["name"]) == (200, "Anna")
    status, _ = ask(window, "/api/telegram/say", {"from": "Anna", "to": "hello_bot", "text": "hi"})
    assert status == 200
    (update,) = telegram.call(account, "getUpdates")
    assert update["message"]["text"] == "hi"


@pytest.mark.parametrize("half", ["\ud800", "Anna\udfff"])
def test_half_of_a_character_is_refused_and_named(window, half):
    for values in ({"name": half}, {half: "Anna"}):
        status, said = ask(window, "/api/telegram/people", values)
        assert status == 400
        assert json.loads(said)["error"].startswith("the body has half of a character, such as ")
    assert json.loads(ask(window, "/api/telegram/people")[1]) == {"people": []}


@pytest.mark.parametrize("key", ["", "x", "ключ".encode().decode("latin-1")])
def test_nobody_comes_in_without_the_key(window, key):
    status, said = ask(window, "/api/telegram/people", key=key)
    assert status == 401 and "#key=" in said and window.key not in said


def test_the_page_itself_needs_no_key_and_holds_none(window):
    status, page = ask(window, "/", key="")
    assert status == 200 and "<main>" in page and window.key not in page


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "[::1", "127.0.0.1.evil.example"]
)
@pytest.mark.parametrize("path", ["/", "/api/telegram/people"])
def test_another_name_of_this_machine_is_refused(window, host, path):
    assert ask(window, path, Host=host)[0] == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://"]
)
def test_a_foreign_page_is_refused_even_with_the_key(window, origin):
    assert ask(window, "/api/telegram/people", {"name": "Eve"}, Origin=origin)[0] == 403


def test_the_windows_own_page_may_ask(window):
    assert ask(window, "/api/telegram/people", {"name": "Anna"}, Origin=window.url)[0] == 200
    local = f"localhost:{window.port}"  # behind a proxy, both are the proxy's
    assert ask(window, "/api/telegram/people", Host=local, Origin=f"http://{local}")[0] == 200


PAGE = "http://localhost:3000"  # that is allowed


@pytest.fixture
def allowing(telegram):
    with Window(telegram=telegram, allow_origins=[PAGE]) as made:
        yield made


def answer_to(window, method, path, **headers):
    """The status and the headers of a response, whatever its status."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(window.url + path, headers=names, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_an_allowed_page_may_read_responses_even_refusals(allowing):
    for status, key in ((200, allowing.key), (401, "x")):
        found, headers = answer_to(
            *(allowing, "GET", "/api/telegram/people"), Origin=PAGE, Bot_Sandbox_Key=key
        )
        assert found == status
        assert headers["Access-Control-Allow-Origin"] == PAGE and headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in headers


def test_an_allowed_page_may_ask_before_it_sends_the_key(allowing):
    status, headers = answer_to(
        *(allowing, "OPTIONS", "/api/telegram/say"),
        Origin=PAGE,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="bot-sandbox-key,content-type",
    )
    assert status == 204 and headers["Access-Control-Allow-Origin"] == PAGE
    assert headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert headers["Access-Control-Allow-Headers"] == "Bot-Sandbox-Key, Content-Type"


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://localhost:3001", "http://localhost:3000.evil.example"],
)
def test_no_other_page_reads_anything(allowing, window, origin):
    for each in (allowing, window):
        for method in ("GET", "OPTIONS"):
            asked = {"Access_Control_Request_Method": "GET"} if method == "OPTIONS" else {}
            status, headers = answer_to(
                *(each, method, "/api/telegram/people"),
                Origin=origin,
                Bot_Sandbox_Key=each.key,
                **asked,
            )
            assert status == 403
            assert not [name for name in headers if name.startswith("Access-Control")]


def test_a_preflight_of_nobody_needs_the_key(allowing):
    asked = {"Access_Control_Request_Method": "POST"}
    assert answer_to(allowing, "OPTIONS", "/api/telegram/say", **asked)[0] == 401
    own = {"Origin": allowing.url, **asked}  # its own page needs no CORS
    assert answer_to(allowing, "OPTIONS", "/api/telegram/say", **own)[0] == 401


def test_a_window_that_a_server_opens_allows_what_the_server_allows():
    with Telegram(allow_hosts=["bots.example"], allow_origins=[PAGE]) as telegram:
        address = telegram.window().address
        url, key = address.split("/#key=")
        asked = {"Bot-Sandbox-Key": key, "Host": "bots.example", "Origin": PAGE}
        request = urllib.request.Request(f"{url}/api/telegram/people", headers=asked)
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.headers["Access-Control-Allow-Origin"] == PAGE


@pytest.mark.parametrize(
    "module",
    [
        "telegram.service.Telegram",
        pytest.param("twitch.service.Twitch", marks=SLOW),
        pytest.param("cloud.cloud.Cloud", marks=SLOW),
    ],
)
def test_a_server_opens_its_window_wherever_it_was_imported_from(module):
    home, _, name = module.rpartition(".")
    code = f"from bot_sandbox.{home} import {name}\nwith {name}() as one: print(repr(one.window()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.startswith("Page('http://127.0.0.1:"), done.stderr


@SLOW
def test_the_window_of_a_cloud_opens_from_a_coroutine():
    code = """import asyncio
from bot_sandbox import aio
async def main():
    async with aio.Cloud() as cloud:
        print(repr(await cloud.window()))
asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.startswith("Page('http://127.0.0.1:"), done.stderr


def test_a_body_that_is_too_large_or_no_object_is_refused(window):
    assert ask(window, "/api/telegram/people", {"name": "x" * 10_000_000})[0] == 413
    assert ask(window, "/api/telegram/people", ["Anna"])[0] == 400
    assert "'name' must be a text" in ask(window, "/api/telegram/people", {"name": 7})[1]
    assert ask(window, "/api/telegram/people", {"name": "Anna"})[0] == 200


def test_only_the_pages_files_are_given_out(window):
    assert ask(window, "/window.js")[0] == 200
    for path in ("/window.py", "/..%2fwindow.py", "/%2e%2e/window.py", "/index.html/x"):
        assert ask(window, path)[0] == 404


async def records_of(window, key, origin=None):
    """What the window tells first to a page with this key: the records, or the close code."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{window.url}/live", headers={"Origin": origin or window.url}) as live,
    ):
        await live.send_json({"key": key})
        async for message in live:
            told = json.loads(message.data)
            if "records" in told:
                return told["records"]
        return live.close_code


def test_a_page_is_told_what_there_is(telegram, window):
    telegram.person("Viktor")
    telegram.new_bot("Hello bot", "hello_bot")
    records = asyncio.run(records_of(window, window.key))
    assert {record["type"] for record in records.values()} == {"server", "person", "bot"}


def test_a_live_page_needs_key_and_origin(window):
    assert asyncio.run(records_of(window, "wrong")) == 4401
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        asyncio.run(records_of(window, window.key, "http://evil.example"))


def test_it_stops_with_its_telegram(telegram):
    page = telegram.window()
    telegram.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(page.address, timeout=10)
