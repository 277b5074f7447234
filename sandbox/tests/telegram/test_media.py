"""Pictures, documents, places, dice and reactions, both ways, and what is forwarded or edited."""

import asyncio
import base64
import http.client
import json
import struct

import pytest
import telegram as client
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto
from telegram.error import BadRequest, NetworkError
from telegram.ext import Application, CommandHandler, MessageHandler, filters

from bot_sandbox.telegram import Telegram, TelegramError
from bot_sandbox.telegram.arguments import MAX_BODY, parse_multipart
from bot_sandbox.telegram.media import MAX_DOWNLOAD, picture_format
from bot_sandbox.telegram.media_kinds import PHOTO

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAADklEQVR4nGP4z8AAQUAQAB/yA/2dqKb9AAAAAElFTkSuQmCC"
)
GIF = b"GIF89a\x07\0\x05\0\x80\0\0"


@pytest.fixture
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture
def chat(account, viktor):
    """The number of the chat in which Viktor and the bot know each other."""
    viktor.send("/start", to=account)
    return viktor.id


def bot_of(telegram, account):
    return client.Bot(
        account.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot"
    )


def size_of(data):
    """Width and height of a picture."""
    return picture_format(data)[1:]


def run(telegram, account, does):
    """What a coroutine of python-telegram-bot's Bot gives."""

    async def main():
        async with bot_of(telegram, account) as bot:
            return await does(bot)

    return asyncio.run(main())


def get(telegram, path):
    connection = http.client.HTTPConnection("127.0.0.1", telegram.port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def png(width, height):
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\2\0\0\0"


def test_a_bot_sends_a_picture_and_changes_it(telegram, account, viktor, chat):
    button = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])

    async def does(bot):
        sent = await bot.send_photo(
            chat, PNG, caption="<b>our</b> cat", parse_mode="HTML", reply_markup=button
        )
        assert (sent.caption, sent.caption_entities[0].type) == ("our cat", "bold")
        assert (sent.photo[-1].width, sent.photo[-1].height) == (3, 2)
        again = await bot.send_photo(chat, sent.photo[-1].file_id, has_spoiler=True)
        assert again.photo == sent.photo
        assert again.has_media_spoiler
        file = await bot.get_file(sent.photo[-1].file_id)
        assert size_of(bytes(await file.download_as_bytearray())) == (3, 2)
        edited = await sent.edit_caption("our dog", reply_markup=button)
        assert (edited.caption, bool(edited.edit_date)) == ("our dog", True)
        bare = await edited.edit_reply_markup(None)
        assert bare.reply_markup is None
        other = await sent.edit_media(InputMediaPhoto(GIF, caption="a fox"))
        assert (other.photo[0].width, other.caption) == (7, "a fox")
        with pytest.raises(BadRequest, match="There is no text in the message to edit"):
            await sent.edit_text("x")

    run(telegram, account, does)
    first, second = viktor.wait(2)
    assert telegram._world.files.by_id[first.file.file_id].data == GIF
    assert size_of(second.file.data) == (3, 2)
    assert str(telegram.transcript(viktor, account)) == (
        "Viktor: /start\nHello bot: (photo) a fox (edited)\nHello bot: (photo)"
    )


def test_buttons_change_without_the_message_counting_as_edited(telegram, account, viktor, chat):
    def keyboard(text):
        return {"inline_keyboard": [[{"text": text, "callback_data": "x"}]]}

    sent = telegram.call(
        account, "sendMessage", chat_id=chat, text="Menu", reply_markup=keyboard("One")
    )
    place = {"chat_id": chat, "message_id": sent["message_id"]}
    edited = telegram.call(account, "editMessageReplyMarkup", **place, reply_markup=keyboard("Two"))
    assert edited["reply_markup"] == keyboard("Two")
    assert "edit_date" not in edited
    with pytest.raises(TelegramError, match="message is not modified"):
        telegram.call(account, "editMessageReplyMarkup", **place, reply_markup=keyboard("Two"))
    assert "reply_markup" not in telegram.call(account, "editMessageReplyMarkup", **place)
    (message,) = viktor.wait()
    assert (message.text, message.buttons) == ("Menu", [])
    with pytest.raises(TelegramError, match="there is no caption in the message to edit"):
        telegram.call(account, "editMessageCaption", **place, caption="x")


