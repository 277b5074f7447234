"""A chat message has an attribute for every field of its EventSub event that can differ."""

from bot_sandbox.twitch.eventsub_events import announcement_event, chat_event

# What is the same in every event here: the sandbox has no bits, no points and no shared chat.
SAME = {
    *("message_type", "cheer", "channel_points_custom_reward_id", "channel_points_animation_id"),
    "is_source_only",
}


def attributes(message):
    """The fields of an event, read from a message."""
    badges = [{"set_id": message.badge, "id": "1", "info": ""}] if message.badge else []
    found = {
        "message_id": message.id,
        "color": message.author.color,
        "badges": badges,
        "message": message.text,
        "reply": message.reply_to and (message.reply_to.id, message.thread.id),
    }
    for role, user in (("broadcaster", message.broadcaster), ("chatter", message.author)):
        found[f"{role}_user_id"] = user.id
        found[f"{role}_user_login"] = user.login
        found[f"{role}_user_name"] = user.display_name
    return found


def test_a_chat_message_knows_what_its_event_says(twitch):
    viktor, anna = twitch.account("viktor", "Viktor"), twitch.account("anna", "Anna")
    viktor.mod(anna)
    first = viktor.say("hello")
    second = anna.say("hi", channel=viktor, reply_to=first)
    channel = twitch._world.channel("viktor")
    for message in (first, second):
        event = chat_event(message, channel)
        event["message"] = event["message"]["text"]
        reply = event["reply"]
        event["reply"] = reply and (reply["parent_message_id"], reply["thread_message_id"])
        found = attributes(message)
        rest = event.keys() - found.keys()
        assert {name for name in rest if not name.startswith("source_")} == SAME
        assert found == {name: event[name] for name in found}
    assert second.reply_to is first


def test_an_announcement_knows_its_color(twitch):
    viktor = twitch.account("viktor", "Viktor")
    message = viktor.announce("Tea")
    event = announcement_event(message, twitch._world.channel("viktor"))
    assert event["announcement"] == {"color": message.announcement}
