"""The stage of one point: a Telegram with people in it, and the learner's program in a copy.

The program never runs in the learner's own folder, so nothing there is changed or deleted. A copy
holds only code. So the box is empty when a point begins, whatever the program has kept before.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from bot_sandbox import Group, ManagedProcess, Message, NoReply, Program, Telegram
from lessons.exams.program_copy import copy_program
from lessons.exams.program_output import ProgramOutput, shorten_line

START_S = 30.0  # for the start of the program, or its first answer after a power cut
LOOK_S = 0.5  # how often to check whether it has ended while it starts
ANSWER_S = 10.0
NEXT_MESSAGE_S = 3.0  # for one more message of an answer
LATE_S = 1.0  # from an answer until the program knows that it was sent, when its power is cut
QUIET_S = 0.2  # how long nothing more must come if something must be absent from an answer
WHOLE_ANSWER_S = 120.0  # for one answer, in many messages
MOST_MESSAGES = 400  # of an answer, that are read
LONG_WORD = 60  # characters of what may be divided between two messages
SHOWN_TURNS = 3  # of what people wrote and saw, in a failure


class Failed(Exception):  # noqa: N818 - reads as a sentence
    """A point is not passed; the text has what people wrote and saw, and what to do."""


class ExpectedAnswer(NamedTuple):
    """The words that an answer has, those that it lacks, and what to do if that isn't so."""

    words: tuple[str, ...]
    absent: tuple[str, ...]
    advice: str


class Turn(NamedTuple):
    """Something that somebody wrote."""

    who: str
    text: str
    message: Message

    def answers(self) -> list[Message]:
        """Return what bots have written there since."""
        later = self.message.chat.messages[self.message.message_id :][:MOST_MESSAGES]
        return [one for one in later if one.sender.is_bot and not (one.event or one.deleted)]

    def lines(self) -> list[str]:
        """Return what this person wrote and has seen so far."""
        saw = [one.shown for one in self.answers()]
        lines = [f"{self.who} wrote  {shorten_line(self.text)}"]
        lines += [f"   and saw  {shorten_line(text)}" for text in saw[:2] or ["no answer"]]
        return lines + ([f"            and {len(saw) - 2} more"] if saw[2:] else [])


