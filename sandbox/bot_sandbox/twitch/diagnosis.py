"""Explain why nobody answered: what was found, what was expected, what to do next.

It only reads the state of the sandbox, and the log of a function, if there is one.
"""

from collections.abc import Sequence

from bot_sandbox.diagnosis.bot_log import HeardLogs, find_failure, find_last_error
from bot_sandbox.diagnosis.function_registry import log_at
from bot_sandbox.diagnosis.program_registry import program_trouble
from bot_sandbox.twitch.chat import PERMANENT, REFUSALS, Channel, ChatMessage
from bot_sandbox.twitch.connection import SPEAKS_HTTP, SPEAKS_TLS, ConnectionRecord
from bot_sandbox.twitch.world import TwitchWorld

REFUSED_BY_FAULT = "login refused: refused by the fault refuse_login"
SHOWN_OTHERS = 10  # how many messages to show that came instead of another
SERVERS_ARE_DOWN = (
    "This Twitch is down, by the fault stop or restart. What to do: start it with the fault start"
)
NO_PROGRAM = "no program ever connected to this Twitch, and no webhook is subscribed"


def explain_no_answer(
    world: TwitchWorld,
    channel: Channel,
    asked: ChatMessage | None,
    found: list[ChatMessage],
    wanted: int,
    timeout: float,
    heard: HeardLogs | None,
) -> str:
    """Return the text of NoReply."""
    if asked:
        first = f"Nobody answered {asked.text!r} in #{channel.name} within {timeout:g} s."
    else:
        texts = [message.text for message in found]
        first = (
            f"Waited {timeout:g} s for {wanted} message(s) in #{channel.name};"
            f" {len(found)} came: {texts}."
        )
    return "\n".join([first, *explain_silence(world, channel, asked, heard)])


def explain_nothing_fitting(
    world: TwitchWorld, channel: Channel, came: Sequence[ChatMessage], timeout: float
) -> str:
    """Return the text of NoReply for `wait_for`: what came instead, or why nothing came."""
    head = f"No matching message came in #{channel.name} within {timeout:g} s."
    if not came:
        return "\n".join([f"{head} No other came either.", *explain_silence(world, channel)])
    shown = [f"  {message.user}: {message.text}" for message in came]
    more = [f"  … and {len(shown) - SHOWN_OTHERS} more"] if len(shown) > SHOWN_OTHERS else []
    return "\n".join([f"{head} What came instead:", *shown[:SHOWN_OTHERS], *more])


def explain_silence(
    world: TwitchWorld,
    channel: Channel,
    asked: ChatMessage | None = None,
    heard: HeardLogs | None = None,
    login: str = "",
) -> list[str]:
    """Return a line for each program that could have answered, or one that says there is none.

    With a login, look at that program only, and at any that never logged in.
    """
    if not world.up:
        return [SERVERS_ARE_DOWN]
    latest: dict[str, ConnectionRecord] = {}
    for record in world.records:
        if record.closed and not record.login and record is not world.records[-1]:
            continue  # it never logged in, and a later one explains more
        before = latest.get(record.login or record.kind)
        if before is None or record.open or not before.open:
            latest[record.login or record.kind] = record
    since = asked.at if asked else world.clock.now()
    command = (asked.text.split() or [""])[0] if asked else ""
    failed = find_failure(command, heard.lines if heard else ())
    lines = []
    known = list(latest.values())
    own = [record for record in known if record.login in ("", login)]
    for record in own if login else _could_answer(world, channel, known):
        lines.append(_explain_connection(world, channel, record, asked, failed))
        lines += _explain_faults(world, record, since)
    lines += _explain_subscriptions(world, channel, command, heard)
    if world.unsupported:
        what = ", ".join(world.unsupported)
        lines.append(f"A program asked for {what}: this sandbox lacks it, though Twitch has it.")
    if world.canned_calls:
        what = ", ".join(world.canned_calls)
        lines.append(f"A program got canned answers to {what}, which this sandbox lacks.")
    if world.ignored:
        what = ", ".join(world.ignored)
        lines.append(f"A program sent what Twitch does not know and ignores: {what}.")
    if not lines and world.records:
        nobody = f"is in #{channel.name}, and no webhook is subscribed to its chat"
        nobody = f"has logged in as {login}" if login else nobody
        lines = [
            f"Found: no program {nobody}.\n"
            f"What to do: start the bot, and let it join #{channel.name}"
        ]
    lines = lines or [
        f"Found: {NO_PROGRAM}.\nWhat to do: start the bot, and let it connect to {world.irc_url}"
    ]
    trouble = program_trouble("")  # of the only one; no token leads from an account to a program
    return [*lines, *([trouble] if trouble else [])]


