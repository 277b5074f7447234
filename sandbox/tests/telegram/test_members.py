"""Who is in a group: coming and going, admins, bans, supergroups, and what bots are told of it."""

import asyncio

import pytest
import telegram as client
from telegram.ext import Application, ChatMemberHandler, MessageHandler, filters

from bot_sandbox.telegram import Telegram, TelegramError
from bot_sandbox.telegram.bot_api import TYPES

# What the Bot API says that every ChatMemberAdministrator has; aiogram refuses one without.
REQUIRED = {
    "status", "user", "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages",
    "can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info",
    "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_send_welcome_messages",
}  # fmt: skip


@pytest.fixture
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture
def anna(telegram):
    return telegram.person("Anna")


def take(telegram, account, *allowed):
    """The pending updates of a bot, acknowledged; from now on these kinds come."""
    wanted = {"allowed_updates": list(allowed)} if allowed else {}
    updates = telegram.call(account, "getUpdates", **wanted)
    if updates:
        telegram.call(account, "getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


def member(telegram, account, group, user):
    return telegram.call(account, "getChatMember", chat_id=group.id, user_id=user.id)


def test_a_group_sees_who_comes_and_goes(telegram, account, viktor, anna):
    group = telegram.group("Friends", [viktor, account])
    other = telegram.new_bot("Other", "other_bot")
    group.add(anna)
    group.add(other)
    anna.leave(group)
    anna.join(group)
    group.remove(anna)
    group.remove(other, by=viktor)
    assert str(group.transcript) == (
        "Viktor created the group\nAnna joined\nViktor added Other\nAnna left\nAnna joined\n"
        "Viktor removed Anna\nViktor removed Other"
    )
    assert "text-align:center" in group.transcript._repr_html_()
    messages = [one["message"] for one in take(telegram, account) if "message" in one]
    assert [message["message_id"] for message in messages] == [1, 2, 3, 4, 5, 6, 7]
    created = messages.pop(0)
    assert (created["group_chat_created"], created["from"]["id"]) == (True, viktor.id)
    assert messages[1]["new_chat_members"] == [other.to_json()]
    assert (messages[1]["from"]["id"], messages[1]["new_chat_member"]) == (
        viktor.id,
        other.to_json(),
    )
    assert messages[4]["left_chat_member"]["first_name"] == "Anna"
    told = take(telegram, other)
    kinds = [next(kind for kind in one if kind != "update_id") for one in told]
    assert kinds == ["my_chat_member", *["message"] * 5, "my_chat_member"]
    assert told[-1]["my_chat_member"]["new_chat_member"]["status"] == "left"
    assert member(telegram, account, group, anna) == {"user": anna.to_json(), "status": "left"}
    assert not viktor.inbox  # nobody said anything
    with pytest.raises(ValueError, match="Anna was removed from Friends"):
        anna.join(group)
    group.add(anna)
    assert str(group.transcript).endswith("Viktor added Anna")


def test_a_real_application_welcomes(telegram, account, viktor, anna):
    group = telegram.group("Friends", [viktor, account], kind="supergroup")
    group.promote(account)

    async def welcome(update, context):
        for newcomer in update.message.new_chat_members:
            await update.message.reply_text(f"Welcome, {newcomer.first_name}!")

    async def changed(update, context):
        change = update.chat_member
        old, new = change.old_chat_member.status, change.new_chat_member.status
        who = change.new_chat_member.user.first_name
        await context.bot.send_message(group.id, f"{who}: {old} → {new}")

    async def main():
        builder = Application.builder().token(account.token).base_url(f"{telegram.url}/bot")
        application = builder.build()
        joined = filters.StatusUpdate.NEW_CHAT_MEMBERS
        application.add_handler(MessageHandler(joined, welcome))
        application.add_handler(ChatMemberHandler(changed, ChatMemberHandler.CHAT_MEMBER))
        async with application:
            await application.start()
            updater = application.updater
            await updater.start_polling(timeout=1, allowed_updates=client.Update.ALL_TYPES)
            try:
                await asyncio.to_thread(chats)
            finally:
                await updater.stop()
                await application.stop()

    def chats():
        telegram.wait_until(lambda: account.is_polled)
        anna.join(group)
        texts = {message.text for message in viktor.wait(2)}
        assert texts == {"Welcome, Anna!", "Anna: left → member"}
        anna.leave(group)
        assert viktor.wait()[0].text == "Anna: member → left"

    asyncio.run(main())


def test_members_are_told_of_as_the_bot_api_does(telegram, account, viktor, anna):
    group = telegram.group("Friends", [viktor, anna, account], kind="supergroup")
    assert str(group.id).startswith("-100")
    other = telegram.new_bot("Other", "other_bot")

    async def does():
        async with client.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
            assert await bot.get_chat_member_count(group.id) == 3
            standings = [
                await bot.get_chat_member(group.id, one.id) for one in (viktor, anna, other)
            ]
            assert [one.status for one in standings] == ["creator", "member", "left"]
            (owner,) = await bot.get_chat_administrators(group.id)
            assert owner.user.first_name == "Viktor"
            for one in (account, anna, other):
                if one is other:
                    group.add(other)
                group.promote(one)
            admins = await bot.get_chat_administrators(group.id)
            assert {one.user.id for one in admins} == {viktor.id, account.id, anna.id}
            me = next(one for one in admins if one.user.id == account.id)
            assert (me.can_restrict_members, me.can_promote_members) == (True, False)
            assert not REQUIRED - member(telegram, account, group, account).keys()
            group.demote(anna)
            assert (await bot.get_chat(group.id)).type == "supergroup"
            assert (await bot.get_user_profile_photos(viktor.id)).total_count == 0
            assert await bot.leave_chat(group.id)

    asyncio.run(does())
    assert member(telegram, other, group, anna)["status"] == "member"
    assert member(telegram, other, group, account) == {"user": account.to_json(), "status": "left"}
    assert str(group.transcript) == "Viktor added Other\nHello bot left"
    with pytest.raises(TelegramError, match="403 Forbidden: bot is not a member of the supergroup"):
        telegram.call(account, "sendMessage", chat_id=group.id, text="x")


def test_bots_are_not_told_that_a_supergroup_or_channel_was_created(telegram, account, viktor):
    for kind in ("supergroup", "channel"):
        telegram.group("New", [viktor, account], kind=kind)
    assert [next(reversed(one)) for one in take(telegram, account)] == ["my_chat_member"] * 2


def test_get_chat_has_what_it_always_has(telegram, account, viktor):
    viktor.send("/start", to=account)

    def get_chat(chat_id):
        return telegram.call(account, "getChat", chat_id=chat_id)

    always = {"id", "type", "accent_color_id", "max_reaction_count", "accepted_gift_types"}
    person = get_chat(viktor.id)
    assert always <= person.keys()
    assert all(person["accepted_gift_types"].values())
    for kind in ("group", "supergroup", "channel"):
        found = get_chat(telegram.group("New", [viktor, account], kind=kind).id)
        assert always <= found.keys()
        assert not any(found["accepted_gift_types"].values())
        assert ("permissions" in found) == (kind != "channel")
        assert all(found.get("permissions", {}).values())
        assert ("all_members_are_administrators" in found) == (kind == "group")


def test_get_me_has_what_a_user_has_in_the_newest_bot_api(telegram, account):
    fields = TYPES["User"].fields
    optional = {"last_name", "language_code", "is_premium", "added_to_attachment_menu"}
    assert telegram.call(account, "getMe").keys() == fields.keys() - optional


def test_only_admins_that_ask_are_told_of_others(telegram, account, viktor, anna):
    group = telegram.group("Friends", [viktor, account])
    take(telegram, account, "chat_member")
    group.add(anna)
    assert take(telegram, account) == []
    group.promote(account)
    anna.leave(group)
    (update,) = take(telegram, account, "message")
    assert update["chat_member"]["new_chat_member"] == {"user": anna.to_json(), "status": "left"}
    anna.join(group)
    assert [next(reversed(one)) for one in take(telegram, account)] == ["message"]


def test_a_bot_bans_and_forgives(telegram, account, viktor, anna):
    group = telegram.group("Friends", [viktor, anna, account], kind="supergroup")

    def ban(user, method="banChatMember", **more):
        return telegram.call(account, method, chat_id=group.id, user_id=user.id, **more)

    with pytest.raises(TelegramError, match="not enough rights to restrict/unrestrict"):
        ban(anna)
    group.promote(account)
    assert ban(anna)
    assert str(group.transcript) == "Hello bot removed Anna"
    assert member(telegram, account, group, anna)["status"] == "kicked"
    with pytest.raises(ValueError, match="was removed"):
        anna.join(group)
    with pytest.raises(ValueError, match="Anna is not in Friends"):
        anna.send("but", to=group)
    assert ban(anna, "unbanChatMember", only_if_banned=True)
    anna.join(group)
    assert ban(anna, "unbanChatMember", only_if_banned=True)
    assert member(telegram, account, group, anna)["status"] == "member"
    group.promote(anna)
    for user, words in (
        (viktor, "can't remove chat owner"),
        (account, "can't restrict self"),
        (anna, "user is an administrator of the chat"),
    ):
        with pytest.raises(TelegramError, match=words):
            ban(user)
    small = telegram.group("Small", [viktor, anna, account])
    small.promote(account)
    with pytest.raises(TelegramError, match="available for supergroup and channel chats only"):
        telegram.call(account, "unbanChatMember", chat_id=small.id, user_id=anna.id)


@pytest.mark.parametrize("kind", ["supergroup", "group"])
def test_a_ban_may_end(telegram, account, viktor, anna, kind):
    group = telegram.group("Friends", [viktor, anna, account], kind=kind)
    group.promote(account)
    place = {"chat_id": group.id, "user_id": anna.id}
    until = int(telegram.clock.now()) + 600
    take(telegram, account, "chat_member")
    telegram.call(account, "banChatMember", **place, until_date=until)
    shown = telegram.call(account, "getChatMember", **place)
    if kind == "group":  # there, a ban has no end, and who was removed has left
        assert shown == {"user": anna.to_json(), "status": "left"}
        return
    assert shown == {"user": anna.to_json(), "status": "kicked", "until_date": until}
    (update,) = take(telegram, account, "chat_member")
    assert update["chat_member"]["new_chat_member"] == shown
    with pytest.raises(ValueError, match="Anna was removed from Friends"):
        anna.join(group)
    telegram.clock.advance(601)
    assert telegram.call(account, "getChatMember", **place)["status"] == "left"
    anna.join(group)
    for seconds in (20, 367 * 86_400):  # too short and too long: forever
        until = int(telegram.clock.now()) + seconds
        telegram.call(account, "banChatMember", **place, until_date=until)
        assert telegram.call(account, "getChatMember", **place)["until_date"] == 0
    until = int(telegram.clock.now()) + 600
    telegram.call(account, "banChatMember", **place, until_date=until)
    telegram.clock.advance(601)
    anna.join(group)
    assert telegram.call(account, "getChatMember", **place)["status"] == "member"


@pytest.mark.parametrize(
    ("method", "arguments", "words"),
    [
        ("getChatMember", {"chat_id": "G"}, "invalid user_id specified"),
        ("getChatMember", {"chat_id": "G", "user_id": 5}, "member not found"),
        ("getChatMember", {"chat_id": "V", "user_id": 5}, "member not found"),
        ("getChatAdministrators", {"chat_id": "V"}, "there are no administrators in the private"),
        ("banChatMember", {"chat_id": "V", "user_id": 5}, "can't ban members in private chats"),
        ("leaveChat", {"chat_id": "V"}, "can't leave private chats"),
        ("leaveChat", {}, "chat_id is empty"),
    ],
)
def test_refusals_about_members(telegram, account, viktor, method, arguments, words):
    viktor.send("/start", to=account)
    group = telegram.group("Friends", [viktor, account])
    chats = {"V": viktor.id, "G": group.id}
    arguments = {name: chats.get(value, value) for name, value in arguments.items()}
    with pytest.raises(TelegramError, match=f"400 Bad Request: {words}"):
        telegram.call(account, method, **arguments)


def test_privacy_mode_holds_in_a_supergroup(telegram, account, viktor):
    group = telegram.group("Friends", [viktor, account], kind="supergroup")
    take(telegram, account)
    viktor.send("!hello", to=group)
    viktor.send("/hello", to=group)
    assert [one["message"]["text"] for one in take(telegram, account)] == ["/hello"]
    with pytest.raises(ValueError, match="'group', a 'supergroup' or a 'channel'"):
        telegram.group("Wrong", [viktor], kind="forum")
    with pytest.raises(ValueError, match="put the members into a list: group"):
        telegram.group("Family", viktor, account)


def test_a_channel_tells_nobody_who_comes(telegram, account, viktor, anna):
    channel = telegram.channel("News", [viktor, account])
    channel.add(anna)
    assert str(channel.transcript) == "(nothing was said yet)"
    assert str(channel.id).startswith("-100")
    assert member(telegram, account, channel, anna)["status"] == "administrator"


@pytest.mark.parametrize("kind", ["supergroup", "channel"])
def test_a_public_group_is_found_by_its_username(telegram, account, viktor, kind):
    club = telegram.group("Club", [viktor, account], kind, username="@Chess_Club")
    told = telegram.call(account, "sendMessage", chat_id="@chess_club", text="hello")
    assert told["chat"]["username"] == "Chess_Club" and told["chat"]["id"] == club.id
    assert telegram.call(account, "getChat", chat_id="@Chess_Club")["username"] == "Chess_Club"
    assert telegram.call(account, "getChatMemberCount", chat_id="@chess_club") == 2
    viktor.send("/hi", to=club)
    update = telegram.call(account, "getUpdates")[-1]
    post = update["channel_post" if kind == "channel" else "message"]
    assert post["chat"]["username"] == "Chess_Club"
    stranger = telegram.new_bot("Stranger", "stranger_bot")
    assert telegram.call(stranger, "getChat", chat_id="@chess_club")["title"] == "Club"
    with pytest.raises(TelegramError, match=f"403 Forbidden: bot is not a member of the {kind}"):
        telegram.call(stranger, "sendMessage", chat_id="@chess_club", text="hello")


@pytest.mark.parametrize(
    ("kind", "username", "words"),
    [
        ("group", "chess_club", "a basic group has no username; make a 'supergroup'"),
        ("supergroup", "che", "found the username 'che'; it has 4 to 32 Latin letters"),
        ("supergroup", "9chess", "found the username '9chess'"),
        ("supergroup", "Hello_Bot", "the username 'Hello_Bot' is taken"),
        ("channel", "viktor_r", "the username 'viktor_r' is taken"),
        ("channel", "NEWS", "the username 'NEWS' is taken"),
        ("supergroup", 5, "found the username 5"),
        ("supergroup", b"chess", "found the username b'chess'"),
    ],
)
def test_a_wrong_username_of_a_group_is_refused(telegram, account, kind, username, words):
    telegram.channel("News", [telegram.person("Viktor", "viktor_r"), account], username="news")
    with pytest.raises(ValueError, match=words):
        telegram.group("Club", [account], kind, username)
    assert len(telegram._world.groups) == 1
