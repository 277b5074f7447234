"""Texts and their entities: as tdlib makes them, whatever a bot gives, and back again.

`tdlib_entities.json` holds texts written for this test and what Telegram's own library makes of
them (tdlib 1.8.69 by its JSON interface: getTextEntities, parseTextEntities and parseMarkdown).
"""

import asyncio
import doctest
import html
import importlib
import itertools
import json
import sys
from pathlib import Path

import pytest
import telegram as telegram_api
from hypothesis import assume, given
from hypothesis import strategies as st
from telegram.helpers import escape_markdown

from bot_sandbox.telegram import Telegram, TelegramError
from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.entities import detect_entities, normalize_text, utf16_length
from bot_sandbox.telegram.formatting import (
    PARSERS,
    formatted,
    normalize_link,
    read_caption,
    read_text,
)

TDLIB = json.loads((Path(__file__).parent / "tdlib_entities.json").read_text(encoding="utf-8"))
MODES = sorted(PARSERS)


def entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length} | more


def refusal(call, *arguments):
    with pytest.raises(TelegramError) as caught:
        call(*arguments)
    assert caught.value.code == 400
    return caught.value.description


def check(text, entities):
    """What holds for the entities of any message: in the text, in order, none across another."""
    size = utf16_length(text)
    places = [(e["offset"], -e["length"]) for e in entities]
    assert places == sorted(places)
    assert all(e["length"] > 0 and 0 <= e["offset"] <= size - e["length"] for e in entities)
    for one, other in itertools.combinations(entities, 2):
        end, other_end = (e["offset"] + e["length"] for e in (one, other))
        assert other["offset"] >= end or other_end <= end
        assert one["type"] != other["type"] or other["offset"] >= end
        if one["type"] in ("pre", "code"):
            assert other["offset"] >= end or (one["offset"], end) == (other["offset"], other_end)


# As tdlib does it


@pytest.mark.parametrize(("text", "expected"), TDLIB["find"])
def test_what_telegram_finds_by_itself(text, expected):
    assert [[e["type"], e["offset"], e["length"]] for e in detect_entities(text)] == expected


@pytest.mark.parametrize(("mode", "markup", "expected"), TDLIB["parse"])
def test_what_a_parse_mode_makes_of_a_text(mode, markup, expected):
    if isinstance(expected, str):
        assert refusal(PARSERS[mode], markup) == expected
    else:
        assert list(PARSERS[mode](markup)) == expected


@pytest.mark.parametrize(("text", "places", "expected"), TDLIB["share"])
def test_how_entities_share_a_text(text, places, expected):
    more = {
        "text_link": {"url": "http://example.org/"},
        "text_mention": {"user": {"id": 7}},
        "date_time": {"unix_time": 77},
    }
    given = [entity(kind, at, length, **more.get(kind, {})) for kind, at, length in places]
    if isinstance(expected, str):
        assert refusal(formatted, text, "", given) == expected
    else:
        assert list(formatted(text, "", given)) == expected


# In the parts a parse_mode leaves free, links and commands are found, too


@pytest.mark.parametrize(
    ("mode", "markup", "expected"),
    [
        ("HTML", "<b>/help</b> @viktor", [("bot_command", 0), ("bold", 0), ("mention", 6)]),
        ("HTML", "<code>/help</code> /help", [("code", 0), ("bot_command", 6)]),
        ("HTML", "<pre>a@example.org</pre>", [("pre", 0)]),
        ("HTML", '<a href="http://a.b">example.org</a> #tag', [("text_link", 0), ("hashtag", 12)]),
        ("HTML", "<blockquote>a\n/b</blockquote>", [("blockquote", 0), ("bot_command", 2)]),
        ("HTML", "exam<blockquote>ple.org</blockquote>", [("blockquote", 4)]),
        ("MarkdownV2", "_see example\\.org now_", [("italic", 0), ("url", 4), ("italic", 4)]),
        ("MarkdownV2", "`a` $USD x@example\\.org", [("code", 0), ("cashtag", 2), ("email", 7)]),
        ("Markdown", "*a* http://x.org/y_z", None),
        ("Markdown", "*a* http://x.org/y,", [("bold", 0), ("url", 2)]),
    ],
)
def test_detection_goes_on_beside_the_markup(mode, markup, expected):
    if expected is None:
        assert "Can't find end of the entity" in refusal(formatted, markup, mode)
        return
    text, entities = formatted(markup, mode)
    check(text, entities)
    assert [(e["type"], e["offset"]) for e in entities][: len(expected)] == expected


