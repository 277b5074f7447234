"""A `.env` file: lines of NAME=value, as editors and shells of all kinds write them.

What cannot be read is an error and never left out: a lost setting looks like one never made. No
message shows a value.
"""

import codecs
import io
from pathlib import Path

from dotenv.parser import Binding, parse_stream

CURLY = "“”„‘’"  # what text programs make of quotes


def read_env(path: Path) -> dict[str, str]:
    """Read a file of NAME=value lines; quotes and `export` are allowed, `$` means itself.

    Raises ValueError, which names file and line, for anything else.
    """
    lines = parse_stream(io.StringIO(read_text(path)))
    found = dict(checked(path, line) for line in lines if line.error or line.key is not None)
    return {name: value.strip().strip(CURLY).strip() for name, value in found.items()}


def read_text(path: Path) -> str:
    """Read a text file in any of the encodings that Windows writes; ValueError for other bytes."""
    content = path.read_bytes()
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text. Save it again as UTF-8.") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ValueError(
            f"{path} has two encodings, the second from line {line} on, as PowerShell's >> makes "
            "it. Write that part again in an editor, and save the file as UTF-8."
        )
    return text


def checked(path: Path, line: Binding) -> tuple[str, str]:
    """Give a line's name and value; ValueError that does not show them if it has not both."""
    if line.error or line.key is None or line.value is None:
        text = line.original.string
        number = line.original.line + text[: len(text) - len(text.lstrip())].count("\n")
        raise ValueError(
            f"{path}, line {number}: expected NAME=value. Is there no = sign, is a quote not "
            "closed, or is something behind it?"
        )
    return line.key, line.value
