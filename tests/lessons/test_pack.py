"""A learner's work in one zip: nothing is lost, no secret travels, no zip writes elsewhere."""

import io
import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from full_disk import files_of_at_most
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output, writes
from secret_kinds import KINDS, NOT_PROMISED

from deploy.bundle.bot_folder import bot_files
from lessons import my_bot
from lessons import pack as packing
from lessons.commands import pack as command
from lessons.commands import unpack as unpack_command
from lessons.pack import MANIFEST, PackError, pack, unpack
from lessons.progress.course_map import progress
from lessons.workshop import digest, write_file

STORE = "workshop/my_bot/store.sqlite3"
TOKEN = "123456789:" + "Ab3-" * 8 + "xyz"
NAMES = st.text("aB.é_-:\\ 1", min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)


def notebook(source, output="42"):
    cell = new_code_cell(source, execution_count=1)
    cell.outputs = [new_output("execute_result", {"text/plain": output}, execution_count=1)]
    return writes(new_notebook(cells=[cell]))


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def files_in(folder):
    """{name: content} of what is not hidden."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def zip_of(files, manifest=True, mode=stat.S_IFREG | 0o644):
    """A zip as somebody else could make it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if manifest:
            known = {"such different chatbots": 1, "written by the course": {}}
            archive.writestr(MANIFEST, json.dumps(known))
        for name, content in files:
            info = zipfile.ZipInfo(name)
            info.filename, info.external_attr = name, mode << 16
            archive.writestr(info, content)
    return buffer.getvalue()


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Wait only for a moment for a database that stays locked."""
    monkeypatch.setattr(packing, "LOCK_WAIT_S", 0.1)


@pytest.fixture
def here(tmp_path):
    return put(
        tmp_path / "here",
        {
            "00_start_here.ipynb": notebook("print('mine')"),
            "workshop/my_bot/main.py": "bot = 1\n",
            "workshop/my_bot/commands/roll.py": "# mine\n",
            "progress/00_start_here-1": "",
            "square/irc.json": "{}",
            "explanation.txt": "It sleeps.\n",
        },
    )


@pytest.fixture
def there(tmp_path):
    (tmp_path / "there").mkdir()
    return tmp_path / "there"


def test_all_that_is_hers_arrives_with_its_time(here, there):
    os.utime(here / "explanation.txt", (1_700_000_000, 1_700_000_000))
    packed = pack(here)
    done = unpack(packed.content, there)
    assert (packed.left_out, done.kept, done.same) == ({}, {}, [])
    assert sorted(done.written) == packed.files == sorted(files_in(here))
    before, after = files_in(here), files_in(there)
    page = json.loads(after.pop("00_start_here.ipynb"))
    assert "".join(page["cells"][0]["source"]) == "print('mine')"
    assert page["cells"][0]["outputs"] == []
    del before["00_start_here.ipynb"]
    assert after == before
    assert abs((there / "explanation.txt").stat().st_mtime - 1_700_000_000) <= 2


NO_DATABASE = st.binary(max_size=40).filter(
    lambda content: not content.startswith(packing.DATABASE)
)


@pytest.mark.slow("a second of work or more")
@given(st.dictionaries(PATHS, NO_DATABASE, min_size=1, max_size=6))
@settings(deadline=None, max_examples=150)
def test_whatever_is_packed_arrives_byte_by_byte(files):
    with tempfile.TemporaryDirectory() as top:
        goes_along_whole(put(Path(top, "here"), {}), put(Path(top, "there"), {}), files)


def goes_along_whole(here, there, files):
    """Pack these files, unpack them, and compare."""
    for name, content in files.items():
        try:
            put(here, {name: content})
        except OSError:  # a name that is a folder already, or one that this system refuses
            assume(False)
    try:
        packed = pack(here)
    except PackError:
        assert not any(packing.is_fit_name(name) for name in files_in(here))
        return
    assert sorted(unpack(packed.content, there).written) == packed.files
    arrived = files_in(there)
    assert sorted(arrived) == packed.files
    for name, content in arrived.items():
        assert content == (here / name).read_bytes()
    for name in set(files_in(here)) - set(arrived):
        assert name in packed.left_out or name.endswith(".pyc")


NAMED = st.tuples(st.text("a/.\\:é~\x00\nB", max_size=8), st.binary(max_size=9))


@given(st.lists(NAMED, max_size=4, unique_by=lambda file: file[0]))
@settings(deadline=None, max_examples=200)
def test_no_name_in_a_zip_leaves_the_folder(files):
    with tempfile.TemporaryDirectory() as top:
        stays_inside(Path(top).resolve(), files)


def stays_inside(top, files):
    """Unpack a zip with these files, and look around."""
    there = put(top / "a/there", {"kept.txt": "mine"})
    put(top, {"a/beside.txt": "mine"})
    try:
        done = unpack(zip_of(files), there)
    except PackError:
        assert set(files_in(top)) == {"a/beside.txt", "a/there/kept.txt"}  # nothing was written
    else:
        assert {f"a/there/{name}" for name in done.written} | {
            "a/beside.txt",
            "a/there/kept.txt",
        } == set(files_in(top))
    assert (top / "a/beside.txt").read_text() == "mine"


@pytest.mark.slow("a second of work or more")
@given(st.data())
@settings(deadline=None, max_examples=200)
def test_a_damaged_zip_is_refused_or_whole(data):
    with tempfile.TemporaryDirectory() as top:
        here = put(Path(top, "here"), {"a.txt": b"one" * 20, "workshop/b.py": b"two"})
        content = bytearray(pack(here).content)
        damage(content, data)
        is_refused_or_whole(bytes(content), here, put(Path(top, "there"), {}))


def damage(content, data):
    """Change up to three bytes, and cut the end off."""
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=3)):
        content[at] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(1, len(content))) :]


def is_refused_or_whole(content, here, there):
    """Unpack a damaged zip; what arrives is as it was."""
    try:
        unpack(content, there)
    except PackError:
        assert files_in(there) == {}
    else:
        assert set(files_in(there).values()) <= set(files_in(here).values())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../evil.py", "a pack cannot"),
        ("/tmp/evil.py", "a pack cannot"),
        ("a/../../evil.py", "a pack cannot"),
        ("..\\evil.py", "a pack cannot"),
        ("C:/evil.py", "a pack cannot"),
        (".env", "a pack cannot"),
        ("workshop/.saved.json", "a pack cannot"),
        ("workshop/nul.py", "a pack cannot"),
        ("a" * 101, "a pack cannot"),
        ("workshop/my_bot/__pycache__/main.cpython-314.pyc", "a pack cannot"),
        ("workshop/my_bot/__PyCache__/main", "a pack cannot"),
        ("workshop/my_bot/random.PYC", "a pack cannot"),
    ],
)
def test_a_zip_with_an_evil_name_is_refused(there, name, said):
    with pytest.raises(PackError, match=said):
        unpack(zip_of([("good.py", b""), (name, b"evil")]), there)
    assert files_in(there.parent) == {}


@pytest.mark.parametrize(
    "names", [("A.py", "a.py"), ("a", "a/b"), ("é/x", "É/x"), ("a.py", "a.py")]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_whose_files_are_in_each_others_way_is_refused(there, names):
    with pytest.raises(PackError, match="a pack cannot"):
        unpack(zip_of([(name, b"1") for name in names]), there)
    assert files_in(there) == {}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_in_a_zip_is_refused(there, kind):
    with pytest.raises(PackError, match="no ordinary file"):
        unpack(zip_of([("workshop", b"/etc")], mode=kind | 0o777), there)
    assert files_in(there) == {}


def test_a_zip_that_grows_too_large_is_refused(there, monkeypatch):
    monkeypatch.setattr(packing, "MOST_FILES", 9)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.txt", bytes(packing.FILE_LIMIT + 1))
    with pytest.raises(PackError, match="too large"):
        unpack(bomb.getvalue(), there)
    many = [(str(number), b"") for number in range(packing.MOST_FILES + 1)]
    with pytest.raises(PackError, match="too large"):
        unpack(zip_of(many), there)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "broken, or it is no pack"),
        (b"PK\x03\x04 not a zip", "broken, or it is no pack"),
        (zip_of([("README.md", b"hello")], manifest=False), "it has no .pack.json"),
        (zip_of([(MANIFEST, b"[]")], manifest=False), "broken, or it is no pack"),
        (zip_of([(MANIFEST, b'{"such different chatbots": 2}')], manifest=False), "broken"),
        (
            zip_of(
                [(MANIFEST, b'{"such different chatbots": 2, "written by the course": {}}')],
                manifest=False,
            ),
            "A newer course",
        ),
    ],
)
def test_a_foreign_file_is_named_as_such(there, content, said):
    with pytest.raises(PackError, match=re.escape(said)):
        unpack(content, there)


def test_no_secret_is_packed(here, there, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(here.parent))
    monkeypatch.setenv("TWITCH_TOKEN", "of-the-environment")
    put(here.parent, {".env": "TWITCH_CLIENT_SECRET=of-all-my-bots\n"})
    put(
        here,
        {
            "workshop/my_bot/.env": "TELEGRAM_SECRET=of-this-bot\n",
            "workshop/my_bot/renewed.env": "x",
            "workshop/my_bot/cert.pem": "x",
            "workshop/my_bot/a.py": "x = 'of-all-my-bots'",
            "workshop/my_bot/b.py": "x = 'of-this-bot'",
            "workshop/my_bot/c.txt": "of-the-environment",
            "workshop/my_bot/store.sqlite3": b"SQLite \0" + TOKEN.encode() + b"\0",
            "workshop/.ssh/id": "x",
            "01_page.ipynb": notebook(f"token = '{TOKEN}'"),
            "02_page.ipynb": notebook("print(token)", output=TOKEN),
        },
    )
    packed = pack(here)
    unpack(packed.content, there)
    assert set(packed.left_out) == {
        "01_page.ipynb",
        *(f"workshop/my_bot/{name}" for name in (".env", "renewed.env", "cert.pem")),
        *(f"workshop/my_bot/{name}" for name in ("a.py", "b.py", "c.txt", "store.sqlite3")),
    }
    assert packed.left_out["workshop/my_bot/a.py"] == (
        "it holds the value of TWITCH_CLIENT_SECRET, in line 1"
    )
    assert "02_page.ipynb" in packed.files  # its output is not packed
    arrived = b"\n".join(files_in(there).values()) + json.dumps(packed.left_out).encode()
    for secret in (TOKEN, "of-all-my-bots", "of-this-bot", "of-the-environment"):
        assert secret.encode() not in arrived


def test_every_kind_of_secret_stays(here):
    for number, (name, content) in enumerate(KINDS.values()):
        put(here, {f"workshop/{number}/{name}": content})
    packed = pack(here)
    names = {kind: f"workshop/{number}/{KINDS[kind][0]}" for number, kind in enumerate(KINDS)}
    assert {kind for kind, name in names.items() if name in packed.files} == NOT_PROMISED.keys()
    for name, why in packed.left_out.items():
        assert re.match(
            r"it holds (?!the value).*, in line \d|secrets stay where they are$", why
        ), name


def test_a_secret_in_a_name_is_found_and_not_shown(here, monkeypatch):
    monkeypatch.setenv("TWITCH_CLIENT_SECRET", "of-all-my-bots")
    put(here, {"workshop/of-all-my-bots/a.txt": "", "workshop/b of-all-my-bots.txt": ""})
    put(here, {f"workshop/one/{TOKEN}/a.txt": ""})
    packed = pack(here)
    assert "explanation.txt" in packed.files
    assert packed.left_out == {
        "workshop/…": "its name holds the value of TWITCH_CLIENT_SECRET. Rename it",
        "workshop/one/…/a.txt": "its name holds a Telegram bot token. Rename it",
        "workshop/…/a.txt": "its name holds the value of TWITCH_CLIENT_SECRET. Rename it",
    }
    for secret in ("of-all-my-bots", TOKEN):
        assert secret not in str(packed)


def test_a_line_may_say_that_it_holds_no_secret(here):
    line = f"token = '{TOKEN}'"
    put(here, {"mine.ipynb": notebook(f"{line}\nprint(1)"), "mine.py": line})
    for name in ("mine.ipynb", "mine.py"):
        assert "End the line with: # not a secret" in pack(here).left_out[name]
    line += "  # not a secret"
    put(here, {"mine.ipynb": notebook(f"{line}\nprint(1)"), "mine.py": line})
    assert pack(here).left_out == {}


def test_an_env_file_that_cannot_be_read_stops_the_packing(here, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(here))
    put(here, {".env": "TELEGRAM_TOKEN is missing an equals sign"})
    with pytest.raises(ValueError, match="line 1: expected NAME=value"):
        pack(here)


def test_links_and_what_the_course_makes_again_stay(here, there):
    put(here.parent, {"outside/secret.txt": "x"})
    made = {"pictures/way.svg": "x", "card.html": "x", "workshop/my_bot/my_bot.zip": "x"}
    put(here, {**made, "workshop/my_bot/__pycache__/main.pyc": "x", "workshop/env/pyvenv.cfg": ""})
    try:
        (here / "workshop/out").symlink_to(here.parent / "outside")
        (here / "workshop/one.txt").symlink_to(here.parent / "outside/secret.txt")
    except OSError:
        pytest.skip("links cannot be made here")
    before = pack(here)
    assert before.left_out == {
        "workshop/my_bot/my_bot.zip": "it is a zip. Unpack it, if what is in it is yours",
        "workshop/env": "it is a virtual environment. Move what is yours out of it",
        "workshop/one.txt": "it is no ordinary file",
        "workshop/out": "it is no ordinary file",
    }
    assert not [name for name in before.files if name in made or "pyc" in name or "env" in name]


PLAYER = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute(f"PRAGMA journal_mode = {sys.argv[2]}")
database.execute("CREATE TABLE scores (name, points)")
database.execute("INSERT INTO scores VALUES ('Viktor', 7)")
if sys.argv[3] == "in the middle":
    database.execute("PRAGMA cache_size = 1")  # so the change is in the file before it is complete
    database.execute("BEGIN")
    database.executemany("INSERT INTO scores VALUES (?, 1)", [("x" * 500,)] * 500)
print("ready", flush=True)
sys.stdin.read()
"""


