"""Wrong answers to the exercises of notebook 17, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

HEAD = "from lessons.exercises.ex_17 import exercise_1, exercise_2, exercise_3\n"

WRONG = {
    1: [
        (
            HEAD + 'homes = {"shop": "function", "game": "program"}\nexercise_1(homes)',
            "where does this one live: friend, stranger, countdown?",
        ),
        (
            HEAD
            + """
homes = {
    "shop": "function",
    "game": "function",
    "friend": "function",
    "stranger": "program",
    "countdown": "program",
}
exercise_1(homes)
""",
            "game: think again. without a cloud account",
        ),
        (
            HEAD
            + """
homes = {
    "shop": "function",
    "game": "program",
    "friend": "program",
    "stranger": "program",
    "countdown": "program",
}
exercise_1(homes)
""",
            "friend: think again. she agrees",
        ),
    ],
    2: [
        ('packed = {"main.py", ".env", "telegram_function.py"}\nexercise_2(packed)', "refuses it"),
        ('packed = {"main.py", "test_main.py"}\nexercise_2(packed)', "it stays here"),
        ('packed = {"main.py"}\nexercise_2(packed)', "in vain for telegram_function.py"),
    ],
    3: [
        (
            """
from botlib import Bot

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"

exercise_3(bot)
""",
            "three commands of your own are wanted; so far there is: !hello",
        ),
        (
            """
import random

from botlib import Bot

bot = Bot()

@bot.command("hello", help="say hello")
def hello(message):
    return f"hello {message.user}!"

@bot.command("roll", help="roll a die")
def roll(message):
    return str(random.randint(1, int(message.arguments)))

@bot.command("bye", help="say goodbye")
def bye(message):
    return f"bye {message.user}!"

exercise_3(bot)
""",
            "'!roll' raised ValueError",
        ),
        (
            """
from botlib import Bot

bot = Bot()

@bot.command("hello", help="say hello")
def hello(message):
    return f"hello {message.user}!"

@bot.command("tea", help="praise tea")
def tea(message):
    return "Tea is good."

@bot.command("bye", help="say goodbye")
def bye(message):
    return f"bye {message.user}!"

exercise_3(bot)
""",
            "no command uses what is written after it",
        ),
    ],
}
