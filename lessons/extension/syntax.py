"""What a line that Python cannot read was probably meant to be, in a beginner's words."""

import keyword
import re

INNER_QUOTES = "|".join(  # Python reads them from 3.12 on
    r"fQ[^Q]*\{[^}Q]*(Q[^Q}]*Q[^Q}]*)+\}".replace("Q", quote) for quote in ('"', "'")
)
TIMES_HINT = "Python writes * for times, and / for divided by."
COLUMN = "must begin in the same column as its"


def explain_syntax(error: SyntaxError, before: str = "") -> str:
    r"""Say what to fix, if Python's own words don't; "" if nothing is known.

    `before` is the last line with something in it above the one that Python complains about.

    >>> explain_syntax(SyntaxError("invalid syntax", ("", 1, 10, "answer = def answer():", 1, 13)))
    'A line with def names the function itself: remove what is before def.'
    >>> explain_syntax(SyntaxError("expected ':'", ("", 1, 10, "def hello()", 1, 11)))
    ''
    >>> nested = "f'hello {message['from']['name']}!'"
    >>> explain_syntax(SyntaxError("f-string: unmatched '['", ("", 1, 10, nested, 1, 11)))
    'In the braces, use the other kind of quotes: f"hello {ages[\'Ada\']}".'
    """
    line, message = (error.text or "").strip(), error.msg
    found = (error.text or "")[max((error.offset or 1) - 1, 0) :]  # from where ^ stands
    first = re.match(r"\w*", line)[0]  # type: ignore[index]  # it matches always
    if "guess(" in line and (words := explain_guess(line)):
        return words
    if re.search(r"=\s*def\b", line):
        return "A line with def names the function itself: remove what is before def."
    if line.startswith("!"):
        return 'People write ! in the chat. Here @bot.command("…") makes a command, and def below.'
    if first.lower() in keyword.kwlist and first not in keyword.kwlist:
        return f"Python writes {first.lower()} in small letters."
    if before.startswith("@") and not re.match(r"@|def\b|class\b|async\b", line):
        return "Right below a line that begins with @ there must be a line that begins with def."
    if line.startswith("@") and line.endswith(":"):
        return "A line that begins with @ has no colon at its end; the line with def has one."
    if first == "def" and re.match(r"[\d'\"]", found):
        return "Between the brackets of def are names; the values come when it is called."
    if first in ("except", "finally") and message.startswith("invalid"):
        return f"{first} {COLUMN} try, above it."
    if first in ("else", "elif") and message.startswith("invalid"):
        return f"{first} {COLUMN} if, above it."
    if re.match(r"(return )?[\w ]+\{\w[^'\"]*$", line):
        return 'A text needs quotes, and an f before them if it has braces in it: return f"…".'
    if message == "'return' outside function":
        return 'Above return, a command has two lines: @bot.command("…"), and def with its name.'
    times = re.search(r"([\w)]+) x ([\w(]+)", line)
    if times and message.startswith("invalid") and not any(map(keyword.iskeyword, times.groups())):
        return TIMES_HINT
    if message.startswith("invalid character") and re.search("[×÷]", line):
        return TIMES_HINT
    if "forgot a comma" in message and re.match(r"(?!True|False|None)[a-z]+ [a-z]", found, re.I):
        return "If these words are a text, it needs quotes."
    if message.startswith("cannot assign") and "Maybe you meant" in message:
        return "Left of one = is a name, or a drawer: ages['Ada'] = 3. (== compares two values.)"
    if first in ("if", "elif", "while") and "Maybe you meant '=='" in message:
        return "== asks whether two values are equal; one = gives a name a value."
    triple = message == "incomplete input" and re.match(r"\w?(\"{3}|'{3})", found)  # in IPython
    if triple or message.startswith("unterminated triple-quoted"):
        return "A text that begins with three quotes ends with three: those are missing."
    if message.startswith("unterminated") and re.search(r"'[^\"]*\w'\w[^\"]*'", line):
        return "A text with a ' in it needs double quotes: \"it's me\"."
    if message.startswith("unterminated"):
        return (
            "A text begins with a quote and ends with one: one of the two is missing. Over several "
            "lines it needs three at each end."
        )
    if re.search(INNER_QUOTES, line) and message.startswith(("f-string: ", "invalid character")):
        return "In the braces, use the other kind of quotes: f\"hello {ages['Ada']}\"."
    if message.startswith("invalid character") and re.search("[“”„‘’]", line):
        return "These quotes come from a text. Type them again, as \" or '."
    decimal = re.search(r"\b(\d+),(0\d+)", line)
    if decimal and message.startswith("leading zeros"):
        return f"Python writes a decimal with a point: {decimal[1]}.{decimal[2]}"
    if message.startswith("expected an indented block"):
        return "Lines that belong to the line with the colon begin four spaces further right."
    if message == "unexpected indent":
        return "It begins further right than the line above, which does not end with a colon."
    if message.startswith("unindent"):
        return "Lines that belong together begin in the same column."
    return ""


def explain_guess(line: str) -> str:
    """Say how a guess is written that Python cannot read; "" if nothing is known.

    >>> explain_guess('my_guess = guess("How many?", 50%)')
    'Write the number alone, without a unit: 50'
    >>> explain_guess('my_guess = guess("Who?", 1 2 3)')
    'Write commas between several answers: 1, 2, 3'
    >>> explain_guess('my_guess = guess("How much?", 0,000016)')
    'Python writes a decimal with a point: 0.000016'
    >>> explain_guess('my_guess = guess("Who?", the bot)')
    'A guess in words needs quotes: "the bot"'
    """
    found = re.search(r"""["'],\s*(.*?)[\s)]*(?:#.*)?$""", line)
    answer = found[1] if found else ""
    if decimal := re.fullmatch(r"(\d+),(\d+)", answer):
        return f"Python writes a decimal with a point: {decimal[1]}.{decimal[2]}"
    if number := re.fullmatch(r"(\d[\d.]*)\s*(%|[A-Za-z€$]+)", answer):
        return f"Write the number alone, without a unit: {number[1]}"
    if re.fullmatch(r"[\d.]+(\s+[\d.]+)+", answer):
        return f"Write commas between several answers: {', '.join(answer.split())}"
    if re.fullmatch(r"[A-Za-z][^\"']*", answer):
        return f'A guess in words needs quotes: "{answer}"'
    return ""


def last_written(lines: list[str]) -> str:
    """Return the last line that isn't blank; "" if there is none.

    >>> last_written(["a = (1,", "  "])
    'a = (1,'
    """
    return next((line for line in reversed(lines) if line.strip()), "")
