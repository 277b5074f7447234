"""The kinds of files that people and bots send, a row for each.

The names in refusals and the folders are those of td/telegram/files/FileType.cpp in tdlib/td, the
limits those of FileLoaderUtils.cpp there and of "Sending files" in the Bot API's manual.
"""

from dataclasses import dataclass

from bot_sandbox.telegram.arguments import MAX_UPLOAD

NUMBERS = {  # what a sender may say of a file, and the largest values
    "duration": 86_400, "start_timestamp": 86_400,  # seconds
    "width": 10_000, "height": 10_000, "length": 10_000,  # pixels
}  # fmt: skip
_FILM = ("duration", "width", "height")


@dataclass(frozen=True)
class Kind:
    """One kind; `name` is its field in the Bot API's Message."""

    name: str
    type: str  # what refusals call it
    id_prefix: str  # how its file_ids begin
    folder: str  # in the path of a download
    ending: str = ""  # of a file without a name
    mime_type: str = ""  # unless its name says another one of this kind
    details: tuple[str, ...] = ()  # what its sender says of it: fields of its object
    shows_name: bool = False  # in `file_name`
    has_thumbnail: bool = False
    has_caption: bool = True
    is_visual: bool = False  # may have a spoiler, and its caption above it
    max_bytes: int = MAX_UPLOAD
    from_web: str = ""  # a pattern of the MIME types that Telegram takes from an address
    more: tuple[str, ...] = ()  # other parameters of its method

    @property
    def words(self) -> str:
        """Its name in a sentence."""
        return self.name.replace("_", " ")

    @property
    def method(self) -> str:
        """The method that sends it.

        >>> VIDEO_NOTE.method
        'sendVideoNote'
        """
        return "send" + self.name.title().replace("_", "")

    @property
    def parameters(self) -> set[str]:
        """What its method reads about the file, without a caption."""
        thumbnail = {"thumbnail"} if self.has_thumbnail else set[str]()
        visual = {"show_caption_above_media", "has_spoiler"} if self.is_visual else set[str]()
        return {self.name, *self.details, *self.more} | thumbnail | visual


PHOTO = Kind(
    "photo", "Photo", "AgAC", "photos", is_visual=True, max_bytes=10 << 20, from_web="image/"
)
DOCUMENT = Kind(
    "document", "Document", "BQAC", "documents", "", "application/octet-stream",
    shows_name=True, has_thumbnail=True, from_web="image/gif|application/(pdf|zip)",
    more=("disable_content_type_detection",),
)  # fmt: skip
VIDEO = Kind(
    "video", "Video", "BAAC", "videos", ".mp4", "video/mp4", _FILM,
    shows_name=True, has_thumbnail=True, is_visual=True, from_web="video/mp4",
    more=("cover", "start_timestamp"),
)  # fmt: skip
ANIMATION = Kind(
    "animation", "Animation", "CgAC", "animations", ".mp4", "video/mp4", _FILM,
    shows_name=True, has_thumbnail=True, is_visual=True, from_web="video/mp4|image/gif",
)  # fmt: skip
AUDIO = Kind(
    "audio", "Audio", "CQAC", "music", ".mp3", "audio/mpeg", ("duration", "performer", "title"),
    shows_name=True, has_thumbnail=True, from_web="audio/",
)  # fmt: skip
VOICE = Kind(
    "voice", "VoiceNote", "AwAC", "voice", ".oga", "audio/ogg", ("duration",), from_web="audio/ogg"
)
VIDEO_NOTE = Kind(
    "video_note", "VideoNote", "DQAC", "video_notes", ".mp4", "", ("duration", "length"),
    has_thumbnail=True, has_caption=False, max_bytes=12 << 20,
)  # fmt: skip
STICKER = Kind(
    "sticker", "Sticker", "CAAC", "stickers", details=("emoji",), has_caption=False,
    from_web="image/webp",
)  # fmt: skip
THUMBNAIL = Kind("thumbnail", "Thumbnail", "AAMC", "thumbnails")
SENT_KINDS = (PHOTO, DOCUMENT, VIDEO, ANIMATION, AUDIO, VOICE, VIDEO_NOTE, STICKER)
KINDS = {kind.name: kind for kind in (*SENT_KINDS, THUMBNAIL)}
