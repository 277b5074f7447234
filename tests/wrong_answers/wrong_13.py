"""Wrong answers to the exercises of notebook 13, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
import json

from lessons.exercises.ex_13 import exercise_1, exercise_2, exercise_3

def answer(kind, body):
    if kind == "webhook_callback_verification":
        return 200, json.dumps({"challenge": json.loads(body)["challenge"]})
    return 204, ""

exercise_1(answer)
""",
            "the challenge and nothing around it",
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
    ],
    3: [
        (
            """
prediction = {"Telegram function": 0, "Telegram program": 3}
prediction |= {"Twitch function": 0, "Twitch program": 3}

lost = square.lose(3)
exercise_3(prediction, lost)
""",
            "keeps an update until somebody asks for it",
        ),
    ],
}
