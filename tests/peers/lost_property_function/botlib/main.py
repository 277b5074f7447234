"""A right solution: a Bot of botlib, and its store."""

from botlib import Bot
from botlib.store import open_store
from botlib.telegram.webhook import webhook

bot, store = Bot(), open_store()


def things():
    return {int(number): thing for number, thing in (store.get("things") or {}).items()}


def keep(all_of_them):
    store.set("things", {str(number): thing for number, thing in all_of_them.items()})


def listed(found, otherwise):
    text = ""
    for number, (words, _) in found.items():
        line = f"#{number} {words}\n"
        if len(text) + len(line) > 4000:
            return f"{text}There are more."
        text += line
    return text or otherwise


@bot.command("found")
def found(message):
    if not message.arguments:
        return "Write it like this: /found red scarf"
    number = store.increment("last")
    keep(things() | {number: [message.arguments, message.user_id]})
    return f"It is #{number}."


@bot.command("box")
def box(message):
    return listed(things(), "The box is empty.")


@bot.command("lost")
def lost(message):
    if not message.arguments:
        return "Write it like this: /lost scarf"
    word = message.arguments.lower()
    return listed({n: t for n, t in things().items() if word in t[0].lower()}, "I have nothing.")


@bot.command("mine")
def mine(message):
    if not message.arguments.isdecimal():
        return "Write it like this: /mine 1"
    all_of_them = things()
    thing = all_of_them.pop(int(message.arguments), None)
    keep(all_of_them)
    return thing[0] if thing else "It is gone."


@bot.command("oops")
def oops(message):
    if not message.arguments.isdecimal():
        return "Write it like this: /oops 1"
    thing = things().get(int(message.arguments))
    if thing and thing[1] != message.user_id:
        return "It is not yours."
    return mine(message)


handler = webhook(bot, store=store)
