"""Telegram without its wires: who exists, who may write to whom, and which bot sees what.

BotFather makes the bots, by his own rules and in his words; he also changes pictures and
descriptions and counts up to twenty bots, which this one does not. A message goes in by `post` and
comes out as updates for bots and in the inboxes of people. It knows neither HTTP nor threads:
everything here runs on the server's loop.
"""

import hmac
import itertools
import re
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from bot_sandbox.change_notifier import ChangeNotifier
from bot_sandbox.randomness import URL_SAFE, Randomness
from bot_sandbox.telegram.arguments import leading_integer
from bot_sandbox.telegram.buttons import CallbackQueries, Press
from bot_sandbox.telegram.calls import KEPT_CALLS, Called
from bot_sandbox.telegram.errors import bad_request, forbidden
from bot_sandbox.telegram.limits import Limits, SendLimiter
from bot_sandbox.telegram.media import Files
from bot_sandbox.telegram.types import Chat, Choices, Json, Message, User
from bot_sandbox.telegram.updates import UpdateQueue, Webhook

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,64}(?:@([A-Za-z0-9_]+))?")


class BotAccount(User):
    """A bot's account. `token` is its password: whoever has it is the bot."""

    is_bot = True

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
        self.updates = updates
        self.limiter = limiter
        self.next_set_webhook = 0.0  # seconds on the monotonic clock
        self.commands: dict[str, list[Json]] = {}  # by scope and language
        self.calls: deque[Called] = deque(maxlen=KEPT_CALLS)
        self.lacking: list[str] = []  # what it asked for that the real Telegram has and this not

    def __repr__(self) -> str:
        return f"BotAccount({self.name!r}, @{self.username})"

    @property
    def webhook(self) -> Webhook | None:
        """Where its updates are POSTed to; None while it polls or does nothing."""
        return self.updates.webhook

    def accepts(self, token: str) -> bool:
        """Whether this is the bot's token, compared in constant time."""
        return hmac.compare_digest(token.encode("utf-8", "surrogateescape"), self.token.encode())

    def get_me(self) -> Json:
        """The Bot API's User for getMe."""
        return self.json | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }


def new_token(bot_id: int, randomness: Randomness) -> str:
    """A fresh token of the real shape: the bot's number, a colon and 35 characters."""
    return f"{bot_id}:AA{randomness.text(33, f'token {bot_id}', URL_SAFE)}"


