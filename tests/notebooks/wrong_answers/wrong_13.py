"""Wrong answers to the exercises of notebook 13, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

FIRST = """
import json

from lessons.exercises.ex_13 import exercise_1, exercise_2

"""

WRONG = {
    1: [
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, json.dumps({"challenge": json.loads(body)["challenge"]})
    return 204, ""

exercise_1(answer)
""",
            "the challenge and nothing around it",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_callback_verification":
        return json.loads(body)["challenge"]
    return ""

exercise_1(answer)
""",
            "expected two values",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    print(200, json.loads(body)["challenge"])

exercise_1(answer)
""",
            "gave nothing back; it printed",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, body["challenge"]
    return 204, ""

exercise_1(answer)
""",
            "the body is text",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, json.loads(body)[challenge]
    return 204, ""

exercise_1(answer)
""",
            "A text stands in quotes",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, json.loads(body)["chalenge"]
    return 204, ""

exercise_1(answer)
""",
            "look at each letter",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    return 200, json.loads(body)["challenge"]

exercise_1(answer)
""",
            "brings no challenge",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, json.loads(body)["challenge"]

exercise_1(answer)
""",
            "for every other kind",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_verification":
        return 200, json.loads(body)["challenge"]
    return 204, ""


exercise_1(answer)
""",
            "compare kind with this very text",
        ),
        (
            FIRST
            + """
def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, body.challenge
    return 204, ""


exercise_1(answer)
""",
            "a text has no keys",
        ),
    ],
    2: [
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    return hmac.compare_digest(given, sign(secret, message_id, timestamp, body))

exercise_2(genuine)
""",
            "eleven minutes old was let in",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers["Twitch-Eventsub-Message-Id"]
    timestamp = headers["Twitch-Eventsub-Message-Timestamp"]
    given = headers["Twitch-Eventsub-Message-Signature"]
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "a call without a signature raised KeyError",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if given != sign(secret, message_id, timestamp, body):
        return False
    return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "right answers, but == takes longer for better guesses",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return now - timestamp <= timedelta(minutes=10)
    return False

exercise_2(genuine)
""",
            "the timestamp is a text",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    sent = datetime.fromisoformat(timestamp)
    right = hmac.compare_digest(given, sign(secret, message_id, timestamp, body))
    return right and now - sent <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "compare the signature first",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "for a call signed with a guess gave nothing back",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return now - datetime.fromisoformat(timestamp) <= timedelta(10)

exercise_2(genuine)
""",
            "its age is now - sent",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return now - datetime.fromisoformat(timestamp) >= timedelta(minutes=10)

exercise_2(genuine)
""",
            "the comparison of the times is the wrong way round",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return now - datetime.fromisoformat(timestamp) <= 10

exercise_2(genuine)
""",
            "an age is a timedelta",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return datetime.now(UTC) - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "not a now of its own",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "True and False are the other way round",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    hmac.compare_digest(given, sign(secret, message_id, timestamp, body))
    return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "what compare_digest gives is to be used",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return "True"

exercise_2(genuine)
""",
            "expected True or False",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, timestamp, message_id, body)):
        return False
    return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "in this order",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp")
    given = headers.get("Twitch-Eventsub-Message-Signature")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "gives an empty text instead",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return (now - datetime.fromisoformat(timestamp)).seconds <= 600

exercise_2(genuine)
""",
            "leaves whole days out",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return (now - datetime.fromisoformat(timestamp)).minutes <= 10

exercise_2(genuine)
""",
            "an age is a timedelta",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(secret, message_id, timestamp, body)):
        return False
    return now - sent <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "sent is what you make of the timestamp",
        ),
        (
            """
def genuine(headers, body, secret, now):
    message_id = headers.get("Twitch-Eventsub-Message-Id", "")
    timestamp = headers.get("Twitch-Eventsub-Message-Timestamp", "")
    given = headers.get("Twitch-Eventsub-Message-Signature", "")
    if not hmac.compare_digest(given, sign(message_id, timestamp, body)):
        return False
    return now - datetime.fromisoformat(timestamp) <= timedelta(minutes=10)

exercise_2(genuine)
""",
            "sign needs all four",
        ),
    ],
}
