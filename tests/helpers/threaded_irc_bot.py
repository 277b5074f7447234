"""A Twitch bot of this Python that answers on a thread of its own, while the test goes on.

A program needs none of it: there, `IrcBot(bot).run()` is its whole life.
"""

import asyncio
import atexit
import concurrent.futures
import threading
from typing import Self
from weakref import WeakValueDictionary

from botlib.twitch.irc_bot import IrcBot

_running: "WeakValueDictionary[str, ThreadedIrcBot]" = WeakValueDictionary()  # by token


class ThreadedIrcBot:
    """Holds a Twitch bot's line on a thread of its own: `with ThreadedIrcBot(bot): …`.

    It waits until the bot is in its channels, or in those that let it in. A cell that is run
    twice leaves one bot, not two that both answer: an earlier bot with the same token is stopped
    first. Raises LoginRefused if Twitch refuses the bot or all of its channels, TimeoutError with
    the last error if it is not there within `timeout` seconds.
    """

    def __init__(
        self, bot: IrcBot, timeout: float = 30.0, loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        token = bot.credentials.token
        if earlier := _running.get(token):
            earlier.stop()
        self.bot = bot
        self.error: BaseException | None = None
        self._stopped, self._ready = threading.Event(), threading.Event()
        self._loop = loop or asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="holding", daemon=True)
        self._thread.start()
        _running[token] = self
        atexit.register(self.stop)
        if not self._ready.wait(timeout) and (missing := bot.missing_channels):
            self.stop()
            raise TimeoutError(
                f"the bot is not in #{', #'.join(missing)} after {timeout:g} s. Last error: "
                f"{bot.counts.last_error or 'none; is the name right?'}"
            )
        if self.error:
            self.stop()
            raise self.error

    @property
    def alive(self) -> bool:
        """Return whether the bot still runs; if not, `error` says why."""
        return self._thread.is_alive()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the bot has stopped by itself; False if it still runs after `timeout`."""
        return self._stopped.wait(timeout)

    def say(self, channel: str, text: str, timeout: float | None = None) -> None:
        """Let the bot say something unasked; returns when Twitch has it.

        Raises RuntimeError if the bot is stopped, TimeoutError after `timeout` seconds: then the
        text is given up.
        """
        stopped = "this bot is stopped; make a new ThreadedIrcBot"
        if self._stopped.is_set():
            raise RuntimeError(stopped)
        saying = asyncio.run_coroutine_threadsafe(self.bot.say(channel, text), self._loop)
        try:
            saying.result(timeout)
        except concurrent.futures.CancelledError:
            raise RuntimeError(stopped) from None
        except TimeoutError:
            saying.cancel()
            raise TimeoutError(
                f"Twitch has not confirmed the text in #{channel.removeprefix('#')} within "
                f"{timeout:g} s. Last error: {self.bot.counts.last_error or 'none'}"
            ) from None

    def stop(self) -> None:
        """Stop the bot and wait until nothing of it is left; a second call does nothing."""
        atexit.unregister(self.stop)
        if self._thread.is_alive() and not self._stopped.is_set():
            self._loop.call_soon_threadsafe(self.bot.stop)
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._hold())

    async def _hold(self) -> None:
        async def note_when_ready() -> None:
            await self.bot.wait_until_ready()
            self._ready.set()

        watching = asyncio.create_task(note_when_ready())
        try:
            await self.bot.start()
        except Exception as error:
            self.error = error
        finally:
            self._stopped.set()
            self._ready.set()
            watching.cancel()
