"""What a bot is told, by arguments or by the environment. Nothing here is shown or sent."""

import os
from collections.abc import Iterable

from botlib.settings import setting
from botlib.twitch.account import Account
from botlib.twitch.irc import channel_name


def account(
    token: str | None = None,
    refresh_token: str | None = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    api: str | None = None,
) -> Account:
    """Make the bot's account; a refresh token and a client secret are there or not."""
    return Account(
        setting("TWITCH_TOKEN", token),
        refresh_token or os.environ.get("TWITCH_REFRESH_TOKEN"),
        setting("TWITCH_CLIENT_ID", client_id),
        client_secret or os.environ.get("TWITCH_CLIENT_SECRET"),
        api,
    )


def channel_names(channels: Iterable[str] | None) -> list[str]:
    """Give the channels' names: those given, else those of TWITCH_CHANNEL, at least one.

    >>> channel_names(["#Viktor", "viktor", "anna"])
    ['viktor', 'anna']
    """
    if channels is not None and not isinstance(channels, str):
        channels = ",".join(channels)
    names = setting("TWITCH_CHANNEL", channels).split(",")
    return list(dict.fromkeys(channel_name(name) for name in names))
