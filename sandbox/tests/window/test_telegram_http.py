"""Telegram behind a window, over HTTP: people, bots, what is said, pressed and what was sent."""

import json
import re
import shlex
import threading
import urllib.error
import urllib.parse
import urllib.request

import pytest
from bot_api_http import FORM, api
from documents import PAGES
from http_page import FILES
from pictures import png
from window_http import validate

from bot_sandbox import Cloud, Telegram, Window
from bot_sandbox.http.access import KEY_HEADER
from bot_sandbox.telegram import NoReply, TelegramError
from bot_sandbox.window.routes import routes_of
from bot_sandbox.window.telegram import TelegramView
from bot_sandbox.window.telegram_json import DELIVERY_STATES

ANSWERS = """
import json

def handler(event, context):
    update = json.loads(event["body"])
    if "callback_query" in update:
        query = update["callback_query"]
        answer = {"method": "answerCallbackQuery", "callback_query_id": query["id"], "text": "ok"}
    elif "inline_query" in update:
        tea = {"type": "article", "id": "1", "title": "Tea", "message_text": "Tea!"}
        query = update["inline_query"]["id"]
        answer = {"method": "answerInlineQuery", "inline_query_id": query, "results": [tea]}
    elif "message" not in update:  # an edit, or a bot that was blocked
        return {"statusCode": 200}
    else:
        message = update["message"]
        answer = {"method": "sendMessage", "chat_id": message["chat"]["id"],
                  "text": "hello " + message["from"]["first_name"] + "!",
                  "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}}
    return {"statusCode": 200, "headers": {"content-type": "application/json"},
            "body": json.dumps(answer)}
"""


