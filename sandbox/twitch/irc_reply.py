"""The lines the chat server (tmi.twitch.tv) says, word for word.

Text only; who hears them is decided in irc_commands.py and irc_hub.py.
"""

from sandbox.twitch.chat import Channel
from sandbox.twitch.irc_line import format_tags
from sandbox.twitch.model import ChatMessage, User

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


def mask(login: str) -> str:
    """A user as the source of a line."""
    return f":{login}!{login}@{login}.{HOST}"


def notice(channel: str, text: str, msg_id: str = "", *, tags: bool = False) -> str:
    """A NOTICE; with tags it carries the reason's code."""
    before = format_tags({"msg-id": msg_id}) if tags and msg_id else ""
    return f"{before}:{HOST} NOTICE {channel} :{text}"


def names(login: str, channel: str) -> list[str]:
    """The answer to a JOIN: the JOIN itself and the list of names (only one's own)."""
    return [
        f"{mask(login)} JOIN #{channel}",
        f":{login}.{HOST} 353 {login} = #{channel} :{login}",
        f":{login}.{HOST} 366 {login} #{channel} :End of /NAMES list",
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
    return f"{format_tags(tags)}:{HOST} GLOBALUSERSTATE"


def user_state(user: User, channel: Channel, nonce: str = "", *, tags: bool) -> str:
    """Who one is in a channel: sent after a JOIN and after each message one sends."""
    if not tags:
        return f":{HOST} USERSTATE #{channel.name}"
    values = {
        "badge-info": "",
        "badges": badges(user, channel),
        "color": user.colour,
        "display-name": user.display_name,
        "emote-sets": "0",
        "mod": moderator(user, channel),
        "subscriber": "0",
        "user-type": "mod" if user.id in channel.mods else "",
    }
    if nonce:
        values = {"client-nonce": nonce, **values}
    return f"{format_tags(values)}:{HOST} USERSTATE #{channel.name}"


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
    return f"{format_tags(values) if tags else ''}:{HOST} ROOMSTATE #{channel.name}"


def privmsg(message: ChatMessage) -> str:
    """A chat message without tags."""
    text = f"\x01ACTION {message.text}\x01" if message.action else message.text
    return f"{mask(message.author.login)} PRIVMSG #{message.channel} :{text}"


def message_tags(message: ChatMessage, channel: Channel, nonce: str = "") -> str:
    """The tags of a chat message, in Twitch's order (alphabetical)."""
    author = message.author
    tags = {
        "badge-info": "",
        "badges": badges(author, channel),
        **({"client-nonce": nonce} if nonce else {}),
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
    return format_tags(tags)


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
