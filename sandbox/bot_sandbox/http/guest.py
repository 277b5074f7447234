"""A client that has joined with a code for some accounts only, and what it may use.

`GUEST` is set where a server begins to serve a guest's connection. All that serves it inherits it,
because asyncio runs each callback and task in the context in which it was started.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Guest:
    """A client that may use these accounts only; `note` receives what is refused."""

    accounts: tuple[object, ...]
    names: str
    note: Callable[[str], None]


GUEST: ContextVar[Guest | None] = ContextVar("guest", default=None)


def guest_refusal(account: object) -> str:
    """Return why the client of this request may not use an account, and note it; "" if it may."""
    guest = GUEST.get()
    if guest is None or account in guest.accounts:
        return ""
    words = f"this join code opens {guest.names} only, and no other account"
    guest.note(words)
    return words
