r"""Read a message's text and entities, which a bot gives by parse_mode or by its own offsets.

The Bot API calls this "Formatting options". The three languages, and the words and byte offsets of
the errors, follow `td/telegram/MessageEntity.cpp` and `LinkManager.cpp` in tdlib/td, which the
official server uses. Parsers count characters; entities count UTF-16 code units. Custom emoji
become their plain character, as for every bot whose owner has neither Telegram Premium nor a
username from Fragment.
"""

import html
import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any

from bot_sandbox.telegram.arguments import Arguments, leading_integer
from bot_sandbox.telegram.entities import QUOTES, STYLES, VISIBLE, normalize_text, spans_to_entities
from bot_sandbox.telegram.errors import TelegramError, bad_request
from bot_sandbox.telegram.json_fields import (
    integer_field,
    object_field,
    strict_integer,
    text_field,
)
from bot_sandbox.telegram.types import Json

MAX_TEXT = 4096  # characters, without markup
MAX_CAPTION = 1024
MAX_MARKUP = 1 << 15  # bytes, before
MAX_USER = (1 << 40) - 1
Span = tuple[int, int, Json]  # start, end and the rest of the entity
SPACES = " \t\r\n\v\0"


def read_text(arguments: Arguments) -> tuple[str, list[Json]]:
    """Read `text` with `parse_mode` or `entities`; 400 if it is empty, too long or invalid."""
    if not arguments.text("text"):
        raise bad_request("message text is empty")
    text, entities = _read(arguments, "text", "entities")
    if not VISIBLE.search(text):
        raise bad_request("text must be non-empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_draft(arguments: Arguments) -> tuple[str, list[Json]]:
    """Read `text` as `read_text` does, but it may be empty."""
    text, entities = _read(arguments, "text", "entities")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(arguments: Arguments) -> tuple[str, list[Json]]:
    """Read `caption` with `parse_mode` or `caption_entities`; it may be empty."""
    text, entities = _read(arguments, "caption", "caption_entities")
    check_caption(text)
    return text, entities


def check_caption(text: str) -> None:
    """Raise 400 if a caption is too long."""
    if len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")


def _read(arguments: Arguments, name: str, given: str) -> tuple[str, list[Json]]:
    try:
        entities = arguments.json(given, "entities")
    except TelegramError:  # the real server ignores entities that aren't JSON
        entities = None
    return formatted(arguments.text(name), arguments.text("parse_mode"), entities)


def formatted(text: str, parse_mode: str, entities: Any = None) -> tuple[str, list[Json]]:
    """Return the stripped text and its entities, as a message has them.

    `entities`, decoded from JSON, count only without a parse_mode; 400 if something is wrong. A
    user in a text_mention has only an id here.
    """
    if len(text.encode()) > MAX_MARKUP:
        raise bad_request("text is too long")
    mode = parse_mode.lower()
    if mode in PARSERS and text:
        text, marked = PARSERS[mode](text)
    elif text and mode not in ("", "none"):
        raise bad_request("unsupported parse_mode")
    else:
        marked = _read_entities(entities if isinstance(entities, list) else [])
    text, settled = normalize_text(text, marked)
    return text, [entity for entity in settled if entity["type"] != "custom_emoji"]


# Entities with the bot's own offsets

_DETECTED_TYPES = {"mention", "hashtag", "cashtag", "bot_command", "url", "email"}
_DETECTED_TYPES |= {"phone_number", "bank_card_number"}


def _read_entities(given: list[Any]) -> list[Json]:
    entities = []
    for value in given:
        try:
            entity = _read_entity(value)
        except ValueError as problem:
            raise bad_request(f"can't parse MessageEntity: {problem}") from None
        if entity["type"] in _DETECTED_TYPES:  # those Telegram finds itself
            continue
        if entity["type"] == "text_link":
            try:
                entity |= mention_or_link(entity.pop("url"))
            except ValueError as problem:
                raise bad_request(f"entity {problem}") from None
        elif entity["type"] == "text_mention" and not 0 < entity["user"]["id"] <= MAX_USER:
            raise bad_request("user not found")
        elif entity["type"] == "custom_emoji" and not entity["custom_emoji_id"]:
            raise bad_request("invalid custom emoji identifier specified")
        elif entity["type"] == "date_time" and entity["unix_time"] <= 0:
            raise bad_request("invalid date specified")
        entities.append(entity)
    for entity in entities:
        for name in ("offset", "length"):
            if not 0 <= entity[name] <= 1_000_000:
                raise bad_request(f"receive an entity with incorrect {name} {entity[name]}")
    return [entity for entity in entities if entity["length"]]


def _read_entity(value: Any) -> Json:
    """Return an entity with the fields of its type; raise ValueError in the real words."""
    if not isinstance(value, dict):
        raise ValueError("expected an Object")
    entity: Json = {
        name: integer_field(value, name, required=True) for name in ("offset", "length")
    }
    kind = text_field(value, "type", required=True)
    if not kind:
        raise ValueError("Type is not specified")
    if kind not in (*STYLES, *QUOTES, *_DETECTED_TYPES, *_TYPES_WITH_FIELDS, "code"):
        raise ValueError("Unsupported type specified")
    entity["type"] = kind
    if kind == "pre" and (language := text_field(value, "language")):
        entity["language"] = language
    elif kind == "text_link":
        entity["url"] = text_field(value, "url", required=True)
    elif kind == "text_mention":
        user = object_field(value, "user")
        entity["user"] = {"id": integer_field(user, "id", required=True, bits=64)}
    elif kind == "custom_emoji":
        entity["custom_emoji_id"] = integer_field(value, "custom_emoji_id", required=True, bits=64)
    elif kind == "date_time":
        entity["unix_time"] = integer_field(value, "unix_time", required=True)
        try:
            entity["date_time_format"] = _sort_date_format(text_field(value, "date_time_format"))
        except ValueError:
            raise ValueError("Invalid date-time format specified") from None
    return entity


_TYPES_WITH_FIELDS = ("pre", "text_link", "text_mention", "custom_emoji", "date_time")


# Links behind a text

_LOCATION = re.compile(r"(?ai:(tg|ton|tonsite)):(?://)?")
_URL = re.compile(r"(?:(?ai:(https?))://)?([^/?#]*)(.*)", re.DOTALL)
_CONTROL = re.compile("[\0- ]")
_ALLOWED = r"[A-Za-z0-9.\-_!$,~*'();&+=]|[^\x00-\x7f]|%[0-9A-Fa-f]{2}"
_HOST, _USER = re.compile(f"(?:{_ALLOWED})*+"), re.compile(f"(?::|{_ALLOWED})*+")


def mention_or_link(url: str) -> Json:
    """Turn a link into a mention of a user or a text_link; raise ValueError if invalid."""
    for name, value in _tg_link_parameters(url, "user"):
        if name.lower() == "id":
            number = strict_integer(value, 64)
            if number is not None and 0 < number <= MAX_USER:
                return {"type": "text_mention", "user": {"id": number}}
            break
    try:
        return {"type": "text_link", "url": normalize_link(url)}
    except ValueError as problem:
        raise ValueError(f"URL '{url}' is invalid: {problem}") from None


def _tg_link_parameters(url: str, host: str) -> list[tuple[str, str]]:
    """Return the parameters of tg://host?name=value&…; [] for other links."""
    if url[:3].lower() != "tg:":
        return []
    found = re.match(rf"(?ai:tg:(?://)?{host})/?\?([^#]*)", url)
    pairs = [pair.partition("=") for pair in found[1].split("&")] if found else []
    return [(name, value) for name, _, value in pairs]


def normalize_link(link: str) -> str:
    """Return a link as Telegram stores it: complete, its host in lower case; ValueError if invalid.

    >>> normalize_link("Example.org?a b"), normalize_link("TG:resolve?domain=x")
    ('http://example.org/?a%20b', 'tg://resolve?domain=x')
    >>> normalize_link("http://localhost:8080/")
    Traceback (most recent call last):
    ValueError: Wrong HTTP URL
    """
    location = _LOCATION.match(link)
    link = link[location.end() :] if location else link
    if re.match(r"[^:/?#@\[\]]*://", link) and not re.match("(?ai:https?)://", link):
        raise ValueError("Unsupported URL protocol")
    scheme, place, query = _URL.match(link).groups()  # type: ignore[union-attr]  # always matches
    place, port = _split_port(place)
    user, _, host = place.rpartition("@")
    host = _ascii_lower(host)
    is_ipv6 = host.startswith("[") and host.endswith("]")
    if is_ipv6:
        try:
            IPv6Address(host[1:-1])
        except ValueError:
            raise ValueError("Wrong IPv6 address specified in the URL") from None
    if not host:
        raise ValueError("URL host is empty")
    if host == ".":
        raise ValueError("Host is invalid")
    query = query.rstrip(SPACES)
    query = _CONTROL.sub(lambda sign: f"%{ord(sign[0]):02X}", query)
    query = query if query.startswith("/") else f"/{query}"
    for name, part, allowed in (("host", host, _HOST), ("userinfo", user, _USER)):
        wrong = "" if is_ipv6 else allowed.sub("", part, count=1)
        if wrong:
            sort = "Wrong percent-encoded symbol" if wrong[0] == "%" else "Disallowed character"
            raise ValueError(f"{sort} in URL {name}")
    if location:
        kind = location[1].lower()
        if scheme or user or port or is_ipv6:
            raise ValueError("Wrong tg URL" if kind == "tg" else "Wrong ton URL")
        if not re.fullmatch("[A-Za-z0-9_.-]*" if kind == "tonsite" else "[A-Za-z0-9_-]*", host):
            raise ValueError("Unallowed characters in URL host")
        return f"{kind}://{host}{query[1:] if query.startswith('/?') else query}"
    if "." not in host and not is_ipv6:
        raise ValueError("Wrong HTTP URL")
    place = f"{user and f'{user}@'}{host}{port and f':{port}'}"
    return f"{(scheme or 'http').lower()}://{place}{query}"


def _split_port(place: str) -> tuple[str, str]:
    """Split off the port, if there is one; raise ValueError if it is invalid."""
    colon = max(place.rfind(sign) for sign in ":]@")
    if colon <= 0 or place[colon] != ":":
        return place, ""
    port = place[colon + 1 :].lstrip("0")
    if not re.fullmatch("[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError("Wrong port number specified in the URL")
    return place[:colon], port


def _sort_date_format(given: str) -> str:
    """Sort the signs of a date format in Telegram's order; raise ValueError for unknown ones.

    >>> _sort_date_format("Twd"), _sort_date_format("R")
    ('wdT', 'r')
    """
    if given in ("r", "R"):
        return "r"
    if not re.fullmatch("[tTdDwW]*", given):
        raise ValueError("Invalid date format used")
    week = "w" if re.search("[wW]", given) else ""
    date = next((sign for sign in "dD" if sign in given), "")
    time = next((sign for sign in "tT" if sign in given), "")
    return week + date + time


# parse_mode HTML

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_CHARACTER_REFERENCE = re.compile(
    r"&(?:(lt|gt|amp|quot)(?![A-Za-z])|#[xX]([0-9A-Fa-f]{1,6})(?![0-9A-Fa-f])|#([0-9]{1,7})(?![0-9]));?"
)
_TAG_NAME = re.compile(rf"[^{SPACES}>]*")
_ATTRIBUTE_NAME = re.compile(rf"[^{SPACES}>=/\"']*")
_ATTRIBUTE_VALUE = re.compile(r"'([^'\0]*)'?|\"([^\"\0]*)\"?|([A-Za-z0-9.-]*)")
_BLANKS = re.compile(r"[ \t\r\n\v]*")


@dataclass
class _Tag:
    name: str
    start: int  # characters of text before it
    attributes: dict[str, str]


def parse_html(markup: str) -> tuple[str, list[Json]]:
    """Return the plain text and the entities of HTML; 400 if the tags are invalid.

    >>> parse_html("<b>hi</b> &lt;you&gt;")
    ('hi <you>', [{'offset': 0, 'length': 2, 'type': 'bold'}])
    """
    source = markup + "\0"  # so that looking ahead needs no check for the end
    text: list[str] = []
    spans: list[Span] = []
    open_tags: list[_Tag] = []
    position = 0
    while position < len(markup):
        sign = _CHARACTER_REFERENCE.match(source, position) if source[position] == "&" else None
        if sign and (character := _decode_character(sign)):
            text.append(character)
            position = sign.end()
        elif source.startswith("</", position):
            position = _close_tag(source, position, open_tags)
            tag = open_tags.pop()
            if tag.start < len(text):
                _add_tagged(tag, text, spans)
        elif source[position] == "<":
            name, attributes, position = _open_tag(source, position)
            open_tags.append(_Tag(name, len(text), attributes))
        else:
            text.append(source[position])
            position += 1
    if open_tags:
        name = open_tags[-1].name
        raise _parse_error(f'Can\'t find end tag corresponding to start tag "{name}"')
    plain = "".join(text)
    if re.search("[\ud800-\udfff]", plain):
        raise _parse_error(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    for _, _, entity in spans:
        if entity["type"] == "code":
            entity.pop("language", None)
    return plain, spans_to_entities(plain, spans)


def _decode_character(sign: re.Match[str]) -> str:
    """Return the character for &lt; or &#x41;, or ""."""
    name, sixteens, tens = sign.groups()
    if name:
        return html.unescape(f"&{name};")
    code = int(sixteens, 16) if sixteens else int(tens)
    return chr(code) if 0 < code < 0x10FFFF else ""


def _open_tag(source: str, begin: int) -> tuple[str, dict[str, str], int]:
    """Return name, attributes and end of the tag that begins here."""

    def end_of_match(pattern: re.Pattern[str], position: int) -> int:
        return pattern.match(source, position).end()  # type: ignore[union-attr]  # may be empty

    def error_at_tag(problem: str) -> TelegramError:
        return _parse_error(f"{problem} at byte offset {_byte_offset(source, begin)}")

    position = end_of_match(_TAG_NAME, begin + 1)
    if source[position] == "\0":
        raise error_at_tag("Unclosed start tag")
    name = _ascii_lower(source[begin + 1 : position])
    if name not in _TAGS:
        raise error_at_tag(f'Unsupported start tag "{name}"')
    attributes = {}
    while source[position := end_of_match(_BLANKS, position)] != ">":
        start, position = position, end_of_match(_ATTRIBUTE_NAME, position)
        attribute = source[start:position]
        if not attribute:
            raise error_at_tag(f'Empty attribute name in the tag "{name}"')
        attributes[attribute] = ""
        position = end_of_match(_BLANKS, position)
        has_value = source[position] == "="
        if has_value:
            position = end_of_match(_BLANKS, position + 1)
        if source[position] == "\0":
            raise error_at_tag(f'Unclosed start tag "{name}"')
        if not has_value:
            continue
        value = _ATTRIBUTE_VALUE.match(source, position)
        assert value is not None  # it matches anything
        if value[3] is None:
            quoted = value[1] if value[2] is None else value[2]
            attributes[attribute] = _CHARACTER_REFERENCE.sub(
                lambda sign: _decode_character(sign) or sign[0], quoted
            )
        elif source[value.end()] in SPACES or source[value.end()] == ">":
            attributes[attribute] = value[3].lower()
        else:
            at = _byte_offset(source, position)
            raise _parse_error(f"Unexpected end of name token at byte offset {at}")
        position = value.end()
        if source[position] == "\0":
            raise error_at_tag("Unclosed start tag")
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise error_at_tag('Tag "span" must have class "tg-spoiler"')
    return name, attributes, position + 1


def _close_tag(source: str, begin: int, open_tags: list[_Tag]) -> int:
    """Return the position after the end tag that begins here."""
    at = f"at byte offset {_byte_offset(source, begin)}"
    if not open_tags:
        raise _parse_error(f"Unexpected end tag {at}")
    word = _TAG_NAME.match(source, begin + 2)
    assert word is not None  # it matches anything
    end = _BLANKS.match(source, word.end()).end()  # type: ignore[union-attr]
    if source[end] != ">":
        raise _parse_error(f"Unclosed end tag {at}")
    name, expected = _ascii_lower(word[0]), open_tags[-1].name
    if name not in ("", expected):
        raise _parse_error(f'Unmatched end tag {at}, expected "</{expected}>", found "</{name}>"')
    return end + 1


def _add_tagged(tag: _Tag, text: list[str], spans: list[Span]) -> None:
    start, end = tag.start, len(text)
    kind, attributes = _TAGS[tag.name], tag.attributes
    entity: Json = {"type": kind}
    language = attributes.get("class", "").partition("language-")
    before = spans[-1][2] if spans and spans[-1][:2] == (start, end) else {}
    if kind == "text_link":
        try:
            entity = mention_or_link(attributes.get("href") or "".join(text[start:]))
        except ValueError:
            return
    elif kind == "custom_emoji":
        entity["custom_emoji_id"] = strict_integer(attributes.get("emoji-id", ""), 64)
        if not entity["custom_emoji_id"]:
            raise _parse_error("Invalid custom emoji identifier specified")
    elif kind == "date_time":
        entity["unix_time"] = leading_integer(attributes.get("unix", ""))
        try:
            entity["date_time_format"] = _sort_date_format(attributes.get("format", ""))
        except ValueError as problem:
            raise _parse_error(str(problem)) from None
        if not 0 < entity["unix_time"] < 1 << 31:
            return
    elif kind == "blockquote" and "expandable" in attributes:
        entity["type"] = "expandable_blockquote"
    elif kind == "pre" and before.get("type") == "code" and "language" in before:
        before["type"] = "pre"  # <pre> around <code class="language-…">
        return
    elif kind == "code" and not language[0] and language[2]:
        entity["language"] = language[2]
        if before == {"type": "pre"}:  # the reverse
            before["language"] = language[2]
            return
    spans.append((start, end, entity))


# parse_mode Markdown and MarkdownV2

_RESERVED = set("_*[]()~`>#+-=|{}.!\n")
_MARKS = {  # the mark that opens an entity: its type, and its name in errors
    "```": ("pre", "Pre"),
    "__": ("underline", "Underline"),
    "||": ("spoiler", "Spoiler"),
    "![": ("custom_emoji", "CustomEmoji"),
    "_": ("italic", "Italic"),
    "*": ("bold", "Bold"),
    "~": ("strikethrough", "Strikethrough"),
    "`": ("code", "Code"),
    "[": ("text_link", "TextUrl"),
    ">": ("blockquote", "BlockQuote"),
}
_ENDS = {kind: mark for mark, (kind, _) in _MARKS.items()}
_ENDS |= {"text_link": "]", "custom_emoji": "]", "blockquote": "\0"}
_LANGUAGE = re.compile(rf"([^{SPACES}`]*)")
_NEWLINE = re.compile(r"(?:\r\n?|\n\r?)?")
_ESCAPED = re.compile(r"\\([\x01-\x7e])")
_IN_BRACKETS = re.compile(r"\(((?:\\[\x01-\x7e]|[^)])*+)\)")


@dataclass
class _Mark:
    kind: str
    name: str
    start: int  # characters of text before it
    position: int  # in the markup
    language: str = ""


def parse_markdown(markup: str) -> tuple[str, list[Json]]:
    """Parse the old Markdown, which has no nesting; 400 if a mark has no partner.

    >>> parse_markdown("*hi* you")
    ('hi you', [{'offset': 0, 'length': 2, 'type': 'bold'}])
    """
    source = markup + "\0\0\0"
    text: list[str] = []
    spans: list[Span] = []
    position = 0
    while position < len(markup):
        sign = source[position]
        if sign == "\\" and source[position + 1] in "_*`[":
            text.append(source[position + 1])
            position += 2
            continue
        if sign not in "_*`[":
            text.append(sign)
            position += 1
            continue
        begin, language = position, ""
        mark = "```" if source.startswith("```", position) else sign
        position += len(mark)
        if mark == "```":
            language, position = _read_language(markup, position)
        end = markup.find(_ENDS[_MARKS[mark][0]], position)
        if end < 0:
            at = _byte_offset(markup, begin)
            raise _parse_error(f"Can't find end of the entity starting at byte offset {at}")
        start = len(text)
        text += markup[position:end]
        position = end + len(mark)
        if start == len(text):
            continue
        entity: Json | None = {"type": _MARKS[mark][0]}
        if language:
            entity = {"type": "pre", "language": language}
        elif mark == "[" and source[position] == "(":
            url, _, _ = markup[position + 1 :].partition(")")
            position += len(url) + 2
            entity = _link_entity(url)
        elif mark == "[":  # tdlib makes a link to garbled letters of this; here it isn't a link
            entity = None
        if entity:
            spans.append((start, len(text), entity))
    plain = "".join(text)
    return plain, spans_to_entities(plain, spans)


def parse_markdown_v2(markup: str) -> tuple[str, list[Json]]:
    r"""Parse MarkdownV2, where marks nest and other special characters are escaped.

    >>> parse_markdown_v2("*hi _you_*\\.")[0]
    'hi you.'
    >>> parse_markdown_v2("1.5")
    Traceback (most recent call last):
    bot_sandbox.telegram.errors.TelegramError: 400 Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'
    """  # noqa: E501
    source = markup + "\0\0\0"
    text: list[str] = []
    spans: list[Span] = []
    marks: list[_Mark] = []  # those open now
    quoted = False
    at_line_start = True
    position = 0
    while position < len(markup):
        sign, following = source[position], source[position + 1]
        inside = marks[-1].kind if marks else ""
        if sign == "\\" and "\0" < following < "\x7f":
            text.append(following)
            position += 2
            if following != "\r":
                at_line_start = following == "\n"
            continue
        if sign not in _RESERVED or (inside in ("pre", "code") and sign != "`"):
            text.append(sign)
            position += 1
            at_line_start = at_line_start and sign == "\r"
            continue

        ends_quote = quoted and sign == "\n" and following != ">"
        if inside and (ends_quote or _mark_ends(source, position, inside)):
            if ends_quote:
                read = position - marks[-1].position  # characters since the last mark
                expands = read == 2 or (read == 3 and text[-1:] == ["\r"])
                kind, mark = _pop_quote(markup, marks, expands)
            else:
                kind, mark = inside, marks.pop()
            position += 1 if ends_quote else len(_ENDS[inside])
            entity: Json | None = {"type": kind}
            if kind in QUOTES:
                text.append("\n")
                quoted, at_line_start = False, True
            elif kind == "pre" and mark.language:
                entity = {"type": kind, "language": mark.language}
            elif kind in ("text_link", "custom_emoji"):
                url, position = _read_url(markup, position)
                if kind == "custom_emoji":
                    entity = _emoji_or_date_entity(url)
                else:
                    entity = _link_entity("".join(text[mark.start :]) if url is None else url)
            if entity and mark.start < len(text):
                spans.append((mark.start, len(text), entity))
            continue

        if sign == "\n":
            text.append(sign)
            at_line_start = True
            position += 1
            continue
        if sign == ">" and at_line_start and quoted:
            position += 1
            continue
        opened = next((one for one in _MARKS if source.startswith(one, position)), "")
        if not opened or (opened == ">" and not at_line_start):
            raise _parse_error(
                f"Character '{sign}' is reserved and must be escaped with the preceding '\\'"
            )
        mark = _Mark(*_MARKS[opened], len(text), position)
        quoted = quoted or opened == ">"
        position += len(opened)
        if opened == "```":
            mark.language, position = _read_language(markup, position)
            mark.name = "PreCode" if mark.language else "Pre"
        marks.append(mark)

    if quoted:
        kind, mark = _pop_quote(markup, marks, marks[-1].position == len(markup) - 2)
        if mark.start < len(text):
            spans.append((mark.start, len(text), {"type": kind}))
    if marks:
        raise _no_end_error(markup, marks[-1])
    plain = "".join(text)
    return plain, spans_to_entities(plain, spans)


def _pop_quote(markup: str, marks: list[_Mark], expands: bool) -> tuple[str, _Mark]:
    """Remove the quote that ends here from the open marks; return its kind and its mark.

    If a || was read last, as the start of a spoiler, it `expands` the quote.
    """
    kind, mark = "blockquote", marks.pop()
    if mark.kind == "spoiler" and expands:
        kind, mark = "expandable_blockquote", marks.pop()
    if mark.kind != "blockquote":
        raise _no_end_error(markup, mark)
    return kind, mark


def _mark_ends(source: str, position: int, kind: str) -> bool:
    ends = source.startswith(_ENDS[kind], position)
    return ends and not (kind == "italic" and source[position + 1] == "_")


def _read_language(markup: str, position: int) -> tuple[str, int]:
    """Return the language after ``` and the start of the code; a word needs a blank after it."""
    language = _LANGUAGE.match(markup, position)
    assert language is not None  # it matches anything
    if language[0] and markup[language.end() : language.end() + 1] not in ("", "`"):
        position = language.end()
        return language[0], _NEWLINE.match(markup, position).end()  # type: ignore[union-attr]
    return "", _NEWLINE.match(markup, position).end()  # type: ignore[union-attr]


def _read_url(markup: str, position: int) -> tuple[str | None, int]:
    """Return the URL in the brackets that begin here, and their end; None without brackets."""
    if markup[position : position + 1] != "(":
        return None, position
    found = _IN_BRACKETS.match(markup, position)
    if not found:
        at = _byte_offset(markup, position + 1)
        raise _parse_error(f"Can't find end of a URL at byte offset {at}")
    return _ESCAPED.sub(r"\1", found[1]), found.end()


def _link_entity(url: str) -> Json | None:
    try:
        return mention_or_link(url)
    except ValueError:
        return None


def _emoji_or_date_entity(url: str | None) -> Json:
    """Return the entity of ![…](…)."""
    if url is None:
        raise _parse_error("The entity must contain a tg://emoji or tg://time URL")
    identifier = dict(reversed(_tg_link_parameters(url, "emoji"))).get("id", "")
    number = strict_integer(identifier, 64)
    if number:
        return {"type": "custom_emoji", "custom_emoji_id": number}
    parameters = _tg_link_parameters(url, "time")
    times = [strict_integer(value, 32) or 0 for name, value in parameters if name == "unix"]
    if times and min(times) > 0:
        try:
            shown = _sort_date_format(dict(parameters).get("format", ""))
            return {"type": "date_time", "unix_time": times[-1], "date_time_format": shown}
        except ValueError:
            pass
    raise _parse_error("Invalid tg://emoji or tg://time URL specified")


def _no_end_error(markup: str, mark: _Mark) -> TelegramError:
    at = _byte_offset(markup, mark.position)
    return _parse_error(f"Can't find end of {mark.name} entity at byte offset {at}")


def _ascii_lower(name: str) -> str:
    """Turn ASCII letters into lower case."""
    return re.sub("[A-Z]+", lambda letters: letters[0].lower(), name)


def _byte_offset(markup: str, position: int) -> int:
    return len(markup[:position].encode())


def _parse_error(problem: str) -> TelegramError:
    return bad_request(f"can't parse entities: {problem}")


PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}
