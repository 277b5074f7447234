"""The learner's bot in workshop/my_bot, as every notebook opens it: my_bot(needs=["roll"]).

Each of its files is written by one cell of the course. If a notebook needs a file that isn't there,
because you skipped that cell, the file is copied out of the cell. For an exercise, its solution
counts.
"""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from bot_sandbox.diagnosis.bot_log import add_bot_logger, capture_bot_logs
from botlib.bot import Bot
from botlib.details.bot_files import forget_modules, load_bot_file
from deploy.own_packages import OWN_PACKAGES
from lessons.extension.save import BELOW_IS_RUN, MAGIC, saved_text
from lessons.in_a_tab import IN_A_TAB
from lessons.needed_commands import NEEDED_COMMANDS, find_commands
from lessons.workshop import RECORD, read_json, workshop, write_file
from lessons.worlds.environment import set_variable

BOT_FOLDER = "my_bot"  # its folder in the workshop
NAME_FILE = "name.txt"
DEFAULT_BOT_NAME = "Hello bot"
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
WHOLE_LETTERS = str.maketrans(  # those that Unicode doesn't take apart
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
LEFT_OUT = "a file of commands is left out: "  # how botlib's log begins
OTHER_NAMES = "commands/other_names.py"
OTHER_NAMES_CODE = """# Which of your commands a page means: its name, then yours. my_bot wrote it.
from botlib import Bot

bot = Bot()
bot.other_names = {names}
"""
SOLUTION = re.compile(r"```python\n(.*?)\n```", re.DOTALL)


class BotFileError(ValueError):
    """The learner's main.py cannot be used; the text says where and what to do."""


def my_bot(needs: Iterable[str] = (), **own_names: str) -> Bot:
    """Load the learner's bot afresh, after adding the files that are missing; says what it added.

    `needs` are commands, such as "roll", or files, such as "telegram_function.py". A command that
    has another name in her bot is found by what it does. If that isn't clear, a line asks, and the
    answer, such as my_bot(roll="wurf"), is kept for all notebooks. A command's file that doesn't
    load is shown and left out. BotFileError if main.py itself doesn't load.
    """
    bot, problems = bot_with([needs] if isinstance(needs, str) else list(needs), own_names)
    for line in problems:
        print(line)
    return bot


def bot_with(needs: list[str], own_names: Mapping[str, str] | None = None) -> tuple[Bot, list[str]]:
    """Do what `my_bot` does; returns the bot, and what is left out of it or still lacking."""
    folder = workshop() / BOT_FOLDER
    (folder / "commands").mkdir(parents=True, exist_ok=True)
    added = add_missing(["main.py"])
    bot, left_out = load_learner_bot(folder)
    renamed, problems = check_own_names(bot, own_names or {})
    lacking = [each for each in needs if is_lacking(bot, each) and not is_left_out(left_out, each)]
    fits = find_fits(bot, [each for each in lacking if each not in renamed])
    found = {each: names[0] for each, names in fits.items() if len(names) == 1}
    if found:
        same = ", ".join(f"!{each} is your !{own}" for each, own in found.items())
        print(f'on this page, {same}. If one is wrong, write: my_bot({next(iter(found))}="…")')
    renamed |= found
    if renamed:
        keep_other_names(bot, renamed)
    unknown = [each for each in lacking if each not in renamed and not fits.get(each)]
    files = [each for each in needs if "." in each or (each in unknown and is_skipped(bot, each))]
    added += add_missing([file_of(each) for each in files])
    if added:
        print(f"added to {folder.as_posix()}: {', '.join(added)}")
    if added or renamed:
        bot, left_out = load_learner_bot(folder)
    problems += [f"left out: {line}" for line in left_out]
    lacking = [each for each in needs if is_lacking(bot, each) and not is_left_out(left_out, each)]
    return bot, problems + [question_about(bot, each, needs, fits.get(each)) for each in lacking]


def bot_name(course: Path | None = None) -> str:
    """Return the name that the learner has given to the bot in notebook 00.

    `course` is her folder my_course, where the working folder is none of the notebooks'.
    """
    folder = course / "workshop" if course else workshop()
    try:
        text = (folder / BOT_FOLDER / NAME_FILE).read_text(encoding="utf-8")
    except OSError:
        return DEFAULT_BOT_NAME
    return text.strip() or DEFAULT_BOT_NAME


def bot_login(course: Path | None = None) -> str:
    """Return the login that the bot's name gives it on Twitch, such as "luzie_bot"."""
    return username_for(bot_name(course))


def keep_name(name: str) -> None:
    """Keep the bot's name for the other notebooks."""
    folder = workshop() / BOT_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME_FILE).write_text(f"{name}\n", encoding="utf-8")


