"""The Bot API's objects that people can see; tools/bot_api_types.py writes this file."""

# fmt: off
# ruff: noqa

from typing import Any

from bot_sandbox.telegram.api_object import ApiFields, ApiObject, Field


class UserFields(ApiFields):
    """What the sandbox's own User reads from its JSON."""
    first_name: Field[str]
    last_name: Field[str | None]
    language_code: Field[str | None]
    is_premium: Field[bool | None]
    added_to_attachment_menu: Field[bool | None]
    can_join_groups: Field[bool | None]
    can_read_all_group_messages: Field[bool | None]
    supports_guest_queries: Field[bool | None]
    supports_inline_queries: Field[bool | None]
    can_connect_to_business: Field[bool | None]
    has_main_web_app: Field[bool | None]
    has_topics_enabled: Field[bool | None]
    allows_users_to_create_topics: Field[bool | None]
    can_manage_bots: Field[bool | None]
    supports_join_request_queries: Field[bool | None]


class User(UserFields, ApiObject):
    """The Bot API's User."""
    id: Field[int]
    is_bot: Field[bool]
    username: Field[str | None]


class ChatFields(ApiFields):
    """What the sandbox's own Chat reads from its JSON."""
    type: Field[str]
    username: Field[str | None]
    first_name: Field[str | None]
    last_name: Field[str | None]
    is_forum: Field[bool | None]
    is_direct_messages: Field[bool | None]
    accent_color_id: Field[int | None]
    active_usernames: Field[list[str] | None]
    available_reactions: Field[list[Any] | None]
    background_custom_emoji_id: Field[str | None]
    bio: Field[str | None]
    birthdate: Field[Any]
    business_intro: Field[Any]
    business_location: Field[Any]
    business_opening_hours: Field[Any]
    can_set_sticker_set: Field[bool | None]
    custom_emoji_sticker_set_name: Field[str | None]
    description: Field[str | None]
    emoji_status_custom_emoji_id: Field[str | None]
    emoji_status_expiration_date: Field[int | None]
    has_aggressive_anti_spam_enabled: Field[bool | None]
    has_hidden_members: Field[bool | None]
    has_private_forwards: Field[bool | None]
    has_protected_content: Field[bool | None]
    has_restricted_voice_and_video_messages: Field[bool | None]
    has_visible_history: Field[bool | None]
    invite_link: Field[str | None]
    join_by_request: Field[bool | None]
    join_to_send_messages: Field[bool | None]
    linked_chat_id: Field[int | None]
    location: Field[ChatLocation | None]
    message_auto_delete_time: Field[int | None]
    permissions: Field[ChatPermissions | None]
    personal_chat: Field[Chat | None]
    photo: Field[ChatPhoto | None]
    pinned_message: Field[Message | None]
    profile_accent_color_id: Field[int | None]
    profile_background_custom_emoji_id: Field[str | None]
    slow_mode_delay: Field[int | None]
    sticker_set_name: Field[str | None]
    unrestrict_boost_count: Field[int | None]


class Chat(ChatFields, ApiObject):
    """The Bot API's Chat."""
    id: Field[int]
    title: Field[str | None]


