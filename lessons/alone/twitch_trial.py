"""Try a Twitch bot that a learner wrote: people write in a channel, and read what it says."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from subprocess import TimeoutExpired
from typing import NamedTuple

from bot_sandbox import Program, Twitch
from bot_sandbox.processes.supervisor import ManagedProcess
from bot_sandbox.twitch.connection import ConnectionRecord
from botlib.details.env_file import env_files, read_env
from lessons.alone.short_errors import shorten_errors
from lessons.alone.telegram_turns import describe_errors
from lessons.alone.traps import Trap
from lessons.exercises.verdict import NotYet, expect
from lessons.learner_bot import bot_login, bot_name

PEOPLE = {"olga", "anna", "cleo", "dora"}
READY_S = 20.0
ANSWER_S = 5.0
MORE_S = 0.3
PING_INTERVAL_S, PONG_TIMEOUT_S = 300.0, 10.0  # on Twitch's clock, which the check moves
HANG_UP_S = 1.0
LAST_WORDS_S = 5.0


class ChatTurn(NamedTuple):
    """A person writes !hello in the channel, after texts that should stay unanswered."""

    person: str
    ignored: tuple[str, ...] = ()
    is_from_bot: bool = False  # the bot's own account writes what should be ignored
    if_silent: str = ""  # why nothing may have come back
    if_wrong: str = ""  # what is special about these lines
    traps: tuple[Trap, ...] = ()  # known by what came back

    def is_right(self, said: str) -> bool:
        """Return whether a text is a greeting: it has the person's login and no other, no code."""
        others = "|".join(PEOPLE - {self.person})
        wrong = rf"\{{|\b{self.person}!\w|\b({others})\b"
        return bool(re.search(rf"\b{self.person}\b", said)) and not re.search(wrong, said)


