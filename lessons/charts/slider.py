"""A slider for traffic: what each home costs, from a thousand messages a month to a billion.

All costs are calculated before, by `lessons.costs.month`, and are in the page; moving the slider
only picks a row. So it needs no extension, and it works after the kernel has ended. The scale of
the bars stays the same: one that would be too long is cut, and says so.
"""

import json
from collections.abc import Mapping
from html import escape

from lessons.charts.break_even import Plan, describe_pace
from lessons.costs.month import Cost

FEWEST, MOST = 3, 9  # powers of ten: messages a month at both ends
STEPS = 10  # for each power of ten
START_MESSAGES = 100_000  # messages a month
WIDEST, FULL = 320, 4.0  # a bar's most pixels, and what they mean: times the server's cost
CUT_SIGN = " ▸"  # at the end of a bar that would be longer
SLIDE_SCRIPT = """
const row = JSON.parse(this.dataset.rows)[this.value];
const box = this.parentElement;
box.querySelectorAll('b').forEach((text, n) => { text.textContent = row.texts[n]; });
box.querySelectorAll('i').forEach((bar, n) => { bar.style.width = row.widths[n] + 'px'; });
""".replace("\n", " ")
BOX_STYLE = (
    "background: white; color: #333; padding: 12px 16px; border-radius: 14px; max-width: 690px"
)
BAR_STYLE = "display: inline-block; height: 12px; background: #0072B2; margin: 0 8px"
NAME_STYLE = "display: inline-block; width: 190px; text-align: right"


class CostSlider:
    """What a month costs by several plans; in a notebook, with a slider for the messages."""

    def __init__(self, plans: Mapping[str, Plan], server: Cost) -> None:
        self._names = [*plans, "server"]
        self._server = server
        self._rows = [
            self._row(messages, [plan.month(messages) for plan in plans.values()] + [server.total])
            for messages in slider_steps()
        ]

    def __repr__(self) -> str:
        return f"<slider: messages a month, and what they cost in {'; '.join(self._names)}>"

    def _repr_html_(self) -> str:
        start = slider_steps().index(START_MESSAGES)
        texts, widths = self._rows[start]["texts"], self._rows[start]["widths"]
        rows = escape(json.dumps(self._rows))
        lines = [
            f'<div style="{BOX_STYLE}">',
            f"<b>{texts[0]}</b><br>cheapest: <b>{texts[1]}</b><br>",
            f'<input type="range" min="0" max="{len(self._rows) - 1}" value="{start}" '
            # JupyterLab would take the arrow keys for its own, and fold the notebook
            f'aria-label="messages a month" data-lm-suppress-shortcuts="true" '
            f'style="width: 100%" data-rows="{rows}" '
            f'oninput="{escape(SLIDE_SCRIPT.strip())}">',
        ]
        for name, text, width in zip(self._names, texts[2:], widths, strict=True):
            bar = f'<i style="{BAR_STYLE}; width: {width}px"></i>'
            lines.append(
                f'<div><span style="{NAME_STYLE}">{escape(name)}</span>{bar}<b>{text}</b></div>'
            )
        scale = (
            f"A full bar is {self._most:.2f} {self._server.currency}; {CUT_SIGN.strip()} is more."
        )
        return "\n".join([*lines, f"<small>{scale}</small></div>"])

    @property
    def _most(self) -> float:
        return FULL * self._server.total

    def _row(self, messages: int, costs: list[float]) -> dict[str, list[str] | list[int]]:
        """Return what the page shows at one position of the slider."""
        head = f"{messages:,} messages a month, {describe_pace(messages)}"
        least = [n for n, cost in zip(self._names, costs, strict=True) if cost == min(costs)]
        money = [
            f"{cost:,.2f} {self._server.currency}{CUT_SIGN * (cost > self._most)}" for cost in costs
        ]
        widths = [round(WIDEST * min(1.0, cost / self._most)) for cost in costs]
        return {"texts": [head, "; ".join(least), *money], "widths": widths}


def slider_steps() -> list[int]:
    """List the messages a month at each position of the slider, rounded to two digits.

    >>> slider_steps()[:4], slider_steps()[-1]
    ([1000, 1300, 1600, 2000], 1000000000)
    """
    exact = [10 ** (FEWEST + n / STEPS) for n in range((MOST - FEWEST) * STEPS + 1)]
    return [int(float(f"{messages:.1e}")) for messages in exact]