def test_her_own_picture_beside_the_courses_goes_along(here):
    put(here, {"pictures/way.svg": "x", "pictures/cat.png": "mine", "pictures/my/way.svg": "mine"})
    packed = pack(here)
    assert [name for name in packed.files if "pictures" in name] == [
        "pictures/cat.png",
        "pictures/my/way.svg",
    ]
    assert packed.left_out == {}
    put(here, {".originals.json": json.dumps({"copies": {"pictures/way.svg": digest(b"x")}})})
    put(here, {"pictures/mine.svg": "mine"})
    packed = pack(here)
    assert "pictures/mine.svg" in packed.files and "pictures/way.svg" not in packed.files
    put(here, {"pictures/way.svg": "mine"})
    assert "pictures/way.svg" in pack(here).files


def test_a_bots_folder_that_is_a_virtual_environment_is_named(here):
    put(here, {"workshop/my_bot/pyvenv.cfg": ""})
    packed = pack(here)
    why = "it is a virtual environment. Move what is yours out of it"
    assert packed.left_out == {"workshop/my_bot": why}
    assert "explanation.txt" in packed.files and "workshop/my_bot/main.py" not in packed.files


@pytest.fixture
def play(here):
    """Start a program that has the scores open."""
    (here / "workshop/my_bot").mkdir(parents=True, exist_ok=True)
    started = []

    def start(journal, doing, store=STORE):
        words = [str(here / store), journal, doing]
        program = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", PLAYER, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        started.append(program)
        assert program.stdout.readline().strip() == b"ready"
        return program

    yield start
    for program in started:
        program.kill()
        program.communicate()


