"""Inline mode: a query in any chat, results, the chosen one, and edits of its message."""

import asyncio
import json
import re

import pytest
import telegram as telegram_api
from bot_api_http import api
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import png
from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.ext import ApplicationBuilder, InlineQueryHandler

from bot_sandbox import NoReply, Telegram, TelegramError

TEA = {
    "type": "article", "id": "1", "title": "Tea",
    "input_message_content": {"message_text": "*Tea*, please", "parse_mode": "MarkdownV2"},
}  # fmt: skip
VOTE = {"inline_keyboard": [[{"text": "Vote", "callback_data": "v"}]]}
ANSWERS = """
import json

def handler(event, context):
    query = json.loads(event["body"]).get("inline_query")
    tea = {"type": "article", "id": "1", "title": "Tea", "message_text": "Tea!"}
    answer = {"method": "answerInlineQuery", "inline_query_id": query["id"], "results": [tea]}
    return {"statusCode": 200, "headers": {"content-type": "application/json"},
            "body": json.dumps(answer)}
"""


@pytest.fixture
def account(telegram):
    account = telegram.new_bot("Tea bot", "tea_bot")
    telegram.set_inline(account)
    return account


@pytest.fixture
def ask(telegram, account, viktor):
    """Ask the bot a query, and answer it with these results."""

    def ask(*results, text="te", person=viktor, more=None, **where):
        query = person.inline_query(text, account, **where)
        asked = telegram.call(account, "getUpdates", offset=-1)[0]["inline_query"]
        sent = {"inline_query_id": asked["id"], "results": [*results], "cache_time": 0}
        telegram.call(account, "answerInlineQuery", **sent | (more or {}))
        return query

    return ask


def queries(telegram, account):
    return [one["inline_query"] for one in updates(telegram, account) if "inline_query" in one]


def updates(telegram, account):
    found = telegram.call(account, "getUpdates")
    telegram.call(account, "getUpdates", offset=found[-1]["update_id"] + 1 if found else 0)
    return found


def test_a_program_with_a_real_library_answers_queries(telegram, account, viktor):
    async def answer(update, context):
        words = update.inline_query.query.upper()
        tea = InlineQueryResultArticle("1", words, InputTextMessageContent(f"{words}!"))
        await update.inline_query.answer([tea], cache_time=0)

    async def main():
        builder = ApplicationBuilder().token(account.token).base_url(f"{telegram.url}/bot")
        bot = builder.build()
        bot.add_handler(InlineQueryHandler(answer))
        async with bot:
            assert bot.bot.supports_inline_queries
            await bot.updater.start_polling()
            await bot.start()
            query = await asyncio.to_thread(viktor.inline_query, "tea")
            (result,) = await asyncio.to_thread(query.wait)
            message = await asyncio.to_thread(query.choose, result)
            await bot.updater.stop()
            await bot.stop()
        return result, message

    result, message = asyncio.run(main())
    assert (result.title, message.text, message.from_user.id) == ("TEA", "TEA!", viktor.id)
    assert message.via_bot.username == "tea_bot"


def test_a_function_answers_in_its_response(telegram, account, viktor, cloud, tmp_path):
    (tmp_path / "main.py").write_text(ANSWERS)
    telegram.call(account, "setWebhook", url=cloud.deploy("tea", tmp_path).url)
    query = viktor.inline_query("tea")
    assert query.choose(query.wait()[0]).text == "Tea!"


def test_the_bot_learns_where_it_is_asked(telegram, account, viktor):
    other = telegram.new_bot("Other bot", "other_bot")
    groups = [telegram.group("A", [viktor], kind) for kind in ("group", "supergroup", "channel")]
    for chat in (None, account, other, *groups):
        viktor.inline_query("te", account, chat=chat)
    asked = queries(telegram, account)
    kinds = ["sender", "sender", "private", "group", "supergroup", "channel"]
    assert [one["chat_type"] for one in asked] == kinds
    assert {(one["query"], one["offset"], one["from"]["id"]) for one in asked} == {
        ("te", "", viktor.id)
    }


