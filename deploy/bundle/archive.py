"""Files become a zip: compiled, and the same bytes for the same input.

Compiled here because a cloud's code folder is read-only: without .pyc files Python would compile
every module again at every cold start. They are `unchecked`, so nothing is read twice.
"""

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

BEGINNING = (1980, 1, 1, 0, 0, 0)  # the zip format's first date: every file has it
READABLE = 0o100644 << 16  # an ordinary file that everyone may read, as clouds require
ZIPPED_LIMIT, UNZIPPED_LIMIT = 50 * 1024**2, 250 * 1024**2  # AWS Lambda, direct upload


def compiled(files: dict[str, bytes], interpreter: str) -> dict[str, bytes]:
    """Compile all modules with this Python; returns the .pyc files by their path in the zip."""
    with tempfile.TemporaryDirectory() as scratch:
        unpack(files, Path(scratch))
        command = [interpreter, "-I", "-S", "-m", "compileall", "-q", "-s", scratch]
        done = subprocess.run(
            [*command, "--invalidation-mode", "unchecked-hash", scratch],
            env={"PYTHONHASHSEED": "0"},  # sets are stored in the same order each time
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise ValueError(f"not all files are Python that runs:\n{done.stdout}{done.stderr}")
        found = sorted(Path(scratch).rglob("__pycache__/*.pyc"))
        return {path.relative_to(scratch).as_posix(): path.read_bytes() for path in found}


def unpack(files: dict[str, bytes], folder: Path) -> None:
    """Write the files below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def zipped(files: dict[str, bytes]) -> bytes:
    """Pack the files, sorted and with fixed dates; raises ValueError if a cloud would refuse it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.external_attr = READABLE
            entry.create_system = 3  # Unix, also when packed on Windows
            archive.writestr(entry, files[name], zipfile.ZIP_DEFLATED, 9)
    size, unzipped = buffer.tell(), sum(map(len, files.values()))
    if size > ZIPPED_LIMIT or unzipped > UNZIPPED_LIMIT:
        largest = sorted(files, key=lambda name: -len(files[name]))[:3]
        raise ValueError(
            f"the bundle is too large: {megabytes(size)} zipped, {megabytes(unzipped)} unzipped. "
            f"AWS Lambda takes 50 MB and 250 MB. The largest files: {', '.join(largest)}."
        )
    return buffer.getvalue()


def megabytes(size: int) -> str:
    """Write a number of bytes for people.

    >>> megabytes(1_500_000)
    '1.43 MB'
    """
    return f"{size / 1024**2:.2f} MB"
