"""The cell magic %%save: a cell's text becomes a file in workshop/, beside the notebook.

A function in a cloud is a file, so learners write files. IPython's own %%writefile would
write anywhere; this one writes only below workshop/, and no Python file that Python cannot read.

A cell may also do something with the file that it has just saved: what stands under a line that
begins with `# ----` is not saved, but run as in any other cell.
"""

import importlib.util
import warnings
from pathlib import Path

from lessons.syntax import meant

WORKSHOP = "workshop"
MAGIC = "%%save"
BELOW_IS_RUN = "# ----"


def save_cell(line: str, text: str) -> None:
    """Write `text` to workshop/`line` and say so; IPython calls this for %%save.

    UsageError, and nothing is written, for a name outside of workshop/ or what is no Python.
    """
    from IPython.core.error import UsageError

    try:
        path = inside_workshop(line)
    except ValueError as error:
        raise UsageError(str(error)) from None
    if problem := python_problem(path, text):
        raise UsageError(f"{problem}\nNothing was saved. Mend that line, then run this cell again.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    forget_bytecode(path)
    print(f"saved {WORKSHOP}/{Path(line.strip()).as_posix()}")


def save_then_run(lines: list[str]) -> list[str]:
    """Turn a %%save cell with a `# ----` line into code: save what is above, run what is below.

    IPython calls this with the lines of every cell. Each line keeps its number, for errors.
    """
    at = next((n for n, line in enumerate(lines) if line.startswith(BELOW_IS_RUN)), 0)
    if not at or not lines[0].startswith(MAGIC):
        return lines
    name, text = lines[0].removeprefix(MAGIC).strip(), "".join(lines[1:at])
    save = f"get_ipython().run_cell_magic('save', {name!r}, {text.rstrip() + chr(10)!r})\n"
    return [save, *["\n"] * (at - 1), *lines[at:]]


def inside_workshop(name: str) -> Path:
    """Turn FOLDER/file into a path in workshop/; raises ValueError if it would lie elsewhere."""
    name = name.strip()
    if not name or name.endswith(("/", "\\")):
        raise ValueError("%%save needs a file name. Write, for example: %%save greeting/main.py")
    workshop = Path(WORKSHOP).resolve()
    path = (workshop / name).resolve()
    if workshop not in path.parents:
        raise ValueError(
            f"%%save writes only inside {WORKSHOP}/, and {name!r} leaves it. "
            "Write a folder and a file, for example: %%save greeting/main.py"
        )
    if path.is_dir():
        raise ValueError(f"{name!r} is a folder. Add a file: %%save {name}/main.py")
    return path


def forget_bytecode(path: Path) -> None:
    """Delete the compiled copy of a Python file that has just changed.

    Python compares times in whole seconds and sizes, so it could miss a quick second save.
    """
    Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


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
        shown.append(meant(error, next((line for line in reversed(above) if line.strip()), "")))
        return "\n".join(line for line in shown if line)
    except ValueError as error:  # a null byte, before Python 3.12
        return f"Python cannot read this cell: {error}"
    return ""
