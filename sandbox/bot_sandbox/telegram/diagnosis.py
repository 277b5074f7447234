"""Explain why a bot did not answer: what was found, what was expected, what to do next.

`collect_facts` and `read_log` look up what is known; the other functions turn it into sentences.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot_sandbox.diagnosis.bot_log import HeardLogs, LogFacts, append_source_line, read_log_facts
from bot_sandbox.diagnosis.clean_text import hide_tokens, quote_safely
from bot_sandbox.diagnosis.function_registry import function_at
from bot_sandbox.diagnosis.program_registry import program_trouble
from bot_sandbox.telegram.calls import ApiCall
from bot_sandbox.telegram.errors import NOT_FETCHED, UNKNOWN_METHOD, UNSUPPORTED, WRONG_TYPE
from bot_sandbox.telegram.parameters import similar_method
from bot_sandbox.telegram.types import Chat, Message, Update, User
from bot_sandbox.telegram.updates import DEFAULT_TYPES
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

RECENT_S = 60.0
WEB_FILES = (  # what to do if a bot can't send a file from an address
    "This sandbox fetches nothing: call telegram.add_web_file(address, file), or POST "
    "telegram/web_file. From an address, Telegram takes photos up to 5 MB and other files up to "
    "20 MB, documents only as GIF, PDF or ZIP, and no video notes."
)
SHOWN_REFUSALS = 3  # how many refused calls to show
SHOWN_OTHERS = 10  # how many messages to show that came instead of another
SERVER_IS_DOWN = (
    "This Telegram is down, by the fault stop. What to do: start it with the fault start"
)
SHOWN_DEEDS = 5
SHOWN_SLIPS = 3  # how many unknown parameters
# People use the sandbox from Python and elsewhere, so the advice has both forms.
START_AGAIN = "start the bot again, if it has ended"
SET_WEBHOOK = 'call setWebhook (in Python: telegram.call(account, "setWebhook", url=...))'
START_OR_SET = f"start a bot that polls, or {SET_WEBHOOK}"
FIX_AND_START = "What to do: fix that, and start the bot again"
WAIT_FOR_DEED = (
    "What to do: if that is its answer, wait for it: for an edit by edits=True of ask and ask_all, "
    "for the rest by telegram.wait_until, as in telegram.wait_until(lambda: message.deleted)"
)


@dataclass(frozen=True)
class UpdateFacts:
    """What is known about one bot that got a message and did not answer it."""

    update: Update
    account: BotAccount
    log: LogFacts


def collect_facts(message: Message, world: TelegramWorld, heard: HeardLogs) -> list[UpdateFacts]:
    """Return what is known about each bot that got a message."""
    command = (message.shown.split() or [""])[0]
    accounts = [world.accounts[update.account.id] for update in message.updates]
    return [
        UpdateFacts(update, account, read_log(account, command, heard))
        for update, account in zip(message.updates, accounts, strict=True)
    ]


def read_log(account: BotAccount, command: str = "", heard: HeardLogs | None = None) -> LogFacts:
    """Return what a bot's log says; see `read_log_facts`."""
    return read_log_facts(_webhook_of(account), command, heard)


def explain_no_reply(
    message: Message, world: TelegramWorld, timeout: float, heard: HeardLogs
) -> str:
    """Return the text of NoReply for one message."""
    said = message.shown
    if message.updates:
        facts = collect_facts(message, world, heard)
        bots = ", ".join(each.account.name for each in facts)
        over = "" if has_ended(message, world) else f" within {timeout:g} s"
        lines = [f"{bots} did not answer {said!r}{over}."]
        if not world.up:
            return "\n".join([*lines, SERVER_IS_DOWN])
        for each in facts:
            lines.append(f"Found: {explain_update(each)}")
            lines += describe_calls(each.account, each.update, message.date)
        return "\n".join(lines)
    if not any(member.is_bot for member in message.chat.members):
        return (
            f"Nobody can answer {said!r}: there is no bot in {message.chat.title}.\n"
            "What to do: add a bot to it"
        )
    return "\n".join(describe_untold([message]))


