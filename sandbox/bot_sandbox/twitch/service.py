"""The sandbox Twitch as you use it: accounts, applications, tokens and plain calls.

    twitch = Twitch()
    viktor = twitch.account("viktor", display_name="Viktor")
    viktor.ask("!hello", channel="viktor")

Any client works with it: OAuth and Helix at `url`, chat at `irc_url` and `irc_address`, EventSub
at `eventsub_url`. The servers are in servers.py.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Self

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import blocking
from bot_sandbox.http.access import HOST, Access
from bot_sandbox.http.page import Page
from bot_sandbox.twitch.chat import ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord, HeldConnection
from bot_sandbox.twitch.diagnosis import explain_silence
from bot_sandbox.twitch.eventsub_events import EventSubDelivery, Subscription
from bot_sandbox.twitch.faults import Faults
from bot_sandbox.twitch.message_trace import TraceEntry
from bot_sandbox.twitch.people import TwitchAccount, login_of
from bot_sandbox.twitch.servers import Servers
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application, Token, explain_scope, unknown_scope
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.snapshot import Snapshot, is_snapshot_of, put_back
from bot_sandbox.world.transcript import Line, Transcript

REDIRECT_FORM = re.compile(
    r"https://[^/\s]+(/\S*)?|http://localhost(:\d+)?(/\S*)?"
)  # Twitch's rule
DEFAULT_REDIRECTS = (
    "http://localhost:3000/callback",  # in Twitch's guides
    "http://localhost:4343/oauth/callback",  # TwitchIO's default
    "http://localhost:17563",  # pyTwitchAPI's
)


class Twitch(Servers):
    """A Twitch on this machine; stop it with `close()` or by leaving its `with`.

    `port` and `irc_port` 0 take any free ones. It listens on `host`; `allow_hosts` are more names
    that it answers to, `allow_origins` web pages that may use it (see http/access.py). With a
    `clock`, it shares time with other servers. With `canned`, requests that this sandbox lacks get
    an answer (see `answer_canned`). All other numbers are settings: `TwitchSettings` names each
    with the real one.

    Example:
        from bot_sandbox import Twitch

        with Twitch() as twitch:
            viktor, bot = twitch.account("viktor"), twitch.account("hello_bot")
            token = twitch.authorize(bot, twitch.application("Hello bot"), "chat:read chat:edit")
            assert token.access_token  # log in with it at twitch.irc_url
            bot.say("hello!", channel=viktor)
            assert viktor.wait()[0].text == "hello!"
    """

    def __init__(
        self,
        *,
        port: int = 0,
        irc_port: int = 0,
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
        clock: Clock | None = None,
        canned: bool = False,
        **settings: Any,
    ) -> None:
        access = Access(host, allow_hosts, allow_origins)
        super().__init__(TwitchSettings(**settings), port, irc_port, access, clock)
        self._world.canned = canned
        self.settings: TwitchSettings = self._world.settings
        self.faults = Faults(self)
        self.url: str = self._world.url
        self.irc_url: str = self._world.irc_url
        self.irc_address: tuple[str, int] = (self.host.strip("[]"), self.irc_port)
        self.eventsub_url: str = self._world.eventsub_url
        self._empty = self.snapshot()

    def __repr__(self) -> str:
        return f"Twitch({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def snapshot(self) -> Snapshot:
        """Return everything that this Twitch knows now, to `restore` it later."""
        roots = (self._world, self._irc, self._gate, self._eventsub, self._oauth)
        return self._runner.do(
            lambda: Snapshot(*roots, *self._world.accounts, *self._world.connections)
        )

    @blocking
    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this Twitch, as if nothing had happened since.

        What a bot itself remembers, in its variables or files, is yours to reset.

        Accounts, applications, tokens and messages that you hold stay valid if they were there.
        Connections are real, so they stay as they are: a program stays connected, one that has gone
        stays away. Only connections of accounts that were not there are closed. Faults are those of
        the snapshot, and the servers are up. The clock stays, and so does what has expired by it.
        """
        if not is_snapshot_of(snapshot, self._world):
            raise ValueError("this is a snapshot of another server; take one of this Twitch")
        await self._return_to(snapshot, "its account was not there in the snapshot")

    @blocking
    async def reset(self) -> None:
        """Forget everybody and everything, as in a new Twitch at the same addresses."""
        await self._return_to(self._empty, "the sandbox was reset, and its account is gone")
        self._world.forget_closed()

    async def _return_to(self, snapshot: Snapshot, reason: str) -> None:
        world = self._world
        await self.faults._end_all()
        put_back(snapshot)
        self._irc.correct_members()
        for connection in list(world.connections):
            if connection.login and connection.login not in world.chat.channels:
                connection.end(reason, abort=True)
        self._eventsub.begin_again()
        self._runner.changes.changed()

    def answer_canned(self, canned: bool = True) -> None:
        """From now on, answer also requests that the sandbox lacks, or refuse them again.

        A response of Helix has the form that clients expect, with the values of the request, and
        lists are empty. EventSub's other types can be subscribed to, and no event comes. Nothing
        has an effect. `canned_calls` says what was answered so.
        """
        self._runner.do(setattr, self._world, "canned", canned)

    @property
    def canned_calls(self) -> dict[str, int]:
        """What had a canned answer, because the sandbox lacks it, and how often."""
        return dict(self._world.canned_calls)

    def account(self, login: str, display_name: str = "", *, id: str | int = "") -> TwitchAccount:
        """Add a person with a channel of the same name; `find` returns one that is there.

        A bot that knows its channel by a number can meet it: `account("anna", id="12345")`.
        """
        user = self._runner.do(self._world.add_user, login, display_name, id)
        return TwitchAccount(self._world, user, self._runner)

    def find(self, login: str) -> TwitchAccount:
        """Return an account that is there already; ValueError lists them."""
        user = self._runner.do(self._world.user, login)
        for held in list(self._world.accounts):
            if isinstance(held, TwitchAccount) and held.user is user:
                return held
        return TwitchAccount(self._world, user, self._runner)

    def application(
        self,
        name: str,
        redirect: str | Sequence[str] = DEFAULT_REDIRECTS,
        confidential: bool = True,
    ) -> Application:
        """Register an application, as the developer console does.

        `redirect` is the address to which a browser is sent back, or several of them.
        """
        redirects = [redirect] if isinstance(redirect, str) else list(redirect)
        for address in redirects or [""]:
            if not REDIRECT_FORM.fullmatch(address):
                raise ValueError(
                    f"Twitch takes no redirect {address!r}. Expected an address that begins with "
                    'https:// or http://localhost, such as "http://localhost:3000/callback".'
                )
        return self._runner.do(self._world.add_app, name, redirects, confidential)

    def authorize(self, account: TwitchAccount, app: Application, scopes: list[str] | str) -> Token:
        """Return a user token, as after clicking Authorize and exchanging the code.

        The scopes are a list or, as in a link, one text with spaces.
        """
        names = scopes.split() if isinstance(scopes, str) else scopes
        wrong = unknown_scope(names)
        if wrong:
            raise ValueError(explain_scope(wrong))
        return self._runner.do(self._world.tokens.issue, app, account.user, names)

    def app_token(self, app: Application) -> Token:
        """Return the application's own token (client credentials), which has no user."""
        return self._runner.do(self._world.tokens.issue, app, None, [])

    def disconnect(self, account: TwitchAccount, app: Application) -> None:
        """Withdraw an account's consent to an application: tokens and subscriptions end."""
        account.disconnect(app)

    def transcript(self, channel: TwitchAccount | str) -> Transcript:
        """Return what was said in a channel."""
        return transcript_of(self.messages(channel))

    def window(
        self, account: TwitchAccount | None = None, channel: TwitchAccount | str | None = None
    ) -> Page:
        """Return a notebook page to chat as this account, by default in its own channel.

        The page also has buttons for faults.
        """
        where = channel if channel is not None else account
        room = "" if where is None else login_of(where)
        shown = {"as": account.login if account else "", "channel": room}
        still = self.transcript(room).html() if room else ""
        return self._notebook_page(still, **{name: value for name, value in shown.items() if value})

    def messages(self, channel: TwitchAccount | str) -> list[ChatMessage]:
        """Return the messages of a channel."""
        return list(self._world.channel(login_of(channel)).history)

    def trace(self, message: ChatMessage) -> list[TraceEntry]:
        """Return what was really sent for a message: lines, requests and responses, in order.

        Only the last ones are kept (`TwitchSettings.trace_entries`).
        """
        return self._runner.do(self._world.chat.trace.entries_of, message.id)

    def connections(self, login: TwitchAccount | str | None = None) -> list[ConnectionRecord]:
        """Return all connections of a login (or of all logins), oldest first, even closed ones."""
        name = None if login is None else login_of(login)
        return [r for r in list(self._world.records) if name is None or r.login == name]

    def missed(self, login: TwitchAccount | str) -> list[ChatMessage]:
        """Return the messages in a program's channels while none of its connections was there."""
        return list(self._world.missed.get(login_of(login), []))

    def deliveries(
        self, message: ChatMessage | None = None, message_type: str = ""
    ) -> list[EventSubDelivery]:
        """Return all webhook attempts, or those for one message, or of one type."""
        return [
            delivery
            for delivery in list(self._world.deliveries)
            if (message is None or delivery.about == message.id)
            and message_type in ("", delivery.message_type)
        ]

    def subscriptions(self) -> list[Subscription]:
        """Return all EventSub subscriptions."""
        return list(self._world.subscriptions.values())

    @blocking
    async def wait_for(
        self,
        login: TwitchAccount | str,
        channel: TwitchAccount | str,
        timeout: float = 5.0,
        after: ConnectionRecord | None = None,
        connections: int = 1,
    ) -> None:
        """Wait until the program hears the channel (joined, or subscribed and enabled).

        With `after`, wait for a newer connection than that one, until it is back; with
        `connections`, for so many at once. NoReply after `timeout` seconds says what was found.
        """
        name, room = login_of(login), self._world.channel(login_of(channel))
        if not await self._runner.changes.until(
            lambda: self.hears(name, room.name, after, connections), timeout
        ):
            raise NoReply(self._explain_absence(name, room.name, timeout))

    def _explain_absence(self, login: str, channel: str, timeout: float) -> str:
        """Explain why a program did not come to a channel within `timeout` seconds."""
        room = self._world.channel(channel)
        first = f"{login} did not come to #{room.name} within {timeout:g} s."
        return "\n".join([first, *explain_silence(self._world, room, login=login)])

    def hears(
        self,
        login: str,
        channel: str,
        after: ConnectionRecord | None = None,
        connections: int = 1,
    ) -> bool:
        """Return whether a program hears a channel now; `wait_for` waits until it does."""
        room = self._world.channel(channel)
        held = [
            connection
            for connection in self._connected(login)
            if connection.live and connection.hears(room.name)
            if after is None or connection.record.connected_at > after.connected_at
        ]
        called = after is None and any(
            s.enabled and s.reader and s.reader.login == login
            for s in self._world.webhooks_of(room)
        )
        return len(held) + called >= connections

    @blocking
    async def wait_gone(self, login: TwitchAccount | str, timeout: float = 5.0) -> None:
        """Wait until the program has no open connection; raise NoReply if it still has one."""
        name = login_of(login)
        if not await self._runner.changes.until(lambda: not self._connected(name), timeout):
            raise NoReply(f"{name} is still connected after {timeout:g} s.")

    @blocking
    async def wait_deliveries(
        self,
        n: int = 1,
        message: ChatMessage | None = None,
        message_type: str = "",
        timeout: float = 5.0,
    ) -> list[EventSubDelivery]:
        """Wait until n webhook attempts have ended, selected as in `deliveries`; return them.

        NoReply after `timeout` seconds says how many there were.
        """

        def found() -> list[EventSubDelivery]:
            return self.deliveries(message, message_type)

        if not await self._runner.changes.until(lambda: len(found()) >= n, timeout):
            of = f" of {message.text!r}" if message else ""
            what = f"{message_type or 'webhook'} attempts{of}"
            raise NoReply(f"{len(found())} of {n} {what} ended within {timeout:g} s.")
        return found()

    def _connected(self, login: TwitchAccount | str) -> list[HeldConnection]:
        """Return the open connections of a login."""
        return self._world.open_connections(login_of(login))


def transcript_of(messages: Iterable[ChatMessage]) -> Transcript:
    """Return messages of a channel as a transcript."""
    return Transcript(
        Line(
            name=message.user,
            is_bot=message.by_program,
            text=message.text,
            quote=message.reply_to.text if message.reply_to else "",
            edited=False,  # Twitch has neither edits nor buttons
            buttons=(),
        )
        for message in messages
    )
