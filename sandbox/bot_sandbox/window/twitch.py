"""Twitch in the window: channels, people, programs and messages, and their routes."""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

from bot_sandbox.diagnosis.bot_log import hear_bot_logs
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import coroutine_of
from bot_sandbox.twitch.chat import Channel, ChatMessage
from bot_sandbox.twitch.diagnosis import explain_no_answer
from bot_sandbox.twitch.people import TwitchAccount
from bot_sandbox.twitch.service import DEFAULT_REDIRECTS, Twitch
from bot_sandbox.twitch.tokens import Application
from bot_sandbox.window.feed import Record
from bot_sandbox.window.routes import (
    MOST_MESSAGES,
    OPTIONAL,
    Values,
    flag,
    get_route,
    list_of_values,
    name_or_id,
    number,
    post_route,
    quote_json,
    text,
    wait_field,
    whole_number,
)
from bot_sandbox.window.twitch_faults import FAULTS, REVOKE, FaultsJson, faults_json, make_fault
from bot_sandbox.window.twitch_json import (
    AccountJson,
    AccountsJson,
    AddressesJson,
    ApplicationsJson,
    ChannelJson,
    ConnectionJson,
    ConnectionsJson,
    DeliveriesJson,
    MessageJson,
    MessagesJson,
    NewApplicationJson,
    SubscriptionsJson,
    TokenJson,
    TraceJson,
    account_json,
    application_json,
    connection_json,
    delivery_json,
    message_json,
    subscription_json,
    token_json,
    trace_json,
)
from bot_sandbox.window.view import (
    CannedJson,
    ClockJson,
    DoneJson,
    View,
    call,
    canned_json,
    clock_json,
)

LONGEST_TIMEOUT_S = 1_209_600  # two weeks (dev.twitch.tv/docs/api/reference, Ban User)
SHOWN_MESSAGES = 200  # newest messages of a channel, and newest ended connections
LOGIN = text("login", "an account by its login")
CHANNEL = text("channel", "a channel by its owner's login")
ROOM = text("channel", "a channel by its owner's login; by default their own", OPTIONAL)
FROM = text("from", "who writes, by login")
TEXT = text("text", "what they write")
REPLY_TO = text("reply_to", "the id of the message to reply to", OPTIONAL)
APPLICATION = text("application", "an application by its name or client id")
BOT_AND_APP = {"login": "hello_bot", "application": "My bot"}
BOT_IN_CHANNEL = {"channel": "viktor", "login": "hello_bot"}


