"""The settings of a bot, and where Telegram and Twitch are: from arguments, environment, `.env`.

`.env` is a text file of NAME=value lines beside the notebook, or in the course's folder; the
environment wins over it. A bot is in the real world once its token is set and no address points to
this machine; until then it is in the sandbox. COURSE_WORLD=sandbox, as every test sets it, keeps it
there whatever else is set. Nothing here checks a token, and no message shows a secret.

Tokens that Twitch renews while a bot runs go back to where the old ones stood: into `.env`; or, if
they came from the environment as in a unit or a container, into STATE_DIRECTORY, the one folder
that such a bot may write into (systemd sets this name itself). From there they win over the
environment at the next start, until somebody puts other ones into the environment.
"""

import codecs
import io
import logging
import os
import re
import time
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
TWITCH_WEBHOOK = {"TWITCH_CLIENT_SECRET", "TWITCH_EVENTSUB_SECRET"}  # only such a bot needs them
PUBLIC = {"TELEGRAM_API", "TWITCH_API", "TWITCH_CHANNEL", "TWITCH_BOT_ID"}
SECRETS = {name for names in NAMES.values() for name in names} - PUBLIC
CURLY = "“”„‘’"  # what text programs make of quotes
STATE_FILE = "renewed.env"  # in STATE_DIRECTORY: what took the place of the environment's settings
RENEWED_FROM = "RENEWED_FROM"  # its line that tells which of the environment's these were
LOCK_WAIT_S, LOCK_DEAD_S = 10.0, 60.0  # for another writer; after so long one has died at its work


class Unreachable(ConnectionError):  # noqa: N818  (named as what happened)
    """Telegram or Twitch cannot be asked now: no answer, trouble of its own, a strange answer."""


def setting(name: str, value: str | None = None) -> str:
    """Return the value given, else the environment's; raise ValueError that names the fix."""
    found = value or os.environ.get(name, "")
    if not found:
        platform = name.partition("_")[0].lower()
        login = f" (python3 start.py login {platform} writes it.)" if platform in NAMES else ""
        raise ValueError(
            f"{name} is not set. Expected it as an argument or in the environment. Set it where "
            f'the bot runs: environment={{"{name}": …}} in a function, the file .env elsewhere.'
            f"{login}"
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
            webhook = " --for eventsub" if name in TWITCH_WEBHOOK else ""
            raise KeyError(
                f"{name} is not set. Write a line {name}=… into the file .env, or let "
                f"python3 start.py login {self.platform}{webhook} write all that is needed."
            )
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
    os.environ.update(renewed())
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


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Put settings into a file of NAME=value lines, in place of those it has; other lines stay.

    The file is its owner's alone (mode 600) and always whole: a new one is written beside it and
    takes its place. That one's name is the lock as well: a second writer waits until it is gone.
    Raises ValueError for a value that no line can hold, OSError if the file cannot be written (the
    disk is full, the folder is somebody else's); the old file stands then.
    """
    path = path.resolve()  # a link stays one
    new = path.with_name(f"{path.name}.new")
    lines = {name: f"{name}={quoted(name, value)}" for name, value in values.items()}
    claim(new)
    try:
        with new.open("w", encoding="utf-8", newline="") as file:
            file.write(with_lines(read_text(path) if path.exists() else "", lines))
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def claim(new: Path) -> None:
    """Make a file that must not exist yet; wait while another writer has it, OSError at last."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return
        except FileExistsError:
            if time.time() - modified(new) > LOCK_DEAD_S:
                new.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def modified(path: Path) -> float:
    """When a file was written, in seconds; now, if it has just gone."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def with_lines(text: str, lines: Mapping[str, str]) -> str:
    """The text with each of these settings in its old line, or at the end.

    >>> with_lines("# mine\\nexport A=1\\nB=2", {"A": "A=7", "C": "C=9"})
    '# mine\\nexport A=7\\nB=2\\nC=9\\n'
    """
    end = "\r\n" if "\r\n" in text else "\n"
    left, made = dict(lines), []
    for line in text.splitlines():
        found = re.match(r"(\s*(?:export\s+)?)([A-Za-z_]\w*)\s*=", line)
        if found and found[2] in lines:
            line = found[1] + lines[found[2]]
            left.pop(found[2], None)
        made.append(line)
    return "".join(f"{line}{end}" for line in [*made, *left.values()])


def quoted(name: str, value: str) -> str:
    """A value as `.env` holds it; ValueError, which does not show it, for one that no line can.

    >>> quoted("A", "123:abc_-"), quoted("A", "it's #1")
    ('123:abc_-', "'it\\\\'s #1'")
    """
    if not value.isprintable():
        raise ValueError(f"{name} holds a line end or another character that nobody can type.")
    if re.fullmatch(r"[\w:/@+.,%~=-]*", value, re.ASCII):
        return value
    escaped = value.replace("\\", r"\\").replace("'", r"\'")
    return f"'{escaped}'"


def place_of(old: Mapping[str, str], folder: Path | str = ".") -> Path | None:
    """The file into which what replaces these settings goes; None where there is no such place."""
    for path in env_files(folder):
        there = read_env(path)
        if any(value and there.get(name) == value for name, value in old.items()):
            return path
    return state_file() if are_set(old) else None


def keep(old: Mapping[str, str], new: Mapping[str, str], folder: Path | str = ".") -> Path | None:
    """Put renewed settings where the old ones stand, in the environment too.

    Returns the file, None where there is none. Raises OSError if it cannot be written.
    """
    path = place_of(old, folder)
    was_set = are_set(old)
    if was_set:  # for whoever asks the environment next, in this process
        os.environ.update(new)
    if path is not None and path == state_file():
        there = read_env(path) if path.is_file() else {}
        again = all(there.get(name) == value for name, value in old.items())
        # Of the environment as the next start finds it, not of what has replaced it before.
        first = there.get(RENEWED_FROM, "") if again else fingerprint(old)
        write_env(path, {**new, RENEWED_FROM: first})
    elif path is not None:
        write_env(path, new)
    return path


def are_set(values: Mapping[str, str]) -> bool:
    """Whether these are the settings that the environment has now."""
    return all(os.environ.get(name, "").strip() == value for name, value in values.items())


def renewed() -> dict[str, str]:
    """What has replaced the environment's settings; nothing if those have changed since."""
    path = state_file()
    if path is None or not path.is_file():
        return {}
    there = read_env(path)
    of = there.pop(RENEWED_FROM, "")
    now = {name: os.environ.get(name, "").strip() for name in there}
    return there if of == fingerprint(now) else {}


def state_file() -> Path | None:
    """The file in STATE_DIRECTORY for what was renewed; None where there is no such folder."""
    if only_sandbox():
        return None
    folder = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd may name several
    return Path(folder) / STATE_FILE if folder else None


def fingerprint(values: Mapping[str, str]) -> str:
    """What tells whether secrets are still the same, and does not give them away."""
    from hashlib import sha256  # here: a function keeps nothing, and need not load it

    return sha256(
        "\0".join(f"{name}={values[name]}" for name in sorted(values)).encode()
    ).hexdigest()
