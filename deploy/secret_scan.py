"""Find the files that may leave this machine, in a bundle or in a pack, and secrets in them.

A zip is copied, and a secret in it is in every copy. What is promised:

- a value of `.env` or of the environment is found: as it is, in JSON, in an address, in hex, in
  UTF-16 and in base64. Short values, ordinary words, numbers, paths and addresses don't count.
- so is what has the form of a token of Telegram, Twitch, AWS, Yandex Cloud, PythonAnywhere or
  GitHub, a private key, and an address with a password in it.
- a file whose name tells that it holds a key, such as `.env` or `me.session`, stays where it is.

Nothing else is. Betterleaks (github.com/betterleaks/betterleaks) knows the keys of hundreds of
other services. It can't replace this file: it doesn't know the values of your `.env`, and doesn't
run in a browser's tab, where `pack` runs.

No message shows a secret. A false alarm ends if the line ends with the words `not a secret`, within
500 bytes. They never hide a value in use.
"""

import binascii
import codecs
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from botlib.details.env_file import read_env
from botlib.details.settings import PUBLIC_SETTINGS, SECRETS, password_in, spellings_of

SECRET_FILES = re.compile(
    r"(?!\.env\.example$)(.*\.env(\..*)?|\.env.*|.*\.session(-journal)?|.*\.tfstate(\.backup)?"
    r"|.*\.(pem|key|ppk|p8|p12|pfx|jks|keystore|kdbx)|id_(rsa|dsa|ecdsa|ed25519)(_sk)?"
    r"|credentials(\.\w+)?|client_secret.*\.json|([\w.-]+\.[\w-]+_)?cookies ?(\(\d+\))?\.txt)",
    re.I,
)
# What tools write beside a learner's files.
OF_TOOLS = r"__pycache__|node_modules|.*\.pyc"
SHORTEST = 8  # characters of a value in use here; any text may hold a shorter one
# Letters and digits alone are a secret of Twitch, AWS or PythonAnywhere if they have a telling
# name: NAME = "value", environ.get("NAME", "value"), {"key": "NAME", "value": "value"}.
NAMED = rb"(?i:token|secret)\w{0,20}\W{1,9}(?i:(?:\w{0,10}value|default)\W{1,9})?"
FORMS = {
    "a Telegram bot token": rb"(?::(?<=\d{6}:)|%3[Aa](?<=\d{6}...))[\w-]{35}(?![\w-])",
    "a Telegram payment token": rb":(?<=\d{6}:)(?:TEST|LIVE):\w{4}",
    "a Twitch token": rb"(?:oauth:|OAuth )[a-z0-9]{30}\b",
    "a secret of Twitch": NAMED + rb"(?=[a-z]{0,29}\d)[a-z0-9]{30}\b",
    "an AWS access key": rb"\bA[KS]IA[A-Z0-9]{16}\b",
    "a token of PythonAnywhere": rb"Token [0-9a-f]{40}\b",
    "a secret of AWS": NAMED + rb"(?=[A-Za-z/+]{0,39}\d)[A-Za-z0-9/+]{40}(?![\w/+=-])",
    "a Yandex token": rb"\by0_[\w-]{40}|\bt1\.[\w-]{20,400}={0,2}\.[\w-]{60}",
    "a Yandex Cloud key": rb"\b(?<![+/])(?:AQVN[\w-]{35,60}|YC[\w-]{38})(?![\w+/=-])",
    "a GitHub token": rb"\bgh[opsur]_[A-Za-z0-9]{36}|\bgithub_pat_\w{60}",
    "a private key": rb"-----BEGIN [A-Z ]{0,30}PRIVATE KEY",
}
FORM = [(what, re.compile(pattern)) for what, pattern in FORMS.items()]
# scheme://user:password@host
IN_ADDRESS = re.compile(
    rb"://[^\s/:@\"']{0,80}:(?P<value>[^\s/:@\"'{}<>$]{6,200})@"
    rb"(?!(?:localhost|127\.0\.0\.1)(?![\w.-]))"
)
# Not a secret, but what one is called, or the place that is kept for one.
PLACEHOLDER = re.compile(
    rb"[A-Z_]+|(.)\1*|.*(?i:token|secret|password|your|example|placeholder|change|xxxx).*"
)
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}(?:\r?\n[ \t]*[A-Za-z0-9+/_-]{2,})*")
SECRET_SETTING_NAME = re.compile(  # names of settings that hold a secret, whatever it looks like
    r"token|secret|passw|passphrase|pwd|session_string|(?:api|access|account|admin)_?key|api_?hash"
    r"|(?:_|^)(?:pass|key|auth|cookie)(?:_?\d+)?$",
    re.I,
)
# What is between the signs of a setting without a secret: words such as GitHub or sqlite3, numbers,
# times and versions such as 29T10 or 4o, and what is shorter.
ORDINARY_WORD = re.compile(
    r"(?![^\W\d_]{21})(?:(?:[^\W\d_A-Z]{2,})?(?:[A-Z][^\W\d_A-Z]{2,})*|[A-Z]+)\d{0,4}"
    r"|\d+(?:[^\W\d_]{1,3}\d{0,2})?|\w{0,3}"
)
# A machine's name is public, and a short part behind it is the name of a page or a film.
ADDRESS = re.compile(r"[\w+.-]+://(?![^/?#]*@)[^/?#]*(?P<behind>(?s:.*))")
SHORTEST_IN_ADDRESS = 16
LONGEST_REST = 500  # bytes; a data file may be one endless line, whose end is about something else
NOT_A_SECRET = re.compile(rb"not a secret(?:\\[rn]|[\s\"',;)}\]>*/-])*$", re.I)


class Leak(NamedTuple):
    """A secret that was found in a file."""

    what: str
    position: int  # in the text that was searched
    setting: str = "NAME"  # the setting that should hold it
    in_use: bool = False  # it is a value of `.env` or the environment
    line: int = 0


def files_below(folder: Path, skipped: re.Pattern[str]) -> Iterator[tuple[str, Path]]:
    """Find the files and links that may leave, by name from the folder on. No link is followed.

    A folder that cannot be read is found, too, and a virtual environment, without what is in it.
    Names that match `skipped` and hidden ones are left out. A file whose name tells that it holds a
    secret is always found.
    """

    def is_left_out(name: str) -> bool:
        return name.startswith(".") or skipped.fullmatch(name) is not None

    errors: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=errors.append):
        shown = [name for name in sorted(folders) if not is_left_out(name)]
        folders[:] = [name for name in shown if not is_environment(Path(place, name))]
        closed = [name for name in shown if name not in folders or Path(place, name).is_symlink()]
        for name in sorted([*names, *closed]):
            if SECRET_FILES.fullmatch(name) or not is_left_out(name):
                path = Path(place, name)
                yield path.relative_to(folder).as_posix(), path
    for error in errors:  # of folders that cannot be read
        path = Path(error.filename)
        yield path.relative_to(folder).as_posix(), path


def is_environment(path: Path) -> bool:
    """Return whether a folder is a virtual environment of Python."""
    return os.access(path / "pyvenv.cfg", os.F_OK)


def known_secrets(env_files: Iterable[Path]) -> dict[bytes, str]:
    """The secrets in use here, from these files and the environment: the setting's name by value.

    Each value is there in every spelling that a file may have it in, and without what is public:
    the number of a Telegram bot, the word `oauth:` of a Twitch token. An ordinary value under
    a name that does not tell of a secret is none: other files may hold it, too.
    """
    of_bots = [read_env(path) for path in env_files]
    names = SECRETS.union({"STORE_URL"}, *of_bots) - PUBLIC_SETTINGS
    settings = [
        (name, source.get(name, "").strip())
        for source in (os.environ, *of_bots)
        for name in sorted(names)
    ]
    found = {password_in(value): name for name, value in settings if not is_for_tests(value)}
    found |= {
        value: name
        for name, value in settings
        if name in SECRETS or SECRET_SETTING_NAME.search(name) or not is_ordinary(value)
    }
    return {
        spelled: name
        for value, name in found.items()
        # Google shows its passwords for mail programs with spaces, and takes them without.
        for written in {value, value.replace(" ", "")}
        for part in spellings_of(written)
        # The end of an address, behind its last colon, may be a port and a plain word.
        if len(part) >= SHORTEST and not (written.endswith(f":{part}") and is_ordinary(part))
        for spelled in spellings(part)
    }


def is_for_tests(address: str) -> bool:
    """Tell whether a password is a plain word, and a placeholder or for this machine."""
    password = password_in(address)
    is_here = re.search(r"@(localhost|127\.0\.0\.1)(?![\w.-])", address) is not None
    return password.isalpha() and (is_here or bool(PLACEHOLDER.fullmatch(password.encode())))


def is_ordinary(value: str) -> bool:
    """Tell words, numbers, paths and addresses from what is as if drawn at random.

    >>> is_ordinary("Europe/Berlin"), is_ordinary("https://api.example.org/v1"), is_ordinary("-42")
    (True, True, True)
    >>> is_ordinary("q7Hd93kLmZx2"), is_ordinary("https://api.example.org/q7Hd93kLmZx2q7Hd")
    (False, False)
    """
    address = ADDRESS.fullmatch(value)
    pieces = re.split(r"[/?#&=]", address["behind"]) if address else [value]
    return all(
        ORDINARY_WORD.fullmatch(part)
        for piece in pieces
        if not address or len(piece) >= SHORTEST_IN_ADDRESS
        for part in re.split(r"[\W_]+", piece)
    )


def spellings(value: str) -> set[bytes]:
    r"""Return a value as it is, in JSON, hex, base64, UTF-16 and Latin-1.

    >>> sorted(spellings("päss"))[:3]
    [b'70C3A47373', b'70c3a47373', b'cMOkc3M']
    """
    raw = os.fsencode(value)
    found = {raw, raw.hex().encode(), raw.hex().upper().encode(), json.dumps(value)[1:-1].encode()}
    found.add(binascii.b2a_base64(raw, newline=False).rstrip(b"="))  # one too short for BASE64
    for encoding in ("utf-16-le", "utf-16-be", "latin-1"):
        with suppress(UnicodeEncodeError):
            # Without the NULs, because the scan leaves them out of text in UTF-16.
            found.add(value.encode(encoding).replace(b"\0", b""))
    return found


def find_leak(content: bytes, names_by_value: dict[bytes, str]) -> Leak | None:
    """Find the first secret in a file; `names_by_value` has the values in use here."""
    for text in texts_in(content):
        for leak in chain(leaks_in(text, names_by_value), leaks_in_base64(text, names_by_value)):
            if leak.in_use or not is_marked(text, leak.position):
                return leak._replace(line=text.count(b"\n", 0, leak.position) + 1)
    return None


def find_leak_in_name(name: str, names_by_value: dict[bytes, str]) -> tuple[str, Leak | None]:
    """Find a secret in a file's name; returns the name with … for each part that holds one, too."""
    leaks = [(part, find_leak(os.fsencode(part), names_by_value)) for part in name.split("/")]
    shown = "/".join("…" if leak else part for part, leak in leaks)
    return shown, next((leak for _, leak in leaks if leak), None)


def texts_in(content: bytes) -> Iterator[bytes]:
    """Return a file's text with and without NULs, and marked UTF-16 as UTF-8."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield content.decode("utf-16", "ignore").encode()
    yield content
    if b"\0" in content:  # UTF-16 without its mark has one beside each ASCII character
        yield content.replace(b"\0", b"")


def leaks_in(text: bytes, names_by_value: dict[bytes, str]) -> Iterator[Leak]:
    """Find the values in use here, then what has the form of a secret."""
    for value, name in names_by_value.items():
        if value in text:
            yield Leak(f"the value of {name}", text.index(value), name, in_use=True)
    for what, pattern in FORM:
        for match in pattern.finditer(text):
            yield Leak(what, match.start())
    for match in IN_ADDRESS.finditer(text):
        if not PLACEHOLDER.fullmatch(match["value"]):
            yield Leak("a password in an address", match.start("value"))


def leaks_in_base64(text: bytes, names_by_value: dict[bytes, str]) -> Iterator[Leak]:
    """Find the secrets in what a text holds in base64, of one line or of several."""
    pieces = [
        (match.start(), decode_base64(run))
        for match in BASE64.finditer(text)
        for run in {b"".join(match[0].split()), *match[0].split()}
    ]
    everything = b"\n".join(piece.replace(b"\n", b" ") for _, piece in pieces)  # one per line
    for leak in leaks_in(everything, names_by_value):
        position, _ = pieces[everything.count(b"\n", 0, leak.position)]
        yield leak._replace(what=f"{leak.what} in base64", position=position)


def decode_base64(run: bytes) -> bytes:
    """Decode base64, of either alphabet and without its padding; UTF-16 without its NULs."""
    run = run.translate(bytes.maketrans(b"-_", b"+/"))
    run = run[: len(run) - (len(run) % 4 == 1)]
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4)).replace(b"\0", b"")


def is_marked(text: bytes, position: int) -> bool:
    """Return whether the line says, behind this position, that it holds no secret."""
    rest = text[position : position + LONGEST_REST + 1].partition(b"\n")[0]
    return len(rest) <= LONGEST_REST and NOT_A_SECRET.search(rest) is not None
