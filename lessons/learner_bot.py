"""The learner's bot in workshop/my_bot, as every notebook opens it: my_bot(needs=["roll"]).

Each of its files is written by one cell of the course. If a notebook needs a file that isn't there,
because you skipped that cell, the file is copied out of the cell. For an exercise, its solution
counts.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bot_sandbox.diagnosis.bot_log import add_bot_logger, capture_bot_logs
from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from deploy.own_packages import OWN_PACKAGES
from lessons.extension.save import BELOW_IS_RUN, MAGIC, saved_text
from lessons.workshop import workshop, write_file

BOT_FOLDER = "my_bot"  # its folder in the workshop
NAME_FILE = "name.txt"
DEFAULT_BOT_NAME = "Hello bot"
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LEFT_OUT = "a file of commands is left out: "  # how botlib's log begins
SOLUTION = re.compile(r"```python\n(.*?)\n```", re.DOTALL)


class BotFileError(ValueError):
    """The learner's main.py cannot be used; the text says where and what to do."""


def my_bot(needs: Iterable[str] = ()) -> Bot:
    """Load the learner's bot afresh, after adding the files that are missing; says what it added.

    `needs` are commands, such as "roll", or files, such as "telegram_function.py". A command that
    the bot has in a file of another name is not added. A command's file that doesn't load is shown
    and left out. BotFileError if main.py itself doesn't load.
    """
    files = add_needed([needs] if isinstance(needs, str) else needs)
    folder = workshop() / BOT_FOLDER
    (folder / "commands").mkdir(exist_ok=True)
    bot, left_out = load_learner_bot(folder)
    for line in left_out:
        print(f"left out: {line}")
    for each, file in files.items():
        if "." not in each and each not in bot.commands and file not in "".join(left_out):
            print(
                f"your bot has no !{each}, and this page uses it. Expected it in {file}, and "
                f'bot.include_folder("commands") in main.py. If your !{each} has another name, '
                "write that name into the cells of this page"
            )
    return bot


def bot_name() -> str:
    """Return the name that the learner has given to the bot in notebook 00."""
    try:
        text = (workshop() / BOT_FOLDER / NAME_FILE).read_text(encoding="utf-8")
    except OSError:
        return DEFAULT_BOT_NAME
    return text.strip() or DEFAULT_BOT_NAME


def keep_name(name: str) -> None:
    """Keep the bot's name for the other notebooks."""
    folder = workshop() / BOT_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME_FILE).write_text(f"{name}\n", encoding="utf-8")


def add_needed(needs: Iterable[str]) -> dict[str, str]:
    """Copy main.py and what is missing of the needs; returns the file in which each is expected.

    Without the commands that the learner's bot has in other files.
    """
    files = {each: each if "." in each else f"commands/{each}.py" for each in needs}
    folder = workshop() / BOT_FOLDER
    if not all((folder / file).exists() for file in files.values()):
        own = commands_of(folder)
        files = {each: file for each, file in files.items() if each not in own}
    add_missing(["main.py", *files.values()])
    return files


def add_missing(names: list[str]) -> None:
    """Copy those of my_bot's files that are missing out of the course's cells, and say so."""
    missing = [
        name for name in dict.fromkeys(names) if not (workshop() / BOT_FOLDER / name).exists()
    ]
    texts = files_of_my_bot(NOTEBOOKS)
    for name in missing:
        if name not in texts:
            known = ", ".join(each.removeprefix("commands/").removesuffix(".py") for each in texts)
            raise ValueError(f"the course has no {name} for my_bot. It has: {known}")
        write_file(f"{BOT_FOLDER}/{name}", texts[name])
    if missing:
        print(f"added to {(workshop() / BOT_FOLDER).as_posix()}: {', '.join(missing)}")


@cache
def files_of_my_bot(notebooks: Path) -> dict[str, str]:
    """Return the files of my_bot that the core notebooks write, each with its text."""
    texts: dict[str, str] = {}
    for _, name, text in cells_of_my_bot(notebooks):
        texts.setdefault(name, text)
    return texts


def cells_of_my_bot(notebooks: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each cell that writes a file of my_bot: its notebook, the file, and the file's text."""
    for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells):
            source = "".join(cell["source"])
            if "exercise" in cell["metadata"].get("tags", []):
                found = SOLUTION.search("".join(cells[number + 1]["source"]))
                source = found[1] if found else ""
            first, _, text = source.partition("\n")
            if first.startswith(f"{MAGIC} {BOT_FOLDER}/"):
                text = re.split(rf"^{BELOW_IS_RUN}", text, maxsplit=1, flags=re.MULTILINE)[0]
                name = first.removeprefix(f"{MAGIC} {BOT_FOLDER}/").strip()
                yield path.stem, name, saved_text(text)


def commands_of(folder: Path) -> list[str]:
    """Return the commands of the bot in a folder; none if there is no bot that loads."""
    if not (folder / "main.py").exists():
        return []
    try:
        return load_learner_bot(folder)[0].commands
    except (BotFileError, OSError):
        return []


def load_learner_bot(folder: Path) -> tuple[Bot, list[str]]:
    """Load a folder's main.py and its commands; returns also why a file was left out, for each.

    BotFileError if main.py itself doesn't load.
    """
    add_bot_logger("botlib.bot")  # then its errors are collected here, and not printed
    forget_modules(folder)
    main = folder / "main.py"
    try:
        with capture_bot_logs() as log, open_stores_in(folder):
            bot = load_bot_file(main, Bot, OWN_PACKAGES)
    except ValueError as error:
        again = "Open that file, fix the line, and run this cell again."
        raise BotFileError(f"{error}\n{again}") from None
    lines = (line.removeprefix(LEFT_OUT) for line in log)
    whole = str(folder.resolve())
    return bot, [line.replace(whole, folder.as_posix()).replace(os.sep, "/") for line in lines]


def forget_modules(folder: Path) -> None:
    """Let the folder's own modules be imported again, because their files may have changed."""
    path = str(folder.resolve())
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and Path(file).is_relative_to(path):
            del sys.modules[name]
    if path not in sys.path:
        sys.path.append(path)  # last: a file of the bot must not hide Python's own modules


@contextmanager
def open_stores_in(folder: Path) -> Iterator[None]:
    """Open a store without a whole path in this folder, as `start.py run` does."""
    before = os.environ.get("STORE_FOLDER")
    os.environ["STORE_FOLDER"] = str(folder.resolve())
    try:
        yield
    finally:
        del os.environ["STORE_FOLDER"]
        if before is not None:
            os.environ["STORE_FOLDER"] = before