def test_a_bot_sends_documents_and_albums(telegram, account, viktor, chat):
    async def does(bot):
        sent = await bot.send_document(chat, b"a,b\n1,2\n", filename="täble.csv", caption="rows")
        assert (sent.document.file_name, sent.document.mime_type) == ("täble.csv", "text/csv")
        assert sent.document.file_size == 8
        again = await bot.send_document(chat, sent.document.file_id)
        assert again.document.file_id == sent.document.file_id
        file = await bot.get_file(sent.document)
        assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"
        pair = [
            InputMediaPhoto(PNG, caption="*one*", parse_mode="MarkdownV2"),
            InputMediaPhoto(GIF),
        ]
        album = await bot.send_media_group(chat, pair)
        assert [photo.photo[0].width for photo in album] == [3, 7]
        assert album[0].caption_entities[0].type == "bold"
        assert album[0].media_group_id == album[1].media_group_id
        with pytest.raises(BadRequest, match="Document can't be mixed"):
            await bot.send_media_group(chat, [pair[0], InputMediaDocument(b"x")])
        sticker = await bot.send_sticker(chat, viktor.sticker(to=account, emoji="🦊").file.file_id)
        assert sticker.sticker.emoji == "🦊"

    run(telegram, account, does)
    assert [message.shown for message in viktor.wait(5)] == [
        "(document täble.csv) rows",
        "(document täble.csv)",
        "(photo) one",
        "(photo)",
        "(sticker 🦊)",
    ]


def test_a_person_sends_and_a_real_application_answers(telegram, account, viktor, tmp_path):
    seen = []

    async def with_photo(update, context):
        file = await update.message.photo[-1].get_file()
        size = len(await file.download_as_bytearray())
        await update.message.reply_text(f"{update.message.caption}: {size} bytes")

    async def with_document(update, context):
        file = await update.message.document.get_file()
        await file.download_to_drive(tmp_path / "got")
        await update.message.reply_document(
            tmp_path / "got", filename=f"copy-{update.message.document.file_name}"
        )

    async def with_location(update, context):
        place = update.message.location
        await update.message.reply_location(place.longitude, place.latitude)

    async def with_dice(update, context):
        seen.append((await update.message.reply_dice(emoji="🎰")).dice.value)

    async def main():
        builder = Application.builder().bot(bot_of(telegram, account))
        application = builder.build()
        application.add_handler(MessageHandler(filters.PHOTO, with_photo))
        application.add_handler(MessageHandler(filters.Document.ALL, with_document))
        application.add_handler(MessageHandler(filters.LOCATION, with_location))
        application.add_handler(CommandHandler("roll", with_dice))
        async with application:
            await application.start()
            await application.updater.start_polling(timeout=1)
            try:
                await asyncio.to_thread(chats)
            finally:
                await application.updater.stop()
                await application.stop()

    def chats():
        viktor.photo(PNG, "our cat", to=account)
        (tmp_path / "plan.txt").write_text("a plan")
        viktor.document(tmp_path / "plan.txt", to=account)
        viktor.location(52.52, 13.405, to=account)
        viktor.send("/roll", to=account)
        replies = viktor.wait(4)
        assert [reply.shown for reply in replies] == [
            f"our cat: {len(telegram._world.files.keep('photo', PNG).data)} bytes",
            "(document copy-plan.txt)",
            "(location 13.405, 52.52)",
            f"(🎰 {replies[3].more['dice']['value']})",
        ]
        assert replies[1].file.data == b"a plan"

    asyncio.run(main())
    assert 1 <= seen[0] <= 64


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "attach://x"}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "AgAC"}, "wrong remote file identifier specified: can't unserial"),
        ("sendPhoto", {"photo": "D"}, "can't use file of type Document as Photo"),
        ("sendDocument", {"document": "D", "caption": "x" * 1025}, "message caption is too long"),
        ("sendDocument", {"document": "D", "caption": "<b>", "parse_mode": "HTML"}, "can't parse"),
        ("sendMediaGroup", {"media": []}, "there are no messages to send"),
        ("sendMediaGroup", {"media": ["x"]}, "can't parse InputMedia: expected an Object"),
        ("sendMediaGroup", {"media": [{"type": "x"}]}, "InputMedia: media not found"),
        (
            "sendMediaGroup",
            {"media": [{"type": "x", "media": "a"}]},
            'InputMedia: type "x" is unsupported',
        ),
        ("sendLocation", {"longitude": 1}, "latitude is empty"),
        ("sendDice", {"emoji": "x"}, "EMOTICON_INVALID"),
        ("getFile", {}, "file_id not specified"),
        ("getFile", {"file_id": "x"}, "invalid file_id"),
        ("forwardMessage", {"message_id": 1}, 'parameter "from_chat_id" is required'),
        ("forwardMessage", {"from_chat_id": "V", "message_id": 99}, "message to forward not found"),
        ("copyMessage", {"from_chat_id": "V", "message_id": 99}, "message to copy not found"),
        ("forwardMessages", {"from_chat_id": "V", "message_ids": [99]}, "can't be forwarded"),
        ("copyMessages", {"from_chat_id": "V"}, "message identifiers are not specified"),
        ("deleteMessages", {"message_ids": [0]}, "invalid message identifier specified"),
        ("deleteMessages", {"message_ids": "x"}, "can't parse message_ids JSON object"),
        ("setMessageReaction", {"message_id": 99}, "message to react not found"),
        (
            "setMessageReaction",
            {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "x"}]},
            "REACTION_INVALID",
        ),
        ("getUserProfilePhotos", {"user_id": 5}, "user not found"),
    ],
)
def test_refusals_of_media(telegram, account, viktor, chat, method, arguments, words):
    document = viktor.document(b"x", "x.bin", to=account).file.file_id
    given = {"V": chat, "D": document}
    filled = {
        name: given.get(value, value) if isinstance(value, str) else value
        for name, value in arguments.items()
    }
    with pytest.raises(TelegramError) as refusal:
        telegram.call(account, method, chat_id=chat, **filled)
    assert refusal.value.description.startswith("Bad Request: ")
    assert words in refusal.value.description
    assert not account._unsupported


