"""Diagrams of ideas for the notebooks: where the reader is, how a request travels.

They are drawn by code, so that a test can compare them. Pictures of measured data are charts,
not these.
"""

from collections.abc import Sequence

from lessons.stops import PARTS, TITLES
from lessons.svg import (
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


def token_journey() -> Picture:
    """How a program gets a token for an account: the authorization code flow."""
    steps = [
        ("program", "sends the browser\nto Twitch's page"),
        ("page", "asks whoever\nis logged in"),
        ("browser", "is sent back\nwith a code"),
        ("program", "swaps the code\nfor a token"),
        ("chat", "lets in whoever\nhas the token"),
    ]
    says = "from the program to Twitch's page, back with a code, then a token, then the chat"
    return journey(steps, says)


def held_line() -> Picture:
    """Three messages on both platforms: Telegram calls, Twitch speaks into a line that is held."""
    messages, calls, twitch = (210, 400, 590), 40, 120
    parts = [text(24, calls + 16, "Telegram", INK, 14, bold=True, anchor="start")]
    parts.append(text(24, twitch + 16, "Twitch", INK, 14, bold=True, anchor="start"))
    parts.append(line(110, calls + 24, 690, calls + 24, GREY, 1))
    parts += [box(110, twitch, 230, 24, BLUE), box(470, twitch, 220, 24, BLUE)]
    for x in messages:
        parts += [arrow(x, top - 24, x, top - 3, SOFT) for top in (calls, twitch)]
        parts.append(box(x - 7, calls, 14, 24, ORANGE, radius=3))
    parts.append(text(messages[1], twitch + 20, "×", INK, 24, bold=True))
    key = (
        (110, ORANGE, "called, exists only to answer"),
        (330, BLUE, "the line, held by the bot"),
    )
    for x, colour, words in key:
        parts.append(box(x, 172, 14, 14, colour, radius=3))
        parts.append(text(x + 22, 184, words, SOFT, 12, anchor="start"))
    parts.append(text(540, 185, "×", INK, 20, bold=True))
    parts.append(text(555, 184, "said to nobody", SOFT, 12, anchor="start"))
    says = (
        "Telegram calls the bot for each message; on Twitch it must hold the line, or it hears none"
    )
    return Picture(says, 202, parts)


def the_square() -> Picture:
    """Two platforms, two homes: how a message comes to the bot in each of the four corners."""
    rows = (
        (
            "Telegram",
            ("calls a webhook", "and reads the answer in the reply"),
            ("is asked again and again", "long polling: “anything new?”"),
        ),
        (
            "Twitch",
            ("calls a webhook: EventSub", "and takes the answer by Helix"),
            ("keeps one line open", "IRC: whatever is said comes along it"),
        ),
    )
    parts = [text(250, 30, "function", INK, 14, bold=True)]
    parts.append(text(560, 30, "program that stays alive", INK, 14, bold=True))
    for top, (platform, *corners) in zip((46, 126), rows, strict=True):
        parts.append(text(24, top + 38, platform, INK, 14, bold=True, anchor="start"))
        for left, edge, (name, note) in zip((110, 420), (ORANGE, BLUE), corners, strict=True):
            parts.append(box(left, top, 280, 64, WHITE, edge))
            parts.append(text(left + 140, top + 27, name, INK, 14, bold=True))
            parts.append(text(left + 140, top + 48, note, SOFT, 12))
    return Picture("the square of two platforms and two homes, four corners", 210, parts)