def check_bot_names(name: str, username: str, taken: set[str]) -> str:
    """The username as BotFather takes it, without @; ValueError in his words otherwise.

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
            f"Found {username!r}; to go on with a bot you made before, keep its account in a "
            "variable, or ask for it with telegram.account(username)."
        )
    return username


class TelegramWorld:
    """Everything the sandbox Telegram knows."""

    def __init__(
        self,
        changes: ChangeNotifier,
        limits: Limits | None,
        update_lifetime_s: float,
        seed: int | str | None = None,
    ) -> None:
        self.accounts: dict[int, BotAccount] = {}
        self.people: dict[int, User] = {}
        self.groups: dict[int, Chat] = {}  # groups, supergroups and channels
        self.private: dict[tuple[int, int], Chat] = {}  # by person and bot
        self.changes = changes
        self.queries = CallbackQueries()
        self.files = Files()
        self.randomness = Randomness(seed)
        self._bot_ids = itertools.count(7_000_000_001)
        self._limits = limits
        self._update_lifetime_s = update_lifetime_s
        self._known: list[Mapping[int, User | Chat]] = [self.accounts, self.people, self.groups]

    def new_bot(self, name: str, username: str, privacy: bool) -> BotAccount:
        """What BotFather's /newbot does; ValueError in his words when he refuses."""
        taken = {account.username.lower() for account in self.accounts.values()}
        username = check_bot_names(name, username, taken)
        updates = UpdateQueue(self._update_lifetime_s, self.changes)
        limiter = SendLimiter(self._limits)
        bot_id = next(self._bot_ids)
        token = new_token(bot_id, self.randomness)
        account = BotAccount(bot_id, name.strip(), username, privacy, token, updates, limiter)
        self.accounts[account.id] = account
        self.changes.changed()
        return account

    def new_token(self, account: BotAccount) -> str:
        """What BotFather's /revoke does; the webhook goes with the old token."""
        account.token = new_token(account.id, self.randomness)
        account.updates.remove_webhook()
        return account.token

    def meet(self, person: User) -> None:
        """Know a person from now on."""
        self.people[person.id] = person
        self.changes.changed()

    def found(self, group: Chat) -> None:
        """Know a group or a channel from now on."""
        self.groups[group.id] = group
        self.changes.changed()

    def private_chat(self, person: User, account: BotAccount) -> Chat:
        """The chat of a person with a bot; it begins when the person writes first."""
        key = (person.id, account.id)
        if key not in self.private:
            self.private[key] = Chat(person.id, "private", "", [person, account])
        return self.private[key]

    def chat_of(self, person: User, to: User | Chat | None) -> Chat:
        """The chat a person means by `to`; ValueError for what another Telegram has made."""
        self.check_own(person)
        if isinstance(to, Chat):
            self.check_own(to)
            return to
        if to is None and len(self.accounts) != 1:
            raise ValueError(f"to whom? Say to=…; the bots are {self.names()}")
        account = to if to is not None else next(iter(self.accounts.values()))
        if not isinstance(account, BotAccount):
            raise ValueError(f"to= takes a bot's account or a group of this Telegram; got {to!r}")
        self.check_own(account)
        return self.private_chat(person, account)

    def check_own(self, *whom: User | Chat) -> None:
        """ValueError for what another Telegram has made: its numbers are the same as here."""
        for one in whom:
            if isinstance(one, Chat) and one.kind == "private":
                self.check_own(*one.members)
            elif all(one is not known.get(one.id) for known in self._known):
                kind = one.kind if isinstance(one, Chat) else "bot" if one.is_bot else "person"
                raise ValueError(
                    f"this {kind}, {one!r}, belongs to another Telegram; "
                    "run the cells that make the bots and people again"
                )

    def names(self) -> str:
        """The usernames of all bots, for messages."""
        return ", ".join(f"@{bot.username}" for bot in list(self.accounts.values())) or "none"

    def chat_for(self, account: BotAccount, chat_id: str, write: bool = True) -> Chat:
        """The chat a bot means by `chat_id`; 400 or 403 when it may not write (or read) there."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        number = leading_integer(chat_id)
        if number <= 0 or chat_id.startswith("@"):
            return self._group_for(account, chat_id, number)
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
        if write and chat.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def with_users(self, account: BotAccount, entities: list[Json]) -> list[Json]:
        """Entities in which a mention by number has its User, if the bot has met this user.

        Those it has met wrote to it or share a group with it; other mentions fall away.
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
                entity = entity | {"user": user.json}
            result.append(entity)
        return result

    def _group_for(self, account: BotAccount, chat_id: str, number: int) -> Chat:
        group = self.groups.get(number)
        if chat_id.startswith("@"):
            wanted = chat_id[1:].lower()
            found = [
                g for g in self.groups.values() if g.json.get("username", "").lower() == wanted
            ]
            group = found[0] if found else None
        if group is None or (account not in group.members and account.id not in group.former):
            raise bad_request("chat not found")
        if account not in group.members:
            how = "kicked from" if group.former[account.id] == "kicked" else "not a member of"
            word = "was" if group.former[account.id] == "kicked" else "is"
            raise forbidden(f"bot {word} {how} the {group.kind} chat")
        return group

    def user(self, user_id: int) -> User | None:
        """Somebody, person or bot, by number."""
        return self.people.get(user_id) or self.accounts.get(user_id)

    def post(self, chat: Chat, sender: User, text: str = "", **content: Any) -> Message:
        """Say something in a chat: every other member gets it, bots as far as they may see it."""
        message = Message(chat, sender, text, message_id=len(chat.messages) + 1, **content)
        chat.messages.append(message)
        kind = "channel_post" if chat.kind == "channel" else "message"
        for member in chat.members:
            if not member.is_bot and member is not sender and not message.event:
                member.inbox.append(message)
        self._tell_bots(kind, message)
        if sender.is_bot and not message.event:
            chat.last_bot = sender
        if chat.choices.once and not sender.is_bot and not message.event:
            chat.choices = Choices([], once=False)
        self.changes.changed()
        return message

    def edit(self, message: Message, *, mark: bool = True, **changes: Any) -> None:
        """Change a message; bots that may see it are told when a person did it.

        With `mark` it counts as edited; it does not when only its buttons change.
        """
        for name, value in changes.items():
            setattr(message, name, value)
        if mark:
            message.edit_date = int(time.time())
        kind = "edited_channel_post" if message.chat.kind == "channel" else "edited_message"
        self._tell_bots(kind, message)
        self.changes.changed()

    def react(self, user: User, message: Message, emoji: str) -> None:
        """Give a message a reaction, or take it back with an empty one.

        Bots are told what people do, where they ask for message_reaction: in private chats, and in
        groups where they are admins.
        """
        old = message.reactions.pop(user.id, "")
        if emoji:
            message.reactions[user.id] = emoji
        chat = message.chat
        payload = {
            "chat": chat.json,
            "message_id": message.message_id,
            "user": user.json,
            "date": int(time.time()),
            "old_reaction": _reactions(old),
            "new_reaction": _reactions(emoji),
        }
        for member in chat.members:
            asked = chat.kind == "private" or member.id in chat.admins
            if isinstance(member, BotAccount) and not user.is_bot and old != emoji and asked:
                member.updates.add(member, "message_reaction", payload, chat)
        self.changes.changed()

    def press(self, person: User, message: Message, press: Press) -> None:
        """Press a button under a bot's message: the bot gets the callback query."""
        self.check_own(message.chat)
        query = self.queries.open(person, message, press)
        bot = self.accounts[message.sender.id]  # only bots put buttons under messages
        update = bot.updates.add(bot, "callback_query", query, message.chat)
        if update:
            message.updates.append(update)
        self.changes.changed()

    def set_blocked(self, person: User, account: BotAccount, blocked: bool) -> None:
        """Let a person block a bot or let it write again; the bot is told."""
        self.check_own(account)
        if not blocked and (person.id, account.id) not in self.private:
            return
        chat = self.private_chat(person, account)
        if chat.blocked != blocked:
            chat.blocked = blocked
            old, new = ("member", "kicked") if blocked else ("kicked", "member")
            self._tell_standing(chat, person, account, old, new)

    def _tell_bots(self, kind: str, message: Message) -> None:
        if message.sender.is_bot and not message.event:  # bots never see what bots say
            return
        payload: Json = {}
        for member in message.chat.members:
            if isinstance(member, BotAccount) and sees(member, message):
                payload = payload or message.to_json()
                update = member.updates.add(member, kind, payload, message.chat)
                if update:
                    message.updates.append(update)

    def set_member(self, chat: Chat, user: User, status: str, by: User, told: bool = True) -> None:
        """Let someone in or out, or make or unmake an admin; `status` is a ChatMember's.

        The people and bots of a group see who comes and goes, unless `told` is False. A bot is told
        of its own standing by my_chat_member, and admins of everybody else's by chat_member if they
        ask for it.
        """
        old = chat.standing(user)
        comes, goes = status in INSIDE and old not in INSIDE, status not in INSIDE and old in INSIDE
        event = told and chat.kind != "channel"
        if goes and event:  # the one who goes still sees it
            gone = {"left_chat_participant": user.json, "left_chat_member": user.json}
            words = f"{user.name} left" if by is user else f"{by.name} removed {user.name}"
            self.post(chat, by, more=gone, event=words)
        if comes:
            chat.members.append(user)
            chat.former.pop(user.id, None)
        elif status not in INSIDE:
            chat.members = [member for member in chat.members if member is not user]
            chat.former[user.id] = status
        (chat.admins.add if status == "administrator" else chat.admins.discard)(user.id)
        new = chat.standing(user)
        if old != new:
            self._tell_standing(chat, by, user, old, new)
        if comes and event:
            come = {"new_chat_participant": user.json, "new_chat_member": user.json}
            words = f"{user.name} joined" if by is user else f"{by.name} added {user.name}"
            self.post(chat, by, more=come | {"new_chat_members": [user.json]}, event=words)
        self.changes.changed()

    def _tell_standing(self, chat: Chat, by: User, user: User, old: str, new: str) -> None:
        payload = {
            "chat": chat.json,
            "from": by.json,
            "date": int(time.time()),
            "old_chat_member": member_json(chat, user, old),
            "new_chat_member": member_json(chat, user, new),
        }
        if isinstance(user, BotAccount):
            user.updates.add(user, "my_chat_member", payload, chat)
        for admin in chat.members:
            if isinstance(admin, BotAccount) and admin is not user and admin.id in chat.admins:
                admin.updates.add(admin, "chat_member", payload, chat)
        self.changes.changed()


