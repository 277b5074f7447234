"""Where tokens go that Twitch renews while a bot runs, so that the next start finds them.

They go back to where the old ones were: into `.env`; or, if they came from the environment as in a
unit or a container, into STATE_DIRECTORY, the one folder that such a bot may write into (systemd
sets this name itself). From there they win over the environment at the next start, until somebody
puts other ones into the environment.
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from botlib.details.env_file import env_files, only_sandbox, read_env, write_env

STATE_FILE = "renewed.env"  # in STATE_DIRECTORY: what replaces the environment's settings
RENEWED_SETTINGS = ("TWITCH_TOKEN", "TWITCH_REFRESH_TOKEN")  # and nothing else is taken from there
RENEWED_FROM = "RENEWED_FROM"  # its line with the fingerprint of the settings that it replaces


def file_for_renewed(old: Mapping[str, str], folder: Path | str = ".") -> Path | None:
    """The file that gets what replaces these settings; None if there is no place for it."""
    for path in env_files(folder):
        there = read_env(path)
        if any(value and there.get(name) == value for name, value in old.items()):
            return path
    return state_file() if are_in_environment(old) else None


def save_renewed(
    old: Mapping[str, str], new: Mapping[str, str], folder: Path | str = "."
) -> Path | None:
    """Put renewed settings instead of the old ones, in the environment too.

    Returns the file, None if there is none. Raises OSError if it cannot be written.
    """
    path = file_for_renewed(old, folder)
    was_set = are_in_environment(old)
    if was_set:  # for anybody who reads it later in this process
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


def are_in_environment(values: Mapping[str, str]) -> bool:
    """Whether these are the settings that the environment has now."""
    return all(os.environ.get(name, "").strip() == value for name, value in values.items())


def read_renewed() -> dict[str, str]:
    """Read what has replaced the environment's settings; nothing if those have changed since."""
    path = state_file()
    if path is None or not path.is_file():
        return {}
    there = read_env(path)
    of = there.pop(RENEWED_FROM, "")
    now = {name: os.environ.get(name, "").strip() for name in there}
    is_current = of == fingerprint(now)
    return {name: there[name] for name in RENEWED_SETTINGS if is_current and name in there}


def state_file() -> Path | None:
    """The file in STATE_DIRECTORY for what was renewed; None if there is no such folder."""
    if only_sandbox():
        return None
    folder = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]  # systemd may name several
    return Path(folder) / STATE_FILE if folder else None


def fingerprint(values: Mapping[str, str]) -> str:
    """A text that tells whether secrets are still the same, without giving them away."""
    return sha256(
        "\0".join(f"{name}={values[name]}" for name in sorted(values)).encode()
    ).hexdigest()
