"""The exact lines of the chat server (tmi.twitch.tv).

irc.py decides who gets them, and irc_grammar.py builds a line.
"""

from bot_sandbox.twitch.chat import PERMANENT, Channel, ChatMessage
from bot_sandbox.twitch.fragments import emotes_tag, is_emote_only
from bot_sandbox.twitch.irc_grammar import build_line
from bot_sandbox.twitch.user import TwitchUser

HOST = "tmi.twitch.tv"
WELCOME = (
    ("001", "Welcome, GLHF!"),
    ("002", "Your host is tmi.twitch.tv"),
    ("003", "This server is rather new"),
    ("004", "-"),
    ("375", "-"),
    ("372", "You are in a maze of twisty passages, all alike."),
    ("376", ">"),
)


def server_line(
    command: str,
    *params: str,
    text: str | None = None,
    tags: dict[str, str] | None = None,
    source: str = HOST,
) -> str:
    """Build one line; `text` is the last parameter, after a colon.

    Tags are in alphabetical order, as Twitch's.

    >>> server_line("NOTICE", "#viktor", text="No.", tags={"msg-id": "no_permission"})
    '@msg-id=no_permission :tmi.twitch.tv NOTICE #viktor :No.'
    """
    return build_line(command, params, text, source, dict(sorted((tags or {}).items())))


def user_mask(login: str) -> str:
    """Return a user as the source of a line."""
    return f"{login}!{login}@{login}.{HOST}"


def pong_line(words: str | None) -> str:
    """Return the answer to a client's PING; clients recognize its form.

    Captured in gempir/go-twitch-irc's tests: a bare PING gets a line without a source. tmi.js sends
    only that and accepts only that answer.

    >>> pong_line(None), pong_line("still there?")
    ('PONG :tmi.twitch.tv', ':tmi.twitch.tv PONG tmi.twitch.tv :still there?')
    """
    return f"PONG :{HOST}" if words is None else server_line("PONG", HOST, text=words)


def join_answer(login: str, channel: str) -> list[str]:
    """Return the answer to a JOIN: the JOIN itself and the list of names (only the client's)."""
    own_host = f"{login}.{HOST}"
    return [
        server_line("JOIN", f"#{channel}", source=user_mask(login)),
        server_line("353", login, "=", f"#{channel}", text=login, source=own_host),
        server_line("366", login, f"#{channel}", text="End of /NAMES list", source=own_host),
    ]


def global_user_state(user: TwitchUser) -> str:
    """Return GLOBALUSERSTATE, which is sent once after login."""
    tags = user_tags(user) | {"emote-sets": "0", "user-id": user.id}
    return server_line("GLOBALUSERSTATE", tags=tags)


def user_state(user: TwitchUser, channel: Channel, own: dict[str, str], *, with_tags: bool) -> str:
    """Return USERSTATE, which is sent after a JOIN and after each message of the client.

    `own` are the tags of the client's message: its id and its client-nonce.
    """
    given = {name: value for name, value in own.items() if value}
    values = role_tags(user, channel) | {"emote-sets": "0"} | given
    return server_line("USERSTATE", f"#{channel.name}", tags=values if with_tags else {})


def room_state(channel: Channel, *, with_tags: bool) -> str:
    """Return ROOMSTATE, the settings of a channel."""
    values = {
        "emote-only": "0",
        "followers-only": "-1",
        "r9k": "0",
        "rituals": "0",
        "room-id": channel.owner.id,
        "slow": "0",
        "subs-only": "0",
    }
    return server_line("ROOMSTATE", f"#{channel.name}", tags=values if with_tags else {})


def clear_chat(
    channel: Channel, user: TwitchUser, seconds: float, at: float, *, with_tags: bool
) -> str:
    """Return CLEARCHAT for a ban, or with `ban-duration` for a timeout."""
    values = {
        **({} if seconds == PERMANENT else {"ban-duration": str(int(seconds))}),
        "room-id": channel.owner.id,
        "target-user-id": user.id,
        "tmi-sent-ts": str(int(at * 1000)),
    }
    return server_line(
        "CLEARCHAT", f"#{channel.name}", text=user.login, tags=values if with_tags else {}
    )


def privmsg(message: ChatMessage, tags: dict[str, str]) -> str:
    """Return the PRIVMSG of a chat message."""
    text = f"\x01ACTION {message.text}\x01" if message.action else message.text
    source = user_mask(message.author.login)
    return server_line("PRIVMSG", f"#{message.channel}", text=text, tags=tags, source=source)


def user_notice(message: ChatMessage, channel: Channel, *, with_tags: bool) -> str:
    """Return the USERNOTICE of an announcement, with tags as in TwitchLib.Client's tests."""
    values = shared_tags(message, channel) | {
        "login": message.author.login,
        "msg-id": "announcement",
        "msg-param-color": message.announcement,
        "system-msg": "",
    }
    return server_line(
        "USERNOTICE", f"#{channel.name}", text=message.text, tags=values if with_tags else {}
    )


def message_tags(message: ChatMessage, channel: Channel) -> dict[str, str]:
    """Return the tags of a chat message."""
    own = {
        "first-msg": "1" if message.is_first else "0",
        "returning-chatter": "0",  # Twitch does not publish who counts as one
        "turbo": "0",
    }
    if is_emote_only(message.fragments):
        own["emote-only"] = "1"
    return shared_tags(message, channel) | own | reply_tags(message)


def user_tags(user: TwitchUser) -> dict[str, str]:
    """Return the tags that every line about a user has."""
    return {
        "badge-info": "",
        "badges": "",
        "color": user.color,
        "display-name": user.display_name,
        "user-type": "",
    }


def role_tags(user: TwitchUser, channel: Channel) -> dict[str, str]:
    """Return the tags of every line about a user in a channel; the owner is no moderator."""
    badge, is_mod = channel.badge(user), user.id in channel.mods
    return user_tags(user) | {
        "badges": f"{badge}/1" if badge else "",
        "mod": "1" if is_mod else "0",
        "subscriber": "0",
        "user-type": "mod" if is_mod else "",
    }


def shared_tags(message: ChatMessage, channel: Channel) -> dict[str, str]:
    """Return the tags that messages and announcements share."""
    return role_tags(message.author, channel) | {
        "emotes": emotes_tag(message.fragments),
        "flags": "",
        "id": message.id,
        "room-id": channel.owner.id,
        "tmi-sent-ts": str(int(message.at * 1000)),
        "user-id": message.author.id,
    }


def reply_tags(message: ChatMessage) -> dict[str, str]:
    """Return the tags that only a reply has."""
    parent, thread = message.reply_to, message.thread
    if parent is None or thread is None:
        return {}
    return {
        "reply-parent-display-name": parent.author.display_name,
        "reply-parent-msg-body": parent.text,
        "reply-parent-msg-id": parent.id,
        "reply-parent-user-id": parent.author.id,
        "reply-parent-user-login": parent.author.login,
        "reply-thread-parent-msg-id": thread.id,
        "reply-thread-parent-user-login": thread.author.login,
    }
