"""JupyterLab, opened on your own copy of the notebook where you were: python3 start.py [lab] …

    --no-browser    only print the address
    --port N        another port; without it a free one is found
    and all options of JupyterLab's own

Ctrl-C in its window stops it.
"""

import argparse
import os
import secrets
import socket
import sys

from jupyterlab.labapp import LabApp

from botlib.details.env_file import bots_folder
from lessons import own_copies

CONTENTS_MANAGER = "jupyter_server.services.contents.largefilemanager.LargeFileManager"
OPTIONS = [
    "--ServerApp.ip=127.0.0.1",  # nobody else on the network
    "--allow-root",  # as in a container; the token still guards it
    "--ServerApp.log_level=ERROR",  # so that the address is easy to see
    "--LabApp.log_level=ERROR",
    f"--ServerApp.jpserver_extensions={own_copies.NAME}=True",  # whatever Python has the packages
    # The asynchronous one answers 404 for a folder if a file in it is renamed as it is listed.
    f"--ServerApp.contents_manager_class={CONTENTS_MANAGER}",
    "-y",  # Ctrl-C stops it without a question
]


def check_port(port: int) -> None:
    """Stop if something on this machine listens on the port already."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            other = port + 1 if port < 65535 else 8888
            sys.exit(
                f"Port {port} is taken, perhaps by another JupyterLab.\n"
                f"Leave --port out and a free one is found, or try  --port {other}"
            )


def main(arguments: list[str]) -> None:
    """Serve until Ctrl-C; the arguments are JupyterLab's own, `--port` among them."""
    parser = argparse.ArgumentParser(prog="start.py", add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=int)
    chosen, others = parser.parse_known_args(arguments)
    if chosen.port:
        check_port(chosen.port)
        others.append(f"--ServerApp.port={chosen.port}")
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(16))
    options = [*OPTIONS, f"--ServerApp.root_dir={bots_folder()}"]
    server = LabApp.initialize_server(argv=[*options, *others])

    def say_address() -> None:
        first_page = server.default_url.removeprefix(server.base_url)
        address = f"{server.connection_url}{first_page}?token={token}"
        print(f"The course is open at {address}\nCtrl-C in this window stops it.", flush=True)

    server.io_loop.add_callback(say_address)  # the loop's first task, binding the port, is queued
    server.start()
    sys.stdout.flush()
    os._exit(0)  # all is closed, but a thread of the server may wait for work forever


if __name__ == "__main__":
    main(sys.argv[1:])