class MessageFields(ApiFields):
    """What the sandbox's own Message reads from its JSON."""
    message_thread_id: Field[int | None]
    direct_messages_topic: Field[Any]
    from_user: Field[User | None]
    sender_chat: Field[Chat | None]
    sender_boost_count: Field[int | None]
    sender_business_bot: Field[User | None]
    sender_tag: Field[str | None]
    receiver_user: Field[User | None]
    ephemeral_message_id: Field[int | None]
    guest_query_id: Field[str | None]
    business_connection_id: Field[str | None]
    forward_origin: Field[MessageOrigin | None]
    is_topic_message: Field[bool | None]
    is_automatic_forward: Field[bool | None]
    reply_to_message: Field[Message | None]
    external_reply: Field[ExternalReplyInfo | None]
    quote: Field[TextQuote | None]
    reply_to_story: Field[Story | None]
    reply_to_checklist_task_id: Field[int | None]
    reply_to_poll_option_id: Field[str | None]
    via_bot: Field[User | None]
    guest_bot_caller_user: Field[User | None]
    guest_bot_caller_chat: Field[Chat | None]
    edit_date: Field[int | None]
    has_protected_content: Field[bool | None]
    is_from_offline: Field[bool | None]
    is_paid_post: Field[bool | None]
    media_group_id: Field[str | None]
    author_signature: Field[str | None]
    paid_star_count: Field[int | None]
    text: Field[str | None]
    entities: Field[list[MessageEntity] | None]
    link_preview_options: Field[LinkPreviewOptions | None]
    suggested_post_info: Field[Any]
    effect_id: Field[str | None]
    rich_message: Field[RichMessage | None]
    animation: Field[Animation | None]
    audio: Field[Audio | None]
    document: Field[Document | None]
    live_photo: Field[LivePhoto | None]
    paid_media: Field[PaidMediaInfo | None]
    photo: Field[list[PhotoSize] | None]
    sticker: Field[Sticker | None]
    story: Field[Story | None]
    video: Field[Video | None]
    video_note: Field[VideoNote | None]
    voice: Field[Voice | None]
    caption: Field[str | None]
    caption_entities: Field[list[MessageEntity] | None]
    show_caption_above_media: Field[bool | None]
    has_media_spoiler: Field[bool | None]
    checklist: Field[Checklist | None]
    contact: Field[Contact | None]
    dice: Field[Dice | None]
    game: Field[Game | None]
    poll: Field[Poll | None]
    venue: Field[Venue | None]
    location: Field[Location | None]
    new_chat_members: Field[list[User] | None]
    left_chat_member: Field[User | None]
    chat_owner_left: Field[Any]
    chat_owner_changed: Field[Any]
    new_chat_title: Field[str | None]
    new_chat_photo: Field[list[PhotoSize] | None]
    delete_chat_photo: Field[bool | None]
    group_chat_created: Field[bool | None]
    supergroup_chat_created: Field[bool | None]
    channel_chat_created: Field[bool | None]
    message_auto_delete_timer_changed: Field[Any]
    migrate_to_chat_id: Field[int | None]
    migrate_from_chat_id: Field[int | None]
    pinned_message: Field[MaybeInaccessibleMessage | None]
    invoice: Field[Invoice | None]
    successful_payment: Field[SuccessfulPayment | None]
    refunded_payment: Field[Any]
    users_shared: Field[UsersShared | None]
    chat_shared: Field[ChatShared | None]
    gift: Field[GiftInfo | None]
    unique_gift: Field[UniqueGiftInfo | None]
    gift_upgrade_sent: Field[GiftInfo | None]
    connected_website: Field[str | None]
    write_access_allowed: Field[Any]
    passport_data: Field[Any]
    proximity_alert_triggered: Field[Any]
    boost_added: Field[Any]
    chat_background_set: Field[Any]
    checklist_tasks_done: Field[Any]
    checklist_tasks_added: Field[Any]
    community_chat_added: Field[Any]
    community_chat_joined: Field[Any]
    community_chat_removed: Field[Any]
    direct_message_price_changed: Field[Any]
    forum_topic_created: Field[Any]
    forum_topic_edited: Field[Any]
    forum_topic_closed: Field[Any]
    forum_topic_reopened: Field[Any]
    general_forum_topic_hidden: Field[Any]
    general_forum_topic_unhidden: Field[Any]
    giveaway_created: Field[Any]
    giveaway: Field[Any]
    giveaway_winners: Field[Any]
    giveaway_completed: Field[Any]
    managed_bot_created: Field[Any]
    paid_message_price_changed: Field[Any]
    poll_option_added: Field[Any]
    poll_option_deleted: Field[Any]
    suggested_post_approved: Field[Any]
    suggested_post_approval_failed: Field[Any]
    suggested_post_declined: Field[Any]
    suggested_post_paid: Field[Any]
    suggested_post_refunded: Field[Any]
    video_chat_scheduled: Field[Any]
    video_chat_started: Field[Any]
    video_chat_ended: Field[Any]
    video_chat_participants_invited: Field[Any]
    web_app_data: Field[WebAppData | None]
    reply_markup: Field[InlineKeyboardMarkup | None]
    forward_date: Field[int | None]
    forward_from: Field[User | None]
    forward_from_chat: Field[Chat | None]
    forward_from_message_id: Field[int | None]
    forward_sender_name: Field[str | None]
    forward_signature: Field[str | None]


