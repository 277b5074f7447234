"""Bots from files: the one that makes `bot`, and folders of commands that join it.

`Bot.include_folder` and `botlib.run` load files the same way, and say alike what is wrong with one.
Nothing else imports this module, so a function without a folder of commands pays nothing for it.
"""

import importlib.util
import logging
import os
import sys
import traceback
from collections.abc import Collection
from contextlib import suppress
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from botlib.details.texts import escape_control_characters

Kind = TypeVar("Kind")

PACKAGES = {  # those that you install by another name than you import
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dotenv": "python-dotenv",
    "sklearn": "scikit-learn",
    "telegram": "python-telegram-bot",
    "yaml": "pyyaml",
}

log = logging.getLogger("botlib.bot")

_included_folders: list[str] = []  # of all bots in this process, the latest first


def load_bot_file(file: Path, kind: type[Kind], not_packages: Collection[str] = ()) -> Kind:
    """Run a file and return its `bot`, which must be a `kind`.

    Raises ValueError that says what was found instead, and what to do. It never advises to install
    one of `not_packages`, because a stranger may own that name in a package registry.
    """
    if not file.is_file():
        raise ValueError(
            f"{file} does not exist. Expected a .py file that makes `bot`, or its folder."
        )
    if file.suffix != ".py":
        raise ValueError(f"{file} is no Python file. Its name must end in .py.")
    name, path = module_name(file), str(file.parent.resolve() / file.name)  # a link stays one
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None  # as the file ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)  # where dataclasses look for it
    try:
        # Not by the module's loader: of two versions from one second it would take the first.
        exec(compile(file.read_bytes(), path, "exec"), vars(module))  # noqa: S102
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit and pytest.skip, too
        if sys.modules.get(module.__name__) is module:
            del sys.modules[module.__name__]
        what = f"{type(error).__name__}: {error}{where_in(error, file)}"
        made = isinstance(getattr(module, "bot", None), kind)
        is_main = str(file.parent) not in _included_folders  # nobody names a file of commands
        fix = suggest_fix(error, file, made and is_main, not_packages)
        raise ValueError(f"{file} does not run: {what}.{fix}") from None
    return bot_of(module, file, kind)


def module_name(file: Path) -> str:
    """Name a file's module as others import it; otherwise, if they would import something else.

    A command !random must not hide Python's own `random` from those who import it later.
    """
    found = PathFinder.find_spec(file.stem)
    is_other = found and Path(found.origin or "").resolve() != file.resolve()
    return (
        f"bot_file_{file.stem}" if is_other or file.stem in sys.stdlib_module_names else file.stem
    )


def bot_of(module: ModuleType, file: Path, kind: type[Kind]) -> Kind:
    """The `bot` of a module that has run; ValueError if it has none."""
    bot = getattr(module, "bot", None)
    if not isinstance(bot, kind):
        names = ", ".join(name for name in vars(module) if not name.startswith("_")) or "nothing"
        raise ValueError(f"{file} has no `bot`. Expected bot = Bot(); found {names}.")
    return bot


def beside_caller(folder: str) -> Path:
    """Find a folder beside the file whose code called the function that calls this."""
    caller = sys._getframe(2).f_globals.get("__file__")
    return (Path(caller).parent if caller else Path()).joinpath(folder).resolve()


def include_folder(
    folder: Path, bot: Any, commands: dict[str, Any], included: dict[str, dict[str, Any]]
) -> None:
    """Add the commands of each file in a folder, and their other names, to those of a bot.

    In the order of their names; those that begin with _ are for the others to import. If two files
    have the same command, it belongs to the one that is called like it. `included` has, by folder,
    the commands that came from there before and what each has replaced: nothing, or a `help`. A
    file that cannot be used is logged. ValueError if there is no such folder.
    """
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}. Make it, and a .py file for each command.")
    older = [one for one in _included_folders if one != str(folder)]
    _included_folders[:] = [str(folder), *older]
    forget_modules(_included_folders)  # another bot's files may have the same names
    # Last, because a command !time must not hide Python's own `time`.
    others = [one for one in sys.path if one not in _included_folders]
    sys.path[:] = [*others, *_included_folders]
    for name, before in included.pop(str(folder), {}).items():
        if before:
            commands[name] = before
        else:
            del commands[name]
    replaced = included[str(folder)] = {}
    bots = load_command_files(folder, type(bot))
    # A command belongs to the file of its name: a copy in which it was forgotten must not push out
    # its original.
    owners = {file.stem: file.name for file in bots if file.stem in bots[file].own_commands()}
    owners |= dict.fromkeys(commands.keys() - {"help"}, "the bot that includes this folder")
    for file in list(bots):
        found = bots[file].own_commands()
        taken = next((name for name in found if owners.get(name, file.name) != file.name), "")
        if not taken:
            owners |= dict.fromkeys(found, file.name)
            continue
        code = getattr(found[taken][0], "__code__", None)
        line = f" in line {code.co_firstlineno}" if code else ""
        log_left_out(
            f"{file} makes !{taken}{line}, which {owners[taken]} has already. Change the word in "
            f'@bot.command("{taken}").'
        )
        del bots[file]
    for one in bots.values():
        found = one.own_commands()
        replaced |= {name: commands.get(name) for name in found}
        commands |= found
        bot.other_names |= one.other_names


