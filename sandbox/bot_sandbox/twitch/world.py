"""What every part of the sandbox Twitch shares: who exists, who is connected, chat, tokens, time.

It holds and finds; it serves nothing.
"""

import asyncio
import re
import string
from collections import defaultdict
from collections.abc import Callable, Sequence

from bot_sandbox.change_notifier import ChangeNotifier
from bot_sandbox.randomness import Randomness
from bot_sandbox.twitch.chat import (
    Channel,
    ChatMessage,
    ChatRooms,
    RateWindow,
    SendingRules,
    Stream,
    User,
)
from bot_sandbox.twitch.clock import Clock
from bot_sandbox.twitch.connection import ConnectionRecord, HeldConnection
from bot_sandbox.twitch.eventsub_events import Delivery, Subscription
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application, TokenStore

LOGIN = re.compile(r"[a-z0-9][a-z0-9_]{2,24}")  # Twitch's rule: 4 to 25; the sandbox takes 3


class TwitchWorld:
    """One sandbox's users, applications and everything that reads or changes them."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        settings: TwitchSettings,
        changes: ChangeNotifier,
        host: str,
    ) -> None:
        self.settings = settings
        self.url = f"http://{host}"  # where OAuth and Helix are
        self.irc_url = f"ws://{host}/irc"
        self.eventsub_url = f"ws://{host}/ws"
        self.clock = Clock(loop, changes)
        self.changes = changes
        self.randomness = Randomness(settings.seed)
        self.chat = ChatRooms(self.clock, settings, self.changes, self.randomness)
        self.rules = SendingRules(self.clock, settings)
        self.window = RateWindow(self.clock)
        self.tokens = TokenStore(self.clock, settings, self.randomness)
        self.users: dict[str, User] = {}
        self.apps: dict[str, Application] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.deliveries: list[Delivery] = []  # every attempt by webhook
        self.connections: list[HeldConnection] = []
        self.records: list[ConnectionRecord] = []  # of every connection, closed ones too
        # Chat does not wait for a program that is not there. Its homes are the channels it
        # joined by IRC or subscribed to over a WebSocket; what is said in a home while no
        # connection hears it is missed. (Webhooks have deliveries instead.)
        self.homes: dict[str, set[str]] = defaultdict(set)  # channels, by login
        self.missed: dict[str, list[ChatMessage]] = defaultdict(list)  # by login
        self.chat.listeners.append(self._note_who_missed)
        # What happens on a channel beside its chat: the EventSub type, the channel, who did it.
        self.on_event: list[Callable[[str, Channel, User], None]] = []
        self.lacking: list[str] = []  # what programs asked for that only the real Twitch has

    def add_user(self, login: str, display_name: str) -> User:
        """A new user and their channel; ValueError says what is wrong with the login."""
        login = login.lower()
        if not LOGIN.fullmatch(login):
            raise ValueError(
                f"{login!r} cannot be a login: 3 to 25 of a-z, 0-9 and _, not starting with _"
            )
        if login in self.chat.channels:
            raise ValueError(f"the login {login!r} is taken; choose another")
        if display_name and display_name.lower() != login:
            raise ValueError(
                f"display name {display_name!r} must be the login {login!r}"
                " with other capitals, as on Twitch"
            )
        user_id = str(100_000_001 + len(self.users))
        user = User(user_id, login, display_name or login, self.clock.timestamp())
        self.users[user.id] = user
        self.chat.channels[login] = Channel(user)
        self.changes.changed()
        return user

    def add_app(self, name: str, redirects: Sequence[str], confidential: bool) -> Application:
        """Register an application, as the developer console does."""
        if any(app.name == name for app in self.apps.values()):
            raise ValueError(f"the application name {name!r} is taken; choose another")
        secret = self.randomness.text(30, f"secret {name}") if confidential else ""
        client_id = self.randomness.text(30, f"client id {name}")
        first, *more = redirects
        app = Application(name, client_id, secret, first, confidential, tuple(more))
        self.apps[app.client_id] = app
        self.changes.changed()
        return app

    def user(self, login: str) -> User:
        """The user with this login; ValueError names those who exist."""
        return self.channel(login).owner

    def channel(self, name: str) -> Channel:
        """The channel of this name, with or without #; ValueError names those that exist."""
        channel = self.find_channel(name)
        if channel is None:
            known = ", ".join(self.chat.channels) or "none yet; twitch.account(...) makes one"
            raise ValueError(f"Twitch has no account or channel {name!r}; it has: {known}")
        return channel

    def find_channel(self, name: str) -> Channel | None:
        """The channel of this name, with or without #, or None."""
        return self.chat.channels.get(name.removeprefix("#").lower())

    def go_live(self, channel: Channel, title: str) -> None:
        """A stream begins; ValueError when one is on."""
        if channel.stream:
            raise ValueError(f"#{channel.name} is live already; end_stream() ends it")
        channel.title = title or channel.title
        stream_id = self.randomness.text(11, f"stream {channel.name}", string.digits)
        channel.stream = Stream(stream_id, self.clock.timestamp())
        self._happened("stream.online", channel, channel.owner)

    def end_stream(self, channel: Channel) -> None:
        """The stream ends; ValueError when none is on."""
        if channel.stream is None:
            raise ValueError(f"#{channel.name} is not live; go_live() begins a stream")
        channel.stream = None
        self._happened("stream.offline", channel, channel.owner)

    def follow(self, user: User, channel: Channel) -> None:
        """Someone follows a channel; ValueError for one's own."""
        if user == channel.owner:
            raise ValueError("nobody can follow their own channel")
        if user.id not in channel.followers:
            channel.followers[user.id] = self.clock.timestamp()
            self._happened("channel.follow", channel, user)

    def unfollow(self, user: User, channel: Channel) -> None:
        """Someone follows a channel no more."""
        channel.followers.pop(user.id, None)
        self.changes.changed()

    def lacks(self, what: str) -> None:
        """A program asked for something that the real Twitch has and this one not."""
        if what not in self.lacking:
            self.lacking.append(what)
            self.changes.changed()

    def webhooks_of(self, channel: Channel) -> list[Subscription]:
        """The subscriptions by webhook to what is said in a channel."""
        return [
            subscription
            for subscription in self.subscriptions.values()
            if subscription.channel is channel
            and subscription.hears_chat
            and subscription.transport["method"] == "webhook"
        ]

    def opened(self, connection: HeldConnection) -> None:
        """A connection was made."""
        self.connections.append(connection)
        self.records.append(connection.record)
        self.changes.changed()

    def closed(self, connection: HeldConnection) -> None:
        """A connection is over."""
        self.connections.remove(connection)
        self.changes.changed()

    def connected(self, login: str) -> list[HeldConnection]:
        """The open connections of a login."""
        return [c for c in self.connections if c.login == login.lower() and c.record.open]

    def hears(self, login: str, channel: str) -> bool:
        """Whether some live connection of this login hears the channel now."""
        return self.hears_since(login, channel) is not None

    def hears_since(self, login: str, channel: str) -> float | None:
        """Since when a connection of this login that still lives hears the channel, or None."""
        live = [c for c in self.connections if c.login == login and c.live]
        since = (connection.hears_since(channel) for connection in live)
        return min((moment for moment in since if moment is not None), default=None)

    def _happened(self, type: str, channel: Channel, user: User) -> None:
        for listener in self.on_event:
            listener(type, channel, user)
        self.changes.changed()

    def _note_who_missed(self, message: ChatMessage, _origin: object) -> None:
        for login, channels in self.homes.items():
            if message.channel not in channels or login == message.author.login:
                continue
            if not self.hears(login, message.channel):
                self.missed[login].append(message)
