"""The Bot API's methods: what the sandbox can do when a bot asks.

A method is here when `Methods` has it under its Python name (sendMessage: send_message). Another
method of the real Bot API is refused as lacking, and what does not exist at all by 404 "Not Found:
method not found". What a webhook address may be depends on `local_mode`: the real server run with
--local takes any http address and port, the public one does not. The menu of commands is kept and
shown to nobody.
"""

import asyncio
import functools
import itertools
import json
import re
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot_sandbox.telegram.arguments import Arguments, as_text, leading_integer
from bot_sandbox.telegram.buttons import read_keyboard, read_markup
from bot_sandbox.telegram.calls import Called
from bot_sandbox.telegram.errors import LackingError, TelegramError, bad_request, too_many_requests
from bot_sandbox.telegram.formatting import read_caption, read_text
from bot_sandbox.telegram.media import MAX_DOWNLOAD
from bot_sandbox.telegram.types import REACTIONS, Chat, Json, Message, User
from bot_sandbox.telegram.updates import DEFAULT_TYPES, Target, Webhook, WebhookClient
from bot_sandbox.telegram.world import BotAccount, TelegramWorld, member_json

Method = Callable[[BotAccount, Arguments], Awaitable[object]]

ACTIONS = (
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "record_audio", "upload_audio", "upload_document", "choose_sticker", "find_location",
    "pick_up_location", "record_video_note", "upload_video_note", "cancel",
)  # fmt: skip
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
BY_SET_WEBHOOK = "Conflict: terminated by setWebhook request"
DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}  # and their highest values
MAX_ALBUM = 10  # messages
MAX_AT_ONCE = 100  # messages to forward, copy or delete
NOT_COPIED = ("forward_", "has_protected_content", "media_group_id")  # what a copy does not keep
MAX_POLL_S = 50
DEFAULT_CONNECTIONS = 40


@dataclass(frozen=True)
class Described:
    """A result that is told in words, too."""

    result: object
    description: str


