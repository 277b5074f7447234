"""What a bot says of itself: its name, its descriptions, and the button beside the input field.

The sandbox keeps the texts for each language. If there is none for a language, the getter returns
the one for all languages. Telegram's words for a text that is too long are not known; here they are
the sandbox's own.
"""

import re
from typing import Any

from bot_sandbox.telegram.arguments import Arguments, leading_integer
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.json_fields import object_field, text_field
from bot_sandbox.telegram.markup import https_link
from bot_sandbox.telegram.methods.base import MethodGroup
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.world import BotAccount

LONGEST_TEXTS = {"name": 64, "description": 512, "short_description": 120}  # characters
COMMANDS_BUTTON = {"type": "commands"}  # the menu button unless another is set
DEFAULT_BUTTON = {"type": "default"}  # in a chat: the one of all chats


class Profile(MethodGroup):
    """The methods for a bot's name, descriptions and menu button."""

    async def set_my_name(self, account: BotAccount, arguments: Arguments) -> bool:
        """Change the name that people see."""
        language = self._keep_text(account, arguments, "name")
        if not language:
            account.name = account._profile.get(("name", ""), account._given_name)
            account._json["first_name"] = account.name
            self._world.changes.changed()
        return True

    async def get_my_name(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return the name."""
        return {"name": self._kept_text(account, arguments, "name") or account.name}

    async def set_my_description(self, account: BotAccount, arguments: Arguments) -> bool:
        """Change the text in an empty chat."""
        self._keep_text(account, arguments, "description")
        return True

    async def get_my_description(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return the text in an empty chat."""
        return {"description": self._kept_text(account, arguments, "description")}

    async def set_my_short_description(self, account: BotAccount, arguments: Arguments) -> bool:
        """Change the text in the bot's profile."""
        self._keep_text(account, arguments, "short_description")
        return True

    async def get_my_short_description(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return the text in the bot's profile."""
        return {"short_description": self._kept_text(account, arguments, "short_description")}

    async def set_chat_menu_button(self, account: BotAccount, arguments: Arguments) -> bool:
        """Change the button beside the input field, in one private chat or in all."""
        button = _menu_button(arguments)
        account._menu_buttons[self._private_chat_id(arguments)] = button
        return True

    async def get_chat_menu_button(self, account: BotAccount, arguments: Arguments) -> Json:
        """Return the button beside the input field."""
        person_id = self._private_chat_id(arguments)
        found = account._menu_buttons.get(person_id, DEFAULT_BUTTON)
        return COMMANDS_BUTTON if found == DEFAULT_BUTTON and not person_id else found

    def _keep_text(self, account: BotAccount, arguments: Arguments, name: str) -> str:
        """Keep a text, and return its language; an empty text removes it."""
        language, text = language_code(arguments), arguments.text(name).strip()
        if len(text) > LONGEST_TEXTS[name]:
            raise bad_request(f"{name} is longer than {LONGEST_TEXTS[name]} characters")
        account._profile.pop((name, language), None)
        if text:
            account._profile[name, language] = text
        return language

    def _kept_text(self, account: BotAccount, arguments: Arguments, name: str) -> str:
        kept = account._profile
        return kept.get((name, language_code(arguments))) or kept.get((name, ""), "")

    def _private_chat_id(self, arguments: Arguments) -> int:
        """Return the person of a private chat, 0 for all chats."""
        if "chat_id" not in arguments:
            return 0
        person_id = leading_integer(arguments.text("chat_id"))
        if person_id <= 0:
            raise bad_request("invalid chat_id specified")
        if self._world.user(person_id) is None:
            raise bad_request("user not found")
        return person_id


def language_code(arguments: Arguments) -> str:
    """Return the language_code of a call, "" for all languages; 400 if it is invalid."""
    language = arguments.text("language_code")
    if not re.fullmatch("(?:[a-z]{2})?", language):
        raise bad_request("invalid language code specified")
    return language


def _menu_button(arguments: Arguments) -> Json:
    """Return a menu button; 400 as in `get_bot_menu_button` of telegram-bot-api's Client.cpp."""
    if not arguments.text("menu_button"):
        return DEFAULT_BUTTON
    given = arguments.json("menu_button", "menu button")
    try:
        return _read_menu_button(given)
    except ValueError as problem:
        raise bad_request(f"can't parse menu button: {problem}") from None


def _read_menu_button(given: Any) -> Json:
    if not isinstance(given, dict):
        raise ValueError("MenuButton must be an Object")
    kind = text_field(given, "type", required=True)
    if kind in ("default", "commands"):
        return {"type": kind}
    if kind != "web_app":
        raise ValueError("MenuButton has unsupported type")
    text = text_field(given, "text", required=True)
    url = text_field(object_field(given, "web_app"), "url", required=True)
    link = https_link(url, "menu button Web App")
    return {"type": "web_app", "text": text, "web_app": {"url": link}}
