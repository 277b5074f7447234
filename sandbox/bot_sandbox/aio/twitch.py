"""The twins of the classes of bot_sandbox.twitch.

tools/aio.py writes this file from their source, so do not edit it.
"""

# fmt: off
# ruff: noqa: A002, ANN401, ASYNC109, B008, E501, F401, I001, N818, RUF100

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any
from bot_sandbox.aio.clock import Clock
from bot_sandbox.aio.twin import ServerTwin, Twin
from bot_sandbox.aio.twin import unwrap
from bot_sandbox.event_loop.runner import is_no_reply
from bot_sandbox.http.access import HOST
from bot_sandbox.http.page import Page
from bot_sandbox.twitch.chat import ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.twitch.eventsub_events import EventSubDelivery
from bot_sandbox.twitch.eventsub_events import Subscription
from bot_sandbox.twitch.faults import Fault
from bot_sandbox.twitch.faults import Faults as PlainFaults
from bot_sandbox.twitch.message_trace import TraceEntry
from bot_sandbox.twitch.people import TwitchAccount as PlainTwitchAccount
from bot_sandbox.twitch.service import REDIRECTS
from bot_sandbox.twitch.service import Twitch as PlainTwitch
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application
from bot_sandbox.twitch.tokens import Token
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.world.clock import Clock as PlainClock
from bot_sandbox.world.snapshot import Snapshot
from bot_sandbox.world.transcript import Transcript

__tracebackhide__ = is_no_reply


