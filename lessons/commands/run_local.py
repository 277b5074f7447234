"""Your bot, alive until Ctrl-C: python3 start.py run telegram|twitch FOLDER|FILE

FOLDER is what `start.py new` makes: its main.py has the `bot`. A file of another name does as well.
Settings come from the environment and from `.env`, in that folder or in the course's.

FILE may be any program that uses the platform's real addresses, in any language. It starts again
each time you save it, and an error is shown in a few lines. A name alone, such as phone.py, is also
looked for in my_course/workshop/alone.

If no token is set, the bot runs in a sandbox: a Telegram or a Twitch of its own on this machine,
forgotten at the end, with a window to chat in. A FILE takes the one on the notebook's page instead,
if a page has one. `start.py login` gets a token for the real one.

    --no-open    do not open that window in a browser
"""

import argparse
import os
import re
import sys
from contextlib import ExitStack
from pathlib import Path

from bot_sandbox.http.jupyter_proxy import terminal_address
from botlib import run
from botlib.details.settings import PLATFORMS, read_settings
from deploy.own_packages import OWN_PACKAGES
from lessons.alone.missing_file import suggest_file
from lessons.alone.open_sandbox import ALONE, own_folder
from lessons.commands.run_sandbox import sandbox_for


def main(arguments: list[str] | None = None) -> int:
    """Run a bot, in a sandbox if it has no token; returns botlib.run's exit status."""
    parser = argparse.ArgumentParser("run", description="a bot of yours, alive until Ctrl-C")
    parser.add_argument("platform", choices=PLATFORMS)
    parser.add_argument("path", type=Path, help="the folder that holds main.py, or a file")
    parser.add_argument("--no-open", action="store_true", help="open no browser")
    options = parser.parse_args(arguments)
    path = find_path(options.path)
    if path.suffix and not path.exists():
        print(describe_missing_file(path), file=sys.stderr)
        return run.WRONG_SETTINGS
    if path.is_file() and not imports_botlib(path):
        # Not at the top: on a phone, where only a Bot can run, what this needs is not installed.
        from lessons.commands.run_file import run_file

        try:
            return run_file(
                path.resolve(), read_settings(options.platform, path.parent), options.no_open
            )
        except ValueError as error:
            print(error, file=sys.stderr)
            return run.WRONG_SETTINGS
    with ExitStack() as stack:
        if needs_sandbox(options.platform, path):
            own = stack.enter_context(sandbox_for(options.platform, options.no_open))
            os.environ.update(own.sandbox.settings)
            print(
                f"No token for {options.platform.capitalize()} is set: the bot lives in a sandbox.",
                f"Chat with it here: {terminal_address(own.window)}",
                f"For the real one: python3 start.py login {options.platform}",
                sep="\n",
                flush=True,
            )
        return run.main([options.platform, str(path)], OWN_PACKAGES)


def find_path(path: Path) -> Path:
    """Return the folder or file that was named; a name alone also means one of workshop/alone."""
    alone = own_folder() / ALONE / path.name
    return alone if not path.exists() and path.name == str(path) and alone.is_file() else path


def describe_missing_file(path: Path) -> str:
    """Say where a file was looked for, and where it may be instead."""
    own = own_folder()
    if path.name != str(path):
        return f"There is no {path}{suggest_file(path, own)}"
    alone = f"{own.name}/{ALONE}"
    found = suggest_file(own / ALONE / path.name, own)
    return f"There is no {path} in this folder, nor in {alone}{found}"


def imports_botlib(file: Path) -> bool:
    """Return whether a file makes a `Bot` of botlib, by its imports; it need not be right."""
    text = file.read_bytes().decode(errors="replace")
    return file.suffix == ".py" and bool(re.search(r"^\s*(from|import) botlib\b", text, re.M))


def needs_sandbox(platform: str, folder: Path) -> bool:
    """Return whether the bot has no token. False if it cannot be read: botlib.run says why."""
    file = run.main_file(folder)
    try:
        return file.is_file() and not read_settings(platform, file.parent).token
    except ValueError:
        return False


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # before the bot minds it
        sys.exit(run.STOPPED)
    except (RuntimeError, ImportError) as error:  # a package may be missing, as on a phone
        sys.exit(str(error))
