"""Checks of the side room about two writers: votes, a forecast that is kept, a guest book."""

import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot_sandbox.cloud.function import Function
from bot_sandbox.diagnosis.bot_log import find_last_error
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.telegram import Person, Telegram
from botlib.store import DAY_S
from botlib.store.memory import MemoryStore
from lessons.cloud import Cloud
from lessons.cloud.guest_book import deploy_guest_book
from lessons.exercises.verdict import (
    NotYet,
    call_silently,
    exercise,
    expect,
    replace_hints,
    run_learner_code,
    show,
)
from lessons.web.http_client import browser, get_at_once

READING_S = 0.05  # how long the store here takes, so that careless code is caught each time


class SlowStore(MemoryStore):
    """A store in memory that takes its time to read, and remembers what was to expire when."""

    def __init__(self) -> None:
        super().__init__()
        self.expiries: list[float | None] = []
        self.shortest_mark_s: float = DAY_S

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value, slowly."""
        value = super().get(key, default)
        time.sleep(READING_S)
        return value

    def set(self, key: str, value: Any, expires_s: float | None = None) -> None:
        """Keep a value and note for how long."""
        self.expiries.append(expires_s)
        super().set(key, value, expires_s)

    def add_once(self, key: str, expires_s: float = DAY_S) -> bool:
        """Set a mark and note for how long, if it is shorter than all before."""
        new = super().add_once(key, expires_s)
        self.shortest_mark_s = min(self.shortest_mark_s, expires_s)
        return new


def expect_marks_for_a_day(store: SlowStore) -> None:
    """A mark that is gone after a minute would let the same person in again."""
    seconds = store.shortest_mark_s
    expect(
        seconds >= DAY_S,
        f"with expires_s={show(seconds)} the mark is gone after {show(seconds)} seconds, and the "
        "same person counts as new: leave expires_s out, and it lasts for a day",
    )


@exercise(
    "write def vote(store, voter, color): instead of the line with the dots.",
    "first the question whether this voter has voted before, then the counting",
    'one mark for each voter: store.add_once(f"voted:{voter}") is True only the first time',
    "if the mark was there already, return False; otherwise store.increment(color), return True",
    because="`add_once` asks and answers in one step. So nobody gets between the question and the "
    "mark, however fast they click.",
)
def exercise_1(vote: Callable[[MemoryStore, str, str], Any]) -> str:
    """Each voter counts once, however often and however fast they click."""
    store = SlowStore()
    found = call_vote(vote, store, "Ann", "red")
    expect(found is True, f"Ann's first vote gave {show(found)}, expected True")
    expect(counter_value(store, "red") == 1, "Ann voted red, but the counter 'red' is not at 1. "
           "Its name is in color, so write store.increment(color)")  # fmt: skip
    found = call_vote(vote, store, "Ann", "blue")
    expect(found is False, f"Ann voted again, for blue: that gave {show(found)}, expected False")
    expect(counter_value(store, "blue") == 0, "Ann's second vote was counted")
    expect(
        call_vote(vote, store, "Bob", "red") is True,
        "Bob has not voted yet, and was refused: is it the voter's name that makes the mark?",
    )
    expect(
        counter_value(store, "red") == 2, "Ann and Bob voted red, but the counter 'red' is not at 2"
    )
    with ThreadPoolExecutor(8) as clicks:
        taken = list(clicks.map(lambda _: vote(store, "Cleo", "green"), range(8))).count(True)
    expect(
        taken == 1,
        f"Cleo clicked eight times at once and {taken} votes were taken: "
        "between get and set others read the same. add_once does both in one step",
    )
    expect(
        call_vote(vote, SlowStore(), "Ann", "red") is True,
        "with another, empty store Ann may vote: a variable is known to one instance only",
    )
    with ThreadPoolExecutor(8) as voters:
        list(voters.map(lambda name: vote(store, name, "blue"), "DEFGHIJK"))
    blue = counter_value(store, "blue")
    expect(
        blue == 8,
        f"eight people voted blue at once, and {blue} of the votes counted: use store.increment",
    )
    expect_marks_for_a_day(store)
    return "eight clicks at once are one vote, eight people at once are eight"


def call_vote(vote: Any, store: MemoryStore, voter: str, color: str) -> Any:
    """Return what a vote gives."""
    hints = {
        "is no counter": f"add_once has set a mark under the name {color}, and now that cannot "
        'count: mark the voter, as in store.add_once(f"voted:{voter}")',
        "expires_s is": "the second argument of add_once is a time: give it one text only, the "
        "voter's mark",
    }
    with replace_hints(hints):
        return run_learner_code(
            vote, store, voter, color, call=f'vote(store, "{voter}", "{color}")'
        )


def counter_value(store: MemoryStore, key: str) -> Any:
    """A counter's value, without the slowness."""
    return MemoryStore.get(store, key, 0)


