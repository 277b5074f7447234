"""The sandbox's mail server: what smtplib sends arrives, what SMTP refuses is refused."""

import smtplib
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot_sandbox import Mail
from bot_sandbox.mail import FLOOD, LONGEST_SHOWN, MOST_RECIPIENTS, Letter, NoLetter

LARGEST = 20_000


@pytest.fixture(scope="module")
def server():
    with Mail(largest=LARGEST) as mail:
        yield mail


@pytest.fixture
def mail(server):
    """The server, with nothing left in it by another test that failed."""
    yield server
    while server._box.unread:
        server.wait()


@pytest.fixture
def client(mail):
    with connect(mail) as client:
        yield client


def connect(mail):
    """A client that does not ask the network for its own name, as smtplib otherwise does."""
    return smtplib.SMTP(mail.host, mail.port, local_hostname="localhost", timeout=10)


def letter(to="viktor@example.org", subject="hello", text="hello Viktor!", **headers):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bot@example.org", to, subject
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    return message


def dialogue(mail, *lines):
    """Speak SMTP by hand: the last line of each answer, the greeting left out."""
    with socket.create_connection((mail.host, mail.port), timeout=10) as wire:
        answers = wire.makefile("rb")
        answers.readline()
        return [say(wire, answers, line) for line in lines]


def say(wire, answers, line):
    wire.sendall(line + b"\r\n")
    while (answer := answers.readline())[3:4] == b"-":
        pass
    return answer.decode().strip()


def test_a_letter_arrives(mail, client):
    client.send_message(letter(subject="Grüße, 你好", text="Hëllo\n\n.a dot begins this line\n"))
    (caught,) = mail.wait()
    assert caught.sender == "bot@example.org"
    assert caught.recipients == ("viktor@example.org",)
    assert caught.subject == "Grüße, 你好"
    assert caught.text == "Hëllo\n\n.a dot begins this line"
    assert caught.source.startswith(b"From: bot@example.org\r\n")
    assert mail.letters[-1] is caught


def test_a_hidden_copy_is_on_the_envelope_only(mail, client):
    client.send_message(letter(Bcc="ann@example.org"))
    (caught,) = mail.wait()
    assert caught.recipients == ("viktor@example.org", "ann@example.org")
    assert b"ann" not in caught.source


def test_an_address_in_another_alphabet(mail, client):
    client.send_message(letter(to="виктор@пример.рф", subject="Привет"))
    (caught,) = mail.wait()
    assert (caught.recipients, caught.subject) == (("виктор@пример.рф",), "Привет")


def test_wait_gives_each_letter_once_and_in_order(mail, client):
    for number in range(3):
        client.send_message(letter(subject=f"number {number}"))
    assert [one.subject for one in mail.wait(2)] == ["number 0", "number 1"]
    assert [one.subject for one in mail.wait()] == ["number 2"]
    with pytest.raises(NoLetter, match=r"0 of 1 letters came within 0 s"):
        mail.wait(timeout=0)


def test_wait_wakes_up_for_a_letter(mail, client):
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(mail.wait, 2, 10)
        client.send_message(letter())
        client.send_message(letter())
        assert len(waiting.result()) == 2


