"""The whole sandbox from the command line: python3 start.py sandbox [OPTION …] [FOLDER …]

Telegram, Twitch and the cloud on fixed ports, so that a client in any language can be pointed at
them, and a window to chat in. Each FOLDER is deployed as a function, and again whenever it is
saved. Everything is forgotten when it stops: Ctrl-C.

    --fixed              the same tokens, secrets and ids at every start, for a client that is set
                         up once; only the window's key is another each time
    --no-open            do not open the window in a browser

These are for all the folders named. What is left out is told from a folder's files: main.py is
main.handler in Python, index.mjs, index.js or index.cjs is index.handler in Node.js.

    --handler FILE.NAME  where a function begins
    --runtime NAME       python or nodejs
    --timeout SECONDS    how long a call may take: 3 unless said otherwise
    --memory MB          128 unless said otherwise

Each port may be another; 0 takes any free one.

    --telegram-port N    8081
    --twitch-port N      8082: the API, OAuth, EventSub, chat by WebSocket
    --irc-port N         6667: chat by TCP
    --cloud-port N       8080
    --window-port N      8083
"""

import argparse
import os
import re
import signal
import sys
import tempfile
import threading
import time
import webbrowser
from contextlib import ExitStack
from pathlib import Path

from sandbox import Cloud, Telegram, Twitch
from sandbox.cloud.function import Function
from sandbox.randomness import Randomness
from sandbox.redeploy import SavedFolder, keep_deployed
from sandbox.server import LAST_PORT, reserve
from sandbox.terminal import CloudNews, TelegramNews, TwitchNews, show, talk
from sandbox.window import Window

