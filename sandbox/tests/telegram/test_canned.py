"""Canned answers: what the sandbox lacks is answered all the same, if a test asks for it."""

import asyncio

import pytest
import telegram as telegram_api
from bot_api_http import api
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineQueryResultArticle, InputTextMessageContent
from window_http import Http

from bot_sandbox import InMemoryTelegram, Window
from bot_sandbox.telegram import Limits, NoReply, Telegram, TelegramError
from bot_sandbox.telegram.bot_api import METHODS
from bot_sandbox.telegram.methods.table import names

HINT = "Or turn on canned answers (--canned, in Python answer_canned())."
LACKING = sorted(METHODS.keys() - set(names()))


SHIPPING = {"shipping_query_id": "1", "ok": True}
LIVE_PHOTO = {"live_photo": "BAAC", "photo": "AgAC"}
VENUE = {"latitude": 52.5, "longitude": 13.4, "title": "Home", "address": "Here"}


@pytest.fixture
def telegram():
    with Telegram(canned=True, limits=None) as telegram:
        yield telegram


def test_without_them_each_refusal_says_that_they_exist():
    with Telegram() as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        viktor.send("hi")
        chat = {"chat_id": viktor.id}
        for method, more in (
            ("sendLivePhoto", LIVE_PHOTO),
            ("sendMessage", {"text": "x", "message_thread_id": 5}),
            ("sendPhoto", {"photo": "file:/cat.png"}),
        ):
            with pytest.raises(TelegramError) as refusal:
                telegram.call(account, method, **chat, **more)
            assert refusal.value.description.endswith(f" {HINT}")
        assert (telegram.canned_calls, account.calls[-1].canned) == ({}, "")
        telegram.answer_canned()
        sent = telegram.call(account, "sendLivePhoto", **chat, **LIVE_PHOTO)
        assert sent["live_photo"]["file_id"] == "BAAC"
        telegram.answer_canned(False)
        with pytest.raises(TelegramError, match="This sandbox has no sendLivePhoto"):
            telegram.call(account, "sendLivePhoto", **chat, **LIVE_PHOTO)


def test_a_live_photo_is_in_the_chat_and_marked(telegram, account, viktor):
    viktor.send("/photo")
    asked = {"chat_id": viktor.id, "caption": "<b>our</b> cat", "has_spoiler": True} | LIVE_PHOTO
    sent = telegram.call(account, "sendLivePhoto", **asked, parse_mode="HTML")
    assert sent["live_photo"]["file_id"] == "BAAC"
    assert (sent["caption"], sent["caption_entities"][0]["type"]) == ("our cat", "bold")
    (message,) = viktor.wait()
    assert (message.shown, message.live_photo.file_id) == ("(live_photo) our cat", "BAAC")
    assert message.message_id == sent["message_id"] == 2
    assert account.calls[-1].canned == "sendLivePhoto"
    assert telegram.canned_calls == {"sendLivePhoto": 1}
    reply = {"message_id": sent["message_id"]}
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="!", reply_parameters=reply)
    assert account.calls[-1].canned == ""


