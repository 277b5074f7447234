"""Checks of notebook 06: a reply by hand, and a door that opens for one number."""

from pathlib import Path
from typing import Any

from botlib.bot import Bot, Message
from botlib.details.bot_files import load_bot_file
from lessons.exercises.slips import Slip, Task, empty_store, has_dots, is_equal
from lessons.exercises.verdict import NotYet, Untouched, call_silently, exercise, expect, show

OWNER, OTHER = "500000001", "500000002"


def make_update(name: str, chat: int, **content: Any) -> dict[str, Any]:
    """An update with a message from `name`, who is number 7, in the chat `chat`."""
    sender = {"id": 7, "is_bot": False, "first_name": name}
    message = {"message_id": 1, "from": sender, "chat": {"id": chat}} | content
    return {"update_id": 1, "message": message}


def right_reply(name: str, chat: int) -> dict[str, Any]:
    """The right reply to somebody in a chat."""
    return {"method": "sendMessage", "chat_id": chat, "text": f"hello {name}!"}


def call_in_words(update: dict[str, Any]) -> str:
    """Write a call of `reply` without the whole update, which is too long to be read."""
    message = update["message"]
    name, chat = message["from"]["first_name"], message["chat"]["id"]
    what = show(message["text"]) if "text" in message else "a sticker"
    return f"reply(update) with {what} from {name} in chat {chat}"


def same_call(found: Any, right: Any) -> bool:
    """Compare two replies; Telegram takes the chat's number as a text, too."""
    if isinstance(found, dict) and isinstance(found.get("chat_id"), int):
        found = found | {"chat_id": str(found["chat_id"])}
    if isinstance(right, dict) and isinstance(right.get("chat_id"), int):
        right = right | {"chat_id": str(right["chat_id"])}
    return is_equal(found, right)


def dictionary_problem(found: Any) -> str:
    """Say what is wrong with the kind of a reply."""
    if not isinstance(found, dict):
        return "expected a dictionary with method, chat_id and text"
    missing = [name for name in ("method", "chat_id", "text") if name not in found]
    return f"without {', '.join(missing)}" if missing else ""


BEGIN_CODE = """
message = update["message"]
if "text" not in message:
    return None
"""
REPLY_TASK = Task(
    "reply(update)",
    [
        ((make_update("Viktor", 7, text="!hello"),), right_reply("Viktor", 7)),
        ((make_update("Ann", -42, text="!hello"),), right_reply("Ann", -42)),
        ((make_update("Ann", 7, sticker={"emoji": "🦀"}),), None),
    ],
    [
        Slip(
            BEGIN_CODE + "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["from"]["id"], "text": text}',
            "in a group, the reply went to the person. chat_id is the number of the chat",
        ),
        Slip(
            'message = update["message"]\n'
            'if message["text"] == "":\n'
            "    return None\n"
            "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            'a sticker has no "text" at all. Ask for it first: if "text" not in message:',
        ),
        Slip(
            'message = update["message"]\n'
            "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            "a sticker gets no reply: return None if the message has no text",
        ),
        Slip(
            BEGIN_CODE + "return f\"hello {message['from']['first_name']}!\"",
            "that is only the text. Telegram also wants to know which method, and which chat",
        ),
        Slip(
            BEGIN_CODE + "text = \"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            "is there an f before the quotes?",
        ),
        Slip(
            BEGIN_CODE + "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "reply", "chat_id": message["chat"]["id"], "text": text}',
            "the Bot API has no method with this name: it is sendMessage",
        ),
        Slip(
            BEGIN_CODE + "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "text": text}',
            "Telegram must know the chat: chat_id is missing",
        ),
        Slip(
            BEGIN_CODE + "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"], "text": text}',
            'chat_id is the whole chat here, a dictionary. Its number is in it, under "id"',
        ),
        Slip(
            BEGIN_CODE + "text = f\"hello {message['from']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            'that is everything about the writer. The name is in it, under "first_name"',
        ),
        Slip(
            "message = update[\"message\"]\ntext = f\"hello {update['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            'from is a part of the message: update["message"]["from"]',
        ),
        Slip(
            "message = update[\"message\"]\ntext = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": update["chat"]["id"], "text": text}',
            'chat is a part of the message: update["message"]["chat"]',
        ),
        Slip(
            BEGIN_CODE + "text = f\"hello {message['from']['first_name']}!\"\n"
            'print({"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text})',
            "print only shows it to you. The caller gets what you return",
        ),
        Slip(
            'message = update["message"]\n'
            'if "text" in message:\n'
            "    return None\n"
            "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            "this is the reverse: a text gets nothing, and a sticker gets a reply",
        ),
        Slip(
            BEGIN_CODE.replace("None", '"None"')
            + "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            "that is a text. None is written without quotes",
        ),
        Slip(
            'message = update["message"]\n'
            'if "text" not in message:\n'
            "    return {}\n"
            "text = f\"hello {message['from']['first_name']}!\"\n"
            'return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}',
            "an empty dictionary is not None",
        ),
    ],
    kind=dictionary_problem,
    call=call_in_words,
    same=same_call,
)


