"""The browser that the course's tests drive, and what somebody could not use on a page in it.

The sandbox's tests find theirs in a file of their own, because sandbox/ can leave the course.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from bot_sandbox.cloud.deployment import find_node

AXE = Path(__file__).parents[1] / "peers/axe/package.json"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
BROWSERS = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


def find_browser():
    """Return the path of a Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def axe_core():
    """Return the source of axe-core, which npm installs once a machine; skip if it can't."""
    version = json.loads(AXE.read_text(encoding="utf-8"))["dependencies"]["axe-core"]
    folder = Path(tempfile.gettempdir()) / f"such-different-chatbots-axe-{version}"
    file = folder / "node_modules/axe-core/axe.min.js"
    if not file.exists():
        folder.mkdir(exist_ok=True)
        shutil.copy(AXE, folder)
        npm = [shutil.which("npm")]
        if npm == [None]:  # the one beside Node.js in .venv
            node = Path(find_node())
            npm = [node, node.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"]
        words = [*npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
        try:
            subprocess.run(words, cwd=folder, check=True, capture_output=True, timeout=120)
        except (subprocess.SubprocessError, OSError, RuntimeError) as error:
            pytest.skip(f"NO NPM, OR NO WAY TO ITS REGISTRY: axe was not tried: {error}")
    return file.read_text(encoding="utf-8")


def barriers(page, rules):
    """Return what axe-core finds on a page that somebody could not use, in lines."""
    page.evaluate(axe_core())
    found = page.evaluate("rules => axe.run(document, { runOnly: rules })", [*rules])["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