def test_what_is_no_picture_or_too_big_is_refused(telegram, account, viktor, chat):
    async def does(bot):
        for data, words in (
            (b"no picture", "Image_process_failed"),
            (png(1, 21), "Photo_invalid_dimensions"),
            (png(9000, 1001), "Photo_invalid_dimensions"),
            (
                b"x" * (PHOTO.max_bytes + 1),
                "is too big for a photo; the maximum size is 10485760 bytes",
            ),
        ):
            with pytest.raises(BadRequest, match=words):
                await bot.send_photo(chat, data)
        large = await bot.send_document(chat, b"x" * (MAX_DOWNLOAD + 1))
        with pytest.raises(BadRequest, match="File is too big"):
            await bot.get_file(large.document)

    run(telegram, account, does)
    assert get(telegram, f"/file/bot{account.token}/documents/file_1")[0] == 404
    with pytest.raises(ValueError, match=r"would not take this photo: .*IMAGE_PROCESS_FAILED"):
        viktor.photo(b"no picture", to=account)


def test_only_kept_files_are_given_out_and_only_with_a_token(telegram, account, viktor):
    path = viktor.document(PNG, "cat.png", to=account).file.path
    base = f"/file/bot{account.token}"
    assert get(telegram, f"{base}/{path}") == (200, PNG)
    assert get(telegram, f"/file/bot{account.id}:x/{path}")[0] == 401
    for wrong in ("documents/", "documents/../" + path, "/etc/passwd", "%2e%2e/x", path + "x"):
        status, body = get(telegram, f"{base}/{wrong}")
        assert (status, json.loads(body)["description"]) == (404, "Not Found")


def test_what_was_said_is_forwarded_and_copied(telegram, account, viktor, chat):
    group = telegram.group("Friends", [viktor, account])
    photo = viktor.photo(PNG, "a #cat", to=account)

    async def does(bot):
        forwarded = await bot.forward_message(group.id, chat, photo.message_id)
        assert forwarded.forward_origin.sender_user.first_name == "Viktor"
        assert (forwarded.caption, forwarded.photo[0].width) == ("a #cat", 3)
        copy = await bot.copy_message(group.id, chat, photo.message_id, caption="<i>x</i>")
        ids = await bot.forward_messages(group.id, chat, [1, 77, photo.message_id])
        assert [one.message_id for one in ids] == [4, 5]
        await bot.copy_messages(group.id, chat, [photo.message_id], remove_caption=True)
        secret = await bot.send_message(chat, "psst", protect_content=True)
        assert secret.has_protected_content
        with pytest.raises(BadRequest, match="protected content and can't be forwarded"):
            await secret.forward(group.id)
        assert await bot.delete_messages(group.id, [copy.message_id, 99])

    run(telegram, account, does)
    assert str(group.transcript) == (
        "Viktor created the group\n"
        "Hello bot: (forwarded from Viktor, photo) a #cat\n"
        "Hello bot: (forwarded from Viktor) /start\n"
        "Hello bot: (forwarded from Viktor, photo) a #cat\n"
        "Hello bot: (photo)"
    )


