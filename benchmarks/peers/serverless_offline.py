"""serverless-offline (npm) with a Python function; prints its port when it is ready.

npm fetches it into a folder of its own, about 140 MB, which goes when the program ends.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = ["osls@4.3.1", "serverless-offline@14.8.2"]
FUNCTION = Path(__file__).parents[1] / "functions" / "hello.py"
SERVICE = """
service: peer
provider: {name: aws, runtime: python3.11}
plugins: [serverless-offline]
functions: {hello: {handler: hello.handler, events: [{httpApi: "GET /"}]}}
"""


def main() -> None:
    """Install it, start it, tell its port, and wait for the end."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(FUNCTION, folder)
        Path(folder, "serverless.yml").write_text(SERVICE)
        words = ["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(words, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with start(folder, free_port(), free_port()) as server:
            try:
                server.wait()
            finally:
                os.killpg(server.pid, signal.SIGKILL)  # its Python workers too


def start(folder: str, port: int, api: int) -> subprocess.Popen[str]:
    """Start the server and wait until it says that it is ready."""
    words = ["node_modules/.bin/osls", "offline", "start", "--host", "127.0.0.1"]
    words += ["--httpPort", str(port), "--lambdaPort", str(api), "--noTimeout"]
    quiet = {"SLS_NOTIFICATIONS_MODE": "off", "SLS_TELEMETRY_DISABLED": "1"}
    log = Path(folder, "log")
    with log.open("w") as output:
        server = subprocess.Popen(
            words,
            cwd=folder,
            env=os.environ | quiet,
            stdout=output,
            stderr=output,
            start_new_session=True,
            text=True,
        )
    while "Server ready" not in log.read_text(encoding="utf-8"):
        if server.poll() is not None:
            sys.exit(log.read_text(encoding="utf-8"))
    print(port, flush=True)
    return server


def free_port() -> int:
    """Find a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