def test_none_of_many_is_lost(mail):
    def send_ten(name):
        with connect(mail) as client:
            for number in range(10):
                client.send_message(letter(subject=f"{name} {number}"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(send_ten, range(8)))
    subjects = [one.subject for one in mail.wait(80)]
    assert sorted(subjects) == sorted(
        f"{name} {number}" for name in range(8) for number in range(10)
    )
    assert [one for one in subjects if one[0] == "3"] == [f"3 {number}" for number in range(10)]


# what is refused


def test_too_large_is_552(mail, client):
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:  # smtplib says the size beforehand
        client.send_message(letter(text="large " * LARGEST))
    assert refused.value.smtp_code == 552
    client.ehlo_or_helo_if_needed()
    client.mail("bot@example.org")  # without a size
    client.rcpt("viktor@example.org")
    assert client.data(b"x" * 500 + b"\r\n" + b"large\r\n" * LARGEST)[0] == 552
    client.send_message(letter(subject="small"))
    assert [one.subject for one in mail.wait()] == ["small"]


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("viktor@nowhere.invalid", 550),
        ("viktor@some.INVALID", 550),
        ("viktor", 504),
        ("viktor@", 553),
        ("viktor@example..org", 553),
        ("", 501),
    ],
)
def test_a_recipient_is_refused(mail, client, to, code):
    client.ehlo()
    client.mail("bot@example.org")
    assert client.docmd(f"RCPT TO:<{to}>" if to else "RCPT TO:")[0] == code
    assert mail.refusals[-1].startswith(str(code))
    assert client.rcpt("viktor@example.org")[0] == 250


def test_smtplib_says_who_was_refused(mail, client):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        client.send_message(letter(to="viktor@nowhere.invalid"))
    both = letter(to="viktor@example.org, ann@nowhere.invalid")
    assert list(client.send_message(both)) == ["ann@nowhere.invalid"]
    assert mail.wait()[0].recipients == ("viktor@example.org",)


def test_too_many_recipients_are_452(mail, client):
    client.ehlo()
    client.mail("bot@example.org")
    codes = [client.rcpt(f"ann{number}@example.org")[0] for number in range(MOST_RECIPIENTS + 1)]
    assert (set(codes[:-1]), codes[-1]) == ({250}, 452)


def test_no_encryption_and_no_passwords(mail, client):
    with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS"):
        client.starttls()
    with pytest.raises(smtplib.SMTPNotSupportedError, match="AUTH"):
        client.login("bot", "only-we-two-know")
    assert client.docmd("STARTTLS")[0] == 454
    assert client.docmd("AUTH PLAIN AGJvdABvbmx5LXdlLXR3by1rbm93")[0] == 538
    assert "AGJv" not in " ".join(mail.refusals)


def test_out_of_order_and_unknown(mail):
    answers = dialogue(
        mail, b"MAIL FROM:<a@b.org>", b"DATA", b"HELO me", b"RCPT TO:<a@b.org>", b"XY"
    )
    assert [answer[:3] for answer in answers] == ["503", "503", "250", "503", "500"]


def test_a_bounce_has_no_sender(mail, client):
    client.sendmail("", "viktor@example.org", "Subject: returned\r\n\r\nIt came back.")
    assert mail.wait()[0].sender == "<>"


# hostile bytes


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found |= {(tag, name) for name, _ in attrs}


HARMLESS = {("div", "style"), ("div", "dir"), ("span", "style")}
HEADERS = st.sampled_from(
    [
        b"Subject: ",
        b"Content-Type: text/",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n",
        b"Content-Transfer-Encoding: base64",
        b"=?utf-8?b?",
        b"; charset=",
        b"\r\n ",
        b"\r\n\r\n",
        b"<script>",
        b"\x1b[2J",
        b"\xff\0\xd8",
        b"\xed\xa0\x80",
    ]
)
SOURCES = st.one_of(
    st.binary(max_size=300),
    st.lists(st.one_of(HEADERS, st.binary(max_size=9)), max_size=12).map(b"".join),
)


@given(SOURCES)
def test_any_bytes_can_be_read_and_shown(source):
    one = Letter("bot@example.org", ("<b>@example.org",), source)
    assert "\n" not in one.subject
    for text in (one.subject, one.text, str(one), repr(one)):
        assert text.encode().decode() == text
        assert not {"\0", "\x1b", "\r", "\x85"} & set(text)
    assert Tags(one._repr_html_()).found <= HARMLESS
    assert one._repr_html_() == Letter(one.sender, one.recipients, source)._repr_html_()


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_any_bytes_leave_the_server_well(server, lines):
    with socket.create_connection((server.host, server.port), timeout=10) as wire:
        wire.sendall(b"EHLO me\r\n" + b"\r\n".join(lines) + b"\r\n")
    assert dialogue(server, b"NOOP") == ["250 OK"]


