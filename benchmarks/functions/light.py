"""The Telegram bot without python-telegram-bot."""

from brain import bot

from botlib.telegram.light import webhook

handler = webhook(bot)
