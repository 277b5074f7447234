"""Telegram's state and rules: who exists, who may write to whom, and which bot sees what.

BotFather makes the bots, by his rules and in his words. The real one also changes pictures and
descriptions and allows twenty bots. `post` takes a message and gives updates to bots and fills
people's inboxes. Everything here runs on the server's loop.
"""

import hmac
import itertools
import math
import re
from collections import Counter, deque
from collections.abc import Mapping, Set
from dataclasses import replace
from typing import Any

from bot_sandbox.diagnosis.clean_text import quote_safely
from bot_sandbox.event_loop.change_notifier import ChangeNotifier
from bot_sandbox.telegram import membership
from bot_sandbox.telegram.arguments import leading_integer
from bot_sandbox.telegram.buttons import CallbackQueries, Press, find_button
from bot_sandbox.telegram.calls import KEPT_CALLS, KEPT_REFUSALS, ApiCall, FaultHit
from bot_sandbox.telegram.errors import bad_request, forbidden
from bot_sandbox.telegram.inline_results import InlineQueries
from bot_sandbox.telegram.limits import Limits, SendLimiter
from bot_sandbox.telegram.link_previews import entity_text
from bot_sandbox.telegram.media import Files
from bot_sandbox.telegram.membership import KICKED, MEMBER, MemberStatus
from bot_sandbox.telegram.types import (
    PREVIEW_FIELD,
    Activity,
    Chat,
    Json,
    Message,
    ReplyKeyboard,
    User,
)
from bot_sandbox.telegram.updates import UpdateQueue, Webhook
from bot_sandbox.world.clock import Clock
from bot_sandbox.world.randomness import URL_SAFE, Randomness

LACKED_ABILITIES = (  # what getMe says that a bot can or has, and what this sandbox lacks
    "supports_guest_queries", "supports_join_request_queries",
    "can_connect_to_business", "has_main_web_app", "has_topics_enabled",
    "allows_users_to_create_topics", "can_manage_bots",
)  # fmt: skip
CLOSE_AFTER_S = 600.0  # how long the public server refuses `close` after a bot's start
MAX_ID = 2**52 - 1  # the Bot API: "at most 52 significant bits"
_PUBLIC_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@([A-Za-z0-9_]+))?")


class BotAccount(User):
    """A bot's account; `token` is its password."""

    is_bot: bool = True

    def __init__(
        self,
        id: int,
        name: str,
        username: str,
        privacy: bool,
        token: str,
        updates: UpdateQueue,
        limiter: SendLimiter,
    ) -> None:
        super().__init__(id, name, username)
        self.token = token
        self.privacy = privacy
        self.inline = self.inline_feedback = False  # whether it gets inline queries, and choices
        self._updates = updates
        self._limiter = limiter
        self._next_set_webhook = 0.0  # seconds since 1970
        self._may_close_at = self._logged_out_until = 0.0  # by methods/session.py
        self._given_name = name  # by BotFather
        self._profile: dict[tuple[str, str], str] = {}  # its texts by name and language
        self._menu_buttons: dict[int, Json] = {}  # by person, 0 for all
        self._commands: dict[str, list[Json]] = {}  # by scope and language
        self.calls: deque[ApiCall] = deque(maxlen=KEPT_CALLS)  # by `record`
        self.call_count = 0  # all that it ever made
        self._fault_hits: deque[FaultHit] = deque(maxlen=KEPT_CALLS)  # by `Faults`
        self._canned = Counter[str]()  # what it called that the sandbox lacks, though answered
        self._unsupported: list[str] = []  # what it called that only the real Telegram has
        self._ignored: dict[tuple[str, str], str] = {}  # unknown parameters, and words about them

    def __repr__(self) -> str:
        return f"BotAccount({self.name!r}, @{self.username})"

    def record(self, called: ApiCall) -> None:
        """Keep a call that it made, with a number."""
        self.call_count += 1
        if called.canned:
            self._canned[called.canned] += 1
        self.calls.append(replace(called, number=self.call_count))

    @property
    def is_polled(self) -> bool:
        """Whether a program waits in `getUpdates` for its updates."""
        return self._updates.is_polled

    @property
    def _webhook(self) -> Webhook | None:
        """The webhook that gets its updates; None while it polls or does nothing."""
        return self._updates.webhook

    def _accepts(self, token: str) -> bool:
        """Return whether this is the bot's token, compared in constant time."""
        return hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self.token.encode())

    def _get_me(self) -> Json:
        """Return the Bot API's User for getMe."""
        return (
            self._json
            | {
                "can_join_groups": True,
                "can_read_all_group_messages": not self.privacy,
                "supports_inline_queries": self.inline,
            }
            | dict.fromkeys(LACKED_ABILITIES, False)
        )


