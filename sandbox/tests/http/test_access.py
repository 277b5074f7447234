"""Who may use a server: every port of the sandbox against foreign hosts, pages and keys."""

import http.client
import json
import re
import socket
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from cloud_tools import FUNCTIONS

from bot_sandbox import Cloud, Telegram, Twitch, Window
from bot_sandbox.http.access import KEY_HEADER, Access
from bot_sandbox.http.jupyter_proxy import HUB_PREFIX, PROXY_VARIABLE, proxy_prefix

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
INVOKE = "/2015-03-31/functions/hello/invocations"


@dataclass
class Door:
    """One way into a server, and a request that is let in."""

    port: int
    target: str
    headers: dict = field(default_factory=dict)
    host: str = "127.0.0.1"
    passes: int = 200  # the status of what is let in
    method: str = "GET"

    def send(self, *lines, host=None, target=None, version="1.1", headers=None):
        """Send a request as raw bytes; its status, headers and body.

        `lines` are more headers. `host` is the Host header without its port; a text with a colon is
        taken as it is, and "" means no such header.
        """
        host = self.host if host is None else host
        place = host if ":" in host or not host else f"{host}:{self.port}"
        headers = self.headers if headers is None else headers
        head = [f"{self.method} {target or self.target} HTTP/{version}"]
        head += [f"Host: {place}"] if place else []
        head += [f"{name}: {value}" for name, value in headers.items()]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
            client.sendall("\r\n".join([*head, *lines, "", ""]).encode())
            response = http.client.HTTPResponse(client, method=self.method)
            response.begin()
            if response.status == 101:
                return 101, response.headers, b""
            return response.status, response.headers, response.read()


DOORS = (
    *("window", "window API", "window WebSocket", "Telegram", "OAuth", "Helix", "chat", "EventSub"),
    *("function", "function's host", "Lambda API"),
)
FUNCTION_URLS = ("function", "function's host")
KEYED = {name: name for name in ("window API", "Telegram", "OAuth", "Helix", "Lambda API")}


@pytest.fixture(scope="module")
def doors():
    """Every way in, by its name."""
    with ExitStack() as stack:
        telegram, twitch = stack.enter_context(Telegram()), stack.enter_context(Twitch())
        cloud = stack.enter_context(Cloud())
        yield every_door(stack, telegram, twitch, cloud)


def every_door(stack, telegram, twitch, cloud, **allowed):
    window = stack.enter_context(Window(telegram, twitch, cloud, **allowed))
    cloud.deploy("hello", FUNCTIONS / "plain", handler="main.echo", timeout_s=20)
    token = telegram.new_bot("Hello bot", "hello_bot").token
    app = twitch.application("Hello")
    access = twitch.authorize(twitch.account("hello_bot"), app, ["chat:read"]).access_token
    helix = {"Authorization": f"Bearer {access}", "Client-Id": app.client_id}
    close = {"Connection": "close"}
    key = {KEY_HEADER: window.key}
    signed = {"Authorization": f"AWS4-HMAC-SHA256 Credential={cloud.key}/20260101/x/lambda/x"}
    return {
        "window": Door(window.port, "/", close),
        "window API": Door(window.port, "/api/telegram/people", close | key),
        "window WebSocket": Door(window.port, "/live", UPGRADE, passes=101),
        "Telegram": Door(telegram.port, f"/bot{token}/getMe", close),
        "OAuth": Door(twitch.port, "/oauth2/validate", close | helix),
        "Helix": Door(twitch.port, "/helix/users", close | helix),
        "chat": Door(twitch.port, "/irc", UPGRADE, passes=101),
        "EventSub": Door(twitch.port, "/ws", UPGRADE, passes=101),
        "function": Door(cloud.port, "/hello/", close),
        "function's host": Door(cloud.port, "/", close, host="hello.localhost"),
        "Lambda API": Door(cloud.port, INVOKE, close | signed, method="POST"),
    }


every = pytest.mark.parametrize("name", DOORS)