def _could_answer(
    world: TwitchWorld, channel: Channel, records: list[ConnectionRecord]
) -> list[ConnectionRecord]:
    """Leave out the programs of other channels.

    If this channel has none of its own, keep those that are connected: one of them may have joined
    the wrong channel.
    """
    expected = [world.expected_channels.get(record.login, set()) for record in records]
    has_own = bool(world.webhooks_of(channel)) or any(channel.name in names for names in expected)
    return [
        record
        for record, names in zip(records, expected, strict=True)
        if not names or channel.name in names or (record.open and not has_own)
    ]


def _explain_connection(
    world: TwitchWorld,
    channel: Channel,
    record: ConnectionRecord,
    asked: ChatMessage | None,
    failed: str,
) -> str:
    who = record.login or "a program"
    if record.closed == REFUSED_BY_FAULT:
        return (
            f"Found: {who} is not connected, because the sandbox refused its login on purpose.\n"
            "What to do: let the bot log in again after a pause"
        )
    if record.closed.startswith("login refused"):
        return (
            f"Found: {who}'s {record.closed}.\n"
            "What to do: give the bot a fresh user token of its own account with chat:read and"
            " chat:edit, as oauth:<token>"
        )
    if record.closed:
        advice = "start it again, or make it reconnect automatically"
        if record.closed == SPEAKS_HTTP:
            advice = f"let it connect to {world.irc_url}"
        if record.closed == SPEAKS_TLS:
            advice = "let it connect without TLS"
        return (
            f"Found: {who} is not connected; its last connection ({record.kind}) ended because "
            f"{record.closed}.\nWhat to do: {advice}"
        )
    if not record.login:
        return (
            f"Found: {who} is connected ({record.kind}) but neither logged in nor subscribed.\n"
            "What to do: send PASS and NICK, or subscribe to channel.chat.message"
        )
    own = world.find_channel(record.login)
    if own and channel.banned.get(own.owner.id) == PERMANENT:
        return f"Found: {record.login} is banned in #{channel.name}.\nWhat to do: unban it"
    held = next((c for c in world.connections if c.record is record), None)
    if held and held.silent:
        return (
            f"Found: {who} is connected, but the fault {held.silenced_by} lets nothing through.\n"
            "What to do: clear the faults, or let the bot notice the silence and connect again"
        )
    if not world.hears(record.login, channel.name):
        heard = [name for name in world.chat.channels if held and held.hears(name)]
        joined = ", ".join(f"#{name}" for name in heard) or "no channel"
        return (
            f"Found: {who} is connected but does not hear #{channel.name} (it joined {joined}).\n"
            f"What to do: JOIN #{channel.name}"
        )
    if record.login.startswith("justinfan"):
        return f"Found: {record.login} only reads: it logged in without an account"
    return _explain_silence_of_hearer(world, channel, record, asked, failed)


