"""Keyboards that a bot sends: what is kept, what is dropped, what is refused."""

import json

import pytest
from bot_api_http import api

from bot_sandbox import Telegram


@pytest.fixture(scope="module")
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture(scope="module")
def account(telegram):
    return telegram.new_bot("Button bot", "button_bot")


@pytest.fixture(scope="module")
def viktor(telegram, account):
    viktor = telegram.person("Viktor")
    viktor.send("/start", to=account)
    return viktor


@pytest.fixture(scope="module")
def group(telegram, account, viktor):
    return telegram.group("Friends", [viktor, account])


@pytest.fixture(scope="module")
def channel(telegram, account, viktor):
    return telegram.channel("News", [viktor, account])


@pytest.fixture
def send(telegram, account, viktor):
    """Send a text with this markup, and return its shown buttons or the refusal."""

    def send(markup, chat=None):
        arguments = {"chat_id": (chat or viktor).id, "text": "x", "reply_markup": markup}
        status, _, answer = api(telegram, account, "sendMessage", arguments)
        if status != 200:
            assert status == 400
            return answer["description"].removeprefix("Bad Request: ")
        return answer["result"].get("reply_markup", {}).get("inline_keyboard", [])

    return send


@pytest.fixture
def press_me(send):
    """Send one inline button, and return it as the message shows it, or the refusal."""

    def send_one(chat=None, **button):
        shown = send({"inline_keyboard": [[{"text": "A"} | button]]}, chat)
        return shown if isinstance(shown, str) else shown[0][0]

    return send_one


CANNOT = "can't parse inline keyboard button: "
HTTPS = "is invalid: Only HTTPS links are allowed"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("https://example.com", "https://example.com/"),
        ("Example.COM/a b", "http://example.com/a%20b"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("tg://user?id=42", "tg://user?id=42"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
    ],
)
def test_a_link_is_shown_as_telegram_stores_it(press_me, given, shown):
    assert press_me(url=given) == {"text": "A", "url": shown}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("http://localhost:8000/", "Wrong HTTP URL"),
        ("example", "Wrong HTTP URL"),
        ("ftp://example.com", "Unsupported URL protocol"),
        ("http://", "URL host is empty"),
        ("http://example.com:0/", "Wrong port number specified in the URL"),
        ("http://a b.com", "Disallowed character in URL host"),
    ],
)
def test_an_invalid_link_is_refused(press_me, given, problem):
    words = f"inline keyboard button URL '{given}' is invalid: {problem}"
    assert press_me(url=given) == words


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({}, "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": ""}, "Text buttons are unallowed in the inline keyboard"),
        ({"callbackData": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": None}, 'Field "callback_data" must be of type String'),
        ({"url": ["x"]}, 'Field "url" must be of type String'),
        ({"text": None, "url": "x"}, 'Field "text" must be of type String'),
        ({"style": "red", "url": "a.b"}, "invalid button style specified"),
        ({"icon_custom_emoji_id": "x"}, 'Field "icon_custom_emoji_id" must be a valid Number'),
        ({"icon_custom_emoji_id": True}, 'Field "icon_custom_emoji_id" must be a Number'),
        ({"web_app": "https://a.b"}, 'Field "web_app" must be of type Object'),
        ({"web_app": {}}, 'Can\'t find field "url"'),
        ({"login_url": {"url": "https://a.b", "bot_username": "@"}}, "LoginUrl bot username"),
        ({"login_url": {"url": 1, "forward_text": []}}, 'Field "forward_text" must be of type'),
        ({"copy_text": {}}, 'Can\'t find field "text"'),
        ({"switch_inline_query": {}}, 'Field "switch_inline_query" must be of type String'),
        (
            {"switch_inline_query_chosen_chat": {"allow_user_chats": 1}},
            'Field "allow_user_chats" must be of type Boolean',
        ),
    ],
)
def test_a_mistyped_button_is_refused(press_me, button, words):
    assert press_me(**button).startswith(CANNOT + words)


def test_a_number_may_be_a_text(press_me):
    assert press_me(callback_data=5) == {"text": "A", "callback_data": "5"}


@pytest.mark.parametrize(
    ("button", "shown"),
    [
        ({"url": "a.b", "callback_data": "x", "pay": True}, {"url": "http://a.b/"}),
        ({"callback_data": "x", "web_app": {"url": "https://a.b"}}, {"callback_data": "x"}),
        ({"pay": False}, {"pay": True}),
        ({"callback_game": {"x": 1}}, {"callback_game": {}}),
        ({"login_url": {"url": "https://a.b"}}, {"url": "https://a.b/"}),
        ({"web_app": {"url": "https://a.b", "x": 1}}, {"web_app": {"url": "https://a.b/"}}),
        ({"copy_text": {"text": "c"}}, {"copy_text": {"text": "c"}}),
        ({"switch_inline_query": ""}, {"switch_inline_query": ""}),
        (
            {"style": "DANGER", "icon_custom_emoji_id": "7", "callback_data": "x"},
            {"icon_custom_emoji_id": "7", "style": "danger", "callback_data": "x"},
        ),
        (
            {
                "switch_inline_query_chosen_chat": {
                    "query": "q",
                    "allow_user_chats": True,
                    "allow_bot_chats": True,
                    "allow_group_chats": True,
                    "allow_channel_chats": True,
                }
            },
            {"switch_inline_query": "q"},
        ),
    ],
)
def test_the_first_action_of_a_button_counts(press_me, button, shown):
    assert press_me(**button) == {"text": "A"} | shown