def test_an_uploaded_file_can_be_downloaded_again(telegram, account, viktor):
    viktor.send("/photo")
    fields = {"chat_id": viktor.id, "photo": "AgAC"}
    form = "".join(
        f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head = '--X\r\nContent-Disposition: form-data; name="live_photo"; filename="a"\r\n\r\n'
    body, kind = f"{form}{head}film\r\n--X--".encode(), "multipart/form-data; boundary=X"
    _, _, answer = api(telegram, account, "sendLivePhoto", body, kind)
    file_id = answer["result"]["live_photo"]["file_id"]

    async def main():
        async with telegram_api.Bot(
            account.token, f"{telegram.url}/bot", f"{telegram.url}/file/bot"
        ) as bot:
            return bytes(await (await bot.get_file(file_id)).download_as_bytearray())

    assert asyncio.run(main()) == b"film"


def test_a_known_parameter_that_is_lacking_is_let_through(telegram, account, viktor):
    viktor.send("hi")
    asked = {"chat_id": viktor.id, "text": "x", "message_thread_id": 5, "replyMarkup": {}}
    sent = telegram.call(account, "sendMessage", **asked)
    assert sent["text"] == "x"
    called = account.calls[-1]
    assert called.canned == "sendMessage with message_thread_id"
    assert called.ignored == ("replyMarkup",)


def test_what_is_refused_deep_inside_is_answered_too(telegram, account, viktor):
    viktor.send("hi")
    chat = {"chat_id": viktor.id}
    photo = telegram.call(account, "sendPhoto", **chat, photo="https://example.org/cat.png")
    assert photo["photo"][0]["file_id"]
    live = {"type": "live_photo", "media": "BAAC", "photo": "AgAC"}
    album = [live, {"type": "photo", "media": "AgAC", "caption": "b"}]
    first, second = telegram.call(account, "sendMediaGroup", **chat, media=album)
    assert (first["live_photo"]["file_id"], second["photo"][0]["file_id"]) == ("BAAC", "AgAC")
    assert second["caption"] == "b"
    home = {"type": "venue", "id": "1", "title": "Home"}
    answer = {"inline_query_id": "1", "results": [home]}
    assert telegram.call(account, "answerInlineQuery", **answer) is True
    assert len(viktor.inbox) == 3


def test_objects_have_what_was_asked_for(telegram, account, viktor):
    viktor.send("hi")
    family = telegram.group("Family", [viktor, account], "supergroup")
    topic = telegram.call(account, "createForumTopic", chat_id=family.id, name="News")
    assert topic["name"] == "News" and topic["message_thread_id"]
    link = telegram.call(account, "createChatInviteLink", chat_id=family.id, member_limit=3)
    assert (link["creator"]["id"], link["member_limit"]) == (account.id, 3)
    assert telegram.call(account, "exportChatInviteLink", chat_id=family.id).startswith("https://")
    options = [{"text": "Tea", "text_parse_mode": "HTML"}, {"text": "Coffee"}]
    asked = {"chat_id": family.id, "question": "What?", "options": options}
    poll = telegram.call(account, "sendPoll", **asked)["poll"]
    assert [one["text"] for one in poll["options"]] == ["Tea", "Coffee"]
    venue = telegram.call(account, "sendVenue", chat_id=family.id, **VENUE)["venue"]
    assert venue["location"] == {"latitude": 52.5, "longitude": 13.4}


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("answerShippingQuery", {"ok": True}, 'parameter "shipping_query_id" is required'),
        ("answerShippingQuery", SHIPPING | {"shipping_options": "x"}, '"shipping_options" must be'),
        ("answerShippingQuery", SHIPPING | {"shipping_options": {}}, "must be an Array of"),
        ("sendLivePhoto", {"chat_id": 5} | LIVE_PHOTO, "chat not found"),
        ("sendVenue", VENUE | {"chat_id": 5, "latitude": "x"}, '"latitude" must be a Float'),
        ("promoteChatMember", {"chat_id": -1, "user_id": 5}, "chat not found"),
    ],
)
def test_parameters_are_checked_by_the_table(telegram, account, method, arguments, words):
    status, _, answer = api(telegram, account, method, arguments)
    assert status == 400 and words in answer["description"]
    assert (account.calls[-1].canned, telegram.canned_calls) == ("", {})


def test_what_is_nested_too_deeply_is_left_out(telegram, account, viktor):
    viktor.send("hi")
    for levels in (100, 300, 900):
        page = '{"blocks": [{"type": "paragraph", "text": ' + "[" * levels + "]" * levels + "}]}"
        asked = {"chat_id": viktor.id, "rich_message": page}
        status, _, answer = api(telegram, account, "sendRichMessage", asked)
        assert (status, "rich_message" in answer["result"]) == (200, True)


def test_a_method_that_nobody_has_stays_unknown(telegram, account):
    assert api(telegram, account, "sendMesage", {})[0] == 404


