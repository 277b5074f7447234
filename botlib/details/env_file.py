"""Files of NAME=value lines, such as `.env`: found, read in any spelling, written whole."""

import codecs
import io
import logging
import os
import re
from collections.abc import Mapping
from glob import escape
from pathlib import Path
from secrets import token_hex

from botlib.details.extras import extra
from botlib.details.file_lock import hold_lock

CURLY_QUOTES = "“”„‘’"  # what text programs turn quotes into
LOCK_WAIT_S = 10.0  # for another writer


def only_sandbox() -> bool:
    """Whether nothing may reach the real world."""
    return os.environ.get("BOT_WORLD") == "sandbox"


def bots_folder() -> Path:
    """The folder for all your bots: BOTS_FOLDER, else the working folder. It may be written."""
    return Path(os.environ.get("BOTS_FOLDER") or ".")


def env_files(folder: Path | str) -> tuple[Path, ...]:
    """The `.env` files that count: the bot's and, in BOTS_FOLDER, the one that all bots share.

    None of them counts while nothing may reach the real world.
    """
    folders = (Path(folder), bots_folder())
    paths = dict.fromkeys(path.resolve() / ".env" for path in folders)
    return tuple(path for path in paths if path.is_file() and not only_sandbox())


def read_env(path: Path) -> dict[str, str]:
    """Read a file of NAME=value lines; quotes and `export` are allowed, `$` means itself.

    Raises ValueError, which names file and line, for any other line: a lost setting would look like
    one that was never made. So python-dotenv gets each line alone, because it leaves out what it
    cannot read and says so in its log only.
    """
    with extra("env"):  # here: a function reads no file, and need not have it
        from dotenv import dotenv_values

    logging.getLogger("dotenv").setLevel(logging.ERROR)
    found: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pairs = dotenv_values(stream=io.StringIO(line), interpolate=False)
        if len(pairs) != 1 or None in pairs.values():
            raise ValueError(
                f"{path}, line {number}: expected NAME=value. Is there no = sign, is a quote not "
                "closed, or is something behind it?"
            )
        found |= {
            name: (value or "").strip().strip(CURLY_QUOTES).strip() for name, value in pairs.items()
        }
    return found


def read_text(path: Path) -> str:
    """Read a text file in any encoding that Windows writes; ValueError if that cannot be."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from None
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


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Put settings into a file of NAME=value lines, in place of those it has; other lines stay.

    The file is its owner's alone (mode 600) and always whole: a new one is written beside it and
    takes its place. One process writes at a time. Raises ValueError for a value that no line can
    hold, OSError if the file cannot be written, because the disk is full or the folder is somebody
    else's; then the old file stays.
    """
    path = path.resolve()  # a link stays one
    lines = {name: f"{name}={format_value(name, value)}" for name, value in values.items()}
    new = path.with_name(f"{path.name}.{token_hex(8)}.new")  # a .env.new is somebody's own
    with hold_lock(path.with_name(f"{path.name}.lock"), LOCK_WAIT_S):
        try:
            text = replace_lines(read_text(path) if path.exists() else "", lines)
            for left in path.parent.glob(f"{escape(path.name)}.{'[0-9a-f]' * 16}.new"):
                left.unlink()  # of a writer that was killed
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def replace_lines(text: str, lines: Mapping[str, str]) -> str:
    """The text with each of these settings in its old line, or at the end.

    >>> replace_lines("# mine\\nexport A=1\\nB=2", {"A": "A=7", "C": "C=9"})
    '# mine\\nexport A=7\\nB=2\\nC=9\\n'
    """
    end = "\r\n" if "\r\n" in text else "\n"
    left, made = dict(lines), []
    for line in text.splitlines():
        found = re.match(r"(\s*(?:export\s+)?)([A-Za-z_]\w*)\s*=", line)
        if found and found[2] in lines:
            line = found[1] + lines[found[2]]
            left.pop(found[2], None)
        made.append(line)
    return "".join(f"{line}{end}" for line in [*made, *left.values()])


def format_value(name: str, value: str) -> str:
    """A value as `.env` holds it; ValueError, which does not show it, for one that no line can.

    >>> format_value("A", "123:abc_-"), format_value("A", "it's #1")
    ('123:abc_-', "'it\\\\'s #1'")
    """
    if not value.isprintable():
        raise ValueError(f"{name} holds a line end or another character that nobody can type.")
    if re.fullmatch(r"[\w:/@+.,%~=-]*", value, re.ASCII):
        return value
    escaped = value.replace("\\", r"\\").replace("'", r"\'")
    return f"'{escaped}'"
