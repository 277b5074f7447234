"""The sandbox Twitch as you meet it: accounts, applications, tokens and plain calls.

    twitch = Twitch()
    viktor = twitch.account("viktor", display_name="Viktor")
    viktor.ask("!hello", channel="viktor")

Any client works with it: OAuth and Helix at `url`, chat at `irc_url` and `irc_address`, EventSub
at `eventsub_url`. The servers are in servers.py.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Self

from bot_sandbox.access import HOST, Access
from bot_sandbox.diagnosis import NoReply
from bot_sandbox.page import Page
from bot_sandbox.transcript import Line, Transcript
from bot_sandbox.twitch.chat import ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord, HeldConnection
from bot_sandbox.twitch.diagnosis import why
from bot_sandbox.twitch.eventsub_events import Delivery, Subscription
from bot_sandbox.twitch.faults import Faults
from bot_sandbox.twitch.people import Account, login_of
from bot_sandbox.twitch.servers import Servers
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application, Token, explain_scope, unknown_scope
from bot_sandbox.twitch.travels import Travel

REDIRECT = re.compile(r"https://[^/\s]+(/\S*)?|http://localhost(:\d+)?(/\S*)?")  # Twitch's rule
REDIRECTS = (
    "http://localhost:3000/callback",  # the one in Twitch's own guides
    "http://localhost:4343/oauth/callback",  # TwitchIO's, unless it is told another
    "http://localhost:17563",  # pyTwitchAPI's
)


class Twitch(Servers):
    """A Twitch on this machine; stop it with `close()` or by leaving its `with`.

    `port` and `irc_port` 0 take any free ones. It listens on `host`; `allow_hosts` are more names
    that it answers to, `allow_origins` web pages that may use it (see access.py). Every other
    number is a setting, by name: see `TwitchSettings`, where each stands beside the real one.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        irc_port: int = 0,
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
        **settings: Any,
    ) -> None:
        access = Access(host, allow_hosts, allow_origins)
        super().__init__(TwitchSettings(**settings), port, irc_port, access)
        self.clock = self.world.clock
        self.settings = self.world.settings
        self.faults = Faults(self)
        self.url = self.world.url
        self.irc_url = self.world.irc_url
        self.irc_address = (self.host.strip("[]"), self.irc_port)
        self.eventsub_url = self.world.eventsub_url

    def __repr__(self) -> str:
        return f"Twitch({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def account(self, login: str, display_name: str = "") -> Account:
        """A new person on Twitch with a channel of the same name."""
        return Account(self.world, self.do(self.world.add_user, login, display_name), self)

    def application(
        self,
        name: str,
        redirect: str | Sequence[str] = REDIRECTS,
        confidential: bool = True,
    ) -> Application:
        """Register an application, as the developer console does.

        `redirect` is the address that a browser is sent back to, or several of them.
        """
        redirects = [redirect] if isinstance(redirect, str) else list(redirect)
        for address in redirects or [""]:
            if not REDIRECT.fullmatch(address):
                raise ValueError(
                    f"Twitch takes no redirect {address!r}. Expected an address that begins with "
                    'https:// or http://localhost, such as "http://localhost:3000/callback".'
                )
        return self.do(self.world.add_app, name, redirects, confidential)

    def authorize(self, account: Account, app: Application, scopes: list[str] | str) -> Token:
        """What clicking Authorize and swapping the code ends in: a user token.

        The scopes come as a list or, as in a link, in one text with spaces between.
        """
        names = scopes.split() if isinstance(scopes, str) else scopes
        wrong = unknown_scope(names)
        if wrong:
            raise ValueError(explain_scope(wrong))
        return self.do(self.world.tokens.issue, app, account.user, names)

    def app_token(self, app: Application) -> Token:
        """The application's own token (client credentials); it is nobody's."""
        return self.do(self.world.tokens.issue, app, None, [])

    def disconnect(self, account: Account, app: Application) -> None:
        """The account takes back what it allowed the application: tokens and subscriptions end."""
        account.disconnect(app)

    def transcript(self, channel: Account | str) -> Transcript:
        """What was said in a channel."""
        return Transcript(
            Line(
                name=message.user,
                is_bot=message.by_program,
                text=message.text,
                quote=message.reply_to.text if message.reply_to else "",
                edited=False,  # Twitch has neither edits nor buttons
                buttons=(),
            )
            for message in self.messages(channel)
        )

    def window(self, account: Account | None = None, channel: Account | str | None = None) -> Page:
        """A page to chat in, for a notebook: as this account, in a channel (its own if not said).

        What can go wrong with a connection is there at a click, too.
        """
        where = channel if channel is not None else account
        room = "" if where is None else login_of(where)
        shown = {"as": account.login if account else "", "channel": room}
        still = self.transcript(room).html() if room else ""
        return self.page(still, **{name: value for name, value in shown.items() if value})

    def messages(self, channel: Account | str) -> list[ChatMessage]:
        """What was said in a channel, as a list."""
        return list(self.world.channel(login_of(channel)).history)

    def travelled(self, message: ChatMessage) -> list[Travel]:
        """What really travelled for a message: lines, requests and answers, in order.

        Only the last ones are remembered (`TwitchSettings.travels`).
        """
        return self.do(self.world.chat.travels.of, message.id)

    def connections(self, login: Account | str | None = None) -> list[ConnectionRecord]:
        """Every connection of a login (or of all), oldest first, closed ones too."""
        name = None if login is None else login_of(login)
        return [r for r in list(self.world.records) if name is None or r.login == name]

    def missed(self, login: Account | str) -> list[ChatMessage]:
        """What was said in the program's channels while none of its connections heard them."""
        return list(self.world.missed.get(login_of(login), []))

    def deliveries(
        self, message: ChatMessage | None = None, message_type: str = ""
    ) -> list[Delivery]:
        """Every attempt to deliver by webhook, or those for one message, or of one type."""
        return [
            delivery
            for delivery in list(self.world.deliveries)
            if (message is None or delivery.about == message.id)
            and message_type in ("", delivery.message_type)
        ]

    def subscriptions(self) -> list[Subscription]:
        """Every EventSub subscription."""
        return list(self.world.subscriptions.values())

    def wait_for(
        self,
        login: Account | str,
        channel: Account | str,
        timeout: float = 5.0,
        after: ConnectionRecord | None = None,
        connections: int = 1,
    ) -> None:
        """Wait until the program hears the channel (joined, or subscribed and enabled).

        With `after`, over a connection made later than that one: until it is back; with
        `connections`, over so many at once. NoReply after `timeout` seconds says what was found.
        """
        name, room = login_of(login), self.world.channel(login_of(channel))
        if not self.wait_until(lambda: self.hears(name, room.name, after, connections), timeout):
            raise NoReply(self.not_there(name, room.name, timeout))

    def not_there(self, login: str, channel: str, timeout: float) -> str:
        """Why a program did not come to a channel within `timeout` seconds."""
        room = self.world.channel(channel)
        first = f"{login} did not come to #{room.name} within {timeout:g} s."
        return "\n".join([first, *why(self.world, room)])

    def hears(
        self,
        login: str,
        channel: str,
        after: ConnectionRecord | None = None,
        connections: int = 1,
    ) -> bool:
        """Whether the program hears the channel now, as `wait_for` waits for it."""
        room = self.world.channel(channel)
        held = [
            connection
            for connection in self.connected(login)
            if connection.live and connection.hears(room.name)
            if after is None or connection.record.connected_at > after.connected_at
        ]
        called = after is None and any(
            s.enabled and s.reader and s.reader.login == login for s in self.world.webhooks_of(room)
        )
        return len(held) + called >= connections

    def wait_gone(self, login: Account | str, timeout: float = 5.0) -> None:
        """Wait until the program has no open connection; NoReply if it still has."""
        name = login_of(login)
        if not self.wait_until(lambda: not self.connected(name), timeout):
            raise NoReply(f"{name} is still connected after {timeout:g} s.")

    def wait_deliveries(
        self,
        n: int = 1,
        message: ChatMessage | None = None,
        message_type: str = "",
        timeout: float = 5.0,
    ) -> list[Delivery]:
        """Wait until n webhook attempts have ended, chosen as in `deliveries`; return them.

        NoReply after `timeout` seconds says how many there were.
        """

        def found() -> list[Delivery]:
            return self.deliveries(message, message_type)

        if not self.wait_until(lambda: len(found()) >= n, timeout):
            of = f" of {message.text!r}" if message else ""
            what = f"{message_type or 'webhook'} attempts{of}"
            raise NoReply(f"{len(found())} of {n} {what} ended within {timeout:g} s.")
        return found()

    def connected(self, login: Account | str) -> list[HeldConnection]:
        """The open connections of a login."""
        return self.world.connected(login_of(login))
