"""Try a Twitch bot that a learner wrote: people write in a channel, and read what it says."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot_sandbox.twitch.connection import ConnectionRecord
from botlib.details.env_file import env_files, read_env
from lessons.alone.turns import ProgramTester, Turn, open_world
from lessons.alone.worlds import ProgramOnTwitch
from lessons.exercises.verdict import NotYet
from lessons.learner_bot import bot_login

T = TypeVar("T", bound="TwitchTester")
PEOPLE = ("olga", "anna", "cleo", "dora")
NO_PONG = (
    "no PONG came back within ten seconds, so it hung up. Answer each line that begins with PING: "
    "PONG :tmi.twitch.tv"
)


def greeting_turn(person: str, *before: str, **more: Any) -> Turn:
    """Return a turn of somebody who writes !hello, and gets a text with this login and no other."""
    others = "|".join(login for login in PEOPLE if login != person)
    absent = rf"\{{|{person}!\w|\b({others})\b"  # code, a whole prefix, another login
    expected = f"one text with the login {person}"
    return Turn(person, "!hello", (person,), absent, expected, before, **more)


class TwitchTester(ProgramTester[ProgramOnTwitch]):
    """A learner's program that holds a line to Twitch."""

    ended = ended_early = (
        "has ended. Is the reading in a loop, while True? A break belongs only below the if that "
        "asks for a closed line"
    )

    def __init__(self, path: Path, world: ProgramOnTwitch) -> None:
        super().__init__(path, world)
        self.not_ready = f"didn't come into #{world.channel.login}"

    @property
    def connection(self) -> ConnectionRecord:
        """The program's newest connection."""
        return self.world.twitch.connections(self.world.bot)[-1]

    def send_ping(self) -> None:
        """Let five minutes pass at Twitch, so that it sends a PING, and expect the PONG."""
        if self.world.send_ping():
            return
        said = "" if "PONG" in self.connection.closed else self.describe_program_state()
        raise NotYet(f"Twitch sent PING :tmi.twitch.tv, and {said or NO_PONG}")

    def explain_not_ready(self) -> str:
        """Say why the program isn't in the channel."""
        name, channel = self.path.name, self.world.channel.login
        records = self.world.twitch.connections()
        connection = records[-1] if records else None
        if connection and connection.closed.startswith("login refused: "):
            return f"Twitch refused the login: {connection.closed.partition(': ')[2]}"
        if connection and connection.closed.startswith("the client speaks TLS"):
            return "port 6667 has no TLS. If the socket is wrapped by ssl, the port is 6697"
        if said := super().explain_not_ready():
            return said
        if not connection:
            return (
                f"{name} didn't come to Twitch's chat. It is at irc.chat.twitch.tv, and port 6697 "
                "wants TLS: wrap the socket by ssl"
            )
        if connection.lines_in == 0:
            return (
                f"{name} has a connection, but Twitch heard no line on it. Each line that you send "
                r"ends in \r\n"
            )
        if not connection.joined and connection.login:
            return (
                f"{name} has logged in, but it isn't in the channel. Send JOIN #{channel}, with "
                "the #"
            )
        return f"{name} has a connection, but it didn't log in. Send PASS, then NICK, then JOIN"


@contextmanager
def open_tester(path: Path, kind: type[T], runner: tuple[str, ...] = ()) -> Iterator[T]:
    """Start a learner's program in a Twitch of its own, and end both.

    The bot is the one of the notebook. With a token of the real Twitch, the file's NICK is that
    bot's login. The channel is the one that the file joins.
    """
    code = path.read_text(encoding="utf-8", errors="replace")
    login = find_in_code(r"NICK (\w+)", code, bot_login()) if has_real_token() else bot_login()
    channel = find_in_code(r"JOIN #(\w+)", code, "viktor")
    with open_world(ProgramOnTwitch, path, login, channel, runner) as world:
        tester = kind(path, world)
        tester.start()
        yield tester


def has_real_token() -> bool:
    """Return whether a token of the real Twitch is saved, so that the file has a real login."""
    saved = {name for path in env_files(".") for name in read_env(path)}
    return "TWITCH_TOKEN" in {*saved, *os.environ}


def find_in_code(pattern: str, code: str, default: str) -> str:
    """Return what a pattern's group finds in a file, in small letters."""
    match = re.search(pattern, code)
    return match[1].lower() if match else default
