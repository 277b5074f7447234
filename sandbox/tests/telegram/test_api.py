"""The HTTP door: every way to call, every refusal, and requests that mean harm."""

import asyncio
import json
import logging
import re
import socket
import string
from urllib.parse import quote, urlencode

import pytest
import telegram as telegram_api
from bot_api_http import FORM, JSON, api, http_call
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import LabeledPrice
from telegram.error import BadRequest

from bot_sandbox.telegram import Limits, Telegram
from bot_sandbox.telegram.errors import USE_CANNED
from bot_sandbox.telegram.methods import ALL
from bot_sandbox.telegram.methods import names as all_here


@pytest.fixture(scope="module")
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture(scope="module")
def account(telegram):
    return telegram.new_bot("Api bot", "api_bot")


@pytest.fixture(scope="module")
def viktor(telegram, account):
    viktor = telegram.person("Viktor")
    viktor.send("/start", to=account)
    return viktor


def test_every_way_to_call(telegram, account, viktor):
    base = f"/bot{account.token}"
    form = urlencode({"chat_id": viktor.id, "text": "a & b"})
    multipart = (
        '--X\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n'
        f"{viktor.id}\r\n"
        '--X\r\nContent-Disposition: form-data; name="text"\r\n\r\na & b\r\n'
        '--X\r\nContent-Disposition: form-data; name="photo"; filename="x.png"\r\n\r\nPNG\r\n'
        "--X--\r\n"
    )
    calls = [
        http_call(telegram, f"{base}/sendMessage?{form}"),
        http_call(telegram, f"{base}/SENDMESSAGE", form, FORM),
        api(telegram, account, "sendmessage", {"chat_id": viktor.id, "text": "a & b"}),
        api(telegram, account, "sendMessage", {"chat_id": str(viktor.id), "text": "a & b"}),
        http_call(telegram, f"{base}/sendMessage", multipart, "multipart/form-data; boundary=X"),
        http_call(telegram, f"/bot{quote(account.token, safe='')}/sendMessage?{form}"),
        http_call(telegram, f"{base}/?method=sendMessage&{form}"),
    ]
    for status, headers, answer in calls:
        assert (status, headers["Content-Type"]) == (200, "application/json")
        assert answer["ok"] is True
        assert answer["result"]["text"] == "a & b"
        assert answer["result"]["chat"] == {
            "id": viktor.id,
            "type": "private",
            "first_name": "Viktor",
        }


