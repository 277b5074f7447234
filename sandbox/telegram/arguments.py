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
from email.parser import HeaderParser
from typing import Any
from urllib.parse import parse_qsl

from sandbox.telegram.errors import TelegramError, bad_request

SHOWN = 10_000  # characters of one argument
MAX_PARAMETERS = 1 << 20  # bytes of one call without files; the real server answers 413 above it
MAX_UPLOAD = 50 * 1024 * 1024  # bytes of files in one call, as https://core.telegram.org/bots/api
MAX_FILES = 50  # in one call
MAX_FIELDS = 1_000  # of a form; the real server counts their bytes instead
MAX_HEAD = 1 << 13  # bytes of what stands above a field of a form
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
        """What came, to be shown: of a very long text the beginning, of a file the word."""
        values = {
            name: value if len(value) <= SHOWN else f"{value[:SHOWN]}… ({len(value)} characters)"
            for name, value in self._values.items()
        }
        return values | dict.fromkeys(self.files, "(a file)")

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
    r"""The pairs and the files of a multipart/form-data body; the refusals are the real server's.

    >>> form = b'--X\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--X--\r\n'
    >>> from_multipart("multipart/form-data; boundary=X", form)
    ([('text', 'a')], {})
    """
    boundary = re.search(r'boundary\s*=\s*(?:"([^"]{1,255})"|([^;\s"]{1,255}))', content_type)
    if not boundary:
        raise bad_request("boundary not found")
    mark = b"\r\n--" + (boundary[1] or boundary[2]).encode("utf-8", "surrogateescape")
    # Before the first mark stands nothing of the form.
    parts = (b"\r\n" + body).split(mark, MAX_FIELDS + MAX_FILES + 2)[1:]
    if len(parts) > MAX_FIELDS + MAX_FILES + 1:
        raise _too_large("too many parameters in form data")
    if not parts or not parts[-1].startswith(b"--"):
        raise bad_request("unexpected end of request content")
    values: Values = []
    files: dict[str, Upload] = {}
    for part in parts[:-1]:
        head, blank, data = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if len(head) > MAX_HEAD:
            problem = "total headers size exceeded"
            raise TelegramError(431, f"Request Header Fields Too Large: {problem}")
        field, file_name = _disposition(head.decode("utf-8", "surrogateescape"))
        if not blank or not field:
            raise bad_request("field name in multipart/form-data not found")
        if file_name is not None:
            files.setdefault(field, Upload(file_name, data))
        else:
            values.append((field, data.decode("utf-8", "surrogateescape")))
    if len(files) > MAX_FILES:
        raise _too_large("too many files attached")
    if sum(len(name) + len(value) for name, value in values) > MAX_PARAMETERS:
        raise _too_large("too many parameters in form data")
    return values, files


def _too_large(problem: str) -> TelegramError:
    return TelegramError(413, f"Request Entity Too Large: {problem}")


def _disposition(head: str) -> tuple[str, str | None]:
    """The name of a form's field, and of its file if it is one."""
    try:
        headers = HeaderParser().parsestr(head)
        name = headers.get_param("name", "", "content-disposition")
        return (name if isinstance(name, str) else ""), headers.get_filename()
    except Exception:  # the parser says in many ways that a header is broken
        raise bad_request("can't parse form data headers") from None
