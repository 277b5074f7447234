"""Answer every HTTP request alike."""


def handler(event: object, context: object) -> dict[str, str]:
    """Say hello."""
    return {"hello": "world"}
