"""A chat message from IRC as TwitchIO's `ChatMessage`, so that `event_message` gets the usual.

IRC does not say all that EventSub says: no fragments for emotes and mentions, no thread.
`respond()` on it goes by the API, which needs the scope user:write:chat.
"""

import re
from typing import Any

import twitchio
from twitchio.http import HTTPClient

from botlib.twitch.irc import IrcMessage


def chat_message(message: IrcMessage, http: HTTPClient) -> twitchio.ChatMessage:
    """Make TwitchIO's object from a PRIVMSG."""
    tags = message.tags
    colour, bits = tags.get("color", ""), tags.get("bits", "")
    payload: dict[str, Any] = {
        "broadcaster_user_id": tags.get("room-id", ""),
        "broadcaster_user_login": message.channel,
        "broadcaster_user_name": message.channel,
        "chatter_user_id": tags.get("user-id", ""),
        "chatter_user_login": message.nick,
        "chatter_user_name": tags.get("display-name") or message.nick,
        "message_id": tags.get("id", ""),
        "message": {
            "text": message.text,
            "fragments": [{"type": "text", "text": message.text}],
        },
        "message_type": "text",
        "color": colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else "",
        "badges": badges(tags.get("badges", "")),
        "cheer": {"bits": int(bits)} if re.fullmatch(r"[0-9]{1,9}", bits) else None,
        "reply": None,
        "channel_points_custom_reward_id": tags.get("custom-reward-id"),
        "channel_points_animation_id": None,
        "source_broadcaster_user_id": None,
    }
    return twitchio.ChatMessage(payload, http=http)  # type: ignore[arg-type]


def badges(text: str) -> list[dict[str, str]]:
    """Read the badges tag.

    >>> badges("broadcaster/1,subscriber/6")[1]
    {'set_id': 'subscriber', 'id': '6', 'info': ''}
    """
    pairs = (each.partition("/") for each in text.split(",") if each)
    return [{"set_id": name, "id": version, "info": ""} for name, _, version in pairs]