class TwitchTrial:
    """A learner's program, and a Twitch of its own with people in a channel.

    The bot is the one of the notebook. With a token of the real Twitch, the file's NICK is that
    bot's login. The channel is the one that the file joins.
    """

    def __init__(self, path: Path, twitch: Twitch, program: Program) -> None:
        code = path.read_text(encoding="utf-8", errors="replace")
        self.twitch, self._path, self._start_program = twitch, path, program
        login = bot_login()
        names = [
            find_word(r"NICK (\w+)", code, login) if has_real_token() else login,
            find_word(r"JOIN #(\w+)", code, "viktor"),
        ]
        self._accounts = {login: twitch.account(login) for login in sorted(PEOPLE.union(names))}
        self.bot, self._channel = (self._accounts[login] for login in names)
        self._app = twitch.application(bot_name())
        self.program: ManagedProcess

    def start(self, *runner: str) -> None:
        """Start the file, with words before it in the command, and wait until it is there."""
        token = self.twitch.authorize(self.bot, self._app, ["chat:read", "chat:edit"])
        self.program = self._start_program(
            *(sys.executable, "-u", *runner, self._path.name),
            folder=self._path.parent,
            TWITCH_TOKEN=token.access_token,
            TWITCH_CHANNEL=self._channel.login,
        )
        if not self.wait_in_channel(READY_S):
            raise NotYet(self._describe_absence())

    def wait_in_channel(self, timeout_s: float, after: ConnectionRecord | None = None) -> bool:
        """Wait until the bot hears the channel, by a newer connection; False if it doesn't."""

        def is_there() -> bool:
            return self.twitch.hears(self.bot.login, self._channel.login, after)

        self.twitch.wait_until(lambda: is_there() or self.has_ended, timeout_s)
        return is_there()

    @property
    def has_ended(self) -> bool:
        """Whether the program has ended."""
        return self.program.status is not None

    @property
    def connection(self) -> ConnectionRecord:
        """The program's newest connection."""
        return self.twitch.connections(self.bot)[-1]

    def take(self, turn: ChatTurn) -> None:
        """Let somebody write, and look at what comes back first."""
        before, channel = len(self._said()), self._channel
        writer = self.bot if turn.is_from_bot else self._accounts[turn.person]
        if turn.ignored:
            writer.say_all([*turn.ignored], channel)
        self._accounts[turn.person].say("!hello", channel)
        self.twitch.wait_until(lambda: len(self._said()) > before or self.has_ended, ANSWER_S)
        if turn.ignored:  # an answer to these may come, too
            self.twitch.wait_until(lambda: len(self._said()) > before + 1, MORE_S)
        said = self._said()[before:]
        if len(said) != 1 or not turn.is_right(said[0]):
            raise NotYet(self._describe_wrong_answer(turn, said))

    def send_ping(self) -> None:
        """Let five minutes pass at Twitch, so that it sends a PING, and expect the PONG."""
        line = self.connection
        heard = line.lines_in
        self.twitch.clock.advance(PING_INTERVAL_S + 1)
        self.twitch.wait_until(lambda: line.lines_in > heard or line.closed, ANSWER_S)
        self.twitch.clock.advance(PONG_TIMEOUT_S + 1)
        self.twitch.wait_until(lambda: line.closed, HANG_UP_S)
        expect(
            "PONG" not in line.closed,
            "Twitch sent PING :tmi.twitch.tv, and no PONG came back within ten seconds, so it "
            "hung up. Answer each line that begins with PING: PONG :tmi.twitch.tv",
        )

    def wait_end(self, timeout_s: float) -> bool:
        """Wait for the end of the program; False if it doesn't end."""
        with suppress(TimeoutExpired):
            self.program.wait(timeout_s)
        return self.has_ended

    def describe_program(self) -> str:
        """Say what its errors are, or that it has ended; "" if it runs and says nothing."""
        if self.has_ended:
            self.program.errors.wait_end(LAST_WORDS_S)
        if errors := shorten_errors(self.program.errors.all(), self._path.parent):
            return f"{self._path.name} printed:\n{describe_errors(errors)}"
        return f"{self._path.name} has ended" if self.has_ended else ""

    def _said(self) -> list[str]:
        said = self.twitch.messages(self._channel)
        return [each.text for each in said if each.by_program]

    def _describe_absence(self) -> str:
        """Say why the program isn't in the channel."""
        name, records = self._path.name, self.twitch.connections()
        line = records[-1] if records else None
        if line and line.closed.startswith("login refused: "):
            return f"Twitch refused the login: {line.closed.partition(': ')[2]}"
        if line and line.closed.startswith("the client speaks TLS"):
            return "port 6667 has no TLS. If the socket is wrapped by ssl, the port is 6697"
        if (said := self.describe_program()) and "\n" in said:
            return (
                f"{name} didn't come into #{self._channel.login}. It printed:\n"
                + (said.partition("\n")[2])
            )
        if not line:
            return (
                f"{name} didn't come to Twitch's chat. It is at irc.chat.twitch.tv, and port 6697 "
                "wants TLS: wrap the socket by ssl"
            )
        if line.lines_in == 0:
            return (
                f"{name} has a connection, but Twitch heard no line on it. Each line that you send "
                r"ends in \r\n"
            )
        if not line.joined and line.login:
            return (
                f"{name} has logged in, but it isn't in the channel. Send JOIN "
                f"#{self._channel.login}, with the #"
            )
        return f"{name} has a connection, but it didn't log in. Send PASS, then NICK, then JOIN"

    def _describe_wrong_answer(self, turn: ChatTurn, all_said: list[str]) -> str:
        """Say who wrote what, what came back, and the nearest trap."""
        bot, person = self.bot.login, turn.person
        writer = bot if turn.is_from_bot else person
        texts = [shorten(text) for text in dict.fromkeys(turn.ignored)]
        then = f"{person} wrote !hello" if turn.is_from_bot or not texts else "!hello"
        wrote = ", then ".join([*texts, then])
        wrote = f"{writer} wrote {wrote}" if texts else wrote
        said = " / ".join(all_said)
        came = f'"{said}" came back' if said else "Nothing came back"
        if errors := self.describe_program():
            loop = "" if "\n" in errors else ". Is the reading in a loop, while True?"
            about = f"\n{turn.if_wrong}" if turn.if_wrong else ""
            return f"{wrote}. {came}, and {errors}{loop}{about}"
        for trap in turn.traps:
            if said and re.search(trap.sign, said):
                return f"{wrote}. {came}: {trap.words}"
        expected = turn.if_silent if not said else f"Expected one text with the login {person}"
        return ". ".join(filter(None, (wrote, came, expected, turn.if_wrong)))


@contextmanager
def open_trial(path: Path) -> Iterator[TwitchTrial]:
    """Make a Twitch without limits for a learner's program, and end both."""
    with Twitch(limits=False) as twitch, closing(Program(grace_s=0.5)) as program:
        yield TwitchTrial(path, twitch, program)


def has_real_token() -> bool:
    """Return whether a token of the real Twitch is saved, so that the file has a real login."""
    saved = {name for path in env_files(".") for name in read_env(path)}
    return "TWITCH_TOKEN" in {*saved, *os.environ}


def find_word(pattern: str, code: str, otherwise: str) -> str:
    """Return what a pattern's group finds in a file, in small letters."""
    found = re.search(pattern, code)
    return found[1].lower() if found else otherwise


def shorten(text: str) -> str:
    """Return the beginning of a text that a person wrote."""
    return text if len(text) < 40 else f"{text[:10]}… ({len(text)} characters)"
