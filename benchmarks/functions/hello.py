"""Answer every HTTP request alike."""

from typing import Any


def handler(event: Any, context: object) -> dict[str, str]:
    """Say hello."""
    return {"hello": "world"}
