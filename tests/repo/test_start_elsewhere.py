"""start.py runs no file merely because of the folder in which it is typed or is itself."""

import asyncio
import os
import random
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import packages_distributions
from importlib.util import find_spec

import nbformat
import pytest
from course_files import ROOT, copy_compiled, copy_course
from jupyter_process import run_cell
from nbformat.v4 import new_code_cell, new_notebook
from small_course import want_more

from deploy.new import make_folder

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals and scripts as POSIX has them"),
    pytest.mark.slow("commands from start to end"),
]
START = runpy.run_path(str(ROOT / "start.py"))
# What a stranger's file may be called: like anything that a program of the course imports or reads.
MODULES = {*sys.stdlib_module_names, *packages_distributions(), "botlib", "bot_sandbox", "deploy"}
BY_SITE = ("sitecustomize", "usercustomize")  # each Python runs them if it finds them
MODULES |= {"lessons", "main", "run", "report", "start", *BY_SITE}
MODULES |= {"conftest", "jupyter_config", "jupyter_server_config", "ipython_config", "hers"}
FIRST = {"__future__"}  # a file can do nothing before it imports this
RUNS = "with open({log!r}, 'a') as log:\n    print(__file__, file=log)\n"
PYTEST_INI = "[pytest]\naddopts = -p hers\npythonpath = .\nfilterwarnings = error::hers.Hers\n"
# In place of uv: it says where it would read a uv.toml, and installs what this Python has.
UV = """#!{python} -P
import pathlib, subprocess, sys
settings = pathlib.Path("uv.toml")
if settings.exists():
    with open({log!r}, "a") as log:
        print(settings.absolute(), file=log)
if "--require-hashes" in sys.argv and "--target" not in sys.argv:
    python = sys.argv[sys.argv.index("--python") + 1]
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-P", "-c", code], capture_output=True, text=True).stdout.strip()
    pathlib.Path(site, "packages.pth").write_text({packages!r})
else:
    sys.exit("this uv finds nothing")
"""
# In place of npm: it brings a Pyodide of empty files.
NPM = """#!{python} -P
from pathlib import Path
Path("node_modules/pyodide").mkdir(parents=True)
names = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
for name in (*names, "pyodide-lock.json"):
    Path("node_modules/pyodide", name).touch()
"""
# In a notebook: what a Python that it starts imports, and what a bot that it starts imports.
CELL = """import subprocess, sys
from pathlib import Path
from lessons import RunningProgram

code = "import botlib, random; print(botlib.__file__, random.__file__)"
done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True)
Path("main.py").write_text("import random; raise OSError(random.__file__)")
home = RunningProgram("main.py", platform="twitch", wait=False)
home.wait()
print(done.stdout, *home.log)
"""
NOWHERE = "http://127.0.0.1:9"
COMMANDS = {  # what each is given, and words that its own code says at the end
    "autostart": ("twitch my_bot --show", "ExecStart="),
    "book": ("pages", "The book is in "),
    "bundle": ("hungry_bot --python 3.12", "requirements.txt lists could not be installed for "),
    "card": ("", "card.html"),
    "class": ("", "This machine has no class yet"),
    "deploy": ("pythonanywhere my_bot", "Not done: BOT_WORLD is sandbox"),
    "exam": ("lost_property empty", "empty is empty. Write your bot into bot.py there"),
    "install": ("--server", "The packages are in "),
    "lab": ("--no-browser", "The course is open at "),
    "login": ("telegram", "No login: BOT_WORLD is sandbox"),
    "new": ("your_bot", "Your bot is in your_bot."),
    "node": ("", "This machine has Node.js"),
    "pack": ("", "my_course.zip"),
    "refresh": ("00", "refreshed 00_start_here.ipynb"),
    "report": ("", "Paste this into your issue"),
    "reset": ("00", "00_start_here.ipynb is the course's again."),
    "run": ("telegram silent_bot", "has no `bot`"),
    "sandbox": (f"my_bot --run {sys.executable} -I -V", "Python 3."),
    "secrets": ("yandex", "TELEGRAM_TOKEN is not set"),
    "solution": ("02", "application.run_polling()"),
    "subscribe": ("", "TWITCH_CLIENT_ID is not set"),
    "tab": ("site", "This failed: "),
    "table": (NOWHERE, "127.0.0.1:9 cannot be reached"),
    "test": ("my_bot", "1 passed"),
    "unpack": ("none.zip", "There is no file none.zip in "),
    "webhook": ("", "TELEGRAM_TOKEN is not set"),
}
BUILD = ("book", "tab")  # what they import comes with the first of them, or with test --all
TRIED_BELOW = ("lab", "refresh")  # each with more to see
# These are tried with the course's own .venv, and the others with a Python of hers. Either way,
# some of them start Pythons, pip or uv themselves.
IN_VENV = ("autostart", "bundle", "deploy", "install", "login", "new", "pack", "run", "sandbox")
IN_VENV += ("subscribe", "webhook")
NO_PYTHON = ({}, {"COURSE_PYTHON": ""})


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Where a file that must not run says that it did."""
    return tmp_path_factory.mktemp("log") / "ran"


@pytest.fixture(scope="module")
def course(tmp_path_factory, log):
    """A small course without a .venv, with a bot of hers, and with files such as a random.py.

    Those are in its own folder and beside her copies of the notebooks.
    """
    folder = copy_course(tmp_path_factory.mktemp("here") / "course", without=["notebooks"])
    copy_compiled(folder)
    want_more(folder)
    (folder / "README.md").write_text("# The course\n", encoding="utf-8")
    (folder / "notebooks").mkdir()
    notebook = new_notebook(cells=[new_code_cell(CELL)])
    nbformat.write(notebook, folder / "notebooks/00_start_here.ipynb")
    make_folder(folder / "my_course/workshop/my_bot")
    runs = RUNS.format(log=str(log))
    for name in (*filter(find_spec, sys.stdlib_module_names - FIRST), *BY_SITE):
        (folder / f"{name}.py").write_text(runs)
    for name in filter(find_spec, filter(str.isidentifier, MODULES - FIRST)):
        (folder / f"my_course/{name}.py").write_text(runs)
    (folder / "my_course/hers.py").write_text("")
    return folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, log):
    """A stranger's folder, with bots that are hers."""
    folder = tmp_path_factory.mktemp("elsewhere") / "downloads"
    folder.mkdir()
    for name in filter(str.isidentifier, MODULES):
        (folder / f"{name}.py").write_text(RUNS.format(log=str(log)))
    (folder / "pytest.ini").write_text(PYTEST_INI)
    (folder / "uv.toml").touch()
    for name in ("my_bot", "silent_bot", "hungry_bot"):
        make_folder(folder / name)
    (folder / "silent_bot/main.py").write_text("bot = 1\n")
    (folder / "empty").mkdir()
    (folder / "hungry_bot/requirements.txt").write_text("nothing-of-the-kind\n")
    return folder


