"""How a text gets through Twitch's chat whole: its length, repetitions, and commands in it.

It only makes texts from texts.
"""

from botlib.bot import split
from botlib.twitch.irc import LONGEST_TEXT, one_line

INVISIBLE = "\U000e0000"  # a character that no font shows


def parts(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Cut a reply into messages that Twitch takes; line ends become spaces, as IRC has none.

    >>> parts("one\\ntwo"), [len(part) for part in parts("x" * 600)]
    (['one two'], [496, 104])
    """
    room = 2 * len(f"{INVISIBLE} ")  # for what `harmless` and `distinct` add
    return [harmless(part.strip()) for part in split(one_line(text), longest - room)]


def harmless(text: str) -> str:
    """Keep a viewer from making the bot run a chat command, as in "!say /disconnect".

    >>> harmless("/me waves"), harmless("hello"), harmless("/ban x") == f"{INVISIBLE} /ban x"
    ('/me waves', 'hello', True)
    """
    is_command = text.startswith(("/", ".")) and not text.startswith("/me ")
    return f"{INVISIBLE} {text}" if is_command else text


def distinct(text: str, last: str) -> str:
    """Make a text differ from the last one without anybody seeing it.

    Twitch refuses the same text twice in a row within 30 seconds (msg_duplicate), which would
    lose the second "hello Viktor!".

    >>> distinct("hello", "hello") == f"hello {INVISIBLE}", distinct("hello", "bye")
    (True, 'hello')
    """
    return f"{text} {INVISIBLE}" if text == last else text


def heard(text: str, is_reply: bool = False) -> str:
    """Read what a viewer wrote: chat clients add the invisible character, and in a reply @NAME.

    >>> heard("@hellobot !hello", is_reply=True), heard(f"!hello {INVISIBLE}")
    ('!hello', '!hello')
    """
    text = text.replace(INVISIBLE, "").strip()
    if is_reply and text.startswith("@"):
        text = text.partition(" ")[2].lstrip()
    return text
