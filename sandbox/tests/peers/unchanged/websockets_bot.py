"""A chat bot for Twitch with websockets."""

import asyncio
import os
import re

import websockets

HELLO = re.compile(r":(\w+)!\S+ PRIVMSG #(\w+) :!hello")


async def main():
    async with websockets.connect("wss://irc-ws.chat.twitch.tv:443") as line:
        await line.send(f"PASS oauth:{os.environ['BOT_TOKEN']}\r\nNICK hello_bot\r\nJOIN #viktor")
        async for frame in line:
            for said in frame.splitlines():
                if said.startswith("PING"):
                    await line.send(said.replace("PING", "PONG"))
                if found := HELLO.match(said):
                    await line.send(f"PRIVMSG #{found[2]} :hello {found[1]}!")


asyncio.run(main())
