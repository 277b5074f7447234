"""Videos, animations, audio, voices and video notes: by a bot and by people, from anywhere."""

import asyncio
import json
import re

import pytest
import telegram as client
from bot_api_http import api
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pictures import png
from telegram import (
    InputMediaAnimation,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
)
from telegram.error import BadRequest
from telegram.ext import Application, MessageHandler, filters

from bot_sandbox import aio
from bot_sandbox.telegram import NoReply, Telegram, TelegramError
from bot_sandbox.telegram.media import MAX_THUMBNAIL, MAX_WEB_FILE, MAX_WEB_PHOTO
from bot_sandbox.telegram.media_kinds import VIDEO_NOTE

GIF = b"GIF89a\x07\0\x05\0\x80\0\0"
CAT = "https://example.org/cat.png"


@pytest.fixture
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture
def chat(account, viktor):
    """The number of the chat in which Viktor and the bot know each other."""
    viktor.send("/start", to=account)
    return viktor.id


def run(telegram, account, does):
    """What a coroutine of python-telegram-bot's Bot gives."""

    async def main():
        base = f"{telegram.url}/bot", f"{telegram.url}/file/bot"
        async with client.Bot(account.token, *base) as bot:
            return await does(bot)

    return asyncio.run(main())


KINDS = {  # what is said, what its Message has besides, the folder of its path
    "video": ({"duration": 7, "width": 640, "height": 480}, {"mime_type": "video/mp4"}, "videos"),
    "animation": (
        {"duration": 2, "width": 64, "height": 48},
        {"mime_type": "video/mp4"},
        "animations",
    ),
    "audio": (
        {"duration": 180, "performer": "Anna", "title": "Tea"},
        {"mime_type": "audio/mpeg"},
        "music",
    ),
    "voice": ({"duration": 3}, {"mime_type": "audio/ogg"}, "voice"),
    "video_note": ({"duration": 4, "length": 240}, {}, "video_notes"),
}
NAMED = ("video", "animation", "audio")


