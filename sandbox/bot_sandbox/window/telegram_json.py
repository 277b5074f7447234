"""Telegram's bots, chats, messages and deliveries, as the window's responses and records show them.

No token and no secret is in any of them, except in the responses that exist to give one.
"""

import json
import math
from collections import Counter
from itertools import islice
from typing import Annotated, Any, Literal, TypedDict

from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.telegram import diagnosis
from bot_sandbox.telegram.calls import ApiCall
from bot_sandbox.telegram.delivered_update import DeliveredUpdate
from bot_sandbox.telegram.parameters import describe_ignored
from bot_sandbox.telegram.people import transcript_line
from bot_sandbox.telegram.types import Chat, Message, ReplyKeyboard, Update, User
from bot_sandbox.telegram.updates import Delivery
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.window.feed import Json
from bot_sandbox.window.view import json_of

SHOWN_MESSAGES = 200  # newest messages of a chat
SEARCHED_CALLS = 100  # newest calls of a bot, to find the refused ones
DEEPEST = 50  # levels of a JSON value to show; the Bot API's own have fewer than 20
ENVELOPE = ("message_id", "from", "sender_chat", "chat", "date", "edit_date", "reply_to_message")


class PersonJson(TypedDict):
    id: int
    name: str


class PeopleJson(TypedDict):
    people: list[PersonJson]


class RefusedJson(TypedDict):
    method: str
    error: str
    times: int


class BotJson(TypedDict):
    id: int
    name: str
    username: str
    privacy: bool
    inline: Annotated[bool, "whether it gets inline queries"]
    webhook: Annotated[str, "the address, without tokens; empty if none is set"]
    polled: Annotated[bool, "whether anybody ever called getUpdates"]
    pending: Annotated[int, "updates that wait"]
    commands: list[Json]
    canned: Annotated[dict[str, int], "what had a canned answer, and how often"]
    unsupported: Annotated[list[str], "what it called and this sandbox lacks"]
    ignored: Annotated[list[str], "what it sent and Telegram ignores"]
    refused: Annotated[list[RefusedJson], "its newest refused calls"]


class BotsJson(TypedDict):
    url: Annotated[str, "where a Bot API client finds this Telegram"]
    bots: list[BotJson]


class TokenJson(TypedDict):
    token: str


class NewBotJson(BotJson):
    token: str
    url: str


class KeyboardJson(TypedDict):
    rows: list[list[str]]
    placeholder: str
    answers: Annotated[int, "the number of the message that the answer replies to, or 0"]


class ActivityJson(TypedDict):
    bot: Annotated[int, "the bot's id"]
    draft: Annotated[bool, "whether it is a draft; else what the bot does, such as typing"]
    text: str
    until: Annotated[float, "when it is over, in seconds since 1970 on the sandbox's clock"]


class ChatJson(TypedDict):
    type: Literal["chat"]
    key: str
    id: int
    kind: Annotated[str, "private, group, supergroup or channel"]
    title: str
    username: Annotated[str, "of a supergroup or a channel, or empty"]
    owner: Annotated[int, "the id of a group's owner; 0 in a private chat"]
    members: Annotated[list[int], "ids"]
    admins: Annotated[list[int], "ids"]
    titles: Annotated[dict[str, str], "custom titles of admins, by their ids"]
    restricted: Annotated[list[int], "ids of members with a restriction of their own"]
    permissions: Annotated[list[str], "what members may do who aren't admins"]
    blocked: Annotated[bool, "whether the person of a private chat has blocked its bot"]
    keyboards: Annotated[dict[str, KeyboardJson], "reply keyboards, by the ids of who sees them"]
    activities: Annotated[list[ActivityJson], "what bots in it do now, and what they are writing"]


class GroupsJson(TypedDict):
    groups: list[ChatJson]


DELIVERY_STATES = {
    "waits": "on its way, or nobody asks for updates",
    "arrived": "the bot has got it: its webhook acknowledged it, or getUpdates returned it",
    "failed": "the webhook refused it, or Telegram gave it up or dropped it; `text` says which",
    "untold": "no bot was told, as in a group with privacy mode; `telegram/trace` says why",
}
STATE = "; ".join(f"{state}: {meaning}" for state, meaning in DELIVERY_STATES.items())


class FateJson(TypedDict):
    bot: Annotated[int, "its id; 0 if no bot was told"]
    state: Annotated[Literal["waits", "arrived", "failed", "untold"], STATE]
    text: Annotated[str, "the state in words, such as delivered (200)"]


