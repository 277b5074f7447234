"""A stranger's function: it calls sendMessage, and its response carries no message."""

import json
import os
import sqlite3
from pathlib import Path
from urllib.request import Request, urlopen

TABLES = """
create table if not exists things (number integer primary key autoincrement, words, who);
create table if not exists seen (update_id integer primary key);
"""


def handler(event, _):
    if event["headers"].get("x-telegram-bot-api-secret-token") != os.environ["TELEGRAM_SECRET"]:
        return {"statusCode": 403}
    update = json.loads(event["body"])
    message = update.get("message", {})
    if "text" not in message:
        return {"statusCode": 200}
    file = Path(os.environ["STORE_FOLDER"], "box.db")
    box = sqlite3.connect(file, timeout=20, isolation_level=None)
    box.executescript(TABLES)
    box.execute("begin immediate")
    new = box.execute("insert or ignore into seen values (?)", (update["update_id"],)).rowcount
    command, rest = [*message["text"].split(None, 1), ""][:2]
    reply = respond(box, message["from"]["id"], command, rest) if new else ""
    box.execute("commit")
    if reply:
        url = f"{os.environ['TELEGRAM_API'].rstrip('/')}/bot{os.environ['TELEGRAM_TOKEN']}"
        body = json.dumps({"chat_id": message["chat"]["id"], "text": reply}).encode()
        request = Request(f"{url}/sendMessage", body, {"content-type": "application/json"})
        urlopen(request, timeout=5).close()
    return {"statusCode": 200}


def respond(box, who, command, rest):
    if command == "/found" and rest:
        sql = "insert into things (words, who) values (?, ?)"
        return f"#{box.execute(sql, (rest, who)).lastrowid}"
    if command == "/box":
        return show(box.execute("select number, words from things"), "empty")
    if command == "/lost" and rest:
        rows = box.execute("select number, words from things")
        return show([row for row in rows if rest.lower() in row[1].lower()], "nothing")
    if command in ("/mine", "/oops") and rest.strip().isdecimal():
        number = min(int(rest), 2**60)
        sql = "select words, who from things where number = ?"
        row = box.execute(sql, (number,)).fetchone()
        if not row:
            return "gone"
        if command == "/oops" and row[1] != who:
            return "not yours"
        box.execute("delete from things where number = ?", (number,))
        return row[0][:4096]
    return {"/found": "/found WORDS", "/lost": "/lost WORD"}.get(command) or (
        f"{command} NUMBER" if command in ("/mine", "/oops") else ""
    )


def show(rows, none):
    text = ""
    for number, words in rows:
        if len(text) + len(words) > 4050:
            return (text or f"#{number} {words}"[:4080]) + "\nmore"
        text += f"\n#{number} {words}"
    return text or none
