"""Telegram behind a window, over HTTP: people, bots, what is said, pressed and what travelled."""

import json
import re
import shlex
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from pictures import png

from bot_sandbox import Cloud, Telegram, Window
from bot_sandbox.telegram import TelegramError
from bot_sandbox.window.telegram import TelegramView

ANSWERS = """
import json

def handler(event, context):
    update = json.loads(event["body"])
    if "callback_query" in update:
        query = update["callback_query"]
        answer = {"method": "answerCallbackQuery", "callback_query_id": query["id"], "text": "ok"}
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
        headers = {"Authorization": f"Bearer {self.window.key}"}
        request = urllib.request.Request(address, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                answer = response.read()
                return (
                    json.loads(answer)
                    if response.headers.get_content_subtype() == "json"
                    else answer
                )
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["error"]


@pytest.fixture
def telegram():
    with Telegram() as made:
        yield made


@pytest.fixture
def ask(telegram):
    with Window(telegram=telegram) as window:
        ask = Asking(window)
        ask("people", {"name": "Viktor"})
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
    assert [one["name"] for one in ask("people")] == ["Viktor", "Anna"]
    for name in ("Anna", "anna_r", "@anna_r", str(anna["id"])):
        assert ask("say", {"from": name, "to": "@hello_bot", "text": "hi"})["from"] == anna["id"]
    ask("people", {"name": "Anna"})
    assert ask("say", {"from": "Anna", "to": "hello_bot", "text": "hi"})[0] == 404
    assert ask("people", {"name": " "})[0] == 400
    status, said = ask("say", {"from": "hello_bot", "to": "hello_bot", "text": "hi"})
    assert status == 400 and "is a bot" in said


def test_ask_waits_for_the_answer(ask, function):
    assert ask("ask", CHAT | {"text": "hi", "timeout": 20})["text"] == "hello Viktor!"


def test_ask_without_an_answer_says_why(ask):
    status, said = ask("ask", CHAT | {"text": "hi", "timeout": 0.05})
    assert status == 504 and "no webhook is set and nobody calls getUpdates" in said


def test_messages_are_read_after_a_number_and_waited_for(ask, telegram):
    assert ask("messages", **CHAT)[0] == 404
    ask("say", CHAT | {"text": "one"})
    ask("say", CHAT | {"text": "two"})
    assert [one["text"] for one in ask("messages", **CHAT)] == ["one", "two"]
    assert [one["text"] for one in ask("messages", **CHAT, after=1)] == ["two"]
    assert ask("messages", **CHAT, after=2) == []
    account, viktor = telegram.account("hello_bot"), ask("people")[0]
    later = threading.Timer(
        0.2, telegram.call, (account, "sendMessage"), {"chat_id": viktor["id"], "text": "three"}
    )
    later.start()
    (three,) = ask("messages", **CHAT, after=2, timeout=20)
    later.join()
    assert (three["text"], three["is_bot"], three["id"]) == ("three", True, 3)


def test_a_reply_an_edit_and_a_sticker(ask):
    first = ask("say", CHAT | {"text": "one"})
    reply = ask("say", CHAT | {"text": "two", "reply_to": first["id"]})
    assert reply["quote"] == "one"
    edited = ask("edit", CHAT | {"message": first["id"], "text": "uno"})
    assert (edited["text"], edited["edited"]) == ("uno", True)
    assert ask("sticker", CHAT | {"emoji": "🎉"})["content"]["sticker"]["emoji"] == "🎉"
    assert ask("edit", CHAT | {"message": 99, "text": "x"})[0] == 404
    assert ask("say", CHAT | {"text": " "})[0] == 400


def test_pictures_files_and_places_travel_both_ways(ask, telegram):
    photo = ask("photo", png(), **CHAT, caption="our cat")
    assert (photo["text"], photo["content"]["caption"]) == ("(photo) our cat", "our cat")
    assert ask("file", id=photo["content"]["photo"][-1]["file_id"]) == png()
    notes = ask("document", b"milk", **CHAT, name="notes.txt")
    assert notes["content"]["document"]["file_name"] == "notes.txt"
    account = telegram.account("hello_bot")
    assert [list(u["message"])[-1] for u in telegram.call(account, "getUpdates")] == [
        "caption",
        "document",
    ]
    again = {"chat_id": photo["from"], "document": notes["content"]["document"]["file_id"]}
    telegram.call(account, "sendDocument", **again)
    sent = ask("messages", **CHAT, after=2)[0]
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
    assert ask("press", press) == {"text": "ok", "alert": False}
    assert ask("press", press | {"button": "No"})[0] == 400


def test_a_press_that_nobody_answers_says_so(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    message = telegram.call(
        telegram.account("hello_bot"),
        "sendMessage",
        chat_id=ask("people")[0]["id"],
        text="?",
        reply_markup=markup,
    )
    press = CHAT | {"message": message["message_id"], "button": "Yes"}
    assert ask("press", press | {"timeout": 0}) == {"text": None, "alert": False}
    status, why = ask("press", press | {"timeout": 0.05})
    assert status == 504 and "answerCallbackQuery" in why


def test_a_blocked_bot_is_refused(ask, telegram):
    ask("say", CHAT | {"text": "hi"})
    ask("block", CHAT)
    chat_id = ask("people")[0]["id"]
    with pytest.raises(TelegramError, match="blocked"):
        telegram.call(ask.bot["token"], "sendMessage", chat_id=chat_id, text="x")
    assert ask("say", CHAT | {"text": "hi"})[0] == 400
    assert ask("unblock", CHAT) == {"blocked": False}
    assert telegram.call(ask.bot["token"], "sendMessage", chat_id=chat_id, text="x")


def test_groups_are_made_and_changed(ask):
    group = ask("groups", {"title": "Family", "members": ["Viktor", "hello_bot"]})
    ask("people", {"name": "Anna"})
    assert ask("say", {"from": "Anna", "to": "Family", "text": "hi"})[0] == 400
    ask("add", {"group": "Family", "member": "Anna"})
    said = ask("say", {"from": "Anna", "to": "Family", "text": "hi"})
    assert said["fate"] == [{"bot": 0, "state": "untold", "text": "no bot was told"}]
    untold = ask("travelled", to="Family", message=said["id"])["untold"]
    assert "privacy mode" in untold
    ask("promote", {"group": str(group["id"]), "member": "hello_bot"})
    assert ask("say", {"from": "Anna", "to": "Family", "text": "hi"})["fate"][0]["state"] == "waits"
    assert ask("demote", {"group": "Family", "member": "hello_bot"})["admins"] == []
    ask("remove", {"group": "Family", "member": "hello_bot"})
    ask("leave", {"group": "Family", "member": "Anna"})
    assert len(ask("join", {"group": "Family", "member": "Anna"})["members"]) == 2
    (listed,) = ask("groups")
    assert len(listed["members"]) == 2
    events = [one["event"] for one in ask("messages", to="Family") if one["event"]]
    assert events[-2:] == ["Anna left", "Anna joined"]
    assert ask("join", {"group": "Family", "member": "hello_bot"})[0] == 400
    assert ask("groups", {"title": "X", "members": [], "kind": "club"})[0] == 400


def test_what_travelled_behind_both_messages_holds_no_token(ask, telegram, function):
    account = telegram.account("hello_bot")
    telegram.call(account, "deleteWebhook")
    secret = "s" * 20
    url = f"{function.url}?token={account.token}"
    account.next_set_webhook = 0.0
    telegram.call(account, "setWebhook", url=url, secret_token=secret)
    said = ask("ask", CHAT | {"text": "hi", "timeout": 20})
    telegram.wait_deliveries(account)
    of_person = ask("travelled", **CHAT, message=said["id"] - 1)
    (update,) = of_person["updates"]
    assert update["update"]["message"]["text"] == "hi" and update["state"] == "arrived"
    (attempt,) = update["attempts"]
    assert attempt["status"] == 200 and json.loads(attempt["answer"])["method"] == "sendMessage"
    assert attempt["url"] == f"{function.url}?token=<secret>"
    (called,) = ask("travelled", **CHAT, message=said["id"])["calls"]
    assert (called["method"], called["by_answer"]) == ("sendMessage", True)
    assert called["arguments"]["text"] == "hello Viktor!"
    shown = json.dumps([of_person, called, ask("bots"), ask("deliveries", bot="hello_bot")])
    assert account.token not in shown and secret not in shown


def test_what_a_press_and_an_edit_made_travel_stands_behind_the_message(ask, telegram, function):
    said = ask("ask", CHAT | {"text": "hi", "timeout": 20})
    ask("press", CHAT | {"message": said["id"], "button": "Yes", "timeout": 20})
    edit = {"chat_id": ask("people")[0]["id"], "message_id": said["id"], "text": "new"}
    telegram.call(ask.bot["token"], "editMessageText", **edit)
    travelled = ask("travelled", **CHAT, message=said["id"])
    assert [one["method"] for one in travelled["calls"]] == [
        "sendMessage",
        "answerCallbackQuery",
        "editMessageText",
    ]
    assert "callback_query" in travelled["updates"][0]["update"]


def test_a_failing_webhook_is_seen_at_a_glance_and_explained(ask, telegram, tmp_path):
    (tmp_path / "main.py").write_text("def handler(event, context):\n    return 1 / 0\n")
    with Cloud() as cloud:
        url = cloud.deploy("hello", tmp_path).url
        telegram.call(telegram.account("hello_bot"), "setWebhook", url=url)
        said = ask("say", CHAT | {"text": "hi"})
        ask("deliveries", bot="hello_bot", n=2, timeout=20)
        (update,) = ask("travelled", **CHAT, message=said["id"])["updates"]
    assert update["state"] == "failed" and "502" in update["text"] + update["explained"]
    assert ask("deliveries", bot="hello_bot", n=10**6, timeout=0.05)[0] == 504


def test_what_the_sandbox_lacks_is_told_with_the_bot(ask, telegram):
    with pytest.raises(TelegramError):
        telegram.call(ask.bot["token"], "sendInvoice")
    (bot,) = ask("bots")["bots"]
    assert bot["lacking"] == ["sendInvoice"]
    assert bot["refused"][0]["method"] == "sendInvoice" and bot["refused"][0]["times"] == 1


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
    telegram.wait_until(lambda: any(chat.messages for chat in telegram.world.private.values()))
    telegram.close()
    waiting.join(20)
    window.close()
    assert heard and heard[0][0] == 409


def test_the_lines_of_the_readme_work_in_their_order(telegram, tmp_path):
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n### Telegram\n")[2].partition("\n### ")[0]
    lines = re.findall(r"^\| `ask (.+?)` \|", section, re.MULTILINE)
    files = {"@cat.png": png(), "@notes.txt": b"bread, butter"}
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
                assert ask("messages", **CHAT, after=told["id"], timeout=15)  # the bot's answer
            if path == "photo":
                file_id = told["content"]["photo"][-1]["file_id"]
            if path == "file":
                assert told == png()
            if path == "press":
                assert told["text"] == "ok"
    routes = {  # {change:add|remove} are two
        (name, route.method == "POST")
        for route in TelegramView(telegram).routes()
        for name in re.split("[:|]", route.path.removeprefix("/api/telegram/").strip("{}"))
    }
    beside = {"remove", "promote", "demote", "leave", "unblock"}
    assert {path for path, _ in routes - tried} == beside | {"change"}
    assert all(f"`telegram/{path}`" in section for path in beside)
