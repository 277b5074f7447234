"""Pinned messages: who may pin, what bots are told, and which one getChat has."""

import asyncio

import pytest
import telegram as client

from bot_sandbox.telegram import TelegramError


def test_python_telegram_bot_pins_and_unpins(telegram, account, viktor):
    other = telegram.new_bot("Other", "other_bot")
    group = telegram.group("Friends", [viktor, account, other], kind="supergroup")
    group.promote(account)
    rules, menu = (viktor.send(text, to=group) for text in ("be kind", "tea"))

    async def does():
        async with client.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
            assert await bot.pin_chat_message(group.id, menu.message_id, disable_notification=True)
            assert await bot.pin_chat_message(group.id, rules.message_id)
            assert (await bot.get_chat(group.id)).pinned_message.text == "tea"  # the newer message
            assert await bot.unpin_chat_message(group.id)
            assert (await bot.get_chat(group.id)).pinned_message.text == "be kind"
            assert await bot.unpin_chat_message(group.id, rules.message_id)
            assert (await bot.get_chat(group.id)).pinned_message is None
            assert await bot.pin_chat_message(group.id, menu.message_id)
            assert await bot.unpin_all_chat_messages(group.id)
            with pytest.raises(client.error.BadRequest, match="Message to unpin not found"):
                await bot.unpin_chat_message(group.id)

    asyncio.run(does())
    assert "Hello bot pinned 'be kind'" in str(group.transcript)
    for bot in (account, other):
        updates = telegram.call(bot, "getUpdates")
        pinned = [one["message"]["pinned_message"]["text"] for one in updates
                  if "pinned_message" in one.get("message", {})]  # fmt: skip
        assert pinned == ["tea", "be kind", "tea"]


def test_a_deleted_message_is_pinned_no_longer(telegram, account, viktor):
    said = viktor.send("hello")
    here = {"chat_id": viktor.id}
    telegram.call(account, "pinChatMessage", message_id=said.message_id, **here)
    assert telegram.call(account, "getChat", **here)["pinned_message"]["text"] == "hello"
    telegram.call(account, "deleteMessage", message_id=said.message_id, **here)
    assert "pinned_message" not in telegram.call(account, "getChat", **here)


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_who_may_pin_and_what(telegram, account, viktor, kind):
    group = telegram.group("Friends", [viktor, account], kind=kind)
    said = viktor.send("hello", to=group)
    group.add(telegram.person("Anna"))
    joined = group.messages[-1].message_id

    def pin(number, method="pinChatMessage"):
        return telegram.call(account, method, chat_id=group.id, message_id=number)

    def is_refused():
        for method in ("pinChatMessage", "unpinChatMessage", "unpinAllChatMessages"):
            with pytest.raises(TelegramError, match="not enough rights to manage pinned messages"):
                pin(said.message_id, method)

    is_refused()  # though every member may pin in a supergroup: a bot needs the right of an admin
    group.promote(account, can_pin_messages=False)
    is_refused()
    group.promote(account)
    assert pin(said.message_id)
    with pytest.raises(TelegramError, match="service messages can't be pinned"):
        pin(joined)
    with pytest.raises(TelegramError, match="message to pin not found"):
        pin(99)


def test_a_bot_pins_in_a_channel_if_it_may_edit_there(telegram, account, viktor):
    news = telegram.channel("News", [viktor, account])
    place = {"chat_id": news.id, "message_id": viktor.send("hello", to=news).message_id}
    assert telegram.call(account, "pinChatMessage", **place)
    news.promote(account, can_edit_messages=False)
    with pytest.raises(TelegramError, match="not enough rights to manage pinned messages"):
        telegram.call(account, "unpinChatMessage", **place)