def test_nested_values_are_json_in_a_form(telegram, account, viktor):
    markup = json.dumps({"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]})
    form = urlencode({"chat_id": viktor.id, "text": "x", "reply_markup": markup})
    _, _, answer = http_call(telegram, f"/bot{account.token}/sendMessage", form, FORM)
    assert answer["result"]["reply_markup"] == json.loads(markup)


def test_get_me(telegram, account):
    for body in (None, b"", "{}"):
        status, _, answer = api(telegram, account, "getMe", body and body)
        assert status == 200
        assert answer["result"]["is_bot"] is True
        assert answer["result"]["username"] == "api_bot"


@pytest.mark.parametrize(
    ("path", "code", "description"),
    [
        ("/", 404, "Not Found"),
        ("/bot", 404, "Not Found"),
        ("/bot123/getMe", 404, "Not Found"),  # no colon
        ("/bot0123:abc/getMe", 404, "Not Found"),
        (f"/bot1:{'a' * 80}/getMe", 404, "Not Found"),
        ("/bot123:abc", 404, "Not Found"),
        ("/bot123:abc/getMe", 401, "Unauthorized"),
        ("/bot%FF:abc/getMe", 401, "Unauthorized"),
        ("/botx:abc/getMe", 401, "Unauthorized"),
        ("/bot%C2%B2:abc/getMe", 401, "Unauthorized"),
    ],
)
def test_wrong_addresses(telegram, account, path, code, description):
    status, _, answer = http_call(telegram, path)
    assert status == code
    assert answer == {"ok": False, "error_code": code, "description": description}


@pytest.mark.parametrize(
    ("method", "arguments", "code", "description"),
    [
        ("sendPhotto", {}, 404, "Not Found: method not found"),
        ("", {}, 404, "Not Found: method not found"),
        ("sendMessage", {}, 400, "Bad Request: message text is empty"),
        ("sendMessage", {"text": ""}, 400, "Bad Request: message text is empty"),
        ("sendMessage", {"text": " \n"}, 400, "Bad Request: text must be non-empty"),
        ("sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ("sendMessage", {"text": "x", "chat_id": 1}, 400, "Bad Request: chat not found"),
        ("sendMessage", {"text": "x", "chat_id": [1]}, 400, "Bad Request: chat not found"),
        ("sendMessage", {"text": "x", "chat_id": "@no"}, 400, "Bad Request: chat not found"),
        (
            "sendMessage",
            {"text": "x" * 4097, "chat_id": "V"},
            400,
            "Bad Request: message is too long",
        ),
        (
            "sendMessage",
            {"text": "x" * 33000, "chat_id": "V"},
            400,
            "Bad Request: text is too long",
        ),
        (
            "sendMessage",
            {"text": "x", "chat_id": "V", "parse_mode": "XML"},
            400,
            "Bad Request: unsupported parse_mode",
        ),
        (
            "sendMessage",
            {"text": "<b>x", "chat_id": "V", "parse_mode": "HTML"},
            400,
            "Bad Request: can't parse entities: "
            'Can\'t find end tag corresponding to start tag "b"',
        ),
        (
            "sendMessage",
            {"text": "x", "chat_id": "V", "reply_markup": "{"},
            400,
            "Bad Request: can't parse reply keyboard markup JSON object",
        ),
        (
            "sendMessage",
            {"text": "x", "chat_id": "V", "reply_markup": [1]},
            400,
            "Bad Request: object expected as reply markup",
        ),
        (
            "sendMessage",
            {"text": "x", "chat_id": "V", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
            400,
            "Bad Request: can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            {"text": "x", "chat_id": "V", "reply_parameters": {"message_id": 99999}},
            400,
            "Bad Request: message to be replied not found",
        ),
        ("editMessageText", {"text": "x"}, 400, "Bad Request: message identifier is not specified"),
        (
            "editMessageText",
            {"text": "x", "chat_id": "V", "message_id": 99999},
            400,
            "Bad Request: message to edit not found",
        ),
        (
            "editMessageText",
            {"text": "x", "chat_id": "V", "message_id": 1},
            400,
            "Bad Request: message can't be edited",
        ),
        ("deleteMessage", {}, 400, "Bad Request: chat identifier is not specified"),
        (
            "deleteMessage",
            {"chat_id": "V", "message_id": 99999},
            400,
            "Bad Request: message to delete not found",
        ),
        ("sendChatAction", {"chat_id": "V"}, 400, "Bad Request: wrong parameter action in request"),
        ("getChat", {}, 400, "Bad Request: chat_id is empty"),
        (
            "answerCallbackQuery",
            {"callback_query_id": "7"},
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        ),
        ("setMyCommands", {"commands": 5}, 400, "Bad Request: expected an Array of BotCommand"),
    ],
)
def test_refusals(telegram, account, viktor, method, arguments, code, description):
    if arguments.get("chat_id") == "V":
        arguments = arguments | {"chat_id": viktor.id}
    status, _, answer = api(telegram, account, method, arguments)
    assert (status, answer) == (
        code,
        {"ok": False, "error_code": code, "description": description},
    )


def test_what_the_sandbox_lacks_is_no_wrong_token_and_no_wrong_method(telegram):
    account = telegram.new_bot("Seller", "seller_bot")
    status, _, answer = api(telegram, account, "sendINVOICE", {"chat_id": 1})
    assert (status, answer["error_code"]) == (400, 400)
    words = answer["description"]
    where = "bot-sandbox --lacks lists all that it lacks."
    assert words == f"This sandbox has no sendInvoice. {where} {USE_CANNED}"
    other = api(telegram, account, "sendLivePhoto", {})[2]["description"]
    has = "It has sendPhoto and sendVideo."
    assert other == f"This sandbox has no sendLivePhoto. {has} {USE_CANNED}"
    assert api(telegram, account, "sendInvoice")[0] == 400
    assert account._unsupported == ["sendInvoice", "sendLivePhoto"]

    async def by_a_real_client():
        async with telegram_api.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
            await bot.send_invoice(1, "Title", "For you", "load", "XTR", [LabeledPrice("One", 1)])

    with pytest.raises(BadRequest, match=re.escape(words)):
        asyncio.run(by_a_real_client())


def test_every_method_is_in_the_list_of_all_and_none_is_refused_as_lacking(telegram):
    account = telegram.new_bot("All methods", "all_methods_bot")  # it also logs out
    assert set(all_here()) <= set(ALL)
    assert len(ALL) == len(set(ALL)) > 180
    for method in all_here():
        answer = api(telegram, account, method, {})[2]
        assert not str(answer.get("description")).startswith("This sandbox has no"), method


def test_text_is_counted_in_characters_and_entities_in_utf16(telegram, account, viktor):
    long = "😀" * 4096
    _, _, answer = api(telegram, account, "sendMessage", {"chat_id": viktor.id, "text": long})
    assert answer["result"]["text"] == long
    html = {"chat_id": viktor.id, "text": " 😀<b>b</b> ", "parse_mode": "html"}
    _, _, answer = api(telegram, account, "sendMessage", html)
    assert answer["result"]["text"] == "😀b"
    assert answer["result"]["entities"] == [{"type": "bold", "offset": 2, "length": 1}]


def test_edit_and_delete(telegram, account, viktor):
    _, _, answer = api(telegram, account, "sendMessage", {"chat_id": viktor.id, "text": "one"})
    message = {"chat_id": viktor.id, "message_id": answer["result"]["message_id"]}
    status, _, answer = api(telegram, account, "editMessageText", message | {"text": "one"})
    assert status == 400
    assert answer["description"].startswith("Bad Request: message is not modified: ")
    _, _, answer = api(telegram, account, "editMessageText", message | {"text": "two"})
    assert (answer["result"]["text"], "edit_date" in answer["result"]) == ("two", True)
    assert api(telegram, account, "deleteMessage", message)[2] == {"ok": True, "result": True}
    assert "two" not in str(telegram.transcript(viktor, account))


def test_small_methods(telegram, account, viktor):
    commands = [{"command": "start", "description": "begin"}]
    assert api(telegram, account, "setMyCommands", {"commands": commands})[2]["result"] is True
    assert api(telegram, account, "getMyCommands")[2]["result"] == commands
    assert api(telegram, account, "deleteMyCommands")[2]["result"] is True
    assert api(telegram, account, "getMyCommands")[2]["result"] == []
    action = {"chat_id": viktor.id, "action": "typing"}
    assert api(telegram, account, "sendChatAction", action)[2]["result"] is True
    draft = {"chat_id": viktor.id, "draft_id": 7, "text": ""}  # it shows "Thinking…"
    assert api(telegram, account, "sendMessageDraft", draft)[2]["result"] is True
    chat = api(telegram, account, "getChat", {"chat_id": viktor.id})[2]["result"]
    assert (chat["type"], chat["first_name"]) == ("private", "Viktor")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"draft_id": 0}, "Bad Request: RANDOM_ID_INVALID"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "<b>", "parse_mode": "HTML"}, "Bad Request: can't parse entities: "),
        ({"can_stop": True}, "This sandbox has no sendMessageDraft with can_stop."),
    ],
)
def test_a_draft_that_is_refused(telegram, account, viktor, changes, said):
    draft = {"chat_id": viktor.id, "draft_id": 7, "text": "Let me th"} | changes
    status, _, answer = api(telegram, account, "sendMessageDraft", draft)
    assert (status, answer["description"].partition(said)[1]) == (400, said)


