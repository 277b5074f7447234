"""Say what a bot needs of Telegram or Twitch, by reading its source.

    python tools/bot_scan.py telegram FOLDER    # one need a line

A need is a kind and a name:

    method sendVideo               a method of the Bot API
    parameter sendPhoto.caption    one of its parameters; without a method, one that any call has
    update inline_query            a kind of update that the bot handles
    people voice                   what it reads from what people send, or do with a button
    media video                    a kind of InputMedia
    address sendPhoto              a file that Telegram must download from a web address
    helix GET users                an endpoint of Twitch's API, by its path or a library's name
    eventsub channel.raid          a type of EventSub
    chat cheer                     an event, a tag or a role in Twitch's chat
    gone PubSub                    what Twitch has switched off
    unresolved …                   what this program can't follow; such a bot counts as stopped

Bots that use no library or address of the platform need nothing, and `is_bot` says so.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from tools.bot_source import PYTHON, SCRIPT, Call, Facts, read_folder

SANDBOX = Path(__file__).parents[1] / "bot_sandbox"
BOT_API = json.loads((SANDBOX / "telegram/bot_api.json").read_text(encoding="utf-8"))


def plain(name: str) -> str:
    """Return a name in the spelling that all libraries share: sendVideo, send_video: sendvideo."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _table_lines(name: str) -> list[str]:
    lines = (SANDBOX / "twitch" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


# Telegram

TELEGRAM_LIBRARIES = {
    PYTHON: {"telegram", "aiogram", "telebot", "telepot"},
    SCRIPT: {
        "telegraf", "grammy", "node-telegram-bot-api", "nestjs-telegraf", "gramio", "puregram",
    },
}  # fmt: skip
MTPROTO = {
    PYTHON: {"pyrogram", "telethon", "hydrogram", "pyrofork", "kurigram", "opentele"},
    SCRIPT: {"telegram", "@mtproto", "@mtcute"},
}
METHODS: dict[str, str] = {plain(name): name for name in BOT_API["methods"]}
METHODS |= {  # what libraries, or the Bot API in its past, call them
    "reply": "sendMessage", "replyto": "sendMessage", "replytext": "sendMessage",
    "replyhtml": "sendMessage", "answer": "sendMessage", "replywithquiz": "sendPoll",
    "edittext": "editMessageText", "editcaption": "editMessageCaption",
    "editmedia": "editMessageMedia", "kickchatmember": "banChatMember",
    "restrictmember": "restrictChatMember", "promotemember": "promoteChatMember",
    "setpermissions": "setChatPermissions", "bansenderchat": "banChatSenderChat",
    "createinvitelink": "createChatInviteLink", "exportinvitelink": "exportChatInviteLink",
    "revokeinvitelink": "revokeChatInviteLink", "approvejoinrequest": "approveChatJoinRequest",
    "declinejoinrequest": "declineChatJoinRequest",
}  # fmt: skip
TOO_PLAIN = {"close", "logOut", "logout"}  # also names of what many other objects do
SHORTCUT = re.compile(r"(?:reply|answer)_?(?:with)?_?(\w+)", re.IGNORECASE)
UPDATES: dict[str, str] = {plain(name): name for name in BOT_API["types"]["Update"]["fields"]}
UPDATES |= {"inline": "inline_query", "choseninline": "chosen_inline_result"}
for unlike in ("updateid", "subscription"):  # too plain a name
    del UPDATES[unlike]
BY_READING = {plain(name) for name in UPDATES.values()} - {"message", "poll"}  # too plain, too
CONTENT = {
    plain(name): name
    for name in (
        "animation", "audio", "contact", "dice", "document", "game", "location", "passport_data",
        "photo", "poll", "sticker", "story", "successful_payment", "venue", "video", "video_note",
        "voice", "web_app_data", "users_shared", "chat_shared", "checklist", "forward",
    )
} | {"usershared": "users_shared", "forwarded": "forward"}  # fmt: skip
FORWARD = re.compile(r"(is_)?forward_?(from|origin|date|sender|signature)(_\w+)?", re.IGNORECASE)
OF_A_MESSAGE = {  # what a message, or a filter of messages, is called
    "message", "msg", "m", "effectivemessage", "replytomessage", "replied", "reply", "f", "filters",
    "filter", "contenttype", "contenttypes", "channelpost", "editedmessage", "post", "update",
}  # fmt: skip
BUTTONS = {  # what only a button does: its names in the Bot API and in libraries
    "web_app": {"webapp", "webappinfo"},
    "request_users": {"requestuser", "requestusers"},
    "request_chat": {"requestchat"},
    "request_poll": {"requestpoll"},
    "switch_inline_query": {
        "switchinlinequery", "switchinlinequerycurrentchat", "switchinlinequerychosenchat",
        "switchinline", "switchinlinecurrent", "switchtochat", "switchtocurrentchat",
    },
}  # fmt: skip
ANY_CALL = {  # parameters that no other interface has
    "message_thread_id", "business_connection_id", "message_effect_id", "direct_messages_topic_id",
}  # fmt: skip
INPUT_MEDIA = re.compile(r"InputMedia(\w+)", re.IGNORECASE)
ON_A_BOT = re.compile(r"bot|api|telegram|tg|ctx|context|client|message|msg|query|chat|update", re.I)
A_BOT = re.compile(r"\w*bot|api|telegram|tg|raw", re.I)
HTTP_METHOD = re.compile(r"(?:^|/)(\w+)/?(?:\?|$)")


def telegram_needs(facts: Facts) -> Iterator[str]:
    """Yield what a Telegram bot needs."""
    aiogram = (PYTHON, "aiogram") in _packages(facts)
    over_http = any("api.telegram.org" in text for text in facts.texts)
    methods = 0
    for call in facts.calls:
        if method := _method_of(call, facts.defined, aiogram):
            methods += 1
            yield f"method {method}"
            yield from _parameter_needs(method, call)
        if found := INPUT_MEDIA.fullmatch(call.name):
            yield f"media {found[1].lower()}"
        yield from _handler_needs(call)
        if call.name == "[]" and A_BOT.fullmatch(_last(call)):
            yield f"unresolved: {_last(call)}[…]"
        if call.name == "getattr" and A_BOT.fullmatch(call.values.get(0, "")[1:]):
            name = METHODS.get(plain(call.values.get(1, "")), "")
            if name and name.lower() not in TOO_PLAIN:
                yield f"method {name}"
            elif call.values.get(1, "$")[:1] == "$":
                yield "unresolved: getattr"
    if over_http:
        for text in facts.texts:
            found = HTTP_METHOD.search(text)
            if found and found[1] in BOT_API["methods"] and found[1] not in TOO_PLAIN:
                methods += 1
                yield f"method {found[1]}"
    if not methods:
        yield "unresolved: no method was found"
    for before, name in facts.reads:
        yield from _read_needs(plain(before), name)
    yield from ("people forward" for text in facts.texts if FORWARD.fullmatch(text))
    spelled = {plain(one) for one in facts.keys | {call.name for call in facts.calls}}
    yield from (f"people {button}" for button, names in BUTTONS.items() if names & spelled)
    yield from (f"parameter {name}" for name in ANY_CALL & facts.keys)


def _last(call: Call) -> str:
    return call.receiver[-1] if call.receiver else ""


def _method_of(call: Call, own: set[str], aiogram: bool) -> str:
    """Return the method of the Bot API that a call calls, or "".

    `own` are the bot's functions; aiogram has a class for each method.
    """
    name = plain(call.name)
    if not call.receiver and not (aiogram and call.name[:1].isupper()):
        return ""
    if call.name in own and not ON_A_BOT.search(_last(call)):
        return ""  # their own function, which is read where it is defined
    if name in METHODS and name not in TOO_PLAIN:
        return METHODS[name]
    if found := SHORTCUT.fullmatch(call.name):
        return METHODS.get("send" + plain(found[1]), "")
    return ""


def _parameter_needs(method: str, call: Call) -> Iterator[str]:
    fields = BOT_API["methods"][method]["fields"]
    for name, value in call.values.items():
        if name in fields and value:
            yield f"parameter {method}.{name}"
    kind = method.removeprefix("send").lower()
    places = (kind, 0, 1)  # bot.sendPhoto(chat, photo), ctx.replyWithPhoto(photo)
    if kind in fields and any(_is_address(call.values.get(place, "")) for place in places):
        yield f"address {method}"


def _is_address(value: str) -> bool:
    return bool(re.match(r"https?://", value) or re.fullmatch(r"\$(\w*_)?\w*ur[li]", value, re.I))


def _handler_needs(call: Call) -> Iterator[str]:
    handler = re.sub(r"^register_?|_?handlers?$", "", call.name, flags=re.IGNORECASE)
    routed = handler != call.name or call.decorates or plain(handler) == "inlinequery"
    if routed and plain(handler) in UPDATES:
        yield f"update {UPDATES[plain(handler)]}"
    if plain(handler) in ("command", "commandstart", "hears", "ontext"):
        yield "update message"
    if call.name in ("register", "middleware") and plain(_last(call)) in UPDATES:
        yield f"update {UPDATES[plain(_last(call))]}"
    if call.name in ("on", "message"):  # the second is telegraf's filter
        for text in call.texts():
            for part in text.split(":"):
                if part in UPDATES.values():
                    yield f"update {part}"
                elif plain(part) in CONTENT:
                    yield f"people {CONTENT[plain(part)]}"
    for name in ("content_types", "ContentType"):
        for text in call.values.get(name, "").split("\n"):
            if content := CONTENT.get(plain(text)):
                yield f"people {content}"


def _read_needs(before: str, name: str) -> Iterator[str]:
    spelled = plain(name)
    if FORWARD.match(name):
        yield "people forward"
    elif before in OF_A_MESSAGE and spelled in CONTENT:
        yield f"people {CONTENT[spelled]}"
    elif spelled in BY_READING:
        yield f"update {UPDATES[spelled]}"


# Twitch

TWITCH_LIBRARIES = {  # for chat or EventSub
    PYTHON: {"twitchio", "twitchAPI.chat", "twitchAPI.eventsub", "twitchbot", "twitch_chat_irc"},
    SCRIPT: {
        "tmi.js", "@twurple/chat", "@twurple/easy-bot", "@twurple/eventsub-ws", "comfy.js",
        "@twurple/eventsub-http", "@twurple/eventsub", "twitch-chat-client", "dank-twitch-irc",
        "@mastondzn/dank-twitch-irc", "@kararty/dank-twitch-irc", "twitch-js", "twitch-bot",
    },
}  # fmt: skip
API_LIBRARIES = {PYTHON: {"twitchAPI"}, SCRIPT: {"@twurple/api", "twitch"}}
CHAT_HOST = re.compile(r"irc(-ws)?\.(chat\.)?twitch\.tv|eventsub\.wss\.twitch\.tv|irc\.twitch\.tv")
ENDPOINTS = frozenset(_table_lines("helix_endpoints.txt"))
PATHS = sorted({line.split()[1] for line in ENDPOINTS}, key=len, reverse=True)
IN_ADDRESS = re.compile(rf"(helix/|\}}/|^/)({'|'.join(map(re.escape, PATHS))})/?(?:\?|$|\{{)")
OWN_SERVER = {"app", "router", "server", "bp", "blueprint", "fastify", "fetch", "axios"}
TYPES = {plain(line.split()[0]): line.split()[0] for line in _table_lines("eventsub_types.txt")}
REDEMPTION = "channel.channel_points_custom_reward_redemption"
TYPES |= {
    "channelsubscription": "channel.subscribe",
    "channelredemptionadd": f"{REDEMPTION}.add",
    "channelredemptionaddforreward": f"{REDEMPTION}.add",
    "channelredemptionupdate": f"{REDEMPTION}.update",
    "channelpointscustomrewardredemptionadd": f"{REDEMPTION}.add",
    "channelpointsredeemadd": f"{REDEMPTION}.add",
    "channelraidto": "channel.raid",
    "channelraidfrom": "channel.raid",
    "channelfollowv2": "channel.follow",
    "chatmessage": "channel.chat.message",
}
LISTENS = re.compile(r"^(?:on|listen|subscribe|event)_?(?=[A-Z_a-z])|_?(?:subscription|v2)$", re.I)
CHAT_EVENTS = {  # the sandbox's chat lacks some of them; names as in libraries and IRC
    "sub", "resub", "subgift", "subscription", "submysterygift", "anongiftpaidupgrade",
    "giftpaidupgrade", "primepaidupgrade", "communitysub", "communitypayforward", "subextend",
    "cheer", "raid", "raided", "raidcancel", "whisper", "messagedeleted", "messageremove",
    "clearmsg", "clearchat", "chatclear", "redeem", "slowmode", "followersonly", "emoteonly",
    "subscribers", "r9kbeta", "bitsbadgeupgrade", "usernoticesubscription", "rawusernotice",
    "customredemptionadd", "channelraid", "channelcheer", "channelsubscribe", "sharedchat",
    "subscriptionmessage", "subscriptiongift", "hosted", "hosting", "reward",
}  # fmt: skip
ROLES = {  # what chat says of somebody, as libraries spell it
    "issubscriber": "subscriber", "subscriber": "subscriber", "issub": "subscriber",
    "isvip": "vip", "vip": "vip", "founder": "subscriber", "isfounder": "subscriber",
    "bits": "bits", "customrewardid": "custom-reward-id", "rewardid": "custom-reward-id",
    "cheer": "bits", "badgeinfo": "subscriber", "isprime": "subscriber",
}  # fmt: skip
OF_A_CHATTER = {
    "tags", "userstate", "user", "badges", "context", "author", "chatter", "ctx", "message", "msg",
    "userinfo", "flags", "extra", "tag", "state", "usertags", "sender",
}  # fmt: skip
FEATURE = re.compile(
    "clip|video|vod|game|categor|poll|prediction|reward|redemption|raid|shoutout|announce|ban|"
    "timeout|moderat|mod$|mods$|vip|whisper|bits|cheer|subscri|badge|emote|schedule|goal|hype|"
    "commercial|marker|title|modify|color|team|delete.*message|settings|editor|shield|warn|ads?$"
)
API_VERB = re.compile(
    r"(get|fetch|create|update|modify|delete|send|start|end|ban|unban|timeout|add|remove|warn|"
    r"search|raid|cancel|check|edit|chat|shoutout|announce)_?(?=[A-Z_])|^(ban|timeout|raid)$"
)
ON_TWITCH = re.compile(
    r"(twitch|api|client|bot|user|channel|broadcaster|streamer|author|chatter|ctx|self|http)s?$|^("
    r"clips|videos|games|search|moderation|polls|predictions|channelPoints|subscriptions|bits|chat|"
    r"whispers|raids|streams|schedule|goals|hypeTrain|teams|ads|channels|users)$",
    re.IGNORECASE,
)
GONE = {
    "PubSub": r"pubsub-edge\.twitch\.tv|twitchio\.ext\.pubsub|twitchAPI\.pubsub|@twurple/pubsub|"
    r"twitch-pubsub-client",
    "Kraken": r"api\.twitch\.tv/kraken|twitch\.tv/api/",
    "chatters": r"tmi\.twitch\.tv/group",
    "webhooks": r"helix/webhooks/hub",
}


def twitch_needs(facts: Facts) -> Iterator[str]:
    """Yield what a Twitch bot needs."""
    uses_api = any("api.twitch.tv/helix" in text for text in facts.texts)
    by_library = _uses(facts, TWITCH_LIBRARIES) or _uses(facts, API_LIBRARIES)
    written = facts.texts | {module for _, module in facts.imports}
    for gone, pattern in GONE.items():
        if any(re.search(pattern, one) for one in written):
            yield f"gone {gone}"
    called: set[str] = set()
    for call in facts.calls:
        for value in call.values.values():
            if uses_api and (found := IN_ADDRESS.search(value)):
                called.add(found[2])
                relative = found[1] == "/" and {_last(call), call.name} & OWN_SERVER
                if not (relative or call.decorates):
                    given = (call.name, call.values.get("method", ""), call.values.get(0, ""))
                    yield f"helix {_endpoint(found[2], given)}"
        yield from _twitch_event_needs(call, by_library)
        if by_library and API_VERB.match(call.name) and FEATURE.search(call.name.lower()):
            own = call.name in facts.defined or "eventsub" in call.name.lower()
            if not own and ON_TWITCH.search(_last(call)):
                yield f"helix {call.name}"
    for text in facts.texts:
        if plain(text) in TYPES and text == TYPES[plain(text)]:
            yield f"eventsub {text}"
        if text in ("CLEARMSG", "WHISPER", "resub", "subgift", "submysterygift"):
            yield f"chat {text.lower()}"
        found = IN_ADDRESS.search(text) if uses_api else None
        if found and found[1] != "/" and found[2] not in called:
            yield f"helix {_endpoint(found[2], ())}"
    for name in facts.defined if by_library else ():
        if name.startswith("event_") and plain(name[6:]) in CHAT_EVENTS:
            yield f"chat {plain(name[6:])}"
    for before, name in facts.reads:
        if plain(name) in ROLES and (plain(before) in OF_A_CHATTER or name.startswith("is")):
            yield f"chat {ROLES[plain(name)]}"
        if before == "ComfyJS" and plain(name[2:]) in CHAT_EVENTS:  # assigned, not called
            yield f"chat {plain(name[2:])}"


def _endpoint(path: str, given: Iterable[str]) -> str:
    """Return an endpoint of this path: by the verb that was given, or the first that exists."""
    verbs = sorted(line.split()[0] for line in ENDPOINTS if line.endswith(f" {path}"))
    verbs.sort(key="GET".__ne__)
    return f"{next((word.upper() for word in given if word.upper() in verbs), verbs[0])} {path}"


def _twitch_event_needs(call: Call, by_library: bool) -> Iterator[str]:
    if call.name in ("on", "once", "addListener", "register_event"):
        names: Iterable[str] = [*call.texts(), call.values.get(0, "")[1:]]
    elif by_library and (listened := LISTENS.sub("", call.name)) != call.name:
        names = [listened]
    else:
        return
    for name in names:
        if plain(name) in TYPES:
            yield f"eventsub {TYPES[plain(name)]}"
        elif plain(name) in CHAT_EVENTS:
            yield f"chat {plain(name)}"
        elif plain(name).startswith("channel") and FEATURE.search(plain(name)):
            yield f"eventsub {name}"


# Both

LIBRARIES = {"telegram": TELEGRAM_LIBRARIES, "twitch": TWITCH_LIBRARIES}
ADDRESSES = {"telegram": re.compile(r"api\.telegram\.org/?(bot|$)"), "twitch": CHAT_HOST}


def _packages(facts: Facts) -> set[tuple[str, str]]:
    """Return what a bot imports, and the packages that it is in.

    telegram.ext is in telegram, @grammyjs/menu in @grammyjs.
    """
    found: set[tuple[str, str]] = set()
    for language, module in facts.imports:
        parts = re.split(r"[./]" if language == PYTHON else "(?<=.)/", module)
        sign = "." if language == PYTHON else "/"
        found.update((language, sign.join(parts[:end])) for end in range(1, len(parts) + 1))
    return found


def _uses(facts: Facts, libraries: dict[str, set[str]]) -> bool:
    wanted = {(language, name) for language, names in libraries.items() for name in names}
    return not wanted.isdisjoint(_packages(facts))


def is_bot(platform: str, facts: Facts) -> bool:
    """Return whether these are a bot's sources: by a library, or the platform's address."""
    by_address = any(ADDRESSES[platform].search(text) for text in facts.texts)
    return by_address or _uses(facts, LIBRARIES[platform])


def uses_mtproto(facts: Facts) -> bool:
    """Return whether a Telegram program speaks MTProto, beside the Bot API or alone."""
    return _uses(facts, MTPROTO)


def needs(platform: str, facts: Facts) -> list[str]:
    """Return what a bot needs of its platform, sorted, each once."""
    found = set(telegram_needs(facts) if platform == "telegram" else twitch_needs(facts))
    if platform == "telegram" and uses_mtproto(facts):
        found.add("unresolved: MTProto")
    if facts.unreadable:
        found.add("unresolved: a file can't be parsed")
    return sorted(found)


def main(arguments: list[str]) -> int:
    """Print the needs of one folder; 1 if it has no bot of the platform."""
    platform, folder = arguments
    facts = read_folder(Path(folder))
    if not is_bot(platform, facts):
        print(f"no {platform} bot in Python, JavaScript or TypeScript", file=sys.stderr)
        return 1
    for name in facts.unreadable:
        print(f"{name} can't be parsed", file=sys.stderr)
    print("\n".join(needs(platform, facts)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
