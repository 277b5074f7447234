"""Deliver any Update that a test names, and wait for what the bot does then."""

from collections.abc import Mapping
from typing import Any

from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.telegram import diagnosis
from bot_sandbox.telegram.api_values import ValueContext, complete_value, default_value
from bot_sandbox.telegram.bot_api import TYPES
from bot_sandbox.telegram.calls import ApiCall
from bot_sandbox.telegram.entities import detect_entities
from bot_sandbox.telegram.types import Chat, Json, Message, Update, User
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

KINDS = {name: kind for name, kind in TYPES["Update"].fields.items() if name != "update_id"}
# Optional in the Bot API, but expected.
USUAL_CONTENT = {"Message": {"text": "hello"}, "CallbackQuery": {"data": "tea"}}
NEVER_PRIVATE = {
    "channel_post", "edited_channel_post", "chat_join_request", "chat_boost", "removed_chat_boost",
}  # fmt: skip


class DeliveredUpdate:
    """An Update that a test has named; `telegram.deliver` returns it.

    `update` is what the bot gets, `update_id` is 0 if its allowed_updates leave this kind out. A
    new message is in its chat, and is `message` here.

    Example:
        from bot_sandbox import Telegram

        with Telegram() as telegram:
            account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
            told = telegram.deliver(account, {"inline_query": {"query": "tea"}})
            assert told.update["inline_query"]["from"]["first_name"] == "Viktor"
            telegram.call(account, "getUpdates")
            telegram.call(account, "setMyName", name="Tea bot")
            assert [call.method for call in told.wait()] == ["setMyName"]
    """

    def __init__(
        self,
        runner: Runner,
        world: TelegramWorld,
        account: BotAccount,
        update: Json,
        message: Message | None,
        told: Update | None,
    ) -> None:
        self.update: dict[str, Any] = update
        self.message: Message | None = message
        self._runner = runner
        self._world = world
        self._account = account
        self._told = told

    def __repr__(self) -> str:
        return f"DeliveredUpdate({self.kind!r})"

    @property
    def kind(self) -> str:
        """Which field of Update it has, such as "inline_query"."""
        return next(name for name in self.update if name != "update_id")

    @property
    def update_id(self) -> int:
        """Its number, 0 if the bot was not told."""
        return self._told.id if self._told else 0

    @property
    def calls(self) -> list[ApiCall]:
        """What the bot has called since it got the update, without getUpdates."""
        since = self._told.told_at if self._told else 0
        return [call for call in list(self._account.calls) if 0 < since <= call.at]

    @blocking
    async def wait(self, method: str = "", n: int = 1, timeout: float = 5.0) -> list[ApiCall]:
        """Wait until the bot has made n calls, in all or of a method, and return them.

        A call that was refused counts; its `error` says why. NoReply after `timeout` seconds, or
        sooner if the bot is a function that has ended.
        """

        def found() -> list[ApiCall]:
            return [c for c in self.calls if method.lower() in ("", c.method.lower())]

        def is_over() -> bool:
            return len(found()) >= n or self._has_ended()

        await self._world.changes.until(is_over, timeout)
        if len(found()) < n:
            what = f"calls of {method}" if method else "calls"
            made = f"{self._account.name} made {len(found())} of {n} {what} after its {self.kind}"
            over = "" if self._has_ended() else f" within {timeout:g} s"
            raise NoReply("\n".join([f"{made}{over}.", *self._explain()]))
        return found()

    def _has_ended(self) -> bool:
        return self._told is None or diagnosis.update_has_ended(self._told, self._world)

    def _explain(self) -> list[str]:
        """Return what is known about the bot's silence."""
        if not self._world.up:
            return [diagnosis.SERVER_IS_DOWN]
        if self._told is None:
            return [f"Found: {diagnosis.why_left_out(self._account, self.kind)}"]
        account, told = self._account, self._told
        facts = diagnosis.UpdateFacts(told, account, diagnosis.read_log(account))
        words = diagnosis.explain_update(facts)
        return [f"Found: {words}", *diagnosis.describe_calls(account, told, told.told_at)]


