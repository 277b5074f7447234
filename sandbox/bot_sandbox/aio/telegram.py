"""The twins of the classes of bot_sandbox.telegram.

tools/aio.py writes this file from their source, so do not edit it.
"""

# fmt: off
# ruff: noqa: A002, ANN401, ASYNC109, B008, E501, F401, I001, N818, RUF100

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from bot_sandbox.aio.clock import Clock
from bot_sandbox.aio.twin import ServerTwin, Twin
from bot_sandbox.aio.twin import unwrap
from bot_sandbox.event_loop.runner import is_no_reply
from bot_sandbox.http.access import HOST
from bot_sandbox.http.webhook_post import Sender
from bot_sandbox.telegram.buttons import Press as PlainPress
from bot_sandbox.telegram.calls import FaultHit
from bot_sandbox.telegram.core import TelegramCore as PlainTelegramCore
from bot_sandbox.telegram.faults import Fault as PlainFault
from bot_sandbox.telegram.faults import Faults as PlainFaults
from bot_sandbox.telegram.limits import Limits
from bot_sandbox.telegram.people import Group as PlainGroup
from bot_sandbox.telegram.people import Person as PlainPerson
from bot_sandbox.telegram.service import Telegram as PlainTelegram
from bot_sandbox.telegram.types import Message
from bot_sandbox.telegram.updates import Delivery
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.world.clock import Clock as PlainClock
from bot_sandbox.world.snapshot import Snapshot
from bot_sandbox.world.transcript import Transcript

__tracebackhide__ = is_no_reply


