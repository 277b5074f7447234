"""The traps of a snapshot: what many instances must not share, and is made anew or named.

Threads do not survive a fork. A socket does, and all who share it take each other's bytes; so does
a file, and they share the place where it is read. What is worked out while the function loads is
the same in every instance, however random it was; so is what a generator made there gives next.
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


def connections() -> set[int]:
    """The file descriptors of all sockets and files that are open."""
    numbers = [int(path.name) for path in Path("/dev/fd").iterdir()]
    return {number for number in numbers if is_trap(number)}


def is_trap(number: int) -> bool:
    """Whether it is a socket's, or a file's; where a file is only added to, no place is shared."""
    import fcntl  # Windows has none, and no snapshots

    try:
        mode = os.fstat(number).st_mode
        appends = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_APPEND
    except OSError:
        return False  # it is none any more
    return stat.S_ISSOCK(mode) or (stat.S_ISREG(mode) and not appends)


def warn_of(shared: set[int]) -> None:
    """Name the traps in the function's log: what is open, and generators of random numbers."""
    if shared:
        print(
            f"[WARNING] open when the snapshot was taken, so shared by all instances, whose bytes "
            f"will mix: {', '.join(describe(number) for number in sorted(shared))}. Open it in the "
            f"handler, or anew in a function given to botlib.function.after_restore."
        )
    if names := generators():
        print(
            f"[WARNING] made before the snapshot was taken, so giving the same numbers in all "
            f"instances: {', '.join(names)}. Make it in the handler, or anew in a function given "
            f"to botlib.function.after_restore."
        )


def generators() -> list[str]:
    """The names of all `random.Random` in the handler's module."""
    random = sys.modules.get("random")
    module = sys.modules.get(os.environ["_HANDLER"].rpartition(".")[0].replace("/", "."))
    if random is None or module is None:
        return []
    found = {
        name: value for name, value in vars(module).items() if isinstance(value, random.Random)
    }
    return [name for name in found if not isinstance(found[name], random.SystemRandom)]


def describe(number: int) -> str:
    """A socket or a file in words."""
    if not stat.S_ISSOCK(os.fstat(number).st_mode):
        return f"the file {file_name(number)} (all read on from one place)"
    with socket.socket(fileno=os.dup(number)) as copy:
        if copy.family not in (socket.AF_INET, socket.AF_INET6):
            return "a local socket (an event loop has two)"
        try:
            host, port = copy.getpeername()[:2]
        except OSError:
            host, port = copy.getsockname()[:2]
        return f"a socket of {host}:{port}"


def file_name(number: int) -> str:
    """The path of an open file, where the system tells it (Linux)."""
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink())
    except OSError:
        return f"with descriptor {number}"


def before_snapshot() -> None:
    """Call what was registered with AWS's `snapshot_restore_py`, the last first."""
    if store := sys.modules.get("botlib.store"):
        store.close_all()  # as at every fork: a store is no trap
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
