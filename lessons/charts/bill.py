"""The bill of a function as a chart: for each call, what each cloud's rule makes of it.

A bar is the time billed, in the parts it is made of: starting, working, rounding up. The rules
and prices are the cloud's (`bot_sandbox.cloud.bill`); nothing is calculated here.
"""

from typing import TYPE_CHECKING

from matplotlib.axes import Axes

from lessons.charts.base import (
    BLUE,
    ORANGE,
    PALE,
    Chart,
    draw_bar,
    label_bar,
    legend_below,
    plain_axes,
)

if TYPE_CHECKING:
    from bot_sandbox.cloud.bill import BillLine
    from bot_sandbox.cloud.function import Function
    from bot_sandbox.cloud.prices import FunctionPrice

NAMES = {"aws": "AWS", "yandex": "Yandex"}
MILLION = 1_000_000
BILL_INCHES = 5.4  # then its letters stay readable beside an open file browser
ROW, GAP = 0.8, 0.6  # a bar's height, and the space between two calls


def receipt(function: "Function") -> Chart:
    """Draw each call twice, billed by AWS's rule and by Yandex Cloud's."""
    bills = {tariff: function.bill(tariff) for tariff in NAMES}
    calls = len(function.invocations)
    chart = Chart(
        f"the bill of {function.name}, call by call, at {' and '.join(bills)}", 1.4, BILL_INCHES
    )
    title = f"The bill of {function.name}, in $ a million calls"
    axes = plain_axes(chart, title, "milliseconds billed")
    if not calls:
        axes.set(xticks=[], yticks=[], xlabel="nothing has been called yet")
        return chart
    chart.set_figheight(1.5 + 0.5 * calls)
    lines: dict[float, str] = {}
    for number in range(calls):
        for place, (name, bill) in enumerate(bills.items()):
            row = bill.rows[number]
            y = number * (2 + GAP) + place
            draw_line(axes, y, row, bill.tariff)
            start = "cold" if row.cold else "warm"
            lines[y] = NAMES[name] if place else f"call {number + 1}, {start}   {NAMES[name]}"
    axes.set_yticks(list(lines), list(lines.values()))
    axes.set_ylim(max(lines) + 0.6, -0.6)
    axes.margins(x=0.2)
    legend_below(axes)
    return chart


def draw_line(axes: Axes, y: float, row: "BillLine", tariff: "FunctionPrice") -> None:
    """Draw one bar: its parts one after the other, then its text."""
    left = 0.0
    for label, color, hatch, width in billed_parts(row, tariff):
        look = {"color": color, "hatch": hatch, "height": ROW, "linewidth": 0}
        draw_bar(axes, y, left, left + width, label, **look)
        left += width
    label_bar(axes, left, y, f"{row.billed_ms} ms, ${row.price * MILLION:.2f}")


def billed_parts(row: "BillLine", tariff: "FunctionPrice") -> list[tuple[str, str, str, float]]:
    """List label, color, hatching and milliseconds of each part of the billed time."""
    beyond = row.billed_ms - row.duration_ms
    starting = row.cold and tariff.init_billed  # AWS rounds by less than 1 ms: too little to see
    rest = ("starting", PALE, "////") if starting else ("rounding up", ORANGE, "")
    return [("working", BLUE, "", row.duration_ms), (*rest, beyond)]
