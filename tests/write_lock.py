"""Write requirements-server.lock, the locks of test, test --all and book, of CI, and Binder's pins.

    python tests/write_lock.py          in the course's folder, with uv on the path

A Jupyter server for others needs the first beyond requirements.lock, `start.py test` the second,
`start.py book` the last, and `start.py test --all` all of them. uv resolves the learner's packages
and the others together, at the learner's versions. What an earlier lock holds is left out, unless
the last group names it: coverage comes with nbval today, and may not tomorrow. Two packages are
never locked: rfc3987-syntax builds 38 grammars whenever JupyterLab, nbformat or nbval is imported,
which takes more than a second, and nothing of the course checks an IRI; lark is only for that.
"""

import re
import subprocess
import tomllib
from pathlib import Path

HOME = Path(__file__).parents[1]
LEARNERS = HOME / "requirements.lock"
GROUPS = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
LOCKS = {  # the groups in pyproject.toml that each locks, and the lock that it comes on top of
    HOME / "requirements-server.lock": (["server"], LEARNERS),
    HOME / "requirements-test.lock": (["test"], LEARNERS),
    HOME / "requirements-all.lock": (["test", "all"], HOME / "requirements-test.lock"),
    HOME / "requirements-book.lock": (["book"], LEARNERS),
}
TOOLS = HOME / ".ci/requirements.txt"
OPTIONS = (
    "--universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url "
    "--no-header"
)
RESOLVE = (
    "uv pip compile pyproject.toml sandbox/pyproject.toml --all-extras -c requirements.lock "
    f"{OPTIONS} --no-emit-package rfc3987-syntax --no-emit-package lark"
)
BINDER = HOME / ".binder/environment.yml"
HEAD = "# Beyond {}, written by: python tests/write_lock.py\n"


def entries(lock):
    """{name==version: all lines of the entry, hashes and marker included}."""
    blocks = re.findall(r"^\w.*(?:\n    --hash=.*)+\n", lock, re.MULTILINE)
    return {block.split()[0]: block for block in blocks}


def main():
    """Ask uv, which keeps today's versions where they still fit, and write the files."""
    for lock, (groups, below) in LOCKS.items():
        earlier = list(dict.fromkeys([LEARNERS, below]))
        known = {}
        for path in earlier:
            known |= entries(path.read_text(encoding="utf-8"))
        named = {re.match(r"[\w.-]+", line)[0] for line in GROUPS[groups[-1]]}
        known = {name for name in known if name.partition("==")[0] not in named}
        # Delete a lock to get newer versions.
        kept = [word for path in LOCKS if path.exists() for word in ("-c", path.name)]
        asked = [word for group in groups for word in ("--group", group)]
        command = [*RESOLVE.split(), *asked, *kept]
        done = subprocess.run(command, cwd=HOME, stdout=subprocess.PIPE, text=True, check=True)
        added = [block for name, block in entries(done.stdout).items() if name not in known]
        head = HEAD.format(" and ".join(path.name for path in earlier))
        lock.write_text(head + "".join(added), encoding="utf-8")
    pin_binder()
    lock_tools()


def lock_tools():
    """Lock what tests drive apart from the course's packages, with hashes."""
    kept = ["-c", TOOLS] if TOOLS.exists() else []
    command = ["uv", "pip", "compile", TOOLS.with_suffix(".in"), *kept, *OPTIONS.split()]
    done = subprocess.run(command, cwd=HOME, stdout=subprocess.PIPE, text=True, check=True)
    head = "# Written by: python tests/write_lock.py, from requirements.in\n"
    TOOLS.write_text(head + done.stdout, encoding="utf-8")


def pin_binder():
    """Write the locked versions into Binder's list of packages."""
    locks = [
        path.read_text(encoding="utf-8") for path in (LEARNERS, HOME / "requirements-server.lock")
    ]
    pins = dict(name.split("==") for lock in locks for name in entries(lock))
    text = BINDER.read_text(encoding="utf-8")
    pinned = re.sub(r"(?m)^(      - ([\w-]+)).*", lambda line: f"{line[1]}=={pins[line[2]]}", text)
    BINDER.write_text(pinned, encoding="utf-8")


if __name__ == "__main__":
    main()
