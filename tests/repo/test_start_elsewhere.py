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
from functools import partial
from importlib.metadata import packages_distributions
from importlib.util import find_spec

import nbformat
import pytest
from course_files import ROOT, copy_course
from jupyter_process import run_cell
from lacking_package import want_more
from nbformat.v4 import new_code_cell, new_notebook

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
RUNS = "import os\nwith open({log!r}, 'a') as log:\n    print(__file__, file=log)\n"
PYTEST_INI = "[pytest]\naddopts = -p hers\npythonpath = .\nfilterwarnings = error::hers.Hers\n"
SETTINGS = """[tool.mypy]
files = ["tests/test_one.py"]
[tool.ruff]
line-length = 100
lint.select = ["F"]
"""
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


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A small course, in which she has done something, and without a .venv."""
    folder = copy_course(tmp_path_factory.mktemp("here") / "course", without=["notebooks"])
    want_more(folder)
    (folder / "README.md").write_text("# The course\n", encoding="utf-8")
    (folder / "notebooks").mkdir()
    notebook = new_notebook(cells=[new_code_cell(CELL)])
    nbformat.write(notebook, folder / "notebooks/00_start_here.ipynb")
    make_folder(folder / "my_course/workshop/my_bot")
    return folder


@pytest.fixture(scope="module")
def own_files(course):
    """The same course with bots and files of hers in its own folder, such as a random.py."""
    folder = course.parent / "hers"
    shutil.copytree(course, folder, ignore=shutil.ignore_patterns(".venv"))
    make_bots(folder)
    for name in (*filter(find_spec, sys.stdlib_module_names - FIRST), *BY_SITE):
        (folder / f"{name}.py").write_text(RUNS.format(log=str(folder / "ran")))
    return folder


@pytest.fixture
def ran(tmp_path):
    """Where a stranger's file says that it was run."""
    return tmp_path / "ran"


@pytest.fixture
def elsewhere(tmp_path, ran):
    """A stranger's folder, with bots that are hers."""
    folder = tmp_path / "downloads"
    folder.mkdir()
    for name in filter(str.isidentifier, MODULES):
        (folder / f"{name}.py").write_text(RUNS.format(log=str(ran)))
    (folder / "pytest.ini").write_text(PYTEST_INI)
    (folder / "uv.toml").touch()
    make_bots(folder)
    return folder


def make_bots(folder):
    for name in ("my_bot", "silent_bot", "hungry_bot"):
        make_folder(folder / name)
    (folder / "silent_bot/main.py").write_text("bot = 1\n")
    (folder / "empty").mkdir()
    (folder / "hungry_bot/requirements.txt").write_text("nothing-of-the-kind\n")


@pytest.fixture
def start(course, elsewhere):
    """Types a command there; returns what it printed."""
    return partial(start_in, elsewhere, course)


def start_in(folder, course, command, *words, python=sys.executable, **environment):
    """Type a command in a folder; returns what it printed. JupyterLab is ended when it is open."""
    process = subprocess.Popen(
        [python, course / "start.py", command, *words],
        cwd=folder,
        env=os.environ | SURROUNDINGS | {"BOTS_FOLDER": str(course)} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    while command == "lab" and "Ctrl-C in this window" not in said and process.poll() is None:
        said += process.stdout.readline()
    if command == "lab":
        process.terminate()
    return said + process.communicate(timeout=120)[0]


SURROUNDINGS = {
    "COURSE_PYTHON": sys.executable,
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_FIND_LINKS": "",
    "PIP_INDEX_URL": NOWHERE,
    "PIP_RETRIES": "0",
    "TELEGRAM_API": NOWHERE,
    "TWITCH_API": NOWHERE,
}


def programs(folder, ran, *names):
    """Put programs of these names, uv or npm, into a folder; returns a PATH that finds them."""
    folder.mkdir()
    known = {"python": sys.executable, "log": str(ran), "packages": sysconfig.get_path("purelib")}
    for name in names:
        (folder / name).write_text({"uv": UV, "npm": NPM}[name].format(**known))
        (folder / name).chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def test_every_command_is_tried():
    assert set(COMMANDS) == {*START["COMMANDS"], *START["ONLY_INSTALL"]}


@pytest.mark.parametrize("own_python", [True, False])
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(name, marks=[pytest.mark.slow("the whole book")] * (name in BUILD))
        for name in COMMANDS
    ],
)
def test_no_file_runs_because_it_is_where_a_command_is_typed(
    start, ran, tmp_path, command, own_python
):
    words, says = COMMANDS[command]
    names = ["npm"] if own_python else ["npm", "uv"]
    environment = {"PATH": programs(tmp_path / "bin", ran, *names)}
    said = start(command, *words.split(), **environment, **NO_PYTHON[not own_python])
    assert says in said
    assert not ran.exists(), ran.read_text()


