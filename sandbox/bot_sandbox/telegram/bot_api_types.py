"""The Bot API's objects that people can see, with an attribute for each field.

tools/bot_api_types.py writes this file from bot_api.json, so do not edit it. Optional fields that
are absent are None. The field `from` is `from_user`. A field whose objects no message has here is
Any.
"""

# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from typing import Any  # noqa: F401 - in the texts of types

from bot_sandbox.telegram.api_object import ApiFields, ApiObject, Field


class UserFields(ApiFields):
    """What the sandbox's own User reads from its JSON."""

    __slots__ = ()
    first_name = Field["str"]("first_name")
    last_name = Field["str | None"]("last_name")
    language_code = Field["str | None"]("language_code")
    is_premium = Field["bool | None"]("is_premium")
    added_to_attachment_menu = Field["bool | None"]("added_to_attachment_menu")
    can_join_groups = Field["bool | None"]("can_join_groups")
    can_read_all_group_messages = Field["bool | None"]("can_read_all_group_messages")
    supports_guest_queries = Field["bool | None"]("supports_guest_queries")
    supports_inline_queries = Field["bool | None"]("supports_inline_queries")
    can_connect_to_business = Field["bool | None"]("can_connect_to_business")
    has_main_web_app = Field["bool | None"]("has_main_web_app")
    has_topics_enabled = Field["bool | None"]("has_topics_enabled")
    allows_users_to_create_topics = Field["bool | None"]("allows_users_to_create_topics")
    can_manage_bots = Field["bool | None"]("can_manage_bots")
    supports_join_request_queries = Field["bool | None"]("supports_join_request_queries")


class User(UserFields, ApiObject):
    """The Bot API's User."""

    __slots__ = ()
    id = Field["int"]("id")
    is_bot = Field["bool"]("is_bot")
    username = Field["str | None"]("username")


class ChatFields(ApiFields):
    """What the sandbox's own Chat reads from its JSON."""

    __slots__ = ()
    type = Field["str"]("type")
    username = Field["str | None"]("username")
    first_name = Field["str | None"]("first_name")
    last_name = Field["str | None"]("last_name")
    is_forum = Field["bool | None"]("is_forum")
    is_direct_messages = Field["bool | None"]("is_direct_messages")
    accent_color_id = Field["int | None"]("accent_color_id")
    active_usernames = Field["list[str] | None"]("active_usernames")
    available_reactions = Field["list[Any] | None"]("available_reactions")
    background_custom_emoji_id = Field["str | None"]("background_custom_emoji_id")
    bio = Field["str | None"]("bio")
    birthdate = Field["Any"]("birthdate")
    business_intro = Field["Any"]("business_intro")
    business_location = Field["Any"]("business_location")
    business_opening_hours = Field["Any"]("business_opening_hours")
    can_set_sticker_set = Field["bool | None"]("can_set_sticker_set")
    custom_emoji_sticker_set_name = Field["str | None"]("custom_emoji_sticker_set_name")
    description = Field["str | None"]("description")
    emoji_status_custom_emoji_id = Field["str | None"]("emoji_status_custom_emoji_id")
    emoji_status_expiration_date = Field["int | None"]("emoji_status_expiration_date")
    has_aggressive_anti_spam_enabled = Field["bool | None"]("has_aggressive_anti_spam_enabled")
    has_hidden_members = Field["bool | None"]("has_hidden_members")
    has_private_forwards = Field["bool | None"]("has_private_forwards")
    has_protected_content = Field["bool | None"]("has_protected_content")
    has_restricted_voice_and_video_messages = Field["bool | None"]("has_restricted_voice_and_video_messages")
    has_visible_history = Field["bool | None"]("has_visible_history")
    invite_link = Field["str | None"]("invite_link")
    join_by_request = Field["bool | None"]("join_by_request")
    join_to_send_messages = Field["bool | None"]("join_to_send_messages")
    linked_chat_id = Field["int | None"]("linked_chat_id")
    location = Field["ChatLocation | None"]("location", lambda: ChatLocation)
    message_auto_delete_time = Field["int | None"]("message_auto_delete_time")
    permissions = Field["ChatPermissions | None"]("permissions", lambda: ChatPermissions)
    personal_chat = Field["Chat | None"]("personal_chat", lambda: Chat)
    photo = Field["ChatPhoto | None"]("photo", lambda: ChatPhoto)
    pinned_message = Field["Message | None"]("pinned_message", lambda: Message)
    profile_accent_color_id = Field["int | None"]("profile_accent_color_id")
    profile_background_custom_emoji_id = Field["str | None"]("profile_background_custom_emoji_id")
    slow_mode_delay = Field["int | None"]("slow_mode_delay")
    sticker_set_name = Field["str | None"]("sticker_set_name")
    unrestrict_boost_count = Field["int | None"]("unrestrict_boost_count")


