"""A mail server on your own machine that catches every letter and shows it.

    mail = Mail()
    with smtplib.SMTP(mail.host, mail.port, local_hostname="localhost") as server:
        server.send_message(letter)
    mail.wait()[0]

aiosmtpd speaks the protocol (SMTP, RFC 5321), so any mail library works with it. It never forwards
anything. It has neither encryption (STARTTLS) nor passwords (AUTH), which real mail servers want.
If a client insists on them, SMTP's own error says that they are missing.

Reading a letter never fails and showing it never runs anything, whatever its bytes. It isn't a mail
program: it reads the text of a letter in several parts, and attachments stay in `source`.
"""

import asyncio
import html
import logging
import re
import unicodedata
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from typing import Any
from weakref import WeakSet

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import blocking
from bot_sandbox.http.access import HOST, Access
from bot_sandbox.http.local_server import LocalServer, bind_socket, silence_logger
from bot_sandbox.world.snapshot import Snapshot, is_snapshot_of, put_back

try:
    from aiosmtpd.smtp import SMTP, Envelope, Session
except ImportError:
    raise ImportError(
        "aiosmtpd is not installed. It speaks SMTP for the mail server. Type: pip install aiosmtpd"
    ) from None

LARGEST_LETTER = 10_240_000  # bytes of one letter by default; Postfix's message_size_limit
MOST_RECIPIENTS = 1000  # of one letter; Postfix's smtpd_recipient_limit
KEPT_LETTERS = 1000  # letters, and refusals, to keep; the oldest are dropped
FLOOD = 10  # times `largest`: a connection that sends so much and no letter is cut

LONGEST_HEAD, LONGEST_SUBJECT = 65_536, 2_000  # read at most; Python's parser is slow
LONGEST_SHOWN = 4_000  # characters of the text to display

LOGGER = silence_logger(logging.getLogger("mail.log"))  # aiosmtpd's


# Half-transparent colors fit JupyterLab's light and dark themes.
_CARD_STYLE = (
    "max-width:38em;margin:4px 0 8px;padding:8px 14px;border-radius:8px;font-size:14px;"
    "line-height:1.5;background:rgba(128,128,128,.14);border-left:4px solid rgba(230,159,0,.9);"
    "overflow-wrap:anywhere;text-align:start"
)
_NAME_STYLE = "display:inline-block;min-width:4.5em;opacity:.65"
_TEXT_STYLE = (
    "white-space:pre-wrap;margin-top:6px;padding-top:6px;border-top:1px solid rgba(128,128,128,.4)"
)


class NoLetter(NoReply):
    """Too few letters came in time; the text says what was found and what to do next."""


@dataclass(frozen=True, repr=False)
class Letter:
    """One letter; sender and recipients come from the envelope, so they include hidden copies."""

    sender: str
    recipients: tuple[str, ...]
    source: bytes  # headers, an empty line and the rest, as received

    @property
    def subject(self) -> str:
        """The subject, decoded; "" without one."""
        head = self.source[:LONGEST_HEAD].partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        try:
            raw = re.sub(r"[\r\n]", "", message_from_string(head).get("Subject", ""))
            subject = str(policy.default.header_factory("Subject", raw[:LONGEST_SUBJECT]))
        except Exception:  # Python's header parser fails on some; show those raw
            subject = head
        return replace_unreadable(subject).replace("\n", " ").strip()

    @property
    def text(self) -> str:
        """The text, decoded; the HTML source if there is no plain text."""
        try:
            return replace_unreadable(text_of(message_from_bytes(self.source))).rstrip("\n")
        except Exception:  # Python's parser fails on some broken letters
            return replace_unreadable(self.source.decode("utf-8", "replace"))

    def __repr__(self) -> str:
        return f"<Letter to {shorten(', '.join(self.recipients))}: {self.subject!r}>"

    def __str__(self) -> str:
        names = "\n".join(f"{name}: {shorten(value)}" for name, value in self._head())
        return f"{names}\n\n{shorten(self.text)}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<div dir='auto'><span style='{_NAME_STYLE}'>{name}</span>{_escape(value)}</div>"
            for name, value in self._head()
        )
        text = f"<div style='{_TEXT_STYLE}' dir='auto'>{_escape(self.text)}</div>"
        return f"<div style='{_CARD_STYLE}'>{rows}{text}</div>"

    def _head(self) -> list[tuple[str, str]]:
        to = ", ".join(self.recipients)
        return [("From", self.sender), ("To", to), ("Subject", self.subject)]


