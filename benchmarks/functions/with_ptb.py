"""The Telegram bot by python-telegram-bot."""

from brain import bot

from botlib.telegram.webhook import webhook

handler = webhook(bot)
