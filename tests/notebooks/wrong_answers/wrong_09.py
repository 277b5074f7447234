"""Wrong answers to the exercises of notebook 09, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

BOT = """
%%save my_bot/commands/cheer.py
from botlib import Bot
from botlib.store import open_store

bot = Bot()
store = open_store()
"""
CHECK = """
# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_09 import exercise_1

exercise_1("workshop/my_bot/commands/cheer.py")
"""

WRONG = {
    1: {
        BOT
        + """
numbers = {}

@bot.command("cheer")
def cheer(message):
    numbers[message.user] = numbers.get(message.user, 0) + 1
    return f"{message.user} cheers! That makes {numbers[message.user]}."

@bot.command("cheers")
def cheers(message):
    return f"{sum(numbers.values())} cheers so far."
"""
        + CHECK: "keep it in the store, not in a variable",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    return f"{message.user} cheers! That makes {store.increment('cheers')}."

@bot.command("cheers")
def cheers(message):
    return f"{store.get('cheers', 0)} cheers so far."
"""
        + CHECK: "each person needs a number of their own. Is message.user in the name of the "
        "counter, with an f before the quotes",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    return f"{message.user} cheers! That makes {store.increment(message.user)}."
"""
        + CHECK: "there is no command !cheers yet",
        BOT
        + """

@bot.command("cheer")
def cheer(message):
    store.increment("cheers")
    return store.increment(message.user)

@bot.command("cheers")
def cheers(message):
    return f"{store.get('cheers', 0)} cheers so far."
"""
        + CHECK: "!cheer did not work. The bot's log says",
        BOT
        + """

@bot.command("cheer")
def cheer(message):
    store.increment("cheers")
    return f"{message.user} cheers! That makes {store.increment(message.user)}."

@bot.command("cheers")
def cheers(message):
    return f"{store.increment('cheers')} cheers so far."
"""
        + CHECK: "says 6, and 7 when somebody asks again: asking is not cheering",
        BOT
        + """

@bot.command("cheer")
def cheer(message):
    return f"{message.user} cheers! That makes {store.increment(message.user)}."

@bot.command("cheers")
def cheers(message):
    return f"{store.increment('cheers')} cheers so far."
"""
        + CHECK: "says 1, and 2 when somebody asks again: asking is not cheering. Call",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    return f"{message.user} cheers! That makes {store.increment(message.user)}."

@bot.command("cheers")
def cheers(message):
    return f"{store.get(message.user, 0)} cheers so far."
"""
        + CHECK: "says 1 to Anna and 3 to Viktor. Those are their own",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    store.set("cheers", store.get("cheers", 0) + 1)
    return f"{message.user} cheers! That makes {store.increment(message.user)}."

@bot.command("cheers")
def cheers(message):
    return f"{store.get('cheers', 0)} cheers so far."
"""
        + CHECK: "what you get may be old before you set it",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    store.increment("cheers")
    number = store.get(message.user, 0) + 1
    store.set(message.user, number)
    return f"{message.user} cheers! That makes {number}."

@bot.command("cheers")
def cheers(message):
    return f"{store.get('cheers', 0)} cheers so far."
"""
        + CHECK: "of 3 cheers it counted 2",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    number = 0
    number = number + 1
    return f"{message.user} cheers! That makes {number}."

@bot.command("cheers")
def cheers(message):
    return "1 cheer so far."
"""
        + CHECK: "gone when the function ends",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    return f"{message.user} cheers! That makes {store.increment(message.user)}."

@bot.command("cheers")
def cheers(message):
    return f"{store.get('Viktor', 0) + store.get('Anna', 0)} cheers so far."
"""
        + CHECK: "A counter for all of them",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    number = store.increment(message.user)
    print(f"{message.user} cheers! That makes {number}.")

@bot.command("cheers")
def cheers(message):
    return f"{store.get('cheers', 0)} cheers so far."
"""
        + CHECK: "Does the command end with return",
        BOT
        + """
@bot.command("cheer")
def cheer(message):
    store.increment("cheers")
    return f"{message.user} cheers! That makes {store.increment(message.user)}."

@bot.command("cheers")
def cheers(message):
    return f"{store.cheers} cheers so far."
"""
        + CHECK: "!cheers did not work. The bot's log says",
    },
}
