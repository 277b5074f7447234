"""Tell Twitch where the function is: python3 start.py subscribe https://…

    --delete    instead of an address: end all subscriptions

It subscribes to the chat of each channel in TWITCH_CHANNEL, and ends older subscriptions that call
another address. All settings come from `.env` or the environment, so you neither type nor see a
secret. Without an address it only shows the subscriptions. Each is `enabled` once the function has
answered the challenge.
"""

import json
import sys

from botlib.details.settings import read_settings
from botlib.twitch.details.helix import CHAT_MESSAGE, ApiRefused, Helix, checked_id, first_object
from botlib.twitch.irc import channel_name


def main(arguments: list[str]) -> int:
    """Subscribe, or end all, and print the subscriptions; return 1 if Twitch refuses, else 0."""
    try:
        found = read_settings("twitch")
        helix = Helix(found["TWITCH_CLIENT_ID"], found["TWITCH_CLIENT_SECRET"])
        if arguments == ["--delete"]:
            for old in helix.subscriptions():
                helix.unsubscribe(old["id"])
        elif arguments:
            bot_id, secret = checked_id(found["TWITCH_BOT_ID"]), found["TWITCH_EVENTSUB_SECRET"]
            for name in found["TWITCH_CHANNEL"].split(","):
                resubscribe(channel_id(name, helix), arguments[0], secret, bot_id, helix)
        print(json.dumps(helix.subscriptions(), indent=2))
    except (ValueError, OSError, ApiRefused) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def resubscribe(channel: str, callback: str, secret: str, bot_id: str, helix: Helix) -> None:
    """Subscribe the callback to a channel's chat; replaces any existing subscription."""
    who = {"broadcaster_user_id": channel, "user_id": bot_id}
    before = {
        each["id"]: each["transport"]["callback"]
        for each in helix.subscriptions()
        if (each["type"], each["condition"]) == (CHAT_MESSAGE, who)
        and each["transport"]["method"] == "webhook"
    }
    for old in [old for old in before if before[old] == callback]:
        helix.unsubscribe(old)  # it may be dead, or signed with an older secret
    helix.subscribe(channel, callback, secret, bot_id)
    for old in [old for old in before if before[old] != callback]:
        helix.unsubscribe(old)


def channel_id(name: str, helix: Helix) -> str:
    """The number of a channel; ValueError if Twitch does not know it."""
    login = channel_name(name)
    user = first_object(helix.call("GET", f"users?login={login}"))
    if not user:
        raise ValueError(f"Twitch knows no channel {login!r}. Check TWITCH_CHANNEL.")
    return str(user["id"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
