"""Read a bot's requirements.txt, which may name packages of a registry and nothing else.

The bot's author wrote this file, too. With an option, an address or a folder in it, an
installer would build a package here, and to build it is to run its author's program. So only what
this file understands is left of the lines, and the installer gets these. The course's own packages
are refused as well: they are there already, and nobody reserves their names in a registry.

start.py reads the file before it installs any package, so this needs only the standard library.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from deploy.own_packages import OWN_PACKAGES

REFUSED_NAMES = (*(name.replace("_", "-") for name in OWN_PACKAGES), "such-different-chatbots")
NAME = r"[A-Za-z0-9](?:[\w.-]{0,98}[A-Za-z0-9])?"
# pip takes "six==1.zip", too, as a file, if there is one of this name where it runs.
NO_FILE = r"(?<!\.zip|\.whl|\.tar|\.tgz|\.tbz|\.txz|\.tlz|\.bz2)(?<!\.gz|\.xz|\.lz)(?<!\.lzma)"
VERSION = r"(?:===|[<>=!~]=|[<>])\s*\w[\w.*+!-]*"
VERSIONS = rf"{VERSION}(?:\s*,\s*{VERSION})*"
PACKAGE = re.compile(
    rf"""({NAME}){NO_FILE}\s*
    (?:\[\s*{NAME}(?:\s*,\s*{NAME})*\s*\]\s*)?       # extras
    (?:{VERSIONS}{NO_FILE}|\(\s*{VERSIONS}\s*\))?\s*
    (?:;(?:[\w\s.()<>=!~]|'[\w.+*]*'|"[\w.+*]*")*)?  # a condition
    (?:\s--hash=sha(?:256|384|512):[0-9a-f]+\s*)*""",
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)

# uv checks a hash only beside an exact version.
UNCHECKED_HASH = re.compile(
    rf"(?!{NAME}\s*(?:\[[^]]*\]\s*)?===?\s*[\w.+!-]+\s*[;-]).*--hash=", re.ASCII
)
MOST_FILES = 100  # that one takes in


def lines_in(path: Path) -> list[str]:
    """Read the lines of a requirements.txt, and of files that it names by `-r`, without comments.

    Raises ValueError if one of them is anything but a package with its extras, versions, condition
    and hashes, or asks for a package of the course.
    """
    found = []
    for file, number, line in _lines(path, path.parent.resolve(), set()) if path.is_file() else ():
        place = "".join(sign if sign.isprintable() else "?" for sign in f"{file}, line {number},")
        if not PACKAGE.fullmatch(line):
            raise ValueError(
                f"{place} is no package of a registry. A line is a name and, if you "
                "like, a version, such as requests>=2.32, or -r and a file in this folder. Delete "
                "an option. What is only at an address or in a folder, copy into your bot's folder."
            )
        if (name := name_in(line)) in REFUSED_NAMES:
            raise ValueError(
                f"{place} asks for {name}. It is already there, in the course's folder. "
                "Delete the line: a stranger could own this name in a package registry."
            )
        if UNCHECKED_HASH.match(line):
            raise ValueError(
                f"{place} has a hash without an exact version, so nothing would be checked. Write "
                "the version, too: six==1.17.0 --hash=sha256:..."
            )
        found.append(line)
    return found


def name_in(line: str) -> str:
    """Return the package that a line asks for, its name spelled as installers normalize it.

    "" for what is no package.
    """
    found = PACKAGE.fullmatch(line)
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _lines(path: Path, folder: Path, seen: set[Path]) -> Iterator[tuple[Path, int, str]]:
    """Yield each line that is not empty: (its file, its number there, the line).

    What `-r` names counts only inside the folder.
    """
    seen.add(path.resolve())
    raw = path.read_bytes()
    # PowerShell writes UTF-16, and installers read it.
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = raw.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    first, joined = 1, ""
    # Like pip, this also ends a line at a lone carriage return or a form feed.
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        joined += re.sub(r"(^|\s)#.*", "", line)
        if joined.endswith("\\"):  # the next line belongs to this one
            joined = joined.rstrip("\\")
            continue
        bare = " ".join(joined.split())
        nested = re.match(r"(?:-r|--requirement)[\s=]*(\S.*)", bare)
        taken_in = path.parent / nested[1].strip("\"'") if nested else path
        is_inside = taken_in.resolve().is_relative_to(folder) and len(seen) < MOST_FILES
        if nested and is_inside and taken_in.is_file():
            if taken_in.resolve() not in seen:
                yield from _lines(taken_in, folder, seen)
        elif bare:
            yield path, first, bare
        first, joined = number + 1, ""
