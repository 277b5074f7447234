"""Checks of notebook 08: a line taken apart, and a loop that holds a connection."""

from itertools import product
from typing import Any

from lessons.exercises.slips import Task
from lessons.exercises.verdict import exercise


def three_texts_problem(found: Any) -> str:
    """Say what is wrong unless it is three texts."""
    if not (isinstance(found, tuple | list) and len(found) == 3):
        return "expected three texts: return login, channel, text"
    if all(isinstance(part, str) for part in found):
        return ""
    return "expected three texts. partition and split give several at once: choose one, as in [0]"


LOGINS = {  # how people take the login out of the prefix, and what to say about it
    'prefix[1:].partition("!")[0]': "",
    'prefix.partition("!")[0]': "the login begins after the colon",
    'prefix[1:].partition("!")': "partition gives three texts. The login is the first: [0]",
    'prefix.partition("!")': "the login begins after the colon and ends before the !. That's the "
    'first part of prefix[1:].partition("!"): [0]',
    "prefix[1:]": "the login ends before the !",
    "prefix": "the login is between the first colon and the !",
}
CHANNELS = {"channel[1:]": "", "channel": "return the channel without its #"}
TEXTS = {
    "text[1:]": "",
    "text": "the colon before the text isn't part of it",
    'text.strip(":")': "that removes every colon at both ends, even a smiley's: text[1:]",
    'text.lstrip(":")': "that removes every colon at the beginning, even a smiley's: text[1:]",
    'text.replace(":", "")': "that removes every colon, even a smiley's: text[1:]",
    'text[1:].split(" ")[0]': "the text goes to the end: split the line at its first 3 spaces",
    'text.split(" ")[0]': "the text goes to the end: split the line at its first 3 spaces",
    '" ".join(text[1:].split())': "split() loses the second of two spaces: text[1:]",
}
CUT_HINT = (
    'there must be as many names as parts. line.split(" ", 3) gives prefix, command, channel, text'
)

FOUR_PARTS_CODE = 'prefix, command, channel, text = line.split(" ", 3)\n'
WHO_AND_WHAT_TASK = Task(
    "who_and_what(line)",
    [
        (
            (f":{login}!{login}@{login}.tmi.twitch.tv PRIVMSG #{channel} :{text}",),
            (login, channel, text),
        )
        for login, channel, text in [
            ("viktor", "viktor", "!hello you"),
            ("anna", "games", "good morning"),
            ("bob_7", "viktor", "hi"),
            ("anna", "viktor", ":)"),
            ("anna", "viktor", "at 5:30 : really!"),
            ("cleo", "viktor", "two  spaces #games"),
            ("bob_7", "games", "look here:"),
        ]
    ],
    {
        'prefix, command, channel, text = line.split(" ")\nreturn prefix, channel, text': CUT_HINT,
        'prefix, channel, text = line.split(" ", 3)\nreturn prefix, channel, text': CUT_HINT,
        """
        parts = line.split(":")
        return parts[1].partition("!")[0], line.split("#")[1].split(" ")[0], parts[2]
        """: "people write colons, too. Split the line at its first 3 spaces",
        **{
            f"{FOUR_PARTS_CODE}return {login}, {channel}, {text}": (
                LOGINS[login] or CHANNELS[channel] or TEXTS[text]
            )
            for login, channel, text in list(product(LOGINS, CHANNELS, TEXTS))[1:]  # 0 is right
        },
    },
    kind=three_texts_problem,
)


@exercise(
    "define who_and_what(line); it returns login, channel, text.",
    'Begin with prefix, command, channel, text = line.split(" ", 3): four names for four parts.',
    "prefix[1:] leaves the first character out. Do the same for the channel and the text.",
    'The login is what comes before the "!": prefix[1:].partition("!")[0].',
    task=WHO_AND_WHAT_TASK,
    because="A colon marks the prefix at the beginning of a line, and the last parameter after a "
    "space. All other colons are what people write, such as a smiley.",
)
def exercise_1(who_and_what: Any) -> str:
    """Login, channel, text; and a smiley's colon is not IRC's."""
    return f"{len(WHO_AND_WHAT_TASK.cases)} lines taken apart"