def load_command_files(folder: Path, bot_class: type) -> dict[Path, Any]:
    """Return the bot of each file of commands, in the order of their names."""
    bots: dict[Path, Any] = {}
    for file in sorted(folder.glob("[!_]*.py")):
        imported = sys.modules.get(file.stem)  # by another of these files
        try:
            if imported and getattr(imported, "__file__", None) == str(file):
                bots[file] = bot_of(imported, file, bot_class)
            else:
                bots[file] = load_bot_file(file, bot_class)
        except ValueError as error:
            log_left_out(str(error))
    return bots


def log_left_out(reason: str) -> None:
    """Log that a file isn't used; the reason may hold escape sequences, as a file's name may."""
    log.error("a file of commands is left out: %s", escape_control_characters(reason))


def forget_modules(folders: Collection[str]) -> None:
    """Let the files of these folders be imported again, because they may have changed.

    Their .pyc files go, too: Python takes one for right if the file's size and its time in whole
    seconds are the same, so it would run the first of two versions saved in one second.
    """
    inside = tuple(f"{folder}{os.sep}" for folder in folders)
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if path and path.startswith(inside):
            del sys.modules[name]
            with suppress(OSError):  # nobody may write there, so nobody wrote one
                Path(importlib.util.cache_from_source(path)).unlink()
    importlib.invalidate_caches()


def where_in(error: BaseException, file: Path) -> str:
    """Say where an error came up, in the bot's own folder if it was there; "" if the text does."""
    if isinstance(error, SyntaxError):
        return ""
    folder = file.resolve().parent
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).resolve().parent == folder]
    last = (own or frames)[-1]
    return f" in {Path(last.filename).name}, line {last.lineno}"


def suggest_fix(
    error: BaseException, file: Path, bot_was_made: bool, not_packages: Collection[str] = ()
) -> str:
    """Say what to do about an error in the bot's file; "" if nobody knows more than its text."""
    name = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if name and not importlib.util.find_spec(name):
        if name in not_packages:
            return f" {name} is not for bots: no package registry has it. Remove the import."
        near = "" if name in PACKAGES else similar_module(name, file.resolve().parent)
        typo = f" Did you mean {near}? If not:" if near else ""
        package, folder = PACKAGES.get(name, name), file.resolve().parent.name
        python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
        pip = "" if importlib.util.find_spec("pip") else f"{python} -m ensurepip && "
        return (
            f"{typo} The package is not installed here. Put {package} into "
            f"{folder}/requirements.txt and start again, or type: {pip}{python} -m pip install "
            f"{package}. (Or is it a file of your own? Then put {name}.py beside this one.)"
        )
    if isinstance(error, AttributeError) and error.name:
        from difflib import get_close_matches

        known = [one for one in dir(error.obj) if not one.startswith("_")]
        near = "".join(get_close_matches(error.name, known, 1, 0.75))
        return f" Did you mean {near}?" if near else ""
    if type(error) is NameError:
        return " Is it spelled right, and imported? If it is a text, it needs quotes."
    # A slip in the bot's own code would fail anywhere; a missing setting only here.
    if bot_was_made and not isinstance(error, NameError | AttributeError | TypeError | ValueError):
        return (
            " Its `bot` was made before that. If the rest is for the cloud, move `bot` into a file "
            "of its own, and name that one here."
        )
    return ""


def similar_module(name: str, folder: Path) -> str:
    """A module that is there and has nearly this name: a stranger may own the misspelled one."""
    from difflib import get_close_matches

    there = {*sys.stdlib_module_names, *PACKAGES, *(path.stem for path in folder.glob("*.py"))}
    near = get_close_matches(name, [one for one in there if not one.startswith("_")], 1, 0.75)
    return near[0] if near else ""
