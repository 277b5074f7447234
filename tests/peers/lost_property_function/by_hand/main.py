"""A right solution: the event by hand, and SQLite."""

import hmac
import json
import os
import sqlite3
from pathlib import Path

SECRET = os.environ["TELEGRAM_SECRET"]
LIMIT = 4096
box = sqlite3.connect(Path(os.environ["STORE_FOLDER"], "box.sqlite3"))
box.execute(
    "create table if not exists things"
    " (number integer primary key autoincrement, words text, finder integer)"
)
box.execute("create table if not exists updates (id integer primary key)")
USAGE = {
    "/found": "Write /found and what it is: /found red scarf",
    "/lost": "Write /lost and a word: /lost scarf",
    "/mine": "Write /mine and a number: /mine 1",
    "/oops": "Write /oops and a number: /oops 1",
}


def handler(event, context):
    given = event["headers"].get("x-telegram-bot-api-secret-token", "")
    if not hmac.compare_digest(given.encode(), SECRET.encode()):
        return {"statusCode": 403, "body": "wrong secret"}
    update = json.loads(event["body"])
    message = update.get("message") or {}
    with box:  # all of it is stored, or nothing
        if box.execute("insert or ignore into updates values (?)", (update["update_id"],)).rowcount:
            text = answer(message.get("text", ""), message)
        else:
            text = ""
    if not text:
        return {"statusCode": 200, "body": ""}
    reply = {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}
    headers = {"Content-Type": "application/json"}
    return {"statusCode": 200, "headers": headers, "body": json.dumps(reply)}


def answer(text, message):
    command, _, words = text.partition(" ")
    words = words.strip()
    if command == "/box":
        return listed(things(""), "The box is empty.")
    if command not in USAGE:
        return ""
    if not words or (command in ("/mine", "/oops") and not words.isdecimal()):
        return USAGE[command]
    if command == "/found":
        found = (words, message["from"]["id"])
        row = box.execute("insert into things (words, finder) values (?, ?)", found)
        return f"Thank you! It is #{row.lastrowid} now."
    if command == "/lost":
        return listed(things(words.lower()), "There is nothing like that.")
    number = int(words)
    row = box.execute("select words, finder from things where number = ?", (number,)).fetchone()
    if row is None:
        return f"#{number} is gone."
    if command == "/oops" and row[1] != message["from"]["id"]:
        return "That is not yours."
    box.execute("delete from things where number = ?", (number,))
    return f"Here is your {row[0]}."


def things(word):
    rows = box.execute("select number, words from things order by number").fetchall()
    return [row for row in rows if word in row[1].lower()]


def listed(rows, otherwise):
    text, more = "", "… and more"
    for number, words in rows:
        line = f"#{number} {words}\n"
        if len(text + line + more) > LIMIT:
            return text + more
        text += line
    return text or otherwise
