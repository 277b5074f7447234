"""Press inline buttons: a bot puts them under a message, a person presses one, the bot answers."""

import itertools
import re
from collections.abc import Callable

from bot_sandbox.diagnosis.clean_text import hide_tokens, quote_safely
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.types import Chat, Json, Message, Update, User

OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"


class Press:
    """A pressed button and the bot's answer.

    Example:
        from bot_sandbox import Telegram

        buttons = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
        with Telegram() as telegram:
            account, viktor = telegram.new_bot("Hello bot", "hello_bot"), telegram.person("Viktor")
            viktor.send("/start")
            telegram.call(
                account, "sendMessage", chat_id=viktor.id, text="Tea?", reply_markup=buttons
            )
            press = viktor.press(viktor.wait()[0], "Yes")
            query = telegram.call(account, "getUpdates")[-1]["callback_query"]["id"]
            telegram.call(account, "answerCallbackQuery", callback_query_id=query, text="Coming")
            assert press.answer() == "Coming"
    """

    def __init__(
        self,
        runner: Runner,
        bot: User,
        chats: list[Chat],
        at: float,
        why: Callable[[], str],
        has_ended: Callable[[], bool],
    ) -> None:
        self.button = ""  # its text
        self.text: str | None = None  # None until the bot calls answerCallbackQuery
        self.alert = False
        self.url = ""  # t.me/hello_bot?start=…: it opens the bot, and START sends /start …
        self._update: Update | None = None  # the bot's, unless its allowed_updates leave it out
        self._runner = runner
        self._bot = bot
        self._chats = chats  # where it may do something about the press
        self._at = at
        self._why = why  # explains a missing answer
        self._has_ended = has_ended  # whether a function has got it, and is done

    def __repr__(self) -> str:
        return f"Press({self.button!r})"

    @property
    def messages(self) -> list[Message]:
        """The messages that the bot has written or edited since, where this person sees them."""
        return [message for message in self._new_or_changed_messages() if not message.deleted]

    @blocking
    async def answer(self, timeout: float = 5.0) -> str:
        """Wait for the bot's notification and return its text; NoReply if none comes."""
        await self._runner.changes.until(lambda: self.text is not None, timeout)
        if self.text is None:
            raise NoReply(self._explain_no_answer(timeout))
        return self.text

    @blocking
    async def wait(self, timeout: float = 5.0, quiet: float = 0.5) -> list[Message]:
        """Wait for the bot's answer, and return its `messages` so far.

        Many bots answer first, and then write or edit. So if it has done neither yet, this waits
        for that, too, at most `quiet` seconds after the answer.

        Many bots never answer a press. Then `text` stays None after `timeout` seconds. NoReply if
        the bot has not written, edited or deleted a message of its own either, in this chat or in
        its chat with this person; nothing else that it does counts. It comes sooner if the bot is a
        function that has ended.
        """

        def is_over() -> bool:
            return self.text is not None or self._has_ended()

        def has_effect() -> bool:
            return bool(self._new_or_changed_messages()) or self._has_ended()

        if await self._runner.changes.until(is_over, timeout):
            await self._runner.changes.until(has_effect, quiet)
        if self.text is None and not self._new_or_changed_messages():
            raise NoReply(self._explain_no_answer(timeout))
        return self.messages

    def _new_or_changed_messages(self) -> list[Message]:
        return [
            message
            for chat in self._chats
            for message in chat.messages
            if message._is_by(self._bot) and message._written_at > self._at
        ]

    def _explain_no_answer(self, timeout: float) -> str:
        over = "" if self._has_ended() else f" within {timeout:g} s"
        shown = [f"  {message.shown}" for message in self.messages]
        return "\n".join(
            [
                f"No answer to the button {self.button!r}{over}. Expected: a handler of "
                "callback_query that calls answerCallbackQuery with the query's id.",
                *(["It did not answer, but wrote or edited:", *shown] if shown else []),
                self._why(),
            ]
        )