def _explain_faults(world: TwitchWorld, record: ConnectionRecord, since: float) -> list[str]:
    """Return what faults of this sandbox do to a program, and did to it and its question."""
    held = [c for c in world.connections if c.record is record and record.open]
    texts = [text for connection in held for _, text in connection.faults()]
    told = [hit for hit in world.fault_hits if hit.login == record.login]
    came_late = bool(record.open and record.connected_at > since)
    if record.closed or came_late:  # a fault may be why it was not there
        texts += [hit.text for hit in told[-1:]]
    texts += [
        hit.text for hit in world.fault_hits if hit.at >= since and hit.login in ("", record.login)
    ]
    return [f"A fault of this sandbox: {text}." for text in dict.fromkeys(texts)]


def _explain_silence_of_hearer(
    world: TwitchWorld,
    channel: Channel,
    record: ConnectionRecord,
    asked: ChatMessage | None,
    failed: str,
) -> str:
    user, since = world.user(record.login), asked.at if asked else world.clock.now()
    left = world.rules.penalty_left(user)
    if left:
        return (
            f"Found: {record.login} sent too many messages and is silently ignored for another "
            f"{left / 60:.0f} minutes.\nWhat to do: send at most 20 messages in 30 seconds;"
            " here, moving the clock by 1800 seconds ends the wait"
        )
    heard_since = world.hears_since(record.login, channel.name)
    if heard_since and heard_since > since:
        return (
            f"Found: {record.login} came to #{channel.name} only after this was said.\n"
            "What to do: wait until it is there (wait_for in Python, twitch/wait by HTTP), and ask"
            " again"
        )
    if world.chat.ban_reason(channel, user)[0]:
        return f"Found: {record.login} is timed out in #{channel.name}.\nWhat to do: unban it"
    if record.kind.startswith("IRC") and not any(
        c.may_speak for c in world.open_connections(record.login)
    ):
        return (
            f"Found: {record.login}'s token lacks the scope chat:edit, so it can only listen.\n"
            "What to do: authorize again with chat:edit"
        )
    refusal = world.rules.last_refusal.get(user.id)
    if refusal and refusal.words and refusal.at >= since:
        advice = f"wait, or make {record.login} a moderator, which lifts the limits"
        if refusal.code not in REFUSALS:
            advice = "begin no message with / or . (only /me and a text is left of chat's commands)"
        return (
            f"Found: {record.login} answered, but Twitch refused the answer ({refusal.code}):"
            f" {refusal.words}\nWhat to do: {advice}"
        )
    if failed:
        return (
            f"Found: {record.login} is connected and heard the message, but said nothing.\n"
            f"Its log says: {failed}\n"
            "What to do: fix that; the bot apologizes at most once a minute"
        )
    if not asked:
        return (
            f"Found: {record.login} is connected and hears #{channel.name}.\n"
            "What to do: read the bot's output"
        )
    return (
        f"Found: {record.login} is connected and heard the message, but said nothing.\n"
        "What to do: read the bot's output, and check whether it knows this command"
    )


def _explain_subscriptions(
    world: TwitchWorld, channel: Channel, command: str, heard: HeardLogs | None
) -> list[str]:
    lines = []
    for subscription in world.webhooks_of(channel):
        callback = subscription.transport["callback"]
        attempts = [d for d in world.deliveries if d.callback == callback]
        last = attempts[-1] if attempts else None
        answer = (last.error or f"status {last.status}") if last else "nothing was sent yet"
        lines.append(
            f"Found: a webhook subscription, status {subscription.status}; its callback's last"
            f" answer: {answer}."
        )
        broken = last is not None and last.status >= 500  # then the function itself failed
        logged = find_failure(command, heard.of_function(callback) if heard else ())
        if logged := logged or (find_last_error(log_at(callback)) if broken else ""):
            lines.append(f"Its log says: {logged.replace(subscription.secret, '<secret>')}")
        if subscription.status == "authorization_revoked":
            lines.append("What to do: authorize the application again, then subscribe again")
            continue
        lines.append(
            "What to do: answer the challenge and every event with 200, and send the reply by"
            " POST /helix/chat/messages"
        )
    return lines
