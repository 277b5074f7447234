"""The exact lines of the chat server (tmi.twitch.tv).

irc.py decides who gets them, and irc_grammar.py builds a line.
"""

from bot_sandbox.twitch.chat import FOR_GOOD, Channel, ChatMessage
from bot_sandbox.twitch.fragments import emotes_tag, is_emote_only
from bot_sandbox.twitch.irc_grammar import write
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


def line(
    command: str,
    *params: str,
    text: str | None = None,
    tags: dict[str, str] | None = None,
    source: str = HOST,
) -> str:
    """Build one line; `text` is the last parameter, after a colon.

    >>> line("NOTICE", "#viktor", text="No.", tags={"msg-id": "no_permission"})
    '@msg-id=no_permission :tmi.twitch.tv NOTICE #viktor :No.'
    """
    return write(command, params, text, source, tags)


def mask(login: str) -> str:
    """Return a user as the source of a line."""
    return f"{login}!{login}@{login}.{HOST}"


def pong(words: str | None) -> str:
    """Return the answer to a client's PING; clients recognize its form.

    Captured in gempir/go-twitch-irc's tests: a bare PING gets a line without a source. tmi.js sends
    only that and accepts only that answer.

    >>> pong(None), pong("still there?")
    ('PONG :tmi.twitch.tv', ':tmi.twitch.tv PONG tmi.twitch.tv :still there?')
    """
    return f"PONG :{HOST}" if words is None else line("PONG", HOST, text=words)


def names(login: str, channel: str) -> list[str]:
    """Return the answer to a JOIN: the JOIN itself and the list of names (only the client's)."""
    own_host = f"{login}.{HOST}"
    return [
        line("JOIN", f"#{channel}", source=mask(login)),
        line("353", login, "=", f"#{channel}", text=login, source=own_host),
        line("366", login, f"#{channel}", text="End of /NAMES list", source=own_host),
    ]


def global_user_state(user: TwitchUser) -> str:
    """Return GLOBALUSERSTATE, which is sent once after login."""
    tags = {
        "badge-info": "",
        "badges": "",
        "color": user.color,
        "display-name": user.display_name,
        "emote-sets": "0",
        "user-id": user.id,
        "user-type": "",
    }
    return line("GLOBALUSERSTATE", tags=tags)


def user_state(user: TwitchUser, channel: Channel, own: dict[str, str], *, tags: bool) -> str:
    """Return USERSTATE, which is sent after a JOIN and after each message of the client.

    `own` are the tags of the client's message: its id and its client-nonce.
    """
    values = {
        "badge-info": "",
        "badges": badges(user, channel),
        "color": user.color,
        "display-name": user.display_name,
        "emote-sets": "0",
        "mod": moderator(user, channel),
        "subscriber": "0",
        "user-type": "mod" if user.id in channel.mods else "",
        **{name: value for name, value in own.items() if value},
    }
    return line("USERSTATE", f"#{channel.name}", tags=dict(sorted(values.items())) if tags else {})


def room_state(channel: Channel, *, tags: bool) -> str:
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
    return line("ROOMSTATE", f"#{channel.name}", tags=values if tags else {})


def clear_chat(channel: Channel, user: TwitchUser, seconds: float, at: float, *, tags: bool) -> str:
    """Return CLEARCHAT for a ban, or with `ban-duration` for a timeout."""
    values = {
        **({} if seconds == FOR_GOOD else {"ban-duration": str(int(seconds))}),
        "room-id": channel.owner.id,
        "target-user-id": user.id,
        "tmi-sent-ts": str(int(at * 1000)),
    }
    return line("CLEARCHAT", f"#{channel.name}", text=user.login, tags=values if tags else {})


def privmsg(message: ChatMessage, tags: dict[str, str]) -> str:
    """Return the PRIVMSG of a chat message."""
    text = f"\x01ACTION {message.text}\x01" if message.action else message.text
    source = mask(message.author.login)
    return line("PRIVMSG", f"#{message.channel}", text=text, tags=tags, source=source)


def user_notice(message: ChatMessage, channel: Channel, *, tags: bool) -> str:
    """Return the USERNOTICE of an announcement, with tags as in TwitchLib.Client's tests."""
    author = message.author
    values = {
        "badge-info": "",
        "badges": badges(author, channel),
        "color": author.color,
        "display-name": author.display_name,
        "emotes": emotes_tag(message.fragments),
        "flags": "",
        "id": message.id,
        "login": author.login,
        "mod": moderator(author, channel),
        "msg-id": "announcement",
        "msg-param-color": message.announcement,
        "room-id": channel.owner.id,
        "subscriber": "0",
        "system-msg": "",
        "tmi-sent-ts": str(int(message.at * 1000)),
        "user-id": author.id,
        "user-type": "mod" if author.id in channel.mods else "",
    }
    return line("USERNOTICE", f"#{channel.name}", text=message.text, tags=values if tags else {})


def message_tags(message: ChatMessage, channel: Channel) -> dict[str, str]:
    """Return the tags of a chat message, in Twitch's alphabetical order."""
    author = message.author
    return {
        "badge-info": "",
        "badges": badges(author, channel),
        "color": author.color,
        "display-name": author.display_name,
        **({"emote-only": "1"} if is_emote_only(message.fragments) else {}),
        "emotes": emotes_tag(message.fragments),
        "first-msg": "1" if message.is_first else "0",
        "flags": "",
        "id": message.id,
        "mod": moderator(author, channel),
        **reply_tags(message),
        "returning-chatter": "0",  # Twitch does not publish who counts as one
        "room-id": channel.owner.id,
        "subscriber": "0",
        "tmi-sent-ts": str(int(message.at * 1000)),
        "turbo": "0",
        "user-id": author.id,
        "user-type": "mod" if author.id in channel.mods else "",
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


def badges(user: TwitchUser, channel: Channel) -> str:
    """Return the badges of a user in a channel."""
    if user.id == channel.owner.id:
        return "broadcaster/1"
    return "moderator/1" if user.id in channel.mods else ""


def moderator(user: TwitchUser, channel: Channel) -> str:
    """Return the `mod` tag: 1 for a moderator, but 0 for the broadcaster."""
    return "1" if user.id in channel.mods else "0"
