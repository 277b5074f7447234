"""Long texts become several messages, as short as a chat allows.

Nothing here knows which chat it is.
"""


def split(text: str, limit: int) -> list[str]:
    """Cut a long text into messages, at a line's end or a space where there is one.

    >>> split("one two three", 8)
    ['one two', 'three']
    >>> split("abcdef", 4)
    ['abcd', 'ef']

    Half a character (a lone surrogate) becomes "?": no network can carry it.
    """
    parts, text = [], text.encode("utf-8", "replace").decode()
    while len(text) > limit:
        head = text[: limit + 1]
        at = max(head.rfind("\n"), head.rfind(" "))
        at = at if at > 0 else limit
        parts.append(text[:at])
        text = text[at:].lstrip("\n ")
    return [part for part in [*parts, text] if part.strip()]
