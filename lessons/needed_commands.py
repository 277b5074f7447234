"""What a command of the learner's bot does, whatever she calls it and in which language it answers.

A page needs a `roll` and a `score`, and her bot may have !wurf and !stand. So her commands are
tried, on a copy of her bot with an empty store, in a process of its own: a command may print, hang
or write files.
"""

import contextlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path

from botlib.bot import Bot, Message
from botlib.details.bot_files import load_bot_file

NEEDED_COMMANDS = {  # a command that pages use, and what it has to do there
    "hello": "greets a person by name",
    "roll": "rolls, and counts it for that person",
    "score": "says what a person has rolled so far",
    "joke": "says something in two parts",
}
CALLS_PER_COMMAND = 12  # by one person: dice repeat themselves by then, a counter doesn't
PERSON_NAME = "Person{}x"
ALL_COMMANDS_S, SLOW_REPLY_S = 20.0, 1.0  # for all commands, and for one answer
IGNORED_FILES = shutil.ignore_patterns(".*", "__pycache__", "*.sqlite3*")


def find_commands(folder: Path, names: list[str]) -> dict[str, list[str]]:
    """Try these commands of a bot; returns for each needed one those that do it, none if it fails.

    Those that are slow, because they ask a server, are left out.
    """
    from lessons.worlds.environment import sandbox_environment  # a browser's tab has no processes

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, ignore=IGNORED_FILES)
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "lessons.needed_commands", str(copy), *names],
                cwd=copy,
                env=sandbox_environment() | {"STORE_URL": "memory://"}, capture_output=True,
                text=True, encoding="utf-8", errors="replace", timeout=ALL_COMMANDS_S,
            )  # fmt: skip
            found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
        except (OSError, subprocess.TimeoutExpired, LookupError, ValueError):
            return {}
    return found


class CommandTester:
    """A bot, and new people who write to it."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._numbers = count(1)

    def replies_soon(self, command: str) -> bool:
        """Return whether a command says something, and soon."""
        started = time.monotonic()
        return (
            bool(self.ask(command, self.new_person())) and time.monotonic() - started < SLOW_REPLY_S
        )

    def new_person(self) -> str:
        """Return the number of a person who has never written; their name is made of it."""
        return str(next(self._numbers))

    def ask(self, command: str, person: str) -> str:
        """Return what a command says, each reply on its lines; "" if it fails."""
        text = f"{self._bot.prefixes[0]}{command}"
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                replies = self._bot.replies(
                    Message(text, PERSON_NAME.format(person), user_id=person)
                )
        except (Exception, SystemExit):
            return ""
        return "\n".join(replies)

    def replies_to(self, command: str) -> list[str]:
        """Return what a command says to one person, again and again."""
        person = self.new_person()
        return [self.ask(command, person) for _ in range(CALLS_PER_COMMAND)]

    def greets_by_name(self, command: str) -> bool:
        """Return whether a command calls people by their names."""
        people = [self.new_person(), self.new_person()]
        replies = [self.ask(command, person).casefold() for person in people]
        return all(
            PERSON_NAME.format(person).casefold() in reply
            for person, reply in zip(people, replies, strict=True)
        )

    def shows_count(self, score: str, roll: str) -> bool:
        """Return whether a command says what another one counts, for one person alone."""
        player, other = self.new_person(), self.new_person()
        before = [self.ask(score, player), self.ask(score, other)]
        self.ask(roll, player)
        after = [self.ask(score, player), self.ask(score, other)]
        return after[0] != before[0] and after[1] == before[1]


def match_commands(bot: Bot, names: list[str]) -> dict[str, list[str]]:
    """Return for each needed command those of a bot's that do it."""
    tester = CommandTester(bot)
    replies = {name: tester.replies_to(name) for name in names if tester.replies_soon(name)}
    steady = [name for name, texts in replies.items() if len(set(texts)) == 1]
    pairs = [
        (roll, score)
        for roll in replies
        for score in steady
        if roll != score and tester.shows_count(score, roll)
    ]
    rolls = [name for name in replies if any(name == roll for roll, _ in pairs)]
    scores = [name for name in replies if any(name == score for _, score in pairs)]
    others = {name: texts for name, texts in replies.items() if name not in (*rolls, *scores)}
    repeating = [name for name, texts in others.items() if len(set(texts)) < CALLS_PER_COMMAND]
    return {
        "hello": [
            name
            for name in repeating
            if tester.greets_by_name(name) and not any("\n" in text for text in replies[name])
        ],
        "roll": rolls or [name for name in repeating if name not in steady],
        "score": scores,
        "joke": [name for name in repeating if all("\n" in text for text in replies[name])],
    }


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    found = match_commands(load_bot_file(Path(folder) / "main.py", Bot), names)
    print(f"\n{json.dumps(found)}")  # on a line of its own, below what the bot's files print
