"""One line of IRC, taken apart and put together (RFC 1459 with IRCv3 message tags).

Pure text: nothing here knows what a command means.
"""

from dataclasses import dataclass, field

ESCAPES = {";": r"\:", " ": r"\s", "\\": r"\\", "\r": r"\r", "\n": r"\n"}
UNESCAPES = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}


@dataclass(frozen=True)
class Line:
    """A client's line: its tags, its command in capitals, its parameters."""

    command: str
    params: list[str]
    tags: dict[str, str] = field(default_factory=dict)

    def param(self, index: int) -> str:
        """The parameter at this place, or an empty string."""
        return self.params[index] if index < len(self.params) else ""


def parse(text: str) -> Line | None:
    """Take a line apart; None for one without a command.

    >>> parse("PRIVMSG #viktor :hello there")
    Line(command='PRIVMSG', params=['#viktor', 'hello there'], tags={})
    >>> parse(r"@reply-parent-msg-id=7;x=a\\sb PRIVMSG #viktor :hi").tags
    {'reply-parent-msg-id': '7', 'x': 'a b'}
    """
    text = text.lstrip(" ")
    tags: dict[str, str] = {}
    if text.startswith("@"):
        raw, _, text = text[1:].partition(" ")
        tags = parse_tags(raw)
    text = text.lstrip(" ")
    if text.startswith(":"):
        text = text.partition(" ")[2]
    head, colon, trailing = (" " + text).partition(" :")
    words = head.split()
    if not words:
        return None
    return Line(words[0].upper(), words[1:] + ([trailing] if colon else []), tags)


def parse_tags(raw: str) -> dict[str, str]:
    """Tags without their @; a tag without a value has an empty one.

    >>> parse_tags("a=1;b;c=x=y")
    {'a': '1', 'b': '', 'c': 'x=y'}
    """
    pairs = (tag.partition("=") for tag in raw.split(";") if tag)
    return {name: unescape(value) for name, _, value in pairs}


def format_tags(tags: dict[str, str]) -> str:
    r"""Tags as they stand before a line, with the @ and the space.

    >>> format_tags({"display-name": "Viktor", "body": "a b;c"})
    '@display-name=Viktor;body=a\\sb\\:c '
    """
    return "@" + ";".join(f"{name}={escape(value)}" for name, value in tags.items()) + " "


def escape(value: str) -> str:
    r"""A tag's value as it travels.

    >>> escape("a b;\n")
    'a\\sb\\:\\n'
    """
    return "".join(ESCAPES.get(character, character) for character in value)


def unescape(value: str) -> str:
    r"""A tag's value as it was meant; an unknown escape loses its backslash.

    >>> unescape(r"a\sb\:\x") + unescape("end\\")
    'a b;xend'
    """
    if "\\" not in value:
        return value
    out: list[str] = []
    characters = iter(value)
    for character in characters:
        if character == "\\":
            character = next(characters, "")
            character = UNESCAPES.get(character, character)
        out.append(character)
    return "".join(out)
