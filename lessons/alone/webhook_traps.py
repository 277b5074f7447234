"""Traps of webhook.py, known by what came back, and how the solution turns into a file with each.

`sign` is looked for in an error's lines, or in the response in words.
"""

from lessons.alone.traps import Trap

IF_NO_TEXT = '    if "text" not in message:\n'
CHAT = 'message["chat"]["id"]'
REPLY_TRAPS = (
    Trap(
        "HandlerNotFound|has no attribute 'handler'",
        "a cloud looks for a function called handler: def handler(event, context):",
        "def handler(",
        "def handle(",
    ),
    Trap(
        r"takes 1 positional argument but 2",
        "a cloud calls handler with two arguments: event and context",
        "handler(event, context)",
        "handler(event)",
    ),
    Trap(
        "string indices must be|'str' object has no attribute",
        "the body is a string. json.loads turns it into a dictionary",
        "json.loads(body)",
        "body",
    ),
    Trap(
        "must be a string, such as json.dumps",
        "the body of a response is a string, too. json.dumps turns your dictionary into one",
        '"body": json.dumps(reply),',
        '"body": reply,',
    ),
    Trap(
        "must be str, bytes or bytearray, not dict",
        'the event is a dictionary, and json.loads takes a string: event["body"]',
        "json.loads(body)",
        "json.loads(event)",
    ),
    Trap(
        "KeyError: 'text'",
        'a sticker has no text. Ask for it first: if "text" not in message:',
        IF_NO_TEXT,
        '    if message["text"] == "":\n',
    ),
    Trap(
        "KeyError: 'message'",
        "an update about an edited message has no message, only an edited_message. "
        'update.get("message", {}) gives an empty dictionary then',
        'update.get("message", {})',
        'update["message"]',
    ),
    Trap(
        "JSONDecodeError|UnicodeDecodeError",
        "this body came as base64, and isBase64Encoded was True. base64.b64decode(body) turns it "
        "back",
        'event.get("isBase64Encoded")',
        "False",
    ),
    Trap(
        "body 'null'",
        "null is how JSON writes None. The cloud gets what handler returns, and print only writes "
        "to the log",
        "    return {\n",
        "    answer = {\n",
    ),
    Trap(
        '"text": "[^"]*\\{',
        "is there an f before the quotes?",
        'f"hello',
        '"hello',
    ),
    Trap(
        '"chat_id": \\{',
        'the chat is a dictionary. Its number is in it, under "id"',
        f'"chat_id": {CHAT}',
        '"chat_id": message["chat"]',
    ),
    Trap(
        '"method": "(?!(?i:sendmessage))',
        "the Bot API has no method of this name: it is sendMessage",
        '"sendMessage"',
        '"reply"',
    ),
    Trap(
        r"Bad file descriptor|join\(\) argument must be|for /: '\w*Path' and 'int'",
        "the name of a file is a text: str(…) turns the number into one",
        "SEEN / str(update_id)",
        "SEEN / update_id",
    ),
    Trap(
        "FileNotFoundError",
        'at first there is no such file to read. open(…, "x") makes a new one',
        '"x").close()',
        '"r").close()',
    ),
)
FIRST_TRAPS = (
    Trap(
        "KeyError: '(message|update_id)'",
        'the event isn\'t the update. The update is in event["body"], as a JSON string',
        "update = json.loads(body)",
        "update = event",
    ),
    Trap(
        "Error: Incorrect padding|JSONDecodeError|UnicodeDecodeError",
        "this body is plain JSON. Only one whose isBase64Encoded is True is packed, so ask for "
        "that first",
        'event.get("isBase64Encoded")',
        "True",
    ),
)
GROUP_TRAPS = (
    Trap(
        '"chat_id": "?5',
        "in a group, the reply went to the person. chat_id is the number of the chat",
        CHAT,
        'message["from"]["id"]',
    ),
    Trap(
        "Viktor",
        "everybody is called Viktor. The name has to come from the update",
        "{message['from']['first_name']}",
        "Viktor",
    ),
)
SILENCE_TRAPS = (
    Trap(
        "sendMessage",
        "this gets no reply. It is enough to return the status 200",
        'update.get("message", {})',
        'update.get("message") or update["edited_message"]',
    ),
)
STATUS_TRAP = Trap(
    "",
    "the dictionary that came back has no statusCode. AWS guesses what is meant, and other clouds "
    "don't",
    "    return {\n"
    '        "statusCode": 200,\n'
    '        "headers": {"content-type": "application/json"},\n'
    '        "body": json.dumps(reply),\n'
    "    }\n",
    "    return reply\n",
)


