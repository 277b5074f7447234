"""phone.py: the first file alone, a Telegram bot that greets each person by name."""

import re
from collections.abc import Callable
from functools import partial

from lessons.alone.section import Section
from lessons.alone.telegram_turns import CheckedTurn, try_turns
from lessons.alone.traps import Trap


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
    Trap(
        r"\bNone\b",
        "Viktor has nothing here, and None says so. The reference says which attribute everybody "
        "has",
        FIRST_NAME,
        "update.effective_user.username",
    ),
)
TURNS = (
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
)
PHONE = Section(
    "02_on_your_phone",
    2,
    "phone.py",
    "python_telegram_bot.md",
    partial(try_turns, turns=TURNS),
    "phone.py greets Viktor and Ada by name, repeats what they write, and has no /help",
    tuple(trap for turn in TURNS for trap in turn.traps),
)
