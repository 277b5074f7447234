"""A letter as the mail server caught it: who, to whom, and what it says.

Whatever the bytes are, reading them never fails and showing them never runs anything. It is no
mail program: of a letter in several parts the text is read; what is attached stays in `source`.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message

LONGEST_HEAD, LONGEST_SUBJECT = 65_536, 2_000  # what is read of them; Python's reader is slow
LONGEST_SHOWN = 4_000  # characters of the text that are displayed

# Half-transparent colours look right on JupyterLab's light and dark pages alike.
_CARD = (
    "max-width:38em;margin:4px 0 8px;padding:8px 14px;border-radius:8px;font-size:14px;"
    "line-height:1.5;background:rgba(128,128,128,.14);border-left:4px solid rgba(230,159,0,.9);"
    "overflow-wrap:anywhere;text-align:start"
)
_NAME = "display:inline-block;min-width:4.5em;opacity:.65"
_TEXT = (
    "white-space:pre-wrap;margin-top:6px;padding-top:6px;border-top:1px solid rgba(128,128,128,.4)"
)


@dataclass(frozen=True, repr=False)
class Letter:
    """One letter; sender and recipients are the envelope's, so hidden copies are among them."""

    sender: str
    recipients: tuple[str, ...]
    source: bytes  # headers, an empty line, the rest: as it came

    @property
    def subject(self) -> str:
        """The subject, decoded; "" without one."""
        head = self.source[:LONGEST_HEAD].partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        try:
            raw = re.sub(r"[\r\n]", "", message_from_string(head).get("Subject", ""))
            subject = str(policy.default.header_factory("Subject", raw[:LONGEST_SUBJECT]))
        except Exception:  # Python's reader of headers stumbles over some; then they are shown raw
            subject = head
        return readable(subject).replace("\n", " ").strip()

    @property
    def text(self) -> str:
        """The text, decoded; HTML as it is written where there is no plain text."""
        try:
            return readable(text_of(message_from_bytes(self.source))).rstrip("\n")
        except Exception:  # broken in a way that Python's reader did not foresee
            return readable(self.source.decode("utf-8", "replace"))

    def __repr__(self) -> str:
        return f"<Letter to {shortened(', '.join(self.recipients))}: {self.subject!r}>"

    def __str__(self) -> str:
        names = "\n".join(f"{name}: {shortened(value)}" for name, value in self._head())
        return f"{names}\n\n{shortened(self.text)}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<div dir='auto'><span style='{_NAME}'>{name}</span>{_safe(value)}</div>"
            for name, value in self._head()
        )
        text = f"<div style='{_TEXT}' dir='auto'>{_safe(self.text)}</div>"
        return f"<div style='{_CARD}'>{rows}{text}</div>"

    def _head(self) -> list[tuple[str, str]]:
        to = ", ".join(self.recipients)
        return [("From", self.sender), ("To", to), ("Subject", self.subject)]


def text_of(message: Message) -> str:
    """The text of a message's first plain part, else of its first HTML part, else "".

    >>> text_of(message_from_bytes(b"Content-Type: text/plain; charset=latin-1\\n\\ncaf\\xe9"))
    'café'
    """
    parts = [part for part in message.walk() if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not part.is_multipart():
                body = part.get_payload(decode=True)
                assert isinstance(body, bytes)
                return decoded(body, part.get_content_charset("utf-8"))
    return ""


def decoded(body: bytes, charset: str) -> str:
    """Bytes as text; with a charset nobody knows, as UTF-8."""
    try:
        return body.decode(charset, "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")


def readable(text: str) -> str:
    """Text without characters that command a terminal or cannot be written; � in their place.

    >>> readable("one\\r\\ntwo\\x1b[2J")
    'one\\ntwo�[2J'
    """
    text = text.replace("\r\n", "\n")
    return "".join(
        "�" if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" else sign
        for sign in text
    )


def shortened(text: str) -> str:
    """The beginning of a long text, and how much is left out."""
    more = len(text) - LONGEST_SHOWN
    return text if more <= 0 else f"{text[:LONGEST_SHOWN]}… ({more} more characters)"


def _safe(text: str) -> str:
    return html.escape(shortened(text))
