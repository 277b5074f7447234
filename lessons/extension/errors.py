"""Errors of a few lines: what happened, where in the learner's own cell, what to do.

Of the course's own errors only their words and the learner's line are shown, since their words say
what to do. Of all others the frames of the notebook's cells and of the learner's own files are
shown, without those inside libraries.
"""

import linecache
import re
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from deploy.own_packages import OWN_PACKAGES
from lessons.extension.syntax import explain_syntax, last_written
from lessons.workshop import workshop

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


FIXES = {  # what the course adds to errors that are made for everybody
    "NodeMissingError": "In the course, type in a terminal in its folder: python3 start.py node",
}

CLOUDS_OWN = ("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "_HANDLER")  # environment variables
ONLY_IN_THE_CLOUD = (
    "Only a process in a cloud has this variable. If you have copied a whole file into the cell, "
    "keep the function alone."
)

OTHER_LIBRARIES = (  # what a bot has in python-telegram-bot, telebot, aiogram, TwitchIO, discord
    *("add_command", "add_handler", "event", "hybrid_command", "infinity_polling", "listen"),
    *("message", "message_handler", "on_message", "polling", "reply_to", "run", "run_polling"),
    *("send_message", "start"),
)

UNKNOWN_NAME_HINT = (
    "Does a cell above make it? Then run that one first: menu Run, Run All Above Selected Cell.\n"
    "Otherwise look at the spelling. A text needs quotes."
)


def show_short_errors(shell: "InteractiveShell") -> None:
    """Have this notebook show errors as above, from now on."""
    shell.set_custom_exc((Exception, KeyboardInterrupt), show_error)

    def show_syntax_error(filename: str | None = None, running_compiled_code: bool = False) -> None:
        error = sys.exception() or sys.last_value  # the latter where IPython's own reading failed
        if isinstance(error, SyntaxError) and not hasattr(error, "__notes__"):
            above = linecache.getlines(error.filename or "")[: max((error.lineno or 1) - 1, 0)]
            if words := explain_syntax(error, last_written(above)):
                error.add_note(words)
        type(shell).showsyntaxerror(shell, filename, running_compiled_code)

    shell.showsyntaxerror = show_syntax_error  # type: ignore[method-assign]  # IPython has no hook


def show_error(
    shell: "InteractiveShell",
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    """Show an error that a cell raised, and the hint that it asks for; IPython calls this."""
    show_what_happened(shell, kind, error, trace)
    give_hint(shell, trace)


def give_hint(shell: "InteractiveShell", trace: TracebackType | None) -> None:
    """Give the hint of a cell that asks for one in its last line, which the error kept it from."""
    while trace and trace.tb_frame.f_globals is not shell.user_global_ns:
        trace = trace.tb_next
    lines = linecache.getlines(trace.tb_frame.f_code.co_filename) if trace else []
    asked = re.match(r"(exercise_\d+)\.hint\(\)", lines[-1]) if lines else None
    if asked and asked[1] in shell.user_ns:
        shell.user_ns[asked[1]].hint()


def show_what_happened(
    shell: "InteractiveShell",
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Show an error's words, and where it was."""
    if kind.__module__.partition(".")[0] in OWN_PACKAGES:  # their errors speak for themselves
        words = own_lines(shell, kind, error, trace)
        error._render_traceback_ = lambda *_: words  # type: ignore[attr-defined]  # IPython's hook
        shell.showtraceback((kind, error, trace), tb_offset=0)
        return
    if kind is NameError and not hasattr(error, "__notes__") and raised_in_cell(shell, trace):
        capital = capital_hint(error)
        error.add_note(f"{capital}." if capital else UNKNOWN_NAME_HINT)
    if kind is KeyError and any(name in CLOUDS_OWN for name in map(str, error.args)):
        error.add_note(ONLY_IN_THE_CLOUD)
    if kind is AttributeError and (library := library_hint(str(error))):
        error.add_note(library)
    # What an error came from is mostly another one deep inside a library.
    cause, context, hidden = error.__cause__, error.__context__, error.__suppress_context__
    error.__cause__ = error.__context__ = None
    try:
        shell.showtraceback((kind, error, frames_of_cells(shell, trace)), tb_offset=0)
    finally:
        error.__cause__, error.__context__, error.__suppress_context__ = cause, context, hidden


def capital_hint(error: BaseException) -> str:
    """Say how Python writes true, false or none, if that caused the error; "" for others."""
    if isinstance(error, NameError) and error.name in ("true", "false", "none"):
        return f"Python writes {error.name.title()} with a capital letter and without quotes"
    return ""


def library_hint(words: str) -> str:
    """Say that a bot's attribute is another library's, if an error's words name one; "" if not.

    >>> library_hint("'Bot' object has no attribute 'message_handler'")[:43]
    'message_handler belongs to another library.'
    >>> library_hint("'Bot' object has no attribute 'comand'")
    ''
    """
    found = re.search(r"'Bot' object has no attribute '(\w+)'", words)
    if not found or found[1] not in OTHER_LIBRARIES:
        return ""
    return (
        f'{found[1]} belongs to another library. Here a line with .command("…") makes a command, '
        "and your bot says what its function returns."
    )


def frames_of_cells(shell: "InteractiveShell", trace: TracebackType | None) -> TracebackType | None:
    """Keep the frames in cells and the learner's own files; all frames if there are none."""
    own: list[TracebackType] = []
    frame = trace
    while frame:
        if (frame.tb_frame.f_globals is shell.user_global_ns and is_cell(frame)) or is_saved(frame):
            own.append(frame)
        frame = frame.tb_next
    chain: TracebackType | None = None
    for frame in reversed(own):
        chain = TracebackType(chain, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return chain or trace


def raised_in_cell(shell: "InteractiveShell", trace: TracebackType | None) -> bool:
    """Return whether a line of the notebook raised the error, not one of a file."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    return bool(trace and trace.tb_frame.f_globals is shell.user_global_ns)


def is_cell(frame: TracebackType) -> bool:
    """Return whether a frame is the notebook's own code, not IPython's around it."""
    return bool(linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno))


def is_saved(frame: TracebackType) -> bool:
    """Return whether a frame is in a file that %%save has written."""
    file = Path(frame.tb_frame.f_code.co_filename)
    return file.is_absolute() and file.is_relative_to(workshop().resolve())


def own_lines(
    shell: "InteractiveShell",
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> list[str]:
    """Return the learner's line, then what the error says."""
    frame = frames_of_cells(shell, trace)
    line = ""
    if frame:
        source = linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno).strip()
        line = f"line {frame.tb_lineno} of this cell: {source}"
    words = (line, f"{kind.__name__}: {error}", FIXES.get(kind.__name__, ""))
    return [part for part in words if part]
