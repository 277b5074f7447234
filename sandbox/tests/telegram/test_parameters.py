"""Parameters of the Bot API: read, accepted, refused or ignored, and what is said about them."""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from bot_api_http import FORM, JSON, api, http_call
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import png

import bot_sandbox.telegram.methods
from bot_sandbox.telegram import NoReply, Telegram
from bot_sandbox.telegram.arguments import Arguments, Upload, encode_form_value
from bot_sandbox.telegram.bot_api import METHODS, OLD_NAMES, TYPES
from bot_sandbox.telegram.errors import USE_CANNED
from bot_sandbox.telegram.methods import Methods, names
from bot_sandbox.telegram.methods.table import USE_INSTEAD
from bot_sandbox.telegram.parameters import (
    ADVICE,
    READ_PARAMETERS,
    SUPPORTED,
    WHY_WITHOUT_EFFECT,
    WITHOUT_EFFECT,
)
from bot_sandbox.telegram.updates import WebhookClient

FOLDER = Path(bot_sandbox.telegram.methods.__file__).parents[1]


@pytest.fixture(scope="module")
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture
def account(telegram):
    return telegram.new_bot("Param bot", f"param{len(telegram._world.accounts)}_bot")


@pytest.fixture
def viktor(telegram, account):
    viktor = telegram.person("Viktor")
    viktor.send("/start", to=account)
    return viktor


# The tables against each other, and against the code


def names_here():
    """The names of the sandbox's methods, without old ones."""
    return set(names()) - OLD_NAMES.keys()


def test_each_method_has_its_parameters_in_the_table():
    assert SUPPORTED.keys() == METHODS.keys() | OLD_NAMES.keys()
    for method, read in READ_PARAMETERS.items():
        assert read <= METHODS[method].fields.keys(), method
        assert read.isdisjoint(WITHOUT_EFFECT - {"offset", "limit", "cache_time"}), method
    here = names_here()
    every = {name for method in here for name in METHODS[method].fields}
    assert every >= WITHOUT_EFFECT | WHY_WITHOUT_EFFECT.keys() | ADVICE.keys()
    lacked = {name for method in here for name in METHODS[method].fields.keys() - SUPPORTED[method]}
    assert lacked >= WHY_WITHOUT_EFFECT.keys() | ADVICE.keys()
    assert USE_INSTEAD.keys() <= METHODS.keys() - set(names())


def test_the_code_reads_each_parameter_as_the_type_that_it_has():
    kinds = {name: kind for method in names_here() for name, kind in METHODS[method].fields.items()}
    fits = {
        "integer": {"Integer"},
        "boolean": {"Boolean"},
        "number": {"Float"},
    }  # a text may be anything
    found = 0
    for file in FOLDER.rglob("*.py"):
        code = file.read_text(encoding="utf-8")
        for how, name in re.findall(r'arguments\.(integer|boolean|number|text)\("(\w+)"', code):
            assert name == "method" or kinds[name] in fits.get(how, kinds.values()), (how, name)
            found += 1
    assert found > 40


class Recording(Arguments):
    """Arguments that remember what a method reads."""

    read: set[str]

    def text(self, name):
        self.read.add(name)
        return super().text(name)

    def integer(self, name, default=0):
        self.read.add(name)
        return super().integer(name, default)

    def number(self, name, default=None):
        self.read.add(name)
        return super().number(name, default)

    def boolean(self, name):
        self.read.add(name)
        return super().boolean(name)

    def json(self, name, what):
        self.read.add(name)
        return super().json(name, what)

    def __contains__(self, name):
        self.read.add(name)
        return super().__contains__(name)


def test_each_method_reads_just_what_the_table_says(telegram, account, viktor):
    """A parameter that no code reads would be accepted without an effect."""
    anna = telegram.person("Anna")
    group = telegram.group("Friends", [viktor, anna, account], kind="supergroup")
    group.promote(account, can_promote_members=True)
    telegram._runner.run(every_method(telegram, account, viktor, anna, group))


