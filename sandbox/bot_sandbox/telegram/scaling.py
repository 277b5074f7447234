"""Make the sizes of a picture that Telegram makes: JPEG, the longer side at most so many pixels.

The sides are those of https://core.telegram.org/api/files#image-thumbnail-types: s, m, x and y;
s has 90 pixels in the Bot API, and what is larger than y becomes y: python-telegram-bot's own tests
get 1280 x 720 for a photo of 1920 x 1080. Pillow does the work, if it is installed (the extra
`pictures`). Without it, or if it can't read the picture, each size has the bytes of the original.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

PHOTO_SIDES = (90, 320, 800, 1280)  # pixels of the longer side
THUMBNAIL_SIDE = 320  # of a document
STICKER_THUMBNAIL_SIDE = 128
QUALITY = 87  # of the JPEG
MAX_PIXELS = 50_000_000  # of a document's picture; a larger one gets no thumbnail


@dataclass(frozen=True)
class Size:
    """One size of a picture; `ending` is that of its file name, such as ".jpg"."""

    width: int
    height: int
    data: bytes
    ending: str


def photo_sizes(data: bytes, kind: str, width: int, height: int) -> list[Size]:
    """Return the sizes of a photo, the smallest first.

    >>> [(one.width, one.height) for one in photo_sizes(b"GIF89a", "gif", 1000, 500)]
    [(90, 45), (320, 160), (800, 400), (1000, 500)]
    """
    image = _open_image(data)
    if image:
        width, height = image.size
    longer = max(width, height)
    sides = [side for side in PHOTO_SIDES if side < longer] + [min(longer, PHOTO_SIDES[-1])]
    sizes = []
    for side in reversed(dict.fromkeys(sides)):  # each from the next larger one, which is quicker
        image, size = _scale_image(data, kind, image, width, height, side)
        sizes.append(size)
    return sizes[::-1]


def thumbnail(data: bytes, kind: str, width: int, height: int, side: int) -> Size | None:
    """Return a small picture of a document or sticker, None for one that is too large."""
    if not 0 < width * height <= MAX_PIXELS:
        return None
    return _scale_image(
        data, kind, _open_image(data), width, height, min(side, max(width, height))
    )[1]


def _scale_image(
    data: bytes, kind: str, image: Any, width: int, height: int, side: int
) -> tuple[Any, Size]:
    """Return a scaled image, None if there is no image, and the size that it has."""
    longer = max(width, height)
    width, height = (max(1, round(each * side / longer)) for each in (width, height))
    if not image:
        return None, Size(width, height, data, f".{kind}")
    image = image.resize((width, height), reducing_gap=2.0)
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return image, Size(width, height, buffer.getvalue(), ".jpg")


def _open_image(data: bytes) -> Any:
    """Return the picture as Pillow's Image, upright and without transparency, or None."""
    try:
        from PIL import Image, ImageOps  # only here: it is optional, and slow to import
    except ImportError:
        return None
    try:
        with Image.open(BytesIO(data)) as image:
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("L", "RGB", "CMYK"):
                return upright.convert("RGB")
            upright = upright.convert("RGBA")
    except Exception:  # Pillow raises many kinds for a broken picture
        return None
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper
