"""A bot with TwitchIO 3's AutoBot, as its own guide begins: it hears chat through a conduit.

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
        online = eventsub.StreamOnlineSubscription(broadcaster_user_id=channel)
        raid = eventsub.ChannelRaidSubscription(to_broadcaster_user_id=channel)
        wanted = [chat, online, raid] if given["all"] else [chat, online]
        super().__init__(**keys, owner_id=channel, prefix="!", subscriptions=wanted)

    async def setup_hook(self):
        await self.add_component(Greetings())

    async def event_stream_online(self, payload):
        await payload.broadcaster.send_message("live", sender=bot, token_for=bot)


class Greetings(commands.Component):
    @commands.command()
    async def hello(self, ctx):
        await ctx.send(f"hello {ctx.chatter.display_name}!")

    @commands.command()
    async def all(self, ctx):
        """Do what a sandbox may lack, and say what came back."""
        own, owner = {"moderator": bot, "token_for": bot}, ctx.broadcaster
        barred = await owner.timeout_user(user=ctx.chatter, duration=60, reason="tea", **own)
        clip = await owner.create_clip(token_for=bot)
        chat = await owner.fetch_chat_settings(**own)
        await owner.send_announcement(message="Tea!", **own)
        await ctx.send(json.dumps([barred.user.id, bool(clip.id), chat.slow_mode]))


async def main():
    async with Bot() as client:
        await client.add_token(given["token"], given["refresh"])
        await client.start(with_adapter=False, load_tokens=False, save_tokens=False)


asyncio.run(main())
