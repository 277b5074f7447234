"""The tables of the page about HTTP, from the descriptions of the routes.

    python tests/helpers/http_page.py

writes them into docs/http.md. A test holds them together.
"""

import json
import re
from pathlib import Path
from urllib.parse import urlencode

from bot_sandbox.window.cloud import CloudView
from bot_sandbox.window.mail import MailView
from bot_sandbox.window.routes import routes_of
from bot_sandbox.window.telegram import TelegramView
from bot_sandbox.window.twitch import TwitchView
from bot_sandbox.window.window import Window

PAGE = Path(__file__).parents[2] / "docs/http.md"
FILES = {
    "telegram/photo": "cat.png",
    "telegram/document": "notes.txt",
    "telegram/video": "cat.mp4",
    "telegram/animation": "cat.gif",
    "telegram/audio": "tea.mp3",
    "telegram/voice": "hello.oga",
    "telegram/video_note": "hello.mp4",
    "telegram/web_file": "cat.png",
}
TABLES = {  # by the heading on the page
    "All at once": Window,
    "Telegram": TelegramView,
    "Twitch": TwitchView,
    "Cloud": CloudView,
    "Mail": MailView,
}


def table(view):
    """A table with one line for each route of a view's class."""
    lines = ["| request | what it does |", "|---|---|"]
    for route in routes_of(view.__new__(view)):
        lines.append(f"| `ask {command(route)}` | {words(route)} |")
    return "\n".join(lines)


def command(route):
    """The example request of a route, as words of a shell."""
    if route.has_query_fields:
        query = urlencode(route.example, safe="/@")
        asked = f"'{route.path}?{query}'" if query else route.path
        body = f" --data-binary @{FILES[route.path]}" if route.upload else ""
        return asked + body + (" -o cat.png" if route.path == "telegram/file" else "")
    if not route.example:
        return f"{route.path} -X POST" if route.method == "POST" else route.path
    return f"{route.path} -d '{json.dumps(route.example, ensure_ascii=False)}'"


def words(route):
    """What a route does, and the fields that its example lacks."""
    does = route.summary[0].lower() + route.summary[1:].removesuffix(".")
    more = [name_of(field) for field in route.fields if field.name not in route.example]
    if more:
        does += f". Also {', '.join(more)}"
    if route.variants:
        variants = [
            f"`{name}`" + (f" ({', '.join(map(name_of, fields))})" if fields else "")
            for name, fields in route.variants.items()
        ]
        does += f": {', '.join(variants)}"
    return does


def name_of(field):
    return f"`{field.name}`"


def with_tables(text):
    """The page's text with the tables that belong into it."""
    for heading, view in TABLES.items():
        pattern = rf"(\n## {heading}\n(?:(?!\n## ).)*?\n)\|.*?(?=\n\n|\n$)"
        text, found = re.subn(
            pattern, lambda m, view=view: m[1] + table(view), text, count=1, flags=re.DOTALL
        )
        assert found, f"the page has no table under {heading!r}"
    return text


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
