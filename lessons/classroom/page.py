"""The page on which a teacher sees who has passed what, and a pupil sees her own row.

JupyterHub starts it as a service: with a host name, a cookie and a user of its own. This user may
read nothing of the pupils but their progress. Nothing on the page changes anything.
"""

import asyncio
import grp
import os
import sys
from urllib.parse import urlsplit

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado import web

from lessons.classroom.pupils import read_pupils
from lessons.classroom.table import as_html

TEACHERS = "teachers"  # a group of the machine
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Refresh": "30",  # seconds
}
STYLE = """
body { font: 16px/1.5 sans-serif; margin: 2em }
table { border-collapse: collapse }
th, td { border-bottom: 1px solid #bbb; padding: .3em .5em; text-align: left; vertical-align: top }
"""


class ClassPage(HubOAuthenticated, web.RequestHandler):  # type: ignore[misc]
    """The table, for people who have signed in."""

    @web.authenticated
    def get(self) -> None:
        """Show all rows to a teacher, and to a pupil her own."""
        name = self.current_user["name"]
        is_teacher = name in grp.getgrnam(TEACHERS).gr_mem
        pupils = [each for each in read_pupils() if is_teacher or each.name == name]
        for header, value in HEADERS.items():
            self.set_header(header, value)
        self.finish(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>The class</title>'
            f"<style>{STYLE}</style><h1>Who has passed what</h1>{as_html(pupils)}</html>"
        )


async def serve() -> None:
    """Serve the page where JupyterHub says, until it ends this process."""
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
    handlers = [(prefix, ClassPage), (f"{prefix}oauth_callback", HubOAuthCallbackHandler)]
    app = web.Application(handlers, cookie_secret=os.urandom(32))
    app.listen(address.port or 0, address.hostname or "")
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        sys.exit(130)
