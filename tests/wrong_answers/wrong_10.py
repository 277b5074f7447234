"""Wrong answers to the exercises of notebook 10, as people really give them.

exercise number → list of (source of the whole cell, words of what is said to it)
"""

WRONG = {
    1: [
        (
            r"""
from lessons.exercises.ex_10 import exercise_1, exercise_2, exercise_3

def take_lines(rest, data):
    *lines, rest = (rest + data).decode().split("\r\n")
    return lines, rest.encode()

exercise_1(take_lines)
""",
            "split the bytes first",
        ),
    ],
    2: [
        (
            """
def reply_to(line):
    if "PING" in line:
        return "PONG :" + line.split(":")[-1]
    message = parse(line)
    if message.text == "!hello":
        return f"PRIVMSG #{message.channel} :hello {message.nick}!"

exercise_2(reply_to)
""",
            "look at the command, not at the whole line",
        ),
    ],
    3: [
        (
            """
def wait_s(sent, now):
    return max(0, sent[0] + 30 - now) if len(sent) >= 20 else 0

exercise_3(wait_s)
""",
            "the twentieth from the end",
        ),
    ],
}
