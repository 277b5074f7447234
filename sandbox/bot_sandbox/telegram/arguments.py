"""The arguments of a Bot API call, however they arrive: query, form, JSON or multipart.

The real server turns every argument into a text first, so `chat_id=5`, `{"chat_id": 5}` and
`{"chat_id": "5"}` are the same call; this module does likewise. It also drops a body that
cannot be parsed, as the real server does: the method then misses its arguments and says which.
It does not know which arguments a method takes.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from bot_sandbox.telegram.errors import TelegramError, bad_request

SHOWN = 10_000  # characters of one argument, and twice as many of all
MAX_PARAMETERS = 1 << 20  # bytes of one call without files; the real server answers 413 above it
MAX_FILES = 50  # in one call; this and the next two are the real server's, too
MAX_HEADS = 1 << 18  # bytes of what stands above the parts of a form
MAX_BOUNDARY = 70  # characters between the parts
MAX_UPLOAD = 50 * 1024 * 1024  # bytes of files in one call, as https://core.telegram.org/bots/api
MAX_BODY = MAX_UPLOAD + 2 * MAX_PARAMETERS  # with what surrounds the files

Values = list[tuple[str, str]]


@dataclass(frozen=True)
class Upload:
    """A file inside a call, as it came."""

    file_name: str
    data: bytes


class Arguments:
    """The arguments of one call, all texts, and its uploaded files by their fields' names."""

    def __init__(
        self, values: Iterable[tuple[str, str]] = (), files: Mapping[str, Upload] | None = None
    ) -> None:
        self._values: dict[str, str] = {}
        for name, value in values:
            self._values.setdefault(name, value)  # the first one counts, as in the real server
        self.files = dict(files or {})

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def as_sent(self) -> dict[str, str]:
        """What came, to be shown: of very long texts the beginning, of a file the word."""
        shown: dict[str, str] = {}
        left = 2 * SHOWN
        for name, value in (self._values | dict.fromkeys(self.files, "(a file)")).items():
            if len(name) >= left:
                shown["…"] = f"({len(self._values) + len(self.files) - len(shown)} more)"
                break
            left -= len(name)
            size = min(SHOWN, left)
            text = value if len(value) <= size else f"{value[:size]}… ({len(value)} characters)"
            shown[name] = text
            left -= min(size, len(value)) + 10  # so that empty ones count, too
        return shown

    def text(self, name: str) -> str:
        """The text of an argument, empty when absent; 400 when it is not valid UTF-8."""
        value = self._values.get(name, "")
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise bad_request("strings must be encoded in UTF-8") from None
        return value

    def integer(self, name: str, default: int = 0) -> int:
        """The whole number an argument starts with, 0 when it starts with none."""
        value = self._values.get(name, "")
        return leading_integer(value) if value else default

    def number(self, name: str) -> float:
        """The number an argument starts with, 0 when it starts with none; 400 when it is absent."""
        value = self._values.get(name, "").strip()
        if not value:
            raise bad_request(f"{name} is empty")
        match = re.match(r"-?[0-9]{1,20}(?:\.[0-9]{0,20})?", value)
        return float(match.group()) if match else 0.0

    def boolean(self, name: str) -> bool:
        """True for "true", "yes" and "1", in any case."""
        return self._values.get(name, "").strip().lower() in ("true", "yes", "1")

    def json(self, name: str, what: str) -> Any:
        """An argument that holds JSON, None when absent; 400 "can't parse {what} JSON object"."""
        value = self.text(name)
        if not value:
            return None
        try:
            result = json.loads(value)
            if "\\u" in value:  # an escaped half of a surrogate pair is no text
                json.dumps(result, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise bad_request(f"can't parse {what} JSON object") from None
        return result


def leading_integer(text: str) -> int:
    """Read a number as the real server does, which never complains.

    >>> leading_integer("-12abc"), leading_integer("[5]"), leading_integer("")
    (-12, 0, 0)
    """
    match = re.match(r"-?[0-9]{1,20}", text)
    return int(match.group()) if match else 0


def from_query(query: str) -> list[tuple[str, str]]:
    """The pairs of a query string or an x-www-form-urlencoded body.

    >>> from_query("chat_id=5&text=a+b%21&empty=")
    [('chat_id', '5'), ('text', 'a b!'), ('empty', '')]
    """
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def from_json(text: str) -> list[tuple[str, str]]:
    """The pairs of a JSON object; whatever else it is holds no arguments.

    >>> from_json('{"chat_id": 5, "text": "a", "reply_markup": {"force_reply": true}}')
    [('chat_id', '5'), ('text', 'a'), ('reply_markup', '{"force_reply": true}')]
    >>> from_json("garbage")
    []
    """
    try:
        value = json.loads(text)
        if not isinstance(value, dict):
            return []
        return [(name, as_text(item)) for name, item in value.items()]
    except (ValueError, RecursionError):
        return []


def as_text(value: Any) -> str:
    """How a value travels in a form: texts as they are, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def from_body(content_type: str, body: bytes) -> tuple[Values, dict[str, Upload]]:
    """The pairs and the files of a body that is a form or JSON; 413 when it is too big."""
    kind = content_type.lower()
    if "multipart/form-data" in kind:
        return from_multipart(content_type, body)
    is_json = "application/json" in kind
    if not is_json and "application/x-www-form-urlencoded" not in kind:
        return [], {}
    if len(body) > MAX_PARAMETERS:
        raise _too_large("too many parameters")
    text = body.decode("utf-8", "surrogateescape")
    return (from_json(text) if is_json else from_query(text)), {}


def from_multipart(content_type: str, body: bytes) -> tuple[Values, dict[str, Upload]]:
    r"""The pairs and the files of a multipart/form-data body.

    The limits and refusals are those of tdlib's `tdnet/td/net/HttpReader.cpp`.

    >>> form = b'--X\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--X--\r\n'
    >>> from_multipart("multipart/form-data; boundary=X", form)
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
    begin = body.find(mark[2:])  # before the first mark stands nothing of the form
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
        field, file_name = _field(body[begin + 2 : head_end].decode("utf-8", "surrogateescape"))
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


def _field(head: str) -> tuple[str, str | None]:
    """The name of a form's field, and of its file if it is one."""
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