@pytest.fixture(scope="module")
def path(tmp_path_factory, log):
    """A PATH on which uv and npm are found first."""
    return programs(tmp_path_factory.mktemp("programs") / "bin", log, "npm", "uv")


@pytest.fixture
def start(course, elsewhere, log, path):
    """Type a command, elsewhere if nothing else is said; gives what it printed. No file may run."""
    log.unlink(missing_ok=True)

    def start(command, *words, typed_in=elsewhere, course=course, **environment):
        said = start_in(typed_in, course, command, *words, **({"PATH": path} | environment))
        assert not log.exists(), log.read_text()
        return said

    return start


def start_in(folder, course, command, *words, python=sys.executable, **environment):
    """Type a command in a folder; returns what it printed."""
    return subprocess.run(
        [python, course / "start.py", command, *words],
        cwd=folder,
        env=os.environ | SURROUNDINGS | {"BOTS_FOLDER": str(course)} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    ).stdout


SURROUNDINGS = {
    "COURSE_PYTHON": sys.executable,
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_FIND_LINKS": "",
    "PIP_INDEX_URL": NOWHERE,
    "PIP_RETRIES": "0",
    "TELEGRAM_API": NOWHERE,
    "TWITCH_API": NOWHERE,
}


def programs(folder, log, *names):
    """Put programs of these names, uv or npm, into a folder; returns a PATH that finds them."""
    folder.mkdir()
    known = {"python": sys.executable, "log": str(log), "packages": sysconfig.get_path("purelib")}
    for name in names:
        (folder / name).write_text({"uv": UV, "npm": NPM}[name].format(**known))
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_every_command_is_tried():
    assert set(COMMANDS) == {*START["COMMANDS"], *START["ONLY_INSTALL"]}


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in TRIED_BELOW])
def test_no_file_runs_because_of_the_folder_it_is_in(start, command):
    words, says = COMMANDS[command]
    assert says in start(command, *words.split(), **NO_PYTHON[command in IN_VENV])


