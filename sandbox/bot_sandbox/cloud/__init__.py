"""A small serverless cloud on your own machine: deploy a folder, call it, read its log and bill."""

from bot_sandbox.cloud.cloud import Cloud
from bot_sandbox.cloud.errors import FunctionError
from bot_sandbox.server import ServerWindow

__all__ = ["Cloud", "FunctionError"]


def _open_window(cloud: Cloud) -> ServerWindow:
    from bot_sandbox.window.window import Window  # only here: most users need no window

    return Window(cloud=cloud)


Cloud.open_window = _open_window
