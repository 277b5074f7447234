"""The course on somebody else's Jupyter server, through jupyter-server-proxy, in a real browser."""

import json
import re
import shutil
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import jupyterlab_browser as lab
import nbformat
import pytest
from course_browser import find_browser
from jupyter_elsewhere import HOST, PREFIX, chat_in, follow, jupyter_elsewhere, live_window
from jupyter_elsewhere import proxied_links as links
from nbformat.v4 import new_code_cell, new_notebook
from notebook_rules import METADATA

pytestmark = [
    pytest.mark.slow("JupyterLab behind a proxy"),
    pytest.mark.skipif(
        not find_browser(), reason="NO BROWSER: install chromium to test JupyterLab in it"
    ),
]
CONSENT = """from urllib.parse import urlencode
from bot_sandbox import Twitch
from lessons.web import show_page

twitch = Twitch()
account = twitch.account("hello_bot", display_name="Hello_Bot")
app = twitch.application("Hello bot", redirect="http://localhost:3000/callback")
question = {
    "response_type": "code",
    "client_id": app.client_id,
    "redirect_uri": app.redirect,
    "scope": "chat:read",
}
show_page(f"{twitch.url}/oauth2/authorize?{urlencode(question)}")"""
DEVICE = """device = twitch.application("Hello box", confidential=False)
form = urlencode({"client_id": device.client_id, "scopes": "chat:read"}).encode()
import json, urllib.request
with urllib.request.urlopen(f"{twitch.url}/oauth2/device", form) as response:
    show = show_page(json.load(response)["verification_uri"])
show"""
FUNCTION = """from pathlib import Path
from lessons.cloud import Cloud
from lessons.web import show_link

folder = Path("workshop/echo")
folder.mkdir(parents=True, exist_ok=True)
(folder / "main.py").write_text("def handler(event, context):\\n    return event\\n")
cloud = Cloud()
echo = cloud.deploy("echo", folder, handler="main.handler")
show_link(echo.url + "page")
cloud.window(echo)"""
SERVER = '''from lessons import RunningProgram

(folder / "server.py").write_text("""
from http.server import BaseHTTPRequestHandler, HTTPServer

class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(f"{self.path} {self.headers}".encode())

server = HTTPServer(("127.0.0.1", 0), Page)
print(server.server_port)
server.serve_forever()
""")
server = RunningProgram(folder / "server.py")
show_link(server.url + "page")'''

