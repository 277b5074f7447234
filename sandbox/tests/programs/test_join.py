"""A program beside a sandbox that runs already: what its code opens, and what it doesn't."""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import contextmanager
from unittest import mock

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError, web
from npm import PEERS
from twitch_tools import World

from bot_sandbox import JoinOffer
from bot_sandbox.http.local_server import LocalServer
from bot_sandbox.programs import certificate
from bot_sandbox.programs.certificate import make_certificate
from bot_sandbox.programs.join import JoinedProxy, hash_of
from bot_sandbox.programs.join_handshake import NO_HANDSHAKE, hear_program, key_from, seal, unseal

GET_ME = """
import json, sys, urllib.request
print(json.load(urllib.request.urlopen(f"https://api.telegram.org/bot{sys.argv[1]}/getMe"))["ok"])
"""
ASK = """
import sys, urllib.error, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url).read().decode())
    except urllib.error.HTTPError as error:
        print(error.read().decode())
"""
CODE = "a-code-for-these-tests"


@pytest.fixture
def offer(telegram, twitch):
    with JoinOffer(telegram, twitch, code=CODE) as offer:
        yield offer


@pytest.fixture
def joined(offer):
    with JoinedProxy(offer.address) as joined:
        yield joined


def connect_plainly(joined, host, port):
    """Connect with a real address, as the hook in a program does."""
    told = json.loads(joined.variables({})["BOT_SANDBOX_ADDRESSES"])["addresses"][host]
    return socket.create_connection(("127.0.0.1", told[str(port)]), timeout=60)


@contextmanager
def connect(joined, host, port=443):
    """Connect by TLS."""
    context = ssl.create_default_context(cafile=joined.variables({})["SSL_CERT_FILE"])
    with (
        connect_plainly(joined, host, port) as raw,
        context.wrap_socket(raw, server_hostname=host) as client,
    ):
        yield client


def handshake(offer, code, ask, path="/join", **headers):
    """Shake hands as a program by hand: the status, what was said, and the answer, None without."""

    async def shake():
        said = []
        async with ClientSession() as session:
            address = f"ws://127.0.0.1:{offer.port}{path}"
            try:
                async with session.ws_connect(address, headers=headers) as connection:
                    said.append(await connection.receive_json())
                    nonce = "00" * 16
                    proof = key_from(code, "program", said[0]["nonce"], nonce, ask).hex()
                    await connection.send_json({"nonce": nonce, "ask": ask, "proof": proof})
                    said.append(await connection.receive_json())
            except WSServerHandshakeError as error:
                return error.status, said, None
        if "sealed" not in said[1]:
            return 101, said, None
        key = key_from(code, "sandbox", said[0]["nonce"], nonce, ask)
        return 101, said, json.loads(unseal(key, said[1]["sealed"]))

    return asyncio.run(shake())


class SomebodyElse(LocalServer):
    """A server where a sandbox could be."""

    def __init__(self, handler):
        super().__init__("somebody-else")
        app = web.Application()
        app.router.add_get("/join", handler)
        runner = self._runner.do(lambda: web.AppRunner(app))
        self.port = self._run_or_close(self._serve(runner))


@pytest.fixture
def start():
    """Start a program that has joined; it ends with the test."""
    started = []

    def start(joined, *words):
        env = {**os.environ, **joined.variables(os.environ)}
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, *words], env=env, stdout=pipe, stderr=pipe, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run(start, joined):
    """Run Python code as a program that has joined; what it prints, and its errors."""
    return lambda *words: start(joined, *words).communicate(timeout=60)


def test_a_bot_with_a_library_meets_telegram(telegram, joined, start, monkeypatch):
    account = telegram.new_bot("Echo bot", "echo_bot")
    monkeypatch.setenv("BOT_TOKEN", account.token)
    start(joined, str(PEERS / "unchanged/ptb.py"))
    assert telegram.person("Viktor").ask("moin", timeout=60) == "you said moin"


def test_a_chat_bot_meets_twitch(twitch, joined, start, monkeypatch):
    world = World(twitch, ["chat:read", "chat:edit"])
    monkeypatch.setenv("BOT_TOKEN", world.token.access_token)
    start(joined, str(PEERS / "unchanged/irc_tls.py"))
    twitch.wait_for(world.bot, "viktor", timeout=60)
    assert world.viktor.ask("!hello", timeout=60).lower() == "hello viktor!"


