"""The sandbox Telegram as a server for any Bot API client, at `telegram.url`.

Its behavior is in core.py. The sandbox's own choices are named parameters of `Telegram`; everything
else is as in the real service.
"""

import socket
from collections.abc import Iterable

from aiohttp.web import SockSite

from bot_sandbox.http.access import HOST, Access
from bot_sandbox.http.page import Page
from bot_sandbox.http.switchable_server import SwitchableServer
from bot_sandbox.http.webhook_post import Sender
from bot_sandbox.http.webhook_sender import NetworkSender
from bot_sandbox.telegram.arguments import MAX_BODY
from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.http_server import close_connections, make_server
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.people import Group, Person
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.world.clock import Clock


class Telegram(SwitchableServer, TelegramCore):
    """A Telegram on this machine, at `url`; stop it with `close()` or by leaving its `with`.

    `retry_scale` multiplies the waits between webhook attempts (the real service: 1),
    `webhook_timeout_s` is how long a webhook may take, `update_lifetime_s` how long updates are
    kept, `limits` how much bots may send (None: no limits). With `local_mode`, a webhook may be any
    http address, as with --local on the real server; without, it needs https, a public address, and
    port 443, 80, 88 or 8443. `port` 0 takes any free one. With a `seed` the tokens are the same at
    every start. With `canned`, calls that this sandbox lacks get an answer (see `answer_canned`).
    It listens on `host`; `allow_hosts` are more names that it answers to, `allow_origins` web pages
    that may use it (see http/access.py). With a `clock`, it shares time with other servers. A
    `sender` POSTs to webhooks instead of the network, such as an InProcessCloud.

    Example:
        from bot_sandbox import Telegram

        with Telegram() as telegram:
            account = telegram.new_bot("Hello bot", "hello_bot")
            viktor = telegram.person("Viktor")
            viktor.send("/hello")
            telegram.call(account, "sendMessage", chat_id=viktor.id, text="hello Viktor!")
            assert viktor.wait()[0].text == "hello Viktor!"
    """

    _platform = "telegram"

    def __init__(
        self,
        *,
        port: int = 0,
        local_mode: bool = True,
        retry_scale: float = 0.05,
        webhook_timeout_s: float = 60.0,
        update_lifetime_s: float = 24 * 3600.0,
        limits: Limits | None = Limits(),  # noqa: B008 - it cannot change
        seed: int | str | None = None,
        canned: bool = False,
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
        clock: Clock | None = None,
        sender: Sender | None = None,
    ) -> None:
        access = Access(host, allow_hosts, allow_origins)
        SwitchableServer.__init__(self, "telegram-sandbox", [port], access, clock)
        self._network = NetworkSender(webhook_timeout_s, MAX_BODY)
        TelegramCore.__init__(
            self,
            sender or self._network,
            local_mode=local_mode,
            retry_scale=retry_scale,
            update_lifetime_s=update_lifetime_s,
            limits=limits,
            seed=seed,
            canned=canned,
            server=self,
        )
        self.port: int = self._ports[0]
        self._run_or_close(self._come_up())
        self.url = f"http://{self.host}:{self.port}"

    def window(self, person: Person | None = None, to: BotAccount | Group | None = None) -> Page:
        """Return a notebook page to chat as this person, with a bot or in a group."""
        transcript, shown = self._transcript_and_link(person, to)
        return self._notebook_page(transcript.html(), **shown)

    def _note_up(self, is_up: bool) -> None:
        self._world.up = is_up

    async def _start_serving(self, *sockets: socket.socket) -> None:
        runner = make_server(self._handle, self._access)
        self._web_runners.append(runner)
        await runner.setup()
        await SockSite(runner, *sockets, backlog=128).start()

    async def _end_connections(self) -> None:
        for runner in self._web_runners:
            close_connections(runner)

    async def _shutdown(self) -> None:
        """End every wait and every POST."""
        self._stop_deliveries()
        await super()._shutdown()
        await self._network.close()