class Message(MessageFields, ApiObject):
    """The Bot API's Message."""
    message_id: Field[int]
    date: Field[int]
    chat: Field[Chat]


class MaybeInaccessibleMessage(ApiObject):
    """The Bot API's MaybeInaccessibleMessage."""
    message_id: Field[int]
    message_thread_id: Field[int | None]
    direct_messages_topic: Field[Any]
    from_user: Field[User | None]
    sender_chat: Field[Chat | None]
    sender_boost_count: Field[int | None]
    sender_business_bot: Field[User | None]
    sender_tag: Field[str | None]
    receiver_user: Field[User | None]
    ephemeral_message_id: Field[int | None]
    date: Field[int]
    guest_query_id: Field[str | None]
    business_connection_id: Field[str | None]
    chat: Field[Chat]
    forward_origin: Field[MessageOrigin | None]
    is_topic_message: Field[bool | None]
    is_automatic_forward: Field[bool | None]
    reply_to_message: Field[Message | None]
    external_reply: Field[ExternalReplyInfo | None]
    quote: Field[TextQuote | None]
    reply_to_story: Field[Story | None]
    reply_to_checklist_task_id: Field[int | None]
    reply_to_poll_option_id: Field[str | None]
    via_bot: Field[User | None]
    guest_bot_caller_user: Field[User | None]
    guest_bot_caller_chat: Field[Chat | None]
    edit_date: Field[int | None]
    has_protected_content: Field[bool | None]
    is_from_offline: Field[bool | None]
    is_paid_post: Field[bool | None]
    media_group_id: Field[str | None]
    author_signature: Field[str | None]
    paid_star_count: Field[int | None]
    text: Field[str | None]
    entities: Field[list[MessageEntity] | None]
    link_preview_options: Field[LinkPreviewOptions | None]
    suggested_post_info: Field[Any]
    effect_id: Field[str | None]
    rich_message: Field[RichMessage | None]
    animation: Field[Animation | None]
    audio: Field[Audio | None]
    document: Field[Document | None]
    live_photo: Field[LivePhoto | None]
    paid_media: Field[PaidMediaInfo | None]
    photo: Field[list[PhotoSize] | None]
    sticker: Field[Sticker | None]
    story: Field[Story | None]
    video: Field[Video | None]
    video_note: Field[VideoNote | None]
    voice: Field[Voice | None]
    caption: Field[str | None]
    caption_entities: Field[list[MessageEntity] | None]
    show_caption_above_media: Field[bool | None]
    has_media_spoiler: Field[bool | None]
    checklist: Field[Checklist | None]
    contact: Field[Contact | None]
    dice: Field[Dice | None]
    game: Field[Game | None]
    poll: Field[Poll | None]
    venue: Field[Venue | None]
    location: Field[Location | None]
    new_chat_members: Field[list[User] | None]
    left_chat_member: Field[User | None]
    chat_owner_left: Field[Any]
    chat_owner_changed: Field[Any]
    new_chat_title: Field[str | None]
    new_chat_photo: Field[list[PhotoSize] | None]
    delete_chat_photo: Field[bool | None]
    group_chat_created: Field[bool | None]
    supergroup_chat_created: Field[bool | None]
    channel_chat_created: Field[bool | None]
    message_auto_delete_timer_changed: Field[Any]
    migrate_to_chat_id: Field[int | None]
    migrate_from_chat_id: Field[int | None]
    pinned_message: Field[MaybeInaccessibleMessage | None]
    invoice: Field[Invoice | None]
    successful_payment: Field[SuccessfulPayment | None]
    refunded_payment: Field[Any]
    users_shared: Field[UsersShared | None]
    chat_shared: Field[ChatShared | None]
    gift: Field[GiftInfo | None]
    unique_gift: Field[UniqueGiftInfo | None]
    gift_upgrade_sent: Field[GiftInfo | None]
    connected_website: Field[str | None]
    write_access_allowed: Field[Any]
    passport_data: Field[Any]
    proximity_alert_triggered: Field[Any]
    boost_added: Field[Any]
    chat_background_set: Field[Any]
    checklist_tasks_done: Field[Any]
    checklist_tasks_added: Field[Any]
    community_chat_added: Field[Any]
    community_chat_joined: Field[Any]
    community_chat_removed: Field[Any]
    direct_message_price_changed: Field[Any]
    forum_topic_created: Field[Any]
    forum_topic_edited: Field[Any]
    forum_topic_closed: Field[Any]
    forum_topic_reopened: Field[Any]
    general_forum_topic_hidden: Field[Any]
    general_forum_topic_unhidden: Field[Any]
    giveaway_created: Field[Any]
    giveaway: Field[Any]
    giveaway_winners: Field[Any]
    giveaway_completed: Field[Any]
    managed_bot_created: Field[Any]
    paid_message_price_changed: Field[Any]
    poll_option_added: Field[Any]
    poll_option_deleted: Field[Any]
    suggested_post_approved: Field[Any]
    suggested_post_approval_failed: Field[Any]
    suggested_post_declined: Field[Any]
    suggested_post_paid: Field[Any]
    suggested_post_refunded: Field[Any]
    video_chat_scheduled: Field[Any]
    video_chat_started: Field[Any]
    video_chat_ended: Field[Any]
    video_chat_participants_invited: Field[Any]
    web_app_data: Field[WebAppData | None]
    reply_markup: Field[InlineKeyboardMarkup | None]
    forward_date: Field[int | None]
    forward_from: Field[User | None]
    forward_from_chat: Field[Chat | None]
    forward_from_message_id: Field[int | None]
    forward_sender_name: Field[str | None]
    forward_signature: Field[str | None]