def test_a_program_without_our_hook_has_the_proxy(run, account):
    assert run("-I", "-c", GET_ME, account.token) == ("True\n", "")


def test_a_large_answer_to_a_slow_client_arrives_whole(joined, telegram, account, viktor, tmp_path):
    """And the connection ends with it, as HTTP/1.0 wants."""
    picture = b"GIF89a\x07\0\x05\0\x80\0\0" + bytes(8_000_000)
    (tmp_path / "big.gif").write_bytes(picture)
    sent = viktor.photo(tmp_path / "big.gif", to=account)
    path = f"/file/bot{account.token}/"
    path += telegram.call(account, "getFile", file_id=sent.photo[-1].file_id)["file_path"]
    with connect(joined, "api.telegram.org") as client:
        client.sendall(f"GET {path} HTTP/1.0\r\nHost: api.telegram.org\r\n\r\n".encode())
        received = b"".join(iter(lambda: client.recv(4096), b""))
    assert received.endswith(picture)


def test_a_client_that_leaves_is_gone_in_the_sandbox(joined, twitch):
    world = World(twitch, ["chat:read", "chat:edit"])
    with connect(joined, "irc.chat.twitch.tv", 6697) as client:
        words = f"PASS oauth:{world.token.access_token}\r\nNICK hello_bot\r\nJOIN #viktor\r\n"
        client.sendall(words.encode())
        twitch.wait_for(world.bot, "viktor", timeout=60)
    twitch.wait_gone(world.bot, timeout=60)


def test_a_client_with_a_list_of_certificates_of_its_own_is_named(offer, joined):
    with connect_plainly(joined, "api.telegram.org", 443) as raw, pytest.raises(ssl.SSLError):
        ssl.create_default_context().wrap_socket(raw, server_hostname="api.telegram.org")
    assert offer.wait_until(lambda: offer.notes, timeout=60)
    words = "A client did not trust the sandbox's certificate for api.telegram.org: it has a list"
    assert offer.notes[0].startswith(words)


def test_a_platform_that_is_down_is_down_for_the_program(run, telegram, account):
    telegram.faults.stop()
    assert "Error" in run("-c", GET_ME, account.token)[1]
    telegram.faults.start()
    assert run("-c", GET_ME, account.token) == ("True\n", "")


def test_a_sandbox_that_has_ended_is_named(run, offer, joined, account):
    offer.close()
    assert "Error" in run("-c", GET_ME, account.token)[1]
    (note,) = joined.notes
    assert note.startswith(f"no sandbox answers at 127.0.0.1:{offer.port} (")


def test_only_the_public_certificate_and_the_platforms_are_offered(offer, telegram):
    found = handshake(offer, CODE, "")[2]
    assert list(found) == ["certificate", "platforms"]
    assert found["platforms"] == ["telegram", "twitch"]
    assert found["certificate"].count("-----BEGIN") == 1
    assert found["certificate"].startswith("-----BEGIN CERTIFICATE-----")
    with JoinOffer(telegram, code=CODE) as less, JoinedProxy(less.address) as joined:
        assert joined.platforms == ["telegram"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (CODE, "was started again, and has another certificate. Start your bot again"),
        ("another-code-for-these", "knows no such code. Get the whole address from it again, and"),
    ],
)
def test_a_sandbox_that_was_started_again_is_noticed(telegram, twitch, code, words):
    """A program reads its list of certificates only when it starts."""
    with JoinOffer(telegram, twitch, code=CODE) as offer:
        joined = JoinedProxy(offer.address)
    with (
        joined,
        JoinOffer(telegram, twitch, port=offer.port, code=code),
    ):
        # The connection may break before it is there for the client.
        with (
            pytest.raises(ConnectionResetError),
            connect_plainly(joined, "api.telegram.org", 443) as client,
        ):
            client.recv(1)
        (note,) = joined.notes
        assert note.startswith(f"the sandbox at {offer.host}:{offer.port} {words}")


def test_a_platform_that_is_not_there_is_named(telegram, start):
    with JoinOffer(telegram) as offer, JoinedProxy(offer.address) as joined:
        code = "import socket; socket.create_connection(('irc.chat.twitch.tv', 6667)).recv(1)"
        _, errors = start(joined, "-c", code).communicate(timeout=60)
        assert errors.splitlines()[-1].startswith("ConnectionResetError")
        assert joined.notes == ["irc.chat.twitch.tv: no Twitch is open in this sandbox"]