class Twitch(ServerTwin[PlainTwitch]):
    """The twin of `Twitch` in bot_sandbox.twitch.service; see there."""

    def __init__(self, *, port: int = 0, irc_port: int = 0, host: str = HOST, allow_hosts: Iterable[str] = (), allow_origins: Iterable[str] = (), clock: Clock | PlainClock | None = None, **settings: Any) -> None:
        self.sync = PlainTwitch(port=port, irc_port=irc_port, host=host, allow_hosts=allow_hosts, allow_origins=allow_origins, clock=unwrap(clock), **settings)

    @property
    def clock(self) -> Clock:
        return Clock.of(self.sync.clock)

    @property
    def host(self) -> str:
        return self.sync.host

    @property
    def port(self) -> int:
        return self.sync.port

    @property
    def irc_port(self) -> int:
        return self.sync.irc_port

    @property
    def up(self) -> bool:
        """Whether clients can connect."""
        return self.sync.up

    @property
    def settings(self) -> TwitchSettings:
        return self.sync.settings

    @property
    def faults(self) -> Faults:
        return Faults.of(self.sync.faults)

    @property
    def url(self) -> str:
        return self.sync.url

    @property
    def irc_url(self) -> str:
        return self.sync.irc_url

    @property
    def irc_address(self) -> tuple[str, int]:
        return self.sync.irc_address

    @property
    def eventsub_url(self) -> str:
        return self.sync.eventsub_url

    async def snapshot(self) -> Snapshot:
        """Return everything that this Twitch knows now, to `restore` it later."""
        return self._do(self.sync.snapshot)

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this Twitch, as if nothing had happened since.

        What a bot itself remembers, in its variables or files, is yours to reset.

        Accounts, applications, tokens and messages that you hold stay valid if they were there.
        Connections are real, so they stay as they are: a program stays connected, one that has gone
        stays away. Only connections of accounts that were not there are closed. Faults are those of
        the snapshot, and the servers are up. The clock stays, and so does what has expired by it.
        """
        await self._wait(self.sync.restore, snapshot)

    async def reset(self) -> None:
        """Forget everybody and everything, as in a new Twitch at the same addresses."""
        await self._wait(self.sync.reset)

    async def account(self, login: str, display_name: str = '') -> TwitchAccount:
        """Add a person with a channel of the same name; `find` returns one that is there."""
        return TwitchAccount.of(self._do(self.sync.account, login, display_name))

    async def find(self, login: str) -> TwitchAccount:
        """Return an account that is there already; ValueError lists them."""
        return TwitchAccount.of(self._do(self.sync.find, login))

    async def application(self, name: str, redirect: str | Sequence[str] = REDIRECTS, confidential: bool = True) -> Application:
        """Register an application, as the developer console does.

        `redirect` is the address to which a browser is sent back, or several of them.
        """
        return self._do(self.sync.application, name, redirect, confidential)

    async def authorize(self, account: TwitchAccount, app: Application, scopes: list[str] | str) -> Token:
        """Return a user token, as after clicking Authorize and exchanging the code.

        The scopes are a list or, as in a link, one text with spaces.
        """
        return self._do(self.sync.authorize, account, app, scopes)

    async def app_token(self, app: Application) -> Token:
        """Return the application's own token (client credentials), which has no user."""
        return self._do(self.sync.app_token, app)

    async def disconnect(self, account: TwitchAccount, app: Application) -> None:
        """Withdraw an account's consent to an application: tokens and subscriptions end."""
        self._do(self.sync.disconnect, account, app)

    async def transcript(self, channel: TwitchAccount | str) -> Transcript:
        """Return what was said in a channel."""
        return self._do(self.sync.transcript, channel)

    async def window(self, account: TwitchAccount | None = None, channel: TwitchAccount | str | None = None) -> Page:
        """Return a notebook page to chat as this account, by default in its own channel.

        The page also has buttons for faults.
        """
        return self._do(self.sync.window, account, channel)

    async def messages(self, channel: TwitchAccount | str) -> list[ChatMessage]:
        """Return the messages of a channel."""
        return self._do(self.sync.messages, channel)

    async def trace(self, message: ChatMessage) -> list[TraceEntry]:
        """Return what was really sent for a message: lines, requests and responses, in order.

        Only the last ones are kept (`TwitchSettings.trace_entries`).
        """
        return self._do(self.sync.trace, message)

    async def connections(self, login: TwitchAccount | str | None = None) -> list[ConnectionRecord]:
        """Return all connections of a login (or of all logins), oldest first, even closed ones."""
        return self._do(self.sync.connections, login)

    async def missed(self, login: TwitchAccount | str) -> list[ChatMessage]:
        """Return the messages in a program's channels while none of its connections was there."""
        return self._do(self.sync.missed, login)

    async def deliveries(self, message: ChatMessage | None = None, message_type: str = '') -> list[EventSubDelivery]:
        """Return all webhook attempts, or those for one message, or of one type."""
        return self._do(self.sync.deliveries, message, message_type)

    async def subscriptions(self) -> list[Subscription]:
        """Return all EventSub subscriptions."""
        return self._do(self.sync.subscriptions)

    async def wait_for(self, login: TwitchAccount | str, channel: TwitchAccount | str, timeout: float = 5.0, after: ConnectionRecord | None = None, connections: int = 1) -> None:
        """Wait until the program hears the channel (joined, or subscribed and enabled).

        With `after`, wait for a newer connection than that one, until it is back; with
        `connections`, for so many at once. NoReply after `timeout` seconds says what was found.
        """
        await self._wait(self.sync.wait_for, login, channel, timeout, after, connections)

    async def wait_gone(self, login: TwitchAccount | str, timeout: float = 5.0) -> None:
        """Wait until the program has no open connection; raise NoReply if it still has one."""
        await self._wait(self.sync.wait_gone, login, timeout)

    async def wait_deliveries(self, n: int = 1, message: ChatMessage | None = None, message_type: str = '', timeout: float = 5.0) -> list[EventSubDelivery]:
        """Wait until n webhook attempts have ended, selected as in `deliveries`; return them.

        NoReply after `timeout` seconds says how many there were.
        """
        return await self._wait(self.sync.wait_deliveries, n, message, message_type, timeout)


