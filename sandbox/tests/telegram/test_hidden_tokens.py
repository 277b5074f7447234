"""No explanation shows a token: whole, encoded, in part, in lower case, revoked or of another."""

import asyncio
from urllib.parse import quote

import pytest
from bot_api_http import api

from bot_sandbox import NoReply, Telegram, TelegramError, aio
from bot_sandbox.diagnosis.bot_log import (
    LONGEST_LINE,
    find_failure,
    find_handler_error,
    find_last_error,
    find_last_output,
)
from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.telegram.in_memory import InMemoryTelegram

FORMS = {
    "whole": str,
    "encoded": lambda token: quote(token, safe=""),
    "encoded twice": lambda token: quote(quote(token, safe=""), safe=""),
    "after the colon": lambda token: token.partition(":")[2],
    "lower case": str.lower,
    "each letter encoded": lambda token: "".join(f"%{ord(each):02X}" for each in token),
}
REFUSED = {
    "method": lambda form: (f"{form}/getMe", {}),
    "entity": lambda form: ("sendMessage", {"text": f"<{form}>", "parse_mode": "HTML"}),
    "unknown parameter": lambda form: ("sendMessage", {"text": "", form: 1}),
    "button": lambda form: (
        "sendMessage",
        {
            "text": "x",
            "reply_markup": {
                "inline_keyboard": [[{"text": "x", "url": f"http://x/{form}/[ http://["}]]
            },
        },
    ),
}


@pytest.fixture(params=FORMS)
def form(request):
    return FORMS[request.param]


def assert_hidden(problem, account_token):
    secret = account_token.partition(":")[2]
    assert secret.lower() not in str(problem.value).lower()
    assert FORMS["each letter encoded"](secret) not in str(problem.value)
    assert "<secret>" in str(problem.value)


def test_the_address_of_a_webhook_hides_each_form(telegram, account, viktor, form):
    url = f"http://127.0.0.1:1/{form(account.token)}"  # nobody listens there
    telegram.call(account, "setWebhook", url=url)
    with pytest.raises(NoReply, match="fails after") as problem:
        viktor.ask("hi", timeout=0.2)
    assert_hidden(problem, account.token)
    with pytest.raises(NoReply, match="Hello bot: webhook") as problem:
        telegram.wait_deliveries(account, 99, timeout=0.05)
    assert_hidden(problem, account.token)


@pytest.mark.parametrize("owner", ["own", "other", "revoked"])
@pytest.mark.parametrize("call", REFUSED)
def test_a_refused_call_hides_each_form(telegram, account, viktor, form, call, owner):
    token = telegram.new_bot("Other", "other_bot").token if owner == "other" else account.token
    viktor.send("hi", to=account)
    method, arguments = REFUSED[call](form(token))
    with pytest.raises(TelegramError):
        telegram.call(account, method, chat_id=viktor.id, **arguments)
    if owner == "revoked":
        telegram.new_token(account)
    with pytest.raises(NoReply) as problem:
        telegram.wait_ready(account, timeout=0.01)
    assert_hidden(problem, token)


def test_a_fault_hides_each_form(telegram, account, form):
    telegram.faults.status(400, "getMe", description=f"bad {form(account.token)}")
    assert api(telegram, account, "getMe")[0] == 400
    with pytest.raises(NoReply, match="A fault") as problem:
        telegram.wait_ready(account, timeout=0.01)
    assert_hidden(problem, account.token)


WRONG_CALLS = {
    "send": lambda telegram, viktor, token: viktor.send("hi", to=token),
    "ask": lambda telegram, viktor, token: viktor.ask("hi", token),
    "new_bot": lambda telegram, viktor, token: telegram.new_bot("x", token),
    "account": lambda telegram, viktor, token: telegram.account(token),
    "person": lambda telegram, viktor, token: telegram.person("x", token),
    "group": lambda telegram, viktor, token: telegram.group("x", [viktor], token),
    "channel": lambda telegram, viktor, token: telegram.channel("x", [viktor], token),
    "react": lambda telegram, viktor, token: viktor.react(viktor.send("hi"), token),
    "fault": lambda telegram, viktor, token: telegram.faults.status(500, token),
    "in a condition": lambda telegram, viktor, token: telegram.wait_until(
        lambda: telegram.account(token)
    ),
}


def in_memory():
    return InMemoryTelegram(sender=None)


@pytest.mark.parametrize("call", WRONG_CALLS)
@pytest.mark.parametrize("make", [Telegram, in_memory])
def test_a_wrong_argument_is_not_quoted_if_it_is_a_token(call, make, form):
    with make() as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        with pytest.raises((ValueError, KeyError)) as problem:
            WRONG_CALLS[call](telegram, viktor, form(account.token))
        assert_hidden(problem, account.token)


