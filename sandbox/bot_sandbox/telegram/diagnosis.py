"""Why did the bot not answer? What was found, what was expected and what to do next.

It reads the state of a bot, and the log of a function where there is one, and words it; it
changes nothing.
"""

import re
from collections.abc import Iterable

from bot_sandbox.diagnosis import (
    failure,
    handler_mistake,
    last_error,
    last_printed,
    with_line,
)
from bot_sandbox.function_registry import Bookmark, function_at, log_at
from bot_sandbox.telegram.types import Message, Update
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

REFUSED = 3  # how many refused calls are told
# People use the sandbox from Python and from elsewhere: what to do is said for both.
SET_WEBHOOK = 'call setWebhook (in Python: telegram.call(account, "setWebhook", url=...))'


def no_reply(
    message: Message, world: TelegramWorld, timeout: float, log: list[str], read: Bookmark
) -> str:
    """The text of NoReply for one message.

    `log` is what the bots of this process logged since then, `read` how far the functions' logs
    were before.
    """
    said = message.shown
    if message.updates:
        bots = ", ".join(update.account.name for update in message.updates)
        over = "" if is_over(message, world) else f" within {timeout:g} s"
        lines = [f"{bots} did not answer {said!r}{over}."]
        for update in message.updates:
            account = world.accounts[update.account.id]
            command = said.split()[0] if said else ""
            logged = failure(command, log or log_of(account, read))
            lines.append(f"Found: {found(update, account, logged)}")
            lines += refused(account, update) or lacked(account)
        return "\n".join(lines)
    members = [member for member in message.chat.members if member.is_bot]
    if not members:
        return (
            f"Nobody can answer {said!r}: there is no bot in {message.chat.title}.\n"
            "What to do: let a bot in (in Python: group.add(account))"
        )
    names = ", ".join(member.name for member in members)
    return f"{names} was not told of {said!r}.\nFound: {not_told(message)}"


def is_over(message: Message, world: TelegramWorld) -> bool:
    """Whether all bots that were told of a message are functions known here, and have ended."""
    for update in message.updates:
        account = world.accounts[update.account.id]
        url = account.webhook.target.url if account.webhook else ""
        if update in account.updates or not function_at(url):
            return False
    return True


def not_told(message: Message) -> str:
    """Why no bot of a chat was told of a message, and what to do."""
    if message.chat.kind in ("group", "supergroup"):
        return (
            "in a group, privacy mode shows a bot only commands that begin with '/', replies to "
            "it and mentions of it (or its allowed_updates leave messages out).\n"
            "What to do: write '/…', or make the bot an admin (in Python: "
            "group.promote(account)), or a bot without privacy (telegram.new_bot(…, privacy=False))"
        )
    return (
        "the bot's allowed_updates leave messages out.\n"
        "What to do: call setWebhook with allowed_updates=[], which restores the default"
    )


def found(update: Update, account: BotAccount, logged: str) -> str:
    """What happened to one update of a bot so far, and what to do next.

    `logged` is the line its log has of the command's failing, empty when there is none.
    """
    if update in account.updates:
        return _still_waiting(update, account, logged)
    last = next((d for d in reversed(account.updates.deliveries) if d.update_id == update.id), None)
    if last is None:
        return _silent("the bot took the update with getUpdates", account, logged)
    if last.error:
        return f"the update was given up after {last.attempt} attempts: {last.error}"
    if last.reply:
        return (
            f"the webhook acknowledged the update with {last.status}, and {last.reply}.\n"
            "What to do: correct the call in the answer's body"
        )
    return _silent(f"the webhook acknowledged the update with {last.status}", account, logged)


def _silent(how: str, account: BotAccount, logged: str) -> str:
    lines = [f"{how}, but sent no message."]
    if logged:
        lines += quoted(account, logged)
        lines.append("What to do: mend that; the bot apologises once a minute at most")
    elif mistake := in_a_handler(account):
        lines += mistake
    elif printed := last_printed(log_of(account)):
        lines += [
            f"It printed {without_secrets(account, printed)!r}. That goes into its log, not into "
            "the chat.",
            "What to do: if this is the answer, write return in place of print",
        ]
    elif account.webhook:
        lines += [
            "Expected: an answer like {'method': 'sendMessage', 'chat_id': …, 'text': …} with "
            "Content-Type application/json, or a call of sendMessage.",
            "What to do: look whether the bot knows this command (most begin with ! or /), and "
            "whether its function ends with return",
        ]
    else:
        lines.append(
            "What to do: look whether the bot knows this command, and at its own output for errors"
        )
    return "\n".join(lines)


