r"""The text of a message and its entities: found in plain text, or read from a parse_mode.

The Bot API calls this "Formatting options"; the words of the errors are Telegram's. Offsets and
lengths count UTF-16 code units, text limits count characters after the markup was taken out.
Left out: e-mail addresses, phone numbers and cashtags are not found; custom emoji keep their
character, MarkdownV2's block quotes their text; a language after ``` is dropped.
"""

import html
import re

from sandbox.telegram.arguments import Arguments
from sandbox.telegram.errors import TelegramError, bad_request
from sandbox.telegram.types import Json

MAX_TEXT = 4096  # characters, after the markup was taken out
MAX_CAPTION = 1024  # likewise, under a file
MAX_MARKUP = 1 << 15  # bytes, before


def read_text(arguments: Arguments) -> tuple[str, list[Json]]:
    """The text and its entities; 400 when it is empty, too long or cannot be parsed."""
    if not arguments.text("text"):
        raise bad_request("message text is empty")
    text, entities = _read(arguments, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if len(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(arguments: Arguments) -> tuple[str, list[Json]]:
    """The text under a file, which may be empty, and its entities; 400 as in `read_text`."""
    text, entities = _read(arguments, "caption", "caption_entities")
    if len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def _read(arguments: Arguments, name: str, entities_name: str) -> tuple[str, list[Json]]:
    text = arguments.text(name)
    if len(text) > MAX_TEXT and len(text.encode()) > MAX_MARKUP:
        raise bad_request("text is too long")
    mode = arguments.text("parse_mode").lower()
    entities: list[Json] = []
    if mode in PARSERS:
        text, entities = PARSERS[mode](text)
    elif mode and mode != "none":
        raise bad_request("unsupported parse_mode")
    elif entities_name in arguments:
        entities = _given_entities(arguments, entities_name)
    stripped = text.lstrip()
    cut = utf16_length(text) - utf16_length(stripped)
    text = stripped.rstrip()
    return text, _fit(entities, cut, utf16_length(text)) if entities else detect(text)


def _given_entities(arguments: Arguments, name: str) -> list[Json]:
    try:
        given = arguments.json(name, name)
    except TelegramError:  # the real server takes what is not JSON for no entities
        return []
    entities = []
    for entity in given if isinstance(given, list) else []:
        if not isinstance(entity, dict):
            raise bad_request("can't parse MessageEntity: expected an Object")
        for key in ("offset", "length"):
            if not isinstance(entity.get(key), int):
                raise bad_request(
                    f'can\'t parse MessageEntity: Field "{key}" must be of type Number'
                )
        if not isinstance(entity.get("type"), str):
            raise bad_request('can\'t parse MessageEntity: Field "type" must be of type String')
        entities.append(entity)
    return entities


def _fit(entities: list[Json], cut: int, length: int) -> list[Json]:
    """Move the entities as the text moved when its blank edges were cut off."""
    fitted = []
    for entity in entities:
        start = max(0, entity["offset"] - cut)
        end = min(length, entity["offset"] + entity["length"] - cut)
        if start < end:
            fitted.append(entity | {"offset": start, "length": end - start})
    return fitted


# Plain text: commands, mentions, hashtags and links are found in it

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z][A-Za-z0-9_]{2,31})(?!\w)"
    r"|(?<!\w)(?P<hashtag>\#\w*[^\W\d]\w*)"
)


