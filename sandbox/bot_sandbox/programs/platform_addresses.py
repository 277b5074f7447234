"""The real addresses of Telegram and Twitch that a bot may have in its code."""

from typing import NamedTuple

HTTPS, WS, IRC, IRC_TLS = 443, 80, 6667, 6697


class PlatformAddress(NamedTuple):
    """Where a real address leads in the sandbox."""

    platform: str  # SwitchableServer._platform
    port_name: str  # the attribute of that server that has its port
    is_tls: bool = True


API, CHAT = "port", "irc_port"
ADDRESSES = {
    ("api.telegram.org", HTTPS): PlatformAddress("telegram", API),
    ("api.twitch.tv", HTTPS): PlatformAddress("twitch", API),
    ("id.twitch.tv", HTTPS): PlatformAddress("twitch", API),
    ("eventsub.wss.twitch.tv", HTTPS): PlatformAddress("twitch", API),
    ("irc-ws.chat.twitch.tv", HTTPS): PlatformAddress("twitch", API),
    ("irc-ws.chat.twitch.tv", WS): PlatformAddress("twitch", API, is_tls=False),
    ("irc.chat.twitch.tv", IRC): PlatformAddress("twitch", CHAT, is_tls=False),
    ("irc.chat.twitch.tv", IRC_TLS): PlatformAddress("twitch", CHAT),
    ("irc.chat.twitch.tv", HTTPS): PlatformAddress("twitch", CHAT),
}
HOSTS = sorted({host for host, _ in ADDRESSES})
PLATFORMS = sorted({address.platform for address in ADDRESSES.values()})
