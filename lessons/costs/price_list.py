"""The price table as a notebook shows it: each price with its source and date.

Nothing is calculated here: the numbers are those of `bot_sandbox.cloud.prices`.
"""

from bot_sandbox.cloud.prices import (
    HOURS_A_MONTH,
    FunctionPrice,
    Price,
    ServerPrice,
    functions,
    servers,
)
from lessons.display.tables import Table

HEADINGS = ("home", "price", "free each month", "time rounded up to", "read", "certainty")


def price_table() -> Table:
    """Return all prices, with links to the sources."""
    rows = [function_row(price) for price in functions().values()]
    rows += [server_row(price) for price in servers().values()]
    return Table(HEADINGS, rows)


def function_row(price: FunctionPrice) -> list[str]:
    """Return the row of one cloud's function."""
    money = [f"{price.gb_second:.10f} {price.currency} a GB-second"]
    if price.vcpu_second:
        money.append(f"{price.vcpu_second:.6f} a vCPU-second")
    money.append(f"{price.request * 1e6:.2f} a million requests")
    cells = [", ".join(money), price.free, f"{price.rounding_ms} ms"]
    return [link_to_source(price), *cells, price.date, price.certainty]


def server_row(price: ServerPrice) -> list[str]:
    """Return the row of one server, or of a part of it."""
    money = f"{price.hour:.4f} {price.currency} an hour, {price.hour * HOURS_A_MONTH:.2f} a month"
    return [link_to_source(price), money, "nothing", "", price.date, price.certainty]


def link_to_source(price: Price) -> str:
    """Return the name as a link to the source, in Markdown."""
    return f"[{price.name}]({price.source})"