class MessageEntity(ApiObject):
    """The Bot API's MessageEntity."""
    type: Field[str]
    offset: Field[int]
    length: Field[int]
    url: Field[str | None]
    user: Field[User | None]
    language: Field[str | None]
    custom_emoji_id: Field[str | None]
    unix_time: Field[int | None]
    date_time_format: Field[str | None]


class TextQuote(ApiObject):
    """The Bot API's TextQuote."""
    text: Field[str]
    entities: Field[list[MessageEntity] | None]
    position: Field[int]
    is_manual: Field[bool | None]


class ExternalReplyInfo(ApiObject):
    """The Bot API's ExternalReplyInfo."""
    origin: Field[MessageOrigin]
    chat: Field[Chat | None]
    message_id: Field[int | None]
    link_preview_options: Field[LinkPreviewOptions | None]
    animation: Field[Animation | None]
    audio: Field[Audio | None]
    document: Field[Document | None]
    live_photo: Field[LivePhoto | None]
    paid_media: Field[PaidMediaInfo | None]
    photo: Field[list[PhotoSize] | None]
    sticker: Field[Sticker | None]
    story: Field[Story | None]
    video: Field[Video | None]
    video_note: Field[VideoNote | None]
    voice: Field[Voice | None]
    has_media_spoiler: Field[bool | None]
    checklist: Field[Checklist | None]
    contact: Field[Contact | None]
    dice: Field[Dice | None]
    game: Field[Game | None]
    giveaway: Field[Any]
    giveaway_winners: Field[Any]
    invoice: Field[Invoice | None]
    location: Field[Location | None]
    poll: Field[Poll | None]
    venue: Field[Venue | None]


class MessageOrigin(ApiObject):
    """The Bot API's MessageOrigin."""
    type: Field[str]
    date: Field[int]
    sender_user: Field[User | None]
    sender_user_name: Field[str | None]
    sender_chat: Field[Chat | None]
    author_signature: Field[str | None]
    chat: Field[Chat | None]
    message_id: Field[int | None]


class PhotoSize(ApiObject):
    """The Bot API's PhotoSize."""
    file_id: Field[str]
    file_unique_id: Field[str]
    width: Field[int]
    height: Field[int]
    file_size: Field[int | None]


class Animation(ApiObject):
    """The Bot API's Animation."""
    file_id: Field[str]
    file_unique_id: Field[str]
    width: Field[int]
    height: Field[int]
    duration: Field[int]
    thumbnail: Field[PhotoSize | None]
    file_name: Field[str | None]
    mime_type: Field[str | None]
    file_size: Field[int | None]


