r"""parse_mode Markdown and MarkdownV2: marks become a plain text and its entities.

The words of the errors are Telegram's. Block quotes and custom emoji keep their text and lose
their look; a language after ``` is dropped.
"""

import re
from typing import Any

from sandbox.telegram.entities import utf16_length
from sandbox.telegram.errors import TelegramError, bad_request

TYPES = {
    "```": ("pre", "Pre"),
    "__": ("underline", "Underline"),
    "||": ("spoiler", "Spoiler"),
    "_": ("italic", "Italic"),
    "*": ("bold", "Bold"),
    "~": ("strikethrough", "Strikethrough"),
    "`": ("code", "Code"),
    "[": ("text_link", "TextUrl"),
}
_MARK = re.compile(r"```|__|\|\||[_*~`\[]")
_RESERVED = set("_*[]()~`>#+-=|{}.!")
_LINK = re.compile(r"\(((?:\\.|[^\\)])*)\)", re.DOTALL)
_OLD = re.compile(
    r"\\(?P<escaped>[_*`\[])"
    r"|```(?:[A-Za-z0-9_+-]*\n)?(?P<pre>.*?)```"
    r"|\[(?P<text_link>[^\]]*)\](?:\((?P<url>[^)]*)\))?"
    r"|_(?P<italic>[^_]*)_|\*(?P<bold>[^*]*)\*|`(?P<code>[^`]*)`"
    r"|(?P<lonely>[_*`\[])",
    re.DOTALL,
)


def parse_markdown(markup: str) -> tuple[str, list[dict[str, Any]]]:
    """The old Markdown, without nesting; 400 when a mark has no partner.

    >>> parse_markdown("*hi* you")
    ('hi you', [{'type': 'bold', 'offset': 0, 'length': 2}])
    """
    text, position = "", 0
    entities: list[dict[str, Any]] = []
    for match in _OLD.finditer(markup):
        text += markup[position : match.start()]
        position = match.end()
        kind = str(match.lastgroup if match["url"] is None else "text_link")
        if kind == "lonely":
            start = _bytes(markup, match.start())
            raise _error(f"Can't find end of the entity starting at byte offset {start}")
        if kind != "escaped" and match[kind] and (kind != "text_link" or match["url"]):
            entities.append(_entity(kind, text, match[kind], match["url"]))
        text += match[kind]
    return text + markup[position:], entities


def parse_markdown_v2(markup: str) -> tuple[str, list[dict[str, Any]]]:
    r"""MarkdownV2, where marks nest and every other special character is escaped.

    >>> parse_markdown_v2("*hi _you_*\\.")[0]
    'hi you.'
    >>> parse_markdown_v2("1.5")
    Traceback (most recent call last):
    sandbox.telegram.errors.TelegramError: 400 Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'
    """  # noqa: E501
    text, position = "", 0
    open_marks: list[tuple[str, int, int]] = []  # mark, where its text starts, where it stands
    entities: list[dict[str, Any]] = []
    while position < len(markup):
        character = markup[position]
        inside = open_marks[-1][0] if open_marks else ""
        mark = _MARK.match(markup, position)
        if character == "\\" and "\0" < markup[position + 1 : position + 2] < "\x7f":
            text += markup[position + 1]
            position += 2
        elif inside in ("`", "```") and not markup.startswith(inside, position):
            text += character
            position += 1
        elif inside and ((mark and mark[0] == inside) or (inside == "[" and character == "]")):
            position += len(inside)
            _, start, _ = open_marks.pop()
            url, position = (
                _url(markup, position, text[start:]) if inside == "[" else (None, position)
            )
            if text[start:] and url != "":
                entities.append(_entity(TYPES[inside][0], text[:start], text[start:], url))
        elif mark or markup.startswith("![", position):
            position += len(mark[0]) if mark else 2
            open_marks.append((mark[0] if mark else "[", len(text), position))
        elif character == ">" and (position == 0 or markup[position - 1] == "\n"):
            position += 1
        elif character in _RESERVED:
            raise _error(
                f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            text += character
            position += 1
    if open_marks:
        mark_text, _, end = open_marks[-1]
        start = _bytes(markup, end - len(mark_text))
        raise _error(f"Can't find end of {TYPES[mark_text][1]} entity at byte offset {start}")
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _url(markup: str, position: int, text: str) -> tuple[str, int]:
    if not markup.startswith("(", position):
        return text, position
    link = _LINK.match(markup, position)
    if not link:
        raise _error(f"Can't find end of a URL at byte offset {_bytes(markup, position + 1)}")
    return re.sub(r"\\(.)", r"\1", link[1]), link.end()


def _entity(kind: str, before: str, text: str, url: str | None) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "type": kind,
        "offset": utf16_length(before),
        "length": utf16_length(text),
    }
    return entity | ({"url": url} if kind == "text_link" and url is not None else {})


def _bytes(text: str, position: int) -> int:
    return len(text[:position].encode())


def _error(problem: str) -> TelegramError:
    return bad_request(f"can't parse entities: {problem}")
