"""Replies: in the same chat or to another one, with a quoted part."""

import asyncio

import pytest
import telegram as client

from bot_sandbox.telegram import Telegram, TelegramError

GIF = b"GIF89a\x07\0\x05\0\x80\0\0"


@pytest.fixture(scope="module")
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture(scope="module")
def account(telegram):
    return telegram.new_bot("Hello bot", "hello_bot")


@pytest.fixture(scope="module")
def viktor(telegram):
    return telegram.person("Viktor")


@pytest.fixture(scope="module")
def group(telegram, account, viktor):
    return telegram.group("Friends", [viktor, account], kind="supergroup")


@pytest.fixture(autouse=True)
def said(viktor, account):
    return viktor.send("Tea, 🍵 or coffee?", to=account)


@pytest.fixture
def reply(telegram, account, viktor):
    """Send Viktor a message with these reply_parameters, and return what the Bot API returns."""

    def reply(**parameters):
        return telegram.call(
            account, "sendMessage", chat_id=viktor.id, text="yes", reply_parameters=parameters
        )

    return reply


def test_a_message_of_another_chat_is_shown_outside(telegram, account, group, reply):
    telegram.call(account, "sendMessage", chat_id=group.id, text="first")
    there = telegram.call(account, "sendMessage", chat_id=group.id, text="What to drink?")
    message = reply(message_id=there["message_id"], chat_id=group.id)
    assert "reply_to_message" not in message
    assert message["external_reply"] == {
        "origin": {"type": "user", "sender_user": account.to_json(), "date": there["date"]},
        "chat": group.to_json(),
        "message_id": there["message_id"],
    }
    assert message["quote"] == {"text": "What to drink?", "position": 0}
    copied = telegram.call(
        account, "copyMessage", chat_id=group.id, from_chat_id=message["chat"]["id"],
        message_id=message["message_id"],
    )  # fmt: skip
    assert "external_reply" not in group.find(copied["message_id"]).to_json()


def test_a_channel_names_its_post_and_a_small_group_does_not(telegram, account, viktor, reply):
    channel = telegram.channel("News", [viktor, account], username="daily_news")
    viktor.photo(GIF, "our cat", to=channel)
    (shown,) = [reply(message_id=1, chat_id="@daily_news")["external_reply"]]
    assert shown["origin"]["type"] == "channel"
    assert (shown["chat"]["title"], shown["message_id"]) == ("News", 1)
    assert shown["photo"][0]["width"] == 7
    small = telegram.group("Small", [viktor, account])
    viktor.location(52.5, 13.4, to=small)
    number = small.messages[-1].message_id
    shown = reply(message_id=number, chat_id=small.id)["external_reply"]
    assert shown.keys() == {"origin", "location"}


def test_the_same_chat_may_be_named(viktor, reply, said):
    message = reply(message_id=said.message_id, chat_id=viktor.id)
    assert message["reply_to_message"]["text"] == said.text
    assert "external_reply" not in message


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"message_id": 9999}, "message to be replied not found"),
        ({"message_id": 9999, "chat_id": "GROUP"}, "message to be replied not found"),
        ({"message_id": 1, "chat_id": 5}, "chat not found"),
        ({"chat_id": "GROUP"}, 'can\'t find field "message_id"'),
        ({"message_id": True}, 'field "message_id" must be a Number'),
        ({"message_id": "x"}, 'field "message_id" must be a valid Number'),
        ({"message_id": 1, "quote": True}, 'field "quote" must be of type String'),
        ({"message_id": 1, "quote_position": []}, 'field "quote_position" must be a Number'),
        ({"message_id": 1, "checklist_task_id": []}, 'field "checklist_task_id" must be a Number'),
        ({"message_id": 1, "poll_option_id": None}, 'field "poll_option_id" must be of type'),
        ({"message_id": 1, "allow_sending_without_reply": 1}, "must be of type Boolean"),
        ({"message_id": 1, "quote": "<b>", "quote_parse_mode": "HTML"}, "can't parse entities"),
        ([], "object expected as reply parameters"),
    ],
)
def test_refused_replies(telegram, account, viktor, group, said, parameters, words):
    if isinstance(parameters, dict) and parameters.get("chat_id") == "GROUP":
        parameters = parameters | {"chat_id": group.id}
    with pytest.raises(TelegramError, match=f"400 Bad Request: .*{words}"):
        telegram.call(
            account, "sendMessage", chat_id=viktor.id, text="x", reply_parameters=parameters
        )


