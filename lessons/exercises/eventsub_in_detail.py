"""Exercises of the side room EventSub in detail: a challenge, and a signature."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from lessons.exercises.slips import Task
from lessons.exercises.verdict import exercise, expect, names_used, show

PREFIX = "Twitch-Eventsub-Message-"
SECRET = "a-secret-of-two"  # noqa: S105, of nobody's
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BODY = '{"event": {}}'
VERIFY = "webhook_callback_verification"


def two_values_problem(found: Any) -> str:
    """Say what is wrong with a result that should be a status and a text."""
    is_pair = isinstance(found, tuple) and len(found) == 2
    return "" if is_pair else f"expected two values, return 200, text; found {show(found)}"


def challenge_body(challenge: str) -> str:
    """Return the body of Twitch's first call."""
    return json.dumps({"challenge": challenge, "subscription": {"status": "pending"}})


ENABLED_BODY = json.dumps({"subscription": {"status": "enabled"}, "event": {}})
CHALLENGE_TASK = Task(
    "answer(kind, body)",
    [
        ((VERIFY, challenge_body("pogchamp-kappa-360noscope")), (200, "pogchamp-kappa-360noscope")),
        ((VERIFY, challenge_body("42")), (200, "42")),
        (("notification", ENABLED_BODY), (204, "")),
        (("revocation", ENABLED_BODY), (204, "")),
    ],
    {
        """
        import json
        if kind == "webhook_callback_verification":
            text = json.loads(body)["challenge"]
            return 200, json.dumps({"challenge": text})
        return 204, ""
        """: "Twitch wants the challenge and nothing around it, no JSON and no quotes",
        ("200, json", "json"): "the status is missing: return 200, and the challenge after a comma",
        ("json.loads(body)", "body"): "the body is text, and a text has no keys. json.loads(body) "
        "makes a dictionary",
        ('json.loads(body)["challenge"]', "body"): "that is the whole body. Twitch wants only "
        'what is in it under "challenge"',
        'import json\nreturn 200, json.loads(body)["challenge"]': "only the first call brings a "
        "challenge. Look for it if the kind says so",
        (']\nreturn 204, ""', "]"): "after the if, the function gives nothing back: return 204, "
        '"" for every other kind',
        ("200, json", '"200", json'): "the status is a number: write it without quotes",
        'return 204, ""': f'compare kind with "{VERIFY}", letter by letter',
        ('204, ""', '200, ""'): "204 is the status that says: heard, and there is nothing to say",
        ("200, json", "204, json"): "204 says that there is no text. With the challenge goes 200",
        ('204, ""', "204, None"): 'None is no text. An empty text is two quotes: return 204, ""',
        ('json.loads(body)["challenge"]', '"challenge"'): "that is the word challenge. Read its "
        'value: json.loads(body)["challenge"]',
    },
    kind=two_values_problem,
    solution="""
        import json
        if kind == "webhook_callback_verification":
            return 200, json.loads(body)["challenge"]
        return 204, ""
    """,
)


@exercise(
    "write def answer(kind, body): instead of the line with the dots; it returns a status and a "
    "text.",
    'Ask first what kind it is: if kind == "webhook_callback_verification":',
    "json.loads(body) makes a dictionary of the text. The challenge is one of its values.",
    'Write return 200, json.loads(body)["challenge"] for that kind, and return 204, "" for the '
    "rest.",
    task=CHALLENGE_TASK,
    because="Only somebody who controls the address sees the challenge, so only they can send it "
    "back.",
)
def exercise_1(answer: Callable[[str, str], Any]) -> str:
    """The challenge exactly as it came; 204 and no text for everything else."""
    return "Twitch would enable the subscription"


class Headers(dict[str, str]):
    """Headers that are shown by what they are."""

    what = ""

    def __repr__(self) -> str:
        return f"headers {self.what}"