def said(name, headers, body):
    """The words of a refusal, which has the form that the server's own refusals have."""
    if name not in ("chat", "EventSub"):
        body = json.loads(body)
    match name:
        case "Telegram":
            assert (body["ok"], body["error_code"]) == (False, 403)
            return body["description"]
        case "Helix":
            assert (body["error"], body["status"]) == ("Forbidden", 403)
            return body["message"]
        case "OAuth":
            assert body["status"] == 403
            return body["message"]
        case "chat" | "EventSub":
            assert headers["Content-Type"].startswith("text/plain")
            return body.decode()
        case "function" | "function's host" | "Lambda API":
            assert headers["x-amzn-ErrorType"] == "AccessDeniedException"
            return body["Message"]
    return body["error"]


@every
def test_a_servers_own_names_are_let_in(doors, name):
    door = doors[name]
    hosts = [door.host, f"{door.host}:{door.port}".upper(), f"{door.host}:{door.port}"]
    if name != "function's host":
        hosts += ["localhost", "LocalHost", "some.name.localhost"]
    if name in ("function", "Lambda API"):
        hosts.pop()  # there it would be the address of a function called some.name
    for host in hosts:
        assert door.send(host=host)[0] == door.passes, host
    without_port = f"Host: {door.host}"
    assert door.send(without_port, host="")[0] == door.passes
    assert door.send(f"Host: {door.host}:{door.port}", host="", version="1.0")[0] in (
        door.passes,
        400 if door.passes == 101 else door.passes,  # a WebSocket needs HTTP/1.1
    )


@every
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",  # DNS rebinding: the name of a foreign page that resolves to 127.0.0.1
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "notlocalhost",
        "localhost.",
        "hello.localhost.",
        "127.0.0.1.",
        "0.0.0.0",
        "2130706433",  # 127.0.0.1 as a number
        "evil.example@127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.1/",
        "[::1]:80",
        "[::1",
        ":::",
        "127.0.0.1:1",
        "localhost:",
        "évil.example",
        "x" * 2000,
    ],
)
def test_foreign_names_are_refused_in_a_servers_own_words(doors, name, host):
    status, headers, body = doors[name].send(host=host)
    assert status == 403
    words = said(name, headers, body)
    assert "does not answer to the host" in words and "--allow-host" in words
    assert "allow_hosts=" in words and len(words) < 500


@every
def test_a_request_has_just_one_host(doors, name):
    door = doors[name]
    ours = f"Host: 127.0.0.1:{door.port}"
    for hosts in (["Host: evil.example", ours], [ours, "Host: evil.example"], [ours, ours], []):
        assert door.send(*hosts, host="")[0] in (400, 403)
    assert door.send(host="", version="1.0")[0] == 403
    assert door.send("Host:", host="")[0] in (400, 403)


@every
def test_a_whole_address_as_target_names_a_host_too(doors, name):
    door = doors[name]
    for place in (
        f"evil.example:{door.port}",
        "evil.example",
        f"127.0.0.1:{door.port}@evil.example",
    ):
        assert door.send(target=f"http://{place}{door.target}")[0] == 403
    own = f"http://127.0.0.1:{door.port}{door.target}"
    assert door.send(target=own, host="evil.example")[0] == 403


@every
@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://127.0.0.1",
        "http://localhost.evil.example",
        "chrome-extension://abc",
        "https://",
        "évil",
    ],
)
def test_foreign_pages_are_refused_but_by_function_urls(doors, name, origin):
    door = doors[name]
    status, headers, body = door.send(f"Origin: {origin}")
    if name in FUNCTION_URLS:
        assert status == door.passes
        return
    assert status == 403
    words = said(name, headers, body)
    assert "may not use this server" in words and "--allow-origin" in words
    own = f"Origin: http://127.0.0.1:{door.port}"
    assert door.send(own, f"Origin: {origin}")[0] == 403


@every
def test_a_servers_own_pages_are_let_in(doors, name):
    door = doors[name]
    assert door.send(f"Origin: http://{door.host}:{door.port}")[0] == door.passes
    other = "localhost" if name != "function's host" else door.host
    assert door.send(f"Origin: http://{other}:{door.port}", host=other)[0] == door.passes


