"""Where Twitch is: the real one, or a sandbox that speaks the same protocols.

Nothing here connects.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """The four doors of a Twitch."""

    oauth: str = "https://id.twitch.tv/"
    helix: str = "https://api.twitch.tv/helix/"
    eventsub: str = "wss://eventsub.wss.twitch.tv/ws"
    irc: str = "wss://irc-ws.chat.twitch.tv:443"


def addresses(api: str | None = None) -> Addresses:
    """Give the doors of the Twitch at `api`; else of TWITCH_API's; else the real ones.

    >>> addresses("http://127.0.0.1:8080").irc
    'ws://127.0.0.1:8080/irc'
    """
    root = (api or os.environ.get("TWITCH_API") or "").rstrip("/")
    if not root:
        return Addresses()
    if not root.startswith(("http://", "https://")):
        raise ValueError(f"{root!r} is no address: expected http://…, as `twitch.url` gives it.")
    socket = root.replace("http", "ws", 1)
    return Addresses(f"{root}/", f"{root}/helix/", f"{socket}/ws", f"{socket}/irc")


def point_twitchio_at(where: Addresses) -> None:
    """Send TwitchIO's calls there.

    TwitchIO keeps its addresses in class attributes and a global, so this holds for the whole
    process: two bots on two different Twitches need two processes.
    """
    import twitchio.eventsub.websockets  # only here: whoever asks for an address needs none of it
    from twitchio.http import Route

    Route.ID_BASE, Route.BASE = where.oauth, where.helix
    twitchio.eventsub.websockets.WSS = where.eventsub
