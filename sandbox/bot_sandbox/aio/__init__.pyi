"""The classes of bot_sandbox with coroutines; tools/aio.py writes this file."""

# fmt: off
# ruff: noqa

from bot_sandbox.aio.twin import ServerTwin, Twin
from bot_sandbox.cloud.bill import Bill
from bot_sandbox.cloud.bill import Meter
from bot_sandbox.cloud.deployment import FunctionSettings
from bot_sandbox.cloud.history import InstanceRecord
from bot_sandbox.cloud.history import Invocation
from bot_sandbox.cloud.history import RunningCall
from bot_sandbox.http.access import HOST
from bot_sandbox.http.page import Page
from bot_sandbox.http.webhook_post import Sender
from bot_sandbox.mail import LARGEST_LETTER
from bot_sandbox.mail import Letter
from bot_sandbox.telegram.bot_api_types import ChatMember
from bot_sandbox.telegram.bot_api_types import InlineQueryResult
from bot_sandbox.telegram.bot_api_types import InlineQueryResultsButton
from bot_sandbox.telegram.calls import ApiCall
from bot_sandbox.telegram.calls import FaultHit
from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.types import Message
from bot_sandbox.telegram.types import User
from bot_sandbox.telegram.updates import Delivery
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.twitch.chat import ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.twitch.eventsub_events import EventSubDelivery
from bot_sandbox.twitch.eventsub_events import Subscription
from bot_sandbox.twitch.message_trace import TraceEntry
from bot_sandbox.twitch.service import DEFAULT_REDIRECTS
from bot_sandbox.twitch.settings import TwitchSettings
from bot_sandbox.twitch.tokens import Application
from bot_sandbox.twitch.tokens import Token
from bot_sandbox.twitch.user import TwitchUser
from bot_sandbox.world.snapshot import Snapshot
from bot_sandbox.world.transcript import Transcript
from collections import deque
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any
import bot_sandbox
import bot_sandbox.twitch.faults

__all__ = ['Clock', 'Cloud', 'DeliveredUpdate', 'Fault', 'Function', 'Group', 'InlineQuery', 'Mail', 'Person', 'Press', 'Telegram', 'TelegramFaults', 'Timer', 'Twitch', 'TwitchAccount', 'TwitchFaults']