def test_a_draft_is_for_private_chats(telegram, account, viktor):
    group = telegram.group("Family", [viktor, account], "supergroup")
    draft = {"chat_id": group.id, "draft_id": 7, "text": "Let me th"}
    _, _, answer = api(telegram, account, "sendMessageDraft", draft)
    assert answer["description"] == "Bad Request: TEXTDRAFT_PEER_INVALID"


def test_descriptions_of_webhook_calls(telegram, account):
    url = "http://127.0.0.1:1/"
    for method, arguments, description in (
        ("setWebhook", {"url": url}, "Webhook was set"),
        ("setWebhook", {"url": url}, "Webhook is already set"),
        ("deleteWebhook", {}, "Webhook was deleted"),
        ("deleteWebhook", {}, "Webhook is already deleted"),
        ("setWebhook", {}, "Webhook is already deleted"),
    ):
        assert api(telegram, account, method, arguments)[2] == {
            "ok": True,
            "result": True,
            "description": description,
        }


def test_limits_are_told_in_the_body_and_in_a_header():
    with Telegram(limits=Limits(chat_burst=2)) as telegram:
        account = telegram.new_bot("Eager", "eager_bot")
        viktor = telegram.person("Viktor")
        viktor.send("hi")
        text = {"chat_id": viktor.id, "text": "x"}
        statuses = [api(telegram, account, "sendMessage", text)[0] for _ in range(2)]
        status, headers, answer = api(telegram, account, "sendMessage", text)
        assert (statuses, status, headers["Retry-After"]) == ([200, 200], 429, "1")
        assert answer == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        group = telegram.group("Friends", [viktor, account])
        answers = [
            api(telegram, account, "sendMessage", text | {"chat_id": group.id})[0]
            for _ in range(21)
        ]
        assert answers == [200] * 20 + [429]


