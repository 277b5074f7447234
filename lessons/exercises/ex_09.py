"""Check of notebook 09: a command whose numbers survive a cut and a kill."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.twitch import Twitch, TwitchAccount
from botlib import Bot, Message
from botlib.store.sqlite import SqliteStore
from lessons.exercises.slips import load_or_not_yet
from lessons.exercises.verdict import NotYet, exercise, expect
from lessons.worlds.program import RunningProgram


@exercise(
    "run the cells above first, then this one",
    'store.increment("some name") adds one to a counter and returns its new value. It is one step, '
    "so nobody can come in between.",
    "Each person needs a counter of their own: put message.user into the name of the counter. "
    "One more counter is for everybody.",
    'In !cheer: number = store.increment(f"cheers of {message.user}"), and store.increment("cheers"'
    '). In !cheers: store.get("cheers", 0) reads it.',
    because="A variable ends with the program, and a store doesn't. increment reads and writes in "
    "one step, so of two people who cheer at the same moment, both count.",
)
def exercise_1(file: str) -> str:
    """A Twitch command whose numbers survive a cut line and a killed program."""
    path = Path(file)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, Twitch() as twitch:
        check_commands(path, Path(folder, "first.sqlite3"))
        main = copy_without_others(path, Path(folder))
        try:
            check_counts_survive_restart(twitch, main, f"sqlite:///{folder}/memory.sqlite3")
        except NoReply as error:
            raise NotYet(str(error)) from None
        check_two_bots(path, Path(folder, "together.sqlite3"))
    return (
        "the line was cut and the program was killed, and it still knows: Viktor cheered three "
        "times and Anna once"
    )


def load_command_file(file: Path, store: SqliteStore) -> Bot:
    """Load a command file that keeps its numbers in this store."""
    with patch("botlib.store.open_store", lambda url=None: store):
        return load_or_not_yet(file)


def check_commands(file: Path, store: Path) -> None:
    """Both commands are there; this is checked first, because it takes no time."""
    with closing(SqliteStore(store)) as opened:
        names = load_command_file(file, opened).commands
    for name in ("cheer", "cheers"):
        expect(
            name in names,
            f'there is no command !{name} yet. Begin it with @bot.command("{name}")',
        )


def copy_without_others(file: Path, folder: Path) -> Path:
    """Return the main.py of a bot that has this command file and no other."""
    commands = folder / "commands"
    commands.mkdir()
    copy(file, commands)
    main = folder / "main.py"
    source = 'from botlib import Bot\n\nbot = Bot()\nbot.include_folder("commands")\n'
    main.write_text(source, encoding="utf-8")
    return main


def check_counts_survive_restart(twitch: Twitch, file: Path, store: str) -> None:
    """Cheer, cut, cheer, kill, start again, cheer; the numbers continue."""
    viktor = twitch.account("viktor", display_name="Viktor")
    anna = twitch.account("anna", display_name="Anna")
    cleo = twitch.account("cleo", display_name="Cleo")
    hello_bot = twitch.account("hello_bot")
    viktor.mod(hello_bot)
    app = twitch.application("Hello bot")
    token = twitch.authorize(hello_bot, app, ["chat:read", "chat:edit"])
    settings = {
        "TWITCH_TOKEN": token.access_token,
        "TWITCH_CLIENT_ID": app.client_id,
        "TWITCH_CHANNEL": "viktor",
        "TWITCH_API": twitch.url,
        "STORE_URL": store,
    }

    def ask(person: TwitchAccount, text: str) -> int:
        try:
            answer = person.ask(text, channel=viktor, timeout=20)
        except NoReply as error:
            expect(
                "heard the message" not in str(error),
                f"the bot heard {text} and said nothing. Does the command end with return? "
                "Nobody in the chat can read what it prints",
            )
            raise
        if "did not work" in answer:
            reason = home.wait_line(f"{text} failed")
            raise NotYet(f"{text} did not work. The bot's log says: {reason}")
        return number_in(answer, text, person.display_name)

    with run_in_home(file, settings) as home:
        first = ask(viktor, "!cheer")
        expect(
            first == 1,
            f"Viktor cheers for the first time, and the bot says {first}. Use open_store() "
            "without an address, and add one for each cheer",
        )
        annas = ask(anna, "!cheer")
        expect(
            annas == 1,
            f"Anna cheers for the first time, and the bot says {annas}: "
            "each person needs a number of their own. Is message.user in the name of the counter, "
            'with an f before the quotes: f"cheers of {message.user}"?',
        )
        last = twitch.connections(hello_bot)[-1]
        twitch.faults.drop(hello_bot)
        twitch.wait_for(hello_bot, viktor, after=last, timeout=60)
        again = ask(viktor, "!cheer")
        expect(
            again != 1,
            "Viktor cheers for the second time, and the bot says 1 again: a function's own "
            "variable is gone when the function ends. The store keeps it",
        )
        expect(again == 2, f"Viktor cheers for the second time, and the bot says {again}")
        home.kill()
        home.wait(20)
    with run_in_home(file, settings) as home:
        third = ask(viktor, "!cheer")
        expect(
            third != 1,
            "the program was killed and started again, and Viktor's number is 1 again: "
            "keep it in the store, not in a variable",
        )
        expect(third == 3, f"Viktor cheers for the third time, and the bot says {third}")
        ask(cleo, "!cheer")
        total = ask(anna, "!cheers")
        again = ask(viktor, "!cheers")
        expect(
            (total, again) != (1, 3),
            "there were 5 cheers, and !cheers says 1 to Anna and 3 to Viktor. Those are their own. "
            "One more counter, without message.user in its name, is for everybody",
        )
        expect(
            again == total,
            f"there were 5 cheers. !cheers says {total}, and {again} when somebody asks again: "
            "asking is not cheering. Call increment in !cheer, and only read by get in !cheers",
        )
        expect(
            total != 4,
            "there were 5 cheers, and !cheers says 4: Viktor's three and Anna's. Cleo has "
            "cheered, too. A counter for all of them counts everybody",
        )
        expect(
            total == 5,
            f"there were 5 cheers, and !cheers says {total}: one counter, without message.user in "
            "its name, counts everybody",
        )


def number_in(answer: str, text: str, name: str) -> int:
    """Return the one number that an answer has beside the name."""
    numbers = re.findall(r"\d+", answer.replace(name, ""))
    expect(
        len(numbers) == 1,
        f"for {text} the bot says {answer!r}; expected a text with one number in it",
    )
    return int(numbers[0])


class BetweenStore(SqliteStore):
    """A store in which somebody else is always quicker: after each read, `meanwhile` happens."""

    meanwhile: Callable[[], object] | None = None
    times = 0

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value; before it is used, somebody else reads and writes."""
        value = super().get(key, default)
        meanwhile, self.meanwhile = self.meanwhile, None  # nobody comes between the other's steps
        if meanwhile:
            meanwhile()
            self.times += 1
            self.meanwhile = meanwhile
        return value


