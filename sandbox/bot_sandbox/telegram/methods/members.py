"""Chats and who is in them."""

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.methods.base import MethodGroup, user_id_of
from bot_sandbox.telegram.types import NO_GIFTS, Chat, Json, User
from bot_sandbox.telegram.world import BotAccount, member_json

ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
    "pick_up_location", "record_video_note", "upload_video_note", "cancel",
)  # fmt: skip
MAX_REACTIONS = 11  # different ones on a message
PERMISSIONS = (  # of an ordinary member of a new group
    "can_send_messages", "can_send_media_messages", "can_send_audios", "can_send_documents",
    "can_send_photos", "can_send_videos", "can_send_video_notes", "can_send_voice_notes",
    "can_send_polls", "can_send_other_messages", "can_add_web_page_previews",
    "can_react_to_messages", "can_edit_tag", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip
SHORTEST_BAN, LONGEST_BAN = 30, 366 * 86_400  # seconds; any other ban has no end


class Members(MethodGroup):
    """The methods about chats and their members."""

    async def get_me(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return the bot's User."""
        return account._get_me()

    async def send_chat_action(self, account: BotAccount, arguments: Arguments) -> bool:
        """Accept "typing…", which the sandbox does not show."""
        if arguments.text("action").lower() not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._world.chat_for(account, arguments.text("chat_id"))
        return True

    async def get_chat(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return a chat, with the fields that ChatFullInfo always has."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        full: Json = {"max_reaction_count": MAX_REACTIONS, "accent_color_id": chat.id % 7}
        if chat.kind == "private":
            full |= {"can_send_gift": True, "accepted_gift_types": dict.fromkeys(NO_GIFTS, True)}
        else:
            full["accepted_gift_types"] = NO_GIFTS
        if chat.kind in ("group", "supergroup"):
            full["permissions"] = dict.fromkeys(PERMISSIONS, True)
        if pinned := chat.newest_pinned:
            full["pinned_message"] = pinned.to_json(with_reply=False)
        if "username" in chat._json:
            full["active_usernames"] = [chat._json["username"]]
        return chat._json | full

    async def get_chat_member(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return a ChatMember."""
        user_id = user_id_of(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        user = self._world.user(user_id)
        if user is None or (chat.kind == "private" and user not in chat.members):
            raise bad_request("member not found")
        return member_json(chat, user, chat.status_of(user))

    async def get_chat_administrators(
        self, account: BotAccount, arguments: Arguments
    ) -> list[Json]:
        """Return owner and admins of a chat; of the bots only this one, unless all are wanted."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        if chat.kind == "private":
            raise bad_request("there are no administrators in the private chat")
        bots = arguments.boolean("return_bots")
        return [
            member_json(chat, member, chat.status_of(member))
            for member in chat.members
            if chat.status_of(member) != "member"
            and (bots or not member.is_bot or member is account)
        ]

    async def get_chat_member_count(self, account: BotAccount, arguments: Arguments) -> int:
        """Return the number of members, including bots."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        return len(chat.members)

    async def get_user_profile_photos(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return no pictures, because nobody has one here."""
        if self._world.user(user_id_of(arguments)) is None:
            raise bad_request("user not found")
        return {"total_count": 0, "photos": []}

    async def leave_chat(self, account: BotAccount, arguments: Arguments) -> bool:
        """Leave a group."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        if chat.kind == "private":
            raise bad_request("can't leave private chats")
        self._world.set_member(chat, account, "left", account)
        return True

    async def ban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Remove and ban somebody, in supergroups and channels perhaps until a date."""
        chat, user = self._find_chat_and_user(account, arguments)
        until = arguments.integer("until_date")
        chat.banned_until.pop(user.id, None)
        if chat.kind != "group" and SHORTEST_BAN <= until - self._world.clock.now() <= LONGEST_BAN:
            chat.banned_until[user.id] = until
        self._world.set_member(chat, user, "kicked", account)
        return True

    async def unban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Let somebody come back; a current member is removed, unless only_if_banned."""
        chat, user = self._find_chat_and_user(account, arguments)
        if chat.kind == "group":
            raise bad_request("method is available for supergroup and channel chats only")
        if chat.status_of(user) == "kicked" or not arguments.boolean("only_if_banned"):
            self._world.set_member(chat, user, "left", account)
        return True

    def _find_chat_and_user(self, account: BotAccount, arguments: Arguments) -> tuple[Chat, User]:
        """Return a chat and a user whom the bot may ban (td/telegram/DialogParticipantManager)."""
        user_id = user_id_of(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        user = self._world.user(user_id)
        if chat.kind == "private":
            raise bad_request("can't ban members in private chats")
        if user is None:
            raise bad_request("member not found")
        if user is account:
            raise bad_request("can't restrict self")
        if chat.status_of(user) == "creator":
            raise bad_request("can't remove chat owner")
        if account.id not in chat._admins:
            without = "not enough rights to restrict/unrestrict chat member"
            raise bad_request("CHAT_ADMIN_REQUIRED" if chat.kind == "group" else without)
        if chat.status_of(user) == "administrator":
            raise bad_request("user is an administrator of the chat")
        return chat, user

    kick_chat_member = ban_chat_member  # old names, which the real server also accepts
    get_chat_members_count = get_chat_member_count
