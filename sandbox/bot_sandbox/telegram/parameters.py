"""Check the parameters of every call in one place, against the table of the Bot API.

A call may hold three kinds of parameters besides those that the method reads. One that means
nothing here is accepted. One that the Bot API knows and the sandbox lacks is refused, unless its
value says "nothing" to the real server, as clients send by default. One that the Bot API doesn't
know is ignored, as there, and remembered, because it is probably a slip of the bot's author.
"""

import difflib
import re

from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.telegram.arguments import Arguments, leading_integer
from bot_sandbox.telegram.bot_api import METHODS, OLD_NAMES
from bot_sandbox.telegram.errors import UnsupportedError
from bot_sandbox.telegram.media_kinds import SENT_KINDS

KEPT_IGNORED = 10  # unknown parameters of one call to remember
KEPT_CHARACTERS = 60  # of each

_TEXT = {"text", "parse_mode", "entities", "link_preview_options", "disable_web_page_preview"}
_CAPTION = {"caption", "parse_mode", "caption_entities"}
_ANY_SEND = {"chat_id", "protect_content"}
_REPLY = {"reply_parameters", "reply_to_message_id", "allow_sending_without_reply"}
_SEND = {*_ANY_SEND, *_REPLY, "reply_markup"}
_EDIT = {"chat_id", "message_id", "inline_message_id", "reply_markup"}

_READ_PARTLY = {  # what a method's code reads, if it isn't all that the table has
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "setWebhook": {
        "url", "ip_address", "max_connections", "allowed_updates", "drop_pending_updates",
        "secret_token",
    },
    "sendMessage": _SEND | _TEXT,
    "forwardMessage": _ANY_SEND | {"from_chat_id", "message_id", "video_start_timestamp"},
    "forwardMessages": _ANY_SEND | {"from_chat_id", "message_ids"},
    "copyMessage": _SEND | _CAPTION | {
        "from_chat_id", "message_id", "show_caption_above_media", "video_start_timestamp",
    },
    "copyMessages": _ANY_SEND | {"from_chat_id", "message_ids", "remove_caption"},
    **{
        kind.method: _SEND | kind.parameters | (_CAPTION if kind.has_caption else set())
        for kind in SENT_KINDS
    },
    "sendMediaGroup": _ANY_SEND | _REPLY | {"media"},
    "sendLocation": _SEND | {
        "latitude", "longitude", "horizontal_accuracy", "live_period", "heading",
        "proximity_alert_radius",
    },
    "sendContact": _SEND | {"phone_number", "first_name", "last_name", "vcard"},
    "sendDice": _SEND | {"emoji"},
    "sendChatAction": {"chat_id", "action"},
    "sendMessageDraft": {"chat_id", "draft_id", "text", "parse_mode", "entities"},
    "pinChatMessage": {"chat_id", "message_id"},
    "unpinChatMessage": {"chat_id", "message_id"},
    "editMessageText": _EDIT | _TEXT,
    "editMessageCaption": _EDIT | _CAPTION | {"show_caption_above_media"},
    "editMessageMedia": _EDIT | {"media"},
    "editMessageReplyMarkup": _EDIT,
    "answerInlineQuery": {
        "inline_query_id", "results", "cache_time", "is_personal", "next_offset", "button",
        "switch_pm_text", "switch_pm_parameter",
    },
}  # fmt: skip
WITHOUT_EFFECT = {  # accepted, because what they change does not exist in the sandbox
    "cache_time",  # every press reaches the bot
    "disable_notification",  # nothing rings
    "is_big",  # no animations
    "limit", "offset",  # of the pictures of somebody's profile: there are none
    "revoke_messages",  # somebody who is banned reads nothing anyway
    "supports_streaming",  # nobody plays a video
}  # fmt: skip
READ_PARAMETERS = {
    name: _READ_PARTLY.get(name, entry.fields.keys() - WITHOUT_EFFECT)
    for name, entry in METHODS.items()
}
WHY_WITHOUT_EFFECT = {  # why the sandbox lacks a parameter
    "allow_paid_broadcast": "no bot has Stars here",
    "business_connection_id": "it has no business accounts",
    "callback_query_id": "it has no ephemeral messages",
    "direct_messages_topic_id": "it has no direct messages of a channel",
    "ephemeral_message_parameters": "it has no ephemeral messages",
    "message_effect_id": "it has no effects",
    "message_thread_id": "it has no topics",
    "receiver_user_id": "it has no ephemeral messages",
    "rich_message": "it has no rich messages",
    "suggested_post_parameters": "it has no direct messages of a channel",
}
ADVICE = {
    "certificate": "Leave the certificate out, and give an http address on this machine.",
}
_READ_AS_INTEGER = {"message_effect_id"}  # by the real server, though the manual says String


