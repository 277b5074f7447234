"""The learner's bot: missing files come from the course's cells, what doesn't load is shown."""

import json
import os
import re
import sys
from pathlib import Path

import pytest

from lessons import bot_name, learner_bot, my_bot
from lessons.learner_bot import BotFileError, cells_of_my_bot
from lessons.workshop import write_file

MAIN = """from botlib import Bot

bot = Bot()
bot.include_folder("commands")
"""
COMMAND = """from botlib import Bot

bot = Bot()


@bot.command("NAME")
def NAME(message):
    return f"NAME {message.user}!"
"""
COUNT = """from botlib import Bot
from botlib.store import open_store

bot, store = Bot(), open_store()


@bot.command("count")
def count(message):
    return str(store.increment("count"))
"""


def command(name):
    return COMMAND.replace("NAME", name)


def cell(source, *tags):
    kind = "code" if source.startswith("%%save") else "markdown"
    return {"cell_type": kind, "source": source.splitlines(True), "metadata": {"tags": list(tags)}}


def saves(name, text):
    return f"%%save my_bot/{name}\n{text}"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A course of two notebooks, and a learner who has run none of its cells; her bot's folder."""
    goodbye, test = saves("commands/goodbye.py", command("goodbye")), "# ---- run ----\nprint(1)\n"
    notebooks = {
        "00_start": [
            cell(saves("commands/hello.py", command("hello") + test)),
            cell(saves("commands/goodbye.py", "...\n"), "exercise"),
            cell(f"<details><summary>Solution</summary>\n\n```python\n{goodbye}\n{test}```\n"),
        ],
        "01_made_of": [
            cell(saves("main.py", MAIN)),
            cell(saves("commands/count.py", COUNT)),
            cell(saves("notes.txt", "a note\n")),
        ],
    }
    originals = tmp_path / "course/notebooks"
    originals.mkdir(parents=True)
    for stem, cells in notebooks.items():
        (originals / f"{stem}.ipynb").write_text(json.dumps({"cells": cells}))
    monkeypatch.setattr(learner_bot, "NOTEBOOKS", originals)
    (tmp_path / "own").mkdir()
    monkeypatch.chdir(tmp_path / "own")
    return Path("workshop/my_bot")


def test_missing_files_come_from_the_cells_that_own_them(folder, capsys):
    bot = my_bot(needs=["hello", "goodbye", "notes.txt"])
    added = "main.py, commands/hello.py, commands/goodbye.py, notes.txt"
    assert capsys.readouterr().out == f"added to workshop/my_bot: {added}\n"
    assert bot.ask("!hello", "Ada") == "hello Ada!"
    assert bot.ask("!goodbye", "Ada") == "goodbye Ada!"
    assert (folder / "main.py").read_text() == MAIN
    assert (folder / "commands/goodbye.py").read_text() == command("goodbye")
    my_bot(needs=["hello", "goodbye"])
    assert capsys.readouterr().out == ""
    assert write_file("my_bot/main.py", "x = 1\n")  # it is the course's, so a cell may replace it


def test_nothing_of_the_learners_is_replaced(folder, capsys):
    (folder / "commands").mkdir(parents=True)
    (folder / "commands/hello.py").write_text(command("hello").replace("hello {", "moin {"))
    (folder / "commands/dance.py").write_text(command("dance"))
    bot = my_bot(needs="hello")
    assert bot.ask("!hello", "Ada") == "moin Ada!"
    assert bot.ask("!dance", "Ada") == "dance Ada!"
    assert not write_file("my_bot/commands/hello.py", command("hello"))


def test_a_command_in_a_file_of_another_name_is_not_added_again(folder, capsys):
    my_bot()
    write_file("my_bot/commands/greet.py", command("hello").replace('f"hello', 'f"salut'))
    capsys.readouterr()
    assert my_bot(needs=["hello"]).ask("!hello", user="Ada") == "salut Ada!"
    assert capsys.readouterr().out == ""
    assert not (folder / "commands/hello.py").exists()


