"""A chat bot for Twitch over IRC: !hello, reconnects, and validates its token each hour."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp


class TwitchBot:
    def __init__(self, login: str, channel: str, token: str, refresh: Callable[[], Awaitable[str]], *,
                 irc: tuple[str, int], api: str, now: Callable[[], float] = time.time,
                 tick: float = 1.0) -> None:
        self.login, self.channel, self.token, self.refresh = login, channel, token, refresh
        self.irc, self.api, self.now, self.tick = irc, api, now, tick
        self.validations: list[int] = []

    async def validate(self) -> None:
        async with aiohttp.ClientSession() as session:
            headers = {"Authorization": f"OAuth {self.token}"}
            async with session.get(self.api + "/oauth2/validate", headers=headers) as response:
                self.validations.append(response.status)
        if self.validations[-1] == 401:
            self.token = await self.refresh()

    async def watch_token(self) -> None:
        due = self.now()
        while True:
            if self.now() >= due:
                began = self.now()
                try:
                    await self.validate()
                    due = began + 3600
                except aiohttp.ClientError:
                    logging.exception("cannot validate")
            await asyncio.sleep(self.tick)

    async def chat(self) -> None:
        reader, writer = await asyncio.open_connection(*self.irc)
        try:
            hello = f"PASS oauth:{self.token}\r\nNICK {self.login}\r\nJOIN #{self.channel}\r\n"
            writer.write(hello.encode())
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                if line.startswith("PING"):
                    writer.write(f"PONG {line[5:]}\r\n".encode())
                elif "Login authentication failed" in line:
                    self.token = await self.refresh()
                    return
                elif " PRIVMSG " in line:
                    who, text = line[1:].split("!", 1)[0], line.split(" :", 1)[1]
                    if text == "!hello":
                        writer.write(f"PRIVMSG #{self.channel} :hello {who}!\r\n".encode())
                await writer.drain()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.watch_token())
            while True:
                with suppress(OSError):
                    await self.chat()
                await asyncio.sleep(self.tick)