class Chat(ChatFields, ApiObject):
    """The Bot API's Chat."""

    __slots__ = ()
    id = Field["int"]("id")
    title = Field["str | None"]("title")


class MessageFields(ApiFields):
    """What the sandbox's own Message reads from its JSON."""

    __slots__ = ()
    message_thread_id = Field["int | None"]("message_thread_id")
    direct_messages_topic = Field["Any"]("direct_messages_topic")
    from_user = Field["User | None"]("from", lambda: User)
    sender_chat = Field["Chat | None"]("sender_chat", lambda: Chat)
    sender_boost_count = Field["int | None"]("sender_boost_count")
    sender_business_bot = Field["User | None"]("sender_business_bot", lambda: User)
    sender_tag = Field["str | None"]("sender_tag")
    receiver_user = Field["User | None"]("receiver_user", lambda: User)
    ephemeral_message_id = Field["int | None"]("ephemeral_message_id")
    guest_query_id = Field["str | None"]("guest_query_id")
    business_connection_id = Field["str | None"]("business_connection_id")
    forward_origin = Field["MessageOrigin | None"]("forward_origin", lambda: MessageOrigin)
    is_topic_message = Field["bool | None"]("is_topic_message")
    is_automatic_forward = Field["bool | None"]("is_automatic_forward")
    reply_to_message = Field["Message | None"]("reply_to_message", lambda: Message)
    external_reply = Field["ExternalReplyInfo | None"]("external_reply", lambda: ExternalReplyInfo)
    quote = Field["TextQuote | None"]("quote", lambda: TextQuote)
    reply_to_story = Field["Any"]("reply_to_story")
    reply_to_checklist_task_id = Field["int | None"]("reply_to_checklist_task_id")
    reply_to_poll_option_id = Field["str | None"]("reply_to_poll_option_id")
    via_bot = Field["User | None"]("via_bot", lambda: User)
    guest_bot_caller_user = Field["User | None"]("guest_bot_caller_user", lambda: User)
    guest_bot_caller_chat = Field["Chat | None"]("guest_bot_caller_chat", lambda: Chat)
    edit_date = Field["int | None"]("edit_date")
    has_protected_content = Field["bool | None"]("has_protected_content")
    is_from_offline = Field["bool | None"]("is_from_offline")
    is_paid_post = Field["bool | None"]("is_paid_post")
    media_group_id = Field["str | None"]("media_group_id")
    author_signature = Field["str | None"]("author_signature")
    paid_star_count = Field["int | None"]("paid_star_count")
    text = Field["str | None"]("text")
    entities = Field["list[MessageEntity] | None"]("entities", lambda: MessageEntity)
    link_preview_options = Field["LinkPreviewOptions | None"]("link_preview_options", lambda: LinkPreviewOptions)
    suggested_post_info = Field["Any"]("suggested_post_info")
    effect_id = Field["str | None"]("effect_id")
    rich_message = Field["RichMessage | None"]("rich_message", lambda: RichMessage)
    animation = Field["Animation | None"]("animation", lambda: Animation)
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    paid_media = Field["Any"]("paid_media")
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    story = Field["Any"]("story")
    video = Field["Video | None"]("video", lambda: Video)
    video_note = Field["Any"]("video_note")
    voice = Field["Any"]("voice")
    caption = Field["str | None"]("caption")
    caption_entities = Field["list[MessageEntity] | None"]("caption_entities", lambda: MessageEntity)
    show_caption_above_media = Field["bool | None"]("show_caption_above_media")
    has_media_spoiler = Field["bool | None"]("has_media_spoiler")
    checklist = Field["Any"]("checklist")
    contact = Field["Contact | None"]("contact", lambda: Contact)
    dice = Field["Dice | None"]("dice", lambda: Dice)
    game = Field["Any"]("game")
    poll = Field["Poll | None"]("poll", lambda: Poll)
    venue = Field["Any"]("venue")
    location = Field["Location | None"]("location", lambda: Location)
    new_chat_members = Field["list[User] | None"]("new_chat_members", lambda: User)
    left_chat_member = Field["User | None"]("left_chat_member", lambda: User)
    chat_owner_left = Field["Any"]("chat_owner_left")
    chat_owner_changed = Field["Any"]("chat_owner_changed")
    new_chat_title = Field["str | None"]("new_chat_title")
    new_chat_photo = Field["list[PhotoSize] | None"]("new_chat_photo", lambda: PhotoSize)
    delete_chat_photo = Field["bool | None"]("delete_chat_photo")
    group_chat_created = Field["bool | None"]("group_chat_created")
    supergroup_chat_created = Field["bool | None"]("supergroup_chat_created")
    channel_chat_created = Field["bool | None"]("channel_chat_created")
    message_auto_delete_timer_changed = Field["Any"]("message_auto_delete_timer_changed")
    migrate_to_chat_id = Field["int | None"]("migrate_to_chat_id")
    migrate_from_chat_id = Field["int | None"]("migrate_from_chat_id")
    pinned_message = Field["MaybeInaccessibleMessage | None"]("pinned_message", lambda: MaybeInaccessibleMessage)
    invoice = Field["Any"]("invoice")
    successful_payment = Field["Any"]("successful_payment")
    refunded_payment = Field["Any"]("refunded_payment")
    users_shared = Field["Any"]("users_shared")
    chat_shared = Field["Any"]("chat_shared")
    gift = Field["Any"]("gift")
    unique_gift = Field["Any"]("unique_gift")
    gift_upgrade_sent = Field["Any"]("gift_upgrade_sent")
    connected_website = Field["str | None"]("connected_website")
    write_access_allowed = Field["Any"]("write_access_allowed")
    passport_data = Field["Any"]("passport_data")
    proximity_alert_triggered = Field["Any"]("proximity_alert_triggered")
    boost_added = Field["Any"]("boost_added")
    chat_background_set = Field["Any"]("chat_background_set")
    checklist_tasks_done = Field["Any"]("checklist_tasks_done")
    checklist_tasks_added = Field["Any"]("checklist_tasks_added")
    community_chat_added = Field["Any"]("community_chat_added")
    community_chat_joined = Field["Any"]("community_chat_joined")
    community_chat_removed = Field["Any"]("community_chat_removed")
    direct_message_price_changed = Field["Any"]("direct_message_price_changed")
    forum_topic_created = Field["Any"]("forum_topic_created")
    forum_topic_edited = Field["Any"]("forum_topic_edited")
    forum_topic_closed = Field["Any"]("forum_topic_closed")
    forum_topic_reopened = Field["Any"]("forum_topic_reopened")
    general_forum_topic_hidden = Field["Any"]("general_forum_topic_hidden")
    general_forum_topic_unhidden = Field["Any"]("general_forum_topic_unhidden")
    giveaway_created = Field["Any"]("giveaway_created")
    giveaway = Field["Any"]("giveaway")
    giveaway_winners = Field["Any"]("giveaway_winners")
    giveaway_completed = Field["Any"]("giveaway_completed")
    managed_bot_created = Field["Any"]("managed_bot_created")
    paid_message_price_changed = Field["Any"]("paid_message_price_changed")
    poll_option_added = Field["Any"]("poll_option_added")
    poll_option_deleted = Field["Any"]("poll_option_deleted")
    suggested_post_approved = Field["Any"]("suggested_post_approved")
    suggested_post_approval_failed = Field["Any"]("suggested_post_approval_failed")
    suggested_post_declined = Field["Any"]("suggested_post_declined")
    suggested_post_paid = Field["Any"]("suggested_post_paid")
    suggested_post_refunded = Field["Any"]("suggested_post_refunded")
    video_chat_scheduled = Field["Any"]("video_chat_scheduled")
    video_chat_started = Field["Any"]("video_chat_started")
    video_chat_ended = Field["Any"]("video_chat_ended")
    video_chat_participants_invited = Field["Any"]("video_chat_participants_invited")
    web_app_data = Field["Any"]("web_app_data")
    reply_markup = Field["InlineKeyboardMarkup | None"]("reply_markup", lambda: InlineKeyboardMarkup)
    forward_date = Field["int | None"]("forward_date")
    forward_from = Field["User | None"]("forward_from", lambda: User)
    forward_from_chat = Field["Chat | None"]("forward_from_chat", lambda: Chat)
    forward_from_message_id = Field["int | None"]("forward_from_message_id")
    forward_sender_name = Field["str | None"]("forward_sender_name")
    forward_signature = Field["str | None"]("forward_signature")


