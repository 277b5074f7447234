"""Run the tests in a bot's own folder: python3 start.py test my_bot

Only these run, as if the folder lay alone. They have the course's fixtures (sandbox/README.md), and
no test of a bot gets a token. Other options go to pytest, such as -k hello.
"""

import ast
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from botlib.run import load_bot

TOKENS = ("TELEGRAM_", "TWITCH_")  # what the names of a bot's settings begin with
PYTEST_FILES = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
BROKEN, NO_TEST = 2, 5  # pytest's exit statuses: an import failed; nothing was found


def main(folder: Path, arguments: list[str]) -> int:
    """Run a bot's own tests; return pytest's exit status."""
    unread = [words for path in sorted(folder.glob("*.py")) if (words := why_unreadable(path))]
    if unread:
        print(*unread, "No test was run. Fix this first.", sep="\n")
        return BROKEN
    options = ["-o", "addopts=", "--rootdir", str(folder), "--confcutdir", str(folder)]
    # No more than a beginner reads: of an error the lines it went through, of an answer all of it.
    options += ["--no-header", "--tb=short", "-rN", "-o", "verbosity_assertions=2"]
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(TOKENS)}
    environment |= {"BOT_WORLD": "sandbox"}
    environment.pop("STORE_URL", None)
    with tempfile.TemporaryDirectory() as scores:  # a test must not touch the bot's own store
        # The settings in the bot's folder, or none: pytest would look in the folders above it.
        settings = [folder / name for name in PYTEST_FILES if (folder / name).is_file()]
        empty = Path(scores, "pytest.ini")
        empty.touch()
        options += ["-c", str([*settings, empty][0]), "-p", "bot_sandbox.pytest_plugin"]
        status = subprocess.call(
            [sys.executable, "-P", "-m", "pytest", "-p", "no:nbval", *options, *arguments],
            env=environment | {"STORE_FOLDER": scores},
        )
    if status == NO_TEST:
        print(f"{folder} has no test to run. Write one: def test_hello(): … in test_main.py")
    if status == BROKEN:
        print()
        say_what_is_wrong(folder / "main.py")
    return status


def why_unreadable(path: Path) -> str:
    """Say why Python can't read a file; "" if it can. (pytest says it amid its own insides.)"""
    try:
        ast.parse(path.read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        return "".join(traceback.format_exception_only(error))
    return ""


def say_what_is_wrong(file: Path) -> None:
    """Say it in a line, if it is the bot's own file that can't be imported."""
    try:
        load_bot(file)
    except ValueError as error:
        print(error)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