@pytest.mark.parametrize("wrong", ["", "none", "other"])
def test_without_the_key_nothing_is_done(doors, wrong):
    def send(name, right):
        headers = {"Connection": "close"} | right
        shown = KEY_HEADER if KEY_HEADER in right else "Authorization"
        if wrong:
            headers[shown] = f"{right[shown]}x" if wrong == "other" else "none"
        else:
            headers.pop(shown)
        return doors[name].send(headers=headers)

    for name, status in (("window API", 401), ("OAuth", 401), ("Helix", 401), ("Lambda API", 403)):
        found = dict(doors[name].headers)
        if name == "Lambda API" and wrong == "other":
            found["Authorization"] = found["Authorization"].replace("/20260101", "x/20260101")
            assert doors[name].send(headers=found)[0] == 403
            continue
        assert send(name, found)[0] == status
    telegram = doors["Telegram"]
    target = telegram.target.replace("/getMe", f"{wrong}x/getMe")
    assert telegram.send(target=target)[0] == 401


@pytest.mark.parametrize(
    ("authorization", "kind", "words"),
    [
        (None, "MissingAuthenticationTokenException", "Missing Authentication Token"),
        ("", "MissingAuthenticationTokenException", "Missing Authentication Token"),
        ("AWS4-HMAC-SHA256 Credential=other/1/x", "UnrecognizedClientException", "is invalid"),
        ("AWS4-HMAC-SHA256 Credential=KEYx/1/x", "UnrecognizedClientException", "is invalid"),
        ("AWS4-HMAC-SHA256 Credential=/KEY/x", "UnrecognizedClientException", "is invalid"),
        ("AWS4-HMAC-SHA256 Credential=кey/x", "UnrecognizedClientException", "is invalid"),
        ("Bearer KEY", "UnrecognizedClientException", "is invalid"),
        ("Basic Credential=KEY/x", "UnrecognizedClientException", "is invalid"),
    ],
)
def test_the_lambda_api_refuses_as_aws_does_and_says_where_the_key_is(
    doors, authorization, kind, words
):
    door = doors["Lambda API"]
    key = door.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
    headers = {"Connection": "close"}
    if authorization is not None:
        headers["Authorization"] = authorization.replace("KEY", key)
    status, answered, body = door.send(headers=headers)
    assert (status, answered["x-amzn-ErrorType"]) == (403, kind)
    assert answered["x-amzn-RequestId"]
    message = json.loads(body)["Message"]
    assert words in message and "Cloud.key" in message and key not in message
    for signed in (
        f"AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/lambda/aws4_request, Signature=0",
        f"AWS4-HMAC-SHA256 SignedHeaders=host,Credential={key}/20260101/x, Signature=0",
        f"AWS4-HMAC-SHA256 Credential={key}/",
    ):
        assert door.send(headers={"Connection": "close", "Authorization": signed})[0] == 200


@pytest.mark.parametrize("name", ["window API", "OAuth", "Helix", "Lambda API"])
def test_a_broken_header_puts_its_key_into_no_log(doors, name, caplog, capfd):
    """aiohttp quotes what it cannot read."""
    door = doors[name]
    shown = KEY_HEADER if KEY_HEADER in door.headers else "Authorization"
    secret = max(re.findall(r"[\w-]+", door.headers[shown]), key=len)
    broken = {shown: door.headers[shown] + "\0"}
    assert door.send(headers=broken, version="1.0")[0] == 400
    assert secret not in caplog.text + "".join(capfd.readouterr())


def test_a_refused_body_is_not_waited_for(doors):
    """A client that waits for "100 Continue" gets the refusal instead."""
    door = doors["Lambda API"]
    expects = {"Content-Length": "6000000", "Expect": "100-continue", "Connection": "close"}
    assert door.send(headers=expects)[0] == 403