def test_a_style_around_a_link_is_cut_at_its_ends():
    text, entities = formatted("<b>see example.org now</b>", "html")
    parts = [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in entities]
    assert parts == [
        ("bold", "see "),
        ("url", "example.org"),
        ("bold", "example.org"),
        ("bold", " now"),
    ]


# Texts are cleaned and trimmed, and the entities go with them


@pytest.mark.parametrize(
    ("text", "mode", "expected", "entities"),
    [
        ("  \n<b>a</b> \n ", "HTML", "a", [entity("bold", 0, 1)]),
        ("  <b> a </b>  ", "HTML", " a", [entity("bold", 0, 2)]),
        ("a<b> </b>", "HTML", "a", []),
        ("😀<b>\r\n</b>b", "HTML", "😀\nb", [entity("bold", 2, 1)]),
        ("a\0b\tc\x1f", "", "a b c", []),
        ("a\u2028b\u202e", "", "ab", []),
        ("*a*  `b`", "MarkdownV2", "a  b", [entity("bold", 0, 1), entity("code", 3, 1)]),
        ("\xa0a\xa0", "", "\xa0a\xa0", []),
    ],
)
def test_blanks(text, mode, expected, entities):
    assert formatted(text, mode) == (expected, entities)


@pytest.mark.parametrize("text", ["  \n", "\u200b\u200d", "\xa0\u2800", "<b> </b>", "\U000e0020"])
def test_what_cannot_be_seen_is_no_text(text):
    arguments = Arguments([("text", text), ("parse_mode", "HTML")])
    assert refusal(read_text, arguments) == "Bad Request: text must be non-empty"


def test_how_long_a_text_may_be():
    assert (
        len(read_text(Arguments([("text", "<b>é</b>" * 3000 + "a"), ("parse_mode", "html")]))) == 2
    )
    for name, read, size in (("text", read_text, 4096), ("caption", read_caption, 1024)):
        assert read(Arguments([(name, " " + "é" * size)]))[0] == "é" * size
        problem = refusal(read, Arguments([(name, "é" * (size + 1))]))
        assert problem.endswith("is too long")
    assert refusal(read_text, Arguments([("text", "é" * 16385)])) == "Bad Request: text is too long"
    assert read_caption(Arguments()) == ("", [])