def test_a_missing_message_may_be_allowed(group, reply):
    for where in ({}, {"chat_id": group.id}):
        message = reply(message_id=9999, allow_sending_without_reply=True, **where)
        assert not {"reply_to_message", "external_reply"} & message.keys()


def test_replies_to_ephemeral_messages_are_refused_as_missing_here(reply):
    with pytest.raises(TelegramError, match="This sandbox has no replies to ephemeral messages"):
        reply(ephemeral_message_id=5)


@pytest.mark.parametrize("part", [{"checklist_task_id": 2}, {"poll_option_id": "2"}])
def test_replies_to_a_part_of_a_list_are_refused_as_missing_here(reply, part):
    with pytest.raises(TelegramError, match="This sandbox has no replies to a part of a checklist"):
        reply(message_id=1, **part)


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        ({"quote": "coffee"}, {"text": "coffee", "position": 0}),
        ({"quote": "🍵 or", "quote_position": 5}, {"text": "🍵 or", "position": 5}),
        ({"quote": "*Tea*", "quote_parse_mode": "MarkdownV2"}, None),  # it isn't bold there
        ({"quote": "milk"}, None),
        ({"quote": "x" * 1025}, None),
        ({"quote": "coffee", "quote_position": -5}, {"text": "coffee", "position": 0}),
        (
            {"quote": "<code>Tea</code>", "quote_parse_mode": "HTML"},  # a quote keeps no code
            {"text": "Tea", "position": 0},
        ),
    ],
)
def test_quotes(reply, said, quote, shown):
    parameters = {"message_id": said.message_id} | quote
    if shown is None:
        with pytest.raises(TelegramError, match="400 Bad Request: QUOTE_TEXT_INVALID"):
            reply(**parameters)
    else:
        message = reply(**parameters)
        assert message["quote"] == shown | {"is_manual": True}
        assert message["reply_to_message"]["message_id"] == said.message_id


def test_a_quote_has_the_formatting_of_its_message(telegram, account, viktor, said):
    """python-telegram-bot computes the entities of a quote from the message."""

    async def does():
        async with client.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
            text = "🍵 <b>green</b> and <i>black</i> tea"
            menu = await bot.send_message(viktor.id, text, parse_mode="HTML")
            quote = menu.build_reply_arguments(quote="green and")
            answer = await bot.send_message(
                viktor.id, "two", reply_parameters=quote["reply_parameters"]
            )
            assert answer.quote.text == "green and"
            assert answer.quote.position == 3
            (bold,) = answer.quote.entities
            assert (bold.type, bold.offset, bold.length) == ("bold", 0, 5)
            plain = client.ReplyParameters(menu.message_id, quote="green and")
            with pytest.raises(client.error.BadRequest, match=r"(?i)quote_text_invalid"):
                await bot.send_message(viktor.id, "three", reply_parameters=plain)

    asyncio.run(does())


def test_people_quote_and_answer_from_elsewhere(telegram, account, viktor, group, said):
    telegram.call(account, "sendMessage", chat_id=group.id, text="Tea or coffee?")
    *_, question = viktor.wait(len(viktor.inbox))
    answer = viktor.send("the first", to=group, reply_to=question, quote="Tea")
    (told,) = answer.updates
    assert told.payload["quote"] == {"text": "Tea", "position": 0, "is_manual": True}
    assert answer.reply_to is question
    elsewhere = viktor.send("see there", to=account, reply_to=question)
    assert elsewhere.updates[0].payload["external_reply"]["message_id"] == question.message_id
    with pytest.raises(ValueError, match="quote= is a part of the text of reply_to"):
        viktor.send("what?", to=account, reply_to=said, quote="milk")
