"""Webhook delivery: who is told what, how often, and what a webhook may do to the server."""

import socket
import threading
import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webhook_hook import Hook

from bot_sandbox.telegram import Limits, NoReply, Telegram, TelegramError
from bot_sandbox.telegram.updates import WebhookUrl
from bot_sandbox.world.clock import Clock

FORM = "application/x-www-form-urlencoded"
FAST = {"retry_scale": 0.001, "limits": Limits(set_webhook_s=0)}


@pytest.fixture
def hook():
    with Hook() as hook:
        yield hook


@pytest.fixture
def telegram():
    with Telegram(**FAST) as telegram:
        yield telegram


def say(update, text="hello"):
    chat = update["message"]["chat"]["id"]
    return {"method": "sendMessage", "chat_id": chat, "text": f"{text} {update['message']['text']}"}


def closed_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_an_update_is_posted_with_the_secret_and_the_reply_in_the_body_is_sent(
    telegram, account, viktor, hook
):
    hook.answer = lambda update: (200, say(update))
    assert telegram.call(account, "setWebhook", url=hook.url, secret_token="s3cret") is True
    assert viktor.ask("!hello") == "hello !hello"
    update, headers, path = hook.seen[0]
    assert headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
    assert headers["Content-Type"] == "application/json"
    assert path == "/hook?x=1"
    assert update["message"]["from"]["first_name"] == "Viktor"
    assert str(telegram.transcript(viktor, account)) == ("Viktor: !hello\nHello bot: hello !hello")


def test_ask_is_not_fooled_by_a_late_answer_to_something_else(telegram, account, viktor, hook):
    hook.answer = lambda update: (
        (200, say(update)) if len(hook.seen) > 2 else (500, "")  # the first message comes late
    )
    viktor.send("one")
    telegram.call(account, "setWebhook", url=hook.url)
    assert viktor.ask("two") == "hello two"


def test_a_token_in_the_address_is_not_shown(telegram, account, viktor):
    url = f"http://127.0.0.1:{closed_port()}/{account.token}"
    telegram.call(account, "setWebhook", url=url)
    with pytest.raises(NoReply, match="<secret>") as problem:
        viktor.ask("hi", timeout=0.1)
    assert account.token not in f"{problem.value} {account._webhook.target!r}"


@given(st.text(alphabet="htps:/@[]#?%.-1a\u00e9 \r\n\x00\U0001f98a", max_size=30))
def test_any_address_is_read_or_refused(url):
    try:
        target = WebhookUrl.parse(url)
    except ValueError:
        return
    assert target.host in target.address and target.address.isascii()
    assert target.address.isprintable() and " " not in target.address


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_acknowledges(telegram, account, viktor, hook, status):
    hook.answer = lambda update: (status, "")
    telegram.call(account, "setWebhook", url=hook.url)
    viktor.send("once")
    assert telegram.wait_until(lambda: not account._updates.pending())
    assert [(d.attempt, d.status, d.error) for d in telegram.deliveries(account)] == [
        (1, status, "")
    ]


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (500, "500 Internal Server Error"),
        (404, "404 Not Found"),
        (302, "302 Found"),  # redirects are not followed
        (400, "400 Bad Request"),
    ],
)
def test_anything_else_is_tried_again_until_it_is_acknowledged(
    telegram, account, viktor, hook, status, text
):
    hook.answer = lambda update: (
        (200, "") if len(hook.seen) > 3 else (status, "", ("Location", "/else"))
    )
    telegram.call(account, "setWebhook", url=hook.url)
    message = viktor.send("again")
    deliveries = telegram.wait_deliveries(account, 4, message)
    error = f"Wrong response from the webhook: {text}"
    assert [d.error for d in deliveries] == [error, error, error, ""]
    assert hook.texts == ["again"] * 4
    assert len({update["update_id"] for update, _, _ in hook.seen}) == 1
    info = telegram.call(account, "getWebhookInfo")
    assert info["last_error_message"] == error  # a later success does not clear it
    assert info["pending_update_count"] == 0
    telegram.call(account, "deleteWebhook")
    assert "last_error_message" not in telegram.call(account, "getWebhookInfo")


def test_the_retry_clock_and_retry_after(hook):
    with Telegram(retry_scale=0.001, limits=None) as telegram:
        account = telegram.new_bot("Slow", "slow_bot")
        viktor = telegram.person("Viktor")
        hook.answer = lambda update: (
            (200, "") if len(hook.seen) > 1 else (503, "", ("Retry-After", "500"))
        )
        telegram.call(account, "setWebhook", url=hook.url)
        first, second = telegram.wait_deliveries(account, 2, viktor.send("later"))
        assert second.at - first.at >= 0.5