def test_a_real_client_takes_an_inline_answer(telegram, account, viktor):
    telegram.deliver(account, {"inline_query": {"query": "tea"}})
    (update,) = telegram.call(account, "getUpdates")

    async def main():
        async with telegram_api.Bot(account.token, f"{telegram.url}/bot") as bot:
            tea = InlineQueryResultArticle("1", "Tea", InputTextMessageContent("Tea!"))
            return await bot.answer_inline_query(update["inline_query"]["id"], [tea])

    assert asyncio.run(main()) is True


@pytest.mark.parametrize("method", LACKING)
def test_every_lacking_method_has_an_answer_that_a_client_takes(telegram, account, viktor, method):
    viktor.send("hi")
    entry = METHODS[method]
    plain = {"Integer": 5, "Float": 1.5, "Boolean": True, "True": True, "String": "x"}
    arguments = {
        name: viktor.id
        if name in ("chat_id", "user_id")
        else next((plain[kind] for kind in plain if kind in entry.fields[name].split(" or ")), None)
        or ([] if entry.fields[name].startswith("Array") else {} if "InputFile" not in
            entry.fields[name] else "x")
        for name in entry.required
    }  # fmt: skip
    if "message_id" in arguments:
        telegram.call(account, "sendMessage", chat_id=viktor.id, text="x")
        arguments["message_id"] = 2
    result = telegram.call(account, method, **arguments)
    assert account.calls[-1].canned == method
    kind = entry.returns.split(" or ")[0]
    if kind == "True":
        assert result is True
    elif isinstance(result, dict):
        getattr(telegram_api, kind, telegram_api.TelegramObject).de_json(result, None)
    else:
        assert isinstance(result, {"A": list, "S": str, "I": int, "M": bool}[kind[0]]), result


@given(
    method=st.sampled_from(LACKING),
    values=st.dictionaries(
        st.sampled_from(sorted({name for one in LACKING for name in METHODS[one].fields})),
        st.sampled_from(["", "x", "-1", "500000001", "[]", "{}", '[{"a": 1}]', "true", '"\ud800"'])
        | st.text(max_size=5),
    ),
)  # fmt: skip
def test_no_arguments_stop_the_sandbox(method, values):
    with InMemoryTelegram(None, canned=True, limits=None) as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        viktor.send("hi")
        try:
            telegram.call(account, method, **values | {"chat_id": viktor.id})
        except TelegramError as refusal:
            if refusal.code == 500:
                raise
        assert telegram.call(account, "getMe")["username"] == "hello_bot"


def test_they_are_seen_by_http_and_in_noreply(telegram, account, viktor):
    viktor.send("hi")
    with Window(telegram) as window:
        http = Http(window)
        telegram.call(account, "sendLivePhoto", chat_id=viktor.id, **LIVE_PHOTO)
        (called,) = http.get("telegram/calls", bot="hello_bot")["calls"]
        assert called["canned"] == "sendLivePhoto"
        assert http.get("telegram/bots")["bots"][0]["canned"] == {"sendLivePhoto": 1}
        assert http.get("telegram/canned") == {"canned": True, "calls": {"sendLivePhoto": 1}}
        assert http.post("telegram/canned", canned=False)["canned"] is False
        assert api(telegram, account, "sendLivePhoto", {})[0] == 400
    with pytest.raises(NoReply) as silence:
        viktor.ask("/x", timeout=0.05)
    assert "Hello bot got canned answers to sendLivePhoto, which this sandbox lacks" in str(
        silence.value
    )
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="bye")


def test_a_snapshot_knows_whether_they_are_on():
    with Telegram(limits=Limits()) as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        start = telegram.snapshot()
        telegram.answer_canned()
        telegram.call(account, "answerShippingQuery", shipping_query_id="1", ok=True)
        assert telegram.canned_calls == {"answerShippingQuery": 1}
        telegram.restore(start)
        assert telegram.canned_calls == {}
        assert api(telegram, account, "answerShippingQuery", {})[0] == 400
        assert "This sandbox has no answerShippingQuery" in account.calls[-1].error
