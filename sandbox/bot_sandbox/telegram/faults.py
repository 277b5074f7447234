"""Faults on request: Telegram, a proxy or the network fails as in real life, when you ask for it.

    telegram.faults.status(429, "sendMessage", retry_after=3, n=2)
    lost = telegram.faults.drop("sendMessage", executed=True)
    lost.wait()  # until it has hit a call

They hit requests to the Bot API. A `status` also hits a call in a webhook's response. They don't
hit `telegram.call`, which is the test's own. If several fit, a request takes the oldest. A `delay`
comes in addition.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from bot_sandbox.diagnosis.clean_text import without_secrets_in_errors
from bot_sandbox.diagnosis.no_reply import NoReply
from bot_sandbox.event_loop.runner import Runner, blocking
from bot_sandbox.http.messages import Response
from bot_sandbox.http.outages import Outages, Switchable
from bot_sandbox.http.webhook_post import PostError
from bot_sandbox.telegram.calls import ApiCall, FaultHit
from bot_sandbox.telegram.errors import TelegramError, too_many_requests
from bot_sandbox.telegram.updates import LOST_BY_FAULT, OTHER_GET_UPDATES
from bot_sandbox.telegram.world import BotAccount, TelegramWorld

FILE = "file"  # the "method" of a file's download
KEPT_HITS = 1_000
# What Telegram says most often with a status; of all others the HTTP phrase, as in
# {"ok":false,"error_code":502,"description":"Bad Gateway"} (tdlib/telegram-bot-api#868).
DEFAULT_DESCRIPTIONS = {
    400: "Bad Request: chat not found",
    403: "Forbidden: bot was blocked by the user",
    409: OTHER_GET_UPDATES,
}
PROXY_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>a proxy</center>\r\n</body>\r\n</html>\r\n"
)


class BrokenConnectionError(Exception):
    """The server must break this connection: without a response, or in the middle of it."""

    def __init__(self, response: Response | None = None) -> None:
        super().__init__("a fault of this sandbox")
        self.response = response


@dataclass(eq=False)
class Fault:
    """A fault that waits for requests; `hits` are those that it has hit.

    Example:
        from bot_sandbox import Telegram

        with Telegram() as telegram:
            fault = telegram.faults.delay(0.5, "sendMessage", n=3)
            assert (fault.left, fault.hits) == (3, [])
            fault.clear()
    """

    name: str  # of the method of Faults that made it
    method: str  # as in the Bot API's manual; "" for all
    account: BotAccount | None  # None for all
    left: int | None  # requests that it still hits; None: all until it is cleared
    executed: bool  # whether the call is executed all the same
    effect: str  # what happens to a call
    _faults: Faults = field(repr=False)
    _error: TelegramError | None = None  # of a status
    _page: Response | None = None  # of a page instead of Telegram's answer
    seconds: float = 0.0  # of a delay
    _paused: dict[int, float] = field(default_factory=dict)  # by bot, until when it must not ask
    hits: list[FaultHit] = field(default_factory=list)

    @property
    def _runner(self) -> Runner:
        return self._faults._runner

    @blocking
    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[FaultHit]:
        """Wait until it has hit n requests and return all hits; NoReply after `timeout` s."""
        await self._faults._wait_for_hits(lambda: len(self.hits), n, timeout)
        return list(self.hits)

    def clear(self) -> None:
        """End it."""
        self._faults._end_fault(self)

    def __str__(self) -> str:
        number = "every" if self.left is None else "the next" + f" {self.left}" * (self.left != 1)
        what = {"": "call", FILE: "download of a file"}.get(self.method, f"call of {self.method}")
        what = "response of a webhook" if self.name == "lose_response" else what
        head, _, rest = what.partition(" ")
        plural = f"{head}s {rest}".strip() if self.left not in (None, 1) else what
        whose = f" by @{self.account.username}" if self.account else ""
        return f"{number} {plural}{whose} will be {self.effect}"

    def _refusal(self, account: BotAccount, now: float) -> TelegramError | None:
        """Return what a status refuses a call with; a 429 says how long its pause still is."""
        rest = math.ceil(self._paused.get(account.id, now) - now)
        if self._error is None or rest <= 0:
            return self._error
        standard = too_many_requests(self._error.retry_after).description
        words = self._error.description
        if words == standard:
            words = too_many_requests(rest).description
        return TelegramError(self._error.code, words, rest)

    def _comes_too_early(self, account: BotAccount, method: str, now: float) -> bool:
        """Return whether a bot asks again before the `retry_after` of a 429 has passed."""
        return self.method.lower() in ("", method) and self._paused.get(account.id, now) > now

    def _fits_call(self, account: BotAccount, method: str) -> bool:
        """Return whether it hits this method, in lower case, of this bot."""
        whose = self.account in (None, account)
        return self.left != 0 and whose and self.method.lower() in ("", method)


class Faults(Outages):
    """All faults, one method each.

    `method` is a method of the Bot API in any case, "file" for the download of a file, or None for
    everything. `bot` is one bot, by its account or username, or None for all. A fault hits the next
    `n` requests, or, with `forever`, all until it is cleared. With `executed`, the call is executed
    before the fault.

    While the server is down, people can write. Nothing reaches a bot or comes from it, also by
    webhook.

    Example:
        from bot_sandbox import Telegram

        with Telegram() as telegram:
            telegram.faults.status(429, "sendMessage", retry_after=3, n=2)
            telegram.faults.drop("getUpdates", executed=True)
            assert len(telegram.faults.active) == 2
            telegram.faults.restart()
    """

    def __init__(
        self,
        runner: Runner,
        world: TelegramWorld,
        methods: dict[str, str],
        server: Switchable | None,
    ) -> None:
        """Take the real methods by their names in lower case, and the server, if there is one."""
        super().__init__(runner, world.clock, server)
        self._world = world
        self._methods = methods | {FILE: FILE}
        self._faults: list[Fault] = []
        self._hits: deque[FaultHit] = deque(maxlen=KEPT_HITS)
        self._hit_count = 0

    def status(
        self,
        status: int = 503,
        method: str | None = None,
        *,
        retry_after: int | None = None,
        description: str = "",
        bot: BotAccount | str | None = None,
        n: int = 1,
        forever: bool = False,
        executed: bool = False,
    ) -> Fault:
        """Refuse calls with a status of 400 to 599, in Telegram's words or yours.

        429 has a `retry_after` of 1 second if you give none; with 0 it has none. As on Telegram, a
        bot that asks again sooner is refused again, with the rest of the pause, which is on the
        sandbox's clock. Such a refusal doesn't count for `n`. A call in a webhook's response is
        refused, too; as in real life, its bot doesn't hear of it.
        """
        if not 400 <= status <= 599:
            raise ValueError(f"Telegram refuses with a status of 400 to 599; found {status!r}")
        seconds = retry_after if retry_after is not None else int(status == 429)
        if seconds < 0:
            raise ValueError(f"retry_after is a number of seconds, at least 0; found {seconds!r}")
        standard = too_many_requests(seconds).description if seconds and status == 429 else ""
        words = description or standard or DEFAULT_DESCRIPTIONS.get(status) or status_phrase(status)
        fault = self._new_fault(
            "status", method, bot, n, forever, executed, f"answered with {status} {words}"
        )
        fault._error = TelegramError(status, words, seconds)
        return self._add_fault(fault)

    def delay(
        self,
        seconds: float,
        method: str | None = None,
        *,
        bot: BotAccount | str | None = None,
        n: int = 1,
        forever: bool = False,
        executed: bool = False,
    ) -> Fault:
        """Answer calls so many seconds later.

        The wait is real time. If the client leaves meanwhile, the call is not executed, unless it
        was before the wait (`executed`).
        """
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"a delay is a number of seconds, at least 0; found {seconds!r}")
        fault = self._new_fault(
            "delay", method, bot, n, forever, executed, f"answered {seconds:g} s late"
        )
        fault.seconds = seconds
        return self._add_fault(fault)

    def drop(
        self,
        method: str | None = None,
        *,
        bot: BotAccount | str | None = None,
        n: int = 1,
        forever: bool = False,
        executed: bool = False,
    ) -> Fault:
        """Break the connection instead of answering; with `executed` after executing the call."""
        self._require_server()
        effect = "cut off without an answer"
        return self._add_fault(self._new_fault("drop", method, bot, n, forever, executed, effect))

    def truncate(
        self,
        method: str | None = None,
        *,
        bot: BotAccount | str | None = None,
        n: int = 1,
        forever: bool = False,
    ) -> Fault:
        """Execute calls, but break the connection in the middle of the JSON."""
        self._require_server()
        effect = "cut off in the middle of the answer"
        return self._add_fault(self._new_fault("truncate", method, bot, n, forever, True, effect))

    def html(
        self,
        status: int = 502,
        method: str | None = None,
        *,
        bot: BotAccount | str | None = None,
        n: int = 1,
        forever: bool = False,
        executed: bool = False,
    ) -> Fault:
        """Answer calls with a page of a proxy, or with 200 that of a Wi-Fi's login."""
        if not 200 <= status <= 599:
            raise ValueError(f"a page has a status of 200 to 599; found {status!r}")
        effect = f"answered with an HTML page and status {status}"
        fault = self._new_fault("html", method, bot, n, forever, executed, effect)
        title = "Log in to this network" if status < 300 else f"{status} {status_phrase(status)}"
        fault._page = Response(
            status,
            [("Content-Type", "text/html; charset=utf-8")],
            PROXY_PAGE.format(title).encode(),
        )
        return self._add_fault(fault)

    def lose_response(
        self, *, bot: BotAccount | str | None = None, n: int = 1, forever: bool = False
    ) -> Fault:
        """Lose a webhook's response on its way to Telegram, which then sends the update again."""
        return self._add_fault(
            self._new_fault("lose_response", None, bot, n, forever, False, "lost")
        )

    def clear(self, bot: BotAccount | str | None = None) -> None:
        """End all faults, or those of one bot; servers that are down stay down until `start`."""
        account = self._account(bot)

        def remove_faults() -> None:
            self._faults[:] = [one for one in self._faults if account not in (None, one.account)]
            for fault in self._faults:
                if account:
                    fault._paused.pop(account.id, None)

        self._change_and_notify(remove_faults)

    @property
    def active(self) -> list[Fault]:
        """The faults that still wait for requests, oldest first."""
        return [fault for fault in list(self._faults) if fault.left != 0]

    @property
    def hits(self) -> list[FaultHit]:
        """All requests that faults have hit, or the last 1,000."""
        return list(self._hits)

    @blocking
    async def wait(self, n: int = 1, timeout: float = 5.0) -> list[FaultHit]:
        """Wait until all faults together have hit n requests; NoReply after `timeout` s."""
        await self._wait_for_hits(lambda: self._hit_count, n, timeout)
        return self.hits

    # For the sandbox itself

    @property
    def hit_count(self) -> int:
        """How many requests faults have hit."""
        return self._hit_count

    async def _wait_for_hits(self, count: Callable[[], int], n: int, timeout_s: float) -> None:
        """Wait until `count` reaches n; raise NoReply if it doesn't in time."""
        if not await self._runner.changes.until(lambda: count() >= n, timeout_s):
            waiting = "; ".join(map(str, self.active)) or "none"
            raise NoReply(
                f"{count()} of {n} requests were hit within {timeout_s:g} s.\n"
                f"Faults that still wait: {waiting}.\n"
                "What to do: check whether the bot runs, and whether it makes such calls"
            )

    def _end_fault(self, fault: Fault) -> None:
        """End one fault."""

        def remove_fault() -> None:
            fault.left = 0
            fault._paused.clear()

        self._change_and_notify(remove_fault)

    async def _answer_with_faults(
        self,
        account: BotAccount,
        method: str,
        sent: Callable[[], dict[str, str]],
        execute: Callable[[], Awaitable[Response]],
    ) -> Response:
        """Answer a call to the Bot API, by the method in lower case, with the faults that fit it.

        `sent` returns the arguments as the bot sent them, `execute` executes the call.
        Raises BrokenConnectionError if the connection has to break.
        """
        delay = self._take_fault(account, method, lambda fault: fault.name == "delay")
        fault = self._take_fault(
            account, method, lambda fault: fault.name not in ("delay", "lose_response")
        )
        if delay and not delay.executed:
            self._note_hit(delay, account, method)
            await asyncio.sleep(delay.seconds)
        if fault is None or fault.executed:
            response = await execute()
        if delay and delay.executed:
            self._note_executed(delay, account, method)
            await asyncio.sleep(delay.seconds)
        if fault is None:
            return response
        if fault.executed:
            self._note_executed(fault, account, method)
        else:
            hit = self._note_hit(fault, account, method)
            if method not in (FILE, "getupdates"):
                name = self._methods.get(method, method)
                status = fault._error.code if fault._error else 0
                called = ApiCall(
                    name, sent(), False, None, hit.text, hit.at, hit.text, status=status
                )
                account.record(called)
        if refused := fault._refusal(account, self._world.clock.now()):
            raise refused
        if fault._page:
            return fault._page
        raise BrokenConnectionError(response if fault.name == "truncate" else None)

    def _check_in_response(self, account: BotAccount, method: str) -> None:
        """Refuse a call in a webhook's response with the status of a fault, if one fits."""
        fault = self._take_fault(account, method, lambda fault: fault.name == "status")
        refused = fault._refusal(account, self._world.clock.now()) if fault else None
        if fault and refused:
            self._note_hit(fault, account, method)
            raise refused

    async def _wait_until_up(self) -> None:
        """Wait while the server is down."""
        while not self._world.up:
            await self._runner.changes.until(lambda: self._world.up, 3600.0)

    async def _post_with_faults(
        self, account: BotAccount, post: Callable[[], Awaitable[Response]]
    ) -> Response:
        """POST an update; raise PostError if the response gets lost."""
        response = await post()
        if not self._world.up:
            raise PostError("closed", LOST_BY_FAULT)
        fault = self._take_fault(account, "", lambda fault: fault.name == "lose_response")
        if fault:
            self._note_hit(fault, account, "")
            raise PostError("reset", LOST_BY_FAULT)
        return response

    @without_secrets_in_errors()
    def _new_fault(
        self,
        name: str,
        method: str | None,
        bot: BotAccount | str | None,
        n: int,
        forever: bool,
        executed: bool,
        effect: str,
    ) -> Fault:
        known = self._methods.get((method or "").lower(), "")
        if method and not known:
            raise ValueError(
                f"Telegram has no method {method!r}; expected one such as 'sendMessage', or 'file' "
                "for the download of a file"
            )
        if n < 1:
            raise ValueError(f"a fault hits at least one request; found n={n!r}")
        account = self._account(bot)
        if executed:
            effect = f"executed, but {effect}"
        return Fault(name, known, account, None if forever else n, executed, effect, self)

    def _account(self, bot: BotAccount | str | None) -> BotAccount | None:
        account = self._world.account(bot) if isinstance(bot, str) else bot
        if account:
            self._world.check_same_telegram(account)
        return account

    def _add_fault(self, fault: Fault) -> Fault:
        def add_fault() -> None:
            now = self._world.clock.now()
            running = [
                one
                for one in self._faults
                if one.left != 0 or max(one._paused.values(), default=0.0) > now
            ]
            self._faults[:] = [*running, fault]

        self._change_and_notify(add_fault)
        return fault

    def _take_fault(
        self, account: BotAccount, method: str, wanted: Callable[[Fault], bool]
    ) -> Fault | None:
        now = self._world.clock.now()
        for fault in self._faults:
            if wanted(fault) and fault._comes_too_early(account, method, now):
                return fault
            if wanted(fault) and fault._fits_call(account, method):
                if fault.left is not None:
                    fault.left -= 1
                if fault._error and fault._error.code == 429 and not fault.executed:
                    fault._paused[account.id] = now + fault._error.retry_after
                return fault
        return None

    def _note_hit(self, fault: Fault, account: BotAccount, method: str) -> FaultHit:
        name = self._methods.get(method, method)
        what = {"": "its webhook's response", FILE: "a file's download"}.get(name, f"its {name}")
        text = f"a fault of this sandbox: {what} was {fault.effect}"
        hit = FaultHit(account.username, name, text, self._world.clock.now())
        fault.hits.append(hit)
        account._fault_hits.append(hit)
        self._hits.append(hit)
        self._hit_count += 1
        self._runner.changes.changed()
        return hit

    def _note_executed(self, fault: Fault, account: BotAccount, method: str) -> None:
        """Note a fault after its call, which is the bot's newest: nothing has run since."""
        hit = self._note_hit(fault, account, method)
        if account.calls and account.calls[-1].method.lower() == method:
            account.calls[-1] = replace(account.calls[-1], fault=hit.text)


def status_phrase(status: int) -> str:
    """Return the words of HTTP for a status.

    >>> status_phrase(502), status_phrase(599)
    ('Bad Gateway', 'Unknown Status')
    """
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown Status"
