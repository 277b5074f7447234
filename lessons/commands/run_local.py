"""Your bot, alive until Ctrl-C: python3 start.py run telegram|twitch FOLDER

FOLDER is what `start.py new` makes: its main.py has the `bot`. A file of another name does as well.
Settings come from the environment and from `.env`, in that folder or in the course's.

If no token is set, the bot runs in a sandbox: a Telegram or a Twitch of its own on this machine,
forgotten at the end, with a window to chat in. `start.py login` gets a token for the real one.

    --no-open    do not open that window in a browser
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path

from bot_sandbox.http.jupyter_proxy import terminal_address
from botlib import run
from botlib.details.settings import PLATFORMS, read_settings
from deploy.own_packages import OWN_PACKAGES
from lessons.commands.run_sandbox import sandbox_for


def main(arguments: list[str] | None = None) -> int:
    """Run a bot, in a sandbox if it has no token; returns botlib.run's exit status."""
    parser = argparse.ArgumentParser("run", description="a bot of yours, alive until Ctrl-C")
    parser.add_argument("platform", choices=PLATFORMS)
    parser.add_argument("folder", type=Path, help="the folder that holds main.py, or a file")
    parser.add_argument("--no-open", action="store_true", help="open no browser")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        if needs_sandbox(options.platform, options.folder):
            window = stack.enter_context(sandbox_for(options.platform, options.no_open))
            print(
                f"No token for {options.platform.capitalize()} is set: the bot lives in a sandbox.",
                f"Chat with it here: {terminal_address(window)}",
                f"For the real one: python3 start.py login {options.platform}",
                sep="\n",
                flush=True,
            )
        return run.main([options.platform, str(options.folder)], OWN_PACKAGES)


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
    except RuntimeError as error:
        sys.exit(str(error))
