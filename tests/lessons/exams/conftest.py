"""What takes an exam, in a learner's folder of its own."""

import pytest

from lessons.alone import worlds
from lessons.commands import exam
from lessons.exams import conversation


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    """A learner's own folder, in which nothing was passed yet."""
    monkeypatch.setenv("BOTS_FOLDER", str(tmp_path))
    monkeypatch.setenv("COURSE_FOLDER", str(tmp_path / "my_course"))
    return tmp_path / "my_course"


@pytest.fixture
def take(capsys):
    """Take an exam; returns the exit status and what was printed."""

    def take(folder, *options, name="lost_property"):
        status = exam.main([name, str(folder), *options])
        return status, capsys.readouterr().out

    return take


@pytest.fixture
def take_wrong(take, monkeypatch):
    """Take an exam with a wrong bot: what it doesn't say soon, it never says.

    A right bot gets all the time that a busy machine may need, so it takes the exam by `take`.
    """
    monkeypatch.setattr(conversation, "START_S", 15.0)
    for module in (conversation, worlds):
        monkeypatch.setattr(module, "REPLY_S", 4.0)
    monkeypatch.setattr(conversation, "NEXT_MESSAGE_S", 0.5)
    monkeypatch.setattr(worlds, "RECONNECT_S", 8.0)
    return take


@pytest.fixture
def write(tmp_path):
    """Write a bot.py, or another file, into a folder of the learner's."""
    folder = tmp_path / "workshop/exam"
    folder.mkdir(parents=True)

    def write(text, name="bot.py"):
        (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write
