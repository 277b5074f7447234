"""The bot's secrets as a cloud takes them.

    python deploy/secrets_for.py yandex                     a payload for Lockbox
    python deploy/secrets_for.py aws CodeBucket=… Code…     all parameters of the stack

They go from `.env` straight into the cloud's own tool, by a pipe or a file that is deleted at once:
on a command line others could read them, and the shell would remember them.
"""

import json
import sys

from botlib.settings import settings

NAMES = {"TELEGRAM_TOKEN": "TelegramToken", "TELEGRAM_SECRET": "TelegramSecret"}


def main(arguments: list[str]) -> int:
    """Print JSON: a list of stack parameters for AWS, a Lockbox payload for Yandex Cloud."""
    cloud, *parameters = arguments or [""]
    if cloud not in ("aws", "yandex") or not all("=" in parameter for parameter in parameters):
        print(__doc__, file=sys.stderr)
        return 2
    found = settings("telegram")
    missing = found.missing(*NAMES)
    if missing:
        print(
            f"{missing[0]} is not set. Write it into .env; see deploy/README.md.", file=sys.stderr
        )
        return 1
    if cloud == "aws":
        secret = [f"{parameter}={found[name]}" for name, parameter in NAMES.items()]
        print(json.dumps(parameters + secret))
    else:
        print(json.dumps([{"key": name, "text_value": found[name]} for name in NAMES]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