@exercise(
    "write def forecast(store, city, ask): instead of the line with the dots.",
    "look into the store first: it gives None for what it does not know",
    "if it gave None, then ask(city), and keep what came back",
    'known = store.get(f"weather:{city}") to look, '
    'store.set(f"weather:{city}", known, expires_s=60) to keep',
    because="Most of what a program asks others for doesn't change every second. Kept "
    "for a minute, it costs you one question instead of a thousand.",
)
def exercise_2(forecast: Callable[[MemoryStore, str, Callable[[str], str]], Any]) -> str:
    """A city is asked for once in a minute, another for itself, and an error is not kept."""
    asked: list[str] = []

    def ask(city: str) -> str:
        asked.append(city)
        return f"sunny in {city}"

    ask.__qualname__ = "ask"  # an error of a wrong call shows it

    def failing_service(city: str) -> str:
        raise OSError("the weather service does not answer")

    store = SlowStore()
    for city in ("Oslo", "Oslo", "Rome", "Oslo"):
        found = call_forecast(forecast, store, city, ask)
        expect(
            found == f"sunny in {city}",
            f"for {city} it gave {show(found)}: is the city in the key, without quotes around it?",
        )
    expect(
        asked == ["Oslo", "Rome"],
        f"for Oslo, Oslo, Rome, Oslo it asked for {', '.join(asked) or 'nothing'}: "
        "look into the store first, under a key with the city in it, and ask only for None",
    )
    call_forecast(forecast, SlowStore(), "Oslo", ask)
    expect(
        len(asked) == 3,
        "another, empty store was not used: a variable is known to one instance only",
    )
    expect(
        bool(store.expiries) and None not in store.expiries,
        "kept without expires_s=60: then the weather would never change again",
    )
    expect(
        set(store.expiries) == {60},
        f"kept with expires_s={show(store.expiries[-1])}: a minute has 60 seconds",
    )
    expect(
        len(store.expiries) == 2,
        "what came out of the store was put into it again, for another minute: a city that is "
        "asked for all day would keep its first weather. Only what ask(city) gave is new",
    )
    try:
        found = forecast(store, "Atlantis", failing_service)
    except OSError:
        check_that_it_answers_again(forecast, store, ask)
        return "four questions, two of them paid for"
    raise NotYet(f"the service failed, and it gave {show(found)}: let the error through")


def check_that_it_answers_again(
    forecast: Any, store: MemoryStore, ask: Callable[[str], str]
) -> None:
    """A service that has failed, and works again, is asked again."""
    found, _ = call_silently(
        forecast, store, "Atlantis", ask, call='forecast(store, "Atlantis", ask)'
    )
    expect(
        found == "sunny in Atlantis",
        f"the service failed for Atlantis, worked again, and then it gave {show(found)}: a mark "
        "was left in the store before ask(city) had answered. Keep the forecast itself, with "
        "store.set, and only when it is there",
    )


def call_forecast(forecast: Any, store: MemoryStore, city: str, ask: Callable[[str], str]) -> Any:
    """What a forecast gives."""
    call = f'forecast(store, "{city}", ask)'
    hints = {
        "type function is not JSON": "ask alone is the function itself: ask(city) calls it",
        "Does it end with return?": f"{call} returned nothing. Does it end with return? If it "
        "does, it returned None: what ask(city) gives must be returned the first time, too",
    }
    with replace_hints(hints):
        return run_learner_code(forecast, store, city, ask, call=call)


@exercise(
    "write def guest(name, store, tell): instead of the line with the dots.",
    "begin with the easy half: count with store.increment, return the greeting with the number",
    'without a name there is nothing to count: if name == "": return the sentence, as first thing',
    'who is new? if store.add_once(f"guest:{name}"): then tell(…), and only then',
    "around tell(…) put try: and except OSError: pass, so that nobody suffers when it fails",
    because="Three uses in one function: it saves, it answers, and it sends a notice. Each has its "
    "place in the order, because each may fail.",
)
def exercise_3(guest: Any) -> str:
    """A guest book counts, greets, and tells its owner of each new guest once."""
    check_without_cloud(guest)
    with tempfile.TemporaryDirectory() as folder, Cloud() as cloud, Telegram() as telegram:
        account = telegram.new_bot("Guest book", "guest_book_bot")
        owner = telegram.person("Olga")
        owner.send("Tell me who comes.", to=account)
        environment = {
            "TELEGRAM_API": telegram.url,
            "TELEGRAM_TOKEN": account.token,
            "CHAT_ID": str(owner.id),
            "STORE_URL": f"sqlite:///{Path(folder, 'guests.sqlite3')}",
        }
        book = deploy_guest_book(cloud, guest, environment)
        for name, number in [("Ada", 1), ("Bob", 2), ("Ada", 3)]:
            sign_guest_book(book, name, number)
        found = {reply.text for reply in get_at_once(book.url + "Cleo", 8)}
        check_eight_answers(
            found, {f"hello Cleo! You are visitor number {n}." for n in range(4, 12)}
        )
        book = deploy_guest_book(cloud, guest, environment)
        sign_guest_book(book, "Bob", 12)
        told = messages_for(owner, 3)
        for name in ("Ada", "Bob", "Cleo"):
            times = told.count(f"{name} has signed the guest book.")
            expect(times > 0, f"Olga was not told of {name}; she was told: {show(told)}")
            expect(
                times == 1,
                f"Olga was told of {name} {times} times: store.add_once finds out who is new",
            )
        telegram.close()
        sign_guest_book(book, "Dora", 13)
        function_log = find_last_error(book.logs)
        expect(not function_log, f"the log has an error: {function_log}")
    return "13 visits counted, 4 guests greeted, 3 notices sent, one failure survived"


