"""Inline buttons: which one a person presses."""

import asyncio
import re

import pytest

from bot_sandbox import aio

SHOP = [
    [{"text": "Tea", "url": "https://example.org/tea"}, {"text": "➕", "callback_data": "tea"}],
    [{"text": "Cake", "callback_data": "cake?"}, {"text": "➕", "callback_data": "cake"}],
    [{"text": "Twice", "callback_data": "2"}, {"text": "Twice", "callback_data": "2"}],
]


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
