"""The Telegram of a browser's tab, where Python has no threads, processes and network."""

import asyncio
import secrets
from typing import Any
from urllib.parse import urlencode

from bot_sandbox import InMemoryTelegram
from bot_sandbox.http.page import Page
from bot_sandbox.telegram import BotAccount, Group, Person
from bot_sandbox.window.in_memory import InMemoryWindow

PAUSE_S = 0.1  # between two looks at what is new


class TabTelegram(InMemoryTelegram):
    """A Telegram in this tab; its windows are alive whenever no cell runs."""

    _channel: "WindowChannel | None" = None

    def window(  # type: ignore[override]  # a page, as on a machine
        self, person: Person | None = None, to: BotAccount | Group | None = None
    ) -> Page:
        """Return a page for a cell, to chat as this person."""
        self._channel = self._channel or WindowChannel(InMemoryWindow(self))
        still, shown = self._transcript_and_link(person, to)
        return Page(self._channel.address_of(**shown), still.html())

    def close(self) -> None:
        """Close it, and its windows."""
        if self._channel:
            self._channel.close()
        super().close()


class WindowChannel:
    """Connects a window with its pages, files of this site, by a channel of the browser."""

    def __init__(self, window: InMemoryWindow) -> None:
        import js
        from pyodide.ffi import create_proxy

        self._window = window
        self._name = secrets.token_hex(8)
        self._site = js.location.href.partition("/extensions/")[0]  # that of the kernel's worker
        self._channel = js.BroadcastChannel.new(self._name)
        self._receive = create_proxy(self._answer)
        self._channel.onmessage = self._receive
        self._following = asyncio.get_running_loop().create_task(self._follow())

    def address_of(self, **shown: str) -> str:
        """Return the address of a page that shows something particular."""
        return f"{self._site}/window/index.html#{urlencode({'worker': self._name} | shown)}"

    def close(self) -> None:
        """Stop speaking to the pages."""
        self._following.cancel()
        self._channel.close()
        self._receive.destroy()

    def _answer(self, event: Any) -> None:
        self._channel.postMessage(self._window.handle(event.data))
        self._tell()

    def _tell(self) -> None:
        if news := self._window.news():
            self._channel.postMessage(news)

    async def _follow(self) -> None:
        while True:
            self._tell()
            await asyncio.sleep(PAUSE_S)
