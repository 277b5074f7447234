"""Any Update that a test names reaches the bot, checked and completed by the Bot API's table."""

import asyncio
import json

import pytest
import telegram as telegram_api
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from telegram.ext import Application, InlineQueryHandler
from webhook_hook import Hook
from window_http import Http, RefusalError

from bot_sandbox import InMemoryTelegram, Window, aio
from bot_sandbox.telegram import Limits, NoReply, Telegram
from bot_sandbox.telegram.api_values import ValueContext, complete_value
from bot_sandbox.telegram.bot_api import TYPES
from bot_sandbox.telegram.updates import NOT_DEFAULT

KINDS = [kind for kind in TYPES["Update"].fields if kind != "update_id"]
BUTTONS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


@pytest.fixture
def telegram():
    with Telegram(retry_scale=0.001, limits=Limits(set_webhook_s=0)) as telegram:
        yield telegram


def test_a_bot_that_polls_gets_what_a_test_names_with_what_the_sandbox_knows(
    telegram, account, viktor
):
    told = telegram.deliver(account, {"inline_query": {"query": "tea"}})
    (update,) = telegram.call(account, "getUpdates")
    query = update["inline_query"]
    assert update == told.update and update["update_id"] == told.update_id
    assert (query["query"], query["offset"], query["from"]) == ("tea", "", viktor.to_json())
    assert query["id"] and query["chat_type"] == "sender"  # every official client says it
    telegram.call(account, "setMyName", name="Tea bot")
    assert [call.method for call in told.wait()] == ["setMyName"]
    assert told.calls == told.wait("setMyName")


def test_ids_are_completed_and_objects_of_the_sandbox_are_taken_as_they_are(telegram, account):
    viktor, anna = telegram.person("Viktor"), telegram.person("Anna", "anna")
    family = telegram.group("Family", [viktor, account], "supergroup")
    asked = {"chat": {"id": family.id}, "from": anna, "bio": "hi"}
    request = telegram.deliver(account, {"chat_join_request": asked}).update["chat_join_request"]
    assert (request["chat"]["title"], request["from"]["username"]) == ("Family", "anna")
    assert request["user_chat_id"] == anna.id and request["date"] > 1_700_000_000
    telegram.call(account, "sendMessage", chat_id=request["user_chat_id"], text="Who are you?")
    assert anna.wait()[0].text == "Who are you?"
    with pytest.raises(ValueError, match=r"inline_query\.from is missing; say who it is from"):
        telegram.deliver(account, {"inline_query": {"query": "tea"}})
    told = telegram.deliver(account, {"inline_query": {"query": "tea"}}, sender=viktor)
    assert told.update["inline_query"]["from"]["first_name"] == "Viktor"


def test_a_message_of_any_kind_is_in_the_chat_and_can_be_answered(telegram, account, viktor):
    voice = {"duration": 3, "file_id": "v1"}
    told = telegram.deliver(account, {"message": {"voice": voice, "caption": "listen"}})
    assert voice.items() < told.update["message"]["voice"].items()
    assert told.update["message"]["voice"]["file_unique_id"]
    assert told.message.voice.duration == 3 and told.message.shown == "(voice) listen"
    reply = {"chat_id": viktor.id, "text": "nice", "reply_to_message_id": told.message.message_id}
    telegram.call(account, "getUpdates")
    telegram.call(account, "sendMessage", **reply)
    assert [call.method for call in told.wait()] == ["sendMessage"]
    assert str(telegram.transcript(viktor)).splitlines()[0] == "Viktor: (voice) listen"
    command = telegram.deliver(account, {"message": {"text": "/start x"}}).update["message"]
    assert command["entities"] == [{"offset": 0, "length": 6, "type": "bot_command"}]
    assert command["message_id"] == 3


def test_privacy_does_not_hide_what_a_test_delivers(telegram, account, viktor):
    family = telegram.group("Family", [viktor, account])
    told = telegram.deliver(account, {"message": {"text": "hello all"}}, group=family)
    assert told.message in family.messages
    assert telegram.pending_updates(account)[-1] == told.update
    assert told.update["message"]["chat"]["id"] == family.id


def test_what_never_happens_in_a_private_chat_needs_a_group(telegram, account, viktor):
    for kind in ("channel_post", "edited_channel_post", "chat_join_request", "chat_boost"):
        with pytest.raises(ValueError, match=rf"{kind}\.chat is missing; say the group where"):
            telegram.deliver(account, {kind: {}})
    news = telegram.channel("News", [viktor, account])
    told = telegram.deliver(account, {"channel_post": {"document": {}}}, group=news)
    assert told.update["channel_post"]["sender_chat"] == news.to_json()
    assert str(news.transcript) == "News: (document)"


