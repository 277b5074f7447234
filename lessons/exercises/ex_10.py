"""Checks of notebook 10: a line taken apart, lines from pieces, what to say back."""

from collections.abc import Callable
from typing import Any

from lessons.exercises.verdict import NotYet, describe, exercise, expect, explained, run, show

SAID = [  # a line, and who says what where
    (":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :!hello you", "viktor", "viktor"),
    (":anna!anna@anna.tmi.twitch.tv PRIVMSG #games :good morning", "anna", "games"),
    (":bob_7!bob_7@bob_7.tmi.twitch.tv PRIVMSG #viktor :hi", "bob_7", "viktor"),
    (":anna!anna@anna.tmi.twitch.tv PRIVMSG #viktor ::)", "anna", "viktor"),
    (":anna!anna@anna.tmi.twitch.tv PRIVMSG #viktor :at 5:30 : really!", "anna", "viktor"),
    (":cleo!cleo@cleo.tmi.twitch.tv PRIVMSG #viktor :two  spaces #games", "cleo", "viktor"),
]


@exercise(
    "define who_and_what(line); it returns login, channel, text.",
    'Begin with prefix, command, channel, text = line.split(" ", 3): four names for four parts.',
    "prefix[1:] leaves its first character out. The same goes for channel and text.",
    'The login is what stands before the "!": prefix[1:].partition("!")[0].',
)
def exercise_1(who_and_what: Callable[[str], Any]) -> str:
    """Login, channel, text; and a smiley is no colon of IRC's."""
    for line, login, channel in SAID:
        text = line.split(" :", 1)[1]
        found = taken_apart(who_and_what, line)
        three = isinstance(found, tuple | list) and len(found) == 3
        expect(three, f"expected three texts: return login, channel, text; found {show(found)}")
        who, where, what = found
        of = f"in the line {line!r}"
        if who != login and login in str(who):
            raise NotYet(
                f"{of} the login is only {login!r}: what stands between the first colon and the "
                f"'!'; found {show(who)}"
            )
        expect(who == login, f"{of} the login is {login!r}, found {show(who)}")
        expect(where != f"#{channel}", f"the channel without its #: {channel!r}")
        expect(where == channel, f"{of} the channel is {channel!r}, found {show(where)}")
        expect(what != f":{text}", f"the colon before the text does not belong to it: {text!r}")
        if what != text and isinstance(what, str) and text.startswith(what.strip()):
            raise NotYet(f"{of} the text is {text!r}, to the end of the line; found {show(what)}")
        expect(what == text, f"{of} the text is {text!r}, found {show(what)}")
    return f"{len(SAID)} lines taken apart"


def taken_apart(who_and_what: Callable[[str], Any], line: str) -> Any:
    """Call the learner's function; NotYet says how many parts a line has."""
    try:
        return run(who_and_what, line)
    except NotYet as told:
        if "to unpack" in str(told):
            raise NotYet(
                f"{line!r} did not come apart into as many parts as you have names for. "
                'line.split(" ", 3) cuts three times only, and gives four: '
                'prefix, command, channel, text = line.split(" ", 3)'
            ) from None
        raise


# Each row: what came before, what was read now, the whole lines, what is left for later.
READS = [
    (b"", b"PING :a\r\n", ["PING :a"], b""),
    (b"", b"one\r\ntwo\r\nthree\r\n", ["one", "two", "three"], b""),
    (b"", b"whole\r\nhal", ["whole"], b"hal"),
    (b"hal", b"f\r\n", ["half"], b""),
    (b"", b"nothing whole", [], b"nothing whole"),
    (b"nothing whole", b"", [], b"nothing whole"),
    (b"", b"cut before the end\r", [], b"cut before the end\r"),
    (b"cut before the end\r", b"\nPI", ["cut before the end"], b"PI"),
]


@exercise(
    "define take_lines(rest, data); it returns (lines, rest).",
    "Put the two together first: rest + data. Then split that at the line ends.",
    "What stands behind the last line end is no whole line: parts.pop() takes it out of the list. "
    "It is the new rest, also where it is empty.",
    "Only now decode: each part that is left becomes a text by part.decode().",
)
def exercise_2(take_lines: Callable[[bytes, bytes], Any]) -> str:
    """Lines whole whatever the pieces, and a crab cut in two."""
    for rest, data, lines, left in READS:
        found = pair(take_lines, rest, data)
        hint = f"take_lines({rest!r}, {data!r}) gave {show(found)}, expected {(lines, left)!r}"
        if found == ([*lines, left.decode()], left):
            hint += ". What stands behind the last line end is no whole line: parts.pop() first"
        expect(found == (lines, left), hint)
    text = "a crab: 🦀"
    whole = f"{text}\r\n".encode()
    for cut in range(len(whole)):
        try:
            first, rest = take_lines(b"", whole[:cut])
            second, rest = take_lines(rest, whole[cut:])
        except UnicodeDecodeError:
            raise NotYet("a 🦀 takes four bytes, and a read may end in its middle: "
                         "split the bytes first, decode whole lines after") from None  # fmt: skip
        found = [*first, *second]
        expect(found == [text] and rest == b"", f"{text!r}, cut in two, became {show(found)}")
    return f"{len(READS) + len(whole)} reads, every line whole"


