"""Reply keyboards, forced replies, contacts and places: what bots show and people press."""

import asyncio
import re

import pytest
from telegram import KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram.ext import Application, CommandHandler, ConversationHandler, MessageHandler, filters

from bot_sandbox.telegram import Telegram, TelegramError


@pytest.fixture
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture
def anna(telegram):
    return telegram.person("Anna", "anna_k")


@pytest.fixture
def send(telegram, account, viktor):
    """Send a message with a markup as the bot, by default to Viktor."""
    viktor.send("/start", to=account)

    def send(markup, chat=viktor, text="well?", **more):
        more |= {"reply_markup": markup} if markup else {}
        return telegram.call(account, "sendMessage", chat_id=chat.id, text=text, **more)

    return send


def latest(telegram, account):
    """The newest message that the bot was told of."""
    return telegram.call(account, "getUpdates", offset=-1)[0]["message"]


def test_a_bot_asks_by_its_keyboard(telegram, account, viktor):
    """A conversation of python-telegram-bot: a choice, a contact, a place, the letters again."""
    contact = KeyboardButton("My number", request_contact=True)
    place = KeyboardButton("Where I am", request_location=True)

    async def start(update, context):
        keyboard = ReplyKeyboardMarkup([["Tea", "Coffee"]], one_time_keyboard=True)
        await update.message.reply_text("What to drink?", reply_markup=keyboard)
        return "drink"

    async def drink(update, context):
        keyboard = ReplyKeyboardMarkup([[contact], [place]])
        await update.message.reply_text(
            f"{update.message.text}! Who, where?", reply_markup=keyboard
        )
        return "who"

    async def number(update, context):
        card = update.message.contact
        assert card.user_id == update.effective_user.id  # the bot knows that the card is theirs
        await update.message.reply_text(f"{card.first_name}, {card.phone_number}")
        return "who"

    async def where(update, context):
        spot = update.message.location
        await update.message.reply_text(
            f"{spot.latitude:g}, {spot.longitude:g}", reply_markup=ReplyKeyboardRemove()
        )
        return ConversationHandler.END

    states = {
        "drink": [MessageHandler(filters.Regex("^(Tea|Coffee)$"), drink)],
        "who": [
            MessageHandler(filters.CONTACT, number),
            MessageHandler(filters.LOCATION, where),
        ],
    }

    async def main():
        builder = Application.builder().token(account.token).base_url(f"{telegram.url}/bot")
        application = builder.build()
        begins = [CommandHandler("start", start)]
        application.add_handler(ConversationHandler(begins, states, fallbacks=[]))
        async with application:
            await application.start()
            await application.updater.start_polling(timeout=1)
            try:
                await asyncio.to_thread(chats)
            finally:
                await application.updater.stop()
                await application.stop()

    def chats():
        assert viktor.ask("/start", timeout=10) == "What to drink?"
        assert viktor.keyboard() == [["Tea", "Coffee"]]
        assert viktor.choose("Tea").text == "Tea"
        assert viktor.wait(timeout=10)[0].text == "Tea! Who, where?"
        assert viktor.keyboard() == [["My number"], ["Where I am"]]
        shared = viktor.choose("My number")
        assert shared.shown == f"(contact Viktor, {viktor.phone_number})"
        assert viktor.wait(timeout=10)[0].text == f"Viktor, {viktor.phone_number}"
        viktor.place = (48.1, 11.6)
        viktor.choose("Where I am")
        assert viktor.wait(timeout=10)[0].text == "48.1, 11.6"
        assert viktor.keyboard() == []

    asyncio.run(main())


def test_what_hides_and_removes_a_keyboard(telegram, account, viktor, send):
    once = {"keyboard": [["Yes", {"text": "No"}], [{"text": ""}]], "one_time_keyboard": True}
    assert "reply_markup" not in send(once)
    assert viktor.keyboard() == [["Yes", "No"]]
    viktor.send("maybe")  # typed, not pressed
    assert viktor.keyboard() == [["Yes", "No"]]
    viktor.choose("Yes")
    assert viktor.keyboard() == []
    send({"keyboard": [["Again"]]})
    viktor.choose("Again")
    send(None)
    assert viktor.keyboard() == [["Again"]]
    send({"remove_keyboard": True})
    assert viktor.keyboard() == []
    sent = send({"keyboard": [["Gone"]]})
    telegram.call(account, "deleteMessage", chat_id=viktor.id, message_id=sent["message_id"])
    assert viktor.keyboard() == []
    send(
        {"keyboard": [["Contact", {"text": "C", "request_contact": True}]]}
        | {"one_time_keyboard": True}
    )
    viktor.choose("C")
    assert viktor.keyboard() == []


def test_a_keyboard_is_its_bot_s(telegram, account, viktor, send):
    other = telegram.new_bot("Other", "other_bot")
    group = telegram.group("Friends", [viktor, account, other])
    send({"keyboard": [["A"]]}, group)
    removal = {"remove_keyboard": True}
    telegram.call(other, "sendMessage", chat_id=group.id, text="x", reply_markup=removal)
    assert viktor.keyboard(group) == [["A"]]
    group.remove(account)
    assert viktor.keyboard(group) == []


