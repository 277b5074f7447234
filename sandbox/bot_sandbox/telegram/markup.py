"""Read the keyboard that a bot sends in `reply_markup`: inline buttons, or a reply keyboard.

A reply keyboard is different from inline buttons: it offers texts, and pressing a button sends its
text, or the person's contact or place. The checks come in two steps, as in the real server:
`get_reply_markup` in `Client.cpp` of tdlib/telegram-bot-api reads the JSON, and
`td/telegram/ReplyMarkup.cpp` of tdlib/td checks what it means in a chat.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.formatting import mention_or_link, normalize_link
from bot_sandbox.telegram.json_fields import (
    array_field,
    bad_field_error,
    boolean_field,
    integer_field,
    object_field,
    text_field,
)
from bot_sandbox.telegram.types import Json, ReplyKeyboard

MAX_BUTTON_DATA = 64  # bytes
MAX_IN_A_ROW = 12  # buttons; the real server drops those after them
MAX_BUTTONS = 300  # in all
STYLES = ("primary", "danger", "success")
SWITCH_TARGETS = ("allow_user_chats", "allow_bot_chats", "allow_group_chats", "allow_channel_chats")
PRIVATE_ONLY = {  # a reply keyboard's buttons that exist only in private chats
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "request_poll": "poll can be requested in private chats only",
    "web_app": "Web App buttons can be used in private chats only",
    "request_users": "users can be requested in private chats only",
    "request_chat": "chats can be requested in private chats only",
    "request_managed_bot": "managed bots can be requested in private chats only",
}
NO_NAME = "because users will not be able to use the button without knowing bot's username"

Rows = list[list[Json]]


@dataclass(frozen=True)
class Markup:
    """A read `reply_markup`; `kind` is "inline", "reply", "remove", "force_reply" or ""."""

    kind: str = ""
    rows: Rows = field(default_factory=list)
    one_time: bool = False  # this and what follows only for a reply keyboard or a forced reply
    is_persistent: bool = False
    selective: bool = False
    placeholder: str = ""

    def in_chat(self, chat_kind: str) -> tuple[Rows, ReplyKeyboard | None]:
        """Return the inline buttons, and the new reply keyboard, if there is one.

        A reply keyboard without buttons removes the old one.

        400 if a button is invalid, or has no place in this kind of chat.
        """
        if self.kind not in ("", "inline") and chat_kind == "channel":
            raise bad_request("inline keyboard expected")
        if self.kind == "reply":
            offered = _keep_valid_buttons(
                self.rows, lambda button: _check_offered(button, chat_kind)
            )
            return [], self._reply_keyboard(offered) if offered else None
        if self.kind in ("remove", "force_reply"):
            return [], self._reply_keyboard([])
        return _keep_valid_buttons(self.rows, lambda button: _check_inline(button, chat_kind)), None

    def _reply_keyboard(self, buttons: Rows) -> ReplyKeyboard:
        return ReplyKeyboard(
            buttons,
            one_time=self.one_time,
            is_persistent=self.is_persistent,
            force_reply=self.kind == "force_reply",
            placeholder=self.placeholder,
            selective=self.selective,
        )

    def inline(self, chat_kind: str) -> Rows:
        """Return the inline buttons; 400 for any other keyboard, which no edit can bring."""
        if self.kind not in ("", "inline"):
            raise bad_request("inline keyboard expected")
        return self.in_chat(chat_kind)[0]


def read_markup(arguments: Arguments) -> Markup:
    """Read reply_markup; 400 if it is not what the Bot API describes."""
    markup = arguments.json("reply_markup", "reply keyboard markup")
    if markup is None and not arguments.text("reply_markup"):
        return Markup()
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    try:
        return _read_keyboard(markup)
    except ValueError as problem:
        raise bad_field_error(problem) from None


def _read_keyboard(markup: Json) -> Markup:
    offered = _read_rows(markup, "keyboard", "keyboard button", _offered_button)
    inline = _read_rows(markup, "inline_keyboard", "inline keyboard button", _inline_button)
    hide, remove, personal, selective, force, old_force = (
        boolean_field(markup, name)
        for name in (
            "hide_keyboard", "remove_keyboard", "personal_keyboard", "selective",
            "force_reply", "force_reply_keyboard",
        )
    )  # fmt: skip
    is_selective = personal or selective
    placeholder = text_field(markup, "input_field_placeholder")
    if offered:
        boolean_field(markup, "resize_keyboard")
        once, lasts = (boolean_field(markup, n) for n in ("one_time_keyboard", "is_persistent"))
        return Markup("reply", offered, once, lasts, is_selective, placeholder)
    if inline:
        return Markup("inline", inline)
    if hide or remove:
        return Markup("remove", selective=is_selective)
    if force or old_force:
        return Markup("force_reply", selective=is_selective, placeholder=placeholder)
    return Markup()


def _read_rows(markup: Json, name: str, what: str, read: Callable[[Any], Json]) -> Rows:
    rows = array_field(markup, name)
    if not all(isinstance(row, list) for row in rows):
        of = " of the InlineKeyboardMarkup" if name == "inline_keyboard" else ""
        raise ValueError(f'Field "{name}"{of} must be an Array of Arrays')
    try:
        return [[read(button) for button in row] for row in rows]
    except ValueError as problem:
        raise ValueError(f"can't parse {what}: {problem}") from None


def _button_face(button: Json) -> Json:
    """Return what every button has: a text, and perhaps an icon and a style."""
    face: Json = {"text": text_field(button, "text", required=True)}
    if icon := integer_field(button, "icon_custom_emoji_id", bits=64):
        face["icon_custom_emoji_id"] = str(icon)
    if style := text_field(button, "style").lower():
        if style not in ("default", *STYLES):
            raise ValueError("invalid button style specified")
        if style in STYLES:
            face["style"] = style
    return face


# A reply keyboard's buttons


def _offered_button(button: Any) -> Json:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        raise ValueError("KeyboardButton must be a String or an Object")
    return _button_face(button) | _button_request(button)


def _button_request(button: Json) -> Json:
    """Return what pressing the button asks for; {} if it only sends its text."""
    contact = [boolean_field(button, name) for name in ("request_phone_number", "request_contact")]
    if any(contact):
        return {"request_contact": True}
    if boolean_field(button, "request_location"):
        return {"request_location": True}
    if "request_poll" in button:
        kind = text_field(object_field(button, "request_poll"), "type")
        return {"request_poll": {"type": kind} if kind in ("quiz", "regular") else {}}
    if "web_app" in button:
        return {"web_app": _read_web_app(button)}
    if old := {"request_user", "request_users"} & button.keys():
        return {"request_users": _requested(button, max(old))}
    for name in ("request_chat", "request_managed_bot"):
        if name in button:
            return {name: _requested(button, name)}
    return {}


def _requested(button: Json, name: str) -> Json:
    """Return the criteria for the users, the chat or the bot that a person may choose."""
    criteria = object_field(button, name)
    integer_field(criteria, "request_id", required=True)
    integer_field(criteria, "max_quantity")
    for key in criteria.keys() & {"suggested_name", "suggested_username"}:
        text_field(criteria, key)
    for key in criteria.keys() - {"request_id"}:
        if key.startswith(("user_is_", "chat_is_", "chat_has_", "bot_is_", "request_")):
            boolean_field(criteria, key)
    return criteria


def _read_web_app(button: Json) -> Json:
    return {"url": text_field(object_field(button, "web_app"), "url", required=True)}


def _check_offered(button: Json, chat_kind: str) -> Json:
    if not button["text"]:
        raise bad_request("keyboard button text must be non-empty")
    for name in PRIVATE_ONLY.keys() & button.keys():
        if chat_kind != "private":
            raise bad_request(PRIVATE_ONLY[name])
    if "web_app" in button:
        https_link(button["web_app"]["url"], "keyboard button Web App")
    return button


# Inline buttons


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise ValueError("InlineKeyboardButton must be an Object")
    return _button_face(button) | _button_action(button)


def _button_action(button: Json) -> Json:
    """Return what pressing the button does: the first such field counts, others are dropped."""
    for name in ("url", "callback_data"):
        if text := text_field(button, name):
            return {name: text}
    for name, value in (("callback_game", {}), ("pay", True)):
        if name in button:
            return {name: value}
    if "switch_inline_query" in button:
        return {"switch_inline_query": text_field(button, "switch_inline_query")}
    if "switch_inline_query_chosen_chat" in button:
        return _read_switch(object_field(button, "switch_inline_query_chosen_chat"))
    if (name := "switch_inline_query_current_chat") in button:
        return {name: text_field(button, name)}
    if "login_url" in button:
        return {"login_url": _read_login_url(object_field(button, "login_url"))}
    if "web_app" in button:
        return {"web_app": _read_web_app(button)}
    if "copy_text" in button:
        copied = text_field(object_field(button, "copy_text"), "text", required=True)
        return {"copy_text": {"text": copied}}
    if "disabled" in button:
        return {"disabled": object_field(button, "disabled")}
    raise ValueError("Text buttons are unallowed in the inline keyboard")


def _read_switch(chosen: Json) -> Json:
    query = text_field(chosen, "query")
    targets = {name: boolean_field(chosen, name) for name in SWITCH_TARGETS}
    if all(targets.values()):
        return {"switch_inline_query": query}
    return {"switch_inline_query_chosen_chat": {"query": query} | targets}


def _read_login_url(login: Json) -> Json:
    url = text_field(login, "url", required=True)
    username = text_field(login, "bot_username").removeprefix("@")
    boolean_field(login, "request_write_access")
    text_field(login, "forward_text")
    if login.get("bot_username") and not (username.isascii() and username.isidentifier()):
        raise ValueError("LoginUrl bot username is invalid")
    return {"url": url}


def _check_inline(button: Json, chat_kind: str) -> Json:
    if not button["text"]:
        raise bad_request("inline keyboard button text must be non-empty")
    if "url" in button:
        return button | {"url": _link(button["url"])}
    if "login_url" in button:  # a message shows it as an ordinary link
        url = https_link(button["login_url"]["url"], "inline keyboard button login")
        return {name: value for name, value in button.items() if name != "login_url"} | {"url": url}
    if "web_app" in button:
        url = https_link(button["web_app"]["url"], "inline keyboard button Web App")
        if chat_kind != "private":
            raise bad_request("BUTTON_TYPE_INVALID")
        return button | {"web_app": {"url": url}}
    data = button.get("callback_data", "")
    if len(data.encode("utf-8", "surrogatepass")) > MAX_BUTTON_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    chosen = button.get("switch_inline_query_chosen_chat")
    if chosen and not any(chosen[name] for name in SWITCH_TARGETS):
        raise bad_request("at least one chat type must be allowed")
    for name in button if chat_kind == "channel" else ():
        if name.startswith("switch_inline_query"):
            shown = name.removesuffix("_chosen_chat")
            raise bad_request(f"can't use {shown} button in a channel chat, {NO_NAME}")
    return button


def _link(url: str) -> str:
    """Return a button's link as the message shows it; 400 if it is invalid."""
    try:
        link = mention_or_link(url)
    except ValueError as problem:
        raise bad_request(f"inline keyboard button {problem}") from None
    return f"tg://user?id={link['user']['id']}" if "user" in link else str(link["url"])


def https_link(url: str, what: str) -> str:
    """Return a link that must be https; 400 if it is not."""
    link = problem = ""
    try:
        link = normalize_link(url)
    except ValueError as found:
        problem = str(found)
    if problem in ("", "Wrong HTTP URL") and not url.lower().startswith("https://"):
        problem = "Only HTTPS links are allowed"
    if problem:
        raise bad_request(f"{what} URL '{url}' is invalid: {problem}")
    return link


def _keep_valid_buttons(rows: Rows, check: Callable[[Json], Json]) -> Rows:
    """Return the checked buttons; drop those without a face, and those beyond the limits."""
    kept: Rows = []
    left = MAX_BUTTONS
    for row in rows:
        shown = [one for one in row if one["text"] or "icon_custom_emoji_id" in one]
        checked = [check(button) for button in shown[: min(MAX_IN_A_ROW, left)]]
        left -= len(checked)
        if checked:
            kept.append(checked)
    return kept
