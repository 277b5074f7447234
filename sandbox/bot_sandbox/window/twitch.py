"""Twitch in the window: channels, who is there, what is said, what was missed; and its routes."""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from aiohttp import web

from bot_sandbox.diagnosis import NoReply, bots_in_this_process
from bot_sandbox.function_registry import bookmark
from bot_sandbox.twitch.chat import Channel, ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord, HeldConnection
from bot_sandbox.twitch.diagnosis import no_answer
from bot_sandbox.twitch.eventsub_events import Delivery, Subscription
from bot_sandbox.twitch.irc import IrcConnection
from bot_sandbox.twitch.people import Account
from bot_sandbox.twitch.service import REDIRECTS, Twitch
from bot_sandbox.twitch.tokens import Application, Token
from bot_sandbox.window.feed import Json
from bot_sandbox.window.twitch_faults import FAULTS, make_fault, number
from bot_sandbox.window.view import Fields, View, call, fields

LONGEST_TIMEOUT_S = 1_209_600  # two weeks (dev.twitch.tv/docs/api/reference, Ban User)
SHOWN = 200  # of a channel's messages, and of connections that have ended, the newest


class TwitchView(View):
    """One Twitch behind a window. Accounts and channels go by login, applications by name."""

    name = "twitch"

    def __init__(self, twitch: Twitch) -> None:
        super().__init__(twitch)
        self.twitch = twitch
        # What was missed grows without end; each message of it is looked at once.
        self._looked: Counter[str] = Counter()  # by login
        self._missed_by: dict[str, list[str]] = defaultdict(list)  # logins, by message id
        self._missed_in: dict[str, Counter[str]] = defaultdict(Counter)  # login, then channel

    def routes(self) -> list[web.RouteDef]:
        """Where it is; accounts, applications, tokens; what is said; who hears it; faults; time."""
        at = "/api/twitch"
        return [
            web.get(at, self.addresses),
            web.get(f"{at}/accounts", self.accounts),
            web.post(f"{at}/accounts", self.new_account),
            web.get(f"{at}/applications", self.applications),
            web.post(f"{at}/applications", self.new_application),
            web.post(f"{at}/authorize", self.authorize),
            web.post(f"{at}/app-token", self.app_token),
            web.post(f"{at}/revoke", self.revoke),
            web.post(f"{at}/disconnect", self.disconnect),
            *(web.post(f"{at}/{what}", self.moderate) for what in MODERATION),
            web.post(f"{at}/live", self.live),
            web.post(f"{at}/follow", self.follow),
            web.post(f"{at}/announce", self.announce),
            web.post(f"{at}/say", self.say),
            web.post(f"{at}/ask", self.ask),
            web.get(f"{at}/messages", self.messages),
            web.get(f"{at}/travelled", self.travelled),
            web.get(f"{at}/wait", self.wait_for),
            web.get(f"{at}/connections", self.connections),
            web.get(f"{at}/missed", self.missed),
            web.get(f"{at}/subscriptions", self.subscriptions),
            web.get(f"{at}/deliveries", self.deliveries),
            web.post(f"{at}/faults", self.fault),
            web.get(f"{at}/clock", self.clock),
            web.post(f"{at}/clock", self.advance),
        ]

    # What the page shows

    def records(self) -> Iterator[tuple[str, Json]]:
        """The servers, every account with its channel, what was said last, and every program."""
        twitch, world = self.twitch, self.twitch.world
        yield (
            "twitch/servers",
            {
                "type": "servers",
                "up": twitch.up,
                "ahead": world.clock.ahead,
                "api_failures": len(twitch.gate.fail_with),
                "deliveries_twice": twitch.eventsub.webhooks.send_twice,
                "refused_logins": {k: n for k, n in twitch.irc.refuse_logins.items() if n > 0},
                "lacking": list(world.lacking),
            },
        )
        for channel in world.chat.channels.values():
            yield f"twitch/account/{channel.name}", self._account(channel)
            start = max(0, len(channel.history) - SHOWN)
            for place, message in enumerate(channel.history[start:], start):
                record = self._message(message, channel) | {"place": place}
                yield f"twitch/message/{channel.name}/{message.id}", record
        for connection in self._connections(newest=SHOWN):
            yield f"twitch/connection/{connection['number']}", connection
        for subscription in world.subscriptions.values():
            yield f"twitch/subscription/{subscription.id}", subscription_json(subscription)
        for login, channels in world.homes.items():
            missed = dict(self._missed_in[login])
            yield (
                f"twitch/program/{login}",
                {"type": "program", "login": login, "homes": sorted(channels), "missed": missed},
            )

    def _look_at_missed(self) -> None:
        for login, messages in self.twitch.world.missed.items():
            for message in islice(messages, self._looked[login], None):
                self._missed_by[message.id].append(login)
                self._missed_in[login][message.channel] += 1
            self._looked[login] = len(messages)

    def _account(self, channel: Channel) -> Json:
        users, barred = self.twitch.world.users, self.twitch.world.chat.barred
        return account_json(channel) | {
            "type": "account",
            "live": channel.stream is not None,
            "title": channel.title,
            "followers": [users[one].login for one in channel.followers],
            "mods": sorted(users[one].login for one in channel.mods),
            "banned": sorted(
                users[one].login for one in channel.banned if barred(channel, users[one])[0]
            ),
        }

    def _message(self, message: ChatMessage, channel: Channel) -> Json:
        self._look_at_missed()
        missed_by = list(self._missed_by.get(message.id, []))
        return message_json(message, channel) | {"missed_by": missed_by}

    # Accounts, applications, tokens

    async def addresses(self, _: web.Request) -> web.Response:
        """GET: where a client finds this Twitch."""
        host, port = self.twitch.irc_address
        return web.json_response(
            {
                "url": self.twitch.url,
                "irc_url": self.twitch.irc_url,
                "irc_host": host,
                "irc_port": port,
                "eventsub_url": self.twitch.eventsub_url,
            }
        )

    async def accounts(self, _: web.Request) -> web.Response:
        """GET: everyone, with their channels' moderators and banned people."""
        return await self._answer(
            lambda: [self._account(one) for one in self.twitch.world.chat.channels.values()]
        )

    async def new_account(self, request: web.Request) -> web.Response:
        """POST {"login": …, "name": …}: someone new, and their channel."""
        values = await fields(request)
        login, name = values.take("login", str), values.take("name", str, "")
        await call(self.twitch.account, login, name)
        return await self._answer(lambda: account_json(self.twitch.world.channel(login)))

    async def applications(self, _: web.Request) -> web.Response:
        """GET: every application, without its secret."""
        return await self._answer(
            lambda: [application_json(app) for app in self.twitch.world.apps.values()]
        )

    async def new_application(self, request: web.Request) -> web.Response:
        """POST {"name": …, "redirects": […], "confidential": true}: its id and its secret."""
        values = await fields(request)
        app = await call(
            self.twitch.application,
            values.take("name", str),
            values.take("redirects", list, list(REDIRECTS)),
            values.take("confidential", bool, True),
        )
        return web.json_response(application_json(app) | {"client_secret": app.client_secret})

    async def authorize(self, request: web.Request) -> web.Response:
        """POST {"login": …, "application": …, "scopes": "chat:read chat:edit"}: a user token."""
        values = await fields(request)
        account, app = self._account_of(values, "login"), self._application_of(values)
        token = await call(self.twitch.authorize, account, app, values.take("scopes", str))
        return web.json_response(token_json(token))

    async def app_token(self, request: web.Request) -> web.Response:
        """POST {"application": …}: the application's own token."""
        token = await call(self.twitch.app_token, self._application_of(await fields(request)))
        return web.json_response(token_json(token))

    async def revoke(self, request: web.Request) -> web.Response:
        """POST {"token": …} or {"login": …}: end one token, or all of an account."""
        return await self._do_fault("revoke", await fields(request))

    async def disconnect(self, request: web.Request) -> web.Response:
        """POST {"login": …, "application": …}: take back what the application was allowed."""
        values = await fields(request)
        account, app = self._account_of(values, "login"), self._application_of(values)
        await call(self.twitch.disconnect, account, app)
        return told(f"{account.login} takes back everything that {app.name} was allowed.")

    async def moderate(self, request: web.Request) -> web.Response:
        """POST mod, unmod, ban, timeout or unban {"channel": …, "login": …}, by the broadcaster.

        A timeout has "seconds", 600 if nothing is said.
        """
        values = await fields(request)
        broadcaster = self._account_of(values, "channel")
        account = self._account_of(values, "login")
        what = request.path.rpartition("/")[2]
        if what == "timeout":
            lasts = number(values, "seconds", 600.0, 1, LONGEST_TIMEOUT_S)
            await call(broadcaster.timeout, account, lasts)
        else:
            await call(getattr(broadcaster, what), account)
        return told(f"{account.login} {MODERATION[what]} #{broadcaster.login}.")

    async def live(self, request: web.Request) -> web.Response:
        """POST {"channel": …, "title": …}: a stream begins; with "live": false it ends."""
        values = await fields(request)
        broadcaster, title = self._account_of(values, "channel"), values.take("title", str, "")
        if values.take("live", bool, True):
            await call(broadcaster.go_live, title)
            return told(f"#{broadcaster.login} is live.")
        await call(broadcaster.end_stream)
        return told(f"#{broadcaster.login} is offline.")

    async def follow(self, request: web.Request) -> web.Response:
        """POST {"login": …, "channel": …}: follow a channel; with "follows": false no more."""
        values = await fields(request)
        person, broadcaster = (self._account_of(values, name) for name in ("login", "channel"))
        if values.take("follows", bool, True):
            await call(person.follow, broadcaster)
            return told(f"{person.login} follows #{broadcaster.login}.")
        await call(person.unfollow, broadcaster)
        return told(f"{person.login} does not follow #{broadcaster.login}.")

    # What is said, and what travelled

    async def announce(self, request: web.Request) -> web.Response:
        """POST {"from": …, "text": …, "channel": …}: an announcement, where one may make it."""
        person, text, room, _ = self._to_say(await fields(request))
        message = await call(person.announce, text, room.name)
        return await self._answer(lambda: self._message(message, room))

    async def say(self, request: web.Request) -> web.Response:
        """POST {"from": …, "text": …, "channel": …, "reply_to": …}: the message as it stands."""
        person, text, room, parent = self._to_say(await fields(request))
        message = await call(person.say, text, room.name, parent)
        return await self._answer(lambda: self._message(message, room))

    async def ask(self, request: web.Request) -> web.Response:
        """POST as to say, and "timeout": the next message of anyone else, or 504 and why not."""
        values = await fields(request)
        person, text, room, parent = self._to_say(values)
        timeout = values.seconds()
        read = bookmark()
        with bots_in_this_process() as log:
            asked = await call(person.say, text, room.name, parent)
            after = place_of(room, asked) + 1

            def answers() -> list[ChatMessage]:
                return [one for one in room.history[after:] if one.author != person.user]

            if not await self.wait(self.twitch.changes.until(answers, timeout)):
                world = self.twitch.world
                why = await call(no_answer, world, room, asked, [], 1, timeout, log, read)
                raise NoReply(why)
        return await self._answer(lambda: self._message(answers()[0], room))

    async def messages(self, request: web.Request) -> web.Response:
        """GET ?channel=…&after=ID&n=1&timeout=0: what was said after a message, the newest 200.

        It waits until there are n; if they do not come in time, the list is shorter.
        """
        values = await fields(request)
        room, n = self._channel_of(values), values.take("n", int, 1)
        after = self._message_of(values, "after")
        start = place_of(room, after) + 1 if after else 0
        await self.wait(
            self.twitch.changes.until(lambda: len(room.history) - start >= n, values.seconds(0.0))
        )
        return await self._answer(
            lambda: [self._message(one, room) for one in room.history[start:][-SHOWN:]]
        )

    async def travelled(self, request: web.Request) -> web.Response:
        """GET ?message=ID: the lines, requests and answers behind a message, tokens left out."""
        message = self._message_of(await fields(request), "message")
        if message is None:
            raise ValueError("'message' is missing: expected a message's id")
        found = await call(self.twitch.travelled, message)
        return web.json_response(
            [
                {
                    "direction": one.direction,
                    "kind": one.kind,
                    "program": one.program,
                    "text": one.text,
                }
                for one in found
            ]
        )

    # Who hears it

    async def wait_for(self, request: web.Request) -> web.Response:
        """GET ?login=…&channel=…&timeout=5: its connections once the program hears the channel.

        With `after`, a connection's number, over one made later; with `connections`, over so many.
        """
        values = await fields(request)
        login, room = self._login_of(values), self._channel_of(values)
        after, at_once = values.take("after", int, 0), values.take("connections", int, 1)
        records = self.twitch.connections()
        if not 0 <= after <= len(records):
            raise KeyError(f"no connection has the number {after}; there are {len(records)}")
        earlier = records[after - 1] if after else None

        def there() -> bool:
            return self.twitch.hears(login, room.name, earlier, at_once)

        seconds = values.seconds()
        if not await self.wait(self.twitch.changes.until(there, seconds)):
            raise NoReply(await call(self.twitch.not_there, login, room.name, seconds))
        return await self._answer(lambda: [one for one in self._connections(login) if one["open"]])

    async def connections(self, request: web.Request) -> web.Response:
        """GET ?login=…: every connection, or a program's, oldest first, closed ones too."""
        login = (await fields(request)).take("login", str, "").lower()
        return await self._answer(lambda: self._connections(login))

    async def missed(self, request: web.Request) -> web.Response:
        """GET ?login=…: what was said while none of the program's connections heard it."""
        login, find = self._login_of(await fields(request)), self.twitch.world.channel
        return await self._answer(
            lambda: [self._message(one, find(one.channel)) for one in self.twitch.missed(login)]
        )

    async def subscriptions(self, _: web.Request) -> web.Response:
        """GET: every EventSub subscription."""
        return await self._answer(
            lambda: [subscription_json(one) for one in self.twitch.subscriptions()]
        )

    async def deliveries(self, request: web.Request) -> web.Response:
        """GET ?message=ID&type=…&n=0&timeout=5: webhook attempts, waiting until n have ended."""
        values = await fields(request)
        about, kind = self._message_of(values, "message"), values.take("type", str, "")
        n = values.take("n", int, 0)

        def ended() -> bool:
            return len(self.twitch.deliveries(about, kind)) >= n

        await self.wait(self.twitch.changes.until(ended, values.seconds()))
        found = await call(self.twitch.wait_deliveries, n, about, kind, 0.0)  # says why, if not
        return web.json_response([delivery_json(one) for one in found[-SHOWN:]])

    def _connections(self, login: str = "", newest: int = sys.maxsize) -> list[Json]:
        """Those of a program or of all, oldest first; of those that have ended, the newest."""
        world = self.twitch.world
        held = {id(connection.record): connection for connection in world.connections}
        channels = list(world.chat.channels)
        oldest = len(world.records) - newest
        return [
            connection_json(number, record, held.get(id(record)), channels)
            for number, record in enumerate(world.records, 1)
            if (record.open or number > oldest) and login in ("", record.login)
        ]

    # Faults and time

    async def fault(self, request: web.Request) -> web.Response:
        """POST {"fault": "drop", "login": …}: make it happen; what was done, in a sentence."""
        values = await fields(request)
        return await self._do_fault(values.take("fault", str), values)

    async def _do_fault(self, name: str, values: Fields) -> web.Response:
        if name not in FAULTS:
            raise ValueError(f"there is no fault {name!r}; there are: {', '.join(FAULTS)}")
        return told(await call(make_fault, self.twitch.faults, name, values))

    async def clock(self, _: web.Request) -> web.Response:
        """GET: the time as this Twitch sees it, and how far it is ahead."""
        clock = self.twitch.clock
        return web.json_response(
            {"now": clock.timestamp(), "seconds": clock.now(), "ahead": clock.ahead}
        )

    async def advance(self, request: web.Request) -> web.Response:
        """POST {"advance": 60}: let so many seconds pass at once."""
        await call(self.twitch.clock.advance, (await fields(request)).take("advance", float))
        return await self.clock(request)

    # Finding what a request names

    async def _answer(self, look: Callable[[], Any]) -> web.Response:
        """JSON of what is seen on the Twitch's own loop, where nothing changes meanwhile."""
        return web.json_response(await call(self.twitch.do, look))

    def _to_say(self, values: Fields) -> tuple[Account, str, Channel, ChatMessage | None]:
        person, text = self._account_of(values, "from"), values.take("text", str)
        room = self.twitch.world.channel(values.take("channel", str, person.login))
        return person, text, room, self._message_of(values, "reply_to")

    def _account_of(self, values: Fields, name: str) -> Account:
        world = self.twitch.world
        return Account(world, world.user(values.take(name, str)), self.twitch)

    def _channel_of(self, values: Fields) -> Channel:
        return self.twitch.world.channel(values.take("channel", str))

    def _login_of(self, values: Fields) -> str:
        return values.take("login", str).lower()

    def _application_of(self, values: Fields) -> Application:
        name, apps = values.take("application", str), list(self.twitch.world.apps.values())
        for app in apps:
            if name in (app.name, app.client_id):
                return app
        known = ", ".join(app.name for app in apps) or "none yet"
        raise KeyError(f"there is no application {name!r}; there are: {known}")

    def _message_of(self, values: Fields, name: str) -> ChatMessage | None:
        """The message whose id a request may give."""
        message_id = values.take(name, str, "")
        message = self.twitch.world.chat.message(message_id)
        if message_id and message is None:
            raise KeyError(f"no message has the id {message_id!r}")
        return message