class Message(MessageFields, ApiObject):
    """The Bot API's Message."""

    __slots__ = ()
    message_id = Field["int"]("message_id")
    date = Field["int"]("date")
    chat = Field["Chat"]("chat", lambda: Chat)


class MaybeInaccessibleMessage(ApiObject):
    """The Bot API's MaybeInaccessibleMessage."""

    __slots__ = ()
    message_id = Field["int"]("message_id")
    message_thread_id = Field["int | None"]("message_thread_id")
    direct_messages_topic = Field["Any"]("direct_messages_topic")
    from_user = Field["User | None"]("from", lambda: User)
    sender_chat = Field["Chat | None"]("sender_chat", lambda: Chat)
    sender_boost_count = Field["int | None"]("sender_boost_count")
    sender_business_bot = Field["User | None"]("sender_business_bot", lambda: User)
    sender_tag = Field["str | None"]("sender_tag")
    receiver_user = Field["User | None"]("receiver_user", lambda: User)
    ephemeral_message_id = Field["int | None"]("ephemeral_message_id")
    date = Field["int"]("date")
    guest_query_id = Field["str | None"]("guest_query_id")
    business_connection_id = Field["str | None"]("business_connection_id")
    chat = Field["Chat"]("chat", lambda: Chat)
    forward_origin = Field["MessageOrigin | None"]("forward_origin", lambda: MessageOrigin)
    is_topic_message = Field["bool | None"]("is_topic_message")
    is_automatic_forward = Field["bool | None"]("is_automatic_forward")
    reply_to_message = Field["Message | None"]("reply_to_message", lambda: Message)
    external_reply = Field["ExternalReplyInfo | None"]("external_reply", lambda: ExternalReplyInfo)
    quote = Field["TextQuote | None"]("quote", lambda: TextQuote)
    reply_to_story = Field["Any"]("reply_to_story")
    reply_to_checklist_task_id = Field["int | None"]("reply_to_checklist_task_id")
    reply_to_poll_option_id = Field["str | None"]("reply_to_poll_option_id")
    via_bot = Field["User | None"]("via_bot", lambda: User)
    guest_bot_caller_user = Field["User | None"]("guest_bot_caller_user", lambda: User)
    guest_bot_caller_chat = Field["Chat | None"]("guest_bot_caller_chat", lambda: Chat)
    edit_date = Field["int | None"]("edit_date")
    has_protected_content = Field["bool | None"]("has_protected_content")
    is_from_offline = Field["bool | None"]("is_from_offline")
    is_paid_post = Field["bool | None"]("is_paid_post")
    media_group_id = Field["str | None"]("media_group_id")
    author_signature = Field["str | None"]("author_signature")
    paid_star_count = Field["int | None"]("paid_star_count")
    text = Field["str | None"]("text")
    entities = Field["list[MessageEntity] | None"]("entities", lambda: MessageEntity)
    link_preview_options = Field["LinkPreviewOptions | None"]("link_preview_options", lambda: LinkPreviewOptions)
    suggested_post_info = Field["Any"]("suggested_post_info")
    effect_id = Field["str | None"]("effect_id")
    rich_message = Field["RichMessage | None"]("rich_message", lambda: RichMessage)
    animation = Field["Animation | None"]("animation", lambda: Animation)
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    paid_media = Field["Any"]("paid_media")
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    story = Field["Any"]("story")
    video = Field["Video | None"]("video", lambda: Video)
    video_note = Field["Any"]("video_note")
    voice = Field["Any"]("voice")
    caption = Field["str | None"]("caption")
    caption_entities = Field["list[MessageEntity] | None"]("caption_entities", lambda: MessageEntity)
    show_caption_above_media = Field["bool | None"]("show_caption_above_media")
    has_media_spoiler = Field["bool | None"]("has_media_spoiler")
    checklist = Field["Any"]("checklist")
    contact = Field["Contact | None"]("contact", lambda: Contact)
    dice = Field["Dice | None"]("dice", lambda: Dice)
    game = Field["Any"]("game")
    poll = Field["Poll | None"]("poll", lambda: Poll)
    venue = Field["Any"]("venue")
    location = Field["Location | None"]("location", lambda: Location)
    new_chat_members = Field["list[User] | None"]("new_chat_members", lambda: User)
    left_chat_member = Field["User | None"]("left_chat_member", lambda: User)
    chat_owner_left = Field["Any"]("chat_owner_left")
    chat_owner_changed = Field["Any"]("chat_owner_changed")
    new_chat_title = Field["str | None"]("new_chat_title")
    new_chat_photo = Field["list[PhotoSize] | None"]("new_chat_photo", lambda: PhotoSize)
    delete_chat_photo = Field["bool | None"]("delete_chat_photo")
    group_chat_created = Field["bool | None"]("group_chat_created")
    supergroup_chat_created = Field["bool | None"]("supergroup_chat_created")
    channel_chat_created = Field["bool | None"]("channel_chat_created")
    message_auto_delete_timer_changed = Field["Any"]("message_auto_delete_timer_changed")
    migrate_to_chat_id = Field["int | None"]("migrate_to_chat_id")
    migrate_from_chat_id = Field["int | None"]("migrate_from_chat_id")
    pinned_message = Field["MaybeInaccessibleMessage | None"]("pinned_message", lambda: MaybeInaccessibleMessage)
    invoice = Field["Any"]("invoice")
    successful_payment = Field["Any"]("successful_payment")
    refunded_payment = Field["Any"]("refunded_payment")
    users_shared = Field["Any"]("users_shared")
    chat_shared = Field["Any"]("chat_shared")
    gift = Field["Any"]("gift")
    unique_gift = Field["Any"]("unique_gift")
    gift_upgrade_sent = Field["Any"]("gift_upgrade_sent")
    connected_website = Field["str | None"]("connected_website")
    write_access_allowed = Field["Any"]("write_access_allowed")
    passport_data = Field["Any"]("passport_data")
    proximity_alert_triggered = Field["Any"]("proximity_alert_triggered")
    boost_added = Field["Any"]("boost_added")
    chat_background_set = Field["Any"]("chat_background_set")
    checklist_tasks_done = Field["Any"]("checklist_tasks_done")
    checklist_tasks_added = Field["Any"]("checklist_tasks_added")
    community_chat_added = Field["Any"]("community_chat_added")
    community_chat_joined = Field["Any"]("community_chat_joined")
    community_chat_removed = Field["Any"]("community_chat_removed")
    direct_message_price_changed = Field["Any"]("direct_message_price_changed")
    forum_topic_created = Field["Any"]("forum_topic_created")
    forum_topic_edited = Field["Any"]("forum_topic_edited")
    forum_topic_closed = Field["Any"]("forum_topic_closed")
    forum_topic_reopened = Field["Any"]("forum_topic_reopened")
    general_forum_topic_hidden = Field["Any"]("general_forum_topic_hidden")
    general_forum_topic_unhidden = Field["Any"]("general_forum_topic_unhidden")
    giveaway_created = Field["Any"]("giveaway_created")
    giveaway = Field["Any"]("giveaway")
    giveaway_winners = Field["Any"]("giveaway_winners")
    giveaway_completed = Field["Any"]("giveaway_completed")
    managed_bot_created = Field["Any"]("managed_bot_created")
    paid_message_price_changed = Field["Any"]("paid_message_price_changed")
    poll_option_added = Field["Any"]("poll_option_added")
    poll_option_deleted = Field["Any"]("poll_option_deleted")
    suggested_post_approved = Field["Any"]("suggested_post_approved")
    suggested_post_approval_failed = Field["Any"]("suggested_post_approval_failed")
    suggested_post_declined = Field["Any"]("suggested_post_declined")
    suggested_post_paid = Field["Any"]("suggested_post_paid")
    suggested_post_refunded = Field["Any"]("suggested_post_refunded")
    video_chat_scheduled = Field["Any"]("video_chat_scheduled")
    video_chat_started = Field["Any"]("video_chat_started")
    video_chat_ended = Field["Any"]("video_chat_ended")
    video_chat_participants_invited = Field["Any"]("video_chat_participants_invited")
    web_app_data = Field["Any"]("web_app_data")
    reply_markup = Field["InlineKeyboardMarkup | None"]("reply_markup", lambda: InlineKeyboardMarkup)
    forward_date = Field["int | None"]("forward_date")
    forward_from = Field["User | None"]("forward_from", lambda: User)
    forward_from_chat = Field["Chat | None"]("forward_from_chat", lambda: Chat)
    forward_from_message_id = Field["int | None"]("forward_from_message_id")
    forward_sender_name = Field["str | None"]("forward_sender_name")
    forward_signature = Field["str | None"]("forward_signature")


