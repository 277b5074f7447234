"""Write bot_sandbox/__init__.pyi: what an editor and mypy should know about the package's names.

    python tools/package_stub.py           # write the file
    python tools/package_stub.py --check   # only compare: 1 if it is out of date

When Python runs, `__init__.py` imports each name when it is first used, and no type checker can
see from where.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import bot_sandbox
from tools.generated_file import write_or_check
from tools.public_api import PACKAGE

FILE = PACKAGE / "__init__.pyi"
HEAD = '''"""The names of bot_sandbox; tools/package_stub.py writes this file."""

# fmt: off
# ruff: noqa

from bot_sandbox import aio as aio'''


def text() -> str:
    """Return the stub of the package."""
    lines = [HEAD]
    for name in bot_sandbox.__all__:
        found = getattr(bot_sandbox, name)
        if isinstance(found, type):  # aio is a module
            lines.append(f"from {found.__module__} import {found.__name__} as {name}")
    return "\n".join([*lines, "", "__version__: str", f"__all__ = {bot_sandbox.__all__!r}"]) + "\n"


if __name__ == "__main__":
    write_or_check(FILE, text())
