"""Find secrets in the files to pack: values in use here, known forms, and telling names.

A zip is copied, and a secret in it is in every copy. The scan knows the tokens of the services that
bots use, also in UTF-16 and in base64. It does not find a secret that is compressed, encrypted or
in pieces, and none of unknown form whose name does not tell what it is. No message shows a secret.

A false alarm ends if the line ends with the words `not a secret`, within 500 bytes. They never hide
a value in use.

Why not detect-secrets 1.5: it reads neither UTF-16 nor base64, ignores `Github("ghp_…")`, reports
any random-looking text in data files, and needs a second for half a megabyte.
"""

import binascii
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import NamedTuple
from urllib.parse import quote

from botlib.env_file import env_files, read_env
from botlib.settings import SECRETS, password_in

SHORTEST = 8  # characters of a value in use here; any text may hold a shorter one


def form(begins: str, rest: str) -> re.Pattern[bytes]:
    """Compile the form of a token that is no part of a longer word.

    The pattern begins with plain letters, because Python finds those 50 times faster, and only then
    checks the character before them.
    """
    return re.compile(rf"{begins}(?<!\w{begins}){rest}".encode())


FORMS = (
    # In an address, the word "bot" comes directly before it.
    ("a Telegram bot token", re.compile(rb":(?<=\d{6}:)[\w-]{35}(?![\w-])")),
    ("a Telegram bot token", re.compile(rb"%3[Aa](?<=\d{6}%3[Aa])[\w-]{35}(?![\w-])")),
    ("a Twitch token", form("oauth:", r"[a-z0-9]{30}\b")),
    ("a Discord token", re.compile(rb"\.(?<=[\w-]{23}\.)[\w-]{6}\.[\w-]{27,45}(?![\w.-])")),
    ("an AWS access key", form("AKIA", r"[A-Z0-9]{16}\b")),
    ("an AWS access key", form("ASIA", r"[A-Z0-9]{16}\b")),
    ("a GitHub token", re.compile(rb"gh[opsur]_[A-Za-z0-9]{36}")),
    ("a GitHub token", form("github_pat_", r"\w{60}")),
    ("a GitLab token", form("glpat-", r"[\w-]{20}")),
    # OpenAI, Anthropic, OpenRouter and others. CSS has such names, too, but without digits.
    ("an AI service's key", form("sk-", r"(?=(?:[A-Za-z_-]*\d){2})[\w-]{32}")),
    ("an AI service's key", form("gsk_", r"[A-Za-z0-9]{40}")),  # Groq
    ("an AI service's key", form("hf_", r"[A-Za-z]{30}")),  # Hugging Face
    ("a Yandex OAuth token", form("y0_", r"[\w-]{40}")),
    ("a Yandex Cloud token", form(r"t1\.", r"[\w-]{20,400}={0,2}\.[\w-]{60}")),
    ("a Yandex Cloud API key", form("AQVN", r"[\w-]{35,60}(?![\w+/=-])")),
    ("a Yandex Cloud access key", form("YC", r"(?=(?:[A-Za-z_-]*\d){2})[\w-]{38}(?![\w-])")),
    # If you know the address of such a webhook, you can write into its chat.
    ("a Discord webhook", re.compile(rb"/api/webhooks/\d{15,20}/[\w-]{60}")),
    ("a Slack webhook", re.compile(rb"hooks\.slack\.com/services/T\w{5,15}/B\w{5,15}/\w{20}")),
    # In the header Authorization: PythonAnywhere's API takes the first, Twitch the other two.
    ("an API token", form("Token ", r"[0-9a-f]{40}\b")),
    ("a Twitch token", form("OAuth ", r"[a-z0-9]{30}\b")),
    ("a bearer token", form("Bearer ", r"(?=(?:[A-Za-z_-]*\d){2})[\w-]{24}")),
    ("a Google API key", form("AIza", r"[\w-]{35}(?![\w+/=-])")),
    ("a Slack token", re.compile(rb"xox[abeprs]-[\w-]{20}")),
    ("a Stripe key", re.compile(rb"k_live_\w{20}")),
    ("a signed token (JWT)", form("eyJ", r"[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{20}")),
    ("a private key", re.compile(rb"-----BEGIN [A-Z ]{0,30}PRIVATE KEY")),
)
# scheme://user:password@host
IN_ADDRESS = re.compile(
    rb"://[^\s/:@\"']{0,80}:(?P<value>[^\s/:@\"'{}<>$]{8,200})@(?!localhost|127\.0\.0\.1)"
)
# NAME = "value", NAME: str = "value", {"name": "value"}, environ["NAME"] = "value",
# environ.get("NAME", "value"), NAME=value. All repetitions are bounded, so that a data file with
# one endless line takes no time.
NAMES = ("token(?!i[sz])", "secret", "password", "passwd", "api[_-]?key", "access[_-]?key")
BY_NAME = tuple(
    re.compile(
        name.encode() + rb"\w{0,40}['\"\]]{0,2}\s{0,9}"
        rb"(?::[^=\n\"']{0,80}=|==?|[:,])[^\S\n]{0,9}"
        rb"[bfru]?(?P<quote>[\"']?)(?P<value>[a-z0-9_+/=-]{16,200})(?=(?P=quote)(?![\w.(\[]))"
    )
    for name in NAMES
)
# Not a secret, but what one is called, or the place that is kept for one.
PLACEHOLDER = re.compile(
    rb"[A-Z_]+|(.)\1*|.*(?i:token|secret|password|signature|your|example|placeholder|change|xxxx).*"
)
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*")


