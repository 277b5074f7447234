"""Tell Telegram where the function is: python3 start.py webhook https://… [OPTION …]

    --updates KIND …   the kinds of updates to send, such as: --updates message chat_member
    --delete           Telegram shall call no address any more

Without --updates Telegram sends all kinds but three, which one must ask for by name: chat_member,
message_reaction and message_reaction_count. So buttons, edits and members arrive; what the bot has
no handler for, it leaves alone. Token and secret come from `.env` or the environment, so neither
is typed or shown. Without an address it only shows what Telegram knows.
"""

import argparse
import json
import sys

from botlib.settings import settings, telegram_api
from botlib.telegram.light import BotApi


def main(arguments: list[str]) -> int:
    """Set the webhook, print getWebhookInfo; the exit status is 1 if Telegram refuses."""
    parser = argparse.ArgumentParser("webhook", description="tell Telegram where the function is")
    parser.add_argument("address", nargs="?", help="of the function; without it, only look")
    parser.add_argument("--updates", nargs="+", default=[], metavar="KIND")
    parser.add_argument("--delete", action="store_true")
    options = parser.parse_args(arguments)
    if (options.updates and not options.address) or (options.delete and options.address):
        parser.error("an address goes with --updates, and none with --delete")
    try:
        found = settings("telegram")
        telegram = BotApi(found["TELEGRAM_TOKEN"], telegram_api(None))
        if options.address:
            # An empty list is Telegram's own default. Left out, an older list would stay.
            kinds, secret = options.updates, found["TELEGRAM_SECRET"]
            wanted = {"url": options.address, "secret_token": secret, "allowed_updates": kinds}
            telegram.call("setWebhook", wanted)
        elif options.delete:
            telegram.call("deleteWebhook", {})
        print(json.dumps(telegram.call("getWebhookInfo", {}), indent=2))
    except (KeyError, ValueError, OSError, RuntimeError) as error:
        print(error.args[0] if isinstance(error, KeyError) else error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
