"""How the learner's mind changes: my_view("prediction", "…") in notebook 00, and later views.

Each view is kept as she wrote it, with the day, beside her progress, so that it outlives the
kernel. No program judges a text. The card shows all of them.
"""

import json
import zlib
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from pathlib import Path
from textwrap import indent

from IPython.display import display

from lessons.exercises.verdict import show_not_yet
from lessons.learner_bot import bot_name
from lessons.progress.course_map import progress_folder

MIND = ("prediction", "revision", "conclusion")  # of notebooks 00, 10 and 11
EVENING_MIND = ("first thought", "decision")  # of in_one_evening
REPLY = "reply"  # to a question of somebody who isn't convinced
QUESTIONS = (
    "a function were allowed to run for a whole year?",
    "Twitch kept each chat message for a day, and your bot could ask for them?",
    "your bot has something to say every minute, although nobody has called it?",
    "a friend's computer held the line for you, and called your function?",
    "you only need your bot on Friday evenings, while you sit at your computer?",
    "Telegram kept a message for one minute only?",
)


@dataclass(frozen=True)
class View:
    """What somebody wrote, and when; a reply has the question that it answers."""

    text: str
    written: str  # the day, as 2026-11-30
    question: str = ""

    @property
    def day(self) -> str:
        """Return the day as people write it: 30 November 2026."""
        day = date.fromisoformat(self.written)
        return f"{day.day} {day:%B %Y}"


class Words:
    """Headings, each with a text or with what is missing; a notebook shows them as a box."""

    def __init__(self, parts: list[tuple[str, str]]) -> None:
        self._parts = parts

    def __repr__(self) -> str:
        texts = (f"{heading}\n{indent(text, '    ')}" for heading, text in self._parts)
        return "\n".join(texts)

    def _repr_html_(self) -> str:
        return "".join(
            '<div style="border-left: 4px solid #0072b2; padding-left: 8px; margin-bottom: 6px">'
            f"<b>{escape(heading)}</b><br>{escape(text).replace(chr(10), '<br>')}</div>"
            for heading, text in self._parts
        )


def my_view(name: str, text: object, asked: str = "") -> None:
    """Keep a view, unless it is still the three dots; show it, and those kept before it.

    `name` is "prediction", "revision", "conclusion" or "reply", or "first thought" or "decision"
    of an evening. A later text replaces the one of that name. A reply answers the page's question,
    or the one that a partner `asked`.
    """
    names = (*MIND, REPLY, *EVENING_MIND)
    if name not in names:
        raise ValueError(f"expected one of {', '.join(names)}; found {name!r}")
    if text is not ... and not isinstance(text, str):
        show_not_yet("write your words between three quotes")
        return
    if name == REPLY:
        before = kept_view(REPLY)
        question = asked or (before.question if before else question_for(bot_name()))
        keep_view(REPLY, text, question)
        reply = kept_view(REPLY)
        display(Words([(question, reply.text if reply else "no reply yet")]))
        return
    keep_view(name, text)
    views = MIND if name in MIND else EVENING_MIND
    upto = {each: kept_view(each) for each in views[: views.index(name) + 1]}
    shown = [(f"Your {each}, {view.day}", view.text) for each, view in upto.items() if view]
    if not upto[name]:
        shown.append((f"Your {name}", "not written yet. Write it instead of the three dots"))
    display(Words(shown))


def question_for(bot: str) -> str:
    """Return the question that the page asks: always the same one for the same bot."""
    return f"But what if {QUESTIONS[zlib.crc32(bot.encode()) % len(QUESTIONS)]}"


def keep_view(name: str, text: object, question: str = "") -> None:
    """Write a view down with today's date; dots or nothing leave the kept one as it is."""
    words = text.strip() if isinstance(text, str) else ""
    before = kept_view(name)
    if not words.strip(".… ") or (before and (before.text, before.question) == (words, question)):
        return
    view = View(words, date.today().isoformat(), question)
    view_file(name).parent.mkdir(parents=True, exist_ok=True)
    view_file(name).write_text(json.dumps(asdict(view), ensure_ascii=False), encoding="utf-8")


def kept_view(name: str) -> View | None:
    """Return a view; None if there is none, or its file can't be read."""
    try:
        view = View(**json.loads(view_file(name).read_text(encoding="utf-8")))
        date.fromisoformat(view.written)
        return view
    except (OSError, ValueError, TypeError):
        return None


def view_file(name: str) -> Path:
    """Return the file with a view."""
    return progress_folder().parent / "views" / f"{name}.json"
