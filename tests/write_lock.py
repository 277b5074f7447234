"""Write requirements-test.lock: what `start.py test` needs beyond requirements.lock.

    python tests/write_lock.py          in the course's folder, with uv on the path

uv resolves the learner's packages and the test tools together, at the learner's versions; what
requirements.lock holds already is left out.
"""

import re
import subprocess
from pathlib import Path

HOME = Path(__file__).parents[1]
LEARNERS, TESTS = HOME / "requirements.lock", HOME / "requirements-test.lock"
RESOLVE = (
    "uv pip compile pyproject.toml sandbox/pyproject.toml --all-extras --group test "
    "-c requirements.lock --universal "
    "--python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header"
)
HEAD = "# Beyond requirements.lock, written by: python tests/write_lock.py\n"


def entries(lock):
    """{name==version and its marker: all lines of the entry, hashes included}."""
    blocks = re.findall(r"^\w.*(?:\n    --hash=.*)+\n", lock, re.MULTILINE)
    return {block.partition(" \\\n")[0]: block for block in blocks}


def main():
    """Ask uv, which keeps today's versions where they still fit, and write the file."""
    known = entries(LEARNERS.read_text(encoding="utf-8"))
    kept = ["-c", TESTS.name] if TESTS.exists() else []  # delete the file for newer versions
    command = [*RESOLVE.split(), *kept]
    done = subprocess.run(command, cwd=HOME, stdout=subprocess.PIPE, text=True, check=True)
    added = [block for name, block in entries(done.stdout).items() if name not in known]
    TESTS.write_text(HEAD + "".join(added), encoding="utf-8")


if __name__ == "__main__":
    main()