ENDLESS_HINT = (
    'the loop never ends. Each round has to take the next line, by lines.pop(0), and "" has to '
    "leave it, by break"
)
VIEWER = ":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :"
TWITCH = ":tmi.twitch.tv "

PONGS_TASK = Task(
    "pongs(lines)",
    [
        ((lines,), answers)
        for lines, answers in [
            (["PING :tmi.twitch.tv", ""], ["PONG :tmi.twitch.tv"]),
            (
                [f"{VIEWER}hello", "PING :one", f"{TWITCH}001 hello_bot :Welcome", "PING :two", ""],
                ["PONG :one", "PONG :two"],
            ),
            ([f"{VIEWER}PING PONG, anybody?", ""], []),
            (["PING :a PING for you", ""], ["PONG :a PING for you"]),
            (["PING :now", "PING :then", "", "PING :never"], ["PONG :now", "PONG :then"]),
            ([""], []),
        ]
    ],
    {
        ('line.startswith("PING")', '"PING" in line'): "a viewer wrote that word. Twitch's own "
        "PING is at the beginning: line.startswith",
        ('"PONG" + line[4:]', 'line.replace("PING", "PONG")'): "replace changes every PING in the "
        "line. line[4:] is all that is after the first",
        ('"PONG" + line[4:]', '"PONG :tmi.twitch.tv"'): "the words after PING come back as they "
        "are: line[4:]",
        ('"PONG" + line[4:]', "line"): "the answer to PING is PONG, with the same words",
        ('"PONG" + line[4:]', '"PONG"'): "after PONG come the same words: line[4:]",
        ("line[4:]", "line[5:]"): "line[4:] begins with the space, so PONG and the words stay "
        "apart",
        ('answers.append("PONG" + line[4:])', 'return ["PONG" + line[4:]]'): "return ends the "
        "function at the first PING. Collect: answers.append(…)",
        ("lines.pop(0)", "lines.pop()"): "pop() takes the last line of the list. The next one is "
        "lines.pop(0)",
        ("break", "pass"): 'the loop goes on after "". Leave it there, by break',
        ("break", "return None"): 'at "", return the answers',
        """
        answers = []
        for line in lines:
            if line.startswith("PING"):
                answers.append("PONG" + line[4:])
        return answers
        """: 'the other side hung up at "", and your loop goes through all lines of the list',
        """
        answers = []
        line = lines.pop(0)
        if line.startswith("PING"):
            answers.append("PONG" + line[4:])
        return answers
        """: "only the first line was read. while True: repeats what is below it",
        """
        answers = []
        while True:
            line = lines.pop(0)
            if line.startswith("PING"):
                answers.append("PONG" + line[4:])
            else:
                break
        return answers
        """: "the break below else ends the loop at the first line that is no PING. Write it below "
        'if line == "": instead',
        ("answers = []\nwhile True:", "while True:\n    answers = []"): "no answer was kept. "
        "answers = [] belongs above the loop, because inside it each round forgets the last one. "
        'And at "", return answers',
        "while True:\n    pass": ENDLESS_HINT,
        """
        answers = []
        line = lines.pop(0)
        while line != "":
            if line.startswith("PING"):
                answers.append("PONG" + line[4:])
                line = lines.pop(0)
        return answers
        """: ENDLESS_HINT,
    },
    solution="""
        answers = []
        while True:
            line = lines.pop(0)
            if line == "":
                break
            if line.startswith("PING"):
                answers.append("PONG" + line[4:])
        return answers
    """,
    kind=lambda found: "" if isinstance(found, list) else "expected a list of texts",
)


@exercise(
    "define pongs(lines); it returns a list of answers.",
    "Begin with answers = [] and, below it, while True:",
    'In the loop: line = lines.pop(0). If it is "", break leaves the loop.',
    'answers.append("PONG" + line[4:]) adds an answer, if line.startswith("PING").',
    task=PONGS_TASK,
    because="A program that holds a line is such a loop. It ends when the other side hangs up, and "
    "not before.",
)
def exercise_2(pongs: Any) -> str:
    """Each PING is answered until the end, and nothing else."""
    return f"{len(PONGS_TASK.cases)} connections held to their end"
