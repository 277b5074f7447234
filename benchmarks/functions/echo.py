"""Answer with the event itself."""


def handler(event: object, context: object) -> object:
    """Do nothing."""
    return event
