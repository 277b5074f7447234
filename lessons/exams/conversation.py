"""The conversation of one point: people in a world, who write to a copy of the learner's bot.

The bot never runs in the learner's own folder, so nothing there is changed or deleted. A copy
holds only code. So the box is empty when a point begins, whatever the bot has kept before.
"""

import re
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, TypeVar

from lessons.alone.program_output import shorten_line
from lessons.alone.worlds import MOST_MESSAGES, REPLY_S, START_S, BotWorld, Setup
from lessons.exams.program_copy import copy_program

W = TypeVar("W", bound=BotWorld)
NEXT_MESSAGE_S = 3.0  # for one more message of a reply
QUIET_S = 0.2  # how long nothing more must come if something must be absent from a reply
WHOLE_REPLY_S = 120.0  # for one reply, in many messages
LONG_WORD = 60  # characters of what may be divided between two messages
SHOWN_TURNS = 3  # of what people wrote and saw, in a failure


class Failed(Exception):  # noqa: N818 - reads as a sentence
    """A point is not passed; the text has what people wrote and saw, and what to do."""


class ExpectedReply(NamedTuple):
    """The words that a reply has, those that it lacks, and what to do if that isn't so."""

    words: tuple[str, ...]
    absent: tuple[str, ...]
    advice: str
    most: int = MOST_MESSAGES  # that it has


class SentText(NamedTuple):
    """Something that somebody wrote, and what the bot has written since."""

    who: str
    text: str
    replies: Callable[[], list[str]]

    def lines(self) -> list[str]:
        """Return what this person wrote and has seen so far."""
        saw = self.replies()
        lines = [f"{self.who} wrote  {shorten_line(self.text)}"]
        lines += [f"   and saw  {shorten_line(text)}" for text in saw[:2] or ["no reply"]]
        return lines + ([f"            and {len(saw) - 2} more"] if saw[2:] else [])


