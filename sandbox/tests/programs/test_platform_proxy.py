"""What a program finds at the real addresses, beyond what unchanged bots need of it."""

import asyncio
import json
import os
import re
import socket
import ssl
import stat
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest

from bot_sandbox.cloud.deployment import find_node
from bot_sandbox.http.local_server import bind_socket
from bot_sandbox.programs.platform_proxy import PlatformProxy, platform_servers
from bot_sandbox.programs.program_proxy import streams_of

GET_ME = """
import json, sys, urllib.request
print(json.load(urllib.request.urlopen(f"https://api.telegram.org/bot{sys.argv[1]}/getMe"))["ok"])
"""


@pytest.fixture
def proxy(telegram, twitch):
    with PlatformProxy({"telegram": telegram, "twitch": twitch}) as proxy:
        yield proxy


NODE = """
const net = require("node:net"), tls = require("node:tls");
const { Worker } = require("node:worker_threads");
const host = "irc.chat.twitch.tv", found = [];
function say(name, socket) {
  return new Promise((done) => {
    socket.on("error", (error) => done(found.push(`${name}: ${error.code}`)));
    socket.on(socket.encrypted ? "secureConnect" : "connect", () => {
      found.push(`${name}: connected`);
      done(socket.destroy());
    });
  });
}
(async () => {
  await say("port, host", net.connect(6667, host));
  await say("options", net.connect({ port: "6667", host: "IRC.chat.twitch.tv" }));
  await say("a socket's port, host", new net.Socket().connect(6667, host));
  await say("a socket's options", new net.Socket().connect({ port: 6667, host }, () => {}));
  await say("tls port, host", tls.connect(6697, host));
  await say("tls options", tls.connect({ port: 6697, host, servername: host }));
  await say("no such port", net.connect(7000, host));
  const code = `const net = require("node:net");
    net.connect(6667, "${host}", () => process.exit(0)).on("error", () => process.exit(1));`;
  const status = await new Promise((done) => new Worker(code, { eval: true }).on("exit", done));
  console.log([...found, `worker: ${status}`].join("\\n"));
})();
"""


