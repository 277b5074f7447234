"""Checks of notebook 07: a button that counts, the states of a conversation, the largest photo."""

import inspect
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
from botlib.telegram.webhook import App, builder_for
from lessons.exercises.verdict import NotYet, describe, exercise, expect, run, show
from lessons.holding import Polling

WAIT_S = 20.0  # for the learner's handlers; they answer within a few milliseconds
QUIET_S = 5.0  # how long to wait for what will probably not come


class Bot:
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
            raise NotYet(f"your handler raised {hinted(self.errors[0])}")
        return done

    def say(self, person: Person, text: str) -> str:
        """Write to the bot; its next words, "" if it stays silent."""
        before = len(person.inbox)
        person.send(text)
        return (
            person.wait()[0].text if self.wait(lambda: len(person.inbox) > before, QUIET_S) else ""
        )


@contextmanager
def bot_of(*handlers: BaseHandler[Any, Any, Any]) -> Iterator[Bot]:
    """Make a bot that answers with these handlers, for as long as the check takes."""
    with Telegram(limits=None) as telegram, warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBUserWarning)  # of a state that is not there: we tell it
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        account = telegram.new_bot("Exercise bot", "exercise_bot")
        app: App = builder_for(account.token, telegram.url).build()
        for handler in handlers:
            app.add_handler(handler)
        bot = Bot(telegram, app)
        with Polling(app):
            yield bot


def hinted(error: Exception) -> str:
    """An error with what it mostly means here."""
    words = describe(error)
    if "object method can't" in words or "'method' object can't" in words:
        return f"{words}. The brackets are missing after its name, as in await query.answer()."
    if "in 'await'" in words or "in an 'await'" in words or "can't be awaited" in words:
        return f"{words}. async stands before def; await only before calls that talk to Telegram."
    if "takes" in words and "positional argument" in words and "were given" in words:
        return f"{words}. A handler gets two things: (update, context)."
    if "must be str" in words or "concatenate" in words:
        return f"{words}. The data of a button is a text: int(query.data) makes a number of it."
    if 'Field "callback_data"' in words:
        return f"{words}. counter(number) makes the right keyboard."
    if "not modified" in words:
        return f"{words}. The new number belongs into both, the text and counter(…)."
    if "parse_mode" in words:
        return f"{words}. Write reply_markup= before the keyboard."
    if "function is not JSON" in words:
        return f"{words}. counter alone is the function; counter(number) makes the keyboard."
    if "'dict' object has no attribute" in words:
        return (
            f"{words}. That is the query of a cell above: begin with query = update.callback_query."
        )
    if "'str' object is not callable" in words:
        return f"{words}. A handler is the function itself: its name, without quotes."
    if "'NoneType' object has no attribute" in words:
        return f"{words}. A press has no update.message: all of it is in update.callback_query."
    return words


@exercise(
    "define the handler: async def pressed(update, context):",
    "Begin with query = update.callback_query; then await query.answer().",
    "The number that the button carries: int(query.data). One more is the new number.",
    'At the end: await query.edit_message_text(f"pressed {number} times", '
    "reply_markup=counter(number))",
)
def exercise_1(pressed: Callable[..., Any]) -> str:
    """Two people press, each under a message of their own, in turns."""
    expect(callable(pressed), f"expected a handler, found {show(pressed)}")
    expect(inspect.iscoroutinefunction(pressed), "a handler begins with async def, not with def")
    with bot_of(CommandHandler("start", zero), CallbackQueryHandler(pressed)) as bot:
        people = [bot.telegram.person(name) for name in ("Viktor", "Anna")]
        for person in people:
            person.send("/start")
        viktors, annas = [person.wait(timeout=WAIT_S)[0] for person in people]
        viktor, anna = people
        for person, message, times in [
            (viktor, viktors, 1),
            (viktor, viktors, 2),
            (anna, annas, 1),
            (viktor, viktors, 3),
        ]:
            press_once(bot, person, message, times)
    return "each message counts for itself, and the bot itself remembers nothing"


async def zero(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Begin with a message that nobody has pressed yet."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("+1", callback_data="0")]])
    if update.message:
        await update.message.reply_text("pressed 0 times", reply_markup=keyboard)


def press_once(bot: Bot, person: Person, message: Message, times: int) -> None:
    """Press the button, for the `times`-th time, and look at what became of the message."""
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
            "the bot wrote a new message; query.edit_message_text(…) changes the one that the "
            "button is under",
        )
        said = "the query was answered, but " if press.text is not None else ""
        raise NotYet(
            f"{said}{person.name} pressed, and the message is still {before!r}: "
            "is there await before query.edit_message_text(…)? What a handler returns, nobody reads"
        )
    expect(
        press.text is not None,
        "the button on the telephone still waits: there is no await query.answer()",
    )
    if message.text != wanted and times == 1 and person.name == "Anna":
        raise NotYet(
            f"Anna pressed once, and read {message.text!r}: that was Viktor's number. "
            "Take it from query.data, not from a variable"
        )
    why = ""
    if "{" in str(message.text):
        why = "; is there an f before the quotes?"
    elif message.text == "pressed 01 times":
        why = "; query.data is a text, and int(query.data) makes a number of it"
    elif times > 1 and str(message.text).startswith("pressed "):
        why = "; is it the number of the text that the new keyboard carries, counter(number)?"
    expect(message.text == wanted, f"expected {wanted!r}, found {show(message.text)}{why}")


