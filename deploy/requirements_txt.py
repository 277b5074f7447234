"""Read a bot's requirements.txt, and refuse the names of the course's own packages in it.

Those packages are there already, in the course's folder. Nobody reserves their names in a package
registry: a stranger who takes one could run code on the machine of everybody who installs it.
start.py reads the file before it installs any package, so this needs only the standard library.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from deploy.own_packages import OWN_PACKAGES

REFUSED_NAMES = (*(name.replace("_", "-") for name in OWN_PACKAGES), "such-different-chatbots")


def lines_in(path: Path) -> list[str]:
    """Read the lines of a requirements.txt, and of files that it names by `-r`, without comments.

    Raises ValueError if one of them asks for a package of the course.
    """
    found = []
    for file, number, line in _lines(path, set()):
        if (name := name_in(line)) in REFUSED_NAMES:
            raise ValueError(
                f"{file}, line {number}, asks for {name}. It is already there, in the course's "
                "folder. Delete the line: a stranger could own this name in a package registry."
            )
        found.append(line)
    return found


def name_in(line: str) -> str:
    """Return the package that a line asks for, its name spelled as installers normalize it.

    "" for an option, a folder or a file.
    """
    found = re.search(r"#.*\begg=([\w.-]+)", line) or re.match(
        r"([A-Za-z0-9][\w.-]*)\s*(?=$|[\[(=<>!~;@\s])", line
    )
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _lines(path: Path, seen: set[Path]) -> Iterator[tuple[Path, int, str]]:
    """Yield each line that is not empty: (its file, its number there, the line)."""
    if path.resolve() in seen or not path.is_file():
        return  # the installer reports a missing file
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
        bare = joined.strip()
        if nested := re.match(r"(?:-r|--requirement)[\s=]*(\S.*)", bare):
            yield from _lines(path.parent / nested[1].strip("\"'"), seen)
        elif bare:
            yield path, first, bare
        first, joined = number + 1, ""
