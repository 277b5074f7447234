"""What the bot must answer: python3 start.py test, and this folder's name."""

from main import bot


def test_it_greets_you_by_name():
    assert bot.ask("!hello", user="Viktor") == "hello Viktor!"
