"""A Telegram chat as a transcript: what a message looks like now, edits and buttons included."""

from collections.abc import Iterable

from sandbox.telegram.model import Message
from sandbox.transcript import Line, Transcript


def transcript(messages: Iterable[Message]) -> Transcript:
    """The chat so far: `str` gives lines, a notebook shows bubbles."""
    return Transcript(line(message) for message in messages if not message.deleted)


def line(message: Message) -> Line:
    """How a message looks now."""
    channel = message.chat.kind == "channel"
    return Line(
        name=message.chat.title if channel else message.sender.name,
        is_bot=message.sender.is_bot or channel,
        text=shown(message),
        quote=shown(message.reply_to) if message.reply_to else "",
        edited=message.edit_date > 0,
        buttons=tuple(tuple(str(b["text"]) for b in row) for row in message.keyboard),
    )


def shown(message: Message) -> str:
    """The text of a message; a sticker is named."""
    return f"(sticker {message.sticker})" if message.sticker else message.text
