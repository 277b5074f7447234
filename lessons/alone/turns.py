"""Try a bot that a learner wrote alone: people take turns to write, and see what comes back.

A turn's traps are known by what came back. The other traps are errors: see traps.py.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from subprocess import TimeoutExpired
from typing import Generic, NamedTuple, TypeVar

from bot_sandbox.diagnosis.clean_text import hide_tokens
from lessons.alone.short_errors import shorten_errors
from lessons.alone.traps import Trap, advice_on, find_words
from lessons.alone.worlds import ProgramWorld, Setup
from lessons.exercises.verdict import NotYet
from lessons.learner_bot import bot_name

W = TypeVar("W", bound=ProgramWorld)
READY_S = 30.0
REPLY_S = 5.0
SECOND_REPLY_S = 0.3  # for a reply to what should stay unanswered
REST_S = 0.5  # for the rest of an error, whose lines come one after the other
OUTPUT_END_S = 5.0
SHOWN_LINES = 4  # of a program's errors


class Turn(NamedTuple):
    """What a person does, and which words should come back."""

    person: str
    text: str
    words: tuple[str, ...]
    absent: str = "(?!)"  # a regular expression for what makes a reply wrong
    expected: str = ""  # for people, if the words alone don't say it
    before: tuple[str, ...] = ()  # texts that should stay unanswered
    is_from_bot: bool = False  # the bot's own account writes these
    verb: str = "wrote"
    if_silent: str = ""  # why nothing may have come back
    if_wrong: str = ""  # what is special about these texts
    traps: tuple[Trap, ...] = ()  # known by what came back

    def is_right(self, said: str) -> bool:
        """Return whether a reply has all words."""
        return all(word in said for word in self.words) and not re.search(self.absent, said)


class ProgramTester(Generic[W]):
    """A learner's program in a world with people."""

    not_ready: str  # what to say of a program that isn't ready
    ended_early: str  # and of one that has ended, without an error, before it was there
    ended = "has ended"

    def __init__(self, path: Path, world: W) -> None:
        self.path, self.world = path, world

    def start(self) -> None:
        """Start the program, and wait until it is there; NotYet says why it isn't."""
        self.world.start()
        if not self.world.wait_ready(READY_S):
            raise NotYet(self.explain_not_ready() or f"{self.path.name} {self.not_ready}")

    def run_turn(self, turn: Turn) -> None:
        """Let people write, and look at what comes back first; NotYet says what is wrong."""
        replies = self.start_turn(turn)
        self.world.wait_until(lambda: replies() or self.world.has_ended(), REPLY_S)
        if turn.before:  # a reply to these may come, too
            self.world.wait_until(lambda: len(replies()) > 1, SECOND_REPLY_S)
        said = replies() if turn.before else replies()[:1]
        if len(said) != 1 or not turn.is_right(said[0]):
            raise NotYet(self.describe_wrong_reply(turn, " / ".join(said)))

    def start_turn(self, turn: Turn) -> Callable[[], list[str]]:
        """Let people write; return a function that returns what came back."""
        if not turn.is_from_bot:
            return self.world.send(turn.person, *turn.before, turn.text)
        replies = self.world.send(self.world.setup.username, *turn.before)
        self.world.send(turn.person, turn.text)
        return replies

    def explain_not_ready(self) -> str:
        """Say why the program isn't there; "" if nobody knows."""
        said = self.describe_program_state()
        if "\n" in said:
            return f"{self.path.name} {self.not_ready}. It {said.partition(' ')[2]}"
        return said and f"{self.path.name} {self.ended_early}"

    def describe_program_state(self) -> str:
        """Say what its errors are, or that it has ended; "" if it runs and says nothing."""
        process = self.world.process
        if self.errors() or self.world.has_ended():
            with suppress(TimeoutExpired):
                process.wait(REST_S)
                process.errors.wait_end(OUTPUT_END_S)
        if errors := self.errors():
            return f"{self.path.name} printed:\n{describe_errors(errors)}"
        return f"{self.path.name} {self.ended}" if self.world.has_ended() else ""

    def errors(self) -> list[str]:
        """Return what the program has printed of errors, in few lines."""
        return shorten_errors(self.world.process.errors.all(), self.path.parent)

    def describe_wrong_reply(self, turn: Turn, said: str = "") -> str:
        """Say who wrote what, what came back, and the nearest trap."""
        texts = [*map(shorten_text, dict.fromkeys(turn.before)), turn.text]
        writer = turn.person
        if turn.is_from_bot:
            writer, texts[-1] = self.world.setup.username, f"{turn.person} wrote {turn.text}"
        came = f'"{said}" came back' if said else "Nothing came back"
        came = f"{writer} {turn.verb} {', then '.join(texts)}. {came}"
        if printed := self.describe_program_state():
            return "\n".join(filter(None, (f"{came}, and {printed}", turn.if_wrong)))
        if said and (words := find_words(turn.traps, said)):
            return f"{came}: {words}"
        expected = f"Expected {turn.expected or ' and '.join(turn.words) + ' in it'}"
        why = expected if said else turn.if_silent or self.explain_silence()
        return ". ".join(filter(None, (came, why, turn.if_wrong)))

    def explain_silence(self) -> str:
        """Say why nothing may have come back to any turn; "" if nobody knows."""
        return ""


@contextmanager
def open_world(
    kind: type[W], path: Path, username: str, channel: str = "Viktor", runner: tuple[str, ...] = ()
) -> Iterator[W]:
    """Make a world for a learner's file, and end both; `runner` are words before the file."""
    command = (sys.executable, *runner, path.name)
    with ExitStack() as stack:
        yield kind(stack, Setup(bot_name(), username, path.parent, command, channel))


def describe_errors(lines: list[str]) -> str:
    """Return the last lines of a program's errors, and what to do about them."""
    advice = next(filter(None, map(advice_on, lines)), "")
    shown = hide_tokens("\n".join(lines[-SHOWN_LINES:]))
    return f"{shown}\n{advice}" if advice else shown


def shorten_text(text: str) -> str:
    """Return the beginning of a text that a person wrote."""
    return text if len(text) < 40 else f"{text[:10]}… ({len(text)} characters)"
