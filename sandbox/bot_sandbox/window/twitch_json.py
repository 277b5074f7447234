"""Twitch's accounts, messages, connections and deliveries, as responses and records show them.

No token and no secret is in any of them, except in the responses that exist to give one.
"""

from typing import Annotated, Literal, TypedDict

from bot_sandbox.twitch.chat import Channel, ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord, HeldConnection
from bot_sandbox.twitch.eventsub_events import EventSubDelivery, Subscription
from bot_sandbox.twitch.irc import IrcConnection
from bot_sandbox.twitch.message_trace import TraceEntry
from bot_sandbox.twitch.tokens import Application, Token
from bot_sandbox.window.view import json_of


class AddressesJson(TypedDict):
    url: Annotated[str, "OAuth and Helix"]
    irc_url: Annotated[str, "chat by WebSocket"]
    irc_host: str
    irc_port: Annotated[int, "chat by TCP"]
    eventsub_url: Annotated[str, "EventSub by WebSocket"]


class AccountJson(TypedDict):
    login: str
    name: str
    id: str
    color: str


class ChannelJson(AccountJson):
    type: Literal["account"]
    live: bool
    title: str
    followers: Annotated[list[str], "logins"]
    mods: Annotated[list[str], "logins"]
    banned: Annotated[list[str], "logins"]


class AccountsJson(TypedDict):
    accounts: list[ChannelJson]


class ApplicationJson(TypedDict):
    name: str
    client_id: str
    redirects: list[str]
    confidential: bool


class ApplicationsJson(TypedDict):
    applications: list[ApplicationJson]


class NewApplicationJson(ApplicationJson):
    client_secret: str


class TokenJson(TypedDict):
    access_token: str
    refresh_token: str
    scopes: list[str]
    expires_in: Annotated[int, "seconds"]


class QuotedJson(TypedDict):
    id: str
    name: str
    text: str


PlainMessageJson = TypedDict(
    "PlainMessageJson",
    {
        "type": Literal["message"],
        "id": str,
        "channel": str,
        "from": Annotated[str, "a login"],
        "name": str,
        "color": str,
        "badge": str,
        "text": str,
        "action": Annotated[bool, "whether it was said with /me"],
        "announcement": Annotated[str, "its color, or empty"],
        "is_bot": Annotated[bool, "whether a program wrote it"],
        "at": Annotated[float, "seconds since 1970"],
        "deleted": bool,
        "reply_to": QuotedJson | None,
    },
)


class MessageJson(PlainMessageJson):
    missed_by: Annotated[list[str], "logins of programs that had no connection"]


class MessagesJson(TypedDict):
    messages: list[MessageJson]


class TraceEntryJson(TypedDict):
    direction: str
    kind: str
    program: str
    text: str


class TraceJson(TypedDict):
    trace: list[TraceEntryJson]


class ConnectionJson(TypedDict):
    type: Literal["connection"]
    number: Annotated[int, "1 is the first of this Twitch"]
    kind: str
    login: str
    since: Annotated[float, "seconds since 1970"]
    hears: Annotated[list[str], "channels"]
    open: bool
    state: Annotated[str, "its state, or why it ended"]
    lines_in: int
    lines_out: int


class ConnectionsJson(TypedDict):
    connections: list[ConnectionJson]


class SubscriptionJson(TypedDict):
    type: Literal["subscription"]
    id: str
    event: str
    status: str
    login: str
    channel: str
    method: str
    callback: str
    since: str


class SubscriptionsJson(TypedDict):
    subscriptions: list[SubscriptionJson]


class DeliveryJson(TypedDict):
    type: str
    id: str
    attempt: int
    status: int | None
    error: str
    at: float
    callback: str
    message: Annotated[str, "the id of the message that it is about"]


class DeliveriesJson(TypedDict):
    deliveries: list[DeliveryJson]


def trace_json(entry: TraceEntry) -> TraceEntryJson:
    """Return a line, a request or a response behind a message."""
    return json_of(TraceEntryJson, entry)


def account_json(channel: Channel) -> AccountJson:
    """Return an account, with Twitch's field names."""
    return json_of(AccountJson, channel.owner, name=channel.owner.display_name)


def application_json(app: Application) -> ApplicationJson:
    """Return an application, without its secret."""
    return json_of(ApplicationJson, app, redirects=list(app.redirects))


def token_json(token: Token) -> TokenJson:
    """Return a token, for the program that uses it."""
    return json_of(TokenJson, token)


def message_json(message: ChatMessage, channel: Channel) -> PlainMessageJson:
    """Return a message as a chat shows it."""
    parent = message.reply_to
    return {
        "type": "message",
        "id": message.id,
        "channel": message.channel,
        "from": message.author.login,
        "name": message.user,
        "color": message.author.color,
        "badge": message.badge,
        "text": message.text,
        "action": message.action,
        "announcement": message.announcement,
        "is_bot": message.by_program,
        "at": message.at,
        "deleted": channel.is_cleared(message),
        "reply_to": {"id": parent.id, "name": parent.user, "text": parent.text} if parent else None,
    }


def connection_json(
    number: int, record: ConnectionRecord, connection: HeldConnection | None, channels: list[str]
) -> ConnectionJson:
    """Return a connection: owner, start, channels, and its state or why it ended."""
    return {
        "type": "connection",
        "number": number,
        "kind": record.kind,
        "login": record.login,
        "since": record.connected_at,
        "hears": [
            name for name in channels if connection and connection.live and connection.hears(name)
        ],
        "open": record.open,
        "state": record.closed or state_of(connection),
        "lines_in": record.lines_in,
        "lines_out": record.lines_out,
    }


def state_of(connection: HeldConnection | None) -> str:
    """Describe the state of an open connection."""
    if connection is None or not connection.login:
        return "open, not logged in"
    if connection.silent:
        return "open, but nothing goes through"
    parts = ["open"]
    if connection.delay_s:
        parts.append(f"everything arrives {connection.delay_s:g} s late")
    if not connection.answers_ping:
        parts.append("its PINGs are not answered")
    if isinstance(connection, IrcConnection) and connection.half_line:
        parts.append("the next line will break off")
    if isinstance(connection, IrcConnection) and connection.split_lines:
        parts.append("lines arrive in two pieces")
    return ", ".join(parts)


def subscription_json(subscription: Subscription) -> SubscriptionJson:
    """Return a subscription, without its secret."""
    transport = subscription.transport
    return {
        "type": "subscription",
        "id": subscription.id,
        "event": subscription.type,
        "status": subscription.status,
        "login": subscription.reader.login if subscription.reader else "",
        "channel": subscription.channel.name,
        "method": transport["method"],
        "callback": transport.get("callback", ""),
        "since": subscription.created_at,
    }


def delivery_json(delivery: EventSubDelivery) -> DeliveryJson:
    """Return one attempt to deliver to a webhook."""
    return json_of(
        DeliveryJson,
        delivery,
        type=delivery.message_type,
        id=delivery.message_id,
        message=delivery.about,
    )