class Audio(ApiObject):
    """The Bot API's Audio."""
    file_id: Field[str]
    file_unique_id: Field[str]
    duration: Field[int]
    performer: Field[str | None]
    title: Field[str | None]
    file_name: Field[str | None]
    mime_type: Field[str | None]
    file_size: Field[int | None]
    thumbnail: Field[PhotoSize | None]


class Document(ApiObject):
    """The Bot API's Document."""
    file_id: Field[str]
    file_unique_id: Field[str]
    thumbnail: Field[PhotoSize | None]
    file_name: Field[str | None]
    mime_type: Field[str | None]
    file_size: Field[int | None]


class LivePhoto(ApiObject):
    """The Bot API's LivePhoto."""
    photo: Field[list[PhotoSize] | None]
    file_id: Field[str]
    file_unique_id: Field[str]
    width: Field[int]
    height: Field[int]
    duration: Field[int]
    mime_type: Field[str | None]
    file_size: Field[int | None]


class Story(ApiObject):
    """The Bot API's Story."""
    chat: Field[Chat]
    id: Field[int]


class Video(ApiObject):
    """The Bot API's Video."""
    file_id: Field[str]
    file_unique_id: Field[str]
    width: Field[int]
    height: Field[int]
    duration: Field[int]
    thumbnail: Field[PhotoSize | None]
    cover: Field[list[PhotoSize] | None]
    start_timestamp: Field[int | None]
    qualities: Field[list[Any] | None]
    file_name: Field[str | None]
    mime_type: Field[str | None]
    file_size: Field[int | None]


class VideoNote(ApiObject):
    """The Bot API's VideoNote."""
    file_id: Field[str]
    file_unique_id: Field[str]
    length: Field[int]
    duration: Field[int]
    thumbnail: Field[PhotoSize | None]
    file_size: Field[int | None]


class Voice(ApiObject):
    """The Bot API's Voice."""
    file_id: Field[str]
    file_unique_id: Field[str]
    duration: Field[int]
    mime_type: Field[str | None]
    file_size: Field[int | None]


class PaidMediaInfo(ApiObject):
    """The Bot API's PaidMediaInfo."""
    star_count: Field[int]
    paid_media: Field[list[PaidMedia]]


class PaidMedia(ApiObject):
    """The Bot API's PaidMedia."""
    type: Field[str]
    live_photo: Field[LivePhoto | None]
    photo: Field[list[PhotoSize] | None]
    width: Field[int | None]
    height: Field[int | None]
    duration: Field[int | None]
    video: Field[Video | None]


class Contact(ApiObject):
    """The Bot API's Contact."""
    phone_number: Field[str]
    first_name: Field[str]
    last_name: Field[str | None]
    user_id: Field[int | None]
    vcard: Field[str | None]


class Dice(ApiObject):
    """The Bot API's Dice."""
    emoji: Field[str]
    value: Field[int]


class PollMedia(ApiObject):
    """The Bot API's PollMedia."""
    animation: Field[Animation | None]
    audio: Field[Audio | None]
    document: Field[Document | None]
    link: Field[Any]
    live_photo: Field[LivePhoto | None]
    location: Field[Location | None]
    photo: Field[list[PhotoSize] | None]
    sticker: Field[Sticker | None]
    venue: Field[Venue | None]
    video: Field[Video | None]


class Poll(ApiObject):
    """The Bot API's Poll."""
    id: Field[str]
    question: Field[str]
    question_entities: Field[list[MessageEntity] | None]
    options: Field[list[Any]]
    total_voter_count: Field[int]
    is_closed: Field[bool]
    is_anonymous: Field[bool]
    type: Field[str]
    allows_multiple_answers: Field[bool]
    allows_revoting: Field[bool]
    members_only: Field[bool]
    country_codes: Field[list[str] | None]
    correct_option_ids: Field[list[int] | None]
    explanation: Field[str | None]
    explanation_entities: Field[list[MessageEntity] | None]
    explanation_media: Field[PollMedia | None]
    open_period: Field[int | None]
    close_date: Field[int | None]
    description: Field[str | None]
    description_entities: Field[list[MessageEntity] | None]
    media: Field[PollMedia | None]
    correct_option_id: Field[int | None]