def text_of(message: Message) -> str:
    """Return the text of a message's first plain part, else of its first HTML part, else "".

    This doesn't use `email.policy.default`: that fails on an unknown charset and on a letter
    without headers, and takes a minute for a long subject of many encoded words.

    >>> text_of(message_from_bytes(b"Content-Type: text/plain; charset=latin-1\\n\\ncaf\\xe9"))
    'café'
    """
    parts = [part for part in message.walk() if part.get_content_disposition() != "attachment"]
    for kind in ("text/plain", "text/html"):
        for part in parts:
            if part.get_content_type() == kind and not part.is_multipart():
                body = part.get_payload(decode=True)
                assert isinstance(body, bytes)
                return decode_body(body, part.get_content_charset("utf-8"))
    return ""


def decode_body(body: bytes, charset: str) -> str:
    """Decode bytes; use UTF-8 if the charset is unknown."""
    try:
        return body.decode(charset, "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")


def replace_unreadable(text: str) -> str:
    """Replace characters that control a terminal or can't be encoded by �.

    >>> replace_unreadable("one\\r\\ntwo\\x1b[2J")
    'one\\ntwo�[2J'
    """
    text = text.replace("\r\n", "\n")
    return "".join(
        "�" if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" else sign
        for sign in text
    )


def shorten(text: str) -> str:
    """Return the beginning of a long text, and how much is left out."""
    more = len(text) - LONGEST_SHOWN
    return text if more <= 0 else f"{text[:LONGEST_SHOWN]}… ({more} more characters)"


def _escape(text: str) -> str:
    return html.escape(shorten(text))


class Mailbox:
    """What a mail server has caught and refused."""

    def __init__(self) -> None:
        self.caught = 0  # letters so far, with those that are no longer kept
        self.letters: list[Letter] = []  # replaced, never changed, so any thread may read it
        self.unread: deque[Letter] = deque(maxlen=KEPT_LETTERS)
        self.refusals: list[str] = []