@exercise(
    "write states as a dictionary, with a list of handlers for each state.",
    "What do her handlers return? Each of these texts must be a key of states.",
    'The second state: "people": [MessageHandler(…, people)].',
    "Let the filter leave out commands: filters.TEXT & ~filters.COMMAND, in both states.",
)
def exercise_2(states: dict[object, Any], book: Callable[..., Any]) -> str:
    """A table is booked, one with a slip on the way, and one is cancelled at each step."""
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
                    f"the state {state!r} has {show(handler.filters)} for a filter. "
                    "For a text that is no command write filters.TEXT & ~filters.COMMAND",
                )
                expect(
                    not handler.check_update(picture),
                    f"in the state {state!r} a photo would be taken for an answer, and it has no "
                    "text: write filters.TEXT & ~filters.COMMAND, with &",
                )
    talk: ConversationHandler[Any] = ConversationHandler(
        entry_points=[CommandHandler("book", book)],
        states=states,
        fallbacks=[CommandHandler("cancel", cancelled)],
    )
    with bot_of(talk) as bot:
        viktor, anna = bot.telegram.person("Viktor"), bot.telegram.person("Anna")
        bot.say(viktor, "/book")
        expect(
            bot.say(viktor, "Friday") != "",
            'Viktor was asked for the day, said "Friday", and the bot is silent: '
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
            f'asked for the number of people, Viktor said "some" and read {show(found)}: '
            'the state "people" wants the handler people',
        )
        expect(bot.say(viktor, "4").startswith("A table for 4"), '"4" did not book a table')
        for steps in (["/book"], ["/book", "Friday"]):
            for text in steps:
                bot.say(anna, text)
            found = bot.say(anna, "/cancel")
            expect(
                found == CANCELLED,
                f"Anna wrote {', '.join(steps)}, /cancel and read {show(found)}: a command must "
                "not be taken for an answer, so the filter is filters.TEXT & ~filters.COMMAND",
            )
    return "a table was booked, a slip forgiven, and /cancel was heard at every step"


CANCELLED = "Cancelled."


async def cancelled(update: Update, _: ContextTypes.DEFAULT_TYPE) -> int:
    """End the conversation."""
    if update.message:
        await update.message.reply_text(CANCELLED)
    return ConversationHandler.END


def photo(*sizes: tuple[str, int, int]) -> dict[str, Any]:
    """An update with a photo in these sizes: a file_id, width and height each."""
    listed = [
        {"file_id": name, "file_unique_id": name, "width": width, "height": high}
        for name, width, high in sizes
    ]
    message = {"message_id": 1, "date": 0, "chat": {"id": 7, "type": "private"}, "photo": listed}
    return {"update_id": 1, "message": message}


PHOTOS = [
    (photo(("only", 240, 120)), "only"),
    (photo(("small", 90, 60), ("middle", 320, 213), ("large", 1280, 853)), "large"),
    (photo(("large", 1280, 853), ("small", 90, 60)), "large"),
    (photo(("tiny", 9, 9), ("wide", 800, 100), ("tall", 50, 900), ("square", 300, 300)), "square"),
]
DOCUMENT = {"document": {"file_id": "a-file", "file_name": "cat.png"}}
NO_PHOTOS = {
    "a text": {"update_id": 2, "message": {"message_id": 2, "text": "hello"}},
    "a picture that was sent as a file": {"update_id": 3, "message": {"message_id": 3} | DOCUMENT},
    "a pressed button": {"update_id": 4, "callback_query": {"id": "1", "data": "red"}},
}


@exercise(
    "define largest(update); it returns a file_id, or None.",
    'A press has no message: if "message" not in update: return None. A text has no photo: '
    'update["message"].get("photo", []) gives an empty list then.',
    "Go through the list and keep the best so far: its file_id, and how many pixels it has.",
    'In the loop: pixels = size["width"] * size["height"], then if pixels > most: keep both. '
    "After the loop: return best.",
)
def exercise_3(largest: Callable[[dict[str, Any]], Any]) -> str:
    """Four photos and three updates without any."""
    for update, wanted in PHOTOS:
        found = picked(largest, update)
        listed = update["message"]["photo"]
        shapes = ", ".join(f"{size['width']} x {size['height']}" for size in listed)
        expect(not isinstance(found, dict), "that is a whole size; its file_id is wanted")
        if found == listed[-1]["file_id"] != wanted:
            raise NotYet(f"of {shapes} you took the last one; the order of the list tells nothing")
        if found == listed[0]["file_id"] != wanted:
            raise NotYet(f"of {shapes} you took the first one. Does return stand in the loop?")
        expect(found == wanted, f"of {shapes} expected the file_id {wanted!r}, found {show(found)}")
    for name, update in NO_PHOTOS.items():
        try:
            found = largest(update)
        except Exception as error:
            raise NotYet(f"{name} has no photo: your function raised {describe(error)}") from None
        expect(found is None, f"{name} gets None, not {show(found)}")
    return f"{len(PHOTOS)} photos and {len(NO_PHOTOS)} updates without one"


def picked(largest: Any, update: dict[str, Any]) -> Any:
    """What `largest` gives for a photo; some of what it raises needs a word more."""
    try:
        return run(largest, update, call="largest(update)")
    except NotYet as reason:
        if "'dict' object has no attribute" in str(reason):
            raise NotYet(
                f'{reason}. Here the update is a dictionary: update["message"], not update.message'
            ) from None
        if "KeyError: 'photo'" in str(reason):
            raise NotYet(f'{reason}. The photo stands in update["message"]') from None
        raise
