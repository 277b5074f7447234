"""The sandbox Twitch as a learner meets it: accounts, applications, tokens and plain calls.

    twitch = Twitch()
    viktor = twitch.account("viktor", display_name="Viktor")
    viktor.ask("!hello", channel="viktor")

Any client works with it: OAuth and Helix at `url`, chat at `irc_url` and `irc_address`, EventSub
at `eventsub_url`. The servers' sockets are in ports.py.
"""

import re
from typing import Any, Self

from sandbox.no_reply import NoReply
from sandbox.server import HOST
from sandbox.transcript import Transcript
from sandbox.twitch import scopes as known_scopes
from sandbox.twitch.diagnosis import why
from sandbox.twitch.eventsub_events import Subscription
from sandbox.twitch.eventsub_webhook import Delivery
from sandbox.twitch.faults import Connection, Faults
from sandbox.twitch.model import Application, ChatMessage, ConnectionRecord, Token
from sandbox.twitch.people import Account, login_of
from sandbox.twitch.ports import Ports
from sandbox.twitch.settings import Settings
from sandbox.twitch.transcript import transcript

REDIRECT = re.compile(r"https://[^/\s]+(/\S*)?|http://localhost(:\d+)?(/\S*)?")  # Twitch's rule


class Twitch(Ports):
    """A Twitch on this machine; stop it with `close()` or by leaving its `with`.

    `port` and `irc_port` 0 take any free ones. Every other number is a setting, by name: see
    `Settings`, where each stands beside the real one.
    """

    def __init__(self, *, port: int = 0, irc_port: int = 0, **settings: Any) -> None:
        super().__init__(Settings(**settings), port, irc_port)
        self.clock = self.world.clock
        self.settings = self.world.settings
        self.faults = Faults(self)
        self.url = f"http://{HOST}:{self.port}"
        self.irc_url = f"ws://{HOST}:{self.port}/irc"
        self.irc_address = (HOST, self.irc_port)
        self.eventsub_url = f"ws://{HOST}:{self.port}/ws"

    def __repr__(self) -> str:
        return f"Twitch({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def account(self, login: str, display_name: str = "") -> Account:
        """A new person on Twitch with a channel of the same name."""

        async def make() -> Account:
            return Account(self, self.world.add_user(login, display_name))

        return self.run(make())

    def application(
        self,
        name: str,
        redirect: str = "http://localhost:3000/callback",
        confidential: bool = True,
    ) -> Application:
        """Register an application, as the developer console does."""
        if not REDIRECT.fullmatch(redirect):
            raise ValueError(
                f"Twitch takes no redirect {redirect!r}. Expected an address that begins with "
                'https:// or http://localhost, such as "http://localhost:3000/callback".'
            )

        async def make() -> Application:
            return self.world.add_app(name, redirect, confidential=confidential)

        return self.run(make())

    def authorize(self, account: Account, app: Application, scopes: list[str] | str) -> Token:
        """What clicking Authorize and swapping the code ends in: a user token.

        The scopes come as a list or, as in a link, in one text with spaces between.
        """
        names = scopes.split() if isinstance(scopes, str) else scopes
        wrong = known_scopes.unknown(names)
        if wrong:
            raise ValueError(known_scopes.explain(wrong))

        async def issue() -> Token:
            return self.world.tokens.issue(app, account.user, names)

        return self.run(issue())

    def app_token(self, app: Application) -> Token:
        """The application's own token (client credentials); it is nobody's."""

        async def issue() -> Token:
            return self.world.tokens.issue(app, None, [])

        return self.run(issue())

    def disconnect(self, account: Account, app: Application) -> None:
        """The account takes back what it allowed the application: tokens and subscriptions end."""

        async def end() -> None:
            self.eventsub.withdraw(app.client_id, account.id)
            self.world.tokens.disconnect(app, account.user)

        self.run(end())

    def transcript(self, channel: Account | str) -> Transcript:
        """What was said in a channel."""
        return transcript(list(self.world.channel(login_of(channel)).history))

    def messages(self, channel: Account | str) -> list[ChatMessage]:
        """What was said in a channel, as a list."""
        return list(self.world.channel(login_of(channel)).history)

    def connections(self, login: Account | str | None = None) -> list[ConnectionRecord]:
        """Every connection of a login (or of all), oldest first, closed ones too."""
        name = None if login is None else login_of(login)
        return [r for r in list(self.world.records) if name is None or r.login == name]

    def missed(self, login: Account | str) -> list[ChatMessage]:
        """What was said in the program's channels while none of its connections heard them."""
        return list(self.world.presence.missed.get(login_of(login), []))

    def deliveries(self) -> list[Delivery]:
        """Every attempt to deliver a webhook message."""
        return list(self.eventsub.webhooks.deliveries)

    def subscriptions(self) -> list[Subscription]:
        """Every EventSub subscription."""
        return list(self.eventsub.subscriptions.values())

    def wait_for(
        self,
        login: Account | str,
        channel: Account | str,
        timeout: float = 5.0,
        after: ConnectionRecord | None = None,
    ) -> None:
        """Wait until the program hears the channel (joined, or subscribed and enabled).

        With `after`, over a connection made later than that one: until it is back.
        NoReply after `timeout` seconds says what was found.
        """
        name, room = login_of(login), self.world.channel(login_of(channel))

        def there() -> bool:
            return self._back(name, room.name, after) if after else self._hears(name, room.name)

        if not self.run(self.world.watch.until(there, timeout)):
            found = why(self, room)
            first = f"{name} did not come to #{room.name} within {timeout:g} s."
            raise NoReply("\n".join([first, *found]))

    def wait_gone(self, login: Account | str, timeout: float = 5.0) -> None:
        """Wait until the program has no open connection; NoReply if it still has."""
        name = login_of(login)
        gone = self.world.watch.until(lambda: not self.connected(name), timeout)
        if not self.run(gone):
            raise NoReply(f"{name} is still connected after {timeout:g} s.")

    def connected(self, login: str) -> list[Connection]:
        """The open connections of a login, for the faults."""
        return [*self.hub.of(login), *self.eventsub.sessions.of(login)]

    def may_speak(self, login: str) -> bool:
        """Whether the login's chat connection may send messages (chat:edit)."""
        return any(session.may("chat:edit") for session in self.hub.of(login))

    def _back(self, login: str, channel: str, after: ConnectionRecord) -> bool:
        return any(
            record.open and channel in record.joined and record.connected_at > after.connected_at
            for record in self.connections(login)
        )

    def _hears(self, login: str, channel: str) -> bool:
        return self.world.presence.hears(login, channel) or any(
            s.enabled and s.reader.login == login and s.channel.name == channel
            for s in self.eventsub.subscriptions.values()
            if s.transport["method"] == "webhook"
        )