class TwitchAccount(Twin[PlainTwitchAccount]):
    """The twin of `TwitchAccount` in bot_sandbox.twitch.people; see there."""

    @property
    def user(self) -> TwitchUser:
        return self.sync.user

    @property
    def id(self) -> str:
        return self.sync.id

    @property
    def login(self) -> str:
        return self.sync.login

    @property
    def display_name(self) -> str:
        return self.sync.display_name

    async def say(self, text: str, channel: TwitchAccount | str | None = None, reply_to: ChatMessage | None = None) -> ChatMessage:
        """Write in a channel (by default their own) and return the message."""
        return self._do(self.sync.say, text, channel, reply_to)

    async def say_all(self, texts: list[str], channel: TwitchAccount | str | None = None, reply_to: ChatMessage | None = None) -> list[ChatMessage]:
        """Write several messages at once, in order."""
        return self._do(self.sync.say_all, texts, channel, reply_to)

    async def ask(self, text: str, channel: TwitchAccount | str | None = None, timeout: float = 5.0, reply_to: ChatMessage | None = None) -> str:
        """Write, wait for the next message of anyone else and return its text.

        Earlier messages count as read. If the command failed and the bot's log says why, you see
        that line, too. NoReply after `timeout` seconds says what was found and what to do.
        """
        return await self._wait(self.sync.ask, text, channel, timeout, reply_to)

    async def wait(self, n: int = 1, channel: TwitchAccount | str | None = None, timeout: float = 5.0) -> list[ChatMessage]:
        """Return the next n unread messages of others, in order."""
        return await self._wait(self.sync.wait, n, channel, timeout)

    async def wait_for(self, predicate: Callable[[ChatMessage], object], channel: TwitchAccount | str | None = None, timeout: float = 5.0) -> ChatMessage:
        """Return the next unread message of others that satisfies a predicate.

        Those before it become read. NoReply after `timeout` seconds shows what came instead, which
        stays unread.
        """
        return await self._wait(self.sync.wait_for, predicate, channel, timeout)

    async def mod(self, account: TwitchAccount | str) -> None:
        """Make someone a moderator of this channel; raise ValueError if they are banned."""
        self._do(self.sync.mod, account)

    async def unmod(self, account: TwitchAccount | str) -> None:
        """Remove a moderator."""
        self._do(self.sync.unmod, account)

    async def ban(self, account: TwitchAccount | str) -> None:
        """Ban someone from this channel, also as a moderator.

        Raises ValueError for the broadcaster, as on Twitch.
        """
        self._do(self.sync.ban, account)

    async def timeout(self, account: TwitchAccount | str, seconds: float) -> None:
        """Keep someone from writing in this channel for so many seconds."""
        self._do(self.sync.timeout, account, seconds)

    async def unban(self, account: TwitchAccount | str) -> None:
        """End someone's ban or timeout."""
        self._do(self.sync.unban, account)

    async def announce(self, text: str, channel: TwitchAccount | str | None = None) -> ChatMessage:
        """Post an announcement, as the broadcaster or a moderator; chat shows it in a frame.

        Programs get it as USERNOTICE by IRC, and as channel.chat.notification by EventSub.
        """
        return self._do(self.sync.announce, text, channel)

    async def go_live(self, title: str = '') -> None:
        """Start a stream; raise ValueError if the channel is already live."""
        self._do(self.sync.go_live, title)

    async def end_stream(self) -> None:
        """End the stream; raise ValueError if there is none."""
        self._do(self.sync.end_stream)

    async def follow(self, account: TwitchAccount | str) -> None:
        """Follow a channel; raise ValueError for their own. A second time changes nothing."""
        self._do(self.sync.follow, account)

    async def unfollow(self, account: TwitchAccount | str) -> None:
        """Unfollow a channel."""
        self._do(self.sync.unfollow, account)

    async def authorize(self, url: str) -> str:
        """Open a consent page, press Authorize, and return where the browser is sent."""
        return await self._wait(self.sync.authorize, url)

    async def cancel(self, url: str) -> str:
        """Open a consent page, press Cancel, and return where the browser is sent."""
        return await self._wait(self.sync.cancel, url)

    async def activate(self, user_code: str) -> None:
        """Type a device's code into the activation page and press Authorize."""
        await self._wait(self.sync.activate, user_code)

    async def disconnect(self, app: Application) -> None:
        """Withdraw all consent to an application, as on the Connections page."""
        self._do(self.sync.disconnect, app)


