"""The bot: what it answers. Wherever it lives, `bot` is taken from here."""

from botlib import Bot

bot = Bot()


@bot.command("hello", help="say hello to me")
def hello(message):
    return f"hello {message.user}!"
