"""A bot with aiogram; aiohttp uses aiodns if it is installed. "uvloop" runs it under uvloop."""

import asyncio
import os
import sys

from aiogram import Bot, Dispatcher

dispatcher = Dispatcher()


@dispatcher.message()
async def echo(message):
    loop = type(asyncio.get_running_loop()).__module__.partition(".")[0]
    await message.answer(f"you said {message.text} ({loop})")


async def main():
    await dispatcher.start_polling(Bot(os.environ["BOT_TOKEN"]))


if sys.argv[1:] == ["uvloop"]:
    import uvloop

    uvloop.run(main())
else:
    asyncio.run(main())