class MessageEntity(ApiObject):
    """The Bot API's MessageEntity."""

    __slots__ = ()
    type = Field["str"]("type")
    offset = Field["int"]("offset")
    length = Field["int"]("length")
    url = Field["str | None"]("url")
    user = Field["User | None"]("user", lambda: User)
    language = Field["str | None"]("language")
    custom_emoji_id = Field["str | None"]("custom_emoji_id")
    unix_time = Field["int | None"]("unix_time")
    date_time_format = Field["str | None"]("date_time_format")


class TextQuote(ApiObject):
    """The Bot API's TextQuote."""

    __slots__ = ()
    text = Field["str"]("text")
    entities = Field["list[MessageEntity] | None"]("entities", lambda: MessageEntity)
    position = Field["int"]("position")
    is_manual = Field["bool | None"]("is_manual")


class ExternalReplyInfo(ApiObject):
    """The Bot API's ExternalReplyInfo."""

    __slots__ = ()
    origin = Field["MessageOrigin"]("origin", lambda: MessageOrigin)
    chat = Field["Chat | None"]("chat", lambda: Chat)
    message_id = Field["int | None"]("message_id")
    link_preview_options = Field["LinkPreviewOptions | None"]("link_preview_options", lambda: LinkPreviewOptions)
    animation = Field["Animation | None"]("animation", lambda: Animation)
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    paid_media = Field["Any"]("paid_media")
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    story = Field["Any"]("story")
    video = Field["Video | None"]("video", lambda: Video)
    video_note = Field["Any"]("video_note")
    voice = Field["Any"]("voice")
    has_media_spoiler = Field["bool | None"]("has_media_spoiler")
    checklist = Field["Any"]("checklist")
    contact = Field["Contact | None"]("contact", lambda: Contact)
    dice = Field["Dice | None"]("dice", lambda: Dice)
    game = Field["Any"]("game")
    giveaway = Field["Any"]("giveaway")
    giveaway_winners = Field["Any"]("giveaway_winners")
    invoice = Field["Any"]("invoice")
    location = Field["Location | None"]("location", lambda: Location)
    poll = Field["Poll | None"]("poll", lambda: Poll)
    venue = Field["Any"]("venue")


