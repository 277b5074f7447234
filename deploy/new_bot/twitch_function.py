"""The bot as a function that Twitch calls. The cloud calls twitch_function.handler."""

from botlib.twitch.eventsub import webhook
from main import bot

handler = webhook(bot)
