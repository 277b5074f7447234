"""Find the files that may leave this machine, in a bundle or in a pack, and secrets in them.

A zip is copied, and a secret in it is in every copy. The scan knows values in use here, the forms
of tokens, and names such as `password`. It reads UTF-16, JSON, base64, hex, databases of SQLite and
Word documents, too. It does not find a secret that is compressed, encrypted or in pieces, and none
of unknown form whose name does not tell what it is: HARDLY_FOUND in tests/helpers/secret_kinds.py
lists what is left out on purpose. No message shows a secret.

A false alarm ends if the line ends with the words `not a secret`, within 500 bytes. They never hide
a value in use.

Why no library: of the first 124 kinds in that file, trufflehog3 finds 82, with false alarms in 12
of 161 files that the course gives to learners, detect-secrets 1.5 finds 66, with alarms in 3, and
CredSweeper 64, with 390 MB of packages. Betterleaks finds 54 and Kingfisher 40, both programs of
50 MB. None runs in a browser's tab, where `pack` runs, and none knows the values of your `.env`.
"""

import binascii
import codecs
import io
import json
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple

try:
    from lzma import LZMAError
except ImportError:  # as in a browser's Python, which then opens no such zip
    LZMAError = OSError  # type: ignore[assignment,misc]

from botlib.details.env_file import read_env
from botlib.details.settings import PUBLIC_SETTINGS, SECRETS, password_in, spellings_of

SECRET_FILES = re.compile(
    r"(?!\.env\.example$)(.*\.env(\..*)?|\.env.*|.*\.session|.*\.tfstate(\.backup)?"
    r"|.*\.(pem|key|ppk|p12|pfx|jks|keystore|kdbx)|id_(rsa|dsa|ecdsa|ed25519)(_sk)?"
    r"|credentials(\.\w+)?|client_secret.*\.json|([\w.-]+\.[\w-]+_)?cookies ?(\(\d+\))?\.txt)",
    re.I,
)
# What tools write beside a learner's files.
OF_TOOLS = r"__pycache__|node_modules|.*\.pyc"
SHORTEST = 8  # characters of a value in use here; any text may hold a shorter one
MIXED = r"(?=[A-Za-z]*\d[A-Za-z]*\d)(?=[A-Z\d]*[a-z])(?=[a-z\d]*[A-Z])"  # as if drawn at random
DIGITS = r"(?=(?:[A-Za-z_-]{0,60}\d){2})"  # CSS has such names, too, but without digits
# Tokens that begin a word, by their form. A row may be for several services.
WORDS = {
    "a Twitch token": r"oauth:[a-z0-9]{30}\b",
    "a Discord token": r"[\w-]{23,28}\.[\w-]{6}\.[\w-]{27,45}(?![\w.-])",
    "an AWS access key": r"A[KS]IA[A-Z0-9]{16}\b",
    "a GitHub token": r"gh[opsur]_[A-Za-z0-9]{36}|github_pat_\w{60}",
    "a GitLab token": r"gl(?:pat|rt|dt|ptt)-[\w-]{20}",
    "an AI service's key": rf"sk-{DIGITS}[\w-]{{32}}|hf_[A-Za-z]{{30}}|(?:pplx|xai)-\w{{48}}",
    "a Yandex token": r"y0_[\w-]{40}|(?<![+/])AQAAAA[\w-]{33}(?![\w+/=-])"
    r"|t1\.[\w-]{20,400}={0,2}\.[\w-]{60}",
    "a Yandex Cloud key": rf"(?<![+/])(?:AQVN[\w-]{{35,60}}|YC{DIGITS}[\w-]{{38}})(?![\w+/=-])",
    "a Google key": r"(?<![+/])AIza[\w-]{35}(?![\w+/=-])|GOCSPX-[\w-]{28}",
    "a Slack token": r"xox[abceprs]-[\w-]{20}|xapp-[\w-]{40}",
    "a signed token (JWT)": r"(?<![\w-])(?:sk\.)?eyJ[\w-]{10,4000}\."
    r"(?:eyJ[\w-]{10,4000}\.)?[\w-]{20}",
    "a Telegram session": r"1[\w-]{351,352}={0,2}(?![\w-])",  # of Telethon
    "a VK token": r"vk1\.a\.[\w-]{60}",
    "a payment service's key": r"(?:live|test)_(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{43}(?![\w-])"
    r"|t\.[\w-]{86}(?![\w-])|(?<![+/])EAAA[\w-]{60}(?![\w+/=-])|sq0\w{3}-[\w-]{22}|[rs]k_live_\w{20}"
    r"|access_token\$\w{4,20}\$\w{10,20}\$[0-9a-f]{32}",
    "a mail service's key": r"SG\.[\w-]{22}\.[\w-]{43}|key-[0-9a-f]{32}"
    r"|x(?:key|smtp)sib-[0-9a-f]{64}",
    "a service's key": r"(?:shp\w\w_|dop_v1_|sbp_|dapi|SK)[0-9a-f]{32}|pypi-AgEI[\w-]{60}"
    r"|v1\.0-[0-9a-f]{24}-[0-9a-f]{100}|HRKU-AA[\w-]{58}|pat\w{14}\.[0-9a-f]{64}|NRAK-[A-Z0-9]{27}"
    r"|(?:glc|sntrys)_[\w+/]{60}|sl\.[\w-]{130}|dckr_pat_[\w-]{27}|EAA[A-Za-z0-9]{90}|hvs\.[\w-]{24}"
    rf"|(?:tskey-\w{{1,20}}-|PMAK-|tvly-|pcsk_|lsv2_pt_|ATATT3|dp\.pt\.){DIGITS}[\w-]{{20}}"
    # Any service's whose keys begin like this: npm_, ntn_, r8_, whsec_, lin_api_ and others.
    rf"|[a-z][a-z0-9]{{1,9}}_(?:[a-z0-9]{{1,9}}_)?{MIXED}[A-Za-z0-9]{{24}}",
}
WORD = re.compile(
    rf"\b(?=[\w.:$-]{{20}})(?:{'|'.join(f'({form})' for form in WORDS.values())})".encode()
)
# Forms anywhere. Each begins with plain letters, because Python finds those 50 times faster.
FORMS = (
    # In an address, the word "bot" comes directly before it.
    ("a Telegram bot token", rb":(?<=\d{6}:)[\w-]{35}(?![\w-])"),
    ("a Telegram payment token", rb":(?<=\d{6}:)(?:TEST|LIVE):\w{4}"),
    ("a Telegram session", rb"\ASQLite format 3(?s:.*)TABLE sessions\s{0,9}\([^)]{0,500}auth_key"),
    # If you know the address of such a webhook, you can write into its chat.
    ("a Discord webhook", rb"/api/webhooks/\d{15,20}/[\w-]{60}"),
    ("a Slack webhook", rb"hooks\.slack\.com/services/T\w{5,15}/B\w{5,15}/\w{20}"),
    # In the header Authorization: PythonAnywhere's API takes the first, Twitch the other two.
    ("an API token", rb"Token (?<!\wToken )[0-9a-f]{40}\b"),
    ("a Twitch token", rb"OAuth (?<!\wOAuth )[a-z0-9]{30}\b"),
    ("a bearer token", rb"Bearer " + DIGITS.encode() + rb"[\w-]{24}"),
    ("a password in a header", rb"Basic (?=[a-z+/]*[A-Z])(?=[A-Za-z+/]*\d)[\w+/]{12}"),
    (
        "a password in a command",
        rb"curl (?:[^\n]{0,200} )?(?:-u|--user) ?[\"']?[\w.@-]{1,60}:\w{6}",
    ),
    ("a value in a container", rb"ENV \w{0,40}(?:TOKEN|SECRET|PASSWORD|KEY) (?=\S{0,99}\d)\S{6}"),
    ("a Google key", rb":APA91b[\w-]{100}"),
    ("a key of two UUIDs", rb"-(?<=[0-9a-f]{4}-)[0-9a-f]{12}:[0-9a-f]{8}-[0-9a-f]{4}-"),
    ("cookies of a browser", rb"# (?:Netscape )?HTTP Cookie File"),
    ("a private key", rb"-----BEGIN [A-Z ]{0,30}PRIVATE KEY"),
    ("a private key", rb"PuTTY-User-Key-File-\d: "),
    ("a private key", rb"AGE-SECRET-KEY-1[A-Z0-9]{58}"),
    ("a key in an address", rb"://[0-9a-f]{32}@"),
    ("a key in an address", rb"[?&]appid=[0-9a-f]{32}\b"),
    ("a registry's password", rb'"auth":\s{0,9}"(?=[^"]*[A-Z])(?=[^"]*[a-z])[\w+/]{10,300}={0,2}"'),
    ("a password", rb"(?m)^[^\S\n]*(?:machine .{1,99})?password[^\S\n](?=\S*\d)\S{6,99}\s*$"),
    ("a password", rb"(?m)^[\w.*-]{1,99}:(?:\d{2,5}|\*):(?=\d*[a-z*])[\w*-]+:[\w-]+:[^\s:]{6,99}$"),
    ("a password's hash", rb"\$(?:apr1|2[aby]\$\d\d|[156y])\$[./\w$]{20}"),
)
FORM = [(what, re.compile(pattern)) for what, pattern in FORMS]
APP_PASSWORD = rb"(?:[a-z]{4} ){3}[a-z]{4}"  # as Google shows one for a mail program
BESIDE_USER = {
    # scheme://user:password@host
    "a password in an address": re.compile(
        rb"://[^\s/:@\"']{0,80}:(?P<value>[^\s/:@\"'{}<>$]{6,200})@(?!localhost|127\.0\.0\.1)"
    ),
    # smtp.login("user", "password"), smtp.login(USER, "password"), auth=("user", "password")
    "a password in a call": re.compile(
        rb"(?:\.login|\bauth=)\(\s{0,40}(?:[\w.]{1,99}[(\[]?)?(?:[\"'][^\s\"']{1,99}[\"'])?[)\]]?,"
        rb"\s{0,40}[\"'](?P<value>(?=[^\d\"']{0,99}\d)[^\s\"']{6,99}|[a-z]{16}"
        rb"|" + APP_PASSWORD + rb")[\"'],?\s{0,40}\)"
    ),
}
# NAME = "value", NAME: str = "value", {"name": "value"}, environ["NAME"] = "value",
# environ.get("NAME", "value"), getenv("NAME", "") or "value", NAME=value. All repetitions are
# bounded, so that a data file with one endless line takes no time.
PASSWORD_NAMES = ("password", "passwd", "passphrase", "pwd", "pass(?<![a-z]pass)(?![a-z_])")
NAMES = (
    *("token(?!i[sz])", "secret", *PASSWORD_NAMES, "session_string", "api[_-]?hash"),
    *("api[_-]?key", "access[_-]?key", "account[_-]?key", "admin[_-]?key"),
)
HEADER = "authorization"
# As in weather_key or sort-key; here an ordinary value is no secret.
VAGUE_NAMES = ("key(?<=[_-]key)(?<!public.key)(?<!websocket.key)(?![a-z])", HEADER)
EQUALS = (
    rb"\w{0,40}(?:['\"\]]{0,2}\s{0,9}(?::[^=\n\"']{0,80}=|==?|:)"
    rb"|['\"]\s{0,9}(?:,(?P<lines>[^\S\n]{0,9}\n\s{0,40})?(?:\s{0,9}default\s{0,3}=)?"
    rb"|(?:,\s{0,9}(?:none|\"\"|''))?[)\]]\s{1,9}or))[^\S\n]{0,9}[bfru]?"
)
END_OF_CALL = rb"(?(lines),?\s{0,40}\))"  # a list of words, too, may have a value in the next line
# The same with a list, tuple or set behind it, whose first items may be short.
LIST = rb"(?:[\[({]\s{0,40}(?P<items>(?:[\"'][^\"'\n]{0,15}[\"'],\s{0,40}){1,9})?)?"
# As deployments write settings: name: NAME, value: VALUE. Lockbox says text_value, CloudFormation
# ParameterValue.
PAIR = rb"\w{0,40}[\"']?,?\s{1,40}[\"']?(?:text_|parameter)?value[\"']?\s{0,3}[:=][^\S\n]{0,9}"
QUOTE = rb"(?P<quote>\"{3}|'{3}|[\"'`]"
BEFORE_VALUE = rb"(?:" + EQUALS + LIST + rb"|" + PAIR + rb")" + QUOTE + rb"?)"
SCHEME = rb"(?:[a-z-]{2,20} )?"  # in a header, such as Api-Key
BY_NAME = [
    re.compile(
        name.encode()
        + BEFORE_VALUE
        + (SCHEME if name == HEADER else rb"")
        + rb"(?P<value>[a-z0-9_+/=-]{16,400}|(?<=[\"'`])[a-z0-9_+/=.~-]{16,400})"
        rb"(?=(?P=quote)(?![\w.(\[])" + END_OF_CALL + rb")"
    )
    for name in (*NAMES, *VAGUE_NAMES)
]
VAGUE = BY_NAME[len(NAMES) :]
# A password is often shorter than a token, and has other signs. It needs quotes or a line's end.
SHORT = [
    re.compile(
        name.encode() + rb"(?:" + EQUALS + QUOTE + rb")|[=:>])"
        rb"(?P<value>(?=[^\s\"'`]{0,199}\d)[^\s\"'`{}<>()\\;,]{6,200}"
        rb"|(?(quote)" + APP_PASSWORD + rb"|(?!)))"
        rb"(?(quote)(?P=quote)|(?=[;\"'\s\\<]|$))" + END_OF_CALL
    )
    for name in PASSWORD_NAMES
]
# With spaces and without quotes, as in YAML and .ini, it needs the whole rest of the line.
UNQUOTED = [
    re.compile(
        name.encode() + rb"[^\S\n]{0,9}[=:][^\S\n]{1,9}(?P<quote>)"
        rb"(?P<value>[^\s\"'`{}<>()\[\]\\;,]{6,200})(?=[^\S\n]{0,9}(?:$|\n|\\[rn]))"
    )
    for name in PASSWORD_NAMES
]
# Not a secret, but what one is called, the place that is kept for one, or one of the notebooks'.
PLACEHOLDER = re.compile(
    rb"[A-Z_]+|(.)\1*|only-we-two-know|pretend.*|127\.0\.0\.1.*"
    rb"|.*(?i:token|secret|password|signature|your|example|placeholder|change|xxxx).*"
)
# A character by its number, except control characters: \x41, \u0041, %41, &#x41; and &#65;
BY_NUMBER = re.compile(
    rb"(?:\\x|\\u00|%)([2-9A-Fa-f][0-9A-Fa-f])|&#[xX]([2-9A-Fa-f][0-9A-Fa-f]);"
    rb"|&#(3[2-9]|[4-9]\d|1\d\d|2[0-4]\d|25[0-5]);"
)
BEFORE_SIGN = re.compile(rb"\\{1,2}(?=[_-])")  # Markdown has one there, and two in a notebook
COLON = re.compile(rb"%3[Aa]|&#58;|&#x3[Aa];|\\u003[Aa]")
LONG_IN_BASE64 = 18  # bytes, 24 characters; what has fewer is not decoded
BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*")
HEX = re.compile(rb"(?:[0-9a-fA-F]{2})+")
BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, LZMAError, struct.error),
    *(OSError, EOFError, ValueError, LookupError, RuntimeError),
)
DATABASE = b"SQLite format 3\0"
LARGEST_DOCUMENT = 20 * 10**6  # bytes of a database, or of all parts of another document
UNSEARCHABLE = (
    f"has more than {LARGEST_DOCUMENT // 10**6} MB, counted unzipped, which is too much to search"
)