# Entities that the bot counts itself


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (5, "expected an Object"),
        ({"length": 1, "type": "bold"}, 'Can\'t find field "offset"'),
        ({"offset": None, "length": 1, "type": "bold"}, 'Field "offset" must be a Number'),
        ({"offset": 0, "length": "1.0", "type": "bold"}, 'Field "length" must be a valid Number'),
        ({"offset": 0, "length": 1 << 31, "type": "bold"}, 'Field "length" must be a valid Number'),
        ({"offset": 0, "length": 1}, 'Can\'t find field "type"'),
        ({"offset": 0, "length": 1, "type": []}, 'Field "type" must be of type String'),
        ({"offset": 0, "length": 1, "type": ""}, "Type is not specified"),
        ({"offset": 0, "length": 1, "type": "blink"}, "Unsupported type specified"),
        (entity("text_link", 0, 1), 'Can\'t find field "url"'),
        (entity("text_mention", 0, 1, user=5), 'Field "user" must be of type Object'),
        (entity("text_mention", 0, 1, user={}), 'Can\'t find field "id"'),
        (entity("pre", 0, 1, language=[]), 'Field "language" must be of type String'),
        (entity("custom_emoji", 0, 1), 'Can\'t find field "custom_emoji_id"'),
        (
            entity("date_time", 0, 1, unix_time=5, date_time_format="x"),
            "Invalid date-time format specified",
        ),
    ],
)
def test_entities_that_make_no_sense(given, problem):
    expected = f"Bad Request: can't parse MessageEntity: {problem}"
    assert refusal(formatted, "a", "", [given]) == expected


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            entity("text_link", 0, 1, url="localhost"),
            "entity URL 'localhost' is invalid: Wrong HTTP URL",
        ),
        (entity("text_mention", 0, 1, user={"id": 0}), "user not found"),
        (entity("date_time", 0, 1, unix_time=0), "invalid date specified"),
        (
            entity("custom_emoji", 0, 1, custom_emoji_id="0"),
            "invalid custom emoji identifier specified",
        ),
        (entity("bold", 0, 1_000_001), "receive an entity with incorrect length 1000001"),
    ],
)
def test_entities_that_telegram_refuses(given, problem):
    assert refusal(formatted, "a", "", [given]) == f"Bad Request: {problem}"


def test_entities_may_hold_numbers_as_texts_and_types_that_are_found_anyway():
    given = [
        {"offset": "0", "length": "1", "type": "bold"},
        entity("url", 0, 1),
        entity("pre", 2, 1, language=5),
        entity("text_link", 4, 1, url="tg://user?id=7"),
        entity("date_time", 6, 1, unix_time="77", date_time_format="Twd"),
        entity("custom_emoji", 8, 1, custom_emoji_id="12"),
    ]
    assert formatted("a b c d e", "", given) == (
        "a b c d e",
        [
            entity("bold", 0, 1),
            entity("pre", 2, 1, language="5"),
            entity("text_mention", 4, 1, user={"id": 7}),
            entity("date_time", 6, 1, unix_time=77, date_time_format="wdT"),
        ],
    )


def test_a_parse_mode_counts_more_than_entities():
    assert formatted("<i>a</i>", "HTML", [5]) == ("a", [entity("italic", 0, 1)])
    assert formatted("<i>", "None", [entity("bold", 0, 3)])[1] == [entity("bold", 0, 3)]


# Links are stored whole


@pytest.mark.parametrize(
    ("link", "stored"),
    [
        ("Example.ORG/Path?Q#F", "http://example.org/Path?Q#F"),
        ("HTTPS://User:pw@example.org:0443/", "https://User:pw@example.org:443/"),
        ("example.org#a b\t", "http://example.org/#a%20b"),
        ("http://[2001:db8::1]:80/x", "http://[2001:db8::1]:80/x"),
        ("tg:resolve?domain=x", "tg://resolve?domain=x"),
        ("TON://transfer/x", "ton://transfer/x"),
        ("пример.рф", "http://пример.рф/"),
    ],
)
def test_a_link_is_stored_whole(link, stored):
    assert normalize_link(link) == stored


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("", "URL host is empty"),
        (".", "Host is invalid"),
        ("localhost", "Wrong HTTP URL"),
        ("ftp://example.org", "Unsupported URL protocol"),
        ("example.org:0", "Wrong port number specified in the URL"),
        ("example.org:x", "Wrong port number specified in the URL"),
        ("[zz]", "Wrong IPv6 address specified in the URL"),
        ("exa mple.org", "Disallowed character in URL host"),
        ("a^b@example.org", "Disallowed character in URL userinfo"),
        ("ex%4gample.org", "Wrong percent-encoded symbol in URL host"),
        ("tg://http://x", "Wrong tg URL"),
        ("tg://a.b", "Unallowed characters in URL host"),
    ],
)
def test_what_is_no_link(link, problem):
    with pytest.raises(ValueError, match="^" + problem + "$"):
        normalize_link(link)


# Any text at all

