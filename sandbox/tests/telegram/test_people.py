"""People, groups, BotFather, transcripts: plain calls."""

import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot_sandbox import Cloud
from bot_sandbox.diagnosis.bot_log import add_bot_logger, add_failure_reason
from bot_sandbox.telegram import Limits, NoReply, Telegram, TelegramError


@pytest.fixture
def telegram():
    with Telegram(limits=Limits(set_webhook_s=0)) as telegram:
        yield telegram


def take(telegram, account):
    """The pending updates of a bot, acknowledged."""
    updates = telegram.call(account, "getUpdates")
    if updates:
        telegram.call(account, "getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


def test_botfather_gives_a_token_and_never_shows_it(telegram, account):
    assert re.fullmatch(rf"{account.id}:[A-Za-z0-9_-]{{35}}", account.token)
    for shown in (repr(account), str(account), repr(telegram)):
        assert account.token not in shown
        assert account.token.split(":")[1] not in shown
    assert telegram.account("@Hello_Bot") is account
    with pytest.raises(KeyError, match="@hello_bot"):
        telegram.account("other_bot")


@pytest.mark.parametrize(
    ("name", "username", "words"),
    [
        ("Hello", "hello", "must end in 'bot'"),
        ("", "hello_bot", "isn't a proper name"),
        ("Hello", "1hello_bot", "is invalid"),
        ("Hello", "bot", "is invalid"),
        ("Hello", "héllo_bot", "is invalid"),
        ("Hello", "taken_BOT", "already taken"),
        (None, "hello_bot", "a name is a text. Found None"),
        ("Hello", 5, "a username is a text. Found 5"),
    ],
)
def test_botfather_refuses(telegram, name, username, words):
    telegram.new_bot("Taken", "taken_bot")
    with pytest.raises(ValueError, match=words):
        telegram.new_bot(name, username)


def test_a_username_belongs_to_one_bot_person_or_group(telegram, account):
    viktor = telegram.person("Viktor", "@viktor")
    assert viktor.username == "viktor"
    telegram.group("Club", [viktor], "supergroup", "club_bot")
    for taken in ("VIKTOR", "@hello_bot", "Club_Bot"):
        with pytest.raises(ValueError, match="is taken"):
            telegram.person("Anna", taken)
    for wrong in (5, b"anna", ["anna"], "ann", "é" * 5):
        with pytest.raises(ValueError, match="found the username"):
            telegram.person("Anna", wrong)
    with pytest.raises(ValueError, match="already taken"):
        telegram.new_bot("Club bot", "Club_bot")
    assert telegram.person("Viktor").username == telegram.person("Viktor", "").username == ""
    assert len(telegram._world.people) == 3
    assert len(telegram._world.accounts) == 1


def test_a_person_is_as_a_bot_expects_them(telegram, account):
    anna = telegram.person(
        "Anna", id=12345, last_name="Lovelace", language_code="pt-br", is_premium=True
    )
    told = anna.send("hi").updates[0].payload
    assert told["from"] == {
        "id": 12345,
        "is_bot": False,
        "first_name": "Anna",
        "last_name": "Lovelace",
        "language_code": "pt-br",
        "is_premium": True,
    }
    names = {"first_name": "Anna", "last_name": "Lovelace"}
    assert told["chat"] == {"id": 12345, "type": "private"} | names
    telegram.call(account, "sendMessage", chat_id=12345, text="Hello, admin")
    assert anna.wait()[0].text == "Hello, admin"
    silent = telegram.person("Peter", language_code="")
    assert "language_code" not in silent.send("hi").updates[0].payload["from"]


@pytest.mark.parametrize("wrong", [0, -5, True, "12345", 1.5, 2**52])
def test_an_id_that_no_person_can_have_is_refused(telegram, wrong):
    with pytest.raises(ValueError, match=r"id is a whole number from 1 to 4503599627370495; found"):
        telegram.person("Anna", id=wrong)


def test_an_id_belongs_to_one_person_or_bot(telegram, account):
    for taken, owner in ((telegram.person("Viktor").id, "Viktor"), (account.id, "Hello bot")):
        with pytest.raises(ValueError, match=f"the id {taken} is taken by {owner}; choose another"):
            telegram.person("Anna", id=taken)
    next_ones = telegram.person("Peter").id + 1, account.id + 1
    chosen = [telegram.person("Anna", id=number) for number in next_ones]
    others = [telegram.person("Zoe"), telegram.new_bot("Quiz", "quiz_bot"), account, *chosen]
    assert len({one.id for one in others}) == 5
    assert len({one.phone_number for one in [*chosen, others[0]]}) == 3


def test_a_revoked_token_is_refused(telegram, account):
    old = account.token
    new = telegram.new_token(account)
    assert telegram.call(new, "getMe")["id"] == account.id
    with pytest.raises(TelegramError) as refusal:
        telegram.call(old, "getMe")
    assert (refusal.value.code, refusal.value.description) == (401, "Unauthorized")


def test_a_revoked_token_takes_the_webhook_with_it_and_leaves_what_is_pending(
    telegram, account, viktor
):
    telegram.call(account, "setWebhook", url="http://127.0.0.1:9/")
    viktor.send("!hello", to=account)
    telegram.new_token(account)
    info = telegram.call(account, "getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == ("", 1)
    (update,) = telegram.call(account, "getUpdates")
    assert update["message"]["text"] == "!hello"


def test_a_bot_cannot_write_first(telegram, account, viktor):
    with pytest.raises(TelegramError, match="chat not found"):
        telegram.call(account, "sendMessage", chat_id=viktor.id, text="hi")
    telegram.group("Friends", [viktor, account])
    with pytest.raises(TelegramError, match="403 Forbidden: bot can't initiate conversation"):
        telegram.call(account, "sendMessage", chat_id=viktor.id, text="hi")
    viktor.send("/start", to=account)
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="hi")
    assert [message.text for message in viktor.wait()] == ["hi"]


def test_blocking(telegram, account, viktor):
    viktor.send("hi")
    viktor.block(account)
    with pytest.raises(TelegramError, match="403 Forbidden: bot was blocked by the user"):
        telegram.call(account, "sendMessage", chat_id=viktor.id, text="hi")
    with pytest.raises(ValueError, match="unblock"):
        viktor.send("hi")
    viktor.unblock(account)
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="again")
    standing = [
        update["my_chat_member"]["new_chat_member"]["status"]
        for update in take(telegram, account)
        if "my_chat_member" in update
    ]
    assert standing == ["kicked", "member"]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"url": "https://example.org/a"}, "opens https://example.org/a; the bot isn't told"),
        ({"web_app": {"url": "https://example.org"}}, "opens the Mini App at https://example.org/"),
        ({"copy_text": {"text": "SALE5"}}, "copies 'SALE5'; the bot isn't told"),
        ({"switch_inline_query": "cats"}, "begins an inline query; in Python that is person.inl"),
        ({"pay": True}, "pays, and this sandbox has no payments"),
    ],
)
def test_pressing_a_button_that_tells_the_bot_nothing(telegram, account, viktor, action, words):
    viktor.send("/start")
    buttons = {"inline_keyboard": [[{"text": "U"} | action]]}
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="?", reply_markup=buttons)
    (message,) = viktor.wait()
    with pytest.raises(ValueError, match=f"'U' {words}"):
        viktor.press(message, "U")