def username_for(name: str) -> str:
    """Turn a bot's name into a username that BotFather and Twitch accept: 5 to 25 signs.

    BotFather wants "bot" at its end.

    >>> username_for("Hello bot"), username_for("7 Dwarfs"), username_for("Мой бот")
    ('hello_bot', 'dwarfs_bot', 'my_bot')
    >>> username_for("Zoë 🐙"), username_for("The Best Chess Club of All")
    ('zoe_bot', 'the_best_chess_club_o_bot')
    >>> username_for("Gżegżółka"), username_for("Bjørn"), username_for("Straße")
    ('gzegzolka_bot', 'bjorn_bot', 'strasse_bot')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())  # ë becomes e and its dots, ß ss
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = plain.translate(WHOLE_LETTERS)
    words = "_".join(re.findall("[a-z0-9]+", plain)).lstrip("0123456789_")
    username = words if words.endswith("bot") else f"{words[:21]}_bot".lstrip("_")
    return username if 5 <= len(username) <= 25 else "my_bot"


def file_of(need: str) -> str:
    """Return the file in which the course has a needed command; a needed file itself."""
    return need if "." in need else f"commands/{need}.py"


def is_lacking(bot: Bot, need: str) -> bool:
    """Return whether a need is a command, and the bot has it neither by this name nor another."""
    return "." not in need and bot.command_in(f"{bot.prefixes[0]}{need}") not in bot.commands


def is_skipped(bot: Bot, need: str) -> bool:
    """Return whether her bot lacks a command because she skipped its cell.

    If a cell has saved it, it has another name now, unless there is no command that it could be.
    """
    saved_once = f"{BOT_FOLDER}/{file_of(need)}" in read_json(workshop() / RECORD)
    return not (saved_once and commands_of_hers(bot))


def is_left_out(left_out: list[str], need: str) -> bool:
    """Return whether the file of a needed command is there, and doesn't load."""
    return any(file_of(need) in line for line in left_out)


def commands_of_hers(bot: Bot) -> dict[str, str]:
    """Return the commands that may be a needed one under another name, each with its file's name.

    Not those that have one of the course's names, or are in the file of a command of the course
    that no page needs.
    """
    files = [Path(name) for name in files_of_my_bot(NOTEBOOKS)]
    names = [file.stem for file in files if file.parent.name == "commands"]
    hers = {}
    for name, (function, _) in bot.own_commands().items():
        code = getattr(function, "__code__", None)
        place = Path(code.co_filename).stem if code else ""
        if name not in names and (place not in names or place in NEEDED_COMMANDS):
            hers[name] = place
    return hers


def find_fits(bot: Bot, lacking: list[str]) -> dict[str, list[str]]:
    """Return for needed commands those of hers that do the same.

    Of several it is the one in the file that the course has for it.
    """
    hers = commands_of_hers(bot)
    wanted = [each for each in lacking if each in NEEDED_COMMANDS]
    if not wanted or not hers or IN_A_TAB:
        return {}
    # Dice that have kept their name tell which command is the score.
    names = [name for name in bot.own_commands() if name in hers or name in NEEDED_COMMANDS]
    tried = find_commands(workshop() / BOT_FOLDER, names)
    functions = {name: function for name, (function, _) in bot.own_commands().items()}
    fits = {}
    for each in wanted:
        found = [name for name in tried.get(each, []) if name in hers]
        # One function may have two names; the upper one was given last.
        alike = list({functions[name]: name for name in found}.values())
        in_its_file = [name for name in alike if hers[name] == each]
        fits[each] = in_its_file if len(in_its_file) == 1 else alike
    return fits


