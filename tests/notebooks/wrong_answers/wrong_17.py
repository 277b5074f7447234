"""Wrong answers to the exercises of notebook 17, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

HEAD = "from lessons.exercises.ex_17 import exercise_1, exercise_2, exercise_3\n"

WRONG = {
    1: [
        (
            HEAD + 'homes = {"shop", "function", "game", "program"}\nexercise_1(homes)',
            "a colon stands between each name and its value",
        ),
        (
            HEAD
            + """
homes = {
    "shop": "function",
    "game": "program",
    "friend": "function",
    "stranger": ...,
    "countdown": "program",
}
exercise_1(homes)
""",
            "in the place of the three dots: stranger",
        ),
        (
            HEAD
            + """
homes = {
    "shop": which_home("Telegram", True),
    "game": which_home("Telegram", False),
    "friend": which_home("Twitch", True, owner_agrees=True),
    "stranger": which_home("Twitch", True),
    "countdown": which_home("Telegram", True, speaks_by_itself=True),
}
exercise_1(homes)
""",
            "shop: that is the home and the reason. The home alone is which_home(…)[0]",
        ),
        (
            HEAD + 'homes = {"shop": "function", "game": "program"}\nexercise_1(homes)',
            "is missing for friend, stranger, countdown. There is: shop, game",
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
            "game: think again. Without a cloud account",
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
            "friend: think again. She agrees",
        ),
    ],
    2: [
        (
            'packed = {"main.py" "telegram_function.py" "twitch_function.py"}\nexercise_2(packed)',
            "a comma belongs between two names",
        ),
        (
            'packed = {"main", "telegram_function", "twitch_function"}\nexercise_2(packed)',
            "a file's name has its ending: main.py, telegram_function.py, twitch_function.py",
        ),
        ("packed = {...}\nexercise_2(packed)", "each name is a text in quotes"),
        ('packed = {"main.py", ".env", "telegram_function.py"}\nexercise_2(packed)', "refuses it"),
        ('packed = {"main.py", "test_main.py"}\nexercise_2(packed)', "it stays here"),
        ('packed = {"main.py"}\nexercise_2(packed)', "in vain for telegram_function.py"),
    ],
    3: [
        ("from botlib import Bot\n\nbot = Bot\nexercise_3(bot)", "with parentheses it makes one"),
        (
            """
from botlib import Bot

bot = Bot("?")

@bot.command("hello", help="say hello")
def hello(message):
    return f"hello {message.user}!"

@bot.command("count", help="count words")
def count(message):
    return f"{len(message.word)} words"

@bot.command("bye", help="say goodbye")
def bye(message):
    return f"bye {message.user}!"

exercise_3(bot)
""",
            "'?count' raised AttributeError: 'Message' object has no attribute 'word'. Look at the",
        ),
        (
            """
from botlib import Bot

bot = Bot()

@bot.command("hello", help="say hello")
def hello(message):
    return f"hello {message.user}!"

@bot.command("shout", help="say it loud")
def shout(message):
    return message.arguments.upper()

@bot.command("bye", help="say goodbye")
def bye(message):
    return f"bye {message.user}!"

exercise_3(bot)
""",
            "Does the command return a text, even when no word follows it?",
        ),
        (
            """
from botlib import Bot

bot = Bot()

@bot.command("hello", help="say hello")
def hello(message):
    print(f"hello {message.user}!")

@bot.command("shout", help="say it loud")
def shout(message):
    return "YOU SAID " + message.arguments.upper()

@bot.command("bye", help="say goodbye")
def bye(message):
    return f"bye {message.user}!"

exercise_3(bot)
""",
            "write return in place of print",
        ),
        (
            """
from botlib import Bot

bot = Bot()

@bot.command("hello", help="say hello")
def hello(message):
    return f"hello {message.user}!"

@bot.command("double", help="twice a number")
def double(message):
    if not message.arguments.isdecimal():
        return "Give me a number: !double 3"
    return int(message.arguments) * 2

@bot.command("bye", help="say goodbye")
def bye(message):
    return f"bye {message.user}!"

exercise_3(bot)
""",
            "str(…) makes a text of it.",
        ),
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
