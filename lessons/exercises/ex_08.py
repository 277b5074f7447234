"""Checks of notebook 08: a line taken apart, and what a bot sends back."""

from collections.abc import Callable
from itertools import product
from typing import Any
from unittest.mock import patch

from botlib.bot import Bot
from lessons.exercises.slips import Slip, Task
from lessons.exercises.verdict import (
    NotYet,
    advice_on_error,
    describe_error,
    exercise,
    expect,
    function_problem,
    show,
)


def three_texts_problem(found: Any) -> str:
    """Say what is wrong unless it is three texts."""
    three = isinstance(found, tuple | list) and len(found) == 3
    return "" if three else "expected three texts: return login, channel, text"


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
    '" ".join(text[1:].split())': "split() loses the second of two spaces: text[1:]",
}
CUT_HINT = (
    'there must be as many names as parts. line.split(" ", 3) gives prefix, command, channel, text'
)

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
    [
        Slip(
            'prefix, command, channel, text = line.split(" ")\nreturn prefix, channel, text',
            CUT_HINT,
        ),
        Slip('prefix, channel, text = line.split(" ", 3)\nreturn prefix, channel, text', CUT_HINT),
        Slip(
            """
            parts = line.split(":")
            return parts[1].partition("!")[0], line.split("#")[1].split(" ")[0], parts[2]
            """,
            "people write colons, too. Split the line at its first 3 spaces",
        ),
        *(
            Slip(
                f"""
                prefix, command, channel, text = line.split(" ", 3)
                return {login}, {channel}, {text}
                """,
                LOGINS[login] or CHANNELS[channel] or TEXTS[text],
            )
            for login, channel, text in list(product(LOGINS, CHANNELS, TEXTS))[1:]  # 0 is right
        ),
    ],
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


VIKTOR = ":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :"
ANNA = ":anna!anna@anna.tmi.twitch.tv PRIVMSG #games :"
LINES = [  # what comes, and what the bot should send
    ("PING :tmi.twitch.tv", "PONG :tmi.twitch.tv"),
    ("PING :another word", "PONG :another word"),
    (VIKTOR + "!hello", "PRIVMSG #viktor :good day, viktor"),
    (ANNA + "!hello", "PRIVMSG #games :good day, anna"),
    (ANNA + "!joke", "PRIVMSG #games :Knock knock. Who is there?"),
    (VIKTOR + "good morning", None),
    (VIKTOR + "who wants PING PONG tonight?", None),
    (VIKTOR + "PING :tmi.twitch.tv", None),
    (":tmi.twitch.tv 001 hello_bot :Welcome, GLHF!", None),
    (":tmi.twitch.tv NOTICE #viktor :!hello", None),
    (":tmi.twitch.tv NOTICE #viktor :!hello is a PRIVMSG", None),
    (":tmi.twitch.tv USERNOTICE #viktor :!hello", None),
]


def say(text: str, user: str = "someone") -> str:
    """Answer as the bot while it is checked: its own words may be another joke at each call."""
    command = text.partition(" ")[0]
    return {"!hello": f"good day, {user}", "!joke": "Knock knock.\nWho is there?"}.get(command, "")


@exercise(
    "define reply_to(line); it returns the line to send, or None.",
    "message = parse(line) comes first. What message.command is decides the rest.",
    'For PING, return f"PONG :{message.text}". For PRIVMSG, ask: '
    "answer = bot.ask(message.text, user=message.nick).",
    'The line is built like those that you typed: f"PRIVMSG #{message.channel} :{answer}". '
    'A "\\n" in the answer becomes a space, and an empty answer sends nothing.',
    because="Only the command says what a line is. Viewers write the word PING, and Twitch sends "
    "lines with a text that no viewer wrote.",
)
def exercise_2(reply_to: Callable[[str], Any], bot: Bot) -> str:
    """PING is answered, the bot is asked, and nothing else is said."""
    expect(callable(reply_to), function_problem(reply_to))
    expect(
        isinstance(bot, Bot), "bot is no longer your bot. Run the second cell of this page again"
    )
    with patch.object(bot, "ask", say):
        for line, expected in LINES:
            check_sent_line(reply_to, line, expected)
    hers = sent_by(reply_to, VIKTOR + "!hello")
    return f"{len(LINES)} lines. For !hello your bot sends {show(hers)}"


