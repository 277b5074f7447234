"""What JupyterLab serves: its list of files, and terminals that have the course's Python.

All terminals share one home, whose startup files put another Python in front.
"""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupyter_process
import pytest
from aiohttp import ClientSession
from redis_server import free_port

from lessons.terminal import shell_command

ROOT = Path(__file__).parents[2]
TOKEN = "only-a-test"
HEADERS = {"Authorization": f"token {TOKEN}"}
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has another shell, which was not tried")
STARTUP = {  # of each shell: the user's own file, as pyenv, conda and people write them
    "bash": (
        ".bashrc",
        'export PATH="{other}:$PATH" MINE=yes\nalias python="{other}/python"\n'
        "pytest() {{ echo another pytest; }}\n",
    ),
    "zsh": (
        ".zshrc",
        'export PATH="{other}:$PATH" MINE=yes\nalias python="{other}/python"\n'
        "pytest() {{ echo another pytest; }}\n",
    ),
    "fish": (
        ".config/fish/config.fish",
        "set -gx PATH {other} $PATH\nset -gx MINE yes\nfunction pytest; echo another pytest; end\n",
    ),
    "sh": (".profile", "export PATH={other}:$PATH"),
}
HER_TEST = "my_course/workshop/alone/test_mine.py"
LINE = f"""pytest -p no:nbval {HER_TEST}; pwd; echo "$MINE" the end | tr e E"""
NAMES = ("phone.py", "untitled.py")
RENAMES = 40


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with a test of hers, whose startup files put another Python in front."""
    home = tmp_path_factory.mktemp("home")
    other = home / "other"
    other.mkdir()
    for name in ("python", "python3", "pytest"):
        (other / name).write_text("#!/bin/sh\necho another $0\n")
        (other / name).chmod(0o755)
    for name, text in STARTUP.values():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text.format(other=other))
    (home / HER_TEST).parent.mkdir(parents=True)
    (home / HER_TEST).write_text(
        f"import sys\n\n\ndef test_whose_python_it_is():\n    assert sys.prefix == {sys.prefix!r}\n"
    )
    return home


def own_variables(home, shell):
    """What is in the environment of somebody who has this home and this shell."""
    path = f"{home / 'other'}{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(home), "SHELL": shell, "PATH": path, "ZDOTDIR": ""}


@pytest.fixture(scope="module")
def address(home):
    """The address of a JupyterLab, which `start.py` starts like this; its terminals are bash."""
    port = free_port()
    command = [sys.executable, "-P", "-m", "lessons.commands.lab", "--no-browser"]
    mine = own_variables(home, shutil.which("bash") or "sh")
    with subprocess.Popen(
        [*command, f"--port={port}"],
        cwd=ROOT,
        env=os.environ | mine | {"JUPYTER_TOKEN": TOKEN, "BOTS_FOLDER": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert any("The course is open at" in line for line in server.stdout)
            yield f"http://127.0.0.1:{port}"
        finally:
            jupyter_process.end(server)


async def type_in_terminal(address):
    """Type LINE into a new terminal, as JupyterLab does, and read until it has run."""
    said = ""
    async with ClientSession(address, headers=HEADERS) as session:
        async with session.post("/api/terminals") as made:
            name = (await made.json())["name"]
        async with session.ws_connect(f"/terminals/websocket/{name}") as socket:
            await socket.send_json(["set_size", 40, 400, 800, 4000])
            await socket.send_json(["stdin", f"{LINE}\r"])
            async with asyncio.timeout(60):
                while "thE End" not in said:
                    kind, *values = json.loads((await socket.receive()).data)
                    said += values[0] if kind == "stdout" else ""
    return said


def check_python(said, home, shell):
    """Check what a terminal says to LINE."""
    assert "1 passed" in said  # a test of her own, by the course's Python
    assert f"\n{home}\r" in said  # my_course is there
    assert "another" not in said
    assert shell == "sh" or "yEs thE End" in said  # the user's own startup file was read


@POSIX
@pytest.mark.slow("a JupyterLab")
def test_a_terminal_of_jupyterlab_has_the_courses_python(address, home):
    check_python(asyncio.run(type_in_terminal(address)), home, "bash")


@POSIX
@pytest.mark.slow("a shell with a pytest")
@pytest.mark.parametrize("shell", STARTUP)
def test_python_and_pytest_are_the_courses_own(home, monkeypatch, shell):
    """In each shell, started as JupyterLab starts it, without a JupyterLab."""
    from ptyprocess import PtyProcessUnicode  # not on Windows

    if not (found := shutil.which(shell)):
        pytest.skip(f"NO SHELL: {shell} is not installed")
    for name in ("COURSE_PATH", "COURSE_STARTED_IN"):
        monkeypatch.setenv(name, "")  # shell_command sets them
    for name, value in own_variables(home, found).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JUPYTER_SERVER_ROOT", str(home))
    monkeypatch.chdir(ROOT)
    terminal = PtyProcessUnicode.spawn(shell_command(found), dimensions=(40, 400))
    terminal.write(f"python -c 'import sys; print(\"I am\", sys.prefix)'; {LINE}; exit\r")
    said = ""
    with contextlib.suppress(EOFError):
        while True:
            said += terminal.read()
    terminal.close()
    assert f"I am {sys.prefix}" in said
    check_python(said, home, shell)


def test_powershell_keeps_its_profile_and_gets_the_path(monkeypatch):
    for name in ("COURSE_PATH", "COURSE_STARTED_IN"):
        monkeypatch.setenv(name, "")
    shell, *options = shell_command("powershell.exe")
    assert shell == "powershell.exe"
    assert options[:2] == ["-NoExit", "-Command"]
    assert "$env:COURSE_PATH" in options[2]
    assert os.environ["COURSE_PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


async def list_while_renaming(address):
    """Rename a file and list its folder at the same moment; returns each listing's status."""
    url = "/api/contents/alone"
    statuses = []

    async def list_folder(session):
        async with session.get(url, params={"content": "1"}) as listing:
            statuses.append(listing.status)

    async def rename_file(session, old, new):
        async with session.patch(f"{url}/{old}", json={"path": f"alone/{new}"}) as renamed:
            assert renamed.status == 200

    async with ClientSession(address, headers=HEADERS) as session:
        for number in range(RENAMES):
            old, new = NAMES[number % 2], NAMES[1 - number % 2]
            both = rename_file(session, old, new), list_folder(session)
            await asyncio.gather(list_folder(session), *both, list_folder(session))
    return statuses


@pytest.mark.slow("a JupyterLab")
def test_a_folder_is_found_while_a_file_in_it_gets_its_name(address, home):
    (home / "alone").mkdir()
    for name in [NAMES[0], *(f"file_{number}.py" for number in range(40))]:
        (home / "alone" / name).write_text("")
    assert asyncio.run(list_while_renaming(address)) == [200] * (3 * RENAMES)