def _still_waiting(update: Update, account: BotAccount, logged: str) -> str:
    pending = f"pending_update_count is {len(account.updates)}"
    webhook = account.webhook
    if webhook is None and account.updates.is_polled:
        return f"somebody waits in getUpdates and has not acknowledged the update; {pending}"
    if webhook is None and update.replies_from >= 0:
        return _silent("the bot took the update with getUpdates", account, logged)
    if webhook is None:
        return (
            f"no webhook is set and nobody calls getUpdates, so the update waits; {pending}.\n"
            f"What to do: {SET_WEBHOOK}, or start a bot that polls"
        )
    if webhook.last_error_message:
        state = f"fails after {update.attempts} attempts"
        if update.attempts == 0:
            state = "fails with an earlier message of this chat, which goes first"
        error = webhook.last_error_message
        lines = [
            f"the webhook {address(account)} {state}: last_error_message is {error!r}; {pending}.",
            *why_it_fails(account),
        ]
        return "\n".join(lines)
    return f"the webhook {address(account)} has not answered yet; {pending}"


def why_it_fails(account: BotAccount) -> list[str]:
    """What the log of a function that fails says, and what to do."""
    webhook = account.webhook
    if not webhook or not webhook.last_error_message:
        return []
    failed = re.search(r" 5\d\d ", webhook.last_error_message)  # its own fault: its log may name it
    logged = last_error(log_of(account)) if failed else ""
    return [
        *quoted(account, with_line(logged, webhook.target.url)),
        f"What to do: {_mend(webhook.last_error_message, bool(logged))}",
    ]


def in_a_handler(account: BotAccount) -> list[str]:
    """What a handler did wrong in the latest call of a bot's function, and what to do."""
    url = account.webhook.target.url if account.webhook else ""
    mistake = handler_mistake(log_at(url))
    if not mistake:
        return []
    todo = "mend that, save the file and deploy it again"
    if "was never awaited" in mistake:
        todo = "write await before that call, save the file and deploy it again"
    elif "await" in mistake:
        todo = "write async before the handler's def, and await only before calls to Telegram"
    return [*quoted(account, with_line(mistake, url)), f"What to do: {todo}"]


def _mend(error: str, is_named: bool) -> str:
    if " 403 " in error:
        return "the secrets differ; call setWebhook with the secret_token that the function expects"
    again = "mend it and deploy again, and the message comes again by itself"
    if is_named:
        return again
    log = 'read the function\'s log, print(*function.logs, sep="\\n")'
    return f"{log}; its last lines name the mistake. {again[0].upper()}{again[1:]}"


def refused(account: BotAccount, update: Update) -> list[str]:
    """What a bot has called in vain since it was told, apart from what its webhook answered."""
    words = [
        f"Its {call.method} was refused: {without_secrets(account, call.error)}"
        for call in account.calls
        if call.error and not call.by_answer and 0 < update.told_at <= call.at
    ]
    return list(dict.fromkeys(words))[:REFUSED]


def lacked(account: BotAccount) -> list[str]:
    """What a bot has asked for that this sandbox lacks: it may have stopped there."""
    if not account.lacking:
        return []
    what = ", ".join(account.lacking)
    return [f"{account.name} called {what}, which this sandbox lacks, though Telegram has it."]


def log_of(account: BotAccount, since: Bookmark | None = None) -> list[str]:
    """The log of the function that is a bot's webhook, or what is new since a bookmark.

    Empty where there is none, or it is not known here.
    """
    url = account.webhook.target.url if account.webhook else ""
    return [with_line(line, url) for line in log_at(url, since)]


def quoted(account: BotAccount, words: str) -> list[str]:
    """A line of a bot's log as a line of the explanation."""
    return [f"Its log says: {without_secrets(account, words)}"] if words else []


def without_secrets(account: BotAccount, words: str) -> str:
    """Words of a bot without its token and its webhook's secret."""
    for secret in (account.token, account.webhook.secret_token if account.webhook else ""):
        words = words.replace(secret, "<secret>") if secret else words
    return words


def address(account: BotAccount) -> str:
    """Where a bot's webhook is; a token in it is not shown."""
    return account.webhook.target.url.replace(account.token, "<token>") if account.webhook else ""


def bots(accounts: Iterable[BotAccount]) -> str:
    """One line for each bot: how updates reach it and how that goes."""
    lines = []
    for account in accounts:
        if account.webhook:
            state = f"webhook {address(account)}"
            if account.webhook.last_error_message:
                state += f", last_error_message {account.webhook.last_error_message!r}"
            elif account.updates.deliveries:
                state += f"; the last update, {account.updates.deliveries[-1]}"
        elif account.updates.is_polled:
            state = "somebody waits in getUpdates"
        else:
            state = f"no webhook is set and nobody calls getUpdates. What to do: {SET_WEBHOOK}"
        lines += [f"Found: {account.name}: {state}", *lacked(account)]
        lines += why_it_fails(account) if account.updates else in_a_handler(account)
    return (
        "\n".join(lines) or "Found: no bot. What to do: account = telegram.new_bot(name, username)"
    )