class Telegram(ServerTwin[TelegramCore]):
    """The twin of `Telegram` in bot_sandbox.telegram.service; see there."""

    def __init__(self, *, port: int=0, local_mode: bool=True, retry_scale: float=0.05, webhook_timeout_s: float=60.0, update_lifetime_s: float=24 * 3600.0, limits: Limits | None=Limits(), seed: int | str | None=None, canned: bool=False, host: str=HOST, allow_hosts: Iterable[str]=(), allow_origins: Iterable[str]=(), clock: Clock | bot_sandbox.Clock | None=None, sender: Sender | None=None) -> None:
        ...

    @property
    def url(self) -> str:
        ...

    @property
    def clock(self) -> Clock:
        ...

    @property
    def faults(self) -> TelegramFaults:
        ...

    async def new_bot(self, name: str, username: str, privacy: bool=True) -> BotAccount:
        """Ask BotFather for a bot; raise ValueError in his words if he refuses.

        `privacy` is his /setprivacy: with it, a bot in a group sees only what is meant for it.
        """

    async def set_inline(self, account: BotAccount, inline: bool=True, feedback: bool=False) -> None:
        """Do BotFather's /setinline: from now on, a bot gets inline queries, or none.

        With `feedback`, his /setinlinefeedback, it also gets each choice: chosen_inline_result.
        """

    async def new_token(self, account: BotAccount) -> str:
        """Do BotFather's /revoke: return a new token; the old one is refused with 401.

        As on the real server, the webhook is removed, too, and pending updates stay.
        """

    async def account(self, username: str) -> BotAccount:
        """Return a bot by its username; KeyError lists the existing ones."""

    async def person(self, name: str, username: str | None=None, *, id: int | None=None, last_name: str='', language_code: str='en', is_premium: bool=False) -> Person:
        """Add a person who chats; raise ValueError if somebody has their `username` or `id`.

        A bot that knows its admin by a number can meet them: `person("Anna", id=12345)`. With "",
        their app tells no language.
        """

    async def group(self, title: str, members: list[Person | BotAccount], kind: str='group', username: str='') -> Group:
        """Create a group of people and bots, or a "supergroup"; the first person owns it.

        A supergroup and a channel may have a `username`, and bots may use it as their chat_id.
        """

    async def channel(self, title: str, members: list[Person | BotAccount], username: str='') -> Group:
        """Create a channel: posts of people are channel_post updates; its bots are admins."""

    async def add_web_file(self, address: str, file: bytes | str | Path) -> None:
        """Say what a web address has, as bytes or a path; bots may then send it by this address.

        The sandbox fetches nothing. If a bot sends another address, it is refused, as for one that
        Telegram can't reach.
        """

    async def snapshot(self) -> Snapshot:
        """Return everything that this Telegram knows now, to `restore` it later."""

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this Telegram, as if nothing had happened since.

        What a bot itself remembers, in its variables or files, is yours to reset.

        People, bots, groups and messages that you hold stay valid if they were there. A bot that
        polls or has a webhook continues; updates that waited come again, with new ids. The clock
        stays, and so does what has expired by it. Faults are those of the snapshot, and the server
        is up. If somebody waits for a reply, they continue to wait.
        """

    async def reset(self) -> None:
        """Forget everybody and everything, as in a new Telegram at the same address."""

    async def transcript(self, *who: Person | BotAccount | Group) -> Transcript:
        """Return the chat of a person with a bot, or of a group."""

    async def call(self, /, account: BotAccount | str, method: str, **arguments: Any) -> Any:
        """Call a Bot API method like a program and return its result; raises TelegramError."""

    async def wait_ready(self, account: BotAccount, timeout: float=30.0) -> None:
        """Wait until a bot asks for updates or has set its webhook; NoReply after `timeout` s."""

    async def answer_canned(self, canned: bool=True) -> None:
        """From now on, answer also calls that the sandbox lacks, or refuse them again.

        The answer is made from the Bot API's table and has no other effect, but what is sent is in
        the chat. Each is marked: its `canned` in `account.calls` says what is lacking.
        """

    @property
    def canned_calls(self) -> dict[str, int]:
        """What had a canned answer, because the sandbox lacks it, and how often."""

    async def deliver(self, account: BotAccount, update: Mapping[str, Any], sender: Person | None=None, group: Group | None=None) -> DeliveredUpdate:
        """Deliver any Update, such as `{"inline_query": {"query": "tea"}}`, like Telegram's own.

        Name only what matters to your test: the sandbox adds what the Bot API requires. It is from
        `sender`, or the only person, and happens in a `group` or in their chat with the bot.
        People, groups and messages may be values in it, or objects with nothing but their `id`.
        ValueError if the Bot API has no such kind or field, or another type for it.
        """

    async def forge(self, account: BotAccount, update: Mapping[str, Any], secret: str | None=None) -> Delivery:
        """Call a bot's webhook as a stranger would, and return what came back.

        The update goes out once and as it is, so it may be a duplicate, an old one, or none at all.
        `secret` takes the place of the right secret_token; with "", there is none. A call in the
        response is not executed.
        """

    async def deliveries(self, account: BotAccount, message: Message | None=None) -> list[Delivery]:
        """Return all webhook attempts of a bot (its last 10,000), or those for one message."""

    async def wait_deliveries(self, account: BotAccount, n: int=1, message: Message | None=None, timeout: float=5.0) -> list[Delivery]:
        """Wait until n webhook attempts have ended, in all or for one message, and return them."""

    async def pending_updates(self, account: BotAccount) -> list[dict[str, Any]]:
        """Return the updates that wait for a bot, as `getUpdates` would; they stay there."""

    @property
    def host(self) -> str:
        ...

    @property
    def port(self) -> int:
        ...

    async def window(self, person: Person | None=None, to: BotAccount | Group | None=None) -> Page:
        """Return a notebook page to chat as this person, with a bot or in a group."""


class Person(Twin[bot_sandbox.Person]):
    """The twin of `Person` in bot_sandbox.telegram.people; see there."""

    async def to_json(self) -> Json:
        """Return the Bot API's User."""

    @property
    def is_bot(self) -> bool:
        ...

    @property
    def id(self) -> int:
        ...

    @property
    def name(self) -> str:
        ...

    @property
    def username(self) -> str:
        ...

    @property
    def phone_number(self) -> str:
        ...

    @property
    def inbox(self) -> deque[Message]:
        ...

    @property
    def place(self) -> tuple[float, float]:
        ...

    async def send(self, text: str, to: Person | BotAccount | Group | None=None, reply_to: Message | None=None, quote: str='', sender_chat: 'Group | None'=None) -> Message:
        """Write a message to a bot or a group; `to` is optional if there is only one bot.

        It may answer a message, of this chat or of another one, and quote a part of its text. In a
        group, the owner of a channel may write as this channel, their `sender_chat`, and an
        anonymous admin as the group itself.
        """

    async def send_all(self, texts: Iterable[str], to: Person | BotAccount | Group | None=None) -> list[Message]:
        """Write several messages at once, in this order."""

    async def ask(self, text: str, to: Person | BotAccount | Group | None=None, timeout: float=5.0, reply_to: Message | None=None, edits: bool=False) -> str:
        """Write a message and return the text of the bot's next one; NoReply after `timeout` s.

        The message may be a reply, as in `send`. With `edits`, an older message that the bot edits
        is an answer, too. What Telegram writes for the bot, such as that it removed somebody, is
        not the bot's message.
        NoReply comes sooner if the bot is a function that has ended without a reply. If the command
        failed and the bot's log says why, you see that line, too.
        """

    async def ask_all(self, text: str, to: Person | BotAccount | Group | None=None, quiet: float=0.5, timeout: float=5.0, edits: bool=False) -> list[Message]:
        """Write a message, and return all that bots write there until they are quiet.

        They are when `quiet` seconds pass without a new message or an edit. With `edits`, older
        messages that they edit are returned, too. NoReply as in `ask`, if the first message doesn't
        come, or if they are not quiet `timeout` seconds later.
        """

    async def wait(self, n: int=1, timeout: float=5.0) -> list[Message]:
        """Return the next n unread messages, of all chats; NoReply after `timeout` seconds.

        Those of groups and channels are among them. Bots and people write there.
        """

    async def wait_for(self, predicate: Callable[[Message], object], timeout: float=5.0) -> Message:
        """Return the next unread message that satisfies a predicate; those before it become read.

        NoReply after `timeout` seconds shows what came instead, which stays unread.
        """

    async def edit(self, message: Message, text: str) -> Message:
        """Change the text of this person's message."""

    async def photo(self, picture: bytes | str | Path, caption: str='', to: Person | BotAccount | Group | None=None) -> Message:
        """Send a picture, as bytes or a path, with an optional text under it."""

    async def album(self, pictures: Sequence[bytes | str | Path], caption: str='', to: Person | BotAccount | Group | None=None) -> list[Message]:
        """Send 2 to 10 pictures as one album; its text is under the first.

        A bot gets a message for each, all with the same `media_group_id`.
        """

    async def document(self, document: bytes | str | Path, name: str='', caption: str='', to: Person | BotAccount | Group | None=None) -> Message:
        """Send a file, as bytes or a path; bytes need a name."""

    async def video(self, video: bytes | str | Path, caption: str='', to: Person | BotAccount | Group | None=None, name: str='', *, duration: int=0, width: int=0, height: int=0) -> Message:
        """Send a video, as bytes or a path.

        Nobody looks into it, so you say its duration in seconds and its sides in pixels.
        """

    async def animation(self, animation: bytes | str | Path, caption: str='', to: Person | BotAccount | Group | None=None, name: str='', *, duration: int=0, width: int=0, height: int=0) -> Message:
        """Send a GIF, or a video without sound; the rest is as in `video`."""

    async def audio(self, audio: bytes | str | Path, caption: str='', to: Person | BotAccount | Group | None=None, name: str='', *, duration: int=0, performer: str='', title: str='') -> Message:
        """Send music, as bytes or a path; `duration` is in seconds."""

    async def voice(self, voice: bytes | str | Path, caption: str='', to: Person | BotAccount | Group | None=None, *, duration: int=0) -> Message:
        """Send a voice message, as bytes or a path; `duration` is in seconds."""

    async def video_note(self, video: bytes | str | Path, to: Person | BotAccount | Group | None=None, *, duration: int=0, length: int=0) -> Message:
        """Send a round video message; `length` is its side in pixels, 384 if you don't say it."""

    async def location(self, latitude: float, longitude: float, to: Person | BotAccount | Group | None=None) -> Message:
        """Send a place on Earth, in degrees."""

    async def contact(self, of: 'Person | None'=None, to: Person | BotAccount | Group | None=None, name: str='', phone_number: str='') -> Message:
        """Share a contact: their own, another person's, or any name and phone number."""

    async def sticker(self, to: Person | BotAccount | Group | None=None, emoji: str='🙂') -> Message:
        """Send a sticker, which has no text."""

    async def react(self, message: Message, emoji: str) -> None:
        """Give a message a reaction, such as "👍"; "" removes it."""

    async def join(self, group: Group) -> None:
        """Join a group by its link."""

    async def leave(self, group: Group) -> None:
        """Leave a group."""

    async def press(self, message: Message, button: str='', *, data: str='', position: int=0) -> Press:
        """Press the inline button with this text; the bot gets a callback query.

        If several have the same text, say the `data` that the bot gets, or the `position`: 1 is
        the first button under the message, row by row. These two also work without the text.
        `choose` presses a button of a reply keyboard.
        """

    async def inline_query(self, text: str='', to: Person | BotAccount | None=None, chat: 'User | Group | None'=None, offset: str='') -> InlineQuery:
        """Type a bot's name and a text, in their chat with this bot, or in a group or another chat.

        `wait` of the returned query gives the bot's results, and `choose` sends one into this chat.
        As on Telegram, a bot isn't asked again while an answer of its is kept, by its `cache_time`.
        """

    async def keyboard(self, to: Person | BotAccount | Group | None=None) -> list[list[str]]:
        """Return the buttons of the reply keyboard that a bot shows this person, row by row."""

    async def choose(self, button: str, to: Person | BotAccount | Group | None=None) -> Message:
        """Press a button of the reply keyboard, and return the message that this sends.

        That is the button's text. If the button asks for a contact, it is the person's own; if it
        asks for a location, it is their `place`.
        """

    async def block(self, account: BotAccount) -> None:
        """Block a bot: from now on, Telegram refuses its messages with 403."""

    async def unblock(self, account: BotAccount) -> None:
        """Let a blocked bot write again."""


