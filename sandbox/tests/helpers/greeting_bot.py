"""An IRC bot of few lines: it greets, comes back when its line breaks, and renews its token."""

import asyncio
import contextlib
import re
import threading

import aiohttp

HELLO = re.compile(r"^@\S*display-name=([^;]*);\S* :\S+ PRIVMSG #(\w+) :!hello\b")
PAUSE_S = 0.02  # before it comes again, to servers that may be down


class GreetingBot:
    """Runs on a thread of its own, as long as the `with` block."""

    def __init__(self, twitch, app, token, login, channel):
        self.twitch, self.app, self.token = twitch, app, token
        self.access, self.refresh = token.access_token, token.refresh_token
        self.login, self.channel = login, channel
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._main()])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(RuntimeError):  # it has given up already
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        self._loop.close()

    async def _main(self):
        self._task = asyncio.current_task()
        with contextlib.suppress(asyncio.CancelledError):
            async with aiohttp.ClientSession() as session:
                while await self._hold_a_line(session):  # noqa: ASYNC110
                    await asyncio.sleep(PAUSE_S)

    async def _hold_a_line(self, session):
        """Until it ends; whether another one may be tried."""
        try:
            async with session.ws_connect(self.twitch.irc_url) as line:
                token = f"PASS oauth:{self.access}"
                words = ("CAP REQ :twitch.tv/tags", token, f"NICK {self.login}")
                await line.send_str("\r\n".join((*words, f"JOIN #{self.channel}", "")))
                async for frame in line:
                    for said in frame.data.splitlines():
                        if "NOTICE * :Login" in said:
                            return await self._renew(session)
                        await self._answer(line, said)
        except (aiohttp.ClientError, ConnectionError):
            pass
        return True

    async def _answer(self, line, said):
        if said.startswith("PING"):
            await line.send_str(said.replace("PING", "PONG"))
        elif found := HELLO.match(said):
            await line.send_str(f"PRIVMSG #{found[2]} :hello {found[1]}!")

    async def _renew(self, session):
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh,
            "client_id": self.app.client_id,
            "client_secret": self.app.client_secret,
        }
        async with session.post(f"{self.twitch.url}/oauth2/token", data=form) as answer:
            if answer.status != 200:
                return False
            given = await answer.json()
        self.access, self.refresh = given["access_token"], given["refresh_token"]
        return True