def test_the_chosen_result_is_a_message_of_the_person(telegram, account, viktor, ask):
    anna, other = telegram.person("Anna"), telegram.new_bot("Other bot", "other_bot", privacy=True)
    family = telegram.group("Family", [viktor, anna, other])
    updates(telegram, other)
    message = ask(TEA, chat=family).choose("1")
    assert (message.sender, message.chat, message.text) == (viktor, family, "Tea, please")
    assert message.entities == [{"type": "bold", "offset": 0, "length": 3}]
    assert message.via_bot.id == account.id
    assert anna.wait()[0] is message
    assert message.shown == "(via @tea_bot) Tea, please"
    assert updates(telegram, other) == []  # privacy mode


def test_privacy_mode_shows_a_bot_what_was_sent_through_it(telegram, account, viktor, ask):
    family = telegram.group("Family", [viktor, account])
    ask(TEA, chat=family).choose("1")
    assert updates(telegram, account)[-1]["message"]["via_bot"]["id"] == account.id


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ({"type": "article", "title": "T", "message_text": "old"}, "old"),
        ({"type": "photo", "photo_url": "https://example.org/a.png"}, "(photo)"),
        (
            {"type": "photo", "photo_url": "https://example.org/a.png", "caption": "<b>b</b>"}
            | {"parse_mode": "HTML"},
            "(photo) b",
        ),
        ({"type": "gif", "gif_url": "https://example.org/a.gif"}, "(animation a.gif)"),
        (
            {"type": "mpeg4_gif", "mpeg4_url": "https://example.org/a.mp4", "mpeg4_width": 20},
            "(animation a.mp4)",
        ),
        (
            {"type": "document", "title": "T", "mime_type": "application/pdf"}
            | {"document_url": "https://example.org/a.pdf"},
            "(document a.pdf)",
        ),
        (
            {"type": "voice", "title": "T", "voice_url": "https://example.org/a.ogg"},
            "(voice a.ogg)",
        ),
        (
            {"type": "audio", "title": "T", "audio_url": "https://example.org/a.mp3"},
            "(audio a.mp3)",
        ),
        (
            {"type": "video", "title": "T", "video_url": "https://example.org/a.mp4"}
            | {"mime_type": "video/mp4", "video_duration": 7},
            "(video a.mp4)",
        ),
        ({"type": "location", "title": "T", "latitude": 1, "longitude": 2}, "(location 1, 2)"),
        (
            {"type": "contact", "phone_number": "1", "first_name": "Anna"},
            "(contact Anna, 1)",
        ),
        (
            {"type": "photo", "photo_url": "https://example.org/a.png"}
            | {"input_message_content": {"message_text": "instead"}},
            "instead",
        ),
        (
            {"type": "article", "title": "T"}
            | {"input_message_content": {"latitude": 1, "longitude": 2}},
            "(location 1, 2)",
        ),
        (
            {"type": "article", "title": "T"}
            | {"input_message_content": {"phone_number": "1", "first_name": "A"}},
            "(contact A, 1)",
        ),
    ],
)
def test_results_of_every_kind(telegram, ask, result, shown):
    for name in ("a.png", "a.gif", "a.mp4", "a.pdf", "a.ogg", "a.mp3"):
        telegram.add_web_file(f"https://example.org/{name}", png(8))
    message = ask(result | {"id": "1"}).choose("1")
    words = shown.replace("(", "(via @tea_bot, ") if shown[0] == "(" else f"(via @tea_bot) {shown}"
    assert message.shown == words


def test_a_file_that_the_bot_knows_is_sent_by_its_id(telegram, account, viktor, ask):
    viktor.photo(png(8))
    sent = updates(telegram, account)[-1]["message"]["photo"][-1]["file_id"]
    message = ask({"type": "photo", "id": "1", "photo_file_id": sent}).choose("1")
    assert message.photo[-1].file_id == sent
    with pytest.raises(TelegramError, match="wrong remote file identifier specified"):
        ask({"type": "photo", "id": "1", "photo_file_id": "AgAC"})


