"""A bot on an Android phone: what `start.py autostart` writes for Termux.

Termux has no systemd. Its package termux-services runs `runsvdir` over the folders in
$PREFIX/var/service: each is a service with a program `run`, a program `finish` that follows it, and
one that keeps its log (runit's manual pages runsvdir(8), runsv(8), sv(8)). Logs go into
$PREFIX/var/log/sv, and the app Termux:Boot runs the files in ~/.termux/boot when the phone has
started (README.md of termux-services 0.13 and of termux-boot, read in November 2026).
"""

import shlex
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from botlib.run import WRONG_SETTINGS

RUN_SCRIPT = """\
#!{prefix}/bin/sh
exec 2>&1
# A phone with a dark screen would put the bot to sleep.
termux-wake-lock
cd {root} || exit
export PYTHONUNBUFFERED=1 PYTHONPATH={root}/deploy/import_path
exec {python} -P -m botlib.run {platform} {file}
"""
# runsv starts the bot again when this ends. It gets the exit status, -1 after a signal.
FINISH_SCRIPT = """\
#!{prefix}/bin/sh
case "$1" in
  0) ;;
  {wrong})
    now=$(date "+%Y-%m-%d %H:%M:%S")
    echo "$now The bot stays stopped, because of the line above. Fix it, then type: sv up {name}"
    sv down .
    ;;
  *) sleep 5 ;;
esac
"""
LOG_SCRIPT = """\
#!{prefix}/bin/sh
mkdir -p {log}
exec svlogd {log}
"""
BOOT_SCRIPT = """\
#!{prefix}/bin/sh
termux-wake-lock
. {services}
"""
START_S = 20.0  # runsvdir looks for new services every 5 seconds
STOP_S = 15  # after SIGTERM the bot finishes the current reply


class RunitService(NamedTuple):
    """A service of runit that keeps a bot alive while Termux runs."""

    path: Path
    files: dict[Path, str]  # all that is written
    log_folder: Path
    shell: Path
    services: Path  # the script of termux-services that starts runsvdir
    when: str = "with Termux"

    @property
    def look(self) -> dict[str, str]:
        """What to type to see the bot's state and its log."""
        log = shlex.quote(str(self.log_folder / "current"))
        return {"its state": f"sv status {self.path.name}", "its log": f"tail -f {log}"}

    def install(self) -> None:
        """Write the files and start the bot. If that fails, raise ValueError and leave no file."""
        if not self.services.is_file():
            raise ValueError("termux-services is missing. Type: pkg install termux-services")
        self._stop_and_delete()
        # runsvdir ignores a name that begins with a dot, so it never finds half a service.
        for path, text in self.files.items():
            path = self._hidden / path.relative_to(self.path) if self.path in path.parents else path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o700)
        self._hidden.rename(self.path)
        subprocess.run([self.shell, self.services], check=True)  # harmless if it runs already
        end = time.monotonic() + START_S
        while not run_sv("status", self.path).startswith("run:"):
            if time.monotonic() > end:
                self.remove()
                raise ValueError("runit has not started it. Close Termux, open it and try again.")
            time.sleep(0.2)

    def remove(self) -> None:
        """Stop the bot and delete its files and its log; ValueError if there is none."""
        if not any(path.exists() for path in (self._hidden, *self.files)):
            raise ValueError(f"nothing to remove: {self.path} does not exist.")
        self._stop_and_delete()
        for path in self.files:
            path.unlink(missing_ok=True)
        shutil.rmtree(self.log_folder, ignore_errors=True)

    @property
    def _hidden(self) -> Path:
        """Where the service is while runsvdir must not start it."""
        return self.path.with_name(f".{self.path.name}")

    def _stop_and_delete(self) -> None:
        """End the bot and its log, and delete the service."""
        if self.path.exists():
            self.path.rename(self._hidden)
        if self._hidden.exists():  # also if Ctrl-C has interrupted the last time
            run_sv("-w", str(STOP_S), "force-shutdown", self._hidden)
        shutil.rmtree(self._hidden, ignore_errors=True)


def runit_service(
    name: str,
    prefix: Path,
    home: Path,
    *,
    platform: str,
    python: str,
    root: Path,
    file: Path,
) -> RunitService:
    """Describe the service of a bot, for Termux's PREFIX and home folder."""
    path, log = prefix / "var/service" / name, prefix / "var/log/sv" / name
    services = prefix / "etc/profile.d/start-services.sh"
    words = {
        "prefix": prefix,
        "name": name,
        "platform": platform,
        "python": shlex.quote(python),
        "root": shlex.quote(str(root)),
        "file": shlex.quote(str(file)),
        "log": shlex.quote(str(log)),
        "services": shlex.quote(str(services)),
        "wrong": WRONG_SETTINGS,
    }
    texts = {
        path / "run": RUN_SCRIPT,
        path / "finish": FINISH_SCRIPT,
        path / "log/run": LOG_SCRIPT,
        home / ".termux/boot" / name: BOOT_SCRIPT,
    }
    files = {path: text.format(**words) for path, text in texts.items()}
    return RunitService(path, files, log, prefix / "bin/sh", services)


def run_sv(*words: str | Path) -> str:
    """Run `sv`, which controls services, and return what it prints."""
    command = ["sv", *words]
    out, err = subprocess.PIPE, subprocess.STDOUT
    return subprocess.run(command, stdout=out, stderr=err, text=True).stdout
