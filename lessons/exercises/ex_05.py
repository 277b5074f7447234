"""Checks of notebook 05: a good morning by timer, and a record that is kept."""

import re
from collections.abc import Callable
from typing import Any

from botlib.store.memory import MemoryStore
from lessons.exercises.slips import BotTask, Slip
from lessons.exercises.verdict import (
    call_silently,
    exercise,
    expect,
    replace_hints,
    run_learner_code,
    show,
)

NOTHING_KEPT = (
    "the store is still empty, so get gave None: give it a second value for that case, as above: "
    'store.get("record", {"name": "nobody", "score": 0})'
)
EMPTY = {
    "'NoneType' object is not subscriptable": NOTHING_KEPT,
    "'MemoryStore' object does not support item assignment": "a store is no dictionary: "
    'store.set("record", …) keeps a value in it',
    "between instances of 'int' and 'dict'": "the record is a dictionary with a name and a score. "
    'Compare with its score: best["score"]',
    "between instances of 'int' and 'NoneType'": NOTHING_KEPT,
    "between instances of 'NoneType' and 'int'": NOTHING_KEPT,
    "between instances of 'dict' and 'int'": "the record is a dictionary with a name and a score. "
    'Compare with its score: best["score"]',
}
SUGGESTION = re.compile(r"(?<![\w/!])[!/][^\W\d]\w*")  # a command, such as !roll
PEOPLE = ("Viktor", "Ada", "Cleo", "everyone")


def greets(name: str) -> Callable[[list[str]], str]:
    """Expect one text with this name, no other person's, and no command."""

    def complaint(said: list[str]) -> str:
        is_right = kind_of_morning(said) == (1, (name,), False, False)
        return "" if is_right else f"expected one text with the name {name}, and no command"

    return complaint


def suggests_command(said: list[str]) -> str:
    """Expect one text that suggests a command, and no person's name."""
    texts, names, has_braces, suggested = kind_of_morning(said)
    is_right = texts == 1 and suggested and not has_braces and not {*names} - {"everyone"}
    return "" if is_right else "expected one text with a command in it, such as !roll"


def kind_of_morning(said: list[str]) -> tuple[int, tuple[str, ...], bool, bool]:
    """Return how many texts they are, who is named, and if there are braces or a command."""
    text = " ".join(said)
    names = tuple(name for name in PEOPLE if re.search(rf"\b{name}\b", text))
    return len(said), names, "{" in text, bool(SUGGESTION.search(text))


MORNING_TASK = BotTask(
    "morning",
    [
        [("!morning", greets("Viktor"))],
        [("!morning", "Ada", greets("Ada"))],
        [("!morning", "Cleo", greets("Cleo"))],
        [("!morning", "everyone", suggests_command)],
    ],
    [
        Slip(
            'return f"Good morning, {message.user}!"',
            "the timer's text names no command. Is it below "
            'if message.user == "everyone":, in small letters, and above the other return?',
        ),
        Slip(
            'return f"Good morning, {message.user}! Who wants to !roll?"',
            'suggest a command only if message.user is "everyone"',
        ),
        Slip(
            """
            if message.user == "everyone":
                return "Good morning! Who wants to !roll?"
            return "Good morning, {message.user}!"
            """,
            "is there an f before the quotes?",
        ),
        Slip(
            """
            if message.user == "everyone":
                return "Good morning! Who wants to !roll?"
            return "Good morning, Viktor!"
            """,
            "not everybody is Viktor: message.user is the name of the person who wrote",
        ),
        Slip(
            """
            if message.user == "Viktor":
                return "Good morning, Viktor!"
            return "Good morning! Who wants to !roll?"
            """,
            'your if only knows Viktor. Check for the timer instead: is message.user "everyone"?',
        ),
        Slip(
            """
            if message.user == "Viktor":
                return "Good morning, Viktor!"
            if message.user == "Ada":
                return "Good morning, Ada!"
            return "Good morning! Who wants to !roll?"
            """,
            'other people write, too. Check for the timer instead: is message.user "everyone"?',
        ),
        Slip(
            """
            if message.user == "everyone":
                return "Good morning! Who wants to !roll?"
            """,
            "the others got nothing: add another return after the if",
        ),
        Slip(
            """
            if message.user != "everyone":
                return "Good morning! Who wants to !roll?"
            return f"Good morning, {message.user}!"
            """,
            "this is the reverse: != asks whether two things differ",
        ),
        Slip(
            """
            if message.user == "everyone":
                return "Good morning! Who wants to !roll?"
            print(f"Good morning, {message.user}!")
            """,
            "print only shows it to you. What goes into the chat is what you return",
        ),
        Slip(
            """
            if message.user == "everyone":
                return ["Good morning!", "Who wants to !roll?"]
            return f"Good morning, {message.user}!"
            """,
            "those are two messages. Write both sentences in one text",
        ),
        Slip(
            'return "Good morning!"',
            'the name is missing: return f"Good morning, {message.user}!"',
        ),
        Slip(
            'return "Good morning! Who wants to !roll?"',
            "that is for the timer only. People want to read their own name",
        ),
    ],
    file=True,
    form=kind_of_morning,
)


