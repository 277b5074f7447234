"""The Bot API's objects that people can see, with an attribute for each field.

tools/bot_api_types.py writes this file from bot_api.json, so do not edit it. Optional fields that
are absent are None. The field `from` is `from_user`.
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
    available_reactions = Field["list[ReactionType] | None"]("available_reactions", lambda: ReactionType)
    background_custom_emoji_id = Field["str | None"]("background_custom_emoji_id")
    bio = Field["str | None"]("bio")
    birthdate = Field["Birthdate | None"]("birthdate", lambda: Birthdate)
    business_intro = Field["BusinessIntro | None"]("business_intro", lambda: BusinessIntro)
    business_location = Field["BusinessLocation | None"]("business_location", lambda: BusinessLocation)
    business_opening_hours = Field["BusinessOpeningHours | None"]("business_opening_hours", lambda: BusinessOpeningHours)
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
    direct_messages_topic = Field["DirectMessagesTopic | None"]("direct_messages_topic", lambda: DirectMessagesTopic)
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
    reply_to_story = Field["Story | None"]("reply_to_story", lambda: Story)
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
    suggested_post_info = Field["SuggestedPostInfo | None"]("suggested_post_info", lambda: SuggestedPostInfo)
    effect_id = Field["str | None"]("effect_id")
    rich_message = Field["RichMessage | None"]("rich_message", lambda: RichMessage)
    animation = Field["Animation | None"]("animation", lambda: Animation)
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    paid_media = Field["PaidMediaInfo | None"]("paid_media", lambda: PaidMediaInfo)
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    story = Field["Story | None"]("story", lambda: Story)
    video = Field["Video | None"]("video", lambda: Video)
    video_note = Field["VideoNote | None"]("video_note", lambda: VideoNote)
    voice = Field["Voice | None"]("voice", lambda: Voice)
    caption = Field["str | None"]("caption")
    caption_entities = Field["list[MessageEntity] | None"]("caption_entities", lambda: MessageEntity)
    show_caption_above_media = Field["bool | None"]("show_caption_above_media")
    has_media_spoiler = Field["bool | None"]("has_media_spoiler")
    checklist = Field["Checklist | None"]("checklist", lambda: Checklist)
    contact = Field["Contact | None"]("contact", lambda: Contact)
    dice = Field["Dice | None"]("dice", lambda: Dice)
    game = Field["Game | None"]("game", lambda: Game)
    poll = Field["Poll | None"]("poll", lambda: Poll)
    venue = Field["Venue | None"]("venue", lambda: Venue)
    location = Field["Location | None"]("location", lambda: Location)
    new_chat_members = Field["list[User] | None"]("new_chat_members", lambda: User)
    left_chat_member = Field["User | None"]("left_chat_member", lambda: User)
    chat_owner_left = Field["ChatOwnerLeft | None"]("chat_owner_left", lambda: ChatOwnerLeft)
    chat_owner_changed = Field["ChatOwnerChanged | None"]("chat_owner_changed", lambda: ChatOwnerChanged)
    new_chat_title = Field["str | None"]("new_chat_title")
    new_chat_photo = Field["list[PhotoSize] | None"]("new_chat_photo", lambda: PhotoSize)
    delete_chat_photo = Field["bool | None"]("delete_chat_photo")
    group_chat_created = Field["bool | None"]("group_chat_created")
    supergroup_chat_created = Field["bool | None"]("supergroup_chat_created")
    channel_chat_created = Field["bool | None"]("channel_chat_created")
    message_auto_delete_timer_changed = Field["MessageAutoDeleteTimerChanged | None"]("message_auto_delete_timer_changed", lambda: MessageAutoDeleteTimerChanged)
    migrate_to_chat_id = Field["int | None"]("migrate_to_chat_id")
    migrate_from_chat_id = Field["int | None"]("migrate_from_chat_id")
    pinned_message = Field["MaybeInaccessibleMessage | None"]("pinned_message", lambda: MaybeInaccessibleMessage)
    invoice = Field["Invoice | None"]("invoice", lambda: Invoice)
    successful_payment = Field["SuccessfulPayment | None"]("successful_payment", lambda: SuccessfulPayment)
    refunded_payment = Field["RefundedPayment | None"]("refunded_payment", lambda: RefundedPayment)
    users_shared = Field["UsersShared | None"]("users_shared", lambda: UsersShared)
    chat_shared = Field["ChatShared | None"]("chat_shared", lambda: ChatShared)
    gift = Field["GiftInfo | None"]("gift", lambda: GiftInfo)
    unique_gift = Field["UniqueGiftInfo | None"]("unique_gift", lambda: UniqueGiftInfo)
    gift_upgrade_sent = Field["GiftInfo | None"]("gift_upgrade_sent", lambda: GiftInfo)
    connected_website = Field["str | None"]("connected_website")
    write_access_allowed = Field["WriteAccessAllowed | None"]("write_access_allowed", lambda: WriteAccessAllowed)
    passport_data = Field["PassportData | None"]("passport_data", lambda: PassportData)
    proximity_alert_triggered = Field["ProximityAlertTriggered | None"]("proximity_alert_triggered", lambda: ProximityAlertTriggered)
    boost_added = Field["ChatBoostAdded | None"]("boost_added", lambda: ChatBoostAdded)
    chat_background_set = Field["ChatBackground | None"]("chat_background_set", lambda: ChatBackground)
    checklist_tasks_done = Field["ChecklistTasksDone | None"]("checklist_tasks_done", lambda: ChecklistTasksDone)
    checklist_tasks_added = Field["ChecklistTasksAdded | None"]("checklist_tasks_added", lambda: ChecklistTasksAdded)
    community_chat_added = Field["CommunityChatAdded | None"]("community_chat_added", lambda: CommunityChatAdded)
    community_chat_joined = Field["CommunityChatJoined | None"]("community_chat_joined", lambda: CommunityChatJoined)
    community_chat_removed = Field["CommunityChatRemoved | None"]("community_chat_removed", lambda: CommunityChatRemoved)
    direct_message_price_changed = Field["DirectMessagePriceChanged | None"]("direct_message_price_changed", lambda: DirectMessagePriceChanged)
    forum_topic_created = Field["ForumTopicCreated | None"]("forum_topic_created", lambda: ForumTopicCreated)
    forum_topic_edited = Field["ForumTopicEdited | None"]("forum_topic_edited", lambda: ForumTopicEdited)
    forum_topic_closed = Field["ForumTopicClosed | None"]("forum_topic_closed", lambda: ForumTopicClosed)
    forum_topic_reopened = Field["ForumTopicReopened | None"]("forum_topic_reopened", lambda: ForumTopicReopened)
    general_forum_topic_hidden = Field["GeneralForumTopicHidden | None"]("general_forum_topic_hidden", lambda: GeneralForumTopicHidden)
    general_forum_topic_unhidden = Field["GeneralForumTopicUnhidden | None"]("general_forum_topic_unhidden", lambda: GeneralForumTopicUnhidden)
    giveaway_created = Field["GiveawayCreated | None"]("giveaway_created", lambda: GiveawayCreated)
    giveaway = Field["Giveaway | None"]("giveaway", lambda: Giveaway)
    giveaway_winners = Field["GiveawayWinners | None"]("giveaway_winners", lambda: GiveawayWinners)
    giveaway_completed = Field["GiveawayCompleted | None"]("giveaway_completed", lambda: GiveawayCompleted)
    managed_bot_created = Field["ManagedBotCreated | None"]("managed_bot_created", lambda: ManagedBotCreated)
    paid_message_price_changed = Field["PaidMessagePriceChanged | None"]("paid_message_price_changed", lambda: PaidMessagePriceChanged)
    poll_option_added = Field["PollOptionAdded | None"]("poll_option_added", lambda: PollOptionAdded)
    poll_option_deleted = Field["PollOptionDeleted | None"]("poll_option_deleted", lambda: PollOptionDeleted)
    suggested_post_approved = Field["SuggestedPostApproved | None"]("suggested_post_approved", lambda: SuggestedPostApproved)
    suggested_post_approval_failed = Field["SuggestedPostApprovalFailed | None"]("suggested_post_approval_failed", lambda: SuggestedPostApprovalFailed)
    suggested_post_declined = Field["SuggestedPostDeclined | None"]("suggested_post_declined", lambda: SuggestedPostDeclined)
    suggested_post_paid = Field["SuggestedPostPaid | None"]("suggested_post_paid", lambda: SuggestedPostPaid)
    suggested_post_refunded = Field["SuggestedPostRefunded | None"]("suggested_post_refunded", lambda: SuggestedPostRefunded)
    video_chat_scheduled = Field["VideoChatScheduled | None"]("video_chat_scheduled", lambda: VideoChatScheduled)
    video_chat_started = Field["VideoChatStarted | None"]("video_chat_started", lambda: VideoChatStarted)
    video_chat_ended = Field["VideoChatEnded | None"]("video_chat_ended", lambda: VideoChatEnded)
    video_chat_participants_invited = Field["VideoChatParticipantsInvited | None"]("video_chat_participants_invited", lambda: VideoChatParticipantsInvited)
    web_app_data = Field["WebAppData | None"]("web_app_data", lambda: WebAppData)
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


class InaccessibleMessage(ApiObject):
    """The Bot API's InaccessibleMessage."""

    __slots__ = ()
    chat = Field["Chat"]("chat", lambda: Chat)
    message_id = Field["int"]("message_id")
    date = Field["int"]("date")


