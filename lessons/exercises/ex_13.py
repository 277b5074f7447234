"""Checks of notebook 13: the challenge, and a signature."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from lessons.exercises.verdict import NotYet, exercise, expect, explained, run, show

PREFIX = "Twitch-Eventsub-Message-"
SECRET = "a-secret-of-two"  # noqa: S105, of nobody's
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = '{"subscription": {"type": "channel.chat.message"},  "event": {}}'  # two spaces: raw text


def seal(body: str, secret: str = SECRET, minutes_ago: float = 0) -> dict[str, str]:
    """Headers as Twitch sends them with a body."""
    message_id = "e76c6bd4-55c9-4987-8304-da1588d8988b"
    timestamp = (NOW - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = (message_id + timestamp + body).encode()
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        f"{PREFIX}Id": message_id,
        f"{PREFIX}Timestamp": timestamp,
        f"{PREFIX}Signature": f"sha256={signature}",
        "Host": "example.org",
    }


@exercise(
    "write def answer(kind, body): in place of the line with the dots; it returns a status and a "
    "text.",
    'Ask first what kind it is: if kind == "webhook_callback_verification":',
    "json.loads(body) makes a dictionary of the text; the challenge is one of its values.",
    'Write return 200, json.loads(body)["challenge"] for the one kind, and return 204, "" for the '
    "rest.",
)
def exercise_1(answer: Callable[[str, str], Any]) -> str:
    """The challenge exactly as it came; 204 and no text for everything else."""
    for challenge in ("pogchamp-kappa-360noscope-vohiyo", "42"):
        body = json.dumps({"challenge": challenge, "subscription": {"status": "pending"}})
        try:
            found = run(answer, "webhook_callback_verification", body)
        except NotYet as reason:
            expect(
                "string indices" not in str(reason) and "'str' object" not in str(reason),
                "the body is text, and a text has no keys: json.loads(body) makes a dictionary",
            )
            expect(
                "NameError" not in str(reason) or "'json'" in str(reason),
                f"{str(reason).partition(' in answer(')[0]}. A text stands in quotes, such as "
                '"challenge"; is there a word without them?',
            )
            expect(
                "KeyError" not in str(reason),
                f"{str(reason).partition(' in answer(')[0]}. The body has the keys 'challenge' and "
                "'subscription'; look at each letter",
            )
            raise
        two = isinstance(found, tuple) and len(found) == 2
        expect(two, f"expected two values, return 200, text; found {show(found)}")
        status, text = found
        expect(status != "200", "the status is the text '200'; write the number, without quotes")
        expect(
            status != 204,
            'for the kind "webhook_callback_verification" it returned 204, as for the others: '
            "compare kind with this very text, letter by letter",
        )
        expect(status == 200, f"the status is {show(status)}; 200 says yes")
        if text != challenge and challenge in str(text):
            raise NotYet("Twitch wants the challenge and nothing around it: no JSON, no quotes")
        expect(text == challenge, f"expected the text {challenge!r}, found {show(text)}")
    for kind in ("notification", "revocation"):
        try:
            found = run(answer, kind, json.dumps({"subscription": {"status": "enabled"}}))
        except NotYet as reason:
            expect(
                "KeyError" not in str(reason),
                f"a {kind} brings no challenge: look for it only if the kind is "
                '"webhook_callback_verification"',
            )
            expect(
                "nothing back" not in str(reason),
                f'a {kind} got no answer: after the if, return 204, "" for every other kind',
            )
            raise
        expect(found == (204, ""), f"for a {kind} expected (204, ''), found {show(found)}")
    return "Twitch would enable the subscription"


SLIPS = {  # words of an error, and what they come from
    "'str' and 'datetime.datetime'": "both must be moments, and the timestamp is a text: "
    "datetime.fromisoformat(timestamp) reads it",
    "'datetime.datetime' and 'str'": "now is a moment, and the timestamp is a text: "
    "datetime.fromisoformat(timestamp) reads it",
    "Invalid isoformat": "a call without headers has no time to read: compare the signature first, "
    "and return False if it is wrong",
    "timedelta days component": "the timestamp is a text: datetime.fromisoformat(timestamp) reads "
    "it, and now - sent is its age",
    "'datetime.timedelta' object has no attribute": "an age is a timedelta, so compare it with "
    "one: timedelta(minutes=10)",
    "name 'sent'": "sent is what you make of the timestamp: "
    "sent = datetime.fromisoformat(timestamp)",
    "sign() missing": "sign needs all four: sign(secret, message_id, timestamp, body)",
    "offset-naive": "use the now that the function gets, not a now of its own",
    "'datetime.timedelta' and 'int'": "an age is a timedelta, so compare it with one: "
    "timedelta(minutes=10)",
    "NoneType": "a header that is missing gives None, and nothing can be made of that: "
    'headers.get(name, "") gives an empty text instead',
}


@exercise(
    "write def genuine(headers, body, secret, now): in place of the line with the dots; it returns "
    "True or False.",
    "Take id, timestamp and signature out of the headers, each with an empty text to fall back on.",
    "Sign the id, the timestamp and the body, and compare the result with the header.",
    "First: if not hmac.compare_digest(given, sign(...)): return False. Then look at the time.",
    "At the end: return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)",
)
def exercise_2(genuine: Callable[[dict[str, str], str, str, datetime], Any]) -> str:
    """Signed with the secret, as it came, and not older than ten minutes; nothing else."""

    def let_in(what: str, headers: dict[str, str], body: str = BODY) -> Any:
        with explained(SLIPS):
            return run(genuine, headers, body, SECRET, NOW, call=f"genuine(…) for {what}")

    fresh = let_in("a call of Twitch's", seal(BODY))
    guessed = let_in("a call signed with a guess", seal(BODY, "a guess of mine"))
    for found in (fresh, guessed):
        expect(isinstance(found, bool), f"expected True or False, found {show(found)}")
    expect(
        fresh or not guessed,
        "a call of Twitch's was refused, and one signed with a guess was let in: True and False "
        "are the other way round",
    )
    if not fresh:
        raise NotYet(f"a call of Twitch's was not let in: {why_not(let_in)}")
    expect(not guessed, "a call signed with a guess was let in: what compare_digest gives is to be "
           "used, in an if or a return")  # fmt: skip
    expect(
        let_in("a call that is nine minutes old", seal(BODY, minutes_ago=9)) is True,
        "a call of Twitch's, 9 minutes old, was not let in: ten minutes are "
        "timedelta(minutes=10), and the age is now - sent",
    )
    changed = let_in("a call with another body", seal(BODY), BODY + " ")
    expect(changed is False, "the body was changed after it was signed, and the call was let in")
    bare = {"Host": "example.org"}
    expect(not falls(genuine, bare), 'a call without a signature raised KeyError: '
           'headers.get(name, "") gives "" instead')  # fmt: skip
    expect(
        let_in("a call without a signature", bare) is False, "a call without a signature was let in"
    )
    old = let_in("a call that is eleven minutes old", seal(BODY, minutes_ago=11))
    expect(old is False, "a call that is eleven minutes old was let in: its age is now - sent, and "
           "that must be at most timedelta(minutes=10)")  # fmt: skip
    yesterday = let_in("a call of yesterday", seal(BODY, minutes_ago=24 * 60 + 5))
    expect(yesterday is False, "a call a day and five minutes old was let in: .seconds leaves "
           "whole days out. Compare now - sent with timedelta(minutes=10)")  # fmt: skip
    expect("compare_digest" in names_in(genuine), "right answers, but == takes longer for better "
           "guesses: compare with hmac.compare_digest")  # fmt: skip
    return "only Twitch comes in, and only on time"


def names_in(function: Any) -> set[str]:
    """The names that a function uses, and those that its helpers in the same notebook use."""
    names = set(getattr(getattr(function, "__code__", None), "co_names", ()))
    for name in tuple(names):
        helper = getattr(function, "__globals__", {}).get(name)
        if getattr(helper, "__module__", "") == function.__module__:
            names.update(getattr(getattr(helper, "__code__", None), "co_names", ()))
    return names


def why_not(let_in: Callable[..., Any]) -> str:
    """What keeps out a call that is genuine and fresh: the time, or the signature."""
    if let_in("an old call", seal(BODY, minutes_ago=11)) is True:
        return "an old one was, so the comparison of the times is the wrong way round"
    age = (datetime.now(UTC) - NOW).total_seconds() / 60
    if let_in("a call of this moment", seal(BODY, minutes_ago=-age)) is True:
        return "use the now that the function gets, not a now of its own"
    return (
        "compare the signature's header with sign(secret, message_id, timestamp, body), in this "
        "order, and look at each letter of the three headers' names"
    )


def falls(genuine: Callable[..., Any], headers: dict[str, str]) -> bool:
    """True if the learner's function expects a header that may be missing."""
    try:
        genuine(headers, BODY, SECRET, NOW)
    except KeyError:
        return True
    except Exception:
        return False  # `run` tells of it
    return False
