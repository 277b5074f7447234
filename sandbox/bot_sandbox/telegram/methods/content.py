"""What a message holds besides its text: a file with a caption, the preview of a link."""

from typing import Any

from bot_sandbox.telegram.arguments import Arguments, as_text
from bot_sandbox.telegram.errors import LackingError, bad_request
from bot_sandbox.telegram.formatting import read_caption
from bot_sandbox.telegram.media import Files
from bot_sandbox.telegram.types import Json


def captioned(files: Files, arguments: Arguments, kind: str, value: str = "") -> dict[str, Any]:
    """A file and its caption."""
    file = files.given(arguments, kind, value)
    text, entities = read_caption(arguments)
    more = {}
    if kind == "photo" and text and arguments.boolean("show_caption_above_media"):
        more["show_caption_above_media"] = True
    if kind == "photo" and arguments.boolean("has_spoiler"):
        more["has_media_spoiler"] = True
    return {"file": file, "text": text, "entities": entities, "more": more}


def input_media(files: Files, item: Any, arguments: Arguments) -> dict[str, Any]:
    """The same, from an InputMedia."""
    if not isinstance(item, dict):
        raise bad_request("can't parse InputMedia: expected an Object")
    given = Arguments([(key, as_text(value)) for key, value in item.items()], arguments.files)
    kind, media = given.text("type"), given.text("media")
    if kind in ("animation", "audio", "live_photo", "video"):
        raise LackingError(f"InputMedia with {kind}", "It has photo and document.")
    if kind not in ("photo", "document"):
        raise bad_request(f'can\'t parse InputMedia: type "{kind}" is unsupported')
    if not media:
        raise bad_request("can't parse InputMedia: media not found")
    return captioned(files, given, kind, media)


def link_preview(arguments: Arguments) -> Json:
    """What was said about the preview of a link, as the message shows it."""
    options = arguments.json("link_preview_options", "link preview options")
    if options is None:
        options = {"is_disabled": arguments.boolean("disable_web_page_preview")}
    if not isinstance(options, dict):
        raise bad_request("object expected as link preview options")
    kept: Json = {}
    for name in (
        "is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"
    ):  # fmt: skip
        if options.get(name) is True:
            kept[name] = True
    if options.get("url") and isinstance(options["url"], str):
        kept["url"] = options["url"]
    return {"link_preview_options": kept} if kept else {}
