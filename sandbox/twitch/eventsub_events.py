"""EventSub's nouns: subscriptions, deliveries, and what is sent, as plain dictionaries.

Shapes as in dev.twitch.tv/docs/eventsub. Nothing is sent from here.
"""

from dataclasses import dataclass, field
from typing import Any

from sandbox.twitch.chat import Channel, ChatMessage, User
from sandbox.twitch.tokens import Application, Grant

CHAT_MESSAGE = ("channel.chat.message", "1")


@dataclass
class Subscription:
    """One subscription: who wants to hear what, and where it goes."""

    type: str
    version: str
    condition: dict[str, str]
    transport: dict[str, Any]
    created_at: str
    app: Application
    channel: Channel
    reader: User
    grant: Grant
    id: str
    made_at: float
    status: str = "enabled"
    secret: str = field(default="", repr=False)
    failures: int = 0

    @property
    def enabled(self) -> bool:
        """Whether events go out."""
        return self.status == "enabled"

    @property
    def standing(self) -> bool:
        """Whether it is enabled or about to be."""
        return self.status in ("enabled", "webhook_callback_verification_pending")

    def as_json(self) -> dict[str, Any]:
        """The subscription as Twitch shows it; the secret stays here."""
        return {
            "id": self.id,
            "status": self.status,
            "type": self.type,
            "version": self.version,
            "condition": self.condition,
            "created_at": self.created_at,
            "transport": self.transport,
            "cost": 0,
        }


@dataclass(frozen=True)
class Delivery:
    """One attempt by webhook: `status` is the answer's, 0 when there was none (see `error`)."""

    message_type: str
    message_id: str
    attempt: int
    status: int
    error: str
    at: float
    callback: str
    about: str = ""  # the id of the chat message in it; empty when there is none

    @property
    def ok(self) -> bool:
        """Whether the program took it (any 2xx)."""
        return 200 <= self.status < 300


def chat_event(message: ChatMessage, channel: Channel) -> dict[str, Any]:
    """The event of channel.chat.message.

    As captured (navarr/multi-stream-chat#22), the text of a /me keeps its ACTION, and the
    fragments have the bare words.
    """
    author, owner = message.author, channel.owner
    text = f"\x01ACTION {message.text}\x01" if message.action else message.text
    return {
        "broadcaster_user_id": owner.id,
        "broadcaster_user_login": owner.login,
        "broadcaster_user_name": owner.display_name,
        "chatter_user_id": author.id,
        "chatter_user_login": author.login,
        "chatter_user_name": author.display_name,
        "message_id": message.id,
        "message": {
            "text": text,
            "fragments": [
                {
                    "type": "text",
                    "text": message.text,
                    "cheermote": None,
                    "emote": None,
                    "mention": None,
                }
            ],
        },
        "color": author.colour,
        "badges": badges(author, channel),
        "message_type": "text",
        "cheer": None,
        "reply": reply(message),
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
        "source_broadcaster_user_id": None,
        "source_broadcaster_user_login": None,
        "source_broadcaster_user_name": None,
        "source_message_id": None,
        "source_badges": None,
        "is_source_only": None,
    }


def badges(user: User, channel: Channel) -> list[dict[str, str]]:
    """The badges before a name."""
    if user.id == channel.owner.id:
        return [{"set_id": "broadcaster", "id": "1", "info": ""}]
    return [{"set_id": "moderator", "id": "1", "info": ""}] if user.id in channel.mods else []


def reply(message: ChatMessage) -> dict[str, str] | None:
    """What a reply answers, and the message its thread began with."""
    parent, thread = message.reply_to, message.thread
    if parent is None or thread is None:
        return None
    return {
        "parent_message_id": parent.id,
        "parent_message_body": parent.text,
        "parent_user_id": parent.author.id,
        "parent_user_login": parent.author.login,
        "parent_user_name": parent.author.display_name,
        "thread_message_id": thread.id,
        "thread_user_id": thread.author.id,
        "thread_user_login": thread.author.login,
        "thread_user_name": thread.author.display_name,
    }


def envelope(
    kind: str,
    payload: dict[str, Any],
    message_id: str,
    at: str,
    subscription: Subscription | None = None,
) -> dict[str, Any]:
    """A message of the EventSub WebSocket."""
    metadata = {"message_id": message_id, "message_type": kind, "message_timestamp": at}
    if subscription:
        metadata["subscription_type"] = subscription.type
        metadata["subscription_version"] = subscription.version
    return {"metadata": metadata, "payload": payload}
