"""Inline buttons: which one a person presses, and what the bot then does."""

import asyncio
import functools
import re

import pytest

from bot_sandbox import NoReply, TelegramError, aio

SHOP = [
    [{"text": "Tea", "url": "https://example.org/tea"}, {"text": "➕", "callback_data": "tea"}],
    [{"text": "Cake", "callback_data": "cake?"}, {"text": "➕", "callback_data": "cake"}],
    [{"text": "Twice", "callback_data": "2"}, {"text": "Twice", "callback_data": "2"}],
]


EDITS = """
import json

def handler(event, context):
    message = json.loads(event["body"])["callback_query"]["message"]
    edit = {"method": "editMessageText", "chat_id": message["chat"]["id"],
            "message_id": message["message_id"], "text": "Your cart"}
    return {"statusCode": 200, "headers": {"content-type": "application/json"},
            "body": json.dumps(edit)}
"""


@pytest.fixture
def shop(telegram, account, viktor):
    """A message with buttons of which some have the same text."""
    viktor.send("/shop")
    markup = {"inline_keyboard": SHOP}
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="Shop", reply_markup=markup)
    return viktor.wait()[0]


def pressed(telegram, account):
    """The data of the newest press."""
    return telegram.call(account, "getUpdates", offset=-1)[0]["callback_query"]["data"]


@pytest.mark.parametrize(
    ("how", "data"),
    [
        ({"button": "➕", "data": "tea"}, "tea"),
        ({"button": "➕", "data": "cake"}, "cake"),
        ({"button": "➕", "position": 2}, "tea"),
        ({"button": "➕", "position": 4}, "cake"),
        ({"position": 4}, "cake"),
        ({"data": "cake"}, "cake"),
        ({"button": "Twice"}, "2"),  # for the bot, it is the same button
    ],
)
def test_a_button_is_found_by_its_text_data_and_position(
    telegram, account, viktor, shop, how, data
):
    viktor.press(shop, **how)
    assert pressed(telegram, account) == data


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"button": "➕"}, "2 buttons '➕' under 'Shop'; say its position or data, too"),
        ({"button": "Tea", "position": 2}, "no button 'Tea' at position 2 to press under 'Shop'"),
        ({"data": "beer"}, "no button with data 'beer' to press under 'Shop'"),
        ({"position": 7}, "no button at position 7 to press under 'Shop'"),
        ({}, "which button? Say its text, position or data"),
    ],
)
def test_a_button_that_is_not_clear_is_not_pressed(telegram, account, viktor, shop, how, words):
    with pytest.raises(ValueError, match="^" + re.escape(words)) as refused:
        viktor.press(shop, **how)
    listed = str(refused.value).splitlines()[1:]
    if how != {"button": "➕"}:
        assert listed[0] == "  1: 'Tea', opens https://example.org/tea"
    assert "  2: '➕', data 'tea'" in listed and "  4: '➕', data 'cake'" in listed
    updates = telegram.call(account, "getUpdates")
    assert not any("callback_query" in update for update in updates)


def test_a_button_is_found_by_its_position_in_a_loop(telegram, account, viktor, shop):
    asyncio.run(aio.Person.of(viktor).press(shop, "➕", position=4))
    assert pressed(telegram, account) == "cake"


def react(telegram, account, viktor, shop):
    """Write, edit, and write and delete, as a bot does that never answers a press."""
    call = functools.partial(telegram.call, account, chat_id=viktor.id)
    call("sendMessage", text="One cake.")
    gone = call("sendMessage", text="One moment…")["message_id"]
    call("deleteMessage", message_id=gone)
    call("editMessageText", message_id=shop.message_id, text="Your cart")


def test_a_press_without_an_answer_returns_what_the_bot_did(telegram, account, viktor, shop):
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="before the press")
    press = viktor.press(shop, data="cake")
    assert press.messages == []
    react(telegram, account, viktor, shop)
    assert [message.text for message in press.wait(timeout=0.01)] == ["Your cart", "One cake."]
    assert press.text is None
    with pytest.raises(NoReply, match="It did not answer, but wrote or edited:\n  Your cart\n  On"):
        press.answer(timeout=0.01)


def test_a_press_is_over_when_the_bot_answers_it(telegram, account, viktor, shop):
    press = viktor.press(shop, data="cake")
    react(telegram, account, viktor, shop)
    answer(telegram, account)
    assert [message.text for message in press.wait(timeout=60)] == ["Your cart", "One cake."]
    assert (press.text, press.answer(timeout=60)) == ("", "")


def answer(telegram, account):
    """Answer the newest press, without words."""
    query = telegram.call(account, "getUpdates", offset=-1)[0]["callback_query"]["id"]
    telegram.call(account, "answerCallbackQuery", callback_query_id=query)


def test_what_a_bot_edits_after_its_answer_to_a_press_is_waited_for(
    telegram, account, viktor, shop
):
    press = viktor.press(shop, data="cake")

    async def answer_and_edit():
        waiting = asyncio.create_task(aio.Press.of(press).wait(timeout=60, quiet=60))
        await asyncio.to_thread(answer, telegram, account)
        place = {"chat_id": viktor.id, "message_id": shop.message_id}
        await asyncio.to_thread(
            telegram.call, account, "editMessageText", **place, text="Your cart"
        )
        return await waiting

    assert [message.text for message in asyncio.run(answer_and_edit())] == ["Your cart"]


def test_a_bot_that_only_answers_a_press_is_not_waited_for_long(telegram, account, viktor, shop):
    press = viktor.press(shop, data="cake")
    answer(telegram, account)
    assert press.wait(timeout=3600) == []


