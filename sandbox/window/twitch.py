"""Twitch in the window: its channels and what is said in them, and the routes to use them."""

from collections.abc import Iterator

from aiohttp import web

from sandbox.twitch.service import Twitch
from sandbox.window.feed import Json
from sandbox.window.view import View

SHOWN = 200  # of a channel's messages, the newest


class TwitchView(View):
    """One Twitch behind a window. Accounts and channels go by login."""

    name = "twitch"

    def __init__(self, twitch: Twitch) -> None:
        super().__init__(twitch)
        self.twitch = twitch

    def routes(self) -> list[web.RouteDef]:
        """Accounts and what is said."""
        return []

    def records(self) -> Iterator[tuple[str, Json]]:
        """Every account with its channel, and the newest messages of each."""
        for channel in self.twitch.world.chat.channels.values():
            yield (
                f"twitch/channel/{channel.name}",
                {"type": "channel", "name": channel.owner.display_name},
            )
