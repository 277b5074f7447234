"""EventSub subscriptions: which channel's chat Twitch posts to which function.

Plain calls, for a notebook or a set-up script. Nothing here answers the challenge: that does
the function at the callback, so it must run before it is subscribed.
"""

from typing import Any
from urllib.parse import quote

from botlib.settings import setting
from botlib.twitch.eventsub_message import CHAT_MESSAGE, checked_secret
from botlib.twitch.helix import ApiRefused, Helix, first

PATH = "eventsub/subscriptions"
FIXES = {
    400: "The callback must be an https:// address on port 443, reachable from the internet",
    401: "An app token is needed; it is made from TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET",
    403: "The bot's account must have authorized this application with user:read:chat and "
    "user:bot, and the channel's owner with channel:bot (or have made the bot a moderator)",
    409: "There is one already for this channel and callback: see subscriptions(), unsubscribe()",
}


def subscribe(
    channel_id: str,
    callback: str,
    secret: str | None = None,
    bot_id: str | None = None,
    helix: Helix | None = None,
) -> dict[str, Any]:
    """Have Twitch post what is said in a channel to `callback`; gives the subscription.

    It is pending until the function there has answered the challenge. What is not given comes
    from the environment: TWITCH_EVENTSUB_SECRET, TWITCH_BOT_ID, and what Helix needs.
    Raises ApiRefused with what to do, LoginRefused or Unreachable.
    """
    wanted = {
        "type": CHAT_MESSAGE,
        "version": "1",
        "condition": {
            "broadcaster_user_id": channel_id,
            "user_id": setting("TWITCH_BOT_ID", bot_id),
        },
        "transport": {
            "method": "webhook",
            "callback": callback,
            "secret": checked_secret(setting("TWITCH_EVENTSUB_SECRET", secret)),
        },
    }
    try:
        return first((helix or Helix()).call("POST", PATH, wanted))
    except ApiRefused as error:
        fix = FIXES.get(error.status, "")
        raise ApiRefused(error.call, error.status, error.message, fix) from None


def subscriptions(helix: Helix | None = None) -> list[dict[str, Any]]:
    """All subscriptions of the application, each with its "status"; at most the first hundred."""
    data = (helix or Helix()).call("GET", PATH).get("data")
    return data if isinstance(data, list) else []


def unsubscribe(subscription_id: str, helix: Helix | None = None) -> None:
    """End a subscription; raises ApiRefused if Twitch does not know it."""
    (helix or Helix()).call("DELETE", f"{PATH}?id={quote(subscription_id, safe='')}")