def test_some_buttons_need_https_or_a_private_chat(press_me, group, channel):
    app = {"url": "http://a.b"}
    assert press_me(web_app=app) == f"inline keyboard button Web App URL 'http://a.b' {HTTPS}"
    login = press_me(login_url={"url": "localhost"})
    assert login == f"inline keyboard button login URL 'localhost' {HTTPS}"
    assert press_me(group, web_app={"url": "https://a.b"}) == "BUTTON_TYPE_INVALID"
    words = "can't use switch_inline_query button in a channel chat, because users"
    assert press_me(channel, switch_inline_query="x").startswith(words)
    nobody = press_me(switch_inline_query_chosen_chat={"query": "x"})
    assert nobody == "at least one chat type must be allowed"


def test_no_more_buttons_than_telegram_keeps(send, telegram, account, viktor):
    button = {"text": "A", "callback_data": "a"}
    assert [len(row) for row in send({"inline_keyboard": [[button] * 13]})] == [12]
    rows = send({"inline_keyboard": [[button] * 8] * 100})
    assert (sum(map(len, rows)), len(rows[-1])) == (300, 4)
    send({"keyboard": [["A"] * 8] * 100})
    shown = telegram._world.private[viktor.id, account.id]._reply_keyboards[viktor.id]
    assert sum(map(len, shown.rows)) == 300


def test_a_reply_keyboard_keeps_what_its_buttons_ask_for(send, telegram, account, viktor):
    chosen = {"request_id": 1, "user_is_bot": False}
    rows = [
        ["Yes", {"text": "Contact", "request_contact": True}],
        [{"text": "Place", "request_location": True}, {"text": "No", "request_location": False}],
        [{"text": "Poll", "request_poll": {"type": "quiz"}}, {"text": "P", "request_poll": {}}],
        [{"text": "App", "web_app": {"url": "https://a.b"}}],
        [{"text": "User", "request_user": chosen}, {"text": "Us", "request_users": chosen}],
    ]
    assert send({"keyboard": rows}) == []
    shown = telegram._world.private[viktor.id, account.id]._reply_keyboards[viktor.id]
    assert shown.buttons == [
        [{"text": "Yes"}, {"text": "Contact", "request_contact": True}],
        [{"text": "Place", "request_location": True}, {"text": "No"}],
        [{"text": "Poll", "request_poll": {"type": "quiz"}}, {"text": "P", "request_poll": {}}],
        [{"text": "App", "web_app": {"url": "https://a.b"}}],
        [{"text": "User", "request_users": chosen}, {"text": "Us", "request_users": chosen}],
    ]
    assert shown.rows[0] == ["Yes", "Contact"]


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"request_contact": "yes"}, 'Field "request_contact" must be of type Boolean'),
        ({"request_location": 1}, 'Field "request_location" must be of type Boolean'),
        ({"request_poll": "quiz"}, 'Field "request_poll" must be of type Object'),
        ({"request_users": {}}, 'Can\'t find field "request_id"'),
        ({"request_chat": {"request_id": "x"}}, 'Field "request_id" must be a valid Number'),
        (
            {"request_chat": {"request_id": 1, "chat_is_channel": 1}},
            'Field "chat_is_channel" must be of type Boolean',
        ),
    ],
)
def test_a_mistyped_button_of_a_reply_keyboard_is_refused(send, button, words):
    refusal = send({"keyboard": [[{"text": "A"} | button]]})
    assert refusal == f"can't parse keyboard button: {words}"


def test_what_exists_in_private_chats_only(send, group, channel):
    for button, words in (
        ({"request_contact": True}, "phone number can be requested in private chats only"),
        ({"request_location": True}, "location can be requested in private chats only"),
        ({"request_poll": {}}, "poll can be requested in private chats only"),
    ):
        assert send({"keyboard": [[{"text": "A"} | button]]}, group) == words
    assert send({"keyboard": [["A"]]}, group) == []
    for markup in ({"keyboard": [["A"]]}, {"remove_keyboard": True}, {"force_reply": True}):
        assert send(markup, channel) == "inline keyboard expected"


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (None, "object expected as reply markup"),
        ([], "object expected as reply markup"),
        ({"keyboard": "x"}, 'field "keyboard" must be of type Array'),
        ({"inline_keyboard": [{}]}, 'field "inline_keyboard" of the InlineKeyboardMarkup must be'),
        ({"keyboard": [["A"]], "resize_keyboard": 1}, 'field "resize_keyboard" must be of type'),
        ({"keyboard": [["A"]], "selective": "x"}, 'field "selective" must be of type Boolean'),
        ({"remove_keyboard": "true"}, 'field "remove_keyboard" must be of type Boolean'),
        ({"force_reply": None}, 'field "force_reply" must be of type Boolean'),
        ({"input_field_placeholder": []}, 'field "input_field_placeholder" must be of type String'),
    ],
)
def test_a_mistyped_markup_is_refused(send, markup, words):
    assert send(json.dumps(markup)).startswith(words)


def test_an_edit_takes_inline_buttons_only(telegram, account, viktor):
    arguments = {"chat_id": viktor.id, "text": "x"}
    sent = api(telegram, account, "sendMessage", arguments)[2]["result"]["message_id"]
    arguments |= {"message_id": sent, "reply_markup": {"force_reply": True}}
    answer = api(telegram, account, "editMessageText", arguments)[2]
    assert answer["description"] == "Bad Request: inline keyboard expected"
    arguments["reply_markup"] = {"inline_keyboard": [[{"text": "A", "url": "a.b"}]]}
    answer = api(telegram, account, "editMessageText", arguments)[2]
    shown = answer["result"]["reply_markup"]["inline_keyboard"]
    assert shown == [[{"text": "A", "url": "http://a.b/"}]]
