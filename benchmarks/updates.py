"""Telegram's updates as text, one for each number, and as the event of a cloud.

The pattern has the same meaning for Python's % and for Lua's string.format, so wrk sends the same.
"""

from typing import Any

from bot_sandbox import Telegram

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


def bot_of(telegram: Telegram) -> dict[str, str]:
    """Make a bot that everybody has written to; what its function must know."""
    account = telegram.new_bot("Hello bot", "hello_bot")
    for _ in range(CHATS):
        telegram.person("Viktor").send("hello", to=account)
    api = {"TELEGRAM_API": telegram.url}
    return api | {"TELEGRAM_TOKEN": account.token, "TELEGRAM_SECRET": SECRET}


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