def sign(secret: str, message_id: str, timestamp: str, body: str) -> str:
    """Sign as Twitch does."""
    signed = (message_id + timestamp + body).encode()
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_headers(what: str, minutes_ago: float = 0, secret: str = SECRET) -> Headers:
    """Make headers as Twitch sends them with BODY."""
    message_id = "e76c6bd4-55c9-4987-8304-da1588d8988b"
    timestamp = (NOW - timedelta(minutes=minutes_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = Headers(
        {
            f"{PREFIX}Id": message_id,
            f"{PREFIX}Timestamp": timestamp,
            f"{PREFIX}Signature": sign(secret, message_id, timestamp, BODY),
        }
    )
    headers.what = what
    return headers


def unsigned_headers() -> Headers:
    """Make headers of somebody who is not Twitch and doesn't pretend to be."""
    headers = Headers({"Host": "example.org"})
    headers.what = "without a signature"
    return headers


AGE = "now - datetime.fromisoformat(timestamp)"
TEN = "timedelta(minutes=10)"
GENUINE_TASK = Task(
    "genuine(headers, body, secret, now)",
    [
        ((signed_headers("of Twitch's"), BODY, SECRET, NOW), True),
        ((signed_headers("signed with a guess", secret="a guess"), BODY, SECRET, NOW), False),  # noqa: S106
        ((signed_headers("nine minutes old", 9), BODY, SECRET, NOW), True),
        ((signed_headers("exactly ten minutes old", 10), BODY, SECRET, NOW), True),
        ((signed_headers("eleven minutes old", 11), BODY, SECRET, NOW), False),
        ((signed_headers("of another body"), BODY + " ", SECRET, NOW), False),
        ((unsigned_headers(), BODY, SECRET, NOW), False),
        ((signed_headers("of yesterday", 24 * 60 + 5), BODY, SECRET, NOW), False),
    ],
    {
        (f" and {AGE} <= {TEN}", ""): "the signature is right, but the message is too old. Its age "
        "is now - sent",
        ("<=", "<"): "at most ten minutes means that ten minutes are still fine: <=",
        (f"{AGE} <= {TEN}", f"({AGE}).seconds <= 600"): ".seconds leaves whole days out. Compare "
        f"now - sent with {TEN}",
        (f'.get("{PREFIX}Signature", "")', f'["{PREFIX}Signature"]'): "such a call must be "
        'refused, too: headers.get(name, "") gives an empty text',
        "return False": "nobody is let in. Compare the signature's header with sign(secret, "
        "message_id, timestamp, body), in this order, and use the now that the function gets",
        "return True": "everybody is let in. Return False if the signature is wrong, or the "
        "message too old",
        ("minutes=10", "seconds=10"): "that is ten seconds. Twitch's advice is ten minutes: "
        "timedelta(minutes=10)",
        ("return same", "return bool(timestamp)"): "the time alone proves nothing, because anybody "
        "can write it. Compare the signature",
        ("<=", ">="): "that lets in only old messages: the age must be at most ten minutes, <=",
        ("return same", "return not same and bool(timestamp)"): "it refuses the right signature: "
        "write not after the if",
        ("return same and now", "sent = datetime.fromisoformat(timestamp)\nreturn same and now"): (
            "without headers there is no time to read. Compare the signature first, and return "
            "False if it is wrong"
        ),
        ("return same", "return same or bool(timestamp)"): "both must be right, the signature and "
        "the time: write and instead of or",
    },
    solution=f"""
        import hmac
        from datetime import datetime, timedelta
        from lessons.exercises.eventsub_in_detail import sign
        message_id = headers.get("{PREFIX}Id", "")
        timestamp = headers.get("{PREFIX}Timestamp", "")
        given = headers.get("{PREFIX}Signature", "")
        same = hmac.compare_digest(given, sign(secret, message_id, timestamp, body))
        return same and {AGE} <= {TEN}
    """,
)


@exercise(
    "write def genuine(headers, body, secret, now): instead of the line with the dots; it returns "
    "True or False.",
    "Get id, timestamp and signature out of the headers, each with an empty text to fall back on.",
    "Sign the id, the timestamp and the body, and compare the result with the header.",
    "First: if not hmac.compare_digest(given, sign(...)): return False. Then look at the time.",
    "At the end: return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)",
    task=GENUINE_TASK,
    because="The time is part of what was signed. So an old message can't get a new time without "
    "the secret.",
)
def exercise_2(genuine: Callable[[dict[str, str], str, str, datetime], Any]) -> str:
    """Signed with the secret, as it came, and not older than ten minutes; nothing else."""
    expect(
        "compare_digest" in names_used(genuine),
        "right answers, but == takes longer for better guesses: compare with hmac.compare_digest",
    )
    return "only Twitch comes in, and only on time"
