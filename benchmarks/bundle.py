"""Cold starts of bundles: the very zip, unpacked, in a Python that has nothing else.

    python benchmarks/bundle.py [--quick]

A cold start here is a process: from its start, through AWS's own awslambdaric, until the answer to
its first event is back. awslambdaric comes from a folder of its own, all the rest from the zip.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distribution
from pathlib import Path
from queue import SimpleQueue
from typing import ClassVar

from measuring import FUNCTIONS, median, start, table, target
from updates import Crowd, event

from bot_sandbox import Telegram
from deploy.bundle import Bundle, bundle
from deploy.bundle.archive import write_files
from deploy.bundle.packages import files_of

REPETITIONS = 21
SOURCES = {
    "echo": "echo.py",
    "Bot": "webhook.py",
    "Application": "application.py",
    "Application by hand": "by_hand.py",  # without botlib
}
BOOT = """
import sys
sys.path += sys.argv[1:]
from awslambdaric.__main__ import main
main(["awslambdaric", "main.handler"])
"""
END = "import os; os._exit(0)"  # at once: a cold start does not clean up either
IMPORT = f"import sys; sys.path += sys.argv[1:]; import telegram.ext; {END}"
WITHOUT_SITE = [sys.executable, "-I", "-S", "-B", "-c"]


def main() -> None:
    """Bundle each function, start it over and over, print the medians and what they are to be."""
    options = start("cold starts of bundles, milliseconds.", REPETITIONS, needs_wrk=False)
    times: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch, Telegram(limits=None) as telegram:
        _, settings = Crowd(telegram).new_bot("hello_bot")
        made = {name: unpacked(name, Path(scratch)) for name in SOURCES}
        loop = Path(scratch) / "awslambdaric"
        for name in ("awslambdaric", "simplejson", "snapshot-restore-py"):
            write_files(files_of(distribution(name)), loop)
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(loop)], check=True)
        for _ in range(options.repetitions):
            for name, (_, folder) in made.items():
                times[name].append(cold(settings, folder, loop))
            times["import telegram.ext alone"].append(timed(IMPORT, made["Application"][1]))
    took = {name: median(values) for name, values in times.items()}
    sizes = {name: f"{each.size / 1000:.0f} kB" for name, (each, _) in made.items()}
    rows = sorted(took, key=lambda name: took[name])
    table(["what", "zip", "ms"], [(name, sizes.get(name, ""), took[name]) for name in rows])
    bare = took["import telegram.ext alone"]
    target("Application's bundle / import telegram.ext alone", took["Application"] / bare, 1.2)
    by_hand = took["Application by hand"]
    target("Application's bundle / the same by hand", took["Application"] / by_hand, 1.2)
    target("Bot's bundle / echo bundle", took["Bot"] / took["echo"], 1.5)


def unpacked(name: str, scratch: Path) -> tuple[Bundle, Path]:
    """Bundle one function and unpack the zip: (the bundle, where it is)."""
    folder = scratch / name
    folder.mkdir()
    (folder / "main.py").write_text((FUNCTIONS / SOURCES[name]).read_text(encoding="utf-8"))
    (folder / "brain.py").write_text((FUNCTIONS / "brain.py").read_text(encoding="utf-8"))
    made = bundle(folder)
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(scratch / "task" / folder.name)
    return made, scratch / "task" / folder.name


def timed(code: str, *folders: Path) -> float:
    """Milliseconds of a whole process that runs this code."""
    began = time.perf_counter()
    subprocess.run([*WITHOUT_SITE, code, *map(str, folders)], check=True)
    return (time.perf_counter() - began) * 1000


def cold(settings: dict[str, str], *folders: Path) -> float:
    """Milliseconds from the process's start until its first answer is here."""
    with Server(("127.0.0.1", 0), RuntimeApi) as api:
        RuntimeApi.answers = SimpleQueue()
        threading.Thread(target=api.serve_forever, daemon=True).start()
        environment = os.environ | settings | {"AWS_LAMBDA_FUNCTION_NAME": "bot"}
        environment["AWS_LAMBDA_RUNTIME_API"] = f"127.0.0.1:{api.server_port}"
        environment["LAMBDA_TASK_ROOT"] = str(folders[0])
        words = [*WITHOUT_SITE, BOOT, *map(str, folders)]
        began = time.perf_counter()
        with subprocess.Popen(words, env=environment) as process:
            try:
                return (RuntimeApi.answers.get(timeout=20) - began) * 1000
            finally:
                process.kill()
                api.shutdown()


class Server(ThreadingHTTPServer):
    """A server that expects its clients to be killed."""

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


class RuntimeApi(BaseHTTPRequestHandler):
    """The cloud's side of the Lambda Runtime API, as much as one event needs."""

    protocol_version = "HTTP/1.1"
    answers: ClassVar[SimpleQueue[float]] = SimpleQueue()  # when each came

    def do_GET(self) -> None:
        """Give the event; after its answer there is no other, so the process waits to be ended."""
        if self.answers.empty():
            self.reply(200, json.dumps(event(1)).encode())

    def do_POST(self) -> None:
        """Take the answer, which must be one."""
        answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.path.endswith("/response"):
            print(f"the bundle failed: {answer}", file=sys.stderr)
        self.reply(202, b"")
        self.answers.put(time.perf_counter())

    def reply(self, status: int, body: bytes) -> None:
        """Send a response with the headers that awslambdaric reads."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")  # awslambdaric crashes without
        self.send_header("Lambda-Runtime-Aws-Request-Id", "1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 9000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    main()
