"""Telegram's faults as requests: the fields of each, and what was done."""

from typing import Annotated, TypedDict

from bot_sandbox.telegram.core import TelegramCore
from bot_sandbox.telegram.faults import Fault, Faults
from bot_sandbox.telegram.world import BotAccount
from bot_sandbox.window.routes import (
    LONGEST_WAIT_S,
    OPTIONAL,
    Field,
    Values,
    flag,
    name_or_id,
    number,
    text,
    whole_number,
)
from bot_sandbox.window.view import json_of

MOST_AT_ONCE = 1000  # the largest n
LONGEST_RETRY_S = 1_000_000  # the largest retry_after
METHOD_FIELD = text("method", "only calls of this method", OPTIONAL)
BOT_FIELD = name_or_id("bot", "only calls of this bot, by username or id", OPTIONAL)
N = whole_number("n", "how many requests", 1, 1, MOST_AT_ONCE)
FOREVER = flag("forever", "until the fault `clear`", False)
EXECUTED = flag("executed", "whether the call is executed before", False)
FAULTS: dict[str, tuple[Field, ...]] = {  # by the names of `Faults`' methods
    "status": (
        whole_number("status", "an HTTP status", 503, 400, 599),
        whole_number("retry_after", "seconds", OPTIONAL, 0, LONGEST_RETRY_S),
        text("description", "the words of the refusal", ""),
        *(METHOD_FIELD, BOT_FIELD, N, FOREVER, EXECUTED),
    ),
    "delay": (
        number("seconds", "how much later", 2.0, 0, LONGEST_WAIT_S),
        *(METHOD_FIELD, BOT_FIELD, N, FOREVER, EXECUTED),
    ),
    "drop": (METHOD_FIELD, BOT_FIELD, N, FOREVER, EXECUTED),
    "truncate": (METHOD_FIELD, BOT_FIELD, N, FOREVER),
    "html": (
        whole_number("status", "an HTTP status", 502, 200, 599),
        *(METHOD_FIELD, BOT_FIELD, N, FOREVER, EXECUTED),
    ),
    "lose_response": (BOT_FIELD, N, FOREVER),
    "clear": (name_or_id("bot", "only the faults of this bot, by username or id", OPTIONAL),),
    "restart": (number("down", "seconds until it is up again", 0.0, 0, LONGEST_WAIT_S),),
    "stop": (),
    "start": (),
}
PYTHON_NAMES = {"down": "down_s"}  # where they differ
WENT_DOWN = "Telegram went down, and all connections with it"
DONE = {
    "restart": WENT_DOWN + "; it is up again {down:g} s later.",
    "stop": WENT_DOWN + "; new ones are refused.",
    "start": "Telegram is up, at the same address as before.",
}


class WaitingJson(TypedDict):
    fault: str
    method: str
    bot: str
    left: Annotated[int | None, "how many requests; null until it is cleared"]
    text: str


class HitJson(TypedDict):
    bot: str
    method: str
    text: str
    at: float


class FaultsJson(TypedDict):
    up: Annotated[bool, "false from `stop` to `start`: nobody can connect"]
    waiting: list[WaitingJson]
    hit_count: int
    hits: Annotated[list[HitJson], "the newest 200"]


def make_fault(telegram: TelegramCore, name: str, values: Values) -> str:
    """Cause a fault of `FAULTS` and return what was done."""
    act = getattr(telegram.faults, name)
    fault = act(**{PYTHON_NAMES.get(key, key): values[key] for key in values})
    if isinstance(fault, Fault):
        words = str(fault)
        return f"{words[0].upper()}{words[1:]}."
    if name == "clear":
        return what_was_cleared(telegram, values["bot"])
    return DONE[name].format(**values)


def what_was_cleared(telegram: TelegramCore, account: BotAccount | None) -> str:
    """Return what `clear` has ended, and what it has not."""
    done = "All faults have ended."
    if account:
        done = f"The faults of @{account.username} have ended; those of all bots continue."
    return done if telegram._world.up else f"{done} Telegram is still down; `start` it."


def faults_json(faults: Faults, up: bool) -> FaultsJson:
    """Return the faults that wait for requests, and the newest hits."""
    return {
        "up": up,
        "waiting": [fault_json(fault) for fault in faults.active],
        "hit_count": faults.hit_count,
        "hits": [json_of(HitJson, hit) for hit in faults.hits[-200:]],
    }


def fault_json(fault: Fault) -> WaitingJson:
    """Return a fault that waits for requests; `left` is null until it is cleared."""
    bot = fault.account.username if fault.account else ""
    return json_of(WaitingJson, fault, fault=fault.name, bot=bot, text=str(fault))