@exercise(
    "write def reply(update): instead of the line with the dots.",
    'All you need is in update["message"]. Begin with message = update["message"].',
    'The name is message["from"]["first_name"], the chat\'s number message["chat"]["id"]. '
    'A sticker has no "text": if "text" not in message: return None.',
    'At the end: return {"method": "sendMessage", "chat_id": …, "text": …}',
    task=REPLY_TASK,
    because="That is all of `webhook` except the secret and the store. An update comes in, and a "
    "dictionary goes out.",
)
def exercise_1(reply: Any) -> str:
    """The reply in the webhook's response, for two people and a sticker."""
    return "Telegram would send it"


@exercise(
    "write the function of !open instead of the dots.",
    "It is two returns, as in !morning: one under an if, and one for all the others.",
    'Check who wrote: if message.user_id == "500000001":',
    'Under the if: return f"The door opens, {message.user}." After it, the same with stays shut.',
    because="Telegram filled in that number, and only Telegram could. So trust it as much as the "
    "secret in the header.",
)
def exercise_2(file: str) -> str:
    """Viktor under two names, another Viktor, and Ada, in a private chat and in a group."""
    bot = load_door(file)
    for name, number, chat in [
        ("Viktor", OWNER, OWNER),
        ("Ada", OTHER, OTHER),
        ("Viktor", OTHER, OTHER),
        ("Vik", OWNER, OWNER),
        ("Viktor", OWNER, "-42"),
        ("Ada", OTHER, OWNER),
        ("Bob", OWNER + "2", OWNER + "2"),
    ]:
        opens = number == OWNER
        text = f"The door {'opens' if opens else 'stays shut'}, {name}."
        own = "".join(list(number))  # another object: to `is` it is not the same
        found = answer_of_door(bot, Message("!open", name, chat, own))
        who = f"{name} with the number {number}"
        if found == text:
            continue
        expect(found is not None, f"{who} got nothing. Does every path end with return?")
        expect("{" not in str(found), f"{who} read {show(found)}: is there an f before the quotes?")
        if opens and "shut" in str(found):
            raise NotYet(why_shut(bot, who, name, chat))
        if not opens and "opens" in str(found):
            expect(
                name != "Bob",
                f"the door opened for {who}, a longer number. Compare the whole number with ==",
            )
            raise NotYet(
                f"the door opened for {who}. A name is no proof: compare message.user_id"
                if name == "Viktor"
                else f"the door opened for {who}: only {OWNER} may come in"
            )
        raise NotYet(f"{who} read {show(found)}, expected {show(text)}")
    return "Viktor comes in under any name, and nobody else does"


def load_door(file: str) -> Bot:
    """Load the learner's file; NotYet if it has no command open."""
    path = Path(file)
    expect(path.is_file(), f"there is no file {file}. Run the whole cell again")
    if has_dots(path.read_text(encoding="utf-8")):
        raise Untouched
    try:
        with empty_store():
            bot = load_bot_file(path, Bot)
    except ValueError as error:
        raise NotYet(str(error)) from None
    expect("open" in bot.commands, 'the bot has no command open yet: @bot.command("open")')
    return bot


def answer_of_door(bot: Bot, message: Message) -> str | None:
    """What the bot says to one message; None for nothing."""
    replies, printed = call_silently(bot.replies, message, call="!open")
    expect(
        bool(replies) or not printed,
        f"!open printed {show(printed)} and returned nothing, so the chat stays empty: write "
        "return instead of print",
    )
    return "\n".join(replies) if replies else None


def why_shut(bot: Bot, who: str, name: str, chat: str) -> str:
    """Say why the door stayed shut for its owner."""
    if name == "Vik":
        return f"{who} stayed outside, because of the new name. Compare only the number"
    if chat == "-42":
        return (
            f"{who} wrote in a group and stayed outside: message.chat is where somebody wrote. "
            "Who wrote is message.user_id"
        )
    return (
        f"{who} stayed outside. message.user_id is a text, so compare it with a text: "
        f'message.user_id == "{OWNER}", with == and not is, in quotes, with all nine digits'
    )
