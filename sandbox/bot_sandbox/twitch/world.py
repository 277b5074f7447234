"""The shared state of the sandbox Twitch: users, connections, chat, tokens, time.

It holds and finds; it serves nothing.
"""

import itertools
import re
import string
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from typing import NamedTuple
from weakref import WeakSet

from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.twitch.chat import (
    Channel,
    ChatMessage,
    ChatRooms,
    RateWindow,
    SendingRules,
    Stream,
)
from bot_sandbox.twitch.connection import ConnectionRecord, HeldConnection
from bot_sandbox.twitch.eventsub_events import Conduit, EventSubDelivery, Subscription
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application, TokenStore
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.randomness import Randomness

KEPT_FAULTS = 1_000  # what faults did, the newest
KEPT_REFUSALS = 1_000  # HTTP requests that were refused, the newest ones
USER_ID = re.compile(r"[1-9][0-9]{0,14}")
LOGIN = re.compile(r"[a-z0-9][a-z0-9_]{2,24}")  # Twitch's rule: 4 to 25; the sandbox takes 3


class FaultHit(NamedTuple):
    """What a fault of this sandbox did, when, and to which program; "" for all."""

    at: float
    login: str
    text: str


class TwitchWorld:
    """The users, applications, chat, tokens and clock of one sandbox."""

    # A connection's number is used once, and a restore starts the servers.
    NOT_RESTORED = ("connections", "records", "accounts", "up")

    def __init__(
        self,
        clock: Clock,
        settings: TwitchSettings,
        changes: ChangeNotifier,
        host: str,
    ) -> None:
        self.settings = settings
        self.url = f"http://{host}"  # where OAuth and Helix are
        self.irc_url = f"ws://{host}/irc"
        self.eventsub_url = f"ws://{host}/ws"
        self.up = False  # whether the servers run (servers.py)
        self.clock = clock
        self.changes = changes
        self.randomness = Randomness(settings.seed)
        self.chat = ChatRooms(self.clock, settings, self.changes, self.randomness)
        self.rules = SendingRules(self.clock, settings)
        self.window = RateWindow(self.clock)
        self.tokens = TokenStore(self.clock, settings, self.randomness)
        self.accounts: WeakSet[object] = WeakSet()  # what tests hold, with what they have read
        self._user_ids = itertools.count(100_000_001)
        self.users: dict[str, TwitchUser] = {}
        self.apps: dict[str, Application] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.conduits: dict[str, Conduit] = {}
        self.deliveries: list[EventSubDelivery] = []  # all webhook attempts
        self.connections: list[HeldConnection] = []
        self.records: list[ConnectionRecord] = []  # of all connections, even closed ones
        # Chat does not wait for an absent program. It expects the channels it joined by IRC or
        # subscribed to over a WebSocket, and misses what is said there while it has no connection.
        # Webhooks have deliveries instead.
        self.expected_channels: dict[str, set[str]] = defaultdict(set)  # channels, by login
        self.missed: dict[str, list[ChatMessage]] = defaultdict(list)  # by login
        self.chat.listeners.append(self._record_missed)
        # Called with EventSub type, channel and user when something happens outside the chat
        self.on_event: list[Callable[[str, Channel, TwitchUser], None]] = []
        self.refused: deque[str] = deque(maxlen=KEPT_REFUSALS)  # HTTP requests, and why
        self.fault_hits: deque[FaultHit] = deque(maxlen=KEPT_FAULTS)
        self.canned = False  # whether what the sandbox lacks is answered all the same
        self.canned_calls = Counter[str]()  # what was, and how often
        self.unsupported: list[str] = []  # what programs requested that only the real Twitch has
        self.ignored: list[str] = []  # what programs sent that Twitch does not know

    def add_user(self, login: str, display_name: str, chosen: str | int = "") -> TwitchUser:
        """Add a user and their channel; ValueError says what is wrong with the login or the id."""
        login = login.lower()
        if not LOGIN.fullmatch(login):
            raise ValueError(
                f"{login!r} cannot be a login: 3 to 25 of a-z, 0-9 and _, not starting with _"
            )
        if login in self.chat.channels:
            raise ValueError(
                f"the login {login!r} is taken; choose another, or ask for the account with "
                f'twitch.find("{login}")'
            )
        if display_name and display_name.lower() != login:
            raise ValueError(
                f"display name {display_name!r} must be the login {login!r}"
                " with other capitals, as on Twitch"
            )
        if chosen == "":
            chosen = next(one for one in self._user_ids if str(one) not in self.users)
        user_id = str(chosen)
        if isinstance(chosen, bool) or not USER_ID.fullmatch(user_id):
            raise ValueError(
                f"an account's id has 1 to 15 digits and begins with no 0; found {chosen!r}"
            )
        if user_id in self.users:
            owner = self.users[user_id].login
            raise ValueError(f"the id {user_id} is taken by {owner!r}; choose another")
        user = TwitchUser(user_id, login, display_name or login, self.clock.timestamp())
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

    def note_refused(self, words: str) -> None:
        """Keep an HTTP request that was refused, and why."""
        self.refused.append(words)
        self.changes.changed()

    def user(self, login: str) -> TwitchUser:
        """Return the user with this login; ValueError lists the existing ones."""
        return self.channel(login).owner

    def channel(self, name: str) -> Channel:
        """Return the channel of this name, with or without #; ValueError lists all."""
        channel = self.find_channel(name)
        if channel is None:
            known = ", ".join(self.chat.channels) or "none yet; add an account first"
            raise ValueError(f"Twitch has no account or channel {name!r}; it has: {known}")
        return channel

    def find_channel(self, name: str) -> Channel | None:
        """Return the channel of this name, with or without #, or None."""
        return self.chat.channels.get(name.removeprefix("#").lower())

    def go_live(self, channel: Channel, title: str) -> None:
        """Start a stream; raise ValueError if one is on."""
        if channel.stream:
            raise ValueError(f"#{channel.name} is live already; end the stream first")
        channel.title = title or channel.title
        stream_id = self.randomness.text(11, f"stream {channel.name}", string.digits)
        channel.stream = Stream(stream_id, self.clock.timestamp())
        self._announce_event("stream.online", channel, channel.owner)

    def end_stream(self, channel: Channel) -> None:
        """End the stream; raise ValueError if there is none."""
        if channel.stream is None:
            raise ValueError(f"#{channel.name} is not live; start a stream first")
        self._announce_event("stream.offline", channel, channel.owner)  # while its id is known
        channel.stream = None

    def follow(self, user: TwitchUser, channel: Channel) -> None:
        """Let someone follow a channel; raise ValueError for their own."""
        if user == channel.owner:
            raise ValueError("nobody can follow their own channel")
        if user.id not in channel.followers:
            channel.followers[user.id] = self.clock.timestamp()
            self._announce_event("channel.follow", channel, user)

    def unfollow(self, user: TwitchUser, channel: Channel) -> None:
        """Let someone unfollow a channel."""
        channel.followers.pop(user.id, None)
        self.changes.changed()

    def is_canned(self, what: str) -> bool:
        """Return whether what only the real Twitch has is answered all the same, and record it."""
        if not self.canned:
            self.note_unsupported(what)
            return False
        self.canned_calls[what] += 1
        self.changes.changed()
        return True

    def note_unsupported(self, what: str) -> None:
        """Record a request for something that only the real Twitch has."""
        if what not in self.unsupported:
            self.unsupported.append(what)
            self.changes.changed()

    def note_ignored(self, what: str) -> None:
        """Record a parameter that neither Twitch nor the sandbox knows, so both ignore it."""
        if what not in self.ignored:
            self.ignored.append(what)
            self.changes.changed()

    def note_fault(self, login: str, text: str) -> None:
        """Record what a fault did to a program, or to "" for all of them."""
        self.fault_hits.append(FaultHit(self.clock.now(), login, text))
        self.changes.changed()

    def webhooks_of(self, channel: Channel) -> list[Subscription]:
        """Return the webhook subscriptions to chat messages of a channel."""
        return [
            subscription
            for subscription in self.subscriptions.values()
            if subscription.channel is channel
            and subscription.hears_chat
            and subscription.transport["method"] == "webhook"
        ]

    def record_opened(self, connection: HeldConnection) -> None:
        """Record a new connection."""
        self.connections.append(connection)
        self.records.append(connection.record)
        self.changes.changed()

    def forget_closed(self) -> None:
        """Forget the connections that have ended, as in a new Twitch."""
        self.records[:] = [record for record in self.records if record.open]
        self.changes.changed()

    def record_closed(self, connection: HeldConnection) -> None:
        """Record the end of a connection."""
        self.connections.remove(connection)
        self.changes.changed()

    def open_connections(self, login: str) -> list[HeldConnection]:
        """Return the open connections of a login."""
        return [c for c in self.connections if c.login == login.lower() and c.record.open]

    def hears(self, login: str, channel: str) -> bool:
        """Return whether a live connection of this login hears the channel now."""
        return self.hears_since(login, channel) is not None

    def hears_since(self, login: str, channel: str) -> float | None:
        """Return since when a live connection of this login hears the channel, or None."""
        live = [c for c in self.connections if c.login == login and c.live]
        since = (connection.hears_since(channel) for connection in live)
        return min((moment for moment in since if moment is not None), default=None)

    def _announce_event(self, type: str, channel: Channel, user: TwitchUser) -> None:
        for listener in self.on_event:
            listener(type, channel, user)
        self.changes.changed()

    def _record_missed(self, message: ChatMessage, _origin: object) -> None:
        for login, channels in self.expected_channels.items():
            if message.channel not in channels or login == message.author.login:
                continue
            if not self.hears(login, message.channel):
                self.missed[login].append(message)
