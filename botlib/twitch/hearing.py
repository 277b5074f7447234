"""Which chat messages are for the brain, and what they say. Nothing here answers.

Not for it: the bot's own, one that came before, and one that was written in another channel
and is only mirrored here (Twitch's shared chat), where that channel's bot answers.
"""

import logging
from collections import OrderedDict

from botlib.bot import Message
from botlib.twitch.irc import IrcMessage
from botlib.twitch.wording import heard

log = logging.getLogger(__name__)

REMEMBERED = 1000  # ids of messages, to answer each only once


class Hearing:
    """Turns an IRC message into one for the brain."""

    def __init__(self) -> None:
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._hinted = False

    def read(self, message: IrcMessage, own_login: str) -> Message | None:
        """Give the brain's message, or None if it is not for the brain."""
        tags = message.tags
        if message.nick == own_login:
            self._hint(own_login)
            return None
        if tags.get("source-room-id", tags.get("room-id")) != tags.get("room-id"):
            return None
        if self._repeated(tags.get("id", "")):
            return None
        return Message(
            heard(message.text, is_reply="reply-parent-msg-id" in tags),
            user=tags.get("display-name") or message.nick,
            chat=message.channel,
            user_id=tags.get("user-id", ""),
        )

    def _repeated(self, message_id: str) -> bool:
        if not message_id:
            return False
        repeated = message_id in self._seen
        self._seen[message_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return repeated

    def _hint(self, own_login: str) -> None:
        if not self._hinted:
            self._hinted = True
            log.info("what %s writes is not answered: it is the bot's own account", own_login)
