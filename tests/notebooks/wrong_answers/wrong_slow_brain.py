"""Wrong answers to the exercise of "A slow brain", as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""


def repaired(imports, *lines):
    body = "\n    ".join(lines)
    return f"""
%%save slow_brain/repaired.py
{imports}


def handler(event, context):
    message = message_in(event)
    if message is None:
        return {{"statusCode": 403, "body": ""}}
    {body}
    return {{"statusCode": 200, "body": ""}}


# ---- saved up to here, the rest runs now ----
from lessons.exercises.slow_brain import exercise_1

exercise_1("../workshop/slow_brain")
"""


WRONG = {
    1: {
        repaired(
            "import json\n\nfrom brain import message_in, think",
            'reply = {"method": "sendMessage", "chat_id": message["chat"]["id"]}',
            'reply["text"] = think(message["text"])',
            'return {"statusCode": 200, "body": json.dumps(reply)}',
        ): "nobody listened to the response any more",
        repaired(
            "import threading\n\nfrom brain import answer, message_in",
            "threading.Thread(target=answer, args=[message]).start()",
        ): "a thread was frozen",
        repaired("from brain import answer, message_in", "answer(message)"): "and each instance "
        "began anew",
        repaired(
            "from brain import answer, message_in\n\nseen = set()",
            'if message["message_id"] not in seen:',
            '    seen.add(message["message_id"])',
            "    answer(message)",
        ): "Look up its update_id in something that all of them share",
        repaired("from brain import message_in", "answer(message)"): "NameError",
    },
}
