"""What the bot says without being asked. A timer calls timer_function.handler."""

from botlib.telegram.timer_messages import timer_messages
from main import bot

handler = timer_messages(bot)
