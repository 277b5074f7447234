"""Read a message's other content: a file with a caption, the preview of a link."""

from typing import Any

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import TelegramError, UnsupportedError, bad_request
from bot_sandbox.telegram.formatting import check_caption, formatted, read_caption
from bot_sandbox.telegram.json_fields import bad_field_error, boolean_field, text_field
from bot_sandbox.telegram.media import File, Files
from bot_sandbox.telegram.types import Json

LACKED_MEDIA = ("animation", "audio", "live_photo", "video")
PREVIEW_OPTIONS = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


def read_captioned_file(files: Files, arguments: Arguments, kind: str) -> dict[str, Any]:
    """Return a file and its caption."""
    file = files.given(arguments, kind)
    text, entities = read_caption(arguments)
    is_photo = kind == "photo"
    above = is_photo and arguments.boolean("show_caption_above_media")
    spoiler = is_photo and arguments.boolean("has_spoiler")
    return _captioned(file, text, entities, above, spoiler)


def _captioned(
    file: File, text: str, entities: list[Json], above: bool, spoiler: bool
) -> dict[str, Any]:
    more = {}
    if file.kind == "photo" and text and above:
        more["show_caption_above_media"] = True
    if file.kind == "photo" and spoiler:
        more["has_media_spoiler"] = True
    return {"file": file, "words": text, "marks": entities, "more": more}


def read_input_media(
    files: Files, item: Any, arguments: Arguments, in_album: bool = False
) -> dict[str, Any]:
    """Return a file and its caption from an InputMedia; 400 in the words of the real server."""
    try:
        return _input_media(files, item, arguments, in_album)
    except ValueError as problem:
        raise bad_request(f"can't parse InputMedia: {problem}") from None


def _input_media(files: Files, item: Any, arguments: Arguments, in_album: bool) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise ValueError("expected an Object")
    words, mode = text_field(item, "caption"), text_field(item, "parse_mode")
    try:
        text, entities = formatted(words, mode, item.get("caption_entities"))
    except TelegramError as refusal:
        problem = refusal.description.removeprefix("Bad Request: ")
        raise ValueError(problem[0].upper() + problem[1:]) from None
    above, spoiler = (
        boolean_field(item, name) for name in ("show_caption_above_media", "has_spoiler")
    )
    kind, media = text_field(item, "type", required=True), text_field(item, "media")
    attached = media.removeprefix("attach://")
    if not media or (attached != media and attached not in arguments.files):
        raise ValueError("media not found")
    if kind == "animation" and in_album:
        raise ValueError('type "animation" can\'t be used in sendMediaGroup')
    if kind in LACKED_MEDIA:
        raise UnsupportedError(f"InputMedia with {kind}", "It has photo and document.")
    if kind not in ("photo", "document"):
        raise ValueError(f'type "{kind}" is unsupported')
    if text_field(item, "thumbnail").startswith("attach://"):
        raise UnsupportedError("InputMedia with thumbnail", "Leave it out.")
    file = files.given(arguments, kind, media)
    check_caption(text)
    return _captioned(file, text, entities, above, spoiler)


def read_link_preview(arguments: Arguments) -> Json:
    """Return the options for the preview of a link, as the message shows them."""
    if not arguments.text("link_preview_options"):
        disabled = arguments.boolean("disable_web_page_preview")
        return {"link_preview_options": {"is_disabled": True}} if disabled else {}
    options = arguments.json("link_preview_options", "link preview options")
    if not isinstance(options, dict):
        raise bad_request("object expected as link preview options")
    try:
        given: Json = {name: boolean_field(options, name) for name in PREVIEW_OPTIONS}
        given["url"] = text_field(options, "url")
    except ValueError as problem:
        raise bad_field_error(problem) from None
    kept = {name: value for name, value in given.items() if value}
    return {"link_preview_options": kept} if kept else {}
