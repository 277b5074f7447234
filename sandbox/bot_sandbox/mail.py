"""A mail server on your own machine: it catches every letter and shows it.

    mail = Mail()
    with smtplib.SMTP(mail.host, mail.port, local_hostname="localhost") as server:
        server.send_message(letter)
    mail.wait()[0]

aiosmtpd speaks the protocol (SMTP, RFC 5321), so any mail library works with it. Nothing is ever
sent on. It offers neither encryption (STARTTLS) nor passwords (AUTH), which real mail servers
want: a client that insists on them is told, in SMTP's words, that they are not there.

Whatever the bytes of a letter are, reading them never fails and showing them never runs anything.
It is no mail program: of a letter in several parts the text is read; what is attached stays in
`source`.
"""

import asyncio
import html
import logging
import re
import unicodedata
from collections import deque
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from typing import Any
from weakref import WeakSet

from bot_sandbox.server import LocalServer, quiet, reserve

try:
    from aiosmtpd.smtp import SMTP, Envelope, Session
except ImportError:
    raise ImportError(
        "aiosmtpd is not installed. It speaks SMTP for the mail server. Type: pip install aiosmtpd"
    ) from None

LARGEST = 10_240_000  # bytes of one letter, unless told otherwise; Postfix's message_size_limit
MOST_RECIPIENTS = 1000  # of one letter; Postfix's smtpd_recipient_limit
KEPT = 1000  # letters, and refusals, that are remembered; older ones go first
FLOOD = 10  # a connection that sends so many times the largest letter, and no letter, is cut

LONGEST_HEAD, LONGEST_SUBJECT = 65_536, 2_000  # what is read of them; Python's reader is slow
LONGEST_SHOWN = 4_000  # characters of the text that are displayed

LOGGER = quiet(logging.getLogger("mail.log"))  # aiosmtpd's


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


class NoLetter(Exception):  # noqa: N818 - a name that reads as a sentence
    """Too few letters came in time; the text says what was found and what to do next."""


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

    Not `email.policy.default`: it gives up at a charset nobody knows and at a letter without
    headers, and takes a minute over a long subject of many encoded words.

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


class Mail(LocalServer):
    """A mail server at `host` and `port`; stop it with `close()` or by leaving its `with`.

    Letters to anyone are taken, but as real servers do it refuses with 552 a letter larger than
    `largest` bytes, with 504 a recipient without a domain, with 553 one that is no address, and
    with 550 a domain that does not exist: one that ends in .invalid (RFC 2606). `port` 0 takes
    any free one.
    """

    def __init__(self, *, port: int = 0, largest: int = LARGEST) -> None:
        super().__init__("mail")
        self.largest = largest
        self._letters: list[Letter] = []  # replaced, never changed: any thread may read it
        self._unread: deque[Letter] = deque(maxlen=KEPT)
        self._refusals: list[str] = []
        self._server: asyncio.Server | None = None
        self.connections: WeakSet[SmtpConnection] = WeakSet()
        try:
            self.port = self.run(self._open(port))
        except BaseException:  # a taken port, say; leave no thread behind
            self.close()
            raise

    @property
    def letters(self) -> list[Letter]:
        """Every letter caught so far, oldest first."""
        return list(self._letters)

    @property
    def refusals(self) -> list[str]:
        """What the server said no to so far, in SMTP's words."""
        return list(self._refusals)

    def wait(self, n: int = 1, timeout: float = 5.0) -> list[Letter]:
        """The next n letters not waited for yet; NoLetter when fewer came in `timeout` seconds."""
        return self.run(self._wait(n, timeout))

    async def _wait(self, n: int, timeout_s: float) -> list[Letter]:
        if not await self.changes.until(lambda: len(self._unread) >= n, timeout_s):
            raise NoLetter(self._explain(n, timeout_s))
        return [self._unread.popleft() for _ in range(n)]

    def catch(self, letter: Letter) -> None:
        """Keep a letter and wake whoever waits for it."""
        self._letters = [*self._letters, letter][-KEPT:]
        self._unread.append(letter)
        self.changes.changed()

    def refuse(self, status: str) -> None:
        """Remember a no."""
        self._refusals = [*self._refusals, readable(status)][-KEPT:]

    def __repr__(self) -> str:
        return f"<Mail: {len(self.letters)} letters caught>"

    def _repr_html_(self) -> str:
        cards = "".join(letter._repr_html_() for letter in self.letters)
        return cards or "<div style='opacity:.6'>(no letter came yet)</div>"

    async def shutdown(self) -> None:
        """Take no more connections and cut those there are."""
        if self._server:
            self._server.close()
        for connection in self.connections:
            connection.cut()

    async def _open(self, port: int) -> int:
        # Not aiosmtpd's Controller: it has no "any free port", connects to itself once to see
        # whether it listens, and leaves clients' open connections to whoever stops it.
        self._server = await self.loop.create_server(
            lambda: SmtpConnection(self), sock=reserve(port)
        )
        # aiosmtpd's tasks may end with an error when a client hangs up
        self.loop.set_exception_handler(lambda loop, context: LOGGER.debug("%s", context))
        return int(self._server.sockets[0].getsockname()[1])

    def _explain(self, n: int, timeout: float) -> str:
        text = f"{len(self._unread)} of {n} letters came within {timeout:g} s."
        if self._refusals:
            return f'{text} The last thing refused: "{self._refusals[-1]}".'
        return (
            f"{text} Nothing was refused either. Does the sender use host {self.host} and port "
            f"{self.port}? If a function sends, read its logs."
        )


