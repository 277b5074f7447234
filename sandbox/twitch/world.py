"""What every part of the sandbox Twitch shares: who exists, the clock, the chat, the tokens.

It holds and finds; it serves nothing.
"""

import asyncio
import re

from sandbox.twitch.chat import Channel, Chat
from sandbox.twitch.clock import Clock
from sandbox.twitch.limits import SendingRules, Window
from sandbox.twitch.model import Application, ConnectionRecord, User
from sandbox.twitch.presence import Presence
from sandbox.twitch.settings import Settings
from sandbox.twitch.tokens import TokenStore, random_text
from sandbox.watch import Watch

LOGIN = re.compile(r"[a-z0-9][a-z0-9_]{2,24}")  # Twitch's rule: 4 to 25; the sandbox takes 3


class World:
    """One sandbox's users, applications and everything that reads or changes them."""

    def __init__(self, loop: asyncio.AbstractEventLoop, settings: Settings) -> None:
        self.settings = settings
        self.clock = Clock(loop)
        self.watch = Watch()
        self.chat = Chat(self.clock, settings, self.watch)
        self.rules = SendingRules(self.clock, settings)
        self.window = Window(self.clock)
        self.tokens = TokenStore(self.clock, settings)
        self.presence = Presence()
        self.chat.listeners.append(self.presence.note)
        self.users: dict[str, User] = {}
        self.apps: dict[str, Application] = {}
        self.records: list[ConnectionRecord] = []

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
        return user

    def add_app(self, name: str, redirect: str, *, confidential: bool) -> Application:
        """Register an application, as the developer console does."""
        if any(app.name == name for app in self.apps.values()):
            raise ValueError(f"the application name {name!r} is taken; choose another")
        secret = random_text(30) if confidential else ""
        app = Application(name, random_text(30), secret, redirect, confidential)
        self.apps[app.client_id] = app
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
