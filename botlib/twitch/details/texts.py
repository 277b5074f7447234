"""Texts as Twitch's chat takes them: short, no chat command, never the same twice in a row."""

from botlib.details.texts import split_text
from botlib.twitch.irc import one_line

LONGEST_TEXT = 500  # characters in one chat message; Twitch cuts off what is longer
INVISIBLE = "\U000e0000"  # no font shows it; chat clients and this bot add it to repeat a text


def split_reply(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """Cut a reply into messages that Twitch takes; line ends become spaces, because IRC has none.

    >>> split_reply("one\\ntwo"), [len(part) for part in split_reply("x" * 600)]
    (['one two'], [496, 104])
    """
    room = 2 * len(f"{INVISIBLE} ")  # for what `escape_command` and `avoid_duplicate` add
    return [escape_command(part.strip()) for part in split_text(one_line(text), longest - room)]


def escape_command(text: str) -> str:
    """Stop a viewer from making the bot run a chat command, as with "!say /disconnect".

    >>> escape_command("/me waves"), escape_command("/ban x") == f"{INVISIBLE} /ban x"
    ('/me waves', True)
    """
    is_command = text.startswith(("/", ".")) and not text.startswith("/me ")
    return f"{INVISIBLE} {text}" if is_command else text


def avoid_duplicate(text: str, last: str) -> str:
    """Make a text differ from the last one by a character that nobody sees.

    Twitch refuses the same text twice in a row within 30 seconds: msg_duplicate.

    >>> avoid_duplicate("hello", "hello") == f"hello {INVISIBLE}", avoid_duplicate("hello", "bye")
    (True, 'hello')
    """
    return f"{text} {INVISIBLE}" if text == last else text


def clean_incoming(text: str, is_reply: bool = False) -> str:
    """Remove what chat clients add to a viewer's text: an invisible character, @NAME in a reply.

    >>> clean_incoming("@hellobot !hello", is_reply=True), clean_incoming(f"!hello {INVISIBLE}")
    ('!hello', '!hello')
    """
    text = text.replace(INVISIBLE, "").strip()
    if is_reply and text.startswith("@"):
        text = text.partition(" ")[2].lstrip()
    return text
