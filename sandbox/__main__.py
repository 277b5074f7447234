"""The whole sandbox from the command line: python3 start.py sandbox [OPTION …] [FOLDER …]

Telegram, Twitch and the cloud on fixed ports, so that a client in any language can be pointed at
them. Each FOLDER is deployed as a function. Everything is forgotten when it stops: Ctrl-C.

    --telegram-port N    8081 unless said otherwise; 0 takes any free one
    --twitch-port N      8082: the API, OAuth, EventSub
    --irc-port N         6667
    --cloud-port N       8080
"""

import argparse
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from sandbox import Cloud, Telegram, Twitch
from sandbox.cloud.function import Function
from sandbox.cloud.history import Log
from sandbox.no_reply import NoReply
from sandbox.server import LAST_PORT, reserve
from sandbox.telegram.explain import SET_WEBHOOK

PORTS = {"telegram": 8081, "twitch": 8082, "irc": 6667, "cloud": 8080}
HELLO = (
    'def handler(event, context):\n    return {"statusCode": 200, "body": "hello from the cloud"}\n'
)
CHAT = "Chat here: type  telegram !hello  (you are Viktor) or  twitch !hello  (you are Anna)"
SCOPES = ["chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"]
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
    values = bot_on_both(telegram, twitch)
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()), "hello")
    scratch.mkdir()
    (scratch / "main.py").write_text(HELLO, encoding="utf-8")
    functions = deploy(cloud, scratch, options.folders, values)
    url = functions[-1].url if options.folders else "ADDRESS-OF-A-FUNCTION"
    set_webhook = webhook_line(values, url)
    lines = ways_in(telegram, twitch, values)
    lines += ["The cloud, whose functions' logs are shown here"]
    lines += [f"  {each.name}: {each.url}    try: curl {each.url}" for each in functions]
    lines += [
        "To let a function answer as a webhook, on Telegram and on Twitch:",
        f"  {set_webhook}",
        f"  {subscribe_line(twitch, values, url)}",
    ]
    print("\n".join(lines), flush=True)
    viktor = telegram.person("Viktor")
    viewer = twitch.account("anna", display_name="Anna")
    doors = {
        "telegram": viktor.ask,
        "twitch": lambda text: viewer.ask(text, channel="viktor"),
    }
    talk(doors, {SET_WEBHOOK: set_webhook, READ_LOG: "shown above"})


def bot_on_both(telegram: Telegram, twitch: Twitch) -> dict[str, str]:
    """Make a bot on both platforms, allowed all it needs; its settings, as for the file .env."""
    account = telegram.new_bot("Hello bot", "hello_bot")
    app = twitch.application("Hello bot")
    viktor, bot = twitch.account("viktor", display_name="Viktor"), twitch.account("hello_bot")
    twitch.authorize(viktor, app, ["channel:bot"])
    token = twitch.authorize(bot, app, SCOPES)
    return {
        "TELEGRAM_API": telegram.url,
        "TELEGRAM_TOKEN": account.token,
        "TELEGRAM_SECRET": secrets.token_urlsafe(16),
        "TWITCH_API": twitch.url,
        "TWITCH_CLIENT_ID": app.client_id,
        "TWITCH_CLIENT_SECRET": app.client_secret,
        "TWITCH_TOKEN": token.access_token,
        "TWITCH_REFRESH_TOKEN": token.refresh_token,
        "TWITCH_BOT_ID": bot.id,
        "TWITCH_EVENTSUB_SECRET": secrets.token_hex(16),
        "TWITCH_CHANNEL": "viktor",
    }


def ways_in(telegram: Telegram, twitch: Twitch, values: dict[str, str]) -> list[str]:
    """The settings, and how to reach both platforms with them, line by line."""
    host, port = twitch.irc_address
    token = values["TWITCH_TOKEN"]
    return [
        "Settings of a bot in this sandbox, as for the file .env (they are worth nothing outside):",
        *(f"  {name}={value}" for name, value in values.items()),
        f"Telegram: {telegram.url}, the bot is @hello_bot",
        f"  try: curl {telegram.url}/bot{values['TELEGRAM_TOKEN']}/getMe",
        f"Twitch: {twitch.url}, chat at {twitch.irc_url} and {host}:{port}, channel #viktor",
        f'  try: curl -H "Authorization: OAuth {token}" {twitch.url}/oauth2/validate',
        f"  try: {irc_line(host, port, token)}",
    ]


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


def subscribe_line(twitch: Twitch, values: dict[str, str], url: str) -> str:
    """One line of Python that subscribes a function to the chat of #viktor on Twitch."""
    app = twitch.world.apps[values["TWITCH_CLIENT_ID"]]
    condition = {
        "broadcaster_user_id": twitch.world.user("viktor").id,
        "user_id": values["TWITCH_BOT_ID"],
    }
    transport = {"method": "webhook", "callback": url, "secret": values["TWITCH_EVENTSUB_SECRET"]}
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
        except NoReply as error:
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