@pytest.mark.parametrize(
    "line",
    [
        b"RCPT TO:<\xff\xfe@example.invalid>",
        b"MAIL FROM:" + b"(" * 400,
        b"RCPT TO:<a\rb@example.invalid>",
        b"\xff\xff",
        b"X" * 5000,
        b"",
    ],
)
def test_a_strange_line_gets_an_error(mail, line):
    *_, answer, after = dialogue(mail, b"EHLO me", b"MAIL FROM:<a@b.org>", line, b"NOOP")
    assert answer[:1] == "5"
    assert after == "250 OK"


def test_a_line_that_is_too_long_is_500(mail, client):
    client.ehlo()
    client.mail("bot@example.org")
    client.rcpt("viktor@example.org")
    assert client.data("x" * 3000)[0] == 500
    assert client.noop()[0] == 250


def test_a_line_that_never_ends_is_cut(mail):
    with socket.create_connection((mail.host, mail.port), timeout=10) as wire:
        wire.sendall(b"HELO me\r\nMAIL FROM:<a@b.org>\r\nRCPT TO:<a@b.org>\r\nDATA\r\n")
        with pytest.raises(OSError):  # noqa: PT011 - reset or broken pipe, as the system likes
            wire.sendall(b"x" * LARGEST * FLOOD * 100)
    assert mail.refusals[-1].startswith("(cut off")


def test_a_form_in_a_web_page_writes_no_letter(mail):
    before = mail.letters
    with socket.create_connection((mail.host, mail.port), timeout=10) as wire:
        wire.sendall(
            b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            b"HELO me\r\nMAIL FROM:<a@b.org>\r\nRCPT TO:<a@b.org>\r\nDATA\r\nhello\r\n.\r\n"
        )
        with suppress(ConnectionResetError):
            while wire.recv(1000):
                pass
    assert mail.letters == before
    assert mail.refusals[-1] == "(cut off: a web page is not a mail program)"


def test_a_client_that_hangs_up_leaves_no_letter(mail):
    with socket.create_connection((mail.host, mail.port), timeout=10) as wire:
        wire.sendall(b"HELO me\r\nMAIL FROM:<a@b.org>\r\nRCPT TO:<a@b.org>\r\nDATA\r\nhalf a le")
        wire.recv(1000)
    assert dialogue(mail, b"NOOP") == ["250 OK"]
    with pytest.raises(NoLetter):
        mail.wait(timeout=0)


# reading


def multipart():
    message = letter(text="plain")
    message.add_alternative("<p>web</p>", subtype="html")
    message.add_attachment("attached", filename="notes.txt")
    return message


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (multipart().as_bytes(), "plain"),
        (b"Content-Type: text/html\r\n\r\n<p>web</p>", "<p>web</p>"),
        (b"Content-Type: text/plain; charset=klingon\r\n\r\ncaf\xc3\xa9", "café"),
        (b"Content-Type: text/plain; charset=koi8-r\r\n\r\n\xf0\xd2\xc9", "При"),
        (b"Content-Type: image/png\r\n\r\n\x89PNG", ""),
        (b"no header at all", "no header at all"),
        (b"", ""),
    ],
)
def test_the_text_of_a_letter(source, text):
    assert Letter("a@b.org", ("c@d.org",), source).text == text


@pytest.mark.parametrize(
    ("source", "subject"),
    [
        (b"Subject: one\r\n  two\r\n\r\n", "one  two"),
        (b"Subject: =?iso-8859-1?q?caf=E9?=\r\n\r\n", "café"),
        (b"Subject: caf\xc3\xa9\r\n\r\n", "café"),
        (b"subject: a\x1b[31mb\r\n\r\n", "a�[31mb"),
        (b"To: me\r\n\r\nSubject: in the text", ""),
    ],
)
def test_the_subject_of_a_letter(source, subject):
    assert Letter("a@b.org", ("c@d.org",), source).subject == subject


