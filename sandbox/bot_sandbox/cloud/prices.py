"""Read prices.toml: what functions and servers cost, and the source of each price.

bill.py calculates what single invocations cost.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HOURS_A_MONTH = 730  # 365 days / 12, as AWS counts
SECONDS_A_MONTH = HOURS_A_MONTH * 3600
SECONDS_IN = {"GB-second": 1, "GB-hour": 3600, "vCPU-second": 1}
HOURS_IN = {"hour": 1, "month": HOURS_A_MONTH}
TABLE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True)
class Price:
    """What all prices have: the provider, the currency, and where and when it was read."""

    name: str
    currency: str
    source: str
    date: str  # "2026-11": when it was read
    certainty: str
    note: str


@dataclass(frozen=True)
class FunctionPrice(Price):
    """The price of a function; a GB is 1024 MB, as in all the clouds' examples."""

    gb_second: float
    request: float
    free_gb_seconds: float  # a month, for all functions of an account together
    free_requests: int
    rounding_ms: int  # time is rounded up to a multiple of this
    init_billed: bool | None  # whether loading in a cold start is billed; None: not published
    vcpu_second: float = 0.0  # if the processor has its own price
    free_vcpu_seconds: float = 0.0
    restored_gb: float = 0.0  # for each GB of memory when an instance starts from a snapshot
    kept_gb_second: float = 0.0  # for keeping a snapshot

    @property
    def free(self) -> str:
        """The free allowance of a month, in words."""
        words = f"{self.free_requests:,} requests and {self.free_gb_seconds:,.0f} GB-seconds"
        return words + (
            f" and {self.free_vcpu_seconds:,.0f} vCPU-seconds" if self.vcpu_second else ""
        )

    def billed_ms(self, duration_ms: float, init_ms: float = 0.0) -> int:
        """Return the billed milliseconds.

        >>> aws, yandex = functions()["aws"], functions()["yandex"]
        >>> aws.billed_ms(1.2, init_ms=30.1), yandex.billed_ms(100.0, init_ms=30.1)
        (32, 100)
        """
        used = duration_ms + (init_ms if self.init_billed else 0.0)
        return math.ceil(round(used / self.rounding_ms, 9)) * self.rounding_ms


@dataclass(frozen=True)
class ServerPrice(Price):
    """The price of something by the hour, busy or idle."""

    hour: float


@cache
def functions() -> dict[str, FunctionPrice]:
    """Return the prices of functions, by a short name.

    >>> list(functions())
    ['aws', 'yandex', 'google']
    """
    return {name: function_price(row) for name, row in read_part("functions").items()}


@cache
def servers() -> dict[str, ServerPrice]:
    """Return the prices of servers and their parts, by a short name.

    >>> f"{servers()['aws-ipv4'].hour * HOURS_A_MONTH:.2f}"
    '3.65'
    """
    return {name: server_price(row) for name, row in read_part("servers").items()}


def function_price(row: dict[str, Any]) -> FunctionPrice:
    """Read one row of [functions]."""
    time, requests = row["time"], row["requests"]
    cpu = row.get("cpu", {"price": 0.0, "unit": "vCPU-second", "free": 0})
    snapshot = row.get("snapshot", {})
    return FunctionPrice(
        **required_fields(row),
        gb_second=time["price"] / SECONDS_IN[time["unit"]],
        request=requests["price"] / 1_000_000,
        free_gb_seconds=time["free"] * SECONDS_IN[time["unit"]],
        free_requests=requests["free"],
        rounding_ms=row["rounding_ms"],
        init_billed=row.get("init_billed"),
        vcpu_second=cpu["price"] / SECONDS_IN[cpu["unit"]],
        free_vcpu_seconds=cpu["free"] * SECONDS_IN[cpu["unit"]],
        restored_gb=snapshot.get("restored_gb", 0.0),
        kept_gb_second=snapshot.get("kept_gb_second", 0.0),
    )


def server_price(row: dict[str, Any]) -> ServerPrice:
    """Read one row of [servers]."""
    return ServerPrice(
        **required_fields(row), hour=row["rent"]["price"] / HOURS_IN[row["rent"]["unit"]]
    )


def required_fields(row: dict[str, Any]) -> dict[str, str]:
    """Return the fields that every price needs; raise ValueError if one is missing."""
    missing = [
        name for name in ("name", "currency", "source", "date", "certainty") if not row.get(name)
    ]
    if missing:
        raise ValueError(
            f"a price in {TABLE.name} has no {' and no '.join(missing)}: {row.get('name', row)}. "
            "Nobody can check such a price. Add where and when you read it."
        )
    names = ("name", "currency", "source", "date", "certainty")
    return {name: str(row[name]) for name in names} | {"note": str(row.get("note", ""))}


def read_part(part: str) -> dict[str, Any]:
    """Return one part of the table."""
    with TABLE.open("rb") as file:
        rows: dict[str, Any] = tomllib.load(file)[part]
    return rows
