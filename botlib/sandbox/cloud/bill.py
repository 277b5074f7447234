"""What a function costs: the clouds' rules and prices, dated, and a bill made from invocations.

A tariff is data: add one to TARIFFS to compare another cloud. Traffic and storage are not counted,
and the monthly free allowance is shown, not subtracted: it is one for the whole account.

A start from a snapshot is billed like any cold start: all its time, though AWS bills only the part
in the function's runtime and hooks; and for AWS each GB of memory restored.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from botlib.sandbox.cloud.history import Invocation


@dataclass(frozen=True)
class Tariff:
    """One cloud's rule and prices, in US dollars without tax."""

    name: str
    gb_second: float
    request: float
    rounding_ms: int  # time is rounded up to a multiple of this
    init_billed: bool  # whether a cold start is paid for
    free: str  # each month
    source: str
    date: str  # when the price was read
    certainty: str
    restored_gb: float = 0.0  # for each GB of memory when an instance starts from a snapshot
    kept_gb_second: float = 0.0  # for a snapshot as long as it is kept; not on a bill of calls


TARIFFS = {
    "aws": Tariff(
        name="AWS Lambda, x86, us-east-1",
        gb_second=0.0000166667,
        request=0.20 / 1_000_000,
        rounding_ms=1,
        init_billed=True,  # since 2025-08
        free="1 million requests and 400,000 GB-seconds",
        source="https://aws.amazon.com/lambda/pricing/",
        date="2026-11",
        certainty="high",
        restored_gb=0.0001397998,
        kept_gb_second=0.0000015046,
    ),
    "yandex": Tariff(
        name="Yandex Cloud Functions",
        gb_second=0.0531 / 3600,
        request=0.155 / 1_000_000,
        rounding_ms=100,
        init_billed=False,  # the price list names the execution time of calls only
        free="1 million requests and 10 GB-hours",
        source="https://yandex.cloud/en/docs/functions/pricing",
        date="2026-11",
        certainty="medium",
    ),
}


@dataclass(frozen=True)
class Row:
    """One invocation on a bill."""

    request_id: str
    cold: bool
    duration_ms: float
    billed_ms: int
    gb_seconds: float
    price: float  # time, request and snapshot restored, in US dollars
    snapshot: bool = False  # a cold start from a snapshot


@dataclass(frozen=True)
class Bill:
    """What the invocations cost by one tariff; str() is a table."""

    tariff: Tariff
    rows: tuple[Row, ...]
    forgotten: int = 0  # older invocations that are not on it

    @property
    def requests(self) -> int:
        """How many invocations there are."""
        return len(self.rows)

    @property
    def gb_seconds(self) -> float:
        """Memory times billed time."""
        return math.fsum(row.gb_seconds for row in self.rows)

    @property
    def price(self) -> float:
        """The sum in US dollars, before any free allowance."""
        return math.fsum(row.price for row in self.rows)

    def __str__(self) -> str:
        lines = [self.tariff.name, "   # start  duration ms  billed ms   GB-seconds            USD"]
        for number, row in enumerate(self.rows, 1):
            start = "snap" if row.snapshot else "cold" if row.cold else "warm"
            lines.append(
                f"{number:4} {start}  {row.duration_ms:12.2f} {row.billed_ms:10} "
                f"{row.gb_seconds:12.6f} {row.price:14.10f}"
            )
        billed = sum(row.billed_ms for row in self.rows)
        lines.append(f" sum {'':17} {billed:11} {self.gb_seconds:12.6f} {self.price:14.10f}")
        if self.forgotten:
            lines.append(f"({self.forgotten} older invocations are not kept and not on this bill)")
        if self.tariff.kept_gb_second and any(row.snapshot for row in self.rows):
            kept = f"{self.tariff.kept_gb_second:.10f} USD a GB-second"
            lines.append(f"(snap: from a snapshot; to keep one costs {kept} more)")
        lines.append(f"free each month: {self.tariff.free}")
        lines.append(f"prices: {self.tariff.source}, {self.tariff.date}")
        return "\n".join(lines)


def billed_ms(duration_ms: float, init_ms: float, tariff: Tariff = TARIFFS["aws"]) -> int:
    """The milliseconds to pay for.

    >>> billed_ms(1.2, 30.1), billed_ms(100.0, 30.1, TARIFFS["yandex"])
    (32, 100)
    """
    used = duration_ms + (init_ms if tariff.init_billed else 0)
    return math.ceil(used / tariff.rounding_ms) * tariff.rounding_ms


def make_bill(invocations: Iterable[Invocation], tariff: str, forgotten: int = 0) -> Bill:
    """The bill for some invocations; ValueError for a tariff that is not in TARIFFS."""
    if tariff not in TARIFFS:
        raise ValueError(f"tariff must be one of {', '.join(TARIFFS)}; found {tariff!r}")
    chosen = TARIFFS[tariff]
    return Bill(chosen, tuple(_row(each, chosen) for each in invocations), forgotten)


def _row(invocation: Invocation, tariff: Tariff) -> Row:
    billed = billed_ms(invocation.duration_ms, invocation.init_ms, tariff)
    gb_seconds = invocation.memory_mb / 1024 * billed / 1000
    restored_gb = invocation.memory_mb / 1024 if invocation.snapshot else 0
    return Row(
        request_id=invocation.request_id,
        cold=invocation.cold,
        duration_ms=invocation.duration_ms,
        billed_ms=billed,
        gb_seconds=gb_seconds,
        price=gb_seconds * tariff.gb_second + tariff.request + restored_gb * tariff.restored_gb,
        snapshot=invocation.snapshot,
    )
