"""Where Viktor meets a bot: a private chat on Telegram, or a channel on Twitch."""

from bot_sandbox.http.page import Page
from bot_sandbox.telegram import BotAccount, Person, Telegram
from bot_sandbox.twitch import Twitch, TwitchAccount

TIMEOUT_S = 60.0  # a busy machine starts a program slowly


class TelegramChat:
    """Viktor's private chat with a Telegram bot."""

    pause_s = 0.0  # how long Viktor waits after an answer, so that the bot may speak again

    def __init__(self, telegram: Telegram, viktor: Person, bot: BotAccount) -> None:
        self._telegram, self._viktor, self._bot = telegram, viktor, bot

    def ask(self, text: str) -> str:
        """Write a message and return the bot's answer; NoReply if there is none."""
        return self._viktor.ask(text, to=self._bot, timeout=TIMEOUT_S)

    def say(self, *texts: str) -> None:
        """Write messages and wait for nothing."""
        self._viktor.send_all(texts, to=self._bot)

    def answers(self) -> list[str]:
        """List everything the bot has said so far."""
        lines = self._telegram.transcript(self._viktor, self._bot).lines
        return [line.text for line in lines if line.is_bot]

    def window(self) -> Page:
        """Return a page to chat in, as Viktor."""
        return self._telegram.window(self._viktor, self._bot)


class TwitchChat:
    """Viktor's Twitch channel, in which the bot answers."""

    pause_s = 1.3  # a bot on IRC says at most one thing a second

    def __init__(self, twitch: Twitch, viktor: TwitchAccount) -> None:
        self._twitch, self._viktor = twitch, viktor

    def ask(self, text: str) -> str:
        """Write a message and return the bot's answer; NoReply if there is none."""
        return self._viktor.ask(text, timeout=TIMEOUT_S)

    def say(self, *texts: str) -> None:
        """Write messages and wait for nothing."""
        self._viktor.say_all(list(texts))

    def answers(self) -> list[str]:
        """List everything the bot has said so far."""
        return [each.text for each in self._twitch.messages(self._viktor) if each.by_program]

    def window(self) -> Page:
        """Return a page to chat in, as Viktor."""
        return self._twitch.window(self._viktor)