class Telegram(ServerTwin[PlainTelegramCore]):
    """The twin of `Telegram` in bot_sandbox.telegram.service; see there."""

    def __init__(self, *, port: int = 0, local_mode: bool = True, retry_scale: float = 0.05, webhook_timeout_s: float = 60.0, update_lifetime_s: float = 24 * 3600.0, limits: Limits | None = Limits(), seed: int | str | None = None, host: str = HOST, allow_hosts: Iterable[str] = (), allow_origins: Iterable[str] = (), clock: Clock | PlainClock | None = None, sender: Sender | None = None) -> None:
        self.sync = PlainTelegram(port=port, local_mode=local_mode, retry_scale=retry_scale, webhook_timeout_s=webhook_timeout_s, update_lifetime_s=update_lifetime_s, limits=limits, seed=seed, host=host, allow_hosts=allow_hosts, allow_origins=allow_origins, clock=unwrap(clock), sender=sender)

    @property
    def url(self) -> str:
        return self.sync.url

    @property
    def clock(self) -> Clock:
        return Clock.of(self.sync.clock)

    @property
    def faults(self) -> Faults:
        return Faults.of(self.sync.faults)

    async def new_bot(self, name: str, username: str, privacy: bool = True) -> BotAccount:
        """Ask BotFather for a bot; raise ValueError in his words if he refuses.

        `privacy` is his /setprivacy: with it, a bot in a group sees only what is meant for it.
        """
        return self._do(self.sync.new_bot, name, username, privacy)

    async def new_token(self, account: BotAccount) -> str:
        """Do BotFather's /revoke: return a new token; the old one is refused with 401.

        As on the real server, the webhook is removed, too, and pending updates stay.
        """
        return self._do(self.sync.new_token, account)

    async def account(self, username: str) -> BotAccount:
        """Return a bot by its username; KeyError lists the existing ones."""
        return self._do(self.sync.account, username)

    async def person(self, name: str, username: str | None = None) -> Person:
        """Add a person who chats; raise ValueError if somebody or a group has their `username`."""
        return Person.of(self._do(self.sync.person, name, username))

    async def group(self, title: str, members: list[Person | BotAccount], kind: str = 'group', username: str = '') -> Group:
        """Create a group of people and bots, or a "supergroup"; the first person owns it.

        A supergroup and a channel may have a `username`, and bots may use it as their chat_id.
        """
        return Group.of(self._do(self.sync.group, title, members, kind, username))

    async def channel(self, title: str, members: list[Person | BotAccount], username: str = '') -> Group:
        """Create a channel: posts of people are channel_post updates; its bots are admins."""
        return Group.of(self._do(self.sync.channel, title, members, username))

    async def snapshot(self) -> Snapshot:
        """Return everything that this Telegram knows now, to `restore` it later."""
        return self._do(self.sync.snapshot)

    async def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot of this Telegram, as if nothing had happened since.

        What a bot itself remembers, in its variables or files, is yours to reset.

        People, bots, groups and messages that you hold stay valid if they were there. A bot that
        polls or has a webhook continues; updates that waited come again, with new ids. The clock
        stays, and so does what has expired by it. Faults are those of the snapshot, and the server
        is up. If somebody waits for a reply, they continue to wait.
        """
        await self._wait(self.sync.restore, snapshot)

    async def reset(self) -> None:
        """Forget everybody and everything, as in a new Telegram at the same address."""
        await self._wait(self.sync.reset)

    async def transcript(self, *who: Person | BotAccount | Group) -> Transcript:
        """Return the chat of a person with a bot, or of a group."""
        return self._do(self.sync.transcript, *who)

    async def call(self, /, account: BotAccount | str, method: str, **arguments: Any) -> Any:
        """Call a Bot API method like a program and return its result; raises TelegramError."""
        return await self._wait(self.sync.call, account, method, **arguments)

    async def wait_ready(self, account: BotAccount, timeout: float = 30.0) -> None:
        """Wait until a bot asks for updates or has set its webhook; NoReply after `timeout` s."""
        await self._wait(self.sync.wait_ready, account, timeout)

    async def deliveries(self, account: BotAccount, message: Message | None = None) -> list[Delivery]:
        """Return all webhook attempts of a bot (its last 10,000), or those for one message."""
        return self._do(self.sync.deliveries, account, message)

    async def wait_deliveries(self, account: BotAccount, n: int = 1, message: Message | None = None, timeout: float = 5.0) -> list[Delivery]:
        """Wait until n webhook attempts have ended, in all or for one message, and return them."""
        return await self._wait(self.sync.wait_deliveries, account, n, message, timeout)


class Person(Twin[PlainPerson]):
    """The twin of `Person` in bot_sandbox.telegram.people; see there."""

    @property
    def id(self) -> int:
        return self.sync.id

    @property
    def name(self) -> str:
        return self.sync.name

    @property
    def username(self) -> str:
        return self.sync.username

    @property
    def phone_number(self) -> str:
        return self.sync.phone_number

    @property
    def place(self) -> tuple[float, float]:
        return self.sync.place

    async def send(self, text: str, to: Person | BotAccount | Group | None = None, reply_to: Message | None = None, quote: str = '') -> Message:
        """Write a message to a bot or a group; `to` is optional if there is only one bot.

        It may answer a message, of this chat or of another one, and quote a part of its text.
        """
        return self._do(self.sync.send, text, to, reply_to, quote)

    async def send_all(self, texts: Iterable[str], to: Person | BotAccount | Group | None = None) -> list[Message]:
        """Write several messages at once, in this order."""
        return self._do(self.sync.send_all, texts, to)

    async def ask(self, text: str, to: Person | BotAccount | Group | None = None, timeout: float = 5.0, reply_to: Message | None = None) -> str:
        """Write a message and return the text of the bot's next one; NoReply after `timeout` s.

        The message may be a reply, as in `send`. What Telegram writes for the bot, such as that it
        removed somebody, is not the bot's message.
        NoReply comes sooner if the bot is a function that has ended without a reply. If the command
        failed and the bot's log says why, you see that line, too.
        """
        return await self._wait(self.sync.ask, text, to, timeout, reply_to)

    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[Message]:
        """Return the next n unread messages, of all chats; NoReply after `timeout` seconds.

        Those of groups and channels are among them. Bots and people write there.
        """
        return await self._wait(self.sync.wait, n, timeout)

    async def wait_for(self, predicate: Callable[[Message], object], timeout: float = 5.0) -> Message:
        """Return the next unread message that satisfies a predicate; those before it become read.

        NoReply after `timeout` seconds shows what came instead, which stays unread.
        """
        return await self._wait(self.sync.wait_for, predicate, timeout)

    async def edit(self, message: Message, text: str) -> Message:
        """Change the text of this person's message."""
        return self._do(self.sync.edit, message, text)

    async def photo(self, picture: bytes | str | Path, caption: str = '', to: Person | BotAccount | Group | None = None) -> Message:
        """Send a picture, as bytes or a path, with an optional text under it."""
        return self._do(self.sync.photo, picture, caption, to)

    async def album(self, pictures: Sequence[bytes | str | Path], caption: str = '', to: Person | BotAccount | Group | None = None) -> list[Message]:
        """Send 2 to 10 pictures as one album; its text is under the first.

        A bot gets a message for each, all with the same `media_group_id`.
        """
        return self._do(self.sync.album, pictures, caption, to)

    async def document(self, document: bytes | str | Path, name: str = '', caption: str = '', to: Person | BotAccount | Group | None = None) -> Message:
        """Send a file, as bytes or a path; bytes need a name."""
        return self._do(self.sync.document, document, name, caption, to)

    async def location(self, latitude: float, longitude: float, to: Person | BotAccount | Group | None = None) -> Message:
        """Send a place on Earth, in degrees."""
        return self._do(self.sync.location, latitude, longitude, to)

    async def contact(self, of: Person | None = None, to: Person | BotAccount | Group | None = None, name: str = '', phone_number: str = '') -> Message:
        """Share a contact: their own, another person's, or any name and phone number."""
        return self._do(self.sync.contact, of, to, name, phone_number)

    async def sticker(self, to: Person | BotAccount | Group | None = None, emoji: str = '🙂') -> Message:
        """Send a sticker, which has no text."""
        return self._do(self.sync.sticker, to, emoji)

    async def react(self, message: Message, emoji: str) -> None:
        """Give a message a reaction, such as "👍"; "" removes it."""
        self._do(self.sync.react, message, emoji)

    async def join(self, group: Group) -> None:
        """Join a group by its link."""
        self._do(self.sync.join, group)

    async def leave(self, group: Group) -> None:
        """Leave a group."""
        self._do(self.sync.leave, group)

    async def press(self, message: Message, button: str = '', *, data: str = '', position: int = 0) -> Press:
        """Press the inline button with this text; the bot gets a callback query.

        If several have the same text, say the `data` that the bot gets, or the `position`: 1 is
        the first button under the message, row by row. These two also work without the text.
        `choose` presses a button of a reply keyboard.
        """
        return Press.of(self._do(self.sync.press, message, button, data=data, position=position))

    async def keyboard(self, to: Person | BotAccount | Group | None = None) -> list[list[str]]:
        """Return the buttons of the reply keyboard that a bot shows this person, row by row."""
        return self._do(self.sync.keyboard, to)

    async def choose(self, button: str, to: Person | BotAccount | Group | None = None) -> Message:
        """Press a button of the reply keyboard, and return the message that this sends.

        That is the button's text. If the button asks for a contact, it is the person's own; if it
        asks for a location, it is their `place`.
        """
        return self._do(self.sync.choose, button, to)

    async def block(self, account: BotAccount) -> None:
        """Block a bot: from now on, Telegram refuses its messages with 403."""
        self._do(self.sync.block, account)

    async def unblock(self, account: BotAccount) -> None:
        """Let a blocked bot write again."""
        self._do(self.sync.unblock, account)


