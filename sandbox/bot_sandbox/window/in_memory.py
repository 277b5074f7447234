"""A window without a server: its page and Python exchange texts in one browser.

    window = InMemoryWindow(InMemoryTelegram(sender))
    window.handle('{"id": 1, "path": "telegram/people"}')  # the answer, for the page
    window.news()  # what has changed since, for all pages

The page's own half is in page/channel.js.
"""

import asyncio
import base64
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot_sandbox.diagnosis.clean_text import clean_error
from bot_sandbox.telegram.in_memory import InMemoryTelegram
from bot_sandbox.window.feed import Feed, Json, Record
from bot_sandbox.window.routes import routes_of
from bot_sandbox.window.telegram import TelegramView
from bot_sandbox.window.view import FileContent, error_json, to_json

LOOP_TURNS = 50  # of the sandbox's loop: enough for a message and its answer


class InMemoryWindow:
    """The window of one Telegram. Its routes and records are those of `Window`."""

    def __init__(self, telegram: InMemoryTelegram) -> None:
        self._telegram = telegram
        self._view = TelegramView(telegram)
        self._routes = {(route.method, route.path): route for route in routes_of(self._view)}
        self._feed = Feed()
        self._sent = 0

    def handle(self, text: str) -> str:
        """Answer a page: one that has just opened, or one that asks for a route."""
        asked = json.loads(text)
        if "id" not in asked:
            self._sent = 0  # the next news are all records
            return to_json({"views": [self._view.name]}).decode()
        try:
            done = self._telegram._runner.run(self._ask(asked))
        except Exception as error:
            done = dict(zip(("status", "json"), error_json(error), strict=True))
        return to_json({"id": asked["id"]} | done).decode()

    def news(self) -> str:
        """Let the sandbox continue, and return what has changed since the last call, or ""."""
        records = self._telegram._runner.run(self._look())
        self._feed.put(self._view.name, records)
        if self._feed.number == self._sent:
            return ""
        reset, changed = self._feed.since(self._sent)
        self._sent = self._feed.number
        return to_json({"reset": reset, "records": changed}).decode()

    async def _look(self) -> dict[str, Record]:
        for _ in range(LOOP_TURNS):
            await asyncio.sleep(0)
        return dict(self._view.records())

    async def _ask(self, asked: Json) -> dict[str, Any]:
        parts = urlsplit(asked["path"])
        is_get = "values" not in asked and "file" not in asked
        route = self._routes.get(("GET" if is_get else "POST", parts.path))
        if route is None:
            raise KeyError(f"there is no {clean_error(parts.path):.100}")
        values = route.check(asked.get("values") or dict(parse_qsl(parts.query)))
        if route.upload:
            values["data"] = base64.b64decode(asked["file"])
        result = await route.handler(self._view, values)
        if isinstance(result, FileContent):
            return {"status": 200, "file": base64.b64encode(result.data).decode()}
        return {"status": 200, "json": result}
