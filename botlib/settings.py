"""The settings of a bot, read by one call: from `.env` and the environment.

`.env` is a text file beside the notebook, or in the course's folder; the environment wins over it.
A bot is in the real world once its token is set and no address points to this machine; until then
it is in the sandbox. COURSE_WORLD=sandbox, as every test sets it, keeps it there whatever else is
set. Nothing here checks a token: Telegram and Twitch do that.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from botlib.env_file import read_env

World = Literal["sandbox", "real"]

COURSE = Path(__file__).resolve().parent.parent
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
NAMES = {
    "telegram": ("TELEGRAM_TOKEN", "TELEGRAM_SECRET", "TELEGRAM_API"),
    "twitch": (
        "TWITCH_TOKEN",
        "TWITCH_REFRESH_TOKEN",
        "TWITCH_CLIENT_ID",
        "TWITCH_CLIENT_SECRET",
        "TWITCH_EVENTSUB_SECRET",
        "TWITCH_BOT_ID",
        "TWITCH_CHANNEL",
        "TWITCH_API",
    ),
}
PUBLIC = {"TELEGRAM_API", "TWITCH_API", "TWITCH_CHANNEL", "TWITCH_BOT_ID"}
SECRETS = {name for names in NAMES.values() for name in names} - PUBLIC


@dataclass(frozen=True)
class Settings:
    """One platform's settings; printed, it shows which are set, never a secret."""

    platform: str
    values: Mapping[str, str] = field(repr=False)
    files: tuple[Path, ...] = ()

    @property
    def world(self) -> World:
        """Where the bot is: "real" or "sandbox"."""
        api = self.values.get(f"{self.platform.upper()}_API", "")
        return "real" if self.token and not is_this_machine(api) else "sandbox"

    @property
    def token(self) -> str:
        """The bot's token, "" if there is none."""
        return self.values.get(f"{self.platform.upper()}_TOKEN", "")

    def __getitem__(self, name: str) -> str:
        """Give a setting; raises KeyError that says how to set it."""
        if name not in self.values:
            raise KeyError(f"{name} is not set. Write a line {name}=… into the file .env.")
        return self.values[name]

    def missing(self, *names: str) -> list[str]:
        """Of these names, the ones that are not set."""
        return [name for name in names if name not in self.values]

    def __str__(self) -> str:
        read = ", ".join(path.name for path in self.files) or "no .env"
        lines = [f"{self.platform}: {self.world} (from {read} and the environment)"]
        for name in NAMES[self.platform]:
            shown = self.values.get(name, "not set")
            lines.append(f"  {name}: {shown if name in PUBLIC or shown == 'not set' else 'set'}")
        return "\n".join(lines)


def settings(platform: str = "telegram", folder: Path | str = ".") -> Settings:
    """Read the settings of "telegram" or "twitch" and put those of `.env` into the environment.

    `.env` is looked for in `folder` and in the course's own folder. With COURSE_WORLD=sandbox no
    `.env` is read, and a token for the real world is taken out of the environment. Raises
    ValueError for an unknown platform, a `.env` that cannot be read, an address that is none.
    """
    if platform not in NAMES:
        raise ValueError(f"there are settings for {' and '.join(NAMES)}, not for {platform!r}")
    files = env_files(folder)
    for path in files:
        for name, value in read_env(path).items():
            if value and not os.environ.get(name):
                os.environ[name] = value
    known = {name: os.environ.get(name, "").strip() for name in NAMES[platform]}
    found = Settings(platform, {name: value for name, value in known.items() if value}, files)
    if only_sandbox() and found.world == "real":
        for name in NAMES[platform]:
            os.environ.pop(name, None)  # out of every door's sight
        return Settings(platform, {})
    check_address(f"{platform.upper()}_API", found.values)
    return found


def only_sandbox() -> bool:
    """Whether nothing may reach the real world."""
    return os.environ.get("COURSE_WORLD") == "sandbox"


def env_files(folder: Path | str) -> tuple[Path, ...]:
    """The `.env` files that count: the folder's and the course's; none where only a sandbox is."""
    paths = dict.fromkeys([Path(folder).resolve() / ".env", COURSE / ".env"])
    return tuple(path for path in paths if path.is_file() and not only_sandbox())


def check_address(name: str, values: Mapping[str, str]) -> None:
    """Raise ValueError if the setting of this name is there and no web address."""
    address = values.get(name, "http://")
    if not address.startswith(("http://", "https://")):
        raise ValueError(
            f"{name} is {address!r}. Expected an address that begins with http:// or https://, "
            "such as http://127.0.0.1:8081."
        )


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """All values that must not be shown, the longest first."""
    found = {environment.get(name, "").strip() for name in SECRETS}
    return sorted(found - {""}, key=len, reverse=True)


def is_this_machine(address: str) -> bool:
    """Tell a sandbox's address from a real one.

    >>> is_this_machine("http://127.0.0.1:8081"), is_this_machine("https://api.telegram.org")
    (True, False)
    """
    return urlsplit(address).hostname in THIS_MACHINE
