"""The program behind a snapshot: load the function once, then fork instances on demand.

A fork starts with everything loaded. To the cloud it is an instance like any other, with the same
loop (worker.py) and its own address, output and marker. Paths and hooks are those of AWS Lambda
SnapStart. It needs POSIX. The cloud's side is snapshot_start.py.

What a fork would lose or share is made again (reset_after_restore), or is an error or a warning in
the log (shared_state.py).
"""

import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __name__ == "bot_sandbox.cloud.fork_server":
    from bot_sandbox.cloud import shared_state, worker
elif __name__ == "__main__":  # and not the __mp_main__ of a function's multiprocessing
    import shared_state  # it is in this file's folder
    import worker

    for name in ("shared_state", "worker"):  # the function may have modules of these names
        del sys.modules[name]


def main() -> None:
    """Load and fork; in each fork, continue as an instance."""
    forks = Forks(int(sys.argv[1]), sys.argv[2])
    del sys.argv[1:]
    worker.do_what_site_does()
    api = worker.RuntimeApiConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    own = shared_state.shared_descriptors()
    handler = worker.run_start_step(
        api, "/init/error", lambda: worker.load_handler(os.environ["_HANDLER"])
    )
    worker.run_start_step(api, "/init/error", run_hooks_before_snapshot)
    if names := shared_state.other_threads():
        refusal = {"errorType": "Snapshot.Threads", "errorMessage": ", ".join(names)}
        api.call(worker.encode_request("POST", "/init/error", json.dumps(refusal)))
        sys.exit(1)
    shared_state.warn_about(shared_state.shared_descriptors() - own)
    gc.collect()
    gc.freeze()  # a later collection would touch, and so copy, all shared memory
    api.socket.sendall(worker.encode_request("GET", "/restore/next"))
    forks.serve_until_forked()  # returns in each fork
    api.socket.close()
    api = worker.RuntimeApiConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    worker.run_start_step(api, "/restore/error", reset_after_restore)
    worker.serve_events(api, handler)


class Forks:
    """Forks instances from this process when the cloud asks through a socket."""

    def __init__(self, control: int, marker: str) -> None:
        self.control = socket.socket(fileno=control)
        self.control.set_inheritable(False)
        self.marker = Marker(marker)
        self.living: dict[int, int] = {}  # by process id: the cloud's number
        self.ends, self.wakeup = socket.socketpair()
        self.wakeup.setblocking(False)

    def serve_until_forked(self) -> None:
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
        own = self.marker.replace_marker(
            marker
        )  # before the fork, so that it has it from the start
        try:
            pid = os.fork()
        except OSError as error:
            os.write(outputs[0], f"[ERROR] no fork: {error}\n".encode())
            self.send_report("ended", number, 1)
            pid = -1
        if pid == 0:
            self.send_report("forked", number, os.getpid())
            become_instance(environment, outputs[0])
            return True
        self.marker.replace_marker(own)
        os.close(outputs[0])
        if pid > 0:
            self.living[pid] = number
        return False

    def report_exits(self) -> None:
        """Reap the forks that have ended, and report their exit codes."""
        for pid in list(self.living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.send_report("ended", self.living.pop(pid), os.waitstatus_to_exitcode(status))

    def send_report(self, what: str, number: int, detail: int) -> None:
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

    def replace_marker(self, new: str) -> str:
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


def run_hooks_before_snapshot() -> None:
    """Call the hooks registered with AWS's `snapshot_restore_py`, the last one first."""
    for hook, arguments, named in reversed(registered_hooks("get_before_snapshot")):
        hook(*arguments, **named)


def reset_after_restore() -> None:
    """Reset what must differ between instances; `random` reseeds itself after a fork."""
    if numpy := sys.modules.get("numpy.random"):
        numpy.seed()
    if tempfile := sys.modules.get("tempfile"):
        vars(tempfile)["tempdir"] = None  # the template's until now
    for hook, arguments, named in registered_hooks("get_after_restore"):
        hook(*arguments, **named)


def registered_hooks(which: str) -> list[Any]:
    """Return the hooks registered with `snapshot_restore_py`, if the function has loaded it."""
    hooks: list[Any] = getattr(sys.modules.get("snapshot_restore_py"), which, list)()
    return hooks


if __name__ == "__main__":
    main()
