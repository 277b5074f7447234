"""Every check of the course, one after the other: python3 start.py test [OPTION …] [PATH …]

Format and lint (ruff), types (mypy), then tests and notebooks (pytest), which takes the options
and paths: tests/test_bot.py, notebooks/05*, -k hello, -x. `tests -m live` tries your own tokens.
"""

import os
import subprocess
import sys

CHECKS = {
    "format": ["ruff", "format", "--check"],
    "lint": ["ruff", "check"],
    "types": ["mypy"],
    # A notebook's cells share a kernel, so a file is never divided among the workers.
    "tests": ["pytest", "-n", str(os.cpu_count() or 2), "--dist=loadfile"],
}


def main(arguments):
    """Run them all, the later ones after a failure too; the arguments go to pytest."""
    failed = []
    for name, command in CHECKS.items():
        words = command + arguments if name == "tests" else command
        print(f"--- {name}: {' '.join(words)}", flush=True)
        if subprocess.call([sys.executable, "-m", *words]):
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else f"all good: {', '.join(CHECKS)}")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
