"""A lock between processes that nobody has to clean up: it ends with the process that holds it."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK_POLL_S = 0.02
LOCK_OFFSET = 2**30  # the byte that Windows locks; those before it stay readable


@contextmanager
def hold_lock(
    path: Path, wait_s: float, when_waiting: Callable[[], object] = lambda: None
) -> Iterator[int]:
    """Hold the lock file `path`, which is gone afterwards. Yields the open file's descriptor.

    The system itself releases it when its process ends, even by kill -9. On POSIX, a program that
    inherits the descriptor holds the lock until it ends, too. If another process has it
    now, `when_waiting` is called once. Raises TimeoutError, which names that process, after
    `wait_s` seconds; OSError if the file cannot be made.
    """
    deadline, waiting = time.monotonic() + wait_s, False
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if _take_lock(file) and _is_same_file(path, file):
                break
            holder = os.read(file, 20).decode("ascii", "replace")
        except BaseException:
            os.close(file)
            raise
        os.close(file)
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"{path.name} is locked: process {holder} has used it for {wait_s:g} s. End that "
                "process, then try again."
            )
        if not waiting:
            waiting = True
            when_waiting()
        time.sleep(LOCK_POLL_S)
    try:
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        yield file
    finally:
        with suppress(OSError):  # Windows keeps a file that somebody has open
            path.unlink()
        os.close(file)


def _take_lock(file: int) -> bool:
    """Take the system's lock of an open file; False if another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, LOCK_OFFSET, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.lseek(file, 0, os.SEEK_SET)
    return True


def _is_same_file(path: Path, file: int) -> bool:
    """Whether the path still leads to this file: the last holder may just have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False
