"""Wrong answers to the exercises of notebook 09, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

from textwrap import indent

CELL = """
%%save my_bot/commands/cheer.py
from botlib import Bot
from botlib.store import open_store

bot = Bot()
store = open_store()

@bot.command("cheer")
def cheer(message):
{cheer}
{cheers}
# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_09 import exercise_1

exercise_1("workshop/my_bot/commands/cheer.py")
"""
CHEERS = """
@bot.command("cheers")
def cheers(message):
    return f"{{{total}}} cheers so far."
"""
STORED = "store.get('cheers', 0)"
COUNT = 'store.increment("cheers")\n'


def answer(cheer: str, total: str = STORED) -> str:
    """Write a cell with the lines of `!cheer` and what `!cheers` says; without total no !cheers."""
    cheers = CHEERS.format(total=total) if total else ""
    return CELL.format(cheer=indent(cheer, "    "), cheers=cheers)


def tell(number: str, verb: str = "return ") -> str:
    """Write the line that tells somebody a number."""
    return f'{verb}f"{{message.user}} cheers! That makes {{{number}}}."'


TELL_OWN = tell("store.increment(message.user)")
IN_VARIABLE = "numbers[message.user] = numbers.get(message.user, 0) + 1\n"
FIRST_READ = "number = store.get(message.user, 0) + 1\nstore.set(message.user, number)\n"

WRONG = {
    1: {
        answer(IN_VARIABLE + tell("numbers[message.user]"), "sum(numbers.values())").replace(
            "open_store()\n\n", "open_store()\nnumbers = {}\n\n"
        ): "keep it in the store, not in a variable",
        answer(tell("store.increment('cheers')")): "each person needs a number of their own. Is "
        "message.user in the name of the counter, with an f before the quotes",
        answer(TELL_OWN, ""): "there is no command !cheers yet",
        answer(COUNT + "return store.increment(message.user)"): "!cheer did not work. The bot's "
        "log says",
        answer(COUNT + TELL_OWN, "store.increment('cheers')"): "says 6, and 7 when somebody asks "
        "again: asking is not cheering",
        answer(TELL_OWN, "store.increment('cheers')"): "says 1, and 2 when somebody asks again: "
        "asking is not cheering. Call",
        answer(TELL_OWN, "store.get(message.user, 0)"): "says 1 to Anna and 3 to Viktor. Those "
        "are their own",
        answer('store.set("cheers", store.get("cheers", 0) + 1)\n' + TELL_OWN): "what you get may "
        "be old before you set it",
        answer(COUNT + FIRST_READ + tell("number")): "of 3 cheers it counted 2",
        answer("number = 0\nnumber = number + 1\n" + tell("number"), "1"): "gone when the function "
        "ends",
        answer(TELL_OWN, "store.get('Viktor', 0) + store.get('Anna', 0)"): "A counter for all of "
        "them",
        answer(COUNT + tell("store.increment(message.user)", "print(") + ")"): "Does the command "
        "end with return",
        answer(COUNT + TELL_OWN, "store.cheers"): "!cheers did not work. The bot's log says",
    },
}