@exercise(
    "write the function of !morning instead of the dots.",
    'Begin with the people: return f"Good morning, {message.user}!"',
    'The line before it checks for the timer: if message.user == "everyone":',
    "Under the if, indented: return, and a text of yours that names a command, such as !roll",
    task=MORNING_TASK,
    because="If a timer's text is a command, your bot answers it like any message. So you can try "
    "it in a chat first, and let the clock say it later.",
)
def exercise_1(file: str) -> str:
    """A greeting for people, and another one for a timer."""
    return "your bot greets people by name, and by timer it suggests a command to all"


@exercise(
    "write def record(store, name, score): instead of the line with the dots.",
    'Read the record first: best = store.get("record", {"name": "nobody", "score": 0}).',
    'If the score is not higher, there is nothing to do: if score <= best["score"]: return None',
    'Otherwise keep it: store.set("record", {"name": name, "score": score}). Then return the text.',
    because="The store decides what is a record, and every instance of your function asks the same "
    "store.",
)
def exercise_2(record: Callable[[MemoryStore, str, int], Any]) -> str:
    """Five scores, three of them records, and a store that somebody else has filled."""
    store = MemoryStore()
    for name, score in [("Ada", 42), ("Bob", 40), ("Cleo", 42), ("Bob", 50), ("Ada", 51)]:
        is_record = (name, score) in [("Ada", 42), ("Bob", 50), ("Ada", 51)]
        check_one_score(record, store, name, score, is_record)
    other = MemoryStore()
    other.set("record", {"name": "Dora", "score": 99})
    check_one_score(record, other, "Ada", 51, is_record=False)
    check_one_score(record, other, "Ada", 100, is_record=True)
    check_one_score(record, MemoryStore(), "Eve", 1, is_record=True)
    return "of eight scores, five were records"


def check_one_score(
    record: Any, store: MemoryStore, name: str, score: int, is_record: bool
) -> None:
    """Call the learner's function once; NotYet if it returns or keeps the wrong thing."""
    nobody = {"name": "nobody", "score": 0}
    before = store.get("record", nobody)
    call, best = f'record(store, "{name}", {score})', before["score"]
    if not is_record:
        with replace_hints(EMPTY):
            found, _ = call_silently(record, store, name, score, call=call)
        quotes = " Write None without quotes." if found == "None" else ""
        same = " An equal score beats nothing." if score == best else ""
        expect(
            found is None,
            f"the record is {best}, and {call} gave {show(found)}, expected None.{same}{quotes}",
        )
        expect(
            store.get("record", nobody) == before,
            f"{call} is not a record, but it changed what is kept: return before store.set",
        )
        return
    silent = (
        f"the record is {best}, and {call} returned nothing, but {score} is higher. Does your if "
        "ask whether the score is higher, and does this path end with return?"
    )
    with replace_hints(EMPTY | {"returned nothing. Does it end": silent}):
        found = run_learner_code(record, store, name, score, call=call)
    kept = store.get("record")
    text = f"A new record! {name} has {score} points."
    expect(
        kept is not None,
        f'{call} kept nothing: store.set("record", …) keeps it in the store. Write it above '
        "return, because nothing below return runs",
    )
    expect(
        kept != before or name in str(found),
        f"{call} gave {show(found)}. Take name and score, which your function gets",
    )
    expect(
        kept != before,
        f"the record was {best}, and {call} did not change it: keep it before you return",
    )
    expect(
        isinstance(kept, dict) and set(kept) == {"name", "score"},
        f'{call} kept {show(kept)}. Keep a dictionary: {{"name": name, "score": score}}',
    )
    right = {"name": name, "score": score}
    expect(kept == right, f"{call} kept {show(kept)}, expected {show(right)}")
    braces = ". Is there an f before the quotes?" if "{" in str(found) else ""
    expect(found == text, f"{call} gave {show(found)}, expected {show(text)}{braces}")
