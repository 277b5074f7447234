"""A right solution: a dictionary, two global variables and a JSON file, as beginners write it."""

import json
import os
from pathlib import Path

from telegram import Update
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes, filters

FILE = Path("box.json")
box = {}  # number: [words, finder]
last = 0
if FILE.exists():
    kept = json.loads(FILE.read_text())
    last = kept["last"]
    box = {int(number): thing for number, thing in kept["box"].items()}


def save() -> None:
    FILE.write_text(json.dumps({"last": last, "box": box}))


async def send_list(update: Update, things: dict) -> None:
    text = ""
    for number, thing in things.items():
        line = f"#{number} {thing[0]}\n"
        if len(text) + len(line) > 4096:
            await update.message.reply_text(text)
            text = ""
        text += line
    await update.message.reply_text(text)


async def found(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    global last
    if not context.args:
        await update.message.reply_text("Write it like this: /found red scarf")
        return
    last += 1
    box[last] = [" ".join(context.args), update.message.from_user.id]
    save()
    await update.message.reply_text(f"It is #{last}.")


async def show_box(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if box:
        await send_list(update, box)
    else:
        await update.message.reply_text("The box is empty.")


async def lost(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if not context.args:
        await update.message.reply_text("Write it like this: /lost scarf")
        return
    word = context.args[0].lower()
    things = {number: thing for number, thing in box.items() if word in thing[0].lower()}
    if things:
        await send_list(update, things)
    else:
        await update.message.reply_text("There is nothing like that.")


async def mine(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    try:
        number = int(context.args[0])
    except (IndexError, ValueError):
        await update.message.reply_text("Write it like this: /mine 1")
        return
    if number not in box:
        await update.message.reply_text("It is gone.")
        return
    thing = box.pop(number)
    save()
    await update.message.reply_text(f"Take your {thing[0]}.")


async def oops(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    try:
        number = int(context.args[0])
    except (IndexError, ValueError):
        await update.message.reply_text("Write it like this: /oops 1")
        return
    if number not in box:
        await update.message.reply_text("It is gone.")
        return
    if box[number][1] != update.message.from_user.id:
        await update.message.reply_text("It is not yours.")
        return
    box.pop(number)
    save()
    await update.message.reply_text("It is out.")


app = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).build()
handlers = {"found": found, "box": show_box, "lost": lost, "mine": mine, "oops": oops}
for name, handler in handlers.items():
    app.add_handler(CommandHandler(name, handler, filters.UpdateType.MESSAGE))
app.run_polling()
