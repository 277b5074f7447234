"""Read the body of an HTTP request or response, up to a limit."""

from aiohttp import StreamReader


async def read_body(content: StreamReader, limit: int) -> bytes | None:
    """Return the whole body, or None if it has more than `limit` bytes."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in content.iter_any():
        size += len(chunk)
        if size > limit:
            return None
        chunks.append(chunk)
    return b"".join(chunks)
