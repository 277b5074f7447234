"""What somebody types after a bot's name, in any chat: they see results, and choose one."""

from collections.abc import Callable
from typing import Any

from bot_sandbox.diagnosis.clean_text import hide_tokens
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.telegram.bot_api_types import InlineQueryResult, InlineQueryResultsButton
from bot_sandbox.telegram.delivered_update import DeliveredUpdate
from bot_sandbox.telegram.entities import detect_entities
from bot_sandbox.telegram.errors import TelegramError
from bot_sandbox.telegram.inline_results import AskedQuery, InlineAnswer, InlineResult
from bot_sandbox.telegram.types import Message

NO_ANSWER = InlineAnswer()


class InlineQuery:
    """A query, the results that the bot answers, and the message of the one that is chosen.

    Example:
        from bot_sandbox import Telegram

        tea = {"type": "article", "id": "1", "title": "Tea", "message_text": "Tea, please!"}
        with Telegram() as telegram:
            account, viktor = telegram.new_bot("Tea bot", "tea_bot"), telegram.person("Viktor")
            telegram.set_inline(account)
            query = viktor.inline_query("te")
            asked = telegram.call(account, "getUpdates")[-1]["inline_query"]
            assert asked["query"] == "te"
            telegram.call(account, "answerInlineQuery", inline_query_id=asked["id"], results=[tea])
            assert [result.title for result in query.wait()] == ["Tea"]
            assert query.choose("1").shown == "(via @tea_bot) Tea, please!"
    """

    def __init__(
        self,
        runner: Runner,
        key: str,
        asked: AskedQuery,
        told: DeliveredUpdate | None,
        post: Callable[[InlineResult], Message],
        start: Callable[..., Message],
        ask_again: Callable[[str], "InlineQuery"],
    ) -> None:
        self.id: str = key
        self.text: str = asked.text
        self._runner = runner
        self._asked = asked
        self._told = told  # None if Telegram has kept an answer, and doesn't ask the bot
        self._post = post
        self._start = start
        self._ask_again = ask_again  # with an offset

    def __repr__(self) -> str:
        return f"InlineQuery({self.text!r})"

    @property
    def is_answered(self) -> bool:
        """Whether the bot has answered, perhaps without any result."""
        return self._asked.answer is not None

    @property
    def results(self) -> list[InlineQueryResult]:
        """What the person sees: the Bot API's InlineQueryResult objects."""
        return [InlineQueryResult(result.json) for result in self._answer.results]

    @property
    def button(self) -> InlineQueryResultsButton | None:
        """The button above the results, if there is one."""
        button = self._answer.button
        return InlineQueryResultsButton(button) if button else None

    @property
    def next_offset(self) -> str:
        """What the bot gets for the next page; "" after the last one."""
        return self._answer.next_offset

    @blocking
    async def wait(self, timeout: float = 5.0) -> list[InlineQueryResult]:
        """Wait for the bot's answer, and return its results.

        NoReply if none comes in `timeout` seconds, or if the bot is a function that has ended.
        """

        def is_over() -> bool:
            return self.is_answered or self._has_ended()

        await self._runner.changes.until(is_over, timeout)
        if not self.is_answered:
            over = "" if self._has_ended() else f" within {timeout:g} s"
            problem = f"No answer to the inline query {self.text!r}{over}. Expected: a handler of"
            known = self._told._explain() if self._told else []
            rest = "inline_query that calls answerInlineQuery with the query's id."
            raise NoReply("\n".join([f"{problem} {rest}", *known]))
        return self.results

    def choose(self, result: InlineQueryResult | str) -> Message:
        """Choose a result, or the one with this id, and return the message that this sends."""
        return self._runner.do(self._choose, result if isinstance(result, str) else result.id)

    def next_page(self) -> "InlineQuery":
        """Scroll to the end of the results: ask the bot for what follows."""
        if not self.next_offset:
            raise ValueError("there is no next page; the bot gave no next_offset")
        return self._runner.do(self._ask_again, self.next_offset)

    def press_button(self) -> Message:
        """Press the button above the results, and START: the bot gets /start with its parameter."""
        parameter = self._answer.button.get("start_parameter")
        if parameter is None:
            kind = "opens a Mini App, which this sandbox lacks" if self.button else "isn't there"
            raise ValueError(f"the button above the results {kind}")
        text = f"/start {parameter}"
        return self._runner.do(lambda: self._start(text, marks=detect_entities(text)))

    @property
    def _answer(self) -> InlineAnswer:
        return self._asked.answer or NO_ANSWER

    def _has_ended(self) -> bool:
        return self._told is not None and self._told._has_ended()

    def _choose(self, wanted: str) -> Message:
        results = self._answer.results
        found = next((one for one in results if one.id == wanted), None)
        if found is None:
            shown = ", ".join(repr(one.id) for one in results) or "none"
            raise ValueError(hide_tokens(f"no result {wanted!r}; the ids are: {shown}"))
        return self._post(found)


def read_result(result: InlineResult) -> dict[str, Any]:
    """Return the content of a result's message; ValueError if its web file isn't there."""
    try:
        return result.read()
    except TelegramError as refusal:
        raise ValueError(
            f"the result {result.id!r} can't be sent: {refusal.description}. Say what its web "
            "address has: telegram.add_web_file(address, file)"
        ) from None
