"""What people see are the Bot API's objects, with an attribute for every field."""

import ast
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from pictures import png

from bot_sandbox.telegram import Message, bot_api_types
from bot_sandbox.telegram.api_object import ApiFields, Field
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


@pytest.fixture(scope="module")
def stub():
    """What editors and mypy read: {class: (bases, docstring, attributes)}."""
    tree = ast.parse(Path(bot_api_types.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    return {
        node.name: (
            [base.id for base in node.bases],
            ast.get_docstring(node),
            {one.target.id: ast.unparse(one.annotation) for one in node.body[1:]},
        )
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


def test_the_stub_has_the_classes_with_their_bases_docstrings_and_attributes(stub):
    assert {"Message", "MessageFields", "PhotoSize", "User"} < stub.keys()
    for name, (bases, docstring, attributes) in stub.items():
        made = getattr(bot_api_types, name)
        assert (made.__name__, made.__module__) == (name, bot_api_types.__name__)
        assert [base.__name__ for base in made.__bases__] == bases
        assert made.__doc__ == docstring
        fields = [key for key, value in vars(made).items() if isinstance(value, Field)]
        assert fields == list(attributes), name
    assert stub["MessageFields"][2]["photo"] == "Field[list[PhotoSize] | None]"
    assert stub["MessageEntity"][2]["type"] == "Field[str]"


def test_what_the_code_never_names_needs_no_class_in_the_stub(stub):
    assert not {"Giveaway", "PassportData", "ForumTopicCreated"} & stub.keys()
    assert stub["MessageFields"][2]["giveaway"] == "Field[Any]"
    assert Message.giveaway.name == "giveaway"


def test_an_object_can_be_pickled_and_has_a_repr():
    size = PhotoSize({"width": 90})
    assert pickle.loads(pickle.dumps(size)) == size
    assert repr(size) == "PhotoSize({'width': 90})"


def test_every_object_in_a_message_has_attributes(telegram, account, viktor):
    anna = telegram.person("Anna")
    family = telegram.group("Family", [viktor, account])
    family.promote(account)
    photo, place = viktor.photo(png(), "our cat", to=family), viktor.location(52.5, 13.4, to=family)
    viktor.document(png(), "cat.png", to=family)
    viktor.contact(to=family)
    viktor.sticker(to=family)
    buttons = [
        {"text": "Yes", "callback_data": "y"},
        {"text": "App", "web_app": {"url": "https://example.org"}},
        {"text": "Copy", "copy_text": {"text": "Yes"}},
        {"text": "Log in", "login_url": {"url": "https://example.org"}},
    ]

    def call(method, **arguments):
        return telegram.call(account, method, chat_id=family.id, **arguments)

    call("sendMessage", text=f"[you](tg://user?id={viktor.id})", parse_mode="MarkdownV2",
         reply_parameters={"message_id": photo.message_id, "quote": "cat"})  # fmt: skip
    call("sendMessage", text="https://example.org", link_preview_options={"is_disabled": True})
    call("sendDice")
    call("forwardMessage", from_chat_id=family.id, message_id=place.message_id)
    call("pinChatMessage", message_id=photo.message_id)
    viktor.send("/start", to=account)
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="?",
                  reply_markup={"inline_keyboard": [buttons]})  # fmt: skip
    family.add(anna)
    family.remove(anna)
    sent = [*family.messages, viktor.wait_for(lambda message: message.buttons)]
    kinds = {kind for message in sent for kind in message.to_json()}
    assert {"photo", "document", "contact", "location", "dice", "sticker", "pinned_message"} < kinds
    assert {"forward_origin", "new_chat_members", "left_chat_member", "quote"} < kinds
    assert {"link_preview_options", "reply_to_message", "reply_markup"} < kinds
    for message in sent:
        check_objects(message)


def check_objects(found):
    """Fail if an object holds a plain dict, however deep."""
    for name in found.to_json():
        # The real server also sends fields that its manual lacks, such as "thumb".
        values = [getattr(found, "from_user" if name == "from" else name, None)]
        for value in values:
            values += value if isinstance(value, list) else []
            assert not isinstance(value, dict), f"{type(found).__name__}.{name}"
            if isinstance(value, ApiFields):
                check_objects(value)


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
    assert message.from_user == ApiUser(account.to_json())
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
