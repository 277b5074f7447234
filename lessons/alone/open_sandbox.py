"""The sandbox that is open on a notebook's page, for a program in a terminal.

A notebook's cell offers its Telegram or Twitch, and writes how to join it into a file in
my_course, which nobody else may read. `start.py run` finds the file there. The file goes when the
notebook's kernel ends. If the kernel was killed, the file stays, and nobody answers at its address.
"""

import json
import os
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from botlib.details.env_file import bots_folder
from deploy.whole_file import write_whole
from lessons.workshop import read_json

if TYPE_CHECKING:
    from bot_sandbox import Telegram, Twitch

OWN_FOLDER = "my_course"  # lessons/commands/copies.py makes it
ALONE = "workshop/alone"  # her files, in there
OFFER_FILE = ".open_sandbox.json"


class OpenSandbox(NamedTuple):
    """How to join a sandbox: its address with a code, and the settings of a bot in it."""

    address: str
    settings: Mapping[str, str]


def own_folder() -> Path:
    """Return my_course, or the folder that stands for it in a test or in a class."""
    return Path(os.environ.get("COURSE_FOLDER") or bots_folder().absolute() / OWN_FOLDER)


def offer_sandbox(
    owner: object,
    telegram: "Telegram | None" = None,
    twitch: "Twitch | None" = None,
    **settings: str,
) -> None:
    """Let programs in a terminal join this sandbox, with a bot's settings, as long as `owner` is.

    A later offer replaces an earlier one. Without cryptography, or where the file can't be written,
    there is none, and the terminal gets a sandbox of its own.
    """
    from bot_sandbox import JoinOffer  # it takes a while, and the terminal needs none

    with suppress(ImportError, OSError):
        offer = JoinOffer(telegram, twitch)
        file = own_folder() / OFFER_FILE
        weakref.finalize(owner, withdraw_offer, offer, file)
        file.parent.mkdir(parents=True, exist_ok=True)
        told = {"address": offer.address, "settings": settings}
        write_whole(file, json.dumps(told).encode(), 0o600)


def withdraw_offer(offer: Any, file: Path) -> None:
    """Close an offer, and delete its file unless it is a later one's."""
    if read_json(file).get("address") == offer.address:
        file.unlink(missing_ok=True)
    offer.close()


def find_open_sandbox(platform: str) -> OpenSandbox | None:
    """Return what a notebook's page offers for a platform; None if it offers nothing."""
    found = read_json(own_folder() / OFFER_FILE)
    address, settings = found.get("address"), found.get("settings")
    token = f"{platform.upper()}_TOKEN"
    if not isinstance(address, str) or not isinstance(settings, dict) or token not in settings:
        return None
    return OpenSandbox(address, {str(name): str(value) for name, value in settings.items()})
