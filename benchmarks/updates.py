"""Telegram's updates as text, one for each number, and as the event of a cloud.

The pattern has the same meaning for Python's % and for Lua's string.format, so wrk sends the same.
"""

from typing import Any

from bot_sandbox import BotAccount, Telegram

SECRET = "benchmark-benchmark"
CHATS = 40  # different people who write
FIRST_PERSON = 500_000_001  # the first id that the sandbox Telegram gives
PATTERN = (
    '{"update_id":%d,"message":{"message_id":1,"date":1700000000,'
    '"chat":{"id":%d,"type":"private","first_name":"Viktor"},'
    '"from":{"id":%d,"is_bot":false,"first_name":"Viktor"},"text":"!hello"}}'
)
LUA = """
local first, people, number = FIRST, FIRST_PERSON, 0
replies = 0

function setup(thread)
  only = thread
end

function request()
  number = number + 1
  local chat = people + number % CHATS
  return wrk.format("POST", nil, nil, string.format('PATTERN', first + number, chat, chat))
end

function response(status, headers, body)
  if status == 200 and string.find(body, "sendMessage", 1, true) then replies = replies + 1 end
end

function done()
  print("replies " .. only:get("replies"))
end

wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Telegram-Bot-Api-Secret-Token"] = "SECRET"
"""


def lua(first: int) -> str:
    """A script for wrk that sends updates, numbered from `first` on, and counts the replies."""
    text = LUA
    for name, value in {
        "FIRST_PERSON": FIRST_PERSON,
        "FIRST": first,
        "CHATS": CHATS,
        "PATTERN": PATTERN,
        "SECRET": SECRET,
    }.items():
        text = text.replace(name, str(value))
    return text


class Crowd:
    """Different people called Viktor, who write to every bot."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.people = [telegram.person("Viktor") for _ in range(CHATS)]

    def new_bot(self, username: str) -> tuple[BotAccount, dict[str, str]]:
        """Make a bot that everybody has written to, so that it may write to them; its settings."""
        account = self.telegram.new_bot(username, username)
        for person in self.people:
            person.send("hello", to=account)
        self.telegram.call(account, "deleteWebhook", drop_pending_updates=True)
        settings = {"TELEGRAM_API": self.telegram.url, "TELEGRAM_TOKEN": account.token}
        return account, settings | {"TELEGRAM_SECRET": SECRET}

    def arrived(self) -> int:
        """Return how many replies the people have got."""
        return sum(len(person.inbox) for person in self.people)

    def wait_for(self, replies: int) -> None:
        """Wait for so many replies since the last `forget`."""
        if not self.telegram.wait_until(lambda: self.arrived() >= replies, timeout=120):
            raise RuntimeError(f"{self.arrived()} of {replies} replies came")

    def forget(self) -> None:
        """Throw away what people have got."""
        for person in self.people:
            person.inbox.clear()


def event(number: int) -> dict[str, Any]:
    """An update as the event of an AWS Function URL."""
    chat = FIRST_PERSON + number % CHATS
    return {
        "version": "2.0",
        "rawPath": "/",
        "headers": {
            "content-type": "application/json",
            "x-telegram-bot-api-secret-token": SECRET,
        },
        "requestContext": {"http": {"method": "POST", "path": "/"}},
        "body": PATTERN % (number, chat, chat),
        "isBase64Encoded": False,
    }