PORTS = {"telegram": 8081, "twitch": 8082, "irc": 6667, "cloud": 8080, "window": 8083}
SEED = "sandbox"  # of what is the same at every start with --fixed
HELLO = (
    'def handler(event, context):\n    return {"statusCode": 200, "body": "hello from the cloud"}\n'
)
SCOPES = ["chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"]
ENTRIES = {  # the first of these files that a folder has: its runtime, and where it begins
    "main.py": ("python", "main.handler"),
    "lambda_function.py": ("python", "lambda_function.lambda_handler"),  # as AWS's console names it
    **{f"index.{kind}": ("nodejs", "index.handler") for kind in ("mjs", "js", "cjs")},
    **{f"main.{kind}": ("nodejs", "main.handler") for kind in ("mjs", "js", "cjs")},
}
SOURCES = (".py", ".js", ".mjs", ".cjs", ".ts")
SPEAKS = {  # what names a platform in the sources of a function that it is to call
    "Telegram": re.compile("telegram|telegraf|grammy|aiogram|telebot", re.IGNORECASE),
    "Twitch": re.compile("eventsub", re.IGNORECASE),
}


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox until Ctrl-C, SIGTERM or the end of what is typed."""
    parser = argparse.ArgumentParser("sandbox", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="functions to deploy")
    parser.add_argument("--fixed", action="store_true", help="the same tokens at every start")
    parser.add_argument("--no-open", action="store_true", help="open no browser")
    parser.add_argument("--handler", help="where the functions begin, such as main.handler")
    parser.add_argument("--runtime", choices=("python", "nodejs"))
    parser.add_argument("--timeout", type=float, default=3.0, help="seconds a call may take (3)")
    parser.add_argument("--memory", type=int, default=128, help="MB of an instance (128)")
    for name, port in PORTS.items():
        parser.add_argument(
            f"--{name}-port", type=port_number, default=port, help=f"({port}; 0: any)"
        )
    options = parser.parse_intermixed_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
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
    seed = SEED if options.fixed else None
    telegram = stack.enter_context(Telegram(port=free(options, "telegram"), seed=seed))
    ports = {"port": free(options, "twitch"), "irc_port": free(options, "irc")}
    twitch = stack.enter_context(Twitch(**ports, seed=seed))
    cloud = stack.enter_context(Cloud(port=free(options, "cloud")))
    values = bot_on_both(telegram, twitch, Randomness(seed))
    viktor = telegram.person("Viktor")
    anna = twitch.account("anna", display_name="Anna")
    hello = Path(stack.enter_context(tempfile.TemporaryDirectory()), "hello")
    hello.mkdir()
    (hello / "main.py").write_text(HELLO, encoding="utf-8")
    deployed = deploy(cloud, hello, options, values)
    window = Window(telegram, twitch, cloud, port=free(options, "window"))
    stack.enter_context(window)
    lines = [*about_the_window(window), *about_the_settings(values)]
    lines += [*about_telegram(telegram, values), *about_twitch(twitch, values)]
    lines += about_the_cloud(cloud)
    for each in deployed:
        lines += about_a_function(each, twitch, values)
    print("\n".join(lines), flush=True)
    for news in (TelegramNews(telegram, viktor), TwitchNews(twitch), CloudNews(cloud)):
        news.follow()
    stopped = threading.Event()
    stack.callback(stopped.set)
    threading.Thread(target=keep_deployed, args=(deployed, show, stopped), daemon=True).start()
    if not sys.stdin.isatty():
        while True:
            time.sleep(1)  # in short steps, so that Ctrl-C works on Windows too
    if has_a_screen() and not options.no_open:
        # On a thread: some browsers keep whoever opens them waiting until they are closed.
        threading.Thread(target=webbrowser.open, args=(window.address,), daemon=True).start()
    last = deployed[-1].function.url if deployed else "ADDRESS-OF-A-FUNCTION"
    talk(telegram, viktor, telegram.account("hello_bot"), anna, webhook_line(values, last))


def bot_on_both(telegram: Telegram, twitch: Twitch, randomness: Randomness) -> dict[str, str]:
    """Make a bot on both platforms, allowed all it needs; its settings, as for the file .env."""
    account = telegram.new_bot("Hello bot", "hello_bot")
    app = twitch.application("Hello bot")
    viktor, bot = twitch.account("viktor", display_name="Viktor"), twitch.account("hello_bot")
    twitch.authorize(viktor, app, ["channel:bot"])
    token = twitch.authorize(bot, app, SCOPES)
    return {
        "TELEGRAM_API": telegram.url,
        "TELEGRAM_TOKEN": account.token,
        "TELEGRAM_SECRET": randomness.text(24, "webhook secret"),
        "TWITCH_API": twitch.url,
        "TWITCH_CLIENT_ID": app.client_id,
        "TWITCH_CLIENT_SECRET": app.client_secret,
        "TWITCH_TOKEN": token.access_token,
        "TWITCH_REFRESH_TOKEN": token.refresh_token,
        "TWITCH_BOT_ID": bot.id,
        "TWITCH_EVENTSUB_SECRET": randomness.text(32, "EventSub secret"),
        "TWITCH_CHANNEL": "viktor",
    }


def deploy(
    cloud: Cloud, hello: Path, options: argparse.Namespace, environment: dict[str, str]
) -> list[SavedFolder]:
    """Deploy each folder under its name; the sandbox's own `hello` unless there is one so named."""
    named: dict[str, Path] = {}
    for folder in options.folders:
        name = folder.resolve().name.replace("_", "-").lower()
        if name in named:
            raise ValueError(
                f"{named[name]} and {folder} would both be the function {name}. Rename one of them."
            )
        named[name] = folder
    if "hello" not in named:
        cloud.deploy("hello", hello, environment=environment)
    limits = {"timeout_s": options.timeout, "memory_mb": options.memory, "environment": environment}
    return [
        SavedFolder(cloud, name, folder, limits | entry(folder, options))
        for name, folder in named.items()
    ]


def entry(folder: Path, options: argparse.Namespace) -> dict[str, str]:
    """A function's runtime and handler: as the options say, else as its files do."""
    files = [entry for name, entry in ENTRIES.items() if (folder / name).is_file()]
    fitting = [entry for entry in files if options.runtime in (None, entry[0])]
    runtime, handler = fitting[0] if fitting else (options.runtime or "python", "main.handler")
    return {"runtime": runtime, "handler": options.handler or handler}


def about_the_window(window: Window) -> list[str]:
    """Where the window is, and the same for programs."""
    words = '{"from": "Viktor", "to": "hello_bot", "text": "!hello"}'
    return [
        "The sandbox runs. Ctrl-C stops it; then everything in it is forgotten.",
        "",
        "WINDOW: chat in it, press buttons, watch the cloud, break things",
        f"  {window.address}",
        "  The same by HTTP, as sandbox/README.md tells:",
        f"  try: curl -H 'Authorization: Bearer {window.key}' -d '{words}' "
        f"{window.url}/api/telegram/say",
    ]


def about_the_settings(values: dict[str, str]) -> list[str]:
    """What a bot needs to know, as it stands in the file .env."""
    return [
        "",
        "SETTINGS of a bot in here, as for the file .env (they are worth nothing outside)",
        *(f"  {name}={value}" for name, value in values.items()),
    ]