MessageJson = TypedDict(
    "MessageJson",
    {
        "type": Literal["message"],
        "chat": Annotated[str, "the chat's key"],
        "id": Annotated[int, "its number in the chat"],
        "from": Annotated[int, "the id of who wrote it"],
        "name": Annotated[str, "who wrote it"],
        "is_bot": bool,
        "date": Annotated[int, "seconds since 1970"],
        "edited": bool,
        "changed_at": Annotated[float, "posted, edited or given a reaction: seconds since 1970"],
        "event": Annotated[str, "what happened, such as Anna joined; empty for a message"],
        "reactions": Annotated[dict[str, int], "how many, by emoji"],
        "text": Annotated[str, "what a chat shows, such as (photo) our cat"],
        "reply_to": Annotated[int | None, "the number of the message that it replies to"],
        "quote": Annotated[str, "that message's text, or the part of it that the reply quotes"],
        "buttons": Annotated[list[list[str]], "inline buttons, row by row"],
        "content": Annotated[Json, "the content fields of the Bot API's Message"],
        "fate": Annotated[list[FateJson], "what happened to the updates about it"],
    },
)


class MessagesJson(TypedDict):
    messages: list[MessageJson]


class PressJson(TypedDict):
    text: Annotated[str | None, "null if the bot did not call answerCallbackQuery"]
    alert: Annotated[bool, "whether it is shown in an alert"]
    url: Annotated[str, "a link that starts the bot with a parameter, or empty"]
    messages: Annotated[list[MessageJson], "what the bot has written or edited since"]


class InlineJson(TypedDict):
    id: Annotated[str, "for `telegram/choose`"]
    results: Annotated[list[Json], "the Bot API's InlineQueryResult objects, as the bot gave them"]
    button: Annotated[Json | None, "the button above the results"]
    next_offset: Annotated[str, "the `offset` of the next page, or empty"]


class BlockedJson(TypedDict):
    blocked: bool


class AttemptJson(TypedDict):
    update_id: int
    attempt: Annotated[int, "1 is the first"]
    url: str
    status: Annotated[int | None, "null without a response"]
    error: Annotated[str, "empty if the update was acknowledged"]
    answer: Annotated[str, "the beginning of the response's body"]
    reply: Annotated[str, "the call in the response and its outcome"]
    at: Annotated[float, "seconds since the sandbox started"]


class DeliveriesJson(TypedDict):
    deliveries: list[AttemptJson]


class KindJson(TypedDict):
    kind: Annotated[str, "a field of the Bot API's Update"]
    skeleton: Annotated[Json, "what an update of this kind should say; the sandbox adds the rest"]
    fields: Annotated[list[str], "all that it can say"]


class KindsJson(TypedDict):
    kinds: list[KindJson]


class UpdateJson(TypedDict):
    bot: str
    username: str
    update: Annotated[Json, "the Bot API's Update"]
    state: Annotated[str, "waits, arrived or failed"]
    text: str
    explained: str
    attempts: list[AttemptJson]


class ApiCallJson(TypedDict):
    number: Annotated[int, "1 is the first that this bot made"]
    bot: str
    username: str
    method: str
    arguments: Annotated[Json, "as it sent them, without secrets"]
    in_response: Annotated[bool, "whether it came in a webhook's response"]
    fault: Annotated[str, 'what a fault of this sandbox did with it, or ""']
    canned: Annotated[str, 'what of it the sandbox lacks, though it has answered, or ""']
    result: Annotated[Any, "null if it was refused"]
    error: Annotated[str, "the words of the refusal, or empty"]
    ignored: Annotated[list[str], "parameters that Telegram ignores"]
    at: float


class ApiCallsJson(TypedDict):
    calls: Annotated[list[ApiCallJson], "the newest 200, oldest first"]


class TraceJson(TypedDict):
    updates: list[UpdateJson]
    untold: Annotated[str, "why no bot was told"]
    calls: list[ApiCallJson]


def person_json(person: User) -> PersonJson:
    """Return a person."""
    return json_of(PersonJson, person)