def utf16_length(text: str) -> int:
    """How many UTF-16 code units a text takes.

    >>> utf16_length("a😀")
    3
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def detect(text: str) -> list[Json]:
    """The entities of a plain text.

    >>> detect("/start @hello_bot")  # doctest: +NORMALIZE_WHITESPACE
    [{'type': 'bot_command', 'offset': 0, 'length': 6},
     {'type': 'mention', 'offset': 7, 'length': 10}]
    """
    if not any(sign in text for sign in "/@#"):
        return []
    return [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _FOUND.finditer(text)
    ]


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
    "tg-emoji": "",
}
_TOKEN = re.compile(r"<|&(?:lt|gt|amp|quot|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_START_TAG = re.compile(r"<([^\s>]*)((?:\"[^\"]*\"|'[^']*'|[^>\"'])*)(>?)")
_END_TAG = re.compile(r"</([^\s>]*)\s*(>?)")
_ATTRIBUTE = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")


def parse_html(markup: str) -> tuple[str, list[Json]]:
    """The plain text and the entities; 400 when the tags make no sense.

    >>> parse_html("<b>hi</b> &lt;you&gt;")
    ('hi <you>', [{'type': 'bold', 'offset': 0, 'length': 2}])
    """
    text, position = "", 0
    open_tags: list[tuple[str, int, dict[str, str]]] = []  # name, where its text starts, attributes
    entities: list[Json] = []
    while token := _TOKEN.search(markup, position):
        text += markup[position : token.start()]
        if token.group() != "<":
            text += html.unescape(token.group())
            position = token.end()
        elif markup.startswith("</", token.start()):
            name, start, attributes, position = _close_tag(markup, token.start(), open_tags)
            entity = _tagged(name, attributes, text[start:], utf16_length(text[:start]))
            if entity:
                entities.append(entity)
        else:
            name, attributes, position = _open_tag(markup, token.start())
            open_tags.append((name, len(text), attributes))
    if open_tags:
        raise _html_error(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return text + markup[position:], entities


def _open_tag(markup: str, position: int) -> tuple[str, dict[str, str], int]:
    tag = _START_TAG.match(markup, position)
    assert tag is not None  # the text at `position` starts with "<"
    name = tag[1].lower()
    if name not in _TAGS:
        raise _html_error(f'Unsupported start tag "{name}"', markup, position)
    if not tag[3]:
        raise _html_error(f'Unclosed start tag "{name}"', markup, position)
    attributes = {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(tag[2])
    }
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _html_error('Tag "span" must have class "tg-spoiler"', markup, position)
    return name, attributes, tag.end()


def _close_tag(
    markup: str, position: int, open_tags: list[tuple[str, int, dict[str, str]]]
) -> tuple[str, int, dict[str, str], int]:
    if not open_tags:
        raise _html_error("Unexpected end tag", markup, position)
    tag = _END_TAG.match(markup, position)
    assert tag is not None  # the text at `position` starts with "</"
    if not tag[2]:
        raise _html_error("Unclosed end tag", markup, position)
    name, start, attributes = open_tags.pop()
    if tag[1] and tag[1].lower() != name:
        detail = f', expected "</{name}>", found "</{tag[1].lower()}>"'
        raise _html_error("Unmatched end tag", markup, position, detail)
    return name, start, attributes, tag.end()


def _tagged(name: str, attributes: dict[str, str], text: str, offset: int) -> Json:
    entity: Json = {"type": _TAGS[name], "offset": offset, "length": utf16_length(text)}
    if name == "a":
        entity["url"] = attributes.get("href") or text
    return entity if text and _TAGS[name] else {}


def _html_error(
    problem: str, markup: str = "", position: int = -1, detail: str = ""
) -> TelegramError:
    if position >= 0:
        problem += f" at byte offset {len(markup[:position].encode())}{detail}"
    return _cannot_parse(problem)


# parse_mode Markdown and MarkdownV2

_MARKS = {
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
_OLD_MARKDOWN = re.compile(
    r"\\(?P<escaped>[_*`\[])"
    r"|```(?:[A-Za-z0-9_+-]*\n)?(?P<pre>.*?)```"
    r"|\[(?P<text_link>[^\]]*)\](?:\((?P<url>[^)]*)\))?"
    r"|_(?P<italic>[^_]*)_|\*(?P<bold>[^*]*)\*|`(?P<code>[^`]*)`"
    r"|(?P<lonely>[_*`\[])",
    re.DOTALL,
)


def parse_markdown(markup: str) -> tuple[str, list[Json]]:
    """The old Markdown, without nesting; 400 when a mark has no partner.

    >>> parse_markdown("*hi* you")
    ('hi you', [{'type': 'bold', 'offset': 0, 'length': 2}])
    """
    text, position = "", 0
    entities: list[Json] = []
    for match in _OLD_MARKDOWN.finditer(markup):
        text += markup[position : match.start()]
        position = match.end()
        kind = str(match.lastgroup if match["url"] is None else "text_link")
        if kind == "lonely":
            start = _byte_offset(markup, match.start())
            raise _cannot_parse(f"Can't find end of the entity starting at byte offset {start}")
        if kind != "escaped" and match[kind] and (kind != "text_link" or match["url"]):
            entities.append(_marked(kind, text, match[kind], match["url"]))
        text += match[kind]
    return text + markup[position:], entities


def parse_markdown_v2(markup: str) -> tuple[str, list[Json]]:
    r"""MarkdownV2, where marks nest and every other special character is escaped.

    >>> parse_markdown_v2("*hi _you_*\\.")[0]
    'hi you.'
    >>> parse_markdown_v2("1.5")
    Traceback (most recent call last):
    sandbox.telegram.errors.TelegramError: 400 Bad Request: can't parse entities: Character '.' is reserved and must be escaped with the preceding '\'
    """  # noqa: E501
    text, position = "", 0
    open_marks: list[tuple[str, int, int]] = []  # mark, where its text starts, where it stands
    entities: list[Json] = []
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
                entities.append(_marked(_MARKS[inside][0], text[:start], text[start:], url))
        elif mark or markup.startswith("![", position):
            position += len(mark[0]) if mark else 2
            open_marks.append((mark[0] if mark else "[", len(text), position))
        elif character == ">" and (position == 0 or markup[position - 1] == "\n"):
            position += 1
        elif character in _RESERVED:
            raise _cannot_parse(
                f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            text += character
            position += 1
    if open_marks:
        mark_text, _, end = open_marks[-1]
        start = _byte_offset(markup, end - len(mark_text))
        raise _cannot_parse(
            f"Can't find end of {_MARKS[mark_text][1]} entity at byte offset {start}"
        )
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _url(markup: str, position: int, text: str) -> tuple[str, int]:
    if not markup.startswith("(", position):
        return text, position
    link = _LINK.match(markup, position)
    if not link:
        raise _cannot_parse(
            f"Can't find end of a URL at byte offset {_byte_offset(markup, position + 1)}"
        )
    return re.sub(r"\\(.)", r"\1", link[1]), link.end()


def _marked(kind: str, before: str, text: str, url: str | None) -> Json:
    entity: Json = {
        "type": kind,
        "offset": utf16_length(before),
        "length": utf16_length(text),
    }
    return entity | ({"url": url} if kind == "text_link" and url is not None else {})


def _byte_offset(text: str, position: int) -> int:
    return len(text[:position].encode())


def _cannot_parse(problem: str) -> TelegramError:
    return bad_request(f"can't parse entities: {problem}")


PARSERS = {
    "html": parse_html,
    "markdown": parse_markdown,
    "markdownv2": parse_markdown_v2,
}