async def every_method(telegram, account, viktor, anna, group):
    client = WebhookClient(NoNetwork(), 1.0, telegram.clock, telegram.faults._post_with_faults)
    methods = Methods(telegram._world, client, True, 0.0, telegram.faults._check_in_response)
    sent, files = {}, {"photo": Upload("a.png", png()), "f": Upload("a.txt", b"a plan")}

    async def call(method, chat=viktor, with_files=True, **arguments):
        pairs = {"chat_id": chat.id} | arguments
        pairs = {name: encode_form_value(value) for name, value in pairs.items()}
        given = Recording(pairs.items(), files if with_files else {})
        given.read = seen.setdefault(method, set())
        sent[method] = await methods.call(account, method.lower(), given)
        return sent[method]

    seen = {}
    text = (await call("sendMessage", text="x"))["message_id"]
    photo = (await call("sendPhoto", caption="x"))["message_id"]
    await call(
        "sendPhoto", photo=telegram._world.private[viktor.id, account.id].messages[-1].file.file_id
    )
    await call("sendDocument", document="attach://f")
    for kind in ("Video", "Animation", "Audio", "Voice", "VideoNote"):
        name = kind.replace("VideoN", "video_n").lower()
        await call(f"send{kind}", **{name: "attach://f"})
    await call("sendSticker", sticker="attach://photo")
    await call("sendMediaGroup", media=[{"type": "photo", "media": "attach://photo"}])
    await call("sendLocation", latitude=1, longitude=2, live_period=60)
    await call("sendDice")
    await call("sendMessage", text="x", reply_to_message_id=text)
    await call("forwardMessage", from_chat_id=viktor.id, message_id=text)
    await call("forwardMessages", from_chat_id=viktor.id, message_ids=[text])
    await call("copyMessage", from_chat_id=viktor.id, message_id=photo, caption="y")
    await call("copyMessages", from_chat_id=viktor.id, message_ids=[photo])
    await call("editMessageText", message_id=text, text="y", entities=[])
    for method, more in (("editMessageText", {"text": "y"}), ("editMessageReplyMarkup", {})):
        with pytest.raises(Exception, match="message identifier is not specified"):
            await call(method, chat_id="", message_id="", inline_message_id="", **more)
    await call("editMessageCaption", message_id=photo, caption="z")
    for method, more in (
        ("editMessageCaption", {"caption": "z"}),
        ("editMessageMedia", {"media": {"type": "photo", "media": "attach://photo"}}),
    ):
        with pytest.raises(Exception, match="message identifier is not specified"):
            await call(method, chat_id="", message_id="", **more)
    await call(
        "editMessageMedia", message_id=photo, media={"type": "photo", "media": "attach://photo"}
    )
    await call("setMessageReaction", message_id=text, reaction=[{"type": "emoji", "emoji": "👍"}])
    await call("pinChatMessage", message_id=photo)
    await call("unpinChatMessage", message_id=photo)
    await call("unpinAllChatMessages")
    await call("deleteMessage", message_id=text)
    await call("deleteMessages", message_ids=[photo])
    await call("sendContact", phone_number="15550100", first_name="Bob")
    await call("getUserProfilePhotos", user_id=viktor.id)
    await call("getFile", file_id=telegram._world.files.sticker("🙂").file_id)
    await call("setMyCommands", commands=[{"command": "a", "description": "b"}])
    await call("getMyCommands")
    await call("deleteMyCommands")
    for name in ("Name", "Description", "ShortDescription"):
        await call(f"setMy{name}")
        await call(f"getMy{name}")
    await call("setChatMenuButton")
    await call("getChatMenuButton")
    await call("sendChatAction", action="typing")
    await call("sendMessageDraft", draft_id=7, text="Let me th")
    await call("getChat")
    await call("getChatMember", user_id=viktor.id)
    await call("getChatMemberCount")
    await call("getChatAdministrators", group)
    await call("getUpdates")
    await call("getWebhookInfo")
    await call("getMe")
    await call("setWebhook", url="http://127.0.0.1:9/")
    await call("deleteWebhook")
    with pytest.raises(Exception, match="query is too old"):
        await call("answerCallbackQuery", callback_query_id="1")
    await call("setChatPermissions", group, permissions={"can_send_photos": True})
    for channel in ("banChatSenderChat", "unbanChatSenderChat"):
        await call(channel, group, sender_chat_id=group.id)
    await call("restrictChatMember", group, user_id=anna.id, permissions={})
    await call("promoteChatMember", group, user_id=anna.id, can_invite_users=True)
    await call("setChatAdministratorCustomTitle", group, user_id=anna.id, custom_title="Tea")
    telegram._world.set_inline(account, True, False)
    asked = {"inline_query_id": viktor._inline_query("x", account, None, "").id, "results": []}
    await call("answerInlineQuery", **asked)
    news = telegram._add_group("News", [viktor, anna, account], "channel", "")
    with pytest.raises(Exception, match="not enough rights"):
        await call("promoteChatMember", news, user_id=anna.id, can_invite_users=True)
    await call("promoteChatMember", group, user_id=anna.id)
    await call("banChatMember", group, user_id=anna.id)
    for _ in ("banned", "not banned"):
        await call("unbanChatMember", group, user_id=anna.id)
    await call("leaveChat", group)
    with pytest.raises(Exception, match="retry after"):
        await call("close")
    await call("logOut")
    assert seen.keys() == names_here()
    for method in seen:
        assert seen[method] - {"method"} == READ_PARAMETERS[method], method


