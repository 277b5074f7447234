"""Checks of notebook 12: what is lost in gaps, moving back, which home, a bot that remembers."""

import re
import runpy
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from bot_sandbox.diagnosis import NoReply
from bot_sandbox.telegram import Telegram, TelegramError
from bot_sandbox.twitch import Account, Twitch
from botlib import Message
from botlib.store import SqliteStore
from lessons.exercises.verdict import (
    NotYet,
    close,
    exercise,
    expect,
    explained,
    is_number,
    run,
    show,
)
from lessons.home import Home

ROUNDS = [(9, 1, 100), (10, 3, 7), (900, 0.5, 3600), (900, 0, 3600), (2, 0.4, 60)]


@exercise(
    "write def lost_a_day(limit_s, gap_s, messages_an_hour): in place of the line with the dots.",
    "A round is the limit and the gap together. Which share of a round is the gap?",
    "share = gap_s / (limit_s + gap_s). That share of all messages of a day is lost.",
    "A day has 24 hours, so 24 * messages_an_hour messages. Multiply them by the share.",
)
def exercise_1(lost_a_day: Callable[[float, float, float], Any]) -> str:
    """The share of the time that nobody listens, of a day's messages."""
    for limit, gap, an_hour in ROUNDS:
        found = run(lost_a_day, limit, gap, an_hour)
        shown = f"lost_a_day({limit}, {gap}, {an_hour}) gave {show(found)}"
        expect(is_number(found), f"{shown}, expected a number")
        right = 24 * an_hour * gap / (limit + gap)
        if close(found, right):
            continue
        if gap:
            whole = f"{shown}: a round lasts as long as the limit and the gap together"
            expect(not close(found, 24 * an_hour * gap / limit), whole)
            expect(not close(found, right / 24), f"{shown}: a day has 24 hours")
            share = f"{shown}: that is the share of the time. How many messages has a day?"
            expect(not close(found, gap / (limit + gap)), share)
            first = f"{shown}: / comes before +. Put brackets around the round: (limit_s + gap_s)"
            expect(not close(found, 24 * an_hour * gap / limit + gap), first)
            mixed = (
                f"{shown}: you multiply seconds by messages in an hour. An hour has 3600 seconds"
            )
            expect(not close(found, 3600 * right), mixed)
            seconds = f"{shown}: so many seconds it is away. How many messages come meanwhile?"
            expect(not close(found, 24 * 3600 * gap / (limit + gap)), seconds)
            heard = 24 * an_hour * limit / (limit + gap)
            expect(not close(found, heard), f"{shown}: that is what it hears")
        expect(
            abs(found - right) >= 1,
            f"{shown}, and {right:.4f} is right. Something was rounded: leave round() and "
            "int() out, and divide with /, not with //",
        )
        expect(
            not (found == 0 and gap),
            f"{shown}: gap_s // … is 0 whenever the gap is the smaller one. Divide with /",
        )
        raise NotYet(f"{shown}, expected {right:.2f}")
    return "with a gap of half a second every 15 minutes, 48 of a day's 86,400 messages are lost"


SLIPS = {  # words of an error, and what they come from
    "KeyError: 'text'": 'the text lies one step deeper: update["message"]["text"]',
    ".call() takes 3": "what a method is told has its name before it: "
    'telegram.call(account, "getUpdates", offset=…)',
    "UnboundLocalError: cannot access local variable 'offset'": "with no message waiting the loop "
    "has nothing to do, and offset gets no value: write offset = 0 above the loop",
    "UnboundLocalError: cannot access local variable 'update'": "with no message waiting the loop "
    "has nothing to do, and there is no update: keep the number in a name that has a value before",
}
WAITING = ("!hello", "Is anybody here?", "!hello again")


