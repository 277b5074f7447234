"""The brain of both Telegram functions."""

from botlib import Bot, Message

bot = Bot()


@bot.command("hello", help="say hello")
def hello(message: Message) -> str:
    """Greet whoever writes."""
    return f"hello {message.user}!"