class Group(Twin[bot_sandbox.Group]):
    """The twin of `Group` in bot_sandbox.telegram.people; see there."""

    async def to_json(self) -> Json:
        """Return the Bot API's Chat."""

    @property
    def id(self) -> int:
        ...

    @property
    def kind(self) -> str:
        ...

    @property
    def title(self) -> str:
        ...

    @property
    def members(self) -> list[User]:
        ...

    @property
    def messages(self) -> list[Message]:
        ...

    async def status_of(self, user: Person | BotAccount) -> str:
        """Return somebody's `status` here, as in the Bot API's ChatMember.

        A basic group keeps no list of banned members: anybody who was removed has left.
        """

    async def allows(self, user: Person | BotAccount, name: str) -> bool:
        """Return whether somebody has a right or a permission here, such as "can_send_photos"."""

    @property
    def newest_pinned(self) -> Message | None:
        """The newest pinned message."""

    async def find(self, message_id: int) -> Message | None:
        """Return the message with this number; None if there is none or it was deleted."""

    @property
    def transcript(self) -> Transcript:
        """Return what was said here."""

    async def wait_for(self, predicate: Callable[[Message], object], timeout: float=5.0) -> Message:
        """Return the next message of a bot here that satisfies a predicate.

        It looks at the messages after the one that it returned last. NoReply after `timeout`
        seconds shows what came instead.
        """

    async def add(self, member: Person | BotAccount, by: Person | BotAccount | None=None) -> None:
        """Add someone, visible to the group; a bot gets a my_chat_member update.

        A person joins by the group's link, unless `by` adds them. A bot, or somebody who was
        removed, is added by the owner.
        """

    async def remove(self, member: Person | BotAccount, by: Person | BotAccount | None=None) -> None:
        """Remove someone, by the owner or another; a bot gets a my_chat_member update."""

    async def promote(self, member: Person | BotAccount, title: str='', **rights: bool) -> None:
        """Make someone an admin; a bot then sees every message, even in privacy mode.

        An admin gets the usual rights, but can't add admins. Say what differs, by the Bot API's
        names: `group.promote(account, can_promote_members=True, can_pin_messages=False)`.
        """

    async def demote(self, member: Person | BotAccount) -> None:
        """Make an admin, or somebody restricted, an ordinary member again."""

    async def restrict(self, member: Person | BotAccount, seconds: float=0, **permissions: bool) -> None:
        """Let a member of a supergroup only read, or do what you say: `can_send_messages=True`.

        It ends after so many seconds of the sandbox's clock; after 0, or over 366 days, it doesn't.
        """

    async def set_permissions(self, **permissions: bool) -> None:
        """Change what all who aren't admins may do: `can_send_photos=False`. The rest stays."""

    async def chat_member(self, member: Person | BotAccount) -> ChatMember:
        """Return the Bot API's ChatMember: somebody's status, rights, title, or restriction."""


class Press(Twin[bot_sandbox.Press]):
    """The twin of `Press` in bot_sandbox.telegram.buttons; see there."""

    @property
    def button(self) -> str:
        ...

    @property
    def text(self) -> str | None:
        ...

    @property
    def alert(self) -> bool:
        ...

    @property
    def url(self) -> str:
        ...

    @property
    def messages(self) -> list[Message]:
        """The messages that the bot has written or edited since, where this person sees them."""

    async def answer(self, timeout: float=5.0) -> str:
        """Wait for the bot's notification and return its text; NoReply if none comes."""

    async def wait(self, timeout: float=5.0, quiet: float=0.5) -> list[Message]:
        """Wait for the bot's answer, and return its `messages` so far.

        Many bots answer first, and then write or edit. So if it has done neither yet, this waits
        for that, too, at most `quiet` seconds after the answer.

        Many bots never answer a press. Then `text` stays None after `timeout` seconds. NoReply if
        the bot has not written, edited or deleted a message of its own either, in this chat or in
        its chat with this person; nothing else that it does counts. It comes sooner if the bot is a
        function that has ended.
        """


class InlineQuery(Twin[bot_sandbox.InlineQuery]):
    """The twin of `InlineQuery` in bot_sandbox.telegram.inline_query; see there."""

    @property
    def id(self) -> str:
        ...

    @property
    def text(self) -> str:
        ...

    @property
    def is_answered(self) -> bool:
        """Whether the bot has answered, perhaps without any result."""

    @property
    def results(self) -> list[InlineQueryResult]:
        """What the person sees: the Bot API's InlineQueryResult objects."""

    @property
    def button(self) -> InlineQueryResultsButton | None:
        """The button above the results, if there is one."""

    @property
    def next_offset(self) -> str:
        """What the bot gets for the next page; "" after the last one."""

    async def wait(self, timeout: float=5.0) -> list[InlineQueryResult]:
        """Wait for the bot's answer, and return its results.

        NoReply if none comes in `timeout` seconds, or if the bot is a function that has ended.
        """

    async def choose(self, result: InlineQueryResult | str) -> Message:
        """Choose a result, or the one with this id, and return the message that this sends."""

    async def next_page(self) -> InlineQuery:
        """Scroll to the end of the results: ask the bot for what follows."""

    async def press_button(self) -> Message:
        """Press the button above the results, and START: the bot gets /start with its parameter."""


class DeliveredUpdate(Twin[bot_sandbox.DeliveredUpdate]):
    """The twin of `DeliveredUpdate` in bot_sandbox.telegram.delivered_update; see there."""

    @property
    def update(self) -> dict[str, Any]:
        ...

    @property
    def message(self) -> Message | None:
        ...

    @property
    def kind(self) -> str:
        """Which field of Update it has, such as "inline_query"."""

    @property
    def update_id(self) -> int:
        """Its number, 0 if the bot was not told."""

    @property
    def calls(self) -> list[ApiCall]:
        """What the bot has called since it got the update, without getUpdates."""

    async def wait(self, method: str='', n: int=1, timeout: float=5.0) -> list[ApiCall]:
        """Wait until the bot has made n calls, in all or of a method, and return them.

        A call that was refused counts; its `error` says why. NoReply after `timeout` seconds, or
        sooner if the bot is a function that has ended.
        """


class TelegramFaults(Twin[bot_sandbox.TelegramFaults]):
    """The twin of `Faults` in bot_sandbox.telegram.faults; see there."""

    async def stop(self) -> None:
        """Stop the server until `start`: connections end, and new ones are refused."""

    async def start(self) -> None:
        """Start the server again at the same address, with everything that it knew."""

    async def restart(self, down_s: float=0.0) -> None:
        """Stop the server and start it again; return when it is up.

        With `down_s`, return at once; it comes up that many seconds later, on the sandbox's clock.
        """

    async def status(self, status: int=503, method: str | None=None, *, retry_after: int | None=None, description: str='', bot: BotAccount | str | None=None, n: int=1, forever: bool=False, executed: bool=False) -> Fault:
        """Refuse calls with a status of 400 to 599, in Telegram's words or yours.

        429 has a `retry_after` of 1 second if you give none; with 0 it has none. As on Telegram, a
        bot that asks again sooner is refused again, with the rest of the pause, which is on the
        sandbox's clock. Such a refusal doesn't count for `n`. A call in a webhook's response is
        refused, too; as in real life, its bot doesn't hear of it.
        """

    async def delay(self, seconds: float, method: str | None=None, *, bot: BotAccount | str | None=None, n: int=1, forever: bool=False, executed: bool=False) -> Fault:
        """Answer calls so many seconds later.

        The wait is real time. If the client leaves meanwhile, the call is not executed, unless it
        was before the wait (`executed`).
        """

    async def drop(self, method: str | None=None, *, bot: BotAccount | str | None=None, n: int=1, forever: bool=False, executed: bool=False) -> Fault:
        """Break the connection instead of answering; with `executed` after executing the call."""

    async def truncate(self, method: str | None=None, *, bot: BotAccount | str | None=None, n: int=1, forever: bool=False) -> Fault:
        """Execute calls, but break the connection in the middle of the JSON."""

    async def html(self, status: int=502, method: str | None=None, *, bot: BotAccount | str | None=None, n: int=1, forever: bool=False, executed: bool=False) -> Fault:
        """Answer calls with a page of a proxy, or with 200 that of a Wi-Fi's login."""

    async def lose_response(self, *, bot: BotAccount | str | None=None, n: int=1, forever: bool=False) -> Fault:
        """Lose a webhook's response on its way to Telegram, which then sends the update again."""

    async def clear(self, bot: BotAccount | str | None=None) -> None:
        """End all faults, or those of one bot; servers that are down stay down until `start`."""

    @property
    def active(self) -> list[Fault]:
        """The faults that still wait for requests, oldest first."""

    @property
    def hits(self) -> list[FaultHit]:
        """All requests that faults have hit, or the last 1,000."""

    async def wait(self, n: int=1, timeout: float=5.0) -> list[FaultHit]:
        """Wait until all faults together have hit n requests; NoReply after `timeout` s."""

    @property
    def hit_count(self) -> int:
        """How many requests faults have hit."""


class Fault(Twin[bot_sandbox.Fault]):
    """The twin of `Fault` in bot_sandbox.telegram.faults; see there."""

    @property
    def name(self) -> str:
        ...

    @property
    def method(self) -> str:
        ...

    @property
    def account(self) -> BotAccount | None:
        ...

    @property
    def left(self) -> int | None:
        ...

    @property
    def executed(self) -> bool:
        ...

    @property
    def effect(self) -> str:
        ...

    @property
    def seconds(self) -> float:
        ...

    @property
    def hits(self) -> list[FaultHit]:
        ...

    async def wait(self, n: int=1, timeout: float=5.0) -> list[FaultHit]:
        """Wait until it has hit n requests and return all hits; NoReply after `timeout` s."""

    async def clear(self) -> None:
        """End it."""


class Twitch(ServerTwin[bot_sandbox.Twitch]):
    """The twin of `Twitch` in bot_sandbox.twitch.service; see there."""

    def __init__(self, *, port: int=0, irc_port: int=0, host: str=HOST, allow_hosts: Iterable[str]=(), allow_origins: Iterable[str]=(), clock: Clock | bot_sandbox.Clock | None=None, canned: bool=False, **settings: Any) -> None:
        ...

    @property
    def clock(self) -> Clock:
        ...

    @property
    def host(self) -> str:
        ...

    @property
    def port(self) -> int:
        ...

    @property
    def irc_port(self) -> int:
        ...

    @property
    def up(self) -> bool:
        """Whether clients can connect."""

    @property
    def settings(self) -> TwitchSettings:
        ...

    @property
    def faults(self) -> TwitchFaults:
        ...

    @property
    def url(self) -> str:
        ...

    @property
    def irc_url(self) -> str:
        ...

    @property
    def irc_address(self) -> tuple[str, int]:
        ...

    @property
    def eventsub_url(self) -> str:
        ...

    async def snapshot(self) -> Snapshot:
        """Return everything that this Twitch knows now, to `restore` it later."""

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this Twitch, as if nothing had happened since.

        What a bot itself remembers, in its variables or files, is yours to reset.

        Accounts, applications, tokens and messages that you hold stay valid if they were there.
        Connections are real, so they stay as they are: a program stays connected, one that has gone
        stays away. Only connections of accounts that were not there are closed. Faults are those of
        the snapshot, and the servers are up. The clock stays, and so does what has expired by it.
        """

    async def reset(self) -> None:
        """Forget everybody and everything, as in a new Twitch at the same addresses."""

    async def answer_canned(self, canned: bool=True) -> None:
        """From now on, answer also requests that the sandbox lacks, or refuse them again.

        A response of Helix has the form that clients expect, with the values of the request, and
        lists are empty. EventSub's other types can be subscribed to, and no event comes. Nothing
        has an effect. `canned_calls` says what was answered so.
        """

    @property
    def canned_calls(self) -> dict[str, int]:
        """What had a canned answer, because the sandbox lacks it, and how often."""

    async def account(self, login: str, display_name: str='', *, id: str | int='') -> TwitchAccount:
        """Add a person with a channel of the same name; `find` returns one that is there.

        A bot that knows its channel by a number can meet it: `account("anna", id="12345")`.
        """

    async def find(self, login: str) -> TwitchAccount:
        """Return an account that is there already; ValueError lists them."""

    async def application(self, name: str, redirect: str | Sequence[str]=DEFAULT_REDIRECTS, confidential: bool=True) -> Application:
        """Register an application, as the developer console does.

        `redirect` is the address to which a browser is sent back, or several of them.
        """

    async def authorize(self, account: TwitchAccount, app: Application, scopes: list[str] | str) -> Token:
        """Return a user token, as after clicking Authorize and exchanging the code.

        The scopes are a list or, as in a link, one text with spaces.
        """

    async def app_token(self, app: Application) -> Token:
        """Return the application's own token (client credentials), which has no user."""

    async def disconnect(self, account: TwitchAccount, app: Application) -> None:
        """Withdraw an account's consent to an application: tokens and subscriptions end."""

    async def transcript(self, channel: TwitchAccount | str) -> Transcript:
        """Return what was said in a channel."""

    async def window(self, account: TwitchAccount | None=None, channel: TwitchAccount | str | None=None) -> Page:
        """Return a notebook page to chat as this account, by default in its own channel.

        The page also has buttons for faults.
        """

    async def messages(self, channel: TwitchAccount | str) -> list[ChatMessage]:
        """Return the messages of a channel."""

    async def trace(self, message: ChatMessage) -> list[TraceEntry]:
        """Return what was really sent for a message: lines, requests and responses, in order.

        Only the last ones are kept (`TwitchSettings.trace_entries`).
        """

    async def connections(self, login: TwitchAccount | str | None=None) -> list[ConnectionRecord]:
        """Return all connections of a login (or of all logins), oldest first, even closed ones."""

    async def missed(self, login: TwitchAccount | str) -> list[ChatMessage]:
        """Return the messages in a program's channels while none of its connections was there."""

    async def deliveries(self, message: ChatMessage | None=None, message_type: str='') -> list[EventSubDelivery]:
        """Return all webhook attempts, or those for one message, or of one type."""

    async def subscriptions(self) -> list[Subscription]:
        """Return all EventSub subscriptions."""

    async def wait_for(self, login: TwitchAccount | str, channel: TwitchAccount | str, timeout: float=5.0, after: ConnectionRecord | None=None, connections: int=1) -> None:
        """Wait until the program hears the channel (joined, or subscribed and enabled).

        With `after`, wait for a newer connection than that one, until it is back; with
        `connections`, for so many at once. NoReply after `timeout` seconds says what was found.
        """

    async def hears(self, login: str, channel: str, after: ConnectionRecord | None=None, connections: int=1) -> bool:
        """Return whether a program hears a channel now; `wait_for` waits until it does."""

    async def wait_gone(self, login: TwitchAccount | str, timeout: float=5.0) -> None:
        """Wait until the program has no open connection; raise NoReply if it still has one."""

    async def wait_deliveries(self, n: int=1, message: ChatMessage | None=None, message_type: str='', timeout: float=5.0) -> list[EventSubDelivery]:
        """Wait until n webhook attempts have ended, selected as in `deliveries`; return them.

        NoReply after `timeout` seconds says how many there were.
        """


class TwitchAccount(Twin[bot_sandbox.TwitchAccount]):
    """The twin of `TwitchAccount` in bot_sandbox.twitch.people; see there."""

    @property
    def user(self) -> TwitchUser:
        ...

    @property
    def id(self) -> str:
        ...

    @property
    def login(self) -> str:
        ...

    @property
    def display_name(self) -> str:
        ...

    async def say(self, text: str, channel: TwitchAccount | str | None=None, reply_to: ChatMessage | None=None) -> ChatMessage:
        """Write in a channel (by default their own) and return the message."""

    async def say_all(self, texts: list[str], channel: TwitchAccount | str | None=None, reply_to: ChatMessage | None=None) -> list[ChatMessage]:
        """Write several messages at once, in order."""

    async def ask(self, text: str, channel: TwitchAccount | str | None=None, timeout: float=5.0, reply_to: ChatMessage | None=None) -> str:
        """Write, wait for the next message of anyone else and return its text.

        Earlier messages count as read. If the command failed and the bot's log says why, you see
        that line, too. NoReply after `timeout` seconds says what was found and what to do.
        """

    async def wait(self, n: int=1, channel: TwitchAccount | str | None=None, timeout: float=5.0) -> list[ChatMessage]:
        """Return the next n unread messages of others, in order."""

    async def wait_for(self, predicate: Callable[[ChatMessage], object], channel: TwitchAccount | str | None=None, timeout: float=5.0) -> ChatMessage:
        """Return the next unread message of others that satisfies a predicate.

        Those before it become read. NoReply after `timeout` seconds shows what came instead, which
        stays unread.
        """

    async def mod(self, account: TwitchAccount | str) -> None:
        """Make someone a moderator of this channel; raise ValueError if they are banned."""

    async def unmod(self, account: TwitchAccount | str) -> None:
        """Remove a moderator."""

    async def ban(self, account: TwitchAccount | str) -> None:
        """Ban someone from this channel, also as a moderator.

        Raises ValueError for the broadcaster, as on Twitch.
        """

    async def timeout(self, account: TwitchAccount | str, seconds: float) -> None:
        """Keep someone from writing in this channel for so many seconds."""

    async def unban(self, account: TwitchAccount | str) -> None:
        """End someone's ban or timeout."""

    async def announce(self, text: str, channel: TwitchAccount | str | None=None) -> ChatMessage:
        """Post an announcement, as the broadcaster or a moderator; chat shows it in a frame.

        Programs get it as USERNOTICE by IRC, and as channel.chat.notification by EventSub.
        """

    async def go_live(self, title: str='') -> None:
        """Start a stream; raise ValueError if the channel is already live."""

    async def end_stream(self) -> None:
        """End the stream; raise ValueError if there is none."""

    async def follow(self, account: TwitchAccount | str) -> None:
        """Follow a channel; raise ValueError for their own. A second time changes nothing."""

    async def unfollow(self, account: TwitchAccount | str) -> None:
        """Unfollow a channel."""

    async def authorize(self, url: str) -> str:
        """Open a consent page, press Authorize, and return where the browser is sent.

        The page may have the real address, id.twitch.tv.
        """

    async def cancel(self, url: str) -> str:
        """Open a consent page, press Cancel, and return where the browser is sent."""

    async def activate(self, user_code: str) -> None:
        """Type a device's code into the activation page and press Authorize."""

    async def disconnect(self, app: Application) -> None:
        """Withdraw all consent to an application, as on the Connections page."""


class TwitchFaults(Twin[bot_sandbox.TwitchFaults]):
    """The twin of `Faults` in bot_sandbox.twitch.faults; see there."""

    async def stop(self) -> None:
        """Stop the server until `start`: connections end, and new ones are refused."""

    async def start(self) -> None:
        """Start the server again at the same address, with everything that it knew."""

    async def restart(self, down_s: float=0.0) -> None:
        """Stop the server and start it again; return when it is up.

        With `down_s`, return at once; it comes up that many seconds later, on the sandbox's clock.
        """

    async def drop(self, login: TwitchAccount | str) -> None:
        """Break the connection without a goodbye."""

    async def close_frame(self, login: TwitchAccount | str, code: int=1001) -> None:
        """Close with a WebSocket close code (1001: the server goes away)."""

    async def reconnect(self, login: TwitchAccount | str, close_after_s: float=30.0) -> None:
        """Ask to reconnect (RECONNECT or session_reconnect); close later if the client stays."""

    async def stop_pong(self, login: TwitchAccount | str) -> None:
        """Stop answering this client's PINGs; an EventSub client receives nothing more."""

    async def silence(self, login: TwitchAccount | str) -> None:
        """Keep the connection open, but let nothing through, in either direction."""

    async def half_line(self, login: TwitchAccount | str) -> None:
        """Send half of the next line, then nothing more (IRC only)."""

    async def split_lines(self, login: TwitchAccount | str) -> None:
        """Send everything in two pieces from now on, cut in the middle (IRC only).

        TCP may always do this. On a WebSocket these are two frames, which not every client joins
        (tmi.js doesn't).
        """

    async def delay(self, login: TwitchAccount | str, seconds: float) -> None:
        """Delay everything by so many seconds from now on."""

    async def refuse_login(self, login: TwitchAccount | str, n: int=1) -> None:
        """Refuse the next n IRC logins of this name, whatever the token."""

    async def revoke(self, token: Token | str) -> None:
        """Revoke a token and its refresh token, and end the IRC connections made with it.

        A token that only expires ends no connection. What Twitch does to one whose token is revoked
        is not published; a bot must expect that it ends.
        """

    async def revoke_all(self, account: TwitchAccount | str) -> None:
        """Revoke all tokens of an account; raise ValueError if it has none."""

    async def fail_api(self, status: int=503, n: int=1) -> None:
        """Answer the next n Helix requests with this status."""

    async def fail_oauth(self, status: int=503, n: int=1, path: str='') -> None:
        """Answer the next n requests of programs to OAuth with this status.

        `path` is "validate", "token", "revoke", "device" or "userinfo"; without it, all of them.
        """

    async def repeat_delivery(self, n: int=1) -> None:
        """Deliver the next n webhook notifications twice, with the same id."""

    async def clear(self) -> None:
        """End all faults that still act; servers that are down stay down until `start`."""

    @property
    def active(self) -> list[bot_sandbox.twitch.faults.Fault]:
        """The faults that act now, or wait for something to hit."""


class Cloud(ServerTwin[bot_sandbox.Cloud]):
    """The twin of `Cloud` in bot_sandbox.cloud.cloud; see there."""

    def __init__(self, port: int=0, init_timeout_s: float=10.0, poll_s: float=0.05, retry_s: tuple[float, ...]=(60.0, 120.0), *, import_paths: Sequence[str | Path]=(), packages: bool=False, key: str='', account: str='000000000000', region: str='us-east-1', host: str=HOST, allow_hosts: Iterable[str]=(), allow_origins: Iterable[str]=(), clock: Clock | bot_sandbox.Clock | None=None) -> None:
        ...

    @property
    def clock(self) -> Clock:
        ...

    @property
    def host(self) -> str:
        ...

    @property
    def key(self) -> str:
        ...

    @property
    def folder(self) -> Path:
        ...

    @property
    def port(self) -> int:
        ...

    async def deploy(self, name: str, folder: str | Path, *, handler: str='main.handler', runtime: str='python', memory_mb: int=128, timeout_s: float=3.0, environment: dict[str, str] | None=None, concurrency: int=10, idle_s: float=300.0, events: str='aws', worker: str='sandbox', start: str='plain', packages: bool | None=None, must_load: bool=False) -> Function:
        """Upload a folder as the function `name`; the same name again replaces it.

        Later edits in the folder have no effect until the next deploy. `worker` is the loop inside
        an instance: "sandbox", "awslambdaric" (AWS's, Linux) or the path of your own. With `start`
        "snapshot", the function is loaded once, now, and each instance is a fork of that (POSIX,
        Python). With `concurrency` 0 each call is throttled, as after "Throttle" in AWS's console.
        Raises ValueError for a wrong setting, FileNotFoundError for a missing folder. With
        `must_load`, an instance starts first; if the code does not load, this raises FunctionError
        and replaces nothing.
        """

    async def timer(self, name: str, function: Function | str, schedule: str, *, timezone: str='UTC', payload: Any=None) -> Timer:
        """Call a function by the clock; the same name again replaces the timer.

        For a function with the events of AWS, `schedule` is `cron(0 8 * * ? *)`, `rate(5 minutes)`
        or `at(2026-12-24T18:00:00)` in that `timezone`, and the payload any JSON value. For one
        with the events of Yandex Cloud it is `0 8 * * ? *` in UTC, and the payload a text. Raises
        ValueError for a wrong one, KeyError if there is no such function.
        """

    async def snapshot(self) -> Snapshot:
        """Return everything that this cloud knows now, to `restore` it later.

        As long as you keep it, the cloud keeps its copies of the functions' code.
        """

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this cloud, as if nothing had happened since.

        Functions and timers that you hold stay valid if they were there, even if they were removed
        or replaced since. Logs, bills and waiting calls are as they were. Every function starts
        cold, so no instance remembers a later call. A call that runs may end; nothing shows it. The
        clock stays, and a timer skips what was due meanwhile.
        """

    async def reset(self) -> None:
        """Remove every function, timer and waiting call; a call that runs may end."""

    async def timers(self) -> list[Timer]:
        """Return all timers, sorted by name."""

    async def function(self, name: str) -> Function:
        """Return the function with this name; KeyError lists the deployed ones."""

    async def functions(self) -> list[Function]:
        """Return all deployed functions, sorted by name."""

    async def window(self, function: Function | None=None) -> Page:
        """Return a notebook page to watch instances, log and bill, of all functions or one."""

    async def invoke(self, name: str, event: Any=None) -> Any:
        """Call a function with any JSON value and return its result; raises FunctionError.

        If the caller is interrupted, the function keeps working.
        """

    async def uptime(self) -> float:
        """Return the seconds since this cloud started."""


class Function(Twin[bot_sandbox.Function]):
    """The twin of `Function` in bot_sandbox.cloud.function; see there."""

    @property
    def url(self) -> str:
        ...

    @property
    def host_url(self) -> str:
        ...

    @property
    def revision(self) -> int:
        ...

    @property
    def deployed(self) -> float:
        ...

    @property
    def settings(self) -> FunctionSettings:
        """What it was deployed with."""

    @property
    def name(self) -> str:
        """Its name, unique in the cloud."""

    @property
    def arn(self) -> str:
        """Its name in AWS's form."""

    async def invoke(self, event: Any=None) -> Any:
        """Call the function of this name and return its result; raises FunctionError."""

    async def wait_stopped(self, timeout: float=10.0) -> None:
        """Wait until it has no instance; the cloud stops one after `idle_s` idle seconds.

        Raises TimeoutError if one is still there after `timeout` seconds.
        """

    @property
    def logs(self) -> list[str]:
        """START, what the function printed, END and REPORT of every call, oldest first."""

    @property
    def calls(self) -> list[RunningCall]:
        """All running calls, in the order of their arrival."""

    @property
    def invocations(self) -> list[Invocation]:
        """All finished calls that reached an instance, in the order of their end."""

    @property
    def instances(self) -> list[InstanceRecord]:
        """All instances, in the order of their start, each with its current state."""

    @property
    def throttled(self) -> int:
        """How many calls were refused because every allowed instance was busy."""

    @property
    def meter(self) -> Meter:
        """The totals of its bill by AWS's rule, cheap to read often."""

    async def bill(self, tariff: str='aws') -> Bill:
        """Return the bill for the calls so far; `tariff` is "aws" or "yandex"."""


