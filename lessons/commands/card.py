"""A page to show: python3 start.py card

Your bot's name, its commands, your square, the exams you tried, and how your mind changed: what you
predicted, what you say today, and your answer to somebody who wasn't convinced. It writes card.html
into my_course/. Your browser shows it, and prints it in black on white.

    --folder FOLDER   the folder that holds your workshop, if it isn't my_course
"""

import argparse
import sys
from collections.abc import Mapping
from contextlib import chdir
from html import escape
from pathlib import Path
from string import Template

from botlib.details.env_file import bots_folder
from lessons.commands.copies import FOLDER
from lessons.exams.record import BRIEFS, exam_record
from lessons.learner_bot import BOT_FOLDER, BotFileError, bot_name, load_learner_bot
from lessons.progress.course_map import Stop, labeled_circles
from lessons.square import square
from lessons.square.picture import Square
from lessons.views import MIND, REPLY, kept_view
from lessons.workshop import workshop
from lessons.worlds.environment import set_variable

NO_VIEWS = "Your prediction comes from notebook 00, its revisions come from notebooks 10 and 11."
HEADINGS = {  # of each view
    "prediction": "First I thought",
    "revision": "After the wrong home",
    "conclusion": "In the end",
}
PAGE_TEMPLATE = Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$name</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark }
body { max-width: 780px; margin: 24px auto; padding: 0 12px; font: 16px/1.5 system-ui, sans-serif;
  color: #222; background: #fff }
blockquote { margin: 0 0 12px; padding: 8px 16px; border-left: 4px solid #0072b2; font-size: 1.1em }
dt { font-weight: bold; float: left; clear: left; margin-right: .6em }
dd { margin: 0 }
table { border-spacing: 0 }
footer { margin-top: 24px; font-size: 13px; opacity: .75 }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1a1a1a } }
@media print { :root { color-scheme: light } body { color: #000; background: #fff; margin: 0 } }
</style></head>
<body>
<h1>$name</h1>
<dl>$commands</dl>
<h2>Its four homes, measured</h2>
$square
$exams
<h2>How my mind changed</h2>
$mind
<footer>Such Different Chatbots</footer>
</body></html>
"""
)


def mind_section() -> str:
    """Return what the learner wrote, from the prediction to the last reply, as HTML."""
    parts = []
    for each in MIND:
        if view := kept_view(each):
            parts.append((f"{HEADINGS[each]} ({view.day})", view.text))
    if reply := kept_view(REPLY):
        parts.append((reply.question, reply.text))
    return "\n".join(quote_html(*part) for part in parts) or f"<p>{NO_VIEWS}</p>"


def exams_section() -> str:
    """Return the exams of which a point was passed, each with its points, as HTML."""
    rows = []
    for name, brief in BRIEFS.items():
        record = exam_record(name)
        stop = Stop(brief.title, record.marks(brief.sittings))
        if any(stop.marks):
            tries = f"{record.tries} {'try' if record.tries == 1 else 'tries'}"
            rows.append(f"<dt>{escape(stop.title)}</dt><dd>{labeled_circles(stop)}, {tries}</dd>")
    return f"<h2>Built from an empty folder</h2>\n<dl>{''.join(rows)}</dl>" if rows else ""


def quote_html(heading: str, text: str) -> str:
    """Return a text below its heading, as HTML."""
    return (
        f"<b>{escape(heading)}</b><blockquote>{escape(text).replace(chr(10), '<br>')}</blockquote>"
    )


def card_page(name: str, commands: Mapping[str, str], boxes: Square, exams: str, mind: str) -> str:
    """Return the page as HTML; `exams` and `mind` are HTML already."""
    listed = "".join(
        f"<dt>!{escape(command)}</dt><dd>{escape(help) or '&nbsp;'}</dd>"
        for command, help in commands.items()
    )
    return PAGE_TEMPLATE.substitute(
        name=escape(name),
        commands=listed,
        square=boxes._repr_html_(),
        exams=exams,
        mind=mind,
    )


def write_card(folder: Path) -> Path:
    """Write the card of the bot whose workshop is in a folder; return the page's file.

    FileNotFoundError if there is no bot yet, BotFileError if its main.py does not load.
    """
    with chdir(folder):
        if not (workshop() / BOT_FOLDER / "main.py").is_file():
            raise FileNotFoundError(
                f"There is no bot in {folder / 'workshop' / BOT_FOLDER} yet. It is made in "
                "notebooks 00 and 01. To open them, type: python3 start.py"
            )
        bot, left_out = load_learner_bot(workshop() / BOT_FOLDER)
        for line in left_out:
            print(f"left out: {line}")
        commands = {name: help for name, (_, help) in bot.own_commands().items()}
        card = bot_name(), commands, square(), exams_section(), mind_section()
        Path("card.html").write_text(card_page(*card), encoding="utf-8")
    return folder / "card.html"


def main(arguments: list[str] | None = None) -> int:
    """Write the card, show where it is; returns the exit status."""
    parser = argparse.ArgumentParser("card", description="a page about your bot, to show")
    parser.add_argument("--folder", type=Path, default=bots_folder() / FOLDER)
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    try:
        if not folder.is_dir():
            raise FileNotFoundError(
                f"There is no folder {folder}. To begin, type: python3 start.py"
            )
        with set_variable("COURSE_FOLDER", str(folder)):  # the numbers and views are kept there
            file = write_card(folder)
    except (FileNotFoundError, BotFileError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Your card: {file.as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
