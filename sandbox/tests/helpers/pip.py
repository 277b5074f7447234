"""Clients from pip, for tests: a Python of their own, made once a machine."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest


def fresh_python(*packages):
    """A Python with these packages and nothing of ours.

    Skips the test, and says what was not tested, where pip reaches no index.
    """
    wanted = hashlib.sha256(repr((sys.version_info[:2], packages)).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"such-different-chatbots-python-{wanted}"
    program = Path("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            for command in (
                [sys.executable, "-m", "venv", folder],
                [folder / program, "-m", "pip", "install", "-q", "--no-compile", *packages],
            ):
                subprocess.run(command, check=True, capture_output=True, timeout=280)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"NO WAY TO PIP'S INDEX: {' '.join(packages)} not tried: {error}")
        (folder / "ready").touch()
    return str(folder / program)