def new_token(bot_id: int, randomness: Randomness) -> str:
    """Return a new token in the real form: the bot's id, a colon and 35 characters."""
    return f"{bot_id}:AA{randomness.text(33, f'token {bot_id}', URL_SAFE)}"


def check_bot_names(name: str, username: str, taken: set[str]) -> str:
    """Return the username without @; raise ValueError in BotFather's words if it is invalid.

    >>> check_bot_names("Hello bot", "@hello_bot", taken=set())
    'hello_bot'
    """
    for what, found in (("name", name), ("username", username)):
        if not isinstance(found, str):
            raise ValueError(f"BotFather: Sorry, a {what} is a text. Found {found!r}.")
    username = username.removeprefix("@")
    if not 1 <= len(name.strip()) <= 64:
        raise ValueError(
            "BotFather: Sorry, this isn't a proper name for a bot. "
            f"Found {len(name.strip())} characters; a name has 1 to 64."
        )
    if not username.lower().endswith("bot"):
        raise ValueError(
            "BotFather: Sorry, the username must end in 'bot'. E.g. 'Tetris_bot' or 'Tetrisbot'. "
            f"Found {username!r}; try {username + '_bot'!r}."
        )
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{4,31}", username):
        raise ValueError(
            f"BotFather: Sorry, this username is invalid. Found {username!r}; a username has 5 to "
            "32 characters: Latin letters, digits and _, and starts with a letter."
        )
    if username.lower() in taken:
        raise ValueError(
            "BotFather: Sorry, this username is already taken. Please try something different. "
            f"Found {username!r}; to use a bot you made before, keep its account in a "
            "variable, or ask for it with telegram.account(username)."
        )
    return username


