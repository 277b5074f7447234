"""The whole sandbox from the command line: bot-sandbox [OPTION …] [FOLDER …]

Telegram, Twitch and the cloud on fixed ports, so that a client in any language can be pointed at
them, and a window to chat in. Each FOLDER is deployed as a function, and again whenever it is
saved. Everything is forgotten when it stops: Ctrl-C. `python -m bot_sandbox` does the same.

    --fixed              the same tokens, secrets and ids at every start on this machine, for a
                         client that you set up once; only the window's key is new each time
    --seed TEXT          the same on every machine; whoever knows the text knows the tokens
    --allow-host NAME    one more name for the servers, such as bots.example or *.bots.example
    --allow-origin URL   a web page that may use them, such as http://localhost:3000
    --no-open            do not open the window in a browser

These are for all the folders named. What is left out is told from a folder's files:
telegram_function.py and twitch_function.py are a function each, with `handler` in it; else
main.py is main.handler in Python, index.mjs, index.js or index.cjs is index.handler in Node.js.

    --handler FILE.NAME  where a function begins
    --runtime NAME       python or nodejs
    --timeout SECONDS    how long a call may take: 3 unless said otherwise
    --memory MB          128 unless said otherwise
    --import-path DIR    a folder from which functions in Python may import, beside their own;
                         once for each folder

Each port may be another; 0 takes any free one.

    --telegram-port N    8081
    --twitch-port N      8082: the API, OAuth, EventSub, chat by WebSocket
    --irc-port N         6667: chat by TCP
    --cloud-port N       8080
    --window-port N      8083
"""

import argparse
import io
import signal
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from bot_sandbox import Cloud, Telegram, Twitch
from bot_sandbox.cloud.cloud import KEY_LENGTH
from bot_sandbox.guide import guide, set_webhook, subscribe
from bot_sandbox.hello_bot import on_telegram, on_twitch
from bot_sandbox.machine_seed import machine_seed
from bot_sandbox.page import open_in_browser
from bot_sandbox.randomness import Randomness
from bot_sandbox.redeploy import SavedFolder, keep_deployed
from bot_sandbox.server import LAST_PORT, reserve
from bot_sandbox.terminal import CloudNews, TelegramNews, TwitchNews, show, talk
from bot_sandbox.window import Window

