"""The options of the command: read them, check them, and explain a wrong one."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import bot_sandbox
from bot_sandbox.http.access import ALLOWED_HOST, ALLOWED_ORIGIN, HOST, is_loopback
from bot_sandbox.http.local_server import LAST_PORT, bind_socket
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.methods.table import describe_lacks

PORTS = {
    "telegram": 8081,
    "twitch": 8082,
    "irc": 6667,
    "cloud": 8080,
    "window": 8083,
    "mail": 8025,
    "join": 0,
}
FIXED_JOIN_PORT = 8084  # with --fixed, so that the line JOIN stays the same
KEY_VARIABLE = "BOT_SANDBOX_KEY"
# It is sent as `Bot-Sandbox-Key: KEY` and as `Credential=KEY/…`, and is in the window's address.
KEY = re.compile(r"[A-Za-z0-9._~-]{16,200}")
MAKE_A_KEY = "python3 -c 'import secrets; print(secrets.token_hex(16))'"
OPEN_HOST = (
    "--host {host} opens the sandbox to other machines, and with its key anybody can run code here."
    f" So choose a key that nobody can guess, in the variable {KEY_VARIABLE} or with --key TEXT."
    f"\nThis makes one: {MAKE_A_KEY}"
)


class Parser(argparse.ArgumentParser):
    """Shows a text of ours as help, and says after an error where the help is."""

    def __init__(self, text: str, name: str, usage: str) -> None:
        super().__init__(name, usage=f"{name} {usage}")
        self.allow_abbrev = False  # a new option must not change what an old script means
        self._text = text

    def format_help(self, formatter: argparse.HelpFormatter | None = None) -> str:
        """Return the whole help."""
        return self._text

    def error(self, message: str) -> NoReturn:
        """Explain a wrong option and exit with status 2."""
        self.exit(2, f"{self.prog}: {message}\n{self.prog} --help lists all options.\n")


def read_options(text: str, arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return the options; exit with an explanation if one is wrong. `text` is the help."""
    parser = make_parser(text)
    words = list(sys.argv[1:] if arguments is None else arguments)
    end = words.index("--run") + 1 if "--run" in words else len(words)
    options = parser.parse_intermixed_args(words[:end])
    if options.lacks:
        print(*describe_lacks(), sep="\n")
        parser.exit()
    options.command = words[end:]  # another program's words
    if options.run and not options.command:
        parser.error("--run needs a command. Write it last: bot-sandbox --run node --test")
    if options.run and options.json:
        parser.error("--run gives the line of JSON to your command. Leave --json out.")
    for name, port in PORTS.items():
        if getattr(options, f"{name}_port") is None:
            port = FIXED_JOIN_PORT if name == "join" and options.fixed else port
            setattr(options, f"{name}_port", 0 if options.run else port)
    # Functions and other programs that the sandbox starts must not find it.
    from_environment = os.environ.pop(KEY_VARIABLE, "")
    if from_environment and not options.key:
        try:
            options.key = key_text(from_environment)
        except argparse.ArgumentTypeError as error:
            parser.error(f"{KEY_VARIABLE}: {error}")
    if not is_loopback(options.host) and not options.key:
        parser.error(OPEN_HOST.format(host=options.host))
    return options


def make_parser(text: str) -> Parser:
    """Describe the options to argparse; `text`, the help, explains them."""
    parser = Parser(text, "bot-sandbox", "[OPTION …] [FOLDER …]")
    add = parser.add_argument
    add("folders", nargs="*", type=Path)
    add("--version", action="version", version=f"bot-sandbox {bot_sandbox.__version__}")
    add("--lacks", action="store_true")
    add("--json", action="store_true")
    add("--run", action="store_true")
    add("--no-open", action="store_true")
    add("--no-sample", action="store_true")
    add("--canned", action="store_true")
    add("--limits", type=telegram_limits, default=Limits())
    seed = parser.add_mutually_exclusive_group()
    seed.add_argument("--fixed", action="store_true")
    seed.add_argument("--seed", type=non_empty_text)
    add("--key", type=key_text)
    add("--host", type=listen_address, default=HOST)
    add("--real-ports", type=Path)
    add("--allow-host", action="append", default=[], type=allowed_host)
    add("--allow-origin", action="append", default=[], type=allowed_origin)
    add("--handler")
    add("--runtime", choices=("python", "nodejs"))
    add("--timeout", type=float, default=3.0)
    add("--memory", type=int, default=128)
    add("--import-path", action="append", default=[], type=Path)
    add("--packages", action="store_true")
    for name in PORTS:
        add(f"--{name}-port", type=port_number)
    return parser


def port_number(text: str) -> int:
    """Read a port; argparse shows the error."""
    if not (text.isascii() and text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(
            f"expected a number from 0 (any free port) to {LAST_PORT}; found {text!r}"
        )
    return int(text)


def non_empty_text(text: str) -> str:
    """Read a text; argparse shows the error."""
    if not text:  # such as an empty variable of a shell
        raise argparse.ArgumentTypeError("expected a text; found an empty one")
    return text


def listen_address(text: str) -> str:
    """Read an address to listen on; argparse shows the error."""
    try:
        bind_socket(0, text).close()
    except OSError:
        raise argparse.ArgumentTypeError(
            f"this machine has no address {text!r}; 0.0.0.0 means all that it has"
        ) from None
    return text


def allowed_host(text: str) -> str:
    """Read a name for the servers; argparse shows the error."""
    if not ALLOWED_HOST.fullmatch(text.lower()):
        raise argparse.ArgumentTypeError(
            "expected a name such as bots.example, bots.example:8080 or *.bots.example; "
            f"found {text!r}"
        )
    return text


def allowed_origin(text: str) -> str:
    """Read where a web page comes from; argparse shows the error."""
    if not ALLOWED_ORIGIN.fullmatch(text.lower()):
        raise argparse.ArgumentTypeError(
            f"expected an address without a path, such as http://localhost:3000; found {text!r}"
        )
    return text


def key_text(text: str) -> str:
    """Read a key; argparse shows the error, which doesn't quote the key."""
    if not KEY.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "expected 16 to 200 letters, digits or . _ ~ -; found "
            f"{len(text)} characters. This makes a key: {MAKE_A_KEY}"
        )
    return text


def telegram_limits(text: str) -> Limits | None:
    """Read Telegram's limits; argparse shows the error.

    >>> telegram_limits("none")
    >>> telegram_limits("chat_burst=5,bot_per_second=0.5").bot_per_second
    0.5
    """
    if text == "none":
        return None
    kinds = {name: type(value) for name, value in asdict(Limits()).items()}
    chosen: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = part.partition("=")
        if name not in kinds:
            raise argparse.ArgumentTypeError(
                f"expected none, or NAME=NUMBER, with names from {', '.join(kinds)}; found {part!r}"
            )
        try:
            chosen[name] = kinds[name](value)
        except ValueError:
            chosen[name] = 0
        if not 0 < chosen[name] < float("inf"):
            kind = "whole number" if kinds[name] is int else "number"
            raise argparse.ArgumentTypeError(
                f"{name} must be a {kind} greater than 0; found {value!r}"
            )
    return Limits(**chosen)  # type: ignore[arg-type]  # each has the kind of its field
