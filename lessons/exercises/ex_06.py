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


@exercise(
    "define reply(update); it returns a dictionary with method, chat_id and text.",
    'All you need stands in update["message"]. Begin with message = update["message"].',
    'The name is message["from"]["first_name"], the chat\'s number message["chat"]["id"]. '
    'A sticker has no "text": if "text" not in message: return None.',
    'The answer is {"method": "sendMessage", "chat_id": …, "text": …}, with return before it.',
)
def exercise_1(reply: Callable[[dict[str, Any]], Any]) -> str:
    """The reply in the webhook's response, for two people and a sticker."""
    for name, chat in [("Viktor", 7), ("Ann", -42)]:
        try:
            found = run(reply, update(name, chat, text="!hello"), call="reply(update)")
        except NotYet as reason:
            if "'dict' object has no attribute" in str(reason):
                raise NotYet(
                    f'{reason}. The update is a dictionary: update["message"], not update.message'
                ) from None
            raise
        expect(isinstance(found, dict), f"expected a dictionary, found {show(found)}")
        method = found.get("method")
        expect(method == "sendMessage", f"method is {show(method)}; Telegram knows 'sendMessage'")
        expect(
            "chat_id" in found,
            f"the dictionary has {', '.join(map(str, found))}, and Telegram asks for chat_id",
        )
        if str(found["chat_id"]) == "7" and chat != 7:
            raise NotYet("in a group the reply went to the person: chat_id is the chat's id")
        expect(
            not isinstance(found["chat_id"], dict),
            'chat_id is the whole chat, a dictionary; its number stands in it, under "id"',
        )
        # Telegram takes the number as a text, too
        expect(
            str(found["chat_id"]) == str(chat), f"chat_id is {show(found['chat_id'])}, not {chat}"
        )
        text = found.get("text")
        why = ""
        if "{" in str(text):
            why = "; is there an f before the quotes?"
        elif name == "Viktor" and "Ann" in str(text):
            why = "; that is the message of the page: take the one that stands in update"
        expect(
            isinstance(text, str) and f"hello {name}!" in text,
            f"{name} would read {show(text)}, expected 'hello {name}!'{why}",
        )
    sticker = update("Ann", 7, sticker={"emoji": "🦀"})
    try:
        nothing = reply(sticker)
    except KeyError as error:
        raise NotYet(f"a sticker has no text: your function raised KeyError {error}") from None
    expect(nothing is None, f"a sticker gets None, not {show(nothing)}")
    return "Telegram would send it"


@exercise(
    "define allowed(headers, secret); it returns True or False.",
    "Look for the header first: for name, value in headers.items(): goes through all of them.",
    'Is it the one? if name.lower() == "x-telegram-bot-api-secret-token": then keep its value. '
    'Before the loop, begin with given = "", for a call without it.',
    "At the end: return compare_digest(given.encode(), secret.encode())",
)
def exercise_2(allowed: Callable[[dict[str, str], str], Any]) -> str:
    """The right secret under any spelling of the header; nothing else."""
    right = "sesame-42"
    for name in [HEADER, HEADER.lower(), HEADER.upper()]:
        found = lets_in(allowed, {name: right, "Host": "example.org"}, right)
        expect(
            not isinstance(found, str),
            f"{found} is a text here, and every text counts as true: return True without quotes",
        )
        expect(
            found is True,
            f"the right secret in {name} was refused: compare names in small letters, both of them "
            "(and lower() has its brackets)",
        )
        expect(
            lets_in(allowed, {"Host": "example.org", name: right}, right) is True,
            "the secret stood in the second header, and was refused: return False only after "
            "the loop, when all headers have been looked at",
        )
    expect(lets_in(allowed, {"Host": "x"}, right) is False, "a call without the header was let in")
    expect(
        lets_in(allowed, {"X-Other": right}, right) is False,
        "the secret in another header was let in: look for the header by its name",
    )
    expect(
        no_text_error(allowed, {HEADER: "ключ"}, right),
        "compare_digest takes no Russian letters as text: compare given.encode(), secret.encode()",
    )
    for guess in ["", "sesame", "sesame-421", "SESAME-42", "ключ"]:
        expect(lets_in(allowed, {HEADER: guess}, right) is False, f"the guess {guess!r} was let in")
    names = getattr(getattr(allowed, "__code__", None), "co_names", ())
    expect("compare_digest" in names, "right answers, but == takes longer for better guesses: "
           "compare with hmac.compare_digest")  # fmt: skip
    return "only Telegram comes in"


def lets_in(allowed: Any, headers: dict[str, str], secret: str) -> Any:
    """What `allowed` gives; some of what it raises needs a word more."""
    try:
        return run(allowed, headers, secret)
    except NotYet as reason:
        if "'builtin_function_or_method'" in str(reason):
            raise NotYet(
                "encode alone is the function itself; given.encode() with its brackets makes bytes"
            ) from None
        if "KeyError" in str(reason):
            raise NotYet(
                f"{reason}. headers[…] finds a name only in exactly this spelling: go through all "
                "headers, and compare each name in small letters"
            ) from None
        if "UnboundLocalError" in str(reason) or "'NoneType' object has no" in str(reason):
            raise NotYet(
                'a call without the header: then there is nothing to compare. Begin with given = ""'
            ) from None
        if "bytes-like object" in str(reason):
            raise NotYet(
                "compare_digest got a text together with bytes: write .encode() behind both, "
                "the given secret and the right one"
            ) from None
        if "to unpack" in str(reason):
            raise NotYet(
                "a loop over headers gives the names only; headers.items() gives name and value"
            ) from None
        raise


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


@exercise(
    'define diagnose(info); it returns "no webhook", "wrong secret", … or "healthy".',
    "One if for each row of the table, in the table's order, and a return in each.",
    'info.get("last_error_message", "") gives "" where the part is missing; '
    'info["last_error_message"] would raise KeyError.',
    'Rows two and three: if info["pending_update_count"] == 0 or not error: return "healthy". '
    'After them: if "403" in error: …',
)
def exercise_3(diagnose: Callable[[dict[str, Any]], Any]) -> str:
    """Nine webhooks, ill and well."""
    for info, expected in PATIENTS:
        found = run(diagnose, dict(info))
        if found in ("function fails", "wrong secret") and expected == "healthy":
            if info["pending_update_count"]:
                raise NotYet("something has just come and no error is known: that one is healthy")
            raise NotYet("nothing is waiting, so the old error is over: that one is healthy")
        if found in ("function fails", "healthy") and expected == "wrong secret":
            raise NotYet(f"{info['last_error_message']!r} has 403 in it: that is a wrong secret")
        expect(found == expected, f"for {info} expected {expected!r}, found {show(found)}")
    return f"{len(PATIENTS)} webhooks read right"