def test_who_sees_everything_in_a_group(telegram, account, viktor):
    curious = telegram.new_bot("Curious", "curious_bot", privacy=False)
    group = telegram.group("Friends", [viktor, account, curious])
    with pytest.raises(NoReply, match="privacy mode"):
        viktor.ask("!hello", to=telegram.group("Alone", [viktor, account]))
    for bot in (account, curious):
        take(telegram, bot)
    viktor.send("!one", to=group)
    group.promote(account)
    viktor.send("!two", to=group)
    texts = [
        [u["message"]["text"] for u in take(telegram, bot) if "message" in u]
        for bot in (account, curious)
    ]
    assert texts == [["!two"], ["!one", "!two"]]


def test_replies_in_a_group_reach_their_author_only(telegram, account, viktor):
    group = telegram.group("Friends", [viktor, account])
    telegram.call(account, "sendMessage", chat_id=group.id, text="who are you?")
    (question,) = viktor.wait()
    take(telegram, account)
    viktor.send("me", to=group, reply_to=question)
    (update,) = take(telegram, account)
    assert update["message"]["reply_to_message"]["text"] == "who are you?"
    anna = telegram.person("Anna")
    group.add(anna)
    assert take(telegram, account)[0]["message"]["new_chat_members"][0]["first_name"] == "Anna"
    anna.send("and I", to=group)
    assert take(telegram, account) == []