def check_without_cloud(guest: Any) -> None:
    """The guest book's function alone, without a cloud: its words, and its words only."""
    store, told = MemoryStore(), list[str]()
    found = run_learner_code(guest, "Ada", store, told.append, call='guest("Ada", store, tell)')
    expected = "hello Ada! You are visitor number 1."
    expect(
        isinstance(found, str) and "{" not in found,
        f'guest("Ada", store, tell) gave {show(found)}, expected {show(expected)}; '
        "is there an f before the quotes?",
    )
    expect(
        found == expected,
        f'guest("Ada", store, tell) gave {show(found)}, expected {show(expected)}',
    )
    expect(told != [], "Ada is new, but tell was not called")
    sentence = "Ada has signed the guest book."
    expect(told == [sentence], f"tell got {show(told[-1])}, expected {show(sentence)}")
    found = run_learner_code(guest, "", store, told.append, call='guest("", store, tell)')
    sentence = "Write your name after the address, as in /Ada."
    expect(found == sentence, f"without a name it gave {show(found)}, expected {show(sentence)}")
    expect(len(told) == 1, "somebody without a name came, and tell was called")
    found = run_learner_code(guest, "Bob", store, told.append, call='guest("Bob", store, tell)')
    expect(
        "number 3" not in str(found),
        "somebody without a name was counted as a visitor: ask for the name first",
    )
    expect(
        found == "hello Bob! You are visitor number 2.",
        f"Bob came after Ada and read {show(found)}: all guests together have one number, "
        "so its name in the store is the same for all",
    )
    expect(
        len(told) == 2,
        "Bob is new, but tell was not called: is his name in the mark, without quotes around it?",
    )
    sentence = "Bob has signed the guest book."
    expect(told[1] == sentence, f"for Bob tell got {show(told[1])}, expected {show(sentence)}")

    slow = SlowStore()  # in a busy cloud, careless code may be lucky
    with ThreadPoolExecutor(8) as clicks:
        answers = set(clicks.map(lambda _: guest("Cleo", slow, told.append), range(8)))
    check_eight_answers(answers, {f"hello Cleo! You are visitor number {n}." for n in range(1, 9)})
    times = len(told) - 2
    expect(
        times == 1,
        f"Cleo clicked eight times at once, and tell was called {times} times: "
        "store.add_once finds out who is new, and only for one of the eight",
    )
    expect_marks_for_a_day(slow)

    def failing_notification(text: str) -> None:
        raise OSError("Telegram does not answer")

    hint = (
        "when tell fails with an OSError, the visitor gets no answer: put try: and except OSError: "
        "around tell"
    )
    with replace_hints({"Telegram does not answer": hint}):
        found, _ = call_silently(
            guest, "Cleo", store, failing_notification, call='guest("Cleo", store, tell)'
        )
    expected = "hello Cleo! You are visitor number 3."
    expect(
        found == expected,
        f"when tell fails, Cleo reads {show(found)}, expected {show(expected)}: "
        "after except OSError: write pass, and continue with the greeting",
    )


def check_eight_answers(found: set[str], expected: set[str]) -> None:
    """Eight clicks at once get eight numbers in a row."""
    expect(
        found == expected,
        f"Cleo clicked eight times at once and got {len(found)} different answers, expected 8 "
        "numbers in a row. store.increment counts and gives the number in one step",
    )


def sign_guest_book(book: Function, name: str, number: int) -> None:
    """Somebody signs the deployed guest book and gets this number."""
    reply = browser.get(book.url + name)
    got = f"in the cloud, /{name} got {reply.status_code}. "
    expect(
        "NameError" not in find_last_error(book.logs),
        f"{got}The log says: {find_last_error(book.logs)}. "
        "Only guest itself is deployed: what it needs must be inside it",
    )
    expect(
        reply.status_code == 200,
        f"{got}The log says: {find_last_error(book.logs)}",
    )
    expected = f"hello {name}! You are visitor number {number}."
    expect(
        reply.text == expected,
        f"in the cloud, /{name} got {show(reply.text)}, expected {show(expected)}: "
        "what must last goes into the store, because a variable ends with its instance",
    )


def messages_for(person: Person, number: int) -> list[str]:
    """What a bot has written to somebody."""
    try:
        return [message.words for message in person.wait(number, timeout=10)] + unread_texts(person)
    except NoReply:
        return unread_texts(person)


def unread_texts(person: Person) -> list[str]:
    """What is unread in somebody's inbox."""
    return [message.words for message in person.inbox]