class NoNetwork:
    """Finds every host here, and is never asked to send."""

    async def resolve(self, host, port):
        return ["127.0.0.1"]


# Over HTTP

LACKED = [
    ("sendMessage", "message_thread_id", 5, "it has no topics"),
    ("sendMessage", "business_connection_id", "b", "it has no business accounts"),
    ("sendMessage", "direct_messages_topic_id", "7", "it has no direct messages of a channel"),
    ("sendMessage", "suggested_post_parameters", {}, "it has no direct messages of a channel"),
    ("sendMessage", "message_effect_id", "5104841245755180586", "it has no effects"),
    ("sendMessage", "message_effect_id", "abc", "it has no effects"),
    ("sendMessage", "ephemeral_message_parameters", {"x": 1}, "it has no ephemeral messages"),
    ("sendMessage", "receiver_user_id", 5, "it has no ephemeral messages"),
    ("sendMessage", "callback_query_id", "5", "it has no ephemeral messages"),
    ("sendMessage", "allow_paid_broadcast", True, "no bot has Stars here"),
    ("sendChatAction", "message_thread_id", 5, "it has no topics"),
    ("editMessageText", "rich_message", {"x": 1}, "it has no rich messages"),
]


@pytest.mark.parametrize(("method", "name", "value", "why"), LACKED)
@pytest.mark.parametrize("kind", [JSON, FORM])
def test_what_the_sandbox_lacks_is_refused(
    telegram, account, viktor, kind, method, name, value, why
):
    given = {"chat_id": viktor.id, "text": "x", "action": "typing", name: value}
    given = {key: given[key] for key in METHODS[method].fields if key in given}
    body = (
        urlencode({k: encode_form_value(v) for k, v in given.items()}).encode()
        if kind == FORM
        else given
    )
    status, _, answer = api(telegram, account, method, body, kind)
    words = f"This sandbox has no {method} with {name}. Leave it out: {why}. {USE_CANNED}"
    assert (status, answer["description"]) == (400, words)
    assert account._unsupported == [f"{method} with {name}"]
    assert account.calls[-1].error == words
    assert not viktor.inbox


@pytest.mark.parametrize(
    "nothing",
    [
        {"message_thread_id": 0, "direct_messages_topic_id": "0", "receiver_user_id": ""},
        {"message_thread_id": -1, "message_effect_id": "0", "allow_paid_broadcast": False},
        {"message_thread_id": None, "message_effect_id": "", "allow_paid_broadcast": "no"},
        {"business_connection_id": "", "callback_query_id": "", "suggested_post_parameters": ""},
    ],
)
def test_a_value_that_says_nothing_is_accepted(telegram, account, viktor, nothing):
    given = {"chat_id": viktor.id, "text": "x"} | nothing
    status, _, answer = api(telegram, account, "sendMessage", given)
    assert (status, answer["result"]["text"]) == (200, "x")
    assert not account._unsupported


def test_a_thumbnail_that_is_no_upload_is_none(telegram, account, viktor):
    given = {"chat_id": viktor.id, "document": "attach://f", "thumbnail": "AgAC"}
    fields = "".join(
        f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in given.items()
    )
    file = '--X\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nhi\r\n'
    kind = "multipart/form-data; boundary=X"
    for form in (f"{fields}{file}--X--", f"{fields}{file}--X--".replace("AgAC", "attach://no")):
        _, _, answer = api(telegram, account, "sendDocument", form.encode(), kind)
        assert "thumbnail" not in answer["result"]["document"]
    assert not account._ignored


