"""IRC lines and messages: any bytes in, no exception out, and never more than one line."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botlib.twitch.irc import (
    IrcMessage,
    LineBuffer,
    channel_name,
    escape_tag,
    format_line,
    parse,
    privmsg,
    unescape_tag,
)

REAL_LINES = [
    ":tmi.twitch.tv CAP * ACK :twitch.tv/membership twitch.tv/tags twitch.tv/commands",
    ":tmi.twitch.tv 001 hellobot :Welcome, GLHF!",
    ":tmi.twitch.tv 376 hellobot :>",
    "@badge-info=;badges=;color=#19E6E6;display-name=randers;emote-sets=0,42,237;"
    "user-id=40286300;user-type= :tmi.twitch.tv GLOBALUSERSTATE",
    ":n!n@n.tmi.twitch.tv JOIN #c",
    ":n.tmi.twitch.tv 353 n = #c :n",
    "@emote-only=0;followers-only=-1;r9k=0;rituals=0;room-id=1;slow=0;subs-only=0 "
    ":tmi.twitch.tv ROOMSTATE #c",
    "PING :tmi.twitch.tv",
    ":tmi.twitch.tv RECONNECT",
    ":tmi.twitch.tv NOTICE * :Login authentication failed",
    "@msg-id=msg_duplicate :tmi.twitch.tv NOTICE #c :Your message was not sent because it is "
    "identical to the previous one you sent, less than 30 seconds ago.",
    "@reply-parent-msg-body=a\\sb\\:\\\\ :v!v@v.tmi.twitch.tv PRIVMSG #c ::) hello  there ",
    ":v!v@v.tmi.twitch.tv PRIVMSG #c :",
]

word = st.text(st.characters(exclude_characters=" \0\r\n:@", exclude_categories=["Cs"]), min_size=1)
key = st.text("abcdefghijklmnopqrstuvwxyz-+/0123456789", min_size=1)
line_text = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]))
tag_value = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
messages = st.builds(
    lambda command, middle, last, prefix, tags, colon: IrcMessage(
        command, (*middle, last), prefix, tags, colon
    ),
    word,
    st.lists(word, max_size=3),
    line_text,
    st.just("") | word,
    st.dictionaries(key, tag_value, max_size=4),
    st.booleans(),
)


@pytest.mark.parametrize("line", REAL_LINES)
def test_a_real_line_is_read_and_written_the_same(line):
    assert format_line(parse(line)) == line


@given(messages)
def test_what_is_written_is_read_the_same(message):
    line = format_line(message)
    assert parse(line) == message._replace(colon=parse(line).colon)
    assert format_line(parse(line)) == line


@given(st.text())
def test_any_text_is_read_and_its_writing_is_one_line(text):
    line = format_line(parse(text))
    assert not set("\r\n\0") & set(line)
    line.encode()
    again = parse(line)
    assert parse(format_line(again)) == again


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_any_bytes_become_lines_that_can_be_read(chunks):
    buffer = LineBuffer(longest=30)
    for chunk in chunks:
        for line in buffer.feed(chunk):
            parse(line)


@given(st.text(), st.text(min_size=1))
def test_a_text_cannot_smuggle_in_a_command(text, message_id):
    line = format_line(privmsg("viktor", text, reply_to=message_id))
    assert len(LineBuffer().feed(line.encode() + b"\r\n")) == 1
    assert parse(line).command == "PRIVMSG"
    assert parse(line).params[0] == "#viktor"


@given(tag_value)
def test_a_tag_value_survives_escaping(value):
    assert unescape_tag(escape_tag(value)) == value
    assert not set("; \r\n") & set(escape_tag(value))


@given(st.lists(line_text.filter(bool), max_size=8), st.lists(st.integers(0, 200), max_size=8))
def test_lines_are_whole_however_they_are_cut(lines, cuts):
    stream = b"".join(line.encode() + b"\r\n" for line in lines)
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    buffer = LineBuffer()
    chunks = [stream[start:end] for start, end in pairwise(edges)]
    assert [line for chunk in chunks for line in buffer.feed(chunk)] == lines


def test_an_endless_line_is_left_out_and_the_next_one_is_read():
    buffer = LineBuffer(longest=100)
    tracemalloc.start()
    for _ in range(1000):
        assert buffer.feed(b"x" * 10_000) == []
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000, "it does not keep what it leaves out"
    assert buffer.feed(b"still that line\r\nPING :a\r\n") == ["PING :a"]


def test_a_line_end_is_a_newline_and_nothing_else():
    separators = "PRIVMSG #c :a\u2028b\x0bc\x85d\x1ce"
    assert LineBuffer().feed(separators.encode() + b"\n") == [separators]


@pytest.mark.parametrize(
    "text", ["PING :x", "a RECONNECT b", ":tmi.twitch.tv RECONNECT", "@a=b PING"]
)
def test_what_a_viewer_says_is_never_a_command(text):
    message = parse(f":v!v@v.tmi.twitch.tv PRIVMSG #c :{text}")
    assert (message.command, message.text) == ("PRIVMSG", text)


@pytest.mark.parametrize("name", ["", "#", "a b", "a\r\nQUIT", "viktor,other", "x" * 26, "ö"])
def test_a_wrong_channel_is_refused_with_the_fix(name):
    with pytest.raises(ValueError, match=r'twitch\.tv/LOGIN.*"viktor,anna" for two'):
        channel_name(name)