SMALL = "99_small.ipynb"
IS_OPEN = "name => window.jupyterapp?.shell.currentWidget?.context?.path.endsWith(name)"
TOKEN = "() => JSON.parse(document.getElementById('jupyter-config-data').textContent).token"
ATTACK = """async ([address, key]) => {
    const live = await new Promise(done => {
        const socket = new WebSocket(address.replace("http", "ws") + "live");
        socket.onopen = () => socket.send(JSON.stringify({ key }));
        socket.onmessage = () => done("a message");
        socket.onclose = () => done("closed");
    });
    const headers = { "Bot-Sandbox-Key": key };
    const asked = fetch(address + "api/cloud/functions", { headers, credentials: "include" });
    return [live, await asked.then(({ status }) => status, () => "refused")];
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A Jupyter server elsewhere, with the real notebooks and a small one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(lab.HOME / "notebooks", folder / "notebooks")
    cells = [new_code_cell(source) for source in (CONSENT, DEVICE, FUNCTION, SERVER)]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), folder / "notebooks" / SMALL)
    with jupyter_elsewhere(folder) as address:
        yield address


@pytest.fixture(scope="module")
def page(address):
    """A browser that knows this server by another name alone."""
    with lab.browser_page(HOST) as page:
        page.set_default_timeout(lab.START_S * 1000)
        yield page


def test_you_chat_in_the_window_of_notebook_00(page, address):
    assert lab.unexpected_errors(lab.run_notebook(page, address, "00_start_here.ipynb")) == []
    window = live_window(page)
    assert re.fullmatch(rf"http://{HOST}:\d+{PREFIX}proxy/\d+/", window.url.partition("#")[0])
    chat_in(window, "!hello", "hello Viktor!")
    window.get_by_role("button", name="‹ Chats").click()  # more than one request
    tab = follow(page, page.get_by_role("link", name="/proxy/").first)
    assert "#key=" in tab.url
    tab.get_by_role("log").get_by_text("hello Viktor!").last.wait_for()
    tab.close()


def test_the_links_of_notebook_03_lead_to_the_server_and_the_function(page, address):
    notebook = lab.run_notebook(page, address, "03_server_or_serverless.ipynb")
    assert lab.unexpected_errors(notebook) == []
    lab.wait_for_pictures(page)  # one of the course's files, and a chart
    ended, function, server = links(page).all()
    for link in (function, server):
        tab = follow(page, link)
        assert urlsplit(tab.url).path.startswith(f"{PREFIX}proxy/")
        assert words(tab) == "hello Viktor!"
        tab.goto(tab.url.replace("Viktor", "Anna"))  # as the notebook suggests
        assert words(tab) == "hello Anna!"
        tab.close()
    tab = follow(page, ended)
    assert "Start it again" in words(tab)
    tab.close()
    tab = follow(page, live_window(page).get_by_role("link", name="/proxy/"))
    assert urlsplit(tab.url).path.startswith(f"{PREFIX}proxy/")
    tab.close()


@pytest.fixture
def small(page, address):
    """The small notebook, after all its cells have run; it stays open until another is opened."""
    if not page.evaluate(IS_OPEN, SMALL):
        assert lab.unexpected_errors(lab.run_notebook(page, address, SMALL)) == []
    return page


def test_the_owner_agrees_on_twitchs_pages(small):
    tab = follow(small, links(small).nth(0))
    tab.get_by_label("Hello_Bot").check()
    with tab.expect_request(re.compile(r"^http://localhost:3000/callback\?")) as landed:
        tab.get_by_role("button", name="Authorize").click()
    assert "code=" in landed.value.url
    tab.close()
    tab = follow(small, links(small).nth(1))
    tab.get_by_label("Hello_Bot").check()
    tab.get_by_role("button", name="Authorize").click()
    tab.get_by_role("heading", name="The device is activated.").wait_for()
    tab.close()


def test_what_is_jupyters_reaches_neither_a_function_nor_a_server(small):
    """Also what a function gets whose address somebody types, and not only by the link."""
    secrets = [cookie["value"] for cookie in small.context.cookies()]
    assert len(secrets) >= 2  # a login and an _xsrf
    function, server = links(small).nth(2), links(small).nth(3)
    for link in (function, server):
        tab = follow(small, link)
        sent = tab.goto(tab.url).request.all_headers()
        assert all(secret in sent["cookie"] for secret in secrets)
        received = words(tab)
        assert "/page" in received and HOST in received
        assert [secret for secret in secrets if secret in received] == []
        assert "cookie" not in received.lower()
        tab.close()


def test_a_key_and_the_right_origin_are_needed_even_with_jupyters_own_login(small):
    """As for a page of another user, on the same host, in a browser where Anna is logged in."""
    address, _, key = live_window(small).url.partition("#key=")
    key, there = key.partition("&")[0], urlsplit(address)
    token = small.evaluate(TOKEN)

    def ask(path="api/cloud/functions", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        known = {"Host": there.netloc, "Authorization": f"token {token}"}
        url = f"http://127.0.0.1:{there.port}{there.path}{path}"
        request = urllib.request.Request(url, headers=known | headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, ""
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["error"]

    own = {"Origin": f"http://{there.netloc}", "Bot_Sandbox_Key": key}
    assert ask(**own) == (200, "")
    for wrong in (
        ask(**own | {"Bot_Sandbox_Key": "x"}),
        ask(Cookie=f"key={key}", Referer=f"{address}#key={key}"),
        ask(f"api/cloud/functions?key={key}"),
    ):
        assert wrong[0] == 401 and "key is missing or wrong" in wrong[1]
    for origin in ("http://evil.example", "null", f"http://{HOST}:1"):
        for forged in ({}, {"X_Forwarded_Host": origin.partition("//")[2]}):
            status, why = ask(**own | {"Origin": origin} | forged)
            assert status == 403 and "may not use this server" in why


def test_a_page_from_elsewhere_gets_in_neither_with_the_key_nor_with_the_cookies(small):
    address, _, key = live_window(small).url.partition("#key=")
    asked = [address, key.partition("&")[0]]
    assert small.evaluate(ATTACK, asked) == ["a message", 200]
    evil = small.context.new_page()  # so that it would send the cookies
    evil.route(
        "http://evil.example/", lambda route: route.fulfill(body="", content_type="text/html")
    )
    evil.goto("http://evil.example/")
    assert evil.evaluate(ATTACK, asked) == ["closed", "refused"]
    evil.close()


def words(page):
    """The text of a page."""
    return page.locator("body").inner_text()
