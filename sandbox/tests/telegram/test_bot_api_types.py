"""What people see are the Bot API's objects, with an attribute for every field."""

import subprocess
import sys
from pathlib import Path

import pytest
from pictures import png

from bot_sandbox.telegram import Message
from bot_sandbox.telegram.api_object import Field
from bot_sandbox.telegram.bot_api import TYPES
from bot_sandbox.telegram.bot_api_types import MessageEntity, PhotoSize
from bot_sandbox.telegram.bot_api_types import User as ApiUser

SANDBOX = Path(__file__).parents[2]


def test_the_file_is_what_the_tool_writes():
    words = [sys.executable, SANDBOX / "tools/bot_api_types.py", "--check"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_message_has_an_attribute_for_every_field(telegram, account, viktor):
    message = viktor.send("hello")
    given = message.to_json()
    for field in TYPES["Message"].fields:
        value = getattr(message, "from_user" if field == "from" else field)
        assert (value is None) == (field not in given), field
    assert message.from_user.first_name == "Viktor"
    assert (message.chat.type, message.chat.first_name) == ("private", "Viktor")
    assert isinstance(Message.caption, Field)


def test_a_text_has_entities_and_buttons(telegram, account, viktor):
    viktor.send("/start")
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    telegram.call(
        account,
        "sendMessage",
        chat_id=viktor.id,
        text="<b>Tea</b>?",
        parse_mode="HTML",
        reply_markup=markup,
        reply_parameters={"message_id": 1},
    )
    (message,) = viktor.wait()
    assert (message.text, message.caption, message.photo) == ("Tea?", None, None)
    assert message.entities == [{"type": "bold", "offset": 0, "length": 3}]
    assert message.entities[0] == MessageEntity({"type": "bold", "offset": 0, "length": 3})
    assert (message.entities[0].type, message.entities[0].url) == ("bold", None)
    assert message.reply_markup.inline_keyboard[0][0].callback_data == "y"
    assert message.buttons == ["Yes"]
    assert message.reply_to_message.text == "/start"
    assert message.reply_to_message.from_user.id == viktor.id
    assert message.from_user == ApiUser(account.json)
    telegram.call(
        account, "editMessageText", chat_id=viktor.id, message_id=message.message_id, text="Milk?"
    )
    assert (message.text, message.entities, message.reply_markup) == ("Milk?", None, None)
    assert message.edit_date >= message.date


def test_files_have_captions_and_albums_an_id(telegram, account, viktor):
    sent = viktor.photo(png(), "our cat")
    assert (sent.text, sent.caption, sent.words) == (None, "our cat", "our cat")
    assert all(isinstance(size, PhotoSize) and size.width for size in sent.photo)
    telegram.call(
        account,
        "sendMediaGroup",
        chat_id=viktor.id,
        media=[{"type": "photo", "media": sent.photo[-1].file_id} for _ in range(2)],
    )
    first, second = viktor.wait(2)
    assert first.media_group_id == second.media_group_id
    assert first.media_group_id
    place = viktor.location(52.5, 13.4)
    assert (place.location.latitude, place.location.longitude) == (52.5, 13.4)


def test_a_forwarded_message_says_where_it_came_from(telegram, account, viktor):
    sent = viktor.send("hello")
    telegram.call(
        account,
        "forwardMessage",
        chat_id=viktor.id,
        from_chat_id=viktor.id,
        message_id=sent.message_id,
    )
    origin = viktor.wait()[0].forward_origin
    assert (origin.type, origin.sender_user.first_name, origin.chat) == ("user", "Viktor", None)


def test_a_post_of_a_channel_has_no_user(telegram, account, viktor):
    channel = telegram.channel("News", [viktor, account], username="news")
    telegram.call(account, "sendMessage", chat_id=channel.id, text="hello")
    (post,) = viktor.wait()
    assert (post.from_user, post.sender_chat.title) == (None, "News")
    assert (post.chat.type, channel.username) == ("channel", "news")


def test_a_field_that_no_object_has_is_an_error(viktor, account):
    with pytest.raises(AttributeError):
        viktor.send("hello").capton  # noqa: B018