def test_the_file_of_an_address_may_come_later(telegram, ask):
    query = ask({"type": "photo", "id": "1", "photo_url": "https://example.org/a.png"})
    with pytest.raises(ValueError, match=r"telegram\.add_web_file"):
        query.choose("1")
    telegram.add_web_file("https://example.org/a.png", png(8))
    assert query.choose("1").photo


REFUSED = [
    ({"results": [TEA] * 51}, "too many inline query results specified"),
    ({"results": {}}, "expected an Array of inline query results"),
    ({"results": "["}, "can't parse JSON encoded inline query results"),
    ({"results": [5]}, "can't parse inline query result: Inline query result must be an object"),
    ({"results": [{"id": "1"}]}, "can't parse inline query result: Can't find field \"type\""),
    ({"results": [{"type": "article"}]}, 'inline query result: Can\'t find field "id"'),
    ({"results": [TEA | {"type": "tea"}]}, 'type "tea" is unsupported for the inline query result'),
    ({"results": [TEA | {"id": ""}]}, "RESULT_ID_INVALID"),
    ({"results": [TEA | {"id": "é" * 33}]}, "RESULT_ID_INVALID"),
    ({"results": [TEA, TEA]}, "RESULT_ID_DUPLICATE"),
    ({"results": [{"type": "article", "id": "1"}]}, 'Can\'t find field "message_text"'),
    ({"results": [{"type": "article", "id": "1", "message_text": "x"}]}, 'find field "title"'),
    ({"results": [TEA | {"title": {}}]}, 'Field "title" must be of type String'),
    ({"results": [TEA | {"input_message_content": 5}]}, "must be of type Object"),
    ({"results": [TEA | {"input_message_content": {}}]}, "Input message content is not specified"),
    (
        {"results": [TEA | {"input_message_content": {"message_text": ""}}]},
        "can't parse inline query result: Message text is empty",
    ),
    (
        {"results": [TEA | {"input_message_content": {"message_text": "*", "parse_mode": "x"}}]},
        "Unsupported parse_mode",
    ),
    ({"results": [{"type": "photo", "id": "1"}]}, 'Can\'t find field "photo_file_id"'),
    (
        {"results": [{"type": "video", "id": "1", "title": "T", "video_url": "https://x.org/a"}]},
        'Can\'t find field "mime_type"',
    ),
    ({"results": [{"type": "location", "id": "1", "title": "T"}]}, 'Can\'t find field "latitude"'),
    ({"results": [{"type": "contact", "id": "1"}]}, 'Can\'t find field "phone_number"'),
    (
        {"results": [TEA | {"reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}]},
        "can't parse inline query result: Can't parse inline keyboard button",
    ),
    (
        {"results": [TEA | {"reply_markup": {"keyboard": [["x"]]}}]},
        "inline keyboard expected",
    ),
    ({"results": [{"type": "venue", "id": "1"}]}, "no an inline result of type venue"),
    ({"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
    ({"button": "x"}, "can't parse inline query results button JSON object"),
    ({"button": []}, "button: InlineQueryResultsButton must be an Object"),
    ({"button": {"start_parameter": "x"}}, 'button: Can\'t find field "text"'),
    ({"button": {"text": "x"}}, "InlineQueryResultsButton must have exactly one optional field"),
    ({"button": {"text": "x", "start_parameter": ""}}, "can't use empty start_parameter"),
    ({"button": {"text": "x", "start_parameter": "x" * 65}}, "too long start_parameter specified"),
    ({"button": {"text": "x", "start_parameter": "é"}}, "unallowed characters in start_parameter"),
    ({"switch_pm_text": "x"}, "can't use empty start_parameter"),
    ({"inline_query_id": "5"}, "query is too old and response timeout expired or query ID is"),
]


@pytest.mark.parametrize(("arguments", "words"), REFUSED)
def test_what_telegram_refuses_in_an_answer(telegram, account, viktor, arguments, words):
    query = viktor.inline_query("te")
    key = queries(telegram, account)[0]["id"]
    with pytest.raises(TelegramError, match=re.escape(words)):
        telegram.call(account, "answerInlineQuery", **{"inline_query_id": key} | arguments)
    assert not query.is_answered
    telegram.call(account, "answerInlineQuery", inline_query_id=key, results=[])
    assert query.wait() == []
    with pytest.raises(TelegramError, match="query is too old"):
        telegram.call(account, "answerInlineQuery", inline_query_id=key, results=[])


def test_only_its_own_bot_answers_a_query(telegram, account, viktor):
    other = telegram.new_bot("Other bot", "other_bot")
    viktor.inline_query("te", account)
    key = queries(telegram, account)[0]["id"]
    with pytest.raises(TelegramError, match="query is too old"):
        telegram.call(other, "answerInlineQuery", inline_query_id=key, results=[])


NAMES = st.sampled_from(
    [
        *("type", "id", "title", "message_text", "input_message_content", "reply_markup"),
        *("photo_url", "photo_file_id", "latitude", "longitude", "phone_number", "first_name"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
KINDS = st.sampled_from(["article", "photo", "gif", "location", "contact", "sticker", "venue", "x"])


@settings(deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=6) | VALUES, max_size=3), KINDS)
def test_any_answer_is_taken_or_refused(results, kind):
    with Telegram(limits=None) as telegram:
        account, viktor = telegram.new_bot("Tea bot", "tea_bot"), telegram.person("Viktor")
        telegram.set_inline(account)
        query = viktor.inline_query("te")
        key = queries(telegram, account)[0]["id"]
        own = {"type": kind, "id": "1"}
        given = [one | own if isinstance(one, dict) else one for one in results]
        arguments = {"inline_query_id": key, "results": given}
        status, _, answer = api(telegram, account, "answerInlineQuery", arguments)
        assert (status, answer["ok"]) in ((200, True), (400, False))
        assert query.is_answered == answer["ok"]


def test_an_answer_is_kept_for_everybody_or_for_one(telegram, account, viktor):
    anna = telegram.person("Anna")
    waits = {"cache_time": 60}
    for text, more in (("all", waits), ("own", waits | {"is_personal": True}), ("none", {})):
        viktor.inline_query(text)
        key = queries(telegram, account)[0]["id"]
        sent = {"inline_query_id": key, "results": [TEA]} | more
        telegram.call(account, "answerInlineQuery", **sent)
    kept = [viktor.inline_query("all"), anna.inline_query("all"), viktor.inline_query("own")]
    assert queries(telegram, account) == []
    assert [len(query.wait()) for query in kept] == [1, 1, 1]
    anna.inline_query("own")
    anna.inline_query("all", offset="2")
    assert [one["query"] for one in queries(telegram, account)] == ["own", "all"]
    telegram.clock.advance(61)
    anna.inline_query("all")
    anna.inline_query("none")  # 300 s, if the bot says nothing
    assert [one["query"] for one in queries(telegram, account)] == ["all"]


def test_pages_and_the_button_above(telegram, account, viktor, ask):
    button = {"text": "Settings", "start_parameter": "set-1"}
    query = ask(TEA, more={"next_offset": "50", "button": button})
    assert query.button.text == "Settings"
    query.next_page()
    asked = queries(telegram, account)[-1]
    assert (asked["query"], asked["offset"]) == ("te", "50")
    assert query.press_button().text == "/start set-1"
    assert updates(telegram, account)[-1]["message"]["text"] == "/start set-1"
    last = ask(TEA)
    with pytest.raises(ValueError, match="no next page"):
        last.next_page()
    with pytest.raises(ValueError, match="isn't there"):
        last.press_button()
    app = ask(TEA, more={"button": {"text": "App", "web_app": {"url": "https://x.org"}}})
    with pytest.raises(ValueError, match="Mini App"):
        app.press_button()
    old = ask(TEA, more={"switch_pm_text": "Settings", "switch_pm_parameter": "s"})
    assert old.press_button().text == "/start s"


def test_the_bot_learns_the_choice_if_it_wants_to(telegram, account, viktor, ask):
    assert ask(TEA).choose("1")
    assert "chosen_inline_result" not in updates(telegram, account)[-1]
    telegram.set_inline(account, feedback=True)
    ask(TEA | {"reply_markup": VOTE}).choose("1")
    chosen = updates(telegram, account)[-1]["chosen_inline_result"]
    assert (chosen["result_id"], chosen["query"], chosen["from"]["id"]) == ("1", "te", viktor.id)
    edit = {"inline_message_id": chosen["inline_message_id"], "text": "Thanks"}
    assert telegram.call(account, "editMessageText", **edit) is True
    ask(TEA).choose("1")  # without buttons, the bot can't edit it
    assert "inline_message_id" not in updates(telegram, account)[-1]["chosen_inline_result"]


@pytest.fixture
def voted(telegram, account, viktor, ask):
    """A message with a button, which Viktor has sent to a group without the bot."""
    anna = telegram.person("Anna")
    family = telegram.group("Family", [viktor, anna], "supergroup")
    return ask(TEA | {"reply_markup": VOTE}, chat=family).choose("1")


def test_a_button_under_it_is_pressed_by_anybody_there(telegram, account, voted):
    anna = voted.chat.members[1]
    press = anna.press(voted, "Vote")
    query = updates(telegram, account)[-1]["callback_query"]
    assert "message" not in query and query["data"] == "v"
    inline = {"inline_message_id": query["inline_message_id"]}
    assert telegram.call(account, "editMessageText", **inline, text="1 vote") is True
    telegram.call(account, "answerCallbackQuery", callback_query_id=query["id"], text="Thanks")
    assert press.answer() == "Thanks"
    assert (press.messages, voted.text, voted.buttons) == ([voted], "1 vote", [])
    assert voted.via_bot.id == account.id


def test_edits_by_inline_message_id(telegram, account, viktor, voted):
    viktor.press(voted, "Vote")
    inline_id = updates(telegram, account)[-1]["callback_query"]["inline_message_id"]
    inline = {"inline_message_id": inline_id}

    def edit(method, bot=account, **more):
        return telegram.call(bot, method, **inline | more)

    telegram.add_web_file("https://example.org/a.png", png(8))
    picture = {"type": "photo", "media": "https://example.org/a.png", "caption": "a"}
    assert edit("editMessageMedia", media=picture) is True
    assert edit("editMessageCaption", caption="b") is True
    assert (voted.shown, voted.buttons) == ("(via @tea_bot, photo) b", [])
    assert edit("editMessageReplyMarkup", reply_markup=VOTE) is True
    assert voted.buttons == ["Vote"]
    with pytest.raises(TelegramError, match="message is not modified"):
        edit("editMessageReplyMarkup", reply_markup=VOTE)
    app = {"inline_keyboard": [[{"text": "App", "web_app": {"url": "https://x.org"}}]]}
    with pytest.raises(TelegramError, match="BUTTON_TYPE_INVALID"):
        edit("editMessageReplyMarkup", reply_markup=app)
    other = telegram.new_bot("Other bot", "other_bot")
    with pytest.raises(TelegramError, match="MESSAGE_ID_INVALID"):
        edit("editMessageCaption", other, caption="c")
    with pytest.raises(TelegramError, match="MESSAGE_ID_INVALID"):
        edit("editMessageCaption", inline_message_id="A" * 27, caption="c")
    with pytest.raises(TelegramError, match="invalid inline message identifier specified"):
        edit("editMessageCaption", inline_message_id="1", caption="c")
    with pytest.raises(ValueError, match=r"only its bot can change \(via @tea_bot"):
        viktor.edit(voted, "mine")


def test_its_edits_tell_no_bot(telegram, account, viktor, ask):
    message = ask(TEA | {"reply_markup": VOTE}).choose("1")
    viktor.press(message, "Vote")
    inline_id = updates(telegram, account)[-1]["callback_query"]["inline_message_id"]
    telegram.call(account, "editMessageText", inline_message_id=inline_id, text="x")
    assert updates(telegram, account) == []


def test_a_forward_names_the_bot_and_a_copy_does_not(telegram, account, viktor, ask):
    message = ask(TEA).choose("1")
    here = {"chat_id": viktor.id, "from_chat_id": viktor.id, "message_id": message.message_id}
    telegram.call(account, "forwardMessage", **here)
    telegram.call(account, "copyMessage", **here)
    forward, copy = viktor.wait(2)
    assert (forward.via_bot.id, copy.via_bot) == (account.id, None)


def test_an_id_may_be_a_number(ask):
    (result,) = (query := ask(TEA | {"id": 5})).wait()
    assert (result.id, query.choose(result).text) == ("5", "Tea, please")


def test_what_a_person_can_not_do(telegram, account, viktor, ask):
    anna = telegram.person("Anna")
    club = telegram.group("Club", [viktor, anna], "supergroup")
    with pytest.raises(ValueError, match="at most 256 characters"):
        viktor.inline_query("x" * 257)
    with pytest.raises(ValueError, match="first add Maria to it"):
        telegram.person("Maria").inline_query("x", chat=club)
    club.restrict(anna, can_send_messages=True)
    with pytest.raises(ValueError, match="Anna may not use inline bots in Club"):
        anna.inline_query("x", chat=club)
    with pytest.raises(ValueError, match="no result '5'; the ids are: '1'"):
        ask(TEA).choose("5")
    other = telegram.new_bot("Other bot", "other_bot")
    with pytest.raises(ValueError, match=r"Other bot has no inline mode; telegram\.set_inline"):
        viktor.inline_query("x", other)
    telegram.set_inline(account, inline=False)
    with pytest.raises(ValueError, match="Tea bot has no inline mode"):
        viktor.inline_query("x", account)
    assert telegram.call(account, "getMe")["supports_inline_queries"] is False


def test_no_reply_says_why_there_is_no_answer(telegram, account, viktor, cloud):
    query = viktor.inline_query("te")
    with pytest.raises(NoReply) as caught:
        query.wait(0.05)
    assert "No answer to the inline query 'te' within 0.05 s. Expected: a handler of" in str(
        caught.value
    )
    telegram.call(account, "getUpdates", allowed_updates=["message"])
    with pytest.raises(NoReply, match="its allowed_updates leave out inline_query"):
        viktor.inline_query("te").wait()


def test_a_snapshot_has_answers_and_messages(telegram, account, viktor, voted):
    viktor.press(voted, "Vote")
    inline_id = updates(telegram, account)[-1]["callback_query"]["inline_message_id"]
    start = telegram.snapshot()
    telegram.call(account, "editMessageText", inline_message_id=inline_id, text="after")
    telegram.restore(start)
    assert voted.text == "Tea, please"
    telegram.reset()
    new = telegram.new_bot("Tea bot", "tea_bot")
    with pytest.raises(TelegramError, match="MESSAGE_ID_INVALID"):
        telegram.call(new, "editMessageText", inline_message_id=inline_id, text="after")


def test_an_answer_by_a_client_comes_as_json(telegram, account, viktor):
    query = viktor.inline_query("te")

    async def main():
        async with telegram_api.Bot(account.token, f"{telegram.url}/bot") as bot:
            (update,) = await bot.get_updates()
            tea = InlineQueryResultArticle("1", "Tea", InputTextMessageContent("Tea!"))
            button = telegram_api.InlineQueryResultsButton("All", start_parameter="all")
            await bot.answer_inline_query(update.inline_query.id, [tea], button=button)

    asyncio.run(main())
    assert (query.wait()[0].title, query.button.text) == ("Tea", "All")
    assert json.loads(account.calls[-1].arguments["results"])[0]["id"] == "1"
