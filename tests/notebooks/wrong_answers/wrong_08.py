"""Wrong answers to the exercises of notebook 08, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""


def cell(body: str) -> str:
    """Return the answer's cell with this function in it."""
    return f"{body.strip()}\n\n\nexercise_2(reply_to, bot)\n"


PONG = """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG :{message.text}"
"""

ANSWER = """
    if message.command == "PRIVMSG":
        answer = bot.ask(message.text, user=message.nick).replace("\\n", " ")
        if answer:
            return f"PRIVMSG #{message.channel} :{answer}"
"""

WHO_WHAT = """
def who_what(line):
    return line

"""

WRONG = {
    1: [
        (
            f"who_and_what = ...\n{WHO_WHAT}exercise_1(who_and_what)",
            "this cell defines who_what, but who_and_what is still the three dots. "
            "Write def who_and_what(…):",
        ),
        (
            f"{WHO_WHAT}exercise_1(who_and_what)",
            "this cell defines who_what, but who_and_what is still the three dots",
        ),
        (
            f"{WHO_WHAT.replace('who_what', 'who_and_what')}who_and_what = ...\n"
            "exercise_1(who_and_what)",
            "the line who_and_what = ... is below your answer and puts the dots back: remove it",
        ),
        ("who_and_what = ...\nexercise_1(who_and_what)", "define who_and_what(line); it returns"),
        (
            f"{WHO_WHAT.replace('who_what', 'who_and_what')}exercise_1(who_and_what('a'))",
            "A function begins with def. Hand over its name alone",
        ),
        (
            """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", 3)
    return prefix[1:].partition("!")(0), channel[1:], text[1:]

exercise_1(who_and_what)
""",
            "Square brackets take one part: [0]",
        ),
        (
            """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", "3")
    return prefix, channel, text

exercise_1(who_and_what)
""",
            "A name or a number in quotes is a text: remove the quotes",
        ),
    ],
    2: [
        (cell(PONG), 'Is there an if message.command == "PRIVMSG": in capitals'),
        (cell(PONG.replace("PING", "ping") + ANSWER), 'an if message.command == "PING": in cap'),
        (
            cell(PONG + ANSWER.replace("PRIVMSG", "PRIVMESSAGE", 1)),
            'Is there an if message.command == "PRIVMSG": in capitals',
        ),
        (
            cell(PONG + ANSWER.replace(".replace", "\n        answer.replace")),
            'keep the new text: answer = answer.replace("\\n", " ")',
        ),
        (cell(PONG + ANSWER.replace("message.text", "line")), "Does bot.ask get message.text?"),
        (
            cell(PONG + ANSWER.replace("message.text", "line").replace("if answer", "if True")),
            "the bot had no answer. Does bot.ask get message.text?",
        ),
        (
            cell(PONG.replace("message.command", "message.comand")),
            "for 'PING :tmi.twitch.tv' your function raised AttributeError: 'IrcMessage' object "
            "has no attribute 'comand'. A parsed line has command, nick, channel and text",
        ),
        (cell(PONG.replace("message.command", "mesage.command")), "Look at the spelling"),
        (
            cell("def reply_to(line):\n    raise TimeoutError('timed out')  # as hear does"),
            "Your function gets its line, so it doesn't need to listen",
        ),
        (
            cell("""
def reply_to(line):
    if "PING" in line:
        return "PONG :" + line.split(":")[-1]
    message = parse(line)
    answer = bot.ask(message.text, user=message.nick).replace("\\n", " ")
    if answer:
        return f"PRIVMSG #{message.channel} :{answer}"
"""),
            "but a viewer wrote that word",
        ),
        (
            cell(f"""{PONG}
    answer = bot.ask(message.text, user=message.nick).replace("\\n", " ")
    if answer:
        return f"PRIVMSG #{{message.channel}} {{answer}}"
"""),
            "without the colon before the text",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        answer = bot.ask(message.text, user=message.nick).replace("\\n", " ")
        return f":hello_bot PRIVMSG #{{message.channel}} :{{answer}}"
"""),
            "the lines that you send have no prefix",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        answer = bot.ask(message.text, user="viktor").replace("\\n", " ")
        return f"PRIVMSG #{{message.channel}} :{{answer}}"
"""),
            "Anna wrote this, not Viktor",
        ),
        (
            cell(f"""{PONG}
    answer = bot.ask(message.text, user=message.nick).replace("\\n", " ")
    if answer:
        return f"PRIVMSG #{{message.channel}} :{{answer}}"
"""),
            "this is Twitch's own line, not a message",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        return bot.ask(message.text, user=message.nick)
"""),
            "that is what the bot says",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        return f"PRIVMSG #viktor :{{bot.ask(message.text, user=message.nick)}}"
"""),
            "Anna wrote in another channel",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        return f"PRIVMSG #{{message.channel}} :{{bot.ask(message.text, user=message.nick)}}"
"""),
            "a line of IRC ends at",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        answer = bot.ask(message.text, user=message.nick).replace("\\n", " ")
        return f"PRIVMSG #{{message.channel}} :{{answer}}"
"""),
            "an empty message",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG" and message.text == "!hello":
        return f"PRIVMSG #{{message.channel}} :hello {{message.nick}}!"
"""),
            "these words are not your bot's",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        return f"PRIVMSG #{{message.channel}} :{{bot.ask(message.text)}}"
"""),
            "the bot doesn't know who wrote",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        return f"PRIVMSG {{message.channel}} :{{bot.ask(message.text, user=message.nick)}}"
"""),
            "name begins with # in the line",
        ),
        (
            cell("""
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return "PONG"
"""),
            "after PONG come a colon and the same words",
        ),
        (
            cell("""
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return "PONG :{message.text}"
"""),
            "An f before the quotes",
        ),
        (
            cell("""
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        type_in(f"PONG :{message.text}")
"""),
            "Sending the line isn't its job",
        ),
        (
            cell("""
def reply_to(line):
    if line.command == "PING":
        return f"PONG :{line.text}"
"""),
            "takes it apart",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        return bot.ask(message.text, user=message.tags["display-name"])
"""),
            "This line has no tags",
        ),
        (
            cell(f"""{PONG}
    if message.command == "PRIVMSG":
        answer = bot.ask(message.text, user=message.nick).replace("\\n", " ")
        if answer:
            return f"PRIVMSG #{{message.channel}} :{{answer}}"
    return "None"
"""),
            "the word without quotes",
        ),
    ],
}
