"""Errors of a few lines: what happened, where in the learner's own cell, what to do.

Of the course's own errors only their words and the learner's line are shown, since their words say
what to do. Of all others the frames of the notebook's cells and of the learner's own files are
shown, without those inside libraries.
"""

import linecache
import re
import sys
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING

from lessons.syntax import meant

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

OURS = ("botlib", "bot_sandbox", "lessons", "deploy")  # packages whose errors speak for themselves

FIXES = {  # what the course adds to errors that are made for everybody
    "NodeMissingError": "In the course, type in a terminal in its folder: python3 start.py node",
}
WORKSHOP = Path("workshop")  # where %%save writes, in the folder where the notebook runs

NOT_THERE = (
    "Does a cell above make it? Then run that one first: menu Run, Run All Above Selected Cell.\n"
    "Otherwise look at the spelling. A text needs quotes."
)

MOVED = {  # modules of an older edition: what to say when one cannot be imported
    "sandbox": "The sandbox is called bot_sandbox now: write from bot_sandbox import …",
    "botlib.telegram.light": "What was botlib.telegram.light is in botlib.telegram.webhook now: "
    "write from botlib.telegram.webhook import …",
}


def show_short_errors(shell: "InteractiveShell") -> None:
    """Have this notebook show errors as above, from now on."""
    shell.set_custom_exc((Exception, KeyboardInterrupt), show)

    def show_syntax(filename: str | None = None, running_compiled_code: bool = False) -> None:
        error = sys.exception() or sys.last_value  # the latter where IPython's own reading failed
        if isinstance(error, SyntaxError) and not hasattr(error, "__notes__"):
            above = linecache.getlines(error.filename or "")[: max((error.lineno or 1) - 1, 0)]
            if words := meant(error, next((line for line in reversed(above) if line.strip()), "")):
                error.add_note(words)
        type(shell).showsyntaxerror(shell, filename, running_compiled_code)

    shell.showsyntaxerror = show_syntax  # type: ignore[method-assign]  # IPython has no hook


def show(
    shell: "InteractiveShell",
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    """Show an error that a cell raised; IPython calls this."""
    if kind.__module__.partition(".")[0] in OURS:
        words = own_words(shell, kind, error, trace)
        error._render_traceback_ = lambda *_: words  # type: ignore[attr-defined]  # IPython's hook
        shell.showtraceback((kind, error, trace), tb_offset=0)
        return
    if kind is NameError and not hasattr(error, "__notes__") and in_a_cell(shell, trace):
        capital = in_capitals(error)
        error.add_note(f"{capital}." if capital else NOT_THERE)
    if (place := moved(error)) and not hasattr(error, "__notes__"):
        error.add_note(place)
    # What an error came from is mostly another one deep inside a library.
    cause, context, hidden = error.__cause__, error.__context__, error.__suppress_context__
    error.__cause__ = error.__context__ = None
    try:
        shell.showtraceback((kind, error, of_cells(shell, trace)), tb_offset=0)
    finally:
        error.__cause__, error.__context__, error.__suppress_context__ = cause, context, hidden


def in_capitals(error: BaseException) -> str:
    """How Python writes the true, false or none that an error tripped over; "" for others."""
    if isinstance(error, NameError) and error.name in ("true", "false", "none"):
        return f"Python writes {error.name.title()} with a capital letter and without quotes"
    return ""


def moved(error: BaseException) -> str:
    """Where to find the module that an error tripped over, if it has moved; "" for others."""
    if isinstance(error, ImportError):
        name = error.name or ""
        # Python 3.11 names only in words what `from module import name` did not find.
        if asked := re.match(r"cannot import name '(\w+)'", str(error)):
            name += f".{asked[1]}"
    elif isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        # A folder of that name is a module to Python, though an empty one.
        name = f"{error.obj.__name__}.{error.name}"
    else:
        return ""
    found = [words for module, words in MOVED.items() if f"{name}.".startswith(f"{module}.")]
    return found[0] if found else ""


def of_cells(shell: "InteractiveShell", trace: TracebackType | None) -> TracebackType | None:
    """The frames in the notebook's cells and the learner's own files; all of them if none is."""
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


def in_a_cell(shell: "InteractiveShell", trace: TracebackType | None) -> bool:
    """Whether the error was raised by a line of the notebook, not of a file."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    return bool(trace and trace.tb_frame.f_globals is shell.user_global_ns)


def is_cell(frame: TracebackType) -> bool:
    """Whether a frame is the notebook's own code, not IPython's around it."""
    return bool(linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno))


def is_saved(frame: TracebackType) -> bool:
    """Whether a frame is in a file that %%save has written, which a cell has loaded."""
    file = Path(frame.tb_frame.f_code.co_filename)
    return file.is_absolute() and file.is_relative_to(WORKSHOP.resolve())


def own_words(
    shell: "InteractiveShell",
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> list[str]:
    """The learner's line, then what the error says."""
    frame = of_cells(shell, trace)
    line = ""
    if frame:
        source = linecache.getline(frame.tb_frame.f_code.co_filename, frame.tb_lineno).strip()
        line = f"line {frame.tb_lineno} of this cell: {source}"
    words = (line, f"{kind.__name__}: {error}", FIXES.get(kind.__name__, ""))
    return [part for part in words if part]
