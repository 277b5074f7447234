"""A Telegram, a Twitch, a serverless cloud and a mail server on your own machine, with a window.

They need no account and no internet. `bot_sandbox.aio` has the same classes with coroutines. Each
module is imported when you first use a name of it. mypy and editors read __init__.pyi instead,
which tools/package_stub.py writes.
"""

from importlib import import_module
from typing import Any

from bot_sandbox.http import window_hook as _window_hook

__version__ = "0.4.0"
_NAMES_BY_MODULE = {
    "bot_sandbox.world.clock": ["Clock"],
    "bot_sandbox.cloud": ["Cloud", "FunctionError"],
    "bot_sandbox.cloud.function": ["Function"],
    "bot_sandbox.cloud.in_process": ["InProcessCloud"],
    "bot_sandbox.cloud.timers": ["Timer"],
    "bot_sandbox.diagnosis.no_reply": ["NoReply"],
    "bot_sandbox.mail": ["Letter", "Mail", "NoLetter"],
    "bot_sandbox.processes.supervisor": ["ManagedProcess", "OutputLines"],
    "bot_sandbox.programs.join": ["JoinOffer"],
    "bot_sandbox.programs.program": ["NotReady", "Program"],
    "bot_sandbox.world.snapshot": ["Snapshot"],
    "bot_sandbox.telegram": [
        "BotAccount", "DeliveredUpdate", "Delivery", "File", "Group", "Limits", "Message",
        "Person", "Press", "Telegram", "TelegramError",
    ],
    "bot_sandbox.telegram.bot_api_types": ["ChatMember", "PhotoSize"],
    "bot_sandbox.telegram.calls": ["ApiCall", "FaultHit"],
    "bot_sandbox.telegram.faults": ["Fault", "TelegramFaults"],
    "bot_sandbox.telegram.in_memory": ["InMemoryTelegram"],
    "bot_sandbox.telegram.inline_query": ["InlineQuery"],
    "bot_sandbox.world.transcript": ["Transcript"],
    "bot_sandbox.twitch": [
        "Application", "ChatMessage", "ConnectionRecord", "EventSubDelivery", "Subscription",
        "Token", "TraceEntry", "Twitch", "TwitchAccount", "TwitchSettings",
    ],
    "bot_sandbox.twitch.faults": ["TwitchFaults"],
    "bot_sandbox.twitch.user": ["TwitchUser"],
    "bot_sandbox.window": ["Window"],
}  # fmt: skip
_MODULE_BY_NAME = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}
_NAMES_THERE = {"TelegramFaults": "Faults", "TwitchFaults": "Faults"}  # both are called Faults
__all__ = sorted([*_MODULE_BY_NAME, "aio"])


def __getattr__(name: str) -> Any:
    """Import a name's module when it is first used."""
    if name == "aio":
        return import_module("bot_sandbox.aio")
    if name not in _MODULE_BY_NAME:
        raise AttributeError(f"bot_sandbox has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(_MODULE_BY_NAME[name]), _NAMES_THERE.get(name, name))


def _open_window(server: Any) -> Any:
    """Open a window on a server; only here it is imported, because most users need none."""
    from bot_sandbox.window.window import open_window

    return open_window(server)


_window_hook.open_window = _open_window


def __dir__() -> list[str]:
    """Return all names, also those of modules that are not imported yet."""
    return sorted({*globals(), *__all__})