class Checklist(ApiObject):
    """The Bot API's Checklist."""
    title: Field[str]
    title_entities: Field[list[MessageEntity] | None]
    tasks: Field[list[Any]]
    others_can_add_tasks: Field[bool | None]
    others_can_mark_tasks_as_done: Field[bool | None]


class Location(ApiObject):
    """The Bot API's Location."""
    latitude: Field[float]
    longitude: Field[float]
    horizontal_accuracy: Field[float | None]
    live_period: Field[int | None]
    heading: Field[int | None]
    proximity_alert_radius: Field[int | None]


class Venue(ApiObject):
    """The Bot API's Venue."""
    location: Field[Location]
    title: Field[str]
    address: Field[str]
    foursquare_id: Field[str | None]
    foursquare_type: Field[str | None]
    google_place_id: Field[str | None]
    google_place_type: Field[str | None]


class WebAppData(ApiObject):
    """The Bot API's WebAppData."""
    data: Field[str]
    button_text: Field[str]


class UsersShared(ApiObject):
    """The Bot API's UsersShared."""
    request_id: Field[int]
    users: Field[list[Any]]
    user_ids: Field[list[int] | None]


class ChatShared(ApiObject):
    """The Bot API's ChatShared."""
    request_id: Field[int]
    chat_id: Field[int]
    title: Field[str | None]
    username: Field[str | None]
    photo: Field[list[PhotoSize] | None]


class LinkPreviewOptions(ApiObject):
    """The Bot API's LinkPreviewOptions."""
    is_disabled: Field[bool | None]
    url: Field[str | None]
    prefer_small_media: Field[bool | None]
    prefer_large_media: Field[bool | None]
    show_above_text: Field[bool | None]


class WebAppInfo(ApiObject):
    """The Bot API's WebAppInfo."""
    url: Field[str]


class InlineKeyboardMarkup(ApiObject):
    """The Bot API's InlineKeyboardMarkup."""
    inline_keyboard: Field[list[list[InlineKeyboardButton]]]
    force_reply: Field[bool | None]


class InlineKeyboardButton(ApiObject):
    """The Bot API's InlineKeyboardButton."""
    text: Field[str]
    icon_custom_emoji_id: Field[str | None]
    style: Field[str | None]
    url: Field[str | None]
    callback_data: Field[str | None]
    web_app: Field[WebAppInfo | None]
    login_url: Field[LoginUrl | None]
    switch_inline_query: Field[str | None]
    switch_inline_query_current_chat: Field[str | None]
    switch_inline_query_chosen_chat: Field[SwitchInlineQueryChosenChat | None]
    copy_text: Field[CopyTextButton | None]
    callback_game: Field[CallbackGame | None]
    pay: Field[bool | None]
    disabled: Field[DisabledButton | None]


class LoginUrl(ApiObject):
    """The Bot API's LoginUrl."""
    url: Field[str]
    forward_text: Field[str | None]
    bot_username: Field[str | None]
    request_write_access: Field[bool | None]


class SwitchInlineQueryChosenChat(ApiObject):
    """The Bot API's SwitchInlineQueryChosenChat."""
    query: Field[str | None]
    allow_user_chats: Field[bool | None]
    allow_bot_chats: Field[bool | None]
    allow_group_chats: Field[bool | None]
    allow_channel_chats: Field[bool | None]


class CopyTextButton(ApiObject):
    """The Bot API's CopyTextButton."""
    text: Field[str]


class DisabledButton(ApiObject):
    """The Bot API's DisabledButton."""


class ChatPhoto(ApiObject):
    """The Bot API's ChatPhoto."""
    small_file_id: Field[str]
    small_file_unique_id: Field[str]
    big_file_id: Field[str]
    big_file_unique_id: Field[str]


