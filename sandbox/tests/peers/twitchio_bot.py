"""A TwitchIO 3 client that reads chat by an EventSub WebSocket and answers through Helix.

It knows nothing of the sandbox: it would run like this on the real Twitch.
"""

import asyncio
import json
import sys

import twitchio
from twitchio import eventsub

given = json.loads(sys.argv[1])


class HelloBot(twitchio.Client):
    async def setup_hook(self):
        await self.add_token(given["token"], given["refresh"])
        subscription = eventsub.ChatMessageSubscription(
            broadcaster_user_id=given["channel_id"], user_id=given["bot_id"]
        )
        await self.subscribe_websocket(subscription, as_bot=True)
        channel = {"broadcaster_user_id": given["channel_id"]}
        await self.subscribe_websocket(eventsub.StreamOnlineSubscription(**channel), as_bot=True)
        await self.subscribe_websocket(eventsub.StreamOfflineSubscription(**channel), as_bot=True)

    async def event_message(self, payload):
        if payload.chatter.id == given["bot_id"]:
            return
        if payload.text == "!hello":
            await payload.broadcaster.send_message(
                f"hello {payload.chatter.display_name}!",
                sender=given["bot_id"],
                token_for=given["bot_id"],
            )
        if payload.text == "!who":
            users = await self.fetch_users(logins=[payload.broadcaster.name])
            await payload.respond(f"the channel of {users[0].display_name}")
        if payload.text == "!stop":
            await self.close()

    async def event_stream_online(self, payload):
        (stream,) = [each async for each in self.fetch_streams(user_ids=[given["channel_id"]])]
        self.stream_id = payload.id
        await payload.broadcaster.send_message(
            f"live: {stream.title}", sender=given["bot_id"], token_for=given["bot_id"]
        )

    async def event_stream_offline(self, payload):
        which = "the same stream" if payload.id == self.stream_id else f"another: {payload.id}"
        await payload.broadcaster.send_message(
            f"over: {which}", sender=given["bot_id"], token_for=given["bot_id"]
        )


async def main():
    client = HelloBot(
        client_id=given["client_id"], client_secret=given["client_secret"], bot_id=given["bot_id"]
    )
    await client.start(with_adapter=False, load_tokens=False, save_tokens=False)


asyncio.run(main())
