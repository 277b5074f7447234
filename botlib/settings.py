"""The settings of a bot, and where Telegram and Twitch are: from arguments, environment, `.env`.

`.env` is a text file of NAME=value lines beside the notebook, or in the course's folder; the
environment wins over it. A bot is in the real world once its token is set and no address points to
this machine; until then it is in the sandbox. COURSE_WORLD=sandbox, as every test sets it, keeps it
there whatever else is set. Nothing here checks a token, and no message shows a secret.
"""

import codecs
import io
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

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
CURLY = "“”„‘’"  # what text programs make of quotes


class Unreachable(ConnectionError):  # noqa: N818  (named as what happened)
    """Telegram or Twitch cannot be asked now: no answer, trouble of its own, a strange answer."""


def setting(name: str, value: str | None = None) -> str:
    """Return the value given, else the environment's; raise ValueError that names the fix."""
    found = value or os.environ.get(name, "")
    if not found:
        raise ValueError(
            f"{name} is not set. Expected it as an argument or in the environment. Set it where "
            f'the bot runs: environment={{"{name}": …}} in a function, the file .env elsewhere.'
        )
    return found


def telegram_api(api: str | None = None) -> str:
    """The address of the Bot API: the one given, else TELEGRAM_API, else the real one."""
    return (api or os.environ.get("TELEGRAM_API") or "https://api.telegram.org").rstrip("/")


class Addresses(NamedTuple):
    """The four doors of a Twitch."""

    oauth: str = "https://id.twitch.tv/"
    helix: str = "https://api.twitch.tv/helix/"
    eventsub: str = "wss://eventsub.wss.twitch.tv/ws"
    irc: str = "wss://irc-ws.chat.twitch.tv:443"


def addresses(api: str | None = None) -> Addresses:
    """The doors of the Twitch at `api`; else of TWITCH_API's; else the real ones.

    >>> addresses("http://127.0.0.1:8080").irc
    'ws://127.0.0.1:8080/irc'
    """
    root = (api or os.environ.get("TWITCH_API") or "").rstrip("/")
    if not root:
        return Addresses()
    if not root.startswith(("http://", "https://")):
        raise ValueError(f"{root!r} is no address: expected http://…, as `twitch.url` gives it.")
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

    __repr__ = __str__


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


def read_env(path: Path) -> dict[str, str]:
    """Read a file of NAME=value lines; quotes and `export` are allowed, `$` means itself.

    Raises ValueError, which names file and line, for a line that is none: a lost setting would look
    like one that was never made. So each line is given to python-dotenv alone, which leaves out
    what it cannot read and says so in its log only.
    """
    from dotenv import dotenv_values  # here: a function reads no file, and need not have it

    logging.getLogger("dotenv").setLevel(logging.ERROR)
    found: dict[str, str] = {}
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pairs = dotenv_values(stream=io.StringIO(line), interpolate=False)
        if len(pairs) != 1 or None in pairs.values():
            raise ValueError(
                f"{path}, line {number}: expected NAME=value. Is there no = sign, is a quote not "
                "closed, or is something behind it?"
            )
        found |= {name: (value or "").strip().strip(CURLY).strip() for name, value in pairs.items()}
    return found


def read_text(path: Path) -> str:
    """Read a text file in any encoding that Windows writes; ValueError if that cannot be."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from None
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text. Save it again as UTF-8.") from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ValueError(
            f"{path} has two encodings, the second from line {line} on, as PowerShell's >> makes "
            "it. Write that part again in an editor, and save the file as UTF-8."
        )
    return text
