"""Try a Telegram bot that a learner wrote: people write to it, and see what comes back.

A turn's traps are known by what came back. The other traps are errors: see traps.py.
"""

import re
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bot_sandbox import NoReply, NotReady, Program, Telegram
from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.processes.supervisor import ManagedProcess
from lessons.alone.short_errors import shorten_errors
from lessons.alone.traps import Trap, advice_on
from lessons.exercises.verdict import NotYet
from lessons.learner_bot import bot_name

READY_S = 20.0
ANSWER_S = 5.0
SHOWN_LINES = 4  # of a program's errors


class CheckedTurn(NamedTuple):
    """What a person writes, and what should come back."""

    person: str
    text: str
    is_right: Callable[[str], bool]
    expected: str  # for people
    unanswered: str = ""  # written before, and nothing should come back
    traps: tuple[Trap, ...] = ()
    username: str | None = None  # `effective_user.name` is this, if the person has one


def try_turns(path: Path, turns: Sequence[CheckedTurn]) -> None:
    """Start a program in a Telegram of its own, and have people write; NotYet says what came."""
    with Telegram() as telegram, closing(Program(grace_s=1.0)) as program:
        account = telegram.new_bot(bot_name(), "hello_bot")
        try:
            running = program(
                *(sys.executable, "-u", path.name),
                folder=path.parent,
                ready=lambda: telegram.wait_ready(account, READY_S),
                TELEGRAM_TOKEN=account.token,
            )
        except NotReady as problem:
            raise NotYet(describe_start(path, problem)) from None
        for turn in turns:
            person = telegram.person(turn.person, turn.username)
            texts = [text for text in (turn.unanswered, turn.text) if text]
            for text in texts:
                person.send(text, to=account)
            wrote = f"{turn.person} wrote {', then '.join(texts)}"
            try:
                (message,) = person.wait(1, ANSWER_S)  # also what came before the last text
                said = message.shown
            except NoReply:
                said = ""
            if not said or not turn.is_right(said):
                raise NotYet(f"{wrote}. {describe_wrong_reply(turn, said, running, path)}")


def describe_start(path: Path, problem: NotReady) -> str:
    """Say why a program didn't begin to ask Telegram."""
    printed = [*problem.program.output.all(), *problem.program.errors.all()]
    lines = shorten_errors(printed, path.parent)
    if problem.program.status == 0:
        ended = f"{path.name} ended before it asked Telegram anything"
        return f"{ended}. Is application.run_polling() its last line?"
    why = f"{path.name} didn't start to ask Telegram"
    return f"{why}. It printed:\n{describe_errors(lines)}" if lines else why


def describe_errors(lines: list[str]) -> str:
    """Return the last lines of a program's errors, and what to do about them."""
    advice = next(filter(None, map(advice_on, lines)), "")
    shown = hide_tokens("\n".join(lines[-SHOWN_LINES:]))
    return f"{shown}\n{advice}" if advice else shown


def describe_wrong_reply(turn: CheckedTurn, said: str, program: ManagedProcess, path: Path) -> str:
    """Say what came back, what was expected, and the nearest trap."""
    came = f'"{said}" came back' if said else "Nothing came back"
    if errors := shorten_errors(program.errors.all(), path.parent):
        return f"{came}, and {path.name} printed:\n{describe_errors(errors)}"
    for trap in turn.traps:
        if said and re.search(trap.sign, said):
            return f"{came}: {trap.words}"
    if not said:
        question = "Is there a handler for it, and is it added by add_handler, above run_polling?"
        return f"{came}. {question}"
    return f"{came}. Expected {turn.expected}"
