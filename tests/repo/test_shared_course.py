"""A course that is installed once, for several users who may only read it."""

import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import jupyter_process
import pytest
from waiting import wait_until

pytestmark = pytest.mark.slow("commands from start to end")

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
TOKEN = "123456:a-token-that-only-a-test-has"
# Root may write into any folder, unless it gives this right away for a process and its children.
ROOT_GIVES_UP = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
AS_A_USER = ROOT_GIVES_UP if sys.platform == "linux" and os.geteuid() == 0 else []
WORLD = (
    "import lessons; from botlib.details.settings import read_settings; "
    "print(read_settings('telegram'))"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course, for reading only, with somebody's token in it."""
    folder = tmp_path_factory.mktemp("shared") / "course"
    for name in ("botlib", "sandbox", "lessons", "deploy", "notebooks"):
        unwanted = shutil.ignore_patterns("tests")
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("start.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / ".env").write_text(f"TELEGRAM_TOKEN={TOKEN}\n")
    before = contents(folder)
    set_writable(folder, False)
    refused = subprocess.run([*AS_A_USER, "touch", folder / "file"], capture_output=True, text=True)
    assert "Permission denied" in refused.stderr  # so what follows is about such a course
    yield folder
    set_writable(folder, True)
    assert contents(folder) == before, "a user has changed the course"


def set_writable(folder, writable):
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | stat.S_IWUSR if writable else mode & ~0o222)


def contents(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


def environment(course, home):
    """What a login gives a user, and the Python that has the packages."""
    home.mkdir(exist_ok=True)
    path = f"{course}{os.pathsep}{course / 'sandbox'}"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "COURSE_PYTHON": sys.executable,
        "PYTHONPATH": path,
    }


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run(course, home, *command):
    done = subprocess.run(
        [*AS_A_USER, *command],
        cwd=home,
        env=environment(course, home),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@POSIX
def test_each_user_has_copies_at_home(course, tmp_path):
    homes = [tmp_path / name for name in ("anna", "ben")]
    for home in homes:
        command = [*AS_A_USER, sys.executable, course / "start.py", "--no-browser"]
        with subprocess.Popen(
            command,
            cwd=tmp_path,
            env=environment(course, home) | {"JUPYTER_TOKEN": "only-a-test"},
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            try:
                line = server.stdout.readline()
                address = re.search(r"http://\S+/lab/tree/my_course/00_start_here\S+", line)
                assert address, line
                with urllib.request.urlopen(address[0]) as page:
                    assert page.status == 200
            finally:
                server.terminate()
        assert stat.S_IMODE((home / "my_course").stat().st_mode) == 0o700
    (homes[0] / "my_course/00_start_here.ipynb").write_text("hers")
    for home in homes:  # the second start replaces pictures and copies
        run(course, home, sys.executable, "-m", "lessons.commands.copies", "01")
        assert (home / "my_course/pictures").is_dir()
    assert "hers" not in (homes[1] / "my_course/00_start_here.ipynb").read_text()


@POSIX
def test_a_jupyter_server_makes_the_copies_and_opens_the_first(course, tmp_path):
    home = tmp_path / "anna"
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", "--no-browser", "--allow-root"]
    options = ["--ServerApp.base_url=/lab-of/anna"]
    options += ["--ServerApp.jpserver_extensions=lessons.own_copies=True"]
    with subprocess.Popen(
        [*AS_A_USER, *command, *options],
        cwd=home,
        env=environment(course, home) | {"JUPYTER_TOKEN": "only-a-test"},
    ) as server:
        try:
            wait_until(lambda: listens(port), timeout=60)
            address = f"http://127.0.0.1:{port}/lab-of/anna/?token=only-a-test"
            with urllib.request.urlopen(address) as page:
                assert "/lab-of/anna/lab/tree/my_course/00_start_here.ipynb" in page.url
            with urllib.request.urlopen(address.replace("?", "api/kernelspecs?")) as page:
                kernel = json.load(page)["kernelspecs"]["python3"]["spec"]
            assert kernel["argv"][1] == "-P"  # a file beside a notebook replaces none of Python's
        finally:
            jupyter_process.end(server)
    # As on a learner's own machine: start.py is where a terminal opens.
    run(course, home, sys.executable, "start.py", "new", "my_bot")
    assert (home / "my_bot/main.py").is_file()


@POSIX
def test_the_env_file_of_the_course_is_nobodys(course, tmp_path):
    home = tmp_path / "anna"
    told = run(course, home, sys.executable, "-c", WORLD)
    assert told.startswith("telegram: sandbox (from no .env")
    (home / ".env").write_text(f"TELEGRAM_TOKEN={TOKEN}\n")
    told = run(course, home, sys.executable, "-c", WORLD)
    assert told.startswith("telegram: real (from .env")
    assert TOKEN not in told


@POSIX
def test_a_new_bot_of_a_course_for_reading_only_can_be_changed(course, tmp_path):
    home = tmp_path / "anna"
    run(course, home, sys.executable, course / "start.py", "new", "my_bot")
    run(course, home, sys.executable, "-c", "open('my_bot/main.py', 'a').write('# mine')")
    run(course, home, sys.executable, "-c", "open('my_bot/notes.txt', 'w').write('mine')")
