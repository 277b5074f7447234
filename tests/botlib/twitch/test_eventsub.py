"""The EventSub webhook function: hand-signed messages, a Twitch that fails, the sandbox Twitch."""

import json
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from events import SHAPES, event
from hypothesis import given
from hypothesis import strategies as st
from waiting import wait_until

from bot_sandbox.http.local_server import LocalServer
from botlib import Bot
from botlib.bot import TryAgain
from botlib.store import open_store
from botlib.store.memory import MemoryStore
from botlib.twitch.details.helix import ApiRefused, Helix
from botlib.twitch.eventsub import sign, webhook
from deploy.bundle.imports import find_needed

SECRET, BOT, VIKTOR, CHANNEL = "correct-horse", "900", "7", "7"
ROOT = Path(__file__).parents[3]


def make_bot():
    bot = Bot()
    bot.command("hello")(lambda message: f"hello {message.user}!")
    bot.command("where")(lambda message: f"{message.chat} {message.user_id}")
    bot.command("two")(lambda message: ["one", "two"])
    bot.command("long")(lambda message: " ".join(str(number) for number in range(400)))
    bot.command("lines")(lambda message: "one\ntwo\r\nPRIVMSG #x :three")
    bot.command("say")(lambda message: message.arguments)
    bot.command("fail")(lambda message: 1 / 0)

    @bot.command("slow")
    async def slow(message):
        return "waited"

    return bot


class FakeTwitch(LocalServer):
    """Token endpoint and Helix, answering what a test wants, remembering what it was asked."""

    def __init__(self):
        super().__init__("fake twitch")
        self.tokens, self.sent, self.subscribed = [], [], []
        self.token_status, self.expires_in = 200, 3600
        self.strange = {}  # instead of a good token's fields
        self.answers = []  # (status, body) of the next messages; then all goes well
        self.on_message = lambda: None
        self.hangs_up = False
        app = web.Application()
        app.router.add_post("/oauth2/token", self._give_token)
        app.router.add_post("/helix/chat/messages", self._take_message)
        app.router.add_post("/helix/eventsub/subscriptions", self._take_subscription)
        self.url = f"http://127.0.0.1:{self._runner.run(self._serve(web.AppRunner(app)))}"

    @property
    def texts(self):
        return [message["message"] for message in self.sent]

    async def _give_token(self, request):
        form = await request.post()
        assert form["grant_type"] == "client_credentials"
        if self.token_status != 200 or form["client_secret"] != "app-secret":
            status = self.token_status if self.token_status != 200 else 403
            return web.json_response(
                {"status": status, "message": "invalid client secret"}, status=status
            )
        self.tokens.append(f"token-{len(self.tokens)}")
        good = {"access_token": self.tokens[-1], "expires_in": self.expires_in}
        return web.json_response(good | {"token_type": "bearer"} | self.strange)

    async def _take_message(self, request):
        if request.headers["Authorization"] != f"Bearer {self.tokens[-1]}":
            return web.json_response({"status": 401, "message": "Invalid OAuth token"}, status=401)
        assert request.headers["Client-Id"] == "app-id"
        message = await request.json()  # before anything else: a broken line has nothing to read
        self.on_message()
        if self.hangs_up:
            request.transport.abort()
        if self.answers:
            status, body = self.answers.pop(0)
            if status != 200 or not isinstance(body, dict):
                return web.Response(
                    status=status, text=body if isinstance(body, str) else json.dumps(body)
                )
        else:
            body = {"message_id": "1", "is_sent": True}
        if body["is_sent"]:
            self.sent.append(message)
        return web.json_response({"data": [body]})

    async def _take_subscription(self, request):
        self.subscribed.append(await request.json())
        status, body = self.answers.pop(0)
        return web.json_response(body, status=status)


