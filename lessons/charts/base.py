"""Charts of what a notebook has measured, all in one style.

Each function returns a `Chart`, which a notebook shows once when it is a cell's last value. Its
picture follows the theme of the page. Nothing here measures anything, and pyplot is not used: its
hidden list of figures would show a chart twice.
"""

import base64
import io
import re
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lessons.worlds.program import Measurement

if TYPE_CHECKING:
    from bot_sandbox.cloud.function import Function

# Okabe and Ito's colors, which color-blind readers can tell apart
BLUE, ORANGE, RED, GREEN = "#0072B2", "#E69F00", "#D55E00", "#009E73"
PALE, INK, WHITE, GRID = "#C9D3DC", "#333333", "#FFFFFF", "#E6E6E6"
DARK = {  # what each is on a dark page
    BLUE: "#4AA8E0",
    ORANGE: "#F0B040",
    RED: "#FF8A50",
    GREEN: "#3ECF9F",
    PALE: "#4A5661",
    INK: "#EEEEEE",
    WHITE: "#1E1E1E",
    GRID: "#3A3A3A",
}
WIDTH_INCHES, DPI = 7.0, 100
NARROW_INCHES = 4.4  # then letters are readable on a phone, and beside an open file browser
NARROWEST_BAR = 0.006  # of the longest bar: what is hardly anything must still be seen
SVG_RC_PARAMS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "",
    "font.family": "sans-serif",
}


class Chart(Figure):
    """A figure that a notebook shows as a picture; its text form is what the picture says."""

    def __init__(self, says: str, height_inches: float, width_inches: float = WIDTH_INCHES) -> None:
        super().__init__((width_inches, height_inches), DPI, facecolor="none")
        self.set_layout_engine("constrained", w_pad=0.12, h_pad=0.12)
        self.says = says

    def _repr_html_(self) -> str:
        # An SVG as a picture follows JupyterLab's theme by itself, also in a notebook that is not
        # trusted. A style in the page would be taken out there.
        data = base64.b64encode(self.svg().encode()).decode()
        wide = 'class="wide" ' if self.get_figwidth() > NARROW_INCHES else ""  # see book.css
        return (
            f'<img alt="{escape(self.says)}" {wide}style="max-width:100%" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def __repr__(self) -> str:
        return f"<chart: {self.says}>"

    def svg(self) -> str:
        """Return the picture as SVG, with one set of colors for light and one for dark pages."""
        buffer = io.StringIO()
        with matplotlib.rc_context(SVG_RC_PARAMS):
            self.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        plain = re.sub("|".join(DARK), css_variable, buffer.getvalue(), flags=re.IGNORECASE)
        light = "".join(f"{color_name(color)}:{color};" for color in DARK)
        dark = "".join(f"{color_name(color)}:{other};" for color, other in DARK.items())
        style = f"svg{{{light}}}@media (prefers-color-scheme:dark){{svg{{{dark}}}}}"
        return plain.replace("<defs>", f"<style>{style}</style>\n <defs>", 1)


def color_name(color: str) -> str:
    """Return the name of a color in the picture's style.

    >>> color_name("#0072b2")
    '--c0072B2'
    """
    return f"--c{color[1:].upper()}"


def css_variable(found: re.Match[str]) -> str:
    """Return what takes the place of a color."""
    return f"var({color_name(found[0])})"


def bars(title: str, values: Mapping[str, float], unit: str, digits: int = 2) -> Chart:
    """Draw a labelled bar for each value; numbers have this unit and so many decimal places."""
    width = NARROW_INCHES + 0.08 * max(0, max(map(len, values), default=0) - 16)
    chart = Chart(f"{title}: {', '.join(values)}", 1.1 + 0.5 * len(values), width)
    axes = plain_axes(chart, title, unit)
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
    says = f"two meters, a {kind}'s seconds alive and a function's seconds billed"
    chart = Chart(says, 2.2, NARROW_INCHES)
    axes = plain_axes(chart, "What each meter counts", "seconds")
    # processor time comes in steps of 0.01 s on Linux
    busy = f"{server.busy_s:.2f} s" if server.busy_s >= 0.01 else "less than 0.01 s"
    rows = [
        (f"{kind}: alive, and paid for", server.alive_s, PALE, f"{server.alive_s:.2f} s"),
        (f"{kind}: busy", server.busy_s, BLUE, busy),
        ("function: billed", billed_s, ORANGE, f"{billed_s:.3f} s"),
    ]
    narrowest = NARROWEST_BAR * max(seconds for _, seconds, _, _ in rows)
    for row, (_, seconds, color, text) in enumerate(rows):
        shown = max(seconds, narrowest)
        axes.barh(row, shown, height=0.55, color=color)
        label_bar(axes, shown, row, text)
    axes.set_yticks(range(len(rows)), [name for name, _, _, _ in rows])
    axes.invert_yaxis()
    axes.margins(x=0.2)
    return chart


def draw_bar(axes: Axes, row: float, start: float, end: float, label: str, **look: Any) -> None:
    """Draw one of several bars in a row; its label enters the legend once."""
    name = "_" if label in axes.get_legend_handles_labels()[1] else label
    axes.barh(row, end - start, left=start, edgecolor=WHITE, label=name, **look)


def label_bar(axes: Axes, x: float, row: float, text: str) -> None:
    """Write text just right of a bar's end."""
    place: dict[str, Any] = {"xytext": (6, 0), "textcoords": "offset points"}
    axes.annotate(text, (x, row), va="center", fontsize=9, color=INK, **place)


def legend_below(axes: Axes, columns: int = 4) -> None:
    """Explain the colors under the chart, in one line unless there are more than `columns`."""
    place: dict[str, Any] = {"loc": "outside lower center", "ncols": columns, "frameon": False}
    axes.figure.legend(fontsize=9, labelcolor=INK, **place)


def plain_axes(chart: Chart, title: str, unit: str) -> Axes:
    """Make axes with a title at the left, a light grid and no box."""
    axes = chart.add_subplot()
    axes.set_facecolor("none")
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK)
    axes.set_xlabel(unit, fontsize=9, color=INK)
    axes.tick_params(colors=INK, labelsize=9, length=0)
    axes.grid(axis="x", color=GRID)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    return axes