@pytest.mark.parametrize("own_python", [True, False])
@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in BUILD])
def test_her_own_file_in_the_course_folder_replaces_none_of_pythons(
    own_files, ran, tmp_path, command, own_python
):
    log = own_files / "ran"
    log.unlink(missing_ok=True)
    shutil.rmtree(own_files / "your_bot", ignore_errors=True)  # `new` makes it
    words, says = COMMANDS[command]
    path = programs(tmp_path / "bin", ran, "npm", "uv")
    environment = {"PATH": path, **NO_PYTHON[not own_python]}
    said = start_in(own_files, own_files, command, *words.split(), **environment)
    assert says in said
    assert not log.exists(), log.read_text()


@pytest.mark.parametrize("own_python", [True, False])
def test_a_folder_that_python_would_take_for_two_is_refused(tmp_path, own_python):
    course = tmp_path / f"a{os.pathsep}b"
    course.mkdir()
    shutil.copy(ROOT / "start.py", course)
    (tmp_path / "b/deploy/import_path").mkdir(parents=True)
    theirs = RUNS.format(log=str(tmp_path / "ran"))
    (tmp_path / "b/deploy/import_path/sitecustomize.py").write_text(theirs)
    said = start_in(tmp_path, course, "webhook", **NO_PYTHON[not own_python])
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()
    assert f"'{os.pathsep}' in its name" in said and said.count("\n") == 1
    assert sorted(path.name for path in course.iterdir()) == ["start.py"]


