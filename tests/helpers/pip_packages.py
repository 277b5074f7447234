"""Packages from pip that the course doesn't have, for tests: installed once a machine."""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest


def installed_packages(*packages):
    """A folder with these packages, for PYTHONPATH.

    Skips the test, and says what was not tested, where pip reaches no index.
    """
    wanted = hashlib.sha256(repr((sys.version_info[:2], packages)).encode()).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"such-different-chatbots-packages-{wanted}"
    program = Path("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        try:
            for command in (
                [sys.executable, "-m", "venv", folder],
                [folder / program, "-m", "pip", "install", "-q", *packages],
            ):
                subprocess.run(command, check=True, capture_output=True, timeout=280)
        except (subprocess.SubprocessError, OSError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            pytest.skip(f"NO WAY TO PIP'S INDEX: {' '.join(packages)} not tried: {error}")
        (folder / "ready").touch()
    return sysconfig.get_path("purelib", "venv", {"base": str(folder)})