class Group(Twin[PlainGroup]):
    """The twin of `Group` in bot_sandbox.telegram.people; see there."""

    @property
    def id(self) -> int:
        return self.sync.id

    @property
    def kind(self) -> str:
        return self.sync.kind

    @property
    def title(self) -> str:
        return self.sync.title

    @property
    def banned_until(self) -> dict[int, int]:
        return self.sync.banned_until

    @property
    def messages(self) -> list[Message]:
        return self.sync.messages

    @property
    def transcript(self) -> Transcript:
        """Return what was said here."""
        return self.sync.transcript

    async def wait_for(self, predicate: Callable[[Message], object], timeout: float = 5.0) -> Message:
        """Return the next message of a bot here that satisfies a predicate.

        It looks at the messages after the one that it returned last. NoReply after `timeout`
        seconds shows what came instead.
        """
        return await self._wait(self.sync.wait_for, predicate, timeout)

    async def add(self, member: Person | BotAccount, by: Person | BotAccount | None = None) -> None:
        """Add someone, visible to the group; a bot gets a my_chat_member update.

        A person joins by the group's link, unless `by` adds them. A bot, or somebody who was
        removed, is added by the owner.
        """
        self._do(self.sync.add, member, by)

    async def remove(self, member: Person | BotAccount, by: Person | BotAccount | None = None) -> None:
        """Remove someone, by the owner or another; a bot gets a my_chat_member update."""
        self._do(self.sync.remove, member, by)

    async def promote(self, member: Person | BotAccount) -> None:
        """Make someone an admin; a bot then sees every message, even in privacy mode."""
        self._do(self.sync.promote, member)

    async def demote(self, member: Person | BotAccount) -> None:
        """Make an admin an ordinary member again."""
        self._do(self.sync.demote, member)