class MaybeInaccessibleMessage(ApiObject):
    """The Bot API's MaybeInaccessibleMessage."""

    __slots__ = ()
    message_id = Field["int"]("message_id")
    message_thread_id = Field["int | None"]("message_thread_id")
    direct_messages_topic = Field["DirectMessagesTopic | None"]("direct_messages_topic", lambda: DirectMessagesTopic)
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
    reply_to_story = Field["Story | None"]("reply_to_story", lambda: Story)
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
    suggested_post_info = Field["SuggestedPostInfo | None"]("suggested_post_info", lambda: SuggestedPostInfo)
    effect_id = Field["str | None"]("effect_id")
    rich_message = Field["RichMessage | None"]("rich_message", lambda: RichMessage)
    animation = Field["Animation | None"]("animation", lambda: Animation)
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    paid_media = Field["PaidMediaInfo | None"]("paid_media", lambda: PaidMediaInfo)
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    story = Field["Story | None"]("story", lambda: Story)
    video = Field["Video | None"]("video", lambda: Video)
    video_note = Field["VideoNote | None"]("video_note", lambda: VideoNote)
    voice = Field["Voice | None"]("voice", lambda: Voice)
    caption = Field["str | None"]("caption")
    caption_entities = Field["list[MessageEntity] | None"]("caption_entities", lambda: MessageEntity)
    show_caption_above_media = Field["bool | None"]("show_caption_above_media")
    has_media_spoiler = Field["bool | None"]("has_media_spoiler")
    checklist = Field["Checklist | None"]("checklist", lambda: Checklist)
    contact = Field["Contact | None"]("contact", lambda: Contact)
    dice = Field["Dice | None"]("dice", lambda: Dice)
    game = Field["Game | None"]("game", lambda: Game)
    poll = Field["Poll | None"]("poll", lambda: Poll)
    venue = Field["Venue | None"]("venue", lambda: Venue)
    location = Field["Location | None"]("location", lambda: Location)
    new_chat_members = Field["list[User] | None"]("new_chat_members", lambda: User)
    left_chat_member = Field["User | None"]("left_chat_member", lambda: User)
    chat_owner_left = Field["ChatOwnerLeft | None"]("chat_owner_left", lambda: ChatOwnerLeft)
    chat_owner_changed = Field["ChatOwnerChanged | None"]("chat_owner_changed", lambda: ChatOwnerChanged)
    new_chat_title = Field["str | None"]("new_chat_title")
    new_chat_photo = Field["list[PhotoSize] | None"]("new_chat_photo", lambda: PhotoSize)
    delete_chat_photo = Field["bool | None"]("delete_chat_photo")
    group_chat_created = Field["bool | None"]("group_chat_created")
    supergroup_chat_created = Field["bool | None"]("supergroup_chat_created")
    channel_chat_created = Field["bool | None"]("channel_chat_created")
    message_auto_delete_timer_changed = Field["MessageAutoDeleteTimerChanged | None"]("message_auto_delete_timer_changed", lambda: MessageAutoDeleteTimerChanged)
    migrate_to_chat_id = Field["int | None"]("migrate_to_chat_id")
    migrate_from_chat_id = Field["int | None"]("migrate_from_chat_id")
    pinned_message = Field["MaybeInaccessibleMessage | None"]("pinned_message", lambda: MaybeInaccessibleMessage)
    invoice = Field["Invoice | None"]("invoice", lambda: Invoice)
    successful_payment = Field["SuccessfulPayment | None"]("successful_payment", lambda: SuccessfulPayment)
    refunded_payment = Field["RefundedPayment | None"]("refunded_payment", lambda: RefundedPayment)
    users_shared = Field["UsersShared | None"]("users_shared", lambda: UsersShared)
    chat_shared = Field["ChatShared | None"]("chat_shared", lambda: ChatShared)
    gift = Field["GiftInfo | None"]("gift", lambda: GiftInfo)
    unique_gift = Field["UniqueGiftInfo | None"]("unique_gift", lambda: UniqueGiftInfo)
    gift_upgrade_sent = Field["GiftInfo | None"]("gift_upgrade_sent", lambda: GiftInfo)
    connected_website = Field["str | None"]("connected_website")
    write_access_allowed = Field["WriteAccessAllowed | None"]("write_access_allowed", lambda: WriteAccessAllowed)
    passport_data = Field["PassportData | None"]("passport_data", lambda: PassportData)
    proximity_alert_triggered = Field["ProximityAlertTriggered | None"]("proximity_alert_triggered", lambda: ProximityAlertTriggered)
    boost_added = Field["ChatBoostAdded | None"]("boost_added", lambda: ChatBoostAdded)
    chat_background_set = Field["ChatBackground | None"]("chat_background_set", lambda: ChatBackground)
    checklist_tasks_done = Field["ChecklistTasksDone | None"]("checklist_tasks_done", lambda: ChecklistTasksDone)
    checklist_tasks_added = Field["ChecklistTasksAdded | None"]("checklist_tasks_added", lambda: ChecklistTasksAdded)
    community_chat_added = Field["CommunityChatAdded | None"]("community_chat_added", lambda: CommunityChatAdded)
    community_chat_joined = Field["CommunityChatJoined | None"]("community_chat_joined", lambda: CommunityChatJoined)
    community_chat_removed = Field["CommunityChatRemoved | None"]("community_chat_removed", lambda: CommunityChatRemoved)
    direct_message_price_changed = Field["DirectMessagePriceChanged | None"]("direct_message_price_changed", lambda: DirectMessagePriceChanged)
    forum_topic_created = Field["ForumTopicCreated | None"]("forum_topic_created", lambda: ForumTopicCreated)
    forum_topic_edited = Field["ForumTopicEdited | None"]("forum_topic_edited", lambda: ForumTopicEdited)
    forum_topic_closed = Field["ForumTopicClosed | None"]("forum_topic_closed", lambda: ForumTopicClosed)
    forum_topic_reopened = Field["ForumTopicReopened | None"]("forum_topic_reopened", lambda: ForumTopicReopened)
    general_forum_topic_hidden = Field["GeneralForumTopicHidden | None"]("general_forum_topic_hidden", lambda: GeneralForumTopicHidden)
    general_forum_topic_unhidden = Field["GeneralForumTopicUnhidden | None"]("general_forum_topic_unhidden", lambda: GeneralForumTopicUnhidden)
    giveaway_created = Field["GiveawayCreated | None"]("giveaway_created", lambda: GiveawayCreated)
    giveaway = Field["Giveaway | None"]("giveaway", lambda: Giveaway)
    giveaway_winners = Field["GiveawayWinners | None"]("giveaway_winners", lambda: GiveawayWinners)
    giveaway_completed = Field["GiveawayCompleted | None"]("giveaway_completed", lambda: GiveawayCompleted)
    managed_bot_created = Field["ManagedBotCreated | None"]("managed_bot_created", lambda: ManagedBotCreated)
    paid_message_price_changed = Field["PaidMessagePriceChanged | None"]("paid_message_price_changed", lambda: PaidMessagePriceChanged)
    poll_option_added = Field["PollOptionAdded | None"]("poll_option_added", lambda: PollOptionAdded)
    poll_option_deleted = Field["PollOptionDeleted | None"]("poll_option_deleted", lambda: PollOptionDeleted)
    suggested_post_approved = Field["SuggestedPostApproved | None"]("suggested_post_approved", lambda: SuggestedPostApproved)
    suggested_post_approval_failed = Field["SuggestedPostApprovalFailed | None"]("suggested_post_approval_failed", lambda: SuggestedPostApprovalFailed)
    suggested_post_declined = Field["SuggestedPostDeclined | None"]("suggested_post_declined", lambda: SuggestedPostDeclined)
    suggested_post_paid = Field["SuggestedPostPaid | None"]("suggested_post_paid", lambda: SuggestedPostPaid)
    suggested_post_refunded = Field["SuggestedPostRefunded | None"]("suggested_post_refunded", lambda: SuggestedPostRefunded)
    video_chat_scheduled = Field["VideoChatScheduled | None"]("video_chat_scheduled", lambda: VideoChatScheduled)
    video_chat_started = Field["VideoChatStarted | None"]("video_chat_started", lambda: VideoChatStarted)
    video_chat_ended = Field["VideoChatEnded | None"]("video_chat_ended", lambda: VideoChatEnded)
    video_chat_participants_invited = Field["VideoChatParticipantsInvited | None"]("video_chat_participants_invited", lambda: VideoChatParticipantsInvited)
    web_app_data = Field["WebAppData | None"]("web_app_data", lambda: WebAppData)
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
    paid_media = Field["PaidMediaInfo | None"]("paid_media", lambda: PaidMediaInfo)
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    story = Field["Story | None"]("story", lambda: Story)
    video = Field["Video | None"]("video", lambda: Video)
    video_note = Field["VideoNote | None"]("video_note", lambda: VideoNote)
    voice = Field["Voice | None"]("voice", lambda: Voice)
    has_media_spoiler = Field["bool | None"]("has_media_spoiler")
    checklist = Field["Checklist | None"]("checklist", lambda: Checklist)
    contact = Field["Contact | None"]("contact", lambda: Contact)
    dice = Field["Dice | None"]("dice", lambda: Dice)
    game = Field["Game | None"]("game", lambda: Game)
    giveaway = Field["Giveaway | None"]("giveaway", lambda: Giveaway)
    giveaway_winners = Field["GiveawayWinners | None"]("giveaway_winners", lambda: GiveawayWinners)
    invoice = Field["Invoice | None"]("invoice", lambda: Invoice)
    location = Field["Location | None"]("location", lambda: Location)
    poll = Field["Poll | None"]("poll", lambda: Poll)
    venue = Field["Venue | None"]("venue", lambda: Venue)


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