def test_what_has_no_effect_here_is_accepted(telegram, account, viktor):
    given = {"chat_id": viktor.id, "text": "x", "disable_notification": True}
    assert api(telegram, account, "sendMessage", given)[0] == 200
    react = {"chat_id": viktor.id, "message_id": 1, "is_big": True, "reaction": []}
    assert api(telegram, account, "setMessageReaction", react)[0] == 200
    photos = {"user_id": viktor.id, "offset": 5, "limit": 7}
    assert api(telegram, account, "getUserProfilePhotos", photos)[0] == 200
    assert not (account._unsupported or account._ignored)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("chatId", "chat_id"), ("replyMarkup", "reply_markup"), ("parsemode", "parse_mode")],
)
def test_what_the_bot_api_does_not_know_is_ignored_and_remembered(
    telegram, account, viktor, name, meant
):
    given = {"chat_id": viktor.id, "text": "x", name: "y"}
    assert api(telegram, account, "sendMessage", given)[0] == 200
    call = account.calls[-1]
    assert (call.method, call.ignored) == ("sendMessage", (name,))
    words = (
        f"the Bot API has no parameter {name!r} in sendMessage; Telegram ignores it. "
        f"Did you mean {meant!r}?"
    )
    assert list(account._ignored.values()) == [words]
    with pytest.raises(NoReply, match=re.escape(f"Param bot may have made a slip: {words}")):
        viktor.ask("hi", to=account, timeout=0.05)


def test_a_parameter_like_no_other_gets_no_suggestion(telegram, account):
    assert api(telegram, account, "getUpdates", {"zzz": 1})[0] == 200
    assert api(telegram, account, "getMe?foo=1")[0] == 200
    assert list(account._ignored.values()) == [
        "the Bot API has no parameter 'zzz' in getUpdates; Telegram ignores it",
        "the Bot API has no parameter 'foo' in getMe; Telegram ignores it",
    ]


def test_a_flood_of_unknown_parameters_fills_no_memory(telegram, account):
    for number in range(0, 300, 30):
        flood = {f"{'x' * 100}{number + i}": i for i in range(30)}
        assert api(telegram, account, "getMe", flood)[0] == 200
    assert len(account._ignored) <= 20
    assert all(len(name) <= 60 for _, name in account._ignored)
    assert max(len(call.ignored) for call in account.calls) == 10


def test_the_name_of_the_method_is_no_unknown_parameter(telegram, account):
    path = f"/bot{account.token}/?method=getMe"
    assert http_call(telegram, path)[0] == 200
    assert not account._ignored


# Values, as the real server reads them


@pytest.mark.parametrize("yes", [True, "true", "True", " YES ", "1", 1])
@pytest.mark.parametrize("kind", [JSON, FORM])
def test_what_counts_as_true(telegram, account, viktor, kind, yes):
    given = {"chat_id": viktor.id, "text": "x", "protect_content": yes}
    body = (
        urlencode({k: encode_form_value(v) for k, v in given.items()}).encode()
        if kind == FORM
        else given
    )
    answer = api(telegram, account, "sendMessage", body, kind)[2]
    assert answer["result"]["has_protected_content"] is True


@pytest.mark.parametrize("no", [False, "false", "on", "2", "", None, "y"])
def test_what_counts_as_false(telegram, account, viktor, no):
    given = {"chat_id": viktor.id, "text": "x", "protect_content": no}
    answer = api(telegram, account, "sendMessage", given)[2]
    assert "has_protected_content" not in answer["result"]