def scores_in(path):
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return database.execute("SELECT * FROM scores").fetchall()


@pytest.mark.parametrize("doing", ["nothing", "in the middle"])
@pytest.mark.parametrize("end", ["alive", "killed"])
@pytest.mark.parametrize("journal", ["wal", "delete", "persist", "truncate"])
def test_the_scores_go_along_whatever_happened_to_their_program(
    here, there, play, journal, end, doing
):
    program = play(journal, doing)
    if end == "killed":
        program.kill()
        program.wait()
    packed = pack(here)
    if journal != "wal" and (end, doing) == ("alive", "in the middle"):  # which locks the file
        assert packed.left_out[STORE] == "SQLite cannot read it: database is locked"
        return
    assert packed.left_out == {}
    unpack(packed.content, there)
    assert scores_in(there / STORE) == [("Viktor", 7)]
    assert not list((there / STORE).parent.glob("*.sqlite3-*"))
    again = unpack(pack(here).content, there)  # the same bytes, so `unpack` sees no change
    assert (again.written, again.kept) == ([], {})


def test_a_full_disk_leaves_no_file_that_keeps_the_scores_out_forever(here, there, play):
    """SQLite could write only the first bytes of its index, which begins with zeros."""
    program = play("wal", "nothing")
    program.kill()
    program.wait()
    put(here, {f"{STORE}-shm": b"\0\0\0"})
    packed = pack(here)
    assert packed.left_out == {}
    unpack(packed.content, there)
    assert scores_in(there / STORE) == [("Viktor", 7)]


