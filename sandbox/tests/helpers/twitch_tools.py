"""What the tests of the sandbox Twitch share: a small world and clients of few lines."""

import contextlib
import json
import socket
import threading
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest

from bot_sandbox.twitch import NoReply

CHAT = ["chat:read", "chat:edit"]


class World:
    """A Twitch with viktor's channel, a bot's account and the bot's token."""

    def __init__(self, twitch, scopes=CHAT):
        self.twitch = twitch
        self.viktor = twitch.account("viktor", display_name="Viktor")
        self.bot = twitch.account("hello_bot", display_name="Hello_Bot")
        self.app = twitch.application("Hello bot")
        self.token = twitch.authorize(self.bot, self.app, list(scopes))

    def irc(self, capabilities="tags commands", channel="viktor"):
        """The bot, connected by TCP, logged in and in the channel."""
        client = Irc(self.twitch)
        if capabilities:
            names = " ".join(f"twitch.tv/{name}" for name in capabilities.split())
            client.send(f"CAP REQ :{names}")
        client.send(f"PASS oauth:{self.token.access_token}", "NICK hello_bot")
        if channel:
            client.send(f"JOIN #{channel}")
            self.twitch.wait_for(self.bot, channel)
        else:
            client.until("376")
        return client

    def parrot(self):
        """A bot of few lines: answers !hello until its connection ends."""
        client = self.irc("")

        def answer():
            with client:
                while line := client.line():
                    if line.endswith(":!hello"):
                        who = line[1:].partition("!")[0]
                        client.send(f"PRIVMSG #viktor :hello {who}!")

        threading.Thread(target=answer, daemon=True).start()

    def silence(self, timeout=0.01):
        """What viktor is told when nobody answers him."""
        with pytest.raises(NoReply) as caught:
            self.viktor.ask("!hello", timeout=timeout)
        return str(caught.value)


class Irc:
    """A raw socket that speaks lines."""

    def __init__(self, twitch):
        self.socket = socket.create_connection(twitch.irc_address, timeout=60)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *lines):
        self.socket.sendall("".join(line + "\r\n" for line in lines).encode())

    def raw(self, data):
        self.socket.sendall(data)

    def line(self):
        """The next line; an empty string at the end of the connection."""
        while b"\r\n" not in self.rest:
            try:
                data = self.socket.recv(65536)
            except ConnectionError:
                data = b""
            if not data:
                return ""
            self.rest += data
        line, _, self.rest = self.rest.partition(b"\r\n")
        return line.decode()

    def until(self, word):
        """The next line that has this word; everything before it is dropped."""
        while (line := self.line()) and word not in line:
            pass
        assert line, f"the connection ended before {word!r} came"
        return line

    def heard(self):
        """Every line up to now: a PING marks where now is."""
        self.send("PING :mark")
        lines = []
        while (line := self.line()) and "PONG" not in line:
            lines.append(line)
        return lines

    def rest_of_it(self):
        """Every line until the connection ends."""
        return list(iter(self.line, ""))


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.text = body.decode()

    @property
    def json(self):
        return json.loads(self.text)


def call(method, url, *, form=None, body=None, raw=None, headers=None):
    """One HTTP request; redirects are not followed."""
    parts = urlsplit(url)
    headers = dict(headers or {})
    data = raw
    if form is not None:
        data = urlencode(form)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if body is not None:
        data = json.dumps(body)
        headers["Content-Type"] = "application/json"
    connection = HTTPConnection(parts.hostname, parts.port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, f"{parts.path}?{parts.query}", body=data, headers=headers)
        response = connection.getresponse()
        return Answer(response, response.read())


def helix(world, method, path, token=None, **more):
    """A Helix request with the right client id and the bot's token unless told otherwise."""
    headers = {
        "Authorization": f"Bearer {(token or world.token).access_token}",
        "Client-Id": world.app.client_id,
    }
    return call(method, f"{world.twitch.url}/helix{path}", headers=headers, **more)
