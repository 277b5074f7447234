"""The whole sandbox from the command line: `python -m botlib.sandbox [FOLDER …]`.

Telegram, Twitch and the cloud on fixed ports, so that a client in any language can be pointed at
them. Each FOLDER is deployed as a function. Everything is forgotten when it stops: Ctrl-C.
"""

import argparse
import secrets
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from botlib.sandbox import Cloud, Telegram
from botlib.sandbox.telegram import NoReply as NoTelegramReply
from botlib.sandbox.twitch import NoReply as NoTwitchReply
from botlib.sandbox.twitch import Twitch

PORTS = {"telegram": 8081, "twitch": 8082, "irc": 6667, "cloud": 8080}
SCOPES = ["chat:read", "chat:edit", "user:read:chat", "user:write:chat", "user:bot"]
HELLO = (
    'def handler(event, context):\n    return {"statusCode": 200, "body": "hello from the cloud"}\n'
)
CHAT = "Chat here as Viktor: type  telegram !hello  or  twitch !hello"


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox until Ctrl-C, SIGTERM or the end of what is typed."""
    parser = argparse.ArgumentParser("botlib.sandbox", description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, help="functions to deploy")
    for name, port in PORTS.items():
        parser.add_argument(f"--{name}-port", type=int, default=port, help=f"({port}; 0: any)")
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
    environment, lines = settle(telegram, twitch)
    scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()), "hello")
    scratch.mkdir()
    (scratch / "main.py").write_text(HELLO, encoding="utf-8")
    lines.append("The cloud")
    for folder in (scratch, *options.folders):
        name = folder.resolve().name.replace("_", "-").lower()
        function = cloud.deploy(name, folder, environment=environment)
        lines.append(f"  {name}: {function.url}    try: curl {function.url}")
    print("\n".join(lines), flush=True)
    viktor = telegram.person("Viktor")
    viewer = twitch.account("anna", display_name="Anna")
    talk({"telegram": viktor.ask, "twitch": lambda text: viewer.ask(text, channel="viktor")})


def settle(telegram: Telegram, twitch: Twitch) -> tuple[dict[str, str], list[str]]:
    """Make a bot on both platforms: (its settings, how to reach it, line by line)."""
    account = telegram.new_bot("Hello bot", "hello_bot")
    app = twitch.application("Hello bot")
    twitch.account("viktor", display_name="Viktor")
    token = twitch.authorize(twitch.account("hello_bot"), app, SCOPES)
    environment = {
        "TELEGRAM_API": telegram.url,
        "TELEGRAM_TOKEN": account.token,
        "TELEGRAM_SECRET": secrets.token_urlsafe(16),
        "TWITCH_API": twitch.url,
        "TWITCH_CLIENT_ID": app.client_id,
        "TWITCH_CLIENT_SECRET": app.client_secret,
        "TWITCH_TOKEN": token.access_token,
        "TWITCH_REFRESH_TOKEN": token.refresh_token,
        "TWITCH_CHANNEL": "viktor",
    }
    host, port = twitch.irc_address
    lines = [
        "Settings of a bot in this sandbox, as for the file .env (they are worth nothing outside):",
        *(f"  {name}={value}" for name, value in environment.items()),
        f"Telegram: {telegram.url}, the bot is @{account.username}",
        f"  try: curl {telegram.url}/bot{account.token}/getMe",
        f"Twitch: {twitch.url}, chat at {twitch.irc_url} and {host}:{port}, channel #viktor",
        f'  try: curl -H "Authorization: OAuth {token.access_token}" {twitch.url}/oauth2/validate',
        f"  try: {irc_line(host, port, token.access_token)}",
    ]
    return environment, lines


def irc_line(host: str, port: int, token: str) -> str:
    """One line of Python that logs in to the chat by hand and prints the first answer."""
    said = f"b'PASS oauth:{token}\\r\\nNICK hello_bot\\r\\n'"
    return (
        f"python3 -c \"import socket; s = socket.create_connection(('{host}', {port})); "
        f's.sendall({said}); print(s.recv(999).decode())"'
    )


def talk(doors: dict[str, Callable[[str], Any]]) -> None:
    """Say what is typed and print the reply; without a terminal, only wait to be stopped."""
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
            print(error)


def free(options: argparse.Namespace, name: str) -> int:
    """Give the port chosen for a server; raises OSError, with the fix, if it is taken."""
    port = int(getattr(options, f"{name}_port"))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise OSError(f"port {port} is taken. Choose another: --{name}-port N") from None
    return port


if __name__ == "__main__":
    sys.exit(main())
