"""A small serverless cloud on your own machine: deploy a folder, call it, read its log and bill."""

from typing import TYPE_CHECKING, Any

from bot_sandbox.cloud.errors import FunctionError

if TYPE_CHECKING:
    from bot_sandbox.cloud.cloud import Cloud
    from bot_sandbox.http.local_server import ServerWindow

__all__ = ["Cloud", "FunctionError"]


def __getattr__(name: str) -> Any:
    """Import the cloud on first use, because events.py and in_process.py need no server."""
    if name != "Cloud":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot_sandbox.cloud.cloud import Cloud

    Cloud.open_window = _open_window
    return Cloud


def _open_window(cloud: "Cloud") -> "ServerWindow":
    from bot_sandbox.window.window import Window  # only here: most users need no window

    hosts, origins = cloud.access.allow_hosts, cloud.access.allow_origins
    return Window(cloud=cloud, allow_hosts=hosts, allow_origins=origins)