PORTS = {"telegram": 8081, "twitch": 8082, "irc": 6667, "cloud": 8080, "window": 8083}
HELLO = (
    'def handler(event, context):\n    return {"statusCode": 200, "body": "hello from the cloud"}\n'
)
PLATFORMS = ("twitch", "telegram")  # whose own functions a folder may have, the chat's last
ENTRIES = {  # the first of these files that a folder has: its runtime, and where it begins
    "main.py": ("python", "main.handler"),
    "lambda_function.py": ("python", "lambda_function.lambda_handler"),  # as AWS's console names it
    **{f"index.{kind}": ("nodejs", "index.handler") for kind in ("mjs", "js", "cjs")},
    **{f"main.{kind}": ("nodejs", "main.handler") for kind in ("mjs", "js", "cjs")},
}


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox until Ctrl-C, SIGTERM or the end of what is typed."""
    parser = argparse.ArgumentParser("bot-sandbox", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="functions to deploy")
    seed = parser.add_mutually_exclusive_group()
    seed.add_argument("--fixed", action="store_true", help="the same tokens at every start here")
    seed.add_argument("--seed", metavar="TEXT", type=a_text, help="the same tokens everywhere")
    parser.add_argument("--allow-host", metavar="NAME", action="append", default=[])
    parser.add_argument("--allow-origin", metavar="URL", action="append", default=[])
    parser.add_argument("--no-open", action="store_true", help="open no browser")
    parser.add_argument("--handler", help="where the functions begin, such as main.handler")
    parser.add_argument("--runtime", choices=("python", "nodejs"))
    parser.add_argument("--timeout", type=float, default=3.0, help="seconds a call may take (3)")
    parser.add_argument("--memory", type=int, default=128, help="MB of an instance (128)")
    path = "a folder to import from"
    parser.add_argument("--import-path", action="append", default=[], type=Path, help=path)
    for name, port in PORTS.items():
        parser.add_argument(
            f"--{name}-port", type=port_number, default=port, help=f"({port}; 0: any)"
        )
    options = parser.parse_intermixed_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    for stream in (sys.stdin, sys.stdout):  # what a terminal cannot say or show stops nothing
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    with ExitStack() as stack:
        try:
            run(options, stack)
        except (OSError, ValueError, RuntimeError) as error:
            print(f"The sandbox did not start: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("stopped")
    return 0


def run(options: argparse.Namespace, stack: ExitStack) -> None:
    """Start everything, say where it is, show what happens, and say what is typed."""
    seed = machine_seed() if options.fixed else options.seed
    randomness = Randomness(seed)
    allowed = {"allow_hosts": options.allow_host, "allow_origins": options.allow_origin}
    telegram = stack.enter_context(Telegram(port=free(options, "telegram"), seed=seed, **allowed))
    port, irc_port = free(options, "twitch"), free(options, "irc")
    twitch = stack.enter_context(Twitch(port=port, irc_port=irc_port, seed=seed, **allowed))
    key = randomness.text(KEY_LENGTH, "access key")
    own = {"key": key, "import_paths": options.import_path}
    cloud = stack.enter_context(Cloud(port=free(options, "cloud"), **own, **allowed))
    values = on_telegram(telegram, randomness) | on_twitch(twitch, randomness)
    viktor = telegram.person("Viktor")
    anna = twitch.account("anna", display_name="Anna")
    hello = Path(stack.enter_context(tempfile.TemporaryDirectory()), "hello")
    hello.mkdir()
    (hello / "main.py").write_text(HELLO, encoding="utf-8")
    deployed = deploy(cloud, hello, options, values)
    window = Window(telegram, twitch, cloud, port=free(options, "window"), **allowed)
    stack.enter_context(window)
    folders = {each.function: each.folder for each in deployed}
    print(*guide(telegram, twitch, cloud, window, values, folders), sep="\n", flush=True)
    bot = telegram.account("hello_bot")
    for news in (TelegramNews(telegram, viktor, bot), TwitchNews(twitch), CloudNews(cloud)):
        news.follow()
    stopped = threading.Event()
    stack.callback(stopped.set)
    threading.Thread(target=keep_deployed, args=(deployed, show, stopped), daemon=True).start()
    if not sys.stdin.isatty():
        while True:
            time.sleep(1)  # in short steps, so that Ctrl-C works on Windows too
    if not options.no_open:
        open_in_browser(window.address)
    last = deployed[-1].function.url if deployed else "ADDRESS-OF-A-FUNCTION"
    called = [each.function.url for each in deployed if each.name.endswith("-twitch")]
    line = subscribe(twitch, values, called[-1]) if called else ""
    talk(telegram, viktor, bot, anna, set_webhook(values, last), line)


def deploy(
    cloud: Cloud, hello: Path, options: argparse.Namespace, environment: dict[str, str]
) -> list[SavedFolder]:
    """Deploy each folder under its name; the sandbox's own `hello` unless there is one so named."""
    named: dict[str, tuple[Path, dict[str, str]]] = {}
    for folder in options.folders:
        for kind, entry in functions_of(folder, options).items():
            name = folder.resolve().name.replace("_", "-").lower() + kind
            if name in named:
                raise ValueError(
                    f"{named[name][0]} and {folder} would both be the function {name}. Rename one "
                    "of them."
                )
            named[name] = folder, entry
    if "hello" not in named:
        cloud.deploy("hello", hello, environment=environment)
    limits = {"timeout_s": options.timeout, "memory_mb": options.memory, "environment": environment}
    return [
        SavedFolder(cloud, name, folder, limits | entry) for name, (folder, entry) in named.items()
    ]


def functions_of(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, str]]:
    """A folder's functions: runtime and handler of each, by what its name has after the folder's.

    As the options say, else as the files do: one for each platform, or a single one.
    """
    own = [each for each in PLATFORMS if (folder / f"{each}_function.py").is_file()]
    if own and not options.handler and options.runtime in (None, "python"):
        return {
            f"-{each}": {"runtime": "python", "handler": f"{each}_function.handler"} for each in own
        }
    files = [entry for name, entry in ENTRIES.items() if (folder / name).is_file()]
    fitting = [entry for entry in files if options.runtime in (None, entry[0])]
    runtime, handler = fitting[0] if fitting else (options.runtime or "python", "main.handler")
    return {"": {"runtime": runtime, "handler": options.handler or handler}}


def port_number(text: str) -> int:
    """Read a port; argparse shows the error."""
    if not (text.isascii() and text.isdecimal() and int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(
            f"expected a number from 0 (any free port) to {LAST_PORT}; found {text!r}"
        )
    return int(text)


def a_text(text: str) -> str:
    """Read a seed; argparse shows the error."""
    if not text:  # such as an empty variable of a shell
        raise argparse.ArgumentTypeError("expected a text; found an empty one")
    return text


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