def test_a_program_can_refuse_nothing(offer):
    """Its own words, and many of them, would hide in the notes who tried a wrong code."""

    async def refuse(number):
        place = f"ws://127.0.0.1:{offer.port}/join"
        async with ClientSession() as session, session.ws_connect(place) as connection:
            await connection.receive_json()
            await connection.send_json({"refused": f"{number}\n"})
            return await connection.receive_json()

    for number in range(3):
        assert asyncio.run(refuse(number)) == {"refused": NO_HANDSHAKE}
    words = f"a program was refused: this sandbox {NO_HANDSHAKE}"
    assert offer.wait_until(lambda: offer.notes == [words], timeout=60)


@pytest.mark.parametrize("ask", ["", "api.telegram.org:443 "])
@pytest.mark.parametrize("code", ["", "wrong", CODE[:-1], CODE.upper()])
def test_without_the_code_nothing_opens(offer, code, ask):
    status, (_, refused), answer = handshake(offer, code, ask)
    assert (status, answer) == (101, None)
    assert refused["refused"].startswith("knows no such code.")
    assert offer.notes == [f"a program was refused: this sandbox {refused['refused']}"]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"hello",
        b"[]",
        b"{}",
        b'{"nonce": 5, "ask": "", "proof": ""}',
        b'{"nonce": "", "ask": "", "proof": "\\ud800"}',
        b"[" * 100_000,
        b"[" * 1_000_000,
    ],
)
def test_whatever_a_program_says_first_the_offer_goes_on(offer, said):
    async def say():
        address = f"ws://127.0.0.1:{offer.port}/join"
        async with ClientSession() as session, session.ws_connect(address) as connection:
            await connection.receive()
            await connection.send_frame(said, WSMsgType.TEXT)
            return [message.type async for message in connection]

    assert WSMsgType.BINARY not in asyncio.run(say())
    assert handshake(offer, CODE, "")[2]["platforms"]


def test_who_listens_learns_neither_the_code_nor_the_token(offer, account):
    code = offer.address_for(account).partition("#")[2]
    _, said, answer = handshake(offer, code, "")
    assert (answer["bot"], answer["token"]) == (account.username, account.token)
    for secret in (code, account.token, account.username, "CERTIFICATE"):
        assert secret not in str(said) and secret.encode().hex() not in str(said)


def test_what_was_recorded_opens_nothing_later(offer):
    sent = []

    async def replay():
        address = f"ws://127.0.0.1:{offer.port}/join"
        async with ClientSession() as session:
            for _ in range(2):
                async with session.ws_connect(address) as connection:
                    nonce = (await connection.receive_json())["nonce"]
                    proof = key_from(CODE, "program", nonce, "", "").hex()
                    sent.append({"nonce": "", "ask": "", "proof": proof})
                    await connection.send_json(sent[0])
                    yield await connection.receive_json()

    async def collect():
        return [list(said) async for said in replay()]

    assert asyncio.run(collect()) == [["sealed"], ["refused"]]


@pytest.mark.parametrize("part", ["role", "ask", "nonce", "code"])
def test_an_answer_that_was_made_for_something_else_is_not_believed(offer, part):
    """Somebody on the way could turn a message back, or swap answers."""

    async def impostor(request):
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_json({"nonce": "1"})
        said = await connection.receive_json()
        words = {"role": "sandbox", "theirs": "1", "nonce": said["nonce"], "ask": said["ask"]}
        words |= {"role": "program"} if part == "role" else {part: "x"} if part != "code" else {}
        key = key_from("x" if part == "code" else CODE, *words.values())
        await connection.send_json({"sealed": seal(key, json.dumps({"platforms": []}))})
        return connection

    with (
        SomebodyElse(impostor) as other,
        pytest.raises(ValueError, match="doesn't know the code either"),
    ):
        JoinedProxy(f"127.0.0.1:{other.port}#{CODE}")


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"Host": "evil.example"}, "/join"),
        ({"Origin": "https://evil.example"}, "/join"),
        ({"Origin": "null"}, "/join"),
        ({"Origin": "null"}, "/"),
    ],
)
def test_other_hosts_and_origins_are_refused_even_with_the_code(offer, headers, path):
    assert handshake(offer, CODE, "", path, **headers) == (403, [], None)


@pytest.mark.parametrize("path", ["/", "/offer", "/tunnel", "/api/world", "/join/more"])
def test_the_code_opens_nothing_else(offer, path):
    assert handshake(offer, CODE, "", path) == (404, [], None)


