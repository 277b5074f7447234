"""What Telegram finds in a plain text by itself: commands, mentions, hashtags and links.

Offsets and lengths count UTF-16 code units, as everywhere in the Bot API. Telegram also finds
e-mail addresses, phone numbers and cashtags; this module does not.
"""

import re
from typing import Any

_PATTERNS = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w/@])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z][A-Za-z0-9_]{2,31})(?!\w)"
    r"|(?<!\w)(?P<hashtag>\#\w*[^\W\d]\w*)"
)


def utf16_length(text: str) -> int:
    """How many UTF-16 code units a text takes.

    >>> utf16_length("a😀")
    3
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def detect(text: str) -> list[dict[str, Any]]:
    """The entities of a plain text.

    >>> detect("/start @hello_bot")  # doctest: +NORMALIZE_WHITESPACE
    [{'type': 'bot_command', 'offset': 0, 'length': 6},
     {'type': 'mention', 'offset': 7, 'length': 10}]
    """
    if not any(sign in text for sign in "/@#"):
        return []
    return [
        {
            "type": match.lastgroup,
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match.group()),
        }
        for match in _PATTERNS.finditer(text)
    ]
