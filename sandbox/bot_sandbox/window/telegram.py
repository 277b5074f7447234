"""Telegram in the window: its people, bots, chats and messages, and their routes.

A route names a chat by `from` and `to`: a person and a bot's username, or a group's title or
username; ids work, too. A route that only reads also takes `chat`, the chat's key in the records.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from bot_sandbox.diagnosis.bot_log import hear_bot_logs
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import coroutine_of
from bot_sandbox.telegram import diagnosis
from bot_sandbox.telegram.bot_api import TYPES
from bot_sandbox.telegram.calls import ApiCall
from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.delivered_update import KINDS, build_skeleton
from bot_sandbox.telegram.inline_query import InlineQuery
from bot_sandbox.telegram.media_kinds import NUMBERS
from bot_sandbox.telegram.people import Group, Person
from bot_sandbox.telegram.types import Chat, Message, ReplyKeyboard, User
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.window.feed import Record
from bot_sandbox.window.routes import (
    LONGEST_WAIT_S,
    MOST_MESSAGES,
    OPTIONAL,
    Field,
    Route,
    Values,
    flag,
    get_route,
    name_or_id,
    names_or_ids,
    number,
    post_route,
    quote_json,
    table,
    text,
    wait_field,
    whole_number,
)
from bot_sandbox.window.telegram_faults import (
    FAULTS,
    FaultsJson,
    faults_json,
    make_fault,
)
from bot_sandbox.window.telegram_json import (
    SHOWN_MESSAGES,
    ApiCallsJson,
    AttemptJson,
    BlockedJson,
    BotJson,
    BotsJson,
    ChatJson,
    DeliveriesJson,
    GroupsJson,
    InlineJson,
    KeyboardJson,
    KindsJson,
    MessageJson,
    MessagesJson,
    NewBotJson,
    PeopleJson,
    PersonJson,
    PressJson,
    TokenJson,
    TraceJson,
    attempt_json,
    attempts,
    bot_json,
    call_json,
    calls_about,
    chat_json,
    delivered_update_json,
    keyboard_json,
    message_json,
    person_json,
    update_json,
)
from bot_sandbox.window.view import (
    CannedJson,
    ClockJson,
    DoneJson,
    FileContent,
    View,
    call,
    canned_json,
    clock_json,
)

KEPT_QUERIES = 1000  # inline queries, of which somebody may still choose a result
FROM = name_or_id("from", "the person, by name or id")
TO = name_or_id("to", "a bot by its username, a group by its title or username, or an id")
TEXT = text("text", "what they write")
MESSAGE = whole_number("message", "a message's number in its chat: its `id`", least=1)
REPLY_TO = whole_number("reply_to", "the number of the message to reply to", OPTIONAL)
EDITS = flag("edits", "whether a message that the bot edits is an answer, too", False)
CAPTION = text("caption", "the text under it", "")
BOT_FIELD = name_or_id("bot", "a bot by its username or id")
GROUP = name_or_id("group", "a group by its title, username or id")
MEMBER = name_or_id("member", "a person or a bot, by name or id")
CHAT = (
    name_or_id("from", "the person who chats with a bot, by name or id", OPTIONAL),
    name_or_id("to", "a bot by its username, a group by its title or username, or an id", OPTIONAL),
    text("chat", "the chat's `key`, instead of `from` and `to`", OPTIONAL),
)
FILE_NAME = text("name", "the file's name")
NAME = text("name", "the file's name", "")
DURATION = whole_number("duration", "in seconds", 0, 0, NUMBERS["duration"])


def side(name: str) -> Field:
    """Return the field for a side of a video."""
    return whole_number(name, "in pixels", 0, 0, NUMBERS[name])


FILM = (DURATION, side("width"), side("height"))
MUSIC = (DURATION, text("performer", "who plays it", ""), text("title", "what it is called", ""))
VIKTOR = {"from": "Viktor", "to": "hello_bot"}
ANNA_IN_FAMILY = {"group": "Family", "member": "Anna"}


def media_route(kind: str, words: str, *fields: Field, **example: object) -> Route:
    """Return the route by which a person sends a file, the body, with what they say about it."""

    async def send(view: "TelegramView", values: Values) -> MessageJson:
        person, to = view._person(values), view._recipient(values)
        said = {field.name: values[field.name] for field in fields}
        return message_json(await call(getattr(person, kind), values["data"], to=to, **said))

    send.__doc__ = words
    shown = VIKTOR | example
    return post_route(f"telegram/{kind}", FROM, TO, *fields, upload=True, example=shown)(send)


class TelegramView(View):
    """One Telegram behind a window; people and bots are identified by id or a unique name."""

    name = "telegram"

    def __init__(self, telegram: TelegramCore) -> None:
        super().__init__(telegram)
        self.telegram = telegram
        self._inline_queries: deque[InlineQuery] = deque(maxlen=KEPT_QUERIES)

    def records(self) -> Iterator[tuple[str, Record]]:
        """Yield everyone, every chat and its newest messages."""
        world, faults = self.telegram._world, self.telegram.faults
        waiting = [str(fault) for fault in faults.active]
        ahead = world.clock.ahead
        yield (
            "telegram/server",
            {"type": "server", "up": world.up, "ahead": ahead, "faults": waiting},
        )
        for person in world.people.values():
            yield f"telegram/person/{person.id}", {"type": "person"} | person_json(person)
        for account in world.accounts.values():
            yield f"telegram/bot/{account.id}", {"type": "bot"} | bot_json(account)
        for chat in (*world.private.values(), *world.groups.values()):
            yield f"telegram/chat/{chat._key}", chat_json(chat)
            for message in chat.messages[-SHOWN_MESSAGES:]:
                if not message.deleted:
                    yield (
                        f"telegram/message/{chat._key}/{message.message_id}",
                        message_json(message),
                    )

    # Bots, people, groups

    @get_route("telegram/bots")
    async def bots(self, _: Values) -> BotsJson:
        """List every bot, and the `url` where a Bot API client finds this Telegram."""
        accounts = list(self.telegram._world.accounts.values())
        return {"url": self.telegram.url, "bots": [bot_json(account) for account in accounts]}

    @post_route(
        "telegram/bots",
        text("name", "what people see"),
        text("username", "its unique name, which ends in bot"),
        flag("privacy", "whether it sees in a group only what is meant for it", True),
        example={"name": "Hello bot", "username": "hello_bot"},
    )
    async def new_bot(self, values: Values) -> NewBotJson:
        """Do BotFather's /newbot; the response has the `token`."""
        account = await call(self.telegram.new_bot, **values)
        return {**bot_json(account), "token": account.token, "url": self.telegram.url}

    @post_route("telegram/token", BOT_FIELD, example={"bot": "hello_bot"})
    async def new_token(self, values: Values) -> TokenJson:
        """Do BotFather's /revoke: a new token, and the old one stops working."""
        account = self._bot(values["bot"])
        return {"token": await call(self.telegram.new_token, account)}

    @get_route(
        "telegram/ready", BOT_FIELD, wait_field(30.0), example={"bot": "hello_bot", "timeout": 30}
    )
    async def ready(self, values: Values) -> BotJson:
        """Wait until a bot asks for updates or has set its webhook; 504 says what was found."""
        account = self._bot(values["bot"])
        await self.wait(coroutine_of(self.telegram.wait_ready, account, values["timeout"]))
        return bot_json(account)

    @get_route("telegram/people")
    async def people(self, _: Values) -> PeopleJson:
        """List everyone who chats."""
        people = list(self.telegram._world.people.values())
        return {"people": [person_json(one) for one in people]}

    @post_route(
        "telegram/people",
        text("name", "what the others see", least=1),
        text("username", "a unique name, without @", ""),
        whole_number("id", "a number that no one has; without it, one is chosen", OPTIONAL),
        text("last_name", "their last name", ""),
        text("language_code", 'their app\'s language, or "" if it tells none', "en"),
        flag("is_premium", "whether they have Telegram Premium", False),
        example={"name": "Viktor"},
    )
    async def new_person(self, values: Values) -> PersonJson:
        """Add a person."""
        name = values["name"].strip()
        if not name:
            raise ValueError("'name' is empty; expected what the others see")
        more = {key: values[key] for key in ("id", "last_name", "language_code", "is_premium")}
        add = partial(self.telegram.person, name, values["username"] or None, **more)
        return person_json(await call(add))

    @get_route("telegram/groups")
    async def groups(self, _: Values) -> GroupsJson:
        """List every group and channel."""
        return {"groups": [chat_json(one) for one in list(self.telegram._world.groups.values())]}

    @post_route(
        "telegram/groups",
        text("title", "the group's name", least=1),
        names_or_ids("members", "people and bots, by name or id"),
        text("kind", "what it is", "group", choices=("group", "supergroup", "channel")),
        text("username", "the unique name of a supergroup or a channel, without @", ""),
        example={"title": "Family", "members": ["Viktor", "hello_bot"], "kind": "supergroup"},
    )
    async def new_group(self, values: Values) -> ChatJson:
        """Create a group of people and bots, or a channel."""
        title, members = values["title"].strip(), values["members"]
        if not title:
            raise ValueError("'title' is empty; expected the group's name")
        found = [self._user(name) for name in members]
        named = (values["kind"], values["username"])
        return chat_json(await call(self.telegram.group, title, found, *named))

    @post_route("telegram/add", GROUP, MEMBER, example=ANNA_IN_FAMILY)
    async def add(self, values: Values) -> ChatJson:
        """Add somebody to a group."""
        return await self._change(values, Group.add)

    @post_route(
        "telegram/promote",
        *(GROUP, MEMBER, text("title", "their custom title", "")),
        table("rights", "what differs from an admin's usual rights", {"type": "boolean"}, OPTIONAL),
        example=ANNA_IN_FAMILY,
    )
    async def promote(self, values: Values) -> ChatJson:
        """Make a member an admin, with rights such as `can_promote_members`."""
        given = (values["title"], values["rights"] or {})
        return await self._change(values, lambda g, one: g._runner.do(g._promote, one, *given))

    @post_route("telegram/demote", GROUP, MEMBER, example=ANNA_IN_FAMILY)
    async def demote(self, values: Values) -> ChatJson:
        """Make an admin, or somebody restricted, an ordinary member."""
        return await self._change(values, Group.demote)

    @post_route(
        "telegram/restrict",
        *(GROUP, MEMBER, number("seconds", "how long; 0 or over 366 days: without an end", 0.0, 0)),
        table("permissions", "what they may still do", {"type": "boolean"}, OPTIONAL),
        example=ANNA_IN_FAMILY,
    )
    async def restrict(self, values: Values) -> ChatJson:
        """Let a member of a supergroup only read, or send what `permissions` say."""
        given = (values["seconds"], values["permissions"] or {})
        return await self._change(values, lambda g, one: g._runner.do(g._restrict, one, *given))

    @post_route(
        "telegram/permissions",
        *(GROUP, table("permissions", "what changes", {"type": "boolean"})),
        example={"group": "Family", "permissions": {"can_send_photos": False}},
    )
    async def permissions(self, values: Values) -> ChatJson:
        """Change what all who aren't admins may do in a group."""
        group = self._group(values["group"])
        await self.read(group._set_permissions, values["permissions"])
        return chat_json(group)

    @post_route("telegram/leave", GROUP, MEMBER, example=ANNA_IN_FAMILY)
    async def leave(self, values: Values) -> ChatJson:
        """Let a person leave a group."""
        return await self._change(values, lambda group, member: as_person(member).leave(group))

    @post_route("telegram/join", GROUP, MEMBER, example=ANNA_IN_FAMILY)
    async def join(self, values: Values) -> ChatJson:
        """Let a person join a group."""
        return await self._change(values, lambda group, member: as_person(member).join(group))

    @post_route("telegram/remove", GROUP, MEMBER, example=ANNA_IN_FAMILY)
    async def remove(self, values: Values) -> ChatJson:
        """Remove somebody from a group."""
        return await self._change(values, Group.remove)

    async def _change(self, values: Values, change: Callable[[Group, User], None]) -> ChatJson:
        group, member = self._group(values["group"]), self._user(values["member"])
        await call(change, group, member)
        return chat_json(group)

    # Messages

    @post_route(
        "telegram/say",
        *(FROM, TO, TEXT, REPLY_TO),
        name_or_id("sender_chat", "a channel of theirs, as which they write", OPTIONAL),
        example=VIKTOR | {"text": "!hello"},
    )
    async def say(self, values: Values) -> MessageJson:
        """Write to a bot or into a group."""
        person, to, number = self._person(values), self._recipient(values), values["reply_to"]
        reply_to = None if number is None else self._message(values, number)
        chat = None if values["sender_chat"] is None else self._group(values["sender_chat"])
        return message_json(await call(person.send, values["text"], to, reply_to, "", chat))

    @post_route(
        "telegram/ask",
        *(FROM, TO, TEXT, REPLY_TO, EDITS, wait_field(5.0)),
        example=VIKTOR | {"text": "!hello", "timeout": 5},
    )
    async def ask(self, values: Values) -> MessageJson:
        """Write, and wait for the bot's next message; 504 explains why there is none.

        What Telegram writes for the bot, such as that it removed somebody, is not its message.
        """
        person, to, number = self._person(values), self._recipient(values), values["reply_to"]
        reply_to = None if number is None else self._message(values, number)
        with hear_bot_logs() as heard:
            asked = await call(person.send, values["text"], to, reply_to)
            answer = person._answer(asked, values["timeout"], heard, values["edits"])
            reply = await self.wait(answer)
        return message_json(reply)

    @post_route(
        "telegram/ask_all",
        *(FROM, TO, TEXT, EDITS),
        number("quiet", "how many seconds without anything new", 0.5, 0, LONGEST_WAIT_S),
        wait_field(5.0, "how many seconds to wait for the first"),
        example=VIKTOR | {"text": "!hello", "timeout": 5},
    )
    async def ask_all(self, values: Values) -> MessagesJson:
        """Write, and get all that bots write then until they are quiet; 504 if they don't."""
        person, to = self._person(values), self._recipient(values)
        waits = (values["quiet"], values["timeout"], values["edits"])
        found = await self.wait(coroutine_of(person.ask_all, values["text"], to, *waits))
        return {"messages": [message_json(one) for one in found]}

    @post_route(
        "telegram/edit",
        *(FROM, TO, MESSAGE, TEXT),
        example=VIKTOR | {"message": 1, "text": "!hi"},
    )
    async def edit(self, values: Values) -> MessageJson:
        """Change a message."""
        person, message = self._person(values), self._message(values, values["message"])
        await call(person.edit, message, values["text"])
        return message_json(message)

    @post_route(
        "telegram/sticker",
        *(FROM, TO, text("emoji", "the sticker's emoji", "🙂")),
        example=VIKTOR | {"emoji": "🎉"},
    )
    async def sticker(self, values: Values) -> MessageJson:
        """Send a sticker."""
        person, to = self._person(values), self._recipient(values)
        return message_json(await call(person.sticker, to, values["emoji"]))

    @post_route(
        "telegram/location",
        *(FROM, TO),
        number("latitude", "degrees", least=-90, most=90),
        number("longitude", "degrees", least=-180, most=180),
        example=VIKTOR | {"latitude": 52.5, "longitude": 13.4},
    )
    async def location(self, values: Values) -> MessageJson:
        """Send a place."""
        person, to = self._person(values), self._recipient(values)
        place = (values["latitude"], values["longitude"])
        return message_json(await call(person.location, *place, to))

    @post_route(
        "telegram/contact",
        *(FROM, TO, name_or_id("of", "a person whose contact it is, by name or id", OPTIONAL)),
        text("name", "any name, with `phone_number`", ""),
        text("phone_number", "any number", ""),
        example=VIKTOR,
    )
    async def contact(self, values: Values) -> MessageJson:
        """Share a contact: their own, somebody's, or any name and number."""
        person, to = self._person(values), self._recipient(values)
        of = None if values["of"] is None else self._person(values, "of")
        shared = (of, to, values["name"], values["phone_number"])
        return message_json(await call(person.contact, *shared))

    photo = media_route("photo", "Send a picture: the body.", CAPTION, caption="our cat")
    document = media_route(
        "document", "Send a file: the body.", FILE_NAME, CAPTION, name="notes.txt"
    )
    video = media_route("video", "Send a video: the body.", NAME, CAPTION, *FILM, duration=7)
    animation = media_route("animation", "Send a GIF or a silent video.", NAME, CAPTION, *FILM)
    audio = media_route("audio", "Send music: the body.", NAME, CAPTION, *MUSIC, name="tea.mp3")
    voice = media_route("voice", "Send a voice message.", CAPTION, DURATION, duration=3)
    video_note = media_route("video_note", "Send a round video message.", DURATION, side("length"))

    @post_route(
        "telegram/web_file",
        text("address", "a web address, such as https://example.org/cat.png"),
        upload=True,
        example={"address": "https://example.org/cat.png"},
    )
    async def web_file(self, values: Values) -> DoneJson:
        """Say what a web address has: the body. Bots may then send it by this address."""
        await call(self.telegram.add_web_file, values["address"], values["data"])
        return {"done": f"{values['address']} has {len(values['data'])} bytes"}

    @get_route("telegram/file", text("id", "the `file_id` in a message"), example={"id": "FILE_ID"})
    async def file(self, values: Values) -> FileContent:
        """Get the bytes of a file."""
        found = self.telegram._world.files.by_id.get(values["id"])
        if found is None:
            raise KeyError(f"there is no file {quote_json(values['id'])}")
        return FileContent(found.data)

    @post_route(
        "telegram/react",
        *(FROM, TO, MESSAGE, text("emoji", 'the reaction; "" removes it')),
        example=VIKTOR | {"message": 2, "emoji": "👍"},
    )
    async def react(self, values: Values) -> MessageJson:
        """React to a message."""
        person, message = self._person(values), self._message(values, values["message"])
        await call(person.react, message, values["emoji"])
        return message_json(message)

    @post_route(
        "telegram/press",
        *(
            FROM,
            TO,
            whole_number("message", "the number of the message with the button", OPTIONAL, 1),
        ),
        text("button", "the button's text", ""),
        whole_number("position", "1 is the first button under the message, row by row", 0, 0),
        text("data", "what the bot gets", ""),
        wait_field(5.0),
        example=VIKTOR | {"message": 2, "button": "Yes"},
    )
    async def press(self, values: Values) -> PressJson | MessageJson:
        """Press an inline button, and wait for the bot's notification.

        Many bots never send one. Then the response comes after `timeout` seconds, with what the bot
        wrote or edited meanwhile, in this chat or in its chat with this person. 504 if it wrote,
        edited or deleted no message of its own there; nothing else that it does counts. With
        `timeout` 0, it doesn't wait.

        If several buttons have the same text, send `position` or `data`, too. Without `message` it
        is a button of the reply keyboard (`telegram/keyboard`), and the response is the message
        that it sends.
        """
        person, button = self._person(values), values["button"]
        which = {name: values[name] for name in ("data", "position")}
        if values["message"] is None:
            if any(which.values()):
                raise ValueError(
                    "'position' and 'data' are for a button under a message; send its 'message'"
                )
            return message_json(await call(person.choose, button, self._recipient(values)))
        message = self._message(values, values["message"])
        press = await call(person.press, message, button, **which)
        seconds = values["timeout"]
        if seconds:
            await self.wait(coroutine_of(press.wait, seconds, 0.0))  # as soon as it answers
        messages = [message_json(one) for one in press.messages]
        return {
            "text": press.text,
            "alert": press.alert,
            "url": press.url,
            "messages": messages,
        }

    @post_route(
        "telegram/set_inline",
        *(BOT_FIELD, flag("inline", "whether it gets inline queries", True)),
        flag("feedback", "whether it also learns which result was chosen", False),
        example={"bot": "hello_bot"},
    )
    async def set_inline(self, values: Values) -> BotJson:
        """Do BotFather's /setinline and /setinlinefeedback."""
        account = self._bot(values["bot"])
        await call(self.telegram.set_inline, account, values["inline"], values["feedback"])
        return bot_json(account)

    @post_route(
        "telegram/inline",
        *(FROM, BOT_FIELD, text("query", "what they type after the bot's name", "")),
        name_or_id("to", "a group or another bot, if it is typed in a chat with them", OPTIONAL),
        text("offset", "the `next_offset` of the page before", ""),
        wait_field(5.0),
        example={"from": "Viktor", "bot": "hello_bot", "query": "tea", "timeout": 5},
    )
    async def inline(self, values: Values) -> InlineJson:
        """Type a bot's name and a text, and wait for its results; 504 says why there are none."""
        person, bot, text = self._person(values), self._bot(values["bot"]), values["query"]
        where = None if values["to"] is None else self._recipient(values)
        query = await call(person.inline_query, text, bot, where, values["offset"])
        await self.wait(coroutine_of(query.wait, values["timeout"]))
        self._inline_queries.append(query)
        return {
            "id": query.id,
            "results": [result.to_json() for result in query.results],
            "button": query.button.to_json() if query.button else None,
            "next_offset": query.next_offset,
        }

    @post_route(
        "telegram/choose",
        text("query", "the `id` of `telegram/inline`"),
        text("result", "the `id` of one of its results"),
        example={"query": "900000000001", "result": "1"},
    )
    async def choose(self, values: Values) -> MessageJson:
        """Choose a result of an inline query, which sends it."""
        asked = [one for one in self._inline_queries if one.id == values["query"]]
        if not asked:
            raise KeyError(f"there is no inline query {quote_json(values['query'])}")
        return message_json(await call(asked[0].choose, values["result"]))

    @get_route("telegram/keyboard", FROM, TO, example=VIKTOR)
    async def keyboard(self, values: Values) -> KeyboardJson:
        """Get the reply keyboard that a bot shows this person; `rows` is empty if there is none.

        `telegram/press` without `message` presses one of its buttons.
        """
        person, chat = self._person(values), self._chat(values)
        return keyboard_json((chat and chat._reply_keyboards.get(person.id)) or ReplyKeyboard())

    @get_route(
        "telegram/messages",
        *CHAT,
        whole_number("after", "the number of a message", 0, 0),
        wait_field(0.0),
        example=VIKTOR | {"after": 2, "timeout": 5},
    )
    async def messages(self, values: Values) -> MessagesJson:
        """Get a chat's messages after a message, the newest 200; wait for one.

        If none comes in time, the list is empty.
        """
        after = values["after"]
        self._chat(values)  # refuses unknown names

        def found() -> list[MessageJson]:
            chat = self._chat(values)
            later = chat.messages[after:] if chat else []
            return [
                message_json(message) for message in later[-SHOWN_MESSAGES:] if not message.deleted
            ]

        await self.wait_until(found, values["timeout"])
        return {"messages": await self.read(found)}

    @get_route(
        "telegram/wait",
        *(*CHAT, whole_number("message", "only the message with this number", OPTIONAL, 1)),
        whole_number("after", "only messages after this number", 0, 0),
        number("changed_after", "only those with a later `changed_at`", 0.0, 0),
        text("contains", "only those whose text has this in it", ""),
        text("button", "only those with an inline button of this text", ""),
        flag("edited", "only those that were edited, or only those that were not", OPTIONAL),
        name_or_id("sender", "only those of this person or bot; otherwise of any bot", OPTIONAL),
        wait_field(5.0),
        example=VIKTOR | {"after": 1, "contains": "hello", "timeout": 5},
    )
    async def wait_for(self, values: Values) -> MessageJson:
        """Wait for a message that fits; 504 shows what came instead.

        It is the first that fits all conditions, now or later, so it may be there already. An
        edited message has its new text: with `message` and `contains` you wait for an edit.
        """
        sender = None if values["sender"] is None else self._user(values["sender"])
        self._chat(values)

        def later() -> list[Message]:
            chat = self._chat(values)
            return chat.messages[values["after"] :] if chat else []

        def find() -> Message | None:
            return next((each for each in later() if fits_conditions(each, values, sender)), None)

        found = await self.wait(self.server._runner.changes.value(find, values["timeout"]))
        if found is None:
            chat = self._chat(values)
            members = chat.members if chat else [self._bot(values["to"])]
            awaited = [sender] if isinstance(sender, BotAccount) else members
            came = await self.read(self._what_came, chat, later(), awaited, values["timeout"])
            raise NoReply(came)
        return message_json(found)

    def _what_came(
        self, chat: Chat | None, messages: list[Message], members: list[User], timeout: float
    ) -> str:
        came = [each for each in messages if not (each.event or each.deleted)]
        bots = [one for one in members if isinstance(one, BotAccount)]
        head = diagnosis.what_came("in this chat", came, timeout)
        if chat and chat._blocked:
            return f"{head}\n{diagnosis.describe_blocked_bot(chat)}"
        state = diagnosis.describe_bots(self.telegram._world, bots)
        return "\n".join([head, state, *diagnosis.describe_untold(chat.messages if chat else [])])

    @post_route("telegram/block", FROM, TO, example=VIKTOR)
    async def block(self, values: Values) -> BlockedJson:
        """Block a bot, which then can't write to this person."""
        await call(self._person(values).block, self._bot(values["to"]))
        return {"blocked": True}

    @post_route("telegram/unblock", FROM, TO, example=VIKTOR)
    async def unblock(self, values: Values) -> BlockedJson:
        """Let a blocked bot write again."""
        await call(self._person(values).unblock, self._bot(values["to"]))
        return {"blocked": False}

    # What was sent

    @get_route(
        "telegram/calls",
        *(BOT_FIELD, text("method", "only calls of this method", "")),
        whole_number("after", "only calls after this `number`", 0, 0),
        whole_number("n", "wait for so many", 0, 0, MOST_MESSAGES),
        wait_field(5.0),
        example={"bot": "hello_bot", "method": "sendMessage", "n": 1},
    )
    async def calls(self, values: Values) -> ApiCallsJson:
        """Get the newest 200 calls of a bot, except `getUpdates`; wait until there are `n`."""
        account, n, seconds = self._bot(values["bot"]), values["n"], values["timeout"]
        wanted = values["method"].lower()

        def found() -> list[ApiCall]:
            return [
                called
                for called in account.calls
                if called.number > values["after"] and wanted in ("", called.method.lower())
            ]

        if not await self.wait_until(lambda: len(found()) >= n, seconds):
            what = f"calls of {values['method']}" if wanted else "calls"
            head = f"{account.name} made {len(found())} of {n} {what} within {seconds:g} s."
            raise NoReply(f"{head}\n{diagnosis.describe_bots(self.telegram._world, [account])}")
        newest = (await self.read(found))[-SHOWN_MESSAGES:]
        return {"calls": [call_json(account, called) for called in newest]}

    @get_route(
        "telegram/deliveries",
        *(
            BOT_FIELD,
            whole_number("n", "wait for so many in all", 0, 0, MOST_MESSAGES),
            wait_field(5.0),
        ),
        example={"bot": "hello_bot", "n": 1},
    )
    async def deliveries(self, values: Values) -> DeliveriesJson:
        """Get the newest 200 attempts of a bot's webhook; wait until `n` have ended."""
        account, n, seconds = self._bot(values["bot"]), values["n"], values["timeout"]
        await self.wait(coroutine_of(self.telegram.wait_deliveries, account, n, None, seconds))
        return {"deliveries": await self.read(attempts, account)}

    @get_route("telegram/trace", *CHAT, MESSAGE, example=VIKTOR | {"message": 1})
    async def trace(self, values: Values) -> TraceJson:
        """See what is behind a message: updates, attempts and their responses, the bot's calls."""
        message = self._message(values, values["message"])
        return await self.read(self._trace, message)

    def _trace(self, message: Message) -> TraceJson:
        accounts, chat = self.telegram._world.accounts, message.chat
        sent = [(accounts[update.account.id], update) for update in message.updates]
        private = chat.kind == "private"  # its number is the same in all chats of this person
        calls = [
            call_json(account, called)
            for account in accounts.values()
            if not private or account in chat.members
            for called in calls_about(account, message)
        ]
        untold = ""
        if not sent and not message.sender.is_bot and any(one.is_bot for one in chat.members):
            untold = diagnosis.why_not_told(message)
        updates = [update_json(account, update) for account, update in sent]
        return {"updates": updates, "untold": untold, "calls": calls}

    @get_route("telegram/kinds", FROM, example={"from": "Viktor"})
    async def kinds(self, values: Values) -> KindsJson:
        """See which kinds of update can be delivered, and what each should say."""
        person, now = self._person(values), self.telegram.clock.now()
        return {
            "kinds": [
                {
                    "kind": kind,
                    "skeleton": build_skeleton(kind, person, now),
                    "fields": list(TYPES[name].fields),
                }
                for kind, name in KINDS.items()
            ]
        }

    @post_route(
        "telegram/deliver",
        *(BOT_FIELD, table("update", "the fields of the Bot API's Update that matter", {})),
        name_or_id("from", "who it is from, by name or id; otherwise the only person", OPTIONAL),
        name_or_id("group", "where it happens, if not in a chat with the bot", OPTIONAL),
        text("method", "only calls of this method", ""),
        whole_number("n", "wait until the bot has made so many calls", 1, 0, MOST_MESSAGES),
        wait_field(5.0),
        example={"bot": "hello_bot", "from": "Viktor"}
        | {"update": {"inline_query": {"query": "tea"}}, "timeout": 0},
    )
    async def deliver(self, values: Values) -> TraceJson:
        """Deliver any Update to a bot, and wait for its calls; 504 explains why there is none.

        The sandbox adds what the Bot API requires. Of people and chats that it knows, `id` is
        enough. With `timeout` 0, it doesn't wait.
        """
        account, kind = self._bot(values["bot"]), values["update"]
        sender = None if values["from"] is None else self._person(values)
        group = None if values["group"] is None else self._group(values["group"])
        told = await call(self.telegram.deliver, account, kind, sender, group)
        if values["timeout"]:
            awaited = (values["method"], values["n"], values["timeout"])
            await self.wait(coroutine_of(told.wait, *awaited))
        return await self.read(delivered_update_json, account, told)

    @post_route(
        "telegram/forge",
        *(BOT_FIELD, table("update", "an Update, or anything else, as it is sent", {})),
        text("secret", "in place of the right secret_token; empty: none", OPTIONAL),
        example={"bot": "hello_bot", "update": {"update_id": 1}, "secret": "a guess"},
    )
    async def forge(self, values: Values) -> AttemptJson:
        """Call a bot's webhook as a stranger would, once, and get what came back."""
        account = self._bot(values["bot"])
        forged = coroutine_of(self.telegram.forge, account, values["update"], values["secret"])
        return attempt_json(account, await self.wait(forged))

    @get_route("telegram/canned")
    async def canned(self, _: Values) -> CannedJson:
        """See what the sandbox lacks and has answered all the same."""
        return await self.read(canned_json, self.telegram)

    @post_route(
        "telegram/canned", flag("canned", "whether it should", True), example={"canned": False}
    )
    async def answer_canned(self, values: Values) -> CannedJson:
        """Answer also calls that the sandbox lacks, from the Bot API's table, or refuse them again.

        Each is marked: `canned` of a call says what is lacking.
        """
        await call(self.telegram.answer_canned, values["canned"])
        return await self.read(canned_json, self.telegram)

    # Faults and time

    @post_route(
        "telegram/faults",
        text("fault", "what to break", choices=tuple(FAULTS)),
        variants=FAULTS,
        example={
            "fault": "status",
            "status": 429,
            "retry_after": 3,
            "method": "sendMessage",
            "n": 2,
        },
    )
    async def fault(self, values: Values) -> DoneJson:
        """Break something: each fault has fields of its own."""
        name = values.pop("fault")
        await call(self.telegram._note_requested_fault, name, values)
        if values.get("bot"):
            values["bot"] = self._bot(values["bot"])
        return {"done": await call(make_fault, self.telegram, name, values)}

    @get_route(
        "telegram/faults",
        *(whole_number("n", "wait until faults have hit so many in all", 0, 0, MOST_MESSAGES),),
        wait_field(5.0),
    )
    async def faults(self, values: Values) -> FaultsJson:
        """List the faults that wait for requests, and what faults have hit."""
        faults = self.telegram.faults
        await self.wait(coroutine_of(faults.wait, values["n"], values["timeout"]))
        return await self.read(faults_json, faults, self.telegram._world.up)

    @get_route("telegram/clock")
    async def clock(self, _: Values) -> ClockJson:
        """Get the time on its clock, and how far it is ahead."""
        return clock_json(self.telegram.clock)

    @post_route(
        "telegram/clock",
        number("advance", "how many seconds pass", least=0),
        example={"advance": 90000},
    )
    async def advance(self, values: Values) -> ClockJson:
        """Let time pass: updates older than a day are gone, and everything due happens now."""
        await call(self.telegram.clock.advance, values["advance"])
        return clock_json(self.telegram.clock)

    # Find what a request names

    def _person(self, values: Values, field: str = "from") -> Person:
        people = list(self.telegram._world.people.values())
        if not find_users(values[field], people) and find_users(values[field], self._accounts()):
            raise ValueError(f"{values[field]} is a bot; {field!r} is a person")
        found = only_one(values[field], people)
        assert isinstance(found, Person)
        return found

    def _bot(self, name: str) -> BotAccount:
        accounts = self._accounts()
        if not find_users(name, accounts) and find_users(
            name, self.telegram._world.people.values()
        ):
            raise ValueError(f"{name} is a person; expected a bot")
        found = only_one(name, accounts)
        assert isinstance(found, BotAccount)
        return found

    def _user(self, name: str) -> User:
        return only_one(name, [*self._accounts(), *list(self.telegram._world.people.values())])

    def _accounts(self) -> list[BotAccount]:
        return list(self.telegram._world.accounts.values())

    def _group(self, name: str) -> Group:
        groups = list(self.telegram._world.groups.values())
        found = [one for one in groups if is_called(name, one)]
        if len(found) != 1 or not isinstance(found[0], Group):
            known = ", ".join(f"{one.title} ({one.id})" for one in groups) or "none yet"
            what = "send the id" if found else "there are"
            raise KeyError(f"{len(found)} groups are called {quote_json(name)}; {what}: {known}")
        return found[0]

    def _recipient(self, values: Values) -> BotAccount | Group:
        name = values["to"]
        if any(is_called(name, one) for one in list(self.telegram._world.groups.values())):
            return self._group(name)
        return self._bot(name)

    def _chat(self, values: Values) -> Chat | None:
        """Return the chat that a request names; None if nobody has written in it."""
        world, key = self.telegram._world, values.get("chat")
        if key is not None:
            chats = [*list(world.private.values()), *list(world.groups.values())]
            found = next((chat for chat in chats if chat._key == key), None)
            if found is None:
                raise KeyError(f"there is no chat with the key {quote_json(key)}")
        elif values["to"] is None:
            raise ValueError("'to' is missing: expected a bot or a group, or 'chat' instead")
        else:
            to = self._recipient(values)
            found = to if isinstance(to, Group) else None
            if isinstance(to, BotAccount):
                if values["from"] is None:
                    raise ValueError("'from' is missing: expected the person who chats with a bot")
                found = world.private.get((self._person(values).id, to.id))
        return found

    def _message(self, values: Values, number: int) -> Message:
        chat = self._chat(values)
        message = chat.find(number) if chat else None
        if message is None:
            raise KeyError(f"there is no message {number} in this chat")
        return message


