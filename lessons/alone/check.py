"""Check a file that a learner has written alone: where it is, then what it does.

It says what somebody wrote and what came back, then the nearest trap. After three saves that failed
it says where a solution is.
"""

import re
from pathlib import Path
from warnings import catch_warnings

from bot_sandbox import Twitch
from bot_sandbox.diagnosis.clean_text import hide_secrets
from lessons.alone.missing_file import suggest_file
from lessons.alone.open_sandbox import ALONE, offer_sandbox
from lessons.alone.section import Section
from lessons.alone.sections import SECTIONS
from lessons.alone.traps import ERROR_TRAPS, advice_on
from lessons.exercises.verdict import NotYet, expect, known_slip, show_not_yet, show_passed
from lessons.extension.syntax import explain_syntax
from lessons.progress.tries import remember_try
from lessons.workshop import digest, workshop, write_file
from lessons.worlds.phone import Phone

# pytest takes the nearest settings that it finds above a test. Those of the course aren't hers.
PYTEST_INI = "[pytest]\n"
FREE_TRIES = 3  # saves that failed, before the solution is named
LIBRARIES = (
    *("telegram.py", "twitchio.py", "asyncio.py", "pytest.py", "websockets.py"),
    *("base64.py", "hmac.py", "json.py", "socket.py", "ssl.py", "time.py"),
)
TWITCH_TOKEN = re.compile(r"(['\"])[a-z0-9]{30}\1")
_failed: dict[Path, list[str]] = {}  # a digest of each save that was checked, and wasn't right


def alone_folder() -> Path:
    """Return the folder of the files that a learner writes alone, from the notebook's folder."""
    return workshop() / Path(ALONE).name


def make_alone_folder() -> None:
    """Make the folder, and say where it is."""
    folder = alone_folder()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Your folder: {folder.as_posix()}")


def start_alone(
    file: str, phone: Phone | None = None, twitch: Twitch | None = None, **settings: str
) -> None:
    """Put the extracts into the folder, and say where they and the file belong.

    A file in a terminal then finds the sandbox of `phone`, or `twitch` and these settings of a bot.
    """
    if phone:
        phone.offer()
    if twitch:
        offer_sandbox(twitch, None, twitch, **settings)
    section, folder = SECTIONS[file], alone_folder()
    write_file(f"{folder.name}/.pytest.ini", PYTEST_INI)
    write_file(f"{folder.name}/{section.extracts}", section.extracts_text)
    print(f"Your file: {(folder / file).as_posix()}")
    print(f"Extracts from the documentation: {(folder / section.extracts).as_posix()}")


def write_solution(file: str, part: int = 0) -> None:
    """Write the solution, as the tests do; it is right for every part."""
    write_file(f"{alone_folder().name}/{file}", SECTIONS[file].solution)


def check_alone(file: str, part: int = 0) -> None:
    """Show whether a file does what its section wants, or a part of it; if not, what to fix."""
    section, path = SECTIONS[file], alone_folder() / file
    section = section.parts[part - 1] if part else section
    try:
        check_file_place(path)
    except NotYet as reason:
        show_not_yet(str(reason))
        return
    try:
        section.try_file(path)
    except NotYet as reason:
        traps = (trap.words for trap in (*ERROR_TRAPS, *section.traps))
        trap = next((words for words in traps if words and words[1:] in str(reason)), "")
        slip = trap or known_slip(reason)
        remember_try(section.notebook, str(section.exercise), False, slip)
        show_not_yet(f"{reason}{note_failed_save(section, path)}")
        return
    remember_try(section.notebook, str(section.exercise), True)
    show_passed(section.shown)


def check_file_place(path: Path) -> None:
    """Raise NotYet if the file isn't there, is empty, or one beside it is in the library's way."""
    folder = path.parent
    for name in LIBRARIES:
        expect(
            not (folder / name).exists(),
            f"{folder.as_posix()} has a file {name}. Python takes it for the library of that name. "
            "Rename it",
        )
    if not path.is_file():
        where = f"there is no {path.name} in {folder.as_posix()}"
        raise NotYet(f"{where}{suggest_file(path, workshop().parent)}")
    code = path.read_bytes().decode(errors="replace")
    expect(bool(code.strip()), f"{path.name} is empty. Have you saved it? Ctrl+S")
    for number, line in enumerate(code.splitlines(), start=1):
        shown = TWITCH_TOKEN.sub("<secret>", hide_secrets(line, {}))
        expect(
            shown == line,
            "a token is in your file, and everybody who gets the file can use your bot:\n"
            f"{path.name}:{number}: {shown.strip()}\n"
            f'A token must never be in a file. Write os.environ["{token_name(path)}"] instead',
        )
    check_syntax(path, code)
    if own := re.search(r"^(?:from|import) (botlib|lessons)\b", code, re.MULTILINE):
        extracts = SECTIONS[path.name].extracts
        raise NotYet(
            f"{path.name} imports {own[1]}, which is this course's own. Alone, you write without "
            f"it: begin with what {extracts} shows"
        )


def check_syntax(path: Path, code: str) -> None:
    """Raise NotYet if Python can't read the file, in a beginner's words where they are known."""
    try:
        with catch_warnings(action="ignore"):
            compile(code, path.name, "exec")
    except SyntaxError as error:
        found = f"SyntaxError: {error.msg}"
        advice = explain_syntax(error) or advice_on(found)
        line = f"{path.name}:{error.lineno}: {(error.text or '').strip()}"
        raise NotYet(f"Python can't read your file:\n{line}\n{found}\n{advice}".rstrip()) from None


def token_name(path: Path) -> str:
    """Return the variable in which a section's file finds its token."""
    found = re.search(r"[A-Z]+_TOKEN", SECTIONS[path.name].solution)
    return found[0] if found else "TOKEN"


def note_failed_save(section: Section, path: Path) -> str:
    """Count a save that wasn't right; return lines on a forgotten save, and on the solution."""
    save, saves = digest(path.read_bytes()), _failed.setdefault(path.resolve(), [])
    notes = ""
    if saves[-1:] == [save]:
        same = f"{path.name} is as it was at the last check. If you have changed it, save it"
        notes += f"\n{same}: Ctrl+S"
    saves.append(save)
    if len({*saves}) >= FREE_TRIES:
        command = f"python3 start.py solution {section.notebook[:2]}"
        notes += f"\nAre you stuck? In the terminal, {command} shows one way."
    return notes