@pytest.mark.parametrize(
    "to", ["api.example.com:443", "api.telegram.org:22", "127.0.0.1:443", "api.telegram.org"]
)
def test_a_tunnel_leads_to_the_platforms_alone(offer, to):
    refused = handshake(offer, CODE, to)[1][1]["refused"]
    assert refused.startswith("leads to api.telegram.org, api.twitch.tv,")


def test_no_code_for_one_bot_follows_from_a_code_that_somebody_chose(telegram, account):
    """A pupil could try all weak ones until their own code comes out."""
    with JoinOffer(telegram, code=CODE) as one, JoinOffer(telegram, code=CODE) as other:
        codes = [each.address_for(account).partition("#")[2] for each in (one, other)]
    assert codes[0] != codes[1]


@pytest.mark.parametrize("code", ["x", "nora", "a" * 40, "correct horse"])
def test_a_code_that_a_listener_could_try_is_refused(telegram, code):
    with pytest.raises(ValueError, match="needs at least 20 characters, 8 of them different") as e:
        JoinOffer(telegram, code=code)
    assert code not in str(e.value) or code in "code x"


def test_each_offer_has_a_new_code_that_is_not_shown_by_chance(telegram):
    with JoinOffer(telegram) as one, JoinOffer(telegram) as other:
        codes = [each.address.partition("#")[2] for each in (one, other)]
        assert codes[0] != codes[1]
        assert codes[0] not in repr(one)


@pytest.mark.parametrize(
    "address", ["", "127.0.0.1", "127.0.0.1:80", "#code", "a/b:80#code", ":80#c"]
)
def test_a_wrong_address_is_explained_without_the_code(address):
    with pytest.raises(
        ValueError, match=r"expected an address such as 127\.0\.0\.1:8084#CODE"
    ) as e:
        JoinedProxy(address)
    assert "#c" not in str(e.value)


@pytest.fixture
def other(telegram):
    return telegram.new_bot("Other bot", "other_bot")


def answers(output):
    """Read what ASK has printed: a line of JSON for each address."""
    return list(map(json.loads, output.splitlines()))


REFUSED = "this join code opens @hello_bot only, and no other account"
FORBIDDEN = {"ok": False, "error_code": 403, "description": f"Forbidden: {REFUSED}"}


def test_a_code_for_one_bot_takes_the_token_of_no_other(offer, start, telegram, account, other):
    with JoinedProxy(offer.address_for(account)) as joined:
        whole = f"https://api.telegram.org/bot{account.token}/getMe"
        foreign = f"https://api.telegram.org/bot{other.token}"
        file = telegram.person("Olga").document(b"a secret", "secret.txt", to=other).document
        path = telegram.call(other, "getFile", file_id=file.file_id)["file_path"]
        addresses = [f"{foreign}/getMe", f"https://api.telegram.org/file/bot{other.token}/{path}"]
        out, errors = start(joined, "-c", ASK, whole, *addresses, whole).communicate(timeout=60)
        mine, *theirs, again = answers(out)
        assert (mine["result"]["username"], again) == ("hello_bot", mine), errors
        assert theirs == [FORBIDDEN, FORBIDDEN]
        assert (joined.notes, offer.notes) == ([REFUSED], [REFUSED])
    assert [call.method for call in other.calls] == ["getFile"]


def test_one_connection_is_checked_for_each_of_its_requests(offer, account, other):
    """Also if they are sent at once, and if one names another server."""
    with JoinedProxy(offer.address_for(account)) as joined:
        host = "Host: api.telegram.org\r\n"
        mine, foreign = (
            f"/bot{token}/getMe HTTP/1.1\r\n{host}" for token in (account.token, other.token)
        )
        lines = f"GET {mine}\r\nGET {foreign}\r\n"
        lines += f"GET https://api.telegram.org{foreign}\r\nGET {mine}Connection: close\r\n\r\n"
        with connect(joined, "api.telegram.org") as client:
            client.sendall(lines.encode())
            received = b"".join(iter(lambda: client.recv(4096), b"")).decode()
        assert [part[:4] for part in received.split("HTTP/1.1 ")[1:]] == [
            "200 ",
            "403 ",
            "403 ",
            "200 ",
        ]


