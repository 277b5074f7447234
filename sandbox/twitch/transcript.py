"""A channel's chat as a transcript, in the same look as the sandbox Telegram's.

Messages that a program sent (by IRC or Helix) stand on the bot's side.
"""

from collections.abc import Iterable

from sandbox.transcript import Line, Transcript
from sandbox.twitch.model import ChatMessage


def transcript(messages: Iterable[ChatMessage]) -> Transcript:
    """The chat so far: `str` gives lines, a notebook shows bubbles."""
    return Transcript(line(message) for message in messages)


def line(message: ChatMessage) -> Line:
    """How a message looks; Twitch has neither edits nor buttons."""
    return Line(
        name=message.user,
        is_bot=message.by_program,
        text=message.text,
        quote=message.reply_to.text if message.reply_to else "",
        edited=False,
        buttons=(),
    )