class Methods:
    """The methods; `call` carries one out, by its name."""

    def __init__(
        self, world: TelegramWorld, client: WebhookClient, local_mode: bool, set_webhook_s: float
    ) -> None:
        self._world = world
        self._client = client
        self._local_mode = local_mode
        self._set_webhook_s = set_webhook_s
        self._albums = itertools.count(13_000_000_000_000_001)
        self._table: dict[str, Method] = {
            name.lower(): getattr(self, _python_name(name)) for name in names()
        }

    async def call(
        self, account: BotAccount, method: str, arguments: Arguments, by_answer: bool = False
    ) -> object:
        """Carry out a method, by its name in small letters; TelegramError when it is refused.

        `by_answer` tells that the call stood in a webhook's answer.
        """
        function = self._table.get(method)
        result, error = None, ""
        try:
            if function is None:
                raise _unknown(method)
            result = await function(account, arguments)
            return result
        except TelegramError as refusal:
            error = refusal.description
            if isinstance(refusal, LackingError) and refusal.what not in account.lacking:
                account.lacking.append(refusal.what)
            raise
        except Exception as problem:  # a fault of the sandbox itself
            error = "Internal Server Error"
            raise TelegramError(500, error) from problem
        finally:
            if method != "getupdates":
                sent = arguments.as_sent()
                name = SPELLED.get(method, method)
                account.calls.append(Called(name, sent, by_answer, result, error, time.time()))
            if error:
                self._world.changes.changed()

    async def get_me(self, account: BotAccount, arguments: Arguments) -> Json:
        """Who the bot is."""
        return account.get_me()

    # Saying something

    async def send_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Write into a chat."""
        text, entities = read_text(arguments)
        more = _link_preview(arguments)
        return self._send(account, arguments, text=text, entities=entities, more=more).to_json()

    async def send_photo(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a picture."""
        content = self._captioned(arguments, "photo")
        return self._send(account, arguments, **content).to_json()

    async def send_document(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send any file."""
        content = self._captioned(arguments, "document")
        return self._send(account, arguments, **content).to_json()

    async def send_sticker(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a sticker."""
        file = self._world.files.given(arguments, "sticker")
        return self._send(account, arguments, file=file).to_json()

    async def send_media_group(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Send several pictures or documents as one album."""
        media = arguments.json("media", "media")
        if not arguments.text("media"):
            raise bad_request('parameter "media" is required')
        if not isinstance(media, list):
            raise bad_request("expected an Array of InputMedia")
        if not media:
            raise bad_request("there are no messages to send")
        if len(media) > MAX_ALBUM:
            raise bad_request("too many messages to send as an album")
        contents = [self._input_media(item, arguments) for item in media]
        if len({content["file"].kind for content in contents}) > 1:
            raise bad_request("document can't be mixed with other media types")
        album = {"media_group_id": str(next(self._albums))}
        messages = []
        for content in contents:
            content["more"] |= album
            messages.append(self._send(account, arguments, with_keyboard=False, **content))
        return [message.to_json() for message in messages]

    async def send_location(self, account: BotAccount, arguments: Arguments) -> Json:
        """Send a place on Earth."""
        place: Json = {
            "latitude": arguments.number("latitude"),
            "longitude": arguments.number("longitude"),
        }
        for name in ("live_period", "heading", "proximity_alert_radius"):
            if arguments.integer(name) > 0 and arguments.integer("live_period") > 0:
                place[name] = arguments.integer(name)
        return self._send(account, arguments, more={"location": place}).to_json()

    async def send_dice(self, account: BotAccount, arguments: Arguments) -> Json:
        """Throw a die, or what else has a value."""
        emoji = (arguments.text("emoji") or "🎲").replace("\ufe0f", "")
        if emoji not in DICE:
            raise bad_request("EMOTICON_INVALID")
        dice = {"emoji": emoji, "value": self._world.randomness.number(DICE[emoji], "dice")}
        return self._send(account, arguments, more={"dice": dice}).to_json()

    async def forward_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Say again what somebody said, with their name on it."""
        original = self._original(account, arguments, "message to forward")
        return self._send(account, arguments, **_forwarded(original)).to_json()

    async def forward_messages(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Forward several messages; those that are gone or cannot be forwarded are left out."""
        found = self._originals(account, arguments, "messages can't be forwarded")
        sent = [self._send(account, arguments, **_forwarded(original)) for original in found]
        return [{"message_id": message.message_id} for message in sent]

    async def copy_message(self, account: BotAccount, arguments: Arguments) -> Json:
        """Say again what somebody said, without their name."""
        original = self._original(account, arguments, "message to copy")
        content = _copied(original)
        if "caption" in arguments and original.file:
            content["text"], content["entities"] = read_caption(arguments)
        return {"message_id": self._send(account, arguments, **content).message_id}

    async def copy_messages(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Copy several messages; those that are gone or cannot be copied are left out."""
        found = self._originals(account, arguments, "messages can't be copied")
        contents = [_copied(original) for original in found]
        for content in contents:
            if arguments.boolean("remove_caption") and content["file"]:
                content["text"], content["entities"] = "", []
        sent = [self._send(account, arguments, **content) for content in contents]
        return [{"message_id": message.message_id} for message in sent]

    def _send(
        self, account: BotAccount, arguments: Arguments, with_keyboard: bool = True, **content: Any
    ) -> Message:
        """What all of them have in common: to whom, in reply to what, with which buttons."""
        keyboard, choices = read_markup(arguments) if with_keyboard else ([], None)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        reply_to = _reply_to(chat, arguments)
        account.limiter.check(chat.id, chat.kind != "private", time.monotonic())
        if arguments.boolean("protect_content"):
            content["more"] = content.get("more", {}) | {"has_protected_content": True}
        content["entities"] = self._world.with_users(account, content.get("entities", []))
        chat.choices = choices or chat.choices
        return self._world.post(chat, account, keyboard=keyboard, reply_to=reply_to, **content)

    def _captioned(self, arguments: Arguments, kind: str, value: str = "") -> dict[str, Any]:
        """A file and what stands under it."""
        file = self._world.files.given(arguments, kind, value)
        text, entities = read_caption(arguments)
        more = {}
        if kind == "photo" and text and arguments.boolean("show_caption_above_media"):
            more["show_caption_above_media"] = True
        if kind == "photo" and arguments.boolean("has_spoiler"):
            more["has_media_spoiler"] = True
        return {"file": file, "text": text, "entities": entities, "more": more}

    def _input_media(self, item: Any, arguments: Arguments) -> dict[str, Any]:
        """The same, from an InputMedia."""
        if not isinstance(item, dict):
            raise bad_request("can't parse InputMedia: expected an Object")
        given = Arguments([(key, as_text(value)) for key, value in item.items()], arguments.files)
        kind, media = given.text("type"), given.text("media")
        if kind in ("animation", "audio", "live_photo", "video"):
            raise LackingError(f"InputMedia with {kind}", "It has photo and document.")
        if kind not in ("photo", "document"):
            raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
        if not media:
            raise bad_request("can't parse InputMedia: media not found")
        return self._captioned(given, kind, media)

    def _original(self, account: BotAccount, arguments: Arguments, what: str) -> Message:
        if not arguments.text("from_chat_id"):
            raise bad_request('parameter "from_chat_id" is required')
        chat = self._world.chat_for(account, arguments.text("from_chat_id"), write=False)
        message = chat.find(arguments.integer("message_id"))
        if message is None:
            raise bad_request(f"{what} not found")
        if message.event:
            verb = "copied" if what.endswith("copy") else "forwarded"
            raise bad_request(f"the message can't be {verb}")
        if message.more.get("has_protected_content"):
            raise bad_request("message has protected content and can't be forwarded")
        return message

    def _originals(self, account: BotAccount, arguments: Arguments, none: str) -> list[Message]:
        numbers = _message_ids(arguments)
        if not arguments.text("from_chat_id"):
            raise bad_request('parameter "from_chat_id" is required')
        chat = self._world.chat_for(account, arguments.text("from_chat_id"), write=False)
        found = [message for number in numbers if (message := chat.find(number))]
        found = [m for m in found if not m.event and not m.more.get("has_protected_content")]
        if not found:
            raise bad_request(none)
        return found

    # Changing what was said

    async def edit_message_text(self, account: BotAccount, arguments: Arguments) -> Json:
        """Change a message of the bot's own."""
        text, entities = read_text(arguments)
        keyboard, preview = read_keyboard(arguments), _link_preview(arguments)
        message = self._own(account, arguments)
        if message.file or not message.text:
            raise bad_request("there is no text in the message to edit")
        more = {key: value for key, value in message.more.items() if key != "link_preview_options"}
        more |= preview
        return self._edit(message, text=text, entities=entities, more=more, keyboard=keyboard)

    async def edit_message_caption(self, account: BotAccount, arguments: Arguments) -> Json:
        """Change what stands under a file of the bot's own."""
        keyboard = read_keyboard(arguments)
        text, entities = read_caption(arguments)
        message = self._own(account, arguments)
        if message.file is None or message.sticker:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(message, text=text, entities=entities, keyboard=keyboard)

    async def edit_message_media(self, account: BotAccount, arguments: Arguments) -> Json:
        """Put another picture or document in the place of one, or of a text."""
        keyboard = read_keyboard(arguments)
        media = arguments.json("media", "input media")
        if not arguments.text("media"):
            raise bad_request('parameter "media" is required')
        content = self._input_media(media, arguments)
        message = self._own(account, arguments)
        if message.more.keys() & {"location", "dice"} or message.sticker:
            raise bad_request("message can't be edited")
        for name in message.more.keys() & {"has_protected_content", "media_group_id"}:
            content["more"][name] = message.more[name]
        return self._edit(message, keyboard=keyboard, **content)

    async def edit_message_reply_markup(self, account: BotAccount, arguments: Arguments) -> Json:
        """Change the buttons under a message of the bot's own, or take them away."""
        keyboard = read_keyboard(arguments)
        return self._edit(self._own(account, arguments), mark=False, keyboard=keyboard)

    def _own(self, account: BotAccount, arguments: Arguments) -> Message:
        """The message to edit."""
        if not arguments.text("chat_id") and not arguments.integer("message_id"):
            if arguments.text("inline_message_id"):
                advice = "It has no inline mode: a message has a chat_id and a message_id."
                raise LackingError("inline_message_id", advice)
            raise bad_request("message identifier is not specified")
        message = self._find(account, arguments, "message to edit not found")
        if message.sender is not account or message.event or "forward_origin" in message.more:
            raise bad_request("message can't be edited")
        return message

    def _edit(self, message: Message, mark: bool = True, **changes: Any) -> Json:
        if "entities" in changes:
            account = self._world.accounts[message.sender.id]  # bots edit their own messages only
            changes["entities"] = self._world.with_users(account, changes["entities"])
        if all(getattr(message, name) == value for name, value in changes.items()):
            raise bad_request(NOT_MODIFIED)
        self._world.edit(message, mark=mark, **changes)
        return message.to_json()

    async def delete_message(self, account: BotAccount, arguments: Arguments) -> bool:
        """Take a message out of a chat: its own, or any where it is an admin or in private."""
        if not arguments.text("chat_id"):
            raise bad_request("chat identifier is not specified")
        if not arguments.integer("message_id"):
            raise bad_request("message identifier is not specified")
        self._delete(account, [self._find(account, arguments, "message to delete not found")])
        return True

    async def delete_messages(self, account: BotAccount, arguments: Arguments) -> bool:
        """Take several messages out of a chat; those that are gone already do not matter."""
        numbers = _message_ids(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        self._delete(account, [found for number in numbers if (found := chat.find(number))])
        return True

    def _delete(self, account: BotAccount, messages: list[Message]) -> None:
        for message in messages:
            own = message.sender is account or message.chat.kind == "private"
            if not own and account.id not in message.chat.admins:
                raise bad_request("message can't be deleted")
        for message in messages:
            message.deleted = True
        self._world.changes.changed()

    async def set_message_reaction(self, account: BotAccount, arguments: Arguments) -> bool:
        """Give a message a reaction, or take it back."""
        given = arguments.json("reaction", "reaction types") or []
        if not isinstance(given, list):
            raise bad_request("expected an Array of ReactionType")
        emojis = [_reaction(reaction) for reaction in given]
        message = self._find(account, arguments, "message to react not found", write=False)
        if len(emojis) > 1:
            raise bad_request("REACTIONS_TOO_MANY")
        self._world.react(account, message, emojis[0] if emojis else "")
        return True

    # Files

    async def get_file(self, account: BotAccount, arguments: Arguments) -> Json:
        """Where a file is to be had: /file/bot<TOKEN>/<file_path>."""
        file_id = arguments.text("file_id")
        if not file_id:
            raise bad_request("file_id not specified")
        file = self._world.files.by_id.get(file_id)
        if file is None:
            raise bad_request("invalid file_id")
        if len(file.data) > MAX_DOWNLOAD:
            raise bad_request("file is too big")
        return file.identity | {"file_path": file.path}

    async def get_user_profile_photos(self, account: BotAccount, arguments: Arguments) -> Json:
        """The pictures somebody has of themselves: nobody here has one."""
        if self._world.user(_user_id(arguments)) is None:
            raise bad_request("user not found")
        return {"total_count": 0, "photos": []}

    # Chats and who is in them

    async def send_chat_action(self, account: BotAccount, arguments: Arguments) -> bool:
        """Show "typing…"; nobody here looks."""
        if arguments.text("action") not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._world.chat_for(account, arguments.text("chat_id"))
        return True

    async def get_chat(self, account: BotAccount, arguments: Arguments) -> Json:
        """What a chat is called, with the fields ChatFullInfo always has."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        return chat.json | {
            "accent_color_id": chat.id % 7,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            ),
        }

    async def get_chat_member(self, account: BotAccount, arguments: Arguments) -> Json:
        """What somebody is in a chat."""
        user_id = _user_id(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        user = self._world.user(user_id)
        if user is None or (chat.kind == "private" and user not in chat.members):
            raise bad_request("member not found")
        return member_json(chat, user, chat.standing(user))

    async def get_chat_administrators(
        self, account: BotAccount, arguments: Arguments
    ) -> list[Json]:
        """The owner and the admins of a chat; of the bots only this one, unless all are wanted."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        if chat.kind == "private":
            raise bad_request("there are no administrators in the private chat")
        bots = arguments.boolean("return_bots")
        return [
            member_json(chat, member, chat.standing(member))
            for member in chat.members
            if chat.standing(member) != "member"
            and (bots or not member.is_bot or member is account)
        ]

    async def get_chat_member_count(self, account: BotAccount, arguments: Arguments) -> int:
        """How many are in a chat, bots among them."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        return len(chat.members)

    async def leave_chat(self, account: BotAccount, arguments: Arguments) -> bool:
        """Go out of a group."""
        chat = self._world.chat_for(account, arguments.text("chat_id"), write=False)
        if chat.kind == "private":
            raise bad_request("can't leave private chats")
        self._world.set_member(chat, account, "left", account)
        return True

    async def ban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Throw somebody out for good."""
        chat, user = self._to_restrict(account, arguments)
        self._world.set_member(chat, user, "kicked", account)
        return True

    async def unban_chat_member(self, account: BotAccount, arguments: Arguments) -> bool:
        """Let somebody come back; who is in the chat is thrown out, unless only_if_banned."""
        chat, user = self._to_restrict(account, arguments)
        if chat.kind == "group":
            raise bad_request("method is available for supergroup and channel chats only")
        if chat.standing(user) == "kicked" or not arguments.boolean("only_if_banned"):
            self._world.set_member(chat, user, "left", account)
        return True

    def _to_restrict(self, account: BotAccount, arguments: Arguments) -> tuple[Chat, User]:
        """A chat and somebody in it whom the bot may ban: td/telegram/DialogParticipantManager."""
        user_id = _user_id(arguments)
        chat = self._world.chat_for(account, arguments.text("chat_id"))
        user = self._world.user(user_id)
        if chat.kind == "private":
            raise bad_request("can't ban members in private chats")
        if user is None:
            raise bad_request("member not found")
        if user is account:
            raise bad_request("can't restrict self")
        if chat.standing(user) == "creator":
            raise bad_request("can't remove chat owner")
        if account.id not in chat.admins:
            without = "not enough rights to restrict/unrestrict chat member"
            raise bad_request("CHAT_ADMIN_REQUIRED" if chat.kind == "group" else without)
        if chat.standing(user) == "administrator":
            raise bad_request("user is an administrator of the chat")
        return chat, user

    kick_chat_member = ban_chat_member  # names of older days, which the real server takes as well
    get_chat_members_count = get_chat_member_count

    # Buttons and the menu of commands

    async def answer_callback_query(self, account: BotAccount, arguments: Arguments) -> bool:
        """Tell the person who pressed a button that it was heard, once."""
        key, text = arguments.text("callback_query_id"), arguments.text("text")
        self._world.queries.answer(account, key, text, arguments.boolean("show_alert"))
        self._world.changes.changed()
        return True

    async def set_my_commands(self, account: BotAccount, arguments: Arguments) -> bool:
        """Keep the menu of commands, by scope and language."""
        commands = arguments.json("commands", "commands")
        if commands is None:
            commands = []
        if not isinstance(commands, list):
            raise bad_request("expected an Array of BotCommand")
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        account.commands[_scope(arguments)] = [_command(command) for command in commands]
        self._world.changes.changed()
        return True

    async def get_my_commands(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """The menu of commands as it was set."""
        return account.commands.get(_scope(arguments), [])

    async def delete_my_commands(self, account: BotAccount, arguments: Arguments) -> bool:
        """Forget the menu of commands."""
        account.commands.pop(_scope(arguments), None)
        return True

    # How updates come

    async def get_updates(self, account: BotAccount, arguments: Arguments) -> list[Json]:
        """Pending updates, or the next ones within `timeout` seconds."""
        if account.webhook:
            raise TelegramError(409, WEBHOOK_ACTIVE)
        account.updates.allow(_allowed(arguments))
        updates = await account.updates.get(
            offset=arguments.integer("offset"),
            limit=min(max(arguments.integer("limit", 100), 1), 100),
            timeout_s=min(arguments.integer("timeout"), MAX_POLL_S),
        )
        return [update.to_json() for update in updates]

    async def set_webhook(self, account: BotAccount, arguments: Arguments) -> Described:
        """Have updates POSTed to `url`; without one, as deleteWebhook."""
        url = arguments.text("url")
        if not url:
            return await self.delete_webhook(account, arguments)
        if "certificate" in arguments.files:
            advice = "Leave the certificate out, and give an http address on this machine."
            raise LackingError("setWebhook with a certificate", advice)
        now = time.monotonic()
        if now < account.next_set_webhook:
            raise too_many_requests(1)
        account.next_set_webhook = now + self._set_webhook_s
        secret = arguments.text("secret_token")
        top = 100_000 if self._local_mode else 100
        connections = min(max(arguments.integer("max_connections", DEFAULT_CONNECTIONS), 1), top)
        if self._is_set(account, url, secret, connections, arguments):
            account.updates.allow(_allowed(arguments))
            return Described(True, "Webhook is already set")
        account.updates.wake_poll(TelegramError(409, BY_SET_WEBHOOK))
        self._remove(account, arguments)  # the real server, too, first removes the old one
        target = _target(url, secret)
        address = await self._resolve(target, arguments.text("ip_address"))
        if account.webhook:  # another setWebhook was faster
            raise TelegramError(409, "Conflict: terminated by other setWebhook")
        account.updates.allow(_allowed(arguments))
        webhook = Webhook(
            account.updates,
            self._client,
            functools.partial(self.call, account, by_answer=True),
            target,
            secret,
            connections,
            address,
        )
        account.updates.set_webhook(webhook)
        return Described(True, "Webhook was set")

    async def delete_webhook(self, account: BotAccount, arguments: Arguments) -> Described:
        """Stop POSTing; what is pending stays for getUpdates."""
        was_set = account.webhook is not None
        self._remove(account, arguments)
        return Described(True, f"Webhook {'was' if was_set else 'is already'} deleted")

    async def get_webhook_info(self, account: BotAccount, arguments: Arguments) -> Json:
        """Where updates go, how many wait, and what went wrong last."""
        webhook = account.webhook
        info: Json = {
            "url": webhook.target.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(account.updates.pending()),
        }
        if webhook:
            if webhook.last_error_date:
                info["last_error_date"] = webhook.last_error_date
                info["last_error_message"] = webhook.last_error_message
            info["max_connections"] = webhook.max_connections
            info["ip_address"] = webhook.ip_address
        if account.updates.allowed != DEFAULT_TYPES:
            info["allowed_updates"] = list(account.updates.allowed)
        return info

    def _find(
        self, account: BotAccount, arguments: Arguments, missing: str, write: bool = True
    ) -> Message:
        chat = self._world.chat_for(account, arguments.text("chat_id"), write)
        message = chat.find(arguments.integer("message_id"))
        if message is None:
            raise bad_request(missing)
        return message

    def _is_set(
        self, account: BotAccount, url: str, secret: str, connections: int, arguments: Arguments
    ) -> bool:
        webhook = account.webhook
        return (
            webhook is not None
            and not arguments.boolean("drop_pending_updates")
            and (url, secret, connections)
            == (webhook.target.url, webhook.secret_token, webhook.max_connections)
        )

    def _remove(self, account: BotAccount, arguments: Arguments) -> None:
        if arguments.boolean("drop_pending_updates"):
            account.updates.clear()
        account.updates.remove_webhook()

    async def _resolve(self, target: Target, fixed: str) -> str:
        """The address of the host; 400 when it has none or the public server would refuse it."""
        try:
            loop = asyncio.get_running_loop()
            infos = await loop.getaddrinfo(
                fixed or target.address.raw_host, target.address.port, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError) as problem:
            reason = getattr(problem, "strerror", None) or "Name or service not known"
            raise bad_request(f"bad webhook: Failed to resolve host: {reason}") from None
        addresses = [str(info[4][0]) for info in infos]
        refusal = "" if self._local_mode else target.refusal(addresses)
        if refusal:
            raise bad_request(f"bad webhook: {refusal}")
        return addresses[0]


_FILE = Path(__file__).with_name("bot_api_methods.txt")
ALL = tuple(
    line for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
)

SPELLED = {name.lower(): name for name in ALL}


def names() -> list[str]:
    """The methods this sandbox has, as the Bot API spells them, in the order of its manual."""
    return [name for name in ALL if hasattr(Methods, _python_name(name))]


def _python_name(name: str) -> str:
    """How a method is called in Python.

    >>> _python_name("getMe")
    'get_me'
    """
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def _unknown(method: str) -> TelegramError:
    """The refusal of a method that is not here: lacking, or never heard of."""
    found = SPELLED.get(method)
    if found is None:
        return TelegramError(404, "Not Found: method not found")
    verb = re.match("[a-z]+", found)
    assert verb is not None  # every method begins with a small letter
    alike = [name for name in names() if re.match(f"{verb[0]}(?![a-z])", name)]
    return LackingError(found, f"It has {', '.join(alike or names())}.")


def _reply_to(chat: Chat, arguments: Arguments) -> Message | None:
    number = arguments.integer("reply_to_message_id")
    lenient = arguments.boolean("allow_sending_without_reply")
    if "reply_parameters" in arguments:
        parameters = arguments.json("reply_parameters", "reply parameters")
        if not parameters and isinstance(parameters, dict | None):
            return None
        if not isinstance(parameters, dict):
            raise bad_request("object expected as reply parameters")
        given = parameters.get("message_id")
        if given is None:
            raise bad_request('can\'t find field "message_id"')
        if not re.fullmatch(r"-?[0-9]{1,10}", str(given)):
            raise bad_request('field "message_id" must be a valid Number')
        number, lenient = int(given), parameters.get("allow_sending_without_reply") is True
    if number <= 0:
        return None
    message = chat.find(number)
    if message is None and not lenient:
        raise bad_request("message to be replied not found")
    return message


def _link_preview(arguments: Arguments) -> Json:
    """What was said about the preview of a link, as the message shows it."""
    options = arguments.json("link_preview_options", "link preview options")
    if options is None:
        options = {"is_disabled": arguments.boolean("disable_web_page_preview")}
    if not isinstance(options, dict):
        raise bad_request("object expected as link preview options")
    kept: Json = {}
    for name in (
        "is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"
    ):  # fmt: skip
        if options.get(name) is True:
            kept[name] = True
    if options.get("url") and isinstance(options["url"], str):
        kept["url"] = options["url"]
    return {"link_preview_options": kept} if kept else {}


def _copied(message: Message) -> dict[str, Any]:
    """What a copy of a message holds."""
    return {
        "text": message.text,
        "entities": message.entities,
        "file": message.file,
        "more": {
            name: value for name, value in message.more.items() if not name.startswith(NOT_COPIED)
        },
    }


def _forwarded(message: Message) -> dict[str, Any]:
    """The same, with whose words it was; what was forwarded before keeps its first origin."""
    chat, more = message.chat, message.more
    if "forward_origin" in more:
        origin = {name: value for name, value in more.items() if name.startswith("forward_")}
    elif chat.kind == "channel":
        post = {"chat": chat.json, "message_id": message.message_id, "date": message.date}
        origin = {
            "forward_origin": {"type": "channel"} | post,
            "forward_from_chat": chat.json,
            "forward_from_message_id": message.message_id,
            "forward_date": message.date,
        }
    else:
        sender = message.sender.json
        origin = {
            "forward_origin": {"type": "user", "sender_user": sender, "date": message.date},
            "forward_from": sender,
            "forward_date": message.date,
        }
    content = _copied(message)
    content["more"] |= origin
    return content


def _message_ids(arguments: Arguments) -> list[int]:
    """Numbers of messages, from the first to the last."""
    if not arguments.text("message_ids"):
        raise bad_request("message identifiers are not specified")
    given = arguments.json("message_ids", "message_ids")
    if not isinstance(given, list):
        raise bad_request("expected an Array of message identifiers")
    if len(given) > MAX_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    numbers = []
    for item in given:
        if not isinstance(item, int | str) or isinstance(item, bool):
            raise bad_request("message identifier must be a Number")
        if not re.fullmatch(r"-?[0-9]{1,10}", str(item)):
            raise bad_request("can't parse message identifier as a Number")
        if int(item) <= 0:
            raise bad_request("invalid message identifier specified")
        numbers.append(int(item))
    if not numbers:
        raise bad_request("message identifiers are not specified")
    return sorted(set(numbers))


def _user_id(arguments: Arguments) -> int:
    user_id = leading_integer(arguments.text("user_id"))
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    return user_id


def _reaction(given: Any) -> str:
    if not isinstance(given, dict):
        raise bad_request("can't parse ReactionType: expected an Object")
    if given.get("type") != "emoji":
        known = given.get("type") == "custom_emoji"
        wrong = "can't parse ReactionType: invalid reaction type specified"
        raise bad_request("REACTION_INVALID" if known else wrong)
    emoji = given.get("emoji")
    if not isinstance(emoji, str):
        raise bad_request("can't parse ReactionType: can't find field \"emoji\"")
    emoji = emoji.replace("\ufe0f", "")
    if emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    return emoji


def _scope(arguments: Arguments) -> str:
    scope: Any = arguments.json("scope", "BotCommandScope")
    if scope is not None and not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    scope = {} if scope in (None, {"type": "default"}) else scope
    return json.dumps([scope, arguments.text("language_code")], sort_keys=True)


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    for key in ("command", "description"):
        if not isinstance(command.get(key), str):
            raise bad_request(f"can't parse BotCommand: Can't find field \"{key}\"")
    name = command["command"].removeprefix("/")
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command["description"]) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": command["description"]}


def _target(url: str, secret: str) -> Target:
    try:
        target = Target.parse(url)
    except ValueError:  # UnicodeError, of a host name that cannot be one, is a ValueError
        raise bad_request("invalid webhook URL specified") from None
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    return target


def _allowed(arguments: Arguments) -> object:
    try:
        return json.loads(arguments.text("allowed_updates") or "null")
    except (ValueError, RecursionError):  # the real server ignores what it cannot read
        return None
