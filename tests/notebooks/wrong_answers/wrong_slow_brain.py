"""Wrong answers to the exercise of "A slow brain", as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""


def careful_thinker(top, *lines):
    body = "\n    ".join(lines)
    return f"""
%%save slow_brain/careful_thinker.py
{top}


def handler(event, context):
    {body}


# ---- saved up to here, the rest runs now ----
from lessons.exercises.slow_brain import exercise_1

exercise_1("../workshop/slow_brain")
"""


SEEN = """
import json
import os
import sqlite3

from brain import answer, message_in

seen = sqlite3.connect(os.environ["SEEN"], timeout=5)
seen.execute("CREATE TABLE IF NOT EXISTS updates (id INTEGER PRIMARY KEY)")
"""


def marked(number, message='event["message"]'):
    insert = f'"INSERT OR IGNORE INTO updates VALUES (?)", [{number}]'
    return careful_thinker(
        SEEN,
        "with seen:",
        f"    new = seen.execute({insert}).rowcount",
        "if new:",
        f"    answer({message})",
    )


WRONG = {
    1: {
        careful_thinker(
            "from brain import answer", 'answer(event["message"])'
        ): "Viktor got 3 answers",
        careful_thinker(
            "from brain import answer\n\nseen = set()",
            'if event["update_id"] not in seen:',
            '    seen.add(event["update_id"])',
            '    answer(event["message"])',
        ): "in something that all instances share",
        careful_thinker(
            SEEN,
            'number = [event["update_id"]]',
            'if not seen.execute("SELECT * FROM updates WHERE id = ?", number).fetchone():',
            '    answer(event["message"])',
            "    with seen:",
            '        seen.execute("INSERT OR IGNORE INTO updates VALUES (?)", number)',
        ): "Mark the update_id before you answer",
        marked('event["update_id"]'): "Telegram was away at the first call",
        marked('json.loads(event["body"])["update_id"]', "message_in(event)"): "KeyError: 'body'",
        marked('event["message"]["chat"]["id"]'): "Viktor got no answer to",
        marked('event["update_id"]', "event"): "KeyError: 'chat'",
    },
}
