"""Write a file so that it is always whole."""

from pathlib import Path
from secrets import token_hex


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, so that a full disk leaves the old one as it was, or none.

    Raises OSError, which names this file, if it cannot be written.
    """
    new = path.with_name(f".{token_hex(8)}.new")
    try:
        with new.open("xb") as file:  # nobody's own file, nor a link to one
            file.write(content)
        new.replace(path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    finally:
        new.unlink(missing_ok=True)
