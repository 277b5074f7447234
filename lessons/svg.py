"""A drawing in SVG, from a few shapes, the same to the last byte each time.

Each shape is a function that returns its SVG text; a `Picture` holds them. It shows itself
when it is a notebook cell's last value, on a white rounded background, so that it reads well
in a dark theme too. What is drawn belongs to `pictures`.
"""

from collections.abc import Sequence
from html import escape

BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#C9D3DC"
INK, SOFT, WHITE = "#333333", "#666666", "#FFFFFF"
WIDTH = 720


class Picture:
    """An SVG drawing; its text form says what it shows."""

    def __init__(self, says: str, height: int, parts: Sequence[str]) -> None:
        self.says = says
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(says)}" '
            f'font-family="system-ui, sans-serif" font-size="13" fill="{INK}">'
        )
        title = f"<title>{escape(says)}</title>"
        self.svg = "\n".join(
            [head, title, box(0, 0, WIDTH, height, WHITE, radius=14), *parts, "</svg>"]
        )

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<picture: {self.says}>"


def box(
    x: float, y: float, w: float, h: float, fill: str, edge: str = "none", radius: int = 8
) -> str:
    """A rectangle with round corners."""
    place = f'x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"'
    return f'<rect {place} rx="{radius}" fill="{fill}" stroke="{edge}"/>'


def circle(x: float, y: float, radius: int, fill: str, edge: str) -> str:
    """A filled circle with an edge."""
    place = f'cx="{x:g}" cy="{y:g}" r="{radius}"'
    return f'<circle {place} fill="{fill}" stroke="{edge}" stroke-width="2"/>'


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: int) -> str:
    """A straight line."""
    ends = f'x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>'


def arrow(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    """A level or upright arrow from the first point to the second."""
    if y1 == y2:
        tip = 7 if x2 > x1 else -7
        head, stem = (
            f"M {x2 - tip:g} {y2 - 5:g} L {x2:g} {y2:g} L {x2 - tip:g} {y2 + 5:g} z",
            (x2 - tip, y2),
        )
    else:
        tip = 7 if y2 > y1 else -7
        head, stem = (
            f"M {x2 - 5:g} {y2 - tip:g} L {x2:g} {y2:g} L {x2 + 5:g} {y2 - tip:g} z",
            (x2, y2 - tip),
        )
    return line(x1, y1, *stem, colour, 2) + f'<path d="{head}" fill="{colour}"/>'


def text(
    x: float,
    y: float,
    words: str,
    colour: str,
    size: int,
    bold: bool = False,
    anchor: str = "middle",
) -> str:
    """Words, centred on x unless anchored otherwise."""
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" fill="{colour}"{weight}>{escape(words)}</text>'