def test_a_webhook_gets_it_and_its_answer_is_among_the_calls(telegram, account, viktor):
    with Hook() as hook:

        def answer(update):
            query = update["callback_query"]["id"]
            return 200, {"method": "answerCallbackQuery", "callback_query_id": query, "text": "ok"}

        hook.answer = answer
        telegram.call(account, "setWebhook", url=hook.url)
        told = telegram.deliver(account, {"callback_query": {"data": "y"}})
        (call,) = told.wait("answerCallbackQuery")
    assert (call.arguments["text"], call.error, call.in_response) == ("ok", "", True)
    assert hook.seen[0][0] == told.update


def test_the_message_of_a_callback_query_knows_its_update(telegram, account, viktor):
    viktor.send("/start")
    asked = {"chat_id": viktor.id, "text": "Tea?", "reply_markup": BUTTONS}
    telegram.call(account, "sendMessage", **asked)
    message = viktor.wait()[0]
    told = telegram.deliver(account, {"callback_query": {"message": message, "data": "old"}})
    assert told.update["callback_query"]["message"]["text"] == "Tea?"
    assert [update.id for update in message.updates] == [told.update_id]


def test_a_kind_that_a_bot_does_not_want_never_reaches_it(telegram, account, viktor):
    telegram.call(account, "getUpdates", allowed_updates=["message"])
    told = telegram.deliver(account, {"inline_query": {"query": "tea"}})
    assert (told.update_id, telegram.pending_updates(account)) == (0, [])
    with pytest.raises(NoReply, match="its allowed_updates leave out inline_query"):
        told.wait(timeout=5)
    telegram.call(account, "getUpdates", allowed_updates=["managed_bot", "inline_query"])
    assert telegram.deliver(account, {"inline_query": {}}).update_id
    assert telegram.deliver(account, {"managed_bot": {"bot": viktor}}).update_id


def test_silence_is_explained(telegram, account, viktor):
    told = telegram.deliver(account, {"inline_query": {"query": "tea"}})
    with pytest.raises(NoReply) as silence:
        told.wait("answerInlineQuery", timeout=0.05)
    words = str(silence.value)
    assert words.startswith(
        "Hello bot made 0 of 1 calls of answerInlineQuery after its inline_query within 0.05 s."
    )
    assert "nobody calls getUpdates" in words


WRONG = [
    ({}, r"an Update has one kind, such as \{'message': \{…\}\}; found none"),
    ({"message": {}, "poll": {}}, "found message, poll"),
    ({"inline_qery": {}}, r"an Update has no field 'inline_qery'. Did you mean 'inline_query'\?"),
    ({"inline_query": 5}, "inline_query must be an object, an InlineQuery; found 5"),
    ({"inline_query": {"qery": "x"}}, "inline_query: an InlineQuery has no field 'qery'. Did you"),
    ({"inline_query": {"zzz": 1}}, "It has: id, from, query, offset, chat_type, location"),
    ({"inline_query": {"query": 5}}, r"inline_query\.query must be a String; found 5"),
    ({"message": {"date": "x"}}, r"message\.date must be an Integer; found 'x'"),
    ({"message": {"date": True}}, r"message\.date must be an Integer; found True"),
    ({"message": {"photo": {}}}, r"message\.photo must be a list, an Array of PhotoSize"),
    ({"message": {"photo": [5]}}, r"message\.photo\[0\] must be an object, a PhotoSize; found 5"),
    ({"my_chat_member": {"new_chat_member": {"status": "x"}}}, r"new_chat_member must be one of "),
    ({"poll": {"id": "1", "is_closed": 1}}, r"poll\.is_closed must be true or false; found 1"),
    ([], "an Update must be an object"),
]


@pytest.mark.parametrize(("update", "words"), WRONG)
def test_a_wrong_update_is_refused_with_what_is_expected(telegram, account, viktor, update, words):
    with pytest.raises(ValueError, match=words):
        telegram.deliver(account, update)
    assert telegram.pending_updates(account) == []


def test_every_type_of_the_bot_api_can_be_completed_from_nothing():
    user = {"id": 5, "is_bot": False, "first_name": "Viktor"}
    known = ValueContext(
        {"User": user, "Chat": {"id": 5, "type": "private"}}, 1_800_000_000, lambda: 7
    )
    for name in TYPES:
        made = complete_value(name, {}, known, name) if not TYPES[name].any_of else None
        assert made is None or made.keys() >= set(TYPES[name].required), name
    for kind in KINDS:
        update = {
            "update_id": 1,
            kind: complete_value(TYPES["Update"].fields[kind], {}, known, kind),
        }
        telegram_api.Update.de_json(update, None)  # a client that refuses what is incomplete