MODERATION = {
    "mod": "is a moderator of",
    "unmod": "is no moderator any more of",
    "ban": "is banned from",
    "timeout": "may not speak for a while in",
    "unban": "may come back to",
}


def place_of(room: Channel, message: ChatMessage) -> int:
    """Where a message stands in its channel; ValueError for one of another channel."""
    for index in range(len(room.history) - 1, -1, -1):
        if room.history[index] is message:
            return index
    raise ValueError(f"this message was said in #{message.channel}, not in #{room.name}")


def told(sentence: str) -> web.Response:
    """What was done, for whoever asked for it."""
    return web.json_response({"done": sentence})


def account_json(channel: Channel) -> Json:
    """Someone, by the names Twitch uses."""
    owner = channel.owner
    return {
        "login": owner.login,
        "name": owner.display_name,
        "id": owner.id,
        "colour": owner.colour,
    }


def application_json(app: Application) -> Json:
    """An application; its secret stays out."""
    return {
        "name": app.name,
        "client_id": app.client_id,
        "redirects": list(app.redirects),
        "confidential": app.confidential,
    }


def token_json(token: Token) -> Json:
    """A token, for the program that is to use it."""
    return {
        "access_token": token.access_token,
        "refresh_token": token.refresh_token,
        "scopes": token.scopes,
        "expires_in": token.expires_in,
    }


