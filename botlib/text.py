"""Long texts become several messages, as short as a chat allows.

Nothing here knows which chat it is.
"""

JOINER = "\u200d"  # makes one emoji of two
EXTENDS = (("\u0300", "\u036f"), ("\ufe00", "\ufe0f"), ("🏻", "🏿"))  # accents, forms, skins


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
        at = at if at > 0 else before_sign(text, limit)
        parts.append(text[:at])
        text = text[at:].lstrip("\n ")
    return [part for part in [*parts, text] if part.strip()]


def before_sign(text: str, limit: int) -> int:
    """Find where to cut so that no emoji or accented letter of several characters is cut.

    >>> before_sign("ab👍🏽", 3), before_sign("abcd", 3)
    (2, 3)
    """
    at = limit
    while at and (JOINER in text[at - 1 : at + 1] or any(a <= text[at] <= b for a, b in EXTENDS)):
        at -= 1
    return at or limit