BYTES_AND_LISTS = {
    "a bytes-like object is required": 'bytes are split at bytes: .split(b"\\r\\n"), with a b '
    "before the quotes",
    "'list' object has no attribute 'decode'": "a list cannot be decoded, only the bytes in it: go "
    "through it with a loop, and put part.decode() into a new list",
}


def pair(take_lines: Callable[[bytes, bytes], Any], rest: bytes, data: bytes) -> Any:
    """Call the learner's function and look at the kinds of what it gives."""
    with explained(BYTES_AND_LISTS):
        found = run(take_lines, rest, data)
    expect(
        isinstance(found, tuple | list) and len(found) == 2,
        f"expected two things, the lines and the rest: return lines, rest; found {show(found)}",
    )
    lines, left = found
    swapped = isinstance(lines, bytes) and isinstance(left, list)
    expect(not swapped, "the lines come first, and then the rest: return lines, rest")
    expect(isinstance(left, bytes), f"the rest stays bytes, as it was read; found {show(left)}")
    expect(isinstance(lines, list), f"expected a list of lines, found {show(lines)}")
    expect(
        not any(isinstance(line, str) and line.startswith(("b'", 'b"')) for line in lines),
        f"str() writes bytes down as a program would, with b and quotes: {show(lines)}. "
        "part.decode() makes a text of them",
    )
    expect(
        all(isinstance(line, str) for line in lines),
        f"the lines are texts: decode each one; found {show(lines)}",
    )
    return lines, left


VIKTOR = ":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :"
ANNA = ":anna!anna@anna.tmi.twitch.tv PRIVMSG #games :"
LINES = [
    ("PING :tmi.twitch.tv", "PONG :tmi.twitch.tv"),
    ("PING :another word", "PONG :another word"),
    (VIKTOR + "!hello", "PRIVMSG #viktor :hello viktor!"),
    (ANNA + "!hello", "PRIVMSG #games :hello anna!"),
    (VIKTOR + "good morning", None),
    (VIKTOR + "who wants PING PONG tonight?", None),
    (VIKTOR + "PING :tmi.twitch.tv", None),
    (VIKTOR + "please RECONNECT now", None),
    (VIKTOR + "I say !hello", None),
    (VIKTOR + "!hello everybody", None),
    (":tmi.twitch.tv 001 hello_bot :Welcome, GLHF!", None),
]


@exercise(
    "define reply_to(line); it returns the line to send, or None.",
    "message = parse(line) first. What message.command is decides the rest.",
    'For PING: f"PONG :{message.text}". For the message, both must hold: the command is PRIVMSG, '
    "and the text is !hello.",
    'The answer is a line like those you typed: f"PRIVMSG #{message.channel} :hello …". '
    "The colon must be there.",
)
def exercise_3(reply_to: Callable[[str], Any]) -> str:
    """PING and !hello are answered; what a viewer writes is never taken for a command."""
    expect(callable(reply_to), f"expected a function, found {show(reply_to)}")
    for line, expected in LINES:
        try:
            found = reply_to(line)
        except Exception as error:
            why = ""
            if "display-name" in str(error):
                why = ". This line has no tags: take message.nick"
            elif "'str' object has no attribute" in str(error):
                why = ". A line is a text; message = parse(line) takes it apart"
            raise NotYet(f"your function raised {describe(error)} for {line!r}{why}") from None
        if expected is None and found and "PONG" in str(found):
            raise NotYet("a viewer wrote the word PING, and your bot took it for Twitch's: "
                         "look at the command, not at the whole line")  # fmt: skip
        found = found.removesuffix("\r\n") if isinstance(found, str) else found
        if expected is None and found in ("None", "", False):
            raise NotYet(f"for {line!r} the bot stays silent: return None, the word without "
                         f"quotes; found {show(found)}")  # fmt: skip
        if expected and found is None:
            raise NotYet(f"for {line!r} expected {expected!r}, and nothing came back. Does it "
                         "begin with message = parse(line), and give the line back with return? "
                         "(Sending it is not its work.)")  # fmt: skip
        if expected is None and found and "!hello" in line:
            raise NotYet(f"for {line!r} the bot stays silent: the whole text must be !hello, so "
                         "compare with ==. `in` finds it inside other words, too, and startswith "
                         "before them")  # fmt: skip
        if expected and isinstance(found, str) and found != expected:
            if "{message" in found:
                raise NotYet(f"the bot sends {found!r}, braces and all: an f before the quotes "
                             "puts the values in their place")  # fmt: skip
            if found.strip(" :") == "PONG":
                raise NotYet(f"after PONG come a colon and the same words: {expected!r}, "
                             f"not {found!r}")  # fmt: skip
            if found == expected.replace("#", ""):
                raise NotYet(f"a channel's name begins with # in the line, and parse leaves it "
                             f"out: {expected!r}, not {found!r}")  # fmt: skip
            if found == expected.replace(" :", " ", 1):
                raise NotYet(f"the colon before the text is missing: {expected!r}, not {found!r}. "
                             "Without it Twitch takes the first word only")  # fmt: skip
            if found == expected.split(" :", 1)[1]:
                raise NotYet(f"{found!r} is what is said; the line that says it is {expected!r}")
        expect(found == expected, f"for {line!r} expected {expected!r}, found {show(found)}")
    return f"{len(LINES)} lines, each answered right"
