"""The arguments of a Bot API call, however they arrive: query, form, JSON or multipart.

Like the real server, this module first turns every argument into a text, so `chat_id=5`,
`{"chat_id": 5}` and `{"chat_id": "5"}` are the same call. It also drops a body that can't be
parsed; then the method says which arguments it misses. It does not know which arguments a method
takes.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from bot_sandbox.telegram.errors import TelegramError, bad_request

SHOWN_CHARACTERS = 10_000  # characters of one argument; twice as many of all together
SHOWN_ARGUMENTS = 100  # arguments
MAX_PARAMETERS = 1 << 20  # bytes of one call without files; above, the real server answers 413
MAX_FILES = 50  # in one call; this and the next two as in the real server
MAX_HEADS = 1 << 18  # bytes of the headers of a form's parts
MAX_BOUNDARY = 70  # characters of the boundary
MAX_UPLOAD = 50 * 1024 * 1024  # bytes of files in one call (https://core.telegram.org/bots/api)
MAX_BODY = MAX_UPLOAD + 2 * MAX_PARAMETERS  # with the rest of the form

Values = list[tuple[str, str]]


@dataclass(frozen=True)
class Upload:
    """An uploaded file of a call."""

    file_name: str
    data: bytes


class Arguments:
    """The arguments of one call, all texts, and its uploaded files by field name."""

    def __init__(
        self, values: Iterable[tuple[str, str]] = (), files: Mapping[str, Upload] | None = None
    ) -> None:
        self._values: dict[str, str] = {}
        for name, value in values:
            self._values.setdefault(name, value)  # the first one counts, as in the real server
        self.files = dict(files or {})
        self.names = self._values.keys() | self.files.keys()

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def as_sent(self) -> dict[str, str]:
        """Return the arguments to show: only the beginning of long texts, and a word for a file."""
        if (
            not self.files
            and len(self._values) < SHOWN_ARGUMENTS
            and self._length() < SHOWN_CHARACTERS
        ):
            return self._values.copy()
        shown: dict[str, str] = {}
        left = 2 * SHOWN_CHARACTERS
        for name, value in (self._values | dict.fromkeys(self.files, "(a file)")).items():
            if len(name) >= left:
                shown["…"] = f"({len(self._values) + len(self.files) - len(shown)} more)"
                break
            left -= len(name)
            size = min(SHOWN_CHARACTERS, left)
            text = value if len(value) <= size else f"{value[:size]}… ({len(value)} characters)"
            shown[name] = text
            left -= min(size, len(value)) + 10  # so that empty ones count, too
        return shown

    def _length(self) -> int:
        return sum(map(len, self._values)) + sum(map(len, self._values.values()))

    def text(self, name: str) -> str:
        """Return the text of an argument, "" if absent; 400 if it is not valid UTF-8."""
        value = self._values.get(name, "")
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
        return value

    def integer(self, name: str, default: int = 0) -> int:
        """Return the integer at the start of an argument, or 0."""
        value = self._values.get(name, "")
        return leading_integer(value) if value else default

    def number(self, name: str, default: float | None = None) -> float:
        """Return the number at the start of an argument; 400 if it is absent without a default."""
        value = self._values.get(name, "").strip()
        if value or default is not None:
            return leading_number(value) if value else default or 0.0
        raise bad_request(f"{name} is empty")

    def boolean(self, name: str) -> bool:
        """Return True for "true", "yes" and "1", in any case."""
        return self._values.get(name, "").strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """Return a parsed JSON argument, None if absent; 400 "can't parse {what} JSON object"."""
        value = self.text(name)
        if not value:
            return None
        try:
            result = json.loads(value)
            if "\\u" in value:  # half of a surrogate pair is invalid
                json.dumps(result, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {what} JSON object") from None
        return result


def leading_integer(text: str) -> int:
    """Read a number like the real server, which accepts anything.

    >>> leading_integer("-12abc"), leading_integer("[5]"), leading_integer("")
    (-12, 0, 0)
    """
    match = re.match(r"-?[0-9]{1,20}", text)
    return int(match.group()) if match else 0


def leading_number(text: str) -> float:
    """Read a number with digits after the point.

    >>> leading_number("-1.5 m"), leading_number("2e2"), leading_number("east")
    (-1.5, 200.0, 0.0)
    """
    match = re.match(r"[+-]?(?:[0-9]{1,300}\.?|\.[0-9])[0-9]{0,300}(?:[eE][+-]?[0-9]{1,3})?", text)
    return float(match.group()) if match else 0.0


def parse_query(query: str) -> list[tuple[str, str]]:
    """Parse a query string or an x-www-form-urlencoded body into pairs.

    >>> parse_query("chat_id=5&text=a+b%21&empty=")
    [('chat_id', '5'), ('text', 'a b!'), ('empty', '')]
    """
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def parse_json_object(text: str) -> list[tuple[str, str]]:
    """Parse a JSON object into pairs; anything else has no arguments.

    >>> parse_json_object('{"chat_id": 5, "text": "a", "reply_markup": {"force_reply": true}}')
    [('chat_id', '5'), ('text', 'a'), ('reply_markup', '{"force_reply": true}')]
    >>> parse_json_object("garbage")
    []
    """
    try:
        value = json.loads(text)
        if not isinstance(value, dict):
            return []
        return [(name, encode_form_value(item)) for name, item in value.items()]
    except (ValueError, RecursionError):
        return []


def encode_form_value(value: Any) -> str:
    """Encode a value for a form: a text stays as it is, anything else becomes JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def parse_body(content_type: str, body: bytes) -> tuple[Values, dict[str, Upload]]:
    """Parse a form or JSON into pairs and files; 413 if it is too big."""
    kind = content_type.lower()
    if "multipart/form-data" in kind:
        return parse_multipart(content_type, body)
    is_json = "application/json" in kind
    if not is_json and "application/x-www-form-urlencoded" not in kind:
        return [], {}
    if len(body) > MAX_PARAMETERS:
        raise _too_large("too many parameters")
    text = body.decode("utf-8", "surrogateescape")
    return (parse_json_object(text) if is_json else parse_query(text)), {}


