"""The bot's IRC grammar and the sandbox's were written apart: they must understand each other."""

from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox.twitch.irc_grammar import LineSplitter, build_line, parse_line
from botlib.twitch.irc import IrcMessage, LineBuffer, format_line, parse

PIECES = ["@", ":", " ", "  ", " :", "=", ";", "\\", "\\s", "\\:", "PRIVMSG", "#c", "a=b", "é", "!"]
lines = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES)).map("".join))
word = st.text(st.characters(exclude_characters=" \0\r\n:@", exclude_categories=["Cs"]), min_size=1)
text = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]))
tags = st.dictionaries(
    st.text("abcdefghijklmnopqrstuvwxyz-+/0123456789", min_size=1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    max_size=4,
)


def fields(line):
    """What a line says; where there is no command, the rest does not matter."""
    return (line.command, line.params, dict(line.tags)) if line.command else None


@given(lines)
def test_any_line_is_read_alike(line):
    assert fields(parse(line)) == fields(parse_line(line))


@given(word, st.lists(word, max_size=3).map(tuple), st.none() | text, st.just("") | word, tags)
def test_what_the_sandbox_writes_the_bot_reads(command, params, trailing, source, tags):
    message = parse(build_line(command, params, trailing, source, tags))
    every = params if trailing is None else (*params, trailing)
    assert message[:4] == (command, every, source, tags)


@given(word, st.lists(word, max_size=3).map(tuple), text, tags)
def test_what_the_bot_writes_the_sandbox_reads(command, params, last, tags):
    line = parse_line(format_line(IrcMessage(command, (*params, last), tags=tags)))
    assert fields(line) == (command, (*params, last), tags)


@given(text, text)
def test_neither_writes_more_than_one_line(first, second):
    said = f"{first}\r\n{second}\0"
    theirs = build_line("PRIVMSG", ("#c",), said, tags={"a": said})
    ours = format_line(IrcMessage("PRIVMSG", ("#c", said), tags={"a": said}, colon=True))
    for line in (ours, theirs):
        assert len(LineBuffer().feed(line.encode() + b"\r\n")) == 1
        assert len(LineSplitter(100_000).feed(line.encode() + b"\r\n")) == 1


chunks = st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([b"\n", b"\r\n", b"x" * 30])))


@given(chunks)
def test_any_bytes_become_the_same_lines(chunks):
    ours, theirs = LineBuffer(longest=30), LineSplitter(longest=30)
    for chunk in chunks:
        assert ours.feed(chunk) == theirs.feed(chunk)
