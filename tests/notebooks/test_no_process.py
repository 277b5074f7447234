"""Notebooks 00 and 01 start no process and connect to nothing: a browser's tab can run them.

There, Python has no threads either, and few packages. The Telegram of the sandbox has a server on a
machine, for its window. In a tab it has none.
"""

import json
import subprocess
import sys

import nbformat
import pytest
from notebook_runs import NOTEBOOKS, ROOT, STEMS

pytestmark = pytest.mark.slow("exercises and cells of all notebooks")

RUN = """
import json, sys

asked = []
WATCHED = ("subprocess.Popen", "os.posix_spawn", "os.fork", "os.system", "socket.connect")
sys.addaudithook(lambda event, values: event in WATCHED and asked.append(event))

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
if sys.argv[1] == "in a tab":
    import asyncio, sqlite3, subprocess, tempfile, threading

    def refuse(*_):
        raise RuntimeError("can't start new thread")

    sys.platform = "emscripten"
    threading.Thread.start = refuse
    for name in ("aiohttp", "matplotlib", "nbformat", "psutil", "telegram", "twitchio"):
        sys.modules[name] = None  # importing it raises ImportError
asked.clear()
for tags, source in json.loads(sys.stdin.read()):
    done = shell.run_cell(source)
    no_window = sys.argv[1] == "in a tab" and "nbval-ignore-output" in tags  # it needs the browser
    assert done.success or "raises-exception" in tags or no_window, source
    assert not asked, (source, asked)
"""


@pytest.mark.parametrize("place", ["on a machine", "in a tab"])
@pytest.mark.parametrize("stem", [stem for stem in STEMS if stem[:2] in ("00", "01")])
def test_the_first_notebooks_start_no_process_and_connect_to_nothing(
    stem, place, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    own = tmp_path if place == "in a tab" else tmp_path / "own"  # a tab has one folder for all
    monkeypatch.setenv("COURSE_FOLDER", str(own))
    cells = nbformat.read(NOTEBOOKS / f"{stem}.ipynb", as_version=4).cells
    code = [
        (cell.metadata.get("tags", []), cell.source) for cell in cells if cell.cell_type == "code"
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUN, place],
        cwd=tmp_path,
        input=json.dumps(code),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