@pytest.mark.parametrize("kind", KINDS)
def test_a_bot_sends_each_kind_and_gets_what_telegram_shows(telegram, account, viktor, chat, kind):
    said, more, folder = KINDS[kind]

    async def does(bot):
        send = getattr(bot, f"send_{kind}")
        caption = {} if kind == "video_note" else {"caption": "<b>our</b> cat"}
        name = {"filename": "cat.bin"} if kind in NAMED else {}
        words = {"parse_mode": "HTML"} if caption else {}
        sent = await send(chat, b"bytes", **said, **caption, **words, **name)
        if caption:
            assert (sent.caption, sent.caption_entities[0].type) == ("our cat", "bold")
        again = await send(chat, getattr(sent, kind).file_id)
        assert getattr(again, kind) == getattr(sent, kind)
        file = await bot.get_file(getattr(sent, kind))
        assert re.search(rf"/{folder}/file_\d+\.\w+$", file.file_path)
        assert bytes(await file.download_as_bytearray()) == b"bytes"

    run(telegram, account, does)
    first, second = viktor.wait(2)
    shown = first.to_json()[kind]
    identity = {name: shown.pop(name) for name in ("file_id", "file_unique_id", "file_size")}
    name = {"file_name": "cat.bin"} if kind in NAMED else {}
    assert shown == said | more | name
    assert identity["file_size"] == 5
    assert second.to_json()[kind] == shown | identity
    document = first.to_json().get("document")
    assert document == (name | more | identity if kind == "animation" else None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_sends_each_kind_and_a_real_application_answers(telegram, account, viktor, kind):
    said, more, _ = KINDS[kind]
    seen = []

    async def answer(update, context):
        found = update.message.effective_attachment
        file = await found.get_file()
        seen.append(bytes(await file.download_as_bytearray()))
        await getattr(update.message, f"reply_{kind}")(found.file_id)

    async def main():
        base = f"{telegram.url}/bot", f"{telegram.url}/file/bot"
        application = Application.builder().bot(client.Bot(account.token, *base)).build()
        wanted = getattr(filters, kind.upper())
        application.add_handler(MessageHandler(wanted, answer))
        async with application:
            await application.start()
            await application.updater.start_polling(timeout=1)
            try:
                return await asyncio.to_thread(chat)
            finally:
                await application.updater.stop()
                await application.stop()

    def chat():
        sent = getattr(viktor, kind)(b"bytes", to=account, **said)
        return sent, viktor.wait_for(lambda message: getattr(message, kind), timeout=10)

    sent, reply = asyncio.run(main())
    shown = sent.to_json()[kind]
    assert seen == [b"bytes"]
    assert reply.to_json()[kind] == shown
    assert (said | more).items() <= shown.items()
    assert reply.shown == f"({kind})"


def test_people_send_files_with_names_and_captions(telegram, account, viktor, tmp_path):
    (tmp_path / "tea.mp4").write_bytes(b"bytes")
    video = viktor.video(tmp_path / "tea.mp4", "our tea", to=account)
    assert (video.shown, video.video.file_name) == ("(video tea.mp4) our tea", "tea.mp4")
    assert viktor.edit(video, "your tea").caption == "your tea"
    song = viktor.audio(b"bytes", name="tea.m4a", title="Tea")
    assert (song.audio.title, song.audio.file_name) == ("Tea", "tea.m4a")
    gif = viktor.animation(GIF, name="tea.gif")
    assert (gif.animation.width, gif.animation.file_name) == (7, "tea.gif.mp4")
    assert gif.document.file_id == gif.animation.file_id
    assert viktor.document(GIF, "tea.gif").animation is None  # the app sends it as a file
    note = viktor.video_note(b"bytes")
    assert note.video_note.length == 384
    with pytest.raises(ValueError, match="there is no text in"):
        viktor.edit(note, "x")
    with pytest.raises(ValueError, match=r"would not take this video note: .*wrong video note"):
        viktor.video_note(b"bytes", length=700)
    with pytest.raises(ValueError, match="a caption has at most"):
        viktor.voice(b"bytes", "x" * 1025)


def test_a_coroutine_sends_them_too():
    async def main():
        async with aio.Telegram() as telegram:
            account = await telegram.new_bot("Hello bot", "hello_bot")
            viktor = await telegram.person("Viktor")
            sent = await viktor.voice(b"bytes", duration=3)
            await telegram.add_web_file(CAT, png())
            chat = {"chat_id": viktor.id, "photo": CAT}
            photo = await telegram.call(account, "sendPhoto", **chat)
            return sent.voice.duration, photo["photo"][0]["width"]

    assert asyncio.run(main()) == (3, 2)


def test_what_a_sender_does_not_say_is_zero(telegram, account, viktor, chat):
    async def does(bot):
        video = (await bot.send_video(chat, b"bytes")).video
        assert (video.width, video.height) == (0, 0)
        note = (await bot.send_video_note(chat, b"bytes")).video_note
        assert note.length == 384  # as Telegram's own library suggests
        audio = (await bot.send_audio(chat, b"bytes")).audio
        assert (audio.title, audio.performer) == (None, None)

    run(telegram, account, does)


def test_numbers_are_cut_to_what_telegram_allows(telegram, account, viktor, chat):
    video = telegram._world.files.keep("video", b"bytes").file_id
    given = {"chat_id": chat, "video": video, "start_timestamp": 10**30, "duration": -5}
    assert telegram.call(account, "sendVideo", **given)["video"]["start_timestamp"] == 86_400
    form = {"chat_id": str(chat), "duration": "9" * 50, "width": "-1", "height": "20000"}
    body = "".join(
        f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    )
    file = '--X\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\nx\r\n--X--'
    kind = "multipart/form-data; boundary=X"
    _, _, answer = api(telegram, account, "sendVideo", f"{body}{file}".encode(), kind)
    shown = answer["result"]["video"]
    assert (shown["duration"], shown["width"], shown["height"]) == (86_400, 0, 10_000)


def test_a_gif_becomes_an_animation_unless_a_bot_forbids_it(telegram, account, viktor, chat):
    async def does(bot):
        sent = await bot.send_document(chat, GIF, filename="tea.gif")
        shown = sent.animation
        assert (shown.file_name, shown.mime_type) == ("tea.gif.mp4", "video/mp4")
        assert (shown.width, shown.height) == (7, 5)
        assert sent.document.file_id == shown.file_id
        again = await bot.send_animation(chat, GIF, filename="tea.gif")
        assert again.animation.width == 7
        plain = await bot.send_document(
            chat, GIF, filename="tea.gif", disable_content_type_detection=True
        )
        assert (plain.animation, plain.document.mime_type) == (None, "image/gif")
        pair = [InputMediaDocument(GIF, filename="a.gif"), InputMediaDocument(b"x", filename="b")]
        album = await bot.send_media_group(chat, pair)
        assert album[0].document.mime_type == "image/gif"

    run(telegram, account, does)


def test_thumbnails_are_uploaded_pictures(telegram, account, viktor, chat):
    async def does(bot):
        for kind in ("video", "animation", "audio", "document", "video_note"):
            send = getattr(bot, f"send_{kind}")
            shown = getattr(await send(chat, b"bytes", thumbnail=png(400)), kind)
            assert shown.thumbnail.width == 320
            file = await bot.get_file(shown.thumbnail)
            assert "/thumbnails/" in file.file_path
            for ignored in (b"no picture", png(4) + b"x" * MAX_THUMBNAIL):
                shown = getattr(await send(chat, b"bytes", thumbnail=ignored), kind)
                assert shown.thumbnail is None
        own = await bot.send_document(chat, png(40), thumbnail=b"no picture")
        assert own.document.thumbnail.width == 40
        media = InputMediaVideo(b"bytes", thumbnail=png(40))
        edited = await (await bot.send_message(chat, "x")).edit_media(media)
        assert edited.video.thumbnail.width == 40

    run(telegram, account, does)


def test_a_video_has_a_cover_and_a_start(telegram, account, viktor, chat):
    async def does(bot):
        sent = await bot.send_video(chat, b"bytes", cover=png(30), start_timestamp=5)
        shown = viktor.inbox[-1].to_json()["video"]
        assert (shown["cover"][-1]["width"], shown["start_timestamp"]) == (30, 5)
        await bot.send_video(chat, sent.video.file_id)
        assert viktor.inbox[-1].to_json()["video"].keys().isdisjoint({"cover", "start_timestamp"})
        await bot.forward_message(chat, chat, sent.message_id)
        assert viktor.inbox[-1].to_json()["video"]["start_timestamp"] == 5
        await bot.copy_message(chat, chat, sent.message_id, video_start_timestamp=9)
        assert viktor.inbox[-1].to_json()["video"]["start_timestamp"] == 9
        await bot.forward_message(chat, chat, sent.message_id, video_start_timestamp=0)
        assert "start_timestamp" not in viktor.inbox[-1].to_json()["video"]

    run(telegram, account, does)


def test_albums_mix_photos_and_videos_only(telegram, account, viktor, chat):
    async def does(bot):
        photo = InputMediaPhoto(png(), caption="one")
        video = InputMediaVideo(b"bytes", duration=7, has_spoiler=True)
        album = await bot.send_media_group(chat, [photo, video])
        assert album[1].video.file_size == 5 and album[1].has_media_spoiler
        assert album[0].media_group_id == album[1].media_group_id
        audio = InputMediaAudio(b"bytes", performer="Anna", title="Tea")
        songs = await bot.send_media_group(chat, [audio, audio])
        assert songs[1].audio.title == "Tea"
        with pytest.raises(BadRequest, match="Audio can't be mixed with other media types"):
            await bot.send_media_group(chat, [photo, audio])
        with pytest.raises(BadRequest, match="Can't change media type in the album"):
            await songs[0].edit_media(photo)
        with pytest.raises(BadRequest, match="content type can't be used in an album"):
            await album[0].edit_media(InputMediaAnimation(GIF))
        swapped = await album[0].edit_media(InputMediaVideo(b"other bytes"))
        assert swapped.video.file_size == 11
        voice = telegram._world.files.keep("voice", b"bytes").file_id
        with pytest.raises(BadRequest, match="Can't use the media of the specified type"):
            await bot.send_media_group(chat, [InputMediaAudio(voice), audio])

    run(telegram, account, does)


def test_any_file_takes_the_place_of_another(telegram, account, viktor, chat):
    async def does(bot):
        message = await bot.send_message(chat, "wait")
        for media, kind in (
            (InputMediaAnimation(GIF, caption="a"), "animation"),
            (InputMediaAudio(b"bytes", title="Tea", thumbnail=png(40)), "audio"),
            (InputMediaDocument(b"bytes", filename="a.txt"), "document"),
            (InputMediaVideo(b"bytes", caption="b", show_caption_above_media=True), "video"),
        ):
            message = await message.edit_media(media)
            assert getattr(message, kind)
        assert message.show_caption_above_media
        edited = await message.edit_caption("c", show_caption_above_media=True)
        assert (edited.caption, edited.show_caption_above_media) == ("c", True)
        note = await bot.send_video_note(chat, b"bytes")
        with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
            await note.edit_caption("x")
        for fixed in (note, await bot.send_voice(chat, b"bytes", caption="x")):
            with pytest.raises(BadRequest, match="Message can't be edited"):
                await fixed.edit_media(media)

    run(telegram, account, does)


def test_a_file_stays_what_it_is_and_no_picture_is_another_file(telegram, account, viktor, chat):
    def send(method, **file):
        return telegram.call(account, method, chat_id=chat, **file)

    keep = telegram._world.files.keep
    video, photo = keep("video", b"bytes").file_id, keep("photo", png()).file_id
    assert send("sendDocument", document=video)["video"]["file_id"] == video
    notes, sticker = keep("document", b"bytes").file_id, keep("sticker", png()).file_id
    asked = {"start_timestamp": 5, "has_spoiler": True, "caption": "x"}
    sent = send("sendVideo", video=notes, **asked)
    assert sent["caption"] == "x" and "has_media_spoiler" not in sent
    assert "start_timestamp" not in sent["document"]
    assert "caption" not in send("sendVideo", video=sticker, **asked)
    for method, kind, file_id, words in (
        ("sendPhoto", "photo", video, "Video as Photo"),
        ("sendVideo", "video", photo, "Photo as Video"),
        ("sendVideoNote", "video_note", photo, "Photo as VideoNote"),
        ("sendPhoto", "photo", keep("voice", b"x").file_id, "VoiceNote as Photo"),
    ):
        with pytest.raises(TelegramError, match=f"can't use file of type {words}"):
            send(method, **{kind: file_id})
    for kind in KINDS:
        name = kind.replace("_", " ")
        with pytest.raises(TelegramError, match=f"there is no {name} in the request"):
            send(f"send{kind.title().replace('_', '')}")


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_elsewhere_shows_the_file(telegram, account, viktor, kind):
    sent = getattr(viktor, kind)(b"bytes", to=account)
    club = telegram.group("Club", [viktor, account])
    answer = {"message_id": sent.message_id, "chat_id": viktor.id}
    told = telegram.call(
        account, "sendMessage", chat_id=club.id, text="see", reply_parameters=answer
    )
    shown = told["external_reply"]
    assert shown[kind] == sent.to_json()[kind]
    assert "document" not in shown


def test_limits_of_a_video_note(telegram, account, viktor, chat):
    async def does(bot):
        with pytest.raises(BadRequest, match="Wrong video note length"):
            await bot.send_video_note(chat, b"bytes", length=641)
        with pytest.raises(BadRequest, match="too big for a video note; the maximum size is 12582"):
            await bot.send_video_note(chat, b"x" * (VIDEO_NOTE.max_bytes + 1))

    run(telegram, account, does)


def test_a_file_comes_from_an_address_that_the_test_has_named(telegram, account, viktor, chat):
    def send(method, **file):
        return telegram.call(account, method, chat_id=chat, **file)

    telegram.add_web_file(CAT, png(20))
    assert send("sendPhoto", photo=CAT)["photo"][-1]["width"] == 20
    telegram.add_web_file("https://example.org/a/tea.mp4?key=1", b"bytes")
    video = send("sendVideo", video="https://example.org/a/tea.mp4?key=1", duration=7)["video"]
    assert (video["file_name"], video["duration"], video["file_size"]) == ("tea.mp4", 7, 5)
    album = [{"type": "photo", "media": CAT}, {"type": "photo", "media": CAT}]
    assert len(send("sendMediaGroup", media=album)) == 2
    telegram.add_web_file("https://example.org/tea", GIF)
    animation = send("sendDocument", document="https://example.org/tea")["animation"]
    assert animation["file_name"] == "tea.mp4"
    assert viktor.wait(5)[0].shown == "(photo)"


@pytest.mark.parametrize(
    ("kind", "address", "content", "words"),
    [
        ("Photo", "https://example.org/unknown.png", None, "failed to get HTTP URL content"),
        ("Photo", "example.org", None, "failed to get HTTP URL content"),
        ("Photo", CAT, b"x" * (MAX_WEB_PHOTO + 1), "failed to get HTTP URL content"),
        (
            "Video",
            "http://a.org/b.mp4",
            b"x" * (MAX_WEB_FILE + 1),
            "failed to get HTTP URL content",
        ),
        ("Photo", CAT, b"a page", "wrong type of the web page content"),
        ("Video", CAT, png(), "wrong type of the web page content"),
        ("Document", "http://a.org/b.csv", b"a,b", "wrong type of the web page content"),
        ("VideoNote", "http://a.org/b.mp4", b"x", "wrong type of the web page content"),
        ("Photo", CAT, b"", "wrong type of the web page content"),
        ("Voice", "http://a.org/b", b"", "file must be non-empty"),
    ],
)
def test_refusals_of_addresses(telegram, account, chat, kind, address, content, words):
    if content is not None:
        telegram.add_web_file(address, content)
    name = {"VideoNote": "video_note"}.get(kind, kind.lower())
    with pytest.raises(TelegramError) as refusal:
        telegram.call(account, f"send{kind}", chat_id=chat, **{name: address})
    assert refusal.value.description == f"Bad Request: {words}"


def test_an_unknown_address_is_explained_and_never_fetched(telegram, account, viktor):
    viktor.send("/cat")
    telegram.call(account, "getUpdates")
    with pytest.raises(TelegramError):
        telegram.call(account, "sendPhoto", chat_id=viktor.id, photo=f"{telegram.url}/cat.png")
    with pytest.raises(NoReply) as problem:
        viktor.wait(timeout=0.01)
    assert "sendPhoto from an address without a web file" in str(problem.value)
    with pytest.raises(NoReply, match=r"call telegram\.add_web_file\(address, file\)"):
        telegram.wait_ready(account, timeout=0.01)
    for wrong in ("cat.png", "ftp://example.org/a", "https:///a", "https://[a/b"):
        with pytest.raises(ValueError, match=r"an address begins with https://|Invalid IPv6"):
            telegram.add_web_file(wrong, b"")
    with pytest.raises(TelegramError, match="This sandbox has no sendPhoto from a disk"):
        telegram.call(account, "sendPhoto", chat_id=viktor.id, photo="file:///etc/passwd")


def test_a_snapshot_keeps_files_and_addresses(telegram, account, viktor, chat):
    notes = viktor.document(b"bytes", "a.txt", to=account).file.file_id
    telegram.add_web_file(CAT, png())
    start = telegram.snapshot()
    later = viktor.document(b"later", "a.txt", to=account).file.file_id
    telegram.restore(start)
    send = {"chat_id": chat}
    assert telegram.call(account, "sendDocument", **send, document=notes)["document"]
    assert telegram.call(account, "sendPhoto", **send, photo=CAT)
    with pytest.raises(TelegramError, match="wrong remote file identifier"):
        telegram.call(account, "sendDocument", **send, document=later)
    telegram.reset()
    assert not telegram._world.files.by_address


words = st.sampled_from(["", "attach://", "attach://no", "attach://f", "A" * 30, CAT, "file:/x"])
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    words,
    st.text(max_size=9),
    st.lists(st.integers(), max_size=2),
)
names = st.sampled_from(
    [
        *("type", "media", "thumbnail", "thumb", "cover", "caption", "parse_mode", "emoji"),
        *("caption_entities", "duration", "width", "height", "length", "start_timestamp"),
        *("performer", "title", "supports_streaming", "has_spoiler", "chat_id"),
        *("show_caption_above_media", "disable_content_type_detection"),
    ]
)
kinds = ["video", "animation", "audio", "voice", "video_note", "document", "photo", "sticker", "x"]
items = st.dictionaries(names, values, max_size=6).flatmap(
    lambda item: st.sampled_from(kinds).map(lambda kind: {"type": kind} | item)
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.sampled_from(kinds[:-1]), st.dictionaries(names, values, max_size=6), words)
def test_no_call_with_a_file_breaks_the_sandbox(telegram, account, chat, kind, given, file):
    method = f"send{kind.title().replace('_', '')}"
    status, _, answer = api(telegram, account, method, {"chat_id": chat, kind: file} | given)
    assert status in (200, 400), answer


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.lists(st.one_of(items, values), max_size=3), st.booleans())
def test_no_input_media_breaks_the_sandbox(telegram, account, chat, media, as_album):
    method = "sendMediaGroup" if as_album else "editMessageMedia"
    given = {"chat_id": chat, "message_id": 1, "media": media if as_album else (media or [""])[0]}
    files = {"f": png(), "thumbnail": b"x"}
    parts = [(f'name="{name}"', json.dumps(value).encode()) for name, value in given.items()]
    parts += [(f'name="{name}"; filename="{name}"', data) for name, data in files.items()]
    form = b"".join(
        f"--Bound\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n"
        for head, data in parts
    )
    kind = "multipart/form-data; boundary=Bound"
    status, _, answer = api(telegram, account, method, form + b"--Bound--", kind)
    assert status in (200, 400), answer