def check_own_names(bot: Bot, own_names: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return her names for needed commands as her bot has them, and what is wrong with others."""
    found, problems = {}, []
    for each, own in own_names.items():
        name = own.strip().lstrip(bot.prefixes).casefold()
        if name in bot.own_commands():
            found[each] = name
        else:
            have = ", ".join(f"!{one}" for one in bot.own_commands())
            problems.append(f"your bot has no !{name}, only {have}. Is it spelled right?")
    return found, problems


def keep_other_names(bot: Bot, renamed: Mapping[str, str]) -> None:
    """Let a bot answer to the names that pages use, too; in its folder, so in each of its homes."""
    names = json.dumps({**bot.other_names, **renamed}, indent=4, ensure_ascii=False)
    write_file(f"{BOT_FOLDER}/{OTHER_NAMES}", OTHER_NAMES_CODE.format(names=names), replace=True)


def question_about(bot: Bot, need: str, needs: list[str], fits: list[str] | None) -> str:
    """Ask which command of hers does what this page needs, or say where the course has it."""
    saved_in = [stem[:2] for stem, name, _ in cells_of_my_bot(NOTEBOOKS) if name == file_of(need)]
    cell = f"the cell of notebook {saved_in[0]} that saves {file_of(need)}"
    hers = ", ".join(f"!{name}" for name in fits or commands_of_hers(bot))
    if not hers:
        return (
            f"your bot has no !{need}, and this page uses it. Expected it in {file_of(need)}, and "
            f'bot.include_folder("commands") in main.py. Run {cell}'
        )
    return (
        f"this page uses !{need}, which {NEEDED_COMMANDS.get(need, 'your bot lacks')}. Which of "
        f"your commands does the same? You have {hers}. Write its name between the last quotes, "
        f'and run this:\n    bot = my_bot(needs={json.dumps(needs)}, {need}="")\n'
        f"If none does, run {cell}"
    )


def add_missing(names: list[str]) -> list[str]:
    """Copy those of my_bot's files that are missing out of the course's cells; returns those."""
    missing = [
        name for name in dict.fromkeys(names) if not (workshop() / BOT_FOLDER / name).exists()
    ]
    texts = files_of_my_bot(NOTEBOOKS)
    for name in missing:
        if name not in texts:
            known = ", ".join(each.removeprefix("commands/").removesuffix(".py") for each in texts)
            raise ValueError(f"the course has no {name} for my_bot. It has: {known}")
        write_file(f"{BOT_FOLDER}/{name}", texts[name])
    return missing


@cache
def files_of_my_bot(notebooks: Path) -> dict[str, str]:
    """Return the files of my_bot that the core notebooks write, each with its text."""
    texts: dict[str, str] = {}
    for _, name, text in cells_of_my_bot(notebooks):
        texts.setdefault(name, text)
    return texts


def cells_of_my_bot(notebooks: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each cell that writes a file of my_bot: its notebook, the file, and the file's text."""
    for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for number, cell in enumerate(cells):
            source = "".join(cell["source"])
            if "exercise" in cell["metadata"].get("tags", []):
                found = SOLUTION.search("".join(cells[number + 1]["source"]))
                source = found[1] if found else ""
            first, _, text = source.partition("\n")
            if first.startswith(f"{MAGIC} {BOT_FOLDER}/"):
                text = re.split(rf"^{BELOW_IS_RUN}", text, maxsplit=1, flags=re.MULTILINE)[0]
                name = first.removeprefix(f"{MAGIC} {BOT_FOLDER}/").strip()
                yield path.stem, name, saved_text(text)


def commands_of(folder: Path) -> list[str]:
    """Return the commands of the bot in a folder; none if there is no bot that loads."""
    if not (folder / "main.py").exists():
        return []
    try:
        return load_learner_bot(folder)[0].commands
    except (BotFileError, OSError):
        return []


def load_learner_bot(folder: Path) -> tuple[Bot, list[str]]:
    """Load a folder's main.py and its commands; returns also why a file was left out, for each.

    BotFileError if main.py itself doesn't load.
    """
    add_bot_logger("botlib.bot")  # then its errors are collected here, and not printed
    path = str(folder.resolve())
    forget_modules([path])
    if path not in sys.path:
        sys.path.append(path)  # last: a file of the bot must not hide Python's own modules
    main = folder / "main.py"
    try:
        # A store without a whole path is opened in this folder, as `start.py run` does it.
        with capture_bot_logs() as log, set_variable("STORE_FOLDER", path):
            bot = load_bot_file(main, Bot, OWN_PACKAGES)
    except ValueError as error:
        again = "Open that file, fix the line, and run this cell again."
        raise BotFileError(f"{error}\n{again}") from None
    lines = (line.removeprefix(LEFT_OUT) for line in log)
    return bot, [line.replace(path, folder.as_posix()).replace(os.sep, "/") for line in lines]