@pytest.mark.parametrize("own_python", [True, False])
def test_what_a_notebook_starts_finds_pythons_modules_first(start, course, own_python):
    words, says = COMMANDS["refresh"]
    assert says in start("refresh", words, **NO_PYTHON[not own_python])
    notebook = nbformat.read(course / "notebooks/00_start_here.ipynb", 4)
    text = notebook.cells[0].outputs[0].text
    assert f"{course / 'botlib/__init__.py'} {random.__file__}\n" in text
    assert f"OSError: {random.__file__} in main.py" in text


@pytest.mark.parametrize("own_python", [True, False])
def test_a_file_beside_a_notebook_replaces_no_other(course, elsewhere, log, path, own_python):
    log.unlink(missing_ok=True)
    environment = os.environ | SURROUNDINGS | {"PATH": path, "BOTS_FOLDER": str(course)}
    environment |= NO_PYTHON[not own_python]
    with subprocess.Popen(
        [sys.executable, course / "start.py", "lab", "--no-browser"],
        cwd=elsewhere,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = process.stdout.readline()
            assert COMMANDS["lab"][1] in said
            server, token = re.findall(r"(http://[^/]+).*token=(\w+)", said)[0]
            code = "import hers, os, random, lessons.workshop\n%load_ext lessons\n"
            # In its terminal, start.py may still install into .venv.
            code += "print(hers.__file__, os.environ.get('COURSE_PYTHON'))"
            said = asyncio.run(run_cell(server, token, code))
        finally:
            process.terminate()
    assert said == f"{course}/my_course/hers.py {environment['COURSE_PYTHON']}\n"
    assert not log.exists(), log.read_text()


def test_a_folder_that_python_would_take_for_two_is_refused(tmp_path):
    course = tmp_path / f"a{os.pathsep}b"
    course.mkdir()
    shutil.copy(ROOT / "start.py", course)
    (tmp_path / "b/deploy/import_path").mkdir(parents=True)
    theirs = RUNS.format(log=str(tmp_path / "ran"))
    (tmp_path / "b/deploy/import_path/sitecustomize.py").write_text(theirs)
    said = start_in(tmp_path, course, "webhook")
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()
    assert f"'{os.pathsep}' in its name" in said and said.count("\n") == 1
    assert sorted(path.name for path in course.iterdir()) == ["start.py"]


@pytest.fixture
def active_python(course, tmp_path):
    """The Python of an environment with all that this course asks for."""
    asks = (course / "pyproject.toml").read_text(encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", course)
    yield make_environment(tmp_path / "python")
    (course / "pyproject.toml").write_text(asks, encoding="utf-8")


def make_environment(folder, **options):
    venv.create(folder, symlinks=True, **options)
    (site,) = (folder / "lib").glob("*/site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin/python"


@pytest.mark.parametrize("command", ["webhook", "test"])
def test_none_runs_where_an_active_environment_is_used(start, active_python, command):
    words, says = COMMANDS[command]
    said = start(command, *words.split(), python=active_python, **NO_PYTHON[1])
    assert f"uses the environment that is active: {active_python.parents[1]}\n" in said
    assert says in said


def test_her_own_file_runs_through_no_link_to_the_course(start, course, tmp_path):
    (tmp_path / "link").symlink_to(course)
    said = start("report", typed_in=tmp_path, course=tmp_path / "link")
    assert COMMANDS["report"][1] in said


def test_her_own_file_is_no_usercustomize(start, course, tmp_path):
    # Only such a Python looks for one.
    python = make_environment(tmp_path / "python", system_site_packages=True)
    users = tmp_path / "users"
    environment = {"COURSE_PYTHON": str(python), "PYTHONUSERBASE": str(users)}
    assert COMMANDS["webhook"][1] in start("webhook", typed_in=course, **environment)
    # That of the user runs as before.
    users /= f"lib/python{sysconfig.get_python_version()}/site-packages"
    users.mkdir(parents=True)
    (users / "usercustomize.py").write_text("import sys; print('own', *sys.orig_argv)")
    said = start("webhook", typed_in=course, **environment)
    assert "-P -m deploy.set_webhook\n" in said


def test_an_environment_keeps_its_own_sitecustomize(start, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("import sys; print('own', *sys.orig_argv)")
    said = start("webhook", PYTHONPATH=str(own))
    assert f"own {sys.executable} -P -m deploy.set_webhook\n" in said