def test_a_bot_thrown_out_may_not_write(telegram, account, viktor):
    group = telegram.group("Friends", [viktor, account])
    group.remove(account)
    with pytest.raises(TelegramError, match="403 Forbidden: bot was kicked from the group chat"):
        telegram.call(account, "sendMessage", chat_id=group.id, text="hi")
    stranger = telegram.new_bot("Stranger", "stranger_bot")
    with pytest.raises(TelegramError, match="400 Bad Request: chat not found"):
        telegram.call(stranger, "sendMessage", chat_id=group.id, text="hi")


def test_edits_stickers_and_channel_posts(telegram, account, viktor):
    message = viktor.send("helo")
    viktor.edit(message, "hello")
    viktor.sticker(emoji="🦊")
    channel = telegram.channel("News", [viktor, account], username="news")
    viktor.send("today", to=channel)
    telegram.call(account, "sendMessage", chat_id="@news", text="tomorrow")
    first, edited, sticker, _, post = take(telegram, account)
    assert first["message"]["text"] == "helo"
    assert edited["edited_message"]["text"] == "hello"
    assert edited["edited_message"]["edit_date"]
    assert "text" not in sticker["message"]
    assert sticker["message"]["sticker"]["emoji"] == "🦊"
    assert post["channel_post"]["sender_chat"]["title"] == "News"
    assert "from" not in post["channel_post"]
    assert str(telegram.transcript(viktor, account)) == (
        "Viktor: hello (edited)\nViktor: (sticker 🦊)"
    )
    assert str(channel.transcript) == "News: today\nNews: tomorrow"


def test_buttons(telegram, account, viktor):
    viktor.send("/menu")
    row = [{"text": "Yes", "callback_data": "y"}, {"text": "Site", "url": "https://a.b"}]
    telegram.call(
        account,
        "sendMessage",
        chat_id=viktor.id,
        text="Sure?",
        reply_markup={"inline_keyboard": [row]},
    )
    (question,) = viktor.wait()
    assert question.buttons == ["Yes", "Site"]
    take(telegram, account)
    press = viktor.press(question, "Yes")
    query = take(telegram, account)[0]["callback_query"]
    assert (query["data"], query["message"]["text"]) == ("y", "Sure?")
    telegram.call(account, "answerCallbackQuery", callback_query_id=query["id"], text="Fine")
    assert press.answer() == "Fine"
    with pytest.raises(TelegramError, match="query is too old"):
        telegram.call(account, "answerCallbackQuery", callback_query_id=query["id"])
    with pytest.raises(ValueError, match=r"(?s)no button 'No'.*'Yes'.*'Site'"):
        viktor.press(question, "No")
    with pytest.raises(ValueError, match=r"opens https://a.b/; the bot isn't told"):
        viktor.press(question, "Site")
    with pytest.raises(NoReply, match="answerCallbackQuery"):
        viktor.press(question, "Yes").answer(timeout=0.05)
    telegram.call(
        account,
        "editMessageText",
        chat_id=viktor.id,
        message_id=question.message_id,
        text="Sure.",
    )
    assert telegram.wait_until(lambda: question.text == "Sure." and not question.buttons)


def test_ask_tells_that_nobody_listens(telegram, account, viktor):
    with pytest.raises(NoReply) as problem:
        viktor.ask("!hello", timeout=0.05)
    assert str(problem.value) == (
        "Hello bot did not answer '!hello' within 0.05 s.\n"
        "Found: no webhook is set and nobody calls getUpdates, so the update waits; "
        "pending_update_count is 1.\n"
        "What to do: start a bot that polls, "
        'or call setWebhook (in Python: telegram.call(account, "setWebhook", url=...))'
    )
    with pytest.raises(NoReply, match="0 of 1 messages came for Viktor"):
        viktor.wait(timeout=0.05)


def test_ask_tells_what_the_bot_wanted_and_the_sandbox_lacks(telegram, account, viktor):
    with pytest.raises(TelegramError, match="This sandbox has no sendInvoice"):
        telegram.call(account, "sendInvoice", chat_id=1)
    said = "Hello bot called sendInvoice, which this sandbox lacks, though Telegram has it."
    with pytest.raises(NoReply, match=said):
        viktor.ask("!buy", timeout=0.05)
    with pytest.raises(NoReply, match=said):
        viktor.wait(timeout=0.05)


