"""Faults on request: what happens to connections in real life, when you ask for it.

Each takes effect before the call returns, unless its docstring says otherwise. A login means
all its open connections; without one, the call raises ValueError.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from bot_sandbox.http.outages import Outages
from bot_sandbox.twitch.connection import HeldConnection
from bot_sandbox.twitch.eventsub_websocket import EventSubSession
from bot_sandbox.twitch.irc import IrcConnection
from bot_sandbox.twitch.oauth import FAILING_PATHS as OAUTH_PATHS
from bot_sandbox.twitch.people import TwitchAccount, login_of
from bot_sandbox.twitch.servers import Servers
from bot_sandbox.twitch.tokens import Token


@dataclass(frozen=True)
class Fault:
    """A fault that acts now, or waits for something to hit; `login` "" means everybody."""

    name: str
    login: str
    left: int | None  # how many it will hit; None means until `clear`
    text: str

    def __str__(self) -> str:
        return self.text


class Faults(Outages):
    """All faults, one method each.

    Example:
        from bot_sandbox import Twitch

        with Twitch() as twitch:
            twitch.account("hello_bot")
            twitch.faults.fail_api(503, n=2)
            twitch.faults.fail_oauth(500, path="validate")
            assert [fault.name for fault in twitch.faults.active] == ["fail_api", "fail_oauth"]
            twitch.faults.clear()
            twitch.faults.restart()
            assert twitch.up
    """

    def __init__(self, servers: Servers) -> None:
        super().__init__(servers._runner, servers.clock, servers)
        self._servers = servers

    def drop(self, login: TwitchAccount | str) -> None:
        """Break the connection without a goodbye."""
        self._end_connections(login, "the line was cut", abort=True)

    def close_frame(self, login: TwitchAccount | str, code: int = 1001) -> None:
        """Close with a WebSocket close code (1001: the server goes away)."""
        self._end_connections(login, f"closed on demand with code {code}", code)

    def reconnect(self, login: TwitchAccount | str, close_after_s: float = 30.0) -> None:
        """Ask to reconnect (RECONNECT or session_reconnect); close later if the client stays."""
        self._for_each_connection(login, lambda c: self._reconnect(c, close_after_s))

    def stop_pong(self, login: TwitchAccount | str) -> None:
        """Stop answering this client's PINGs; an EventSub client receives nothing more."""

        def stop_answering_pings(connection: HeldConnection) -> None:
            if isinstance(connection, IrcConnection):
                connection.answers_ping = False
            else:
                connection.silenced_by = "stop_pong"

        self._for_each_connection(login, stop_answering_pings)

    def silence(self, login: TwitchAccount | str) -> None:
        """Keep the connection open, but let nothing through, in either direction."""

        def silence_connection(connection: HeldConnection) -> None:
            connection.silenced_by = "silence"

        self._for_each_connection(login, silence_connection)

    def half_line(self, login: TwitchAccount | str) -> None:
        """Send half of the next line, then nothing more (IRC only)."""
        self._set_irc_flag(login, "half_line")

    def split_lines(self, login: TwitchAccount | str) -> None:
        """Send everything in two pieces from now on, cut in the middle (IRC only).

        TCP may always do this. On a WebSocket these are two frames, which not every client joins
        (tmi.js doesn't).
        """
        self._set_irc_flag(login, "split_lines")

    def delay(self, login: TwitchAccount | str, seconds: float) -> None:
        """Delay everything by so many seconds from now on."""

        def delay_connection(connection: HeldConnection) -> None:
            connection.delay_s = seconds

        self._for_each_connection(login, delay_connection)

    def refuse_login(self, login: TwitchAccount | str, n: int = 1) -> None:
        """Refuse the next n IRC logins of this name, whatever the token."""
        self._change_and_notify(
            lambda: self._servers._irc.refuse_logins.update({login_of(login): n})
        )

    def revoke(self, token: Token | str) -> None:
        """Revoke a token and its refresh token, and end the IRC connections made with it.

        A token that only expires ends no connection. What Twitch does to one whose token is revoked
        is not published; a bot must expect that it ends.
        """
        text = token.access_token if isinstance(token, Token) else token
        self._runner.do(self._servers._world.tokens.revoke, text)

    def revoke_all(self, account: TwitchAccount | str) -> None:
        """Revoke all tokens of an account; raise ValueError if it has none."""

        def revoke_tokens() -> None:
            user = self._servers._world.user(login_of(account))
            if not self._servers._world.tokens.revoke_all(user):
                raise ValueError(f"{user.login} has no token; authorize an application first")

        self._change_and_notify(revoke_tokens)

    def fail_api(self, status: int = 503, n: int = 1) -> None:
        """Answer the next n Helix requests with this status."""
        self._change_and_notify(lambda: self._servers._gate.fail_with.extend([status] * n))

    def fail_oauth(self, status: int = 503, n: int = 1, path: str = "") -> None:
        """Answer the next n requests of programs to OAuth with this status.

        `path` is "validate", "token", "revoke", "device" or "userinfo"; without it, all of them.
        """
        if path not in ("", *OAUTH_PATHS):
            raise ValueError(f"path= is one of {', '.join(OAUTH_PATHS)}, or ''; found {path!r}")
        self._change_and_notify(lambda: self._servers._oauth.fail_with.extend([(path, status)] * n))

    def repeat_delivery(self, n: int = 1) -> None:
        """Deliver the next n webhook notifications twice, with the same id."""

        def send_notifications_twice() -> None:
            self._servers._eventsub.webhooks.send_twice += n

        self._change_and_notify(send_notifications_twice)

    def clear(self) -> None:
        """End all faults that still act; servers that are down stay down until `start`."""

        def end_faults_of_all() -> None:
            servers = self._servers
            for connection in servers._world.connections:
                connection.end_faults()
            servers._irc.refuse_logins.clear()
            servers._gate.fail_with.clear()
            servers._oauth.fail_with.clear()
            servers._eventsub.webhooks.send_twice = 0

        self._change_and_notify(end_faults_of_all)

    @property
    def active(self) -> list[Fault]:
        """The faults that act now, or wait for something to hit."""
        return self._runner.do(self._active_faults)

    def _active_faults(self) -> list[Fault]:
        servers = self._servers
        found = [
            Fault(name, connection.login, None, text)
            for connection in servers._world.connections
            if connection.record.open
            for name, text in connection.faults()
        ]
        for login, n in servers._irc.refuse_logins.items():
            if n > 0:
                text = f"the next {n} logins of {login} will be refused"
                found.append(Fault("refuse_login", login, n, text))
        for status, n in Counter(servers._gate.fail_with).items():
            text = f"{n} requests to Helix will be answered with {status}"
            found.append(Fault("fail_api", "", n, text))
        for (path, status), n in Counter(servers._oauth.fail_with).items():
            where = f"/oauth2/{path}" if path else "OAuth"
            text = f"{n} requests to {where} will be answered with {status}"
            found.append(Fault("fail_oauth", "", n, text))
        if n := servers._eventsub.webhooks.send_twice:
            text = f"{n} notifications will reach a webhook twice"
            found.append(Fault("repeat_delivery", "", n, text))
        return found

    async def _end_all(self) -> None:
        """End the faults of connections, too."""
        for connection in self._servers._world.connections:
            connection.end_faults()
        await super()._end_all()

    def _end_connections(
        self, login: TwitchAccount | str, why: str, code: int = 1000, abort: bool = False
    ) -> None:
        def end_connection(connection: HeldConnection) -> None:
            connection.end(why, code, abort=abort)
            text = f"a connection of {connection.login} was ended: {why}"
            self._servers._world.note_fault(connection.login, text)

        self._for_each_connection(login, end_connection)

    def _reconnect(self, connection: HeldConnection, close_after_s: float) -> None:
        if isinstance(connection, EventSubSession):
            self._servers._eventsub.sockets.reconnect(connection)
            return
        until = self._servers._world.clock.now() + close_after_s
        connection.send(":tmi.twitch.tv RECONNECT")
        self._later.start(self._close_later(connection, until))

    def _set_irc_flag(self, login: TwitchAccount | str, flag: str) -> None:
        def set_flag(connection: HeldConnection) -> None:
            if isinstance(connection, IrcConnection):
                setattr(connection, flag, True)

        self._for_each_connection(login, set_flag)

    def _for_each_connection(
        self, login: TwitchAccount | str, act: Callable[[HeldConnection], None]
    ) -> None:
        name = login_of(login)

        def act_on_connections() -> None:
            connections = self._servers._world.open_connections(name)
            if not connections:
                raise ValueError(f"{name} has no open connection; start the bot first")
            for connection in connections:
                act(connection)

        self._change_and_notify(act_on_connections)

    async def _close_later(self, connection: HeldConnection, until: float) -> None:
        await self._servers._world.clock.sleep_until(until)
        if connection.record.open:
            connection.end("it stayed after RECONNECT")
            text = f"{connection.login} was told to RECONNECT, stayed, and was cut off"
            self._servers._world.note_fault(connection.login, text)