SIGNS = st.text(alphabet="ab1 _*`[]()~|<>/&;\\=\"'!?.,:@#$+-{}\n\r\0😀é", max_size=60)
PIECES = [
    "<b>", "</b>", "<i>", "</i>", "<pre>", "</pre>", "<a href='a.b'>", "</a>", "<blockquote>",
    "</blockquote>", "&lt;", "*", "_", "__", "~", "||", "`", "```", "```py\n", "[", "](a.b)", "\n>",
    ">", "\n", " ", "a", "example\\.org", "/cmd", "@viktor", "\\", "😀",
]  # fmt: skip
MARKUP = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(st.one_of(SIGNS, MARKUP, st.text()), st.sampled_from(["", *MODES]))
def test_any_text_is_parsed_or_refused(markup, mode):
    try:
        text, entities = formatted(markup, mode)
    except TelegramError as problem:
        assert problem.code == 400  # noqa: PT017 - both ends are right
    else:
        check(text, entities)


KINDS = ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "blockquote"]
KINDS += ["expandable_blockquote", "text_link", "text_mention", "date_time", "custom_emoji"]
GIVEN = st.fixed_dictionaries(
    {
        "type": st.sampled_from(KINDS),
        "offset": st.integers(-1, 14),
        "length": st.integers(-1, 14),
        "url": st.just("example.org"),
        "user": st.just({"id": 7}),
        "unix_time": st.just(77),
        "custom_emoji_id": st.just("5"),
    }
)


@given(st.text("ab \n\r😀\u2028#@.", max_size=12), st.lists(GIVEN, max_size=5))
def test_any_entities_are_taken_or_refused(text, given):
    try:
        text, entities = formatted(text, "", given)
    except TelegramError as problem:
        assert problem.code == 400  # noqa: PT017 - both ends are right
    else:
        check(text, entities)
        if all(e["type"] != "custom_emoji" for e in given):  # those go last, and leave a place free
            assert normalize_text(text, entities) == (text, entities)


@given(st.text(), st.sampled_from(MODES))
def test_what_was_escaped_is_the_text_itself(text, mode):
    version = {"markdown": 1, "markdownv2": 2}.get(mode)
    escaped = escape_markdown(text, version) if version else html.escape(text)
    assert PARSERS[mode](escaped) == (text, [])


# Round trips through python-telegram-bot, which writes an entity's markup by itself

RICH = """<b>bold <i>both</i></b> <u>u</u> <s>s</s> <tg-spoiler>hidden</tg-spoiler> 😀
<code>x &lt; y</code>
<pre>plain</pre>
<pre><code class="language-python">print("hello")</code></pre>
<a href="https://example.org/?a=1&amp;b=(2)">link</a> and <a href="tg://user?id=VIKTOR">Viktor</a>
<tg-time unix="1647531900" format="wDT">then</tg-time>
/help@mark_bot @viktor #tag $USD me@example.org example.org.
<QUOTE>quoted <b>text</b>
in two lines</blockquote>"""


def as_message(text, entities):
    chat = {"id": 1, "type": "private", "first_name": "V"}
    user = {"user": {"id": 7, "is_bot": False, "first_name": "V"}}
    entities = [e | user if e["type"] == "text_mention" else e for e in entities]
    data = {"message_id": 1, "date": 0, "chat": chat, "text": text, "entities": entities}
    return telegram_api.Message.de_json(json.loads(json.dumps(data)), None)


@given(
    st.text("ab \n😀.!_", min_size=1, max_size=12),
    st.lists(GIVEN.filter(lambda e: e["type"] not in ("date_time", "custom_emoji")), max_size=4),
)
def test_python_telegram_bot_writes_what_is_read_back(text, given):
    try:
        text, entities = formatted(text, "", given)
    except TelegramError:
        assume(False)
    assume(text)
    message = as_message(text, entities)
    assert formatted(message.text_html, "HTML") == (text, entities)


