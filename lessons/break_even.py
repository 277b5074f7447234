"""Traffic and money: the chart in which a function's cost crosses a server's.

All numbers come from `lessons.costs`; nothing is measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lessons import charts
from lessons.charts import BLUE, GREEN, INK, ORANGE, RED, Chart
from lessons.costs import Cost, Work, break_even, function_cost
from sandbox.cloud.prices import SECONDS_A_MONTH, FunctionPrice

FEWEST, MOST = 5, 8  # powers of ten: messages a month at both ends of the chart
POINTS = 40  # for each power of ten
TICKS = {10**5: "100,000", 10**6: "1 million", 10**7: "10 million", 10**8: "100 million"}
TOP = 3.0  # times the server's cost: the height of the chart


@dataclass(frozen=True)
class Home:
    """A function at one cloud that does one kind of work for each message."""

    price: FunctionPrice
    work: Work

    def month(self, messages: int) -> float:
        """What a month costs, free allowance included."""
        return function_cost(self.price, messages, self.work).total


def break_even_chart(homes: Mapping[str, Home], server: Cost) -> Chart:
    """Draw what a month costs for ever more messages, and mark where the server is as cheap."""
    chart = Chart(f"what a month costs by traffic: {'; '.join(homes)}; a server", 4.4)
    axes = charts.calm_axes(chart, "What a month costs", "messages a month")
    axes.set_xscale("log")
    axes.grid(axis="y", color="#E6E6E6")
    traffic = messages_shown()
    axes.axhline(server.total, color=INK, linestyle="--", label=f"the server: {server}")
    for (name, home), colour in zip(homes.items(), (BLUE, ORANGE, GREEN, RED), strict=False):
        crossing = break_even(home.price, home.work, server.total)
        label = f"{name}: costs as much as the server at {in_words(crossing)}" if crossing else name
        axes.plot(traffic, [home.month(n) for n in traffic], color=colour, label=label)
        if crossing:
            axes.plot(crossing, server.total, "o", color=colour)
    axes.set_xlim(traffic[0], traffic[-1])
    axes.set_xticks(list(TICKS), list(TICKS.values()))
    axes.tick_params(axis="x", pad=8)
    axes.set_ylim(0, TOP * server.total)
    axes.set_ylabel(server.currency, fontsize=9, color=INK)
    charts.legend_below(axes, columns=1)
    return chart


def messages_shown() -> list[int]:
    """Messages a month from the left end of the chart to the right, evenly on a log scale."""
    return [round(10 ** (FEWEST + n / POINTS)) for n in range((MOST - FEWEST) * POINTS + 1)]


def in_words(messages: int) -> str:
    """So many messages a month, as a person would say it.

    >>> in_words(34_580_000), in_words(1_300_000)
    ('35 million (13 a second)', '1.3 million (one every 2.0 seconds)')
    """
    return f"{digits(messages / 1e6)} million ({pace(messages)})"


def pace(messages: int) -> str:
    """How fast so many messages a month come.

    >>> pace(10_000_000), pace(100_000), pace(1_000)
    ('3.8 a second', 'one every 26 seconds', 'one every 44 minutes')
    """
    gap_s = SECONDS_A_MONTH / messages
    if gap_s < 1:
        return f"{digits(1 / gap_s)} a second"
    return (
        f"one every {digits(gap_s)} seconds"
        if gap_s < 100
        else f"one every {gap_s / 60:.0f} minutes"
    )


def digits(number: float) -> str:
    """Two digits are enough.

    >>> digits(34.58), digits(1.34), digits(380)
    ('35', '1.3', '380')
    """
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"
