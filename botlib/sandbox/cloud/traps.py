"""The traps of a snapshot: what many instances must not share, and is made anew or named.

Threads do not survive a fork. A socket does, and all who share it take each other's bytes. What is
worked out while the function loads is the same in every instance, however random it was.
"""

import os
import socket
import stat
import sys
import threading
from pathlib import Path
from typing import Any


def threads() -> list[str]:
    """The names of all threads but the main one; libraries' own too where Linux counts them."""
    main = threading.main_thread()
    names = [thread.name for thread in threading.enumerate() if thread is not main]
    try:
        unnamed = len(list(Path("/proc/self/task").iterdir())) - 1 - len(names)
    except OSError:
        unnamed = 0
    return names + ([f"{unnamed} of a library that is not Python"] if unnamed > 0 else [])


def sockets() -> set[int]:
    """The file descriptors of all sockets that are open."""
    numbers = [int(path.name) for path in Path("/dev/fd").iterdir()]
    return {number for number in numbers if is_socket(number)}


def is_socket(number: int) -> bool:
    """Whether a file descriptor is a socket's; False too when it is none any more."""
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False


def warn_of(shared: set[int]) -> None:
    """Name the trap in the function's log: the sockets from before the snapshot."""
    if shared:
        print(
            f"[WARNING] open when the snapshot was taken, so shared by all instances, whose bytes "
            f"will mix: {', '.join(describe(number) for number in sorted(shared))}. Open it in the "
            f"handler, or anew in a function given to botlib.function.after_restore."
        )


def describe(number: int) -> str:
    """A socket in words."""
    with socket.socket(fileno=os.dup(number)) as copy:
        if copy.family not in (socket.AF_INET, socket.AF_INET6):
            return "a local socket (an event loop has two)"
        try:
            host, port = copy.getpeername()[:2]
        except OSError:
            host, port = copy.getsockname()[:2]
        return f"a socket of {host}:{port}"


def before_snapshot() -> None:
    """Call what was registered with AWS's `snapshot_restore_py`, the last first."""
    for hook, arguments, named in reversed(registered("get_before_snapshot")):
        hook(*arguments, **named)


def after_restore() -> None:
    """Make new what must differ between instances; `random` does so by itself after a fork."""
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed()
    if tempfile := sys.modules.get("tempfile"):
        vars(tempfile)["tempdir"] = None  # until now the template's
    for hook in getattr(sys.modules.get("botlib.function"), "restore_hooks", ()):
        hook()
    for hook, arguments, named in registered("get_after_restore"):
        hook(*arguments, **named)


def registered(which: str) -> list[Any]:
    """The hooks registered with `snapshot_restore_py`, if the function uses it."""
    hooks: list[Any] = getattr(sys.modules.get("snapshot_restore_py"), which, list)()
    return hooks
