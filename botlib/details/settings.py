"""The settings of a bot, and where Telegram and Twitch are: from arguments, environment, `.env`.

`.env` is a text file of NAME=value lines in the bot's folder, or in BOTS_FOLDER for all your bots;
the environment wins over it. A bot is in the real world once its token is set and no address points
to this machine; until then it is in the sandbox. BOT_WORLD=sandbox, as every test sets it, keeps it
there whatever else is set. Nothing here checks a token, and no message shows a secret.

Errors say what to type if BOT_COMMAND names the command with which you care for your bots.

A function pays for each import at each cold start. So what takes milliseconds and few functions
need, such as `urllib.parse`, is imported where it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

World = Literal["sandbox", "real"]

TOKEN_TRIES = 3  # before a bot believes a platform that its token is wrong
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
PLATFORMS = ("telegram", "twitch")
NAMES = {  # of the platforms, and of a home that a program here uploads a bot to
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
    "pythonanywhere": (
        "PYTHONANYWHERE_USERNAME",
        "PYTHONANYWHERE_TOKEN",
        "PYTHONANYWHERE_HOST",
        "PYTHONANYWHERE_API",
        "PYTHONANYWHERE_SITE",
    ),
}
TWITCH_WEBHOOK = {"TWITCH_CLIENT_SECRET", "TWITCH_EVENTSUB_SECRET"}  # only such a bot needs them
# Whoever knows one can write to the bot.
SIGNING_SECRETS = {"TELEGRAM_SECRET", "TWITCH_EVENTSUB_SECRET"}
PUBLIC_SETTINGS = {"TELEGRAM_API", "TWITCH_API", "TWITCH_CHANNEL", "TWITCH_BOT_ID"}
PUBLIC_SETTINGS |= {f"PYTHONANYWHERE_{name}" for name in ("USERNAME", "HOST", "API", "SITE")}
ROUTES = {name for name in PUBLIC_SETTINGS if name.endswith(("_API", "_SITE"))}  # where secrets go
ROUTES |= {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}
QUOTE_OR_SPACE = r"[\s\x00-\x1f\"'`‘’“”\u200b\ufeff]"  # copied along with a token
SHORTEST_SECRET = 8  # characters of a part of a secret that is hidden by itself
STORE_SECRETS = {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}  # besides the password in STORE_URL
SECRETS = {name for names in NAMES.values() for name in names} - PUBLIC_SETTINGS | STORE_SECRETS
KNOWN_SETTINGS = {name for names in NAMES.values() for name in names} | ROUTES | {"STORE_URL"}


def suggest_command(words: str) -> str:
    """Return a sentence that says what to type; "" where no command for it is known.

    `words` follow the command that BOT_COMMAND names: suggest_command("login twitch").
    """
    command = os.environ.get("BOT_COMMAND", "")
    return f" In a terminal: {command} {words}" if command else ""


def require_setting(name: str, value: str | None = None) -> str:
    """Return the value given, else the environment's; raises ValueError that says how to set it."""
    found = value or os.environ.get(name, "")
    if not found:
        raise not_set(name)
    return found


def not_set(name: str) -> ValueError:
    """Make the error for a setting that is missing."""
    platform = name.partition("_")[0].lower()
    login = f"login {platform}{' --for eventsub' * (name in TWITCH_WEBHOOK)}"
    return ValueError(
        f"{name} is not set. Set it where the bot runs: a line {name}=… in the file .env, or the "
        f"environment of a function.{suggest_command(login) if platform in NAMES else ''}"
    )


def telegram_api(api: str | None = None) -> str:
    """The address of the Bot API: the one given, else TELEGRAM_API, else the real one."""
    address = (api or os.environ.get("TELEGRAM_API") or "https://api.telegram.org").rstrip("/")
    warn_if_readable("TELEGRAM_API", address)
    return address


