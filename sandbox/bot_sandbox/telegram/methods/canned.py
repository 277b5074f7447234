"""Canned answers to calls that the sandbox lacks, made from the Bot API's table.

A message that is sent is in the chat, with what the call says of its content. Nothing else has an
effect: the result has the type that the table names, with fields from the call.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot_sandbox.telegram.api_values import ValueContext, complete_value, default_value
from bot_sandbox.telegram.arguments import Arguments, Upload
from bot_sandbox.telegram.bot_api import METHODS, OLD_NAMES, TYPES
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.formatting import formatted, read_text
from bot_sandbox.telegram.methods.sending import Sending
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.world import BotAccount

ALBUM = "sendMediaGroup"
# In a call and in its Message.
COPIED_PARAMETERS = {"message_thread_id", "show_caption_above_media"}


class CannedAnswers(Sending):
    """Answers for every method of the table."""

    def answer(self, account: BotAccount, name: str, arguments: Arguments) -> object:
        """Return a result for a call; 400 if the table doesn't allow its parameters."""
        name = OLD_NAMES.get(name, name)
        given = _read_parameters(name, arguments)
        chat_id = str(given.get("chat_id", ""))
        chat = self._world.chat_for(account, chat_id, write=False) if chat_id else None
        chat_json = chat.to_json() if chat else {"id": account.id, "type": "private"}
        objects = {"User": account.to_json(), "Chat": chat_json}
        now = int(self._world.clock.now())
        known = ValueContext(objects, now, self._world.new_number, drop_misfits=True)
        returns = METHODS[name].returns
        if returns == "Message or True" and not chat:
            return True
        if returns in ("Message", "Message or True") or name == ALBUM:
            if given.get("message_id"):
                return self._find_message(account, arguments, "message not found").to_json()
            return self._send_canned(account, name, arguments, given, known)
        if returns in TYPES:
            return complete_value(returns, given, known, returns)
        return default_value(returns, "invite_link", known, name)  # a text is a link

    def _send_canned(
        self, account: BotAccount, name: str, arguments: Arguments, given: Json, known: ValueContext
    ) -> object:
        """Post what a call sends, and return the Message, or one for each of an album."""
        album = [one for one in given["media"] if isinstance(one, dict)] if name == ALBUM else []
        kind = re.sub("[A-Z]", lambda sign: "_" + sign[0].lower(), name).removeprefix("send_")
        sent = []
        for item in album or [given]:
            kind = str(item.get("type")) if album else kind
            file = item.get("media", "") if album else given.get(kind, "")
            upload = arguments.files.get(str(file).removeprefix("attach://") or kind)
            more = {each: item[each] for each in COPIED_PARAMETERS & item.keys()}
            more |= self._content(kind, item, file, upload, known)
            text, mode = str(item.get("caption", "")), str(item.get("parse_mode", ""))
            caption, entities = formatted(text, mode, item.get("caption_entities"))
            more |= {"caption": caption} if caption else {}
            more |= {"caption_entities": entities} if entities else {}
            words, marks = read_text(arguments) if "text" in given else ("", [])
            content: Json = {"words": words, "marks": marks, "more": more}
            message = self._send(account, arguments, with_keyboard=not album, **content)
            sent.append(message.to_json())
        return sent if album else sent[0]

    def _content(
        self,
        kind: str,
        given: Mapping[str, Any],
        file: Any,
        upload: Upload | None,
        known: ValueContext,
    ) -> Json:
        """Return the content of a Message, such as its video, with what the call says of it."""
        returned = TYPES["Message"].fields.get(kind, "")
        inner = returned.removeprefix("Array of ")
        if inner not in TYPES:
            return {}
        values = dict(file if isinstance(file, dict) else given)
        if upload:
            values |= self._world.files.keep("document", upload.data, upload.file_name).identity
        elif isinstance(file, str) and file and "/" not in file:
            values["file_id"] = file
        if "latitude" in given:  # a Venue has both in one
            values["location"] = dict(given)
        made = complete_value(inner, values, known, kind)
        return {kind: made if inner == returned else [made]}


def _read_parameters(method: str, arguments: Arguments) -> Json:
    """Return the values of a call's parameters, as the table has them; 400 if one doesn't fit."""
    entry, values = METHODS[method], {}
    for name, kind in entry.fields.items():
        text = arguments.text(name)
        if text:
            values[name] = _read_value(name, kind, arguments)
        elif name in entry.required and name not in arguments.files:
            raise bad_request(f'parameter "{name}" is required')
    return values


def _read_value(name: str, kind: str, arguments: Arguments) -> Any:
    text = arguments.text(name)
    if "String" in kind.split(" or ") or "InputFile" in kind:
        return text
    if kind in ("Boolean", "True"):
        return arguments.boolean(name)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    wanted = {"Integer": int, "Float": (int, float)}.get(kind, list if "Array" in kind else dict)
    if not isinstance(value, wanted) or isinstance(value, bool):  # type: ignore[arg-type]
        article = "an" if kind[0] in "AI" else "a"
        raise bad_request(f'parameter "{name}" must be {article} {kind}')
    return value