class MessageOriginUser(ApiObject):
    """The Bot API's MessageOriginUser."""

    __slots__ = ()
    type = Field["str"]("type")
    date = Field["int"]("date")
    sender_user = Field["User"]("sender_user", lambda: User)


class MessageOriginHiddenUser(ApiObject):
    """The Bot API's MessageOriginHiddenUser."""

    __slots__ = ()
    type = Field["str"]("type")
    date = Field["int"]("date")
    sender_user_name = Field["str"]("sender_user_name")


class MessageOriginChat(ApiObject):
    """The Bot API's MessageOriginChat."""

    __slots__ = ()
    type = Field["str"]("type")
    date = Field["int"]("date")
    sender_chat = Field["Chat"]("sender_chat", lambda: Chat)
    author_signature = Field["str | None"]("author_signature")


class MessageOriginChannel(ApiObject):
    """The Bot API's MessageOriginChannel."""

    __slots__ = ()
    type = Field["str"]("type")
    date = Field["int"]("date")
    chat = Field["Chat"]("chat", lambda: Chat)
    message_id = Field["int"]("message_id")
    author_signature = Field["str | None"]("author_signature")


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


class Story(ApiObject):
    """The Bot API's Story."""

    __slots__ = ()
    chat = Field["Chat"]("chat", lambda: Chat)
    id = Field["int"]("id")


class VideoQuality(ApiObject):
    """The Bot API's VideoQuality."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    width = Field["int"]("width")
    height = Field["int"]("height")
    codec = Field["str"]("codec")
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
    qualities = Field["list[VideoQuality] | None"]("qualities", lambda: VideoQuality)
    file_name = Field["str | None"]("file_name")
    mime_type = Field["str | None"]("mime_type")
    file_size = Field["int | None"]("file_size")


class VideoNote(ApiObject):
    """The Bot API's VideoNote."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    length = Field["int"]("length")
    duration = Field["int"]("duration")
    thumbnail = Field["PhotoSize | None"]("thumbnail", lambda: PhotoSize)
    file_size = Field["int | None"]("file_size")


class Voice(ApiObject):
    """The Bot API's Voice."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    duration = Field["int"]("duration")
    mime_type = Field["str | None"]("mime_type")
    file_size = Field["int | None"]("file_size")


class PaidMediaInfo(ApiObject):
    """The Bot API's PaidMediaInfo."""

    __slots__ = ()
    star_count = Field["int"]("star_count")
    paid_media = Field["list[PaidMedia]"]("paid_media", lambda: PaidMedia)


class PaidMedia(ApiObject):
    """The Bot API's PaidMedia."""

    __slots__ = ()
    type = Field["str"]("type")
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    width = Field["int | None"]("width")
    height = Field["int | None"]("height")
    duration = Field["int | None"]("duration")
    video = Field["Video | None"]("video", lambda: Video)


class PaidMediaLivePhoto(ApiObject):
    """The Bot API's PaidMediaLivePhoto."""

    __slots__ = ()
    type = Field["str"]("type")
    live_photo = Field["LivePhoto"]("live_photo", lambda: LivePhoto)


class PaidMediaPhoto(ApiObject):
    """The Bot API's PaidMediaPhoto."""

    __slots__ = ()
    type = Field["str"]("type")
    photo = Field["list[PhotoSize]"]("photo", lambda: PhotoSize)


class PaidMediaPreview(ApiObject):
    """The Bot API's PaidMediaPreview."""

    __slots__ = ()
    type = Field["str"]("type")
    width = Field["int | None"]("width")
    height = Field["int | None"]("height")
    duration = Field["int | None"]("duration")


class PaidMediaVideo(ApiObject):
    """The Bot API's PaidMediaVideo."""

    __slots__ = ()
    type = Field["str"]("type")
    video = Field["Video"]("video", lambda: Video)


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


class Link(ApiObject):
    """The Bot API's Link."""

    __slots__ = ()
    url = Field["str"]("url")


class PollMedia(ApiObject):
    """The Bot API's PollMedia."""

    __slots__ = ()
    animation = Field["Animation | None"]("animation", lambda: Animation)
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    link = Field["Link | None"]("link", lambda: Link)
    live_photo = Field["LivePhoto | None"]("live_photo", lambda: LivePhoto)
    location = Field["Location | None"]("location", lambda: Location)
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)
    venue = Field["Venue | None"]("venue", lambda: Venue)
    video = Field["Video | None"]("video", lambda: Video)


class PollOption(ApiObject):
    """The Bot API's PollOption."""

    __slots__ = ()
    persistent_id = Field["str"]("persistent_id")
    text = Field["str"]("text")
    text_entities = Field["list[MessageEntity] | None"]("text_entities", lambda: MessageEntity)
    media = Field["PollMedia | None"]("media", lambda: PollMedia)
    voter_count = Field["int"]("voter_count")
    added_by_user = Field["User | None"]("added_by_user", lambda: User)
    added_by_chat = Field["Chat | None"]("added_by_chat", lambda: Chat)
    addition_date = Field["int | None"]("addition_date")


class Poll(ApiObject):
    """The Bot API's Poll."""

    __slots__ = ()
    id = Field["str"]("id")
    question = Field["str"]("question")
    question_entities = Field["list[MessageEntity] | None"]("question_entities", lambda: MessageEntity)
    options = Field["list[PollOption]"]("options", lambda: PollOption)
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


class ChecklistTask(ApiObject):
    """The Bot API's ChecklistTask."""

    __slots__ = ()
    id = Field["int"]("id")
    text = Field["str"]("text")
    text_entities = Field["list[MessageEntity] | None"]("text_entities", lambda: MessageEntity)
    completed_by_user = Field["User | None"]("completed_by_user", lambda: User)
    completed_by_chat = Field["Chat | None"]("completed_by_chat", lambda: Chat)
    completion_date = Field["int | None"]("completion_date")


class Checklist(ApiObject):
    """The Bot API's Checklist."""

    __slots__ = ()
    title = Field["str"]("title")
    title_entities = Field["list[MessageEntity] | None"]("title_entities", lambda: MessageEntity)
    tasks = Field["list[ChecklistTask]"]("tasks", lambda: ChecklistTask)
    others_can_add_tasks = Field["bool | None"]("others_can_add_tasks")
    others_can_mark_tasks_as_done = Field["bool | None"]("others_can_mark_tasks_as_done")