@pytest.fixture
def run(proxy):
    """Run Python code as a program of the sandbox, with its own variables; what it prints."""

    def run(code, *arguments, flags=(), **own):
        known = {**os.environ, **own}
        return subprocess.run(
            [sys.executable, *flags, "-c", code, *arguments],
            env=known | proxy.variables(known),
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def tunnel(proxy, place):
    """Ask the proxy for a tunnel: status and words."""
    address = urlsplit(proxy.variables({})["HTTPS_PROXY"])
    connection = HTTPConnection(address.hostname, address.port, timeout=60)
    try:
        connection.request("CONNECT", place)
        response = connection.getresponse()
        return response.status, "" if response.status == 200 else response.read().decode()
    finally:
        connection.close()


def test_a_foreign_name_is_refused_and_named(proxy):
    status, words = tunnel(proxy, "api.example.com:443")
    assert status == 403
    assert "bot-sandbox reaches api.telegram.org, " in words
    (note,) = proxy.notes
    assert note.startswith("A program asked for api.example.com:443, which the sandbox doesn't")
    assert "NO_PROXY" in note and note in words
    assert tunnel(proxy, "api.telegram.org:8443")[0] == 403  # no other port either
    assert tunnel(proxy, "api.telegram.org:443")[0] == 200


def test_a_whole_https_address_reaches_the_platform_until_it_is_down(proxy, telegram, account):
    """So ask clients such as axios, which leave TLS to the proxy."""

    def ask():
        address = urlsplit(proxy.variables({})["HTTPS_PROXY"])
        connection = HTTPConnection(address.hostname, address.port, timeout=60)
        connection.request("GET", f"https://api.telegram.org/bot{account.token}/getMe")
        try:
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    status, body = ask()
    assert (status, json.loads(body)["result"]["username"]) == (200, account.username)
    telegram.faults.stop()
    assert ask() == (502, b"api.telegram.org is down in this sandbox.\n")


def test_a_client_that_keeps_its_connection_may_ask_for_another_name(proxy, account):
    """So does axios, which knows only that both requests go to the proxy."""
    address = urlsplit(proxy.variables({})["HTTPS_PROXY"])
    connection = HTTPConnection(address.hostname, address.port, timeout=60)
    found = []
    try:
        for place in (f"api.telegram.org/bot{account.token}/getMe", "id.twitch.tv/oauth2/validate"):
            connection.request("GET", f"https://{place}", headers={"Connection": "keep-alive"})
            response = connection.getresponse()
            found.append((response.status, json.loads(response.read())))
    finally:
        connection.close()
    assert found[0][1]["result"]["username"] == account.username
    assert found[1] == (401, {"status": 401, "message": "missing authorization token"})


@pytest.mark.parametrize("place", ["", ":443", "api.telegram.org:x", "[::1:443", "a:99999999"])
def test_a_broken_target_is_a_bad_request(proxy, place):
    assert tunnel(proxy, place) == (400, "Name a host and a port: example.org:443\n")


def test_port_0_is_no_other_port(proxy):
    assert tunnel(proxy, "api.telegram.org:0")[0] == 403


def test_a_program_that_asks_for_thousands_of_names_fills_no_memory(proxy):
    for number in range(120):
        assert tunnel(proxy, f"host{number}.example:443")[0] == 403
    assert len(proxy.notes) == 100


def test_a_plain_address_of_a_platform_leads_nowhere_else(proxy):
    """Only chat speaks without TLS; the rest would come to the real platform."""
    place = proxy.variables({})["http_proxy"]
    opener = build_opener(ProxyHandler({"http": place}))
    with pytest.raises(HTTPError) as error:
        opener.open("http://api.telegram.org/bot1:a/getMe", timeout=60)
    with error.value:
        assert error.value.status == 403
        assert b"It has port 443 of api.telegram.org." in error.value.read()


@pytest.mark.parametrize(
    "given",
    [
        *("*", "api.telegram.org", ".org", "db.example,TELEGRAM.ORG:443", " *.twitch.tv ,a"),
        *("api.telegram.org.", "API.TELEGRAM.ORG.:443", ".telegram.org./", "api.telegram.org:"),
        "db.example api.telegram.org\ttwitch.tv",
    ],
)
def test_no_variable_of_the_caller_leads_past_the_sandbox(proxy, given):
    for name in ("NO_PROXY", "no_proxy"):
        variables = proxy.variables({name: given})
        direct = variables["NO_PROXY"]
        assert direct.startswith("localhost,") and direct == variables["no_proxy"]
        assert not {"*", "org", "telegram", "twitch"} & set(re.split(r"[.,: ]+", direct.lower()))
        assert ("db.example" in direct) == ("db.example" in given)


@pytest.mark.parametrize("sent", [b"hello\r\n\r\n", b"\x16\x03\x01\x02\0\x01\r\n\r\n", b"GET", b""])
def test_whatever_is_sent_the_proxy_goes_on(proxy, sent):
    address = urlsplit(proxy.variables({})["HTTPS_PROXY"])
    with socket.create_connection((address.hostname, address.port), timeout=60) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert client.recv(12) in (b"", b"HTTP/1.1 400")
    assert tunnel(proxy, "id.twitch.tv:443")[0] == 200


def test_a_client_that_speaks_tls_with_the_proxy_itself_is_named_and_let_go(proxy):
    """So does axios before 0.19; it would wait for the proxy, and the proxy for it."""
    address = urlsplit(proxy.variables({})["HTTPS_PROXY"])
    with (
        socket.create_connection((address.hostname, address.port), timeout=60) as client,
        pytest.raises(OSError, match=r"reset|EOF|closed"),
    ):
        ssl.create_default_context().wrap_socket(client, server_hostname="127.0.0.1")
    (note,) = proxy.notes
    assert "axios before 0.19" in note and "start your bot without HTTPS_PROXY" in note


def test_a_platform_that_is_not_there_is_named(telegram):
    with PlatformProxy({"telegram": telegram}) as proxy:
        code = "import socket; socket.create_connection(('irc.chat.twitch.tv', 6667)).recv(1)"
        env = {**os.environ, **proxy.variables(os.environ)}
        done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert done.stderr.splitlines()[-1].startswith("ConnectionResetError")
        assert proxy.notes == ["irc.chat.twitch.tv: no Twitch is open in this sandbox"]


def test_only_the_certificate_is_written_where_nobody_else_can_read_it(telegram):
    with PlatformProxy({"telegram": telegram}) as proxy:
        file = Path(json.loads(proxy.variables({})["BOT_SANDBOX_ADDRESSES"])["certificate"])
        if os.name == "posix":
            assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        written = "".join(each.read_text() for each in file.parent.iterdir())
        assert "BEGIN CERTIFICATE" in written and "PRIVATE" not in written
    assert not file.parent.exists()


def test_the_certificate_is_trusted_beside_those_of_the_program(proxy, tmp_path):
    mine = tmp_path / "mine.pem"
    mine.write_text("my own list")
    given = proxy.variables({"SSL_CERT_FILE": str(mine), "NODE_EXTRA_CA_CERTS": str(mine)})
    for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        bundle = Path(given[name]).read_text()
        assert bundle.startswith("my own list\n-----BEGIN CERTIFICATE")
    assert Path(given["REQUESTS_CA_BUNDLE"]).read_text().count("BEGIN CERTIFICATE") >= 1


def test_variables_of_the_program_stay(proxy):
    own = {"PYTHONPATH": os.pathsep.join(["a", "b"]), "NODE_OPTIONS": "--trace-warnings"}
    own |= {"NO_PROXY": "redis.example", "ALL_PROXY": "socks5://elsewhere"}
    given = proxy.variables(own)
    assert given["PYTHONPATH"].split(os.pathsep)[1:] == ["a", "b"]
    assert given["NODE_OPTIONS"].endswith(" --trace-warnings")
    assert given["NO_PROXY"].split(",")[-1] == "redis.example"
    assert given["ALL_PROXY"] == given["HTTPS_PROXY"]
    again = proxy.variables(own | given)  # for a program that such a program starts
    assert all(again[name] == given[name] for name in ("PYTHONPATH", "NODE_OPTIONS", "NO_PROXY"))


def test_the_sitecustomize_of_the_program_runs_as_well(run, account, tmp_path):
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.mine = __file__")
    code = GET_ME + "print(sys.mine, sys.modules['sitecustomize'].__file__)"
    done = run(code, account.token, PYTHONPATH=str(tmp_path))
    file = str(tmp_path / "sitecustomize.py")
    assert (done.stdout, done.stderr) == (f"True\n{file} {file}\n", "")


def test_python_in_isolated_mode_has_the_proxy_alone(run, account):
    assert run(GET_ME, account.token, flags=["-I"]).stdout == "True\n"
    code = "import socket; socket.gethostbyname('api.telegram.org')"
    assert run(code).returncode == 0
    assert run(code, flags=["-I"]).stderr.splitlines()[-1].startswith("socket.gaierror")


def test_other_names_and_this_machine_are_left_alone(run, telegram, account):
    code = "import socket; print(socket.getaddrinfo('localhost', 80, socket.AF_INET)[0][4])"
    assert run(code).stdout == "('127.0.0.1', 80)\n"
    code = GET_ME.replace("https://api.telegram.org", telegram.url)
    assert run(code, account.token).stdout == "True\n"


def test_a_port_that_the_platform_has_not_is_refused(run):
    code = "import socket; socket.create_connection(('API.Telegram.org.', 80))"
    last = run(code).stderr.splitlines()[-1]
    assert last == (
        "ConnectionRefusedError: bot-sandbox has port 443 of api.telegram.org, and not 80"
    )


def test_a_client_with_certificates_of_its_own_is_named(proxy, run):
    done = run("import ssl; print(ssl.get_server_certificate(('api.telegram.org', 443))[:27])")
    assert done.stdout == "-----BEGIN CERTIFICATE-----\n"
    assert proxy.notes == []
    ports = json.loads(proxy.variables({})["BOT_SANDBOX_ADDRESSES"])["addresses"]
    with socket.create_connection(("127.0.0.1", ports["api.telegram.org"]["443"])) as raw:
        own = ssl.create_default_context()
        with pytest.raises(ssl.SSLCertVerificationError):
            own.wrap_socket(raw, server_hostname="api.telegram.org")
    assert proxy.wait_until(lambda: proxy.notes, 60)
    assert "did not trust the sandbox's certificate for api.telegram.org" in proxy.notes[0]


def test_an_outage_reaches_the_program_at_the_real_address(run, telegram, account):
    telegram.faults.stop()
    assert run(GET_ME, account.token).returncode == 1
    telegram.faults.start()
    assert run(GET_ME, account.token).stdout == "True\n"


def test_only_a_server_with_such_programs_answers_to_the_real_name(telegram, account, run):
    def status():
        connection = HTTPConnection("127.0.0.1", telegram.port, timeout=60)
        connection.request(
            "GET", f"/bot{account.token}/getMe", headers={"Host": "api.telegram.org"}
        )
        try:
            return connection.getresponse().status
        finally:
            connection.close()

    assert status() == 403
    run(GET_ME, account.token)
    assert status() == 200


def test_the_newest_open_server_of_a_platform_counts(telegram):
    from bot_sandbox import Telegram

    with Telegram() as newer:
        assert platform_servers()["telegram"] is newer
    assert platform_servers()["telegram"] is telegram


def test_each_way_to_connect_in_node(proxy):
    done = subprocess.run(
        [find_node(), "-e", NODE],
        env={**os.environ, **proxy.variables(os.environ)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = [line.split(": ") for line in done.stdout.splitlines()]
    assert (done.stderr, len(lines)) == ("", 8)
    assert {name: how for name, how in lines if how != "connected"} == {
        "no such port": "ECONNREFUSED",
        "worker": "0",
    }


def test_a_large_answer_to_a_slow_client_arrives_whole(proxy, telegram, account, viktor, tmp_path):
    """And the connection ends with it, as HTTP/1.0 wants."""
    picture = b"GIF89a\x07\0\x05\0\x80\0\0" + bytes(8_000_000)
    (tmp_path / "big.gif").write_bytes(picture)
    sent = viktor.photo(tmp_path / "big.gif", to=account)
    path = f"/file/bot{account.token}/"
    path += telegram.call(account, "getFile", file_id=sent.photo[-1].file_id)["file_path"]
    variables = proxy.variables({})
    told = json.loads(variables["BOT_SANDBOX_ADDRESSES"])["addresses"]["api.telegram.org"]
    context = ssl.create_default_context(cafile=variables["SSL_CERT_FILE"])
    with (
        socket.create_connection(("127.0.0.1", told["443"]), timeout=60) as raw,
        context.wrap_socket(raw, server_hostname="api.telegram.org") as client,
    ):
        client.sendall(f"GET {path} HTTP/1.0\r\nHost: api.telegram.org\r\n\r\n".encode())
        received = b"".join(iter(lambda: client.recv(4096), b""))
    assert received.endswith(picture)


def test_small_answers_are_sent_at_once():
    """Else TCP keeps the second of two until the first is acknowledged, 40 ms later."""

    async def accept():
        with bind_socket(0) as listener:
            listener.listen()
            listener.setblocking(False)
            with socket.create_connection(listener.getsockname()):
                accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
                _, writer = await streams_of(accepted)
                own = writer.get_extra_info("socket")
                try:
                    return own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                finally:
                    writer.close()

    assert asyncio.run(accept())
