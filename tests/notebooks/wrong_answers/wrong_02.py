"""Wrong answers to the exercises of notebook 02, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

ROUND = """from lessons.exercises.ex_02 import exercise_1


def one_round(call, bot, offset):
    for update in call("getUpdates", offset=offset):
        message = update["message"]
        answer = bot.ask(message["text"], user=message["from"]["first_name"])
        if answer != "":
            call("sendMessage", chat_id=message["chat"]["id"], text=answer)
        offset = update["update_id"] + 1
    return offset


exercise_1(one_round)
"""
BODY = ROUND[ROUND.index("    for update") : ROUND.index("\n\nexercise_1")]
DICE = """%%save 02_dice/main.py
import random

from botlib import Bot

bot = Bot()
scores = {}

@bot.command("roll", help="throws a dice")
def roll(message):
    number = random.randint(1, 6)
    scores[message.user] = scores.get(message.user, 0) + number
    return f"{message.user} throws a {number}"

@bot.command("score", help="all that you have thrown")
def score(message):
    return f"{message.user} has {scores.get(message.user, 0)}"

@bot.command("reset", help="begins again")
def reset(message):
    scores[message.user] = 0
    return f"{message.user} begins again"

# ---- saved up to here; from here on it is run ----
from lessons.exercises.ex_02 import exercise_2

exercise_2("workshop/02_dice/main.py")
"""


def changed(cell, before, after):
    assert before in cell
    return cell.replace(before, after)


WRONG = {
    1: [
        (changed(ROUND, '["update_id"] + 1', '["update_id"]'), "one more"),
        (
            changed(ROUND, '        offset = update["', '            offset = update["'),
            "Does offset = … stand inside of the if?",
        ),
        (changed(ROUND, '["chat"]["id"]', '["from"]["id"]'), "the group was not answered"),
        (changed(ROUND, "offset=offset", "offset"), "all else with its own name"),
        (changed(ROUND, ", offset=offset", ""), "somebody was answered again"),
        (changed(ROUND, '        if answer != "":\n    ', ""), "send only what is not empty"),
        (changed(ROUND, "    return offset\n", ""), "one_round gave nothing back"),
        (changed(ROUND, "    return offset", "        return offset"), "only Ada was answered"),
        (changed(ROUND, "    return offset", "    return offset + 1"), "expected the last"),
        (
            changed(
                ROUND,
                '        offset = update["update_id"] + 1\n    return offset',
                "    return offset + 1",
            ),
            "plus 1",
        ),
        (changed(ROUND, 'chat_id=message["chat"]["id"], ', ""), "Say into which chat"),
        (changed(ROUND, 'message["text"]', 'update["text"]'), "one step further inside"),
        (
            changed(ROUND, "    return offset", '    return update["update_id"] + 1'),
            "a loop does nothing",
        ),
        (changed(ROUND, 'message["from"]["first_name"]', '"Viktor"'), "Ada should have got"),
        (changed(ROUND, BODY, "    ...\n"), "write the lines of one_round in place of the dots"),
        (changed(ROUND, BODY, '    call("getUpdates", offset=offset)\n'), "gave nothing back"),
        (changed(ROUND, 'message["from"]["first_name"]', 'message["user"]'), "Who wrote is"),
        (changed(ROUND, 'message["text"]', "message.text"), "A dictionary is asked with brackets"),
        (changed(ROUND, 'bot.ask(message["text"]', "bot.ask(text"), "A text needs quotes"),
        (changed(ROUND, 'message["chat"]["id"]', 'message["chat"]'), "Say into which chat"),
        (changed(ROUND, 'update["message"]', 'update[0]["message"]'), "has taken one update out"),
        (changed(ROUND, "offset=offset):", "offset=offset)[0]:"), "Let the loop go through all"),
    ],
    2: [
        (changed(DICE, "(1, 6)", "(1, 5)"), "never a 6: random.randint(1, 6), where both"),
        (changed(DICE, '    return f"{message.user} begins again"\n', ""), "!reset says nothing"),
        (changed(DICE, "def roll(message)", "def roll()"), "Write def roll(message): in main.py"),
        (changed(DICE, 'command("reset"', 'command("rest"'), '@bot.command("reset", help="…")'),
        (changed(DICE, "(1, 6)", "(0, 6)"), "a dice has 1 to 6, and it rolled [0]"),
        (changed(DICE, "scores.get(message.user, 0)}", "scores[message.user]}"), "KeyError: 'Ada'"),
        (changed(DICE, ', help="throws a dice"', ""), "!help says nothing about !roll"),
        (
            changed(
                DICE, "message.user] = scores.get(message.user, 0)", "0] = scores.get(0, 0)"
            ).replace("scores.get(message.user, 0)}", "scores.get(0, 0)}"),
            "one score for each user",
        ),
        (changed(DICE, "scores[message.user] = 0", "scores.clear()"), "Bob's score is gone"),
        (changed(DICE, "scores[message.user] = 0", "scores = {}"), "0 into her drawer"),
        (changed(DICE, "scores.get(message.user, 0) + number", "number"), "her last throw alone"),
        (DICE.replace("scores", "score"), "has the same name as your dictionary"),
    ],
}
