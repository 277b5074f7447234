"""A brief: its points, and for each what people do, what they should see, and what to say if not.

A new brief is a file like lost_property.py, with its name in lessons/exams/record.py.
"""

from dataclasses import dataclass
from typing import Protocol

from lessons.alone.program_output import shorten_line
from lessons.alone.worlds import (
    MOST_MESSAGES,
    BotWorld,
    FunctionOnTelegram,
    ProgramOnTelegram,
    ProgramOnTwitch,
    TelegramWorld,
)
from lessons.exams.stage import ExpectedAnswer, Stage

VIKTOR = "Viktor"
FORBIDDEN, SUCCESS = 403, 2  # a status, and the first digit of one


class Act(Protocol):
    """Something that people do, with what should come of it."""

    def play(self, stage: Stage) -> None:
        """Do it; raise Failed if something else comes of it."""


@dataclass(frozen=True)
class Point:
    """One line of a brief. `later` are the acts that only the second sitting needs."""

    number: int
    what: str
    acts: tuple[Act, ...]
    sitting: int = 1
    later: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Brief:
    """An exam. The bot of each point starts afresh, so a point needs no other."""

    title: str
    username: str  # of the bot
    points: tuple[Point, ...]
    world: type[BotWorld] = ProgramOnTelegram

    @property
    def sittings(self) -> int:
        """How many sittings the exam has."""
        return max(point.sitting for point in self.points)

    def points_of(self, sitting: int) -> list[Point]:
        """Return the points of a sitting, with the acts that it needs."""
        if sitting == self.sittings:
            return [
                Point(point.number, point.what, point.acts + point.later) for point in self.points
            ]
        return [point for point in self.points if point.sitting == 1]


@dataclass(frozen=True)
class Ask:
    """Somebody writes a text, and sees each of these words in the answer, and none of the absent.

    Without words, any answer will do. `advice` says what to do if it doesn't come.
    """

    text: str
    words: tuple[str, ...]
    advice: str
    absent: tuple[str, ...] = ()
    who: str = VIKTOR
    in_group: bool = False
    most: int = MOST_MESSAGES  # that the answer has

    def play(self, stage: Stage) -> None:
        """Write it, and look at the answer."""
        expected = ExpectedAnswer(self.words, self.absent, self.advice, self.most)
        stage.ask(self.who, self.text, expected, self.in_group)


@dataclass(frozen=True)
class FillBox:
    """Somebody writes many texts, one after the other, and each is answered with its number."""

    texts: tuple[str, ...]
    advice: str

    def play(self, stage: Stage) -> None:
        """Write them all."""
        for number, text in enumerate(self.texts, 1):
            stage.ask(VIKTOR, text, ExpectedAnswer((f"#{number}",), (), self.advice))


@dataclass(frozen=True)
class SendSticker:
    """Somebody sends a sticker. Nothing has to come of it."""

    def play(self, stage: Stage) -> None:
        """Send it."""
        stage.world(TelegramWorld).send_sticker(VIKTOR)
        stage.note(f"{VIKTOR} sent a sticker")


@dataclass(frozen=True)
class EditMessage:
    """Somebody changes the last message. Nothing has to come of it."""

    text: str

    def play(self, stage: Stage) -> None:
        """Change it."""
        stage.world(TelegramWorld).edit_last_message(VIKTOR, self.text)
        stage.note(f"{VIKTOR} changed that message to  {shorten_line(self.text)}")


@dataclass(frozen=True)
class CutPower:
    """The program is killed once people see an answer, and started again in the same folder."""

    after: Ask

    def play(self, stage: Stage) -> None:
        """Ask, kill it before it knows that its answer has arrived, and start it again."""
        with stage.world(BotWorld).late_responses():
            self.after.play(stage)
            stage.cut_power()
        stage.start_bot()


@dataclass(frozen=True)
class ForgeCall:
    """A stranger calls the function as Telegram would, but doesn't know the secret."""

    text: str
    secret: str  # what the stranger sends as the secret; "" sends none
    advice: str

    def play(self, stage: Stage) -> None:
        """Call it; the status must be 403."""
        status = stage.world(FunctionOnTelegram).call_as_stranger(VIKTOR, self.text, self.secret)
        secret = f"the secret {self.secret}" if self.secret else "no secret"
        stage.note(f"A stranger called your function with {secret} and  {self.text}")
        stage.note(f"   and saw  the status {status}")
        if status != FORBIDDEN:
            raise stage.fail(self.advice)


@dataclass(frozen=True)
class RepeatUpdate:
    """Telegram delivers the last message again, as it does if it has not seen a response."""

    advice: str
    is_new_instance: bool = False

    def play(self, stage: Stage) -> None:
        """Deliver it; the status must be one of success."""
        if self.is_new_instance:
            stage.start_bot()
        status = stage.world(FunctionOnTelegram).repeat_update(VIKTOR)
        where = "another instance of your function" if self.is_new_instance else "your function"
        stage.note(f"Telegram called {where} again, with the same update")
        if status is None or status // 100 != SUCCESS:
            stage.note(f"   and saw  the status {status}")
            raise stage.fail(self.advice)


@dataclass(frozen=True)
class ReplaceInstances:
    """The cloud stops all instances of a function, so the next call starts a new one."""

    def play(self, stage: Stage) -> None:
        """Stop them."""
        stage.start_bot()
        stage.note("The cloud stopped your function, and started it again")


@dataclass(frozen=True)
class SendPing:
    """Twitch sends PING to a line of IRC, and ends it if there is no PONG."""

    advice: str

    def play(self, stage: Stage) -> None:
        """Send it, and wait for the PONG."""
        stage.note("Twitch sent your program  PING :tmi.twitch.tv")
        if not stage.world(ProgramOnTwitch).send_ping():
            raise stage.fail(self.advice)


@dataclass(frozen=True)
class CutLine:
    """The program's connection breaks, and it should come back by itself."""

    advice: str

    def play(self, stage: Stage) -> None:
        """Cut it, and wait until the program is back."""
        stage.note("The connection of your program was cut")
        if not stage.world(ProgramOnTwitch).cut_line():
            raise stage.fail(self.advice)


@dataclass(frozen=True)
class Say:
    """Somebody writes what is not for the bot; the next answer shows whether it kept silent."""

    text: str
    who: str = VIKTOR

    def play(self, stage: Stage) -> None:
        """Write it."""
        stage.say(self.who, self.text)
