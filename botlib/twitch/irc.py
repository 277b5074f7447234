"""Read and write IRC lines.

The grammar is RFC 1459's, with the tags of IRCv3 in front as Twitch uses them.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from botlib.function import EMPTY_MAPPING

LONGEST_LINE = 65_536  # bytes; Twitch's own lines stay below 16 KB, so a longer one is broken

_ESCAPES = {"\\": "\\\\", ";": "\\:", "\0": "\\s", " ": "\\s", "\r": "\\r", "\n": "\\n"}
_PLAIN = {escaped[1]: plain for plain, escaped in _ESCAPES.items()}  # "s" becomes a space
_CONTROL = re.compile(r"[\0\r\n]+")
SHORTEST_TOKEN = 30  # characters; one may stand on the wrong line of .env, so no error shows it


class IrcMessage(NamedTuple):  # no dataclass, for the reason of `botlib.bot.Message`
    """One IRC message: its sender (prefix), its command, its parameters and tags."""

    command: str
    params: tuple[str, ...] = ()
    prefix: str = ""
    tags: Mapping[str, str] = EMPTY_MAPPING
    colon: bool = False  # the last parameter is written after ":", though it need not be

    @property
    def nick(self) -> str:
        """The sender's login.

        >>> parse(":viktor!viktor@viktor.tmi.twitch.tv JOIN #viktor").nick
        'viktor'
        """
        return self.prefix.partition("!")[0]

    @property
    def channel(self) -> str:
        """The channel that it belongs to, without "#"; empty if there is none.

        >>> parse("JOIN #viktor").channel, parse("PING :x").channel
        ('viktor', '')
        """
        return next((each[1:] for each in self.params if each.startswith("#")), "")

    @property
    def text(self) -> str:
        """The last parameter, where IRC puts the text; empty if there is none."""
        return self.params[-1] if self.params else ""


def parse(line: str) -> IrcMessage:
    """Read one line without its line end; from a broken line comes a message without a command.

    >>> message = parse("@mod=0;display-name=Viktor :viktor!v@v PRIVMSG #viktor :!hello  you")
    >>> message.command, message.channel, message.text, message.tags["display-name"]
    ('PRIVMSG', 'viktor', '!hello  you', 'Viktor')
    """
    tags, prefix = {}, ""
    if line.startswith("@"):
        head, _, line = line[1:].partition(" ")
        tags = parse_tags(head)
        line = line.lstrip(" ")
    if line.startswith(":"):
        prefix, _, line = line[1:].partition(" ")
    # With the space in front, " :" also finds a text that is the whole line.
    middle, colon, text = f" {line}".partition(" :")
    words = [word for word in middle.split(" ") if word]
    if not words:
        return IrcMessage("", (), prefix, tags)
    params = (*words[1:], text) if colon else tuple(words[1:])
    return IrcMessage(words[0], params, prefix, tags, bool(colon))


def format_line(message: IrcMessage) -> str:
    """Write a message as one line without its line end; never more than one line.

    >>> format_line(IrcMessage("PRIVMSG", ("#viktor", "two\\r\\nlines"), tags={"note": "a;b"}))
    '@note=a\\\\:b PRIVMSG #viktor :two lines'
    """
    tags = ";".join(f"{key}={escape_tag(value)}" for key, value in message.tags.items())
    *middle, last = [message.command, *message.params]
    needs_colon = message.params and (not last or last.startswith(":") or " " in one_line(last))
    colon = ":" if message.params and (message.colon or needs_colon) else ""
    start = [f"@{tags}"] if tags else []
    start += [f":{message.prefix}"] if message.prefix else []
    return one_line(" ".join([*start, *middle, colon + last]))


def privmsg(channel: str, text: str, reply_to: str | None = None) -> IrcMessage:
    """Make a chat message; `reply_to` is the id of the message it answers.

    >>> format_line(privmsg("viktor", "hello Viktor!"))
    'PRIVMSG #viktor :hello Viktor!'
    """
    tags = {"reply-parent-msg-id": reply_to} if reply_to else {}
    return IrcMessage("PRIVMSG", (f"#{channel_name(channel)}", text), tags=tags, colon=True)


def channel_name(channel: str) -> str:
    """Return a channel's name as IRC wants it; raises ValueError if it is not a login.

    >>> channel_name("#Viktor")
    'viktor'
    """
    name = channel.strip().removeprefix("#").lower()
    if not re.fullmatch(r"[a-z0-9_]{1,25}", name):
        shown = repr(channel) if len(channel) < SHORTEST_TOKEN else "this"
        raise ValueError(
            f"{shown} is not a Twitch channel: expected its owner's login, letters, digits "
            'and _, as in twitch.tv/LOGIN. Write, for example, "viktor", or "viktor,anna" for two.'
        )
    return name


def one_line(text: str) -> str:
    """Turn a text into one line, because a line end or NUL in it could smuggle in a command.

    >>> one_line("hello\\r\\nQUIT")
    'hello QUIT'
    """
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode()


def parse_tags(text: str) -> dict[str, str]:
    r"""Read the tags, which are between "@" and the first space.

    >>> parse_tags("mod=0;system-msg=two\\swords;empty=")
    {'mod': '0', 'system-msg': 'two words', 'empty': ''}
    """
    pairs = (each.partition("=") for each in text.split(";") if each)
    return {key: unescape_tag(value) for key, _, value in pairs}


def escape_tag(value: str) -> str:
    r"""Write a tag's value.

    >>> escape_tag("a; b")
    'a\\:\\sb'
    """
    return "".join(_ESCAPES.get(character, character) for character in value)


def unescape_tag(value: str) -> str:
    r"""Read a tag's value; a backslash before anything else, or at the end, means nothing.

    >>> unescape_tag("a\\:\\sb\\x\\")
    'a; bx'
    """
    return re.sub(r"\\(.?)", lambda match: _PLAIN.get(match[1], match[1]), value, flags=re.DOTALL)


class LineBuffer:
    """Turns the chunks of a socket, with half lines or several, into whole lines.

    >>> buffer = LineBuffer()
    >>> buffer.feed(b"PING :a\\r\\nPI"), buffer.feed(b"NG :b\\r\\n")
    (['PING :a'], ['PING :b'])
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self.longest = longest
        self._rest = b""
        self._skipping = False  # inside a line that was longer than `longest`

    def feed(self, chunk: bytes) -> list[str]:
        """Take some bytes and return the lines that they complete, except those too long."""
        *complete, self._rest = (self._rest + chunk).split(b"\n")
        if self._skipping and complete:
            complete, self._skipping = complete[1:], False
        if len(self._rest) > self.longest:
            self._skipping = True
        if self._skipping:
            self._rest = b""
        lines = [line.removesuffix(b"\r") for line in complete if len(line) <= self.longest]
        return [line.decode("utf-8", "replace") for line in lines if line]
