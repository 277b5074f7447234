"""Lost property as a function: each wrong bot fails at the point that should notice it."""

from exam_mutants import (  # noqa: F401 - pytest runs it here
    Mutant,
    test_a_wrong_bot_fails_at_its_point,
    wrong_bots,
)

FUNCTION = "lost_property_function/by_hand/main.py"
MUTANTS = [
    Mutant(1, "no sign before the number", "It is #{row.lastrowid}", "It is {row.lastrowid}",
           FUNCTION),
    Mutant(1, "the handler has another name", "def handler(", "def handle(", FUNCTION),
    Mutant(1, "a colon is missing", "def handler(event, context):", "def handler(event, context)",
           FUNCTION, "Python can't read your file"),
    Mutant(1, "the body stays a string", 'json.loads(event["body"])', 'event["body"]', FUNCTION,
           "Your line:  main.py:"),
    Mutant(1, "the method is missing", '"method": "sendMessage", ', "", FUNCTION,
           "Telegram has found no message in your response"),
    Mutant(4, "a number is used twice", "primary key autoincrement", "primary key", FUNCTION),
    Mutant(5, "people are known by name", '["from"]["id"]', '["from"]["first_name"]', FUNCTION),
    Mutant(7, "the secret is ignored", "if not hmac.compare_digest(given.encode(), "
           "SECRET.encode()):", "if False:", FUNCTION, "x-telegram-bot-api-secret-token"),
    Mutant(7, "no secret is a secret", "if not hmac.compare_digest(given.encode(), "
           "SECRET.encode()):", "if given and given != SECRET:", FUNCTION),
    Mutant(7, "the beginning of the secret will do", "if not hmac.compare_digest(given.encode(), "
           "SECRET.encode()):", "if not given or not SECRET.startswith(given):", FUNCTION,
           "Compare the whole secret"),
    Mutant(7, "another status", '"statusCode": 403', '"statusCode": 200', FUNCTION),
    Mutant(7, "it refuses too late", "    if not hmac",
           '    answer(json.loads(event["body"])["message"]["text"], '
           '{"from": {"id": 0}}) if given != SECRET else None\n    if not hmac', FUNCTION,
           "Compare the secret first"),
    Mutant(9, "an update counts twice", "insert or ignore into updates values (?)",
           "insert or replace into updates values (?)", FUNCTION, "Keep the update_id"),
    Mutant(9, "only the last update is kept", '        if box.execute("insert or',
           '        last = "(select max(id) from updates)"\n'
           '        box.execute(f"delete from updates where id < {last}")\n'
           '        if box.execute("insert or', FUNCTION, "the last update_id isn't enough"),
    Mutant(9, "updates are in a variable", 'if box.execute("insert or ignore into updates values '
           '(?)", (update["update_id"],)).rowcount:', 'seen = vars(handler).setdefault("s", [])\n'
           '        seen.append(update["update_id"])\n        if seen.count(seen[-1]) == 1:',
           FUNCTION, "may reach another instance"),
    Mutant(2, "equal words count once", '(update["update_id"],)', '(hash(message["text"]) % 9**9,)',
           FUNCTION),
    Mutant(8, "the box is in memory", 'Path(os.environ["STORE_FOLDER"], "box.sqlite3")',
           '":memory:"', FUNCTION),
    Mutant(10, "formatting is switched on", '"text": text}', '"text": text, "parse_mode": "HTML"}',
           FUNCTION, "Send people's words without parse_mode"),
    Mutant(10, "another formatting is switched on", '"text": text}',
           '"text": text, "parse_mode": "Markdown"}', FUNCTION,
           "Send people's words without parse_mode"),
    Mutant(10, "every update has a text", 'message.get("text", "")', 'message["text"]', FUNCTION,
           "A sticker has no text"),
    Mutant(10, "a changed message is a thing", 'update.get("message") or {}',
           'update.get("message") or update["edited_message"]', FUNCTION),
    Mutant(11, "one long message", "if len(text + line + more) > LIMIT:", "if False:", FUNCTION,
           "say that there are more"),
    Mutant(11, "twenty things at most", "if len(text + line + more) > LIMIT:",
           'if text.count("\\n") == 20:', FUNCTION, "Things that fit are listed whole"),
    Mutant(11, "what is more is kept secret", "return text + more", "return text", FUNCTION),
]  # fmt: skip

pytestmark = wrong_bots(MUTANTS)
