"""A right solution: IRC by a socket, and a JSON file."""

import json
import os
import re
import socket
import ssl
import time
from pathlib import Path

CHANNEL, NAME = os.environ["TWITCH_CHANNEL"], os.environ["TWITCH_BOT"]
SAID = re.compile(r"(?:@\S+ )?:(\w+)!\S+ PRIVMSG #\w+ :(.*)")
FILE = Path("library.json")
LIMIT = 500
books = json.loads(FILE.read_text()) if FILE.exists() else []  # [title, who has it or ""]


def save():
    FILE.write_text(json.dumps(books))


def pages(lines):
    """Put as many lines into a message as fit."""
    texts = []
    for line in lines:
        if texts and len(f"{texts[-1]} {line}") <= LIMIT:
            texts[-1] += f" {line}"
        else:
            texts.append(line)
    return texts


def book_in(words):
    """Return the index of the book that a text names, -1 for none, None if it is no number."""
    if not words.isdecimal():
        return None
    return int(words) - 1 if 0 < int(words) <= len(books) else -1


def replies(text, who):
    command, _, words = text.partition(" ")
    words = words.strip()
    if command == "!add":
        if not words:
            return ["Write it like this: !add Momo"]
        books.append([words, ""])
        save()
        return [f"It is #{len(books)}."]
    if command == "!books":
        lines = [f"#{number} {title}." for number, (title, _) in enumerate(books, 1)]
        return pages(lines) or ["The library is empty."]
    if command == "!who":
        name = words.removeprefix("@").lower()
        if not name:
            return ["Write it like this: !who viktor"]
        lines = [f"#{n} {title}." for n, (title, has) in enumerate(books, 1) if has == name]
        return pages(lines) or [f"{name} has nothing."]
    if command in ("!borrow", "!return"):
        index = book_in(words)
        if index is None:
            return [f"Write it like this: {command} 1"]
        if index < 0:
            return ["There is no such book."]
        title, has = books[index]
        if command == "!borrow":
            if has:
                return [f"{has} has it."]
            books[index][1] = who
            save()
            return [f"Here is {title}."]
        if has != who:
            return ["That is not yours."]
        books[index][1] = ""
        save()
        return [f"Thank you for {title}."]
    return []


def listen():
    raw = socket.create_connection(("irc.chat.twitch.tv", 6697))
    wire = ssl.create_default_context().wrap_socket(raw, server_hostname="irc.chat.twitch.tv")
    wire.sendall(f"PASS oauth:{os.environ['TWITCH_TOKEN']}\r\n".encode())
    wire.sendall(f"NICK {NAME}\r\nJOIN #{CHANNEL}\r\n".encode())
    for line in wire.makefile(encoding="utf-8"):
        if line.startswith("PING"):
            wire.sendall(line.replace("PING", "PONG").encode())
        if found := SAID.match(line):
            who, text = found.groups()
            for reply in replies(text.strip(), who):
                wire.sendall(f"PRIVMSG #{CHANNEL} :{reply}\r\n".encode())


while True:
    try:
        listen()
    except OSError:
        print("The line was cut.")
    time.sleep(0.1)