class Location(ApiObject):
    """The Bot API's Location."""

    __slots__ = ()
    latitude = Field["float"]("latitude")
    longitude = Field["float"]("longitude")
    horizontal_accuracy = Field["float | None"]("horizontal_accuracy")
    live_period = Field["int | None"]("live_period")
    heading = Field["int | None"]("heading")
    proximity_alert_radius = Field["int | None"]("proximity_alert_radius")


class Venue(ApiObject):
    """The Bot API's Venue."""

    __slots__ = ()
    location = Field["Location"]("location", lambda: Location)
    title = Field["str"]("title")
    address = Field["str"]("address")
    foursquare_id = Field["str | None"]("foursquare_id")
    foursquare_type = Field["str | None"]("foursquare_type")
    google_place_id = Field["str | None"]("google_place_id")
    google_place_type = Field["str | None"]("google_place_type")


class WebAppData(ApiObject):
    """The Bot API's WebAppData."""

    __slots__ = ()
    data = Field["str"]("data")
    button_text = Field["str"]("button_text")


class ProximityAlertTriggered(ApiObject):
    """The Bot API's ProximityAlertTriggered."""

    __slots__ = ()
    traveler = Field["User"]("traveler", lambda: User)
    watcher = Field["User"]("watcher", lambda: User)
    distance = Field["int"]("distance")


class MessageAutoDeleteTimerChanged(ApiObject):
    """The Bot API's MessageAutoDeleteTimerChanged."""

    __slots__ = ()
    message_auto_delete_time = Field["int"]("message_auto_delete_time")


class ManagedBotCreated(ApiObject):
    """The Bot API's ManagedBotCreated."""

    __slots__ = ()
    bot = Field["User"]("bot", lambda: User)


class PollOptionAdded(ApiObject):
    """The Bot API's PollOptionAdded."""

    __slots__ = ()
    poll_message = Field["MaybeInaccessibleMessage | None"]("poll_message", lambda: MaybeInaccessibleMessage)
    option_persistent_id = Field["str"]("option_persistent_id")
    option_text = Field["str"]("option_text")
    option_text_entities = Field["list[MessageEntity] | None"]("option_text_entities", lambda: MessageEntity)


class PollOptionDeleted(ApiObject):
    """The Bot API's PollOptionDeleted."""

    __slots__ = ()
    poll_message = Field["MaybeInaccessibleMessage | None"]("poll_message", lambda: MaybeInaccessibleMessage)
    option_persistent_id = Field["str"]("option_persistent_id")
    option_text = Field["str"]("option_text")
    option_text_entities = Field["list[MessageEntity] | None"]("option_text_entities", lambda: MessageEntity)


class ChatBoostAdded(ApiObject):
    """The Bot API's ChatBoostAdded."""

    __slots__ = ()
    boost_count = Field["int"]("boost_count")


class BackgroundFill(ApiObject):
    """The Bot API's BackgroundFill."""

    __slots__ = ()
    type = Field["str"]("type")
    color = Field["int | None"]("color")
    top_color = Field["int | None"]("top_color")
    bottom_color = Field["int | None"]("bottom_color")
    rotation_angle = Field["int | None"]("rotation_angle")
    colors = Field["list[int] | None"]("colors")


class BackgroundFillSolid(ApiObject):
    """The Bot API's BackgroundFillSolid."""

    __slots__ = ()
    type = Field["str"]("type")
    color = Field["int"]("color")


class BackgroundFillGradient(ApiObject):
    """The Bot API's BackgroundFillGradient."""

    __slots__ = ()
    type = Field["str"]("type")
    top_color = Field["int"]("top_color")
    bottom_color = Field["int"]("bottom_color")
    rotation_angle = Field["int"]("rotation_angle")


class BackgroundFillFreeformGradient(ApiObject):
    """The Bot API's BackgroundFillFreeformGradient."""

    __slots__ = ()
    type = Field["str"]("type")
    colors = Field["list[int]"]("colors")


class BackgroundType(ApiObject):
    """The Bot API's BackgroundType."""

    __slots__ = ()
    type = Field["str"]("type")
    fill = Field["BackgroundFill | None"]("fill", lambda: BackgroundFill)
    dark_theme_dimming = Field["int | None"]("dark_theme_dimming")
    document = Field["Document | None"]("document", lambda: Document)
    is_blurred = Field["bool | None"]("is_blurred")
    is_moving = Field["bool | None"]("is_moving")
    intensity = Field["int | None"]("intensity")
    is_inverted = Field["bool | None"]("is_inverted")
    theme_name = Field["str | None"]("theme_name")


class BackgroundTypeFill(ApiObject):
    """The Bot API's BackgroundTypeFill."""

    __slots__ = ()
    type = Field["str"]("type")
    fill = Field["BackgroundFill"]("fill", lambda: BackgroundFill)
    dark_theme_dimming = Field["int"]("dark_theme_dimming")


class BackgroundTypeWallpaper(ApiObject):
    """The Bot API's BackgroundTypeWallpaper."""

    __slots__ = ()
    type = Field["str"]("type")
    document = Field["Document"]("document", lambda: Document)
    dark_theme_dimming = Field["int"]("dark_theme_dimming")
    is_blurred = Field["bool | None"]("is_blurred")
    is_moving = Field["bool | None"]("is_moving")


class BackgroundTypePattern(ApiObject):
    """The Bot API's BackgroundTypePattern."""

    __slots__ = ()
    type = Field["str"]("type")
    document = Field["Document"]("document", lambda: Document)
    fill = Field["BackgroundFill"]("fill", lambda: BackgroundFill)
    intensity = Field["int"]("intensity")
    is_inverted = Field["bool | None"]("is_inverted")
    is_moving = Field["bool | None"]("is_moving")


class BackgroundTypeChatTheme(ApiObject):
    """The Bot API's BackgroundTypeChatTheme."""

    __slots__ = ()
    type = Field["str"]("type")
    theme_name = Field["str"]("theme_name")


class ChatBackground(ApiObject):
    """The Bot API's ChatBackground."""

    __slots__ = ()
    type = Field["BackgroundType"]("type", lambda: BackgroundType)


class ChecklistTasksDone(ApiObject):
    """The Bot API's ChecklistTasksDone."""

    __slots__ = ()
    checklist_message = Field["Message | None"]("checklist_message", lambda: Message)
    marked_as_done_task_ids = Field["list[int] | None"]("marked_as_done_task_ids")
    marked_as_not_done_task_ids = Field["list[int] | None"]("marked_as_not_done_task_ids")


class ChecklistTasksAdded(ApiObject):
    """The Bot API's ChecklistTasksAdded."""

    __slots__ = ()
    checklist_message = Field["Message | None"]("checklist_message", lambda: Message)
    tasks = Field["list[ChecklistTask]"]("tasks", lambda: ChecklistTask)


class CommunityChatAdded(ApiObject):
    """The Bot API's CommunityChatAdded."""

    __slots__ = ()
    community = Field["Community"]("community", lambda: Community)


class CommunityChatJoined(ApiObject):
    """The Bot API's CommunityChatJoined."""

    __slots__ = ()
    community = Field["Community"]("community", lambda: Community)


class CommunityChatRemoved(ApiObject):
    """The Bot API's CommunityChatRemoved."""

    __slots__ = ()


class ForumTopicCreated(ApiObject):
    """The Bot API's ForumTopicCreated."""

    __slots__ = ()
    name = Field["str"]("name")
    icon_color = Field["int"]("icon_color")
    icon_custom_emoji_id = Field["str | None"]("icon_custom_emoji_id")
    is_name_implicit = Field["bool | None"]("is_name_implicit")


class ForumTopicClosed(ApiObject):
    """The Bot API's ForumTopicClosed."""

    __slots__ = ()


class ForumTopicEdited(ApiObject):
    """The Bot API's ForumTopicEdited."""

    __slots__ = ()
    name = Field["str | None"]("name")
    icon_custom_emoji_id = Field["str | None"]("icon_custom_emoji_id")


class ForumTopicReopened(ApiObject):
    """The Bot API's ForumTopicReopened."""

    __slots__ = ()


class GeneralForumTopicHidden(ApiObject):
    """The Bot API's GeneralForumTopicHidden."""

    __slots__ = ()


class GeneralForumTopicUnhidden(ApiObject):
    """The Bot API's GeneralForumTopicUnhidden."""

    __slots__ = ()


class SharedUser(ApiObject):
    """The Bot API's SharedUser."""

    __slots__ = ()
    user_id = Field["int"]("user_id")
    first_name = Field["str | None"]("first_name")
    last_name = Field["str | None"]("last_name")
    username = Field["str | None"]("username")
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)


