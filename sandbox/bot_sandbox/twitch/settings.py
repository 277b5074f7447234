"""All numbers of the sandbox Twitch, each with the real one.

Pass them by name, `Twitch(ping_interval_s=5)`, or change them while it runs,
`twitch.settings.limits = False`.
"""

from dataclasses import dataclass


@dataclass(kw_only=True)
class TwitchSettings:
    """The numbers; one without a comment about it is the real one."""

    # With a seed, client ids, secrets, tokens and ids are the same at every start
    seed: int | str | None = None

    # Chat, by IRC and by Helix
    limits: bool = True  # False lifts every chat limit below
    messages: int = 20  # in a window, anywhere
    messages_as_mod: int = 100  # in a window, as moderator or broadcaster
    message_window_s: float = 30.0
    penalty_s: float = 1800.0  # how long IRC silently ignores an account over the limit
    channel_gap_s: float = 1.0  # between two messages of one person in one channel
    duplicate_s: float = 30.0  # the same text again within this time is refused
    joins: int = 20  # channels in a join window
    logins: int = 20  # logins in a join window
    join_window_s: float = 10.0
    message_characters: int = 500  # the rest is cut

    # The IRC connection
    ping_interval_s: float = 300.0  # "about every 5 minutes"
    pong_timeout_s: float = 10.0  # then the connection is closed
    line_bytes: int = 16_384  # a longer line is dropped (the sandbox's number)
    pending_lines: int = (
        100_000  # unread by the client, before it is cut off (the sandbox's number)
    )

    # Kept lines and requests of messages (message_trace.py); the sandbox's number
    trace_entries: int = 5_000

    # Tokens
    user_token_s: float = 14_400.0  # about 4 hours
    app_token_s: float = 5_000_000.0  # about 58 days
    implicit_token_s: float = 5_184_000.0  # by implicit grant: about 60 days
    code_s: float = 600.0  # an authorization code (the sandbox's number)
    device_code_s: float = 1800.0
    device_interval_s: int = 5  # seconds between two polls
    public_refresh_s: float = 2_592_000.0  # a public application's refresh token: 30 days

    # Helix
    api_points: int = 800  # requests a minute for each application and user

    # EventSub by webhook
    https_only: bool = False  # the real one takes https callbacks on port 443 only
    webhook_timeout_s: float = 10.0  # "a few seconds"
    webhook_retries: int = 3  # resends of one notification (the real number is not published)
    webhook_retry_s: float = 0.2  # the first pause; it doubles (the real one is longer)
    webhook_failures: int = 3  # lost notifications in a row that revoke (real: not published)

    # EventSub by WebSocket
    subscribe_within_s: float = 10.0  # else close code 4003
    keepalive_s: int = 10  # unless the client asks for 10 to 600
    reconnect_within_s: float = 30.0  # to follow a session_reconnect, else close code 4004
    sessions_a_user: int = 3  # WebSocket sessions with subscriptions for each user and application
    subscriptions_a_session: int = 300
