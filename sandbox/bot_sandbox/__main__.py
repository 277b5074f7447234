"""bot-sandbox: a Telegram, a Twitch, a serverless cloud and a mail server on this machine.

    bot-sandbox [OPTION …] [FOLDER …]
    bot-sandbox join ADDRESS#CODE -- COMMAND …

It starts all of them on fixed ports, so that you can point a client in any language at them, and
opens a window to chat in. It deploys each FOLDER as a function, and again whenever you save it.
Ctrl-C stops everything and forgets it. `python -m bot_sandbox` does the same.

`join` runs a bot as it is beside a sandbox that runs already, on this machine or another. The line
JOIN has its address and code, if cryptography is installed. `bot-sandbox join --help` says more.

    --json               for scripts and CI: when everything is ready, print one line of JSON with
                         every address, key, token and id, and nothing more. What happens goes to
                         the error output. It runs until SIGTERM, or if its input is a pipe, until
                         the pipe closes. No browser, no chat
    --run COMMAND …      run your tests: start everything on free ports, run this command, stop, and
                         end with its exit status. The command finds the line of JSON in the
                         variable BOT_SANDBOX, and a bot its settings in others. A bot with the real
                         addresses in its code meets the sandbox, too; other names are refused. If
                         it fails, you see what happened in the sandbox. Write it last
    --no-sample          start with nobody there: no bot, no people, no function
    --canned             answer also what this sandbox lacks of Telegram and Twitch, and say so
    --limits TEXT        none: bots may send as much as they like, on Telegram and Twitch.
                         chat_burst=5,bot_per_second=3: other numbers than Telegram's, which are
                         chat_per_second, chat_burst, bot_per_second, group_per_minute and
                         set_webhook_s
    --no-open            do not open the window in a browser
    --lacks              print what of Telegram's Bot API is lacking here
    --version            print the version

Tokens, secrets, ids and keys are new at every start, unless you fix them:

    --fixed              the same at every start on this machine, for a client that you set up once
    --seed TEXT          the same on every machine, except for the window's key and the code to
                         join. If somebody knows the text, they know the tokens
    --key TEXT           the key of the window and the cloud, at least 16 characters. Other users
                         of this machine may see it in the list of processes. They don't see the
                         variable BOT_SANDBOX_KEY, which does the same

The servers listen on 127.0.0.1, and answer only requests for this machine:

    --host ADDRESS       listen elsewhere, such as 0.0.0.0 in a container; then a key is needed
    --allow-host NAME    one more name for the servers, such as sandbox or *.bots.example. With
                         --host 0.0.0.0, addresses name the first one
    --real-ports FILE    listen at the platforms' own ports, too: 80, 443, 6667 and 6697. Write to
                         FILE the certificates that bots should trust. It is for a container that
                         has the platforms' names in its network, and needs cryptography
    --allow-origin URL   a web page that may use them, such as http://localhost:3000

These options are for all the folders. What you leave out is read from a folder's files:
telegram_function.py, twitch_function.py and timer_function.py are one function each, with `handler`
in it; else main.py is main.handler in Python, index.mjs, index.js or index.cjs is index.handler in
Node.js.

    --handler FILE.NAME  the entry point of a function
    --runtime NAME       python or nodejs
    --timeout SECONDS    how long a call may take: 3 by default
    --memory MB          128 by default
    --import-path DIR    a folder from which functions in Python may import, beside their own;
                         once for each folder
    --packages           let them import all that is installed for this Python, too

You can change each port; 0 takes any free one, and so does --run for each that you don't name.

    --telegram-port N    8081
    --twitch-port N      8082: the API, OAuth, EventSub, chat by WebSocket
    --irc-port N         6667: chat by TCP
    --cloud-port N       8080
    --window-port N      8083
    --mail-port N        8025
    --join-port N        any free one; with --fixed 8084
"""

import argparse
import io
import os
import stat
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from bot_sandbox.cloud import Cloud
from bot_sandbox.cloud.cloud import KEY_LENGTH
from bot_sandbox.cloud.entry_points import find_entry_point
from bot_sandbox.command import join
from bot_sandbox.command.child import INTERRUPTED, TERMINATED, exit_on_sigterm, run_child
from bot_sandbox.command.guide import (
    Sample,
    Sandbox,
    as_json,
    guide,
    open_access_lines,
    world_as_dict,
)
from bot_sandbox.command.hello_bot import USERNAME, create_telegram_bot, create_twitch_bot
from bot_sandbox.command.machine_seed import machine_seed
from bot_sandbox.command.options import read_options
from bot_sandbox.command.redeploy import WatchedFolder, redeploy_on_save
from bot_sandbox.command.terminal import (
    CloudNews,
    JoinNews,
    MailNews,
    TelegramNews,
    TwitchNews,
    print_with_time,
)
from bot_sandbox.http.local_server import bind_socket
from bot_sandbox.http.page import open_in_browser
from bot_sandbox.processes.supervisor import MARKER, kill_marked
from bot_sandbox.programs.join import JoinOffer
from bot_sandbox.programs.platform_proxy import PlatformProxy
from bot_sandbox.telegram import Telegram
from bot_sandbox.twitch import Twitch
from bot_sandbox.window import Window
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.randomness import URL_SAFE, Randomness

