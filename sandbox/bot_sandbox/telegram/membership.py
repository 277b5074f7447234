"""What somebody is in a chat, and what they may do there.

Names are the Bot API's: a status is one of ChatMember's, a permission one of ChatPermissions, a
right one of ChatAdministratorRights. The rules are those of `DialogParticipant.cpp` in tdlib/td.
What each kind of content needs, and the words without it, are `can_send_message_content` in its
`MessageContent.cpp`.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from bot_sandbox.telegram.bot_api import TYPES

Json = dict[str, Any]
PERMISSIONS = frozenset(TYPES["ChatPermissions"].fields)  # of members
ALL_RIGHTS = TYPES["ChatAdministratorRights"].fields.keys()  # of admins
MEDIA = (
    "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes",
)  # fmt: skip
LONGEST_BAN_S = 366 * 86_400  # seconds; a longer ban or restriction has no end
OLD_MEDIA = "can_send_media_messages"  # all of them, in older versions
# An admin has these as rights, too. A bot has them only so.
SHARED_RIGHTS = PERMISSIONS & ALL_RIGHTS  # of members and of admins
CONTENT = {  # what a message may hold, the permission that it needs, and its name in refusals
    "animation": ("can_send_other_messages", "animations"),
    "audio": ("can_send_audios", "music"),
    "contact": ("can_send_messages", "contacts"),
    "dice": ("can_send_other_messages", "dice"),
    "document": ("can_send_documents", "documents"),
    "venue": ("can_send_messages", "venues"),
    "location": ("can_send_messages", "locations"),
    "photo": ("can_send_photos", "photos"),
    "poll": ("can_send_polls", "polls"),
    "sticker": ("can_send_other_messages", "stickers"),
    "video": ("can_send_videos", "videos"),
    "video_note": ("can_send_video_notes", "video notes"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "text": ("can_send_messages", "text messages"),
}
_CHANNEL, _GROUPS = ("channel",), ("group", "supergroup")
_ONLY_IN = {  # rights that not every kind of chat has
    "can_post_messages": _CHANNEL,
    "can_edit_messages": _CHANNEL,
    "can_manage_direct_messages": _CHANNEL,
    "can_pin_messages": _GROUPS,
    "can_manage_tags": _GROUPS,
    "can_manage_topics": ("supergroup",),
}
_GIVEN_APART = {  # rights that an admin gets from people only if they say so
    "can_delete_stories", "can_edit_stories", "can_manage_direct_messages", "can_manage_tags",
    "can_manage_topics", "can_post_stories", "can_promote_members", "can_send_welcome_messages",
    "is_anonymous",
}  # fmt: skip
# What a right or a permission of a group is in a channel.
CHANNEL_RIGHTS = {name: "can_post_messages" for name, _ in CONTENT.values()} | {
    "can_pin_messages": "can_edit_messages"
}


@dataclass(frozen=True)
class MemberStatus:
    """Somebody's status in a chat."""

    status: str
    allowed: Set[str] = frozenset()  # an admin's rights, the permissions of somebody restricted
    until: int = 0  # when a restriction or a ban ends, in seconds since 1970; 0: never
    is_member: bool = True
    by: int = 0  # id of who made somebody an admin
    title: str = ""  # an admin's

    def to_json(self, user: Json, kind: str, can_be_edited: bool) -> Json:
        """Return the Bot API's ChatMember, in a chat of this kind."""
        member: Json = {"user": user, "status": self.status}
        if self.status == "creator":
            member["is_anonymous"] = False
        if self.status in ("kicked", "restricted"):
            member["until_date"] = self.until
        if self.status == "restricted":
            member |= permissions_json(self.allowed) | {"is_member": self.is_member}
        if self.status == "administrator":
            member |= {name: name in self.allowed for name in rights_in(kind)}
            member["can_manage_voice_chats"] = member["can_manage_video_chats"]  # an older name
            member["can_be_edited"] = can_be_edited
            member |= {"custom_title": self.title} if self.title else {}
        return member


CREATOR, MEMBER = MemberStatus("creator"), MemberStatus("member")
LEFT, KICKED = (MemberStatus(status, is_member=False) for status in ("left", "kicked"))


def rights_in(kind: str) -> list[str]:
    """Return the rights that an admin may have in a chat of this kind."""
    return [name for name in ALL_RIGHTS if kind in _ONLY_IN.get(name, (kind,))]


def usual_rights(kind: str) -> dict[str, bool]:
    """Return the rights that people give an admin, unless they say otherwise."""
    return {name: name not in _GIVEN_APART for name in rights_in(kind)}


def permissions_json(allowed: Set[str]) -> Json:
    """Return the Bot API's ChatPermissions."""
    shown = {name: name in allowed for name in TYPES["ChatPermissions"].fields}
    return shown | {OLD_MEDIA: any(shown[name] for name in MEDIA)}


def names_allowed(given: Mapping[str, bool], usual: Mapping[str, bool]) -> Set[str]:
    """Return the names that are true, in `given` or else in `usual`, which has all there are."""
    if wrong := [name for name in given if name not in usual]:
        raise ValueError(f"there is no {wrong[0]!r:.100}; expected one of {', '.join(usual)}")
    return frozenset(name for name, value in {**usual, **given}.items() if value)


def kind_of_content(content: Mapping[str, Any]) -> str:
    """Return what a message to post holds, a key of CONTENT."""
    file, more = content.get("file"), content.get("more", {})
    kind = file.kind if file else next((kind for kind in CONTENT if kind in more), "text")
    return kind if kind in CONTENT else "text"
