"""Show an address that you open in your browser, wherever the notebook runs.

On this machine it is printed, and JupyterLab turns it into a link. On a Jupyter server elsewhere
your browser doesn't reach it, but that server's proxy does.
"""

from html import escape
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, web
from IPython.display import display
from yarl import URL

from bot_sandbox.http.jupyter_proxy import browser_address, proxy_prefix, remove_jupyter_headers
from bot_sandbox.http.local_server import LocalServer

OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class Link:
    """A link to a server of this machine, through the proxy of the Jupyter server."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        assert target.port  # it is a server of this machine
        self.address = browser_address(
            target._replace(netloc=f"127.0.0.1:{ensure_relay(target.port)}").geturl()
        )
        self._note = f"The Jupyter server passes your requests on to {target.netloc}."

    def __repr__(self) -> str:
        return f"{self.address}\n{self._note}"

    def _repr_html_(self) -> str:
        address = escape(self.address)
        return (
            f'<a href="{address}" target="_blank" rel="noreferrer">{address}</a>'
            f"<div>{escape(self._note)}</div>"
        )


def show_link(url: str) -> None:
    """Print the address of a server; elsewhere, show a link that leads there."""
    if proxy_prefix():
        display(Link(url))
    else:
        print(url)


def ensure_relay(port: int) -> int:
    """Return the port of the relay to a port; the first call starts it."""
    if port not in _relays:
        _relays[port] = Relay(port)
    return _relays[port].port


class Relay(LocalServer):
    """Passes requests on to a port of this machine, without what belongs to the Jupyter server.

    A browser sends Jupyter's cookies with each request, and its proxy passes them on. A program of
    your own has no use for them, and might print them.
    """

    def __init__(self, to: int) -> None:
        super().__init__("relay")
        self._to = to
        self.port = self._runner.run(self._start())

    async def _start(self) -> int:
        return await self._serve(web.ServerRunner(web.Server(self._pass_on)))

    async def _pass_on(self, request: web.BaseRequest) -> web.Response:
        address = URL(f"http://127.0.0.1:{self._to}{request.raw_path}", encoded=True)
        headers = remove_jupyter_headers(request.headers.items(), proxied=True)
        body = await request.read() or None
        try:
            async with (
                ClientSession(auto_decompress=False) as session,
                session.request(
                    request.method, address, headers=headers, data=body, allow_redirects=False
                ) as answer,
            ):
                content = await answer.read()
        except ClientError:
            return web.Response(status=502, text="The server has ended. Start it again.\n")
        response = web.Response(status=answer.status, body=content)
        response.headers.clear()
        for name, value in answer.headers.items():
            if name.lower() not in {*OF_ONE_CONNECTION, "set-cookie"}:
                response.headers.add(name, value)
        return response


_relays: dict[int, Relay] = {}
