"""Pictures, documents and stickers, kept by file_id while the sandbox runs.

A bot sends a file by uploading it, in a field of its own or as attach://NAME, or by an existing
file_id. Sizes and refusals are the real service's: "Sending files" of the Bot API's manual, and
td/telegram/files/FileLoaderUtils.cpp of tdlib/td. A photo has several sizes, a picture among the
documents and a sticker a thumbnail (scaling.py). Unlike there, a file_id works for every bot, and
nothing is fetched from an address.
"""

import base64
import itertools
import mimetypes
import re
import struct
from dataclasses import dataclass
from typing import Any

from bot_sandbox.telegram.arguments import MAX_UPLOAD, Arguments
from bot_sandbox.telegram.errors import TelegramError, UnsupportedError, bad_request
from bot_sandbox.telegram.scaling import (
    STICKER_THUMBNAIL_SIDE,
    THUMBNAIL_SIDE,
    Size,
    photo_sizes,
    thumbnail,
)

MAX_ALBUM = 10  # messages
MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes of a file for getFile
MAX_PHOTO = 10 * 1024 * 1024  # bytes
MAX_PHOTO_SIDES = 10_000  # pixels, width and height together
MAX_PHOTO_RATIO = 20  # longer side to shorter side
STICKER_SIDE = 512  # pixels

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
        """Return the value of its field in a Message: PhotoSizes, a Document or a Sticker."""
        if self.kind == "photo":
            return [size.size_json for size in (*self.smaller, self)]
        shown: Json = {}
        if self.kind == "sticker":
            shown = {"width": self.width, "height": self.height, "emoji": self.emoji}
            shown |= {"is_animated": False, "is_video": False, "type": "regular"}
        else:
            shown = {"file_name": self.name, "mime_type": self.mime_type}
        if self.thumbnail:  # also under its old name, as the real server writes it
            shown |= dict.fromkeys(("thumbnail", "thumb"), self.thumbnail.size_json)
        return shown | self.identity


def _check_not_empty(data: bytes) -> None:
    if not data:
        raise bad_request("file must be non-empty")


class Files:
    """All files of one sandbox, by id and by path."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self.by_path: dict[str, File] = {}
        self._numbers = itertools.count(1)
        self._stickers: dict[str, File] = {}
        self._whole: dict[str, File] = {}  # photos by the file_id of any size

    def photo(self, data: bytes) -> File:
        """Keep a picture; 400 if Telegram would not accept it."""
        _check_not_empty(data)
        if len(data) > MAX_PHOTO:
            size = f"file of size {len(data)} bytes is too big for a photo"
            raise bad_request(f"{size}; the maximum size is {MAX_PHOTO} bytes")
        found = picture_format(data)
        if not found:
            raise bad_request("IMAGE_PROCESS_FAILED")
        kind, width, height = found
        short, long = sorted((width, height))
        if not short or width + height > MAX_PHOTO_SIDES or long > short * MAX_PHOTO_RATIO:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        *rest, largest = photo_sizes(data, kind, width, height)
        smaller = tuple(self._keep_size("photo", size) for size in rest)
        file = self._keep_size("photo", largest, smaller)
        self._whole |= {size.file_id: file for size in smaller}
        return file

    def document(self, data: bytes, name: str) -> File:
        """Keep any file under its name."""
        _check_not_empty(data)
        if len(data) > MAX_UPLOAD:
            raise TelegramError(413, "Request Entity Too Large")
        name = re.split(r"[\\/]", name)[-1].strip() or "file"
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
        found = picture_format(data)
        small = thumbnail(data, *found, THUMBNAIL_SIDE) if found else None
        kept = self._keep_size("thumbnail", small) if small else None
        end = ending[0] if ending else ""
        return self._keep("document", data, end, name, guessed, thumbnail=kept)

    def sticker(self, emoji: str, data: bytes | None = None) -> File:
        """Return the sticker for an emoji, or an uploaded one; 400 if that isn't a picture."""
        if data is not None:
            _check_not_empty(data)
            found = picture_format(data)
            if not found:
                raise bad_request("IMAGE_PROCESS_FAILED")
            kind, width, height = found
            small = thumbnail(data, kind, width, height, STICKER_THUMBNAIL_SIDE)
            return self._keep_sticker(emoji, Size(width, height, data, f".{kind}"), small)
        if emoji not in self._stickers:
            large, small = (
                Size(side, side, EMPTY_WEBP, ".webp")
                for side in (STICKER_SIDE, STICKER_THUMBNAIL_SIDE)
            )
            self._stickers[emoji] = self._keep_sticker(emoji, large, small)
        return self._stickers[emoji]

    def given(self, arguments: Arguments, kind: str, value: str = "") -> File:
        """Return the file of a call: `value`, or the argument or upload named like its kind."""
        value = value or arguments.text(kind)
        if re.match(r"(https?|file):/", value):
            advice = "Upload the file, or give a file_id."
            raise UnsupportedError(f"send{kind.capitalize()} from an address", advice)
        if value and not value.startswith("attach://"):
            file = self.by_id.get(value)
            if file is None:
                problem = "wrong remote file identifier specified: can't unserialize it"
                raise bad_request(problem)
            if file.kind != kind:
                was, wanted = file.kind.capitalize(), kind.capitalize()
                raise bad_request(f"can't use file of type {was} as {wanted}")
            return self._whole.get(value, file)
        upload = arguments.files.get(value.removeprefix("attach://") or kind)
        if upload is None:
            raise bad_request(f"there is no {kind} in the request")
        if kind == "photo":
            return self.photo(upload.data)
        if kind == "sticker":
            return self.sticker(arguments.text("emoji"), upload.data)
        return self.document(upload.data, upload.file_name)

    def _keep(
        self,
        kind: str,
        data: bytes,
        ending: str,
        name: str = "",
        mime_type: str = "",
        *,
        width: int = 0,
        height: int = 0,
        emoji: str = "",
        smaller: tuple[File, ...] = (),
        thumbnail: File | None = None,
    ) -> File:
        number = next(self._numbers)
        path = f"{kind}s/file_{number}{ending}"
        beginning = {"photo": "AgACAgIAAxkBAAM", "sticker": "CAACAgIAAxkBAAM"}
        beginning["thumbnail"] = "AAMCAgADGQEAAw"
        file_id = beginning.get(kind, "BQACAgIAAxkBAAM") + _letters(f"{path} of the sandbox")
        unique_id = "AQAD" + _letters(f"{number:09d}")
        file = File(
            kind, file_id, unique_id, path, data, name, mime_type, width, height, emoji, smaller,
            thumbnail,
        )  # fmt: skip
        self.by_id[file_id] = self.by_path[path] = file
        return file

    def _keep_size(self, kind: str, size: Size, smaller: tuple[File, ...] = ()) -> File:
        return self._keep(
            kind, size.data, size.ending, width=size.width, height=size.height, smaller=smaller
        )

    def _keep_sticker(self, emoji: str, size: Size, small: Size | None) -> File:
        kept = self._keep_size("thumbnail", small) if small else None
        return self._keep(
            "sticker",
            size.data,
            size.ending,
            width=size.width,
            height=size.height,
            emoji=emoji,
            thumbnail=kept,
        )


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