class Stage:
    """People who write to a program that has just been started, with nothing in its folder."""

    def __init__(self, source: Path, title: str, username: str) -> None:
        self._stack = ExitStack()
        with ExitStack() as stack:
            scratch = tempfile.TemporaryDirectory(prefix="exam-", ignore_cleanup_errors=True)
            self._folder = Path(stack.enter_context(scratch)).resolve()
            self._command = copy_program(source, self._folder)
            self._telegram = stack.enter_context(Telegram(limits=None))
            self._bot = self._telegram.new_bot(title, username)
            people = ("Viktor", "Anna", "another Anna")
            self._people = {one: self._telegram.person(one.split()[-1]) for one in people}
            self._programs = Program(grace_s=0.0)
            stack.callback(self._programs.close)
            self._before: list[list[str]] = []  # lines about what happened before this turn
            self._last: dict[str, Message] = {}
            self.start_program()
            self._wait_for_program()
            self._stack = stack.pop_all()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ask(self, who: str, text: str, expected: ExpectedAnswer, in_group: bool = False) -> None:
        """Write a text, and raise Failed unless the answer is as expected."""
        place = self._group if in_group else self._bot
        message = self._last[who] = self._people[who].send(text, place)
        turn = Turn(f"{who} (in a group)" if in_group else who, text, message)
        if not self._is_answered(turn, expected.words):
            raise self._failure(turn, expected)
        self._is_new = False
        if expected.absent:
            self._telegram.wait_until(lambda: answers_have_any(turn, expected.absent), QUIET_S)
            if answers_have_any(turn, expected.absent):
                raise self._failure(turn, expected)
        self._before.append(turn.lines())

    def send_sticker(self, who: str) -> None:
        """Send a sticker."""
        self._people[who].sticker(self._bot)
        self._before.append([f"{who} sent a sticker"])

    def edit_last_message(self, who: str, text: str) -> None:
        """Change the last message of somebody."""
        self._people[who].edit(self._last[who], text)
        self._before.append([f"{who} changed that message to  {shorten_line(text)}"])

    @contextmanager
    def late_responses(self) -> Iterator[None]:
        """Let people see an answer before the program learns that it was sent."""
        fault = self._telegram.faults.delay(LATE_S, "sendMessage", forever=True, executed=True)
        yield
        fault.clear()

    def kill_program(self) -> None:
        """Kill the program, as soon as Telegram knows what it has read."""
        self._telegram.wait_until(lambda: not self._telegram.pending_updates(self._bot), ANSWER_S)
        self._process.kill()
        self._before.append(["The power was cut, and your program started again"])

    @cached_property
    def _group(self) -> Group:
        """Make the group when it is needed, because the bot hears that it was added."""
        members = [self._people["Viktor"], self._people["Anna"], self._bot]
        return self._telegram.group("School", members)

    def start_program(self) -> None:
        """Start the program, which has what it has stored."""
        self._is_new = True  # until it asks for updates, or has answered
        self._process: ManagedProcess = self._programs(
            *self._command,
            folder=self._folder,
            TELEGRAM_TOKEN=self._bot.token,
            PYTHONUNBUFFERED="1",  # what it prints is seen at once
        )

    def _wait_for_program(self) -> None:
        """Wait until the program asks for updates, so that a silent one is found out soon."""
        end = time.monotonic() + START_S
        while self._is_new and not self._has_ended() and time.monotonic() < end:
            with suppress(NoReply):
                self._telegram.wait_ready(self._bot, LOOK_S)
                self._is_new = False

    def _has_ended(self) -> bool:
        return self._process.status is not None

    def _is_answered(self, turn: Turn, words: tuple[str, ...]) -> bool:
        """Wait until the answer has all words; False if it ends before, or the program does."""
        count, end = 0, time.monotonic() + WHOLE_ANSWER_S

        def is_complete() -> bool:
            return bool(turn.answers()) and all(answers_have_word(turn, word) for word in words)

        def is_new() -> bool:
            return is_complete() or self._has_ended() or len(turn.answers()) > count

        patience = START_S if self._is_new else ANSWER_S
        while self._telegram.wait_until(is_new, patience) and time.monotonic() < end:
            if is_complete() or self._has_ended():
                break
            count, patience = len(turn.answers()), NEXT_MESSAGE_S
        return is_complete()

    def _failure(self, turn: Turn, expected: ExpectedAnswer) -> Failed:
        """Say what people wrote and saw, what was expected, what the program printed, its error."""
        lines = [line for before in self._before[-SHOWN_TURNS:] for line in before]
        lines += turn.lines()
        missing = [word for word in expected.words if not answers_have_word(turn, word)]
        found = [word for word in expected.absent if answers_have_word(turn, word)]
        lines += [f"  expected  {join_words(missing)}"] if missing else []
        lines += [f"  expected  not  {join_words(found)}"] if found else []
        refused = [call for call in list(self._bot.calls) if call.error]
        if refused and not turn.answers():
            lines += [f"Telegram refused {refused[-1].method}: {shorten_line(refused[-1].error)}"]
        output = ProgramOutput(self._process, self._folder)
        lines += output.lines()
        advice = expected.advice
        if answers_have_word(turn, "#0") and any(word.startswith("#") for word in missing):
            advice = COUNT_ADVICE
        elif missing == ["#1"] and not self._before and re.search(r"#\d", turn.lines()[1]):
            lines += ["", OTHER_FOLDER_ADVICE]
        return Failed("\n".join([*lines, "", output.advice or advice]))


COUNT_ADVICE = (
    "Python counts from 0, and people from 1: the first thing is #1. enumerate(things, 1) counts "
    "from 1, too."
)
OTHER_FOLDER_ADVICE = (
    "Only your code was copied, so this is the first thing. If your program has counted things of "
    "another day, it keeps its file in another folder: give the file a name without a folder."
)


def join_words(words: list[str]) -> str:
    """Quote what was expected; the first three, if there are many."""
    quoted = ", ".join(f'"{shorten_line(word, 60)}"' for word in words[:3])
    return quoted + (f" and {len(words) - 3} more" if words[3:] else "")


def answers_have_any(turn: Turn, words: tuple[str, ...]) -> bool:
    """Return whether an answer has one of these words."""
    return any(answers_have_word(turn, word) for word in words)


def answers_have_word(turn: Turn, word: str) -> bool:
    """Return whether an answer has a word, in capital or small letters; #1 is not in #12."""
    texts = [one.shown.casefold() for one in turn.answers()]
    if len(word) > LONG_WORD:  # it may be in two messages
        return "".join(word.casefold().split()) in "".join("".join(texts).split())
    words = re.escape(" ".join(word.casefold().split()))
    return bool(
        re.search(words + r"(?!\d)" * word[-1].isdigit(), " ".join(" ".join(texts).split()))
    )
