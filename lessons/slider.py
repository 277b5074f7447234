"""A slider for traffic: what each home costs, from a thousand messages a month to a billion.

The costs are worked out beforehand, by `lessons.costs`, and lie in the page; moving the
slider only picks a row of them. So it needs no extension, and it goes on when the kernel has ended.
"""

import json
from collections.abc import Mapping
from html import escape

from lessons.break_even import Home, pace
from lessons.costs import Cost

FEWEST, MOST = 3, 9  # powers of ten: messages a month at both ends
STEPS = 10  # for each power of ten
START = 100_000  # messages a month
WIDEST = 320  # pixels of the dearest home's bar
SLIDE = """
const row = JSON.parse(this.dataset.rows)[this.value];
const box = this.parentElement;
box.querySelectorAll('b').forEach((text, n) => { text.textContent = row.texts[n]; });
box.querySelectorAll('i').forEach((bar, n) => { bar.style.width = row.widths[n] + 'px'; });
""".replace("\n", " ")
BOX = "background: white; color: #333; padding: 12px 16px; border-radius: 14px; max-width: 690px"
BAR = "display: inline-block; height: 12px; background: #0072B2; margin: 0 8px"
NAME = "display: inline-block; width: 190px; text-align: right"


class CostSlider:
    """What a month costs in several homes; in a notebook, with a slider for the messages."""

    def __init__(self, homes: Mapping[str, Home], server: Cost) -> None:
        self._names = [*homes, "server"]
        self._currency = server.currency
        self._rows = [
            self._row(messages, [home.month(messages) for home in homes.values()] + [server.total])
            for messages in steps()
        ]

    def __repr__(self) -> str:
        return f"<slider: messages a month, and what they cost in {'; '.join(self._names)}>"

    def _repr_html_(self) -> str:
        start = steps().index(START)
        texts, widths = self._rows[start]["texts"], self._rows[start]["widths"]
        rows = escape(json.dumps(self._rows))
        lines = [
            f'<div style="{BOX}">',
            f"<b>{texts[0]}</b><br>cheapest: <b>{texts[1]}</b><br>",
            f'<input type="range" min="0" max="{len(self._rows) - 1}" value="{start}" '
            f'aria-label="messages a month" style="width: 100%" data-rows="{rows}" '
            f'oninput="{escape(SLIDE.strip())}">',
        ]
        for name, text, width in zip(self._names, texts[2:], widths, strict=True):
            bar = f'<i style="{BAR}; width: {width}px"></i>'
            lines.append(f'<div><span style="{NAME}">{escape(name)}</span>{bar}<b>{text}</b></div>')
        return "\n".join([*lines, "</div>"])

    def _row(self, messages: int, costs: list[float]) -> dict[str, list[str] | list[int]]:
        """What the page shows at one place of the slider."""
        head = f"{messages:,} messages a month, {pace(messages)}"
        least = [n for n, cost in zip(self._names, costs, strict=True) if cost == min(costs)]
        money = [f"{cost:,.2f} {self._currency}" for cost in costs]
        widths = [round(WIDEST * cost / max(costs)) for cost in costs]
        return {"texts": [head, "; ".join(least), *money], "widths": widths}


def steps() -> list[int]:
    """Messages a month at each place of the slider, rounded to two digits.

    >>> steps()[:4], steps()[-1]
    ([1000, 1300, 1600, 2000], 1000000000)
    """
    exact = [10 ** (FEWEST + n / STEPS) for n in range((MOST - FEWEST) * STEPS + 1)]
    return [int(float(f"{messages:.1e}")) for messages in exact]