class UsersShared(ApiObject):
    """The Bot API's UsersShared."""

    __slots__ = ()
    request_id = Field["int"]("request_id")
    users = Field["list[SharedUser]"]("users", lambda: SharedUser)
    user_ids = Field["list[int] | None"]("user_ids")


class ChatShared(ApiObject):
    """The Bot API's ChatShared."""

    __slots__ = ()
    request_id = Field["int"]("request_id")
    chat_id = Field["int"]("chat_id")
    title = Field["str | None"]("title")
    username = Field["str | None"]("username")
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)


class WriteAccessAllowed(ApiObject):
    """The Bot API's WriteAccessAllowed."""

    __slots__ = ()
    from_request = Field["bool | None"]("from_request")
    web_app_name = Field["str | None"]("web_app_name")
    from_attachment_menu = Field["bool | None"]("from_attachment_menu")


class VideoChatScheduled(ApiObject):
    """The Bot API's VideoChatScheduled."""

    __slots__ = ()
    start_date = Field["int"]("start_date")


class VideoChatStarted(ApiObject):
    """The Bot API's VideoChatStarted."""

    __slots__ = ()


class VideoChatEnded(ApiObject):
    """The Bot API's VideoChatEnded."""

    __slots__ = ()
    duration = Field["int"]("duration")


class VideoChatParticipantsInvited(ApiObject):
    """The Bot API's VideoChatParticipantsInvited."""

    __slots__ = ()
    users = Field["list[User]"]("users", lambda: User)


class PaidMessagePriceChanged(ApiObject):
    """The Bot API's PaidMessagePriceChanged."""

    __slots__ = ()
    paid_message_star_count = Field["int"]("paid_message_star_count")


class DirectMessagePriceChanged(ApiObject):
    """The Bot API's DirectMessagePriceChanged."""

    __slots__ = ()
    are_direct_messages_enabled = Field["bool"]("are_direct_messages_enabled")
    direct_message_star_count = Field["int | None"]("direct_message_star_count")


class SuggestedPostApproved(ApiObject):
    """The Bot API's SuggestedPostApproved."""

    __slots__ = ()
    suggested_post_message = Field["Message | None"]("suggested_post_message", lambda: Message)
    price = Field["SuggestedPostPrice | None"]("price", lambda: SuggestedPostPrice)
    send_date = Field["int"]("send_date")


class SuggestedPostApprovalFailed(ApiObject):
    """The Bot API's SuggestedPostApprovalFailed."""

    __slots__ = ()
    suggested_post_message = Field["Message | None"]("suggested_post_message", lambda: Message)
    price = Field["SuggestedPostPrice"]("price", lambda: SuggestedPostPrice)


class SuggestedPostDeclined(ApiObject):
    """The Bot API's SuggestedPostDeclined."""

    __slots__ = ()
    suggested_post_message = Field["Message | None"]("suggested_post_message", lambda: Message)
    comment = Field["str | None"]("comment")


class SuggestedPostPaid(ApiObject):
    """The Bot API's SuggestedPostPaid."""

    __slots__ = ()
    suggested_post_message = Field["Message | None"]("suggested_post_message", lambda: Message)
    currency = Field["str"]("currency")
    amount = Field["int | None"]("amount")
    star_amount = Field["StarAmount | None"]("star_amount", lambda: StarAmount)


class SuggestedPostRefunded(ApiObject):
    """The Bot API's SuggestedPostRefunded."""

    __slots__ = ()
    suggested_post_message = Field["Message | None"]("suggested_post_message", lambda: Message)
    reason = Field["str"]("reason")


class GiveawayCreated(ApiObject):
    """The Bot API's GiveawayCreated."""

    __slots__ = ()
    prize_star_count = Field["int | None"]("prize_star_count")


class Giveaway(ApiObject):
    """The Bot API's Giveaway."""

    __slots__ = ()
    chats = Field["list[Chat]"]("chats", lambda: Chat)
    winners_selection_date = Field["int"]("winners_selection_date")
    winner_count = Field["int"]("winner_count")
    only_new_members = Field["bool | None"]("only_new_members")
    has_public_winners = Field["bool | None"]("has_public_winners")
    prize_description = Field["str | None"]("prize_description")
    country_codes = Field["list[str] | None"]("country_codes")
    prize_star_count = Field["int | None"]("prize_star_count")
    premium_subscription_month_count = Field["int | None"]("premium_subscription_month_count")


class GiveawayWinners(ApiObject):
    """The Bot API's GiveawayWinners."""

    __slots__ = ()
    chat = Field["Chat"]("chat", lambda: Chat)
    giveaway_message_id = Field["int"]("giveaway_message_id")
    winners_selection_date = Field["int"]("winners_selection_date")
    winner_count = Field["int"]("winner_count")
    winners = Field["list[User]"]("winners", lambda: User)
    additional_chat_count = Field["int | None"]("additional_chat_count")
    prize_star_count = Field["int | None"]("prize_star_count")
    premium_subscription_month_count = Field["int | None"]("premium_subscription_month_count")
    unclaimed_prize_count = Field["int | None"]("unclaimed_prize_count")
    only_new_members = Field["bool | None"]("only_new_members")
    was_refunded = Field["bool | None"]("was_refunded")
    prize_description = Field["str | None"]("prize_description")


class GiveawayCompleted(ApiObject):
    """The Bot API's GiveawayCompleted."""

    __slots__ = ()
    winner_count = Field["int"]("winner_count")
    unclaimed_prize_count = Field["int | None"]("unclaimed_prize_count")
    giveaway_message = Field["Message | None"]("giveaway_message", lambda: Message)
    is_star_giveaway = Field["bool | None"]("is_star_giveaway")


class LinkPreviewOptions(ApiObject):
    """The Bot API's LinkPreviewOptions."""

    __slots__ = ()
    is_disabled = Field["bool | None"]("is_disabled")
    url = Field["str | None"]("url")
    prefer_small_media = Field["bool | None"]("prefer_small_media")
    prefer_large_media = Field["bool | None"]("prefer_large_media")
    show_above_text = Field["bool | None"]("show_above_text")


class SuggestedPostPrice(ApiObject):
    """The Bot API's SuggestedPostPrice."""

    __slots__ = ()
    currency = Field["str"]("currency")
    amount = Field["int"]("amount")


class SuggestedPostInfo(ApiObject):
    """The Bot API's SuggestedPostInfo."""

    __slots__ = ()
    state = Field["str"]("state")
    price = Field["SuggestedPostPrice | None"]("price", lambda: SuggestedPostPrice)
    send_date = Field["int | None"]("send_date")


class DirectMessagesTopic(ApiObject):
    """The Bot API's DirectMessagesTopic."""

    __slots__ = ()
    topic_id = Field["int"]("topic_id")
    user = Field["User | None"]("user", lambda: User)


class File(ApiObject):
    """The Bot API's File."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    file_size = Field["int | None"]("file_size")
    file_path = Field["str | None"]("file_path")


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


class Community(ApiObject):
    """The Bot API's Community."""

    __slots__ = ()
    id = Field["int"]("id")
    name = Field["str"]("name")


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


class Birthdate(ApiObject):
    """The Bot API's Birthdate."""

    __slots__ = ()
    day = Field["int"]("day")
    month = Field["int"]("month")
    year = Field["int | None"]("year")


class BusinessIntro(ApiObject):
    """The Bot API's BusinessIntro."""

    __slots__ = ()
    title = Field["str | None"]("title")
    message = Field["str | None"]("message")
    sticker = Field["Sticker | None"]("sticker", lambda: Sticker)


class BusinessLocation(ApiObject):
    """The Bot API's BusinessLocation."""

    __slots__ = ()
    address = Field["str"]("address")
    location = Field["Location | None"]("location", lambda: Location)


class BusinessOpeningHoursInterval(ApiObject):
    """The Bot API's BusinessOpeningHoursInterval."""

    __slots__ = ()
    opening_minute = Field["int"]("opening_minute")
    closing_minute = Field["int"]("closing_minute")


class BusinessOpeningHours(ApiObject):
    """The Bot API's BusinessOpeningHours."""

    __slots__ = ()
    time_zone_name = Field["str"]("time_zone_name")
    opening_hours = Field["list[BusinessOpeningHoursInterval]"]("opening_hours", lambda: BusinessOpeningHoursInterval)


class ChatLocation(ApiObject):
    """The Bot API's ChatLocation."""

    __slots__ = ()
    location = Field["Location"]("location", lambda: Location)
    address = Field["str"]("address")


class ReactionType(ApiObject):
    """The Bot API's ReactionType."""

    __slots__ = ()
    type = Field["str"]("type")
    emoji = Field["str | None"]("emoji")
    custom_emoji_id = Field["str | None"]("custom_emoji_id")


class ReactionTypeEmoji(ApiObject):
    """The Bot API's ReactionTypeEmoji."""

    __slots__ = ()
    type = Field["str"]("type")
    emoji = Field["str"]("emoji")


class ReactionTypeCustomEmoji(ApiObject):
    """The Bot API's ReactionTypeCustomEmoji."""

    __slots__ = ()
    type = Field["str"]("type")
    custom_emoji_id = Field["str"]("custom_emoji_id")


class ReactionTypePaid(ApiObject):
    """The Bot API's ReactionTypePaid."""

    __slots__ = ()
    type = Field["str"]("type")


class GiftBackground(ApiObject):
    """The Bot API's GiftBackground."""

    __slots__ = ()
    center_color = Field["int"]("center_color")
    edge_color = Field["int"]("edge_color")
    text_color = Field["int"]("text_color")


class Gift(ApiObject):
    """The Bot API's Gift."""

    __slots__ = ()
    id = Field["str"]("id")
    sticker = Field["Sticker"]("sticker", lambda: Sticker)
    star_count = Field["int"]("star_count")
    upgrade_star_count = Field["int | None"]("upgrade_star_count")
    is_premium = Field["bool | None"]("is_premium")
    has_colors = Field["bool | None"]("has_colors")
    total_count = Field["int | None"]("total_count")
    remaining_count = Field["int | None"]("remaining_count")
    personal_total_count = Field["int | None"]("personal_total_count")
    personal_remaining_count = Field["int | None"]("personal_remaining_count")
    background = Field["GiftBackground | None"]("background", lambda: GiftBackground)
    unique_gift_variant_count = Field["int | None"]("unique_gift_variant_count")
    publisher_chat = Field["Chat | None"]("publisher_chat", lambda: Chat)


class UniqueGiftModel(ApiObject):
    """The Bot API's UniqueGiftModel."""

    __slots__ = ()
    name = Field["str"]("name")
    sticker = Field["Sticker"]("sticker", lambda: Sticker)
    rarity_per_mille = Field["int"]("rarity_per_mille")
    rarity = Field["str | None"]("rarity")


class UniqueGiftSymbol(ApiObject):
    """The Bot API's UniqueGiftSymbol."""

    __slots__ = ()
    name = Field["str"]("name")
    sticker = Field["Sticker"]("sticker", lambda: Sticker)
    rarity_per_mille = Field["int"]("rarity_per_mille")


class UniqueGiftBackdropColors(ApiObject):
    """The Bot API's UniqueGiftBackdropColors."""

    __slots__ = ()
    center_color = Field["int"]("center_color")
    edge_color = Field["int"]("edge_color")
    symbol_color = Field["int"]("symbol_color")
    text_color = Field["int"]("text_color")


class UniqueGiftBackdrop(ApiObject):
    """The Bot API's UniqueGiftBackdrop."""

    __slots__ = ()
    name = Field["str"]("name")
    colors = Field["UniqueGiftBackdropColors"]("colors", lambda: UniqueGiftBackdropColors)
    rarity_per_mille = Field["int"]("rarity_per_mille")


class UniqueGiftColors(ApiObject):
    """The Bot API's UniqueGiftColors."""

    __slots__ = ()
    model_custom_emoji_id = Field["str"]("model_custom_emoji_id")
    symbol_custom_emoji_id = Field["str"]("symbol_custom_emoji_id")
    light_theme_main_color = Field["int"]("light_theme_main_color")
    light_theme_other_colors = Field["list[int]"]("light_theme_other_colors")
    dark_theme_main_color = Field["int"]("dark_theme_main_color")
    dark_theme_other_colors = Field["list[int]"]("dark_theme_other_colors")


class UniqueGift(ApiObject):
    """The Bot API's UniqueGift."""

    __slots__ = ()
    gift_id = Field["str"]("gift_id")
    base_name = Field["str"]("base_name")
    name = Field["str"]("name")
    number = Field["int"]("number")
    model = Field["UniqueGiftModel"]("model", lambda: UniqueGiftModel)
    symbol = Field["UniqueGiftSymbol"]("symbol", lambda: UniqueGiftSymbol)
    backdrop = Field["UniqueGiftBackdrop"]("backdrop", lambda: UniqueGiftBackdrop)
    is_premium = Field["bool | None"]("is_premium")
    is_burned = Field["bool | None"]("is_burned")
    is_from_blockchain = Field["bool | None"]("is_from_blockchain")
    colors = Field["UniqueGiftColors | None"]("colors", lambda: UniqueGiftColors)
    publisher_chat = Field["Chat | None"]("publisher_chat", lambda: Chat)


class GiftInfo(ApiObject):
    """The Bot API's GiftInfo."""

    __slots__ = ()
    gift = Field["Gift"]("gift", lambda: Gift)
    owned_gift_id = Field["str | None"]("owned_gift_id")
    convert_star_count = Field["int | None"]("convert_star_count")
    prepaid_upgrade_star_count = Field["int | None"]("prepaid_upgrade_star_count")
    is_upgrade_separate = Field["bool | None"]("is_upgrade_separate")
    can_be_upgraded = Field["bool | None"]("can_be_upgraded")
    text = Field["str | None"]("text")
    entities = Field["list[MessageEntity] | None"]("entities", lambda: MessageEntity)
    is_private = Field["bool | None"]("is_private")
    unique_gift_number = Field["int | None"]("unique_gift_number")


class UniqueGiftInfo(ApiObject):
    """The Bot API's UniqueGiftInfo."""

    __slots__ = ()
    gift = Field["UniqueGift"]("gift", lambda: UniqueGift)
    origin = Field["str"]("origin")
    text = Field["str | None"]("text")
    entities = Field["list[MessageEntity] | None"]("entities", lambda: MessageEntity)
    is_private = Field["bool | None"]("is_private")
    last_resale_currency = Field["str | None"]("last_resale_currency")
    last_resale_amount = Field["int | None"]("last_resale_amount")
    owned_gift_id = Field["str | None"]("owned_gift_id")
    transfer_star_count = Field["int | None"]("transfer_star_count")
    next_transfer_date = Field["int | None"]("next_transfer_date")
    last_resale_star_count = Field["int | None"]("last_resale_star_count")


class StarAmount(ApiObject):
    """The Bot API's StarAmount."""

    __slots__ = ()
    amount = Field["int"]("amount")
    nanostar_amount = Field["int | None"]("nanostar_amount")


class ChatOwnerLeft(ApiObject):
    """The Bot API's ChatOwnerLeft."""

    __slots__ = ()
    new_owner = Field["User | None"]("new_owner", lambda: User)


class ChatOwnerChanged(ApiObject):
    """The Bot API's ChatOwnerChanged."""

    __slots__ = ()
    new_owner = Field["User"]("new_owner", lambda: User)


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
    premium_animation = Field["File | None"]("premium_animation", lambda: File)
    mask_position = Field["MaskPosition | None"]("mask_position", lambda: MaskPosition)
    custom_emoji_id = Field["str | None"]("custom_emoji_id")
    needs_repainting = Field["bool | None"]("needs_repainting")
    file_size = Field["int | None"]("file_size")


class MaskPosition(ApiObject):
    """The Bot API's MaskPosition."""

    __slots__ = ()
    point = Field["str"]("point")
    x_shift = Field["float"]("x_shift")
    y_shift = Field["float"]("y_shift")
    scale = Field["float"]("scale")


class RichMessage(ApiObject):
    """The Bot API's RichMessage."""

    __slots__ = ()
    blocks = Field["list[RichBlock]"]("blocks", lambda: RichBlock)
    is_rtl = Field["bool | None"]("is_rtl")


class RichMessageButton(ApiObject):
    """The Bot API's RichMessageButton."""

    __slots__ = ()
    text = Field["Any"]("text")
    style = Field["str | None"]("style")
    url = Field["str | None"]("url")
    callback_data = Field["str | None"]("callback_data")
    web_app = Field["WebAppInfo | None"]("web_app", lambda: WebAppInfo)
    login_url = Field["LoginUrl | None"]("login_url", lambda: LoginUrl)
    switch_inline_query = Field["str | None"]("switch_inline_query")
    switch_inline_query_current_chat = Field["str | None"]("switch_inline_query_current_chat")
    switch_inline_query_chosen_chat = Field["SwitchInlineQueryChosenChat | None"]("switch_inline_query_chosen_chat", lambda: SwitchInlineQueryChosenChat)
    copy_text = Field["CopyTextButton | None"]("copy_text", lambda: CopyTextButton)
    disabled = Field["DisabledButton | None"]("disabled", lambda: DisabledButton)


