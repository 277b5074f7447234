r"""The entities of a text: those Telegram finds itself, and how several share one text.

The rules are those of `td/telegram/MessageEntity.cpp` in tdlib/td, which the official server uses.
An entity is the Bot API's MessageEntity, a dict; `offset` and `length` count UTF-16 code units.
Missing: phone numbers, whose rules are closed; bank cards and timestamps, which bots don't get;
links to tonsite:// without a dot.
"""

import functools
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.types import Json

STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")  # may overlap
QUOTES = ("blockquote", "expandable_blockquote")
VERBATIM_TYPES = ("code", "pre", "date_time")  # no style inside
# Of two entities with the same ends, the lower number comes first; found ones have 50
_PRIORITY = {"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "date_time": 30}
_PRIORITY |= {"text_link": 49, "text_mention": 49, "custom_emoji": 99}
_PRIORITY |= {style: 90 + number for number, style in enumerate(STYLES)}


def utf16_length(text: str) -> int:
    """Return how many UTF-16 code units a text takes.

    >>> utf16_length("a😀")
    3
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def spans_to_entities(text: str, spans: Iterable[tuple[int, int, Json]]) -> list[Json]:
    """Turn spans of characters (start, end, the rest) into entities, in Telegram's order."""
    if text.isascii():
        units: Any = range(len(text) + 1)
    else:
        units = list(accumulate((1 + (sign > "\uffff") for sign in text), initial=0))
    return sort_entities(
        {"offset": units[start], "length": units[end] - units[start]} | entity
        for start, end, entity in spans
    )


def sort_entities(entities: Iterable[Json]) -> list[Json]:
    """Sort entities by offset, longer ones first."""
    return sorted(entities, key=_sort_key)


def _sort_key(entity: Json) -> tuple[int, int, int]:
    priority = _PRIORITY.get(entity["type"], 50) - ("language" in entity)
    return entity["offset"], -entity["length"], priority


def _end(entity: Json) -> int:
    return int(entity["offset"] + entity["length"])


# What Telegram finds itself

_NAME = "[A-Za-z0-9_]"
# A hashtag has no numbers such as ½ or Ⅷ, but may have Sinhala signs
_LETTER = r"(?:[^\W²³¹¼-¾⁰⁴-⁹₀-₉⅐-↉①-⒛⓪-⓿❶-➓]|[\u200c·\u0d80-\u0dff])"
_MENTION = re.compile(rf"(?<!\w)@(?:{_NAME}{{4,32}}+|(?ai:gif|nft|pic|ufc|vid))(?!\w)")
_COMMAND = re.compile(rf"(?<![\w/<>])/{_NAME}{{1,64}}+(?:@{_NAME}{{3,32}}+|(?!@))(?![\w/<>])")
_HASHTAG = re.compile(
    rf"(?<!{_LETTER})#({_LETTER}{{1,256}}+)(?:{_LETTER}++|(?:@{_NAME}{{3,32}}+)?+)(?!#)"
)
_CASHTAG = re.compile(
    rf"(?<!\$)(?<!{_LETTER})\$(?:1INCH|[A-Z]{{1,8}}+)(?:@{_NAME}{{3,32}}+(?!{_NAME}))?+"
    rf"(?!\$|{_LETTER})"
)
# These end a link: blanks, controls of the writing direction, quotes, < and >
_LINK_STOPS = r"\n \xa0\u1680\u2000-\u200b\u200e\u200f\u2016-\u206f\u3000"
_LINK_PIECE = re.compile(rf"[^{_LINK_STOPS}<>\"«»]+")
_DOMAIN = rf"[^\x00-,/:-@\[-^`{{-}}\x7f-\xbf{_LINK_STOPS}]"
_USER = rf"[^/\[\]{{}}()'`@{_LINK_STOPS}]"
_DOMAIN_SIGN = re.compile(_DOMAIN)
_USER_SIGN = re.compile(_USER)
_SCHEME_SIGN = re.compile(r"[A-Za-z0-9+-]|[^\x00-\x7f]")
_DOMAIN_ON = re.compile(rf"(?:{_DOMAIN}|@)*")
_PORT = re.compile(r":0*([1-9][0-9]{0,4}+)(?![0-9])")
_TG_LINK = re.compile(r"(?ai:tg|ton)://[A-Za-z0-9_-]{1,253}+")
_EMAIL = re.compile(
    r"(?:[A-Za-z0-9_-]{0,26}+[.+]){0,10}+[A-Za-z0-9_-]{1,35}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,28}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,8}"
)
_LINK = re.compile(r"((?ai:https?|ftp|tonsite)://)?([^/?#]*)(.*)", re.DOTALL)
_IP_BYTE = re.compile("25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]")
_NOT_AT_THE_END = ".:;,('?!`"
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def detect_entities(text: str) -> list[Json]:
    """Find the entities of a plain text.

    >>> detect_entities("/start @hello_bot")  # doctest: +NORMALIZE_WHITESPACE
    [{'offset': 0, 'length': 6, 'type': 'bot_command'},
     {'offset': 7, 'length': 10, 'type': 'mention'}]
    >>> [(e["type"], e["length"]) for e in detect_entities("ask me@example.org or telegram.org.")]
    [('email', 14), ('url', 12)]
    """
    found = []
    if "@" in text:
        found += [(*match.span(), "mention") for match in _MENTION.finditer(text)]
    if "/" in text:
        found += [(*match.span(), "bot_command") for match in _COMMAND.finditer(text)]
    if "#" in text:
        found += [
            (match.start(), match.end(0 if "@" in match[0] else 1), "hashtag")
            for match in _HASHTAG.finditer(text)
            if any(sign.isalpha() for sign in match[1])
        ]
    if "$" in text:
        found += [(*match.span(), "cashtag") for match in _CASHTAG.finditer(text)]
    if "." in text or ":" in text:
        found += _find_links(text)
    if not found:
        return []
    entities = spans_to_entities(text, ((start, end, {"type": kind}) for start, end, kind in found))
    return _without_overlaps(entities)


def _find_links(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and kind of links and e-mail addresses."""
    for found in _LINK_PIECE.finditer(text):
        chunk, offset = found.group(), found.start()
        path_end = len(chunk.rstrip(_NOT_AT_THE_END))
        if "://" in chunk:
            for tg in _TG_LINK.finditer(chunk):
                end = _end_of_link(chunk, tg.end(), path_end)
                yield offset + tg.start(), offset + end, "url"
        if "." not in chunk:
            continue
        for start, end in _link_candidates(chunk, path_end):
            link = chunk[start:end]
            address = link.removeprefix("mailto:")
            if _EMAIL.fullmatch(address):
                yield offset + end - len(address), offset + end, "email"
            elif kept := _link_part(link):
                yield offset + start, offset + start + len(kept), "url"


def _end_of_link(chunk: str, at: int, path_end: int) -> int:
    """Return the end of a link whose path, if any, starts at `at` and ends at `path_end`."""
    if chunk[at : at + 1] not in ("/", "?", "#"):
        return at
    end = max(path_end, at + 1)
    return end if chunk[at] == "/" or end > at + 1 else at


def _link_candidates(chunk: str, path_end: int) -> Iterator[tuple[int, int]]:
    """Yield what looks like [scheme://][user@]domain[:port][/path] around a dot.

    Each step begins after what the last one has read, so even a text with many dots is read only a
    few times.
    """
    begin = 0
    while 0 <= (dot := chunk.find(".", begin)) < len(chunk) - 1:
        start = _scan_back(chunk, dot, begin, _DOMAIN_SIGN)
        end = _DOMAIN_ON.match(chunk, dot).end()  # type: ignore[union-attr]  # a dot is there
        at_sign = chunk.rfind("@", dot, end)
        if at_sign >= 0:
            start = _scan_back(chunk, start, begin, _USER_SIGN)
        port = _PORT.match(chunk, end)
        if port and int(port[1]) <= 65535:
            end = port.end()
        end = _end_of_link(chunk, end, path_end)
        while end > dot + 1 and chunk[end - 1] == ".":
            end -= 1

        is_link = True
        if start > begin and chunk[start - 1] == "@":
            user = _scan_back(chunk, start - 1, begin, _USER_SIGN)
            is_link = at_sign < 0 and user < start - 1
            start = user
        if start > begin and chunk.endswith("://", begin, start):
            scheme = chunk[_scan_back(chunk, start - 3, begin, _SCHEME_SIGN) : start - 3].lower()
            if scheme.endswith("http") and scheme != "shttp":
                start -= 7
            elif scheme.endswith("https"):
                start -= 8
            elif scheme.endswith("ftp") and scheme not in ("tftp", "sftp"):
                start -= 6
            elif scheme.endswith("tonsite"):
                start -= 10
            else:
                is_link = False
        elif start > begin and re.match(r"[\w/#@]", chunk[start - 1]):
            is_link = False

        if is_link:
            if end > dot + 1:
                yield start, end
            while chunk[end : end + 1] == ".":
                end += 1
        else:
            end = chunk.rfind(".", 0, end) + 1
        begin = max(end, dot + 1)


def _scan_back(chunk: str, at: int, begin: int, sign: re.Pattern[str]) -> int:
    while at > begin and sign.match(chunk[at - 1]):
        at -= 1
    return at


def _link_part(link: str) -> str:
    """Return the part of a candidate that is a link, or "".

    >>> _link_part("http://a.org/x(y)z),"), _link_part("main.py"), _link_part("file.txt")
    ('http://a.org/x(y)z', 'main.py', '')
    """
    scheme, domain, path = _LINK.match(link).groups()  # type: ignore[union-attr]  # always matches
    kept = link[: len(link) - len(path)] + _cut_unbalanced(path).rstrip(_NOT_AT_THE_END)
    domain = domain[domain.find("@") + 1 :]
    domain = domain[: domain.rindex(":")] if ":" in domain else domain
    parts = domain.split(".")
    if len(parts) == 1 or not all(parts):
        return ""
    if any(part.endswith("-") or len(part.encode()) >= 64 for part in parts):
        return ""
    if not re.search("[^0-9.]", domain):
        return kept if len(parts) == 4 and all(map(_IP_BYTE.fullmatch, parts)) else ""
    top = parts[-1]
    if top.startswith("xn--"):
        is_top = bool(re.fullmatch("[A-Za-z0-9]{2,}", top[4:]))
    else:
        is_top = len(top) > 1 and not re.search("[_-]", top) and bool(scheme or _is_common(top))
    return kept if is_top and "_" not in parts[-2] else ""


def _cut_unbalanced(path: str) -> str:
    """Cut a path at the first closing bracket that was never opened."""
    depth = dict.fromkeys(_CLOSING.values(), 0)
    for position, sign in enumerate(path):
        if sign in _CLOSING:
            depth[_CLOSING[sign]] += 1
        elif sign in depth:
            depth[sign] -= 1
            if depth[sign] < 0:
                return path[:position]
    return path


def _is_common(top: str) -> bool:
    lower = top.lower()
    only_first_is_capital = lower != top and lower[1:] == top[1:]  # as at the start of a sentence
    return lower in _top_level_domains() and not only_first_is_capital


@functools.cache
def _top_level_domains() -> frozenset[str]:
    lines = (Path(__file__).parent / "top_level_domains.txt").read_text(encoding="utf-8")
    return frozenset(
        name for line in lines.splitlines() if not line.startswith("#") for name in line.split()
    )


# Bring entities into the form in which Telegram stores them

_CONTROL_TO_SPACE: dict[int, str | None] = dict.fromkeys(range(32), " ")
_CONTROL_TO_SPACE |= {ord("\n"): "\n", ord("\r"): None}
_CONTROL_TO_SPACE |= dict.fromkeys([0x30A, 0x333, 0x33F, *range(0x2028, 0x202F)], None)
VISIBLE = re.compile(
    "[^ \n\xa0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc"
    "\U000e0000-\U000e007f]"
)


def normalize_text(text: str, entities: Iterable[Json]) -> tuple[str, list[Json]]:
    """Clean and trim a text and its entities, and add the entities found in it.

    400 in Telegram's words for entities outside the text.
    """
    text, settled = _clean_text(text, _resolve_overlaps(entities))
    text, settled = _trim_text(text, _resolve_overlaps(settled))
    return text, _add_found(settled, detect_entities(text))


def _resolve_overlaps(entities: Iterable[Json]) -> list[Json]:
    """Return entities in order, without partial overlaps.

    Links, mentions and code don't overlap each other (the first one stays) or cross the edge of a
    quote. Touching styles of one kind are merged, then cut where another entity begins or ends.
    Code has no styles inside.
    """
    styles, quotes, others = _split_by_kind(sort_entities(entities))
    quotes = _without_overlaps(quotes)
    others = _drop_across_quotes(_without_overlaps(others), quotes)
    return _cut_styles(styles, sort_entities(others + quotes))


def _add_found(entities: list[Json], found: list[Json]) -> list[Json]:
    """Add the entities that Telegram has found where no other one is."""
    if not found:
        return entities
    styles, quotes, others = _split_by_kind(entities)
    taken = bytearray(max(_end(entity) for entity in entities + found))
    for entity in others:
        taken[entity["offset"] : _end(entity)] = b"\1" * entity["length"]
    others += [
        entity
        for entity in _drop_across_quotes(found, quotes)
        if 1 not in taken[entity["offset"] : _end(entity)]
    ]
    return _cut_styles(styles, sort_entities(others + quotes))


def _split_by_kind(entities: Iterable[Json]) -> tuple[list[Json], list[Json], list[Json]]:
    entities = list(entities)
    styles = [entity for entity in entities if entity["type"] in STYLES]
    quotes = [entity for entity in entities if entity["type"] in QUOTES]
    others = [entity for entity in entities if entity["type"] not in STYLES + QUOTES]
    return styles, quotes, others


def _without_overlaps(entities: list[Json]) -> list[Json]:
    """Drop sorted entities that begin before the end of the last one kept."""
    kept: list[Json] = []
    for entity in entities:
        if not kept or entity["offset"] >= _end(kept[-1]):
            kept.append(entity)
    return kept


def _drop_across_quotes(entities: list[Json], quotes: list[Json]) -> list[Json]:
    """Drop entities inside which a quote begins or ends."""
    edges = [edge for quote in quotes for edge in (quote["offset"], _end(quote))]
    kept = []
    for entity in entities:
        following = bisect_right(edges, entity["offset"])
        if following == len(edges) or edges[following] >= _end(entity):
            kept.append(entity)
    return kept


def _cut_styles(styles: list[Json], others: list[Json]) -> list[Json]:
    """Merge styles, cut them where another entity begins or ends, and return all in order."""
    result: list[Json] = []
    waiting = deque(styles)
    running: dict[str, tuple[int, int]] = {}  # start and end of each open style

    def cut_at(offset: int) -> None:
        for style in STYLES:
            start, end = running.get(style, (offset, offset))
            if start < offset:
                length = min(end, offset) - start
                result.append({"offset": start, "length": length, "type": style})
                running[style] = (offset, end)
            if end <= offset:
                running.pop(style, None)

    def go_to(offset: int) -> None:
        while waiting and waiting[0]["offset"] < offset:
            style = waiting.popleft()
            start, end = running.get(style["type"], (0, -1))
            if style["offset"] <= end:
                running[style["type"]] = (start, max(end, _end(style)))
            else:
                cut_at(style["offset"])
                running[style["type"]] = (style["offset"], _end(style))
        cut_at(offset)

    around: list[Json] = []
    for other in [*others, {"offset": 1 << 31}]:
        while around and _end(around[-1]) <= other["offset"]:
            before = len(result)
            go_to(_end(around[-1]))
            if around.pop()["type"] in VERBATIM_TYPES:
                del result[before:]
        go_to(other["offset"])
        around.append(other)
    return sort_entities(others + result)


def _clean_text(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Remove control characters and move the entities; 400 for entities outside the text."""
    cleaned = text.translate(_CONTROL_TO_SPACE)
    # Of several direction marks in a row, only the last one stays
    cleaned = re.sub("[\u200e\u200f](?=[\u200e\u200f])", "\u200c", cleaned)
    if not entities:
        return cleaned, []
    moved: list[int | None] = []  # the new offset for each old one, None inside a character
    offset = 0
    for sign in text:
        moved += [offset, None] if sign > "\uffff" else [offset]
        offset += 0 if _CONTROL_TO_SPACE.get(ord(sign), sign) is None else 1 + (sign > "\uffff")
    moved.append(offset)
    _check_offsets(text, entities, moved)
    result = []
    for entity in entities:
        start, end = moved[entity["offset"]], moved[entity["offset"] + entity["length"]]
        if start is not None and end is not None and start < end:
            result.append(entity | {"offset": start, "length": end - start})
    return cleaned, result


def _check_offsets(text: str, entities: list[Json], moved: list[int | None]) -> None:
    """Raise 400 for the first entity that begins or ends inside a character or outside the text."""
    size = len(moved) - 1
    problems = []  # position, priority there, number of the entity, text
    for number, entity in enumerate(entities):
        start, end = entity["offset"], _end(entity)
        name = f"entity beginning at UTF-16 offset {start} ends"
        if start > size:
            problem = f"entity begins after the end of the text at UTF-16 offset {start}"
            problems.append((size + 2, 0, number, problem))
        elif moved[start] is None:
            problems.append((start + 1, 1, number, "entity begins in a middle of a UTF-16 symbol"))
        elif end > size:
            problem = f"{name} after the end of the text at UTF-16 offset {end}"
            problems.append((size + 2, 1, -number, problem))
        elif moved[end] is None:
            problems.append((end + 1, 0, -number, f"{name} in a middle of a UTF-16 symbol"))
    if problems:
        seen_at, _, _, problem = min(problems)
        if seen_at <= size:
            before = text.encode("utf-16-le")[: 2 * seen_at].decode("utf-16-le")
            problem += f" at byte offset {len(before.encode())}"
        raise bad_request(problem)


def _trim_text(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Strip blanks around a text, except leading ones inside an entity."""
    text = text.rstrip(" \n")
    size = utf16_length(text)
    kept = []
    for entity in entities:
        if entity["offset"] < size:
            kept.append(entity | {"length": min(entity["length"], size - entity["offset"])})
    blanks = len(text) - len(text.lstrip(" \n"))
    cut = min(blanks, kept[0]["offset"]) if kept else blanks
    return text[cut:], sort_entities(entity | {"offset": entity["offset"] - cut} for entity in kept)