def about_telegram(telegram: Telegram, values: dict[str, str]) -> list[str]:
    """How to reach Telegram."""
    return [
        "",
        "TELEGRAM: the bot is @hello_bot, and you are Viktor",
        f"  Bot API: {telegram.url}",
        f"  try: curl {telegram.url}/bot{values['TELEGRAM_TOKEN']}/getMe",
    ]


def about_twitch(twitch: Twitch, values: dict[str, str]) -> list[str]:
    """How to reach Twitch."""
    host, port = twitch.irc_address
    token, app = values["TWITCH_TOKEN"], twitch.world.apps[values["TWITCH_CLIENT_ID"]]
    return [
        "",
        "TWITCH: the bot is hello_bot, the channel is #viktor, and you are Anna",
        f"  OAuth and Helix: {twitch.url}/oauth2 and {twitch.url}/helix",
        f"  redirects of the application: {', '.join(app.redirects)}",
        f"  chat (IRC): {twitch.irc_url} or, by TCP, {host}:{port}",
        f"  EventSub by WebSocket: {twitch.eventsub_url}",
        f'  try: curl -H "Authorization: OAuth {token}" {twitch.url}/oauth2/validate',
        f"  try: {irc_line(host, port, token)}",
    ]


def about_the_cloud(cloud: Cloud) -> list[str]:
    """Every function's address."""
    lines = ["", "CLOUD: what functions print is shown here"]
    for each in cloud.functions():
        settings = each.settings
        limits = f"{settings.memory_mb} MB, {settings.timeout_s:g} s"
        lines.append(
            f"  {each.name}: {each.url}    {settings.handler}, {settings.runtime}, {limits}"
        )
        lines.append(f"  try: curl {each.url}")
    return lines


def about_a_function(deployed: SavedFolder, twitch: Twitch, values: dict[str, str]) -> list[str]:
    """How the platform that a function is written for is told to call it."""
    function = deployed.function
    lines = {
        "Telegram": webhook_line(values, function.url),
        "Twitch": subscribe_line(twitch, values, function),
    }
    spoken = [platform for platform in lines if speaks(platform, deployed.folder)]
    return [
        text
        for platform in spoken
        for text in (
            "",
            f"{function.name} and {platform}: type this in another terminal, and "
            f"{platform} calls the function",
            f"  {lines[platform]}",
        )
    ]


def speaks(platform: str, folder: Path) -> bool:
    """Whether the sources in a folder name what belongs to a platform."""
    return any(
        SPEAKS[platform].search(path.read_text(encoding="utf-8", errors="replace"))
        for path in folder.rglob("*")
        if path.suffix in SOURCES and path.is_file() and "node_modules" not in path.parts
    )


def irc_line(host: str, port: int, token: str) -> str:
    """One line of Python that logs in to the chat by hand and prints the first answer."""
    said = f"b'PASS oauth:{token}\\r\\nNICK hello_bot\\r\\n'"
    return (
        f"python3 -c \"import socket; s = socket.create_connection(('{host}', {port})); "
        f's.sendall({said}); print(s.recv(999).decode())"'
    )


def webhook_line(values: dict[str, str], url: str) -> str:
    """The line that makes a function the Telegram bot's webhook."""
    method = f"{values['TELEGRAM_API']}/bot{values['TELEGRAM_TOKEN']}/setWebhook"
    return f"curl {method} -d url={url} -d secret_token={values['TELEGRAM_SECRET']}"


def subscribe_line(twitch: Twitch, values: dict[str, str], function: Function) -> str:
    """One line of Python that subscribes a function to the chat of #viktor on Twitch."""
    app = twitch.world.apps[values["TWITCH_CLIENT_ID"]]
    condition = {
        "broadcaster_user_id": twitch.world.user("viktor").id,
        "user_id": values["TWITCH_BOT_ID"],
    }
    secret = values["TWITCH_EVENTSUB_SECRET"]
    transport = {"method": "webhook", "callback": function.url, "secret": secret}
    wanted = {"type": "channel.chat.message", "version": "1"}
    headers = {
        "Authorization": f"Bearer {twitch.app_token(app).access_token}",
        "Client-Id": app.client_id,
        "Content-Type": "application/json",
    }
    body = wanted | {"condition": condition, "transport": transport}
    address = f"{twitch.url}/helix/eventsub/subscriptions"
    return (
        f"python3 -c \"import json, urllib.request as u; print(u.urlopen(u.Request('{address}', "
        f'json.dumps({body}).encode(), {headers})).read().decode())"'
    )


def has_a_screen() -> bool:
    """Whether a browser can show itself; on Linux a text browser would take the terminal."""
    return sys.platform != "linux" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )


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
