"""The same classes as in bot_sandbox, with coroutines instead of methods that wait.

    async with aio.Telegram() as telegram:
        account = await telegram.new_bot("Hello bot", "hello_bot")
        viktor = await telegram.person("Viktor")
        await viktor.ask("/hello")

Use it if your bot runs in the event loop of your test. Names, parameters and results are those of
the plain classes; attributes and properties are read without `await`. `aio.Telegram.of(telegram)`
wraps a plain object, `telegram.sync` is the plain object. Everything else, such as messages, is
what the plain classes return.
"""

import sys
from typing import Any

from bot_sandbox.aio.twin import twin_of

__all__ = [
    "Clock",
    "Cloud",
    "DeliveredUpdate",
    "Fault",
    "Function",
    "Group",
    "InlineQuery",
    "Mail",
    "Person",
    "Press",
    "Telegram",
    "TelegramFaults",
    "Timer",
    "Twitch",
    "TwitchAccount",
    "TwitchFaults",
]


def __getattr__(name: str) -> Any:
    """Make a class when it is first used."""
    if name not in __all__:
        raise AttributeError(f"bot_sandbox.aio has no {name!r}; it has {', '.join(__all__)}")
    plain = sys.modules[__name__.rpartition(".")[0]]  # Python imports it before this package of it
    return twin_of(getattr(plain, name))


def __dir__() -> list[str]:
    """Return all names, also those of classes that are not made yet."""
    return sorted({*globals(), *__all__})