@pytest.fixture(scope="module")
def allowing():
    """Every way into servers that somebody has opened a little."""
    allowed = {
        "allow_hosts": ["Bots.example", "*.wild.example", "one.example:7"],
        "allow_origins": ["http://localhost:3000", "null"],
    }
    with ExitStack() as stack:
        telegram = stack.enter_context(Telegram(**allowed))
        twitch = stack.enter_context(Twitch(**allowed))
        cloud = stack.enter_context(Cloud(**allowed))
        yield every_door(stack, telegram, twitch, cloud, **allowed)


@every
def test_what_is_allowed_is_let_in_and_nothing_else(allowing, name):
    door = allowing[name]
    if name != "function's host":  # its host names the function
        for host in ("bots.example", "bots.example:1", "BOTS.example", "a.b.wild.example",
                     "one.example:7", door.host):  # fmt: skip
            assert door.send(host=host)[0] == door.passes, host
    for host in ("a.bots.example", "wild.example", "one.example", "one.example:8", "evil.example"):
        assert door.send(host=host)[0] == 403, host
    for origin in ("http://localhost:3000", "HTTP://LOCALHOST:3000", "null"):
        assert door.send(f"Origin: {origin}")[0] == door.passes
    if name not in FUNCTION_URLS:
        for origin in ("http://localhost:3001", "https://localhost:3000", "http://bots.example"):
            assert door.send(f"Origin: {origin}")[0] == 403


@pytest.fixture(scope="module")
def behind_jupyter():
    """Every way in, behind a Jupyter server elsewhere."""
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # other tests of this file are not behind it
            patch.setenv(PROXY_VARIABLE, "/user/anna/proxy/")
            telegram, twitch = stack.enter_context(Telegram()), stack.enter_context(Twitch())
            cloud = stack.enter_context(Cloud())
            doors = every_door(stack, telegram, twitch, cloud)
        yield doors


ELSEWHERE = ["hub.example", "hub.example:8443", "HUB.example", "anna.localhost:8888", "127.0.0.1:8"]


@every
@pytest.mark.parametrize("host", ELSEWHERE)
def test_behind_a_jupyter_server_any_one_host_is_let_in_with_its_own_pages(
    behind_jupyter, name, host
):
    door = behind_jupyter[name]
    if name == "function's host":  # its own host reaches it, from this machine alone
        assert door.send()[0] == door.passes
        return
    proxied = "X-ProxyContextPath: /user/anna/proxy/1"
    host = host if ":" in host else f"{host}:443"
    assert door.send(proxied, host=host)[0] == door.passes
    for scheme in ("http", "https"):
        assert door.send(proxied, f"Origin: {scheme}://{host}", host=host)[0] == door.passes
    if name not in FUNCTION_URLS:
        for origin in ("https://evil.example", "null", "https://hub.example:1"):
            forged = "X-Forwarded-Host: evil.example"
            assert door.send(proxied, forged, f"Origin: {origin}", host=host)[0] == 403
            own = f"Origin: https://{host}"
            assert door.send(proxied, own, f"Origin: {origin}", host=host)[0] == 403


@every
def test_behind_a_jupyter_server_a_request_still_has_just_one_valid_host(behind_jupyter, name):
    door = behind_jupyter[name]
    ours = "Host: hub.example"
    for hosts in ([ours, ours], ["Host: evil.example", ours], [], ["Host: a@b"], ["Host: a/b"]):
        assert door.send(*hosts, host="")[0] in (400, 403)


@every
def test_forwarded_hosts_are_never_believed(doors, name):
    """Outside: a proxy's headers open nothing."""
    door = doors[name]
    for header in ("X-Forwarded-Host", "X-ProxyContextPath", "Forwarded", "X-Forwarded-Server"):
        ours = f"{door.host}:{door.port}"
        for value in (ours, f"host={ours}", "/user/anna/proxy/1"):
            assert door.send(f"{header}: {value}", host="evil.example")[0] == 403


