"""parse_mode and the small parsers: Telegram's own words, and doctests."""

import doctest
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram import TelegramError
from sandbox.telegram.formatting import PARSERS, detect, utf16_length


@pytest.mark.parametrize(
    ("mode", "markup", "problem"),
    [
        ("html", "🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
        ("html", "🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("html", "🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("html", "🏟 🏟&lt;<i>a</i   ", "Unclosed end tag at byte offset 17"),
        (
            "html",
            "🏟 🏟&lt;<i>a</em   >",
            'Unmatched end tag at byte offset 17, expected "</i>", found "</em>"',
        ),
        ("html", "<i", 'Unclosed start tag "i" at byte offset 0'),
        ("html", "<i>", 'Can\'t find end tag corresponding to start tag "i"'),
        ("markdown", "ab *c", "Can't find end of the entity starting at byte offset 3"),
        (
            "markdownv2",
            "1.5",
            "Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
        ("markdownv2", "🏟 🏟_abacaba", "Can't find end of Italic entity at byte offset 9"),
        ("markdownv2", "🏟 🏟_abac * asd ", "Can't find end of Bold entity at byte offset 15"),
        ("markdownv2", "🏟 🏟`", "Can't find end of Code entity at byte offset 9"),
        ("markdownv2", "🏟 🏟```", "Can't find end of Pre entity at byte offset 9"),
        ("markdownv2", "🏟 🏟__🏟 _🏟___", "Can't find end of Italic entity at byte offset 23"),
        ("markdownv2", "🏟 🏟||test\\|", "Can't find end of Spoiler entity at byte offset 9"),
        ("markdownv2", "[telegram\\.org](asd", "Can't find end of a URL at byte offset 16"),
        (
            "markdownv2",
            "🏟 🏟>",
            "Character '>' is reserved and must be escaped with the preceding '\\'",
        ),
    ],
)
def test_what_cannot_be_parsed(mode, markup, problem):
    with pytest.raises(TelegramError) as refusal:
        PARSERS[mode](markup)
    assert refusal.value.description == f"Bad Request: can't parse entities: {problem}"


def entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length} | more


@pytest.mark.parametrize(
    ("mode", "markup", "text", "entities"),
    [
        ("html", "&ge;&lt;&gt;&amp;&quot;", '&ge;<>&"', []),
        ("html", "🏟 🏟<b>🏟 &lt;🏟</b>", "🏟 🏟🏟 <🏟", [entity("bold", 5, 6)]),
        (
            "html",
            "<a href  ='telegram.org?&lt;'>x</a>",
            "x",
            [entity("text_link", 0, 1, url="telegram.org?<")],
        ),
        ("html", '<span class="tg-spoiler">s</span>', "s", [entity("spoiler", 0, 1)]),
        ("html", "<i></i>", "", []),
        ("markdown", "_a_ `b` \\*", "a b *", [entity("italic", 0, 1), entity("code", 2, 1)]),
        ("markdown", "[t](http://a)", "t", [entity("text_link", 0, 1, url="http://a")]),
        ("markdownv2", "🏟 🏟_abac \\* asd _", "🏟 🏟abac * asd ", [entity("italic", 5, 11)]),
        (
            "markdownv2",
            "🏟 🏟_🏟 __🏟___",
            "🏟 🏟🏟 🏟",
            [entity("italic", 5, 5), entity("underline", 8, 2)],
        ),
        ("markdownv2", "||test||", "test", [entity("spoiler", 0, 4)]),
        (
            "markdownv2",
            "[telegram\\.org](https://telegram.dog?\\\\\\()",
            "telegram.org",
            [entity("text_link", 0, 12, url="https://telegram.dog?\\(")],
        ),
        ("markdownv2", "🏟 🏟**", "🏟 🏟", []),
        ("markdownv2", "`_*`", "_*", [entity("code", 0, 2)]),
    ],
)
def test_what_can(mode, markup, text, entities):
    assert PARSERS[mode](markup) == (text, entities)


@given(st.text(alphabet="ab_*`[]()~|<>/&;\\ =\"'\n🏟"), st.sampled_from(sorted(PARSERS)))
def test_any_text_is_parsed_or_refused(markup, mode):
    try:
        text, entities = PARSERS[mode](markup)
    except TelegramError as refusal:
        assert refusal.code == 400  # noqa: PT017 - both ends are right
    else:
        assert all(e["offset"] + e["length"] <= utf16_length(text) for e in entities)


def test_what_telegram_finds_by_itself():
    found = detect("/a@b_bot 😀 @someone #tag https://a.b/c?d 1/2")
    assert [(e["type"], e["offset"], e["length"]) for e in found] == [
        ("bot_command", 0, 8),
        ("mention", 12, 8),
        ("hashtag", 21, 4),
        ("url", 26, 15),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "api",
        "arguments",
        "formatting",
        "updates",
        "world",
    ],
)
def test_doctests(name):
    module = importlib.import_module(f"sandbox.telegram.{name}")
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
