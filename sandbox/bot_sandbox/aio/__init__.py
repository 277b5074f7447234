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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot_sandbox.aio.clock import Clock
    from bot_sandbox.aio.cloud import Cloud, Function, Timer
    from bot_sandbox.aio.mail import Mail
    from bot_sandbox.aio.telegram import Group, Person, Press, Telegram
    from bot_sandbox.aio.twitch import Twitch, TwitchAccount

_MODULES = {
    "Clock": "clock",
    "Cloud": "cloud",
    "Function": "cloud",
    "Timer": "cloud",
    "Group": "telegram",
    "Mail": "mail",
    "Person": "telegram",
    "Press": "telegram",
    "Telegram": "telegram",
    "Twitch": "twitch",
    "TwitchAccount": "twitch",
}
__all__ = [
    "Clock",
    "Cloud",
    "Function",
    "Group",
    "Mail",
    "Person",
    "Press",
    "Telegram",
    "Timer",
    "Twitch",
    "TwitchAccount",
]


def __getattr__(name: str) -> Any:
    """Import a class when it is first used."""
    if name not in _MODULES:
        raise AttributeError(f"bot_sandbox.aio has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"bot_sandbox.aio.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """Return all names, also those of modules that are not imported yet."""
    return sorted({*globals(), *__all__})