class TwitchView(View):
    """One Twitch behind a window; accounts and channels go by login, applications by name."""

    name = "twitch"

    def __init__(self, twitch: Twitch) -> None:
        super().__init__(twitch)
        self.twitch = twitch
        # The list of missed messages only grows, so read each message once.
        self._looked: Counter[str] = Counter()  # by login
        self._missed_by: dict[str, list[str]] = defaultdict(list)  # logins, by message id
        self._missed_in: dict[str, Counter[str]] = defaultdict(Counter)  # login, then channel

    # Records for the page

    def records(self) -> Iterator[tuple[str, Record]]:
        """Yield the servers, accounts with channels, newest messages, and programs."""
        twitch, world = self.twitch, self.twitch._world
        self._look_at_missed()
        yield (
            "twitch/servers",
            {
                "type": "servers",
                "up": twitch.up,
                "ahead": world.clock.ahead,
                "api_failures": len(twitch._gate.fail_with),
                "oauth_failures": len(twitch._oauth.fail_with),
                "deliveries_twice": twitch._eventsub.webhooks.send_twice,
                "refused_logins": {k: n for k, n in twitch._irc.refuse_logins.items() if n > 0},
                "unsupported": list(world.unsupported),
                "canned": list(world.canned_calls),
                "ignored": list(world.ignored),
            },
        )
        for channel in world.chat.channels.values():
            yield f"twitch/account/{channel.name}", self._account(channel)
            start = max(0, len(channel.history) - SHOWN_MESSAGES)
            for place, message in enumerate(channel.history[start:], start):
                record = self._message_json(message, channel) | {"place": place}
                yield f"twitch/message/{channel.name}/{message.id}", record
        for connection in self._connections(newest=SHOWN_MESSAGES):
            yield f"twitch/connection/{connection['number']}", connection
        for subscription in world.subscriptions.values():
            yield f"twitch/subscription/{subscription.id}", subscription_json(subscription)
        for login, channels in world.expected_channels.items():
            missed = dict(self._missed_in[login])
            yield (
                f"twitch/program/{login}",
                {"type": "program", "login": login, "homes": sorted(channels), "missed": missed},
            )

    def _look_at_missed(self) -> None:
        missed = self.twitch._world.missed
        if any(len(missed.get(login, [])) < number for login, number in self._looked.items()):
            for known in (self._looked, self._missed_by, self._missed_in):  # it was restored
                known.clear()
        for login, messages in self.twitch._world.missed.items():
            for message in islice(messages, self._looked[login], None):
                self._missed_by[message.id].append(login)
                self._missed_in[login][message.channel] += 1
            self._looked[login] = len(messages)

    def _account(self, channel: Channel) -> ChannelJson:
        users, ban_reason = self.twitch._world.users, self.twitch._world.chat.ban_reason
        return {
            **account_json(channel),
            "type": "account",
            "live": channel.stream is not None,
            "title": channel.title,
            "followers": [users[one].login for one in channel.followers],
            "mods": sorted(users[one].login for one in channel.mods),
            "banned": sorted(
                users[one].login for one in channel.banned if ban_reason(channel, users[one])[0]
            ),
        }

    def _message_json(self, message: ChatMessage, channel: Channel) -> MessageJson:
        self._look_at_missed()
        missed_by = list(self._missed_by.get(message.id, []))
        return {**message_json(message, channel), "missed_by": missed_by}

    # Accounts, applications, tokens

    @get_route("twitch")
    async def addresses(self, _: Values) -> AddressesJson:
        """Get the addresses of OAuth and Helix, chat by WebSocket and by TCP, and EventSub."""
        host, port = self.twitch.irc_address
        return {
            "url": self.twitch.url,
            "irc_url": self.twitch.irc_url,
            "irc_host": host,
            "irc_port": port,
            "eventsub_url": self.twitch.eventsub_url,
        }

    @get_route("twitch/accounts")
    async def accounts(self, _: Values) -> AccountsJson:
        """List everyone, with their channel: moderators, banned people, followers, its stream."""
        channels = self.twitch._world.chat.channels
        return await self.read(
            lambda: {"accounts": [self._account(one) for one in channels.values()]}
        )

    @post_route(
        "twitch/accounts",
        text("login", "lowercase letters, digits and underscores"),
        text("name", "what others see; by default the login", ""),
        name_or_id("id", "a number that no one has; without it, one is chosen", ""),
        example={"login": "viktor", "name": "Viktor"},
    )
    async def new_account(self, values: Values) -> AccountJson:
        """Add an account and its channel."""
        add = partial(self.twitch.account, values["login"], values["name"], id=values["id"])
        await call(add)
        return await self.read(lambda: account_json(self.twitch._world.channel(values["login"])))

    @get_route("twitch/applications")
    async def applications(self, _: Values) -> ApplicationsJson:
        """List every application, without its secret; `ask world` has the secrets, too."""
        apps = self.twitch._world.apps
        return await self.read(
            lambda: {"applications": [application_json(app) for app in apps.values()]}
        )

    @post_route(
        "twitch/applications",
        text("name", "its name"),
        list_of_values(
            "redirects", "addresses for OAuth", {"type": "string"}, list(DEFAULT_REDIRECTS)
        ),
        flag("confidential", "whether it has a secret", True),
        example={"name": "My bot", "redirects": ["http://localhost:3000"]},
    )
    async def new_application(self, values: Values) -> NewApplicationJson:
        """Register an application; the response has `client_id` and `client_secret`."""
        app = await call(self.twitch.application, *values.values())
        return {**application_json(app), "client_secret": app.client_secret}

    @post_route(
        "twitch/authorize",
        *(LOGIN, APPLICATION, text("scopes", "with blanks between them")),
        example=BOT_AND_APP | {"scopes": "chat:read chat:edit"},
    )
    async def authorize(self, values: Values) -> TokenJson:
        """Get a user token, as after pressing Authorize."""
        account, app = self._account_of(values["login"]), self._application_of(values)
        return token_json(await call(self.twitch.authorize, account, app, values["scopes"]))

    @post_route("twitch/app-token", APPLICATION, example={"application": "My bot"})
    async def app_token(self, values: Values) -> TokenJson:
        """Get the application's own token."""
        return token_json(await call(self.twitch.app_token, self._application_of(values)))

    @post_route("twitch/revoke", *REVOKE, example={"login": "hello_bot"})
    async def revoke(self, values: Values) -> DoneJson:
        """Revoke one token, or all tokens of an account."""
        return {"done": await call(make_fault, self.twitch.faults, "revoke", values)}

    @post_route("twitch/disconnect", LOGIN, APPLICATION, example=BOT_AND_APP)
    async def disconnect(self, values: Values) -> DoneJson:
        """Withdraw all consent to the application."""
        account, app = self._account_of(values["login"]), self._application_of(values)
        await call(self.twitch.disconnect, account, app)
        return {"done": f"{account.login} takes back everything that {app.name} was allowed."}

    @post_route("twitch/mod", CHANNEL, LOGIN, example=BOT_IN_CHANNEL)
    async def mod(self, values: Values) -> DoneJson:
        """Make somebody a moderator."""
        return await self._moderate(values, TwitchAccount.mod, "is a moderator of")

    @post_route("twitch/unmod", CHANNEL, LOGIN, example=BOT_IN_CHANNEL)
    async def unmod(self, values: Values) -> DoneJson:
        """Make a moderator an ordinary person."""
        return await self._moderate(values, TwitchAccount.unmod, "is no longer a moderator of")

    @post_route("twitch/ban", CHANNEL, LOGIN, example=BOT_IN_CHANNEL)
    async def ban(self, values: Values) -> DoneJson:
        """Ban somebody from a channel."""
        return await self._moderate(values, TwitchAccount.ban, "is banned from")

    @post_route(
        "twitch/timeout",
        *(CHANNEL, LOGIN, number("seconds", "for how long", 600.0, 1, LONGEST_TIMEOUT_S)),
        example=BOT_IN_CHANNEL | {"seconds": 600},
    )
    async def timeout(self, values: Values) -> DoneJson:
        """Ban somebody for a while."""

        def timeout(broadcaster: TwitchAccount, account: TwitchAccount) -> None:
            broadcaster.timeout(account, values["seconds"])

        return await self._moderate(values, timeout, "may not write for a while in")

    @post_route("twitch/unban", CHANNEL, LOGIN, example=BOT_IN_CHANNEL)
    async def unban(self, values: Values) -> DoneJson:
        """End a ban or a timeout."""
        return await self._moderate(values, TwitchAccount.unban, "may come back to")

    async def _moderate(
        self, values: Values, act: Callable[[TwitchAccount, TwitchAccount], None], outcome: str
    ) -> DoneJson:
        broadcaster = self._account_of(values["channel"])
        account = self._account_of(values["login"])
        await call(act, broadcaster, account)
        return {"done": f"{account.login} {outcome} #{broadcaster.login}."}

    @post_route(
        "twitch/live",
        *(CHANNEL, text("title", "the stream's title", "")),
        flag("live", "false ends the stream", True),
        example={"channel": "viktor", "title": "Tea"},
    )
    async def live(self, values: Values) -> DoneJson:
        """Start or end a stream."""
        broadcaster = self._account_of(values["channel"])
        if values["live"]:
            await call(broadcaster.go_live, values["title"])
            return {"done": f"#{broadcaster.login} is live."}
        await call(broadcaster.end_stream)
        return {"done": f"#{broadcaster.login} is offline."}

    @post_route(
        "twitch/follow",
        *(LOGIN, CHANNEL, flag("follows", "false unfollows it", True)),
        example=BOT_IN_CHANNEL,
    )
    async def follow(self, values: Values) -> DoneJson:
        """Follow a channel."""
        person = self._account_of(values["login"])
        broadcaster = self._account_of(values["channel"])
        if values["follows"]:
            await call(person.follow, broadcaster)
            return {"done": f"{person.login} follows #{broadcaster.login}."}
        await call(person.unfollow, broadcaster)
        return {"done": f"{person.login} does not follow #{broadcaster.login}."}

    # Messages, and what was sent for them

    @post_route(
        "twitch/announce",
        *(FROM, TEXT, ROOM),
        example={"from": "viktor", "text": "Tea is ready"},
    )
    async def announce(self, values: Values) -> MessageJson:
        """Post an announcement, in their own channel or as a moderator."""
        person, room = self._find_person_and_channel(values)
        message = await call(person.announce, values["text"], room.name)
        return await self.read(lambda: self._message_json(message, room))

    @post_route(
        "twitch/say",
        *(FROM, TEXT, ROOM, REPLY_TO),
        example={"from": "viktor", "channel": "viktor", "text": "!hello"},
    )
    async def say(self, values: Values) -> MessageJson:
        """Write in a channel."""
        (person, room), parent = (
            self._find_person_and_channel(values),
            self._message_of(values["reply_to"]),
        )
        message = await call(person.say, values["text"], room.name, parent)
        return await self.read(lambda: self._message_json(message, room))

    @post_route(
        "twitch/ask",
        *(FROM, TEXT, ROOM, REPLY_TO, wait_field(5.0)),
        example={"from": "viktor", "text": "!hello", "timeout": 5},
    )
    async def ask(self, values: Values) -> MessageJson:
        """Write, and wait for the next message of anyone else; 504 explains why there is none."""
        (person, room), parent = (
            self._find_person_and_channel(values),
            self._message_of(values["reply_to"]),
        )
        timeout = values["timeout"]
        with hear_bot_logs() as heard:
            asked = await call(person.say, values["text"], room.name, parent)
            after = index_of(room, asked) + 1

            def answers() -> list[ChatMessage]:
                return [one for one in room.history[after:] if one.author != person.user]

            if not await self.wait_until(answers, timeout):
                world = self.twitch._world
                why = await call(explain_no_answer, world, room, asked, [], 1, timeout, heard)
                raise NoReply(why)
        return await self.read(lambda: self._message_json(answers()[0], room))

    @get_route(
        "twitch/messages",
        CHANNEL,
        text("after", "a message's id", OPTIONAL),
        whole_number("n", "wait for so many", 1, 0, MOST_MESSAGES),
        wait_field(0.0),
        example={"channel": "viktor", "after": "ID", "n": 1, "timeout": 5},
    )
    async def messages(self, values: Values) -> MessagesJson:
        """Get a channel's messages after a message, the newest 200; wait until there are `n`.

        If they do not come in time, the list is shorter.
        """
        room, n = self.twitch._world.channel(values["channel"]), values["n"]
        after = self._message_of(values["after"])
        start = index_of(room, after) + 1 if after else 0
        await self.wait_until(lambda: len(room.history) - start >= n, values["timeout"])
        return await self.read(
            lambda: {
                "messages": [
                    self._message_json(one, room) for one in room.history[start:][-SHOWN_MESSAGES:]
                ]
            }
        )

    @get_route("twitch/trace", text("message", "a message's id"), example={"message": "ID"})
    async def trace(self, values: Values) -> TraceJson:
        """See what is behind a message, without tokens.

        IRC lines, EventSub bodies with their signatures, the responses, requests to Helix.
        """
        message = self._message_of(values["message"])
        if message is None:
            raise ValueError("'message' is empty; expected a message's id")
        return {"trace": [trace_json(one) for one in await call(self.twitch.trace, message)]}

    # Programs

    @get_route(
        "twitch/wait",
        *(LOGIN, CHANNEL, wait_field(5.0)),
        whole_number("after", "a connection's number: wait for a newer one", 0, 0),
        whole_number("connections", "wait for so many at once", 1, 1),
        example={"login": "hello_bot", "channel": "viktor", "timeout": 5},
    )
    async def wait_for(self, values: Values) -> ConnectionsJson:
        """Wait until a program hears a channel; the response has its open connections."""
        login, room = values["login"].lower(), self.twitch._world.channel(values["channel"])
        after, at_once, seconds = values["after"], values["connections"], values["timeout"]
        records = self.twitch.connections()
        if after > len(records):
            raise KeyError(f"no connection has the number {after}; there are {len(records)}")
        earlier = records[after - 1] if after else None

        def program_hears() -> bool:
            return self.twitch.hears(login, room.name, earlier, at_once)

        if not await self.wait_until(program_hears, seconds):
            raise NoReply(await call(self.twitch._explain_absence, login, room.name, seconds))
        return await self.read(
            lambda: {"connections": [one for one in self._connections(login) if one["open"]]}
        )

    @get_route(
        "twitch/connections",
        text("login", "only of this program", ""),
        example={"login": "hello_bot"},
    )
    async def connections(self, values: Values) -> ConnectionsJson:
        """List connections, even closed ones, oldest first: channels, state, why they ended."""
        login = values["login"].lower()
        return await self.read(lambda: {"connections": self._connections(login)})

    @get_route("twitch/missed", LOGIN, example={"login": "hello_bot"})
    async def missed(self, values: Values) -> MessagesJson:
        """List what was said in a program's channels while it had no connection."""
        login, find = values["login"].lower(), self.twitch._world.channel
        return await self.read(
            lambda: {
                "messages": [
                    self._message_json(one, find(one.channel)) for one in self.twitch.missed(login)
                ]
            }
        )

    @get_route("twitch/subscriptions")
    async def subscriptions(self, _: Values) -> SubscriptionsJson:
        """List every EventSub subscription and its status."""
        return await self.read(
            lambda: {"subscriptions": [subscription_json(s) for s in self.twitch.subscriptions()]}
        )

    @get_route(
        "twitch/deliveries",
        text("message", "only of this message, by its id", OPTIONAL),
        text("type", "only of this type of EventSub", ""),
        whole_number("n", "wait for so many", 0, 0, MOST_MESSAGES),
        wait_field(5.0),
        example={"message": "ID", "n": 1},
    )
    async def deliveries(self, values: Values) -> DeliveriesJson:
        """List the newest 200 attempts to deliver by webhook; wait until `n` have ended."""
        about, kind = self._message_of(values["message"]), values["type"]
        n, seconds = values["n"], values["timeout"]
        found = await self.wait(coroutine_of(self.twitch.wait_deliveries, n, about, kind, seconds))
        return {"deliveries": [delivery_json(one) for one in found[-SHOWN_MESSAGES:]]}

    def _connections(self, login: str = "", newest: int = sys.maxsize) -> list[ConnectionJson]:
        """Return connections of a program or of all, oldest first, with the newest ended ones."""
        world = self.twitch._world
        held = {id(connection.record): connection for connection in world.connections}
        channels = list(world.chat.channels)
        oldest = len(world.records) - newest
        return [
            connection_json(number, record, held.get(id(record)), channels)
            for number, record in enumerate(world.records, 1)
            if (record.open or number > oldest) and login in ("", record.login)
        ]

    # Faults and time

    @post_route(
        "twitch/faults",
        text("fault", "what to break", choices=tuple(FAULTS)),
        variants={name: fields for name, (_, *fields) in FAULTS.items()},
        example={"fault": "drop", "login": "hello_bot"},
    )
    async def fault(self, values: Values) -> DoneJson:
        """Break something: each fault has fields of its own."""
        name = values.pop("fault")
        shown = values | ({"token": "<token>"} if values.get("token") else {})
        await call(self.twitch._note_requested_fault, name, shown)
        return {"done": await call(make_fault, self.twitch.faults, name, values)}

    @get_route("twitch/faults")
    async def faults(self, _: Values) -> FaultsJson:
        """List the faults that act or wait, and what faults have done."""
        return await self.read(lambda: faults_json(self.twitch))

    @get_route("twitch/canned")
    async def canned(self, _: Values) -> CannedJson:
        """See what the sandbox lacks and has answered all the same."""
        return await self.read(canned_json, self.twitch)

    @post_route(
        "twitch/canned", flag("canned", "whether it should", True), example={"canned": False}
    )
    async def answer_canned(self, values: Values) -> CannedJson:
        """Answer also requests that the sandbox lacks, or refuse them again."""
        await call(self.twitch.answer_canned, values["canned"])
        return await self.read(canned_json, self.twitch)

    @get_route("twitch/clock")
    async def clock(self, _: Values) -> ClockJson:
        """Get the time on its clock, and how far it is ahead."""
        return clock_json(self.twitch.clock)

    @post_route(
        "twitch/clock",
        number("advance", "how many seconds pass", least=0),
        example={"advance": 14400},
    )
    async def advance(self, values: Values) -> ClockJson:
        """Let time pass: everything due by then, such as the end of a token, happens now."""
        await call(self.twitch.clock.advance, values["advance"])
        return clock_json(self.twitch.clock)

    # Find what a request names

    def _find_person_and_channel(self, values: Values) -> tuple[TwitchAccount, Channel]:
        person = self._account_of(values["from"])
        return person, self.twitch._world.channel(values["channel"] or person.login)

    def _account_of(self, login: str) -> TwitchAccount:
        world = self.twitch._world
        return TwitchAccount(world, world.user(login), self.twitch._runner)

    def _application_of(self, values: Values) -> Application:
        name, apps = values["application"], list(self.twitch._world.apps.values())
        for app in apps:
            if name in (app.name, app.client_id):
                return app
        known = ", ".join(app.name for app in apps) or "none yet"
        raise KeyError(f"there is no application {quote_json(name)}; there are: {known}")

    def _message_of(self, message_id: str | None) -> ChatMessage | None:
        """Return the message whose id a request gives, or None."""
        message = self.twitch._world.chat.message(message_id or "")
        if message_id and message is None:
            raise KeyError(f"no message has the id {quote_json(message_id)}")
        return message


def index_of(room: Channel, message: ChatMessage) -> int:
    """Return a message's index in its channel; raise ValueError for another channel's."""
    for index in range(len(room.history) - 1, -1, -1):
        if room.history[index] is message:
            return index
    raise ValueError(f"this message was said in #{message.channel}, not in #{room.name}")