def sees(account: BotAccount, message: Message) -> bool:
    """Whether a bot may see a person's message: in groups, privacy mode hides most of them.

    With privacy mode on (BotFather's default) a bot in a group sees commands that start with
    "/", replies to it and mentions of it, and who comes and goes. `!hello` is none of these.
    """
    chat = message.chat
    everywhere = chat.kind not in ("group", "supergroup") or not account.privacy
    if everywhere or account.id in chat.admins or message.event:
        return True
    if message.reply_to:  # a reply is for its author and nobody else
        return message.reply_to.sender is account
    command = _COMMAND.match(message.text)
    if command and command[1]:
        return command[1].lower() == account.username.lower()
    if command:  # for the bot that spoke last; for every bot when none has spoken yet
        return chat.last_bot in (None, account)
    return any(
        entity["type"] == "mention"
        and _part(message.text, entity).lower() == f"@{account.username.lower()}"
        for entity in message.entities
    )


def _part(text: str, entity: Json) -> str:
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    return text.encode("utf-16-le")[start:end].decode("utf-16-le")


INSIDE = ("creator", "administrator", "member")  # who of all ChatMembers is in the chat
# An admin's rights: all those of managing a chat, but not to make others admins. The fields are
# those of ChatMemberAdministrator in Bot API 10.3; aiogram refuses one that lacks any.
_RIGHTS = dict.fromkeys(
    ("can_manage_chat", "can_change_info", "can_delete_messages", "can_invite_users",
     "can_restrict_members", "can_manage_video_chats", "can_manage_voice_chats"), True,
) | dict.fromkeys(
    ("can_be_edited", "can_promote_members", "can_post_stories", "can_edit_stories",
     "can_delete_stories", "can_send_welcome_messages", "is_anonymous"), False,
)  # fmt: skip
_MORE_RIGHTS = {  # by the kind of the chat
    "group": {"can_pin_messages": True, "can_manage_tags": False},
    "supergroup": {
        "can_pin_messages": True,
        "can_manage_topics": False,
        "can_manage_tags": False,
    },
    "channel": {
        "can_post_messages": True,
        "can_edit_messages": True,
        "can_manage_direct_messages": False,
    },
}


def member_json(chat: Chat, user: User, status: str) -> Json:
    """The Bot API's ChatMember."""
    member: Json = {"user": user.json, "status": status}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "kicked":
        member["until_date"] = 0  # for ever
    if status == "administrator":
        member |= _RIGHTS | _MORE_RIGHTS[chat.kind]
    return member


def _reactions(emoji: str) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []
