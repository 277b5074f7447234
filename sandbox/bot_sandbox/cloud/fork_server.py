"""The program behind a snapshot: load the function once, then fork instances on demand.

A fork starts with everything loaded. To the cloud it is an instance like any other, with the same
loop (worker.py) and its own address, output and marker. Paths and hooks are those of AWS Lambda
SnapStart. It needs POSIX. The cloud's side is snapshot_start.py.

Instances must not share some things; these are made again, or the log warns about them. Threads do
not survive a fork. Sockets do, and those who share one take each other's bytes. Files do, and those
who share one share its position. Values calculated while the function loads are the same in every
instance, even random ones, and so are the next numbers of a generator made then.
"""

import ctypes
import gc
import json
import os
import select
import signal
import socket
import stat
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __name__ == "bot_sandbox.cloud.fork_server":
    from bot_sandbox.cloud import worker
elif __name__ == "__main__":  # and not the __mp_main__ of a function's multiprocessing
    import worker  # it is in this file's folder

    del sys.modules["worker"]  # the function may have a module of this name


def main() -> None:
    """Load and fork; in each fork, continue as an instance."""
    forks = Forks(int(sys.argv[1]), sys.argv[2])
    del sys.argv[1:]
    worker.add_exit()
    api = worker.RuntimeApiClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    own = connections()
    handler = worker.attempt(api, "/init/error", lambda: worker.load(os.environ["_HANDLER"]))
    worker.attempt(api, "/init/error", before_snapshot)
    if names := threads():
        refusal = {"errorType": "Snapshot.Threads", "errorMessage": ", ".join(names)}
        api.call(worker.request("POST", "/init/error", json.dumps(refusal)))
        sys.exit(1)
    warn_about(connections() - own)
    gc.collect()
    gc.freeze()  # a later collection would touch, and so copy, all shared memory
    api.socket.sendall(worker.request("GET", "/restore/next"))
    forks.serve()  # returns in each fork
    api.socket.close()
    api = worker.RuntimeApiClient(os.environ["AWS_LAMBDA_RUNTIME_API"])
    worker.attempt(api, "/restore/error", after_restore)
    worker.serve(api, handler)


