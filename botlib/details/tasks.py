"""Several asyncio tasks that live and end together."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def wait_for_first(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Wait until one of the tasks ends; raises what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


async def cancel_all(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and wait until all of them have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