def describe_button_effect(button: Json) -> str:
    """Return what happens in the app when somebody presses a button without callback_data.

    >>> describe_button_effect({"text": "Site", "url": "https://example.org"})
    'opens https://example.org'
    """
    if "url" in button:
        return f"opens {button['url']}"
    if "web_app" in button:
        return f"opens the Mini App at {button['web_app']['url']}, which this sandbox lacks"
    if "copy_text" in button:
        return f"copies {button['copy_text']['text']!r}"
    if "pay" in button:
        return "pays, and this sandbox has no payments"
    if "callback_game" in button:
        return "starts a game, and this sandbox has no games"
    if any(name.startswith("switch_inline_query") for name in button):
        return "begins an inline query; in Python that is person.inline_query(…)"
    return "does nothing"


def find_button(message: Message, text: str, data: str, position: int) -> Json:
    """Return the inline button under a message that has this text, data and position.

    "" and 0 fit any. Raise ValueError if no button fits, or several that differ.
    """
    buttons = list(enumerate(itertools.chain(*message.keyboard), 1))
    fitting = [
        (number, button)
        for number, button in buttons
        if text in ("", button["text"])
        and data in ("", button.get("callback_data"))
        and position in (0, number)
    ]
    words = (repr(text), f"with data {data!r}", f"at position {position}")
    asked = " ".join(itertools.compress(words, (text, data, position)))
    under = f"under {quote_safely(message.shown)}"
    if not buttons:
        problem = f"no button {asked} to press {under}; there is none at all"
        raise ValueError(hide_tokens(problem))
    if not asked:
        problem, shown = "which button? Say its text, position or data", buttons
    elif not fitting:
        problem, shown = f"no button {asked} to press {under}", buttons
    elif any(button != fitting[0][1] for _, button in fitting):
        problem = f"{len(fitting)} buttons {asked} {under}; say its position or data, too"
        shown = fitting
    else:
        return fitting[0][1]
    lines = [f"  {number}: {button['text']!r}, {_effect(button)}" for number, button in shown]
    raise ValueError(hide_tokens("\n".join([f"{problem}. There are:", *lines])))


def _effect(button: Json) -> str:
    data = button.get("callback_data")
    return describe_button_effect(button) if data is None else f"data {data!r}"


class CallbackQueries:
    """The presses without an answer so far."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[User, Press | None]] = {}
        self._ids = itertools.count(1)

    def open(self, person: User, bot: User, message: Message, button: Json, press: Press) -> Json:
        """Return the callback query of a press; raise ValueError if the bot isn't told of it."""
        if "callback_data" not in button:
            words = f"{button['text']!r} {describe_button_effect(button)}; the bot isn't told"
            raise ValueError(hide_tokens(words))
        press.button = button["text"]
        key = str(next(self._ids))
        self._open[key] = (bot, press)
        inline_id = message._inline_id
        return {
            "id": key,
            "from": person._json,
            **({"inline_message_id": inline_id} if inline_id else {"message": message.to_json()}),
            "chat_instance": str(message.chat.id),
            "data": button["callback_data"],
        }

    def expect(self, account: User, key: str) -> None:
        """Accept an answer to a query that nobody's press has made."""
        self._open[key] = (account, None)

    def answer(self, account: User, key: str, text: str, alert: bool, url: str) -> None:
        """Do answerCallbackQuery, which works once for each query, and only for its bot.

        Without games, the app opens only a link that starts this bot with a parameter.
        """
        owner, press = self._open.get(key, (None, None))
        if owner is not account:
            raise bad_request(OLD_QUERY)
        if len(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        start = rf"(https?://)?(t|telegram)\.me/{account.username}\?start=[A-Za-z0-9_-]{{1,64}}"
        if url and not re.fullmatch(start, url, re.IGNORECASE):
            raise bad_request("URL_INVALID")
        del self._open[key]
        if press:
            press.text, press.alert, press.url = text, alert, url
