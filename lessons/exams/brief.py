"""A brief: its points, and for each what people do, what they should see, and what to say if not.

A new brief is a file like lost_property.py, with its name in lessons/exams/record.py.
"""

from dataclasses import dataclass
from typing import Protocol

from lessons.exams.stage import ExpectedAnswer, Stage

VIKTOR = "Viktor"


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
    username: str  # of the bot on Telegram
    points: tuple[Point, ...]

    def points_of(self, sitting: int) -> list[Point]:
        """Return the points of a sitting, with the acts that it needs."""
        if sitting > 1:
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

    def play(self, stage: Stage) -> None:
        """Write it, and look at the answer."""
        expected = ExpectedAnswer(self.words, self.absent, self.advice)
        stage.ask(self.who, self.text, expected, in_group=self.in_group)


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
        stage.send_sticker(VIKTOR)


@dataclass(frozen=True)
class EditMessage:
    """Somebody changes the last message. Nothing has to come of it."""

    text: str

    def play(self, stage: Stage) -> None:
        """Change it."""
        stage.edit_last_message(VIKTOR, self.text)


@dataclass(frozen=True)
class CutPower:
    """The program is killed once people see an answer, and started again in the same folder."""

    after: Ask

    def play(self, stage: Stage) -> None:
        """Ask, kill it before it knows that its answer has arrived, and start it again."""
        with stage.late_responses():
            self.after.play(stage)
            stage.kill_program()
        stage.start_program()
