"""The whole sandbox from the command line: python3 start.py sandbox [OPTION …] [FOLDER …]

Telegram, Twitch and the cloud on fixed ports, so that a client in any language can be pointed at
them. Each FOLDER is deployed as a function. Everything is forgotten when it stops: Ctrl-C.

    --telegram-port N    8081 unless said otherwise; 0 takes any free one
    --twitch-port N      8082: the API, OAuth, EventSub
    --irc-port N         6667
    --cloud-port N       8080
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from sandbox import Cloud, Telegram, tries
from sandbox.cloud.function import Function
from sandbox.cloud.logs import Log
from sandbox.server import LAST_PORT, reserve
from sandbox.telegram import NoReply as NoTelegramReply
from sandbox.telegram.explain import SET_WEBHOOK
from sandbox.twitch import NoReply as NoTwitchReply
from sandbox.twitch import Twitch

PORTS = {"telegram": 8081, "twitch": 8082, "irc": 6667, "cloud": 8080}
HELLO = (
    'def handler(event, context):\n    return {"statusCode": 200, "body": "hello from the cloud"}\n'
)
CHAT = "Chat here: type  telegram !hello  (you are Viktor) or  twitch !hello  (you are Anna)"
READ_LOG = 'print(*function.logs, sep="\\n")'


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox until Ctrl-C, SIGTERM or the end of what is typed."""
    parser = argparse.ArgumentParser("sandbox", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="functions to deploy")
    for name, port in PORTS.items():
        parser.add_argument(
            f"--{name}-port", type=port_number, default=port, help=f"({port}; 0: any)"
        )
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with ExitStack() as stack:
        try:
            run(options, stack)
        except (OSError, ValueError) as error:
            print(f"The sandbox did not start: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("stopped")
    return 0


def run(options: argparse.Namespace, stack: ExitStack) -> None:
    """Start everything, say where it is, and chat."""
    telegram = Telegram(port=free(options, "telegram"))
    stack.enter_context(telegram)
    twitch = Twitch(port=free(options, "twitch"), irc_port=free(options, "irc"))
    stack.enter_context(twitch)
    cloud = stack.enter_context(Cloud(port=free(options, "cloud")))
    values = tries.settle(telegram, twitch)
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()), "hello")
    scratch.mkdir()
    (scratch / "main.py").write_text(HELLO, encoding="utf-8")
    functions = deploy(cloud, scratch, options.folders, values)
    url = functions[-1].url if options.folders else "ADDRESS-OF-A-FUNCTION"
    set_webhook = tries.webhook_line(values, url)
    lines = tries.lines(telegram, twitch, values)
    lines += ["The cloud, whose functions' logs are shown here"]
    lines += [f"  {each.name}: {each.url}    try: curl {each.url}" for each in functions]
    lines += [
        "To let a function answer as a webhook, on Telegram and on Twitch:",
        f"  {set_webhook}",
        f"  {tries.subscribe_line(twitch, values, url)}",
    ]
    print("\n".join(lines), flush=True)
    viktor = telegram.person("Viktor")
    viewer = twitch.account("anna", display_name="Anna")
    doors = {
        "telegram": viktor.ask,
        "twitch": lambda text: viewer.ask(text, channel="viktor"),
    }
    talk(doors, {SET_WEBHOOK: set_webhook, READ_LOG: "shown above"})


def deploy(
    cloud: Cloud, hello: Path, folders: list[Path], environment: dict[str, str]
) -> list[Function]:
    """Deploy each folder under its name; the sandbox's own `hello` unless there is one so named."""
    named: dict[str, Path] = {}
    for folder in folders:
        name = folder.resolve().name.replace("_", "-").lower()
        if name in named:
            raise ValueError(
                f"{named[name]} and {folder} would both be the function {name}. Rename one of them."
            )
        named[name] = folder
    functions = []
    for name, folder in ({"hello": hello} | named).items():
        function = cloud.deploy(name, folder, environment=environment)
        function.history.log = Shown(name)
        functions.append(function)
    return functions


class Shown(Log):
    """A function's log that is printed as well, line by line as it comes."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def add(self, line: str) -> None:
        """Append one line and print it."""
        super().add(line)
        with suppress(OSError):  # the terminal is gone; the cloud works on
            print(f"[{self._name}] {line}", flush=True)


def talk(doors: dict[str, Callable[[str], Any]], wordings: dict[str, str]) -> None:
    """Say what is typed and print the reply; without a terminal, only wait to be stopped.

    `wordings` are a notebook's words in errors, and what to say here instead.
    """
    if not sys.stdin.isatty():
        while True:
            time.sleep(1)  # in short steps, so that Ctrl-C works on Windows too
    print(CHAT)
    for line in sys.stdin:
        platform, _, text = line.strip().partition(" ")
        if platform not in doors or not text:
            print(CHAT)
            continue
        try:
            print(f"Hello bot: {doors[platform](text)}")
        except (NoTelegramReply, NoTwitchReply) as error:
            text = str(error)
            for words, here in wordings.items():
                text = text.replace(words, here)
            print(text)


def port_number(text: str) -> int:
    """Read a port; argparse shows the error."""
    if not (text.isascii() and text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(
            f"expected a number from 0 (any free port) to {LAST_PORT}; found {text!r}"
        )
    return int(text)


def free(options: argparse.Namespace, name: str) -> int:
    """Give the port chosen for a server; raises OSError, with the fix, if it is taken."""
    port = int(getattr(options, f"{name}_port"))
    try:
        reserve(port).close()
    except OSError:
        raise OSError(f"port {port} is taken. Choose another: --{name}-port N") from None
    return port


if __name__ == "__main__":
    sys.exit(main())