class Mail(LocalServer):
    """A mail server at `host` and `port`; stop it with `close()` or by leaving its `with`.

    It takes letters to anyone, but it refuses what real servers refuse: a letter larger than
    `largest` bytes (552), a recipient without a domain (504), an invalid address (553), and a
    domain that does not exist (550), which is one that ends in .invalid (RFC 2606). `port` 0 takes
    any free one. It listens on `host`. On all addresses of a machine, clients find it under the
    first of `allow_hosts`, as the other servers (see http/access.py).

    Example:
        import smtplib

        from bot_sandbox import Mail

        with Mail() as mail, smtplib.SMTP(mail.host, mail.port) as client:
            client.sendmail("bot@example.com", ["viktor@example.com"], "Subject: Hello\\n\\nhi")
            assert mail.wait()[0].subject == "Hello"
    """

    def __init__(
        self,
        *,
        port: int = 0,
        largest: int = LARGEST_LETTER,
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
    ) -> None:
        super().__init__("mail", Access(host, allow_hosts))
        self.largest = largest
        self._box = Mailbox()
        self._empty = Snapshot(self._box)
        self._server: asyncio.Server | None = None
        self._connections: WeakSet[SmtpConnection] = WeakSet()
        self.port: int = self._run_or_close(self._open(port))

    @property
    def letters(self) -> list[Letter]:
        """Every letter caught so far, oldest first."""
        return list(self._box.letters)

    @property
    def refusals(self) -> list[str]:
        """What the server has refused so far, in SMTP's words."""
        return list(self._box.refusals)

    def snapshot(self) -> Snapshot:
        """Return the letters and refusals of now, to `restore` them later."""
        return self._runner.do(Snapshot, self._box)

    @blocking
    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this mail server, as if nothing had come since."""
        if not is_snapshot_of(snapshot, self._box):
            raise ValueError("this is a snapshot of another server; take one of this Mail")
        put_back(snapshot)
        self._runner.changes.changed()

    @blocking
    async def reset(self) -> None:
        """Forget every letter and every refusal."""
        put_back(self._empty)
        self._runner.changes.changed()

    @blocking
    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[Letter]:
        """Return the next n letters; raise NoLetter if fewer came in `timeout` seconds."""
        if not await self._runner.changes.until(lambda: len(self._box.unread) >= n, timeout):
            raise NoLetter(self._explain(len(self._box.unread), n, timeout))
        return [self._box.unread.popleft() for _ in range(n)]

    def _numbered_letters(self) -> list[tuple[int, Letter]]:
        """Return the letters that are kept, with their numbers from 1 on."""
        return list(enumerate(self._box.letters, self._box.caught - len(self._box.letters) + 1))

    def _keep_letter(self, letter: Letter) -> None:
        """Keep a letter and wake those who wait for it."""
        self._box.caught += 1
        self._box.letters = [*self._box.letters, letter][-KEPT_LETTERS:]
        self._box.unread.append(letter)
        self._runner.changes.changed()

    def _note_refusal(self, status: str) -> None:
        """Remember a refusal."""
        self._box.refusals = [*self._box.refusals, replace_unreadable(status)][-KEPT_LETTERS:]

    def __repr__(self) -> str:
        return f"<Mail: {len(self.letters)} letters caught>"

    def _repr_html_(self) -> str:
        cards = "".join(letter._repr_html_() for letter in self.letters)
        return cards or "<div style='opacity:.6'>(no letter has come yet)</div>"

    async def _shutdown(self) -> None:
        """Stop listening and close all connections."""
        if self._server:
            self._server.close()
        for connection in self._connections:
            connection.cut()

    async def _open(self, port: int) -> int:
        # aiosmtpd's Controller has no "any free port", connects to itself once, and leaves clients'
        # connections open when it stops.
        self._server = await self._runner.loop.create_server(
            lambda: SmtpConnection(self), sock=bind_socket(port, self._access.listens_on)
        )
        # aiosmtpd's tasks may fail when a client hangs up
        self._runner.loop.set_exception_handler(lambda loop, context: LOGGER.debug("%s", context))
        return int(self._server.sockets[0].getsockname()[1])

    def _explain(self, found: int, n: int, timeout: float) -> str:
        """Return why too few letters came, as far as it is known, and what to do."""
        text = f"{found} of {n} letters came within {timeout:g} s."
        if self._box.refusals:
            return f'{text} The last thing refused: "{self._box.refusals[-1]}".'
        return (
            f"{text} Nothing was refused either. Does the sender use host {self.host} and port "
            f"{self.port}? If a function sends, read its logs."
        )


class SmtpConnection(SMTP):
    """One client's connection."""

    def __init__(self, mail: Mail) -> None:
        super().__init__(
            SmtpHandler(mail),
            data_size_limit=mail.largest,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="sandbox: letters are caught here and sent nowhere",
            loop=mail._runner.loop,
        )
        self.mail = mail
        self.received = 0  # bytes since the last letter
        mail._connections.add(self)

    def data_received(self, data: bytes) -> None:
        """Count what arrives, because aiosmtpd keeps a line that never ends."""
        # A form in any web page could write a letter, because SMTP only complains of HTTP's lines.
        if not self.received and data.startswith(b"POST "):
            self.mail._note_refusal("(cut off: a web page is not a mail program)")
            self.cut()
            return
        self.received += len(data)
        if self.received > FLOOD * self.mail.largest:
            self.mail._note_refusal("(cut off: too much data that is not a letter)")
            self.cut()
        else:
            super().data_received(data)

    def cut(self) -> None:
        """End the connection at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def push(self, status: Any) -> None:
        """Answer the client, and remember each refusal."""
        if isinstance(status, str) and status[:1] in "45":
            self.mail._note_refusal(status)
        await super().push(status)


class SmtpHandler:
    """Decides who may get a letter and keeps it; aiosmtpd calls these methods by name."""

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
        refused = f"<{replace_unreadable(to)}>: Recipient address rejected"
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
        sender = replace_unreadable(envelope.mail_from or "")
        recipients = tuple(replace_unreadable(to) for to in envelope.rcpt_tos)
        self.mail._keep_letter(Letter(sender, recipients, envelope.original_content or b""))
        return "250 2.0.0 Ok: caught, and sent nowhere"

    async def handle_exception(self, error: Exception) -> str:
        """Answer what aiosmtpd could not read."""
        return "501 5.5.2 Error: this line cannot be read"