def test_a_needed_command_whose_file_makes_none_is_named_with_its_cell(folder, capsys):
    my_bot()
    write_file("my_bot/commands/hello.py", "from botlib import Bot\n\nbot = Bot()\n")
    capsys.readouterr()
    my_bot(needs=["hello"])
    said = capsys.readouterr().out
    assert said.startswith("your bot has no !hello, and this page uses it. Expected it in commands")
    assert said.endswith("Run the cell of notebook 00 that saves commands/hello.py\n")


def test_a_second_call_loads_what_has_changed_in_the_same_second(folder, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (folder / "commands").mkdir(parents=True)
    (folder / "commands/hello.py").write_text(
        f"from words import word\n{command('hello')}".replace("hello {", "{word} {")
    )
    for word in ("moin", "ahoi"):
        (folder / "words.py").write_text(f'word = "{word}"\n')
        os.utime(folder / "words.py", (1, 1))
        assert my_bot().ask("!hello", "Ada") == f"{word} Ada!"


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (command("hello").replace("(message)", "(message"), "SyntaxError: '(' was never closed"),
        (command("hello").replace("Bot()", "Bot(1)"), "ValueError: prefixes must be"),
        ("import sys\nsys.exit()\n", "SystemExit:  in hello.py, line 2"),
        ("print('no bot')\n", "has no `bot`"),
        (command("count"), "makes !count in line 6, which count.py has already. "),
    ],
)
def test_a_command_that_does_not_load_is_named_and_the_rest_works(folder, spoilt, said, capsys):
    my_bot(needs=["count", "goodbye"])
    (folder / "commands/hello.py").write_text(spoilt)
    bot = my_bot(needs=["count", "goodbye"])
    assert bot.commands == ["help", "count", "goodbye"]
    shown = capsys.readouterr().out.splitlines()[-1]
    assert shown.startswith("left out: workshop/my_bot/commands/hello.py ")
    assert said in shown
    assert re.search(r"line \d|no `bot`", shown)


def test_a_broken_main_says_where_and_what_to_do(folder):
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(MAIN.replace("Bot()", "Bt()"))
    with pytest.raises(BotFileError) as broken:
        my_bot(needs=["hello"])
    first, second = str(broken.value).splitlines()
    assert first.startswith("workshop/my_bot/main.py does not run: NameError: name 'Bt' is not")
    assert "main.py, line 3" in first
    assert second == "Open that file, fix the line, and run this cell again."


def test_a_need_that_the_course_lacks_is_refused_with_what_there_is():
    with pytest.raises(ValueError, match=r"no commands/dance.py .* It has: hello, goodbye, main, "):
        my_bot(needs=["dance"])


def test_its_store_is_in_its_own_folder(folder, monkeypatch):
    monkeypatch.delenv("STORE_URL", raising=False)
    assert [my_bot(needs=["count"]).ask("!count") for _ in range(2)] == ["1", "2"]
    assert (folder / "store.sqlite3").is_file()


def test_a_side_room_finds_the_same_bot(folder, monkeypatch, capsys):
    my_bot(needs=["hello"])
    Path("deeper").mkdir()
    monkeypatch.chdir("deeper")
    capsys.readouterr()
    assert my_bot(needs=["hello"]).ask("!hello", "Ada") == "hello Ada!"
    assert my_bot(needs=["goodbye"]).ask("!goodbye", "Ada") == "goodbye Ada!"
    assert capsys.readouterr().out == "added to ../workshop/my_bot: commands/goodbye.py\n"
    assert not Path("workshop").exists()


def test_its_name_is_hello_bot_until_she_names_it():
    assert bot_name() == "Hello bot"


def test_on_twitch_it_has_its_name_in_every_notebook(repository):
    fixed = ('account("hello_bot"', 'application("Hello bot"', '"NICK hello_bot"')
    for path in (repository / "notebooks").rglob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert not [words for words in fixed if words in code], path.name


def test_one_cell_of_the_course_owns_each_file(repository):
    owners = [(name, stem) for stem, name, _ in cells_of_my_bot(repository / "notebooks")]
    twice = {name for name, _ in owners if [each for each, _ in owners].count(name) > 1}
    assert not twice, f"two cells write {twice}: {owners}"
