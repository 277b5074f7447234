"""Requests of python-telegram-bot with a limit to the size of an answer.

httpx, which does the work, has no limit: it unpacks an answer of 1.5 MB into gigabytes of memory.
"""

from typing import Any

import httpx
from telegram.request import HTTPXRequest

LONGEST_UPDATES = 32 * 2**20  # bytes; a hundred updates with long texts and quotes are shorter


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
    """Refuse a compressed answer, and one over the limit; httpx calls it before it reads any."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise httpx.DecodingError("the answer is compressed, and nobody asked for that")
    assert isinstance(response.stream, httpx.AsyncByteStream)  # of an async client
    content = bytearray()
    async for part in response.stream:
        content += part
        if len(content) > LONGEST_UPDATES:
            raise httpx.ReadError(f"the answer is longer than {LONGEST_UPDATES} bytes")
    await response.stream.aclose()  # gives the connection back
    response.stream = httpx.ByteStream(bytes(content))
