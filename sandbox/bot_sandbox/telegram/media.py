"""Files of all kinds, kept by file_id while the sandbox runs.

A sender uploads a file, in a field of its own or as attach://NAME, or names an existing file_id or
a web address. Nothing is fetched from there: a test says what an address has. Refusals are the real
service's, from "Sending files" of the Bot API's manual and FileManager.cpp of tdlib/td. A photo has
several sizes, and other kinds have a thumbnail (scaling.py). Unlike there, a file_id works for
every bot, and nothing is decoded: what a sender doesn't say about a video is 0.
"""

import base64
import itertools
import mimetypes
import re
import struct
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from bot_sandbox.telegram.arguments import MAX_UPLOAD, Arguments
from bot_sandbox.telegram.errors import (
    NOT_FETCHED,
    WRONG_TYPE,
    TelegramError,
    UnsupportedError,
    bad_request,
)
from bot_sandbox.telegram.media_kinds import (
    ANIMATION,
    DOCUMENT,
    KINDS,
    NUMBERS,
    PHOTO,
    STICKER,
    THUMBNAIL,
    VIDEO_NOTE,
    Kind,
)
from bot_sandbox.telegram.scaling import (
    STICKER_THUMBNAIL_SIDE,
    THUMBNAIL_SIDE,
    Size,
    photo_sizes,
    thumbnail,
)

MAX_ALBUM = 10  # messages
MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes of a file for getFile
MAX_PHOTO_SIDES = 10_000  # pixels, width and height together
MAX_PHOTO_RATIO = 20  # longer side to shorter side
MAX_NOTE_SIDE = 640  # pixels of a video note
MAX_THUMBNAIL = 200 * 1024 - 1  # bytes; Telegram ignores a larger one
MAX_WEB_FILE = 20 * 1024 * 1024  # bytes from a web address
MAX_WEB_PHOTO = 5 * 1024 * 1024
NOTE_SIDE = 384  # of a video note whose sender says none, as in VideoNotesManager.cpp
STICKER_SIDE = 512  # pixels
PICTURES = (PHOTO, STICKER)

Json = dict[str, Any]


@dataclass(frozen=True, repr=False)
class File:
    """A sent file; `kind` is its field in the Bot API's Message: "photo", "document" …"""

    kind: str
    file_id: str
    file_unique_id: str
    path: str  # after /file/bot<TOKEN>/
    data: bytes
    name: str = ""
    mime_type: str = ""
    width: int = 0  # pixels
    height: int = 0
    emoji: str = ""  # of a sticker
    details: Json = field(default_factory=dict, hash=False)  # other fields, such as `duration`
    smaller: tuple["File", ...] = ()  # the other sizes of a photo, the smallest first
    thumbnail: "File | None" = None

    def __repr__(self) -> str:
        return f"File({self.path!r}, {len(self.data)} bytes)"

    @property
    def identity(self) -> Json:
        """The JSON fields of every kind of file."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "file_size": len(self.data),
        }

    @property
    def size_json(self) -> Json:
        """The Bot API's PhotoSize."""
        return self.identity | {"width": self.width, "height": self.height}

    def to_json(self) -> Any:
        """Return the value of its field in a Message: PhotoSizes, a Document, a Video …"""
        kind = KINDS[self.kind]
        if kind is PHOTO:
            return [size.size_json for size in (*self.smaller, self)]
        shown = self.details.copy()
        if "width" in kind.details or kind is STICKER:
            shown |= {"width": self.width, "height": self.height}
        if kind is STICKER:
            shown |= {"emoji": self.emoji, "is_animated": False, "is_video": False}
            shown["type"] = "regular"
        if kind.shows_name and self.name:
            shown["file_name"] = self.name
        if self.mime_type:
            shown["mime_type"] = self.mime_type
        if self.thumbnail:  # also under its old name, as the real server writes it
            shown |= dict.fromkeys(("thumbnail", "thumb"), self.thumbnail.size_json)
        return shown | self.identity

    def in_message(self) -> Json:
        """Return its fields in a Message: an animation is also a document, for old programs."""
        shown = {self.kind: self.to_json()}
        if self.kind == "animation":
            old = {name: each for name, each in shown[self.kind].items() if name not in NUMBERS}
            shown["document"] = old
        return shown

    def with_start(self, seconds: int) -> "File":
        """Return this video as it is in a message that starts it so late."""
        kept = {name: value for name, value in self.details.items() if name != "start_timestamp"}
        start = check_value("start_timestamp", seconds)
        return replace(self, details=kept | ({"start_timestamp": start} if start else {}))


