"""Faults on request: everything that happens to a connection in real life, when a lesson asks.

Each takes effect before the call returns, unless its line says otherwise. A login means all its
open connections; ValueError says when it has none.
"""

from collections.abc import Callable

from bot_sandbox.tasks import BackgroundTasks
from bot_sandbox.twitch.connection import HeldConnection
from bot_sandbox.twitch.eventsub_websocket import EventSubSession
from bot_sandbox.twitch.irc import IrcConnection
from bot_sandbox.twitch.people import Account, login_of
from bot_sandbox.twitch.servers import Servers
from bot_sandbox.twitch.tokens import Token


class Faults:
    """What can go wrong, one method each."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._later = BackgroundTasks()

    def drop(self, login: Account | str) -> None:
        """Break the connection without a word."""
        self._each(login, lambda c: c.end("the line was cut", abort=True))

    def close_frame(self, login: Account | str, code: int = 1001) -> None:
        """Close with a WebSocket close code (1001: the server goes away)."""
        self._each(login, lambda c: c.end(f"closed on demand with code {code}", code))

    def reconnect(self, login: Account | str, close_after_s: float = 30.0) -> None:
        """Ask to reconnect (RECONNECT or session_reconnect), and close later if it stays."""
        self._each(login, lambda c: self._reconnect(c, close_after_s))

    def stop_pong(self, login: Account | str) -> None:
        """Answer this client's PINGs no more; an EventSub client hears nothing more at all."""

        def stop(connection: HeldConnection) -> None:
            if isinstance(connection, IrcConnection):
                connection.answers_ping = False
            else:
                connection.silent = True

        self._each(login, stop)

    def silence(self, login: Account | str) -> None:
        """The connection stands, but nothing goes through it any more, either way."""

        def hush(connection: HeldConnection) -> None:
            connection.silent = True

        self._each(login, hush)

    def half_line(self, login: Account | str) -> None:
        """Half of what is sent next arrives, then silence (IRC only)."""
        self._irc(login, "half_line")

    def split_lines(self, login: Account | str) -> None:
        """From now on everything arrives in two pieces, cut in the middle (IRC only).

        TCP does this to everyone. Over a WebSocket it means two frames, which not every client
        puts together again (tmi.js does not).
        """
        self._irc(login, "split_lines")

    def delay(self, login: Account | str, seconds: float) -> None:
        """From now on everything arrives this much later."""

        def slow(connection: HeldConnection) -> None:
            connection.delay_s = seconds

        self._each(login, slow)

    def refuse_login(self, login: Account | str, n: int = 1) -> None:
        """Refuse the next n IRC logins of this name, whatever the token."""
        self._change(lambda: self._servers.irc.refuse_logins.update({login_of(login): n}))

    def revoke(self, token: Token | str) -> None:
        """End a token and its refresh token; the connections made with it end too."""
        text = token.access_token if isinstance(token, Token) else token
        self._servers.do(self._servers.world.tokens.revoke, text)

    def revoke_all(self, account: Account | str) -> None:
        """End every token of an account; ValueError when it has none."""

        def end() -> None:
            user = self._servers.world.user(login_of(account))
            if not self._servers.world.tokens.revoke_all(user):
                raise ValueError(f"{user.login} has no token; authorize an application first")

        self._change(end)

    def fail_api(self, status: int = 503, n: int = 1) -> None:
        """Answer the next n Helix requests with this status."""
        self._change(lambda: self._servers.gate.fail_with.extend([status] * n))

    def repeat_delivery(self, n: int = 1) -> None:
        """Deliver the next n webhook notifications twice, with the same id."""

        def repeat() -> None:
            self._servers.eventsub.webhooks.send_twice += n

        self._change(repeat)

    def restart(self, down_s: float = 0.0) -> None:
        """Restart every server on the same ports: all connections die, new ones are refused.

        Returns when it is up again, or at once when `down_s` is given: then it comes up by
        itself that many seconds later (`twitch.clock.advance` shortens them).
        """
        self._servers.run(self._servers.go_down())
        if down_s:
            self._servers.do(lambda: self._later.start(self._come_up_later(down_s)))
        else:
            self._servers.run(self._servers.come_up())

    def stop(self) -> None:
        """Take every server down until `start`."""
        self._servers.run(self._servers.go_down())

    def start(self) -> None:
        """Bring the servers up again on the same ports."""
        self._servers.run(self._servers.come_up())

    def _reconnect(self, connection: HeldConnection, close_after_s: float) -> None:
        if isinstance(connection, EventSubSession):
            self._servers.eventsub.sockets.reconnect(connection)
            return
        connection.send(":tmi.twitch.tv RECONNECT")
        self._later.start(self._close_later(connection, close_after_s))

    def _irc(self, login: Account | str, flag: str) -> None:
        def mark(connection: HeldConnection) -> None:
            if isinstance(connection, IrcConnection):
                setattr(connection, flag, True)

        self._each(login, mark)

    def _each(self, login: Account | str, act: Callable[[HeldConnection], None]) -> None:
        name = login_of(login)

        def all_of_them() -> None:
            connections = self._servers.world.connected(name)
            if not connections:
                raise ValueError(f"{name} has no open connection; start the bot first")
            for connection in connections:
                act(connection)

        self._change(all_of_them)

    def _change(self, act: Callable[[], None]) -> None:
        def and_tell() -> None:
            act()
            self._servers.changes.changed()

        self._servers.do(and_tell)

    async def _close_later(self, connection: HeldConnection, seconds: float) -> None:
        await self._servers.world.clock.sleep(seconds)
        connection.end("it stayed after RECONNECT")

    async def _come_up_later(self, seconds: float) -> None:
        await self._servers.world.clock.sleep(seconds)
        await self._servers.come_up()
