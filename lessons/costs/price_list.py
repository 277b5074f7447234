"""The price table as a notebook shows it: each price with its source and date.

Nothing is calculated here: the numbers are `bot_sandbox.cloud.prices`, `price_table` is their text.
"""

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from bot_sandbox.cloud.prices import (
    HOURS_A_MONTH,
    FunctionPrice,
    Price,
    ServerPrice,
    functions,
    servers,
)
from lessons.costs.month import price_table

NO_BREAK = "&#8209;"  # a hyphen at which no line ends
HEADINGS = ("home", "price", "free each month", "time rounded up to", "read", "certainty")


class PriceList:
    """All prices; a notebook shows them as a table with links to the sources."""

    def __repr__(self) -> str:
        return price_table()

    def _repr_html_(self) -> str:
        rows = [function_row(price) for price in functions().values()]
        rows += [server_row(price) for price in servers().values()]
        lines = [html_row("th", HEADINGS), *(html_row("td", row) for row in rows)]
        return "\n".join(["<table>", *lines, "</table>"])


def html_row(tag: str, cells: Sequence[str]) -> str:
    """Return one row, aligned left: notebooks would align it to the right."""
    opened = f'<{tag} style="text-align: left">'
    return f"<tr>{''.join(f'{opened}{cell}</{tag}>' for cell in cells)}</tr>"


def function_row(price: FunctionPrice) -> list[str]:
    """Return the row of one cloud's function."""
    money = f"{price.gb_second:.10f} {price.currency} a GB-second"
    if price.vcpu_second:
        money += f"<br>{price.vcpu_second:.6f} a vCPU-second"
    money += f"<br>{price.request * 1e6:.2f} a million requests"
    return [
        link_to_source(price),
        money,
        escape(price.free),
        f"{price.rounding_ms} ms",
        *date_cells(price),
    ]


def server_row(price: ServerPrice) -> list[str]:
    """Return the row of one server, or of a part of it."""
    money = f"{price.hour:.4f} {price.currency} an hour<br>{price.hour * HOURS_A_MONTH:.2f} a month"
    return [link_to_source(price), money, "nothing", "", *date_cells(price)]


def link_to_source(price: Price) -> str:
    """Return the name with a link to the source."""
    site = escape(urlsplit(price.source).hostname or price.source)
    return f'{escape(price.name)}<br><a href="{escape(price.source)}">{site}</a>'


def date_cells(price: Price) -> list[str]:
    """Return when the price was read, and how certain it is."""
    return [escape(price.date).replace("-", NO_BREAK), escape(price.certainty)]
