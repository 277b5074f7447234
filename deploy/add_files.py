"""Add what a home needs and a bot's folder lacks.

The notebooks write a bot's files one by one, so a learner's bot may lack the small files through
which a home calls it. They come from the folder that `start.py new` copies.
"""

import os
import symtable
from importlib.util import decode_source
from pathlib import Path

from deploy.new import TEMPLATE
from deploy.whole_file import write_whole

CLOUD = "Your cloud"
FILES = {  # what each home calls, or what that imports
    CLOUD: ("telegram_function.py", "twitch_function.py", "timer_function.py"),
    "PythonAnywhere": ("telegram_function.py", "wsgi.py"),
}


def missing_files(folder: Path, home: str) -> dict[str, bytes]:
    """Return the files that a home needs and a bot's folder lacks, by their names.

    Raises ValueError if a home could call nothing in the folder, because main.py makes no `bot`.
    """
    missing = [name for name in FILES[home] if not os.path.lexists(folder / name)]
    main = folder / "main.py"
    names = top_names(main) if missing and main.is_file() else set()
    if home == CLOUD and "handler" in names:
        return {}  # the cloud calls that one
    if "bot" in names:
        return {name: (TEMPLATE / name).read_bytes() for name in missing}
    if main.is_file() and len(missing) == len(FILES[home]):
        raise ValueError(
            f"{main} makes no `bot`, and {home} would call it. Expected a line such as: bot = Bot()"
        )
    return {}


def add_files(folder: Path, files: dict[str, bytes], home: str) -> None:
    """Write the files that a home needs, and print their names; never overwrite a file."""
    for name, content in files.items():
        if not os.path.lexists(folder / name):
            write_whole(folder / name, content)
    if files:
        print(f"Added to {folder}: {', '.join(files)}. {home} calls your bot there.")


def top_names(file: Path) -> set[str]:
    """Return the names that a file makes at its top level; ValueError if it isn't valid Python.

    Unlike an import, this runs nothing.
    """
    try:
        table = symtable.symtable(decode_source(file.read_bytes()), str(file), "exec")
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{file} is not valid Python: {error}") from None
    made = (each for each in table.get_symbols() if each.is_assigned() or each.is_imported())
    return {each.get_name() for each in made}
