"""The mail server by HTTP: the letters that a bot has sent."""

import pytest
from letters import send
from window_http import Http, RefusalError

from bot_sandbox import Window


@pytest.fixture
def window(mail):
    with Window(mail=mail) as made:
        yield made


def test_letters_are_read_and_waited_for(mail, window):
    http = Http(window)
    assert http.get("mail") == {"host": "127.0.0.1", "port": mail.port}
    assert http.get("mail/letters") == {"letters": []}
    send(mail, "viktor@example.org", "Grüße")
    send(mail, "anna@example.org", "two")
    first, second = http.get("mail/letters", n=2, timeout=10)["letters"]
    assert first == {
        "number": 1,
        "from": "bot@example.org",
        "to": ["viktor@example.org"],
        "subject": "Grüße",
        "text": "hello",
    }
    assert http.get("mail/letters", to="anna@example.org")["letters"] == [second]
    assert http.get("mail/letters", after=1)["letters"] == [second]


def test_too_few_letters_are_504_with_what_to_do(mail, window):
    send(mail, "viktor@example.org", "one")
    words = f"0 of 1 letters came within 0.1 s.*host 127.0.0.1 and port {mail.port}"
    with pytest.raises(RefusalError, match=f"504: {words}"):
        Http(window).get("mail/letters", to="anna@example.org", n=1, timeout=0.1)


def test_letters_keep_their_numbers_when_old_ones_are_dropped(mail, window, monkeypatch):
    monkeypatch.setattr("bot_sandbox.mail.KEPT_LETTERS", 2)
    for subject in ("one", "two", "three"):
        send(mail, "viktor@example.org", subject)
    letters = Http(window).get("mail/letters")["letters"]
    assert [(each["number"], each["subject"]) for each in letters] == [(2, "two"), (3, "three")]
