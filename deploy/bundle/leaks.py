"""Secrets in the files to pack: by their own form, by the name they have, by being in use here.

A secret in a file is in every copy of it. No message shows one.
"""

import os
import re

from botlib.settings import SECRETS, env_files, read_env

SHORTEST = 8  # of the values in use here: a shorter one may stand in any text
BY_FORM = {
    # A token may end in "-", and in an address the word bot stands before it: \b knows neither.
    "a Telegram bot token": re.compile(rb"(?<!\d)\d{6,12}:[\w-]{35}(?![\w-])"),
    "a Twitch token": re.compile(rb"\boauth:[a-z0-9]{30}\b"),
    "an AWS access key": re.compile(rb"\bAKIA[A-Z0-9]{16}\b"),
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}
# NAME = "value", NAME: str = "value", {"name": "value"}, environ["NAME"] = "value",
# environ.get("NAME", "value"). It begins with the telling word and all repetitions are bounded, so
# that a data file of one endless line takes no time.
BY_NAME = re.compile(
    rb"""(?P<word>(?:token(?!i[sz])|secret|password)\w{0,40})["'\]]{0,2}\s{0,9}"""
    rb"""(?::[^=\n"']{0,80}=|==?|[:,])\s{0,9}"""
    rb"""[bfru]?(?P<quote>["'])(?P<value>[A-Za-z0-9_-]{16,200})(?P=quote)""",
    re.I,
)
# Not a secret, but what one is called, or the place that is kept for one.
NAMES_ONE = re.compile(
    rb"[A-Z_]+|(.)\1*|.*(?i:token|secret|password|signature|your|example|placeholder|change|xxxx).*"
)


def known_secrets() -> dict[bytes, str]:
    """The secrets in use here, from `.env` and the environment: the setting's name by its value."""
    sources = [os.environ, *(read_env(path) for path in env_files("."))]
    found = {source.get(name, "").strip(): name for source in sources for name in SECRETS}
    return {os.fsencode(value): name for value, name in found.items() if len(value) >= SHORTEST}


def check_no_secret(file: str, content: bytes, known: dict[bytes, str]) -> None:
    """Raise ValueError, which names file and line, if a secret is in the file."""
    for what, position, setting in leaks(content, known):
        line = content.count(b"\n", 0, position) + 1
        raise ValueError(
            f"{file} holds {what}, in line {line}, so nothing was packed. Take it out, make a new "
            f"one where it came from, write that into .env and read it with setting({setting!r}), "
            "from botlib.settings."
        )


def leaks(content: bytes, known: dict[bytes, str]) -> list[tuple[str, int, str]]:
    """All secrets in a file: (what it is, where, the setting to have it in)."""
    found = [
        (what, match.start(), "NAME")
        for what, pattern in BY_FORM.items()
        for match in pattern.finditer(content)
    ]
    found += [
        (f"the value of {name}", content.index(value), name)
        for value, name in known.items()
        if value in content
    ]
    for match in BY_NAME.finditer(content):
        if not NAMES_ONE.fullmatch(match["value"]):
            before = content[max(0, match.start() - 40) : match.start()]
            name = (re.split(rb"\W", before)[-1] + match["word"]).decode(errors="replace")
            found.append((f"a value for {name}", match.start("value"), name.upper()))
    return found