class Timer(Twin[bot_sandbox.Timer]):
    """The twin of `Timer` in bot_sandbox.cloud.timers; see there."""

    @property
    def name(self) -> str:
        ...

    @property
    def function(self) -> str:
        ...

    @property
    def expression(self) -> str:
        ...

    @property
    def timezone(self) -> str:
        ...

    @property
    def payload(self) -> Any:
        ...

    @property
    def id(self) -> str:
        ...

    @property
    def next(self) -> float | None:
        ...

    @property
    def fired(self) -> list[float]:
        ...

    @property
    def is_running(self) -> bool:
        """Whether it will call its function again."""

    async def start(self) -> None:
        """Go on after `stop`; what was missed meanwhile is not called."""

    async def stop(self) -> None:
        """Call the function no more, until `start`."""

    async def delete(self) -> None:
        """Stop for good, and free the name."""

    async def wait_fired(self, times: int=1, timeout: float=10.0) -> None:
        """Wait until it has called its function so many times in all; raises TimeoutError."""


class Mail(ServerTwin[bot_sandbox.Mail]):
    """The twin of `Mail` in bot_sandbox.mail; see there."""

    def __init__(self, *, port: int=0, largest: int=LARGEST_LETTER, host: str=HOST, allow_hosts: Iterable[str]=()) -> None:
        ...

    @property
    def clock(self) -> Clock:
        ...

    @property
    def host(self) -> str:
        ...

    @property
    def largest(self) -> int:
        ...

    @property
    def port(self) -> int:
        ...

    @property
    def letters(self) -> list[Letter]:
        """Every letter caught so far, oldest first."""

    @property
    def refusals(self) -> list[str]:
        """What the server has refused so far, in SMTP's words."""

    async def snapshot(self) -> Snapshot:
        """Return the letters and refusals of now, to `restore` them later."""

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this mail server, as if nothing had come since."""

    async def reset(self) -> None:
        """Forget every letter and every refusal."""

    async def wait(self, n: int=1, timeout: float=5.0) -> list[Letter]:
        """Return the next n letters; raise NoLetter if fewer came in `timeout` seconds."""


class Clock(Twin[bot_sandbox.Clock]):
    """The twin of `Clock` in bot_sandbox.world.clock; see there."""

    def __init__(self) -> None:
        ...

    async def now(self) -> float:
        """Return the seconds since 1970."""

    @property
    def ahead(self) -> float:
        """By how many seconds it was moved forward in all."""

    async def timestamp(self) -> str:
        """Return the time as Twitch writes it (RFC 3339, UTC)."""

    async def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once; everything due by then happens now.

        Raises ValueError for a time that is before now or after the year 3000.
        """

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of this clock, in any event loop; `advance` shortens the wait.

        It is a coroutine in `bot_sandbox`, too. For a bot with timers of its own, in a test:

            async def remind(sleep=clock.sleep):  # asyncio.sleep when it really runs
                await sleep(3600)
                ...  # `advance(3600)` leads here
        """

    async def sleep_until(self, due: float) -> None:
        """Sleep until a time of this clock, even if it is moved before the sleep begins."""
