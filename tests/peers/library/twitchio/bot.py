"""A right solution: TwitchIO, and SQLite."""

import asyncio
import os
import sqlite3

import twitchio
from twitchio.eventsub import ChatMessageSubscription

shelf = sqlite3.connect("library.sqlite3", isolation_level=None)
shelf.execute(
    "create table if not exists books (number integer primary key, title text, reader text)"
)
USAGE = {
    "!add": "!add and a title, please",
    "!borrow": "!borrow and a number, please",
    "!return": "!return and a number, please",
    "!who": "!who and a name, please",
}


def listed(rows, otherwise):
    text = "; ".join(f"{title} (#{number})" for number, title in rows)
    return [text[at : at + 500] for at in range(0, len(text), 500)] or [otherwise]


def answer(command, rest, reader):
    if command == "!books":
        return listed(shelf.execute("select number, title from books"), "empty!")
    if command not in USAGE:
        return []
    if not rest or (command in ("!borrow", "!return") and not rest.isdecimal()):
        return [USAGE[command]]
    if command == "!add":
        row = shelf.execute("insert into books (title, reader) values (?, '')", (rest,))
        return [f"#{row.lastrowid}, thanks"]
    if command == "!who":
        name = rest.lstrip("@").lower()
        rows = shelf.execute("select number, title from books where reader = ?", (name,))
        return listed(rows, "nothing at all")
    row = shelf.execute("select title, reader from books where number = ?", (int(rest),)).fetchone()
    if row is None:
        return ["no such book here"]
    title, has = row
    if command == "!borrow" and has:
        return [f"sorry, {has} is reading it"]
    if command == "!return" and has != reader:
        return ["it is not yours"]
    new = reader if command == "!borrow" else ""
    shelf.execute("update books set reader = ? where number = ?", (new, int(rest)))
    return [f"{title}: done"]


class Librarian(twitchio.Client):
    async def setup_hook(self):
        await self.add_token(os.environ["TWITCH_TOKEN"], os.environ["TWITCH_REFRESH_TOKEN"])
        (channel,) = await self.fetch_users(logins=[os.environ["TWITCH_CHANNEL"]])
        chat = ChatMessageSubscription(broadcaster_user_id=channel.id, user_id=self.bot_id)
        await self.subscribe_websocket(chat, as_bot=True)

    async def event_message(self, payload):
        if payload.chatter.id == self.bot_id:
            return
        command, _, rest = payload.text.partition(" ")
        for text in answer(command, rest.strip(), payload.chatter.name):
            await payload.respond(text)


client = Librarian(
    client_id=os.environ["TWITCH_CLIENT_ID"],
    client_secret=os.environ["TWITCH_CLIENT_SECRET"],
    bot_id=os.environ["TWITCH_BOT_ID"],
)
asyncio.run(client.start(with_adapter=False, load_tokens=False, save_tokens=False))
