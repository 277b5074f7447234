"""A terminal in JupyterLab has the course's Python, whatever the user's startup files do."""

import asyncio
import json
import os
import re
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


@pytest.fixture
def home(tmp_path):
    """A home whose startup files put another Python in front."""
    other = tmp_path / "other"
    other.mkdir()
    for name in ("python", "python3", "pytest"):
        (other / name).write_text("#!/bin/sh\necho another $0\n")
        (other / name).chmod(0o755)
    for name, text in STARTUP.values():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text.format(other=other))
    return tmp_path


async def type_in_terminal(address, line, words):
    """Type a line into a new terminal, as JupyterLab does, and read until it says the words."""
    said = ""
    async with ClientSession(address, headers={"Authorization": f"token {TOKEN}"}) as session:
        async with session.post("/api/terminals") as made:
            name = (await made.json())["name"]
        async with session.ws_connect(f"/terminals/websocket/{name}") as socket:
            await socket.send_json(["set_size", 40, 400, 800, 4000])
            await socket.send_json(["stdin", f"{line}\r"])
            async with asyncio.timeout(60):
                while not re.search(words, said):
                    kind, *values = json.loads((await socket.receive()).data)
                    said += values[0] if kind == "stdout" else ""
    return said


@pytest.mark.slow("a JupyterLab")
@pytest.mark.skipif(os.name == "nt", reason="Windows has another shell, which was not tried")
@pytest.mark.parametrize("shell", STARTUP)
def test_python_and_pytest_are_the_courses_own(home, shell):
    found = shutil.which(shell)
    if not found:
        pytest.skip(f"NO SHELL: {shell} is not installed")
    alone = home / "my_course/workshop/alone"
    alone.mkdir(parents=True)
    (alone / "test_mine.py").write_text(
        f"import sys\n\n\ndef test_whose_python_it_is():\n    assert sys.prefix == {sys.prefix!r}\n"
    )
    port = free_port()
    mine = {"HOME": str(home), "SHELL": found, "JUPYTER_TOKEN": TOKEN, "BOTS_FOLDER": str(home)}
    mine |= {"PATH": f"{home / 'other'}{os.pathsep}{os.environ['PATH']}", "ZDOTDIR": ""}
    command = [sys.executable, "-P", "-m", "lessons.commands.lab", "--no-browser"]
    with subprocess.Popen(
        [*command, f"--port={port}"],
        cwd=ROOT,
        env=os.environ | mine,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert any("The course is open at" in line for line in server.stdout)
            line = "python -c 'import sys; print(\"I am\", sys.prefix)'; pytest --version; "
            line += f"pytest {alone.relative_to(home)}; "
            line += 'pwd; echo "$MINE" the end | tr e E'
            said = asyncio.run(type_in_terminal(f"http://127.0.0.1:{port}", line, "thE End"))
        finally:
            jupyter_process.end(server)
    assert f"I am {sys.prefix}" in said
    assert re.search(r"pytest \d+\.\d", said)
    assert "1 passed" in said  # a test of her own
    assert f"\n{home}\r" in said  # my_course is there
    assert "another" not in said.replace(line, "")
    assert shell == "sh" or "yEs thE End" in said  # the user's own startup file was read


def test_powershell_keeps_its_profile_and_gets_the_path():
    shell, *options = shell_command("powershell.exe")
    assert shell == "powershell.exe"
    assert options[:2] == ["-NoExit", "-Command"]
    assert "$env:COURSE_PATH" in options[2]
    assert os.environ["COURSE_PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
