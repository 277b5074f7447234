"""A small serverless cloud on your own machine: deploy a folder, call it, read its log and bill."""

from typing import TYPE_CHECKING, Any

from bot_sandbox.cloud.errors import FunctionError

if TYPE_CHECKING:
    from bot_sandbox.cloud.cloud import Cloud

__all__ = ["Cloud", "FunctionError"]


def __getattr__(name: str) -> Any:
    """Import the cloud on first use, because events.py and in_process.py need no server."""
    if name != "Cloud":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bot_sandbox.cloud.cloud import Cloud

    return Cloud