class Trickle:
    """Answers one byte at a time, without end: alive for every single read."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._answer)

    def _answer(self):
        connection, _ = self._listener.accept()
        with connection, suppress(OSError):  # the client has left
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not self._end.wait(0.1):
                connection.sendall(b"x")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        self._listener.close()


@pytest.fixture
def twitch():
    with FakeTwitch() as twitch:
        yield twitch


@pytest.fixture
def handler(twitch):
    return make(twitch)


def make(twitch, bot=None, **more):
    return webhook(bot or make_bot(), SECRET, "app-id", "app-secret", BOT, twitch.url, **more)


def said(text="!hello", user=VIKTOR, **more):
    return {"broadcaster_user_id": CHANNEL, "broadcaster_user_login": "viktor",
            "broadcaster_user_name": "Viktor", "chatter_user_id": user,
            "chatter_user_login": "viktor", "chatter_user_name": "Viktor", "message_id": "m-1",
            "message": {"text": text, "fragments": []}, "message_type": "text", "reply": None,
            "source_broadcaster_user_id": None} | more  # fmt: skip


def notification(chat_event=None, type="channel.chat.message"):
    subscription = {"id": "s-1", "type": type, "version": "1", "status": "enabled"}
    return {"subscription": subscription, "event": said() if chat_event is None else chat_event}


def stamp(seconds_from_now=0.0):
    at = datetime.fromtimestamp(time.time() + seconds_from_now, UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


numbers = iter(range(10**9))


def post(
    handler, body, kind="notification", id=None, at=None, secret=SECRET, shape="aws_v2",
    context=None, method="POST", **change
):  # fmt: skip
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    id, at = f"id-{next(numbers)}" if id is None else id, at or stamp()
    headers = {
        "Twitch-Eventsub-Message-Id": id,
        "Twitch-Eventsub-Message-Retry": "0",
        "Twitch-Eventsub-Message-Type": kind,
        "Twitch-Eventsub-Message-Signature": sign(secret, id, at, raw),
        "Twitch-Eventsub-Message-Timestamp": at,
        "Twitch-Eventsub-Subscription-Type": "channel.chat.message",
        "Twitch-Eventsub-Subscription-Version": "1",
    }
    for name, value in change.items():
        name = f"Twitch-Eventsub-Message-{name.title()}"
        headers = {key: val for key, val in headers.items() if key != name}
        headers |= {} if value is None else {name: value}
    answer = handler(event(shape, method, headers=headers, body=raw), context)
    return answer["statusCode"], answer["body"]


# --- what Twitch sends ------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_hello_is_answered_in_the_chat_on_every_cloud(twitch, handler, shape):
    assert post(handler, notification(), shape=shape) == (204, "")
    assert twitch.sent == [
        {"broadcaster_id": CHANNEL, "sender_id": BOT, "message": "hello Viktor!"}
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_challenge_comes_back_exactly_as_plain_text(handler, shape):
    body = {"challenge": "pogchamp-kappa-360noscope ü", "subscription": {"type": "x"}}
    raw = json.dumps(body).encode()
    at = stamp()
    answer = handler(event(shape, body=raw, headers={
        "Twitch-Eventsub-Message-Id": "c", "Twitch-Eventsub-Message-Timestamp": at,
        "Twitch-Eventsub-Message-Type": "webhook_callback_verification",
        "Twitch-Eventsub-Message-Signature": sign(SECRET, "c", at, raw)}))  # fmt: skip
    assert answer == {"statusCode": 200, "headers": {"content-type": "text/plain"},
                      "body": "pogchamp-kappa-360noscope ü", "isBase64Encoded": False}  # fmt: skip


def test_a_challenge_that_is_none_is_a_400(handler):
    for body in [{"subscription": {}}, {"subscription": {}, "challenge": 5}]:
        assert post(handler, body, kind="webhook_callback_verification")[0] == 400


def test_a_revocation_is_logged_with_its_reason(handler, caplog):
    subscription = {"type": "channel.chat.message", "status": "authorization_revoked"}
    assert post(handler, {"subscription": subscription}, kind="revocation") == (204, "")
    assert "authorization_revoked" in caplog.text and "subscribe again" in caplog.text


QUIET = {
    "another event": notification(type="channel.follow"),
    "ordinary talk": notification(said("good morning")),
    "the bot's own words": notification(said(user=BOT)),
    "a viewer of another channel in a shared chat": notification(
        said(source_broadcaster_user_id="8")
    ),
    "no event": {"subscription": {"type": "channel.chat.message"}},
    "an event that is none": notification([1]),
    "a text that is none": notification(said() | {"message": {"text": 5}}),
    "a message that is none": notification(said() | {"message": "!hello"}),
    "an id that is none": notification(said() | {"message_id": None}),
    "a type that is none": notification(type=[]),
}


@pytest.mark.parametrize("body", QUIET.values(), ids=QUIET)
def test_what_is_not_for_the_bot_is_acknowledged_and_left_alone(twitch, handler, body):
    assert post(handler, body) == (204, "")
    assert twitch.sent == [] and twitch.tokens == []


@pytest.mark.parametrize("kind", ["", "hologram", None])
def test_a_message_type_nobody_knows_yet_is_acknowledged(twitch, handler, kind):
    assert post(handler, notification(), type=kind) == (204, "")
    assert twitch.sent == []


def test_a_shared_chat_answers_its_own_viewers(twitch, handler):
    post(handler, notification(said(source_broadcaster_user_id=CHANNEL)))
    assert twitch.texts == ["hello Viktor!"]


def test_the_brain_learns_channel_and_user_and_hears_replies_without_the_name(twitch, handler):
    post(handler, notification(said("!where")))
    post(handler, notification(said("@bot !where", reply={"parent_message_id": "m-0"})))
    assert twitch.texts == ["viktor 7", "viktor 7"]


def test_an_async_command_is_awaited(twitch, handler):
    post(handler, notification(said("!slow")))
    assert twitch.texts == ["waited"]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_what_is_no_post_is_refused_even_if_signed(twitch, handler, shape, method):
    status, body = post(handler, notification(), shape=shape, method=method)
    assert status == 405 and json.loads(body) == {"error": "expected a POST"}
    assert twitch.sent == [] and twitch.tokens == []


# --- what goes out ----------------------------------------------------------------------------


def test_several_replies_go_out_in_order_and_long_ones_in_pieces(twitch, handler):
    post(handler, notification(said("!two")))
    assert twitch.texts == ["one", "two"]
    post(handler, notification(said("!long")))
    pieces = twitch.texts[2:]
    assert " ".join(pieces) == " ".join(str(number) for number in range(400))
    assert len(pieces) == 4 and max(len(piece) for piece in pieces) <= 500


def test_a_reply_is_one_line_and_never_a_chat_command(twitch, handler):
    post(handler, notification(said("!lines")))
    post(handler, notification(said("!say /ban anna")))
    assert twitch.texts[0] == "one two PRIVMSG #x :three"
    assert not twitch.texts[1].startswith("/") and twitch.texts[1].endswith("/ban anna")


def test_an_answer_may_hang_on_its_question(twitch):
    post(make(twitch, as_reply=True), notification())
    assert twitch.sent[0]["reply_parent_message_id"] == "m-1"


def test_a_dropped_reply_is_logged_with_its_reason(twitch, handler, caplog):
    reason = {"code": "msg_rejected", "message": "Your message was held by AutoMod."}
    twitch.answers = [(200, {"message_id": "", "is_sent": False, "drop_reason": reason})]
    assert post(handler, notification()) == (204, "")
    assert "msg_rejected Your message was held by AutoMod." in caplog.text


def test_a_repeated_text_is_said_so_that_twitch_takes_it(twitch, handler):
    reason = {"code": "msg_duplicate", "message": "identical"}
    dropped = (200, {"message_id": "", "is_sent": False, "drop_reason": reason})
    twitch.answers = [dropped]
    post(handler, notification())
    assert twitch.texts[0].startswith("hello Viktor! ") and len(twitch.texts) == 1
    twitch.answers = [dropped, dropped]  # given up, not tried for ever
    assert post(handler, notification()) == (204, "")


def test_a_reply_that_is_too_fast_waits_for_its_turn(twitch, handler):
    reason = {"code": "msg_ratelimit", "message": "too quickly"}
    sent = {"message_id": "1", "is_sent": True}
    dropped = {"message_id": "", "is_sent": False, "drop_reason": reason}
    twitch.answers = [(200, sent), (200, dropped)]
    post(handler, notification(said("!two")))
    assert twitch.texts == ["one", "two"]


TOO_FAST = {"code": "msg_ratelimit", "message": "too quickly"}
DROPPED = (200, {"message_id": "", "is_sent": False, "drop_reason": TOO_FAST})
SENT = (200, {"message_id": "1", "is_sent": True})


class Context:
    """What a cloud that tells the time limit gives to a call."""

    def __init__(self, limit_s):
        self.ends = time.monotonic() + limit_s

    def get_remaining_time_in_millis(self):
        return max(0, int((self.ends - time.monotonic()) * 1000))


def test_what_the_time_limit_leaves_no_room_for_is_logged_and_not_begun_again(
    twitch, handler, caplog
):
    twitch.answers = [SENT, DROPPED]
    body = notification(said("!two"))
    assert post(handler, body, id="same", context=Context(1.5)) == (204, "")
    assert post(handler, body, id="same", context=Context(1.5)) == (204, "")
    assert twitch.texts == ["one"]
    assert "only 1 of 2 messages were sent: Twitch takes no more" in caplog.text


def test_a_reply_that_found_no_room_at_all_is_delivered_again(twitch, handler, caplog):
    twitch.answers = [DROPPED]
    assert post(handler, notification(), id="same", context=Context(1.5))[0] == 503
    assert post(handler, notification(), id="same", context=Context(0.1))[0] == 503
    assert "there is no time left to ask" in caplog.text
    assert post(handler, notification(), id="same", context=Context(60)) == (204, "")
    assert twitch.texts == ["hello Viktor!"]


def test_a_twitch_that_hangs_is_given_up_before_the_cloud_ends_the_function(
    twitch, handler, caplog
):
    finish = threading.Event()
    twitch.on_message = lambda: finish.wait(10)
    context = Context(3.0)
    assert post(handler, notification(), id="same", context=context) == (204, "")
    assert context.get_remaining_time_in_millis() > 0
    assert (
        "only 0 of 1 messages were sent" in caplog.text and "gave no usable answer" in caplog.text
    )
    finish.set()
    wait_until(lambda: twitch.sent)
    assert post(handler, notification(), id="same") == (204, "")
    assert len(twitch.sent) == 1


def test_a_twitch_that_trickles_is_given_up_before_the_cloud_ends_the_function(twitch, caplog):
    with Trickle() as trickle:
        context = Context(2.0)
        handler = webhook(make_bot(), SECRET, "app-id", "app-secret", BOT, trickle.url)
        assert post(handler, notification(), context=context)[0] == 503
    assert context.get_remaining_time_in_millis() > 0
    assert "gave no usable answer" in caplog.text


@pytest.mark.parametrize("reason", [None, "held", [], {}, {"code": 5}, {"message": None}])
def test_a_reply_dropped_for_a_strange_reason_is_logged(twitch, handler, caplog, reason):
    twitch.answers = [(200, {"message_id": "", "is_sent": False, "drop_reason": reason})]
    assert post(handler, notification()) == (204, "")
    assert "Twitch dropped a reply in viktor" in caplog.text


# --- the token --------------------------------------------------------------------------------


def test_one_token_serves_many_messages_until_it_expires(twitch, handler):
    for _ in range(3):
        post(handler, notification())
    assert len(twitch.tokens) == 1
    twitch.expires_in = 30  # too short to be kept
    twitch.tokens.append("revoked meanwhile")
    post(handler, notification())
    post(handler, notification())
    assert len(twitch.tokens) == 4
    assert twitch.texts == ["hello Viktor!"] * 5


def test_a_token_that_died_is_renewed_once(twitch, handler):
    post(handler, notification())
    twitch.tokens.append("a newer one, so ours is dead")
    assert post(handler, notification()) == (204, "")
    assert len(twitch.sent) == 2


def test_a_401_that_stays_is_not_asked_for_ever(twitch, handler, caplog):
    refusal = (401, {"status": 401, "message": "Missing scope: user:write:chat or user:bot"})
    twitch.answers = [refusal, refusal, refusal]
    assert post(handler, notification()) == (204, "")
    assert len(twitch.answers) == 1
    assert "Missing scope: user:write:chat or user:bot" in caplog.text


@pytest.mark.parametrize(
    "strange",
    [
        {"expires_in": "soon"},
        {"expires_in": None},
        {"expires_in": 10**400},
        {"access_token": 7},
        {"access_token": "two\r\nlines"},
        {"access_token": ["a"], "expires_in": []},
    ],
)
def test_a_strange_token_is_asked_for_again_by_the_next_delivery(twitch, handler, caplog, strange):
    twitch.strange = strange
    assert post(handler, notification(), id="same")[0] == 503
    assert "a strange answer when it was asked for an app token" in caplog.text
    twitch.strange = {}
    assert post(handler, notification(), id="same") == (204, "")
    assert twitch.texts == ["hello Viktor!"]


def test_a_wrong_client_secret_is_logged_with_the_fix_and_not_shown(twitch, caplog):
    handler = webhook(make_bot(), SECRET, "app-id", "hunter2", BOT, twitch.url)
    assert post(handler, notification()) == (204, "")
    assert "TWITCH_CLIENT_SECRET" in caplog.text and "hunter2" not in caplog.text


# --- once -------------------------------------------------------------------------------------


def test_a_message_delivered_again_is_answered_once(twitch, handler):
    assert [post(handler, notification(), id="same") for _ in range(3)] == [(204, "")] * 3
    assert len(twitch.sent) == 1


def test_two_instances_with_one_store_answer_once_even_at_the_same_time(twitch, tmp_path):
    url = f"sqlite:///{tmp_path / 'store.db'}"
    started, finish = threading.Event(), threading.Event()
    twitch.on_message = lambda: (started.set(), finish.wait(10))
    one, two = (make(twitch, store=open_store(url)) for _ in range(2))
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(post, one, notification(), id="same")
        assert started.wait(10)
        assert post(two, notification(), id="same")[0] == 503  # Twitch comes again
        finish.set()
        assert first.result(10) == (204, "")
    assert post(two, notification(), id="same") == (204, "")
    assert len(twitch.sent) == 1


def test_however_long_its_function_may_work_a_message_is_answered_once(twitch, monkeypatch):
    bot, store, statuses, now = Bot(), MemoryStore(), [], time.time
    one, two = make(twitch, bot, store=store), make(twitch, store=store)

    @bot.command("hello")
    def deliver_again(message):
        monkeypatch.setattr(time, "time", lambda: now() + 120)
        statuses.append(post(two, notification(), id="same")[0])
        return "at last"

    assert post(one, notification(), id="same", context=Context(900)) == (204, "")
    assert (statuses, twitch.texts) == ([503], ["at last"])


TROUBLES = [(503, ""), (500, {"message": "oh"}), (502, "<html>"), (429, {"message": "too many"})]


def test_where_twitch_is_not_reached_a_second_delivery_is_answered(twitch, handler, caplog):
    for trouble in TROUBLES:
        twitch.answers = [trouble]
        assert post(handler, notification(), id=f"same {trouble}")[0] == 503
        assert post(handler, notification(), id=f"same {trouble}") == (204, "")
    assert twitch.texts == ["hello Viktor!"] * 4
    for twitch.token_status in (500, 429):
        assert post(make(twitch), notification(), id="new")[0] == 503


def test_what_may_have_been_said_is_not_said_again(twitch, handler, caplog):
    twitch.hangs_up = True
    assert post(handler, notification(), id="same") == (204, "")
    assert "gave no usable answer" in caplog.text
    twitch.hangs_up = False
    assert post(handler, notification(), id="same") == (204, "")
    assert len(twitch.sent) == 1  # Twitch had taken it, only its answer was lost


@pytest.mark.parametrize("status", [503, 429])
def test_half_an_answer_is_not_begun_again(twitch, handler, caplog, status):
    twitch.answers = [SENT, (status, "")]
    assert post(handler, notification(said("!two")), id="same") == (204, "")
    assert post(handler, notification(said("!two")), id="same") == (204, "")
    assert twitch.texts == ["one"]
    assert "only 1 of 2 messages were sent" in caplog.text


def test_a_twitch_that_is_down_is_a_503_and_said(twitch, handler, caplog):
    twitch.close()
    assert post(handler, notification())[0] == 503
    assert "cannot be reached" in caplog.text


REFUSALS = [(400, {"message": "no such parent"}), (404, "<html>"), (422, {"message": "too large"}),
            (200, "no json"), (200, "[]")]  # fmt: skip


@pytest.mark.parametrize("answer", REFUSALS)
def test_what_twitch_refuses_is_logged_and_not_asked_for_again(twitch, handler, caplog, answer):
    twitch.answers = [answer]
    assert post(handler, notification(), id="same") == (204, "")
    assert post(handler, notification(), id="same") == (204, "")
    assert twitch.sent == [] and caplog.text


def test_a_command_that_fails_is_logged_and_apologised_for(twitch, handler, caplog):
    assert post(handler, notification(said("!fail"))) == (204, "")  # or Twitch would end it
    assert "!fail failed: ZeroDivisionError: division by zero (test_eventsub.py" in caplog.text
    assert post(handler, notification(said("!fail"))) == (204, "")
    assert post(handler, notification()) == (204, "")
    apology, greeting = twitch.texts  # one apology a minute is enough
    assert apology.startswith("Sorry, !fail did not work") and greeting == "hello Viktor!"


def test_a_command_that_asks_for_another_try_is_delivered_again(twitch, caplog):
    bot, tries = Bot(), iter([TryAgain("the shop is closed"), None])

    @bot.command("buy")
    def buy(message):
        if error := next(tries):
            raise error
        return "bought"

    handler = make(twitch, bot)
    assert post(handler, notification(said("!buy")), id="same")[0] == 503
    assert "not answered now: the shop is closed" in caplog.text
    assert post(handler, notification(said("!buy")), id="same") == (204, "")
    assert post(handler, notification(said("!buy")), id="same") == (204, "")
    assert twitch.texts == ["bought"]


def test_a_store_out_of_reach_is_a_503_and_no_loss(twitch, tmp_path, caplog):
    folder = tmp_path / "disk"
    folder.mkdir()
    store = open_store(f"sqlite:///{folder / 'store.db'}")
    handler = make(twitch, store=store)
    store.close()
    folder.rename(tmp_path / "unplugged")
    assert post(handler, notification(), id="same")[0] == 503
    assert "cannot be used" in caplog.text and twitch.sent == []
    (tmp_path / "unplugged").rename(folder)
    assert post(handler, notification(), id="same") == (204, "")
    assert twitch.texts == ["hello Viktor!"]


# --- forged, old and broken -------------------------------------------------------------------


def test_only_the_right_signature_counts(twitch, handler):
    for change in [{"secret": "wrong-horse"}, {"signature": None}, {"signature": ""},
                   {"signature": "sha256="}, {"signature": "sha1=" + "0" * 40},
                   {"signature": "ключ"}, {"id": "x", "timestamp": stamp(1)}]:  # fmt: skip
        assert post(handler, notification(), **change)[0] == 403
    raw, at = json.dumps(notification()).encode(), stamp()
    good = sign(SECRET, "x", at, raw)
    for forged in [good.upper(), good[:-1], good + "0", good.removeprefix("sha256=")]:
        assert post(handler, raw, id="x", at=at, signature=forged)[0] == 403
    assert post(handler, raw + b" ", id="x", at=at, signature=good)[0] == 403
    assert twitch.sent == []
    assert post(handler, raw, id="x", at=at, signature=good)[0] == 204


def test_a_signed_message_is_not_replayed_with_another_id(twitch, handler):
    """The signature covers id + time + body without a border between them."""
    raw, at = json.dumps(notification()).encode(), stamp()
    good = sign(SECRET, "id-2", at, raw)
    assert post(handler, raw, id="id-2", at=at, signature=good)[0] == 204
    whole = f"id-2{at}" + raw.decode()
    for first in range(8):
        for second in range(first, first + len(at) + 4):
            id, moved, body = whole[:first], whole[first:second], whole[second:].encode()
            status, _ = post(handler, body, id=id, at=moved or " ", signature=good)
            assert status in (400, 403) or (id, moved) == ("id-2", at)
    assert len(twitch.sent) == 1


@pytest.mark.parametrize("seconds", [-601, 601, -86400 * 365, 86400 * 365 * 100])
def test_a_message_that_is_not_from_now_is_refused(twitch, handler, seconds):
    assert post(handler, notification(), at=stamp(seconds))[0] == 403
    assert twitch.sent == []


@pytest.mark.parametrize("seconds", [-590, 590])
def test_a_message_within_ten_minutes_is_taken(twitch, handler, seconds):
    assert post(handler, notification(), at=stamp(seconds)) == (204, "")
    assert len(twitch.sent) == 1


NO_TIMES = ["yesterday", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00", "2026-01-01",
            "1767225600", "٢٠٢٦-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]  # fmt: skip


@pytest.mark.parametrize("at", NO_TIMES)
def test_a_time_that_is_none_is_refused(twitch, handler, at):
    assert post(handler, notification(), at=at)[0] in (400, 403)
    assert twitch.sent == []


def test_a_message_without_an_id_is_refused(handler):
    assert post(handler, notification(), id="")[0] == 400


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"5", b"{}",
                                  b'{"subscription": 5}'])  # fmt: skip
def test_what_twitch_never_sends_is_a_400_even_if_signed(handler, body):
    for kind in ["notification", "revocation", "webhook_callback_verification"]:
        status, answer = post(handler, body, kind=kind)
        assert status == 400
        assert "error" in json.loads(answer)


NOWHERE = webhook(make_bot(), SECRET, "app-id", "app-secret", BOT, "http://127.0.0.1:9")
HEADER = st.text(max_size=60)
WORD = st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
)


@given(
    st.dictionaries(
        st.sampled_from([f"Twitch-Eventsub-Message-{name}" for name in
                         ("Id", "Type", "Signature", "Timestamp", "Retry")]) | HEADER,
        HEADER | st.just(stamp()) | st.sampled_from(["notification", "revocation", "sha256="]),
    ),
    st.binary(max_size=80) | st.just(json.dumps(notification()).encode()),
)  # fmt: skip
def test_without_the_right_signature_nothing_is_processed_and_nothing_raises(headers, body):
    answer = NOWHERE(event("aws_v2", headers=headers, body=body))
    assert answer["statusCode"] == 403
    assert json.loads(answer["body"]) == {"error": "wrong or missing signature"}


FIELDS = st.sampled_from(["broadcaster_user_id", "broadcaster_user_login", "chatter_user_id",
                          "chatter_user_name", "message_id", "source_broadcaster_user_id",
                          "reply"])  # fmt: skip


@given(
    st.dictionaries(FIELDS, JSON),
    st.text(max_size=30).filter(lambda text: not text.strip(" \U000e0000").startswith(("!", "/"))),
)
def test_no_signed_event_makes_the_function_fail(strange, text):
    assert post(NOWHERE, notification(said(text) | strange))[0] == 204


@given(JSON, st.sampled_from(["notification", "revocation", "webhook_callback_verification", "x"]))
def test_no_signed_json_makes_the_function_fail(value, kind):
    status, _ = post(NOWHERE, {"subscription": {"type": value, "status": value}, "event": value,
                               "challenge": value}, kind=kind)  # fmt: skip
    assert status in (200, 204, 400)


# --- settings and weight ----------------------------------------------------------------------

NAMES = {"TWITCH_EVENTSUB_SECRET": SECRET, "TWITCH_CLIENT_ID": "id",
         "TWITCH_CLIENT_SECRET": "secret", "TWITCH_BOT_ID": BOT}  # fmt: skip


@pytest.mark.parametrize("missing", NAMES)
def test_a_missing_setting_is_named_with_its_fix(monkeypatch, missing):
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    webhook(Bot())
    monkeypatch.delenv(missing)
    with pytest.raises(ValueError, match=rf"{missing} is not set.*environment of a function"):
        webhook(Bot())


@pytest.mark.parametrize(("wrong", "words"), [
    ({"secret": "hunter2"}, "Expected 10 to 100"), ({"secret": "x" * 101}, "Expected 10 to 100"),
    ({"secret": "\r\n" * 10}, "Expected 10 to 100"), ({"secret": "ü" * 10}, "Expected 10 to 100"),
    ({"bot_id": "hello_bot"}, "not its login"), ({"api": "127.0.0.1:80"}, "begins with http"),
])  # fmt: skip
def test_a_wrong_setting_is_refused_with_what_was_expected(wrong, words):
    given_settings = {
        "secret": SECRET,
        "client_id": "i",
        "client_secret": "s",
        "bot_id": BOT,
    } | wrong
    with pytest.raises(ValueError, match=words) as caught:
        webhook(Bot(), **given_settings)
    assert "hunter2" not in str(caught.value)


def test_the_function_loads_no_library_it_does_not_need():
    heavy = ["twitchio", "aiohttp", "httpx", "telegram", "redis", "asyncio", "concurrent.futures"]
    heavy += ["inspect", "dataclasses"]  # which `logging` itself loads from Python 3.14 on
    code = (
        "import sys, logging; own = set(sys.modules); import botlib.twitch.eventsub;"
        f"print([m for m in {heavy} if m in sys.modules and m not in own])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_function_is_deployed_without_any_package():
    main = b"from botlib import Bot\nfrom botlib.twitch.eventsub import webhook\n"
    files = {"main.py": main + b"handler = webhook(Bot())\n"}
    assert find_needed(files, ["main.py"], set()).packages == ()


# --- subscribing ------------------------------------------------------------------------------


def test_a_refused_subscription_says_what_to_do(twitch):
    helix = Helix("app-id", "app-secret", twitch.url)
    words = f"{SECRET}: subscription missing proper authorization"
    words += "." * (295 - len(words)) + SECRET  # an error of ours ends in the middle of this one
    twitch.answers = [(403, {"status": 403, "message": words})]
    with pytest.raises(ApiRefused, match=r"missing proper authorization.*channel:bot") as caught:
        helix.subscribe(CHANNEL, "https://example.org/bot", SECRET, BOT)
    assert SECRET[:4] not in str(caught.value) and caught.value.status == 403
    with pytest.raises(ValueError, match="10 to 100"):
        helix.subscribe(CHANNEL, "https://example.org/bot", "short", BOT)
