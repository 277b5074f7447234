"""A sandbox in a process of its own, with a window, for a bot that `start.py run` runs."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from typing import NamedTuple

from bot_sandbox.processes.supervisor import DETACHED_OPTIONS
from lessons.alone.open_sandbox import OpenSandbox, own_folder

CHILD_CODE = (
    "from lessons.commands.run_sandbox import serve_platform; import sys; "
    "serve_platform(*sys.argv[1:])"
)
GOODBYE_S = 3.0  # for the sandbox to say goodbye to its pages; run ends by itself after GRACE_S
READY_TIMEOUT_S = 24 * 3600.0


class OwnSandbox(NamedTuple):
    """A sandbox: the address of its window, the bot's login, and how to join it."""

    window: str
    login: str
    sandbox: OpenSandbox


@contextmanager
def sandbox_for(platform: str, no_open: bool, can_be_joined: bool = False) -> Iterator[OwnSandbox]:
    """Start a sandbox process with a bot; to be joined, it needs cryptography.

    As a process, so that a bot that hangs or works hard cannot stop the chat. It ends with its
    input, so it ends with this one, whatever happens to it.
    """
    words = [platform, "" if no_open else "open", "join" if can_be_joined else ""]
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", CHILD_CODE, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **DETACHED_OPTIONS,  # a Ctrl-C in the terminal is for the bot: then it says goodbye first
    )
    assert child.stdin is not None and child.stdout is not None
    try:
        line = child.stdout.readline()
        if not line:
            raise RuntimeError("The sandbox did not start, for the reason above.")
        given = json.loads(line)
        yield OwnSandbox(
            given["window"], given["login"], OpenSandbox(given["join"], given["settings"])
        )
    finally:
        child.stdin.close()
        try:
            child.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()


def serve_platform(platform: str, opens: str, can_be_joined: str) -> None:
    """Serve one platform and a window, print where, and stop at the end of the input.

    The bot has the name that the learner gave it, and its login, as on the notebooks' pages.
    """
    # Here: a bot with a token needs none of it, and these take a while.
    from bot_sandbox import JoinOffer, Telegram, Twitch
    from bot_sandbox.command.hello_bot import create_telegram_bot, create_twitch_bot
    from bot_sandbox.diagnosis.no_reply import NoReply
    from bot_sandbox.http.page import open_in_browser
    from bot_sandbox.window import Window
    from bot_sandbox.world.randomness import Randomness
    from lessons.learner_bot import bot_login, bot_name

    name, login = bot_name(own_folder()), bot_login(own_folder())
    with ExitStack() as stack:
        if platform == "telegram":
            telegram = stack.enter_context(Telegram())
            given = create_telegram_bot(telegram, Randomness(), name, login)
            telegram.person("Viktor")
            window = stack.enter_context(Window(telegram))
        else:
            twitch = stack.enter_context(Twitch())
            given = create_twitch_bot(twitch, Randomness(), login)
            twitch.find("viktor").mod(login)  # it may repeat itself, and know who follows
            twitch.account("ada", "Ada")
            window = stack.enter_context(Window(twitch=twitch))

        def open_window_when_ready() -> None:
            """Open the window once the bot is in it; never, if main.py fails."""
            with suppress(RuntimeError, CancelledError, NoReply):
                if platform == "telegram":
                    telegram.wait_ready(telegram.account(login), READY_TIMEOUT_S)
                else:
                    twitch.wait_for(login, given["TWITCH_CHANNEL"], READY_TIMEOUT_S)
                open_in_browser(window.address)

        told = {"settings": given, "login": login, "window": window.address, "join": ""}
        if can_be_joined:
            offered = {"telegram": telegram} if platform == "telegram" else {"twitch": twitch}
            told["join"] = stack.enter_context(JoinOffer(**offered)).address
        print(json.dumps(told), flush=True)
        if opens:
            threading.Thread(target=open_window_when_ready, daemon=True).start()
        sys.stdin.read()
