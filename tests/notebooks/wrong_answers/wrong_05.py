"""Wrong answers to notebook 05's exercise that are no slip of its task."""

MORNING = """
%%save my_bot/commands/morning.py
from botlib import Bot

bot = Bot()

@bot.command("morning", help="good morning")
def morning(message):
    if message.user == "everyone":
        return "Good morning! Who wants to !roll?"
    return f"Good morning, {message.user}!"

# ---- saved up to here, the rest runs now ----
from pathlib import Path
from lessons.exercises.ex_05 import exercise_1

roll = Path("workshop/my_bot/commands/roll.py")
ours = roll.read_text()
_ = roll.write_text(ours.replace('command("roll"', 'command("wurf"'))
exercise_1("workshop/my_bot/commands/morning.py")
_ = roll.write_text(ours)
"""

WRONG = {
    1: {
        MORNING: "your bot has no command roll. Name one that it has: !help, !hello, !wurf, !score"
    },
}