SECRET_TRAPS = (
    Trap(
        "sendMessage",
        "Mallory was believed. Compare what the header says with TELEGRAM_SECRET, and return "
        '{"statusCode": 403} if they differ',
        "if not hmac.compare_digest(given.encode(), SECRET.encode()):",
        "if not hmac.compare_digest(SECRET.encode(), SECRET.encode()):",
    ),
    Trap(
        "status 200, body '(403|\\{\"status)",
        'the status of the response is called statusCode: return {"statusCode": 403}',
        '{"statusCode": 403}',
        '{"status": 403}',
    ),
    Trap(
        "(KeyError: '|has no attribute ')(X-Telegram|x-telegram)",
        "a stranger shows no such header, and [] fails then. A loop over all headers doesn't, and "
        'neither does .get(…, "")',
        '    given = ""\n'
        '    for name, value in event["headers"].items():\n'
        '        if name.lower() == "x-telegram-bot-api-secret-token":\n'
        "            given = value\n",
        '    given = event["headers"]["x-telegram-bot-api-secret-token"]\n',
    ),
    Trap(
        "UnboundLocalError",
        "a stranger shows no such header, so the loop has given this name no value. Give it one "
        "above the loop: an empty string",
        '    given = ""\n    for',
        "    for",
    ),
    Trap(
        "unsupported operand types|NoneType",
        "there was no such header, and what isn't there is None here. Begin with an empty string",
        '    given = ""\n',
        "    given = None\n",
    ),
    Trap(
        "KeyError: 'body'|JSONDecodeError",
        "compare the secret before you read the body. A stranger may send anything",
        '    given = ""\n',
        '    body = event["body"]\n    given = ""\n',
    ),
)
SPELLING_TRAP = Trap(
    "status 403|body '403'|KeyError: '[Xx]-[Tt]elegram",
    "this call had the right secret. Is there a not before hmac.compare_digest? AWS writes the "
    "header in lower case, and another cloud writes X-Telegram-…, so compare name.lower()",
    "name.lower() ==",
    "name ==",
)
NO_SECRET_TRAP = Trap(
    "sendMessage|status 200",
    "an empty secret equals a header that isn't there, so everybody is believed. "
    'os.environ["TELEGRAM_SECRET"] stops the function if there is none',
    'os.environ["TELEGRAM_SECRET"]',
    'os.environ.get("TELEGRAM_SECRET", "")',
)
COMPARE_TRAP = Trap(
    "",
    "forged calls get 403. One thing is left: == takes a little longer for a better guess. For 43 "
    "characters and over a network, nobody could use that. But you never have to think about it if "
    "you compare secrets by hmac.compare_digest",
    "not hmac.compare_digest(given.encode(), SECRET.encode())",
    "given != SECRET",
)


IS_NEW = 'is_new(update["update_id"])'
ONCE_TRAPS = (
    Trap(
        "sendMessage",
        "your function replied again. Write each update_id down, and reply only if it wasn't "
        "there. Only one mode of open fails if the file is there",
        f"not {IS_NEW}",
        "False",
    ),
    Trap(
        r"status [345]\d\d",
        "Telegram calls again after any status that isn't from 200 to 299. Return 200",
        f'    if not {IS_NEW}:\n        return {{"statusCode": 200}}\n',
        f'    if not {IS_NEW}:\n        return {{"statusCode": 409}}\n',
    ),
    Trap(
        "FileExistsError",
        "this error says that the number is there already. Write except FileExistsError:",
        "    except FileExistsError:\n",
        "    except KeyError:\n",
    ),
)
FORGETFUL_TRAP = Trap(
    "sendMessage",
    "a new instance knows nothing. A variable lives as long as its instance, and a file in the "
    "function's own folder until the next deploy. Keep the numbers in SEEN_FOLDER",
    'Path(os.environ["SEEN_FOLDER"])',
    'Path(".")',
)
FILE_PER_NUMBER = """    try:
        open(SEEN / str(update_id), "x").close()
    except FileExistsError:
        return False
    return True
"""
SAME_TEXT_TRAP = Trap(
    "status 200",
    "what comes twice is the update, and its update_id tells. Viktor may write the same text again",
    f"not {IS_NEW}",
    'not is_new(update.get("message", {}).get("text"))',
)
LAST_ONLY_TRAP = Trap(
    "sendMessage",
    'only the last number was kept. open(…, "w") empties a file first, and "a" adds to its end. Or '
    "make a file for each number",
    FILE_PER_NUMBER,
    """    try:
        seen = (SEEN / "last").read_text()
    except FileNotFoundError:
        seen = ""
    with open(SEEN / "last", "w") as file:
        file.write(str(update_id))
    return str(update_id) != seen
""",
)
FORGED_NUMBER_TRAP = Trap(
    "status 200",
    "the number was written down when Mallory called. First compare the secret",
    f"""
    if not hmac.compare_digest(given.encode(), SECRET.encode()):
        return {{"statusCode": 403}}

    body = event["body"]
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    update = json.loads(body)
    if not {IS_NEW}:
""",
    f"""
    body = event.get("body", "{{}}")
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    update = json.loads(body)
    knows = "update_id" in update and not {IS_NEW}
    if not hmac.compare_digest(given.encode(), SECRET.encode()):
        return {{"statusCode": 403}}
    if knows:
""",
)
ASK_FIRST_TRAP = Trap(
    "",
    "between your question and open, another instance may make the file, and then both reply. "
    "Don't ask: one mode of open makes a new file, and fails if there is one. Catch that error",
    FILE_PER_NUMBER,
    """    if (SEEN / str(update_id)).exists():
        return False
    open(SEEN / str(update_id), "w").close()
    return True
""",
)


ALL_TRAPS = (
    *(*FIRST_TRAPS, *REPLY_TRAPS, *GROUP_TRAPS, *SILENCE_TRAPS, STATUS_TRAP),
    *(*SECRET_TRAPS, SPELLING_TRAP, NO_SECRET_TRAP, COMPARE_TRAP),
    *(*ONCE_TRAPS, FORGETFUL_TRAP, SAME_TEXT_TRAP, FORGED_NUMBER_TRAP, ASK_FIRST_TRAP),
    LAST_ONLY_TRAP,
)