class RichText(ApiObject):
    """The Bot API's RichText."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    unix_time = Field["int | None"]("unix_time")
    date_time_format = Field["str | None"]("date_time_format")
    user = Field["User | None"]("user", lambda: User)
    custom_emoji_id = Field["str | None"]("custom_emoji_id")
    alternative_text = Field["str | None"]("alternative_text")
    expression = Field["str | None"]("expression")
    url = Field["str | None"]("url")
    email_address = Field["str | None"]("email_address")
    phone_number = Field["str | None"]("phone_number")
    bank_card_number = Field["str | None"]("bank_card_number")
    username = Field["str | None"]("username")
    hashtag = Field["str | None"]("hashtag")
    cashtag = Field["str | None"]("cashtag")
    bot_command = Field["str | None"]("bot_command")
    button = Field["RichMessageButton | None"]("button", lambda: RichMessageButton)
    name = Field["str | None"]("name")
    anchor_name = Field["str | None"]("anchor_name")
    reference_name = Field["str | None"]("reference_name")


class RichTextBold(ApiObject):
    """The Bot API's RichTextBold."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextItalic(ApiObject):
    """The Bot API's RichTextItalic."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextUnderline(ApiObject):
    """The Bot API's RichTextUnderline."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextStrikethrough(ApiObject):
    """The Bot API's RichTextStrikethrough."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextSpoiler(ApiObject):
    """The Bot API's RichTextSpoiler."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextDateTime(ApiObject):
    """The Bot API's RichTextDateTime."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    unix_time = Field["int"]("unix_time")
    date_time_format = Field["str"]("date_time_format")


class RichTextTextMention(ApiObject):
    """The Bot API's RichTextTextMention."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    user = Field["User"]("user", lambda: User)


class RichTextSubscript(ApiObject):
    """The Bot API's RichTextSubscript."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextSuperscript(ApiObject):
    """The Bot API's RichTextSuperscript."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextMarked(ApiObject):
    """The Bot API's RichTextMarked."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextCode(ApiObject):
    """The Bot API's RichTextCode."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichTextCustomEmoji(ApiObject):
    """The Bot API's RichTextCustomEmoji."""

    __slots__ = ()
    type = Field["str"]("type")
    custom_emoji_id = Field["str"]("custom_emoji_id")
    alternative_text = Field["str"]("alternative_text")


class RichTextMathematicalExpression(ApiObject):
    """The Bot API's RichTextMathematicalExpression."""

    __slots__ = ()
    type = Field["str"]("type")
    expression = Field["str"]("expression")


class RichTextUrl(ApiObject):
    """The Bot API's RichTextUrl."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    url = Field["str"]("url")


class RichTextEmailAddress(ApiObject):
    """The Bot API's RichTextEmailAddress."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    email_address = Field["str"]("email_address")


class RichTextPhoneNumber(ApiObject):
    """The Bot API's RichTextPhoneNumber."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    phone_number = Field["str"]("phone_number")


class RichTextBankCardNumber(ApiObject):
    """The Bot API's RichTextBankCardNumber."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    bank_card_number = Field["str"]("bank_card_number")


class RichTextMention(ApiObject):
    """The Bot API's RichTextMention."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    username = Field["str"]("username")


class RichTextHashtag(ApiObject):
    """The Bot API's RichTextHashtag."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    hashtag = Field["str"]("hashtag")


class RichTextCashtag(ApiObject):
    """The Bot API's RichTextCashtag."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    cashtag = Field["str"]("cashtag")


class RichTextBotCommand(ApiObject):
    """The Bot API's RichTextBotCommand."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    bot_command = Field["str"]("bot_command")


class RichTextButton(ApiObject):
    """The Bot API's RichTextButton."""

    __slots__ = ()
    type = Field["str"]("type")
    button = Field["RichMessageButton"]("button", lambda: RichMessageButton)


class RichTextAnchor(ApiObject):
    """The Bot API's RichTextAnchor."""

    __slots__ = ()
    type = Field["str"]("type")
    name = Field["str"]("name")


class RichTextAnchorLink(ApiObject):
    """The Bot API's RichTextAnchorLink."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    anchor_name = Field["str"]("anchor_name")


class RichTextReference(ApiObject):
    """The Bot API's RichTextReference."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    name = Field["str"]("name")


class RichTextReferenceLink(ApiObject):
    """The Bot API's RichTextReferenceLink."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    reference_name = Field["str"]("reference_name")


class RichBlockCaption(ApiObject):
    """The Bot API's RichBlockCaption."""

    __slots__ = ()
    text = Field["Any"]("text")
    credit = Field["Any"]("credit")


class RichBlockTableCell(ApiObject):
    """The Bot API's RichBlockTableCell."""

    __slots__ = ()
    text = Field["Any"]("text")
    is_header = Field["bool | None"]("is_header")
    colspan = Field["int | None"]("colspan")
    rowspan = Field["int | None"]("rowspan")
    align = Field["str"]("align")
    valign = Field["str"]("valign")


class RichBlockListItem(ApiObject):
    """The Bot API's RichBlockListItem."""

    __slots__ = ()
    label = Field["str"]("label")
    blocks = Field["list[RichBlock]"]("blocks", lambda: RichBlock)
    has_checkbox = Field["bool | None"]("has_checkbox")
    is_checked = Field["bool | None"]("is_checked")
    value = Field["int | None"]("value")
    type = Field["str | None"]("type")


class RichBlock(ApiObject):
    """The Bot API's RichBlock."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    size = Field["int | None"]("size")
    language = Field["str | None"]("language")
    expression = Field["str | None"]("expression")
    name = Field["str | None"]("name")
    items = Field["list[RichBlockListItem] | None"]("items", lambda: RichBlockListItem)
    blocks = Field["list[RichBlock] | None"]("blocks", lambda: RichBlock)
    credit = Field["Any"]("credit")
    caption = Field["Any"]("caption")
    cells = Field["list[list[RichBlockTableCell]] | None"]("cells", lambda: RichBlockTableCell)
    is_bordered = Field["bool | None"]("is_bordered")
    is_striped = Field["bool | None"]("is_striped")
    is_compact = Field["bool | None"]("is_compact")
    summary = Field["Any"]("summary")
    is_open = Field["bool | None"]("is_open")
    location = Field["Location | None"]("location", lambda: Location)
    zoom = Field["int | None"]("zoom")
    width = Field["int | None"]("width")
    height = Field["int | None"]("height")
    buttons = Field["list[RichMessageButton] | None"]("buttons", lambda: RichMessageButton)
    align = Field["str | None"]("align")
    animation = Field["Animation | None"]("animation", lambda: Animation)
    has_spoiler = Field["bool | None"]("has_spoiler")
    audio = Field["Audio | None"]("audio", lambda: Audio)
    document = Field["Document | None"]("document", lambda: Document)
    photo = Field["list[PhotoSize] | None"]("photo", lambda: PhotoSize)
    video = Field["Video | None"]("video", lambda: Video)
    voice_note = Field["Voice | None"]("voice_note", lambda: Voice)


class RichBlockParagraph(ApiObject):
    """The Bot API's RichBlockParagraph."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichBlockSectionHeading(ApiObject):
    """The Bot API's RichBlockSectionHeading."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    size = Field["int"]("size")


class RichBlockPreformatted(ApiObject):
    """The Bot API's RichBlockPreformatted."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    language = Field["str | None"]("language")


class RichBlockFooter(ApiObject):
    """The Bot API's RichBlockFooter."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class RichBlockDivider(ApiObject):
    """The Bot API's RichBlockDivider."""

    __slots__ = ()
    type = Field["str"]("type")


class RichBlockMathematicalExpression(ApiObject):
    """The Bot API's RichBlockMathematicalExpression."""

    __slots__ = ()
    type = Field["str"]("type")
    expression = Field["str"]("expression")


class RichBlockAnchor(ApiObject):
    """The Bot API's RichBlockAnchor."""

    __slots__ = ()
    type = Field["str"]("type")
    name = Field["str"]("name")


