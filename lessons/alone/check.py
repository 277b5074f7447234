"""Check a file that a learner has written alone, by people who write to it.

It says what somebody wrote and what came back, then the nearest trap. After three saves that were
run, the solution is shown as well.
"""

import re
import sys
from contextlib import closing
from pathlib import Path

from IPython.display import display

from bot_sandbox import NoReply, NotReady, Program, Telegram
from bot_sandbox.processes.supervisor import ManagedProcess
from lessons.alone.open_sandbox import ALONE
from lessons.alone.runs import remember_run, saves_that_ran
from lessons.alone.sections import SECTIONS, CheckedTurn, Section
from lessons.alone.short_errors import shorten_errors
from lessons.alone.traps import advice_on
from lessons.exercises.verdict import GREEN, NotYet, Verdict, expect, show_not_yet
from lessons.learner_bot import bot_name
from lessons.progress.course_map import remember_passed
from lessons.workshop import digest, workshop, write_file
from lessons.worlds.phone import Phone

FREE_TRIES = 3  # saves that were run, before the solution is shown
READY_S = 20.0
ANSWER_S = 5.0
LIBRARIES = ("telegram.py", "twitchio.py", "asyncio.py", "pytest.py", "websockets.py")
SHOWN_LINES = 4  # of a program's errors, in a verdict
_checked: dict[Path, str] = {}  # each file as it was when it was checked last, and wasn't right


def alone_folder() -> Path:
    """Return the folder of the files that a learner writes alone, from the notebook's folder."""
    return workshop() / Path(ALONE).name


def make_alone_folder() -> None:
    """Make the folder, and say where it is."""
    folder = alone_folder()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Your folder: {folder.as_posix()}")


def start_alone(file: str, phone: Phone | None = None) -> None:
    """Put the extracts into the folder, and say where they and the file belong.

    A file in a terminal then finds the sandbox of `phone`.
    """
    if phone:
        phone.offer()
    section, folder = SECTIONS[file], alone_folder()
    write_file(f"{folder.name}/{section.extracts}", section.extracts_text)
    print(f"Your file: {(folder / file).as_posix()}")
    print(f"Extracts from the documentation: {(folder / section.extracts).as_posix()}")


def write_solution(file: str) -> None:
    """Write the solution, as the tests do."""
    write_file(f"{alone_folder().name}/{file}", SECTIONS[file].solution)


def check_alone(file: str) -> None:
    """Show whether a file does what its section wants, and if not, what to fix."""
    section, path = SECTIONS[file], alone_folder() / file
    try:
        check_file_place(path)
        remember_run(path)
        try_section(section, path)
    except NotYet as reason:
        show_not_yet(f"{reason}{note_forgotten_save(path)}")
        if len(saves_that_ran(path)) >= FREE_TRIES:
            print(f"You have run {FREE_TRIES} saves or more. Here is one way:\n")
            print(section.solution.rstrip())
        return
    remember_passed(section.notebook, str(section.exercise))
    display(Verdict(f"✔ passed: {section.shown}", GREEN))


def check_file_place(path: Path) -> None:
    """Raise NotYet if the file isn't there, is empty, or one beside it is in the library's way."""
    folder = path.parent
    for name in LIBRARIES:
        expect(
            not (folder / name).exists(),
            f"{folder.as_posix()} has a file {name}. Python takes it for the library of that name. "
            "Rename it",
        )
    own = workshop().parent
    places = (own, workshop(), *own.glob("workshop/*"), own.parent)
    elsewhere = [place / path.name for place in places if (place / path.name).is_file()]
    beside = [each.name for each in folder.glob("*") if each.suffix != ".md"]
    if not path.is_file() and elsewhere:
        found = f". There is one in {elsewhere[0].parent.resolve().name}: move it"
    elif not path.is_file() and beside:
        found = f". There is {', '.join(sorted(beside))}. Has yours another name?"
    else:
        found = ""
    expect(path.is_file(), f"there is no {path.name} in {folder.as_posix()}{found}")
    expect(bool(path.read_bytes().strip()), f"{path.name} is empty. Have you saved it? Ctrl+S")


def note_forgotten_save(path: Path) -> str:
    """Return a line if a file is what it was when it was checked last; "" if it has changed."""
    if not path.is_file():
        return ""
    save, before = digest(path.read_bytes()), _checked.get(path.resolve())
    _checked[path.resolve()] = save
    same = f"\n{path.name} is as it was at the last check. If you have changed it, save it: Ctrl+S"
    return same if save == before else ""


def try_section(section: Section, path: Path) -> None:
    """Start the program in a Telegram of its own, and have people write; NotYet says what came."""
    with Telegram() as telegram, closing(Program(grace_s=1.0)) as program:
        account = telegram.new_bot(bot_name(), "hello_bot")
        try:
            running = program(
                *(sys.executable, "-u", path.name),
                folder=path.parent,
                ready=lambda: telegram.wait_ready(account, READY_S),
                TELEGRAM_TOKEN=account.token,
            )
        except NotReady as problem:
            raise NotYet(describe_start(path, problem)) from None
        for turn in section.turns:
            person = telegram.person(turn.person)
            texts = [text for text in (turn.unanswered, turn.text) if text]
            for text in texts:
                person.send(text, to=account)
            wrote = f"{turn.person} wrote {', then '.join(texts)}"
            try:
                (message,) = person.wait(1, ANSWER_S)  # also what came before the last text
                said = message.shown
            except NoReply:
                said = ""
            if not said or not turn.is_right(said):
                raise NotYet(f"{wrote}. {describe_wrong_reply(turn, said, running, path)}")


def describe_start(path: Path, problem: NotReady) -> str:
    """Say why a program didn't begin to ask Telegram."""
    lines = shorten_errors(problem.lines, path.parent)
    if problem.program.status == 0:
        ended = f"{path.name} ended before it asked Telegram anything"
        return f"{ended}. Is application.run_polling() its last line?"
    why = f"{path.name} didn't start to ask Telegram"
    return f"{why}. It printed:\n{describe_errors(lines)}" if lines else why


def describe_errors(lines: list[str]) -> str:
    """Return the last lines of a program's errors, and what to do about them."""
    advice = next(filter(None, map(advice_on, lines)), "")
    shown = "\n".join(lines[-SHOWN_LINES:])
    return f"{shown}\n{advice}" if advice else shown


def describe_wrong_reply(turn: CheckedTurn, said: str, program: ManagedProcess, path: Path) -> str:
    """Say what came back, what was expected, and the nearest trap."""
    came = f'"{said}" came back' if said else "Nothing came back"
    if errors := shorten_errors(program.errors.all(), path.parent):
        return f"{came}, and {path.name} printed:\n{describe_errors(errors)}"
    for trap in turn.traps:
        if said and re.search(trap.sign, said):
            return f"{came}: {trap.words}"
    if not said:
        return f"{came}. Is there a handler for it, and is it added by add_handler?"
    return f"{came}. Expected {turn.expected}"
