"""A bot of python-telegram-bot that answers before it acknowledges, behind a bare aiohttp server.

A function has to do so, because it is frozen after its response. The Application is the one of
functions/by_hand.py, and the settings are those of ptb_webhook.py.
"""

import asyncio
import os
import sys
from pathlib import Path

from aiohttp import web

sys.path.append(str(Path(__file__).parents[1] / "functions"))
from by_hand import answer, app

HOST = "127.0.0.1"
SECRET = os.environ["TELEGRAM_SECRET"]


async def handle(request: web.BaseRequest) -> web.Response:
    """Answer whoever knows the secret."""
    if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != SECRET:
        return web.Response(status=403)
    await answer(await request.json())
    return web.Response()


async def main() -> None:
    """Serve until the process is ended."""
    runner = web.ServerRunner(web.Server(handle, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    url = f"http://{HOST}:{runner.addresses[0][1]}/"
    await app.initialize()
    await app.bot.set_webhook(url, secret_token=SECRET, max_connections=40)
    print(url, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
