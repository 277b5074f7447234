"""The Telegram bot by python-telegram-bot."""

from brain import bot

from botlib.telegram import webhook

handler = webhook(bot)
