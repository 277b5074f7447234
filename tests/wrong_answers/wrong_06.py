"""Wrong answers to the exercises of notebook 06, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            """
from lessons.exercises.ex_06 import exercise_1, exercise_2, exercise_3

def reply(update):
    text = f"hello {update['message']['from']['first_name']}!"
    return {"method": "sendMessage", "chat_id": update["message"]["from"]["id"], "text": text}

exercise_1(reply)
""",
            "chat_id is the chat's id",
        ),
    ],
    2: [
        (
            """
def allowed(headers, secret):
    return headers.get("X-Telegram-Bot-Api-Secret-Token") == secret

exercise_2(allowed)
""",
            "compare names in lower case",
        ),
    ],
    3: [
        (
            """
def diagnose(info):
    if not info["url"]:
        return "no webhook"
    if "last_error_message" not in info:
        return "healthy"
    return "wrong secret" if "403" in info["last_error_message"] else "function fails"

exercise_3(diagnose)
""",
            "that one is healthy",
        ),
    ],
}
