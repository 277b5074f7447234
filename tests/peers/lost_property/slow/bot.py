"""A right solution that thinks for a second before each message."""

import os
import pickle
import time
from pathlib import Path

from telegram.ext import ApplicationBuilder, MessageHandler, filters

FILE = Path("box.pickle")
things = pickle.loads(FILE.read_bytes()) if FILE.exists() else []  # (words, finder) or None


async def answer(update, context):
    if not update.message or not update.message.text:
        return
    command, _, rest = update.message.text.partition(" ")
    command = command.partition("@")[0].lower()
    rest, who = rest.strip(), update.message.from_user.id
    for text in replies(command, rest, who):
        time.sleep(1)  # noqa: ASYNC251 - as beginners do
        await update.message.chat.send_message(text)


def replies(command, rest, who):
    if command not in ("/found", "/box", "/lost", "/mine", "/oops"):
        return ["I know /found, /box, /lost, /mine and /oops."]
    if command == "/box":
        return listed("") or ["The box is EMPTY"]
    if command in ("/mine", "/oops") and not rest.isdecimal():
        rest = ""
    if not rest:
        return [f"Use {command} like this: {command} {'1' if command[1] in 'mo' else 'scarf'}"]
    if command == "/found":
        things.append((rest, who))
        FILE.write_bytes(pickle.dumps(things))
        return [f"#{len(things)}"]
    if command == "/lost":
        return listed(rest) or ["Nothing."]
    index = int(rest) - 1
    thing = things[index] if 0 <= index < len(things) else None
    if thing is None:
        return ["Gone!"]
    if command == "/oops" and thing[1] != who:
        return ["Not yours!"]
    things[index] = None
    FILE.write_bytes(pickle.dumps(things))
    return [thing[0]]


def listed(word):
    """Put as many things into a message as fit."""
    texts = []
    for number, thing in enumerate(things, 1):
        if thing and word.lower() in thing[0].lower():
            line = f"No. #{number}:\n{thing[0]}\n"
            if not texts or len(texts[-1] + line) > 4000:
                texts.append("")
            texts[-1] += line
    return texts


app = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).build()
app.add_handler(MessageHandler(filters.ALL, answer))
app.run_polling()
