"""Photos have several sizes, documents and stickers thumbnails, each of which can be downloaded."""

import asyncio
import subprocess
import sys
from io import BytesIO

import pytest
import telegram as client
from PIL import Image

from bot_sandbox.telegram import Telegram, TelegramError


def picture(width, height, kind="PNG", color=(200, 30, 30, 255), **options):
    """A real picture as bytes."""
    buffer = BytesIO()
    image = Image.new("RGBA", (width, height), color)
    (image if kind == "PNG" else image.convert("RGB")).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture(scope="module")
def account(telegram):
    return telegram.new_bot("Hello bot", "hello_bot")


@pytest.fixture(scope="module")
def viktor(telegram):
    return telegram.person("Viktor")


@pytest.mark.parametrize(
    ("sent", "sizes"),
    [
        ((50, 20), [(50, 20)]),
        ((90, 90), [(90, 90)]),
        ((200, 100), [(90, 45), (200, 100)]),
        ((320, 320), [(90, 90), (320, 320)]),
        ((600, 1000), [(54, 90), (192, 320), (480, 800), (600, 1000)]),
        ((1280, 960), [(90, 68), (320, 240), (800, 600), (1280, 960)]),
        ((4000, 1000), [(90, 22), (320, 80), (800, 200), (1280, 320)]),
        ((1920, 1080), [(90, 51), (320, 180), (800, 450), (1280, 720)]),
    ],
)
def test_the_sizes_of_a_photo(telegram, account, viktor, sent, sizes):
    photo = viktor.photo(picture(*sent), to=account).updates[0].payload["photo"]
    assert [(one["width"], one["height"]) for one in photo] == sizes
    assert len({one["file_id"] for one in photo}) == len(sizes)

    async def download():
        async with client.Bot(
            account.token, f"{telegram.url}/bot", f"{telegram.url}/file/bot"
        ) as bot:
            for one in photo:
                file = await bot.get_file(one["file_id"])
                assert file.file_path.endswith(".jpg")
                data = bytes(await file.download_as_bytearray())
                assert len(data) == one["file_size"]
                with Image.open(BytesIO(data)) as image:
                    assert (image.format, image.size) == ("JPEG", (one["width"], one["height"]))

    asyncio.run(download())


def test_any_size_sends_the_whole_photo_again(telegram, account, viktor):
    photo = viktor.photo(picture(400, 300), to=account).updates[0].payload["photo"]
    for size in photo:
        again = telegram.call(account, "sendPhoto", chat_id=viktor.id, photo=size["file_id"])
        assert again["photo"] == photo


def test_a_transparent_photo_is_on_white_and_a_turned_one_upright(telegram, account, viktor):
    clear = viktor.photo(picture(8, 8, color=(255, 0, 0, 0)), to=account)
    with Image.open(BytesIO(clear.file.data)) as image:
        assert image.getpixel((3, 3)) == (255, 255, 255)
    turned = Image.Exif()
    turned[0x0112] = 6  # a phone held upright (Exif 2.32, 4.6.4: Orientation)
    sent = viktor.photo(picture(80, 40, "JPEG", exif=turned), to=account)
    assert (sent.file.width, sent.file.height) == (40, 80)


def test_documents_and_stickers_have_thumbnails(telegram, account, viktor):
    document = viktor.document(picture(640, 480), "cat.png", to=account)
    shown = document.updates[0].payload["document"]
    assert (shown["mime_type"], shown["thumbnail"]["width"]) == ("image/png", 320)
    assert shown["thumb"] == shown["thumbnail"]
    small = telegram._world.files.by_id[shown["thumbnail"]["file_id"]]
    with Image.open(BytesIO(small.data)) as image:
        assert (image.format, image.size) == ("JPEG", (320, 240))
    plain = viktor.document(b"a plan", "plan.txt", to=account)
    assert "thumbnail" not in plain.updates[0].payload["document"]
    sticker = viktor.sticker(to=account).updates[0].payload["sticker"]
    assert (sticker["width"], sticker["thumbnail"]["width"]) == (512, 128)
    with pytest.raises(TelegramError, match="can't use file of type Thumbnail as Photo"):
        telegram.call(account, "sendPhoto", chat_id=viktor.id, photo=small.file_id)


WITHOUT_PILLOW = """
import sys

sys.modules["PIL"] = None  # cannot be imported
from bot_sandbox import Telegram

data = sys.stdin.buffer.read()
with Telegram() as telegram:
    bot, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
    photo = viktor.photo(data, to=bot).updates[0].payload["photo"]
    files = [telegram._world.files.by_id[one["file_id"]] for one in photo]
    print([(one["width"], one["height"]) for one in photo])
    print({file.data == data for file in files}, {file.path[-4:] for file in files})
"""


def test_without_pillow_each_size_has_the_bytes_of_the_original():
    words = [sys.executable, "-c", WITHOUT_PILLOW]
    done = subprocess.run(words, input=picture(400, 200), capture_output=True, timeout=60)
    assert done.stderr == b""
    sizes, same = done.stdout.decode().splitlines()
    assert (sizes, same) == ("[(90, 45), (320, 160), (400, 200)]", "{True} {'.png'}")
