"""The pages of a class: who has passed what, and a check for the evening before.

JupyterHub starts this as a service, with a host name, a cookie and a user of its own. The user may
read nothing of the pupils but their progress. Nothing on the pages changes anything.
"""

import asyncio
import grp
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuth, HubOAuthCallbackHandler, HubOAuthenticated
from tornado import web, websocket

from lessons.classroom.pupils import read_pupils
from lessons.classroom.table import table_html

HERE = Path(__file__).parent
TEACHERS = "teachers"  # a group of the machine
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self' {own_host}; frame-src 'self'; frame-ancestors 'self'; form-action 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
RELOAD_S = 30
DOWNLOAD_BYTES = os.urandom(5_000_000)  # nothing on the way can make it smaller


class Page(HubOAuthenticated, web.RequestHandler):  # type: ignore[misc]
    """Anything for people who have signed in."""

    @property
    def user(self) -> str:
        """Who has signed in."""
        return str(self.current_user["name"])

    @property
    def own_host(self) -> str:
        """The host name at which the Hub has this user's server."""
        return f"{self.user}.{urlsplit(os.environ['JUPYTERHUB_HOST']).netloc}"

    @web.authenticated
    def get(self) -> None:
        """Answer with the page's headers."""
        for name, value in HEADERS.items():
            self.set_header(name, value.format(own_host=self.own_host))
        self.finish(self.content())

    def content(self) -> str | bytes | dict[str, str]:
        """Return what the page is."""
        raise NotImplementedError


class ClassPage(Page):
    """Who has passed what: all rows for a teacher, and for a pupil her own."""

    def content(self) -> str:
        is_teacher = self.user in grp.getgrnam(TEACHERS).gr_mem
        pupils = [each for each in read_pupils() if is_teacher or each.name == self.user]
        self.set_header("Refresh", str(RELOAD_S))
        return (
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>The class</title>'
            '<link rel="stylesheet" href="class.css"><h1>Who has passed what</h1>'
            f"{table_html(pupils)}</html>"
        )


class CheckPage(Page):
    """What the evening before tries: check.html and check.js."""

    def content(self) -> str:
        return (HERE / "check.html").read_text(encoding="utf-8")


class InsidePage(Page):
    """A page that is inside another one."""

    def content(self) -> str:
        return "<!doctype html><title>inside</title>"


class WhoAmIPage(Page):
    """Who has signed in, and where this user's notebooks are."""

    def content(self) -> dict[str, str]:
        return {"name": self.user, "host": self.own_host}


class DownloadPage(Page):
    """Something that takes a while."""

    def content(self) -> bytes:
        return DOWNLOAD_BYTES


class EchoSocket(websocket.WebSocketHandler):
    """Says again what it hears. It knows nothing, so anybody may ask, from a page of this host."""

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message)


async def serve() -> None:
    """Serve the pages where JupyterHub says, until it ends this process."""
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    # "__Host-": no page of a pupil can set the cookie of this host, and sign a teacher in as her.
    # The Hub has this setting for its own cookies and those of servers, and tells services 0.
    is_encrypted = os.environ["JUPYTERHUB_HOST"].startswith("https:")
    HubOAuth.instance(cookie_host_prefix_enabled=is_encrypted)
    pages = {"": ClassPage, "check": CheckPage, "inside": InsidePage, "whoami": WhoAmIPage}
    others = {
        "download": DownloadPage,
        "socket": EchoSocket,
        "oauth_callback": HubOAuthCallbackHandler,
    }
    handlers = [(f"{prefix}{path}", handler) for path, handler in (pages | others).items()]
    files = (f"{prefix}(check.js|class.css)", web.StaticFileHandler, {"path": str(HERE)})
    app = web.Application(
        [*handlers, files], cookie_secret=os.urandom(32), websocket_max_message_size=1000
    )
    app.listen(address.port or 0, address.hostname or "")
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        sys.exit(130)