def _fields(method: str) -> dict[str, str]:
    return METHODS[OLD_NAMES.get(method, method)].fields


SUPPORTED = {
    method: frozenset(
        READ_PARAMETERS[name] | (_fields(method).keys() & WITHOUT_EFFECT) | {"method"}
    )
    for name in READ_PARAMETERS
    for method in (name, *(old for old, new in OLD_NAMES.items() if new == name))
}


def other_parameters(
    method: str, arguments: Arguments
) -> tuple[tuple[str, ...], list[UnsupportedError]]:
    """Return the parameters of a call that the Bot API doesn't know, and those lacking here.

    Each of these is a refusal. Of a method that is lacking, no parameter is.
    """
    fields, ignored = _fields(method), []
    lacking: list[UnsupportedError] = []
    supported = SUPPORTED.get(method, {*fields, "method"})
    if arguments.names <= supported:
        return (), lacking
    for name in arguments.names - supported:
        kind = fields.get(name)
        if kind is None:
            ignored.append(name)
        elif not _is_empty_value(arguments, name, kind):
            why = WHY_WITHOUT_EFFECT.get(name)
            advice = f"Leave it out: {why}." if why else ADVICE.get(name, "Leave it out.")
            lacking.append(UnsupportedError(f"{method} with {name}", advice))
    # A file of any name may be meant by attach://NAME.
    slips = sorted(name for name in ignored if name not in arguments.files)
    return tuple(hide_tokens(name)[:KEPT_CHARACTERS] for name in slips[:KEPT_IGNORED]), lacking


def _is_empty_value(arguments: Arguments, name: str, kind: str) -> bool:
    """Return whether the real server would take this value for none."""
    if name in arguments.files:
        return False
    text = arguments.text(name)
    if name in _READ_AS_INTEGER:  # a text that is no number is no id there, but a slip here
        return not text or (text.lstrip("-").isdecimal() and leading_integer(text) <= 0)
    if kind == "Integer":
        return leading_integer(text) <= 0
    if kind == "Boolean":
        return not arguments.boolean(name)
    if "InputFile" in kind:  # a text that names no upload is no file for a thumbnail
        return not text.startswith("attach://")
    return not text


def describe_ignored(method: str, name: str) -> str:
    """Say that the Bot API has no such parameter, and which one may be meant.

    >>> describe_ignored("sendMessage", "replyMarkup")
    "the Bot API has no parameter 'replyMarkup' in sendMessage; Telegram ignores it. Did you mean \
'reply_markup'?"
    """
    words = f"the Bot API has no parameter {name!r} in {method}; Telegram ignores it"
    snake = re.sub("(?<=[a-z])[A-Z]", lambda sign: "_" + sign[0], name).lower()
    close = difflib.get_close_matches(snake, _fields(method), n=1, cutoff=0.7)
    return f"{words}. Did you mean {close[0]!r}?" if close else words


def similar_method(name: str) -> str:
    """Return "Did you mean …?" for a name that is no method, or "".

    >>> similar_method("sendMesage"), similar_method("hello")
    ("Did you mean 'sendMessage'?", '')
    """
    lower = {method.lower(): method for method in METHODS}
    close = difflib.get_close_matches(name[:KEPT_CHARACTERS].lower(), lower, n=1, cutoff=0.7)
    return f"Did you mean {lower[close[0]]!r}?" if close else ""
