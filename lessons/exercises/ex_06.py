"""Checks of notebook 06: a reply by hand, three silent bots, and a door that knows a number."""

import ast
import re
from pathlib import Path
from typing import Any

from botlib.bot import Bot, Message
from lessons.exercises.slips import Task, Values, empty_store, has_dots, is_equal, load_or_not_yet
from lessons.exercises.verdict import NotYet, Untouched, call_silently, exercise, expect, show

VIKTOR, OTHER = "500000001", "400000000"  # his number in the sandbox, and nobody's
SANDBOX_NUMBER = re.compile(r"5000000\d\d")
NAMES = re.compile("Viktor|Vik|Ada|Bob")  # of those who come to the door
SHORTEST_NUMBER = 5  # digits of a number that may be a person's


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


REPLY_TASK = Task(
    "reply(update)",
    [
        ((make_update("Viktor", 7, text="!hello"),), right_reply("Viktor", 7)),
        ((make_update("Ann", -42, text="!hello"),), right_reply("Ann", -42)),
        ((make_update("Ann", 7, sticker={"emoji": "🦀"}),), None),
    ],
    {
        ('"chat"', '"from"'): "in a group, the reply went to the person. chat_id is the number of "
        "the chat",
        ('"text" not in message', 'message["text"] == ""'): 'a sticker has no "text" at all. Ask '
        'for it first: if "text" not in message:',
        ('if "text" not in message:\n    return None\ntext', "text"): "a sticker gets no reply: "
        "return None if the message has no text",
        """
        message = update["message"]
        if "text" not in message:
            return None
        return f"hello {message['from']['first_name']}!"
        """: "that is only the text. Telegram also wants to know which method, and which chat",
        ('f"', '"'): "is there an f before the quotes?",
        ("sendMessage", "reply"): "the Bot API has no method with this name: it is sendMessage",
        ('"chat_id": message["chat"]["id"], "text"', '"text"'): "Telegram must know the chat: "
        "chat_id is missing",
        ('["id"],', ","): "chat_id is the whole chat here, a dictionary. Its number is in it, "
        'under "id"',
        ("['from']['first_name']", "['from']"): "that is everything about the writer. The name is "
        'in it, under "first_name"',
        (
            'if "text" not in message:\n    return None\ntext = f"hello {message',
            'text = f"hello {update',
        ): 'from is a part of the message: update["message"]["from"]',
        "message = update[\"message\"]\ntext = f\"hello {message['from']['first_name']}!\"\n"
        'return {"method": "sendMessage", "chat_id": update["chat"]["id"], "text": text}': "chat "
        'is a part of the message: update["message"]["chat"]',
        ("not in", "in"): "this is the reverse: a text gets nothing, and a sticker gets a reply",
        (
            '"text" not in message',
            '"text" not in update',
        ): "nobody gets a reply. Ask the message for "
        'its text: if "text" not in message:. And end with return and the dictionary',
        ("['first_name']", "['name']"): "Telegram knows a first and a last name. You need the "
        'first, which is message["from"]["first_name"]',
        (
            "['from']['first_name']",
            "['chat']['first_name']",
        ): 'a group\'s chat has no such name. The writer is in from: message["from"]["first_name"]',
        ("return None", 'return "None"'): "that is a text. None is written without quotes",
        ("return None", "return {}"): "an empty dictionary is not None",
    },
    kind=dictionary_problem,
    call=call_in_words,
    same=same_call,
    solution="""
        message = update["message"]
        if "text" not in message:
            return None
        text = f"hello {message['from']['first_name']}!"
        return {"method": "sendMessage", "chat_id": message["chat"]["id"], "text": text}
    """,
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


SILENT_TASK = Values(
    "a reason from the table",
    {"gold_bot": "no text", "silver_bot": "never called", "bronze_bot": "too slow"},
    {
        "gold_bot": "the line above END says KeyError. Which key was missing?",
        "silver_bot": "how many lines does its log have? Each call writes START and END",
        "bronze_bot": "read its log again. It has one line between START and END",
    },
    choices=("no text", "never called", "too slow", "does not load", "wrong secret"),
)


@exercise(
    "write the three reasons instead of the dots.",
    "Each call writes START and END. Read what is between them.",
    "An error names a line of code. Which message has no such key?",
    task=SILENT_TASK,
    because="A log without START means that nobody called. Otherwise the reason is between START "
    "and END.",
)
def exercise_2(found: dict[str, str]) -> str:
    """Three bots whose logs say why they are silent."""
    return "three silent bots, and the logs were enough"


@exercise(
    "write the function of !open instead of the dots.",
    "It is two returns, as in !morning: one under an if, and one for all the others.",
    'Check who wrote: if message.user_id == "…": with the number that !number told.',
    "Under the if, return what you see. After it, return what all the others see.",
    because="Read both texts: does the right one get in? If not, == asks whether two texts are "
    "equal, and != whether they differ. Telegram filled in that number, and only Telegram could. "
    "So trust it as much as the secret in the header.",
)
def exercise_3(file: str) -> str:
    """The owner under two names, another Viktor, and Ada, in a private chat and in a group.

    Any words will do, so the owner's are those that a stranger doesn't get.
    """
    bot = load_door(file)
    numbers = find_numbers(Path(file).read_text(encoding="utf-8"))
    expect(bool(numbers), "whom does it know? Write the number that !number told, in quotes")
    owner = numbers[0]
    is_right = owner == VIKTOR or not SANDBOX_NUMBER.fullmatch(owner)
    expect(is_right, f"{owner} is not Viktor's number, which is {VIKTOR}")
    opened = answer_of_door(bot, "Viktor", owner, owner)
    shut = answer_of_door(bot, "Ada", OTHER, OTHER)
    if opened == shut:
        raise NotYet(
            f"{owner} and {OTHER} both got {show(opened)}. If your two texts differ, look at the "
            "if. message.user_id is a text, so compare it with a text: "
            f'message.user_id == "{owner}", with == and not is, in quotes. An or with only a text '
            "behind it is always true"
        )
    for name, number, chat, why in (
        ("Viktor", OTHER, OTHER, "A name is no proof: compare message.user_id"),
        ("Vik", owner, owner, "Compare only the number, because a name may change"),
        ("Viktor", owner, "-42", IN_GROUP),
        ("Ada", OTHER, owner, IN_GROUP),
        ("Bob", f"{owner}2", f"{owner}2", "Compare the whole number with =="),
        ("Bob", owner[:-1], owner[:-1], "Compare the whole number with =="),
    ):
        found = answer_of_door(bot, name, number, chat)
        who = f"{name} with the number {number}{' in a group' if chat == '-42' else ''}"
        expected = opened if number == owner else shut
        expect(found == expected, f"{who} got {show(found)}, expected {show(expected)}. {why}")
    return f"{owner} gets {show(opened)}, and everybody else gets {show(shut)}"


IN_GROUP = "message.chat is where somebody wrote. Who wrote is message.user_id"


def find_numbers(code: str) -> list[str]:
    """Return the numbers in a file that may be a person's, as texts.

    >>> find_numbers('LIMIT = 3\\nif message.user_id == "500000001": return "1 door"')
    ['500000001']
    """
    constants = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    texts = [str(value) for value in constants if not isinstance(value, bool)]
    return [text for text in texts if text.isdecimal() and len(text) >= SHORTEST_NUMBER]


def load_door(file: str) -> Bot:
    """Load the learner's file; NotYet if it has no command open."""
    path = Path(file)
    expect(path.is_file(), f"there is no file {file}. Run the whole cell again")
    if has_dots(path.read_text(encoding="utf-8")):
        raise Untouched
    with empty_store():
        bot = load_or_not_yet(path)
    expect("open" in bot.commands, 'the bot has no command open yet: @bot.command("open")')
    return bot


def answer_of_door(bot: Bot, name: str, number: str, chat: str) -> str:
    """What the bot says to somebody, with … for any name."""
    own = "".join(list(number))  # another object: to `is` it is not the same
    message = Message("!open", name, chat, own)
    replies, printed = call_silently(bot.replies, message, call="!open")
    expect(
        bool(replies) or not printed,
        f"!open printed {show(printed)} and returned nothing, so the chat stays empty: write "
        "return instead of print, because print itself returns nothing",
    )
    who = f"{name} with the number {number}"
    expect(bool(replies), f"{who} got nothing. Does every path end with return?")
    found = "\n".join(replies)
    expect("{" not in found, f"{who} read {show(found)}: is there an f before the quotes?")
    return NAMES.sub("…", found)