def what_came(where: str, messages: Iterable[Message], timeout: float) -> str:
    """Return what came, such as "for Viktor" or "in Family", in place of the awaited message."""
    shown = [f"  {message.sender.name}: {message.shown}" for message in messages]
    head = f"No matching message came {where} within {timeout:g} s."
    if not shown:
        return f"{head} No other came either."
    more = [f"  … and {len(shown) - SHOWN_OTHERS} more"] if len(shown) > SHOWN_OTHERS else []
    return "\n".join([f"{head} What came instead:", *shown[:SHOWN_OTHERS], *more])


def describe_last_edit(messages: Iterable[Message]) -> list[str]:
    """Name the newest edit by a bot among messages that were read, and how to wait for it."""
    edited = [one for one in messages if one.edited_at and one.sender.is_bot and not one.deleted]
    return [
        f"{one.sender.name} edited an earlier message: {quote_safely(one.shown)}. An edit is no "
        "new message.\nWhat to do: wait for it, as in "
        'telegram.wait_until(lambda: message.text == "…")'
        for one in sorted(edited, key=lambda one: one.changed_at)[-1:]
    ]


def has_ended(message: Message, world: TelegramWorld) -> bool:
    """Return whether all bots that got a message are functions of this process and have ended."""
    return all(update_has_ended(update, world) for update in message.updates)


def update_has_ended(update: Update, world: TelegramWorld) -> bool:
    """Return whether the bot of an update is a function of this process that has ended."""
    account = world.accounts[update.account.id]
    return update not in account._updates and bool(function_at(_webhook_of(account)))


def describe_untold(messages: Iterable[Message]) -> list[str]:
    """Say of the newest of these messages why no bot was told of it, if none was."""
    newest = max((each for each in messages if not each.event), key=_date_of, default=None)
    bots = [member.name for member in newest.chat.members if member.is_bot] if newest else []
    if newest is None or newest.updates or newest.sender.is_bot or not bots:
        return []
    untold = f"{', '.join(bots)} was not told of {newest.shown!r}."
    return [untold, f"Found: {why_not_told(newest)}"]


def _date_of(message: Message) -> tuple[int, int]:
    return message.date, message.message_id


def why_not_told(message: Message) -> str:
    """Explain why no bot of a chat got a message, and what to do."""
    if message.chat.kind in ("group", "supergroup"):
        return (
            "in a group, privacy mode shows a bot only what is meant for it: replies to it, "
            "commands with its name ('/…@its_name'), and other commands if no other bot wrote "
            "after it. Mentions of it are not among them (or its allowed_updates leave messages "
            "out).\n"
            "What to do: write '/…', or make the bot an admin of the group, "
            "or create a bot without privacy (privacy is false)"
        )
    return (
        "the bot's allowed_updates leave messages out.\n"
        "What to do: call setWebhook with allowed_updates=[], which restores the default"
    )


def explain_update(facts: UpdateFacts) -> str:
    """Explain what happened to one update of a bot so far, and what to do next."""
    update, account = facts.update, facts.account
    if update in account._updates:
        return _describe_waiting(facts)
    last = next(
        (d for d in reversed(account._updates.deliveries) if d.update_id == update.id), None
    )
    if last is None and update.replies_from < 0:
        return (
            "the update is gone, and no bot took it: Telegram keeps updates for 24 hours, and "
            "drop_pending_updates drops them.\n"
            "What to do: if the bot drops them when it starts, write to it when it is ready "
            "(in Python: telegram.wait_ready(account))"
        )
    if last is None:
        return _describe_silence("the bot took the update with getUpdates", facts)
    if last.error:
        return f"the update was given up after {last.attempt} attempts: {last.error}"
    if last.reply:
        return (
            f"the webhook acknowledged the update with {last.status}, and {last.reply}.\n"
            "What to do: correct the call in the response's body"
        )
    return _describe_silence(f"the webhook acknowledged the update with {last.status}", facts)


