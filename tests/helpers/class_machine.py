"""A machine for a class: a fresh Debian on which each command of docs/class/README.md was typed.

Only the names of the pupils differ, and who signs the certificates: Caddy itself, because no
authority can reach the machine. It has a network of its own, where it is `bots.example.org`.
"""

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from jupyterlab_browser import WHOLE
from rented_machine import Machine, blocks_of, make_debian, own_network
from waiting import wait_until

ROOT = Path(__file__).parents[2]
README = ROOT / "docs/class/README.md"
STEPS = ["1. The machine", "2. The course", "3. The pupils", "4. Start it, and the first reply"]
STEPS += ["5. Let the class in"]
TOOLS = ("ip", "iptables")  # beyond those of a rented machine
NAMES = r'printf "anna\nben\nteacher\n"'  # as the page has it
HOST = "bots.example.org"
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
PRIVATE += ["botlib/bot.env~", "lessons/bot.env.bak", "deploy/id_ed25519", "notebooks/key.pem"]
PRIVATE += ["deploy/terraform.tfstate.backup", "deploy/aws/class.tfvars", "lessons/store.db"]
PRIVATE += ["botlib/me.session", "deploy/credentials.json", "lessons/my.p12", "deploy/a.kdbx"]
PRIVATE += ["notebooks/cookies.txt", "deploy/client_secret_1.json", "deploy/putty.ppk"]
PRIVATE += [
    "deploy/yandex/key.json",
    "botlib/prod.env.1",
    "deploy/terraform.tfstate",
    "docs/class/passwords.txt",
    "docs/class/names.txt",
]
PRIVATE += ["lessons/my.key", "notebooks/exam.tar.gz", "notebooks/exam.tgz", "botlib/bot.sqlite"]
PRIVATE += ["docs/class/names.env", "docs/notes.md", "sandbox/notes.md", "notebooks/.ipynb_x"]
FOR_THE_TESTS_HANDS = 'c.Spawner.args += ["--LabApp.expose_app_in_browser=True"]'


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
    """A class that has begun: its machine, and each user's password."""

    machine: Machine
    passwords: dict[str, str]
    address: str = f"https://{HOST}"

    @property
    def flags(self) -> list[str]:
        """What a Chromium needs to find the class."""
        assert self.machine.network
        to = self.machine.network.address
        rules = f"MAP {HOST} {to}, MAP *.{HOST} {to}"
        return [f"--host-resolver-rules={rules}", "--ignore-certificate-errors"]

    def server(self, name: str) -> str:
        """Return the address of a user's own server."""
        return f"https://{name}.{HOST}/user/{name}"


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
    """Set up a class as the page says; besides the pupils, it has a `teacher`."""
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
    debian = make_debian(folder / "debian")
    with own_network() as network, Machine(debian, folder, home, network) as machine:
        for step in STEPS:
            if step.startswith("4."):
                machine.there(f"cat >> {CONFIG} <<'EOF'\n{FOR_THE_TESTS_HANDS}\nEOF")
                machine.there(
                    f"mkdir -p {Path(OVERRIDES).parent}\necho '{json.dumps(WHOLE)}' > {OVERRIDES}"
                )
            for block in blocks[step]:
                if block.needs.endswith("a browser"):
                    continue
                lines = "".join(f"{name}\\n" for name in [*names, "teacher"])
                commands = block.commands.replace(NAMES, f'printf "{lines}"')
                commands = commands.replace("import class", r"tls internal\n  import class")
                machine.type(block._replace(commands=commands))
            if step.startswith(("4.", "5.")):
                wait_for_hub(machine)
        lines = machine.there("cat passwords.txt").splitlines()
        yield Class(machine, dict(line.split(":", 1) for line in lines))


def wait_for_hub(machine: Machine) -> None:
    """Wait until the Hub that was started last listens."""
    started = "journalctl --invocation=0 --unit class --output=cat"
    wait_until(lambda: "is now running" in machine.there(started), timeout=120)


def memory_of(machine: Machine, user: str, command: str = "") -> float:
    """Megabytes of a user's processes, each shared page counted in parts (PSS)."""
    return float(machine.there(f"python3 -c {shlex.quote(MEMORY)} {user} {shlex.quote(command)}"))
