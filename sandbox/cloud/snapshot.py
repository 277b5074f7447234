"""The program of a template: load the function once, then fork an instance whenever asked.

A fork starts where the template stands, with everything loaded. To the cloud it is an instance like
any other: the same loop (worker.py), an address, an output and a marker of its own. Paths and hooks
are those of AWS Lambda SnapStart. Needs POSIX. The cloud's side is template.py.
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
from typing import TYPE_CHECKING

if TYPE_CHECKING or __name__ != "__main__":
    from sandbox.cloud import traps, worker
else:
    import traps  # both lie beside this file
    import worker

    del sys.modules["traps"], sys.modules["worker"]  # the function may have modules so named


def main() -> None:
    """Be a template; in each fork, go on as an instance."""
    forks = Forks(int(sys.argv[1]), sys.argv[2])
    del sys.argv[1:]
    api = worker.RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    own = traps.connections()
    handler = worker.attempt(api, "/init/error", lambda: worker.load(os.environ["_HANDLER"]))
    worker.attempt(api, "/init/error", traps.before_snapshot)
    if names := traps.threads():
        refusal = {"errorType": "Snapshot.Threads", "errorMessage": ", ".join(names)}
        api.post("/init/error", json.dumps(refusal))
        sys.exit(1)
    traps.warn_of(traps.connections() - own)
    gc.collect()
    gc.freeze()  # a later collection would touch, and so copy, all that is shared
    api.send("GET", "/restore/next")
    forks.serve()  # returns in each fork
    api.socket.close()
    api = worker.RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    worker.attempt(api, "/restore/error", traps.after_restore)
    worker.serve(api, handler)


class Forks:
    """The instances forked from this process; the cloud asks for them through a socket."""

    def __init__(self, control: int, marker: str) -> None:
        self.control = socket.socket(fileno=control)
        self.control.set_inheritable(False)
        self.marker = Marker(marker)
        self.living: dict[int, int] = {}  # by process number: the number the cloud gave
        self.ends, self.wakeup = socket.socketpair()
        self.wakeup.setblocking(False)

    def serve(self) -> None:
        """Fork when asked, tell how forks ended; return only in a fork."""
        previous = signal.signal(signal.SIGCHLD, lambda *_: None)  # else it wakes nobody
        signal.set_wakeup_fd(self.wakeup.fileno())
        is_fork = False
        while not is_fork:
            ready, _, _ = select.select([self.control, self.ends], [], [])
            if self.ends in ready:
                self.ends.recv(4096)
                self.tell_ends()
            if self.control in ready:
                is_fork = self.fork()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, previous)
        for each in (self.control, self.ends, self.wakeup):
            each.close()

    def fork(self) -> bool:
        """Fork the one instance that is asked for; True in the fork."""
        request, outputs, _, _ = socket.recv_fds(self.control, 64 * 1024, 1)
        if not request:
            os._exit(0)  # the cloud is gone
        number, marker, environment = json.loads(request)
        own = self.marker.change(marker)  # before the fork, so that it is born with it
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

    def tell_ends(self) -> None:
        """Wait for the forks that have ended, so that no zombie is left, and report their codes."""
        for pid in list(self.living):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self.tell("ended", self.living.pop(pid), os.waitstatus_to_exitcode(status))

    def tell(self, what: str, number: int, detail: int) -> None:
        """Write one line to the cloud."""
        with suppress(OSError):  # the cloud is gone: the next read says so
            self.control.sendall(json.dumps([what, number, detail]).encode() + b"\n")


class Marker:
    """The marker of this process, where other processes read it.

    They see the environment a process *began* with, which a fork inherits as it is. So the new
    marker is written over the old one, in that memory; it is as long.
    """

    def __init__(self, name: str) -> None:
        libc = ctypes.CDLL(None)
        libc.getenv.restype = ctypes.c_void_p
        self.address: int = libc.getenv(name.encode())
        self.text = os.environ[name]

    def change(self, new: str) -> str:
        """Write another marker; return the one before."""
        if len(new) != len(self.text):
            raise ValueError(f"a marker must be {len(self.text)} characters; found {new!r}")
        old, self.text = self.text, new
        ctypes.memmove(self.address, new.encode(), len(new))
        return old


def become_instance(environment: dict[str, str], output: int) -> None:
    """Take on what an instance has for itself: session, output, environment, folder."""
    os.setsid()
    for stream in (1, 2):
        os.dup2(output, stream)
    if output > 2:
        os.close(output)
    os.environ.update(environment)
    os.chdir(os.environ["LAMBDA_TASK_ROOT"])


if __name__ == "__main__":
    main()
