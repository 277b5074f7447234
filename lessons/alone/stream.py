"""stream.py: a Twitch bot with TwitchIO, a command of the learner's, and a second event.

The check starts it in a Twitch of its own, where people write and follow. Traps are known by what
came back, or by an error: see traps.py.
"""

import re
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from bot_sandbox import ManagedProcess, Program, Twitch
from lessons.alone.section import Section
from lessons.alone.short_errors import shorten_errors
from lessons.alone.telegram_turns import ANSWER_S, READY_S, describe_errors
from lessons.alone.traps import Trap
from lessons.exercises.verdict import NotYet, expect

END_S = 30.0  # for the bot to end after Ctrl+C: TwitchIO writes its file last
REST_S = 0.5  # for the rest of an error
SCOPES = ["user:read:chat", "user:write:chat", "user:bot", "moderator:read:followers"]
SAVED_FILE = ".tio.tokens.json"
FOLLOWS = "follows the channel"
NAME = "ctx.chatter.display_name"
LOGIN = "that is the name in a channel's address. display_name is the name that people see"


class Turn(NamedTuple):
    """What somebody writes or does, and which names the bot's answer has."""

    person: str
    does: str  # FOLLOWS, or a text
    names: tuple[str, ...]
    silence: str  # what to look at if nothing comes back
    traps: tuple[Trap, ...] = ()  # known by what came back

    def __str__(self) -> str:
        return f"{self.person} {self.does if self.does == FOLLOWS else f'wrote {self.does}'}"


GREETING = "Is Greetings() added to the bot, by await self.add_component(…)?"
COMMAND = (
    "Is its method in Greetings, with the line @commands.command() above it and both brackets?"
)
NO_FOLLOW = Trap(
    "",
    "TwitchIO calls a method of the bot by its name. Is it written event_follow(self, payload), "
    "and is it in StreamBot?",
    "async def event_follow",
    "async def event_channel_follow",
)
TURNS = (
    Turn(
        "Ada",
        "!hello",
        ("Ada",),
        GREETING,
        (
            Trap(
                r"\{",
                "Python fills the braces if you write f before the quotes",
                'f"hello',
                '"hello',
            ),
            Trap(r"\bada\b", LOGIN, f"hello {{{NAME}}}", "hello {ctx.chatter.name}"),
        ),
    ),
    Turn(
        "Viktor",
        "!hello",
        ("Viktor",),
        GREETING,
        (
            Trap(
                "Ada",
                f"everybody is called Ada. The name has to come from {NAME}",
                f"hello {{{NAME}}}",
                "hello Ada",
            ),
        ),
    ),
    Turn(
        "Ada",
        "!hug Bob",
        ("Ada", "Bob"),
        COMMAND,
        (
            Trap(
                r"\{(ctx|name)",
                "write f before the quotes here, too",
                f'f"{{{NAME}}}',
                f'"{{{NAME}}}',
            ),
            Trap(
                r"^(?!.*Bob)",
                "who is hugged? The word after the command goes to the parameter after ctx",
                "hugs {name}",
                "hugs you all",
            ),
            Trap(
                r"^(?!.*Ada)",
                f"who hugs? The person who wrote it is in {NAME}",
                f'f"{{{NAME}}} hugs',
                'f"somebody hugs',
            ),
        ),
    ),
    Turn("Viktor", "!hug Ada", ("Viktor", "Ada"), COMMAND),
    Turn(
        "Ada",
        FOLLOWS,
        ("Ada",),
        NO_FOLLOW.words,
        (
            Trap(r"\bada\b", LOGIN, "payload.user.display_name", "payload.user"),
            Trap(
                "(?i)viktor",
                "that is whose channel it is. The reference says where the follower is",
                "payload.user",
                "payload.broadcaster",
            ),
        ),
    ),
    Turn(
        "Bob",
        FOLLOWS,
        ("Bob",),
        NO_FOLLOW.words,
        (
            Trap(
                "Ada",
                "everybody is called Ada. The name has to come from the payload",
                "{payload.user.display_name}",
                "Ada",
            ),
        ),
    ),
)
NOT_SUBSCRIBED = Trap(
    "",
    "your bot has no subscription to followers, so Twitch doesn't tell it. Subscribe in "
    "setup_hook, as for the chat",
    "        await self.subscribe_websocket(eventsub.ChannelFollowSubscription(**follows))\n",
)
NOT_IN_CHAT = Trap(
    "",
    "stream.py runs, but it has no subscription to the chat. Subscribe in setup_hook, with await",
    "        await self.subscribe_websocket(eventsub.ChatMessageSubscription(**chat))\n",
)
SAVED_TOKENS = Trap(
    "",
    f"TwitchIO wrote your bot's tokens into {SAVED_FILE}, beside your file. The file is deleted "
    "now. Write load_tokens=False, save_tokens=False in the last line, and it doesn't come back",
    ", load_tokens=False, save_tokens=False",
)
UNKNOWN = "Ada wrote !sesame. Your bot has no such command, and "