def test_unpacking_leaves_scores_alone_that_a_program_has_open(here, there, play):
    program = play("wal", "nothing")
    with closing(sqlite3.connect(here / STORE)) as database:
        unpack(pack(here).content, there)
        database.execute("INSERT INTO scores VALUES ('Anna', 1)")
        database.commit()
    older = pack(there).content
    done = unpack(older, here, replace=True)
    assert done.kept == {STORE: "a program has it open. Stop your bot and unpack again"}
    program.kill()
    program.wait()
    assert unpack(older, here, replace=True).written == [STORE]
    assert scores_in(here / STORE) == [("Viktor", 7)]


@pytest.mark.parametrize("name", ["scores", "bot.data", "store.db"])
def test_no_journal_goes_along_and_an_older_packs_is_not_written(here, there, play, name):
    play("wal", "nothing", f"workshop/{name}")
    packed = pack(here)
    journals = [f"workshop/{name}-wal", f"workshop/{name}-shm"]
    assert f"workshop/{name}" in packed.files
    assert not {*packed.files, *packed.left_out} & set(journals)
    raw = [(each, (here / each).read_bytes()) for each in (f"workshop/{name}", *journals)]
    for of_old_pack in (raw, raw[1:]):
        put(there, {"workshop/bot.py": ""})
        with closing(sqlite3.connect(there / f"workshop/{name}")) as database:
            database.execute("CREATE TABLE IF NOT EXISTS scores (name, points)")
            database.execute("INSERT INTO scores VALUES ('Anna', 1)")
            database.commit()
        hers = scores_in(there / f"workshop/{name}")
        done = unpack(zip_of(of_old_pack), there)
        assert done.written == []
        assert scores_in(there / f"workshop/{name}") == hers
        (there / f"workshop/{name}").unlink()
        done = unpack(zip_of(of_old_pack), there)
        assert done.kept[journals[0]] == "SQLite would take it for a part of a database"
        assert not (there / journals[0]).exists()
        assert (f"workshop/{name}" in done.written) == (of_old_pack == raw)


def test_a_text_whose_name_ends_like_a_journals_is_hers(here, there):
    mine = {f"workshop/notes.md{end}": "mine\n" * 99 for end in ("", "-journal", "-wal")}
    put(here, mine)
    packed = pack(here)
    assert packed.left_out == {}
    unpack(packed.content, there)
    put(there, {"workshop/notes.md": "changed"})
    unpack(packed.content, there, replace=True)
    for place in (here, there):
        assert {name: (place / name).read_text() for name in mine} == mine


@pytest.mark.parametrize("journal", ["wal", "delete"])
@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
def test_a_text_that_sqlite_would_take_for_a_journal_is_named_and_stays(
    here, there, play, end, journal
):
    program = play(journal, "nothing")
    with closing(sqlite3.connect(here / STORE)):
        program.kill()
        program.wait()
    older = pack(here).content
    put(here, {f"{STORE}{end}": "mine\n"})
    text = Path(f"{STORE}{end}").name
    before = files_in(here)
    packed = pack(here)
    assert packed.left_out == {
        STORE: f"SQLite could delete {text} because of its name. Rename {text}",
        f"{STORE}{end}": "SQLite could delete it because of its name. Rename it",
    }
    assert "explanation.txt" in packed.files
    put(there, {f"{STORE}{end}": "mine\n"})
    for _ in range(2):
        assert unpack(older, there, replace=True).kept == {STORE: packed.left_out[STORE]}
        assert (there / f"{STORE}{end}").read_text() == "mine\n"
        put(there, {STORE: before[STORE]})
    done = unpack(zip_of([(f"{STORE}{end}", b"theirs")]), there, replace=True)
    assert done.kept == {f"{STORE}{end}": "SQLite would take it for a part of a database"}
    assert (there / f"{STORE}{end}").read_text() == "mine\n"
    assert files_in(here) == before


def test_a_journal_that_names_another_file_is_left_alone(here, play, tmp_path):
    """SQLite deletes the file that is named at the end of a journal, wherever it is."""
    program = play("delete", "in the middle")
    program.kill()
    program.wait()
    precious = tmp_path / "precious.txt"
    precious.write_text("mine\n")
    name = os.fsencode(precious)
    with (here / f"{STORE}-journal").open("ab") as journal:  # SQLite's file format, 3.3
        journal.write(b"\0\4\0\1" + name + len(name).to_bytes(4, "big"))
        journal.write(sum(name).to_bytes(4, "big") + bytes.fromhex("d9d505f920a163d7"))
    why = f"{Path(STORE).name}-journal names another file, which SQLite would delete"
    assert pack(here).left_out[STORE] == why
    assert unpack(zip_of([(STORE, b"theirs")]), here).kept == {STORE: why}
    assert precious.read_text() == "mine\n"


def test_a_broken_zip_of_any_kind_stops_no_pack(here):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", b"a letter " * 100)
    broken = bytearray(buffer.getvalue())
    broken[51:56] = b"\xff" * 5  # how it was packed
    put(here, {"letter.docx": bytes(broken)})
    assert "letter.docx" in pack(here).files


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_unpacking_writes_through_no_link(there, tmp_path, link):
    (tmp_path / "precious.txt").write_text("mine\n")
    try:
        getattr(there / ".unpacking", link)(tmp_path / "precious.txt")
    except OSError:
        pytest.skip("links cannot be made here")
    unpack(zip_of([("page.txt", b"theirs")]), there)
    assert (there / "page.txt").read_bytes() == b"theirs" and not (there / "page.txt").is_symlink()
    assert (tmp_path / "precious.txt").read_text() == "mine\n"


