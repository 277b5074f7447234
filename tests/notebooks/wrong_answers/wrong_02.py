"""Wrong answers to notebook 02's exercises that are no slip of a task."""

WELCOME = """
%%save my_bot/commands/start.py
from botlib import Bot

bot = Bot()

@bot.command("start", help="says welcome")
def start(message):
    return f"Welcome, {message.user}! Try !dance."

# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_02 import exercise_1

exercise_1("workshop/my_bot/commands/start.py")
"""

WRONG = {1: [(WELCOME, "your bot has no command dance. Name one that it has, such as !roll")]}