class CheckedStream:
    """A bot of a learner's, in a Twitch in which Ada, Bob and Viktor are."""

    def __init__(self, path: Path, twitch: Twitch, program: Program) -> None:
        self._path, self._twitch = path, twitch
        self._people = {name: twitch.account(name.lower(), name) for name in ("Ada", "Bob")}
        self._viktor = self._people["Viktor"] = twitch.account("viktor", "Viktor")
        self._bot = twitch.account("hello_bot")
        self._viktor.mod(self._bot)  # it may say the same twice, and know who follows
        app = twitch.application("Stream bot")
        twitch.authorize(self._viktor, app, ["channel:bot"])
        token = twitch.authorize(self._bot, app, SCOPES)
        self._running: ManagedProcess = program(
            *(sys.executable, "-u", path.name),
            folder=path.parent,
            TWITCH_CLIENT_ID=app.client_id,
            TWITCH_CLIENT_SECRET=app.client_secret,
            TWITCH_TOKEN=token.access_token,
            TWITCH_REFRESH_TOKEN=token.refresh_token,
            TWITCH_BOT_ID=self._bot.id,
            TWITCH_CHANNEL=self._viktor.login,
        )
        twitch.wait_until(lambda: self._is_in_chat() or self._has_failed(), READY_S)
        if not self._is_in_chat():
            raise NotYet(self._describe_start())

    def try_turn(self, turn: Turn) -> None:
        """Have a person do something; NotYet unless an answer with the right names comes."""
        person, before = self._people[turn.person], len(self._answers())
        if turn.does == FOLLOWS:
            self._twitch.wait_until(lambda: self._hears_of_followers() or self._errors(), ANSWER_S)
            if not self._hears_of_followers():
                raise NotYet(self._describe_silence(turn, NOT_SUBSCRIBED.words))
            person.follow(self._viktor)
        else:
            person.say(turn.does, self._viktor)

        self._twitch.wait_until(lambda: self._answers()[before:] or self._errors(), ANSWER_S)
        if not self._answers()[before:]:
            raise NotYet(self._describe_silence(turn, turn.silence))
        said = self._answers()[before]
        if not all(name in said for name in turn.names):
            found = [trap.words for trap in turn.traps if re.search(trap.sign, said)]
            words = found[0] if found else f"expected {' and '.join(turn.names)} in it"
            raise NotYet(f'{turn}. "{said}" came back: {words}')

    def try_unknown_command(self) -> None:
        """Have somebody write a command that no bot has; NotYet if an error is printed."""
        answered = len(self._answers())
        self._people["Ada"].say("!sesame", self._viktor)
        self._viktor.say("!hello")  # when it has answered this, it has heard that, too
        self._twitch.wait_until(
            lambda: any("Viktor" in text for text in self._answers()[answered:]), ANSWER_S
        )
        if printed := self._printed():
            raise NotYet(f"{UNKNOWN}{printed}")

    def end(self) -> None:
        """Press Ctrl+C; NotYet if tokens are in a file then, or a late error was printed."""
        self._running.interrupt()
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(END_S)
            self._running.errors.wait_end(REST_S)
        file = self._path.with_name(SAVED_FILE)
        was_written = file.exists()
        file.unlink(missing_ok=True)
        expect(not was_written, SAVED_TOKENS.words)
        if unknown := [line for line in self._errors() if "CommandNotFound" in line]:
            raise NotYet(f"{UNKNOWN}{self._path.name} printed:\n{describe_errors(unknown)}")

    def _answers(self) -> list[str]:
        said = self._twitch.messages(self._viktor)
        return [message.text for message in said if message.author == self._bot.user]

    def _is_in_chat(self) -> bool:
        return self._twitch.hears(self._bot.login, self._viktor.login)

    def _has_failed(self) -> bool:
        return self._running.status is not None or bool(self._errors())

    def _hears_of_followers(self) -> bool:
        return any(each.type == "channel.follow" for each in self._twitch.subscriptions())

    def _errors(self) -> list[str]:
        return shorten_errors(self._running.errors.all(), self._path.parent)

    def _printed(self) -> str:
        """Return what the bot has said of errors, in few lines; "" if it has said nothing."""
        if not self._errors() and self._running.status is None:
            return ""
        with suppress(subprocess.TimeoutExpired):  # an error's lines come one after the other
            self._running.wait(REST_S)
            self._running.errors.wait_end(REST_S)
        lines = self._errors()
        return f"{self._path.name} printed:\n{describe_errors(lines)}" if lines else ""

    def _describe_start(self) -> str:
        if printed := self._printed():
            return f"your bot didn't come to the chat, and {printed}"
        if self._running.status == 0:
            return f"{self._path.name} ended at once. Is StreamBot().run(…) its last line?"
        return NOT_IN_CHAT.words

    def _describe_silence(self, turn: Turn, words: str) -> str:
        printed = self._printed()
        return f"{turn}. Nothing came back{f', and {printed}' if printed else f': {words}'}"


def try_stream(path: Path) -> None:
    """Start the bot, and have people write and follow; NotYet says what came."""
    with Twitch() as twitch, closing(Program(grace_s=1.0)) as program:
        stream = CheckedStream(path, twitch, program)
        for turn in TURNS:
            stream.try_turn(turn)
        stream.try_unknown_command()
        stream.end()


STREAM = Section(
    "11_four_corners",
    1,
    "stream.py",
    "twitchio.md",
    try_stream,
    "stream.py greets, hugs, thanks those who follow, and keeps calm about unknown commands",
    (
        *(trap for turn in TURNS for trap in turn.traps),
        *(NO_FOLLOW, NOT_SUBSCRIBED, NOT_IN_CHAT, SAVED_TOKENS),
    ),
)