def alive(telegram, account):
    return api(telegram, account, "getMe")[0] == 200


@settings(max_examples=80, deadline=None)
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(
        [JSON, FORM, "text/plain", "", "multipart/form-data", "multipart/form-data; boundary=X"]
    ),
)
def test_any_bytes_get_an_envelope(telegram, account, viktor, body, kind):
    status, _, answer = api(telegram, account, "sendMessage", body, kind)
    assert status in (400, 413)
    assert answer["ok"] is False


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=30), mode=st.sampled_from(["HTML", "Markdown", "MarkdownV2"]))
def test_any_markup_gets_an_envelope(telegram, account, viktor, text, mode):
    arguments = {"chat_id": viktor.id, "text": text, "parse_mode": mode}
    status, _, answer = api(telegram, account, "sendMessage", arguments)
    assert status in (200, 400)
    for entity in answer.get("result", {}).get("entities", []):
        end = entity["offset"] + entity["length"]
        assert 0 <= entity["offset"] < end <= len(answer["result"]["text"].encode("utf-16-le")) // 2


@settings(max_examples=60, deadline=None)
@given(path=st.text(alphabet=string.printable.replace(" ", ""), max_size=40))
def test_any_path_gets_an_answer(telegram, account, path):
    path = "/" + "".join(letter for letter in path if letter > " ")
    status, _, answer = http_call(telegram, path)
    assert (status, answer["ok"]) in ((404, False), (401, False))


def test_what_is_not_utf8_or_too_big(telegram, account, viktor):
    status, _, answer = api(telegram, account, "sendMessage", b"text=%FF&chat_id=1", FORM)
    assert (status, answer["description"]) == (
        400,
        "Bad Request: strings must be encoded in UTF-8",
    )
    status, _, answer = api(telegram, account, "sendMessage", b'{"text": "\\ud800"}')
    assert answer["description"] == "Bad Request: strings must be encoded in UTF-8"
    status, _, answer = api(telegram, account, "sendMessage", b"x" * 2_000_000)
    assert (status, answer["description"]) == (
        413,
        "Request Entity Too Large: too many parameters",
    )
    assert api(telegram, account, "sendMessage", b"[" * 100_000)[0] == 400
    assert http_call(telegram, f"/bot{account.token}/getMe", verb="DELETE")[0] == 501
    assert alive(telegram, account)


def test_pipelining_and_broken_http(telegram, account):
    request = f"GET /bot{account.token}/getMe HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", telegram.port), timeout=30) as client:
        client.sendall(request * 3)
        data = b""
        while data.count(b'"ok":true') < 3:
            data += client.recv(65536)
    for junk in (b"\0" * 100, b"GET\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", telegram.port), timeout=30) as client:
            client.sendall(junk)
            assert b"400" in client.recv(65536)
    with socket.create_connection(("127.0.0.1", telegram.port), timeout=30) as client:
        client.sendall(b"POST /bot1:a/sendMessage HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
    assert alive(telegram, account)


def test_tokens_are_in_no_log(telegram, account, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    api(telegram, account, "sendMessage", {"text": "x"})
    with socket.create_connection(("127.0.0.1", telegram.port), timeout=30) as client:
        client.sendall(f"GET /bot{account.token}/getMe BROKEN\r\n\r\n".encode())
        client.recv(65536)
    out, err = capfd.readouterr()
    secret = account.token.split(":")[1]
    assert secret not in caplog.text
    assert secret not in out + err


def test_a_request_may_name_the_whole_address_as_a_proxys_clients_do(telegram, account):
    status, _, envelope = http_call(telegram, f"{telegram.url}/bot{account.token}/getMe")
    assert (status, envelope["result"]["username"]) == (200, account.username)
