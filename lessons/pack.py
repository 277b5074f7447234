"""Your bot, your notebooks and your progress in one zip, to take along to another place.

`pack` reads a folder like my_course/, `unpack` writes into one. Secrets stay where they are: no
`.env`, no other hidden file, no file that holds a secret. Notebooks travel without their outputs.
Those that you have not changed don't travel, because every course has them.

Nothing here needs a package or a process, so it works in a browser tab, too.
"""

import io
import json
import os
import re
import stat
import struct
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

try:
    from lzma import LZMAError
except ImportError:  # as in a browser's Python, which then opens no such zip
    LZMAError = OSError  # type: ignore[assignment,misc]

from botlib.details.env_file import bots_folder
from deploy.secret_scan import (
    OF_TOOLS,
    SECRET_FILES,
    files_below,
    find_leak,
    find_leak_in_name,
    is_environment,
    known_secrets,
)
from deploy.whole_file import write_whole
from lessons.in_a_tab import IN_A_TAB
from lessons.workshop import (
    ORIGINALS,
    RECORD,
    cells_digest,
    digest,
    forget_bytecode,
    read_json,
    write_json,
)

PACK = "my_course.zip"
MANIFEST = ".pack.json"  # in the zip: what the course wrote last into each file, and its versions
FORMAT = 1
VERSIONS = (
    ".packed.json"  # in the folder: each file's versions that were in packs, the last one last
)
FILE_LIMIT, TOTAL_LIMIT, MOST_FILES = 20 * 10**6, 100 * 10**6, 5000
TOO_LARGE = f"it has more than {FILE_LIMIT // 10**6} MB"
LOCK_WAIT_S = 5.0  # until a program has written into a database
PICTURE = re.compile(r"pictures/[^/]+\.svg")  # the course's, or the learner's
MADE_AGAIN = "card.html"
DATABASE = b"SQLite format 3\0"
BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, LZMAError, struct.error),
    *(OSError, EOFError, ValueError, LookupError, RuntimeError),
)
# How SQLite's files beside a database begin, and their names. They may be empty. A journal begins
# with zeros if it has nothing to bring back. A full disk leaves only the first zeros of an index.
JOURNAL = re.compile(rb"\x37\x7f\x06[\x82\x83]|\x18\xe2\x2d\0|\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
NAMES_ANOTHER = bytes.fromhex("d9d505f920a163d7")  # at the end of a journal: file format, 3.3
OF_SQLITE = re.compile(rb"\0*\Z|\0{12}|" + JOURNAL.pattern)
BESIDE_DATABASE = re.compile(r"(.+)-(wal|shm|journal)", re.DOTALL | re.IGNORECASE)
# A part of a name that some system cannot store, or reads as something else. Python runs a .pyc
# instead of the code that you see.
UNFIT_NAME = re.compile(
    rb'|\..*|.{101,}|.*[\x00-\x1f\x7f<>:"|?*\\].*|.*[. ]|(con|prn|aux|nul|com\d|lpt\d)(\..*)?'
    rb"|__pycache__|.*\.pyc",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_NAME = 200  # bytes


class PackError(ValueError):
    """A pack cannot be made or read; the text says why and what to do."""


class DamagedError(PackError):
    """A database is broken, and no program can have it open."""


class PackEntry(NamedTuple):
    """A file of a pack, and when it was changed, in seconds."""

    content: bytes
    changed: float


class Pack(NamedTuple):
    """A zip, the files in it, and those that were left out: {file: why}."""

    content: bytes
    files: list[str]
    left_out: dict[str, str]


class Unpacked(NamedTuple):
    """What happened to the files of a pack: written, here already, or kept: {file: why}."""

    written: list[str]
    same: list[str]
    kept: dict[str, str]


def pack(folder: Path) -> Pack:
    """Pack a learner's folder. PackError if nothing in it is the learner's, or it is too large."""
    entries: dict[str, PackEntry] = {}
    left_out: dict[str, str] = {}
    secrets = known_secrets(secret_env_files(folder))
    seen: dict[PurePosixPath, bool] = {}
    by_course = written_by_course(folder)
    has_pictures = any(map(PICTURE.fullmatch, by_course))  # false in a tab
    for name, path in files_below(folder, re.compile(OF_TOOLS)):
        if name == MADE_AGAIN or is_journal(path, read_at(path)):
            continue
        if PICTURE.fullmatch(name) and not has_pictures:
            continue
        shown, leak = find_leak_in_name(name, secrets)
        if leak:
            left_out[shown] = f"its name holds {leak.what}. Rename it"
            continue
        try:
            check_file(name, path)
            changed, content = path.stat().st_mtime, read_file(path)
            is_by_course = fingerprint(name, content) == by_course.get(name)
            if is_by_course and not name.startswith("workshop/"):  # every course has it
                continue
            if name.endswith(".ipynb"):
                content = without_outputs(content)
            check_content(content, secrets)
            if not add_if_new(name, seen):
                raise PackError("another file has almost the same name")
        except PackError as error:
            left_out[name] = str(error)
        except OSError as error:
            left_out[name] = f"it cannot be read: {error.strerror}"
        else:
            entries[name] = PackEntry(content, changed)
    if not entries:
        raise PackError(f"There is nothing of yours in {folder} yet, so there is no pack.")
    if sum(len(entry.content) for entry in entries.values()) > TOTAL_LIMIT:
        largest = sorted(entries, key=lambda name: -len(entries[name].content))[:3]
        raise PackError(
            f"Your files have more than {TOTAL_LIMIT // 10**6} MB. Move the largest ones out of "
            f"{folder}: {', '.join(largest)}"
        )
    if len(entries) > MOST_FILES:
        raise PackError(f"These are {len(entries)} files, and a pack holds {MOST_FILES}.")
    known = versions_in(read_json(folder / VERSIONS))
    versions = {
        name: add_version(known.get(name, []), fingerprint(name, entry.content))
        for name, entry in entries.items()
    }
    manifest = {
        "such different chatbots": FORMAT,
        "written by the course": {name: by_course[name] for name in entries if name in by_course},
        "versions": versions,
    }
    content = make_zip(entries, manifest)
    write_json(folder / VERSIONS, known | versions)
    return Pack(content, sorted(entries), left_out)


def check_file(name: str, path: Path) -> None:
    """Raise PackError, which says why, if a file does not go into a pack."""
    if SECRET_FILES.fullmatch(path.name):
        raise PackError("secrets stay where they are")
    if is_beside_database(path):
        raise PackError("SQLite could delete it because of its name. Rename it")
    if is_environment(path):
        raise PackError("it is a virtual environment. Move what is yours out of it")
    if path.is_symlink() or not (path.is_file() or path.is_dir()):  # a folder cannot be read
        raise PackError("it is no ordinary file")
    if path.suffix.lower() == ".zip":
        raise PackError("it is a zip. Unpack it, if what is in it is yours")
    if not is_fit_name(name):
        raise PackError("another system could not store this name")
    if path.stat().st_size > FILE_LIMIT:
        raise PackError(TOO_LARGE)


def check_content(content: bytes, secrets: dict[bytes, str]) -> None:
    """Raise PackError, which says why, if this does not go into a pack."""
    if len(content) > FILE_LIMIT:  # with what was in a database's journal
        raise PackError(TOO_LARGE)
    if leak := find_leak(content, secrets):
        hint = "" if leak.in_use else ". A false alarm? End the line with: # not a secret"
        raise PackError(f"it holds {leak.what}, in line {leak.line}{hint}")


def read_file(path: Path) -> bytes:
    """Read a file; a database as its last transaction left it, although a bot has it open.

    What a bot has written last is in a journal beside the file, also after it was killed. Raises
    PackError for a database that SQLite cannot read, or beside which it could delete a file.
    """
    content = path.read_bytes()
    if IN_A_TAB:
        return content
    is_open = has_journal(path, content)
    if not content.startswith(DATABASE):  # SQLite would delete what it takes for a journal
        if is_open:
            raise PackError("SQLite has a journal beside it, but it is no database")
        return content
    return read_whole_database(path, "mode=rw") or content  # too short for a database


def read_whole_database(path: Path, options: str) -> bytes:
    """Return a database with what is in its journal; `options` are those of SQLite's addresses."""
    import sqlite3  # here: not every browser's Python has it

    url = f"{path.resolve().as_uri()}?{options}"
    try:
        with (
            closing(sqlite3.connect(url, uri=True, timeout=LOCK_WAIT_S)) as database,
            closing(sqlite3.connect(":memory:")) as copy,
        ):
            database.execute("BEGIN")
            database.execute("SELECT * FROM sqlite_master")  # backup would wait for a lock forever
            database.backup(copy)
            return copy.serialize()
    except sqlite3.OperationalError as error:
        is_read_only = error.sqlite_errorname.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN"))
        can_be_whole = options == "mode=rw" and not has_journal(path, DATABASE)
        if is_read_only and can_be_whole:  # SQLite cannot make a journal here
            return read_whole_database(path, "mode=ro&immutable=1")
        raise PackError(f"SQLite cannot read it: {error}") from None
    except sqlite3.Error as error:
        raise DamagedError(f"SQLite cannot read it: {error}") from None


def has_journal(path: Path, content: bytes) -> bool:
    """Return whether a file is a database that is open, or whose last program was killed.

    PackError if a file beside the database has a journal's name, but is somebody's own.
    """
    journals = [path.with_name(f"{path.name}{end}") for end in ("-wal", "-journal", "-shm")]
    if not content.startswith(DATABASE):
        return any(JOURNAL.match(read_at(each)) for each in journals)
    for each in journals:
        if (each.exists() and not each.is_file()) or not OF_SQLITE.match(read_at(each)):
            raise PackError(
                f"SQLite could delete {each.name} because of its name. Rename {each.name}"
            )
        if read_at(each, -len(NAMES_ANOTHER)) == NAMES_ANOTHER:
            raise PackError(f"{each.name} names another file, which SQLite would delete")
    return any(each.exists() for each in journals[:2])


def is_journal(path: Path, content: bytes) -> bool:
    """Return whether SQLite has written a file beside a database."""
    pattern = OF_SQLITE if is_beside_database(path) else JOURNAL
    return BESIDE_DATABASE.fullmatch(path.name) is not None and pattern.match(content) is not None


def is_beside_database(path: Path) -> bool:
    """Return whether SQLite would take a file for its own, because of its name."""
    named = BESIDE_DATABASE.fullmatch(path.name)
    return named is not None and read_at(path.with_name(named[1])) == DATABASE


def read_at(path: Path, start: int = 0) -> bytes:
    """Read some bytes from a position, or from the end; nothing if they cannot be read."""
    with suppress(OSError):
        if path.is_file():
            with path.open("rb") as file:
                file.seek(start, os.SEEK_END if start < 0 else os.SEEK_SET)
                return file.read(len(DATABASE))
    return b""


def is_fit_name(name: str) -> bool:
    """Return whether a file of this name may be in a pack: inside the folder, on each system."""
    parts = name.encode(errors="replace").split(b"/")  # what is no text gets a question mark
    return sum(map(len, parts)) <= LONGEST_NAME and not any(map(UNFIT_NAME.fullmatch, parts))


def add_if_new(name: str, seen: dict[PurePosixPath, bool]) -> bool:
    """Add a name to those `seen`, which are true for files; False if a system could mix them up."""
    path = PurePosixPath(unicodedata.normalize("NFC", name).casefold())
    if path in seen or any(seen.get(folder) for folder in path.parents):
        return False
    seen |= dict.fromkeys(path.parents, False) | {path: True}
    return True


def secret_env_files(folder: Path) -> list[Path]:
    """Find the files of settings whose values must not travel."""
    return [path for path in (bots_folder() / ".env", *folder.rglob(".env")) if path.is_file()]


def without_outputs(content: bytes) -> bytes:
    """Return a notebook without what its cells have printed; what is no notebook as it is."""
    try:
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
    except (ValueError, LookupError, TypeError, RecursionError):
        return content
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode(errors="replace")


def make_zip(entries: dict[str, PackEntry], manifest: dict[str, Any]) -> bytes:
    """Write the zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
        for name, entry in sorted(entries.items()):
            then = time.localtime(entry.changed)
            first, last = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)  # of a zip
            info = zipfile.ZipInfo(name, min(max(then[:6], first), last))
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, entry.content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(
    content: bytes,
    folder: Path,
    replace: bool = False,
    before_notebook: Callable[[Path], object] = lambda path: None,
) -> Unpacked:
    """Write a pack's files into a learner's folder.

    A file here is replaced if the course wrote it, or if the pack's place has had this version and
    changed it. Otherwise it is kept, unless `replace` is set. `before_notebook` is called with each
    notebook that is going to be replaced. PackError, and nothing is written, if the zip is broken
    or is no pack.
    """
    entries, of_pack, versions = read_pack(content)
    by_course, known = written_by_course(folder), versions_in(read_json(folder / VERSIONS))
    done = Unpacked([], [], {})
    try:
        for name, entry in entries.items():
            path, new = folder / name, fingerprint(name, entry.content)
            theirs = add_version(versions.get(name, []), new)
            try:
                of = entries.get(match[1]) if (match := BESIDE_DATABASE.fullmatch(name)) else None
                is_beside = is_beside_database(path) or (of and of.content.startswith(DATABASE))
                if is_beside or is_journal(path, entry.content):
                    raise PackError("SQLite would take it for a part of a database")
                if (found := read_free(folder, name, entry.content, replace)) is not None:
                    old = fingerprint(name, found)
                    mine = add_version(known.get(name, []), old)
                    if found == entry.content or (name.endswith(".ipynb") and old == new):
                        known[name] = max(mine, theirs, key=len)
                        done.same.append(name)
                        continue
                    is_newer = old in theirs and len(theirs) > len(mine)
                    if not (replace or is_newer or old in (by_course.get(name), new)):
                        raise PackError("yours is newer" if new in mine else "you changed it here")
                    if name.endswith(".ipynb"):
                        before_notebook(path)
                write_entry(path, entry)
            except PackError as error:
                done.kept[name] = str(error)
                continue
            except PermissionError as error:
                done.kept[name] = f"it cannot be written: {error.strerror}"
                continue
            known[name] = theirs
            done.written.append(name)
    finally:
        note_written(folder, done.written, of_pack)
        write_json(folder / VERSIONS, known)
    return done


def read_pack(content: bytes) -> tuple[dict[str, PackEntry], dict[str, str], dict[str, list[str]]]:
    """Return a pack's files, what the course wrote last into them, and their versions.

    PackError if it is no pack.
    """
    try:
        if len(content) > TOTAL_LIMIT:
            raise PackError("The file is too large for a pack.")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            check_entries(infos)
            files = {info.filename: archive.read(info) for info in infos}
        manifest = json.loads(files.pop(MANIFEST))
        version, by_course = manifest["such different chatbots"], manifest["written by the course"]
        if version != FORMAT:
            raise PackError("A newer course has made this pack. Get the newest one, then unpack.")
        by_course = {str(name): str(value) for name, value in by_course.items()}
        versions = versions_in(manifest.get("versions", {}))
        dates = {info.filename: time.mktime((*info.date_time, 0, 0, -1)) for info in infos}
    except PackError:
        raise
    except (*BROKEN_ZIP, AttributeError, TypeError):
        raise PackError(
            "This file is broken, or it is no pack. Expected the zip that `pack` has made. If it "
            "was sent or copied, fetch it again."
        ) from None
    return {name: PackEntry(file, dates[name]) for name, file in files.items()}, by_course, versions


def check_entries(infos: list[zipfile.ZipInfo]) -> None:
    """Raise PackError unless these can be files of a pack."""
    seen: dict[PurePosixPath, bool] = {}
    for info in infos:
        name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
        if name != MANIFEST and not (is_fit_name(name) and add_if_new(name, seen)):
            raise PackError(f"This is no pack: it has a file {name!r}, and a pack cannot.")
        if kind not in (0, stat.S_IFREG) or info.flag_bits & 1:  # the bit of a password
            raise PackError(f"This is no pack: {name} is no ordinary file.")
    sizes = [info.file_size for info in infos]
    if (
        len(sizes) > MOST_FILES + 1
        or max(sizes, default=0) > FILE_LIMIT
        or sum(sizes) > TOTAL_LIMIT
    ):
        raise PackError("This is no pack: it is too large when unpacked.")
    if MANIFEST not in {info.filename for info in infos}:
        raise PackError(
            f"This zip is no pack: it has no {MANIFEST}. Expected the zip that `pack` has made, as "
            "it is: not unpacked and zipped again."
        )


def read_free(folder: Path, name: str, new: bytes, replace: bool) -> bytes | None:
    """Read what a file of this name would replace; None if there is nothing.

    PackError if it may not be written: a link or a folder is in its way, or a program has it open.
    """
    path = folder / name
    above = [each for each in path.parents if each != folder and each.is_relative_to(folder)]
    is_way_free = all(
        not each.is_symlink() and (each.is_dir() or not each.exists()) for each in above
    )
    if not is_way_free or path.is_symlink() or (path.exists() and not path.is_file()):
        raise PackError("something else has its place")
    try:
        found = read_file(path) if path.exists() else None
    except DamagedError:
        if not replace:
            raise
        found = path.read_bytes()
    if has_journal(path, found or b"") or has_journal(path, new):  # SQLite would read the old one
        raise PackError("a program has it open. Stop your bot and unpack again")
    return found


def write_entry(path: Path, entry: PackEntry) -> None:
    """Write a file, so that a full disk leaves the old one as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, entry.content)
    os.utime(path, (entry.changed, entry.changed))
    if path.suffix == ".py":
        forget_bytecode(path)


def fingerprint(name: str, content: bytes) -> str:
    """Return a digest that stays the same if only outputs or line ends change."""
    cells = cells_digest(content) if name.endswith(".ipynb") else ""
    return cells or digest(content.replace(b"\r\n", b"\n"))


def written_by_course(folder: Path) -> dict[str, str]:
    """Return what the course and its cells wrote last: {file: its fingerprint}."""
    copies = read_json(folder / ORIGINALS).get("copies")
    saved = read_json(folder / "workshop" / RECORD)
    of_copies = copies if isinstance(copies, dict) else {}
    return of_copies | {f"workshop/{name}": each for name, each in saved.items()}


def note_written(folder: Path, names: Iterable[str], of_pack: dict[str, str]) -> None:
    """Take over what the pack knows of the files that came from it.

    A file of the workshop of which it knows nothing is the learner's. A notebook of which it knows
    nothing comes from a place without a record, and the record of this course stays.
    """
    originals, saved = read_json(folder / ORIGINALS), read_json(folder / "workshop" / RECORD)
    for name in names:
        if name.startswith("workshop/"):
            saved.pop(name.removeprefix("workshop/"), None)
            if name in of_pack:
                saved[name.removeprefix("workshop/")] = of_pack[name]
        elif name in of_pack and isinstance(originals.get("copies"), dict):
            originals["copies"][name] = of_pack[name]
    for path, record in ((folder / ORIGINALS, originals), (folder / "workshop" / RECORD, saved)):
        if record:
            write_json(path, record)


def versions_in(record: dict[str, Any]) -> dict[str, list[str]]:
    """Return each file's versions from a record; in older ones a file has only its last."""
    return {
        str(name): list(map(str, each if isinstance(each, list) else [each]))
        for name, each in record.items()
    }


def add_version(versions: list[str], last: str) -> list[str]:
    """Return a file's versions with the one that it has now.

    >>> add_version(["a"], "b"), add_version(["a", "b"], "b")
    (['a', 'b'], ['a', 'b'])
    """
    return versions if versions[-1:] == [last] else [*versions, last]