def _describe_silence(how: str, facts: UpdateFacts) -> str:
    account, log = facts.account, facts.log
    deeds = list_deeds(account, facts.update)
    lines = [f"{how}, but sent no message.{f' It called {deeds}.' if deeds else ''}"]
    trouble = program_trouble(account.token)
    if log.failed_command:
        lines += quote_log(account, log.failed_command)
        lines.append("What to do: fix that; the bot apologizes at most once a minute")
    elif log.handler_error:
        lines += describe_handler_error(account, log)
    elif log.last_output:
        lines += [
            f"It printed {without_secrets(account, log.last_output)!r}. "
            "That goes into its log, not into the chat.",
            "What to do: if this is the reply, write return instead of print, because print "
            "itself returns nothing",
        ]
    elif trouble:
        lines += [trouble, FIX_AND_START]
    elif deeds:
        lines.append(WAIT_FOR_DEED)
    elif account._webhook:
        lines += [
            "Expected: a response like {'method': 'sendMessage', 'chat_id': …, 'text': …} with "
            "Content-Type application/json, or a call of sendMessage.",
            "What to do: check whether the bot knows this command (most begin with ! or /), and "
            "whether its function ends with return",
        ]
    else:
        lines.append(
            "What to do: check whether the bot knows this command, and read its output for errors"
        )
    return "\n".join(lines)


def list_deeds(account: BotAccount, update: Update) -> str:
    """List what a bot has called since it got an update, but for questions; "" if nothing.

    An edit has its text.
    """
    done = [
        call
        for call in account.calls
        if not call.error
        and 0 < update.told_at <= call.at
        and not call.method.lower().startswith("get")
    ]
    texts = [call.arguments.get("text") or call.arguments.get("caption") for call in done]
    words = [
        f"{call.method} {quote_safely(text)}" if text else call.method
        for call, text in zip(done, texts, strict=True)
    ]
    return ", ".join(list(dict.fromkeys(words))[:SHOWN_DEEDS])


def _describe_waiting(facts: UpdateFacts) -> str:
    update, account = facts.update, facts.account
    pending = f"pending_update_count is {len(account._updates)}"
    webhook = account._webhook
    if webhook is None and account._updates.is_polled:
        return f"somebody waits in getUpdates and has not acknowledged the update; {pending}"
    if webhook is None and update.replies_from >= 0:
        return _describe_silence("the bot took the update with getUpdates", facts)
    if webhook is None:
        now = " now" if account._updates.polls else ""
        return (
            f"no webhook is set and nobody calls getUpdates{now}, so the update waits; {pending}.\n"
            f"{_what_to_start(account)}"
        )
    if webhook.last_error_message:
        state = f"fails after {update.attempts} attempts"
        if update.attempts == 0:
            state = "fails with an earlier update, which goes first"
        error = webhook.last_error_message
        lines = [
            f"the webhook {webhook_address(account)} {state}: "
            f"last_error_message is {error!r}; {pending}.",
            *describe_failing_webhook(account, facts.log),
        ]
        return "\n".join(lines)
    return f"the webhook {webhook_address(account)} has not answered yet; {pending}"


def _what_to_start(account: BotAccount) -> str:
    """Return what to do about a bot that neither polls nor has a webhook."""
    if trouble := program_trouble(account.token):
        return f"{trouble}\n{FIX_AND_START}"
    return f"What to do: {START_AGAIN if account._updates.polls else START_OR_SET}"


def describe_failing_webhook(account: BotAccount, log: LogFacts) -> list[str]:
    """Return what the log of a failing function says, and what to do."""
    webhook = account._webhook
    if not webhook or not webhook.last_error_message:
        return []
    failed = re.search(r" 5\d\d ", webhook.last_error_message)  # then its log may say why
    logged = log.last_error if failed else ""
    todo = _suggest_fix(webhook.last_error_message, bool(logged), log.is_function)
    return [*quote_log(account, logged), f"What to do: {todo}"]


