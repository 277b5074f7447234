"""What bots answer to inline queries, as Telegram keeps it: for whom, how long, and which message.

The limits are those of the Bot API's manual ("answerInlineQuery"), the words of the refusals those
of `td/telegram/InlineQueriesManager.cpp` in tdlib/td.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot_sandbox.telegram.buttons import OLD_QUERY
from bot_sandbox.telegram.errors import bad_request
from bot_sandbox.telegram.types import Json, Message, User

MAX_RESULTS = 50
MAX_BYTES = 64  # of a result's id, of an offset, of a parameter of /start


@dataclass(frozen=True)
class InlineResult:
    """A result as its bot gave it, and what is posted for it.

    `read` returns the content of the message; it raises TelegramError if a file isn't there.
    """

    json: Json
    keyboard: list[list[Json]]
    read: Callable[[], dict[str, Any]]

    @property
    def id(self) -> str:
        """Its id, which is unique in an answer."""
        found: str = self.json["id"]
        return found


@dataclass(frozen=True)
class InlineAnswer:
    """A bot's answer: results, a button above them, and the `offset` of what follows."""

    results: list[InlineResult] = field(default_factory=list)
    button: Json = field(default_factory=dict)
    next_offset: str = ""

    def check(self) -> None:
        """Raise 400 if Telegram would not take it."""
        parameter = self.button.get("start_parameter")
        if parameter is not None and not parameter:
            raise bad_request("can't use empty start_parameter")
        if parameter and len(parameter) > MAX_BYTES:
            raise bad_request("too long start_parameter specified")
        if parameter and not re.fullmatch("[A-Za-z0-9_-]*", parameter):
            raise bad_request("unallowed characters in start_parameter are used")
        ids = [result.id for result in self.results]
        if not all(0 < len(one.encode()) <= MAX_BYTES for one in ids):
            raise bad_request("RESULT_ID_INVALID")
        if len({*ids}) < len(ids):
            raise bad_request("RESULT_ID_DUPLICATE")
        if len(self.next_offset.encode()) > MAX_BYTES:
            raise bad_request("NEXT_OFFSET_INVALID")


@dataclass(eq=False)
class AskedQuery:
    """A query that a bot was asked, and its answer; None so far."""

    account: User
    person_id: int
    text: str
    offset: str
    answer: InlineAnswer | None = None


class InlineQueries:
    """The queries, the answers that Telegram gives again, and the messages that came of them."""

    def __init__(self) -> None:
        self._open: dict[str, AskedQuery] = {}
        self._kept: dict[tuple[int, str, str, int], tuple[InlineAnswer, float]] = {}
        self.messages: dict[str, Message] = {}  # by inline_message_id

    def expect(self, account: User, query: Json) -> None:
        """Accept an answer to an InlineQuery."""
        asked = AskedQuery(account, query["from"]["id"], query["query"], query["offset"])
        self._open[query["id"]] = asked

    def find_asked(self, key: str) -> AskedQuery:
        """Return the query with this id, which has no answer so far."""
        return self._open[key]

    def find_kept(
        self, account: User, person: User, text: str, offset: str, now: float
    ) -> InlineAnswer | None:
        """Return an answer that is kept for this person, or for everybody."""
        for reader in (person.id, 0):
            answer, until = self._kept.get((account.id, text, offset, reader), (None, 0.0))
            if answer and now < until:
                return answer
        return None

    def answer(
        self, account: User, key: str, answer: InlineAnswer, is_personal: bool, until: float
    ) -> None:
        """Do answerInlineQuery, which works once for each query, and only for its bot."""
        asked = self._open.get(key)
        if asked is None or asked.account is not account:
            raise bad_request(OLD_QUERY)
        del self._open[key]
        asked.answer = answer
        reader = asked.person_id if is_personal else 0
        self._kept[account.id, asked.text, asked.offset, reader] = (answer, until)