def message_json(message: ChatMessage, channel: Channel) -> Json:
    """A message as a chat shows it."""
    parent = message.reply_to
    return {
        "type": "message",
        "id": message.id,
        "channel": message.channel,
        "from": message.author.login,
        "name": message.user,
        "colour": message.author.colour,
        "badge": message.badge,
        "text": message.text,
        "action": message.action,
        "announcement": message.announcement,
        "is_bot": message.by_program,
        "at": message.at,
        "deleted": channel.is_cleared(message),
        "reply_to": {"id": parent.id, "name": parent.user, "text": parent.text} if parent else None,
    }


def connection_json(
    number: int, record: ConnectionRecord, connection: HeldConnection | None, channels: list[str]
) -> Json:
    """A connection: whose, since when, what it hears, and how it is or why it ended."""
    return {
        "type": "connection",
        "number": number,
        "kind": record.kind,
        "login": record.login,
        "since": record.connected_at,
        "hears": [
            name for name in channels if connection and connection.live and connection.hears(name)
        ],
        "open": record.open,
        "state": record.closed or state_of(connection),
        "lines_in": record.lines_in,
        "lines_out": record.lines_out,
    }


def state_of(connection: HeldConnection | None) -> str:
    """How an open connection is, in words."""
    if connection is None or not connection.login:
        return "open, not logged in"
    if connection.silent:
        return "open, but nothing goes through"
    parts = ["open"]
    if connection.delay_s:
        parts.append(f"everything arrives {connection.delay_s:g} s late")
    if not connection.answers_ping:
        parts.append("its PINGs are not answered")
    if isinstance(connection, IrcConnection) and connection.half_line:
        parts.append("the next line will break off")
    if isinstance(connection, IrcConnection) and connection.split_lines:
        parts.append("lines arrive in two pieces")
    return ", ".join(parts)


def subscription_json(subscription: Subscription) -> Json:
    """A subscription; its secret stays out."""
    transport = subscription.transport
    return {
        "type": "subscription",
        "id": subscription.id,
        "event": subscription.type,
        "status": subscription.status,
        "login": subscription.reader.login if subscription.reader else "",
        "channel": subscription.channel.name,
        "method": transport["method"],
        "callback": transport.get("callback", ""),
        "since": subscription.created_at,
    }


def delivery_json(delivery: Delivery) -> Json:
    """One attempt to deliver to a webhook."""
    return {
        "type": delivery.message_type,
        "id": delivery.message_id,
        "attempt": delivery.attempt,
        "status": delivery.status,
        "error": delivery.error,
        "at": delivery.at,
        "callback": delivery.callback,
        "message": delivery.about,
    }
