"""The preview of a link in a text: what a message shows of it, in `link_preview_options`.

The rules are those of `get_first_url` in `MessageEntity.cpp`, of `InputMessageText.cpp` and of
`MessageContent.cpp` in tdlib/td. The sandbox fetches nothing. So each link that Telegram would try
counts as one with a preview, and the address is as it was written.
"""

import re
from typing import Any

_NEVER = re.compile("(tg|ton|ftp|tonsite):", re.IGNORECASE)  # schemes that have no preview


def entity_text(text: str, entity: dict[str, Any]) -> str:
    """Return the part of a text that an entity is about.

    >>> entity_text("😀 tea", {"offset": 3, "length": 3})
    'tea'
    """
    start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
    return text.encode("utf-16-le")[start:end].decode("utf-16-le")


def first_link(text: str, entities: list[dict[str, Any]]) -> str:
    """Return the address of the first link that gets a preview, or "".

    >>> first_link("a.org a.org/b", [{"type": "url", "offset": 6, "length": 7}])
    'https://a.org/b'
    """
    for entity in entities:
        if entity["type"] == "text_link" and not _NEVER.match(entity["url"]):
            return str(entity["url"])
        if entity["type"] == "url":
            url = entity_text(text, entity)
            if re.search("[/?#]", url) and not _NEVER.match(url):  # a plain domain has none
                return url if "://" in url else f"https://{url}"
    return ""


def shown_preview(
    text: str, entities: list[dict[str, Any]], asked: dict[str, Any]
) -> dict[str, Any]:
    """Return the LinkPreviewOptions that a message shows for those that its sender asked for.

    >>> shown_preview("tea", [], {"is_disabled": True, "url": "https://a.org"})
    {}
    """
    is_disabled = "is_disabled" in asked
    chosen, link = "" if is_disabled else asked.get("url", ""), first_link(text, entities)
    if not (chosen or link):
        return {}
    kept = ["show_above_text"]
    kept += ["prefer_small_media", "prefer_large_media"] if chosen else []  # only for a chosen url
    shown = {"is_disabled": True} if is_disabled else {"url": chosen or link}
    return shown | {name: asked[name] for name in kept if name in asked}
