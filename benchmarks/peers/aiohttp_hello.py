"""A bare aiohttp.web server that says hello; it prints its port.

No routes, no access log: as little as aiohttp can do for a request.
"""

import asyncio

from aiohttp import web


async def hello(_: web.BaseRequest) -> web.Response:
    """Answer as functions/hello.py does."""
    return web.Response(body=b'{"hello": "world"}', content_type="application/json")


async def main() -> None:
    """Serve until the process is ended."""
    runner = web.ServerRunner(web.Server(hello, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