class MessageOrigin(ApiObject):
    """The Bot API's MessageOrigin."""

    __slots__ = ()
    type = Field["str"]("type")
    date = Field["int"]("date")
    sender_user = Field["User | None"]("sender_user", lambda: User)
    sender_user_name = Field["str | None"]("sender_user_name")
    sender_chat = Field["Chat | None"]("sender_chat", lambda: Chat)
    author_signature = Field["str | None"]("author_signature")
    chat = Field["Chat | None"]("chat", lambda: Chat)
    message_id = Field["int | None"]("message_id")


class PhotoSize(ApiObject):
    """The Bot API's PhotoSize."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    width = Field["int"]("width")
    height = Field["int"]("height")
    file_size = Field["int | None"]("file_size")


class Animation(ApiObject):
    """The Bot API's Animation."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    width = Field["int"]("width")
    height = Field["int"]("height")
    duration = Field["int"]("duration")
    thumbnail = Field["PhotoSize | None"]("thumbnail", lambda: PhotoSize)
    file_name = Field["str | None"]("file_name")
    mime_type = Field["str | None"]("mime_type")
    file_size = Field["int | None"]("file_size")


class Audio(ApiObject):
    """The Bot API's Audio."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    duration = Field["int"]("duration")
    performer = Field["str | None"]("performer")
    title = Field["str | None"]("title")
    file_name = Field["str | None"]("file_name")
    mime_type = Field["str | None"]("mime_type")
    file_size = Field["int | None"]("file_size")
    thumbnail = Field["PhotoSize | None"]("thumbnail", lambda: PhotoSize)


class Document(ApiObject):
    """The Bot API's Document."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    thumbnail = Field["PhotoSize | None"]("thumbnail", lambda: PhotoSize)
    file_name = Field["str | None"]("file_name")
    mime_type = Field["str | None"]("mime_type")
    file_size = Field["int | None"]("file_size")


