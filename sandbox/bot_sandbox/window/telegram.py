"""Telegram in the window: its people, bots, chats and messages, and the routes to use them.

A route names a chat by `from` and `to`: a person and a bot's username, or a group's title; ids do
as well. Who only looks may say `chat`, the chat's key in the records.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from aiohttp import web

from bot_sandbox.diagnosis import bots_in_this_process
from bot_sandbox.function_registry import bookmark
from bot_sandbox.telegram import diagnosis
from bot_sandbox.telegram.calls import Called
from bot_sandbox.telegram.people import Group, Person, line
from bot_sandbox.telegram.service import Telegram
from bot_sandbox.telegram.types import Chat, Message, Update, User
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.window.feed import Json
from bot_sandbox.window.view import Fields, View, body, call, fields

SHOWN = 200  # of a chat's messages, the newest
LOOKED_AT = 100  # of a bot's calls, the newest, for those that were refused
TOKEN = re.compile(r"\d{6,}:[\w-]{30,}")
ENVELOPE = ("message_id", "from", "sender_chat", "chat", "date", "edit_date", "reply_to_message")


class TelegramView(View):
    """One Telegram behind a window. People and bots go by id, or by a name that only one has."""

    name = "telegram"

    def __init__(self, telegram: Telegram) -> None:
        super().__init__(telegram)
        self.telegram = telegram

    def routes(self) -> list[web.RouteDef]:
        """Bots, people, groups; what is said; what travelled."""
        return [
            web.get("/api/telegram/bots", self.bots),
            web.post("/api/telegram/bots", self.new_bot),
            web.post("/api/telegram/token", self.new_token),
            web.get("/api/telegram/people", self.people),
            web.post("/api/telegram/people", self.new_person),
            web.get("/api/telegram/groups", self.groups),
            web.post("/api/telegram/groups", self.new_group),
            web.post("/api/telegram/{change:add|remove|promote|demote|join|leave}", self.change),
            web.post("/api/telegram/say", self.say),
            web.post("/api/telegram/ask", self.ask),
            web.post("/api/telegram/edit", self.edit),
            web.post("/api/telegram/sticker", self.sticker),
            web.post("/api/telegram/location", self.location),
            web.post("/api/telegram/photo", self.photo),
            web.post("/api/telegram/document", self.document),
            web.get("/api/telegram/file", self.file),
            web.post("/api/telegram/react", self.react),
            web.post("/api/telegram/press", self.press),
            web.get("/api/telegram/messages", self.messages),
            web.post("/api/telegram/block", self.block),
            web.post("/api/telegram/unblock", self.unblock),
            web.get("/api/telegram/deliveries", self.deliveries),
            web.get("/api/telegram/travelled", self.travelled),
        ]

    def records(self) -> Iterator[tuple[str, Json]]:
        """Everyone, every chat, the newest messages of each."""
        world = self.telegram.world
        for person in world.people.values():
            record = {"type": "person", "id": person.id, "name": person.name}
            yield f"telegram/person/{person.id}", record
        for account in world.accounts.values():
            yield f"telegram/bot/{account.id}", {"type": "bot"} | bot_json(account)
        for chat in (*world.private.values(), *world.groups.values()):
            yield f"telegram/chat/{chat.key}", chat_json(chat)
            for message in chat.messages[-SHOWN:]:
                if not message.deleted:
                    yield f"telegram/message/{chat.key}/{message.message_id}", message_json(message)

    # Bots, people, groups

    async def bots(self, _: web.Request) -> web.Response:
        """GET: every bot, and where a Bot API client finds this Telegram."""
        accounts = list(self.telegram.world.accounts.values())
        found = {"url": self.telegram.url, "bots": [bot_json(account) for account in accounts]}
        return web.json_response(found)

    async def new_bot(self, request: web.Request) -> web.Response:
        """POST {"name", "username", "privacy"?}: BotFather's /newbot; the token is told once."""
        values = await fields(request)
        name, username = values.take("name", str), values.take("username", str)
        account = await call(
            self.telegram.new_bot, name, username, values.take("privacy", bool, True)
        )
        known = {"token": account.token, "url": self.telegram.url}
        return web.json_response(bot_json(account) | known)

    async def new_token(self, request: web.Request) -> web.Response:
        """POST {"bot"}: BotFather's /revoke; the old token is worth nothing from now on."""
        account = self._bot((await fields(request)).take("bot", str))
        return web.json_response({"token": await call(self.telegram.new_token, account)})

    async def people(self, _: web.Request) -> web.Response:
        """GET: everyone who chats."""
        people = list(self.telegram.world.people.values())
        return web.json_response([{"id": one.id, "name": one.name} for one in people])

    async def new_person(self, request: web.Request) -> web.Response:
        """POST {"name", "username"?}: someone new."""
        values = await fields(request)
        name = values.take("name", str).strip()
        if not name:
            raise ValueError("'name' is empty; expected what the others see")
        person = await call(self.telegram.person, name, values.take("username", str, "") or None)
        return web.json_response({"id": person.id, "name": person.name})

    async def groups(self, _: web.Request) -> web.Response:
        """GET: every group and channel."""
        return web.json_response([chat_json(g) for g in list(self.telegram.world.groups.values())])

    async def new_group(self, request: web.Request) -> web.Response:
        """POST {"title", "members", "kind"?}: a group of people and bots, or a channel."""
        values = await fields(request)
        title, kind = values.take("title", str).strip(), values.take("kind", str, "group")
        members = [self._user(str(name)) for name in values.take("members", list)]
        if kind not in ("group", "supergroup", "channel") or not title:
            raise ValueError("a group has a 'title', and the 'kind' group, supergroup or channel")
        group = await call(self.telegram.group, title, members, kind)
        return web.json_response(chat_json(group))

    async def change(self, request: web.Request) -> web.Response:
        """POST {"group", "member"} to add, remove, promote, demote, join or leave."""
        values = await fields(request)
        group, member = self._group(values), self._user(values.take("member", str))
        changes: dict[str, Callable[[User], None]] = {
            "add": group.add,
            "remove": group.remove,
            "promote": group.promote,
            "demote": group.demote,
        }
        what = request.match_info["change"]
        if what in changes:
            await call(changes[what], member)
        elif isinstance(member, Person):
            await call(member.join if what == "join" else member.leave, group)
        else:
            raise ValueError(f"{member.name} is a bot; bots are added and removed")
        return web.json_response(chat_json(group))

    # What is said

    async def say(self, request: web.Request) -> web.Response:
        """POST {"from", "to", "text", "reply_to"?}: a person writes to a bot or into a group."""
        values = await fields(request)
        person, to = self._person(values), self._addressee(values)
        text, number = values.take("text", str), values.take("reply_to", int, 0)
        reply_to = self._message(values, number) if number else None
        return web.json_response(message_json(await call(person.send, text, to, reply_to)))

    async def ask(self, request: web.Request) -> web.Response:
        """POST {"from", "to", "text", "timeout"?}: say, and wait for what the bot says next."""
        values = await fields(request)
        person, to = self._person(values), self._addressee(values)
        read = bookmark()
        with bots_in_this_process() as log:
            asked = await call(person.send, values.take("text", str), to)
            reply = await self.wait(person.answer(asked, values.seconds(), log, read))
        return web.json_response(message_json(reply))

    async def edit(self, request: web.Request) -> web.Response:
        """POST {"from", "to", "message", "text"}: a person changes a message."""
        values = await fields(request)
        person, message = self._person(values), self._message(values)
        await call(person.edit, message, values.take("text", str))
        return web.json_response(message_json(message))

    async def sticker(self, request: web.Request) -> web.Response:
        """POST {"from", "to", "emoji"?}: a person sends a sticker."""
        values = await fields(request)
        person, to = self._person(values), self._addressee(values)
        message = await call(person.sticker, to, values.take("emoji", str, "🙂"))
        return web.json_response(message_json(message))

    async def location(self, request: web.Request) -> web.Response:
        """POST {"from", "to", "latitude", "longitude"}: a person sends a place, in degrees."""
        values = await fields(request)
        person, to = self._person(values), self._addressee(values)
        latitude, longitude = values.take("latitude", float), values.take("longitude", float)
        return web.json_response(message_json(await call(person.location, latitude, longitude, to)))

    async def photo(self, request: web.Request) -> web.Response:
        """POST from, to, caption? in the query and a picture as the body: a person sends it."""
        values, data = Fields(dict(request.query)), await body(request)
        person, to = self._person(values), self._addressee(values)
        message = await call(person.photo, data, values.take("caption", str, ""), to)
        return web.json_response(message_json(message))

    async def document(self, request: web.Request) -> web.Response:
        """POST from, to, name, caption? in the query and a file as the body: a person sends it."""
        values, data = Fields(dict(request.query)), await body(request)
        person, to = self._person(values), self._addressee(values)
        name, caption = values.take("name", str), values.take("caption", str, "")
        return web.json_response(message_json(await call(person.document, data, name, caption, to)))

    async def file(self, request: web.Request) -> web.Response:
        """GET id: the bytes of a file by the `file_id` in a message, whatever they are."""
        file_id = (await fields(request)).take("id", str)
        found = self.telegram.world.files.by_id.get(file_id)
        if found is None:
            raise KeyError(f"there is no file {file_id[:100]!r}")
        # Opened by itself it is a download, never a page of this server's own.
        headers = {"Content-Disposition": "attachment"}
        return web.Response(body=found.data, headers=headers)

    async def react(self, request: web.Request) -> web.Response:
        """POST {"from", "to", "message", "emoji"}: a person reacts; "" takes it back."""
        values = await fields(request)
        person, message = self._person(values), self._message(values)
        await call(person.react, message, values.take("emoji", str))
        return web.json_response(message_json(message))

    async def press(self, request: web.Request) -> web.Response:
        """POST {"from", "to", "message", "button", "timeout"?}: press a bot's button, and wait for
        what the bot shows: a text, or none, as an alert or not. With timeout 0 it is not waited."""
        values = await fields(request)
        person, message = self._person(values), self._message(values)
        press = await call(person.press, message, values.take("button", str))
        seconds = values.seconds()
        await self.wait(self.server.changes.until(lambda: press.text is not None, seconds))
        if seconds:
            await call(press.answer, 0.0)  # says why, if there is none
        return web.json_response({"text": press.text, "alert": press.alert})

    async def messages(self, request: web.Request) -> web.Response:
        """GET from, to, after=0, timeout=0: a chat's messages after a number, the newest 200.

        If there are none, it waits for one for `timeout` seconds; the list may stay empty.
        """
        values = await fields(request)
        chat, after = self._chat(values), values.take("after", int, 0)

        def found() -> list[Json]:
            later = chat.messages[max(after, 0) :]
            return [message_json(message) for message in later[-SHOWN:] if not message.deleted]

        await self.wait(self.server.changes.until(found, values.seconds(0.0)))
        return web.json_response(await call(self.server.do, found))

    async def block(self, request: web.Request) -> web.Response:
        """POST {"from", "to"}: a person blocks a bot: it may not write any more."""
        values = await fields(request)
        await call(self._person(values).block, self._bot(values.take("to", str)))
        return web.json_response({"blocked": True})

    async def unblock(self, request: web.Request) -> web.Response:
        """POST {"from", "to"}: a person lets a blocked bot write again."""
        values = await fields(request)
        await call(self._person(values).unblock, self._bot(values.take("to", str)))
        return web.json_response({"blocked": False})

    # What travelled

    async def deliveries(self, request: web.Request) -> web.Response:
        """GET bot, n=0, timeout=5: the attempts of a bot's webhook, the newest 200; it waits until
        so many have ended in all."""
        values = await fields(request)
        account = self._bot(values.take("bot", str))
        n, updates = values.take("n", int, 0), account.updates
        await self.wait(
            self.server.changes.until(lambda: updates.delivery_count >= n, values.seconds())
        )
        await call(self.telegram.wait_deliveries, account, n, None, 0.0)  # says why, if not
        return web.json_response(await call(self.server.do, attempts, account))

    async def travelled(self, request: web.Request) -> web.Response:
        """GET from, to, message: the updates that tell bots of a message with every attempt to
        deliver them, and the bots' calls that made it, changed it or took it away."""
        values = await fields(request)
        message = self._message(values)
        return web.json_response(await call(self.server.do, self._travelled, message))

    def _travelled(self, message: Message) -> Json:
        accounts, chat = self.telegram.world.accounts, message.chat
        told = [(accounts[update.account.id], update) for update in message.updates]
        private = chat.kind == "private"  # its number is that of all chats of this person
        calls = [
            call_json(account, called)
            for account in accounts.values()
            if not private or account in chat.members
            for called in account.calls
            if concerns(called, message)
        ]
        untold = ""
        if not told and not message.sender.is_bot and any(one.is_bot for one in chat.members):
            untold = diagnosis.not_told(message)
        updates = [update_json(account, update) for account, update in told]
        return {"updates": updates, "untold": untold, "calls": calls}

    # Who and what is meant

    def _person(self, values: Fields) -> Person:
        found = self._user(values.take("from", str))
        if not isinstance(found, Person):
            raise ValueError(f"{found.name} is a bot; 'from' is a person")
        return found

    def _bot(self, name: str) -> BotAccount:
        found = self._user(name)
        if not isinstance(found, BotAccount):
            raise ValueError(f"{found.name} is a person; expected a bot")
        return found

    def _user(self, name: str) -> User:
        world = self.telegram.world
        users = [*list(world.accounts.values()), *list(world.people.values())]
        wanted = name.removeprefix("@").lower()
        found = [one for one in users if wanted in (str(one.id), one.username.lower())]
        found = found or [one for one in users if one.name == name]
        if len(found) != 1:
            known = ", ".join(f"{one.name} ({one.username or one.id})" for one in users)
            how_many = "nobody is" if not found else f"{len(found)} are"
            raise KeyError(f"{how_many} called {name!r}; there are: {known or 'nobody yet'}")
        return found[0]

    def _group(self, values: Fields, field: str = "group") -> Group:
        name = values.take(field, str)
        groups = list(self.telegram.world.groups.values())
        found = [one for one in groups if name in (str(one.id), one.title)]
        if len(found) != 1 or not isinstance(found[0], Group):
            known = ", ".join(f"{one.title} ({one.id})" for one in groups) or "none yet"
            raise KeyError(f"{len(found)} groups are called {name!r}; there are: {known}")
        return found[0]

    def _addressee(self, values: Fields) -> BotAccount | Group:
        name = values.take("to", str)
        if any(
            name in (str(one.id), one.title) for one in list(self.telegram.world.groups.values())
        ):
            return self._group(values, "to")
        return self._bot(name)

    def _chat(self, values: Fields) -> Chat:
        world, key = self.telegram.world, values.take("chat", str, "")
        if key:
            chats = [*list(world.private.values()), *list(world.groups.values())]
            found = next((chat for chat in chats if chat.key == key), None)
        else:
            to = self._addressee(values)
            found = to if isinstance(to, Group) else None
            if isinstance(to, BotAccount):
                person = self._person(values)
                found = world.private.get((person.id, to.id))
        if found is None:
            raise KeyError("this chat has not begun: nobody has written in it")
        return found

    def _message(self, values: Fields, number: int = 0) -> Message:
        chat, number = self._chat(values), number or values.take("message", int)
        message = chat.find(number)
        if message is None:
            raise KeyError(f"there is no message {number} in this chat")
        return message


