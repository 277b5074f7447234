"""A bot with TwitchIO 3 that does what the sandbox lacks, and says what came back.

It knows nothing of the sandbox: it would run like this on the real Twitch.
"""

import asyncio
import json
import sys

from twitchio import eventsub
from twitchio.ext import commands

given = json.loads(sys.argv[1])
channel, bot = given["channel_id"], given["bot_id"]
keys = {name: given[name] for name in ("client_id", "client_secret", "bot_id")}


class Bot(commands.AutoBot):
    def __init__(self):
        chat = eventsub.ChatMessageSubscription(broadcaster_user_id=channel, user_id=bot)
        raid = eventsub.ChannelRaidSubscription(to_broadcaster_user_id=channel)
        super().__init__(**keys, owner_id=channel, prefix="!", subscriptions=[chat, raid])

    async def setup_hook(self):
        await self.add_component(Lacking())


class Lacking(commands.Component):
    @commands.command()
    async def all(self, ctx):
        own, owner = {"moderator": bot, "token_for": bot}, ctx.broadcaster
        barred = await owner.timeout_user(user=ctx.chatter, duration=60, reason="tea", **own)
        clip = await owner.create_clip(token_for=bot)
        chat = await owner.fetch_chat_settings(**own)
        await owner.send_announcement(message="Tea!", **own)
        words = [barred.user.id, bool(clip.id), chat.slow_mode]
        await ctx.send(json.dumps(words))


async def main():
    async with Bot() as client:
        await client.add_token(given["token"], given["refresh"])
        await client.start(with_adapter=False, load_tokens=False, save_tokens=False)


asyncio.run(main())