@exercise(
    "write def move_back(telegram, account): in place of the line with the dots.",
    "First the webhook has to go: the method is called deleteWebhook. It keeps what waits, "
    "unless you tell it to drop it.",
    'Then telegram.call(account, "getUpdates") gives the updates. The text of each is '
    'update["message"]["text"].',
    'At the end call "getUpdates" once more, with offset=update["update_id"] + 1 of the last one.',
)
def exercise_2(move_back: Callable[[Any, Any], Any]) -> str:
    """The webhook is gone, nothing is lost, and nothing comes twice."""
    for texts in (WAITING, ()):
        with Telegram(retry_scale=1) as telegram:
            account = telegram.new_bot("Hello bot", "hello_bot")
            telegram.call(account, "setWebhook", url="http://127.0.0.1:9/nobody")  # a closed port
            person = telegram.person("Viktor")
            for text in texts:
                person.send(text)
            waiting = f"{len(texts)} messages" if texts else "no message"
            call = f"move_back(telegram, account) with {waiting} waiting"
            with explained(SLIPS):
                found = run(move_back, telegram, account, call=call)
            try:
                left = telegram.call(account, "getUpdates")
            except TelegramError as error:
                raise NotYet(f"whoever polls now is told {error}") from None
        expect(isinstance(found, list), f"expected a list of texts, found {show(found)}")
        expect(
            not any(isinstance(each, dict) for each in found),
            'these are whole updates. The text of one of them is update["message"]["text"]',
        )
        expect(
            found != [] or not texts,
            f"{len(texts)} messages waited, and it returned none: they were dropped, or not "
            "asked for",
        )
        expect(
            found == list(texts),
            f"{waiting} waited: expected {list(texts)}, found {show(found)}",
        )
        expect(
            len(left) != 1,
            "whoever asks next gets the last message once more: the offset is the number of the "
            'first update that you have not got yet, update["update_id"] + 1',
        )
        expect(
            left == [],
            f"whoever asks next gets {len(left)} of the messages once more: "
            'tell Telegram that you have them, with "getUpdates" and an offset',
        )
    return "the bot has moved, and no message was lost or came twice"


CASES: list[tuple[dict[str, Any], float, str]] = [
    ({"called": True, "answer_s": 0.01}, 900, "function"),
    ({"called": True, "answer_s": 40}, 900, "function"),
    ({"called": True, "answer_s": 1200}, 900, "program"),
    ({"called": True, "answer_s": 20}, 10, "program"),
    ({"called": True, "answer_s": 10}, 10, "program"),
    ({"called": False, "answer_s": 0.01}, 900, "program"),
    ({"called": False, "answer_s": 1200}, 900, "program"),
]


@exercise(
    "write def home(bot, limit_s): in place of the line with the dots.",
    "Two things must be true for a function: the bot is called, and its answer is ready in time.",
    'if bot["called"] and … < limit_s: return "function". In every other case it is a program.',
)
def exercise_3(home: Callable[[dict[str, Any], float], Any]) -> str:
    """Each bot finds its home, also the one whose answer takes exactly as long as the limit."""
    for bot, limit, expected in CASES:
        found = run(home, dict(bot), limit)
        shown = f"for {bot} and a limit of {limit} s"
        expect(isinstance(found, str), f"{shown}: found {show(found)}; expected a text, "
               '"function" or "program", with the quotes')  # fmt: skip
        if found == "function" and expected == "program":
            expect(bot["called"], f"{shown}: nobody calls it, so it must hold a line itself")
            expect(
                bot["answer_s"] != limit,
                f"{shown}: it is killed in the second in which its answer would be ready: "
                "take <, not <=",
            )
            raise NotYet(f"{shown}: its answer would be killed before it is ready")
        expect(found == expected, f"{shown} expected {expected!r}, found {show(found)}")
    return f"{len(CASES)} bots have a home"


