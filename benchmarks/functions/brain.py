"""The bot of the function that takes a `Bot`."""

from botlib import Bot, Message

bot = Bot()


@bot.command("hello", help="say hello")
def hello(message: Message) -> str:
    """Greet whoever writes."""
    return f"hello {message.user}!"
