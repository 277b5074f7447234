"""Run a Python program, but only for as long as the one who started it lives.

    python leash.py FILE
    python leash.py -m MODULE ARGUMENT …

The starter keeps this process's standard input open. When the starter ends, even by a crash,
the system closes that pipe and the leash ends the process: no restarted notebook leaves a
program behind. A byte in the pipe is Ctrl-C, for systems that cannot send signals. It imports
nothing of botlib, so it adds almost nothing to what is measured.
"""

import _thread
import os
import runpy
import sys
import threading
from pathlib import Path


def watch() -> None:
    """End the whole process as soon as standard input closes."""
    while os.read(0, 1):
        _thread.interrupt_main()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=watch, daemon=True).start()
    if sys.argv[1] == "-m":
        sys.argv = sys.argv[2:]
        sys.path[0] = ""  # the working folder, as `python -m` has it
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        file = Path(sys.argv[1]).resolve()
        sys.argv = [str(file)]
        sys.path[0] = str(file.parent)
        runpy.run_path(str(file), run_name="__main__")