class RichBlockList(ApiObject):
    """The Bot API's RichBlockList."""

    __slots__ = ()
    type = Field["str"]("type")
    items = Field["list[RichBlockListItem]"]("items", lambda: RichBlockListItem)


class RichBlockBlockQuotation(ApiObject):
    """The Bot API's RichBlockBlockQuotation."""

    __slots__ = ()
    type = Field["str"]("type")
    blocks = Field["list[RichBlock]"]("blocks", lambda: RichBlock)
    credit = Field["Any"]("credit")


class RichBlockExpandableBlockQuotation(ApiObject):
    """The Bot API's RichBlockExpandableBlockQuotation."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    credit = Field["Any"]("credit")


class RichBlockPullQuotation(ApiObject):
    """The Bot API's RichBlockPullQuotation."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")
    credit = Field["Any"]("credit")


class RichBlockCollage(ApiObject):
    """The Bot API's RichBlockCollage."""

    __slots__ = ()
    type = Field["str"]("type")
    blocks = Field["list[RichBlock]"]("blocks", lambda: RichBlock)
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockSlideshow(ApiObject):
    """The Bot API's RichBlockSlideshow."""

    __slots__ = ()
    type = Field["str"]("type")
    blocks = Field["list[RichBlock]"]("blocks", lambda: RichBlock)
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockTable(ApiObject):
    """The Bot API's RichBlockTable."""

    __slots__ = ()
    type = Field["str"]("type")
    cells = Field["list[list[RichBlockTableCell]]"]("cells", lambda: RichBlockTableCell)
    is_bordered = Field["bool | None"]("is_bordered")
    is_striped = Field["bool | None"]("is_striped")
    is_compact = Field["bool | None"]("is_compact")
    caption = Field["Any"]("caption")


class RichBlockDetails(ApiObject):
    """The Bot API's RichBlockDetails."""

    __slots__ = ()
    type = Field["str"]("type")
    summary = Field["Any"]("summary")
    blocks = Field["list[RichBlock]"]("blocks", lambda: RichBlock)
    is_open = Field["bool | None"]("is_open")


class RichBlockMap(ApiObject):
    """The Bot API's RichBlockMap."""

    __slots__ = ()
    type = Field["str"]("type")
    location = Field["Location"]("location", lambda: Location)
    zoom = Field["int"]("zoom")
    width = Field["int"]("width")
    height = Field["int"]("height")
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockButtons(ApiObject):
    """The Bot API's RichBlockButtons."""

    __slots__ = ()
    type = Field["str"]("type")
    buttons = Field["list[RichMessageButton]"]("buttons", lambda: RichMessageButton)
    align = Field["str | None"]("align")


class RichBlockAnimation(ApiObject):
    """The Bot API's RichBlockAnimation."""

    __slots__ = ()
    type = Field["str"]("type")
    animation = Field["Animation"]("animation", lambda: Animation)
    has_spoiler = Field["bool | None"]("has_spoiler")
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockAudio(ApiObject):
    """The Bot API's RichBlockAudio."""

    __slots__ = ()
    type = Field["str"]("type")
    audio = Field["Audio"]("audio", lambda: Audio)
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockDocument(ApiObject):
    """The Bot API's RichBlockDocument."""

    __slots__ = ()
    type = Field["str"]("type")
    document = Field["Document"]("document", lambda: Document)
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockPhoto(ApiObject):
    """The Bot API's RichBlockPhoto."""

    __slots__ = ()
    type = Field["str"]("type")
    photo = Field["list[PhotoSize]"]("photo", lambda: PhotoSize)
    has_spoiler = Field["bool | None"]("has_spoiler")
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockVideo(ApiObject):
    """The Bot API's RichBlockVideo."""

    __slots__ = ()
    type = Field["str"]("type")
    video = Field["Video"]("video", lambda: Video)
    has_spoiler = Field["bool | None"]("has_spoiler")
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockVoiceNote(ApiObject):
    """The Bot API's RichBlockVoiceNote."""

    __slots__ = ()
    type = Field["str"]("type")
    voice_note = Field["Voice"]("voice_note", lambda: Voice)
    caption = Field["RichBlockCaption | None"]("caption", lambda: RichBlockCaption)


class RichBlockThinking(ApiObject):
    """The Bot API's RichBlockThinking."""

    __slots__ = ()
    type = Field["str"]("type")
    text = Field["Any"]("text")


class Invoice(ApiObject):
    """The Bot API's Invoice."""

    __slots__ = ()
    title = Field["str"]("title")
    description = Field["str"]("description")
    start_parameter = Field["str"]("start_parameter")
    currency = Field["str"]("currency")
    total_amount = Field["int"]("total_amount")


class ShippingAddress(ApiObject):
    """The Bot API's ShippingAddress."""

    __slots__ = ()
    country_code = Field["str"]("country_code")
    state = Field["str"]("state")
    city = Field["str"]("city")
    street_line1 = Field["str"]("street_line1")
    street_line2 = Field["str"]("street_line2")
    post_code = Field["str"]("post_code")


class OrderInfo(ApiObject):
    """The Bot API's OrderInfo."""

    __slots__ = ()
    name = Field["str | None"]("name")
    phone_number = Field["str | None"]("phone_number")
    email = Field["str | None"]("email")
    shipping_address = Field["ShippingAddress | None"]("shipping_address", lambda: ShippingAddress)


class SuccessfulPayment(ApiObject):
    """The Bot API's SuccessfulPayment."""

    __slots__ = ()
    currency = Field["str"]("currency")
    total_amount = Field["int"]("total_amount")
    invoice_payload = Field["str"]("invoice_payload")
    subscription_expiration_date = Field["int | None"]("subscription_expiration_date")
    is_recurring = Field["bool | None"]("is_recurring")
    is_first_recurring = Field["bool | None"]("is_first_recurring")
    shipping_option_id = Field["str | None"]("shipping_option_id")
    order_info = Field["OrderInfo | None"]("order_info", lambda: OrderInfo)
    telegram_payment_charge_id = Field["str"]("telegram_payment_charge_id")
    provider_payment_charge_id = Field["str"]("provider_payment_charge_id")


class RefundedPayment(ApiObject):
    """The Bot API's RefundedPayment."""

    __slots__ = ()
    currency = Field["str"]("currency")
    total_amount = Field["int"]("total_amount")
    invoice_payload = Field["str"]("invoice_payload")
    telegram_payment_charge_id = Field["str"]("telegram_payment_charge_id")
    provider_payment_charge_id = Field["str | None"]("provider_payment_charge_id")


class PassportData(ApiObject):
    """The Bot API's PassportData."""

    __slots__ = ()
    data = Field["list[EncryptedPassportElement]"]("data", lambda: EncryptedPassportElement)
    credentials = Field["EncryptedCredentials"]("credentials", lambda: EncryptedCredentials)


class PassportFile(ApiObject):
    """The Bot API's PassportFile."""

    __slots__ = ()
    file_id = Field["str"]("file_id")
    file_unique_id = Field["str"]("file_unique_id")
    file_size = Field["int"]("file_size")
    file_date = Field["int"]("file_date")


class EncryptedPassportElement(ApiObject):
    """The Bot API's EncryptedPassportElement."""

    __slots__ = ()
    type = Field["str"]("type")
    data = Field["str | None"]("data")
    phone_number = Field["str | None"]("phone_number")
    email = Field["str | None"]("email")
    files = Field["list[PassportFile] | None"]("files", lambda: PassportFile)
    front_side = Field["PassportFile | None"]("front_side", lambda: PassportFile)
    reverse_side = Field["PassportFile | None"]("reverse_side", lambda: PassportFile)
    selfie = Field["PassportFile | None"]("selfie", lambda: PassportFile)
    translation = Field["list[PassportFile] | None"]("translation", lambda: PassportFile)
    hash = Field["str"]("hash")


class EncryptedCredentials(ApiObject):
    """The Bot API's EncryptedCredentials."""

    __slots__ = ()
    data = Field["str"]("data")
    hash = Field["str"]("hash")
    secret = Field["str"]("secret")


class Game(ApiObject):
    """The Bot API's Game."""

    __slots__ = ()
    title = Field["str"]("title")
    description = Field["str"]("description")
    photo = Field["list[PhotoSize]"]("photo", lambda: PhotoSize)
    text = Field["str | None"]("text")
    text_entities = Field["list[MessageEntity] | None"]("text_entities", lambda: MessageEntity)
    animation = Field["Animation | None"]("animation", lambda: Animation)


class CallbackGame(ApiObject):
    """The Bot API's CallbackGame."""

    __slots__ = ()