class LivePhoto(ApiObject):
    """The Bot API's LivePhoto."""

    __slots__ = ()
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    width = Field["int"]("width")
    height = Field["int"]("height")
    duration = Field["int"]("duration")
    mime_type = Field["str | None"]("mime_type")
    file_size = Field["int | None"]("file_size")


class Video(ApiObject):
    """The Bot API's Video."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    width = Field["int"]("width")
    height = Field["int"]("height")
    duration = Field["int"]("duration")
    thumbnail = Field["PhotoSize | None"]("thumbnail", lambda: PhotoSize)
    cover = Field["list[PhotoSize] | None"]("cover", lambda: PhotoSize)
    start_timestamp = Field["int | None"]("start_timestamp")
    qualities = Field["list[Any] | None"]("qualities")
    file_name = Field["str | None"]("file_name")
    mime_type = Field["str | None"]("mime_type")
    file_size = Field["int | None"]("file_size")


class Contact(ApiObject):
    """The Bot API's Contact."""

    __slots__ = ()
    phone_number = Field["str"]("phone_number")
    first_name = Field["str"]("first_name")
    last_name = Field["str | None"]("last_name")
    user_id = Field["int | None"]("user_id")
    vcard = Field["str | None"]("vcard")


class Dice(ApiObject):
    """The Bot API's Dice."""

    __slots__ = ()
    emoji = Field["str"]("emoji")
    value = Field["int"]("value")