class Forks:
    """Forks instances from this process when the cloud asks through a socket."""

    def __init__(self, control: int, marker: str) -> None:
        self.control = socket.socket(fileno=control)
        self.control.set_inheritable(False)
        self.marker = Marker(marker)
        self.living: dict[int, int] = {}  # by process id: the cloud's number
        self.ends, self.wakeup = socket.socketpair()
        self.wakeup.setblocking(False)

    def serve(self) -> None:
        """Fork on demand and report how forks ended; return only in a fork."""
        previous = signal.signal(signal.SIGCHLD, lambda *_: None)  # a handler, so that it wakes us
        signal.set_wakeup_fd(self.wakeup.fileno())
        is_fork = False
        while not is_fork:
            ready, _, _ = select.select([self.control, self.ends], [], [])
            if self.ends in ready:
                self.ends.recv(4096)
                self.report_exits()
            if self.control in ready:
                is_fork = self.fork()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, previous)
        for each in (self.control, self.ends, self.wakeup):
            each.close()

    def fork(self) -> bool:
        """Fork the requested instance; return True in the fork."""
        request, outputs, _, _ = socket.recv_fds(self.control, 64 * 1024, 1)
        if not request:
            os._exit(0)  # the cloud is gone
        number, marker, environment = json.loads(request)
        own = self.marker.change(marker)  # before the fork, so that it has it from the start
        try:
            pid = os.fork()
        except OSError as error:
            os.write(outputs[0], f"[ERROR] no fork: {error}\n".encode())
            self.tell("ended", number, 1)
            pid = -1
        if pid == 0:
            self.tell("forked", number, os.getpid())
            become_instance(environment, outputs[0])
            return True
        self.marker.change(own)
        os.close(outputs[0])
        if pid > 0:
            self.living[pid] = number
        return False

    def report_exits(self) -> None:
        """Reap the forks that have ended, and report their exit codes."""
        for pid in list(self.living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.tell("ended", self.living.pop(pid), os.waitstatus_to_exitcode(status))

    def tell(self, what: str, number: int, detail: int) -> None:
        """Write one line to the cloud."""
        with suppress(OSError):  # the cloud is gone, as the next read will show
            self.control.sendall(json.dumps([what, number, detail]).encode() + b"\n")


class Marker:
    """The marker of this process, in the memory where other processes read it.

    They see the environment with which a process *began*, and a fork inherits it. So the new
    marker, which is equally long, is written over the old one in that memory.
    """

    def __init__(self, name: str) -> None:
        libc = ctypes.CDLL(None)
        libc.getenv.restype = ctypes.c_void_p
        self.address: int = libc.getenv(name.encode())
        self.text = os.environ[name]

    def change(self, new: str) -> str:
        """Write another marker and return the old one."""
        if len(new) != len(self.text):
            raise ValueError(f"a marker must be {len(self.text)} characters; found {new!r}")
        old, self.text = self.text, new
        ctypes.memmove(self.address, new.encode(), len(new))
        return old


def become_instance(environment: dict[str, str], output: int) -> None:
    """Set what each instance has for itself: session, output, environment, folder."""
    os.setsid()
    for stream in (1, 2):
        os.dup2(output, stream)
    if output > 2:
        os.close(output)
    os.environ.update(environment)
    os.chdir(os.environ["LAMBDA_TASK_ROOT"])


def threads() -> list[str]:
    """Return the names of all threads but the main one; on Linux, also those of libraries."""
    main = threading.main_thread()
    names = [thread.name for thread in threading.enumerate() if thread is not main]
    try:
        unnamed = len(list(Path("/proc/self/task").iterdir())) - 1 - len(names)
    except OSError:
        unnamed = 0
    return names + ([f"{unnamed} of a library that is not Python"] if unnamed > 0 else [])


def connections() -> set[int]:
    """Return the file descriptors of open sockets and files whose state forks would share."""
    numbers = [int(path.name) for path in Path("/dev/fd").iterdir()]
    return {number for number in numbers if is_shared_state(number)}


def is_shared_state(number: int) -> bool:
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
        print(
            f"[WARNING] open when the snapshot was taken, so shared by all instances, whose bytes "
            f"will mix: {', '.join(describe(number) for number in sorted(shared))}. Open it in the "
            f"handler, or again in a function given to snapshot_restore_py.register_after_restore."
        )
    if names := generators():
        print(
            f"[WARNING] made before the snapshot was taken, so giving the same numbers in all "
            f"instances: {', '.join(names)}. Make it in the handler, or again in a function given "
            f"to snapshot_restore_py.register_after_restore."
        )


def generators() -> list[str]:
    """Return the names of all `random.Random` in the handler's module."""
    random = sys.modules.get("random")
    module = sys.modules.get(os.environ["_HANDLER"].rpartition(".")[0].replace("/", "."))
    if random is None or module is None:
        return []
    found = {
        name: value for name, value in vars(module).items() if isinstance(value, random.Random)
    }
    return [name for name in found if not isinstance(found[name], random.SystemRandom)]


def describe(number: int) -> str:
    """Describe a socket or a file."""
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
    """Return the path of an open file, if the system knows it (Linux)."""
    try:
        return str(Path(f"/proc/self/fd/{number}").readlink())
    except OSError:
        return f"with descriptor {number}"


def before_snapshot() -> None:
    """Call the hooks registered with AWS's `snapshot_restore_py`, the last one first."""
    for hook, arguments, named in reversed(registered("get_before_snapshot")):
        hook(*arguments, **named)


def after_restore() -> None:
    """Reset what must differ between instances; `random` reseeds itself after a fork."""
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed()
    if tempfile := sys.modules.get("tempfile"):
        vars(tempfile)["tempdir"] = None  # the template's until now
    for hook, arguments, named in registered("get_after_restore"):
        hook(*arguments, **named)


def registered(which: str) -> list[Any]:
    """Return the hooks registered with `snapshot_restore_py`, if the function has loaded it."""
    hooks: list[Any] = getattr(sys.modules.get("snapshot_restore_py"), which, list)()
    return hooks


if __name__ == "__main__":
    main()