def bot_json(account: BotAccount) -> Json:
    """A bot as the page shows it, without its token."""
    refused = Counter(
        (called.method, called.error)
        for called in islice(reversed(account.calls), LOOKED_AT)
        if called.error
    )
    commands = {one["command"]: one for menu in account.commands.values() for one in menu}
    return {
        "id": account.id,
        "name": account.name,
        "username": account.username,
        "privacy": account.privacy,
        "webhook": without_tokens(diagnosis.address(account)),
        "polled": account.updates.polled,
        "pending": len(account.updates),
        "commands": list(commands.values()),
        "lacking": list(account.lacking),
        "refused": [
            {"method": method, "error": error, "times": times}
            for (method, error), times in refused.items()
        ],
    }


def chat_json(chat: Chat) -> Json:
    """A chat as the page shows it."""
    return {
        "type": "chat",
        "key": chat.key,
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title or chat.members[1].name,
        "members": [member.id for member in chat.members],
        "admins": sorted(chat.admins),
        "blocked": chat.blocked,
        "choices": chat.choices.rows,
    }


def message_json(message: Message) -> Json:
    """A message as the page shows it; `content` is of the Bot API's Message what was said."""
    shown = line(message)
    content = message.to_json(with_reply=False)
    for key in ENVELOPE:
        content.pop(key, None)
    return {
        "type": "message",
        "chat": message.chat.key,
        "id": message.message_id,
        "from": message.sender.id,
        "name": shown.name,
        "is_bot": shown.is_bot,
        "date": message.date,
        "edited": shown.edited,
        "event": message.event,
        "reactions": Counter(message.reactions.values()),
        "text": shown.text,
        "quote": shown.quote,
        "buttons": shown.buttons,
        "content": content,
        "fate": fate(message),
    }