class PollMedia(ApiObject):
    """The Bot API's PollMedia."""

    __slots__ = ()
    animation = Field["Animation | None"]("animation", lambda: Animation)
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    link = Field["Any"]("link")
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    location = Field["Location | None"]("location", lambda: Location)
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    venue = Field["Any"]("venue")
    video = Field["Video | None"]("video", lambda: Video)


class Poll(ApiObject):
    """The Bot API's Poll."""

    __slots__ = ()
    id = Field["str"]("id")
    question = Field["str"]("question")
    question_entities = Field["list[MessageEntity] | None"]("question_entities", lambda: MessageEntity)
    options = Field["list[Any]"]("options")
    total_voter_count = Field["int"]("total_voter_count")
    is_closed = Field["bool"]("is_closed")
    is_anonymous = Field["bool"]("is_anonymous")
    type = Field["str"]("type")
    allows_multiple_answers = Field["bool"]("allows_multiple_answers")
    allows_revoting = Field["bool"]("allows_revoting")
    members_only = Field["bool"]("members_only")
    country_codes = Field["list[str] | None"]("country_codes")
    correct_option_ids = Field["list[int] | None"]("correct_option_ids")
    explanation = Field["str | None"]("explanation")
    explanation_entities = Field["list[MessageEntity] | None"]("explanation_entities", lambda: MessageEntity)
    explanation_media = Field["PollMedia | None"]("explanation_media", lambda: PollMedia)
    open_period = Field["int | None"]("open_period")
    close_date = Field["int | None"]("close_date")
    description = Field["str | None"]("description")
    description_entities = Field["list[MessageEntity] | None"]("description_entities", lambda: MessageEntity)
    media = Field["PollMedia | None"]("media", lambda: PollMedia)
    correct_option_id = Field["int | None"]("correct_option_id")


class Location(ApiObject):
    """The Bot API's Location."""

    __slots__ = ()
    latitude = Field["float"]("latitude")
    longitude = Field["float"]("longitude")
    horizontal_accuracy = Field["float | None"]("horizontal_accuracy")
    live_period = Field["int | None"]("live_period")
    heading = Field["int | None"]("heading")
    proximity_alert_radius = Field["int | None"]("proximity_alert_radius")


class LinkPreviewOptions(ApiObject):
    """The Bot API's LinkPreviewOptions."""

    __slots__ = ()
    is_disabled = Field["bool | None"]("is_disabled")
    url = Field["str | None"]("url")
    prefer_small_media = Field["bool | None"]("prefer_small_media")
    prefer_large_media = Field["bool | None"]("prefer_large_media")
    show_above_text = Field["bool | None"]("show_above_text")


class WebAppInfo(ApiObject):
    """The Bot API's WebAppInfo."""

    __slots__ = ()
    url = Field["str"]("url")


class InlineKeyboardMarkup(ApiObject):
    """The Bot API's InlineKeyboardMarkup."""

    __slots__ = ()
    inline_keyboard = Field["list[list[InlineKeyboardButton]]"]("inline_keyboard", lambda: InlineKeyboardButton)
    force_reply = Field["bool | None"]("force_reply")


