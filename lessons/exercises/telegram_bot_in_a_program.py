"""Checks of the side room on a Telegram bot in a program: who answers, and moving back."""

from collections.abc import Callable
from typing import Any

from bot_sandbox.telegram import Telegram, TelegramError
from lessons.exercises.slips import Values
from lessons.exercises.verdict import (
    NotYet,
    exercise,
    expect,
    replace_hints,
    run_learner_code,
    show,
)

HOMES = ("function", "program", "nobody")
CLOSED_HINT = "as long as there is a webhook, Telegram refuses every question with 409"
NOT_CALLED_HINT = "nobody told Telegram to call the function, so it sleeps on"
IS_DOWN_HINT = "the program is stopped"

WHO_TASK = Values(
    '"function", "program" or "nobody"',
    {
        "no webhook, the program asks": "program",
        "a webhook to the function, the program asks, too": "function",
        "a webhook to an old address where nothing is, the program asks": "nobody",
        "no webhook, the program starts an hour after the message": "program",
        "no webhook, the program is stopped, the function is deployed": "nobody",
    },
    {
        "no webhook, the program asks": {
            "function": NOT_CALLED_HINT,
            "nobody": "the program asks, and without a webhook Telegram answers it",
        },
        "a webhook to the function, the program asks, too": {
            "program": CLOSED_HINT,
            "nobody": "Telegram calls the webhook, and the function is there",
        },
        "a webhook to an old address where nothing is, the program asks": {
            "program": f"{CLOSED_HINT}, even if nothing is at the webhook's address",
            "function": "the webhook leads to an old address, not to the function",
        },
        "no webhook, the program starts an hour after the message": {
            "nobody": "Telegram keeps a message for a day. A bot that asks may be late",
            "function": NOT_CALLED_HINT,
        },
        "no webhook, the program is stopped, the function is deployed": {
            "function": NOT_CALLED_HINT,
            "program": IS_DOWN_HINT,
        },
    },
    choices=HOMES,
)


@exercise(
    "write who answers instead of the three dots.",
    "Each update goes through one door. If a webhook is set, it is that one.",
    "A function sleeps until somebody calls it. Telegram calls it only after setWebhook.",
    task=WHO_TASK,
    because="If a bot is silent, look at the door before you look at its code. getWebhookInfo says "
    "which one is open.",
)
def exercise_1(who: dict[str, str]) -> str:
    """Five situations, and who answers in each."""
    return "you know who answers in five situations"


SLIPS = {  # words of an error, and what they come from
    "KeyError: 'text'": 'the text is one step deeper: update["message"]["text"]',
    ".call() takes 3": "each parameter of a method needs its name: "
    'telegram.call(account, "getUpdates", offset=…)',
    "UnboundLocalError: cannot access local variable 'offset'": "if no message waits, the loop "
    "has nothing to do, and offset gets no value: write offset = 0 above the loop",
    "UnboundLocalError: cannot access local variable 'update'": "if no message waits, the loop "
    "has nothing to do, and there is no update: keep the number in a variable that has a value "
    "before",
}
WAITING = ("!hello", "Is anybody here?", "!hello again")


@exercise(
    "write def move_back(telegram, account): instead of the line with the dots.",
    "First the webhook has to go: the method is called deleteWebhook. It keeps what waits, "
    "unless you tell it to drop it.",
    'Then telegram.call(account, "getUpdates") gives the updates. The text of each is '
    'update["message"]["text"].',
    'At the end call "getUpdates" again, with offset=update["update_id"] + 1 of the last one.',
    because="Telegram keeps an update until somebody asks with a higher offset. So nothing is "
    "lost if your program crashes between receiving a message and answering it.",
)
def exercise_2(move_back: Callable[[Any, Any], Any]) -> str:
    """The webhook is gone, nothing is lost, and nothing comes twice."""
    for texts in (WAITING, ()):
        with Telegram(retry_scale=1) as telegram:
            account = telegram.new_bot("Hello bot", "hello_bot")
            telegram.call(account, "setWebhook", url="http://127.0.0.1:9/nobody")  # a closed port
            person = telegram.person("Viktor")
            for text in texts:
                person.send(text)
            waiting = f"{len(texts)} messages" if texts else "no message"
            call = f"move_back(telegram, account) with {waiting} waiting"
            with replace_hints(SLIPS):
                found = run_learner_code(move_back, telegram, account, call=call)
            try:
                left = telegram.call(account, "getUpdates")
            except TelegramError as error:
                raise NotYet(f"a program that asks now gets {error}") from None
        expect(isinstance(found, list), f"expected a list of texts, found {show(found)}")
        expect(
            not any(isinstance(each, dict) for each in found),
            'these are whole updates. The text of one of them is update["message"]["text"]',
        )
        expect(
            found != [] or not texts,
            f"{len(texts)} messages waited, and it returned none: they were dropped, or not "
            "asked for",
        )
        expect(
            found == list(texts),
            f"{waiting} waited: expected {list(texts)}, found {show(found)}",
        )
        expect(
            len(left) != 1,
            "the next program that asks gets the last message again: the offset is the number of "
            'the first update that you don\'t have yet, update["update_id"] + 1',
        )
        expect(
            left == [],
            f"the next program that asks gets {len(left)} of the messages again: "
            'tell Telegram that you have them, with "getUpdates" and an offset',
        )
    return "the bot has moved, and no message was lost or came twice"
