"""Calculate what invocations cost by a cloud's rules, with the prices in prices.toml.

Traffic and storage are not counted. The monthly free allowance is shown, not subtracted, because
the whole account shares it.

A start from a snapshot is billed like any cold start: all its time (AWS bills only the part in the
function's runtime and hooks), and for AWS each GB of memory restored.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bot_sandbox.cloud.history import History, Invocation
from bot_sandbox.cloud.prices import FunctionPrice, functions

# Clouds with one price for time and memory. Others charge the processor separately.
TARIFFS = {name: price for name, price in functions().items() if not price.vcpu_second}


@dataclass(frozen=True)
class BillLine:
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
    """The cost of invocations by one tariff; str() is a table."""

    tariff: FunctionPrice
    rows: tuple[BillLine, ...]
    forgotten: int = 0  # older invocations, which are not on it

    @property
    def requests(self) -> int:
        """Number of invocations."""
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


@dataclass(frozen=True)
class Meter:
    """The running totals of AWS's bill for all calls, for a live view."""

    requests: int
    gb_seconds: float
    price: float  # in US dollars
    per_second: float  # added for each instance that starts or works

    def __str__(self) -> str:
        return f"{self.requests} calls, {self.gb_seconds:.6f} GB-seconds, {self.price:.10f} USD"


def make_meter(history: History, memory_mb: int) -> Meter:
    """Return the cost of all finished calls by AWS's rule, even those a bill has dropped."""
    tariff, gb = TARIFFS["aws"], memory_mb / 1024
    requests = len(history.invocations) + history.forgotten
    gb_seconds = gb * history.billed_ms / 1000
    price = gb_seconds * tariff.gb_second + requests * tariff.request
    price += history.restored * gb * tariff.restored_gb
    return Meter(requests, gb_seconds, price, gb * tariff.gb_second)


def make_bill(invocations: Iterable[Invocation], tariff: str, forgotten: int = 0) -> Bill:
    """Return the bill for invocations; raise ValueError for a tariff not in TARIFFS."""
    if tariff not in TARIFFS:
        raise ValueError(f"tariff must be one of {', '.join(TARIFFS)}; found {tariff!r}")
    chosen = TARIFFS[tariff]
    return Bill(chosen, tuple(_row(each, chosen) for each in invocations), forgotten)


def _row(invocation: Invocation, tariff: FunctionPrice) -> BillLine:
    billed = tariff.billed_ms(invocation.duration_ms, invocation.init_ms)
    gb_seconds = invocation.memory_mb / 1024 * billed / 1000
    restored_gb = invocation.memory_mb / 1024 if invocation.snapshot else 0
    return BillLine(
        request_id=invocation.request_id,
        cold=invocation.cold,
        duration_ms=invocation.duration_ms,
        billed_ms=billed,
        gb_seconds=gb_seconds,
        price=gb_seconds * tariff.gb_second + tariff.request + restored_gb * tariff.restored_gb,
        snapshot=invocation.snapshot,
    )
