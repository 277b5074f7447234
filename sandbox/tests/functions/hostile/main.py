"""Functions that misbehave, each in its own way."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path


def endless(event, context):
    print("working")
    while True:
        pass


def hog(event, context):
    hoard = []
    while True:
        hoard.append(os.urandom(1024 * 1024))


def hog_in_a_child(event, context):
    code = "import os, time\nhoard = [os.urandom(1 << 20) for _ in range(300)]\ntime.sleep(60)"
    subprocess.run([sys.executable, "-c", code])


def exit_at_once(event, context):
    print("last words")
    os._exit(3)


def exit_politely(event, context):
    sys.exit(4)


def kill_itself(event, context):
    os.kill(os.getpid(), signal.SIGKILL)


def break_the_loop(event, context):
    """Raise SystemExit in the main thread, where the loop is, from another thread."""
    import ctypes

    main = threading.main_thread().ident
    killer = ctypes.pythonapi.PyThreadState_SetAsyncExc
    threading.Thread(
        target=lambda: killer(ctypes.c_ulong(main), ctypes.py_object(SystemExit))
    ).start()
    while True:
        time.sleep(0.01)


def large(event, context):
    return "x" * 10_000_000


def huge(event, context):
    return "x" * 30_000_000


def returns_set(event, context):
    return {1, 2}


def returns_bytes(event, context):
    return b"\xff\x00"


def returns_nan(event, context):
    return float("nan")


def returns_itself(event, context):
    answer = []
    answer.append(answer)
    return answer


def garbage(event, context):
    os.write(1, bytes(range(256)) * 4)
    os.write(1, b"x" * 200_000)
    return "ok"


def flood(event, context):
    while True:
        print("spam " * 100)


def close_stdout(event, context):
    for stream in (1, 2):
        with contextlib.suppress(OSError):
            os.close(stream)
    raise ValueError("said in silence")


def delete_own_folder(event, context):
    import shutil

    root = Path(os.environ["LAMBDA_TASK_ROOT"])
    for path in (root, *root.rglob("*")):
        path.chmod(0o700)  # it is read-only, but its owner may change that
    shutil.rmtree(root)
    return "deleted"


def leave_child(event, context):
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid


def leave_daemon(event, context):
    """A child of a child, in a session of its own: nobody's child any more."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write, str(os.getpid()).encode())
            time.sleep(60)
        os._exit(0)
    os.wait()
    return int(os.read(read, 20))


def talk_out_of_turn(event, context):
    """Use the Runtime API behind the loop's back."""
    import http.client

    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    answers = []
    for method, path in (
        ("GET", "invocation/next"),
        ("POST", "invocation/unknown/response"),
        ("DELETE", "nothing"),
    ):
        api.request(method, f"/2018-06-01/runtime/{path}", "1" if method == "POST" else None)
        answer = api.getresponse()
        answer.read()
        answers.append(answer.status)
    return answers


def talk_raw(event, context):
    """Send any bytes, given in Latin-1, to the Runtime API; all that comes back until it closes."""
    import socket

    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    answer = b""
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(event.encode("latin-1"))
        while data := connection.recv(65536):
            answer += data
    return answer.decode("latin-1")


def raise_halves(event, context):
    """An error whose words hold half a character, as JSON may."""
    raise ValueError("half: \ud83c")
