"""How a tool writes its file, or compares it."""

import sys
from pathlib import Path


def write_or_check(file: Path, text: str) -> None:
    """Write a file; with `--check`, exit with an error instead if its text is another."""
    if "--check" not in sys.argv:
        file.write_text(text, encoding="utf-8", newline="\n")
    elif file.read_text(encoding="utf-8") != text:
        tool = Path(sys.argv[0]).name
        raise SystemExit(f"{file.name} is out of date; type: python tools/{tool}")
