"""No explanation shows a token: whole, encoded, in part, in lower case, revoked or of another."""

from urllib.parse import quote

import pytest
from bot_api_http import api

from bot_sandbox import NoReply, TelegramError
from bot_sandbox.diagnosis.clean_text import hide_tokens

FORMS = {
    "whole": str,
    "encoded": lambda token: quote(token, safe=""),
    "encoded twice": lambda token: quote(quote(token, safe=""), safe=""),
    "after the colon": lambda token: token.partition(":")[2],
    "lower case": str.lower,
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


@pytest.mark.parametrize(
    "text", ["Aachen", "a" * 34, "a" * 36, "12345:" + "b" * 35, "AgACAgIAAxkBAAIBY2V" + "x" * 30]
)
def test_words_that_only_resemble_a_token_stay(text):
    assert hide_tokens(text) == text


@pytest.mark.parametrize("before", ["/", "%2F", "hook_", "?token="])
def test_the_part_after_the_colon_is_hidden_in_an_address(before):
    assert hide_tokens(f"http://x/{before}AA{'b' * 33}&y") == f"http://x/{before}<secret>&y"