class Conversation:
    """People who write to a bot that has just been started, with nothing stored."""

    def __init__(self, source: Path, title: str, username: str, world: type[BotWorld]) -> None:
        self._stack = ExitStack()
        with ExitStack() as stack:
            scratch = tempfile.TemporaryDirectory(prefix="exam-", ignore_cleanup_errors=True)
            # Two folders deeper, so that "..", too, is the exam's own.
            folder = Path(stack.enter_context(scratch)).resolve() / "exam/bot"
            command = copy_program(source, folder, world.files)
            self._before: list[list[str]] = []  # lines about what happened before this turn
            self._open_replies: Callable[[], list[str]] | None = None  # since texts not for the bot
            self._world = world(stack, Setup(title, username, folder, command))
            self.start_bot(is_first=True)
            self._stack = stack.pop_all()

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def world_as(self, kind: type[W]) -> W:
        """Return the world, which is of this kind, for what only such a world has."""
        assert isinstance(self._world, kind)
        return self._world

    def ask(self, who: str, text: str, expected: ExpectedReply, in_group: bool = False) -> None:
        """Write a text, and raise Failed unless the reply is as expected."""
        replies = self._world.send(who, text, in_group=in_group)
        replies, self._open_replies = self._open_replies or replies, None
        sent = SentText(f"{who} ({self._world.place})" if in_group else who, text, replies)
        if not self._wait_for_reply(sent, expected.words):
            raise self._failure(sent, expected)
        self._is_new = False

        def is_wrong() -> bool:
            too_many = len(sent.replies()) > expected.most
            return too_many or replies_have_any(sent, expected.absent)

        if expected.absent or expected.most < MOST_MESSAGES:
            self._world.wait_until(is_wrong, QUIET_S)
            if is_wrong():
                raise self._failure(sent, expected)
        self._before.append(sent.lines())

    def say(self, who: str, text: str) -> None:
        """Write a text that is not for the bot. What it says to that belongs to the next reply."""
        replies = self._world.send(who, text)
        self._open_replies = self._open_replies or replies
        self.note(f"{who} wrote  {shorten_line(text)}")

    def note(self, line: str) -> None:
        """Remember what happened, for the text of a failure."""
        self._before.append([line])

    def fail(self, advice: str) -> Failed:
        """Return the failure of what somebody did besides writing."""
        output = self._world.output()
        about_error = output.advice if output.error else ""
        lines = [*self._earlier_lines(), *output.lines(), "", about_error or advice]
        return Failed("\n".join(lines))

    def error_lines(self) -> list[str]:
        """Return the error that the bot has printed, and the author's own line; [] if none."""
        output = self._world.output()
        is_error = output.error and output.line and "Warning: " not in output.error
        return [*map(shorten_line, (output.error, output.line))] if is_error else []

    def cut_power(self) -> None:
        """Kill the bot and start it again."""
        self._world.kill()
        self.note("The power was cut, and your program started again")

    def start_bot(self, is_first: bool = False) -> None:
        """Start the bot, which has what it has stored."""
        self._is_new = True  # until it is ready, which shows a silent one soon, or has answered
        self._world.start()
        if is_first or not self._world.keeps_messages:
            self._world.wait_ready(START_S)
            self._is_new = False  # if it isn't there now, don't wait as long again

    def _wait_for_reply(self, sent: SentText, words: tuple[str, ...]) -> bool:
        """Wait until the reply has all words; False if it ends before, or the program does."""
        count, end = 0, time.monotonic() + WHOLE_REPLY_S

        def is_complete() -> bool:
            return bool(sent.replies()) and all(replies_have_word(sent, word) for word in words)

        def is_new() -> bool:
            return is_complete() or self._world.has_ended() or len(sent.replies()) > count

        patience = START_S if self._is_new else REPLY_S
        while self._world.wait_until(is_new, patience) and time.monotonic() < end:
            if is_complete() or self._world.has_ended():
                break
            count, patience = len(sent.replies()), NEXT_MESSAGE_S
        return is_complete()

    def _failure(self, sent: SentText, expected: ExpectedReply) -> Failed:
        """Say what people wrote and saw, what was expected, what the program printed, its error."""
        lines = [*self._earlier_lines(), *sent.lines()]
        missing = [word for word in expected.words if not replies_have_word(sent, word)]
        found = [word for word in expected.absent if replies_have_word(sent, word)]
        lines += [f"  expected  {quote_words(missing)}"] if missing else []
        lines += [f"  expected  not  {quote_words(found)}"] if found else []
        if len(sent.replies()) > expected.most:
            lines += [f"  expected  at most {expected.most} message" + "s" * (expected.most > 1)]
        if not sent.replies() and (refusal := self._world.last_refusal()):
            lines += [refusal]
        output = self._world.output()
        lines += output.lines()
        advice = expected.advice
        if replies_have_word(sent, "#0") and any(word.startswith("#") for word in missing):
            advice = COUNT_ADVICE
        elif missing == ["#1"] and not self._before and re.search(r"#\d", sent.lines()[1]):
            lines += ["", OTHER_FOLDER_ADVICE]
        is_silent = not sent.replies() and not output.error and output.status is None
        silence_advice = self._world.silence_advice() if is_silent else ""
        return Failed("\n".join([*lines, "", output.advice or silence_advice or advice]))

    def _earlier_lines(self) -> list[str]:
        return [line for before in self._before[-SHOWN_TURNS:] for line in before]


COUNT_ADVICE = (
    "Python counts from 0, and people from 1: the first thing is #1. enumerate(things, 1) counts "
    "from 1, too."
)
OTHER_FOLDER_ADVICE = (
    "Only your code was copied, so this is the first thing. If your program has counted things of "
    "another day, it keeps its file in another folder: give the file a name without a folder."
)


def quote_words(words: list[str]) -> str:
    """Quote what was expected; the first three, if there are many."""
    quoted = ", ".join(f'"{shorten_line(word, 60)}"' for word in words[:3])
    return quoted + (f" and {len(words) - 3} more" if words[3:] else "")


def replies_have_any(sent: SentText, words: tuple[str, ...]) -> bool:
    """Return whether a reply has one of these words."""
    return any(replies_have_word(sent, word) for word in words)


def replies_have_word(sent: SentText, word: str) -> bool:
    """Return whether a reply has a word, in capital or small letters; 1 is not in 12."""
    texts = [text.casefold() for text in sent.replies()]
    if len(word) > LONG_WORD:  # it may be in two messages
        return "".join(word.casefold().split()) in "".join("".join(texts).split())
    words = re.escape(" ".join(word.casefold().split()))
    before, after = r"(?<!\d)" * word[0].isdigit(), r"(?!\d)" * word[-1].isdigit()
    return bool(re.search(before + words + after, " ".join(" ".join(texts).split())))