def test_a_press_that_only_deletes_its_message_has_an_effect(telegram, account, viktor, shop):
    press = viktor.press(shop, data="cake")
    telegram.call(account, "deleteMessage", chat_id=viktor.id, message_id=shop.message_id)
    assert press.wait(timeout=0.01) == []


def test_what_a_bot_does_in_private_after_a_press_in_a_group_counts(telegram, account, viktor):
    viktor.send("/start")
    club = telegram.group("Club", [viktor, account, telegram.person("Anna")])
    markup = {"inline_keyboard": SHOP}
    telegram.call(account, "sendMessage", chat_id=club.id, text="Shop", reply_markup=markup)
    press = viktor.press(viktor.wait()[0], data="cake")
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="Only for you")
    assert [message.text for message in press.wait(timeout=0.01)] == ["Only for you"]


def test_what_a_bot_does_elsewhere_after_a_press_does_not_count(telegram, account, viktor, shop):
    anna = telegram.person("Anna")
    asked = viktor.send("cake?"), anna.send("hello")
    press = viktor.press(shop, data="cake")
    thumb = [{"type": "emoji", "emoji": "👍"}]
    place = {"chat_id": viktor.id, "message_id": asked[0].message_id}
    telegram.call(account, "setMessageReaction", **place, reaction=thumb)
    telegram.call(account, "sendMessage", chat_id=anna.id, text="A cake for Viktor!")
    with pytest.raises(NoReply, match="No answer to the button"):
        press.wait(timeout=0.01)


def test_what_others_do_with_a_bots_messages_is_no_answer_to_a_press(telegram, account, viktor):
    anna, janitor = telegram.person("Anna"), telegram.new_bot("Janitor", "janitor_bot")
    club = telegram.group("Club", [viktor, account, anna, janitor])
    club.promote(janitor)
    markup = {"inline_keyboard": SHOP}
    for text in ("One", "Two", "Shop"):
        telegram.call(account, "sendMessage", chat_id=club.id, text=text, reply_markup=markup)
    one, two, shop = viktor.wait(3)
    press = viktor.press(shop, data="cake")
    anna.react(one, "👍")
    telegram.call(janitor, "deleteMessage", chat_id=club.id, message_id=two.message_id)
    with pytest.raises(NoReply, match="No answer to the button"):
        press.wait(timeout=0.01)
    telegram.call(account, "deleteMessage", chat_id=club.id, message_id=one.message_id)
    assert press.wait(timeout=0.01) == []


def test_a_press_that_a_bot_ignores_says_so(telegram, account, viktor, shop):
    press = viktor.press(shop, data="cake")
    viktor.send("hello?")
    with pytest.raises(NoReply, match="No answer to the button '➕' within") as silence:
        press.wait(timeout=0.01)
    assert "wrote or edited" not in str(silence.value)


def test_a_press_that_allowed_updates_leave_out_says_so(telegram, account, viktor, shop):
    telegram.call(account, "getUpdates", allowed_updates=["message"])
    press = viktor.press(shop, data="cake")
    with pytest.raises(NoReply) as silence:
        press.wait(timeout=0.01)
    words = "Found: Hello bot was not told, because its allowed_updates leave out callback_query."
    assert words in str(silence.value)
    assert "What to do: call getUpdates or setWebhook with allowed_updates=[]" in str(silence.value)
    assert "nobody" not in str(silence.value)


def test_a_function_that_ends_without_an_answer_is_not_waited_for(
    telegram, account, viktor, shop, cloud, tmp_path
):
    (tmp_path / "main.py").write_text(EDITS)
    url = cloud.deploy("shop", tmp_path).url
    telegram.call(account, "setWebhook", url=url, drop_pending_updates=True)
    press = viktor.press(shop, data="cake")
    assert [message.text for message in press.wait(timeout=3600)] == ["Your cart"]


@pytest.mark.parametrize(
    "url",
    [
        "t.me/hello_bot?start=xxxx",
        "https://t.me/Hello_Bot?start=A-b_9",
        "http://telegram.me/hello_bot?start=1",
    ],
)
def test_an_answer_may_open_the_bot_with_a_parameter(telegram, account, viktor, shop, url):
    press = viktor.press(shop, data="cake")
    query = telegram.call(account, "getUpdates", offset=-1)[0]["callback_query"]["id"]
    telegram.call(account, "answerCallbackQuery", callback_query_id=query, url=url)
    press.wait()
    assert (press.text, press.url) == ("", url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "https://t.me/hello_bot",
        "https://t.me/hello_bot?start=",
        "https://t.me/hello_bot?start=a%20b",
        "https://t.me/other_bot?start=x",
        "https://t.me.example.org/hello_bot?start=x",
        "https://t.me/hello_bot?start=" + 65 * "x",
        "https://t.me/hello_bot?start=x\n",
    ],
)
def test_an_answer_opens_nothing_else(telegram, account, viktor, shop, url):
    press = viktor.press(shop, data="cake")
    query = telegram.call(account, "getUpdates", offset=-1)[0]["callback_query"]["id"]
    with pytest.raises(TelegramError, match="400 Bad Request: URL_INVALID"):
        telegram.call(account, "answerCallbackQuery", callback_query_id=query, url=url)
    telegram.call(account, "answerCallbackQuery", callback_query_id=query)
    assert (press.answer(), press.url) == ("", "")


def test_a_press_is_waited_for_in_a_loop(telegram, account, viktor, shop):
    press = asyncio.run(aio.Person.of(viktor).press(shop, data="cake"))
    react(telegram, account, viktor, shop)
    assert len(asyncio.run(press.wait(timeout=0.01))) == 2
