"""parse_mode HTML: a text with tags becomes a plain text and its entities.

The words of the errors are Telegram's. Custom emoji lose their picture and keep their character.
"""

import html
import re
from typing import Any

from sandbox.telegram.entities import utf16_length
from sandbox.telegram.errors import TelegramError, bad_request

TYPES = {
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
    "tg-emoji": "",
}
_TOKEN = re.compile(r"<|&(?:lt|gt|amp|quot|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_START = re.compile(r"<([^\s>]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)(>?)")
_END = re.compile(r"</([^\s>]*)\s*(>?)")
_ATTRIBUTE = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")


def parse_html(markup: str) -> tuple[str, list[dict[str, Any]]]:
    """The plain text and the entities; 400 when the tags make no sense.

    >>> parse_html("<b>hi</b> &lt;you&gt;")
    ('hi <you>', [{'type': 'bold', 'offset': 0, 'length': 2}])
    """
    text, position = "", 0
    open_tags: list[tuple[str, int, dict[str, str]]] = []  # name, where its text starts, attributes
    entities: list[dict[str, Any]] = []
    while token := _TOKEN.search(markup, position):
        text += markup[position : token.start()]
        if token.group() != "<":
            text += html.unescape(token.group())
            position = token.end()
        elif markup.startswith("</", token.start()):
            name, start, attributes, position = _close(markup, token.start(), open_tags)
            entity = _entity(name, attributes, text[start:], utf16_length(text[:start]))
            if entity:
                entities.append(entity)
        else:
            name, attributes, position = _open(markup, token.start())
            open_tags.append((name, len(text), attributes))
    if open_tags:
        raise _error(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return text + markup[position:], entities


def _open(markup: str, position: int) -> tuple[str, dict[str, str], int]:
    tag = _START.match(markup, position)
    assert tag is not None  # the text at `position` starts with "<"
    name = tag[1].lower()
    if name not in TYPES:
        raise _error(f'Unsupported start tag "{name}"', markup, position)
    if not tag[3]:
        raise _error(f'Unclosed start tag "{name}"', markup, position)
    attributes = {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(tag[2])
    }
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _error('Tag "span" must have class "tg-spoiler"', markup, position)
    return name, attributes, tag.end()


def _close(
    markup: str, position: int, open_tags: list[tuple[str, int, dict[str, str]]]
) -> tuple[str, int, dict[str, str], int]:
    if not open_tags:
        raise _error("Unexpected end tag", markup, position)
    tag = _END.match(markup, position)
    assert tag is not None  # the text at `position` starts with "</"
    if not tag[2]:
        raise _error("Unclosed end tag", markup, position)
    name, start, attributes = open_tags.pop()
    if tag[1] and tag[1].lower() != name:
        detail = f', expected "</{name}>", found "</{tag[1].lower()}>"'
        raise _error("Unmatched end tag", markup, position, detail)
    return name, start, attributes, tag.end()


def _entity(name: str, attributes: dict[str, str], text: str, offset: int) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": TYPES[name], "offset": offset, "length": utf16_length(text)}
    if name == "a":
        entity["url"] = attributes.get("href") or text
    return entity if text and TYPES[name] else {}


def _error(problem: str, markup: str = "", position: int = -1, detail: str = "") -> TelegramError:
    if position >= 0:
        problem += f" at byte offset {len(markup[:position].encode())}{detail}"
    return bad_request(f"can't parse entities: {problem}")
