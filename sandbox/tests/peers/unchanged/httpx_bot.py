"""A bot with httpx that keeps to no proxy, as a plain asyncio program or, told so, on uvloop."""

import asyncio
import os
import sys

import httpx

API = f"https://api.telegram.org/bot{os.environ['BOT_TOKEN']}"


async def main():
    offset = 0
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        while True:
            found = await client.get(f"{API}/getUpdates", params={"offset": offset, "timeout": 30})
            for update in found.json()["result"]:
                offset = update["update_id"] + 1
                message = update["message"]
                reply = {"chat_id": message["chat"]["id"], "text": f"you said {message['text']}"}
                await client.post(f"{API}/sendMessage", json=reply)


if sys.argv[1:] == ["uvloop"]:
    import uvloop

    uvloop.run(main())
else:
    asyncio.run(main())