class Faults(Twin[PlainFaults]):
    """The twin of `Faults` in bot_sandbox.twitch.faults; see there."""

    async def drop(self, login: TwitchAccount | str) -> None:
        """Break the connection without a goodbye."""
        self._do(self.sync.drop, login)

    async def close_frame(self, login: TwitchAccount | str, code: int = 1001) -> None:
        """Close with a WebSocket close code (1001: the server goes away)."""
        self._do(self.sync.close_frame, login, code)

    async def reconnect(self, login: TwitchAccount | str, close_after_s: float = 30.0) -> None:
        """Ask to reconnect (RECONNECT or session_reconnect); close later if the client stays."""
        self._do(self.sync.reconnect, login, close_after_s)

    async def stop_pong(self, login: TwitchAccount | str) -> None:
        """Stop answering this client's PINGs; an EventSub client receives nothing more."""
        self._do(self.sync.stop_pong, login)

    async def silence(self, login: TwitchAccount | str) -> None:
        """Keep the connection open, but let nothing through, in either direction."""
        self._do(self.sync.silence, login)

    async def half_line(self, login: TwitchAccount | str) -> None:
        """Send half of the next line, then nothing more (IRC only)."""
        self._do(self.sync.half_line, login)

    async def split_lines(self, login: TwitchAccount | str) -> None:
        """Send everything in two pieces from now on, cut in the middle (IRC only).

        TCP may always do this. On a WebSocket these are two frames, which not every client joins
        (tmi.js doesn't).
        """
        self._do(self.sync.split_lines, login)

    async def delay(self, login: TwitchAccount | str, seconds: float) -> None:
        """Delay everything by so many seconds from now on."""
        self._do(self.sync.delay, login, seconds)

    async def refuse_login(self, login: TwitchAccount | str, n: int = 1) -> None:
        """Refuse the next n IRC logins of this name, whatever the token."""
        self._do(self.sync.refuse_login, login, n)

    async def revoke(self, token: Token | str) -> None:
        """Revoke a token and its refresh token, and end the IRC connections made with it.

        A token that only expires ends no connection. What Twitch does to one whose token is revoked
        is not published; a bot must expect that it ends.
        """
        self._do(self.sync.revoke, token)

    async def revoke_all(self, account: TwitchAccount | str) -> None:
        """Revoke all tokens of an account; raise ValueError if it has none."""
        self._do(self.sync.revoke_all, account)

    async def fail_api(self, status: int = 503, n: int = 1) -> None:
        """Answer the next n Helix requests with this status."""
        self._do(self.sync.fail_api, status, n)

    async def fail_oauth(self, status: int = 503, n: int = 1, path: str = '') -> None:
        """Answer the next n requests of programs to OAuth with this status.

        `path` is "validate", "token", "revoke", "device" or "userinfo"; without it, all of them.
        """
        self._do(self.sync.fail_oauth, status, n, path)

    async def repeat_delivery(self, n: int = 1) -> None:
        """Deliver the next n webhook notifications twice, with the same id."""
        self._do(self.sync.repeat_delivery, n)

    async def clear(self) -> None:
        """End all faults that still act; servers that are down stay down until `start`."""
        self._do(self.sync.clear)

    @property
    def active(self) -> list[Fault]:
        """The faults that act now, or wait for something to hit."""
        return self.sync.active

    async def restart(self, down_s: float = 0.0) -> None:
        """Restart all servers on the same ports: connections end, and new ones are refused.

        Returns when they are up again, or at once if `down_s` is given. Then they come up that many
        seconds later (`twitch.clock.advance` shortens them).
        """
        await self._wait(self.sync.restart, down_s)

    async def stop(self) -> None:
        """Stop all servers until `start`."""
        await self._wait(self.sync.stop)

    async def start(self) -> None:
        """Start the servers again on the same ports."""
        await self._wait(self.sync.start)