TELLING = re.compile(rf"({'|'.join(NAMES)}|_key$)", re.I)  # names of settings that hold a secret
# The last words of a line, and what closes a comment, a text or an object in JSON behind them.
# A data file may be one endless line, whose last words are about something else.
LONGEST_REST = 500  # bytes
NOT_A_SECRET = re.compile(rb"not a secret[\s\"',;)}\]>*/-]*$", re.I)


class Leak(NamedTuple):
    """A secret that was found in a file."""

    what: str
    position: int
    setting: str = "NAME"  # the setting that should hold it
    in_use: bool = False  # it is a value of `.env` or the environment


def known_secrets() -> dict[bytes, str]:
    """The secrets in use here, from `.env` and the environment: the setting's name by its value.

    Each value is there in every spelling that a file may have it in.
    """
    of_bots = [read_env(path) for path in env_files(".")]
    sources = [os.environ, *of_bots]
    names = {name for source in of_bots for name in source if TELLING.search(name)} | SECRETS
    found = {source.get(name, "").strip(): name for source in sources for name in sorted(names)}
    found |= {password_in(source.get("STORE_URL", "")): "STORE_URL" for source in sources}
    return {
        spelled: name
        for value, name in found.items()
        if len(value) >= SHORTEST
        for spelled in spellings(value)
    }


def spellings(value: str) -> set[bytes]:
    r"""Return a value as UTF-8, UTF-16 and Latin-1 have it, in hex, in an address, in JSON.

    >>> sorted(spellings("päss"))[1:4]
    [b'70c3a47373', b'p%C3%A4ss', b'p\\u00e4ss']
    """
    raw = os.fsencode(value)
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), quote(raw, safe="").encode()}
    found.add(json.dumps(value)[1:-1].encode())
    for encoding in ("utf-16-le", "utf-16-be", "latin-1"):
        with suppress(UnicodeEncodeError):
            # Without the NULs, because the scan leaves them out of text in UTF-16.
            found.add(value.encode(encoding).replace(b"\0", b""))
    return found


def check_no_secret(file: str, content: bytes, known: dict[bytes, str]) -> None:
    """Raise ValueError, which names file and line, if a secret is in the file."""
    # Text in UTF-16 is plain text with a NUL beside each ASCII character.
    text = content.replace(b"\0", b"") if content.count(b"\0") > len(content) / 4 else content
    for leak in chain(leaks(text, known), leaks_in_base64(text, known)):
        line = text.count(b"\n", 0, leak.position) + 1
        rest = text[leak.position : leak.position + LONGEST_REST].partition(b"\n")
        is_whole = bool(rest[1]) or leak.position + LONGEST_REST >= len(text)
        if not leak.in_use and is_whole and NOT_A_SECRET.search(rest[0]):
            continue
        raise ValueError(
            f"{file} holds {leak.what}, in line {line}, so nothing was packed. Remove it, make "
            "a new one where it came from, write that into .env and read it with "
            f"require_setting({leak.setting!r}), from botlib.settings."
            + " If this is a false alarm, end the line with: # not a secret"
            * (not leak.in_use)
        )


def leaks(text: bytes, known: dict[bytes, str]) -> Iterator[Leak]:
    """Find the secrets in a text as it is."""
    for value, name in known.items():
        if value in text:
            yield Leak(f"the value of {name}", text.index(value), name, in_use=True)
    for what, pattern in FORMS:
        for match in pattern.finditer(text):
            yield Leak(what, match.start())
    for match in IN_ADDRESS.finditer(text):
        if not PLACEHOLDER.fullmatch(match["value"]):
            yield Leak("a password in an address", match.start("value"))
    lower = text.lower()
    for pattern in BY_NAME:
        for match in pattern.finditer(lower):
            value = text[slice(*match.span("value"))]
            if not PLACEHOLDER.fullmatch(value) and is_secret(value, bool(match["quote"])):
                before = re.split(rb"\W", text[max(0, match.start() - 40) : match.start()])[-1]
                word = re.match(rb"[\w-]+", text[match.start() :])
                name = (before + (word[0] if word else b"")).decode(errors="replace")
                yield Leak(f"a value for {name}", match.start("value"), name.upper())


def is_secret(value: bytes, is_quoted: bool) -> bool:
    """Tell a secret from a path and, without quotes, from the name of a variable.

    >>> is_secret(b"correct-horse-battery", True), is_secret(b"correct-horse-battery", False)
    (True, False)
    >>> is_secret(b"/srv/bot/2026/words", True), is_secret(b"k3Jd_93kdLs02mcQ", False)
    (False, True)
    """
    if is_quoted and re.fullmatch(rb"[\w-]+", value):
        return True
    has_digits = re.search(rb"\d.*\d", value) is not None
    is_mixed = value.lower() != value != value.upper()
    is_name = b"_" in value and not is_mixed
    return has_digits and not is_name and not value.startswith(b"/")


def leaks_in_base64(text: bytes, known: dict[bytes, str]) -> Iterator[Leak]:
    """Find the secrets in what a text holds in base64, line by line or over several lines."""
    pieces = [
        (match.start(), decoded(piece))
        for match in BASE64.finditer(text)
        for lines in [match[0].split()]
        for piece in (b"".join(lines), *(lines if len(lines) > 1 else ()))
    ]
    everything = b"\n".join(piece for _, piece in pieces)  # searched at once: it is much faster
    if next(leaks(everything, known), None):
        for position, piece in pieces:
            for leak in leaks(piece, known):
                yield leak._replace(what=f"{leak.what} in base64", position=position)


def decoded(run: bytes) -> bytes:
    """Decode base64, of either alphabet and without its padding."""
    run = run.translate(bytes.maketrans(b"-_", b"+/"))
    run = run[: len(run) - (len(run) % 4 == 1)]
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