class Press(Twin[PlainPress]):
    """The twin of `Press` in bot_sandbox.telegram.buttons; see there."""

    @property
    def button(self) -> str:
        return self.sync.button

    @property
    def text(self) -> str | None:
        return self.sync.text

    @property
    def alert(self) -> bool:
        return self.sync.alert

    @property
    def url(self) -> str:
        return self.sync.url

    @property
    def messages(self) -> list[Message]:
        """The messages that the bot has written or edited since, where this person sees them."""
        return self.sync.messages

    async def answer(self, timeout: float = 5.0) -> str:
        """Wait for the bot's notification and return its text; NoReply if none comes."""
        return await self._wait(self.sync.answer, timeout)

    async def wait(self, timeout: float = 5.0) -> list[Message]:
        """Wait for the bot's answer, and return its `messages` so far.

        Many bots never answer a press. Then `text` stays None after `timeout` seconds. NoReply if
        the bot has not written, edited or deleted a message of its own either, in this chat or in
        its chat with this person; nothing else that it does counts. It comes sooner if the bot is a
        function that has ended.
        """
        return await self._wait(self.sync.wait, timeout)


class Faults(Twin[PlainFaults]):
    """The twin of `Faults` in bot_sandbox.telegram.faults; see there."""

    async def status(self, status: int = 503, method: str | None = None, *, retry_after: int | None = None, description: str = '', bot: BotAccount | str | None = None, n: int = 1, forever: bool = False, executed: bool = False) -> Fault:
        """Refuse calls with a status of 400 to 599, in Telegram's words or yours.

        429 has a `retry_after` of 1 second if you give none; with 0 it has none. As on Telegram, a
        bot that asks again sooner is refused again, with the rest of the pause, which is on the
        sandbox's clock. Such a refusal doesn't count for `n`. A call in a webhook's response is
        refused, too; as in real life, its bot doesn't hear of it.
        """
        return Fault.of(self._do(self.sync.status, status, method, retry_after=retry_after, description=description, bot=bot, n=n, forever=forever, executed=executed))

    async def delay(self, seconds: float, method: str | None = None, *, bot: BotAccount | str | None = None, n: int = 1, forever: bool = False, executed: bool = False) -> Fault:
        """Answer calls so many seconds later.

        The wait is real time. If the client leaves meanwhile, the call is not executed, unless it
        was before the wait (`executed`).
        """
        return Fault.of(self._do(self.sync.delay, seconds, method, bot=bot, n=n, forever=forever, executed=executed))

    async def drop(self, method: str | None = None, *, bot: BotAccount | str | None = None, n: int = 1, forever: bool = False, executed: bool = False) -> Fault:
        """Break the connection instead of answering; with `executed` after executing the call."""
        return Fault.of(self._do(self.sync.drop, method, bot=bot, n=n, forever=forever, executed=executed))

    async def truncate(self, method: str | None = None, *, bot: BotAccount | str | None = None, n: int = 1, forever: bool = False) -> Fault:
        """Execute calls, but break the connection in the middle of the JSON."""
        return Fault.of(self._do(self.sync.truncate, method, bot=bot, n=n, forever=forever))

    async def html(self, status: int = 502, method: str | None = None, *, bot: BotAccount | str | None = None, n: int = 1, forever: bool = False, executed: bool = False) -> Fault:
        """Answer calls with a page of a proxy, or with 200 that of a Wi-Fi's login."""
        return Fault.of(self._do(self.sync.html, status, method, bot=bot, n=n, forever=forever, executed=executed))

    async def lose_response(self, *, bot: BotAccount | str | None = None, n: int = 1, forever: bool = False) -> Fault:
        """Lose a webhook's response on its way to Telegram, which then sends the update again."""
        return Fault.of(self._do(self.sync.lose_response, bot=bot, n=n, forever=forever))

    async def clear(self, bot: BotAccount | str | None = None) -> None:
        """End all faults, or those of one bot; servers that are down stay down until `start`."""
        self._do(self.sync.clear, bot)

    async def stop(self) -> None:
        """Stop the server until `start`: connections end, new ones are refused.

        People can write meanwhile. Nothing reaches a bot or comes from it, also by webhook.
        """
        await self._wait(self.sync.stop)

    async def start(self) -> None:
        """Start the server again at the same address, with everything that it knew."""
        await self._wait(self.sync.start)

    async def restart(self, down_s: float = 0.0) -> None:
        """Stop the server and start it again; return when it is up.

        With `down_s`, return at once; it comes up that many seconds later.
        """
        await self._wait(self.sync.restart, down_s)

    @property
    def active(self) -> list[Fault]:
        """The faults that still wait for requests, oldest first."""
        return [Fault.of(each) for each in self.sync.active]

    @property
    def hits(self) -> list[FaultHit]:
        """All requests that faults have hit, or the last 1,000."""
        return self.sync.hits

    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[FaultHit]:
        """Wait until all faults together have hit n requests; NoReply after `timeout` s."""
        return await self._wait(self.sync.wait, n, timeout)

    @property
    def hit_count(self) -> int:
        """How many requests faults have hit."""
        return self.sync.hit_count


class Fault(Twin[PlainFault]):
    """The twin of `Fault` in bot_sandbox.telegram.faults; see there."""

    @property
    def name(self) -> str:
        return self.sync.name

    @property
    def method(self) -> str:
        return self.sync.method

    @property
    def account(self) -> BotAccount | None:
        return self.sync.account

    @property
    def left(self) -> int | None:
        return self.sync.left

    @property
    def executed(self) -> bool:
        return self.sync.executed

    @property
    def effect(self) -> str:
        return self.sync.effect

    @property
    def seconds(self) -> float:
        return self.sync.seconds

    @property
    def hits(self) -> list[FaultHit]:
        return self.sync.hits

    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[FaultHit]:
        """Wait until it has hit n requests and return all hits; NoReply after `timeout` s."""
        return await self._wait(self.sync.wait, n, timeout)

    async def clear(self) -> None:
        """End it."""
        self._do(self.sync.clear)