@pytest.mark.parametrize("name", ["window API", "OAuth", "Helix", "Lambda API"])
def test_behind_a_jupyter_server_the_key_is_still_needed(behind_jupyter, name):
    door = behind_jupyter[name]
    for key in ({}, {"Authorization": "token x"}, {KEY_HEADER: "x"}, {KEY_HEADER: ""}):
        headers = {"Connection": "close", "Cookie": "username-hub=anna; _xsrf=1"} | key
        assert door.send(headers=headers, host="hub.example")[0] in (401, 403)


@pytest.mark.parametrize(
    ("variables", "prefix"),
    [
        ({}, ""),
        ({HUB_PREFIX: "/user/anna%40home/"}, "/user/anna%40home/proxy"),
        ({HUB_PREFIX: "/"}, ""),
        ({HUB_PREFIX: "/user/anna/", PROXY_VARIABLE: ""}, ""),
        ({HUB_PREFIX: "/user/anna/", PROXY_VARIABLE: "/x/proxy"}, "/x/proxy"),
        ({PROXY_VARIABLE: "/proxy/"}, "/proxy"),
    ],
)
def test_the_path_of_the_proxy_is_known_from_the_environment(monkeypatch, variables, prefix):
    for name in (PROXY_VARIABLE, HUB_PREFIX):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_prefix() == prefix
    with Window(key="only-for-this-test") as window:
        here = f"{prefix}/{window.port}/" if prefix else f"{window.url}/"
        assert window.address == f"{here}#key=only-for-this-test"
        assert window.url == f"http://127.0.0.1:{window.port}"


@pytest.mark.parametrize(
    "wrong",
    ["https://hub.example/", "//evil.example/", "user/anna", '/a"b', "/a b", "/a#b", "/a?b"],
)
def test_what_is_no_path_is_refused_with_an_example(monkeypatch, wrong):
    monkeypatch.setenv(PROXY_VARIABLE, wrong)
    with pytest.raises(ValueError, match="BOT_SANDBOX_PROXY must be a path, such as /user/anna"):
        Window()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("allow_hosts", "bots.example"),  # no list: it would be twelve hosts of a letter each
        ("allow_hosts", ["http://bots.example"]),
        ("allow_hosts", ["*"]),
        ("allow_hosts", ["bots.*"]),
        ("allow_hosts", [""]),
        ("allow_origins", ["bots.example"]),
        ("allow_origins", ["http://bots.example/"]),
        ("allow_origins", ["*"]),
    ],
)
def test_what_cannot_be_allowed_is_refused_with_an_example(name, wrong):
    for server in (Telegram, Twitch, Cloud, Window):
        with pytest.raises(ValueError, match=f"{name} takes a list such as .*example|localhost"):
            server(**{name: wrong})


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["localhost", *(["::1"] if has_ipv6() else [])])
def test_another_host_is_listened_on_and_answered_to(host, tmp_path):
    with Telegram(host=host) as telegram, Twitch(host=host) as twitch, Cloud(host=host) as cloud:
        name = f"[{host}]" if ":" in host else host
        assert telegram.url == f"http://{name}:{telegram.port}"
        assert twitch.irc_address == (host, twitch.irc_port)
        fn = cloud.deploy("hello", FUNCTIONS / "plain", handler="main.echo", timeout_s=20)
        for url, status in ((telegram.url, 404), (twitch.url, 200), (fn.url, 200)):
            place, _, path = url.removeprefix("http://").partition("/")
            connection = http.client.HTTPConnection(place, timeout=20)
            connection.request("GET", f"/{path}")
            assert connection.getresponse().status == status
            connection.close()


@pytest.mark.parametrize(
    ("host", "found_at"),
    [("0.0.0.0", "sandbox"), ("127.0.0.1", "127.0.0.1"), ("192.0.2.7", "192.0.2.7")],
)
def test_on_all_addresses_it_is_found_under_the_first_plain_name(host, found_at):
    names = ["*.example", "bots.example:8080", "Sandbox", "second.example"]
    assert Access(host, names).host == found_at


def test_a_window_takes_a_key():
    with Window(key="only-for-this-test") as window:
        assert window.address.endswith("#key=only-for-this-test")