class TelegramWorld:
    """The state of the sandbox Telegram."""

    NOT_RESTORED = ("up", "_moment")  # a restore starts the server, and time passes

    def __init__(
        self,
        clock: Clock,
        changes: ChangeNotifier,
        limits: Limits | None,
        update_lifetime_s: float,
        seed: int | str | None = None,
    ) -> None:
        self.accounts: dict[int, BotAccount] = {}
        self.people: dict[int, User] = {}
        self.groups: dict[int, Chat] = {}  # groups, supergroups and channels
        self.private: dict[tuple[int, int], Chat] = {}  # by person and bot
        self.refused: deque[str] = deque(maxlen=KEPT_REFUSALS)  # requests of no bot, and why
        self.canned = False  # whether what the sandbox lacks is answered all the same
        self.clock = clock
        self.up = True  # whether the server runs (faults.py)
        self.changes = changes
        self.queries = CallbackQueries()
        self.inline = InlineQueries()
        self.files = Files()
        self.randomness = Randomness(seed)
        self.albums = itertools.count(13_000_000_000_000_001)  # their media_group_id
        self._bot_ids = itertools.count(7_000_000_001)
        self._numbers = itertools.count(900_000_000_001)  # beyond those of presses
        self._moment = 0.0  # seconds since 1970
        self._limits = limits
        self._update_lifetime_s = update_lifetime_s
        self._known: list[Mapping[int, User | Chat]] = [self.accounts, self.people, self.groups]

    def new_bot(self, name: str, username: str, privacy: bool) -> BotAccount:
        """Do BotFather's /newbot; raise ValueError in his words if he refuses."""
        username = check_bot_names(name, username, self._taken_names())
        limiter = SendLimiter(self._limits)
        bot_id = next(one for one in self._bot_ids if one not in self.people)
        # A bot whose store has outlived another sandbox must not take these updates for repeats.
        first_id = 100_000_000 + self.randomness.number(800_000_000, f"update {bot_id}")
        updates = UpdateQueue(first_id, self._update_lifetime_s, self.clock, self.changes)
        token = new_token(bot_id, self.randomness)
        account = BotAccount(bot_id, name.strip(), username, privacy, token, updates, limiter)
        account._may_close_at = self.clock.now() + CLOSE_AFTER_S
        self.accounts[account.id] = account
        self.changes.changed()
        return account

    def note_refused(self, words: str) -> None:
        """Keep a request that Telegram refused because its token is no bot's."""
        self.refused.append(words)
        self.changes.changed()

    def account(self, username: str) -> BotAccount:
        """Return a bot by its username; KeyError lists the existing ones."""
        wanted = username.removeprefix("@").lower()
        for account in list(self.accounts.values()):
            if account.username.lower() == wanted:
                return account
        raise KeyError(f"no bot @{wanted}; there are {self.bot_usernames()}")

    def new_token(self, account: BotAccount) -> str:
        """Do BotFather's /revoke, which also removes the webhook."""
        account.token = new_token(account.id, self.randomness)
        account._updates.remove_webhook()
        return account.token

    def set_inline(self, account: BotAccount, inline: bool, feedback: bool) -> None:
        """Do BotFather's /setinline and /setinlinefeedback."""
        self.check_same_telegram(account)
        account.inline, account.inline_feedback = inline, inline and feedback
        self.changes.changed()

    def next_moment(self) -> float:
        """Return the seconds since 1970, later than the last time, so that they give an order."""
        self._moment = max(self.clock.now(), math.nextafter(self._moment, math.inf))
        return self._moment

    def add_person(self, person: User) -> None:
        """Add a person."""
        self.people[person.id] = person
        self.changes.changed()

    def check_free_id(self, number: int) -> None:
        """Raise ValueError for an id that no new person can have."""
        if type(number) is not int or not 0 < number <= MAX_ID:
            raise ValueError(
                f"a person's id is a whole number from 1 to {MAX_ID}; found {number!r}"
            )
        if owner := self.user(number):
            raise ValueError(f"the id {number} is taken by {owner.name}; choose another")

    def add_group(self, group: Chat, username: str) -> None:
        """Add a group or a channel; raise ValueError if it can't have this username."""
        if username:
            if group.kind == "group":
                raise ValueError(
                    "a basic group has no username; make a 'supergroup' or a 'channel'"
                )
            group._json["username"] = self.check_username(username)
        self.groups[group.id] = group
        self.changes.changed()

    def check_username(self, username: str) -> str:
        """Return a username without @; raise ValueError if it is invalid or taken."""
        name = username.removeprefix("@") if isinstance(username, str) else ""
        if not _PUBLIC_NAME.fullmatch(name):
            raise ValueError(
                f"found the username {username!r}; it has 4 to 32 Latin letters, digits and _, and "
                "starts with a letter"
            )
        if name.lower() in self._taken_names():
            raise ValueError(f"the username {name!r} is taken")
        return name

    def _taken_names(self) -> set[str]:
        named: list[User | Chat] = [one for known in self._known for one in known.values()]
        return {one._json["username"].lower() for one in named if "username" in one._json}

    def private_chat(self, person: User, account: BotAccount) -> Chat:
        """Return the chat of a person with a bot; the person's first message starts it."""
        key = (person.id, account.id)
        if key not in self.private:
            self.private[key] = Chat(person.id, "private", "", [person, account])
        return self.private[key]

    def chat_of(self, person: User, to: User | Chat | None) -> Chat:
        """Return the chat a person means by `to`; raise ValueError for another Telegram's."""
        self.check_same_telegram(person)
        if isinstance(to, Chat):
            self.check_same_telegram(to)
            return to
        return self.private_chat(person, self.addressed_bot(to))

    def addressed_bot(self, to: User | None) -> BotAccount:
        """Return the bot that a person means by `to`, None if there is only one."""
        if to is None and len(self.accounts) != 1:
            raise ValueError(f"to whom? Say to=…; the bots are {self.bot_usernames()}")
        account = to if to is not None else next(iter(self.accounts.values()))
        if not isinstance(account, BotAccount):
            raise ValueError(f"to= takes a bot's account or a group of this Telegram; got {to!r}")
        self.check_same_telegram(account)
        return account

    def check_same_telegram(self, *whom: User | Chat) -> None:
        """Raise ValueError for users and chats of another Telegram, whose ids overlap with ours."""
        for one in whom:
            if isinstance(one, Chat) and one.kind == "private":
                self.check_same_telegram(*one.members)
            elif all(one is not known.get(one.id) for known in self._known):
                kind = one.kind if isinstance(one, Chat) else "bot" if one.is_bot else "person"
                raise ValueError(
                    f"this {kind}, {one!r}, belongs to another Telegram; "
                    "run the cells that make the bots and people again"
                )

    def bot_usernames(self) -> str:
        """Return the usernames of all bots, for messages."""
        return ", ".join(f"@{bot.username}" for bot in list(self.accounts.values())) or "none"

    def chat_for(self, account: BotAccount, chat_id: str, write: bool = True) -> Chat:
        """Return the chat for a bot's `chat_id`; 400 or 403 if it may not write (or read) there."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        number = leading_integer(chat_id)
        if number <= 0 or chat_id.startswith("@"):
            return self._group_for(account, chat_id, number, write)
        if number in self.accounts and write:
            raise forbidden("bot can't send messages to bots")
        chat = self.private.get((number, account.id))
        if chat is None:
            person = self.people.get(number)
            known = any(
                person in group.members and account in group.members
                for group in self.groups.values()
            )
            raise (
                forbidden("bot can't initiate conversation with a user")
                if known and write
                else bad_request("chat not found")
            )
        if write and chat._blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def add_mentioned_users(self, account: BotAccount, entities: list[Json]) -> list[Json]:
        """Add the User to mentions by id, if the bot has met this user.

        A bot has met those who wrote to it or share a group with it; other mentions are dropped.
        """
        result = []
        for entity in entities:
            if entity["type"] == "text_mention":
                number = entity["user"]["id"]
                user = self.people.get(number) or self.accounts.get(number)
                met = user is account or (number, account.id) in self.private
                for group in self.groups.values():
                    met = met or (account in group.members and user in group.members)
                if user is None or not met:
                    continue
                entity = entity | {"user": user._json}
            result.append(entity)
        return result

    def _group_for(self, account: BotAccount, chat_id: str, number: int, write: bool) -> Chat:
        group = self.groups.get(number)
        if chat_id.startswith("@"):
            wanted = chat_id[1:].lower()
            found = [
                g for g in self.groups.values() if g._json.get("username", "").lower() == wanted
            ]
            group = found[0] if found else None
        is_public = group is not None and "username" in group._json
        if group is None or not (account.id in group._statuses or is_public):
            raise bad_request("chat not found")
        kicked = group._kept_status(account).status == "kicked"
        if account not in group.members and (write or not is_public or kicked):
            how = "was kicked from" if kicked else "is not a member of"
            raise forbidden(f"bot {how} the {group.kind} chat")
        return group

    def user(self, user_id: int) -> User | None:
        """Return a person or bot by id."""
        return self.people.get(user_id) or self.accounts.get(user_id)

    def post(self, chat: Chat, sender: User, words: str = "", **content: Any) -> Message:
        """Post a message: every other member gets it, bots only if they may see it."""
        number, now = len(chat.messages) + 1, self.next_moment()
        message = Message(
            chat, sender, words, message_id=number, date=int(now), changed_at=now, **content
        )
        message._written_at = now
        message._meant_for = addressed_bots(message)
        chat.messages.append(message)
        kind = "channel_post" if chat.kind == "channel" else "message"
        for member in chat.members:
            if not member.is_bot and member is not sender and not message.event:
                member.inbox.append(message)
        self._tell_bots(kind, message)
        if sender.is_bot and not message.event:
            chat._last_bot = sender
        for is_draft in (False, True):
            chat._activities.pop((sender.id, is_draft), None)
        shown = chat._reply_keyboards.get(sender.id)
        if shown and not message.event and _uses_up_keyboard(message, shown):
            del chat._reply_keyboards[sender.id]
        self.changes.changed()
        return message

    def show_activity(self, chat: Chat, bot: User, text: str, is_draft: bool, for_s: float) -> None:
        """Show for some seconds what a bot does, or its draft; its next message ends that."""
        activity = Activity(is_draft, text, self.clock.now() + for_s)
        chat._activities[bot.id, is_draft] = activity
        self.changes.changed()

    def check_content(self, chat: Chat, sender: User, content: Json) -> None:
        """Refuse what somebody may not send: 400 for a bot, ValueError for a person."""
        permission, kind = membership.CONTENT[membership.kind_of_content(content)]
        if not sender.is_bot:
            self.check_allowed(chat, sender, permission, f"send {kind} to")
        elif not chat.allows(sender, permission):
            in_channel = "need administrator rights in the channel chat"
            in_group = f"not enough rights to send {kind} to the chat"
            raise bad_request(in_channel if chat.kind == "channel" else in_group)
        if not chat.allows(sender, "can_add_web_page_previews"):
            content["more"] = content.get("more", {}) | {PREVIEW_FIELD: {"is_disabled": True}}

    def check_allowed(self, chat: Chat, person: User, permission: str, verb: str) -> None:
        """Raise ValueError if a person may not do something in a chat."""
        if not chat.allows(person, permission):
            why = chat._why_forbidden(person, permission)
            raise ValueError(f"{person.name} may not {verb} {chat.title}: {why}")

    def chats_of(self, person: User) -> list[Chat]:
        """Return the chats in which somebody is."""
        chats = (*self.private.values(), *self.groups.values())
        return [chat for chat in chats if person in chat.members]

    def edit(self, message: Message, *, mark: bool = True, **changes: Any) -> None:
        """Change a message; bots that may see it get an update if a person did it.

        With `mark` it counts as edited; a change of its buttons alone does not count.
        """
        for name, value in changes.items():
            setattr(message, name, value)
        message.changed_at = message._written_at = self.next_moment()
        if mark:
            message.edited_at = int(message.changed_at)
        message._meant_for = addressed_bots(message)
        kind = "edited_channel_post" if message.chat.kind == "channel" else "edited_message"
        if "via_bot" not in message.more:  # only its bot edits it
            self._tell_bots(kind, message)
        self.changes.changed()

    def delete(self, by: User, message: Message) -> None:
        """Delete a message, and the reply keyboard that it brought."""
        message.deleted = True
        message.changed_at = self.next_moment()
        if by is message.sender:
            message._written_at = message.changed_at
        shown = message.chat._reply_keyboards
        for person_id in [key for key, one in shown.items() if one.message is message]:
            del shown[person_id]

    def pin(self, by: User, message: Message) -> None:
        """Pin a message, and say so in the chat; also the bot that pins it is told."""
        message.is_pinned = True
        pinned = {"pinned_message": message.to_json(with_reply=False)}
        words = f"{by.name} pinned {quote_safely(message.shown)}"
        self.post(message.chat, by, more=pinned, event=words)

    def show_reply_keyboard(self, message: Message, keyboard: ReplyKeyboard) -> None:
        """Show people the reply keyboard that a bot's message brings, or remove theirs.

        In a group, a selective one is for those whom the message mentions, and for the author of
        the message that it answers.
        """
        chat = message.chat
        for person in chat.members:
            if person.is_bot or (keyboard.selective and not _is_addressed_to(message, person)):
                continue
            if keyboard.buttons or keyboard.force_reply:
                chat._reply_keyboards[person.id] = replace(keyboard, message=message)
            elif (shown := chat._reply_keyboards.get(person.id)) and shown.is_from(message.sender):
                del chat._reply_keyboards[person.id]
        self.changes.changed()

    def new_number(self) -> int:
        """Return a number that was not used before, for an id."""
        return next(self._numbers)

    def find_json(self, kind: str, number: int) -> Json:
        """Return the Bot API's User or Chat with this id, {} if there is none."""
        private = (chat for chat in self.private.values() if chat.id == number)
        found = self.user(number) if kind == "User" else self.groups.get(number)
        found = found or (next(private, None) if kind == "Chat" else None)
        return found.to_json() if found else {}

    def person_with_number(self, phone_number: str) -> User | None:
        """Return the person who has a phone number, however it is written."""
        digits = re.sub("[^0-9]", "", phone_number)
        return next((one for one in self.people.values() if one.phone_number == digits), None)

    def react(self, user: User, message: Message, emoji: str) -> None:
        """Give a message a reaction, or remove it with "".

        Bots that asked for message_reaction get people's reactions in private chats, and in groups
        where they are admins.
        """
        old = message.reactions.pop(user.id, "")
        if emoji:
            message.reactions[user.id] = emoji
        message.changed_at = self.next_moment()
        chat = message.chat
        payload = {
            "chat": chat._json,
            "message_id": message.message_id,
            "user": user._json,
            "date": int(message.changed_at),
            "old_reaction": _reaction_types(old),
            "new_reaction": _reaction_types(emoji),
        }
        for member in chat.members:
            asked = chat.kind == "private" or chat.status_of(member) == "administrator"
            if isinstance(member, BotAccount) and not user.is_bot and old != emoji and asked:
                member._updates.add(member, "message_reaction", payload, chat)
        self.changes.changed()

    def press(
        self, person: User, message: Message, press: Press, text: str, data: str, position: int
    ) -> None:
        """Press a button under a bot's message; the bot gets the callback query."""
        self.check_same_telegram(message.chat)
        chat = message.chat
        if person not in chat.members:
            where = chat.title or "this chat"
            raise ValueError(f"{person.name} is not in {where}, so there is no button to press")
        if message.deleted:
            raise ValueError(f"{quote_safely(message.shown)} was deleted, and its buttons with it")
        button = find_button(message, text, data, position)
        bot = self.bot_behind(message)
        query = self.queries.open(person, bot, message, button, press)
        update = bot._updates.add(bot, "callback_query", query, message.chat)
        if update:
            message.updates.append(update)
        press._update = update
        self.changes.changed()

    def bot_behind(self, message: Message) -> BotAccount:
        """Return the bot that has put buttons under a message, perhaps one of somebody else's."""
        bot = message.more["via_bot"]["id"] if message._inline_id else message.sender.id
        return self.accounts[bot]

    def set_blocked(self, person: User, account: BotAccount, blocked: bool) -> None:
        """Let a person block or unblock a bot; the bot gets an update."""
        self.check_same_telegram(account)
        if not blocked and (person.id, account.id) not in self.private:
            return
        chat = self.private_chat(person, account)
        if chat._blocked != blocked:
            chat._blocked = blocked
            old, new = (MEMBER, KICKED) if blocked else (KICKED, MEMBER)
            self._tell_status_change(chat, person, account, old, new)

    def _tell_bots(self, kind: str, message: Message) -> None:
        if message.sender.is_bot and not message.event:  # bots never see other bots' messages
            return
        payload: Json = {}
        for member in message.chat.members:
            if isinstance(member, BotAccount) and may_see(member, message):
                payload = payload or message.to_json()
                update = member._updates.add(member, kind, payload, message.chat)
                if update:
                    message.updates.append(update)

    def set_member(
        self, chat: Chat, user: User, status: MemberStatus, by: User, show: bool = True
    ) -> None:
        """Change somebody's status in a chat.

        The group sees who joins and leaves, unless `show` is False. A bot gets its own status by
        my_chat_member; admins get everybody else's by chat_member if they ask for it.
        """
        old = chat._member_status(user)
        comes = status.is_member and not old.is_member
        goes = old.is_member and not status.is_member
        event = show and chat.kind != "channel"
        if goes and event:  # the one who leaves still sees it
            gone = {"left_chat_participant": user._json, "left_chat_member": user._json}
            words = f"{user.name} left" if by is user else f"{by.name} removed {user.name}"
            self.post(chat, by, more=gone, event=words)
        if comes:
            chat.members.append(user)
        elif not status.is_member:
            shown = chat._reply_keyboards
            for person_id in [key for key, one in shown.items() if one.is_from(user)]:
                del shown[person_id]
            chat.members = [member for member in chat.members if member is not user]
        chat._statuses[user.id] = status
        new = chat._member_status(user)
        if old != new:
            self._tell_status_change(chat, by, user, old, new)
        if comes and event:
            come = {"new_chat_participant": user._json, "new_chat_member": user._json}
            words = f"{user.name} joined" if by is user else f"{by.name} added {user.name}"
            self.post(chat, by, more=come | {"new_chat_members": [user._json]}, event=words)
        self.changes.changed()

    def set_permissions(self, chat: Chat, allowed: Set[str]) -> None:
        """Change what members may do who aren't admins; nobody is told, as on Telegram."""
        chat._permissions = allowed
        if chat.kind == "group":  # an older field
            everything = allowed >= membership.PERMISSIONS - {"can_manage_topics"}
            chat._json = chat._json | {"all_members_are_administrators": everything}
        self.changes.changed()

    def _tell_status_change(
        self, chat: Chat, by: User, user: User, old: MemberStatus, new: MemberStatus
    ) -> None:
        told = [(user, "my_chat_member")]
        told += [
            (one, "chat_member")
            for one in chat.members
            if one is not user and chat.status_of(one) == "administrator"
        ]
        for bot, kind in told:
            if isinstance(bot, BotAccount):
                payload = {
                    "chat": chat._json,
                    "from": by._json,
                    "date": int(self.clock.now()),
                    "old_chat_member": chat._member_json(user, bot, old),
                    "new_chat_member": chat._member_json(user, bot, new),
                }
                bot._updates.add(bot, kind, payload, chat)
        self.changes.changed()