def describe_handler_error(account: BotAccount, log: LogFacts) -> list[str]:
    """Return a handler's error in the latest call of a bot's function, and what to do."""
    if not log.handler_error:
        return []
    mistake = log.handler_error.partition("\n")[0]
    todo = "fix that, save the file and deploy it again"
    if "was never awaited" in mistake:
        todo = "write await before that call, save the file and deploy it again"
    elif "await" in mistake:
        todo = "write async before the handler's def, and await only before calls to Telegram"
    return [*quote_log(account, log.handler_error), f"What to do: {todo}"]


def _suggest_fix(error: str, is_named: bool, is_function: bool) -> str:
    if " 403 " in error:
        return "the secrets differ; call setWebhook with the secret_token that the function expects"
    again = "fix it and deploy again; then Telegram sends the message again"
    if is_named:
        return again
    log = "read the bot's own log, where it runs"
    if is_function:
        log = 'read the function\'s log, print(*function.logs, sep="\\n")'
    return f"{log}; its last lines name the error. {again[0].upper()}{again[1:]}"


def describe_refused_calls(account: BotAccount, update: Update) -> list[str]:
    """Return the bot's refused calls since this update, except those in webhook responses."""
    words = [
        f"Its {call.method} was refused: {without_secrets(account, call.error)}{_hint(call)}"
        for call in account.calls
        if call.error and not (call.in_response or call.fault) and 0 < update.told_at <= call.at
    ]
    return list(dict.fromkeys(words))[:SHOWN_REFUSALS]


def describe_last_refusal(account: BotAccount) -> list[str]:
    """Return the last call of a bot that Telegram refused; the bot may have stopped there."""
    refused = (
        call
        for call in reversed(account.calls)
        if call.error and not (call.fault or call.error.startswith(UNSUPPORTED))
    )
    return [
        f"Its last refused call: {call.method}, {without_secrets(account, call.error)}{_hint(call)}"
        for call in itertools.islice(refused, 1)
    ]


def describe_faults(account: BotAccount, since: float) -> list[str]:
    """Return what faults on request have done to a bot since a time, in seconds since 1970."""
    hits = Counter(hit.text for hit in account._fault_hits if hit.at >= since)
    return [
        f"{text[0].upper()}{text[1:]}{f' ({times} times)' if times > 1 else ''}."
        for text, times in hits.items()
    ]


def _hint(call: ApiCall) -> str:
    """Return what to do about a refusal, or which method a bot may have meant."""
    if call.error.endswith((NOT_FETCHED, WRONG_TYPE)):
        return f". {WEB_FILES}"
    similar = similar_method(call.method) if call.error == UNKNOWN_METHOD else ""
    return f". {similar}" if similar else ""


def describe_unsupported_calls(account: BotAccount) -> list[str]:
    """Return the methods a bot has called that this sandbox lacks; it may have stopped there."""
    lines = []
    if account._unsupported:
        what = ", ".join(account._unsupported)
        lines = [f"{account.name} called {what}, which this sandbox lacks, though Telegram has it."]
    if account._canned:
        what = ", ".join(account._canned)
        lines += [f"{account.name} got canned answers to {what}, which this sandbox lacks."]
    return lines


def describe_ignored_parameters(account: BotAccount) -> list[str]:
    """Return the parameters a bot has sent that the Bot API doesn't know; they may be slips."""
    words = list(account._ignored.values())[-SHOWN_SLIPS:]
    return [f"{account.name} may have made a slip: {without_secrets(account, w)}" for w in words]


def logged_since(account: BotAccount, heard: HeardLogs) -> list[str]:
    """Return what bots of this process, and the function that is this bot, have logged."""
    url = _webhook_of(account)
    new = [append_source_line(line, url) for line in heard.of_function(url)]
    return [without_secrets(account, line) for line in [*heard.lines, *new]]


def describe_calls(account: BotAccount, update: Update, since: float) -> list[str]:
    """Return what a bot's calls since an update may have to do with its silence."""
    return [
        *(describe_refused_calls(account, update) or describe_unsupported_calls(account)),
        *describe_ignored_parameters(account),
        *describe_faults(account, since),
    ]


def quote_log(account: BotAccount, words: str) -> list[str]:
    """Return a line of a bot's log as a line of the explanation."""
    return [f"Its log says: {without_secrets(account, words)}"] if words else []