@pytest.mark.parametrize("chat_id", ["{id}", "{id}abc", "{id}.0"])
def test_an_integer_ends_at_the_first_other_sign(telegram, account, viktor, chat_id):
    given = {"chat_id": chat_id.format(id=viktor.id), "text": "x"}
    assert api(telegram, account, "sendMessage", given)[0] == 200


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ({"latitude": 1, "longitude": 2}, {"latitude": 1, "longitude": 2}),
        ({"latitude": "1.5x", "longitude": "-1e1"}, {"latitude": 1.5, "longitude": -10}),
        (
            {"latitude": 90, "longitude": 180, "horizontal_accuracy": 2000, "heading": 5},
            {"latitude": 90, "longitude": 180, "horizontal_accuracy": 1500},
        ),
        (
            {"latitude": 1, "longitude": 2, "live_period": 60, "heading": 5},
            {"latitude": 1, "longitude": 2, "live_period": 60, "heading": 5},
        ),
        ({"latitude": 100, "longitude": 2}, "invalid location specified"),
        ({"latitude": 1, "longitude": "-1e999"}, "invalid location specified"),
        ({"latitude": " ", "longitude": 2}, "latitude is empty"),
        ({"latitude": 1, "longitude": 2, "live_period": 5}, "wrong live location period specified"),
        ({"latitude": 1, "longitude": 2, "heading": 361}, "wrong live location heading specified"),
        (
            {"latitude": 1, "longitude": 2, "proximity_alert_radius": -1},
            "wrong live location proximity alert radius specified",
        ),
    ],
)
def test_a_place_is_on_earth(telegram, account, viktor, place, shown):
    answer = api(telegram, account, "sendLocation", {"chat_id": viktor.id} | place)[2]
    if isinstance(shown, str):
        assert answer["description"] == f"Bad Request: {shown}"
    else:
        assert answer["result"]["location"] == shown


