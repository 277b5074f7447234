"""What a learner writes alone: a row for each section, with what people write to her program.

A turn's traps are known by what came back. The other traps are errors: see traps.py.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lessons.alone.traps import Trap

HERE = Path(__file__).parent


class CheckedTurn(NamedTuple):
    """What a person writes, and what should come back."""

    person: str
    text: str
    is_right: Callable[[str], bool]
    expected: str  # for people
    unanswered: str = ""  # written before, and nothing should come back
    traps: tuple[Trap, ...] = ()
    username: str | None = None  # `effective_user.name` is this, if the person has one


class Section(NamedTuple):
    """A file that a learner writes alone."""

    notebook: str
    exercise: int  # its place among the notebook's exercises
    file: str
    extracts: str
    turns: tuple[CheckedTurn, ...]
    shown: str  # after "✔ passed: "

    @property
    def solution(self) -> str:
        """One way to write the file."""
        return (HERE / f"solutions/{self.file}.txt").read_text(encoding="utf-8")

    @property
    def extracts_text(self) -> str:
        """The documentation's extracts."""
        return (HERE / f"extracts/{self.extracts}").read_text(encoding="utf-8")


def greets_only(person: str) -> Callable[[str], bool]:
    """Return a test of a greeting: it has this person's name, no other, and no code."""

    def is_right(said: str) -> bool:
        others = {"Viktor", "Ada"} - {person}
        return person in said and not re.search(rf"\{{|User\(|<a |{'|'.join(others)}", said)

    return is_right


FIRST_NAME = "update.effective_user.first_name"
HELLO_TRAPS = (
    Trap(
        r"^/hello$",
        "filters.TEXT takes commands, too. Write filters.TEXT & ~filters.COMMAND, and add a "
        "handler for hello",
        'CommandHandler("hello", hello))\napplication.add_handler(MessageHandler(filters.TEXT & '
        "~filters.COMMAND, echo)",
        "MessageHandler(filters.TEXT, echo)",
    ),
    Trap(
        r"\{",
        "Python fills the braces if you write f before the quotes",
        'reply_text(f"',
        'reply_text("',
    ),
    Trap(
        r"User\(",
        "that is the whole user. The reference says which of its attributes is the name",
        FIRST_NAME,
        "update.effective_user",
    ),
    Trap(
        "<a href",
        "reply_text shows HTML as it is. Use the plain name, or reply_html",
        FIRST_NAME,
        "update.effective_user.mention_html()",
    ),
    Trap(
        r"\d{5,}",
        "that is the user's number. The reference says which attribute is the name",
        FIRST_NAME,
        "update.effective_user.id",
    ),
    Trap(
        "(?i)hello.bot",
        "that is the bot's own name. The person who wrote is update.effective_user",
        FIRST_NAME,
        "context.bot.first_name",
    ),
)
PHONE = Section(
    "02_on_your_phone",
    2,
    "phone.py",
    "python_telegram_bot.md",
    (
        CheckedTurn("Viktor", "/hello", greets_only("Viktor"), "the name Viktor", "", HELLO_TRAPS),
        CheckedTurn(
            "Ada",
            "/hello",
            greets_only("Ada"),
            "the name Ada",
            "",
            (
                Trap(
                    "Viktor",
                    "everybody is called Viktor. The name has to come from update.effective_user",
                    f"{{{FIRST_NAME}}}",
                    "Viktor",
                ),
                Trap(
                    "@",
                    "that is Ada's username, because she has one. The reference says which "
                    "attribute is the first name",
                    FIRST_NAME,
                    "update.effective_user.name",
                ),
            ),
            "ada_on_her_phone",
        ),
        CheckedTurn(
            "Viktor",
            "see you at eight",
            lambda said: "see you at eight" in said,
            "the same text",
        ),
        CheckedTurn(
            "Viktor",
            "good night",
            lambda said: "good night" in said,
            "no answer to /help, so first the text good night",
            "/help",
            (
                Trap(
                    "",
                    "delete the handler for help, and its line with add_handler",
                    'application.add_handler(CommandHandler("hello", hello))',
                    'application.add_handler(CommandHandler(["hello", "help"], hello))',
                ),
            ),
        ),
    ),
    "phone.py greets Viktor and Ada by name, repeats what they write, and has no /help",
)
SECTIONS = {section.file: section for section in (PHONE,)}


def find_sections(notebook: str) -> list[Section]:
    """Return the sections of the notebook whose number, name or file begins like this."""
    found = SECTIONS.values()
    return [one for one in found if notebook and one.notebook.startswith(notebook)] or [
        one for one in found if one.file == notebook
    ]
