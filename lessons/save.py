"""The cell magic %%save: a cell's text becomes a file in workshop/, beside the notebook.

A function in a cloud is a file, so learners write files. IPython's own %%writefile would
write anywhere; this one writes only below workshop/. It never runs what it saves.
"""

import importlib.util
import warnings
from pathlib import Path

WORKSHOP = "workshop"


def save_cell(line: str, text: str) -> None:
    """Write `text` to workshop/`line` and say so; IPython calls this for %%save."""
    from IPython.core.error import UsageError

    try:
        path = inside_workshop(line)
    except ValueError as error:
        raise UsageError(str(error)) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    forget_bytecode(path)
    print(f"saved {WORKSHOP}/{Path(line.strip()).as_posix()}")
    if problem := python_problem(path, text):
        print(problem)


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


def python_problem(path: Path, text: str) -> str | None:
    """Say where a .py file breaks Python's grammar; None if it does not, or is no .py file."""
    if path.suffix != ".py":
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, path.name, "exec")
    except SyntaxError as error:
        line = f"line {error.lineno}" if error.lineno else "this"
        return (
            f"but Python cannot read {line}: {error.msg}\n    {(error.text or '').strip()}".rstrip()
        )
    except ValueError as error:  # a null byte, before Python 3.12
        return f"but Python cannot read this: {error}"
    return None
