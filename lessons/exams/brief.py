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
from lessons.exams.conversation import Conversation, ExpectedReply

VIKTOR = "Viktor"
FORBIDDEN, SUCCESS = 403, 2  # a status, and the first digit of one


class Step(Protocol):
    """Something that people do, with what should come of it."""

    def run(self, conversation: Conversation) -> None:
        """Do it; raise Failed if something else comes of it."""


@dataclass(frozen=True)
class Point:
    """One line of a brief. `later` are the steps that only the second sitting needs."""

    number: int
    what: str
    steps: tuple[Step, ...]
    sitting: int = 1
    later: tuple[Step, ...] = ()


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
        """Return the points of a sitting, with the steps that it needs."""
        if sitting == self.sittings:
            return [
                Point(point.number, point.what, point.steps + point.later) for point in self.points
            ]
        return [point for point in self.points if point.sitting == 1]


@dataclass(frozen=True)
class Ask:
    """Somebody writes a text, and sees each of these words in the reply, and none of the absent.

    Without words, any reply will do. `advice` says what to do if it doesn't come.
    """

    text: str
    words: tuple[str, ...]
    advice: str
    absent: tuple[str, ...] = ()
    who: str = VIKTOR
    in_group: bool = False
    most: int = MOST_MESSAGES  # that the reply has

    def run(self, conversation: Conversation) -> None:
        """Write it, and look at the reply."""
        expected = ExpectedReply(self.words, self.absent, self.advice, self.most)
        conversation.ask(self.who, self.text, expected, self.in_group)


@dataclass(frozen=True)
class AddMany:
    """Somebody writes many texts, one after the other, and each is answered with its number."""

    texts: tuple[str, ...]
    advice: str

    def run(self, conversation: Conversation) -> None:
        """Write them all."""
        for number, text in enumerate(self.texts, 1):
            conversation.ask(VIKTOR, text, ExpectedReply((f"#{number}",), (), self.advice))


@dataclass(frozen=True)
class SendSticker:
    """Somebody sends a sticker. Nothing has to come of it."""

    def run(self, conversation: Conversation) -> None:
        """Send it."""
        conversation.world_as(TelegramWorld).send_sticker(VIKTOR)
        conversation.note(f"{VIKTOR} sent a sticker")


@dataclass(frozen=True)
class EditMessage:
    """Somebody changes the last message. Nothing has to come of it."""

    text: str

    def run(self, conversation: Conversation) -> None:
        """Change it."""
        conversation.world_as(TelegramWorld).edit_last_message(VIKTOR, self.text)
        conversation.note(f"{VIKTOR} changed that message to  {shorten_line(self.text)}")


@dataclass(frozen=True)
class CutPower:
    """The program is killed once people see a reply, and started again in the same folder."""

    after: Ask

    def run(self, conversation: Conversation) -> None:
        """Ask, kill it before it knows that its reply has arrived, and start it again."""
        with conversation.world_as(BotWorld).late_responses():
            self.after.run(conversation)
            conversation.cut_power()
        conversation.start_bot()


@dataclass(frozen=True)
class ForgeCall:
    """A stranger calls the function as Telegram would, but doesn't know the secret."""

    text: str
    secret: str  # what the stranger sends as the secret; "" sends none
    advice: str

    def run(self, conversation: Conversation) -> None:
        """Call it; the status must be 403."""
        status = conversation.world_as(FunctionOnTelegram).call_as_stranger(
            VIKTOR, self.text, self.secret
        )
        secret = f"the secret {self.secret}" if self.secret else "no secret"
        conversation.note(f"A stranger called your function with {secret} and  {self.text}")
        conversation.note(f"   and saw  the status {status}")
        if status != FORBIDDEN:
            raise conversation.fail(self.advice)


@dataclass(frozen=True)
class RepeatUpdate:
    """Telegram delivers the last message again, as it does if it has not seen a response."""

    advice: str
    is_new_instance: bool = False

    def run(self, conversation: Conversation) -> None:
        """Deliver it; the status must be one of success."""
        if self.is_new_instance:
            conversation.start_bot()
        status = conversation.world_as(FunctionOnTelegram).repeat_update(VIKTOR)
        where = "another instance of your function" if self.is_new_instance else "your function"
        conversation.note(f"Telegram called {where} again, with the same update")
        if status is None or status // 100 != SUCCESS:
            conversation.note(f"   and saw  the status {status}")
            raise conversation.fail(self.advice)


@dataclass(frozen=True)
class ReplaceInstances:
    """The cloud stops all instances of a function, so the next call starts a new one."""

    def run(self, conversation: Conversation) -> None:
        """Stop them."""
        conversation.start_bot()
        conversation.note("The cloud stopped your function, and started it again")


@dataclass(frozen=True)
class SendPing:
    """Twitch sends PING to a line of IRC, and ends it if there is no PONG."""

    advice: str

    def run(self, conversation: Conversation) -> None:
        """Send it, and wait for the PONG."""
        conversation.note("Twitch sent your program  PING :tmi.twitch.tv")
        if not conversation.world_as(ProgramOnTwitch).send_ping():
            raise conversation.fail(self.advice)


@dataclass(frozen=True)
class CutConnection:
    """The program's connection breaks, and it should come back by itself."""

    advice: str

    def run(self, conversation: Conversation) -> None:
        """Cut it, and wait until the program is back."""
        conversation.note("The connection of your program was cut")
        if not conversation.world_as(ProgramOnTwitch).cut_connection():
            raise conversation.fail(self.advice)


@dataclass(frozen=True)
class SayToOthers:
    """Somebody writes what is not for the bot; the next reply shows whether it kept silent."""

    text: str
    who: str = VIKTOR

    def run(self, conversation: Conversation) -> None:
        """Write it."""
        conversation.say(self.who, self.text)