def _uses_up_keyboard(message: Message, keyboard: ReplyKeyboard) -> bool:
    """Return whether a person's message uses up what a bot shows: a button, a forced reply."""
    if keyboard.force_reply:
        return True
    asked = message.reply_to is keyboard.message and not message.words  # a contact or a place
    pressed = any(message.words in row for row in keyboard.rows)
    return keyboard.one_time and (asked or pressed)


def _is_addressed_to(message: Message, person: User) -> bool:
    """Return whether a bot's message mentions a person or answers them."""
    if message.chat.kind == "private":
        return True
    if message.reply_to and message.reply_to.sender is person:
        return True
    names = {f"@{person.username}".lower()} if person.username else set()
    for entity in message.marks:
        if entity["type"] == "text_mention" and entity["user"]["id"] == person.id:
            return True
        if entity["type"] == "mention" and entity_text(message.words, entity).lower() in names:
            return True
    return False


def addressed_bots(message: Message) -> tuple[User, ...]:
    """Return the bots of a group that a person's message is meant for.

    A reply to a bot, or to what was meant for a bot, is meant for that bot, whatever it says. A
    command with a bot's name is meant for that bot, and any other command for the bot that wrote
    last; before any bot has written, for all of them. The rules are Telegram's:
    https://core.telegram.org/bots/faq#what-messages-will-my-bot-get
    """
    original = message.reply_to
    if original and original.sender.is_bot:
        return (original.sender,)
    if original and original._meant_for:
        return original._meant_for
    bots = tuple(member for member in message.chat.members if member.is_bot)
    command = _COMMAND.match(message.words)
    if command is None:
        return ()
    if command[1]:
        return tuple(bot for bot in bots if bot.username.lower() == command[1].lower())
    last = message.chat._last_bot
    return (last,) if last else bots


def may_see(account: BotAccount, message: Message) -> bool:
    """Return whether a bot may see a person's message; privacy mode hides most of them.

    With privacy mode on (BotFather's default), a bot in a group sees what is meant for it, and who
    joins and leaves. `!hello` isn't among that, and neither is a mention of the bot: BotFather's
    text promises mentions, but the manual lists none and none arrive
    (https://github.com/telegramdesktop/tdesktop/issues/2117, telegraf/telegraf#545,
    HKUDS/nanobot#449). What somebody has sent through the bot's inline mode is visible, too.
    """
    everywhere = message.chat.kind not in ("group", "supergroup") or not account.privacy
    if everywhere or message.chat.status_of(account) == "administrator" or message.event:
        return True
    return account in message._meant_for or message._is_by(account)


def _reaction_types(emoji: str) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []
