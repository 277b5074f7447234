"""A home for a bot that must stay alive: python -m botlib.run twitch|telegram FOLDER

It loads the `bot` of the folder's main.py, or of a file that is named instead, reads the settings
from `.env` and the environment, and answers until Ctrl-C or SIGTERM; then it finishes the reply at
hand, if that takes no more than a few seconds. Starting it at boot and after a crash is a
supervisor's work, such as systemd's.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botlib.bot import Bot
from botlib.details.bot_files import load_bot_file
from botlib.details.extras import extra
from botlib.details.settings import read_settings, secrets_of, suggest_command
from botlib.details.texts import escape_control_characters

if TYPE_CHECKING:
    import asyncio  # not loaded here: Ctrl-C is to be minded before anything takes time

STOPPED, BROKEN, WRONG_SETTINGS = 0, 1, 78  # 78: sysexits' EX_CONFIG; trying again is no use
GRACE_S = 5.0  # systemd, Docker and Kubernetes wait at least twice as long before they kill

log = logging.getLogger("botlib.run")


def main(arguments: list[str] | None = None, not_packages: Collection[str] = ()) -> int:
    """Run a bot; the exit status: 0 stopped, 1 try again, 78 the settings must be changed first.

    `not_packages` are names that no advice tells to install.
    """
    start_log()
    stopping = Stopping()
    try:
        return run_bot(arguments, stopping, not_packages)
    except KeyboardInterrupt:  # the bot did not answer yet
        log.info("stopped")
        return STOPPED


def run_bot(arguments: list[str] | None, stopping: Stopping, not_packages: Collection[str]) -> int:
    """Do what the command line says; KeyboardInterrupt if it is stopped before it answers."""
    parser = argparse.ArgumentParser("botlib.run", description="a home for a persistent bot")
    parser.add_argument("platform", choices=HOMES)
    parser.add_argument("folder", type=Path, help="the folder whose main.py makes `bot`, or a file")
    options = parser.parse_args(arguments)
    from botlib.details.command_thread import CommandThread

    file = main_file(options.folder)
    os.environ.setdefault("STORE_FOLDER", str(file.parent.resolve()))
    try:
        found = read_settings(options.platform, file.parent)
        commands = CommandThread()  # an SQLite connection of her file belongs to its thread
        bot = commands.wait(lambda: load_bot(file, not_packages))
        bot.command_thread = commands
        log.info("%s: the %s world, %s", options.platform, found.world, file)
        return HOMES[options.platform](bot, stopping, file.parent)
    except (ValueError, ModuleNotFoundError) as error:  # of a setting, or of an extra
        log.error("%s", error)
        return WRONG_SETTINGS


def run_telegram(bot: Bot, stopping: Stopping, _: Path) -> int:
    """Answer on Telegram by long polling; ValueError for a token that Telegram does not know."""
    with extra("telegram"):
        from telegram.error import TelegramError

    from botlib.telegram.polling import poll

    try:
        command = os.environ.get("BOT_COMMAND")
        set_webhook = f"{command} webhook" if command else "setWebhook"
        poll(bot, on_loop_ready=stopping.hand_over, set_webhook=set_webhook)
    except TelegramError as error:
        log.error("Telegram could not be reached: %s. Is the internet there?", error)
        return BROKEN
    log.info("stopped")
    return STOPPED


def run_twitch(bot: Bot, stopping: Stopping, folder: Path) -> int:
    """Answer on Twitch by IRC; ValueError for a token that Twitch does not take."""
    import asyncio

    from botlib.twitch.details.connection import Timing
    from botlib.twitch.details.credentials import LoginRefused
    from botlib.twitch.irc_bot import IrcBot

    timing = Timing()
    irc_bot = IrcBot(bot, timing=timing, folder=folder)
    if irc_bot.credentials.cannot_save_tokens:
        what = "a renewed token can be kept nowhere, so log in again before the next start."
        log.warning("%s%s", what, suggest_command("login twitch"))
    grace_s = timing.goodbye_s + 3  # it gives up its replies by itself, then leaves in good order

    async def run_until_stopped() -> None:
        stopping.hand_over(asyncio.get_running_loop(), irc_bot.stop, grace_s)
        await irc_bot.start()

    try:
        asyncio.run(run_until_stopped())
    except LoginRefused as error:
        raise ValueError(str(error)) from None
    log.info("stopped")
    return STOPPED


HOMES = {"telegram": run_telegram, "twitch": run_twitch}


def main_file(path: Path) -> Path:
    """The file that makes the bot: main.py of a folder, or the file that was named."""
    return path / "main.py" if path.is_dir() else path


def load_bot(file: Path, not_packages: Collection[str] = ()) -> Bot:
    """Import a file and return its `bot`; raises ValueError that says what was found instead."""
    sys.path.insert(0, str(file.resolve().parent))  # for the file's own imports
    return load_bot_file(file, Bot, not_packages)


def start_log() -> None:
    """Log in plain lines, "time level text", without any secret."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(is_news)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)


class OneLine(logging.Formatter):
    """Writes one line for each event, without secrets and control characters.

    Libraries quote tokens, and a viewer's text may hold escape sequences for a terminal.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Format a record; of an error only its last words are kept."""
        line = escape_control_characters(" | ".join(super().format(record).splitlines()))
        for secret in secrets_of(os.environ):
            line = line.replace(secret, "(hidden)")
        return line

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's name)
        """Name an error in one line, without its traceback."""
        return f"{ei[0].__name__}: {ei[1]}"


def is_news(record: logging.LogRecord) -> bool:
    """Whether to log it: why python-telegram-bot gives up is said once, by `main`."""
    return not (record.name == "telegram.ext" and "Aborting" in str(record.msg))


class Stopping:
    """Ends the program at Ctrl-C or SIGTERM, politely first.

    The bot is asked to stop, and may finish the reply at hand. A few seconds later the process
    ends, whatever a command is doing then. Make one in the main thread, before anything takes time.
    """

    def __init__(self) -> None:
        self._ask: Callable[[], object] | None = None
        self._grace_s = GRACE_S
        self._asked = threading.Event()
        # It waits from the start, since a signal's handler is no place to start a thread.
        threading.Thread(target=self._end_anyway, name="stopping", daemon=True).start()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._on_signal)
        if sys.platform == "win32":  # where a program without a terminal hears only Ctrl-Break
            signal.signal(signal.SIGBREAK, self._on_signal)

    def hand_over(
        self,
        loop: asyncio.AbstractEventLoop,
        ask: Callable[[], object],
        grace_s: float = GRACE_S,
    ) -> None:
        """Have a signal call `ask` on the loop; until then it raises KeyboardInterrupt."""
        self._grace_s = grace_s
        with contextlib.suppress(NotImplementedError):  # Windows' loop wakes up by itself
            loop.add_signal_handler(signal.SIGTERM, lambda: None)  # so that signals wake the loop
            signal.signal(signal.SIGTERM, self._on_signal)  # asyncio has put its own there
        self._ask = lambda: loop.call_soon_threadsafe(ask)

    def _on_signal(self, *_: object) -> None:
        if self._asked.is_set():
            return
        self._asked.set()
        if self._ask is None:
            raise KeyboardInterrupt
        self._ask()

    def _end_anyway(self) -> None:
        self._asked.wait()
        time.sleep(self._grace_s)
        log.warning("still busy after %g s: the command at hand is left unfinished", self._grace_s)
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
