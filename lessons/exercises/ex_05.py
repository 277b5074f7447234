"""Checks of notebook 05: a refused address, one vote each, a forecast asked for once."""

import smtplib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from typing import Any

from botlib.store import SqliteStore
from lessons.exercises.verdict import NotYet, describe, exercise, expect, run, show
from sandbox.mail import Mail

READING_S = 0.05  # how long the store here takes, so that careless code is caught each time


@exercise("define deliver(server, letter); it returns True or False.")
def exercise_1(deliver: Callable[[smtplib.SMTP, EmailMessage], Any]) -> str:
    """Two letters arrive, one is refused, and a lost connection is not called a wrong address."""
    with Mail() as mail, smtplib.SMTP(mail.host, mail.port, "localhost", 5) as server:
        for to, good in [
            ("ann@example.org", True),
            ("bob@nowhere.invalid", False),
            ("cleo@example.org", True),
        ]:
            found = attempt(deliver, server, to)
            expect(found is good, f"for {to} it gave {show(found)}, expected {good}")
        arrived = [letter.recipients[0] for letter in mail.letters]
        expect(
            arrived == ["ann@example.org", "cleo@example.org"],
            f"letters arrived for {arrived}, expected one for Ann and one for Cleo",
        )
        found = attempt(deliver, Closed(), "dora@example.org")
        expect(
            found is False,
            "dora@example.org was refused, too: any address may be. Send, and catch the error",
        )
        server.quit()
        try:
            found = deliver(server, letter_to("ann@example.org"))
        except smtplib.SMTPException:
            return "two letters arrived, one address was refused"
    raise NotYet(
        f"the connection was lost, and it gave {show(found)}: that is no wrong address. "
        "Catch SMTPRecipientsRefused only"
    )


class Closed:
    """A mail server that refuses everybody."""

    def send_message(self, letter: EmailMessage) -> None:
        """Refuse a letter, as smtplib tells it."""
        raise smtplib.SMTPRecipientsRefused({letter["To"]: (550, b"no such mailbox")})


def attempt(deliver: Callable[[Any, EmailMessage], Any], server: object, to: str) -> Any:
    """Deliver a letter; the refusal that was not caught becomes the hint."""
    expect(callable(deliver), f"expected a function, found {show(deliver)}")
    try:
        return deliver(server, letter_to(to))
    except smtplib.SMTPRecipientsRefused:
        raise NotYet(f"{to} was refused and your function failed: put try: around it") from None
    except Exception as error:
        raise NotYet(f"your function raised {describe(error)} for {to}") from None


def letter_to(address: str) -> EmailMessage:
    """A letter to somebody."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "shop@example.org", address, "Your order"
    letter.set_content("It is on its way.")
    return letter


class SlowStore(SqliteStore):
    """A store in memory that takes its time to read, and remembers what was to expire when."""

    def __init__(self) -> None:
        super().__init__(None)
        self.expiries: list[float | None] = []

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value, slowly."""
        value = super().get(key, default)
        time.sleep(READING_S)
        return value

    def set(self, key: str, value: Any, expires_s: float | None = None) -> None:
        """Keep a value and note for how long."""
        self.expiries.append(expires_s)
        super().set(key, value, expires_s)


@exercise("define vote(store, voter, colour); it returns True or False.")
def exercise_2(vote: Callable[[SqliteStore, str, str], Any]) -> str:
    """Each voter counts once, however often and however fast they click."""
    store = SlowStore()
    found = run(vote, store, "Ann", "red")
    expect(found is True, f"Ann's first vote gave {show(found)}, expected True")
    expect(count(store, "red") == 1, "Ann voted red, but the counter 'red' is not at 1")
    found = run(vote, store, "Ann", "blue")
    expect(found is False, f"Ann voted again, for blue: that gave {show(found)}, expected False")
    expect(count(store, "blue") == 0, "Ann's second vote was counted")
    expect(run(vote, store, "Bob", "red") is True, "Bob has not voted yet, and was refused")
    expect(count(store, "red") == 2, "Ann and Bob voted red, but the counter 'red' is not at 2")
    with ThreadPoolExecutor(8) as clicks:
        taken = list(clicks.map(lambda _: run(vote, store, "Cleo", "green"), range(8))).count(True)
    expect(
        taken == 1,
        f"Cleo clicked eight times at once and {taken} votes were taken: "
        "between get and set others read the same. add_once does both in one step",
    )
    expect(
        run(vote, SlowStore(), "Ann", "red") is True,
        "with another, empty store Ann may vote: a variable is known to one instance only",
    )
    with ThreadPoolExecutor(8) as voters:
        list(voters.map(lambda name: run(vote, store, name, "blue"), "DEFGHIJK"))
    blue = count(store, "blue")
    expect(blue == 8, f"eight people voted blue at once, counted were {blue}: use store.increment")
    return "eight clicks at once are one vote, eight people at once are eight"


def count(store: SqliteStore, key: str) -> Any:
    """A counter's value, without the slowness."""
    return SqliteStore.get(store, key, 0)


@exercise("define forecast(store, city, ask); it returns a text.")
def exercise_3(forecast: Callable[[SqliteStore, str, Callable[[str], str]], Any]) -> str:
    """A city is asked for once in a minute, another for itself, and an error is not kept."""
    asked: list[str] = []

    def ask(city: str) -> str:
        asked.append(city)
        return f"sunny in {city}"

    def broken(city: str) -> str:
        raise OSError("the weather service does not answer")

    store = SlowStore()
    for city in ("Oslo", "Oslo", "Rome", "Oslo"):
        found = run(forecast, store, city, ask)
        expect(found == f"sunny in {city}", f"for {city} it gave {show(found)}")
    expect(
        asked == ["Oslo", "Rome"],
        f"for Oslo, Oslo, Rome, Oslo it asked for {asked}: look into the store first",
    )
    run(forecast, SlowStore(), "Oslo", ask)
    expect(
        len(asked) == 3,
        "another, empty store was not used: a variable is known to one instance only",
    )
    expect(
        bool(store.expiries) and set(store.expiries) == {60},
        f"kept with expires_s={show(store.expiries[-1:] or None)}: without expires_s=60 the "
        "weather would never change again",
    )
    try:
        found = forecast(store, "Atlantis", broken)
    except OSError:
        return "four questions, two of them paid for"
    raise NotYet(f"the service failed, and it gave {show(found)}: let the error through")