def test_ask_suggests_a_method_for_one_that_does_not_exist(telegram, account, viktor):
    def answer_badly():
        telegram.call(account, "getUpdates", timeout=30)
        with pytest.raises(TelegramError, match="404 Not Found: method not found"):
            telegram.call(account, "sendMesage", chat_id=viktor.id, text="x")

    with ThreadPoolExecutor(1) as thread:
        polled = thread.submit(answer_badly)
        with pytest.raises(NoReply) as problem:
            viktor.ask("!hello", timeout=3)
        polled.result()
    words = "Its sendmesage was refused: Not Found: method not found. Did you mean 'sendMessage'?"
    assert words in str(problem.value)


def test_ask_tells_which_call_was_refused(telegram, account, viktor):
    def answer_badly():
        telegram.call(account, "getUpdates", timeout=30)
        for text in ("", "<b>", "<b>"):
            with pytest.raises(TelegramError):
                telegram.call(
                    account, "sendMessage", chat_id=viktor.id, text=text, parse_mode="HTML"
                )

    with ThreadPoolExecutor(1) as thread:
        polled = thread.submit(answer_badly)
        with pytest.raises(NoReply) as problem:
            viktor.ask("!hello", timeout=3)
        polled.result()
    assert str(problem.value).splitlines()[-2:] == [
        "Its sendMessage was refused: Bad Request: message text is empty",
        "Its sendMessage was refused: Bad Request: can't parse entities: "
        'Can\'t find end tag corresponding to start tag "b"',
    ]


def test_a_condition_may_look_but_not_wait(telegram, account, viktor):
    viktor.send("hi")
    assert telegram.wait_until(lambda: "hi" in str(telegram.transcript(viktor)))
    with pytest.raises(RuntimeError, match="not wait"):
        telegram.wait_until(lambda: viktor.wait())
    assert not telegram.wait_until(lambda: False, timeout=0.01)


def test_to_whom(telegram, viktor):
    with pytest.raises(ValueError, match=r"to whom.*none"):
        viktor.send("hi")
    first = telegram.new_bot("One", "one_bot")
    telegram.new_bot("Two", "two_bot")
    with pytest.raises(ValueError, match="@one_bot, @two_bot"):
        viktor.send("hi")
    with pytest.raises(ValueError, match="takes a bot's account or a group"):
        viktor.send("hi", to=viktor)
    with pytest.raises(ValueError, match="empty message"):
        viktor.send(" ", to=first)
    with pytest.raises(ValueError, match="is not in Others"):
        viktor.send("hi", to=telegram.group("Others", [first]))


def test_a_transcript_is_harmless_and_always_the_same(telegram, account):
    texts = ["<script>alert(1)</script>", "שלום 'x' \"y\"", "👩‍👩‍👧 &amp;", "a\nb"]
    pages = []
    for _ in range(2):
        person = telegram.person("<b>Eve</b>")
        person.send_all(texts, to=account)
        telegram.call(
            account,
            "sendMessage",
            chat_id=person.id,
            text="<i>",
            reply_markup={"inline_keyboard": [[{"text": "<img>", "callback_data": "x"}]]},
            reply_parameters={"message_id": 1},
        )
        transcript = telegram.transcript(person, account)
        assert str(transcript) == "\n".join(f"<b>Eve</b>: {text}" for text in texts) + (
            "\nHello bot: <i> [<img>]"
        )
        pages.append(transcript._repr_html_())
    assert pages[0] == pages[1]
    assert set(re.findall(r"</?([a-z]+)", pages[0])) == {"div", "span"}
    assert "&lt;script&gt;" in pages[0]
    assert "שלום" in pages[0]
    assert "dir='auto'" in pages[0]
    empty = telegram.transcript(telegram.person("Nobody"), account)
    assert str(empty) == "(nothing was said yet)" and empty._repr_html_()


