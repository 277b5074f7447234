"""Write the bot's secrets in the form that a cloud's own tool reads.

    python3 start.py secrets yandex                       a payload for Lockbox
    python3 start.py secrets yandex twitch                of a Twitch bot (aws twitch as well)
    python3 start.py secrets yandex STORE_URL=URL         where the bot remembers; else memory://
    python3 start.py secrets aws --out FILE [NAME=VALUE]  all parameters of the stack

They come from `.env`. Send them to the cloud's tool by a pipe, or by a file that only you can read
and that you delete at once. On a command line others could read them, and the shell would remember
them. A FILE that this command wrote is replaced, and no other.
"""

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from botlib.details.settings import read_settings
from botlib.telegram.updates import checked_secret
from deploy.whole_file import write_whole

STORE_SETTING = "STORE_URL"
TEMPLATE = Path(__file__).parent / "aws/template.yaml"
NAMES = {
    "telegram": {"TELEGRAM_TOKEN": "TelegramToken", "TELEGRAM_SECRET": "TelegramSecret"},
    "twitch": {
        "TWITCH_CLIENT_ID": "TwitchClientId",
        "TWITCH_CLIENT_SECRET": "TwitchClientSecret",
        "TWITCH_EVENTSUB_SECRET": "TwitchEventsubSecret",
        "TWITCH_BOT_ID": "TwitchBotId",
    },
}
OWN_BEGINNINGS = (  # how its own files begin, and no other's
    b'["Handler=',
    *(f'[{{"key": "{next(iter(names))}", "text_value": "'.encode() for names in NAMES.values()),
)


def main(arguments: list[str]) -> int:
    """Write JSON: a list of stack parameters for AWS, a Lockbox payload for Yandex Cloud."""
    parser = argparse.ArgumentParser("secrets", description="write a bot's secrets for a cloud")
    parser.add_argument("cloud", choices=("aws", "yandex"))
    parser.add_argument(
        "more", nargs="*", help="twitch; NAME=VALUE of the stack's parameters; STORE_URL=URL"
    )
    parser.add_argument("--out", type=Path, help="the file to write; else it is printed")
    options = parser.parse_args(arguments)
    platform = next((word for word in options.more if word in NAMES), "telegram")
    parameters = [word for word in options.more if word not in NAMES]
    known = stack_parameters() if options.cloud == "aws" else [STORE_SETTING]
    for word in parameters:
        if "=" not in word or word.partition("=")[0] not in known:  # AWS's command ignores it
            parser.error(
                f"{word!r} is neither telegram nor twitch, nor NAME=VALUE with one of these names: "
                f"{', '.join(known)}. If a value has spaces, put NAME=VALUE into quotation marks"
            )
    try:
        found = read_settings(platform)
        values = {name: found[name] for name in NAMES[platform]} | reachable_store()
        if platform == "telegram":
            checked_secret(values["TELEGRAM_SECRET"])
        if options.cloud == "aws":
            written: list[Any] = format_for_aws(platform, values, parameters)
        else:
            # Without a store, a bot would write a file, and a function there can't.
            where = {STORE_SETTING: values.get(STORE_SETTING, "memory://")}
            written = format_for_lockbox(values | where | parse_pairs(parameters))
        print_or_write(json.dumps(written), options.out)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def format_for_aws(platform: str, values: dict[str, str], parameters: list[str]) -> list[str]:
    """Format them for `aws cloudformation deploy`; a parameter typed by hand wins."""
    stack = NAMES[platform] | {STORE_SETTING: "StoreUrl"}
    known = {"Handler": f"{platform}_function.handler"}
    known |= {stack[name]: value for name, value in values.items()}
    known |= parse_pairs(parameters)
    return [f"{name}={value}" for name, value in known.items()]


def stack_parameters() -> list[str]:
    """Return the names of all parameters of AWS's stack."""
    section = TEMPLATE.read_text(encoding="utf-8").partition("\nParameters:\n")[2]
    return re.findall(r"^  (\w+):$", section.partition("\n\n")[0], re.MULTILINE)


def parse_pairs(parameters: list[str]) -> dict[str, str]:
    """Read NAME=VALUE words.

    >>> parse_pairs(["STORE_URL=dynamodb://bot?region=x"])
    {'STORE_URL': 'dynamodb://bot?region=x'}
    """
    return dict(parameter.split("=", 1) for parameter in parameters)


def format_for_lockbox(values: dict[str, str]) -> list[dict[str, str]]:
    """Format them for `yc lockbox secret create --payload -`."""
    return [{"key": name, "text_value": value} for name, value in values.items()]


def print_or_write(text: str, out: Path | None) -> None:
    """Print it, or write it into a file that only its owner can read; ValueError for another's."""
    if not out:
        print(text)
        return
    if out.exists() and not (out.is_file() and out.read_bytes().startswith(OWN_BEGINNINGS)):
        raise ValueError(
            f"{out} is there already, and this command did not write it. Move it, or choose "
            "another name by --out."
        )
    write_whole(out, text.encode(), mode=0o600)
    print(f"Written into {out}. Delete it as soon as the stack is made.")


def reachable_store() -> dict[str, str]:
    """Return the store's address if a cloud can reach it; it can't reach a file of this machine."""
    url = os.environ.get(STORE_SETTING, "")
    return {STORE_SETTING: url} if url.startswith(("redis://", "rediss://")) else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
