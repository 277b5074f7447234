"""Write a file so that it is always whole."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


def write_whole(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file, so that a full disk leaves the old one as it was, or none.

    `mode` says who may use it, as in os.open; without it, those who may use the old one. Raises
    OSError, which names this file, if it cannot be written.
    """
    new = path.with_name(f".{token_hex(8)}.new")
    # O_EXCL: nobody's own file, nor a link to one. Windows would change line ends in a text.
    how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(new, how, 0o666 if mode is None else mode), "wb") as file:
            if mode is None:
                with suppress(FileNotFoundError):
                    shutil.copymode(path, new)  # before it holds anything: it may be private
            file.write(content)
        new.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        new.unlink(missing_ok=True)
