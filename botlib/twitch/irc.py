"""IRC lines become messages, and messages become lines; and how a text gets through whole.

Nothing here opens a connection or knows a bot. The grammar is RFC 1459's, with the tags of
IRCv3 in front as Twitch uses them.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from botlib.bot import split
from botlib.function import NOTHING

LONGEST_TEXT = 500  # characters in one chat message; Twitch cuts off what is longer
LONGEST_LINE = 65_536  # bytes; Twitch's own lines stay below 16 KB, so a longer one is broken
INVISIBLE = "\U000e0000"  # a character that no font shows

_ESCAPES = {"\\": "\\\\", ";": "\\:", "\0": "\\s", " ": "\\s", "\r": "\\r", "\n": "\\n"}
_PLAIN = {escaped[1]: plain for plain, escaped in _ESCAPES.items()}
_CONTROL = re.compile(r"[\0\r\n]+")


class IrcMessage(NamedTuple):  # a dataclass would cost a function's cold start some 8 ms
    """One IRC message: who sends (prefix), what (command), with what (params and tags)."""

    command: str
    params: tuple[str, ...] = ()
    prefix: str = ""
    tags: Mapping[str, str] = NOTHING
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
        """The channel it is about, without "#"; empty if it is about none.

        >>> parse("JOIN #viktor").channel, parse("PING :x").channel
        ('viktor', '')
        """
        return next((each[1:] for each in self.params if each.startswith("#")), "")

    @property
    def text(self) -> str:
        """The last parameter, where IRC puts what is said; empty if there is none."""
        return self.params[-1] if self.params else ""


def parse(line: str) -> IrcMessage:
    """Read one line without its line end; a broken line gives a message without a command.

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
    middle, colon, text = f" {line}".partition(" :")
    words = [word for word in middle.split(" ") if word]
    if not words:
        return IrcMessage("", (), prefix, tags)
    params = (*words[1:], text) if colon else tuple(words[1:])
    return IrcMessage(words[0], params, prefix, tags, bool(colon))


def format(message: IrcMessage) -> str:
    """Write a message as one line without its line end; never more than one line.

    >>> format(IrcMessage("PRIVMSG", ("#viktor", "two\\r\\nlines"), tags={"note": "a;b"}))
    '@note=a\\\\:b PRIVMSG #viktor :two lines'
    """
    tags = ";".join(f"{key}={escape(value)}" for key, value in message.tags.items())
    *middle, last = [message.command, *message.params]
    needs_colon = message.params and (not last or last.startswith(":") or " " in one_line(last))
    colon = ":" if message.params and (message.colon or needs_colon) else ""
    start = [f"@{tags}"] if tags else []
    start += [f":{message.prefix}"] if message.prefix else []
    return one_line(" ".join([*start, *middle, colon + last]))


def privmsg(channel: str, text: str, reply_to: str | None = None) -> IrcMessage:
    """Make a chat message; `reply_to` is the id of the message it answers.

    >>> format(privmsg("viktor", "hello Viktor!"))
    'PRIVMSG #viktor :hello Viktor!'
    """
    tags = {"reply-parent-msg-id": reply_to} if reply_to else {}
    return IrcMessage("PRIVMSG", (f"#{channel_name(channel)}", text), tags=tags, colon=True)


def channel_name(channel: str) -> str:
    """Give a channel's name as IRC wants it; raises ValueError for what is no login.

    >>> channel_name("#Viktor")
    'viktor'
    """
    name = channel.strip().removeprefix("#").lower()
    if not re.fullmatch(r"[a-z0-9_]{1,25}", name):
        raise ValueError(
            f"{channel!r} is no Twitch channel: expected the login of its owner, letters, digits "
            'and _, as it stands in twitch.tv/LOGIN. Write, for example, "viktor".'
        )
    return name


def one_line(text: str) -> str:
    """Make one line of a text: line ends and NUL would let it smuggle in a command.

    >>> one_line("hello\\r\\nQUIT")
    'hello QUIT'
    """
    return _CONTROL.sub(" ", text).encode("utf-8", "replace").decode()


def parse_tags(text: str) -> dict[str, str]:
    r"""Read what stands between "@" and the first space.

    >>> parse_tags("mod=0;system-msg=two\\swords;empty=")
    {'mod': '0', 'system-msg': 'two words', 'empty': ''}
    """
    pairs = (each.partition("=") for each in text.split(";") if each)
    return {key: unescape(value) for key, _, value in pairs}


def escape(value: str) -> str:
    r"""Write a tag's value.

    >>> escape("a; b")
    'a\\:\\sb'
    """
    return "".join(_ESCAPES.get(character, character) for character in value)


def unescape(value: str) -> str:
    r"""Read a tag's value; a backslash before anything else, or at the end, means nothing.

    >>> unescape("a\\:\\sb\\x\\")
    'a; bx'
    """
    return re.sub(r"\\(.?)", lambda match: _PLAIN.get(match[1], match[1]), value, flags=re.DOTALL)


class LineBuffer:
    """Turns what a socket gives, half lines or several at once, into whole lines.

    >>> buffer = LineBuffer()
    >>> buffer.feed(b"PING :a\\r\\nPI"), buffer.feed(b"NG :b\\r\\n")
    (['PING :a'], ['PING :b'])
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self.longest = longest
        self._rest = b""
        self._skipping = False  # inside a line that was longer than `longest`

    def feed(self, chunk: bytes) -> list[str]:
        """Take some bytes, give the lines they complete; a line that is too long is left out."""
        *complete, self._rest = (self._rest + chunk).split(b"\n")
        if self._skipping and complete:
            complete, self._skipping = complete[1:], False
        if len(self._rest) > self.longest:
            self._skipping = True
        if self._skipping:
            self._rest = b""
        lines = [line.removesuffix(b"\r") for line in complete if len(line) <= self.longest]
        return [line.decode("utf-8", "replace") for line in lines if line]


# What is said, and what is heard: Twitch's rules for a text.


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