def bot_json(account: BotAccount) -> BotJson:
    """Return a bot for the page, without its token."""
    refused = Counter(
        (called.method, called.error)
        for called in islice(reversed(account.calls), SEARCHED_CALLS)
        if called.error
    )
    commands = {one["command"]: one for menu in account._commands.values() for one in menu}
    return {
        "id": account.id,
        "name": account.name,
        "username": account.username,
        "privacy": account.privacy,
        "inline": account.inline,
        "webhook": diagnosis.webhook_address(account),
        "polled": account._updates.polls > 0,
        "pending": len(account._updates),
        "commands": list(commands.values()),
        "canned": dict(account._canned),
        "unsupported": list(account._unsupported),
        "ignored": [hide_tokens(words) for words in list(account._ignored.values())],
        "refused": [
            {"method": hide_tokens(method), "error": hide_tokens(error), "times": times}
            for (method, error), times in refused.items()
        ],
    }


def chat_json(chat: Chat) -> ChatJson:
    """Return a chat for the page."""
    statuses = {member.id: chat._member_status(member) for member in chat.members}
    return {
        "type": "chat",
        "key": chat._key,
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title or chat.members[1].name,
        "username": "" if chat.kind == "private" else chat._json.get("username", ""),
        "owner": chat._owner_id,
        "members": [member.id for member in chat.members],
        "admins": [key for key, one in statuses.items() if one.status == "administrator"],
        "titles": {str(key): one.title for key, one in statuses.items() if one.title},
        "restricted": [key for key, one in statuses.items() if one.status == "restricted"],
        "permissions": sorted(chat._permissions),
        "blocked": chat._blocked,
        "keyboards": {
            str(person_id): keyboard_json(shown)
            for person_id, shown in chat._reply_keyboards.items()
        },
        "activities": [
            {"bot": bot_id, "draft": shown.is_draft, "text": shown.text, "until": shown.until}
            for (bot_id, _), shown in chat._activities.items()
        ],
    }


def keyboard_json(shown: ReplyKeyboard) -> KeyboardJson:
    """Return the reply keyboard that somebody sees."""
    return {
        "rows": shown.rows,
        "placeholder": shown.placeholder,
        "answers": shown.message.message_id if shown.force_reply and shown.message else 0,
    }


def message_json(message: Message) -> MessageJson:
    """Return a message for the page; `content` has the content of the Bot API's Message."""
    shown = transcript_line(message)
    content = message.to_json(with_reply=False)
    for key in ENVELOPE:
        content.pop(key, None)
    return {
        "type": "message",
        "chat": message.chat._key,
        "id": message.message_id,
        "from": message.sender.id,
        "name": shown.name,
        "is_bot": shown.is_bot,
        "date": message.date,
        "edited": shown.edited,
        "changed_at": message.changed_at,
        "event": message.event,
        "reactions": Counter(message.reactions.values()),
        "text": shown.text,
        "reply_to": message.reply_to.message_id if message.reply_to else None,
        "quote": shown.quote,
        "buttons": [list(row) for row in shown.buttons],
        "content": content,
        "fate": delivery_states(message),
    }


def delivery_states(message: Message) -> list[FateJson]:
    """Return for each bot the state of its last update about a message."""
    newest = {update.account.id: update for update in message.updates}
    bots = any(member.is_bot for member in message.chat.members)
    if bots and not newest and not message.sender.is_bot and not message.event:
        return [{"bot": 0, "state": "untold", "text": "no bot was told"}]
    return [
        {"bot": bot, "state": state, "text": text}
        for bot, (state, text) in ((bot, state_of(update)) for bot, update in newest.items())
    ]


Fate = Literal["waits", "arrived", "failed"]


def state_of(update: Update) -> tuple[Fate, str]:
    """Return whether an update waits, failed or arrived, and a text about it."""
    account = update.account
    assert isinstance(account, BotAccount)
    error = update.error.removeprefix("Wrong response from the webhook: ")
    if update not in account._updates:
        if error:
            return "failed", f"given up: {error}"
        if update.status:
            return "arrived", f"delivered ({update.status})"
        if update.replies_from >= 0:
            return "arrived", "delivered (getUpdates)"
        return "failed", "dropped"
    if account._webhook is None:
        if update.replies_from >= 0:
            return "arrived", "taken by getUpdates"
        if account._updates.is_polled:
            return "waits", "on its way"
        return "waits", "waits: nobody asks for updates"
    if error:
        times = "" if update.attempts == 1 else f" {update.attempts} times"
        return "failed", f"refused{times}: {error}"
    if update.attempts == 0 and account._webhook.last_error_message:
        return "waits", "waits for an earlier message"
    return "waits", "on its way"