@pytest.mark.parametrize("quote", ["blockquote", "blockquote expandable"])
def test_a_real_client_gets_back_what_it_has_sent(quote):
    with Telegram(limits=None) as telegram:
        account = telegram.new_bot("Mark bot", "mark_bot")
        viktor = telegram.person("Viktor")
        viktor.send("/start", to=account)

        async def there_and_back():
            async with telegram_api.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
                rich = RICH.replace("VIKTOR", str(viktor.id)).replace("QUOTE", quote)
                one = await bot.send_message(viktor.id, rich, parse_mode="HTML")
                two = await bot.send_message(viktor.id, one.text_html, parse_mode="HTML")
                three = await bot.send_message(
                    viktor.id, two.text_markdown_v2, parse_mode="MarkdownV2"
                )
                four = await bot.send_message(viktor.id, three.text, entities=three.entities)
                return one, two, three, four

        messages = asyncio.run(there_and_back())
    first = messages[0]
    assert {e.type for e in first.entities} == {
        *("bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link"),
        *("text_mention", "_".join(reversed(quote.split())), "date_time", "bot_command"),
        *("mention", "hashtag", "cashtag", "email", "url"),
    }
    assert next(e.user.id for e in first.entities if e.type == "text_mention") == viktor.id
    assert [e.language for e in first.entities if e.type == "pre"] == [None, "python"]
    for message in messages:
        assert message.text == first.text
        assert message.entities == first.entities


def test_only_who_has_met_the_bot_can_be_mentioned_by_number():
    with Telegram(limits=None) as telegram:
        account = telegram.new_bot("Mark bot", "mark_bot")
        viktor, anna, olga = (telegram.person(name) for name in ("Viktor", "Anna", "Olga"))
        viktor.send("/start", to=account)
        telegram.group("Square", [viktor, anna, account])
        text = " ".join(f"[x](tg://user?id={who.id})" for who in (viktor, anna, olga, account))

        async def mention():
            async with telegram_api.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
                sent = await bot.send_message(viktor.id, text, parse_mode="MarkdownV2")
                edited = await sent.edit_text(f"{text} again", parse_mode="MarkdownV2")
                picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02"
                photo = await bot.send_photo(
                    viktor.id, picture, caption=text, parse_mode="MarkdownV2"
                )
                return sent.entities, edited.entities, photo.caption_entities

        found = asyncio.run(mention())
    for entities in found:
        assert [e.user.id for e in entities] == [viktor.id, anna.id, account.id]
        assert entities[1].user.first_name == "Anna"


# Time grows with the text, not with its square

TRIGGERS = [*"@/#$.:_*`[]()~|>!<&\\'\"- \n", "a.", "a@", ".?!", "http://", "@a", "/a", "#a"]
TRIGGERS += ["$A", "a.b/", "tg://", "x@y.", ".a@", "[a]", "<a>", "&lt", "||", "```", "![", "**>"]
TRIGGERS += ["\n>", "<b>", "</", "<a><b>", "[a](b.c)", "a:b@", "-_a.", "1.", "😀#"]


def lines_run(call, *arguments):
    """How many lines of Python a call runs; a refusal is an answer, too."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call(*arguments)
    except TelegramError:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_the_longest_text_of_one_trigger_takes_no_longer_than_another(trigger):
    for mode in ("", *MODES):
        short, long = (lines_run(formatted, (trigger * size)[:size], mode) for size in (512, 4096))
        assert long < 8 * short * 1.5 + 1000


def test_links_in_links_in_links_are_read_in_one_go():
    tags = "<a>" * 2000 + "example.org/" + "x" * 4000 + "</a>" * 2000
    _, entities = formatted(tags, "HTML")
    assert [e["type"] for e in entities] == ["text_link"]


@pytest.mark.parametrize("name", ["api", "arguments", "entities", "formatting", "updates", "world"])
def test_doctests(name):
    module = importlib.import_module(f"bot_sandbox.telegram.{name}")
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
