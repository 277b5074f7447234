"""Wrong answers to exercise 3 of notebook 06, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

OPENS = 'return f"The door opens, {message.user}."'
SHUT = 'return f"The door stays shut, {message.user}."'


def door(*lines, command='@bot.command("open")'):
    body = "\n    ".join(lines)
    return f"""
%%save my_bot/commands/open.py
from botlib import Bot

bot = Bot()


{command}
def open_door(message):
    {body}

# ---- saved up to here, the rest runs now ----
from lessons.exercises.ex_06 import exercise_3

exercise_3("workshop/my_bot/commands/open.py")
"""


def question(asked, opens=OPENS, shut=SHUT):
    return door(f"if {asked}:", f"    {opens}", shut)


NUMBER = 'message.user_id == "500000001"'
WRONG = {
    3: {
        question('message.user == "Viktor"'): "whom does it know?",
        question(f'{NUMBER} or message.user == "Viktor"'): "A name is no proof",
        question(f'{NUMBER} and message.user == "Viktor"'): "because a name may change",
        question("message.user_id == 500000001"): "is a text, so compare it with a text",
        question('message.user_id is "500000001"'): "with == and not is",
        question('message["from"]["id"] == "500000001"'): "A message takes a point",
        question('message.chat == "500000001"'): "is where somebody wrote",
        question('"500000001" in message.user_id'): "Compare the whole number with ==",
        question('message.user_id == "5"'): "whom does it know?",
        question('message.user_id in "500000001"'): "Bob with the number 50000000 got",
        question(f'{NUMBER} or "Viktor"'): "An or with only a text behind it is always true",
        question('message.user_id == "500000003"'): "not Viktor's number, which is 500000001",
        question('message.user == "500000001"'): "both got 'The door stays shut, ….'",
        door(OPENS): "whom does it know?",
        question(NUMBER, opens=SHUT): ". If your two texts differ, look at the if.",
        question(NUMBER, shut="return None"): "got nothing",
        question(NUMBER, opens=OPENS.replace("f", "", 1)): "is there an f before the quotes",
        question(NUMBER, opens=OPENS.replace("return ", "print(") + ")", shut="return None"): (
            "write return instead of print"
        ),
        door(OPENS, command='@bot.command("door")'): "has no command open yet",
        question('message.id == "500000001"'): "'Message' object has no attribute 'id'",
    }
}