def test_reactions_both_ways(telegram, account, viktor, chat):
    message = viktor.send("look", to=account)
    telegram.call(account, "getUpdates", allowed_updates=["message_reaction"], offset=-1)

    async def does(bot):
        heart = client.ReactionTypeEmoji("❤️")
        await bot.set_message_reaction(chat, message.message_id, heart)
        assert message.reactions[account.id] == "❤"
        await bot.set_message_reaction(chat, message.message_id, [])
        assert not message.reactions
        viktor.react(message, "👍")
        viktor.react(message, "")
        first, second = [one for one in await bot.get_updates() if one.message_reaction]
        assert first.message_reaction.new_reaction[0].emoji == "👍"
        assert first.message_reaction.user.first_name == "Viktor"
        assert second.message_reaction.old_reaction[0].emoji == "👍"
        assert not second.message_reaction.new_reaction

    run(telegram, account, does)
    with pytest.raises(ValueError, match="'x' is not a reaction"):
        viktor.react(message, "x")


def test_link_previews_are_shown_as_they_were_asked_for(telegram, account, chat):
    async def does(bot):
        options = client.LinkPreviewOptions(is_disabled=True)
        sent = await bot.send_message(chat, "https://a.org", link_preview_options=options)
        assert sent.link_preview_options == options
        edited = await sent.edit_text("https://b.org")
        assert edited.link_preview_options == client.LinkPreviewOptions(url="https://b.org")

    run(telegram, account, does)


@pytest.mark.parametrize(
    ("text", "asked", "shown"),
    [
        ("Look: https://a.org, http://b.org", {}, {"url": "https://a.org"}),
        ("😀 a.org/b", {}, {"url": "https://a.org/b"}),
        ("a.org and https://b.org?c", {}, {"url": "https://b.org?c"}),
        ("<a href='https://a.org/b'>here</a>", {}, {"url": "https://a.org/b"}),
        ("a.org", {}, None),
        ("a.org", {"is_disabled": True}, None),
        ("tg://resolve?domain=a ftp://a.org/b", {}, None),
        ("tea", {"prefer_large_media": True, "show_above_text": True}, None),
        ("https://a.org", {"url": "https://b.org"}, {"url": "https://b.org"}),
        ("https://a.org", {"is_disabled": True, "url": "https://b.org"}, {"is_disabled": True}),
        ("tea", {"url": "https://b.org", "prefer_large_media": True}, "asked"),
        ("tea", {"url": "https://b.org", "show_above_text": True}, "asked"),
        ("https://a.org", {"prefer_small_media": True}, {"url": "https://a.org"}),
    ],
)
def test_a_text_shows_the_preview_of_its_first_link(telegram, account, chat, text, asked, shown):
    sent = telegram.call(
        account,
        "sendMessage",
        chat_id=chat,
        text=text,
        parse_mode="HTML",
        link_preview_options=asked,
    )
    assert sent.get("link_preview_options") == (asked if shown == "asked" else shown)


def test_a_link_of_a_person_has_a_preview_wherever_the_message_appears(telegram, account, viktor):
    message = viktor.send("https://a.org/b")
    preview = {"url": "https://a.org/b"}
    assert message.link_preview_options.url == "https://a.org/b"
    (update,) = telegram.call(account, "getUpdates")
    assert update["message"]["link_preview_options"] == preview
    place = {"chat_id": viktor.id, "from_chat_id": viktor.id, "message_id": message.message_id}
    forwarded = telegram.call(account, "forwardMessage", **place)
    assert forwarded["link_preview_options"] == preview
    club = telegram.group("Club", [viktor, account])
    answer = {"message_id": message.message_id, "chat_id": viktor.id}
    told = telegram.call(
        account, "sendMessage", chat_id=club.id, text="see", reply_parameters=answer
    )
    assert told["external_reply"]["link_preview_options"] == preview


def test_a_text_that_is_the_same_is_not_modified_because_of_its_preview(telegram, account, chat):
    sent = telegram.call(account, "sendMessage", chat_id=chat, text="https://a.org")
    place = {"chat_id": chat, "message_id": sent["message_id"]}
    with pytest.raises(TelegramError, match="message is not modified"):
        telegram.call(account, "editMessageText", text="https://a.org", **place)


