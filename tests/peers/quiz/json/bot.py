"""A right solution: dictionaries by a person's id, in one JSON file."""

import json
import os
from pathlib import Path

from telegram.ext import ApplicationBuilder, CommandHandler, MessageHandler, filters

FILE = Path("quiz.json")
questions = []  # [question, answer]
people = {}  # a person's id as a string: {"done": 2, "right": 1, "open": False}
if FILE.exists():
    questions, people = json.loads(FILE.read_text())


def save():
    FILE.write_text(json.dumps([questions, people]))


def player(update):
    who = str(update.effective_user.id)
    return people.setdefault(who, {"done": 0, "right": 0, "open": False})


async def new(update, context):
    question, _, answer = " ".join(context.args).rpartition("=")
    if not question.strip() or not answer.strip():
        await update.message.reply_text("Write it like this: /new Which planet is red? = Mars")
        return
    questions.append([question.strip(), answer.strip()])
    save()
    await update.message.reply_text(f"It is #{len(questions)}.")


async def quiz(update, context):
    me = player(update)
    if me["done"] == len(questions):
        await update.message.reply_text("There are no more questions.")
        return
    me["open"] = True
    save()
    await update.message.reply_text(questions[me["done"]][0])


async def answer(update, context):
    me = player(update)
    if not me["open"]:
        await update.message.reply_text("Write /quiz first.")
        return
    answer = questions[me["done"]][1]
    me["done"] += 1
    me["open"] = False
    if update.message.text.strip().lower() == answer.lower():
        me["right"] += 1
        reply = "That is right!"
    else:
        reply = f"That is wrong. It is {answer}."
    save()
    await update.message.reply_text(reply)


async def score(update, context):
    me = player(update)
    await update.message.reply_text(f"{me['right']} of {me['done']}")


app = ApplicationBuilder().token(os.environ["TELEGRAM_TOKEN"]).build()
news = filters.UpdateType.MESSAGE
app.add_handler(CommandHandler("new", new, news))
app.add_handler(CommandHandler("quiz", quiz, news))
app.add_handler(CommandHandler("score", score, news))
app.add_handler(MessageHandler(news & filters.TEXT & ~filters.COMMAND, answer))
app.run_polling()
