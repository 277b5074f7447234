"""Compile files and zip them; the same input gives the same bytes.

A cloud's code folder is read-only: without .pyc files Python would compile every module again at
every cold start. They are `unchecked`, so Python does not compare them with their sources.
"""

import io
import subprocess
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # of the zip format; every file gets it
READABLE_MODE = 0o100644 << 16  # an ordinary file that everyone may read, as clouds require
# What zipfile raises for the list of a broken zip, or of another file.
UNREADABLE = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError)
# AWS Lambda, direct upload: docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ZIPPED_LIMIT, UNZIPPED_LIMIT = 50 * 1024**2, 250 * 1024**2
# Yandex Cloud: yandex.cloud/en/docs/functions/concepts/limits. Both were read in November 2026.
YANDEX_DIRECT, YANDEX_BUCKET = int(3.5 * 1024**2), 128 * 1024**2


def compile_modules(files: dict[str, bytes], interpreter: str) -> dict[str, bytes]:
    """Compile all modules with this Python; returns the .pyc files by their path in the zip."""
    with tempfile.TemporaryDirectory() as scratch:
        write_files(files, Path(scratch))
        command = [interpreter, "-I", "-S", "-m", "compileall", "-q", "-s", scratch]
        done = subprocess.run(
            [*command, "--invalidation-mode", "unchecked-hash", scratch],
            env={"PYTHONHASHSEED": "0"},  # sets are stored in the same order each time
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ValueError(f"not all files are valid Python:\n{done.stdout}{done.stderr}")
        found = sorted(Path(scratch).rglob("__pycache__/*.pyc"))
        return {path.relative_to(scratch).as_posix(): path.read_bytes() for path in found}


def write_files(files: dict[str, bytes], folder: Path) -> None:
    """Write the files below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def zip_files(files: dict[str, bytes]) -> bytes:
    """Pack the files, sorted and with fixed dates; raises ValueError if a cloud would refuse it."""
    sizes = {name: len(content) for name, content in files.items()}
    check_size(sizes)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.external_attr = READABLE_MODE
            entry.create_system = 3  # Unix, also when packed on Windows
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
            if buffer.tell() > ZIPPED_LIMIT:
                raise too_large_error(f"more than {megabytes(ZIPPED_LIMIT)} zipped", sizes)
    return buffer.getvalue()


def is_bundle(path: Path) -> bool:
    """Return whether `zip_files` has made this file: others write dates, or like Word no mode."""
    if path.is_file():
        with suppress(*UNREADABLE), zipfile.ZipFile(path) as archive:
            made = {(entry.date_time, entry.external_attr) for entry in archive.infolist()}
            return made == {(ZIP_DATE, READABLE_MODE)}
    return False


def check_size(sizes: dict[str, int]) -> None:
    """Raise ValueError if files of these sizes, in bytes, are more than a cloud takes unzipped."""
    total = sum(sizes.values())
    if total > UNZIPPED_LIMIT:
        raise too_large_error(f"{megabytes(total)} unzipped", sizes)


def too_large_error(size: str, sizes: dict[str, int]) -> ValueError:
    """Make the error that names the three largest files."""
    largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    named = ", ".join(f"{name} ({megabytes(sizes[name])})" for name in largest)
    return ValueError(
        f"the bundle is too large: {size}. AWS Lambda takes 50 MB zipped and 250 MB unzipped, and "
        f"Yandex Cloud 3.5 MB zipped, or 128 MB from a bucket. The largest files: {named}. Move "
        "what the bot does not need out of its folder, or use a smaller package."
    )


def megabytes(size: int) -> str:
    """Format a number of bytes in megabytes.

    >>> megabytes(1_500_000)
    '1.43 MB'
    """
    return f"{size / 1024**2:.2f} MB"