def fate(message: Message) -> list[Json]:
    """What became of what each bot was told of a message last, at a glance."""
    newest = {update.account.id: update for update in message.updates}
    bots = any(member.is_bot for member in message.chat.members)
    if bots and not newest and not message.sender.is_bot and not message.event:
        return [{"bot": 0, "state": "untold", "text": "no bot was told"}]
    return [
        {"bot": bot} | dict(zip(("state", "text"), state_of(update), strict=True))
        for bot, update in newest.items()
    ]


def state_of(update: Update) -> tuple[str, str]:
    """Whether an update waits, failed or arrived, and that in words."""
    account = update.account
    assert isinstance(account, BotAccount)
    error = update.error.removeprefix("Wrong response from the webhook: ")
    if update not in account.updates:
        if error:
            return "failed", f"given up: {error}"
        if update.status:
            return "arrived", f"delivered ({update.status})"
        if update.replies_from >= 0:
            return "arrived", "delivered (getUpdates)"
        return "failed", "dropped"
    if account.webhook is None:
        if update.replies_from >= 0:
            return "arrived", "taken by getUpdates"
        if account.updates.is_polled:
            return "waits", "on its way"
        return "waits", "waits: nobody asks for updates"
    if error:
        times = "" if update.attempts == 1 else f" {update.attempts} times"
        return "failed", f"refused{times}: {error}"
    if update.attempts == 0 and account.webhook.last_error_message:
        return "waits", "waits for an earlier message"
    return "waits", "on its way"


