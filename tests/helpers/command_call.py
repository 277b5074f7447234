"""Type a command of the course without a process of its own: its status, and what it printed."""

import io
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout

import pytest

OF_BOTS = ("TELEGRAM_", "TWITCH_", "STORE_")  # settings of this machine, which no test gets


def call_command(main, *words, cwd=".", **environment):
    """Call a command's `main` in this folder and environment, as `subprocess.run` would."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [name for name in os.environ if name.startswith(OF_BOTS)]:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(cwd)
        try:
            status = main([*map(str, words)])
        except SystemExit as stop:  # of argparse
            status = stop.code
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())
