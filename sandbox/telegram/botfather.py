"""BotFather: who may be a bot, and the token that proves it.

The rules and the words are BotFather's. He also changes pictures and descriptions and counts
up to twenty bots; this one does not.
"""

import hmac
import re
import secrets
from collections import deque
from typing import TYPE_CHECKING

from sandbox.telegram.limits import SendLimiter
from sandbox.telegram.model import Json, User
from sandbox.telegram.updates import UpdateQueue

if TYPE_CHECKING:
    from sandbox.telegram.delivery import Delivery
    from sandbox.telegram.webhook import Webhook

KEPT_DELIVERIES = 10_000


class Account(User):
    """A bot's account. `token` is its password: whoever has it is the bot."""

    is_bot = True

    def __init__(
        self,
        id: int,
        name: str,
        username: str,
        privacy: bool,
        updates: UpdateQueue,
        limiter: SendLimiter,
    ) -> None:
        super().__init__(id, name, username)
        self.token = new_token(id)
        self.privacy = privacy
        self.updates = updates
        self.limiter = limiter
        self.webhook: Webhook | None = None
        self.next_set_webhook = 0.0  # seconds on the monotonic clock
        self.commands: dict[str, list[Json]] = {}  # by scope and language
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self.delivery_count = 0

    def __repr__(self) -> str:
        return f"Account({self.name!r}, @{self.username})"

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


def new_token(bot_id: int) -> str:
    """A fresh token of the real shape: the bot's number, a colon and 35 characters."""
    return f"{bot_id}:AA{secrets.token_urlsafe(25)[:33]}"


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
