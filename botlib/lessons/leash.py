"""Run a Python file, but only for as long as the one who started it lives.

    python leash.py FILE

The starter keeps this process's standard input open. When the starter ends, even by a crash,
the system closes that pipe and the leash ends the process: no restarted notebook leaves a
server behind. It imports nothing of botlib, so it adds almost nothing to what is measured.
"""

import os
import runpy
import sys
import threading
from pathlib import Path


def watch() -> None:
    """End the whole process as soon as standard input closes."""
    os.read(0, 1)
    os._exit(0)


if __name__ == "__main__":
    file = Path(sys.argv[1]).resolve()
    sys.argv = [str(file)]
    sys.path[0] = str(file.parent)
    threading.Thread(target=watch, daemon=True).start()
    runpy.run_path(str(file), run_name="__main__")