class SmtpConnection(SMTP):
    """One client's connection."""

    def __init__(self, mail: Mail) -> None:
        super().__init__(
            Rules(mail),
            data_size_limit=mail.largest,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="sandbox: letters are caught here and sent nowhere",
            loop=mail.loop,
        )
        self.mail = mail
        self.received = 0  # bytes since the last letter
        mail.connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Count what comes: aiosmtpd keeps a line that never ends."""
        self.received += len(data)
        if self.received > FLOOD * self.mail.largest:
            self.mail.refuse("(cut off: too much that is no letter)")
            self.cut()
        else:
            super().data_received(data)

    def cut(self) -> None:
        """End the connection at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def push(self, status: Any) -> None:
        """Answer the client, and remember each no."""
        if isinstance(status, str) and status[:1] in "45":
            self.mail.refuse(status)
        await super().push(status)


class Rules:
    """Who may get a letter, and what becomes of it; aiosmtpd calls these by name."""

    def __init__(self, mail: Mail) -> None:
        self.mail = mail

    async def handle_RCPT(  # noqa: N802
        self,
        server: SmtpConnection,
        session: Session,
        envelope: Envelope,
        to: str,
        options: list[str],
    ) -> str:
        """Take a recipient or refuse it, in Postfix's words."""
        domain = to.rpartition("@")[2] if "@" in to else ""
        refused = f"<{readable(to)}>: Recipient address rejected"
        if not domain:
            return f"504 5.5.2 {refused}: need fully-qualified address"
        if domain.lower().split(".")[-1] == "invalid":
            return f"550 5.1.2 {refused}: Domain not found"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Error: too many recipients"
        envelope.rcpt_tos.append(to)
        return "250 2.1.5 Ok"

    async def handle_DATA(  # noqa: N802
        self, server: SmtpConnection, session: Session, envelope: Envelope
    ) -> str:
        """Catch a letter."""
        server.received = 0
        sender = readable(envelope.mail_from or "")
        recipients = tuple(readable(to) for to in envelope.rcpt_tos)
        self.mail.catch(Letter(sender, recipients, envelope.original_content or b""))
        return "250 2.0.0 Ok: caught, and sent nowhere"

    async def handle_exception(self, error: Exception) -> str:
        """Answer what aiosmtpd itself could not read."""
        return "501 5.5.2 Error: this line cannot be read"