@pytest.mark.parametrize("call", ["send", "ask", "new_bot"])
@pytest.mark.parametrize("make", [Telegram, in_memory])
def test_a_wrong_argument_is_not_quoted_by_a_coroutine_either(call, make, form):
    async def call_wrongly(telegram):
        aio_telegram = aio.Telegram.of(telegram)
        viktor = await aio_telegram.person("Viktor")
        await WRONG_CALLS[call](aio_telegram, viktor, form(account.token))

    with make() as telegram:
        account = telegram.new_bot("Hello bot", "hello_bot")
        with pytest.raises(ValueError, match="<secret>") as problem:
            asyncio.run(call_wrongly(telegram))
        assert_hidden(problem, account.token)


PRESSES = {
    "no button": lambda viktor, message: viktor.press(message, "hi"),
    "which button": lambda viktor, message: viktor.press(message),
    "isn't told": lambda viktor, message: viktor.press(message, "Site"),
    "reply keyboard": lambda viktor, message: viktor.choose("hi", to=message.sender),
}


@pytest.mark.parametrize("says", PRESSES)
@pytest.mark.parametrize("has_buttons", [True, False])
def test_what_cannot_be_pressed_hides_each_form(telegram, account, viktor, form, says, has_buttons):
    viktor.send("hi", to=account)
    hidden = form(account.token)
    link = {"text": "Site", "url": f"http://127.0.0.1/{hidden}"}
    row = [link, {"text": f"bot {hidden}", "callback_data": "1"}] if has_buttons else []
    markup = {"keyboard": [[hidden]]} if says == "reply keyboard" else {"inline_keyboard": [row]}
    text = "x" * 30 + hidden  # a part of it would be left if the text were cut before
    telegram.call(account, "sendMessage", chat_id=viktor.id, text=text, reply_markup=markup)
    message = viktor.wait()[0]
    with pytest.raises(ValueError, match=says if has_buttons else "no button") as problem:
        PRESSES[says](viktor, message)
    assert_hidden(problem, account.token)


TOKEN = "7000000001:AA" + "bC3_-" * 6 + "xyz"
HALF = TOKEN.partition(":")[2]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("part", [TOKEN, HALF])
def test_each_letter_may_be_escaped(part, times):
    percents = ["%" + "25" * (times - 1) + f"{ord(each):02x}" for each in part]
    escapes = ["\\" * times + f"u{ord(each):04X}" for each in part]
    for letters in (percents, escapes):
        assert hide_tokens(f"x/{''.join(letters)}/y") == "x/<secret>/y"
        for number in range(len(part)):
            mixed = "".join([*part[:number], letters[number], *part[number + 1 :]])
            assert hide_tokens(f"x/{mixed}/y") == "x/<secret>/y"


@pytest.mark.parametrize("before", ["bot", "BOT", "id1", "é", "\\u002f", "a%2F"])
def test_half_a_token_is_hidden_after_letters(before):
    assert hide_tokens(f"http://x/{before}{HALF}/y") == f"http://x/{before}<secret>/y"
    assert hide_tokens(f"http://x/bot{HALF.lower()}/y") == "http://x/bot<secret>/y"


@pytest.mark.parametrize(
    "text",
    [
        *("Aachen", "a" * 34, "a" * 36, "12345:" + "b" * 35, "AgACAgIAAxkBAAIBY2V" + "x" * 30),
        *("b" * 29 + "aa" + "b" * 33, "1" * 99_999, "\\" * 99_999, "%" + "25" * 99_999),
    ],
    ids=lambda text: text[:9],
)
def test_words_that_only_resemble_a_token_stay(text):
    assert hide_tokens(text) == text


@pytest.mark.parametrize("before", ["/", "%2F", "hook_", "?token="])
def test_the_part_after_the_colon_is_hidden_in_an_address(before):
    assert hide_tokens(f"http://x/{before}AA{'b' * 33}&y") == f"http://x/{before}<secret>&y"


@pytest.mark.parametrize(
    ("find", "before"),
    [
        (find_last_output, ""),
        (find_handler_error, "a handler failed: "),
        (find_last_error, "[ERROR] "),
        (lambda log: find_failure("!roll", log), "!roll failed: "),
    ],
)
@pytest.mark.parametrize("shown", range(11, len(TOKEN) + 1, 5))
def test_no_part_of_a_token_is_left_where_a_line_is_cut(find, before, shown):
    line = f"{before}{(LONGEST_LINE - shown - len(before)) * ' '}{TOKEN}/{'x' * LONGEST_LINE}"
    assert "AA" not in hide_tokens(find([line]))