def test_buttons_without_a_text_are_left_out_and_without_a_purpose_refused(telegram, account, chat):
    def send(*row):
        markup = {"inline_keyboard": [list(row)]}
        sent = telegram.call(account, "sendMessage", chat_id=chat, text="x", reply_markup=markup)
        return sent.get("reply_markup")

    good = {"text": "A", "callback_data": "a"}
    assert send({"text": "", "callback_data": "a"}, good) == {"inline_keyboard": [[good]]}
    assert send({"text": "", "callback_data": "a"}) is None
    for wrong in ({"text": "A", "callback_data": ""}, {"text": "A", "url": ""}):
        with pytest.raises(TelegramError, match="Text buttons are unallowed"):
            send(wrong)
    with pytest.raises(TelegramError, match="BUTTON_DATA_INVALID"):
        send({"text": "A", "callback_data": "x" * 65})


def test_a_certificate_of_a_webhook_is_lacking(telegram, account):
    async def does(bot):
        with pytest.raises(BadRequest, match="This sandbox has no setWebhook with certificate"):
            await bot.set_webhook("https://127.0.0.1:8443/", certificate=b"-----BEGIN")

    run(telegram, account, does)
    assert account._unsupported == ["setWebhook with certificate"]


FIELD = b'--X\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
FILE = b'--X\r\nContent-Disposition: form-data; name="%d"; filename="a"\r\n\r\nb\r\n'
TOO_MUCH = {
    "marks": (b"\r\n--X" * 100_000, 431, "total headers size exceeded"),
    "text": (FIELD % (b"x", b"b" * ((1 << 20) + 1)), 413, "too many parameters in form data"),
    "files": (b"".join(FILE % n for n in range(51)), 413, "too many files attached"),
    "header": (
        b"--X\r\nA: " + b"b" * 300_000 + b"\r\n\r\nx\r\n",
        431,
        "total headers size exceeded",
    ),
    "no name": (b"--X\r\nA: b\r\n\r\nx\r\n", 400, "field name in multipart/form-data not found"),
}


@pytest.mark.parametrize(("body", "code", "words"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_form_that_asks_too_much_is_refused(telegram, account, body, code, words):
    connection = http.client.HTTPConnection("127.0.0.1", telegram.port, timeout=10)
    headers = {"Content-Type": "multipart/form-data; boundary=X"}
    connection.request("POST", f"/bot{account.token}/sendDocument", body + b"--X--", headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    assert (response.status, answer["error_code"]) == (code, code)
    assert answer["description"].endswith(words)


def test_a_body_above_the_size_of_an_upload_is_refused(telegram, account, viktor, chat):
    async def does(bot):
        with pytest.raises(NetworkError, match="Request Entity Too Large"):
            await bot.send_document(chat, b"x" * (MAX_BODY + 1))

    run(telegram, account, does)


@given(st.binary(max_size=80), st.binary(max_size=300))
def test_any_bytes_as_a_picture(head, body):
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF....WEBP", b"BM", b"GIF89a"):
        found = picture_format(start + head + body)
        assert found is None or all(side >= 0 for side in found[1:])


fields = st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.binary(), max_size=4)


@given(fields, fields)
def test_a_form_is_read_as_it_was_written(values, files):
    parts = [(f'name="{name}"', data) for name, data in values.items()]
    parts += [(f'name="{name}"; filename="ä b"', data) for name, data in files.items()]
    body = b"".join(
        f"--Bound\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n"
        for head, data in parts
        if b"\r\n--Bound" not in b"\r\n" + data
    )
    found, uploads = parse_multipart(
        'multipart/form-data; boundary="Bound"', body + b"--Bound--\r\n"
    )
    expected = {name: data.decode("utf-8", "surrogateescape") for name, data in values.items()}
    assert dict(found) == expected
    assert {name: upload.data for name, upload in uploads.items()} == files
    assert all(upload.file_name == "ä b" for upload in uploads.values())


@pytest.mark.parametrize("kind", ["photo", "document", "sticker"])
def test_a_bot_cannot_send_an_empty_file(telegram, account, chat, kind):
    with pytest.raises(BadRequest, match="File must be non-empty"):
        run(telegram, account, lambda bot: getattr(bot, f"send_{kind}")(chat, b""))