def deliver(
    runner: Runner,
    world: TelegramWorld,
    account: BotAccount,
    update: Mapping[str, Any],
    sender: User | None,
    group: Chat | None,
) -> DeliveredUpdate:
    """Check and complete an Update, and put it into the bot's queue; called on the loop."""
    kind, given = _read_kind(update)
    fields = TYPES[KINDS[kind]].fields if kind in KINDS else {}
    values = given if isinstance(given, dict) else {}
    sender = sender or _sender_of(world, values)
    about = values["message"] if isinstance(values.get("message"), Message) else None
    chat = about.chat if about else group or _chat_of(world, account, sender, kind, values, fields)
    world.check_same_telegram(account, *([sender] if sender else []), *([group] if group else []))
    objects = {"User": sender.to_json()} if sender else {}
    objects |= {"Chat": chat.to_json()} if chat else {}
    known = ValueContext(objects, int(world.clock.now()), world.new_number, world.find_json)
    if sender and values and "channel" not in kind:  # optional there, but Telegram's own have it
        given = {name: sender for name in ("from", "user") if name in fields} | values
    if kind == "inline_query" and isinstance(given, dict):
        given = {"chat_type": group.kind if group else "sender"} | given
    payload = complete_value("Update", {"update_id": 0, kind: given}, known, "Update")[kind]

    told, is_new = None, kind in ("message", "channel_post") and "message_id" not in values
    if sender and chat and is_new and _belongs_in(chat, kind, payload):
        about = _post(world, chat, sender, payload, values)
        told = next((one for one in about.updates if one.account is account), None)
        payload = about.to_json()
    if kind == "inline_query":
        world.inline.expect(account, payload)
    if kind == "callback_query":
        world.queries.expect(account, payload["id"])
    if kind == "chat_join_request" and sender:
        world.private_chat(sender, account)  # a bot may write to somebody whom it can let in
    nowhere = Chat(account.id, "private", "", [account])
    told = told or account._updates.add(account, kind, payload, chat or nowhere)
    if told and about and told not in about.updates:
        about.updates.append(told)
    world.changes.changed()
    shown = told.to_json() if told else {kind: payload}
    return DeliveredUpdate(runner, world, account, shown, about if is_new else None, told)


def build_skeleton(kind: str, sender: User, now: float) -> Json:
    """Return what an Update of a kind should say.

    `deliver` adds who it is from, where and when, and numbers. Other people in it are the sender,
    too.
    """
    entry = TYPES[KINDS[kind]]
    someone = {"id": sender.id}
    known = ValueContext({"User": someone, "Chat": someone}, int(now), lambda: 1)
    told = {
        name: default_value(entry.fields[name], name, known, name)
        for name in entry.required
        if entry.fields[name] not in known.objects and not name.endswith(("id", "date"))
    }
    return told | USUAL_CONTENT.get(KINDS[kind], {})


def _read_kind(update: Mapping[str, Any]) -> tuple[str, Any]:
    if not isinstance(update, Mapping):
        raise ValueError(f"an Update must be an object; found {type(update).__name__}")
    kinds = [name for name in update if name != "update_id"]
    if len(kinds) != 1:
        found = hide_tokens(", ".join(map(str, kinds)))[:100] or "none"
        raise ValueError(f"an Update has one kind, such as {{'message': {{…}}}}; found {found}")
    return kinds[0], update[kinds[0]]


def _sender_of(world: TelegramWorld, values: Json) -> User | None:
    """Return the person that an update's values name, or the only one."""
    named = [_find(world.people, values.get(name)) for name in ("from", "user", "chat")]
    only = list(world.people.values()) if len(world.people) == 1 else []
    return next(filter(None, [*named, *only]), None)


def _chat_of(
    world: TelegramWorld,
    account: BotAccount,
    sender: User | None,
    kind: str,
    values: Json,
    fields: Mapping[str, str],
) -> Chat | None:
    """Return the chat of an update: a group that it names, or a private one.

    That begins now if the update has a chat, as with a person's first message.
    """
    named: Chat | None = _find(world.groups, values.get("chat"))
    if named or not sender or kind in NEVER_PRIVATE:
        return named
    if "chat" in fields and values.get("chat", {}) in ({}, {"id": sender.id}):
        return world.private_chat(sender, account)
    known = world.private.get((sender.id, account.id))
    return known or Chat(sender.id, "private", "", [sender, account])


def _belongs_in(chat: Chat, kind: str, payload: Json) -> bool:
    """Return whether a new message can be posted in this chat."""
    is_post = kind == "channel_post"
    return is_post == (chat.kind == "channel") and payload["chat"]["id"] == chat.id


def _post(world: TelegramWorld, chat: Chat, sender: User, payload: Json, given: Json) -> Message:
    """Post a message of any content, so that people see it and the bot can answer it."""
    own = {"message_id", "text"} | ({"date"} - given.keys())
    words = payload.get("text", "")
    marks = [] if "entities" in payload else detect_entities(words)
    more = {name: value for name, value in payload.items() if name not in own}
    return world.post(chat, sender, words, marks=marks, more=more)


def _find(known: Mapping[int, Any], value: Any) -> Any:
    """Return the person or group that a value names by its `id`, if there is one."""
    number = value.get("id") if isinstance(value, dict) else getattr(value, "id", None)
    return known.get(number) if type(number) is int else None
