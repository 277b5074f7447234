"""How an IRC line is written: RFC 1459, section 2.3, with IRCv3's tags in front.

    [@tags SPACE] [:source SPACE] command {SPACE middle} [SPACE :trailing] CRLF

SPACE is one space or several. A line feed alone ends a line, too, as on most servers.
irc.py gives a line its meaning.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

ESCAPED = {"\\": r"\\", ";": r"\:", " ": r"\s", "\r": r"\r", "\n": r"\n"}  # in a tag's value
UNESCAPED = {":": ";", "s": " ", "r": "\r", "n": "\n"}  # after a backslash
TO_TAG = str.maketrans(ESCAPED)
TO_ONE_LINE = str.maketrans("\r\n\0", "   ")  # so that a text can't start another line


class IrcLine(NamedTuple):
    """A received line; the trailing text is the last parameter.

    It has no source, because a server knows the sender by the connection.
    """

    command: str = ""
    params: tuple[str, ...] = ()
    tags: Mapping[str, str] = MappingProxyType({})


def parse_line(line: str) -> IrcLine:
    """Parse a line; one without a command has the command "".

    >>> line = parse_line("@id=7;flag :anna!anna@host PRIVMSG #viktor :hello  there")
    >>> line.command, line.params, line.tags
    ('PRIVMSG', ('#viktor', 'hello  there'), {'id': '7', 'flag': ''})
    """
    tags = ""
    if line.startswith("@"):
        tags, line = first_word(line[1:])
    if line.startswith(":"):
        _, line = first_word(line)
    line, words = line.lstrip(" "), []
    while line and not line.startswith(":"):
        word, line = first_word(line)
        words.append(word)
    if not words:
        return IrcLine()
    trailing = [line[1:]] if line else []
    return IrcLine(words[0], (*words[1:], *trailing), parse_tags(tags))


def build_line(
    command: str,
    params: tuple[str, ...] = (),
    text: str | None = None,
    source: str = "",
    tags: dict[str, str] | None = None,
) -> str:
    r"""Build a line without its end; `text` is the trailing text, params are words.

    >>> build_line("NOTICE", ("#viktor",), "No,\r\nno.", "tmi.twitch.tv", {"msg-id": "a;b"})
    '@msg-id=a\\:b :tmi.twitch.tv NOTICE #viktor :No,  no.'
    """
    parts = [command, *params]
    if source:
        parts.insert(0, f":{source}")
    if tags:
        pairs = (f"{key}={value.translate(TO_TAG)}" for key, value in tags.items())
        parts.insert(0, f"@{';'.join(pairs)}")
    if text is not None:
        parts.append(f":{text}")
    line = " ".join(parts).translate(TO_ONE_LINE)
    return line.encode("utf-8", "replace").decode()  # half of a surrogate pair can't be sent


def first_word(text: str) -> tuple[str, str]:
    """Split a text at its first space or spaces.

    >>> first_word("JOIN  #viktor")
    ('JOIN', '#viktor')
    """
    word, _, rest = text.partition(" ")
    return word, rest.lstrip(" ")


def parse_tags(text: str) -> dict[str, str]:
    """Parse tags; one without a value has "", and of two with one name the last counts.

    >>> parse_tags("mod=1;color;mod=0")
    {'mod': '0', 'color': ''}
    """
    pairs = (tag.partition("=") for tag in text.split(";") if tag)
    return {key: unescape_tag_value(value) for key, _, value in pairs}


def unescape_tag_value(value: str) -> str:
    r"""Unescape a tag's value; IRCv3 drops a backslash that escapes nothing.

    >>> unescape_tag_value(r"a\:\sb\\ \x" + "\\")
    'a; b\\ x'
    """
    signs, found = iter(value), []
    for sign in signs:
        if sign == "\\":
            sign = next(signs, "")
            sign = UNESCAPED.get(sign, sign)
        found.append(sign)
    return "".join(found)


class LineSplitter:
    """Splits received bytes into lines; drops a line of more than `longest` bytes.

    >>> splitter = LineSplitter(longest=9)
    >>> splitter.feed(b"PING :a\\r\\nPI"), splitter.feed(b"NG :b\\r\\nmuch too long\\nQUIT\\n")
    (['PING :a'], ['PING :b', 'QUIT'])
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._begun = b""  # of the incomplete line; one byte too many shows that it is too long

    def feed(self, data: bytes) -> list[str]:
        """Add bytes and return the lines that end in them."""
        *ends, rest = data.split(b"\n")
        lines = []
        for end in ends:
            line, self._begun = self._begun + end, b""
            text = line.removesuffix(b"\r")
            if text and len(line) <= self._longest:
                lines.append(text.decode("utf-8", "replace"))
        self._begun = (self._begun + rest)[: self._longest + 1]
        return lines
