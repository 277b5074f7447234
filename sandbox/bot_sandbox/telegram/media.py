"""Pictures, documents and stickers: what was sent, kept by its file_id while the sandbox runs.

A bot sends a file by uploading it, in a field of its own or as attach://NAME, or by the file_id of
one that is there. Sizes and refusals are the real service's: "Sending files" of the Bot API's
manual, and td/telegram/files/FileLoaderUtils.cpp of tdlib/td. Other than there, a picture stays as
it was sent: one size, no thumbnail, never turned into JPEG; a file_id is good for every bot; and
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
from bot_sandbox.telegram.errors import LackingError, TelegramError, bad_request

MAX_DOWNLOAD = 20 * 1024 * 1024  # bytes that getFile gives out
MAX_PHOTO = 10 * 1024 * 1024  # bytes
MAX_PHOTO_SIDES = 10_000  # pixels, width and height together
MAX_PHOTO_RATIO = 20  # of the longer side to the shorter one
STICKER_SIDE = 512  # pixels

Json = dict[str, Any]


@dataclass(frozen=True, repr=False)
class File:
    """A file as it was sent; `kind` is its field in the Bot API's Message: "photo", "document" …"""

    kind: str
    file_id: str
    file_unique_id: str
    path: str  # after /file/bot<TOKEN>/
    data: bytes
    name: str = ""
    mime_type: str = ""
    width: int = 0  # pixels
    height: int = 0
    emoji: str = ""  # what a sticker stands for

    def __repr__(self) -> str:
        return f"File({self.path!r}, {len(self.data)} bytes)"

    @property
    def identity(self) -> Json:
        """What every kind of file has in JSON."""
        return {
            "file_id": self.file_id,
            "file_unique_id": self.file_unique_id,
            "file_size": len(self.data),
        }

    def to_json(self) -> Any:
        """The value of its field in a Message: PhotoSizes, a Document or a Sticker."""
        if self.kind == "photo":
            return [self.identity | {"width": self.width, "height": self.height}]
        if self.kind == "sticker":
            shape: Json = {"width": self.width, "height": self.height, "emoji": self.emoji}
            shape |= {"is_animated": False, "is_video": False, "type": "regular"}
            return shape | self.identity
        return {"file_name": self.name, "mime_type": self.mime_type} | self.identity


class Files:
    """Every file of one sandbox, by its id and by its path."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self.by_path: dict[str, File] = {}
        self._numbers = itertools.count(1)
        self._stickers: dict[str, File] = {}

    def photo(self, data: bytes) -> File:
        """Keep a picture; 400 when Telegram would not take it for one."""
        if not data:
            raise bad_request("file must be non-empty")
        if len(data) > MAX_PHOTO:
            size = f"file of size {len(data)} bytes is too big for a photo"
            raise bad_request(f"{size}; the maximum size is {MAX_PHOTO} bytes")
        found = picture(data)
        if not found:
            raise bad_request("IMAGE_PROCESS_FAILED")
        kind, width, height = found
        short, long = sorted((width, height))
        if not short or width + height > MAX_PHOTO_SIDES or long > short * MAX_PHOTO_RATIO:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return self._keep("photo", data, f".{kind}", width=width, height=height)

    def document(self, data: bytes, name: str) -> File:
        """Keep any file under its name."""
        if not data:
            raise bad_request("file must be non-empty")
        if len(data) > MAX_UPLOAD:
            raise TelegramError(413, "Request Entity Too Large")
        name = re.split(r"[\\/]", name)[-1].strip() or "file"
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        ending = re.search(r"\.[A-Za-z0-9]{1,8}$", name)
        return self._keep("document", data, ending[0] if ending else "", name, guessed)

    def sticker(self, emoji: str, data: bytes = b"") -> File:
        """The sticker that stands for an emoji, or an uploaded one; 400 when that is no picture."""
        if data and not picture(data):
            raise bad_request("IMAGE_PROCESS_FAILED")
        if data or emoji not in self._stickers:
            side, shown = STICKER_SIDE, data or EMPTY_WEBP
            file = self._keep("sticker", shown, ".webp", width=side, height=side, emoji=emoji)
            if data:
                return file
            self._stickers[emoji] = file
        return self._stickers[emoji]

    def given(self, arguments: Arguments, kind: str, value: str = "") -> File:
        """The file that a call names: `value`, or the argument or the upload called as its kind."""
        value = value or arguments.text(kind)
        if re.match(r"(https?|file):/", value):
            advice = "Upload the file, or give a file_id."
            raise LackingError(f"send{kind.capitalize()} from an address", advice)
        if value and not value.startswith("attach://"):
            file = self.by_id.get(value)
            if file is None:
                problem = "wrong remote file identifier specified: can't unserialize it"
                raise bad_request(problem)
            if file.kind != kind:
                was, wanted = file.kind.capitalize(), kind.capitalize()
                raise bad_request(f"can't use file of type {was} as {wanted}")
            return file
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
    ) -> File:
        number = next(self._numbers)
        path = f"{kind}s/file_{number}{ending}"
        beginning = {"photo": "AgACAgIAAxkBAAM", "sticker": "CAACAgIAAxkBAAM"}
        file_id = beginning.get(kind, "BQACAgIAAxkBAAM") + _letters(f"{path} of the sandbox")
        unique_id = "AQAD" + _letters(f"{number:09d}")
        file = File(kind, file_id, unique_id, path, data, name, mime_type, width, height, emoji)
        self.by_id[file_id] = self.by_path[path] = file
        return file


def _letters(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def picture(data: bytes) -> tuple[str, int, int] | None:
    r"""The kind of a picture, its width and height in pixels; None for what is no picture.

    >>> picture(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02")
    ('png', 3, 2)
    >>> picture(b"GIF89a\x03\0\x02\0")
    ('gif', 3, 2)
    >>> picture(b"hello")
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
            return _webp(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
    except struct.error:  # it ends too early
        return None
    return None


def _jpeg(data: bytes) -> tuple[str, int, int] | None:
    """Look for the frame header; where each segment ends stands at its beginning (ITU T.81 B.1)."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return "jpg", width, height
        position += 2 + struct.unpack(">H", data[position + 2 : position + 4])[0]
    return None


def _webp(data: bytes) -> tuple[str, int, int] | None:
    """The three forms of https://developers.google.com/speed/webp/docs/riff_container."""
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
