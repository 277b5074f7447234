"""Traffic and money: the chart in which a function's cost crosses a server's.

All numbers come from `lessons.costs.month`; nothing is measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot_sandbox.cloud.prices import SECONDS_A_MONTH, FunctionPrice
from lessons.charts.base import BLUE, GREEN, GRID, INK, ORANGE, RED, Chart, legend_below, plain_axes
from lessons.costs.month import Cost, Work, break_even, function_cost

MILLION = 1_000_000
SHORTEST_AXIS = 10 * MILLION  # messages a month at the right end of the chart, at least
AXIS_FACTOR = 1.4  # times the last crossing: the chart's right end
HEIGHT_FACTOR = 2.0  # times the server's cost: the chart's height
POINTS = 400


@dataclass(frozen=True)
class Plan:
    """A cloud's price for functions, and the work that each message makes."""

    price: FunctionPrice
    work: Work

    def month(self, messages: int) -> float:
        """Calculate a month's cost, with the free allowance taken off."""
        return function_cost(self.price, messages, self.work).total


def break_even_chart(plans: Mapping[str, Plan], server: Cost) -> Chart:
    """Draw a month's cost by messages, and mark where the server is as cheap.

    Both axes are linear: an allowance is a flat piece, and what costs the same for each message
    is a straight line.
    """
    chart = Chart(f"what a month costs by traffic: {'; '.join(plans)}; a server", 4.4)
    axes = plain_axes(chart, "What a month costs", "million messages a month")
    axes.grid(axis="y", color=GRID)
    crossings = {
        name: break_even(plan.price, plan.work, server.total) for name, plan in plans.items()
    }
    end = max(SHORTEST_AXIS, *(round(AXIS_FACTOR * (at or 0)) for at in crossings.values()))
    traffic = [end * n // POINTS for n in range(POINTS + 1)]
    axes.axhline(server.total, color=INK, linestyle="--", label=f"the server: {server}")
    for (name, plan), color in zip(plans.items(), (BLUE, ORANGE, GREEN, RED), strict=False):
        at = crossings[name]
        label = f"{name}: costs as much as the server at {in_words(at)}" if at else name
        millions = [n / MILLION for n in traffic]
        axes.plot(millions, [plan.month(n) for n in traffic], color=color, label=label)
        if at:
            axes.plot(at / MILLION, server.total, "o", color=color)
    axes.set_xlim(0, end / MILLION)
    axes.set_ylim(0, HEIGHT_FACTOR * server.total)
    axes.set_ylabel(f"{server.currency} a month", fontsize=9, color=INK)
    legend_below(axes, columns=1)
    return chart


def in_words(messages: int) -> str:
    """Write a number of messages a month as a person would say it.

    >>> in_words(34_580_000), in_words(1_300_000)
    ('35 million (13 a second)', '1.3 million (one every 2.0 seconds)')
    """
    return f"{two_digits(messages / 1e6)} million ({describe_pace(messages)})"


def describe_pace(messages: int) -> str:
    """Say how fast so many messages a month come.

    >>> describe_pace(10_000_000), describe_pace(100_000), describe_pace(1_000)
    ('3.8 a second', 'one every 26 seconds', 'one every 44 minutes')
    """
    gap_s = SECONDS_A_MONTH / messages
    if gap_s < 1:
        return f"{two_digits(1 / gap_s)} a second"
    return (
        f"one every {two_digits(gap_s)} seconds"
        if gap_s < 100
        else f"one every {gap_s / 60:.0f} minutes"
    )


def two_digits(number: float) -> str:
    """Round a number to two digits.

    >>> two_digits(34.58), two_digits(1.34), two_digits(380)
    ('35', '1.3', '380')
    """
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"
