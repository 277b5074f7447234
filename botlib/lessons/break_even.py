"""Traffic and money: the chart in which a function's cost crosses a server's.

All numbers come from `botlib.lessons.costs`; nothing is measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from botlib.lessons import charts
from botlib.lessons.charts import BLUE, GREEN, INK, ORANGE, RED, Chart
from botlib.lessons.costs import Cost, Work, break_even, function_cost
from botlib.prices import SECONDS_A_MONTH, FunctionPrice

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
        label = f"{name}: as dear as the server at {in_words(crossing)}" if crossing else name
        axes.plot(traffic, [home.month(n) for n in traffic], color=colour, label=label)
        if crossing:
            axes.plot(crossing, server.total, "o", color=colour)
    axes.set_xlim(traffic[0], traffic[-1])
    axes.set_xticks(list(TICKS), list(TICKS.values()))
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
    ('35 million (13 a second)', '1.3 million (0.5 a second)')
    """
    millions, second = messages / 1e6, messages / SECONDS_A_MONTH
    return f"{digits(millions)} million ({digits(second)} a second)"


def digits(number: float) -> str:
    """Two digits are enough.

    >>> digits(34.58), digits(1.34), digits(0.49), digits(380)
    ('35', '1.3', '0.5', '380')
    """
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"