class Files:
    """All files of one sandbox, by id and by path."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self.by_path: dict[str, File] = {}
        self.by_address: dict[str, bytes] = {}  # what web addresses have
        self._numbers = itertools.count(1)
        self._stickers: dict[str, File] = {}
        self._whole: dict[str, File] = {}  # photos by the file_id of any size

    def keep(
        self,
        kind_name: str,
        data: bytes,
        name: str = "",
        thumbnail: bytes = b"",
        as_file: bool = False,
        **details: Any,
    ) -> File:
        """Keep a file; 400 if Telegram would not accept it.

        `details` are what its sender says about it. With `as_file`, a document stays one, whatever
        is in it.
        """
        found = picture_format(data)
        is_gif = bool(found and found[0] == "gif")
        kind = KINDS[kind_name]
        if kind is DOCUMENT and is_gif and not as_file:
            kind = ANIMATION
        _check_size(kind, data)
        if kind is PHOTO:
            return self._keep_photo(data, found)
        values = {name: check_value(name, details.get(name)) for name in kind.details}
        if kind is STICKER:
            return self._keep_sticker(values["emoji"], data, found)
        if kind is VIDEO_NOTE:
            if values["length"] > MAX_NOTE_SIDE:
                raise bad_request("wrong video note length")
            values["length"] = values["length"] or NOTE_SIDE
        name = re.split(r"[\\/]", name)[-1].strip() or ("file" if kind is DOCUMENT else "")
        if kind is ANIMATION and is_gif:  # Telegram makes a film of it
            name += ".mp4"
        width, height = (values.pop(side, 0) for side in ("width", "height"))
        if found and not (width and height):
            _, width, height = found
        values = {name: value for name, value in values.items() if value or name in NUMBERS}
        pictures = (thumbnail, data) if kind.has_thumbnail else ()
        small = next(filter(None, map(self._keep_thumbnail, pictures)), None)
        sides = {"width": width, "height": height}
        return self._keep(kind, data, name, details=values, thumbnail=small, **sides)

    def sticker(self, emoji: str) -> File:
        """Return the sticker of a set that everybody has, for an emoji."""
        if emoji not in self._stickers:
            sides = (STICKER_SIDE, STICKER_THUMBNAIL_SIDE)
            large, small = (Size(side, side, EMPTY_WEBP, ".webp") for side in sides)
            kept = self._keep_size(THUMBNAIL, small)
            self._stickers[emoji] = self._keep_size(STICKER, large, emoji=emoji, thumbnail=kept)
        return self._stickers[emoji]

    def find_or_keep(
        self, arguments: Arguments, kind: Kind, value: str, upload_name: str = "", **keep: Any
    ) -> File:
        """Return the file that a call names by `value`, or has uploaded in a field."""
        if value.startswith("file:/"):
            raise UnsupportedError(f"{kind.method} from a disk", "Upload the file.")
        if value and not value.startswith("attach://"):
            if "." in value or "://" in value:
                return self.keep(kind.name, *self._fetch(kind, value), **keep)
            return self._find(kind, value)
        upload = arguments.files.get(value.removeprefix("attach://") or upload_name)
        if upload is None:
            raise bad_request(f"there is no {kind.words} in the request")
        return self.keep(kind.name, upload.data, upload.file_name, **keep)

    def _fetch(self, kind: Kind, address: str) -> tuple[bytes, str]:
        """Return what a web address has, and its name, if Telegram would take it from there."""
        data = self.by_address.get(address)
        if data is None:
            what = f"{kind.method} from an address without a web file"
            raise UnsupportedError(what, description=bad_request(NOT_FETCHED).description)
        if len(data) > (MAX_WEB_PHOTO if kind is PHOTO else MAX_WEB_FILE):
            raise bad_request(NOT_FETCHED)
        name = urlsplit(address).path.rpartition("/")[2]
        guessed = mimetypes.guess_type(name)[0]
        fits = not guessed or re.match(kind.from_web, guessed)
        if not (kind.from_web and fits and (picture_format(data) or kind not in PICTURES)):
            raise bad_request(WRONG_TYPE)
        return data, name

    def _find(self, wanted: Kind, file_id: str) -> File:
        """Return a file by its id; all kinds but pictures are documents to Telegram."""
        file = self.by_id.get(file_id)
        if file is None:
            raise bad_request("wrong remote file identifier specified: can't unserialize it")
        found = KINDS[file.kind]
        if found is not wanted and not {found, wanted}.isdisjoint((PHOTO, THUMBNAIL)):
            raise bad_request(f"can't use file of type {found.type} as {wanted.type}")
        return self._whole.get(file_id, file)

    def _keep(
        self, kind: Kind, data: bytes, name: str = "", *, ending: str = "", **more: Any
    ) -> File:
        guessed = mimetypes.guess_type(name)[0] or ""
        family = "" if kind is DOCUMENT else kind.mime_type.partition("/")[0] + "/"
        mime_type = guessed if guessed.startswith(family) else ""
        ended = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
        number = next(self._numbers)
        path = f"{kind.folder}/file_{number}{ending or (ended[0] if ended else kind.ending)}"
        prefix = f"{kind.id_prefix}{'AgADGQEAAw' if kind is THUMBNAIL else 'AgIAAxkBAAM'}"
        file_id = prefix + _letters(f"{path} of the sandbox")
        unique_id = "AQAD" + _letters(f"{number:09d}")
        file = File(
            kind.name, file_id, unique_id, path, data, name, mime_type or kind.mime_type, **more
        )
        self.by_id[file_id] = self.by_path[path] = file
        return file

    def _keep_size(self, kind: Kind, size: Size, **more: Any) -> File:
        return self._keep(
            kind, size.data, ending=size.ending, width=size.width, height=size.height, **more
        )

    def _keep_photo(self, data: bytes, found: tuple[str, int, int] | None) -> File:
        if not found:
            raise bad_request("IMAGE_PROCESS_FAILED")
        ending, width, height = found
        short, long = sorted((width, height))
        if not short or width + height > MAX_PHOTO_SIDES or long > short * MAX_PHOTO_RATIO:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        *rest, largest = photo_sizes(data, ending, width, height)
        smaller = tuple(self._keep_size(PHOTO, size) for size in rest)
        file = self._keep_size(PHOTO, largest, smaller=smaller)
        self._whole |= {size.file_id: file for size in smaller}
        return file

    def _keep_sticker(self, emoji: str, data: bytes, found: tuple[str, int, int] | None) -> File:
        if not found:
            raise bad_request("IMAGE_PROCESS_FAILED")
        ending, width, height = found
        small = self._keep_thumbnail(data, STICKER_THUMBNAIL_SIDE)
        size = Size(width, height, data, f".{ending}")
        return self._keep_size(STICKER, size, emoji=emoji, thumbnail=small)

    def _keep_thumbnail(self, data: bytes, side: int = THUMBNAIL_SIDE) -> File | None:
        found = picture_format(data)
        small = thumbnail(data, *found, side) if found else None
        return self._keep_size(THUMBNAIL, small) if small else None


def _check_size(kind: Kind, data: bytes) -> None:
    if not data:
        raise bad_request("file must be non-empty")
    if len(data) > MAX_UPLOAD:
        raise TelegramError(413, "Request Entity Too Large")
    if len(data) > kind.max_bytes:
        size = f"file of size {len(data)} bytes is too big for a {kind.words}"
        raise bad_request(f"{size}; the maximum size is {kind.max_bytes} bytes")


def check_value(name: str, value: Any) -> Any:
    """Return what a sender says about a file; numbers are cut to what Telegram allows."""
    return min(max(value or 0, 0), NUMBERS[name]) if name in NUMBERS else value or ""


def _letters(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def picture_format(data: bytes) -> tuple[str, int, int] | None:
    r"""Return a picture's format, width and height in pixels; None if it isn't a picture.

    >>> picture_format(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02")
    ('png', 3, 2)
    >>> picture_format(b"GIF89a\x03\0\x02\0")
    ('gif', 3, 2)
    >>> picture_format(b"hello")
    """
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
            return "png", *struct.unpack(">II", data[16:24])
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return "gif", *struct.unpack("<HH", data[6:10])
        if data.startswith(b"BM"):
            width, height = struct.unpack("<ii", data[18:26])
            return "bmp", abs(width), abs(height)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp_format(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg_format(data)
    except struct.error:  # it ends too early
        return None
    return None


def _jpeg_format(data: bytes) -> tuple[str, int, int] | None:
    """Find the frame header; each segment begins with its length (ITU T.81 B.1)."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return "jpg", width, height
        position += 2 + struct.unpack(">H", data[position + 2 : position + 4])[0]
    return None


def _webp_format(data: bytes) -> tuple[str, int, int] | None:
    """Read the three forms of https://developers.google.com/speed/webp/docs/riff_container."""
    form = data[12:16]
    if form == b"VP8X":
        sides = data[24:27] + b"\0" + data[27:30] + b"\0"
        width, height = struct.unpack("<II", sides)
        return "webp", width + 1, height + 1
    if form == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return "webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return "webp", width & 0x3FFF, height & 0x3FFF
    return None


EMPTY_WEBP = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")  # one clear pixel
