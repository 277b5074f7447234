"""Who was away when something was said: chat does not wait for a program that is not there.

A program's homes are the channels it joined by IRC or subscribed to over a WebSocket; a message
said in a home while no connection hears it is missed. Webhooks have deliveries instead.
"""

from collections import defaultdict
from collections.abc import Callable

from sandbox.twitch.model import ChatMessage


class Presence:
    """The homes of each login and what it missed there."""

    def __init__(self) -> None:
        self.homes: dict[str, set[str]] = defaultdict(set)
        self.missed: dict[str, list[ChatMessage]] = defaultdict(list)
        self.ears: list[Callable[[str, str], bool]] = []

    def hears(self, login: str, channel: str) -> bool:
        """Whether some live connection of this login hears the channel now."""
        return any(ear(login, channel) for ear in self.ears)

    def note(self, message: ChatMessage, _origin: object) -> None:
        """A message was said: keep it for those who should have heard it and did not."""
        for login, channels in self.homes.items():
            if message.channel not in channels or login == message.author.login:
                continue
            if not self.hears(login, message.channel):
                self.missed[login].append(message)
