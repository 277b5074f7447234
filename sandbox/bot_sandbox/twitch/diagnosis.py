"""Why did nobody answer? What was found, what was expected and what to do next.

It reads the state of the sandbox, and the log of a function where there is one, and words it; it
changes nothing.
"""

from collections.abc import Sequence

from bot_sandbox.diagnosis import failure, last_error
from bot_sandbox.function_registry import Bookmark, log_at
from bot_sandbox.twitch.chat import FOR_GOOD, REFUSALS, Channel, ChatMessage
from bot_sandbox.twitch.connection import ConnectionRecord
from bot_sandbox.twitch.world import TwitchWorld

NOBODY = "no program ever connected to this Twitch, and no webhook is subscribed"
NOTEBOOK = (
    "If the bot runs in this notebook's own event loop, it cannot answer while this call waits:"
    ' use await asyncio.to_thread(viktor.ask, "!hello", …).'
)


def no_answer(
    world: TwitchWorld,
    channel: Channel,
    asked: ChatMessage | None,
    found: list[ChatMessage],
    wanted: int,
    timeout: float,
    log: Sequence[str],
    read: Bookmark | None,
) -> str:
    """The text of NoReply.

    `log` is what the bots of this process logged since then, `read` how far the functions' logs
    were before.
    """
    if asked:
        first = f"Nobody answered {asked.text!r} in #{channel.name} within {timeout:g} s."
    else:
        texts = [message.text for message in found]
        first = (
            f"Waited {timeout:g} s for {wanted} message(s) in #{channel.name};"
            f" {len(found)} came: {texts}."
        )
    return "\n".join([first, *why(world, channel, asked, log, read)])


def why(
    world: TwitchWorld,
    channel: Channel,
    asked: ChatMessage | None = None,
    log: Sequence[str] = (),
    read: Bookmark | None = None,
) -> list[str]:
    """One line for each program that could have heard, or one saying that there is none."""
    latest: dict[str, ConnectionRecord] = {}
    for record in world.records:
        before = latest.get(record.login or record.kind)
        if before is None or record.open or not before.open:
            latest[record.login or record.kind] = record
    since = asked.at if asked else world.clock.now()
    command = asked.text.split()[0] if asked else ""
    failed = failure(command, log)
    lines = [_connection(world, channel, record, since, failed) for record in latest.values()]
    lines += _subscriptions(world, channel, command, read)
    if world.lacking:
        what = ", ".join(world.lacking)
        lines.append(f"A program asked for {what}: this sandbox lacks it, though Twitch has it.")
    return lines or [
        f"Found: {NOBODY}.\nWhat to do: start the bot, and let it connect to {world.irc_url}"
    ]


def _connection(
    world: TwitchWorld, channel: Channel, record: ConnectionRecord, since: float, failed: str
) -> str:
    who = record.login or "a program"
    if record.closed.startswith("login refused"):
        return (
            f"Found: {who}'s {record.closed}.\n"
            "What to do: give the bot a fresh user token of its own account with chat:read and"
            " chat:edit, as oauth:<token>"
        )
    if record.closed:
        return (
            f"Found: {who} is not connected; its last connection ({record.kind}) ended because "
            f"{record.closed}.\nWhat to do: start it again, or make it reconnect by itself"
        )
    if not record.login:
        return (
            f"Found: {who} is connected ({record.kind}) but neither logged in nor subscribed.\n"
            "What to do: send PASS and NICK, or subscribe to channel.chat.message"
        )
    own = world.find_channel(record.login)
    if own and channel.banned.get(own.owner.id) == FOR_GOOD:
        return f"Found: {record.login} is banned in #{channel.name}.\nWhat to do: unban it"
    if not world.hears(record.login, channel.name):
        joined = ", ".join(f"#{name}" for name in record.joined) or "no channel"
        return (
            f"Found: {who} is connected but does not hear #{channel.name} (it joined {joined}).\n"
            f"What to do: JOIN #{channel.name}"
        )
    if record.login.startswith("justinfan"):
        return f"Found: {record.login} only reads: it logged in without an account"
    return _heard(world, channel, record, since, failed)


def _heard(
    world: TwitchWorld, channel: Channel, record: ConnectionRecord, since: float, failed: str
) -> str:
    user = world.user(record.login)
    left = world.rules.penalty_left(user)
    if left:
        return (
            f"Found: {record.login} sent too many messages and is silently ignored for another "
            f"{left / 60:.0f} minutes.\nWhat to do: send at most 20 messages in 30 seconds;"
            " here, twitch.clock.advance(1800) ends the wait"
        )
    heard_since = world.hears_since(record.login, channel.name)
    if heard_since and heard_since > since:
        return (
            f"Found: {record.login} came to #{channel.name} only after this was said.\n"
            "What to do: wait until it is there,"
            f' twitch.wait_for("{record.login}", "{channel.name}"), and ask again'
        )
    if world.chat.barred(channel, user)[0]:
        return f"Found: {record.login} is timed out in #{channel.name}.\nWhat to do: unban it"
    if record.kind.startswith("IRC") and not any(
        c.may_speak for c in world.connected(record.login)
    ):
        return (
            f"Found: {record.login}'s token lacks the scope chat:edit, so it can only listen.\n"
            "What to do: authorize again with chat:edit"
        )
    code, at = world.rules.last_refusal.get(user.id, ("", 0.0))
    if code in REFUSALS and at >= since:
        return (
            f"Found: {record.login} answered, but Twitch refused the answer ({code}):"
            f" {REFUSALS[code]}\n"
            f"What to do: wait, or lift the limits as moderator (viktor.mod({record.login!r}))"
        )
    if failed:
        return (
            f"Found: {record.login} is connected and heard the message, but said nothing.\n"
            f"Its log says: {failed}\n"
            "What to do: mend that; the bot apologises once a minute at most"
        )
    return (
        f"Found: {record.login} is connected and heard the message, but said nothing.\n"
        "What to do: look at what the bot printed; does it know this command?"
    )


def _subscriptions(
    world: TwitchWorld, channel: Channel, command: str, read: Bookmark | None
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
        logged = failure(command, log_at(callback, read))
        if logged := logged or (last_error(log_at(callback)) if broken else ""):
            lines.append(f"Its log says: {logged.replace(subscription.secret, '<secret>')}")
        if subscription.status == "authorization_revoked":
            lines.append("What to do: authorize the application again, then subscribe again")
            continue
        lines.append(
            "What to do: answer the challenge and every event with 200, and send the reply by"
            " POST /helix/chat/messages"
        )
    return lines
