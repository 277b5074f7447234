"""bot-sandbox join: run a bot as it is beside a sandbox that runs already.

    bot-sandbox join ADDRESS#CODE -- COMMAND …

The sandbox shows its address and code. It may be on another machine. COMMAND finds it at the real
addresses of Telegram and Twitch, and other names are refused, as with --run. The bot needs a token
of that sandbox. If the code is for one bot, its token is in the variable TELEGRAM_TOKEN.
bot-sandbox ends with the exit status of COMMAND. It needs cryptography, as the sandbox does.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from bot_sandbox.command.child import INTERRUPTED, exit_on_sigterm, run_child
from bot_sandbox.command.options import Parser
from bot_sandbox.programs.join import JoinedProxy, split_address


def main(arguments: Sequence[str]) -> int:
    """Run a command beside a sandbox, and return its exit status."""
    parser = Parser(__doc__, "bot-sandbox join", "ADDRESS#CODE -- COMMAND …")
    parser.add_argument("address", type=joined_address)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("it needs a command: bot-sandbox join ADDRESS#CODE -- python bot.py")
    exit_on_sigterm()
    try:
        with JoinedProxy(options.address, warn) as proxy:
            there = " and ".join(name.title() for name in proxy.platforms)
            whose = f", as @{proxy.bot}, whose token is in TELEGRAM_TOKEN" if proxy.bot else ""
            joined = f"bot-sandbox: joined {there} at {proxy.place}{whose}"
            print(joined, file=sys.stderr, flush=True)
            status = run_child(command, {**os.environ, **proxy.variables(os.environ)})
            if status:
                print(*proxy.notes, sep="\n", end="\n" * bool(proxy.notes), file=sys.stderr)
            return status
    except (OSError, ValueError, ImportError) as error:
        print(f"bot-sandbox join: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def warn(words: str) -> None:
    """Say at once why the program reaches the sandbox no more."""
    print(f"bot-sandbox join: {words}", file=sys.stderr, flush=True)


def joined_address(text: str) -> str:
    """Read the address of a sandbox; argparse shows the error, which doesn't quote the code."""
    try:
        split_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
