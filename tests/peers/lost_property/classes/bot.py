"""A right solution: classes, a JSON file that is replaced whole, a module of its own."""

import logging
import os

from box import Box
from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes, filters


class LostPropertyBot:
    """Answers the five commands."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.commands = {
            "found": self.found,
            "box": self.list_all,
            "lost": self.lost,
            "mine": self.mine,
            "oops": self.oops,
        }

    def handlers(self):
        for name, answer in self.commands.items():
            yield CommandHandler(name, self.reply_with(answer), filters.UpdateType.MESSAGE)

    def reply_with(self, answer):
        async def reply(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
            for text in answer(context.args, update.effective_user.id):
                await update.message.reply_text(text)

        return reply

    def found(self, args, who):
        if not args:
            return ["usage: /found THING"]
        return [f"Kept as #{self.box.put(' '.join(args), who)}, thanks."]

    def list_all(self, args, who):
        return pages(self.box.things) or ["empty"]

    def lost(self, args, who):
        if not args:
            return ["usage: /lost WORD"]
        word = args[0].casefold()
        fits = {n: thing for n, thing in self.box.things.items() if word in thing[0].casefold()}
        return pages(fits) or ["nothing"]

    def mine(self, args, who):
        try:
            number = int(*args)
        except (TypeError, ValueError):
            return ["usage: /mine NUMBER"]
        thing = self.box.take(number) if args else None
        if not args:
            return ["usage: /mine NUMBER"]
        return [f"Take it: {thing[0]}"] if thing else ["gone"]

    def oops(self, args, who):
        try:
            number = int(args[0])
        except (IndexError, ValueError):
            return ["usage: /oops NUMBER"]
        thing = self.box.things.get(str(number))
        if not thing:
            return ["gone"]
        if thing[1] != who:
            return ["not yours"]
        self.box.take(number)
        return ["forgotten"]


def pages(things):
    """Put the things into as few messages as fit."""
    texts = []
    for number, (words, _) in things.items():
        line = f"{words} (#{number})"
        if texts and len(texts[-1]) + len(line) + 1 <= 4096:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    app = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).build()
    app.add_handlers(list(LostPropertyBot(Box("box.json")).handlers()))
    app.run_polling()