class ChatMember(ApiObject):
    """The Bot API's ChatMember."""
    status: Field[str]
    user: Field[User]
    is_anonymous: Field[bool | None]
    custom_title: Field[str | None]
    can_be_edited: Field[bool | None]
    can_manage_chat: Field[bool | None]
    can_delete_messages: Field[bool | None]
    can_manage_video_chats: Field[bool | None]
    can_restrict_members: Field[bool | None]
    can_promote_members: Field[bool | None]
    can_change_info: Field[bool | None]
    can_invite_users: Field[bool | None]
    can_post_stories: Field[bool | None]
    can_edit_stories: Field[bool | None]
    can_delete_stories: Field[bool | None]
    can_post_messages: Field[bool | None]
    can_edit_messages: Field[bool | None]
    can_pin_messages: Field[bool | None]
    can_manage_topics: Field[bool | None]
    can_manage_direct_messages: Field[bool | None]
    can_manage_tags: Field[bool | None]
    can_send_welcome_messages: Field[bool | None]
    tag: Field[str | None]
    until_date: Field[int | None]
    is_member: Field[bool | None]
    can_send_messages: Field[bool | None]
    can_send_audios: Field[bool | None]
    can_send_documents: Field[bool | None]
    can_send_photos: Field[bool | None]
    can_send_videos: Field[bool | None]
    can_send_video_notes: Field[bool | None]
    can_send_voice_notes: Field[bool | None]
    can_send_polls: Field[bool | None]
    can_send_other_messages: Field[bool | None]
    can_add_web_page_previews: Field[bool | None]
    can_react_to_messages: Field[bool | None]
    can_edit_tag: Field[bool | None]


class ChatPermissions(ApiObject):
    """The Bot API's ChatPermissions."""
    can_send_messages: Field[bool | None]
    can_send_audios: Field[bool | None]
    can_send_documents: Field[bool | None]
    can_send_photos: Field[bool | None]
    can_send_videos: Field[bool | None]
    can_send_video_notes: Field[bool | None]
    can_send_voice_notes: Field[bool | None]
    can_send_polls: Field[bool | None]
    can_send_other_messages: Field[bool | None]
    can_add_web_page_previews: Field[bool | None]
    can_react_to_messages: Field[bool | None]
    can_edit_tag: Field[bool | None]
    can_change_info: Field[bool | None]
    can_invite_users: Field[bool | None]
    can_pin_messages: Field[bool | None]
    can_manage_topics: Field[bool | None]


class ChatLocation(ApiObject):
    """The Bot API's ChatLocation."""
    location: Field[Location]
    address: Field[str]


class Gift(ApiObject):
    """The Bot API's Gift."""
    id: Field[str]
    sticker: Field[Sticker]
    star_count: Field[int]
    upgrade_star_count: Field[int | None]
    is_premium: Field[bool | None]
    has_colors: Field[bool | None]
    total_count: Field[int | None]
    remaining_count: Field[int | None]
    personal_total_count: Field[int | None]
    personal_remaining_count: Field[int | None]
    background: Field[Any]
    unique_gift_variant_count: Field[int | None]
    publisher_chat: Field[Chat | None]


class UniqueGift(ApiObject):
    """The Bot API's UniqueGift."""
    gift_id: Field[str]
    base_name: Field[str]
    name: Field[str]
    number: Field[int]
    model: Field[Any]
    symbol: Field[Any]
    backdrop: Field[Any]
    is_premium: Field[bool | None]
    is_burned: Field[bool | None]
    is_from_blockchain: Field[bool | None]
    colors: Field[Any]
    publisher_chat: Field[Chat | None]


class GiftInfo(ApiObject):
    """The Bot API's GiftInfo."""
    gift: Field[Gift]
    owned_gift_id: Field[str | None]
    convert_star_count: Field[int | None]
    prepaid_upgrade_star_count: Field[int | None]
    is_upgrade_separate: Field[bool | None]
    can_be_upgraded: Field[bool | None]
    text: Field[str | None]
    entities: Field[list[MessageEntity] | None]
    is_private: Field[bool | None]
    unique_gift_number: Field[int | None]


class UniqueGiftInfo(ApiObject):
    """The Bot API's UniqueGiftInfo."""
    gift: Field[UniqueGift]
    origin: Field[str]
    text: Field[str | None]
    entities: Field[list[MessageEntity] | None]
    is_private: Field[bool | None]
    last_resale_currency: Field[str | None]
    last_resale_amount: Field[int | None]
    owned_gift_id: Field[str | None]
    transfer_star_count: Field[int | None]
    next_transfer_date: Field[int | None]
    last_resale_star_count: Field[int | None]