SECRET_SETTING_NAME = re.compile(  # names of settings that hold a secret, whatever it looks like
    rf"{'|'.join(NAMES)}|(?:_|^)(?:pass|key|auth|cookie)(?:_?\d+)?$", re.I
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
# The last words of a line, and what closes a comment, a text or an object in JSON behind them.
# A data file may be one endless line, whose last words are about something else.
LONGEST_REST = 500  # bytes
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
    r"""Return a value as UTF-8, UTF-16 and Latin-1 have it, in hex, in JSON, a short one in base64.

    >>> sorted(spellings("päss"))[1:3]
    [b'70c3a47373', b'DDpHNz']
    """
    raw = os.fsencode(value)
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    found.add(json.dumps(value)[1:-1].encode())
    if len(raw) < LONG_IN_BASE64:
        for before in range(3):  # bytes, so what is before the value does not change its characters
            encoded = binascii.b2a_base64(bytes(before) + raw, newline=False)
            whole = encoded[-(-before * 4 // 3) : (before + len(raw)) * 4 // 3]
            found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    for encoding in ("utf-16-le", "utf-16-be", "latin-1"):
        with suppress(UnicodeEncodeError):
            # Without the NULs, because the scan leaves them out of text in UTF-16.
            found.add(value.encode(encoding).replace(b"\0", b""))
    return found


def find_leak(content: bytes, names_by_value: dict[bytes, str]) -> Leak | None:
    """Find the first secret in a file; `names_by_value` has the values in use here."""
    for text in chain.from_iterable(map(texts_in, (content, *parts_of_document(content)))):
        # As HTML, JSON and Markdown mean it.
        plain = BEFORE_SIGN.sub(b"", COLON.sub(b":", text).replace(b'\\"', b'"'))
        for spelled in (text, decode_numbers(BEFORE_SIGN.sub(b"", text))):
            for leak in find_known_values(spelled, names_by_value):
                return leak._replace(line=spelled.count(b"\n", 0, leak.position) + 1)
        for leak in chain(find_leaks_by_form(plain), leaks_in_base64(plain, names_by_value)):
            if leak.in_use or not is_marked(plain, leak.position):
                return leak._replace(line=plain.count(b"\n", 0, leak.position) + 1)
    return None


def find_leak_in_name(name: str, names_by_value: dict[bytes, str]) -> tuple[str, Leak | None]:
    """Find a secret in a file's name; returns the name with … for each part that holds one, too."""
    leaks = [(part, find_leak(os.fsencode(part), names_by_value)) for part in name.split("/")]
    shown = "/".join("…" if leak else part for part, leak in leaks)
    return shown, next((leak for _, leak in leaks if leak), None)


def decode_numbers(text: bytes) -> bytes:
    r"""Replace characters that are written by their numbers.

    >>> decode_numbers(rb"\x31%32&#51;\u0034")
    b'1234'
    """
    return BY_NUMBER.sub(
        lambda found: bytes([int(found[3]) if found[3] else int(found[1] or found[2], 16)]), text
    )


def texts_in(content: bytes) -> Iterator[bytes]:
    """Return a file's text with and without NULs, marked UTF-16 as UTF-8, a database as SQL."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield content.decode("utf-16", "ignore").encode()
    if content.startswith(DATABASE) and len(content) <= LARGEST_DOCUMENT:
        yield b"\n".join(as_sql(content))
    yield content
    if b"\0" in content:  # UTF-16 without its mark has one beside each ASCII character
        yield content.replace(b"\0", b"")


def as_sql(database: bytes) -> Iterator[bytes]:
    """Write a database as SQL, up to where it is broken; the file has a long text in pieces.

    SQLite gets a copy in memory, so it touches no file.
    """
    try:
        import sqlite3  # here: not every browser's Python has it
    except ImportError:
        return
    with closing(sqlite3.connect(":memory:")) as copy, suppress(sqlite3.Error):
        copy.deserialize(database[:18] + b"\1\1" + database[20:])  # as one without a log beside it
        copy.text_factory = partial(str, encoding="utf-8", errors="replace")
        yield from (line.encode() for line in copy.iterdump())


def is_marked(text: bytes, position: int) -> bool:
    """Return whether the line says, behind this position, that it holds no secret."""
    rest, end, _ = text[position : position + LONGEST_REST].partition(b"\n")
    is_whole = bool(end) or position + LONGEST_REST >= len(text)
    return is_whole and NOT_A_SECRET.search(rest) is not None


def parts_of_document(content: bytes) -> Iterator[bytes]:
    """Read the files in a zip, such as a Word document, except broken and too large ones.

    What is not compressed comes last, because the text of the zip itself has it.
    """
    if content.startswith(b"PK\3\4"):
        with suppress(*BROKEN_ZIP), zipfile.ZipFile(io.BytesIO(content)) as archive:
            rest = LARGEST_DOCUMENT
            infos = archive.infolist()
            for info in sorted(infos, key=lambda info: (not info.compress_type, info.file_size)):
                rest -= info.file_size
                if rest >= 0:
                    with suppress(*BROKEN_ZIP):
                        yield archive.read(info)


def is_searchable(content: bytes) -> bool:
    """Return whether a file is no database, and has no compressed parts, too large for the scan."""
    size = len(content) if content.startswith(DATABASE) else 0
    if content.startswith(b"PK\3\4"):
        with suppress(*BROKEN_ZIP), zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(info.file_size for info in archive.infolist() if info.compress_type)
    return size <= LARGEST_DOCUMENT


def find_known_values(text: bytes, names_by_value: dict[bytes, str]) -> Iterator[Leak]:
    """Find the values in use here."""
    for value, name in names_by_value.items():
        if value in text:
            yield Leak(f"the value of {name}", text.index(value), name, in_use=True)


def find_leaks_by_form(text: bytes) -> Iterator[Leak]:
    """Find what has the form of a secret, or the name of one."""
    for match in WORD.finditer(text):
        yield Leak(list(WORDS)[(match.lastindex or 1) - 1], match.start())
    for what, pattern in FORM:
        for match in pattern.finditer(text):
            yield Leak(what, match.start())
    for what, pattern in BESIDE_USER.items():
        for match in pattern.finditer(text):
            if not PLACEHOLDER.fullmatch(match["value"]):
                yield Leak(what, match.start("value"))
    lower = text.lower()
    for pattern in (*BY_NAME, *UNQUOTED, *SHORT):
        for match in pattern.finditer(lower):
            value = text[slice(*match.span("value"))]
            is_random = pattern in SHORT or is_secret(value, bool(match["quote"]))
            if pattern in BY_NAME and (
                pattern in VAGUE or match["lines"] or match["items"] or re.search(rb"[.~]", value)
            ):
                is_random = is_random and not is_ordinary(value.decode())
            if is_random and not PLACEHOLDER.fullmatch(value):
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


def leaks_in_base64(text: bytes, names_by_value: dict[bytes, str]) -> Iterator[Leak]:
    """Find the secrets in what a text holds in base64 or in hex."""
    pieces = list(decoded_pieces(text))
    everything = b"\n".join(piece for _, piece in pieces)  # searched at once: it is much faster
    if next(
        chain(find_known_values(everything, names_by_value), find_leaks_by_form(everything)), None
    ):
        for position, piece in pieces:
            for leak in chain(find_known_values(piece, names_by_value), find_leaks_by_form(piece)):
                yield leak._replace(what=f"{leak.what} in base64", position=position)


def decoded_pieces(text: bytes, depth: int = 2) -> Iterator[tuple[int, bytes]]:
    """Decode what may be base64, line by line and over several lines, and what is hex."""
    for match in BASE64.finditer(text):
        lines = match[0].split()
        for run in (b"".join(lines), *(lines if len(lines) > 1 else ())):
            piece = bytes.fromhex(run.decode()) if HEX.fullmatch(run) else decode_base64(run)
            yield match.start(), piece.replace(b"\0", b"")
            if depth > 1:
                yield from ((match.start(), each) for _, each in decoded_pieces(piece, depth - 1))


def decode_base64(run: bytes) -> bytes:
    """Decode base64, of either alphabet and without its padding."""
    run = run.translate(bytes.maketrans(b"-_", b"+/"))
    run = run[: len(run) - (len(run) % 4 == 1)]
    return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
