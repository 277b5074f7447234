"""Is your own bot ready to deploy? Each point is tried, not asked.

The bot's files are run in processes of their own, so a point is about the files as they are now,
whatever the notebook has imported before. Nothing leaves this machine.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from html import escape
from pathlib import Path
from typing import NamedTuple

from botlib.bot import APOLOGY, Bot
from botlib.details.bot_files import where_in
from botlib.details.env_file import env_files, only_sandbox, read_env
from botlib.details.slow_answers import LATE_S
from botlib.run import load_bot
from lessons.alone.pytest_run import ALL_PASSED, NONE_FOUND, run_tests
from lessons.exercises.verdict import NotYet
from lessons.square.bot_copy import MEASURED_MODULE
from lessons.square.homes import (
    SquareHome,
    TelegramFunction,
    TelegramProgram,
    TwitchFunction,
    TwitchProgram,
)
from lessons.worlds.environment import COURSE, IMPORT_PATH, sandbox_environment

DONE, OPEN, LEFT_OUT = "✔", "…", "○"
NOT_PACKED = shutil.ignore_patterns("__pycache__", "node_modules", ".venv", "venv")
ZIP_LIMIT_MB = 50.0  # AWS takes larger ones only from a bucket
FIX_ABOVE_FIRST = "first fix what is above"
SLOW = "it took {:.0f} s, so ask which home lets it think: notebooks/deeper/slow_brain.ipynb"
LONGEST_ERROR = 300  # characters of what went wrong
APOLOGY_ENDING = APOLOGY.partition("{command} ")[2]


class ChecklistLine(NamedTuple):
    """One line: the result, what was tried, and what to do if it failed."""

    mark: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.mark} {self.what}" + (f"\n    {self.remedy}" if self.remedy else "")


class Checklist:
    """All points, in the order to fix them; str() is a line or two for each."""

    def __init__(self, points: list[ChecklistLine]) -> None:
        self.points = points

    @property
    def homes(self) -> int:
        """Count the homes in which the bot answers, of four."""
        return sum(point.mark == DONE and point.what in HOME_NAMES for point in self.points)

    def __repr__(self) -> str:
        return "\n".join([*map(str, self.points), "", self._summary()])

    def _repr_html_(self) -> str:
        left = ' style="text-align: left"'
        rows = [
            f"<tr><td>{mark}</td><td{left}>{escape(what)}</td><td{left}>{escape(remedy)}</td></tr>"
            for mark, what, remedy in self.points
        ]
        return f"<table>{''.join(rows)}</table><p>{self._summary()}</p>"

    def _summary(self) -> str:
        left = sum(point.mark == OPEN for point in self.points)
        return f"still to fix: {left}" if left else "It is ready to leave."


def checklist(folder: Path | str, ask: str = "!hello") -> Checklist:
    """Try a bot's folder, and ask the bot this in each home; takes some seconds."""
    folder = Path(folder).resolve()
    found = check_bot(folder, ask)
    points = [
        make_point("main.py makes `bot`", found["bot"]),
        make_point(f"it answers {ask}", found["answer"], found["slow"]),
        make_point(
            "its own tests pass", FIX_ABOVE_FIRST if found["bot"] else why_tests_fail(folder)
        ),
        *zip_points(folder),
    ]
    if found["bot"] or found["answer"]:
        homes = [ChecklistLine(OPEN, "it answers in each of its homes", FIX_ABOVE_FIRST)]
    else:
        homes = [try_home(folder, ask, *each) for each in HOMES]
    return Checklist([*points, *homes, token_point()])


def make_point(what: str, trouble: str, note: str = "") -> ChecklistLine:
    """Make a point that is done unless there was trouble."""
    return ChecklistLine(OPEN if trouble else DONE, what, trouble or note)


# --- the folder, in a process of its own ------------------------------------------------------