class Addresses(NamedTuple):
    """The four addresses of a Twitch."""

    oauth: str = "https://id.twitch.tv/"
    helix: str = "https://api.twitch.tv/helix/"
    eventsub: str = "wss://eventsub.wss.twitch.tv/ws"
    irc: str = "wss://irc-ws.chat.twitch.tv:443"


def addresses(api: str | None = None) -> Addresses:
    """The addresses of the Twitch at `api`; else of TWITCH_API's; else the real ones.

    >>> addresses("http://127.0.0.1:8080").irc
    'ws://127.0.0.1:8080/irc'
    """
    root = (api or os.environ.get("TWITCH_API") or "").rstrip("/")
    if not root:
        return Addresses()
    check_address("TWITCH_API", {"TWITCH_API": root})
    warn_if_readable("TWITCH_API", root)
    socket = root.replace("http", "ws", 1)
    return Addresses(f"{root}/", f"{root}/helix/", f"{socket}/ws", f"{socket}/irc")


class Settings:
    """One platform's settings; printed, it shows which are set, never a secret."""

    def __init__(
        self, platform: str, values: Mapping[str, str], files: tuple[Path, ...] = ()
    ) -> None:
        self.platform, self.values, self.files = platform, values, files

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
        """Return a setting; raises ValueError that says how to set it."""
        if name not in self.values:
            raise not_set(name)
        return self.values[name]

    def missing(self, *names: str) -> list[str]:
        """Of these names, the ones that are not set."""
        return [name for name in names if name not in self.values]

    def __str__(self) -> str:
        read = ", ".join(path.name for path in self.files) or "no .env"
        lines = [f"{self.platform}: {self.world} (from {read} and the environment)"]
        for name in NAMES[self.platform]:
            shown = self.values.get(name, "not set")
            lines.append(
                f"  {name}: {shown if name in PUBLIC_SETTINGS or shown == 'not set' else 'set'}"
            )
        return "\n".join(lines)

    __repr__ = __str__


def read_settings(platform: str = "telegram", folder: Path | str | None = None) -> Settings:
    """Read the settings of "telegram", for example, and put those of `.env` into the environment.

    `.env` is looked for in `folder`, the bot's, and in BOTS_FOLDER. Without `folder`, it is looked
    for in the working folder. There it may set only what botlib knows, may send no secret from
    elsewhere to an address of its own, and may not sign for a token from elsewhere. With
    BOT_WORLD=sandbox no `.env` is read, and a token for the real world is removed from the
    environment. Raises ValueError for an unknown platform, a `.env` that cannot be read or does so,
    or an invalid address.
    """
    from botlib.details.env_file import (  # here: functions read no file
        env_files,
        only_sandbox,
        read_env,
    )
    from botlib.details.renewed_tokens import read_renewed

    if platform not in NAMES:
        raise ValueError(f"there are settings for {', '.join(NAMES)}, not for {platform!r}")
    files = env_files(folder or ".")
    unnamed = unnamed_file() if folder is None else None
    sources: dict[str, Path] = {}
    for path in files:
        for name, value in read_env(path).items():
            allowed = path != unnamed or name.upper() in KNOWN_SETTINGS
            if value and allowed and not os.environ.get(name):
                os.environ[name] = value
                sources[name] = path
    if unnamed:
        check_routes(sources, unnamed)
    os.environ.update(read_renewed())
    known = {name: os.environ.get(name, "").strip() for name in NAMES[platform]}
    found = Settings(platform, {name: value for name, value in known.items() if value}, files)
    if only_sandbox() and found.world == "real":
        for name in NAMES[platform]:
            os.environ.pop(name, None)  # so that nothing else can read it
        return Settings(platform, {})
    check_address(f"{platform.upper()}_API", found.values)
    return found


def unnamed_file() -> Path | None:
    """The working folder's `.env`, as env_files() spells it; None if BOTS_FOLDER names it."""
    from pathlib import Path  # here: functions read no file

    here, bots = Path().resolve(), os.environ.get("BOTS_FOLDER")
    return None if bots and here == Path(bots).resolve() else here / ".env"


