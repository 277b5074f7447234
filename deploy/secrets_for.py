"""The bot's secrets as a cloud takes them.

    python3 start.py secrets yandex                     a payload for Lockbox
    python3 start.py secrets aws CodeBucket=… Code…     all parameters of the stack
    python3 start.py secrets aws twitch CodeBucket=…    of a Twitch bot (yandex twitch as well)
    python3 start.py secrets google TELEGRAM_TOKEN      one of them, for one secret there

They go from `.env` straight into the cloud's own tool, by a pipe or a file that is deleted at once:
on a command line others could read them, and the shell would remember them.
"""

import json
import os
import sys

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
    """Print JSON: a list of stack parameters for AWS, a Lockbox payload for Yandex Cloud.

    For Google it is the value itself, without the end of a line.
    """
    cloud, *parameters = arguments or [""]
    if cloud == "google" and len(parameters) == 1:
        return one(parameters[0])
    platform = parameters.pop(0) if parameters and parameters[0] in NAMES else "telegram"
    if cloud not in ("aws", "yandex") or not all("=" in parameter for parameter in parameters):
        print(__doc__, file=sys.stderr)
        return 2
    names = NAMES[platform]
    try:
        found = settings(platform)
        values = {name: found[name] for name in names} | store()
    except (KeyError, ValueError) as error:
        print(f"{error.args[0]} See deploy/README.md.", file=sys.stderr)
        return 1
    if cloud == "aws":
        stack = names | {STORE: "StoreUrl"}
        print(json.dumps(parameters + [f"{stack[name]}={values[name]}" for name in values]))
    else:
        print(json.dumps([{"key": name, "text_value": values[name]} for name in values]))
    return 0


def one(name: str) -> int:
    """Print the value of one setting; the exit status."""
    platform = next((each for each in NAMES if name in NAMES[each]), None)
    try:
        if platform is None:
            raise ValueError(f"{name} is no secret of a bot.")
        print(settings(platform)[name], end="")
    except (KeyError, ValueError) as error:
        print(f"{error.args[0]} See deploy/README.md.", file=sys.stderr)
        return 1
    return 0


def store() -> dict[str, str]:
    """The store's address, if it is one that a cloud can reach: a file of this machine is not."""
    url = os.environ.get(STORE, "")
    return {STORE: url} if url.startswith(("redis://", "rediss://")) else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
