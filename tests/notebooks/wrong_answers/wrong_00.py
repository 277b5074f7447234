"""Wrong answers to the exercises of notebook 00, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

HELLO = """%%save 00_hello/main.py
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"

COMMAND

handler = webhook(bot)

# ---- saved up to here; from here on it is run ----
from lessons.exercises.ex_00 import exercise_1

cloud.deploy("hello", "workshop/00_hello", environment=settings, must_load=True)
exercise_1(telegram)
"""
SICK = """%%save 00_sick/main.py
from botlib import Bot
from botlib.telegram.webhook import webhook

bot = Bot()

@bot.command("hello")
def hello(message):
    return f"hello {message.user}!"

COMMAND

handler = webhook(bot)

# ---- saved up to here; from here on it is run ----
from lessons.exercises.ex_00 import exercise_2

cloud.deploy("hello", "workshop/00_sick", environment=settings, must_load=True)
exercise_2(telegram)
"""


def command(line, name="goodbye"):
    """A cell of exercise 1 with a command whose function has this one line."""
    return HELLO.replace("COMMAND", f'@bot.command("{name}")\ndef {name}(message):\n    {line}')


def night(line):
    """A cell of exercise 2 with this last line in night."""
    return SICK.replace("COMMAND", f'@bot.command("night")\ndef night(message):\n    {line}')


WHO = '\n\n@bot.command("who")\ndef who(message):\n    return f"you are {mesage.user}"'

WRONG = {
    1: [
        (command('return f"goodbye {message.user}!"', "good_bye"), "no command goodbye yet"),
        (command('return "goodbye Viktor!"'), "Ada was called Viktor"),
        (
            command(
                'if message.user == "Viktor":\n        return "goodbye Viktor!"\n'
                '    return "goodbye Ada!"'
            ),
            "Cleo was called Ada",
        ),
        (command("return f'goodbye {user}!'"), "NameError: name 'user' is not defined"),
        (command('return "goodbye {message.user}!"'), "write f before the quotes"),
        (command('return f"hello {message.user}!"'), "the answer to !hello"),
        (command('return f"goodbye {message}!"'), "Viktor got the whole message"),
        (command('return f"goodbye (message.user)!"'), "the hole in the text has braces"),
        (command('f"goodbye {message.user}!"'), "its function gave nothing back"),
        (
            command('return f"goodbye {message.user}!"').replace(
                '@bot.command("g', 'bot.command("g'
            ),
            "with the @, right above",
        ),
        (command('print(f"goodbye {message.user}!")'), "write return in place of print"),
    ],
    2: [
        (
            SICK.replace('f"hello {message.user}!"', '"hello Viktor!"').replace("COMMAND", ""),
            "Ada writes !hello; expected 'hello Ada!', and the bot says 'hello Viktor!'",
        ),
        (
            night('print(f"good night {message.user}...")'),
            "The function printed 'good night Viktor...', and",
        ),
        (night('f"good night {message.user}..."'), "Its last line must begin with return"),
        (
            night('return f"good night {message.user}..."' + WHO),
            "NameError: name 'mesage' is not defined (main.py, line 16) "
            'return f"you are {mesage.user}"',
        ),
        (
            SICK.replace('f"hello', '"hello').replace("COMMAND", ""),
            "and the bot says 'hello {message.user}!'",
        ),
    ],
}
