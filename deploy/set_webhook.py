"""Tell Telegram where the function is: python3 start.py webhook https://…

Token and secret come from `.env` or the environment, so neither is typed or shown. Without an
address it only shows what Telegram knows.
"""

import json
import sys

from botlib.settings import settings, telegram_api
from botlib.telegram.light import BotApi


def main(arguments: list[str]) -> int:
    """Set the webhook, print getWebhookInfo; the exit status is 1 if Telegram refuses."""
    try:
        found = settings("telegram")
        telegram = BotApi(found["TELEGRAM_TOKEN"], telegram_api(None))
        if arguments:
            secret = found["TELEGRAM_SECRET"]
            wanted = {"url": arguments[0], "secret_token": secret, "allowed_updates": ["message"]}
            telegram.call("setWebhook", wanted)
        print(json.dumps(telegram.call("getWebhookInfo", {}), indent=2))
    except (KeyError, ValueError, OSError, RuntimeError) as error:
        print(error.args[0] if isinstance(error, KeyError) else error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