def test_a_code_stays_that_of_its_bot(offer, start, telegram, account, other):
    address = offer.address_for(account)
    assert (offer.address_for(account), offer.address_for(other) != address) == (address, True)
    token = telegram.new_token(account)
    with JoinedProxy(address) as joined:
        urls = [f"https://api.telegram.org/bot{each}/getMe" for each in (token, other.token)]
        found = answers(start(joined, "-c", ASK, *urls).communicate(timeout=60)[0])
        assert [each["ok"] for each in found] == [True, False]
    before = telegram.snapshot()
    telegram.reset()
    telegram.new_bot("Hello bot", "hello_bot")  # another bot of the same name
    with pytest.raises(ValueError, match="has no @hello_bot anymore, for whom this"):
        JoinedProxy(address)
    telegram.restore(before)
    with JoinedProxy(address) as joined:
        url = f"https://api.telegram.org/bot{token}/getMe"
        (found,) = answers(start(joined, "-c", ASK, url).communicate(timeout=60)[0])
        assert found["ok"]


def test_a_code_for_a_bot_of_telegram_opens_no_twitch(offer, account):
    code = offer.address_for(account).partition("#")[2]
    with JoinedProxy(offer.address_for(account)) as joined:
        assert joined.platforms == ["telegram"]
        ask = f"irc.chat.twitch.tv:6667 {hash_of(joined.certificate)}"
    _, (_, said), _ = handshake(offer, code, ask)
    assert said == {"refused": "opens no Twitch with this code"}


def answer_of(joined, host, method, path, token="", form=""):
    """Ask a real address of Twitch by TLS: status and words."""
    lines = [f"{method} {path} HTTP/1.0", f"Host: {host}", f"Authorization: OAuth {token}"]
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
    with connect(joined, host) as client:
        client.sendall("\r\n".join([*lines, "", form]).encode())
        head, _, body = (
            b"".join(iter(lambda: client.recv(4096), b"")).decode().partition("\r\n\r\n")
        )
    return int(head.split()[1]), body


def irc_words(joined, token, nick, port):
    """Log in to chat by TLS or without: what Twitch says first."""
    opened = connect_plainly if port == 6667 else connect
    with opened(joined, "irc.chat.twitch.tv", port) as client:
        client.sendall(f"PASS oauth:{token}\r\nNICK {nick}\r\n".encode())
        return client.recv(4096).decode().splitlines()[0]


def test_a_code_for_an_account_of_twitch_takes_the_token_of_no_other(offer, twitch):
    world = World(twitch, ["chat:read", "chat:edit"])
    mine, theirs = world.token, twitch.authorize(world.viktor, world.app, "chat:read chat:edit")
    apps = twitch.app_token(world.app).access_token
    with JoinedProxy(offer.address_for(world.bot)) as joined:
        assert joined.platforms == ["twitch"]
        validated = [
            answer_of(joined, "id.twitch.tv", "GET", "/oauth2/validate", token)[0]
            for token in (mine.access_token, theirs.access_token, apps, mine.access_token)
        ]
        assert validated == [200, 401, 401, 200]
        for port in (6667, 6697):
            words = irc_words(joined, mine.access_token, "hello_bot", port)
            assert words.endswith(":Welcome, GLHF!")
            words = irc_words(joined, theirs.access_token, "viktor", port)
            assert words.endswith(":Login authentication failed")
        refused = "this join code opens hello_bot only, and no other account"
        assert twitch.connections()[-1].closed.endswith(refused)
        assert (joined.notes, offer.notes) == ([refused], [refused])
    with JoinedProxy(offer.address_for(world.bot, world.app)) as joined:
        assert answer_of(joined, "id.twitch.tv", "GET", "/oauth2/validate", apps)[0] == 200
    bot = twitch.find("hello_bot")
    assert offer.address_for(bot) == offer.address_for(world.bot)


@pytest.mark.parametrize("kind", ["token", "code", "id_token"])
def test_a_code_for_an_account_authorizes_nothing_as_another(offer, twitch, kind):
    world = World(twitch, [])
    app = world.app
    asked = f"client_id={app.client_id}&redirect_uri={app.redirect}&decision=authorize"
    asked += f"&response_type={kind}&scope=openid+chat:edit"
    with JoinedProxy(offer.address_for(world.bot)) as joined:
        for account, status in ((world.bot, 302), (world.viktor, 403)):
            form = f"{asked}&account={account.id}"
            found = answer_of(joined, "id.twitch.tv", "POST", "/oauth2/authorize", form=form)
            assert found[0] == status, found[1]


