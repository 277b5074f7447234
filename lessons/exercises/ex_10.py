"""Checks of notebook 10: lines from pieces, what to say back, how long to wait."""

from collections.abc import Callable
from typing import Any

from lessons.exercises.verdict import NotYet, close, exercise, expect, is_number, run, show

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


@exercise("define take_lines(rest, data); it returns (lines, rest).")
def exercise_1(take_lines: Callable[[bytes, bytes], Any]) -> str:
    """Lines whole whatever the pieces, and a crab cut in two."""
    for rest, data, lines, left in READS:
        found = pair(take_lines, rest, data)
        hint = f"take_lines({rest!r}, {data!r}) gave {show(found)}, expected {(lines, left)!r}"
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


def pair(take_lines: Callable[[bytes, bytes], Any], rest: bytes, data: bytes) -> Any:
    """Call the learner's function and look at the kinds of what it gives."""
    found = run(take_lines, rest, data)
    expect(
        isinstance(found, tuple | list) and len(found) == 2,
        f"expected two things, the lines and the rest: return lines, rest; found {show(found)}",
    )
    lines, left = found
    expect(isinstance(left, bytes), f"the rest stays bytes, as it was read; found {show(left)}")
    expect(isinstance(lines, list), f"expected a list of lines, found {show(lines)}")
    expect(
        all(isinstance(line, str) for line in lines),
        f"the lines are texts: decode each one; found {show(lines)}",
    )
    return lines, left


VIKTOR = ":viktor!viktor@viktor.tmi.twitch.tv PRIVMSG #viktor :"
ANN = ":ann!ann@ann.tmi.twitch.tv PRIVMSG #games :"
LINES = [
    ("PING :tmi.twitch.tv", "PONG :tmi.twitch.tv"),
    ("PING :another word", "PONG :another word"),
    (VIKTOR + "!hello", "PRIVMSG #viktor :hello viktor!"),
    (ANN + "!hello", "PRIVMSG #games :hello ann!"),
    (VIKTOR + "good morning", None),
    (VIKTOR + "who wants PING PONG tonight?", None),
    (VIKTOR + "PING :tmi.twitch.tv", None),
    (VIKTOR + "please RECONNECT now", None),
    (VIKTOR + "I say !hello", None),
    (":tmi.twitch.tv 001 hello_bot :Welcome, GLHF!", None),
]


@exercise("define reply_to(line); it returns the line to send, or None.")
def exercise_2(reply_to: Callable[[str], Any]) -> str:
    """PING and !hello are answered; what a viewer writes is never taken for a command."""
    for line, expected in LINES:
        try:
            found = reply_to(line)
        except Exception as error:
            raise NotYet(f"your function raised {error!r} for {line!r}") from None
        if expected is None and found and "PONG" in str(found):
            raise NotYet("a viewer wrote the word PING, and your bot took it for Twitch's: "
                         "look at the command, not at the whole line")  # fmt: skip
        found = found.removesuffix("\r\n") if isinstance(found, str) else found
        expect(found == expected, f"for {line!r} expected {expected!r}, found {show(found)}")
    return f"{len(LINES)} lines, each answered right"


NOW = 1000.0
TALK = [
    ([], 0.0),
    ([NOW - 1] * 19, 0.0),
    ([NOW - 10] * 20, 20.0),
    ([NOW - 29 + place for place in range(20)], 1.0),
    ([NOW - 100] * 40, 0.0),
    ([NOW - 100] * 5 + [NOW - 4] * 20, 26.0),
    ([NOW - 100] * 5 + [NOW - 4] * 19, 0.0),
    ([NOW - 31] + [NOW - 2] * 19, 0.0),
]


@exercise("define wait_s(sent, now); it returns seconds.")
def exercise_3(wait_s: Callable[[list[float], float], Any]) -> str:
    """Twenty messages in thirty seconds, never one more."""
    for sent, expected in TALK:
        found = run(wait_s, list(sent), NOW)
        ago = [NOW - at for at in sent]
        case = f"{counted(ago)} seconds ago" if ago else "nothing was sent yet"
        expect(is_number(found), f"{case}: expected seconds, found {show(found)}")
        if found < 0:
            raise NotYet(f"{case}: found {show(found)}. Nobody waits less than 0 seconds: "
                         "the twentieth-last message is over 30 seconds old")  # fmt: skip
        wrong = not close(found, expected)
        if wrong and ago and close(found, max(0.0, 30 - ago[0])):
            raise NotYet(f"{case}: you counted from the first of all messages; the one that "
                         "must be 30 seconds old is the twentieth from the end")  # fmt: skip
        expect(not wrong, f"{case}: expected {expected:g}, found {show(found)}")
    return "the bot will not be silenced"


def counted(ago: list[float]) -> str:
    """Write a list of times shortly: how many, from when to when."""
    span = f"{ago[0]:g}" if len(set(ago)) == 1 else f"{ago[0]:g} to {ago[-1]:g}"
    return f"{len(ago)} messages {span}"