def without_secrets(account: BotAccount, words: str) -> str:
    """Remove all tokens and the secret of a bot's webhook from a text."""
    secret = account._webhook.secret_token if account._webhook else ""
    if secret:
        words = re.sub(re.escape(secret), "<secret>", words, flags=re.IGNORECASE)
    return hide_tokens(words)


def _webhook_of(account: BotAccount) -> str:
    return account._webhook.target.url if account._webhook else ""


def webhook_address(account: BotAccount) -> str:
    """Return the address of a bot's webhook, without a token in it."""
    return hide_tokens(_webhook_of(account))


def explain_no_press_answer(
    world: TelegramWorld, accounts: Iterable[BotAccount], update: Update | None
) -> str:
    """Explain why a bot did not answer a press, whose update is this one, if it got any."""
    accounts = list(accounts)
    if update is None and accounts and world.up:
        return f"Found: {why_left_out(accounts[0], 'callback_query')}"
    if update is None or update.replies_from < 0 or any(one._webhook for one in accounts):
        return describe_bots(world, accounts)
    lines = ["Found: the bot took the press with getUpdates."] + (
        [] if world.up else [SERVER_IS_DOWN]
    )
    for account in accounts:
        lines += describe_calls(account, update, update.told_at)
    return "\n".join(lines)


def why_left_out(account: BotAccount, kind: str) -> str:
    """Explain why a bot is not told of a kind of update, and what to do."""
    is_default = kind in DEFAULT_TYPES
    chosen = (
        "allowed_updates=[], which restores the default"
        if is_default
        else f"an allowed_updates that has {kind}"
    )
    return (
        f"{account.name} was not told, because its allowed_updates leave out {kind}.\n"
        f"What to do: call getUpdates or setWebhook with {chosen}"
    )


def describe_bots(world: TelegramWorld, accounts: Iterable[BotAccount]) -> str:
    """Describe for each bot how updates reach it, and what faults have done to it just now."""
    if not world.up:
        return SERVER_IS_DOWN
    lines: list[str] = []
    for account in accounts:
        if account._webhook:
            state = f"webhook {webhook_address(account)}"
            if account._webhook.last_error_message:
                state += f", last_error_message {account._webhook.last_error_message!r}"
            elif account._updates.deliveries:
                state += f"; the last update, {account._updates.deliveries[-1]}"
        elif account._updates.is_polled:
            state = "somebody waits in getUpdates"
        elif account._updates.polls:
            state = "no webhook is set and nobody waits in getUpdates now, though the bot has "
            state += f"called it. {_what_to_start(account)}"
        else:
            state = f"no webhook is set and nobody calls getUpdates. {_what_to_start(account)}"
        lines += [f"Found: {account.name}: {state}", *describe_unsupported_calls(account)]
        lines += [*describe_last_refusal(account), *describe_ignored_parameters(account)]
        describe = describe_failing_webhook if account._updates else describe_handler_error
        lines += describe(account, read_log(account))
        lines += describe_faults(account, world.clock.now() - RECENT_S)
    if not lines and world.accounts:
        lines = ["Found: no bot can write here. What to do: write to one, or add one to the group"]
    return "\n".join(lines) or "Found: no bot. What to do: create one"


def describe_bots_of(person: User, world: TelegramWorld) -> str:
    """Describe each bot that can write to a person, and those that the person has blocked.

    It can if they have a chat, or share a group.
    """
    own = world.chats_of(person)
    users = [one for chat in own if not chat._blocked for one in chat.members]
    bots = [one for one in world.accounts.values() if one in users]
    blocked = [describe_blocked_bot(chat) for chat in own if chat._blocked]
    lines = blocked + ([describe_bots(world, bots)] if bots or not blocked else [])
    said = [one for chat in own for one in chat.messages if one.sender is person]
    return "\n".join([*lines, *describe_untold(said)])


def describe_blocked_bot(chat: Chat) -> str:
    """Say that the person of a private chat has blocked its bot."""
    person, bot = chat.members
    return f"Found: {person.name} has blocked {bot.name}. What to do: unblock it"
