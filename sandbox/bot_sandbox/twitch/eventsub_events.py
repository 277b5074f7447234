"""EventSub's types: subscriptions, deliveries, and events as plain dictionaries.

The form is that of dev.twitch.tv/docs/eventsub.
"""

from dataclasses import dataclass, field
from typing import Any

from bot_sandbox.twitch.chat import Channel, ChatMessage
from bot_sandbox.twitch.fragments import Fragment
from bot_sandbox.twitch.tokens import Application, TokenRecord
from bot_sandbox.twitch.user import TwitchUser


@dataclass(frozen=True)
class EventType:
    """A type of event in the sandbox.

    `reader` names the condition's user as whom the program reads, who must have allowed `scope`.
    Without one, the events are public.
    """

    name: str
    version: str
    reader: str = ""
    scope: str = ""
    canned: bool = False  # the sandbox lacks it: it can be subscribed to, and no event comes

    @property
    def in_chat(self) -> bool:
        """Whether it is about the chat, where a bot needs the broadcaster's consent."""
        return self.name.startswith("channel.chat.")


# Conditions and scopes as in dev.twitch.tv/docs/eventsub/eventsub-subscription-types
EVENT_TYPES = (
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
NO_SOURCE_FIELDS = dict.fromkeys(  # the origin in a shared chat, which the sandbox hasn't
    (
        *("source_broadcaster_user_id", "source_broadcaster_user_login"),
        *("source_broadcaster_user_name", "source_message_id", "source_badges"),
    )
)


@dataclass
class Subscription:
    """One subscription: its type, its condition and its target.

    `reader` is the user as whom the program reads; None for public events.
    """

    kind: EventType
    condition: dict[str, str]
    transport: dict[str, Any]
    created_at: str
    app: Application
    channel: Channel
    reader: TwitchUser | None
    token: TokenRecord
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
        """Whether it brings chat messages."""
        return self.type == "channel.chat.message"

    @property
    def enabled(self) -> bool:
        """Whether events are sent."""
        return self.status == "enabled"

    @property
    def is_active(self) -> bool:
        """Whether it is enabled, or waits for its challenge."""
        return self.status in ("enabled", "webhook_callback_verification_pending")

    def as_json(self) -> dict[str, Any]:
        """Return the subscription as Twitch shows it, without the secret."""
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


@dataclass
class Conduit:
    """An application's conduit; `shards` are by id, as Helix shows them."""

    id: str
    app: Application
    shard_count: int
    shards: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the conduit as Twitch shows it."""
        return {"id": self.id, "shard_count": self.shard_count}


@dataclass(frozen=True)
class EventSubDelivery:
    """One attempt by webhook; `status` is 0 if there was no response (see `error`)."""

    message_type: str
    message_id: str
    attempt: int
    status: int
    error: str
    at: float
    callback: str
    about: str = ""  # id of its chat message, or ""

    @property
    def ok(self) -> bool:
        """Whether the program accepted it (any 2xx)."""
        return 200 <= self.status < 300


def chat_event(message: ChatMessage, channel: Channel) -> dict[str, Any]:
    """Return the event of channel.chat.message.

    As captured (navarr/multi-stream-chat#22), the text of a /me keeps its ACTION, but the fragments
    don't.
    """
    return {
        **user_fields("broadcaster_user", channel.owner),
        **user_fields("chatter_user", message.author),
        "message_id": message.id,
        "message": message_field(message),
        "color": message.author.color,
        "badges": badges_field(message.author, channel),
        "message_type": "text",
        "cheer": None,
        "reply": reply_field(message),
        "channel_points_custom_reward_id": None,
        "channel_points_animation_id": None,
        **NO_SOURCE_FIELDS,
        "is_source_only": None,
    }


def announcement_event(message: ChatMessage, channel: Channel) -> dict[str, Any]:
    """Return the event of channel.chat.notification for an announcement.

    The fields of all other kinds of notice are empty.
    """
    return {
        **user_fields("broadcaster_user", channel.owner),
        **user_fields("chatter_user", message.author),
        "chatter_is_anonymous": False,
        "color": message.author.color,
        "badges": badges_field(message.author, channel),
        "system_message": "",
        "message_id": message.id,
        "message": message_field(message),
        "notice_type": "announcement",
        **dict.fromkeys(OTHER_NOTICES),
        "announcement": {"color": message.announcement},
        **NO_SOURCE_FIELDS,
    }


def channel_event(type: str, channel: Channel, user: TwitchUser) -> dict[str, Any]:
    """Return the event of channel.follow (by `user`), stream.online or stream.offline."""
    broadcaster = user_fields("broadcaster_user", channel.owner)
    if type == "channel.follow":
        return {
            **user_fields("user", user),
            **broadcaster,
            "followed_at": channel.followers[user.id],
        }
    stream = channel.stream
    assert stream is not None
    if type == "stream.offline":  # with the id since 2026-06-26 (dev.twitch.tv/docs/change-log)
        return {"id": stream.id, **broadcaster}
    return {"id": stream.id, **broadcaster, "type": "live", "started_at": stream.started_at}


def user_fields(role: str, user: TwitchUser) -> dict[str, str]:
    """Return the fields of a user in an event.

    >>> user_fields("user", TwitchUser("1", "viktor", "Viktor"))
    {'user_id': '1', 'user_login': 'viktor', 'user_name': 'Viktor'}
    """
    return {
        f"{role}_id": user.id,
        f"{role}_login": user.login,
        f"{role}_name": user.display_name,
    }


def message_field(message: ChatMessage) -> dict[str, Any]:
    """Return the text, whole and in fragments."""
    text = f"\x01ACTION {message.text}\x01" if message.action else message.text
    return {"text": text, "fragments": [fragment_json(each) for each in message.fragments]}


def fragment_json(fragment: Fragment) -> dict[str, Any]:
    """Return one fragment; without bits, the sandbox has no cheermotes."""
    emote = {"id": fragment.emote, "emote_set_id": "0", "owner_id": "0", "format": ["static"]}
    return {
        "type": "emote" if fragment.emote else "mention" if fragment.mention else "text",
        "text": fragment.text,
        "cheermote": None,
        "emote": emote if fragment.emote else None,
        "mention": user_fields("user", fragment.mention) if fragment.mention else None,
    }


def badges_field(user: TwitchUser, channel: Channel) -> list[dict[str, str]]:
    """Return the badges of a user."""
    if user.id == channel.owner.id:
        return [{"set_id": "broadcaster", "id": "1", "info": ""}]
    return [{"set_id": "moderator", "id": "1", "info": ""}] if user.id in channel.mods else []


def reply_field(message: ChatMessage) -> dict[str, str] | None:
    """Return the parent of a reply, and the first message of its thread."""
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


def websocket_message(
    kind: str,
    payload: dict[str, Any],
    message_id: str,
    at: str,
    subscription: Subscription | None = None,
) -> dict[str, Any]:
    """Return a message of the EventSub WebSocket."""
    metadata = {"message_id": message_id, "message_type": kind, "message_timestamp": at}
    if subscription:
        metadata["subscription_type"] = subscription.type
        metadata["subscription_version"] = subscription.version
    return {"metadata": metadata, "payload": payload}