def test_only_several_pictures_are_an_album(telegram, account, viktor):
    picture = viktor.photo(png(), to=account).file.file_id
    one = {"type": "photo", "media": picture, "caption": "a"}
    above = one | {"show_caption_above_media": True}

    def album(*media):
        given = {"chat_id": viktor.id, "media": list(media)}
        answer = api(telegram, account, "sendMediaGroup", given)[2]
        if not answer["ok"]:
            return answer["description"].removeprefix("Bad Request: ")
        return [message.get("media_group_id") for message in answer["result"]]

    assert album(one) == [None]
    first, second = album(one, one)
    assert first and first == second
    words = "parameter show_caption_above_media must be the same for all messages"
    assert album(one, above) == words
    for wrong, words in (
        ({"caption": []}, 'Field "caption" must be of type String'),
        ({"has_spoiler": 1}, 'Field "has_spoiler" must be of type Boolean'),
        ({"type": None}, 'Field "type" must be of type String'),
        ({"media": "attach://gone"}, "media not found"),
        ({"type": "animation"}, 'type "animation" can\'t be used in sendMediaGroup'),
        ({"caption": "<b>", "parse_mode": "HTML"}, "Can't parse entities: Can't find end tag"),
        ({"caption_entities": [1]}, "Can't parse MessageEntity: expected an Object"),
    ):
        assert album(one | wrong).startswith(f"can't parse InputMedia: {words}")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "object expected as link preview options"),
        ({"is_disabled": "true"}, 'field "is_disabled" must be of type Boolean'),
        ({"url": {}}, 'field "url" must be of type String'),
        ("{", "can't parse link preview options JSON object"),
    ],
)
def test_mistyped_options_of_a_link_preview(telegram, account, viktor, options, words):
    given = {"chat_id": viktor.id, "text": "x", "link_preview_options": options}
    answer = api(telegram, account, "sendMessage", given)[2]
    assert answer["description"] == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("reaction", "words"),
    [
        ({}, "expected an Array of ReactionType"),
        ([1], "can't parse ReactionType: expected an Object"),
        ([{}], "can't parse ReactionType: Can't find field \"type\""),
        ([{"type": "emoji"}], "can't parse ReactionType: Can't find field \"emoji\""),
        ([{"type": "star"}], "can't parse ReactionType: invalid reaction type specified"),
        (
            [{"type": "custom_emoji", "custom_emoji_id": "x"}],
            'can\'t parse ReactionType: Field "custom_emoji_id" must be a valid Number',
        ),
        ([{"type": "custom_emoji", "custom_emoji_id": "5"}], "REACTION_INVALID"),
    ],
)
def test_mistyped_reactions(telegram, account, viktor, reaction, words):
    given = {"chat_id": viktor.id, "message_id": 1, "reaction": reaction}
    answer = api(telegram, account, "setMessageReaction", given)[2]
    assert answer["description"] == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"scope": {"type": "everybody"}}, "can't parse BotCommandScope: Unsupported type"),
        ({"scope": {}}, "can't parse BotCommandScope: Can't find field \"type\""),
        ({"scope": 5}, "can't parse BotCommandScope: BotCommandScope must be an Object"),
        ({"scope": "x"}, "can't parse BotCommandScope JSON object"),
        ({"scope": {"type": "chat"}}, "can't parse BotCommandScope: Can't find field \"chat_id\""),
        ({"scope": {"type": "chat", "chat_id": ""}}, "can't parse BotCommandScope: Empty chat_id"),
        ({"scope": {"type": "chat", "chat_id": 1}}, "chat not found"),
        (
            {"scope": {"type": "chat_member", "chat_id": "V"}},
            "can't parse BotCommandScope: Can't find field \"user_id\"",
        ),
        (
            {"scope": {"type": "chat_member", "chat_id": "V", "user_id": -1}},
            "can't parse BotCommandScope: Invalid user_id specified",
        ),
        (
            {"scope": {"type": "chat_administrators", "chat_id": "V"}},
            "can't use specified scope in private chats",
        ),
        ({"scope": {"type": "chat", "chat_id": "C"}}, "can't change commands in channel chats"),
        ({"language_code": "english"}, "invalid language code specified"),
        ({"language_code": "EN"}, "invalid language code specified"),
        (
            {"commands": [{"command": 1}]},
            "can't parse BotCommand: Can't find field \"description\"",
        ),
        ({"commands": [["a", "b"]]}, "can't parse BotCommand: expected an Object"),
        ({"commands": [{"command": "/", "description": "b"}]}, "command must be non-empty"),
        ({"commands": [{"command": "Abc", "description": "b"}]}, "BOT_COMMAND_INVALID"),
        (
            {"commands": [{"command": "a" * 33, "description": "b"}]},
            "command length must not exceed 32",
        ),
        (
            {"commands": [{"command": "a", "description": " "}]},
            "command description must be non-empty",
        ),
        (
            {"commands": [{"command": "a", "description": "b" * 257}]},
            "command description length must not exceed 256",
        ),
        ({"commands": [{"command": "a", "description": "b"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
    ],
)
def test_a_menu_of_commands_is_checked(telegram, account, viktor, given, words):
    channel = telegram.channel("News", [viktor, account])
    chats = {"V": viktor.id, "C": channel.id}
    scope = given.get("scope")
    if isinstance(scope, dict) and scope.get("chat_id") in chats:
        given = given | {"scope": scope | {"chat_id": chats[scope["chat_id"]]}}
    given = {"commands": [{"command": "a", "description": "b"}]} | given
    status, _, answer = api(telegram, account, "setMyCommands", given)
    assert status == 400
    assert answer["description"].startswith(f"Bad Request: {words}")
    assert not account._commands


def test_each_scope_and_language_has_its_own_menu(telegram, account, viktor):
    group = telegram.group("Friends", [viktor, account])
    chat = {"type": "chat", "chat_id": group.id}
    places = [
        {},
        {"scope": {"type": "default"}, "language_code": "de"},
        {"scope": {"type": "all_group_chats"}},
        {"scope": chat},
        {"scope": {"type": "chat_member", "chat_id": str(group.id), "user_id": viktor.id}},
        {"scope": json.dumps({"type": "chat", "chat_id": viktor.id})},
    ]
    for number, place in enumerate(places):
        menu = [{"command": f"c{number}", "description": "x"}]
        assert api(telegram, account, "setMyCommands", {"commands": menu} | place)[0] == 200
    for number, place in enumerate(places):
        shown = api(telegram, account, "getMyCommands", place)[2]["result"]
        assert shown == [{"command": f"c{number}", "description": "x"}]
    same = {"scope": {"chat_id": str(group.id), "type": "chat"}}
    assert api(telegram, account, "deleteMyCommands", same)[0] == 200
    assert api(telegram, account, "getMyCommands", {"scope": chat})[2]["result"] == []
    assert api(telegram, account, "getMyCommands")[2]["result"][0]["command"] == "c0"


def test_a_caption_moves_above_and_below_its_picture(telegram, account, viktor):
    picture = viktor.photo(png(), to=account).file.file_id
    given = {"chat_id": viktor.id, "photo": picture, "caption": "a"}
    sent = api(telegram, account, "sendPhoto", given)[2]["result"]
    place = {"chat_id": viktor.id, "message_id": sent["message_id"], "caption": "a"}
    above = place | {"show_caption_above_media": True}
    shown = api(telegram, account, "editMessageCaption", above)[2]["result"]
    assert shown["show_caption_above_media"] is True
    shown = api(telegram, account, "editMessageCaption", place)[2]["result"]
    assert "show_caption_above_media" not in shown
    copy = above | {"from_chat_id": viktor.id}
    number = api(telegram, account, "copyMessage", copy)[2]["result"]["message_id"]
    copied = telegram._world.private[viktor.id, account.id].find(number)
    assert copied.more["show_caption_above_media"] is True


# Whatever comes, an answer comes


def of_kind(kind, depth=3):
    """Draw values of a type of the Bot API, and now and then of another one."""
    if kind.startswith("Array of "):
        good = st.lists(of_kind(kind.removeprefix("Array of "), depth - 1), max_size=3)
    elif " or " in kind:
        good = st.one_of([of_kind(part, depth - 1) for part in kind.split(" or ")])
    elif kind in PLAIN:
        good = PLAIN[kind]
    elif depth < 1:
        good = st.just({})
    elif TYPES[kind].any_of:
        good = st.sampled_from(TYPES[kind].any_of).flatmap(lambda one: of_kind(one, depth - 1))
    else:
        good = of_fields(TYPES[kind].fields, TYPES[kind].constants, depth)
    return st.one_of(good, good, good, JUNK)


def of_fields(fields, constants, depth):
    optional = {
        name: st.just(constants[name]) if name in constants else of_kind(kind, depth - 1)
        for name, kind in fields.items()
    }
    return st.fixed_dictionaries({}, optional=optional)


PLAIN = {
    "Integer": st.integers(-2, 9) | st.integers() | st.integers(-9, 9).map(str),
    "Float": st.floats(-400, 400) | st.sampled_from(["1e999", "-", ".5", "+1"]),
    "Boolean": st.booleans() | st.sampled_from(["true", "YES", "0", 1]),
    "True": st.just(True),
    "String": st.text(max_size=8)
    | st.sampled_from(["", "@x", "attach://f", "https://a.b", "HTML"]),
    "InputFile": st.sampled_from(["attach://f", "x", "https://a.b/c.png"]),
}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.none(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
# After logOut there is nothing more to try.
CALLS = st.sampled_from(sorted({*names(), "sendInvoice"} - {"logOut"})).flatmap(
    lambda method: st.tuples(st.just(method), of_fields(_parameters(method), {}, 4))
)


def _parameters(method):
    fields = METHODS[OLD_NAMES.get(method, method)].fields
    return {name: kind for name, kind in fields.items() if name != "timeout"}


@settings(max_examples=4 * settings.default.max_examples, suppress_health_check=list(HealthCheck))
@given(
    call=CALLS,
    where=st.sampled_from(["nowhere", "private", "group"]),
    unknown=st.dictionaries(st.text(max_size=8), JUNK, max_size=1),
    as_form=st.booleans(),
)
def test_any_arguments_get_an_envelope(fuzzed, call, where, unknown, as_form):
    telegram, account, chats = fuzzed
    method, arguments = call
    arguments = unknown | arguments
    if where in chats:  # most of what a method does needs a chat
        arguments |= {"chat_id": chats[where], "from_chat_id": chats[where], "text": "x"}
    if as_form:
        pairs = {name: encode_form_value(value) for name, value in arguments.items()}
        body, kind = urlencode(pairs, errors="surrogatepass").encode(), FORM
    else:
        body, kind = json.dumps(arguments).encode(), JSON
    status, _, answer = api(telegram, account, method, body, kind)
    assert status in (200, 400, 403, 404, 409, 413, 429), answer
    assert answer["ok"] is (status == 200)
    assert answer["ok"] or answer["error_code"] == status
    assert api(telegram, account, "getMe")[2]["result"]["id"] == account.id
    json.dumps(answer, allow_nan=False)


@pytest.fixture(scope="module")
def fuzzed(telegram):
    account = telegram.new_bot("Fuzzed bot", "fuzzed_bot")
    viktor = telegram.person("Viktor")
    viktor.send("/start", to=account)
    group = telegram.group("Fuzzed", [viktor, account], kind="supergroup")
    group.promote(account)
    return telegram, account, {"private": viktor.id, "group": group.id}
