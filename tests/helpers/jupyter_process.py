"""How a test ends a JupyterLab that it has started itself."""

import subprocess
from contextlib import suppress


def end(server):
    """End a JupyterLab, also one whose Python waits for a thread after all is closed."""
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(timeout=60)
    server.kill()