def check_bot(folder: Path, ask: str) -> dict[str, str]:
    """Say what is wrong with the bot's file and its answer, and if that is slow; "" if not."""
    command = [sys.executable, "-P", "-m", "lessons.progress.checklist", str(folder), ask]
    with tempfile.TemporaryDirectory() as scores:  # what the answer stores is not the bot's own
        done = subprocess.run(
            command, cwd=folder if folder.is_dir() else None,
            env=sandbox_environment() | {"STORE_FOLDER": scores}, capture_output=True,
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
    try:
        found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        last = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        found = {"bot": f"main.py ended the program: {last}"}
    return {"bot": "", "answer": FIX_ABOVE_FIRST, "slow": ""} | found


def import_and_check_bot(folder: Path, ask: str) -> dict[str, str]:
    """Import the bot, and return what `check_bot` says; it runs this in a process of its own."""
    try:
        bot = load_bot(folder / "main.py")
    except ValueError as error:
        return {"bot": str(error).replace(f"{folder}{os.sep}", "")}
    began = time.monotonic()
    answer = why_no_answer(bot, ask, folder)
    seconds = time.monotonic() - began
    return {"answer": answer, "slow": SLOW.format(seconds) if seconds > LATE_S else ""}


def why_no_answer(bot: Bot, ask: str, folder: Path) -> str:
    """Say why the bot does not answer; "" if it does."""
    name = bot.command_in(ask)
    if name is None:
        return f'that calls no command. One begins with a sign: ask="{bot.prefixes[0]}{ask}"'
    if name not in bot.commands:
        have = ", ".join(f"!{each}" for each in bot.commands)
        return (
            f"it has no such command, only {have}. Which one should be asked? checklist(…, ask=…)"
        )
    try:
        reply = bot.ask(ask, user="Viktor")
    except Exception as error:
        place = where_in(error, folder / "main.py")
        return f"!{name} raises {type(error).__name__}: {error}{place}"
    return "" if reply.strip() else f"!{name} gives nothing back. Does it end with return?"


def why_tests_fail(folder: Path) -> str:
    """Say what is wrong with the bot's tests; "" if there are some and all pass."""
    with tempfile.TemporaryDirectory() as scores:  # what a test stores is not the bot's own
        try:
            result = run_tests(folder, STORE_FOLDER=scores)
        except NotYet as reason:
            return str(reason)
    if result.status == NONE_FOUND:
        return "it has none: write def test_…(): in test_main.py"
    return "" if result.status == ALL_PASSED else result.words.replace("\n", "; ")


# --- the zip ----------------------------------------------------------------------------------


def zip_points(folder: Path) -> list[ChecklistLine]:
    """Pack the folder as for a real cloud: is a secret in it, and how large is it?"""
    no_secret, zipped = "no token is in its files", "its zip is made, and small enough"
    with tempfile.TemporaryDirectory() as place:
        out, copy = Path(place) / "bot.zip", Path(place) / folder.name
        shutil.copytree(folder, copy, symlinks=True, ignore=NOT_PACKED)  # as `bundle` adds files
        command = [sys.executable, "-P", "-m", "deploy.bundle", str(copy), "--out", str(out)]
        done = subprocess.run(
            command, cwd=COURSE, env={**os.environ, "PYTHONPATH": str(IMPORT_PATH)},
            capture_output=True, text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip  # with the real settings: their values must not be in a file
        size_mb = out.stat().st_size / 1e6 if out.exists() else 0.0
    words = " ".join(done.stderr.split()).removeprefix("No bundle: ")
    words = words.replace(f"{copy}{os.sep}", "").replace(str(copy), str(folder))
    if "so nothing was packed" in words:
        return [make_point(no_secret, words), make_point(zipped, FIX_ABOVE_FIRST)]
    if not done.returncode and size_mb > ZIP_LIMIT_MB:
        words = f"it has {size_mb:.0f} MB, and a cloud takes {ZIP_LIMIT_MB:.0f}: import less"
    failed = bool(done.returncode) or size_mb > ZIP_LIMIT_MB
    return [make_point(no_secret, ""), make_point(zipped, words if failed else "")]


# --- its homes, in a sandbox ------------------------------------------------------------------


HOMES: tuple[tuple[str, str, type[SquareHome]], ...] = (
    ("telegram_function.py", "it answers as a function that Telegram calls", TelegramFunction),
    ("main.py", "it answers as a program that asks Telegram", TelegramProgram),
    ("twitch_function.py", "it answers as a function that Twitch calls", TwitchFunction),
    ("main.py", "it answers as a program that holds a line to Twitch", TwitchProgram),
)
HOME_NAMES = {what for _, what, _ in HOMES}


def try_home(folder: Path, ask: str, file: str, what: str, home: type[SquareHome]) -> ChecklistLine:
    """Run a copy of the bot in one home, with an empty store, and ask it as Viktor.

    Without the home's file, leave it out.
    """
    if not (folder / file).is_file():
        return ChecklistLine(LEFT_OUT, what, f"left out: there is no {file}")
    try:
        with home(folder) as opened:
            reply = opened.chat.ask(ask)
    except Exception as error:  # whatever went wrong, it is the answer to "does it work there?"
        words = " ".join(str(error).split()).replace(MEASURED_MODULE, Path(file).stem)
        words = re.sub(rf"\S*[/\\]{re.escape(folder.name)}[/\\]", "", words)  # where the copy was
        return ChecklistLine(OPEN, what, words[:LONGEST_ERROR] or type(error).__name__)
    return make_point(what, reply if APOLOGY_ENDING in reply else "")


# --- the real world ---------------------------------------------------------------------------


def token_point() -> ChecklistLine:
    """Make the point about a real token; a bot is ready without one."""
    what = "a real token waits in .env"
    sources = [os.environ, *(read_env(path) for path in env_files("."))]
    names = ("TELEGRAM_TOKEN", "TWITCH_TOKEN")
    if not only_sandbox() and any(source.get(name) for source in sources for name in names):
        return ChecklistLine(DONE, what)
    return ChecklistLine(
        LEFT_OUT, what, "you need it only for the real Telegram: python3 start.py login telegram"
    )


if __name__ == "__main__":
    result = import_and_check_bot(Path(sys.argv[1]), sys.argv[2])
    print(f"\n{json.dumps(result)}")  # on a line of its own, below what the bot's files print
