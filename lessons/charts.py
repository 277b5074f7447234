"""Charts of what a notebook has measured, all in one style.

Each function returns a `Chart`, which a notebook shows once when it is a cell's last value.
The background is white in light and dark themes. Nothing here measures anything, and pyplot
is not used: its hidden list of figures would show a chart twice.
"""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.program import Measurement

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function

# Okabe and Ito's colours, told apart by colour-blind readers too
BLUE, ORANGE, RED, GREEN = "#0072B2", "#E69F00", "#D55E00", "#009E73"
PALE, INK, WHITE = "#C9D3DC", "#333333", "#FFFFFF"
WIDTH_INCHES, DPI = 7.0, 100
NARROWEST = 0.006  # of the longest bar: what is hardly anything must still be seen


class Chart(Figure):
    """A figure that a notebook shows as a PNG; its text form is what the picture says."""

    def __init__(self, says: str, height_inches: float) -> None:
        super().__init__((WIDTH_INCHES, height_inches), DPI, facecolor=WHITE)
        self.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12)
        self.says = says

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", dpi=DPI, pil_kwargs={"optimize": True})
        return buffer.getvalue(), {"alt": self.says}

    def __repr__(self) -> str:
        return f"<chart: {self.says}>"


def bars(title: str, values: Mapping[str, float], unit: str, digits: int = 2) -> Chart:
    """One labelled bar a value; `unit` stands after each number, `digits` after its point."""
    chart = Chart(f"{title}: {', '.join(values)}", 1.1 + 0.5 * len(values))
    axes = calm_axes(chart, title, unit)
    names = list(values)[::-1]
    axes.barh(names, [values[name] for name in names], height=0.55, color=BLUE)
    for row, name in enumerate(names):
        label_bar(axes, values[name], row, f"{values[name]:,.{digits}f} {unit}")
    axes.margins(x=0.25)
    axes.locator_params(axis="x", integer=not digits)  # there is no half message
    return chart


def meters(server: Measurement, function: "Function", kind: str = "server") -> Chart:
    """Two meters: the life of a server, and the work in it; the seconds a function is billed.

    `kind` is what the one that stays alive is called in the chart.
    """
    billed_s = sum(call.billed_ms for call in function.invocations) / 1000
    chart = Chart(f"two meters, a {kind}'s seconds alive and a function's seconds billed", 2.2)
    axes = calm_axes(chart, "What each meter counts", "seconds")
    # processor time comes in steps of 0.01 s on Linux
    busy = f"{server.busy_s:.2f} s" if server.busy_s >= 0.01 else "less than 0.01 s"
    rows = [
        (f"{kind}: alive, and paid for", server.alive_s, PALE, f"{server.alive_s:.2f} s"),
        (f"{kind}: busy", server.busy_s, BLUE, busy),
        ("function: billed", billed_s, ORANGE, f"{billed_s:.3f} s"),
    ]
    narrowest = NARROWEST * max(seconds for _, seconds, _, _ in rows)
    for row, (_, seconds, colour, text) in enumerate(rows):
        shown = max(seconds, narrowest)
        axes.barh(row, shown, height=0.55, color=colour)
        label_bar(axes, shown, row, text)
    axes.set_yticks(range(len(rows)), [name for name, _, _, _ in rows])
    axes.invert_yaxis()
    axes.margins(x=0.2)
    return chart


def label_bar(axes: Axes, x: float, row: float, text: str) -> None:
    """Write text just right of a bar's end."""
    place: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points"}
    axes.annotate(text, (x, row), va="center", fontsize=9, color=INK, **place)


def legend_below(axes: Axes, columns: int = 4) -> None:
    """Explain the colours under the chart, in one line unless there are more than `columns`."""
    axes.figure.legend(loc="outside lower center", ncols=columns, frameon=False, fontsize=9)


def calm_axes(chart: Chart, title: str, unit: str) -> Axes:
    """Axes with a title at the left, a light grid, and no box."""
    axes = chart.add_subplot()
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK)
    axes.set_xlabel(unit, fontsize=9, color=INK)
    axes.tick_params(colors=INK, labelsize=9, length=0)
    axes.grid(axis="x", color="#E6E6E6")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    return axes
