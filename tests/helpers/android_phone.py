"""An Android phone with Termux, as far as it can be had here: Termux's folders, variables and
commands in a folder, over this machine's own shell, Python and runit.

What Termux has and Debian hasn't is an imitation of a few lines, after Termux's sources
(termux-tools and termux-services 0.13, read in November 2026). Nothing here is Android: no wake
lock, no battery, no bionic.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil

TOOLS = ("runsvdir", "runsv", "sv", "svlogd", "start-stop-daemon")
IMITATIONS = {
    "pkg": 'echo "$@" >> "$PREFIX/../asked"',
    "termux-setup-storage": 'mkdir -p ~/storage; ln -sfn "$PREFIX/../Download" ~/storage/downloads',
    "termux-wake-lock": 'touch "$PREFIX/../awake"',
    "termux-wake-unlock": 'rm "$PREFIX/../awake"',
}
SERVICES = """\
export SVDIR=$PREFIX/var/service
(start-stop-daemon -S -b -m -p $PREFIX/../runsvdir.pid -x /usr/bin/runsvdir -- $SVDIR >/dev/null &)
"""


def what_is_missing():
    """Why no phone can be imitated here; "" if one can."""
    gone = [tool for tool in TOOLS if not shutil.which(tool)]
    return f"NO PHONE: {', '.join(gone)} not installed (sudo apt install runit)" if gone else ""


class Phone:
    """Types commands into Termux, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home, self.prefix = folder, folder / "home", folder / "usr"
        self.download, self.where = folder / "Download", folder / "home"
        for path in ("home", "Download", "usr/bin", "usr/etc/profile.d", "usr/var/service"):
            (folder / path).mkdir(parents=True)
        for name, text in IMITATIONS.items():
            (self.prefix / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.prefix / "bin" / name).chmod(0o755)
        (self.prefix / "bin/sh").symlink_to("/bin/sh")
        # Not this test's: a Python without any package.
        (self.prefix / "bin/python3").symlink_to(sys._base_executable)
        mine = ("TELEGRAM_", "TWITCH_", "STORE_", "BOT", "COURSE_", "PYTHON", "VIRTUAL_ENV")
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(mine)}
        self.env |= {
            "PATH": f"{self.prefix}/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(self.home),
            "PREFIX": str(self.prefix),
            "TERMUX_VERSION": "0.118.3",
        }

    def install_services(self) -> None:
        """Have the package termux-services."""
        (self.prefix / "etc/profile.d/start-services.sh").write_text(SERVICES)

    def open_termux(self) -> None:
        """Open a shell, which reads the files in profile.d."""
        self.type('. "$PREFIX/etc/profile.d/start-services.sh"')
        self.env["SVDIR"] = str(self.prefix / "var/service")

    def type(self, commands: str, check: bool = True) -> str:
        """Run commands where the last ones have left off; what they print."""
        done = subprocess.run(
            ["sh", "-euc", f"{commands}\npwd > {self.folder}/where"],
            cwd=self.where,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0 or not check, f"{commands}\n{done.stdout[-3000:]}"
        if done.returncode == 0:
            self.where = Path((self.folder / "where").read_text().strip())
        return done.stdout

    def run(self, command: str) -> "Foreground":
        """Run a command that goes on until Ctrl-C."""
        return Foreground(self, command)

    def processes(self) -> list[psutil.Process]:
        """All that runs on the phone."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("PREFIX") == str(self.prefix):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def switch_off(self) -> None:
        """End all programs, as an empty battery does."""
        while processes := self.processes():
            for process in processes:
                process.kill()
            psutil.wait_procs(processes, timeout=10)
        for gone in (self.folder / "awake", self.folder / "runsvdir.pid"):
            gone.unlink(missing_ok=True)

    def switch_on(self) -> None:
        """Start the phone: Termux:Boot runs its files in order, and nobody opens Termux."""
        self.env.pop("SVDIR", None)
        for file in sorted((self.home / ".termux/boot").iterdir()):
            subprocess.run([file], env=self.env, cwd=self.home, check=True)


class Foreground:
    """A command in the terminal, and what it has printed so far."""

    def __init__(self, phone: Phone, command: str) -> None:
        self._file = phone.folder / "printed"
        with self._file.open("w") as output:
            self.process = subprocess.Popen(
                ["sh", "-c", f"exec {command}"],
                cwd=phone.where,
                env=phone.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def printed(self) -> str:
        """What it has printed so far; fails if it has ended."""
        text = self._file.read_text()
        assert self.process.poll() is None, text
        return text

    def ctrl_c(self) -> str:
        """Press Ctrl-C, which reaches all of it; what it printed until its end."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(30)
        return self._file.read_text()