def update_json(account: BotAccount, update: Update) -> UpdateJson:
    """Return an update and all attempts to deliver it."""
    state, text = state_of(update)
    explained = ""
    if state != "arrived":
        facts = diagnosis.UpdateFacts(update, account, diagnosis.read_log(account))
        explained = hide_tokens(diagnosis.explain_update(facts))
    return {
        "bot": account.name,
        "username": account.username,
        "update": update.to_json(),
        "state": state,
        "text": text,
        "explained": explained,
        "attempts": attempts(account, update.id),
    }


def delivered_update_json(account: BotAccount, told: DeliveredUpdate) -> TraceJson:
    """Return an update that a test has named, and the bot's calls since."""
    return {
        "updates": [update_json(account, told._told)] if told._told else [],
        "untold": "" if told._told else diagnosis.why_left_out(account, told.kind),
        "calls": [call_json(account, called) for called in told.calls],
    }


def attempts(account: BotAccount, update_id: int = 0) -> list[AttemptJson]:
    """Return the newest attempts of a bot's webhook, in all or for one update."""
    wanted = [
        delivery
        for delivery in account._updates.deliveries
        if not update_id or delivery.update_id == update_id
    ]
    return [attempt_json(account, delivery) for delivery in wanted[-SHOWN_MESSAGES:]]


def attempt_json(account: BotAccount, delivery: Delivery) -> AttemptJson:
    """Return one attempt of a webhook, without secrets."""
    return json_of(
        AttemptJson,
        delivery,
        url=without_secrets(account, delivery.url),
        answer=without_secrets(account, delivery.answer),
        at=round(delivery.at, 3),
    )


def call_json(account: BotAccount, called: ApiCall) -> ApiCallJson:
    """Return a bot's call with its parsed arguments and its outcome."""
    arguments = {
        hide_tokens(name): "<secret>"
        if name == "secret_token"
        else without_secrets(account, parse_argument(value))
        for name, value in called.arguments.items()
    }
    return {
        "number": called.number,
        "bot": account.name,
        "username": account.username,
        "method": hide_tokens(called.method),
        "arguments": arguments,
        "in_response": called.in_response,
        "fault": without_secrets(account, called.fault),
        "canned": called.canned,
        "result": without_secrets(account, called.result),
        "error": without_secrets(account, called.error),
        "ignored": [hide_tokens(describe_ignored(called.method, name)) for name in called.ignored],
        "at": called.at,
    }


def calls_about(account: BotAccount, message: Message) -> list[ApiCall]:
    """Return a bot's calls that sent or named a message, or answered a press of its buttons.

    Calls that were refused after the bot had got it, and before the next of its chat, belong to it.
    """
    spans = times_as_newest(account, message)
    return [
        called
        for called in account.calls
        if affects(called, message)
        or (called.error and any(start <= called.at < end for start, end in spans))
    ]


def times_as_newest(account: BotAccount, message: Message) -> list[tuple[float, float]]:
    """Return from when to when a message was the last of its chat that a bot had got."""
    told = [
        (update.told_at, each is message)
        for each in message.chat.messages
        for update in each.updates
        if update.account is account and update.told_at
    ]
    ends = [start for start, _ in told]
    return [
        (start, min((end for end in ends if end > start), default=math.inf))
        for start, is_it in told
        if is_it
    ]


def affects(called: ApiCall, message: Message) -> bool:
    """Return whether a call sent or named a message, or answered a press of its buttons."""
    chat, arguments = message.chat, called.arguments
    places = (str(chat.id), f"@{chat._json.get('username', '')}".lower())
    query = arguments.get("callback_query_id")
    if query and any(
        update.kind == "callback_query" and update.payload["id"] == query
        for update in message.updates
    ):
        return True
    if arguments.get("chat_id", "").lower() not in places:
        return False
    results = called.result if isinstance(called.result, list) else [called.result]
    made = [one["message_id"] for one in results if isinstance(one, dict) and "message_id" in one]
    return message.message_id in made or arguments.get("message_id") == str(message.message_id)


def parse_argument(text: str) -> Any:
    """Parse an argument that holds an object or a list; return any other unchanged."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def without_secrets(account: BotAccount, value: Any, levels: int = DEEPEST) -> Any:
    """Remove all tokens and the webhook's secret from a value, and what is nested too deeply."""
    if isinstance(value, str):
        return diagnosis.without_secrets(account, value)
    if isinstance(value, dict | list) and not levels:
        return "…"
    if isinstance(value, dict):
        return {
            diagnosis.without_secrets(account, name): without_secrets(account, one, levels - 1)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(account, one, levels - 1) for one in value]
    return value
