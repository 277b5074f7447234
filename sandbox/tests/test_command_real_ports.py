"""bot-sandbox --real-ports: bots elsewhere find it because a network gives it the platforms' names.

A network and a file of hosts of their own do what the aliases of a container do, and leave this
machine's ports free.
"""

import json
import re
import shutil
import socket
import subprocess
import sys

import pytest
from command import ANY_PORTS, COMMAND, start
from npm import PEERS
from platform_programs import WHO_AM_I

from bot_sandbox.cloud.deployment import find_node
from bot_sandbox.programs.platform_addresses import HOSTS

BOTS = PEERS / "unchanged"
OWN_NETWORK = "ip link set lo up && mount --bind $0 /etc/hosts && echo ready && exec sleep infinity"
ASK = """
import json, sys, urllib.request
found, path, *values = sys.argv[1:]
window = json.loads(found)["window"]
body = values[0].encode() if values else None
url, head = f"{window['api_url']}/{path}", {"Bot-Sandbox-Key": window["key"]}
answer = json.load(urllib.request.urlopen(urllib.request.Request(url, body, head)))
print(answer.get("text", "no text"))
"""
GREETING = """
import os, socket, ssl, sys
name, port = sys.argv[1], int(sys.argv[2])
line = socket.create_connection(("irc.chat.twitch.tv", port))
if port != 6667:
    context = ssl.create_default_context()
    context.check_hostname = bool(name)
    line = context.wrap_socket(line, server_hostname=name or None)
line.sendall(f"PASS oauth:{os.environ['BOT_TOKEN']}\\r\\nNICK hello_bot\\r\\n".encode())
try:
    print(line.recv(99).decode().partition(" :")[0])
except OSError:
    print()
"""


@pytest.fixture
def own_network(tmp_path):
    """Words before a command that runs in a network where this machine has the platforms' names."""
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("NO SECOND NETWORK: this machine lacks unshare, nsenter or ip")
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 localhost {' '.join(HOSTS)}\n")
    holder = subprocess.Popen(
        ["unshare", "--net", "--mount", "sh", "-c", OWN_NETWORK, hosts],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        if holder.stdout.readline() != "ready\n":
            pytest.skip(f"NO SECOND NETWORK: {holder.stderr.read().strip()}")
        yield ["nsenter", f"--net=/proc/{holder.pid}/ns/net", f"--mount=/proc/{holder.pid}/ns/mnt"]
    finally:
        holder.kill()
        holder.communicate()


@pytest.mark.slow("a network of its own, which only root can make")
@pytest.mark.timeout(300)
def test_bots_in_other_containers_need_the_names_and_the_certificate(own_network, tmp_path):
    file = tmp_path / "all.pem"
    options = (*ANY_PORTS, "--real-ports", str(file), "--json")
    sandbox = start(*options, command=[*own_network, *COMMAND], stdin=subprocess.PIPE)
    started = []
    try:
        told = sandbox.stdout.readline()
        assert told, sandbox.stderr.read()
        settings = json.loads(told)["settings"]
        trusted = {"SSL_CERT_FILE": str(file), "NODE_EXTRA_CA_CERTS": str(file)}

        def bot(*words, token):
            own = trusted | {"BOT_TOKEN": settings[token]}
            started.append(start(*map(str, words), command=own_network, **own))
            return started[-1]

        def run(code, *words, **own):
            known = start("-c", code, *words, command=[*own_network, sys.executable], **own)
            started.append(known)
            return known.communicate(timeout=120)

        def ask(path, values=None):
            return run(ASK, told, path, *([json.dumps(values)] if values else []))

        said = {"from": "Viktor", "to": "hello_bot", "text": "moin", "timeout": 60}
        for words in ([sys.executable, BOTS / "ptb.py"], [find_node(), BOTS / "fetch_bot.mjs"]):
            running = bot(*words, token="TELEGRAM_TOKEN")
            assert ask("telegram/ask", said) == ("you said moin\n", "")
            running.kill()
            running.wait()
        joined = "twitch/wait?login=hello_bot&channel=viktor&timeout=60"
        bot(sys.executable, BOTS / "irc_tls.py", token="TWITCH_TOKEN")
        assert ask(joined) == ("no text\n", "")
        said = {"from": "viktor", "text": "!hello", "timeout": 60}
        assert ask("twitch/ask", said) == ("hello viktor!\n", "")
        tokens = {name: settings[name] for name in ("TELEGRAM_TOKEN", "TWITCH_TOKEN")}
        assert run(WHO_AM_I, **trusted, **tokens) == ("hello_bot\nhello_bot\n", "")
        token = {"BOT_TOKEN": settings["TWITCH_TOKEN"]}
        hello = ":tmi.twitch.tv 001 hello_bot"
        # Port 443 has several names, and TLS says which one is meant.
        for name, port, first in (
            ("irc.chat.twitch.tv", "6667", hello),
            ("irc.chat.twitch.tv", "443", hello),
            ("irc-ws.chat.twitch.tv", "443", "HTTP/1.0 400 Bad Request"),
            ("", "443", ""),
        ):
            out, errors = run(GREETING, name, port, **trusted, **token)
            assert (out.splitlines()[0], errors) == (first, "")
        assert "CERTIFICATE_VERIFY_FAILED" in run(WHO_AM_I, **tokens)[1]
        written = file.read_text()
        assert written.count("BEGIN CERTIFICATE") > 1 and "PRIVATE" not in written
    finally:
        for process in (*started, sandbox):
            process.kill()
            process.communicate()


@pytest.mark.slow("a command from start to end")
def test_a_port_that_cannot_be_had_is_named(tmp_path):
    """Port 6697 is taken; whoever isn't root doesn't get as far."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 6697))
        taken.listen()
        process = start(*ANY_PORTS, "--real-ports", str(tmp_path / "all.pem"), "--json")
        out, errors = process.communicate(timeout=60)
    assert (out, process.returncode) == ("", 1)
    assert re.match(
        r"The sandbox did not start: port \d+ on 127.0.0.1 cannot be used \(.+\)\. "
        "--real-ports needs the platforms' own ports",
        errors,
    ), errors