def is_called(name: str, group: Chat) -> bool:
    """Return whether a group has this id, title or username."""
    username = group._json.get("username", "").lower()
    return name in (str(group.id), group.title) or name.removeprefix("@").lower() == username != ""


def find_users(name: str, users: Iterable[User]) -> list[User]:
    """Return those with this id or username, or if there are none, with this name."""
    users, wanted = list(users), name.removeprefix("@").lower()
    found = [one for one in users if wanted in (str(one.id), one.username.lower())]
    return found or [one for one in users if one.name == name]


def only_one(name: str, users: Sequence[User]) -> User:
    """Return the only one who is called so; KeyError lists everybody."""
    found = find_users(name, users)
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(one.id) for one in found)
        raise KeyError(f"{len(found)} are called {quote_json(name)}; send one of their ids: {ids}")
    known = ", ".join(f"{one.name} ({one.username or one.id})" for one in users)
    raise KeyError(f"nobody is called {quote_json(name)}; there are: {known or 'nobody yet'}")


def fits_conditions(message: Message, values: Values, sender: User | None) -> bool:
    """Return whether a message satisfies all conditions of `telegram/wait`."""
    return (
        not (message.event or message.deleted)
        and (message.sender is sender if sender else message.sender.is_bot)
        and values["message"] in (None, message.message_id)
        and message.changed_at > values["changed_after"]
        and values["contains"] in message.shown
        and (not values["button"] or values["button"] in message.buttons)
        and values["edited"] in (None, message.edited_at > 0)
    )


def as_person(member: User) -> Person:
    """Return the member; raise ValueError if it is a bot."""
    if not isinstance(member, Person):
        raise ValueError(f"{member.name} is a bot; bots are added and removed")
    return member
