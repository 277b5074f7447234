"""The sandbox Telegram as a server: any Bot API client works with it at `telegram.url`.

What it does is in core.py. What the sandbox chose itself is a named parameter of `Telegram`;
everything else is as in the real service.
"""

from collections.abc import Iterable

from bot_sandbox.access import HOST, Access
from bot_sandbox.page import Page
from bot_sandbox.server import LocalServer
from bot_sandbox.telegram.arguments import MAX_BODY
from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.http_server import server_of
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.people import Group, Person
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.webhook_sender import NetworkSender


class Telegram(LocalServer, TelegramCore):
    """A Telegram on this machine, at `url`; stop it with `close()` or by leaving its `with`.

    `retry_scale` multiplies the waits between webhook attempts (the real service: 1),
    `webhook_timeout_s` is how long a webhook may take, `update_lifetime_s` how long updates are
    kept, `limits` how much bots may send (None: no limits). With `local_mode` a webhook may be any
    http address, as the real server started with --local allows; without, https and the ports
    443, 80, 88, 8443 on a public address only. `port` 0 takes any free one. With a `seed` the
    tokens are the same at every start. It listens on `host`; `allow_hosts` are more names that it
    answers to, `allow_origins` web pages that may use it (see access.py).
    """

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
        host: str = HOST,
        allow_hosts: Iterable[str] = (),
        allow_origins: Iterable[str] = (),
    ) -> None:
        LocalServer.__init__(self, "telegram-sandbox", Access(host, allow_hosts, allow_origins))
        self._sender = NetworkSender(webhook_timeout_s, MAX_BODY)
        TelegramCore.__init__(
            self,
            self._sender,
            local_mode=local_mode,
            retry_scale=retry_scale,
            update_lifetime_s=update_lifetime_s,
            limits=limits,
            seed=seed,
        )
        try:
            self.port = self.serve(self.do(server_of, self.handle, self.access), port)
        except BaseException:  # a taken port, say; leave no thread behind
            self.close()
            raise
        self.url = f"http://{self.host}:{self.port}"

    def window(self, person: Person | None = None, to: BotAccount | Group | None = None) -> Page:
        """A page to chat in, for a notebook: as this person, with a bot or in a group."""
        transcript, shown = self.still(person, to)
        return self.page(transcript.html(), **shown)

    async def shutdown(self) -> None:
        """End every wait and every POST."""
        self.stop()
        await self._sender.close()