def test_only_the_first_retry_comes_at_once(hook):
    with Telegram(retry_scale=100, limits=None) as telegram:  # the second one: after 200 seconds
        account, viktor = telegram.new_bot("Slow", "slow_bot"), telegram.person("Viktor")
        hook.answer = lambda update: (500, "")
        telegram.call(account, "setWebhook", url=hook.url)
        message = viktor.send("again")
        telegram.wait_deliveries(account, 2, message)
        with pytest.raises(NoReply, match="2 of 3 deliveries"):
            telegram.wait_deliveries(account, 3, message, timeout=0.3)


def test_one_in_flight_per_chat_and_a_failing_chat_blocks_only_itself(
    telegram, account, viktor, hook
):
    anna = telegram.person("Anna")
    mended = threading.Event()
    hook.answer = lambda update: (
        (200, say(update))
        if mended.is_set() or update["message"]["from"]["first_name"] == "Anna"
        else (500, "")
    )
    telegram.call(account, "setWebhook", url=hook.url)
    first, second = viktor.send_all(["one", "two"])
    telegram.wait_deliveries(account, 2, first)
    assert anna.ask("three") == "hello three"
    assert telegram.deliveries(account, second) == []
    mended.set()
    assert [m.text for m in viktor.wait(2)] == ["hello one", "hello two"]


def test_a_failing_message_holds_up_no_press_and_no_inline_query(telegram, account, viktor, hook):
    viktor.send("/start", to=account)
    buttons = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="?", reply_markup=buttons)
    telegram.set_inline(account)
    hook.answer = lambda update: (500 if "message" in update else 200, "")
    telegram.call(account, "setWebhook", url=hook.url, drop_pending_updates=True)
    viktor.send("fails", to=account)
    viktor.press(viktor.wait()[0], "Yes")
    viktor.inline_query("tea", account)

    def arrived():
        return {kind for update, _, _ in hook.seen for kind in update}

    assert telegram.wait_until(lambda: arrived() >= {"callback_query", "inline_query"})


def test_at_most_max_connections_at_once(telegram, account, hook):
    busy, most, lock, release = 0, 0, threading.Lock(), threading.Event()

    def answer(update):
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
            if busy == 2:
                release.set()
        release.wait(5)
        with lock:
            busy -= 1
        return 200, ""

    hook.answer = answer
    telegram.call(account, "setWebhook", url=hook.url, max_connections=2)
    for number in range(6):
        telegram.person(f"P{number}").send("hi")
    assert telegram.wait_until(lambda: not account._updates.pending())
    assert most == 2


def test_hanging_up_and_nobody_listening(telegram, account, viktor, hook):
    hook.answer = lambda update: (200, "") if len(hook.seen) > 1 else None
    telegram.call(account, "setWebhook", url=hook.url)
    first, second = telegram.wait_deliveries(account, 2, viktor.send("hello?"))
    assert (first.status, first.error, second.status) == (None, "Webhook connection closed", 200)
    telegram.call(account, "setWebhook", url=f"http://127.0.0.1:{closed_port()}/")
    message = viktor.send("anybody?")
    assert telegram.wait_deliveries(account, 1, message)[0].error == "Connection refused"
    info = telegram.call(account, "getWebhookInfo")
    assert info["last_error_message"] == "Connection refused"
    assert info["pending_update_count"] == 1


def test_a_webhook_that_never_answers_times_out(hook):
    with Telegram(webhook_timeout_s=0.2, **FAST) as telegram:
        account, viktor = telegram.new_bot("Slow", "slow_bot"), telegram.person("Viktor")
        release = threading.Event()
        hook.answer = lambda update: release.wait(5) and (200, "")
        telegram.call(account, "setWebhook", url=hook.url)
        assert telegram.wait_deliveries(account, 1, viktor.send("a"))[0].error == (
            "Read timeout expired"
        )
        release.set()
        assert telegram.wait_until(lambda: not account._updates.pending())


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 10_000_000,
        b"not json",
        b'{"method": 5}',
        b"[1, 2]",
        b'{"method": "sendMessage", "chat_id": [], "text": {}}',
        b'{"method": "sendMessage"}',
        b"\xff\xfe",
        b'{"method": "\\ud800"}',
        b'{"method": "noSuchMethod"}',
        b"[" * 100_000,
    ],
)
def test_no_answer_stops_the_server(telegram, account, viktor, hook, body):
    hook.answer = lambda update: (200, body)
    telegram.call(account, "setWebhook", url=hook.url)
    viktor.send_all(["one", "two"])
    assert telegram.wait_until(lambda: not account._updates.pending(), timeout=10)
    assert telegram.call(account, "getMe")["is_bot"]
    assert hook.texts == ["one", "two"]


