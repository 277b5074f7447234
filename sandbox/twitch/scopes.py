"""Every scope Twitch knows: what a user can allow an application to do.

The names are Twitch's own (dev.twitch.tv/docs/authentication/scopes). Nothing is granted here.
"""

import difflib

SCOPES = frozenset(
    """
    analytics:read:extensions analytics:read:games bits:read channel:bot
    channel:edit:commercial channel:manage:ads channel:manage:broadcast
    channel:manage:extensions channel:manage:guest_star channel:manage:moderators
    channel:manage:polls channel:manage:predictions channel:manage:raids
    channel:manage:redemptions channel:manage:schedule channel:manage:videos
    channel:manage:vips channel:moderate channel:read:ads channel:read:charity
    channel:read:editors channel:read:goals channel:read:guest_star channel:read:hype_train
    channel:read:polls channel:read:predictions channel:read:redemptions
    channel:read:stream_key channel:read:subscriptions channel:read:vips chat:edit chat:read
    clips:edit moderation:read moderator:manage:announcements moderator:manage:automod
    moderator:manage:automod_settings moderator:manage:banned_users
    moderator:manage:blocked_terms moderator:manage:chat_messages
    moderator:manage:chat_settings moderator:manage:guest_star moderator:manage:shield_mode
    moderator:manage:shoutouts moderator:manage:suspicious_users
    moderator:manage:unban_requests moderator:manage:warnings moderator:read:automod_settings
    moderator:read:banned_users moderator:read:blocked_terms moderator:read:chat_messages
    moderator:read:chat_settings moderator:read:chatters moderator:read:followers
    moderator:read:guest_star moderator:read:moderators moderator:read:shield_mode
    moderator:read:shoutouts moderator:read:suspicious_users moderator:read:unban_requests
    moderator:read:vips moderator:read:warnings user:bot user:edit user:edit:broadcast
    user:edit:follows user:manage:blocked_users user:manage:chat_color user:manage:whispers
    user:read:blocked_users user:read:broadcast user:read:chat user:read:email
    user:read:emotes user:read:follows user:read:moderated_channels user:read:subscriptions
    user:read:whispers user:write:chat whispers:edit whispers:read
    """.split()  # noqa: SIM905 - eighty names in lines are easier to read
)


def unknown(scopes: list[str]) -> str:
    """The first scope Twitch does not know, or an empty string.

    >>> unknown(["chat:read", "chat_edit"])
    'chat_edit'
    """
    return next((scope for scope in scopes if scope not in SCOPES), "")


def explain(scope: str) -> str:
    """What to say about an unknown scope.

    >>> explain("chat_edit")
    "Twitch knows no scope 'chat_edit'; did you mean 'chat:edit'?"
    """
    close = difflib.get_close_matches(scope, sorted(SCOPES), n=1)
    guess = f"; did you mean {close[0]!r}?" if close else ""
    return f"Twitch knows no scope {scope!r}{guess}"
