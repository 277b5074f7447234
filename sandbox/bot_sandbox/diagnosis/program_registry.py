"""Find the program that is a bot, among those that this process has started.

Only its environment, which has the bot's token, leads from a bot to its program. So every program
registers here, and the explanation of a silence can say how it has ended.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple


class RegisteredProgram(NamedTuple):
    """A program that was started for a test."""

    values: Collection[str]  # of its environment, a token among them
    trouble: Callable[[], str]  # how it has ended, and its last error; "" if it runs and has none


_programs: list[RegisteredProgram] = []


def register_program(program: RegisteredProgram) -> None:
    """Register a program that has started."""
    _programs.append(program)


def unregister_program(program: RegisteredProgram) -> None:
    """Remove a program that nobody asks about any more."""
    if program in _programs:
        _programs.remove(program)


def program_trouble(token: str) -> str:
    """Say how the newest program with this token has ended, or what its last error is; or "".

    A single program may have its token elsewhere, as in a file.
    """
    known = [one for one in _programs if token in one.values]
    known = known or _programs[:1] * (len(_programs) == 1)
    return known[-1].trouble() if known else ""