def update_json(account: BotAccount, update: Update) -> Json:
    """An update, and all attempts to deliver it."""
    state, text = state_of(update)
    explained = "" if state == "arrived" else without_tokens(diagnosis.found(update, account, ""))
    return {
        "bot": account.name,
        "username": account.username,
        "update": update.to_json(),
        "state": state,
        "text": text,
        "explained": explained,
        "attempts": attempts(account, update.id),
    }


def attempts(account: BotAccount, update_id: int = 0) -> list[Json]:
    """The newest attempts of a bot's webhook, in all or for one update."""
    wanted = [
        delivery
        for delivery in account.updates.deliveries
        if not update_id or delivery.update_id == update_id
    ]
    return [
        {
            "update_id": delivery.update_id,
            "attempt": delivery.attempt,
            "url": without_secrets(account, delivery.url),
            "status": delivery.status,
            "error": delivery.error,
            "answer": without_secrets(account, delivery.answer),
            "reply": delivery.reply,
            "at": round(delivery.at, 3),
        }
        for delivery in wanted[-SHOWN:]
    ]


def call_json(account: BotAccount, called: Called) -> Json:
    """A bot's call, its arguments as they were meant, and what came of it."""
    arguments = {
        name: "<secret>" if name == "secret_token" else without_secrets(account, parsed(value))
        for name, value in called.arguments.items()
    }
    return {
        "bot": account.name,
        "username": account.username,
        "method": called.method,
        "arguments": arguments,
        "by_answer": called.by_answer,
        "result": called.result,
        "error": called.error,
        "at": called.at,
    }


