"""Wrong answers to the exercises of notebook 06, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

BEGIN = "from lessons.exercises.ex_06 import exercise_1, exercise_2, exercise_3\n"
HEADER = '"X-Telegram-Bot-Api-Secret-Token"'

WRONG = {
    1: [
        (
            BEGIN
            + """
def reply(update):
    text = f"hello {update['message']['from']['first_name']}!"
    return {"method": "sendMessage", "chat_id": update["message"]["from"]["id"], "text": text}

exercise_1(reply)
""",
            "chat_id is the chat's id",
        ),
        (
            BEGIN
            + """
def reply(update):
    message = update["message"]
    if message["text"] == "":
        return None
    text = f"hello {message['from']['first_name']}!"
    return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}

exercise_1(reply)
""",
            "a sticker has no text: your function raised KeyError 'text'",
        ),
        (
            BEGIN
            + """
def reply(update):
    message = update["message"]
    print({"method": "sendMessage", "chat_id": message["chat"]["id"], "text": "hello"})

exercise_1(reply)
""",
            "gave nothing back; it printed",
        ),
        (
            BEGIN
            + """
def reply(update):
    return f"hello {update['message']['from']['first_name']}!"

exercise_1(reply)
""",
            "expected a dictionary, found 'hello Viktor!'",
        ),
        (
            BEGIN
            + """
def reply(update):
    message = update["message"]
    text = "hello " + message["from"]["first_name"]
    return {"method": "sendMessage", "chat_id": message["chat"], "text": text}

exercise_1(reply)
""",
            "chat_id is the whole chat",
        ),
        (
            BEGIN
            + """
def reply(update):
    message = update["message"]
    text = "hello " + message["from"]["first_name"] + "!"
    return {"method": "sendMessage", "chat": message["chat"]["id"], "text": text}

exercise_1(reply)
""",
            "Telegram asks for chat_id",
        ),
        (
            BEGIN
            + """
def reply(update):
    message = update["message"]
    if "text" not in message:
        return None
    text = f"hello {message['from']['first_name']}"
    return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}

exercise_1(reply)
""",
            "Viktor would read 'hello Viktor', expected 'hello Viktor!'",
        ),
        (
            BEGIN
            + """
def reply(update):
    name = update["message"]["from"]["name"]
    return {"method": "sendMessage", "chat_id": 7, "text": f"hello {name}!"}

exercise_1(reply)
""",
            "your function raised KeyError: 'name' in reply(update)",
        ),
        (
            """
def reply(update):
    message = update.message
    return {"method": "sendMessage", "chat_id": message.chat.id, "text": "hello"}

exercise_1(reply)
""",
            'update["message"], not update.message',
        ),
        (
            """
def reply(update):
    text = "hello {update['message']['from']['first_name']}!"
    return {"method": "sendMessage", "chat_id": update["message"]["chat"]["id"], "text": text}

exercise_1(reply)
""",
            "is there an f before the quotes?",
        ),
        (
            """
def reply(update):
    text = f"hello {message['from']['first_name']}!"
    return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}

exercise_1(reply)
""",
            "take the one that stands in update",
        ),
    ],
    2: [
        (
            f"""
def allowed(headers, secret):
    return compare_digest(headers[{HEADER}].encode(), secret.encode())

exercise_2(allowed)
""",
            "finds a name only in exactly this spelling",
        ),
        (
            """
def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower() == "x-telegram-bot-api-secret-token":
            given = value
    return compare_digest(given.encode(), secret.encode())

exercise_2(allowed)
""",
            "a call without the header",
        ),
        (
            """
def allowed(headers, secret):
    given = ""
    for name, value in headers.items():
        if name.lower() == "x-telegram-bot-api-secret-token":
            given = value
    return compare_digest(given.encode, secret.encode)

exercise_2(allowed)
""",
            "encode alone is the function itself",
        ),
        (
            """
def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower == "x-telegram-bot-api-secret-token":
            return compare_digest(value.encode(), secret.encode())
    return False

exercise_2(allowed)
""",
            "lower() has its brackets",
        ),
        (
            """
def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower() == "x-telegram-bot-api-secret-token":
            if compare_digest(value.encode(), secret.encode()):
                return "True"
    return "False"

exercise_2(allowed)
""",
            "True is a text here",
        ),
        (
            f"""
def allowed(headers, secret):
    return headers.get({HEADER}) == secret

exercise_2(allowed)
""",
            "compare names in small letters",
        ),
        (
            f"""
def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower() == {HEADER}.lower():
            return value == secret
    return False

exercise_2(allowed)
""",
            "== takes longer for better guesses",
        ),
        (
            f"""
from hmac import compare_digest

def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower() == {HEADER}.lower():
            return compare_digest(value, secret)
    return False

exercise_2(allowed)
""",
            "compare_digest takes no Russian letters as text",
        ),
        (
            """
from hmac import compare_digest

def allowed(headers, secret):
    for name, value in headers.items():
        if compare_digest(value.encode(), secret.encode()):
            return True
    return False

exercise_2(allowed)
""",
            "look for the header by its name",
        ),
        (
            f"""
from hmac import compare_digest

def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower() == {HEADER}.lower():
            return compare_digest(value.encode(), secret.encode())
        else:
            return False

exercise_2(allowed)
""",
            "return False only after the loop",
        ),
        (
            f"""
from hmac import compare_digest

def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower() == {HEADER}.lower():
            return compare_digest(value.encode(), secret)
    return False

exercise_2(allowed)
""",
            "write .encode() behind both",
        ),
        (
            f"""
from hmac import compare_digest

def allowed(headers, secret):
    for name, value in headers:
        if name.lower() == {HEADER}.lower():
            return compare_digest(value.encode(), secret.encode())
    return False

exercise_2(allowed)
""",
            "headers.items() gives name and value",
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
            "nothing is waiting, so the old error is over",
        ),
        (
            """
def diagnose(info):
    if not info["url"]:
        return "no webhook"
    if info["pending_update_count"] == 0:
        return "healthy"
    return "wrong secret" if "403" in info["last_error_message"] else "function fails"

exercise_3(diagnose)
""",
            "KeyError: 'last_error_message'",
        ),
        (
            """
def diagnose(info):
    if not info["url"]:
        return "no webhook"
    if info["pending_update_count"] == 0:
        return "healthy"
    error = info.get("last_error_message", "")
    return "wrong secret" if "403" in error else "function fails"

exercise_3(diagnose)
""",
            "something has just come and no error is known",
        ),
        (
            """
def diagnose(info):
    if not info["url"]:
        return "no webhook"
    if info["pending_update_count"] == 0 or "last_error_message" not in info:
        return "healthy"
    return "function fails"

exercise_3(diagnose)
""",
            "has 403 in it",
        ),
    ],
}
