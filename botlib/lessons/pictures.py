"""Diagrams of ideas for the notebooks: where the reader is, how a request travels.

They are drawn by code, so that a test can compare them. Pictures of measured data are charts,
not these.
"""

from collections.abc import Sequence

from botlib.lessons.stops import PARTS, TITLES
from botlib.lessons.svg import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    SOFT,
    WHITE,
    WIDTH,
    Picture,
    arrow,
    box,
    circle,
    line,
    text,
)


def you_are_here(number: str) -> Picture:
    """The path of the course, its thirteen stops, and the one where the reader is.

    Raises ValueError for a number that is no stop: "00" to "12" are.
    """
    if number not in TITLES:
        raise ValueError(
            f"{number!r} is no stop of the course. Expected one of {', '.join(TITLES)}."
        )
    x = {stop: 48 + 52 * place for place, stop in enumerate(TITLES)}
    here, path_y = x[number], 74
    parts = [
        line(x["00"], path_y, x["12"], path_y, GREY, 4),
        line(x["00"], path_y, here, path_y, BLUE, 4),
    ]
    for stop in TITLES:
        parts += marker(x[stop], path_y, stop, number)
    for name, first, last in PARTS:
        parts.append(line(x[first] - 18, 108, x[last] + 18, 108, GREY, 2))
        parts.append(text((x[first] + x[last]) / 2, 127, name, SOFT, 12))
    title = f"{number}  {TITLES[number]}"
    half = 4 * len(title)  # keeps the words inside the picture at both ends
    parts.append(text(min(max(here, 24 + half), WIDTH - 24 - half), 34, title, INK, 15, bold=True))
    return Picture(f"you are here: {number} {TITLES[number]}", 146, parts)


def marker(x: float, y: float, stop: str, here: str) -> list[str]:
    """One stop: past stops filled blue, the present one larger and orange, later ones white."""
    if stop == here:
        pointer = f'<path d="M {x - 6:g} {y - 29} h 12 l -6 7 z" fill="{ORANGE}"/>'
        return [pointer, circle(x, y, 18, ORANGE, ORANGE), text(x, y + 5, stop, INK, 14, bold=True)]
    past = stop < here
    return [
        circle(x, y, 14, BLUE if past else WHITE, BLUE if past else GREY),
        text(x, y + 4, stop, WHITE if past else SOFT, 12),
    ]


def journey(steps: Sequence[tuple[str, str]], says: str, back: str = "") -> Picture:
    """Boxes from left to right, each a (name, note) pair; `back` names what returns."""
    gap = 26
    width = (WIDTH - 48 - gap * (len(steps) - 1)) / len(steps)
    parts = []
    for place, (name, note) in enumerate(steps):
        left = 24 + place * (width + gap)
        parts.append(box(left, 28, width, 46, "#E8F1F8", BLUE))
        parts.append(text(left + width / 2, 56, name, INK, 14, bold=True))
        for row, words in enumerate(note.split("\n")):
            parts.append(text(left + width / 2, 96 + 17 * row, words, SOFT, 12))
        if place:
            parts.append(arrow(left - gap + 3, 51, left - 3, 51, BLUE))
    below = 96 + 17 * max(note.count("\n") + 1 for _, note in steps)
    if back:
        parts.append(arrow(WIDTH - 24 - width / 2, below + 6, 24 + width / 2, below + 6, ORANGE))
        parts.append(text(WIDTH / 2, below + 28, back, SOFT, 12))
        below += 30
    return Picture(says, below + 14, parts)


def request_journey() -> Picture:
    """What happens between a client's request and the reply, in a serverless cloud."""
    steps = [
        ("client", "sends a\nrequest"),
        ("gateway", "makes an event\nof it"),
        ("pool", "takes an instance\nor starts one"),
        ("instance", "a process that\nwaits for events"),
        ("handler", "your function:\nthe entry point"),
    ]
    says = "a request travels from client to gateway, pool, instance and handler, and back"
    return journey(
        steps,
        says,
        back="the result goes back the same way; then the instance waits, or is stopped",
    )


def worker_loop() -> Picture:
    """What the program inside an instance does, over and over: the Runtime API's two requests."""
    steps = [
        ("GET next", "ask the cloud for\nthe next event"),
        ("wait", "until there is one:\nthe answer is the event"),
        ("handler", "call it with\nthe event"),
        ("POST response", "hand over what\nit returned"),
    ]
    says = "the worker's loop: GET next, wait, call the handler, POST response, and again"
    return journey(steps, says, back="and ask again")


def server_and_function() -> Picture:
    """The idea of both homes: one alive all the time, one only while it works."""
    calls = (210, 330, 560)
    parts = [text(24, 52, "server", INK, 14, bold=True, anchor="start")]
    parts.append(text(24, 112, "function", INK, 14, bold=True, anchor="start"))
    parts.append(box(110, 34, 580, 26, GREY))
    for x in calls:
        parts += [box(x, 34, 14, 26, BLUE, radius=0), box(x, 94, 14, 26, ORANGE, radius=3)]
        parts.append(arrow(x + 7, 12, x + 7, 30, SOFT))
    parts.append(line(110, 120, 690, 120, GREY, 1))
    key = (
        (110, GREY, "alive, waiting"),
        (290, BLUE, "busy"),
        (400, ORANGE, "exists only to answer"),
    )
    for x, colour, words in key:
        parts += [
            box(x, 146, 14, 14, colour, radius=3),
            text(x + 22, 158, words, SOFT, 12, anchor="start"),
        ]
    return Picture(
        "a server is alive between three requests; a function works only during them", 176, parts
    )
