#!/usr/bin/env python3
"""The front door of the course.

python3 start.py                open JupyterLab on the first notebook
python3 start.py --no-browser   only print its address (--port N and JupyterLab's own options too)
python3 start.py test ...       every check: format, lint, types, tests, notebooks; pytest's options
python3 start.py refresh ...    run notebooks, all or those named, and store their outputs
python3 start.py sandbox ...    the sandbox on fixed ports, for any client in any language
python3 start.py bundle FOLDER  the zip that a real cloud takes

The first start makes .venv beside this file from requirements.lock (a download of about 230 MB);
every other start only looks whether .venv is still right. With COURSE_PYTHON set to a Python that
has the packages already, as conda's does, nothing is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements.lock"
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PACKAGES = ("botlib", "sandbox", "lessons", "deploy")  # the course's own
STAMP = VENV / "course.json"  # written last, so a .venv without it was left half-made
COMMANDS = {
    "bundle": ("-m", "deploy.bundle"),
    "lab": ("-m", "lessons.lab"),
    "refresh": ("-m", "lessons.refresh"),
    "sandbox": ("-m", "sandbox"),
    "test": ("tests/run.py",),
}
QUIET = {  # no pop-up with JupyterLab's news, no warnings of kernels in the terminal
    "etc/jupyter/labconfig/page_config.json": {
        "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
    },
    "etc/ipython/ipython_kernel_config.json": {"IPKernelApp": {"log_level": "ERROR"}},
}
TROUBLES = {  # words in the installer's output: what happened and what to do
    "no space left|disk full|quota": "The disk is full. Free about 1.2 GB and start again.",
    "no module named ensurepip": "On Debian or Ubuntu type: sudo apt install python3-venv",
    "not match the hash|hash mismatch": "A package arrived changed. Is there a mirror or a proxy?",
    "resol|connect|timed out|network|dns|proxy|ssl|no matching distribution": "No way to the "
    "package registry. Check the internet connection (or HTTPS_PROXY) and start again.",
}


def check_python(version: tuple[int, ...]) -> None:
    """Stop unless this version of Python is one that the packages are locked for."""
    if not (3, 11) <= version[:2] <= (3, 13):
        sys.exit(
            f"This is Python {version[0]}.{version[1]}; the course needs 3.11, 3.12 or 3.13.\n"
            "Install one from https://www.python.org/downloads/ and type: python3.13 start.py"
        )


def recipe() -> dict[str, str]:
    """What a right .venv has been made from."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return {"Python": sys.version[:4], "folder": str(HERE), "requirements.lock": lock}


def what_is_stale() -> str:
    """Why .venv must be made, in words, or "" when it is as it should be."""
    if not VENV.exists():
        return "This is the first start."
    try:
        made = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ".venv was left half-made."
    changed = [name for name, value in recipe().items() if made.get(name) != value]
    if changed:
        return f".venv was made with another {' and another '.join(changed)}."
    return "" if PYTHON.exists() else "The Python that .venv was made with is gone."


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


def run_shown(*words: str | Path) -> tuple[bool, str]:
    """Run a command, on a terminal with its newest line shown; (success, all it printed)."""
    output = ""
    out, err = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(words, stdout=out, stderr=err, text=True, errors="replace") as process:
        for line in process.stdout or ():
            output += line
            if sys.stdout.isatty():
                print("  " + line.strip()[:74].ljust(76), end="\r", flush=True)
    print(" " * 78 * sys.stdout.isatty(), end="\r")
    return process.returncode == 0, output


def install_packages() -> tuple[bool, str]:
    """Fill .venv by uv where there is one that works, else by pip; (success, what was printed)."""
    what = ("install", "--require-hashes", "--no-deps", "-r", LOCK)
    uv = shutil.which("uv")
    if uv:
        done, output = run_shown(uv, "pip", *what, "--python", PYTHON, "--compile-bytecode")
        if done:
            return True, output
        print("uv did not manage; pip tries.", flush=True)
    done, output = run_shown(PYTHON, "-m", "ensurepip")
    return run_shown(PYTHON, "-m", "pip", *what) if done else (False, output)


def make_venv(why: str) -> None:
    """Make .venv anew, or stop and say what to do."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        sys.exit(f"{why} It is in use: type  deactivate  and start again.")
    if shutil.disk_usage(HERE).free < 12 * 10**8:
        sys.exit("The disk has less than 1.2 GB free. Make room and start again.")
    print(f"{why} Making .venv: up to a minute, 900 MB ...", flush=True)
    VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV, ignore_errors=True)
    venv.create(VENV, symlinks=os.name != "nt")
    done, output = install_packages()
    if not done:
        advice = [text for words, text in TROUBLES.items() if re.search(words, output, re.I)]
        sys.exit("\n".join(["", *output.splitlines()[-3:], "", *advice[:1]]))
    site = Path(sysconfig.get_path("purelib", "venv", {"base": str(VENV)}))
    (site / "course.pth").write_text(os.path.relpath(HERE, site) + "\n", encoding="utf-8")
    for name, settings in QUIET.items():
        (VENV / name).parent.mkdir(parents=True, exist_ok=True)
        (VENV / name).write_text(json.dumps(settings), encoding="utf-8")
    run(PYTHON, "-m", "compileall", "-q", *(HERE / name for name in PACKAGES))
    run(PYTHON, "-c", "import matplotlib.font_manager")  # which makes its list of fonts once
    STAMP.write_text(json.dumps(recipe(), indent=1), encoding="utf-8")


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


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit status."""
    check_python(sys.version_info[:2])
    command = "lab" if not arguments or arguments[0].startswith("-") else arguments.pop(0)
    if command not in COMMANDS:
        print(f"start.py has no command {command!r}.\n\n{__doc__}")
        return 2
    if command == "lab" and {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0
    python = chosen_python()
    why = "" if python else what_is_stale()
    if why:
        make_venv(why)
    folder = Path.cwd() if command in ("bundle", "sandbox") else HERE  # they take paths
    return run(python or PYTHON, *COMMANDS[command], *arguments, folder=folder)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as problem:
        sys.exit(f"{problem}\nIs the disk full, or this folder not yours to write in?")
