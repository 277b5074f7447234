"""Put your bot into a home, or remove it: python3 start.py deploy pythonanywhere FOLDER

    --replace    delete the web app that is there, if another program made it or it is half made;
                 take the place of another bot
    --delete     remove the bot again: the webhook, the web app, all files, its memory

It packs the folder as `start.py bundle` does, uploads it, starts the web app, checks that it
answers, and tells Telegram its address. Type the same again after a change. What the bot has stored
stays.

The settings come from `.env` or the environment: PYTHONANYWHERE_USERNAME and PYTHONANYWHERE_TOKEN
from `start.py login pythonanywhere`, TELEGRAM_TOKEN and TELEGRAM_SECRET from `start.py login
telegram`. Only the last two travel to the bot, with its name. If no account at PythonAnywhere is
saved, and notebook 12 is open, the bot goes to the small PythonAnywhere on that page.
"""

import os
import subprocess
import sys
from collections.abc import Mapping

from botlib.details.settings import read_settings
from lessons.alone.open_sandbox import find_open_sandbox


def main(arguments: list[str]) -> int:
    """Run deploy.pythonanywhere, in the world where there is an account; returns its status."""
    environment: Mapping[str, str] = os.environ
    page = find_open_sandbox("pythonanywhere")
    if page and not read_settings("pythonanywhere").token:
        # Who has an account needs no sandbox.
        from lessons.worlds.environment import sandbox_environment

        print("No account is saved. This is the small PythonAnywhere of notebook 12.", flush=True)
        environment = sandbox_environment() | dict(page.settings)
    command = [sys.executable, "-P", "-m", "deploy.pythonanywhere", *arguments]
    try:
        return subprocess.call(command, env=environment)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