def test_how_a_letter_looks():
    one = Letter("bot@example.org", ("a@b.org", "c@d.org"), b"Subject: <b>1</b>\r\n\r\nhi & bye")
    assert str(one) == "From: bot@example.org\nTo: a@b.org, c@d.org\nSubject: <b>1</b>\n\nhi & bye"
    assert "hi &amp; bye" in one._repr_html_()
    assert "&lt;b&gt;1&lt;/b&gt;" in one._repr_html_()
    assert repr(one) == "<Letter to a@b.org, c@d.org: '<b>1</b>'>"


def test_a_huge_letter_is_shown_in_part():
    one = Letter("a@b.org", ("c@d.org",), b"Subject: long\r\n\r\n" + b"x" * 1_000_000)
    assert len(one.text) == 1_000_000
    assert len(str(one)) < LONGEST_SHOWN + 200
    assert "(996000 more characters)" in one._repr_html_()


def test_a_subject_made_to_be_slow_is_cut():
    one = Letter("a@b.org", ("c@d.org",), b"Subject: " + b"=?utf-8?q?a?=\r\n " * 50_000)
    assert 0 < len(one.subject) < 2_000


def test_how_the_server_looks():
    with Mail() as mail:
        assert "no letter has come yet" in mail._repr_html_()
        with connect(mail) as client:
            client.send_message(letter(text="<script>"))
        mail.wait()
        assert repr(mail) == "<Mail: 1 letters caught>"
        assert Tags(mail._repr_html_()).found <= HARMLESS


def test_no_letter_says_what_to_do():
    with Mail(largest=1000) as mail:
        with pytest.raises(NoLetter, match=rf"host 127\.0\.0\.1 and port {mail.port}"):
            mail.wait(timeout=0)
        with connect(mail) as client:
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.send_message(letter(text="large " * 1000))
            with pytest.raises(NoLetter, match=r"The last thing refused: .552"):
                mail.wait(timeout=0)


# its life


def test_it_closes_once_and_frees_its_port():
    mail = Mail()
    with socket.create_connection((mail.host, mail.port), timeout=10) as wire:
        wire.recv(100)
        mail.close()
        mail.close()
        assert gone(wire)
    with pytest.raises(RuntimeError, match="is closed; make a new one"):
        mail.wait(timeout=0)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((mail.host, mail.port), timeout=10)
    with Mail(port=mail.port) as again:
        assert again.port == mail.port


def gone(wire):
    """True when the other side has ended the connection."""
    try:
        return not wire.recv(1)
    except ConnectionResetError:
        return True


def test_a_taken_port_is_told(mail):
    with pytest.raises(OSError, match=rf"port {mail.port} on .* cannot be used"):
        Mail(port=mail.port)


FORGETFUL = """
import socket
from bot_sandbox import Mail
mail = Mail()
wire = socket.create_connection((mail.host, mail.port))
wire.sendall(b"HELO me\\r\\nMAIL FROM:<a@b.org>\\r\\nRCPT TO:<a@b.org>\\r\\nDATA\\r\\nhalf")
wire.recv(100)
rude = socket.create_connection((mail.host, mail.port))
rude.sendall(b"BOGUS\\r\\n" * 3 + b"VRFY \\xff\\r\\n")
rude.recv(100)
rude.close()
print("done")
"""


def test_it_ends_with_the_interpreter_and_says_nothing():
    done = subprocess.run(
        [sys.executable, "-c", FORGETFUL], capture_output=True, text=True, timeout=30, check=True
    )
    assert (done.stdout, done.stderr) == ("done\n", "")