@pytest.mark.parametrize(
    "raw",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"",
    ],
)
def test_answers_that_are_not_http(telegram, account, viktor, raw):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(raw)

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        telegram.call(account, "setWebhook", url=url)
        telegram.wait_deliveries(account, 1, viktor.send("hi"))
        telegram.call(account, "deleteWebhook")
        server.shutdown(socket.SHUT_RDWR)
    assert telegram.call(account, "getMe")["is_bot"]


def test_an_answer_may_be_a_form(telegram, account, viktor, hook):
    def form(update):
        chat = update["message"]["chat"]["id"]
        return 200, b"method=sendMessage&text=a+form&chat_id=%d" % chat, ("Content-Type", FORM)

    hook.answer = form
    telegram.call(account, "setWebhook", url=hook.url)
    assert viktor.ask("!hello") == "a form"


def test_an_answer_may_be_a_form_with_files(telegram, account, viktor, hook):
    picture = b"GIF89a\x07\0\x05\0\r\n--Y\r\n"

    def form(update):
        fields = {"method": "sendPhoto", "chat_id": update["message"]["chat"]["id"]}
        fields |= {"caption": "möw", "photo": "attach://cat"}
        body = "".join(
            f'--X\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name="{name}"'
            f"\r\n\r\n{value}\r\n"
            for name, value in fields.items()
        ).encode()
        head = b'--X\r\nContent-Disposition: form-data; name="cat"; filename="cat.gif"\r\n\r\n'
        body += head + picture + b"\r\n--X--\r\n"
        return 200, body, ("Content-Type", "multipart/form-data; boundary=X")

    hook.answer = form
    telegram.call(account, "setWebhook", url=hook.url)
    assert viktor.ask("!cat") == "(photo) möw"
    assert telegram.transcript(viktor).lines[-1].text == "(photo) möw"
    path = telegram._world.private[viktor.id, account.id].messages[-1].file.path
    with urllib.request.urlopen(f"{telegram.url}/file/bot{account.token}/{path}") as file:
        assert file.read() == picture


def test_a_broken_form_is_acknowledged_and_explained(telegram, account, viktor, hook):
    kind = ("Content-Type", "multipart/form-data; boundary=X")
    hook.answer = lambda update: (
        200,
        b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\nno end",
        kind,
    )
    telegram.call(account, "setWebhook", url=hook.url)
    (delivery,) = telegram.wait_deliveries(account, 1, viktor.send("hi"))
    assert "its reply was refused: Bad Request: unexpected end" in delivery.reply


def test_what_an_answer_asks_for_and_the_sandbox_lacks_is_told(telegram, account, viktor, hook):
    hook.answer = lambda update: (200, {"method": "sendInvoice", "chat_id": 1})
    telegram.call(account, "setWebhook", url=hook.url)
    with pytest.raises(NoReply, match="its reply was refused: This sandbox has no sendInvoice"):
        viktor.ask("hi", timeout=1)
    assert account._unsupported == ["sendInvoice"]


@pytest.mark.parametrize("method", ["getMe", "setWebhook", "deleteWebhook", "close", "logOut"])
def test_some_methods_are_not_executed_from_an_answer(telegram, account, viktor, hook, method):
    hook.answer = lambda update: (200, {"method": method})
    telegram.call(account, "setWebhook", url=hook.url)
    (delivery,) = telegram.wait_deliveries(account, 1, viktor.send("hi"))
    assert "ignored" in delivery.reply
    assert telegram.call(account, "getWebhookInfo")["url"] == hook.url


def test_a_refused_reply_is_acknowledged_and_explained(telegram, account, viktor, hook):
    hook.answer = lambda update: (200, {"method": "sendMessage", "text": "to whom?"})
    telegram.call(account, "setWebhook", url=hook.url)
    with pytest.raises(NoReply, match="Bad Request: chat_id is empty"):
        viktor.ask("hi", timeout=1)
    assert telegram.call(account, "getWebhookInfo")["pending_update_count"] == 0


def test_updates_expire():
    with Telegram(update_lifetime_s=0.05, **FAST) as telegram:
        account, viktor = telegram.new_bot("Old", "old_bot"), telegram.person("Viktor")
        url = f"http://127.0.0.1:{closed_port()}/"
        telegram.call(account, "setWebhook", url=url)
        viktor.send("soon forgotten")
        assert telegram.wait_until(lambda: not account._updates.pending())
        assert telegram.call(account, "getWebhookInfo")["pending_update_count"] == 0


def test_pending_updates_wait_for_a_webhook_and_stay_after_it(telegram, account, viktor, hook):
    viktor.send("before")
    telegram.call(account, "setWebhook", url=hook.url)
    assert telegram.wait_until(lambda: not account._updates.pending())
    assert hook.texts == ["before"]
    hook.answer = lambda update: (500, "")
    telegram.wait_deliveries(account, 1, viktor.send("after"))
    telegram.call(account, "deleteWebhook")
    (update,) = telegram.call(account, "getUpdates")
    assert update["message"]["text"] == "after"


