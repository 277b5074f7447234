"""A chat bot for Twitch with TwitchIO 2, as its own guide begins."""

import os

from twitchio.ext import commands


class Bot(commands.Bot):
    def __init__(self):
        super().__init__(token=os.environ["BOT_TOKEN"], prefix="!", initial_channels=["viktor"])

    @commands.command()
    async def hello(self, ctx):
        await ctx.send(f"hello {ctx.author.name}!")

    @commands.command()
    async def who(self, ctx):
        (user,) = await self.fetch_users(["viktor"])
        await ctx.send(f"the channel of {user.display_name}")


Bot().run()
