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

NEEDED = {  # a command that pages use, and what it has to do there
    "hello": "greets a person by name",
    "roll": "rolls, and counts it for that person",
    "score": "says what a person has rolled so far",
    "joke": "says something in two parts",
}
CALLS = 12  # of one command by one person: dice repeat themselves by then, a counter doesn't
NAME = "Person{}x"
TRIAL_S, SLOW_S = 20.0, 1.0  # for all commands, and for one answer
NO_STORE = shutil.ignore_patterns(".*", "__pycache__", "*.sqlite3*")


def find_commands(folder: Path, names: list[str]) -> dict[str, list[str]]:
    """Try these commands of a bot; returns for each needed one those that do it, none if it fails.

    Those that are slow, because they ask a server, are left out.
    """
    from lessons.worlds.environment import sandbox_environment  # a browser's tab has no processes

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        copy = Path(place) / folder.name
        shutil.copytree(folder, copy, ignore=NO_STORE)
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "lessons.needed_commands", str(copy), *names],
                cwd=copy,
                env=sandbox_environment() | {"STORE_URL": "memory://"}, capture_output=True,
                text=True, encoding="utf-8", errors="replace", timeout=TRIAL_S,
            )  # fmt: skip
            found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
        except (OSError, subprocess.TimeoutExpired, LookupError, ValueError):
            return {}
    return found


class Trial:
    """A bot, and new people who write to it."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._numbers = count(1)

    def answers(self, name: str) -> bool:
        """Return whether a command says something, and soon."""
        started = time.monotonic()
        return bool(self.ask(name, self.person())) and time.monotonic() - started < SLOW_S

    def person(self) -> str:
        """Return the number of a person who has never written; their name is made of it."""
        return str(next(self._numbers))

    def ask(self, name: str, person: str) -> str:
        """Return what a command says, each reply on its lines; "" if it fails."""
        text = f"{self._bot.prefixes[0]}{name}"
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                replies = self._bot.replies(Message(text, NAME.format(person), user_id=person))
        except (Exception, SystemExit):
            return ""
        return "\n".join(replies)

    def said(self, name: str) -> list[str]:
        """Return what a command says to one person, again and again."""
        person = self.person()
        return [self.ask(name, person) for _ in range(CALLS)]

    def names_people(self, name: str) -> bool:
        """Return whether a command calls people by their names."""
        people = [self.person(), self.person()]
        answers = [self.ask(name, person).casefold() for person in people]
        return all(
            NAME.format(person).casefold() in answer
            for person, answer in zip(people, answers, strict=True)
        )

    def counts_for(self, score: str, roll: str) -> bool:
        """Return whether a command says what another one counts, for one person alone."""
        player, other = self.person(), self.person()
        before = [self.ask(score, player), self.ask(score, other)]
        self.ask(roll, player)
        after = [self.ask(score, player), self.ask(score, other)]
        return after[0] != before[0] and after[1] == before[1]


def what_fits(bot: Bot, names: list[str]) -> dict[str, list[str]]:
    """Return for each needed command those of a bot's that do it."""
    trial = Trial(bot)
    said = {name: trial.said(name) for name in names if trial.answers(name)}
    steady = [name for name, answers in said.items() if len(set(answers)) == 1]
    pairs = [
        (roll, score)
        for roll in said
        for score in steady
        if roll != score and trial.counts_for(score, roll)
    ]
    rolls = [name for name in said if any(name == roll for roll, _ in pairs)]
    scores = [name for name in said if any(name == score for _, score in pairs)]
    others = {name: answers for name, answers in said.items() if name not in (*rolls, *scores)}
    repeating = [name for name, answers in others.items() if len(set(answers)) < CALLS]
    return {
        "hello": [
            name
            for name in repeating
            if trial.names_people(name) and not any("\n" in answer for answer in said[name])
        ],
        "roll": rolls or [name for name in repeating if name not in steady],
        "score": scores,
        "joke": [name for name in repeating if all("\n" in answer for answer in said[name])],
    }


if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    found = what_fits(load_bot_file(Path(folder) / "main.py", Bot), names)
    print(f"\n{json.dumps(found)}")  # on a line of its own, below what the bot's files print
