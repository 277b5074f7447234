"""The bot as a function that Telegram calls. The cloud calls telegram_function.handler."""

from botlib.telegram.webhook import webhook
from main import bot

handler = webhook(bot)