@exercise(
    "run the cells above first, then this one",
    'store.increment("some name") adds one to a counter and gives its new value. It is one step, '
    "so nobody comes in between.",
    "Everybody needs a counter of their own: put message.user into the name of the counter. "
    "And one more counter is for all.",
    'number = store.increment(f"greetings of {message.user}") in !hello, beside '
    'store.increment("greetings"). For !greetings, store.get("greetings", 0) reads it.',
)
def exercise_4(file: str) -> str:
    """A Twitch bot whose numbers survive a cut line and a killed program."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, Twitch() as twitch:
        try:
            check_memory(twitch, Path(file), f"sqlite:///{folder}/memory.sqlite3")
        except NoReply as error:
            raise NotYet(str(error)) from None
        check_together(file, Path(folder, "together.sqlite3"))
    return (
        "cut off, killed, and it still knows: Viktor greeted three times, Anna once; and of two "
        "who greet at the same moment, both are counted"
    )


def check_memory(twitch: Twitch, file: Path, store: str) -> None:
    """Greet, cut, greet, kill, start anew, greet; the numbers go on."""
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

    def number(person: Account, text: str) -> int:
        try:
            answer = person.ask(text, channel=viktor, timeout=20)
        except NoReply as error:
            expect(
                "heard the message" not in str(error),
                f"the bot heard {text} and said nothing. Does the command end with return? "
                "What it prints, nobody in the chat reads",
            )
            raise
        if "did not work" in answer:
            reason = home.wait_line(f"{text} failed")
            raise NotYet(f"{text} did not work. The bot's log says: {reason}")
        expect(
            "I do not know" not in answer,
            f"there is no command {text} yet: the bot says {answer!r}",
        )
        return number_in(answer, text, person.display_name)

    with lives(twitch, hello_bot, viktor, file, settings) as home:
        first = number(viktor, "!hello")
        expect(
            first == 1,
            f"Viktor greets for the first time, and the bot says {first}. Take open_store() "
            "without an address, and count one with each greeting",
        )
        annas = number(anna, "!hello")
        expect(
            annas == 1,
            f"Anna greets for the first time, and the bot says {annas}: "
            "everybody needs a number of their own",
        )
        last = twitch.connections(hello_bot)[-1]
        twitch.faults.drop(hello_bot)
        twitch.wait_for(hello_bot, viktor, after=last, timeout=60)
        again = number(viktor, "!hello")
        expect(
            again != 1,
            "Viktor greets for the second time, and the bot says 1 again: what a function keeps in "
            "a variable of its own is gone when it ends. The store keeps it",
        )
        expect(again == 2, f"Viktor greets for the second time, and the bot says {again}")
        home.kill()
        home.wait(20)
    with lives(twitch, hello_bot, viktor, file, settings) as home:
        third = number(viktor, "!hello")
        expect(
            third != 1,
            "the program was killed and started anew, and Viktor's number begins at 1 again: "
            "keep it in the store, not in a variable",
        )
        expect(third == 3, f"Viktor greets for the third time, and the bot says {third}")
        number(cleo, "!hello")
        total = number(anna, "!greetings")
        expect(
            total != 6,
            "there were 5 greetings, and !greetings says 6: to ask is no greeting. "
            "increment adds one each time; get only reads",
        )
        expect(
            total != 4,
            "there were 5 greetings, and !greetings says 4: Viktor's three and Anna's. Cleo has "
            "greeted, too; a counter for all counts whoever comes",
        )
        expect(total == 5, f"there were 5 greetings, and !greetings says {total}")


def number_in(answer: str, text: str, name: str) -> int:
    """The one number that an answer has beside the name."""
    numbers = re.findall(r"\d+", answer.replace(name, ""))
    expect(
        len(numbers) == 1,
        f"for {text} the bot says {answer!r}; expected a text with one number in it",
    )
    return int(numbers[0])


TALK = ("!hello", "!greetings")


class BetweenStore(SqliteStore):
    """A store in which somebody else is always quicker: after each read, `meanwhile` happens."""

    meanwhile: Callable[[], object] | None = None
    times = 0

    def get(self, key: str, default: Any = None) -> Any:
        """Read a value; before it is used, the other one reads and writes."""
        value = super().get(key, default)
        meanwhile, self.meanwhile = self.meanwhile, None  # nobody comes between the other's steps
        if meanwhile:
            meanwhile()
            self.times += 1
            self.meanwhile = meanwhile
        return value


def check_together(file: str, path: Path) -> None:
    """Two homes of one bot, one store: whoever greets between another's steps is counted, too."""
    with (
        closing(BetweenStore(path)) as store,
        patch("botlib.store.open_store", lambda url=None: store),
    ):
        here, there = (runpy.run_path(file)["bot"] for _ in range(2))
        hello, greetings = (Message(text, "Viktor", "viktor", "1") for text in TALK)
        here.replies(hello)
        store.meanwhile = lambda: there.replies(hello)
        here.replies(hello)
        store.meanwhile = None
        said = 2 + store.times
        for message, more in ((greetings, 0), (hello, 1)):
            answer = here.replies(message)[0]
            expect_counted(said, number_in(answer, message.text, message.user) - more)


def expect_counted(said: int, counted: int) -> None:
    """Not yet, if a greeting was lost between a read and a write."""
    expect(
        counted == said,
        f"somebody greeted while your bot was at another's greeting, and of {said} greetings it "
        f"counted {counted}: what you get may be old before you set it. store.increment reads and "
        "writes in one step",
    )


@contextmanager
def lives(
    twitch: Twitch, bot: Account, channel: Account, file: Path, settings: dict[str, str]
) -> Iterator[Home]:
    """The file in a home of its own, in the channel; not yet, with its last words, if it ends."""
    try:
        home = Home("twitch", file, settings)
    except FileNotFoundError as error:
        raise NotYet(str(error)) from None
    try:
        twitch.wait_until(
            lambda: home.status is not None or twitch.hears(bot.login, channel.login), 60
        )
        if home.status is not None:
            home.wait(20)
            raise NotYet(f"your program ended: {home.log[-1] if home.log else 'it said nothing'}")
        yield home
    finally:
        home.stop()
