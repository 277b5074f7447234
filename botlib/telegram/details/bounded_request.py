"""Requests of python-telegram-bot with a limit to the size of an answer.

httpx, which does the work, has no limit: it unpacks an answer of 1.5 MB into gigabytes of memory.
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
from telegram.request import HTTPXRequest

LONGEST_ANSWER = 32 * 2**20  # bytes; a hundred updates are shorter, even with long texts and quotes


def bounded_request(**options: Any) -> HTTPXRequest:
    """Make the request object that python-telegram-bot uses, with a limit to its answers.

    `options` are those of HTTPXRequest. An answer over the limit becomes a NetworkError.
    """
    limited = {
        "headers": {"Accept-Encoding": "identity"},
        "event_hooks": {"response": [limit_answer]},
    }
    return HTTPXRequest(httpx_kwargs=limited, **options)


async def limit_answer(response: httpx.Response) -> None:
    """Refuse a compressed answer, and put a limit to what is read of others.

    httpx calls it before it reads the answer.
    """
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise httpx.DecodingError("the answer is compressed, and nobody asked for that")
    assert isinstance(response.stream, httpx.AsyncByteStream)  # of an async client
    response.stream = BoundedStream(response.stream)


class BoundedStream(httpx.AsyncByteStream):
    """The bytes of an answer, up to the limit."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._stream:
            size += len(part)
            if size > LONGEST_ANSWER:
                raise httpx.ReadError(f"the answer is longer than {LONGEST_ANSWER} bytes")
            yield part

    async def aclose(self) -> None:
        """Close the connection, or give it back."""
        await self._stream.aclose()
