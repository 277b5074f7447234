"""Read a message's other content: a file with a caption, a link's preview, a place, a contact."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from bot_sandbox.telegram.arguments import Arguments
from bot_sandbox.telegram.errors import TelegramError, UnsupportedError, bad_request
from bot_sandbox.telegram.formatting import check_caption, formatted, read_caption
from bot_sandbox.telegram.json_fields import (
    bad_field_error,
    boolean_field,
    integer_field,
    text_field,
)
from bot_sandbox.telegram.media import MAX_THUMBNAIL, Files
from bot_sandbox.telegram.media_kinds import DOCUMENT, KINDS, NUMBERS, PHOTO, VIDEO, Kind
from bot_sandbox.telegram.types import Json
from bot_sandbox.telegram.world import TelegramWorld

INPUT_MEDIA = ("photo", "video", "animation", "audio", "document")
ALBUM_KINDS = {*INPUT_MEDIA} - {"animation"}
ALONE_IN_ALBUMS = {"audio", "document"}  # with no other kind
MAX_ACCURACY = 1500.0  # meters
FOREVER = 0x7FFFFFFF  # the live_period of a place that is followed without an end
PREVIEW_OPTIONS = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")


class Fields(NamedTuple):
    """What reads the fields of a file: from a call's arguments, or strictly from an InputMedia."""

    number: Callable[[str], int]
    text: Callable[[str], str]
    flag: Callable[[str], bool]


def read_file(files: Files, arguments: Arguments, kind: Kind) -> dict[str, Any]:
    """Return the content of a message with a file: the one of a call, and its caption."""
    fields = Fields(arguments.integer, arguments.text, arguments.boolean)
    caption = read_caption(arguments) if kind.has_caption else ("", [])
    return _read_file(files, arguments, kind, arguments.text(kind.name), fields, caption)


def _read_file(
    files: Files,
    arguments: Arguments,
    kind: Kind,
    value: str,
    fields: Fields,
    caption: tuple[str, list[Json]],
    in_album: bool = False,
) -> dict[str, Any]:
    """Return a file and what its message says about it; `value` names it."""
    details: Json = {
        name: (fields.number if name in NUMBERS else fields.text)(name) for name in kind.details
    }
    if kind.has_thumbnail:
        details["thumbnail"] = _read_thumbnail(arguments, fields)
    if kind is DOCUMENT:
        details["as_file"] = fields.flag("disable_content_type_detection") or in_album
    file = files.find_or_keep(arguments, kind, value, kind.name, **details)
    found = KINDS[file.kind]  # a file_id of another kind stays what it is
    if kind is found is VIDEO:
        file = file.with_start(fields.number("start_timestamp"))
        file = replace(file, details=file.details | _read_cover(files, arguments, fields))
    if not found.has_caption:
        caption = ("", [])
    more: Json = {}
    if kind.is_visual and found.is_visual:
        if fields.flag("show_caption_above_media") and caption[0]:
            more["show_caption_above_media"] = True
        if fields.flag("has_spoiler"):
            more["has_media_spoiler"] = True
    return {"file": file, "words": caption[0], "marks": caption[1], "more": more}


def inner_problem(refusal: TelegramError) -> ValueError:
    """Return a refusal as a part of a longer one."""
    problem = refusal.description.removeprefix("Bad Request: ")
    return ValueError(problem[0].upper() + problem[1:])


def _read_thumbnail(arguments: Arguments, fields: Fields) -> bytes:
    """Return an uploaded thumbnail; Telegram ignores any other, and one that is too large."""
    named = fields.text("thumbnail")
    attached = named.removeprefix("attach://")
    names = ("thumbnail", "thumb") if attached == named else (attached,)
    found = [arguments.files[name].data for name in names if name in arguments.files]
    return found[0] if found and len(found[0]) <= MAX_THUMBNAIL else b""


def _read_cover(files: Files, arguments: Arguments, fields: Fields) -> Json:
    """Return the cover of a video, {} if there is none."""
    value = fields.text("cover")
    is_upload = not value or value.startswith("attach://")
    if is_upload and (value.removeprefix("attach://") or "cover") not in arguments.files:
        return {}
    return {"cover": files.find_or_keep(arguments, PHOTO, value, "cover").to_json()}


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
    fields = Fields(
        partial(integer_field, item), partial(text_field, item), partial(boolean_field, item)
    )
    words, mode = fields.text("caption"), fields.text("parse_mode")
    try:
        text, entities = formatted(words, mode, item.get("caption_entities"))
    except TelegramError as refusal:
        raise inner_problem(refusal) from None
    for name in ("show_caption_above_media", "has_spoiler"):
        fields.flag(name)
    kind, media = text_field(item, "type", required=True), fields.text("media")
    attached = media.removeprefix("attach://")
    if not media or (attached != media and attached not in arguments.files):
        raise ValueError("media not found")
    if kind == "animation" and in_album:
        raise ValueError('type "animation" can\'t be used in sendMediaGroup')
    if kind == "live_photo":
        raise UnsupportedError(f"InputMedia with {kind}", f"It has {', '.join(INPUT_MEDIA)}.")
    if kind not in INPUT_MEDIA:
        raise ValueError(f'type "{kind}" is unsupported')
    check_caption(text)
    return _read_file(files, arguments, KINDS[kind], media, fields, (text, entities), in_album)


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


def read_location(arguments: Arguments) -> Json:
    """Return a Location; 400 as in `td/telegram/Location.cpp` of tdlib/td."""
    latitude, longitude = arguments.number("latitude"), arguments.number("longitude")
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise bad_request("invalid location specified")
    place: Json = {"latitude": latitude, "longitude": longitude}
    accuracy = arguments.number("horizontal_accuracy", 0.0)
    if accuracy > 0:
        place["horizontal_accuracy"] = min(accuracy, MAX_ACCURACY)
    period, heading = arguments.integer("live_period"), arguments.integer("heading")
    radius = arguments.integer("proximity_alert_radius")
    if period not in (0, FOREVER) and not 60 <= period <= 86_400:
        raise bad_request("wrong live location period specified")
    if heading and not 1 <= heading <= 360:
        raise bad_request("wrong live location heading specified")
    if not 0 <= radius <= 100_000:
        raise bad_request("wrong live location proximity alert radius specified")
    live = {"live_period": period, "heading": heading, "proximity_alert_radius": radius}
    return place | {name: value for name, value in live.items() if value and period}


def read_contact(world: TelegramWorld, arguments: Arguments) -> Json:
    """Return a Contact; it names the user who has this number."""
    card: Json = {}
    for name in ("phone_number", "first_name"):
        if not arguments.text(name):
            raise bad_request(f'parameter "{name}" is required')
        card[name] = arguments.text(name)
    for name in ("last_name", "vcard"):
        if arguments.text(name):
            card[name] = arguments.text(name)
    if person := world.person_with_number(card["phone_number"]):
        card["user_id"] = person.id
    return card
