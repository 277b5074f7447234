"""Such Different Chatbots: one brain, many homes."""

from botlib.bot import Bot, Message

__all__ = ["Bot", "Message"]