HELLO_FUNCTION = (
    'def handler(event, context):\n    return {"statusCode": 200, "body": "hello from the cloud"}\n'
)
CALLERS = ("timer", "twitch", "telegram")  # a folder may have a function for each
WINDOW_KEY_LENGTH = 43
JOIN_CODE_LENGTH = 22
SHOWN_LINES = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sandbox until Ctrl-C, SIGTERM or the end of the input."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["join"]:
        return join.main(words[1:])
    options = read_options(__doc__, words)
    exit_on_sigterm(TERMINATED if options.run else 0)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # what a terminal can't show stops nothing
    with ExitStack() as stack:
        try:
            return run(options, stack)
        except (OSError, ValueError, RuntimeError, ImportError) as error:
            print(f"The sandbox did not start: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("stopped")
    return INTERRUPTED if options.run else 0


def run(options: argparse.Namespace, stack: ExitStack) -> int:
    """Start everything, say where it is, and show what happens."""
    sandbox, deployed = start_servers(options, stack)
    if options.run:
        sys.stdout = happened = io.StringIO()  # shown if the command fails
    elif options.json:
        print(as_json(sandbox), flush=True)
        sys.stdout = sys.stderr  # where everything else goes, until the very end
    else:
        print(*guide(sandbox), sep="\n", flush=True)
        if not options.no_open and sys.stdin is not None and sys.stdin.isatty():
            open_in_browser(sandbox.window.address)
    for text in open_access_lines(options.host, options.allow_host, options.allow_origin):
        print(text, file=sys.stderr, flush=True)
    say = partial(print_with_time, settings=sandbox.settings)
    show_news(sandbox, say)
    stopped = threading.Event()
    stack.callback(stopped.set)
    threading.Thread(target=redeploy_on_save, args=(deployed, say, stopped), daemon=True).start()
    if options.run:
        return run_command(options.command, sandbox, happened)
    if options.json:
        wait_for_end_of_pipe()
    while True:
        time.sleep(1)  # in short steps, so that Ctrl-C works on Windows too


def start_servers(
    options: argparse.Namespace, stack: ExitStack
) -> tuple[Sandbox, list[WatchedFolder]]:
    """Start all servers, and create what is in them."""
    needed = ["psutil", "aiosmtpd"]
    needed += ["cryptography"] if options.run or options.real_ports else []
    if missing := [name for name in needed if find_spec(name) is None]:
        raise ImportError(
            f"the command needs {' and '.join(missing)}. Type: pip install {' '.join(missing)}"
        )
    from bot_sandbox.mail import Mail  # it needs aiosmtpd

    seed = machine_seed() if options.fixed else options.seed
    randomness, clock = Randomness(seed), Clock()
    allowed = {"allow_hosts": options.allow_host, "host": options.host}
    allowed_pages = allowed | {"allow_origins": options.allow_origin}
    shared = allowed_pages | {"clock": clock}

    port = chosen_port(options, "telegram")
    telegram = Telegram(
        port=port, seed=seed, limits=options.limits, canned=options.canned, **shared
    )
    stack.enter_context(telegram)
    port, irc_port = chosen_port(options, "twitch"), chosen_port(options, "irc")
    limits = options.limits is not None
    told = shared | {"canned": options.canned, "limits": limits}
    twitch = Twitch(port=port, irc_port=irc_port, seed=seed, **told)
    stack.enter_context(twitch)
    access_key = options.key or randomness.text(KEY_LENGTH, "access key")
    own = {"import_paths": options.import_path, "packages": options.packages}
    port = chosen_port(options, "cloud")
    cloud = stack.enter_context(Cloud(port=port, key=access_key, **own, **shared))
    mail = stack.enter_context(Mail(port=chosen_port(options, "mail"), **allowed))

    settings = {"TELEGRAM_API": telegram.url, "TWITCH_API": twitch.url}
    settings |= {"SMTP_HOST": mail.host, "SMTP_PORT": str(mail.port)}
    proxy = None
    if options.run or options.real_ports:
        proxy = stack.enter_context(PlatformProxy({"telegram": telegram, "twitch": twitch}))
        if options.real_ports:
            proxy.listen_at_real_ports(options.host, options.real_ports)
    if proxy and options.run:  # only then, because it lets Node.js start about 15 ms later
        cloud._added_variables = proxy.hook_variables
    folders, sample = find_all_functions(options), None
    if not options.no_sample:
        settings |= create_telegram_bot(telegram, randomness)
        settings |= create_twitch_bot(twitch, randomness)
        twitch.account("anna", display_name="Anna")
        sample = Sample(telegram.account(USERNAME), telegram.person("Viktor"))
        if "hello" not in folders:
            hello = Path(stack.enter_context(tempfile.TemporaryDirectory()), "hello")
            hello.mkdir()
            (hello / "main.py").write_text(HELLO_FUNCTION, encoding="utf-8")
            cloud.deploy("hello", hello, environment=settings)
    deployed = deploy_folders(cloud, folders, options, settings)
    # A seed that is written in a script or a repository must not open the window, which runs code.
    key = options.key or ""
    if options.fixed and not key:
        key = randomness.text(WINDOW_KEY_LENGTH, "window key", URL_SAFE)
    port = chosen_port(options, "window")
    window = Window(telegram, twitch, cloud, mail, port=port, key=key, **allowed_pages)
    stack.enter_context(window)
    functions = [each.function for each in deployed]
    offer = None
    if not options.run and find_spec("cryptography"):
        # Who listens could try the seeds that people choose, but not that of --fixed.
        code = randomness.text(JOIN_CODE_LENGTH, "join code", URL_SAFE) if options.fixed else ""
        port = chosen_port(options, "join")
        offer = stack.enter_context(JoinOffer(telegram, twitch, port=port, code=code, **allowed))
        if options.fixed:
            offer._fix_codes(str(seed))
    sandbox = Sandbox(
        telegram, twitch, cloud, mail, window, proxy, offer, sample, settings, functions
    )
    window.describe_world = lambda: world_as_dict(sandbox)
    return sandbox, deployed


def run_command(command: list[str], sandbox: Sandbox, happened: io.StringIO) -> int:
    """Run a program that finds the sandbox in its environment, and return its exit status.

    It finds the sandbox also at the real addresses. If it fails, show the last lines of what
    happened.
    """
    assert sandbox.proxy  # `--run` demands cryptography
    known = {**os.environ, **sandbox.settings, "BOT_SANDBOX": as_json(sandbox)}
    marker = f"{os.environ.get(MARKER, '')}{uuid.uuid4().hex}/"  # begins with our own, if any
    try:
        status = run_child(command, known | sandbox.proxy.variables(known) | {MARKER: marker})
    finally:
        kill_marked(marker)  # what it has left running would find no sandbox
    if status:
        lines = [*happened.getvalue().splitlines(), *sandbox.proxy.notes][-SHOWN_LINES:]
        print("--- what happened in the sandbox", *lines, sep="\n", file=sys.stderr)
    return status


def show_news(sandbox: Sandbox, say: Callable[[str], None]) -> None:
    """Say everything that happens from now on, line by line."""
    for news in (
        TelegramNews(sandbox.telegram),
        TwitchNews(sandbox.twitch),
        CloudNews(sandbox.cloud),
        MailNews(sandbox.mail),
        *([JoinNews(sandbox.offer)] if sandbox.offer else []),
    ):
        news.follow(say)


def wait_for_end_of_pipe() -> None:
    """If the input is a pipe, wait until it closes and exit: its other end has gone.

    A program that starts the sandbox this way leaves none behind, even if it crashes. Node.js uses
    sockets as pipes. Any other input, such as a terminal or /dev/null, means nothing.
    """
    try:
        mode = os.fstat(0).st_mode
    except OSError:  # there is no input
        return
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        while os.read(0, 65536):
            pass
        sys.exit(0)


def find_all_functions(options: argparse.Namespace) -> dict[str, tuple[Path, dict[str, str]]]:
    """Return the functions in the folders: the folder, runtime and handler of each name."""
    named: dict[str, tuple[Path, dict[str, str]]] = {}
    for folder in options.folders:
        for kind, entry in functions_of_folder(folder, options).items():
            name = folder.resolve().name.replace("_", "-").lower() + kind
            if name in named:
                raise ValueError(
                    f"{named[name][0]} and {folder} would both be the function {name}. Rename one "
                    "of them."
                )
            named[name] = folder, entry
    return named


def deploy_folders(
    cloud: Cloud,
    folders: dict[str, tuple[Path, dict[str, str]]],
    options: argparse.Namespace,
    environment: dict[str, str],
) -> list[WatchedFolder]:
    """Deploy each folder under its name."""
    limits = {"timeout_s": options.timeout, "memory_mb": options.memory, "environment": environment}
    return [
        WatchedFolder(cloud, name, folder, limits | entry)
        for name, (folder, entry) in folders.items()
    ]


def functions_of_folder(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, str]]:
    """Return a folder's functions: runtime and handler of each, by the suffix of its name.

    The options decide, else the files: one function for each caller, or a single one.
    """
    own = [each for each in CALLERS if (folder / f"{each}_function.py").is_file()]
    if own and not options.handler and options.runtime in (None, "python"):
        return {
            f"-{each}": {"runtime": "python", "handler": f"{each}_function.handler"} for each in own
        }
    return {"": find_entry_point(folder, options.runtime, options.handler)}


def chosen_port(options: argparse.Namespace, name: str) -> int:
    """Return the port chosen for a server; raise OSError, with the fix, if it is taken."""
    port = int(getattr(options, f"{name}_port"))
    try:
        bind_socket(port, options.host).close()
    except OSError as error:
        raise OSError(f"{error}: --{name}-port N") from None
    return port


if __name__ == "__main__":
    sys.exit(main())