class Asking:
    """The window's HTTP as a tester in any language uses it."""

    def __init__(self, window):
        self.window = window

    def __call__(self, path, values=None, **query):
        address = f"{self.window.url}/api/telegram/{path}?{urllib.parse.urlencode(query)}"
        body = values if isinstance(values, bytes | None) else json.dumps(values).encode()
        headers = {KEY_HEADER: self.window.key}
        request = urllib.request.Request(address, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                answer = response.read()
                if response.headers.get_content_subtype() != "json":
                    return answer
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["error"]
        answer = json.loads(answer)
        validate(self.window, request.get_method(), f"/api/telegram/{path}", answer)
        return answer


@pytest.fixture
def telegram():
    with Telegram() as made:
        yield made


@pytest.fixture
def ask(telegram):
    with Window(telegram=telegram) as window:
        ask = Asking(window)
        ask.telegram, ask.viktor = telegram, ask("people", {"name": "Viktor"})["id"]
        ask.bot = ask("bots", {"name": "Hello bot", "username": "hello_bot"})
        yield ask


@pytest.fixture
def function(telegram, tmp_path):
    """A function that greets with a button, set as the webhook of hello_bot."""
    (tmp_path / "main.py").write_text(ANSWERS)
    with Cloud() as cloud:
        made = cloud.deploy("hello", tmp_path)
        telegram.call(telegram.account("hello_bot"), "setWebhook", url=made.url)
        yield made


CHAT = {"from": "Viktor", "to": "hello_bot"}


def test_botfather_makes_bots_and_refuses_in_his_words(ask):
    assert ask.bot["token"].startswith(f"{ask.bot['id']}:")
    status, said = ask("bots", {"name": "Hello", "username": "hello"})
    assert status == 400 and "BotFather: Sorry, the username must end in 'bot'" in said
    assert ask("bots", {"name": "H", "username": "Hello_BOT"})[1].startswith("BotFather: Sorry, t")
    (listed,) = ask("bots")["bots"]
    assert listed["username"] == "hello_bot" and ask.bot["token"] not in json.dumps(listed)


def test_a_new_token_makes_the_old_one_worthless(ask, telegram):
    token = ask("token", {"bot": "hello_bot"})["token"]
    assert telegram.call(token, "getMe")["username"] == "hello_bot"
    with pytest.raises(TelegramError, match="401"):
        telegram.call(ask.bot["token"], "getMe")


def test_people_are_made_and_named_by_name_or_id(ask):
    anna = ask("people", {"name": "Anna", "username": "anna_r"})
    assert [one["name"] for one in ask("people")["people"]] == ["Viktor", "Anna"]
    for name in ("Anna", "anna_r", "@anna_r", str(anna["id"])):
        assert ask("say", {"from": name, "to": "@hello_bot", "text": "hi"})["from"] == anna["id"]
    second = ask("people", {"name": "Anna"})
    status, said = ask("say", {"from": "Anna", "to": "hello_bot", "text": "hi"})
    assert status == 404 and said.endswith(f"send one of their ids: {anna['id']}, {second['id']}")
    assert ask("people", {"name": " "})[0] == 400
    status, said = ask("say", {"from": "hello_bot", "to": "hello_bot", "text": "hi"})
    assert status == 400 and "is a bot" in said


def test_a_person_and_a_bot_may_have_the_same_name(ask):
    ask("people", {"name": "hello_bot"})
    ask("people", {"name": "Hello bot"})
    said = ask("say", {"from": "hello_bot", "to": "hello_bot", "text": "hi"})
    assert (said["name"], said["is_bot"]) == ("hello_bot", False)
    assert ask("say", {"from": "Hello bot", "to": "Hello bot", "text": "hi"})["name"] == "Hello bot"
    status, why = ask("say", {"from": "Viktor", "to": "Viktor", "text": "hi"})
    assert (status, why) == (400, "Viktor is a person; expected a bot")


def test_a_person_has_the_id_and_the_language_that_a_test_needs(ask, telegram):
    made = ask("people", {"name": "Zoe", "id": 12345, "language_code": "de", "is_premium": True})
    assert made["id"] == 12345
    told = telegram._world.people[12345].to_json()
    assert (told["language_code"], told["is_premium"]) == ("de", True)
    assert ask("people", {"name": "Max", "id": 12345}) == (
        400,
        "the id 12345 is taken by Zoe; choose another",
    )
    assert ask("people", {"name": "Max", "id": "12"})[0] == 400
    status, why = ask("people", {"name": "Max", "id": -3})
    assert status == 400 and "from 1 to 4503599627370495; found -3" in why


def test_a_public_group_is_made_and_named_by_its_username(ask, telegram):
    club = {"title": "Club", "members": ["Viktor", "hello_bot"], "kind": "supergroup"}
    made = ask("groups", club | {"username": "chess_club"})
    assert made["username"] == "chess_club"
    send = {"chat_id": "@chess_club", "text": "hello"}
    telegram.call(ask.bot["token"], "sendMessage", **send)
    for name in ("@chess_club", "Chess_Club"):
        said = ask("say", {"from": "Viktor", "to": name, "text": "hi"})
        assert said["chat"] == made["key"]
        assert ask("messages", to=name)["messages"][0]["text"] == "hello"
    assert ask("groups", club | {"username": "chess_club"})[0] == 400
    assert ask("groups", club | {"kind": "group", "username": "other_club"})[0] == 400
    assert ask("groups", club)["username"] == ""


def test_groups_of_the_same_title_are_told_apart_by_id(ask):
    for _ in range(2):
        family = ask("groups", {"title": "Family", "members": ["Viktor", "hello_bot"]})
    status, why = ask("say", {"from": "Viktor", "to": "Family", "text": "hi"})
    assert status == 404 and "2 groups are called 'Family'; send the id" in why
    said = ask("say", {"from": "Viktor", "to": family["id"], "text": "hi"})
    assert said["chat"] == family["key"]


def test_a_chat_in_which_nobody_wrote_is_empty(ask):
    assert ask("messages", **CHAT) == {"messages": []}
    ask("groups", {"title": "Channel", "members": ["Viktor"], "kind": "channel"})
    assert ask("messages", to="Channel") == {"messages": []}
    assert ask("keyboard", **CHAT) == {"rows": [], "placeholder": "", "answers": 0}
    for names in ({"from": "Nobody"}, {"to": "no_bot"}):
        assert ask("messages", **CHAT | names)[0] == 404
    assert ask("messages", chat="1-2") == (404, "there is no chat with the key '1-2'")
    assert ask("edit", CHAT | {"message": 1, "text": "x"})[0] == 404


def test_a_request_that_waits_sees_the_first_message_of_a_chat(ask):
    heard = []
    waiting = threading.Thread(
        target=lambda: heard.append(ask("messages", **CHAT, timeout=20)), daemon=True
    )
    waiting.start()
    ask("say", CHAT | {"text": "one"})
    waiting.join(20)
    assert [one["text"] for one in heard[0]["messages"]] == ["one"]


def send(ask, **arguments):
    """What the bot's sendMessage to Viktor returns; it needs a chat that has begun."""
    return ask.telegram.call(ask.bot["token"], "sendMessage", chat_id=ask.viktor, **arguments)


def test_a_message_that_fits_is_waited_for(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    heard = []
    wanted = CHAT | {"after": 1, "contains": "milk", "button": "Yes", "timeout": 20}
    waiting = threading.Thread(target=lambda: heard.append(ask("wait", **wanted)), daemon=True)
    waiting.start()
    send(ask, text="Tea?")
    send(ask, text="Tea with milk?")
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    send(ask, text="No milk?", reply_markup=markup)
    waiting.join(20)
    assert (heard[0]["text"], heard[0]["id"]) == ("No milk?", 4)
    assert ask("wait", **CHAT, contains="Tea")["id"] == 2
    assert ask("wait", **CHAT, sender="Viktor")["text"] == "hi"
    status, why = ask("wait", **CHAT, contains="coffee", timeout=0.05)
    assert status == 504
    assert why.startswith(
        "No matching message came in this chat within 0.05 s. What came instead:\n"
        "  Viktor: hi\n  Hello bot: Tea?\n"
    )
    assert "nobody calls getUpdates" in why
    assert ask("wait", **CHAT, sender="Nobody", timeout=0)[0] == 404
    ask("block", CHAT)
    status, why = ask("wait", **CHAT, contains="coffee", timeout=0.05)
    assert status == 504 and why.endswith(
        "\nFound: Viktor has blocked Hello bot. What to do: unblock it"
    )


def test_an_edit_is_waited_for(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    sent = send(ask, text="Baking")
    before = ask("messages", **CHAT)["messages"][-1]["changed_at"]
    assert ask("wait", **CHAT, edited="true", timeout=0)[0] == 504
    assert ask("wait", **CHAT, changed_after=before, timeout=0)[0] == 504
    heard = []
    wanted = CHAT | {"message": sent["message_id"], "contains": "Baked", "timeout": 20}
    waiting = threading.Thread(target=lambda: heard.append(ask("wait", **wanted)), daemon=True)
    waiting.start()
    edit = {"chat_id": ask.viktor, "message_id": sent["message_id"]}
    telegram.call(ask.bot["token"], "editMessageText", **edit, text="Baked")
    waiting.join(20)
    assert (heard[0]["text"], heard[0]["edited"]) == ("Baked", True)
    assert ask("wait", **CHAT, edited="true", changed_after=before)["text"] == "Baked"
    assert ask("wait", **CHAT, edited="false", timeout=0)[0] == 504


def test_a_bot_that_is_ready_is_waited_for(ask, telegram, function):
    assert ask("ready", bot="hello_bot")["webhook"] == function.url
    telegram.call(ask.bot["token"], "deleteWebhook")
    status, why = ask("ready", bot="hello_bot", timeout=0.05)
    assert status == 504 and "no webhook is set and nobody calls getUpdates" in why
    waiting = threading.Thread(
        target=telegram.call, args=(ask.bot["token"], "getUpdates"), kwargs={"timeout": 20}
    )
    waiting.start()
    assert ask("ready", bot="hello_bot", timeout=20)["polled"] is True
    ask("say", CHAT | {"text": "hi"})
    waiting.join(20)


def test_the_calls_of_a_bot_are_listed_and_waited_for(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    telegram.call(ask.bot["token"], "getMe")
    send(ask, text="Tea?", parsemode="HTML")
    with pytest.raises(TelegramError):
        telegram.call(ask.bot["token"], "sendMessage", chat_id=1, text="Tea?")
    calls = ask("calls", bot="hello_bot")["calls"]
    assert [(one["number"], one["method"]) for one in calls] == [
        (1, "getMe"),
        (2, "sendMessage"),
        (3, "sendMessage"),
    ]
    assert calls[1]["arguments"] == {
        "chat_id": str(ask.viktor),
        "text": "Tea?",
        "parsemode": "HTML",
    }
    assert calls[1]["result"]["text"] == "Tea?" and calls[1]["error"] == ""
    assert "no parameter 'parsemode'" in calls[1]["ignored"][0]
    assert calls[2]["error"] == "Bad Request: chat not found" and calls[2]["result"] is None
    assert ask("calls", bot="hello_bot", after=1, method="sendmessage")["calls"] == calls[1:]
    status, why = ask("calls", bot="hello_bot", after=3, n=1, timeout=0.05)
    assert status == 504 and "Hello bot made 0 of 1 calls within 0.05 s." in why
    heard = []
    waiting = threading.Thread(
        target=lambda: heard.append(ask("calls", bot="hello_bot", after=3, n=1, timeout=20))
    )
    waiting.start()
    telegram.call(ask.bot["token"], "getMe")
    waiting.join(20)
    assert [one["number"] for one in heard[0]["calls"]] == [4]


def test_the_calls_of_a_bot_hold_no_secret(ask, telegram, function):
    token, secret = ask.bot["token"], "s" * 20
    url = f"{function.url}?token={token}"
    telegram.account("hello_bot")._next_set_webhook = 0.0
    telegram.call(token, "setWebhook", url=url, secret_token=secret)
    telegram.call(token, "getWebhookInfo")
    ask("ask", CHAT | {"text": "hi", "timeout": 20})
    send(ask, text=f"my token is {token}")
    calls = ask("calls", bot="hello_bot")["calls"]
    assert calls[-1]["result"]["text"] == "my token is <secret>"
    assert token not in json.dumps(calls) and secret not in json.dumps(calls)


def test_a_method_and_names_that_are_a_token_are_hidden(ask, telegram):
    token = ask.bot["token"]
    with pytest.raises(TelegramError):
        telegram.call(token, f"bot{token}/getMe", **{token: 1}, entities={token: {token: 1}})
    for shown in (ask("calls", bot="hello_bot"), ask("bots")):
        assert "<secret>" in str(shown)
        assert token.partition(":")[2].lower() not in str(shown).lower()


WRONG_REQUESTS = {
    "who": lambda ask, token: ask("say", {"from": token, "to": "hello_bot", "text": "hi"}),
    "bot": lambda ask, token: ask("say", {"from": "Viktor", "to": token, "text": "hi"}),
    "member": lambda ask, token: ask("groups", {"title": "Family", "members": [token]}),
    "group": lambda ask, token: ask("add", {"group": token, "member": "Viktor"}),
    "username": lambda ask, token: ask("bots", {"name": "x", "username": token}),
    "chat": lambda ask, token: ask("messages", chat=token),
    "file": lambda ask, token: ask("file", id=token),
    "field": lambda ask, token: ask("say", {token: 1}),
    "value": lambda ask, token: ask("say", CHAT | {"text": [token]}),
    "query": lambda ask, token: ask("bots", **{token: 1}),
    "choice": lambda ask, token: ask("faults", {"fault": token}),
    "method": lambda ask, token: ask("faults", {"fault": "drop", "method": token}),
    "path": lambda ask, token: ask(f"say/{token}", CHAT),
    "method of a path": lambda ask, token: ask(f"reset/{token}"),
    "page": lambda ask, token: ask(f"../../{token}"),
    "no JSON": lambda ask, token: ask("say", f"{token}".encode()),
    "body": lambda ask, token: ask("say", json.dumps([token]).encode()),
}


@pytest.mark.parametrize("wrong", WRONG_REQUESTS)
@pytest.mark.parametrize("before", ["", "x" * 70])
def test_a_refusal_quotes_no_token(ask, wrong, before):
    token = ask.bot["token"]
    status, said = WRONG_REQUESTS[wrong](ask, f"{before}/{token}".lstrip("/"))
    assert status in (400, 404) and token.partition(":")[2][:6] not in said


@pytest.mark.parametrize("depth", [60, 300, 800, 990, 100_000])
def test_a_call_with_deeply_nested_json_is_listed_and_so_are_the_others(ask, telegram, depth):
    account, said = telegram.account("hello_bot"), ask("say", CHAT | {"text": "hi"})
    nested = "[" * depth + "]" * depth
    values = f"chat_id={ask.viktor}&message_id={said['id']}&text=hi&reply_markup={nested}"
    status, _, refused = api(telegram, account, "editMessageText", values.encode(), FORM)
    assert status == 400 and refused["ok"] is False
    telegram.call(account, "getMe")
    listed = ask("calls", bot="hello_bot")["calls"]
    assert [(one["method"], one["arguments"].get("text")) for one in listed] == [
        ("editMessageText", "hi"),
        ("getMe", None),
    ]
    assert ask("trace", **CHAT, message=said["id"])["calls"] == listed[:1]


def test_a_message_shows_the_refused_calls_that_it_caused(ask, telegram):
    ask("say", CHAT | {"text": "one"})
    (update,) = telegram.call(ask.bot["token"], "getUpdates")
    for wrong in ({"chat_id": 1, "text": "x"}, {"chat_id": ask.viktor}):
        with pytest.raises(TelegramError):
            telegram.call(ask.bot["token"], "sendMessage", **wrong)
    ask("say", CHAT | {"text": "two"})
    telegram.call(ask.bot["token"], "getUpdates", offset=update["update_id"] + 1)
    with pytest.raises(TelegramError):
        telegram.call(ask.bot["token"], "sendMessage", chat_id=2, text="y")
    errors = [
        [one["error"] for one in ask("trace", **CHAT, message=number)["calls"]] for number in (1, 2)
    ]
    assert errors == [
        ["Bad Request: chat not found", "Bad Request: message text is empty"],
        ["Bad Request: chat not found"],
    ]


def test_ask_waits_for_the_answer(ask, function):
    assert ask("ask", CHAT | {"text": "hi", "timeout": 20})["text"] == "hello Viktor!"


def test_ask_without_an_answer_says_why(ask):
    status, said = ask("ask", CHAT | {"text": "hi", "timeout": 0.05})
    assert status == 504 and "no webhook is set and nobody calls getUpdates" in said


def test_messages_are_read_after_a_number_and_waited_for(ask, telegram):
    ask("say", CHAT | {"text": "one"})
    ask("say", CHAT | {"text": "two"})
    assert [one["text"] for one in ask("messages", **CHAT)["messages"]] == ["one", "two"]
    assert [one["text"] for one in ask("messages", **CHAT, after=1)["messages"]] == ["two"]
    assert ask("messages", **CHAT, after=2)["messages"] == []
    account, viktor = telegram.account("hello_bot"), ask("people")["people"][0]
    later = threading.Timer(
        0.2, telegram.call, (account, "sendMessage"), {"chat_id": viktor["id"], "text": "three"}
    )
    later.start()
    (three,) = ask("messages", **CHAT, after=2, timeout=20)["messages"]
    later.join()
    assert (three["text"], three["is_bot"], three["id"]) == ("three", True, 3)


def test_a_bot_sends_a_file_from_an_address_that_the_test_has_named(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    photo = {"chat_id": telegram._world.people[500000001].id, "photo": "https://example.org/a.png"}
    token = ask.bot["token"]
    with pytest.raises(TelegramError, match="failed to get HTTP URL content"):
        telegram.call(token, "sendPhoto", **photo)
    done = ask("web_file", png(30), address=photo["photo"])["done"]
    assert done == f"https://example.org/a.png has {len(png(30))} bytes"
    assert telegram.call(token, "sendPhoto", **photo)["photo"][-1]["width"] == 30
    assert ask("web_file", b"x", address="cat.png")[0] == 400


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("video", {"duration": 7, "width": 640, "height": 480}),
        ("animation", {"duration": 2, "width": 64, "height": 48}),
        ("audio", {"duration": 180, "performer": "Anna", "title": "Tea"}),
        ("voice", {"duration": 3}),
        ("video_note", {"duration": 4, "length": 240}),
    ],
)
def test_people_send_every_kind_of_file(ask, telegram, kind, said):
    sent = ask(kind, b"bytes", **CHAT, **said)["content"][kind]
    assert said.items() <= sent.items()
    assert ask("file", id=sent["file_id"]) == b"bytes"
    (update,) = telegram.call(telegram.account("hello_bot"), "getUpdates")
    assert update["message"][kind] == sent
    assert ask(kind, b"bytes", **CHAT, **said | {"duration": -1})[0] == 400
    assert ask(kind, b"", **CHAT)[0] == 400


def test_a_reply_an_edit_and_a_sticker(ask):
    first = ask("say", CHAT | {"text": "one"})
    reply = ask("say", CHAT | {"text": "two", "reply_to": first["id"]})
    assert (reply["reply_to"], reply["quote"]) == (first["id"], "one")
    assert first["reply_to"] is None
    edited = ask("edit", CHAT | {"message": first["id"], "text": "uno"})
    assert (edited["text"], edited["edited"]) == ("uno", True)
    assert ask("sticker", CHAT | {"emoji": "🎉"})["content"]["sticker"]["emoji"] == "🎉"
    assert ask("edit", CHAT | {"message": 99, "text": "x"})[0] == 404
    assert ask("say", CHAT | {"text": " "})[0] == 400


def test_pictures_files_and_places_travel_both_ways(ask, telegram):
    photo = ask("photo", png(), **CHAT, caption="our cat")
    assert (photo["text"], photo["content"]["caption"]) == ("(photo) our cat", "our cat")
    file_id = photo["content"]["photo"][-1]["file_id"]
    assert ask("file", id=file_id) == telegram._world.files.by_id[file_id].data
    notes = ask("document", b"milk", **CHAT, name="notes.txt")
    assert notes["content"]["document"]["file_name"] == "notes.txt"
    account = telegram.account("hello_bot")
    assert [list(u["message"])[-1] for u in telegram.call(account, "getUpdates")] == [
        "caption",
        "document",
    ]
    again = {"chat_id": photo["from"], "document": notes["content"]["document"]["file_id"]}
    telegram.call(account, "sendDocument", **again)
    sent = ask("messages", **CHAT, after=2)["messages"][0]
    assert ask("file", id=sent["content"]["document"]["file_id"]) == b"milk"
    place = ask("location", CHAT | {"latitude": 52.5, "longitude": 13.4})
    assert place["content"]["location"] == {"latitude": 52.5, "longitude": 13.4}
    assert ask("location", CHAT | {"latitude": 152.5, "longitude": 13.4})[0] == 400
    status, why = ask("photo", b"no picture", **CHAT)
    assert status == 400 and "IMAGE_PROCESS_FAILED" in why
    assert ask("file", id="none")[0] == 404
    assert ask("document", b"x" * 7_000_000, **CHAT, name="big")[0] == 413


def test_a_reaction_is_given_and_taken_back(ask):
    said = ask("say", CHAT | {"text": "hi"})
    react = CHAT | {"message": said["id"]}
    assert ask("react", react | {"emoji": "👍"})["reactions"] == {"👍": 1}
    assert ask("react", react | {"emoji": ""})["reactions"] == {}
    assert ask("react", react | {"emoji": "x"})[0] == 400


def test_a_button_is_pressed_and_the_bot_answers(ask, function):
    said = ask("ask", CHAT | {"text": "hi", "timeout": 20})
    assert said["buttons"] == [["Yes"]]
    press = CHAT | {"message": said["id"], "button": "Yes", "timeout": 20}
    assert ask("press", press) == {"text": "ok", "alert": False, "url": "", "messages": []}
    assert ask("press", press | {"button": "No"})[0] == 400


def test_a_press_returns_what_a_bot_does_that_never_answers_it(ask, telegram):
    ask("say", CHAT | {"text": "/shop"})
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    sent = send(ask, text="Sure?", reply_markup=markup)

    def react():
        after = first["update_id"] + 1  # the press
        telegram.call(ask.bot["token"], "getUpdates", timeout=20, offset=after)
        place = {"chat_id": ask.viktor, "message_id": sent["message_id"]}
        telegram.call(ask.bot["token"], "editMessageText", text="Thank you!", **place)

    (first,) = telegram.call(ask.bot["token"], "getUpdates")
    reacting = threading.Thread(target=react)
    reacting.start()
    press = CHAT | {"message": sent["message_id"], "button": "Yes", "timeout": 1}
    told = ask("press", press)
    reacting.join()
    assert (told["text"], told["alert"]) == (None, False)
    assert [(one["id"], one["text"]) for one in told["messages"]] == [(2, "Thank you!")]


def test_of_two_buttons_with_one_text_the_one_that_is_meant_is_pressed(ask, telegram):
    ask("say", CHAT | {"text": "/shop"})
    buttons = [[{"text": "➕", "callback_data": data}] for data in ("tea", "cake")]
    sent = send(ask, text="Shop", reply_markup={"inline_keyboard": buttons})
    press = CHAT | {"message": sent["message_id"], "button": "➕", "timeout": 0}
    status, why = ask("press", press)
    assert status == 400 and "  1: '➕', data 'tea'\n  2: '➕', data 'cake'" in why
    for which in ({"position": 2}, {"data": "cake"}, {"button": "", "position": 2}):
        ask("press", press | which)
        (update,) = telegram.call(ask.bot["token"], "getUpdates", offset=-1)
        assert update["callback_query"]["data"] == "cake"
    status, why = ask("press", CHAT | {"position": 2})
    assert status == 400 and why.startswith(
        "'position' and 'data' are for a button under a message"
    )


def test_inline_mode(ask, telegram):
    asked = {"from": "Viktor", "bot": "hello_bot", "query": "tea", "timeout": 20}
    status, why = ask("inline", asked)
    assert status == 400 and "Hello bot has no inline mode" in why
    assert ask("set_inline", {"bot": "hello_bot", "feedback": True})["inline"] is True

    def answer():
        (first,) = telegram.call(ask.bot["token"], "getUpdates", timeout=20)
        tea = {"type": "article", "id": "1", "title": "Tea", "message_text": "Tea!"}
        query = {"inline_query_id": first["inline_query"]["id"], "next_offset": "1"}
        telegram.call(ask.bot["token"], "answerInlineQuery", results=[tea], **query)

    answering = threading.Thread(target=answer)
    answering.start()
    found = ask("inline", asked)
    answering.join()
    assert [one["title"] for one in found["results"]] == ["Tea"]
    assert (found["button"], found["next_offset"]) == (None, "1")
    ask("groups", {"title": "Family", "members": ["Viktor"]})
    again = ask("inline", asked | {"to": "Family"})  # Telegram keeps the answer
    message = ask("choose", {"query": again["id"], "result": "1"})
    assert (message["text"], message["content"]["text"]) == ("(via @hello_bot) Tea!", "Tea!")
    (*_, told) = telegram.call(ask.bot["token"], "getUpdates")
    assert told["chosen_inline_result"]["query"] == "tea"
    assert ask("choose", {"query": found["id"], "result": "2"})[0] == 400
    assert ask("choose", {"query": "5", "result": "1"})[0] == 404
    status, why = ask("inline", asked | {"query": "cake", "timeout": 0.1})
    assert status == 504 and "No answer to the inline query 'cake'" in why


def test_a_press_that_nobody_answers_says_so(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    message = telegram.call(
        telegram.account("hello_bot"),
        "sendMessage",
        chat_id=ask("people")["people"][0]["id"],
        text="?",
        reply_markup=markup,
    )
    press = CHAT | {"message": message["message_id"], "button": "Yes"}
    assert ask("press", press | {"timeout": 0}) == {
        "text": None,
        "alert": False,
        "url": "",
        "messages": [],
    }
    status, why = ask("press", press | {"timeout": 0.05})
    assert status == 504 and "answerCallbackQuery" in why
    assert "No answer to the button 'Yes' within 0.05 s." in why


def test_a_press_whose_answer_a_fault_refused_says_so(telegram):
    account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    viktor.send("hi")
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="?", reply_markup=markup)
    telegram.faults.status(503, "answerCallbackQuery")
    press = viktor.press(viktor.wait()[0], "Yes")
    query = telegram.call(account, "getUpdates")[-1]["callback_query"]["id"]
    body = {"callback_query_id": query}
    assert api(telegram, account, "answerCallbackQuery", body)[0] == 503
    with pytest.raises(NoReply) as caught:
        press.answer(timeout=0.01)
    why = str(caught.value)
    assert "Found: the bot took the press with getUpdates." in why
    assert "A fault of this sandbox: its answerCallbackQuery was answered with 503" in why
    assert "somebody waits" not in why


def test_asking_takes_a_reply_and_waits_for_the_bots_own_message(ask, telegram):
    account, anna = telegram.account("hello_bot"), telegram.person("Anna")
    telegram.call(account, "deleteWebhook")
    viktor = next(one for one in telegram._world.people.values() if one.name == "Viktor")
    group = telegram.group("Club", [viktor, anna, account])
    group.promote(account)
    written = anna.send("spam", to=group)

    def moderate():
        offset = 0
        while True:
            for update in telegram.call(account, "getUpdates", timeout=20, offset=offset):
                offset = update["update_id"] + 1
                asked = update.get("message", {})
                if asked.get("text") == "/ban":
                    guilty = asked["reply_to_message"]["from"]["id"]
                    telegram.call(account, "banChatMember", chat_id=group.id, user_id=guilty)
                    telegram.call(account, "sendMessage", chat_id=group.id, text="Anna is out.")
                    return

    banning = threading.Thread(target=moderate)
    banning.start()
    asked = {"from": "Viktor", "to": "Club", "text": "/ban", "timeout": 20}
    told = ask("ask", asked | {"reply_to": written.message_id})
    banning.join()
    assert told["text"] == "Anna is out."
    messages = ask("messages", **{"from": "Viktor", "to": "Club"})["messages"]
    assert any("Anna" in one["event"] for one in messages)
    status, why = ask("say", {"from": "Anna", "to": "Club", "text": "hi"})
    assert status == 400 and why.endswith("first add Anna to it")


def test_a_reply_keyboard_is_pressed_and_contacts_are_shared(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    ask("people", {"name": "Anna"})
    viktor = ask("people")["people"][0]["id"]
    keyboard = {"keyboard": [["Yes", {"text": "Mine", "request_contact": True}]]}
    telegram.call(ask.bot["token"], "sendMessage", chat_id=viktor, text="?", reply_markup=keyboard)
    rows = [["Yes", "Mine"]]
    assert ask("keyboard", **CHAT) == {"rows": rows, "placeholder": "", "answers": 0}
    assert ask("press", CHAT | {"button": "Yes"})["text"] == "Yes"
    shared = ask("press", CHAT | {"button": "Mine"})["content"]["contact"]
    assert (shared["first_name"], shared["user_id"]) == ("Viktor", viktor)
    status, why = ask("press", CHAT | {"button": "No"})
    assert status == 400 and "there are ['Yes', 'Mine']" in why and "`message` by HTTP" in why
    assert ask("contact", CHAT)["content"]["contact"] == shared
    assert ask("contact", CHAT | {"of": "Anna"})["content"]["contact"]["first_name"] == "Anna"
    uncle = {"name": "Bob", "phone_number": "15550100"}
    assert ask("contact", CHAT | uncle)["text"] == "(contact Bob, 15550100)"
    assert ask("contact", CHAT | {"name": "Bob"})[0] == 400
    assert ask("contact", CHAT | {"of": "hello_bot"})[0] == 400


def test_a_blocked_bot_is_refused(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    ask("block", CHAT)
    chat_id = ask("people")["people"][0]["id"]
    with pytest.raises(TelegramError, match="blocked"):
        telegram.call(ask.bot["token"], "sendMessage", chat_id=chat_id, text="x")
    assert ask("say", CHAT | {"text": "hi"})[0] == 400
    assert ask("unblock", CHAT) == {"blocked": False}
    assert telegram.call(ask.bot["token"], "sendMessage", chat_id=chat_id, text="x")


def test_groups_are_made_and_changed(ask):
    group = ask("groups", {"title": "Family", "members": ["hello_bot", "Viktor"]})
    assert group["owner"] == ask.viktor
    ask("people", {"name": "Anna"})
    assert ask("say", {"from": "Anna", "to": "Family", "text": "hi"})[0] == 400
    ask("add", {"group": "Family", "member": "Anna"})
    said = ask("say", {"from": "Anna", "to": "Family", "text": "hi"})
    assert said["fate"] == [{"bot": 0, "state": "untold", "text": "no bot was told"}]
    untold = ask("trace", to="Family", message=said["id"])["untold"]
    assert "privacy mode" in untold
    ask("promote", {"group": str(group["id"]), "member": "hello_bot"})
    assert ask("say", {"from": "Anna", "to": "Family", "text": "hi"})["fate"][0]["state"] == "waits"
    assert ask("demote", {"group": "Family", "member": "hello_bot"})["admins"] == []
    ask("remove", {"group": "Family", "member": "hello_bot"})
    ask("leave", {"group": "Family", "member": "Anna"})
    assert len(ask("join", {"group": "Family", "member": "Anna"})["members"]) == 2
    (listed,) = ask("groups")["groups"]
    assert len(listed["members"]) == 2
    events = [one["event"] for one in ask("messages", to="Family")["messages"] if one["event"]]
    assert events[-2:] == ["Anna left", "Anna joined"]
    assert ask("join", {"group": "Family", "member": "hello_bot"})[0] == 400
    assert ask("groups", {"title": "X", "members": [], "kind": "club"})[0] == 400


def test_a_group_is_moderated(ask, telegram):
    anna = ask("people", {"name": "Anna"})["id"]
    club = {"title": "Club", "members": ["Viktor", "Anna", "hello_bot"], "kind": "supergroup"}
    place = {"chat_id": ask("groups", club)["id"], "user_id": anna}

    def member(name):
        return telegram.call(ask.bot["token"], "getChatMember", **place)[name]

    only = {"group": "Club", "member": "Anna", "permissions": {"can_send_photos": True}}
    assert ask("restrict", only)["restricted"] == [anna]
    status, why = ask("say", {"from": "Anna", "to": "Club", "text": "hi"})
    assert (status, why.partition(":")[0]) == (400, "Anna may not send text messages to Club")
    assert member("can_send_photos") is True
    assert ask("demote", {"group": "Club", "member": "Anna"})["restricted"] == []
    allowed = {"group": "Club", "permissions": {"can_send_messages": False}}
    assert "can_send_messages" not in ask("permissions", allowed)["permissions"]
    assert ask("say", {"from": "Anna", "to": "Club", "text": "hi"})[0] == 400
    chief = {"group": "Club", "member": "Anna", "title": "Chief"}
    promoted = ask("promote", chief | {"rights": {"can_pin_messages": False}})
    assert (promoted["admins"], promoted["titles"]) == ([anna], {str(anna): "Chief"})
    assert member("can_pin_messages") is False
    ask("groups", {"title": "News", "members": ["Anna"], "kind": "channel"})
    said = ask("say", {"from": "Anna", "to": "Club", "text": "hi", "sender_chat": "News"})
    assert said["name"] == "News"


@pytest.mark.parametrize("name", ["member", "title", "self", "seconds", "can_fly", ""])
@pytest.mark.parametrize("path", ["promote", "restrict", "permissions"])
def test_what_is_no_right_is_refused(ask, path, name):
    ask("people", {"name": "Anna"})
    ask("groups", {"title": "Club", "members": ["Viktor", "Anna"], "kind": "supergroup"})
    member = {} if path == "permissions" else {"member": "Anna"}
    field = "rights" if path == "promote" else "permissions"
    status, why = ask(path, {"group": "Club", field: {name: True}} | member)
    assert (status, why.partition(";")[0]) == (400, f"there is no {name!r}")


def test_what_was_sent_for_both_messages_holds_no_token(ask, telegram, function):
    account = telegram.account("hello_bot")
    telegram.call(account, "deleteWebhook")
    secret = "s" * 20
    url = f"{function.url}?token={account.token}"
    account._next_set_webhook = 0.0
    telegram.call(account, "setWebhook", url=url, secret_token=secret)
    said = ask("ask", CHAT | {"text": "hi", "timeout": 20})
    telegram.wait_deliveries(account)
    of_person = ask("trace", **CHAT, message=said["id"] - 1)
    (update,) = of_person["updates"]
    assert update["update"]["message"]["text"] == "hi" and update["state"] == "arrived"
    (attempt,) = update["attempts"]
    assert attempt["status"] == 200 and json.loads(attempt["answer"])["method"] == "sendMessage"
    assert attempt["url"] == f"{function.url}?token=<secret>"
    (called,) = ask("trace", **CHAT, message=said["id"])["calls"]
    assert (called["method"], called["in_response"]) == ("sendMessage", True)
    assert called["arguments"]["text"] == "hello Viktor!"
    shown = json.dumps(
        [of_person, called, ask("bots"), ask("deliveries", bot="hello_bot")["deliveries"]]
    )
    assert account.token not in shown and secret not in shown


def test_a_message_shows_what_a_press_and_an_edit_sent(ask, telegram, function):
    said = ask("ask", CHAT | {"text": "hi", "timeout": 20})
    ask("press", CHAT | {"message": said["id"], "button": "Yes", "timeout": 20})
    edit = {"chat_id": ask("people")["people"][0]["id"], "message_id": said["id"], "text": "new"}
    telegram.call(ask.bot["token"], "editMessageText", **edit)
    trace = ask("trace", **CHAT, message=said["id"])
    assert [one["method"] for one in trace["calls"]] == [
        "sendMessage",
        "answerCallbackQuery",
        "editMessageText",
    ]
    assert "callback_query" in trace["updates"][0]["update"]


def test_a_failing_webhook_is_seen_at_a_glance_and_explained(ask, telegram, tmp_path):
    (tmp_path / "main.py").write_text("def handler(event, context):\n    return 1 / 0\n")
    with Cloud() as cloud:
        url = cloud.deploy("hello", tmp_path).url
        telegram.call(telegram.account("hello_bot"), "setWebhook", url=url)
        said = ask("say", CHAT | {"text": "hi"})
        ask("deliveries", bot="hello_bot", n=2, timeout=20)["deliveries"]
        (update,) = ask("trace", **CHAT, message=said["id"])["updates"]
    assert update["state"] == "failed" and "502" in update["text"] + update["explained"]
    assert ask("deliveries", bot="hello_bot", n=10**6, timeout=0.05)[0] == 504


def test_what_the_sandbox_lacks_is_told_with_the_bot(ask, telegram):
    with pytest.raises(TelegramError):
        telegram.call(ask.bot["token"], "sendInvoice")
    (bot,) = ask("bots")["bots"]
    assert bot["unsupported"] == ["sendInvoice"]
    assert bot["refused"][0]["method"] == "sendInvoice" and bot["refused"][0]["times"] == 1


def test_a_parameter_that_telegram_ignores_is_told_with_the_call_and_with_the_bot(ask, telegram):
    asked = {"chat_id": ask("people")["people"][0]["id"], "text": "hi", "parsemode": "HTML"}
    ask("say", CHAT | {"text": "hello"})
    sent = telegram.call(ask.bot["token"], "sendMessage", **asked)
    words = (
        "the Bot API has no parameter 'parsemode' in sendMessage; Telegram ignores it. "
        "Did you mean 'parse_mode'?"
    )
    (called,) = ask("trace", **CHAT, message=sent["message_id"])["calls"]
    assert called["ignored"] == [words]
    (bot,) = ask("bots")["bots"]
    assert bot["ignored"] == [words]


def test_sixty_waiting_requests_hold_up_nobody(ask):
    ask("say", CHAT | {"text": "hi"})
    waiting = [
        threading.Thread(target=ask, args=("messages",), kwargs=CHAT | {"after": 2, "timeout": 20})
        for _ in range(80)
    ]
    for thread in waiting:
        thread.start()
    ask("say", CHAT | {"text": "two"})
    ask("say", CHAT | {"text": "three"})  # all of them see this one
    for thread in waiting:
        thread.join(20)
        assert not thread.is_alive()


def test_closing_ends_what_waits(telegram):
    window = Window(telegram=telegram)
    ask, heard = Asking(window), []
    ask("people", {"name": "Viktor"})
    ask("bots", {"name": "Hello bot", "username": "hello_bot"})
    waiting = threading.Thread(
        target=lambda: heard.append(ask("ask", CHAT | {"text": "hi", "timeout": 60}))
    )
    waiting.start()
    telegram.wait_until(lambda: any(chat.messages for chat in telegram._world.private.values()))
    telegram.close()
    waiting.join(20)
    window.close()
    assert heard and heard[0][0] == 409


def test_the_lines_of_its_page_work_in_their_order(telegram, tmp_path):
    section = PAGES["http.md"].partition("\n## Telegram\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| `ask (.+?)` \|", section, re.MULTILINE)
    files = {f"@{name}": png() for name in FILES.values()}
    (tmp_path / "main.py").write_text(ANSWERS)
    tried, file_id = set(), ""
    with Window(telegram=telegram) as window, Cloud() as cloud:
        ask, function = Asking(window), cloud.deploy("hello", tmp_path)
        ask("people", {"name": "Anna"})
        for line in lines:
            path, *words = shlex.split(line.replace("FILE_ID", file_id))
            path, _, query = path.removeprefix("telegram/").partition("?")
            options = dict(zip(words[::2], words[1::2], strict=True))
            body = json.loads(options["-d"]) if "-d" in options else None
            body = files.get(options.get("--data-binary"), body)
            told = ask(path, body, **dict(urllib.parse.parse_qsl(query)))
            assert not isinstance(told, tuple), f"{line}: {told}"  # a refusal
            tried.add((path, body is not None))
            if path == "token":  # which took the webhook that it had
                telegram.call(telegram.account("hello_bot"), "setWebhook", url=function.url)
            if path in ("say", "sticker", "location", "photo", "document"):
                assert ask("messages", **CHAT, after=told["id"], timeout=15)[
                    "messages"
                ]  # the bot's answer
            if path == "photo":
                file_id = told["content"]["photo"][-1]["file_id"]
            if path == "file":
                assert told == telegram._world.files.by_id[file_id].data
            if path == "press":
                assert told["text"] == "ok"
    routes = {
        (route.path.removeprefix("telegram/"), route.method == "POST")
        for route in routes_of(TelegramView(telegram))
    }
    assert tried == routes


def test_a_wait_that_ends_says_how_long_it_was(ask, telegram):
    status, why = ask("ready", bot="hello_bot", timeout=0.02)
    assert status == 504 and why.startswith("Hello bot was not ready within 0.02 s.\n")
    status, why = ask("deliveries", bot="hello_bot", n=2, timeout=0.02)
    assert status == 504 and why.startswith("0 of 2 deliveries to Hello bot ended within 0.02 s.")
    status, why = ask("faults", n=2, timeout=0.02)
    assert status == 504 and "within 0.02 s" in why


def test_a_wait_in_a_chat_names_only_its_bots(ask, telegram):
    ask("bots", {"name": "Stranger", "username": "stranger_bot"})
    ask("bots", {"name": "Member", "username": "member_bot"})
    ask("groups", {"title": "Club", "members": ["Viktor", "member_bot"]})
    ask("groups", {"title": "People", "members": ["Viktor"]})
    waits = [(CHAT, ["Hello bot"]), ({"to": "Club"}, ["Member"]), ({"to": "People"}, [])]
    waits += [({"to": "Club", "sender": "member_bot"}, ["Member"])]
    for chat, named in waits:
        status, why = ask("wait", **chat, timeout=0.01)
        assert (status, re.findall(r"Found: ([\w ]+):", why)) == (504, named)
    assert "no bot can write here" in ask("wait", to="People", timeout=0.01)[1]


def test_its_page_shows_what_a_message_a_press_and_each_state_look_like(ask, telegram):
    message, press = map(json.loads, re.findall(r"```json\n(.+?)```", PAGES["http.md"], re.DOTALL))
    buttons = [[{"text": "Tea", "callback_data": "t"}, {"text": "Coffee", "callback_data": "c"}]]
    ask("say", CHAT | {"text": "Tea?"})
    text = {"text": "<b>Tea</b> or coffee?", "parse_mode": "HTML"}
    sent = send(
        ask, **text, reply_parameters={"message_id": 1}, reply_markup={"inline_keyboard": buttons}
    )
    pressed = CHAT | {"message": sent["message_id"], "button": "Tea"}
    ask("react", CHAT | {"message": sent["message_id"], "emoji": "👍"})
    ask("press", pressed | {"timeout": 0})
    telegram.call(ask.bot["token"], "getUpdates")
    (told,) = ask("messages", **CHAT, after=1)["messages"]
    times = {name: message[name] for name in ("date", "changed_at")}
    assert told | times == message
    validate(ask.window, "POST", "/api/telegram/press", press)
    table = PAGES["http.md"].partition("| `state` | what it means |\n|---|---|\n")[2]
    rows = "".join(f"| `{state}` | {meaning} |\n" for state, meaning in DELIVERY_STATES.items())
    assert table.startswith(rows + "\n")


def test_what_is_shown_of_each_kind_of_update_can_be_delivered_as_it_is(ask):
    """In a group, where every kind can happen; and each field that is shown is one of the kind."""
    kinds = ask("kinds", **{"from": "Viktor"})["kinds"]
    assert {"message", "callback_query", "inline_query", "chat_member"} < {k["kind"] for k in kinds}
    ask("groups", {"title": "Family", "members": ["Viktor", "hello_bot"]})
    for one in kinds:
        assert set(one["skeleton"]) <= set(one["fields"])
        place = {"bot": "hello_bot", "from": "Viktor", "group": "Family", "timeout": 0}
        told = ask("deliver", place | {"update": {one["kind"]: one["skeleton"]}})
        assert "updates" in told, (one, told)
    (query,) = (one["skeleton"] for one in kinds if one["kind"] == "inline_query")
    assert query == {"query": "", "offset": ""}
