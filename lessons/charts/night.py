"""The one experiment as a chart: four chats, one time axis, and when each answer came."""

from typing import TYPE_CHECKING

from lessons.charts.base import BLUE, INK, NARROW_INCHES, PALE, RED, Chart, plain_axes

if TYPE_CHECKING:
    from lessons.square.four_homes import Night

ASLEEP_HEIGHT = 0.72  # of the bar that shows who is asleep
ANSWERS_APART_S = 0.35  # between two answers that came at the same moment, so that both are seen
SIGN_OFFSET = 0.17  # how far an answer's sign is above its message


def night_chart(night: "Night") -> Chart:
    """Draw each message as a dot, its answer as ✓ at its time, and ✗ where none ever came."""
    says = "four chats over time: each message, and its answer, late answer or none"
    chart = Chart(says, 3.4, NARROW_INCHES)
    axes = plain_axes(chart, "Everybody sleeps, Viktor writes", "seconds")
    names = list(night.chats)
    for row, name in enumerate(names):
        last = -ANSWERS_APART_S
        for said in night.chats[name]:
            axes.plot(said.at, row, "o", markersize=5, color=INK)
            x, sign, color = said.at, "✗", RED
            if said.answered is not None:
                x, sign, color = max(said.answered, last + ANSWERS_APART_S), "✓", BLUE
                last = x
                axes.plot([said.at, x], [row, row], "-", linewidth=1, color=INK)
            axes.text(
                x, row - SIGN_OFFSET, sign, color=color, fontsize=15, ha="center", va="center"
            )
        if not night.is_called(name):
            axes.barh(row, night.woke_at, height=ASLEEP_HEIGHT, color=PALE, alpha=0.5, zorder=0)
            axes.text(
                night.woke_at, row + 0.27, "laptop closed ", fontsize=8, color=INK, ha="right"
            )
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(left=-0.3)
    return chart