def test_the_courses_own_checks_run_no_other_file_of_its_folder(tmp_path):
    folder = tmp_path / "course"
    for name in ("start.py", "tests/run.py", "tests/report.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "deploy/import_path", folder / "deploy/import_path")
    (folder / "tests/test_one.py").write_text("def test_one():\n    pass\n")
    (folder / "pyproject.toml").write_text(SETTINGS)
    for name in ("ast", "json", "re", "threading"):
        (folder / f"{name}.py").write_text(RUNS.format(log=str(folder / "ran")))
    said = start_in(folder, folder, "test", "tests/test_one.py")
    assert "all good: format, lint, types, tests" in said
    assert not (folder / "ran").exists(), (folder / "ran").read_text()


@pytest.mark.parametrize("command", ["webhook", "test"])
def test_none_runs_where_an_active_environment_is_used(
    own_files, elsewhere, ran, tmp_path, command
):
    shutil.copytree(own_files, tmp_path / "course", ignore=shutil.ignore_patterns(".venv", "ran"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "course")
    venv.create(tmp_path / "python", symlinks=True)
    (site,) = (tmp_path / "python/lib").glob("*/site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    (own_files / "ran").unlink(missing_ok=True)
    words, says = COMMANDS[command]
    python = tmp_path / "python/bin/python"
    for folder in (elsewhere, tmp_path / "course"):
        said = start_in(
            folder, tmp_path / "course", command, *words.split(), python=python, **NO_PYTHON[1]
        )
        assert f"uses the environment that is active: {tmp_path / 'python'}\n" in said
        assert says in said
    assert not ran.exists(), ran.read_text()
    assert not (own_files / "ran").exists(), (own_files / "ran").read_text()


def test_her_own_file_runs_through_no_link_to_the_course(own_files, tmp_path):
    (own_files / "ran").unlink(missing_ok=True)
    (tmp_path / "link").symlink_to(own_files)
    assert "Paste this into your issue" in start_in(tmp_path, tmp_path / "link", "report")
    assert not (own_files / "ran").exists(), (own_files / "ran").read_text()


@pytest.mark.parametrize("own_python", [True, False])
def test_what_a_notebook_starts_finds_pythons_modules_first(own_files, ran, tmp_path, own_python):
    path = programs(tmp_path / "bin", ran, "npm", "uv")
    start_in(own_files, own_files, "refresh", "00", PATH=path, **NO_PYTHON[not own_python])
    notebook = nbformat.read(own_files / "notebooks/00_start_here.ipynb", 4)
    text = notebook.cells[0].outputs[0].text
    assert f"{own_files / 'botlib/__init__.py'} {random.__file__}\n" in text
    assert f"OSError: {random.__file__} in main.py" in text


def test_her_own_file_is_no_usercustomize(own_files, tmp_path):
    (own_files / "ran").unlink(missing_ok=True)
    venv.create(tmp_path / "python", system_site_packages=True)  # only such a Python looks for one
    (site,) = (tmp_path / "python/lib").glob("*/site-packages")
    (site / "packages.pth").write_text(sysconfig.get_path("purelib"))
    users = tmp_path / "users"
    environment = {"COURSE_PYTHON": f"{tmp_path}/python/bin/python", "PYTHONUSERBASE": str(users)}
    said = start_in(own_files, own_files, "webhook", **environment)
    assert "TELEGRAM_TOKEN is not set" in said
    assert not (own_files / "ran").exists(), (own_files / "ran").read_text()
    # That of the user runs as before.
    users /= f"lib/python{sysconfig.get_python_version()}/site-packages"
    users.mkdir(parents=True)
    (users / "usercustomize.py").write_text("import sys; print('own', *sys.orig_argv)")
    assert "-P -m deploy.set_webhook\n" in start_in(own_files, own_files, "webhook", **environment)


@pytest.mark.parametrize("own_python", [True, False])
def test_a_file_beside_a_notebook_replaces_no_other(course, tmp_path, own_python):
    folder, ran = tmp_path / "course", tmp_path / "ran"
    shutil.copytree(course, folder, ignore=shutil.ignore_patterns(".venv"))
    for name in filter(find_spec, filter(str.isidentifier, MODULES - FIRST)):
        (folder / f"my_course/{name}.py").write_text(RUNS.format(log=str(ran)))
    (folder / "my_course/hers.py").write_text("")
    path = programs(tmp_path / "bin", ran, "npm", "uv")
    environment = os.environ | SURROUNDINGS | {"PATH": path, "BOTS_FOLDER": str(folder)}
    if not own_python:
        del environment["COURSE_PYTHON"]
    with subprocess.Popen(
        [sys.executable, folder / "start.py", "--no-browser"],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            said = process.stdout.readline()
            server, token = re.findall(r"(http://[^/]+).*token=(\w+)", said)[0]
            code = "import hers, random, lessons.workshop\n%load_ext lessons\nprint(hers.__file__)"
            assert asyncio.run(run_cell(server, token, code)) == f"{folder}/my_course/hers.py\n"
            # In its terminal, start.py may still install into .venv.
            code = "import os; print(os.environ.get('COURSE_PYTHON'))"
            python = environment.get("COURSE_PYTHON")
            assert asyncio.run(run_cell(server, token, code)) == f"{python}\n"
        finally:
            process.terminate()
    assert not ran.exists(), ran.read_text()


def test_an_environment_keeps_its_own_sitecustomize(start, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("import sys; print('own', *sys.orig_argv)")
    said = start("webhook", PYTHONPATH=str(own))
    assert f"own {sys.executable} -P -m deploy.set_webhook\n" in said


NO_PYTHON = ({}, {"COURSE_PYTHON": ""})


def test_none_runs_when_pip_installs_the_packages(start, course, ran, tmp_path):
    shutil.rmtree(course / ".venv", ignore_errors=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/uv").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin/uv").chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    said = start("install", COURSE_PYTHON="", PATH=path)
    assert "uv failed. Trying pip." in said and "registry cannot be reached" in said
    assert not ran.exists(), ran.read_text()
