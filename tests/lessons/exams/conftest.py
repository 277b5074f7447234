"""What takes an exam, in a learner's folder of its own."""

import pytest

from lessons.commands import exam


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
def write(tmp_path):
    """Write a bot.py, or another file, into a folder of the learner's."""
    folder = tmp_path / "workshop/exam"
    folder.mkdir(parents=True)

    def write(text, name="bot.py"):
        (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write
