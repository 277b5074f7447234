"""phone.py: the first file alone, a Telegram bot that greets each person by name."""

import ast
from pathlib import Path

from lessons.alone.section import Section
from lessons.alone.traps import Trap
from lessons.alone.turns import ProgramTester, Turn, open_world
from lessons.alone.worlds import ProgramOnTelegram

CODE = r"\{|User\(|<a "  # in a text, though it should be a name
FIRST_NAME = "update.effective_user.first_name"
HELLO_TRAPS = (
    Trap(
        r"^/hello$",
        "filters.TEXT takes commands, too, and only the first handler that fits is called. Write "
        "filters.TEXT & ~filters.COMMAND. If there is no handler for hello yet, add one",
        'CommandHandler("hello", hello))\napplication.add_handler(MessageHandler(filters.TEXT & '
        "~filters.COMMAND, echo)",
        "MessageHandler(filters.TEXT, echo))\n"
        'application.add_handler(CommandHandler("hello", hello)',
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
    Turn("Viktor", "/hello", ("Viktor",), rf"{CODE}|Ada", "the name Viktor", traps=HELLO_TRAPS),
    Turn(
        "Ada",
        "/hello",
        ("Ada",),
        rf"{CODE}|Viktor",
        "the name Ada",
        traps=(
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
    ),
    Turn(
        "Viktor",
        "see you at eight",
        ("see you at eight",),
        r"^.+see you|eight.+$",
        "exactly the same text",
    ),
    Turn(
        "Viktor",
        "good night",
        ("good night",),
        expected="no answer to /help, so first the text good night",
        before=("/help",),
        traps=(
            Trap(
                "^/help",
                "filters.TEXT takes commands, too. Write filters.TEXT & ~filters.COMMAND",
                "filters.TEXT & ~filters.COMMAND",
                "filters.TEXT",
            ),
            Trap(
                "",
                "delete the handler for help, and its line with add_handler",
                'application.add_handler(CommandHandler("hello", hello))',
                'application.add_handler(CommandHandler(["hello", "help"], hello))',
            ),
        ),
    ),
)


class PhoneTester(ProgramTester[ProgramOnTelegram]):
    """A learner's program that asks Telegram."""

    not_ready = ProgramOnTelegram.not_asking
    ended_early = (
        "ended before it asked Telegram anything. Is application.run_polling() its last line, and "
        "at the left edge? What is indented belongs to the function above it"
    )

    def explain_silence(self) -> str:
        """Show the handlers that the file adds."""
        code = self.path.read_text(encoding="utf-8")
        handlers = ", ".join(added_handlers(code)) or "no handler"
        words = f"Above run_polling, {self.path.name} adds {handlers}. Does one of them fit?"
        sends = " It has to send its answer: what it returns or prints goes nowhere"
        return words + sends * ("return " in code or "print(" in code)


def added_handlers(code: str) -> list[str]:
    r"""Return what a program gives to add_handler before it begins to ask.

    >>> added_handlers("app.add_handler(Good(1))\napp.run_polling()\napp.add_handler(Late())")
    ['Good(1)']
    """
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    methods = {call: call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    asking = [call.lineno for call, name in methods.items() if name == "run_polling"]
    return [
        ast.unparse(call.args[0])
        for call, name in methods.items()
        if name == "add_handler" and call.args and all(call.lineno < line for line in asking)
    ]


def try_phone(path: Path) -> None:
    """Start it in a Telegram of its own, and have people write; NotYet says what came."""
    with open_world(ProgramOnTelegram, path, "hello_bot") as world:
        world.people["Ada"] = world.telegram.person("Ada", "ada_on_her_phone")
        tester = PhoneTester(path, world)
        tester.start()
        for turn in TURNS:
            tester.run_turn(turn)


PHONE = Section(
    "02_on_your_phone",
    2,
    "phone.py",
    "python_telegram_bot.md",
    try_phone,
    "phone.py greets Viktor and Ada by name, repeats what they write, and has no /help",
    tuple(trap for turn in TURNS for trap in turn.traps),
)
