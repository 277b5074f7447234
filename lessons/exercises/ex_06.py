"""Checks of notebook 06: a reply by hand, the secret, and what getWebhookInfo says."""

from collections.abc import Callable
from typing import Any

from lessons.exercises.verdict import NotYet, exercise, expect, run, show

HEADER = "X-Telegram-Bot-Api-Secret-Token"


def update(name: str, chat: int, **content: Any) -> dict[str, Any]:
    """An update with a message from `name`, who is number 7, in the chat `chat`."""
    sender = {"id": 7, "is_bot": False, "first_name": name}
    message = {"message_id": 1, "date": 0, "from": sender, "chat": {"id": chat}} | content
    return {"update_id": 1, "message": message}


@exercise("define reply(update); it returns a dictionary with method, chat_id and text.")
def exercise_1(reply: Callable[[dict[str, Any]], Any]) -> str:
    """The reply in the webhook's response, for two people and a sticker."""
    for name, chat in [("Viktor", 7), ("Ann", -42)]:
        found = run(reply, update(name, chat, text="!hello"))
        expect(isinstance(found, dict), f"expected a dictionary, found {show(found)}")
        method = found.get("method")
        expect(method == "sendMessage", f"method is {show(method)}; Telegram knows 'sendMessage'")
        if found.get("chat_id") == 7 and chat != 7:
            raise NotYet("in a group the reply went to the person: chat_id is the chat's id")
        expect(found.get("chat_id") == chat, f"chat_id is {show(found.get('chat_id'))}, not {chat}")
        text = found.get("text")
        expect(isinstance(text, str) and f"hello {name}" in text, f"{name} would read {show(text)}")
    sticker = update("Ann", 7, sticker={"emoji": "🦀"})
    try:
        nothing = reply(sticker)
    except KeyError as error:
        raise NotYet(f"a sticker has no text: your function raised KeyError {error}") from None
    expect(nothing is None, f"a sticker gets None, not {show(nothing)}")
    return "Telegram would send it"


@exercise("define allowed(headers, secret); it returns True or False.")
def exercise_2(allowed: Callable[[dict[str, str], str], Any]) -> str:
    """The right secret under any spelling of the header; nothing else."""
    right = "sesame-42"
    for name in [HEADER, HEADER.lower(), HEADER.upper()]:
        found = run(allowed, {name: right, "Host": "example.org"}, right)
        expect(
            found is True, f"the right secret in {name} was refused: compare names in lower case"
        )
    expect(run(allowed, {"Host": "x"}, right) is False, "a call without the header was let in")
    expect(
        run(allowed, {"X-Other": right}, right) is False,
        "the secret in another header was let in: look for the header by its name",
    )
    expect(
        no_text_error(allowed, {HEADER: "ключ"}, right),
        "compare_digest takes no Russian letters as text: compare given.encode(), secret.encode()",
    )
    for guess in ["", "sesame", "sesame-421", "SESAME-42", "ключ"]:
        expect(run(allowed, {HEADER: guess}, right) is False, f"the guess {guess!r} was let in")
    names = getattr(getattr(allowed, "__code__", None), "co_names", ())
    expect("compare_digest" in names, "right answers, but == takes longer for better guesses: "
           "compare with hmac.compare_digest")  # fmt: skip
    return "only Telegram comes in"


def no_text_error(function: Callable[..., Any], *arguments: Any) -> bool:
    """False if compare_digest was given texts that it does not take."""
    try:
        function(*arguments)
    except TypeError as error:
        return "non-ASCII" not in str(error)
    except Exception:
        return True  # `run` tells of it
    return True


URL = "http://127.0.0.1/bot"
PATIENTS = [
    ({"url": "", "pending_update_count": 0}, "no webhook"),
    ({"url": "", "pending_update_count": 4}, "no webhook"),
    ({"url": URL, "pending_update_count": 0}, "healthy"),
    ({"url": URL, "pending_update_count": 1}, "healthy"),
    ({"url": URL, "pending_update_count": 2, "last_error_message":
      "Wrong response from the webhook: 403 Forbidden"}, "wrong secret"),
    ({"url": URL, "pending_update_count": 1, "last_error_message":
      "Wrong response from the webhook: 502 Bad Gateway"}, "function fails"),
    ({"url": URL, "pending_update_count": 1, "last_error_message":
      "Connection timed out"}, "function fails"),
    ({"url": URL, "pending_update_count": 0, "last_error_message":
      "Wrong response from the webhook: 502 Bad Gateway"}, "healthy"),
    ({"url": URL, "pending_update_count": 0, "last_error_message":
      "Wrong response from the webhook: 403 Forbidden"}, "healthy"),
]  # fmt: skip


@exercise('define diagnose(info); it returns "no webhook", "wrong secret", … or "healthy".')
def exercise_3(diagnose: Callable[[dict[str, Any]], Any]) -> str:
    """Nine webhooks, ill and well."""
    for info, expected in PATIENTS:
        found = run(diagnose, dict(info))
        if found in ("function fails", "wrong secret") and expected == "healthy":
            raise NotYet("nothing is waiting, so the old error is over: that one is healthy")
        expect(found == expected, f"for {info} expected {expected!r}, found {show(found)}")
    return f"{len(PATIENTS)} webhooks read right"
