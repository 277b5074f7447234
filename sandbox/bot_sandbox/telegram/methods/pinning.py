"""Pin messages and unpin them.

The rights are those of `DialogManager::can_pin_messages` in tdlib/td. A bot needs the right of an
admin, even where every member may pin.
"""

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.methods.base import NEEDS, MethodGroup
from bot_sandbox.telegram.world import BotAccount

_check_right = NEEDS["pinChatMessage"].check_right


class Pinning(MethodGroup):
    """The methods for pinned messages."""

    async def pin_chat_message(self, account: BotAccount, arguments: Arguments) -> bool:
        """Pin a message; everybody sees that, and every bot gets the service message."""
        message = self._find_message(account, arguments, "message to pin not found")
        _check_right(message.chat, account)
        if message.event:
            raise bad_request("service messages can't be pinned")
        self._world.pin(account, message)
        return True

    async def unpin_chat_message(self, account: BotAccount, arguments: Arguments) -> bool:
        """Unpin a message, or the newest pinned one."""
        if arguments.integer("message_id"):
            message = self._find_message(account, arguments, "message to unpin not found")
        else:
            chat = self._world.chat_for(account, arguments.text("chat_id"))
            newest = chat.newest_pinned
            if newest is None:
                raise bad_request("message to unpin not found")
            message = newest
        _check_right(message.chat, account)
        message.is_pinned = False
        return True

    async def unpin_all_chat_messages(self, account: BotAccount, arguments: Arguments) -> bool:
        """Unpin all messages of a chat."""
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        _check_right(chat, account)
        for message in chat.messages:
            message.is_pinned = False
        return True