def test_many_threads_at_once(telegram, account):
    people = [telegram.person(f"P{number}") for number in range(8)]
    threads = [
        threading.Thread(target=lambda p=person: [p.send(str(n)) for n in range(50)])
        for person in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    updates = []
    while batch := take(telegram, account):
        updates += batch
    assert len({update["update_id"] for update in updates}) == 400
    for person in people:
        mine = [u["message"]["text"] for u in updates if u["message"]["from"]["id"] == person.id]
        assert mine == [str(n) for n in range(50)]


def test_closing_twice_frees_the_port_and_says_so():
    telegram = Telegram()
    port = telegram.port
    with pytest.raises(OSError, match=f"port {port} on .* choose another"):
        Telegram(port=port)
    telegram.close()
    telegram.close()
    with Telegram(port=port) as again:
        assert again.url == f"http://127.0.0.1:{port}"
    with pytest.raises(RuntimeError, match="closed"):
        telegram.person("Late")


@pytest.fixture
def older():
    """A Telegram from an earlier run of a cell; its numbers are the same."""
    with Telegram() as older:
        yield older


GIF = b"GIF89a\x07\0\x05\0"
ACCOUNT, VIKTOR, CREW = range(3)
MIXED = {  # what is done, and who of those concerned is from the older Telegram
    "an older bot is written to": (lambda t, a, v, c: v.send("!hello", to=a), ACCOUNT),
    "an older bot is asked": (lambda t, a, v, c: v.ask("!hello", to=a), ACCOUNT),
    "an older person writes": (lambda t, a, v, c: v.send("!hello", to=a), VIKTOR),
    "an older person writes into a group": (lambda t, a, v, c: v.send("!hello", to=c), VIKTOR),
    "an older group is written to": (lambda t, a, v, c: v.send("!hello", to=c), CREW),
    "an older bot joins": (lambda t, a, v, c: c.add(a), ACCOUNT),
    "an older person leaves": (lambda t, a, v, c: v.leave(c), VIKTOR),
    "an older group is left": (lambda t, a, v, c: v.leave(c), CREW),
    "an older person adds somebody": (lambda t, a, v, c: c.add(a, by=v), VIKTOR),
    "an older person sends a picture": (lambda t, a, v, c: v.photo(GIF, to=a), VIKTOR),
    "an older bot is made admin": (lambda t, a, v, c: c.promote(a), ACCOUNT),
    "an older person founds a group": (lambda t, a, v, c: t.group("New", [a, v]), VIKTOR),
    "an older bot is blocked": (lambda t, a, v, c: v.block(a), ACCOUNT),
    "an older bot calls": (lambda t, a, v, c: t.call(a, "getUpdates"), ACCOUNT),
    "a chat with an older bot is shown": (lambda t, a, v, c: t.transcript(v, a), ACCOUNT),
    "a chat of an older person is shown": (lambda t, a, v, c: t.transcript(v, a), VIKTOR),
}


@pytest.mark.parametrize(("does", "old"), MIXED.values(), ids=MIXED)
def test_who_belongs_to_another_telegram_is_refused(telegram, older, does, old):
    here, there = (
        [one.new_bot("Hello bot", "hello_bot"), one.person("Viktor"), one.group("Crew", [])]
        for one in (telegram, older)
    )
    concerned = [*here[:old], there[old], *here[old + 1 :]]
    with pytest.raises(ValueError, match=r"belongs to another Telegram; run the cells that make"):
        does(telegram, *concerned)
    for account in (here[ACCOUNT], there[ACCOUNT]):
        assert len(account._updates) == 0


def test_a_group_with_a_stranger_is_refused_whole(telegram, viktor):
    with Telegram() as other:
        stranger = other.person("Stranger")
        with pytest.raises(ValueError, match="belongs to another Telegram"):
            telegram.group("Family", [viktor, stranger], "supergroup", "family")
    assert telegram.group("Family", [viktor], "supergroup", "family").members == [viktor]


def test_a_button_of_another_telegram_is_not_pressed(telegram, older, viktor):
    account, anna = older.new_bot("Hello bot", "hello_bot"), older.person("Anna")
    anna.send("hi", to=account)
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    older.call(account, "sendMessage", chat_id=anna.id, text="Sure?", reply_markup=keyboard)
    (question,) = anna.wait()
    with pytest.raises(ValueError, match="belongs to another Telegram"):
        viktor.press(question, "Yes")


FAILS = """
import json, os

said = []

def handler(event, context):  # logs why a command failed, and says sorry once
    message = json.loads(event["body"])["message"]
    try:
        if message["text"] == "!leak":
            raise ValueError(os.environ["TELEGRAM_TOKEN"])
        text = str(int(message["text"].removeprefix("/roll ")))
    except ValueError as error:
        command = message["text"].split()[0].replace("/", "!")
        print(f"{command} failed: ValueError: {error} (main.py, line 11)")
        text = "Oh dear."
    if text in said:
        return {"statusCode": 200}
    said.append(text)
    return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}
"""


def deployed(cloud, telegram, account, folder, source, **settings):
    (folder / "main.py").write_text(source)
    environment = {"TELEGRAM_TOKEN": account.token, **settings}
    function = cloud.deploy("bot", folder, environment=environment)
    telegram.call(account, "setWebhook", url=f"{function.url}hook?x=1")


def test_an_apology_is_shown_with_the_line_in_the_functions_log(
    telegram, account, viktor, tmp_path
):
    with Cloud() as cloud:
        deployed(cloud, telegram, account, tmp_path, FAILS)
        said = viktor.ask("/roll banana", to=account)
        why = "!roll failed: ValueError: invalid literal for int() with base 10: 'banana'"
        assert said == "Oh dear."
        shown = f"{said!r} {said} {said:}"
        assert shown.count(f"\nIn its log: {why} (main.py, line 11)") == 3
        assert type(viktor.ask("/roll 6", to=account)) is str  # it failed in an earlier call only
        with pytest.raises(NoReply) as problem:
            viktor.ask("!leak", to=account, timeout=30)
        assert "Its log says: !leak failed: ValueError: <secret>" in str(problem.value)
        assert account.token not in str(problem.value)


SILENT_IF_ALL_IS_WELL = """
import json

def handler(event, context):
    message = json.loads(event["body"])["message"]
    if message["text"] == "!roll 6":
        return {"statusCode": 200}
    print("!roll failed: ValueError: banana")
    return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": "Oh dear."}
"""


def test_no_reply_blames_no_failure_of_an_earlier_message(telegram, account, viktor, tmp_path):
    with Cloud() as cloud:
        deployed(cloud, telegram, account, tmp_path, SILENT_IF_ALL_IS_WELL)
        assert "In its log: !roll failed" in str(viktor.ask("!roll banana", to=account))
        with pytest.raises(NoReply) as problem:
            viktor.ask("!roll 6", to=account, timeout=30)
    assert "failed" not in str(problem.value)
    assert "Expected: a response like {'method': 'sendMessage'" in str(problem.value)


BY_A_CALL = """
import os, sys, time, urllib.request

def handler(event, context):
    print("!hello failed: ValueError:", os.environ["TELEGRAM_TOKEN"], file=sys.stderr)
    url = os.environ["TELEGRAM_API"] + "/bot" + os.environ["TELEGRAM_TOKEN"] + "/sendMessage"
    urllib.request.urlopen(f"{url}?chat_id={os.environ['CHAT']}&text=Oh%20dear.")
    print("!hello failed: ValueError: once more")
    return {"statusCode": 200}
"""


def test_an_apology_by_a_call_of_its_own_is_shown_when_the_log_is_whole(
    telegram, account, viktor, tmp_path
):
    with Cloud() as cloud:
        settings = {"TELEGRAM_API": telegram.url, "CHAT": str(viktor.id)}
        deployed(cloud, telegram, account, tmp_path, BY_A_CALL, **settings)
        assert str(viktor.ask("!hello", to=account)).endswith(
            "!hello failed: ValueError: once more"
        )


def test_no_reply_quotes_what_the_functions_log_says_last(telegram, account, viktor, tmp_path):
    with Cloud() as cloud:
        deployed(cloud, telegram, account, tmp_path, FAILS.replace("def handler", "def handlr"))
        with pytest.raises(NoReply) as problem:
            viktor.ask("!roll 1", to=account, timeout=6)
    # After the first call alone, the name of the error comes before it.
    assert re.search(r"Its log says: .*Handler 'handler' missing on module", str(problem.value))
    assert "functions found: " in str(problem.value) and "handlr" in str(problem.value)


def test_an_apology_of_a_bot_in_this_process_is_shown_with_its_line(
    telegram, account, viktor, capfd
):
    add_bot_logger("a_bot_of_this_test")

    def answer_one():
        (update,) = telegram.call(account, "getUpdates", timeout=30)
        logging.getLogger("a_bot_of_this_test").error("!roll failed: ValueError: %s", "banana")
        chat = update["message"]["chat"]["id"]
        telegram.call(account, "sendMessage", chat_id=chat, text="Oh dear.")

    with ThreadPoolExecutor(1) as thread:
        polled = thread.submit(answer_one)
        said = viktor.ask("!roll banana", to=account)
        polled.result()
    assert said == "Oh dear."
    assert str(said) == "Oh dear.\nIn its log: !roll failed: ValueError: banana"
    assert "failed" not in "".join(capfd.readouterr())


def test_a_token_in_the_log_is_not_shown_under_an_apology(telegram, account, viktor, tmp_path):
    with Cloud() as cloud:
        deployed(cloud, telegram, account, tmp_path, FAILS)
        shown = str(viktor.ask("!leak", to=account))
    assert "In its log: !leak failed: ValueError: <secret>" in shown
    assert account.token not in shown


def test_an_answer_to_a_command_that_did_not_fail_stays_as_it_is():
    assert (
        type(add_failure_reason("Oh dear.", "!roll 6", ["!rolls failed: x", "roll failed: x"]))
        is str
    )
    assert type(add_failure_reason("Oh dear.", "", ["!roll failed: x"])) is str
    assert str(add_failure_reason("Oh.", "/roll@dice_bot", ["!roll failed: x"])).endswith(
        "failed: x"
    )


ONE_BUTTON = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}


def test_people_send_albums(telegram, account, viktor):
    first, second = viktor.album([GIF, GIF], "our cats /meow", to=account)
    assert first.media_group_id == second.media_group_id != ""
    assert (first.caption, second.caption) == ("our cats /meow", None)
    told = [one["message"] for one in telegram.call(account, "getUpdates")]
    assert [one["media_group_id"] for one in told] == [first.media_group_id] * 2
    assert all(one["photo"] for one in told)
    assert told[0]["caption_entities"][0]["type"] == "bot_command"
    other = viktor.album([GIF, GIF])
    assert other[0].media_group_id != first.media_group_id


@pytest.mark.parametrize("n", [0, 1, 11])
def test_an_album_has_two_to_ten_pictures(account, viktor, n):
    with pytest.raises(ValueError, match=f"an album has 2 to 10 pictures; found {n}"):
        viktor.album([GIF] * n)


def test_an_album_with_a_broken_picture_is_not_sent_at_all(telegram, account, viktor):
    with pytest.raises(ValueError, match="would not take this photo"):
        viktor.album([GIF, b"not a picture"])
    assert telegram.call(account, "getUpdates") == []


def test_only_members_press_the_buttons_of_a_group(telegram, account, viktor):
    family = telegram.group("Family", [viktor, account])
    anna = telegram.person("Anna")
    telegram.call(account, "sendMessage", chat_id=family.id, text="Tea?", reply_markup=ONE_BUTTON)
    question = family.wait_for(lambda message: message.text == "Tea?")
    with pytest.raises(ValueError, match="Anna is not in Family, so there is no button to press"):
        anna.press(question, "Yes")
    family.add(anna)
    anna.press(question, "Yes")