def test_no_edit_brings_a_reply_keyboard(telegram, account, viktor, send):
    sent = send(None)
    for wrong, words in (
        ({"keyboard": [["Yes"]]}, "inline keyboard expected"),
        ({"remove_keyboard": True}, "inline keyboard expected"),
        ({"keyboard": [5]}, 'field "keyboard" must be an Array of Arrays'),
        ({"keyboard": [[5]]}, "KeyboardButton must be a String or an Object"),
        ({"keyboard": [[{}]]}, 'Can\'t find field "text"'),
        ({"keyboard": [[{"text": [5]}]]}, 'Field "text" must be of type String'),
    ):
        with pytest.raises(TelegramError, match=re.escape(words)):
            telegram.call(
                account, "editMessageText", chat_id=viktor.id, text="x", reply_markup=wrong,
                message_id=sent["message_id"],
            )  # fmt: skip


def test_a_forced_reply_answers_the_question(telegram, account, viktor, send):
    send({"keyboard": [["Again"]]})
    question = send({"force_reply": True, "input_field_placeholder": "your name"}, text="Who?")
    assert viktor.keyboard() == []  # the question takes its place
    viktor.send("Viktor")
    told = latest(telegram, account)
    assert told["reply_to_message"]["message_id"] == question["message_id"]
    viktor.send("and more")
    assert "reply_to_message" not in latest(telegram, account)


def test_a_forced_reply_passes_privacy_mode(telegram, account, viktor, anna, send):
    group = telegram.group("Friends", [viktor, anna, account])
    send({"force_reply": True, "selective": True}, group, "@anna_k, your name?")
    viktor.send("not me", to=group)
    anna.send("Anna", to=group)
    assert latest(telegram, account)["text"] == "Anna"
    assert "not me" not in str(telegram.call(account, "getUpdates"))


def test_whom_a_selective_keyboard_is_for(telegram, account, viktor, anna, send):
    group = telegram.group("Friends", [viktor, anna, account])
    everybody, some = {"keyboard": [["A"]]}, {"keyboard": [["B"]], "selective": True}
    send(everybody, group)
    asked = viktor.send("/menu", to=group)
    send(some, group, reply_parameters={"message_id": asked.message_id})
    assert (viktor.keyboard(group), anna.keyboard(group)) == ([["B"]], [["A"]])
    send(some, group, f'<a href="tg://user?id={anna.id}">you</a>', parse_mode="HTML")
    assert anna.keyboard(group) == [["B"]]
    send({"remove_keyboard": True, "selective": True}, group, "@anna_k: done")
    assert (viktor.keyboard(group), anna.keyboard(group)) == ([["B"]], [])
    pressed = viktor.choose("B", to=group)
    assert pressed.reply_to.sender is account  # in a group, a press answers the bot
    assert latest(telegram, account)["text"] == "B"
    send({"remove_keyboard": True}, group)
    assert viktor.keyboard(group) == []


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"request_poll": {}}, "'B' is a request_poll button. This sandbox has no polls"),
        ({"web_app": {"url": "https://a.b"}}, "web_app button. This sandbox has no Mini Apps"),
        ({"request_users": {"request_id": 1}}, "This sandbox has no choosing of users"),
        (
            {"request_chat": {"request_id": 1, "chat_is_channel": False}},
            "This sandbox has no choosing of chats",
        ),
    ],
)
def test_buttons_that_the_sandbox_cannot_press(viktor, send, button, words):
    send({"keyboard": [[{"text": "B"} | button]]})
    with pytest.raises(ValueError, match=words):
        viktor.choose("B")


def test_there_is_no_such_button(viktor, send):
    send({"keyboard": [["Yes"]]})
    with pytest.raises(
        ValueError, match=r"no button 'No' on the reply keyboard; there are \['Yes'"
    ):
        viktor.choose("No")


def test_people_share_contacts(telegram, account, viktor, anna):
    viktor.contact(to=account)
    own = latest(telegram, account)["contact"]
    assert own == {
        "phone_number": viktor.phone_number,
        "first_name": "Viktor",
        "user_id": viktor.id,
    }
    viktor.contact(anna, to=account)
    assert latest(telegram, account)["contact"]["user_id"] == anna.id
    viktor.contact(to=account, name="Uncle Bob", phone_number="15550100")
    assert latest(telegram, account)["contact"] == {
        "phone_number": "15550100",
        "first_name": "Uncle Bob",
    }
    assert viktor.phone_number != anna.phone_number
    assert re.fullmatch("447700900[0-9]{3}", viktor.phone_number)
    with pytest.raises(ValueError, match="a contact is a person, or a name= and a phone_number="):
        viktor.contact(to=account, name="Uncle Bob")


def test_bots_send_contacts(telegram, account, viktor, anna):
    viktor.send("/start", to=account)

    def send_contact(**card):
        return telegram.call(account, "sendContact", chat_id=viktor.id, **card)["contact"]

    card = {"phone_number": "15550100", "first_name": "Bob", "last_name": "B", "vcard": "BEGIN:…"}
    assert send_contact(**card) == card
    (message,) = viktor.wait()
    assert message.shown == "(contact Bob, 15550100)"
    known = send_contact(phone_number=f"+{anna.phone_number}", first_name="Anna")
    assert known["user_id"] == anna.id
    for missing in ("phone_number", "first_name"):
        with pytest.raises(TelegramError, match=f'400 Bad Request: parameter "{missing}" is req'):
            send_contact(**{name: value for name, value in card.items() if name != missing})