def test_a_real_client_answers_an_inline_query(telegram, account, viktor):
    async def main():
        heard = asyncio.Queue()

        async def note(update, _):
            heard.put_nowait((update.inline_query.query, update.effective_user.first_name))

        app = Application.builder().token(account.token).base_url(f"{telegram.url}/bot").build()
        app.add_handler(InlineQueryHandler(note))
        async with app:
            await app.start()
            await app.updater.start_polling(allowed_updates=["inline_query"])
            twin = aio.Telegram.of(telegram)
            await twin.deliver(account, {"inline_query": {"query": "tea"}})
            assert await asyncio.wait_for(heard.get(), 20) == ("tea", "Viktor")
            await app.updater.stop()
            await app.stop()

    asyncio.run(main())


def test_in_memory_it_is_the_same():
    with InMemoryTelegram(None) as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        told = telegram.deliver(account, {"poll_answer": {"poll_id": "1", "option_ids": [0]}})
        assert telegram.call(account, "getUpdates") == [told.update]
        assert told.update["poll_answer"]["user"] == viktor.to_json()


def test_by_http(telegram, account, viktor):
    with Window(telegram) as window:
        http = Http(window)
        asked = {"bot": "hello_bot", "from": "Viktor", "update": {"inline_query": {"query": "t"}}}
        told = http.post("telegram/deliver", **asked, timeout=0)
        assert told["updates"][0]["update"]["inline_query"]["from"]["id"] == viktor.id
        assert (told["calls"], told["untold"]) == ([], "")
        with pytest.raises(RefusalError, match="504: Hello bot made 0 of 1 calls after its"):
            http.post("telegram/deliver", **asked, timeout=0.05)
        with pytest.raises(RefusalError, match="400: an Update has no field 'inline_qery'"):
            http.post("telegram/deliver", **asked | {"update": {"inline_qery": {}}})
        telegram.call(account, "getUpdates", allowed_updates=["message"])
        told = http.post("telegram/deliver", **asked, timeout=0)
        assert "leave out inline_query" in told["untold"] and told["updates"] == []


NAMES = [*KINDS, "update_id", *(name for kind in ("Message", "User", "Chat", "InlineQuery")
                                for name in TYPES[kind].fields)]  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=15,
)


@pytest.fixture(scope="module")
def window():
    with Telegram() as telegram, Window(telegram) as window:
        telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        yield window


def of_kind(kind):
    names = st.sampled_from([*TYPES[TYPES["Update"].fields[kind]].fields]) | st.text(max_size=3)
    return st.dictionaries(st.just(kind), st.dictionaries(names, VALUES, max_size=2), min_size=1)


@given(
    update=st.sampled_from(KINDS).flatmap(of_kind)
    | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), VALUES, max_size=2)
)
@example(update={"message": {"from": {"id": 500000001}, "all_members_are_administrators": [{}]}})
@example(update={"message": {"text": "a.org/b \ud800"}})
@example(update={"message": {"forward_origin": {"type": "channel", "chat": {"id": 5}}}})
@example(update={"message": {"forward_origin": {"type": "user", "sender_user": {"id": 5}}}})
@example(update={"message": {"text": "x", "entities": [{"type": "text_link"}]}})
@example(update={"message": {"text": "x", "entities": [{"type": "text_mention", "offset": -9}]}})
@example(update={"message": {"contact": {}, "dice": {}, "location": {}, "quote": {}, "photo": []}})
@example(update={"message": {"link_preview_options": {"url": "x"}, "reply_markup": {}}})
@example(update={"message": {"reply_to_message": {}, "external_reply": {}}})
@example(update={"message": {"chat": {"id": []}, "from": {"id": "x"}}})
@example(update={"message": {"chat": {"id": 1e400}}})
@example(update={"message": {"message_id": 1, "reply_to_message": {"text": "\ud800"}}})
@example(update={"callback_query": {"id": "1", "from": {"id": 500000001}}})
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_update_stops_the_sandbox(window, update):
    http, telegram = Http(window), window.views[0].telegram
    account, delivered = telegram.account("hello_bot"), False
    try:
        http.post("telegram/deliver", bot="hello_bot", update=update, timeout=0)
        delivered = True
    except RefusalError as refusal:
        if refusal.status != 400:
            raise
    chat = {"from": "Viktor", "to": "hello_bot"}
    assert len(http.get("telegram/messages", **chat)["messages"]) <= 200
    waiting = telegram.call(account, "getUpdates", limit=100)
    assert bool(waiting) == delivered or update.keys() & set(NOT_DEFAULT)
    json.dumps(waiting, allow_nan=False)
    for each in waiting:
        telegram.call(account, "getUpdates", offset=each["update_id"] + 1)
    assert http.get("telegram/people")["people"]
