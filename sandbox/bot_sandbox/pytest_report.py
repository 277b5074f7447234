"""What happened in the chats of a failed test: for the sections of pytest's report."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from bot_sandbox.aio.twin import unwrap
from bot_sandbox.diagnosis.clean_text import escape_control_characters, hide_secrets
from bot_sandbox.event_loop.runner import Service
from bot_sandbox.http.local_server import LocalServer, servers
from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.diagnosis import describe_bots, without_secrets
from bot_sandbox.telegram.people import transcript
from bot_sandbox.telegram.types import Chat
from bot_sandbox.twitch.chat import Channel, ChatMessage
from bot_sandbox.twitch.diagnosis import NO_PROGRAM, explain_silence
from bot_sandbox.twitch.service import Twitch, transcript_of
from bot_sandbox.twitch.world import TwitchWorld
from bot_sandbox.world.transcript import Transcript

SHOWN_LINES = 40  # of a chat; the last ones
SHOWN_CALLS = 20  # refused calls of a bot; the last ones
T = TypeVar("T")


class Baseline:
    """What all servers knew when a test began, so that its report shows only what is new.

    If the test restores a snapshot, what is new is what was said since then.
    """

    def __init__(self, before: Iterable[LocalServer]) -> None:
        self._known: dict[int, object] = {}
        for server in before:
            if isinstance(server, TelegramCore):
                self._note(one for chat in chats_of(server) for one in chat.messages)
                self._note(server._world.refused)
                for account in list(server._world.accounts.values()):
                    self._note(account.calls)
            elif isinstance(server, Twitch):
                world = server._world
                for channel in list(world.chat.channels.values()):
                    self._note(channel.history)
                self._note(world.refused)
                self._note(world.rules.refusals)
                self._note(world.records)

    def new(self, things: Iterable[T]) -> list[T]:
        """Return those that were not there."""
        return [one for one in list(things) if id(one) not in self._known]

    def _note(self, things: Iterable[object]) -> None:
        self._known |= {id(one): one for one in list(things)}


def report_sections(values: Iterable[object], seen: Baseline) -> list[tuple[str, str]]:
    """Return title and text for each Telegram and Twitch that has something new.

    These are the fixtures of a test, and all other servers of this process.
    """
    found = []
    all_of_them = [*map(unwrap, values), *servers()]
    for plain in {id(plain): plain for plain in all_of_them}.values():
        text = ""
        if isinstance(plain, TelegramCore):
            text = _on_its_loop(plain, partial(describe_telegram, plain, seen))
        elif isinstance(plain, Twitch):
            text = _on_its_loop(plain, partial(describe_twitch, plain, seen))
        if text:
            text = hide_secrets(escape_control_characters(text), {})
            found.append((f"sandbox {type(plain).__name__}", text))
    return found


def describe_telegram(telegram: TelegramCore, seen: Baseline) -> str:
    """Return its chats, and for each bot the calls that were refused."""
    world = telegram._world
    lines = []
    for chat in chats_of(telegram):
        if new := seen.new(chat.messages):
            lines += _chat_lines(_name(chat), transcript(new))
    for account in list(world.accounts.values()):
        refused = [call for call in seen.new(account.calls) if call.error]
        if refused:
            lines.append(f"--- refused calls of {account.name} (@{account.username})")
        for call in refused[-SHOWN_CALLS:]:
            where = " in a webhook's response" if call.in_response else ""
            status = f"{call.status} " if call.status else ""
            words = without_secrets(account, call.error)
            lines.append(f"{call.method}{where}: {status}{words}")
        if canned := Counter(call.canned for call in seen.new(account.calls) if call.canned):
            lines.append(f"--- canned answers for {account.name} (@{account.username})")
            lines += [f"{what}: {times}" for what, times in canned.items()]
    if requests := seen.new(world.refused):
        lines += ["--- refused requests", *requests[-SHOWN_CALLS:]]
    elif lines and world.accounts and not any(one.calls for one in world.accounts.values()):
        lines += ["--- no bot called anything", describe_bots(world, list(world.accounts.values()))]
    return "\n".join(lines)


def describe_twitch(twitch: Twitch, seen: Baseline) -> str:
    """Return its channels' chats, why nobody answered the last message, and what was refused."""
    world = twitch._world
    lines = []
    nobody = not world.records and not world.subscriptions
    for channel in list(world.chat.channels.values()):
        if new := seen.new(channel.history):
            lines += _chat_lines(f"#{channel.name}", transcript_of(new))
            if not nobody and is_unanswered(world, channel, new[-1]):
                lines += explain_silence(world, channel, new[-1])
    if lines and nobody:
        lines.append(f"--- {NO_PROGRAM}")
    for record in seen.new(world.records):
        if record.closed.startswith("login refused"):
            lines.append(f"--- {record.kind} of {record.login}: {record.closed}")
    refused = [
        f"#{one.channel}: not taken from {one.login}: {one.code} {one.words}".rstrip()
        for one in seen.new(world.rules.refusals)
    ]
    if world.canned_calls:
        lines.append("--- canned answers")
        lines += [f"{what}: {times}" for what, times in world.canned_calls.items()]
    if refused:
        lines += ["--- refused messages", *refused[-SHOWN_CALLS:]]
    if requests := seen.new(world.refused):
        lines += ["--- refused requests", *requests[-SHOWN_CALLS:]]
    return "\n".join(lines)


def is_unanswered(world: TwitchWorld, channel: Channel, last: ChatMessage) -> bool:
    """Return whether a channel's last message was likely meant for a bot that hasn't answered.

    That is a person's command, such as !hello, an answer to a program, or a text with its name.
    """
    programs = {record.login for record in world.records} | {
        one.reader.login for one in world.webhooks_of(channel) if one.reader
    }
    if last.by_program or last.author.login in programs:
        return False
    answered = last.reply_to and last.reply_to.by_program
    names = set(re.findall(r"\w+", last.text.lower()))
    return bool(last.text.startswith("!") or answered or names & programs)


def chats_of(telegram: TelegramCore) -> list[Chat]:
    """Return all chats of a Telegram."""
    return [*list(telegram._world.private.values()), *list(telegram._world.groups.values())]


def _on_its_loop(server: Service, describe: Callable[[], str]) -> str:
    try:
        return server._runner.do(describe)
    except RuntimeError:  # it is closed, so nothing changes any more
        return describe()


def _chat_lines(name: str, said: Transcript) -> list[str]:
    shown = [str(line) for line in said.lines]
    more = [f"… {len(shown) - SHOWN_LINES} more lines"] if len(shown) > SHOWN_LINES else []
    return [f"--- {name}", *more, *shown[-SHOWN_LINES:]]


def _name(chat: Chat) -> str:
    if chat.kind == "private":
        return " and ".join(member.name for member in chat.members)
    return chat.title
