"""Read a bot's requirements.txt, and refuse the names of the course's own packages in it.

Those packages come by themselves, from the course's folder. No package registry keeps their names
for us, so a stranger who takes one there could run code on the machine of everybody who installs
it. start.py reads the file before any package is there: this needs the standard library only.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

REFUSED = ("bot-sandbox", "botlib", "deploy", "lessons", "such-different-chatbots")


def lines_in(path: Path) -> list[str]:
    """All lines of a requirements.txt and of the files that it names by `-r`, without comments.

    Raises ValueError if one of them asks for a package of the course.
    """
    found = []
    for file, number, line in _lines(path, set()):
        if (name := name_in(line)) in REFUSED:
            raise ValueError(
                f"{file}, line {number}, asks for {name}. That comes by itself, from the course's "
                "folder. Delete the line: a stranger could own this name in a package registry."
            )
        found.append(line)
    return found


def name_in(line: str) -> str:
    """The package that a line asks for, in the one spelling that installers turn all others into.

    "" for an option, a folder or a file.
    """
    found = re.search(r"#.*\begg=([\w.-]+)", line) or re.match(
        r"([A-Za-z0-9][\w.-]*)\s*(?=$|[\[(=<>!~;@\s])", line
    )
    return re.sub(r"[-_.]+", "-", found[1]).lower() if found else ""


def _lines(path: Path, seen: set[Path]) -> Iterator[tuple[Path, int, str]]:
    """Each line that says something: (its file, its number there, the line)."""
    if path.resolve() in seen or not path.is_file():
        return  # the installer says what is wrong with a missing file
    seen.add(path.resolve())
    raw = path.read_bytes()
    # PowerShell writes UTF-16, and installers read it.
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = raw.decode("utf-16" if wide else "utf-8-sig", errors="replace").replace("\r\n", "\n")
    number = 1
    for line in re.split(r"(?<!\\)\n", text):  # a backslash joins a line and the next
        bare = re.sub(r"(^|\s)#.*", "", line.replace("\\\n", "")).strip()
        if nested := re.match(r"(?:-r|--requirement)[\s=]*(\S.*)", bare):
            yield from _lines(path.parent / nested[1].strip("\"'"), seen)
        elif bare:
            yield path, number, bare
        number += 1 + line.count("\n")
