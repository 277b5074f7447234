"""The cell magic %%save: a cell's text becomes a file in the workshop.

A function in a cloud is a file, so learners write files. IPython's own %%writefile would write
anywhere. This one writes only inside the workshop, and no Python file that Python cannot read or
that checks an exercise. It writes over a file that the learner has changed in an editor only if the
line ends with --replace.

A cell may also use the file that it has just saved: what is below a line that begins with `# ----`
is not saved, but run as in any other cell.
"""

import re
import warnings
from pathlib import Path

from lessons.extension.syntax import explain_syntax, last_written
from lessons.workshop import workshop, write_file

MAGIC = "%%save"
REPLACE = "--replace"
BELOW_IS_RUN = "# ----"


def save_cell(line: str, text: str) -> None:
    """Write `text` to the file named in `line`, and say so; IPython calls this for %%save.

    UsageError, and nothing is written, for a name outside the workshop or text that isn't Python.
    """
    from IPython.core.error import UsageError

    name = line.strip().removesuffix(REPLACE).strip()
    try:
        path = inside_workshop(name)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if path.suffix == ".py" and (check := re.search(r"^from lessons\.exercises.*", text, re.M)):
        raise UsageError(
            f"{check[0]!r} checks your file, so it doesn't belong into it. Above it write a line "
            f"that begins with {BELOW_IS_RUN}\nNothing was saved. Write that line, then run this "
            "cell again."
        )
    if problem := python_problem(path, text):
        raise UsageError(f"{problem}\nNothing was saved. Fix that line, then run this cell again.")
    name = path.relative_to(workshop().resolve()).as_posix()
    shown = f"{workshop().as_posix()}/{name}"
    if write_file(name, saved_text(text), replace=line.strip().endswith(REPLACE)):
        print(f"saved {shown}")
    else:
        print(f"kept yours: {shown} (you changed it).")
        print(f"To take this cell's version: {MAGIC} {name} {REPLACE}")


def saved_text(text: str) -> str:
    """Return what %%save writes for a cell's text: one newline at its end."""
    return text.rstrip() + "\n"


def save_then_run(lines: list[str]) -> list[str]:
    """Turn a %%save cell with a `# ----` line into code: save what is above, run what is below.

    IPython calls this with the lines of every cell. Each line keeps its number, for errors.
    """
    at = next((n for n, line in enumerate(lines) if line.startswith(BELOW_IS_RUN)), 0)
    if not at or not lines[0].startswith(MAGIC):
        return lines
    name, text = lines[0].removeprefix(MAGIC).strip(), "".join(lines[1:at])
    save = f"get_ipython().run_cell_magic('save', {name!r}, {saved_text(text)!r})\n"
    return [save, *["\n"] * (at - 1), *lines[at:]]


def inside_workshop(name: str) -> Path:
    """Turn FOLDER/file into a path in the workshop; ValueError if it would be elsewhere."""
    if not name or name.endswith(("/", "\\")):
        raise ValueError("%%save needs a file name. Write, for example: %%save greeting/main.py")
    folder = workshop().resolve()
    path = (folder / name).resolve()
    if folder not in path.parents:
        raise ValueError(
            f"%%save writes only inside {folder.name}/, and {name!r} leaves it. "
            "Write a folder and a file, for example: %%save greeting/main.py"
        )
    if path.is_dir():
        raise ValueError(f"{name!r} is a folder. Add a file: %%save {name}/main.py")
    return path


def python_problem(path: Path, text: str) -> str:
    """Say where a .py file breaks Python's grammar; "" if it does not, or is no .py file.

    Lines are counted as in the cell, whose first one is %%save.
    """
    if path.suffix != ".py":
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(f"\n{text}", path.name, "exec")
    except SyntaxError as error:
        source = (error.text or "").rstrip()
        place = f"line {error.lineno} of this cell" if error.lineno else "this cell"
        shown = [f"Python cannot read {place}: {error.msg}", f"    {source.strip()}".rstrip()]
        if source and error.offset:
            before = error.offset - 1 - (len(source) - len(source.lstrip()))
            shown.append(f"    {' ' * max(before, 0)}^")
        above = text.splitlines()[: max((error.lineno or 2) - 2, 0)]  # the first line is %%save
        shown.append(explain_syntax(error, last_written(above)))
        return "\n".join(line for line in shown if line)
    except ValueError as error:  # a null byte, before Python 3.12
        return f"Python cannot read this cell: {error}"
    return ""