def test_a_webhook_that_another_replaces_is_not_tried_again(hook):
    clock = Clock()
    with Telegram(limits=None, clock=clock) as telegram, Hook() as other:
        account, viktor = telegram.new_bot("Moved", "moved_bot"), telegram.person("Viktor")
        hook.answer = other.answer = lambda update: (500, "")
        telegram.call(account, "setWebhook", url=hook.url)
        message = viktor.send("again")
        telegram.wait_deliveries(account, 2, message)  # the next comes when the clock moves
        telegram.call(account, "setWebhook", url=other.url)
        for times in range(3, 7):
            telegram.wait_deliveries(account, times, message)
            clock.advance(120)
    assert len(hook.seen) == 2
    assert len(other.seen) >= 4


def test_drop_pending_updates(telegram, account, viktor, hook):
    viktor.send("dropped")
    telegram.call(account, "setWebhook", url=hook.url, drop_pending_updates=True)
    viktor.send("kept")
    assert telegram.wait_until(lambda: not account._updates.pending())
    assert hook.texts == ["kept"]


def refused(telegram, account, **arguments):
    with pytest.raises(TelegramError) as refusal:
        telegram.call(account, "setWebhook", **arguments)
    return refusal.value.description


def test_what_set_webhook_refuses(telegram, account):
    for url in ("http://", "ftp://a.b/", "http://a:0/", "http://a:99999/", "http://a b/", "://"):
        assert refused(telegram, account, url=url) == "Bad Request: invalid webhook URL specified"
    url = "http://127.0.0.1/"
    assert refused(telegram, account, url=url, secret_token="a" * 257) == (
        "Bad Request: secret token is too long"
    )
    for secret in ("ä", "a b", "a\r\nX: y"):
        assert refused(telegram, account, url=url, secret_token=secret) == (
            "Bad Request: secret token contains unallowed characters"
        )
    assert refused(telegram, account, url="http://no.such.host.invalid/").startswith(
        "Bad Request: bad webhook: Failed to resolve host: "
    )


def test_without_local_mode_only_public_https_will_do():
    with Telegram(local_mode=False, **FAST) as telegram:
        account = telegram.new_bot("Far", "far_bot")
        bad = "Bad Request: bad webhook: "
        assert refused(telegram, account, url="http://127.0.0.1/") == (
            f"{bad}An HTTPS URL must be provided for webhook"
        )
        assert refused(telegram, account, url="https://127.0.0.1:5000/") == (
            f"{bad}Webhook can be set up only on ports 80, 88, 443 or 8443"
        )
        assert refused(telegram, account, url="https://127.0.0.1/") == (
            f"{bad}IP address 127.0.0.1 is reserved"
        )


def test_a_second_set_webhook_within_a_second_is_too_many():
    with Telegram() as telegram:
        account = telegram.new_bot("Fast", "fast_bot")
        telegram.call(account, "setWebhook", url="http://127.0.0.1:1/")
        with pytest.raises(TelegramError) as refusal:
            telegram.call(account, "setWebhook", url="http://127.0.0.1:1/")
        assert (refusal.value.code, refusal.value.retry_after) == (429, 1)
        telegram.call(account, "deleteWebhook")


def test_allowed_updates_are_kept_and_restored(telegram, account, viktor, hook):
    telegram.call(
        account, "setWebhook", url=hook.url, allowed_updates=["callback_query", "nonsense"]
    )
    viktor.send("not told")
    telegram.call(account, "setWebhook", url=hook.url)  # left out: the choice stays
    info = telegram.call(account, "getWebhookInfo")
    assert info["allowed_updates"] == ["callback_query"]
    with pytest.raises(NoReply, match="allowed_updates"):
        viktor.ask("still not told")
    telegram.call(account, "setWebhook", url=hook.url, allowed_updates=[])
    assert "allowed_updates" not in telegram.call(account, "getWebhookInfo")
    viktor.send("told")
    assert telegram.wait_until(lambda: not account._updates.pending())
    assert hook.texts == ["told"]


def test_no_reply_tells_what_the_webhook_did(telegram, account, viktor, hook):
    hook.answer = lambda update: (200, "")
    telegram.call(account, "setWebhook", url=hook.url)
    with pytest.raises(NoReply, match="acknowledged the update with 200, but sent no message"):
        viktor.ask("hi", timeout=1)
    hook.answer = lambda update: (500, "")
    with pytest.raises(NoReply, match="500 Internal Server Error"):
        viktor.ask("hi", timeout=1)
