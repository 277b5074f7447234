"""What a bot in privacy mode sees of a group, and a bot that moderates one."""

import asyncio

import pytest
from telegram.ext import Application, CommandHandler

from bot_sandbox.telegram import NoReply, Telegram


@pytest.fixture
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture
def anna(telegram):
    return telegram.person("Anna")


@pytest.fixture
def other(telegram):
    return telegram.new_bot("Other", "other_bot")


@pytest.fixture
def group(telegram, viktor, anna, account, other):
    return telegram.group("Friends", [viktor, anna, account, other], kind="supergroup")


def seen(telegram, account):
    """The texts of a bot's new messages, acknowledged."""
    updates = telegram.call(account, "getUpdates")
    if updates:
        telegram.call(account, "getUpdates", offset=updates[-1]["update_id"] + 1)
    return [one["message"]["text"] for one in updates if "text" in one.get("message", {})]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/hello", True),
        ("/hello@hello_bot", True),
        ("/hello@Hello_Bot now", True),
        ("/hello@other_bot", False),
        ("!hello", False),
        ("hello", False),
        ("hello @hello_bot!", False),
        ("@hello_bot hello", False),
        ("say /hello", False),
    ],
)
@pytest.mark.parametrize("is_reply", [False, True])
def test_what_is_meant_for_a_bot(telegram, account, viktor, anna, group, text, told, is_reply):
    said = anna.send("spam", to=group) if is_reply else None
    viktor.send(text, to=group, reply_to=said)
    assert seen(telegram, account) == ([text] if told else [])


def test_a_general_command_is_for_the_bot_that_wrote_last(
    telegram, account, other, viktor, anna, group
):
    viktor.send("/one", to=group)
    telegram.call(other, "sendMessage", chat_id=group.id, text="here I am")
    viktor.send("/two", to=group, reply_to=anna.send("spam", to=group))
    assert (seen(telegram, account), seen(telegram, other)) == (["/one"], ["/one", "/two"])


def test_a_reply_goes_to_the_bot_that_it_answers(telegram, account, other, viktor, anna, group):
    telegram.call(account, "sendMessage", chat_id=group.id, text="who are you?")
    *_, question = viktor.wait()
    asked = viktor.send("/score@hello_bot", to=group)
    viktor.send("/kick@other_bot", to=group, reply_to=question)
    why = anna.send("why?", to=group, reply_to=asked)  # meant for the bot, as what it answers
    viktor.send("/ban@other_bot", to=group, reply_to=why)
    assert seen(telegram, other) == []
    assert seen(telegram, account) == [
        "/score@hello_bot", "/kick@other_bot", "why?", "/ban@other_bot",
    ]  # fmt: skip


def test_an_edit_may_turn_a_message_into_a_command(telegram, account, viktor, group):
    said = viktor.send("hello", to=group)
    viktor.edit(said, "/hello@hello_bot")
    updates = telegram.call(account, "getUpdates")
    assert [one["edited_message"]["text"] for one in updates if "edited_message" in one] == [
        "/hello@hello_bot"
    ]


def test_why_a_mention_does_not_arrive(viktor, account, group):
    with pytest.raises(NoReply, match=r"privacy mode.*\n?.*Mentions of it are not among them"):
        viktor.ask("@hello_bot help", to=group)


@pytest.mark.parametrize("command", ["/ban", "/ban@hello_bot"])
def test_a_bot_in_privacy_mode_moderates(telegram, account, viktor, anna, group, command):
    """Both ways: as an admin it sees everything; a command for it arrives even as a reply."""
    group.promote(account)
    spammer = telegram.person("Spammer")
    group.add(spammer)
    spam = spammer.send("cheap watches", to=group)

    async def ban(update, context):
        message = update.effective_message
        admins = {one.user.id for one in await update.effective_chat.get_administrators()}
        if update.effective_user.id not in admins:
            await message.reply_text("only admins ban")
            return
        culprit = message.reply_to_message.from_user
        await update.effective_chat.ban_member(culprit.id)
        await message.reply_to_message.delete()
        await message.reply_text(f"{culprit.first_name} is gone")

    async def main():
        builder = Application.builder().token(account.token).base_url(f"{telegram.url}/bot")
        application = builder.build()
        application.add_handler(CommandHandler("ban", ban))
        async with application:
            await application.start()
            await application.updater.start_polling(timeout=1)
            try:
                await asyncio.to_thread(chats)
            finally:
                await application.updater.stop()
                await application.stop()

    def chats():
        anna.send(command, to=group, reply_to=spam)
        assert viktor.wait(3)[-1].text == "only admins ban"
        viktor.send(command, to=group, reply_to=spam)
        assert viktor.wait(timeout=10)[0].text == "Spammer is gone"
        assert spam.deleted

    asyncio.run(main())
    assert group.status_of(spammer) == "kicked"
    with pytest.raises(ValueError, match="Spammer is not in Friends"):
        spammer.send("cheap shoes", to=group)