def check_two_bots(file: Path, path: Path) -> None:
    """Check that two bots with one store count everybody, also between each other's steps."""
    with closing(BetweenStore(path)) as store:
        here, there = load_command_file(file, store), load_command_file(file, store)
        cheer, cheers = (
            Message(text, "Viktor", "viktor", user_id="1") for text in ("!cheer", "!cheers")
        )
        here.replies(cheer)
        store.meanwhile = lambda: there.replies(cheer)
        here.replies(cheer)
        store.meanwhile = None
        said = 2 + store.times
        for message, more in ((cheers, 0), (cheer, 1)):
            answer = here.replies(message)[0]
            counted = number_in(answer, message.text, message.user) - more
            expect(
                counted == said,
                f"somebody cheered while your bot was counting another cheer, and of {said} cheers "
                f"it counted {counted}: what you get may be old before you set it. "
                "store.increment reads and writes in one step",
            )


@contextmanager
def run_in_home(file: Path, settings: dict[str, str]) -> Iterator[RunningProgram]:
    """Start the bot in a home and wait until it is in the channel; stop it at the end."""
    try:
        home = RunningProgram(file, settings, platform="twitch", timeout_s=60)
    except (RuntimeError, TimeoutError) as error:
        raise NotYet(f"your program doesn't start: {error}") from None
    try:
        yield home
    finally:
        home.stop()