def test_nobody_presses_the_buttons_of_a_deleted_message(telegram, account, viktor):
    viktor.send("/start")
    sent = telegram.call(
        account, "sendMessage", chat_id=viktor.id, text="Tea?", reply_markup=ONE_BUTTON
    )
    [question] = viktor.wait()
    with pytest.raises(
        ValueError, match=r"no button 'No' to press under 'Tea\?'. There are:\n  1: 'Yes'"
    ):
        viktor.press(question, "No")
    telegram.call(account, "deleteMessage", chat_id=viktor.id, message_id=sent["message_id"])
    with pytest.raises(ValueError, match=r"'Tea\?' was deleted, and its buttons with it"):
        viktor.press(question, "Yes")


def test_a_button_of_a_message_without_any_names_the_message(telegram, account, viktor):
    viktor.send("/start")
    telegram.call(account, "sendMessage", chat_id=viktor.id, text="Hello!")
    [message] = viktor.wait()
    with pytest.raises(ValueError, match="no button 'Yes' to press under 'Hello!'; there is none"):
        viktor.press(message, "Yes")


def test_silence_names_only_bots_that_can_write_to_the_person(telegram, account, viktor):
    telegram.new_bot("Stranger", "stranger_bot")
    member = telegram.new_bot("Member", "member_bot")
    with pytest.raises(NoReply, match=r"Found: no bot can write here\. What to do: write to "):
        viktor.wait(timeout=0.01)
    viktor.send("hi", to=account)
    telegram.group("Club", [viktor, member])
    telegram.group("Others", [telegram.person("Anna"), telegram.account("stranger_bot")])
    waits = (lambda: viktor.wait(timeout=0.01), lambda: viktor.wait_for(len, timeout=0.01))
    for wait in waits:
        with pytest.raises(NoReply) as silence:
            wait()
        assert re.findall("Found: (.+?):", str(silence.value)) == ["Hello bot", "Member"]
    viktor.block(account)
    for wait in waits:
        with pytest.raises(NoReply) as silence:
            wait()
        blocked, other = re.findall("Found: .+", str(silence.value))
        assert blocked == "Found: Viktor has blocked Hello bot. What to do: unblock it"
        assert other.startswith("Found: Member:")


