"""The bot's secrets as a cloud takes them.

    python3 start.py secrets yandex                       a payload for Lockbox
    python3 start.py secrets yandex twitch                of a Twitch bot (aws twitch as well)
    python3 start.py secrets aws --out FILE [NAME=VALUE]  all parameters of the stack

They go from `.env` straight into the cloud's own tool, by a pipe or a file that only you can read
and that you delete at once: on a command line others could read them, and the shell would remember
them.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from botlib.settings import settings

STORE = "STORE_URL"
NAMES = {
    "telegram": {"TELEGRAM_TOKEN": "TelegramToken", "TELEGRAM_SECRET": "TelegramSecret"},
    "twitch": {
        "TWITCH_CLIENT_ID": "TwitchClientId",
        "TWITCH_CLIENT_SECRET": "TwitchClientSecret",
        "TWITCH_EVENTSUB_SECRET": "TwitchEventsubSecret",
        "TWITCH_BOT_ID": "TwitchBotId",
    },
}


def main(arguments: list[str]) -> int:
    """Give JSON: a list of stack parameters for AWS, a Lockbox payload for Yandex Cloud."""
    parser = argparse.ArgumentParser("secrets", description="a bot's secrets as a cloud takes them")
    parser.add_argument("cloud", choices=("aws", "yandex"))
    parser.add_argument("more", nargs="*", help="twitch; NAME=VALUE of the stack's parameters")
    parser.add_argument("--out", type=Path, help="the file to write; else it is printed")
    options = parser.parse_args(arguments)
    platform = next((word for word in options.more if word in NAMES), "telegram")
    parameters = [word for word in options.more if word not in NAMES]
    if wrong := [word for word in parameters if "=" not in word or options.cloud != "aws"]:
        parser.error(f"{wrong[0]!r} is neither telegram nor twitch, nor a parameter of AWS's stack")
    try:
        found = settings(platform)
        values = {name: found[name] for name in NAMES[platform]} | store()
        written = (
            for_aws(platform, values, parameters) if options.cloud == "aws" else lockbox(values)
        )
        give(json.dumps(written), options.out)
    except (KeyError, ValueError, OSError) as error:
        said = error.args[0] if isinstance(error, KeyError) else error
        print(f"{said} See deploy/README.md.", file=sys.stderr)
        return 1
    return 0


def for_aws(platform: str, values: dict[str, str], parameters: list[str]) -> list[str]:
    """What `aws cloudformation deploy` reads; a parameter given by hand comes last, and wins."""
    stack = NAMES[platform] | {STORE: "StoreUrl"}
    known = {"Handler": f"{platform}_function.handler"}
    known |= {stack[name]: value for name, value in values.items()}
    known |= dict(parameter.split("=", 1) for parameter in parameters)
    return [f"{name}={value}" for name, value in known.items()]


def lockbox(values: dict[str, str]) -> list[dict[str, str]]:
    """What `yc lockbox secret create --payload -` reads."""
    return [{"key": name, "text_value": value} for name, value in values.items()]


def give(text: str, out: Path | None) -> None:
    """Print it, or write it into a file that nobody else may read."""
    if not out:
        print(text)
        return
    out.unlink(missing_ok=True)
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    print(f"Written into {out}. Delete it as soon as the stack is made.")


def store() -> dict[str, str]:
    """The store's address, if it is one that a cloud can reach: a file of this machine is not."""
    url = os.environ.get(STORE, "")
    return {STORE: url} if url.startswith(("redis://", "rediss://")) else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
