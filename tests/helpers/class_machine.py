"""A machine for a class: a fresh Debian on which each command of docs/class/README.md was typed.

Only the ports differ, because the machine shares this one's network, and the names of the pupils.
"""

import json
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cloud_tools import wait_until
from jupyterlab_browser import WHOLE
from rented_machine import Machine, blocks_of, make_debian

ROOT = Path(__file__).parents[2]
README = ROOT / "docs/class/README.md"
STEPS = ["1. The machine", "2. The course", "3. The pupils", "4. Start it, and the first reply"]
NAMES = r'printf "anna\nben\n"'  # as the page has it
CONFIG = "/opt/course/docs/class/jupyterhub_config.py"
OVERRIDES = "/opt/course/.venv/share/jupyter/lab/settings/overrides.json"
# What a teacher's folder may hold, and no pupil may read.
PRIVATE = [".env", "prod.env", "key.pem", "store.sqlite3", "my_course.zip", "passwords.txt"]
PRIVATE += [
    "my_course/hello.py",
    "workshop/bot.py",
    "botlib/prod.env",
    "deploy/aws/parameters.json",
]
PRIVATE += ["notebooks/workshop/bot.py", "notebooks/store.sqlite3-wal", "lessons/pack.zip"]
PRIVATE += ["docs/class/names.env", "docs/notes.md", "sandbox/notes.md", "notebooks/.ipynb_x"]
OWN_PORTS = """
c.JupyterHub.bind_url = "http://127.0.0.1:{}"
c.JupyterHub.hub_port = {}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{}"
c.Spawner.args += ["--LabApp.expose_app_in_browser=True"]  # for the test's hands
"""


MEMORY = """
import re, sys
from pathlib import Path
sum_kB = 0
for process in Path("/proc").glob("[0-9]*"):
    try:
        called = (process / "cmdline").read_text().replace("\\0", " ")
        if process.owner() == sys.argv[1] and re.search(sys.argv[2], called):
            lines = (process / "smaps_rollup").read_text()
            sum_kB += int(re.search("^Pss: +([0-9]+)", lines, re.M)[1])
    except (OSError, TypeError):
        pass  # it has ended, or is a thread of the system
print(sum_kB * 1024 / 10**6)
"""


class Class(NamedTuple):
    """A class that has begun: its machine, its address, and each pupil's password."""

    machine: Machine
    address: str
    passwords: dict[str, str]


@contextmanager
def in_memory(folder: Path) -> Iterator[Path]:
    """A folder in memory: a disk that keeps everything safe takes minutes for a Debian."""
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def class_machine(folder: Path, names: list[str]) -> Iterator[Class]:
    """Set up a class as the page says."""
    home = folder / "home/course"  # a teacher's, who has a token of her own and a bot
    for name in ("botlib", "deploy", "docs", "lessons", "notebooks", "sandbox"):
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    for pattern in ("start.py", "pyproject.toml", "README.md", "LICENSE", "requirements*.lock"):
        for path in ROOT.glob(pattern):
            shutil.copy(path, home)
    for private in PRIVATE:
        (home / private).parent.mkdir(parents=True, exist_ok=True)
        (home / private).write_text("TELEGRAM_TOKEN=123456:a-teachers-own-token\n")
    blocks = blocks_of(README)
    with Machine(make_debian(folder / "debian"), folder, home) as machine:
        for step in STEPS[:-1]:
            for block in blocks[step]:
                lines = "".join(f"{name}\\n" for name in names)
                commands = block.commands.replace(NAMES, f'printf "{lines}"')
                machine.type(block._replace(commands=commands))
        ports = free_ports(3)
        machine.there(f"cat >> {CONFIG} <<'EOF'\n{OWN_PORTS.format(*ports)}EOF")
        machine.there(
            f"mkdir -p {Path(OVERRIDES).parent}\necho '{json.dumps(WHOLE)}' > {OVERRIDES}"
        )
        for block in blocks[STEPS[-1]]:
            if block.needs.endswith("typed there"):  # the other one waits for a browser
                machine.type(block)
        wait_until(lambda: "is now running" in machine.there("journalctl -u class"), timeout=120)
        lines = machine.there("cat passwords.txt").splitlines()
        yield Class(
            machine, f"http://127.0.0.1:{ports[0]}", dict(line.split(":", 1) for line in lines)
        )


def free_ports(number: int) -> list[int]:
    """Ports on which nothing listens."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def memory_of(machine: Machine, user: str, command: str = "") -> float:
    """Megabytes of a user's processes, each shared page counted in parts (PSS)."""
    return float(machine.there(f"python3 -c {shlex.quote(MEMORY)} {user} {shlex.quote(command)}"))