def test_a_code_for_an_account_activates_no_device_of_another(offer, twitch):
    world = World(twitch, [])
    with JoinedProxy(offer.address_for(world.bot)) as joined:
        form = f"client_id={world.app.client_id}&scopes=chat:edit"
        device = json.loads(
            answer_of(joined, "id.twitch.tv", "POST", "/oauth2/device", form=form)[1]
        )
        form = f"device-code={device['user_code']}&decision=authorize&account={world.viktor.id}"
        assert answer_of(joined, "id.twitch.tv", "POST", "/activate", form=form)[0] == 403
        form = form.replace(f"={world.viktor.id}", f"={world.bot.id}")
        assert answer_of(joined, "id.twitch.tv", "POST", "/activate", form=form)[0] == 200


def test_no_code_but_the_whole_one_opens_a_tunnel(offer, account, other):
    codes = [each.partition("#")[2] for each in map(offer.address_for, (account, other))]
    wrong = [codes[0][:-1], codes[0] + codes[1], codes[0] + "=", codes[0].swapcase(), "hello_bot"]
    for code in [*wrong, f"{codes[0]},{codes[1]}"]:
        assert "refused" in handshake(offer, code, "")[1][1]
    assert len({*codes, CODE}) == 3
    assert not any(code in text for code in codes for text in (repr(offer), *offer.notes))


def test_a_code_is_for_accounts_of_this_sandbox(offer, telegram, account, twitch):
    stranger = telegram.person("Olga")
    for accounts in ((), (stranger,), (account, stranger)):
        with pytest.raises(ValueError, match=r"at least one account|Olga.* is not of the Telegram"):
            offer.address_for(*accounts)
    with (
        JoinOffer(telegram) as less,
        pytest.raises(ValueError, match=r"viktor.* is not of the Tele"),
    ):
        less.address_for(twitch.account("viktor"))


def test_a_wrong_code_is_explained_without_the_code(offer):
    with pytest.raises(ValueError, match="knows no such code") as error:
        JoinedProxy(f"127.0.0.1:{offer.port}#not-this-one")
    assert "not-this-one" not in str(error.value)


def offering(**offer):
    """Return a handler for who knows the code, and offers this."""

    async def handler(request):
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        _, _, key = await hear_program(connection, {"": CODE})
        await connection.send_json({"sealed": seal(key, json.dumps(offer))})
        return connection

    return handler


def test_whatever_a_sandbox_offers_is_shown_safely(offer):
    """Somebody else may have made it."""
    odd = {
        "certificate": handshake(offer, CODE, "")[2]["certificate"],
        "platforms": ["telegram", 5],
    }
    with (
        SomebodyElse(offering(**odd, bot=5, token="a\x1b[2Jb\0")) as other,
        JoinedProxy(f"127.0.0.1:{other.port}#{CODE}") as joined,
    ):
        assert (joined.bot, joined.variables({})["TELEGRAM_TOKEN"]) == ("5", "a␛[2Jb␀")


def other_certificate():
    """One of another site, as a sandbox would make it."""
    with mock.patch.object(certificate, "HOSTS", ["weather.example"]):
        return make_certificate()[0].decode()


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({}, "can't be joined by this version of bot-sandbox"),
        ({"certificate": 5}, "it offers no certificate"),
        ({"certificate": other_certificate()}, "could pass for other sites, too"),
    ],
)
def test_a_certificate_that_could_pass_for_other_sites_is_refused(odd, words):
    with SomebodyElse(offering(**odd)) as other, pytest.raises(ValueError, match=words):
        JoinedProxy(f"127.0.0.1:{other.port}#{CODE}")


def test_an_address_of_something_else_is_explained(offer, telegram):
    offer.close()
    with pytest.raises(OSError, match=f"no sandbox answers at 127.0.0.1:{offer.port}"):
        JoinedProxy(offer.address)
    with pytest.raises(ValueError, match=f"at 127.0.0.1:{telegram.port} can't be joined by this"):
        JoinedProxy(f"127.0.0.1:{telegram.port}#code")


def test_an_offer_ends_with_all_that_it_holds(telegram, account):
    before = set(threading.enumerate())
    offer = JoinOffer(telegram)
    with JoinedProxy(offer.address) as joined, connect(joined, "api.telegram.org") as client:
        offer.close()
        offer.close()
        assert client.recv(1) == b""
    assert set(threading.enumerate()) <= before
    with pytest.raises(OSError, match="cannot be used"):
        JoinOffer(telegram, port=telegram.port)
    assert set(threading.enumerate()) <= before
