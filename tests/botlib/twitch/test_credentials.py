"""The bot's tokens and answers that are not Twitch's: none of them ends a bot or fills memory."""

import asyncio
import gzip
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from botlib.details.settings import TOKEN_TRIES
from botlib.twitch.details.credentials import Credentials, LoginRefused

SCOPES = ["chat:read", "chat:edit"]
GOOD = {"client_id": "app", "login": "hellobot", "user_id": "7", "scopes": SCOPES, "expires_in": 0}
SOON = GOOD | {"expires_in": 60}
NEW = {"access_token": "new", "refresh_token": "next", "expires_in": 0, "token_type": "bearer"}
UNKNOWN = 401, {"status": 401, "message": "invalid access token"}
REFUSED = 400, {"status": 400, "message": "Invalid refresh token"}
PORTAL = b"<html>Welcome to the hotel. Please log in to the Wi-Fi.</html>"
FOREIGN = [
    (401, PORTAL),
    (404, PORTAL),
    (401, {}),
    (200, PORTAL),
    (302, PORTAL),
    (511, PORTAL),
    (200, gzip.compress(b" " * 50_000_000)),
]


class Answers(BaseHTTPRequestHandler):
    """Gives the next answers of its server: to a validation, and to a refresh."""

    def do_GET(self):
        self.give("validate", self.headers["Authorization"])

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.give("refresh", form)

    def give(self, what, asked):
        server = self.server
        server.asked.append((what, asked))
        answers = server.answers[what]
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        if body == "150 MB":
            self.end_headers()
            for _ in range(2400):
                self.wfile.write(b" " * 65536)
            return
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Nothing goes to a terminal."""


@contextmanager
def twitch(validate=((200, GOOD),), refresh=((200, NEW),)):
    """A Twitch that gives these answers, one after the other; the last one again and again."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        server.answers = {"validate": list(validate), "refresh": list(refresh)}
        server.asked = []
        server.handle_error = lambda *_: None  # the client has left
        server.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def credentials(server, **more):
    options = {"on_renewed": lambda _: None, "refused_s": 0.001}
    return Credentials("old", "first", "app", "hunter2", server.url, **options | more)


@pytest.mark.parametrize("answer", FOREIGN)
def test_another_servers_answer_about_the_token_ends_nothing(answer):
    with twitch(validate=[answer, (200, GOOD)]) as server:
        found = credentials(server)
        with pytest.raises(ConnectionError, match="gave no sensible answer"):
            asyncio.run(found.ensure_valid())
        asyncio.run(found.ensure_valid())
    assert found.login == "hellobot"


@pytest.mark.parametrize("answer", FOREIGN)
def test_another_servers_answer_to_a_refresh_ends_nothing(answer):
    with twitch(validate=[UNKNOWN, UNKNOWN, (200, GOOD)], refresh=[answer, (200, NEW)]) as server:
        found = credentials(server)
        with pytest.raises(ConnectionError, match="no new token") as caught:
            asyncio.run(found.ensure_valid())
        asyncio.run(found.ensure_valid())
    assert (found.token, found.refresh_token) == ("new", "next")
    assert not [secret for secret in ("first", "hunter2") if secret in str(caught.value)]


def test_one_stray_refusal_of_twitchs_own_ends_nothing():
    with twitch(validate=[UNKNOWN, (200, GOOD)], refresh=[REFUSED]) as server:
        found = credentials(server)
        asyncio.run(found.ensure_valid())
        assert [what for what, _ in server.asked] == ["validate", "refresh", "validate"]
    assert found.token == "old"


def test_twitchs_own_word_ends_it_after_several_tries_and_says_what_to_do(caplog, monkeypatch):
    monkeypatch.setenv("BOT_COMMAND", "my_bot")
    with twitch(validate=[UNKNOWN], refresh=[REFUSED]) as server:
        with pytest.raises(LoginRefused, match="Twitch does not know this token") as caught:
            asyncio.run(credentials(server).ensure_valid())
        assert [what for what, _ in server.asked] == ["validate", "refresh"] * TOKEN_TRIES
    assert str(caught.value).endswith("In a terminal: my_bot login twitch")
    assert "Invalid refresh token" in caplog.text.replace("invalid", "Invalid")
    shown = str(caught.value) + caplog.text
    assert not [secret for secret in ("first", "hunter2") if secret in shown]


def test_an_answer_of_150_megabytes_is_cut_off_and_tried_again_later():
    with twitch(validate=[(200, "150 MB"), (200, SOON), (200, GOOD)]) as server:
        found = credentials(server)
        with pytest.raises(ConnectionError, match="longer than"):
            asyncio.run(found.ensure_valid())
        server.answers["refresh"] = [(200, "150 MB"), (200, NEW)]
        with pytest.raises(ConnectionError, match="longer than"):
            asyncio.run(found.ensure_valid())
        server.answers["validate"] = [(200, SOON), (200, GOOD)]
        asyncio.run(found.ensure_valid())
    assert found.token == "new"


def test_new_tokens_are_saved_although_the_bot_stops_meanwhile():
    at_work, go_on, saved = threading.Event(), threading.Event(), []

    def save(renewed):
        at_work.set()
        go_on.wait(10)
        saved.append(renewed.refresh_token)

    async def stop_it(found):
        task = asyncio.create_task(found.ensure_valid())
        await asyncio.to_thread(at_work.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()

    with twitch(validate=[(200, SOON)]) as server:
        asyncio.run(stop_it(credentials(server, on_renewed=save)))
    assert saved == ["next"]
