"""What a line that Python cannot read was probably meant to be, in a beginner's words."""

import keyword
import re

INNER_QUOTES = r'f"[^"]*\{[^}"]*"[^"}]*"[^"}]*\}'  # Python reads them from 3.12 on
COLUMN = "must stand in the same column as its"


def meant(error: SyntaxError, before: str = "") -> str:
    """What to mend, where Python's own words do not say it; "" if nothing is known.

    `before` is the last line with something in it above the one that Python complains about.

    >>> meant(SyntaxError("invalid syntax", ("", 1, 10, "answer = def answer():", 1, 13)))
    'A line with def names the function itself: take away what stands before def.'
    >>> meant(SyntaxError("expected ':'", ("", 1, 10, "def hello()", 1, 11)))
    ''
    """
    line, message = (error.text or "").strip(), error.msg
    found = (error.text or "")[max((error.offset or 1) - 1, 0) :]  # from where ^ stands
    first = re.match(r"\w*", line)[0]  # type: ignore[index]  # it matches always
    if re.search(r"=\s*def\b", line):
        return "A line with def names the function itself: take away what stands before def."
    if line.startswith("!"):
        return 'People write ! in the chat. Here @bot.command("…") makes a command, and def below.'
    if first.lower() in keyword.kwlist and first not in keyword.kwlist:
        return f"Python writes {first.lower()} in small letters."
    if before.startswith("@") and not re.match(r"@|def\b|class\b|async\b", line):
        return "Right below a line that begins with @ there must be a line that begins with def."
    if line.startswith("@") and line.endswith(":"):
        return "A line that begins with @ has no colon at its end; the line with def has one."
    if first == "def" and re.match(r"[\d'\"]", found):
        return "Between the brackets of def stand names; the values come when it is called."
    if first in ("except", "finally") and message.startswith("invalid"):
        return f"{first} {COLUMN} try, above it."
    if first in ("else", "elif") and message.startswith("invalid"):
        return f"{first} {COLUMN} if, above it."
    if re.match(r"return [^'\"]*\{\w", line):
        return 'A text needs quotes, and an f before them if it has braces in it: return f"…".'
    if "forgot a comma" in message and re.match(r"(?!True|False|None)[a-z]+ [a-z]", found, re.I):
        return "If these words are a text, it needs quotes."
    if message.startswith("cannot assign") and "Maybe you meant" in message:
        return (
            "Left of one = stands a name, or a drawer: ages['Ada'] = 3. (== compares two values.)"
        )
    if first in ("if", "elif", "while") and "Maybe you meant '=='" in message:
        return "== asks whether two values are equal; one = gives a name a value."
    if message.startswith("unterminated"):
        return "A text begins with a quote and ends with one: the second is missing."
    if re.search(INNER_QUOTES, line) and message.startswith(("f-string: ", "invalid character")):
        return "In the braces of a text with double quotes use single ones: {ages['Ada']}."
    if message.startswith("invalid character") and re.search("[“”„‘’]", line):
        return "These quotes come from a text. Type them anew, as \" or '."
    if message.startswith("expected an indented block"):
        return "Lines that belong to the line with the colon begin four spaces further right."
    if message == "unexpected indent":
        return "It begins further right than the line above, which does not end with a colon."
    if message.startswith("unindent"):
        return "Lines that belong together begin in the same column."
    return ""