@pytest.mark.parametrize("end", ["-wal", "-WAL"])  # the same name on most Macs and on Windows
def test_no_journal_of_a_zip_is_written_beside_a_database(here, there, play, end):
    play("wal", "nothing")
    log = (here / f"{STORE}-wal").read_bytes()
    put(there, {STORE: pack_of(here)[STORE]})
    for content in (log, b"a text"):
        assert unpack(zip_of([(f"{STORE}{end}", content)]), there, replace=True).written == []
    assert scores_in(there / STORE) == [("Viktor", 7)]


def pack_of(folder):
    """{name: content} of a folder's pack."""
    with zipfile.ZipFile(io.BytesIO(pack(folder).content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_no_program_changes_what_is_no_database_beside_a_journal(here, play):
    program = play("wal", "nothing")
    log = (here / f"{STORE}-wal").read_bytes()
    program.kill()
    program.wait()
    for content in ("", "x" * 9000):  # of another program, which encrypts it
        put(here, {"workshop/secret": content, "workshop/secret-wal": log})
        packed = pack(here)
        assert packed.left_out["workshop/secret"].startswith("SQLite has a journal beside it")
        assert not {*packed.files} & {"workshop/secret", "workshop/secret-wal"}
        assert (here / "workshop/secret").read_text() == content
        assert (here / "workshop/secret-wal").read_bytes() == log


@pytest.fixture
def as_nobody():
    """Make a folder in which permissions count, also if root runs the tests."""
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has other permissions")
    user = os.geteuid()
    with closing(sqlite3.connect(":memory:")) as database:
        list(database.iterdump())  # which imports its module, and nobody may not read that
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        yield Path(top), lambda: os.seteuid(user or 65534)
        os.seteuid(user)
        for path in Path(top).rglob("*"):
            path.chmod(0o755)


def test_a_complete_store_in_a_folder_that_is_read_only_goes_along(
    here, there, play, as_nobody, monkeypatch
):
    program = play("wal", "nothing")
    with closing(sqlite3.connect(here / STORE)):
        program.kill()
        program.wait()
    as_before = scores_in(here / STORE)
    content = (here / STORE).read_bytes()
    assert not (here / f"{STORE}-wal").exists()
    top, change_user = as_nobody
    monkeypatch.setenv("BOTS_FOLDER", str(top))
    put(top / "mine", {STORE: content})
    for path in (top / "mine", *(top / "mine").rglob("*")):
        path.chmod(0o444 if path.is_file() else 0o555)
    change_user()
    packed = pack(top / "mine")
    assert (packed.files, packed.left_out) == ([STORE], {})
    os.seteuid(os.getuid())
    unpack(packed.content, there)
    assert scores_in(there / STORE) == as_before == [("Viktor", 7)]
    assert (there / STORE).read_bytes() == packing.read_file(here / STORE)


def test_what_cannot_be_read_is_named_and_the_rest_goes_along(as_nobody, monkeypatch):
    top, change_user = as_nobody
    monkeypatch.setenv("BOTS_FOLDER", str(top))
    put(top / "mine", {"a.txt": "mine", "b.txt": "mine", "workshop/bot/main.py": ""})
    for name in ("b.txt", "workshop/bot"):
        (top / "mine" / name).chmod(0)
    if not os.getuid():
        os.chown(top / "mine", 65534, -1)
    change_user()
    packed = pack(top / "mine")
    with pytest.raises(ValueError, match="workshop/bot cannot be read, so nothing was packed"):
        bot_files(top / "mine")
    os.seteuid(os.getuid())
    assert packed.files == ["a.txt"]
    assert packed.left_out == {
        "b.txt": "it cannot be read: Permission denied",
        "workshop/bot": "it cannot be read: Permission denied",
    }


def test_what_cannot_be_read_or_written_is_named_and_the_rest_is_unpacked(here, there, as_nobody):
    put(here, {"a.txt": "theirs", "z.txt": "theirs"})
    content = pack(here).content
    unpack(content, there)  # imports what it needs, and nobody may not read that
    top, change_user = as_nobody
    put(top / "mine", {"a.txt": "mine", "workshop/my_bot/main.py": "mine"})
    (top / "mine/a.txt").chmod(0)
    (top / "mine/workshop/my_bot").chmod(0o555)
    if not os.getuid():
        os.chown(top / "mine", 65534, -1)
    change_user()
    done = unpack(content, top / "mine", replace=True)
    os.seteuid(os.getuid())
    main, roll = "workshop/my_bot/main.py", "workshop/my_bot/commands/roll.py"
    assert done.kept == dict.fromkeys(
        ("a.txt", main, roll), "it cannot be written: Permission denied"
    )
    assert (top / "mine/z.txt").read_text() == "theirs"
    assert (top / "mine" / main).read_text() == "mine"


def test_a_store_that_sqlite_cannot_open_is_left_out(here, play):
    play("delete", "nothing")
    deep = here.joinpath(*["x" * 150] * 4)  # SQLite opens no path that is longer than 512 bytes
    put(deep, {"notes.txt": "mine", STORE: (here / STORE).read_bytes()})
    packed = pack(deep)
    assert packed.files == ["notes.txt"]
    assert packed.left_out == {STORE: "SQLite cannot read it: unable to open database file"}


def test_a_damaged_store_is_replaced_if_she_wants_it(here, there, play):
    play("delete", "nothing")
    content = pack(here).content
    put(there, {STORE: b"SQLite format 3\0" + bytes(200)})
    why = "SQLite cannot read it: file is not a database"
    assert unpack(content, there).kept == {STORE: why}
    assert unpack(content, there, replace=True).written == [STORE]
    assert scores_in(there / STORE) == [("Viktor", 7)]


def test_a_store_that_is_locked_is_never_replaced(here, there, play):
    play("delete", "nothing")
    unpack(pack(here).content, there)
    with closing(sqlite3.connect(there / STORE, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = MEMORY")
        database.execute("INSERT INTO scores VALUES ('Anna', 1)")
        database.execute("BEGIN EXCLUSIVE")
        done = unpack(pack(here).content, there, replace=True)
        assert done.kept == {STORE: "SQLite cannot read it: database is locked"}


def test_a_date_beyond_a_zips_last_one_is_packed(here, there):
    for year, name in ((1960, "workshop/my_bot/main.py"), (2110, "explanation.txt")):
        then = (year - 1970) * 365.25 * 86400
        os.utime(here / name, (then, then))
    unpack(pack(here).content, there)
    with zipfile.ZipFile(io.BytesIO(pack(there).content)) as archive:
        assert archive.getinfo("explanation.txt").date_time == (2107, 12, 31, 23, 59, 58)
        assert archive.getinfo("workshop/my_bot/main.py").date_time[0] == 1980


def test_a_secret_in_the_scores_is_found_before_they_are_saved_whole(here, play):
    play("wal", "nothing")
    with closing(sqlite3.connect(here / STORE)) as database:
        database.execute("INSERT INTO scores VALUES (?, 1)", (TOKEN,))
        database.commit()
    assert TOKEN.encode() not in (here / STORE).read_bytes()  # but in the log beside it
    assert pack(here).left_out[STORE].startswith("it holds a Telegram bot token")


def test_scores_that_are_too_large_with_their_journal_are_left_out(here, play, monkeypatch):
    monkeypatch.setattr(packing, "FILE_LIMIT", 100_000)
    play("wal", "nothing")
    with closing(sqlite3.connect(here / STORE)) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("INSERT INTO scores VALUES (zeroblob(?), 1)", (packing.FILE_LIMIT,))
        database.commit()
    assert (here / STORE).stat().st_size < packing.FILE_LIMIT
    assert pack(here).left_out == {STORE: "it has more than 20 MB"}


def test_a_broken_store_is_left_out_and_a_file_with_its_name_is_packed(here):
    for ordinary in ("", "x", "x" * 9000):
        put(here, {STORE: ordinary})
        assert STORE in pack(here).files
    put(here, {STORE: b"SQLite format 3\0" + bytes(200)})
    assert pack(here).left_out == {STORE: "SQLite cannot read it: file is not a database"}


def test_too_much_is_refused_and_the_largest_are_named(here, monkeypatch):
    monkeypatch.setattr(packing, "FILE_LIMIT", 200_000)
    monkeypatch.setattr(packing, "TOTAL_LIMIT", 1_000_000)
    put(here, {f"workshop/large{n}.bin": bytes(packing.FILE_LIMIT) for n in range(5)})
    with pytest.raises(PackError, match=r"more than 1 MB.*large0\.bin"):
        pack(here)
    for n in range(5):
        (here / f"workshop/large{n}.bin").unlink()
    put(here, {"workshop/large0.bin": bytes(packing.FILE_LIMIT + 1)})
    assert pack(here).left_out == {"workshop/large0.bin": "it has more than 20 MB"}


def test_an_empty_folder_says_so(there):
    with pytest.raises(PackError, match="nothing of yours"):
        pack(there)


def test_what_she_has_changed_since_is_kept_and_named(here, there):
    content = pack(here).content
    unpack(content, there)
    put(there, {"workshop/my_bot/commands/roll.py": "# changed there\n"})
    put(here, {"workshop/my_bot/commands/roll.py": "# changed here\n", "explanation.txt": "New."})
    done = unpack(pack(here).content, there)
    assert done.kept == {"workshop/my_bot/commands/roll.py": "you changed it here"}
    assert done.written == ["explanation.txt"]  # unchanged there since the last pack
    assert (there / "workshop/my_bot/commands/roll.py").read_text() == "# changed there\n"
    done = unpack(pack(here).content, there, replace=True)
    assert done.written == ["workshop/my_bot/commands/roll.py"]
    assert (there / "workshop/my_bot/commands/roll.py").read_text() == "# changed here\n"


@pytest.mark.skipif(os.name != "posix", reason="POSIX has these permissions")
def test_a_file_that_only_she_may_read_stays_so(here, there):
    put(there, {"explanation.txt": "mine"})
    (there / "explanation.txt").chmod(0o600)
    assert "explanation.txt" in unpack(pack(here).content, there, replace=True).written
    assert stat.S_IMODE((there / "explanation.txt").stat().st_mode) == 0o600


def test_a_pack_goes_there_and_back(here, there):
    unpack(pack(here).content, there)
    put(there, {"workshop/my_bot/main.py": "bot = 2\n", "00_start_here.ipynb": notebook("2")})
    told = []
    done = unpack(pack(there).content, here, before_notebook=told.append)
    assert done.kept == {}
    assert sorted(done.written) == ["00_start_here.ipynb", "workshop/my_bot/main.py"]
    assert told == [here / "00_start_here.ipynb"]
    assert (here / "workshop/my_bot/main.py").read_text() == "bot = 2\n"


def test_an_older_pack_replaces_nothing_newer(here, there):
    packs = []
    for text in ("first", "second"):
        put(here, {"00_start_here.ipynb": notebook(text), "explanation.txt": text})
        packs.append(pack(here).content)
    unpack(packs[1], there)
    newer = dict.fromkeys(("00_start_here.ipynb", "explanation.txt"), "yours is newer")
    for place in (here, there):
        done = unpack(packs[0], place)
        assert (done.written, done.kept) == ([], newer)
        assert (place / "explanation.txt").read_text() == "second"
    assert sorted(unpack(packs[0], there, replace=True).written) == sorted(newer)
    assert (there / "explanation.txt").read_text() == "first"
    assert sorted(unpack(packs[1], there).written) == sorted(newer)
    put(here, {"explanation.txt": "first"})  # again, and this time it is the newer one
    assert unpack(pack(here).content, there).written == ["explanation.txt"]


def test_what_changed_in_both_places_is_kept_in_both(here, there):
    unpack(pack(here).content, there)
    for place, text in ((here, "here"), (there, "there")):
        put(place, {"explanation.txt": text})
    packs = [pack(place).content for place in (here, there)]
    for place, other in ((here, packs[1]), (there, packs[0])):
        assert unpack(other, place).kept == {"explanation.txt": "you changed it here"}


@pytest.mark.parametrize("broken", ["nested", "a folder", "a pipe"])
def test_a_broken_record_is_no_reason_not_to_pack(here, there, broken):
    content = pack(here).content
    for record in (".packed.json", ".originals.json", "workshop/.saved.json"):
        for place in (here, there):
            (place / record).unlink(missing_ok=True)
            if broken == "nested":
                put(place, {record: "[" * 200_000})
            elif broken == "a pipe":
                if not hasattr(os, "mkfifo"):
                    pytest.skip("POSIX has pipes with names")
                (place / record).parent.mkdir(exist_ok=True)
                os.mkfifo(place / record)
            else:
                (place / record).mkdir(parents=True)
    assert pack(here).files == unpack(content, there).written


@pytest.mark.parametrize("record", [".packed.json", ".originals.json", "workshop/.saved.json"])
def test_a_record_that_is_a_link_leads_to_no_file_outside(here, there, tmp_path, record):
    content = pack(here).content
    text = json.dumps({"copies": {}, "mine": "a" * 64})
    (tmp_path / "precious.json").write_text(text)
    for place in (here, there):
        (place / record).parent.mkdir(exist_ok=True)
        (place / record).unlink(missing_ok=True)
        try:
            (place / record).symlink_to(tmp_path / "precious.json")
        except OSError:
            pytest.skip("links cannot be made here")
    pack(here)
    unpack(content, there)
    assert (tmp_path / "precious.json").read_text() == text


def test_a_full_disk_leaves_the_record_that_was_there(here):
    pack(here)
    record = (here / ".packed.json").read_bytes()
    put(here, {"new.txt": "mine"})
    with files_of_at_most(len(record) - 1):
        pack(here)
    assert (here / ".packed.json").read_bytes() == record


def test_a_record_of_an_older_course_counts(here, there):
    unpack(pack(here).content, there)
    record = json.loads((there / ".packed.json").read_text())
    older = {name: versions[-1] for name, versions in record.items()}
    (there / ".packed.json").write_text(json.dumps(older | {"progress/00_start_here-1": None}))
    put(here, {"explanation.txt": "New."})
    assert unpack(pack(here).content, there).written == ["explanation.txt"]


def test_running_a_page_is_no_change(here, there):
    unpack(pack(here).content, there)
    put(there, {"00_start_here.ipynb": notebook("print('mine')", output="another")})
    put(here, {"00_start_here.ipynb": notebook("print('new')")})
    assert unpack(pack(here).content, there).written == ["00_start_here.ipynb"]


def test_a_cell_may_replace_what_a_cell_wrote_in_the_other_place(here, there, monkeypatch):
    monkeypatch.chdir(here)
    write_file("my_bot/hello.py", "# by a cell\n")
    write_file("my_bot/score.py", "# by a cell\n")
    put(here, {"workshop/my_bot/score.py": "# mine\n"})
    monkeypatch.chdir(there)
    write_file("my_bot/hello.py", "# by an older cell\n")
    done = unpack(pack(here).content, there)
    assert done.kept == {}
    assert write_file("my_bot/hello.py", "# by a new cell\n")
    assert not write_file("my_bot/score.py", "# by a new cell\n")
    assert not write_file("my_bot/main.py", "# by a new cell\n")  # no cell is known to have made it


@pytest.mark.parametrize("in_the_way", ["file", "folder", "link", "link to a folder"])
def test_what_is_in_a_files_place_stays(here, there, in_the_way):
    outside = put(there.parent / "outside", {"main.py": "theirs"})
    bot = there / "workshop/my_bot"
    bot.parent.mkdir()
    try:
        if in_the_way == "file":
            bot.write_text("theirs")
        elif in_the_way == "folder":
            (bot / "main.py").mkdir(parents=True)
        elif in_the_way == "link":
            bot.mkdir()
            (bot / "main.py").symlink_to(outside / "main.py")
        else:
            bot.symlink_to(outside)
    except OSError:
        pytest.skip("links cannot be made here")
    done = unpack(pack(here).content, there, replace=True)
    assert done.kept["workshop/my_bot/main.py"] == "something else has its place"
    assert files_in(outside) == {"main.py": b"theirs"}
    assert "explanation.txt" in done.written


def test_the_command_replaces_a_pack_and_no_other_file(tmp_path, here, capsys, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(here.parent))
    monkeypatch.setattr(command, "FOLDER", here.name)
    for name in ("mine.zip", "mine.zip", "holiday.zip"):
        assert command.main([str(tmp_path / name)]) == 0
    assert "6 files" in capsys.readouterr().out
    put(tmp_path, {"holiday.zip": zip_of([("photo.jpg", b"x")], manifest=False)})
    assert command.main([str(tmp_path / "holiday.zip")]) == 1
    assert "is no pack. Choose another name" in capsys.readouterr().err


def test_the_command_makes_no_file_where_a_link_leads(tmp_path, here, capsys, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(here.parent))
    monkeypatch.setattr(command, "FOLDER", here.name)
    try:
        (tmp_path / "mine.zip").symlink_to(tmp_path / "elsewhere.zip")
    except OSError:
        pytest.skip("links cannot be made here")
    assert command.main([str(tmp_path / "mine.zip")]) == 1
    assert "is no pack. Choose another name" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere.zip").exists()


def test_a_full_disk_leaves_the_pack_that_was_there(tmp_path, here, capsys, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(here.parent))
    monkeypatch.setattr(command, "FOLDER", here.name)
    (tmp_path / "out").mkdir()
    assert command.main([str(tmp_path / "out/mine.zip")]) == 0
    first = files_in(tmp_path / "out")
    with files_of_at_most(len(first["mine.zip"]) - 1):
        assert command.main([str(tmp_path / "out/mine.zip")]) == 1
    assert f"too large: '{tmp_path / 'out/mine.zip'}'" in capsys.readouterr().err
    assert files_in(tmp_path / "out") == first


def test_no_name_of_a_file_reaches_the_terminal_as_a_command(tmp_path, here, capsys, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(here.parent))
    mine = here.rename(here.with_name("my_course"))
    hidden = "\x9b2Kroll\u202eyp.txt"  # clears the line, and writes backwards
    (tmp_path / "theirs.zip").write_bytes(zip_of([(hidden, b"theirs")]))
    put(mine, {hidden: "mine", "workshop/bad\x1b[2J": "mine"})
    assert command.main([str(tmp_path / "mine.zip")]) == 0
    assert unpack_command.main([str(tmp_path / "theirs.zip")]) == 0
    shown = capsys.readouterr().out
    assert "left out: workshop/bad\\x1b[2J: " in shown
    assert "kept yours: \\x9b2Kroll\\u202eyp.txt" in shown
    assert shown.replace("\n", "").isprintable()


def test_unpack_says_that_a_pack_holds_programs(tmp_path, capsys, monkeypatch):
    put(tmp_path / "my_course", {})
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    (tmp_path / "bens.zip").write_bytes(zip_of([("workshop/my_bot/main.py", b"bot = 1")]))
    for _ in range(2):
        assert unpack_command.main([str(tmp_path / "bens.zip")]) == 0
    shown = capsys.readouterr().out
    assert shown.count("run as you") == 1  # the second time, it brought nothing
    assert shown.index("1 files unpacked") < shown.index("run as you")


def test_a_pack_is_found_where_jupyterlab_uploads_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_course").mkdir()
    pack_there = tmp_path / "my_course/my_course.zip"
    pack_there.write_bytes(zip_of([("workshop/my_bot/main.py", b"bot = 1")]))
    assert unpack_command.main(["my_course.zip"]) == 0
    assert "1 files unpacked" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has pipes with names")
def test_the_commands_wait_for_no_pipe(tmp_path, here, capsys, monkeypatch):
    monkeypatch.setenv("BOTS_FOLDER", str(here.parent))
    monkeypatch.setattr(command, "FOLDER", here.name)
    os.mkfifo(tmp_path / "mine.zip")
    assert command.main([str(tmp_path / "mine.zip")]) == 1
    assert "is no pack. Choose another name" in capsys.readouterr().err
    for path in (tmp_path / "mine.zip", here):
        assert unpack_command.main([str(path)]) == 1
        assert f"There is no file {path} in " in capsys.readouterr().err


@pytest.fixture
def type_in(capsys, monkeypatch):
    """Type a command in the folder of a course; what it printed."""

    def type_in(course, main, *words):
        monkeypatch.setenv("BOTS_FOLDER", str(course))
        monkeypatch.chdir(course)
        main([*map(str, words)])
        return "".join(capsys.readouterr())

    return type_in


def test_the_walk_from_one_course_to_another(tmp_path, type_in, monkeypatch):
    """Pack in one course, unpack in a fresh one: her bot answers there, and the map knows her."""
    old, new = tmp_path / "old", tmp_path / "new"
    roll = 'from botlib.bot import Bot\n\nbot = Bot()\n\n@bot.command("roll")\n'
    roll += 'def roll(message):\n    return "always six"\n'
    main = 'from botlib.bot import Bot\n\nbot = Bot()\nbot.include_folder("commands")\n'
    mine = {"commands/roll.py": roll, "main.py": main, ".env": "TELEGRAM_TOKEN=never-packed\n"}
    put(old / "my_course/workshop/my_bot", mine)
    put(old / "my_course", {"progress/00_start_here-1": ""})
    put(new / "my_course", {})
    said = type_in(new, unpack_command.main, "my_course.zip")
    assert re.search(r"There is no file my_course\.zip in .*\ndrag the zip", said)
    said = type_in(old, command.main)
    assert "left out: workshop/my_bot/.env: secrets stay where they are" in said
    assert "3 files" in said
    (zipped,) = old.glob("*.zip")
    assert b"never-packed" not in zipped.read_bytes()
    said = type_in(new, unpack_command.main, zipped)
    assert "3 files unpacked, 0 were here already." in said
    with monkeypatch.context() as there:
        there.chdir(new / "my_course")
        there.setenv("COURSE_FOLDER", str(new / "my_course"))
        bot = my_bot(needs=["hello", "roll", "score", "telegram_function.py"])
        assert bot.ask("!roll", "Viktor") == "always six" and "hello" in bot.commands
        assert re.search("00 Start here +●", str(progress()))
    put(new / "my_course", {"workshop/my_bot/commands/roll.py": "# changed\n"})
    said = type_in(new, unpack_command.main, zipped)
    assert "kept yours: workshop/my_bot/commands/roll.py (yours is newer)" in said
    type_in(new, unpack_command.main, zipped, "--replace")
    assert (new / "my_course/workshop/my_bot/commands/roll.py").read_text() == roll
