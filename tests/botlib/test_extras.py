"""What botlib says if a package is missing: which extra of the course's folder brings it."""

import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
PARTS = {  # an extra: the package that is missing, and what needs it
    "telegram": ("telegram", "from botlib.telegram.polling import poll"),
    "twitch": ("aiohttp", "from botlib.twitch.irc_bot import IrcBot"),
    "redis": ("redis", "from botlib.store import open_store; open_store('redis://127.0.0.1')"),
    "env": (
        "dotenv",
        "import pathlib; from botlib.details import env_file; env_file.read_env(pathlib.Path('x'))",
    ),
}


def run(code, *arguments):
    words = [sys.executable, *arguments, "-c", code]
    return subprocess.run(words, cwd=HOME, capture_output=True, text=True)


@pytest.mark.parametrize("extra", PARTS)
def test_a_missing_package_is_named_with_its_extra(extra):
    package, code = PARTS[extra]
    done = run(f"import sys; sys.modules['{package}'] = None; {code}")
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"ModuleNotFoundError: {package} is not installed")
    assert last.endswith(f'python -m pip install ".[{extra}]"')


def test_a_program_says_it_in_one_line(tmp_path):
    (tmp_path / "main.py").write_text("from botlib import Bot\n\nbot = Bot()\n")
    settings = "os.environ.update(TELEGRAM_TOKEN='42:not-a-real-token', BOT_WORLD='sandbox')"
    words = f"['run', 'telegram', {str(tmp_path / 'main.py')!r}]"
    start = f"sys.argv = {words}; runpy.run_module('botlib.run', run_name='__main__')"
    done = run(f"import os, runpy, sys; sys.modules['telegram'] = None; {settings}; {start}")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert 'python -m pip install ".[telegram]"' in done.stderr


def test_a_function_that_replies_needs_no_package():
    code = "import botlib.telegram.webhook, botlib.twitch.eventsub, botlib.store, botlib.timer"
    done = run(code, "-S")
    assert done.returncode == 0, done.stderr
