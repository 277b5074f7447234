"""Telegram in the window: its people, bots, chats and messages, and the routes to use them."""

from collections.abc import Iterator

from aiohttp import web

from sandbox.telegram.people import Person, line
from sandbox.telegram.service import Telegram
from sandbox.telegram.types import Chat, Message
from sandbox.telegram.world import BotAccount
from sandbox.window.feed import Json
from sandbox.window.view import View, call, fields

SHOWN = 200  # of a chat's messages, the newest


class TelegramView(View):
    """One Telegram behind a window. People and bots go by id, or by a name that only one has."""

    name = "telegram"

    def __init__(self, telegram: Telegram) -> None:
        super().__init__(telegram)
        self.telegram = telegram

    def routes(self) -> list[web.RouteDef]:
        """People, bots and what is said."""
        return [
            web.get("/api/telegram/people", self.people),
            web.post("/api/telegram/people", self.new_person),
            web.post("/api/telegram/say", self.say),
        ]

    def records(self) -> Iterator[tuple[str, Json]]:
        """Everyone, every chat, the newest messages of each."""
        world = self.telegram.world
        for person in world.people.values():
            yield f"telegram/person/{person.id}", {"type": "person", "name": person.name}
        for account in world.accounts.values():
            yield (
                f"telegram/bot/{account.id}",
                {"type": "bot", "name": account.name, "username": account.username},
            )
        for chat in (*world.private.values(), *world.groups.values()):
            key = chat.key
            title = chat.title or chat.members[1].name
            yield (
                f"telegram/chat/{key}",
                {
                    "type": "chat",
                    "kind": chat.kind,
                    "title": title,
                    "members": [member.id for member in chat.members],
                },
            )
            for message in chat.messages[-SHOWN:]:
                if not message.deleted:
                    yield f"telegram/message/{key}/{message.message_id}", message_json(message)

    async def people(self, _: web.Request) -> web.Response:
        """GET: everyone who chats."""
        people = list(self.telegram.world.people.values())
        return web.json_response([{"id": one.id, "name": one.name} for one in people])

    async def new_person(self, request: web.Request) -> web.Response:
        """POST {"name": …}: someone new."""
        name = (await fields(request)).take("name", str)
        person = await call(self.telegram.person, name)
        return web.json_response({"id": person.id, "name": person.name})

    async def say(self, request: web.Request) -> web.Response:
        """POST {"from": …, "to": …, "text": …}: a person writes to a bot or into a group."""
        values = await fields(request)
        person = self._person(values.take("from", str))
        to = self._addressee(values.take("to", str))
        message = await call(person.send, values.take("text", str), to)
        return web.json_response(message_json(message))

    def _person(self, name: str) -> Person:
        people = list(self.telegram.world.people.values())
        found = [one for one in people if name in (str(one.id), one.name)]
        if len(found) != 1 or not isinstance(found[0], Person):
            known = ", ".join(f"{one.name} ({one.id})" for one in people) or "nobody yet"
            raise KeyError(f"{len(found)} people are called {name!r}; there are: {known}")
        return found[0]

    def _addressee(self, name: str) -> BotAccount | Chat:
        world = self.telegram.world
        for account in list(world.accounts.values()):
            if name.removeprefix("@").lower() in (str(account.id), account.username.lower()):
                return account
        for group in list(world.groups.values()):
            if name in (str(group.id), group.title):
                return group
        raise KeyError(f"no bot and no group {name!r}; the bots are {world.names()}")


def message_json(message: Message) -> Json:
    """A message as the page shows it."""
    shown = line(message)
    return {
        "type": "message",
        "chat": message.chat.key,
        "id": message.message_id,
        "from": message.sender.id,
        "name": shown.name,
        "is_bot": shown.is_bot,
        "text": shown.text,
        "quote": shown.quote,
        "edited": shown.edited,
        "buttons": shown.buttons,
    }
