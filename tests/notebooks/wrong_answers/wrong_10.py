"""Wrong answers to the exercises of notebook 10, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

IMPORTS = "from lessons.exercises.ex_10 import exercise_1, exercise_2, exercise_3\n"

WRONG = {
    1: [
        (
            IMPORTS
            + """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ")
    return prefix[1:], channel[1:], text[1:]

exercise_1(who_and_what)
""",
            "as many parts as you have names for",
        ),
        (
            IMPORTS
            + """
def who_and_what(line):
    parts = line.split(":")
    return parts[1].partition("!")[0], line.split("#")[1].split(" ")[0], parts[2]

exercise_1(who_and_what)
""",
            "the text is ':)'",
        ),
        (
            IMPORTS
            + """
def who_and_what(line):
    words = line.split()
    return words[0][1:].partition("!")[0], words[2][1:], words[3][1:]

exercise_1(who_and_what)
""",
            "to the end of the line",
        ),
        (
            IMPORTS
            + """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", 3)
    return prefix, channel, text

exercise_1(who_and_what)
""",
            "the login is only 'viktor'",
        ),
        (
            IMPORTS
            + """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", 3)
    return prefix[1:].partition("!")[0], channel, text[1:]

exercise_1(who_and_what)
""",
            "the channel without its #",
        ),
        (
            IMPORTS
            + """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", 3)
    return prefix[1:].partition("!")[0], channel[1:], text

exercise_1(who_and_what)
""",
            "does not belong to it",
        ),
        (
            IMPORTS
            + """
def who_and_what(line):
    prefix, command, channel, text = line.split(" ", 3)
    print(prefix[1:].partition("!")[0], channel[1:], text[1:])

exercise_1(who_and_what)
""",
            "Write return in place of print",
        ),
        (
            """
from lessons.exercises.ex_10 import exercise_1, exercise_2, exercise_3

def who_and_what(line):
    prefix, channel, text = line.split(" ", 3)
    return prefix[1:].partition("!")[0], channel[1:], text[1:]

exercise_1(who_and_what)
""",
            "as many parts as you have names for",
        ),
    ],
    2: [
        (
            r"""
def take_lines(rest, data):
    *lines, rest = (rest + data).decode().split("\r\n")
    return lines, rest.encode()

exercise_2(take_lines)
""",
            "split the bytes first",
        ),
        (
            r"""
def take_lines(rest, data):
    parts = data.split(b"\r\n")
    rest = parts.pop()
    return [part.decode() for part in parts], rest

exercise_2(take_lines)
""",
            "take_lines(b'hal', b'f\\r\\n') gave",
        ),
        (
            r"""
def take_lines(rest, data):
    parts = (rest + data).split(b"\r\n")
    rest = parts.pop()
    return parts, rest

exercise_2(take_lines)
""",
            "the lines are texts",
        ),
        (
            r"""
def take_lines(rest, data):
    parts = (rest + data).split(b"\r\n")
    rest = parts.pop()
    return [str(part) for part in parts], rest


exercise_2(take_lines)
""",
            "part.decode() makes a text of them",
        ),
        (
            r"""
def take_lines(rest, data):
    parts = (rest + data).split("\r\n")
    rest = parts.pop()
    return parts, rest

exercise_2(take_lines)
""",
            "with a b before the quotes",
        ),
        (
            """
def take_lines(rest, data):
    parts = (rest + data).split(b"\\r\\n")
    lines = []
    for part in parts:
        lines.append(part.decode())
    rest = parts.pop()
    return lines, rest

exercise_2(take_lines)
""",
            "parts.pop() first",
        ),
        (
            r"""
def take_lines(rest, data):
    parts = (rest + data).split(b"\r\n")
    rest = parts.pop()
    return parts.decode(), rest

exercise_2(take_lines)
""",
            "a list cannot be decoded",
        ),
        (
            r"""
def take_lines(rest, data):
    parts = (rest + data).split(b"\r\n")
    rest = parts.pop()
    return rest, [part.decode() for part in parts]

exercise_2(take_lines)
""",
            "the lines come first",
        ),
    ],
    3: [
        (
            """
def reply_to(line):
    if "PING" in line:
        return "PONG :" + line.split(":")[-1]
    message = parse(line)
    if message.text == "!hello":
        return f"PRIVMSG #{message.channel} :hello {message.nick}!"

exercise_3(reply_to)
""",
            "look at the command, not at the whole line",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG {message.text}"
    if message.text == "!hello":
        return f"PRIVMSG #{message.channel} hello {message.nick}!"

exercise_3(reply_to)
""",
            "the colon before the text is missing",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG :{message.text}"
    if message.text == "!hello":
        return f"hello {message.nick}!"

exercise_3(reply_to)
""",
            "is what is said; the line that says it is",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG :{message.text}"
    if message.text == "!hello":
        return f"PRIVMSG #viktor :hello {message.nick}!"

exercise_3(reply_to)
""",
            "expected 'PRIVMSG #games :hello anna!'",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG :{message.text}"
    if "!hello" in message.text:
        return f"PRIVMSG #{message.channel} :hello {message.nick}!"

exercise_3(reply_to)
""",
            "the whole text must be !hello",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return "PONG"


exercise_3(reply_to)
""",
            "after PONG come a colon and the same words",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG :{message.text}"
    if message.text == "!hello":
        return f"PRIVMSG {message.channel} :hello {message.nick}!"


exercise_3(reply_to)
""",
            "name begins with # in the line",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG :{message.text}"
    if message.text == "!hello":
        return f"PRIVMSG #{message.channel} :hello {message.tags['display-name']}!"


exercise_3(reply_to)
""",
            "This line has no tags",
        ),
        (
            """
def reply_to(line):
    if message.command == "PING":
        return f"PONG :{message.text}"
    if message.command == "PRIVMSG" and message.text == "!hello":
        return f"PRIVMSG #{message.channel} :hello {message.nick}!"

exercise_3(reply_to)
""",
            "begin with message = parse(line)",
        ),
        (
            """
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        type_in(f"PONG :{message.text}")
    if message.command == "PRIVMSG" and message.text == "!hello":
        type_in(f"PRIVMSG #{message.channel} :hello {message.nick}!")

exercise_3(reply_to)
""",
            "give the line back with return",
        ),
        (
            r"""
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return f"PONG :{message.text}"
    if message.text.startswith("!hello"):
        return f"PRIVMSG #{message.channel} :hello {message.nick}!"

exercise_3(reply_to)
""",
            "the whole text must be !hello",
        ),
        (
            r"""
def reply_to(line):
    message = parse(line)
    if message.command == "PING":
        return "PONG :{message.text}"

exercise_3(reply_to)
""",
            "an f before the quotes",
        ),
        (
            r"""
def reply_to(line):
    if line.command == "PING":
        return f"PONG :{line.text}"

exercise_3(reply_to)
""",
            "message = parse(line) takes it apart",
        ),
    ],
}
