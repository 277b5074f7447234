"""The lines the chat server (tmi.twitch.tv) says, word for word.

Text only; who hears them is decided in irc.py, and how a line is put together in irc_grammar.py.
"""

from bot_sandbox.twitch.chat import FOR_GOOD, Channel, ChatMessage, User
from bot_sandbox.twitch.irc_grammar import write

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
    """One line; `text` is the last parameter, which stands after a colon.

    >>> line("NOTICE", "#viktor", text="No.", tags={"msg-id": "no_permission"})
    '@msg-id=no_permission :tmi.twitch.tv NOTICE #viktor :No.'
    """
    return write(command, params, text, source, tags)


def mask(login: str) -> str:
    """A user as the source of a line."""
    return f"{login}!{login}@{login}.{HOST}"


def pong(words: str | None) -> str:
    """The answer to a client's PING, which real clients tell by its form.

    Captured in gempir/go-twitch-irc's tests: a bare PING gets a line without a source, and tmi.js,
    which sends no other, knows only that one.

    >>> pong(None), pong("still there?")
    ('PONG :tmi.twitch.tv', ':tmi.twitch.tv PONG tmi.twitch.tv :still there?')
    """
    return f"PONG :{HOST}" if words is None else line("PONG", HOST, text=words)


def names(login: str, channel: str) -> list[str]:
    """The answer to a JOIN: the JOIN itself and the list of names (only one's own)."""
    own_host = f"{login}.{HOST}"
    return [
        line("JOIN", f"#{channel}", source=mask(login)),
        line("353", login, "=", f"#{channel}", text=login, source=own_host),
        line("366", login, f"#{channel}", text="End of /NAMES list", source=own_host),
    ]


def global_user_state(user: User) -> str:
    """Who one is everywhere: sent once after login."""
    tags = {
        "badge-info": "",
        "badges": "",
        "color": user.colour,
        "display-name": user.display_name,
        "emote-sets": "0",
        "user-id": user.id,
        "user-type": "",
    }
    return line("GLOBALUSERSTATE", tags=tags)


def user_state(user: User, channel: Channel, own: dict[str, str], *, tags: bool) -> str:
    """Who one is in a channel: sent after a JOIN and after each message one sends.

    `own` are the tags of one's own message: its id, and the client-nonce it came with.
    """
    values = {
        "badge-info": "",
        "badges": badges(user, channel),
        "color": user.colour,
        "display-name": user.display_name,
        "emote-sets": "0",
        "mod": moderator(user, channel),
        "subscriber": "0",
        "user-type": "mod" if user.id in channel.mods else "",
        **{name: value for name, value in own.items() if value},
    }
    return line("USERSTATE", f"#{channel.name}", tags=dict(sorted(values.items())) if tags else {})


def room_state(channel: Channel, *, tags: bool) -> str:
    """The settings of a channel."""
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


def clear_chat(channel: Channel, user: User, seconds: float, at: float, *, tags: bool) -> str:
    """What a user said is cleared: a ban, or with `ban-duration` a timeout."""
    values = {
        **({} if seconds == FOR_GOOD else {"ban-duration": str(int(seconds))}),
        "room-id": channel.owner.id,
        "target-user-id": user.id,
        "tmi-sent-ts": str(int(at * 1000)),
    }
    return line("CLEARCHAT", f"#{channel.name}", text=user.login, tags=values if tags else {})


def privmsg(message: ChatMessage, tags: dict[str, str]) -> str:
    """A chat message."""
    text = f"\x01ACTION {message.text}\x01" if message.action else message.text
    source = mask(message.author.login)
    return line("PRIVMSG", f"#{message.channel}", text=text, tags=tags, source=source)


def user_notice(message: ChatMessage, channel: Channel, *, tags: bool) -> str:
    """An announcement, its tags as captured (TwitchLib.Client's tests)."""
    author = message.author
    values = {
        "badge-info": "",
        "badges": badges(author, channel),
        "color": author.colour,
        "display-name": author.display_name,
        "emotes": "",
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
    """The tags of a chat message, in Twitch's order (alphabetical)."""
    author = message.author
    return {
        "badge-info": "",
        "badges": badges(author, channel),
        "color": author.colour,
        "display-name": author.display_name,
        "emotes": "",
        "first-msg": "0",
        "flags": "",
        "id": message.id,
        "mod": moderator(author, channel),
        **reply_tags(message),
        "returning-chatter": "0",
        "room-id": channel.owner.id,
        "subscriber": "0",
        "tmi-sent-ts": str(int(message.at * 1000)),
        "turbo": "0",
        "user-id": author.id,
        "user-type": "mod" if author.id in channel.mods else "",
    }


def reply_tags(message: ChatMessage) -> dict[str, str]:
    """The tags that only a reply has."""
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


def badges(user: User, channel: Channel) -> str:
    """The badges before the name in a channel."""
    if user.id == channel.owner.id:
        return "broadcaster/1"
    return "moderator/1" if user.id in channel.mods else ""


def moderator(user: User, channel: Channel) -> str:
    """The `mod` tag: 1 for a moderator (the broadcaster is none)."""
    return "1" if user.id in channel.mods else "0"
