"""Chats and who is in them."""

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.membership import permissions_json
from bot_sandbox.telegram.methods.base import MethodGroup, user_id_of
from bot_sandbox.telegram.types import NO_GIFTS, Json
from bot_sandbox.telegram.world import BotAccount

ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
    "pick_up_location", "record_video_note", "upload_video_note", "cancel",
)  # fmt: skip
ACTION_S = 5.5  # DIALOG_ACTION_TIMEOUT in tdlib
MAX_REACTIONS = 11  # different ones on a message


class Members(MethodGroup):
    """The methods about chats and their members."""

    async def get_me(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return the bot's User."""
        return account._get_me()

    async def send_chat_action(self, account: BotAccount, arguments: Arguments) -> bool:
        """Show "typing…" or the like, until the bot's next message, but not for long."""
        action = arguments.text("action").lower()
        if action not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        self._world.show_activity(chat, account, action, False, ACTION_S * (action != "cancel"))
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
            full["permissions"] = permissions_json(chat._permissions)
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
        return chat._member_json(user, account)

    async def get_chat_administrators(
        self, account: BotAccount, arguments: Arguments
    ) -> list[Json]:
        """Return owner and admins of a chat; of the bots only this one, unless all are wanted."""
        chat = self._open_chat(account, "getChatAdministrators", arguments, write=False)
        bots = arguments.boolean("return_bots")
        return [
            chat._member_json(member, account)
            for member in chat.members
            if chat.status_of(member) in ("creator", "administrator")
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
        chat = self._open_chat(account, "leaveChat", arguments, write=False)
        self._world.set_member(chat, account, chat._status_after(account, comes=False), account)
        return True

    get_chat_members_count = (
        get_chat_member_count  # an old name, which the real server also accepts
    )