def check_routes(sources: Mapping[str, Path], unnamed: Path) -> None:
    """Raise ValueError if a `.env` that nobody named says where a secret from elsewhere goes.

    The same if it says who may write to a bot whose token is from elsewhere. `sources` are the
    names that `.env` files have set. BOTS_FOLDER's may name any address.
    """
    routes = [name for name in sources if sources[name] == unnamed and is_route(name)]
    own = [name for name in SECRETS if sources.get(name) == unnamed]
    others = [name for name in SECRETS if os.environ.get(name) and name not in own]
    for name in routes:
        if others or not own:  # a login may bring the secret later
            del os.environ[name]
    if routes and others:
        raise ValueError(
            f"{unnamed} sets {routes[0]}, but {min(others)} is not in that file, so secrets or "
            "what your bot remembers would go there. Put both into one .env, or delete that line."
        )
    for name in SIGNING_SECRETS.intersection(own):
        beside = [other for other in others if other.startswith(name.partition("_")[0])]
        if beside:
            del os.environ[name]
            raise ValueError(
                f"{unnamed} sets {name}, but {min(beside)} is not in that file, so whoever wrote "
                "it could write to your bot. Put both into one .env, or delete that line."
            )


def is_route(name: str) -> bool:
    """Tell whether a setting of this name, as it is now, names another place for your data."""
    is_local = os.environ[name].startswith(("sqlite:", "memory:"))
    return name.upper() in ROUTES or (name.upper() == "STORE_URL" and not is_local)


def check_address(name: str, values: Mapping[str, str]) -> None:
    """Raise ValueError if the setting of this name is there and no web address.

    The value may be a token, on the wrong line, so the message does not show it.
    """
    if not values.get(name, "http://").startswith(("http://", "https://")):
        raise ValueError(
            f"{name} is no web address. Expected one that begins with http:// or https://, such as "
            "http://127.0.0.1:8081."
        )


@cache  # so each address is mentioned once
def warn_if_readable(name: str, address: str) -> None:
    """Log a warning if the bot's token would travel to another machine without encryption."""
    if address.startswith("http://") and not is_this_machine(address):
        import logging

        logging.getLogger("botlib.details.settings").warning(
            "%s begins with http:// and is not on this machine, so everyone on the network "
            "between can read the bot's token. Use an https:// address.",
            name,
        )


def secrets_of(environment: Mapping[str, str]) -> list[str]:
    """All values that must not be shown, in each of their spellings, the longest first."""
    found = {environment.get(name, "").strip() for name in SECRETS}
    found.add(password_in(environment.get("STORE_URL", "")))
    every = {spelling for secret in found for spelling in spellings_of(secret)}
    return sorted(every, key=len, reverse=True)


def spellings_of(secret: str) -> set[str]:
    """Return how a text may show a secret: as it is, in an address, or without its number.

    A URL may show a token's colon in yet another spelling, so the part after it counts, too. A
    short part would hide ordinary words.

    >>> sorted(spellings_of("42:very-secret"))
    ['42%3Avery-secret', '42:very-secret', 'very-secret']
    """
    from urllib.parse import quote, unquote

    end = secret.rpartition(":")[2]
    plain = unquote(secret)
    found = {secret, plain, quote(plain, safe="")}
    return (found | {end} if len(end) >= SHORTEST_SECRET else found) - {""}


def password_in(address: str) -> str:
    """Return the password in an address such as a store's, "" if there is none.

    >>> password_in("redis://:s/e#c@127.0.0.1:6379/0"), password_in("memory://")
    ('s/e#c', '')
    """
    login, _, _ = address.partition("://")[2].rpartition("@")
    return login.partition(":")[2]


def is_this_machine(address: str) -> bool:
    """Tell a sandbox's address from a real one.

    >>> is_this_machine("http://127.0.0.1:8081"), is_this_machine("https://api.telegram.org")
    (True, False)
    """
    from urllib.parse import urlsplit

    return urlsplit(address).hostname in THIS_MACHINE
