"""The Telegram bot as a `Bot`, which needs Python alone."""

from brain import bot

from botlib.telegram.webhook import webhook

handler = webhook(bot)
