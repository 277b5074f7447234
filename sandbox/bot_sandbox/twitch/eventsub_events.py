"""EventSub's nouns: subscriptions, deliveries, and what is sent, as plain dictionaries.

Shapes as in dev.twitch.tv/docs/eventsub. Nothing is sent from here.
"""

from dataclasses import dataclass, field
from typing import Any

from bot_sandbox.twitch.chat import Channel, ChatMessage, User
from bot_sandbox.twitch.tokens import Application, Grant


@dataclass(frozen=True)
class EventType:
    """A type of event that the sandbox has.

    `reader` names the user in the condition as whom the program reads, who must have allowed
    `scope`; without one, anybody may know.
    """

    name: str
    version: str
    reader: str = ""
    scope: str = ""

    @property
    def in_chat(self) -> bool:
        """Whether it is about what stands in the chat, where a bot must be let in."""
        return self.name.startswith("channel.chat.")


# Conditions and scopes as in dev.twitch.tv/docs/eventsub/eventsub-subscription-types
TYPES = (
    EventType("channel.chat.message", "1", "user_id", "user:read:chat"),
    EventType("channel.chat.notification", "1", "user_id", "user:read:chat"),
    EventType("channel.follow", "2", "moderator_user_id", "moderator:read:followers"),
    EventType("stream.online", "1"),
    EventType("stream.offline", "1"),
)


OTHER_NOTICES = (
    *("sub", "resub", "sub_gift", "community_sub_gift", "gift_paid_upgrade"),
    *("prime_paid_upgrade", "pay_it_forward", "raid", "unraid", "bits_badge_tier"),
    "charity_donation",
)
SOURCE = dict.fromkeys(  # where a message of a shared chat came from: there is none here
    (
        *("source_broadcaster_user_id", "source_broadcaster_user_login"),
        *("source_broadcaster_user_name", "source_message_id", "source_badges"),
    )
)


@dataclass
class Subscription:
    """One subscription: who wants to hear what, and where it goes.

    `reader` is the user as whom the program reads; None for what anybody may know.
    """

    kind: EventType
    condition: dict[str, str]
    transport: dict[str, Any]
    created_at: str
    app: Application
    channel: Channel
    reader: User | None
    grant: Grant
    id: str
    made_at: float
    cost: int = 0
    status: str = "enabled"
    secret: str = field(default="", repr=False)
    failures: int = 0

    @property
    def type(self) -> str:
        """The name of the type."""
        return self.kind.name

    @property
    def version(self) -> str:
        """The version of the type."""
        return self.kind.version

    @property
    def hears_chat(self) -> bool:
        """Whether it brings what is said."""
        return self.type == "channel.chat.message"

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
            "cost": self.cost,
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
    return {
        **who("broadcaster_user", channel.owner),
        **who("chatter_user", message.author),
        "message_id": message.id,
        "message": words(message),
        "color": message.author.colour,
        "badges": badges(message.author, channel),
        "message_type": "text",
        "cheer": None,
        "reply": reply(message),
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
        **SOURCE,
        "is_source_only": None,
    }


def announcement_event(message: ChatMessage, channel: Channel) -> dict[str, Any]:
    """The event of channel.chat.notification for an announcement.

    The fields of every other kind of notice are there and empty.
    """
    return {
        **who("broadcaster_user", channel.owner),
        **who("chatter_user", message.author),
        "chatter_is_anonymous": False,
        "color": message.author.colour,
        "badges": badges(message.author, channel),
        "system_message": "",
        "message_id": message.id,
        "message": words(message),
        "notice_type": "announcement",
        **dict.fromkeys(OTHER_NOTICES),
        "announcement": {"color": message.announcement},
        **SOURCE,
    }


def channel_event(type: str, channel: Channel, user: User) -> dict[str, Any]:
    """The event of channel.follow (`user` follows), stream.online or stream.offline."""
    broadcaster = who("broadcaster_user", channel.owner)
    if type == "channel.follow":
        return {**who("user", user), **broadcaster, "followed_at": channel.followers[user.id]}
    if channel.stream is None:
        return broadcaster
    stream = channel.stream
    return {"id": stream.id, **broadcaster, "type": "live", "started_at": stream.started_at}


def who(role: str, user: User) -> dict[str, str]:
    """A user in an event.

    >>> who("user", User("1", "viktor", "Viktor"))
    {'user_id': '1', 'user_login': 'viktor', 'user_name': 'Viktor'}
    """
    return {
        f"{role}_id": user.id,
        f"{role}_login": user.login,
        f"{role}_name": user.display_name,
    }


def words(message: ChatMessage) -> dict[str, Any]:
    """What was said, whole and in fragments."""
    fragment = {
        "type": "text",
        "text": message.text,
        "cheermote": None,
        "emote": None,
        "mention": None,
    }
    text = f"\x01ACTION {message.text}\x01" if message.action else message.text
    return {"text": text, "fragments": [fragment]}


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
