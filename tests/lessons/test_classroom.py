"""The page of a class: what pupils' files may say, and what the table shows of them."""

import json
import os
import socket
import sys
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from botlib import Bot
from lessons.alone.check import SECTIONS, alone_folder, check_alone
from lessons.classroom import pupils
from lessons.classroom.laptop import IDLE_S, MOST_CONNECTIONS, PublicFiles, open_server
from lessons.classroom.pupils import read_pupil, read_pupils
from lessons.classroom.table import (
    TABLE_HEAD,
    describe_last_try,
    table_html,
    table_row,
    table_rows,
    table_text,
)
from lessons.exams.record import BRIEFS, exam_record
from lessons.exercises.ex_02 import exercise_1
from lessons.exercises.ex_06 import exercise_3
from lessons.exercises.slips import BotTask
from lessons.exercises.verdict import exercise
from lessons.progress.course_map import exercises_of
from lessons.progress.tries import PROGRESS_FILE, TRIES_FILE, remember_try

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a class's machine is a Debian")
RIGHT = """from botlib import Bot
from botlib.store import open_store

bot, store = Bot(), open_store()


@bot.command("start")
def start(message):
    if store.add_once(message.user):
        return f"Welcome, {message.user}! Try !help."
    return f"Welcome back, {message.user}!"
"""
HELLO = 'from botlib import Bot\n\nbot = Bot()\n\n\n@bot.command("start")\ndef start(message):\n'


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A pupil's folder, with a place that the class's page reads."""
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "own"))
    monkeypatch.setenv("CLASS_PROGRESS", str(tmp_path / "class/anna"))
    (tmp_path / "class/anna").mkdir(parents=True)
    monkeypatch.setattr(pupils, "CLASS_FOLDER", tmp_path / "class")
    return tmp_path


def share(own, passed=(), tries=()):
    """What a pupil writes herself."""
    lines = [each if isinstance(each, str) else json.dumps(each) for each in tries]
    (own / "class/anna" / PROGRESS_FILE).write_text(json.dumps({"passed": passed, "tries": lines}))


def test_a_try_is_kept_with_the_courses_sentence_and_without_what_she_wrote(own, capsys):
    bot = own / "my_bot.py"
    bot.write_text(f'{HELLO}    return "Welcome to my secret club."\n')
    exercise_1(bot)
    bot.write_text(RIGHT)
    exercise_1(bot)
    lines = (own / "own/progress" / TRIES_FILE).read_text().splitlines()
    first, second = map(json.loads, lines)
    assert first[1:3] == ["02_on_your_phone-1", False]
    assert second[1:] == ["02_on_your_phone-1", True, ""]
    assert "secret club" not in "".join(lines)
    assert "secret club" not in (own / "class/anna" / PROGRESS_FILE).read_text()
    (anna,) = read_pupils(own / "class")
    assert anna.passed == {"02_on_your_phone-1"}
    assert [each.passed for each in anna.tries] == [False, True]


def test_a_hint_that_is_written_in_a_check_is_kept_and_one_with_her_words_is_not(own, capsys):
    @exercise("write a bot", task=BotTask("hello", [[("!hello", "hello")]]))
    def exercise_1(bot):
        return "it answers"

    exercise_1(Bot)
    exercise_1("my secret")
    tries = [
        json.loads(line) for line in (own / "own/progress" / TRIES_FILE).read_text().splitlines()
    ]
    assert [each[3] for each in tries] == ["Bot needs brackets to make one: bot = Bot()", ""]


def test_of_a_hint_with_her_words_the_courses_sentence_is_kept(own, capsys):
    bot = own / "open.py"
    said = '    return "my secret" if message.user_id == 500000001 else "no secret"\n'
    bot.write_text(HELLO.replace("start", "open") + said)
    exercise_3(bot)
    assert "both got 'no secret'" in capsys.readouterr().out
    (line,) = (own / "own/progress" / TRIES_FILE).read_text().splitlines()
    slip = json.loads(line)[3]
    look = "If your two texts differ, look at the if."
    assert slip == f"{look} message.user_id is a text, so compare it with a text"


def test_what_a_file_written_alone_does_wrong_is_kept(own, monkeypatch, capsys):
    monkeypatch.chdir(own)
    endless = SECTIONS["line.py"].solution.replace('    if line == "":\n        break\n', "")
    assert endless != SECTIONS["line.py"].solution
    file = alone_folder() / "line.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(endless)
    check_alone("line.py")
    (line,) = (own / "own/progress" / TRIES_FILE).read_text().splitlines()
    assert json.loads(line)[3].startswith("When the line is closed, recv returns")


def test_the_table_counts_and_knows_the_last_try(own):
    remember_try("02_on_your_phone", "1", False, "write return")
    remember_try("08_irc_by_hand", "1", True)
    remember_try("two_writers", "1", True)
    ((name, *core, rooms, exams, tries, last),) = table_rows(read_pupils(own / "class"))
    assert (name, rooms, exams, tries) == ("anna", "1", "", "3")
    assert core[8].count("●") == 1 and core[2].count("●") == 0
    assert len(core[8]) == len(exercises_of("08_irc_by_hand"))
    assert len(core) + 5 == len(TABLE_HEAD)
    assert ": passed" in last


def test_the_table_shows_which_points_of_which_exam_were_passed(own):
    for name, sitting, passed in (
        ("lost_property", 1, (True, True, False)),
        ("lost_property", 1, (True, True, True, True, True)),
        ("lost_property", 2, (True, True, True, True, False)),
        ("quiz", 1, (False,)),
    ):
        for point, result in zip(BRIEFS[name].points_of(sitting), passed, strict=False):
            exam_record(name).add_result(point, sitting, result)
    (anna,) = read_pupils(own / "class")
    *_, exams, tries, _ = table_row(anna)
    exam_2 = "●●●●○○○○○○"
    assert exams == f"Lost property exam 1 ●●●●●, Lost property exam 2 {exam_2}"
    assert tries == "8"  # points that have passed again are none
    assert f"<td>{exams}</td>" in table_html([anna]) and exams in table_text([anna])
    (quiz,) = [each for each in anna.tries if each.exercise == "quiz-1"]
    assert "quiz, point 1: not yet" in describe_last_try(anna._replace(tries=(quiz,)))
    (seven,) = [each for each in anna.tries if each.exercise == "lost_property-7_in_exam_1"]
    assert "lost_property, point 7: passed" in describe_last_try(anna._replace(tries=(seven,)))


def test_a_point_that_no_exam_has_is_not_believed(own):
    points = ["lost_property-10", "lost_property-11", "lost_property-7_in_exam_2", "quiz-<b>"]
    share(own, points, [[1, point, True, ""] for point in points])
    anna = read_pupil(own / "class/anna")
    assert anna.passed == {"lost_property-10"}
    assert [each.exercise for each in anna.tries] == ["lost_property-10"]


def test_without_a_class_nothing_is_shared_and_without_its_folder_nothing_fails(own, monkeypatch):
    monkeypatch.setenv("CLASS_PROGRESS", str(own / "gone"))
    remember_try("02_on_your_phone", "1", True)
    monkeypatch.delenv("CLASS_PROGRESS")
    remember_try("02_on_your_phone", "2", True)
    assert len((own / "own/progress" / TRIES_FILE).read_text().splitlines()) == 2
    assert read_pupils(own / "class") == [pupils.Pupil("anna")]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "null", "{}", "[" * 100_000, "\x00", '{"passed": 3, "tries": []}'),
        *('{"passed": [], "tries": null}', '{"passed": [], "tries": [3]}'),
        '{"passed": [], "tries": ["{"]}',
    ],
)
def test_a_broken_file_is_named_and_stops_nothing(own, text):
    (own / "class/anna" / PROGRESS_FILE).write_text(text)
    assert read_pupil(own / "class/anna").problem == "unreadable"
    assert "unreadable" in table_html(read_pupils(own / "class"))


def test_nothing_but_a_plain_file_of_hers_is_read(own, monkeypatch):
    file = own / "class/anna" / PROGRESS_FILE
    (own / "elsewhere").write_text('{"passed": ["02_on_your_phone-1"], "tries": []}')
    for make in (
        lambda: file.symlink_to(own / "elsewhere"),
        lambda: file.hardlink_to(own / "elsewhere"),
        lambda: os.mkfifo(file),
        lambda: file.mkdir(),
        lambda: file.write_text(" " * 500_001),
    ):
        make()
        assert read_pupil(own / "class/anna").problem, make
        file.rmdir() if file.is_dir() else file.unlink()
    file.write_text('{"passed": [], "tries": []}')
    real = os.fstat
    monkeypatch.setattr(
        os, "fstat", lambda fd: os.stat_result((*real(fd)[:4], 4711, *real(fd)[5:]))
    )
    assert read_pupil(own / "class/anna").problem


def test_only_what_exists_is_believed_and_no_sign_of_hers_acts(own):
    now, name = int(time.time()), "02_on_your_phone-1"
    share(
        own,
        [name, "02_on_your_phone-99", "../../etc", 7, None, ["x"]],
        [
            [now - 9, name, False, "<script>alert(1)</script>\x1b[2J\ud800" + "x" * 999],
            [now + 9999, name, True, "from the future"],
            [-1, name, True, ""],
            [now, "nothing-1", True, ""],
            [now, name, "yes", ""],
            [now],
        ],
    )
    anna = read_pupil(own / "class/anna")
    assert anna.passed == {name}
    assert len(anna.tries) == 1 and len(anna.tries[0].slip) == 300
    assert "<script" not in table_html([anna]) and "&lt;script&gt;" in table_html([anna])
    assert "\x1b" not in table_text([anna]) and "?[2J" in table_text([anna])
    assert table_html([anna]).encode()  # no half of a letter, which no browser can get


def test_a_laptop_serves_its_pages_and_nothing_else(tmp_path):
    (tmp_path / "site/empty").mkdir(parents=True)
    (tmp_path / "site/index.html").write_text("the course")
    (tmp_path / "secret").write_text("a token")
    with open_server(tmp_path / "site", 0) as server, open_server(tmp_path / "site", 0) as other:
        threading.Thread(target=server.serve_forever).start()
        assert server.server_port != other.server_port
        here = f"http://127.0.0.1:{server.server_port}"
        try:
            assert urlopen(f"{here}/").read() == b"the course"
            for path in ("/empty/", "/../secret", "/%2e%2e/secret", "/none"):
                with pytest.raises(HTTPError, match="404"):
                    urlopen(f"{here}{path}")
            with pytest.raises(HTTPError, match="501"):
                urlopen(Request(f"{here}/", b"x"))
        finally:
            server.shutdown()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has more than one 127.0.0.x")
def test_idle_connections_of_one_device_keep_nobody_out(tmp_path, monkeypatch):
    monkeypatch.setattr(PublicFiles, "timeout", 60)
    (tmp_path / "index.html").write_text("the course")
    with ExitStack() as opened, open_server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever).start()
        opened.callback(server.shutdown)
        here = ("127.0.0.1", server.server_port)
        idle = [opened.enter_context(socket.create_connection(here)) for _ in range(300)]
        before = threading.active_count()
        other = HTTPConnection(*here, timeout=20, source_address=("127.0.0.2", 0))
        other.request("GET", "/")
        assert other.getresponse().read() == b"the course"
        assert before < MOST_CONNECTIONS + 50 and idle[-1].recv(1) == b""
        for connection in idle:
            connection.close()


def test_a_silent_connection_is_closed(tmp_path, monkeypatch):
    assert PublicFiles.timeout == IDLE_S
    monkeypatch.setattr(PublicFiles, "timeout", 0.1)
    with ExitStack() as opened, open_server(tmp_path, 0) as server:
        threading.Thread(target=server.serve_forever).start()
        opened.callback(server.shutdown)
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=20) as silent:
            silent.sendall(b"GET / HT")
            assert silent.recv(1) == b""
