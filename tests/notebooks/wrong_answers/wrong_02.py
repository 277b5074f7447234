"""Wrong answers to notebook 02's exercises that are no slip of a task."""

WELCOME = """
%%save my_bot/commands/start.py
from botlib import Bot
from botlib.store import open_store

bot = Bot()
store = open_store()

@bot.command("start", help="says welcome")
def start(message):
    if store.get(message.user, False):
        return f"Welcome back, {message.user}!"
    store.set(message.user, True)
    return f"Welcome, {message.user}! Try !dance."

# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_02 import exercise_1

exercise_1("workshop/my_bot/commands/start.py")
"""

RENAMED = """
from pathlib import Path

roll = Path("workshop/my_bot/commands/roll.py")
ours = roll.read_text()
_ = roll.write_text(ours.replace('command("roll"', 'command("throw"'))
exercise_1("workshop/my_bot/commands/start.py")
_ = roll.write_text(ours)
"""
CALL = 'exercise_1("workshop/my_bot/commands/start.py")\n'
TRY_ROLL = WELCOME.replace("!dance", "!roll").replace(CALL, RENAMED)
FORGETFUL = WELCOME.replace("store = open_store()", "store = {}").replace(
    "store.set(message.user, True)", "store[message.user] = True"
)
LISTED = (
    FORGETFUL.replace("store = {}", "store = []")
    .replace("store[message.user] = True", "store.append(message.user)")
    .replace("store.get(message.user, False)", "message.user in store")
)
WITH_SCORE = WELCOME.replace("!dance", "!roll").replace("message.user,", 'f"score:{message.user}",')
UNREACHED = WELCOME.replace("    store.set(message.user, True)\n", "").replace(
    '!dance."\n', '!dance."\n    store.set(message.user, True)\n'
)
IN_FRENCH = WELCOME.replace("!dance", "!roll").replace("Welcome back", "Bon retour")

WRONG = {
    1: {
        WELCOME: "your bot has no command dance. Name one that it has: !help, !hello, !roll",
        TRY_ROLL: "your bot has no command roll. Name one that it has: !help, !hello, !throw",
        FORGETFUL: "after a restart of your program, Ada reads 'Welcome, Ada! Try !dance.'",
        LISTED: "Variables are gone then, and a store remembers",
        WITH_SCORE: "to Ada, who has 3 points and is new here, it says 'Welcome back, Ada!'",
        UNREACHED: "store.set(key, True), because lines below a return never run",
        IN_FRENCH: "expected the name Viktor and the word back: the word back is missing",
    }
}
