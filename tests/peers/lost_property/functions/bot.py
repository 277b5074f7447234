"""A right solution: functions and SQLite."""

import os
import sqlite3

from telegram import Update
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes, filters

LIMIT = 4096
USAGE = {
    "found": "Write /found and what it is: /found red scarf",
    "lost": "Write /lost and a word: /lost scarf",
    "mine": "Write /mine and a number: /mine 1",
    "oops": "Write /oops and a number: /oops 1",
}
box = sqlite3.connect("box.sqlite3", isolation_level=None)
box.execute(
    "create table if not exists things"
    " (number integer primary key autoincrement, words text, finder integer)"
)


async def send(update: Update, text: str) -> None:
    await update.effective_chat.send_message(text)


async def send_list(update: Update, things: list) -> None:
    text = ""
    for number, words in things:
        line = f"#{number} {words}\n"
        if len(text + line) > LIMIT:
            await send(update, text)
            text = ""
        text += line
    await send(update, text)


def number_in(args: list) -> int | None:
    if len(args) == 1 and args[0].isascii() and args[0].isdigit() and len(args[0]) < 18:
        return int(args[0])
    return None


async def found(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    words = " ".join(context.args)
    if not words:
        await send(update, USAGE["found"])
        return
    finder = update.effective_user.id
    row = box.execute("insert into things (words, finder) values (?, ?)", (words, finder))
    await send(update, f"Thank you! It is #{row.lastrowid} now.")


async def show_box(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    things = box.execute("select number, words from things order by number").fetchall()
    if not things:
        await send(update, "The box is empty.")
        return
    await send_list(update, things)


async def lost(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if not context.args:
        await send(update, USAGE["lost"])
        return
    word = context.args[0].lower()
    things = box.execute("select number, words from things order by number").fetchall()
    fitting = [thing for thing in things if word in thing[1].lower()]
    if not fitting:
        await send(update, "There is nothing like that.")
        return
    await send_list(update, fitting)


async def mine(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    number = number_in(context.args)
    if number is None:
        await send(update, USAGE["mine"])
        return
    row = box.execute("select words from things where number = ?", (number,)).fetchone()
    if row is None:
        await send(update, f"#{number} is gone.")
        return
    box.execute("delete from things where number = ?", (number,))
    await send(update, f"Here is your {row[0]}.")


async def oops(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    number = number_in(context.args)
    if number is None:
        await send(update, USAGE["oops"])
        return
    row = box.execute("select words, finder from things where number = ?", (number,)).fetchone()
    if row is None:
        await send(update, f"#{number} is gone.")
        return
    if row[1] != update.effective_user.id:
        await send(update, "That is not yours.")
        return
    box.execute("delete from things where number = ?", (number,))
    await send(update, f"Removed: {row[0]}")


app = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).build()
app.add_handler(CommandHandler("found", found, filters.UpdateType.MESSAGE))
app.add_handler(CommandHandler("box", show_box))
app.add_handler(CommandHandler("lost", lost))
app.add_handler(CommandHandler("mine", mine))
app.add_handler(CommandHandler("oops", oops))
app.run_polling()
