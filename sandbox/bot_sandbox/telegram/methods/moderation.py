"""Ban, restrict and promote members, and say what they may do.

The order of checks is that of `DialogParticipantManager.cpp` in tdlib/td: a call that changes
nothing needs no right. Words in capitals are those of Telegram's own server.
"""

import unicodedata
from collections.abc import Set
from dataclasses import replace

from bot_sandbox.telegram import membership
from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.json_fields import boolean_field, strict_integer
from bot_sandbox.telegram.membership import KICKED, LEFT, MEDIA, MEMBER, PERMISSIONS, MemberStatus
from bot_sandbox.telegram.methods.base import NEEDS, MethodGroup, user_id_of
from bot_sandbox.telegram.types import Chat, User
from bot_sandbox.telegram.world import BotAccount

SHORTEST_BAN_S = 30  # seconds
MAX_TITLE = 16  # characters
FOLLOWED_PERMISSIONS = {  # permissions that follow another one if a call lacks them
    "can_manage_topics": "can_pin_messages",
    "can_edit_tag": "can_pin_messages",
    "can_react_to_messages": "can_send_messages",
}
GIVEN_BY_ALL = {"can_manage_chat", "is_anonymous"}  # rights to give without having them


class Moderation(MethodGroup):
    """The methods that change who may do what in a chat."""

    async def ban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Remove and ban somebody, in supergroups and channels perhaps until a date."""
        chat, user = self._chat_and_user(account, "banChatMember", arguments)
        until = self._read_end(arguments) if chat.kind != "group" else 0
        return self._restrict(account, "banChatMember", chat, user, replace(KICKED, until=until))

    async def unban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Let somebody come back; a current member is removed, unless only_if_banned."""
        chat, user = self._chat_and_user(account, "unbanChatMember", arguments)
        if arguments.boolean("only_if_banned") and chat.status_of(user) != "kicked":
            return True
        return self._restrict(account, "unbanChatMember", chat, user, LEFT)

    async def restrict_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Let somebody do only what `permissions` allow, perhaps until a date."""
        allowed = read_permissions(arguments)
        chat, user = self._chat_and_user(account, "restrictChatMember", arguments)
        is_member = chat._member_status(user).is_member
        status = MemberStatus("restricted", allowed, self._read_end(arguments), is_member)
        if allowed == PERMISSIONS:
            status = MEMBER if is_member else LEFT
        return self._restrict(account, "restrictChatMember", chat, user, status)

    async def promote_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Give a member rights of an admin, or take them all."""
        chat, user = self._chat_and_user(account, "promoteChatMember", arguments)
        asked = {name for name in membership.ALL_RIGHTS if arguments.boolean(name)}
        if asked and chat.kind == "channel" and "can_restrict_members" not in arguments:
            asked.add("can_restrict_members")
        rights, old = asked & set(membership.rights_in(chat.kind)), chat._member_status(user)
        status = MEMBER
        if rights:
            allowed = frozenset(rights | {"can_manage_chat"})
            status = MemberStatus("administrator", allowed, by=account.id, title=old.title)
        if old == status:
            return True
        if user is account and rights:
            raise bad_request("can't promote self")
        if old.status == "creator":
            raise bad_request("can't remove chat owner")
        if user is not account:
            NEEDS["promoteChatMember"].check_right(chat, account)
            if old.status == "administrator" and not chat._can_edit_admin(account, old):
                raise bad_request("CHAT_ADMIN_REQUIRED")
        if not all(chat.allows(account, name) for name in rights - GIVEN_BY_ALL):
            raise bad_request("RIGHT_FORBIDDEN")
        if not old.is_member:
            adding = "bots can't add new chat members"
            raise bad_request("USER_NOT_PARTICIPANT" if rights else adding)
        self._world.set_member(chat, user, status, account)
        return True

    async def set_chat_administrator_custom_title(
        self, account: BotAccount, arguments: Arguments
    ) -> bool:
        """Give an admin whom the bot has promoted a title, or take it with ""."""
        method = "setChatAdministratorCustomTitle"
        chat, user = self._chat_and_user(account, method, arguments)
        status, title = chat._member_status(user), arguments.text("custom_title").strip()
        if status.status == "creator":
            raise bad_request("only the owner can edit their custom title")
        if status.status != "administrator":
            raise bad_request("user is not an administrator")
        if not chat._can_edit_admin(account, status):
            raise bad_request(NEEDS[method].missing_right)
        if len(title) > MAX_TITLE:
            raise bad_request("CUSTOM_TITLE_INVALID")
        if any(unicodedata.category(sign) == "So" for sign in title):
            raise bad_request("CUSTOM_TITLE_EMOJI_NOT_ALLOWED")
        self._world.set_member(chat, user, replace(status, title=title), account)
        return True

    async def set_chat_permissions(self, account: BotAccount, arguments: Arguments) -> bool:
        """Say what members may do who aren't admins."""
        allowed = read_permissions(arguments)
        chat = self._open_chat(account, "setChatPermissions", arguments)
        NEEDS["setChatPermissions"].check_right(chat, account)
        self._world.set_permissions(chat, allowed)
        return True

    async def ban_chat_sender_chat(self, account: BotAccount, arguments: Arguments) -> bool:
        """Let nobody write as a channel any more, nor its owner as another of their channels."""
        chat, sender = self._chat_and_sender(account, "banChatSenderChat", arguments)
        chat._banned_chats.add(sender.id)
        return True

    async def unban_chat_sender_chat(self, account: BotAccount, arguments: Arguments) -> bool:
        """Let a channel write again."""
        chat, sender = self._chat_and_sender(account, "unbanChatSenderChat", arguments)
        chat._banned_chats.discard(sender.id)
        return True

    kick_chat_member = ban_chat_member  # an old name, which the real server also accepts

    def _restrict(
        self, account: BotAccount, method: str, chat: Chat, user: User, status: MemberStatus
    ) -> bool:
        """Give somebody a status that takes something from them, or gives it back."""
        old = chat._member_status(user)
        if old == status:
            return True
        if user is account:
            raise bad_request("can't restrict self")
        if old.status == "creator":
            raise bad_request("can't remove chat owner")
        if chat.kind == "group" and not chat.allows(account, NEEDS[method].right):
            raise bad_request("CHAT_ADMIN_REQUIRED")
        NEEDS[method].check_right(chat, account)
        if old.status == "administrator":
            raise bad_request("user is an administrator of the chat")
        self._world.set_member(chat, user, status, account)
        return True

    def _chat_and_user(
        self, account: BotAccount, method: str, arguments: Arguments
    ) -> tuple[Chat, User]:
        user_id = user_id_of(arguments)
        chat = self._open_chat(account, method, arguments)
        user = self._world.user(user_id)
        if user is None:
            raise bad_request("member not found")
        return chat, user

    def _chat_and_sender(
        self, account: BotAccount, method: str, arguments: Arguments
    ) -> tuple[Chat, Chat]:
        chat = self._open_chat(account, method, arguments)
        text = arguments.text("sender_chat_id")
        if not text:
            raise bad_request("sender_chat_id is empty")
        number = strict_integer(text, 64)
        if number is None:
            raise bad_request("sender_chat_id is not a valid Integer")
        if chat.kind == "group":
            raise bad_request("can't ban chats in basic groups")
        sender = self._world.groups.get(number)
        if sender is None or sender.kind == "group":
            raise bad_request("can't restrict the chat" if sender else "member not found")
        NEEDS[method].check_right(chat, account)
        return chat, sender

    def _read_end(self, arguments: Arguments) -> int:
        """Return when a ban or restriction ends; 0: never."""
        until = arguments.integer("until_date")
        seconds = until - self._world.clock.now()
        return until if SHORTEST_BAN_S <= seconds <= membership.LONGEST_BAN_S else 0


def read_permissions(arguments: Arguments) -> Set[str]:
    """Return what a call's ChatPermissions allow, as `get_chat_permissions` of Client.cpp does."""
    given = arguments.json("permissions", "permissions") if "permissions" in arguments else {}
    if not isinstance(given, dict):
        raise bad_request("object expected as permissions")
    try:
        flags = {name: boolean_field(given, name) for name in (*PERMISSIONS, membership.OLD_MEDIA)}
    except ValueError as problem:
        raise bad_request(f"can't parse chat permissions: {problem}") from None
    independent = arguments.boolean("use_independent_chat_permissions")
    if not given.keys() & MEDIA:
        flags |= dict.fromkeys(MEDIA, flags[membership.OLD_MEDIA])
        flags["can_send_messages"] |= flags[membership.OLD_MEDIA] and not independent
    flags |= {name: flags[same] for name, same in FOLLOWED_PERMISSIONS.items() if name not in given}
    if not independent:
        more = flags["can_send_other_messages"] or flags["can_add_web_page_previews"]
        flags |= dict.fromkeys(MEDIA, True) if more else {}
        flags["can_send_messages"] |= more or flags["can_send_polls"]
    return frozenset(name for name in PERMISSIONS if flags[name])
