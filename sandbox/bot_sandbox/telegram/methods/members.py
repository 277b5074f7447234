"""Chats and who is in them."""

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.methods.base import MethodGroup, user_id_of
from bot_sandbox.telegram.types import Chat, Json, User
from bot_sandbox.telegram.world import BotAccount, member_json

ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
    "pick_up_location", "record_video_note", "upload_video_note", "cancel",
)  # fmt: skip


class Members(MethodGroup):
    """The methods about chats and their members."""

    async def get_me(self, account: BotAccount, arguments: Arguments) -> Json:
        """Who the bot is."""
        return account.get_me()

    async def send_chat_action(self, account: BotAccount, arguments: Arguments) -> bool:
        """Show "typing…"; nobody here looks."""
        if arguments.text("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._world.chat_for(account, arguments.text("chat_id"))
        return True

    async def get_chat(self, account: BotAccount, arguments: Arguments) -> Json:
        """What a chat is called, with the fields ChatFullInfo always has."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        return chat.json | {
            "accent_color_id": chat.id % 7,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }

    async def get_chat_member(self, account: BotAccount, arguments: Arguments) -> Json:
        """What somebody is in a chat."""
        user_id = user_id_of(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        user = self._world.user(user_id)
        if user is None or (chat.kind == "private" and user not in chat.members):
            raise bad_request("member not found")
        return member_json(chat, user, chat.standing(user))

    async def get_chat_administrators(
        self, account: BotAccount, arguments: Arguments
    ) -> list[Json]:
        """The owner and the admins of a chat; of the bots only this one, unless all are wanted."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        if chat.kind == "private":
            raise bad_request("there are no administrators in the private chat")
        bots = arguments.boolean("return_bots")
        return [
            member_json(chat, member, chat.standing(member))
            for member in chat.members
            if chat.standing(member) != "member"
            and (bots or not member.is_bot or member is account)
        ]

    async def get_chat_member_count(self, account: BotAccount, arguments: Arguments) -> int:
        """How many are in a chat, bots among them."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        return len(chat.members)

    async def get_user_profile_photos(self, account: BotAccount, arguments: Arguments) -> Json:
        """The pictures somebody has of themselves: nobody here has one."""
        if self._world.user(user_id_of(arguments)) is None:
            raise bad_request("user not found")
        return {"total_count": 0, "photos": []}

    async def leave_chat(self, account: BotAccount, arguments: Arguments) -> bool:
        """Go out of a group."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        if chat.kind == "private":
            raise bad_request("can't leave private chats")
        self._world.set_member(chat, account, "left", account)
        return True

    async def ban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Throw somebody out for good."""
        chat, user = self._to_restrict(account, arguments)
        self._world.set_member(chat, user, "kicked", account)
        return True

    async def unban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Let somebody come back; who is in the chat is thrown out, unless only_if_banned."""
        chat, user = self._to_restrict(account, arguments)
        if chat.kind == "group":
            raise bad_request("method is available for supergroup and channel chats only")
        if chat.standing(user) == "kicked" or not arguments.boolean("only_if_banned"):
            self._world.set_member(chat, user, "left", account)
        return True

    def _to_restrict(self, account: BotAccount, arguments: Arguments) -> tuple[Chat, User]:
        """A chat and somebody in it whom the bot may ban: td/telegram/DialogParticipantManager."""
        user_id = user_id_of(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        user = self._world.user(user_id)
        if chat.kind == "private":
            raise bad_request("can't ban members in private chats")
        if user is None:
            raise bad_request("member not found")
        if user is account:
            raise bad_request("can't restrict self")
        if chat.standing(user) == "creator":
            raise bad_request("can't remove chat owner")
        if account.id not in chat.admins:
            without = "not enough rights to restrict/unrestrict chat member"
            raise bad_request("CHAT_ADMIN_REQUIRED" if chat.kind == "group" else without)
        if chat.standing(user) == "administrator":
            raise bad_request("user is an administrator of the chat")
        return chat, user

    kick_chat_member = ban_chat_member  # names of older days, which the real server takes as well
    get_chat_members_count = get_chat_member_count