def sent_by(reply_to: Callable[[str], Any], line: str) -> Any:
    """Return what the learner's function sends; it may write the line end, too."""
    try:
        found = reply_to(line)
    except Exception as error:
        if "display-name" in str(error):
            why = ". This line has no tags: take message.nick"
        elif "'str' object has no attribute" in str(error):
            why = ". A line is a text; message = parse(line) takes it apart"
        elif isinstance(error, TimeoutError):
            why = ". Your function gets its line, so it doesn't need to listen"
        else:
            why = advice_on_error(error)
        raise NotYet(f"for {line!r} your function raised {describe_error(error)}{why}") from None
    return found.removesuffix("\r\n") if isinstance(found, str) else found


def check_sent_line(reply_to: Callable[[str], Any], line: str, expected: str | None) -> None:
    """Say what to fix unless the function sends what it should."""
    found = sent_by(reply_to, line)
    if found == expected:
        return
    if expected is None:
        raise NotYet(f"for {line!r} {why_silent(line, found)}")
    raise NotYet(f"for {line!r} {why_other(line, found, expected)}")


def why_silent(line: str, found: Any) -> str:
    """Say why the bot should send nothing here."""
    if "PONG" in str(found):
        return (
            "the bot sends a PONG, but a viewer wrote that word. Look at message.command, not at "
            "the whole line"
        )
    if found in ("None", "", False):
        return f"the bot is silent: return None, the word without quotes; found {show(found)}"
    if isinstance(found, str) and found.endswith(" :"):
        return f"the bot sends {show(found)}, an empty message. If the answer is empty, return None"
    if "NOTICE" in line or "001" in line:
        return (
            f"the bot sends {show(found)}, but this is Twitch's own line, not a message. Answer "
            'only if message.command == "PRIVMSG"'
        )
    return f"expected None, found {show(found)}"


def why_other(line: str, found: Any, expected: str) -> str:
    """Say what is wrong with the line that the bot sends here."""
    wanted = f"expected {expected!r}, found {show(found)}"
    if found is None:
        command = "PING" if expected.startswith("PONG") else "PRIVMSG"
        asked = " Does bot.ask get message.text?" if command == "PRIVMSG" else ""
        return (
            f"expected {expected!r}, but your function returned nothing. Is there an "
            f'if message.command == "{command}": in capitals, with a return in it?{asked} Sending '
            "the line isn't its job"
        )
    if not isinstance(found, str):
        return f"{wanted}. A line is a text"
    if "{" in found:
        return (
            f"the bot sends {found!r}, with the braces. An f before the quotes puts the values in "
            "their place"
        )
    if expected.startswith("PONG"):
        return f"{wanted}: after PONG come a colon and the same words"
    if "\n" in found:
        return (
            f"{wanted}: a line of IRC ends at \\n. Put a space there, and keep the new text: "
            'answer = answer.replace("\\n", " ")'
        )
    if "someone" in found:
        return f"{wanted}: the bot doesn't know who wrote. Pass user=message.nick to bot.ask"
    if found.startswith(":"):
        return f"{wanted}: the lines that you send have no prefix. Begin with PRIVMSG"
    if found == expected.replace("#", ""):
        return f"{wanted}: a channel's name begins with # in the line, and parse removes it"
    if found == expected.replace(" :", " ", 1):
        return f"{wanted}: without the colon before the text, Twitch takes its first word only"
    if found == expected.split(" :", 1)[1]:
        return f"{wanted}: that is what the bot says. The line that says it begins with PRIVMSG"
    if "#games" in expected and "#viktor" in found:
        return f"{wanted}: Anna wrote in another channel, #{{message.channel}}"
    if "anna" in expected and "viktor" in found:
        return f"{wanted}: Anna wrote this, not Viktor. Pass user=message.nick to bot.ask"
    if found.endswith(" :"):
        return f"{wanted}: the bot had no answer. Does bot.ask get message.text?"
    if "hello" in found:
        return f"{wanted}: these words are not your bot's. Ask it: bot.ask(message.text, …)"
    return wanted
