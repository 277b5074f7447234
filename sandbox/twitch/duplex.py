"""A connection reads and writes at once: until either side is done, then it is closed properly.

A WebSocket's closing handshake needs the reader to have stopped first (aiohttp closes the TCP
connection at once otherwise, and the client never sees the close code).
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

GOODBYE_S = 2.0  # how long the last words may take


async def read_until_the_end(
    reading: Coroutine[Any, Any, None], writer: asyncio.Task[None]
) -> None:
    """Read until the client is gone or the writer has said its last word."""
    reader = asyncio.ensure_future(reading)
    try:
        await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        reader.cancel()
        await asyncio.wait({reader})
    if not reader.cancelled() and (problem := reader.exception()):
        raise problem


async def finish(writer: asyncio.Task[None]) -> None:
    """Let the writer say its last words, but not for long."""
    await asyncio.wait({writer}, timeout=GOODBYE_S)
    writer.cancel()