class InlineKeyboardButton(ApiObject):
    """The Bot API's InlineKeyboardButton."""

    __slots__ = ()
    text = Field["str"]("text")
    icon_custom_emoji_id = Field["str | None"]("icon_custom_emoji_id")
    style = Field["str | None"]("style")
    url = Field["str | None"]("url")
    callback_data = Field["str | None"]("callback_data")
    web_app = Field["WebAppInfo | None"]("web_app", lambda: WebAppInfo)
    login_url = Field["LoginUrl | None"]("login_url", lambda: LoginUrl)
    switch_inline_query = Field["str | None"]("switch_inline_query")
    switch_inline_query_current_chat = Field["str | None"]("switch_inline_query_current_chat")
    switch_inline_query_chosen_chat = Field["SwitchInlineQueryChosenChat | None"]("switch_inline_query_chosen_chat", lambda: SwitchInlineQueryChosenChat)
    copy_text = Field["CopyTextButton | None"]("copy_text", lambda: CopyTextButton)
    callback_game = Field["CallbackGame | None"]("callback_game", lambda: CallbackGame)
    pay = Field["bool | None"]("pay")
    disabled = Field["DisabledButton | None"]("disabled", lambda: DisabledButton)


class LoginUrl(ApiObject):
    """The Bot API's LoginUrl."""

    __slots__ = ()
    url = Field["str"]("url")
    forward_text = Field["str | None"]("forward_text")
    bot_username = Field["str | None"]("bot_username")
    request_write_access = Field["bool | None"]("request_write_access")


class SwitchInlineQueryChosenChat(ApiObject):
    """The Bot API's SwitchInlineQueryChosenChat."""

    __slots__ = ()
    query = Field["str | None"]("query")
    allow_user_chats = Field["bool | None"]("allow_user_chats")
    allow_bot_chats = Field["bool | None"]("allow_bot_chats")
    allow_group_chats = Field["bool | None"]("allow_group_chats")
    allow_channel_chats = Field["bool | None"]("allow_channel_chats")


class CopyTextButton(ApiObject):
    """The Bot API's CopyTextButton."""

    __slots__ = ()
    text = Field["str"]("text")


class DisabledButton(ApiObject):
    """The Bot API's DisabledButton."""

    __slots__ = ()


class ChatPhoto(ApiObject):
    """The Bot API's ChatPhoto."""

    __slots__ = ()
    small_file_id = Field["str"]("small_file_id")
    small_file_unique_id = Field["str"]("small_file_unique_id")
    big_file_id = Field["str"]("big_file_id")
    big_file_unique_id = Field["str"]("big_file_unique_id")


class ChatPermissions(ApiObject):
    """The Bot API's ChatPermissions."""

    __slots__ = ()
    can_send_messages = Field["bool | None"]("can_send_messages")
    can_send_audios = Field["bool | None"]("can_send_audios")
    can_send_documents = Field["bool | None"]("can_send_documents")
    can_send_photos = Field["bool | None"]("can_send_photos")
    can_send_videos = Field["bool | None"]("can_send_videos")
    can_send_video_notes = Field["bool | None"]("can_send_video_notes")
    can_send_voice_notes = Field["bool | None"]("can_send_voice_notes")
    can_send_polls = Field["bool | None"]("can_send_polls")
    can_send_other_messages = Field["bool | None"]("can_send_other_messages")
    can_add_web_page_previews = Field["bool | None"]("can_add_web_page_previews")
    can_react_to_messages = Field["bool | None"]("can_react_to_messages")
    can_edit_tag = Field["bool | None"]("can_edit_tag")
    can_change_info = Field["bool | None"]("can_change_info")
    can_invite_users = Field["bool | None"]("can_invite_users")
    can_pin_messages = Field["bool | None"]("can_pin_messages")
    can_manage_topics = Field["bool | None"]("can_manage_topics")


class ChatLocation(ApiObject):
    """The Bot API's ChatLocation."""

    __slots__ = ()
    location = Field["Location"]("location", lambda: Location)
    address = Field["str"]("address")


class Sticker(ApiObject):
    """The Bot API's Sticker."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    type = Field["str"]("type")
    width = Field["int"]("width")
    height = Field["int"]("height")
    is_animated = Field["bool"]("is_animated")
    is_video = Field["bool"]("is_video")
    thumbnail = Field["PhotoSize | None"]("thumbnail", lambda: PhotoSize)
    emoji = Field["str | None"]("emoji")
    set_name = Field["str | None"]("set_name")
    premium_animation = Field["Any"]("premium_animation")
    mask_position = Field["Any"]("mask_position")
    custom_emoji_id = Field["str | None"]("custom_emoji_id")
    needs_repainting = Field["bool | None"]("needs_repainting")
    file_size = Field["int | None"]("file_size")


class RichMessage(ApiObject):
    """The Bot API's RichMessage."""

    __slots__ = ()
    blocks = Field["list[Any]"]("blocks")
    is_rtl = Field["bool | None"]("is_rtl")


class CallbackGame(ApiObject):
    """The Bot API's CallbackGame."""

    __slots__ = ()