def parse_multipart(content_type: str, body: bytes) -> tuple[Values, dict[str, Upload]]:
    r"""Parse a multipart/form-data body into pairs and files.

    The limits and refusals are those of tdlib's `tdnet/td/net/HttpReader.cpp`.

    >>> form = b'--X\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--X--\r\n'
    >>> parse_multipart("multipart/form-data; boundary=X", form)
    ([('text', 'a')], {})
    """
    boundary = re.search(r'boundary\s*=\s*(?:"([^"]*)"|([^;\s"]*))', content_type)
    if not boundary:
        raise bad_request("boundary not found")
    name = (boundary[1] or boundary[2] or "").encode("utf-8", "surrogateescape")
    if not 1 <= len(name) <= MAX_BOUNDARY:
        raise bad_request("boundary too big or empty")
    values: Values = []
    files: dict[str, Upload] = {}
    heads_size = values_size = files_seen = 0
    mark = b"\r\n--" + name
    begin = body.find(mark[2:])  # the form starts at the first boundary
    if begin < 0:
        raise bad_request("unexpected end of request content")
    begin += len(mark) - 2
    while not body.startswith(b"--", begin):
        head_end = body.find(b"\r\n\r\n", begin)
        heads_size += (len(body) if head_end < 0 else head_end) - begin
        if heads_size > MAX_HEADS:
            problem = "total headers size exceeded"
            raise TelegramError(431, f"Request Header Fields Too Large: {problem}")
        if head_end == begin:
            raise bad_request("headers in multipart/form-data are empty")
        data_end = -1 if head_end < 0 else body.find(mark, head_end + 4)
        if data_end < 0:
            raise bad_request("unexpected end of request content")
        field, file_name = _parse_field_head(
            body[begin + 2 : head_end].decode("utf-8", "surrogateescape")
        )
        data = body[head_end + 4 : data_end]
        begin = data_end + len(mark)
        if file_name is None:
            values_size += len(data)
            values.append((field, data.decode("utf-8", "surrogateescape")))
        else:
            files_seen += 1
            files.setdefault(field, Upload(file_name, data))
        if files_seen > MAX_FILES:
            raise _too_large("too many files attached")
        if values_size > MAX_PARAMETERS:
            raise _too_large("too many parameters in form data")
    return values, files


def _too_large(problem: str) -> TelegramError:
    return TelegramError(413, f"Request Entity Too Large: {problem}")


_PARAMETER = re.compile(r'([^=]*)=\s*(?:"((?:[^"\\]|\\.)*+)"\s*(?:;|$)|(?!")([^;]*)(?:;|$))', re.S)


def _parse_field_head(head: str) -> tuple[str, str | None]:
    """Return the name of a form's field, and of its file, if it is one."""
    field, file_name = "", None
    for line in re.sub(r"\r\n[ \t]", " ", head).split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon:
            raise bad_request("can't parse form data headers")
        if name.strip().lower() != "content-disposition":
            continue
        value = value.strip()
        if not value.startswith("form-data;"):
            raise bad_request("expected form-data content disposition")
        position = len("form-data;")
        while found := _PARAMETER.match(value, position):
            position = found.end()
            quoted = found[3] is None
            text = re.sub(r"\\(.)", r"\1", found[2]) if quoted else found[3].strip()
            if found[1].strip() == "name":
                field = unquote(text, errors="surrogateescape")
            elif found[1].strip() == "filename":
                file_name = unquote(text, errors="surrogateescape")
        if "=" in value[position:]:
            is_closed = re.search(r'=\s*"(?:[^"\\]|\\.)*+"', value[position:])
            problem = "expected ';'" if is_closed else "unclosed quoted string"
            raise bad_request(f"{problem} in Content-Disposition header")
    if not field:
        raise bad_request("field name in multipart/form-data not found")
    return field, file_name