def test_silence_names_an_edit_and_how_to_wait_for_it(telegram, account, viktor):
    viktor.send("hi")
    club = telegram.group("Club", [viktor, account])
    for chat, reader in ((account, viktor), (club, club)):
        place = {"chat_id": viktor.id if chat is account else club.id}
        telegram.call(account, "sendMessage", **place, text="one")
        message = reader.wait_for(lambda message: message.text == "one")
        place["message_id"] = message.message_id
        telegram.call(account, "editMessageText", **place, text="two")
        with pytest.raises(NoReply) as silence:
            reader.wait_for(lambda message: message.text == "two", timeout=0.01)
        assert "Hello bot edited an earlier message: 'two'. An edit is no new" in str(silence.value)
        assert "telegram.wait_until(lambda: message.text ==" in str(silence.value)
        assert telegram.wait_until(lambda: message.text == "two")  # noqa: B023


def test_silence_names_what_was_refused_last(telegram, account, viktor):
    viktor.send("hi")
    with pytest.raises(TelegramError):
        telegram.call(account, "sendMessage", chat_id=viktor.id, text="")
    words = "Its last refused call: sendMessage, Bad Request: message text is empty"
    for wait in (viktor.wait, lambda timeout: viktor.wait_for(len, timeout=timeout)):
        with pytest.raises(NoReply, match=words):
            wait(timeout=0.01)


def test_silence_names_a_message_that_privacy_mode_hides(telegram, account, viktor):
    club = telegram.group("Club", [viktor, account])
    viktor.send("tea?", to=club)
    waits = (viktor.wait, lambda timeout: viktor.wait_for(len, timeout=timeout))
    for wait in (*waits, lambda timeout: club.wait_for(len, timeout=timeout)):
        with pytest.raises(
            NoReply, match=r"Hello bot was not told of 'tea\?'\.\nFound: in a group"
        ):
            wait(timeout=0.01)
    viktor.send("/tea", to=club)
    for wait in (*waits, lambda timeout: club.wait_for(len, timeout=timeout)):
        with pytest.raises(NoReply) as silence:
            wait(timeout=0.01)
        assert "told" not in str(silence.value)


def test_silence_without_any_bot_says_so(telegram, viktor):
    with pytest.raises(NoReply, match=r"Found: no bot\. What to do: create one"):
        viktor.wait(timeout=0.01)


def test_a_group_without_a_bot_says_so(telegram, account, viktor):
    club = telegram.group("Club", [viktor])
    with pytest.raises(NoReply, match="Found: no bot can write here") as silence:
        club.wait_for(len, timeout=0.01)
    assert "Hello bot" not in str(silence.value)


def test_a_bot_that_is_not_ready_shows_its_last_refused_call(telegram, account):
    with pytest.raises(NoReply, match=r"within 0\.01 s") as silence:
        telegram.wait_ready(account, timeout=0.01)
    assert "refused" not in str(silence.value)
    for name in ("!", f"{account.token} is no command"):
        commands = [{"command": name, "description": "x"}]
        with pytest.raises(TelegramError):
            telegram.call(account, "setMyCommands", commands=commands)
    with pytest.raises(NoReply) as silence:
        telegram.wait_ready(account, timeout=0.01)
    words = "Its last refused call: setMyCommands, Bad Request: command length must not exceed 32"
    assert words in str(silence.value)
    with pytest.raises(TelegramError):
        telegram.call(account, "sendMesage", chat_id=account.token)
    with pytest.raises(NoReply) as silence:
        telegram.wait_ready(account, timeout=0.01)
    words = "sendmesage, Not Found: method not found. Did you mean 'sendMessage'?"
    assert f"Its last refused call: {words}" in str(silence.value)
    assert account.token not in str(silence.value)
