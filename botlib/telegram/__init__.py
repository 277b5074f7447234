"""The Telegram doors: a webhook function, and long polling for a program that stays alive.

Both carry messages to the same brain. They import python-telegram-bot; the brain does not.
"""

from botlib.telegram.application import application
from botlib.telegram.polling import Polling, poll
from botlib.telegram.webhook import webhook

__all__ = ["Polling", "application", "poll", "webhook"]
