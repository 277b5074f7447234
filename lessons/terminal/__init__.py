"""The shell of JupyterLab's terminals, in which `python` and `pytest` are the course's own.

They begin in the folder that JupyterLab shows first, wherever the server was started.
A folder first on PATH isn't enough. A shell's startup files run later, and those of many people put
pyenv's or conda's Python in front. So each shell is started with a last word of ours.
"""

import os
import sys
import sysconfig
from pathlib import Path

FILES = Path(__file__).parent
FISH = """functions --erase python python3 pytest
set -gx PATH (string split : $COURSE_PATH) $PATH
test "$PWD" = "$COURSE_STARTED_IN"; and cd $JUPYTER_SERVER_ROOT; or true"""
POWERSHELL = """$env:PATH = $env:COURSE_PATH + [IO.Path]::PathSeparator + $env:PATH
if ($PWD.Path -eq $env:COURSE_STARTED_IN) { Set-Location $env:JUPYTER_SERVER_ROOT }"""


def course_path() -> str:
    """Return the folders of this Python and of its commands, as in PATH."""
    folders = (str(Path(sys.executable).parent), sysconfig.get_path("scripts"))
    return os.pathsep.join(dict.fromkeys(folders))


def user_shell() -> str:
    """Return the shell that the user has chosen; on Windows, PowerShell."""
    return "powershell.exe" if os.name == "nt" else os.environ.get("SHELL") or "sh"


def shell_command(shell: str) -> list[str]:
    """Return what starts a shell with the course's own Python.

    PowerShell on Windows and the shells of macOS were not tried there.
    """
    os.environ |= {"COURSE_PATH": course_path(), "COURSE_STARTED_IN": str(Path.cwd())}
    zsh = FILES / "zsh"
    own = os.environ.get("ZDOTDIR") or Path.home()
    startup = str(FILES / "startup.sh")
    commands = {
        "bash": [shell, "--rcfile", startup, "-i"],
        "zsh": ["env", f"COURSE_ZDOTDIR={own}", f"ZDOTDIR={zsh}", f"COURSE_TERMINAL={zsh}", shell],
        "fish": [shell, "--init-command", FISH],
        "powershell": [shell, "-NoExit", "-Command", POWERSHELL],
        "pwsh": [shell, "-NoExit", "-Command", POWERSHELL],
    }
    # sh and other shells read the file that ENV names.
    return commands.get(Path(shell).stem.lower(), ["env", f"ENV={startup}", shell])
