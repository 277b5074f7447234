"""Restrict, promote and ban: who may do what in a group, and what bots are told of it."""

import asyncio

import pytest
import telegram as client
from hypothesis import given
from hypothesis import strategies as st
from pictures import png

from bot_sandbox import InMemoryTelegram
from bot_sandbox.telegram import Telegram, TelegramError
from bot_sandbox.telegram.bot_api import METHODS, TYPES
from bot_sandbox.telegram.membership import PERMISSIONS

MODERATION = (
    "banChatMember", "unbanChatMember", "restrictChatMember", "promoteChatMember",
    "setChatPermissions", "setChatAdministratorCustomTitle", "banChatSenderChat",
    "unbanChatSenderChat",
)  # fmt: skip


@pytest.fixture
def telegram():
    with Telegram(limits=None) as telegram:
        yield telegram


@pytest.fixture
def anna(telegram):
    return telegram.person("Anna")


@pytest.fixture
def group(telegram, account, viktor, anna):
    """A supergroup whose admin is the bot, with the right to add admins, too."""
    group = telegram.group("Friends", [viktor, anna, account], kind="supergroup")
    group.promote(account, can_promote_members=True)
    telegram.call(account, "getUpdates", offset=-1, allowed_updates=["chat_member", "message"])
    take(telegram, account)
    return group


@pytest.fixture
def call(telegram, account, group):
    """Call a method of the bot for this group."""

    def call(method, user=None, **arguments):
        arguments |= {"user_id": user.id} if user else {}
        return telegram.call(account, method, **({"chat_id": group.id} | arguments))

    return call


