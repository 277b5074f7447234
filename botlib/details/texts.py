"""Texts of a chat: cut into messages, and shown without control characters."""

JOINER = "\u200d"  # joins two emoji into one
EXTENDS = (  # the first and the last of characters that belong to the one before them
    ("\u0300", "\u036f"),  # accents
    ("\ufe00", "\ufe0f"),  # variants, such as a colored heart
    ("🏻", "🏿"),  # skin colors
)


def split_text(text: str, limit: int) -> list[str]:
    """Cut a long text into messages, at a line's end or a space where there is one.

    >>> split_text("one two three", 8)
    ['one two', 'three']
    >>> split_text("abcdef", 4)
    ['abcd', 'ef']

    A lone surrogate, which is half a character, becomes "?" because no network can carry it.
    """
    parts, text = [], text.encode("utf-8", "replace").decode()
    while len(text) > limit:
        head = text[: limit + 1]
        at = max(head.rfind("\n"), head.rfind(" "))
        at = at if at > 0 else cut_position(text, limit)
        parts.append(text[:at])
        text = text[at:].lstrip("\n ")
    return [part for part in [*parts, text] if part.strip()]


def cut_position(text: str, limit: int) -> int:
    """Find where to cut, so that an emoji or accented letter of several characters stays whole.

    >>> cut_position("ab👍🏽", 3), cut_position("abcd", 3)
    (2, 3)
    """
    at = limit
    while at and (JOINER in text[at - 1 : at + 1] or any(a <= text[at] <= b for a, b in EXTENDS)):
        at -= 1
    return at or limit


def escape_control_characters(text: str) -> str:
    """Replace control characters, such as those that color a terminal or move its cursor.

    >>> escape_control_characters("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in text
    )
