"""What a month costs: a function, a server, and where both cost the same.

Arithmetic on `bot_sandbox.cloud.prices`, nothing measured and nothing guessed: durations and memory
come from the caller. The free allowance is one for a whole account; here the bot has it to itself.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from types import UnionType

from bot_sandbox.cloud.prices import (
    HOURS_A_MONTH,
    SECONDS_A_MONTH,
    FunctionPrice,
    ServerPrice,
    functions,  # noqa: F401 - the examples use these two
    servers,  # noqa: F401
)

MOST_REQUESTS = 10**12  # a month: 380,000 a second, more than any chat


@dataclass(frozen=True)
class Cost:
    """A month's cost and what it is made of; str() is one line."""

    requests: float
    time: float
    currency: str
    cpu: float = 0.0

    @property
    def total(self) -> float:
        """Return the sum."""
        return self.requests + self.time + self.cpu

    def __str__(self) -> str:
        return f"{self.total:.2f} {self.currency} a month"


@dataclass(frozen=True)
class Work:
    """One kind of invocation: how long, how much memory, how often a cold start comes first."""

    duration_ms: float
    memory_mb: int = 128
    cold_share: float = 0.0  # 0.01: one in a hundred
    init_ms: float = 0.0  # what a cold start takes before the handler is called
    vcpu: float = 0.0  # needed where the processor is paid apart (Google)

    def __post_init__(self) -> None:
        if min(self.duration_ms, self.init_ms, self.vcpu) < 0 or self.memory_mb <= 0:
            raise ValueError(f"time, memory and processors cannot be negative: {self}")
        if not 0 <= self.cold_share <= 1:
            raise ValueError(f"cold_share is {self.cold_share}; expected 0 (never) to 1 (always)")


def function_cost(price: FunctionPrice, requests: int, work: Work, free_tier: bool = True) -> Cost:
    """Calculate a function's month; ValueError if `work` lacks what the price needs.

    AWS's own example: 3 million requests of one second with 512 MB.

    >>> str(function_cost(functions()["aws"], 3_000_000, Work(1000, 512)))
    '18.73 USD a month'
    >>> str(function_cost(functions()["yandex"], 300_000, Work(90)))
    '0.00 USD a month'
    """
    check_type(price, FunctionPrice, "a cloud's price first, as functions()['aws'] gives it")
    check_type(work, Work, "what the function does: Work(milliseconds, memory_mb=…)")
    if price.vcpu_second and not work.vcpu:
        raise ValueError(f"{price.name} is paid by vCPU too. Say how many: Work(…, vcpu=0.167).")
    seconds = requests * billed_ms(price, work) / 1000
    free = (price.free_requests, price.free_gb_seconds, price.free_vcpu_seconds)
    used = (requests, seconds * work.memory_mb / 1024, seconds * work.vcpu)
    rates = (price.request, price.gb_second, price.vcpu_second)
    beyond = [
        max(0.0, amount - (gift if free_tier else 0))
        for amount, gift in zip(used, free, strict=True)
    ]
    paid = [amount * rate for amount, rate in zip(beyond, rates, strict=True)]
    return Cost(requests=paid[0], time=paid[1], cpu=paid[2], currency=price.currency)


def check_type(found: object, wanted: type | UnionType, words: str) -> None:
    """Raise TypeError that says what belongs there, if an argument has the wrong type."""
    if not isinstance(found, wanted):
        raise TypeError(f"expected {words}; found {found!r}")


def billed_ms(price: FunctionPrice, work: Work) -> float:
    """Return the milliseconds billed, on average over warm and cold invocations.

    >>> billed_ms(functions()["aws"], Work(1.2, cold_share=0.5, init_ms=100))
    52.0
    """
    warm, cold = price.billed_ms(work.duration_ms), price.billed_ms(work.duration_ms, work.init_ms)
    return warm * (1 - work.cold_share) + cold * work.cold_share


def server_cost(prices: Iterable[ServerPrice], rates: dict[str, float] | None = None) -> Cost:
    """Add up a month of servers, busy or not, in the currency of the first.

    `rates` says what one unit of another currency is worth, such as {"EUR": 1.1}: no rate is
    assumed. ValueError if it is needed.

    >>> str(server_cost([servers()["aws-t4g-nano"], servers()["aws-ipv4"]]))
    '6.72 USD a month'
    """
    prices = list(prices)
    currency = prices[0].currency if prices else "USD"
    known = {currency: 1.0} | (rates or {})
    for price in prices:
        if price.currency not in known:
            raise ValueError(
                f"{price.name} is paid in {price.currency}, the rest in {currency}. Look up the "
                f'rate and give it: rates={{"{price.currency}": …}}.'
            )
    hour = sum(price.hour * known[price.currency] for price in prices)
    return Cost(requests=0.0, time=hour * HOURS_A_MONTH, currency=currency)


def break_even(
    price: FunctionPrice, work: Work, month: float, free_tier: bool = True
) -> int | None:
    """Return how many requests a month a function answers for the cost of a server.

    `month` is the server's cost in the function's currency. Below this traffic the function is
    cheaper, above it the server is, if one server can do the work. None: never so much.

    >>> server = server_cost([servers()["aws-t4g-nano"], servers()["aws-ipv4"]])
    >>> break_even(functions()["aws"], Work(5), server.total)
    34580000
    """
    check_type(month, int | float, "the server's cost as a number: server.total")
    if function_cost(price, MOST_REQUESTS, work, free_tier).total <= month:
        return None
    least, most = 0, MOST_REQUESTS  # the cost only rises with traffic: halve the gap
    while most - least > 1:
        middle = (least + most) // 2
        if function_cost(price, middle, work, free_tier).total <= month:
            least = middle
        else:
            most = middle
    return least


def held_in_a_function(
    price: FunctionPrice, timeout_s: float, work: Work, free_tier: bool = True
) -> Cost:
    """Calculate a month of holding a connection in a function, invoked again when it is killed.

    Each invocation lasts until its time limit and, as the killed instance is gone, starts cold.
    `work.duration_ms` does not matter here.

    >>> str(held_in_a_function(functions()["aws"], 900, Work(0, memory_mb=128)))
    '0.00 USD a month'
    >>> str(held_in_a_function(functions()["aws"], 900, Work(0, memory_mb=256)))
    '4.28 USD a month'
    """
    invocations = times_a_month(timeout_s)
    held = Work(timeout_s * 1000, work.memory_mb, 1.0, work.init_ms, work.vcpu)
    return function_cost(price, invocations, held, free_tier)


def times_a_month(every_s: float) -> int:
    """Count how often something happens a month, every so many seconds; ValueError below 1 ms.

    >>> times_a_month(300)
    8760
    """
    if not every_s >= 0.001:
        raise ValueError(f"expected a number of seconds above 0; found {every_s}")
    return math.ceil(SECONDS_A_MONTH / every_s)
