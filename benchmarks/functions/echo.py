"""Answer with the event itself."""

from typing import Any


def handler(event: Any, context: object) -> Any:
    """Do nothing."""
    return event