def take(telegram, account):
    """The pending updates of a bot, acknowledged."""
    updates = telegram.call(account, "getUpdates")
    if updates:
        telegram.call(account, "getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


SENDS = {  # what people send, and the permission that it needs
    "text messages": ("can_send_messages", lambda person, to: person.send("hi", to=to)),
    "photos": ("can_send_photos", lambda person, to: person.photo(png(), to=to)),
    "documents": ("can_send_documents", lambda person, to: person.document(b"x", "a", to=to)),
    "stickers": ("can_send_other_messages", lambda person, to: person.sticker(to)),
    "locations": ("can_send_messages", lambda person, to: person.location(1, 2, to)),
    "contacts": ("can_send_messages", lambda person, to: person.contact(to=to)),
}


@pytest.mark.parametrize("kind", SENDS)
def test_somebody_restricted_sends_what_is_left_to_them(anna, group, call, kind):
    permission, send = SENDS[kind]
    assert call("restrictChatMember", anna, permissions={})
    before = len(group.messages)
    words = f"Anna may not send {kind} to Friends: a restriction takes {permission} from Anna"
    with pytest.raises(ValueError, match=f"^{words}$"):
        send(anna, group)
    assert len(group.messages) == before
    only = {"permissions": {permission: True}, "use_independent_chat_permissions": True}
    assert call("restrictChatMember", anna, **only)
    assert send(anna, group).message_id == before + 1


def test_any_update_can_be_delivered_from_somebody_restricted(telegram, account, anna, group):
    group.restrict(anna)
    telegram.deliver(account, {"message": {"text": "hi"}}, sender=anna, group=group)
    (_, update) = take(telegram, account)
    assert update["message"]["text"] == "hi"


def test_a_restriction_ends_by_the_clock(telegram, account, anna, group, call):
    until = int(telegram.clock.now()) + 600
    assert call("restrictChatMember", anna, permissions={}, until_date=until)
    shown = call("getChatMember", anna)
    assert (shown["status"], shown["until_date"], shown["is_member"]) == ("restricted", until, True)
    assert TYPES["ChatMemberRestricted"].fields.keys() - shown.keys() == {"tag"}
    assert not any(shown[name] for name in PERMISSIONS)
    (update,) = take(telegram, account)
    change = update["chat_member"]
    assert change["old_chat_member"] == {"user": anna.to_json(), "status": "member"}
    assert (change["new_chat_member"], change["from"]["id"]) == (shown, account.id)
    with pytest.raises(ValueError, match=r"a restriction until \d{4}-.* UTC takes can_send_mess"):
        anna.send("hi", to=group)
    telegram.clock.advance(601)
    assert call("getChatMember", anna) == {"user": anna.to_json(), "status": "member"}
    anna.send("hi", to=group)
    for seconds in (20, 367 * 86_400):  # too short and too long: forever
        until = int(telegram.clock.now()) + seconds
        call("restrictChatMember", anna, permissions={}, until_date=until)
        assert call("getChatMember", anna)["until_date"] == 0
    assert group.status_of(anna) == "restricted"


def test_a_restriction_outlives_leaving(telegram, account, anna, group, call):
    call("restrictChatMember", anna, permissions={"can_send_photos": True})
    anna.leave(group)
    shown = call("getChatMember", anna)
    assert (shown["status"], shown["is_member"]) == ("restricted", False)
    assert anna not in group.members
    anna.join(group)
    assert call("getChatMember", anna) == shown | {"is_member": True}
    with pytest.raises(ValueError, match="may not send text messages to Friends"):
        anna.send("hi", to=group)
    everything = dict.fromkeys(PERMISSIONS, True)
    assert call("restrictChatMember", anna, permissions=everything)
    assert call("getChatMember", anna)["status"] == "member"
    call("restrictChatMember", anna, permissions={})
    anna.leave(group)
    assert call("unbanChatMember", anna)  # lifts restrictions, too
    assert call("getChatMember", anna)["status"] == "left"


MEDIA = {
    "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes",
}  # fmt: skip
TEXT = {"can_send_messages", "can_react_to_messages"}
PIN = {"can_pin_messages", "can_manage_topics", "can_edit_tag"}


@pytest.mark.parametrize(
    ("given", "allowed", "independently"),
    [
        ({}, set(), set()),
        ({"can_send_messages": True}, TEXT, TEXT),
        ({"can_send_photos": True}, {"can_send_photos"}, {"can_send_photos"}),
        ({"can_send_media_messages": True}, MEDIA | TEXT, MEDIA),
        (
            {"can_send_other_messages": True},
            MEDIA | {"can_send_messages", "can_send_other_messages"},
            {"can_send_other_messages"},
        ),
        (
            {"can_send_polls": True},
            {"can_send_polls", "can_send_messages"},
            {"can_send_polls"},
        ),
        ({"can_pin_messages": True}, PIN, PIN),
        (
            {"can_pin_messages": True, "can_manage_topics": False, "can_edit_tag": False},
            {"can_pin_messages"},
            {"can_pin_messages"},
        ),
    ],
)
def test_what_a_permission_implies(anna, call, given, allowed, independently):
    for independent, expected in ((False, allowed), (True, independently)):
        more = {"permissions": given, "use_independent_chat_permissions": independent}
        call("restrictChatMember", anna, **more)
        shown = call("getChatMember", anna)
        assert {name for name in PERMISSIONS if shown[name]} == expected
        call("setChatPermissions", **more)
        shown = call("getChat")["permissions"]
        assert {name for name in PERMISSIONS if shown[name]} == expected
        assert shown["can_send_media_messages"] == bool(expected & MEDIA)


@pytest.mark.parametrize("kind", ["group", "supergroup"])
def test_permissions_are_for_all_but_admins(telegram, account, viktor, anna, kind):
    group = telegram.group("Friends", [viktor, anna, account], kind=kind)
    place = {"chat_id": group.id}
    silent = {"permissions": {"can_send_photos": True}}
    with pytest.raises(TelegramError, match="not enough rights to change chat permissions"):
        telegram.call(account, "setChatPermissions", **place, **silent)
    group.promote(account)
    assert telegram.call(account, "setChatPermissions", **place, **silent)
    found = telegram.call(account, "getChat", **place)
    assert found["permissions"]["can_send_photos"]
    assert not found["permissions"]["can_send_messages"]
    assert ("all_members_are_administrators" in found) == (kind == "group")
    assert not found.get("all_members_are_administrators")
    with pytest.raises(ValueError, match="Anna may not send text messages to Friends: only admins"):
        anna.send("hi", to=group)
    assert anna.photo(png(), to=group)
    viktor.send("hi", to=group)
    telegram.call(account, "sendMessage", text="hi", **place)
    group.demote(account)
    with pytest.raises(TelegramError, match="400 Bad Request: not enough rights to send text mess"):
        telegram.call(account, "sendMessage", text="hi", **place)
    with pytest.raises(TelegramError, match="not enough rights to send dice to the chat"):
        telegram.call(account, "sendDice", **place)
    group.set_permissions(can_send_messages=True)
    telegram.call(account, "sendMessage", text="hi", **place)


def test_people_do_only_what_the_permissions_allow(telegram, account, viktor, anna, group):
    said = viktor.send("hi", to=group)
    group.set_permissions(can_react_to_messages=False, can_invite_users=False)
    with pytest.raises(ValueError, match="Anna may not react in Friends: only admins have can_rea"):
        anna.react(said, "👍")
    with pytest.raises(ValueError, match="Anna may not add members to Friends"):
        group.add(telegram.person("Bob"), by=anna)
    group.set_permissions(can_add_web_page_previews=False)
    link = anna.send("https://example.org/a", to=group)
    assert link.link_preview_options == {"is_disabled": True}
    assert not viktor.send("https://example.org/a", to=group).link_preview_options.is_disabled
    with pytest.raises(ValueError, match="there is no 'can_fly'; expected one of"):
        group.set_permissions(can_fly=True)


def test_the_owner_restricts_and_promotes_in_python(telegram, account, viktor, anna, group):
    group.restrict(anna, seconds=60, can_send_photos=True)
    assert group.chat_member(anna).status == "restricted"
    assert group.chat_member(anna).can_send_photos is True
    anna.photo(png(), to=group)
    with pytest.raises(ValueError, match="Anna may not send stickers"):
        anna.sticker(group)
    telegram.clock.advance(61)
    anna.sticker(group)
    for seconds in (1e300, float("nan"), float("inf")):
        group.restrict(anna, seconds=seconds)
        with pytest.raises(ValueError, match="a restriction takes can_send_other_messages"):
            anna.sticker(group)
    group.demote(anna)
    anna.sticker(group)
    group.promote(anna, title="Chief", can_pin_messages=False)
    shown = telegram.call(account, "getChatMember", chat_id=group.id, user_id=anna.id)
    assert (shown["custom_title"], shown["can_pin_messages"]) == ("Chief", False)
    assert (shown["can_restrict_members"], shown["can_be_edited"]) == (True, False)
    assert group.chat_member(anna).custom_title == "Chief"
    with pytest.raises(ValueError, match="Anna is an admin of Friends; restrict only members"):
        group.restrict(anna)
    with pytest.raises(ValueError, match="Small is a group; Telegram restricts members only of a"):
        telegram.group("Small", [viktor, anna]).restrict(anna)
    with pytest.raises(ValueError, match="there is no 'can_edit_messages'; expected one of"):
        group.promote(anna, can_edit_messages=True)


def test_a_bot_promotes_only_with_its_own_rights(telegram, account, viktor, anna, group, call):
    other = telegram.new_bot("Other", "other_bot")
    group.add(other)
    take(telegram, account)
    take(telegram, other)
    assert call("promoteChatMember", other, can_delete_messages=True)
    shown = call("getChatMember", other)
    assert TYPES["ChatMemberAdministrator"].required == [
        name for name in TYPES["ChatMemberAdministrator"].required if name in shown
    ]
    given = {name for name, value in shown.items() if name.startswith("can_") and value}
    assert given == {"can_be_edited", "can_manage_chat", "can_delete_messages"}
    (told,) = take(telegram, other)
    assert told["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    assert told["my_chat_member"]["new_chat_member"]["can_be_edited"] is False
    (told,) = take(telegram, account)
    assert told["chat_member"]["new_chat_member"] == shown
    with pytest.raises(TelegramError, match="400 Bad Request: RIGHT_FORBIDDEN"):
        call("promoteChatMember", anna, can_post_stories=True)
    assert call("promoteChatMember", other)
    assert call("getChatMember", other)["status"] == "member"
    group.promote(anna)
    with pytest.raises(TelegramError, match="400 Bad Request: CHAT_ADMIN_REQUIRED"):
        call("promoteChatMember", anna)
    group.promote(account)
    with pytest.raises(TelegramError, match=r"400 Bad Request: not enough rights$"):
        call("promoteChatMember", other, can_delete_messages=True)
    assert call("promoteChatMember", other)  # it changes nothing


def test_a_bot_gives_its_admins_a_title(telegram, account, viktor, anna, group, call):
    def title(user, custom_title):
        return call("setChatAdministratorCustomTitle", user, custom_title=custom_title)

    for user, words in (
        (viktor, "only the owner can edit their custom title"),
        (anna, "user is not an administrator"),
        (account, "not enough rights to change custom title of the user"),
    ):
        with pytest.raises(TelegramError, match=words):
            title(user, "Tea")
    call("promoteChatMember", anna, can_pin_messages=True)
    take(telegram, account)
    assert title(anna, "Tea")
    assert call("getChatMember", anna)["custom_title"] == "Tea"
    (update,) = take(telegram, account)
    assert update["chat_member"]["new_chat_member"]["custom_title"] == "Tea"
    assert call("promoteChatMember", anna, can_invite_users=True)
    assert call("getChatMember", anna)["custom_title"] == "Tea"
    for text, words in (("a" * 17, "INVALID"), ("tea 🍵", "EMOJI_NOT_ALLOWED")):
        with pytest.raises(TelegramError, match=f"400 Bad Request: CUSTOM_TITLE_{words}"):
            title(anna, text)
    assert title(anna, "")
    assert "custom_title" not in call("getChatMember", anna)


def test_a_message_is_deleted_within_48_hours_and_a_die_after_a_day(telegram, account, viktor):
    viktor.send("/start")
    club = telegram.group("Club", [viktor, account], "supergroup")

    def send(chat, method="sendMessage", **more):
        sent = telegram.call(account, method, chat_id=chat.id, **more)
        return {"chat_id": chat.id, "message_id": sent["message_id"]}

    def delete(where):
        return telegram.call(account, "deleteMessage", **where)

    old, old_in_club = send(viktor, text="old"), send(club, text="old")
    die, die_in_club = send(viktor, "sendDice"), send(club, "sendDice")
    assert delete(die_in_club)
    with pytest.raises(TelegramError, match="message can't be deleted for everyone"):
        delete(die)
    telegram.clock.advance(25 * 3600)
    assert delete(die)
    new = send(viktor, text="new")
    telegram.clock.advance(24 * 3600)
    with pytest.raises(TelegramError, match="message can't be deleted for everyone"):
        delete(old)
    with pytest.raises(TelegramError, match=r"message can't be deleted$"):
        delete(old_in_club)
    both = [old["message_id"], new["message_id"]]
    with pytest.raises(TelegramError, match="can't be deleted for everyone"):
        telegram.call(account, "deleteMessages", chat_id=viktor.id, message_ids=both)
    assert delete(new)


def test_an_admin_needs_each_right(telegram, account, viktor, anna, group, call):
    said = anna.send("spam", to=group)
    group.promote(account, can_delete_messages=False, can_restrict_members=False)
    with pytest.raises(TelegramError, match="message can't be deleted"):
        call("deleteMessage", message_id=said.message_id)
    for method in ("banChatMember", "restrictChatMember"):
        with pytest.raises(TelegramError, match="not enough rights to restrict/unrestrict chat me"):
            call(method, anna, permissions={})
    with pytest.raises(TelegramError, match="not enough rights to restrict/unrestrict chat member"):
        call("banChatSenderChat", sender_chat_id=group.id)
    own = call("sendMessage", text="hi")
    assert call("deleteMessage", message_id=own["message_id"])
    news = telegram.channel("News", [viktor, account])
    news.promote(account, can_post_messages=False)
    with pytest.raises(TelegramError, match="need administrator rights in the channel chat"):
        call("sendMessage", chat_id=news.id, text="hi")
    news.add(anna)
    news.demote(anna)
    with pytest.raises(
        ValueError, match="Anna may not send text messages to News: Anna lacks the "
    ):
        anna.send("hi", to=news)
    assert viktor.send("hi", to=news)  # the owner


def test_nobody_writes_as_a_banned_channel(telegram, account, viktor, anna, group, call):
    news, also = (telegram.channel(title, [anna]) for title in ("News", "Also"))
    said = anna.send("buy tea", to=group, sender_chat=news)
    assert (said.sender_chat.title, str(group.transcript)) == ("News", "News: buy tea")
    (update,) = take(telegram, account)

    async def bans():
        message = client.Update.de_json(update, None).message
        assert message.from_user.username == "Channel_Bot"
        async with client.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
            assert await bot.ban_chat_sender_chat(group.id, message.sender_chat.id)

    asyncio.run(bans())
    for channel in (news, also):
        with pytest.raises(ValueError, match="as a channel in Friends: News is banned there"):
            anna.send("buy tea", to=group, sender_chat=channel)
    anna.send("I am Anna", to=group)
    assert call("unbanChatSenderChat", sender_chat_id=news.id)
    last = anna.send("tea again", to=group, sender_chat=also)
    forwarded = call("forwardMessage", from_chat_id=group.id, message_id=last.message_id)
    assert forwarded["forward_origin"]["sender_chat"]["title"] == "Also"
    with pytest.raises(ValueError, match="Viktor can't write as News; sender_chat= takes"):
        viktor.send("x", to=group, sender_chat=news)
    anonymous = viktor.send("I decide", to=group, sender_chat=group)
    assert anonymous.from_user.username == "GroupAnonymousBot"
    group.promote(anna)
    lacking = "Anna may not be anonymous in Friends: Anna lacks the right is_anonymous"
    with pytest.raises(ValueError, match=lacking):
        anna.send("x", to=group, sender_chat=group)


def test_python_telegram_bot_moderates(telegram, account, viktor, anna, group):
    async def moderates():
        async with client.Bot(account.token, base_url=f"{telegram.url}/bot") as bot:
            only_text = client.ChatPermissions(can_send_messages=True)
            assert await bot.restrict_chat_member(group.id, anna.id, only_text)
            restricted = await bot.get_chat_member(group.id, anna.id)
            assert isinstance(restricted, client.ChatMemberRestricted)
            assert (restricted.can_send_messages, restricted.can_send_photos) == (True, False)
            everything = client.ChatPermissions.all_permissions()
            assert await bot.restrict_chat_member(group.id, anna.id, everything)
            assert await bot.promote_chat_member(group.id, anna.id, can_delete_messages=True)
            assert await bot.set_chat_administrator_custom_title(group.id, anna.id, "Gardener")
            admin = await bot.get_chat_member(group.id, anna.id)
            assert (admin.custom_title, admin.can_be_edited) == ("Gardener", True)
            no_permissions = client.ChatPermissions.no_permissions()
            assert await bot.set_chat_permissions(group.id, no_permissions)
            assert (await bot.get_chat(group.id)).permissions == no_permissions

    asyncio.run(moderates())
    updates = [client.Update.de_json(one, None) for one in take(telegram, account)]
    assert [one.chat_member.new_chat_member.status for one in updates] == [
        "restricted", "member", "administrator", "administrator",
    ]  # fmt: skip


REFUSALS = [
    ("restrictChatMember", "private", {}, "method is available only for supergroups"),
    ("restrictChatMember", "group", {}, "method is available only for supergroups"),
    ("restrictChatMember", "channel", {}, "method is available only for supergroups"),
    ("promoteChatMember", "group", {}, "method is available for supergroup and channel chats only"),
    ("promoteChatMember", "private", {}, "method is available for supergroup and channel chats"),
    ("unbanChatMember", "private", {}, "method is available for supergroup and channel chats only"),
    ("setChatPermissions", "private", {}, "can't change private chat permissions"),
    ("setChatPermissions", "channel", {}, "can't change channel chat permissions"),
    (
        "setChatAdministratorCustomTitle",
        "channel",
        {},
        "method is available only for groups and supergroups",
    ),
    ("banChatSenderChat", "group", {"sender_chat_id": -5}, "can't ban chats in basic groups"),
    ("banChatSenderChat", "private", {}, "can't ban members in private chats"),
    ("banChatSenderChat", "supergroup", {}, "sender_chat_id is empty"),
    ("banChatSenderChat", "supergroup", {"sender_chat_id": "x"}, "sender_chat_id is not a valid"),
    ("banChatSenderChat", "supergroup", {"sender_chat_id": -5}, "member not found"),
    ("restrictChatMember", "supergroup", {"user_id": 5}, "member not found"),
    ("restrictChatMember", "supergroup", {"user_id": ""}, "invalid user_id specified"),
    ("restrictChatMember", "supergroup", {"permissions": "{"}, "can't parse permissions JSON obje"),
    ("restrictChatMember", "supergroup", {"permissions": []}, "object expected as permissions"),
    (
        "restrictChatMember",
        "supergroup",
        {"permissions": {"can_send_messages": "yes"}},
        'can\'t parse chat permissions: Field "can_send_messages" must be of type Boolean',
    ),
    ("restrictChatMember", "supergroup", {"user_id": "OWNER"}, "can't remove chat owner"),
    ("restrictChatMember", "supergroup", {"user_id": "SELF"}, "can't restrict self"),
    ("promoteChatMember", "supergroup", {"user_id": "OWNER"}, "can't remove chat owner"),
    (
        "promoteChatMember",
        "supergroup",
        {"user_id": "SELF", "can_pin_messages": True},
        "can't promote self",
    ),
    (
        "promoteChatMember",
        "supergroup",
        {"user_id": "GONE", "can_pin_messages": True},
        "USER_NOT_PARTICIPANT",
    ),
    ("promoteChatMember", "supergroup", {"user_id": "GONE"}, "bots can't add new chat members"),
]


@pytest.mark.parametrize(("method", "kind", "arguments", "words"), REFUSALS)
def test_refusals_in_the_words_of_telegram(
    telegram, account, viktor, anna, method, kind, arguments, words
):
    viktor.send("/start", to=account)
    chat = viktor
    if kind != "private":
        chat = telegram.group("Friends", [viktor, anna, account], kind=kind)
        chat.promote(account, can_promote_members=True)
    gone = telegram.person("Gone").id
    users = {"OWNER": viktor.id, "SELF": account.id, "GONE": gone}
    arguments = {"chat_id": chat.id, "user_id": anna.id} | arguments
    arguments["user_id"] = users.get(arguments["user_id"], arguments["user_id"])
    with pytest.raises(TelegramError) as caught:
        telegram.call(account, method, **arguments)
    assert str(caught.value).startswith(f"400 Bad Request: {words}")


def test_a_restore_brings_back_who_may_do_what(telegram, anna, group, call):
    start = telegram.snapshot()
    news = telegram.channel("News", [anna])
    before = call("getChat")["permissions"]
    call("setChatPermissions", permissions={})
    call("restrictChatMember", anna, permissions={})
    call("banChatSenderChat", sender_chat_id=news.id)
    telegram.restore(start)
    assert call("getChat")["permissions"] == before
    assert call("getChatMember", anna)["status"] == "member"
    anna.send("hi", to=group, sender_chat=telegram.channel("News", [anna]))


@given(
    method=st.sampled_from(MODERATION),
    kind=st.sampled_from(["group", "supergroup", "channel"]),
    values=st.dictionaries(
        st.sampled_from(sorted({name for one in MODERATION for name in METHODS[one].fields})),
        st.sampled_from(["", "x", "-1", "true", "[]", "{}", "null", '{"can_send_messages": 1}'])
        | st.sampled_from(["ANNA", "BOT", "99999999999999999999", '"\ud800"', "[" * 3000])
        | st.text(max_size=5),
    ),
)
def test_no_arguments_stop_the_sandbox(method, kind, values):
    with InMemoryTelegram(None, limits=None) as telegram:
        account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
        anna = telegram.person("Anna")
        group = telegram.group("Friends", [viktor, anna, account], kind=kind)
        group.promote(account, can_promote_members=True)
        known = {"ANNA": anna.id, "BOT": account.id}
        given = {name: known.get(value, value) for name, value in values.items()}
        arguments = {"chat_id": group.id, "user_id": anna.id, "sender_chat_id": group.id} | given
        try:
            telegram.call(account, method, **arguments)
        except TelegramError as refusal:
            if refusal.code == 500:
                raise
        for one in (viktor, anna, account):
            found = telegram.call(account, "getChatMember", chat_id=group.id, user_id=one.id)
            assert found["status"] == group.status_of(one)
            here = found.get("is_member", found["status"] not in ("left", "kicked"))
            assert (one in group.members) == here
        viktor.send("I am still the owner", to=group)
