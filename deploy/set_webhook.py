"""Tell Telegram the address of your function: python3 start.py webhook https://… [OPTION …]

    --updates KIND …   the kinds of updates to send, such as: --updates message chat_member
    --delete           Telegram stops calling any address

Without --updates, Telegram sends all kinds except chat_member, message_reaction and
message_reaction_count. The bot ignores those that it has no handler for. Token and secret come from
`.env` or the environment, so you don't type them and nobody sees them. Without an address, the
command only shows what Telegram knows.
"""

import argparse
import json
import sys

from botlib.details.settings import read_settings, telegram_api
from botlib.telegram.details.bot_api import BotApi
from botlib.telegram.updates import checked_secret


def main(arguments: list[str]) -> int:
    """Set the webhook and print getWebhookInfo. Return 1 if Telegram refuses."""
    parser = argparse.ArgumentParser("webhook", description="tell Telegram where your function is")
    parser.add_argument("address", nargs="?", help="of the function; without it, only look")
    parser.add_argument("--updates", nargs="+", default=[], metavar="KIND")
    parser.add_argument("--delete", action="store_true")
    options = parser.parse_args(arguments)
    if (options.updates and not options.address) or (options.delete and options.address):
        parser.error("--updates needs an address, --delete takes none")
    try:
        found = read_settings("telegram")
        telegram = BotApi(found["TELEGRAM_TOKEN"], telegram_api(None))
        if options.address:
            # An empty list means Telegram's default; without a list, an older one would stay.
            kinds, secret = options.updates, checked_secret(found["TELEGRAM_SECRET"])
            wanted = {"url": options.address, "secret_token": secret, "allowed_updates": kinds}
            telegram.call("setWebhook", wanted)
        elif options.delete:
            telegram.call("deleteWebhook", {})
        print(json.dumps(telegram.call("getWebhookInfo", {}), indent=2))
    except (ValueError, OSError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
