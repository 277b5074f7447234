"""The world on your own machine: a small cloud and a Telegram, no account, no internet."""

from typing import Any

__all__ = ["Cloud", "Telegram"]


def __getattr__(name: str) -> Any:
    """Import a server only when it is asked for: each brings aiohttp and more."""
    if name == "Cloud":
        from botlib.sandbox.cloud import Cloud

        return Cloud
    if name == "Telegram":
        from botlib.sandbox.telegram import Telegram

        return Telegram
    raise AttributeError(f"botlib.sandbox has no {name!r}; it has {', '.join(__all__)}")
