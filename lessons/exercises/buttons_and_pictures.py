"""Checks of the side room Buttons and pictures: a button, a conversation, the largest photo."""

import asyncio
import inspect
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)
from telegram.warnings import PTBUserWarning

from bot_sandbox.telegram import Message, Person, Telegram
from bot_sandbox.telegram.buttons import Press
from botlib.telegram.application import App, builder_for
from lessons.exercises.slips import Task
from lessons.exercises.verdict import NotYet, describe_error, exercise, expect, find_hint, show

HANDLERS_TIMEOUT_S = 20.0  # for the learner's handlers; they answer within a few milliseconds
QUIET_S = 5.0  # how long to wait for what will probably not come


class BotUnderTest:
    """A bot of the learner's handlers in a Telegram of its own; what they raise is kept."""

    def __init__(self, telegram: Telegram, app: App) -> None:
        self.telegram, self.errors = telegram, list[Exception]()
        app.add_error_handler(self._note)

    async def _note(self, _: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if context.error:
            self.errors.append(context.error)

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for what a handler is to do; NotYet with its error if it fails instead."""
        done = self.telegram.wait_until(lambda: bool(self.errors) or condition(), seconds)
        if self.errors:
            words = describe_error(self.errors[0])
            raise NotYet(
                ". ".join(filter(None, [f"your handler raised {words}", find_hint(words, HINTS)]))
            )
        return done

    def say(self, person: Person, text: str) -> str:
        """Write to the bot; its next words, "" if it stays silent."""
        before = len(person.inbox)
        person.send(text)
        return (
            person.wait()[0].words if self.wait(lambda: len(person.inbox) > before, QUIET_S) else ""
        )


@contextmanager
def bot_of(*handlers: BaseHandler[Any, Any, Any]) -> Iterator[BotUnderTest]:
    """Run a bot with these handlers, for as long as the check takes."""
    with Telegram(limits=None) as telegram, warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBUserWarning)  # of a state that is not there: we tell it
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        account = telegram.new_bot("Exercise bot", "exercise_bot")
        app: App = builder_for(account.token, telegram.url).build()
        for handler in handlers:
            app.add_handler(handler)
        bot = BotUnderTest(telegram, app)
        with asking_telegram(app):
            yield bot


@contextmanager
def asking_telegram(app: App) -> Iterator[None]:
    """Let a bot ask Telegram on a thread of its own, while the check goes on."""
    loop = asyncio.new_event_loop()

    def ask() -> None:
        asyncio.set_event_loop(loop)  # python-telegram-bot takes it and closes it
        app.run_polling(stop_signals=None)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(app.stop_running)
        thread.join()


HINTS = {  # what is in an error's words, and what it usually means here
    "object method can't|'method' object can't": "The brackets are missing after its name, as in "
    "await query.answer().",
    "in (an )?'await'|can't be awaited": "async goes before def, and await only before calls that "
    "talk to Telegram.",
    "takes .*positional argument.* were given": "A handler gets two things: (update, context).",
    "must be str|concatenate": "The data of a button is a text: int(query.data) turns it into a "
    "number.",
    'Field "callback_data"': "counter(number) makes the right keyboard.",
    "not modified": "The new number belongs in the text and in counter(…).",
    "parse_mode": "Write reply_markup= before the keyboard.",
    "function is not JSON": "counter is the function, and counter(number) makes the keyboard.",
    "'dict' object has no attribute": "That is the query of a cell above. Start with "
    "query = update.callback_query.",
    "'str' object is not callable": "A handler is the function itself. Write its name without "
    "quotes.",
    "'NoneType' object has no attribute": "A press has no update.message. Everything is in "
    "update.callback_query.",
}


@exercise(
    "write the handler: async def pressed(update, context):",
    "Start with query = update.callback_query. Then await query.answer().",
    "The number that the button carries: int(query.data). One more is the new number.",
    'At the end: await query.edit_message_text(f"pressed {number} times", '
    "reply_markup=counter(number))",
    because="The message carries your bot's memory. So any instance can continue from there, today "
    "or in a year.",
)
def exercise_1(pressed: Callable[..., Any]) -> str:
    """Two people press, each under a message of their own, in turns."""
    expect(callable(pressed), f"expected a handler, found {show(pressed)}")
    expect(inspect.iscoroutinefunction(pressed), "a handler starts with async def, not with def")
    with bot_of(CommandHandler("start", send_button), CallbackQueryHandler(pressed)) as bot:
        people = [bot.telegram.person(name) for name in ("Viktor", "Anna")]
        for person in people:
            person.send("/start")
        viktors, annas = [person.wait(timeout=HANDLERS_TIMEOUT_S)[0] for person in people]
        viktor, anna = people
        for person, message, times in [
            (viktor, viktors, 1),
            (viktor, viktors, 2),
            (anna, annas, 1),
            (viktor, viktors, 3),
        ]:
            press_once(bot, person, message, times)
    return "each message has its own count, and your bot remembers nothing"


async def send_button(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Send a message that nobody has pressed yet."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("+1", callback_data="0")]])
    if update.message:
        await update.message.reply_text("pressed 0 times", reply_markup=keyboard)


def press_once(bot: BotUnderTest, person: Person, message: Message, times: int) -> None:
    """Press the button, for the `times`-th time, and look at what happened to the message."""
    before, wanted = message.text, f"pressed {times} times"
    count = len(message.chat.messages)
    expect(
        message.buttons == ["+1"],
        f"after {times - 1} presses the buttons are {message.buttons}: give reply_markup="
        "counter(number) to edit_message_text, or the button is gone",
    )
    press: Press = person.press(message, "+1")
    bot.wait(lambda: press.text is not None and message.text != before, QUIET_S)
    if message.text == before:
        expect(
            len(message.chat.messages) == count,
            "your bot wrote a new message. query.edit_message_text(…) changes the message with "
            "the button",
        )
        said = "the query was answered, but " if press.text is not None else ""
        raise NotYet(
            f"{said}{person.name} pressed, and the message is still {before!r}: "
            "is there await before query.edit_message_text(…)? Nobody reads what a handler returns"
        )
    expect(
        press.text is not None,
        "the button on the phone still waits: there is no await query.answer()",
    )
    if message.text != wanted and times == 1 and person.name == "Anna":
        raise NotYet(
            f"Anna pressed once, and read {message.text!r}. That was Viktor's number. "
            "Take it from query.data, not from a variable"
        )
    why = ""
    if "{" in str(message.text):
        why = "; is there an f before the quotes?"
    elif message.text == "pressed 01 times":
        why = "; query.data is a text, and int(query.data) turns it into a number"
    elif times > 1 and str(message.text).startswith("pressed "):
        why = "; is it the number of the text that the new keyboard carries, counter(number)?"
    expect(message.text == wanted, f"expected {wanted!r}, found {show(message.text)}{why}")


@exercise(
    "write states as a dictionary, with a list of handlers for each state",
    "What do the three handlers return? Each of these texts must be a key of states.",
    'The second state: "people": [MessageHandler(…, people)].',
    "The filter must leave out commands: filters.TEXT & ~filters.COMMAND, in both states.",
    because="A handler returns the name of a state, and states lists who answers there. If a name "
    "is missing, you see no error, only silence.",
)
def exercise_2(states: dict[object, Any], book: Callable[..., Any]) -> str:
    """A table is booked, with a wrong answer on the way, and one is canceled at each step."""
    expect(isinstance(states, dict), f"expected a dictionary, found {show(states)}")
    expect(
        all(isinstance(state, str) for state in states),
        'the names of the states are texts: write "day" with its quotes',
    )
    expect("day" in states, f'book returns "day", and the states are {list(states)}')
    picture = Update.de_json(photo(("only", 240, 120)), None)
    for state, handlers in states.items():
        is_list = isinstance(handlers, list) and all(isinstance(h, BaseHandler) for h in handlers)
        expect(is_list, f"the state {state!r} wants a list of handlers: [MessageHandler(…, …)]")
        for handler in handlers:
            if isinstance(handler, MessageHandler):
                expect(
                    isinstance(handler.filters, filters.BaseFilter),
                    f"the filter of the state {state!r} is {show(handler.filters)}. "
                    "For a text that is no command write filters.TEXT & ~filters.COMMAND",
                )
                expect(
                    not handler.check_update(picture),
                    f"in the state {state!r} a photo counts as an answer, and it has no "
                    "text. Write filters.TEXT & ~filters.COMMAND, with &",
                )
    talk: ConversationHandler[Any] = ConversationHandler(
        entry_points=[CommandHandler("book", book)],
        states=states,
        fallbacks=[CommandHandler("cancel", canceled)],
    )
    with bot_of(talk) as bot:
        viktor, anna = bot.telegram.person("Viktor"), bot.telegram.person("Anna")
        bot.say(viktor, "/book")
        expect(
            bot.say(viktor, "Friday") != "",
            'the bot asked for the day, Viktor said "Friday", and the bot is silent: '
            'is the handler of the state "day" the right one, and is its filter '
            "filters.TEXT & ~filters.COMMAND?",
        )
        found = bot.say(viktor, "some")
        expect(
            found != "",
            'after the day, the bot is silent: day returns "people", '
            f"and the states are {list(states)}",
        )
        expect(
            found == "A number, please.",
            f'to the number of people Viktor said "some", and read {show(found)}: '
            'the state "people" wants the handler people',
        )
        expect(bot.say(viktor, "4").startswith("A table for 4"), '"4" did not book a table')
        for steps in (["/book"], ["/book", "Friday"]):
            for text in steps:
                bot.say(anna, text)
            found = bot.say(anna, "/cancel")
            expect(
                found == CANCELED,
                f"Anna wrote {', '.join(steps)}, /cancel and read {show(found)}: a command "
                "must not count as an answer, so the filter is filters.TEXT & ~filters.COMMAND",
            )
    return "a table is booked after a wrong answer, and /cancel works at every step"


CANCELED = "Canceled."


async def canceled(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    """End the conversation."""
    if update.message:
        await update.message.reply_text(CANCELED)
    return ConversationHandler.END


def photo(*sizes: tuple[str, int, int]) -> dict[str, Any]:
    """An update with a photo in these sizes: a file_id, width and height each."""
    listed = [
        {"file_id": name, "file_unique_id": name, "width": width, "height": high}
        for name, width, high in sizes
    ]
    message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "photo": listed}
    return {"update_id": 1, "message": message}


def text_problem(found: Any) -> str:
    """Say what is wrong with the kind of a result."""
    if isinstance(found, dict):
        return "that is a whole size. Return its file_id"
    return "" if isinstance(found, str | None) else "expected a file_id, or None"


EMPTY_CODE = 'update["message"].get("photo", [])'
BEST_CODE = f"""
best, most = None, 0
for size in {EMPTY_CODE}:
    pixels = size["width"] * size["height"]
    if pixels > most:
        best, most = size["file_id"], pixels
return best
"""
LARGEST_TASK = Task(
    "largest(update)",
    [
        ((photo(("only", 240, 120)),), "only"),
        ((photo(("small", 90, 60), ("middle", 320, 213), ("large", 1280, 853)),), "large"),
        ((photo(("large", 1280, 853), ("small", 90, 60)),), "large"),
        (
            (
                photo(
                    ("tiny", 9, 9),
                    ("wide", 950, 50),
                    ("tall", 50, 950),
                    ("long", 900, 200),
                    ("square", 500, 500),
                ),
            ),
            "square",
        ),
        (({"update_id": 2, "message": {"message_id": 2, "text": "hello"}},), None),
        (
            ({"update_id": 3, "message": {"message_id": 3, "document": {"file_id": "a-file"}}},),
            None,
        ),
        (({"update_id": 4, "callback_query": {"id": "1", "data": "red"}},), None),
    ],
    {
        'return update["message"]["photo"][-1]["file_id"]': "you took the last one, but the order "
        "of the list tells you nothing",
        'return update["message"]["photo"][0]["file_id"]': "you took the first one. Look at all "
        "of them",
        ("return best", "    return best"): "you took the first one. Is return inside the loop? "
        "It ends the function at once",
        ('size["width"] * size["height"]', 'size["width"]'): "you took the widest one. Pixels are "
        "width times height",
        ('size["width"] * size["height"]', 'size["height"]'): "you took the tallest one. Pixels "
        "are width times height",
        ("* size", "+ size"): "pixels are width times height, not their sum",
        (', most = size["file_id"], pixels', ' = size["file_id"]'): "you took the last one. "
        "Remember how many pixels the best one has: most = pixels",
        BEST_CODE.replace(
            EMPTY_CODE, 'update["message"]["photo"]'
        ): 'a text has no "photo". Ask with get: update["message"].get("photo", [])',
        BEST_CODE.replace(EMPTY_CODE, 'update.get("message").get("photo")'): "without a photo, get "
        'returns None, and a loop can\'t go through None. Give get a second value: .get("photo", '
        "[])",
        BEST_CODE: 'a press has no "message". First: if "message" not in update: return None',
        BEST_CODE.replace(EMPTY_CODE, 'update["photo"]'): 'the photo is in update["message"]',
        BEST_CODE.replace(EMPTY_CODE, "update.message.photo"): "here the update is a dictionary: "
        'update["message"], not update.message',
        ("= None", '= ""'): 'without a photo, return None. "" is a text',
    },
    kind=text_problem,
    solution=f'if "message" not in update:\n    return None\n{BEST_CODE}',
)


@exercise(
    "write def largest(update): instead of the line with the dots",
    'A press has no message: if "message" not in update: return None. A text has no photo: '
    'update["message"].get("photo", []) gives an empty list then.',
    "Go through the list and remember the best so far: its file_id, and its pixels.",
    'In the loop: pixels = size["width"] * size["height"], then if pixels > most: remember both. '
    "After the loop: return best.",
    task=LARGEST_TASK,
    because="A real update often has less than you expect. So ask whether something is there "
    "before you use it.",
)
def exercise_3(largest: Callable[[dict[str, Any]], Any]) -> str:
    """Four photos and three updates without any."""
    return "you found the largest of four photos, and None for three updates without one"