def concerns(called: Called, message: Message) -> bool:
    """Whether a call made this message, or named it, or answered a press of its buttons."""
    chat, arguments = message.chat, called.arguments
    places = (str(chat.id), f"@{chat.json.get('username', '')}".lower())
    query = arguments.get("callback_query_id")
    if query and any(
        update.kind == "callback_query" and update.payload["id"] == query
        for update in message.updates
    ):
        return True
    if arguments.get("chat_id", "").lower() not in places:
        return False
    results = called.result if isinstance(called.result, list) else [called.result]
    made = [one["message_id"] for one in results if isinstance(one, dict) and "message_id" in one]
    return message.message_id in made or arguments.get("message_id") == str(message.message_id)


def parsed(text: str) -> Any:
    """An argument that holds an object or a list as what it holds, any other as it came."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def without_secrets(account: BotAccount, value: Any) -> Any:
    """A value without any token, and without the secret of the bot's webhook."""
    if isinstance(value, dict):
        return {name: without_secrets(account, one) for name, one in value.items()}
    if isinstance(value, list):
        return [without_secrets(account, one) for one in value]
    if isinstance(value, str):
        return without_tokens(diagnosis.without_secrets(account, value))
    return value


def without_tokens(text: str) -> str:
    """A text without any token, of whatever bot, old or new.

    >>> without_tokens("http://127.0.0.1/bot7000000001:AA" + "x" * 33)
    'http://127.0.0.1/bot<token>'
    """
    return TOKEN.sub("<token>", text)