class Sticker(ApiObject):
    """The Bot API's Sticker."""
    file_id: Field[str]
    file_unique_id: Field[str]
    type: Field[str]
    width: Field[int]
    height: Field[int]
    is_animated: Field[bool]
    is_video: Field[bool]
    thumbnail: Field[PhotoSize | None]
    emoji: Field[str | None]
    set_name: Field[str | None]
    premium_animation: Field[Any]
    mask_position: Field[Any]
    custom_emoji_id: Field[str | None]
    needs_repainting: Field[bool | None]
    file_size: Field[int | None]


class RichMessage(ApiObject):
    """The Bot API's RichMessage."""
    blocks: Field[list[Any]]
    is_rtl: Field[bool | None]


class InlineQueryResultsButton(ApiObject):
    """The Bot API's InlineQueryResultsButton."""
    text: Field[str]
    web_app: Field[WebAppInfo | None]
    start_parameter: Field[str | None]


class InlineQueryResult(ApiObject):
    """The Bot API's InlineQueryResult."""
    type: Field[str]
    id: Field[str]
    audio_file_id: Field[str | None]
    caption: Field[str | None]
    parse_mode: Field[str | None]
    caption_entities: Field[list[MessageEntity] | None]
    reply_markup: Field[InlineKeyboardMarkup | None]
    input_message_content: Field[Any]
    title: Field[str | None]
    document_file_id: Field[str | None]
    description: Field[str | None]
    gif_file_id: Field[str | None]
    show_caption_above_media: Field[bool | None]
    mpeg4_file_id: Field[str | None]
    photo_file_id: Field[str | None]
    sticker_file_id: Field[str | None]
    video_file_id: Field[str | None]
    voice_file_id: Field[str | None]
    url: Field[str | None]
    thumbnail_url: Field[str | None]
    thumbnail_width: Field[int | None]
    thumbnail_height: Field[int | None]
    hide_url: Field[bool | None]
    audio_url: Field[str | None]
    performer: Field[str | None]
    audio_duration: Field[int | None]
    phone_number: Field[str | None]
    first_name: Field[str | None]
    last_name: Field[str | None]
    vcard: Field[str | None]
    game_short_name: Field[str | None]
    document_url: Field[str | None]
    mime_type: Field[str | None]
    gif_url: Field[str | None]
    gif_width: Field[int | None]
    gif_height: Field[int | None]
    gif_duration: Field[int | None]
    thumbnail_mime_type: Field[str | None]
    latitude: Field[float | None]
    longitude: Field[float | None]
    horizontal_accuracy: Field[float | None]
    live_period: Field[int | None]
    heading: Field[int | None]
    proximity_alert_radius: Field[int | None]
    mpeg4_url: Field[str | None]
    mpeg4_width: Field[int | None]
    mpeg4_height: Field[int | None]
    mpeg4_duration: Field[int | None]
    photo_url: Field[str | None]
    photo_width: Field[int | None]
    photo_height: Field[int | None]
    address: Field[str | None]
    foursquare_id: Field[str | None]
    foursquare_type: Field[str | None]
    google_place_id: Field[str | None]
    google_place_type: Field[str | None]
    video_url: Field[str | None]
    video_width: Field[int | None]
    video_height: Field[int | None]
    video_duration: Field[int | None]
    voice_url: Field[str | None]
    voice_duration: Field[int | None]


class Invoice(ApiObject):
    """The Bot API's Invoice."""
    title: Field[str]
    description: Field[str]
    start_parameter: Field[str]
    currency: Field[str]
    total_amount: Field[int]


class SuccessfulPayment(ApiObject):
    """The Bot API's SuccessfulPayment."""
    currency: Field[str]
    total_amount: Field[int]
    invoice_payload: Field[str]
    subscription_expiration_date: Field[int | None]
    is_recurring: Field[bool | None]
    is_first_recurring: Field[bool | None]
    shipping_option_id: Field[str | None]
    order_info: Field[Any]
    telegram_payment_charge_id: Field[str]
    provider_payment_charge_id: Field[str]


class Game(ApiObject):
    """The Bot API's Game."""
    title: Field[str]
    description: Field[str]
    photo: Field[list[PhotoSize]]
    text: Field[str | None]
    text_entities: Field[list[MessageEntity] | None]
    animation: Field[Animation | None]


class CallbackGame(ApiObject):
    """The Bot API's CallbackGame."""
