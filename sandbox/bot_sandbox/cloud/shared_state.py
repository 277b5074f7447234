"""What the forks of a snapshot would lose or share.

Threads do not survive a fork. Sockets do, and those who share one take each other's bytes. Files
do, and those who share one share its position. Values calculated while the function loads are the
same in every instance, even random ones, and so are the next numbers of a generator made then.

It runs inside the program behind a snapshot (fork_server.py), which needs POSIX.
"""

import os
import socket
import stat
import sys
import threading
from pathlib import Path


def other_threads() -> list[str]:
    """Return the names of all threads but the main one; on Linux, also those of libraries."""
    main = threading.main_thread()
    names = [thread.name for thread in threading.enumerate() if thread is not main]
    try:
        unnamed = len(list(Path("/proc/self/task").iterdir())) - 1 - len(names)
    except OSError:
        unnamed = 0
    return names + ([f"{unnamed} of a library that is not Python"] if unnamed > 0 else [])


def shared_descriptors() -> set[int]:
    """Return the file descriptors of open sockets and files whose state forks would share."""
    numbers = [int(path.name) for path in Path("/dev/fd").iterdir()]
    return {number for number in numbers if has_shared_state(number)}


def has_shared_state(number: int) -> bool:
    """Return whether a descriptor is a socket or a file with a position; appending has none."""
    import fcntl  # Windows has none, and no snapshots

    try:
        mode = os.fstat(number).st_mode
        appends = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_APPEND
    except OSError:
        return False  # it was closed meanwhile
    return stat.S_ISSOCK(mode) or (stat.S_ISREG(mode) and not appends)


def warn_about(shared: set[int]) -> None:
    """Warn in the function's log about open files, sockets and generators of random numbers."""
    if shared:
        found = ", ".join(describe_descriptor(number) for number in sorted(shared))
        print(
            f"[WARNING] open when the snapshot was taken, so shared by all instances, whose bytes "
            f"will mix: {found}. Open it in the handler, or again in a function given to "
            f"snapshot_restore_py.register_after_restore."
        )
    if names := random_generators():
        print(
            f"[WARNING] made before the snapshot was taken, so giving the same numbers in all "
            f"instances: {', '.join(names)}. Make it in the handler, or again in a function given "
            f"to snapshot_restore_py.register_after_restore."
        )


def random_generators() -> list[str]:
    """Return the names of all `random.Random` in the handler's module."""
    random = sys.modules.get("random")
    module = sys.modules.get(os.environ["_HANDLER"].rpartition(".")[0].replace("/", "."))
    if random is None or module is None:
        return []
    found = {
        name: value for name, value in vars(module).items() if isinstance(value, random.Random)
    }
    return [name for name in found if not isinstance(found[name], random.SystemRandom)]


def describe_descriptor(number: int) -> str:
    """Describe a socket or a file."""
    if not stat.S_ISSOCK(os.fstat(number).st_mode):
        return f"the file {path_of_descriptor(number)} (all read on from one place)"
    with socket.socket(fileno=os.dup(number)) as copy:
        if copy.family not in (socket.AF_INET, socket.AF_INET6):
            return "a local socket (an event loop has two)"
        try:
            host, port = copy.getpeername()[:2]
        except OSError:
            host, port = copy.getsockname()[:2]
        return f"a socket of {host}:{port}"


def path_of_descriptor(number: int) -> str:
    """Return the path of an open file, if the system knows it (Linux)."""
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink())
    except OSError:
        return f"with descriptor {number}"
